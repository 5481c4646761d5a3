//! Entity tags (RFC 9110, 8.8.3): what has not changed is not sent again, and a change is made to what
//! was read or not at all.

use axum::body::{Body, HttpBody as _};
use axum::extract::FromRequestParts;
use axum::http::header::{self, HeaderValue};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use serde::Serialize;
use std::convert::Infallible;

use super::body;
use super::error::HttpError;
use crate::digest::Sha256Digest;
use crate::error::Error;

/// The tags of an `If-Match`, or nothing where any will do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tags(Option<Vec<String>>);

/// The condition of a change: the thing is still what the caller read.
#[derive(Clone, Debug)]
pub struct IfMatch(Option<Tags>);

/// Marks a request whose handler minds the condition.
#[derive(Clone, Copy)]
pub struct MindsTags;

impl Tags {
    /// Reads `If-Match`: `*`, or strong tags in quotes.
    pub fn if_match(headers: &HeaderMap) -> Result<Option<Tags>, HttpError> {
        let values = headers.get_all(header::IF_MATCH);
        let mut tags = Vec::new();
        for value in &values {
            let text = value.to_str().map_err(|_| not_tags())?;
            if text.trim() == "*" {
                return Ok(Some(Tags(None)));
            }
            for tag in text.split(',').map(str::trim) {
                let inner = tag
                    .strip_prefix('"')
                    .and_then(|tag| tag.strip_suffix('"'))
                    .filter(|inner| {
                        inner
                            .bytes()
                            .all(|byte| byte.is_ascii_graphic() && byte != b'"')
                    });
                // A weak tag is well written and matches nothing here (RFC 9110, 13.1.1).
                match inner {
                    Some(_) => tags.push(tag.to_owned()),
                    None if tag.starts_with("W/\"") => {}
                    None => return Err(not_tags()),
                }
            }
        }
        Ok(values.iter().next().is_some().then_some(Tags(Some(tags))))
    }
}

impl IfMatch {
    /// Whether a thing that looks like this may be changed.
    pub fn lets_change(&self, current: &impl Serialize) -> bool {
        let Some(Tags(Some(tags))) = &self.0 else {
            return true;
        };
        let bytes = serde_json::to_vec(current).unwrap_or_default();
        tags.contains(&tag_of(&bytes))
    }

    /// A change that came between reading and writing is what the condition is there for.
    pub fn of_conflict(&self, error: Error) -> Error {
        match error {
            Error::Conflict { .. } if self.0.is_some() => Error::Precondition,
            other => other,
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<IfMatch, Infallible> {
        Ok(IfMatch(parts.extensions.get::<Tags>().cloned()))
    }
}

fn tag_of(bytes: &[u8]) -> String {
    format!("\"{}\"", Sha256Digest::of(bytes))
}

fn not_tags() -> HttpError {
    HttpError::Header {
        name: "If-Match",
        expected: "`*`, or entity tags in quotes",
    }
}

/// Puts the tag of its bytes on an answer, and leaves the bytes out if the caller has them.
pub async fn tagged(wanted: &HeaderMap, answer: Response) -> Result<Response, HttpError> {
    let is_small = answer
        .body()
        .size_hint()
        .exact()
        .is_some_and(|bytes| bytes <= MOST_BYTES as u64);
    if answer.status() != StatusCode::OK || !is_small {
        return Ok(answer);
    }
    let (mut parts, body) = answer.into_parts();
    let bytes = body::read(body, MOST_BYTES).await?;
    if !parts.headers.contains_key(header::ETAG) {
        let tag = HeaderValue::try_from(tag_of(&bytes)).map_err(HttpError::fault)?;
        parts.headers.insert(header::ETAG, tag);
    }
    let is_known = parts
        .headers
        .get(header::ETAG)
        .and_then(|tag| tag.to_str().ok())
        .is_some_and(|tag| names(wanted, tag));
    if is_known {
        let mut unchanged = StatusCode::NOT_MODIFIED.into_response();
        for name in [header::ETAG, header::CACHE_CONTROL, header::VARY] {
            if let Some(value) = parts.headers.remove(&name) {
                unchanged.headers_mut().insert(name, value);
            }
        }
        return Ok(unchanged);
    }
    Ok(Response::from_parts(parts, Body::from(bytes)))
}

/// Whether `If-None-Match` names this tag; weakly or not is the same there (RFC 9110, 13.1.2).
fn names(wanted: &HeaderMap, tag: &str) -> bool {
    let mut values = wanted.get_all(header::IF_NONE_MATCH).iter();
    values.any(|value| {
        let text = value.to_str().unwrap_or_default();
        text.trim() == "*"
            || text
                .split(',')
                .any(|one| one.trim().trim_start_matches("W/") == tag)
    })
}

/// Everything that is answered whole and is no download.
const MOST_BYTES: usize = 4 * 1024 * 1024;
