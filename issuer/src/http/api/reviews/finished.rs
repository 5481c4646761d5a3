//! What finished reviews look like in the interface.

use schemas::timestamp::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::bodies::{ScoreBody, all};
use crate::http::openapi::DateTime;
use crate::id::{AwardId, CriterionId, SubmissionId};
use crate::review::{Decision, Finished, Outcome, Review, Scoring};
use crate::text::Prose;

/// A finished review as its earner sees it: without the reviewer's name.
#[derive(Serialize, ToSchema)]
pub struct ReviewBody {
    #[serde(flatten)]
    review: EarlierBody,
    #[serde(skip_serializing_if = "Option::is_none")]
    award: Option<AwardId>,
}

/// A finished review as later reviewers see it: nothing in it leads to a badge.
#[derive(Serialize, ToSchema)]
pub(super) struct EarlierBody {
    submission: SubmissionId,
    version: u32,
    decision: DecisionBody,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unmet: Vec<CriterionId>,
    scores: Vec<ScoreBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<Prose>,
    #[schema(value_type = DateTime)]
    finished: Timestamp,
}

/// What somebody found who has finished, and what was decided.
#[derive(Serialize, ToSchema)]
pub struct FinishedBody {
    submission: SubmissionId,
    version: u32,
    /// `pending` if somebody else looks at it next.
    decision: DecisionBody,
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
    Pending,
}

impl From<Review> for EarlierBody {
    fn from(review: Review) -> EarlierBody {
        let (decision, unmet) = told(review.decision);
        EarlierBody {
            submission: review.submission,
            version: review.version,
            decision,
            unmet,
            scores: all(review.scores),
            comment: review.comment,
            finished: review.finished,
        }
    }
}

impl From<Review> for ReviewBody {
    fn from(review: Review) -> ReviewBody {
        let award = match review.decision {
            Decision::Accepted { award } => Some(award),
            Decision::Returned { .. } | Decision::Declined => None,
        };
        ReviewBody {
            review: review.into(),
            award,
        }
    }
}

impl From<Finished> for FinishedBody {
    fn from(finished: Finished) -> FinishedBody {
        let (scoring, (decision, unmet)) = match finished {
            Finished::HandedOn(scoring) => (scoring, (DecisionBody::Pending, Vec::new())),
            Finished::Decided { scoring, review } => (scoring, told(review.decision)),
        };
        let Scoring {
            submission,
            version,
            outcome,
            comment,
            finished,
            ..
        } = scoring;
        let (scores, comment) = match outcome {
            Outcome::Scored(scores) => (scores, comment),
            Outcome::Declined(rationale) => (Vec::new(), Some(rationale)),
        };
        FinishedBody {
            submission,
            version,
            decision,
            unmet,
            scores: all(scores),
            comment,
            finished,
        }
    }
}

fn told(decision: Decision) -> (DecisionBody, Vec<CriterionId>) {
    match decision {
        Decision::Accepted { .. } => (DecisionBody::Accepted, Vec::new()),
        Decision::Returned { unmet } => (DecisionBody::Returned, unmet),
        Decision::Declined => (DecisionBody::Declined, Vec::new()),
    }
}
