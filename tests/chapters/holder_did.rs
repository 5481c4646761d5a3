//! A holder's own identifier: shown to be theirs by a signed presentation, and badges issued to it.

use std::sync::Arc;

use issuer::fetch::{Fetch, Fetching, Wanted};
use issuer::id::BadgeId;
use keys::data_integrity::{self, Cryptosuite, ProofOptions};
use keys::{SecretKey, did_jwk, did_key};
use serde_json::{Value, json};
use url::Url;
use verifier::{Document, FetchFailure};

use crate::app::PUBLIC_URL;
use crate::browser::Browser;
use crate::mailbox;
use crate::served::{Caller, Served, problem};

/// A wallet with one key.
struct Wallet {
    secret: SecretKey,
    did: String,
    method: String,
}

impl Wallet {
    fn new(seed: u8) -> Wallet {
        let secret = SecretKey::ed25519([seed; 32]);
        let did = did_key::encode(secret.public_key()).expect("a key that has a DID");
        let method = did_key::verification_method(&did).expect("its key");
        Wallet {
            secret,
            did,
            method,
        }
    }

    /// A wallet whose DID is the key as a JWK.
    fn of_p256() -> Wallet {
        let secret = SecretKey::p256([7; 32]).expect("a scalar in range");
        let did = did_jwk::encode(secret.public_key());
        let method = did_jwk::verification_method(&did).expect("its key");
        Wallet {
            secret,
            did,
            method,
        }
    }

    fn presentation(&self, challenge: &str, domain: &str) -> Value {
        self.signs(self.unsigned(), challenge, domain, "authentication")
    }

    fn unsigned(&self) -> Value {
        json!({
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "type": ["VerifiablePresentation"],
            "holder": self.did,
        })
    }

    fn signs(&self, document: Value, challenge: &str, domain: &str, purpose: &str) -> Value {
        let suite = match self.did.starts_with("did:key:") {
            true => Cryptosuite::EddsaRdfc2022,
            false => Cryptosuite::EcdsaRdfc2019,
        };
        let options = ProofOptions {
            proof_purpose: purpose.to_owned(),
            challenge: Some(challenge.to_owned()),
            domain: Some(domain.to_owned()),
            ..ProofOptions::new(suite, &self.method)
        };
        data_integrity::sign(&document, &options, &self.secret).expect("a proof")
    }
}

async fn challenged(caller: &Caller<'_>, did: &str) -> Value {
    let answer = caller
        .post("/api/v1/account/did/challenge", json!({ "did": did }))
        .await;
    assert_eq!(answer.status(), 201);
    answer.json().await.expect("a challenge")
}

async fn answers(caller: &Caller<'_>, presentation: Value) -> (u16, String) {
    let body = json!({ "presentation": presentation });
    let answer = caller.post("/api/v1/account/did", body).await;
    match answer.status().as_u16() {
        200 => (200, String::new()),
        _ => problem(answer).await,
    }
}

/// Who a badge says its holder is, in both forms.
async fn subjects(served: &Served, id: BadgeId) -> [String; 2] {
    let address = served.test.app.site.badge(id);
    let document: Value = served
        .get(&format!("{address}.json"))
        .await
        .json()
        .await
        .expect("a document");
    let jwt = served.get(&format!("{address}.jwt")).await;
    let jwt = jwt.text().await.expect("a token");
    let claims = keys::vc_jwt::Compact::decode(&jwt).expect("a token");
    [
        &document["credentialSubject"]["id"],
        &claims.payload()["sub"],
    ]
    .map(|value| value.as_str().expect("an identifier").to_owned())
}

#[tokio::test]
async fn a_badge_is_issued_again_to_an_identifier_that_was_shown_to_be_its_holders() {
    let served = Served::new().await;
    let id = served.published_badge();
    let ada = served.caller("ada", &[]);
    let before = subjects(&served, id).await;
    assert!(before[0].starts_with("urn:uuid:"));
    for wallet in [Wallet::new(71), Wallet::of_p256()] {
        let asked = challenged(&ada, &wallet.did).await;
        assert_eq!(asked["domain"], PUBLIC_URL);
        let challenge = asked["challenge"].as_str().expect("a challenge");
        let presentation = wallet.presentation(challenge, PUBLIC_URL);
        assert_eq!(answers(&ada, presentation.clone()).await.0, 200);
        // A challenge is good once.
        assert_eq!(
            answers(&ada, presentation).await,
            (409, "did.challenge".to_owned())
        );
        let account: Value = ada.get("/api/v1/account").await.json().await.expect("it");
        assert_eq!(account["did"], wallet.did);

        let path = format!("/api/v1/badges/{id}/update");
        let updated = ada.request(reqwest::Method::POST, &path).send().await;
        assert_eq!(updated.expect("an answer").status(), 200);
        assert_eq!(
            subjects(&served, id).await,
            [wallet.did.clone(), wallet.did]
        );
        served.check_badge(id).await;
    }
    let letters = mailbox::messages(&served.test, "ada@example.org");
    let added = letters
        .iter()
        .filter(|mail| mail.subject.contains("identifier was added"));
    assert_eq!(added.count(), 2);

    let removed = ada
        .request(reqwest::Method::DELETE, "/api/v1/account/did")
        .send()
        .await;
    assert_eq!(removed.expect("an answer").status(), 204);
    let path = format!("/api/v1/badges/{id}/update");
    ada.request(reqwest::Method::POST, &path)
        .send()
        .await
        .expect("an answer");
    assert_eq!(
        subjects(&served, id).await,
        before,
        "its own again, as at first"
    );
}

/// The outside world, in which one document stands.
struct OneDocument {
    url: &'static str,
    document: String,
}

impl Fetch for OneDocument {
    fn fetch<'a>(&'a self, url: &'a Url, _wanted: Wanted) -> Fetching<'a> {
        let found = url.as_str() == self.url;
        let answer = match found {
            true => Ok(Document::new(self.document.as_bytes())),
            false => Err(FetchFailure::Unreachable),
        };
        Box::pin(async move { answer })
    }
}

#[tokio::test]
async fn an_identifier_on_the_web_is_shown_by_a_key_that_its_document_lists_for_that() {
    let did = "did:web:wallet.example";
    for (relationship, url, expected) in [
        (
            "authentication",
            "https://wallet.example/.well-known/did.json",
            200,
        ),
        (
            "assertionMethod",
            "https://wallet.example/.well-known/did.json",
            422,
        ),
        ("authentication", "https://elsewhere.example/did.json", 422),
    ] {
        let key = Wallet::new(75);
        let multibase = key.did.strip_prefix("did:key:").expect("a did:key");
        let method = format!("{did}#key-1");
        let document = json!({
            "@context": ["https://www.w3.org/ns/did/v1"],
            "id": did,
            "verificationMethod": [{
                "id": method,
                "type": "Multikey",
                "controller": did,
                "publicKeyMultibase": multibase,
            }],
            relationship: [method],
        });
        let document = document.to_string();
        let served = Served::in_world(Arc::new(OneDocument { url, document })).await;
        let ada = served.caller("ada", &[]);
        let wallet = Wallet {
            did: did.to_owned(),
            method,
            ..key
        };
        let asked = challenged(&ada, did).await;
        let challenge = asked["challenge"].as_str().expect("a challenge");
        let options = ProofOptions {
            proof_purpose: "authentication".to_owned(),
            challenge: Some(challenge.to_owned()),
            domain: Some(PUBLIC_URL.to_owned()),
            ..ProofOptions::new(Cryptosuite::EddsaRdfc2022, &wallet.method)
        };
        let presentation = data_integrity::sign(&wallet.unsigned(), &options, &wallet.secret);
        let answer = answers(&ada, presentation.expect("a proof")).await;
        assert_eq!(answer.0, expected, "{relationship} at {url}: {answer:?}");
    }
}

#[tokio::test]
async fn nobody_takes_an_identifier_without_its_key() {
    let served = Served::new().await;
    let (ada, eve) = (served.caller("ada", &[]), served.caller("eve", &[]));
    let (hers, others) = (Wallet::new(72), Wallet::new(73));
    let asked = challenged(&ada, &hers.did).await;
    let challenge = asked["challenge"].as_str().expect("a challenge").to_owned();
    let good = hers.presentation(&challenge, PUBLIC_URL);

    let mut changed = good.clone();
    changed["type"] = json!(["VerifiablePresentation", "Other"]);
    let mut forged = others.signs(hers.unsigned(), &challenge, PUBLIC_URL, "authentication");
    forged["proof"]["verificationMethod"] = json!(hers.method);
    let mut with_credential = hers.unsigned();
    with_credential["verifiableCredential"] = json!([]);
    let refused = [
        (
            "another challenge",
            hers.presentation("another", PUBLIC_URL),
        ),
        (
            "another domain",
            hers.presentation(&challenge, "https://evil.example"),
        ),
        (
            "another holder",
            others.presentation(&challenge, PUBLIC_URL),
        ),
        (
            "another's key",
            others.signs(hers.unsigned(), &challenge, PUBLIC_URL, "authentication"),
        ),
        ("another's signature", forged),
        (
            "another purpose",
            hers.signs(hers.unsigned(), &challenge, PUBLIC_URL, "assertionMethod"),
        ),
        (
            "credentials",
            hers.signs(with_credential, &challenge, PUBLIC_URL, "authentication"),
        ),
        ("a change", changed),
        ("no proof", hers.unsigned()),
        ("nothing", json!({})),
    ];
    for (what, presentation) in refused {
        let answer = answers(&ada, presentation).await;
        assert_eq!(answer, (422, "input.invalid".to_owned()), "{what}");
    }
    // What Ada signs is of no use to Eve, whose challenge is another.
    let for_eve = challenged(&eve, &hers.did).await;
    assert_ne!(for_eve["challenge"], asked["challenge"]);
    assert_eq!(answers(&eve, good.clone()).await.0, 422);
    assert_eq!(answers(&ada, good).await.0, 200);

    for did in [
        "did:key:z6Mk",
        "did:example:1",
        "ada",
        "did:web:127.0.0.1",
        "",
    ] {
        let body = json!({ "did": did });
        let refused = ada.post("/api/v1/account/did/challenge", body).await;
        assert_eq!(
            problem(refused).await,
            (422, "input.invalid".to_owned()),
            "{did}"
        );
    }
    let unproven = json!({ "name": "Eve", "did": others.did, "email_in_badges": "hashed" });
    assert_eq!(eve.put("/api/v1/account", unproven).await.status(), 422);
}

#[tokio::test]
async fn an_identifier_is_added_on_a_page_without_javascript() {
    let served = Served::new().await;
    let ada = served.test.person("ada", &[]);
    let browser = Browser::of(&served, &ada);
    let wallet = Wallet::new(74);
    let refused = browser
        .post("/account/did", &[("did", "did:example:1")])
        .await;
    assert_eq!(refused.status(), 422);
    assert!(
        refused
            .text()
            .await
            .expect("a page")
            .contains("did:example:1"),
        "kept"
    );
    let begun = browser.post("/account/did", &[("did", &wallet.did)]).await;
    assert_eq!(begun.status(), 303);
    let page = browser
        .get("/account/did")
        .await
        .text()
        .await
        .expect("a page");
    let challenge = page
        .split("<dt>challenge</dt><dd><code class=\"identifier\">")
        .nth(1)
        .and_then(|rest| rest.split('<').next())
        .expect("a challenge");
    let refused = browser
        .post("/account/did/proof", &[("presentation", "{no json")])
        .await;
    assert_eq!(refused.status(), 422);
    let presentation = wallet.presentation(challenge, PUBLIC_URL).to_string();
    let added = browser
        .post("/account/did/proof", &[("presentation", &presentation)])
        .await;
    assert_eq!(added.status(), 303);
    let page = browser
        .get("/account/did")
        .await
        .text()
        .await
        .expect("a page");
    assert!(page.contains("The identifier of your account") && page.contains(&wallet.did));
    // Saving the account form does not take it off.
    let form = [
        ("name", "Ada Lovelace"),
        ("did", wallet.did.as_str()),
        ("email_in_badges", "hashed"),
        ("name_in_badges", "shown"),
    ];
    assert_eq!(browser.post("/account", &form).await.status(), 303);
    let kept = served.test.person("ada", &[]);
    assert_eq!(kept.did, Some(wallet.did));
}
