//! Webhooks and what they were told, as the interface writes them.

use std::collections::BTreeSet;

use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::event::EventKind;
use crate::http::openapi::DateTime;
use crate::id::{BadgeId, DeliveryId, EventId, WebhookId};
use crate::webhook::delivery::{Attempt, Delivery, Fate, Outcome};
use crate::webhook::{Because, Sending, State as WebhookState, Webhook};

/// What a webhook is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewWebhookBody {
    /// Where messages are sent: an `https` address.
    pub(super) address: String,
    /// What it is told of; everything, if none is named.
    #[serde(default)]
    pub(super) kinds: BTreeSet<EventKind>,
}

/// What a webhook is to be from now on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeBody {
    pub(super) address: String,
    pub(super) kinds: BTreeSet<EventKind>,
    pub(super) state: Sending,
}

/// A webhook. Its secret is shown when it is drawn, and never again.
#[derive(Serialize, ToSchema)]
pub(super) struct WebhookBody {
    pub(super) id: WebhookId,
    pub(super) address: String,
    pub(super) kinds: BTreeSet<EventKind>,
    pub(super) state: Sending,
    /// Since when it is in this state.
    #[schema(value_type = DateTime)]
    pub(super) since: Timestamp,
    /// Why it is paused, if it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) because: Option<Because>,
    #[schema(value_type = DateTime)]
    pub(super) made: Timestamp,
}

/// A webhook with its secret.
#[derive(Serialize, ToSchema)]
pub(super) struct AddedBody {
    #[serde(flatten)]
    pub(super) webhook: WebhookBody,
    /// What messages are signed with (Standard Webhooks). It is shown this once.
    pub(super) secret: String,
}

/// A secret, which is shown this once.
#[derive(Serialize, ToSchema)]
pub(super) struct SecretBody {
    pub(super) secret: String,
}

/// That a webhook is told of something.
#[derive(Serialize, ToSchema)]
pub(super) struct DeliveryBody {
    pub(super) id: DeliveryId,
    /// The identifier of the message, the same however often it is sent.
    pub(super) message: String,
    pub(super) event: EventId,
    pub(super) kind: EventKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) badge: Option<BadgeId>,
    #[schema(value_type = DateTime)]
    pub(super) queued: Timestamp,
    pub(super) state: DeliveryState,
    /// When it was delivered or given up, or is tried next.
    #[schema(value_type = DateTime)]
    pub(super) at: Timestamp,
    /// How often it was tried.
    pub(super) tried: u32,
    /// The last attempts, oldest first.
    pub(super) attempts: Vec<AttemptBody>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum DeliveryState {
    Waiting,
    Delivered,
    GivenUp,
}

/// One attempt.
#[derive(Serialize, ToSchema)]
pub(super) struct AttemptBody {
    #[schema(value_type = DateTime)]
    pub(super) at: Timestamp,
    /// The status of the answer, if there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<u16>,
    /// Why there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) failure: Option<String>,
    pub(super) milliseconds: u64,
}

/// Which time is to be told again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TimesBody {
    #[schema(value_type = DateTime)]
    pub(super) from: Timestamp,
    #[schema(value_type = DateTime)]
    pub(super) until: Timestamp,
}

/// How much is told again.
#[derive(Serialize, ToSchema)]
pub(super) struct ReplayedBody {
    pub(super) queued: usize,
}

impl From<Webhook> for WebhookBody {
    fn from(webhook: Webhook) -> WebhookBody {
        let (state, since, because) = match webhook.state {
            WebhookState::Active { since } => (Sending::Active, since, None),
            WebhookState::Paused { since, because } => (Sending::Paused, since, Some(because)),
        };
        WebhookBody {
            id: webhook.id,
            address: webhook.address.to_string(),
            kinds: webhook.kinds,
            state,
            since,
            because,
            made: webhook.made,
        }
    }
}

impl From<Delivery> for DeliveryBody {
    fn from(delivery: Delivery) -> DeliveryBody {
        let (state, at) = match delivery.fate {
            Fate::Waiting { due } => (DeliveryState::Waiting, due),
            Fate::Delivered { at } => (DeliveryState::Delivered, at),
            Fate::GivenUp { at } => (DeliveryState::GivenUp, at),
        };
        DeliveryBody {
            id: delivery.id,
            message: delivery.message_id(),
            event: delivery.event(),
            kind: delivery.kind,
            badge: delivery.badge.map(|(badge, _)| badge),
            queued: delivery.queued,
            state,
            at,
            tried: delivery.tried,
            attempts: delivery
                .attempts
                .into_iter()
                .map(AttemptBody::from)
                .collect(),
        }
    }
}

impl From<Attempt> for AttemptBody {
    fn from(attempt: Attempt) -> AttemptBody {
        let (status, failure) = match attempt.outcome {
            Outcome::Answered(status) => (Some(status), None),
            Outcome::Failed(code) => (None, Some(code)),
        };
        AttemptBody {
            at: attempt.at,
            status,
            failure,
            milliseconds: attempt.milliseconds,
        }
    }
}
