//! Why something is not awarded by hand.

use crate::id::{AwardId, CriterionId, LevelId};
use schemas::Finding;

/// Why something is not awarded by hand. Nothing has been stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AwardError {
    /// There is no such micro-credential, or it is a draft of others: both sound the same.
    #[error("there is no such micro-credential")]
    Unknown,
    /// It is another organisation's, and was not adopted.
    #[error(
        "this micro-credential belongs to another organisation, and this one has not adopted it"
    )]
    NotYours,
    /// Its authors are still writing it.
    #[error("this micro-credential is a draft, and only what is published is awarded")]
    Unpublished,
    /// It is earned by earning its parts.
    #[error("this is a stack: it is earned by earning all of its parts, and not awarded by hand")]
    Stack,
    /// The officer would award it to themselves.
    #[error("nobody awards anything to themselves")]
    ToOneself,
    /// Nobody has earned anything tomorrow.
    #[error("the award lies in the future")]
    Future,
    /// The rubric has no such criterion or level, or the criterion is named twice.
    #[error("the rubric has no criterion {criterion} with the level {level}, or it is named twice")]
    Result {
        /// The criterion.
        criterion: CriterionId,
        /// The level.
        level: LevelId,
    },
    /// Who is below the required level of a criterion has not earned it.
    #[error("the level given for {criterion} is below the one that must be reached")]
    ResultBelow {
        /// The criterion.
        criterion: CriterionId,
    },
    /// Nobody looks at so many.
    #[error("a badge names at most {} pieces of evidence", super::LINKS)]
    TooManyLinks,
    /// An account needs a name, and the address gives none.
    #[error("this person has no account yet, and the address gives no name for it")]
    Name,
    /// It was awarded before, and the badge stands.
    #[error("this was awarded before, and the badge stands: award {award}")]
    MadeBefore {
        /// That award.
        award: AwardId,
    },
    /// The badge would not be a good one.
    #[error("the badge would not be well formed: {}", findings.first().map_or("", |first| &first.message))]
    Lint {
        /// Everything that is wrong with it.
        findings: Vec<Finding>,
    },
    /// The list is done, or was stopped before.
    #[error("this list is done, or was stopped before")]
    ListOver,
}

impl AwardError {
    /// The stable code of this case.
    pub fn code(&self) -> &'static str {
        match self {
            AwardError::Unknown => "award.micro_credential",
            AwardError::NotYours => "award.not_yours",
            AwardError::Unpublished => "award.unpublished",
            AwardError::Stack => "award.stack",
            AwardError::ToOneself => "award.to_oneself",
            AwardError::Future => "award.future",
            AwardError::Result { .. } => "award.result",
            AwardError::ResultBelow { .. } => "award.result_below",
            AwardError::TooManyLinks => "award.evidence",
            AwardError::Name => "award.name",
            AwardError::MadeBefore { .. } => "award.made_before",
            AwardError::Lint { .. } => "issue.lint",
            AwardError::ListOver => "award.list_over",
        }
    }

    /// The part of what was wanted that it is about, which is also the column of a list.
    pub fn part(&self) -> Option<&'static str> {
        match self {
            AwardError::Unknown
            | AwardError::NotYours
            | AwardError::Unpublished
            | AwardError::Stack => Some("micro_credential"),
            AwardError::ToOneself => Some("email"),
            AwardError::Future => Some("awarded"),
            AwardError::Result { .. } | AwardError::ResultBelow { .. } => Some("results"),
            AwardError::TooManyLinks => Some("evidence"),
            AwardError::Name => Some("name"),
            AwardError::MadeBefore { .. } | AwardError::Lint { .. } | AwardError::ListOver => None,
        }
    }

    /// What to do about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            AwardError::Unknown => {
                "Write its name as it stands at the end of its page’s address, such as wait-time."
            }
            AwardError::NotYours => "Adopt it first, or ask its owner to award it.",
            AwardError::Unpublished => "Have an author publish it first.",
            AwardError::Stack => "Award its parts: the stack follows by itself.",
            AwardError::ToOneself => "Ask another officer, or have your work reviewed.",
            AwardError::Future => "Write a day that has come, as 2026-05-31, or leave it out.",
            AwardError::Result { .. } => {
                "Write criterion=level with the names of the rubric, each criterion once."
            }
            AwardError::ResultBelow { .. } => {
                "Give a level that is enough, or do not award it yet."
            }
            AwardError::TooManyLinks => "Name the pieces that say most.",
            AwardError::Name => "Add the name of the person.",
            AwardError::MadeBefore { .. } => {
                "Nothing needs to be done. To award it once more, give it a name of its own, or another day."
            }
            AwardError::Lint { .. } => "Shorten or correct what is to stand in the badge.",
            AwardError::ListOver => "Send a new list: nobody is awarded anything twice.",
        }
    }
}
