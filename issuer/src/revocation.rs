//! Revoking a badge. It is final: the place in the status list stays set for ever.

use crate::app::{App, Step};
use crate::badge::{Badge, Revocation};
use crate::digest::Salt;
use crate::error::Error;
use crate::event::{self, About, Actor, Event, EventKind};
use crate::id::BadgeId;
use crate::log::{self, Entry, Kind};
use crate::person::Person;
use crate::text::Prose;
use schemas::timestamp::Timestamp;

/// Revokes the current edition of a badge.
///
/// Revoking again says that it was revoked, and when. Of two officers at once one is told so.
pub fn revoke(
    app: &App,
    officer: &Person,
    id: BadgeId,
    reason: Prose,
    now: Timestamp,
) -> Result<Revocation, Error> {
    for _ in 0..ATTEMPTS {
        match attempt(app, officer, id, &reason, now) {
            // Another badge of the same list was revoked meanwhile, or this one was: look again.
            Err(Error::Conflict { .. }) => {}
            done => return done,
        }
    }
    Err(Error::conflict(
        "too many others are revoking badges at this moment",
    ))
}

fn attempt(
    app: &App,
    officer: &Person,
    id: BadgeId,
    reason: &Prose,
    now: Timestamp,
) -> Result<Revocation, Error> {
    // 1. Find the badge. Nothing is written by looking.
    let held = app.store.badge_held(id)?.ok_or(Error::NotFound)?;
    let current = held.value.current();
    if let Some(revoked) = &current.revoked {
        app.log.settle()?;
        return Err(Error::AlreadyRevoked { at: revoked.at });
    }
    let issued = app
        .store
        .issued(id, current.number)?
        .ok_or(Error::Missing("an edition"))?;
    app.observe(Step::RevocationFound);

    // 2. Set the bit and sign the list anew. A crash after this loses a list that nobody has
    //    seen: the badge is not revoked, and whoever asked has got no answer.
    let list = app
        .store
        .status_list_held(current.status.list)?
        .ok_or(Error::Missing("a status list"))?;
    let signed = list.value.revoking(app, current.status.index, now)?;
    let log_salt = Salt::draw(&app.random);
    let subject = log::subject(
        &log_salt.bytes(),
        issued.json().as_bytes(),
        issued.jwt().as_bytes(),
    );
    app.observe(Step::RevocationSigned);

    // 3. Record list, log leaf and badge in one durable commit. A crash after this loses the
    //    answer alone: asking again says that the badge is revoked.
    let mut batch = app.store.revoking(&held, &list, &signed)?;
    let done = Event {
        organisation: held.value.organisation.clone(),
        kind: EventKind::BadgeRevoked,
        actor: Actor::Person(officer.id),
        about: About::Badge(id),
        reason: Some(reason.clone()),
        at: now,
    };
    event::record(app, &mut batch, done)?;
    let mut turn = app.log.turn(batch)?;
    let log = turn.append(&Entry {
        kind: Kind::Revoke,
        subject,
        time: now,
    });
    let revocation = Revocation {
        at: now,
        by: officer.id,
        reason: reason.clone(),
        log,
        log_salt,
    };
    let mut badge: Badge = held.value.clone();
    if let Some(edition) = badge.editions.last_mut() {
        edition.revoked = Some(revocation.clone());
    }
    app.store.put_badge(turn.batch(), &badge)?;
    turn.commit()?;
    app.observe(Step::RevocationRecorded);
    Ok(revocation)
}

/// All badges of one list wait for one record, and of so many officers at once each gets through.
const ATTEMPTS: usize = 256;
