//! Resources that a credential vouches for by their digest (Verifiable Credentials Data Model 2.0, section 5.3).
//!
//! Whether a digest is right is for a crate to say that can compute one; here is looked only at what stands there.

use std::collections::HashSet;

use serde_json::Value;

use super::{Faults, entries};

/// Each resource is an object with an `id`, and none is named twice.
pub(super) fn names_each_resource_once(document: &Value, faults: &mut Faults) {
    let mut seen = HashSet::new();
    for (pointer, resource) in entries(document, "relatedResource") {
        match resource.get("id").and_then(Value::as_str) {
            None => faults.add(pointer, "is not an object with an `id`"),
            Some(id) if !seen.insert(id) => faults.add(pointer, "names a resource a second time"),
            Some(_) => {}
        }
    }
}

/// Each resource has a digest in one of the two spellings.
pub(super) fn has_a_digest(document: &Value, faults: &mut Faults) {
    for (pointer, resource) in entries(document, "relatedResource") {
        let Some(resource) = resource.as_object() else {
            continue;
        };
        let mut digests = DIGESTS
            .iter()
            .filter_map(|name| resource.get(*name))
            .peekable();
        if digests.peek().is_none() {
            faults.add(&pointer, "has neither `digestSRI` nor `digestMultibase`");
        } else if digests.any(|digest| digest.as_str().is_none_or(str::is_empty)) {
            faults.add(&pointer, "has a digest that is no text");
        }
    }
}

const DIGESTS: [&str; 2] = ["digestSRI", "digestMultibase"];
