//! Submissions: an earner's own work, from the first piece of evidence to the decision.

use axum::Json as Answer;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, OpenApi, ToSchema};

use super::evidence::{self, Audience, EvidenceBody};
use super::reviews::ReviewBody;
use crate::digest::Sha256Digest;
use crate::http::body::Json;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::openapi::DateTime;
use crate::http::paging::{ListBody, PageParameters, Paging};
use crate::http::parameter::{Id, Path, Query};
use crate::http::range::RangeAsked;
use crate::http::route::{Route, delete, get, post, put};
use crate::id::{
    AwardId, CriterionId, EvidenceId, LevelId, MicroCredentialId, OrganisationId, RequirementId,
    SubmissionId,
};
use crate::review;
use crate::rights::Action;
use crate::submission::{
    self, EvidenceContent, EvidenceEntry, Link, Manifest, MetCriterion, Sharing, State as Stage,
    Submission, Version,
};
use crate::text::{Line, Prose};

/// What the handlers say of themselves.
#[derive(OpenApi)]
#[openapi(paths(
    mine, start, show, add, upload, download, remove, share, submit, withdraw, feedback
))]
pub struct Document;

pub fn routes() -> Vec<Route> {
    vec![
        get("/submissions", Action::ReadOwnSubmissions, mine),
        post("/submissions", Action::StartSubmission, start),
        get("/submissions/{submission}", Action::ReadSubmission, show),
        post(
            "/submissions/{submission}/evidence",
            Action::ChangeSubmission,
            add,
        ),
        post(
            "/submissions/{submission}/files",
            Action::ChangeSubmission,
            upload,
        ),
        get(
            "/submissions/{submission}/evidence/{evidence}",
            Action::ReadSubmission,
            download,
        ),
        delete(
            "/submissions/{submission}/evidence/{evidence}",
            Action::ChangeSubmission,
            remove,
        ),
        put(
            "/submissions/{submission}/evidence/{evidence}/sharing",
            Action::ChangeSubmission,
            share,
        ),
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
    ]
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StartBody {
    micro_credential: MicroCredentialId,
    #[serde(default)]
    organisation: Option<OrganisationId>,
}

/// A text or the address of something published elsewhere; files are uploaded.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewEvidenceBody {
    requirement: RequirementId,
    #[serde(flatten)]
    content: NewContent,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum NewContent {
    Text(Prose),
    Link(Link),
}

/// What an uploaded file answers to, and what its owner calls it.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Upload {
    requirement: RequirementId,
    name: Line,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SharingBody {
    sharing: Sharing,
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

/// Adds a text or a link as evidence.
#[utoipa::path(
    post,
    path = "/submissions/{submission}/evidence",
    request_body = NewEvidenceBody,
    responses((status = 201, body = EvidenceBody)),
)]
async fn add(
    State(edge): State<Edge>,
    Caller { person: earner, .. }: Caller,
    Path(Id(id)): Path<Id<SubmissionId>>,
    Json(body): Json<NewEvidenceBody>,
) -> Result<(StatusCode, Answer<EvidenceBody>), HttpError> {
    let now = edge.clock.now();
    let content = match body.content {
        NewContent::Text(text) => EvidenceContent::Text(text),
        NewContent::Link(link) => EvidenceContent::Link(link),
    };
    let added = edge
        .work(move |app| {
            submission::add_evidence(app, &earner, id, &body.requirement, content, now)
        })
        .await?;
    Ok((StatusCode::CREATED, Answer(added.into())))
}

/// Takes one file as the body of the request, as it is, and stores it while it comes in.
#[utoipa::path(
    post,
    path = "/submissions/{submission}/files",
    params(Upload),
    request_body(content_type = "application/octet-stream"),
    responses((status = 201, body = EvidenceBody)),
)]
async fn upload(
    State(edge): State<Edge>,
    Caller { person: earner, .. }: Caller,
    Path(Id(id)): Path<Id<SubmissionId>>,
    Query(upload): Query<Upload>,
    body: Body,
) -> Result<(StatusCode, Answer<EvidenceBody>), HttpError> {
    let now = edge.clock.now();
    // Asked before a byte is stored, and again by `add_evidence`, which commits.
    let owner = earner.clone();
    edge.work(move |app| submission::of_earner(app, &owner, id))
        .await?;
    let file = evidence::take_in(&edge, earner.id, upload.name, body).await?;
    let added = edge
        .work(move |app| {
            submission::add_evidence(
                app,
                &earner,
                id,
                &upload.requirement,
                EvidenceContent::File(file),
                now,
            )
        })
        .await?;
    Ok((StatusCode::CREATED, Answer(added.into())))
}

/// Hands out a piece of evidence: a file, a text or an address.
#[utoipa::path(
    get,
    path = "/submissions/{submission}/evidence/{evidence}",
    responses((status = 200, content_type = "*/*")),
)]
async fn download(
    State(edge): State<Edge>,
    Caller { person: earner, .. }: Caller,
    Path((Id(id), Id(piece))): Path<(Id<SubmissionId>, Id<EvidenceId>)>,
    asked: RangeAsked,
) -> Result<Response, HttpError> {
    let found = edge
        .work(move |app| submission::evidence_of_earner(app, &earner, id, piece))
        .await?;
    evidence::hand_out(&edge, found, Audience::Owner, &asked).await
}

/// Takes a piece of evidence out of a submission.
#[utoipa::path(
    delete,
    path = "/submissions/{submission}/evidence/{evidence}",
    responses((status = 200, body = SubmissionBody)),
)]
async fn remove(
    State(edge): State<Edge>,
    Caller { person: earner, .. }: Caller,
    Path((Id(id), Id(piece))): Path<(Id<SubmissionId>, Id<EvidenceId>)>,
) -> Result<Answer<SubmissionBody>, HttpError> {
    let removed = edge
        .work(move |app| submission::remove_evidence(app, &earner, id, piece))
        .await?;
    // Nothing refers to the file any more. A crash before this leaves a file that nobody can ask for.
    if let Some(EvidenceContent::File(file)) = removed.discarded.map(|piece| piece.content) {
        edge.evidence
            .delete(&file.object_key)
            .await
            .map_err(HttpError::Evidence)?;
    }
    Ok(Answer(removed.submission.into()))
}

/// Says whether the badge will name a piece of evidence.
#[utoipa::path(
    put,
    path = "/submissions/{submission}/evidence/{evidence}/sharing",
    request_body = SharingBody,
    responses((status = 200, body = SubmissionBody)),
)]
async fn share(
    State(edge): State<Edge>,
    Caller { person: earner, .. }: Caller,
    Path((Id(id), Id(piece))): Path<(Id<SubmissionId>, Id<EvidenceId>)>,
    Json(body): Json<SharingBody>,
) -> Result<Answer<SubmissionBody>, HttpError> {
    let shared = edge
        .work(move |app| submission::share_evidence(app, &earner, id, piece, body.sharing))
        .await?;
    Ok(Answer(shared.into()))
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
