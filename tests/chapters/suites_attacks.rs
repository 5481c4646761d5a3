//! Attacks on proofs of every suite, alone and in chains: each is refused under its own name.

use keys::data_integrity::{
    Cryptosuite, Expected, ProofError, ProofOptions, add, sign, verify_expecting,
};
use keys::jsonld::{Contexts, LdLimits};
use keys::{PublicKey, SecretKey};
use serde_json::{Value, json};

use super::eddsa::credential;
use super::suites::{FIRST, SECOND, badge, check, instant, made_by, makers, method};

/// LDP-5: under every suite, every member of the document and every option of the proof is signed.
#[test]
fn attack_p_08_under_every_suite_all_is_signed() {
    for (suite, key) in makers() {
        let signed = made_by(suite, &key);
        let name = suite.name();
        assert_eq!(check(&signed, &signed["proof"], &key), "verified", "{name}");
        for (place, value) in [
            ("/name", json!("Other")),
            ("/issuer/name", json!("Other")),
            ("/validFrom", json!("2026-01-02T03:04:04Z")),
            (
                "/credentialSubject/achievement/criteria/narrative",
                json!(""),
            ),
            ("/proof/created", json!("2026-01-02T03:04:07Z")),
            ("/proof/verificationMethod", json!("did:web:evil.example#1")),
        ] {
            let mut changed = signed.clone();
            *changed.pointer_mut(place).expect("a place") = value;
            let code = check(&changed, &changed["proof"], &key);
            assert_eq!(code, "signature.invalid", "{name} {place}");
        }
        for (option, value) in [
            ("domain", "evil.example"),
            ("challenge", "1"),
            ("nonce", "1"),
            ("expires", "2036-01-02T03:04:06Z"),
            ("id", "urn:uuid:1"),
        ] {
            let mut changed = signed.clone();
            changed["proof"][option] = value.into();
            let code = check(&changed, &changed["proof"], &key);
            assert_eq!(code, "signature.invalid", "{name} {option}");
        }
    }
}

/// LDP-12, LDP-23: a proof value has one spelling, of the length that goes with the key.
#[test]
fn attack_p_10_under_every_suite_a_proof_value_has_one_spelling() {
    for (suite, key) in makers() {
        let signed = made_by(suite, &key);
        let value = signed["proof"]["proofValue"].as_str().expect("a text");
        let bytes = bs58::decode(&value[1..]).into_vec().expect("base58");
        let spelled = |bytes: &[u8]| format!("z{}", bs58::encode(bytes).into_string());
        let half = bytes.len() / 2;
        let der = [
            &[0x30, 0x44, 2, 32],
            &bytes[..half],
            &[2, 32],
            &bytes[half..],
        ]
        .concat();
        for other in [
            json!(null),
            json!([value]),
            json!(""),
            json!("z"),
            json!(value[1..]),
            json!(format!("u{}", &value[1..])),
            json!(format!("m{}", &value[1..])),
            json!(format!("{value} ")),
            json!(spelled(&bytes[1..])),
            json!(spelled(&[bytes.as_slice(), &[0]].concat())),
            json!(spelled(&[&[0], bytes.as_slice()].concat())),
            json!(spelled(&der)),
            json!(spelled(&vec![1; if half == 32 { 96 } else { 64 }])),
            json!(format!("z{}", "1".repeat(100_000))),
        ] {
            let mut changed = signed.clone();
            changed["proof"]["proofValue"] = other;
            let code = check(&changed, &changed["proof"], &key);
            assert_eq!(code, "proof.encoding", "{}", suite.name());
        }
        let mut zero = signed.clone();
        zero["proof"]["proofValue"] = spelled(&vec![0; bytes.len()]).into();
        assert_eq!(check(&zero, &zero["proof"], &key), "signature.invalid");
    }
}

/// LDP-23: each suite takes the kinds of keys it is made for, and no signature holds under another suite or key.
#[test]
fn attack_t_03_a_proof_holds_under_its_own_suite_and_key_alone() {
    for (suite, key) in makers() {
        let signed = made_by(suite, &key);
        for (other, theirs) in makers() {
            if (other, theirs.public_key()) == (suite, key.public_key()) {
                continue;
            }
            let code = check(&signed, &signed["proof"], &theirs);
            let same_key = key.public_key() == theirs.public_key();
            if same_key {
                // Renamed, the same signature is one of something else.
                let mut renamed = signed.clone();
                let options = ProofOptions::new(other, &method(&key)).created(instant());
                let like = sign(&badge(), &options, &theirs).expect("a proof");
                let value = renamed["proof"]["proofValue"].take();
                renamed["proof"] = like["proof"].clone();
                renamed["proof"]["proofValue"] = value;
                let code = check(&renamed, &renamed["proof"], &theirs);
                assert_eq!(code, "signature.invalid", "{suite:?} as {other:?}");
            } else {
                let expected = ["proof.key_mismatch", "proof.encoding", "signature.invalid"];
                assert!(expected.contains(&code), "{suite:?} {other:?}: {code}");
            }
        }
        let another = match &key.public_key() {
            PublicKey::Ed25519(_) => SecretKey::ed25519([31; 32]),
            PublicKey::P256(_) => SecretKey::p256([31; 32]).expect("a scalar"),
            _ => SecretKey::p384([31; 48]).expect("a scalar"),
        };
        let code = check(&signed, &signed["proof"], &another);
        assert_eq!(code, "signature.invalid", "{}", suite.name());
    }
    let rsa = SecretKey::generate_rsa().expect("a key");
    let options = ProofOptions::new(Cryptosuite::EddsaRdfc2022, "https://example.org/key");
    assert_eq!(sign(&badge(), &options, &rsa), Err(ProofError::KeyMismatch));
}

/// A badge with a first proof, and a second one by `suite` that builds on it.
fn chain(suite: Cryptosuite, key: &SecretKey, first: Cryptosuite, other: &SecretKey) -> Value {
    let mut options = ProofOptions::new(first, &method(other)).created(instant());
    options.id = Some(FIRST.to_owned());
    let signed = sign(&badge(), &options, other).expect("a proof");
    let mut options = ProofOptions::new(suite, &method(key)).created(instant());
    options.previous_proof = vec![FIRST.to_owned()];
    add(&signed, &options, key).expect("a second proof")
}

#[test]
fn every_suite_signs_beside_and_upon_every_other() {
    for (suite, key) in makers() {
        // Its context has no word for a previous proof.
        if suite == Cryptosuite::Ed25519Signature2020 {
            continue;
        }
        for (first, other) in makers() {
            let names = format!("{suite:?} upon {first:?}");
            let chained = chain(suite, &key, first, &other);
            assert_eq!(
                chained["proof"].as_array().map(Vec::len),
                Some(2),
                "{names}"
            );
            assert_eq!(
                check(&chained, &chained["proof"][0], &other),
                "verified",
                "{names}"
            );
            assert_eq!(
                check(&chained, &chained["proof"][1], &key),
                "verified",
                "{names}"
            );
            // The second proof signs the first one with its value.
            let mut changed = chained.clone();
            changed["proof"][0]["proofValue"] =
                made_by(first, &other)["proof"]["proofValue"].clone();
            let code = check(&changed, &changed["proof"][1], &key);
            assert_eq!(code, "signature.invalid", "{names}");
        }
    }
}

/// P-06 of the attacks: a chain to nothing, to itself, to two proofs at once, or not to an address at all.
#[test]
fn attack_p_06_a_chain_leads_to_proofs_that_are_there_once() {
    let [(suite, key), (other_suite, other), ..] = makers();
    let chained = chain(suite, &key, other_suite, &other);
    type Change = fn(&mut Value);
    let changes: [(&str, Change); 6] = [
        ("the first is gone", |proofs| {
            proofs.as_array_mut().expect("proofs").remove(0);
        }),
        ("the first lost its address", |proofs| {
            proofs[0]
                .as_object_mut()
                .expect("members")
                .shift_remove("id");
        }),
        ("two have the address", |proofs| {
            let first = proofs[0].clone();
            proofs.as_array_mut().expect("proofs").push(first);
        }),
        ("named twice", |proofs| {
            proofs[1]["previousProof"] = json!([FIRST, FIRST]);
        }),
        ("a number", |proofs| {
            proofs[1]["previousProof"] = json!(7);
        }),
        ("a list with a number", |proofs| {
            proofs[1]["previousProof"] = json!([FIRST, 7]);
        }),
    ];
    for (name, change) in changes {
        let mut changed = chained.clone();
        change(&mut changed["proof"]);
        let proof = changed["proof"].as_array().and_then(|proofs| {
            proofs
                .iter()
                .find(|proof| proof.get("previousProof").is_some())
        });
        let code = check(&changed, proof.expect("the second proof"), &key);
        assert_eq!(code, "proof.chain", "{name}");
    }
    // Without the link it is a proof of something else.
    let mut unlinked = chained.clone();
    let second = unlinked["proof"][1].as_object_mut().expect("members");
    second.shift_remove("previousProof");
    assert_eq!(
        check(&unlinked, &unlinked["proof"][1], &key),
        "signature.invalid"
    );

    let mut options = ProofOptions::new(suite, &method(&key));
    options.previous_proof = vec![SECOND.to_owned()];
    assert_eq!(add(&chained, &options, &key), Err(ProofError::Chain));
    options.previous_proof.clear();
    options.id = Some(FIRST.to_owned());
    assert_eq!(add(&chained, &options, &key), Err(ProofError::Chain));
}

#[test]
fn the_purpose_the_challenge_and_the_domain_are_those_expected() {
    let (contexts, limits) = (Contexts::embedded(), LdLimits::default());
    let presentation = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "holder": "did:example:holder",
    });
    let expected = Expected {
        proof_purpose: "authentication",
        challenge: Some("7c1f"),
        domain: Some("verifier.example"),
    };
    for (suite, key) in makers() {
        if suite == Cryptosuite::Ed25519Signature2020 {
            continue;
        }
        let options = ProofOptions {
            proof_purpose: "authentication".to_owned(),
            challenge: Some("7c1f".to_owned()),
            domain: Some("verifier.example".to_owned()),
            ..ProofOptions::new(suite, &method(&key)).created(instant())
        };
        let signed = sign(&presentation, &options, &key).expect("a proof");
        let under = |expected: &Expected| {
            let key = key.public_key();
            verify_expecting(expected, &signed, &signed["proof"], key, contexts, &limits)
        };
        assert_eq!(under(&expected), Ok(()), "{}", suite.name());
        let any = Expected {
            challenge: None,
            domain: None,
            ..expected
        };
        assert_eq!(under(&any), Ok(()));
        assert_eq!(under(&Expected::default()), Err(ProofError::Purpose));
        let stale = Expected {
            challenge: Some("7c20"),
            ..expected
        };
        assert_eq!(under(&stale), Err(ProofError::Challenge));
        let elsewhere = Expected {
            domain: Some("other.example"),
            ..expected
        };
        assert_eq!(under(&elsewhere), Err(ProofError::Domain));
    }
    assert_eq!(
        ProofError::Challenge.standard_name(),
        "INVALID_CHALLENGE_ERROR"
    );
    assert_eq!(ProofError::Domain.standard_name(), "INVALID_DOMAIN_ERROR");
}

/// LDP-14: contexts that were added after signing give a document no meaning that was not signed.
#[test]
fn attack_l_04_contexts_added_after_signing_add_nothing() {
    for (suite, key) in makers() {
        if suite == Cryptosuite::Ed25519Signature2020 {
            continue;
        }
        let options = ProofOptions::new(suite, &method(&key));
        let mut signed = sign(&credential(), &options, &key).expect("a proof");
        signed["proof"]["@context"] = signed["@context"].clone();
        assert_eq!(check(&signed, &signed["proof"], &key), "verified");
        signed["@context"]
            .as_array_mut()
            .expect("contexts")
            .push("https://purl.imsglobal.org/spec/ob/v3p0/extensions.json".into());
        assert_eq!(check(&signed, &signed["proof"], &key), "verified");
        // A member that only the added context defines.
        let mut meant = signed.clone();
        meant["refreshService"] =
            json!({"id": "https://example.org/", "type": "1EdTechCredentialRefresh"});
        assert_ne!(check(&meant, &meant["proof"], &key), "verified");
        let mut reversed = signed.clone();
        reversed["@context"]
            .as_array_mut()
            .expect("contexts")
            .reverse();
        assert_eq!(
            check(&reversed, &reversed["proof"], &key),
            "ld.context_order"
        );
    }
}

#[test]
fn attack_j_08_canonical_json_does_not_depend_on_how_the_document_is_written() {
    for (suite, key) in makers() {
        let signed = made_by(suite, &key);
        let text = serde_json::to_string_pretty(&signed).expect("text");
        let text = text.replace("Wait Time", "\\u0057ait Time");
        let read: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(check(&read, &read["proof"], &key), "verified");
    }
}
