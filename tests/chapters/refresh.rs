//! Newer editions: asked for once, after the proof, and taken only if they are of the same badge.

use serde_json::{Value, json};
use verifier::{
    DocumentKind, Documents, NestedRole, Outcome, Policy, Reason, Report, StepName, Verdict,
};

use crate::forge::{self, Key, badge, header, payload, signed, token, with};
use crate::web::{Web, now, told};

const SERVICE: &str = "https://badges.example/refresh/2Zr1mE";

/// An edition of one badge, with the refresh service that all have, unsigned.
fn edition(valid_from: &str) -> Value {
    let extensions = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json";
    let service = json!({"id": SERVICE, "type": "1EdTechCredentialRefresh"});
    let plain = with(&badge(&Key::School.did()), "/@context/-", json!(extensions));
    let plain = with(&plain, "/refreshService", service);
    with(&plain, "/validFrom", json!(valid_from))
}

fn by_school(plain: &Value) -> Value {
    signed(plain, &Key::School.method(), Key::School)
}

fn older() -> Value {
    edition("2026-10-01T08:00:00Z")
}

fn newer() -> Value {
    with(
        &edition("2026-11-01T08:00:00Z"),
        "/name",
        json!("Wait Time, corrected"),
    )
}

/// What the verifier finds of one badge when the service answers this.
fn refreshed(badge: &Value, answer: impl Into<Vec<u8>>) -> Report {
    let mut web = Web::read();
    web.serve(SERVICE, answer);
    web.verify(badge.to_string().as_bytes(), &Policy::default())
}

fn warnings(report: &Report) -> Vec<&'static str> {
    report.warnings().iter().map(Reason::code).collect()
}

fn outcome(report: &Report) -> &Outcome {
    let mut steps = report.steps().iter();
    let step = steps.find(|step| step.name == StepName::Refresh);
    &step.expect("every report has the step").outcome
}

/// VER-9, REF-1, REF-2, REF-4: a newer edition, in either form, takes the place of the older one, and
/// what follows is about it.
#[test]
fn a_newer_edition_takes_the_place_of_the_older_one() {
    let key = Key::School;
    let mut claims = payload(&newer());
    claims["nbf"] = json!(1_793_520_000);
    let as_token = token(&header(key, &key.method()), &claims, key);
    for answer in [by_school(&newer()).to_string(), format!("{as_token}\n")] {
        let report = refreshed(&by_school(&older()), answer);
        assert_eq!(told(&report), "verified");
        assert_eq!(warnings(&report), ["refresh.newer_edition"]);
        assert_eq!(outcome(&report), &Outcome::Pass);
        let shown = report.credential().expect("a proven credential");
        assert_eq!(shown["name"], "Wait Time, corrected");
        assert_eq!(report.nested()[0].role, NestedRole::Refreshed);
    }
}

/// VER-9, REF-4: an old copy that expired or was revoked is good again through its newer edition, and
/// one whose newer edition was revoked is not.
#[test]
fn the_newer_edition_decides_over_expiry_and_revocation() {
    let expired = with(&older(), "/validUntil", json!("2026-11-10T00:00:00Z"));
    let status = |index: &str| forge::status("revocation", "revocation", json!(index));
    let revoked = with(&older(), "/credentialStatus", status("7"));
    let good = by_school(&newer()).to_string();
    for old in [&expired, &revoked] {
        let report = refreshed(&by_school(old), good.clone());
        assert_eq!(told(&report), "verified");
        assert_eq!(warnings(&report), ["refresh.newer_edition"]);
    }
    let taken_back = with(&newer(), "/credentialStatus", status("7"));
    let report = refreshed(&by_school(&older()), by_school(&taken_back).to_string());
    assert_eq!(told(&report), "refused/status.revoked");
    let ended = with(&newer(), "/validUntil", json!("2026-11-10T00:00:00Z"));
    let report = refreshed(&by_school(&older()), by_school(&ended).to_string());
    assert_eq!(told(&report), "refused/time.expired");
}

/// REF-5: what is of another issuer, has another id or is no newer does not take the place.
#[test]
fn another_badge_is_never_swapped_in() {
    let expired = with(&older(), "/validUntil", json!("2026-11-10T00:00:00Z"));
    let other_id = with(
        &newer(),
        "/id",
        json!("urn:uuid:0d3d5f3e-0000-4a3a-9f57-0d1f4f6e2a01"),
    );
    let other_issuer = with(&newer(), "/issuer/id", json!(Key::Stranger.did()));
    let other_issuer = signed(&other_issuer, &Key::Stranger.method(), Key::Stranger);
    for answer in [by_school(&other_id), other_issuer] {
        let report = refreshed(&by_school(&expired), answer.to_string());
        assert_eq!(told(&report), "refused/time.expired");
        assert_eq!(warnings(&report), ["refresh.mismatch"]);
    }
    let same = by_school(&older());
    let report = refreshed(&same, same.to_string());
    assert_eq!(
        (told(&report).as_str(), warnings(&report)),
        ("verified", vec![])
    );
    let oldest = by_school(&edition("2026-01-01T08:00:00Z"));
    let report = refreshed(&by_school(&expired), oldest.to_string());
    assert_eq!(told(&report), "refused/time.expired");
}

/// VER-9, REF-6: whatever else the service does, the badge is judged as it was presented.
#[test]
fn a_service_that_fails_leaves_the_badge_as_it_is() {
    let edited = with(&by_school(&newer()), "/name", json!("Forged"));
    for answer in [
        edited.to_string(),
        "<!doctype html><title>Hello</title>".to_owned(),
        String::new(),
    ] {
        let report = refreshed(&by_school(&older()), answer);
        assert_eq!(told(&report), "verified");
        assert_eq!(warnings(&report), ["refresh.invalid"]);
        let shown = report.credential().expect("a proven credential");
        assert_eq!(shown["name"], "Wait Time");
    }
    let offline = Web::read().verify(
        by_school(&older()).to_string().as_bytes(),
        &Policy::default(),
    );
    assert_eq!(told(&offline), "verified");
    assert_eq!(warnings(&offline), ["refresh.unreachable"]);
    let nowhere = with(&older(), "/refreshService/id", json!("urn:example:nowhere"));
    let report = refreshed(&by_school(&nowhere), "");
    assert_eq!(
        (told(&report).as_str(), warnings(&report)),
        ("verified", vec!["refresh.malformed"])
    );
}

/// REF-3, REF-4, VER-18: the service is asked once and only after the proof; what it gives is not
/// refreshed again; a service of another type is told and not asked.
#[test]
fn the_service_is_asked_once_and_only_after_the_proof() {
    let ask = |badge: &Value| {
        let documents = Documents::default();
        verifier::verify(
            badge.to_string().as_bytes(),
            &documents,
            &Policy::default(),
            now(),
        )
    };
    let report = ask(&by_school(&older()));
    let missing = report.missing();
    assert_eq!(missing.len(), 1);
    assert_eq!(missing[0].url.as_str(), SERVICE);
    assert_eq!(missing[0].kind, DocumentKind::RefreshedCredential);
    let forged = with(&by_school(&older()), "/name", json!("Forged"));
    assert!(ask(&forged).missing().is_empty());

    // The newer edition points at a second service, which would go on for ever.
    let chain = with(
        &newer(),
        "/refreshService/id",
        json!("https://badges.example/refresh/next"),
    );
    let report = refreshed(&by_school(&older()), by_school(&chain).to_string());
    assert_eq!(told(&report), "verified");
    assert!(report.nested()[0].report.nested().is_empty());

    let other = with(
        &older(),
        "/refreshService/type",
        json!("ManualRefreshService2018"),
    );
    let report = ask(&by_school(&other));
    if report.verdict() == Verdict::Verified {
        assert!(report.missing().is_empty());
        assert_eq!(warnings(&report), ["refresh.not_evaluated"]);
    } else {
        // A type that no context defines is refused before anything is evaluated.
        assert_eq!(told(&report), "refused/ld.relative_iri");
    }
}
