//! What the store knows of badges.

use super::merge::AT_ONCE;
use super::{Store, StoreError, Stored};
use crate::allocation::AllocationRecord;
use crate::badge::{Badge, Origin};
use crate::engine::Batch;
use crate::id::{AwardId, BadgeId, MicroCredentialId, OrganisationId, PersonId, RefreshId};
use crate::issued::{Issued, IssuedRecord};
use crate::layout;
use crate::page::{Page, PageRequest};
use serde::{Deserialize, Serialize};

impl Store {
    /// Finds a badge.
    pub fn badge(&self, id: BadgeId) -> Result<Option<Badge>, StoreError> {
        Ok(self.badge_held(id)?.map(|stored| stored.value))
    }

    /// Finds a badge in order to change it.
    pub(crate) fn badge_held(&self, id: BadgeId) -> Result<Option<Stored<Badge>>, StoreError> {
        self.read(&layout::badge(id))
    }

    /// Finds the badge of an award, if it is recorded.
    pub fn badge_of_award(&self, award: AwardId) -> Result<Option<Badge>, StoreError> {
        match self.read::<AllocationRecord>(&layout::allocation(award))? {
            Some(allocation) => self.badge(allocation.value.drawn.badge),
            None => Ok(None),
        }
    }

    /// Finds the badge at a refresh address.
    pub fn badge_by_refresh(&self, id: RefreshId) -> Result<Option<Badge>, StoreError> {
        match self.read::<Entry>(&layout::badge_refresh(id))? {
            Some(entry) => self.badge(entry.value.badge),
            None => Ok(None),
        }
    }

    /// Lists the badges of a person.
    pub fn badges_of(
        &self,
        person: PersonId,
        asked: &PageRequest,
    ) -> Result<Page<Badge>, StoreError> {
        let find = |entry: Entry| self.badge(entry.badge);
        self.page(&layout::badges_of(person), asked, find)
    }

    /// Lists the badges that a person was awarded for one version of a micro-credential.
    pub(crate) fn badges_for(
        &self,
        person: PersonId,
        version: &MicroCredentialId,
    ) -> Result<Vec<BadgeId>, StoreError> {
        let mut found = Vec::new();
        for entry in self.read_all::<Entry>(&layout::badges_of(person), b"", AT_ONCE)? {
            let badge = self.badge(entry.value.badge)?;
            found.extend(badge.filter(|badge| badge.micro_credential == *version));
        }
        Ok(found.into_iter().map(|badge| badge.id).collect())
    }

    /// Lists the badges of an organisation that `keep` keeps, the one that was issued last first.
    pub(crate) fn badges_by(
        &self,
        organisation: &OrganisationId,
        asked: &PageRequest,
        mut keep: impl FnMut(&Badge) -> Result<bool, StoreError>,
    ) -> Result<Page<Badge>, StoreError> {
        let find = |entry: Entry| match self.badge(entry.badge)? {
            Some(badge) if keep(&badge)? => Ok(Some(badge)),
            _ => Ok(None),
        };
        self.page(&layout::badges_by(organisation), asked, find)
    }

    /// Says how many badges a person has, up to a thousand.
    pub(crate) fn count_badges_of(&self, person: PersonId) -> Result<usize, StoreError> {
        let found = self
            .engine()
            .scan(&layout::badges_of(person), b"", AT_ONCE)?;
        Ok(found.len())
    }

    /// Moves badges of one person to another, and says how many.
    pub(super) fn move_badges(&self, from: PersonId, to: PersonId) -> Result<usize, StoreError> {
        let found = self.read_all::<Entry>(&layout::badges_of(from), b"", AT_ONCE)?;
        for entry in &found {
            let held = self.badge_held(entry.value.badge)?;
            let held = held.ok_or(StoreError::Conflict)?;
            let moved = Badge {
                earner: to,
                ..held.value.clone()
            };
            let mut batch = Batch::default();
            held.require_unchanged(&mut batch);
            batch.put_record(held.key().to_vec(), &moved)?;
            let place = layout::badge_of(to, moved.id);
            self.move_entry(&mut batch, entry.key().to_vec(), place)?;
            self.commit(batch)?;
        }
        Ok(found.len())
    }

    /// Finds one edition of a badge.
    pub fn issued(&self, badge: BadgeId, edition: u32) -> Result<Option<Issued>, StoreError> {
        let found = self.read::<IssuedRecord>(&layout::credential(badge, edition))?;
        Ok(found.map(|stored| Issued::from_record(stored.value)))
    }

    /// The batch that records an edition; the badge itself is added when its place in the log is known. It
    /// conflicts if the edition is recorded by now, or if its allocation was voided and another one made: two
    /// processes may have come from the same award with different keys. It conflicts as well if its earner is erased
    /// meanwhile.
    pub(crate) fn recording(&self, issued: &Issued) -> Result<Batch, StoreError> {
        let record = issued.record();
        let allocation = self.allocation_held(record.award, record.edition)?;
        let allocation = allocation
            .filter(|held| {
                let drawn = &held.value.drawn;
                drawn.badge == record.badge && drawn.status == record.status
            })
            .ok_or(StoreError::Conflict)?;
        let mut batch = Batch::default();
        let open = self.require_open(&mut batch, &allocation.value)?;
        allocation.require_unchanged(&mut batch);
        batch.require_absent(layout::erased(record.earner));
        batch.delete(open);
        batch.put_record(layout::credential(record.badge, record.edition), record)?;
        if record.origin == Origin::Award {
            let entry = Entry {
                badge: record.badge,
            };
            let by = layout::badge_by(&record.organisation, record.issued, record.badge);
            batch.require_absent(layout::badge(record.badge));
            batch.put_record(layout::badge_of(record.earner, record.badge), &entry)?;
            batch.put_record(layout::badge_refresh(record.refresh), &entry)?;
            batch.put_record(by, &entry)?;
        }
        Ok(batch)
    }

    /// Adds a badge to a batch.
    pub(crate) fn put_badge(&self, batch: &mut Batch, badge: &Badge) -> Result<(), StoreError> {
        batch.put_record(layout::badge(badge.id), badge)
    }

    /// Writes a changed badge; conflicts if it was changed meanwhile.
    pub(crate) fn replace_badge(
        &self,
        held: &Stored<Badge>,
        changed: &Badge,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        held.require_unchanged(&mut batch);
        batch.put_record(layout::badge(changed.id), changed)?;
        self.commit(batch)
    }
}

#[derive(Serialize, Deserialize)]
struct Entry {
    badge: BadgeId,
}
