//! What the store knows of micro-credentials.

use super::stack::StackEntry;
use super::{Store, StoreError, Stored};
use crate::engine::Batch;
use crate::id::{MicroCredentialId, OrganisationId};
use crate::layout;
use crate::micro_credential::MicroCredential;
use crate::page::{Page, PageRequest};
use serde::{Deserialize, Serialize};

impl Store {
    /// Finds a micro-credential, draft or published.
    pub fn micro_credential(
        &self,
        id: &MicroCredentialId,
    ) -> Result<Option<MicroCredential>, StoreError> {
        Ok(self.micro_credential_held(id)?.map(|stored| stored.value))
    }

    /// Lists up to `limit` micro-credentials from this name on, in the order of names.
    pub fn micro_credentials(
        &self,
        from: Option<&MicroCredentialId>,
        limit: usize,
    ) -> Result<Vec<MicroCredential>, StoreError> {
        let from = from.map_or(Vec::new(), layout::micro_credential);
        let found = self.read_all::<MicroCredential>(&layout::micro_credentials(), &from, limit)?;
        Ok(found.into_iter().map(|stored| stored.value).collect())
    }

    /// Lists the newest published versions, in the order of names.
    pub fn newest(&self, asked: &PageRequest) -> Result<Page<MicroCredential>, StoreError> {
        let newest = |found: MicroCredential| Ok(found.is_newest().then_some(found));
        self.page(&layout::micro_credentials(), asked, newest)
    }

    /// Lists what an organisation has, drafts and all versions, in the order of names.
    pub fn micro_credentials_of(
        &self,
        organisation: &OrganisationId,
        asked: &PageRequest,
    ) -> Result<Page<MicroCredential>, StoreError> {
        let prefix = layout::micro_credentials_of(organisation);
        self.page(&prefix, asked, |entry: Entry| {
            self.micro_credential(&entry.micro_credential)
        })
    }

    /// Finds a micro-credential in order to change it.
    pub(crate) fn micro_credential_held(
        &self,
        id: &MicroCredentialId,
    ) -> Result<Option<Stored<MicroCredential>>, StoreError> {
        self.read(&layout::micro_credential(id))
    }

    /// Adds a micro-credential; conflicts if there is one of this name.
    pub(crate) fn add_micro_credential(&self, new: &MicroCredential) -> Result<(), StoreError> {
        let entry = Entry {
            micro_credential: new.id.clone(),
        };
        let mut batch = Batch::default();
        batch.require_absent(layout::micro_credential(&new.id));
        batch.put_record(layout::micro_credential(&new.id), new)?;
        batch.put_record(
            layout::micro_credential_of(&new.organisation, &new.id),
            &entry,
        )?;
        self.commit(batch)
    }

    /// Writes a changed micro-credential; conflicts if it was changed meanwhile.
    pub(crate) fn replace_micro_credential(
        &self,
        held: &Stored<MicroCredential>,
        changed: &MicroCredential,
    ) -> Result<(), StoreError> {
        self.commit(change(held, changed)?)
    }

    /// Forgets a draft; conflicts if it was changed meanwhile.
    pub(crate) fn discard_micro_credential(
        &self,
        held: &Stored<MicroCredential>,
    ) -> Result<(), StoreError> {
        let draft = &held.value;
        let mut batch = Batch::default();
        held.require_unchanged(&mut batch);
        batch.delete(layout::micro_credential(&draft.id));
        batch.delete(layout::micro_credential_of(&draft.organisation, &draft.id));
        self.commit(batch)
    }

    /// Writes a micro-credential that is published from now on, and the version it supersedes.
    pub(crate) fn publish_micro_credential(
        &self,
        mut batch: Batch,
        held: &Stored<MicroCredential>,
        published: &MicroCredential,
        former: Option<&Stored<MicroCredential>>,
    ) -> Result<(), StoreError> {
        held.require_unchanged(&mut batch);
        batch.put_record(held.key().to_vec(), published)?;
        if let Some(former) = former {
            let superseded = MicroCredential {
                superseded_by: Some(published.id.clone()),
                ..former.value.clone()
            };
            former.require_unchanged(&mut batch);
            batch.put_record(layout::micro_credential(&superseded.id), &superseded)?;
        }
        for member in &published.content.stack {
            let line = self.micro_credential(member)?.map(|member| member.line);
            let entry = StackEntry {
                stack: published.id.clone(),
            };
            let line = line.unwrap_or_else(|| member.clone());
            batch.put_record(layout::stack_with(&line, &published.id), &entry)?;
        }
        let changed = former.map(|former| &former.value.id);
        let changed: Vec<_> = changed.into_iter().chain([&published.id]).collect();
        self.commit_to_catalogue(batch, &changed)
    }

    /// Commits a batch that changes what the public catalogue shows of these, and notes that it
    /// did. Every node reads the notes, and so knows what to look at again.
    pub(crate) fn commit_to_catalogue(
        &self,
        batch: Batch,
        changed: &[&MicroCredentialId],
    ) -> Result<(), StoreError> {
        for _ in 0..ATTEMPTS {
            let counted = self.read::<Changes>(&layout::catalogue_changes())?;
            let mut noted = batch.clone();
            match &counted {
                Some(counted) => counted.require_unchanged(&mut noted),
                None => noted.require_absent(layout::catalogue_changes()),
            }
            let mut count = counted.as_ref().map_or(0, |counted| counted.value.count);
            for id in changed {
                count += 1;
                let entry = Entry {
                    micro_credential: (*id).clone(),
                };
                noted.put_record(layout::catalogue_change(count), &entry)?;
            }
            noted.put_record(layout::catalogue_changes(), &Changes { count })?;
            match self.commit(noted) {
                // Either the notes went on meanwhile, or what the batch itself rests on did.
                Err(StoreError::Conflict) if self.catalogue_changed()? != count_of(&counted) => {}
                outcome => return outcome,
            }
        }
        Err(StoreError::Conflict)
    }

    /// How many changes of the public catalogue there were.
    pub fn catalogue_changed(&self) -> Result<u64, StoreError> {
        Ok(count_of(&self.read(&layout::catalogue_changes())?))
    }

    /// What the changes from this one on were about.
    pub(crate) fn catalogue_changes_from(
        &self,
        first: u64,
        limit: usize,
    ) -> Result<Vec<MicroCredentialId>, StoreError> {
        let found = self.read_all::<Entry>(
            &layout::catalogue_change_prefix(),
            &layout::catalogue_change(first),
            limit,
        )?;
        Ok(found
            .into_iter()
            .map(|stored| stored.value.micro_credential)
            .collect())
    }
}

#[derive(Serialize, Deserialize)]
struct Entry {
    micro_credential: MicroCredentialId,
}

/// How many changes of the public catalogue there were.
#[derive(Serialize, Deserialize)]
struct Changes {
    count: u64,
}

fn count_of(changes: &Option<Stored<Changes>>) -> u64 {
    changes.as_ref().map_or(0, |stored| stored.value.count)
}

fn change(held: &Stored<MicroCredential>, changed: &MicroCredential) -> Result<Batch, StoreError> {
    let mut batch = Batch::default();
    held.require_unchanged(&mut batch);
    batch.put_record(layout::micro_credential(&changed.id), changed)?;
    Ok(batch)
}

/// How many others may be publishing at the same moment.
const ATTEMPTS: usize = 64;
