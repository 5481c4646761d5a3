//! Events: what an organisation's people, or the service itself, did to what lasts.
//!
//! An event is recorded in the commit of its cause, so that neither is without the other. From the
//! records come the audit trail of an organisation and what its webhooks are told. A record names
//! people by their identifiers alone: who is erased has no name here either. Nothing changes a
//! record, and nothing removes one.

mod kind;
pub mod told;
mod trail;

use crate::app::App;
use crate::engine::Batch;
use crate::id::{
    AwardId, BadgeId, EndorsementId, EventId, MicroCredentialId, OrganisationId, PersonId,
    SubmissionId, WebhookId,
};
use crate::organisation::Role;
use crate::store::StoreError;
use crate::text::Prose;
use crate::webhook::delivery;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

pub use kind::{EventKind, KindError};
pub use trail::{Filter, trail};

/// Something that was done to what lasts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The organisation whose thing it was done to.
    pub organisation: OrganisationId,
    /// What was done.
    pub kind: EventKind,
    /// Who did it.
    pub actor: Actor,
    /// What it was done to.
    pub about: About,
    /// Why, if somebody said so.
    pub reason: Option<Prose>,
    /// When.
    pub at: Timestamp,
}

/// Who did something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// A person, as their account was called then; it may have been joined to another since.
    Person(PersonId),
    /// The service by itself: what follows from something else, or is due.
    Service,
}

/// What something was done to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// The organisation itself.
    Organisation,
    /// A person.
    Person(PersonId),
    /// A member, and the roles they have from then on.
    Member {
        person: PersonId,
        roles: BTreeSet<Role>,
    },
    /// One version of a micro-credential.
    MicroCredential(MicroCredentialId),
    /// An organisation that issues one version of another one's micro-credential, or wants to.
    Adoption {
        micro_credential: MicroCredentialId,
        adopter: OrganisationId,
    },
    /// One version of a submission.
    Submission {
        submission: SubmissionId,
        version: u32,
    },
    /// An award.
    Award(AwardId),
    /// A badge.
    Badge(BadgeId),
    /// An endorsement.
    Endorsement(EndorsementId),
    /// A webhook.
    Webhook(WebhookId),
}

/// An event as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// Its identifier.
    pub id: EventId,
    /// Its place among those of the same organisation and second; two at once may share one.
    pub place: u64,
    /// Its place among those about the same badge, from 1 on; nothing if it is about no badge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of_badge: Option<u64>,
    /// What was done.
    pub event: Event,
}

/// Records an event in the batch of its cause, and queues it for the webhooks that are told of such.
///
/// Of two batches with events about one badge, the later one conflicts: they are in order.
pub fn record(app: &App, batch: &mut Batch, event: Event) -> Result<(), StoreError> {
    let recorded = Recorded {
        id: EventId::draw(&app.random),
        place: app.store.next_place(batch, &event)?,
        of_badge: match event.about {
            About::Badge(badge) => Some(app.store.next_of_badge(batch, badge)?),
            _ => None,
        },
        event,
    };
    app.store.add_event(batch, &recorded)?;
    delivery::queue(app, batch, &recorded)
}

impl About {
    /// The badge, if it is one.
    pub fn badge(&self) -> Option<BadgeId> {
        match self {
            About::Badge(badge) => Some(*badge),
            _ => None,
        }
    }
}

impl Actor {
    /// The person, if it was one.
    pub fn person(self) -> Option<PersonId> {
        match self {
            Actor::Person(person) => Some(person),
            Actor::Service => None,
        }
    }
}
