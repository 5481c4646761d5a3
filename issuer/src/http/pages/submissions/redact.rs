//! The page on which somebody covers parts of a picture: numbers, and with a script drawing.

use askama::Template;
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};

use super::shown::sentence;
use crate::error::Error;
use crate::http::Masthead;
use crate::http::api::evidence::{self, Audience};
use crate::http::api::submissions::redactions::OUTSIDE;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::form::Form;
use crate::http::own_evidence::OwnEvidence;
use crate::http::pages::doors::with_script;
use crate::http::pages::page;
use crate::http::parameter::{Id, Path};
use crate::http::range::RangeAsked;
use crate::http::route::{Route, get, post};
use crate::id::{EvidenceId, SubmissionId};
use crate::micro_credential;
use crate::person::Person;
use crate::rights::Action;
use crate::submission::{self, AREAS, Area, EvidenceContent, RedactionError, State as Stage};

pub fn routes() -> Vec<Route> {
    let (read, change) = (Action::ReadSubmission, Action::ChangeSubmission);
    let redact = "/my/submissions/{submission}/evidence/{evidence}/redact";
    vec![
        get(redact, read, show),
        post(redact, change, save),
        get(
            "/my/submissions/{submission}/evidence/{evidence}/shown",
            read,
            shown_to_others,
        ),
        get(
            "/my/submissions/{submission}/evidence/{evidence}/uncovered",
            read,
            uncovered,
        ),
    ]
}

#[derive(Template)]
#[template(path = "evidence/redact.html")]
struct RedactPage {
    site: Masthead,
    submission: SubmissionId,
    /// The address of the piece.
    path: String,
    title: String,
    name: String,
    open: bool,
    saved: bool,
    problem: Option<String>,
    covered: usize,
    /// Left, top, width and height in percent, as they are typed; some of them empty.
    rows: Vec<[String; 4]>,
}

/// What the page says beside what is stored.
#[derive(Default)]
struct Told {
    saved: bool,
    problem: Option<String>,
    typed: Option<Vec<[String; 4]>>,
}

async fn show(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(id), Id(piece))): Path<(Id<SubmissionId>, Id<EvidenceId>)>,
    RawQuery(query): RawQuery,
) -> Result<Response, HttpError> {
    let told = Told {
        saved: query.as_deref() == Some("saved"),
        ..Told::default()
    };
    shown(&edge, person, (id, piece), told).await
}

async fn shown(
    edge: &Edge,
    person: Person,
    (id, piece): (SubmissionId, EvidenceId),
    told: Told,
) -> Result<Response, HttpError> {
    let (submission, found, title) = edge
        .work(move |app| {
            let submission = submission::of_earner(app, &person, id)?;
            let found = submission::evidence_of_earner(app, &person, id, piece)?;
            let earned = micro_credential::published(app, &submission.micro_credential)?;
            Ok((submission, found, earned.content.name.to_string()))
        })
        .await?;
    let no_picture = || HttpError::from(Error::from(RedactionError::Type));
    let EvidenceContent::File(file) = &found.content else {
        return Err(no_picture());
    };
    if !file.can_be_covered() {
        return Err(no_picture());
    }
    let status = match told.problem {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let areas = found.covered();
    let mut rows = told
        .typed
        .unwrap_or_else(|| areas.iter().map(in_percent).collect());
    let room = AREAS.saturating_sub(rows.len()).min(SPARE);
    rows.extend(std::iter::repeat_with(Default::default).take(room));
    let filled = RedactPage {
        site: edge.masthead.clone(),
        submission: id,
        path: format!("/my/submissions/{id}/evidence/{piece}"),
        title,
        name: file.name.to_string(),
        open: matches!(submission.state, Stage::Draft | Stage::Returned)
            && submission.evidence.iter().any(|entry| entry.id == piece),
        saved: told.saved,
        problem: told.problem,
        covered: areas.len(),
        rows,
    };
    Ok((status, with_script(page(&filled)?)).into_response())
}

async fn save(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(id), Id(piece))): Path<(Id<SubmissionId>, Id<EvidenceId>)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, HttpError> {
    let typed = rows(&Form::read(&headers, body, FORM_BYTES).await?);
    let outcome = match typed.iter().map(area).collect::<Result<Vec<_>, Error>>() {
        Err(error) => Err(HttpError::Service(error)),
        Ok(areas) => {
            let (receiving, now, earner) = (edge.receiving(), edge.clock.now(), person.clone());
            // If the browser hangs up, what was begun is still ended.
            let work =
                tokio::spawn(
                    async move { receiving.redact(earner, (id, piece), areas, now).await },
                );
            work.await
                .map_err(HttpError::fault)?
                .map_err(HttpError::from)
        }
    };
    match outcome {
        Ok(_) => {
            let back = format!("/my/submissions/{id}/evidence/{piece}/redact?saved");
            Ok(Redirect::to(&back).into_response())
        }
        Err(refused) => match refused.told_beside_a_form() {
            Some(problem) => {
                let told = Told {
                    problem: Some(sentence(&problem)),
                    typed: Some(typed),
                    ..Told::default()
                };
                shown(&edge, person, (id, piece), told).await
            }
            None => Err(refused),
        },
    }
}

/// The picture as others see it.
async fn shown_to_others(
    State(edge): State<Edge>,
    OwnEvidence(found): OwnEvidence,
    range: RangeAsked,
) -> Result<Response, HttpError> {
    evidence::hand_out(&edge, found, Audience::Reviewer, &range).await
}

/// The same without anything covered: what is drawn on. Which way up it is, browsers see as the service does.
async fn uncovered(
    State(edge): State<Edge>,
    OwnEvidence(found): OwnEvidence,
    range: RangeAsked,
) -> Result<Response, HttpError> {
    let bare = found.into_what_others_see(BEFORE_THE_FIRST);
    evidence::hand_out(&edge, bare, Audience::Reviewer, &range).await
}

/// The lines of the form that something is typed in.
fn rows(form: &Form) -> Vec<[String; 4]> {
    let row = |number: usize| {
        ["left", "top", "width", "height"].map(|name| {
            let value = form.text(&format!("{name}-{number}"));
            value.unwrap_or_default().to_owned()
        })
    };
    let rows = (0..AREAS + SPARE).map(row);
    rows.filter(|row| row.iter().any(|value| !value.is_empty()))
        .collect()
}

fn area(row: &[String; 4]) -> Result<Area, Error> {
    let outside = || Error::invalid("/areas", OUTSIDE);
    let mut fractions = [0.0; 4];
    for (fraction, typed) in fractions.iter_mut().zip(row) {
        // Half of the world writes a comma.
        let typed = typed.trim_end_matches('%').trim().replace(',', ".");
        let percent: f64 = typed.parse().map_err(|_| outside())?;
        *fraction = percent / 100.0;
    }
    let [left, top, width, height] = fractions;
    Area::of_fractions(left, top, width, height).ok_or_else(outside)
}

fn in_percent(area: &Area) -> [String; 4] {
    let percent = |fraction: f64| {
        let text = format!("{:.2}", fraction * 100.0);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    area.fractions().map(percent)
}

/// Lines for areas that are not there yet.
const SPARE: usize = 3;
/// No version is older.
const BEFORE_THE_FIRST: u32 = 0;
/// Four numbers for each area.
const FORM_BYTES: usize = 16 * 1024;
