//! What the store knows of people.

use super::{Store, StoreError};
use crate::digest::Sha256Digest;
use crate::engine::Batch;
use crate::id::PersonId;
use crate::layout;
use crate::person::{Email, Person};
use crate::rights::Scope;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

impl Store {
    /// Finds a person.
    pub fn person(&self, id: PersonId) -> Result<Option<Person>, StoreError> {
        let found = self.read::<Person>(&layout::person(id))?;
        Ok(found.map(|stored| stored.value))
    }

    /// Finds the person who has this e-mail address.
    pub fn person_by_email(&self, email: &Email) -> Result<Option<Person>, StoreError> {
        match self.read::<Owner>(&layout::person_email(email))? {
            Some(owner) => self.person(owner.value.person),
            None => Ok(None),
        }
    }

    /// Finds the person whose bearer token has this digest, and what the token is good for.
    pub fn person_by_token(
        &self,
        digest: Sha256Digest,
    ) -> Result<Option<(Person, BTreeSet<Scope>)>, StoreError> {
        let Some(token) = self.read::<TokenOwner>(&layout::person_token(digest))? else {
            return Ok(None);
        };
        let person = self.person(token.value.person)?;
        Ok(person.map(|person| (person, token.value.scopes)))
    }

    /// Adds a person; conflicts if somebody has one of the addresses.
    pub(crate) fn add_person(&self, person: &Person) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        batch.require_absent(layout::person(person.id));
        batch.put_record(layout::person(person.id), person)?;
        let owner = Owner { person: person.id };
        for email in &person.emails {
            batch.require_absent(layout::person_email(email));
            batch.put_record(layout::person_email(email), &owner)?;
        }
        self.commit(batch)
    }

    /// Adds a bearer token of a person, known by its digest.
    pub(crate) fn add_token(
        &self,
        person: PersonId,
        digest: Sha256Digest,
        scopes: BTreeSet<Scope>,
        made: Timestamp,
    ) -> Result<(), StoreError> {
        let token = TokenOwner {
            person,
            scopes,
            made,
        };
        let mut batch = Batch::default();
        batch.require_absent(layout::person_token(digest));
        batch.put_record(layout::person_token(digest), &token)?;
        self.commit(batch)
    }

    /// Forgets a bearer token.
    pub(crate) fn remove_token(&self, digest: Sha256Digest) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        batch.delete(layout::person_token(digest));
        self.commit(batch)
    }
}

#[derive(Serialize, Deserialize)]
struct Owner {
    person: PersonId,
}

#[derive(Serialize, Deserialize)]
struct TokenOwner {
    person: PersonId,
    scopes: BTreeSet<Scope>,
    made: Timestamp,
}
