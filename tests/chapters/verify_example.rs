//! The example of the verifier's crate: a whole program with the fetch loop.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::program::assay;
use crate::web::fixtures;

const DID: &str = "https://badges.example/.well-known/did.json";

/// Runs the example with a badge and a map of documents; nothing is fetched from anywhere.
fn run(badge: &str, documents: &Value) -> (Option<i32>, Value) {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("documents.json");
    fs::write(&file, documents.to_string()).expect("a file");
    let example = assay().with_file_name("examples").join("verify_file");
    let output = Command::new(example)
        .arg(fixtures().join("presented").join(badge))
        .arg(&file)
        .output()
        .expect("the example is built with everything else");
    let report = serde_json::from_slice(&output.stdout);
    (output.status.code(), report.expect("a report"))
}

#[test]
fn the_example_fetches_what_is_missing_and_says_what_it_found() {
    let served = fixtures().join("web/badges.example/.well-known/did.json");
    let served = fs::read_to_string(served).expect("a DID document");

    let (code, report) = run("verified/did-web.json", &json!({ DID: served }));
    assert_eq!(
        (code, &report["verdict"]),
        (Some(0), &json!("verified")),
        "{report}"
    );
    assert_eq!(report["documents"][0]["url"], DID);

    let (code, report) = run("verified/did-web.json", &json!({}));
    assert_eq!(
        (code, &report["verdict"]),
        (Some(2), &json!("undetermined"))
    );

    let changed = "refused/signature.invalid/edited-name.json";
    let (code, report) = run(changed, &json!({ DID: served }));
    assert_eq!((code, &report["verdict"]), (Some(1), &json!("refused")));
}
