//! Thousands of changed badges: each is read as another implementation reads it, or refused.

use std::collections::BTreeMap;

use keys::jsonld::{Contexts, LdLimits, to_rdf};
use keys::rdfc::{HashAlgorithm, canonicalize};
use serde_json::Value;

use crate::chapters::jsonld::badge;
use crate::mutation::mutations;
use crate::rdf_oracle;

#[test]
fn every_changed_badge_is_read_as_the_oracle_reads_it_or_refused() {
    let limits = LdLimits::default();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for mutation in mutations(&badge()) {
        let ours = to_rdf(&mutation.document, Contexts::embedded(), &limits)
            .and_then(|dataset| canonicalize(&dataset, HashAlgorithm::Sha256, &limits));
        let name = format!("{} at {}", mutation.name, mutation.pointer);
        match ours {
            Ok(ours) => {
                *counts.entry("read").or_default() += 1;
                let theirs = rdf_oracle::canonical(&mutation.document)
                    .unwrap_or_else(|error| panic!("{name}: the oracle says {error}"));
                rdf_oracle::assert_same_statements(&ours, &theirs, &name);
            }
            Err(error) => {
                *counts.entry(error.code()).or_default() += 1;
                if error.code() == "ld.data_loss" {
                    assert!(
                        is_lost(&mutation.document, error.pointer()),
                        "{name}: {error}"
                    );
                }
            }
        }
    }
    println!("{counts:?}");
    assert!(counts["read"] > 1_000, "{counts:?}");
    assert!(counts["ld.data_loss"] > 100, "{counts:?}");
    assert!(counts["ld.relative_iri"] > 100, "{counts:?}");
}

/// Whether the oracle reads the same without what stands at the pointer, or cannot read it.
fn is_lost(document: &Value, pointer: &str) -> bool {
    let Ok(with) = rdf_oracle::canonical(document) else {
        return true;
    };
    let (parent, name) = pointer.rsplit_once('/').unwrap_or_default();
    let mut without = document.clone();
    match without.pointer_mut(parent) {
        Some(Value::Object(members)) => {
            members.shift_remove(&name.replace("~1", "/").replace("~0", "~"));
        }
        Some(Value::Array(items)) => {
            items.remove(name.parse().expect("a place in the array"));
        }
        _ => return with.is_empty(),
    }
    let without = rdf_oracle::canonical(&without).expect("the oracle read more");
    if with == without {
        return true;
    }
    // Of an object that it drops, oxjsonld leaves the types of the objects within behind.
    let mut replaced = document.clone();
    *replaced.pointer_mut(pointer).expect("a place") = "something else".into();
    rdf_oracle::canonical(&replaced).is_ok_and(|replaced| replaced == without)
}
