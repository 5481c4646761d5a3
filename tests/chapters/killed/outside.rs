//! The program that is killed, and the servers that it speaks to.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use issuer::embedded::{self, Embedded};
use issuer::engine::Engine as _;
use issuer::log::Log;
use issuer::store::Store;
use rcgen::CertificateParams;
use serde_json::Value;
use tempfile::TempDir;

use super::super::attacks_interface_repeats::{Sender, publish};
use super::{CHANGES, PATIENCE, text};
use crate::certificates::{authority, signed};
use crate::mail_server::{Letter, MailServer};
use crate::receiver::Receiver;
use crate::shipped::Shipped;

/// The program, and the servers that it speaks to.
pub struct Outside {
    pub shipped: Shipped,
    pub receiver: Receiver,
    pub post: MailServer,
    _folder: TempDir,
}

impl Outside {
    pub fn new() -> Outside {
        // Another chapter may have installed it before.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let authority = authority();
        let names = CertificateParams::new(["localhost".to_owned()]).expect("a name");
        let receiver = Receiver::with_tls(signed(names, &authority));
        // Long enough to be killed between a message and the note that it was taken.
        receiver.answers_after(UNDER_WAY);
        let post = MailServer::slow(UNDER_WAY);
        let folder = TempDir::new().expect("a folder");
        let authorities = folder.path().join("authority.pem");
        std::fs::write(&authorities, authority.pem()).expect("a file");
        let host = receiver.address.split('/').nth(2).expect("a host");
        let settings = format!(
            "webhook_private_hosts = [{host:?}]\nverify_ca_file = {authorities:?}\n\
             smtp_server = {:?}\nsmtp_security = \"none\"\nmail_from = \"badges@example.org\"\n",
            post.address
        );
        Outside {
            shipped: Shipped::with_settings(&settings),
            receiver,
            post,
            _folder: folder,
        }
    }

    /// Starts it, with something to earn.
    pub async fn open(&mut self) -> Sender {
        let roles = ["administrator", "author", "issuing-officer"];
        let office = self.shipped.person("office", &roles);
        self.shipped.start();
        let office = Sender::new(&self.shipped, &office);
        publish(&office).await;
        office
    }

    /// Waits until the change is finished and everybody is told, and gives the events of the trail.
    pub async fn until_told(
        &self,
        office: &Sender,
        change: &Value,
        (rows, gone): (usize, &[(String, String)]),
    ) -> Vec<Value> {
        let change = format!("{CHANGES}/{}", change["id"].as_str().expect("an id"));
        let began = Instant::now();
        loop {
            let is_finished = office.json(&change).await["finished"].is_string();
            let trail = office.text(TRAIL).await;
            let events = trail
                .lines()
                .map(|line| serde_json::from_str(line).expect("an event"));
            let is_told =
                |event: &Value| TOLD.contains(&event["kind"].as_str().unwrap_or_default());
            let events: Vec<Value> = events.filter(is_told).collect();
            let received = self.receiver.received();
            let heard: BTreeSet<String> = received
                .iter()
                .map(|one| text(&one.json()["data"]["event"]))
                .collect();
            let missing = events
                .iter()
                .filter(|event| !heard.contains(&text(&event["id"])))
                .count();
            let letters = self.post.letters().into_iter();
            let stays = |letter: &Letter| gone.iter().all(|(_, email)| *email != letter.to);
            let letters: BTreeSet<String> = letters.filter(stays).map(|letter| letter.id).collect();
            if is_finished && missing == 0 && letters.len() >= 2 * (rows - gone.len()) {
                return events;
            }
            assert!(
                began.elapsed() < PATIENCE,
                "finished: {is_finished}, {missing} messages missing, {} letters\n{}",
                letters.len(),
                self.shipped.log()
            );
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    }

    /// What lies on the disk when the program is killed once more: one entry for each thing that was done, a log
    /// that holds together, and nothing of those who are gone.
    pub fn nothing_is_half(
        &mut self,
        gone: &[(String, String)],
        (issued, suspended): (usize, usize),
    ) {
        self.shipped.kill();
        let store = self.shipped.file("data/store");
        let engine =
            Embedded::open(&store, 16 << 20, Box::new(embedded::abort)).expect("the engine");
        let engine = Arc::new(engine);
        let store = Store::open(engine.clone()).expect("the store");
        let log = Log::open(store, &self.shipped.file("data/log-high-water")).expect("the log");
        log.check().expect("a sound log");
        assert_eq!(
            log.head().size,
            (issued + suspended) as u64,
            "one entry for each"
        );
        let all = engine.scan(b"", b"", usize::MAX).expect("the store");
        for (person, email) in gone {
            let names = |bytes: &[u8]| memchr::memmem::find(bytes, email.as_bytes()).is_some();
            assert!(
                !all.iter().any(|(key, value)| names(key) || names(value)),
                "{email} {person}"
            );
        }
        let below = |prefix: &'static [u8]| all.iter().filter(move |one| one.0.starts_with(prefix));
        assert_eq!(below(b"award-open/").count(), 0, "awards are left");
        for (_, erasing) in below(b"erasing/") {
            let erasing = String::from_utf8_lossy(erasing);
            let waits = r#""stage":"removed""#;
            assert!(erasing.contains(waits), "nothing else is left: {erasing}");
        }
        // A letter that is left was taken, and the note of that was cut off: it will come again as the same one.
        let taken = self.post.letters();
        for (key, _) in all.iter().filter(|(key, _)| key.starts_with(b"mail/")) {
            let id = String::from_utf8_lossy(&key[5..]);
            let is_it = |letter: &Letter| letter.id == format!("<{id}@example.org>");
            assert!(taken.iter().any(is_it), "{id} was lost");
        }
        assert_eq!(
            all.iter()
                .filter(|(key, _)| key.starts_with(b"tombstone/"))
                .count(),
            gone.len()
        );
    }
}

const TRAIL: &str = "/api/v1/organisations/host/audit/export?format=json_lines";
/// What is recorded after the webhook was added.
const TOLD: [&str; 4] = [
    "award.made",
    "badge.issued",
    "badge.suspended",
    "person.erased",
];
/// How long a message, and a letter, are under way.
const UNDER_WAY: Duration = Duration::from_millis(25);
