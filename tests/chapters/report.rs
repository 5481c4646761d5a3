//! The report as a product: its published schema, what was looked at, and what would change it.

use std::fs;

use serde_json::{Value, json};
use verifier::{Documents, Policy, Reason, Report, TrustList, codes, remedy, verify};

use crate::forge::{Key, endorsement, school_badge, signed};
use crate::support::sha256_hex;
use crate::web::{Web, files, fixtures, name, now, presented, told};

fn schema() -> jsonschema::Validator {
    let schema = serde_json::from_str(verifier::REPORT_SCHEMA).expect("the schema is JSON");
    jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .expect("the schema is one")
}

fn faults(schema: &jsonschema::Validator, report: &Report) -> Vec<String> {
    let value = serde_json::to_value(report).expect("a report can be written");
    let told = |error: jsonschema::ValidationError| format!("{}: {error}", error.instance_path());
    schema.iter_errors(&value).map(told).collect()
}

/// VER-15, VER-16, VER-24: every report over every fixture, at every stage, has the published form; only
/// where all steps that decide passed is a badge called verified.
#[test]
fn every_report_has_the_published_form() {
    let schema = schema();
    let web = Web::read();
    let mut curious = Policy::default();
    curious.recipient = Some("ada@example.org".to_owned());
    curious.trust = Some(TrustList::read(b"{\"issuers\": []}").expect("a good list"));
    let policies = [Policy::default(), Policy::lenient(), curious];
    for path in files(&fixtures().join("presented")) {
        let (name, bytes) = (name(&path), fs::read(&path).expect("readable"));
        let unfetched = verify(&bytes, &Documents::default(), &policies[0], now());
        let fetched = policies.iter().map(|policy| web.verify(&bytes, policy));
        for report in fetched.chain([unfetched]) {
            let found = faults(&schema, &report);
            assert!(found.is_empty(), "{name}: {found:?}");
        }
    }
}

#[test]
fn the_published_form_refuses_what_is_none() {
    let schema = schema();
    let report = Web::read().verify(&presented("verified/did-key.json"), &Policy::default());
    let good = serde_json::to_value(&report).expect("a report can be written");
    assert!(schema.is_valid(&good));
    for (pointer, value) in [
        ("/verdict", json!("valid")),
        ("/steps/0/outcome", json!("fail")),
        ("/input/sha256", json!("00")),
        ("/honours", json!(true)),
    ] {
        let changed = crate::forge::with(&good, pointer, value);
        assert!(!schema.is_valid(&changed), "{pointer}");
    }
}

/// VER-23: the report states its one clock and how far it tolerates another.
#[test]
fn the_report_tells_what_it_looked_at() {
    let web = Web::read();
    let bytes = presented("verified/did-web.json");
    let report = web.verify(&bytes, &Policy::default());
    let value = serde_json::to_value(&report).expect("a report can be written");
    let url = "https://badges.example/.well-known/did.json";
    let document = web
        .answer(&url.parse().expect("an address"))
        .expect("a served document");
    assert_eq!(
        value["documents"],
        json!([{
            "url": url,
            "kind": "didDocument",
            "sha256": sha256_hex(&document.bytes),
            "bytes": document.bytes.len(),
        }])
    );
    assert_eq!(
        (&value["now"], &value["clockToleranceSeconds"]),
        (&json!(crate::forge::NOW), &json!(60))
    );

    let mut documents = Documents::default();
    let answer = document
        .with_content_type(Some("application/did+json".to_owned()))
        .with_fetched_at(now());
    documents.insert(url.parse().expect("an address"), Ok(answer));
    let report = verify(&bytes, &documents, &Policy::default(), now());
    let value = serde_json::to_value(&report).expect("a report can be written");
    assert_eq!(value["documents"][0]["contentType"], "application/did+json");
    assert_eq!(value["documents"][0]["fetchedAt"], crate::forge::NOW);

    let offline = presented("undetermined/fetch.timeout/did-web.json");
    let value = serde_json::to_value(web.verify(&offline, &Policy::default()))
        .expect("a report can be written");
    assert_eq!(value["documents"][0]["failure"], "fetch.timeout");
}

#[test]
fn a_nested_report_tells_its_own_documents() {
    let by_district = endorsement(crate::forge::DISTRICT);
    let method = format!("{}#key-1", crate::forge::DISTRICT);
    let endorsed = signed(&by_district, &method, Key::District);
    let place = "/credentialSubject/achievement/endorsement";
    let badge: Value = school_badge(place, json!([endorsed]));
    let report = Web::read().verify(badge.to_string().as_bytes(), &Policy::default());
    assert_eq!(told(&report), "verified");
    assert!(report.documents().is_empty());
    assert_eq!(report.nested()[0].report.documents().len(), 1);
}

#[test]
fn a_sentence_tells_what_is_and_the_remedy_what_would_change_it() {
    const ORDERS: [&str; 7] = [
        ". Present ",
        ". Verify ",
        ". Ask ",
        ". Download ",
        ". Only the issuer can ",
        ". The issuer has to ",
        ". The issuer can ",
    ];
    let (web, mut read) = (Web::read(), 0);
    for file in files(&fixtures().join("presented")) {
        let presented = std::fs::read(&file).expect("a fixture");
        let report = web.verify(&presented, &Policy::default());
        for reason in report.reason().into_iter().chain(report.warnings()) {
            let sentence = reason.to_string();
            let order = ORDERS.iter().find(|order| sentence.contains(**order));
            assert_eq!(order, None, "{}: {sentence}", name(&file));
            read += 1;
        }
    }
    assert!(read > 200, "only {read} sentences were read");
}

#[test]
fn every_code_that_is_no_mere_notice_has_a_remedy() {
    for (code, meaning) in codes() {
        let has_one = remedy(code).is_some_and(|words| words.ends_with('.'));
        assert!(has_one || meaning.starts_with("Warning: "), "{code}");
    }
    assert_eq!(remedy("status.informs"), None);
    let report = Web::read().verify(
        &presented("refused/time.expired/last-year.json"),
        &Policy::default(),
    );
    let remedy = report.reason().and_then(Reason::remedy);
    assert_eq!(remedy, Some("Ask the issuer to renew the badge."));
}
