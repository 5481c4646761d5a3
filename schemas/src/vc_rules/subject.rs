//! Who says it, and about whom (Verifiable Credentials Data Model 2.0, sections 4.7 and 4.8).

use serde_json::Value;

use super::{Faults, entries, is_address};

/// The issuer is one address, or an object that has one.
pub(super) fn issuer_has_one_address(document: &Value, faults: &mut Faults) {
    match document.get("issuer") {
        Some(Value::Object(issuer)) => {
            // A malformed one is told of by the rule about identifiers.
            if !issuer.contains_key("id") {
                faults.add("/issuer", "has no `id`");
            }
        }
        Some(address) if is_address(address) => {}
        _ => faults.add("/issuer", "is neither an address nor an object with one"),
    }
}

/// There is a subject, and something is said of each.
pub(super) fn says_something(document: &Value, faults: &mut Faults) {
    let subjects = entries(document, "credentialSubject");
    if subjects.is_empty() {
        faults.add("/credentialSubject", "names no subject");
    }
    for (pointer, subject) in subjects {
        if subject.as_object().is_none_or(|subject| subject.is_empty()) {
            faults.add(pointer, "is not an object that says something");
        }
    }
}
