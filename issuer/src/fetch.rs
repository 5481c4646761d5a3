//! The bounded fetcher: the one place that calls an address a stranger chose.
//!
//! A badge names the documents its verification needs, so whoever writes a badge chooses whom this
//! service calls. Hence: `https` only, no address by number, every resolved address judged and the
//! connection made to a judged one, redirects followed by hand, little time and few bytes.

use std::error::Error;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, HeaderValue, LOCATION,
};
use reqwest::{Client, ClientBuilder, Response, StatusCode};
use schemas::timestamp::Timestamp;
use tokio::time::Instant;
use url::{Host, Url};
use verifier::{Answer, Document, DocumentKind, Documents, FetchFailure, Policy, Report};

use crate::address;

/// The outside world: answers what stands at an address, or why that cannot be told.
pub trait Fetch: Send + Sync {
    /// Answers once; whoever asks bounds how often and for how long.
    fn fetch<'a>(&'a self, url: &'a Url, wanted: Wanted) -> Fetching<'a>;
}

/// An answer that is being fetched.
pub type Fetching<'a> = Pin<Box<dyn Future<Output = Answer> + Send + 'a>>;

/// What is hoped to stand at an address; it decides size, redirects and the `Accept` header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// A badge somebody asks us to verify, in any of its forms.
    Badge,
    /// A document that a badge's verification needs.
    Part(DocumentKind),
}

impl Wanted {
    fn most_bytes(self) -> usize {
        match self {
            Wanted::Part(DocumentKind::DidDocument) => 256 * 1024,
            // A list of the largest size we read, 2^26 entries, can be incompressible.
            Wanted::Part(DocumentKind::StatusList) => 10 * 1024 * 1024,
            Wanted::Badge => 10 * 1024 * 1024,
            Wanted::Part(_) => 1024 * 1024,
        }
    }

    fn most_redirects(self) -> u32 {
        match self {
            // did:web names the address itself: an answer from elsewhere is another's.
            Wanted::Part(DocumentKind::DidDocument) => 0,
            _ => 3,
        }
    }

    /// The `Accept` header with which it is asked for.
    pub fn accept(self) -> &'static str {
        match self {
            Wanted::Part(DocumentKind::DidDocument) => {
                "application/did+json, application/did+ld+json, application/json;q=0.9"
            }
            Wanted::Part(DocumentKind::VerificationKey) => {
                "application/json, application/jwk+json, application/jwk-set+json"
            }
            _ => {
                "application/vc+ld+json, application/vc, application/ld+json, application/json;q=0.9, text/plain;q=0.8, image/png;q=0.7"
            }
        }
    }
}

/// Verifies a badge, fetching what the verifier asks for until nothing is missing.
///
/// The clock is the caller's; what is fetched is bounded by count and by time for the badge as a
/// whole, so that one badge cannot make this service call a thousand others.
pub async fn verify(
    presented: Vec<u8>,
    fetch: &dyn Fetch,
    policy: Policy,
    now: Timestamp,
) -> Report {
    let badge = Arc::new((presented, policy));
    let deadline = Instant::now() + WHOLE_VERIFICATION;
    let mut requests_left = MOST_REQUESTS;
    let mut documents = Documents::default();
    loop {
        let report;
        (report, documents) = verify_once(badge.clone(), documents, now).await;
        let missing = report.missing();
        if missing.is_empty() {
            return report;
        }
        for request in missing {
            let answer = if requests_left == 0 {
                Err(FetchFailure::Budget)
            } else {
                requests_left -= 1;
                let fetching = fetch.fetch(&request.url, Wanted::Part(request.kind));
                tokio::time::timeout_at(deadline, fetching)
                    .await
                    .unwrap_or(Err(FetchFailure::Budget))
            };
            // Failures too: nothing is asked for twice.
            documents.insert(request.url, answer);
        }
    }
}

/// Computes away from the threads that serve connections.
async fn verify_once(
    badge: Arc<(Vec<u8>, Policy)>,
    documents: Documents,
    now: Timestamp,
) -> (Report, Documents) {
    let verifying = tokio::task::spawn_blocking(move || {
        let (presented, policy) = badge.as_ref();
        (
            verifier::verify(presented, &documents, policy, now),
            documents,
        )
    });
    match verifying.await {
        Ok(done) => done,
        // A panic goes on where it would have gone without the thread.
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

/// The outside world as it is, reached over the network.
pub struct Web {
    /// Absent where the machine has no list of certificate authorities: then every call fails.
    public: Option<Client>,
    development: Option<Development>,
}

/// The one origin that may be called although it is the machine's own.
struct Development {
    origin: url::Origin,
    client: Client,
}

impl Web {
    /// Reaches public addresses only.
    pub fn new() -> Web {
        let public = builder()
            .dns_resolver(JudgedNames)
            .https_only(true)
            .build()
            .ok();
        if public.is_none() {
            tracing::warn!(
                "No certificate authorities were found on this machine: no https address can be fetched"
            );
        }
        Web {
            public,
            development: None,
        }
    }

    /// Reaches public addresses and one origin on the loopback interface, for development.
    pub fn with_development_origin(origin: &Url) -> Web {
        let client = match origin.scheme() {
            // Without TLS there is nobody to trust, and a machine without a list of authorities
            // serves as well.
            "http" => builder().tls_certs_only([]).build(),
            _ => builder().build(),
        };
        let development = client.ok().map(|client| Development {
            origin: origin.origin(),
            client,
        });
        Web {
            development,
            ..Web::new()
        }
    }

    async fn get(&self, url: &Url, wanted: Wanted) -> Answer {
        let mut url = url.clone();
        let mut redirects = 0;
        loop {
            let response = self
                .client(&url)?
                .get(url.clone())
                .header(ACCEPT, wanted.accept())
                .send()
                .await;
            let response = response.map_err(failure)?;
            if !response.status().is_redirection() {
                return read(response, wanted.most_bytes()).await;
            }
            redirects += 1;
            if redirects > wanted.most_redirects() {
                return Err(FetchFailure::Redirect);
            }
            url = next_hop(&url, &response).ok_or(FetchFailure::Redirect)?;
        }
    }

    /// The client that may call this address: every hop of a redirect passes through here.
    fn client(&self, url: &Url) -> Result<&Client, FetchFailure> {
        if let Some(development) = &self.development
            && url.origin() == development.origin
        {
            return Ok(&development.client);
        }
        check(url)?;
        self.public.as_ref().ok_or(FetchFailure::Tls)
    }
}

impl Default for Web {
    fn default() -> Web {
        Web::new()
    }
}

impl Fetch for Web {
    fn fetch<'a>(&'a self, url: &'a Url, wanted: Wanted) -> Fetching<'a> {
        Box::pin(async move {
            let answer = tokio::time::timeout(ONE_ANSWER, self.get(url, wanted));
            answer.await.unwrap_or(Err(FetchFailure::Timeout))
        })
    }
}

/// Refuses an address by its text alone, before any name is looked up.
fn check(url: &Url) -> Result<(), FetchFailure> {
    if url.scheme() != "https" || !url.username().is_empty() || url.password().is_some() {
        return Err(FetchFailure::NotAllowed);
    }
    match url.host() {
        // The URL standard has turned octal, hexadecimal and single numbers into an address by
        // now; the resolver never sees one, so an address by number is refused here.
        Some(Host::Ipv4(_) | Host::Ipv6(_)) | None => Err(FetchFailure::AddressBlocked),
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            let local =
                !name.contains('.') || LOCAL_SUFFIXES.iter().any(|suffix| name.ends_with(suffix));
            if local {
                Err(FetchFailure::AddressBlocked)
            } else {
                Ok(())
            }
        }
    }
}

fn next_hop(from: &Url, response: &Response) -> Option<Url> {
    let location = response.headers().get(LOCATION)?.to_str().ok()?;
    let mut next = from.join(location).ok()?;
    next.set_fragment(None);
    // A hop to a place that may not be called is a fault of the redirect, not of the address
    // that was asked for. The development origin may redirect within itself.
    (check(&next).is_ok() || next.origin() == from.origin()).then_some(next)
}

async fn read(mut response: Response, most_bytes: usize) -> Answer {
    if response.status() != StatusCode::OK {
        return Err(FetchFailure::Unreachable);
    }
    let encoded = response
        .headers()
        .get(CONTENT_ENCODING)
        .is_some_and(|encoding| encoding != "identity");
    if encoded {
        return Err(FetchFailure::NotAllowed);
    }
    if response
        .content_length()
        .is_some_and(|length| length > most_bytes as u64)
    {
        return Err(FetchFailure::TooLarge);
    }
    let content_type = response
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failure)? {
        if bytes.len() + chunk.len() > most_bytes {
            return Err(FetchFailure::TooLarge);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Document::new(bytes).with_content_type(content_type))
}

fn failure(error: reqwest::Error) -> FetchFailure {
    if error.is_timeout() {
        return FetchFailure::Timeout;
    }
    std::iter::successors(error.source(), |cause| inside(*cause))
        .find_map(|cause| {
            if cause.is::<Blocked>() {
                Some(FetchFailure::AddressBlocked)
            } else {
                cause.is::<rustls::Error>().then_some(FetchFailure::Tls)
            }
        })
        .unwrap_or(FetchFailure::Unreachable)
}

/// What an error was made of. One that is wrapped in an `io::Error` is not among its sources.
fn inside<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    match error
        .downcast_ref::<std::io::Error>()
        .and_then(std::io::Error::get_ref)
    {
        Some(wrapped) => Some(wrapped),
        None => error.source(),
    }
}

/// Resolves a name once, judges every answer, and hands on only what was judged.
///
/// The connection is made to these addresses and no others, so a name that answers differently a
/// moment later gains nothing.
struct JudgedNames;

impl Resolve for JudgedNames {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let judged = address::judge_all(found.map(|found| found.ip())).ok_or(Blocked)?;
            // The port is the URL's: reqwest puts it in place of 0.
            let judged = judged
                .into_iter()
                .map(|address| SocketAddr::new(address.ip(), 0));
            Ok(Box::new(judged) as Addrs)
        })
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the name resolves to an address that is not public")]
struct Blocked;

fn builder() -> ClientBuilder {
    // Fails only when another provider was installed before, which serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let identity_only = [(ACCEPT_ENCODING, HeaderValue::from_static("identity"))]
        .into_iter()
        .collect();
    Client::builder()
        .user_agent(USER_AGENT)
        .default_headers(identity_only)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .referer(false)
        .connect_timeout(MOST_CONNECTING)
        .http1_max_headers(100)
        .pool_max_idle_per_host(2)
        .pool_idle_timeout(Duration::from_secs(10))
}

const USER_AGENT: &str = concat!("assay/", env!("CARGO_PKG_VERSION"));

/// Names that are special by RFC 6761, RFC 6762 or use, and never lead to a public host.
const LOCAL_SUFFIXES: [&str; 6] = [
    ".localhost",
    ".local",
    ".internal",
    ".intranet",
    ".home.arpa",
    ".onion",
];

/// Connecting to a host that is up takes far less; a host that is down shall not hold a worker.
const MOST_CONNECTING: Duration = Duration::from_secs(2);

/// One answer, redirects included.
const ONE_ANSWER: Duration = Duration::from_secs(5);

/// All answers of one verification together.
const WHOLE_VERIFICATION: Duration = Duration::from_secs(10);

/// A badge of the deepest shape we follow needs a DID document, a key, a list and its issuer.
const MOST_REQUESTS: u32 = 8;
