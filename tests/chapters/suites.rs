//! The suites of embedded proofs: published proofs hold and come out again, tampered ones are refused.

use keys::data_integrity::{Cryptosuite, ProofError, ProofOptions, sign, sign_with, verify};
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
pub fn check(document: &Value, proof: &Value, key: &SecretKey) -> &'static str {
    let (contexts, limits) = (Contexts::embedded(), LdLimits::default());
    match verify(document, proof, key.public_key(), contexts, &limits) {
        Ok(()) => "verified",
        Err(error) => error.code(),
    }
}

/// One key of each kind that makes embedded proofs, and a suite for it in each form.
pub fn makers() -> [(Cryptosuite, SecretKey); 8] {
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

pub fn method(key: &SecretKey) -> String {
    let did = did_key::encode(key.public_key()).expect("a DID");
    did_key::verification_method(&did).expect("a method")
}

/// A badge that every suite can sign, also the one that needs a context of its own.
pub fn badge() -> Value {
    let mut badge = credential();
    badge["@context"]
        .as_array_mut()
        .expect("contexts")
        .push("https://w3id.org/security/suites/ed25519-2020/v1".into());
    badge
}

pub fn made_by(suite: Cryptosuite, key: &SecretKey) -> Value {
    let options = ProofOptions::new(suite, &method(key)).created(instant());
    sign(&badge(), &options, key).expect("a proof")
}

pub fn instant() -> Timestamp {
    Timestamp::parse("2026-01-02T03:04:06Z").expect("a time")
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

pub const FIRST: &str = "urn:uuid:26329423-bec9-4b2e-88cb-a7c7d9dc4544";
pub const SECOND: &str = "urn:uuid:8cc9022b-6b14-4cf3-8571-74972c5feb54";
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
