//! Embedded proofs by eddsa-rdfc-2022: published ones hold, ours come out the same every time, and every change is
//! noticed.

use keys::data_integrity::{Cryptosuite, ProofError, ProofOptions, verify};
use keys::jsonld::{Contexts, LdLimits};
use keys::{KeyUse, Keyring, PublicKey, SecretKey};
use schemas::timestamp::Timestamp;
use serde_json::{Value, json};

use crate::support::{hex, spec};

pub fn keyring() -> Keyring {
    Keyring::did_key(SecretKey::ed25519([5; 32]))
        .map_err(|error| error.code())
        .expect("a keyring")
}

pub fn credential() -> Value {
    json!({
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
        "id": "urn:uuid:7d6ce9a6-7a80-4f39-8f9f-3e3a0d4a3a11",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": keyring().issuer_id(), "type": ["Profile"], "name": "Example"},
        "validFrom": "2026-01-02T03:04:05Z",
        "name": "Wait Time",
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "id": "did:example:holder",
            "identifier": [
                {"type": "IdentityObject", "hashed": true, "identityHash": "sha256$00", "identityType": "emailAddress"},
            ],
            "achievement": {
                "id": "https://example.edu/achievements/1",
                "type": ["Achievement"],
                "name": "Wait Time",
                "description": "Waits after asking.",
                "criteria": {"narrative": "Three recorded lessons."},
            },
        },
    })
}

pub fn options(keyring: &Keyring) -> ProofOptions {
    let key = keyring.current(KeyUse::DataIntegrity);
    ProofOptions::new(Cryptosuite::EddsaRdfc2022, key.verification_method())
        .created(Timestamp::parse("2026-01-02T03:04:06Z").expect("an instant"))
}

pub fn signed() -> Value {
    let keyring = keyring();
    keyring
        .current(KeyUse::DataIntegrity)
        .sign_document(&credential(), &options(&keyring))
        .expect("a proof")
}

pub fn check(document: &Value, proof: &Value) -> Result<(), ProofError> {
    let keyring = keyring();
    let key = keyring.current(KeyUse::DataIntegrity).public_key();
    verify(
        document,
        proof,
        key,
        Contexts::embedded(),
        &LdLimits::default(),
    )
}

pub fn code(document: &Value) -> &'static str {
    match check(document, &document["proof"]) {
        Ok(()) => "verified",
        Err(error) => error.code(),
    }
}

/// The key in the fragment of a proof's verification method.
fn key_of(proof: &Value) -> PublicKey {
    let method = proof["verificationMethod"].as_str().expect("a text");
    PublicKey::from_multibase(method.split('#').nth(1).expect("a fragment")).expect("a key")
}

#[test]
fn the_published_vector_of_the_suite_verifies() {
    // Data Integrity EdDSA Cryptosuites 1.0, appendix B.1: the Alumni Credential.
    let document = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"],
        "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
        "type": ["VerifiableCredential", "AlumniCredential"],
        "name": "Alumni Credential",
        "description": "A minimum viable example of an Alumni Credential.",
        "issuer": "https://vc.example/issuers/5678",
        "validFrom": "2023-01-01T00:00:00Z",
        "credentialSubject": {"id": "did:example:abcdefgh", "alumniOf": "The School of Examples"},
    });
    let proof = json!({
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": "2023-02-24T23:36:38Z",
        "verificationMethod":
            "https://vc.example/issuers/5678#z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2",
        "proofPurpose": "assertionMethod",
        "proofValue":
            "z21EVs3eXERqTn4acNHT9viboqgzUaQ3kTmhPT3eA8qrVPE7CrQq78WkzctnMX5W4CrzcKnHw8V6dvy5pgWYCU5e9",
    });
    let examples = json!({"@context": {"@vocab": "https://www.w3.org/ns/credentials/examples#"}});
    let contexts = Contexts::with_documents(
        schemas::contexts::all()
            .iter()
            .map(|context| {
                (
                    context.url.to_owned(),
                    serde_json::from_str(context.text).expect("JSON"),
                )
            })
            .chain([(
                "https://www.w3.org/ns/credentials/examples/v2".to_owned(),
                examples,
            )]),
    );
    let limits = LdLimits::default();
    assert_eq!(
        verify(&document, &proof, &key_of(&proof), &contexts, &limits),
        Ok(())
    );

    let mut changed = document.clone();
    changed["credentialSubject"]["alumniOf"] = "The School of Example".into();
    assert_eq!(
        verify(&changed, &proof, &key_of(&proof), &contexts, &limits),
        Err(ProofError::SignatureInvalid)
    );

    // The secret key of the vector makes this very signature of the published hash data.
    let secret = bs58::decode("3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq")
        .into_vec()
        .expect("base58");
    let secret = SecretKey::ed25519(secret[2..].try_into().expect("32 bytes after the codec"));
    assert_eq!(*secret.public_key(), key_of(&proof));
    let hash_data = hex(
        "4c4d3890a157f8d611b13c265c2c22f39aa0a567c7c7dd9ba3e45cd579784eeb\
         517744132ae165a5349155bef0bb0cf2258fff99dfe1dbd914b938d775a36017",
    );
    let signature = secret.sign_ed25519(&hash_data).expect("a signature");
    let value = proof["proofValue"].as_str().expect("a text");
    assert_eq!(format!("z{}", bs58::encode(signature).into_string()), value);
}

#[test]
fn the_signed_walkthroughs_of_the_implementation_guide_verify() {
    let Some(spec) = spec("signed walkthroughs") else {
        return;
    };
    let mut verified = 0;
    for folder in ["signing-walkthrough-ob", "signing-walkthrough-clr"] {
        let file = spec
            .join("examples")
            .join(folder)
            .join("08-signed-credential.json");
        let document: Value =
            serde_json::from_slice(&std::fs::read(file).expect("a file")).expect("JSON");
        // The transcript holds a signed credential of its own.
        let nested = document["credentialSubject"]["verifiableCredential"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        for document in nested.iter().chain([&document]) {
            let proofs = match &document["proof"] {
                Value::Array(proofs) => proofs.clone(),
                one => vec![one.clone()],
            };
            for proof in proofs {
                let limits = LdLimits::default();
                verify(
                    document,
                    &proof,
                    &key_of(&proof),
                    Contexts::embedded(),
                    &limits,
                )
                .expect("a good proof");
                verified += 1;
            }
        }
    }
    assert_eq!(verified, 3);
}

#[test]
fn a_proof_has_the_members_of_the_standard_and_comes_out_the_same_again() {
    let signed = signed();
    assert_eq!(signed, self::signed());
    let proof = signed["proof"].as_object().expect("an object");
    let value = proof["proofValue"].as_str().expect("a text").to_owned();
    let keyring = keyring();
    assert_eq!(
        signed["proof"],
        json!({
            "type": "DataIntegrityProof",
            "created": "2026-01-02T03:04:06Z",
            "verificationMethod": keyring.current(KeyUse::DataIntegrity).verification_method(),
            "cryptosuite": "eddsa-rdfc-2022",
            "proofPurpose": "assertionMethod",
            "proofValue": value,
        })
    );
    assert_eq!(
        bs58::decode(&value[1..]).into_vec().expect("base58").len(),
        64
    );
    let mut unsigned = signed.clone();
    unsigned
        .as_object_mut()
        .expect("an object")
        .shift_remove("proof");
    assert_eq!(unsigned, credential());
    // With the proof in it or without, the document verifies.
    assert_eq!(check(&signed, &signed["proof"]), Ok(()));
    assert_eq!(check(&unsigned, &signed["proof"]), Ok(()));
}

#[test]
fn what_has_a_proof_already_or_another_key_is_not_signed() {
    let keyring = keyring();
    let key = keyring.current(KeyUse::DataIntegrity);
    let error = key
        .sign_document(&signed(), &options(&keyring))
        .expect_err("a second proof");
    assert_eq!(error.code(), "proof.misplaced");
    let mut unknown = credential();
    unknown["undefinedTerm"] = "lost".into();
    let error = key
        .sign_document(&unknown, &options(&keyring))
        .expect_err("an unsigned member");
    assert_eq!(
        (error.code(), error.pointer()),
        ("ld.data_loss", Some("/undefinedTerm"))
    );
}

#[test]
fn contexts_of_the_proof_are_the_first_of_the_document() {
    // Section 3.2.2: a proof may carry contexts; the document is then read with exactly those.
    let mut carried = signed();
    carried["proof"]["@context"] = carried["@context"].clone();
    assert_eq!(code(&carried), "verified");
    carried["proof"]["@context"] = json!(["https://www.w3.org/ns/credentials/v2"]);
    assert_ne!(code(&carried), "verified");
    carried["proof"]["@context"] =
        json!(["https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"]);
    assert_eq!(code(&carried), "ld.context_order");
}
