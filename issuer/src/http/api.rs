//! The JSON interface under `/api/v1`: everything the service does, for programs.

mod badges;
pub mod evidence;
mod micro_credentials;
mod people;
mod reviews;
mod submissions;
mod verification;

use axum::Router;

use super::edge::Edge;

/// What is done with a bearer token.
pub fn with_token() -> Router<Edge> {
    Router::new()
        .merge(people::routes())
        .merge(micro_credentials::routes())
        .merge(submissions::routes())
        .merge(reviews::routes())
        .merge(badges::routes())
}

/// What anybody may do, from any site.
pub fn for_everybody() -> Router<Edge> {
    verification::routes()
}
