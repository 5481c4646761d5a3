//! What the store knows of awards and what is being issued for them.

use super::submission::OpenAward;
use super::{Store, StoreError, Stored};
use crate::allocation::{Allocation, AllocationRecord};
use crate::award::Award;
use crate::badge::{Order, Origin};
use crate::draft::Linted;
use crate::engine::Batch;
use crate::id::{AwardId, BadgeId};
use crate::layout;
use serde::{Deserialize, Serialize};

impl Store {
    /// Finds an award.
    pub fn award(&self, id: AwardId) -> Result<Option<Award>, StoreError> {
        Ok(self
            .read::<Award>(&layout::award(id))?
            .map(|stored| stored.value))
    }

    /// Adds an award whose badge is still to be issued to a batch, which conflicts if its earner is erased meanwhile.
    pub(super) fn put_award(&self, batch: &mut Batch, award: &Award) -> Result<(), StoreError> {
        let open = OpenAward { award: award.id };
        batch.require_absent(layout::erased(award.earner));
        batch.require_absent(layout::award(award.id));
        batch.put_record(layout::award(award.id), award)?;
        batch.put_record(layout::award_open(award.id), &open)
    }

    /// Lists up to `limit` awards whose badges are not recorded yet.
    pub(crate) fn open_awards(&self, limit: usize) -> Result<Vec<AwardId>, StoreError> {
        let open = self.read_all::<OpenAward>(&layout::awards_open(), b"", limit)?;
        Ok(open.into_iter().map(|stored| stored.value.award).collect())
    }

    /// Lists up to `limit` badges of which a further edition is not recorded yet.
    pub(crate) fn open_editions(&self, limit: usize) -> Result<Vec<OpenEdition>, StoreError> {
        let open = self.read_all::<OpenEdition>(&layout::editions_open(), b"", limit)?;
        Ok(open.into_iter().map(|stored| stored.value).collect())
    }

    /// Finds what is about to be signed for an edition of an award's badge, or was.
    pub(crate) fn allocation(
        &self,
        award: AwardId,
        edition: u32,
    ) -> Result<Option<Allocation>, StoreError> {
        let found = self.allocation_held(award, edition)?;
        Ok(found.map(|stored| Allocation::from_store(stored.value)))
    }

    pub(super) fn allocation_held(
        &self,
        award: AwardId,
        edition: u32,
    ) -> Result<Option<Stored<AllocationRecord>>, StoreError> {
        self.read(&layout::allocation_of(award, edition))
    }

    /// Writes down what is about to be signed, once per award and edition, together with the status index it
    /// uses up. Conflicts if there is an allocation for them, or the index is taken.
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
        let record = AllocationRecord::of(linted);
        let (allocation, drawn) = (
            layout::allocation_of(record.award, record.edition),
            layout::status_drawn(record.drawn.status),
        );
        batch.require_absent(allocation.clone());
        batch.require_absent(drawn.clone());
        batch.put_record(allocation, &record)?;
        // The index stays taken whatever becomes of the award.
        let award = OpenAward {
            award: record.award,
        };
        batch.put_record(drawn, &award)?;
        if let Origin::Order(order) = &record.origin {
            let open = OpenEdition {
                badge: record.drawn.badge,
                order: order.clone(),
            };
            batch.put_record(layout::edition_open(open.badge), &open)?;
        }
        Ok(Allocation::from_store(record))
    }

    /// Sets an allocation aside that must never be signed; the next one draws everything anew.
    /// Conflicts if its edition was recorded meanwhile: then it is too late, and the badge stands.
    pub(crate) fn void_allocation(&self, award: AwardId, edition: u32) -> Result<(), StoreError> {
        let held = self.allocation_held(award, edition)?;
        let held = held.ok_or(StoreError::Conflict)?;
        let mut batch = Batch::default();
        self.require_open(&mut batch, &held.value)?;
        void(&mut batch, &held)?;
        self.commit(batch)
    }

    /// Gives an order up that cannot be carried out any more, with what was allocated for it.
    pub(crate) fn give_up_edition(&self, badge: BadgeId, order: &Order) -> Result<(), StoreError> {
        let open = self.read::<OpenEdition>(&layout::edition_open(badge))?;
        let Some(open) = open.filter(|open| open.value.order == *order) else {
            return Ok(());
        };
        let mut batch = Batch::default();
        open.require_unchanged(&mut batch);
        batch.delete(open.key().to_vec());
        if let Some(badge) = self.badge(badge)? {
            let edition = order.edition + 1;
            let held = self.allocation_held(badge.award, edition)?;
            // An edition that was recorded keeps its allocation.
            if let Some(held) = held.filter(|_| badge.current().number < edition) {
                void(&mut batch, &held)?;
            }
        }
        self.commit(batch)
    }

    /// Makes a batch conflict once what is allocated is recorded, and gives the key of the note that it is not.
    pub(super) fn require_open(
        &self,
        batch: &mut Batch,
        allocation: &AllocationRecord,
    ) -> Result<Vec<u8>, StoreError> {
        let conflict = StoreError::Conflict;
        match &allocation.origin {
            Origin::Award => {
                let open = self.read::<OpenAward>(&layout::award_open(allocation.award))?;
                let open = open.ok_or(conflict)?;
                open.require_unchanged(batch);
                Ok(open.key().to_vec())
            }
            Origin::Order(order) => {
                let key = layout::edition_open(allocation.drawn.badge);
                let open = self.read::<OpenEdition>(&key)?;
                let open = open.filter(|open| open.value.order == *order);
                open.ok_or(conflict)?.require_unchanged(batch);
                Ok(key)
            }
        }
    }
}

fn void(batch: &mut Batch, held: &Stored<AllocationRecord>) -> Result<(), StoreError> {
    held.require_unchanged(batch);
    batch.delete(held.key().to_vec());
    let drawn = &held.value.drawn;
    batch.put_record(
        layout::allocation_void(drawn.badge, drawn.status),
        &held.value,
    )
}

/// That a further edition of a badge is not recorded yet, and why it is issued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OpenEdition {
    pub(crate) badge: BadgeId,
    pub(crate) order: Order,
}
