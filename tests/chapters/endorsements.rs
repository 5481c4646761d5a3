//! What others say of a badge: verified on its own, with a report of its own.

use std::sync::Arc;

use serde_json::{Value, json};
use verifier::{NestedRole, Outcome, Policy, Reason, Report, StepName, Verdict};

use crate::forge::{
    self, DISTRICT, Key, badge, endorsement, header, payload, school_badge, signed, token, with,
};
use crate::forms::{Case, hold};
use crate::web::{Web, told};

const ACHIEVEMENT: &str = "/credentialSubject/achievement/endorsement";

fn verify(badge: &Value) -> Report {
    Web::read().verify(badge.to_string().as_bytes(), &Policy::default())
}

/// An endorsement of a thing by a stranger, changed and then signed.
fn endorsed(thing: &str, change: impl Fn(Value) -> Value) -> Value {
    let key = Key::Stranger;
    let plain = with(
        &endorsement(&key.did()),
        "/credentialSubject/id",
        json!(thing),
    );
    signed(&change(plain), &key.method(), key)
}

/// The payload of an endorsement as a token.
fn claims(plain: &Value) -> Value {
    with(&payload(plain), "/nbf", json!(1_791_187_200))
}

fn warnings(report: &Report) -> Vec<&'static str> {
    report.warnings().iter().map(Reason::code).collect()
}

const THING: &str = "https://badges.example/achievements/wait-time";

/// END-1, END-2, END-3, END-5, VER-14: endorsements are found wherever they may stand, in either form,
/// and each has a report of its own.
#[test]
fn endorsements_are_verified_wherever_they_stand() {
    let school = Key::School.did();
    let key = Key::Stranger;
    let as_token = |thing: &str| {
        let plain = with(
            &endorsement(&key.did()),
            "/credentialSubject/id",
            json!(thing),
        );
        token(&header(key, &key.method()), &claims(&plain), key)
    };
    let plain = badge(&school);
    let id = plain["id"].as_str().expect("an id").to_owned();
    let creator = json!({
        "id": "did:web:author.example",
        "type": ["Profile"],
        "endorsement": [endorsed("did:web:author.example", |plain| plain)],
    });
    let full = with(
        &plain,
        "/endorsement",
        json!([endorsed(&id, |plain| plain)]),
    );
    let full = with(&full, "/endorsementJwt", json!([as_token(&id)]));
    let full = with(&full, "/issuer/endorsementJwt", json!([as_token(&school)]));
    let full = with(&full, ACHIEVEMENT, json!([endorsed(THING, |plain| plain)]));
    let full = with(&full, "/credentialSubject/achievement/creator", creator);
    let report = verify(&signed(&full, &Key::School.method(), Key::School));

    assert_eq!(told(&report), "verified");
    assert_eq!(
        warnings(&report),
        ["trust.creator_unverified"],
        "{:?}",
        report.warnings()
    );
    let mut found: Vec<(&str, Verdict)> = report
        .nested()
        .iter()
        .inspect(|nested| assert_eq!(nested.role, NestedRole::Endorsement))
        .map(|nested| (nested.pointer.as_str(), nested.report.verdict()))
        .collect();
    found.sort_by_key(|(pointer, _)| *pointer);
    let expected = [
        "/credentialSubject/achievement/creator/endorsement/0",
        "/credentialSubject/achievement/endorsement/0",
        "/endorsement/0",
        "/endorsementJwt/0",
        "/issuer/endorsementJwt/0",
    ];
    assert_eq!(found, expected.map(|pointer| (pointer, Verdict::Verified)));
    let step = report
        .steps()
        .iter()
        .find(|step| step.name == StepName::Endorsements);
    assert_eq!(step.map(|step| &step.outcome), Some(&Outcome::Pass));
}

/// END-4, END-7, VER-15: an endorsement is held to all that a badge is held to. A badge that carries one
/// which fails is not called verified, and what was found of each is told apart.
#[test]
fn attack_p_13_a_badge_does_not_vouch_for_an_endorsement_that_does_not_hold() {
    type Change = fn(Value) -> Value;
    let faults: [(&str, Change); 3] = [
        ("signature.invalid", |plain| plain),
        ("time.expired", |plain| {
            with(&plain, "/validUntil", json!("2026-11-01T00:00:00Z"))
        }),
        ("status.revoked", |plain| {
            let school = with(&plain, "/issuer/id", json!(Key::School.did()));
            with(
                &school,
                "/credentialStatus",
                forge::status("revocation", "revocation", json!("7")),
            )
        }),
    ];
    for (code, change) in faults {
        let by = match code {
            "status.revoked" => Key::School,
            _ => Key::Stranger,
        };
        let plain = change(endorsement(&Key::Stranger.did()));
        let mut endorsed = signed(&plain, &by.method(), by);
        if code == "signature.invalid" {
            endorsed["name"] = json!("Another name");
        }
        let report = verify(&school_badge(ACHIEVEMENT, json!([endorsed])));
        assert_eq!(told(&report), "refused/nested.invalid", "{code}");
        let own = report
            .steps()
            .iter()
            .filter(|step| step.name != StepName::Endorsements);
        for step in own {
            assert!(
                matches!(step.outcome, Outcome::Pass | Outcome::NotRun),
                "{code}: {step:?}"
            );
        }
        let nested = &report.nested()[0].report;
        assert_eq!(nested.verdict(), Verdict::Refused, "{code}");
        let found = nested.reason().map(Reason::code).unwrap_or_default();
        assert_eq!(found, code);
        assert_eq!(
            report.reason().and_then(Reason::pointer),
            Some("/credentialSubject/achievement/endorsement/0")
        );
    }
}

#[test]
fn a_good_endorsement_makes_no_bad_badge_better() {
    let good = endorsed(THING, |plain| plain);
    let badge = school_badge(ACHIEVEMENT, json!([good]));
    let edited = with(&badge, "/name", json!("Another name"));
    let report = verify(&edited);
    assert_eq!(told(&report), "refused/signature.invalid");
    assert!(
        report.nested().is_empty(),
        "nothing unproven is looked into"
    );
}

#[test]
fn an_endorser_is_asked_for_keys_only_after_the_outer_proof_holds() {
    let by_district = with(
        &endorsement(DISTRICT),
        "/credentialSubject/id",
        json!(THING),
    );
    let method = format!("{DISTRICT}#key-1");
    let endorsed = signed(&by_district, &method, Key::District);
    let badge = school_badge(ACHIEVEMENT, json!([endorsed]));
    let asked = |badge: &Value| {
        let report = verifier::verify(
            badge.to_string().as_bytes(),
            &verifier::Documents::default(),
            &Policy::default(),
            crate::web::now(),
        );
        let missing = report.missing();
        (report, missing)
    };
    let (report, missing) = asked(&badge);
    assert_eq!(told(&report), "undetermined/nested.undetermined");
    let addresses: Vec<_> = missing.iter().map(|request| request.url.as_str()).collect();
    assert_eq!(addresses, ["https://badges.example/.well-known/did.json"]);
    let (_, missing) = asked(&with(&badge, "/name", json!("Another name")));
    assert!(missing.is_empty(), "{missing:?}");

    let report = verify(&badge);
    assert_eq!(warnings(&report), Vec::<&str>::new());
    assert_eq!(report.nested()[0].report.verdict(), Verdict::Verified);
}

/// END-6: an endorsement that speaks of another thing than the one that carries it is told.
#[test]
fn an_endorsement_of_something_else_is_told() {
    let other = endorsed("https://badges.example/achievements/other", |plain| plain);
    let report = verify(&school_badge(ACHIEVEMENT, json!([other])));
    assert_eq!(told(&report), "verified");
    assert_eq!(warnings(&report), ["endorsement.subject_mismatch"]);
    assert_eq!(report.nested()[0].report.verdict(), Verdict::Verified);
}

/// END-8: an endorsement may be presented by itself.
#[test]
fn an_endorsement_alone_is_verified_like_a_badge() {
    let good = endorsed(THING, |plain| plain);
    assert_eq!(told(&verify(&good)), "verified");
    let edited = with(&good, "/name", json!("Another name"));
    assert_eq!(told(&verify(&edited)), "refused/signature.invalid");
}

#[test]
fn more_endorsements_than_are_verified_are_told() {
    let good = endorsed(THING, |plain| plain);
    let report = verify(&school_badge(ACHIEVEMENT, json!(vec![good; 9])));
    assert_eq!(told(&report), "undetermined/nested.too_many");
    assert_eq!(report.nested().len(), 8);
}

#[test]
fn a_token_of_another_kind_in_an_endorsements_place_is_told() {
    let report = verify(&school_badge(
        "/credentialSubject/achievement/endorsementJwt",
        json!([forge::school_token()]),
    ));
    assert_eq!(told(&report), "verified");
    assert_eq!(warnings(&report), ["endorsement.type"]);
}

#[test]
fn an_endorsement_is_not_followed_into_its_own_endorsements() {
    let outer = endorsed(THING, |plain| {
        let inner = json!([forge::school_token()]);
        with(&plain, "/issuer/endorsementJwt", inner)
    });
    let report = verify(&school_badge(ACHIEVEMENT, json!([outer])));
    assert_eq!(told(&report), "verified");
    assert_eq!(report.nested().len(), 1);
    let nested = &report.nested()[0].report;
    assert_eq!(warnings(nested), ["endorsement.not_evaluated"]);
    assert!(nested.nested().is_empty());
}

/// What a redirect led to is no document of an issuer, also when the badge around it had the same address asked for
/// as something that may lie elsewhere.
///
/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_n_06_an_issuers_document_is_not_smuggled_in_by_a_redirect_for_another() {
    let tenant = "did:web:portal.example:out:elsewhere.example";
    let place = "https://portal.example/out/elsewhere.example/did.json";
    let key = Key::Stranger;
    let method = format!("{tenant}#key");
    let document = json!({
        "@context": ["https://www.w3.org/ns/did/v1"],
        "id": tenant,
        "verificationMethod": [{
            "id": method, "type": "Multikey", "controller": tenant, "publicKeyMultibase": key.multibase(),
        }],
        "assertionMethod": [method],
    });
    let plain = with(
        &badge(&key.did()),
        "/endorsement",
        json!([signed(&endorsement(tenant), &method, key)]),
    );
    let plain = with(
        &plain,
        "/refreshService",
        json!({"id": place, "type": "1EdTechCredentialRefresh"}),
    );
    let mut contexts = plain["@context"].as_array().expect("contexts").clone();
    contexts.push(json!(
        "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
    ));
    let badge = signed(
        &with(&plain, "/@context", json!(contexts)),
        &key.method(),
        key,
    );

    let case = |name: &str, web: Web, told: &str| {
        Case::new(name, badge.to_string(), told).on(&Arc::new(web))
    };
    let mut straight = Web::read();
    straight.serve(place, document.to_string());
    let mut led = Web::read();
    led.lead(
        place,
        "https://elsewhere.example/did.json",
        document.to_string(),
    );
    let cases = [
        case("served", straight, "verified"),
        case("led to", led, "undetermined/nested.undetermined"),
    ];
    hold("N-06", &cases).await;
}
