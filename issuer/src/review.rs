//! A review: one version of a submission held against the rubric.
//!
//! A version waits in the queue of the organisation that reviews it. A reviewer claims it, scores
//! every open criterion, and finishes. The policy of the micro-credential says whether a second
//! reviewer scores it too, without seeing the first one's scores; where the two differ, an
//! adjudicator sees both and decides.
//!
//! The decision is not the reviewer's to choose: it follows from the levels. All criteria met is
//! an award; anything less goes back to the earner with a comment on every criterion that is not
//! met. A finished review is final for its version, and every single scoring is kept.

pub mod blind;
mod claiming;
mod deciding;
mod eligibility;
mod error;
mod judging;
mod reading;
mod scoring;
pub mod tone;
mod turnaround;
mod waiting;

use crate::app::App;
use crate::error::Error;
use crate::id::{AwardId, CriterionId, EvidenceId, LevelId, PersonId, SubmissionId};
use crate::page::{Page, PageRequest};
use crate::person::Person;
use crate::submission;
use crate::text::Prose;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

pub(crate) use claiming::Held;
pub use claiming::{claim, keep_draft, release};
pub(crate) use deciding::Verdict;
pub use deciding::{Finished, Given, finish};
pub use eligibility::eligibility;
pub use error::{Ineligible, ReviewError};
pub use reading::{Change, Content, Opinion, Piece, Reading, captions, evidence, open, queue};
pub use scoring::{Doubt, Draft, DraftScore, Outcome, Scoring};
pub use turnaround::{Decided, Turnaround, place_in_queue, turnaround, usual_length};
pub use waiting::{Claim, Lot, Seat, Waiting};

/// A finished review of one version: what its earner is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// The submission.
    pub submission: SubmissionId,
    /// The version that was reviewed.
    pub version: u32,
    /// Who finished it.
    pub reviewer: PersonId,
    /// The levels of the criteria that were open.
    pub scores: Vec<Score>,
    /// What is said about the whole.
    pub comment: Option<Prose>,
    /// What followed.
    pub decision: Decision,
    /// When.
    pub finished: Timestamp,
}

/// The level of one criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Score {
    /// The criterion.
    pub criterion: CriterionId,
    /// The level reached.
    pub level: LevelId,
    /// Why, and what is missing; needed where the criterion is not met.
    pub comment: Option<Prose>,
    /// What is said about a moment of a recording, or a page.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pins: Vec<Pin>,
}

/// A comment that is pinned to a place in a piece of evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pin {
    /// The piece.
    pub evidence: EvidenceId,
    /// Where in it.
    pub at: Spot,
    /// What is to be said about it.
    pub comment: Prose,
}

/// A place in a piece of evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Spot {
    /// So many seconds from the beginning of a recording.
    Second(u32),
    /// A page, the first of which is 1.
    Page(u32),
}

/// What follows from a review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// All criteria are met.
    Accepted {
        /// The award that was made.
        award: AwardId,
    },
    /// Some criteria are not met yet; the earner may hand in again.
    Returned {
        /// Those criteria.
        unmet: Vec<CriterionId>,
    },
    /// The submission was declined for good.
    Declined,
}

/// Shows the earner the feedback on the versions, oldest first.
pub fn feedback(
    app: &App,
    earner: &Person,
    id: SubmissionId,
    asked: &PageRequest,
) -> Result<Page<Review>, Error> {
    submission::of_earner(app, earner, id)?;
    Ok(app.store.page_of_reviews(id, asked)?)
}

impl std::fmt::Display for Spot {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Spot::Second(second) => write!(formatter, "{}:{:02}", second / 60, second % 60),
            Spot::Page(page) => write!(formatter, "page {page}"),
        }
    }
}
