//! The addresses a person is found by: proven, preferred, given up.

use super::{EMAILS, Email, Person, Proof, VerifiedBy};
use crate::app::App;
use crate::engine::Batch;
use crate::error::Error;
use crate::id::PersonId;
use crate::letter;
use crate::link::{self, LinkSecret, Purpose};
use crate::mail;
use crate::store::StoreError;
use crate::text::Line;
use schemas::timestamp::Timestamp;

/// One of a person's addresses, and what shows that it is theirs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The address.
    pub email: Email,
    /// What shows that it is theirs.
    pub proof: Proof,
}

/// Lists a person's addresses, the primary one first.
pub fn addresses(app: &App, person: &Person) -> Result<Vec<Address>, Error> {
    let mut addresses = Vec::new();
    for email in &person.emails {
        let proof = app.store.email_proof(email)?;
        addresses.extend(proof.map(|proof| Address {
            email: email.clone(),
            proof,
        }));
    }
    Ok(addresses)
}

/// Adds the address that a link was mailed to, for the person who asked for the link.
///
/// If somebody else has the address, nothing is changed: then the accounts can be joined.
pub fn prove(
    app: &App,
    person: &Person,
    secret: &LinkSecret,
    now: Timestamp,
) -> Result<Email, Error> {
    let link = link::take(app, secret, now)?;
    let for_them = Purpose::Prove { person: person.id };
    if link.value.purpose != for_them {
        return Err(Error::NotFound);
    }
    let email = link.value.email.clone();
    let proof = Proof {
        by: VerifiedBy::Link,
        at: now,
    };
    let mut batch = Batch::default();
    link::use_up(&mut batch, &link, now)?;
    add(app, batch, person.id, &email, &proof)?;
    Ok(email)
}

/// Adds an address to somebody's account after a check outside the service, as when a mailbox is
/// lost. All addresses the person has are told of it.
pub fn add_after_check(
    app: &App,
    administrator: &Person,
    person: PersonId,
    email: Email,
    note: Line,
    now: Timestamp,
) -> Result<Person, Error> {
    let held = app.store.person_held(person)?.ok_or(Error::NotFound)?;
    let (id, name) = (held.value.id, held.value.name.to_string());
    let letter = letter::address_added(app, &name, email.as_str(), note.as_str())?;
    let mut batch = Batch::default();
    for known in &held.value.emails {
        mail::queue(app, &mut batch, known, letter.clone(), now)?;
    }
    let proof = Proof {
        by: VerifiedBy::Administrator {
            administrator: administrator.id,
            note,
        },
        at: now,
    };
    let changed = add(app, batch, id, &email, &proof)?;
    tracing::info!(person.id = %id, administrator.id = %administrator.id,
        "Administrator {} added an address to the account {id}", administrator.id);
    Ok(changed)
}

fn add(
    app: &App,
    mut batch: Batch,
    person: PersonId,
    email: &Email,
    proof: &Proof,
) -> Result<Person, Error> {
    if app.store.person_by_email(email)?.is_some() {
        return Err(Error::EmailTaken);
    }
    let held = app.store.person_held(person)?.ok_or(Error::NotFound)?;
    if held.value.emails.len() >= EMAILS {
        return Err(Error::invalid(
            "/email",
            format!("an account has at most {EMAILS} addresses; remove one first"),
        ));
    }
    let mut changed = held.value.clone();
    changed.emails.push(email.clone());
    app.store.put_person(&mut batch, &held, &changed)?;
    app.store.put_email(&mut batch, changed.id, email, proof)?;
    match app.store.commit(batch) {
        // The address went to somebody else meanwhile, or the account changed.
        Err(StoreError::Conflict) => Err(Error::conflict("another change came first")),
        other => Ok(other.map(|()| changed)?),
    }
}

/// Makes one of a person's addresses the one that is written to and named in badges.
pub fn make_primary(app: &App, person: PersonId, email: &Email) -> Result<Person, Error> {
    let held = app.store.person_held(person)?.ok_or(Error::NotFound)?;
    let mut changed = held.value.clone();
    let place = changed.emails.iter().position(|known| known == email);
    let address = changed.emails.remove(place.ok_or(Error::NotFound)?);
    changed.emails.insert(0, address);
    app.store.replace_person(&held, &changed)?;
    Ok(changed)
}

/// Takes an address off a person's account; whoever has it next can register with it.
///
/// Badges that name it go on naming it: the person is still the one who earned them.
pub fn remove(app: &App, person: PersonId, email: &Email) -> Result<Person, Error> {
    let held = app.store.person_held(person)?.ok_or(Error::NotFound)?;
    let mut changed = held.value.clone();
    let place = changed.emails.iter().position(|known| known == email);
    changed.emails.remove(place.ok_or(Error::NotFound)?);
    if changed.emails.is_empty() {
        return Err(Error::LastAddress);
    }
    let mut batch = Batch::default();
    app.store.put_person(&mut batch, &held, &changed)?;
    app.store.drop_email(&mut batch, email);
    app.store.commit(batch)?;
    Ok(changed)
}
