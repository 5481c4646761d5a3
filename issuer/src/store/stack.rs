//! What the store knows of stacks.

use super::submission::OpenAward;
use super::{Store, StoreError};
use crate::award::Award;
use crate::engine::Batch;
use crate::id::{AwardId, MicroCredentialId};
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

    /// Notes that the stacks of an award were looked at.
    pub(crate) fn forget_stack_check(&self, award: AwardId) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        batch.delete(layout::stack_check(award));
        self.commit(batch)
    }

    /// Writes the award of a stack; conflicts if its earner has been awarded it before.
    pub(crate) fn award_stack(
        &self,
        award: &Award,
        line: &MicroCredentialId,
    ) -> Result<(), StoreError> {
        let open = OpenAward { award: award.id };
        let once = layout::stack_award(award.earner, line);
        let mut batch = Batch::default();
        batch.require_absent(once.clone());
        batch.require_absent(layout::award(award.id));
        batch.put_record(once, &open)?;
        batch.put_record(layout::award(award.id), award)?;
        batch.put_record(layout::award_open(award.id), &open)?;
        self.commit(batch)
    }
}

/// That a stack has a line of versions among its parts.
#[derive(Serialize, Deserialize)]
pub(super) struct StackEntry {
    pub(super) stack: MicroCredentialId,
}
