//! Others read the document of the interface: one says whether it is one, one makes requests up from it.

use std::path::PathBuf;
use std::process::{Command, Output};

use issuer::http::openapi::DOCUMENT;
use issuer::organisation::Role;
use issuer::person;
use issuer::rights::Scope;
use tempfile::TempDir;

use crate::counting_line::CountingLine;
use crate::peer::peers_wanted;
use crate::served::Served;
use crate::support::repository;

#[test]
fn the_document_is_one_by_the_judgement_of_another() {
    if !peers_wanted("the_document_is_one_by_the_judgement_of_another") {
        return;
    }
    let folder = TempDir::new().expect("a folder");
    let file = write(&folder);
    let mut judge = installed("openapi-spec-validator");
    let judged = judge.arg("--schema").arg("3.1").arg(&file).output();
    accepted(&judged.expect("it runs"));
    // And it would say so if it were none.
    let broken = folder.path().join("broken.json");
    let text = DOCUMENT
        .to_string()
        .replace("\"responses\":", "\"answers\":");
    std::fs::write(&broken, text).expect("a file");
    let judged = installed("openapi-spec-validator")
        .args(["--schema", "3.1"])
        .arg(&broken)
        .output();
    assert!(!judged.expect("it runs").status.success());
}

/// Requests made up from the document: every answer is one that it names, and none is a fault of ours.
/// `ASSAY_EXAMPLES` says how many there are for each operation; from 60 on they are more than 20,000 in all.
///
/// Forms: HTTP.
#[tokio::test(flavor = "multi_thread")]
async fn attack_a_12_requests_made_up_from_the_document_are_answered_as_it_says() {
    if !peers_wanted("attack_a_12_requests_made_up_from_the_document_are_answered_as_it_says") {
        return;
    }
    let served = Served::new().await;
    served.badge();
    let roles = [
        Role::Author,
        Role::Reviewer,
        Role::IssuingOfficer,
        Role::Coordinator,
        Role::Administrator,
    ];
    let root = served.test.person("root", &roles);
    let token = person::make_token(&served.test.app, root.id, Scope::all(), served.test.now);
    let token = token.expect("a token").expose().to_owned();
    let folder = TempDir::new().expect("a folder");
    let file = write(&folder);
    let examples = std::env::var("ASSAY_EXAMPLES").unwrap_or_else(|_| "5".to_owned());
    let line = CountingLine::to(served.address);
    let mut made_up = installed("st");
    made_up
        .arg("run")
        .arg(&file)
        .args(["--url", &format!("http://{}/api/v1", line.address)])
        .args(["--header", &format!("Authorization: Bearer {token}")])
        .args(["--checks", CHECKS])
        // It cannot write bodies of tus, and takes that for an error; the chapters on uploads do.
        .args(["--exclude-path-regex", "^/uploads"])
        .args(["--phases", "examples,coverage,fuzzing"])
        .args(["--max-examples", &examples])
        .arg("--generation-deterministic")
        .args([
            "--suppress-health-check",
            "all",
            "--no-color",
            "--continue-on-failure",
        ])
        .current_dir(folder.path());
    let run = tokio::task::spawn_blocking(move || made_up.output());
    accepted(&run.await.expect("it ends").expect("it runs"));
    let examples: usize = examples.parse().expect("a number");
    println!(
        "{} requests, {examples} examples for each operation",
        line.requests()
    );
    // Besides the examples it tries what lies at the borders of every value.
    let operations = DOCUMENT["paths"].as_object().expect("paths").len();
    assert!(line.requests() >= operations, "{}", line.requests());
    assert!(
        examples < 60 || line.requests() >= 20_000,
        "{}",
        line.requests()
    );
}

const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_schema_conformance";

fn write(folder: &TempDir) -> PathBuf {
    let file = folder.path().join("openapi.json");
    std::fs::write(&file, DOCUMENT.to_string()).expect("a file");
    file
}

fn installed(program: &str) -> Command {
    let program = repository().join(".cache/peers/venv/bin").join(program);
    assert!(
        program.exists(),
        "{} is missing: run tests/peers/install",
        program.display()
    );
    Command::new(program)
}

fn accepted(output: &Output) {
    assert!(
        output.status.success(),
        "{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
