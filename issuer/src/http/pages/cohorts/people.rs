//! The page of who is in a cohort, what one wants there oneself, and leaving.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};

use super::super::page;
use super::Head;
use super::joining::ticked;
use crate::cohort::people::{self, Choices, Letters, Part, Participant, Progress, Words};
use crate::http::Masthead;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::form::Form;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get, post};
use crate::id::{CohortId, PersonId};
use crate::rights::Action;
use crate::text::Line;
use crate::wording;

pub fn routes() -> Vec<Route> {
    let at = |rest: &str| format!("/cohorts/{{cohort}}{rest}");
    vec![
        get(&at("/people"), Action::ReadCohort, open),
        post(&at("/choices"), Action::LeaveCohort, choose),
        post(&at("/leave"), Action::LeaveCohort, leave),
    ]
}

#[derive(Template)]
#[template(path = "cohort/people.html")]
struct PeoplePage<'a> {
    site: &'a Masthead,
    head: Head,
    people: Vec<Row>,
    /// What they want themselves, if they are in it.
    choices: Option<Choices>,
}

/// Somebody in a cohort.
pub(super) struct Row {
    pub(super) person: PersonId,
    pub(super) name: String,
    pub(super) part: &'static str,
    pub(super) since: String,
}

impl Row {
    pub(super) fn of((one, name): (Participant, Line)) -> Row {
        Row {
            person: one.person,
            name: name.to_string(),
            part: match one.part {
                Part::Facilitator => "facilitator",
                Part::Member => "member",
                Part::Invited => "invited",
            },
            since: wording::day(one.since),
        }
    }
}

async fn open(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<CohortId>>,
) -> Result<Response, HttpError> {
    let (head, people, choices) = edge
        .work(move |app| {
            let head = Head::of(app, &caller, id)?;
            let seen = people::seen_by(app, id, caller.person.id)?;
            let choices = match head.joined {
                true => Some(people::choices_of(app, id, caller.person.id)?),
                false => None,
            };
            Ok((head, seen.into_iter().map(Row::of).collect(), choices))
        })
        .await?;
    page(&PeoplePage {
        site: &edge.masthead,
        head,
        people,
        choices,
    })
}

async fn choose(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(id)): Path<Id<CohortId>>,
    form: Form,
) -> Result<Response, HttpError> {
    let choices = ticked(&form);
    edge.work(move |app| people::choose(app, &person, id, choices))
        .await?;
    Ok(Redirect::to(&format!("/cohorts/{id}/people")).into_response())
}

async fn leave(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(id)): Path<Id<CohortId>>,
    form: Form,
) -> Result<Response, HttpError> {
    let words = match form.text("words") {
        Some("go_too") => Words::GoToo,
        _ => Words::Stay,
    };
    edge.work(move |app| people::leave(app, &person, id, words))
        .await?;
    Ok(Redirect::to("/my").into_response())
}
