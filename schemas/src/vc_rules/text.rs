//! Names and descriptions (Verifiable Credentials Data Model 2.0, sections 4.6 and 11.1).

use serde_json::Value;

use super::Faults;
use crate::finding::pointer_to;

/// The name and the description of a credential and of its issuer are texts, or texts with their language.
pub(super) fn names_are_texts(document: &Value, faults: &mut Faults) {
    for (place, object) in [("", Some(document)), ("/issuer", document.get("issuer"))] {
        for member in ["name", "description"] {
            if let Some(value) = object.and_then(|object| object.get(member)) {
                check(value, &pointer_to(place, member), faults);
            }
        }
    }
}

fn check(value: &Value, pointer: &str, faults: &mut Faults) {
    match value {
        Value::Array(texts) => {
            for (index, text) in texts.iter().enumerate() {
                if !is_text(text) {
                    faults.add(format!("{pointer}/{index}"), NOT_A_TEXT);
                }
            }
        }
        text if is_text(text) => {}
        _ => faults.add(pointer, NOT_A_TEXT),
    }
}

fn is_text(value: &Value) -> bool {
    match value {
        Value::String(_) => true,
        Value::Object(members) => {
            let known = |(name, value): (&String, &Value)| match name.as_str() {
                "@value" | "@language" => value.is_string(),
                "@direction" => value == "ltr" || value == "rtl",
                _ => false,
            };
            members.contains_key("@value") && members.iter().all(known)
        }
        _ => false,
    }
}

const NOT_A_TEXT: &str =
    "is neither a text nor an object of `@value`, `@language` and `@direction` alone";
