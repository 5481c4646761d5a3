//! What the store knows of changes of many badges, and of reminders.

use super::{Store, StoreError, Stored};
use crate::badge::bulk::{Bulk, Row};
use crate::badge::expiry::Reminder;
use crate::engine::Batch;
use crate::id::{BulkId, OrganisationId};
use crate::layout;
use crate::page::{Page, PageRequest};
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

impl Store {
    /// Writes the rows of a bulk that is about to begin.
    pub(crate) fn add_bulk_rows(&self, id: BulkId, rows: &[Row]) -> Result<(), StoreError> {
        for rows in rows.chunks(IN_ONE_COMMIT) {
            let mut batch = Batch::default();
            for row in rows {
                batch.put_record(layout::bulk_row(id, row.number), row)?;
            }
            self.commit(batch)?;
        }
        Ok(())
    }

    /// Begins a bulk whose rows are written.
    pub(crate) fn begin_bulk(&self, bulk: &Bulk) -> Result<(), StoreError> {
        let entry = Entry { bulk: bulk.id };
        let mut batch = Batch::default();
        batch.require_absent(layout::bulk(&bulk.organisation, bulk.id));
        batch.put_record(layout::bulk(&bulk.organisation, bulk.id), bulk)?;
        let listed = layout::bulk_of(&bulk.organisation, bulk.begun, bulk.id);
        batch.put_record(listed, &entry)?;
        batch.put_record(
            layout::bulk_open(&bulk.organisation, bulk.id),
            &Open::of(bulk),
        )?;
        self.commit(batch)
    }

    /// Finds a bulk of an organisation.
    pub(crate) fn bulk(
        &self,
        organisation: &OrganisationId,
        id: BulkId,
    ) -> Result<Option<Bulk>, StoreError> {
        let found = self.read::<Bulk>(&layout::bulk(organisation, id))?;
        Ok(found.map(|stored| stored.value))
    }

    /// Lists the bulks of an organisation, the last one first.
    pub(crate) fn bulks(
        &self,
        organisation: &OrganisationId,
        asked: &PageRequest,
    ) -> Result<Page<Bulk>, StoreError> {
        let find = |entry: Entry| self.bulk(organisation, entry.bulk);
        self.page(&layout::bulks_of(organisation), asked, find)
    }

    /// Lists the bulks that are not finished.
    pub(crate) fn open_bulks(&self, limit: usize) -> Result<Vec<Stored<Bulk>>, StoreError> {
        let mut found = Vec::new();
        for open in self.read_all::<Open>(&layout::bulks_open(), b"", limit)? {
            found.extend(self.read(&layout::bulk(&open.value.organisation, open.value.bulk))?);
        }
        Ok(found)
    }

    /// Lists the rows of a bulk in their order.
    pub(crate) fn bulk_rows(
        &self,
        id: BulkId,
        limit: usize,
    ) -> Result<Vec<Stored<Row>>, StoreError> {
        self.read_all(&layout::bulk_rows(id), b"", limit)
    }

    /// Reads a page of the rows of a bulk.
    pub(crate) fn page_of_bulk_rows(
        &self,
        id: BulkId,
        asked: &PageRequest,
    ) -> Result<Page<Row>, StoreError> {
        self.page(&layout::bulk_rows(id), asked, |row| Ok(Some(row)))
    }

    /// Writes what became of a row; conflicts if that was written before.
    pub(crate) fn replace_bulk_row(
        &self,
        id: BulkId,
        held: &Stored<Row>,
        changed: &Row,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        held.require_unchanged(&mut batch);
        batch.put_record(layout::bulk_row(id, changed.number), changed)?;
        self.commit(batch)
    }

    /// Writes that a bulk is finished.
    pub(crate) fn finish_bulk(
        &self,
        held: &Stored<Bulk>,
        finished: &Bulk,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        held.require_unchanged(&mut batch);
        batch.put_record(held.key().to_vec(), finished)?;
        batch.delete(layout::bulk_open(&finished.organisation, finished.id));
        self.commit(batch)
    }

    /// Adds a reminder to a batch.
    pub(crate) fn put_reminder(
        &self,
        batch: &mut Batch,
        reminder: &Reminder,
    ) -> Result<(), StoreError> {
        batch.put_record(
            layout::badge_expiring(reminder.due, reminder.badge),
            reminder,
        )
    }

    /// Lists up to `limit` reminders that are due, the one that has been for longest first.
    pub(crate) fn reminders_due(
        &self,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<Stored<Reminder>>, StoreError> {
        let mut found = self.read_all::<Reminder>(&layout::badges_expiring(), b"", limit)?;
        found.retain(|reminder| reminder.value.due <= now);
        Ok(found)
    }
}

/// Which bulk it is.
#[derive(Serialize, Deserialize)]
struct Entry {
    bulk: BulkId,
}

/// That a bulk is not finished.
#[derive(Serialize, Deserialize)]
struct Open {
    organisation: OrganisationId,
    bulk: BulkId,
}

impl Open {
    fn of(bulk: &Bulk) -> Open {
        Open {
            organisation: bulk.organisation.clone(),
            bulk: bulk.id,
        }
    }
}

/// Small enough that others are not kept waiting.
const IN_ONE_COMMIT: usize = 500;
