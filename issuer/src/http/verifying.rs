//! Verifying for others: the same for the interface and for the page.

use url::Url;
use verifier::{Policy, Report};

use super::edge::Edge;
use super::error::HttpError;
use crate::fetch::{self, Wanted};

/// Fetches a badge from the address a stranger gave, by the rules for every such address.
pub async fn fetch_badge(edge: &Edge, url: &Url) -> Result<Vec<u8>, HttpError> {
    let answer = edge.fetch.fetch(url, Wanted::Badge).await;
    answer
        .map(|document| document.bytes)
        .map_err(HttpError::Fetch)
}

/// Verifies a badge, in its turn: strangers choose how much work each one is.
pub async fn verify(edge: &Edge, presented: Vec<u8>, policy: Policy) -> Result<Report, HttpError> {
    let now = edge.clock.now();
    let _turn = edge
        .verifying
        .try_acquire()
        .map_err(|_| HttpError::Overloaded)?;
    Ok(fetch::verify(presented, edge.fetch.as_ref(), policy, now).await)
}

/// The largest form of a badge is a picture.
pub const MOST_BADGE_BYTES: usize = 10 * 1024 * 1024;
