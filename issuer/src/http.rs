//! The web: what strangers, people and programs see of the service.

mod api;
pub(crate) mod body;
mod caller;
pub mod edge;
pub(crate) mod error;
mod error_page;
mod faces;
pub mod form;
pub(crate) mod headers;
pub mod negotiation;
mod pages;
mod parameter;
mod verifying;

use axum::Router;
use axum::middleware;
use tower_http::catch_panic::CatchPanicLayer;

use self::edge::Edge;
use self::error::HttpError;

/// What every page says about the site it belongs to.
#[derive(Clone, Debug)]
pub struct Masthead {
    /// Who issues.
    pub issuer_name: String,
    /// What the issuer says of itself.
    pub description: Option<String>,
}

/// Everything that is answered, with the limits and headers that hold for all of it.
pub fn router(edge: Edge) -> Router {
    let open = Router::new()
        .merge(faces::routes())
        .nest("/api/v1", api::for_everybody())
        .method_not_allowed_fallback(async || HttpError::MethodNotAllowed)
        .layer(middleware::from_fn(headers::open_to_all_origins));
    Router::new()
        .merge(open)
        .merge(pages::routes())
        .nest("/api/v1", api::with_token())
        .fallback(async || HttpError::NotFound)
        .method_not_allowed_fallback(async || HttpError::MethodNotAllowed)
        .layer(CatchPanicLayer::custom(error::after_panic))
        .layer(middleware::from_fn_with_state(
            edge.masthead.clone(),
            error_page::pages_for_people,
        ))
        .layer(middleware::from_fn_with_state(
            edge.public_url.clone(),
            headers::protect,
        ))
        .with_state(edge)
}
