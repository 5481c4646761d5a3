//! Every error that reaches a caller: one `match` gives it its status, its code and its words.
//!
//! Programs get a problem document (RFC 9457), people a page that says the same.

use std::error::Error;

use askama::Template;
use axum::extract::{Request, State};
use axum::http::header::{self, HeaderValue};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use serde::Serialize;

use super::Site;
use super::negotiation::Face;

/// Why a request is not answered as it was meant.
#[derive(Debug)]
pub enum HttpError {
    /// Nothing stands at this address, or nothing that this caller may know of.
    NotFound,
    MethodNotAllowed,
    NotAcceptable,
    /// No bearer token came with the request.
    TokenMissing,
    /// The token belongs to nobody.
    TokenUnknown,
    /// The caller is known, and is not the one who may do this.
    NotAllowed {
        needed: &'static str,
    },
    /// The body is not of the media type that is read here.
    MediaType {
        expected: &'static str,
    },
    BodyTooLarge {
        limit: u64,
    },
    BodyTooSlow,
    BodyBroken,
    /// The body is JSON of another shape, or no JSON.
    Body {
        code: &'static str,
        message: String,
        pointer: Option<String>,
    },
    /// A value in the address cannot be read.
    Parameter {
        name: &'static str,
    },
    /// A fault of ours: the caller learns an identifier, the log the rest.
    Fault(Box<dyn Error + Send + Sync>),
}

/// How an error looks from outside.
struct Shown {
    status: StatusCode,
    code: &'static str,
    title: &'static str,
    detail: String,
    pointer: Option<String>,
}

impl HttpError {
    /// Wraps an error that no caller can act on.
    pub fn fault(error: impl Error + Send + Sync + 'static) -> HttpError {
        HttpError::Fault(Box::new(error))
    }

    fn shown(&self) -> Shown {
        let (status, code, title, detail) = match self {
            HttpError::NotFound => (
                StatusCode::NOT_FOUND,
                "http.not_found",
                "There is nothing here",
                "The address may be mistyped, or what stands here is not public.".to_owned(),
            ),
            HttpError::MethodNotAllowed => (
                StatusCode::METHOD_NOT_ALLOWED,
                "http.method",
                "This address does not take such a request",
                "The method of the request is not one that is answered here.".to_owned(),
            ),
            HttpError::NotAcceptable => (
                StatusCode::NOT_ACCEPTABLE,
                "http.not_acceptable",
                "There is no such form of this",
                "None of the media types in the Accept header can be served.".to_owned(),
            ),
            HttpError::TokenMissing => (
                StatusCode::UNAUTHORIZED,
                "auth.required",
                "Who are you?",
                "This needs a bearer token in the Authorization header.".to_owned(),
            ),
            HttpError::TokenUnknown => (
                StatusCode::UNAUTHORIZED,
                "auth.token",
                "This token is not known",
                "The bearer token belongs to nobody here, or no longer does.".to_owned(),
            ),
            HttpError::NotAllowed { needed } => (
                StatusCode::FORBIDDEN,
                "auth.not_allowed",
                "You may not do this",
                format!("This is for {needed}."),
            ),
            HttpError::MediaType { expected } => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "http.media_type",
                "The body is of another kind",
                format!("A body of type {expected} is read here."),
            ),
            HttpError::BodyTooLarge { limit } => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "input.too_large",
                "This is too large",
                format!("At most {limit} bytes are taken here."),
            ),
            HttpError::BodyTooSlow => (
                StatusCode::REQUEST_TIMEOUT,
                "http.timeout",
                "This took too long",
                "The body of the request did not arrive in time.".to_owned(),
            ),
            HttpError::BodyBroken => (
                StatusCode::BAD_REQUEST,
                "http.body",
                "The request broke off",
                "The body of the request did not arrive whole.".to_owned(),
            ),
            HttpError::Body { code, message, .. } => (
                StatusCode::BAD_REQUEST,
                *code,
                "The body cannot be read",
                message.clone(),
            ),
            HttpError::Parameter { name } => (
                StatusCode::BAD_REQUEST,
                "http.parameter",
                "A value in the address cannot be read",
                format!("The value of {name} is not of the kind it should be."),
            ),
            HttpError::Fault(_) => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "fault",
                "Something went wrong on our side",
                "It has been written down. Trying again later may help.".to_owned(),
            ),
        };
        let pointer = match self {
            HttpError::Body { pointer, .. } => pointer.clone(),
            _ => None,
        };
        Shown {
            status,
            code,
            title,
            detail,
            pointer,
        }
    }
}

/// A problem document (RFC 9457), with the stable code beside the standard's members.
#[derive(Clone, Serialize)]
struct Problem {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    detail: String,
    code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pointer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
}

impl IntoResponse for HttpError {
    fn into_response(self) -> Response {
        let shown = self.shown();
        let id = match &self {
            HttpError::Fault(error) => Some(logged(error.as_ref())),
            _ => None,
        };
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
        // Kept for `pages_for_people`, which knows what the request asked for.
        response.extensions_mut().insert(problem);
        response
    }
}

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

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    site: &'a Site,
    status: u16,
    title: &'static str,
    detail: &'a str,
    code: &'static str,
    id: Option<&'a str>,
}

/// Shows errors as a page to whoever asked for pages; programs keep the problem document.
pub async fn pages_for_people(State(site): State<Site>, request: Request, next: Next) -> Response {
    let programs_only = request.uri().path().starts_with("/api/");
    let wants_page = !programs_only && prefers_page(request.headers());
    let mut response = next.run(request).await;
    let Some(problem) = response
        .extensions_mut()
        .remove::<Problem>()
        .filter(|_| wants_page)
    else {
        return response;
    };
    let page = ProblemPage {
        site: &site,
        status: problem.status,
        title: problem.title,
        detail: &problem.detail,
        code: problem.code,
        id: problem.id.as_deref(),
    };
    let Ok(html) = page.render() else {
        return response;
    };
    let (status, headers) = (
        response.status(),
        response.headers().get(header::WWW_AUTHENTICATE).cloned(),
    );
    let mut shown = (status, Html(html)).into_response();
    if let Some(challenge) = headers {
        shown
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, challenge);
    }
    shown
}

fn prefers_page(headers: &HeaderMap) -> bool {
    Face::by_accept(headers, &[Face::Json, Face::Page]) == Some(Face::Page)
}
