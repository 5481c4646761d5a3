//! Verifying any Open Badge, for anybody.

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

use utoipa::OpenApi;

use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::parameter::Query;
use crate::http::route::{Route, post};
use crate::http::verifying::{Answered, Parameters, Question};
use crate::rights::Action;

/// What the handlers say of themselves.
#[derive(OpenApi)]
#[openapi(paths(verify))]
pub struct Document;

pub fn routes() -> Vec<Route> {
    vec![post("/verify", Action::Verify, verify)]
}

/// Verifies the body of the request, in whatever form it is, or what stands at `url`.
#[utoipa::path(
    post,
    path = "/verify",
    params(Parameters),
    request_body(content_type = "*/*"),
    responses((status = 200, body = Object, description = "The report, whatever the verdict; its shape is at /schemas/report.json.")),
)]
async fn verify(
    State(edge): State<Edge>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, HttpError> {
    let question = Question::read(parameters, &headers, body).await?;
    match question.answer(&edge).await? {
        Answered::NotFetched(failure) => Err(HttpError::Fetch(failure)),
        Answered::Report(report) => {
            let report = serde_json::to_string(&report).map_err(HttpError::fault)?;
            Ok(([(CONTENT_TYPE, "application/json")], report).into_response())
        }
    }
}
