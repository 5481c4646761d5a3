//! What somebody lets an application do, and the tokens by which it does.
//!
//! A code is good once, for ten minutes; so is each refresh token. Whoever turns one in a second time has
//! it from somewhere else: then all that came from it ends (RFC 9700, 4.14). Tokens end with what was
//! allowed, because each use looks for it.

mod record;

use super::client::{self, Client};
use super::request::Asked;
use super::{BadgeScope, Secret, SecretKind};
use crate::app::App;
use crate::engine::Batch;
use crate::error::Error;
use crate::id::{ClientId, GrantId, PersonId};
use crate::person::Person;
use crate::rights::Scope;
use crate::store::{StoreError, Stored};
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

pub(crate) use record::{AccessRecord, CodeRecord, CodeState, RefreshRecord};

/// What somebody lets an application do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// Its name in lists, which opens nothing.
    pub id: GrantId,
    /// Who allows it.
    pub person: PersonId,
    /// The application.
    pub client: ClientId,
    /// What it may do.
    pub scopes: BTreeSet<BadgeScope>,
    /// Since when.
    pub began: Timestamp,
    /// When the application last acted, give or take an hour.
    pub used: Timestamp,
    /// When it ends by itself.
    pub until: Timestamp,
}

/// The tokens that an application is given.
pub struct Tokens {
    /// What opens the Open Badges API, for [`ACCESS_LASTS`] seconds.
    pub access: Secret,
    /// What is turned in for the next ones, if the application may go on.
    pub refresh: Option<Secret>,
    /// What the access token is good for.
    pub scopes: BTreeSet<BadgeScope>,
}

/// Why an application is given no tokens, or one is not taken back (RFC 6749, section 5.2).
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The code or the token is not good, or not the application's.
    #[error("this is not good, not good any more, or not for this application")]
    InvalidGrant,
    /// More is wanted than was allowed.
    #[error("scope names what was not allowed")]
    InvalidScope,
    /// The application may not do this.
    #[error("this is not for this application to do")]
    UnauthorizedClient,
    /// The work could not be done.
    #[error(transparent)]
    Service(#[from] Error),
}

impl From<StoreError> for TokenError {
    fn from(error: StoreError) -> TokenError {
        TokenError::Service(error.into())
    }
}

/// Lets an application act: the code that it turns in.
pub fn allow(
    app: &App,
    person: PersonId,
    asked: &Asked,
    scopes: BTreeSet<BadgeScope>,
    now: Timestamp,
) -> Result<Secret, Error> {
    let code = Secret::draw(&app.random, SecretKind::Code);
    let record = CodeRecord {
        client: asked.client.value.id,
        person,
        redirect_uri: asked.redirect_uri.clone(),
        challenge: asked.challenge,
        scopes: scopes.intersection(&asked.scopes).copied().collect(),
        made: now,
        state: CodeState::Fresh,
    };
    let mut batch = Batch::default();
    client::note_use(app, &mut batch, &asked.client, now)?;
    app.store.add_code(&mut batch, code.digest(), &record)?;
    app.store.commit(batch)?;
    Ok(code)
}

/// What an application brings to turn a code in.
pub struct TurnIn<'a> {
    /// The code.
    pub code: &'a str,
    /// The address that the code was sent to.
    pub redirect_uri: &'a str,
    /// What the challenge was made of.
    pub verifier: &'a str,
    /// What it wants of what was allowed, if not all.
    pub scope: Option<&'a str>,
}

/// Turns a code in for tokens.
pub fn turn_in(
    app: &App,
    client: &Client,
    brought: &TurnIn<'_>,
    now: Timestamp,
) -> Result<Tokens, TokenError> {
    let code = Secret::read(brought.code, SecretKind::Code).ok_or(TokenError::InvalidGrant)?;
    loop {
        let held = app.store.code_held(code.digest())?;
        let held = held.filter(|held| held.value.client == client.id);
        let held = held.ok_or(TokenError::InvalidGrant)?;
        let record = &held.value;
        match record.state {
            CodeState::Fresh => {}
            CodeState::Spoilt => return Err(TokenError::InvalidGrant),
            CodeState::TurnedIn(grant) => {
                // One of the two who had it was not meant to.
                end(app, grant)?;
                return Err(TokenError::InvalidGrant);
            }
        }
        let scopes = narrowed(&record.scopes, brought.scope)?;
        let is_good = now < record.made.plus_seconds(CODE_LASTS)
            && record.redirect_uri == brought.redirect_uri
            && record.challenge.is_met_by(brought.verifier);
        let person = app.store.person(record.person)?.filter(|_| is_good);
        let mut batch = Batch::default();
        let Some(person) = person else {
            app.store.note_code(&mut batch, &held, CodeState::Spoilt)?;
            match app.store.commit(batch) {
                Ok(()) => return Err(TokenError::InvalidGrant),
                // Somebody else turned it in at this moment.
                Err(StoreError::Conflict) => continue,
                Err(error) => return Err(error.into()),
            }
        };
        let grant = Grant {
            id: GrantId::draw(&app.random),
            person: person.id,
            client: client.id,
            scopes: record.scopes.clone(),
            began: now,
            used: now,
            until: now,
        };
        make_room(app, person.id)?;
        app.store
            .note_code(&mut batch, &held, CodeState::TurnedIn(grant.id))?;
        let tokens = give(app, &mut batch, client, Given::New(grant), scopes, now)?;
        match app.store.commit(batch) {
            Ok(()) => return Ok(tokens),
            Err(StoreError::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Turns a refresh token in for the next tokens.
pub fn refresh(
    app: &App,
    client: &Client,
    token: &str,
    scope: Option<&str>,
    now: Timestamp,
) -> Result<Tokens, TokenError> {
    let token = Secret::read(token, SecretKind::Refresh).ok_or(TokenError::InvalidGrant)?;
    loop {
        let held = app.store.refresh_held(token.digest())?;
        let held = held.ok_or(TokenError::InvalidGrant)?;
        let grant = app.store.grant_held(held.value.grant)?;
        let grant = grant.filter(|grant| grant.value.client == client.id);
        let grant = grant.ok_or(TokenError::InvalidGrant)?;
        if held.value.used {
            end(app, grant.value.id)?;
            return Err(TokenError::InvalidGrant);
        }
        if now >= held.value.until {
            return Err(TokenError::InvalidGrant);
        }
        let scopes = narrowed(&grant.value.scopes, scope)?;
        let mut batch = Batch::default();
        if let Some(known) = client::find(app, client.id, now)? {
            client::note_use(app, &mut batch, &known, now)?;
        }
        app.store.note_refresh(&mut batch, &held)?;
        let tokens = give(app, &mut batch, client, Given::Known(grant), scopes, now)?;
        match app.store.commit(batch) {
            Ok(()) => return Ok(tokens),
            // The same token came twice at once: the next look finds it used.
            Err(StoreError::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Takes a token back that an application returns. One that is none is as good as taken back.
pub fn revoke(app: &App, client: &Client, token: &str) -> Result<(), TokenError> {
    let own = |grant: GrantId| -> Result<Option<GrantId>, TokenError> {
        match app.store.grant_held(grant)? {
            None => Ok(None),
            Some(held) if held.value.client == client.id => Ok(Some(grant)),
            Some(_) => Err(TokenError::UnauthorizedClient),
        }
    };
    if let Some(token) = Secret::read(token, SecretKind::Refresh)
        && let Some(held) = app.store.refresh_held(token.digest())?
        && let Some(grant) = own(held.value.grant)?
    {
        end(app, grant)?;
    }
    if let Some(token) = Secret::read(token, SecretKind::Access)
        && let Some(held) = app.store.access_held(token.digest())?
        && own(held.value.grant)?.is_some()
    {
        app.store.remove_access(token.digest())?;
    }
    Ok(())
}

/// Finds for whom an application acts that shows this access token, and what it may do.
pub fn authenticate(
    app: &App,
    token: &str,
    now: Timestamp,
) -> Result<(Person, BTreeSet<Scope>), Error> {
    let token = Secret::read(token, SecretKind::Access).ok_or(Error::TokenInvalid)?;
    let held = app.store.access_held(token.digest())?;
    let held = held.filter(|held| now < held.value.until);
    let held = held.ok_or(Error::TokenInvalid)?;
    let grant = app.store.grant_held(held.value.grant)?;
    let grant = grant.ok_or(Error::TokenInvalid)?;
    let person = app.store.person(grant.value.person)?;
    let person = person.ok_or(Error::TokenInvalid)?;
    if now.unix_seconds() - grant.value.used.unix_seconds() >= USE_IS_NOTED_AFTER {
        app.store.note_grant_use(&grant, now)?;
    }
    let scopes = held.value.scopes.iter();
    Ok((person, scopes.filter_map(|scope| scope.opens()).collect()))
}

/// What the application is called that shows this access token.
pub fn application(app: &App, token: &str) -> Result<String, Error> {
    let token = Secret::read(token, SecretKind::Access).ok_or(Error::TokenInvalid)?;
    let held = app.store.access_held(token.digest())?;
    let held = held.ok_or(Error::TokenInvalid)?;
    let grant = app.store.grant_held(held.value.grant)?;
    let grant = grant.ok_or(Error::TokenInvalid)?;
    let client = app.store.client_held(grant.value.client)?;
    let named = client.map(|client| client.value.about.client_name.to_string());
    Ok(named.unwrap_or_default())
}

/// Lists what a person lets applications do, the one that acted last first.
pub fn of(app: &App, person: PersonId, now: Timestamp) -> Result<Vec<(Grant, Client)>, Error> {
    let mut found = Vec::new();
    for grant in app.store.grants_of(person)? {
        if now >= grant.until {
            continue;
        }
        if let Some(client) = app.store.client_held(grant.client)? {
            found.push((grant, client.value));
        }
    }
    found.sort_by_key(|(grant, _)| std::cmp::Reverse(grant.used));
    Ok(found)
}

/// Lets an application do no more of what a person allowed.
pub fn withdraw(app: &App, person: &Person, grant: GrantId) -> Result<(), Error> {
    let held = app.store.grant_held(grant)?;
    let held = held.filter(|held| person.is(held.value.person));
    held.ok_or(Error::NotFound)?;
    end(app, grant)
}

fn end(app: &App, grant: GrantId) -> Result<(), Error> {
    Ok(app.store.remove_grant(grant)?)
}

/// What tokens are given for.
enum Given {
    New(Grant),
    Known(Stored<Grant>),
}

/// Adds tokens to a batch, and how long what was allowed lasts now.
fn give(
    app: &App,
    batch: &mut Batch,
    client: &Client,
    given: Given,
    scopes: BTreeSet<BadgeScope>,
    now: Timestamp,
) -> Result<Tokens, StoreError> {
    let known = match &given {
        Given::New(grant) => grant,
        Given::Known(held) => &held.value,
    };
    let goes_on = client.refreshes() && known.scopes.contains(&BadgeScope::OfflineAccess);
    let lasts = match goes_on {
        true => REFRESH_LASTS,
        false => ACCESS_LASTS,
    };
    let grant = Grant {
        used: now,
        until: now.plus_seconds(lasts),
        ..known.clone()
    };
    let access = Secret::draw(&app.random, SecretKind::Access);
    let record = AccessRecord {
        grant: grant.id,
        scopes: scopes.clone(),
        until: now.plus_seconds(ACCESS_LASTS),
    };
    app.store.add_access(batch, access.digest(), &record)?;
    let mut refresh = None;
    if goes_on {
        let token = Secret::draw(&app.random, SecretKind::Refresh);
        let record = RefreshRecord {
            grant: grant.id,
            until: grant.until,
            used: false,
        };
        app.store.add_refresh(batch, token.digest(), &record)?;
        refresh = Some(token);
    }
    match &given {
        Given::New(_) => app.store.add_grant(batch, &grant)?,
        Given::Known(held) => app.store.prolong_grant(batch, held, &grant)?,
    }
    Ok(Tokens {
        access,
        refresh,
        scopes,
    })
}

/// The scopes that are wanted of those that were allowed.
fn narrowed(
    allowed: &BTreeSet<BadgeScope>,
    wanted: Option<&str>,
) -> Result<BTreeSet<BadgeScope>, TokenError> {
    let Some(wanted) = wanted else {
        return Ok(allowed.clone());
    };
    let names = wanted.split(' ').filter(|name| !name.is_empty());
    let named: Result<BTreeSet<BadgeScope>, _> = names.map(str::parse).collect();
    let named = named.map_err(|_| TokenError::InvalidScope)?;
    match named.is_subset(allowed) && !named.is_empty() {
        true => Ok(named),
        false => Err(TokenError::InvalidScope),
    }
}

/// Ends what was used longest ago where a person lets as many applications act as anybody can.
fn make_room(app: &App, person: PersonId) -> Result<(), StoreError> {
    let mut grants = app.store.grants_of(person)?;
    grants.sort_by_key(|grant| std::cmp::Reverse(grant.used));
    for surplus in grants.iter().skip(GRANTS - 1) {
        app.store.remove_grant(surplus.id)?;
    }
    Ok(())
}

/// How long a code is good, in seconds (Open Badges 3.0, authorization response).
pub const CODE_LASTS: i64 = 600;

/// How long an access token is good, in seconds (Open Badges 3.0, access token response).
pub const ACCESS_LASTS: i64 = 3_600;

/// How long a refresh token is good, in seconds: 180 days. Over a summer nobody looks at badges.
pub const REFRESH_LASTS: i64 = 180 * 24 * 60 * 60;

/// How long it is known of a code that it was turned in, in seconds: 30 days.
pub(crate) const OVER_IS_KEPT: i64 = 30 * 24 * 60 * 60;

/// Every use would be a write; within the hour nobody asks.
const USE_IS_NOTED_AFTER: i64 = 60 * 60;

/// More applications than anybody lets act for them.
pub const GRANTS: usize = 50;
