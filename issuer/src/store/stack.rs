//! What the store knows of stacks.

use super::merge::AT_ONCE;
use super::submission::OpenAward;
use super::{Store, StoreError};
use crate::award::Award;
use crate::engine::Batch;
use crate::id::{AwardId, MicroCredentialId, PersonId};
use crate::layout;
use serde::{Deserialize, Serialize};

impl Store {
    /// Lists the stacks of which a line of versions is, or was, a part.
    pub(crate) fn stacks_with(
        &self,
        line: &MicroCredentialId,
        limit: usize,
    ) -> Result<Vec<MicroCredentialId>, StoreError> {
        let found = self.read_all::<StackEntry>(&layout::stacks_with(line), b"", limit)?;
        Ok(found.into_iter().map(|stored| stored.value.stack).collect())
    }

    /// Whether the stacks of an award are still to be looked at.
    pub(crate) fn is_stack_check(&self, award: AwardId) -> Result<bool, StoreError> {
        Ok(self
            .read::<OpenAward>(&layout::stack_check(award))?
            .is_some())
    }

    /// Lists awards whose stacks are still to be looked at.
    pub(crate) fn stack_checks(&self, limit: usize) -> Result<Vec<AwardId>, StoreError> {
        let found = self.read_all::<OpenAward>(&layout::stack_checks(), b"", limit)?;
        Ok(found.into_iter().map(|stored| stored.value.award).collect())
    }

    /// Notes in a batch that the stacks of an award are to be looked at.
    pub(crate) fn put_stack_check(
        &self,
        batch: &mut Batch,
        award: AwardId,
    ) -> Result<(), StoreError> {
        batch.put_record(layout::stack_check(award), &OpenAward { award })
    }

    /// Notes that the stacks of an award were looked at.
    pub(crate) fn forget_stack_check(&self, award: AwardId) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        batch.delete(layout::stack_check(award));
        self.commit(batch)
    }

    /// Moves what one person was awarded for stacks to another, and says how many there were.
    ///
    /// Where both were awarded a stack, both awards stand and the other's is the one that counts.
    pub(super) fn move_stack_awards(
        &self,
        from: PersonId,
        to: PersonId,
    ) -> Result<usize, StoreError> {
        let found = self.read_all::<OpenAward>(&layout::stack_awards_of(from), b"", AT_ONCE)?;
        for entry in &found {
            let held = self.read::<Award>(&layout::award(entry.value.award))?;
            let held = held.ok_or(StoreError::Conflict)?;
            let moved = Award {
                earner: to,
                ..held.value.clone()
            };
            let mut batch = Batch::default();
            entry.require_unchanged(&mut batch);
            held.require_unchanged(&mut batch);
            batch.delete(entry.key().to_vec());
            batch.put_record(held.key().to_vec(), &moved)?;
            let line = entry.key().get(layout::stack_awards_of(from).len()..);
            let mut place = layout::stack_awards_of(to);
            place.extend_from_slice(line.unwrap_or_default());
            if self.read::<OpenAward>(&place)?.is_none() {
                batch.require_absent(place.clone());
                batch.put_record(place, &entry.value)?;
            }
            self.commit(batch)?;
        }
        Ok(found.len())
    }

    /// The batch that writes the award of a stack; conflicts if its earner has been awarded it before.
    pub(crate) fn awarding_stack(
        &self,
        award: &Award,
        line: &MicroCredentialId,
    ) -> Result<Batch, StoreError> {
        let open = OpenAward { award: award.id };
        let once = layout::stack_award(award.earner, line);
        let mut batch = Batch::default();
        batch.require_absent(once.clone());
        batch.put_record(once, &open)?;
        self.put_award(&mut batch, award)?;
        Ok(batch)
    }
}

/// That a stack has a line of versions among its parts.
#[derive(Serialize, Deserialize)]
pub(super) struct StackEntry {
    pub(super) stack: MicroCredentialId,
}
