//! Reviews: the blind queue, claiming, scoring, and deciding by the rubric.

mod bodies;
mod finished;
mod turnaround;
mod typed;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use utoipa::OpenApi;

use self::bodies::{DeclineBody, DraftBody, FinishBody, ReadingBody, WaitingBody};
use self::finished::FinishedBody;
use self::turnaround::{PlaceBody, TurnaroundBody};
use super::evidence::{self, Audience};
use crate::app::App;
use crate::error::Error;
use crate::http::body::Json;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::paging::{ListBody, PageParameters, Paging};
use crate::http::parameter::{Id, Path};
use crate::http::range::RangeAsked;
use crate::http::route::{Route, get, post, put};
use crate::id::{EvidenceId, OrganisationId, SubmissionId};
use crate::issuance;
use crate::person::Person;
use crate::review::{self, Content, Decision, Finished, Given};
use crate::rights::Action;
use crate::submission;
use schemas::timestamp::Timestamp;

pub(super) use finished::ReviewBody;

/// What the handlers say of themselves.
#[derive(OpenApi)]
#[openapi(paths(
    queue, turnaround, place, open, claim, release, keep_draft, finish, decline, show, captions
))]
pub struct Document;

pub fn routes() -> Vec<Route> {
    let review = Action::Review;
    vec![
        get(
            "/organisations/{organisation}/reviews",
            Action::ReadReviewQueue,
            queue,
        ),
        get(
            "/organisations/{organisation}/turnaround",
            Action::ReadPublished,
            turnaround,
        ),
        get(
            "/submissions/{submission}/waiting",
            Action::ReadSubmission,
            place,
        ),
        get("/reviews/{submission}", review, open),
        post("/reviews/{submission}", review, finish),
        post("/reviews/{submission}/claim", review, claim),
        post("/reviews/{submission}/release", review, release),
        put("/reviews/{submission}/draft", review, keep_draft),
        post("/reviews/{submission}/decline", review, decline),
        get("/reviews/{submission}/evidence/{evidence}", review, show),
        get(
            "/reviews/{submission}/evidence/{evidence}/captions",
            review,
            captions,
        ),
    ]
}

/// Lists what the caller may review or adjudicate, oldest first. Their own work, that of people of
/// their own school, and what somebody else has claimed are not among it.
#[utoipa::path(
    get,
    path = "/organisations/{organisation}/reviews",
    params(PageParameters),
    responses((status = 200, body = ListBody<WaitingBody>)),
)]
async fn queue(
    State(edge): State<Edge>,
    Caller {
        person: reviewer, ..
    }: Caller,
    Path(Id(organisation)): Path<Id<OrganisationId>>,
    Paging { page, .. }: Paging,
) -> Result<Answer<ListBody<WaitingBody>>, HttpError> {
    let now = edge.clock.now();
    let waiting = edge
        .work(move |app| review::queue(app, &organisation, &reviewer, &page, now))
        .await?;
    Ok(Answer(ListBody::of(waiting, WaitingBody::from)))
}

/// Says how long the reviews of an organisation take, and how much waits.
#[utoipa::path(
    get,
    path = "/organisations/{organisation}/turnaround",
    responses((status = 200, body = TurnaroundBody)),
)]
async fn turnaround(
    State(edge): State<Edge>,
    Path(Id(organisation)): Path<Id<OrganisationId>>,
) -> Result<Answer<TurnaroundBody>, HttpError> {
    let now = edge.clock.now();
    let found = edge
        .work(move |app| {
            let known = app.store.organisation(&organisation)?;
            let known = known.ok_or(Error::NotFound)?;
            review::turnaround(app, &known.id, now)
        })
        .await?;
    Ok(Answer(found.into()))
}

/// Says where one's own submission stands in the queue, and how long reviews take.
#[utoipa::path(
    get,
    path = "/submissions/{submission}/waiting",
    responses((status = 200, body = PlaceBody)),
)]
async fn place(
    State(edge): State<Edge>,
    Caller { person: earner, .. }: Caller,
    Path(Id(id)): Path<Id<SubmissionId>>,
) -> Result<Answer<PlaceBody>, HttpError> {
    let now = edge.clock.now();
    let body = edge
        .work(move |app| {
            let own = submission::of_earner(app, &earner, id)?;
            let before = review::place_in_queue(app, &own)?;
            let turnaround = review::turnaround(app, &own.organisation, now)?;
            Ok(PlaceBody::new(before, turnaround))
        })
        .await?;
    Ok(Answer(body))
}

/// Shows what waits for a review, without who handed it in.
#[utoipa::path(
    get,
    path = "/reviews/{submission}",
    responses((status = 200, body = ReadingBody)),
)]
async fn open(
    State(edge): State<Edge>,
    Caller {
        person: reviewer, ..
    }: Caller,
    Path(Id(submission)): Path<Id<SubmissionId>>,
) -> Result<Answer<ReadingBody>, HttpError> {
    let now = edge.clock.now();
    let reading = edge
        .work(move |app| review::open(app, &reviewer, submission, now))
        .await?;
    Ok(Answer(ReadingBody::new(&edge, reading)))
}

/// Claims what waits: nobody else reviews it until the claim is released, finished or over. Whoever
/// has claimed it already keeps the claim they have.
#[utoipa::path(
    post,
    path = "/reviews/{submission}/claim",
    responses((status = 200, body = WaitingBody)),
)]
async fn claim(
    State(edge): State<Edge>,
    Caller {
        person: reviewer, ..
    }: Caller,
    Path(Id(submission)): Path<Id<SubmissionId>>,
) -> Result<Answer<WaitingBody>, HttpError> {
    let now = edge.clock.now();
    let claimed = edge
        .work(move |app| review::claim(app, &reviewer, submission, now))
        .await?;
    Ok(Answer(claimed.into()))
}

/// Gives a claim back. What was scored so far is kept for the caller alone.
#[utoipa::path(
    post,
    path = "/reviews/{submission}/release",
    responses((status = 204)),
)]
async fn release(
    State(edge): State<Edge>,
    Caller {
        person: reviewer, ..
    }: Caller,
    Path(Id(submission)): Path<Id<SubmissionId>>,
) -> Result<StatusCode, HttpError> {
    edge.work(move |app| review::release(app, &reviewer, submission))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Keeps what was scored so far. It outlives the claim.
#[utoipa::path(
    put,
    path = "/reviews/{submission}/draft",
    request_body = DraftBody,
    responses((status = 204)),
)]
async fn keep_draft(
    State(edge): State<Edge>,
    Caller {
        person: reviewer, ..
    }: Caller,
    Path(Id(submission)): Path<Id<SubmissionId>>,
    Json(body): Json<DraftBody>,
) -> Result<StatusCode, HttpError> {
    let draft = body.into();
    edge.work(move |app| review::keep_draft(app, &reviewer, submission, &draft))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Finishes what the caller has claimed; when all criteria are met and nobody else is to look at
/// it, the badge is issued before the answer is given.
#[utoipa::path(
    post,
    path = "/reviews/{submission}",
    request_body = FinishBody,
    responses((status = 201, body = FinishedBody)),
)]
async fn finish(
    State(edge): State<Edge>,
    Caller {
        person: reviewer, ..
    }: Caller,
    Path(Id(submission)): Path<Id<SubmissionId>>,
    Json(body): Json<FinishBody>,
) -> Result<(StatusCode, Answer<FinishedBody>), HttpError> {
    let (given, now) = (body.into(), edge.clock.now());
    let finished = edge
        .work(move |app| finish_and_issue(app, &reviewer, submission, &given, now))
        .await?;
    Ok((StatusCode::CREATED, Answer(finished.into())))
}

/// Declines for good what the caller has claimed.
#[utoipa::path(
    post,
    path = "/reviews/{submission}/decline",
    request_body = DeclineBody,
    responses((status = 201, body = FinishedBody)),
)]
async fn decline(
    State(edge): State<Edge>,
    Caller {
        person: reviewer, ..
    }: Caller,
    Path(Id(submission)): Path<Id<SubmissionId>>,
    Json(body): Json<DeclineBody>,
) -> Result<(StatusCode, Answer<FinishedBody>), HttpError> {
    let (given, now) = (body.into(), edge.clock.now());
    let finished = edge
        .work(move |app| finish_and_issue(app, &reviewer, submission, &given, now))
        .await?;
    Ok((StatusCode::CREATED, Answer(finished.into())))
}

/// Finishes a review, and issues the badge if there is an award.
pub fn finish_and_issue(
    app: &App,
    reviewer: &Person,
    submission: SubmissionId,
    given: &Given,
    now: Timestamp,
) -> Result<Finished, Error> {
    let finished = review::finish(app, reviewer, submission, given, now)?;
    if let Finished::Decided { review, .. } = &finished
        && let Decision::Accepted { award } = review.decision
    {
        // A crash before this is done leaves the award, which the next start takes up.
        issuance::issue(app, award, now)?;
    }
    Ok(finished)
}

/// Hands out the captions of a recording that waits for a review, as WebVTT, with names masked. Of a piece that has
/// none they are empty.
#[utoipa::path(
    get,
    path = "/reviews/{submission}/evidence/{evidence}/captions",
    responses((status = 200, body = String, content_type = "text/vtt")),
)]
pub async fn captions(
    State(edge): State<Edge>,
    Caller {
        person: reviewer, ..
    }: Caller,
    Path((Id(submission), Id(id))): Path<(Id<SubmissionId>, Id<EvidenceId>)>,
) -> Result<Response, HttpError> {
    let now = edge.clock.now();
    let found = edge
        .work(move |app| review::captions(app, &reviewer, submission, id, now))
        .await?;
    evidence::captions_handed_out(found.map(|captions| captions.to_string()))
}

/// Hands out a piece of evidence that waits for a review, under a name that says nothing.
#[utoipa::path(
    get,
    path = "/reviews/{submission}/evidence/{evidence}",
    responses((status = 200, content_type = "*/*")),
)]
pub async fn show(
    State(edge): State<Edge>,
    Caller {
        person: reviewer, ..
    }: Caller,
    Path((Id(submission), Id(id))): Path<(Id<SubmissionId>, Id<EvidenceId>)>,
    asked: RangeAsked,
) -> Result<Response, HttpError> {
    let now = edge.clock.now();
    let (content, found) = edge
        .work(move |app| review::evidence(app, &reviewer, submission, id, now))
        .await?;
    match content {
        Content::File { .. } => evidence::hand_out(&edge, found, Audience::Reviewer, &asked).await,
        // Texts and addresses are what the mask makes of them.
        Content::Text(text) | Content::Link(text) | Content::MaskedLink(text) => {
            Ok(([(CACHE_CONTROL, "private, no-store")], text).into_response())
        }
    }
}
