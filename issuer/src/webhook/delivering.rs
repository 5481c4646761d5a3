//! Delivering: what is due is put off, sent by the caller, and settled.
//!
//! A delivery is put off before it is sent, so that no other process sends it meanwhile, and one at which
//! this process dies is sent again later. Two about the same badge are never under way at once, and the
//! later one waits until the earlier was taken or given up. A server that fails is left alone for a while,
//! however much waits for it.

use super::delivery::{Attempt, Delivery, Fate, Outcome, PATIENCE};
use super::message::{self, Message};
use super::{Because, State, Webhook};
use crate::app::App;
use crate::engine::Batch;
use crate::error::Error;
use crate::event::Actor;
use crate::id::WebhookId;
use crate::store::{StoreError, Stored};
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A delivery that is under way, with what is sent.
pub struct Parcel {
    /// What is sent.
    pub message: Message,
    webhook: Webhook,
    held: Stored<Delivery>,
    begun: Timestamp,
}

/// That a server has failed, and is left alone.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Rest {
    /// Until when.
    pub until: Timestamp,
    /// How often it has failed in a row.
    pub failures: u32,
}

/// Takes what is due, and puts it off: to be sent, and then settled.
///
/// `under_way` says how many of each webhook are being sent already.
pub fn take_due(
    app: &App,
    under_way: &BTreeMap<WebhookId, usize>,
    now: Timestamp,
) -> Result<Vec<Parcel>, Error> {
    let mut parcels = Vec::new();
    let mut after = None;
    while let Some((organisation, id)) = app.store.next_webhook_due(after, now)? {
        after = Some(id);
        let room = AT_ONCE.saturating_sub(under_way.get(&id).copied().unwrap_or(0));
        let Some(webhook) = app.store.webhook_held(&organisation, id)? else {
            app.store.forget_deliveries(id)?;
            continue;
        };
        let webhook = webhook.value;
        let rest = app.store.webhook_rest(id)?;
        let rests = rest.is_some_and(|rest| now < rest.value.until);
        if webhook.active_since().is_none() || rests {
            continue;
        }
        take_of(app, &webhook, room, now, &mut parcels)?;
    }
    Ok(parcels)
}

fn take_of(
    app: &App,
    webhook: &Webhook,
    room: usize,
    now: Timestamp,
    parcels: &mut Vec<Parcel>,
) -> Result<(), Error> {
    let mut taken = 0;
    for held in app.store.deliveries_due(webhook.id, now, LOOKED_AT)? {
        if taken == room {
            break;
        }
        if let Some(earlier) = app.store.delivery_before(&held.value)? {
            // It is looked at again when the earlier one is settled, or is due again.
            let due = match earlier.fate {
                Fate::Waiting { due } => due.max(now).plus_seconds(1),
                Fate::Delivered { .. } | Fate::GivenUp { .. } => now.plus_seconds(1),
            };
            put_off(app, held, due, 0)?;
            continue;
        }
        let pause = pause(held.value.tried + 1);
        let Some(held) = put_off(app, held, now.plus_seconds(pause), 1)? else {
            continue;
        };
        let Some(message) = write(app, webhook, &held.value, now)? else {
            continue;
        };
        taken += 1;
        parcels.push(Parcel {
            message,
            webhook: webhook.clone(),
            held,
            begun: now,
        });
    }
    Ok(())
}

/// Puts a delivery off; nothing if another process was quicker.
fn put_off(
    app: &App,
    held: Stored<Delivery>,
    due: Timestamp,
    tried: u32,
) -> Result<Option<Stored<Delivery>>, Error> {
    let changed = Delivery {
        fate: Fate::Waiting { due },
        tried: held.value.tried + tried,
        ..held.value.clone()
    };
    match app
        .store
        .replace_delivery(Batch::default(), &held, &changed)
    {
        Err(StoreError::Conflict) => Ok(None),
        other => Ok(Some(other?)),
    }
}

fn write(
    app: &App,
    webhook: &Webhook,
    delivery: &Delivery,
    now: Timestamp,
) -> Result<Option<Message>, Error> {
    let (Some(event), Some(secrets)) = (
        app.store.event(&delivery.event)?,
        app.store.webhook_secrets(webhook.id)?,
    ) else {
        return Ok(None);
    };
    let body = message::body(app, &event)?;
    let headers = message::headers(&delivery.message_id(), &secrets.value, &body, now);
    Ok(Some(Message {
        address: webhook.address.url().clone(),
        headers,
        body,
    }))
}

/// Writes down what came of a delivery.
pub fn settle(
    app: &App,
    parcel: Parcel,
    outcome: Outcome,
    milliseconds: u64,
    now: Timestamp,
) -> Result<(), Error> {
    let Parcel {
        webhook,
        held,
        begun,
        ..
    } = parcel;
    let mut settled = held.value.clone();
    settled.attempts.push(Attempt {
        at: begun,
        outcome: outcome.clone(),
        milliseconds,
    });
    if settled.attempts.len() > ATTEMPTS_KEPT {
        settled.attempts.remove(0);
    }
    let mut batch = Batch::default();
    settled.fate = fate(app, &mut batch, &webhook, &settled, &outcome, now)?;
    if !matches!(settled.fate, Fate::Waiting { .. }) {
        let days = i64::from(app.retention.webhook_delivery_days);
        let forgotten = now.plus_seconds(days * 24 * 60 * 60);
        app.store
            .forget_delivery_after(&mut batch, &settled, forgotten)?;
    }
    match app.store.replace_delivery(batch, &held, &settled) {
        // The webhook was changed or removed meanwhile, or another process has sent it too: it is tried
        // again when it is due.
        Ok(_) | Err(StoreError::Conflict) => {}
        Err(error) => return Err(error.into()),
    }
    if !matches!(settled.fate, Fate::Waiting { .. }) {
        app.store.wake_delivery_after(&settled, now)?;
    }
    Ok(())
}

/// What becomes of a delivery by an attempt, with what becomes of its webhook in the batch.
fn fate(
    app: &App,
    batch: &mut Batch,
    webhook: &Webhook,
    tried: &Delivery,
    outcome: &Outcome,
    now: Timestamp,
) -> Result<Fate, Error> {
    if outcome.is_taken() {
        app.store.end_webhook_rest(batch, webhook.id);
        return Ok(Fate::Delivered { at: now });
    }
    let since = webhook.active_since().unwrap_or(webhook.made);
    let patient_until = tried.queued.max(since).plus_seconds(PATIENCE);
    let because = match *outcome == GONE {
        true => Some(Because::Gone),
        false => (now >= patient_until).then_some(Because::GivenUp),
    };
    if let Some(because) = because {
        pause_webhook(app, batch, webhook, because, now)?;
        return Ok(Fate::GivenUp { at: now });
    }
    let failures = app.store.webhook_rest(webhook.id)?;
    let failures = failures.map_or(0, |rest| rest.value.failures) + 1;
    let rest = Rest {
        until: now.plus_seconds(pause(failures).min(LONGEST_REST)),
        failures,
    };
    app.store.put_webhook_rest(batch, webhook.id, &rest)?;
    Ok(Fate::Waiting {
        due: now.plus_seconds(pause(tried.tried)),
    })
}

/// Pauses a webhook whose address is of no use, unless somebody has changed it meanwhile.
fn pause_webhook(
    app: &App,
    batch: &mut Batch,
    webhook: &Webhook,
    because: Because,
    now: Timestamp,
) -> Result<(), Error> {
    let held = app.store.webhook_held(&webhook.organisation, webhook.id)?;
    let Some(held) = held.filter(|held| held.value.active_since().is_some()) else {
        return Ok(());
    };
    tracing::warn!(webhook.id = %webhook.id, "Paused webhook {}: {because:?}", webhook.id);
    let paused = Webhook {
        state: State::Paused {
            since: now,
            because,
        },
        ..held.value.clone()
    };
    app.store.put_webhook(batch, &held, &paused)?;
    Ok(paused.record(app, batch, Actor::Service, now)?)
}

impl Parcel {
    /// The webhook that it is for.
    pub fn webhook(&self) -> WebhookId {
        self.webhook.id
    }
}

/// Half a minute, then twice as long each time, and an hour at most.
fn pause(attempts: u32) -> i64 {
    let doubled = 30_i64 << attempts.saturating_sub(1).min(7);
    doubled.min(60 * 60)
}

/// Gone for good: Standard Webhooks asks senders to stop.
const GONE: Outcome = Outcome::Answered(410);

/// Ten minutes, in seconds: whoever has mended their server wants to see that soon.
const LONGEST_REST: i64 = 10 * 60;

/// Messages of one webhook that are under way at once: no server of theirs is overrun.
const AT_ONCE: usize = 8;

/// Deliveries that are looked at in one go; many may wait for an earlier one.
const LOOKED_AT: usize = 64;

/// Attempts of one delivery that are kept: the first days of trying fit in a screen.
const ATTEMPTS_KEPT: usize = 20;
