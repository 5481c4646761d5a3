//! What came of a calibration session: what everybody gave, criterion by criterion, and how far they agree.

use super::{Sheet, SheetScore};
use crate::id::{CriterionId, LevelId, PersonId};
use crate::quality::agreement::{Agreement, Pairs};
use crate::rubric::{Criterion, Met, Rubric};
use crate::text::Prose;

/// What came of a calibration session.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Criterion by criterion, in the order of the rubric.
    pub criteria: Vec<OnCriterion>,
    /// Reviewer by reviewer, in the order of their scores.
    pub reviewers: Vec<OnReviewer>,
    /// All criteria together.
    pub whole: Shares,
}

/// What the reviewers gave to one criterion.
#[derive(Debug, Clone, PartialEq)]
pub struct OnCriterion {
    /// The criterion.
    pub criterion: CriterionId,
    /// The level and the comment of each reviewer, in their order.
    pub given: Vec<(LevelId, Option<Prose>)>,
    /// The level that it ought to be given, and why, if that is known.
    pub gold: Option<(LevelId, Prose)>,
    /// How many pairs of reviewers agree.
    pub shares: Shares,
}

/// How far one reviewer agrees with the others.
#[derive(Debug, Clone, PartialEq)]
pub struct OnReviewer {
    /// Who.
    pub person: PersonId,
    /// Whether criteria are met, held against what each of the others says of it.
    pub agreement: Agreement,
    /// How many pairs with others are the same level.
    pub shares: Shares,
}

/// How many pairs of scores agree.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Shares {
    /// How many pairs there are.
    pub pairs: u32,
    /// How many of them are the same level.
    pub same: u32,
    /// How many of them say the same of whether the criterion is met.
    pub same_side: u32,
}

impl Report {
    /// Compares what was given.
    pub fn of(rubric: &Rubric, sheets: &[Sheet], gold: &[(CriterionId, LevelId, Prose)]) -> Report {
        let mut whole = Shares::default();
        let mut reviewers: Vec<(Pairs, Shares)> = Vec::new();
        reviewers.resize_with(sheets.len(), || (Pairs::new(SIDES), Shares::default()));
        let mut criteria = Vec::new();
        for criterion in rubric.criteria() {
            let given: Vec<&SheetScore> = sheets
                .iter()
                .filter_map(|sheet| sheet.score(&criterion.id))
                .collect();
            let mut shares = Shares::default();
            for (place, own) in given.iter().enumerate() {
                for (other_place, other) in given.iter().enumerate() {
                    if place == other_place {
                        continue;
                    }
                    let (own, other) = (&own.level, &other.level);
                    let (pairs, of_reviewer) = &mut reviewers[place];
                    pairs.add(side(criterion, own), side(criterion, other));
                    of_reviewer.add(criterion, own, other);
                    // Of both directions one counts for the whole.
                    if place < other_place {
                        shares.add(criterion, own, other);
                        whole.add(criterion, own, other);
                    }
                }
            }
            let known = gold.iter().find(|(id, ..)| *id == criterion.id);
            criteria.push(OnCriterion {
                criterion: criterion.id.clone(),
                given: given
                    .into_iter()
                    .map(|score| (score.level.clone(), score.comment.clone()))
                    .collect(),
                gold: known.map(|(_, level, reason)| (level.clone(), reason.clone())),
                shares,
            });
        }
        let of_reviewer = |(sheet, (pairs, shares)): (&Sheet, (Pairs, Shares))| OnReviewer {
            person: sheet.person,
            agreement: pairs.agreement(),
            shares,
        };
        Report {
            criteria,
            reviewers: sheets.iter().zip(reviewers).map(of_reviewer).collect(),
            whole,
        }
    }
}

impl Shares {
    fn add(&mut self, criterion: &Criterion, one: &LevelId, other: &LevelId) {
        self.pairs += 1;
        self.same += u32::from(one == other);
        self.same_side += u32::from(criterion.judge(one) == criterion.judge(other));
    }
}

impl Sheet {
    fn score(&self, criterion: &CriterionId) -> Option<&SheetScore> {
        let mut scores = self.scores.iter();
        scores.find(|score| score.criterion == *criterion)
    }
}

/// 1 if a level meets its criterion, 0 if not.
pub(in crate::quality) fn side(criterion: &Criterion, level: &LevelId) -> usize {
    usize::from(criterion.judge(level) == Some(Met::Met))
}

/// A criterion is met or not.
pub(in crate::quality) const SIDES: usize = 2;
