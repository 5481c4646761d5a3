//! The JSON-LD 1.1 suites of expansion and of conversion to statements, run whole. What jsonld.js passes is passed here
//! or refused on purpose, and the statements are never others.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::PathBuf;

use keys::jsonld::{Contexts, LdLimits, to_rdf};
use keys::rdfc::{HashAlgorithm, canonicalize};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::chapters::jsonld_suite::pin_contexts;
use crate::chapters::rdfc::dataset;
use crate::peer::{Peer, peers_wanted};
use crate::support::{sha256_hex, vectors};

/// One test of the suite.
#[derive(Serialize)]
struct Test {
    name: String,
    group: &'static str,
    input: String,
    expect: Option<String>,
    /// The error that is expected of a document that must be refused.
    error: Option<String>,
    option: Value,
}

/// What jsonld.js 9 makes of a test.
#[derive(Deserialize, Serialize, PartialEq, Debug)]
struct Answer {
    passes: bool,
    /// The statements of the document that expansion has to give.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    statements: Option<String>,
}

#[derive(Deserialize)]
struct Exceptions {
    difference: Vec<Difference>,
}

/// How Assay differs in some tests: what it answers, and why that is right for signed documents.
#[derive(Deserialize)]
struct Difference {
    outcome: String,
    reason: String,
    tests: Vec<String>,
}

#[test]
fn the_files_are_those_of_the_published_package() {
    let sums = fs::read_to_string(folder().join("SHA256SUMS")).expect("the list of files");
    for line in sums.lines() {
        let (digest, name) = line.split_once("  ").expect("a digest and a name");
        let bytes = fs::read(folder().join("files").join(name)).expect("a listed file exists");
        assert_eq!(sha256_hex(&bytes), digest, "{name}");
    }
    assert_eq!(sums.lines().count(), 1477);
}

#[test]
fn what_another_implementation_passes_is_passed_or_refused_on_purpose() {
    let mut expected = exceptions();
    let theirs = answers();
    let mut wrong = Vec::new();
    let mut counts = BTreeMap::new();
    for test in tests() {
        let answer = &theirs[&test.name];
        let outcome = outcome(&test, answer);
        *counts
            .entry((test.group, kind(&outcome), answer.passes))
            .or_insert(0) += 1;
        match (outcome.as_str(), expected.remove(&test.name)) {
            ("as expected", None) => {}
            ("as expected", Some(_)) => wrong.push(format!("{} has come to pass", test.name)),
            // No reason makes these right.
            ("other statements" | "read", _) => wrong.push(format!("{} = {outcome}", test.name)),
            (outcome, Some(listed)) if listed == outcome => {}
            (outcome, _) => wrong.push(format!("{} = {outcome}", test.name)),
        }
    }
    println!("Group, what Assay answers, whether jsonld.js 9 passes the test: how many.");
    for ((group, outcome, passes), count) in &counts {
        let theirs = if *passes { "passes" } else { "fails" };
        println!("{group:<8} {outcome:<20} {theirs:<8} {count}");
    }
    assert!(expected.is_empty(), "no such test: {:?}", expected.keys());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(counts.values().sum::<i32>(), 805);
}

/// The stored answers are those that jsonld.js gives. To store them anew: `ASSAY_WRITE_VECTORS=1`.
#[test]
fn the_stored_answers_are_those_of_the_other_implementation() {
    if !peers_wanted("the_stored_answers_are_those_of_the_other_implementation") {
        return;
    }
    let mut peer = Peer::start("jsonld-suite");
    let files = folder().join("files");
    let answer = peer.ask(&json!({"do": "judge", "folder": files, "tests": tests()}));
    let path = folder().join("jsonld-js.json");
    if std::env::var_os("ASSAY_WRITE_VECTORS").is_some() {
        let text = serde_json::to_string_pretty(&answer["answers"]).expect("answers");
        fs::write(&path, text + "\n").expect("a file in the repository");
    }
    let live: BTreeMap<String, Answer> =
        serde_json::from_value(answer["answers"].clone()).expect("answers");
    assert_eq!(live, answers());
}

/// What Assay answers: the code of a refusal, or whether the statements are those that are expected.
fn outcome(test: &Test, theirs: &Answer) -> String {
    let ours = canonical(test);
    if test.error.is_some() {
        return match ours {
            Err(_) => "as expected".to_owned(),
            Ok(_) => "read".to_owned(),
        };
    }
    let ours = match ours {
        Err(code) => return code,
        Ok(ours) => ours,
    };
    let expected = match (&theirs.statements, &test.expect) {
        (Some(statements), _) => statements.clone(),
        (None, Some(file)) => read(file),
        // A test of syntax: it is enough to have read the document.
        (None, None) => return "as expected".to_owned(),
    };
    let limits = LdLimits::default();
    let expected = canonicalize(&dataset(&expected).0, HashAlgorithm::Sha256, &limits);
    match ours == expected.expect("within the limits") {
        true => "as expected".to_owned(),
        false => "other statements".to_owned(),
    }
}

/// The canonical statements of the input, or the code of the refusal.
fn canonical(test: &Test) -> Result<String, String> {
    let mut document: Value = serde_json::from_str(&read(&test.input)).expect("the input is JSON");
    if let Some(file) = test.option["expandContext"].as_str() {
        let context: Value = serde_json::from_str(&read(file)).expect("a context");
        let mut contexts = vec![context["@context"].clone()];
        match document["@context"].take() {
            Value::Null => {}
            Value::Array(more) => contexts.extend(more),
            one => contexts.push(one),
        }
        document["@context"] = contexts.into();
    }
    let folder = format!("{BASE}{}/", test.group);
    let mut documents = published_contexts(test.group);
    pin_contexts(&mut document, &mut documents, &folder);
    let limits = LdLimits::default();
    let contexts = Contexts::with_documents(documents);
    to_rdf(&document, &contexts, &limits)
        .and_then(|dataset| canonicalize(&dataset, HashAlgorithm::Sha256, &limits))
        .map_err(|error| error.code().to_owned())
}

/// The context documents of a group, by their addresses.
fn published_contexts(group: &str) -> HashMap<String, Value> {
    let sums = fs::read_to_string(folder().join("SHA256SUMS")).expect("the list of files");
    let names = sums.lines().filter_map(|line| line.split("  ").nth(1));
    let contexts = names.filter(|name| name.starts_with(group) && name.contains("context"));
    contexts
        .map(|name| {
            let document = serde_json::from_str(&read(name)).expect("a context is JSON");
            (format!("{BASE}{name}"), document)
        })
        .collect()
}

/// The tests of both groups, without those for the processing mode of JSON-LD 1.0, which is not spoken here.
fn tests() -> Vec<Test> {
    let mut all = Vec::new();
    for group in ["expand", "toRdf"] {
        let manifest: Value = serde_json::from_str(&read(&format!("{group}-manifest.jsonld")))
            .expect("the manifest is JSON");
        for test in manifest["sequence"].as_array().expect("a sequence") {
            let text = |member: &str| test[member].as_str().map(str::to_owned);
            let option = test.get("option").cloned().unwrap_or(json!({}));
            let is_of_1_0 = |member: &str| option[member] == "json-ld-1.0";
            if is_of_1_0("specVersion") || is_of_1_0("processingMode") {
                continue;
            }
            let id = text("@id").expect("an identifier");
            all.push(Test {
                name: format!("{group}-{}", id.trim_start_matches("#t")),
                group,
                input: text("input").expect("an input"),
                expect: text("expect"),
                error: text("expectErrorCode"),
                option,
            });
        }
    }
    all
}

/// The outcome of each test that differs.
fn exceptions() -> BTreeMap<String, String> {
    let text = fs::read_to_string(folder().join("exceptions.toml")).expect("exceptions");
    let exceptions: Exceptions = toml::from_str(&text).expect("well-formed exceptions");
    let mut all = BTreeMap::new();
    for Difference {
        outcome,
        reason,
        tests,
    } in exceptions.difference
    {
        assert!(reason.len() > 20, "{outcome}");
        for test in tests {
            let earlier = all.insert(test.clone(), outcome.clone());
            assert!(earlier.is_none(), "{test} is listed twice");
        }
    }
    all
}

fn answers() -> BTreeMap<String, Answer> {
    let text = fs::read_to_string(folder().join("jsonld-js.json")).expect("stored answers");
    serde_json::from_str(&text).expect("well-formed answers")
}

fn kind(outcome: &str) -> &'static str {
    match outcome {
        "as expected" => "as expected",
        "other statements" | "read" => "wrong",
        _ => "refused on purpose",
    }
}

fn read(name: &str) -> String {
    fs::read_to_string(folder().join("files").join(name)).expect("a file of the suite")
}

fn folder() -> PathBuf {
    vectors().join("json-ld-1.1")
}

const BASE: &str = "https://w3c.github.io/json-ld-api/tests/";
