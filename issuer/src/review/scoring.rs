//! What one reviewer found, and how two of them are held against each other.

use super::judging::{Judged, judge};
use super::{Pin, ReviewError, Score, Seat};
use crate::error::Error;
use crate::id::{CriterionId, EvidenceId, LevelId, PersonId, SubmissionId};
use crate::micro_credential::{MicroCredential, SecondReview};
use crate::rubric::Rubric;
use crate::submission::MetCriterion;
use crate::text::Prose;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What one person found of one version. It is kept whatever became of the review, so that
/// reviewers can be held against each other later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scoring {
    /// The submission.
    pub submission: SubmissionId,
    /// The version.
    pub version: u32,
    /// Whose turn it was.
    pub seat: Seat,
    /// Who.
    pub reviewer: PersonId,
    /// What they found.
    pub outcome: Outcome,
    /// What they say about the whole.
    pub comment: Option<Prose>,
    /// Whether they were in doubt.
    pub doubt: Doubt,
    /// When they had claimed it.
    pub claimed: Timestamp,
    /// When they finished.
    pub finished: Timestamp,
}

/// What somebody found of a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The level of every open criterion.
    Scored(Vec<Score>),
    /// That it is to be declined for good, whatever the rubric says: the work is not the earner's
    /// own, or shows people who did not agree to it.
    Declined(Prose),
}

/// Whether a reviewer was in doubt.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// Nothing was said of it.
    #[default]
    None,
    /// They asked for a second look.
    Felt,
}

/// What a reviewer has scored so far. It outlives the claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// The version.
    pub version: u32,
    /// As far as they have come.
    pub scores: Vec<DraftScore>,
    /// What they say about the whole.
    pub comment: Option<Prose>,
    /// Whether they are in doubt.
    #[serde(default)]
    pub doubt: Doubt,
}

/// What a reviewer has scored so far of one criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftScore {
    /// The criterion.
    pub criterion: CriterionId,
    /// The level, if one was chosen.
    pub level: Option<LevelId>,
    /// Why, and what is missing.
    pub comment: Option<Prose>,
    /// What is said about a moment of a recording, or a page.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pins: Vec<Pin>,
}

/// What scores are held against.
pub struct Measure<'a> {
    pub micro_credential: &'a MicroCredential,
    /// The criteria met by earlier versions.
    pub met: &'a [MetCriterion],
    pub version: u32,
}

impl Measure<'_> {
    pub fn rubric(&self) -> &Rubric {
        &self.micro_credential.content.rubric
    }

    /// What follows from scores.
    pub fn judge(&self, scores: &[Score]) -> Result<Judged, Error> {
        let decision = self.micro_credential.content.decision;
        judge(self.rubric(), decision, self.met, scores, self.version)
    }

    /// Whether somebody else should look at what the first reviewer found.
    pub fn asks_for_a_second(&self, lot: super::Lot, first: &Scoring, judged: &Found) -> bool {
        match self.micro_credential.content.review.second_review {
            SecondReview::Never => false,
            SecondReview::Always => true,
            SecondReview::Sample(of_a_hundred) => lot.is_among(of_a_hundred),
            SecondReview::OnDoubt => {
                let declined = matches!(first.outcome, Outcome::Declined(_));
                first.doubt == Doubt::Felt || declined || self.is_close(judged)
            }
        }
    }

    /// Whether points decide, and one step on one criterion would turn the decision.
    fn is_close(&self, found: &Found) -> bool {
        let Found::Judged(judged) = found else {
            return false;
        };
        let decision = self.micro_credential.content.decision;
        judged.is_within_a_step(self.rubric(), decision)
    }

    /// What two reviewers found together, if it comes to the same for every criterion.
    ///
    /// A level counts as reached if both found it reached: the lower one. Where points decide,
    /// the levels taken together must come to what each of them came to alone.
    pub fn agreed(&self, one: &Scoring, other: &Scoring) -> Result<Option<Outcome>, Error> {
        let (first, second) = match (&one.outcome, &other.outcome) {
            (Outcome::Declined(one), Outcome::Declined(other)) => {
                let rationale = joined(Some(one), Some(other));
                return Ok(rationale.map(Outcome::Declined));
            }
            (Outcome::Scored(one), Outcome::Scored(other)) => (one, other),
            _ => return Ok(None),
        };
        let mut together = Vec::new();
        for score in first {
            let same = |other: &&Score| other.criterion == score.criterion;
            let Some(other) = second.iter().find(same) else {
                return Ok(None);
            };
            together.push(self.both(score, other));
        }
        let unmet = |scores: &[Score]| -> Result<BTreeSet<CriterionId>, Error> {
            Ok(self.judge(scores)?.unmet.into_iter().collect())
        };
        let (one, other) = (unmet(first)?, unmet(second)?);
        if one != other {
            return Ok(None);
        }
        let same = match self.judge(&together) {
            Ok(judged) => judged.unmet.into_iter().collect::<BTreeSet<_>>() == one,
            // Together they lack points, and nobody has said on what.
            Err(Error::Review(ReviewError::CommentRequired { .. })) => false,
            Err(other) => return Err(other),
        };
        Ok(same.then_some(Outcome::Scored(together)))
    }

    /// One criterion as both found it: the lower level, and what both say.
    fn both(&self, one: &Score, other: &Score) -> Score {
        let place = |score: &Score| {
            let criterion = self.rubric().criterion(&score.criterion);
            criterion.and_then(|found| found.levels.iter().position(|at| at.id == score.level))
        };
        let lower = if place(other) < place(one) {
            other
        } else {
            one
        };
        Score {
            criterion: one.criterion.clone(),
            level: lower.level.clone(),
            comment: joined(one.comment.as_ref(), other.comment.as_ref()),
            pins: one.pins.iter().chain(&other.pins).cloned().collect(),
        }
    }
}

/// What follows from what one person found.
pub enum Found {
    Judged(Judged),
    Declined,
}

/// What two people say, one after the other.
pub fn joined(one: Option<&Prose>, other: Option<&Prose>) -> Option<Prose> {
    match (one, other) {
        (Some(one), Some(other)) if one != other => {
            let both = format!("{one}\n\n{other}");
            Some(
                both.parse()
                    .expect("two comments are shorter than a text may be"),
            )
        }
        (one, other) => one.or(other).cloned(),
    }
}

/// Holds what is said against its limits, and pins against the evidence there is.
pub fn check_comments<'a>(
    scores: impl Iterator<Item = (Option<&'a Prose>, &'a [Pin])>,
    comment: Option<&Prose>,
    evidence: &BTreeSet<EvidenceId>,
) -> Result<(), Error> {
    let too_long = |text: &Prose| text.as_str().len() > COMMENT_BYTES;
    let long = format!("a comment has at most {COMMENT_BYTES} bytes");
    let (mut bytes, mut pinned) = (0, 0);
    if let Some(comment) = comment {
        bytes += comment.as_str().len();
        if too_long(comment) {
            return Err(Error::invalid("/comment", long));
        }
    }
    for (place, (comment, pins)) in scores.enumerate() {
        let pointer = format!("/scores/{place}");
        bytes += comment.map_or(0, |text| text.as_str().len());
        if comment.is_some_and(too_long) {
            return Err(Error::invalid(format!("{pointer}/comment"), long));
        }
        pinned += pins.len();
        if pins.len() > PINS {
            let message = format!("at most {PINS} comments are pinned for one criterion");
            return Err(Error::invalid(format!("{pointer}/pins"), message));
        }
        for (number, pin) in pins.iter().enumerate() {
            let pointer = format!("{pointer}/pins/{number}");
            bytes += pin.comment.as_str().len();
            if too_long(&pin.comment) {
                return Err(Error::invalid(format!("{pointer}/comment"), long));
            }
            if !evidence.contains(&pin.evidence) {
                let message = "this version has no such piece of evidence";
                return Err(Error::invalid(format!("{pointer}/evidence"), message));
            }
            if !pin.at.is_possible() {
                let message = "a recording lasts up to a day, and pages are counted from 1";
                return Err(Error::invalid(format!("{pointer}/at"), message));
            }
        }
    }
    if pinned > ALL_PINS {
        let message = format!("at most {ALL_PINS} comments are pinned in one review");
        return Err(Error::invalid("/scores", message));
    }
    match bytes > ALL_COMMENTS_BYTES {
        true => Err(Error::TooLarge {
            what: "review",
            bytes: bytes as u64,
            limit: ALL_COMMENTS_BYTES as u64,
        }),
        false => Ok(()),
    }
}

impl super::Spot {
    fn is_possible(self) -> bool {
        match self {
            super::Spot::Second(second) => second <= DAY,
            super::Spot::Page(page) => (1..=PAGES).contains(&page),
        }
    }
}

/// Two pages of text. Two comments make one text in what the earner is told.
const COMMENT_BYTES: usize = 6_000;
/// Those of two reviewers stand in one record, which has less than 100 kB with everything escaped.
const ALL_COMMENTS_BYTES: usize = 16_000;
/// More than anybody follows up.
const PINS: usize = 12;
/// Those of two reviewers stand in one record.
const ALL_PINS: usize = 60;
/// In seconds.
const DAY: u32 = 24 * 60 * 60;
/// Longer than any book.
const PAGES: u32 = 10_000;
