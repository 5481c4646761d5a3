//! Privacy: people take away everything that is theirs, and are forgotten when they ask for it.

use std::fs;
use std::io::{Cursor, Read};
use std::path::Path;
use std::process::Command;

use issuer::app::App;
use issuer::badge::{self, Visibility};
use issuer::erasure;
use issuer::event::Actor;
use issuer::id::BadgeId;
use issuer::organisation::{self, Role};
use issuer::person::Person;
use issuer::random::Random;
use issuer::status;
use reqwest::{Method, Response};
use serde_json::{Value, json};
use tempfile::TempDir;
use verifier::Verdict;
use zip::ZipArchive;

use super::organisations::{district, wayne};
use crate::app::{TestApp, keyring};
use crate::browser::Browser;
use crate::peer::peers_wanted;
use crate::served::{Served, header, media_type, problem};
use crate::uploading::{Uploading, video};

/// The keys of all records that have these words in them.
pub fn with_words(test: &TestApp, words: &str) -> Vec<String> {
    let (mut found, mut from) = (Vec::new(), Vec::new());
    loop {
        let entries = test
            .app
            .store
            .engine()
            .scan(b"", &from, 1_000)
            .expect("the store");
        let is_last = entries.len() < 1_000;
        for (key, value) in &entries {
            let has = |bytes: &[u8]| memchr::memmem::find(bytes, words.as_bytes()).is_some();
            if has(key) || has(value) {
                found.push(String::from_utf8_lossy(key).into_owned());
            }
        }
        match entries.last() {
            Some((last, _)) if !is_last => from = [last.as_slice(), &[0]].concat(),
            _ => return found,
        }
    }
}

pub fn erase(test: &TestApp, person: &Person) {
    erasure::ask(&test.app, person, person.primary().as_str(), test.now).expect("their leave");
}

/// A badge that everybody may see, and its earner.
fn published(test: &TestApp, name: &str) -> (BadgeId, Person) {
    let badge = test.badges(&[name])[0].badge();
    let person = test.person(name, &[]);
    badge::set_visibility(&test.app, &person, badge, Visibility::Public).expect("their leave");
    (badge, person)
}

#[tokio::test]
async fn nothing_of_somebody_who_is_erased_is_found_and_their_badge_is_withdrawn() {
    let served = Served::new().await;
    let test = &served.test;
    let (badge, zebedee) = published(test, "zebedee");
    let (other, _) = published(test, "bert");
    let issued = test
        .app
        .store
        .issued(badge, 1)
        .expect("the store")
        .expect("it");
    let credential: Value = serde_json::from_str(issued.json()).expect("JSON");
    let identity = &credential["credentialSubject"]["identifier"][0];
    let hash = identity["identityHash"]
        .as_str()
        .expect("a hash")
        .to_owned();
    let salt = identity["salt"].as_str().expect("a salt").to_owned();
    let status = credential["credentialStatus"].clone();
    let caller = served.caller("zebedee", &[]);
    let browser = Browser::of(&served, &zebedee);
    // A link that waits to be sent, and words in a learning log.
    Browser::new(&served)
        .post("/sign-in", &[("email", "zebedee@example.org")])
        .await;
    let entry = json!({ "title": "What zebedee read", "mode": "book", "day": "2026-01-02" });
    let noted = caller.post("/api/v1/learning", entry).await;
    assert_eq!(noted.status(), 201);
    // Declined work is on no list of its earner.
    for words in ["zebedee", &hash, &salt] {
        assert!(!with_words(test, words).is_empty(), "{words}");
    }
    let log = test.log();
    let drawn = test.drawn();

    let wrong = caller
        .post("/api/v1/account/erasure", json!({ "confirm": "zebedee" }))
        .await;
    assert_eq!(problem(wrong).await, (422, "input.invalid".to_owned()));
    let erased = caller
        .post(
            "/api/v1/account/erasure",
            json!({ "confirm": " Zebedee@example.org " }),
        )
        .await;
    assert_eq!(erased.status(), 204);

    for words in ["zebedee", &hash, &salt] {
        assert_eq!(with_words(test, words), Vec::<String>::new(), "{words}");
    }
    // No way in is left.
    assert_eq!(problem(caller.get("/api/v1/people/me").await).await.0, 401);
    assert_eq!(browser.get("/account").await.status(), 303);

    // The badge is withdrawn, in every form; another one stays.
    let address = format!("/badges/{badge}");
    let page = served.page(&address).await;
    assert_eq!(page.status(), 410);
    let page = page.text().await.expect("a page");
    assert!(
        page.contains("withdrawn") && !page.contains("zebedee"),
        "{page}"
    );
    for form in [".json", ".jwt", ".png"] {
        let answer = served.get(&format!("{address}{form}")).await;
        assert_eq!(
            problem(answer).await,
            (410, "badge.withdrawn".to_owned()),
            "{form}"
        );
    }
    served.check_badge(other).await;

    // The log is as it was and verifies, no place in a status list is free again, and nothing was revoked.
    assert_eq!(test.log().len(), log.len());
    test.app.log.check().expect("a sound log");
    assert_eq!(test.drawn(), drawn);
    let kept = erasure::tombstone(&test.app, badge)
        .expect("the store")
        .expect("a tombstone");
    assert_eq!(kept.editions.len(), 1);
    assert_eq!(
        status["statusListIndex"].as_str(),
        Some(
            u32::from(kept.editions[0].status.index)
                .to_string()
                .as_str()
        )
    );
    let copy = test.verify(issued.json().as_bytes());
    assert_eq!(
        copy.verdict(),
        Verdict::Verified,
        "a copy that somebody holds: {copy:#?}"
    );

    // The trail says that it was done, and by whom, without a name.
    let admin = served.caller("wilma", &[Role::Administrator]);
    let trail: Value = admin
        .get("/api/v1/organisations/host/audit?kind=person.erased")
        .await
        .json()
        .await
        .expect("JSON");
    assert_eq!(trail["items"][0]["about"]["person"], zebedee.id.to_string());
    assert!(trail["items"][0]["actor"]["name"].is_null());
    for path in [
        "/organisations/host/audit",
        "/organisations/host/members",
        "/organisations/host/reviews",
    ] {
        let page = Browser::of(&served, &test.person("wilma", &[]))
            .get(path)
            .await;
        assert!(page.status() != 500, "{path}");
    }
    // The address is free, and belongs to somebody new.
    let again = test.person("zebedee", &[]);
    assert_ne!(again.id, zebedee.id);
    assert!(test.badges_of("zebedee").is_empty());
}

#[tokio::test]
async fn somebody_elses_file_of_the_same_bytes_stays() {
    let uploading = Uploading::new().await;
    let served = &uploading.served;
    let test = &served.test;
    let bytes = video(40_000);
    for name in ["zebedee", "bert"] {
        let caller = served.caller(name, &[]);
        let submission = caller.begins().await;
        let upload = caller
            .uploads_to(&submission, "zebedee.mp4", bytes.len())
            .await;
        assert!(caller.sends(&upload, 0, &bytes).await.status().is_success());
    }
    uploading.look_after(test.now).await;
    let copies = || {
        let files = uploading.on_disk().into_iter();
        files
            .filter(|path| fs::read(path).is_ok_and(|read| read == bytes))
            .count()
    };
    assert_eq!(copies(), 2);
    erase(test, &test.person("zebedee", &[]));
    uploading.look_after(test.now).await;
    assert_eq!(copies(), 1);
    assert_eq!(with_words(test, "zebedee@"), Vec::<String>::new());
    let bert = served.caller("bert", &[]);
    let archive = archive(bert.get("/api/v1/account/export").await).await;
    let file = archive
        .iter()
        .find(|(path, _)| path.ends_with("zebedee.mp4"));
    assert_eq!(file.expect("his file").1, bytes);
    let quota = "evidence-space/person/";
    assert_eq!(test.records(quota.as_bytes()), 1);
}

#[test]
fn what_was_declined_or_taken_back_is_erased_too_and_figures_stay() {
    let test = TestApp::new();
    let zebedee = test.learner("zebedee");
    let declined = zebedee.submits();
    let review = test.reviewer("grace").declines(declined);
    assert_eq!(with_words(&test, "somebody else's lesson").len(), 3);
    let reviews = test.records(b"review-scoring/");
    erase(&test, &zebedee.person);
    assert_eq!(
        with_words(&test, "somebody else's lesson"),
        Vec::<String>::new()
    );
    assert_eq!(with_words(&test, "video.example.net"), Vec::<String>::new());
    assert_eq!(test.records(b"review-scoring/"), reviews, "figures stay");
    assert_eq!(test.records(b"submission-evidence/"), 0);
    assert_eq!(review.version, 1);

    // What nobody but its earner saw leaves nothing at all.
    let yorick = test.learner("yorick");
    yorick.prepares();
    let left = test.records(b"submission/");
    erase(&test, &yorick.person);
    assert_eq!(test.records(b"submission/"), left - 1);
    let later = test.now.plus_seconds(3_600);
    erasure::resume(&test.app, later).expect("the store");
    assert_eq!(test.records(b"erasing/"), 0);
}

#[test]
fn an_older_copy_of_the_store_forgets_again_whom_it_still_knows() {
    let folder = TempDir::new().expect("a folder");
    let older = TempDir::new().expect("a folder");
    let open = || {
        let random = Random::system().expect("random bytes");
        TestApp::in_folder(folder.path(), keyring(), random, App::log_step)
    };
    let store = folder.path().join("store");
    let (badge, zebedee) = {
        let test = open();
        status::keep_all_fresh(&test.app, test.now).expect("lists");
        published(&test, "zebedee")
    };
    copy(&store, &older.path().join("store"));
    {
        let test = open();
        erase(&test, &zebedee);
        assert!(with_words(&test, "zebedee").is_empty());
    }
    let notes = fs::read_to_string(folder.path().join("erased")).expect("the file");
    assert_eq!(notes.lines().count(), 1);
    assert!(
        notes.contains(&zebedee.id.to_string()) && !notes.contains("zebedee@"),
        "{notes}"
    );

    // The older copy knows them, until it is started.
    fs::remove_dir_all(&store).expect("the store goes");
    copy(&older.path().join("store"), &store);
    let test = open();
    assert!(!with_words(&test, "zebedee").is_empty());
    let again = erasure::replay(&test.app, test.now).expect("the store");
    assert_eq!(again, 1);
    assert!(with_words(&test, "zebedee").is_empty());
    assert!(
        erasure::tombstone(&test.app, badge)
            .expect("the store")
            .is_some()
    );
    test.app.log.check().expect("a sound log");
    assert_eq!(erasure::replay(&test.app, test.now).expect("the store"), 0);
    drop(test);

    // Half a line at the end is what a power cut leaves; a broken line in the middle is refused.
    let path = folder.path().join("erased");
    fs::write(&path, format!("{notes}{{\"v\":1,\"per")).expect("a file");
    drop(open());
    assert_eq!(fs::read_to_string(&path).expect("the file"), notes);
    fs::write(&path, format!("broken\n{notes}")).expect("a file");
    let refused = issuer::erasure::ErasureNotes::open(&path);
    assert_eq!(
        refused.err().expect("refused").code(),
        "erasure.notes_damaged"
    );
    // A file that was lost is written again from what the store knows.
    fs::remove_file(&path).expect("the file goes");
    let test = open();
    erasure::replay(&test.app, test.now).expect("the store");
    let rewritten = fs::read_to_string(&path).expect("the file");
    assert!(rewritten.contains(&zebedee.id.to_string()));
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name");
        match path.is_dir() {
            true => copy(&path, &to.join(name)),
            false => drop(fs::copy(&path, to.join(name)).expect("a copy")),
        }
    }
}

#[test]
fn an_erasure_that_a_crash_cut_off_is_gone_on_with() {
    let test = TestApp::new();
    let (_, zebedee) = published(&test, "zebedee");
    // What the first commit leaves, and nothing after it: the record of what is still to be done.
    let erasing = json!({ "v": 1, "person": zebedee, "at": test.now });
    let mut batch = issuer::engine::Batch::default();
    let key = issuer::layout::erasing(zebedee.id);
    batch.put(key, erasing.to_string().into_bytes());
    batch.delete(issuer::layout::person(zebedee.id));
    batch.delete(issuer::layout::person_email(zebedee.primary()));
    test.app.store.commit(batch).expect("the store");
    assert!(!with_words(&test, "zebedee").is_empty());
    erasure::resume(&test.app, test.now).expect("the store");
    assert_eq!(with_words(&test, "zebedee"), Vec::<String>::new());
    assert_eq!(test.records(b"tombstone/"), 1);
}

#[tokio::test]
async fn an_operator_erases_whoever_asked_elsewhere_and_the_last_administrator_stays() {
    let served = Served::new().await;
    let test = &served.test;
    organisation::found(
        &test.app,
        Actor::Service,
        district(&wayne(), "Wayne County"),
        test.now,
    )
    .expect("founded");
    let wendy = test.person("wendy", &[]);
    test.join(&wendy, &wayne(), &[Role::Administrator]);
    let operator = served.caller("oscar", &[Role::Administrator]);
    let path = format!("/api/v1/people/{}/erasure", wendy.id);
    let refused = operator.post(&path, json!({})).await;
    assert_eq!(
        problem(refused).await,
        (409, "organisation.last_administrator".to_owned())
    );
    let another = test.person("winston", &[]);
    test.join(&another, &wayne(), &[Role::Administrator]);
    let stranger = served.caller("winston", &[]);
    assert_eq!(problem(stranger.post(&path, json!({})).await).await.0, 403);
    assert_eq!(operator.post(&path, json!({})).await.status(), 204);
    assert!(with_words(test, "wendy").is_empty());
    assert_eq!(problem(operator.post(&path, json!({})).await).await.0, 404);
    let members: Value = stranger
        .get("/api/v1/organisations/wayne-county/members")
        .await
        .json()
        .await
        .expect("JSON");
    assert_eq!(members["items"].as_array().expect("a list").len(), 1);
}

/// The entries of an archive.
async fn archive(answer: Response) -> Vec<(String, Vec<u8>)> {
    assert_eq!(answer.status(), 200);
    assert_eq!(media_type(&answer), "application/zip");
    assert_eq!(header(&answer, "cache-control"), "private, no-store");
    let bytes = answer.bytes().await.expect("an archive");
    let mut archive = ZipArchive::new(Cursor::new(bytes)).expect("an archive");
    let mut entries = Vec::new();
    for number in 0..archive.len() {
        let mut entry = archive.by_index(number).expect("an entry");
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).expect("its bytes");
        entries.push((entry.name().expect("a name").into_owned(), bytes));
    }
    entries
}

#[tokio::test]
async fn an_archive_holds_badges_in_both_forms_evidence_with_salts_and_a_page_that_leads_through_it()
 {
    let served = Served::new().await;
    let test = &served.test;
    let badge = test.badges(&["zebedee"])[0].badge();
    let declined = test.badges(&["bert"]);
    assert_eq!(declined.len(), 1);
    let caller = served.caller("zebedee", &[]);
    let entries = archive(caller.get("/api/v1/account/export").await).await;
    let text = |path: &str| {
        let found = entries.iter().find(|(name, _)| name == path);
        let found = found.unwrap_or_else(|| panic!("{path} is not in {:?}", names(&entries)));
        String::from_utf8(found.1.clone()).expect("text")
    };
    for form in ["json", "jwt"] {
        let credential = text(&format!("badges/{badge}/edition-1.{form}"));
        assert_eq!(
            test.verify(credential.as_bytes()).verdict(),
            Verdict::Verified,
            "{form}"
        );
    }
    let profile: Value = serde_json::from_str(&text("profile.json")).expect("JSON");
    assert_eq!(profile["person"]["emails"][0], "zebedee@example.org");
    let names = names(&entries);
    let index = text("index.html");
    for name in names.iter().filter(|name| *name != "index.html") {
        assert!(index.contains(&format!("href=\"{name}\"")), "{name}");
    }
    let pieces: Vec<_> = names
        .iter()
        .filter(|name| name.contains("/evidence/") && name.ends_with(".json"))
        .collect();
    assert_eq!(pieces.len(), 2);
    let piece: Value = serde_json::from_str(&text(pieces[0])).expect("JSON");
    assert!(piece["salt"].is_string());
    assert!(names.iter().any(|name| name.ends_with("manifest-1.json")));
    let reviews = names
        .iter()
        .find(|name| name.ends_with("reviews.json"))
        .expect("reviews");
    assert!(text(reviews).contains("consistent") && !text(reviews).contains("reviewer"));
    let grace = test.person("grace", &[]).id.to_string();
    let bert = test.person("bert", &[]).id.to_string();
    for (name, bytes) in &entries {
        for other in ["grace", "bert@", &grace, &bert] {
            assert!(
                memchr::memmem::find(bytes, other.as_bytes()).is_none(),
                "{other} in {name}"
            );
        }
    }
    let stranger = served
        .request(Method::GET, "/api/v1/account/export")
        .send()
        .await;
    assert_eq!(problem(stranger.expect("an answer")).await.0, 401);
}

fn names(entries: &[(String, Vec<u8>)]) -> Vec<String> {
    entries.iter().map(|(name, _)| name.clone()).collect()
}

#[tokio::test]
async fn another_program_opens_the_archive() {
    if !peers_wanted("another_program_opens_the_archive") {
        return;
    }
    let served = Served::new().await;
    served.test.badges(&["zebedee"]);
    let answer = served
        .caller("zebedee", &[])
        .get("/api/v1/account/export")
        .await;
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("archive.zip");
    fs::write(&path, answer.bytes().await.expect("an archive")).expect("a file");
    let tested = Command::new("python3")
        .args(["-m", "zipfile", "-t"])
        .arg(&path)
        .output();
    let tested = tested.expect("python3");
    let said = String::from_utf8_lossy(&tested.stdout);
    assert!(
        tested.status.success() && !said.contains("corrupt"),
        "{said}"
    );
    let listed = Command::new("python3")
        .args(["-m", "zipfile", "-l"])
        .arg(&path)
        .output();
    let listed = String::from_utf8_lossy(&listed.expect("python3").stdout).into_owned();
    assert!(
        listed.contains("index.html") && listed.contains("profile.json"),
        "{listed}"
    );
}

#[tokio::test]
async fn the_pages_ask_for_confirmation_and_work_without_a_script() {
    let served = Served::new().await;
    let zebedee = served.test.person("zebedee", &[]);
    let browser = Browser::of(&served, &zebedee);
    let page = browser.get("/account/privacy").await;
    assert_eq!(page.status(), 200);
    let page = page.text().await.expect("a page");
    assert!(!page.contains("<script") && page.contains("/account/export"));
    let entries = archive(browser.get("/account/export").await).await;
    assert!(names(&entries).contains(&"index.html".to_owned()));
    let wrong = browser
        .post(
            "/account/privacy/erase",
            &[("confirm", "other@example.org")],
        )
        .await;
    assert_eq!(wrong.status(), 422);
    let wrong = wrong.text().await.expect("a page");
    assert!(wrong.contains("role=\"alert\"") && wrong.contains("other@example.org"));
    let erased = browser
        .post(
            "/account/privacy/erase",
            &[("confirm", "zebedee@example.org")],
        )
        .await;
    assert_eq!(erased.status(), 200);
    assert!(
        erased
            .text()
            .await
            .expect("a page")
            .contains("You are forgotten")
    );
    assert_eq!(browser.get("/account").await.status(), 303);
}
