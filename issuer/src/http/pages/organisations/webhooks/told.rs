//! Webhooks and what they were told, as the pages show them.

use crate::event::EventKind;
use crate::id::{DeliveryId, WebhookId};
use crate::webhook::delivery::{Delivery, Fate, Outcome};
use crate::webhook::{self, Because, Webhook};
use crate::wording;

/// A webhook in the list of all.
pub(super) struct Row {
    pub(super) id: WebhookId,
    pub(super) address: String,
    pub(super) told: String,
    pub(super) state: &'static str,
    pub(super) active: bool,
}

/// What a webhook was told, or is to be.
pub(super) struct Sent {
    pub(super) id: DeliveryId,
    pub(super) what: &'static str,
    pub(super) kind: EventKind,
    pub(super) badge: Option<String>,
    pub(super) queued: String,
    pub(super) state: String,
    pub(super) good: bool,
    pub(super) waits: bool,
    pub(super) attempts: Vec<String>,
}

impl Row {
    pub(super) fn of(webhook: &Webhook) -> Row {
        Row {
            id: webhook.id,
            address: webhook.address.to_string(),
            told: match webhook.kinds.len() {
                0 => "told of everything".to_owned(),
                1 => "told of one kind of event".to_owned(),
                several => format!("told of {several} kinds of events"),
            },
            active: webhook.active_since().is_some(),
            state: match webhook.active_since() {
                Some(_) => "active",
                None => "paused",
            },
        }
    }
}

/// Why nothing is sent, if nothing is.
pub(super) fn paused(webhook: &Webhook) -> Option<String> {
    let webhook::State::Paused { since, because } = webhook.state else {
        return None;
    };
    let why = match because {
        Because::Asked => "Somebody paused it.",
        Because::GivenUp => "A message was tried for three days in vain.",
        Because::Gone => "The address answered that it is gone for good.",
    };
    let since = wording::moment(since);
    Some(format!("Paused since {since}. {why}"))
}

impl Sent {
    pub(super) fn of(delivery: Delivery) -> Sent {
        let (state, good, waits) = match delivery.fate {
            Fate::Waiting { due } if delivery.tried == 0 => {
                (format!("waits since {}", wording::moment(due)), false, true)
            }
            Fate::Waiting { due } => {
                let due = wording::moment(due);
                (format!("is tried again on {due}"), false, true)
            }
            Fate::Delivered { .. } => ("delivered".to_owned(), true, false),
            Fate::GivenUp { at } => (format!("given up on {}", wording::moment(at)), false, false),
        };
        let attempts = delivery.attempts.iter().map(|attempt| {
            let outcome = match &attempt.outcome {
                Outcome::Answered(status) => format!("answer {status}"),
                Outcome::Failed(code) => code.clone(),
            };
            let (at, took) = (wording::moment(attempt.at), attempt.milliseconds);
            format!("{at}: {outcome}, after {took} ms")
        });
        Sent {
            attempts: attempts.collect(),
            id: delivery.id,
            what: delivery.kind.told(),
            kind: delivery.kind,
            badge: delivery.badge.map(|(badge, _)| badge.to_string()),
            queued: wording::moment(delivery.queued),
            state,
            good,
            waits,
        }
    }
}
