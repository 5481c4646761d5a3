//! What the store knows of accounts that are joined to others.

use super::person::{Joined, Owner};
use super::{Store, StoreError, Stored};
use crate::engine::Batch;
use crate::id::PersonId;
use crate::layout;
use crate::merge::Joining;
use crate::organisation::Membership;
use crate::person::{Email, Person, Proof};

impl Store {
    /// Adds to a batch that an account is no more, where its identifiers lead, and that its
    /// belongings are still to be moved.
    pub(crate) fn put_joining(
        &self,
        batch: &mut Batch,
        joining: &Joining,
        other: &Stored<Person>,
    ) -> Result<(), StoreError> {
        other.require_unchanged(batch);
        batch.delete(other.key().to_vec());
        batch.put_record(layout::joining(joining.from), joining)?;
        let joined = Joined {
            to: joining.to,
            at: joining.at,
        };
        batch.put_record(layout::person_joined(joining.from), &joined)?;
        for former in &other.value.former {
            batch.put_record(layout::person_joined(*former), &joined)?;
        }
        Ok(())
    }

    /// Gives an address to another person in a batch, with what shows that it is theirs.
    pub(crate) fn hand_over_email(
        &self,
        batch: &mut Batch,
        to: &Person,
        email: &Email,
        proof: Option<Proof>,
    ) -> Result<(), StoreError> {
        let held = self.read::<Owner>(&layout::person_email(email))?;
        let held = held.ok_or(StoreError::Conflict)?;
        held.require_unchanged(batch);
        let owner = Owner {
            person: to.id,
            proof: proof.unwrap_or_else(|| held.value.proof.clone()),
        };
        batch.put_record(held.key().to_vec(), &owner)
    }

    /// Lists the joinings whose belongings may not all have been moved.
    pub(crate) fn open_joinings(&self) -> Result<Vec<Joining>, StoreError> {
        let found = self.read_all::<Joining>(&layout::joinings(), b"", AT_ONCE)?;
        Ok(found.into_iter().map(|stored| stored.value).collect())
    }

    /// Forgets that something was still to be moved.
    pub(crate) fn close_joining(&self, joining: &Joining) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        batch.delete(layout::joining(joining.from));
        self.commit(batch)
    }

    /// Moves up to a thousand things of each kind from one account to another, and says how many
    /// there were. Each is moved in one commit, which conflicts if the thing is changed meanwhile.
    pub(crate) fn move_belongings(&self, joining: &Joining) -> Result<usize, StoreError> {
        let from = joining.from;
        // The account may have been joined to a third one since.
        let to = self.person(joining.to)?.ok_or(StoreError::Conflict)?.id;
        let mut moved = self.move_submissions(from, to)?;
        moved += self.move_badges(from, to)?;
        moved += self.move_stack_awards(from, to)?;
        moved += self.move_sessions(from, to)?;
        moved += self.move_tokens(from, to)?;
        moved += self.move_ways_in(from, to)?;
        moved += self.move_join_requests(from, to)?;
        moved += self.move_drafts_shown(from, to)?;
        moved += self.move_learning(from, to)?;
        moved += self.move_portfolios(from, to)?;
        moved += self.move_cohorts(from, to)?;
        moved += self.move_grants(from, to)?;
        moved += self.move_hosted(from, to)?;
        moved += self.move_evidence_told(from, to)?;
        for membership in self.memberships_of(from, AT_ONCE)? {
            self.move_membership(&membership, to)?;
            moved += 1;
        }
        Ok(moved)
    }

    fn move_ways_in(&self, from: PersonId, to: PersonId) -> Result<usize, StoreError> {
        let ways = self.passkeys_of(from)?.len() + self.identities_of(from)?.len();
        if ways > 0 {
            let mut batch = Batch::default();
            self.move_passkeys(&mut batch, from, to)?;
            self.move_identities(&mut batch, from, to)?;
            self.commit(batch)?;
        }
        Ok(ways)
    }

    fn move_membership(&self, membership: &Membership, to: PersonId) -> Result<(), StoreError> {
        let (organisation, from) = (&membership.organisation, membership.person);
        let key = layout::member(organisation, from);
        let held = self.read::<Membership>(&key)?.ok_or(StoreError::Conflict)?;
        let mut moved = Membership {
            person: to,
            ..held.value.clone()
        };
        let mut batch = Batch::default();
        held.require_unchanged(&mut batch);
        let theirs = layout::member(organisation, to);
        match self.read::<Membership>(&theirs)? {
            None => batch.require_absent(theirs.clone()),
            Some(known) => {
                known.require_unchanged(&mut batch);
                moved.roles.extend(known.value.roles.iter().copied());
                moved.since = moved.since.min(known.value.since);
            }
        }
        batch.delete(key);
        batch.put_record(theirs, &moved)?;
        self.move_entry(
            &mut batch,
            layout::member_of(from, organisation),
            layout::member_of(to, organisation),
        )?;
        self.commit(batch)
    }

    /// Moves what stands under one key to another, in a batch.
    pub(super) fn move_entry(
        &self,
        batch: &mut Batch,
        from: Vec<u8>,
        to: Vec<u8>,
    ) -> Result<(), StoreError> {
        let entry = self.engine().get(&from)?.ok_or(StoreError::Conflict)?;
        batch.require(from.clone(), entry.clone());
        batch.delete(from);
        batch.put(to, entry);
        Ok(())
    }
}

/// More than anybody has of one kind, and little enough for one round.
pub(super) const AT_ONCE: usize = 1_000;
