//! Derived proofs that were taken apart and put together wrongly.

use keys::data_integrity::ProofError;
use keys::{PublicKey, SecretKey};
use serde_json::{Value, json};

use super::cbor::{self, Item, Proof};
use super::{badge, some_of_the_badge, verify};
use crate::forge::shown_in_part::{REQUIRED, base_proof, shown};
use crate::forge::with;

/// LDP-19: the parts of a derived proof are held against the document and against one another.
#[test]
fn signatures_labels_and_indexes_fit_the_document() {
    let shown = some_of_the_badge();
    let good = Proof::read(&shown);
    assert_eq!(verify(&with_proof(&shown, &good)), Ok(()));
    let (signatures, labels) = (good.signatures.len(), good.labels.len());
    assert!(signatures >= 4 && labels >= 3 && good.indexes.len() > 10);

    type Change = fn(&mut Proof);
    let changes: &[(&str, Change)] = &[
        ("a signature is missing", |proof| {
            drop(proof.signatures.pop())
        }),
        ("a signature stands twice", |proof| {
            proof.signatures.push(proof.signatures[0].clone());
        }),
        ("two signatures are exchanged", |proof| {
            proof.signatures.swap(0, 1)
        }),
        ("a signature is that of another statement", |proof| {
            proof.signatures[0] = proof.signatures[1].clone();
        }),
        ("the base signature is one of a statement", |proof| {
            proof.base_signature = proof.signatures[0].clone();
        }),
        ("a signature is all zeros", |proof| {
            proof.signatures[0] = vec![0; 64]
        }),
        ("a label is missing", |proof| drop(proof.labels.pop())),
        ("a label is for no node", |proof| {
            proof.labels.push((99, vec![7; 32]))
        }),
        ("two labels are exchanged", |proof| {
            let label = proof.labels[0].1.clone();
            proof.labels[0].1 = std::mem::replace(&mut proof.labels[1].1, label);
        }),
        ("two nodes have one label", |proof| {
            proof.labels[0].1 = proof.labels[1].1.clone();
        }),
        ("an index is missing", |proof| {
            proof.indexes.pop();
        }),
        (
            "an index is missing and a signature is there for it",
            |proof| {
                proof.indexes.pop();
                proof.signatures.push(proof.signatures[0].clone());
            },
        ),
        ("an index is beyond the statements", |proof| {
            *proof.indexes.last_mut().expect("an index") = 5_000;
        }),
        ("nothing is mandatory", |proof| proof.indexes.clear()),
        ("everything is mandatory", |proof| {
            let count = proof.indexes.len() + proof.signatures.len();
            proof.indexes = (0..count as u64).collect();
            proof.signatures.clear();
        }),
        ("the key is another", |proof| {
            let other = SecretKey::p256([99; 32]).expect("a scalar in range");
            let PublicKey::P256(other) = other.public_key() else {
                unreachable!("it was made as one");
            };
            proof.public_key = [&[0x80, 0x24][..], &other.compressed()].concat();
        }),
    ];
    for (what, change) in changes {
        let mut proof = good.clone();
        change(&mut proof);
        let verdict = verify(&with_proof(&shown, &proof));
        assert_eq!(verdict, Err(ProofError::SignatureInvalid), "{what}");
    }
}

/// Statements that one proof covers say nothing under another proof, though the issuer is the same.
#[test]
fn two_credentials_of_one_issuer_cannot_be_mixed() {
    let one = base_proof(&with(&badge(), "/name", json!("One")), REQUIRED);
    let other = base_proof(&with(&badge(), "/name", json!("Other")), &REQUIRED[..3]);
    let (one, other) = (
        shown(&one, &[]),
        shown(&other, &["/name", "/credentialSubject"]),
    );
    let mixed = with(&one, "/proof", other["proof"].clone());
    assert!(verify(&mixed).is_err());
    let mut spliced = Proof::read(&one);
    spliced.signatures = Proof::read(&other).signatures;
    assert!(verify(&with_proof(&one, &spliced)).is_err());
}

/// LDP-17: a value has one way to be written.
#[test]
fn a_value_is_read_strictly() {
    let shown = some_of_the_badge();
    let good = Proof::read(&shown);
    let bytes = good.bytes();
    let [signature, key] = [&good.base_signature, &good.public_key];
    let head = [&[0xd9, 0x5d, 0x01, 0x85, 0x58, 64][..], signature].concat();
    assert!(bytes.starts_with(&head));
    let rest = &bytes[head.len()..];
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("something follows", [&bytes[..], &[0]].concat()),
        ("the end is missing", bytes[..bytes.len() - 1].to_vec()),
        ("nothing but the head", bytes[..3].to_vec()),
        ("nothing", Vec::new()),
        ("another head", [&[0xd9, 0x5d, 0x02], &bytes[3..]].concat()),
        ("an array without a length", {
            [&bytes[..3], &[0x9f], &bytes[4..], &[0xff]].concat()
        }),
        (
            "six items",
            [&bytes[..3], &[0x86], &bytes[4..], &[0x00]].concat(),
        ),
        ("a tag", [&bytes[..4], &[0xd8, 64], &bytes[4..]].concat()),
        ("a short signature", {
            [&bytes[..4], &[0x58, 63], &signature[1..], rest].concat()
        }),
        ("bytes without a length", {
            let pieces = [&[0x5f, 0x58, 64][..], signature, &[0xff]].concat();
            [&bytes[..4], &pieces, rest].concat()
        }),
        ("a text instead of bytes", {
            [&bytes[..4], &[0x78, 64], &[b'a'; 64][..], rest].concat()
        }),
        ("a huge count", {
            let key = [&[0x58, 35][..], key].concat();
            [
                &head[..],
                &key,
                &[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            ]
            .concat()
        }),
        ("an index twice", {
            let mut proof = good.clone();
            proof.indexes[1] = proof.indexes[0];
            proof.bytes()
        }),
        ("indexes out of order", {
            let mut proof = good.clone();
            proof.indexes.swap(0, 1);
            proof.bytes()
        }),
        ("a label twice", {
            let mut proof = good.clone();
            proof.labels.push(proof.labels[0].clone());
            proof.bytes()
        }),
        ("a short label", {
            let mut proof = good.clone();
            proof.labels[0].1.pop();
            proof.bytes()
        }),
        ("a negative index", {
            let mut items = good.items();
            items[4] = Item::Array(vec![Item::Negative(0)]);
            cbor::written(&items)
        }),
        ("a key of another kind", {
            let mut proof = good.clone();
            proof.public_key[0] = 0x81;
            proof.bytes()
        }),
    ];
    for (what, bytes) in cases {
        let changed = with(&shown, "/proof/proofValue", json!(cbor::multibase(&bytes)));
        assert_eq!(verify(&changed), Err(ProofError::Encoding), "{what}");
    }
    let value = cbor::multibase(&bytes);
    let spellings = [
        format!("z{}", bs58::encode(&bytes).into_string()),
        format!("{value}="),
        format!("{value}\n"),
        value[1..].to_owned(),
        format!("u{}", "A".repeat(300_000)),
    ];
    for spelling in spellings {
        let changed = with(&shown, "/proof/proofValue", json!(spelling));
        assert_eq!(verify(&changed), Err(ProofError::Encoding));
    }
    for value in [json!(null), json!(7), json!([value])] {
        let changed = with(&shown, "/proof/proofValue", value);
        assert_eq!(verify(&changed), Err(ProofError::Encoding));
    }
}

/// Whatever byte of a value is changed, and however, it does not hold and nothing breaks.
#[test]
fn no_changed_byte_of_a_value_holds() {
    let shown = some_of_the_badge();
    let bytes = Proof::read(&shown).bytes();
    for place in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[place] ^= 1 << (place % 8);
        let value = json!(cbor::multibase(&changed));
        let verdict = verify(&with(&shown, "/proof/proofValue", value));
        let is_refused = matches!(
            verdict,
            Err(ProofError::SignatureInvalid | ProofError::Encoding | ProofError::NotDerived)
        );
        assert!(is_refused, "byte {place}: {verdict:?}");
    }
}

fn with_proof(shown: &Value, proof: &Proof) -> Value {
    let value = cbor::multibase(&proof.bytes());
    with(shown, "/proof/proofValue", json!(value))
}
