//! What the documents say: every command in them runs, and every code stands in the README.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::program::assay;
use crate::support::{entries, repository};

#[test]
fn the_readme_lists_every_code_a_report_can_carry() {
    let readme = fs::read_to_string(repository().join("README.md")).expect("the README");
    let listed: Vec<&str> = readme
        .lines()
        .filter(|line| line.starts_with("| `"))
        .collect();
    let expected: Vec<String> = verifier::codes()
        .iter()
        .map(|(code, meaning)| format!("| `{code}` | {meaning} |"))
        .collect();

    assert_eq!(listed, expected);
}

#[test]
fn every_command_in_the_documents_runs() {
    let mut run = 0;
    for document in documents() {
        let text = fs::read_to_string(&document).expect("a readable document");
        let folder = tempfile::tempdir().expect("a temporary folder");
        let example = repository().join("assay.example.toml");
        fs::copy(example, folder.path().join("assay.example.toml")).expect("the example is copied");
        for command in commands(&text) {
            println!("{}: {command}", document.display());
            run_command(&command, folder.path());
            run += 1;
        }
    }
    assert!(run >= 6, "only {run} commands were found");
}

/// The README and everything under `docs/`.
fn documents() -> Vec<PathBuf> {
    let mut documents = entries(&repository().join("docs"));
    documents.push(repository().join("README.md"));
    documents
}

/// The lines of all blocks marked `sh`, with continued lines joined.
fn commands(text: &str) -> Vec<String> {
    let mut commands = Vec::new();
    for block in text.split("```sh\n").skip(1) {
        let (block, _) = block.split_once("```").expect("a block ends");
        let joined = block.replace("\\\n", " ");
        commands.extend(
            joined
                .lines()
                .map(str::to_owned)
                .filter(|line| !line.is_empty()),
        );
    }
    commands
}

fn run_command(command: &str, folder: &Path) {
    match command {
        // It runs these tests, or they are run on their own.
        "tests/run" => assert!(repository().join(command).is_file()),
        "cargo build --release" => assert!(assay().is_file()),
        // It runs one of these tests, which is run on its own as well.
        film if film.starts_with("ASSAY_FILM=") => {
            let (_, test) = film.rsplit_once(' ').expect("the name of a test");
            let chapter = repository().join("tests/chapters/certification/film.rs");
            let chapter = fs::read_to_string(chapter).expect("the chapter");
            assert!(chapter.contains(&format!("async fn {test}")), "{test}");
        }
        // The story alone: a test does not serve on until somebody stops it.
        "cargo run --release -- demo" => shell("assay demo --once", repository()),
        served if served.starts_with("assay serve") => serves(served, folder),
        // As the README's reader: in the repository, with the program built.
        built if built.starts_with("cargo run --release -- ") => {
            shell(
                &built.replace("cargo run --release --", "assay"),
                repository(),
            );
        }
        other => shell(other, folder),
    }
}

/// Runs one line as a shell does, with `assay` on the path.
fn shell(line: &str, folder: &Path) {
    let output = bash(line, folder).output().expect("bash starts");
    assert!(
        output.status.success(),
        "{line}\n{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
}

/// Starts a service on a free port, waits until it says that it serves, and ends it as an operator does.
fn serves(line: &str, folder: &Path) {
    let mut service = bash(&format!("exec {line}"), folder)
        .env("ASSAY_LISTEN", "127.0.0.1:0")
        .stderr(Stdio::piped())
        .spawn()
        .expect("bash starts");
    let lines = BufReader::new(service.stderr.take().expect("standard error"));
    let mut seen = Vec::new();
    for line in lines.lines() {
        seen.push(line.expect("a line of text"));
        if seen.last().is_some_and(|line| line.contains("Serving")) {
            let ended = Command::new("kill").arg(service.id().to_string()).status();
            assert!(ended.expect("kill starts").success());
        }
    }
    let ended = service.wait().expect("the service ends");
    assert!(ended.success(), "{line}\n{}", seen.join("\n"));
}

fn bash(line: &str, folder: &Path) -> Command {
    let program = assay().parent().expect("the folder of the program");
    let path = std::env::var("PATH").unwrap_or_default();
    let mut bash = Command::new("bash");
    bash.args(["-c", line])
        .current_dir(folder)
        .env("PATH", format!("{}:{path}", program.display()));
    // What stands in the environment of the tests is no setting of the service.
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("ASSAY_")) {
        bash.env_remove(name);
    }
    bash
}
