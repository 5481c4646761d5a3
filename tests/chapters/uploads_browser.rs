//! The page for files in a real browser: a line that is cut, buttons, sessions that end, recording, no script.

use std::fs;
use std::path::Path;

use issuer::config::Mode;
use issuer::digest::Sha256Digest;
use issuer::http::edge::Post;
use issuer::id::SubmissionId;
use issuer::organisation::Role;
use issuer::person::Person;
use issuer::public_url::PublicUrl;
use issuer::session;
use issuer::submission::{self, EvidenceContent, EvidenceFile, Spoken};
use issuer::upload::UploadLimits;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::verify_browser::chromium;
use crate::catalogue::wait_time;
use crate::peer::{Peer, peers_wanted};
use crate::served::{LIMITS, Served};
use crate::uploading::video;

/// The service at its own address, and Ada in front of a browser with files to send.
struct AtThePage {
    served: Served,
    submission: SubmissionId,
    files: TempDir,
}

impl AtThePage {
    async fn new() -> AtThePage {
        let served = Served::changed(|edge, address| {
            let url = format!("http://{address}");
            edge.public_url = PublicUrl::new(&url, Mode::Development).expect("an address");
            edge.post = Post::Shown;
            edge.limits.uploads = UploadLimits {
                file_bytes: 48 << 20,
                person_bytes: 1 << 30,
                ..LIMITS.uploads
            };
        })
        .await;
        let ada = served.test.person("ada", &[]);
        let begun = submission::start(&served.test.app, &ada, &wait_time(), served.test.now);
        AtThePage {
            submission: begun.expect("a beginning").id,
            served,
            files: TempDir::new().expect("a folder"),
        }
    }

    async fn does(&self, what: &str, files: &[(&str, Vec<u8>)]) -> Value {
        let paths = files.iter().map(|(name, content)| {
            let path = self.files.path().join(name);
            fs::write(&path, content).expect("a file");
            (name.to_string(), json!(path))
        });
        let files = paths.collect::<serde_json::Map<_, _>>();
        let ada = self.served.test.person("ada", &[]);
        self.asks(&ada, json!({ "do": what, "files": files })).await
    }

    /// Somebody plays what is on a page.
    async fn plays(&self, who: &Person, name: &str, path: &str) -> Value {
        let request = json!({ "do": "play", "name": name, "path": path });
        self.asks(who, request).await
    }

    async fn asks(&self, who: &Person, mut request: Value) -> Value {
        let test = &self.served.test;
        let secret = session::begin(&test.app, who.id, test.now).expect("a session");
        let settings = json!({
            "origin": format!("http://{}", self.served.address),
            "submission": self.submission,
            "cookie": { "name": "assay", "value": secret.expose() },
            "chromium": chromium(),
            "pictures": std::env::var("ASSAY_PICTURES").ok(),
        });
        for (name, value) in settings.as_object().expect("settings") {
            request[name] = value.clone();
        }
        let doing = tokio::task::spawn_blocking(move || Peer::start("upload-page").ask(&request));
        let found = doing.await.expect("the browser");
        assert_eq!(found["faults"], json!([]), "{found:#}");
        found
    }

    /// The files that have become evidence, in their order.
    fn evidence(&self) -> Vec<EvidenceFile> {
        let test = &self.served.test;
        let ada = test.person("ada", &[]);
        let found = submission::of_earner(&test.app, &ada, self.submission).expect("hers");
        let piece = |entry: &submission::EvidenceEntry| {
            let id = self.submission;
            let piece = submission::evidence_of_earner(&test.app, &ada, id, entry.id);
            match piece.expect("a piece").content {
                EvidenceContent::File(file) => file,
                other => panic!("{other:?} is no file"),
            }
        };
        found.evidence.iter().map(piece).collect()
    }
}

/// A lesson of its own for each name.
fn lesson(name: &str, megabytes: usize) -> (&str, Vec<u8>) {
    let mut content = video(megabytes << 20);
    content.extend(name.bytes());
    (name, content)
}

fn digest(bytes: &[u8]) -> String {
    Sha256Digest::of(bytes).to_string()
}

fn says(found: &Value, text: &str) -> bool {
    found.as_str().is_some_and(|said| said.contains(text))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_sends_files_whatever_happens_on_the_way() {
    if !peers_wanted("the_page_sends_files_whatever_happens_on_the_way") {
        return;
    }
    let page = AtThePage::new().await;
    let mut files = vec![
        lesson("cut.webm", 40),
        lesson("paused.webm", 40),
        lesson("cancelled.webm", 40),
        lesson("signed-out.webm", 40),
        lesson("windows.webm", 40),
        lesson("private.webm", 30),
        lesson("large.webm", 49),
    ];
    let mut wmv = b"\x30\x26\xb2\x75\x8e\x66\xcf\x11".to_vec();
    wmv.resize(5_000, 7);
    let mut pages = b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x12\0\0\0".to_vec();
    pages.extend(b"Index/Document.iwa");
    pages.resize(5_000, 7);
    files.extend([
        (
            "page.html",
            b"<!doctype html><script>alert(1)</script>".to_vec(),
        ),
        ("old.wmv", wmv),
        ("essay.pages", pages),
        ("empty.txt", Vec::new()),
        ("one.txt", b"The first of two.".to_vec()),
        ("two.txt", b"The second of two.".to_vec()),
        ("whole.txt", b"Sent by a form.".to_vec()),
    ]);
    let found = page.does("send", &files).await;

    // It goes on by itself, and where it stopped.
    let at = |step: &str| found[step]["goes_on_at"].as_u64().unwrap_or_default();
    for step in ["cut", "paused", "signed_out"] {
        assert!((8 << 20..40 << 20).contains(&at(step)), "{step}: {found:#}");
    }
    assert!(
        says(&found["paused"]["recognised"], "begun before"),
        "{found:#}"
    );
    assert!(says(
        &found["signed_out"]["said"],
        "You are signed out. What has arrived is kept."
    ));
    let back = format!(
        "/sign-in?next=%2Fmy%2Fsubmissions%2F{}%2Ffiles%2Flesson",
        page.submission
    );
    assert_eq!(found["signed_out"]["href"], back);
    assert!(
        says(&found["in_two_windows"]["problem"], "in another window"),
        "{found:#}"
    );
    assert_eq!(found["keeping_nothing"], "added");

    // What was cancelled is gone, also if that came before the service had answered.
    assert_eq!(found["cancelled"]["status"], 404);
    assert_eq!(found["cancelled"]["file_is_free"], true);
    for told in ["told", "early"] {
        assert_eq!(
            found["cancelled"][told],
            "Cancelled. Nothing of it was kept."
        );
    }

    // A refusal says why and what to do, and what is too large is not even begun.
    for (name, words, began) in [
        ("page.html", "web page", 1),
        ("old.wmv", "convert it to MP4", 1),
        ("essay.pages", "Export To, PDF", 1),
        ("large.webm", "at most 48 MB are taken", 0),
        ("empty.txt", "empty", 0),
    ] {
        let refused = &found["refused"][name];
        assert!(says(&refused["problem"], words), "{refused:#}");
        assert_eq!(
            (&refused["began"], &refused["file_is_free"]),
            (&json!(began), &json!(true))
        );
    }
    assert_eq!(found["several"]["told"], "Added: one.txt, two.txt.");
    assert!(
        says(
            &found["several"]["problem"],
            "page.html: Files of this type"
        ),
        "{found:#}"
    );
    let plain = &found["without_script"];
    assert_eq!(
        (&plain["recorder"], &plain["pause"]),
        (&json!(false), &json!(false))
    );
    assert!(says(&plain["refused"], "convert it to MP4"), "{plain:#}");

    // What is evidence is what was chosen, byte for byte.
    let evidence = page.evidence();
    let there: Vec<_> = evidence
        .iter()
        .map(|file| (file.name.as_str(), file.sha256.to_string()))
        .collect();
    let sent = |name: &str| files.iter().find(|file| file.0 == name).expect("a file");
    let expected = [
        "cut.webm",
        "paused.webm",
        "one.txt",
        "two.txt",
        "signed-out.webm",
        "windows.webm",
        "private.webm",
        "whole.txt",
    ];
    let expected: Vec<_> = expected
        .iter()
        .map(|name| (*name, digest(&sent(name).1)))
        .collect();
    assert_eq!(there, expected);
    let ada = page.served.test.person("ada", &[]);
    let uploads = page.served.test.records(b"upload/");
    println!("{uploads} uploads remembered for {}", ada.id);
    // Those that have become evidence are remembered for a while; those refused and cancelled are not.
    assert_eq!(uploads, evidence.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_recorded_in_the_browser_becomes_evidence() {
    if !peers_wanted("what_is_recorded_in_the_browser_becomes_evidence") {
        return;
    }
    let page = AtThePage::new().await;
    let found = page.does("record", &[]).await;

    // The microphone is for one page, and asked for with a click.
    assert_eq!(
        found["policies"],
        json!({ "permissions": "camera=(self), microphone=(self), geolocation=()", "media": true })
    );
    for path in ["", "/files/reflection", "/feedback"] {
        let policies = &found[format!("policies {path}")];
        let strict = "camera=(), microphone=(), geolocation=()";
        assert_eq!(
            policies,
            &json!({ "permissions": strict, "media": false }),
            "{path}"
        );
    }
    for (kind, devices) in [("heard", "audio"), ("seen", "audio,video")] {
        assert_eq!(found[kind]["played"], "played");
        assert_eq!(found[kind]["before"], json!([]));
        assert_eq!(found[kind]["asked"], json!([devices]));
    }
    assert!(
        says(
            &found["not_allowed"],
            "does not let this page use the microphone"
        ) || says(&found["not_allowed"], "finds no microphone"),
        "{found:#}"
    );
    assert_eq!(found["shown_where_it_cannot"], false);

    let evidence = page.evidence();
    let types: Vec<_> = evidence
        .iter()
        .map(|file| file.media_type.as_str())
        .collect();
    assert_eq!(types, ["audio/webm", "video/webm"]);
    for (file, kind) in evidence.iter().zip(["heard", "seen"]) {
        assert_eq!(found[kind]["copy"], file.name.as_str());
        assert!(file.bytes > 1_000, "{} bytes", file.bytes);
        let ending = Path::new(file.name.as_str()).extension();
        assert!(ending.is_some_and(|ending| ending == "weba" || ending == "webm"));
    }

    // What is said in them is written down, handed in, and there for whoever reviews it.
    let test = &page.served.test;
    let ada = test.learner("ada");
    let pieces = submission::of_earner(&test.app, &ada.person, page.submission).expect("hers");
    for entry in &pieces.evidence {
        for (spoken, text) in [
            (Spoken::Transcript, "Ada: Why is that?\nStudent 1: Because."),
            (
                Spoken::Captions,
                "WEBVTT\n\n00:00.000 --> 00:05.000\n<v Ada>Why is <i>that</i>?",
            ),
        ] {
            let (earner, now) = (&ada.person, test.now);
            submission::write_spoken(
                &test.app,
                earner,
                page.submission,
                entry.id,
                spoken,
                text,
                now,
            )
            .expect("it is written down");
        }
    }
    let [sound, video] = [0, 1].map(|place| pieces.evidence[place].id);
    let own = |id| format!("/my/submissions/{}/evidence/{id}/spoken", page.submission);
    let heard = page.plays(&ada.person, "spoken-sound", &own(sound)).await;
    let silent = json!({ "cues": [], "played": "played" });
    assert_eq!(heard["players"], json!([silent]));
    let own = page.plays(&ada.person, "spoken", &own(video)).await;
    let player = |cue: &str| json!({ "cues": [cue], "played": "played" });
    assert_eq!(own["players"], json!([player("Ada: Why is that?")]));
    ada.adds_text(page.submission, "I waited.");
    ada.hands_in(page.submission).expect("it is complete");
    let grace = test.person("grace", &[Role::Reviewer]);
    let review = format!("/reviews/{}", page.submission);
    let review = page.plays(&grace, "review", &review).await;
    let masked = player("[name]: Why is that?");
    assert_eq!(review["players"], json!([silent, masked]));
    // Browsers show no captions over a sound, so they are read.
    assert!(
        says(&review["text"], "0:00 [name]: Why is that?"),
        "{review:#}"
    );
    assert!(
        says(&review["text"], "[name]: Why is that?\nStudent 1: Because."),
        "{review:#}"
    );
}
