//! What the store knows of awards and what is being issued for them.

use super::submission::OpenAward;
use super::{Store, StoreError};
use crate::allocation::{Allocation, AllocationRecord};
use crate::award::Award;
use crate::draft::Linted;
use crate::engine::Batch;
use crate::id::AwardId;
use crate::layout;

impl Store {
    /// Finds an award.
    pub fn award(&self, id: AwardId) -> Result<Option<Award>, StoreError> {
        Ok(self
            .read::<Award>(&layout::award(id))?
            .map(|stored| stored.value))
    }

    /// Lists up to `limit` awards whose badges are not recorded yet.
    pub(crate) fn open_awards(&self, limit: usize) -> Result<Vec<AwardId>, StoreError> {
        let open = self.read_all::<OpenAward>(&layout::awards_open(), b"", limit)?;
        Ok(open.into_iter().map(|stored| stored.value.award).collect())
    }

    /// Finds what is about to be signed for an award, or was.
    pub(crate) fn allocation(&self, award: AwardId) -> Result<Option<Allocation>, StoreError> {
        let found = self.read::<AllocationRecord>(&layout::allocation(award))?;
        Ok(found.map(|stored| Allocation::from_store(stored.value)))
    }

    /// Writes down what is about to be signed, once per award, together with the status index it
    /// uses up. Conflicts if there is an allocation for the award, or the index is taken.
    pub(crate) fn allocate(&self, linted: &Linted) -> Result<Allocation, StoreError> {
        let mut batch = Batch::default();
        let allocation = self.allocating(&mut batch, linted)?;
        self.commit(batch)?;
        Ok(allocation)
    }

    /// Adds what is about to be signed to a batch, which conflicts if there is an allocation for the
    /// award, or the index is taken.
    pub(crate) fn allocating(
        &self,
        batch: &mut Batch,
        linted: &Linted,
    ) -> Result<Allocation, StoreError> {
        let record = AllocationRecord::first_edition(linted);
        let (allocation, drawn) = (
            layout::allocation(record.award),
            layout::status_drawn(record.drawn.status),
        );
        batch.require_absent(allocation.clone());
        batch.require_absent(drawn.clone());
        batch.put_record(allocation, &record)?;
        // The index stays taken whatever becomes of the award.
        batch.put_record(
            drawn,
            &OpenAward {
                award: record.award,
            },
        )?;
        Ok(Allocation::from_store(record))
    }

    /// Sets an allocation aside that must never be signed; the next one draws everything anew.
    /// Conflicts if its badge was recorded meanwhile: then it is too late, and the badge stands.
    pub(crate) fn void_allocation(&self, award: AwardId) -> Result<(), StoreError> {
        let open = self.read::<OpenAward>(&layout::award_open(award))?;
        let held = self.read::<AllocationRecord>(&layout::allocation(award))?;
        let (Some(open), Some(held)) = (open, held) else {
            return Err(StoreError::Conflict);
        };
        let mut batch = Batch::default();
        open.require_unchanged(&mut batch);
        held.require_unchanged(&mut batch);
        batch.delete(layout::allocation(award));
        batch.put_record(layout::allocation_void(held.value.drawn.badge), &held.value)?;
        self.commit(batch)
    }
}
