//! Passkeys: signing in with one, and adding one to an account.

use askama::Template;
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use serde_json::Value;

use super::doors::with_script;
use super::{LANDING, page};
use crate::attempt::{self, Attempt, Nonce};
use crate::digest::Sha256Digest;
use crate::error::Error;
use crate::http::Masthead;
use crate::http::attempt::{Kind, begin, end, secret_in};
use crate::http::caller::Caller;
use crate::http::client::Client;
use crate::http::cookie;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::form::Form;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get, post};
use crate::link::ReturnPath;
use crate::oidc::account;
use crate::passkey::ceremony::{Assertion, LARGEST_RESPONSE, Registration};
use crate::passkey::{self, PasskeyError, RelyingParty};
use crate::rights::Action;
use crate::text::Line;
use crate::wording;

pub fn routes() -> Vec<Route> {
    let change = Action::ChangeOwnAccount;
    vec![
        post("/sign-in/passkey/begin", Action::SignIn, begin_sign_in),
        post("/sign-in/passkey", Action::SignIn, sign_in),
        get("/account/sign-in", Action::ReadOwnAccount, ways),
        post("/account/sign-in/passkeys/begin", change, begin_new),
        post("/account/sign-in/passkeys", change, add),
        post(
            "/account/sign-in/passkeys/{passkey}/remove",
            change,
            remove_passkey,
        ),
        post(
            "/account/sign-in/identities/{identity}/remove",
            change,
            remove_identity,
        ),
    ]
}

/// Answers with what the browser asks its authenticators for.
async fn begin_sign_in(State(edge): State<Edge>, client: Client) -> Result<Response, HttpError> {
    let site = site(&edge)?;
    let challenge = Nonce::draw(&edge.app.random);
    let options = site.request_options(&challenge);
    asked(
        &edge,
        &client,
        Attempt::PasskeySignIn { challenge },
        options,
    )
    .await
}

/// Signs in whoever has a passkey.
async fn sign_in(
    State(edge): State<Edge>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, HttpError> {
    let form = Form::read(&headers, body, MOST_FORM_BYTES).await?;
    let assertion = Assertion::read(response_in(&form)).map_err(Error::from)?;
    let (site, now) = (site(&edge)?, edge.clock.now());
    let Attempt::PasskeySignIn { challenge } = finish(&edge, &headers).await? else {
        return Err(no_attempt());
    };
    let found = edge.work(move |app| passkey::sign_in(app, (&site, &challenge), &assertion, now));
    let person = found.await?;
    let over = end(&edge.public_url, Kind::Passkey)?;
    let session = cookie::sign_in(&edge, &headers, person).await?;
    let next: Option<ReturnPath> = form.text("next").and_then(|next| next.parse().ok());
    let cookies = AppendHeaders([(SET_COOKIE, over), (SET_COOKIE, session)]);
    Ok((
        cookies,
        Redirect::to(next.as_ref().map_or(LANDING, ReturnPath::as_str)),
    )
        .into_response())
}

/// Answers with what the browser asks an authenticator to make.
async fn begin_new(
    State(edge): State<Edge>,
    client: Client,
    caller: Caller,
) -> Result<Response, HttpError> {
    let site = site(&edge)?;
    let person = caller.person;
    let id = person.id;
    let others = edge.work(move |app| Ok(app.store.passkeys_of(id)?)).await?;
    let challenge = Nonce::draw(&edge.app.random);
    let name = &edge.masthead.issuer_name;
    let options = site.creation_options(name, &person, &others, &challenge);
    let attempt = Attempt::PasskeyRegistration {
        challenge,
        person: id,
    };
    asked(&edge, &client, attempt, options).await
}

/// Adds a passkey to the account.
async fn add(
    State(edge): State<Edge>,
    caller: Caller,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, HttpError> {
    let form = Form::read(&headers, body, MOST_FORM_BYTES).await?;
    let registration = Registration::read(response_in(&form)).map_err(Error::from)?;
    let (site, now) = (site(&edge)?, edge.clock.now());
    let name: Line = form
        .text("name")
        .unwrap_or(UNNAMED)
        .parse()
        .map_err(|_| Error::invalid("/name", "a name is one line of at most 300 bytes"))?;
    let me = caller.person.id;
    let challenge = match finish(&edge, &headers).await? {
        Attempt::PasskeyRegistration { challenge, person } if person == me => challenge,
        _ => return Err(no_attempt()),
    };
    let added = edge
        .work(move |app| passkey::register(app, me, name, (&site, &challenge), &registration, now));
    added.await?;
    let over = end(&edge.public_url, Kind::Passkey)?;
    Ok(([(SET_COOKIE, over)], Redirect::to(WAYS)).into_response())
}

async fn remove_passkey(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(passkey)): Path<Id<Sha256Digest>>,
) -> Result<Response, HttpError> {
    edge.work(move |app| passkey::remove(app, caller.person.id, passkey))
        .await?;
    Ok(Redirect::to(WAYS).into_response())
}

async fn remove_identity(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(identity)): Path<Id<Sha256Digest>>,
) -> Result<Response, HttpError> {
    edge.work(move |app| account::unlink(app, caller.person.id, identity))
        .await?;
    Ok(Redirect::to(WAYS).into_response())
}

#[derive(Template)]
#[template(path = "ways.html")]
struct WaysPage<'a> {
    site: &'a Masthead,
    emails: Vec<String>,
    passkeys: Vec<Way>,
    /// Whether the site has a domain, to which passkeys belong.
    takes_passkeys: bool,
    identities: Vec<Way>,
    /// Providers that do not open the account yet.
    others: Vec<Other>,
}

/// One way to sign in.
struct Way {
    digest: Sha256Digest,
    name: String,
    /// As whom, at a provider.
    known_as: Option<String>,
    since: String,
    used: Option<String>,
}

/// A provider that can be connected.
struct Other {
    name: String,
    path: String,
}

/// Lists the ways in which somebody can sign in.
async fn ways(State(edge): State<Edge>, caller: Caller) -> Result<Response, HttpError> {
    let me = caller.person.id;
    let held = edge.work(move |app| Ok((app.store.passkeys_of(me)?, account::of(app, me)?)));
    let (passkeys, identities) = held.await?;
    let passkeys = passkeys.into_iter().map(|passkey| Way {
        digest: passkey.digest(),
        name: passkey.name.to_string(),
        known_as: None,
        since: wording::day(passkey.made),
        used: passkey.used.map(wording::day),
    });
    let name_of = |linked: &account::LinkedIdentity| {
        let mut providers = edge.providers.iter().map(|calls| &calls.provider);
        let found = providers.find(|provider| provider.issuer == linked.identity.issuer);
        // A provider that the operator has taken out is known by its address.
        found.map_or_else(
            || linked.identity.issuer.clone(),
            |found| found.name.to_string(),
        )
    };
    let others = edge.providers.iter().map(|calls| &calls.provider);
    let others = others
        .filter(|provider| {
            let mut known = identities.iter();
            !known.any(|linked| linked.identity.issuer == provider.issuer)
        })
        .map(|provider| Other {
            name: provider.name.to_string(),
            path: format!("/sign-in/oidc/{}?next={WAYS}", provider.id),
        });
    let template = WaysPage {
        site: &edge.masthead,
        emails: caller
            .person
            .emails
            .iter()
            .map(ToString::to_string)
            .collect(),
        takes_passkeys: RelyingParty::of(&edge.public_url).is_ok(),
        passkeys: passkeys.collect(),
        others: others.collect(),
        identities: identities
            .iter()
            .map(|linked| Way {
                digest: linked.identity.digest(),
                name: name_of(linked),
                known_as: linked.identity.email.as_ref().map(ToString::to_string),
                since: wording::day(linked.linked),
                used: Some(wording::day(linked.used)),
            })
            .collect(),
    };
    Ok(with_script(page(&template)?))
}

/// Begins an attempt and answers with the options for the browser.
async fn asked(
    edge: &Edge,
    client: &Client,
    attempt: Attempt,
    options: Value,
) -> Result<Response, HttpError> {
    let cookie = begin(edge, client, Kind::Passkey, attempt).await?;
    Ok(([(SET_COOKIE, cookie)], Json(options)).into_response())
}

/// Finishes what was begun in this browser, before anything that was sent is judged: an answer is
/// tried once.
async fn finish(edge: &Edge, headers: &HeaderMap) -> Result<Attempt, HttpError> {
    let secret = secret_in(headers, &edge.public_url, Kind::Passkey).ok_or_else(no_attempt)?;
    let now = edge.clock.now();
    let finished = edge.work(move |app| match attempt::find(app, &secret, now)? {
        Some(underway) => underway.finish(app),
        None => Err(PasskeyError::NoAttempt.into()),
    });
    match finished.await {
        Err(HttpError::Service(Error::Conflict { .. })) => Err(no_attempt()),
        other => other,
    }
}

fn site(edge: &Edge) -> Result<RelyingParty, HttpError> {
    let site = RelyingParty::of(&edge.public_url).map_err(Error::from)?;
    Ok(site)
}

fn response_in(form: &Form) -> &[u8] {
    form.bytes("response")
        .map(AsRef::as_ref)
        .unwrap_or_default()
}

fn no_attempt() -> HttpError {
    Error::from(PasskeyError::NoAttempt).into()
}

const WAYS: &str = "/account/sign-in";

const UNNAMED: &str = "Passkey";

/// A form writes many characters as three.
const MOST_FORM_BYTES: usize = 3 * LARGEST_RESPONSE;
