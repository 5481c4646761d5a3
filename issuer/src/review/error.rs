//! Why a review is not taken on, or not finished.

use crate::id::CriterionId;

/// Why a review is not taken on, or not finished.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReviewError {
    /// The work is not for this person to review.
    #[error(transparent)]
    Ineligible(#[from] Ineligible),
    /// Somebody else is reviewing it.
    #[error("somebody else is reviewing this submission")]
    Claimed,
    /// Nobody finishes what they have not claimed.
    #[error("this submission is not claimed by you, or the time for it is over: claim it first")]
    ClaimMissing,
    /// So many are claimed already.
    #[error("you have claimed {most} submissions: finish or release one first")]
    TooManyClaims {
        /// How many one person may have at once.
        most: usize,
    },
    /// The same person scores a version once.
    #[error("you have reviewed this version of the submission")]
    Reviewed,
    /// It waits for somebody in another role.
    #[error("this submission waits for {waits_for}")]
    OtherRole {
        /// For whom.
        waits_for: &'static str,
    },
    /// Not every open criterion was scored.
    #[error("a level is missing for {}", list(missing))]
    Incomplete {
        /// The criteria without a level.
        missing: Vec<CriterionId>,
    },
    /// A criterion that is not met needs a word on what is missing.
    #[error(
        "a comment is missing for {}, which the evidence does not meet yet",
        list(criteria)
    )]
    CommentRequired {
        /// The criteria without a comment.
        criteria: Vec<CriterionId>,
    },
}

/// Why work is not for somebody to review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Ineligible {
    /// Nobody reviews their own work.
    #[error("this submission is the reviewer's own")]
    OwnWork,
    /// The earner is of the reviewer's own school, district or university, or has shown them the
    /// draft. Which it is would say who the earner may be.
    #[error("this submission is for others to review")]
    Acquainted,
    /// The micro-credential asks for certified reviewers, and this one is not, or no longer.
    #[error(
        "this is for certified reviewers, and you are not certified for it, or not any more: \
         train for it first"
    )]
    NotCertified,
}

impl ReviewError {
    /// The stable code of this case.
    pub fn code(&self) -> &'static str {
        match self {
            ReviewError::Ineligible(Ineligible::OwnWork) => "review.own_submission",
            ReviewError::Ineligible(Ineligible::Acquainted) => "review.ineligible",
            ReviewError::Ineligible(Ineligible::NotCertified) => "review.not_certified",
            ReviewError::Claimed => "review.claimed",
            ReviewError::ClaimMissing => "review.claim_missing",
            ReviewError::TooManyClaims { .. } => "review.too_many_claims",
            ReviewError::Reviewed => "review.reviewed",
            ReviewError::OtherRole { .. } => "review.other_role",
            ReviewError::Incomplete { .. } => "review.incomplete",
            ReviewError::CommentRequired { .. } => "review.comment_required",
        }
    }
}

fn list(names: &[CriterionId]) -> String {
    let names: Vec<_> = names.iter().map(CriterionId::to_string).collect();
    names.join(", ")
}
