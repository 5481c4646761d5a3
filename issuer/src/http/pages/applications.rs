//! Applications that ask to act for a person: asking, answering, and the list of those that may.

use std::collections::BTreeSet;

use askama::Template;
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_SECURITY_POLICY, HeaderMap, HeaderValue, LOCATION};
use axum::response::{IntoResponse, Redirect, Response};
use url::Url;

use super::page;
use crate::error::Error;
use crate::hosted::profile;
use crate::http::Masthead;
use crate::http::body;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::form::Form;
use crate::http::route::{Route, get, post};
use crate::oauth::BadgeScope;
use crate::oauth::client::Client;
use crate::oauth::grant;
use crate::oauth::request::{Asked, Parameters, Refusal};
use crate::rights::Action;
use crate::wording;

/// Where applications send people.
pub const AUTHORIZE: &str = "/oauth/authorize";

/// Where it stands what applications may do here.
pub const ABOUT: &str = "/applications";

pub fn routes() -> Vec<Route> {
    let connected = "/account/applications";
    vec![
        get(ABOUT, Action::ReadPublished, about),
        get(AUTHORIZE, Action::ReadApplication, ask),
        post(AUTHORIZE, Action::AnswerApplication, answer),
        get(connected, Action::ReadOwnAccount, list),
        post(
            "/account/applications/withdraw",
            Action::ChangeOwnAccount,
            withdraw,
        ),
        post(
            "/account/applications/profile/remove",
            Action::ChangeOwnAccount,
            remove_profile,
        ),
    ]
}

#[derive(Template)]
#[template(path = "application/about.html")]
struct AboutPage<'a> {
    site: &'a Masthead,
    scopes: Vec<&'static str>,
}

/// What applications may do here, and what is done with data.
async fn about(State(edge): State<Edge>) -> Result<Response, HttpError> {
    page(&AboutPage {
        site: &edge.masthead,
        scopes: BadgeScope::ALL.iter().map(|scope| scope.told()).collect(),
    })
}

#[derive(Template)]
#[template(path = "application/consent.html")]
struct ConsentPage<'a> {
    site: &'a Masthead,
    application: &'a Client,
    host: String,
    /// Who is signed in.
    account: String,
    scopes: Vec<(BadgeScope, &'static str)>,
    /// Where the answer goes.
    goes_to: String,
    /// What came with the request, so that it comes again with the answer.
    asked: Vec<(String, String)>,
    /// What is wrong with the answer.
    problem: Option<&'static str>,
}

/// Asks a person whether an application may act for them.
async fn ask(
    State(edge): State<Edge>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Result<Response, HttpError> {
    let parameters = Parameters::read(query.unwrap_or_default().as_bytes());
    match judged(&edge, &parameters).await? {
        Ok(asked) => consent(&edge, &caller, &asked, &parameters, None),
        Err(refusal) => refused(&edge, refusal),
    }
}

/// Takes the person's answer, and sends them back with it.
async fn answer(
    State(edge): State<Edge>,
    caller: Caller,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, HttpError> {
    // A token of our own would gain by this what it was not made for.
    if caller.came_by.session().is_none() {
        return Err(Error::NoBrowser.into());
    }
    // The form's fields are those of the request, which the standard lets be named once, and ours.
    if Form::is_in(&headers) {
        return Err(HttpError::BodyBroken);
    }
    let form = Parameters::read(&body::read(body, FORM_BYTES).await?);
    let asked = match judged(&edge, &form).await? {
        Ok(asked) => asked,
        Err(refusal) => return refused(&edge, refusal),
    };
    let state = asked.state.as_str();
    if form.get("answer") != Some("allow") {
        let denied = [("error", "access_denied"), ("state", state)];
        return back(&edge, &asked.redirect_uri, &denied);
    }
    let chosen = |scope: &&BadgeScope| form.get(&format!("allow {scope}")).is_some();
    let scopes: BTreeSet<_> = asked.scopes.iter().filter(chosen).copied().collect();
    if scopes.iter().all(|scope| scope.opens().is_none()) {
        let problem = "Choose at least one thing that the application may do, or say no.";
        return consent(&edge, &caller, &asked, &form, Some(problem));
    }
    let (person, allowed) = (caller.person.id, asked.clone());
    let (granted, now) = (BadgeScope::list(&scopes), edge.clock.now());
    let code = edge
        .work(move |app| grant::allow(app, person, &allowed, scopes, now))
        .await?;
    let given = [
        ("code", code.expose()),
        ("scope", &granted),
        ("state", state),
    ];
    back(&edge, &asked.redirect_uri, &given)
}

/// Judges a request of an application.
async fn judged(edge: &Edge, parameters: &Parameters) -> Result<Result<Asked, Refusal>, HttpError> {
    let (parameters, now) = (parameters.clone(), edge.clock.now());
    let judging = edge.work(move |app| Asked::read(app, &parameters, now));
    judging.await
}

fn consent(
    edge: &Edge,
    caller: &Caller,
    asked: &Asked,
    parameters: &Parameters,
    problem: Option<&'static str>,
) -> Result<Response, HttpError> {
    let is_of_request = |name: &str| REQUEST.contains(&name);
    let repeated = parameters.all().filter(|(name, _)| is_of_request(name));
    let goes_to = Url::parse(&asked.redirect_uri).map_err(HttpError::fault)?;
    let mut answer = page(&ConsentPage {
        site: &edge.masthead,
        application: &asked.client.value,
        host: asked.client.value.host(),
        account: format!("{} ({})", caller.person.name, caller.person.primary()),
        scopes: asked
            .scopes
            .iter()
            .map(|scope| (*scope, scope.told()))
            .collect(),
        goes_to: goes_to.host_str().unwrap_or_default().to_owned(),
        asked: repeated
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        problem,
    })?;
    // Browsers hold a form to where its answer leads as well: to the application's address, and to no
    // other (CSP 3, form-action).
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' {}; \
         base-uri 'none'; frame-ancestors 'none'",
        goes_to.origin().ascii_serialization()
    );
    let policy = HeaderValue::try_from(policy).map_err(HttpError::fault)?;
    answer.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    Ok(answer)
}

fn refused(edge: &Edge, refusal: Refusal) -> Result<Response, HttpError> {
    match refusal {
        Refusal::Shown(error) => Err(Error::from(error).into()),
        Refusal::SentBack {
            redirect_uri,
            error,
            description,
            state,
        } => {
            let mut told = vec![("error", error), ("error_description", description)];
            told.extend(state.as_deref().map(|state| ("state", state)));
            back(edge, &redirect_uri, &told)
        }
    }
}

/// Sends the person back to the application, with the name of this server (RFC 9207).
fn back(edge: &Edge, address: &str, told: &[(&str, &str)]) -> Result<Response, HttpError> {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query
        .extend_pairs(told)
        .append_pair("iss", edge.public_url.base());
    // The address stays as it was registered, to the letter.
    let joined = match address.contains('?') {
        true => '&',
        false => '?',
    };
    let location = format!("{address}{joined}{}", query.finish());
    let location = HeaderValue::try_from(location).map_err(HttpError::fault)?;
    Ok((StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response())
}

#[derive(Template)]
#[template(path = "application/list.html")]
struct ListPage<'a> {
    site: &'a Masthead,
    connected: Vec<Connected>,
    /// The name in a profile that an application wrote, which one it was, and when.
    profile: Option<(String, String, String)>,
}

struct Connected {
    id: String,
    name: String,
    host: String,
    scopes: Vec<&'static str>,
    since: String,
    used: String,
}

async fn list(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
) -> Result<Response, HttpError> {
    let now = edge.clock.now();
    let (granted, written) = edge
        .work(move |app| {
            let granted = grant::of(app, person.id, now)?;
            Ok((granted, profile::written(app, &person)?))
        })
        .await?;
    let connected = granted.into_iter().map(|(grant, client)| Connected {
        id: grant.id.to_string(),
        name: client.about.client_name.to_string(),
        host: client.host(),
        scopes: grant.scopes.iter().map(|scope| scope.told()).collect(),
        since: wording::day(grant.began),
        used: wording::day(grant.used),
    });
    page(&ListPage {
        site: &edge.masthead,
        connected: connected.collect(),
        profile: written.map(|profile| {
            let when = wording::day(profile.written);
            (profile.name, profile.application, when)
        }),
    })
}

async fn withdraw(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    form: Form,
) -> Result<Response, HttpError> {
    let id = form.text("grant").unwrap_or_default().parse();
    let id = id.map_err(|_| HttpError::NotFound)?;
    edge.work(move |app| grant::withdraw(app, &person, id))
        .await?;
    Ok(Redirect::to("/account/applications").into_response())
}

async fn remove_profile(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
) -> Result<Response, HttpError> {
    edge.work(move |app| profile::remove(app, &person)).await?;
    Ok(Redirect::to("/account/applications").into_response())
}

/// The parameters of a request.
const REQUEST: [&str; 7] = [
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
];

/// What an application asks for, and five small fields.
const FORM_BYTES: usize = 16 * 1024;
