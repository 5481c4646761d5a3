//! What the certification of Open Badges 3.0 asks of an issuer, seen from outside: a badge for the recipient whom
//! 1EdTech names, delivered by mail, taken in every form, and looked at by programs of others.

mod film;
mod kinds;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use issuer::config::{MailConfig, MailSecurity};
use issuer::fetch;
use issuer::mail;
use issuer::organisation::Role;
use issuer::smtp::Postman;
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;
use verifier::Policy;

use super::peers_service::{PEERS, service, write};
use crate::browser::Browser;
use crate::mail_server::{Letter, MailServer};
use crate::mailbox::link_in;
use crate::peer::{Peer, peers_wanted};
use crate::served::{Outside, Served, header};
use crate::support::entries;
use crate::web::told;

/// Whom the certification has a badge issued to.
const RECIPIENT: &str = "conformance@imsglobal.org";

/// The forms in which a recipient takes a badge, each with its media type.
const FORMS: [(&str, &str); 4] = [
    ("json", "application/vc+ld+json"),
    ("jwt", "text/plain; charset=utf-8"),
    ("png", "image/png"),
    ("svg", "image/svg+xml"),
];

/// CI-1, CI-2: a badge is awarded to the recipient of the certification, and delivered by a mail server. Its link
/// opens the account and the badge; JSON, JWT, PNG and SVG are downloaded, hold in every program of others that
/// reads the form, and name that recipient and nobody else.
#[tokio::test(flavor = "multi_thread")]
async fn the_recipient_of_the_certification_takes_a_valid_badge_in_every_form() {
    if !peers_wanted("the_recipient_of_the_certification_takes_a_valid_badge_in_every_form") {
        return;
    }
    let home = TempDir::new().expect("a folder");
    let served = Served::of(service(home.path())).await;
    let badge = awarded(&served).await;
    let letter = delivered(&served);
    assert_eq!(letter.to, RECIPIENT);
    assert_eq!(letter.subject, "Your badge is ready: Wait Time");

    let browser = Browser::new(&served);
    let link = link_in(&letter.text);
    let page = browser.get(&link).await.text().await.expect("a page");
    assert!(page.contains("Conformance"), "{page}");
    let opened = browser.post(&link, &[]).await;
    assert_eq!(header(&opened, "location"), format!("/my/badges/{badge}"));
    let page = browser.get(header(&opened, "location")).await;
    let page = page.text().await.expect("a page");

    let folder = TempDir::new().expect("a folder");
    let files = taken(&served, &browser, &page, folder.path()).await;
    judged_by_us(&served, &files).await;
    let texts = unbaked(&files);
    names_the_recipient(&texts["json"]);
    for text in texts.values() {
        let is_one = *text == texts["json"] || *text == texts["jwt"];
        assert!(is_one, "a picture holds what was downloaded: {text}");
    }
    judged_by_peers(&served, &texts["json"], folder.path()).await;
}

/// An officer awards a badge to the recipient, who is nobody here yet.
async fn awarded(served: &Served) -> String {
    let officer = served.caller("olga", &[Role::IssuingOfficer]);
    let wanted = json!({
        "email": RECIPIENT,
        "name": "Conformance",
        "micro_credential": "wait-time",
        "reason": "The certification asks for it.",
    });
    let awards = "/api/v1/organisations/host/awards";
    let answer = officer.post(awards, wanted).await;
    assert_eq!(answer.status(), 201);
    let award: Value = answer.json().await.expect("an award");
    award["badge"].as_str().expect("a badge").to_owned()
}

/// Sends what is due by SMTP, as upkeep does: the one letter that arrives.
fn delivered(served: &Served) -> Letter {
    let server = MailServer::slow(std::time::Duration::ZERO);
    let (host, port) = server.address.split_once(':').expect("a port");
    let config = MailConfig {
        host: host.to_owned(),
        port: port.parse().expect("a port"),
        security: MailSecurity::None,
        login: None,
        authority: None,
        from: "badges@example.org".parse().expect("an address"),
    };
    let postman = Postman::new(&config, "badges.example.org", "Example").expect("a way");
    let sent = mail::send_due(&served.test.app, served.test.now, |mail| postman.send(mail));
    assert_eq!(sent.expect("the store"), 1);
    let [letter] = server.letters().try_into().expect("one letter");
    letter
}

/// Follows each link for downloading on the page of the badge, as its holder; nobody else gets anything.
async fn taken(
    served: &Served,
    browser: &Browser<'_>,
    page: &str,
    folder: &Path,
) -> BTreeMap<&'static str, PathBuf> {
    let mut files = BTreeMap::new();
    for (extension, media_type) in FORMS {
        let end = format!(".{extension}\" download>");
        let (before, _) = page.split_once(&end).expect("a link for downloading");
        let path = before.rsplit('"').next().expect("an address");
        let path = format!("{path}.{extension}");
        assert_eq!(served.get(&path).await.status(), 404, "{path} is private");
        let answer = browser.get(&path).await;
        assert_eq!(answer.status(), 200, "{path}");
        assert_eq!(header(&answer, "content-type"), media_type);
        let bytes = answer.bytes().await.expect("a body");
        let file = write(folder, &format!("badge.{extension}"), bytes);
        files.insert(extension, file);
    }
    files
}

/// Every file is verified for its recipient, and refused for anybody else.
async fn judged_by_us(served: &Served, files: &BTreeMap<&str, PathBuf>) {
    let outside = Outside::at(served.address);
    for (form, file) in files {
        for (whose, expected) in [
            (RECIPIENT, "verified"),
            ("somebody@imsglobal.org", "refused/recipient.mismatch"),
        ] {
            let mut policy = Policy::default();
            policy.recipient = Some(whose.to_owned());
            let bytes = fs::read(file).expect("a file");
            let report = fetch::verify(bytes, &outside, policy, served.test.now).await;
            assert_eq!(told(&report), expected, "{form}, {whose}");
            // What the picture shows is not signed, whatever is in it.
            let said: Vec<_> = report.warnings().iter().map(|one| one.code()).collect();
            let of_pictures: &[&str] = match *form {
                "png" | "svg" => &["warn.image_unbound"],
                _ => &[],
            };
            assert_eq!(said, of_pictures, "{form}");
        }
    }
}

/// The credential in each file, as plain tools read it.
fn unbaked(files: &BTreeMap<&'static str, PathBuf>) -> BTreeMap<&'static str, String> {
    let mut peer = Peer::start("unbake");
    let mut texts = BTreeMap::new();
    for (form, file) in files {
        let text = match *form {
            "json" | "jwt" => fs::read_to_string(file).expect("text"),
            _ => {
                let found = peer.ask(&json!({ "do": "unbake", "picture": file }));
                let found = found["texts"].as_array().expect("a list");
                assert_eq!(found.len(), 1, "{form}");
                found[0].as_str().expect("text").to_owned()
            }
        };
        texts.insert(*form, text);
    }
    texts
}

/// The recipient stands in the badge as a salted hash, by another's arithmetic.
fn names_the_recipient(text: &str) {
    assert!(
        !text.contains("imsglobal.org\""),
        "not in the clear: {text}"
    );
    let mut peer = Peer::start("certification");
    for (email, named) in [(RECIPIENT, true), ("somebody@imsglobal.org", false)] {
        let found = peer.ask(&json!({ "do": "recipient", "text": text, "email": email }));
        assert_eq!(
            found,
            json!({ "identifiers": 1, "named": named }),
            "{email}"
        );
    }
}

/// Every peer verifies every form that it reads, with what the service publishes over HTTP.
async fn judged_by_peers(served: &Served, text: &str, folder: &Path) {
    let badge: Value = serde_json::from_str(text).expect("JSON");
    let entry = &badge["credentialStatus"]["statusListCredential"];
    let entry = entry.as_str().expect("an address");
    let did = format!("{}/.well-known/did.json", served.public_url);
    for (address, accept, name) in [
        (did.as_str(), "application/json", "did.json"),
        (entry, "application/json", "list.json"),
        (entry, "text/plain", "list.jwt"),
    ] {
        let request = served.request(Method::GET, address);
        let answer = request.header("accept", accept).send().await;
        let answer = answer.expect("an answer");
        assert_eq!(answer.status(), 200, "{name}");
        write(folder, name, answer.bytes().await.expect("a body"));
    }
    let mut seen = 0;
    for (name, forms, list) in PEERS {
        let mut peer = Peer::start(name);
        for form in *forms {
            let asked = json!({
                "do": "verify",
                "form": form,
                "path": folder.join(format!("badge.{form}")),
                "documents": { &did: folder.join("did.json"), entry: folder.join(list.unwrap_or("list.json")) },
            });
            let answer = peer.ask(&asked);
            assert_eq!(answer["verified"], true, "{name}, {form}: {answer}");
            println!("{name} verifies {form}");
            seen += 1;
        }
    }
    assert_eq!(seen, 9);
    assert!(entries(folder).len() >= 7);
}
