//! The VC-API with another implementation on the other side: the libraries that the W3C's suites are made with.

use issuer::http::edge::Clock;
use serde_json::{Value, json};

use crate::peer::{Peer, peers_wanted};
use crate::vc_api::{EVERYTHING, Offered, VcApi, credential};

#[tokio::test(flavor = "multi_thread")]
async fn another_implementation_and_the_vc_api_verify_each_other() {
    if !peers_wanted("another_implementation_and_the_vc_api_verify_each_other") {
        return;
    }
    // The libraries read the machine's clock.
    let api = VcApi::with_clock(Clock::System).await;
    let mut peer = Peer::start("vc-api");
    for offered in api.offered().await {
        ours_is_verified(&api, &mut peer, &offered).await;
        theirs_is_verified(&api, &mut peer, &offered).await;
        their_faults_are_refused(&api, &mut peer, &offered).await;
        if offered.suite != "ecdsa-sd-2023" {
            their_presentation_is_verified(&api, &mut peer, &offered).await;
        }
        println!("{} {}: both directions", offered.suite, offered.key_type);
    }
    each_derives_from_what_the_other_issued(&api, &mut peer).await;
}

async fn ours_is_verified(api: &VcApi, peer: &mut Peer, offered: &Offered) {
    let issued = api.issued(offered, &plain(&offered.id), json!({})).await;
    let answer = asked(peer, offered, &issued);
    assert_eq!(answer["verified"], true, "{}: {answer}", offered.path);
    let answer = asked(peer, offered, &renamed(&issued));
    assert_eq!(answer["verified"], false, "{}", offered.path);
}

async fn theirs_is_verified(api: &VcApi, peer: &mut Peer, offered: &Offered) {
    let mut issued = issued_by(peer, offered);
    if offered.suite == "ecdsa-sd-2023" {
        issued = derived_by(peer, &issued, &EVERYTHING);
    }
    let (status, answer) = api.verify(offered, &issued).await;
    assert_eq!(status, 200, "{}: {answer}", offered.path);
    assert_eq!(api.verify(offered, &renamed(&issued)).await.0, 400);
}

async fn their_faults_are_refused(api: &VcApi, peer: &mut Peer, offered: &Offered) {
    let answer = peer.ask(&json!({
        "do": "faulty",
        "suite": offered.suite,
        "key": offered.key_type,
        "credential": plain("did:example:replaced"),
    }));
    let faulty = answer["faulty"].as_object().expect("credentials");
    assert!(faulty.len() >= 6);
    for (name, credential) in faulty {
        let (status, answer) = api.verify(offered, credential).await;
        assert_eq!(status, 400, "{} {name}: {answer}", offered.path);
        assert_eq!(answer["verified"], false);
    }
}

async fn their_presentation_is_verified(api: &VcApi, peer: &mut Peer, offered: &Offered) {
    let issued = api.issued(offered, &plain(&offered.id), json!({})).await;
    let theirs = issued_by(peer, offered);
    let answer = peer.ask(&json!({
        "do": "present",
        "suite": offered.suite,
        "key": offered.key_type,
        "verifiableCredential": [issued, theirs],
        "challenge": "a challenge",
        "domain": "verifier.example",
    }));
    let presentation = &answer["verifiablePresentation"];
    for (challenge, domain, expected) in [
        ("a challenge", "verifier.example", 200),
        ("another one", "verifier.example", 400),
        ("a challenge", "other.example", 400),
    ] {
        let body = json!({
            "verifiablePresentation": presentation,
            "options": { "challenge": challenge, "domain": domain },
        });
        let path = format!("{}/presentations/verify", offered.path);
        let (status, answer) = api.post(&path, &body).await;
        assert_eq!(status, expected, "{}: {answer}", offered.path);
    }
}

/// LDP-2, LDP-20: derived proofs of either side are read by the other, whoever made the base proof.
async fn each_derives_from_what_the_other_issued(api: &VcApi, peer: &mut Peer) {
    let offered = api.suite("ecdsa-sd-2023").await;
    let body = json!({
        "credential": plain(&offered.id),
        "options": { "mandatoryPointers": ["/issuer", "/validUntil"] },
    });
    let path = format!("{}/credentials/issue", offered.path);
    let (status, answer) = api.post(&path, &body).await;
    assert_eq!(status, 201, "{answer}");
    let ours = answer["verifiableCredential"].clone();
    let theirs = issued_by(peer, &offered);
    for pointers in [
        &["/credentialSubject/degree"][..],
        &["/name", "/id", "/credentialSubject/id"],
        &EVERYTHING,
    ] {
        for base in [&ours, &theirs] {
            for shown in [
                api.derived(&offered, base, pointers).await,
                derived_by(peer, base, pointers),
            ] {
                let (status, answer) = api.verify(&offered, &shown).await;
                assert_eq!(status, 200, "{pointers:?}: {answer}");
                let answer = asked(peer, &offered, &shown);
                assert_eq!(answer["verified"], true, "{pointers:?}: {answer}");
            }
        }
    }
}

fn issued_by(peer: &mut Peer, offered: &Offered) -> Value {
    let answer = peer.ask(&json!({
        "do": "issue",
        "suite": offered.suite,
        "key": offered.key_type,
        "credential": plain("did:example:replaced"),
        "mandatoryPointers": ["/issuer", "/validUntil"],
    }));
    answer["verifiableCredential"].clone()
}

fn derived_by(peer: &mut Peer, base: &Value, pointers: &[&str]) -> Value {
    let answer = peer.ask(&json!({
        "do": "derive",
        "verifiableCredential": base,
        "selectivePointers": pointers,
    }));
    answer["verifiableCredential"].clone()
}

fn asked(peer: &mut Peer, offered: &Offered, credential: &Value) -> Value {
    peer.ask(&json!({
        "do": "verify",
        "suite": offered.suite,
        "verifiableCredential": credential,
    }))
}

/// The example without a context of its own: the libraries compare contexts as texts where a proof repeats them.
fn plain(issuer: &str) -> Value {
    let mut plain = credential(issuer);
    plain["@context"][1] = json!("https://www.w3.org/ns/credentials/examples/v2");
    plain
}

/// The credential with one word changed after it was signed.
fn renamed(credential: &Value) -> Value {
    let mut renamed = credential.clone();
    renamed["name"] = json!("Doctor of Everything");
    renamed
}
