//! The schemas that an issuer names in a badge: the standard's are known, others are fetched after the
//! proof and held against the badge as far as that is safe.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use verifier::{DocumentKind, Documents, Policy, Reason, Report, verify};

use crate::forge::{Key, badge, endorsement, header, payload, school_badge, signed, token, with};
use crate::support::{json as read_json, spec};
use crate::web::{Web, now, told};

const OWN: &str = "https://badges.example/schemas/own.json";
const STANDARD: &str = "https://purl.imsglobal.org/spec/ob/v3p0/schema";

fn naming(id: &str) -> Value {
    naming_as(id, "1EdTechJsonSchemaValidator2019")
}

fn naming_as(id: &str, kind: &str) -> Value {
    let key = Key::School;
    let plain = with(
        &badge(&key.did()),
        "/@context/-",
        json!("https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"),
    );
    let entry = json!([{"id": id, "type": kind}]);
    signed(
        &with(&plain, "/credentialSchema", entry),
        &key.method(),
        key,
    )
}

fn with_schema(schema: impl ToString) -> Report {
    let mut web = Web::read();
    web.serve(OWN, schema.to_string());
    web.verify(naming(OWN).to_string().as_bytes(), &Policy::default())
}

fn held(schema: &Value) -> String {
    told(&with_schema(schema))
}

/// SCH-1, SCH-4, VER-5: a further schema decides, in the drafts that are known.
#[test]
fn a_badge_is_held_against_the_schemas_it_names() {
    for draft in [
        "https://json-schema.org/draft/2019-09/schema#",
        "https://json-schema.org/draft/2019-09/schema",
        "https://json-schema.org/draft/2020-12/schema",
        "http://json-schema.org/draft-07/schema#",
    ] {
        let asks = |name: &str| {
            json!({
                "$schema": draft,
                "properties": {"name": {"$ref": "#/definitions/name"}},
                "definitions": {"name": {"const": name}},
            })
        };
        assert_eq!(held(&asks("Wait Time")), "verified", "{draft}");
        assert_eq!(held(&asks("Other")), "refused/schema.mismatch", "{draft}");
    }
    let report = with_schema(json!({"properties": {"name": {"type": "number"}}}));
    let reason = report.reason().expect("a reason");
    assert_eq!(
        (reason.code(), reason.pointer()),
        ("schema.mismatch", Some("/name"))
    );
}

/// SCH-1: of a token it is the credential that is held against the schema, without the claims.
#[test]
fn the_claims_of_a_token_are_no_part_of_the_credential() {
    let key = Key::School;
    let plain = naming(OWN);
    let names: Vec<&String> = plain.as_object().expect("an object").keys().collect();
    let closed: Value = names
        .iter()
        .map(|name| ((*name).clone(), json!(true)))
        .collect();
    let schema = json!({"properties": closed, "additionalProperties": false});
    let mut plain = plain.clone();
    plain.as_object_mut().expect("an object").remove("proof");
    let token = token(&header(key, &key.method()), &payload(&plain), key);
    let mut web = Web::read();
    web.serve(OWN, schema.to_string());
    let report = web.verify(token.as_bytes(), &Policy::default());
    assert_eq!(told(&report), "verified");
}

/// SCH-2, SCH-3, VER-4: the standard's own schemas are known in both forms and never asked for; a badge
/// that names the one of another class does not meet it.
#[test]
fn the_standards_own_schemas_are_known() {
    let ask = |badge: &Value| {
        let badge = badge.to_string();
        verify(
            badge.as_bytes(),
            &Documents::default(),
            &Policy::default(),
            now(),
        )
    };
    for form in ["json", "json-ld"] {
        for name in ["achievementcredential", "anyachievementcredential"] {
            let report = ask(&naming(&format!(
                "{STANDARD}/{form}/ob_v3p0_{name}_schema.json"
            )));
            assert_eq!(told(&report), "verified");
            assert_eq!(report.warnings(), &[]);
        }
        for name in [
            "endorsementcredential",
            "anyendorsementcredential",
            "profile",
        ] {
            let report = ask(&naming(&format!(
                "{STANDARD}/{form}/ob_v3p0_{name}_schema.json"
            )));
            assert_eq!(told(&report), "refused/schema.mismatch");
            assert!(report.missing().is_empty());
        }
    }
}

/// SCH-5, VER-16: a schema that cannot be had leaves the matter open; one that is none refuses.
#[test]
fn a_schema_that_cannot_be_had_or_read_never_passes() {
    let offline = Web::read().verify(naming(OWN).to_string().as_bytes(), &Policy::default());
    assert_eq!(told(&offline), "undetermined/schema.unreachable");
    for none in ["<!doctype html>", "", "{\"type\": 7}", "{\"a\":1,\"a\":2}"] {
        assert_eq!(
            told(&with_schema(none)),
            "refused/schema.malformed",
            "{none}"
        );
    }
    let large = format!("{{\"description\": \"{}\"}}", "x".repeat(300 * 1024));
    assert_eq!(told(&with_schema(large)), "refused/schema.malformed");
    let nowhere = Web::read().verify(
        naming("urn:example:schema").to_string().as_bytes(),
        &Policy::default(),
    );
    assert_eq!(told(&nowhere), "refused/schema.malformed");
}

/// SCH-6, VER-18: it is asked for after the proof and without credentials, and only if its type is known.
#[test]
fn a_schema_is_asked_for_only_after_the_proof() {
    let ask = |badge: &Value| {
        let badge = badge.to_string();
        verify(
            badge.as_bytes(),
            &Documents::default(),
            &Policy::default(),
            now(),
        )
    };
    let missing = ask(&naming(OWN)).missing();
    assert_eq!(missing.len(), 1);
    assert_eq!(
        (missing[0].url.as_str(), missing[0].kind),
        (OWN, DocumentKind::Schema)
    );
    let forged = with(&naming(OWN), "/name", json!("Forged"));
    assert!(ask(&forged).missing().is_empty());

    let json_schema = ask(&naming_as(OWN, "JsonSchema"));
    assert_eq!(json_schema.missing().len(), 1);
    let other = ask(&naming_as(OWN, "https://badges.example/types/Shape"));
    assert_eq!(told(&other), "verified");
    let codes: Vec<_> = other.warnings().iter().map(Reason::code).collect();
    assert_eq!(codes, ["schema.not_evaluated"]);
}

/// SCH-7: dates and times are checked where a schema says that they are some.
#[test]
fn formats_of_dates_are_checked() {
    let format = |name: &str, format: &str| json!({"properties": {name: {"format": format}}});
    assert_eq!(held(&format("validFrom", "date-time")), "verified");
    assert_eq!(
        held(&format("name", "date-time")),
        "refused/schema.mismatch"
    );
    assert_eq!(held(&format("name", "date")), "refused/schema.mismatch");
}

#[test]
fn a_schema_reaches_no_other_document() {
    for schema in [
        json!({"$ref": "https://elsewhere.example/schema.json"}),
        json!({"allOf": [{"$ref": "other.json#/a"}]}),
        json!({"$dynamicRef": "#node"}),
        json!({"properties": {"name": {"$id": "https://elsewhere.example/", "type": "string"}}}),
        json!({"$schema": "https://badges.example/drafts/own"}),
        json!({"properties": {"name": {"pattern": "(?=W)Wait"}}}),
    ] {
        assert_eq!(held(&schema), "undetermined/schema.unsupported", "{schema}");
    }
}

/// Forms: library.
#[test]
fn attack_r_06_a_schema_cannot_make_us_compute_for_ever() {
    let mut doubling = serde_json::Map::new();
    for level in 0..40 {
        let next = json!({"$ref": format!("#/$defs/l{}", level + 1)});
        doubling.insert(format!("l{level}"), json!({"allOf": [next, next]}));
    }
    doubling.insert("l40".to_owned(), json!(true));
    let mut nested = json!({"unevaluatedProperties": true});
    for _ in 0..25 {
        nested = json!({"allOf": [nested], "unevaluatedProperties": true});
    }
    let cases = [
        json!({"$ref": "#"}),
        json!({"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}}),
        json!({"$ref": "#/$defs/l0", "$defs": doubling}),
        nested,
        json!({"anyOf": [{"additionalProperties": {"$ref": "#"}}, {"additionalProperties": {"$ref": "#"}}, {"not": {"$ref": "#/anyOf/0"}}, {"not": {"$ref": "#"}}]}),
    ];
    for schema in cases {
        let began = Instant::now();
        assert_eq!(held(&schema), "undetermined/schema.unsupported");
        assert!(
            began.elapsed() < Duration::from_secs(1),
            "{:?}",
            began.elapsed()
        );
    }
    // A schema that calls itself only for what stands deeper comes to an end.
    let recursive = json!({"additionalProperties": {"$ref": "#"}, "items": {"$ref": "#"}});
    assert_eq!(held(&recursive), "verified");
}

#[test]
fn the_digest_that_was_signed_is_that_of_the_schema() {
    use base64::Engine as _;
    use sha2::Digest;
    let schema = b"{\"type\": \"object\"}";
    let digest = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(schema));
    let key = Key::School;
    let badge = |digest: String| {
        let entry = json!([{"id": OWN, "type": "JsonSchema", "digestSRI": digest}]);
        school_badge("/credentialSchema", entry)
    };
    let mut web = Web::read();
    web.serve(OWN, schema);
    let judged = |badge: Value| told(&web.verify(badge.to_string().as_bytes(), &Policy::default()));
    assert_eq!(judged(badge(format!("sha256-{digest}"))), "verified");
    assert_eq!(
        judged(badge(format!("sha256-{}", digest.to_lowercase()))),
        "refused/schema.malformed"
    );
    let endorsement = endorsement(&key.did());
    assert!(endorsement.get("credentialSchema").is_none());
}

/// SCH-2: the published schema of the standard, as one of an issuer's own, accepts what it should.
#[test]
fn the_published_schema_itself_can_be_evaluated() {
    let Some(spec) = spec("the_published_schema_itself_can_be_evaluated") else {
        return;
    };
    let path = spec.join("schemas/ob3/ob_v3p0_achievementcredential_schema.json");
    let schema = read_json(&path);
    assert_eq!(held(&schema), "verified");
    let asks_more = with(&schema, "/required", json!(["honours"]));
    assert_eq!(held(&asks_more), "refused/schema.mismatch");
    for extension in ["geoCoordinatesExtension", "accessibilityExtension"] {
        let name = "schema_achievement_credential_obv3p0.json";
        let schema = read_json(&spec.join("extensions").join(extension).join(name));
        let verdict = held(&schema);
        assert!(
            ["verified", "refused/schema.mismatch"].contains(&verdict.as_str()),
            "{verdict}"
        );
    }
}
