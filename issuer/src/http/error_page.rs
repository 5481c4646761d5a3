//! Errors as people see them.

use askama::Template;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::http::header;
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};

use super::Masthead;
use super::edge::Edge;
use super::error::Problem;
use super::ims;
use super::negotiation::Face;
use crate::wording::{self, Part};

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    site: &'a Masthead,
    status: u16,
    title: &'static str,
    detail: Vec<Part>,
    code: &'static str,
    id: Option<&'a str>,
}

impl ProblemPage<'_> {
    /// Whether signing in, perhaps in another way, is what comes next.
    fn leads_to_signing_in(&self) -> bool {
        let areas = ["oidc.", "passkey."];
        self.code == "auth.required" || areas.iter().any(|area| self.code.starts_with(area))
    }
}

/// Shows errors as a page to whoever asked for pages; programs keep the problem document.
pub async fn pages_for_people(State(edge): State<Edge>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let programs_only = path.starts_with("/api/") || path.starts_with(ims::BASE);
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
        site: &edge.masthead,
        status: problem.status,
        title: problem.title,
        detail: wording::parts(&problem.detail),
        code: problem.code,
        id: problem.id.as_deref(),
    };
    let Ok(html) = page.render() else {
        return response;
    };
    // Everything else stays: the status, and what the status asks to be said beside it.
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_TYPE);
    parts.headers.remove(header::CONTENT_LENGTH);
    (parts, Html(html)).into_response()
}

fn prefers_page(headers: &HeaderMap) -> bool {
    Face::by_accept(headers, &[Face::Json, Face::Page]) == Some(Face::Page)
}
