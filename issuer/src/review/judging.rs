//! Holding the scores of a review against the rubric, and against what decides.

use std::collections::BTreeSet;

use super::{ReviewError, Score};
use crate::error::Error;
use crate::id::CriterionId;
use crate::rubric::{self, Met, Rubric};
use crate::submission::MetCriterion;

/// What a review found of each criterion that it scored.
pub struct Judged {
    pub met: Vec<MetCriterion>,
    pub unmet: Vec<CriterionId>,
    /// The points of all criteria, if each of them was met; nothing, if one fell short by itself.
    points: Option<u64>,
}

/// Holds the scores against the rubric: exactly one for every criterion that is still open.
pub fn judge(
    rubric: &Rubric,
    decision: rubric::Decision,
    met: &[MetCriterion],
    scores: &[Score],
    version: u32,
) -> Result<Judged, Error> {
    let mut judged = Judged {
        met: Vec::new(),
        unmet: Vec::new(),
        points: None,
    };
    let mut uncommented = Vec::new();
    let mut scored = BTreeSet::new();
    for (place, score) in scores.iter().enumerate() {
        let invalid = |member, message| {
            let pointer = format!("/scores/{place}/{member}");
            Err(Error::invalid(pointer, message))
        };
        let Some(criterion) = rubric.criterion(&score.criterion) else {
            return invalid("criterion", "the rubric has no such criterion");
        };
        if met.iter().any(|met| met.criterion == score.criterion) {
            return invalid(
                "criterion",
                "an earlier version met this criterion, and it stays met",
            );
        }
        if !scored.insert(&score.criterion) {
            return invalid("criterion", "this criterion is scored twice");
        }
        match criterion.judge(&score.level) {
            None => return invalid("level", "the criterion has no such level"),
            Some(Met::Met) => judged.met.push(MetCriterion {
                criterion: score.criterion.clone(),
                level: score.level.clone(),
                version,
            }),
            Some(Met::Unmet) => {
                judged.unmet.push(score.criterion.clone());
                if score.is_wordless() {
                    uncommented.push(score.criterion.clone());
                }
            }
        }
    }
    judged.points = judged.unmet.is_empty().then(|| judged.sum(rubric, met));
    let open_for_points = judged.open_for_points(rubric, decision);
    if judged.unmet.is_empty() {
        // Nothing falls short by itself: what could come higher needs a word on how.
        let wordless =
            |score: &&Score| score.is_wordless() && open_for_points.contains(&score.criterion);
        uncommented.extend(
            scores
                .iter()
                .filter(wordless)
                .map(|score| score.criterion.clone()),
        );
        judged.unmet.clone_from(&open_for_points);
    }
    judged
        .met
        .retain(|met| !open_for_points.contains(&met.criterion));
    let open =
        |id: &CriterionId| !scored.contains(id) && !met.iter().any(|met| met.criterion == *id);
    let criteria = rubric.criteria().iter().map(|criterion| &criterion.id);
    let missing: Vec<_> = criteria.filter(|id| open(id)).cloned().collect();
    if !missing.is_empty() {
        return Err(ReviewError::Incomplete { missing }.into());
    }
    if !uncommented.is_empty() {
        let criteria = uncommented;
        return Err(ReviewError::CommentRequired { criteria }.into());
    }
    Ok(judged)
}

impl Judged {
    /// The criteria that stay open because all together lack points: all that could come higher.
    /// None, if the rubric alone decides or there are points enough.
    fn open_for_points(&self, rubric: &Rubric, decision: rubric::Decision) -> Vec<CriterionId> {
        let rubric::Decision::LeastPoints(least) = decision else {
            return Vec::new();
        };
        if self.points.is_some_and(|points| points >= u64::from(least)) {
            return Vec::new();
        }
        // If they were settled now, the points could never be reached.
        let could_rise = |met: &&MetCriterion| {
            let criterion = rubric.criterion(&met.criterion);
            let top = criterion.and_then(|criterion| criterion.levels.last());
            top.is_some_and(|top| top.id != met.level)
        };
        let open = self.met.iter().filter(could_rise);
        open.map(|met| met.criterion.clone()).collect()
    }

    /// The points of the criteria that were met, by this version and by earlier ones.
    fn sum(&self, rubric: &Rubric, earlier: &[MetCriterion]) -> u64 {
        let reached = earlier.iter().chain(&self.met);
        let points = reached.filter_map(|met| {
            let level = rubric.criterion(&met.criterion)?.level(&met.level)?;
            Some(u64::from(level.points))
        });
        points.sum()
    }

    /// Whether points decide, and the smallest step between two levels would turn the decision.
    pub fn is_within_a_step(&self, rubric: &Rubric, decision: rubric::Decision) -> bool {
        let (rubric::Decision::LeastPoints(least), Some(points)) = (decision, self.points) else {
            return false;
        };
        let levels = rubric.criteria().iter().map(|criterion| &criterion.levels);
        let steps = levels.flat_map(|levels| {
            let pairs = levels.windows(2);
            pairs.map(|pair| u64::from(pair[1].points.saturating_sub(pair[0].points)))
        });
        let step = steps.min().unwrap_or(0);
        let least = u64::from(least);
        match points >= least {
            true => points - least < step,
            false => points + step >= least,
        }
    }
}

impl Score {
    /// Whether nothing is said about it, neither as a whole nor about a place in the evidence.
    fn is_wordless(&self) -> bool {
        self.comment.is_none() && self.pins.is_empty()
    }
}
