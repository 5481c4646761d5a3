//! Sessions: what a browser holds once somebody has signed in.
//!
//! The browser keeps a secret and the store its digest. Every sign-in draws a new secret, so that
//! one planted before is worth nothing afterwards; ending a session ends it here, whatever the
//! browser keeps.

use crate::app::App;
use crate::digest::Sha256Digest;
use crate::engine::EngineError;
use crate::error::Error;
use crate::id::{PersonId, SessionId};
use crate::person::Person;
use crate::random::Random;
use crate::store::{StoreError, Stored};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use zeroize::Zeroizing;

/// Somebody signed in, in one browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Its name in lists, which opens nothing.
    pub id: SessionId,
    /// Who signed in.
    pub person: PersonId,
    /// When they did.
    pub began: Timestamp,
    /// When it was last used, give or take [`USE_IS_NOTED_AFTER`] seconds.
    pub used: Timestamp,
}

/// The secret of a session, which never leaves this type unasked.
pub struct Secret(Zeroizing<String>);

/// A text that is not the secret of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no session")]
pub struct SecretError;

/// Begins a session of a person who has just shown who they are.
///
/// A person has at most [`SESSIONS`]; the one that was used longest ago makes room.
pub fn begin(app: &App, person: PersonId, now: Timestamp) -> Result<Secret, Error> {
    let mut others = app.store.sessions_of(person)?;
    others.sort_by_key(|session| std::cmp::Reverse(session.used));
    for surplus in others.iter().skip(SESSIONS - 1) {
        app.store.remove_session(person, surplus.id)?;
    }
    let secret = Secret::draw(&app.random);
    let session = Session {
        id: SessionId::draw(&app.random),
        person,
        began: now,
        used: now,
    };
    app.store.add_session(secret.digest(), &session)?;
    Ok(secret)
}

/// Finds the session of this secret and whose it is, if it has not ended.
pub fn find(
    app: &App,
    secret: &Secret,
    now: Timestamp,
) -> Result<Option<(Person, Session)>, Error> {
    // The digest is the key of the record: there is nothing to compare byte by byte.
    let Some(held) = app.store.session_held(secret.digest())? else {
        return Ok(None);
    };
    if !held.value.is_alive(now) {
        return Ok(None);
    }
    let Some(person) = app.store.person(held.value.person)? else {
        return Ok(None);
    };
    let session = note_use(app, held, now)?;
    Ok(Some((person, session)))
}

/// Lists a person's sessions that have not ended, the one used last first.
pub fn of(app: &App, person: PersonId, now: Timestamp) -> Result<Vec<Session>, Error> {
    let mut sessions = app.store.sessions_of(person)?;
    sessions.retain(|session| session.is_alive(now));
    sessions.sort_by_key(|session| std::cmp::Reverse((session.used, session.began)));
    Ok(sessions)
}

/// Ends one session of a person.
pub fn end(app: &App, person: PersonId, session: SessionId) -> Result<(), Error> {
    match app.store.remove_session(person, session)? {
        Some(()) => Ok(()),
        None => Err(Error::NotFound),
    }
}

/// Ends every session of a person but this one.
pub fn end_others(app: &App, person: PersonId, but: Option<SessionId>) -> Result<(), Error> {
    for session in app.store.sessions_of(person)? {
        if Some(session.id) != but {
            app.store.remove_session(person, session.id)?;
        }
    }
    Ok(())
}

/// Ends the session of this secret, if it has not ended before.
pub fn end_by_secret(app: &App, secret: &Secret) -> Result<(), Error> {
    if let Some(held) = app.store.session_held(secret.digest())? {
        app.store.remove_session(held.value.person, held.value.id)?;
    }
    Ok(())
}

fn note_use(app: &App, held: Stored<Session>, now: Timestamp) -> Result<Session, Error> {
    let unnoted = now.unix_seconds() - held.value.used.unix_seconds();
    if unnoted < USE_IS_NOTED_AFTER {
        return Ok(held.value);
    }
    let used = Session {
        used: now,
        ..held.value.clone()
    };
    match app.store.replace_session(&held, &used) {
        // Another request of the same browser has noted it, or the session has just been ended. While the disk
        // hangs nothing is noted, and reading goes on.
        Ok(()) | Err(StoreError::Conflict | StoreError::Engine(EngineError::Unavailable)) => {
            Ok(used)
        }
        Err(error) => Err(error.into()),
    }
}

impl Session {
    /// When it ends however much it is used.
    pub fn ends(&self) -> Timestamp {
        self.began.plus_seconds(LONGEST)
    }

    fn is_alive(&self, now: Timestamp) -> bool {
        now < self.ends() && now < self.used.plus_seconds(LONGEST_UNUSED)
    }
}

impl Secret {
    fn draw(random: &Random) -> Secret {
        let drawn = Zeroizing::new(random.bytes::<32>());
        Secret(Zeroizing::new(URL_SAFE_NO_PAD.encode(drawn.as_slice())))
    }

    /// The secret's text, to be handed to its browser and nobody else.
    pub fn expose(&self) -> &str {
        &self.0
    }

    fn digest(&self) -> Sha256Digest {
        Sha256Digest::of(self.0.as_bytes())
    }
}

impl FromStr for Secret {
    type Err = SecretError;

    fn from_str(text: &str) -> Result<Secret, SecretError> {
        match URL_SAFE_NO_PAD.decode(text).map(Zeroizing::new) {
            Ok(bytes) if bytes.len() == 32 => Ok(Secret(Zeroizing::new(text.to_owned()))),
            _ => Err(SecretError),
        }
    }
}

/// How long a session lasts at most, in seconds: 30 days, after which NIST SP 800-63B (section
/// 2.1.3, level 1) has people show again who they are.
pub const LONGEST: i64 = 30 * 24 * 60 * 60;

/// How long a session lasts unused, in seconds: 14 days. Evidence is gathered between lessons, and
/// the longest school holiday but summer's is two weeks.
pub const LONGEST_UNUSED: i64 = 14 * 24 * 60 * 60;

/// Every use would be a write; within the hour nobody asks.
pub const USE_IS_NOTED_AFTER: i64 = 60 * 60;

/// More browsers than anybody uses within a month.
pub const SESSIONS: usize = 50;
