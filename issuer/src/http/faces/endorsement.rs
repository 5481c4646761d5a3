//! An endorsement at its own address: page, JSON and JWT.

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{CACHE_CONTROL, HeaderValue};
use axum::response::{IntoResponse, Response};

use super::badge::ROBOTS;
use super::{CREDENTIAL_JSON, CREDENTIAL_JWT, of_type};
use crate::app::App;
use crate::badge::{Viewer, Visibility};
use crate::endorsement::{self, Credential, Endorsed, Endorsement, Showing};
use crate::error::Error;
use crate::http::Masthead;
use crate::http::caller::AnyCaller;
use crate::http::edge::Edge;
use crate::http::endorsing::{Step, Told};
use crate::http::error::HttpError;
use crate::http::negotiation::Face;
use crate::http::pages::page;
use crate::http::parameter::Path;
use crate::http::route::{Route, get};
use crate::id::EndorsementId;
use crate::person::Person;
use crate::rights::Action;

pub fn routes() -> Vec<Route> {
    vec![get("/endorsements/{name}", Action::ReadPublished, shown)]
}

#[derive(Template)]
#[template(path = "endorsement.html")]
struct EndorsementPage<'a> {
    site: &'a Masthead,
    told: Told,
    url: String,
    endorser_id: String,
    subject_id: String,
    log: u64,
    listed: bool,
}

async fn shown(
    State(edge): State<Edge>,
    AnyCaller(caller): AnyCaller,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, HttpError> {
    let (id, face) = Face::by_extension(&name);
    let id: EndorsementId = id.parse().map_err(|_| HttpError::NotFound)?;
    let face = face.or_else(|| Face::by_accept(&headers, &[Face::Page, Face::Json, Face::Jwt]));
    let person = caller.map(|caller| caller.person);
    let looked = edge.work(move |app| look(app, id, person.as_ref())).await?;
    let headers = headers_of(looked.audience);
    let credential = &looked.credential;
    let body = match face {
        Some(Face::Page) => page(&EndorsementPage {
            site: &edge.masthead,
            url: edge.app.site.endorsement(id),
            told: looked.told,
            endorser_id: looked.endorser_id,
            subject_id: looked.subject_id,
            log: looked.log,
            listed: looked.audience == Audience::Everybody,
        })?,
        Some(Face::Json) => {
            (of_type(CREDENTIAL_JSON), credential.json().to_owned()).into_response()
        }
        Some(Face::Jwt) => (of_type(CREDENTIAL_JWT), credential.jwt().to_owned()).into_response(),
        Some(Face::Png | Face::Svg) => return Err(HttpError::NotFound),
        None => return Err(HttpError::NotAcceptable),
    };
    Ok((headers, body).into_response())
}

struct Looked {
    told: Told,
    credential: Credential,
    endorser_id: String,
    subject_id: String,
    log: u64,
    audience: Audience,
}

fn look(app: &App, id: EndorsementId, person: Option<&Person>) -> Result<Looked, Error> {
    let viewer = person.map_or(Viewer::Stranger, Viewer::Person);
    let (endorsement, credential) = endorsement::view(app, id, viewer)?;
    let issued = endorsement.issued();
    let document: serde_json::Value = serde_json::from_str(credential.json()).unwrap_or_default();
    let text = |pointer: &str| {
        let found = document.pointer(pointer).and_then(|found| found.as_str());
        found.unwrap_or_default().to_owned()
    };
    Ok(Looked {
        told: Told::of(app, &endorsement, viewer)?,
        audience: Audience::of(app, &endorsement)?,
        credential,
        endorser_id: text("/issuer/id"),
        subject_id: text("/credentialSubject/id"),
        log: issued.map_or(0, |issued| issued.log.0),
    })
}

/// Who may see an endorsement at its address.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Audience {
    Everybody,
    WhoeverHasTheAddress,
    ItsOwn,
}

impl Audience {
    fn of(app: &App, endorsement: &Endorsement) -> Result<Audience, Error> {
        if !endorsement.showing().is_some_and(Showing::is_public) {
            return Ok(Audience::ItsOwn);
        }
        let Endorsed::Badge(badge) = endorsement.subject else {
            return Ok(Audience::Everybody);
        };
        let badge = app.store.badge(badge)?.ok_or(Error::NotFound)?;
        Ok(match badge.visibility {
            Visibility::Public => Audience::Everybody,
            Visibility::Link => Audience::WhoeverHasTheAddress,
            Visibility::Private => Audience::ItsOwn,
        })
    }
}

/// What a cache may keep and a search engine may list.
fn headers_of(audience: Audience) -> HeaderMap {
    let (cache, robots) = match audience {
        // A minute: that it was withdrawn is seen within it.
        Audience::Everybody => ("public, max-age=60", None),
        Audience::WhoeverHasTheAddress => ("private, max-age=60", Some("noindex, nofollow")),
        Audience::ItsOwn => ("private, no-store", Some("noindex, nofollow")),
    };
    let mut headers = HeaderMap::new();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    if let Some(robots) = robots {
        headers.insert(ROBOTS, HeaderValue::from_static(robots));
    }
    headers
}
