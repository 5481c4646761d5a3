//! Taking a badge back: for good, or until it is decided about. Either way the place in the status list stays
//! set for ever; a badge that counts again does so in a further edition.

use crate::again::retried;
use crate::app::{App, Step};
use crate::badge::edition::REASON_BYTES;
use crate::badge::history::What;
use crate::badge::news::{self, News};
use crate::badge::{Badge, EditionError, Ending, Revocation};
use crate::digest::{Salt, Sha256Digest};
use crate::engine::Batch;
use crate::error::Error;
use crate::id::{BadgeId, BulkId, PersonId};
use crate::log::{self, Entry, Kind};
use crate::person::Person;
use crate::status::StatusPlace;
use crate::text::Prose;
use schemas::timestamp::Timestamp;

/// What an officer decides about a badge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// For good, or not.
    pub ending: Ending,
    /// Who decides.
    pub by: PersonId,
    /// Why.
    pub reason: Prose,
    /// The change of many badges that it is part of.
    pub bulk: Option<BulkId>,
}

/// Revokes the current edition of a badge for good, suspended or not.
///
/// Revoking again says that it was revoked, and when. Of two officers at once one is told so.
pub fn revoke(
    app: &App,
    officer: &Person,
    id: BadgeId,
    reason: Prose,
    now: Timestamp,
) -> Result<Revocation, Error> {
    let decided = Decided {
        ending: Ending::Revoked,
        by: officer.id,
        reason,
        bulk: None,
    };
    end(app, id, &decided, now)
}

/// Ends the current edition of a badge.
pub fn end(app: &App, id: BadgeId, decided: &Decided, now: Timestamp) -> Result<Revocation, Error> {
    check_reason(&decided.reason)?;
    // Another badge of the same list may be revoked meanwhile, or this one.
    retried(ATTEMPTS, || attempt(app, id, decided, now))
}

/// Holds a reason against the room there is for one.
pub fn check_reason(reason: &Prose) -> Result<(), Error> {
    match reason.as_str().len() {
        ..=REASON_BYTES => Ok(()),
        bytes => Err(Error::invalid(
            "/reason",
            format!("a reason has at most {REASON_BYTES} bytes, and this one has {bytes}"),
        )),
    }
}

fn attempt(app: &App, id: BadgeId, decided: &Decided, now: Timestamp) -> Result<Revocation, Error> {
    // 1. Find the badge. Nothing is written by looking.
    let held = app.store.badge_held(id)?.ok_or(Error::NotFound)?;
    let mut badge: Badge = held.value.clone();
    let current = badge.current();
    let suspension = match &current.revoked {
        None => None,
        Some(revoked) if revoked.ending == Ending::Revoked => {
            app.log.settle()?;
            return Err(Error::AlreadyRevoked { at: revoked.at });
        }
        Some(_) if decided.ending == Ending::Suspended => {
            return Err(EditionError::Suspended.into());
        }
        Some(suspended) => Some(Box::new(suspended.clone())),
    };
    let issued = app
        .store
        .issued(id, current.number)?
        .ok_or(Error::Missing("an edition"))?;
    app.observe(Step::RevocationFound);

    // 2. Set the bit and sign the list anew, unless a suspension has. A crash after this loses a list that
    //    nobody has seen: the badge is not revoked, and whoever asked has got no answer.
    let mut batch = Batch::default();
    held.require_unchanged(&mut batch);
    if suspension.is_none() {
        set_bit(app, &mut batch, current.status, now)?;
    }
    let (log_salt, subject) = leaf(app, [issued.json(), issued.jwt()]);
    app.observe(Step::RevocationSigned);

    // 3. Record list, log leaf, badge and the letter to its earner in one durable commit. A crash after this
    //    loses the answer alone: asking again says that the badge is revoked.
    let what = match decided.ending {
        Ending::Suspended => What::Suspended,
        Ending::Revoked | Ending::Replaced => What::Revoked,
    };
    let news = News {
        badge: &badge,
        what,
        by: decided.by,
        reason: &decided.reason,
        at: now,
    };
    news::tell(app, &mut batch, &news)?;
    let mut turn = app.log.turn(batch)?;
    let log = turn.append(&Entry {
        kind: Kind::Revoke,
        subject,
        time: now,
    });
    let revocation = Revocation {
        ending: decided.ending,
        at: now,
        by: decided.by,
        reason: decided.reason.clone(),
        log,
        log_salt,
        suspension,
        bulk: decided.bulk,
    };
    if let Some(edition) = badge.editions.last_mut() {
        edition.revoked = Some(revocation.clone());
    }
    app.store.put_badge(turn.batch(), &badge)?;
    turn.commit()?;
    app.observe(Step::RevocationRecorded);
    Ok(revocation)
}

/// Sets the bit of a place in a batch, with the list signed anew; of two batches about one list one conflicts.
pub(crate) fn set_bit(
    app: &App,
    batch: &mut Batch,
    place: StatusPlace,
    now: Timestamp,
) -> Result<(), Error> {
    let list = app.store.status_list_held(place.list)?;
    let list = list.ok_or(Error::Missing("a status list"))?;
    let signed = list.value.revoking(app, place.index, now)?;
    Ok(app.store.put_status_list(batch, &list, &signed)?)
}

/// What the leaf in the log is made of that tells the end of what was signed in these two forms, JSON first.
pub(crate) fn leaf(app: &App, [json, jwt]: [&str; 2]) -> (Salt, Sha256Digest) {
    let salt = Salt::draw(&app.random);
    let subject = log::subject(&salt.bytes(), json.as_bytes(), jwt.as_bytes());
    (salt, subject)
}

/// All badges of one list wait for one record, and of so many officers at once each gets through.
const ATTEMPTS: usize = 256;
