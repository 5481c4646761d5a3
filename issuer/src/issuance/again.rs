//! What is different where a badge is issued again: which order counts, what it rests on, and that the
//! edition before ends in the commit that records the next one.

use super::{FIRST_EDITION, Wanted, attempt, grounds_of_award};
use crate::allocation::Allocation;
use crate::app::App;
use crate::badge::edition::EDITIONS;
use crate::badge::history::What;
use crate::badge::news::{self, News};
use crate::badge::{
    Badge, Change, Edition, EditionError, Ending, Order, Origin, Revocation, changing, expiry,
};
use crate::digest::{Salt, Sha256Digest};
use crate::draft::{Grounds, Term};
use crate::drawn::Drawn;
use crate::endorsement::carried::{self, Carried};
use crate::engine::Batch;
use crate::error::Error;
use crate::id::BadgeId;
use crate::issued::Issued;
use crate::issuers::Issuer;
use crate::log::{Entry, Kind};
use crate::revocation;
use crate::status::StatusPlace;
use crate::store::Stored;
use schemas::timestamp::Timestamp;

/// The badge, if the order was carried out.
pub(super) fn done(app: &App, badge: BadgeId, order: &Order) -> Result<Option<Badge>, Error> {
    let badge = held(app, badge)?.value;
    let made = badge.editions.get(order.edition as usize);
    let is_done = made.is_some_and(|made| made.origin == Origin::Order(order.clone()));
    Ok(is_done.then_some(badge))
}

/// What is about to be signed for an order. An order that cannot be carried out any more is given up; one
/// that was written down before this one is finished first.
pub(super) fn allocated(
    app: &App,
    id: BadgeId,
    order: &Order,
    now: Timestamp,
) -> Result<Option<Allocation>, Error> {
    let badge = held(app, id)?.value;
    let open = app
        .store
        .allocation(badge.award, badge.current().number + 1)?;
    if let Some(open) = &open
        && let Origin::Order(other) = open.origin()
        && other != order
    {
        let other = other.clone();
        attempt(app, &Wanted::Edition(id, &other), now)?;
        return Err(Error::conflict("another order came first"));
    }
    match may(app, &badge, order, now) {
        Ok(()) => Ok(open),
        Err(refused) => {
            app.store.give_up_edition(id, order)?;
            Err(refused)
        }
    }
}

/// Whether a badge that stands like this can be issued again on such an order.
fn may(app: &App, badge: &Badge, order: &Order, now: Timestamp) -> Result<(), Error> {
    let current = badge.current();
    if let Some(revoked) = current
        .revoked
        .as_ref()
        .filter(|revoked| revoked.ending == Ending::Revoked)
    {
        return Err(Error::AlreadyRevoked { at: revoked.at });
    }
    if order.edition != current.number {
        return Err(EditionError::Changed.into());
    }
    let bytes = serde_json::to_vec(badge).map_or(usize::MAX, |record| record.len());
    if badge.editions.len() >= EDITIONS || bytes > RECORD_BYTES {
        return Err(EditionError::TooMany.into());
    }
    let has_expired = current.valid_until.is_some_and(|end| end < now);
    match (&order.change, current.revoked.is_some()) {
        (Change::Reinstate, false) => Err(EditionError::NotSuspended.into()),
        (Change::Correct { .. } | Change::Renew, true) => Err(EditionError::Suspended.into()),
        (Change::Correct { .. } | Change::Reinstate, _) if has_expired => {
            Err(EditionError::Expired.into())
        }
        (Change::Renew, false) => {
            let earned = app.store.micro_credential(&badge.micro_credential)?;
            let earned = earned.ok_or(Error::Missing("a micro-credential"))?;
            match earned.content.validity_months {
                Some(_) => Ok(()),
                None => Err(EditionError::NeverExpires.into()),
            }
        }
        (Change::Correct { .. }, false) | (Change::Reinstate, true) => Ok(()),
    }
}

/// What the next edition rests on: the award, as far as it was not corrected, and what its holder's account
/// says now.
pub(super) fn grounds(app: &App, id: BadgeId, order: &Order) -> Result<Grounds, Error> {
    let badge = held(app, id)?.value;
    let mut grounds = grounds_of_award(app, badge.award)?;
    grounds.award.achieved = match &order.change {
        Change::Correct { results } if !results.is_empty() => results.clone(),
        _ => changing::reached(&badge, &grounds.award).to_vec(),
    };
    Ok(Grounds {
        edition: order.edition + 1,
        origin: Origin::Order(order.clone()),
        term: match order.change {
            Change::Renew => Term::Counted,
            Change::Correct { .. } | Change::Reinstate => Term::Kept(badge.current().valid_until),
        },
        ..grounds
    })
}

/// What the next edition draws.
pub(super) fn drawn(
    app: &App,
    id: BadgeId,
    place: StatusPlace,
    issuer: &Issuer,
    now: Timestamp,
) -> Result<Drawn, Error> {
    let badge = held(app, id)?.value;
    let first = app.store.allocation(badge.award, FIRST_EDITION)?;
    let first = first.ok_or(Error::Missing("an allocation"))?;
    let after = badge.current().issued;
    let (random, keyring) = (&app.random, &issuer.keyring);
    Ok(Drawn::again(
        first.drawn(),
        after,
        random,
        place,
        keyring,
        now,
    ))
}

/// Records the next edition and ends the one before, in one commit.
pub(super) fn record(
    app: &App,
    (id, order): (BadgeId, &Order),
    issued: &Issued,
    carried: &[Carried],
    now: Timestamp,
) -> Result<(), Error> {
    let held = held(app, id)?;
    // Whoever changed the badge since the allocation was made may have made the order void.
    if let Err(refused) = may(app, &held.value, order, now) {
        app.store.give_up_edition(id, order)?;
        return Err(refused);
    }
    let facts = issued.record();
    let mut badge: Badge = held.value.clone();
    let mut batch = app.store.recording(issued)?;
    held.require_unchanged(&mut batch);
    carried::require_unchanged(app, &mut batch, carried)?;
    let ended = end_former(app, &badge, &mut batch, now)?;
    let news = News {
        badge: &badge,
        what: What::of(&facts.origin),
        by: order.by,
        reason: &order.reason,
        at: now,
    };
    news::tell(app, &mut batch, &news)?;
    // A part of a stack that counts again may complete it.
    app.store.put_stack_check(&mut batch, badge.award)?;

    let mut turn = app.log.turn(batch)?;
    if let (Some((log_salt, subject)), Some(former)) = (ended, badge.editions.last_mut()) {
        let log = turn.append(&Entry {
            kind: Kind::Revoke,
            subject,
            time: now,
        });
        former.revoked = Some(Revocation {
            ending: Ending::Replaced,
            at: now,
            by: order.by,
            reason: order.reason.clone(),
            log,
            log_salt,
            suspension: None,
            bulk: order.bulk,
        });
    }
    let log = turn.append(&Entry {
        kind: Kind::Reissue,
        subject: issued.log_subject(),
        time: now,
    });
    let edition = Edition {
        number: facts.edition,
        origin: facts.origin.clone(),
        issued: facts.issued,
        valid_until: issued.valid_until(),
        status: facts.status,
        log,
        revoked: None,
    };
    expiry::plan(app, turn.batch(), id, &edition, now)?;
    badge.editions.push(edition);
    app.store.put_badge(turn.batch(), &badge)?;
    Ok(turn.commit()?)
}

/// Sets the bit of the edition that is replaced, unless a suspension has, and gives what its leaf in the log is
/// made of.
fn end_former(
    app: &App,
    badge: &Badge,
    batch: &mut Batch,
    now: Timestamp,
) -> Result<Option<(Salt, Sha256Digest)>, Error> {
    let former = badge.current();
    if former.revoked.is_some() {
        return Ok(None);
    }
    revocation::set_bit(app, batch, former.status, now)?;
    let issued = app.store.issued(badge.id, former.number)?;
    let issued = issued.ok_or(Error::Missing("an edition"))?;
    Ok(Some(revocation::leaf(app, [issued.json(), issued.jwt()])))
}

/// What a badge may take up in the store before another edition and two more reasons are added.
const RECORD_BYTES: usize = 80 * 1024;

fn held(app: &App, badge: BadgeId) -> Result<Stored<Badge>, Error> {
    app.store.badge_held(badge)?.ok_or(Error::NotFound)
}
