//! A rubric: the criteria a submission is held against, and the levels of each.

use crate::digest::Sha256Digest;
use crate::error::Error;
use crate::id::{CriterionId, LevelId};
use crate::text::{Line, Prose};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Criteria with ordered levels. A draft's may be empty; one that is published can be reviewed
/// against.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rubric {
    criteria: Vec<Criterion>,
}

/// What decides over a review.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Every criterion reaches its required level.
    #[default]
    AllCriteria,
    /// Every criterion reaches its required level, and all together at least so many points.
    LeastPoints(u32),
}

/// One criterion, and the level of it that must be reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// The criterion's name within the rubric.
    pub id: CriterionId,
    /// What people read.
    pub name: Line,
    /// What is looked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Prose>,
    /// From lowest to highest.
    pub levels: Vec<Level>,
    /// The lowest level that meets the criterion.
    pub required_level: LevelId,
}

/// One level of a criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// The level's name within the criterion.
    pub id: LevelId,
    /// What people read.
    pub name: Line,
    /// What work at this level looks like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Prose>,
    /// What the level is worth.
    pub points: u32,
}

/// Whether a level is enough for its criterion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Met {
    /// The level is the required one or a higher one.
    Met,
    /// The level is below the required one.
    Unmet,
}

impl Rubric {
    /// Takes criteria that can be reviewed against: named once, with levels in order, and a
    /// required level that somebody can fall short of.
    pub fn new(criteria: Vec<Criterion>) -> Result<Rubric, Error> {
        let rubric = Rubric { criteria };
        if rubric.is_empty() {
            return Err(too_few_or_many());
        }
        rubric.check()?;
        Ok(rubric)
    }

    /// Whether there is nothing to review against yet.
    pub fn is_empty(&self) -> bool {
        self.criteria.is_empty()
    }

    /// Holds the criteria there are against what makes them usable.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let criteria = &self.criteria;
        if criteria.len() > CRITERIA {
            return Err(too_few_or_many());
        }
        let mut names = BTreeSet::new();
        for (place, criterion) in criteria.iter().enumerate() {
            let pointer = format!("/rubric/criteria/{place}");
            if !names.insert(&criterion.id) {
                return Err(Error::invalid(
                    pointer + "/id",
                    "another criterion has this name",
                ));
            }
            criterion.check(&pointer)?;
        }
        Ok(())
    }

    /// The most points that can be reached.
    pub fn most_points(&self) -> u64 {
        let best = |criterion: &Criterion| criterion.levels.last().map_or(0, |level| level.points);
        self.criteria.iter().map(|one| u64::from(best(one))).sum()
    }

    /// The criteria in the order of the rubric.
    pub fn criteria(&self) -> &[Criterion] {
        &self.criteria
    }

    /// The criterion of this name.
    pub fn criterion(&self, id: &CriterionId) -> Option<&Criterion> {
        self.criteria.iter().find(|criterion| criterion.id == *id)
    }

    /// SHA-256 over the rubric's canonical JSON (RFC 8785): earner, reviewer and public page
    /// show the same.
    pub fn sha256(&self) -> Sha256Digest {
        // Names and texts are strings and points are small whole numbers: nothing can fail.
        let document =
            serde_json::to_value(self).expect("a rubric is made of strings and whole numbers");
        Sha256Digest::of_canonical_json(&document)
    }
}

impl Decision {
    /// Whether it is the usual one, which goes without saying.
    pub fn is_all_criteria(&self) -> bool {
        *self == Decision::AllCriteria
    }

    pub(crate) fn check(&self, rubric: &Rubric) -> Result<(), Error> {
        match self {
            Decision::LeastPoints(least) if u64::from(*least) > rubric.most_points() => {
                let most = rubric.most_points();
                let message = format!("nobody can reach more than {most} points in this rubric");
                Err(Error::invalid("/decision/least_points", message))
            }
            _ => Ok(()),
        }
    }
}

impl Criterion {
    /// The level of this name.
    pub fn level(&self, id: &LevelId) -> Option<&Level> {
        self.levels.iter().find(|level| level.id == *id)
    }

    /// Whether a level meets this criterion; nothing if the criterion has no such level.
    pub fn judge(&self, level: &LevelId) -> Option<Met> {
        let place = |id: &LevelId| self.levels.iter().position(|level| level.id == *id);
        let (reached, required) = (place(level)?, place(&self.required_level)?);
        Some(if reached >= required {
            Met::Met
        } else {
            Met::Unmet
        })
    }

    fn check(&self, pointer: &str) -> Result<(), Error> {
        if self.levels.len() < 2 || self.levels.len() > LEVELS {
            let message = format!("a criterion has between 2 and {LEVELS} levels");
            return Err(Error::invalid(format!("{pointer}/levels"), message));
        }
        let mut names = BTreeSet::new();
        for (place, level) in self.levels.iter().enumerate() {
            if !names.insert(&level.id) {
                return Err(Error::invalid(
                    format!("{pointer}/levels/{place}/id"),
                    "another level has this name",
                ));
            }
        }
        if let Some(place) = self
            .levels
            .windows(2)
            .position(|pair| pair[0].points >= pair[1].points)
        {
            let message =
                "levels stand from lowest to highest, each worth more than the one before";
            return Err(Error::invalid(
                format!("{pointer}/levels/{}/points", place + 1),
                message,
            ));
        }
        match self
            .levels
            .iter()
            .position(|level| level.id == self.required_level)
        {
            None => Err(Error::invalid(
                format!("{pointer}/required_level"),
                "the criterion has no such level",
            )),
            Some(0) => Err(Error::invalid(
                format!("{pointer}/required_level"),
                "the lowest level cannot be the required one: nobody could fall short of it",
            )),
            Some(_) => Ok(()),
        }
    }
}

fn too_few_or_many() -> Error {
    let message = format!("a rubric has between 1 and {CRITERIA} criteria");
    Error::invalid("/rubric/criteria", message)
}

/// What a reviewer can hold in mind, and what fits into a badge.
const CRITERIA: usize = 20;
/// As many steps as a scale from nothing to mastery can be told apart by.
const LEVELS: usize = 8;
