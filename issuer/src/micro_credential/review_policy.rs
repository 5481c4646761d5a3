//! How what is handed in is reviewed: by how many, within which time, and what is asked after
//! several attempts.

use crate::error::Error;
use serde::{Deserialize, Serialize};

/// How what is handed in is reviewed. A member that says the usual is left out of the JSON form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReviewPolicy {
    /// When a second reviewer looks at it as well.
    #[serde(skip_serializing_if = "SecondReview::is_never")]
    pub second_review: SecondReview,
    /// For how many hours a reviewer has a submission to themselves.
    #[serde(skip_serializing_if = "is_usual")]
    pub claim_hours: u32,
    /// After so many attempts a coach says something before the next one; never, if nothing is
    /// said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coach_after: Option<u32>,
    /// Whether reviewers have shown that they score as the author does.
    #[serde(skip_serializing_if = "Certification::is_not_asked")]
    pub certification: Certification,
}

/// When a second reviewer looks at what was handed in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecondReview {
    /// One reviewer decides.
    #[default]
    Never,
    /// Two review every version.
    Always,
    /// So many in a hundred have two, drawn when they are handed in.
    Sample(u32),
    /// Two, if the first one is in doubt or declines, or if points decide and it is close.
    OnDoubt,
}

/// Whether reviewers have shown that they score as the author does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Certification {
    /// The role of a reviewer is enough.
    #[default]
    NotAsked,
    /// Nobody reviews without it.
    Required,
}

impl Default for ReviewPolicy {
    fn default() -> ReviewPolicy {
        ReviewPolicy {
            second_review: SecondReview::Never,
            claim_hours: CLAIM_HOURS,
            coach_after: None,
            certification: Certification::NotAsked,
        }
    }
}

impl ReviewPolicy {
    /// Whether it is the usual one, which goes without saying.
    pub fn is_usual(&self) -> bool {
        *self == ReviewPolicy::default()
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        if let SecondReview::Sample(of_a_hundred) = self.second_review
            && !(1..100).contains(&of_a_hundred)
        {
            let message = "a sample is of 1 to 99 in a hundred: none is never, and all is always";
            return Err(Error::invalid("/review/second_review/sample", message));
        }
        if self.claim_hours == 0 || self.claim_hours > MOST_CLAIM_HOURS {
            let message = format!("a reviewer has between 1 and {MOST_CLAIM_HOURS} hours");
            return Err(Error::invalid("/review/claim_hours", message));
        }
        if self
            .coach_after
            .is_some_and(|attempts| attempts == 0 || attempts > MOST_ATTEMPTS)
        {
            let message = format!("a coach is asked after 1 to {MOST_ATTEMPTS} attempts");
            return Err(Error::invalid("/review/coach_after", message));
        }
        Ok(())
    }
}

impl SecondReview {
    fn is_never(&self) -> bool {
        *self == SecondReview::Never
    }
}

impl Certification {
    fn is_not_asked(&self) -> bool {
        *self == Certification::NotAsked
    }
}

fn is_usual(hours: &u32) -> bool {
    *hours == CLAIM_HOURS
}

/// Three days: a review can be begun on a Friday.
const CLAIM_HOURS: u32 = 72;
/// Thirty days; whoever needs longer keeps others from doing it.
const MOST_CLAIM_HOURS: u32 = 720;
/// A submission can be handed in fifty times.
const MOST_ATTEMPTS: u32 = 49;
