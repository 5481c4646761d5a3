//! What the person who is signed in has begun and earned.

use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};

use super::page;
use crate::app::App;
use crate::error::Error;
use crate::http::Masthead;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::form::Form;
use crate::http::route::{Route, get, post};
use crate::id::{MicroCredentialId, OrganisationId, PersonId};
use crate::page::PageRequest;
use crate::rights::Action;
use crate::stack;
use crate::submission::{self, State as Stage};
use crate::wording;

pub fn routes() -> Vec<Route> {
    vec![
        get("/my", Action::ReadOwnSubmissions, show),
        post("/my/submissions", Action::StartSubmission, start),
    ]
}

#[derive(Template)]
#[template(path = "my.html")]
struct MyPage<'a> {
    site: &'a Masthead,
    begun: Vec<Begun>,
    earned: Vec<Earned>,
    stacks: Vec<stack::Progress>,
}

struct Begun {
    title: String,
    path: String,
    state: &'static str,
    since: String,
    under: String,
}

struct Earned {
    title: String,
    path: String,
    achievement: String,
    date: String,
    revoked: bool,
}

async fn show(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
) -> Result<Response, HttpError> {
    let (begun, earned, stacks) = edge
        .work(move |app| {
            Ok((
                begun(app, person.id)?,
                earned(app, person.id)?,
                stack::progress(app, person.id)?,
            ))
        })
        .await?;
    page(&MyPage {
        site: &edge.masthead,
        begun,
        earned,
        stacks,
    })
}

/// Begins a submission and shows what is begun; what was begun before stays as it is.
async fn start(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, HttpError> {
    let form = Form::read(&headers, body, FORM_BYTES).await?;
    let id = form.text("micro_credential").and_then(|id| id.parse().ok());
    let id: MicroCredentialId = id.ok_or(HttpError::NotFound)?;
    let organisation = form.text("organisation").map(str::parse::<OrganisationId>);
    let organisation = organisation.transpose().map_err(|_| HttpError::NotFound)?;
    let now = edge.clock.now();
    edge.work(move |app| match &organisation {
        Some(organisation) => submission::start_under(app, &person, &id, organisation, now),
        None => submission::start(app, &person, &id, now),
    })
    .await?;
    Ok(Redirect::to("/my").into_response())
}

fn begun(app: &App, person: PersonId) -> Result<Vec<Begun>, Error> {
    let mut begun = Vec::new();
    for held in app
        .store
        .submissions_of(person, &PageRequest::most())?
        .items
    {
        let state = match held.state {
            Stage::Draft => "Started",
            Stage::Submitted => "Waiting for its review",
            Stage::Returned => "Returned with feedback",
            Stage::Accepted { .. } | Stage::Declined { .. } | Stage::Withdrawn => continue,
        };
        let organisation = app.store.organisation(&held.organisation)?;
        begun.push(Begun {
            title: title(app, &held.micro_credential)?,
            path: format!("/achievements/{}", held.micro_credential),
            state,
            since: wording::day(held.started),
            under: organisation.map_or_else(String::new, |found| found.profile.name.to_string()),
        });
    }
    Ok(begun)
}

fn earned(app: &App, person: PersonId) -> Result<Vec<Earned>, Error> {
    let mut earned = Vec::new();
    for badge in app.store.badges_of(person, &PageRequest::most())?.items {
        let edition = badge.current();
        earned.push(Earned {
            title: title(app, &badge.micro_credential)?,
            path: format!("/badges/{}", badge.id),
            achievement: format!("/achievements/{}", badge.micro_credential),
            date: wording::day(edition.issued),
            revoked: edition.revoked.is_some(),
        });
    }
    Ok(earned)
}

fn title(app: &App, id: &MicroCredentialId) -> Result<String, Error> {
    let found = app.store.micro_credential(id)?;
    Ok(found.map_or_else(|| id.to_string(), |found| found.content.name.to_string()))
}

/// Two names.
const FORM_BYTES: usize = 1_024;
