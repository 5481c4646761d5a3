//! What the store knows of passkeys.

use super::{Store, StoreError, Stored};
use crate::digest::Sha256Digest;
use crate::engine::Batch;
use crate::id::PersonId;
use crate::layout;
use crate::passkey::Passkey;
use serde::{Deserialize, Serialize};

impl Store {
    /// Every passkey of a person, the oldest first.
    pub fn passkeys_of(&self, person: PersonId) -> Result<Vec<Passkey>, StoreError> {
        let listed =
            self.read_all::<Listed>(&layout::passkeys_of(person), b"", MOST_OF_A_PERSON)?;
        let mut passkeys = Vec::new();
        for listed in listed {
            let found = self.passkey_held(listed.value.passkey)?;
            passkeys.extend(found.map(|held| held.value));
        }
        passkeys.sort_by_key(|passkey| passkey.made);
        Ok(passkeys)
    }

    /// Finds a passkey as it stands.
    pub(crate) fn passkey_held(
        &self,
        digest: Sha256Digest,
    ) -> Result<Option<Stored<Passkey>>, StoreError> {
        self.read::<Passkey>(&layout::passkey(digest))
    }

    /// Adds a passkey; conflicts if somebody has it.
    pub(crate) fn add_passkey(&self, passkey: &Passkey) -> Result<(), StoreError> {
        let digest = passkey.digest();
        let mut batch = Batch::default();
        batch.require_absent(layout::passkey(digest));
        batch.put_record(layout::passkey(digest), passkey)?;
        let listed = Listed { passkey: digest };
        batch.put_record(layout::passkey_of(passkey.person, digest), &listed)?;
        self.commit(batch)
    }

    /// Writes a passkey anew; conflicts if it has changed.
    pub(crate) fn replace_passkey(
        &self,
        held: &Stored<Passkey>,
        passkey: &Passkey,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        held.require_unchanged(&mut batch);
        batch.put_record(held.key().to_vec(), passkey)?;
        self.commit(batch)
    }

    /// Forgets a passkey.
    pub(crate) fn remove_passkey(
        &self,
        person: PersonId,
        digest: Sha256Digest,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        batch.delete(layout::passkey(digest));
        batch.delete(layout::passkey_of(person, digest));
        self.commit(batch)
    }

    /// Adds to a batch that the passkeys of one person open the account of another from now on.
    pub fn move_passkeys(
        &self,
        batch: &mut Batch,
        from: PersonId,
        to: PersonId,
    ) -> Result<(), StoreError> {
        for passkey in self.passkeys_of(from)? {
            let digest = passkey.digest();
            let Some(held) = self.passkey_held(digest)? else {
                continue;
            };
            held.require_unchanged(batch);
            let moved = Passkey {
                person: to,
                ..held.value.clone()
            };
            batch.put_record(held.key().to_vec(), &moved)?;
            batch.delete(layout::passkey_of(from, digest));
            let listed = Listed { passkey: digest };
            batch.put_record(layout::passkey_of(to, digest), &listed)?;
        }
        Ok(())
    }
}

#[derive(Serialize, Deserialize)]
struct Listed {
    passkey: Sha256Digest,
}

/// Those of two accounts that were merged, and again.
const MOST_OF_A_PERSON: usize = 100;
