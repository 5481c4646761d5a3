//! The pages of organisations: which there are, founding one, and everything that its people do.

mod adoptions;
mod audit;
mod awards;
mod badge;
mod badge_changes;
pub(super) mod cohorts;
mod edit;
mod endorsements;
mod join;
mod joining;
mod members;
mod place;
mod received_endorsements;
mod recipients;
mod register;
mod retention;
mod webhooks;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::account::sentence;
use super::page;
use crate::app::App;
use crate::error::Error;
use crate::event::Actor;
use crate::http::Masthead;
use crate::http::caller::{AnyCaller, Caller};
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::form::Form;
use crate::http::organisation_tabs::Tabs;
use crate::http::route::{Route, get, post};
use crate::id::OrganisationId;
use crate::organisation::{
    self, NewOrganisation, Organisation, OrganisationKind, OrganisationProfile, invitation,
};
use crate::rights::{self, Action};

pub fn routes() -> Vec<Route> {
    let mut routes = vec![
        get("/organisations", Action::ReadPublished, list),
        get("/organisations/new", Action::FoundOrganisation, blank),
        post("/organisations/new", Action::FoundOrganisation, found),
    ];
    routes.extend(edit::routes());
    routes.extend(recipients::routes());
    routes.extend(retention::routes());
    routes.extend(place::routes());
    routes.extend(adoptions::routes());
    routes.extend(awards::routes());
    routes.extend(members::routes());
    routes.extend(joining::routes());
    routes.extend(join::routes());
    routes.extend(cohorts::routes());
    routes.extend(audit::routes());
    routes.extend(webhooks::routes());
    routes.extend(register::routes());
    routes.extend(endorsements::routes());
    routes.extend(received_endorsements::routes());
    routes.extend(badge::routes());
    routes.extend(badge_changes::routes());
    routes
}

#[derive(Template)]
#[template(path = "organisation/list.html")]
struct ListPage<'a> {
    site: &'a Masthead,
    organisations: Vec<Line>,
    may_found: bool,
}

struct Line {
    path: String,
    name: String,
    kind: &'static str,
    parent: Option<String>,
}

#[derive(Template)]
#[template(path = "organisation/new.html")]
struct NewPage<'a> {
    site: &'a Masthead,
    typed: Typed,
    organisations: Vec<(String, String)>,
    problem: Option<String>,
}

/// What was typed into the form.
#[derive(Default)]
struct Typed {
    id: String,
    name: String,
    kind: String,
    parent: String,
    administrator: String,
}

async fn list(
    State(edge): State<Edge>,
    AnyCaller(caller): AnyCaller,
) -> Result<Response, HttpError> {
    let (organisations, may_found) = edge
        .work(move |app| {
            let found = app.store.organisations(None, LISTED)?;
            let name_of = |id: &OrganisationId| {
                let parent = found.iter().find(|other| other.id == *id);
                parent.map(|parent| parent.profile.name.to_string())
            };
            let line = |one: &Organisation| Line {
                path: format!("/organisations/{}", one.id),
                name: one.profile.name.to_string(),
                kind: kind(one.kind),
                parent: one.parent.as_ref().and_then(&name_of),
            };
            let lines: Vec<Line> = found.iter().map(line).collect();
            let may_found = match &caller {
                Some(caller) => {
                    rights::may(app, caller.person.id, Action::FoundOrganisation, None)?
                }
                None => false,
            };
            Ok((lines, may_found))
        })
        .await?;
    page(&ListPage {
        site: &edge.masthead,
        organisations,
        may_found,
    })
}

async fn blank(State(edge): State<Edge>) -> Result<Response, HttpError> {
    let typed = Typed {
        kind: "district".to_owned(),
        parent: OrganisationId::host().to_string(),
        ..Typed::default()
    };
    form_page(&edge, typed, None).await
}

async fn form_page(
    edge: &Edge,
    typed: Typed,
    problem: Option<String>,
) -> Result<Response, HttpError> {
    let organisations = edge.work(|app| {
        let found = app.store.organisations(None, LISTED)?;
        let choice = |one: Organisation| (one.id.to_string(), one.profile.name.to_string());
        Ok(found.into_iter().map(choice).collect())
    });
    page(&NewPage {
        site: &edge.masthead,
        typed,
        organisations: organisations.await?,
        problem,
    })
}

async fn found(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    form: Form,
) -> Result<Response, HttpError> {
    let text = |name: &str| form.text(name).unwrap_or_default().to_owned();
    let typed = Typed {
        id: text("id"),
        name: text("name"),
        kind: text("kind"),
        parent: text("parent"),
        administrator: text("administrator"),
    };
    let (new, email) = match read_new(&typed) {
        Ok(read) => read,
        Err(problem) => return refused_new(&edge, typed, &problem).await,
    };
    let (now, id) = (edge.clock.now(), new.id.clone());
    let founding = edge.work(move |app| {
        organisation::found(app, Actor::Person(person.id), new, now)?;
        invitation::appoint(app, person.id, &id, email, None, now)?;
        Ok(id)
    });
    match founding.await {
        Ok(id) => Ok(Redirect::to(&format!("/organisations/{id}")).into_response()),
        Err(HttpError::Service(problem)) if problem.is_the_askers() => {
            refused_new(&edge, typed, &problem).await
        }
        Err(error) => Err(error),
    }
}

async fn refused_new(edge: &Edge, typed: Typed, problem: &Error) -> Result<Response, HttpError> {
    let shown = form_page(edge, typed, Some(sentence(problem))).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
}

fn read_new(typed: &Typed) -> Result<(NewOrganisation, crate::person::Email), Error> {
    let id = typed.id.parse().map_err(|_| {
        let message = "the name in addresses has small letters, digits and single hyphens";
        Error::invalid("/id", message)
    })?;
    let name = typed.name.parse().map_err(|error| {
        let message = format!("the name cannot be used: {error}");
        Error::invalid("/name", message)
    })?;
    let kinds = OrganisationKind::ALL.into_iter();
    let chosen = kinds.clone().find(|one| one.name() == typed.kind);
    let parent = match typed.parent.as_str() {
        "" => None,
        parent => {
            let unknown = || Error::invalid("/parent", "there is no such organisation");
            Some(parent.parse().map_err(|_| unknown())?)
        }
    };
    let email = typed.administrator.parse().map_err(|_| {
        let message = "the administrator is invited by an e-mail address, and this is none";
        Error::invalid("/administrator", message)
    })?;
    let new = NewOrganisation {
        id,
        kind: chosen.ok_or(Error::invalid("/kind", "please say what it is"))?,
        parent,
        profile: OrganisationProfile::named(name),
    };
    Ok((new, email))
}

/// What an organisation is, in a word for people.
pub fn kind(kind: OrganisationKind) -> &'static str {
    match kind {
        OrganisationKind::State => "State department",
        OrganisationKind::District => "District",
        OrganisationKind::University => "University",
        OrganisationKind::Publisher => "Publisher",
    }
}

/// What stands on the pages that an organisation's own people see.
struct Head {
    id: OrganisationId,
    name: String,
    /// Whether this caller may change what the organisation says of itself.
    edit: bool,
    tabs: Tabs,
}

impl Head {
    fn of(app: &App, caller: &Caller, id: &OrganisationId) -> Result<Head, Error> {
        let found = app.store.organisation(id)?.ok_or(Error::NotFound)?;
        let change = Action::ChangeOrganisation;
        Ok(Head {
            name: found.profile.name.to_string(),
            edit: rights::may(app, caller.person.id, change, Some(id))?,
            tabs: Tabs::of(app, caller, id)?,
            id: found.id,
        })
    }
}

/// A state has some hundred districts.
const LISTED: usize = 1_000;
