//! Bringing badges from another host, sending badges there, and putting one's profile there.

mod exchange;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

pub(in crate::http) use self::exchange::take;
use self::exchange::{Brought, bring, put_profile, registered, send, token_of};
use super::page;
use crate::attempt::{self, Attempt, Underway};
use crate::badge::{self, Viewer};
use crate::error::Error;
use crate::hosted::{self, profile, waiting};
use crate::http::Masthead;
use crate::http::attempt::{Kind, begin, end, secret_in};
use crate::http::caller::Caller;
use crate::http::client::Client;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::form::Form;
use crate::http::parameter::Query;
use crate::http::route::{Route, get, post};
use crate::other_host::profile::{FIELDS, Taken};
use crate::other_host::{HostAddress, HostAttempt, OtherHostError, OwnProfile, Purpose, answer};
use crate::person::Person;
use crate::rights::Action;

/// Where other hosts send people back to.
pub const RETURN: &str = "/my/hosts/return";

pub fn routes() -> Vec<Route> {
    vec![
        get("/my/hosts", Action::ReadCollection, open),
        post("/my/hosts", Action::ChangeCollection, connect),
        get("/my/hosts/go", Action::ReadCollection, show_way),
        get(RETURN, Action::ChangeCollection, come_back),
        get("/my/hosts/progress", Action::ReadCollection, progress),
    ]
}

#[derive(Deserialize)]
struct Wanted {
    /// A badge to send that was issued here.
    #[serde(default)]
    own: String,
    /// A badge to send that was brought here.
    #[serde(default)]
    hosted: String,
    /// Anything, if the person's profile is to be put there.
    #[serde(default)]
    profile: String,
}

/// What is wanted, as pages say it.
enum Told {
    /// Badges are brought.
    Bring,
    /// A badge is sent: the field that says which, its value, and the badge's title.
    Send(&'static str, String, String),
    /// A profile is put there, with the texts of the form's fields.
    Profile([String; 4]),
}

#[derive(Template)]
#[template(path = "collection/host.html")]
struct HostPage<'a> {
    site: &'a Masthead,
    told: Told,
    typed: String,
    problem: Option<String>,
}

async fn open(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Query(wanted): Query<Wanted>,
) -> Result<Response, HttpError> {
    let told = match wanted.profile.is_empty() {
        true => told(&edge, person, wanted.purpose()?).await?,
        // Of what the account says only the name is offered: the rest is the person's to add.
        false => Told::Profile([
            profile::id_of(&person),
            person.name.to_string(),
            String::new(),
            String::new(),
        ]),
    };
    page(&HostPage {
        site: &edge.masthead,
        told,
        typed: String::new(),
        problem: None,
    })
}

/// Asks a host to describe itself, registers there if need be, and begins.
async fn connect(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    client: Client,
    form: Form,
) -> Result<Response, HttpError> {
    let text = |name: &str| form.text(name).unwrap_or_default().to_owned();
    let wanted = Wanted {
        own: text("own"),
        hosted: text("hosted"),
        profile: text("profile"),
    };
    let (told, purpose) = match wanted.profile.is_empty() {
        true => {
            let purpose = wanted.purpose()?;
            (told(&edge, person, purpose.clone()).await?, Ok(purpose))
        }
        false => {
            let typed = FIELDS.map(text);
            let texts = typed.each_ref().map(String::as_str);
            let profile = OwnProfile::read(person.id, texts);
            (
                Told::Profile(typed),
                profile.map(|profile| Purpose::PutProfile(Box::new(profile))),
            )
        }
    };
    let typed = text("address");
    match begun(&edge, &client, &typed, purpose).await {
        Ok(answer) => Ok(answer),
        Err(error) => page(&HostPage {
            site: &edge.masthead,
            told,
            typed,
            problem: Some(error.told_beside_a_form().ok_or(error)?),
        }),
    }
}

async fn begun(
    edge: &Edge,
    client: &Client,
    typed: &str,
    purpose: Result<Purpose, Error>,
) -> Result<Response, HttpError> {
    let purpose = purpose?;
    let address = typed.parse::<HostAddress>();
    let address = address.map_err(|error| Error::invalid("/address", error.to_string()))?;
    // Each beginning is a few calls to a place of somebody's choosing.
    edge.attempts.take(&client.0, edge.clock.now())?;
    let host = registered(edge, address).await?;
    let attempt = host.attempt(&edge.app.random, purpose);
    let attempt = Attempt::OtherHost(attempt);
    let cookie = begin(edge, client, Kind::OtherHost, attempt).await?;
    Ok(([(SET_COOKIE, cookie)], Redirect::to("/my/hosts/go")).into_response())
}

#[derive(Template)]
#[template(path = "collection/go.html")]
struct GoPage<'a> {
    site: &'a Masthead,
    name: String,
    host: String,
    to: String,
    told: Told,
}

/// Shows where somebody is about to be sent. By a link, because browsers hold forms to the addresses
/// that they end at, and a host may send people on to anywhere.
async fn show_way(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    headers: HeaderMap,
) -> Result<Response, HttpError> {
    let (_, attempt) = underway(&edge, &headers).await?;
    let to = attempt.authorization_url(&redirect_uri(&edge));
    page(&GoPage {
        site: &edge.masthead,
        name: attempt.name,
        host: to.host_str().unwrap_or_default().to_owned(),
        to: to.to_string(),
        told: told(&edge, person, attempt.purpose).await?,
    })
}

#[derive(Template)]
#[template(path = "collection/done.html")]
struct DonePage<'a> {
    site: &'a Masthead,
    name: String,
    address: String,
    told: Told,
    brought: Brought,
    /// How the profile was taken, if one was put there.
    taken: Option<Taken>,
}

#[derive(Template)]
#[template(path = "collection/progress.html")]
struct ProgressPage<'a> {
    site: &'a Masthead,
    import: Option<waiting::Import>,
}

/// How far the badges have come that are looked at in the background.
async fn progress(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
) -> Result<Response, HttpError> {
    let import = edge.work(move |app| waiting::of_person(app, &person));
    page(&ProgressPage {
        site: &edge.masthead,
        import: import.await?,
    })
}

/// Takes in somebody whom another host has sent back, and does what they wanted of it.
async fn come_back(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, HttpError> {
    let (underway, attempt) = underway(&edge, &headers).await?;
    let code = answer::code(&query.unwrap_or_default(), &attempt);
    // An answer that somebody else thought up ends nothing.
    if code == Err(OtherHostError::State) {
        return Err(Error::from(OtherHostError::State).into());
    }
    match edge.work(move |app| underway.finish(app)).await {
        Ok(_) => {}
        // Another answer was quicker.
        Err(HttpError::Service(Error::Conflict { .. })) => return Err(no_attempt()),
        Err(error) => return Err(error),
    }
    let code = code.map_err(Error::from)?;
    let (host, token) = token_of(&edge, &attempt, &code, &redirect_uri(&edge)).await?;
    let purpose = attempt.purpose;
    let told = told(&edge, person.clone(), purpose.clone()).await?;
    let (mut brought, mut taken) = (Brought::default(), None);
    match purpose {
        Purpose::Bring => brought = bring(&edge, &host, token, person).await?,
        Purpose::SendOwn(_) | Purpose::SendHosted(_) => {
            send(&edge, &host, token, person, purpose).await?;
        }
        Purpose::PutProfile(profile) => {
            taken = Some(put_profile(&edge, &host, token, &profile).await?);
        }
    }
    let over = end(&edge.public_url, Kind::OtherHost)?;
    let answer = page(&DonePage {
        site: &edge.masthead,
        name: attempt.name,
        address: attempt.host.to_string(),
        told,
        brought,
        taken,
    })?;
    Ok(([(SET_COOKIE, over)], answer).into_response())
}

/// What is under way in this browser.
async fn underway(edge: &Edge, headers: &HeaderMap) -> Result<(Underway, HostAttempt), HttpError> {
    let secret = secret_in(headers, &edge.public_url, Kind::OtherHost).ok_or_else(no_attempt)?;
    let now = edge.clock.now();
    let found = edge.work(move |app| attempt::find(app, &secret, now));
    let underway = found.await?.ok_or_else(no_attempt)?;
    match underway.attempt().clone() {
        Attempt::OtherHost(attempt) => Ok((underway, attempt)),
        _ => Err(no_attempt()),
    }
}

/// What is wanted, as a page says it. What is sent has to be theirs, and the profile one that they wrote:
/// somebody else may have begun in the same browser.
async fn told(edge: &Edge, person: Person, purpose: Purpose) -> Result<Told, HttpError> {
    edge.work(move |app| match purpose {
        Purpose::Bring => Ok(Told::Bring),
        Purpose::SendOwn(id) => {
            let (badge, _) = badge::view(app, id, Viewer::Person(&person))?;
            if !person.is(badge.earner) {
                return Err(Error::NotFound);
            }
            let known = app.store.micro_credential(&badge.micro_credential)?;
            let title = known.map_or_else(String::new, |known| known.content.name.to_string());
            Ok(Told::Send("own", id.to_string(), title))
        }
        Purpose::SendHosted(id) => {
            let (hosted, _) = hosted::view(app, &person, id)?;
            Ok(Told::Send("hosted", id.to_string(), hosted.about.title))
        }
        Purpose::PutProfile(profile) if person.is(profile.person) => {
            Ok(Told::Profile(profile.texts()))
        }
        Purpose::PutProfile(_) => Err(Error::NotFound),
    })
    .await
}

impl Wanted {
    fn purpose(&self) -> Result<Purpose, HttpError> {
        let none = |_| HttpError::NotFound;
        match (self.own.as_str(), self.hosted.as_str()) {
            ("", "") => Ok(Purpose::Bring),
            (own, "") => own.parse().map(Purpose::SendOwn).map_err(none),
            ("", hosted) => hosted.parse().map(Purpose::SendHosted).map_err(none),
            _ => Err(HttpError::NotFound),
        }
    }
}

fn no_attempt() -> HttpError {
    Error::from(OtherHostError::NoAttempt).into()
}

fn redirect_uri(edge: &Edge) -> String {
    format!("{}{RETURN}", edge.public_url)
}
