//! Learner records: credentials that contain credentials (Comprehensive Learner Record 2.0).

use schemas::lint;
use serde_json::{Value, json};
use verifier::{NestedRole, Outcome, Policy, Reason, Report, StepName, Verdict};

use crate::forge::{
    DISTRICT, Key, badge, header, payload, school_token, signed, token, with, without,
};
use crate::support::{self, spec};
use crate::web::{Web, told};

const CONTAINED: &str = "/credentialSubject/verifiableCredential";

fn verify(record: &Value) -> Report {
    Web::read().verify(record.to_string().as_bytes(), &Policy::default())
}

/// A record of the school about the holder of its badges.
pub(super) fn record(contained: Value) -> Value {
    let badge = badge(&Key::School.did());
    let subject = json!({
        "id": badge["credentialSubject"]["id"],
        "type": ["ClrSubject"],
        "verifiableCredential": contained,
    });
    let contexts = json!([
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    ]);
    json!({
        "@context": contexts,
        "id": "urn:uuid:0f3c4d43-6a0b-4e3b-9f7e-7f0f3e6a2d11",
        "type": ["VerifiableCredential", "ClrCredential"],
        "issuer": badge["issuer"],
        "validFrom": badge["validFrom"],
        "name": "Record of the school",
        "credentialSubject": subject,
    })
}

fn school(plain: &Value) -> Value {
    signed(plain, &Key::School.method(), Key::School)
}

fn school_badge() -> Value {
    school(&badge(&Key::School.did()))
}

fn step(report: &Report, name: StepName) -> Option<&Outcome> {
    let mut steps = report.steps().iter();
    steps
        .find(|step| step.name == name)
        .map(|step| &step.outcome)
}

/// CLR-1, CLR-2, CLR-4, CLR-5: the record is verified, and each credential in it on its own.
#[test]
fn a_record_is_verified_with_everything_in_it() {
    let by_district = signed(
        &badge(DISTRICT),
        &format!("{DISTRICT}#key-1"),
        Key::District,
    );
    let report = verify(&school(&record(json!([school_badge(), by_district]))));
    assert_eq!(told(&report), "verified", "{:?}", report.reason());
    assert_eq!(step(&report, StepName::Contents), Some(&Outcome::Pass));
    let found: Vec<_> = report
        .nested()
        .iter()
        .map(|nested| {
            (
                nested.pointer.as_str(),
                nested.role,
                nested.report.verdict(),
            )
        })
        .collect();
    let pointers = [format!("{CONTAINED}/0"), format!("{CONTAINED}/1")];
    let expected: Vec<_> = pointers
        .iter()
        .map(|pointer| (pointer.as_str(), NestedRole::Credential, Verdict::Verified))
        .collect();
    assert_eq!(found, expected);
}

/// CLR-5: the proof of the record does not stand in for those of the credentials in it.
#[test]
fn attack_p_13_a_record_does_not_vouch_for_what_it_contains() {
    let edited = with(&school_badge(), "/name", json!("Another name"));
    let unsigned = without(&school_badge(), "/proof");
    let expired = school(&with(
        &badge(&Key::School.did()),
        "/validUntil",
        json!("2026-11-01T00:00:00Z"),
    ));
    for (contained, code) in [
        (edited, "signature.invalid"),
        (unsigned, "proof.missing"),
        (expired, "time.expired"),
    ] {
        let report = verify(&school(&record(json!([school_badge(), contained]))));
        assert_eq!(told(&report), "refused/nested.invalid", "{code}");
        let second = format!("{CONTAINED}/1");
        assert_eq!(
            report.reason().and_then(Reason::pointer),
            Some(second.as_str())
        );
        let verdicts: Vec<_> = report
            .nested()
            .iter()
            .map(|nested| nested.report.reason().map(Reason::code))
            .collect();
        assert_eq!(verdicts, [None, Some(code)]);
        assert_eq!(
            step(&report, StepName::Proof),
            Some(&Outcome::Pass),
            "{code}"
        );
    }
}

#[test]
fn a_changed_record_is_refused_before_anything_in_it_is_read() {
    let good = school(&record(json!([school_badge()])));
    for changed in [
        with(&good, "/name", json!("Another name")),
        with(&good, "/partial", json!(true)),
        with(&good, &format!("{CONTAINED}/0/name"), json!("Another name")),
    ] {
        let report = verify(&changed);
        assert_eq!(told(&report), "refused/signature.invalid");
        assert!(report.nested().is_empty());
    }
}

/// A token as it stands in a record.
pub(super) fn envelope(token: &str) -> Value {
    json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": format!("data:application/vc+jwt,{token}"),
        "type": "EnvelopedVerifiableCredential",
    })
}

/// A token stands in a record within an envelope.
#[test]
fn a_token_in_an_envelope_is_read() {
    let token = school_token();
    let report = verify(&school(&record(json!([envelope(&token)]))));
    assert_eq!(told(&report), "verified", "{:?}", report.reason());
    let cut = &token[..token.len() - 8];
    let report = verify(&school(&record(json!([envelope(cut)]))));
    assert_eq!(told(&report), "refused/nested.invalid");
}

/// CLR-1, CLR-2, CLR-3: a record that is not built as the standard says is refused.
#[test]
fn a_record_of_another_form_is_refused() {
    let good = record(json!([school_badge()]));
    let association = json!({
        "type": "Association",
        "associationType": "cousinOf",
        "sourceId": "urn:uuid:1",
        "targetId": "urn:uuid:2",
    });
    let [first, middle, last] = [0, 1, 2].map(|at| good["@context"][at].clone());
    let subject = without(&good, "/credentialSubject/id");
    for (changed, code) in [
        (without(&good, "/name"), "schema.required"),
        (without(&good, CONTAINED), "schema.required"),
        (with(&good, CONTAINED, json!([])), "schema.min_items"),
        (with(&good, "/partial", json!("yes")), "schema.type"),
        (
            with(
                &good,
                "/credentialSubject/association",
                json!([association]),
            ),
            "schema.enum",
        ),
        (subject, "lint.subject_unidentified"),
        (
            with(&good, "/@context", json!([first, last])),
            "ld.context_order",
        ),
        (
            with(&good, "/@context", json!([first, middle])),
            "ld.context_order",
        ),
    ] {
        let report = verify(&school(&changed));
        assert_eq!(report.reason().map(Reason::code), Some(code));
        assert_eq!(report.verdict(), Verdict::Refused);
    }
}

/// CLR-1, CLR-2, CLR-3: our rendering of the schema and the published one judge alike.
#[test]
fn the_published_schema_agrees_about_records() {
    let Some(spec) = spec("the published schema of records") else {
        return;
    };
    let published = support::json(&spec.join("schemas/clr2/clr_v2p0_clrcredential_schema.json"));
    let published = jsonschema::options()
        .should_validate_formats(true)
        .build(&published)
        .expect("a schema that compiles");
    let association = json!({
        "type": "Association",
        "associationType": "isChildOf",
        "sourceId": "urn:uuid:1",
        "targetId": "urn:uuid:2",
    });
    let full = with(
        &record(json!([school_badge()])),
        "/credentialSubject/association",
        json!([association]),
    );
    let full = with(&full, "/partial", json!(false));
    let ours = |document: &Value| lint::conform(document).is_empty();
    assert!(
        published.is_valid(&full) && ours(&full),
        "{:?}",
        lint::conform(&full)
    );
    for pointer in [
        "/@context",
        "/id",
        "/type",
        "/name",
        "/issuer",
        "/validFrom",
        "/partial",
        "/credentialSubject",
        "/credentialSubject/type",
        CONTAINED,
        "/credentialSubject/association/0/type",
        "/credentialSubject/association/0/associationType",
        "/credentialSubject/association/0/sourceId",
        "/credentialSubject/association/0/targetId",
    ] {
        for changed in [
            without(&full, pointer),
            with(&full, pointer, json!(7)),
            with(&full, pointer, json!("another text")),
            with(&full, pointer, json!([])),
        ] {
            let judged = (published.is_valid(&changed), ours(&changed));
            // A text is an address only with a scheme, which the published schema does not ask (DM, URI).
            let is_looser =
                judged == (true, false) && changed.pointer(pointer) == Some(&json!("another text"));
            assert!(
                judged.0 == judged.1 || is_looser,
                "{pointer}: {judged:?} {:?}",
                changed.pointer(pointer)
            );
        }
    }
}

#[test]
fn a_record_in_a_record_is_left_unread_and_said_so() {
    let key = Key::School;
    let inner = payload(&record(json!([school_badge()])));
    let inner = token(&header(key, &key.method()), &inner, key);
    let report = verify(&school(&record(json!([envelope(&inner)]))));
    assert_eq!(told(&report), "undetermined/nested.undetermined");
    let inner = report.nested()[0].report.reason().map(Reason::code);
    assert_eq!(inner, Some("contents.too_deep"));
}

#[test]
fn more_credentials_than_are_verified_are_told() {
    let mut policy = Policy::default();
    policy.limits.contained = 1;
    let record = school(&record(json!([school_badge(), school_badge()])));
    let report = Web::read().verify(record.to_string().as_bytes(), &policy);
    assert_eq!(told(&report), "undetermined/nested.too_many");
    assert_eq!(report.nested().len(), 1);
}

/// CLR-8: the badges in a record should be about the person the record is about.
#[test]
fn another_subject_in_a_record_is_told() {
    let other = school(&with(
        &badge(&Key::School.did()),
        "/credentialSubject/id",
        json!("did:example:somebody-else"),
    ));
    let report = verify(&school(&record(json!([other]))));
    assert_eq!(told(&report), "verified");
    let codes: Vec<_> = report.warnings().iter().map(Reason::code).collect();
    assert!(codes.contains(&"contents.other_subject"), "{codes:?}");
}

/// LDP-27, CLR-4: the signed record of the implementation guide, and the badge in it.
#[test]
fn the_published_record_is_verified_inside_and_out() {
    let Some(spec) = spec("the published record") else {
        return;
    };
    let path = spec.join("examples/signing-walkthrough-clr/08-signed-credential.json");
    let text = std::fs::read(path).expect("the sample");
    let report = Web::read().verify(&text, &Policy::lenient());
    assert_eq!(report.verdict(), Verdict::Verified, "{:?}", report.reason());
    assert_eq!(report.nested().len(), 1);
    assert_eq!(report.nested()[0].report.verdict(), Verdict::Verified);
}
