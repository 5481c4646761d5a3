//! The status lists, as documents with an embedded proof and as JWT.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};

use super::{CREDENTIAL_JSON, CREDENTIAL_JWT};
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::headers::briefly_cached;
use crate::http::negotiation::Face;
use crate::http::parameter::Path;
use crate::http::route::{Route, get};
use crate::http::tags;
use crate::rights::Action;
use crate::status;

pub fn routes() -> Vec<Route> {
    vec![get("/status/{list}", Action::ReadPublished, list)]
}

async fn list(
    State(edge): State<Edge>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, HttpError> {
    let (number, face) = Face::by_extension(&name);
    let number = number.parse().map_err(|_| HttpError::NotFound)?;
    let face = face.or_else(|| Face::by_accept(&headers, &[Face::Json, Face::Jwt]));
    let list = edge.work(move |app| status::list(app, number)).await?;
    let answer = match face {
        Some(Face::Json) => (briefly_cached(CREDENTIAL_JSON), list.json).into_response(),
        Some(Face::Jwt) => (briefly_cached(CREDENTIAL_JWT), list.jwt).into_response(),
        // A list has no page and no picture. People who follow the link see the document.
        Some(Face::Page | Face::Png | Face::Svg) => return Err(HttpError::NotFound),
        None if accepts_page(&headers) => {
            (briefly_cached("application/json"), list.json).into_response()
        }
        None => return Err(HttpError::NotAcceptable),
    };
    // Verifiers ask for the same list again and again, and it seldom changes.
    tags::tagged(&headers, answer).await
}

fn accepts_page(headers: &HeaderMap) -> bool {
    Face::by_accept(headers, &[Face::Page]).is_some()
}
