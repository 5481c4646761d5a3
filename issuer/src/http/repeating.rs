//! `Idempotency-Key`: a request that is sent twice is done once (the IETF's
//! draft-ietf-httpapi-idempotency-key-header).

use std::time::Duration;

use axum::body::{Body, HttpBody as _};
use axum::extract::Request;
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

use super::body;
use super::caller::Caller;
use super::edge::Edge;
use super::error::HttpError;
use crate::app::App;
use crate::error::Error;
use crate::idempotency::{self, Begun, IdempotencyKey, Kept, Reservation};

/// Marks an answer that shows a secret this once, and so is kept nowhere.
#[derive(Clone, Copy)]
pub struct ShownOnce;

/// The key that a request brings.
pub fn key_of(parts: &Parts) -> Result<Option<IdempotencyKey>, HttpError> {
    if parts.method != Method::POST {
        return Ok(None);
    }
    let mut keys = parts.headers.get_all(IDEMPOTENCY_KEY).iter();
    let Some(key) = keys.next() else {
        return Ok(None);
    };
    let read = key.to_str().ok().and_then(|key| key.parse().ok());
    match (read, keys.next()) {
        (Some(key), None) => Ok(Some(key)),
        _ => Err(HttpError::Header {
            name: "Idempotency-Key",
            expected: "one key of 1 to 255 visible ASCII characters",
        }),
    }
}

/// Does what a request asks for, or gives the answer that was given before.
pub async fn once(
    edge: &Edge,
    caller: &Caller,
    key: IdempotencyKey,
    request: Request,
    next: Next,
) -> Result<Response, HttpError> {
    let (parts, body) = request.into_parts();
    let bytes = body::read(body, MOST_REQUEST_BYTES).await?;
    let address = parts.uri.path_and_query();
    let address = address.map_or("", |address| address.as_str());
    let digest = idempotency::digest_of(parts.method.as_str(), address, &bytes);
    let (person, now) = (caller.person.id, edge.clock.now());
    let request = Request::from_parts(parts, Body::from(bytes));
    let edge = edge.clone();
    // The work is brought to its end even if the caller hangs up, or was told that the disk hangs; and so is the
    // record of it.
    let work = tokio::spawn(async move {
        let begun = edge
            .work(move |app| idempotency::begin(app, person, &key, digest, now))
            .await?;
        let reservation = match begun {
            Begun::Again(kept) => return given_again(kept),
            Begun::First(reservation) => reservation,
        };
        let answer = next.run(request).await;
        keep(&edge, reservation, answer).await
    });
    work.await.map_err(HttpError::fault)?
}

/// Keeps an answer, and hands it on.
async fn keep(
    edge: &Edge,
    reservation: Reservation,
    answer: Response,
) -> Result<Response, HttpError> {
    // What was not done can be sent again under the same key.
    let status = answer.status();
    let not_done = status.is_server_error()
        || matches!(
            status,
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS
        );
    if not_done {
        settle(edge, move |app| idempotency::release(app, &reservation)).await?;
        return Ok(answer);
    }
    let is_secret = answer.extensions().get::<ShownOnce>().is_some();
    let is_small = answer
        .body()
        .size_hint()
        .exact()
        .is_some_and(|bytes| bytes <= MOST_KEPT_BYTES as u64);
    let (parts, body) = answer.into_parts();
    let (body, kept_body) = match is_small {
        true => {
            let bytes = body::read(body, MOST_KEPT_BYTES).await?;
            let text = String::from_utf8(bytes.to_vec()).ok();
            (Body::from(bytes), text.filter(|_| !is_secret))
        }
        false => (body, None),
    };
    let kept = Kept {
        status: status.as_u16(),
        headers: kept_headers(&parts.headers),
        body: kept_body,
    };
    settle(edge, move |app| {
        idempotency::finish(app, &reservation, &kept)
    })
    .await?;
    Ok(Response::from_parts(parts, body))
}

/// Writes down what became of a request, when the disk is back at the latest: under a key that stayed open the
/// work would be done a second time.
async fn settle(
    edge: &Edge,
    write: impl Fn(&App) -> Result<(), Error> + Clone + Send + 'static,
) -> Result<(), HttpError> {
    loop {
        match edge.work(write.clone()).await {
            Err(HttpError::StoreHungMeanwhile) => tokio::time::sleep(BETWEEN_ATTEMPTS).await,
            done => return done,
        }
    }
}

fn kept_headers(headers: &HeaderMap) -> Vec<(String, String)> {
    let kept = [header::CONTENT_TYPE, header::LOCATION];
    let found = kept.iter().filter_map(|name| {
        let value = headers.get(name)?.to_str().ok()?;
        Some((name.to_string(), value.to_owned()))
    });
    found.collect()
}

fn given_again(kept: Kept) -> Result<Response, HttpError> {
    let body = kept.body.ok_or(HttpError::Service(Error::AnswerNotKept))?;
    let mut answer = Response::new(Body::from(body));
    *answer.status_mut() = StatusCode::from_u16(kept.status).map_err(HttpError::fault)?;
    for (name, value) in kept.headers {
        let name = HeaderName::try_from(name).map_err(HttpError::fault)?;
        let value = HeaderValue::try_from(value).map_err(HttpError::fault)?;
        answer.headers_mut().insert(name, value);
    }
    answer
        .headers_mut()
        .insert(REPLAYED, HeaderValue::from_static("true"));
    Ok(answer)
}

pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(250);

/// What is sent under a key is hashed before it is read: JSON, and small pictures. Files of evidence
/// are streamed, and need no key: what is uploaded twice is two pieces, and one can be removed.
const MOST_REQUEST_BYTES: usize = 1024 * 1024;

/// A record of the store stays under 100 kB, also when some of its characters are escaped.
const MOST_KEPT_BYTES: usize = 48 * 1024;
