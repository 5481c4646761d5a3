//! What the person who is signed in has begun and earned.

use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};

use super::{page, submissions};
use crate::app::App;
use crate::badge::Ending;
use crate::cohort::people::{self, Part};
use crate::error::Error;
use crate::http::Masthead;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::form::Form;
use crate::http::route::{Route, get, post};
use crate::id::{CohortId, MicroCredentialId, OrganisationId, PersonId};
use crate::page::PageRequest;
use crate::person::Person;
use crate::rights::Action;
use crate::stack;
use crate::submission::{self, State as Stage, Submission};
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
    /// Whether they review for anybody.
    reviews: bool,
    /// The cohorts they are in, or are invited to.
    cohorts: Vec<Cohort>,
    /// Drafts that colleagues show.
    shown: Vec<Shown>,
    earned: Vec<Earned>,
    stacks: Vec<stack::Progress>,
}

struct Begun {
    title: String,
    path: String,
    state: &'static str,
    since: String,
    under: String,
    /// What is to be done next.
    next: String,
}

struct Cohort {
    id: CohortId,
    name: String,
    goal: String,
    invited: bool,
}

struct Shown {
    title: String,
    path: String,
    earner: String,
}

struct Earned {
    title: String,
    path: String,
    achievement: String,
    date: String,
    /// What ended it, in a word.
    ended: Option<&'static str>,
}

async fn show(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
) -> Result<Response, HttpError> {
    let (begun, cohorts, shown, earned, stacks, reviews) = edge
        .work(move |app| {
            Ok((
                begun(app, &person)?,
                cohorts(app, person.id)?,
                shown(app, &person)?,
                earned(app, person.id)?,
                stack::progress(app, person.id)?,
                super::reviews::reviews_anywhere(app, person.id)?,
            ))
        })
        .await?;
    page(&MyPage {
        site: &edge.masthead,
        begun,
        reviews,
        cohorts,
        shown,
        earned,
        stacks,
    })
}

/// Begins a submission and shows it; what was begun before stays as it is, and is shown.
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
    let submission = edge
        .work(move |app| {
            let begun = match &organisation {
                Some(organisation) => submission::start_under(app, &person, &id, organisation, now),
                None => submission::start(app, &person, &id, now),
            };
            match (begun, submission::begun(app, &person, &id)?) {
                (Ok(begun), _) => Ok(begun.id),
                (Err(_), Some(known)) => Ok(known),
                (Err(error), None) => Err(error),
            }
        })
        .await?;
    Ok(Redirect::to(&format!("/my/submissions/{submission}")).into_response())
}

fn begun(app: &App, person: &Person) -> Result<Vec<Begun>, Error> {
    let mut begun = Vec::new();
    let found = app.store.submissions_of(person.id, &PageRequest::most())?;
    for held in found.items {
        if let Stage::Accepted { .. } | Stage::Declined { .. } | Stage::Withdrawn = held.state {
            continue;
        }
        let organisation = app.store.organisation(&held.organisation)?;
        begun.push(Begun {
            title: title(app, &held.micro_credential)?,
            path: format!("/my/submissions/{}", held.id),
            state: submissions::stage(&held.state),
            since: wording::day(held.started),
            under: organisation.map_or_else(String::new, |found| found.profile.name.to_string()),
            next: next(app, person, &held)?,
        });
    }
    Ok(begun)
}

/// What is to be done next, in a sentence.
fn next(app: &App, person: &Person, held: &Submission) -> Result<String, Error> {
    let checklist = submission::checklist(app, person, held.id)?;
    let missing = checklist
        .items
        .iter()
        .filter(|item| !item.is_done())
        .count();
    Ok(match (&held.state, missing) {
        (Stage::Submitted, _) => "Nothing to do: it waits for a reviewer.".to_owned(),
        (Stage::Returned, _) => "Read the feedback, and change what it is about.".to_owned(),
        (_, 0) => "Everything is there: hand it in when it is good.".to_owned(),
        (_, 1) => "One thing is still missing.".to_owned(),
        (_, many) => format!("{many} things are still missing."),
    })
}

fn cohorts(app: &App, person: PersonId) -> Result<Vec<Cohort>, Error> {
    let found = people::cohorts_of(app, person)?.into_iter();
    let found = found.map(|(cohort, known)| Cohort {
        id: cohort.id,
        name: cohort.about.name.to_string(),
        goal: cohort.about.goal.to_string(),
        invited: known.part == Part::Invited,
    });
    Ok(found.collect())
}

fn shown(app: &App, person: &Person) -> Result<Vec<Shown>, Error> {
    let mut shown = Vec::new();
    for draft in submission::drafts_shown_to(app, person)? {
        let earner = app.store.person(draft.earner)?;
        shown.push(Shown {
            title: title(app, &draft.micro_credential)?,
            path: format!("/drafts/{}", draft.id),
            earner: earner.map_or_else(String::new, |earner| earner.name.to_string()),
        });
    }
    Ok(shown)
}

fn earned(app: &App, person: PersonId) -> Result<Vec<Earned>, Error> {
    let mut earned = Vec::new();
    for badge in app.store.badges_of(person, &PageRequest::most())?.items {
        let edition = badge.current();
        earned.push(Earned {
            title: title(app, &badge.micro_credential)?,
            path: format!("/my/badges/{}", badge.id),
            achievement: format!("/achievements/{}", badge.micro_credential),
            date: wording::day(edition.issued),
            ended: edition
                .revoked
                .as_ref()
                .map(|revoked| match revoked.ending {
                    Ending::Suspended => "Suspended",
                    Ending::Revoked | Ending::Replaced => "Revoked",
                }),
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
