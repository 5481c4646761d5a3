//! The data model as types: what is read is what is written.

use schemas::model::{
    Achievement, AchievementCredential, AchievementSubject, CredentialStatus, Criteria,
    EndorsementCredential, IdentifierType, Jwks, Profile, ProfileRef, Proof, ResultStatusType,
    Text, Types,
};
use schemas::schema::{self, Class};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::mutation::mutations;
use crate::support;

#[test]
fn every_published_example_is_written_as_it_was_read() {
    let Some(spec) = support::spec("every_published_example_is_written_as_it_was_read") else {
        return;
    };
    let mut read = 0;
    for (name, document) in support::examples(&spec) {
        let written = match class_of(&document) {
            Some("AchievementCredential") => rewritten::<AchievementCredential>(&document),
            Some("EndorsementCredential") => rewritten::<EndorsementCredential>(&document),
            Some("Proof") => rewritten::<Proof>(&document),
            _ => continue,
        };
        if name == "impl-guide/migrating-05-upgraded-ob-2-0-assertion-included-within-clr-2-0.json"
        {
            assert!(
                written.is_err(),
                "an IdentifierEntry has one type, not a set (Open Badges 3.0, IdentifierEntry)"
            );
            continue;
        }
        let written = written.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(difference(&document, &written, ""), None, "{name}");
        read += 1;
    }
    assert_eq!(read, 18, "the published examples of the current form");
}

#[test]
fn what_our_schema_accepts_the_types_read_and_write_as_it_was() {
    let mut read = 0;
    let document =
        support::json(&support::repository().join("tests/fixtures/lint/clean/every-property.json"));
    for mutation in mutations(&document) {
        let place = format!("{} at {}", mutation.name, mutation.pointer);
        let document = mutation.document;
        let is_current = document["@context"][0] == "https://www.w3.org/ns/credentials/v2";
        if !is_current || !schema::validate(Class::AchievementCredential, &document).is_empty() {
            continue;
        }
        let written = rewritten::<AchievementCredential>(&document)
            .unwrap_or_else(|error| panic!("{place}: {error}"));
        assert_eq!(difference(&document, &written, ""), None, "{place}");
        let findings = schema::validate(Class::AchievementCredential, &written);
        // A single wrong type passes the schema, in an array it does not; lint refuses both.
        let strange = findings
            .iter()
            .find(|found| found.code != "schema.contains");
        assert_eq!(strange, None, "{place}");
        read += 1;
    }
    assert!(read > 1_000, "only {read} mutations were good documents");
}

#[test]
fn unknown_properties_are_kept_in_their_order_at_every_depth() {
    let document = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json", {"zeta": "urn:zeta"}],
        "id": "urn:uuid:0f0e7a3c-5b61-4a3e-9b5f-0a6f5a0c8d11",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": "https://school.example/", "type": ["Profile"], "zeta": [1, 2.50, null]},
        "validFrom": "2026-01-05T08:00:00+01:00",
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "achievement": {
                "id": "urn:uuid:0f0e7a3c-5b61-4a3e-9b5f-0a6f5a0c8d12",
                "type": ["Achievement", "ext:Course"],
                "name": {"en": "Wait Time", "fr": "Temps d'attente"},
                "description": "Waits after asking.",
                "criteria": {"narrative": "Three recordings.", "zeta": {}},
                "creditsAvailable": 3,
                "beta": "b", "alpha": "a"
            },
            "creditsEarned": 2.5
        },
        "zeta": {"deep": ["kept"]}, "alpha": true
    });

    let written = rewritten::<AchievementCredential>(&document).expect("a badge");

    assert_eq!(written, document);
    let achievement = &written["credentialSubject"]["achievement"];
    let members: Vec<_> = achievement.as_object().expect("an object").keys().collect();
    let (beta, alpha) = (position(&members, "beta"), position(&members, "alpha"));
    assert!(beta < alpha, "{members:?}");
    assert_eq!(achievement["creditsAvailable"].to_string(), "3");
}

#[test]
fn compacted_sets_are_read_and_written_as_arrays() {
    let profile: Profile = serde_json::from_value(json!({
        "id": "https://school.example/", "type": "Profile", "endorsementJwt": "a.b.c",
        "otherIdentifier": {"type": "IdentifierEntry", "identifier": "7", "identifierType": "ext:dfe"}
    }))
    .expect("a profile");

    assert!(profile.r#type.contains("Profile"));
    let extension = IdentifierType::Extension("ext:dfe".to_owned());
    assert_eq!(profile.other_identifier[0].identifier_type, extension);
    let written = serde_json::to_value(&profile).expect("JSON");
    assert_eq!(written["type"], json!(["Profile"]));
    assert_eq!(written["endorsementJwt"], json!(["a.b.c"]));
    assert!(written["otherIdentifier"].is_array());
}

#[test]
fn wrong_kinds_of_value_are_refused() {
    let good = json!({"id": "https://school.example/", "type": ["Profile"]});
    assert!(serde_json::from_value::<Profile>(good.clone()).is_ok());
    for (member, value) in [
        ("name", Value::Null),
        ("id", json!({"en": "https://school.example/"})),
        ("type", json!(3)),
        ("endorsement", json!([[]])),
        ("parentOrg", json!("https://district.example/")),
        ("address", json!([])),
        (
            "otherIdentifier",
            json!([{"type": "IdentifierEntry", "identifier": "7", "identifierType": "dfe"}]),
        ),
    ] {
        let mut wrong = good.clone();
        wrong[member] = value;
        assert!(
            serde_json::from_value::<Profile>(wrong).is_err(),
            "{member}"
        );
    }
    assert!("completed".parse::<ResultStatusType>().is_err());
    assert!("ext:Completed".parse::<ResultStatusType>().is_err());
}

#[test]
fn a_new_badge_needs_only_what_is_its_own() {
    let badge = AchievementCredential {
        id: "https://badges.example/badges/1".to_owned(),
        issuer: Profile {
            id: "did:web:badges.example".to_owned(),
            name: Some("Example District".into()),
            ..Profile::default()
        }
        .into(),
        valid_from: "2026-01-05T08:00:00Z".to_owned(),
        credential_subject: AchievementSubject {
            id: Some("urn:uuid:0f0e7a3c-5b61-4a3e-9b5f-0a6f5a0c8d13".to_owned()),
            achievement: Achievement {
                id: "https://badges.example/achievements/1".to_owned(),
                name: "Wait Time".into(),
                description: "Waits after asking.".into(),
                criteria: Criteria {
                    narrative: Some("Three recordings.".into()),
                    ..Criteria::default()
                },
                ..Achievement::default()
            },
            ..AchievementSubject::default()
        },
        credential_status: Some(CredentialStatus::bitstring(
            "https://badges.example/status/1",
            94_567,
            "revocation",
        )),
        ..AchievementCredential::default()
    };

    let written = serde_json::to_value(&badge).expect("JSON");

    assert_eq!(
        written,
        json!({
            "@context": [
                "https://www.w3.org/ns/credentials/v2",
                "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
            ],
            "id": "https://badges.example/badges/1",
            "type": ["VerifiableCredential", "OpenBadgeCredential"],
            "issuer": {
                "id": "did:web:badges.example", "type": ["Profile"], "name": "Example District"
            },
            "validFrom": "2026-01-05T08:00:00Z",
            "credentialSubject": {
                "id": "urn:uuid:0f0e7a3c-5b61-4a3e-9b5f-0a6f5a0c8d13",
                "type": ["AchievementSubject"],
                "achievement": {
                    "id": "https://badges.example/achievements/1",
                    "type": ["Achievement"],
                    "name": "Wait Time",
                    "description": "Waits after asking.",
                    "criteria": {"narrative": "Three recordings."}
                }
            },
            "credentialStatus": {
                "id": "https://badges.example/status/1#94567",
                "type": "BitstringStatusListEntry",
                "statusPurpose": "revocation",
                "statusListIndex": "94567",
                "statusListCredential": "https://badges.example/status/1"
            }
        })
    );
    assert_eq!(badge.issuer.id(), "did:web:badges.example");
}

#[test]
fn an_issuer_may_be_read_as_an_address() {
    let issuer: ProfileRef = serde_json::from_value(json!("did:web:a.example")).expect("an issuer");
    assert_eq!(issuer.id(), "did:web:a.example");
    let name: Text = serde_json::from_value(json!({"en": "A"})).expect("a text");
    assert_eq!(name.plain(), None);
    let types: Types = serde_json::from_value(json!("Profile")).expect("types");
    assert_eq!(types, Types::from(["Profile"]));
}

#[test]
fn a_key_set_keeps_the_members_of_every_key_type() {
    let document = json!({"keys": [
        {"kty": "RSA", "use": "sig", "key_ops": ["verify"], "kid": "1", "x5t#S256": "q", "n": "AQ", "e": "AQAB"},
        {"kty": "OKP", "crv": "Ed25519", "x": "AA", "iss": "did:web:a.example"}
    ]});
    assert_eq!(rewritten::<Jwks>(&document).expect("a key set"), document);
}

fn rewritten<T: DeserializeOwned + Serialize>(document: &Value) -> serde_json::Result<Value> {
    serde_json::to_value(serde_json::from_value::<T>(document.clone())?)
}

fn position(members: &[&String], name: &str) -> usize {
    let place = members.iter().position(|member| *member == name);
    place.expect("the member was kept")
}

/// The class an example belongs to; none for other standards and for the VC 1.1 form, which has
/// no types because it is never issued.
fn class_of(document: &Value) -> Option<&'static str> {
    let context = &document["@context"][0];
    let has = |class: &str| match &document["type"] {
        Value::Array(types) => types.iter().any(|own| own == class),
        own => own == class,
    };
    if has("DataIntegrityProof") {
        return Some("Proof");
    }
    if context != "https://www.w3.org/ns/credentials/v2" {
        return None;
    }
    if has("OpenBadgeCredential") || has("AchievementCredential") {
        return Some("AchievementCredential");
    }
    has("EndorsementCredential").then_some("EndorsementCredential")
}

/// The first place where what was written is not what was read, if any. A single value may have
/// become an array and an empty array been left out (Open Badges 3.0, Serialization).
fn difference(read: &Value, written: &Value, place: &str) -> Option<String> {
    match (read, written) {
        (Value::Array(read), Value::Array(written)) if read.len() == written.len() => {
            let mut items = read.iter().zip(written).enumerate();
            items.find_map(|(at, (read, written))| {
                difference(read, written, &format!("{place}/{at}"))
            })
        }
        (Value::Object(read), Value::Object(written)) => {
            let added = written.keys().find(|name| !read.contains_key(*name));
            let changed = || {
                read.iter().find_map(|(name, read)| {
                    let place = format!("{place}/{name}");
                    match written.get(name) {
                        Some(written) => difference(read, written, &place),
                        None => (*read != json!([])).then_some(place),
                    }
                })
            };
            added.map(|name| format!("{place}/{name}")).or_else(changed)
        }
        (single, Value::Array(written)) if !single.is_array() && written.len() == 1 => {
            difference(single, &written[0], place)
        }
        _ => (read != written).then(|| place.to_owned()),
    }
}
