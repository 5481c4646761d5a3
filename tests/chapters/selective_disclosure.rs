//! A holder shows a part of a credential: nothing else is seen, and all that is seen was signed.

mod cbor;

use keys::data_integrity::{self, Cryptosuite, ProofError, ProofOptions};
use keys::ecdsa_sd_2023::{self, SdEntropy, SelectionError};
use keys::jsonld::{Contexts, LdLimits};
use keys::{PublicKey, SecretKey};
use serde_json::{Value, json};

use self::cbor::{Item, Proof};
use crate::forge::shown_in_part::{KEY, REQUIRED, base_proof, shown};
use crate::forge::{self, with, without};

/// LDP-20: what is shown holds, and every change to it is noticed.
#[test]
fn what_is_shown_holds_and_nothing_of_it_can_be_changed() {
    let shown = some_of_the_badge();
    verify(&shown).expect("a good proof");
    let text = shown.to_string();
    assert!(text.contains("identityHash") && text.contains("A lesson"));
    for hidden in ["12345", "creditsEarned", "Another", "formative"] {
        assert!(!text.contains(hidden), "{hidden} is shown");
    }
    let changed = changed_leaves(&shown);
    assert!(changed.len() > 12, "only {} places", changed.len());
    for changed in changed {
        assert_eq!(
            verify(&changed),
            Err(ProofError::SignatureInvalid),
            "{changed}"
        );
    }
    for pointer in [
        "/name",
        "/issuer/name",
        "/credentialSubject/achievement/criteria",
        "/credentialSubject/identifier",
        "/evidence",
        "/type",
    ] {
        let less = without(&shown, pointer);
        assert!(verify(&less).is_err(), "without {pointer}");
    }
}

#[test]
fn nothing_can_be_added_to_what_is_shown() {
    let shown = some_of_the_badge();
    for (pointer, value) in [
        // The holder has this from the same badge, but did not have it signed for this proof.
        ("/credentialSubject/creditsEarned", json!(1.5)),
        ("/description", json!("For somebody else")),
        (
            "/credentialSubject/identifier/-",
            json!({"type": "IdentityObject"}),
        ),
        ("/evidence/-", shown["evidence"][0].clone()),
        ("/issuer/url", json!("https://attacker.example/")),
        ("/undefined", json!("a word without meaning")),
        ("/alignment", Value::Null),
    ] {
        assert!(verify(&with(&shown, pointer, value)).is_err(), "{pointer}");
    }
    // Moved from one object to another.
    let mut moved = without(&shown, "/name");
    moved["credentialSubject"]["name"] = shown["name"].clone();
    assert!(verify(&moved).is_err());
}

/// What the proof says of itself is signed with the rest.
#[test]
fn the_options_of_a_proof_cannot_be_changed() {
    let shown = some_of_the_badge();
    for (member, value) in [
        ("created", json!("2026-10-01T08:00:01Z")),
        ("verificationMethod", json!(format!("{}#other", KEY.did()))),
        ("expires", json!("2036-10-01T08:00:00Z")),
        ("domain", json!("badges.example")),
    ] {
        let changed = with(&shown, &format!("/proof/{member}"), value);
        assert_eq!(
            verify(&changed),
            Err(ProofError::SignatureInvalid),
            "{member}"
        );
    }
    let purpose = with(&shown, "/proof/proofPurpose", json!("authentication"));
    assert_eq!(verify(&purpose), Err(ProofError::Purpose));
    let chain = with(&shown, "/proof/previousProof", json!("urn:proof"));
    assert_eq!(verify(&chain), Err(ProofError::Chain));
}

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

/// LDP-21: the proof of the holder is refused by name, and a derived one gives no further ones.
#[test]
fn base_and_derived_proofs_are_told_apart() {
    let base = base_proof(&badge(), REQUIRED);
    assert_eq!(verify(&base), Err(ProofError::NotDerived));
    let shown = shown(&base, &[]);
    assert_eq!(derive(&shown, &["/name"]), Err(ProofError::NotBase));
    let without_proof = without(&base, "/proof");
    assert_eq!(
        derive(&without_proof, &["/name"]),
        Err(ProofError::SuiteNotAllowed)
    );
    let two = with(&base, "/proof", json!([base["proof"], base["proof"]]));
    assert_eq!(derive(&two, &["/name"]), Err(ProofError::Misplaced));
    let changed = without(&base, "/credentialSubject/creditsEarned");
    assert_eq!(
        derive(&changed, &["/name"]),
        Err(ProofError::SignatureInvalid)
    );
}

/// LDP-18: everything that is drawn is an argument, so the same proof comes out.
#[test]
fn the_same_arguments_give_the_same_bytes() {
    let base = base_proof(&badge(), REQUIRED);
    assert_eq!(base, base_proof(&badge(), REQUIRED));
    let (one, other) = (
        shown(&base, &["/evidence/1"]),
        shown(&base, &["/evidence/1"]),
    );
    assert_eq!(one, other);
}

#[test]
fn pointers_select_whole_things_that_are_there() {
    let base = base_proof(&badge(), REQUIRED);
    let refusal = |pointer: &str| match derive(&base, &[pointer]) {
        Err(ProofError::Selection(error)) => error,
        other => panic!("{pointer}: {other:?}"),
    };
    for pointer in ["name", "/evidence/~2", "/a~"] {
        assert!(
            matches!(refusal(pointer), SelectionError::Syntax(_)),
            "{pointer}"
        );
    }
    for pointer in [
        "/nothing",
        "/name/0",
        "/evidence/3",
        "/evidence/01",
        "/evidence/-",
        "/evidence/+1",
        "/evidence/",
        "/",
        "/proof",
    ] {
        assert!(
            matches!(refusal(pointer), SelectionError::NoMatch(_)),
            "{pointer}"
        );
    }
    // Half a list is another list.
    let part = "/credentialSubject/achievement/resultDescription/0/allowedValue/0";
    assert_eq!(refusal(part), SelectionError::Part);
    let whole = "/credentialSubject/achievement/resultDescription/0/allowedValue";
    let list = derive(&base, &[whole]).expect("a whole list");
    assert_eq!(verify(&list), Ok(()));
    assert_eq!(list.pointer(whole), badge().pointer(whole));

    let many = vec!["/name".to_owned(); 20_000];
    let limits = LdLimits::default();
    let refused = ecdsa_sd_2023::derive(&base, &many, Contexts::embedded(), &limits);
    assert_eq!(refused, Err(ProofError::Selection(SelectionError::TooMany)));

    let nothing_mandatory = base_proof(&badge(), &[]);
    assert_eq!(
        derive(&nothing_mandatory, &[]),
        Err(ProofError::Selection(SelectionError::Empty))
    );
    assert_eq!(
        verify(&derive(&nothing_mandatory, &["/name"]).expect("a part")),
        Ok(())
    );
    assert_eq!(
        verify(&derive(&nothing_mandatory, &[""]).expect("all of it")),
        Ok(())
    );
}

#[test]
fn the_suite_takes_p_256_keys_alone() {
    let shown = some_of_the_badge();
    let limits = LdLimits::default();
    let ed25519 = SecretKey::ed25519([1; 32]);
    let p384 = SecretKey::p384([1; 48]).expect("a scalar in range");
    let options = ProofOptions::new(Cryptosuite::EcdsaSd2023, &KEY.method());
    for key in [&ed25519, &p384] {
        let (contexts, public) = (Contexts::embedded(), key.public_key());
        let verdict = data_integrity::verify(&shown, &shown["proof"], public, contexts, &limits);
        assert_eq!(verdict, Err(ProofError::KeyMismatch));
        let made = create(&badge(), &options, key);
        assert_eq!(made, Err(ProofError::KeyMismatch));
    }
    let other = SecretKey::p256([77; 32]).expect("a scalar in range");
    let (contexts, public) = (Contexts::embedded(), other.public_key());
    let verdict = data_integrity::verify(&shown, &shown["proof"], public, contexts, &limits);
    assert_eq!(verdict, Err(ProofError::SignatureInvalid));
    for scalar in [[0; 32], [0xff; 32]] {
        assert!(SdEntropy::new([1; 32], scalar).is_err());
    }
    // The other ways to sign do not make such proofs by accident.
    assert!(data_integrity::sign(&badge(), &options, &KEY.secret()).is_err());
    let other_suite = ProofOptions::new(Cryptosuite::EcdsaRdfc2019, &KEY.method());
    assert_eq!(
        create(&badge(), &other_suite, &KEY.secret()),
        Err(ProofError::SuiteNotAllowed)
    );
    assert_eq!(
        create(&base_proof(&badge(), &[]), &options, &KEY.secret()),
        Err(ProofError::Misplaced)
    );
}

#[test]
fn documents_with_too_many_statements_are_not_signed_one_by_one() {
    let tags: Vec<String> = (0..1_000).map(|tag| format!("tag {tag}")).collect();
    let large = with(&badge(), "/credentialSubject/achievement/tag", json!(tags));
    let options = ProofOptions::new(Cryptosuite::EcdsaSd2023, &KEY.method());
    let refused = create(&large, &options, &KEY.secret());
    assert_eq!(refused.map_err(|error| error.code()), Err("ld.complexity"));
    // The same shown to a verifier.
    let shown = with(
        &some_of_the_badge(),
        "/credentialSubject/achievement/tag",
        json!(tags),
    );
    assert_eq!(
        verify(&shown).map_err(|error| error.code()),
        Err("ld.complexity")
    );
}

/// A badge with objects without identifiers, two of which are alike, and with a list.
fn badge() -> Value {
    let mut badge = forge::badge(&KEY.did());
    badge["credentialSubject"]["identifier"] = json!([
        {"type": "IdentityObject", "hashed": false, "identityHash": "ada@learner.example", "identityType": "emailAddress"},
        {"type": "IdentityObject", "hashed": false, "identityHash": "12345", "identityType": "systemId"},
    ]);
    badge["evidence"] = json!([
        {"type": ["Evidence"], "name": "A lesson"},
        {"type": ["Evidence"], "name": "Another"},
        {"type": ["Evidence"], "name": "A lesson"},
    ]);
    badge["credentialSubject"]["achievement"]["resultDescription"] = json!([{
        "id": "urn:uuid:f6ab24cd-86e8-4eaf-b8c6-ded74e8fd41c",
        "type": ["ResultDescription"],
        "name": "Grade",
        "resultType": "LetterGrade",
        "allowedValue": ["A", "B", "C"],
    }]);
    badge
}

fn some_of_the_badge() -> Value {
    let selected = [
        "/evidence/0",
        "/evidence/2",
        "/credentialSubject/identifier/0",
    ];
    shown(&base_proof(&badge(), REQUIRED), &selected)
}

fn create(document: &Value, options: &ProofOptions, key: &SecretKey) -> Result<Value, ProofError> {
    let entropy = SdEntropy::new([1; 32], [2; 32]).expect("a scalar in range");
    let contexts = Contexts::embedded();
    ecdsa_sd_2023::create_base_proof(document, options, &[], key, &entropy, contexts)
}

fn derive(base: &Value, pointers: &[&str]) -> Result<Value, ProofError> {
    let limits = LdLimits::default();
    ecdsa_sd_2023::derive(
        base,
        &self::pointers(pointers),
        Contexts::embedded(),
        &limits,
    )
}

fn verify(shown: &Value) -> Result<(), ProofError> {
    let (key, contexts) = (KEY.public(), Contexts::embedded());
    data_integrity::verify(shown, &shown["proof"], &key, contexts, &LdLimits::default())
}

fn with_proof(shown: &Value, proof: &Proof) -> Value {
    let value = cbor::multibase(&proof.bytes());
    with(shown, "/proof/proofValue", json!(value))
}

/// Copies of a document, each with one text or number outside of its proof changed.
pub fn changed_leaves(document: &Value) -> Vec<Value> {
    let mut places = Vec::new();
    for (name, value) in document.as_object().expect("an object") {
        if name != "proof" && name != "@context" {
            leaves(value, format!("/{name}"), &mut places);
        }
    }
    let change = |place: String| {
        let mut changed = document.clone();
        let leaf = changed.pointer_mut(&place).expect("the place of a leaf");
        *leaf = match leaf {
            Value::String(text) => match text.strip_suffix('Z') {
                Some(text) => json!(format!("{text}+00:00")),
                None => json!(format!("{text}x")),
            },
            Value::Number(number) => json!(number.as_f64().expect("a number") + 1.0),
            Value::Bool(flag) => json!(!*flag),
            other => panic!("{other} is no leaf"),
        };
        changed
    };
    // Without its type the words of an object mean nothing, which is found before the signature is.
    let places = places.into_iter().filter(|place| !is_type(place));
    places.map(change).collect()
}

fn is_type(place: &str) -> bool {
    place.ends_with("/type") || place.contains("/type/")
}

fn leaves(value: &Value, place: String, places: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members.iter().filter(|(name, _)| *name != "@context") {
                leaves(member, format!("{place}/{name}"), places);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                leaves(item, format!("{place}/{index}"), places);
            }
        }
        _ => places.push(place),
    }
}

/// Pointers as the library takes them.
pub fn pointers(pointers: &[&str]) -> Vec<String> {
    pointers
        .iter()
        .map(|pointer| (*pointer).to_owned())
        .collect()
}
