//! Another implementation judges the presented fixtures as their folders say, proof by proof.

use std::collections::BTreeMap;
use std::fs;

use keys::data_integrity::Cryptosuite;
use serde_json::{Value, json};

use crate::peer::{Peer, peers_wanted};
use crate::web::{files, fixtures, name};

/// Fixtures that the peer judges otherwise, and why.
const OTHERWISE: [(&str, &str); 10] = [
    (
        "verified/key-at-the-issuers-host.json",
        "it wants the address of the key, not the key, in the DID document",
    ),
    ("verified/did-jwk-ed25519.json", NO_DID_JWK),
    ("verified/did-jwk-p256.json", NO_DID_JWK),
    ("verified/did-jwk-p384.json", NO_DID_JWK),
    ("verified/did-web-ed25519-2020.json", WHOLE_DOCUMENT),
    ("verified/did-web-jwk-2020.json", WHOLE_DOCUMENT),
    ("verified/did-web-jwk-p384.json", WHOLE_DOCUMENT),
    ("verified/did-web-p256.json", WHOLE_DOCUMENT),
    ("verified/did-web-p384.json", WHOLE_DOCUMENT),
    (
        "verified/https-issuer-p384.json",
        "it wants the key by itself at its address, not within the document of its controller",
    ),
];

const NO_DID_JWK: &str = "its loader here knows no did:jwk";

const WHOLE_DOCUMENT: &str =
    "it reads the DID document as JSON-LD in safe mode, and this one has no contexts";

#[test]
fn the_signatures_of_the_fixtures_are_judged_alike_by_digitalbazaar() {
    if !peers_wanted("the_signatures_of_the_fixtures_are_judged_alike_by_digitalbazaar") {
        return;
    }
    let mut peer = Peer::start("digitalbazaar");
    let documents = served();
    let folders = [
        "verified",
        "refused/signature.invalid",
        "refused/proof.set_incomplete",
    ];
    let (mut judged, mut sets, mut wrong) = (0, 0, Vec::new());
    for path in folders
        .iter()
        .flat_map(|folder| files(&fixtures().join("presented").join(folder)))
    {
        let Ok(badge) = serde_json::from_slice::<Value>(&fs::read(&path).expect("readable")) else {
            continue;
        };
        // The peer goes by the clock of the machine, so only what holds on every day is compared.
        let dated = [
            &badge["validUntil"],
            &badge["credentialStatus"],
            &badge["proof"]["expires"],
        ];
        if dated.iter().any(|value| !value.is_null()) {
            continue;
        }
        let proofs = match &badge["proof"] {
            Value::Array(proofs) => proofs.as_slice(),
            proof => std::slice::from_ref(proof),
        };
        // The peer has these suites, and knows no chains.
        let knows = |proof: &Value| {
            Cryptosuite::of(proof).is_some() && proof.get("previousProof").is_none()
        };
        if !proofs.iter().all(knows) {
            continue;
        }
        let name = name(&path);
        let request = json!({"do": "verify", "form": "json", "path": path, "documents": documents});
        let answer = peer.ask(&request);
        // Of a set, the peer calls a badge verified that has one good proof; here all have to be.
        let alike = answer["every"] == json!(name.starts_with("verified/"));
        let otherwise = OTHERWISE.iter().any(|(listed, _)| *listed == name);
        if alike == otherwise {
            wrong.push(format!("{name}: {answer}"));
        }
        judged += 1;
        sets += usize::from(proofs.len() > 1);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    println!("{judged} fixtures were compared, {sets} of them with several proofs");
    assert!(judged >= 40 && sets >= 5, "{judged}, {sets}");
}

/// The files that the fixtures' web serves as JSON, by address.
fn served() -> BTreeMap<String, String> {
    let folder = fixtures().join("web");
    let index = fs::read(folder.join("index.json")).expect("the index of the web");
    let index: BTreeMap<String, Value> = serde_json::from_slice(&index).expect("JSON");
    let file = |entry: &Value| Some(folder.join(entry["file"].as_str()?).display().to_string());
    index
        .iter()
        .filter_map(|(url, entry)| Some((url.clone(), file(entry)?)))
        .collect()
}
