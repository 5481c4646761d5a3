//! The web: what strangers, people and programs see of the service.

mod api;
mod archive;
mod attempt;
mod audit;
pub(crate) mod body;
mod bundle;
mod caller;
pub mod client;
pub mod cookie;
pub mod edge;
mod endorsing;
pub(crate) mod error;
mod error_page;
mod faces;
pub mod form;
mod gate;
pub(crate) mod headers;
mod health;
pub mod importing;
mod ims;
pub mod load;
mod multipart;
pub mod negotiation;
mod oauth;
pub mod openapi;
mod organisation_tabs;
mod own_evidence;
mod pages;
mod paging;
mod parameter;
mod presenting;
mod range;
pub mod rates;
mod repeating;
mod route;
mod sharing;
mod tags;
mod verifying;

use axum::Router;
use axum::middleware;
use tower_http::catch_panic::CatchPanicLayer;

use self::edge::Edge;
use self::error::HttpError;
use self::headers::Protection;
pub use self::route::Route;

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
    let open = route::router(&edge, open_routes())
        .method_not_allowed_fallback(async || HttpError::MethodNotAllowed)
        .layer(middleware::from_fn(headers::open_to_all_origins));
    Router::new()
        .merge(open)
        .merge(route::router(&edge, closed_routes()))
        .fallback(async || HttpError::NotFound)
        .method_not_allowed_fallback(async || HttpError::MethodNotAllowed)
        .layer(CatchPanicLayer::custom(error::after_panic))
        .layer(middleware::from_fn(ims::errors_of_the_standard))
        .layer(middleware::from_fn_with_state(
            edge.clone(),
            error_page::pages_for_people,
        ))
        .layer(middleware::from_fn_with_state(
            Protection::of(&edge.public_url),
            headers::protect,
        ))
        .with_state(edge)
}

/// Every line of the route table.
pub fn routes() -> Vec<Route> {
    let mut routes = open_routes();
    routes.extend(closed_routes());
    routes
}

/// What programs on any site may read.
fn open_routes() -> Vec<Route> {
    let mut routes = faces::routes();
    routes.extend(health::routes());
    routes.extend(openapi::routes());
    routes.extend(api::for_everybody());
    routes.extend(ims::open_routes());
    routes.extend(oauth::open_routes());
    routes
}

/// What is answered to this site's own pages, and to programs that are no browsers.
fn closed_routes() -> Vec<Route> {
    let mut routes = pages::routes();
    routes.extend(api::with_token());
    routes.extend(ims::routes());
    routes.extend(oauth::routes());
    routes
}
