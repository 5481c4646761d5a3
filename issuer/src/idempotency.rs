//! Requests that are sent twice and done once.
//!
//! Whoever is not sure that a request arrived sends it again under the same key. The key is reserved
//! durably before the work is begun, and the answer is kept beside it when the work is done: a
//! repetition gets that answer and does nothing.
//!
//! A crash between the two leaves a reservation. It counts as abandoned once the program runs again,
//! or after a minute where others work on the store too, and a repetition does the work again: what was
//! done before is met by the conditions of its own commit, as if two requests had come one after the
//! other.

use crate::app::App;
use crate::digest::Sha256Digest;
use crate::error::Error;
use crate::id::{PersonId, RunId};
use crate::store::{StoreError, Stored};
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What a caller calls one request, however often it is sent.
#[derive(Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

/// A text that is no such name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an idempotency key has 1 to {MOST_KEY_BYTES} visible ASCII characters")]
pub struct IdempotencyKeyError;

/// A request that was made under a key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Repeatable {
    /// The digest of its method, address and body.
    pub request: Sha256Digest,
    /// When the work was begun.
    pub begun: Timestamp,
    /// The run of the program that began it, where it had the store to itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunId>,
    /// What was answered, once the work is done.
    pub answer: Option<Kept>,
}

/// An answer as it is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Kept {
    /// Its status.
    pub status: u16,
    /// Its headers that say what the body is.
    pub headers: Vec<(String, String)>,
    /// Its body; nothing if it may not be kept, as what shows a secret, or is too large.
    pub body: Option<String>,
}

/// What a request under a key is.
pub enum Begun {
    /// The first, whose work is to be done.
    First(Reservation),
    /// A repetition of one that was answered.
    Again(Kept),
}

/// A key that is reserved for the request under way.
#[derive(Clone)]
pub struct Reservation {
    person: PersonId,
    key: Sha256Digest,
    held: Stored<Repeatable>,
}

impl Repeatable {
    /// Whether whoever reserved the key may still be at work.
    fn is_at_work(&self, app: &App, now: Timestamp) -> bool {
        let ended_with_its_run = app.run.is_some() && self.run != app.run;
        !ended_with_its_run && now < self.begun.plus_seconds(ABANDONED_SECONDS)
    }
}

impl IdempotencyKey {
    fn digest(&self) -> Sha256Digest {
        Sha256Digest::of(self.0.as_bytes())
    }
}

impl FromStr for IdempotencyKey {
    type Err = IdempotencyKeyError;

    fn from_str(text: &str) -> Result<IdempotencyKey, IdempotencyKeyError> {
        let visible = text.bytes().all(|byte| byte.is_ascii_graphic());
        match text.len() {
            1..=MOST_KEY_BYTES if visible => Ok(IdempotencyKey(text.to_owned())),
            _ => Err(IdempotencyKeyError),
        }
    }
}

impl fmt::Debug for IdempotencyKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a key")
    }
}

/// The digest of what is asked for: two requests are the same if this is.
pub fn digest_of(method: &str, address: &str, body: &[u8]) -> Sha256Digest {
    let mut bytes = Vec::new();
    for part in [method.as_bytes(), address.as_bytes(), body] {
        bytes.extend_from_slice(&part.len().to_be_bytes());
        bytes.extend_from_slice(part);
    }
    Sha256Digest::of(&bytes)
}

/// Reserves a key for a request, or finds what was answered to it.
pub fn begin(
    app: &App,
    person: PersonId,
    key: &IdempotencyKey,
    request: Sha256Digest,
    now: Timestamp,
) -> Result<Begun, Error> {
    let key = key.digest();
    let new = Repeatable {
        request,
        begun: now,
        run: app.run,
        answer: None,
    };
    let reserved = match app.store.repeatable(person, key)? {
        None => {
            let until = now.plus_seconds(KEPT_SECONDS);
            app.store.reserve(person, key, &new, until)
        }
        Some(held) if held.value.request != request => return Err(Error::IdempotencyConflict),
        Some(held) => match held.value.answer.clone() {
            Some(kept) => return Ok(Begun::Again(kept)),
            None if held.value.is_at_work(app, now) => return Err(Error::UnderWay),
            None => app.store.reserve_again(person, key, &held, &new),
        },
    };
    match reserved {
        Ok(()) => {}
        // The same request came at the same moment and was quicker.
        Err(StoreError::Conflict) => return Err(Error::UnderWay),
        Err(error) => return Err(error.into()),
    }
    // It is gone at once if whoever calls is erased at this moment: then they are let in no more.
    let held = app.store.repeatable(person, key)?;
    Ok(Begun::First(Reservation {
        person,
        key,
        held: held.ok_or(Error::UnderWay)?,
    }))
}

/// Keeps the answer to a request that was done.
pub fn finish(app: &App, reservation: &Reservation, kept: &Kept) -> Result<(), Error> {
    let Reservation { person, key, held } = reservation;
    let done = Repeatable {
        answer: Some(kept.clone()),
        ..held.value.clone()
    };
    settled(app.store.reserve_again(*person, *key, held, &done))
}

/// Gives a key free whose request was not done, so that it can be sent again at once.
pub fn release(app: &App, reservation: &Reservation) -> Result<(), Error> {
    let Reservation { person, key, held } = reservation;
    settled(app.store.release(*person, *key, held))
}

/// A reservation that was taken for abandoned belongs to the repetition, and so does its answer.
fn settled(done: Result<(), StoreError>) -> Result<(), Error> {
    match done {
        Ok(()) | Err(StoreError::Conflict) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

const MOST_KEY_BYTES: usize = 255;

/// A day: whoever has not learned by then what became of a request looks.
const KEPT_SECONDS: i64 = 86_400;

/// No request that is taken under a key is at work for so long: its body comes within ten seconds.
const ABANDONED_SECONDS: i64 = 60;
