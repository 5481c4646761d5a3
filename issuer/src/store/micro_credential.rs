//! What the store knows of micro-credentials.

use super::{Store, StoreError, Stored};
use crate::engine::Batch;
use crate::id::MicroCredentialId;
use crate::layout;
use crate::micro_credential::MicroCredential;
use crate::page::{Page, PageRequest};

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

    /// Lists what is published, in the order of names.
    pub fn published(&self, asked: &PageRequest) -> Result<Page<MicroCredential>, StoreError> {
        let published = |found: MicroCredential| Ok(found.is_published().then_some(found));
        self.page(&layout::micro_credentials(), asked, published)
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
        let mut batch = Batch::default();
        batch.require_absent(layout::micro_credential(&new.id));
        batch.put_record(layout::micro_credential(&new.id), new)?;
        self.commit(batch)
    }

    /// Writes a changed micro-credential; conflicts if it was changed meanwhile.
    pub(crate) fn replace_micro_credential(
        &self,
        held: &Stored<MicroCredential>,
        changed: &MicroCredential,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        held.require_unchanged(&mut batch);
        batch.put_record(layout::micro_credential(&changed.id), changed)?;
        self.commit(batch)
    }
}
