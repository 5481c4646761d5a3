//! The pieces of evidence of a submission: added, handed out, taken out, shared.

use axum::Json as Answer;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use utoipa::{IntoParams, OpenApi, ToSchema};

use super::SubmissionBody;
use crate::http::api::evidence::{self, Audience, EvidenceBody};
use crate::http::body::Json;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::parameter::{Id, Path, Query};
use crate::http::range::RangeAsked;
use crate::http::route::{Route, delete, get, post, put};
use crate::id::{EvidenceId, RequirementId, SubmissionId};
use crate::rights::Action;
use crate::submission::{self, EvidenceContent, Link, Sharing};
use crate::text::{Line, Prose};

/// What the handlers say of themselves.
#[derive(OpenApi)]
#[openapi(paths(add, upload, download, remove, share))]
pub struct Document;

pub fn routes() -> Vec<Route> {
    vec![
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
    ]
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
    let (requirement, name) = (upload.requirement, upload.name);
    let added = evidence::take_in(&edge, earner, id, requirement, name, body).await?;
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
    if let Some(discarded) = removed.discarded {
        evidence::remove(&edge, discarded, removed.submission.organisation.clone()).await?;
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
