//! The pages: what people see. Every one works without JavaScript; one has a script of its own.

mod account;
mod api;
pub(super) mod applications;
mod assets;
mod authoring;
mod catalogue;
mod cohorts;
mod collection;
pub(super) mod doors;
mod drafts;
mod home;
mod learning;
mod link;
mod my;
mod my_badge;
mod my_endorsements;
mod oidc;
pub(super) mod organisations;
pub(super) mod other_hosts;
mod outbox;
mod passkeys;
mod portfolios;
mod privacy;
mod quality;
mod received;
mod reviews;
mod sign_in;
mod sitemap;
mod submissions;
mod topics;
mod uploads;
mod verify;

use askama::Template;
use axum::http::header::{CONTENT_SECURITY_POLICY, HeaderValue};
use axum::response::{Html, IntoResponse, Response};

use super::error::HttpError;
use super::route::Route;

/// The pages that are not also documents.
pub fn routes() -> Vec<Route> {
    [
        home::routes(),
        catalogue::routes(),
        authoring::routes(),
        my::routes(),
        my_badge::routes(),
        my_endorsements::routes(),
        submissions::routes(),
        learning::routes(),
        portfolios::routes(),
        drafts::routes(),
        organisations::routes(),
        cohorts::routes(),
        reviews::routes(),
        quality::routes(),
        sitemap::routes(),
        topics::routes(),
        uploads::routes(),
        verify::routes(),
        oidc::routes(),
        passkeys::routes(),
        api::routes(),
        sign_in::routes(),
        link::routes(),
        account::routes(),
        privacy::routes(),
        outbox::routes(),
        assets::routes(),
        applications::routes(),
        collection::routes(),
        other_hosts::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Fills in a template; everything in it is escaped unless the template says otherwise, as the data
/// block of achievements alone does.
pub(super) fn page(template: &impl Template) -> Result<Response, HttpError> {
    let html = template.render().map_err(HttpError::fault)?;
    Ok(Html(html).into_response())
}

/// The same, where recordings of this site are played.
pub(super) fn page_that_plays(template: &impl Template) -> Result<Response, HttpError> {
    let policy = HeaderValue::from_static(PLAYING_POLICY);
    let mut answer = page(template)?;
    answer.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    Ok(answer)
}

const PLAYING_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; \
     media-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Where people begin who have signed in.
const LANDING: &str = "/my";
