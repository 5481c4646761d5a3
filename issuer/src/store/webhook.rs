//! What the store knows of webhooks and their deliveries.

use super::{Store, StoreError, Stored};
use crate::digest::Sha256Digest;
use crate::engine::Batch;
use crate::id::{DeliveryId, OrganisationId, WebhookId};
use crate::layout;
use crate::page::{Page, PageRequest};
use crate::webhook::delivering::Rest;
use crate::webhook::delivery::{Delivery, Fate};
use crate::webhook::{Secrets, WEBHOOKS, Webhook};
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

impl Store {
    /// Lists the webhooks of an organisation.
    pub(crate) fn webhooks(
        &self,
        organisation: &OrganisationId,
    ) -> Result<Vec<Webhook>, StoreError> {
        let found = self.read_all(&layout::webhooks_of(organisation), b"", WEBHOOKS)?;
        Ok(found.into_iter().map(|stored| stored.value).collect())
    }

    /// Finds a webhook in order to change it.
    pub(crate) fn webhook_held(
        &self,
        organisation: &OrganisationId,
        id: WebhookId,
    ) -> Result<Option<Stored<Webhook>>, StoreError> {
        self.read(&layout::webhook(organisation, id))
    }

    /// Adds a webhook to a batch.
    pub(crate) fn add_webhook(&self, batch: &mut Batch, new: &Webhook) -> Result<(), StoreError> {
        let key = layout::webhook(&new.organisation, new.id);
        batch.require_absent(key.clone());
        batch.put_record(key, new)
    }

    /// Adds a changed webhook to a batch, which conflicts if it was changed meanwhile.
    pub(crate) fn put_webhook(
        &self,
        batch: &mut Batch,
        held: &Stored<Webhook>,
        changed: &Webhook,
    ) -> Result<(), StoreError> {
        held.require_unchanged(batch);
        batch.put_record(held.key().to_vec(), changed)
    }

    /// Removes a webhook in a batch, with its secrets. What waits for it is forgotten as it is met.
    pub(crate) fn remove_webhook(&self, batch: &mut Batch, held: &Stored<Webhook>) {
        held.require_unchanged(batch);
        batch.delete(held.key().to_vec());
        batch.delete(layout::webhook_secrets(held.value.id));
        batch.delete(layout::webhook_rest(held.value.id));
    }

    /// The secrets of a webhook.
    pub(crate) fn webhook_secrets(
        &self,
        id: WebhookId,
    ) -> Result<Option<Stored<Secrets>>, StoreError> {
        self.read(&layout::webhook_secrets(id))
    }

    /// Adds the secrets of a webhook to a batch.
    pub(crate) fn put_webhook_secrets(
        &self,
        batch: &mut Batch,
        id: WebhookId,
        secrets: &Secrets,
    ) -> Result<(), StoreError> {
        batch.put_record(layout::webhook_secrets(id), secrets)
    }

    /// Until when the server of a webhook is left alone.
    pub(crate) fn webhook_rest(&self, id: WebhookId) -> Result<Option<Stored<Rest>>, StoreError> {
        self.read(&layout::webhook_rest(id))
    }

    /// Leaves the server of a webhook alone from this batch on.
    pub(crate) fn put_webhook_rest(
        &self,
        batch: &mut Batch,
        id: WebhookId,
        rest: &Rest,
    ) -> Result<(), StoreError> {
        batch.put_record(layout::webhook_rest(id), rest)
    }

    /// Ends that.
    pub(crate) fn end_webhook_rest(&self, batch: &mut Batch, id: WebhookId) {
        batch.delete(layout::webhook_rest(id));
    }

    /// Adds a delivery to a batch.
    pub(crate) fn add_delivery(&self, batch: &mut Batch, new: &Delivery) -> Result<(), StoreError> {
        let entry = Entry::of(new);
        batch.require_absent(layout::delivery(new.webhook, new.id));
        batch.put_record(layout::delivery(new.webhook, new.id), new)?;
        batch.put_record(layout::delivery_logged(new), &entry)?;
        if let Some(line) = layout::delivery_in_line(new) {
            batch.put_record(line, &entry)?;
        }
        note_when_due(batch, new)
    }

    /// Finds a delivery.
    pub(crate) fn delivery_held(
        &self,
        webhook: WebhookId,
        id: DeliveryId,
    ) -> Result<Option<Stored<Delivery>>, StoreError> {
        self.read(&layout::delivery(webhook, id))
    }

    /// Lists the deliveries of a webhook, the last first.
    pub(crate) fn deliveries(
        &self,
        webhook: WebhookId,
        asked: &PageRequest,
    ) -> Result<Page<Delivery>, StoreError> {
        self.page(
            &layout::deliveries_logged(webhook),
            asked,
            |entry: Entry| {
                let found = self.delivery_held(webhook, entry.delivery)?;
                Ok(found.map(|held| held.value))
            },
        )
    }

    /// The next webhook after this one for which something is due, with whose it is.
    pub(crate) fn next_webhook_due(
        &self,
        after: Option<WebhookId>,
        now: Timestamp,
    ) -> Result<Option<(OrganisationId, WebhookId)>, StoreError> {
        let mut from = after.map_or(Vec::new(), layout::after_deliveries_due);
        loop {
            let next = self.read_all::<Entry>(&layout::all_deliveries_due(), &from, 1)?;
            let Some(next) = next.into_iter().next() else {
                return Ok(None);
            };
            if next.value.due.is_some_and(|due| due <= now) {
                return Ok(Some((next.value.organisation, next.value.webhook)));
            }
            // The first of a webhook is the soonest.
            from = layout::after_deliveries_due(next.value.webhook);
        }
    }

    /// Lists up to `limit` deliveries of a webhook that are due, the one that has been for longest first.
    pub(crate) fn deliveries_due(
        &self,
        webhook: WebhookId,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<Stored<Delivery>>, StoreError> {
        let mut due = Vec::new();
        for entry in self.read_all::<Entry>(&layout::deliveries_due(webhook), b"", limit)? {
            if entry.value.due.is_none_or(|due| due > now) {
                break;
            }
            due.extend(self.delivery_held(webhook, entry.value.delivery)?);
        }
        Ok(due)
    }

    /// The earlier delivery about the same badge that this one waits for, if there is one.
    pub(crate) fn delivery_before(&self, one: &Delivery) -> Result<Option<Delivery>, StoreError> {
        match self.first_in_line(one)? {
            Some(first) if first.id != one.id => Ok(Some(first)),
            _ => Ok(None),
        }
    }

    fn first_in_line(&self, one: &Delivery) -> Result<Option<Delivery>, StoreError> {
        let Some(line) = layout::delivery_line(one) else {
            return Ok(None);
        };
        let first = self.read_all::<Entry>(&line, b"", 1)?;
        let Some(first) = first.first() else {
            return Ok(None);
        };
        let held = self.delivery_held(one.webhook, first.value.delivery)?;
        Ok(held.map(|held| held.value))
    }

    /// Writes what became of a delivery in a batch with what comes of that, and commits it; conflicts if
    /// another process was quicker.
    pub(crate) fn replace_delivery(
        &self,
        mut batch: Batch,
        held: &Stored<Delivery>,
        changed: &Delivery,
    ) -> Result<Stored<Delivery>, StoreError> {
        held.require_unchanged(&mut batch);
        forget_when_due(&mut batch, &held.value);
        batch.put_record(held.key().to_vec(), changed)?;
        match changed.fate {
            Fate::Waiting { .. } => note_when_due(&mut batch, changed)?,
            Fate::Delivered { .. } | Fate::GivenUp { .. } => {
                if let Some(line) = layout::delivery_in_line(changed) {
                    batch.delete(line);
                }
            }
        }
        self.commit(batch)?;
        self.read(held.key())?.ok_or(StoreError::Conflict)
    }

    /// Has a delivery that is settled forgotten after a time, in a batch.
    pub(crate) fn forget_delivery_after(
        &self,
        batch: &mut Batch,
        settled: &Delivery,
        after: Timestamp,
    ) -> Result<(), StoreError> {
        let key = layout::delivery(settled.webhook, settled.id);
        let digest = Sha256Digest::of(&key);
        let keys = vec![key, layout::delivery_logged(settled)];
        batch.forget_after(after, digest, keys)
    }

    /// Has the delivery looked at now that waited for this one. Should that fail, it is when it is due.
    pub(crate) fn wake_delivery_after(
        &self,
        settled: &Delivery,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let Some(next) = self.first_in_line(settled)? else {
            return Ok(());
        };
        let Some(held) = self.delivery_held(next.webhook, next.id)? else {
            return Ok(());
        };
        let woken = Delivery {
            fate: Fate::Waiting { due: now },
            ..held.value.clone()
        };
        match self.replace_delivery(Batch::default(), &held, &woken) {
            Ok(_) | Err(StoreError::Conflict) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Forgets some of what waits for a webhook that is no more.
    pub(crate) fn forget_deliveries(&self, webhook: WebhookId) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        for entry in self.read_all::<Entry>(&layout::deliveries_due(webhook), b"", FORGOTTEN)? {
            batch.delete(entry.key().to_vec());
            if let Some(held) = self.delivery_held(webhook, entry.value.delivery)? {
                batch.delete(layout::delivery_logged(&held.value));
                if let Some(line) = layout::delivery_in_line(&held.value) {
                    batch.delete(line);
                }
                batch.delete(held.key().to_vec());
            }
        }
        self.commit(batch)
    }
}

fn note_when_due(batch: &mut Batch, delivery: &Delivery) -> Result<(), StoreError> {
    let Fate::Waiting { due } = delivery.fate else {
        return Ok(());
    };
    let entry = Entry {
        due: Some(due),
        ..Entry::of(delivery)
    };
    batch.put_record(
        layout::delivery_due(delivery.webhook, due, delivery.id),
        &entry,
    )
}

fn forget_when_due(batch: &mut Batch, delivery: &Delivery) {
    if let Fate::Waiting { due } = delivery.fate {
        batch.delete(layout::delivery_due(delivery.webhook, due, delivery.id));
    }
}

#[derive(Serialize, Deserialize)]
struct Entry {
    organisation: OrganisationId,
    webhook: WebhookId,
    delivery: DeliveryId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    due: Option<Timestamp>,
}

impl Entry {
    fn of(delivery: &Delivery) -> Entry {
        Entry {
            organisation: delivery.event.organisation.clone(),
            webhook: delivery.webhook,
            delivery: delivery.id,
            due: None,
        }
    }
}

/// Deliveries of a removed webhook that are forgotten in one go.
const FORGOTTEN: usize = 500;
