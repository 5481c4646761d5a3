//! Controller documents: which key speaks for whom.

use keys::{ControllerDocument, VerificationMethod};
use serde_json::{Value, json};

const DID: &str = "did:web:example.edu";
const KEY: &str = "z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp";

fn document() -> Value {
    json!({
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": DID,
        "verificationMethod": [
            {"id": format!("{DID}#key-1"), "type": "Multikey", "controller": DID, "publicKeyMultibase": KEY},
        ],
        "assertionMethod": [format!("{DID}#key-1")],
    })
}

fn read(document: &Value) -> Result<ControllerDocument, &'static str> {
    ControllerDocument::read(document.to_string().as_bytes(), DID).map_err(|error| error.code())
}

#[test]
fn a_controller_document_gives_the_keys_that_make_assertions() {
    let document = read(&document()).expect("a document");
    let method = document
        .assertion_key("did:web:example.edu#key-1")
        .expect("a key");
    assert_eq!(method.key.multibase().as_deref(), Some(KEY));
}

#[test]
fn keys_may_be_named_relatively_or_stand_in_the_relationship() {
    let mut relative = document();
    relative["verificationMethod"][0]["id"] = "#key-1".into();
    relative["assertionMethod"][0] = "#key-1".into();
    assert!(
        read(&relative)
            .expect("a document")
            .assertion_key("did:web:example.edu#key-1")
            .is_ok()
    );

    let mut embedded = document();
    embedded["assertionMethod"][0] = embedded["verificationMethod"][0].take();
    embedded["verificationMethod"] = json!([]);
    assert!(
        read(&embedded)
            .expect("a document")
            .assertion_key("did:web:example.edu#key-1")
            .is_ok()
    );

    let mut alone = document();
    alone["assertionMethod"] = "did:web:example.edu#key-1".into();
    assert!(
        read(&alone)
            .expect("a document")
            .assertion_key("did:web:example.edu#key-1")
            .is_ok()
    );
}

#[test]
fn attack_p_03_a_key_listed_for_another_purpose_makes_no_assertions() {
    for other in [
        "authentication",
        "keyAgreement",
        "capabilityInvocation",
        "capabilityDelegation",
    ] {
        let mut listed = document();
        listed[other] = listed["assertionMethod"].take();
        listed["assertionMethod"] = json!([]);
        let read = read(&listed).expect("a document");
        let error = read
            .assertion_key("did:web:example.edu#key-1")
            .expect_err("another purpose");
        assert_eq!(error.code(), "proof.purpose");
    }
}

#[test]
fn attack_n_08_a_controller_document_that_is_about_something_else_is_refused() {
    let first = "/verificationMethod/0";
    for (place, value) in [
        ("/id", json!("did:web:Example.edu")),
        ("/id", json!("did:web:example.edu#")),
        ("/id", json!(null)),
        ("", json!([document()])),
        (
            "/verificationMethod/0/controller",
            json!("did:web:evil.example"),
        ),
        ("/verificationMethod/0/controller", json!(null)),
        (
            "/verificationMethod/0/id",
            json!("did:web:evil.example#key-1"),
        ),
        (
            "/verificationMethod/0/id",
            json!("did:web:example.edu.evil#key-1"),
        ),
        ("/verificationMethod/0/id", json!("#")),
        ("/verificationMethod/0/type", json!(["Multikey"])),
        (first, json!("did:web:example.edu#key-1")),
        ("/assertionMethod/0", json!(7)),
    ] {
        let mut changed = document();
        *changed.pointer_mut(place).expect("a place of the document") = value.clone();
        assert_eq!(
            read(&changed).err(),
            Some("did.document"),
            "{place}: {value}"
        );
    }
    let mut revoked = document();
    revoked["verificationMethod"][0]["revoked"] = "yesterday".into();
    assert_eq!(read(&revoked).err(), Some("did.document"));

    let mut crowded = document();
    let many = (0..65).map(|number| {
        let mut method = crowded.pointer(first).expect("a method").clone();
        method["id"] = format!("#{number}").into();
        method
    });
    crowded["verificationMethod"] = many.collect();
    assert_eq!(read(&crowded).err(), Some("did.document"));

    for bytes in [
        &b""[..],
        b"{",
        b"[]",
        b"{\"id\":\"did:web:example.edu\",\"id\":\"did:web:example.edu\"}",
        b"<html>",
        b"\xff",
    ] {
        let error = ControllerDocument::read(bytes, DID).expect_err("a refusal");
        assert_eq!(error.code(), "did.document");
    }
    let mut large = document().to_string();
    large.push_str(&" ".repeat(256 * 1024));
    assert_eq!(
        ControllerDocument::read(large.as_bytes(), DID)
            .expect_err("too large")
            .code(),
        "did.document"
    );
}

#[test]
fn attack_k_10_two_keys_of_one_name_spoil_a_document() {
    let mut doubled = document();
    let mut second = doubled["verificationMethod"][0].clone();
    second["publicKeyMultibase"] = "z6MkjchhfUsD6mmvni8mCdXHw216Xrm9bQe2mBH1P5RDjVJG".into();
    doubled["verificationMethod"]
        .as_array_mut()
        .expect("methods")
        .push(second);
    assert_eq!(read(&doubled).err(), Some("key.ambiguous"));
}

#[test]
fn one_unusable_key_does_not_spoil_its_neighbours() {
    let secret = "z3u2en7t5LR2WtQH5PfFqMqwVHgeXouLzo6haApm8XHqvjxq";
    for (change, code) in [
        (
            json!({"type": "EcdsaSecp256k1VerificationKey2019", "publicKeyHex": "02"}),
            "key.invalid",
        ),
        (
            json!({"type": "Multikey", "publicKeyMultibase": "z6LSbysY2xFMRpGMhb7tFTLMpeuPRaqaWM1yECx2AtzE3KCc"}),
            "key.invalid",
        ),
        (
            json!({"type": "Ed25519VerificationKey2020", "publicKeyMultibase": "zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv"}),
            "key.invalid",
        ),
        (
            json!({"type": "JsonWebKey", "publicKeyJwk": {"kty": "oct", "k": "AA"}}),
            "key.private_material",
        ),
        (
            json!({"type": "Multikey", "publicKeyMultibase": KEY, "secretKeyMultibase": secret}),
            "key.private_material",
        ),
        (
            json!({"type": "Multikey", "publicKeyMultibase": KEY, "publicKeyJwk": {}}),
            "key.ambiguous",
        ),
        (
            json!({"type": "JsonWebKey", "publicKeyMultibase": KEY}),
            "key.invalid",
        ),
    ] {
        let mut mixed = document();
        let mut method = change;
        method["id"] = "#other".into();
        method["controller"] = DID.into();
        mixed["verificationMethod"]
            .as_array_mut()
            .expect("methods")
            .push(method);
        mixed["assertionMethod"]
            .as_array_mut()
            .expect("methods")
            .push("#other".into());
        let read = ControllerDocument::read(mixed.to_string().as_bytes(), DID).expect("a document");
        assert!(read.assertion_key("did:web:example.edu#key-1").is_ok());
        let error = read
            .assertion_key("did:web:example.edu#other")
            .expect_err("an unusable key");
        assert_eq!(error.code(), code);
        assert!(!format!("{read:?} {error}").contains(secret));
    }
}

#[test]
fn a_key_document_of_its_own_is_read() {
    let id = "https://example.edu/keys/1";
    let key = json!({
        "@context": "https://w3id.org/security/multikey/v1",
        "id": id, "type": "Multikey", "controller": "https://example.edu/issuer", "publicKeyMultibase": KEY,
    });
    let method = VerificationMethod::read(key.to_string().as_bytes(), id).expect("a key");
    assert_eq!(method.controller, "https://example.edu/issuer");
    assert_eq!(
        VerificationMethod::read(key.to_string().as_bytes(), "https://example.edu/keys/2")
            .expect_err("another")
            .code(),
        "did.document"
    );
}

#[test]
fn attack_j_10_wrong_types_anywhere_are_refused_or_leave_no_key() {
    let mut document = document();
    document["verificationMethod"][0]["revoked"] = "2026-01-01T00:00:00Z".into();
    let method = "did:web:example.edu#key-1";
    let mut places = Vec::new();
    collect(&document, String::new(), &mut places);
    let mut tried = 0;
    for place in places {
        for wrong in [
            json!(null),
            json!(true),
            json!(7),
            json!(""),
            json!("x"),
            json!([]),
            json!({}),
            json!([[]]),
            json!({"id": {}}),
        ] {
            let mut changed = document.clone();
            *changed
                .pointer_mut(&place)
                .expect("a place of the document") = wrong.clone();
            let Ok(read) = read(&changed) else { continue };
            // What is left has to be harmless: contexts are not processed, the rest makes the key unreachable.
            let found = read.assertion_key(method).is_ok();
            assert!(!found || place.starts_with("/@context"), "{place}: {wrong}");
            tried += 1;
        }
    }
    assert!(tried > 20);
}

fn collect(value: &Value, place: String, places: &mut Vec<String>) {
    match value {
        Value::Object(members) => members
            .iter()
            .for_each(|(name, value)| collect(value, format!("{place}/{name}"), places)),
        Value::Array(entries) => {
            entries
                .iter()
                .enumerate()
                .for_each(|(index, entry)| collect(entry, format!("{place}/{index}"), places));
        }
        _ => {}
    }
    places.push(place);
}
