//! Bearer tokens: what programs show in their person's place.

use crate::app::App;
use crate::digest::Sha256Digest;
use crate::error::Error;
use crate::id::{PersonId, TokenId};
use crate::person::Person;
use crate::random::Random;
use crate::rights::Scope;
use crate::text::Line;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::str::FromStr;
use zeroize::Zeroizing;

/// What the store knows of a bearer token: everything but the token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRecord {
    /// Its name in lists, which opens nothing.
    pub id: TokenId,
    /// Whose it is.
    pub person: PersonId,
    /// What its person calls it.
    pub name: Line,
    /// What it is good for.
    pub scopes: BTreeSet<Scope>,
    /// When it was made.
    pub made: Timestamp,
    /// When it was last used, give or take an hour, if it was.
    pub used: Option<Timestamp>,
}

/// A bearer token: a secret that never leaves this type unasked.
pub struct Token(Zeroizing<String>);

/// Makes a bearer token for a person. It is shown this once; the store keeps its digest alone.
pub fn make(
    app: &App,
    person: PersonId,
    name: Line,
    scopes: BTreeSet<Scope>,
    now: Timestamp,
) -> Result<(Token, TokenRecord), Error> {
    if scopes.is_empty() {
        return Err(Error::invalid("/scopes", "a token is good for something"));
    }
    if app.store.tokens_of(person)?.len() >= TOKENS {
        return Err(Error::conflict(
            "there are as many tokens as there may be; end one first",
        ));
    }
    let token = Token::draw(&app.random);
    let record = TokenRecord {
        id: TokenId::draw(&app.random),
        person,
        name,
        scopes,
        made: now,
        used: None,
    };
    app.store.add_token(token.digest(), &record)?;
    Ok((token, record))
}

/// Finds who shows this bearer token, and what it is good for.
pub fn authenticate(
    app: &App,
    token: &str,
    now: Timestamp,
) -> Result<(Person, BTreeSet<Scope>), Error> {
    let token = token.parse::<Token>()?;
    // The digest is the key of the record: there is nothing to compare byte by byte, and so
    // nothing for a clock to measure.
    let held = app.store.token_held(token.digest())?;
    let held = held.ok_or(Error::TokenInvalid)?;
    let person = app.store.person(held.value.person)?;
    let person = person.ok_or(Error::TokenInvalid)?;
    let scopes = held.value.scopes.clone();
    let unnoted = held
        .value
        .used
        .is_none_or(|used| now.unix_seconds() - used.unix_seconds() >= USE_IS_NOTED_AFTER);
    if unnoted {
        app.store.note_token_use(&held, now)?;
    }
    Ok((person, scopes))
}

/// Lists a person's bearer tokens, the one made last first.
pub fn of(app: &App, person: PersonId) -> Result<Vec<TokenRecord>, Error> {
    let mut tokens = app.store.tokens_of(person)?;
    tokens.sort_by_key(|token| std::cmp::Reverse(token.made));
    Ok(tokens)
}

/// Ends the validity of one of a person's bearer tokens.
pub fn end(app: &App, person: PersonId, token: TokenId) -> Result<(), Error> {
    match app.store.remove_token(person, token)? {
        Some(()) => Ok(()),
        None => Err(Error::NotFound),
    }
}

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

/// Makes a leaked token recognisable to those who search for them.
const TOKEN_PREFIX: &str = "assay_";

/// Every use would be a write; within the hour nobody asks.
const USE_IS_NOTED_AFTER: i64 = 60 * 60;

/// More programs than anybody lets in.
pub const TOKENS: usize = 50;
