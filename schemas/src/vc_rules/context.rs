//! Contexts (Verifiable Credentials Data Model 2.0, section 4.3).

use serde_json::Value;

use super::{Faults, is_address};

/// The first context is that of the data model, which says what all others build on.
pub(super) fn first_is_the_base(document: &Value, faults: &mut Faults) {
    let (first, pointer) = match document.get("@context") {
        Some(Value::Array(entries)) => (entries.first(), "/@context/0"),
        other => (other, "/@context"),
    };
    if first.and_then(Value::as_str) != Some(BASE) {
        let pointer = if first.is_some() {
            pointer
        } else {
            "/@context"
        };
        faults.add(
            pointer,
            "is not the context `https://www.w3.org/ns/credentials/v2`, which comes first",
        );
    }
}

/// Each further context is an address or an object.
pub(super) fn entries_are_contexts(document: &Value, faults: &mut Faults) {
    let Some(Value::Array(entries)) = document.get("@context") else {
        return;
    };
    for (index, entry) in entries.iter().enumerate() {
        if !entry.is_object() && !is_address(entry) {
            faults.add(
                format!("/@context/{index}"),
                "is neither an address nor an object",
            );
        }
    }
}

const BASE: &str = "https://www.w3.org/ns/credentials/v2";
