//! The page on which a cohort is looked after: what it is for, its code, its facilitators and its people.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};

use super::people::Row;
use super::{Head, answer, sentence};
use crate::app::App;
use crate::cohort::facilitating::{self, Appointment};
use crate::cohort::{self, people};
use crate::error::Error;
use crate::http::Masthead;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::form::Form;
use crate::http::pages::organisations::cohorts::Typed;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get, post};
use crate::id::{CohortId, InvitationId, PersonId};
use crate::person::Email;
use crate::rights::Action;
use crate::text::Line;
use crate::wording;

pub fn routes() -> Vec<Route> {
    let may = Action::LeadCohorts;
    let at = |rest: &str| format!("/cohorts/{{cohort}}{rest}");
    vec![
        get(&at("/manage"), may, open),
        post(&at("/manage"), may, change),
        post(&at("/archive"), may, archive),
        post(&at("/reopen"), may, reopen),
        post(&at("/code"), may, renew_code),
        post(&at("/facilitators"), may, appoint),
        post(&at("/facilitators/{appointment}/withdraw"), may, withdraw),
        post(&at("/people"), may, invite),
        post(&at("/people/{participant}/remove"), may, remove),
    ]
}

#[derive(Template)]
#[template(path = "cohort/manage.html")]
struct ManagePage<'a> {
    site: &'a Masthead,
    head: Head,
    code: String,
    /// The address at which people join.
    join: String,
    people: Vec<Row>,
    asked: Vec<Asked>,
    typed: Typed,
    /// A link that is told this once.
    link: Option<String>,
    problem: Option<String>,
}

struct Asked {
    id: InvitationId,
    name: String,
    email: String,
    at: String,
}

impl From<Appointment> for Asked {
    fn from(asked: Appointment) -> Asked {
        Asked {
            id: asked.id,
            name: asked.name.to_string(),
            email: asked
                .email
                .map_or_else(String::new, |email| email.to_string()),
            at: wording::day(asked.asked),
        }
    }
}

/// What the page says beside what is stored.
#[derive(Default)]
struct Say {
    typed: Option<Typed>,
    link: Option<String>,
    problem: Option<String>,
}

async fn open(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<CohortId>>,
) -> Result<Response, HttpError> {
    shown(&edge, caller, id, Say::default()).await
}

async fn shown(
    edge: &Edge,
    caller: Caller,
    id: CohortId,
    said: Say,
) -> Result<Response, HttpError> {
    let now = edge.clock.now();
    let (head, found, people, asked) = edge
        .work(move |app| {
            let people = people::people(app, id)?.into_iter().map(Row::of);
            let asked = facilitating::appointments(app, id, now)?.into_iter();
            Ok((
                Head::of(app, &caller, id)?,
                cohort::found(app, id)?,
                people.collect(),
                asked.map(Asked::from).collect(),
            ))
        })
        .await?;
    let filled = ManagePage {
        site: &edge.masthead,
        head,
        join: edge.app.site.cohort_by_code(&found.code),
        code: found.code.to_string(),
        people,
        asked,
        typed: said.typed.unwrap_or_else(|| Typed::of(&found.about)),
        link: said.link,
        problem: said.problem,
    };
    answer(&filled, |page| page.problem.is_some())
}

async fn change(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<CohortId>>,
    form: Form,
) -> Result<Response, HttpError> {
    let typed = Typed::read(&form);
    let about = typed.about();
    let work = move |app: &App| cohort::change(app, id, about?).map(|_| ());
    done(&edge, caller, id, Some(typed), work).await
}

async fn archive(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<CohortId>>,
) -> Result<Response, HttpError> {
    let now = edge.clock.now();
    let work = move |app: &App| cohort::archive(app, id, now).map(|_| ());
    done(&edge, caller, id, None, work).await
}

async fn reopen(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<CohortId>>,
) -> Result<Response, HttpError> {
    let work = move |app: &App| cohort::reopen(app, id).map(|_| ());
    done(&edge, caller, id, None, work).await
}

async fn renew_code(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<CohortId>>,
) -> Result<Response, HttpError> {
    let work = move |app: &App| cohort::renew_code(app, id).map(|_| ());
    done(&edge, caller, id, None, work).await
}

/// Shows the link this once, so that it can also be handed over.
async fn appoint(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<CohortId>>,
    form: Form,
) -> Result<Response, HttpError> {
    let name = form.text("name").unwrap_or_default().parse::<Line>();
    let email = form.text("email").map(str::parse::<Email>).transpose();
    let (by, now) = (caller.person.id, edge.clock.now());
    let asking = edge.work(move |app| {
        let unnamed = |_| Error::invalid("/name", "please say what they are called, in one line");
        let unfit = |_| Error::invalid("/email", "this is not an e-mail address");
        let (name, email) = (name.map_err(unnamed)?, email.map_err(unfit)?);
        facilitating::appoint(app, by, id, name, email, now)
    });
    let said = match asking.await {
        Ok((_, secret)) => Say {
            link: Some(edge.app.site.cohort_invitation(&secret)),
            ..Say::default()
        },
        Err(HttpError::Service(problem)) if problem.is_the_askers() => Say {
            problem: Some(sentence(&problem)),
            ..Say::default()
        },
        Err(error) => return Err(error),
    };
    shown(&edge, caller, id, said).await
}

async fn withdraw(
    State(edge): State<Edge>,
    caller: Caller,
    Path((Id(id), Id(appointment))): Path<(Id<CohortId>, Id<InvitationId>)>,
) -> Result<Response, HttpError> {
    let work = move |app: &App| facilitating::withdraw(app, id, appointment);
    done(&edge, caller, id, None, work).await
}

/// Invites a member of the organisation by an address of theirs.
async fn invite(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<CohortId>>,
    form: Form,
) -> Result<Response, HttpError> {
    let email = form.text("email").unwrap_or_default().parse::<Email>();
    let now = edge.clock.now();
    let work = move |app: &App| {
        // Whether anybody else has the address is not said.
        let unknown = || Error::invalid("/email", "no member of the organisation has this address");
        let email = email.map_err(|_| unknown())?;
        let person = app.store.person_by_email(&email)?.ok_or_else(unknown)?;
        match people::invite(app, id, person.id, now) {
            Err(Error::Invalid { pointer, .. }) if pointer == "/person" => Err(unknown()),
            other => other.map(|_| ()),
        }
    };
    done(&edge, caller, id, None, work).await
}

async fn remove(
    State(edge): State<Edge>,
    caller: Caller,
    Path((Id(id), Id(participant))): Path<(Id<CohortId>, Id<PersonId>)>,
) -> Result<Response, HttpError> {
    let work = move |app: &App| people::remove(app, id, participant);
    done(&edge, caller, id, None, work).await
}

async fn done(
    edge: &Edge,
    caller: Caller,
    id: CohortId,
    typed: Option<Typed>,
    work: impl FnOnce(&App) -> Result<(), Error> + Send + 'static,
) -> Result<Response, HttpError> {
    match edge.work(work).await {
        Ok(()) => Ok(Redirect::to(&format!("/cohorts/{id}/manage")).into_response()),
        Err(HttpError::Service(problem)) if problem.is_the_askers() => {
            let said = Say {
                typed,
                problem: Some(sentence(&problem)),
                ..Say::default()
            };
            shown(edge, caller, id, said).await
        }
        Err(error) => Err(error),
    }
}
