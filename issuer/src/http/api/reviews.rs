//! Reviews: the blind queue, reading a submission, and deciding it by the rubric.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use super::evidence::{self, Audience, EvidenceBody};
use super::micro_credentials::MicroCredentialBody;
use super::submissions::MetBody;
use crate::http::body::Json;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::openapi::DateTime;
use crate::http::paging::{ListBody, PageParameters, Paging};
use crate::http::parameter::{Id, Path};
use crate::http::range::RangeAsked;
use crate::http::route::{Route, get, post};
use crate::id::{
    AwardId, CriterionId, EvidenceId, LevelId, MicroCredentialId, OrganisationId, RequirementId,
    SubmissionId,
};
use crate::issuance;
use crate::review::{self, Decision, Reading, Review, Score, Waiting};
use crate::rights::Action;
use crate::text::Prose;

/// What the handlers say of themselves.
#[derive(OpenApi)]
#[openapi(paths(queue, open, finish, decline, show))]
pub struct Document;

pub fn routes() -> Vec<Route> {
    vec![
        get(
            "/organisations/{organisation}/reviews",
            Action::ReadReviewQueue,
            queue,
        ),
        get("/reviews/{submission}", Action::Review, open),
        post("/reviews/{submission}", Action::Review, finish),
        post("/reviews/{submission}/decline", Action::Review, decline),
        get(
            "/reviews/{submission}/evidence/{evidence}",
            Action::Review,
            show,
        ),
    ]
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FinishBody {
    version: u32,
    scores: Vec<ScoreBody>,
    #[serde(default)]
    comment: Option<Prose>,
}

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ScoreBody {
    criterion: CriterionId,
    level: LevelId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    comment: Option<Prose>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DeclineBody {
    version: u32,
    rationale: Prose,
}

#[derive(Serialize, ToSchema)]
struct WaitingBody {
    submission: SubmissionId,
    micro_credential: MicroCredentialId,
    version: u32,
    #[schema(value_type = DateTime)]
    since: Timestamp,
}

/// Everything that was handed in, and not by whom.
#[derive(Serialize, ToSchema)]
struct ReadingBody {
    submission: SubmissionId,
    version: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<Prose>,
    micro_credential: MicroCredentialBody,
    evidence: Vec<ReadEvidence>,
    met: Vec<MetBody>,
    earlier: Vec<ReviewBody>,
}

#[derive(Serialize, ToSchema)]
struct ReadEvidence {
    #[serde(skip_serializing_if = "Option::is_none")]
    requirement: Option<RequirementId>,
    #[serde(flatten)]
    evidence: EvidenceBody,
}

/// A finished review as its earner and later reviewers see it: without the reviewer's name.
#[derive(Serialize, ToSchema)]
pub(super) struct ReviewBody {
    submission: SubmissionId,
    version: u32,
    decision: DecisionBody,
    #[serde(skip_serializing_if = "Option::is_none")]
    award: Option<AwardId>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unmet: Vec<CriterionId>,
    scores: Vec<ScoreBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<Prose>,
    #[schema(value_type = DateTime)]
    finished: Timestamp,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum DecisionBody {
    Accepted,
    Returned,
    Declined,
}

/// Lists what waits for a review, oldest first.
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
    let waiting = edge
        .work(move |app| review::queue(app, &organisation, &reviewer, &page))
        .await?;
    Ok(Answer(ListBody::of(waiting, WaitingBody::from)))
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
    let reading = edge
        .work(move |app| review::open(app, &reviewer, submission))
        .await?;
    Ok(Answer(ReadingBody::new(&edge, reading)))
}

/// Hands out a piece of evidence that waits for a review.
#[utoipa::path(
    get,
    path = "/reviews/{submission}/evidence/{evidence}",
    responses((status = 200, content_type = "*/*")),
)]
async fn show(
    State(edge): State<Edge>,
    Caller {
        person: reviewer, ..
    }: Caller,
    Path((Id(submission), Id(piece))): Path<(Id<SubmissionId>, Id<EvidenceId>)>,
    asked: RangeAsked,
) -> Result<Response, HttpError> {
    let found = edge
        .work(move |app| review::evidence(app, &reviewer, submission, piece))
        .await?;
    evidence::hand_out(&edge, found, Audience::Reviewer, &asked).await
}

/// Finishes a review; when all criteria are met, the badge is issued before the answer is given.
#[utoipa::path(
    post,
    path = "/reviews/{submission}",
    request_body = FinishBody,
    responses((status = 201, body = ReviewBody)),
)]
async fn finish(
    State(edge): State<Edge>,
    Caller {
        person: reviewer, ..
    }: Caller,
    Path(Id(submission)): Path<Id<SubmissionId>>,
    Json(body): Json<FinishBody>,
) -> Result<(StatusCode, Answer<ReviewBody>), HttpError> {
    let now = edge.clock.now();
    let scores = body.scores.into_iter().map(Score::from).collect();
    let finished = edge
        .work(move |app| {
            let review = review::finish(
                app,
                &reviewer,
                submission,
                body.version,
                scores,
                body.comment,
                now,
            )?;
            if let Decision::Accepted { award } = review.decision {
                // A crash before this is done leaves the award, which the next start takes up.
                issuance::issue(app, award, now)?;
            }
            Ok(review)
        })
        .await?;
    Ok((StatusCode::CREATED, Answer(finished.into())))
}

/// Declines a submission for good.
#[utoipa::path(
    post,
    path = "/reviews/{submission}/decline",
    request_body = DeclineBody,
    responses((status = 201, body = ReviewBody)),
)]
async fn decline(
    State(edge): State<Edge>,
    Caller {
        person: reviewer, ..
    }: Caller,
    Path(Id(submission)): Path<Id<SubmissionId>>,
    Json(body): Json<DeclineBody>,
) -> Result<(StatusCode, Answer<ReviewBody>), HttpError> {
    let now = edge.clock.now();
    let finished = edge
        .work(move |app| {
            review::decline(
                app,
                &reviewer,
                submission,
                body.version,
                body.rationale,
                now,
            )
        })
        .await?;
    Ok((StatusCode::CREATED, Answer(finished.into())))
}

impl ReadingBody {
    fn new(edge: &Edge, reading: Reading) -> ReadingBody {
        let manifest = reading.version.manifest;
        let requirement_of = |id: EvidenceId| {
            let entry = manifest.evidence.iter().find(|entry| entry.id == id);
            entry.map(|entry| entry.requirement.clone())
        };
        let evidence = reading.evidence.into_iter().map(|evidence| ReadEvidence {
            requirement: requirement_of(evidence.id),
            evidence: evidence.into(),
        });
        ReadingBody {
            submission: reading.submission,
            version: manifest.version,
            note: reading.version.note,
            evidence: evidence.collect(),
            micro_credential: MicroCredentialBody::new(edge, reading.micro_credential),
            met: reading.met.into_iter().map(MetBody::from).collect(),
            earlier: reading.earlier.into_iter().map(ReviewBody::from).collect(),
        }
    }
}

impl From<Waiting> for WaitingBody {
    fn from(waiting: Waiting) -> WaitingBody {
        WaitingBody {
            submission: waiting.submission,
            micro_credential: waiting.micro_credential,
            version: waiting.version,
            since: waiting.since,
        }
    }
}

impl From<Review> for ReviewBody {
    fn from(review: Review) -> ReviewBody {
        let (decision, award, unmet) = match review.decision {
            Decision::Accepted { award } => (DecisionBody::Accepted, Some(award), Vec::new()),
            Decision::Returned { unmet } => (DecisionBody::Returned, None, unmet),
            Decision::Declined => (DecisionBody::Declined, None, Vec::new()),
        };
        ReviewBody {
            submission: review.submission,
            version: review.version,
            decision,
            award,
            unmet,
            scores: review.scores.into_iter().map(ScoreBody::from).collect(),
            comment: review.comment,
            finished: review.finished,
        }
    }
}

impl From<ScoreBody> for Score {
    fn from(body: ScoreBody) -> Score {
        Score {
            criterion: body.criterion,
            level: body.level,
            comment: body.comment,
        }
    }
}

impl From<Score> for ScoreBody {
    fn from(score: Score) -> ScoreBody {
        ScoreBody {
            criterion: score.criterion,
            level: score.level,
            comment: score.comment,
        }
    }
}
