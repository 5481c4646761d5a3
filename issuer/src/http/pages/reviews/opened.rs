//! The page of one review: opening, claiming, scoring, finishing.

use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::form::{self, ReviewForm};
use super::shown::{LostPage, Problem, ReviewPage};
use crate::app::App;
use crate::error::Error;
use crate::http::api::reviews::{captions, finish_and_issue, show as show_evidence};
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::pages::authoring::fields::Fields;
use crate::http::pages::{page, page_that_plays};
use crate::http::parameter::{Id, Path, Query};
use crate::http::route::{Route, get, post};
use crate::id::SubmissionId;
use crate::person::Person;
use crate::review::{self, Decision, Finished, Reading, ReviewError};
use crate::rights::Action;
use schemas::timestamp::Timestamp;

pub fn routes() -> Vec<Route> {
    let review = Action::Review;
    vec![
        get("/reviews/{submission}", review, open),
        post("/reviews/{submission}", review, answer),
        post("/reviews/{submission}/claim", review, claim),
        get(
            "/reviews/{submission}/evidence/{evidence}",
            review,
            show_evidence,
        ),
        get(
            "/reviews/{submission}/evidence/{evidence}/captions",
            review,
            captions,
        ),
    ]
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Saved {
    #[serde(default)]
    saved: Option<String>,
}

async fn open(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(id)): Path<Id<SubmissionId>>,
    Query(saved): Query<Saved>,
) -> Result<Response, HttpError> {
    let now = edge.clock.now();
    let reading = edge
        .work(move |app| review::open(app, &person, id, now))
        .await?;
    let form = ReviewForm::kept(&reading);
    shown(&edge, &reading, &form, None, saved.saved.is_some())
}

async fn claim(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(id)): Path<Id<SubmissionId>>,
) -> Result<Response, HttpError> {
    let now = edge.clock.now();
    edge.work(move |app| review::claim(app, &person, id, now))
        .await?;
    Ok(Redirect::to(&format!("/reviews/{id}")).into_response())
}

/// Saves, finishes, declines or gives back, as the button says.
async fn answer(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(id)): Path<Id<SubmissionId>>,
    body: Body,
) -> Result<Response, HttpError> {
    let fields = Fields::read(body).await?;
    let now = edge.clock.now();
    let reader = person.clone();
    let reading = edge
        .work(move |app| review::open(app, &reader, id, now))
        .await;
    let reading = match reading {
        Ok(reading) => reading,
        Err(HttpError::Service(error @ Error::Review(_))) => return lost(&edge, &error, &fields),
        Err(other) => return Err(other),
    };
    let form = ReviewForm::typed(&fields, &reading);
    let button = fields.get("do").to_owned();
    let (typed, read) = (form.clone(), reading.clone());
    let done = edge
        .work(move |app| press(app, &person, &button, &typed, &read, now))
        .await;
    match done {
        Ok(Pressed::Saved) => {
            let again = format!("/reviews/{id}?saved=yes");
            Ok(Redirect::to(&again).into_response())
        }
        Ok(Pressed::Done { queue, what }) => {
            Ok(Redirect::to(&format!("{queue}?done={what}")).into_response())
        }
        Err(HttpError::Service(error)) if can_be_mended(&error) => {
            let problem = Problem::of(&error, &reading);
            let again = shown(&edge, &reading, &form, Some(problem), false)?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, again).into_response())
        }
        Err(other) => Err(other),
    }
}

/// What came of a button.
enum Pressed {
    Saved,
    Done { queue: String, what: &'static str },
}

fn press(
    app: &App,
    person: &Person,
    button: &str,
    form: &ReviewForm,
    reading: &Reading,
    now: Timestamp,
) -> Result<Pressed, Error> {
    let id = reading.submission;
    let draft = form.draft(reading)?;
    let given = match button {
        "decline" => Some(form.declining(reading)?),
        "finish" => Some(form::given(draft.clone())),
        _ => None,
    };
    // Whatever follows, what was typed is not lost.
    review::keep_draft(app, person, id, &draft)?;
    let queue = format!("/organisations/{}/reviews", reading.organisation);
    let what = match (button, given) {
        ("release", _) => {
            review::release(app, person, id)?;
            "released"
        }
        (_, None) => return Ok(Pressed::Saved),
        (_, Some(given)) => match finish_and_issue(app, person, id, &given, now)? {
            Finished::HandedOn(_) => "pending",
            Finished::Decided { review, .. } => match review.decision {
                Decision::Accepted { .. } => "accepted",
                Decision::Returned { .. } => "returned",
                Decision::Declined => "declined",
            },
        },
    };
    Ok(Pressed::Done { queue, what })
}

/// Whether the form can be sent again with something changed, or after claiming again.
fn can_be_mended(error: &Error) -> bool {
    error.is_about_input()
        || matches!(
            error,
            Error::Review(
                ReviewError::Incomplete { .. }
                    | ReviewError::CommentRequired { .. }
                    | ReviewError::ClaimMissing
            )
        )
}

fn shown(
    edge: &Edge,
    reading: &Reading,
    form: &ReviewForm,
    problem: Option<Problem>,
    saved: bool,
) -> Result<Response, HttpError> {
    let now = edge.clock.now();
    page_that_plays(&ReviewPage::new(edge, reading, form, problem, saved, now))
}

/// Somebody else has claimed it meanwhile: what was typed is shown, so that it is not lost.
fn lost(edge: &Edge, error: &Error, fields: &Fields) -> Result<Response, HttpError> {
    let again = page(&LostPage::new(edge, error, fields))?;
    Ok((StatusCode::CONFLICT, again).into_response())
}
