//! The version of a submission that is being prepared: its checklist, its texts, and what is told beside them.

use std::collections::BTreeMap;

use axum::Json as Answer;
use axum::extract::State;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use super::told::{StatementBody, VersionBody, WarningBody};
use crate::error::Error;
use crate::http::body::Json;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::openapi::DateTime;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get, post, put};
use crate::id::{EvidenceId, RequirementId, SubmissionId};
use crate::rights::Action;
use crate::submission::{self, Preparation, PrivacyStatement, Revision, Writing};
use crate::text::Prose;

/// What the handlers say of themselves.
#[derive(OpenApi)]
#[openapi(paths(
    checklist,
    read_preparation,
    write_preparation,
    read_writing,
    write_writing,
    revisions,
    restore,
    version
))]
pub struct Document;

pub fn routes() -> Vec<Route> {
    let (read, change) = (Action::ReadSubmission, Action::ChangeSubmission);
    vec![
        get("/submissions/{submission}/checklist", read, checklist),
        get(
            "/submissions/{submission}/preparation",
            read,
            read_preparation,
        ),
        put(
            "/submissions/{submission}/preparation",
            change,
            write_preparation,
        ),
        get(
            "/submissions/{submission}/writings/{requirement}",
            read,
            read_writing,
        ),
        put(
            "/submissions/{submission}/writings/{requirement}",
            change,
            write_writing,
        ),
        get(
            "/submissions/{submission}/writings/{requirement}/revisions",
            read,
            revisions,
        ),
        post(
            "/submissions/{submission}/writings/{requirement}/revisions/{revision}/restore",
            change,
            restore,
        ),
        get(
            "/submissions/{submission}/versions/{version}",
            read,
            version,
        ),
    ]
}

/// What is asked for, what is there, and what is to be confirmed when it is handed in.
#[derive(Serialize, ToSchema)]
struct ChecklistBody {
    complete: bool,
    items: Vec<ItemBody>,
    /// Pieces that answer to nothing yet; they are not handed in.
    unattached: usize,
    /// Whether a coach's note is still missing.
    coach_missing: bool,
    privacy_statement: StatementBody,
    /// What reviewers will not see as it was meant. It keeps nobody from handing in.
    warnings: Vec<WarningBody>,
}

#[derive(Serialize, ToSchema)]
struct ItemBody {
    requirement: RequirementId,
    least: u32,
    have: u32,
    done: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

/// What is told beside the evidence.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PreparationBody {
    /// What the reviewer is to know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<Prose>,
    /// Answers to the questions about the setting, by the names of the questions.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, Prose>)]
    context: BTreeMap<RequirementId, Prose>,
    /// What changed for students. No reviewer sees it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    outcome: Option<Prose>,
}

/// A text that is written here.
#[derive(Serialize, ToSchema)]
struct WritingBody {
    requirement: RequirementId,
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<EvidenceId>,
    /// How often it was saved.
    saves: u32,
    #[serde(flatten)]
    revision: RevisionBody,
}

/// A text as it was at some time; without `text`, if all of it was taken out.
#[derive(Serialize, ToSchema)]
struct RevisionBody {
    revision: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<Prose>,
    #[schema(value_type = DateTime)]
    saved: Timestamp,
}

#[derive(Serialize, ToSchema)]
struct RevisionsBody {
    /// The newest first.
    items: Vec<RevisionBody>,
}

/// A text that is saved; without `text`, all of it is taken out.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SaveBody {
    #[serde(default)]
    text: Option<Prose>,
    /// The `saves` that the writer's window last read. If somebody saved since, their text stays as a revision.
    #[serde(default)]
    seen: Option<u32>,
}

/// Says what is asked for, and what is there.
#[utoipa::path(
    get,
    path = "/submissions/{submission}/checklist",
    responses((status = 200, body = ChecklistBody)),
)]
async fn checklist(
    State(edge): State<Edge>,
    Caller { person: earner, .. }: Caller,
    Path(Id(id)): Path<Id<SubmissionId>>,
) -> Result<Answer<ChecklistBody>, HttpError> {
    let (found, warnings) = edge
        .work(move |app| {
            let found = submission::checklist(app, &earner, id)?;
            Ok((found, submission::warnings(app, &earner, id)?))
        })
        .await?;
    let statement = PrivacyStatement::CURRENT;
    let complete = found.is_complete();
    let items = found.items.into_iter().map(|item| ItemBody {
        done: item.is_done(),
        requirement: item.requirement,
        least: item.least,
        have: item.have,
        problem: item.problem,
    });
    Ok(Answer(ChecklistBody {
        complete,
        items: items.collect(),
        unattached: found.unattached,
        coach_missing: found.coach_missing,
        privacy_statement: StatementBody {
            version: statement.version,
            text: statement.text.to_owned(),
        },
        warnings: warnings.into_iter().map(WarningBody::from).collect(),
    }))
}

/// Shows what is told beside the evidence.
#[utoipa::path(
    get,
    path = "/submissions/{submission}/preparation",
    responses((status = 200, body = PreparationBody)),
)]
async fn read_preparation(
    State(edge): State<Edge>,
    Caller { person: earner, .. }: Caller,
    Path(Id(id)): Path<Id<SubmissionId>>,
) -> Result<Answer<PreparationBody>, HttpError> {
    let found = edge
        .work(move |app| submission::preparation(app, &earner, id))
        .await?;
    Ok(Answer(found.into()))
}

/// Keeps what is told beside the evidence, in place of what was told before.
#[utoipa::path(
    put,
    path = "/submissions/{submission}/preparation",
    request_body = PreparationBody,
    responses((status = 200, body = PreparationBody)),
)]
async fn write_preparation(
    State(edge): State<Edge>,
    Caller { person: earner, .. }: Caller,
    Path(Id(id)): Path<Id<SubmissionId>>,
    Json(body): Json<PreparationBody>,
) -> Result<Answer<PreparationBody>, HttpError> {
    let told = Preparation {
        note: body.note,
        context: body.context,
        outcome: body.outcome,
    };
    let kept = edge
        .work(move |app| submission::prepare(app, &earner, id, &told).map(|()| told))
        .await?;
    Ok(Answer(kept.into()))
}

/// Shows the text that is written for a requirement.
#[utoipa::path(
    get,
    path = "/submissions/{submission}/writings/{requirement}",
    responses((status = 200, body = WritingBody)),
)]
async fn read_writing(
    State(edge): State<Edge>,
    Caller { person: earner, .. }: Caller,
    Path((Id(id), Id(requirement))): Path<(Id<SubmissionId>, Id<RequirementId>)>,
) -> Result<Answer<WritingBody>, HttpError> {
    let found = edge
        .work(move |app| {
            let found = submission::writing(app, &earner, id, &requirement)?;
            found.ok_or(Error::NotFound)
        })
        .await?;
    Ok(Answer(found.into()))
}

/// Saves the text that is written for a requirement. Nothing that was saved before is lost by it.
#[utoipa::path(
    put,
    path = "/submissions/{submission}/writings/{requirement}",
    request_body = SaveBody,
    responses((status = 200, body = WritingBody)),
)]
async fn write_writing(
    State(edge): State<Edge>,
    Caller { person: earner, .. }: Caller,
    Path((Id(id), Id(requirement))): Path<(Id<SubmissionId>, Id<RequirementId>)>,
    Json(body): Json<SaveBody>,
) -> Result<Answer<WritingBody>, HttpError> {
    let now = edge.clock.now();
    let saved = edge
        .work(move |app| {
            submission::save_writing(app, &earner, id, &requirement, body.text, body.seen, now)
        })
        .await?;
    Ok(Answer(saved.into()))
}

/// Lists what the text was, the newest first.
#[utoipa::path(
    get,
    path = "/submissions/{submission}/writings/{requirement}/revisions",
    responses((status = 200, body = RevisionsBody)),
)]
async fn revisions(
    State(edge): State<Edge>,
    Caller { person: earner, .. }: Caller,
    Path((Id(id), Id(requirement))): Path<(Id<SubmissionId>, Id<RequirementId>)>,
) -> Result<Answer<RevisionsBody>, HttpError> {
    let found = edge
        .work(move |app| submission::revisions(app, &earner, id, &requirement))
        .await?;
    let items = found.into_iter().map(RevisionBody::from).collect();
    Ok(Answer(RevisionsBody { items }))
}

/// Writes an earlier revision of the text again, as the newest one.
#[utoipa::path(
    post,
    path = "/submissions/{submission}/writings/{requirement}/revisions/{revision}/restore",
    responses((status = 200, body = WritingBody)),
)]
async fn restore(
    State(edge): State<Edge>,
    Caller { person: earner, .. }: Caller,
    Path((Id(id), Id(requirement), Id(number))): Path<(
        Id<SubmissionId>,
        Id<RequirementId>,
        Id<u32>,
    )>,
) -> Result<Answer<WritingBody>, HttpError> {
    let now = edge.clock.now();
    let restored = edge
        .work(move |app| submission::restore_writing(app, &earner, id, &requirement, number, now))
        .await?;
    Ok(Answer(restored.into()))
}

/// Shows a version as it was handed in, and what is different in it.
#[utoipa::path(
    get,
    path = "/submissions/{submission}/versions/{version}",
    responses((status = 200, body = VersionBody)),
)]
async fn version(
    State(edge): State<Edge>,
    Caller { person: earner, .. }: Caller,
    Path((Id(id), Id(number))): Path<(Id<SubmissionId>, Id<u32>)>,
) -> Result<Answer<VersionBody>, HttpError> {
    let (version, changes) = edge
        .work(move |app| {
            let version = submission::version_of_earner(app, &earner, id, number)?;
            let submission = submission::of_earner(app, &earner, id)?;
            Ok((version, submission.changes(app, number)?))
        })
        .await?;
    Ok(Answer(VersionBody::new(version, changes)))
}

impl From<Preparation> for PreparationBody {
    fn from(told: Preparation) -> PreparationBody {
        PreparationBody {
            note: told.note,
            context: told.context,
            outcome: told.outcome,
        }
    }
}

impl From<(Writing, Revision)> for WritingBody {
    fn from((writing, revision): (Writing, Revision)) -> WritingBody {
        WritingBody {
            requirement: writing.requirement,
            evidence: writing.evidence,
            saves: writing.saves,
            revision: revision.into(),
        }
    }
}

impl From<Revision> for RevisionBody {
    fn from(revision: Revision) -> RevisionBody {
        RevisionBody {
            revision: revision.number,
            text: revision.text,
            saved: revision.saved,
        }
    }
}
