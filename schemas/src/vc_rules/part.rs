//! Types, identifiers, and the parts that say by their type what they are (Verifiable Credentials Data Model 2.0,
//! sections 4.4, 4.5, 4.10 and 4.11; Bitstring Status List 1.0, section 2.1).

use serde_json::Value;

use super::{Faults, entries, is_address, type_names};
use crate::finding::pointer_to;

/// The document says that it is a credential.
pub(super) fn is_a_credential(document: &Value, faults: &mut Faults) {
    has_type(document, "VerifiableCredential", faults);
}

/// The document has a `type`, and `name` is one of its names.
pub(super) fn has_type(document: &Value, name: &str, faults: &mut Faults) {
    match type_names(document) {
        None => faults.add("/type", "is not one or more names of types"),
        Some(names) if !names.contains(&name) => {
            faults.add("/type", &format!("does not contain `{name}`"));
        }
        Some(_) => {}
    }
}

/// Every `id`, wherever it stands, is one absolute address. The first that is not is told of.
pub(super) fn identifiers_are_single_addresses(document: &Value, faults: &mut Faults) {
    if let Some(pointer) = stray_identifier(document) {
        faults.add(pointer, "is not one absolute address");
    }
}

/// The pointer is written only on the way back: a long name above thousands of items must not be written thousands of
/// times. The reader bounds the depth.
fn stray_identifier(value: &Value) -> Option<String> {
    match value {
        Value::Object(members) => members.iter().find_map(|(name, member)| {
            let rest = match name.as_str() {
                // A context defines terms; what is called `id` in it identifies nothing.
                "@context" => None,
                "id" if !is_address(member) => Some(String::new()),
                _ => stray_identifier(member),
            };
            rest.map(|rest| format!("{}{rest}", pointer_to("", name)))
        }),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(at, item)| stray_identifier(item).map(|rest| format!("/{at}{rest}"))),
        _ => None,
    }
}

/// The parts that extend a credential are objects with a `type`, by which a reader knows whether it understands them
/// (section 5.10 lists them all).
pub(super) fn parts_have_a_type(document: &Value, faults: &mut Faults) {
    for member in TYPED {
        typed(document, member, faults);
    }
}

/// Each entry of a member is an object with a `type`.
pub(super) fn typed(document: &Value, member: &str, faults: &mut Faults) {
    for (pointer, entry) in entries(document, member) {
        if !entry.is_object() || type_names(entry).is_none() {
            faults.add(pointer, "is not an object with a `type`");
        }
    }
}

/// A schema is found at its address.
pub(super) fn schemas_have_an_address(document: &Value, faults: &mut Faults) {
    for (pointer, schema) in entries(document, "credentialSchema") {
        if schema.is_object() && schema.get("id").is_none() {
            faults.add(pointer, "has no `id`");
        }
    }
}

/// An entry in a bitstring status list names its list and its purpose.
pub(super) fn status_entries_are_complete(document: &Value, faults: &mut Faults) {
    for (pointer, entry) in bitstring_entries(document) {
        if !entry["statusPurpose"].is_string() {
            faults.add(&pointer, "has no `statusPurpose`");
        }
        if !is_address(&entry["statusListCredential"]) {
            faults.add(
                pointer_to(&pointer, "statusListCredential"),
                "is not one absolute address",
            );
        }
        if let Some(size) = entry.get("statusSize")
            && size.as_u64().is_none_or(|size| size == 0)
        {
            faults.add(
                pointer_to(&pointer, "statusSize"),
                "is not a number above zero",
            );
        }
    }
}

/// The index of an entry is a number written as a text.
pub(super) fn status_index_is_a_number(document: &Value, faults: &mut Faults) {
    for (pointer, entry) in bitstring_entries(document) {
        let index = entry["statusListIndex"].as_str();
        let is_number = index.is_some_and(|index| {
            !index.is_empty() && index.len() <= 20 && index.bytes().all(|b| b.is_ascii_digit())
        });
        if !is_number {
            faults.add(
                pointer_to(&pointer, "statusListIndex"),
                "is not a number written as a text",
            );
        }
    }
}

fn bitstring_entries(document: &Value) -> impl Iterator<Item = (String, &Value)> {
    entries(document, "credentialStatus")
        .into_iter()
        .filter(|(_, entry)| {
            type_names(entry).is_some_and(|names| names.contains(&"BitstringStatusListEntry"))
        })
}

const TYPED: [&str; 7] = [
    "credentialStatus",
    "credentialSchema",
    "termsOfUse",
    "evidence",
    "refreshService",
    "renderMethod",
    "confidenceMethod",
];
