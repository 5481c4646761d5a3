//! Joining two accounts of one person, by somebody who proves both.
//!
//! They are signed in to one account and have opened a link that was mailed to an address of the
//! other. One commit makes the address book one and writes down what is still to be moved; from
//! then on the other account's identifier leads to this one, and a crash loses nothing: what is
//! left is moved by the next round of upkeep.

use crate::app::App;
use crate::engine::Batch;
use crate::error::Error;
use crate::id::{MicroCredentialId, PersonId};
use crate::letter;
use crate::link::{self, Link, LinkSecret, Purpose};
use crate::mail;
use crate::organisation::Membership;
use crate::person::{Person, Proof, VerifiedBy};
use crate::store::{StoreError, Stored};
use crate::submission::Submission;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What there is in an account that can be joined to one's own.
#[derive(Debug, Clone)]
pub struct Overview {
    /// The other account.
    pub other: Person,
    /// What is being earned in it, or was.
    pub submissions: Vec<Submission>,
    /// How many badges were earned in it.
    pub badges: usize,
    /// What its person is in organisations.
    pub memberships: Vec<Membership>,
    /// How many programs have tokens for it.
    pub tokens: usize,
    /// In how many browsers it is signed in.
    pub sessions: usize,
    /// For what both accounts have a submission. Both are kept.
    pub twice: BTreeSet<MicroCredentialId>,
    /// Whether one account has reviewed the other's work, which nobody may do with their own.
    pub reviewed_each_other: bool,
}

/// What is still to be moved from one account to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joining {
    /// The account that is no more.
    pub from: PersonId,
    /// The one it was joined to.
    pub to: PersonId,
    /// When it was.
    pub at: Timestamp,
}

/// Shows what joining would bring, and changes nothing.
pub fn overview(
    app: &App,
    person: &Person,
    secret: &LinkSecret,
    now: Timestamp,
) -> Result<Overview, Error> {
    let (_, other) = both_proven(app, person, secret, now)?;
    let theirs = app.store.all_submissions_of(other.id)?;
    let own = app.store.all_submissions_of(person.id)?;
    let names = |submissions: &[Submission]| -> BTreeSet<MicroCredentialId> {
        let names = submissions.iter().map(|one| one.micro_credential.clone());
        names.collect()
    };
    let twice = names(&theirs).intersection(&names(&own)).cloned().collect();
    let mut reviewed_each_other = false;
    for (submissions, reviewer) in [(&theirs, person), (&own, &other)] {
        for submission in submissions {
            let reviews = app.store.reviews(submission.id)?;
            reviewed_each_other |= reviews.iter().any(|review| reviewer.is(review.reviewer));
        }
    }
    Ok(Overview {
        badges: app.store.count_badges_of(other.id)?,
        memberships: app.store.memberships_of(other.id, MEMBERSHIPS)?,
        tokens: app.store.tokens_of(other.id)?.len(),
        sessions: app.store.sessions_of(other.id)?.len(),
        submissions: theirs,
        other,
        twice,
        reviewed_each_other,
    })
}

/// Joins the account that has the address of the link to the one that asked for the link.
pub fn merge(
    app: &App,
    person: &Person,
    secret: &LinkSecret,
    now: Timestamp,
) -> Result<Person, Error> {
    // 1. Both accounts are proven. Nothing has been changed when this fails.
    let (link, other) = both_proven(app, person, secret, now)?;

    // 2. The accounts are one: addresses, identifiers, and what is still to be moved. A crash
    //    after this leaves the rest to upkeep.
    let joining = Joining {
        from: other.id,
        to: person.id,
        at: now,
    };
    let joined = join(app, &joining, &link)?;
    tracing::info!(person.id = %joined.id, "Joined the account {} to {}", other.id, joined.id);

    // 3. What belonged to the other account is moved, each thing in a commit of its own.
    move_all(app, &joining)?;
    Ok(joined)
}

/// Goes on with joinings that a crash, or a request that came too late, has left unfinished.
pub fn resume(app: &App, now: Timestamp) -> Result<(), Error> {
    for joining in app.store.open_joinings()? {
        move_all(app, &joining)?;
        // What was under way with the other account when it ended may write under its name once more.
        if now > joining.at.plus_seconds(REQUESTS_LAST) {
            app.store.close_joining(&joining)?;
        }
    }
    Ok(())
}

/// The link that proves the other account, and that account.
fn both_proven(
    app: &App,
    person: &Person,
    secret: &LinkSecret,
    now: Timestamp,
) -> Result<(Stored<Link>, Person), Error> {
    let link = link::take(app, secret, now)?;
    let Purpose::Prove { person: asked } = link.value.purpose else {
        return Err(Error::NotFound);
    };
    let other = app.store.person_by_email(&link.value.email)?;
    match other {
        Some(other) if person.is(asked) && other.id != person.id => Ok((link, other)),
        _ => Err(Error::NotFound),
    }
}

fn join(app: &App, joining: &Joining, link: &Stored<Link>) -> Result<Person, Error> {
    let gone = || Error::conflict("another change came first");
    let this = app.store.person_held(joining.to)?.ok_or_else(gone)?;
    let other = app.store.person_held(joining.from)?.ok_or_else(gone)?;
    if other.value.id != joining.from || this.value.id != joining.to {
        return Err(gone());
    }
    let mut joined = this.value.clone();
    joined.emails.extend(other.value.emails.iter().cloned());
    joined.former.push(other.value.id);
    joined.former.extend(&other.value.former);
    let names = other.value.former_names.iter().rev();
    joined.was_called(names.chain([&other.value.name]).cloned());
    if joined.emails.len() > JOINED_EMAILS {
        return Err(Error::conflict(
            "the account would have too many addresses; remove some first",
        ));
    }
    let mut batch = Batch::default();
    link::use_up(&mut batch, link, joining.at)?;
    app.store.put_person(&mut batch, &this, &joined)?;
    app.store.put_joining(&mut batch, joining, &other)?;
    for email in &other.value.emails {
        let proof = (*email == link.value.email).then_some(Proof {
            by: VerifiedBy::Link,
            at: joining.at,
        });
        app.store
            .hand_over_email(&mut batch, &joined, email, proof)?;
    }
    let letter = letter::accounts_joined(app, joined.name.as_str())?;
    for email in &joined.emails {
        mail::queue(app, &mut batch, email, letter.clone(), joining.at)?;
    }
    app.store.commit(batch)?;
    Ok(joined)
}

/// Moves all there is. What somebody changes at that moment is tried again; what changes every
/// time is left to upkeep.
fn move_all(app: &App, joining: &Joining) -> Result<(), Error> {
    for _ in 0..ATTEMPTS {
        match app.store.move_belongings(joining) {
            Ok(0) => return Ok(()),
            Ok(_) | Err(StoreError::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// More organisations than anybody works for.
const MEMBERSHIPS: usize = 100;

/// A name in every record, and a few kilobytes at most.
const JOINED_EMAILS: usize = 32;

/// Each attempt moves up to a thousand things of a kind.
const ATTEMPTS: usize = 10;

/// An hour, in seconds: no request lasts that long.
const REQUESTS_LAST: i64 = 60 * 60;
