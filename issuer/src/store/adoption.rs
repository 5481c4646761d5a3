//! What the store knows of adoptions.

use super::{Store, StoreError};
use crate::adoption::Adoption;
use crate::engine::Batch;
use crate::id::{MicroCredentialId, OrganisationId};
use crate::layout;
use crate::page::{Page, PageRequest};
use serde::{Deserialize, Serialize};

impl Store {
    /// Finds an adoption, granted or asked for.
    pub fn adoption(
        &self,
        organisation: &OrganisationId,
        id: &MicroCredentialId,
    ) -> Result<Option<Adoption>, StoreError> {
        let found = self.read(&layout::adoption(organisation, id))?;
        Ok(found.map(|stored| stored.value))
    }

    /// Lists what an organisation has adopted or asked for, in the order of names.
    pub fn adoptions_by(
        &self,
        organisation: &OrganisationId,
        asked: &PageRequest,
    ) -> Result<Page<Adoption>, StoreError> {
        let prefix = layout::adoptions_by(organisation);
        self.page(&prefix, asked, |adoption: Adoption| Ok(Some(adoption)))
    }

    /// Lists who has adopted a micro-credential or asked for it.
    pub fn adoptions_of(&self, id: &MicroCredentialId) -> Result<Vec<Adoption>, StoreError> {
        let mut adoptions = Vec::new();
        let entries = self.read_all::<Entry>(&layout::adopted_by_all(id), b"", ADOPTERS)?;
        for entry in entries {
            adoptions.extend(self.adoption(&entry.value.organisation, id)?);
        }
        Ok(adoptions)
    }

    /// Lists who issues a micro-credential beside its owner.
    pub fn adopters(&self, id: &MicroCredentialId) -> Result<Vec<OrganisationId>, StoreError> {
        let adoptions = self.adoptions_of(id)?.into_iter();
        let granted = adoptions.filter(Adoption::is_granted);
        Ok(granted.map(|adoption| adoption.organisation).collect())
    }

    /// Writes an adoption; the catalogue shows it.
    pub(crate) fn put_adoption(
        &self,
        mut batch: Batch,
        adoption: &Adoption,
    ) -> Result<(), StoreError> {
        let (organisation, id) = (&adoption.organisation, &adoption.micro_credential);
        let entry = Entry {
            organisation: organisation.clone(),
        };
        batch.put_record(layout::adoption(organisation, id), adoption)?;
        batch.put_record(layout::adopted_by(id, organisation), &entry)?;
        self.commit_to_catalogue(batch, &[id])
    }

    /// Forgets an adoption.
    pub(crate) fn remove_adoption(
        &self,
        mut batch: Batch,
        adoption: &Adoption,
    ) -> Result<(), StoreError> {
        let (organisation, id) = (&adoption.organisation, &adoption.micro_credential);
        batch.delete(layout::adoption(organisation, id));
        batch.delete(layout::adopted_by(id, organisation));
        self.commit_to_catalogue(batch, &[id])
    }
}

#[derive(Serialize, Deserialize)]
struct Entry {
    organisation: OrganisationId,
}

/// Every district of a large state.
const ADOPTERS: usize = 2_000;
