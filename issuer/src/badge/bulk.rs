//! Changing many badges: every row is decided by itself, so that one mistake does not keep the others back.
//!
//! The rows are written down before the first badge is changed, and worked through in the background. Each
//! change of a badge names the bulk it is part of: after a crash in the middle a row that was done is known to be.

mod asked;

use super::changing::{self, About, Act, Decision};
use super::register::{self, Filter};
use super::{Badge, Origin};
use crate::app::App;
use crate::error::Error;
use crate::id::{BadgeId, BulkId, OrganisationId, PersonId};
use crate::page::PageRequest;
use crate::revocation;
use crate::store::{StoreError, Stored};
use crate::text::Prose;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

pub use asked::{BULK_BYTES, ROWS, read_csv};

/// A change of many badges.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bulk {
    /// Its identifier.
    pub id: BulkId,
    /// The organisation whose badges are changed.
    pub organisation: OrganisationId,
    /// What is to become of them.
    pub act: Act,
    /// Who decided it.
    pub by: PersonId,
    /// Why.
    pub reason: Prose,
    /// How many rows there are.
    pub rows: u32,
    /// Since when.
    pub begun: Timestamp,
    /// When the last row was worked through; nothing before.
    pub finished: Option<Timestamp>,
}

/// One badge of many.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// From 1 on.
    pub number: u32,
    /// What was handed over: the badge's identifier or address.
    pub asked: String,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum Outcome {
    /// It was not looked at yet.
    Waiting,
    /// The badge was changed.
    Done {
        /// The badge.
        badge: BadgeId,
        /// Its current edition after that.
        edition: u32,
    },
    /// The badge was not changed.
    Failed {
        /// The stable code of what was wrong.
        code: String,
        /// What was wrong.
        message: String,
    },
}

/// How far a bulk has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// So many badges were changed.
    pub done: usize,
    /// So many were not.
    pub failed: usize,
    /// So many wait.
    pub waiting: usize,
}

/// Which badges are to be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// Those of a list of identifiers and addresses.
    Listed(Vec<String>),
    /// Those that a filter finds now.
    Found(Filter),
}

/// Writes down that many badges are to be changed. The work is done by [`resume`].
pub fn begin(
    app: &App,
    organisation: &OrganisationId,
    which: Which,
    decision: Decision,
    now: Timestamp,
) -> Result<Bulk, Error> {
    revocation::check_reason(&decision.reason)?;
    let asked = match which {
        Which::Listed(asked) => asked,
        Which::Found(filter) => found(app, organisation, &filter, now)?,
    };
    if asked.is_empty() {
        return Err(Error::invalid("/badges", "there is no badge among these"));
    }
    if asked.len() > ROWS {
        let message = format!("at most {ROWS} badges are changed at once");
        return Err(Error::invalid("/badges", message));
    }
    let bulk = Bulk {
        id: BulkId::draw(&app.random),
        organisation: organisation.clone(),
        act: decision.act,
        by: decision.by,
        reason: decision.reason,
        rows: u32::try_from(asked.len()).unwrap_or(u32::MAX),
        begun: now,
        finished: None,
    };
    let rows: Vec<Row> = asked
        .into_iter()
        .zip(1..)
        .map(|(asked, number)| Row {
            number,
            asked: asked::shortened(&asked),
            outcome: Outcome::Waiting,
        })
        .collect();
    // Rows of a bulk that a crash kept from beginning are nobody's.
    app.store.add_bulk_rows(bulk.id, &rows)?;
    app.store.begin_bulk(&bulk)?;
    Ok(bulk)
}

/// Works through what was begun, and says how many badges were changed. To be called from time to time; whatever a
/// crash left open is taken up.
pub fn resume(app: &App, now: Timestamp) -> Result<usize, Error> {
    let (mut changed, mut fault) = (0, None);
    for held in app.store.open_bulks(AT_ONCE)? {
        match work(app, &held, now) {
            Ok(more) => changed += more,
            Err(error) => fault = Some(error),
        }
    }
    fault.map_or(Ok(changed), Err)
}

/// How far a bulk has come.
pub fn progress(app: &App, bulk: &Bulk) -> Result<Progress, Error> {
    let mut progress = Progress::default();
    for row in app.store.bulk_rows(bulk.id, ROWS)? {
        *match row.value.outcome {
            Outcome::Waiting => &mut progress.waiting,
            Outcome::Done { .. } => &mut progress.done,
            Outcome::Failed { .. } => &mut progress.failed,
        } += 1;
    }
    Ok(progress)
}

fn work(app: &App, held: &Stored<Bulk>, now: Timestamp) -> Result<usize, Error> {
    let bulk = &held.value;
    let (mut changed, mut fault, mut left) = (0, None, false);
    for row in app.store.bulk_rows(bulk.id, ROWS)? {
        if row.value.outcome != Outcome::Waiting {
            continue;
        }
        let outcome = match change(app, bulk, &row.value.asked, now) {
            Ok(badge) => Outcome::Done {
                badge: badge.id,
                edition: badge.current().number,
            },
            Err(error) if is_about_the_row(&error) => Outcome::Failed {
                code: error.code().to_owned(),
                message: match error {
                    Error::NotFound => "no badge of this organisation is called so".to_owned(),
                    other => other.to_string(),
                },
            },
            // A fault of ours: the row waits for the next round, and the others do not wait for it.
            Err(error) => {
                fault = Some(error);
                continue;
            }
        };
        changed += usize::from(matches!(outcome, Outcome::Done { .. }));
        let done = Row {
            outcome,
            ..row.value.clone()
        };
        match app.store.replace_bulk_row(bulk.id, &row, &done) {
            // Another process works through the same rows, or somebody who is named in it is erased: the next
            // round sees what became of it.
            Err(StoreError::Conflict) => left = true,
            written => written?,
        }
    }
    if let Some(fault) = fault {
        return Err(fault);
    }
    if left {
        return Ok(changed);
    }
    let finished = Bulk {
        finished: Some(now),
        ..bulk.clone()
    };
    match app.store.finish_bulk(held, &finished) {
        Err(StoreError::Conflict) => Ok(changed),
        written => Ok(written.map(|()| changed)?),
    }
}

/// Changes the badge of a row, unless that was done before.
fn change(app: &App, bulk: &Bulk, asked: &str, now: Timestamp) -> Result<Badge, Error> {
    let id = asked::badge(app, asked).ok_or(Error::NotFound)?;
    let badge = app.store.badge(id)?;
    let badge = badge.filter(|badge| badge.organisation == bulk.organisation);
    let badge = badge.ok_or(Error::NotFound)?;
    if is_done(&badge, bulk.id) {
        app.log.settle()?;
        return Ok(badge);
    }
    let decision = Decision {
        act: bulk.act,
        by: bulk.by,
        reason: bulk.reason.clone(),
        bulk: Some(bulk.id),
    };
    changing::decide(app, id, About::Current, &decision, now)
}

fn is_done(badge: &Badge, bulk: BulkId) -> bool {
    badge.editions.iter().any(|edition| {
        let ordered = match &edition.origin {
            Origin::Award => None,
            Origin::Order(order) => order.bulk,
        };
        let ended = edition.revoked.as_ref().and_then(|revoked| revoked.bulk);
        ordered == Some(bulk) || ended == Some(bulk)
    })
}

fn is_about_the_row(error: &Error) -> bool {
    matches!(
        error,
        Error::NotFound | Error::Edition(_) | Error::AlreadyRevoked { .. } | Error::Lint { .. }
    )
}

/// The badges that a filter finds, up to one more than are changed at once.
fn found(
    app: &App,
    organisation: &OrganisationId,
    filter: &Filter,
    now: Timestamp,
) -> Result<Vec<String>, Error> {
    let (mut found, mut asked) = (Vec::new(), PageRequest::most());
    while found.len() <= ROWS {
        let page = register::page(app, organisation, filter, &asked, now)?;
        found.extend(page.items.iter().map(|row| row.badge.id.to_string()));
        match page.next {
            Some(next) => asked.cursor = Some(next),
            None => break,
        }
    }
    Ok(found)
}

/// More than an organisation has under way.
const AT_ONCE: usize = 100;
