//! What the store knows of uploads, and of the room that evidence takes.

use super::{Store, StoreError, Stored};
use crate::engine::Batch;
use crate::id::{OrganisationId, PersonId, UploadId};
use crate::layout;
use crate::upload::{self, Space, SpaceChange, Upload};
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

impl Store {
    /// Finds an upload in order to look at it or to change it.
    pub(crate) fn upload_held(&self, id: UploadId) -> Result<Option<Stored<Upload>>, StoreError> {
        self.read(&layout::upload(id))
    }

    /// Counts the uploads of a person that have not become evidence.
    pub(crate) fn uploads_of(&self, person: PersonId) -> Result<usize, StoreError> {
        let found = self.read_all::<Entry>(&layout::uploads_of(person), b"", upload::UPLOADS)?;
        Ok(found.len())
    }

    /// Lists uploads that are due, soonest first.
    pub(crate) fn uploads_due(
        &self,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<Stored<Upload>>, StoreError> {
        let entries = self.read_all::<Entry>(&layout::uploads_due(), b"", limit)?;
        let mut due = Vec::new();
        for entry in entries {
            // One that was changed meanwhile is listed elsewhere.
            let held = self.upload_held(entry.value.upload)?;
            due.extend(held.filter(|held| held.value.due <= now));
        }
        Ok(due)
    }

    /// Adds an upload, and takes room for it.
    pub(crate) fn add_upload(&self, new: &Upload, space: SpaceChange) -> Result<(), StoreError> {
        let entry = Entry { upload: new.id };
        let mut batch = Batch::default();
        batch.require_absent(layout::upload(new.id));
        batch.put_record(layout::upload(new.id), new)?;
        batch.put_record(layout::upload_of(new.owner, new.id), &entry)?;
        batch.put_record(layout::upload_due(new.due, new.id), &entry)?;
        put_space(&mut batch, space)?;
        self.commit(batch)
    }

    /// Writes a changed upload, and gives it back as it is held now.
    pub(crate) fn replace_upload(
        &self,
        held: &Stored<Upload>,
        changed: Upload,
    ) -> Result<Stored<Upload>, StoreError> {
        let id = changed.id;
        self.commit(change(held, &changed)?)?;
        let now_held = self.upload_held(id)?.ok_or(StoreError::Conflict)?;
        match now_held.value == changed {
            true => Ok(now_held),
            false => Err(StoreError::Conflict),
        }
    }

    /// Forgets an upload.
    pub(crate) fn remove_upload(
        &self,
        held: &Stored<Upload>,
        space: SpaceChange,
    ) -> Result<(), StoreError> {
        let gone = &held.value;
        let mut batch = Batch::default();
        held.require_unchanged(&mut batch);
        batch.delete(held.key().to_vec());
        batch.delete(layout::upload_of(gone.owner, gone.id));
        batch.delete(layout::upload_due(gone.due, gone.id));
        put_space(&mut batch, space)?;
        self.commit(batch)
    }

    /// The room that a person's evidence takes.
    pub(crate) fn space_of_person(
        &self,
        person: PersonId,
    ) -> Result<Option<Stored<Space>>, StoreError> {
        self.read(&layout::space_of_person(person))
    }

    /// The room that the evidence takes which was handed to an organisation.
    pub(crate) fn space_of_organisation(
        &self,
        organisation: &OrganisationId,
    ) -> Result<Option<Stored<Space>>, StoreError> {
        self.read(&layout::space_of_organisation(organisation))
    }
}

/// Adds to a batch that an upload has become evidence.
pub(crate) fn put_ended(
    batch: &mut Batch,
    held: &Stored<Upload>,
    changed: &Upload,
    space: SpaceChange,
) -> Result<(), StoreError> {
    put_change(batch, held, changed)?;
    batch.delete(layout::upload_of(changed.owner, changed.id));
    put_space(batch, space)
}

fn change(held: &Stored<Upload>, changed: &Upload) -> Result<Batch, StoreError> {
    let mut batch = Batch::default();
    put_change(&mut batch, held, changed)?;
    Ok(batch)
}

fn put_change(
    batch: &mut Batch,
    held: &Stored<Upload>,
    changed: &Upload,
) -> Result<(), StoreError> {
    held.require_unchanged(batch);
    batch.put_record(held.key().to_vec(), changed)?;
    if held.value.due != changed.due {
        let entry = Entry { upload: changed.id };
        batch.delete(layout::upload_due(held.value.due, changed.id));
        batch.put_record(layout::upload_due(changed.due, changed.id), &entry)?;
    }
    Ok(())
}

pub(super) fn put_space(batch: &mut Batch, space: SpaceChange) -> Result<(), StoreError> {
    if space.is_none() {
        return Ok(());
    }
    let (person, persons, after) = space.person;
    put_one(batch, layout::space_of_person(person), persons, &after)?;
    let (organisation, organisations, after) = space.organisation;
    let key = layout::space_of_organisation(&organisation);
    put_one(batch, key, organisations, &after)
}

fn put_one(
    batch: &mut Batch,
    key: Vec<u8>,
    found: Option<Stored<Space>>,
    after: &Space,
) -> Result<(), StoreError> {
    match found {
        Some(found) => found.require_unchanged(batch),
        None => batch.require_absent(key.clone()),
    }
    batch.put_record(key, after)
}

#[derive(Serialize, Deserialize)]
struct Entry {
    upload: UploadId,
}
