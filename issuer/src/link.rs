//! Links that are mailed: who opens one shows that the address is theirs.
//!
//! A link is good once, for one purpose and for a while. The store keeps the digest of its secret.
//! Looking at one changes nothing, because mail scanners look at every link; what it is for is
//! done in one commit with noting that it was used.

use crate::app::App;
use crate::digest::Sha256Digest;
use crate::engine::Batch;
use crate::error::Error;
use crate::id::PersonId;
use crate::letter;
use crate::limit::Buckets;
use crate::mail;
use crate::person::{self, Email, EmailInBadges, NewPerson, Person, Proof, VerifiedBy};
use crate::random::Random;
use crate::store::{StoreError, Stored};
use crate::text::Line;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use zeroize::Zeroizing;

/// A link as the store knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// What it is good for.
    pub purpose: Purpose,
    /// The address it was mailed to.
    pub email: Email,
    /// Where it leads in the end, if not to where everybody begins.
    pub next: Option<ReturnPath>,
    /// When it was made.
    pub made: Timestamp,
    /// When it was used, if it was.
    pub used: Option<Timestamp>,
}

/// What a link is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "for")]
pub enum Purpose {
    /// Signing in, or registering if nobody has the address.
    SignIn,
    /// Taking over an account that somebody else has registered.
    Claim {
        /// The account.
        person: PersonId,
    },
    /// Adding the address to an account, or joining the account that has it to that one.
    Prove {
        /// The account that the address is to belong to.
        person: PersonId,
    },
}

impl Purpose {
    /// Whose account it leads to, if it names one.
    pub fn person(self) -> Option<PersonId> {
        match self {
            Purpose::SignIn => None,
            Purpose::Claim { person } | Purpose::Prove { person } => Some(person),
        }
    }
}

/// The secret of a link, which never leaves this type unasked.
pub struct LinkSecret(Zeroizing<String>);

/// A path on this site to go back to; no address of another site can be one.
#[derive(Clone, PartialEq, Eq)]
pub struct ReturnPath(String);

/// How often links may be asked for.
#[derive(Debug)]
pub struct LinkLimits {
    address: Buckets,
    client: Buckets,
    badge: Buckets,
}

/// Mails somebody a link to sign in or register with, wherever they are known or not.
///
/// All is the same for known and unknown addresses: what is done, what is answered, and when.
pub fn send_sign_in(
    app: &App,
    email: &Email,
    next: Option<ReturnPath>,
    client: &str,
    now: Timestamp,
) -> Result<(), Error> {
    app.link_limits.client.take(client, now)?;
    send(app, Purpose::SignIn, email, next, now)
}

/// Mails an address a link that proves that it belongs to somebody who is signed in.
pub fn send_proof(app: &App, person: &Person, email: &Email, now: Timestamp) -> Result<(), Error> {
    if person.emails.contains(email) {
        return Err(Error::invalid("/email", "this address is yours already"));
    }
    // The person stands for the client: nobody signs in that often.
    let whose = person.id.to_string();
    app.link_limits.client.take(&whose, now)?;
    let purpose = Purpose::Prove { person: person.id };
    send(app, purpose, email, None, now)
}

/// Mails somebody whose account somebody else has registered a link to take it over.
pub fn send_claim(app: &App, person: &Person, now: Timestamp) -> Result<(), Error> {
    let email = person.primary();
    let purpose = Purpose::Claim { person: person.id };
    send(app, purpose, email, None, now)
}

/// Mails the same again with a new secret; the old one is of no use any more if it still was.
pub fn send_again(
    app: &App,
    secret: &LinkSecret,
    client: &str,
    now: Timestamp,
) -> Result<Email, Error> {
    app.link_limits.client.take(client, now)?;
    let held = app.store.link_held(secret.digest())?;
    let held = held.ok_or(Error::NotFound)?;
    let link = &held.value;
    send(app, link.purpose, &link.email, link.next.clone(), now)?;
    if link.used.is_none() {
        let mut batch = Batch::default();
        use_up(&mut batch, &held, now)?;
        // If it has just been used: so much the better.
        if let Err(error @ StoreError::Engine(_)) = app.store.commit(batch) {
            return Err(error.into());
        }
    }
    Ok(link.email.clone())
}

fn send(
    app: &App,
    purpose: Purpose,
    email: &Email,
    next: Option<ReturnPath>,
    now: Timestamp,
) -> Result<(), Error> {
    app.link_limits.address.take(email.as_str(), now)?;
    let secret = LinkSecret::draw(&app.random);
    let link = Link {
        purpose,
        email: email.clone(),
        next,
        made: now,
        used: None,
    };
    let letter = letter::with_link(app, &link, &secret)?;
    let mut batch = Batch::default();
    app.store.add_link(&mut batch, secret.digest(), &link)?;
    mail::queue(app, &mut batch, email, letter, now)?;
    Ok(app.store.commit(batch)?)
}

/// Looks at a link without using it.
pub fn look(app: &App, secret: &LinkSecret) -> Result<Link, Error> {
    let held = app.store.link_held(secret.digest())?;
    Ok(held.ok_or(Error::NotFound)?.value)
}

/// Finds a link in order to use it; one that is over is refused.
pub(crate) fn take(app: &App, secret: &LinkSecret, now: Timestamp) -> Result<Stored<Link>, Error> {
    let held = app.store.link_held(secret.digest())?;
    let held = held.ok_or(Error::NotFound)?;
    match held.value.standing(now) {
        Standing::Good => Ok(held),
        Standing::Used => Err(Error::LinkUsed),
        Standing::Expired => Err(Error::LinkExpired),
    }
}

/// Notes in a batch that a link was used; of two uses at once one conflicts.
pub(crate) fn use_up(
    batch: &mut Batch,
    held: &Stored<Link>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let used = Link {
        used: Some(now),
        ..held.value.clone()
    };
    held.require_unchanged(batch);
    batch.put_record(held.key().to_vec(), &used)
}

/// Uses a link to sign in or to claim an account: gives whose it is, registering them by this name
/// if nobody has the address.
pub fn enter(
    app: &App,
    secret: &LinkSecret,
    name: Option<Line>,
    now: Timestamp,
) -> Result<Person, Error> {
    let held = take(app, secret, now)?;
    let email = held.value.email.clone();
    let known = match held.value.purpose {
        Purpose::SignIn => app.store.person_by_email(&email)?,
        // The address may have gone to somebody else since; then the account is not theirs.
        Purpose::Claim { person } => {
            let person = app.store.person(person)?;
            let person = person.filter(|person| person.emails.contains(&email));
            Some(person.ok_or(Error::LinkExpired)?)
        }
        Purpose::Prove { .. } => return Err(Error::NotFound),
    };
    let proof = Proof {
        by: VerifiedBy::Link,
        at: now,
    };
    let mut batch = Batch::default();
    use_up(&mut batch, &held, now)?;
    if let Some(person) = known {
        app.store
            .verify_email(&mut batch, &person, &email, &proof)?;
        app.store.commit(batch)?;
        return Ok(person);
    }
    let name = name.ok_or(Error::invalid("/name", "please say what you are called"))?;
    let new = NewPerson {
        name,
        emails: vec![email],
        did: None,
        email_in_badges: EmailInBadges::Hashed,
    };
    let person = person::new(app, new, now)?;
    app.store.put_new_person(&mut batch, &person, &proof)?;
    app.store.commit(batch)?;
    Ok(person)
}

impl LinkLimits {
    /// Counts a letter with a link to an address: a mailbox must not be flooded.
    pub(crate) fn letter(&self, email: &Email, now: Timestamp) -> Result<(), Error> {
        self.address.take(email.as_str(), now)
    }

    /// Counts a letter about a badge to an address.
    pub(crate) fn badge(&self, email: &Email, now: Timestamp) -> Result<(), Error> {
        self.badge.take(email.as_str(), now)
    }
}

impl Link {
    /// When it is good no longer.
    pub fn expires(&self) -> Timestamp {
        let lasts = match self.purpose {
            Purpose::SignIn => SIGN_IN_LASTS,
            Purpose::Prove { .. } => PROOF_LASTS,
            Purpose::Claim { .. } => CLAIM_LASTS,
        };
        self.made.plus_seconds(lasts)
    }

    /// Whether it is still good.
    pub fn standing(&self, now: Timestamp) -> Standing {
        match self.used {
            Some(_) => Standing::Used,
            None if now >= self.expires() => Standing::Expired,
            None => Standing::Good,
        }
    }
}

/// Whether a link is still good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It can be used, once.
    Good,
    /// It was used, or another one was sent in its place.
    Used,
    /// Its time is over.
    Expired,
}

impl LinkSecret {
    pub(crate) fn draw(random: &Random) -> LinkSecret {
        let drawn = Zeroizing::new(random.bytes::<32>());
        LinkSecret(Zeroizing::new(URL_SAFE_NO_PAD.encode(drawn.as_slice())))
    }

    /// The secret's text, to be mailed and shown to nobody else.
    pub fn expose(&self) -> &str {
        &self.0
    }

    pub(crate) fn digest(&self) -> Sha256Digest {
        Sha256Digest::of(self.0.as_bytes())
    }
}

impl FromStr for LinkSecret {
    type Err = Error;

    fn from_str(text: &str) -> Result<LinkSecret, Error> {
        match URL_SAFE_NO_PAD.decode(text).map(Zeroizing::new) {
            Ok(bytes) if bytes.len() == 32 => Ok(LinkSecret(Zeroizing::new(text.to_owned()))),
            _ => Err(Error::NotFound),
        }
    }
}

impl ReturnPath {
    /// The path, with what stands after its question mark.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ReturnPath {
    type Err = Error;

    fn from_str(text: &str) -> Result<ReturnPath, Error> {
        // A browser reads `//host`, `/\host` and `/<tab>/host` as the address of another site.
        let plain = |byte: u8| byte.is_ascii_graphic() && byte != b'\\';
        let is_path = text.starts_with('/')
            && !text.starts_with("//")
            && text.len() <= RETURN_PATH_BYTES
            && text.bytes().all(plain);
        match is_path {
            true => Ok(ReturnPath(text.to_owned())),
            false => Err(Error::invalid("/next", "this is no path on this site")),
        }
    }
}

impl std::fmt::Display for ReturnPath {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

crate::id::written_as_text!(ReturnPath);

impl Default for LinkLimits {
    fn default() -> LinkLimits {
        LinkLimits {
            // Somebody who waits for a slow mail asks a few times; a mailbox must not be flooded.
            address: Buckets::new(5, 10 * 60),
            // A school is one client: thirty teachers sign in within the first minute of a course.
            client: Buckets::new(60, 10),
            // A list may award somebody a year's work at once; one that names one address all over must
            // not fill its mailbox.
            badge: Buckets::new(10, 60 * 60),
        }
    }
}

/// An hour, in seconds: mail servers may put a message off for half of that.
pub const SIGN_IN_LASTS: i64 = 60 * 60;

/// A day, in seconds: the mailbox that is to be added may be read at another desk.
pub const PROOF_LASTS: i64 = 24 * 60 * 60;

/// Two weeks, in seconds: whoever was invited did not ask for it and may be on holiday.
pub const CLAIM_LASTS: i64 = 14 * 24 * 60 * 60;

/// How long it is known what a link was once it is over, in seconds: 30 days.
pub const OVER_IS_KEPT: i64 = 30 * 24 * 60 * 60;

/// The longest address of ours with a search in it is a few hundred; what an application asks for is a
/// thousand, with a state of its own at the end.
const RETURN_PATH_BYTES: usize = 3_072;
