//! The published form of what programs get from here.

use axum::Router;
use axum::response::IntoResponse;
use axum::routing::get;

use crate::http::edge::Edge;
use crate::http::headers::briefly_cached;

pub fn routes() -> Router<Edge> {
    Router::new().route("/schemas/report.json", get(report))
}

/// The JSON Schema of the report, as the verifier that runs here writes it.
async fn report() -> impl IntoResponse {
    (
        briefly_cached("application/schema+json"),
        verifier::REPORT_SCHEMA,
    )
}
