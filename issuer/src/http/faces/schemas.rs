//! The published form of what programs get from here.

use axum::response::IntoResponse;

use crate::http::headers::briefly_cached;
use crate::http::route::{Route, get};
use crate::rights::Action;

pub fn routes() -> Vec<Route> {
    vec![get("/schemas/report.json", Action::ReadPublished, report)]
}

/// The JSON Schema of the report, as the verifier that runs here writes it.
async fn report() -> impl IntoResponse {
    (
        briefly_cached("application/schema+json"),
        verifier::REPORT_SCHEMA,
    )
}
