//! Which account an identity at a provider opens.
//!
//! An account is bound to issuer and subject, never to an address: addresses change hands.

use super::{Identity, OidcError, Provider};
use crate::app::App;
use crate::digest::Sha256Digest;
use crate::engine::Batch;
use crate::error::Error;
use crate::id::PersonId;
use crate::person::{self, EmailInBadges, NewPerson, Proof, VerifiedBy};
use crate::store::StoreError;
use crate::text::Line;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// An identity that opens an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkedIdentity {
    /// Whose account.
    pub person: PersonId,
    /// Who it is, and where.
    pub identity: Identity,
    /// Since when it opens the account.
    pub linked: Timestamp,
    /// When it was last used.
    pub used: Timestamp,
}

/// What follows when a provider has vouched for somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// This person has signed in.
    SignedIn(PersonId),
    /// This person has just been registered, and has signed in.
    Registered(PersonId),
    /// Somebody has this address already, and has to show that it is them.
    AccountKnown,
    /// The provider has proven no address, so the person has to show an account or register first.
    NoAddress,
}

/// Lets somebody in for whom a provider has vouched, or says what is missing.
pub fn enter(
    app: &App,
    provider: &Provider,
    identity: &Identity,
    now: Timestamp,
) -> Result<Entry, Error> {
    let digest = identity.digest();
    if let Some(known) = app.store.identity_used(digest, identity, now)? {
        return Ok(Entry::SignedIn(known));
    }
    let Some(email) = &identity.email else {
        return Ok(Entry::NoAddress);
    };
    if let Some(known) = app.store.person_by_email(email)? {
        if !provider.is_trusted_for(email) {
            return Ok(Entry::AccountKnown);
        }
        link(app, known.id, identity, now)?;
        return Ok(Entry::SignedIn(known.id));
    }
    let new = NewPerson {
        name: identity.name.clone().unwrap_or_else(|| name_of(email)),
        emails: vec![email.clone()],
        did: None,
        email_in_badges: EmailInBadges::Hashed,
    };
    let person = person::new(app, new, now)?;
    let proof = Proof {
        by: VerifiedBy::Provider {
            issuer: identity.issuer.clone(),
        },
        at: now,
    };
    let mut batch = Batch::default();
    app.store.put_new_person(&mut batch, &person, &proof)?;
    let linked = LinkedIdentity::new(person.id, identity, now);
    app.store.put_identity(&mut batch, &linked)?;
    app.store.commit(batch)?;
    Ok(Entry::Registered(person.id))
}

/// Lets an identity open an account from now on. Who may say so is for the caller to see to.
pub fn link(app: &App, person: PersonId, identity: &Identity, now: Timestamp) -> Result<(), Error> {
    let linked = LinkedIdentity::new(person, identity, now);
    if of(app, person)?.len() >= IDENTITIES {
        return Err(Error::conflict("no more identities can be connected"));
    }
    let mut batch = Batch::default();
    app.store.put_identity(&mut batch, &linked)?;
    match app.store.commit(batch) {
        Err(StoreError::Conflict) => match app.store.identity(identity.digest())? {
            Some(found) if found.person == person => Ok(()),
            _ => Err(OidcError::Taken.into()),
        },
        other => Ok(other?),
    }
}

/// Lets an identity no longer open the account of this person.
pub fn unlink(app: &App, person: PersonId, identity: Sha256Digest) -> Result<(), Error> {
    match app.store.identity(identity)? {
        Some(found) if found.person == person => Ok(app.store.remove_identity(person, identity)?),
        _ => Err(Error::NotFound),
    }
}

/// Lists the identities that open this person's account, in no order that matters.
pub fn of(app: &App, person: PersonId) -> Result<Vec<LinkedIdentity>, Error> {
    Ok(app.store.identities_of(person)?)
}

impl LinkedIdentity {
    fn new(person: PersonId, identity: &Identity, now: Timestamp) -> LinkedIdentity {
        LinkedIdentity {
            person,
            identity: identity.clone(),
            linked: now,
            used: now,
        }
    }
}

/// How somebody is called of whom nothing is known but an address: by what stands before the @.
fn name_of(email: &person::Email) -> Line {
    let address = email.as_str();
    let local = address.split_once('@').map_or(address, |(local, _)| local);
    local
        .parse()
        .expect("an address has something without control characters before its @")
}

/// Every provider of an operator, and again after a change of employer.
const IDENTITIES: usize = 20;
