//! The stylesheet, the icon and the one script.

use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;
use axum::routing::get;

use crate::http::edge::Edge;

pub fn routes() -> Router<Edge> {
    Router::new()
        .route(
            "/assets/style.css",
            get(async || asset("text/css; charset=utf-8", STYLE)),
        )
        .route(
            "/assets/icon.svg",
            get(async || asset("image/svg+xml", ICON)),
        )
        .route(
            "/assets/verify.js",
            get(async || asset("text/javascript; charset=utf-8", VERIFY_SCRIPT)),
        )
        .route(
            "/robots.txt",
            get(async || asset("text/plain; charset=utf-8", ROBOTS)),
        )
}

fn asset(media_type: &'static str, text: &'static str) -> impl IntoResponse {
    (
        [
            (CONTENT_TYPE, media_type),
            (CACHE_CONTROL, "public, max-age=300"),
        ],
        text,
    )
}

const STYLE: &str = include_str!("../../../assets/style.css");
const ICON: &str = include_str!("../../../assets/icon.svg");
const VERIFY_SCRIPT: &str = include_str!("../../../assets/verify.js");

/// Badges say themselves whether they may be listed; the rest is no matter for search engines.
const ROBOTS: &str = "User-agent: *\nDisallow: /api/\nDisallow: /refresh/\nDisallow: /log/\n";
