//! The cookie of a session: its name, its attributes, and the requests it may come with.

use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::request::Parts;

use super::edge::Edge;
use super::error::HttpError;
use crate::error::Error;
use crate::id::PersonId;
use crate::public_url::PublicUrl;
use crate::session::{self, Secret};

/// Signs somebody in who has just shown who they are: the header that gives the browser its session.
///
/// Whatever session the browser had ends, so that nobody goes on with one they were given.
pub async fn sign_in(
    edge: &Edge,
    headers: &HeaderMap,
    person: PersonId,
) -> Result<HeaderValue, HttpError> {
    let (former, now) = (secret_in(headers, &edge.public_url), edge.clock.now());
    let begun = edge.work(move |app| {
        if let Some(former) = former {
            session::end_by_secret(app, &former)?;
        }
        session::begin(app, person, now)
    });
    set(&edge.public_url, begun.await?.expose(), session::LONGEST)
}

/// Signs the browser out, here and there: the header that takes its cookie away.
pub async fn sign_out(edge: &Edge, headers: &HeaderMap) -> Result<HeaderValue, HttpError> {
    if let Some(secret) = secret_in(headers, &edge.public_url) {
        edge.work(move |app| session::end_by_secret(app, &secret))
            .await?;
    }
    set(&edge.public_url, "", 0)
}

/// The secret in the cookie of a request, if there is one that can be read.
pub fn secret_in(headers: &HeaderMap, public_url: &PublicUrl) -> Option<Secret> {
    value_in(headers, name(public_url))?.parse().ok()
}

/// The value of a cookie of this name, if the request brings one.
pub fn value_in<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value)
}

/// Refuses a request that changes something unless a page of this site has sent it.
///
/// Browsers send cookies along with what other sites make them send; they say where it came from.
/// Some say `Origin: null` of pages that send no referrer, which alone says nothing.
pub fn require_same_origin(parts: &Parts, public_url: &PublicUrl) -> Result<(), HttpError> {
    let text = |name: HeaderName| {
        let value = parts.headers.get(name)?;
        Some(value.to_str().unwrap_or_default())
    };
    let same = match (text(header::ORIGIN), text(SEC_FETCH_SITE)) {
        (None | Some("null"), Some(site)) => site == "same-origin",
        (Some(origin), _) => origin == public_url.base(),
        (None, None) => false,
    };
    match same {
        true => Ok(()),
        false => Err(Error::CrossSite.into()),
    }
}

fn set(public_url: &PublicUrl, value: &str, seconds: i64) -> Result<HeaderValue, HttpError> {
    written(public_url, name(public_url), value, seconds)
}

/// The header that gives the browser a cookie for so many seconds.
pub fn written(
    public_url: &PublicUrl,
    name: &str,
    value: &str,
    seconds: i64,
) -> Result<HeaderValue, HttpError> {
    let secure = match is_https(public_url) {
        true => "; Secure",
        false => "",
    };
    // Lax, not Strict: a link in a mail must find people signed in, and no GET changes anything.
    let cookie =
        format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    HeaderValue::try_from(cookie).map_err(HttpError::fault)
}

/// With `__Host-` no other host, and no page that came without TLS, can set or overwrite it
/// (RFC 6265bis, 4.1.3.2). Without TLS, which is for development, browsers refuse the prefix.
fn name(public_url: &PublicUrl) -> &'static str {
    match is_https(public_url) {
        true => "__Host-assay",
        false => "assay",
    }
}

pub fn is_https(public_url: &PublicUrl) -> bool {
    public_url.url().scheme() == "https"
}

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
