//! People: who they are, and the addresses they are found by.

mod addresses;
pub mod did;

use crate::app::App;
use crate::error::Error;
use crate::id::{PersonId, written_as_text};
use crate::rights::Scope;
use crate::store::StoreError;
use crate::text::Line;
use crate::token::{self, Token};
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

pub use addresses::{Address, add_after_check, addresses, make_primary, prove, remove};

/// Somebody known to the service. Everybody may earn; roles allow more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The account's identifier, which never stands in a badge.
    pub id: PersonId,
    /// How the person wants to be called.
    pub name: Line,
    /// The person's e-mail addresses. The first is written to and named in badges; with each of
    /// them the person is found and can sign in.
    pub emails: Vec<Email>,
    /// The person's own decentralised identifier, if there is one.
    pub did: Option<String>,
    /// How the person lets the e-mail address stand in badges.
    pub email_in_badges: EmailInBadges,
    /// Whether the person lets the name stand in badges.
    #[serde(default)]
    pub name_in_badges: NameInBadges,
    /// Since when the person is known here.
    pub registered: Timestamp,
    /// The accounts that were joined to this one. Their identifiers lead here.
    #[serde(default)]
    pub former: Vec<PersonId>,
    /// What the person was called before, here or in accounts that were joined to this one; the
    /// last one first. Reviewers are to find none of these either.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former_names: Vec<Line>,
}

/// What shows that an address is its person's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// By what.
    #[serde(flatten)]
    pub by: VerifiedBy,
    /// Since when.
    pub at: Timestamp,
}

/// By what an address was shown to be its person's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "by")]
pub enum VerifiedBy {
    /// A link that was mailed there was opened.
    Link,
    /// Whoever registered the person said so.
    Registrar,
    /// An administrator of the host has seen to it without the service.
    Administrator {
        /// Who.
        administrator: PersonId,
        /// What was seen.
        note: Line,
    },
    /// Somebody who signs people in for others vouches for it.
    Provider {
        /// Who.
        issuer: String,
    },
}

/// How a person's e-mail address may stand in a badge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EmailInBadges {
    /// Only as a salted hash.
    Hashed,
    /// In the clear: the person has consented.
    Plain,
}

/// Whether a person's name may stand in a badge.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameInBadges {
    /// It does not stand there.
    #[default]
    Withheld,
    /// In the clear: the person has consented.
    Shown,
}

/// What is known of a person who is about to be registered.
#[derive(Debug, Clone)]
pub struct NewPerson {
    /// How the person wants to be called.
    pub name: Line,
    /// At least one address, none of which anybody else has.
    pub emails: Vec<Email>,
    /// The person's own decentralised identifier, if there is one.
    pub did: Option<String>,
    /// How the person lets the e-mail address stand in badges.
    pub email_in_badges: EmailInBadges,
}

/// What a person may change of what is known of them.
#[derive(Debug, Clone)]
pub struct Details {
    /// How the person wants to be called.
    pub name: Line,
    /// The identifier that the account has, or nothing to take it off; [`did::bind`] adds one.
    pub did: Option<String>,
    /// How the person lets the e-mail address stand in badges.
    pub email_in_badges: EmailInBadges,
    /// Whether the person lets the name stand in badges.
    pub name_in_badges: NameInBadges,
}

/// Registers a person on somebody's word. Who may ask for it is for the caller to see to.
pub fn register(app: &App, wanted: NewPerson, now: Timestamp) -> Result<Person, Error> {
    let person = new(app, wanted, now)?;
    let proof = Proof {
        by: VerifiedBy::Registrar,
        at: now,
    };
    match app.store.add_person(&person, &proof) {
        Err(StoreError::Conflict) => Err(Error::EmailTaken),
        other => Ok(other.map(|()| person)?),
    }
}

/// A person who is not registered yet, with an identifier of their own.
pub(crate) fn new(app: &App, wanted: NewPerson, now: Timestamp) -> Result<Person, Error> {
    if wanted.emails.is_empty() || wanted.emails.len() > EMAILS {
        return Err(Error::invalid(
            "/emails",
            format!("between 1 and {EMAILS} e-mail addresses are needed"),
        ));
    }
    check_did(wanted.did.as_deref())?;
    Ok(Person {
        id: PersonId::draw(&app.random),
        name: wanted.name,
        emails: wanted.emails,
        did: wanted.did,
        email_in_badges: wanted.email_in_badges,
        name_in_badges: NameInBadges::default(),
        registered: now,
        former: Vec::new(),
        former_names: Vec::new(),
    })
}

/// Makes a bearer token for somebody on the word of whoever runs the service.
pub fn make_token(
    app: &App,
    person: PersonId,
    scopes: BTreeSet<Scope>,
    now: Timestamp,
) -> Result<Token, Error> {
    let name = "Made by an administrator".parse().expect("a plain name");
    Ok(token::make(app, person, name, scopes, now)?.0)
}

/// Changes what is known of a person. Badges that were issued keep what they say.
pub fn change(app: &App, person: PersonId, details: Details) -> Result<Person, Error> {
    let held = app.store.person_held(person)?.ok_or(Error::NotFound)?;
    if details.did.is_some() && details.did != held.value.did {
        let message = "an identifier is added by showing that it is yours, see /account/did";
        return Err(Error::invalid("/did", message));
    }
    let mut changed = Person {
        did: details.did,
        email_in_badges: details.email_in_badges,
        name_in_badges: details.name_in_badges,
        ..held.value.clone()
    };
    let former = std::mem::replace(&mut changed.name, details.name);
    changed.was_called([former]);
    app.store.replace_person(&held, &changed)?;
    Ok(changed)
}

impl Person {
    /// Whether this identifier is theirs, or was that of an account joined to theirs.
    pub fn is(&self, id: PersonId) -> bool {
        self.id == id || self.former.contains(&id)
    }

    /// Remembers what the person was called.
    pub(crate) fn was_called(&mut self, names: impl IntoIterator<Item = Line>) {
        for name in names {
            if name != self.name && !self.former_names.contains(&name) {
                self.former_names.insert(0, name);
            }
        }
        self.former_names.truncate(FORMER_NAMES);
    }

    /// The address that is written to and named in badges.
    pub fn primary(&self) -> &Email {
        self.emails
            .first()
            .expect("nobody is registered without an address, and the last is never removed")
    }
}

/// An e-mail address as it is stored, mailed to and hashed: without blanks around it, in small letters.
///
/// The standard leaves open how addresses are made alike before hashing; a badge whose holder
/// typed a capital must still be found to be theirs, so the verifier folds claims in the same
/// way. Letters of every script are folded, and nothing else is: `a+b@` and `a.b@` are mailboxes
/// of their own. Whatever folding makes alike cannot open somebody else's account, because links
/// go to the folded address and nowhere else.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Email(String);

impl Email {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text that is not an e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not an e-mail address")]
pub struct EmailError;

impl FromStr for Email {
    type Err = EmailError;

    fn from_str(text: &str) -> Result<Email, EmailError> {
        let address = text.trim().to_lowercase();
        let (local, domain) = address.split_once('@').ok_or(EmailError)?;
        let odd = |character: char| {
            character.is_whitespace() || character.is_control() || character == '@'
        };
        if local.is_empty()
            || domain.is_empty()
            || address.len() > EMAIL_BYTES
            || local.contains(odd)
            || domain.contains(odd)
        {
            return Err(EmailError);
        }
        Ok(Email(address))
    }
}

impl fmt::Display for Email {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

written_as_text!(Email);

/// RFC 5321, 4.5.3.1.3: the longest path, less its angle brackets.
const EMAIL_BYTES: usize = 254;
/// Work, home and a few that changed.
pub const EMAILS: usize = 8;
/// More than anybody has had.
const FORMER_NAMES: usize = 16;
/// Long enough for every method in use; a `did:jwk` is not named in badges by people.
const DID_BYTES: usize = 512;

fn check_did(did: Option<&str>) -> Result<(), Error> {
    match did.is_none_or(is_did) {
        true => Ok(()),
        false => Err(Error::invalid(
            "/did",
            "this is not a decentralised identifier",
        )),
    }
}

fn is_did(text: &str) -> bool {
    let mut parts = text.splitn(3, ':');
    let (scheme, method, rest) = (parts.next(), parts.next(), parts.next());
    scheme == Some("did")
        && text.len() <= DID_BYTES
        && method.is_some_and(|method| {
            !method.is_empty()
                && method
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        })
        && rest.is_some_and(|rest| {
            !rest.is_empty()
                && rest
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b".-_:%".contains(&byte))
        })
}
