//! Group L: what a document states, through every form.

use std::fs;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use verifier::{Documents, Policy, verify};

use crate::forge::{
    Key, badge, endorsement, header, payload, school_badge, signed, token, with, without,
};
use crate::forms::{Case, hold};
use crate::rdf_oracle;
use crate::web::{self, files, fixtures, now, told};

pub(super) fn good() -> Value {
    school_badge("/name", json!("Wait Time"))
}

pub(super) fn code(bytes: &[u8]) -> String {
    told(&verify(
        bytes,
        &Documents::default(),
        &Policy::default(),
        now(),
    ))
}

/// The pointers of every object in a value, its own among them.
fn objects(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    collect(value, String::new(), &mut found);
    found
}

fn collect(value: &Value, pointer: String, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                collect(
                    value,
                    format!("{pointer}/{}", name.replace('/', "~1")),
                    found,
                );
            }
            found.push(pointer);
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                collect(item, format!("{pointer}/{index}"), found);
            }
        }
        _ => {}
    }
}

pub(super) fn put(document: &Value, pointer: &str, member: &str, value: Value) -> Value {
    let mut changed = document.clone();
    changed.pointer_mut(pointer).expect("an object")[member] = value;
    changed
}

/// A badge with every kind of object in it that has one place.
fn rich() -> Value {
    let key = Key::School;
    let mut rich = badge(&key.did());
    rich["evidence"] =
        json!([{"id": "https://school.example/e/1", "type": ["Evidence"], "name": "Lesson"}]);
    let achievement = &mut rich["credentialSubject"]["achievement"];
    achievement["image"] = json!({"id": "https://badges.example/i.png", "type": "Image"});
    achievement["alignment"] = json!([{
        "type": ["Alignment"], "targetName": "Skill", "targetUrl": "https://skills.example/1",
    }]);
    achievement["creator"] =
        json!({"id": "https://maker.example/", "type": ["Profile"], "name": "Maker"});
    signed(&rich, &key.method(), key)
}

/// A member more in every object of every good badge, although the signature of the rest is good.
/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_l_01_a_member_that_nobody_signed_is_refused_in_every_object() {
    let mut all = Case::fixtures(&["refused/ld.data_loss"]);
    let rich = rich();
    assert_eq!(code(rich.to_string().as_bytes()), "verified");
    for pointer in objects(&rich) {
        for value in [json!("x"), json!({"id": "urn:x:y"}), json!([]), json!(null)] {
            let name = format!("{pointer}/madeUp {value}");
            let changed = put(&rich, &pointer, "madeUp", value);
            // The standard closes pictures, and its schema is asked first.
            let told = match pointer.ends_with("/image") {
                true => "refused/schema.unknown_member",
                false => "refused/ld.data_loss",
            };
            all.push(Case::new(name, changed.to_string(), told));
        }
    }
    // Misspelt: the member that is meant is gone, and may be missed first.
    for (pointer, member) in [
        ("", "awardedDate"),
        ("/credentialSubject", "creditsEarned"),
        ("/credentialSubject/achievement", "tag"),
    ] {
        let mut changed = rich.clone();
        let object = changed
            .pointer_mut(pointer)
            .and_then(Value::as_object_mut)
            .expect("an object");
        let value = object.remove(member).expect("a member");
        object.insert(format!("{member}s"), value);
        all.push(Case::new(
            format!("{member} misspelt"),
            changed.to_string(),
            "refused/ld.data_loss",
        ));
    }
    // In a token every byte is signed, and yet what nobody defined means nothing.
    let key = Key::School;
    let body = payload(&badge(&key.did()));
    for pointer in objects(&body) {
        let changed = put(&body, &pointer, "madeUp", json!("x"));
        let token = token(&header(key, &key.method()), &changed, key);
        all.push(Case::new(
            format!("token {pointer}/madeUp"),
            token,
            "refused/ld.data_loss",
        ));
    }
    hold("L-01", &all).await;

    let mut added = 0;
    for path in files(&fixtures().join("presented/verified")) {
        let Ok(document) = serde_json::from_slice::<Value>(&fs::read(&path).expect("a fixture"))
        else {
            continue;
        };
        for pointer in objects(&document) {
            // A proof that is not evaluated is reported as that, whatever stands in it.
            if path.ends_with("a-good-proof-and-one-not-evaluated.json") && pointer == "/proof/0" {
                continue;
            }
            let changed = put(&document, &pointer, "madeUp", json!("x"));
            let code = web::Web::read().verify(changed.to_string().as_bytes(), &Policy::default());
            let code = told(&code);
            assert!(
                code.starts_with("refused/"),
                "{} {pointer}: {code}",
                web::name(&path)
            );
            added += 1;
        }
    }
    assert!(added > 400, "only {added} members were added");
}

/// A relative identifier and type in every object.
/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_l_06_every_identifier_is_whole() {
    let mut all = Case::fixtures(&["refused/ld.relative_iri"]);
    let rich = rich();
    for relative in [
        "x", "/x", "#x", "?x", "//host/x", "../x", ":x", "1a:b", "urn:x y",
    ] {
        for pointer in objects(&rich) {
            let told = match pointer.as_str() {
                "/issuer" => "refused/issuer.malformed",
                _ => "refused/ld.relative_iri",
            };
            let changed = put(&rich, &pointer, "id", json!(relative));
            all.push(Case::new(
                format!("{pointer}/id {relative}"),
                changed.to_string(),
                told,
            ));
        }
        for pointer in ["/credentialSubject/achievement", "/evidence/0", "/issuer"] {
            let own = rich.pointer(pointer).expect("an object")["type"][0].clone();
            let changed = put(&rich, pointer, "type", json!([own, relative]));
            all.push(Case::new(
                format!("{pointer}/type {relative}"),
                changed.to_string(),
                "refused/ld.relative_iri",
            ));
        }
    }
    hold("L-06", &all).await;
}

/// Every keyword in every object, and statements grafted on from elsewhere under a good signature.
/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_l_07_nothing_is_said_of_a_badge_but_in_its_place() {
    let mut all = Case::fixtures(&["refused/ld.keyword_not_allowed"]);
    let rich = rich();
    for keyword in [
        "@graph",
        "@reverse",
        "@included",
        "@nest",
        "@json",
        "@index",
        "@set",
        "@list",
        "@none",
        "@foo",
    ] {
        for pointer in objects(&rich) {
            // Pictures are closed, and the schema is asked first.
            if pointer.ends_with("/image") {
                continue;
            }
            let changed = put(
                &rich,
                &pointer,
                keyword,
                json!([{"id": "urn:x:y", "name": "grafted"}]),
            );
            let name = format!("{pointer}/{keyword}");
            all.push(Case::new(
                name,
                changed.to_string(),
                "refused/ld.keyword_not_allowed",
            ));
        }
    }
    // Lists and sets read as another shape, with the schema's word or that of the statements.
    for (pointer, value) in [
        ("/credentialSubject/achievement/tag", json!({"@set": ["a"]})),
        (
            "/credentialSubject/achievement/tag",
            json!({"@list": ["a"]}),
        ),
    ] {
        let changed = with(&rich, pointer, value.clone());
        all.push(Case::new(
            format!("{pointer} {value}"),
            changed.to_string(),
            "refused/schema.type",
        ));
    }
    all.push(grafted());
    hold("L-07", &all).await;
}

/// A good badge whose status was moved to an endorsement of it: the same statements, well signed.
fn grafted() -> Case {
    let key = Key::School;
    let mut whole = badge(&key.did());
    whole["credentialStatus"] = crate::forge::status("revocation", "revocation", json!("8"));
    let id = whole["id"].clone();
    let mut inner = endorsement(&key.did());
    inner["credentialSubject"]["id"] = id;
    inner["credentialSubject"]["type"] = json!(["EndorsementSubject", "VerifiableCredential"]);
    inner["credentialSubject"]["credentialStatus"] = whole["credentialStatus"].clone();
    let mut moved = without(&whole, "/credentialStatus");
    moved["endorsement"] = json!([signed(&inner, &key.method(), key)]);
    let moved = signed(&moved, &key.method(), key);
    Case::new(
        "a grafted status",
        moved.to_string(),
        "refused/ld.keyword_not_allowed",
    )
}

/// As many nodes without names as a badge may have, all alike, and more; names that would make them a knot.
/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_l_08_a_badge_is_put_into_canonical_form_within_a_budget() {
    let evidence = |count: usize| Value::from(vec![json!({"type": ["Evidence"]}); count]);
    let alike = |count: usize| with(&good(), "/evidence", evidence(count));
    let mut all = Vec::new();
    for (name, badge, told) in [
        (
            "a thousand alike",
            alike(1_000),
            "refused/signature.invalid",
        ),
        ("more than are read", alike(2_100), "refused/ld.complexity"),
    ] {
        let text = badge.to_string();
        // The best of three: the machine may be busy.
        let quickest = (0..3).map(|_| {
            let began = Instant::now();
            assert_eq!(code(text.as_bytes()), told, "{name}");
            began.elapsed()
        });
        assert!(quickest.min() < Some(Duration::from_secs(1)), "{name}");
        all.push(Case::new(name, text, told));
    }
    // A knot needs names for its nodes, and what has no name cannot be given one.
    let mut knot = good();
    knot["credentialSubject"]["achievement"]["related"] = (0..10)
        .map(|node| json!({"id": format!("_:n{node}"), "type": ["Related"]}))
        .collect();
    all.push(Case::new(
        "a knot",
        knot.to_string(),
        "refused/ld.data_loss",
    ));
    let few = school_badge("/evidence", evidence(20));
    all.push(Case::new(
        "twenty alike, signed",
        few.to_string(),
        "verified",
    ));
    hold("L-08", &all).await;
}

/// Keywords beside their aliases, whole addresses and prefixes in the place of names.
/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_l_10_a_badge_is_said_in_one_spelling() {
    let mut all = Case::fixtures(&["refused/ld.ambiguous_alias"]);
    let good = good();
    let alias = "refused/ld.ambiguous_alias";
    for pointer in [
        "",
        "/issuer",
        "/credentialSubject",
        "/credentialSubject/achievement",
    ] {
        for (keyword, value) in [
            ("@id", json!("urn:uuid:other")),
            ("@type", json!("Profile")),
        ] {
            let changed = put(&good, pointer, keyword, value);
            all.push(Case::new(
                format!("{pointer}/{keyword} beside"),
                changed.to_string(),
                alias,
            ));
        }
    }
    for (pointer, member) in [
        ("", "https://www.w3.org/2018/credentials#credentialStatus"),
        ("", "https://www.w3.org/2018/credentials#validUntil"),
        (
            "/credentialSubject",
            "https://purl.imsglobal.org/spec/vc/ob/vocab.html#achievement",
        ),
    ] {
        let changed = put(&good, pointer, member, json!({"id": "urn:x:y"}));
        all.push(Case::new(member, changed.to_string(), alias));
    }
    // The same statements under a good signature: only the spelling tells them apart.
    let key = Key::School;
    let mut spelled = badge(&key.did());
    let until = json!({"@type": "http://www.w3.org/2001/XMLSchema#dateTime", "@value": "2020-01-01T00:00:00Z"});
    spelled["https://www.w3.org/2018/credentials#validUntil"] = until;
    assert!(rdf_oracle::canonical(&spelled).is_ok());
    let spelled = signed(&spelled, &key.method(), key);
    all.push(Case::new(
        "an end that readers miss",
        spelled.to_string(),
        alias,
    ));
    hold("L-10", &all).await;
}
