//! What the service publishes: each thing as a page for people and as documents for programs.

mod achievement;
pub(super) mod achievement_page;
pub(in crate::http) mod badge;
mod badge_page;
mod embed;
mod endorsement;
mod issuer;
mod log;
mod schemas;
mod status;

pub(in crate::http) use badge::shared_headers;

use axum::http::HeaderMap;
use axum::http::header::{CONTENT_TYPE, HeaderValue};

use super::route::Route;

/// Everything that strangers' software reads.
pub fn routes() -> Vec<Route> {
    [
        achievement::routes(),
        badge::routes(),
        embed::routes(),
        endorsement::routes(),
        issuer::routes(),
        log::routes(),
        schemas::routes(),
        status::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

pub(super) fn of_type(media_type: &'static str) -> HeaderMap {
    [(CONTENT_TYPE, HeaderValue::from_static(media_type))]
        .into_iter()
        .collect()
}

/// A credential with an embedded proof (Open Badges 3.0, web resource).
const CREDENTIAL_JSON: &str = "application/vc+ld+json";
/// A credential as a compact JWT (Open Badges 3.0, web resource).
const CREDENTIAL_JWT: &str = "text/plain; charset=utf-8";
const LINKED_DATA: &str = "application/ld+json";

/// Splits text at its empty lines. It is shown as text: nothing in it is markup.
pub(crate) fn paragraphs(text: &str) -> Vec<String> {
    text.split("\n\n")
        .map(str::trim)
        .filter(|paragraph| !paragraph.is_empty())
        .map(str::to_owned)
        .collect()
}
