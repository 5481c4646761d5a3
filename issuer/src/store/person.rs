//! What the store knows of people and their addresses.

use super::{Store, StoreError, Stored};
use crate::engine::Batch;
use crate::id::PersonId;
use crate::layout;
use crate::person::{Email, Person, Proof, VerifiedBy};
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

impl Store {
    /// Finds a person, also by the identifier of an account that was joined to theirs.
    pub fn person(&self, id: PersonId) -> Result<Option<Person>, StoreError> {
        Ok(self.person_held(id)?.map(|stored| stored.value))
    }

    /// Finds a person in order to change what is known of them.
    pub(crate) fn person_held(&self, id: PersonId) -> Result<Option<Stored<Person>>, StoreError> {
        if let Some(found) = self.read(&layout::person(id))? {
            return Ok(Some(found));
        }
        // Joining an account rewrites what led to it, so that there is one step at most.
        match self.read::<Joined>(&layout::person_joined(id))? {
            Some(joined) => self.read(&layout::person(joined.value.to)),
            None => Ok(None),
        }
    }

    /// Finds the person who has this e-mail address.
    pub fn person_by_email(&self, email: &Email) -> Result<Option<Person>, StoreError> {
        match self.read::<Owner>(&layout::person_email(email))? {
            Some(owner) => self.person(owner.value.person),
            None => Ok(None),
        }
    }

    /// Finds what shows that an address is its person's.
    pub(crate) fn email_proof(&self, email: &Email) -> Result<Option<Proof>, StoreError> {
        let found = self.read::<Owner>(&layout::person_email(email))?;
        Ok(found.map(|stored| stored.value.proof))
    }

    /// Adds a person; conflicts if somebody has one of the addresses.
    pub(crate) fn add_person(&self, person: &Person, proof: &Proof) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        self.put_new_person(&mut batch, person, proof)?;
        self.commit(batch)
    }

    /// Adds a person to a batch, which conflicts if somebody has one of the addresses.
    pub(crate) fn put_new_person(
        &self,
        batch: &mut Batch,
        person: &Person,
        proof: &Proof,
    ) -> Result<(), StoreError> {
        batch.require_absent(layout::person(person.id));
        batch.put_record(layout::person(person.id), person)?;
        for email in &person.emails {
            self.put_email(batch, person.id, email, proof)?;
        }
        Ok(())
    }

    /// Adds a changed person to a batch, which conflicts if they were changed meanwhile.
    pub(crate) fn put_person(
        &self,
        batch: &mut Batch,
        held: &Stored<Person>,
        changed: &Person,
    ) -> Result<(), StoreError> {
        held.require_unchanged(batch);
        batch.put_record(held.key().to_vec(), changed)
    }

    /// Writes a changed person; conflicts if they were changed meanwhile.
    pub(crate) fn replace_person(
        &self,
        held: &Stored<Person>,
        changed: &Person,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        self.put_person(&mut batch, held, changed)?;
        self.commit(batch)
    }

    /// Gives an address to a person in a batch, which conflicts if somebody has it.
    pub(crate) fn put_email(
        &self,
        batch: &mut Batch,
        person: PersonId,
        email: &Email,
        proof: &Proof,
    ) -> Result<(), StoreError> {
        let proof = proof.clone();
        batch.require_absent(layout::person_email(email));
        batch.put_record(layout::person_email(email), &Owner { person, proof })
    }

    /// Takes an address from its person in a batch.
    pub(crate) fn drop_email(&self, batch: &mut Batch, email: &Email) {
        batch.delete(layout::person_email(email));
    }

    /// Notes in a batch that a person has shown that an address is theirs; the batch conflicts if
    /// they lose it meanwhile. What they have shown before counts on.
    pub(crate) fn verify_email(
        &self,
        batch: &mut Batch,
        person: &Person,
        email: &Email,
        proof: &Proof,
    ) -> Result<(), StoreError> {
        let held = self.read::<Owner>(&layout::person_email(email))?;
        let held = held.ok_or(StoreError::Conflict)?;
        held.require_unchanged(batch);
        if held.value.proof.by == VerifiedBy::Link {
            return Ok(());
        }
        let owner = Owner {
            person: person.id,
            proof: proof.clone(),
        };
        batch.put_record(held.key().to_vec(), &owner)
    }
}

/// Whose an address is, and what shows it.
#[derive(Serialize, Deserialize)]
pub(super) struct Owner {
    pub(super) person: PersonId,
    pub(super) proof: Proof,
}

/// Which account an account was joined to.
#[derive(Serialize, Deserialize)]
pub(super) struct Joined {
    pub(super) to: PersonId,
    pub(super) at: Timestamp,
}
