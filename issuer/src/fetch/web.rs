//! The outside world as it is, reached over the network.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::header::{
    ACCEPT, AGE, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderMap, HeaderName,
    IF_NONE_MATCH, LOCATION,
};
use reqwest::{Response, StatusCode};
use url::Url;
use verifier::{Answer, Document, DocumentKind, FetchFailure};

use super::cache::{self, Cache, Kept};
use super::clients::{Authorities, Clients};
use super::names::{Names, failure};
use super::polite::Hosts;
use super::reach::{Reach, Way};
use super::{Call, Calling, Fetch, Fetching, Wanted};
use crate::clock::Clock;

/// The outside world as it is, reached over the network.
pub struct Web {
    clients: Clients,
    cache: Cache,
    hosts: Hosts,
    clock: Clock,
    keeping: Keeping,
}

/// Whether an answer is given again without asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Keeping {
    ForAWhile,
    UntilAskedAgain,
}

impl Web {
    /// Reaches public addresses only.
    pub fn new() -> Web {
        Web::reaching(Reach::default(), &Authorities::default())
    }

    /// Reaches public addresses and one origin on the loopback interface, for development.
    pub fn with_development_origin(origin: &Url) -> Web {
        let reach = Reach::default().and_development(origin);
        Web::reaching(reach, &Authorities::default())
    }

    /// Reaches what `reach` allows; private hosts may show certificates of these authorities too.
    pub fn reaching(reach: Reach, authorities: &Authorities) -> Web {
        Web::calling(Clients::reaching(reach, authorities))
    }

    /// The same, where private hosts are found at these addresses and nowhere else: no name of
    /// theirs is looked up.
    pub fn reaching_at(
        reach: Reach,
        authorities: &Authorities,
        addresses: HashMap<String, SocketAddr>,
    ) -> Web {
        Web::calling(Clients::reaching_at(reach, authorities, addresses))
    }

    fn calling(clients: Clients) -> Web {
        Web {
            clients,
            cache: Cache::new(MOST_CACHED_BYTES),
            hosts: Hosts::default(),
            clock: Clock::System,
            keeping: Keeping::ForAWhile,
        }
    }

    /// Looks the names of public hosts up here.
    pub fn looking_up(self, names: Arc<dyn Names>) -> Web {
        Web {
            clients: self.clients.looking_up(names),
            ..self
        }
    }

    /// Asks each time whether what is kept still holds: for a story in which things change at once.
    pub fn asking_each_time(self) -> Web {
        Web {
            keeping: Keeping::UntilAskedAgain,
            ..self
        }
    }

    /// Asks the cache first, and keeps there what it had to fetch.
    async fn part(&self, url: &Url, kind: DocumentKind) -> Answer {
        let held = self.cache.hold(url, kind).await;
        if let Some(answer) = held.fresh(Instant::now()) {
            return answer.clone();
        }
        let before = held.stale().cloned();
        let etag = before.as_ref().and_then(|kept| kept.etag.as_deref());
        let fetched = self.in_time(url, Wanted::Part(kind), etag).await;
        let (answer, max_age, etag) = match (fetched, before) {
            (Ok(Fetched::Unchanged { max_age }), Some(kept)) => {
                (self.looked_at_again(kept.answer), max_age, kept.etag)
            }
            // Nobody was asked whether something still holds.
            (Ok(Fetched::Unchanged { .. }), None) => (Err(FetchFailure::Unreachable), None, None),
            (Ok(Fetched::New(found)), _) => (Ok(found.document), found.max_age, found.etag),
            (Err(failure), _) => (Err(failure), None, None),
        };
        let fresh = match self.keeping {
            Keeping::ForAWhile => cache::freshness(&answer, kind, max_age),
            Keeping::UntilAskedAgain => Duration::ZERO,
        };
        held.keep(Kept {
            fresh_until: Instant::now() + fresh,
            answer: answer.clone(),
            etag,
        });
        answer
    }

    fn looked_at_again(&self, answer: Answer) -> Answer {
        answer.map(|document| document.with_fetched_at(self.clock.now()))
    }

    async fn in_time(
        &self,
        url: &Url,
        wanted: Wanted,
        etag: Option<&str>,
    ) -> Result<Fetched, FetchFailure> {
        // Waiting for others is no fault of the server's, and no part of its time.
        let _turn = self.hosts.turn(url).await?;
        let answer = tokio::time::timeout(ONE_ANSWER, self.get(url, wanted, etag));
        answer.await.unwrap_or(Err(FetchFailure::Timeout))
    }

    async fn get(
        &self,
        url: &Url,
        wanted: Wanted,
        etag: Option<&str>,
    ) -> Result<Fetched, FetchFailure> {
        let mut url = url.clone();
        let mut redirects = 0;
        loop {
            let mut request = self
                .clients
                .client(&url)?
                .get(url.clone())
                .header(ACCEPT, wanted.accept());
            if let Some(etag) = etag {
                request = request.header(IF_NONE_MATCH, etag);
            }
            let response = request.send().await.map_err(failure)?;
            if etag.is_some() && response.status() == StatusCode::NOT_MODIFIED {
                let max_age = max_age(response.headers());
                return Ok(Fetched::Unchanged { max_age });
            }
            if !response.status().is_redirection() {
                let mut found = read(response, wanted.most_bytes(), self.clock).await?;
                // The mark of one address says nothing about what another leads to.
                found.etag = found.etag.filter(|_| redirects == 0);
                if redirects > 0 {
                    found.document = found.document.with_found_at(url);
                }
                return Ok(Fetched::New(found));
            }
            redirects += 1;
            if redirects > wanted.most_redirects() {
                return Err(FetchFailure::Redirect);
            }
            url = self
                .next_hop(&url, &response)
                .ok_or(FetchFailure::Redirect)?;
        }
    }

    fn next_hop(&self, from: &Url, response: &Response) -> Option<Url> {
        let location = response.headers().get(LOCATION)?.to_str().ok()?;
        let mut next = from.join(location).ok()?;
        next.set_fragment(None);
        // A hop to a place that may not be called is a fault of the redirect, not of the address
        // that was asked for. From the public web, no hop leads to what only the operator's leave
        // opens: whoever may name a private host shall name it in the badge, where it is seen.
        let way = self.clients.way(&next).ok()?;
        (way == Way::Public || next.origin() == from.origin()).then_some(next)
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
            match wanted {
                Wanted::Part(kind) => {
                    // What may not be called takes no place in the cache.
                    self.clients.way(url)?;
                    self.part(url, kind).await
                }
                // Whoever has a badge verified means the badge as it is now.
                Wanted::Badge => match self.in_time(url, wanted, None).await? {
                    Fetched::New(found) => Ok(found.document),
                    Fetched::Unchanged { .. } => Err(FetchFailure::Unreachable),
                },
            }
        })
    }

    fn call<'a>(&'a self, call: &'a Call) -> Calling<'a> {
        Box::pin(async move {
            let _turn = self.hosts.turn(&call.url).await?;
            super::call::call(&self.clients, call).await
        })
    }
}

/// What came back from a server.
enum Fetched {
    New(Found),
    /// What was known before still holds.
    Unchanged {
        max_age: Option<Duration>,
    },
}

struct Found {
    document: Document,
    max_age: Option<Duration>,
    etag: Option<String>,
}

async fn read(
    mut response: Response,
    most_bytes: usize,
    clock: Clock,
) -> Result<Found, FetchFailure> {
    if response.status() == StatusCode::GONE {
        return Err(FetchFailure::Gone);
    }
    if response.status() != StatusCode::OK {
        return Err(FetchFailure::Unreachable);
    }
    let headers = response.headers();
    if headers
        .get(CONTENT_ENCODING)
        .is_some_and(|encoding| encoding != "identity")
    {
        return Err(FetchFailure::NotAllowed);
    }
    if response
        .content_length()
        .is_some_and(|length| length > most_bytes as u64)
    {
        return Err(FetchFailure::TooLarge);
    }
    let content_type = text(headers, CONTENT_TYPE);
    let etag = text(headers, ETAG);
    let max_age = max_age(headers);
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failure)? {
        if bytes.len() + chunk.len() > most_bytes {
            return Err(FetchFailure::TooLarge);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Found {
        document: Document::new(bytes)
            .with_content_type(content_type)
            .with_fetched_at(clock.now()),
        max_age,
        etag,
    })
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    let value = headers.get(name)?.to_str().ok()?;
    Some(value.to_owned())
}

/// How long an answer may be kept (RFC 9111, sections 5.2.2 and 4.2.3), unless it does not say.
fn max_age(headers: &HeaderMap) -> Option<Duration> {
    let said = text(headers, CACHE_CONTROL)?.to_ascii_lowercase();
    let mut directives = said.split(',').map(str::trim);
    if directives
        .clone()
        .any(|directive| directive == "no-store" || directive == "no-cache")
    {
        return Some(Duration::ZERO);
    }
    let seconds = directives.find_map(|directive| directive.strip_prefix("max-age="))?;
    let seconds: u64 = seconds.trim_matches('"').parse().ok()?;
    let age = text(headers, AGE).and_then(|age| age.parse().ok());
    Some(Duration::from_secs(
        seconds.saturating_sub(age.unwrap_or(0)),
    ))
}

/// One answer, redirects included.
const ONE_ANSWER: Duration = Duration::from_secs(5);

/// Three status lists of the largest size, or a hundred thousand keys.
const MOST_CACHED_BYTES: usize = 32 * 1024 * 1024;
