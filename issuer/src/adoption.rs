//! Adoption: an organisation issues what another one wrote. The badge names both: the adopter as its
//! issuer, the owner as the creator of what was earned.

use crate::app::App;
use crate::engine::Batch;
use crate::error::Error;
use crate::event::{self, About, Actor, Event, EventKind};
use crate::id::{MicroCredentialId, OrganisationId};
use crate::micro_credential::{self, AdoptionPolicy};
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// That an organisation issues one version of what another one wrote, or wants to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adoption {
    /// Who adopts it.
    pub organisation: OrganisationId,
    /// The version that is adopted. The next one is adopted anew, by those who have read it.
    pub micro_credential: MicroCredentialId,
    /// How far it has come.
    pub state: AdoptionState,
}

/// How far an adoption has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AdoptionState {
    /// The owner was asked.
    Requested {
        /// When.
        at: Timestamp,
    },
    /// It is issued.
    Granted {
        /// Since when.
        at: Timestamp,
    },
}

/// Adopts a published micro-credential, or asks its owner, as the owner will have it.
pub fn adopt(
    app: &App,
    by: Actor,
    organisation: &OrganisationId,
    id: &MicroCredentialId,
    now: Timestamp,
) -> Result<Adoption, Error> {
    let adopted = micro_credential::published(app, id)?;
    if adopted.organisation == *organisation {
        return Err(Error::conflict(
            "what is its own, an organisation issues anyway",
        ));
    }
    let state = match adopted.adoption {
        AdoptionPolicy::Open => AdoptionState::Granted { at: now },
        AdoptionPolicy::ByRequest => AdoptionState::Requested { at: now },
        AdoptionPolicy::Closed => {
            return Err(Error::conflict("its owner lets nobody else issue this"));
        }
    };
    if let Some(known) = app.store.adoption(organisation, id)? {
        return Ok(known);
    }
    let adoption = Adoption {
        organisation: organisation.clone(),
        micro_credential: id.clone(),
        state,
    };
    let kind = match adoption.is_granted() {
        true => EventKind::AdoptionGranted,
        false => EventKind::AdoptionRequested,
    };
    let batch = recorded(app, by, &adoption, kind, now)?;
    app.store.put_adoption(batch, &adoption)?;
    Ok(adoption)
}

/// Lets an organisation that asked issue a micro-credential.
pub fn grant(
    app: &App,
    by: Actor,
    id: &MicroCredentialId,
    organisation: &OrganisationId,
    now: Timestamp,
) -> Result<Adoption, Error> {
    let asked = app
        .store
        .adoption(organisation, id)?
        .ok_or(Error::NotFound)?;
    if let AdoptionState::Granted { .. } = asked.state {
        return Ok(asked);
    }
    let granted = Adoption {
        state: AdoptionState::Granted { at: now },
        ..asked
    };
    let batch = recorded(app, by, &granted, EventKind::AdoptionGranted, now)?;
    app.store.put_adoption(batch, &granted)?;
    Ok(granted)
}

/// Ends an adoption, or turns a request down. What was begun under it is carried through.
pub fn end(
    app: &App,
    by: Actor,
    id: &MicroCredentialId,
    organisation: &OrganisationId,
    now: Timestamp,
) -> Result<(), Error> {
    let adoption = app
        .store
        .adoption(organisation, id)?
        .ok_or(Error::NotFound)?;
    let batch = recorded(app, by, &adoption, EventKind::AdoptionEnded, now)?;
    Ok(app.store.remove_adoption(batch, &adoption)?)
}

/// A batch with what was done, as both organisations see it.
fn recorded(
    app: &App,
    by: Actor,
    adoption: &Adoption,
    kind: EventKind,
    now: Timestamp,
) -> Result<Batch, Error> {
    let owner = app.store.micro_credential(&adoption.micro_credential)?;
    let owner = owner.map(|adopted| adopted.organisation);
    let mut batch = Batch::default();
    for organisation in owner.into_iter().chain([adoption.organisation.clone()]) {
        let done = Event {
            organisation,
            kind,
            actor: by,
            about: About::Adoption {
                micro_credential: adoption.micro_credential.clone(),
                adopter: adoption.organisation.clone(),
            },
            reason: None,
            at: now,
        };
        event::record(app, &mut batch, done)?;
    }
    Ok(batch)
}

/// Whether an organisation may issue a micro-credential that is not its own.
pub(crate) fn is_granted(
    app: &App,
    id: &MicroCredentialId,
    organisation: &OrganisationId,
) -> Result<bool, Error> {
    let adoption = app.store.adoption(organisation, id)?;
    Ok(adoption.is_some_and(|adoption| adoption.is_granted()))
}

impl Adoption {
    /// Whether it is issued.
    pub fn is_granted(&self) -> bool {
        matches!(self.state, AdoptionState::Granted { .. })
    }
}
