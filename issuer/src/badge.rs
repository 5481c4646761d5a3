//! A badge: what a person holds, shows or keeps to themselves, through all its editions.

pub mod bulk;
pub mod changing;
pub mod edition;
pub mod error;
pub mod expiry;
pub mod history;
pub(crate) mod news;
pub mod register;

use crate::app::App;
use crate::erasure;
use crate::error::Error;
use crate::id::{
    AwardId, BadgeId, EvidenceId, MicroCredentialId, OrganisationId, PersonId, RefreshId,
};
use crate::issued::Issued;
use crate::person::Person;
use crate::submission::{Evidence, Manifest, Sharing};
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

pub use edition::{Change, Edition, Ending, Order, Origin, Revocation};
pub use error::EditionError;

/// A badge with its editions, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Badge {
    /// Its identifier, the last part of its address.
    pub id: BadgeId,
    /// The award it came from.
    pub award: AwardId,
    /// The organisation that issued it.
    pub organisation: OrganisationId,
    /// Who earned it.
    pub earner: PersonId,
    /// What was earned.
    pub micro_credential: MicroCredentialId,
    /// Who may see it.
    pub visibility: Visibility,
    /// Where old copies find the current edition.
    pub refresh: RefreshId,
    /// Its editions, oldest first. There is at least one.
    pub editions: Vec<Edition>,
}

/// Who may see a badge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Its earner alone; to all others it does not exist.
    Private,
    /// Whoever knows its address, which cannot be guessed. It is listed nowhere.
    Link,
    /// Everybody.
    Public,
}

/// How a badge stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BadgeState {
    /// It counts.
    InForce,
    /// It does not count until it is decided about.
    Suspended,
    /// It was taken back for good.
    Revoked,
    /// Its time is over.
    Expired,
}

/// Who asks to see a badge.
#[derive(Debug, Clone, Copy)]
pub enum Viewer<'a> {
    /// Somebody who has the address and nothing else.
    Stranger,
    /// Somebody who has signed in.
    Person(&'a Person),
}

/// Finds a badge and its current edition, if the viewer may see it.
pub fn view(app: &App, id: BadgeId, viewer: Viewer<'_>) -> Result<(Badge, Issued), Error> {
    let Some(badge) = app.store.badge(id)? else {
        return Err(match erasure::tombstone(app, id)? {
            Some(tombstone) => Error::Withdrawn {
                at: tombstone.withdrawn,
            },
            None => Error::NotFound,
        });
    };
    if !badge.is_visible_to(viewer) {
        return Err(Error::NotFound);
    }
    let issued = app
        .store
        .issued(id, badge.current().number)?
        .ok_or(Error::Missing("an edition"))?;
    Ok((badge, issued))
}

/// Finds the current edition at a refresh address. Whoever knows the address holds the badge
/// already, in this edition or an earlier one, so nothing more is asked.
pub fn refresh(app: &App, id: RefreshId) -> Result<(Badge, Issued), Error> {
    let badge = app.store.badge_by_refresh(id)?.ok_or(Error::NotFound)?;
    let issued = app
        .store
        .issued(badge.id, badge.current().number)?
        .ok_or(Error::Missing("an edition"))?;
    Ok((badge, issued))
}

/// Finds the badge of an award, for its earner.
pub fn of_award(app: &App, earner: &Person, award: AwardId) -> Result<Badge, Error> {
    let badge = app.store.badge_of_award(award)?.ok_or(Error::NotFound)?;
    if !earner.is(badge.earner) {
        return Err(Error::NotFound);
    }
    Ok(badge)
}

/// Lets its earner say who may see a badge.
pub fn set_visibility(
    app: &App,
    earner: &Person,
    id: BadgeId,
    visibility: Visibility,
) -> Result<Badge, Error> {
    set_visibility_if(app, earner, id, visibility, |_| true)
}

/// Lets its earner say who may see a badge, if it is still as they read it.
pub fn set_visibility_if(
    app: &App,
    earner: &Person,
    id: BadgeId,
    visibility: Visibility,
    is_as_read: impl FnOnce(&Badge) -> bool,
) -> Result<Badge, Error> {
    let held = app.store.badge_held(id)?.ok_or(Error::NotFound)?;
    if !earner.is(held.value.earner) {
        return Err(Error::NotFound);
    }
    if !is_as_read(&held.value) {
        return Err(Error::Precondition);
    }
    let changed = Badge {
        visibility,
        ..held.value.clone()
    };
    app.store.replace_badge(&held, &changed)?;
    Ok(changed)
}

/// Finds a piece of evidence that the badge names, for whoever may see the badge.
pub fn evidence(
    app: &App,
    id: BadgeId,
    evidence: EvidenceId,
    viewer: Viewer<'_>,
) -> Result<Evidence, Error> {
    let badge = app.store.badge(id)?.ok_or(Error::NotFound)?;
    if !badge.is_visible_to(viewer) {
        return Err(Error::NotFound);
    }
    let award = app
        .store
        .award(badge.award)?
        .ok_or(Error::Missing("an award"))?;
    let submission = award.submission.ok_or(Error::NotFound)?;
    let held = app.store.submission_held(submission)?;
    let named = held
        .ok_or(Error::Missing("a submission"))?
        .value
        .evidence
        .iter()
        .any(|entry| {
            entry.id == evidence && entry.sharing == Sharing::Shared && entry.requirement.is_some()
        });
    if !named {
        return Err(Error::NotFound);
    }
    let found = app.store.evidence(submission, evidence)?;
    Ok(found
        .ok_or(Error::NotFound)?
        .into_what_others_see(award.version))
}

/// Finds the manifest of what was assessed for a badge, for whoever may see the badge. It holds digests
/// with salts, and nothing of the evidence itself.
pub fn manifest(app: &App, id: BadgeId, viewer: Viewer<'_>) -> Result<Manifest, Error> {
    let badge = app.store.badge(id)?.ok_or(Error::NotFound)?;
    if !badge.is_visible_to(viewer) {
        return Err(Error::NotFound);
    }
    let award = app.store.award(badge.award)?;
    let award = award.ok_or(Error::Missing("an award"))?;
    let submission = award.submission.ok_or(Error::NotFound)?;
    let version = app.store.version(submission, award.version)?;
    Ok(version.ok_or(Error::Missing("a version"))?.manifest)
}

impl Badge {
    /// The first edition.
    pub fn first(&self) -> &Edition {
        self.editions
            .first()
            .expect("a badge is recorded together with its first edition")
    }

    /// The current edition.
    pub fn current(&self) -> &Edition {
        self.editions
            .last()
            .expect("a badge is recorded together with its first edition")
    }

    /// How it stands at this moment.
    pub fn state(&self, now: Timestamp) -> BadgeState {
        let current = self.current();
        match &current.revoked {
            Some(revoked) if revoked.ending == Ending::Suspended => BadgeState::Suspended,
            Some(_) => BadgeState::Revoked,
            None if current.valid_until.is_some_and(|end| end < now) => BadgeState::Expired,
            None => BadgeState::InForce,
        }
    }

    /// Whether its address may be told to a viewer who does not know it.
    pub(crate) fn is_listed_for(&self, viewer: Viewer<'_>) -> bool {
        match viewer {
            Viewer::Person(person) if person.is(self.earner) => true,
            _ => self.visibility == Visibility::Public,
        }
    }

    /// Whether a viewer who knows its address may see it.
    pub(crate) fn is_visible_to(&self, viewer: Viewer<'_>) -> bool {
        match (self.visibility, viewer) {
            (Visibility::Link | Visibility::Public, _) => true,
            (Visibility::Private, Viewer::Person(person)) => person.is(self.earner),
            (Visibility::Private, Viewer::Stranger) => false,
        }
    }
}
