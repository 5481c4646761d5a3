//! The pieces of evidence of a submission: added, handed out, taken out, shared.

use axum::Json as Answer;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use schemas::timestamp::Timestamp;
use serde::Deserialize;
use utoipa::{IntoParams, OpenApi, ToSchema};

use super::told::SubmissionBody;
use crate::app::App;
use crate::error::Error;
use crate::http::api::evidence::{self, Audience, EvidenceBody};
use crate::http::body::Json;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::own_evidence::OwnEvidence;
use crate::http::parameter::{Id, Path, Query};
use crate::http::range::RangeAsked;
use crate::http::route::{Route, delete, get, post, put};
use crate::id::{EvidenceId, RequirementId, SubmissionId};
use crate::person::Person;
use crate::rights::Action;
use crate::submission::{self, Evidence, EvidenceContent, EvidenceProof, Link, Sharing};
use crate::text::{Line, Prose};

/// What the handlers say of themselves.
#[derive(OpenApi)]
#[openapi(paths(add, upload, download, remove, share, attach, proof))]
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
        put(
            "/submissions/{submission}/evidence/{evidence}/requirement",
            Action::ChangeSubmission,
            attach,
        ),
        get(
            "/submissions/{submission}/evidence/{evidence}/proof",
            Action::ReadSubmission,
            proof,
        ),
    ]
}

/// A text or the address of something published elsewhere; files are uploaded.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewEvidenceBody {
    /// What it answers to; nothing for what is only collected.
    #[serde(default)]
    requirement: Option<RequirementId>,
    #[serde(flatten)]
    content: NewContent,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum NewContent {
    Text(Prose),
    /// Read in the handler, so that what is wrong with it has its own code.
    #[schema(value_type = Link)]
    Link(String),
}

/// What an uploaded file answers to, and what its owner calls it.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Upload {
    requirement: RequirementId,
    name: Line,
}

/// What a piece of evidence answers to; nothing leaves it collected.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RequirementBody {
    requirement: Option<RequirementId>,
}

/// Which version is asked about: the last one that was handed in, if nothing is said.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct OfVersion {
    version: Option<u32>,
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
        NewContent::Link(link) => {
            let link = link.parse::<Link>();
            EvidenceContent::Link(link.map_err(|error| Error::of_link("/link", error))?)
        }
    };
    let added = edge
        .work(move |app| add_to(app, &earner, id, body.requirement.as_ref(), content, now))
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
    OwnEvidence(found): OwnEvidence,
    asked: RangeAsked,
) -> Result<Response, HttpError> {
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
    let now = edge.clock.now();
    let removed = edge
        .work(move |app| submission::remove_evidence(app, &earner, id, piece, now))
        .await?;
    // Nothing refers to the file any more. A crash before this leaves it to the next round of upkeep.
    edge.receiving().remove_due(now).await?;
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

/// Says what a piece of evidence answers to.
#[utoipa::path(
    put,
    path = "/submissions/{submission}/evidence/{evidence}/requirement",
    request_body = RequirementBody,
    responses((status = 200, body = SubmissionBody)),
)]
async fn attach(
    State(edge): State<Edge>,
    Caller { person: earner, .. }: Caller,
    Path((Id(id), Id(piece))): Path<(Id<SubmissionId>, Id<EvidenceId>)>,
    Json(body): Json<RequirementBody>,
) -> Result<Answer<SubmissionBody>, HttpError> {
    let requirement = body.requirement;
    let attached = edge
        .work(move |app| submission::attach_evidence(app, &earner, id, piece, requirement.as_ref()))
        .await?;
    Ok(Answer(attached.into()))
}

/// Hands its owner the proof that a piece is what was assessed; it has the salt of that piece, and no other.
#[utoipa::path(
    get,
    path = "/submissions/{submission}/evidence/{evidence}/proof",
    params(OfVersion),
    responses((status = 200, body = EvidenceProof, content_type = "application/vnd.assay.evidence-proof+json")),
)]
async fn proof(
    State(edge): State<Edge>,
    Caller { person: earner, .. }: Caller,
    Path((Id(id), Id(piece))): Path<(Id<SubmissionId>, Id<EvidenceId>)>,
    Query(asked): Query<OfVersion>,
) -> Result<Response, HttpError> {
    let proof = edge
        .work(move |app| submission::evidence_proof(app, &earner, id, piece, asked.version))
        .await?;
    handed_out(&proof)
}

/// A proof as a file to be saved. It has a salt: no cache keeps it.
pub fn handed_out(proof: &EvidenceProof) -> Result<Response, HttpError> {
    let text = serde_json::to_string_pretty(proof).map_err(HttpError::fault)?;
    let name = format!(
        "attachment; filename=\"evidence-proof-{}.json\"",
        proof.evidence
    );
    let headers = [
        (CONTENT_TYPE, EvidenceProof::MEDIA_TYPE.to_owned()),
        (CONTENT_DISPOSITION, name),
        (CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok((headers, text + "\n").into_response())
}

fn add_to(
    app: &App,
    earner: &Person,
    id: SubmissionId,
    requirement: Option<&RequirementId>,
    content: EvidenceContent,
    now: Timestamp,
) -> Result<Evidence, Error> {
    match requirement {
        Some(requirement) => submission::add_evidence(app, earner, id, requirement, content, now),
        None => submission::collect_evidence(app, earner, id, content, now),
    }
}
