//! Somebody who earns over the interface of the shipped program.

use reqwest::Method;
use serde_json::{Value, json};

use super::super::attacks_interface_repeats::Sender;

/// Somebody who earns over the interface.
pub struct Earner {
    pub sender: Sender,
    name: String,
    email: String,
}

impl Earner {
    /// Registered by the office, under a key as programs do.
    pub async fn new(office: &Sender, name: &str, email: &str) -> Earner {
        let request = office
            .request(Method::POST, "/api/v1/people")
            .header("idempotency-key", email);
        let made = request
            .json(&json!({ "name": name, "emails": [email] }))
            .send()
            .await;
        let made: Value = made.expect("an answer").json().await.expect("a person");
        let id = made["id"].as_str().expect("an id").to_owned();
        let token = office
            .made(&format!("/api/v1/people/{id}/tokens"), json!({}))
            .await;
        Earner {
            sender: office.with_token(token["token"].as_str().expect("a token")),
            name: name.to_owned(),
            email: email.to_owned(),
        }
    }

    /// Earns a badge with this file, and shows it to everybody.
    pub async fn earns(&self, grace: &Sender, bytes: &[u8]) -> String {
        let lea = &self.sender;
        let begun = lea
            .made(
                "/api/v1/submissions",
                json!({ "micro_credential": "wait-time" }),
            )
            .await;
        let submission = begun["id"].as_str().expect("an id").to_owned();
        let path = format!("/api/v1/submissions/{submission}");
        self.uploads(&path, bytes).await;
        let words = format!("What {} saw: the heron of {} waits.", self.name, self.email);
        let reflection = json!({ "requirement": "reflection", "text": words });
        let request = lea.request(Method::POST, &format!("{path}/evidence"));
        let added = request
            .header("idempotency-key", "reflection")
            .json(&reflection)
            .send()
            .await;
        assert_eq!(added.expect("an answer").status(), 201);
        let book = json!({ "title": words, "mode": "book", "day": "2026-01-02" });
        lea.made("/api/v1/learning", book).await;
        lea.made(
            &format!("{path}/submit"),
            json!({ "privacy_statement": 1, "note": words }),
        )
        .await;
        grace.claims(&submission).await;
        let score = |criterion| json!({ "criterion": criterion, "level": "consistent", "comment": "The heron is seen." });
        let scores = json!({ "version": 1, "scores": [score("waiting"), score("listening")] });
        grace
            .made(&format!("/api/v1/reviews/{submission}"), scores)
            .await;
        let badges = lea.json("/api/v1/badges").await;
        let badge = badges["items"][0]["id"]
            .as_str()
            .expect("a badge")
            .to_owned();
        let shown = json!({ "visibility": "public" });
        let shown = lea
            .request(Method::PUT, &format!("/api/v1/badges/{badge}/visibility"))
            .json(&shown);
        assert_eq!(shown.send().await.expect("an answer").status(), 200);
        badge
    }

    async fn uploads(&self, submission: &str, bytes: &[u8]) {
        let name = format!("lesson-of-{}.mp4", self.name.replace(' ', "-"));
        let path = format!("{submission}/files?requirement=lesson&name={name}");
        let sent = self
            .sender
            .request(Method::POST, &path)
            .body(bytes.to_vec());
        assert_eq!(sent.send().await.expect("an answer").status(), 201);
    }

    /// What must be found nowhere once they are forgotten.
    pub async fn needles(&self, office: &Sender, badge: &str) -> Vec<String> {
        let document = office.json(&format!("/badges/{badge}.json")).await;
        let identity = &document["credentialSubject"]["identifier"][0];
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let signature = &document["proof"][0]["proofValue"];
        vec![
            self.email.clone(),
            self.name.clone(),
            format!("the heron of {}", self.email),
            format!("lesson-of-{}.mp4", self.name.replace(' ', "-")),
            text(&identity["identityHash"]),
            text(&identity["salt"]),
            text(&document["credentialSubject"]["id"]),
            text(signature),
        ]
    }

    /// Their file, from the archive of everything that is theirs.
    pub async fn file(&self, office: &Sender) -> Vec<u8> {
        let own = office.with_token(self.sender.token());
        let request = own.request(Method::GET, "/api/v1/account/export");
        let archive = request.send().await.expect("an answer");
        let archive = std::io::Cursor::new(archive.bytes().await.expect("an archive"));
        let mut archive = zip::ZipArchive::new(archive).expect("an archive");
        let names = (0..archive.len()).map(|number| {
            let entry = archive.by_index(number).expect("an entry");
            entry.name().expect("a name").into_owned()
        });
        let mut names = names.collect::<Vec<_>>().into_iter();
        let name = names.find(|name| name.ends_with(".mp4"));
        let name = name.expect("their file");
        let mut bytes = Vec::new();
        let mut entry = archive.by_name(&name).expect("an entry");
        std::io::Read::read_to_end(&mut entry, &mut bytes).expect("its bytes");
        bytes
    }
}
