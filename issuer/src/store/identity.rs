//! What the store knows of identities at providers.

use super::{Store, StoreError};
use crate::digest::Sha256Digest;
use crate::engine::Batch;
use crate::id::PersonId;
use crate::layout;
use crate::oidc::Identity;
use crate::oidc::account::LinkedIdentity;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

impl Store {
    /// Finds an identity.
    pub fn identity(&self, digest: Sha256Digest) -> Result<Option<LinkedIdentity>, StoreError> {
        let found = self.read::<LinkedIdentity>(&layout::identity(digest))?;
        Ok(found.map(|stored| stored.value))
    }

    /// Every identity that opens this person's account.
    pub fn identities_of(&self, person: PersonId) -> Result<Vec<LinkedIdentity>, StoreError> {
        let listed =
            self.read_all::<Listed>(&layout::identities_of(person), b"", MOST_OF_A_PERSON)?;
        let mut identities = Vec::new();
        for listed in listed {
            identities.extend(self.identity(listed.value.identity)?);
        }
        Ok(identities)
    }

    /// Finds whose account an identity opens, and notes that it was used and what it now says.
    pub(crate) fn identity_used(
        &self,
        digest: Sha256Digest,
        identity: &Identity,
        now: Timestamp,
    ) -> Result<Option<PersonId>, StoreError> {
        let key = layout::identity(digest);
        let Some(held) = self.read::<LinkedIdentity>(&key)? else {
            return Ok(None);
        };
        let used = LinkedIdentity {
            identity: identity.clone(),
            used: now,
            ..held.value.clone()
        };
        let mut batch = Batch::default();
        held.require_unchanged(&mut batch);
        batch.put_record(key, &used)?;
        match self.commit(batch) {
            // Another sign-in has noted it; whether it still opens the account was so a moment ago.
            Ok(()) | Err(StoreError::Conflict) => Ok(Some(held.value.person)),
            Err(error) => Err(error),
        }
    }

    /// Adds an identity to a batch, which conflicts if it opens an account already.
    pub(crate) fn put_identity(
        &self,
        batch: &mut Batch,
        linked: &LinkedIdentity,
    ) -> Result<(), StoreError> {
        let digest = linked.identity.digest();
        batch.require_absent(layout::identity(digest));
        batch.put_record(layout::identity(digest), linked)?;
        let listed = Listed { identity: digest };
        batch.put_record(layout::identity_of(linked.person, digest), &listed)
    }

    /// Forgets an identity.
    pub(crate) fn remove_identity(
        &self,
        person: PersonId,
        digest: Sha256Digest,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        batch.delete(layout::identity(digest));
        batch.delete(layout::identity_of(person, digest));
        self.commit(batch)
    }

    /// Adds to a batch that the identities of one person open the account of another from now on.
    pub fn move_identities(
        &self,
        batch: &mut Batch,
        from: PersonId,
        to: PersonId,
    ) -> Result<(), StoreError> {
        for linked in self.identities_of(from)? {
            let digest = linked.identity.digest();
            let key = layout::identity(digest);
            let Some(held) = self.read::<LinkedIdentity>(&key)? else {
                continue;
            };
            held.require_unchanged(batch);
            let moved = LinkedIdentity {
                person: to,
                ..held.value
            };
            batch.put_record(key, &moved)?;
            batch.delete(layout::identity_of(from, digest));
            let listed = Listed { identity: digest };
            batch.put_record(layout::identity_of(to, digest), &listed)?;
        }
        Ok(())
    }
}

#[derive(Serialize, Deserialize)]
struct Listed {
    identity: Sha256Digest,
}

/// Those of two accounts that were merged, and again.
const MOST_OF_A_PERSON: usize = 100;
