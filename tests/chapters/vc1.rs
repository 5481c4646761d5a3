//! Badges in the form of the VC Data Model 1.1, which are read and never issued.

use verifier::{DataModel, Policy, Reason, StepName, Verdict};

use crate::support;
use crate::web::{Web, presented, told};

/// GEN-3, VER-4, DM-207: the published examples of the older form conform; they lack only a proof.
#[test]
fn the_published_examples_of_the_older_model_lack_nothing_but_a_proof() {
    let Some(spec) =
        support::spec("the_published_examples_of_the_older_model_lack_nothing_but_a_proof")
    else {
        return;
    };
    let web = Web::read();
    let mut seen = 0;
    for (name, document) in support::examples(&spec) {
        if !name.starts_with("ob3-vcdm1.1/") {
            continue;
        }
        let report = web.verify(document.to_string().as_bytes(), &Policy::default());
        assert_eq!(told(&report), "refused/proof.missing", "{name}");
        assert_eq!(report.input().model, Some(DataModel::Vc1), "{name}");
        seen += 1;
    }
    assert_eq!(seen, 7);
}

/// GEN-4, JWT-21: the report says which model a badge follows, in JSON and as a token.
#[test]
fn a_report_names_the_data_model() {
    let web = Web::read();
    for (name, model) in [
        ("verified/did-key.json", DataModel::Vc2),
        ("verified/did-key.jwt", DataModel::Vc2),
        ("verified/older-model.json", DataModel::Vc1),
        ("verified/older-model.jwt", DataModel::Vc1),
    ] {
        let report = web.verify(&presented(name), &Policy::default());
        assert_eq!(report.verdict(), Verdict::Verified, "{name}");
        assert_eq!(report.input().model, Some(model), "{name}");
    }
    let report = web.verify(&presented("verified/older-model.json"), &Policy::default());
    let told = serde_json::to_value(&report).expect("a report can be written");
    assert_eq!(told["input"]["model"], "vc1");
}

/// JWT-21: what a token leaves out of its credential is taken from the claims, and shown.
#[test]
fn a_token_of_the_older_model_is_completed_by_its_claims() {
    let web = Web::read();
    let whole = web.verify(&presented("verified/older-model.jwt"), &Policy::default());
    let bare = presented("verified/older-model-completed-by-claims.jwt");
    let bare = web.verify(&bare, &Policy::default());
    let (whole, bare) = (whole.credential(), bare.credential());
    let (whole, bare) = (whole.expect("verified"), bare.expect("verified"));
    assert_eq!(whole["issuer"]["id"], bare["issuer"]["id"]);
    assert_eq!(whole["id"], bare["id"]);
    assert_eq!(
        whole["credentialSubject"]["id"],
        bare["credentialSubject"]["id"]
    );
    assert_eq!(bare["issuanceDate"], "2026-10-01T08:00:00Z");
}

/// LD-8, VER-3: every edition of the context is read with the older model, and an old one is told.
#[test]
fn an_older_context_is_told() {
    let web = Web::read();
    for edition in ["3.0.2", "3.0.1", "first", "by-another-address"] {
        let name = format!("verified/older-model-context-{edition}.json");
        let report = web.verify(&presented(&name), &Policy::default());
        let codes: Vec<_> = report.warnings().iter().map(Reason::code).collect();
        assert_eq!(codes, ["ld.context_outdated"], "{name}");
    }
}

/// VER-11, VER-12, VER-24: what is wrong with the validity points to the older model's own members.
#[test]
fn times_of_the_older_model_are_told_under_their_names() {
    let web = Web::read();
    for (name, pointer) in [
        ("time.expired/older-model.json", "/expirationDate"),
        ("time.expired/older-model-by-claim.jwt", "/expirationDate"),
        (
            "time.expired/older-model-by-its-other-name.json",
            "/validUntil",
        ),
        ("time.expired/claim-alone.jwt", "/exp"),
        ("time.not_yet_valid/older-model.json", "/issuanceDate"),
        ("time.order/older-model.json", "/issuanceDate"),
        ("time.syntax/older-model.json", "/issuanceDate"),
    ] {
        let report = web.verify(&presented(&format!("refused/{name}")), &Policy::default());
        let reason = report.reason().expect("it is refused");
        assert_eq!(reason.pointer(), Some(pointer), "{name}");
    }
}

/// VER-1: what carries badges, or leads to one, is told as what it is.
#[test]
fn what_is_no_badge_is_named() {
    let web = Web::read();
    for (name, step, word) in [
        (
            "credential.presentation/presentation.json",
            StepName::Conform,
            "presentation",
        ),
        (
            "credential.enveloped/envelope.json",
            StepName::Conform,
            "EnvelopedVerifiableCredential",
        ),
        (
            "input.address/address.txt",
            StepName::Parse,
            "https://badges.example/badges/1",
        ),
        (
            "credential.form_unsupported/open-badges-1.1.json",
            StepName::Conform,
            "Open Badges 1",
        ),
    ] {
        let report = web.verify(&presented(&format!("refused/{name}")), &Policy::default());
        let reason = report.reason().expect("it is refused");
        assert!(reason.to_string().contains(word), "{name}: {reason}");
        let failed = report
            .steps()
            .iter()
            .find(|step| matches!(step.outcome, verifier::Outcome::Fail(_)));
        assert_eq!(failed.map(|failed| failed.name), Some(step), "{name}");
    }
}
