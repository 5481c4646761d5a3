//! What the store knows of badges that people brought here from elsewhere.

use super::merge::AT_ONCE;
use super::{Store, StoreError, Stored};
use crate::digest::Sha256Digest;
use crate::engine::Batch;
use crate::hosted::profile::HostedProfile;
use crate::hosted::{BADGES, Content, Examined, Found, Hosted, Room};
use crate::id::{HostedId, PersonId};
use crate::layout;
use serde::{Deserialize, Serialize};

impl Store {
    /// Finds a badge that somebody brought here.
    pub(crate) fn hosted_held(&self, id: HostedId) -> Result<Option<Stored<Hosted>>, StoreError> {
        self.read(&layout::hosted(id))
    }

    /// Lists the badges that a person brought here.
    pub(crate) fn hosted_of(&self, person: PersonId) -> Result<Vec<Hosted>, StoreError> {
        let mut found = Vec::new();
        for entry in self.read_all::<Entry>(&layout::all_hosted_of(person), b"", LISTED)? {
            let hosted = self.hosted_held(entry.value.hosted)?;
            found.extend(hosted.map(|held| held.value));
        }
        Ok(found)
    }

    /// Finds the one of a person's badges that has these identifiers.
    pub(crate) fn hosted_same(
        &self,
        person: PersonId,
        identifiers: Sha256Digest,
    ) -> Result<Option<Stored<Hosted>>, StoreError> {
        match self.read::<Entry>(&layout::hosted_same(person, identifiers))? {
            Some(entry) => self.hosted_held(entry.value.hosted),
            None => Ok(None),
        }
    }

    /// Says how much room a person's badges take.
    pub(crate) fn room_held(&self, person: PersonId) -> Result<Option<Stored<Room>>, StoreError> {
        self.read(&layout::hosted_room(person))
    }

    /// Keeps a badge, in place of an older edition if there is one. Conflicts if anything of its person's
    /// was brought or taken away meanwhile.
    pub(crate) fn keep_hosted(
        &self,
        hosted: &Hosted,
        examined: &Examined,
        known: Option<&Stored<Hosted>>,
        room: Option<&Stored<Room>>,
        after: &Room,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        let entry = Entry { hosted: hosted.id };
        let person = hosted.person;
        if let Some(known) = known {
            known.require_unchanged(&mut batch);
            delete_contents(&mut batch, &known.value);
        }
        put_room(&mut batch, person, room, after)?;
        let same = hosted.about.identifiers();
        batch.put_record(layout::hosted(hosted.id), hosted)?;
        batch.put_record(layout::hosted_of(person, hosted.id), &entry)?;
        batch.put_record(layout::hosted_same(person, same), &entry)?;
        put_content(
            &mut batch,
            hosted.id,
            Content::Text,
            examined.text.as_bytes(),
        );
        if let Some((_, picture)) = &examined.picture {
            put_content(&mut batch, hosted.id, Content::Picture, picture);
        }
        self.commit(batch)
    }

    /// Reads one of the contents of a badge.
    pub(crate) fn hosted_content(
        &self,
        hosted: &Hosted,
        content: Content,
    ) -> Result<Vec<u8>, StoreError> {
        let mut bytes = Vec::with_capacity(hosted.bytes_of(content));
        for part in 0..parts(hosted.bytes_of(content)) {
            let key = layout::hosted_part(hosted.id, content, part);
            // It has just been replaced or taken away.
            let found = self.engine().get(&key)?.ok_or(StoreError::Conflict)?;
            bytes.extend_from_slice(&found);
        }
        Ok(bytes)
    }

    /// Takes a badge away. Conflicts if anything of its person's was changed meanwhile.
    pub(crate) fn remove_hosted(&self, held: &Stored<Hosted>) -> Result<(), StoreError> {
        let hosted = &held.value;
        let mut batch = Batch::default();
        held.require_unchanged(&mut batch);
        let room = self.room_held(hosted.person)?;
        let before = room.as_ref().map(|room| room.value).unwrap_or_default();
        let after = Room {
            badges: before.badges.saturating_sub(1),
            bytes: before.bytes.saturating_sub(hosted.bytes()),
            changes: before.changes + 1,
        };
        put_room(&mut batch, hosted.person, room.as_ref(), &after)?;
        delete_contents(&mut batch, hosted);
        let same = hosted.about.identifiers();
        batch.delete(layout::hosted_same(hosted.person, same));
        batch.delete(layout::hosted_of(hosted.person, hosted.id));
        batch.delete(held.key().to_vec());
        self.commit(batch)
    }

    /// Notes what verifying a badge once more came to.
    pub(crate) fn note_found(&self, held: &Stored<Hosted>, found: Found) -> Result<(), StoreError> {
        let noted = Hosted {
            found,
            ..held.value.clone()
        };
        let mut batch = Batch::default();
        held.require_unchanged(&mut batch);
        batch.put_record(held.key().to_vec(), &noted)?;
        self.commit(batch)
    }

    /// Moves badges that one person brought here to another, and says how many. Of one that both have,
    /// the newer edition stays.
    pub(super) fn move_hosted(&self, from: PersonId, to: PersonId) -> Result<usize, StoreError> {
        let found = self.read_all::<Entry>(&layout::all_hosted_of(from), b"", AT_ONCE)?;
        for entry in &found {
            let held = self.hosted_held(entry.value.hosted)?;
            let held = held.ok_or(StoreError::Conflict)?;
            let same = held.value.about.identifiers();
            match self.hosted_same(to, same)? {
                Some(known) if known.value.about.valid_from >= held.value.about.valid_from => {
                    self.remove_hosted(&held)?;
                }
                Some(known) => {
                    self.remove_hosted(&known)?;
                    self.move_one_hosted(&held, to)?;
                }
                None => self.move_one_hosted(&held, to)?,
            }
        }
        self.move_profile(from, to)?;
        Ok(found.len())
    }

    /// Room is counted beyond what anybody can have: what two accounts had is not lost by joining them.
    fn move_one_hosted(&self, held: &Stored<Hosted>, to: PersonId) -> Result<(), StoreError> {
        let hosted = &held.value;
        let moved = Hosted {
            person: to,
            ..hosted.clone()
        };
        let entry = Entry { hosted: hosted.id };
        let same = hosted.about.identifiers();
        let room = self.room_held(to)?;
        let before = room.as_ref().map(|room| room.value).unwrap_or_default();
        let after = Room {
            badges: before.badges + 1,
            bytes: before.bytes + hosted.bytes(),
            changes: before.changes + 1,
        };
        let mut batch = Batch::default();
        held.require_unchanged(&mut batch);
        put_room(&mut batch, to, room.as_ref(), &after)?;
        batch.put_record(held.key().to_vec(), &moved)?;
        batch.delete(layout::hosted_of(hosted.person, hosted.id));
        batch.delete(layout::hosted_same(hosted.person, same));
        batch.put_record(layout::hosted_of(to, hosted.id), &entry)?;
        batch.put_record(layout::hosted_same(to, same), &entry)?;
        self.commit(batch)
    }

    /// Finds the profile that an application wrote for a person.
    pub(crate) fn hosted_profile(
        &self,
        person: PersonId,
    ) -> Result<Option<Stored<HostedProfile>>, StoreError> {
        self.read(&layout::hosted_profile(person))
    }

    /// Writes the profile of a person, in place of another.
    pub(crate) fn put_profile(
        &self,
        person: PersonId,
        profile: &HostedProfile,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        batch.put_record(layout::hosted_profile(person), profile)?;
        self.commit(batch)
    }

    /// Takes the profile away that an application wrote for a person.
    pub(crate) fn remove_profile(&self, person: PersonId) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        batch.delete(layout::hosted_profile(person));
        self.commit(batch)
    }

    fn move_profile(&self, from: PersonId, to: PersonId) -> Result<(), StoreError> {
        let Some(held) = self.hosted_profile(from)? else {
            return Ok(());
        };
        let mut batch = Batch::default();
        held.require_unchanged(&mut batch);
        batch.delete(held.key().to_vec());
        if self.hosted_profile(to)?.is_none() {
            batch.put_record(layout::hosted_profile(to), &held.value)?;
        }
        self.commit(batch)
    }
}

fn put_room(
    batch: &mut Batch,
    person: PersonId,
    held: Option<&Stored<Room>>,
    after: &Room,
) -> Result<(), StoreError> {
    let key = layout::hosted_room(person);
    match held {
        Some(held) => held.require_unchanged(batch),
        None => batch.require_absent(key.clone()),
    }
    batch.put_record(key, after)
}

fn put_content(batch: &mut Batch, id: HostedId, content: Content, bytes: &[u8]) {
    for (part, bytes) in (0..).zip(bytes.chunks(PART_BYTES)) {
        batch.put(layout::hosted_part(id, content, part), bytes.to_vec());
    }
}

fn delete_contents(batch: &mut Batch, hosted: &Hosted) {
    for content in [Content::Text, Content::Picture] {
        for part in 0..parts(hosted.bytes_of(content)) {
            batch.delete(layout::hosted_part(hosted.id, content, part));
        }
    }
}

/// In how many parts so many bytes are kept. A badge has at most a few dozen.
fn parts(bytes: usize) -> u32 {
    u32::try_from(bytes.div_ceil(PART_BYTES)).unwrap_or(u32::MAX)
}

#[derive(Serialize, Deserialize)]
struct Entry {
    hosted: HostedId,
}

/// What a value of the store holds, with some room to spare.
const PART_BYTES: usize = 90_000;

/// Those of a person and those of an account that was joined to theirs.
const LISTED: usize = 4 * BADGES;
