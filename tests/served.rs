//! The service behind a real listener, and strangers and people who speak HTTP to it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use issuer::badge::Visibility;
use issuer::checkpoint::{NoteName, NoteSigner};
use issuer::config::{EdgeLimits, Mode, RequestRate};
use issuer::digest::Sha256Digest;
use issuer::evidence::EvidenceFiles;
use issuer::fetch::{self, Authorities, Fetch, Fetching, Reach, Wanted, WebhookCalls};
use issuer::http::Masthead;
use issuer::http::edge::{Clock, Edge, EdgeParts, Post};
use issuer::http::rates::Rates;
use issuer::id::BadgeId;
use issuer::merkle;
use issuer::organisation::Role;
use issuer::person;
use issuer::public_url::PublicUrl;
use issuer::rights::Scope;
use issuer::upload::UploadLimits;
use issuer::{badge, http, server};
use keys::SecretKey;
use reqwest::{Client, Method, RequestBuilder, Response};
use schemas::timestamp::Timestamp;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use url::Url;
use verifier::{Document, FetchFailure, Policy, Verdict};

use crate::app::{PUBLIC_URL, TestApp};

/// The service of the chapters behind a listener of its own.
pub struct Served {
    pub test: TestApp,
    /// What the listener serves, for what is done beside it in the background.
    pub edge: Edge,
    pub address: SocketAddr,
    /// Where strangers reach it.
    pub public_url: String,
    pub client: Client,
    pub serving: tokio::task::JoinHandle<()>,
    pub stop: Option<oneshot::Sender<()>>,
    _folder: TempDir,
}

impl Served {
    pub async fn new() -> Served {
        Served::with_limits(LIMITS).await
    }

    pub async fn with_limits(limits: EdgeLimits) -> Served {
        Served::start(limits, None).await
    }

    /// The service in an outside world of the caller's.
    pub async fn in_world(world: Arc<dyn Fetch>) -> Served {
        Served::start(LIMITS, Some(world)).await
    }

    /// The service at another time.
    pub async fn at(now: Timestamp) -> Served {
        let mut test = TestApp::new();
        test.now = now;
        Served::serving(test, LIMITS, None).await
    }

    /// The service over what a test has done before.
    pub async fn of(test: TestApp) -> Served {
        Served::serving(test, LIMITS, None).await
    }

    async fn start(limits: EdgeLimits, world: Option<Arc<dyn Fetch>>) -> Served {
        Served::serving(TestApp::new(), limits, world).await
    }

    /// The service with something changed at its edge, once it is known where it listens.
    pub async fn changed(change: impl FnOnce(&mut EdgeParts, SocketAddr)) -> Served {
        Served::serving_changed(TestApp::new(), LIMITS, None, change).await
    }

    /// The same over what a test has done, or changed, before.
    pub async fn changed_of(
        test: TestApp,
        change: impl FnOnce(&mut EdgeParts, SocketAddr),
    ) -> Served {
        Served::serving_changed(test, LIMITS, None, change).await
    }

    /// A service without TLS, as on a development machine, at a name of this machine; `meet` learns where.
    pub async fn developing(
        name: &str,
        world: Arc<dyn Fetch>,
        meet: impl FnOnce(&str, SocketAddr),
    ) -> Served {
        Served::serving_changed(TestApp::new(), LIMITS, Some(world), |edge, address| {
            let url = format!("http://{name}:{}", address.port());
            meet(&url, address);
            edge.public_url = PublicUrl::new(&url, Mode::Development).expect("an address");
            edge.masthead.issuer_name = format!("Badges of {name}");
            edge.post = Post::Shown;
        })
        .await
    }

    /// A service at its own address, in an outside world of the caller's.
    pub async fn neighbour(test: TestApp, world: Arc<dyn Fetch>) -> Served {
        let public_url = test.app.site.base().to_owned();
        Served::serving_changed(test, LIMITS, Some(world), |edge, _| {
            edge.public_url = PublicUrl::new(&public_url, Mode::Production).expect("an address");
            edge.masthead.issuer_name = public_url;
        })
        .await
    }

    async fn serving(test: TestApp, limits: EdgeLimits, world: Option<Arc<dyn Fetch>>) -> Served {
        Served::serving_changed(test, limits, world, |_, _| {}).await
    }

    async fn serving_changed(
        test: TestApp,
        limits: EdgeLimits,
        world: Option<Arc<dyn Fetch>>,
        change: impl FnOnce(&mut EdgeParts, SocketAddr),
    ) -> Served {
        let now = test.now;
        issuer::status::keep_all_fresh(&test.app, now).expect("a first status list");
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let address = listener.local_addr().expect("an address");
        let folder = TempDir::new().expect("a folder");
        let name = NoteName::new("badges.example.org/log").expect("a name");
        let signer = NoteSigner::new(name, SecretKey::ed25519([9; 32])).expect("a signer");
        let outside = Outside::at(address);
        let client = outside.client.clone();
        let mut edge = EdgeParts {
            app: test.app.share(),
            fetch: world.unwrap_or_else(|| Arc::new(outside)),
            newest_lists: Arc::default(),
            trust: None,
            clock: Clock::Fixed(now),
            public_url: PublicUrl::new(PUBLIC_URL, Mode::Production).expect("an address"),
            masthead: Masthead {
                issuer_name: "Example Department of Education".to_owned(),
                description: None,
            },
            limits,
            evidence: Arc::new(EvidenceFiles::open(folder.path()).expect("a folder")),
            log_signer: Arc::new(signer),
            trusted_proxies: Arc::new([]),
            post: Post::Sent,
            providers: Arc::default(),
            webhooks: Arc::new(WebhookCalls::reaching(
                Reach::default(),
                &Authorities::default(),
            )),
            rates: Arc::new(Rates::new(limits.person, limits.address)),
            attempts: Arc::new(issuer::attempt::limits()),
            load: Arc::default(),
            exports: EdgeParts::archives(),
            verifying: EdgeParts::turns(),
        };
        change(&mut edge, address);
        let edge = Edge::from(edge);
        let public_url = edge.public_url.base().to_owned();
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = tokio::spawn(server::serve(
            listener,
            http::router(edge.clone()),
            limits.connections,
            async {
                let _ = stopped.await;
            },
        ));
        Served {
            test,
            edge,
            address,
            public_url,
            client,
            serving,
            stop: Some(stop),
            _folder: folder,
        }
    }

    /// A request to a path, or to a public address as this listener answers it.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let path = path.strip_prefix(&self.public_url).unwrap_or(path);
        self.client
            .request(method, format!("http://{}{path}", self.address))
    }

    /// What a program gets that takes anything.
    pub async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path)
            .send()
            .await
            .expect("an answer")
    }

    /// What a program gets that asks for JSON.
    pub async fn json(&self, path: &str) -> Value {
        let request = self
            .request(Method::GET, path)
            .header("accept", "application/json");
        let answer = request.send().await.expect("an answer");
        answer.json().await.expect("JSON")
    }

    /// What a browser gets.
    pub async fn page(&self, path: &str) -> Response {
        let request = self.request(Method::GET, path);
        request
            .header("accept", BROWSER)
            .send()
            .await
            .expect("an answer")
    }

    /// Pastes a badge, or its address, into the form of the page.
    pub async fn paste(&self, badge: &str) -> Response {
        let request = self
            .request(Method::POST, "/verify")
            .header("content-type", FORM);
        request
            .body(form("badge", badge))
            .send()
            .await
            .expect("an answer")
    }

    /// A person of this name, registered with these roles, and their way in.
    pub fn caller(&self, name: &str, roles: &[Role]) -> Caller<'_> {
        let person = self.test.person(name, roles);
        let token = person::make_token(&self.test.app, person.id, Scope::all(), self.test.now)
            .expect("a token");
        Caller {
            served: self,
            token: token.expose().to_owned(),
        }
    }

    /// Ada's badge, issued and still private.
    pub fn badge(&self) -> BadgeId {
        self.test.issued().badge()
    }

    /// Ada's badge, which she has published.
    pub fn published_badge(&self) -> BadgeId {
        let id = self.badge();
        let ada = self.test.person("ada", &[]);
        badge::set_visibility(&self.test.app, &ada, id, Visibility::Public).expect("her leave");
        id
    }

    /// Follows every issuing test over HTTP: as a stranger it fetches page, forms, log and
    /// status, verifies, and compares.
    pub async fn check_badge(&self, id: BadgeId) {
        let address = self.test.app.site.badge(id);
        let page = self.page(&address).await;
        assert_eq!(page.status(), 200);
        let page = page.text().await.expect("a page");

        let mut forms = BTreeMap::new();
        for extension in ["json", "jwt", "png", "svg"] {
            let answer = self.get(&format!("{address}.{extension}")).await;
            assert_eq!(answer.status(), 200, "{extension}");
            forms.insert(extension, answer.bytes().await.expect("a body").to_vec());
        }
        let outside = Outside::at(self.address);
        for (form, bytes) in &forms {
            let report =
                fetch::verify(bytes.clone(), &outside, Policy::default(), self.test.now).await;
            assert_eq!(report.verdict(), Verdict::Verified, "{form}: {report:#?}");
            let credential = report.credential().expect("a credential");
            assert_eq!(credential["id"], address);
            let title = credential["credentialSubject"]["achievement"]["name"]
                .as_str()
                .expect("a title");
            assert!(page.contains(title), "the page and the badge differ");
        }

        let position = self
            .test
            .app
            .store
            .badge(id)
            .expect("the store")
            .expect("the badge")
            .current()
            .log
            .0;
        let proof: Value = self
            .get(&format!("/log/proof/{position}"))
            .await
            .json()
            .await
            .expect("a proof");
        let digest = |value: &Value| {
            value
                .as_str()
                .expect("a digest")
                .parse::<Sha256Digest>()
                .expect("a digest")
        };
        let path: Vec<Sha256Digest> = proof["path"]
            .as_array()
            .expect("a path")
            .iter()
            .map(digest)
            .collect();
        let leaf = merkle::leaf_hash(proof["entry"].to_string().as_bytes());
        let (size, root) = (
            proof["size"].as_u64().expect("a size"),
            digest(&proof["root"]),
        );
        assert!(
            merkle::verify_inclusion(&leaf, position, size, &path, &root),
            "{proof}"
        );
        let checkpoint = self
            .get("/log/checkpoint")
            .await
            .text()
            .await
            .expect("a note");
        assert!(
            checkpoint.starts_with(&format!("badges.example.org/log\n{size}\n")),
            "{checkpoint}"
        );
    }
}

/// Somebody with a bearer token.
pub struct Caller<'a> {
    served: &'a Served,
    token: String,
}

impl Caller<'_> {
    pub fn token(&self) -> &str {
        &self.token
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.served.request(method, path).bearer_auth(&self.token)
    }

    pub async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path)
            .send()
            .await
            .expect("an answer")
    }

    pub async fn put(&self, path: &str, body: Value) -> Response {
        self.request(Method::PUT, path)
            .json(&body)
            .send()
            .await
            .expect("an answer")
    }

    pub async fn post(&self, path: &str, body: Value) -> Response {
        self.request(Method::POST, path)
            .json(&body)
            .send()
            .await
            .expect("an answer")
    }

    /// Begins a submission, and gives its address in the interface.
    pub async fn begins(&self) -> String {
        let begun = self
            .post(
                "/api/v1/submissions",
                json!({ "micro_credential": "wait-time" }),
            )
            .await;
        let begun: Value = begun.json().await.expect("a submission");
        format!(
            "/api/v1/submissions/{}",
            begun["id"].as_str().expect("an id")
        )
    }
}

/// The outside world of the chapters: one site, the service itself at its public address.
pub struct Outside {
    address: SocketAddr,
    client: Client,
}

impl Outside {
    pub fn at(address: SocketAddr) -> Outside {
        // Another chapter may have installed it before.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .no_proxy()
            .tls_certs_only([])
            .build()
            .expect("a client");
        Outside { address, client }
    }
}

impl Fetch for Outside {
    fn fetch<'a>(&'a self, url: &'a Url, wanted: Wanted) -> Fetching<'a> {
        Box::pin(async move {
            let path = url
                .as_str()
                .strip_prefix(PUBLIC_URL)
                .ok_or(FetchFailure::Unreachable)?;
            let request = self.client.get(format!("http://{}{path}", self.address));
            let answer = request
                .header("accept", wanted.accept())
                .send()
                .await
                .map_err(|_| FetchFailure::Unreachable)?;
            if answer.status() != 200 {
                return Err(FetchFailure::Unreachable);
            }
            let bytes = answer
                .bytes()
                .await
                .map_err(|_| FetchFailure::Unreachable)?
                .to_vec();
            Ok(Document::new(bytes))
        })
    }
}

/// One field as forms and addresses write it.
pub fn form(name: &str, value: &str) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .append_pair(name, value)
        .finish()
}

pub fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    answer
        .headers()
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

pub fn media_type(answer: &Response) -> &str {
    header(answer, "content-type")
}

pub async fn problem(answer: Response) -> (u16, String) {
    let status = answer.status().as_u16();
    let body: Value = answer.json().await.expect("a problem document");
    assert_eq!(body["status"], status, "{body}");
    (status, body["code"].as_str().unwrap_or_default().to_owned())
}

pub fn path_of(address: &str) -> &str {
    address
        .strip_prefix(PUBLIC_URL)
        .expect("an address of ours")
}

/// Sends a request byte for byte and reads until the connection ends.
pub async fn raw(served: &Served, request: &str) -> String {
    let mut stream = TcpStream::connect(served.address)
        .await
        .expect("a connection");
    stream
        .write_all(request.as_bytes())
        .await
        .expect("a request");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("an answer");
    String::from_utf8_lossy(&answer).into_owned()
}

pub const LIMITS: EdgeLimits = EdgeLimits {
    connections: 1_000,
    commit_time: Duration::from_secs(60),
    uploads: UploadLimits {
        request_bytes: 100_000,
        file_bytes: 50_000_000,
        person_bytes: 100_000_000,
        organisation_bytes: 1_000_000_000,
    },
    person: UNLIMITED,
    address: UNLIMITED,
};

/// The clock of the chapters stands still, and no bucket fills again.
const UNLIMITED: RequestRate = RequestRate {
    at_once: 1_000_000,
    a_second: 1_000,
};

pub const FORM: &str = "application/x-www-form-urlencoded";

/// What Chromium sends.
pub const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8";
