//! Somebody outside who keeps what they fetched for as long as its headers allow, and no longer.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Mutex;

use issuer::fetch::{self, Fetch, Fetching, Wanted};
use reqwest::Client;
use schemas::timestamp::Timestamp;
use url::Url;
use verifier::{Document, FetchFailure, Policy, Report};

use crate::app::PUBLIC_URL;
use crate::served::header;

/// A cache of answers over HTTP, with a clock that is set by hand.
pub struct Caching {
    address: SocketAddr,
    client: Client,
    state: Mutex<State>,
}

struct State {
    now: Timestamp,
    fetches: usize,
    kept: HashMap<(String, String), Kept>,
}

#[derive(Clone)]
struct Kept {
    body: String,
    until: Timestamp,
}

impl Caching {
    pub fn new(address: SocketAddr, now: Timestamp) -> Caching {
        let client = Client::builder().no_proxy().tls_certs_only([]);
        Caching {
            address,
            client: client.build().expect("a client"),
            state: Mutex::new(State {
                now,
                fetches: 0,
                kept: HashMap::new(),
            }),
        }
    }

    /// It is this late now.
    pub fn at(&self, now: Timestamp) {
        self.state.lock().expect("no panic").now = now;
    }

    /// How often the service was asked.
    pub fn fetches(&self) -> usize {
        self.state.lock().expect("no panic").fetches
    }

    /// What stands at a path: as it is kept, or as it is now.
    pub async fn get(&self, path: &str, accept: &str) -> String {
        let path = path.strip_prefix(PUBLIC_URL).unwrap_or(path);
        let key = (path.to_owned(), accept.to_owned());
        let now = {
            let state = self.state.lock().expect("no panic");
            if let Some(kept) = state.kept.get(&key).filter(|kept| state.now < kept.until) {
                return kept.body.clone();
            }
            state.now
        };
        let request = self.client.get(format!("http://{}{path}", self.address));
        let answer = request
            .header("accept", accept)
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status(), 200, "{path}");
        let policy = header(&answer, "cache-control").to_owned();
        let seconds = policy.split("max-age=").nth(1).and_then(|rest| {
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            digits.parse::<i64>().ok()
        });
        let kept = Kept {
            body: answer.text().await.expect("a document"),
            // What says nothing of its age is not kept.
            until: now.plus_seconds(seconds.unwrap_or(0)),
        };
        let mut state = self.state.lock().expect("no panic");
        state.fetches += 1;
        state.kept.insert(key, kept.clone());
        kept.body
    }

    /// The judgement of our verifier about a form, with what is kept.
    pub async fn verifies(&self, form: &str) -> Report {
        let now = self.state.lock().expect("no panic").now;
        let bytes = form.as_bytes().to_vec();
        fetch::verify(bytes, self, Policy::default(), now).await
    }
}

impl Fetch for Caching {
    fn fetch<'a>(&'a self, url: &'a Url, wanted: Wanted) -> Fetching<'a> {
        Box::pin(async move {
            // Whoever asks for the newest edition is told of the change at once: here the copy is judged.
            if url.path().starts_with("/refresh/") {
                return Err(FetchFailure::Unreachable);
            }
            let body = self.get(url.as_str(), wanted.accept()).await;
            Ok(Document::new(body.into_bytes()))
        })
    }
}
