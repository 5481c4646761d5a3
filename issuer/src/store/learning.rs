//! What the store knows of learning logs.

use super::merge::AT_ONCE;
use super::{Store, StoreError, Stored};
use crate::engine::Batch;
use crate::id::{LearningId, PersonId};
use crate::layout;
use crate::learning::{ENTRIES, Entry};
use crate::page::{Page, PageRequest};

impl Store {
    /// Finds an entry in somebody's learning log, in order to change it.
    pub(crate) fn learning(
        &self,
        person: PersonId,
        id: LearningId,
    ) -> Result<Option<Stored<Entry>>, StoreError> {
        self.read(&layout::learning(person, id))
    }

    /// Lists somebody's learning log page by page.
    pub(crate) fn page_of_learning(
        &self,
        person: PersonId,
        asked: &PageRequest,
    ) -> Result<Page<Entry>, StoreError> {
        self.page(&layout::learning_of(person), asked, |entry| Ok(Some(entry)))
    }

    /// Lists all of somebody's learning log.
    pub(crate) fn learning_of(&self, person: PersonId) -> Result<Vec<Entry>, StoreError> {
        // Two logs may have become one.
        let found = self.read_all::<Entry>(&layout::learning_of(person), b"", 4 * ENTRIES)?;
        Ok(found.into_iter().map(|held| held.value).collect())
    }

    /// Writes an entry, new or in place of the one that was read.
    pub(crate) fn put_learning(
        &self,
        held: Option<&Stored<Entry>>,
        entry: &Entry,
    ) -> Result<(), StoreError> {
        let key = layout::learning(entry.person, entry.id);
        let mut batch = Batch::default();
        match held {
            Some(held) => held.require_unchanged(&mut batch),
            None => batch.require_absent(key.clone()),
        }
        batch.put_record(key, entry)?;
        self.commit(batch)
    }

    /// Forgets an entry.
    pub(crate) fn forget_learning(&self, held: &Stored<Entry>) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        held.require_unchanged(&mut batch);
        batch.delete(held.key().to_vec());
        self.commit(batch)
    }

    /// Moves a learning log to another person, and says how many entries there were.
    pub(super) fn move_learning(&self, from: PersonId, to: PersonId) -> Result<usize, StoreError> {
        let found = self.read_all::<Entry>(&layout::learning_of(from), b"", AT_ONCE)?;
        for entry in &found {
            let moved = Entry {
                person: to,
                ..entry.value.clone()
            };
            let mut batch = Batch::default();
            entry.require_unchanged(&mut batch);
            batch.delete(entry.key().to_vec());
            batch.put_record(layout::learning(to, moved.id), &moved)?;
            self.commit(batch)?;
        }
        Ok(found.len())
    }
}
