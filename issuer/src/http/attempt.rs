//! The cookies of attempts to sign in: what was begun in a browser is finished in the same one.

use axum::http::HeaderMap;
use axum::http::header::HeaderValue;

use super::client::Client;
use super::cookie;
use super::edge::Edge;
use super::error::HttpError;
use crate::attempt::{self, Attempt, AttemptSecret};
use crate::public_url::PublicUrl;

/// What a browser may have under way, one of each kind at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Somebody is at an identity provider.
    Provider,
    /// An identity waits for its account.
    Identity,
    /// A passkey was asked for.
    Passkey,
    /// Somebody is at another host of badges.
    OtherHost,
}

/// Begins an attempt: the header that gives the browser its secret.
pub async fn begin(
    edge: &Edge,
    client: &Client,
    kind: Kind,
    attempt: Attempt,
) -> Result<HeaderValue, HttpError> {
    let now = edge.clock.now();
    edge.attempts.take(&client.0, now)?;
    let begun = edge.work(move |app| attempt::begin(app, attempt, now));
    let name = kind.name(&edge.public_url);
    cookie::written(
        &edge.public_url,
        name,
        begun.await?.expose(),
        attempt::LONGEST,
    )
}

/// The secret of what is under way in a browser.
pub fn secret_in(headers: &HeaderMap, public_url: &PublicUrl, kind: Kind) -> Option<AttemptSecret> {
    cookie::value_in(headers, kind.name(public_url))?
        .parse()
        .ok()
}

/// The header that takes the secret out of the browser.
pub fn end(public_url: &PublicUrl, kind: Kind) -> Result<HeaderValue, HttpError> {
    cookie::written(public_url, kind.name(public_url), "", 0)
}

impl Kind {
    fn name(self, public_url: &PublicUrl) -> &'static str {
        match (self, cookie::is_https(public_url)) {
            (Kind::Provider, true) => "__Host-assay-provider",
            (Kind::Provider, false) => "assay-provider",
            (Kind::Identity, true) => "__Host-assay-identity",
            (Kind::Identity, false) => "assay-identity",
            (Kind::Passkey, true) => "__Host-assay-passkey",
            (Kind::Passkey, false) => "assay-passkey",
            (Kind::OtherHost, true) => "__Host-assay-host",
            (Kind::OtherHost, false) => "assay-host",
        }
    }
}
