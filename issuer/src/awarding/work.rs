//! Working lists of awards off, in the background and some rows at a time.
//!
//! What came of a row is written in the commit of its award, so that a crash at any point loses nothing
//! and does nothing twice: the next round looks at the same rows, finds those that are done, and goes on.
//! Several rows are worked on at once, because the store commits many batches by one write to the disk.

use super::list::{AwardList, Outcome, RowOutcome, State};
use super::table::{self, Problem, Row};
use super::{AwardError, Order, Prepared, Recipient, Wanted, check, former, issuable, keys};
use crate::again::retried;
use crate::app::App;
use crate::engine::Batch;
use crate::error::Error;
use crate::id::AwardListId;
use crate::issuance;
use crate::store::{StoreError, Stored};
use schemas::timestamp::Timestamp;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use tracing::warn;

/// What was done in a round.
#[derive(Debug, Default)]
pub struct Worked {
    /// How many rows are done.
    pub rows: usize,
    /// The lists that wait for the next round, and why.
    pub failed: Vec<(AwardListId, Error)>,
}

/// Works on every list that is open, some rows of each. One that fails does not keep the others from it.
pub fn work_off(app: &App, now: Timestamp) -> Result<Worked, Error> {
    let mut worked = Worked::default();
    for id in app.store.open_award_lists(LISTS)? {
        let held = app.store.award_list(id)?;
        let Some(held) = held.filter(|held| held.value.state == State::Working) else {
            continue;
        };
        match work_on(app, &held, now) {
            Ok(rows) => worked.rows += rows,
            Err(error) => worked.failed.push((id, error)),
        }
    }
    Ok(worked)
}

/// 1. Reads the next rows of the file. Nothing is written by looking.
/// 2. Awards each, and writes down what came of it. A crash leaves some rows done, which says their
///    record; the badges of awards that were stored are taken up by upkeep.
/// 3. Counts them. A crash before it makes the next round look at the same rows again.
fn work_on(app: &App, held: &Stored<AwardList>, now: Timestamp) -> Result<usize, Error> {
    let list = &held.value;
    let rows = table::read(
        &app.store.award_file(list.id)?,
        list.form,
        list.micro_credential.as_ref(),
    )?;
    let first = usize::try_from(list.done).unwrap_or(usize::MAX);
    let some: Vec<Row> = rows.into_iter().skip(first).take(AT_ONCE).collect();
    let (next, failed) = (AtomicUsize::new(0), std::sync::Mutex::new(None));
    let hands = some.len().min(HANDS);
    thread::scope(|scope| {
        for _ in 0..hands {
            scope.spawn(|| {
                while let Some(row) = some.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(error) = finish(app, list, row, now) {
                        // The others have their turn; this one has it again in the next round.
                        let mut failed = failed.lock().unwrap_or_else(|held| held.into_inner());
                        failed.get_or_insert(error);
                    }
                }
            });
        }
    });
    if let Some(error) = failed.into_inner().unwrap_or_else(|held| held.into_inner()) {
        return Err(error);
    }
    count(app, held, &some, now)?;
    Ok(some.len())
}

/// Writes down that rows are done, and what came of them.
fn count(app: &App, held: &Stored<AwardList>, rows: &[Row], now: Timestamp) -> Result<(), Error> {
    let mut counts = held.value.counts;
    for row in rows {
        let done = app.store.award_row(held.value.id, row.line)?;
        counts.add(&done.ok_or(Error::Missing("a row that is done"))?.outcome);
    }
    let counted = |of: &AwardList| {
        let done = of.done + rows.len() as u64;
        let state = match of.state {
            State::Working if done >= of.rows => State::Done { at: now },
            state => state,
        };
        AwardList {
            done,
            counts,
            state,
            ..of.clone()
        }
    };
    match app.store.replace_award_list(held, &counted(&held.value)) {
        // It was stopped meanwhile; what had begun counts.
        Err(StoreError::Conflict) => {
            let held = app.store.award_list(held.value.id)?;
            let held = held.ok_or(Error::NotFound)?;
            Ok(app.store.replace_award_list(&held, &counted(&held.value))?)
        }
        done => Ok(done?),
    }
}

/// Awards what a row wants, unless something came of it already, and sees to its badge.
fn finish(app: &App, list: &AwardList, row: &Row, now: Timestamp) -> Result<(), Error> {
    if let Outcome::Awarded { award } = attempts(app, list, row, now)?
        && let Err(error) = issuance::issue(app, award, now)
    {
        // The award stands, and upkeep takes it up again; the rows after it need not wait for that.
        warn!(award.id = %award, "Award {award} stays open: {error} ({})", error.code());
    }
    Ok(())
}

fn attempts(app: &App, list: &AwardList, row: &Row, now: Timestamp) -> Result<Outcome, Error> {
    // Another row may be for the same person, or take the same place; or whom it names is erased.
    retried(ATTEMPTS, || {
        if let Some(done) = app.store.award_row(list.id, row.line)? {
            return Ok(done.outcome);
        }
        match &row.read {
            Ok(wanted) => attempt(app, list, row.line, wanted, now),
            Err(problem) => refuse(app, list, problem.as_ref().clone()),
        }
    })
}

fn attempt(
    app: &App,
    list: &AwardList,
    line: u64,
    wanted: &Wanted,
    now: Timestamp,
) -> Result<Outcome, Error> {
    match prepare(app, list, wanted, now) {
        Err(Error::Award(AwardError::MadeBefore { award })) => {
            let mut batch = Batch::default();
            let outcome = Outcome::AwardedBefore { award };
            put(app, &mut batch, list, line, outcome.clone())?;
            app.store.commit(batch)?;
            Ok(outcome)
        }
        Err(Error::Award(error)) => refuse(app, list, Problem::of(&error, line, wanted)),
        Err(error) => Err(error),
        Ok((prepared, keys)) => {
            let outcome = Outcome::Awarded {
                award: prepared.award.id,
            };
            let mut batch = Batch::default();
            put(app, &mut batch, list, line, outcome.clone())?;
            let none = vec![None; keys.len()];
            prepared.commit(app, &keys, &none, batch)?;
            Ok(outcome)
        }
    }
}

/// Holds a row against everything. A list never awards anew what was revoked: only somebody who looks
/// at that one award does.
fn prepare(
    app: &App,
    list: &AwardList,
    wanted: &Wanted,
    now: Timestamp,
) -> Result<(Prepared, Vec<crate::digest::Sha256Digest>), Error> {
    let organisation = &list.organisation;
    let earned = issuable(app, organisation, &wanted.micro_credential)?;
    check(&earned, wanted, now)?;
    let recipient = Recipient::of(app, wanted, now)?;
    let keys = keys(organisation, wanted, recipient.person().id);
    if let Some(held) = former(app, &keys)?.into_iter().flatten().next() {
        let award = held.value.award;
        return Err(AwardError::MadeBefore { award }.into());
    }
    let order = Order {
        officer: list.officer,
        organisation,
        reason: &list.reason,
    };
    let prepared = Prepared::new(app, &order, wanted, recipient, now)?;
    Ok((prepared, keys))
}

fn refuse(app: &App, list: &AwardList, problem: Problem) -> Result<Outcome, Error> {
    let (line, outcome) = (problem.line, Outcome::Refused { problem });
    let mut batch = Batch::default();
    put(app, &mut batch, list, line, outcome.clone())?;
    app.store.commit(batch)?;
    Ok(outcome)
}

fn put(
    app: &App,
    batch: &mut Batch,
    list: &AwardList,
    line: u64,
    outcome: Outcome,
) -> Result<(), StoreError> {
    let row = RowOutcome { line, outcome };
    app.store.put_award_row(batch, list.id, &row)
}

/// Open lists that are worked on in turns; others wait.
const LISTS: usize = 100;
/// Rows of one list in its turn: a second or two, after which others have theirs and can stop it.
const AT_ONCE: usize = 200;
/// Rows that are worked on at once. They wait for the disk most of the time, and share its writes.
const HANDS: usize = 32;
/// Each attempt that comes too late means that another row was written.
const ATTEMPTS: usize = 64;
