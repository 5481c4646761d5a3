//! Reminding earners of badges that end: twice each, once if it ends soon after it was issued.
//!
//! The next reminder of an edition is written down in the commit that issues it, and the one after in the
//! commit that queues the letter: none is lost, and none is sent twice.

use super::{Badge, Edition, news};
use crate::app::App;
use crate::engine::Batch;
use crate::error::Error;
use crate::id::BadgeId;
use crate::mail;
use crate::store::{StoreError, Stored};
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// That the earner of a badge is to be reminded of its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminder {
    /// The badge.
    pub badge: BadgeId,
    /// The edition that ends. Of one that was replaced or revoked meanwhile nobody is reminded.
    pub edition: u32,
    /// When.
    pub due: Timestamp,
}

/// Adds the next reminder of an edition to a batch, if there is one to come.
pub(crate) fn plan(
    app: &App,
    batch: &mut Batch,
    badge: BadgeId,
    edition: &Edition,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(until) = edition.valid_until else {
        return Ok(());
    };
    let dues = BEFORE.map(|seconds| until.plus_seconds(-seconds));
    let Some(due) = dues.into_iter().find(|due| *due > now) else {
        return Ok(());
    };
    let reminder = Reminder {
        badge,
        edition: edition.number,
        due,
    };
    app.store.put_reminder(batch, &reminder)
}

/// Queues the letters that are due, and says how many.
pub fn remind(app: &App, now: Timestamp) -> Result<usize, Error> {
    let mut reminded = 0;
    for held in app.store.reminders_due(now, AT_ONCE)? {
        match remind_of(app, &held, now) {
            Ok(Reminded::Yes) => reminded += 1,
            // Another process was quicker, or the badge is being changed: the next round sees.
            Ok(Reminded::NoLonger) | Err(Error::Conflict { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(reminded)
}

enum Reminded {
    Yes,
    NoLonger,
}

fn remind_of(app: &App, held: &Stored<Reminder>, now: Timestamp) -> Result<Reminded, Error> {
    let mut batch = Batch::default();
    held.require_unchanged(&mut batch);
    batch.delete(held.key().to_vec());
    let badge = app.store.badge_held(held.value.badge)?;
    let ending = badge.as_ref().and_then(|badge| {
        let until = ends(&badge.value, held.value.edition)?;
        (now < until).then_some((badge, until))
    });
    let Some((badge, until)) = ending else {
        app.store.commit(batch)?;
        return Ok(Reminded::NoLonger);
    };
    badge.require_unchanged(&mut batch);
    let earner = app.store.person(badge.value.earner)?;
    let earner = earner.ok_or(Error::Missing("an earner"))?;
    let letter = news::expires(app, &earner, &badge.value, until)?;
    mail::queue(app, &mut batch, earner.primary(), letter, now)?;
    plan(app, &mut batch, badge.value.id, badge.value.current(), now)?;
    app.store.commit(batch)?;
    Ok(Reminded::Yes)
}

/// When a badge ends, if this edition is the one that counts.
fn ends(badge: &Badge, edition: u32) -> Option<Timestamp> {
    let current = badge.current();
    let counts = current.number == edition && current.revoked.is_none();
    current.valid_until.filter(|_| counts)
}

/// Two months and two weeks before the end, in seconds: time to collect evidence, and a last call.
pub const BEFORE: [i64; 2] = [60 * DAY, 14 * DAY];
const DAY: i64 = 24 * 60 * 60;
/// One round; what is left waits for the next, a minute later.
const AT_ONCE: usize = 500;
