//! Taking away everything that one has here, and being forgotten.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::{OpenApi, ToSchema};

use crate::belongings;
use crate::erasure;
use crate::http::archive;
use crate::http::body::Json;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, delete, get, post, put};
use crate::id::{PersonId, SubmissionId};
use crate::retention;
use crate::rights::Action;

/// What the handlers say of themselves.
#[derive(OpenApi)]
#[openapi(paths(export, erase, erase_other, keep, keep_no_longer))]
pub struct Document;

pub fn routes() -> Vec<Route> {
    vec![
        get("/account/export", Action::ReadOwnAccount, export),
        post("/account/erasure", Action::EraseOwnAccount, erase),
        post("/people/{person}/erasure", Action::ErasePeople, erase_other),
        put(KEPT, Action::ChangeSubmission, keep),
        delete(KEPT, Action::ChangeSubmission, keep_no_longer),
    ]
}

const KEPT: &str = "/submissions/{submission}/evidence-kept";

/// That somebody wants to be erased.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ErasureBody {
    /// The first e-mail address of the account, typed once more: this cannot be undone.
    confirm: String,
}

/// Hands out everything that one has here: badges in both forms, evidence with manifests and salts, texts,
/// reviews, and a page that leads through it.
#[utoipa::path(
    get,
    path = "/account/export",
    responses((status = 200, body = String, content_type = "application/zip")),
)]
pub async fn export(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
) -> Result<Response, HttpError> {
    let name = belongings::file_name(person.id);
    let archive = archive::of_person(&edge, person, edge.clock.now())?;
    let headers = [
        (CONTENT_TYPE, "application/zip".to_owned()),
        (
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
        (CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok((headers, archive).into_response())
}

/// Erases one's own account and everything in it. Badges are withdrawn, and nothing can be undone.
#[utoipa::path(
    post,
    path = "/account/erasure",
    request_body = ErasureBody,
    responses((status = 204)),
)]
async fn erase(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Json(body): Json<ErasureBody>,
) -> Result<StatusCode, HttpError> {
    let now = edge.clock.now();
    edge.work(move |app| erasure::ask(app, &person, &body.confirm, now))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Erases somebody who has asked for it elsewhere.
#[utoipa::path(
    post,
    path = "/people/{person}/erasure",
    responses((status = 204)),
)]
async fn erase_other(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(person)): Path<Id<PersonId>>,
) -> Result<StatusCode, HttpError> {
    let (by, now) = (caller.actor(), edge.clock.now());
    edge.work(move |app| erasure::erase(app, by, person, now))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Keeps the evidence of a decided submission of one's own, whatever the rule is.
#[utoipa::path(
    put,
    path = "/submissions/{submission}/evidence-kept",
    responses((status = 204)),
)]
async fn keep(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(id)): Path<Id<SubmissionId>>,
) -> Result<StatusCode, HttpError> {
    let now = edge.clock.now();
    edge.work(move |app| retention::keep(app, &person, id, now))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Has the rule hold again. Nothing is removed before its earner was told once more.
#[utoipa::path(
    delete,
    path = "/submissions/{submission}/evidence-kept",
    responses((status = 204)),
)]
async fn keep_no_longer(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(id)): Path<Id<SubmissionId>>,
) -> Result<StatusCode, HttpError> {
    edge.work(move |app| retention::keep_no_longer(app, &person, id))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
