//! What the store knows of requests that were made under a key.

use super::{Store, StoreError, Stored};
use crate::digest::Sha256Digest;
use crate::engine::Batch;
use crate::id::PersonId;
use crate::idempotency::Repeatable;
use crate::layout;
use crate::person::{Email, Person};
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

    /// Forgets answers to others that tell of somebody: whoever sends such a request again is told that it was done.
    pub(crate) fn erase_from_answers(&self, person: &Person) -> Result<(), StoreError> {
        let mut told: Vec<String> = person.emails.iter().map(Email::to_string).collect();
        told.push(person.id.to_string());
        // As it stands in JSON.
        told.push(serde_json::Value::from(person.name.as_str()).to_string());
        let mut from = Vec::new();
        loop {
            let some = self.read_all::<Repeatable>(&layout::repeatables(), &from, AT_ONCE)?;
            for held in &some {
                let answer = held.value.answer.as_ref();
                let body = answer.and_then(|kept| kept.body.as_ref());
                if !body.is_some_and(|body| told.iter().any(|told| body.contains(told))) {
                    continue;
                }
                let mut without = held.value.clone();
                if let Some(kept) = &mut without.answer {
                    kept.body = None;
                }
                let mut batch = Batch::default();
                held.require_unchanged(&mut batch);
                batch.put_record(held.key().to_vec(), &without)?;
                match self.commit(batch) {
                    // It is a day old and was forgotten meanwhile.
                    Ok(()) | Err(StoreError::Conflict) => {}
                    Err(error) => return Err(error),
                }
            }
            match some.last() {
                Some(last) if some.len() == AT_ONCE => from = [last.key(), &[0]].concat(),
                _ => return Ok(()),
            }
        }
    }
}

/// Requests that are read at once.
const AT_ONCE: usize = 500;
