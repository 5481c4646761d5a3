//! The VC-API behind a real HTTPS listener, and a stranger who posts to it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use issuer::config::Mode;
use issuer::fetch::{Fetch, Fetching, Wanted};
use issuer::http::edge::Clock;
use issuer::interop::{self, Interop, InteropKeys};
use issuer::public_url::PublicUrl;
use issuer::random::Random;
use issuer::server::{self, Transport};
use issuer::tls;
use reqwest::{Certificate, Client};
use schemas::timestamp::Timestamp;
use serde_json::{Value, json};
use tokio::sync::oneshot;
use url::Url;
use verifier::FetchFailure;

use crate::support::repository;

/// The time of every request, if nothing else is said.
pub const NOW: &str = "2026-11-22T12:00:00Z";

/// What must be shown of the example credential, so that everything in it is.
pub const EVERYTHING: [&str; 8] = [
    "/id",
    "/type",
    "/issuer",
    "/name",
    "/description",
    "/validFrom",
    "/validUntil",
    "/credentialSubject",
];

/// The VC-API on a port of its own, with a certificate made for it.
pub struct VcApi {
    pub base: String,
    client: Client,
    _stop: oneshot::Sender<()>,
}

/// One suite with one type of key, as the manifest offers it.
#[derive(Clone, Debug)]
pub struct Offered {
    pub suite: String,
    pub key_type: String,
    /// The issuer.
    pub id: String,
    /// The path below which everything lies.
    pub path: String,
}

impl VcApi {
    pub async fn start() -> VcApi {
        let now = Timestamp::parse(NOW).expect("a time");
        VcApi::with_clock(Clock::Fixed(now)).await
    }

    pub async fn with_clock(clock: Clock) -> VcApi {
        // Another chapter may have installed it before.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]);
        let made = made.expect("a certificate");
        let folder = tempfile::tempdir().expect("a folder");
        let (certificate, key) = (
            folder.path().join("cert.pem"),
            folder.path().join("key.pem"),
        );
        fs::write(&certificate, made.cert.pem()).expect("a file");
        fs::write(&key, made.signing_key.serialize_pem()).expect("a file");
        assert!(
            tls::acceptor(&certificate, &key).is_err(),
            "others may read the key"
        );
        fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).expect("a mode");
        let acceptor = tls::acceptor(&certificate, &key).expect("an acceptor");

        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("a port");
        let address = listener.local_addr().expect("an address");
        let base = format!("https://localhost:{}", address.port());
        let public_url = PublicUrl::new(&base, Mode::Production).expect("an address");
        let random = Random::seeded([3; 32]);
        let keys = InteropKeys::generate(&random).expect("keys");
        let interop = Interop::new(public_url, keys, random, clock, Arc::new(Nowhere));
        let (stop, stopped) = oneshot::channel::<()>();
        let transport = Transport::Tls(acceptor);
        tokio::spawn(server::serve_over(
            listener,
            transport,
            interop::router(interop),
            64,
            async {
                let _ = stopped.await;
            },
        ));
        let root = Certificate::from_pem(made.cert.pem().as_bytes()).expect("a certificate");
        let client = Client::builder()
            .no_proxy()
            .resolve("localhost", address)
            .tls_certs_only([root])
            .build()
            .expect("a client");
        VcApi {
            base,
            client,
            _stop: stop,
        }
    }

    /// Posts JSON to a path below the base.
    pub async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let request = self.client.post(format!("{}{path}", self.base)).json(body);
        let answer = request.send().await.expect("an answer");
        let status = answer.status().as_u16();
        let text = answer.text().await.expect("a body");
        (status, serde_json::from_str(&text).unwrap_or_default())
    }

    /// What stands at an address of the service.
    pub async fn get(&self, url: &str) -> (u16, Value) {
        let path = url.strip_prefix(&self.base).unwrap_or(url);
        let request = self.client.get(format!("{}{path}", self.base));
        let answer = request.send().await.expect("an answer");
        let status = answer.status().as_u16();
        let text = answer.text().await.expect("a body");
        (status, serde_json::from_str(&text).unwrap_or_default())
    }

    /// Every suite with every type of key that issues.
    pub async fn offered(&self) -> Vec<Offered> {
        let (status, manifest) = self.get("/interop").await;
        assert_eq!(status, 200);
        let issuers = manifest["issuers"].as_array().expect("issuers");
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        issuers
            .iter()
            .map(|issuer| {
                let endpoint = text(&issuer["endpoint"]);
                let path = endpoint
                    .strip_prefix(&self.base)
                    .and_then(|path| path.strip_suffix("/credentials/issue"));
                Offered {
                    suite: text(&issuer["cryptosuite"]),
                    key_type: text(&issuer["keyType"]),
                    id: text(&issuer["id"]),
                    path: path.expect("an address of the service").to_owned(),
                }
            })
            .collect()
    }

    /// The offer of a suite, with the first type of key it has.
    pub async fn suite(&self, suite: &str) -> Offered {
        let offered = self.offered().await;
        let found = offered.into_iter().find(|offered| offered.suite == suite);
        found.expect("an offered suite")
    }

    /// Issues, and derives where that is needed to show the credential; gives what a verifier is shown.
    pub async fn issued(&self, offered: &Offered, credential: &Value, options: Value) -> Value {
        let body = json!({ "credential": credential, "options": options });
        let (status, answer) = self
            .post(&format!("{}/credentials/issue", offered.path), &body)
            .await;
        assert_eq!(status, 201, "{}: {answer}", offered.path);
        let credential = answer["verifiableCredential"].clone();
        match offered.suite.as_str() {
            "ecdsa-sd-2023" => self.derived(offered, &credential, &EVERYTHING).await,
            _ => credential,
        }
    }

    /// Derives a credential that shows these parts.
    pub async fn derived(&self, offered: &Offered, base: &Value, pointers: &[&str]) -> Value {
        let body = json!({
            "verifiableCredential": base,
            "options": { "selectivePointers": pointers },
        });
        let (status, answer) = self
            .post(&format!("{}/credentials/derive", offered.path), &body)
            .await;
        assert_eq!(status, 201, "{}: {answer}", offered.path);
        answer["verifiableCredential"].clone()
    }

    /// Asks whether a credential holds.
    pub async fn verify(&self, offered: &Offered, credential: &Value) -> (u16, Value) {
        let body = json!({ "verifiableCredential": credential, "options": {} });
        self.post(&format!("{}/credentials/verify", offered.path), &body)
            .await
    }
}

/// The outside world of the chapters has nothing in it.
struct Nowhere;

impl Fetch for Nowhere {
    fn fetch<'a>(&'a self, _: &'a Url, _: Wanted) -> Fetching<'a> {
        Box::pin(async { Err(FetchFailure::Unreachable) })
    }
}

/// The example credential, by this issuer.
pub fn credential(issuer: &str) -> Value {
    let path = repository().join("tests/fixtures/vc-api/credential.json");
    let text = fs::read_to_string(path).expect("the example");
    serde_json::from_str(&text.replace("{issuer}", issuer)).expect("JSON")
}

/// The code of the first error in an answer.
pub fn code(answer: &Value) -> &str {
    let code = &answer["errors"][0]["code"];
    code.as_str()
        .or(answer["code"].as_str())
        .unwrap_or_default()
}

/// The codes of the warnings in an answer.
pub fn warnings(answer: &Value) -> Vec<&str> {
    let warnings = answer["warnings"].as_array().map(Vec::as_slice);
    let codes = warnings.unwrap_or_default().iter();
    codes
        .map(|warning| warning["code"].as_str().expect("a code"))
        .collect()
}
