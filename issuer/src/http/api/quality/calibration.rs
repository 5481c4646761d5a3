//! Calibration sessions: several reviewers score the same work blind, and compare.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use utoipa::OpenApi;

use super::sessions::{
    CalibrationBody, ClarificationBody, NewCalibrationBody, SessionBody, SheetBody, Told,
};
use crate::app::App;
use crate::error::Error;
use crate::http::api::evidence::{self, Audience};
use crate::http::body::Json;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::paging::{ListBody, PageParameters, Paging};
use crate::http::parameter::{Id, Path};
use crate::http::range::RangeAsked;
use crate::http::route::{Route, get, post};
use crate::id::{CalibrationId, EvidenceId, OrganisationId};
use crate::person::Person;
use crate::quality::calibration::{self, Calibration};
use crate::review::Content;
use crate::rights::{self, Action};

/// What the handlers say of themselves.
#[derive(OpenApi)]
#[openapi(paths(list, begin, open, show, score, close, clarify, revise))]
pub struct Document;

pub fn routes() -> Vec<Route> {
    let all = "/organisations/{organisation}/calibrations";
    let one = "/organisations/{organisation}/calibrations/{calibration}";
    let below = |ending: &str| format!("{one}/{ending}");
    vec![
        get(all, Action::ReadCalibrations, list),
        post(all, Action::LeadCalibration, begin),
        get(one, Action::ReadCalibrations, open),
        get(&below("evidence/{sample}"), Action::ReadCalibrations, show),
        post(&below("scores"), Action::Calibrate, score),
        post(&below("close"), Action::LeadCalibration, close),
        post(&below("clarifications"), Action::LeadCalibration, clarify),
        post(&below("revision"), Action::LeadCalibration, revise),
    ]
}

type Session = (Id<OrganisationId>, Id<CalibrationId>);

/// Lists the calibration sessions of an organisation.
#[utoipa::path(
    get,
    path = "/organisations/{organisation}/calibrations",
    params(PageParameters),
    responses((status = 200, body = ListBody<SessionBody>)),
)]
async fn list(
    State(edge): State<Edge>,
    Path(Id(organisation)): Path<Id<OrganisationId>>,
    Paging { page, .. }: Paging,
) -> Result<Answer<ListBody<SessionBody>>, HttpError> {
    let found = edge
        .work(move |app| calibration::list(app, &organisation, &page))
        .await?;
    Ok(Answer(ListBody::of(found, SessionBody::from)))
}

/// Opens a session on a decided submission, or on an exemplar.
#[utoipa::path(
    post,
    path = "/organisations/{organisation}/calibrations",
    request_body = NewCalibrationBody,
    responses((status = 201, body = CalibrationBody)),
)]
async fn begin(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(organisation)): Path<Id<OrganisationId>>,
    Json(body): Json<NewCalibrationBody>,
) -> Result<(StatusCode, Answer<CalibrationBody>), HttpError> {
    let now = edge.clock.now();
    let told = edge
        .work(move |app| {
            let opened = calibration::open(app, &person, &organisation, body.read()?, now)?;
            told(app, &person, opened)
        })
        .await?;
    let body = CalibrationBody::new(&edge, told);
    Ok((StatusCode::CREATED, Answer(body)))
}

/// Shows a session: the work with its rubric, and once it is closed what came of it. Those who lead sessions see
/// who gave what; others see themselves and numbers.
#[utoipa::path(
    get,
    path = "/organisations/{organisation}/calibrations/{calibration}",
    responses((status = 200, body = CalibrationBody)),
)]
async fn open(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(organisation), Id(id))): Path<Session>,
) -> Result<Answer<CalibrationBody>, HttpError> {
    let told = edge
        .work(move |app| {
            let found = calibration::find(app, &organisation, id)?;
            told(app, &person, found)
        })
        .await?;
    Ok(Answer(CalibrationBody::new(&edge, told)))
}

/// Hands out a piece of the evidence that is scored.
#[utoipa::path(
    get,
    path = "/organisations/{organisation}/calibrations/{calibration}/evidence/{sample}",
    responses((status = 200, content_type = "*/*")),
)]
pub async fn show(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(organisation), Id(id), Id(piece))): Path<(
        Id<OrganisationId>,
        Id<CalibrationId>,
        Id<EvidenceId>,
    )>,
    asked: RangeAsked,
) -> Result<Response, HttpError> {
    let (piece, found) = edge
        .work(move |app| {
            let session = calibration::find(app, &organisation, id)?;
            let version = calibration::version(app, &session)?;
            calibration::evidence(app, &person, &session, &version, piece)
        })
        .await?;
    match piece.content {
        Content::File { .. } => evidence::hand_out(&edge, found, Audience::Reviewer, &asked).await,
        // Texts and addresses are what the mask makes of them.
        Content::Text(text) | Content::Link(text) | Content::MaskedLink(text) => {
            Ok(([(CACHE_CONTROL, "private, no-store")], text).into_response())
        }
    }
}

/// Scores the work. With the last of those who were asked the session is closed.
#[utoipa::path(
    post,
    path = "/organisations/{organisation}/calibrations/{calibration}/scores",
    request_body = SheetBody,
    responses((status = 201, body = CalibrationBody)),
)]
async fn score(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(organisation), Id(id))): Path<Session>,
    Json(body): Json<SheetBody>,
) -> Result<(StatusCode, Answer<CalibrationBody>), HttpError> {
    let now = edge.clock.now();
    let told = edge
        .work(move |app| {
            let scores = body.into();
            let scored = calibration::score(app, &person, &organisation, id, scores, now)?;
            told(app, &person, scored)
        })
        .await?;
    let body = CalibrationBody::new(&edge, told);
    Ok((StatusCode::CREATED, Answer(body)))
}

/// Closes a session although not all have scored.
#[utoipa::path(
    post,
    path = "/organisations/{organisation}/calibrations/{calibration}/close",
    responses((status = 200, body = CalibrationBody)),
)]
async fn close(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(organisation), Id(id))): Path<Session>,
) -> Result<Answer<CalibrationBody>, HttpError> {
    let now = edge.clock.now();
    let told = edge
        .work(move |app| {
            let closed = calibration::close(app, &organisation, id, now)?;
            told(app, &person, closed)
        })
        .await?;
    Ok(Answer(CalibrationBody::new(&edge, told)))
}

/// Writes down what a closed session made clear.
#[utoipa::path(
    post,
    path = "/organisations/{organisation}/calibrations/{calibration}/clarifications",
    request_body = ClarificationBody,
    responses((status = 201, body = CalibrationBody)),
)]
async fn clarify(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(organisation), Id(id))): Path<Session>,
    Json(body): Json<ClarificationBody>,
) -> Result<(StatusCode, Answer<CalibrationBody>), HttpError> {
    let now = edge.clock.now();
    let told = edge
        .work(move |app| {
            let (criterion, text) = (body.criterion, body.text);
            let changed =
                calibration::clarify(app, &person, &organisation, id, criterion, text, now)?;
            told(app, &person, changed)
        })
        .await?;
    let body = CalibrationBody::new(&edge, told);
    Ok((StatusCode::CREATED, Answer(body)))
}

/// Begins the next version of what was scored, as a draft; open submissions keep to theirs.
#[utoipa::path(
    post,
    path = "/organisations/{organisation}/calibrations/{calibration}/revision",
    responses((status = 200, body = CalibrationBody)),
)]
async fn revise(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(organisation), Id(id))): Path<Session>,
) -> Result<Answer<CalibrationBody>, HttpError> {
    let told = edge
        .work(move |app| {
            let changed = calibration::revise(app, &person, &organisation, id)?;
            told(app, &person, changed)
        })
        .await?;
    Ok(Answer(CalibrationBody::new(&edge, told)))
}

/// Gathers what a session says to somebody.
fn told(app: &App, person: &Person, session: Calibration) -> Result<Told, Error> {
    let version = calibration::version(app, &session)?;
    let organisation = Some(&session.organisation);
    Ok(Told {
        leads: rights::may(app, person.id, Action::LeadCalibration, organisation)?,
        work: match calibration::work(app, person, &session, &version) {
            Ok(work) => work,
            // It is their own, or of their own school; the session is no secret.
            Err(Error::Review(_) | Error::NotFound) => Vec::new(),
            Err(error) => return Err(error),
        },
        own: calibration::sheet(app, person, &session)?,
        report: calibration::report(app, &session)?,
        person: person.clone(),
        version,
        session,
    })
}
