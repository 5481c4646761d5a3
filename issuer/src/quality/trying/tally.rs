//! What was scored in a try, held against gold, and counted.

use super::Try;
use crate::id::{CriterionId, ExemplarId, LevelId};
use crate::quality::training::Exemplar;
use crate::rubric::Rubric;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// An exemplar that somebody has scored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScoredExemplar {
    /// The exemplar.
    pub exemplar: ExemplarId,
    /// Every criterion of it.
    pub scores: Vec<Compared>,
}

/// A level that somebody gave, beside the one that is right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    /// The criterion.
    pub criterion: CriterionId,
    /// The level that was given.
    pub level: LevelId,
    /// The level that is right.
    pub gold: LevelId,
    /// How far the two agree.
    pub agreement: Closeness,
}

/// How far a level agrees with the right one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Closeness {
    /// It is the same.
    Same,
    /// It is another, and says the same of whether the criterion is met.
    SameSide,
    /// It says the opposite of whether the criterion is met.
    Opposite,
}

/// What came of a try.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// When the last exemplar was scored.
    pub finished: Timestamp,
    /// How many scores there were.
    pub scores: u32,
    /// How many of them were the right level.
    pub same: u32,
    /// How many of them said rightly whether the criterion is met.
    pub same_side: u32,
    /// Whether that was enough.
    pub result: Passed,
}

/// Whether a try was good enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Passed {
    /// It was, and a certification was given for it.
    Passed,
    /// It was not. It was practice.
    Practice,
}

impl Try {
    /// Counts what was scored, and says whether it is enough.
    pub(super) fn tally(&self, now: Timestamp) -> Outcome {
        let scores: Vec<_> = self.scored.iter().flat_map(|one| &one.scores).collect();
        let count = |wanted: fn(&Closeness) -> bool| {
            let those = scores.iter().filter(|one| wanted(&one.agreement));
            u32::try_from(those.count()).unwrap_or(u32::MAX)
        };
        let (all, same) = (count(|_| true), count(|one| *one == Closeness::Same));
        let same_side = count(|one| *one != Closeness::Opposite);
        // Whole numbers: seven of ten are seventy in a hundred.
        let enough = |found: u32, percent: u32| {
            u64::from(found) * 100 >= u64::from(percent) * u64::from(all)
        };
        let passed =
            enough(same, self.rules.level_percent) && enough(same_side, self.rules.met_percent);
        Outcome {
            finished: now,
            scores: all,
            same,
            same_side,
            result: match passed {
                true => Passed::Passed,
                false => Passed::Practice,
            },
        }
    }
}

/// Holds the levels that were given against gold.
pub fn compared(
    rubric: &Rubric,
    exemplar: &Exemplar,
    levels: &[(CriterionId, LevelId)],
) -> Vec<Compared> {
    let gold_of = |criterion: &CriterionId| {
        let mut gold = exemplar.gold.iter();
        gold.find(|gold| gold.criterion == *criterion)
    };
    let compare = |(criterion, level): &(CriterionId, LevelId)| {
        let gold = gold_of(criterion)?.level.clone();
        let met = |level: &LevelId| rubric.criterion(criterion)?.judge(level);
        let agreement = match (*level == gold, met(level) == met(&gold)) {
            (true, _) => Closeness::Same,
            (false, true) => Closeness::SameSide,
            (false, false) => Closeness::Opposite,
        };
        Some(Compared {
            criterion: criterion.clone(),
            level: level.clone(),
            gold,
            agreement,
        })
    };
    levels.iter().filter_map(compare).collect()
}
