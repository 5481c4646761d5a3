//! A rubric: the criteria a submission is held against, and the levels of each.

use crate::digest::Sha256Digest;
use crate::error::Error;
use crate::id::{CriterionId, LevelId};
use crate::text::{Line, Prose};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Criteria with ordered levels; one that exists can be reviewed against.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RawRubric")]
pub struct Rubric {
    criteria: Vec<Criterion>,
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

#[derive(Deserialize)]
struct RawRubric {
    criteria: Vec<Criterion>,
}

impl TryFrom<RawRubric> for Rubric {
    type Error = Error;

    fn try_from(raw: RawRubric) -> Result<Rubric, Error> {
        Rubric::new(raw.criteria)
    }
}

impl Rubric {
    /// Takes criteria that can be reviewed against: named once, with levels in order, and a
    /// required level that somebody can fall short of.
    pub fn new(criteria: Vec<Criterion>) -> Result<Rubric, Error> {
        if criteria.is_empty() || criteria.len() > CRITERIA {
            return Err(Error::invalid(
                "/rubric/criteria",
                format!("a rubric has between 1 and {CRITERIA} criteria"),
            ));
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
        Ok(Rubric { criteria })
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

/// What a reviewer can hold in mind, and what fits into a badge.
const CRITERIA: usize = 20;
/// As many steps as a scale from nothing to mastery can be told apart by.
const LEVELS: usize = 8;
