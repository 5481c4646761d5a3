//! What the store knows of sessions, and of what is to be forgotten after a time.

use super::{Store, StoreError, Stored};
use crate::digest::Sha256Digest;
use crate::engine::Batch;
use crate::id::{PersonId, SessionId};
use crate::layout;
use crate::session::{self, Session};
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

impl Store {
    /// Finds the session whose secret has this digest.
    pub(crate) fn session_held(
        &self,
        digest: Sha256Digest,
    ) -> Result<Option<Stored<Session>>, StoreError> {
        self.read(&layout::session(digest))
    }

    /// Lists the sessions of a person, ended ones among them until they are forgotten.
    pub(crate) fn sessions_of(&self, person: PersonId) -> Result<Vec<Session>, StoreError> {
        let mut sessions = Vec::new();
        for entry in self.read_all::<Entry>(&layout::sessions_of(person), b"", LISTED)? {
            let found = self.session_held(entry.value.digest)?;
            sessions.extend(found.map(|stored| stored.value));
        }
        Ok(sessions)
    }

    /// Adds a session, known by the digest of its secret.
    pub(crate) fn add_session(
        &self,
        digest: Sha256Digest,
        new: &Session,
    ) -> Result<(), StoreError> {
        let entry = layout::session_of(new.person, new.id);
        let mut batch = Batch::default();
        batch.require_absent(layout::session(digest));
        batch.put_record(layout::session(digest), new)?;
        batch.put_record(entry.clone(), &Entry { digest })?;
        batch.forget_after(new.ends(), digest, vec![layout::session(digest), entry])?;
        self.commit(batch)
    }

    /// Writes a session that was used; conflicts if it was ended meanwhile.
    pub(crate) fn replace_session(
        &self,
        held: &Stored<Session>,
        changed: &Session,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        held.require_unchanged(&mut batch);
        batch.put_record(held.key().to_vec(), changed)?;
        self.commit(batch)
    }

    /// Ends a session; `None` if the person has none of this name.
    pub(crate) fn remove_session(
        &self,
        person: PersonId,
        session: SessionId,
    ) -> Result<Option<()>, StoreError> {
        let key = layout::session_of(person, session);
        let Some(entry) = self.read::<Entry>(&key)? else {
            return Ok(None);
        };
        let mut batch = Batch::default();
        batch.delete(layout::session(entry.value.digest));
        batch.delete(key);
        self.commit(batch).map(Some)
    }

    /// Moves sessions of one person to another, and says how many.
    pub(super) fn move_sessions(&self, from: PersonId, to: PersonId) -> Result<usize, StoreError> {
        let found = self.read_all::<Entry>(&layout::sessions_of(from), b"", AT_ONCE)?;
        for entry in &found {
            let digest = entry.value.digest;
            let mut batch = Batch::default();
            match self.session_held(digest)? {
                None => batch.delete(entry.key().to_vec()),
                Some(held) => {
                    let moved = Session {
                        person: to,
                        ..held.value.clone()
                    };
                    held.require_unchanged(&mut batch);
                    batch.put_record(held.key().to_vec(), &moved)?;
                    let place = layout::session_of(to, moved.id);
                    let keys = vec![held.key().to_vec(), place.clone()];
                    self.move_entry(&mut batch, entry.key().to_vec(), place)?;
                    batch.forget_after(moved.ends(), digest, keys)?;
                }
            }
            self.commit(batch)?;
        }
        Ok(found.len())
    }

    /// Forgets what is of no use any more, and says how many things there were.
    pub fn forget_what_ended(&self, now: Timestamp) -> Result<usize, StoreError> {
        let due = self.read_all::<Forgettable>(&layout::forgettable(), b"", AT_ONCE)?;
        let mut batch = Batch::default();
        let mut forgotten = 0;
        for stored in due.iter().filter(|stored| stored.value.after < now) {
            for key in &stored.value.keys {
                batch.delete(key.clone().into_bytes());
            }
            batch.delete(stored.key().to_vec());
            forgotten += 1;
        }
        if forgotten > 0 {
            self.commit(batch)?;
        }
        Ok(forgotten)
    }
}

impl Batch {
    /// Has these keys forgotten after a time; the digest tells one such note from others.
    pub(crate) fn forget_after(
        &mut self,
        after: Timestamp,
        digest: Sha256Digest,
        keys: Vec<Vec<u8>>,
    ) -> Result<(), StoreError> {
        let text = |key: &Vec<u8>| String::from_utf8_lossy(key).into_owned();
        let keys = keys.iter().map(text).collect();
        self.put_record(layout::forget(after, digest), &Forgettable { after, keys })
    }
}

#[derive(Serialize, Deserialize)]
struct Entry {
    digest: Sha256Digest,
}

#[derive(Serialize, Deserialize)]
struct Forgettable {
    after: Timestamp,
    keys: Vec<String>,
}

/// Those of a person and those of an account that was joined to theirs.
const LISTED: usize = 4 * session::SESSIONS;

/// One round of upkeep takes a second at most; what is left waits for the next.
const AT_ONCE: usize = 1_000;
