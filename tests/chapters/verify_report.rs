//! What a report says: sentences, places, steps, and its form for programs.

use std::fs;

use serde_json::{Value, json};
use verifier::{Documents, FetchFailure, Outcome, Policy, Reason, StepName, verify};

use crate::forge::{self, DISTRICT, Key};
use crate::support::sha256_hex;
use crate::web::{Web, files, fixtures, name, now, presented};

#[test]
fn every_reason_says_in_a_sentence_what_it_means_and_where() {
    let web = Web::read();
    for path in files(&fixtures().join("presented")) {
        let (name, bytes) = (name(&path), fs::read(&path).expect("readable"));
        let report = web.verify(&bytes, &Policy::default());
        let document = serde_json::from_slice::<Value>(&bytes);
        for reason in report.reason().into_iter().chain(report.warnings()) {
            let sentence = reason.to_string();
            assert!(sentence.ends_with('.'), "{name}: {sentence}");
            assert!(sentence.len() < 1000, "{name}: {sentence}");
            if let (Some(pointer), Ok(document)) = (reason.pointer(), &document) {
                // What is missing has a place too: in the object that lacks it.
                let parent = pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
                assert!(
                    document.pointer(parent).is_some(),
                    "{name}: {pointer} leads nowhere"
                );
            }
        }
    }
}

#[test]
fn pointers_lead_to_what_is_wrong() {
    let web = Web::read();
    for (name, pointer) in [
        ("refused/schema.type/name-as-number.json", "/name"),
        ("refused/ld.data_loss/added-member.json", "/honours"),
        (
            "refused/ld.data_loss/added-to-the-proof.json",
            "/proof/honours",
        ),
        ("refused/ld.context_order/swapped.json", "/@context/0"),
        (
            "refused/proof.misplaced/in-the-subject.json",
            "/credentialSubject/proof",
        ),
        (
            "refused/proof.set_incomplete/good-then-bad.json",
            "/proof/1",
        ),
        ("refused/proof.purpose/authentication.json", "/proof"),
        ("refused/time.expired/last-year.json", "/validUntil"),
        (
            "refused/status.index/with-a-zero.json",
            "/credentialStatus/statusListIndex",
        ),
        ("refused/jwt.claim_mismatch/sub-2.jwt", "/sub"),
        (
            "refused/json.number_range/negative-zero.json",
            "/credentialSubject/creditsEarned",
        ),
    ] {
        let report = web.verify(&presented(name), &Policy::default());
        assert_eq!(
            report.reason().and_then(Reason::pointer),
            Some(pointer),
            "{name}"
        );
    }
}

#[test]
fn no_step_runs_after_one_that_did_not_pass_and_nothing_unproven_is_shown() {
    let web = Web::read();
    for path in files(&fixtures().join("presented")) {
        let (name, bytes) = (name(&path), fs::read(&path).expect("readable"));
        let report = web.verify(&bytes, &Policy::default());
        let mut stopped = false;
        // What does not bear on the verdict stops nothing.
        let informs = |name| [StepName::Refresh, StepName::Trust].contains(&name);
        for step in report.steps().iter().filter(|step| !informs(step.name)) {
            assert!(
                !stopped || step.outcome == Outcome::NotRun,
                "{name}: {:?}",
                step.name
            );
            stopped |= matches!(step.outcome, Outcome::Fail(_) | Outcome::Unknown(_));
        }
        let proof = report
            .steps()
            .iter()
            .find(|step| step.name == StepName::Proof);
        let proven = proof.is_some_and(|step| step.outcome == Outcome::Pass);
        assert_eq!(report.credential().is_some(), proven, "{name}");
        assert_eq!(report.proofs().is_empty(), !proven, "{name}");
    }
}

#[test]
fn the_report_is_json_with_all_that_was_found() {
    let web = Web::read();
    let bytes = presented("refused/time.expired/last-year.json");
    let report = web.verify(&bytes, &Policy::default());
    let told = serde_json::to_value(&report).expect("a report can be written");

    assert_eq!(told["verdict"], "refused");
    assert_eq!(told["now"], forge::NOW);
    assert_eq!(told["clockToleranceSeconds"], 60);
    assert_eq!(told["input"]["sha256"], sha256_hex(&bytes));
    assert_eq!(told["input"]["container"], "text");
    assert_eq!(told["input"]["form"], "json");
    assert_eq!(told["badge"]["achievementName"], "Wait Time");
    assert_eq!(told["badge"]["issuer"], Key::School.did());
    assert_eq!(
        told["proofs"][0]["verificationMethod"],
        Key::School.method()
    );
    let steps = told["steps"].as_array().expect("a list of steps");
    let outcomes: Vec<_> = steps.iter().map(|step| &step["outcome"]).collect();
    let expected = [
        "pass", "pass", "pass", "pass", "notRun", "notRun", "fail", "notRun", "notRun", "notRun",
        "notRun", "notRun",
    ];
    assert_eq!(outcomes, expected);
    assert_eq!(
        steps[6],
        json!({
            "name": "validity",
            "outcome": "fail",
            "code": "time.expired",
            "pointer": "/validUntil",
            "message": "The badge was valid until 2025-01-01T00:00:00Z; the time of verification is 2026-11-22T12:00:00Z.",
            "remedy": "Ask the issuer to renew the badge.",
            "facts": {"validUntil": "2025-01-01T00:00:00Z", "now": "2026-11-22T12:00:00Z"},
        })
    );

    let unproven = web.verify(
        &presented("refused/signature.invalid/edited-name.json"),
        &Policy::default(),
    );
    let told = serde_json::to_value(&unproven).expect("a report can be written");
    assert_eq!(told["badge"], Value::Null);
    assert!(
        !told.to_string().contains("Wait Times"),
        "nothing unproven is shown"
    );
}

#[test]
fn a_missing_document_is_named_in_the_report() {
    let bytes = presented("verified/did-web.json");
    let report = verify(&bytes, &Documents::default(), &Policy::default(), now());
    let told = serde_json::to_value(&report).expect("a report can be written");
    assert_eq!(
        told["missing"],
        json!([{"url": "https://badges.example/.well-known/did.json", "kind": "didDocument"}])
    );
}

#[test]
fn the_issuers_key_is_asked_for_by_its_did_alone() {
    let report = Web::read().verify(&presented("verified/did-web.json"), &Policy::default());
    assert_eq!(
        report.credential().map(|badge| &badge["issuer"]["id"]),
        Some(&json!(DISTRICT))
    );
    assert_eq!(report.reason(), None);
    let offline = presented("undetermined/fetch.timeout/did-web.json");
    let report = Web::read().verify(&offline, &Policy::default());
    let failure = match report.reason() {
        Some(Reason::Fetch { failure, .. }) => Some(*failure),
        _ => None,
    };
    assert_eq!(failure, Some(FetchFailure::Timeout));
}
