//! Signing in with an identity provider: to it, back from it, and connecting it to an account.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::{LANDING, page};
use crate::attempt::{self, Attempt, Underway};
use crate::error::Error;
use crate::http::Masthead;
use crate::http::attempt::{Kind, begin, end, secret_in};
use crate::http::caller::{AnyCaller, Caller};
use crate::http::client::Client;
use crate::http::cookie;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::parameter::{Id, Path, Query};
use crate::http::route::{Route, get, post};
use crate::id::ProviderId;
use crate::link::ReturnPath;
use crate::oidc::account::{self, Entry};
use crate::oidc::{Callback, Identity, OidcError, ProviderAttempt};
use crate::rights::Action;

pub fn routes() -> Vec<Route> {
    vec![
        get("/sign-in/oidc/{provider}", Action::SignIn, go),
        get("/sign-in/oidc/return", Action::SignIn, come_back),
        get("/sign-in/connect", Action::SignIn, show_account),
        get("/account/sign-in/connect", Action::ReadOwnAccount, confirm),
        post(
            "/account/sign-in/connect",
            Action::ChangeOwnAccount,
            connect,
        ),
    ]
}

#[derive(Deserialize)]
struct Going {
    #[serde(default)]
    next: Option<String>,
}

/// Sends somebody to a provider.
///
/// By a link, because browsers hold forms to the addresses they end at, and a provider may send
/// people on to anywhere. Whoever makes others follow it makes them sign in as themselves.
async fn go(
    State(edge): State<Edge>,
    client: Client,
    Path(Id(id)): Path<Id<ProviderId>>,
    Query(going): Query<Going>,
) -> Result<Response, HttpError> {
    let calls = edge.provider(&id)?;
    let metadata = calls.metadata().await.map_err(Error::from)?;
    let next = going.next.and_then(|next| next.parse().ok());
    let attempt = calls.provider.attempt(&edge.app.random, next);
    let to = calls
        .provider
        .authorization_url(&metadata, &attempt, &redirect_uri(&edge));
    let cookie = begin(&edge, &client, Kind::Provider, Attempt::Provider(attempt)).await?;
    Ok(([(SET_COOKIE, cookie)], Redirect::to(to.as_str())).into_response())
}

/// Takes in somebody whom a provider has sent back.
async fn come_back(
    State(edge): State<Edge>,
    client: Client,
    AnyCaller(caller): AnyCaller,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, HttpError> {
    let callback = Callback::read(&query.unwrap_or_default()).map_err(Error::from)?;
    let attempt = finish_provider(&edge, &headers, &callback).await?;
    let calls = edge.provider(&attempt.provider)?;
    let (redirect_uri, now) = (redirect_uri(&edge), edge.clock.now());
    let identified = calls.identify(callback, &attempt, &redirect_uri, now);
    let identity = identified.await.map_err(|error| {
        let provider = &attempt.provider;
        tracing::warn!(%provider, code = error.code(), "Signing in with {provider} failed: {error}");
        Error::from(error)
    })?;
    let entry = enter(&edge, identity.clone(), caller).await?;
    let over = end(&edge.public_url, Kind::Provider)?;
    let (cookie, to) = match entry {
        Some(Entry::SignedIn(person) | Entry::Registered(person)) => (
            cookie::sign_in(&edge, &headers, person).await?,
            attempt.next.as_ref().map_or(LANDING, ReturnPath::as_str),
        ),
        waiting => {
            let to = match waiting {
                None => "/account/sign-in/connect",
                Some(_) => "/sign-in/connect",
            };
            let begun = begin(&edge, &client, Kind::Identity, Attempt::Identity(identity));
            (begun.await?, to)
        }
    };
    let cookies = AppendHeaders([(SET_COOKIE, over), (SET_COOKIE, cookie)]);
    Ok((cookies, Redirect::to(to)).into_response())
}

/// What follows for somebody; nothing yet if they have signed in and the identity is new.
async fn enter(
    edge: &Edge,
    identity: Identity,
    caller: Option<Caller>,
) -> Result<Option<Entry>, HttpError> {
    let (edge_too, now) = (edge.clone(), edge.clock.now());
    let entered = edge.work(move |app| {
        if let Some(caller) = caller {
            let known = app.store.identity(identity.digest())?;
            match known {
                Some(known) if known.person != caller.person.id => {
                    return Err(OidcError::Taken.into());
                }
                Some(_) => {}
                None => return Ok(None),
            }
        }
        let calls = edge_too.providers.iter();
        let mut providers = calls.map(|calls| &calls.provider);
        let provider = providers.find(|provider| provider.id == identity.provider);
        account::enter(app, provider.ok_or(Error::NotFound)?, &identity, now).map(Some)
    });
    entered.await
}

/// Finishes what was begun in this browser, if the answer belongs to it.
async fn finish_provider(
    edge: &Edge,
    headers: &HeaderMap,
    callback: &Callback,
) -> Result<ProviderAttempt, HttpError> {
    let underway = underway(edge, headers, Kind::Provider).await?;
    if let Attempt::Provider(attempt) = underway.attempt() {
        // An answer that somebody else thought up ends nothing.
        callback.belongs_to(attempt).map_err(Error::from)?;
    }
    match edge.work(move |app| underway.finish(app)).await {
        Ok(Attempt::Provider(attempt)) => Ok(attempt),
        // Another answer was quicker.
        Ok(_) | Err(HttpError::Service(Error::Conflict { .. })) => Err(no_attempt()),
        Err(error) => Err(error),
    }
}

#[derive(Template)]
#[template(path = "connect.html")]
struct ConnectPage<'a> {
    site: &'a Masthead,
    provider: String,
    /// How the provider calls the person: by an address or a name.
    identity: String,
    /// The proven address, if there is one.
    email: Option<String>,
    /// The account that has signed in, if one has.
    account: Option<String>,
}

/// Tells somebody that an account is wanted, and how to show it.
async fn show_account(
    State(edge): State<Edge>,
    AnyCaller(caller): AnyCaller,
    headers: HeaderMap,
) -> Result<Response, HttpError> {
    connect_page(&edge, caller, &headers).await
}

/// Asks somebody who has signed in whether an identity shall open their account.
async fn confirm(
    State(edge): State<Edge>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, HttpError> {
    connect_page(&edge, Some(caller), &headers).await
}

async fn connect_page(
    edge: &Edge,
    caller: Option<Caller>,
    headers: &HeaderMap,
) -> Result<Response, HttpError> {
    let underway = underway(edge, headers, Kind::Identity).await?;
    let Attempt::Identity(identity) = underway.attempt() else {
        return Err(no_attempt());
    };
    let email = identity.email.as_ref().map(ToString::to_string);
    let name = identity.name.as_ref().map(ToString::to_string);
    page(&ConnectPage {
        site: &edge.masthead,
        provider: edge.provider(&identity.provider)?.provider.name.to_string(),
        identity: email
            .clone()
            .or(name)
            .unwrap_or_else(|| identity.subject.clone()),
        email,
        account: caller.map(|caller| caller.person.name.to_string()),
    })
}

/// Lets the identity open the account from now on.
async fn connect(
    State(edge): State<Edge>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, HttpError> {
    let underway = underway(&edge, &headers, Kind::Identity).await?;
    let now = edge.clock.now();
    let connected = edge.work(move |app| match underway.finish(app)? {
        Attempt::Identity(identity) => account::link(app, caller.person.id, &identity, now),
        _ => Err(OidcError::NoAttempt.into()),
    });
    connected.await?;
    let over = end(&edge.public_url, Kind::Identity)?;
    Ok(([(SET_COOKIE, over)], Redirect::to("/account/sign-in")).into_response())
}

/// What is under way in this browser.
async fn underway(edge: &Edge, headers: &HeaderMap, kind: Kind) -> Result<Underway, HttpError> {
    let secret = secret_in(headers, &edge.public_url, kind).ok_or_else(no_attempt)?;
    let now = edge.clock.now();
    let found = edge.work(move |app| attempt::find(app, &secret, now));
    found.await?.ok_or_else(no_attempt)
}

fn no_attempt() -> HttpError {
    Error::from(OidcError::NoAttempt).into()
}

/// Where providers send people back to.
fn redirect_uri(edge: &Edge) -> String {
    format!("{}/sign-in/oidc/return", edge.public_url)
}
