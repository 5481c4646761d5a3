//! What the store knows of files that are to be removed.

use super::{Store, StoreError, Stored};
use crate::engine::Batch;
use crate::layout;
use crate::upload::Removal;
use schemas::timestamp::Timestamp;

impl Store {
    /// Lists the files whose time to be removed has come, the longest due first.
    pub(crate) fn removals_due(
        &self,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<Stored<Removal>>, StoreError> {
        let found = self.read_all::<Removal>(&layout::removals(), b"", limit)?;
        Ok(found
            .into_iter()
            .filter(|held| held.value.due <= now)
            .collect())
    }

    /// Notes that a file is to be removed.
    pub(crate) fn add_removal(&self, removal: &Removal) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        put_removal(&mut batch, removal)?;
        self.commit(batch)
    }

    /// Forgets that a file was to be removed.
    pub(crate) fn forget_removal(&self, removal: &Removal) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        batch.delete(layout::removal(removal.due, &removal.object_key));
        self.commit(batch)
    }

    /// Forgets a file that was removed. Whoever removed it at the same time has forgotten it too.
    pub(crate) fn end_removal(&self, held: &Stored<Removal>) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        batch.delete(held.key().to_vec());
        self.commit(batch)
    }
}

pub(super) fn put_removal(batch: &mut Batch, removal: &Removal) -> Result<(), StoreError> {
    batch.put_record(layout::removal(removal.due, &removal.object_key), removal)
}
