//! An award: the decision that a person has earned a micro-credential.
//!
//! It is made once: from an accepted review and in the same commit, by an officer's hand, or by the
//! last part of a stack. It is all that issuing needs to know of how it came about.

use crate::digest::Sha256Digest;
use crate::event::{About, Actor, Event, EventKind};
use crate::id::{
    AwardId, CriterionId, LevelId, MicroCredentialId, OrganisationId, PersonId, SubmissionId,
};
use crate::person::Email;
use crate::submission::Link;
use crate::text::{Line, Prose};
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// The decision that a person has earned a micro-credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Award {
    /// Its identifier.
    pub id: AwardId,
    /// The submission that was accepted; nothing for a stack, which is earned by earning others, and
    /// nothing for what was awarded by hand.
    pub submission: Option<SubmissionId>,
    /// The version of it that was accepted.
    pub version: u32,
    /// What was earned.
    pub micro_credential: MicroCredentialId,
    /// The organisation that awards it, and issues the badge.
    pub organisation: OrganisationId,
    /// Who earned it.
    pub earner: PersonId,
    /// The level reached in every criterion, in the order of the rubric.
    pub achieved: Vec<Achieved>,
    /// How it was found out; nothing for a stack, nor by hand: no badge claims a review that did not
    /// happen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assessment: Option<Assessment>,
    /// Who awarded it by hand, and why; nothing if it came about otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_hand: Option<ByHand>,
    /// When it was decided.
    pub awarded: Timestamp,
}

impl Award {
    /// That it was made.
    pub(crate) fn event(&self, by: Actor) -> Event {
        Event {
            organisation: self.organisation.clone(),
            kind: EventKind::AwardMade,
            actor: by,
            about: About::Award(self.id),
            reason: self.by_hand.as_ref().map(|by_hand| by_hand.reason.clone()),
            at: self
                .by_hand
                .as_ref()
                .map_or(self.awarded, |by_hand| by_hand.made),
        }
    }
}

/// An award that an officer made by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ByHand {
    /// Who made it.
    pub officer: PersonId,
    /// When it was made; the award itself may lie before that.
    pub made: Timestamp,
    /// The address that it was made for. The organisation learns no other of its earner.
    pub email: Email,
    /// What the organisation calls its earner, if it said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Line>,
    /// Why, for the organisation's own records. It does not stand in the badge.
    pub reason: Prose,
    /// What the badge tells of how it was earned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub narrative: Option<Prose>,
    /// The evidence that the badge names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Link>,
}

/// The level reached in one criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Achieved {
    /// The criterion.
    pub criterion: CriterionId,
    /// The level.
    pub level: LevelId,
}

/// How it was found out that a person has earned something: what a badge tells of the review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assessment {
    /// How many people's scores the decision rests on.
    pub reviewers: u32,
    /// Whether none of them was told whose work it was.
    pub blind: bool,
    /// The rubric that the evidence was held against.
    pub rubric_sha256: Sha256Digest,
    /// The manifest of the version that was accepted.
    pub manifest_sha256: Sha256Digest,
    /// That version.
    pub version: u32,
}
