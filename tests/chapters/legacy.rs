//! Open Badges 2.0: hosted and signed assertions, judged by the rules of that standard.

mod attacks;
mod school;

use serde_json::{Value, json};
use verifier::{DataModel, DocumentKind, Outcome, Policy, Reason, StepName, TrustList};

use self::school::*;
use crate::forge::{self, Key, with, without};
use crate::web::{Web, presented, told};

/// OB2-9: what lies at the assertion's address, under the issuer, is what was presented.
#[test]
fn a_hosted_assertion_is_verified_where_it_lies() {
    let report = verify(&school(), &hosted().to_string());
    assert_eq!(told(&report), "verified");
    assert_eq!(report.input().model, Some(DataModel::OpenBadges2));
    assert_eq!(warnings(&report), ["legacy.open_badges_2"]);
    let told = serde_json::to_value(&report).expect("JSON");
    let expected = json!({
        "id": ASSERTION,
        "type": "Assertion",
        "name": "Wait Time",
        "issuer": ISSUER,
        "issuerName": "Example School",
        "achievement": BADGE,
        "achievementName": "Wait Time",
        "awardedDate": "2026-10-01T08:00:00Z",
        "validFrom": "2026-10-01T08:00:00Z",
    });
    assert_eq!(told["badge"], expected);
    let kinds: Vec<_> = report.documents().iter().map(|one| one.kind).collect();
    let expected = [
        DocumentKind::HostedAssertion,
        DocumentKind::BadgeClass,
        DocumentKind::IssuerProfile,
    ];
    assert_eq!(kinds, expected);
}

/// OB2-9: another assertion at the address, one of somebody else's address, one that cannot be had.
#[test]
fn a_hosted_assertion_is_refused_unless_its_issuer_keeps_it() {
    let edited = with(&hosted(), "/issuedOn", json!("2026-10-02T08:00:00Z"));
    let report = verify(&school(), &edited.to_string());
    assert_eq!(told(&report), "refused/legacy.hosted_mismatch");
    assert!(report.credential().is_none());

    let elsewhere = "https://elsewhere.example/assertions/7";
    let moved = with(&hosted(), "/id", json!(elsewhere));
    let mut web = school();
    web.serve(elsewhere, moved.to_string());
    let places = |verification: Value| with(&profile(), "/verification", verification).to_string();
    for (issuer, expected) in [
        (profile().to_string(), "refused/legacy.origin"),
        (
            places(json!({"allowedOrigins": "elsewhere.example"})),
            "verified",
        ),
        (
            places(json!({"allowedOrigins": ["a.example"]})),
            "refused/legacy.origin",
        ),
        (
            places(json!({"startsWith": "https://elsewhere.example/assertions/"})),
            "verified",
        ),
        (
            places(json!({"startsWith": "https://elsewhere.example/others/"})),
            "refused/legacy.origin",
        ),
        (
            places(json!({"startsWith": "https://elsewhere.exam"})),
            "refused/legacy.origin",
        ),
    ] {
        web.serve(ISSUER, issuer.clone());
        assert_eq!(
            told(&verify(&web, &moved.to_string())),
            expected,
            "{issuer}"
        );
    }
    // A profile within the assertion speaks for nobody.
    web.serve(ISSUER, profile().to_string());
    let own = with(
        &profile(),
        "/verification",
        json!({"allowedOrigins": "elsewhere.example"}),
    );
    let own = with(&badge_class(), "/issuer", own);
    let moved = with(&moved, "/badge", own);
    web.serve(elsewhere, moved.to_string());
    assert_eq!(
        told(&verify(&web, &moved.to_string())),
        "refused/legacy.origin"
    );

    let gone = with(&hosted(), "/id", json!("https://school.example/gone"));
    let report = verify(&school(), &gone.to_string());
    assert_eq!(told(&report), "undetermined/fetch.unreachable");
}

/// OB2-9: RS256, ES256 and EdDSA with the key that the issuer's profile names; nothing else is asked
/// for before the signature holds.
#[test]
fn a_signed_assertion_is_verified_with_a_key_of_its_issuer() {
    for key in [Key::DistrictRsa, Key::DistrictP256, Key::District] {
        let mut web = school();
        web.serve(KEY, key_document(key, ISSUER).to_string());
        let report = verify(&web, &jws(&signed_assertion(), key));
        assert_eq!(told(&report), "verified");
        assert_eq!(report.proofs()[0].verification_method, KEY);
        assert_eq!(report.statuses()[0].list, LIST);
        let mut jwk = key.public().jwk();
        web.serve(KEY, jwk.to_string());
        assert_eq!(
            told(&verify(&web, &jws(&signed_assertion(), key))),
            "verified"
        );
        jwk["id"] = json!(KEY);
        jwk["owner"] = json!("https://elsewhere.example/");
        web.serve(KEY, jwk.to_string());
        let report = verify(&web, &jws(&signed_assertion(), key));
        assert_eq!(told(&report), "refused/legacy.key_not_listed");
    }
    let forged = jws(&signed_assertion(), Key::DistrictRsa).replace("RSA", "rsa");
    let (rest, _) = forged.rsplit_once('.').expect("three parts");
    let report = verify(&school(), &format!("{rest}.{}", "A".repeat(342)));
    assert_eq!(told(&report), "refused/signature.invalid");
    assert_eq!(report.documents().len(), 1, "{:?}", report.documents());
}

/// OB2-9: the owner of the key is the issuer, and the issuer says so itself.
#[test]
fn a_key_that_the_issuer_does_not_name_signs_for_nobody() {
    let refused = |web: &Web| {
        assert_eq!(
            told(&verify(web, &signed())),
            "refused/legacy.key_not_listed"
        )
    };
    let mut web = school();
    let other = "https://elsewhere.example/issuer";
    web.serve(KEY, key_document(Key::DistrictRsa, other).to_string());
    refused(&web);
    let mut web = school();
    web.serve(ISSUER, without(&profile(), "/publicKey").to_string());
    refused(&web);
    web.serve(
        ISSUER,
        with(&profile(), "/publicKey", json!("https://school.example/k2")).to_string(),
    );
    refused(&web);
    // The profile carries another key under this name.
    let carried = key_document(Key::DistrictP256, ISSUER);
    web.serve(ISSUER, with(&profile(), "/publicKey", carried).to_string());
    refused(&web);
    let carried = key_document(Key::DistrictRsa, ISSUER);
    web.serve(ISSUER, with(&profile(), "/publicKey", carried).to_string());
    assert_eq!(told(&verify(&web, &signed())), "verified");

    let unsigned = verify(&school(), &signed_assertion().to_string());
    assert_eq!(told(&unsigned), "refused/proof.missing");
}

/// OB2-9: a hosted assertion says itself that it was revoked, a signed one stands in its issuer's list.
#[test]
fn a_revoked_assertion_is_refused_with_the_reason() {
    let mut web = school();
    let stub = json!({"@context": CONTEXT, "id": ASSERTION, "type": "Assertion", "revoked": true, "revocationReason": "Issued by mistake."});
    let marked = with(&hosted(), "/revoked", json!(true));
    for there in [stub, marked] {
        web.serve(ASSERTION, there.to_string());
        for badge in [hosted(), there] {
            if badge.get("badge").is_some() {
                let report = verify(&web, &badge.to_string());
                assert_eq!(told(&report), "refused/status.revoked");
                assert!(matches!(step(&report, StepName::Status), Outcome::Fail(_)));
            }
        }
    }
    let id = &signed_assertion()["id"];
    for entry in [
        json!({"id": id, "revocationReason": "Issued by mistake."}),
        id.clone(),
    ] {
        let list = json!({"id": LIST, "type": "RevocationList", "issuer": ISSUER, "revokedAssertions": [entry]});
        web.serve(LIST, list.to_string());
        assert_eq!(told(&verify(&web, &signed())), "refused/status.revoked");
    }
    for (list, expected) in [
        (
            json!({"type": "RevocationList"}),
            "refused/status.malformed",
        ),
        (
            json!({"type": "RevocationList", "issuer": "https://elsewhere.example/", "revokedAssertions": []}),
            "refused/status.issuer_mismatch",
        ),
    ] {
        web.serve(LIST, list.to_string());
        assert_eq!(told(&verify(&web, &signed())), expected);
    }
    let mut web = school();
    web.change(
        ISSUER,
        "revocationList",
        json!("https://school.example/gone"),
    );
    assert_eq!(
        told(&verify(&web, &signed())),
        "undetermined/status.unreachable"
    );
}

/// OB2-9: the times of issue and of expiry bound the assertion.
#[test]
fn an_assertion_holds_from_its_issue_to_its_expiry() {
    for (member, time, expected) in [
        ("expires", "2026-11-01T00:00:00Z", "refused/time.expired"),
        ("expires", "2026-12-01T00:00:00Z", "verified"),
        (
            "issuedOn",
            "2026-11-22T12:01:01Z",
            "refused/time.not_yet_valid",
        ),
        ("issuedOn", "2026-11-22T12:00:59Z", "verified"),
        ("issuedOn", "yesterday", "refused/time.syntax"),
    ] {
        let badge = with(&hosted(), &format!("/{member}"), json!(time));
        let mut web = school();
        web.serve(ASSERTION, badge.to_string());
        assert_eq!(told(&verify(&web, &badge.to_string())), expected, "{time}");
    }
}

/// OB2-3, OB2-9, ID-4: the recipient's hash is that of Open Badges 3.0, and lists of issuers go by id.
#[test]
fn the_recipient_and_the_list_of_issuers_are_asked_as_for_any_badge() {
    let list = json!({"issuers": [{"id": ISSUER, "achievements": [BADGE]}]}).to_string();
    let mut policy = Policy::default();
    policy.trust = Some(TrustList::read(list.as_bytes()).expect("a list"));
    for (claimed, expected) in [
        ("a@example.com", "verified"),
        ("b@example.com", "refused/recipient.mismatch"),
    ] {
        policy.recipient = Some(claimed.to_owned());
        let report = school().verify(hosted().to_string().as_bytes(), &policy);
        assert_eq!(told(&report), expected);
        assert_eq!(*step(&report, StepName::Trust), Outcome::Pass);
    }
}

/// OB2-1: a document of both standards is refused, whichever it names first.
#[test]
fn the_two_standards_are_never_mixed() {
    let both = json!([CONTEXT, forge::CREDENTIALS, forge::OPEN_BADGES]);
    let mixed = with(&hosted(), "/@context", both);
    assert_eq!(
        told(&verify(&school(), &mixed.to_string())),
        "refused/legacy.mixed"
    );
    let badge: Value = serde_json::from_slice(&presented("verified/did-key.json")).expect("JSON");
    for contexts in [
        json!([forge::CREDENTIALS, CONTEXT]),
        json!([forge::CREDENTIALS, forge::OPEN_BADGES, CONTEXT]),
        json!([CONTEXT, forge::CREDENTIALS, forge::OPEN_BADGES]),
    ] {
        let report = verify(&school(), &with(&badge, "/@context", contexts).to_string());
        assert!(told(&report).starts_with("refused/"), "{}", told(&report));
        assert!(report.missing().is_empty() && report.documents().is_empty());
    }
    let report = verify(&school(), &badge.to_string());
    assert!(!warnings(&report).contains(&"legacy.open_badges_2"));
}

/// OB2-9: whatever is missing is named, in the assertion and in the documents it refers to.
#[test]
fn a_document_without_what_the_standard_asks_for_is_refused() {
    for pointer in [
        "/id",
        "/type",
        "/recipient",
        "/recipient/identity",
        "/recipient/type",
        "/recipient/hashed",
        "/badge",
        "/verification",
        "/issuedOn",
    ] {
        let report = verify(&school(), &without(&hosted(), pointer).to_string());
        assert_eq!(told(&report), "refused/legacy.malformed", "{pointer}");
        let told = report
            .reason()
            .and_then(Reason::pointer)
            .unwrap_or_default();
        assert!(told.starts_with(pointer), "{told} for {pointer}");
    }
    for (url, document, members) in [
        (
            BADGE,
            badge_class(),
            &[
                "id",
                "type",
                "name",
                "description",
                "image",
                "criteria",
                "issuer",
            ][..],
        ),
        (ISSUER, profile(), &["id", "type", "name", "url", "email"]),
    ] {
        for member in members {
            let mut web = school();
            web.serve(url, without(&document, &format!("/{member}")).to_string());
            let report = verify(&web, &hosted().to_string());
            assert_eq!(told(&report), "refused/legacy.malformed", "{url} {member}");
        }
        let mut web = school();
        web.serve(url, "[]");
        assert_eq!(
            told(&verify(&web, &hosted().to_string())),
            "refused/legacy.malformed"
        );
    }
}

/// OB2-8: PNG and SVG hold the assertion, the token, or only the address at which it lies.
#[test]
fn pictures_hold_an_assertion_or_its_address() {
    let (json, token) = (hosted().to_string(), signed());
    for (at, picture) in [
        png(&json),
        png(&token),
        png(ASSERTION),
        older_png(ASSERTION),
        svg_naming(&token),
        svg_naming(ASSERTION),
        svg_holding(&json),
    ]
    .into_iter()
    .enumerate()
    {
        let report = school().verify(&picture, &Policy::default());
        assert_eq!(told(&report), "verified", "picture {at}");
        assert!(warnings(&report).contains(&"legacy.open_badges_2"));
    }
    let gone = svg_naming("https://school.example/gone");
    let report = school().verify(&gone, &Policy::default());
    assert_eq!(told(&report), "undetermined/fetch.unreachable");
    // An address that leads to an address leads nowhere.
    let mut web = school();
    web.serve("https://school.example/a", "https://school.example/b");
    let report = web.verify(&svg_naming("https://school.example/a"), &Policy::default());
    assert_eq!(told(&report), "refused/input.address");
}
