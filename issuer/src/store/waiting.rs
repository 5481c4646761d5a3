//! What the store knows of badges that wait to be looked at before they are kept.

use super::{Store, StoreError, Stored};
use crate::engine::Batch;
use crate::hosted::waiting::Import;
use crate::id::PersonId;
use crate::layout;
use serde::{Deserialize, Serialize};

impl Store {
    /// Finds the last import of a person.
    pub(crate) fn import_held(
        &self,
        person: PersonId,
    ) -> Result<Option<Stored<Import>>, StoreError> {
        self.read(&layout::hosted_import(person))
    }

    /// Writes the badges of an import, and then the import; conflicts if one is under way.
    pub(crate) fn begin_import(
        &self,
        import: &Import,
        badges: &[Vec<u8>],
    ) -> Result<(), StoreError> {
        let key = layout::hosted_import(import.person);
        let before = self.import_held(import.person)?;
        if before
            .as_ref()
            .is_some_and(|held| held.value.finished.is_none())
        {
            return Err(StoreError::Conflict);
        }
        // What a crash left of an earlier one.
        self.erase_all(&layout::imported_badges(import.person))?;
        for (number, badge) in badges.iter().enumerate() {
            let mut batch = Batch::default();
            for (part, bytes) in (0..).zip(badge.chunks(PART_BYTES)) {
                let key = layout::imported_badge(import.person, number as u64, part);
                batch.put(key, bytes.to_vec());
            }
            self.commit(batch)?;
        }
        let mut batch = Batch::default();
        match before {
            Some(before) => before.require_unchanged(&mut batch),
            None => batch.require_absent(key.clone()),
        }
        batch.put_record(key, import)?;
        let entry = Open {
            person: import.person,
        };
        batch.put_record(layout::import_open(import.person), &entry)?;
        self.commit(batch)
    }

    /// Reads a badge that waits.
    pub(crate) fn imported_badge(
        &self,
        person: PersonId,
        number: usize,
    ) -> Result<Vec<u8>, StoreError> {
        let prefix = layout::parts_of_imported_badge(person, number as u64);
        let parts = self.engine().scan(&prefix, b"", PARTS)?;
        Ok(parts.into_iter().flat_map(|(_, bytes)| bytes).collect())
    }

    /// Writes how far an import has come, and forgets the badge that was looked at.
    pub(crate) fn put_import(
        &self,
        held: &Stored<Import>,
        changed: &Import,
        looked_at: usize,
    ) -> Result<(), StoreError> {
        let person = changed.person;
        let mut batch = Batch::default();
        held.require_unchanged(&mut batch);
        batch.put_record(held.key().to_vec(), changed)?;
        let prefix = layout::parts_of_imported_badge(person, looked_at as u64);
        for (key, _) in self.engine().scan(&prefix, b"", PARTS)? {
            batch.delete(key);
        }
        if changed.finished.is_some() {
            batch.delete(layout::import_open(person));
        }
        self.commit(batch)
    }

    /// Lists some whose imports are under way.
    pub(crate) fn open_imports(&self, limit: usize) -> Result<Vec<PersonId>, StoreError> {
        let found = self.read_all::<Open>(&layout::imports_open(), b"", limit)?;
        Ok(found.into_iter().map(|held| held.value.person).collect())
    }

    /// Forgets that an import is under way whose person is no more.
    pub(crate) fn forget_import(&self, person: PersonId) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        batch.delete(layout::import_open(person));
        self.commit(batch)
    }
}

#[derive(Serialize, Deserialize)]
struct Open {
    person: PersonId,
}

/// What a value of the store holds, with some room to spare.
const PART_BYTES: usize = 90_000;

/// A badge with a picture in it has some dozens.
const PARTS: usize = 1_000;
