//! Proofs and keys as the report tells them: every suite, sets and chains, and whose key it was.

use std::fs;

use verifier::{Outcome, Policy, Report, StepName};

use crate::web::{Web, files, fixtures, name, presented, told};

/// What becomes of fixtures under the strict policy, which is told by their folders.
fn strict(names: &[&str]) {
    let web = Web::read();
    for name in names {
        let report = web.verify(&presented(name), &Policy::default());
        let folder = name.rsplit_once('/').map(|(folder, _)| folder);
        assert_eq!(Some(told(&report).as_str()), folder, "{name}");
    }
}

fn lenient(name: &str) -> Report {
    Web::read().verify(&presented(name), &Policy::lenient())
}

/// LDP-2, LDP-3, LDP-4, PRF-12: each supported suite is verified, and the report names it.
#[test]
fn the_report_names_the_suite_of_each_proof() {
    let web = Web::read();
    for (fixture, suite) in [
        ("did-key.json", "eddsa-rdfc-2022"),
        ("eddsa-jcs-2022.json", "eddsa-jcs-2022"),
        ("eddsa-2022.json", "eddsa-2022"),
        ("ed25519-signature-2020.json", "Ed25519Signature2020"),
        ("ecdsa-rdfc-2019-p256.json", "ecdsa-rdfc-2019"),
        ("ecdsa-rdfc-2019-p384.json", "ecdsa-rdfc-2019"),
        ("ecdsa-jcs-2019-p256.json", "ecdsa-jcs-2019"),
        ("ecdsa-jcs-2019-p384.json", "ecdsa-jcs-2019"),
        ("did-jwk-es256.jwt", "ES256"),
    ] {
        let presented = presented(&format!("verified/{fixture}"));
        let report = web.verify(&presented, &Policy::default());
        let json = serde_json::to_value(&report).expect("a report");
        assert_eq!(json["verdict"], "verified", "{fixture}");
        assert_eq!(json["proofs"][0]["suite"], suite, "{fixture}");
    }
}

/// LDP-6, LDP-7, PRF-3: of several proofs, strictly every supported one has to hold, leniently the first.
#[test]
fn every_proof_of_a_set_holds_or_the_first() {
    strict(&[
        "verified/two-good-proofs.json",
        "verified/statements-and-json.json",
        "verified/a-good-proof-and-one-not-evaluated.json",
        "refused/proof.set_incomplete/good-then-bad.json",
        "refused/proof.set_incomplete/link-taken-away.json",
        "refused/proof.suite_not_allowed/misspelt.json",
    ]);
    let good_first = lenient("refused/proof.set_incomplete/good-then-bad.json");
    assert_eq!(told(&good_first), "verified");
    let bad_first = lenient("refused/proof.set_incomplete/bad-then-good.json");
    assert_eq!(told(&bad_first), "refused/signature.invalid");
}

/// LDP-5: a chain holds when each of its proofs does, after those it builds on, wherever they stand in the list.
#[test]
fn attack_p_06_chains_are_verified_in_their_order() {
    let web = Web::read();
    let told_backwards = presented("verified/chain-told-backwards.json");
    let report = web.verify(&told_backwards, &Policy::default());
    let json = serde_json::to_value(&report).expect("a report");
    let proofs = json["proofs"].as_array().expect("proofs").iter();
    let pointers: Vec<_> = proofs.map(|proof| proof["pointer"].clone()).collect();
    assert_eq!(pointers, ["/proof/2", "/proof/1", "/proof/0"]);
    strict(&[
        "verified/chain-of-three.json",
        "verified/chain-by-ecdsa.json",
        "refused/proof.chain/first-taken-away.json",
        "refused/proof.chain/in-a-ring.json",
        "refused/proof.chain/two-of-one-address.json",
        "refused/proof.chain/upon-a-number.json",
        "refused/proof.chain/upon-itself.json",
        "refused/proof.chain/upon-one-that-is-not-evaluated.json",
        "refused/proof.set_incomplete/chain-upon-another-document.json",
        "refused/signature.invalid/chain-with-another-first.json",
    ]);
    // The first proof of a chain stands alone under the lenient policy.
    let report = lenient("refused/proof.chain/upon-itself.json");
    assert_eq!(told(&report), "verified");
}

/// LDP-8, LDP-9, LDP-24, LDP-25, PRF-1: times, purpose and the list of the key's document decide too.
#[test]
fn what_a_proof_says_of_itself_is_held_against_it() {
    strict(&[
        "refused/time.syntax/proof-created-without-offset.json",
        "refused/time.proof_expired/yesterday.json",
        "refused/proof.purpose/authentication.json",
        "refused/proof.purpose/missing.json",
        "refused/proof.purpose/key-listed-for-something-else.json",
        "refused/proof.missing/unsigned.json",
    ]);
}

/// KEY-1, KEY-2, KEY-3, KEY-10, PRF-9: whose key it is has to be said by the issuer; a key in the address is enough for
/// the lenient policy alone, with a warning, and never one of another controller.
#[test]
fn a_key_is_the_issuers_or_only_leniently_in_the_address() {
    for fixture in [
        "refused/issuer.key_not_controlled/bare-did-key.json",
        "refused/issuer.key_not_controlled/bare-did-jwk.json",
        "refused/issuer.key_not_controlled/key-in-the-address-fragment.json",
        "refused/issuer.key_not_controlled/did-web-key-in-the-address.json",
    ] {
        strict(&[fixture]);
        let report = lenient(fixture);
        assert_eq!(told(&report), "verified", "{fixture}");
        let codes: Vec<_> = report
            .warnings()
            .iter()
            .map(|reason| reason.code())
            .collect();
        assert!(
            codes.contains(&"issuer.key_not_controlled"),
            "{fixture}: {codes:?}"
        );
    }
    for fixture in [
        "refused/issuer.key_not_controlled/stranger-signs-for-the-school.json",
        "refused/issuer.key_not_controlled/stranger-under-did-jwk.json",
    ] {
        strict(&[fixture]);
        assert_eq!(told(&lenient(fixture)), "refused/issuer.key_not_controlled");
    }
}

/// KEY-4, KEY-5, KEY-7, KEY-8: keys are found under did:web, did:jwk, at an address of their own, and in an issuer's
/// document at a web address, in each form that documents write them in.
#[test]
fn keys_are_read_in_every_form() {
    strict(&[
        "verified/did-web.json",
        "verified/did-web-p256.json",
        "verified/did-web-p384.json",
        "verified/did-web-jwk-p384.json",
        "verified/did-web-jwk-2020.json",
        "verified/did-web-ed25519-2020.json",
        "verified/did-jwk-ed25519.json",
        "verified/did-jwk-p256.json",
        "verified/did-jwk-p384.json",
        "verified/did-jwk-rs256.jwt",
        "verified/https-issuer-key-by-name.json",
        "verified/https-issuer-p384.json",
        "verified/key-at-the-issuers-host.jwt",
    ]);
}

/// KEY-9, LDP-13, PRF-7: methods, kinds of keys and secrets that are none of ours are refused, each with its reason.
#[test]
fn keys_that_are_none_are_refused_with_the_reason() {
    let web = Web::read();
    for (fixture, words) in [
        ("did.invalid/did-key-x25519.json", "X25519"),
        ("did.invalid/did-key-secp256k1.json", "secp256k1"),
        ("did.invalid/did-key-p521.json", "P-521"),
        ("did.invalid/did-key-rsa.json", "RSA"),
        ("key.invalid/did-jwk-secp256k1.json", "secp256k1"),
        ("key.invalid/did-web-x25519.json", "X25519"),
        ("did.method_unsupported/ion.json", "did:ion"),
    ] {
        let fixture = format!("refused/{fixture}");
        strict(&[&fixture]);
        let report = web.verify(&presented(&fixture), &Policy::default());
        let reason = report.reason().expect("a reason").to_string();
        assert!(reason.contains(words), "{fixture}: {reason}");
    }
    strict(&["refused/key.private_material/did-jwk-with-its-secret.json"]);
    let secret = presented("refused/key.private_material/did-jwk-with-its-secret.json");
    let report = web.verify(&secret, &Policy::default());
    assert!(
        !report
            .reason()
            .expect("a reason")
            .to_string()
            .contains("AAAA")
    );
}

/// LDP-26: after a proof that does not hold, nothing of the document is shown as the badge's.
#[test]
fn nothing_unproven_is_shown() {
    let web = Web::read();
    let mut looked_at = 0;
    for path in files(&fixtures().join("presented/refused/signature.invalid")) {
        let report = web.verify(&fs::read(&path).expect("a file"), &Policy::default());
        assert!(report.credential().is_none(), "{}", name(&path));
        for step in report.steps() {
            let after = !matches!(
                step.name,
                StepName::Parse | StepName::Decode | StepName::Conform | StepName::Proof
            );
            assert!(!after || step.outcome == Outcome::NotRun, "{}", name(&path));
        }
        looked_at += 1;
    }
    assert!(looked_at > 20);
}
