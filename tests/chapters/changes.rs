//! One change after signing: whatever it is, the badge is not verified any more, unless the change
//! leaves every statement as it was.

use serde_json::Value;
use verifier::{Documents, Policy, Verdict, verify};

use crate::mutation::mutations;
use crate::rdf_oracle;
use crate::web::{now, presented};

#[test]
fn no_change_of_a_value_leaves_a_badge_verified() {
    let mut changes = 0;
    for name in ["did-key.json", "endorsement.json", "evidence.json"] {
        let good: Value =
            serde_json::from_slice(&presented(&format!("verified/{name}"))).expect("JSON");
        for mutation in mutations(&good) {
            changes += 1;
            if is_verified(mutation.document.to_string().as_bytes()) {
                assert!(
                    says_the_same(&good, &mutation.document),
                    "{name}: {} at {} goes unnoticed",
                    mutation.name,
                    mutation.pointer
                );
            }
        }
    }
    assert!(changes > 2_000, "only {changes} changes were made");
}

#[test]
fn no_change_of_a_byte_leaves_a_badge_verified() {
    let good = presented("verified/did-key.json");
    let value: Value = serde_json::from_slice(&good).expect("JSON");
    for position in 0..good.len() {
        for flip in [0x01, 0x04, 0x20, 0x80] {
            let mut changed = good.clone();
            changed[position] ^= flip;
            if is_verified(&changed) {
                let changed: Value = serde_json::from_slice(&changed).expect("JSON");
                assert_eq!(changed, value, "byte {position}, xor {flip:#x}");
            }
        }
    }
}

#[test]
fn no_change_of_a_byte_leaves_a_token_or_a_picture_verified() {
    for name in ["did-key.jwt", "baked-jwt.png"] {
        let good = presented(&format!("verified/{name}"));
        assert!(is_verified(&good));
        for position in 0..good.len() {
            for flip in [0x01, 0x20] {
                let mut changed = good.clone();
                changed[position] ^= flip;
                assert!(
                    !is_verified(&changed),
                    "{name}: byte {position}, xor {flip:#x}"
                );
            }
        }
    }
}

#[test]
fn every_shorter_badge_is_refused() {
    for name in ["did-key.json", "did-key.jwt"] {
        let good = presented(&format!("verified/{name}"));
        let good = good.trim_ascii_end();
        for length in 0..good.len() {
            assert!(
                !is_verified(&good[..length]),
                "{name}: the first {length} bytes"
            );
        }
    }
}

#[test]
fn attack_j_08_order_blanks_and_escapes_of_the_text_do_not_matter() {
    let good: Value = serde_json::from_slice(&presented("verified/did-key.json")).expect("JSON");
    let compact = good.to_string();
    assert!(is_verified(compact.as_bytes()));
    let members = good.as_object().expect("an object").clone();
    let reversed: Value = members
        .into_iter()
        .rev()
        .collect::<serde_json::Map<_, _>>()
        .into();
    assert!(is_verified(reversed.to_string().as_bytes()));
    let escaped = compact.replace("Wait", "\\u0057ait").replace('/', "\\/");
    assert!(is_verified(escaped.as_bytes()));
}

fn is_verified(bytes: &[u8]) -> bool {
    let report = verify(bytes, &Documents::default(), &Policy::default(), now());
    report.verdict() == Verdict::Verified
}

/// Whether another implementation reads the same statements from both documents and their proofs.
fn says_the_same(one: &Value, other: &Value) -> bool {
    let statements = |document: &Value| {
        let mut unsigned = document.clone();
        let proof = unsigned.as_object_mut()?.remove("proof")?;
        let proofs = match proof {
            Value::Array(proofs) => proofs,
            proof => vec![proof],
        };
        let mut all = vec![rdf_oracle::canonical(&unsigned).ok()?];
        for mut proof in proofs {
            proof["@context"] = unsigned["@context"].clone();
            all.push(rdf_oracle::canonical(&proof).ok()?);
        }
        Some(all)
    };
    statements(one).is_some() && statements(one) == statements(other)
}
