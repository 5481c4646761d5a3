//! Rows of lists that are still being worked off, and that are for somebody who is erased.
//!
//! What came of such a row is written down before anybody awards it: that it is for nobody any more. Whoever works on
//! the list at that moment holds the row as it was, and their commit conflicts; or was quicker, and has awarded it to
//! an account that is not erased yet, and goes with it.

use super::list::{AwardList, Outcome, RowOutcome, State};
use super::table::{self, Emptied};
use crate::again::retried;
use crate::app::App;
use crate::engine::Batch;
use crate::error::Error;
use crate::id::AwardListId;
use crate::person::Email;
use crate::store::{StoreError, Stored};

/// Empties every row of an open list that is for one of these addresses, and closes it.
pub(crate) fn empty_rows(app: &App, emails: &[Email]) -> Result<(), Error> {
    if emails.is_empty() {
        return Ok(());
    }
    for id in app.store.all_open_award_lists()? {
        empty_list(app, id, emails)?;
    }
    Ok(())
}

fn empty_list(app: &App, id: AwardListId, emails: &[Email]) -> Result<(), Error> {
    // Some more rows may be done meanwhile.
    retried(ATTEMPTS, || {
        let held = app.store.award_list(id)?;
        match held.filter(|held| held.value.state == State::Working) {
            Some(held) => empty(app, &held, emails),
            // With its last row its file went.
            None => Ok(()),
        }
    })
}

/// 1. Closes the rows. A crash after this leaves them in the file, and nobody awards them.
/// 2. Writes the file without them. A crash after this leaves nothing to be done.
fn empty(app: &App, held: &Stored<AwardList>, emails: &[Email]) -> Result<(), Error> {
    let list = &held.value;
    let file = app.store.award_file(list.id)?;
    if file.is_empty() {
        return Err(Error::conflict("its last row was done meanwhile"));
    }
    let usual = list.micro_credential.as_ref();
    let Emptied { bytes, lines } = table::emptied(&file, list.form, usual, emails)?;
    for lines in lines.chunks(AT_ONCE) {
        let mut batch = Batch::default();
        for line in lines {
            close(app, &mut batch, list, *line)?;
        }
        app.store.commit(batch)?;
    }
    if lines.is_empty() {
        return Ok(());
    }
    let emptied = AwardList {
        emptied: list.emptied + lines.len() as u64,
        ..list.clone()
    };
    Ok(app.store.replace_award_file(held, &emptied, &bytes)?)
}

/// Writes down that a row is for nobody any more, unless something came of it before.
fn close(app: &App, batch: &mut Batch, list: &AwardList, line: u64) -> Result<(), StoreError> {
    if app.store.award_row(list.id, line)?.is_some() {
        return Ok(());
    }
    let problem = table::erased(line);
    let outcome = Outcome::Refused { problem };
    let row = RowOutcome { line, outcome };
    app.store.put_award_row(batch, list.id, &row)
}

/// Rows that are closed in one commit.
const AT_ONCE: usize = 500;
/// Each attempt that comes too late means that more rows of the list were done.
const ATTEMPTS: usize = 64;
