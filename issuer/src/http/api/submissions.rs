//! Submissions: an earner's own work, from the first piece of evidence to the decision.

pub mod colleagues;
pub mod drafts;
pub mod pieces;
pub mod redactions;
pub mod spoken;
pub mod students;
mod told;

pub(super) use told::MetBody;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::{OpenApi, ToSchema};

use self::told::{ReceiptBody, SubmissionBody};
use super::reviews::ReviewBody;
use crate::http::body::Json;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::paging::{ListBody, PageParameters, Paging};
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get, post};
use crate::id::{MicroCredentialId, OrganisationId, SubmissionId};
use crate::review;
use crate::rights::Action;
use crate::submission::{self, HandingIn};
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
    [
        own,
        pieces::routes(),
        spoken::routes(),
        redactions::routes(),
        students::routes(),
        drafts::routes(),
        colleagues::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
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
    /// What the reviewer is to know, in place of the note that was kept with the draft.
    #[serde(default)]
    note: Option<Prose>,
    /// The version of the student-privacy statement that is confirmed; the checklist has its words.
    #[serde(default)]
    privacy_statement: Option<u32>,
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
    let handing_in = HandingIn {
        note: body.note,
        privacy_statement: body.privacy_statement,
    };
    let version = edge
        .work(move |app| submission::submit(app, &earner, id, handing_in, now))
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
    let now = edge.clock.now();
    let withdrawn = edge
        .work(move |app| submission::withdraw(app, &earner, id, now))
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
