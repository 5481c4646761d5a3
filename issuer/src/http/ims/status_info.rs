//! Errors as the standard writes them (Open Badges 3.0, Imsx_StatusInfo).

use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::is_below_base;
use crate::http::error::Problem;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StatusInfo {
    #[serde(rename = "imsx_codeMajor")]
    code_major: &'static str,
    #[serde(rename = "imsx_severity")]
    severity: &'static str,
    #[serde(rename = "imsx_description")]
    description: String,
    #[serde(rename = "imsx_codeMinor")]
    code_minor: CodeMinor,
}

#[derive(Serialize)]
struct CodeMinor {
    #[serde(rename = "imsx_codeMinorField")]
    fields: [CodeMinorField; 1],
}

#[derive(Serialize)]
struct CodeMinorField {
    #[serde(rename = "imsx_codeMinorFieldName")]
    name: &'static str,
    #[serde(rename = "imsx_codeMinorFieldValue")]
    value: &'static str,
}

/// Writes the errors of the Open Badges API as it has them.
pub async fn errors_of_the_standard(request: Request, next: Next) -> Response {
    let is_of_the_standard = is_below_base(request.uri());
    let mut answer = next.run(request).await;
    let problem = match is_of_the_standard {
        true => answer.extensions_mut().remove::<Problem>(),
        false => None,
    };
    let Some(problem) = problem else {
        return answer;
    };
    let told = StatusInfo {
        code_major: "failure",
        severity: "error",
        description: format!("{} ({})", problem.detail, problem.code),
        code_minor: CodeMinor {
            fields: [CodeMinorField {
                name: "TargetEndSystem",
                value: code_minor(answer.status()),
            }],
        },
    };
    let body = serde_json::to_string(&told).unwrap_or_default();
    let (mut parts, _) = answer.into_parts();
    parts.headers.remove(CONTENT_LENGTH);
    let json = HeaderValue::from_static("application/json");
    parts.headers.insert(CONTENT_TYPE, json);
    (parts, body).into_response()
}

/// The code that goes with a status (Imsx_CodeMinorFieldValue).
fn code_minor(status: StatusCode) -> &'static str {
    match status {
        StatusCode::BAD_REQUEST => "invalid_query_parameter",
        StatusCode::UNAUTHORIZED => "unauthorizedrequest",
        StatusCode::FORBIDDEN => "forbidden",
        StatusCode::NOT_FOUND => "not_found",
        StatusCode::METHOD_NOT_ALLOWED => "not_allowed",
        StatusCode::NOT_ACCEPTABLE => "not_acceptable",
        StatusCode::MISDIRECTED_REQUEST => "misdirected_request",
        StatusCode::UNPROCESSABLE_ENTITY
        | StatusCode::PAYLOAD_TOO_LARGE
        | StatusCode::UNSUPPORTED_MEDIA_TYPE => "invalid_data",
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => "server_busy",
        status if status.is_server_error() => "internal_server_error",
        _ => "unknown",
    }
}
