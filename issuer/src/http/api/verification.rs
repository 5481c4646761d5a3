//! Verifying any Open Badge, for anybody.

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde::Deserialize;
use url::Url;
use verifier::Policy;

use crate::http::body;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::parameter::{Id, Query};
use crate::http::verifying;

pub fn routes() -> Router<Edge> {
    Router::new().route("/verify", post(verify))
}

/// How strictly, and where the badge stands if it is not the body.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    #[serde(default)]
    url: Option<Id<Url>>,
    #[serde(default)]
    policy: Strictness,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Strictness {
    #[default]
    Strict,
    Lenient,
}

/// Verifies the body of the request, in whatever form it is, or what stands at `url`.
async fn verify(
    State(edge): State<Edge>,
    Query(question): Query<Question>,
    presented: Body,
) -> Result<Response, HttpError> {
    let policy = match question.policy {
        Strictness::Strict => Policy::default(),
        Strictness::Lenient => Policy::lenient(),
    };
    let presented = match question.url {
        Some(Id(url)) => verifying::fetch_badge(&edge, &url).await?,
        None => body::read(presented, verifying::MOST_BADGE_BYTES)
            .await?
            .into(),
    };
    let report = verifying::verify(&edge, presented, policy).await?;
    let report = serde_json::to_string(&report).map_err(HttpError::fault)?;
    Ok(([(CONTENT_TYPE, "application/json")], report).into_response())
}
