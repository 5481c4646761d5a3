//! People: who they are, and the bearer tokens they show.

use crate::app::App;
use crate::digest::Sha256Digest;
use crate::error::Error;
use crate::id::{PersonId, written_as_text};
use crate::random::Random;
use crate::rights::Scope;
use crate::store::StoreError;
use crate::text::Line;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use zeroize::Zeroizing;

/// Somebody known to the service. Everybody may earn; roles allow more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The account's identifier, which never stands in a badge.
    pub id: PersonId,
    /// How the person wants to be called.
    pub name: Line,
    /// The person's e-mail addresses, the first of which is named in badges.
    pub emails: Vec<Email>,
    /// The person's own decentralised identifier, if there is one.
    pub did: Option<String>,
    /// How the person lets the e-mail address stand in badges.
    pub email_in_badges: EmailInBadges,
    /// Since when the person is known here.
    pub registered: Timestamp,
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

/// Registers a person. Who may ask for it is for the caller to see to.
pub fn register(app: &App, new: NewPerson, now: Timestamp) -> Result<Person, Error> {
    if new.emails.is_empty() || new.emails.len() > EMAILS {
        return Err(Error::invalid(
            "/emails",
            format!("between 1 and {EMAILS} e-mail addresses are needed"),
        ));
    }
    if let Some(did) = &new.did
        && !is_did(did)
    {
        return Err(Error::invalid(
            "/did",
            "this is not a decentralised identifier",
        ));
    }
    let person = Person {
        id: PersonId::draw(&app.random),
        name: new.name,
        emails: new.emails,
        did: new.did,
        email_in_badges: new.email_in_badges,
        registered: now,
    };
    match app.store.add_person(&person) {
        Err(StoreError::Conflict) => Err(Error::EmailTaken),
        other => Ok(other.map(|()| person)?),
    }
}

/// Makes a bearer token for a person. It is shown this once; the store keeps its digest alone.
pub fn make_token(
    app: &App,
    person: PersonId,
    scopes: BTreeSet<Scope>,
    now: Timestamp,
) -> Result<Token, Error> {
    let token = Token::draw(&app.random);
    app.store.add_token(person, token.digest(), scopes, now)?;
    Ok(token)
}

/// Finds who shows this bearer token, and what it is good for.
pub fn authenticate(app: &App, token: &str) -> Result<(Person, BTreeSet<Scope>), Error> {
    let token = token.parse::<Token>().map_err(|_| Error::TokenInvalid)?;
    // The digest is the key of the record: there is nothing to compare byte by byte, and so
    // nothing for a clock to measure.
    app.store
        .person_by_token(token.digest())?
        .ok_or(Error::TokenInvalid)
}

/// Ends the validity of a bearer token.
pub fn discard_token(app: &App, token: &Token) -> Result<(), Error> {
    Ok(app.store.remove_token(token.digest())?)
}

/// A bearer token: a secret that never leaves this type unasked.
pub struct Token(Zeroizing<String>);

impl Token {
    fn draw(random: &Random) -> Token {
        let secret = Zeroizing::new(random.bytes::<32>());
        Token(Zeroizing::new(format!(
            "{TOKEN_PREFIX}{}",
            URL_SAFE_NO_PAD.encode(secret.as_slice())
        )))
    }

    /// The token's text, to be handed to its person and nobody else.
    pub fn expose(&self) -> &str {
        &self.0
    }

    fn digest(&self) -> Sha256Digest {
        Sha256Digest::of(self.0.as_bytes())
    }
}

impl FromStr for Token {
    type Err = Error;

    fn from_str(text: &str) -> Result<Token, Error> {
        let secret = text.strip_prefix(TOKEN_PREFIX).ok_or(Error::TokenInvalid)?;
        match URL_SAFE_NO_PAD.decode(secret).map(Zeroizing::new) {
            Ok(bytes) if bytes.len() == 32 => Ok(Token(Zeroizing::new(text.to_owned()))),
            _ => Err(Error::TokenInvalid),
        }
    }
}

/// An e-mail address as it is stored and hashed: without blanks around it, in small letters.
///
/// The standard leaves open how addresses are made alike before hashing; a badge whose holder
/// typed a capital must still be found to be theirs.
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

/// Makes a leaked token recognisable to those who search for them.
const TOKEN_PREFIX: &str = "assay_";
/// RFC 5321, 4.5.3.1.3: the longest path, less its angle brackets.
const EMAIL_BYTES: usize = 254;
/// Work, home and a few that changed.
const EMAILS: usize = 8;
/// Long enough for every method in use; a `did:jwk` is not named in badges by people.
const DID_BYTES: usize = 512;

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
