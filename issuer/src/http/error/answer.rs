//! The answer that an error becomes, and what the log is told of it.

use std::any::Any;
use std::error::Error;

use axum::http::StatusCode;
use axum::http::header::{self, HeaderValue};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::HttpError;
use crate::error::Error as ServiceError;

/// A problem document (RFC 9457), with the stable code beside the standard's members.
#[derive(Clone, Serialize, ToSchema)]
pub(in crate::http) struct Problem {
    #[serde(rename = "type")]
    pub(in crate::http) kind: &'static str,
    pub(in crate::http) title: &'static str,
    pub(in crate::http) status: u16,
    pub(in crate::http) detail: String,
    pub(in crate::http) code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::http) pointer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::http) id: Option<String>,
}

impl IntoResponse for HttpError {
    fn into_response(self) -> Response {
        let shown = self.shown();
        let id = self.cause().map(logged);
        let problem = Problem {
            kind: "about:blank",
            title: shown.title,
            status: shown.status.as_u16(),
            detail: shown.detail,
            code: shown.code,
            pointer: shown.pointer,
            id,
        };
        let body = serde_json::to_string(&problem).unwrap_or_default();
        let mut response = (
            shown.status,
            [(header::CONTENT_TYPE, "application/problem+json")],
            body,
        )
            .into_response();
        if shown.status == StatusCode::UNAUTHORIZED {
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let HttpError::Range { bytes } = &self
            && let Ok(told) = HeaderValue::try_from(format!("bytes */{bytes}"))
        {
            response.headers_mut().insert(header::CONTENT_RANGE, told);
        }
        if shown.status == StatusCode::SERVICE_UNAVAILABLE {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        let wait = match &self {
            HttpError::Service(ServiceError::RateLimited { seconds }) => Some(*seconds),
            HttpError::Service(ServiceError::UnderWay) => Some(1),
            _ => None,
        };
        if let Some(seconds) = wait {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        // Kept for `pages_for_people`, which knows what the request asked for.
        response.extensions_mut().insert(problem);
        response
    }
}

/// The answer to a request during which something panicked; the connection and the service live on.
pub fn after_panic(panic: Box<dyn Any + Send>) -> Response {
    let text = panic.downcast_ref::<&str>().map(|text| text.to_string());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    HttpError::fault(Panicked(text.unwrap_or_default())).into_response()
}

#[derive(Debug, thiserror::Error)]
#[error("a panic: {0}")]
struct Panicked(String);

/// Writes a fault to the log, once, and gives the identifier under which it stands there.
fn logged(error: &(dyn Error + 'static)) -> String {
    let mut drawn = [0; 8];
    // Without randomness the identifier is all zeros, and the log line is still there.
    let _ = getrandom::fill(&mut drawn);
    let id: String = drawn.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut causes = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        causes = format!("{causes}: {cause}");
        source = cause.source();
    }
    tracing::error!(fault.id = %id, "A request failed: {causes}");
    id
}
