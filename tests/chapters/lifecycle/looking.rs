//! Looking at a badge from outside, everywhere at once.

use std::io::Read as _;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use flate2::read::GzDecoder;
use issuer::checkpoint::{Checkpoint, NoteName, NoteSigner};
use issuer::clock::Clock;
use issuer::digest::Sha256Digest;
use issuer::id::BadgeId;
use issuer::mail::Mail;
use issuer::merkle::{self, Head};
use issuer::organisation::Role;
use keys::SecretKey;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sign::Signer;
use serde_json::{Value, json};

use super::caching::Caching;
use super::table::Who;
use crate::mailbox;
use crate::receiver::{Received, Receiver};
use crate::served::{Served, media_type};

/// The service, with a program that is told of everything.
pub struct Watched {
    pub served: Served,
    receiver: Receiver,
    secret: Vec<u8>,
    admin: String,
}

/// A badge as it was seen everywhere at one moment.
pub struct Look {
    /// Of the page and its four forms.
    pub statuses: [u16; 5],
    pub page: String,
    pub forms: Option<Forms>,
    pub state: Option<String>,
    pub told: Vec<String>,
    pub head: Head,
    /// How many messages about it had arrived.
    pub messages: usize,
    /// The trail of what was done to it, oldest first.
    pub trail: Vec<Value>,
    /// The letters to its earner.
    pub letters: Vec<Mail>,
}

/// A badge in both forms, as whoever downloaded it has it.
pub struct Forms {
    pub json: String,
    pub jwt: String,
}

impl Watched {
    pub async fn new() -> Watched {
        let receiver = Receiver::start();
        let served = Served::changed(|edge, _| edge.webhooks = Arc::new(receiver.calls())).await;
        let admin = served.caller("wilma", &[Role::Administrator]);
        let hooks = "/api/v1/organisations/host/webhooks";
        let added = admin
            .post(hooks, json!({ "address": receiver.address }))
            .await;
        assert_eq!(added.status(), 201);
        let added: Value = added.json().await.expect("a webhook");
        let secret = added["secret"].as_str().expect("a secret");
        let secret = secret
            .strip_prefix("whsec_")
            .expect("as the standard writes it");
        let admin = admin.token().to_owned();
        Watched {
            secret: STANDARD.decode(secret).expect("base64"),
            admin,
            served,
            receiver,
        }
    }

    /// What arrived about a badge, in the order of arrival.
    pub fn messages_about(&self, badge: BadgeId) -> Vec<String> {
        let of_badge = |one: &Received| one.json()["data"]["badge"] == badge.to_string();
        let received = self.receiver.received().into_iter().filter(of_badge);
        received.map(|one| one.kind()).collect()
    }

    /// The message that arrived last.
    pub fn last_message(&self) -> Value {
        let received = self.receiver.received();
        received.last().expect("a message").json()
    }

    /// Recomputes the signature of every message (Standard Webhooks), by another library than ours; and none came
    /// twice.
    pub fn check_signatures(&self) {
        let key = PKey::hmac(&self.secret).expect("a key");
        let mut seen = std::collections::BTreeSet::new();
        for one in self.receiver.received() {
            let (id, time) = (
                &one.headers["webhook-id"],
                &one.headers["webhook-timestamp"],
            );
            let signed = format!("{id}.{time}.{}", one.body);
            let mut signer = Signer::new(MessageDigest::sha256(), &key).expect("a signer");
            let mac = signer
                .sign_oneshot_to_vec(signed.as_bytes())
                .expect("a signature");
            let expected = format!("v1,{}", STANDARD.encode(mac));
            assert_eq!(one.headers["webhook-signature"], expected);
            assert!(seen.insert(id.clone()), "{id} came twice");
        }
    }

    /// An event of the trail: its kind and who did it. Officers say why.
    pub fn done(&self, event: &Value) -> (String, Who) {
        let kind = event["kind"].as_str().expect("a kind").to_owned();
        let who = match event["actor"]["name"].as_str() {
            Some("olga") => Who::Officer,
            Some(_) => Who::Holder,
            None => Who::Service,
        };
        let is_said = event["reason"] == super::REASON;
        assert_eq!(is_said, who == Who::Officer, "{event}");
        assert_eq!(event["at"], self.served.test.now.to_string());
        (kind, who)
    }

    /// The entries that were added to the log in between. The later tree holds each of them, and begins with the
    /// earlier one.
    pub async fn new_entries(&self, earlier: &Look, later: &Look) -> Vec<Value> {
        let (old, new) = (earlier.head, later.head);
        let path = format!("/log/consistency?from={}&to={}", old.size, new.size);
        let proof = self.served.json(&path).await;
        assert!(
            merkle::verify_consistency(&old, &new, &digests(&proof["path"])),
            "{proof}"
        );
        let page = self
            .served
            .json(&format!("/log/entries?from={}", old.size))
            .await;
        let entries = page["entries"].as_array().expect("entries").clone();
        for (place, entry) in (old.size..).zip(&entries) {
            let proof = self.served.json(&format!("/log/proof/{place}")).await;
            assert_eq!(&proof["entry"], entry);
            let leaf = merkle::leaf_hash(entry.to_string().as_bytes());
            let path = digests(&proof["path"]);
            assert!(
                merkle::verify_inclusion(&leaf, place, new.size, &path, &new.root),
                "{proof}"
            );
            assert_eq!(entry["time"], self.served.test.now.to_string());
        }
        assert_eq!(entries.len() as u64, new.size - old.size);
        entries
    }

    async fn deliver(&self) {
        let (app, clock) = (
            self.served.test.app.share(),
            Clock::Fixed(self.served.test.now),
        );
        let sent = self.receiver.calls().deliver_due(&app, clock).await;
        sent.expect("the store");
    }

    /// The size and root that the log has signed.
    async fn head(&self) -> Head {
        let note = self.served.get("/log/checkpoint").await;
        let note = note.text().await.expect("a note");
        let name = NoteName::new("badges.example.org/log").expect("a name");
        let signer = NoteSigner::new(name, SecretKey::ed25519([9; 32])).expect("a signer");
        Checkpoint::open(&note, signer.verifier())
            .expect("a signed note")
            .head
    }

    async fn trail(&self, badge: BadgeId) -> Vec<Value> {
        let path = format!("/api/v1/organisations/host/audit?badge={badge}");
        let request = self.served.request(reqwest::Method::GET, &path);
        let answer = request
            .bearer_auth(&self.admin)
            .send()
            .await
            .expect("an answer");
        let list: Value = answer.json().await.expect("a list");
        let mut items = list["items"].as_array().expect("items").clone();
        items.reverse();
        items
    }
}

impl Look {
    pub async fn at(watched: &Watched, badge: Option<BadgeId>) -> Look {
        watched.deliver().await;
        let served = &watched.served;
        let letters = mailbox::messages(&served.test, "ada@example.org");
        let mut look = Look {
            statuses: [404; 5],
            page: String::new(),
            forms: None,
            state: None,
            told: Vec::new(),
            head: watched.head().await,
            messages: 0,
            trail: Vec::new(),
            letters,
        };
        let Some(badge) = badge else {
            return look;
        };
        look.messages = watched.messages_about(badge).len();
        look.trail = watched.trail(badge).await;
        let page = served.page(&format!("/badges/{badge}")).await;
        look.statuses[0] = page.status().as_u16();
        look.page = page.text().await.expect("a page");
        for (place, extension) in ["json", "jwt", "png", "svg"].iter().enumerate() {
            let answer = served.get(&format!("/badges/{badge}.{extension}")).await;
            look.statuses[place + 1] = answer.status().as_u16();
        }
        if look.statuses[0] != 200 {
            return look;
        }
        look.forms = Some(Forms::of(served, badge).await);
        let history = served.json(&format!("/badges/{badge}/history")).await;
        look.state = history["state"].as_str().map(str::to_owned);
        let happenings = history["happenings"].as_array().expect("a list");
        let what = |happening: &Value| happening["what"].as_str().expect("a word").to_owned();
        look.told = happenings.iter().map(what).collect();
        look
    }
}

impl Forms {
    pub async fn of(served: &Served, badge: BadgeId) -> Forms {
        let form = async |extension: &str| {
            let answer = served.get(&format!("/badges/{badge}.{extension}")).await;
            assert_eq!(answer.status(), 200);
            answer.text().await.expect("a form")
        };
        Forms {
            json: form("json").await,
            jwt: form("jwt").await,
        }
    }

    fn document(&self) -> Value {
        serde_json::from_str(&self.json).expect("a document")
    }

    pub fn badge(&self) -> BadgeId {
        let document = self.document();
        let id = document["id"].as_str().and_then(|id| id.rsplit('/').next());
        id.expect("an address").parse().expect("an identifier")
    }

    /// The address of the status list that both forms name.
    pub fn list(&self) -> String {
        let status = &self.document()["credentialStatus"];
        let payload = payload(&self.jwt);
        assert_eq!(
            *status, payload["credentialStatus"],
            "both forms have one place"
        );
        let list = status["statusListCredential"].as_str();
        list.expect("an address").to_owned()
    }

    /// Its bit in each form of the list, as they are served.
    pub async fn bits(&self, served: &Served) -> [bool; 2] {
        let index = self.document()["credentialStatus"]["statusListIndex"].clone();
        let index: usize = index.as_str().expect("a text").parse().expect("a number");
        let list = self.list();
        let accepting = async |accept: &str| {
            let request = served.request(reqwest::Method::GET, &list);
            let answer = request
                .header("accept", accept)
                .send()
                .await
                .expect("an answer");
            assert_eq!(answer.status(), 200);
            let is_jwt = media_type(&answer).starts_with("text/plain");
            let text = answer.text().await.expect("a list");
            match is_jwt {
                true => payload(&text),
                false => serde_json::from_str(&text).expect("a list"),
            }
        };
        let json = accepting("application/vc+ld+json").await;
        let jwt = accepting("text/plain").await;
        [json, jwt].map(|list| bit(&list, index))
    }
}

/// The code that a form is refused with by somebody who keeps to the copy and asks for no newer one.
pub async fn alone(served: &Served, form: &str) -> Option<String> {
    let caching = Caching::new(served.address, served.test.now);
    let report = caching.verifies(form).await;
    report.reason().map(|reason| reason.code().to_owned())
}

fn payload(jwt: &str) -> Value {
    let payload = jwt.split('.').nth(1).expect("a payload");
    let bytes = URL_SAFE_NO_PAD.decode(payload).expect("base64url");
    serde_json::from_slice(&bytes).expect("claims")
}

/// A bit of a list (Bitstring Status List, section 3.2: the first bit is the highest of the first byte).
fn bit(list: &Value, index: usize) -> bool {
    let encoded = list["credentialSubject"]["encodedList"].as_str();
    let encoded = encoded
        .and_then(|text| text.strip_prefix('u'))
        .expect("multibase");
    let packed = URL_SAFE_NO_PAD.decode(encoded).expect("base64url");
    let mut bits = Vec::new();
    GzDecoder::new(packed.as_slice())
        .read_to_end(&mut bits)
        .expect("gzip");
    bits[index / 8] & (0x80 >> (index % 8)) != 0
}

fn digests(path: &Value) -> Vec<Sha256Digest> {
    let digest = |value: &Value| value.as_str().expect("a digest").parse().expect("a digest");
    path.as_array()
        .expect("a path")
        .iter()
        .map(digest)
        .collect()
}
