//! Submissions: an earner's own work, from the first piece of evidence to the decision.

pub mod pieces;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use super::reviews::ReviewBody;
use crate::digest::Sha256Digest;
use crate::http::body::Json;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::openapi::DateTime;
use crate::http::paging::{ListBody, PageParameters, Paging};
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get, post};
use crate::id::{
    AwardId, CriterionId, EvidenceId, LevelId, MicroCredentialId, OrganisationId, RequirementId,
    SubmissionId,
};
use crate::review;
use crate::rights::Action;
use crate::submission::{
    self, EvidenceEntry, Manifest, MetCriterion, Sharing, State as Stage, Submission, Version,
};
use crate::text::Prose;

/// What the handlers say of themselves.
#[derive(OpenApi)]
#[openapi(paths(mine, start, show, submit, withdraw, feedback))]
pub struct Document;

pub fn routes() -> Vec<Route> {
    let own = vec![
        get("/submissions", Action::ReadOwnSubmissions, mine),
        post("/submissions", Action::StartSubmission, start),
        get("/submissions/{submission}", Action::ReadSubmission, show),
        post(
            "/submissions/{submission}/submit",
            Action::ChangeSubmission,
            submit,
        ),
        post(
            "/submissions/{submission}/withdraw",
            Action::ChangeSubmission,
            withdraw,
        ),
        get(
            "/submissions/{submission}/feedback",
            Action::ReadSubmission,
            feedback,
        ),
    ];
    own.into_iter().chain(pieces::routes()).collect()
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StartBody {
    micro_credential: MicroCredentialId,
    #[serde(default)]
    organisation: Option<OrganisationId>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SubmitBody {
    #[serde(default)]
    note: Option<Prose>,
}

#[derive(Serialize, ToSchema)]
struct SubmissionBody {
    id: SubmissionId,
    micro_credential: MicroCredentialId,
    #[schema(value_type = DateTime)]
    started: Timestamp,
    state: StateBody,
    #[serde(skip_serializing_if = "Option::is_none")]
    award: Option<AwardId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rationale: Option<Prose>,
    versions: u32,
    evidence: Vec<EntryBody>,
    met: Vec<MetBody>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum StateBody {
    Draft,
    Submitted,
    Returned,
    Accepted,
    Declined,
    Withdrawn,
}

#[derive(Serialize, ToSchema)]
struct EntryBody {
    id: EvidenceId,
    requirement: RequirementId,
    sharing: Sharing,
}

#[derive(Serialize, ToSchema)]
pub(super) struct MetBody {
    criterion: CriterionId,
    level: LevelId,
    version: u32,
}

/// The receipt of a version that was handed in.
#[derive(Serialize, ToSchema)]
struct ReceiptBody {
    version: u32,
    manifest: Manifest,
    manifest_sha256: Sha256Digest,
}

/// Lists one's own submissions.
#[utoipa::path(
    get,
    path = "/submissions",
    params(PageParameters),
    responses((status = 200, body = ListBody<SubmissionBody>)),
)]
async fn mine(
    State(edge): State<Edge>,
    Caller { person: earner, .. }: Caller,
    Paging { page, .. }: Paging,
) -> Result<Answer<ListBody<SubmissionBody>>, HttpError> {
    let found = edge
        .work(move |app| Ok(app.store.submissions_of(earner.id, &page)?))
        .await?;
    Ok(Answer(ListBody::of(found, SubmissionBody::from)))
}

/// Begins a submission for a micro-credential.
#[utoipa::path(
    post,
    path = "/submissions",
    request_body = StartBody,
    responses((status = 201, body = SubmissionBody)),
)]
async fn start(
    State(edge): State<Edge>,
    Caller { person: earner, .. }: Caller,
    Json(body): Json<StartBody>,
) -> Result<(StatusCode, Answer<SubmissionBody>), HttpError> {
    let now = edge.clock.now();
    let started = edge
        .work(move |app| match &body.organisation {
            Some(organisation) => {
                submission::start_under(app, &earner, &body.micro_credential, organisation, now)
            }
            None => submission::start(app, &earner, &body.micro_credential, now),
        })
        .await?;
    Ok((StatusCode::CREATED, Answer(started.into())))
}

/// Shows a submission of one's own.
#[utoipa::path(
    get,
    path = "/submissions/{submission}",
    responses((status = 200, body = SubmissionBody)),
)]
async fn show(
    State(edge): State<Edge>,
    Caller { person: earner, .. }: Caller,
    Path(Id(id)): Path<Id<SubmissionId>>,
) -> Result<Answer<SubmissionBody>, HttpError> {
    let found = edge
        .work(move |app| submission::of_earner(app, &earner, id))
        .await?;
    Ok(Answer(found.into()))
}

/// Hands a version in for review; the answer is the receipt.
#[utoipa::path(
    post,
    path = "/submissions/{submission}/submit",
    request_body = SubmitBody,
    responses((status = 201, body = ReceiptBody)),
)]
async fn submit(
    State(edge): State<Edge>,
    Caller { person: earner, .. }: Caller,
    Path(Id(id)): Path<Id<SubmissionId>>,
    Json(body): Json<SubmitBody>,
) -> Result<(StatusCode, Answer<ReceiptBody>), HttpError> {
    let now = edge.clock.now();
    let version = edge
        .work(move |app| submission::submit(app, &earner, id, body.note, now))
        .await?;
    Ok((StatusCode::CREATED, Answer(version.into())))
}

/// Takes a submission back.
#[utoipa::path(
    post,
    path = "/submissions/{submission}/withdraw",
    responses((status = 200, body = SubmissionBody)),
)]
async fn withdraw(
    State(edge): State<Edge>,
    Caller { person: earner, .. }: Caller,
    Path(Id(id)): Path<Id<SubmissionId>>,
) -> Result<Answer<SubmissionBody>, HttpError> {
    let withdrawn = edge
        .work(move |app| submission::withdraw(app, &earner, id))
        .await?;
    Ok(Answer(withdrawn.into()))
}

/// Lists the reviews of a submission of one's own.
#[utoipa::path(
    get,
    path = "/submissions/{submission}/feedback",
    params(PageParameters),
    responses((status = 200, body = ListBody<ReviewBody>)),
)]
async fn feedback(
    State(edge): State<Edge>,
    Caller { person: earner, .. }: Caller,
    Path(Id(id)): Path<Id<SubmissionId>>,
    Paging { page, .. }: Paging,
) -> Result<Answer<ListBody<ReviewBody>>, HttpError> {
    let reviews = edge
        .work(move |app| review::feedback(app, &earner, id, &page))
        .await?;
    Ok(Answer(ListBody::of(reviews, ReviewBody::from)))
}

impl From<Submission> for SubmissionBody {
    fn from(found: Submission) -> SubmissionBody {
        let entry = |entry: EvidenceEntry| EntryBody {
            id: entry.id,
            requirement: entry.requirement,
            sharing: entry.sharing,
        };
        let (state, award, rationale) = match found.state {
            Stage::Draft => (StateBody::Draft, None, None),
            Stage::Submitted => (StateBody::Submitted, None, None),
            Stage::Returned => (StateBody::Returned, None, None),
            Stage::Accepted { award } => (StateBody::Accepted, Some(award), None),
            Stage::Declined { rationale } => (StateBody::Declined, None, Some(rationale)),
            Stage::Withdrawn => (StateBody::Withdrawn, None, None),
        };
        SubmissionBody {
            id: found.id,
            micro_credential: found.micro_credential,
            started: found.started,
            state,
            award,
            rationale,
            versions: found.versions,
            evidence: found.evidence.into_iter().map(entry).collect(),
            met: found.met.into_iter().map(MetBody::from).collect(),
        }
    }
}

impl From<MetCriterion> for MetBody {
    fn from(met: MetCriterion) -> MetBody {
        MetBody {
            criterion: met.criterion,
            level: met.level,
            version: met.version,
        }
    }
}

impl From<Version> for ReceiptBody {
    fn from(version: Version) -> ReceiptBody {
        ReceiptBody {
            version: version.manifest.version,
            manifest_sha256: version.manifest_sha256,
            manifest: version.manifest,
        }
    }
}
