//! What the store knows of requests that were made under a key.

use super::{Store, StoreError, Stored};
use crate::digest::Sha256Digest;
use crate::engine::Batch;
use crate::id::PersonId;
use crate::idempotency::Repeatable;
use crate::layout;
use schemas::timestamp::Timestamp;

impl Store {
    /// Finds the request that a person made under the key of this digest.
    pub(crate) fn repeatable(
        &self,
        person: PersonId,
        key: Sha256Digest,
    ) -> Result<Option<Stored<Repeatable>>, StoreError> {
        self.read(&layout::repeatable(person, key))
    }

    /// Reserves a key until a time; conflicts if it is reserved.
    pub(crate) fn reserve(
        &self,
        person: PersonId,
        key: Sha256Digest,
        new: &Repeatable,
        until: Timestamp,
    ) -> Result<(), StoreError> {
        let place = layout::repeatable(person, key);
        let note = Sha256Digest::of(&place);
        let mut batch = Batch::default();
        batch.require_absent(place.clone());
        batch.put_record(place.clone(), new)?;
        batch.forget_after(until, note, vec![place])?;
        self.commit(batch)
    }

    /// Writes what has become of a request; conflicts if it was written meanwhile.
    pub(crate) fn reserve_again(
        &self,
        person: PersonId,
        key: Sha256Digest,
        held: &Stored<Repeatable>,
        changed: &Repeatable,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        held.require_unchanged(&mut batch);
        batch.put_record(layout::repeatable(person, key), changed)?;
        self.commit(batch)
    }

    /// Gives a key free; conflicts if it was written meanwhile.
    pub(crate) fn release(
        &self,
        person: PersonId,
        key: Sha256Digest,
        held: &Stored<Repeatable>,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        held.require_unchanged(&mut batch);
        batch.delete(layout::repeatable(person, key));
        self.commit(batch)
    }
}
