//! What the store knows of applications, and of what people let them do.

use super::merge::AT_ONCE;
use super::{Store, StoreError, Stored};
use crate::digest::Sha256Digest;
use crate::engine::Batch;
use crate::id::{ClientId, GrantId, PersonId};
use crate::layout;
use crate::oauth::client::Client;
use crate::oauth::grant::{
    AccessRecord, CODE_LASTS, CodeRecord, CodeState, GRANTS, Grant, OVER_IS_KEPT, RefreshRecord,
};
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

impl Store {
    /// Finds an application.
    pub(crate) fn client_held(&self, id: ClientId) -> Result<Option<Stored<Client>>, StoreError> {
        self.read(&layout::oauth_client(id))
    }

    /// Adds an application, until its time is over.
    pub(crate) fn add_client(&self, new: &Client) -> Result<(), StoreError> {
        let key = layout::oauth_client(new.id);
        let mut batch = Batch::default();
        batch.require_absent(key.clone());
        batch.put_record(key.clone(), new)?;
        batch.forget_after(new.until, client_digest(new.id), vec![key])?;
        self.commit(batch)
    }

    /// Writes an application in a batch whose time has become another.
    pub(crate) fn replace_client(
        &self,
        batch: &mut Batch,
        held: &Stored<Client>,
        changed: &Client,
    ) -> Result<(), StoreError> {
        let digest = client_digest(changed.id);
        held.require_unchanged(batch);
        batch.put_record(held.key().to_vec(), changed)?;
        batch.delete(layout::forget(held.value.until, digest));
        batch.forget_after(changed.until, digest, vec![held.key().to_vec()])
    }

    /// Finds an authorisation code by its digest.
    pub(crate) fn code_held(
        &self,
        digest: Sha256Digest,
    ) -> Result<Option<Stored<CodeRecord>>, StoreError> {
        self.read(&layout::oauth_code(digest))
    }

    /// Adds an authorisation code to a batch.
    pub(crate) fn add_code(
        &self,
        batch: &mut Batch,
        digest: Sha256Digest,
        new: &CodeRecord,
    ) -> Result<(), StoreError> {
        let key = layout::oauth_code(digest);
        batch.require_absent(key.clone());
        batch.put_record(key.clone(), new)?;
        let until = new.made.plus_seconds(CODE_LASTS + OVER_IS_KEPT);
        batch.forget_after(until, digest, vec![key])
    }

    /// Notes in a batch what became of a code; of two who turn it in at once one conflicts.
    pub(crate) fn note_code(
        &self,
        batch: &mut Batch,
        held: &Stored<CodeRecord>,
        state: CodeState,
    ) -> Result<(), StoreError> {
        let noted = CodeRecord {
            state,
            ..held.value.clone()
        };
        held.require_unchanged(batch);
        batch.put_record(held.key().to_vec(), &noted)
    }

    /// Finds an access token by its digest.
    pub(crate) fn access_held(
        &self,
        digest: Sha256Digest,
    ) -> Result<Option<Stored<AccessRecord>>, StoreError> {
        self.read(&layout::oauth_access(digest))
    }

    /// Adds an access token to a batch.
    pub(crate) fn add_access(
        &self,
        batch: &mut Batch,
        digest: Sha256Digest,
        new: &AccessRecord,
    ) -> Result<(), StoreError> {
        let key = layout::oauth_access(digest);
        batch.put_record(key.clone(), new)?;
        batch.forget_after(new.until, digest, vec![key])
    }

    /// Ends an access token.
    pub(crate) fn remove_access(&self, digest: Sha256Digest) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        batch.delete(layout::oauth_access(digest));
        self.commit(batch)
    }

    /// Finds a refresh token by its digest.
    pub(crate) fn refresh_held(
        &self,
        digest: Sha256Digest,
    ) -> Result<Option<Stored<RefreshRecord>>, StoreError> {
        self.read(&layout::oauth_refresh(digest))
    }

    /// Adds a refresh token to a batch. It is known until its time is over, used or not.
    pub(crate) fn add_refresh(
        &self,
        batch: &mut Batch,
        digest: Sha256Digest,
        new: &RefreshRecord,
    ) -> Result<(), StoreError> {
        let key = layout::oauth_refresh(digest);
        batch.put_record(key.clone(), new)?;
        batch.forget_after(new.until, digest, vec![key])
    }

    /// Notes in a batch that a refresh token was used; of two uses at once one conflicts.
    pub(crate) fn note_refresh(
        &self,
        batch: &mut Batch,
        held: &Stored<RefreshRecord>,
    ) -> Result<(), StoreError> {
        let used = RefreshRecord {
            used: true,
            ..held.value.clone()
        };
        held.require_unchanged(batch);
        batch.put_record(held.key().to_vec(), &used)
    }

    /// Finds what somebody lets an application do.
    pub(crate) fn grant_held(&self, id: GrantId) -> Result<Option<Stored<Grant>>, StoreError> {
        self.read(&layout::oauth_grant(id))
    }

    /// Lists what a person lets applications do.
    pub(crate) fn grants_of(&self, person: PersonId) -> Result<Vec<Grant>, StoreError> {
        let mut found = Vec::new();
        for entry in self.read_all::<Entry>(&layout::oauth_grants_of(person), b"", LISTED)? {
            let grant = self.grant_held(entry.value.grant)?;
            found.extend(grant.map(|held| held.value));
        }
        Ok(found)
    }

    /// Adds to a batch what somebody lets an application do, until its time is over.
    pub(crate) fn add_grant(&self, batch: &mut Batch, new: &Grant) -> Result<(), StoreError> {
        let key = layout::oauth_grant(new.id);
        let entry = layout::oauth_grant_of(new.person, new.id);
        batch.require_absent(key.clone());
        batch.put_record(key.clone(), new)?;
        batch.put_record(entry.clone(), &Entry { grant: new.id })?;
        batch.forget_after(new.until, grant_digest(new.id), vec![key, entry])
    }

    /// Writes it in a batch with another time; conflicts if it was ended meanwhile.
    pub(crate) fn prolong_grant(
        &self,
        batch: &mut Batch,
        held: &Stored<Grant>,
        changed: &Grant,
    ) -> Result<(), StoreError> {
        let digest = grant_digest(changed.id);
        let entry = layout::oauth_grant_of(changed.person, changed.id);
        held.require_unchanged(batch);
        batch.put_record(held.key().to_vec(), changed)?;
        batch.delete(layout::forget(held.value.until, digest));
        batch.forget_after(changed.until, digest, vec![held.key().to_vec(), entry])
    }

    /// Notes that an application acted, unless that was ended or noted meanwhile.
    pub(crate) fn note_grant_use(
        &self,
        held: &Stored<Grant>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let used = Grant {
            used: now,
            ..held.value.clone()
        };
        let mut batch = Batch::default();
        held.require_unchanged(&mut batch);
        batch.put_record(held.key().to_vec(), &used)?;
        match self.commit(batch) {
            Err(StoreError::Conflict) => Ok(()),
            other => other,
        }
    }

    /// Ends what somebody lets an application do. Its tokens open nothing any more.
    pub(crate) fn remove_grant(&self, id: GrantId) -> Result<(), StoreError> {
        let Some(held) = self.grant_held(id)? else {
            return Ok(());
        };
        let grant = held.value;
        let mut batch = Batch::default();
        batch.delete(layout::oauth_grant(id));
        batch.delete(layout::oauth_grant_of(grant.person, id));
        batch.delete(layout::forget(grant.until, grant_digest(id)));
        self.commit(batch)
    }

    /// Moves what one person lets applications do to another, and says how much it was.
    pub(super) fn move_grants(&self, from: PersonId, to: PersonId) -> Result<usize, StoreError> {
        let found = self.read_all::<Entry>(&layout::oauth_grants_of(from), b"", AT_ONCE)?;
        for entry in &found {
            let mut batch = Batch::default();
            match self.grant_held(entry.value.grant)? {
                None => batch.delete(entry.key().to_vec()),
                Some(held) => {
                    let moved = Grant {
                        person: to,
                        ..held.value.clone()
                    };
                    let place = layout::oauth_grant_of(to, moved.id);
                    self.move_entry(&mut batch, entry.key().to_vec(), place)?;
                    self.prolong_grant(&mut batch, &held, &moved)?;
                }
            }
            self.commit(batch)?;
        }
        Ok(found.len())
    }
}

/// Under what it is noted when an application is forgotten.
fn client_digest(id: ClientId) -> Sha256Digest {
    Sha256Digest::of(format!("application {id}").as_bytes())
}

/// Under what it is noted when something that was allowed ends.
fn grant_digest(id: GrantId) -> Sha256Digest {
    Sha256Digest::of(format!("grant {id}").as_bytes())
}

#[derive(Serialize, Deserialize)]
struct Entry {
    grant: GrantId,
}

/// Those of a person and those of accounts that were joined to theirs.
const LISTED: usize = 8 * GRANTS;
