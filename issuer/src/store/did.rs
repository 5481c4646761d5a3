//! What the store knows of identifiers that are to be shown to be somebody's.

use super::{Store, StoreError, Stored};
use crate::engine::Batch;
use crate::id::PersonId;
use crate::layout;
use crate::person::did::Challenge;

impl Store {
    /// Finds the challenge that somebody is to answer.
    pub(crate) fn did_challenge(
        &self,
        person: PersonId,
    ) -> Result<Option<Stored<Challenge>>, StoreError> {
        self.read(&layout::did_challenge(person))
    }

    /// Writes a challenge in the place of any earlier one.
    pub(crate) fn put_did_challenge(&self, challenge: &Challenge) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        batch.put_record(layout::did_challenge(challenge.person), challenge)?;
        self.commit(batch)
    }
}
