//! Words and work of students within a piece of evidence, and the consent to show them.

use axum::Json as Answer;
use axum::extract::State;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use super::told::{StatementBody, SubmissionBody};
use crate::error::Error;
use crate::http::body::Json;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::openapi::DateTime;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, delete, get, put};
use crate::id::{EvidenceId, SubmissionId};
use crate::learning::Day;
use crate::rights::Action;
use crate::submission::{self, ConsentGiver, ConsentStatement, NewConsent, Students};

/// What the handlers say of themselves.
#[derive(OpenApi)]
#[openapi(paths(read, mark, unmark, withdraw))]
pub struct Document;

pub fn routes() -> Vec<Route> {
    let change = Action::ChangeSubmission;
    let path = "/submissions/{submission}/evidence/{evidence}/students";
    vec![
        get(path, Action::ReadSubmission, read),
        put(path, change, mark),
        delete(path, change, unmark),
        delete(&format!("{path}/consent"), change, withdraw),
    ]
}

/// Whether a piece has words or work of students in it.
#[derive(Serialize, ToSchema)]
struct StudentsBody {
    state: StudentsState,
    #[serde(skip_serializing_if = "Option::is_none")]
    consent: Option<ConsentBody>,
    /// When consent was taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<DateTime>)]
    withdrawn: Option<Timestamp>,
    /// What is confirmed when consent is recorded.
    statement: StatementBody,
}

/// Whether a piece has words or work of students in it, and how their consent stands.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StudentsState {
    /// Nobody has said that it has.
    Unmarked,
    /// It has, and no consent is recorded.
    WithoutConsent,
    /// It has, and they agreed, or those who speak for them.
    Consented,
    /// They took it back.
    Withdrawn,
}

#[derive(Serialize, ToSchema)]
struct ConsentBody {
    by: ConsentGiver,
    given: Day,
    statement: u32,
    #[schema(value_type = DateTime)]
    recorded: Timestamp,
}

/// That a piece has words or work of students in it; without `consent` a badge never names it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MarkBody {
    #[serde(default)]
    consent: Option<NewConsentBody>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewConsentBody {
    by: ConsentGiver,
    /// On which day they agreed.
    given: Day,
    /// The version of the statement that is confirmed.
    statement: u32,
}

/// Says whether a piece has words or work of students in it, and how their consent stands.
#[utoipa::path(
    get,
    path = "/submissions/{submission}/evidence/{evidence}/students",
    responses((status = 200, body = StudentsBody)),
)]
async fn read(
    State(edge): State<Edge>,
    Caller { person: earner, .. }: Caller,
    Path((Id(id), Id(piece))): Path<(Id<SubmissionId>, Id<EvidenceId>)>,
) -> Result<Answer<StudentsBody>, HttpError> {
    let found = edge
        .work(move |app| {
            let found = submission::of_earner(app, &earner, id)?;
            let mut entries = found.evidence.into_iter();
            let entry = entries.find(|entry| entry.id == piece);
            Ok(entry.ok_or(Error::NotFound)?.students)
        })
        .await?;
    Ok(Answer(StudentsBody::from(found)))
}

/// Says that a piece has words or work of students in it, and records that they agreed, if they did. No name of a
/// student is kept.
#[utoipa::path(
    put,
    path = "/submissions/{submission}/evidence/{evidence}/students",
    request_body = MarkBody,
    responses((status = 200, body = SubmissionBody)),
)]
async fn mark(
    State(edge): State<Edge>,
    Caller { person: earner, .. }: Caller,
    Path((Id(id), Id(piece))): Path<(Id<SubmissionId>, Id<EvidenceId>)>,
    Json(body): Json<MarkBody>,
) -> Result<Answer<SubmissionBody>, HttpError> {
    let now = edge.clock.now();
    let consent = body.consent.map(|consent| NewConsent {
        by: consent.by,
        given: consent.given,
        statement: consent.statement,
    });
    let marked = edge
        .work(move |app| submission::mark_students(app, &earner, id, piece, consent, now))
        .await?;
    Ok(Answer(marked.into()))
}

/// Takes the mark away, from a piece that was not handed in with it.
#[utoipa::path(
    delete,
    path = "/submissions/{submission}/evidence/{evidence}/students",
    responses((status = 200, body = SubmissionBody)),
)]
async fn unmark(
    State(edge): State<Edge>,
    Caller { person: earner, .. }: Caller,
    Path((Id(id), Id(piece))): Path<(Id<SubmissionId>, Id<EvidenceId>)>,
) -> Result<Answer<SubmissionBody>, HttpError> {
    let unmarked = edge
        .work(move |app| submission::unmark_students(app, &earner, id, piece))
        .await?;
    Ok(Answer(unmarked.into()))
}

/// Takes consent back, at any time: from now on no badge hands the piece out.
#[utoipa::path(
    delete,
    path = "/submissions/{submission}/evidence/{evidence}/students/consent",
    responses((status = 200, body = SubmissionBody)),
)]
async fn withdraw(
    State(edge): State<Edge>,
    Caller { person: earner, .. }: Caller,
    Path((Id(id), Id(piece))): Path<(Id<SubmissionId>, Id<EvidenceId>)>,
) -> Result<Answer<SubmissionBody>, HttpError> {
    let now = edge.clock.now();
    let withdrawn = edge
        .work(move |app| submission::withdraw_consent(app, &earner, id, piece, now))
        .await?;
    Ok(Answer(withdrawn.into()))
}

impl StudentsState {
    /// How a mark is told of.
    pub fn of(students: Option<&Students>) -> StudentsState {
        match students {
            None => StudentsState::Unmarked,
            Some(Students::WithoutConsent) => StudentsState::WithoutConsent,
            Some(Students::Consented(_)) => StudentsState::Consented,
            Some(Students::Withdrawn { .. }) => StudentsState::Withdrawn,
        }
    }

    /// The same, of which nothing is told where nobody has said anything.
    pub fn told(students: Option<&Students>) -> Option<StudentsState> {
        students.map(|students| StudentsState::of(Some(students)))
    }
}

impl From<Option<Students>> for StudentsBody {
    fn from(students: Option<Students>) -> StudentsBody {
        let state = StudentsState::of(students.as_ref());
        let (consent, withdrawn) = match students {
            None | Some(Students::WithoutConsent) => (None, None),
            Some(Students::Consented(consent)) => (Some(consent), None),
            Some(Students::Withdrawn { consent, at }) => (Some(consent), Some(at)),
        };
        let statement = ConsentStatement::CURRENT;
        StudentsBody {
            state,
            consent: consent.map(|consent| ConsentBody {
                by: consent.by,
                given: consent.given,
                statement: consent.statement,
                recorded: consent.recorded,
            }),
            withdrawn,
            statement: StatementBody {
                version: statement.version,
                text: statement.text.to_owned(),
            },
        }
    }
}
