//! Reports on lists and entries of trails whose time is over.

use crate::app::App;
use crate::error::Error;
use crate::id::OrganisationId;
use crate::validity;
use schemas::timestamp::Timestamp;

/// Forgets what came of the rows of lists of awards, and of changes of many badges. The awards, the badges and
/// their histories stay.
pub(super) fn forget_lists(
    app: &App,
    organisation: &OrganisationId,
    months: u32,
    now: Timestamp,
) -> Result<usize, Error> {
    let is_over = |at: Timestamp| validity::end(at, months).is_some_and(|end| end <= now);
    let before = surely_after(months, now);
    let mut forgotten = 0;
    for list in app
        .store
        .award_lists_before(organisation, before, AT_ONCE)?
    {
        if is_over(list.made) {
            app.store.forget_award_list(&list)?;
            forgotten += 1;
        }
    }
    for bulk in app.store.bulks_before(organisation, before, AT_ONCE)? {
        if is_over(bulk.begun) {
            app.store.forget_bulk(&bulk)?;
            forgotten += 1;
        }
    }
    Ok(forgotten)
}

/// Forgets the oldest entries of a trail. What was done to a badge keeps its numbers.
pub(super) fn forget_events(
    app: &App,
    organisation: &OrganisationId,
    months: u32,
    now: Timestamp,
) -> Result<usize, Error> {
    let is_over = |at: Timestamp| validity::end(at, months).is_some_and(|end| end <= now);
    let before = surely_after(months, now);
    Ok(app
        .store
        .forget_events(organisation, before, EVENTS, is_over)?)
}

/// A moment after which nothing is over: months have 28 days at least.
fn surely_after(months: u32, now: Timestamp) -> Timestamp {
    now.plus_seconds(-i64::from(months) * 28 * 24 * 60 * 60)
}

/// A list has thousands of rows; what is left waits for the next round.
const AT_ONCE: usize = 20;

/// One commit.
const EVENTS: usize = 1_000;
