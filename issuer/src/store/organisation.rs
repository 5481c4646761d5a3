//! What the store knows of organisations and their members.

use super::{Store, StoreError, Stored};
use crate::engine::Batch;
use crate::id::{OrganisationId, PersonId};
use crate::layout;
use crate::organisation::{Membership, Organisation};
use crate::page::{Page, PageRequest};
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

    /// Adds an organisation to a batch, which conflicts if there is one of this name.
    pub(crate) fn add_organisation(
        &self,
        batch: &mut Batch,
        new: &Organisation,
    ) -> Result<(), StoreError> {
        batch.require_absent(layout::organisation(&new.id));
        batch.put_record(layout::organisation(&new.id), new)
    }

    /// Adds a changed organisation to a batch, which conflicts if it was changed meanwhile.
    pub(crate) fn put_organisation(
        &self,
        batch: &mut Batch,
        held: &Stored<Organisation>,
        changed: &Organisation,
    ) -> Result<(), StoreError> {
        held.require_unchanged(batch);
        batch.put_record(layout::organisation(&changed.id), changed)
    }

    /// Reads one page of all organisations, in the order of names.
    pub fn organisations_page(
        &self,
        asked: &PageRequest,
    ) -> Result<Page<Organisation>, StoreError> {
        self.page(&layout::organisations(), asked, |found| Ok(Some(found)))
    }

    /// Finds what a person is in an organisation.
    pub fn membership(
        &self,
        organisation: &OrganisationId,
        person: PersonId,
    ) -> Result<Option<Membership>, StoreError> {
        let found = self.membership_held(organisation, person)?;
        Ok(found.map(|stored| stored.value))
    }

    /// Finds what a person is in an organisation, in order to change it.
    pub(crate) fn membership_held(
        &self,
        organisation: &OrganisationId,
        person: PersonId,
    ) -> Result<Option<Stored<Membership>>, StoreError> {
        self.read(&layout::member(organisation, person))
    }

    /// Reads one page of the members of an organisation, in no order that says anything.
    pub fn members(
        &self,
        organisation: &OrganisationId,
        asked: &PageRequest,
    ) -> Result<Page<Membership>, StoreError> {
        self.page(&layout::members(organisation), asked, |found| {
            Ok(Some(found))
        })
    }

    /// Whether there is a member of whom this is so.
    pub(crate) fn any_member(
        &self,
        organisation: &OrganisationId,
        is_so: impl Fn(&Membership) -> bool,
    ) -> Result<bool, StoreError> {
        let mut from = Vec::new();
        loop {
            let members = layout::members(organisation);
            let some = self.read_all::<Membership>(&members, &from, SCANNED)?;
            if some.iter().any(|member| is_so(&member.value)) {
                return Ok(true);
            }
            let Some(last) = some.last().filter(|_| some.len() == SCANNED) else {
                return Ok(false);
            };
            // The smallest key after the last one.
            from = [last.key(), &[0]].concat();
        }
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

    /// Writes in a batch what a person is in an organisation from now on; the batch conflicts if
    /// they have become something else than `former` meanwhile.
    pub(crate) fn put_membership(
        &self,
        batch: &mut Batch,
        former: Option<&Stored<Membership>>,
        membership: &Membership,
    ) -> Result<(), StoreError> {
        let (organisation, person) = (&membership.organisation, membership.person);
        let key = layout::member(organisation, person);
        match former {
            Some(former) => former.require_unchanged(batch),
            None => batch.require_absent(key.clone()),
        }
        let entry = Entry {
            organisation: organisation.clone(),
        };
        batch.put_record(key, membership)?;
        batch.put_record(layout::member_of(person, organisation), &entry)
    }

    /// Removes a membership in a batch, which conflicts if it was changed meanwhile.
    pub(crate) fn remove_membership(&self, batch: &mut Batch, held: &Stored<Membership>) {
        let (organisation, person) = (&held.value.organisation, held.value.person);
        held.require_unchanged(batch);
        batch.delete(held.key().to_vec());
        batch.delete(layout::member_of(person, organisation));
    }

    /// Counts in a batch that an administrator goes; of two who go at once, one batch conflicts.
    pub(crate) fn count_departure_of_administrator(
        &self,
        batch: &mut Batch,
        organisation: &OrganisationId,
    ) -> Result<(), StoreError> {
        let key = layout::administrators_gone(organisation);
        let held = self.read::<Departures>(&key)?;
        let count = match &held {
            Some(held) => {
                held.require_unchanged(batch);
                held.value.count
            }
            None => {
                batch.require_absent(key.clone());
                0
            }
        };
        batch.put_record(key, &Departures { count: count + 1 })
    }
}

#[derive(Serialize, Deserialize)]
struct Departures {
    count: u64,
}

/// How many members are read at once when one is looked for.
const SCANNED: usize = 500;

#[derive(Serialize, Deserialize)]
struct Entry {
    organisation: OrganisationId,
}
