//! What the store knows of bearer tokens.

use super::merge::AT_ONCE;
use super::{Store, StoreError, Stored};
use crate::digest::Sha256Digest;
use crate::engine::{Batch, EngineError};
use crate::id::{PersonId, TokenId};
use crate::layout;
use crate::token::{TOKENS, TokenRecord};
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

impl Store {
    /// Finds the bearer token that has this digest.
    pub(crate) fn token_held(
        &self,
        digest: Sha256Digest,
    ) -> Result<Option<Stored<TokenRecord>>, StoreError> {
        self.read(&layout::person_token(digest))
    }

    /// Lists the bearer tokens of a person.
    pub(crate) fn tokens_of(&self, person: PersonId) -> Result<Vec<TokenRecord>, StoreError> {
        let mut tokens = Vec::new();
        for entry in self.read_all::<Entry>(&layout::person_tokens_of(person), b"", LISTED)? {
            let found = self.token_held(entry.value.digest)?;
            tokens.extend(found.map(|stored| stored.value));
        }
        Ok(tokens)
    }

    /// Adds a bearer token, known by its digest.
    pub(crate) fn add_token(
        &self,
        digest: Sha256Digest,
        new: &TokenRecord,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        batch.require_absent(layout::person_token(digest));
        batch.put_record(layout::person_token(digest), new)?;
        let entry = layout::person_token_of(new.person, new.id);
        batch.put_record(entry, &Entry { digest })?;
        self.commit(batch)
    }

    /// Notes that a bearer token was used, unless it was ended or noted meanwhile, or the disk hangs.
    pub(crate) fn note_token_use(
        &self,
        held: &Stored<TokenRecord>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let used = TokenRecord {
            used: Some(now),
            ..held.value.clone()
        };
        let mut batch = Batch::default();
        held.require_unchanged(&mut batch);
        batch.put_record(held.key().to_vec(), &used)?;
        match self.commit(batch) {
            Err(StoreError::Conflict | StoreError::Engine(EngineError::Unavailable)) => Ok(()),
            other => other,
        }
    }

    /// Moves bearer tokens of one person to another, and says how many.
    pub(super) fn move_tokens(&self, from: PersonId, to: PersonId) -> Result<usize, StoreError> {
        let found = self.read_all::<Entry>(&layout::person_tokens_of(from), b"", AT_ONCE)?;
        for entry in &found {
            let mut batch = Batch::default();
            match self.token_held(entry.value.digest)? {
                None => batch.delete(entry.key().to_vec()),
                Some(held) => {
                    let moved = TokenRecord {
                        person: to,
                        ..held.value.clone()
                    };
                    held.require_unchanged(&mut batch);
                    batch.put_record(held.key().to_vec(), &moved)?;
                    let place = layout::person_token_of(to, moved.id);
                    self.move_entry(&mut batch, entry.key().to_vec(), place)?;
                }
            }
            self.commit(batch)?;
        }
        Ok(found.len())
    }

    /// Ends a bearer token; `None` if the person has none of this name.
    pub(crate) fn remove_token(
        &self,
        person: PersonId,
        token: TokenId,
    ) -> Result<Option<()>, StoreError> {
        let key = layout::person_token_of(person, token);
        let Some(entry) = self.read::<Entry>(&key)? else {
            return Ok(None);
        };
        let mut batch = Batch::default();
        batch.delete(layout::person_token(entry.value.digest));
        batch.delete(key);
        self.commit(batch).map(Some)
    }
}

#[derive(Serialize, Deserialize)]
struct Entry {
    digest: Sha256Digest,
}

/// Those of a person and those of accounts that were joined to theirs.
const LISTED: usize = 8 * TOKENS;
