//! Embedded proofs by eddsa-rdfc-2022: published ones hold, ours come out the same every time, and every change is
//! noticed.

use keys::eddsa_rdfc_2022::{ProofError, ProofOptions, sign, verify};
use keys::jsonld::{Contexts, LdLimits};
use keys::{KeyUse, Keyring, PublicKey, SecretKey};
use schemas::timestamp::Timestamp;
use serde_json::{Value, json};

use crate::support::{hex, spec};

fn keyring() -> Keyring {
    Keyring::did_key(SecretKey::ed25519([5; 32]))
        .map_err(|error| error.code())
        .expect("a keyring")
}

fn credential() -> Value {
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

fn options(keyring: &Keyring) -> ProofOptions {
    ProofOptions {
        verification_method: keyring
            .current(KeyUse::DataIntegrity)
            .verification_method()
            .to_owned(),
        created: Timestamp::parse("2026-01-02T03:04:06Z").expect("an instant"),
    }
}

fn signed() -> Value {
    let keyring = keyring();
    sign(
        &credential(),
        &options(&keyring),
        keyring.current(KeyUse::DataIntegrity),
    )
    .expect("a proof")
}

fn check(document: &Value, proof: &Value) -> Result<(), ProofError> {
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

fn code(document: &Value) -> &'static str {
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
    let error = sign(&signed(), &options(&keyring), key).expect_err("a second proof");
    assert_eq!(error.code(), "proof.misplaced");
    let mut unknown = credential();
    unknown["undefinedTerm"] = "lost".into();
    let error = sign(&unknown, &options(&keyring), key).expect_err("an unsigned member");
    assert_eq!(
        (error.code(), error.pointer()),
        ("ld.data_loss", Some("/undefinedTerm"))
    );
}

#[test]
fn attack_p_08_every_option_of_the_proof_is_signed() {
    for (member, value) in [
        ("created", json!("2026-01-02T03:04:07Z")),
        ("domain", json!("evil.example")),
        ("challenge", json!("1")),
        ("nonce", json!("1")),
        ("expires", json!("2036-01-02T03:04:06Z")),
        ("previousProof", json!("urn:uuid:1")),
        ("id", json!("urn:uuid:1")),
        ("verificationMethod", json!("did:web:evil.example#1")),
    ] {
        let mut changed = signed();
        changed["proof"][member] = value;
        assert_eq!(code(&changed), "signature.invalid", "{member}");
    }
    let mut without = signed();
    without["proof"]
        .as_object_mut()
        .expect("an object")
        .shift_remove("created");
    assert_eq!(code(&without), "signature.invalid");
    // A member that means nothing would be unsigned.
    let mut extra = signed();
    extra["proof"]["undefinedTerm"] = "x".into();
    assert_eq!(code(&extra), "ld.data_loss");
    for time in [
        json!("yesterday"),
        json!("2026-01-02T03:04:06"),
        json!(7),
        json!(null),
    ] {
        let mut changed = signed();
        changed["proof"]["created"] = time;
        assert_eq!(code(&changed), "time.syntax");
    }
}

#[test]
fn attack_p_09_only_this_suite_under_its_exact_name() {
    for (member, value) in [
        ("type", json!("dataintegrityproof")),
        ("type", json!(["DataIntegrityProof"])),
        ("type", json!("Ed25519Signature2020")),
        ("type", json!(null)),
        ("cryptosuite", json!("EdDSA-rdfc-2022")),
        ("cryptosuite", json!("eddsa-rdfc-2022 ")),
        ("cryptosuite", json!("eddsa-2022")),
        ("cryptosuite", json!("eddsa-jcs-2022")),
        ("cryptosuite", json!("ecdsa-rdfc-2019")),
        ("cryptosuite", json!(null)),
    ] {
        let mut changed = signed();
        changed["proof"][member] = value;
        assert_eq!(code(&changed), "proof.suite_not_allowed", "{member}");
    }
    for proof in [json!(null), json!([]), json!("proof"), json!({})] {
        assert_eq!(
            check(&credential(), &proof),
            Err(ProofError::SuiteNotAllowed)
        );
    }
}

#[test]
fn attack_p_03_only_proofs_for_assertions() {
    for purpose in [
        json!("authentication"),
        json!("AssertionMethod"),
        json!("https://w3id.org/security#assertionMethod"),
        json!(["assertionMethod"]),
        json!(null),
    ] {
        let mut changed = signed();
        changed["proof"]["proofPurpose"] = purpose;
        assert_eq!(code(&changed), "proof.purpose");
    }
}

#[test]
fn attack_p_10_a_proof_value_has_one_spelling() {
    let signed = signed();
    let value = signed["proof"]["proofValue"]
        .as_str()
        .expect("a text")
        .to_owned();
    let bytes = bs58::decode(&value[1..]).into_vec().expect("base58");
    let spelled = |bytes: &[u8]| format!("z{}", bs58::encode(bytes).into_string());
    let bitcoin_free = bs58::encode(&bytes)
        .with_alphabet(bs58::Alphabet::FLICKR)
        .into_string();
    let mut longer = bytes.clone();
    longer.insert(0, 0);
    for other in [
        String::new(),
        "z".to_owned(),
        value[1..].to_owned(),
        format!("Z{}", &value[1..]),
        format!("u{}", &value[1..]),
        format!("zz{}", &value[1..]),
        format!(" {value}"),
        format!("{value} "),
        format!("{value}\n"),
        format!("{value}="),
        format!("{}0", &value[..value.len() - 1]),
        spelled(&bytes[1..]),
        spelled(&bytes[..63]),
        spelled(&longer),
        spelled(&[bytes.as_slice(), &[0]].concat()),
        format!("z1{}", &value[1..]),
        format!("z{}", "1".repeat(100_000)),
    ] {
        let mut changed = signed.clone();
        changed["proof"]["proofValue"] = other.into();
        assert_eq!(code(&changed), "proof.encoding");
    }
    let mut flickr = signed.clone();
    flickr["proof"]["proofValue"] = format!("z{bitcoin_free}").into();
    assert_ne!(code(&flickr), "verified");
    let mut absent = signed;
    absent["proof"]["proofValue"] = Value::Null;
    assert_eq!(code(&absent), "proof.encoding");
}

#[test]
fn attack_p_12_a_signature_of_another_credential_of_the_issuer_is_refused() {
    let keyring = keyring();
    let mut other = credential();
    other["credentialSubject"]["id"] = "did:example:other".into();
    let theirs = sign(
        &other,
        &options(&keyring),
        keyring.current(KeyUse::DataIntegrity),
    )
    .expect("a proof");
    let mut copied = signed();
    copied["proof"] = theirs["proof"].clone();
    assert_eq!(code(&copied), "signature.invalid");
}

#[test]
fn attack_t_16_another_key_does_not_verify() {
    let signed = signed();
    for key in [
        SecretKey::ed25519([6; 32]).public_key(),
        SecretKey::p256([6; 32]).expect("a key").public_key(),
    ] {
        let limits = LdLimits::default();
        let error = verify(
            &signed,
            &signed["proof"],
            key,
            Contexts::embedded(),
            &limits,
        )
        .expect_err("another key");
        assert_eq!(error.code(), "signature.invalid");
    }
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

#[test]
fn attack_j_08_how_the_document_is_written_does_not_matter() {
    let signed = signed();
    let mut reversed = reverse(&signed);
    assert_ne!(reversed.to_string(), signed.to_string());
    assert_eq!(code(&reversed), "verified");
    // One element of a set is the same alone and in an array (JSON-LD 1.1, section 4.3).
    reversed["credentialSubject"]["type"] = "AchievementSubject".into();
    assert_eq!(code(&reversed), "verified");
}

/// The same value with the members of every object in the opposite order.
fn reverse(value: &Value) -> Value {
    match value {
        Value::Object(members) => Value::Object(
            members
                .iter()
                .rev()
                .map(|(name, value)| (name.clone(), reverse(value)))
                .collect(),
        ),
        // Contexts are a list: their order says something.
        Value::Array(entries) => Value::Array(entries.iter().map(reverse).collect()),
        plain => plain.clone(),
    }
}

#[test]
fn attack_l_01_whatever_is_added_or_changed_or_removed_is_noticed() {
    let signed = signed();
    let mut places = Vec::new();
    collect(&signed, String::new(), &mut places);
    assert!(places.len() > 30);
    for place in &places {
        if place.starts_with("/proof") || place.is_empty() {
            continue;
        }
        for change in [
            change_text as fn(&mut Value) -> bool,
            add_member,
            add_known_member,
            remove,
        ] {
            let mut changed = signed.clone();
            if change(changed.pointer_mut(place).expect("a place of the document")) {
                assert_ne!(code(&changed), "verified", "{place}");
            }
        }
    }
}

fn collect(value: &Value, place: String, places: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            members
                .iter()
                .for_each(|(name, value)| collect(value, format!("{place}/{name}"), places));
        }
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

fn change_text(value: &mut Value) -> bool {
    match value {
        Value::String(text) => {
            text.push('x');
            true
        }
        Value::Bool(flag) => {
            *flag = !*flag;
            true
        }
        _ => false,
    }
}

fn add_member(value: &mut Value) -> bool {
    value
        .as_object_mut()
        .map(|members| members.insert("extra".to_owned(), "x".into()))
        .is_some()
}

fn add_known_member(value: &mut Value) -> bool {
    let added = value
        .as_object_mut()
        .map(|members| members.insert("name".to_owned(), "Another".into()));
    added.is_some()
}

fn remove(value: &mut Value) -> bool {
    *value = Value::Null;
    true
}
