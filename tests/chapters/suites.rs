//! The suites of embedded proofs: published proofs hold and come out again, tampered ones are refused.

use keys::data_integrity::{
    Cryptosuite, Expected, ProofError, ProofOptions, add, sign, sign_with, verify, verify_expecting,
};
use keys::jsonld::{Contexts, LdLimits};
use keys::{PublicKey, SecretKey, did_key};
use schemas::timestamp::Timestamp;
use serde_json::{Value, json};

use super::eddsa::credential;

/// The pinned contexts, and the context for examples of the working group.
pub fn contexts() -> Contexts {
    let examples = json!({"@context": {"@vocab": "https://www.w3.org/ns/credentials/examples#"}});
    let pinned = schemas::contexts::all().iter().map(|context| {
        let document = serde_json::from_str(context.text).expect("JSON");
        (context.url.to_owned(), document)
    });
    let url = "https://www.w3.org/ns/credentials/examples/v2";
    Contexts::with_documents(pinned.chain([(url.to_owned(), examples)]))
}

/// The credential of the appendices of both specifications of suites.
pub fn alumni() -> Value {
    json!({
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"],
        "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
        "type": ["VerifiableCredential", "AlumniCredential"],
        "name": "Alumni Credential",
        "description": "A minimum viable example of an Alumni Credential.",
        "issuer": "https://vc.example/issuers/5678",
        "validFrom": "2023-01-01T00:00:00Z",
        "credentialSubject": {"id": "did:example:abcdefgh", "alumniOf": "The School of Examples"},
    })
}

/// A published proof: the suite, the secret key, the verification method, the value.
struct Published {
    suite: Cryptosuite,
    secret: &'static str,
    method: &'static str,
    value: &'static str,
}

const ED25519: &str = "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq";
const P256: &str = "z42twTcNeSYcnqg1FLuSFs2bsGH3ZqbRHFmvS9XMsYhjxvHN";
const P384: &str = "z2fanyY7zgwNpZGxX5fXXibvScNaUWNprHU9dKx7qpVj7mws9J8LLt4mDB5TyH2GLHWkUc";

/// Data Integrity EdDSA Cryptosuites 1.0, appendix B; Data Integrity ECDSA Cryptosuites 1.0, appendix A.
const PUBLISHED: [Published; 5] = [
    Published {
        suite: Cryptosuite::EddsaJcs2022,
        secret: ED25519,
        method: "https://vc.example/issuers/5678#z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2",
        value: "z63t83Y53KfzJ5ZosfKTnqfMcKB2dmTrfjSaQjeNNjAD5srBowQfmWqeRb8rRjmeEuCBEsddF9LsVogtuTsijJKh4",
    },
    Published {
        suite: Cryptosuite::EcdsaRdfc2019,
        secret: P256,
        method: "did:key:zDnaepBuvsQ8cpsWrVKw8fbpGpvPeNSjVPTWoq6cRqaYzBKVP#zDnaepBuvsQ8cpsWrVKw8fbpGpvPeNSjVPTWoq6cRqaYzBKVP",
        value: "zaHXrr7AQdydBk3ahpCDpWbxfLokDqmCToYm2dyWvpcFVyWooC2he63w1f7UNQoAMKdhaRtcnaE2KTo5o5vTCcfw",
    },
    Published {
        suite: Cryptosuite::EcdsaRdfc2019,
        secret: P384,
        method: "did:key:z82LkuBieyGShVBhvtE2zoiD6Kma4tJGFtkAhxR5pfkp5QPw4LutoYWhvQCnGjdVn14kujQ#z82LkuBieyGShVBhvtE2zoiD6Kma4tJGFtkAhxR5pfkp5QPw4LutoYWhvQCnGjdVn14kujQ",
        value: "z967Mvv5bxtmLNqTzPZ8KmJjFmFXaAKeQNzq7GWnQkMcLtaGSSmuozE5WtJ8PipMe178B1tE28K1vsJur9bGVJhz6jgSJsRHFSQeqgH8hhjcg8gZDFJC1b9FsR5ggNmDBqHv",
    },
    Published {
        suite: Cryptosuite::EcdsaJcs2019,
        secret: P256,
        method: "did:key:zDnaepBuvsQ8cpsWrVKw8fbpGpvPeNSjVPTWoq6cRqaYzBKVP#zDnaepBuvsQ8cpsWrVKw8fbpGpvPeNSjVPTWoq6cRqaYzBKVP",
        value: "zq6PrUMCtqY5obCSsrQxuFJdGffCDxvFuopdZiBPUBRTFEs1VVsBZi8YiEwVWgHYrXxoV93gBHqGDBtQLPFxpZxz",
    },
    Published {
        suite: Cryptosuite::EcdsaJcs2019,
        secret: P384,
        method: "did:key:z82LkuBieyGShVBhvtE2zoiD6Kma4tJGFtkAhxR5pfkp5QPw4LutoYWhvQCnGjdVn14kujQ#z82LkuBieyGShVBhvtE2zoiD6Kma4tJGFtkAhxR5pfkp5QPw4LutoYWhvQCnGjdVn14kujQ",
        value: "zR3krc7pt9Dpn1PY2u8HWPePggtzAG2SuH2ZGNrzw8Ku3QrFLWgDTjS5mCWy65ShixJEtpMwfviAFfh5xTgd5FGN1sSbpPJ5djqSZQLqQkY8KLBPNswuqKtq3bS8f9vEHm8w",
    },
];

/// A secret Multikey: two bytes that say the kind, then the seed or scalar.
fn secret(multibase: &str) -> SecretKey {
    let bytes = bs58::decode(&multibase[1..]).into_vec().expect("base58");
    match bytes.split_at(2) {
        ([0x80, 0x26], seed) => SecretKey::ed25519(seed.try_into().expect("32 bytes")),
        ([0x86, 0x26], scalar) => {
            SecretKey::p256(scalar.try_into().expect("32 bytes")).expect("a scalar")
        }
        ([0x87, 0x26], scalar) => {
            SecretKey::p384(scalar.try_into().expect("48 bytes")).expect("a scalar")
        }
        (kind, _) => panic!("a kind of secret key: {kind:x?}"),
    }
}

fn options(published: &Published) -> ProofOptions {
    let created = Timestamp::parse("2023-02-24T23:36:38Z").expect("a time");
    ProofOptions::new(published.suite, published.method).created(created)
}

/// LDP-10, LDP-11, LDP-12, LDP-22, LDP-23: the proofs of the specifications hold, and our own come out equal.
#[test]
fn the_published_proofs_of_every_suite_hold_and_come_out_again() {
    let (contexts, limits) = (contexts(), LdLimits::default());
    for published in &PUBLISHED {
        let name = published.suite.name();
        let document = alumni();
        let secret = secret(published.secret);
        let fragment = published.method.split('#').nth(1).expect("a fragment");
        assert_eq!(secret.public_key().multibase().as_deref(), Some(fragment));

        let mut made = sign_with(&document, &options(published), &secret, &contexts)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut proof = made["proof"].take();
        if published.suite == Cryptosuite::EcdsaJcs2019 {
            // The published proofs carry no contexts, so theirs are other options than ours.
            let members = proof.as_object_mut().expect("an object");
            members.shift_remove("@context");
            proof["proofValue"] = published.value.into();
        }
        assert_eq!(proof["proofValue"], published.value, "{name}");
        let key = secret.public_key();
        let check =
            |document: &Value, proof: &Value| verify(document, proof, key, &contexts, &limits);
        assert_eq!(check(&document, &proof), Ok(()), "{name}");

        let mut changed = document.clone();
        changed["credentialSubject"]["alumniOf"] = "The School of Example".into();
        assert_eq!(check(&changed, &proof), Err(ProofError::SignatureInvalid));
        let mut later = proof.clone();
        later["created"] = "2023-02-24T23:36:39Z".into();
        assert_eq!(check(&document, &later), Err(ProofError::SignatureInvalid));
    }
}

/// LDP-3, LDP-15, LDP-16: what another implementation makes by the two older suites holds, and ours comes out equal. Made
/// with `@digitalbazaar/eddsa-2022-cryptosuite` 1.0.0 and `@digitalbazaar/ed25519-signature-2020` 5.4.0.
#[test]
fn the_older_suites_give_what_another_implementation_gives() {
    let key = SecretKey::ed25519([5; 32]);
    let did = did_key::encode(key.public_key()).expect("a DID");
    let method = did_key::verification_method(&did).expect("a method");
    let created = Timestamp::parse("2026-01-02T03:04:06Z").expect("a time");
    let mut with_suite_context = credential();
    with_suite_context["@context"]
        .as_array_mut()
        .expect("contexts")
        .push("https://w3id.org/security/suites/ed25519-2020/v1".into());
    for (suite, document, value) in [
        (
            Cryptosuite::Eddsa2022,
            credential(),
            "z34eBtwsfdwVMzZiLp92KF28hy7DnfedQHf1fdmyGcbQ5Vq35jS5KV1ewRWUfCz4o8SdrnkBQMnUqvzj72X6nW41W",
        ),
        (
            Cryptosuite::Ed25519Signature2020,
            with_suite_context,
            "zxjc5gGKVamhdpfUiMgRMgmxyXjZDTnbZDGKxmTNGmJ9vvTqvvkkfQEexuKsU89iZjh6m9RU5DvpqCDZtF2PEW4y",
        ),
    ] {
        let options = ProofOptions::new(suite, &method).created(created);
        let signed = sign(&document, &options, &key).expect("a proof");
        assert_eq!(signed["proof"]["proofValue"], value, "{}", suite.name());
        assert_eq!(check(&signed, &signed["proof"], &key), "verified");
        assert!(suite.is_deprecated() && !suite.is_certified());
    }
    // The oldest suite names itself by a term that only its own context has.
    let options = ProofOptions::new(Cryptosuite::Ed25519Signature2020, &method);
    let error = sign(&credential(), &options, &key).expect_err("without the context");
    assert_eq!(
        (error.code(), error.pointer()),
        ("ld.relative_iri", Some("/type"))
    );
}

/// The code of what becomes of a proof under this key.
fn check(document: &Value, proof: &Value, key: &SecretKey) -> &'static str {
    let (contexts, limits) = (Contexts::embedded(), LdLimits::default());
    match verify(document, proof, key.public_key(), contexts, &limits) {
        Ok(()) => "verified",
        Err(error) => error.code(),
    }
}

/// One key of each kind that makes embedded proofs, and a suite for it in each form.
fn makers() -> [(Cryptosuite, SecretKey); 8] {
    let ed25519 = || SecretKey::ed25519([21; 32]);
    let p256 = || SecretKey::p256([22; 32]).expect("a scalar");
    let p384 = || SecretKey::p384([23; 48]).expect("a scalar");
    [
        (Cryptosuite::EddsaRdfc2022, ed25519()),
        (Cryptosuite::EddsaJcs2022, ed25519()),
        (Cryptosuite::Eddsa2022, ed25519()),
        (Cryptosuite::Ed25519Signature2020, ed25519()),
        (Cryptosuite::EcdsaRdfc2019, p256()),
        (Cryptosuite::EcdsaRdfc2019, p384()),
        (Cryptosuite::EcdsaJcs2019, p256()),
        (Cryptosuite::EcdsaJcs2019, p384()),
    ]
}

fn method(key: &SecretKey) -> String {
    let did = did_key::encode(key.public_key()).expect("a DID");
    did_key::verification_method(&did).expect("a method")
}

/// A badge that every suite can sign, also the one that needs a context of its own.
fn badge() -> Value {
    let mut badge = credential();
    badge["@context"]
        .as_array_mut()
        .expect("contexts")
        .push("https://w3id.org/security/suites/ed25519-2020/v1".into());
    badge
}

fn made_by(suite: Cryptosuite, key: &SecretKey) -> Value {
    let options = ProofOptions::new(suite, &method(key)).created(instant());
    sign(&badge(), &options, key).expect("a proof")
}

fn instant() -> Timestamp {
    Timestamp::parse("2026-01-02T03:04:06Z").expect("a time")
}

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

/// A chain of the specification (Data Integrity EdDSA Cryptosuites 1.0, appendix B): two proofs beside one another, a
/// third over both, a fourth over that.
fn chained() -> Value {
    let proof = |number: u8, key: &str, created: &str, value: &str| {
        json!({
            "type": "DataIntegrityProof",
            "cryptosuite": "eddsa-rdfc-2022",
            "created": created,
            "verificationMethod": format!("https://vc.example/issuers/5678{number}#{key}"),
            "proofPurpose": "assertionMethod",
            "proofValue": value,
        })
    };
    let mut proofs = [
        proof(
            1,
            "z6MktgKTsu1QhX6QPbyqG6geXdw6FQCZBPq7uQpieWbiQiG7",
            "2023-02-24T23:36:38Z",
            "z5KTX5yikM4eUukZW9qh66LGT3KZEUCACGpWcT2t4Yd54NMoFRchGmH4778omyNFAD3weSt6sNk5fuaMQmhhzNmEC",
        ),
        proof(
            2,
            "z6MkhWqdDBPojHA7cprTGTt5yHv5yUi1B8cnXn8ReLumkw6E",
            "2023-02-24T23:36:38Z",
            "z5KXNyXDcm822dHS37tmS6Xc7FFNo8c73AfeqmfHoywPxnXWNjWKYK3VQzt3CMUoK9uAqsboVHKJXxuYwbdnfxZeA",
        ),
        proof(
            3,
            "z6MkmEq87wkHCYnWnNZkigeDMGTN7oUw1upkhzd77KuXERS1",
            "2023-02-26T22:06:38Z",
            "z2hcFbMaj3BJufikuLZQ36gAXVT9J3ZiwB9rqN3j7VdqyT1GaQPbMTaF1Q2gn7h75ZcJ6JpV9pvNoDumvcjtmSRAV",
        ),
        proof(
            4,
            "z6MkmEq87wkHCYnWnNZkigeDMGTN7oUw1upkhzd77KuXERS1",
            "2023-02-26T22:16:38Z",
            "z6f4Lx4xiwWq8sucv6pg2vVvD5R4bxr58q2TagpwDXCxPVVS28S1iFwhor4ikhG6u4RKrNx7uSkYrCHdiiw5Js3d",
        ),
    ];
    proofs[0]["id"] = FIRST.into();
    proofs[1]["id"] = SECOND.into();
    proofs[2]["id"] = THIRD.into();
    proofs[2]["previousProof"] = json!([FIRST, SECOND]);
    proofs[3]["previousProof"] = THIRD.into();
    let mut document = alumni();
    document["proof"] = proofs.to_vec().into();
    document
}

const FIRST: &str = "urn:uuid:26329423-bec9-4b2e-88cb-a7c7d9dc4544";
const SECOND: &str = "urn:uuid:8cc9022b-6b14-4cf3-8571-74972c5feb54";
const THIRD: &str = "urn:uuid:d94f792a-c546-4d06-b38a-da070ab56c23";

fn key_of(proof: &Value) -> PublicKey {
    let method = proof["verificationMethod"].as_str().expect("a text");
    PublicKey::from_multibase(method.split('#').nth(1).expect("a fragment")).expect("a key")
}

#[test]
fn the_published_chain_of_proofs_holds() {
    let (contexts, limits) = (contexts(), LdLimits::default());
    let document = chained();
    for (place, proof) in document["proof"]
        .as_array()
        .expect("proofs")
        .iter()
        .enumerate()
    {
        let checked = verify(&document, proof, &key_of(proof), &contexts, &limits);
        assert_eq!(checked, Ok(()), "{place}");
    }
    // The third proof signs the first two with the document, so it breaks with either of them.
    let third = &document["proof"][2];
    for place in 0..2 {
        let mut changed = document.clone();
        changed["proof"][place]["created"] = "2023-02-24T23:36:39Z".into();
        let checked = verify(&changed, third, &key_of(third), &contexts, &limits);
        assert_eq!(checked, Err(ProofError::SignatureInvalid));
    }
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
    let changes: [(&str, fn(&mut Value)); 6] = [
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
