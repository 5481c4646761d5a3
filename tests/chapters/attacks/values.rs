//! Group J, second half: what JSON says, through every form.

use std::fs;

use keys::jcs;
use schemas::json::{self, JsonLimits};
use serde_json::{Map, Value, json};
use verifier::{Documents, Policy, Reason, Verdict, verify};

use super::json::{good, parts_of_the_token};
use crate::chapters::odd_strings::list::BLNS;
use crate::forge::{
    self, Key, badge, header, payload, pretty, school_badge, school_token, signed, token, with,
};
use crate::forms::{Case, hold};
use crate::mutation::backwards;
use crate::support::repository;
use crate::web::{now, presented};

/// Names that differ from those of the standard by case, normalisation or a letter that folds, and values too.
/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_j_07_a_name_that_looks_alike_is_another_name() {
    let key = Key::School;
    let mut cases = Vec::new();
    for (pointer, twin) in [
        ("", "Issuer"),
        ("", "ISSUER"),
        ("", "i\u{17f}suer"),
        ("", "\u{131}ssuer"),
        ("", "name\u{301}"),
        ("", "nam\u{e9}"),
        ("", "\u{ff4e}ame"),
        ("", "validuntil"),
        ("", "credential\u{17f}tatus"),
        ("/issuer", "Name"),
        ("/credentialSubject", "achievemenT"),
        ("/credentialSubject/achievement", "Narrative"),
        ("/proof", "ProofValue"),
    ] {
        let changed = with(&good(), &format!("{pointer}/{twin}"), json!("x"));
        let name = format!("{pointer}/{twin}");
        cases.push(Case::new(
            &name,
            changed.to_string(),
            "refused/ld.data_loss",
        ));
        if pointer != "/proof" {
            let credential = with(&badge(&key.did()), &name, json!("x"));
            let token = token(&header(key, &key.method()), &payload(&credential), key);
            cases.push(Case::new(
                format!("token {name}"),
                token,
                "refused/ld.data_loss",
            ));
        }
    }
    // The name of a class is a word of the contexts too: a statement of its own, which the issuer signed or did not.
    let class = json!({"id": "https://badges.example/achievements/other"});
    let changed = with(&good(), "/credentialSubject/Achievement", class.clone());
    cases.push(Case::new(
        "a class",
        changed.to_string(),
        "refused/signature.invalid",
    ));
    // The letter K has a twin, the sign of the unit kelvin, that folds to it.
    for twin in ["\u{212a}id", "Kid", "KID"] {
        let (mut head, body) = parts_of_the_token();
        head[twin] = json!(key.method());
        let told = "refused/jwt.header_not_allowed";
        cases.push(Case::new(twin, token(&head, &body, key), told));
    }
    // Objects that the standard closes.
    let picture = json!({"id": "https://badges.example/p.png", "type": "Image", "Caption": "x"});
    let closed = with(&good(), "/credentialSubject/achievement/image", picture);
    cases.push(Case::new(
        "a closed object",
        closed.to_string(),
        "refused/schema.unknown_member",
    ));
    // What was signed was signed as it is written.
    let composed = school_badge("/name", json!("Zo\u{eb}"));
    cases.push(Case::new("composed", composed.to_string(), "verified"));
    for other in ["Zoe\u{308}", "zo\u{eb}", "Zo\u{cb}"] {
        let changed = with(&composed, "/name", json!(other));
        cases.push(Case::new(
            other,
            changed.to_string(),
            "refused/signature.invalid",
        ));
    }
    hold("J-07", &cases).await;
}

/// Written anew, a badge is the same; with another value, it is not.
/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_j_08_how_a_badge_is_written_does_not_matter_and_what_it_says_does() {
    let mut cases = Vec::new();
    for fixture in [
        "did-key.json",
        "eddsa-jcs-2022.json",
        "ecdsa-jcs-2019-p256.json",
        "evidence.json",
    ] {
        let good: Value =
            serde_json::from_slice(&presented(&format!("verified/{fixture}"))).expect("JSON");
        let compact = good.to_string();
        let escaped: String = pretty(&good)
            .chars()
            .flat_map(|c| {
                match c {
                    'a'..='f' => format!("\\u{:04x}", u32::from(c)),
                    c => c.to_string(),
                }
                .chars()
                .collect::<Vec<_>>()
            })
            .collect();
        let escaped = escaped
            .replace("tru\\u0065", "true")
            .replace("\\u0066\\u0061ls\\u0065", "false");
        for (name, text) in [
            ("compact", compact.clone()),
            ("in lines", pretty(&good)),
            ("blanks", pretty(&good).replace('\n', "\r\n \t\r")),
            ("backwards", backwards(&good).to_string()),
            ("escaped", escaped),
            ("slashes", compact.replace('/', "\\/")),
        ] {
            cases.push(Case::new(format!("{fixture} {name}"), text, "verified"));
        }
        let other = compact.replace("Wait Time", "Wait  Time");
        cases.push(Case::new(
            format!("{fixture} changed"),
            other,
            "refused/signature.invalid",
        ));
    }
    // A token is its bytes: the same payload in another spelling was not signed.
    let token = school_token();
    let parts: Vec<&str> = token.split('.').collect();
    let (_, body) = parts_of_the_token();
    let respelled = forge::raw_token(
        &header(Key::School, &Key::School.method()).to_string(),
        &format!(" {body}"),
        Key::School,
    );
    let middle = respelled.split('.').nth(1).expect("a payload");
    let told = "refused/signature.invalid";
    cases.push(Case::new(
        "token",
        format!("{}.{middle}.{}", parts[0], parts[2]),
        told,
    ));
    hold("J-08", &cases).await;
}

/// Canonical text is stable over a hundred thousand documents, whatever order and escapes they are read from.
/// Forms: library.
#[test]
fn attack_j_08_the_canonical_text_of_random_documents_is_one() {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = move |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    for _ in 0..100_000 {
        let document = random(&mut next, 3);
        let text = jcs::canonical_text(&document);
        for spelled in [
            document.to_string(),
            pretty(&document),
            backwards(&document).to_string(),
        ] {
            let read = json::read(spelled.as_bytes(), &JsonLimits::default());
            let read = read.unwrap_or_else(|error| panic!("{error}: {spelled}"));
            assert_eq!(jcs::canonical_text(&read), text, "{spelled}");
        }
        let again = json::read(text.as_bytes(), &JsonLimits::default()).expect("canonical JSON");
        assert_eq!(jcs::canonical_text(&again), text);
    }
}

fn random(next: &mut impl FnMut(u64) -> u64, depth: u64) -> Value {
    const TEXTS: [&str; 8] = [
        "",
        "a",
        "\u{e9}",
        "e\u{301}",
        "\u{1d11e}",
        "\"\\/\u{8}",
        "\u{fb33}",
        "\u{7f}\u{80}",
    ];
    match next(if depth == 0 { 5 } else { 7 }) {
        0 => json!(null),
        1 => json!(next(2) == 0),
        2 => json!(next(1 << 53)),
        3 => json!((next(1 << 53) as f64 + 0.5) / 1024.0),
        4 => json!(TEXTS[next(8) as usize]),
        5 => (0..next(4)).map(|_| random(next, depth - 1)).collect(),
        _ => {
            let mut members = Map::new();
            for _ in 0..next(4) {
                let name = format!("{}{}", TEXTS[next(8) as usize], next(3));
                members.insert(name, random(next, depth - 1));
            }
            members.into()
        }
    }
}

/// What every form shows of a badge is what was signed, member by member.
/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_j_09_what_is_shown_is_what_was_signed() {
    // The whole report is compared between the forms; here the library's with the document.
    let cases = Case::fixtures(&["verified"]);
    hold("J-09", &cases).await;
    let mut compared = 0;
    for case in &cases {
        let (report, _) = case
            .web
            .verify_at(&case.presented, &Policy::default(), case.now);
        let Ok(document) = serde_json::from_slice::<Value>(&case.presented) else {
            continue;
        };
        let shown = report.credential().expect("a proven credential");
        let written = json!(report);
        let names = [
            ("name", &document["name"]),
            (
                "achievementName",
                &document["credentialSubject"]["achievement"]["name"],
            ),
            ("issuerName", &document["issuer"]["name"]),
        ];
        if document.get("proof").is_some() && written["refresh"].is_null() && *shown == document {
            for (field, signed) in names {
                assert_eq!(written["badge"][field], *signed, "{} {field}", case.name);
            }
            compared += 1;
        }
    }
    assert!(compared > 20, "only {compared} were compared");
}

/// Reports are made by verifying alone: the examples in the crates that try otherwise do not compile.
/// Forms: type system.
#[test]
fn attack_j_09_nobody_else_makes_a_report() {
    for (file, example) in [
        ("verifier/src/report.rs", "compile_fail,E0451"),
        ("verifier/src/report.rs", "compile_fail,E0594"),
        ("issuer/src/wording.rs", "compile_fail,E0308"),
    ] {
        let text = fs::read_to_string(repository().join(file)).expect("a source file");
        assert!(text.contains(example), "{file} has no {example}");
    }
}

/// Every node of a badge replaced by each kind of value: refused, and a wrong type at its place.
/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_j_10_a_value_of_another_type_is_refused_at_its_place() {
    let mut cases = Vec::new();
    for (pointer, value, code) in [
        ("/name", json!(["Wait Time"]), "schema.type"),
        ("/name", json!(null), "schema.type"),
        ("/issuer/name", json!(7), "schema.type"),
        ("/issuer/type", json!({}), "schema.type"),
        ("/issuer/id", json!({"id": "x"}), "issuer.malformed"),
        ("/issuer", json!(true), "issuer.malformed"),
        ("/credentialSubject", json!("x"), "schema.type"),
        (
            "/credentialSubject/achievement/criteria",
            json!([]),
            "schema.type",
        ),
        (
            "/credentialSubject/achievement/tag",
            json!({"a": 1}),
            "schema.type",
        ),
        (
            "/credentialSubject/achievement/type/0",
            json!(7),
            "schema.contains",
        ),
        (
            "/credentialSubject/creditsEarned",
            json!("1.5"),
            "schema.type",
        ),
        ("/credentialSubject/type", json!([]), "schema.contains"),
        ("/awardedDate", json!("yesterday"), "schema.format"),
        ("/id", json!(7), "schema.type"),
        ("/proof", json!(7), "schema.type"),
        ("/proof/proofValue", json!(["z"]), "schema.type"),
        ("/proof/verificationMethod", json!({}), "schema.type"),
    ] {
        let changed = with(&good(), pointer, value.clone());
        let report = verify(
            changed.to_string().as_bytes(),
            &Documents::default(),
            &Policy::default(),
            now(),
        );
        let place = report
            .reason()
            .and_then(Reason::pointer)
            .unwrap_or_default()
            .to_owned();
        assert!(
            place.starts_with(pointer) || pointer.starts_with(&place),
            "{pointer}: {place}"
        );
        cases.push(Case::new(
            format!("{pointer} {value}"),
            changed.to_string(),
            format!("refused/{code}"),
        ));
    }
    hold("J-10", &cases).await;

    let mut replaced = 0;
    for fixture in [
        "did-key.json",
        "evidence.json",
        "endorsement.json",
        "status-clear.json",
    ] {
        let good: Value =
            serde_json::from_slice(&presented(&format!("verified/{fixture}"))).expect("JSON");
        for mutation in crate::mutation::mutations(&good) {
            let text = mutation.document.to_string();
            let report = verify(
                text.as_bytes(),
                &Documents::default(),
                &Policy::default(),
                now(),
            );
            let Some(reason) = report
                .reason()
                .filter(|reason| reason.code().starts_with("schema."))
            else {
                continue;
            };
            assert_eq!(report.verdict(), Verdict::Refused);
            let place = reason.pointer().expect("a place");
            let near = mutation.pointer.starts_with(place) || place.starts_with(&mutation.pointer);
            assert!(
                near,
                "{fixture} {} at {}: {place}",
                mutation.name, mutation.pointer
            );
            replaced += 1;
        }
    }
    assert!(replaced > 500, "only {replaced} were told by the schema");
}

/// Odd names of members and odd texts.
/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_j_11_odd_names_are_unsigned_members_and_odd_texts_are_texts() {
    let mut cases = Vec::new();
    for name in [
        "__proto__",
        "constructor",
        "toString",
        "hasOwnProperty",
        "",
        "a\u{0}b",
        "\u{202e}eman",
        "$where",
        "length",
    ] {
        for parent in ["", "/issuer", "/credentialSubject/achievement", "/proof"] {
            let mut changed = good();
            changed.pointer_mut(parent).expect("an object")[name] = json!({"name": "x"});
            let case = Case::new(
                format!("{parent}/{name:?}"),
                changed.to_string(),
                "refused/ld.data_loss",
            );
            cases.push(case);
        }
    }
    let key = Key::School;
    for text in BLNS.iter().step_by(11) {
        let mut badge = with(&badge(&key.did()), "/name", json!(text));
        badge["credentialSubject"]["achievement"]["tag"] = json!([text]);
        let badge = signed(&badge, &key.method(), key).to_string();
        cases.push(Case::new(format!("{text:?}"), badge, "verified"));
        let typed = with(&good(), "/credentialSubject/creditsEarned", json!(text));
        cases.push(Case::new(
            format!("number {text:?}"),
            typed.to_string(),
            "refused/schema.type",
        ));
    }
    assert!(cases.len() > 100);
    hold("J-11", &cases).await;
}
