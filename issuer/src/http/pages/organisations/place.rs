//! The page on which an operator says what an organisation is, to which other it belongs, and who
//! looks after it.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::{Head, LISTED, sentence};
use crate::app::App;
use crate::error::Error;
use crate::http::Masthead;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::form::Form;
use crate::http::pages::page;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get, post};
use crate::id::OrganisationId;
use crate::organisation::{self, OrganisationKind, invitation};
use crate::rights::Action;

pub fn routes() -> Vec<Route> {
    let (place, action) = (
        "/organisations/{organisation}/place",
        Action::PlaceOrganisation,
    );
    vec![
        get(place, action, open),
        post(place, action, put),
        post(
            "/organisations/{organisation}/administrators",
            action,
            appoint,
        ),
    ]
}

#[derive(Template)]
#[template(path = "organisation/place.html")]
struct PlacePage<'a> {
    site: &'a Masthead,
    head: Head,
    typed: Typed,
    /// Every other organisation, by its name in addresses and its name.
    others: Vec<(String, String)>,
    problem: Option<String>,
}

/// What stands in the fields.
#[derive(Default)]
struct Typed {
    kind: String,
    parent: String,
    administrator: String,
}

async fn open(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<OrganisationId>>,
) -> Result<Response, HttpError> {
    show(&edge, caller, id, None, None).await
}

async fn show(
    edge: &Edge,
    caller: Caller,
    id: OrganisationId,
    typed: Option<Typed>,
    problem: Option<String>,
) -> Result<Response, HttpError> {
    let (head, as_it_is, others) = edge
        .work(move |app| {
            let all = app.store.organisations(None, LISTED)?;
            let found = app.store.organisation(&id)?.ok_or(Error::NotFound)?;
            let others = all.into_iter().filter(|other| other.id != id);
            let choice = |other: organisation::Organisation| {
                (other.id.to_string(), other.profile.name.to_string())
            };
            let as_it_is = Typed {
                kind: found.kind.name().to_owned(),
                parent: found.parent.map(|id| id.to_string()).unwrap_or_default(),
                administrator: String::new(),
            };
            let head = Head::of(app, &caller, &id)?;
            Ok((head, as_it_is, others.map(choice).collect()))
        })
        .await?;
    page(&PlacePage {
        site: &edge.masthead,
        head,
        typed: typed.unwrap_or(as_it_is),
        others,
        problem,
    })
}

async fn put(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<OrganisationId>>,
    form: Form,
) -> Result<Response, HttpError> {
    let (by, now) = (caller.actor(), edge.clock.now());
    let text = |name: &str| form.text(name).unwrap_or_default().to_owned();
    let typed = Typed {
        kind: text("kind"),
        parent: text("parent"),
        administrator: String::new(),
    };
    let mut kinds = OrganisationKind::ALL.into_iter();
    let kind = kinds.find(|kind| kind.name() == typed.kind);
    let parent = match typed.parent.as_str() {
        "" => Ok(None),
        parent => parent.parse().map(Some),
    };
    let placed = id.clone();
    let work = move |app: &App| {
        let kind = kind.ok_or(Error::invalid("/kind", "please say what it is"))?;
        let unknown = |_| Error::invalid("/parent", "there is no such organisation");
        organisation::place(app, by, &placed, kind, parent.map_err(unknown)?, now).map(|_| ())
    };
    done(&edge, caller, id, typed, work).await
}

async fn appoint(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<OrganisationId>>,
    form: Form,
) -> Result<Response, HttpError> {
    let administrator = form.text("administrator").unwrap_or_default().to_owned();
    let email = administrator.parse();
    let (now, by, place) = (edge.clock.now(), caller.person.id, id.clone());
    let as_it_is = edge.work({
        let id = id.clone();
        move |app| app.store.organisation(&id)?.ok_or(Error::NotFound)
    });
    let as_it_is = as_it_is.await?;
    let typed = Typed {
        kind: as_it_is.kind.name().to_owned(),
        parent: as_it_is.parent.map(|id| id.to_string()).unwrap_or_default(),
        administrator,
    };
    let work = move |app: &App| {
        let wrong = |_| Error::invalid("/administrator", "this is no e-mail address");
        invitation::appoint(app, by, &place, email.map_err(wrong)?, None, now).map(|_| ())
    };
    done(&edge, caller, id, typed, work).await
}

async fn done(
    edge: &Edge,
    caller: Caller,
    id: OrganisationId,
    typed: Typed,
    work: impl FnOnce(&App) -> Result<(), Error> + Send + 'static,
) -> Result<Response, HttpError> {
    match edge.work(work).await {
        Ok(()) => Ok(Redirect::to(&format!("/organisations/{id}/place")).into_response()),
        Err(HttpError::Service(problem)) if problem.is_the_askers() => {
            let problem = Some(sentence(&problem));
            let shown = show(edge, caller, id, Some(typed), problem).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
        }
        Err(error) => Err(error),
    }
}
