//! A holder shows a part of a credential: nothing else is seen, and all that is seen was signed.

mod cbor;
mod forged;

use keys::SecretKey;
use keys::data_integrity::{self, Cryptosuite, ProofError, ProofOptions};
use keys::ecdsa_sd_2023::{self, SdEntropy, SelectionError};
use keys::jsonld::{Contexts, LdLimits};
use serde_json::{Value, json};

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
