//! Badges with proofs that build on one another, and broken chains.

use keys::data_integrity::{Cryptosuite, ProofOptions, add as add_proof, sign};
use keys::did_jwk;
use serde_json::{Value, json};

use super::suites::options;
use super::{Files, Key, badge, with};

pub fn add(files: &mut Files) {
    chains(files);
    broken_chains(files);
}

/// A proof to be added: its suite, its address if others build on it, and what it builds on.
fn link(suite: Cryptosuite, id: Option<&str>, previous: &[&str]) -> ProofOptions {
    let key = Key::School;
    ProofOptions {
        id: id.map(str::to_owned),
        previous_proof: previous.iter().map(|id| (*id).to_owned()).collect(),
        ..options(suite, &key.method())
    }
}

fn linked(links: &[ProofOptions]) -> Value {
    links
        .iter()
        .fold(badge(&Key::School.did()), |document, link| {
            add_proof(&document, link, &Key::School.secret()).expect("a proof")
        })
}

const FIRST: &str = "urn:uuid:7a2b0a4e-54b0-4d0a-8f07-2f4b1d1c0001";
const SECOND: &str = "urn:uuid:7a2b0a4e-54b0-4d0a-8f07-2f4b1d1c0002";
const RDFC: Cryptosuite = Cryptosuite::EddsaRdfc2022;
const JCS: Cryptosuite = Cryptosuite::EddsaJcs2022;

fn chains(files: &mut Files) {
    let mut json = |name: &str, value: &Value| {
        files.json(&format!("presented/verified/{name}.json"), value);
    };
    json("statements-and-json", &{
        linked(&[link(RDFC, None, &[]), link(JCS, None, &[])])
    });
    let three = linked(&[
        link(RDFC, Some(FIRST), &[]),
        link(JCS, Some(SECOND), &[FIRST]),
        link(RDFC, None, &[FIRST, SECOND]),
    ]);
    json("chain-of-three", &three);
    let proofs = three["proof"].as_array().expect("proofs");
    let reversed: Vec<Value> = proofs.iter().rev().cloned().collect();
    json(
        "chain-told-backwards",
        &with(&three, "/proof", json!(reversed)),
    );
    // The school signs with its other key what it signed first.
    let key = Key::SchoolP384;
    let did = did_jwk::encode(&key.public());
    let first = ProofOptions {
        id: Some(FIRST.to_owned()),
        ..options(Cryptosuite::EcdsaJcs2019, &format!("{did}#0"))
    };
    let second = ProofOptions {
        previous_proof: vec![FIRST.to_owned()],
        ..options(Cryptosuite::EcdsaRdfc2019, &format!("{did}#0"))
    };
    let signed = sign(&badge(&did), &first, &key.secret()).expect("a proof");
    json(
        "chain-by-ecdsa",
        &add_proof(&signed, &second, &key.secret()).expect("a proof"),
    );
}

fn broken_chains(files: &mut Files) {
    let good = linked(&[
        link(RDFC, Some(FIRST), &[]),
        link(RDFC, Some(SECOND), &[FIRST]),
    ]);
    let proofs = |change: &dyn Fn(&mut Vec<Value>)| {
        let mut changed = good.clone();
        change(changed["proof"].as_array_mut().expect("proofs"));
        changed
    };
    let mut json = |code: &str, name: &str, value: Value| {
        files.json(&format!("presented/refused/{code}/{name}.json"), &value);
    };
    json(
        "proof.chain",
        "first-taken-away",
        proofs(&|proofs| {
            proofs.remove(0);
        }),
    );
    json(
        "proof.chain",
        "upon-itself",
        proofs(&|proofs| {
            proofs[1]["previousProof"] = json!(SECOND);
        }),
    );
    json(
        "proof.chain",
        "in-a-ring",
        proofs(&|proofs| {
            proofs[0]["previousProof"] = json!(SECOND);
        }),
    );
    json(
        "proof.chain",
        "two-of-one-address",
        proofs(&|proofs| {
            proofs.push(proofs[0].clone());
        }),
    );
    json(
        "proof.chain",
        "upon-a-number",
        proofs(&|proofs| {
            proofs[1]["previousProof"] = json!(1);
        }),
    );
    json(
        "proof.chain",
        "upon-one-that-is-not-evaluated",
        proofs(&|proofs| {
            proofs[0]["cryptosuite"] = json!("bbs-2023");
        }),
    );
    json("proof.set_incomplete", "chain-upon-another-document", {
        let other = sign(
            &with(&badge(&Key::School.did()), "/name", json!("Other")),
            &link(RDFC, Some(FIRST), &[]),
            &Key::School.secret(),
        )
        .expect("a proof");
        let mut wrong = badge(&Key::School.did());
        wrong["proof"] = other["proof"].clone();
        let second = link(RDFC, None, &[FIRST]);
        add_proof(&wrong, &second, &Key::School.secret()).expect("a proof")
    });
    json(
        "signature.invalid",
        "chain-with-another-first",
        proofs(&|proofs| {
            proofs[0]["created"] = json!("2026-10-01T08:00:01Z");
        }),
    );
    json(
        "proof.set_incomplete",
        "link-taken-away",
        proofs(&|proofs| {
            proofs[1]
                .as_object_mut()
                .expect("members")
                .remove("previousProof");
        }),
    );
}
