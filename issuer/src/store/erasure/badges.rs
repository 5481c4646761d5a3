//! Letting go of badges, awards, and what was asked and said of them.

use super::super::merge::AT_ONCE;
use super::super::{Store, StoreError, Stored};
use crate::award::Award;
use crate::awarding::Once;
use crate::badge::Badge;
use crate::endorsement::Endorsement;
use crate::engine::Batch;
use crate::erasure::Tombstone;
use crate::id::{AwardId, BadgeId, PersonId};
use crate::layout;
use crate::person::Person;

impl Store {
    /// Puts a tombstone in the place of a badge, with everything that was signed for it.
    pub(crate) fn bury_badge(
        &self,
        held: &Stored<Badge>,
        tombstone: &Tombstone,
    ) -> Result<(), StoreError> {
        let badge = &held.value;
        let mut batch = Batch::default();
        held.require_unchanged(&mut batch);
        for edition in &badge.editions {
            batch.delete(layout::credential(badge.id, edition.number));
        }
        batch.delete(layout::badge_refresh(badge.refresh));
        batch.delete(layout::edition_open(badge.id));
        for (key, _) in self
            .engine()
            .scan(&layout::allocations_void(badge.id), b"", AT_ONCE)?
        {
            batch.delete(key);
        }
        if let Some(first) = badge.editions.first() {
            let by = layout::badge_by(&badge.organisation, first.issued, badge.id);
            batch.delete(by);
        }
        batch.delete(layout::badge_of(badge.earner, badge.id));
        batch.delete(held.key().to_vec());
        self.drop_award(&mut batch, badge.award)?;
        batch.put_record(layout::tombstone(badge.id), tombstone)?;
        self.commit(batch)
    }

    /// Forgets that a badge is somebody's which is not there.
    pub(crate) fn forget_badge_of(
        &self,
        person: PersonId,
        badge: BadgeId,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        batch.delete(layout::badge_of(person, badge));
        self.commit(batch)
    }

    fn drop_award(&self, batch: &mut Batch, id: AwardId) -> Result<(), StoreError> {
        if let Some(award) = self.award(id)? {
            batch.delete(layout::award_by_hand(&award));
        }
        batch.delete(layout::award(id));
        batch.delete(layout::award_open(id));
        batch.delete(layout::stack_check(id));
        batch.delete(layout::allocation(id));
        let further = layout::further_allocations(id);
        for (key, _) in self.engine().scan(&further, b"", AT_ONCE)? {
            batch.delete(key);
        }
        Ok(())
    }

    /// Forgets awards whose badges were not issued.
    pub(crate) fn erase_awards(&self, person: PersonId) -> Result<(), StoreError> {
        self.each(&layout::awards(), |held: Stored<Award>| {
            if held.value.earner != person {
                return Ok(());
            }
            let mut batch = Batch::default();
            held.require_unchanged(&mut batch);
            self.drop_award(&mut batch, held.value.id)?;
            self.commit(batch)
        })
    }

    /// Forgets under which keys awards were made that are not there any more: they say to which address.
    pub(crate) fn erase_onces(&self) -> Result<(), StoreError> {
        self.each(&layout::awards_once(), |held: Stored<Once>| {
            if self.award(held.value.award)?.is_some() {
                return Ok(());
            }
            // Changed meanwhile it stands for another award.
            self.remove_unless_changed(&held)
        })
    }

    /// Forgets what somebody said when they asked for endorsements of what is their organisation's.
    pub(crate) fn erase_requests(&self, person: &Person) -> Result<(), StoreError> {
        self.each(&layout::endorsements(), |held: Stored<Endorsement>| {
            let mut wordless = held.value.clone();
            match &mut wordless.request {
                Some(request) if person.is(request.by) => {
                    request.message = "Erased.".parse().expect("a text");
                }
                _ => return Ok(()),
            }
            self.replace_erased(&held, &wordless)
        })
    }
}
