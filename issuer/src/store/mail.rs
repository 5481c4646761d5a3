//! What the store knows of messages that are to be sent.

use super::{Store, StoreError, Stored};
use crate::digest::Sha256Digest;
use crate::engine::Batch;
use crate::id::MailId;
use crate::layout;
use crate::mail::{Fate, Mail};
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

impl Store {
    /// Adds a message to a batch.
    pub(crate) fn queue_mail(&self, batch: &mut Batch, mail: &Mail) -> Result<(), StoreError> {
        batch.require_absent(layout::mail(mail.id));
        batch.put_record(layout::mail(mail.id), mail)?;
        note_when_due(batch, mail)
    }

    /// Lists up to `limit` messages that are due, the one that has been for longest first.
    pub(crate) fn mail_due(
        &self,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<Stored<Mail>>, StoreError> {
        let mut due = Vec::new();
        for entry in self.read_all::<Entry>(&layout::mail_due(), b"", limit)? {
            if entry.value.due > now {
                break;
            }
            due.extend(self.read::<Mail>(&layout::mail(entry.value.mail))?);
        }
        Ok(due)
    }

    /// Lists up to `limit` messages in the outbox, in no order.
    pub fn outbox(&self, limit: usize) -> Result<Vec<Mail>, StoreError> {
        let found = self.read_all::<Mail>(&layout::outbox(), b"", limit)?;
        Ok(found.into_iter().map(|stored| stored.value).collect())
    }

    /// Writes what became of a message, and when it is forgotten if it was given up; conflicts if another
    /// process was quicker.
    pub(crate) fn replace_mail(
        &self,
        held: &Stored<Mail>,
        changed: &Mail,
        forgotten: Option<Timestamp>,
    ) -> Result<Stored<Mail>, StoreError> {
        let mut batch = Batch::default();
        held.require_unchanged(&mut batch);
        forget_when_due(&mut batch, &held.value);
        batch.put_record(held.key().to_vec(), changed)?;
        match &changed.fate {
            Fate::Waiting { .. } => note_when_due(&mut batch, changed)?,
            Fate::GivenUp { .. } => {}
        }
        if let Some(forgotten) = forgotten {
            let digest = Sha256Digest::of(held.key());
            batch.forget_after(forgotten, digest, vec![held.key().to_vec()])?;
        }
        self.commit(batch)?;
        let now = self.read::<Mail>(held.key())?;
        now.ok_or(StoreError::Conflict)
    }

    /// Forgets a message that was sent.
    pub(crate) fn remove_mail(&self, held: &Stored<Mail>) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        forget_when_due(&mut batch, &held.value);
        batch.delete(held.key().to_vec());
        self.commit(batch)
    }
}

fn note_when_due(batch: &mut Batch, mail: &Mail) -> Result<(), StoreError> {
    let Fate::Waiting { due, .. } = mail.fate else {
        return Ok(());
    };
    let entry = Entry { mail: mail.id, due };
    batch.put_record(layout::mail_due_at(due, mail.id), &entry)
}

fn forget_when_due(batch: &mut Batch, mail: &Mail) {
    if let Fate::Waiting { due, .. } = mail.fate {
        batch.delete(layout::mail_due_at(due, mail.id));
    }
}

#[derive(Serialize, Deserialize)]
struct Entry {
    mail: MailId,
    due: Timestamp,
}
