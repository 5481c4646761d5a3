//! The page of adoptions: what an organisation issues of others, and who issues what is its own.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::{Head, sentence};
use crate::adoption::{self, Adoption};
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
use crate::id::{MicroCredentialId, OrganisationId};
use crate::page::PageRequest;
use crate::rights::Action;

pub fn routes() -> Vec<Route> {
    let adoptions = "/organisations/{organisation}/adoptions";
    let answers = "/micro-credentials/{micro_credential}/adoptions/{adopter}";
    vec![
        get(adoptions, Action::ReadAdoptions, open),
        post(adoptions, Action::Adopt, adopt),
        post(
            &format!("{adoptions}/{{name}}/end"),
            Action::Adopt,
            end_by_adopter,
        ),
        post(&format!("{answers}/grant"), Action::AnswerAdoptions, grant),
        post(&format!("{answers}/end"), Action::AnswerAdoptions, end),
    ]
}

#[derive(Template)]
#[template(path = "organisation/adoptions.html")]
struct AdoptionsPage<'a> {
    site: &'a Masthead,
    head: Head,
    /// What others wrote.
    taken: Vec<Line>,
    /// What is the organisation's own, asked for or issued by others.
    given: Vec<Line>,
    typed: String,
    problem: Option<String>,
}

struct Line {
    id: MicroCredentialId,
    title: String,
    version: u32,
    /// The other organisation: the owner of what was taken, the adopter of what was given.
    other: OrganisationId,
    other_name: String,
    granted: bool,
}

async fn open(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<OrganisationId>>,
) -> Result<Response, HttpError> {
    show(&edge, caller, id, String::new(), None).await
}

async fn show(
    edge: &Edge,
    caller: Caller,
    id: OrganisationId,
    typed: String,
    problem: Option<String>,
) -> Result<Response, HttpError> {
    let (head, taken, given) = edge
        .work(move |app| {
            let head = Head::of(app, &caller, &id)?;
            Ok((head, taken_by(app, &id)?, given_by(app, &id)?))
        })
        .await?;
    page(&AdoptionsPage {
        site: &edge.masthead,
        head,
        taken,
        given,
        typed,
        problem,
    })
}

fn taken_by(app: &App, id: &OrganisationId) -> Result<Vec<Line>, Error> {
    let (mut lines, mut asked) = (Vec::new(), PageRequest::most());
    loop {
        let found = app.store.adoptions_by(id, &asked)?;
        for adoption in found.items {
            let of = app.store.micro_credential(&adoption.micro_credential)?;
            let of = of.ok_or(Error::Missing("a micro-credential"))?;
            lines.push(Line::of(app, &adoption, of.organisation)?);
        }
        match found.next {
            Some(next) if lines.len() < MOST_SHOWN => asked.cursor = Some(next),
            _ => return Ok(lines),
        }
    }
}

fn given_by(app: &App, id: &OrganisationId) -> Result<Vec<Line>, Error> {
    let (mut lines, mut asked) = (Vec::new(), PageRequest::most());
    loop {
        let found = app.store.micro_credentials_of(id, &asked)?;
        for own in found.items {
            for adoption in app.store.adoptions_of(&own.id)? {
                lines.push(Line::of(app, &adoption, adoption.organisation.clone())?);
            }
        }
        match found.next {
            Some(next) if lines.len() < MOST_SHOWN => asked.cursor = Some(next),
            _ => break,
        }
    }
    // What waits for an answer comes first.
    lines.sort_by_key(|line| line.granted);
    Ok(lines)
}

impl Line {
    fn of(app: &App, adoption: &Adoption, other: OrganisationId) -> Result<Line, Error> {
        let of = app.store.micro_credential(&adoption.micro_credential)?;
        let of = of.ok_or(Error::Missing("a micro-credential"))?;
        let named = app.store.organisation(&other)?;
        Ok(Line {
            id: of.id,
            title: of.content.name.to_string(),
            version: of.version,
            other_name: named.ok_or(Error::NotFound)?.profile.name.to_string(),
            other,
            granted: adoption.is_granted(),
        })
    }
}

/// Adopts what was named: by its name, or by the address of its page.
async fn adopt(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<OrganisationId>>,
    form: Form,
) -> Result<Response, HttpError> {
    let by = caller.actor();
    let typed = form.text("micro_credential").unwrap_or_default().to_owned();
    let name = typed.rsplit('/').next().unwrap_or_default().parse();
    let (adopter, now) = (id.clone(), edge.clock.now());
    let work = move |app: &App| {
        let unknown = || Error::invalid("/micro_credential", "nothing published has this name");
        let name: MicroCredentialId = name.map_err(|_| unknown())?;
        match adoption::adopt(app, by, &adopter, &name, now) {
            Err(Error::NotFound) => Err(unknown()),
            adopted => adopted.map(|_| ()),
        }
    };
    match edge.work(work).await {
        Ok(()) => Ok(back_to(&id)),
        Err(HttpError::Service(problem)) if problem.is_the_askers() => {
            let shown = show(&edge, caller, id, typed, Some(sentence(&problem))).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
        }
        Err(error) => Err(error),
    }
}

async fn end_by_adopter(
    State(edge): State<Edge>,
    caller: Caller,
    Path((Id(organisation), Id(id))): Path<(Id<OrganisationId>, Id<MicroCredentialId>)>,
) -> Result<Response, HttpError> {
    let (by, now) = (caller.actor(), edge.clock.now());
    let adopter = organisation.clone();
    edge.work(move |app| adoption::end(app, by, &id, &adopter, now))
        .await?;
    Ok(back_to(&organisation))
}

async fn grant(
    State(edge): State<Edge>,
    caller: Caller,
    Path((Id(id), Id(adopter))): Path<(Id<MicroCredentialId>, Id<OrganisationId>)>,
) -> Result<Response, HttpError> {
    let by = caller.actor();
    let now = edge.clock.now();
    let owner = edge.work(move |app| {
        adoption::grant(app, by, &id, &adopter, now)?;
        owner_of(app, &id)
    });
    Ok(back_to(&owner.await?))
}

async fn end(
    State(edge): State<Edge>,
    caller: Caller,
    Path((Id(id), Id(adopter))): Path<(Id<MicroCredentialId>, Id<OrganisationId>)>,
) -> Result<Response, HttpError> {
    let (by, now) = (caller.actor(), edge.clock.now());
    let owner = edge.work(move |app| {
        adoption::end(app, by, &id, &adopter, now)?;
        owner_of(app, &id)
    });
    Ok(back_to(&owner.await?))
}

fn owner_of(app: &App, id: &MicroCredentialId) -> Result<OrganisationId, Error> {
    let found = app.store.micro_credential(id)?.ok_or(Error::NotFound)?;
    Ok(found.organisation)
}

fn back_to(organisation: &OrganisationId) -> Response {
    Redirect::to(&format!("/organisations/{organisation}/adoptions")).into_response()
}

/// More than anybody reads; programs have pages of the interface.
const MOST_SHOWN: usize = 500;
