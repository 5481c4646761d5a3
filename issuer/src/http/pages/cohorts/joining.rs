//! The pages of those who join a cohort: by its code, by an invitation, or in order to facilitate it.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::super::page;
use super::sentence;
use crate::app::App;
use crate::cohort::people::{self, Choices, Letters, Part, Progress};
use crate::cohort::{Cohort, facilitating};
use crate::error::Error;
use crate::http::Masthead;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::form::Form;
use crate::http::parameter::{Path, Query};
use crate::http::route::{Route, get, post};
use crate::id::CohortId;
use crate::link::LinkSecret;
use crate::person::Person;
use crate::rights::Action;
use crate::text::Line;
use schemas::timestamp::Timestamp;

pub fn routes() -> Vec<Route> {
    let joining = Action::JoinCohort;
    let link = "/cohorts/invitations/{cohort_link}";
    vec![
        get("/cohorts/join", joining, open),
        post("/cohorts/join", joining, join),
        post("/cohorts/decline", joining, decline),
        get(link, joining, asked),
        post(link, joining, facilitate),
    ]
}

/// What is known of the cohort when the page is opened.
#[derive(Deserialize)]
struct Wanted {
    code: Option<String>,
    cohort: Option<String>,
}

#[derive(Template)]
#[template(path = "cohort/join.html")]
struct JoinPage<'a> {
    site: &'a Masthead,
    /// The cohort, once it is known.
    cohort: Option<About>,
    /// Whether the organisation has invited them to it.
    invited: bool,
    code: String,
    choices: Choices,
    problem: Option<String>,
}

#[derive(Template)]
#[template(path = "cohort/invitation.html")]
struct AskedPage<'a> {
    site: &'a Masthead,
    path: String,
    cohort: About,
}

struct About {
    id: CohortId,
    name: String,
    goal: String,
    organisation: String,
    facilitators: String,
}

impl About {
    fn of(app: &App, cohort: Cohort) -> Result<About, Error> {
        let organisation = app.store.organisation(&cohort.organisation)?;
        let people = people::people(app, cohort.id)?.into_iter();
        let facilitators = people.filter(|(one, _)| one.part == Part::Facilitator);
        let names: Vec<Line> = facilitators.map(|(_, name)| name).collect();
        let names: Vec<&str> = names.iter().map(Line::as_str).collect();
        Ok(About {
            id: cohort.id,
            name: cohort.about.name.to_string(),
            goal: cohort.about.goal.to_string(),
            organisation: organisation.map_or_else(String::new, |of| of.profile.name.to_string()),
            facilitators: names.join(", "),
        })
    }
}

impl Wanted {
    /// The cohort that is wanted, and whether the person was invited to it.
    fn found(
        &self,
        app: &App,
        person: &Person,
        now: Timestamp,
    ) -> Result<Option<(Cohort, bool)>, Error> {
        match (&self.code, &self.cohort) {
            (Some(code), _) => {
                let found = people::look_at_code(app, person, code, now)?;
                Ok(Some((found, false)))
            }
            (None, Some(id)) => {
                let id: CohortId = id.parse().map_err(|_| Error::NotFound)?;
                let mine = people::cohorts_of(app, person.id)?;
                let known = mine.into_iter().find(|(cohort, _)| cohort.id == id);
                let (cohort, _) = known.ok_or(Error::NotFound)?;
                Ok(Some((cohort, true)))
            }
            (None, None) => Ok(None),
        }
    }
}

async fn open(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Query(wanted): Query<Wanted>,
) -> Result<Response, HttpError> {
    shown(&edge, person, wanted, Choices::default(), None).await
}

async fn shown(
    edge: &Edge,
    person: Person,
    wanted: Wanted,
    choices: Choices,
    problem: Option<String>,
) -> Result<Response, HttpError> {
    let (code, now) = (wanted.code.clone().unwrap_or_default(), edge.clock.now());
    let looking = edge.work(move |app| match wanted.found(app, &person, now)? {
        Some((cohort, invited)) => Ok(Some((About::of(app, cohort)?, invited))),
        None => Ok(None),
    });
    let (found, problem) = match (looking.await, problem) {
        (Ok(found), problem) => (found, problem),
        (Err(HttpError::Service(other)), problem) if other.is_the_askers() => {
            (None, problem.or(Some(sentence(&other))))
        }
        (Err(error), _) => return Err(error),
    };
    let status = match &problem {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let (cohort, invited) = found.map_or((None, false), |(found, invited)| (Some(found), invited));
    let shown = page(&JoinPage {
        site: &edge.masthead,
        cohort,
        invited,
        code,
        choices,
        problem,
    })?;
    Ok((status, shown).into_response())
}

/// What is ticked in a form.
pub(super) fn ticked(form: &Form) -> Choices {
    Choices {
        progress: match form.text("progress") {
            Some(_) => Progress::Shown,
            None => Progress::Kept,
        },
        letters: match form.text("letters") {
            Some(_) => Letters::Wanted,
            None => Letters::Unwanted,
        },
    }
}

async fn join(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    form: Form,
) -> Result<Response, HttpError> {
    let (choices, now) = (ticked(&form), edge.clock.now());
    let text = |name: &str| form.text(name).map(str::to_owned);
    let (code, cohort) = (text("code"), text("cohort"));
    let (by, typed, id) = (person.clone(), code.clone(), cohort.clone());
    let joining = edge.work(move |app| match (id, typed) {
        (Some(id), None) => {
            let id: CohortId = id.parse().map_err(|_| Error::NotFound)?;
            people::accept(app, &by, id, choices, now)
        }
        (_, typed) => {
            let typed = typed.ok_or(Error::JoinCodeUnknown)?;
            people::join(app, &by, &typed, choices, now)
        }
    });
    match joining.await {
        Ok(joined) => Ok(Redirect::to(&format!("/cohorts/{}", joined.cohort)).into_response()),
        Err(HttpError::Service(problem)) if problem.is_the_askers() => {
            let (wanted, problem) = (Wanted { code, cohort }, Some(sentence(&problem)));
            shown(&edge, person, wanted, choices, problem).await
        }
        Err(error) => Err(error),
    }
}

async fn decline(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    form: Form,
) -> Result<Response, HttpError> {
    let id = form.text("cohort").and_then(|id| id.parse().ok());
    let id: CohortId = id.ok_or(HttpError::NotFound)?;
    edge.work(move |app| people::decline(app, &person, id))
        .await?;
    Ok(Redirect::to("/my").into_response())
}

async fn asked(
    State(edge): State<Edge>,
    Path(secret): Path<String>,
) -> Result<Response, HttpError> {
    let (read, now) = (secret.parse::<LinkSecret>()?, edge.clock.now());
    let looking = edge.work(move |app| About::of(app, facilitating::look(app, &read, now)?));
    page(&AskedPage {
        site: &edge.masthead,
        path: format!("/cohorts/invitations/{secret}"),
        cohort: looking.await?,
    })
}

async fn facilitate(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(secret): Path<String>,
) -> Result<Response, HttpError> {
    let (secret, now) = (secret.parse::<LinkSecret>()?, edge.clock.now());
    let accepted = edge.work(move |app| facilitating::accept(app, &person, &secret, now));
    Ok(Redirect::to(&format!("/cohorts/{}", accepted.await?.cohort)).into_response())
}
