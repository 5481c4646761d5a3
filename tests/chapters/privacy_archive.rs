//! The archive of everything that somebody has: nothing of theirs is forgotten, and nothing of others goes along.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Cursor, Read};
use std::path::Path;

use issuer::belongings::{KINDS, Taken};
use issuer::digest::Sha256Digest;
use issuer::engine::Batch;
use issuer::hosted::{self, Examined, Source, profile, waiting};
use issuer::id::{HelpId, OrganisationId, SubmissionId};
use issuer::issuance;
use issuer::layout;
use issuer::organisation::Role;
use issuer::person::Person;
use issuer::retention;
use reqwest::{Method, Response};
use serde_json::{Value, json};
use verifier::Policy;
use zip::ZipArchive;

use super::cohorts::{Wayne, body};
use super::{calibration, endorsing, training};
use crate::app::TestApp;
use crate::application::Application;
use crate::browser::Browser;
use crate::catalogue::wait_time;
use crate::peer::peers_wanted;
use crate::served::{Caller, Served};
use crate::uploading::video;
use crate::web::{self, Web};

/// The entries of an archive, by their paths.
async fn archive(answer: Response) -> BTreeMap<String, Vec<u8>> {
    assert_eq!(answer.status(), 200);
    let bytes = answer.bytes().await.expect("an archive");
    let mut archive = ZipArchive::new(Cursor::new(bytes)).expect("an archive");
    let mut entries = BTreeMap::new();
    for number in 0..archive.len() {
        let mut entry = archive.by_index(number).expect("an entry");
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).expect("its bytes");
        let name = entry.name().expect("a name").into_owned();
        assert!(
            entries.insert(name, bytes).is_none(),
            "no name stands twice"
        );
    }
    entries
}

fn text(entries: &BTreeMap<String, Vec<u8>>, path: &str) -> String {
    let names: Vec<_> = entries.keys().collect();
    let found = entries.get(path);
    let found = found.unwrap_or_else(|| panic!("{path} is not in {names:?}"));
    String::from_utf8(found.clone()).expect("text")
}

fn has(bytes: &[u8], words: &str) -> bool {
    memchr::memmem::find(bytes, words.as_bytes()).is_some()
}

/// The first parts of keys, as the picture of the store has them.
fn pictured() -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../issuer/src/layout.rs");
    let source = fs::read_to_string(path).expect("the layout");
    let picture = source.split("```").nth(1).expect("the picture");
    let lines = picture.lines().skip(1);
    let lines = lines.filter_map(|line| {
        line.strip_prefix("//! ")?
            .chars()
            .next()
            .map(|_| &line[4..])
    });
    let first = |line: &str| line.split(['/', ' ']).next().map(str::to_owned);
    lines
        .filter(|line| !line.starts_with(' '))
        .filter_map(first)
        .collect()
}

#[test]
fn every_kind_of_record_is_taken_away_or_left_out_with_a_reason() {
    let known: BTreeSet<String> = KINDS.iter().map(|kind| kind.name.to_owned()).collect();
    assert_eq!(known.len(), KINDS.len(), "no kind stands twice");
    assert_eq!(
        known,
        pictured(),
        "layout.rs and belongings/kinds.rs name the same kinds"
    );
    for kind in KINDS {
        if let Taken::LeftOut(what, why) = kind.taken {
            assert!(what.len() > 10 && why.len() > 20, "{}", kind.name);
        }
    }
}

/// Everything that somebody can have here is Ada's, and something of each of the others is, too.
async fn furnished(served: &Served) -> SubmissionId {
    let test = &served.test;
    let wayne = Wayne::of(served).await;
    let ada = test.person("ada", &[]);
    let submission = prepares(&wayne.ada).await;
    let kim = served.caller("kim", &[]);
    shows(&wayne.ada, &submission, &kim, "Ada's draft").await;
    let id: SubmissionId = submission
        .rsplit('/')
        .next()
        .expect("an id")
        .parse()
        .expect("an id");
    raw(
        test,
        &layout::submission_outcome(id, 1),
        json!({
            "submission": id, "micro_credential": "wait-time", "organisation": "host",
            "text": "MARK outcome", "told": test.now,
        }),
    );
    let asked = json!({ "submission": id, "requirement": "reflection", "text": "MARK help" });
    let asked = body(wayne.ada.post(&format!("{}/help", wayne.path), asked).await).await;
    let answer = json!({ "text": "Fred's answer" });
    let help: HelpId = serde_json::from_value(asked["id"].clone()).expect("an id");
    body(
        wayne
            .fred
            .post(&format!("{}/help/{help}/answers", wayne.path), answer)
            .await,
    )
    .await;
    body(
        wayne
            .ada
            .post(
                &format!("{submission}/submit"),
                json!({ "privacy_statement": 1 }),
            )
            .await,
    )
    .await;
    let award = test.reviewer("grace").accepts(id);
    let issued = issuance::issue(&test.app, award, test.now).expect("a badge");
    endorsing::praise(test, &ada, issued.badge(), "MARK request");
    retention::keep(&test.app, &ada, id, test.now).expect("her leave");

    // What she begins next, and looks at of others.
    let kims = kim.begins().await;
    shows(&kim, &kims, &wayne.ada, "MARK comment on a draft").await;
    let entry = json!({ "title": "MARK learning", "mode": "book", "day": "2026-01-02" });
    body(wayne.ada.post("/api/v1/learning", entry).await).await;
    let portfolio = json!({ "title": "MARK portfolio", "visibility": "private" });
    body(
        wayne
            .ada
            .post("/api/v1/people/me/portfolios", portfolio)
            .await,
    )
    .await;
    wayne.says(&wayne.ada, "MARK post").await;
    wayne.says(&wayne.bob, "OTHERS post").await;
    reviews(test);
    elsewhere(served, &ada).await;
    ways_in(served, &ada).await;
    id
}

/// A submission with a recording, a transcript, a text with revisions, and notes.
async fn prepares(ada: &Caller<'_>) -> String {
    let submission = ada.begins().await;
    let path = format!("{submission}/files?requirement=lesson&name=lesson.webm");
    let sent = ada
        .request(Method::POST, &path)
        .body(video(4_000))
        .send()
        .await;
    let piece = body(sent.expect("an answer")).await;
    let piece = piece["id"].as_str().expect("an id").to_owned();
    let spoken = format!("{submission}/evidence/{piece}/spoken/transcript");
    body(ada.put(&spoken, json!({ "text": "MARK transcript" })).await).await;
    for words in [
        "MARK first revision, which is much longer than the next",
        "MARK text",
    ] {
        let path = format!("{submission}/writings/reflection");
        body(ada.put(&path, json!({ "text": words })).await).await;
    }
    let note = json!({ "note": "MARK note" });
    body(ada.put(&format!("{submission}/preparation"), note).await).await;
    submission
}

/// Shows a draft to somebody, who says something of it.
async fn shows(whose: &Caller<'_>, submission: &str, to: &Caller<'_>, says: &str) {
    let invited = json!({ "name": "From next door" });
    let invited = body(
        whose
            .post(&format!("{submission}/colleagues"), invited)
            .await,
    )
    .await;
    let link = invited["link"].as_str().expect("a link");
    let secret = link.rsplit('/').next().expect("a secret");
    let path = format!("/api/v1/drafts/invitations/{secret}/accept");
    body(to.post(&path, json!({})).await).await;
    let shown = submission.replace("/submissions/", "/drafts/");
    let said = json!({ "requirement": "reflection", "text": says });
    body(to.post(&format!("{shown}/comments"), said).await).await;
}

/// Ada reviews Bob's work, and trains for it.
fn reviews(test: &TestApp) {
    let host = OrganisationId::host();
    let bobs = test.learner("bob").submits();
    let ada = test.person("ada", &[]);
    test.join(&ada, &host, &[Role::Reviewer]);
    test.reviewer("ada").accepts(bobs);
    let carls = test.learner("carl").submits();
    raw(
        test,
        &layout::review_draft(carls, ada.id),
        json!({
            "version": 1, "scores": [], "comment": "MARK review begun", "doubt": "none",
        }),
    );
    let leader = test.person("cora", &[]);
    let asked = [&ada, &test.person("grace", &[])];
    let (session, _) = calibration::furnish(test, &host, &leader, (bobs, "bob"), asked);
    raw(
        test,
        &layout::calibration_sheet(session, ada.id),
        json!({
            "calibration": session, "person": ada.id, "scores": [], "finished": test.now,
        }),
    );
    training::furnish(test, &host, &wait_time(), &leader, &ada);
    raw(
        test,
        &layout::certification(&host, &wait_time(), ada.id),
        json!({
            "organisation": "host", "line": "wait-time", "person": ada.id, "attempt": 1,
            "since": test.now, "until": test.now.plus_seconds(1_000), "award": null,
        }),
    );
    raw(
        test,
        &layout::stack_award(ada.id, &wait_time()),
        json!({ "stack": "wait-time" }),
    );
}

/// She brings badges from elsewhere, and lets an application act for her.
async fn elsewhere(served: &Served, ada: &Person) {
    let test = &served.test;
    for name in ["did-key.json", "baked-jwt.png"] {
        let presented = web::presented(&format!("verified/{name}"));
        let report = Web::read().verify(&presented, &Policy::default());
        let examined = Examined::new(&presented, &report).expect("a badge");
        hosted::keep(&test.app, ada, &examined, &Source::Person, test.now).expect("room");
    }
    waiting::begin(&test.app, ada, "A host", &[b"{}".to_vec()], test.now).expect("none waits");
    let told = json!({ "id": "urn:uuid:1c1d1f5e-0b52-4c2f-9a54-0a1c2f3b4d5e", "type": ["Profile"],
        "name": "MARK profile" });
    let told = told.to_string();
    profile::write(
        &test.app,
        ada,
        told.as_bytes(),
        "A wallet".to_owned(),
        test.now,
    )
    .expect("a profile");
    let application = Application::register(served).await;
    let code = application.code(ada, &[]).await;
    assert_eq!(application.turn_in(&code, &[]).await.status(), 200);
}

/// A session, a passkey, an identity, and what waits for her answer.
async fn ways_in(served: &Served, ada: &Person) {
    let test = &served.test;
    Browser::new(served)
        .post("/sign-in", &[("email", "ada@example.org")])
        .await;
    let (key, identity) = (
        Sha256Digest::of(b"a passkey"),
        Sha256Digest::of(b"an identity"),
    );
    raw(
        test,
        &layout::passkey(key),
        json!({
            "credential": "Y3JlZGVudGlhbA", "person": ada.id, "user_handle": "SECRET handle",
            "name": "MARK passkey", "key": {}, "counter": 0, "backup_eligible": false,
            "made": test.now, "used": null,
        }),
    );
    raw(
        test,
        &layout::passkey_of(ada.id, key),
        json!({ "passkey": key }),
    );
    raw(
        test,
        &layout::identity(identity),
        json!({
            "person": ada.id, "linked": test.now, "used": test.now, "identity": {
                "provider": "district", "issuer": "https://login.example.org",
                "subject": "MARK subject", "email": null, "name": null,
            },
        }),
    );
    raw(
        test,
        &layout::identity_of(ada.id, identity),
        json!({ "identity": identity }),
    );
    let id = "11111111111111111111111111111111";
    for (key, record) in [
        (
            format!("invitation/host/{id}"),
            json!({ "roles": ["author"], "sent": test.now }),
        ),
        (
            format!("cohort-facilitating/{id}/{id}"),
            json!({ "asked": test.now }),
        ),
    ] {
        let mut record = record;
        record["email"] = json!("ada@example.org");
        record["secret"] = json!("SECRET digest");
        record["by"] = json!(test.person("cora", &[]).id);
        raw(test, key.as_bytes(), record);
    }
    let county = super::organisations::district(&"ohio".parse().expect("a name"), "Ohio");
    issuer::organisation::found(&test.app, issuer::event::Actor::Service, county, test.now)
        .expect("founded");
    let message = "MARK wants in".parse().expect("a text");
    let ohio = "ohio".parse().expect("a name");
    issuer::organisation::joining::ask(&test.app, ada, &ohio, Some(message), test.now)
        .expect("a request");
    raw(
        test,
        format!("upload/{id}").as_bytes(),
        json!({
            "owner": ada.id, "name": "MARK upload", "arrived": { "tail": "SECRET places" },
        }),
    );
}

/// Writes a record as the service would, where its own way there is long.
fn raw(test: &TestApp, key: &[u8], record: Value) {
    let mut batch = Batch::default();
    batch.put_record(key.to_vec(), &record).expect("a record");
    test.app.store.commit(batch).expect("the store");
}

fn all_records(test: &TestApp) -> Vec<(String, Vec<u8>)> {
    let (mut found, mut from) = (Vec::new(), Vec::new());
    loop {
        let entries = test
            .app
            .store
            .engine()
            .scan(b"", &from, 1_000)
            .expect("the store");
        let Some((last, _)) = entries.last() else {
            return found;
        };
        from = [last.as_slice(), &[0]].concat();
        let name = |key: Vec<u8>| String::from_utf8_lossy(&key).into_owned();
        found.extend(entries.into_iter().map(|(key, value)| (name(key), value)));
    }
}

#[tokio::test]
async fn whatever_names_somebody_in_the_store_is_in_their_archive_or_named_as_left_out() {
    let served = Served::new().await;
    furnished(&served).await;
    let test = &served.test;
    let ada = test.person("ada", &[]);
    let browser = Browser::of(&served, &ada);
    let records = all_records(test);
    let entries = archive(browser.get("/account/export").await).await;

    let mut seen = BTreeSet::new();
    for (key, value) in &records {
        let name = key.split('/').next().expect("a kind");
        let kind = KINDS.iter().find(|kind| kind.name == name);
        let kind = kind.unwrap_or_else(|| panic!("{key} is of no kind that is known"));
        seen.insert(name.to_owned());
        let id = ada.id.to_string();
        if !has(key.as_bytes(), &id) && !has(value, &id) && !has(value, "ada@example.org") {
            continue;
        }
        let there = match &kind.taken {
            Taken::In(path) => entries.keys().any(|entry| entry.starts_with(path)),
            Taken::Listed(list) => entries.contains_key(&format!("{}.json", list.name)),
            Taken::Index | Taken::LeftOut(..) => true,
            Taken::Nobodys => false,
        };
        assert!(there, "{key} names Ada and is not in her archive");
    }
    // The story has something of every kind that there is to take away, or the test would show nothing of it.
    for kind in KINDS {
        if let Taken::In(_) | Taken::Listed(_) = kind.taken {
            assert!(
                seen.contains(kind.name),
                "{} is not in the story",
                kind.name
            );
        }
    }

    // Every word of hers is there.
    let mut words = BTreeSet::new();
    for (_, value) in &records {
        let value = String::from_utf8_lossy(value);
        for rest in value.split("MARK ").skip(1) {
            let end = rest.find(['"', '\\']).unwrap_or(rest.len());
            words.insert(format!("MARK {}", &rest[..end]));
        }
    }
    assert!(words.len() >= 14, "{words:?}");
    for words in words {
        assert!(entries.values().any(|bytes| has(bytes, &words)), "{words}");
    }
}

#[tokio::test]
async fn nothing_of_others_goes_along_and_blindness_holds_both_ways() {
    let served = Served::new().await;
    furnished(&served).await;
    let test = &served.test;
    let entries = archive(
        served
            .caller("ada", &[])
            .get("/api/v1/account/export")
            .await,
    )
    .await;
    let mut others: Vec<String> = ["grace", "bob", "carl", "kim", "fred", "cora", "donna"]
        .iter()
        .flat_map(|name| {
            [
                test.person(name, &[]).id.to_string(),
                format!("{name}@example.org"),
            ]
        })
        .collect();
    others.extend(["SECRET", "OTHERS", "object_key"].map(str::to_owned));
    for (name, bytes) in &entries {
        for other in &others {
            assert!(!has(bytes, other), "{other} in {name}");
        }
    }
    // Ada reviewed Bob's work: her levels are there, and he is not. He learns nothing of her either.
    assert!(text(&entries, "reviews-given.json").contains("consistent"));
    let bobs = archive(
        served
            .caller("bob", &[])
            .get("/api/v1/account/export")
            .await,
    )
    .await;
    let ada = test.person("ada", &[]).id.to_string();
    for (name, bytes) in &bobs {
        assert!(!has(bytes, &ada), "Ada in {name}");
    }
    let events: Value = serde_json::from_str(&text(&bobs, "events.json")).expect("JSON");
    let events = events.as_array().expect("events");
    assert!(
        events
            .iter()
            .any(|event| event["kind"] == "submission.accepted")
    );
    assert!(
        events.iter().all(|event| event.get("actor").is_none()),
        "{events:?}"
    );
}

#[tokio::test]
async fn the_manifest_has_the_digest_of_every_file_and_the_page_leads_to_every_one() {
    let served = Served::new().await;
    furnished(&served).await;
    let entries = archive(
        served
            .caller("ada", &[])
            .get("/api/v1/account/export")
            .await,
    )
    .await;
    let manifest: Value = serde_json::from_str(&text(&entries, "manifest.json")).expect("JSON");
    let files = manifest["files"].as_array().expect("files");
    let index = text(&entries, "index.html");
    let sums = text(&entries, "SHA256SUMS");
    for file in files {
        let path = file["path"].as_str().expect("a path");
        let bytes = &entries[path];
        let digest = Sha256Digest::of(bytes).to_string();
        assert_eq!(file["sha256"], digest, "{path}");
        assert_eq!(file["bytes"], bytes.len(), "{path}");
        assert!(sums.contains(&format!("{digest}  {path}\n")), "{path}");
        assert!(
            path == "index.html" || index.contains(&format!("href=\"{path}\"")),
            "{path}"
        );
    }
    assert_eq!(
        files.len() + 2,
        entries.len(),
        "all but the manifest and the sums"
    );
    assert!(index.contains("<html lang=\"en\">") && index.contains("<main>"));
    assert!(index.contains("What is not in here"));
    // What somebody brought from elsewhere comes back byte for byte, and still verifies.
    let hosted: Vec<_> = entries
        .keys()
        .filter(|name| name.starts_with("hosted/"))
        .collect();
    assert!(
        hosted.iter().any(|name| name.ends_with("picture.png")),
        "{hosted:?}"
    );
    let text = hosted.iter().find(|name| name.contains("/credential."));
    let text = text.expect("a badge");
    let report = Web::read().verify(&entries[*text], &Policy::default());
    assert_eq!(report.verdict(), verifier::Verdict::Verified);
}

#[tokio::test]
async fn another_program_finds_every_digest_right() {
    if !peers_wanted("another_program_finds_every_digest_right") {
        return;
    }
    let served = Served::new().await;
    furnished(&served).await;
    let entries = archive(
        served
            .caller("ada", &[])
            .get("/api/v1/account/export")
            .await,
    )
    .await;
    let folder = tempfile::TempDir::new().expect("a folder");
    for (path, bytes) in &entries {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    }
    let checked = std::process::Command::new("sha256sum")
        .args(["--check", "--strict", "--quiet", "SHA256SUMS"])
        .current_dir(folder.path())
        .output();
    let checked = checked.expect("sha256sum");
    assert!(
        checked.status.success(),
        "{}",
        String::from_utf8_lossy(&checked.stderr)
    );
}
