//! The JSON-LD test suite, run whole: every difference is listed with its reason.

use std::collections::{BTreeMap, HashMap};
use std::fs;

use keys::jsonld::{Contexts, LdError, LdLimits, to_rdf};
use keys::rdfc::{HashAlgorithm, canonicalize};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::chapters::rdfc::dataset;
use crate::support::{sha256_hex, vectors};

/// How Assay differs in one test: what it says, and why that is right for signed documents.
#[derive(Deserialize)]
struct Exception {
    outcome: String,
    reason: String,
}

#[test]
fn the_suite_gives_its_statements_save_for_the_listed_differences() {
    let folder = vectors().join("json-ld");
    let sums = fs::read_to_string(folder.join("SHA256SUMS")).expect("the list of files");
    for line in sums.lines() {
        let (digest, name) = line.split_once("  ").expect("a digest and a name");
        let bytes = fs::read(folder.join("files").join(name)).expect("a listed file exists");
        assert_eq!(sha256_hex(&bytes), digest, "{name}");
    }
    let exceptions = fs::read_to_string(folder.join("exceptions.toml")).expect("exceptions");
    let mut exceptions: BTreeMap<String, Exception> =
        toml::from_str(&exceptions).expect("well-formed exceptions");
    assert!(
        exceptions
            .values()
            .all(|exception| !exception.reason.is_empty())
    );
    let mut wrong = Vec::new();
    let mut count = 0;
    for group in ["toRdf", "error"] {
        for test in tests(group) {
            let name = format!(
                "{group}-{}",
                test["@id"]
                    .as_str()
                    .expect("an id")
                    .trim_start_matches("#t")
            );
            let outcome = outcome(group, &test);
            count += 1;
            match (outcome.as_str(), exceptions.remove(&name)) {
                ("as expected", None) => {}
                ("as expected", Some(_)) => wrong.push(format!("{name} has come to pass")),
                (outcome, Some(exception)) if exception.outcome == outcome => {}
                (outcome, _) => wrong.push(format!("{name} = {outcome}: {}", test["name"])),
            }
        }
    }
    assert!(exceptions.is_empty(), "{:?}", exceptions.keys());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(count, 178);
}

/// The tests of a group that a processor without compaction can run.
fn tests(group: &str) -> Vec<Value> {
    let manifest: Value = serde_json::from_str(&read(&format!("{group}-manifest.jsonld")))
        .expect("the manifest is JSON");
    let tests = manifest["sequence"].as_array().expect("a sequence");
    tests
        .iter()
        .filter(|test| !test["@type"].to_string().contains("CompactTest"))
        .cloned()
        .collect()
}

fn outcome(group: &str, test: &Value) -> String {
    let input = test["input"].as_str().expect("an input");
    let mut document: Value = serde_json::from_str(&read(input)).expect("the input is JSON");
    let ours = canonical(&mut document);
    match (group, ours) {
        ("error", Err(_)) => "as expected".to_owned(),
        ("error", Ok(_)) => "read".to_owned(),
        (_, Err(error)) => error.code().to_owned(),
        (_, Ok(text)) => {
            let expected = read(test["expect"].as_str().expect("an expectation"));
            let expected = dataset(&expected).0;
            let limits = LdLimits::default();
            let expected = canonicalize(&expected, HashAlgorithm::Sha256, &limits);
            match text == expected.expect("within the limits") {
                true => "as expected".to_owned(),
                false => "other statements".to_owned(),
            }
        }
    }
}

fn canonical(document: &mut Value) -> Result<String, LdError> {
    let mut documents = HashMap::new();
    pin_contexts(document, &mut documents, BASE);
    // A context that another one names by its place in the suite.
    for name in ["error-0002-in.jsonld", "error-0003-ctx.jsonld"] {
        let value = serde_json::from_str(&read(name)).expect("JSON");
        documents.insert(format!("{BASE}{name}"), value);
    }
    let contexts = Contexts::with_documents(documents);
    let limits = LdLimits::default();
    let dataset = to_rdf(document, &contexts, &limits)?;
    canonicalize(&dataset, HashAlgorithm::Sha256, &limits)
}

/// The suite writes contexts into its documents, which Assay refuses: each becomes a pinned
/// document with an address of its own.
pub fn pin_contexts(value: &mut Value, documents: &mut HashMap<String, Value>, base: &str) {
    match value {
        Value::Array(items) => {
            for item in items {
                pin_contexts(item, documents, base);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                match (name.as_str(), member) {
                    ("@context", Value::Array(entries)) => {
                        for entry in entries {
                            pin(entry, documents, base);
                        }
                    }
                    ("@context", entry) => pin(entry, documents, base),
                    (_, member) => pin_contexts(member, documents, base),
                }
            }
        }
        _ => {}
    }
}

fn pin(entry: &mut Value, documents: &mut HashMap<String, Value>, base: &str) {
    match entry {
        Value::Object(_) => {
            let url = format!("urn:context:{}", documents.len());
            documents.insert(url.clone(), json!({"@context": entry.take()}));
            *entry = url.into();
        }
        Value::String(relative) if !relative.contains(':') => {
            *entry = format!("{base}{relative}").into();
        }
        _ => {}
    }
}

fn read(name: &str) -> String {
    fs::read_to_string(vectors().join("json-ld/files").join(name)).expect("a file of the suite")
}

const BASE: &str = "http://json-ld.org/test-suite/tests/";
