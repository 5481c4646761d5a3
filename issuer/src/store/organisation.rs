//! What the store knows of organisations and their members.

use super::{Store, StoreError, Stored};
use crate::engine::Batch;
use crate::id::{OrganisationId, PersonId};
use crate::layout;
use crate::organisation::{Membership, Organisation};
use serde::{Deserialize, Serialize};

impl Store {
    /// Finds an organisation.
    pub fn organisation(&self, id: &OrganisationId) -> Result<Option<Organisation>, StoreError> {
        Ok(self.organisation_held(id)?.map(|stored| stored.value))
    }

    /// Finds an organisation in order to change it.
    pub(crate) fn organisation_held(
        &self,
        id: &OrganisationId,
    ) -> Result<Option<Stored<Organisation>>, StoreError> {
        self.read(&layout::organisation(id))
    }

    /// Lists up to `limit` organisations from this name on, in the order of names.
    pub fn organisations(
        &self,
        from: Option<&OrganisationId>,
        limit: usize,
    ) -> Result<Vec<Organisation>, StoreError> {
        let from = from.map_or(Vec::new(), layout::organisation);
        let found = self.read_all::<Organisation>(&layout::organisations(), &from, limit)?;
        Ok(found.into_iter().map(|stored| stored.value).collect())
    }

    /// Adds an organisation; conflicts if there is one of this name.
    pub(crate) fn add_organisation(&self, new: &Organisation) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        batch.require_absent(layout::organisation(&new.id));
        batch.put_record(layout::organisation(&new.id), new)?;
        self.commit(batch)
    }

    /// Writes a changed organisation; conflicts if it was changed meanwhile.
    pub(crate) fn replace_organisation(
        &self,
        held: &Stored<Organisation>,
        changed: &Organisation,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        held.require_unchanged(&mut batch);
        batch.put_record(layout::organisation(&changed.id), changed)?;
        self.commit(batch)
    }

    /// Finds what a person is in an organisation.
    pub fn membership(
        &self,
        organisation: &OrganisationId,
        person: PersonId,
    ) -> Result<Option<Membership>, StoreError> {
        let found = self.read::<Membership>(&layout::member(organisation, person))?;
        Ok(found.map(|stored| stored.value))
    }

    /// Lists up to `limit` members of an organisation from this person on.
    pub fn members(
        &self,
        organisation: &OrganisationId,
        from: Option<PersonId>,
        limit: usize,
    ) -> Result<Vec<Membership>, StoreError> {
        let from = from.map_or(Vec::new(), |person| layout::member(organisation, person));
        let found = self.read_all::<Membership>(&layout::members(organisation), &from, limit)?;
        Ok(found.into_iter().map(|stored| stored.value).collect())
    }

    /// Lists up to `limit` memberships of a person, in the order of the organisations' names.
    pub fn memberships_of(
        &self,
        person: PersonId,
        limit: usize,
    ) -> Result<Vec<Membership>, StoreError> {
        let mut memberships = Vec::new();
        for entry in self.read_all::<Entry>(&layout::members_of(person), b"", limit)? {
            memberships.extend(self.membership(&entry.value.organisation, person)?);
        }
        Ok(memberships)
    }

    /// Writes what a person is in an organisation from now on.
    pub(crate) fn put_membership(&self, membership: &Membership) -> Result<(), StoreError> {
        let (organisation, person) = (&membership.organisation, membership.person);
        let entry = Entry {
            organisation: organisation.clone(),
        };
        let mut batch = Batch::default();
        batch.put_record(layout::member(organisation, person), membership)?;
        batch.put_record(layout::member_of(person, organisation), &entry)?;
        self.commit(batch)
    }
}

#[derive(Serialize, Deserialize)]
struct Entry {
    organisation: OrganisationId,
}
