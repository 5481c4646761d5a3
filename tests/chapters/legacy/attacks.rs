//! What a forger, a careless issuer and a moved site can do with badges of Open Badges 2.0.

use serde_json::{Value, json};
use verifier::{FetchFailure, Policy, Report};

use super::school::*;
use crate::forge::svg::drawing;
use crate::forge::{Key, with, without};
use crate::web::{Web, told};

/// The school's web and a badge of it, served and presented.
fn served(badge: &Value) -> (Web, Report) {
    let mut web = school();
    let id = badge["id"].as_str().expect("an id");
    web.serve(id, badge.to_string());
    let report = verify(&web, &badge.to_string());
    (web, report)
}

/// OB2-9: an issuer revokes a hosted badge by answering 410 (Gone) at its address.
#[test]
fn a_hosted_assertion_that_was_taken_away_is_revoked() {
    let mut web = school();
    web.fail(ASSERTION, FetchFailure::Gone);
    let report = verify(&web, &hosted().to_string());
    assert_eq!(told(&report), "refused/status.revoked");
    let declared = "xmlns:openbadges=\"http://openbadges.org\"";
    let element = format!("<openbadges:assertion verify=\"{ASSERTION}\"/>");
    let picture = drawing(declared, &element).into_bytes();
    let report = web.verify(&picture, &Policy::default());
    assert_eq!(told(&report), "refused/status.revoked");
    // That anything else is gone says nothing about the badge.
    for part in [BADGE, ISSUER] {
        let mut web = school();
        web.fail(part, FetchFailure::Gone);
        let report = verify(&web, &hosted().to_string());
        assert_eq!(told(&report), "undetermined/fetch.gone", "{part}");
    }
}

/// OB2-9: many sites lead wherever an address tells them to, and so does nobody's badge become theirs.
#[test]
fn an_address_that_leads_away_from_the_issuer_proves_nothing() {
    let id = "https://school.example/go?to=https://elsewhere.example/forged";
    let forged = with(&hosted(), "/id", json!(id)).to_string();
    let mut web = school();
    web.lead(id, "https://elsewhere.example/forged", forged.clone());
    assert_eq!(told(&verify(&web, &forged)), "refused/legacy.origin");
    web.lead(id, "https://school.example/forged", forged.clone());
    assert_eq!(told(&verify(&web, &forged)), "verified");
    // The issuer moved with all it has, or says that it keeps badges there.
    let moved = "https://elsewhere.example/issuer";
    web.lead(id, "https://elsewhere.example/forged", forged.clone());
    web.lead(ISSUER, moved, profile().to_string());
    assert_eq!(told(&verify(&web, &forged)), "verified");
    let both = json!({"allowedOrigins": ["school.example", "elsewhere.example"]});
    web.serve(ISSUER, with(&profile(), "/verification", both).to_string());
    assert_eq!(told(&verify(&web, &forged)), "verified");
}

/// OB2-9: an origin is scheme, host and port; without instructions the badge class lies at home too.
#[test]
fn what_lies_beside_the_issuers_origin_is_not_its_own() {
    for id in [
        "https://school.example:8443/assertions/7",
        "https://school.example.evil.example/assertions/7",
    ] {
        let (_, report) = served(&with(&hosted(), "/id", json!(id)));
        assert_eq!(told(&report), "refused/legacy.origin", "{id}");
    }
    let elsewhere = "https://elsewhere.example/wait-time";
    let class = with(&badge_class(), "/id", json!(elsewhere));
    let badge = with(&hosted(), "/badge", json!(elsewhere));
    let (mut web, _) = served(&badge);
    web.serve(elsewhere, class.to_string());
    let report = verify(&web, &badge.to_string());
    assert_eq!(told(&report), "refused/legacy.origin");
    assert_eq!(
        report.reason().and_then(|reason| reason.pointer()),
        Some("/badge")
    );
    let places = json!({"startsWith": "https://school.example/assertions/"});
    web.serve(
        ISSUER,
        with(&profile(), "/verification", places).to_string(),
    );
    assert_eq!(told(&verify(&web, &badge.to_string())), "verified");
    // One that stands in the assertion lies where that lies.
    let (_, report) = served(&with(&hosted(), "/badge", class));
    assert_eq!(told(&report), "verified");
}

/// OB2-9: however an issuer writes that a badge is revoked, it is not called verified.
#[test]
fn a_revocation_is_seen_in_every_spelling() {
    for revoked in [json!("true"), json!(1), json!([true]), json!({})] {
        let (_, report) = served(&with(&hosted(), "/revoked", revoked.clone()));
        assert_eq!(told(&report), "refused/legacy.malformed", "{revoked}");
    }
    for (revoked, expected) in [
        (json!(true), "refused/status.revoked"),
        (json!(false), "verified"),
        (Value::Null, "verified"),
    ] {
        let (_, report) = served(&with(&hosted(), "/revoked", revoked.clone()));
        assert_eq!(told(&report), expected, "{revoked}");
        let signed = with(&signed_assertion(), "/revoked", revoked.clone());
        let report = verify(&school(), &jws(&signed, Key::DistrictRsa));
        assert_eq!(told(&report), expected, "{revoked}, signed");
    }
    let id = &signed_assertion()["id"];
    for (entries, expected) in [
        (json!({"id": id}), "refused/status.revoked"),
        (id.clone(), "refused/status.revoked"),
        (
            json!([{"id": id, "revoked": true}]),
            "refused/status.revoked",
        ),
        (json!([{"id": id, "revoked": false}]), "verified"),
        (json!("urn:uuid:another"), "verified"),
        (json!(7), "refused/status.malformed"),
    ] {
        let mut web = school();
        web.change(LIST, "revokedAssertions", entries.clone());
        assert_eq!(told(&verify(&web, &signed())), expected, "{entries}");
    }
}

/// OB2-9: an assertion that names no key is signed by one of those in the profile of its issuer.
#[test]
fn a_signed_assertion_may_leave_the_key_to_the_profile() {
    let keyless = without(&signed_assertion(), "/verification/creator");
    let presented = jws(&keyless, Key::DistrictRsa);
    let with_keys = |keys: Value| {
        let mut web = school();
        web.serve(ISSUER, with(&profile(), "/publicKey", keys).to_string());
        web
    };
    let own = key_document(Key::DistrictRsa, ISSUER);
    let other = with(
        &key_document(Key::DistrictP256, ISSUER),
        "/id",
        json!("https://school.example/k2"),
    );
    let foreign = key_document(Key::DistrictRsa, "https://elsewhere.example/issuer");
    for (keys, expected) in [
        (json!([KEY]), "verified"),
        (json!(KEY), "verified"),
        (own.clone(), "verified"),
        (without(&own, "/owner"), "verified"),
        (json!([other, KEY]), "verified"),
        (json!(["https://school.example/gone", KEY]), "verified"),
        (
            json!(["https://school.example/gone"]),
            "undetermined/fetch.unreachable",
        ),
        (other.clone(), "refused/jwt.alg_key_mismatch"),
        (foreign.clone(), "refused/legacy.key_not_listed"),
        (json!([]), "refused/legacy.malformed"),
        (Value::Null, "refused/legacy.malformed"),
    ] {
        let report = verify(&with_keys(keys.clone()), &presented);
        assert_eq!(told(&report), expected, "{keys}");
    }
    let by_other = jws(&keyless, Key::WebP256);
    let report = verify(&with_keys(other), &by_other);
    assert_eq!(told(&report), "refused/signature.invalid");
    // A key elsewhere is not the issuer's only because the profile leads there.
    let mut web = school();
    web.serve(KEY, foreign.to_string());
    assert_eq!(
        told(&verify(&web, &presented)),
        "refused/legacy.key_not_listed"
    );
    let mut web = school();
    web.change(LIST, "revokedAssertions", json!([keyless["id"]]));
    assert_eq!(told(&verify(&web, &presented)), "refused/status.revoked");
    let named = with(&keyless, "/verification/creator", json!({"id": KEY}));
    let report = verify(&school(), &jws(&named, Key::DistrictRsa));
    assert_eq!(told(&report), "refused/legacy.malformed");
}

/// OB2-9: whatever one byte becomes, an assertion is the same one or none, and nothing panics.
#[test]
fn a_changed_assertion_is_no_other_assertion() {
    let web = school();
    let (json, token) = (hosted().to_string(), signed());
    for original in [json.as_bytes(), token.as_bytes()] {
        let whole = web.verify(original, &Policy::default());
        assert_eq!(told(&whole), "verified");
        for at in (0..original.len()).step_by(3) {
            for byte in [b'"', b'A', 0xff] {
                let mut changed = original.to_vec();
                changed[at] = byte;
                let report = web.verify(&changed, &Policy::default());
                if told(&report) == "verified" {
                    assert_eq!(report.credential(), whole.credential(), "byte {at}");
                }
            }
        }
    }
}
