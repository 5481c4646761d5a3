//! `assay verify --evidence`: a holder proves that this file is what was assessed, offline, and reveals no other.

use std::fs;
use std::path::{Path, PathBuf};

use issuer::issuance;
use issuer::organisation::Role;
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::app::PUBLIC_URL;
use crate::program::command;
use crate::served::{Caller, Served};
use crate::uploading::video;

/// A badge, a piece of what was assessed for it, and the proof of that piece, as files.
struct Held {
    folder: TempDir,
    badge: PathBuf,
    file: PathBuf,
    proof: PathBuf,
    documents: PathBuf,
}

/// Ada earns with a video and a reflection, and saves what she needs to prove the video.
async fn earn(served: &Served, name: &str) -> Held {
    let ada = served.caller(name, &[]);
    let submission = ada.begins().await;
    let upload = format!("{submission}/files?requirement=lesson&name=lesson.mp4");
    let sent = ada.request(Method::POST, &upload).body(video(VIDEO_BYTES));
    let sent = sent.send().await.expect("an answer");
    assert_eq!(sent.status(), 201);
    let piece: Value = sent.json().await.expect("a piece");
    let text = json!({ "text": "I counted to five before I took an answer." });
    ada.put(&format!("{submission}/writings/reflection"), text)
        .await;
    let confirmed = json!({ "privacy_statement": 1 });
    let handed_in = ada.post(&format!("{submission}/submit"), confirmed).await;
    assert_eq!(handed_in.status(), 201);
    let id = submission
        .rsplit('/')
        .next()
        .expect("an id")
        .parse()
        .expect("an id");
    let test = &served.test;
    let award = test.reviewer("grace").accepts(id);
    let issued = issuance::issue(&test.app, award, test.now).expect("a badge");

    let folder = TempDir::new().expect("a folder");
    let held = Held {
        badge: folder.path().join("badge.json"),
        file: folder.path().join("lesson.mp4"),
        proof: folder.path().join("proof.json"),
        documents: folder.path().join("documents.json"),
        folder,
    };
    fs::write(&held.badge, issued.json()).expect("a file");
    fs::write(&held.file, video(VIDEO_BYTES)).expect("a file");
    fs::write(&held.proof, proof_of(&ada, &submission, &piece).await).expect("a file");
    fs::write(&held.documents, documents(served, issued.json()).await).expect("a file");
    held
}

async fn proof_of(caller: &Caller<'_>, submission: &str, piece: &Value) -> String {
    let id = piece["id"].as_str().expect("an id");
    let answer = caller
        .get(&format!("{submission}/evidence/{id}/proof"))
        .await;
    assert_eq!(answer.status(), 200);
    assert_eq!(
        answer.headers()["content-type"],
        "application/vnd.assay.evidence-proof+json"
    );
    assert_eq!(answer.headers()["cache-control"], "private, no-store");
    answer.text().await.expect("a proof")
}

/// What a verifier needs beside the badge, for `--documents`: nothing is fetched.
async fn documents(served: &Served, badge: &str) -> String {
    let badge: Value = serde_json::from_str(badge).expect("JSON");
    let status = badge["credentialStatus"]["statusListCredential"]
        .as_str()
        .expect("an address");
    let refresh = badge["refreshService"]["id"].as_str().expect("an address");
    let did = format!("{PUBLIC_URL}/.well-known/did.json");
    let mut documents = serde_json::Map::new();
    for url in [status, refresh, &did] {
        let document = served.json(url).await;
        documents.insert(url.to_owned(), document);
    }
    Value::Object(documents).to_string()
}

struct Told {
    code: Option<i32>,
    report: Value,
}

impl Held {
    fn verify(&self) -> Told {
        self.verify_with(&self.badge, &self.file, &self.proof)
    }

    fn verify_with(&self, badge: &Path, file: &Path, proof: &Path) -> Told {
        let output = command()
            .args([
                "verify",
                "--json",
                "--now",
                "2026-11-22T12:00:01Z",
                "--documents",
            ])
            .args([&self.documents])
            .arg(badge)
            .arg("--evidence")
            .arg(file)
            .arg("--evidence-proof")
            .arg(proof)
            .output()
            .expect("it runs");
        let text = String::from_utf8_lossy(&output.stdout);
        let report = serde_json::from_str(&text);
        let errors = String::from_utf8_lossy(&output.stderr);
        Told {
            code: output.status.code(),
            report: report.unwrap_or_else(|_| panic!("{text}{errors}")),
        }
    }

    /// The proof with something changed in it.
    fn changed(&self, change: impl FnOnce(&mut Value)) -> PathBuf {
        let mut proof: Value =
            serde_json::from_slice(&fs::read(&self.proof).expect("a file")).expect("JSON");
        change(&mut proof);
        self.written("changed.json", proof.to_string().as_bytes())
    }

    fn written(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, bytes).expect("a file");
        path
    }
}

impl Told {
    fn refuses(&self, code: &str) {
        assert_eq!(self.code, Some(1), "{}", self.report["evidence"]);
        assert_eq!(
            self.report["verdict"], "verified",
            "the badge itself is good"
        );
        assert_eq!(
            self.report["evidence"]["code"], code,
            "{}",
            self.report["evidence"]
        );
    }
}

#[tokio::test]
async fn a_holder_proves_that_this_file_is_what_was_assessed() {
    let served = Served::new().await;
    let held = earn(&served, "ada").await;
    let told = held.verify();
    assert_eq!(told.code, Some(0), "{:#}", told.report);
    assert_eq!(
        told.report["evidence"],
        json!({
            "outcome": "pass",
            "requirement": "lesson",
            "kind": "file",
            "version": 1,
            "submitted": "2026-11-22T12:00:00Z",
        })
    );
    let in_words = command()
        .args(["verify", "--now", "2026-11-22T12:00:01Z", "--documents"])
        .args([&held.documents, &held.badge])
        .arg("--evidence")
        .arg(&held.file)
        .arg("--evidence-proof")
        .arg(&held.proof)
        .output()
        .expect("it runs");
    let in_words = String::from_utf8_lossy(&in_words.stdout).into_owned();
    assert!(
        in_words.contains("The file is what was assessed"),
        "{in_words}"
    );
}

#[tokio::test]
async fn another_file_another_salt_another_badge_and_a_changed_manifest_are_refused() {
    let served = Served::new().await;
    let held = earn(&served, "ada").await;
    let other = earn(&served, "bob").await;

    let another = held.written("other.mp4", &video(VIDEO_BYTES + 1));
    held.verify_with(&held.badge, &another, &held.proof)
        .refuses("evidence_proof.file_mismatch");
    let salt = held.changed(|proof| proof["salt"] = json!("00".repeat(32)));
    held.verify_with(&held.badge, &held.file, &salt)
        .refuses("evidence_proof.salt_mismatch");
    // The digest of another file, with that file: the salt is of no help to it.
    let digest = issuer::digest::Sha256Digest::of(&fs::read(&another).expect("a file"));
    let forged = held.changed(|proof| proof["sha256"] = json!(digest));
    held.verify_with(&held.badge, &another, &forged)
        .refuses("evidence_proof.salt_mismatch");

    let changes: [fn(&mut Value); 4] = [
        |proof| proof["manifest"]["version"] = json!(2),
        |proof| proof["manifest"]["submitted"] = json!("2025-11-22T12:00:00Z"),
        |proof| proof["manifest"]["evidence"][0]["requirement"] = json!("reflection"),
        |proof| proof["manifest"]["added"] = json!("by somebody"),
    ];
    for change in changes {
        let changed = held.changed(change);
        held.verify_with(&held.badge, &held.file, &changed)
            .refuses("evidence_proof.manifest_mismatch");
    }

    // The same video was assessed for Bob too, and yet his proof proves nothing of Ada's badge.
    assert_eq!(other.verify().code, Some(0));
    held.verify_with(&held.badge, &held.file, &other.proof)
        .refuses("evidence_proof.manifest_mismatch");

    let unknown = held.changed(|proof| proof["evidence"] = json!("1111111111111111"));
    held.verify_with(&held.badge, &held.file, &unknown)
        .refuses("evidence_proof.no_such_evidence");
    for malformed in [
        &b""[..],
        b"{}",
        b"[",
        b"{\"evidence_proof\":2}",
        &[b'['; 300_000],
    ] {
        let malformed = held.written("malformed.json", malformed);
        held.verify_with(&held.badge, &held.file, &malformed)
            .refuses("evidence_proof.malformed");
    }
    let text = fs::read_to_string(&held.proof).expect("a file");
    let twice = text.replacen("\"salt\"", "\"salt\": \"00\", \"salt\"", 1);
    let twice = held.written("twice.json", twice.as_bytes());
    held.verify_with(&held.badge, &held.file, &twice)
        .refuses("evidence_proof.malformed");
}

#[tokio::test]
async fn nothing_is_looked_at_for_a_badge_that_is_not_proven() {
    let served = Served::new().await;
    let held = earn(&served, "ada").await;
    let badge = fs::read_to_string(&held.badge).expect("a file");
    let edited = held.written(
        "edited.json",
        badge.replace("Wait Time", "Waif Time").as_bytes(),
    );
    let told = held.verify_with(&edited, &held.file, &held.proof);
    assert_eq!(told.code, Some(1));
    assert_eq!(told.report["evidence"], json!({ "outcome": "not_run" }));
    let alone = command()
        .arg("verify")
        .arg(&held.badge)
        .arg("--evidence")
        .arg(&held.file)
        .output()
        .expect("it runs");
    assert_eq!(alone.status.code(), Some(64), "a file without its proof");
    let many = command()
        .args([Path::new("verify"), held.folder.path()])
        .arg("--evidence")
        .arg(&held.file)
        .arg("--evidence-proof")
        .arg(&held.proof)
        .output()
        .expect("it runs");
    assert_eq!(many.status.code(), Some(66), "one file and several badges");
}

#[tokio::test]
async fn a_proof_reveals_nothing_of_the_other_pieces_and_is_its_owners_alone() {
    let served = Served::new().await;
    let held = earn(&served, "ada").await;
    let proof = fs::read_to_string(&held.proof).expect("a file");
    assert!(
        !proof.contains("counted") && !proof.contains("ada"),
        "{proof}"
    );
    assert_eq!(proof.matches("\"salt\"").count(), 1);
    let read: Value = serde_json::from_str(&proof).expect("JSON");
    let reflection = &read["manifest"]["evidence"][1];
    let words = b"I counted to five before I took an answer.";
    let digest = issuer::digest::Sha256Digest::of(words);
    assert_ne!(
        reflection["salted_sha256"],
        json!(digest),
        "a guessed text is not found"
    );

    let submission = read["manifest"]["submission"].as_str().expect("an id");
    let piece = read["evidence"].as_str().expect("an id");
    let path = format!("/api/v1/submissions/{submission}/evidence/{piece}/proof");
    for name in ["mallory", "grace"] {
        let other = served.caller(name, &[Role::Reviewer]);
        let refused = other.get(&path).await.status();
        assert!([403, 404].contains(&refused.as_u16()), "{name}: {refused}");
    }
}

/// A short recording.
const VIDEO_BYTES: usize = 50_000;
