//! Deliveries: that one webhook is told of one event, and what became of it.

use super::{Webhook, held};
use crate::app::App;
use crate::engine::Batch;
use crate::error::Error;
use crate::event::{self, EventKind, Filter, Recorded};
use crate::id::{BadgeId, DeliveryId, EventId, OrganisationId, WebhookId};
use crate::page::{Page, PageRequest};
use crate::store::StoreError;
use crate::store::event::EventPlace;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// That one webhook is told of one event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Its identifier.
    pub id: DeliveryId,
    /// The webhook.
    pub webhook: WebhookId,
    /// The event.
    pub event: EventPlace,
    /// What was done.
    pub kind: EventKind,
    /// The badge that it is about, and its place among what was done to that.
    pub badge: Option<(BadgeId, u64)>,
    /// When it was queued.
    pub queued: Timestamp,
    /// What became of it so far.
    pub fate: Fate,
    /// How often it was tried.
    pub tried: u32,
    /// The last attempts, oldest first.
    pub attempts: Vec<Attempt>,
}

/// What became of a delivery so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Fate {
    /// It will be tried.
    Waiting {
        /// Not before then.
        due: Timestamp,
    },
    /// It was taken.
    Delivered {
        /// When.
        at: Timestamp,
    },
    /// It was tried for [`PATIENCE`] seconds in vain, or the address is gone.
    GivenUp {
        /// Since when.
        at: Timestamp,
    },
}

/// One attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// When it began.
    pub at: Timestamp,
    /// What came of it.
    pub outcome: Outcome,
    /// How long it took.
    pub milliseconds: u64,
}

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// There was an answer with this status.
    Answered(u16),
    /// There was none; a code says why.
    Failed(String),
}

impl Outcome {
    /// Whether the message was taken: any status from 200 to 299.
    pub fn is_taken(&self) -> bool {
        matches!(self, Outcome::Answered(200..=299))
    }
}

/// Queues an event, in its own batch, for every webhook that is told of such.
pub(crate) fn queue(app: &App, batch: &mut Batch, event: &Recorded) -> Result<(), StoreError> {
    for webhook in app.store.webhooks(&event.event.organisation)? {
        if webhook.active_since().is_some() && webhook.wants(event.event.kind) {
            let delivery = Delivery::of(app, &webhook, event, event.event.at);
            app.store.add_delivery(batch, &delivery)?;
        }
    }
    Ok(())
}

/// Lists the deliveries of a webhook, the last first.
pub fn deliveries(
    app: &App,
    (organisation, id): (&OrganisationId, WebhookId),
    asked: &PageRequest,
) -> Result<Page<Delivery>, Error> {
    held(app, organisation, id)?;
    Ok(app.store.deliveries(id, asked)?)
}

/// Sends what was sent, or should have been, once more.
pub fn replay(
    app: &App,
    (organisation, id): (&OrganisationId, WebhookId),
    delivery: DeliveryId,
    now: Timestamp,
) -> Result<Delivery, Error> {
    let webhook = held(app, organisation, id)?.value;
    let found = app.store.delivery_held(id, delivery)?;
    let found = found.ok_or(Error::NotFound)?.value;
    if let Fate::Waiting { .. } = found.fate {
        return Err(Error::conflict("this is still waiting to be delivered"));
    }
    let event = app.store.event(&found.event)?.ok_or(Error::NotFound)?;
    let again = Delivery::of(app, &webhook, &event, now);
    let mut batch = Batch::default();
    app.store.add_delivery(&mut batch, &again)?;
    app.store.commit(batch)?;
    Ok(again)
}

/// Sends what was done between two times, the earliest first, and says how much it is. What happened
/// while a webhook was paused is sent so, too.
pub fn replay_between(
    app: &App,
    (organisation, id): (&OrganisationId, WebhookId),
    (from, until): (Timestamp, Timestamp),
    now: Timestamp,
) -> Result<usize, Error> {
    let webhook = held(app, organisation, id)?.value;
    let filter = Filter {
        from: Some(from),
        until: Some(until),
        ..Filter::default()
    };
    let (mut events, mut asked) = (Vec::new(), PageRequest::most());
    loop {
        let page = event::trail(app, organisation, &filter, &asked)?;
        let wanted = page.items.into_iter();
        events.extend(wanted.filter(|recorded| webhook.wants(recorded.event.kind)));
        if events.len() > REPLAYED {
            let message = format!("this is more than {REPLAYED} events: take a shorter time");
            return Err(Error::invalid("/from", message));
        }
        match page.next {
            Some(next) => asked.cursor = Some(next),
            None => break,
        }
    }
    events.reverse();
    for some in events.chunks(AT_ONCE) {
        let mut batch = Batch::default();
        for recorded in some {
            let delivery = Delivery::of(app, &webhook, recorded, now);
            app.store.add_delivery(&mut batch, &delivery)?;
        }
        app.store.commit(batch)?;
    }
    Ok(events.len())
}

impl Delivery {
    fn of(app: &App, webhook: &Webhook, recorded: &Recorded, now: Timestamp) -> Delivery {
        let badge = recorded.event.about.badge();
        Delivery {
            id: DeliveryId::draw(&app.random),
            webhook: webhook.id,
            event: EventPlace::of(recorded),
            kind: recorded.event.kind,
            badge: badge.zip(recorded.of_badge),
            queued: now,
            fate: Fate::Waiting { due: now },
            tried: 0,
            attempts: Vec::new(),
        }
    }

    /// The event that it is about.
    pub fn event(&self) -> EventId {
        self.event.id
    }

    /// The identifier of the message: the same however often it is sent, so that whoever gets it twice
    /// can tell.
    pub fn message_id(&self) -> String {
        format!("msg_{}", self.event.id)
    }
}

/// Three days, in seconds: a server that was down over a weekend is up again.
pub const PATIENCE: i64 = 3 * 24 * 60 * 60;
/// Events of one replay: all of them are held at once.
pub const REPLAYED: usize = 1_000;
/// Deliveries of one commit.
const AT_ONCE: usize = 50;
