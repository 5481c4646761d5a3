//! Other implementations verify what the service issues, and see it revoked.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use issuer::app::App;
use issuer::badge::changing::{self, About, Act, Decision};
use issuer::issued::Issued;
use issuer::random::Random;
use issuer::{bake, picture, revocation, status};
use keys::{KeyState, KeyUse, Keyring};
use schemas::timestamp::Timestamp;
use serde_json::{Value, json};

use crate::app::{self, TestApp};
use crate::catalogue::wait_time;
use crate::peer::{Peer, peers_wanted};

/// A form of the badge as a peer is told of it, and its name as a file.
const FORMS: &[(&str, &str)] = &[
    ("json", "badge.json"),
    ("jwt", "badge.jwt"),
    ("png", "json.png"),
    ("png", "jwt.png"),
    ("svg", "json.svg"),
    ("svg", "jwt.svg"),
];

/// Peers with the forms they read and the kind of status list they read, if any.
pub const PEERS: &[(&str, &[&str], Option<&str>)] = &[
    ("digitalbazaar", &["json"], Some("list.json")),
    ("verifier-core", &["json"], Some("list.json")),
    ("didkit", &["json"], None),
    ("openvc", &["json"], Some("list.json")),
    (
        "openbadgeslib",
        &["json", "jwt", "png", "svg"],
        Some("list.jwt"),
    ),
    ("jose", &["jwt"], None),
];

#[test]
fn peers_verify_what_the_service_issues_and_see_it_revoked() {
    if !peers_wanted("peers_verify_what_the_service_issues_and_see_it_revoked") {
        return;
    }
    let home = tempfile::tempdir().expect("a folder");
    let test = service(home.path());
    let issued = test.issued();
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let entry = published(&test, issued.json(), folder);
    files(&test, &issued, folder);

    let mut peers: Vec<Peer> = PEERS.iter().map(|(name, ..)| Peer::start(name)).collect();
    see(&mut peers, &entry, folder, Seen::Verified);

    let reason = "The recording was of another class."
        .parse()
        .expect("a text");
    revocation::revoke(&test.app, &test.officer(), issued.badge(), reason, test.now)
        .expect("its end");
    published(&test, issued.json(), folder);
    see(&mut peers, &entry, folder, Seen::Revoked);
}

#[test]
fn peers_verify_every_further_edition_and_see_the_one_before_revoked() {
    if !peers_wanted("peers_verify_every_further_edition_and_see_the_one_before_revoked") {
        return;
    }
    let home = tempfile::tempdir().expect("a folder");
    let test = service(home.path());
    let badge = test.issued().badge();
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let mut peers: Vec<Peer> = PEERS.iter().map(|(name, ..)| Peer::start(name)).collect();
    let decide = |act| {
        let decision = Decision {
            act,
            by: test.officer().id,
            reason: "It was found out later.".parse().expect("a text"),
            bulk: None,
        };
        changing::decide(&test.app, badge, About::Current, &decision, test.now).expect("done")
    };
    let edition = |number| {
        let found = test.app.store.issued(badge, number).expect("the store");
        found.expect("the edition")
    };
    for (act, current) in [(Act::Suspend, 1), (Act::Reinstate, 2), (Act::Correct, 3)] {
        decide(act);
        for number in 1..=current {
            let issued = edition(number);
            let entry = published(&test, issued.json(), folder);
            files(&test, &issued, folder);
            let seen = match (act, number == current) {
                (Act::Suspend, _) | (_, false) => Seen::Revoked,
                (_, true) => Seen::Verified,
            };
            println!("{act:?}, edition {number}: {seen:?}");
            see(&mut peers, &entry, folder, seen);
        }
    }
}

/// What peers are to find.
#[derive(Clone, Copy, Debug)]
enum Seen {
    Verified,
    Revoked,
}

/// Asks every peer about every form that it reads.
fn see(peers: &mut [Peer], entry: &str, folder: &Path, seen: Seen) {
    for (peer, (name, forms, list)) in peers.iter_mut().zip(PEERS) {
        for (form, file) in FORMS.iter().filter(|(form, _)| forms.contains(form)) {
            let answer = peer.ask(&request(entry, folder, form, file, *list));
            match seen {
                Seen::Verified => {
                    assert_eq!(answer["verified"], true, "{name}, {file}: {answer}");
                    let status = list.map_or(Value::Null, |_| "clear".into());
                    assert_eq!(answer["status"], status, "{name}, {file}: {answer}");
                    println!("{name} verifies {file}");
                }
                Seen::Revoked if list.is_some() => {
                    assert_eq!(answer["status"], "set", "{name}, {file}: {answer}");
                    println!("{name} sees {file} revoked");
                }
                Seen::Revoked => {}
            }
        }
    }
}

/// The service at the time of the machine, which the peers read.
pub fn service(home: &Path) -> TestApp {
    // openbadgeslib checks a status list with the first key of the DID document, whatever its `kid`.
    let keys = vec![
        app::key([2; 32], KeyState::Current, KeyUse::Jwt),
        app::key([1; 32], KeyState::Current, KeyUse::DataIntegrity),
    ];
    let keyring = Keyring::did_web(&app::did(), keys).expect("one current key for each use");
    let random = Random::seeded([42; 32]);
    let mut test = TestApp::in_folder(home, keyring, random, App::log_step);
    test.now = machine_clock();
    test
}

/// Writes an edition of a badge in every form.
fn files(test: &TestApp, issued: &Issued, folder: &Path) {
    let catalogued = test
        .app
        .store
        .micro_credential(&wait_time())
        .expect("the store");
    let picture = picture::draw(&catalogued.expect("the micro-credential"));
    let bake = |text| bake::bake(&picture, text).expect("a baked picture");
    write(folder, "badge.json", issued.json());
    write(folder, "badge.jwt", issued.jwt());
    write(folder, "json.png", bake(issued.json()));
    write(folder, "jwt.png", bake(issued.jwt()));
    let lines = bake::svg::around(&picture).expect("a picture");
    let bake = |text| bake::svg::bake(&lines, text).expect("a baked picture");
    write(folder, "json.svg", bake(issued.json()));
    write(folder, "jwt.svg", bake(issued.jwt()));
}

/// Writes what the service publishes beside a badge: its DID document and the status list that the
/// badge names, whose address it returns.
pub fn published(test: &TestApp, badge: &str, folder: &Path) -> String {
    let badge: Value = serde_json::from_str(badge).expect("a credential");
    let list = badge["credentialStatus"]["statusListCredential"]
        .as_str()
        .expect("an address");
    let number = list
        .rsplit('/')
        .next()
        .and_then(|number| number.parse().ok());
    let signed = status::list(&test.app, number.expect("a number")).expect("the list");
    write(
        folder,
        "did.json",
        test.app.issuers.host().did_document().to_string(),
    );
    write(folder, "list.json", signed.json);
    write(folder, "list.jwt", signed.jwt);
    list.to_owned()
}

/// What a peer is asked about a file.
pub fn request(entry: &str, folder: &Path, form: &str, file: &str, list: Option<&str>) -> Value {
    json!({
        "do": "verify",
        "form": form,
        "path": folder.join(file),
        "documents": {
            "https://badges.example.org/.well-known/did.json": folder.join("did.json"),
            entry: folder.join(list.unwrap_or("list.json")),
        },
    })
}

/// Writes a file for a peer.
pub fn write(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, bytes).expect("a file in the test's folder");
    path
}

/// What the peers take for now.
pub fn machine_clock() -> Timestamp {
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .expect("after 1970");
    i64::try_from(now.as_secs())
        .ok()
        .and_then(Timestamp::from_unix)
        .expect("a time")
}
