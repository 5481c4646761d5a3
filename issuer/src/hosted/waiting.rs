//! Badges that were read at another host and wait here to be looked at, each before it is kept.
//!
//! What was read lies in the store, because the way in there is not kept. The badges are written first and the
//! record last, so that a crash leaves no import of which something is missing. A badge is kept before it is
//! counted: after a crash in between it is looked at again, and known.

use super::{Outcome, Source};
use crate::app::App;
use crate::error::Error;
use crate::id::PersonId;
use crate::person::Person;
use crate::store::StoreError;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// Badges of one person on their way here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Import {
    /// Whose they are.
    pub person: PersonId,
    /// What the host is called that they come from.
    pub host: String,
    /// How many there are.
    pub badges: usize,
    /// How many of them were looked at.
    pub done: usize,
    /// How many were new here.
    pub added: usize,
    /// How many were here already.
    pub known: usize,
    /// How many were not taken.
    pub refused: usize,
    /// Why, of the first ones.
    pub reasons: Vec<String>,
    /// When they were read there.
    pub began: Timestamp,
    /// When the last of them was looked at.
    pub finished: Option<Timestamp>,
}

/// Writes down badges that are to be looked at. Those of an import that is under way come first.
pub fn begin(
    app: &App,
    person: &Person,
    host: &str,
    badges: &[Vec<u8>],
    now: Timestamp,
) -> Result<(), Error> {
    let import = Import {
        person: person.id,
        host: host.to_owned(),
        badges: badges.len(),
        done: 0,
        added: 0,
        known: 0,
        refused: 0,
        reasons: Vec::new(),
        began: now,
        finished: None,
    };
    match app.store.begin_import(&import, badges) {
        Err(StoreError::Conflict) => Err(Error::conflict(
            "badges from another host are being looked at: wait until that is done",
        )),
        done => Ok(done?),
    }
}

/// How the last import of a person stands, if there was one.
pub fn of_person(app: &App, person: &Person) -> Result<Option<Import>, Error> {
    Ok(app.store.import_held(person.id)?.map(|held| held.value))
}

/// The next badge of an import that is open, with its person and who brought it.
pub fn next(app: &App, id: PersonId) -> Result<Option<(Person, Source, Vec<u8>)>, Error> {
    let Some(held) = app.store.import_held(id)? else {
        return Ok(None);
    };
    let import = &held.value;
    if import.finished.is_some() {
        return Ok(None);
    }
    let Some(person) = app.store.person(import.person)? else {
        // They were erased meanwhile, and this with them.
        return Ok(None);
    };
    let badge = app.store.imported_badge(id, import.done)?;
    Ok(Some((person, Source::Host(import.host.clone()), badge)))
}

/// Counts a badge that was looked at, and forgets what waited of it.
pub fn count(
    app: &App,
    id: PersonId,
    came_to: Result<Outcome, String>,
    now: Timestamp,
) -> Result<(), Error> {
    let held = app.store.import_held(id)?.ok_or(Error::NotFound)?;
    let mut import = held.value.clone();
    match came_to {
        Ok(Outcome::Added(_)) => import.added += 1,
        Ok(_) => import.known += 1,
        Err(reason) => {
            import.refused += 1;
            if import.reasons.len() < REASONS {
                import.reasons.push(reason.chars().take(LETTERS).collect());
            }
        }
    }
    let looked_at = import.done;
    import.done += 1;
    import.finished = (import.done >= import.badges).then_some(now);
    Ok(app.store.put_import(&held, &import, looked_at)?)
}

/// Reasons that are kept; others are like them.
const REASONS: usize = 20;

/// A sentence.
const LETTERS: usize = 300;
