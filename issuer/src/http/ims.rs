//! The Open Badges API (Open Badges 3.0, section 6): what applications read and bring for their people.

mod discovery;
mod query;
mod status_info;

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::header::{self, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};

use self::query::Asked;
use super::body;
use super::caller::Caller;
use super::edge::Edge;
use super::error::HttpError;
use super::pages;
use super::route::{Route, get, post, put};
use super::tags;
use super::verifying::{self, Question};
use crate::error::Error;
use crate::hosted::{self, Examined, Outcome, Source, TextForm, listed, profile};
use crate::oauth::grant;
use crate::rights::Action;

pub use self::status_info::errors_of_the_standard;

/// What all addresses of the API begin with.
pub const BASE: &str = "/ims/ob/v3p0";

/// What applications do with a token.
pub fn routes() -> Vec<Route> {
    let routes = [
        get("/credentials", Action::GetCredentials, credentials),
        post("/credentials", Action::UpsertCredential, upsert),
        get("/profile", Action::GetProfile, show_profile),
        put("/profile", Action::PutProfile, write_profile),
    ];
    routes.map(|route| route.below(BASE)).into()
}

/// What anybody may read, from any site.
pub fn open_routes() -> Vec<Route> {
    vec![get("/discovery", Action::ReadPublished, discover).below(BASE)]
}

/// What this service does with data.
pub fn policy_url(edge: &Edge) -> String {
    format!("{}{}#data", edge.public_url, pages::applications::ABOUT)
}

/// On which terms applications act here.
pub fn terms_url(edge: &Edge) -> String {
    format!("{}{}#terms", edge.public_url, pages::applications::ABOUT)
}

/// The service description: the document of the standard, with the addresses of this service.
async fn discover(State(edge): State<Edge>, headers: HeaderMap) -> Result<Response, HttpError> {
    let document = discovery::document(&edge)?;
    let cached = [
        (CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "public, max-age=3600"),
    ];
    tags::tagged(&headers, (cached, document).into_response()).await
}

/// A part of the person's badges, both forms counted together.
async fn credentials(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    RawQuery(query): RawQuery,
) -> Result<Response, HttpError> {
    let asked = Asked::read(query.as_deref().unwrap_or_default())?;
    let (offset, limit, since) = (asked.offset, asked.limit, asked.since);
    let part = edge
        .work(move |app| listed::part(app, &person, offset, limit, since))
        .await?;
    let mut members = Vec::new();
    if !part.documents.is_empty() {
        // They go out as they came in: nothing is written anew that was signed.
        members.push(format!("\"credential\":[{}]", part.documents.join(",")));
    }
    if !part.tokens.is_empty() {
        let tokens = serde_json::to_string(&part.tokens).map_err(HttpError::fault)?;
        members.push(format!("\"compactJwsString\":{tokens}"));
    }
    let body = format!("{{{}}}", members.join(","));
    let mut answer = ([(CONTENT_TYPE, "application/json")], body).into_response();
    let headers = answer.headers_mut();
    headers.insert(TOTAL_COUNT, HeaderValue::from(part.total));
    if part.len() < part.total {
        let address = format!("{}{BASE}/credentials", edge.public_url);
        let links = asked.links(&address, part.len(), part.total);
        let links = HeaderValue::try_from(links).map_err(HttpError::fault)?;
        headers.insert(header::LINK, links);
    }
    Ok(answer)
}

/// Takes a badge in for the person, once it was verified.
async fn upsert(
    State(edge): State<Edge>,
    caller: Caller,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, HttpError> {
    let (form, media_type) = form_of(&headers).ok_or(HttpError::MediaType {
        expected: "application/json, application/vc+ld+json or text/plain",
    })?;
    let bytes = body::read(body, MOST_BADGE_BYTES).await?;
    let question = Question {
        presented: verifying::Presented::Bytes(bytes.to_vec()),
        ..Question::default()
    };
    let report = question.report(&edge).await?;
    let examined = Examined::new(&bytes, &report).map_err(Error::from)?;
    if examined.form() != form {
        let message = "the body is not of the form that its media type says";
        return Err(Error::invalid("", message).into());
    }
    let source = Source::Application(application(&edge, &headers).await?);
    let now = edge.clock.now();
    let keeping = edge.work(move |app| hosted::keep(app, &caller.person, &examined, &source, now));
    let status = match keeping.await? {
        Outcome::Added(_) => StatusCode::CREATED,
        Outcome::Replaced(_) | Outcome::Own(_) => StatusCode::OK,
        // A newer edition is here and stays: nothing was changed.
        Outcome::Older(_) => return Ok(StatusCode::NOT_MODIFIED.into_response()),
    };
    Ok((status, [(CONTENT_TYPE, media_type)], bytes).into_response())
}

async fn show_profile(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
) -> Result<Response, HttpError> {
    let text = edge.work(move |app| profile::of(app, &person)).await?;
    Ok(([(CONTENT_TYPE, "application/json")], text).into_response())
}

async fn write_profile(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, HttpError> {
    if form_of(&headers).is_none_or(|(form, _)| form != TextForm::Json) {
        return Err(HttpError::MediaType {
            expected: "application/json",
        });
    }
    let bytes = body::read(body, profile::MOST_BYTES).await?;
    let application = application(&edge, &headers).await?;
    let now = edge.clock.now();
    let writing = edge.work(move |app| profile::write(app, &person, &bytes, application, now));
    Ok(([(CONTENT_TYPE, "application/json")], writing.await?).into_response())
}

/// What the application is called whose token came with the request.
async fn application(edge: &Edge, headers: &HeaderMap) -> Result<String, HttpError> {
    let header = headers.get(header::AUTHORIZATION);
    let token = header
        .and_then(|value| value.to_str().ok()?.split_once(' '))
        .map(|(_, token)| token.trim().to_owned())
        .unwrap_or_default();
    let named = edge.work(move |app| grant::application(app, &token));
    named.await
}

/// The form that a media type stands for, and the media type without what may follow it.
fn form_of(headers: &HeaderMap) -> Option<(TextForm, &'static str)> {
    let value = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let essence = value.split(';').next().unwrap_or_default().trim();
    let known = [
        (TextForm::Json, "application/json"),
        (TextForm::Json, "application/vc+ld+json"),
        (TextForm::Json, "application/ld+json"),
        (TextForm::Json, "application/vc"),
        (TextForm::Jwt, "text/plain"),
    ];
    let mut known = known.into_iter();
    known.find(|(_, known)| essence.eq_ignore_ascii_case(known))
}

/// Whether an address is one of the API.
fn is_below_base(uri: &Uri) -> bool {
    let rest = uri.path().strip_prefix(BASE);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

const TOTAL_COUNT: HeaderName = HeaderName::from_static("x-total-count");

/// What the verifier reads of a badge in either form.
const MOST_BADGE_BYTES: usize = 1024 * 1024;
