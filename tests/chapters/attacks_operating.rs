//! How the program is kept: what it writes about itself, and what it is built of (group O).

use std::fs;
use std::io;
use std::process::Command;
use std::sync::{Arc, Mutex};

use issuer::config::LogFormat;
use issuer::log_line::LogLine;
use serde_json::{Value, json};
use tracing::{info, warn};

use super::attacks_interface_repeats::Sender;
use crate::shipped::{Shipped, told};
use crate::support::{repository, spec};

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("the lines").extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn written(format: LogFormat, text: &str) -> String {
    let lines = Lines::default();
    let (to, several) = (lines.clone(), text.to_owned());
    let subscriber = tracing_subscriber::fmt()
        .event_format(LogLine(format))
        .with_writer(move || to.clone())
        .finish();
    tracing::subscriber::with_default(subscriber, || {
        warn!(badge.id = %several, count = 3, kept = true, "It said: {several}");
        info!(said = several.as_str(), debug = ?several);
    });
    let bytes = lines.0.lock().expect("the lines").clone();
    String::from_utf8(bytes).expect("text")
}

/// Forms: library.
#[test]
fn attack_o_01_an_event_is_one_line_whatever_is_in_it() {
    let hostile = [
        "\n2026-11-23T00:00:00Z  INFO issuer: all is well",
        "\r\nx\u{1b}[2J\u{1b}[31mred\u{7}",
        "\u{202e}txt.exe\u{200b}\u{2028}\u{2029}",
        "\0\u{85}\u{9b}31m",
        "\"}\n{\"level\":\"INFO\"",
    ];
    let long = "å".repeat(1_000_000);
    for text in hostile.into_iter().chain([long.as_str()]) {
        for format in [LogFormat::Text, LogFormat::Json] {
            let written = written(format, text);
            assert_eq!(written.lines().count(), 2, "{written}");
            assert!(written.len() < 10_000, "{}", written.len());
            let unseen = |c: char| c != '\n' && (c.is_control() || "\u{202e}\u{2028}".contains(c));
            assert!(!written.contains(unseen), "{written:?}");
            if format == LogFormat::Json {
                for line in written.lines() {
                    let line: Value = serde_json::from_str(line).expect("JSON");
                    assert!(["WARN", "INFO"].map(Value::from).contains(&line["level"]));
                    assert_eq!(line["target"], "tests::chapters::attacks_operating");
                }
            }
        }
    }
}

#[test]
fn what_it_says_stays_readable() {
    let written = written(LogFormat::Text, "Größe 3 ✓");
    assert!(
        written.contains(" WARN tests::chapters::attacks_operating: It said: Größe 3 ✓ badge.id=\"Größe 3 ✓\" count=3 kept=true"),
        "{written}"
    );
}

/// Forms: operation.
#[tokio::test(flavor = "multi_thread")]
async fn attack_o_04_a_key_file_that_was_exchanged_for_another_good_one_is_refused() {
    let mut shipped = Shipped::new();
    let office = shipped.person("office", &["administrator"]);
    tokio::task::block_in_place(|| shipped.start());
    let office = Sender::new(&shipped, &office);
    for id in ["wayne", "essex"] {
        let founded = json!({ "id": id, "kind": "district", "profile": { "name": id } });
        office.made("/api/v1/organisations", founded).await;
    }
    shipped.kill();
    // Another service's keys are as good as these.
    let other = Shipped::new();
    let organisations = |id: &str| format!("data/keys/organisations/{id}/signing.pem");
    let exchanges = [
        (
            "keys/signing.pem".to_owned(),
            other.file("keys/signing.pem"),
        ),
        ("keys/log.pem".to_owned(), other.file("keys/log.pem")),
        (
            organisations("wayne"),
            shipped.file(&organisations("essex")),
        ),
    ];
    for (name, good) in exchanges {
        let (file, good) = (shipped.file(&name), fs::read(good).expect("a good key"));
        let right = fs::read(&file).expect("the right key");
        fs::write(&file, good).expect("a file");
        for command in [
            &["serve"][..],
            &["person", "token", "--email", "office@example.org"],
        ] {
            let refused = shipped.run(command);
            assert_eq!(refused.status.code(), Some(1), "{name}");
            assert!(
                told(&refused).contains("key.mismatch"),
                "{name}: {}",
                told(&refused)
            );
        }
        fs::write(&file, right).expect("a file");
    }
    tokio::task::block_in_place(|| shipped.start());
    assert_eq!(
        office.json("/api/v1/organisations/wayne").await["id"],
        "wayne"
    );
}

/// Forms: operation.
#[test]
fn attack_o_08_what_the_program_is_built_of_is_known_and_comes_from_one_place() {
    let read = |name: &str| fs::read_to_string(repository().join(name)).expect("a file");
    let policy: toml::Table = read("deny.toml").parse().expect("the policy");
    // Every advisory is an error unless it is excepted by its number and with a reason.
    assert_eq!(policy["advisories"]["yanked"].as_str(), Some("deny"));
    for excepted in policy["advisories"]["ignore"].as_array().expect("a list") {
        let reason = excepted["reason"].as_str().expect("a reason");
        assert!(reason.len() > 20, "{reason}");
    }
    assert_eq!(policy["sources"]["unknown-registry"].as_str(), Some("deny"));
    assert_eq!(policy["sources"]["unknown-git"].as_str(), Some("deny"));
    let lock: toml::Table = read("Cargo.lock").parse().expect("the lock file");
    let packages = lock["package"].as_array().expect("packages");
    for package in packages {
        let name = package["name"].as_str().expect("a name");
        let Some(source) = package.get("source") else {
            continue;
        };
        let registry = "registry+https://github.com/rust-lang/crates.io-index";
        assert_eq!(source.as_str(), Some(registry), "{name}");
        assert!(package.get("checksum").is_some(), "{name}");
        assert_ne!(name, "did-key", "it is an oracle for tests");
    }
    assert!(packages.len() > 100);
}

/// The advisories of RustSec are not part of the repository.
/// Forms: operation.
#[test]
fn attack_o_08_no_advisory_applies_to_what_the_program_is_built_of() {
    let name = "attack_o_08_no_advisory_applies_to_what_the_program_is_built_of";
    let Some(spec) = spec(name) else {
        return;
    };
    let audit = spec.with_file_name("audit");
    if !audit.exists() {
        println!("skipped: {name} (no advisories)");
        return;
    }
    let told = Command::new(audit)
        .arg("Cargo.lock")
        .current_dir(repository())
        .output();
    let told = told.expect("the advisories");
    let text = String::from_utf8_lossy(&told.stdout);
    assert!(told.status.success(), "{text}");
    assert!(text.contains("0 advisories apply"), "{text}");
}
