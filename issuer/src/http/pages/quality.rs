//! The pages of reviewers' quality: training, certifications, calibration, and how far reviewers agree.

mod agreement;
mod calibrations;
mod exemplars;
mod rules;
mod session;
mod shown;
mod training;
mod tries;

use std::str::FromStr;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::{page, page_that_plays};
use crate::app::App;
use crate::error::Error;
use crate::http::error::HttpError;
use crate::http::route::Route;
use crate::id::{MicroCredentialId, OrganisationId, PersonId};
use crate::rights::{self, Action};

pub fn routes() -> Vec<Route> {
    let mut routes = training::routes();
    routes.extend(exemplars::routes());
    routes.extend(tries::routes());
    routes.extend(calibrations::routes());
    routes.extend(session::routes());
    routes.extend(agreement::routes());
    routes
}

/// What stands on all of these pages: whose reviewers they are for, and what the caller may open.
struct Head {
    id: OrganisationId,
    name: String,
    reviews: bool,
    training: bool,
    quality: bool,
}

impl Head {
    fn of(app: &App, person: PersonId, id: &OrganisationId) -> Result<Head, Error> {
        let found = app.store.organisation(id)?.ok_or(Error::NotFound)?;
        let may = |action| rights::may(app, person, action, Some(id));
        Ok(Head {
            name: found.profile.name.to_string(),
            reviews: may(Action::ReadReviewQueue)?,
            training: may(Action::ReadTraining)?,
            quality: may(Action::ReadQuality)?,
            id: found.id,
        })
    }
}

/// What a micro-credential is called.
fn title_of(app: &App, id: &MicroCredentialId) -> Result<String, Error> {
    let found = app.store.micro_credential(id)?;
    Ok(found.map_or_else(|| id.to_string(), |found| found.content.name.to_string()))
}

/// What somebody is called.
fn name_of(app: &App, id: PersonId) -> Result<String, Error> {
    let found = app.store.person(id)?;
    Ok(found.map_or_else(|| "Somebody".to_owned(), |found| found.name.to_string()))
}

/// Whether a problem can be told beside the form that it came from.
fn can_be_mended(problem: &Error) -> bool {
    problem.is_the_askers() || problem.is_about_input()
}

/// The same page again, with what is wrong with what was typed.
fn again(shown: Response) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, shown).into_response()
}

/// Reads what was typed into a field, or says what it is that cannot be used.
fn read<T: FromStr>(text: &str, pointer: &str, message: &str) -> Result<T, Error> {
    text.trim()
        .parse()
        .map_err(|_| Error::invalid(pointer, message))
}

/// What a handler of a form comes to: where it leads, or why not.
enum Sent {
    To(String),
    Refused(Error),
}

/// Tells what can be mended from what cannot.
fn sent(done: Result<String, HttpError>) -> Result<Sent, HttpError> {
    match done {
        Ok(place) => Ok(Sent::To(place)),
        Err(HttpError::Service(problem)) if can_be_mended(&problem) => Ok(Sent::Refused(problem)),
        Err(other) => Err(other),
    }
}
