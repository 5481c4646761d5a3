//! Attempts to sign in that are under way: begun in a browser, and to be finished in the same one.
//!
//! The browser holds a secret, the store what was asked of it. An attempt is finished once, within
//! ten minutes. Strangers begin as many as they like, so there is a fixed number of places for
//! attempts, and those that nobody finished make room by themselves. They are swept all the same, because
//! some say who somebody is.

use crate::app::App;
use crate::digest::Sha256Digest;
use crate::engine::Batch;
use crate::error::Error;
use crate::id::PersonId;
use crate::layout;
use crate::limit::Buckets;
use crate::oidc::{Identity, ProviderAttempt};
use crate::other_host::HostAttempt;
use crate::random::Random;
use crate::store::{StoreError, Stored};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use zeroize::Zeroizing;

/// What was begun in a browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Attempt {
    /// Somebody was sent to an identity provider.
    Provider(ProviderAttempt),
    /// A provider has vouched for somebody, who still has to show which account is theirs.
    Identity(Identity),
    /// Somebody was sent to another host of badges.
    OtherHost(HostAttempt),
    /// A passkey was asked for, to sign in with.
    PasskeySignIn {
        /// What the authenticator has to sign.
        challenge: Nonce,
    },
    /// A new passkey was asked for.
    PasskeyRegistration {
        /// What the client has to repeat.
        challenge: Nonce,
        /// Whose passkey it will be.
        person: PersonId,
    },
}

/// 256 random bits in base64url: a state, a nonce, a challenge, a code verifier.
#[derive(Clone, PartialEq, Eq)]
pub struct Nonce(String);

/// The secret that a browser holds of an attempt. It never leaves this type unasked.
pub struct AttemptSecret(Zeroizing<String>);

/// An attempt that is still under way.
pub struct Underway {
    held: Stored<Record>,
}

/// A text that is no 256 bits in base64url.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not 256 bits in base64url")]
pub struct NonceError;

/// How often one client may begin: a class signs in within a minute, and nobody fills the places.
pub fn limits() -> Buckets {
    Buckets::new(60, 5)
}

/// Begins an attempt, and gives the secret for its browser.
pub fn begin(app: &App, attempt: Attempt, now: Timestamp) -> Result<AttemptSecret, Error> {
    // The place follows from the secret. One that is taken by an attempt still under way is left
    // alone, so that nobody's attempt ends because others begin.
    for _ in 0..MOST_DRAWS {
        let secret = AttemptSecret::draw(&app.random);
        let record = Record {
            digest: secret.digest(),
            until: now.plus_seconds(LONGEST),
            attempt: attempt.clone(),
        };
        let key = layout::attempt(record.digest);
        let mut batch = Batch::default();
        match app.store.read::<Record>(&key)? {
            Some(other) if now < other.value.until => continue,
            Some(other) => other.require_unchanged(&mut batch),
            None => batch.require_absent(key.clone()),
        }
        batch.put_record(key, &record)?;
        match app.store.commit(batch) {
            Ok(()) => return Ok(secret),
            Err(StoreError::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Error::TooManyAttempts)
}

/// Finds the attempt of this secret, if it is still under way.
pub fn find(app: &App, secret: &AttemptSecret, now: Timestamp) -> Result<Option<Underway>, Error> {
    let digest = secret.digest();
    let held = app.store.read::<Record>(&layout::attempt(digest))?;
    let own = held.filter(|held| held.value.digest == digest && now < held.value.until);
    Ok(own.map(|held| Underway { held }))
}

/// Forgets the attempts that nobody finished in time, and says how many. Those that somebody changes meanwhile are
/// left to the next round.
pub fn forget_unfinished(app: &App, now: Timestamp) -> Result<usize, Error> {
    let (mut forgotten, mut from) = (0, Vec::new());
    loop {
        let page = app
            .store
            .read_all::<Record>(&layout::attempts(), &from, AT_ONCE)?;
        let mut batch = Batch::default();
        let mut over = 0;
        for held in page.iter().filter(|held| held.value.until <= now) {
            held.require_unchanged(&mut batch);
            batch.delete(held.key().to_vec());
            over += 1;
        }
        if over > 0 {
            match app.store.commit(batch) {
                Ok(()) => forgotten += over,
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        match page.last() {
            Some(last) if page.len() == AT_ONCE => {
                from = last.key().to_vec();
                from.push(0);
            }
            _ => return Ok(forgotten),
        }
    }
}

impl Underway {
    /// What was begun.
    pub fn attempt(&self) -> &Attempt {
        &self.held.value.attempt
    }

    /// Finishes the attempt, which can be done once, by one.
    pub fn finish(self, app: &App) -> Result<Attempt, Error> {
        let mut batch = Batch::default();
        self.held.require_unchanged(&mut batch);
        batch.delete(self.held.key().to_vec());
        app.store.commit(batch)?;
        Ok(self.held.value.attempt)
    }
}

impl Nonce {
    /// Draws a new one.
    pub fn draw(random: &Random) -> Nonce {
        Nonce(URL_SAFE_NO_PAD.encode(random.bytes::<32>()))
    }

    /// The text as it goes out and comes back.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Nonce {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl FromStr for Nonce {
    type Err = NonceError;

    fn from_str(text: &str) -> Result<Nonce, NonceError> {
        match URL_SAFE_NO_PAD.decode(text) {
            Ok(bytes) if bytes.len() == 32 => Ok(Nonce(text.to_owned())),
            _ => Err(NonceError),
        }
    }
}

crate::id::written_as_text!(Nonce);

impl AttemptSecret {
    fn draw(random: &Random) -> AttemptSecret {
        let drawn = Zeroizing::new(random.bytes::<32>());
        AttemptSecret(Zeroizing::new(URL_SAFE_NO_PAD.encode(drawn.as_slice())))
    }

    /// The secret's text, to be handed to its browser and nobody else.
    pub fn expose(&self) -> &str {
        &self.0
    }

    fn digest(&self) -> Sha256Digest {
        Sha256Digest::of(self.0.as_bytes())
    }
}

impl FromStr for AttemptSecret {
    type Err = NonceError;

    fn from_str(text: &str) -> Result<AttemptSecret, NonceError> {
        match URL_SAFE_NO_PAD.decode(text).map(Zeroizing::new) {
            Ok(bytes) if bytes.len() == 32 => Ok(AttemptSecret(Zeroizing::new(text.to_owned()))),
            _ => Err(NonceError),
        }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Record {
    digest: Sha256Digest,
    until: Timestamp,
    attempt: Attempt,
}

/// How long an attempt may take, in seconds: somebody finds a second factor, or opens an account
/// with the provider first.
pub const LONGEST: i64 = 10 * 60;

/// There are 65,536 places. With half of them taken, one in 65,000 beginnings finds no place.
const MOST_DRAWS: u32 = 16;

/// One commit of the sweep.
const AT_ONCE: usize = 1_000;
