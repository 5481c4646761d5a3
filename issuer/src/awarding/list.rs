//! A list of awards on its way: what was sent in, how far it has come, and what is wrong with it.
//!
//! The file is kept as it came, in one commit with the list. Its rows are worked off in the background,
//! some at a time (`work.rs`), and what came of each is a record of its own.

use super::table::{self, Form, Problem};
use super::{AwardError, issuable};
use crate::app::App;
use crate::error::Error;
use crate::id::{AwardId, AwardListId, MicroCredentialId, OrganisationId, PersonId};
use crate::page::{Page, PageRequest};
use crate::store::Stored;
use crate::text::{Line, Prose};
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// A list of awards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AwardList {
    /// Its identifier.
    pub id: AwardListId,
    /// The organisation that awards.
    pub organisation: OrganisationId,
    /// Who sent it in.
    pub officer: PersonId,
    /// Why, for the organisation's own records.
    pub reason: Prose,
    /// What the file was called.
    pub name: Option<Line>,
    /// What is awarded where a row names nothing else.
    pub micro_credential: Option<MicroCredentialId>,
    /// How it is written.
    #[serde(default)]
    pub form: Form,
    /// When it was sent in.
    pub made: Timestamp,
    /// How many rows it has.
    pub rows: u64,
    /// How many of them are done.
    pub done: u64,
    /// What came of those.
    pub counts: Counts,
    /// How many rows were emptied because somebody was erased whom they named. They count as refused when their
    /// turn comes.
    #[serde(default)]
    pub emptied: u64,
    /// How it stands.
    pub state: State,
}

/// What came of the rows that are done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// So many were awarded.
    pub awarded: u64,
    /// So many had been awarded before.
    pub awarded_before: u64,
    /// So many cannot be awarded as they are.
    pub refused: u64,
}

/// How a list stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum State {
    /// It is being worked off, or will be.
    Working,
    /// Every row is done.
    Done {
        /// Since when.
        at: Timestamp,
    },
    /// It was stopped, and what had not begun is not awarded.
    Stopped {
        /// When.
        at: Timestamp,
        /// By whom.
        by: PersonId,
    },
}

/// What came of one row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowOutcome {
    /// The line of the file, as an editor counts them.
    pub line: u64,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// What came of one row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum Outcome {
    /// It was awarded.
    Awarded {
        /// The award.
        award: AwardId,
    },
    /// It had been awarded before.
    AwardedBefore {
        /// That award.
        award: AwardId,
    },
    /// It cannot be awarded as it is.
    Refused {
        /// What is wrong with it.
        problem: Problem,
    },
}

/// What is sent in.
#[derive(Debug, Clone)]
pub struct NewList {
    /// The file.
    pub bytes: Vec<u8>,
    /// How it is written.
    pub form: Form,
    /// What it is called.
    pub name: Option<Line>,
    /// What is awarded where a row names nothing else.
    pub micro_credential: Option<MicroCredentialId>,
    /// Why, for the organisation's own records.
    pub reason: Prose,
}

/// Takes a list in. What concerns the whole of it is refused at once; its rows are looked at one by one
/// afterwards.
pub fn send(
    app: &App,
    officer: PersonId,
    organisation: &OrganisationId,
    new: NewList,
    now: Timestamp,
) -> Result<AwardList, Error> {
    if let Some(usual) = &new.micro_credential {
        issuable(app, organisation, usual)?;
    }
    let rows = table::read(&new.bytes, new.form, new.micro_credential.as_ref())?;
    let open = app.store.open_award_lists_of(organisation, LISTS)?;
    if open >= LISTS {
        return Err(Error::conflict(
            "so many lists are being worked off: wait until one of them is done",
        ));
    }
    let list = AwardList {
        id: AwardListId::draw(&app.random),
        organisation: organisation.clone(),
        officer,
        reason: new.reason,
        name: new.name,
        micro_credential: new.micro_credential,
        form: new.form,
        made: now,
        rows: rows.len() as u64,
        done: 0,
        counts: Counts::default(),
        emptied: 0,
        state: State::Working,
    };
    app.store.add_award_list(&list, &new.bytes)?;
    Ok(list)
}

/// Finds a list of an organisation.
pub fn find(
    app: &App,
    organisation: &OrganisationId,
    id: AwardListId,
) -> Result<Stored<AwardList>, Error> {
    let held = app.store.award_list(id)?;
    held.filter(|held| held.value.organisation == *organisation)
        .ok_or(Error::NotFound)
}

/// Lists an organisation's lists, the last one first.
pub fn all(
    app: &App,
    organisation: &OrganisationId,
    asked: &PageRequest,
) -> Result<Page<AwardList>, Error> {
    Ok(app.store.award_lists_of(organisation, asked)?)
}

/// Stops a list: what has not begun is not awarded. What was awarded stays.
pub fn stop(
    app: &App,
    by: PersonId,
    organisation: &OrganisationId,
    id: AwardListId,
    now: Timestamp,
) -> Result<AwardList, Error> {
    for _ in 0..ATTEMPTS {
        let held = find(app, organisation, id)?;
        if held.value.state != State::Working {
            return Err(AwardError::ListOver.into());
        }
        let stopped = AwardList {
            state: State::Stopped { at: now, by },
            ..held.value.clone()
        };
        match app.store.replace_award_list(&held, &stopped) {
            // Some more rows were done meanwhile.
            Err(crate::store::StoreError::Conflict) => {}
            done => return Ok(done.map(|()| stopped)?),
        }
    }
    Err(Error::conflict("another change came first"))
}

/// What is wrong with a list so far, as a table with a line for each row.
pub fn report(app: &App, list: &AwardList) -> Result<String, Error> {
    let (mut problems, mut asked) = (Vec::new(), PageRequest::most());
    loop {
        let page = app.store.award_rows(list.id, &asked)?;
        problems.extend(page.items.into_iter().filter_map(|row| match row.outcome {
            Outcome::Refused { problem } => Some(problem),
            Outcome::Awarded { .. } | Outcome::AwardedBefore { .. } => None,
        }));
        match page.next {
            Some(next) => asked.cursor = Some(next),
            None => return Ok(table::report(problems)),
        }
    }
}

impl AwardList {
    /// How many rows are still to be looked at.
    pub fn waiting(&self) -> u64 {
        match self.state {
            State::Working => self.rows - self.done,
            State::Done { .. } | State::Stopped { .. } => 0,
        }
    }
}

impl Counts {
    /// Counts one more row.
    pub(crate) fn add(&mut self, outcome: &Outcome) {
        *match outcome {
            Outcome::Awarded { .. } => &mut self.awarded,
            Outcome::AwardedBefore { .. } => &mut self.awarded_before,
            Outcome::Refused { .. } => &mut self.refused,
        } += 1;
    }
}

/// An office that sends more than these at once has them in one file.
const LISTS: usize = 20;
/// Rows are done some hundreds at a time, and each time is one change.
const ATTEMPTS: usize = 64;
