//! What badges, pages and documents carry of what others say.

use super::{Credential, Endorsed, Endorsement, Showing, State};
use crate::app::App;
use crate::engine::Batch;
use crate::error::Error;
use crate::id::{EndorsementId, MicroCredentialId, OrganisationId};
use crate::status::StatusListNumber;
use keys::KeyState;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An endorsement that stands in a badge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carried {
    /// Which.
    pub endorsement: EndorsementId,
    /// Whose.
    pub endorser: OrganisationId,
    /// The status list that it names.
    pub list: StatusListNumber,
}

/// What others say of the achievement and of the issuer of a badge, to be put into it before it is signed.
///
/// One of each: whoever verifies the badge asks for two documents more for each endorser, and a verifier that
/// asks for eight in all, as ours does, has just enough.
#[derive(Debug, Clone, Default)]
pub struct Quoted {
    achievement: Option<(Carried, Value)>,
    issuer: Option<(Carried, Value)>,
}

impl Quoted {
    /// What stands in every badge for this achievement by this issuer.
    pub(crate) fn of(
        app: &App,
        achievement: &MicroCredentialId,
        issuer: &OrganisationId,
    ) -> Result<Quoted, Error> {
        Ok(Quoted {
            achievement: quoted(app, &Endorsed::MicroCredential(achievement.clone()))?,
            issuer: quoted(app, &Endorsed::Issuer(issuer.clone()))?,
        })
    }

    /// The endorsement of the achievement, as it was signed.
    pub(crate) fn achievement(&self) -> Option<&Value> {
        self.achievement.as_ref().map(|(_, signed)| signed)
    }

    /// The endorsement of the issuer, as it was signed.
    pub(crate) fn issuer(&self) -> Option<&Value> {
        self.issuer.as_ref().map(|(_, signed)| signed)
    }

    /// Leaves one out, if there is one.
    pub(crate) fn drop_one(&mut self) -> bool {
        self.issuer.take().or(self.achievement.take()).is_some()
    }

    /// Which ones these are.
    pub(crate) fn carried(&self) -> Vec<Carried> {
        let both = self.achievement.iter().chain(&self.issuer);
        both.map(|(carried, _)| carried.clone()).collect()
    }
}

fn quoted(app: &App, subject: &Endorsed) -> Result<Option<(Carried, Value)>, Error> {
    let Some(id) = app.store.endorsement_in_badges(subject)? else {
        return Ok(None);
    };
    let Some(held) = app.store.endorsement_held(id)? else {
        return Ok(None);
    };
    let signed = app.store.endorsement_credential(id)?;
    let (Some(signed), Some(issued)) = (signed, held.value.issued()) else {
        return Ok(None);
    };
    let carried = Carried {
        endorsement: id,
        endorser: held.value.endorser.clone(),
        list: issued.status.list,
    };
    let document = serde_json::from_str(signed.json()).ok();
    let document = document.filter(|document| holds(app, &held.value, document));
    Ok(document.map(|document| (carried, document)))
}

/// Whether an endorsement holds, so that a badge that carries it does. A key that was compromised signs nothing
/// that holds.
fn holds(app: &App, endorsement: &Endorsement, document: &Value) -> bool {
    let State::Given { .. } = endorsement.state else {
        return false;
    };
    let Ok(keyring) = app.issuers.keyring(&endorsement.endorser) else {
        return false;
    };
    let method = document["proof"][0]["verificationMethod"].as_str();
    let key = method.and_then(|method| keyring.key(method));
    key.is_some_and(|key| !matches!(key.state(), KeyState::Compromised { .. }))
}

/// Whether all that is about to be signed into a badge still holds.
pub(crate) fn all_hold(app: &App, carried: &[Carried]) -> Result<bool, Error> {
    for one in carried {
        let held = app.store.endorsement_held(one.endorsement)?;
        let signed = app.store.endorsement_credential(one.endorsement)?;
        let (Some(held), Some(signed)) = (held, signed) else {
            return Ok(false);
        };
        let document = serde_json::from_str(signed.json()).unwrap_or(Value::Null);
        if !holds(app, &held.value, &document) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Makes the batch that records a badge conflict if one that it carries was changed meanwhile.
pub(crate) fn require_unchanged(
    app: &App,
    batch: &mut Batch,
    carried: &[Carried],
) -> Result<(), Error> {
    for one in carried {
        let held = app.store.endorsement_held(one.endorsement)?;
        let held = held.ok_or(Error::conflict("an endorsement is gone"))?;
        if !matches!(held.value.state, State::Given { .. }) {
            return Err(Error::conflict("an endorsement was withdrawn"));
        }
        held.require_unchanged(batch);
    }
    Ok(())
}

/// What others say of a thing, as its page and its documents show it: the oldest first.
pub fn shown(app: &App, subject: &Endorsed) -> Result<Vec<(Endorsement, Credential)>, Error> {
    let mut shown = Vec::new();
    for endorsement in app.store.endorsements_of(subject)? {
        if endorsement.is_shown()
            && let Some(credential) = app.store.endorsement_credential(endorsement.id)?
        {
            shown.push((endorsement, credential));
        }
    }
    shown.sort_by_key(|(_, credential)| credential.issued());
    Ok(shown)
}

impl Endorsement {
    /// Whether it stands in every badge that is signed.
    pub fn is_in_badges(&self) -> bool {
        let in_badges = Some(Showing::InEveryBadge);
        matches!(self.state, State::Given { .. }) && self.showing() == in_badges
    }

    /// Whether nothing more can come of it.
    pub(super) fn is_over(&self) -> bool {
        matches!(self.state, State::Declined { .. } | State::Withdrawn { .. })
    }
}

/// A badge has 40 kB in all, most of which its criteria and results may take; two of these leave it small. A page
/// of praise and a profile of two pages fit.
pub(super) const QUOTED_BYTES: usize = 6 * 1024;
