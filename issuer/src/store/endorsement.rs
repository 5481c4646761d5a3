//! What the store knows of endorsements.

use super::merge::AT_ONCE;
use super::{Store, StoreError, Stored};
use crate::endorsement::asking::EVER;
use crate::endorsement::{
    Allocation, AllocationRecord, Credential, Endorsed, Endorsement, EndorsementTombstone, Linted,
    SeenBy, State,
};
use crate::engine::Batch;
use crate::id::{EndorsementId, OrganisationId, PersonId};
use crate::layout;
use crate::page::{Page, PageRequest};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;

impl Store {
    /// Finds an endorsement in order to change it.
    pub fn endorsement_held(
        &self,
        id: EndorsementId,
    ) -> Result<Option<Stored<Endorsement>>, StoreError> {
        self.read(&layout::endorsement(id))
    }

    /// Finds the last endorsement of a thing by an organisation.
    pub(crate) fn endorsement_pair(
        &self,
        endorser: &OrganisationId,
        subject: &Endorsed,
    ) -> Result<Option<Stored<Endorsement>>, StoreError> {
        match self.read::<Entry>(&layout::endorsement_pair(endorser, subject))? {
            Some(entry) => self.endorsement_held(entry.value.endorsement),
            None => Ok(None),
        }
    }

    /// Lists what one side sees of endorsements and `keep` keeps, the last first. That of a badge has one page.
    pub fn endorsements_seen(
        &self,
        by: &SeenBy,
        asked: &PageRequest,
        mut keep: impl FnMut(&Endorsement) -> bool,
    ) -> Result<Page<Endorsement>, StoreError> {
        let prefix = match by {
            SeenBy::Endorser(endorser) => layout::endorsements_by(endorser),
            SeenBy::Owner(owner) => layout::endorsements_for(owner),
            SeenBy::Holder(badge) => {
                let mut items = self.endorsements_of(&Endorsed::Badge(*badge))?;
                items.retain(keep);
                items.sort_by_key(|one| Reverse(one.begun));
                return Ok(Page { items, next: None });
            }
        };
        let find = |entry: Entry| {
            let held = self.endorsement_held(entry.endorsement)?;
            let found = held.map(|held| held.value);
            Ok(found.filter(|endorsement| keep(endorsement)))
        };
        self.page(&prefix, asked, find)
    }

    /// Lists everything that was asked, said and declined about a thing.
    pub fn endorsements_of(&self, subject: &Endorsed) -> Result<Vec<Endorsement>, StoreError> {
        let entries = self.read_all::<Entry>(&layout::endorsements_of(subject), b"", EVER)?;
        let mut found = Vec::new();
        for entry in entries {
            let held = self.endorsement_held(entry.value.endorsement)?;
            found.extend(held.map(|held| held.value));
        }
        Ok(found)
    }

    /// Says who has asked what an organisation has not answered, up to `limit`.
    pub(crate) fn endorsements_waiting(
        &self,
        endorser: &OrganisationId,
        limit: usize,
    ) -> Result<Vec<PersonId>, StoreError> {
        let prefix = layout::endorsements_waiting(endorser);
        let waiting = self.read_all::<Waiting>(&prefix, b"", limit)?;
        Ok(waiting.into_iter().map(|one| one.value.by).collect())
    }

    /// Adds a new endorsement to a batch, in the place of one that is over; the batch conflicts if there is
    /// another of the same thing by the same organisation by now.
    pub(crate) fn add_endorsement(
        &self,
        batch: &mut Batch,
        before: Option<&Stored<Endorsement>>,
        new: &Endorsement,
    ) -> Result<(), StoreError> {
        let pair = layout::endorsement_pair(&new.endorser, &new.subject);
        let entry = Entry {
            endorsement: new.id,
        };
        match before {
            Some(before) => {
                let known = self.read::<Entry>(&pair)?;
                known.ok_or(StoreError::Conflict)?.require_unchanged(batch);
                before.require_unchanged(batch);
            }
            None => batch.require_absent(pair.clone()),
        }
        batch.require_absent(layout::endorsement(new.id));
        batch.put_record(layout::endorsement(new.id), new)?;
        batch.put_record(pair, &entry)?;
        let by = layout::endorsement_by(&new.endorser, new.begun, new.id);
        batch.put_record(by, &entry)?;
        if new.concerns_owner() {
            let of_owner = layout::endorsement_for(&new.owner, new.begun, new.id);
            batch.put_record(of_owner, &entry)?;
        }
        batch.put_record(layout::endorsement_of(&new.subject, new.id), &entry)?;
        put_waiting(batch, new)
    }

    /// Changes an endorsement in a batch, which conflicts if it was changed meanwhile.
    pub(crate) fn change_endorsement(
        &self,
        batch: &mut Batch,
        held: &Stored<Endorsement>,
        changed: &Endorsement,
    ) -> Result<(), StoreError> {
        held.require_unchanged(batch);
        batch.put_record(layout::endorsement(changed.id), changed)?;
        put_waiting(batch, changed)
    }

    /// Removes an endorsement in a batch, with everything that leads to it.
    pub(crate) fn remove_endorsement(
        &self,
        batch: &mut Batch,
        held: &Stored<Endorsement>,
    ) -> Result<(), StoreError> {
        let gone = &held.value;
        held.require_unchanged(batch);
        batch.delete(layout::endorsement(gone.id));
        let pair = layout::endorsement_pair(&gone.endorser, &gone.subject);
        if let Some(last) = self.read::<Entry>(&pair)?
            && last.value.endorsement == gone.id
        {
            last.require_unchanged(batch);
            batch.delete(pair);
        }
        batch.delete(layout::endorsement_by(&gone.endorser, gone.begun, gone.id));
        batch.delete(layout::endorsement_for(&gone.owner, gone.begun, gone.id));
        batch.delete(layout::endorsement_of(&gone.subject, gone.id));
        batch.delete(layout::endorsement_waiting(&gone.endorser, gone.id));
        batch.delete(layout::endorsement_open(gone.id));
        batch.delete(layout::endorsement_allocation(gone.id));
        batch.delete(layout::endorsement_credential(gone.id));
        let void = layout::endorsement_allocations_void(gone.id);
        for (key, _) in self.engine().scan(&void, b"", AT_ONCE)? {
            batch.delete(key);
        }
        Ok(())
    }

    /// Puts a tombstone in the place of an endorsement.
    pub(crate) fn bury_endorsement(
        &self,
        held: &Stored<Endorsement>,
        tombstone: &EndorsementTombstone,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        self.remove_endorsement(&mut batch, held)?;
        batch.put_record(layout::endorsement_tombstone(held.value.id), tombstone)?;
        self.commit(batch)
    }

    /// What stays of an endorsement whose badge is gone.
    pub(crate) fn endorsement_tombstone(
        &self,
        id: EndorsementId,
    ) -> Result<Option<EndorsementTombstone>, StoreError> {
        let found = self.read(&layout::endorsement_tombstone(id))?;
        Ok(found.map(|held| held.value))
    }

    /// The endorsement of a thing that stands in every badge.
    pub(crate) fn endorsement_in_badges(
        &self,
        subject: &Endorsed,
    ) -> Result<Option<EndorsementId>, StoreError> {
        let found = self.read::<Entry>(&layout::endorsement_in_badges(subject))?;
        Ok(found.map(|held| held.value.endorsement))
    }

    /// Lets an endorsement stand in every badge from a batch on, which conflicts if another does by now.
    pub(crate) fn put_in_badges(
        &self,
        batch: &mut Batch,
        endorsement: &Endorsement,
    ) -> Result<(), StoreError> {
        let key = layout::endorsement_in_badges(&endorsement.subject);
        batch.require_absent(key.clone());
        let entry = Entry {
            endorsement: endorsement.id,
        };
        batch.put_record(key, &entry)
    }

    /// Writes down in a batch what is about to be signed, together with the status index it uses up. The batch
    /// conflicts if there is an allocation for the endorsement, or the index is taken.
    pub(crate) fn allocate_endorsement(
        &self,
        batch: &mut Batch,
        linted: &Linted,
    ) -> Result<Allocation, StoreError> {
        let record: &AllocationRecord = linted.record();
        let (allocation, drawn) = (
            layout::endorsement_allocation(record.endorsement),
            layout::status_drawn(record.drawn.status),
        );
        batch.require_absent(allocation.clone());
        batch.require_absent(drawn.clone());
        batch.put_record(allocation, record)?;
        let entry = Entry {
            endorsement: record.endorsement,
        };
        // The index stays taken whatever becomes of the endorsement.
        batch.put_record(drawn, &entry)?;
        batch.put_record(layout::endorsement_open(record.endorsement), &entry)?;
        Ok(Allocation::from_store(record.clone()))
    }

    /// Finds what is about to be signed for an endorsement.
    pub(crate) fn endorsement_allocation(
        &self,
        id: EndorsementId,
    ) -> Result<Option<Allocation>, StoreError> {
        let found = self.endorsement_allocation_held(id)?;
        Ok(found.map(|held| Allocation::from_store(held.value)))
    }

    fn endorsement_allocation_held(
        &self,
        id: EndorsementId,
    ) -> Result<Option<Stored<AllocationRecord>>, StoreError> {
        self.read(&layout::endorsement_allocation(id))
    }

    /// Sets an allocation aside that must never be signed; the next one draws everything anew.
    pub(crate) fn void_endorsement_allocation(&self, id: EndorsementId) -> Result<(), StoreError> {
        let held = self.endorsement_allocation_held(id)?;
        let held = held.ok_or(StoreError::Conflict)?;
        let mut batch = Batch::default();
        // Once it is recorded it is too late.
        self.require_endorsement_open(&mut batch, id)?;
        held.require_unchanged(&mut batch);
        batch.delete(held.key().to_vec());
        let void = layout::endorsement_allocation_void(id, held.value.drawn.status);
        batch.put_record(void, &held.value)?;
        self.commit(batch)
    }

    /// The batch that records a signed endorsement. It conflicts if it is recorded by now, or if its allocation
    /// was voided and another one made.
    pub(crate) fn recording_endorsement(
        &self,
        credential: &Credential,
    ) -> Result<Batch, StoreError> {
        let id = credential.endorsement();
        let allocation = self.endorsement_allocation_held(id)?;
        let allocation = allocation.filter(|held| held.value.drawn.status == credential.status());
        let mut batch = Batch::default();
        let open = self.require_endorsement_open(&mut batch, id)?;
        allocation
            .ok_or(StoreError::Conflict)?
            .require_unchanged(&mut batch);
        batch.delete(open);
        batch.put_record(layout::endorsement_credential(id), credential)?;
        Ok(batch)
    }

    fn require_endorsement_open(
        &self,
        batch: &mut Batch,
        id: EndorsementId,
    ) -> Result<Vec<u8>, StoreError> {
        let open = self.read::<Entry>(&layout::endorsement_open(id))?;
        let open = open.ok_or(StoreError::Conflict)?;
        open.require_unchanged(batch);
        Ok(open.key().to_vec())
    }

    /// Finds a signed endorsement.
    pub fn endorsement_credential(
        &self,
        id: EndorsementId,
    ) -> Result<Option<Credential>, StoreError> {
        let found = self.read(&layout::endorsement_credential(id))?;
        Ok(found.map(|held| held.value))
    }

    /// Lists up to `limit` endorsements that are being signed.
    pub(crate) fn open_endorsements(&self, limit: usize) -> Result<Vec<EndorsementId>, StoreError> {
        let open = self.read_all::<Entry>(&layout::endorsements_open(), b"", limit)?;
        Ok(open.into_iter().map(|one| one.value.endorsement).collect())
    }
}

/// Keeps the list of what an organisation has not answered.
fn put_waiting(batch: &mut Batch, endorsement: &Endorsement) -> Result<(), StoreError> {
    let key = layout::endorsement_waiting(&endorsement.endorser, endorsement.id);
    match (&endorsement.state, &endorsement.request) {
        (State::Asked, Some(request)) => {
            let waiting = Waiting { by: request.by };
            batch.put_record(key, &waiting)
        }
        _ => {
            batch.delete(key);
            Ok(())
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Entry {
    endorsement: EndorsementId,
}

#[derive(Serialize, Deserialize)]
struct Waiting {
    by: PersonId,
}
