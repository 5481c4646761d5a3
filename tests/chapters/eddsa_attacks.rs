//! Attacks on embedded proofs: every change of document, proof or key is refused under its own name.

use keys::data_integrity::{ProofError, verify};
use keys::jsonld::{Contexts, LdLimits};
use keys::{KeyUse, SecretKey};
use serde_json::{Value, json};

use super::eddsa::{check, code, credential, keyring, options, signed};

#[test]
fn attack_p_08_every_option_of_the_proof_is_signed() {
    for (member, value) in [
        ("created", json!("2026-01-02T03:04:07Z")),
        ("domain", json!("evil.example")),
        ("challenge", json!("1")),
        ("nonce", json!("1")),
        ("expires", json!("2036-01-02T03:04:06Z")),
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
    // The proof that it would build on is not there.
    let mut chained = signed();
    chained["proof"]["previousProof"] = "urn:uuid:1".into();
    assert_eq!(code(&chained), "proof.chain");
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
        ("cryptosuite", json!("Ed25519Signature2020")),
        ("cryptosuite", json!("DataIntegrityProof")),
        ("cryptosuite", json!(null)),
    ] {
        let mut changed = signed();
        changed["proof"][member] = value;
        assert_eq!(code(&changed), "proof.suite_not_allowed", "{member}");
    }
    // The name of the suite is signed with the other options.
    for (suite, expected) in [
        ("eddsa-2022", "signature.invalid"),
        ("eddsa-jcs-2022", "signature.invalid"),
        ("ecdsa-rdfc-2019", "proof.key_mismatch"),
        ("ecdsa-jcs-2019", "proof.key_mismatch"),
    ] {
        let mut changed = signed();
        changed["proof"]["cryptosuite"] = suite.into();
        assert_eq!(code(&changed), expected, "{suite}");
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
    let theirs = keyring
        .current(KeyUse::DataIntegrity)
        .sign_document(&other, &options(&keyring))
        .expect("a proof");
    let mut copied = signed();
    copied["proof"] = theirs["proof"].clone();
    assert_eq!(code(&copied), "signature.invalid");
}

#[test]
fn attack_t_16_another_key_does_not_verify() {
    let signed = signed();
    for (key, expected) in [
        (SecretKey::ed25519([6; 32]), "signature.invalid"),
        (
            SecretKey::p256([6; 32]).expect("a key"),
            "proof.key_mismatch",
        ),
    ] {
        let limits = LdLimits::default();
        let error = verify(
            &signed,
            &signed["proof"],
            key.public_key(),
            Contexts::embedded(),
            &limits,
        )
        .expect_err("another key");
        assert_eq!(error.code(), expected);
    }
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
