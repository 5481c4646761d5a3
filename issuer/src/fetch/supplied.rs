//! Documents that a caller brings along, in place of the network.

use std::collections::HashMap;
use std::future;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use schemas::json::{self, JsonLimits};
use schemas::timestamp::Timestamp;
use serde_json::{Map, Value, json};
use url::Url;
use verifier::{Answer, Document, FetchFailure};

use super::{Fetch, Fetching, Wanted};

/// Answers by address, brought along. Without any, nothing can be fetched at all.
///
/// As a file it is one JSON object whose members are addresses. What stands under one is a JSON
/// document (an object or an array), a text (a string, such as a JWT), bytes
/// (`{"base64": …, "contentType": …, "fetchedAt": …}`, the last two if known), or why there is none
/// (`{"failure": "fetch.timeout"}`).
#[derive(Clone, Debug, Default)]
pub struct Supplied(HashMap<Url, Answer>);

impl Supplied {
    /// Reads the file.
    pub fn read(bytes: &[u8]) -> Result<Supplied, SuppliedError> {
        let read = json::read(bytes, &limits()).map_err(|error| SuppliedError::Json {
            message: error.to_string(),
        })?;
        let Value::Object(members) = read else {
            return Err(SuppliedError::NoMap);
        };
        let mut answers = HashMap::new();
        for (address, value) in members {
            let mut url = Url::parse(&address).map_err(|_| SuppliedError::Address {
                address: address.clone(),
            })?;
            url.set_fragment(None);
            answers.insert(url, answer(value).ok_or(SuppliedError::Value { address })?);
        }
        Ok(Supplied(answers))
    }

    /// Puts an answer beside the others.
    pub fn insert(&mut self, url: Url, answer: Answer) {
        self.0.insert(url, answer);
    }

    /// The file that gives these answers again, byte for byte, sorted by address.
    pub fn to_json(&self) -> Value {
        let mut members: Vec<_> = self.0.iter().collect();
        members.sort_by_key(|(url, _)| url.as_str());
        let written = members.into_iter().map(|(url, answer)| {
            let value = match answer {
                Ok(document) => written(document),
                Err(failure) => json!({ "failure": failure.code() }),
            };
            (url.to_string(), value)
        });
        Value::Object(written.collect())
    }

    /// What stands at an address; nothing is fetched from any other.
    pub fn answer(&self, url: &Url) -> Answer {
        let answer = self.0.get(url).or_else(|| {
            let mut bare = url.clone();
            bare.set_fragment(None);
            self.0.get(&bare)
        });
        answer.cloned().unwrap_or(Err(FetchFailure::NotAllowed))
    }
}

impl Fetch for Supplied {
    fn fetch<'a>(&'a self, url: &'a Url, _wanted: Wanted) -> Fetching<'a> {
        Box::pin(future::ready(self.answer(url)))
    }
}

/// Why a file of documents cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SuppliedError {
    /// It is no JSON, or larger than what is read.
    #[error("it is not JSON that can be read: {message}")]
    Json { message: String },
    /// It is no object.
    #[error("it is not one object from address to document")]
    NoMap,
    /// A member's name is no address.
    #[error("`{address}` is not an address")]
    Address { address: String },
    /// What stands under an address is none of the four.
    #[error("what stands under `{address}` is neither a document, a text, bytes nor a failure")]
    Value { address: String },
}

fn answer(value: Value) -> Option<Answer> {
    match value {
        Value::String(text) => Some(Ok(Document::new(text))),
        Value::Array(_) => Some(Ok(Document::new(value.to_string()))),
        Value::Object(members) => match marked(&members) {
            Some(Marked::Bytes) => bytes(&members).map(Ok),
            Some(Marked::Failure) => failure(&members).map(Err),
            None => Some(Ok(Document::new(Value::Object(members).to_string()))),
        },
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// The two kinds of object that are no document themselves: known by having no other members.
enum Marked {
    Bytes,
    Failure,
}

fn marked(members: &Map<String, Value>) -> Option<Marked> {
    let only = |allowed: &[&str]| members.keys().all(|name| allowed.contains(&name.as_str()));
    if members.contains_key("base64") && only(&["base64", "contentType", "fetchedAt", "foundAt"]) {
        return Some(Marked::Bytes);
    }
    (members.contains_key("failure") && only(&["failure"])).then_some(Marked::Failure)
}

fn bytes(members: &Map<String, Value>) -> Option<Document> {
    let mut document = Document::new(STANDARD.decode(members["base64"].as_str()?).ok()?);
    if let Some(media_type) = members.get("contentType") {
        document = document.with_content_type(Some(media_type.as_str()?.to_owned()));
    }
    if let Some(time) = members.get("fetchedAt") {
        document = document.with_fetched_at(Timestamp::parse(time.as_str()?).ok()?);
    }
    if let Some(place) = members.get("foundAt") {
        document = document.with_found_at(Url::parse(place.as_str()?).ok()?);
    }
    Some(document)
}

fn written(document: &Document) -> Value {
    let mut written = Map::new();
    written.insert("base64".into(), STANDARD.encode(&document.bytes).into());
    if let Some(media_type) = &document.content_type {
        written.insert("contentType".into(), media_type.as_str().into());
    }
    if let Some(time) = document.fetched_at {
        written.insert("fetchedAt".into(), time.to_string().into());
    }
    if let Some(place) = &document.found_at {
        written.insert("foundAt".into(), place.as_str().into());
    }
    Value::Object(written)
}

fn failure(members: &Map<String, Value>) -> Option<FetchFailure> {
    let code = members["failure"].as_str()?;
    FAILURES.into_iter().find(|failure| failure.code() == code)
}

const FAILURES: [FetchFailure; 9] = [
    FetchFailure::AddressBlocked,
    FetchFailure::Redirect,
    FetchFailure::Timeout,
    FetchFailure::TooLarge,
    FetchFailure::Tls,
    FetchFailure::Unreachable,
    FetchFailure::Gone,
    FetchFailure::Budget,
    FetchFailure::NotAllowed,
];

/// The operator's own file: larger than a stranger's, and still no way to fill the memory.
fn limits() -> JsonLimits {
    JsonLimits {
        bytes: MOST_BYTES,
        members: 4_000_000,
        string: MOST_BYTES,
        ..JsonLimits::default()
    }
}

/// The documents of a thousand badges of many issuers, with some large lists among them.
pub const MOST_BYTES: usize = 64 * 1024 * 1024;
