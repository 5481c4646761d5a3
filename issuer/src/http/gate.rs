//! The gate that every request goes through: who calls, where, and whether they may.

use std::future::pending;
use std::time::Duration;

use axum::extract::{FromRequestParts, RawPathParams, Request};
use axum::http::Method;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use schemas::timestamp::Timestamp;

use super::api;
use super::caller::{AnyCaller, Credentials};
use super::client::{Client, Peer};
use super::cookie;
use super::edge::Edge;
use super::error::HttpError;
use super::ims;
use super::repeating;
use super::tags::{self, MindsTags, Tags};
use crate::app::App;
use crate::error::Error;
use crate::rights::{Action, Place, Standing};

/// Lets a request pass if the caller may do this, and tells the handler who calls.
///
/// Who has not signed in is told so before anything is looked up, so that nothing is given away:
/// programs by a 401, people by being led to where they can. Before that, whoever comes when too much is done
/// already, or wants to change something while the disk of the store hangs, is told to come again; and so is
/// whoever waits for a disk that begins to hang. What was begun for them goes on.
pub async fn pass(
    edge: Edge,
    action: Action,
    request: Request,
    next: Next,
) -> Result<Response, HttpError> {
    if action == Action::ReadHealth {
        return through(edge, action, request, next).await;
    }
    let changes = !request.method().is_safe() && action != Action::Verify;
    if changes && edge.app.store.engine().hangs() {
        return Err(HttpError::StoreHangs);
    }
    edge.load.admit()?;
    // What is verified comes from elsewhere, and may take its time to come.
    let gives_up = async {
        match action {
            Action::Verify => pending().await,
            _ => tokio::time::sleep(PATIENCE).await,
        }
        edge.hung().await;
    };
    tokio::select! {
        biased;
        answer = through(edge.clone(), action, request, next) => answer,
        () = gives_up => Err(match changes {
            true => HttpError::StoreHungMeanwhile,
            false => HttpError::StoreHangs,
        }),
    }
}

async fn through(
    edge: Edge,
    action: Action,
    request: Request,
    next: Next,
) -> Result<Response, HttpError> {
    let (mut parts, body) = request.into_parts();
    let is_open = action.rule().is_open();
    let now = edge.clock.now();
    let peer = parts.extensions.get::<Peer>().copied();
    let client = Client::of(peer, &parts.headers, &edge.trusted_proxies);
    let caller = match believed(&edge, action, &parts)? {
        None => AnyCaller(None),
        Some(credentials) => {
            let params = RawPathParams::from_request_parts(&mut parts, &())
                .await
                .map_err(|_| HttpError::NotFound)?;
            let judge = move |app: &App| judge(app, action, &credentials, &params, now);
            let judged = edge.work(judge).await;
            // Whoever tries tokens is nobody known.
            if let Err(HttpError::Service(Error::TokenInvalid)) = &judged {
                edge.rates.address(&client, now)?;
            }
            judged?
        }
    };
    match &caller.0 {
        Some(caller) => edge.rates.person(caller.person.id, now)?,
        None => edge.rates.address(&client, now)?,
    }
    if caller.0.is_none() && !is_open {
        return not_signed_in(&parts);
    }
    parts.extensions.insert(caller.clone());
    match parts.uri.path().starts_with(api::BASE) {
        true => answer(&edge, caller, Request::from_parts(parts, body), next).await,
        false => Ok(next.run(Request::from_parts(parts, body)).await),
    }
}

/// What the interface adds to every answer: repetitions are done once, and what is unchanged is not
/// sent again.
async fn answer(
    edge: &Edge,
    caller: AnyCaller,
    request: Request,
    next: Next,
) -> Result<Response, HttpError> {
    let (mut parts, body) = request.into_parts();
    let key = repeating::key_of(&parts)?;
    match (caller.0, key) {
        (Some(caller), Some(key)) => {
            let request = Request::from_parts(parts, body);
            repeating::once(edge, &caller, key, request, next).await
        }
        _ if parts.method.is_safe() => {
            let wanted = parts.headers.clone();
            // The tag of what HEAD asks about is that of the bytes that GET would bring.
            parts.method = Method::GET;
            let answer = next.run(Request::from_parts(parts, body)).await;
            tags::tagged(&wanted, answer).await
        }
        _ => {
            if parts.method != Method::POST
                && let Some(tags) = Tags::if_match(&parts.headers)?
            {
                if parts.extensions.get::<MindsTags>().is_none() {
                    return Err(HttpError::Service(Error::Precondition));
                }
                parts.extensions.insert(tags);
            }
            Ok(next.run(Request::from_parts(parts, body)).await)
        }
    }
}

/// What the request brings to say who calls, as far as it can be believed.
fn believed(edge: &Edge, action: Action, parts: &Parts) -> Result<Option<Credentials>, HttpError> {
    // Applications show which one they are in the same header, and their handlers look at it. How the service
    // fares it says to anybody, without looking anything up.
    if matches!(action, Action::ExchangeTokens | Action::ReadHealth) {
        return Ok(None);
    }
    let mut credentials = Credentials::of(parts, &edge.public_url)?;
    // What applications do is done with their tokens alone, whoever is signed in beside them.
    if action.rule().scope.area.is_of_the_standard() {
        credentials = credentials.filter(|found| matches!(found, Credentials::Token(_)));
    }
    if parts.method.is_safe() {
        return Ok(credentials);
    }
    // Another site must not sign anybody in either: whatever they did then would be done in the
    // account of somebody else.
    if action == Action::SignIn {
        cookie::require_same_origin(parts, &edge.public_url)?;
    }
    let Some(Credentials::Session(_)) = &credentials else {
        return Ok(credentials);
    };
    match cookie::require_same_origin(parts, &edge.public_url) {
        Ok(()) => Ok(credentials),
        // What is open to all is open to other sites, and they act for nobody there.
        Err(_) if action.rule().is_open() => Ok(None),
        Err(refused) => Err(refused),
    }
}

fn judge(
    app: &App,
    action: Action,
    credentials: &Credentials,
    params: &RawPathParams,
    now: Timestamp,
) -> Result<AnyCaller, Error> {
    let rule = action.rule();
    let Some(caller) = credentials.caller(app, now)? else {
        return Ok(AnyCaller(None));
    };
    let in_scope = rule.scope.is_covered_by(&caller.scopes);
    if rule.is_open() {
        // A token for other things shows no more than no token, and no less.
        return Ok(AnyCaller(in_scope.then_some(caller)));
    }
    if !in_scope {
        return Err(Error::ScopeMissing { scope: rule.scope });
    }
    let place = Place::of(app, params)?;
    rule.judge(&Standing::of(app, caller.person.id, &place)?)?;
    Ok(AnyCaller(Some(caller)))
}

fn not_signed_in(parts: &Parts) -> Result<Response, HttpError> {
    let path = parts.uri.path();
    let is_for_programs = path.starts_with("/api/") || path.starts_with(ims::BASE);
    if is_for_programs || parts.headers.contains_key(AUTHORIZATION) {
        return Err(HttpError::TokenMissing);
    }
    let wanted = match parts.method {
        Method::GET | Method::HEAD => parts.uri.path_and_query().map(|wanted| wanted.as_str()),
        // A form is not sent again by leading somebody back to where it went.
        _ => None,
    };
    Ok(Redirect::to(&sign_in_first(wanted)).into_response())
}

/// The address of the sign-in page, which leads back to what was wanted.
fn sign_in_first(wanted: Option<&str>) -> String {
    match wanted {
        Some(wanted) => {
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            format!("/sign-in?{}", query.append_pair("next", wanted).finish())
        }
        None => "/sign-in".to_owned(),
    }
}

/// Nobody who waits for a disk that hangs waits longer.
const PATIENCE: Duration = Duration::from_secs(1);
