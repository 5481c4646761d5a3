//! Services that call each other: an outside world in which each stands at its public address.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use issuer::fetch::{
    Authorization, Call, CallAnswer, CallMethod, Calling, Fetch, Fetching, Wanted,
};
use reqwest::header::AUTHORIZATION;
use reqwest::{Client, RequestBuilder};
use url::Url;
use verifier::{Document, FetchFailure};

/// Where each public address is answered.
#[derive(Clone)]
pub struct Neighbours {
    client: Client,
    places: Arc<Mutex<BTreeMap<String, SocketAddr>>>,
    /// What was called, with whoever it was that called.
    pub called: Arc<Mutex<Vec<String>>>,
}

impl Neighbours {
    /// A world in which nobody is at home yet.
    pub fn new() -> Neighbours {
        // Another chapter may have installed it before.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().no_proxy().tls_certs_only([]);
        Neighbours {
            client: client.build().expect("a client"),
            places: Arc::default(),
            called: Arc::default(),
        }
    }

    /// Lets a public address be answered by a listener.
    pub fn meet(&self, public_url: &str, address: SocketAddr) {
        let mut places = self.places.lock().expect("no panic");
        places.insert(public_url.to_owned(), address);
    }

    fn note(&self, call: String) {
        self.called.lock().expect("no panic").push(call);
    }

    fn request(&self, url: &Url, method: reqwest::Method) -> Option<RequestBuilder> {
        let places = self.places.lock().expect("no panic");
        let (base, address) = places
            .iter()
            .find(|(base, _)| url.as_str().starts_with(base.as_str()))?;
        let path = &url.as_str()[base.len()..];
        let address = format!("http://{address}{path}");
        Some(self.client.request(method, address))
    }
}

impl Fetch for Neighbours {
    fn fetch<'a>(&'a self, url: &'a Url, wanted: Wanted) -> Fetching<'a> {
        Box::pin(async move {
            let request = self.request(url, reqwest::Method::GET);
            let request = request.ok_or(FetchFailure::Unreachable)?;
            let answer = request.header("accept", wanted.accept()).send().await;
            let answer = answer.map_err(|_| FetchFailure::Unreachable)?;
            if answer.status() != 200 {
                return Err(FetchFailure::Unreachable);
            }
            let bytes = answer.bytes().await;
            Ok(Document::new(
                bytes.map_err(|_| FetchFailure::Unreachable)?.to_vec(),
            ))
        })
    }

    fn call<'a>(&'a self, call: &'a Call) -> Calling<'a> {
        Box::pin(async move {
            let method = match call.method {
                CallMethod::Get => reqwest::Method::GET,
                CallMethod::Post => reqwest::Method::POST,
                CallMethod::Put => reqwest::Method::PUT,
            };
            self.note(format!("{method} {}", call.url));
            let request = self.request(&call.url, method);
            let mut request = request.ok_or(FetchFailure::Unreachable)?;
            match &call.authorization {
                Authorization::None => {}
                Authorization::Basic(id, secret) => {
                    request = request.basic_auth(id, Some(secret.as_str()));
                }
                Authorization::Bearer(token) => {
                    request = request.header(AUTHORIZATION, format!("Bearer {}", token.as_str()));
                }
            }
            if let Some((media_type, body)) = &call.body {
                let request_body = body.to_vec();
                request = request
                    .header("content-type", *media_type)
                    .body(request_body);
            }
            let answer = request.send().await;
            let answer = answer.map_err(|_| FetchFailure::Unreachable)?;
            let link = answer.headers().get("link");
            let link = link.and_then(|link| link.to_str().ok()).map(str::to_owned);
            Ok(CallAnswer {
                status: answer.status().as_u16(),
                link,
                body: answer.bytes().await.expect("a body").to_vec(),
            })
        })
    }
}
