//! What Assay and the library of Digital Bazaar sign, derive and verify by ecdsa-sd-2023, each for the other.

use keys::data_integrity::{self, Cryptosuite, ProofOptions};
use keys::ecdsa_sd_2023::{self, SdEntropy};
use keys::jsonld::{Contexts, LdLimits, to_rdf};
use keys::rdfc::{HashAlgorithm, canonicalize};
use keys::{SecretKey, did_key};
use schemas::timestamp::Timestamp;
use serde_json::{Value, json};

use crate::chapters::selective_disclosure::{changed_leaves, pointers};
use crate::peer::{Peer, peers_wanted};

const CREATED: &str = "2026-10-01T08:00:00Z";

/// LDP-1, LDP-2, LDP-17, LDP-18, LDP-19, LDP-20: base proofs of either side are derived from and verified by both, the
/// same statements are disclosed, and what was changed afterwards is refused by both.
#[test]
fn base_and_derived_proofs_of_either_side_hold_for_the_other() {
    if !peers_wanted("base_and_derived_proofs_of_either_side_hold_for_the_other") {
        return;
    }
    let mut sides = [Side::Assay, Side::Peer(Peer::start("selective-disclosure"))];
    let mut derivations = 0;
    let mut refusals = 0;
    for (name, document, mandatory, selections) in cases() {
        for signer in 0..sides.len() {
            let base = sides[signer].sign(&document, &mandatory);
            for selective in &selections {
                let place = format!("{name}, signed by {signer}, {selective:?}");
                let shown: Vec<Value> = sides
                    .iter_mut()
                    .map(|side| side.derive(&base, selective))
                    .collect();
                assert_eq!(statements(&shown[0]), statements(&shown[1]), "{place}");
                for (deriver, shown) in shown.iter().enumerate() {
                    let place = format!("{place}, derived by {deriver}");
                    for side in &mut sides {
                        side.verify(shown)
                            .unwrap_or_else(|detail| panic!("{place}, {}: {detail}", side.name()));
                        derivations += 1;
                    }
                    refusals += refuse_changed(&mut sides, shown, &place);
                }
            }
            // A base proof is for the holder.
            for side in &mut sides {
                assert!(
                    side.verify(&base).is_err(),
                    "{} takes a base proof",
                    side.name()
                );
            }
        }
    }
    println!("{derivations} derived documents verified, {refusals} changed ones refused");
}

/// Every changed copy is refused by Assay, and some by the other too, which is slower.
fn refuse_changed(sides: &mut [Side; 2], shown: &Value, place: &str) -> usize {
    let mut refused = 0;
    for (number, changed) in changed_leaves(shown).into_iter().enumerate() {
        for side in sides.iter_mut() {
            if matches!(side, Side::Peer(_)) && number % 7 != 0 {
                continue;
            }
            let verdict = side.verify(&changed);
            assert!(verdict.is_err(), "{place}: {} takes {changed}", side.name());
            refused += 1;
        }
    }
    refused
}

/// A document, what is mandatory of it, and what is selected, several times over.
type Case = (&'static str, Value, Vec<String>, Vec<Vec<String>>);

fn cases() -> Vec<Case> {
    let badge = badge();
    let sailing = sailing();
    vec![
        (
            "badge",
            badge.clone(),
            pointers(&["/issuer", "/validFrom", "/credentialSubject/achievement"]),
            vec![
                vec![],
                pointers(&["/name"]),
                pointers(&["/credentialSubject/identifier/1"]),
                pointers(&[
                    "/credentialSubject/identifier",
                    "/credentialSubject/creditsEarned",
                ]),
                pointers(&["/endorsement/0"]),
                pointers(&["/id", "/endorsement/0/credentialSubject/endorsementComment"]),
                pointers(&["/evidence/1/name", "/evidence/0"]),
                pointers(&[""]),
            ],
        ),
        (
            "badge of which nothing is mandatory",
            badge,
            vec![],
            vec![
                pointers(&["/issuer/id", "/credentialSubject/type"]),
                pointers(&["/issuer", "/evidence/2", "/credentialSubject/type"]),
                pointers(&["/issuer", "/credentialSubject/achievement/tag"]),
            ],
        ),
        (
            "sailing",
            sailing,
            pointers(&[
                "/issuer",
                "/credentialSubject/sailNumber",
                "/credentialSubject/sails/1",
            ]),
            vec![
                vec![],
                pointers(&[
                    "/credentialSubject/boards/0/year",
                    "/credentialSubject/boards/1",
                ]),
                pointers(&[
                    "/credentialSubject/sails/0/size",
                    "/credentialSubject/sails/2",
                ]),
                pointers(&["/credentialSubject"]),
            ],
        ),
    ]
}

/// Objects without identifiers, two of them alike, texts outside of ASCII, and an endorsement.
fn badge() -> Value {
    let mut badge = crate::forge::badge(&issuer());
    badge["credentialSubject"]["identifier"] = json!([
        {"type": "IdentityObject", "hashed": false, "identityHash": "ada@learner.example", "identityType": "emailAddress"},
        {"type": "IdentityObject", "hashed": false, "identityHash": "12345", "identityType": "systemId"},
    ]);
    badge["evidence"] = json!([
        {"type": ["Evidence"], "name": "A lesson – 漢字 🎓"},
        {"type": ["Evidence"], "name": "Another", "description": "\"Quoted\",\nin two lines"},
        {"type": ["Evidence"], "name": "A lesson – 漢字 🎓"},
    ]);
    badge["endorsement"] = json!([{
        "@context": [crate::forge::CREDENTIALS, crate::forge::OPEN_BADGES],
        "id": "urn:uuid:7c3f6a1e-2a6b-4f41-9d0b-6c7d4e5f6a02",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "issuer": {"id": "https://endorser.example/", "type": ["Profile"]},
        "validFrom": CREATED,
        "credentialSubject": {
            "id": "https://badges.example/achievements/wait-time",
            "type": ["EndorsementSubject"],
            "endorsementComment": "Well made",
        },
    }]);
    badge
}

/// Words of a vocabulary, and objects in arrays that differ in little.
fn sailing() -> Value {
    json!({
        "@context": [crate::forge::CREDENTIALS, schemas::contexts::EXAMPLES.url],
        "type": ["VerifiableCredential"],
        "issuer": issuer(),
        "credentialSubject": {
            "sailNumber": "Earth101",
            "sails": [
                {"size": 5.5, "sailName": "Kihei", "year": 2023},
                {"size": 6.1, "sailName": "Lahaina", "year": 2023},
                {"size": 7.0, "sailName": "Lahaina", "year": 2020},
            ],
            "boards": [
                {"boardName": "CompFoil170", "brand": "Wailea", "year": 2022},
                {"boardName": "Kanaha Custom", "brand": "Wailea", "year": 2019},
            ],
        },
    })
}

enum Side {
    Assay,
    Peer(Peer),
}

impl Side {
    fn name(&self) -> &'static str {
        match self {
            Side::Assay => "assay",
            Side::Peer(_) => "the peer",
        }
    }

    fn sign(&mut self, document: &Value, mandatory: &[String]) -> Value {
        let method = did_key::verification_method(&issuer()).expect("a did:key");
        match self {
            Side::Assay => {
                let created = Timestamp::parse(CREATED).expect("a date-time");
                let options = ProofOptions::new(Cryptosuite::EcdsaSd2023, &method).created(created);
                let entropy = SdEntropy::new([3; 32], [4; 32]).expect("a scalar in range");
                let contexts = Contexts::interop();
                ecdsa_sd_2023::create_base_proof(
                    document,
                    &options,
                    mandatory,
                    &key(),
                    &entropy,
                    contexts,
                )
                .expect("a base proof")
            }
            Side::Peer(peer) => peer.ask(&json!({
                "do": "sign", "document": document, "mandatory": mandatory,
                "verificationMethod": method, "created": CREATED,
            }))["document"]
                .take(),
        }
    }

    fn derive(&mut self, base: &Value, selective: &[String]) -> Value {
        match self {
            Side::Assay => {
                let limits = LdLimits::default();
                ecdsa_sd_2023::derive(base, selective, Contexts::interop(), &limits)
                    .expect("a derived proof")
            }
            Side::Peer(peer) => {
                let request = json!({"do": "derive", "document": base, "selective": selective});
                peer.ask(&request)["document"].take()
            }
        }
    }

    fn verify(&mut self, shown: &Value) -> Result<(), String> {
        match self {
            Side::Assay => data_integrity::verify(
                shown,
                &shown["proof"],
                key().public_key(),
                Contexts::interop(),
                &LdLimits::default(),
            )
            .map_err(|error| error.to_string()),
            Side::Peer(peer) => {
                let answer = peer.ask(&json!({"do": "verify", "document": shown}));
                match answer["verified"].as_bool() {
                    Some(true) => Ok(()),
                    _ => Err(answer["detail"].to_string()),
                }
            }
        }
    }
}

fn key() -> SecretKey {
    SecretKey::p256([2; 32]).expect("a scalar in range")
}

fn issuer() -> String {
    did_key::encode(key().public_key()).expect("a key of that kind")
}

/// The canonical statements of a document without its proof.
fn statements(document: &Value) -> String {
    let mut document = document.clone();
    document.as_object_mut().expect("an object").remove("proof");
    let limits = LdLimits::default();
    let dataset = to_rdf(&document, Contexts::interop(), &limits).expect("statements");
    canonicalize(&dataset, HashAlgorithm::Sha256, &limits).expect("within the limits")
}
