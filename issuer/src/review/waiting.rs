//! What waits for a review: for whom it waits, and who has claimed it.

use crate::app::App;
use crate::error::Error;
use crate::id::{MicroCredentialId, OrganisationId, PersonId, SubmissionId};
use crate::organisation::Role;
use crate::person::Person;
use crate::random::Random;
use crate::store::StoreError;
use crate::submission::Version;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// A version that waits for a review, without its earner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// The organisation that reviews it.
    pub organisation: OrganisationId,
    /// The submission.
    pub submission: SubmissionId,
    /// What it is for.
    pub micro_credential: MicroCredentialId,
    /// The version that waits.
    pub version: u32,
    /// Since when.
    pub since: Timestamp,
    /// Drawn when it was handed in, and shown to nobody: whether a sample takes it.
    #[serde(default)]
    pub lot: Lot,
    /// Whose turn it is.
    #[serde(default)]
    pub seat: Seat,
    /// Who has scored this version.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scored_by: Vec<PersonId>,
    /// Who has claimed it, if the claim was not released.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<Claim>,
}

/// Whose turn it is to look at a version.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Seat {
    /// The first reviewer's.
    #[default]
    First,
    /// The second reviewer's, who sees nothing of the first one's scores.
    Second,
    /// The adjudicator's, who sees the scores of both.
    Adjudicator,
}

/// That somebody is reviewing a version, and nobody else for so long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// Who.
    pub reviewer: PersonId,
    /// Since when.
    pub since: Timestamp,
    /// Until when; from then on others may claim it.
    pub until: Timestamp,
}

/// A number from 0 to 99 that nobody has chosen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lot(u32);

impl Lot {
    /// Draws one.
    pub fn draw(random: &Random) -> Lot {
        Lot(random.below(100))
    }

    /// Whether it is among so many of a hundred.
    pub fn is_among(self, of_a_hundred: u32) -> bool {
        self.0 < of_a_hundred
    }
}

impl Seat {
    /// The role that it takes.
    pub fn role(self) -> Role {
        match self {
            Seat::First | Seat::Second => Role::Reviewer,
            Seat::Adjudicator => Role::Adjudicator,
        }
    }

    /// Whom a version waits for.
    pub(super) fn awaited(self) -> &'static str {
        match self {
            Seat::First | Seat::Second => "a reviewer",
            Seat::Adjudicator => "an adjudicator",
        }
    }
}

impl Waiting {
    /// The place in the queue of a version that was handed in.
    pub fn new(organisation: OrganisationId, version: &Version, lot: Lot) -> Waiting {
        let manifest = &version.manifest;
        Waiting {
            organisation,
            submission: manifest.submission,
            micro_credential: manifest.micro_credential.clone(),
            version: manifest.version,
            since: manifest.submitted,
            lot,
            seat: Seat::First,
            scored_by: Vec::new(),
            claim: None,
        }
    }

    /// The claim that keeps others from it: its time is not over, and whoever holds it is still
    /// a member in the role it takes.
    pub fn live_claim(&self, app: &App, now: Timestamp) -> Result<Option<&Claim>, StoreError> {
        let Some(claim) = self.claim.as_ref().filter(|claim| now < claim.until) else {
            return Ok(None);
        };
        // Their account may have been joined to another.
        let holder = app.store.person(claim.reviewer)?;
        let holder = holder.map_or(claim.reviewer, |person| person.id);
        let member = app.store.membership(&self.organisation, holder)?;
        let holds = member.is_some_and(|member| member.roles.contains(&self.seat.role()));
        Ok(holds.then_some(claim))
    }

    /// Whether somebody has scored this version.
    pub(super) fn was_scored_by(&self, person: &Person) -> bool {
        self.scored_by.iter().any(|scorer| person.is(*scorer))
    }

    /// Whether the last claim is somebody's, be its time over or not.
    pub(super) fn is_claimed_by(&self, person: &Person) -> bool {
        let claim = self.claim.as_ref();
        claim.is_some_and(|claim| person.is(claim.reviewer))
    }

    /// Refuses whoever has scored it, or has not the role whose turn it is.
    pub(super) fn must_be_for(&self, app: &App, person: &Person) -> Result<(), Error> {
        if self.was_scored_by(person) {
            return Err(super::ReviewError::Reviewed.into());
        }
        let member = app.store.membership(&self.organisation, person.id)?;
        match member.is_some_and(|member| member.roles.contains(&self.seat.role())) {
            true => Ok(()),
            false => {
                let waits_for = self.seat.awaited();
                Err(super::ReviewError::OtherRole { waits_for }.into())
            }
        }
    }
}
