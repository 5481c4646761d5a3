//! Signing in, and out: an address is typed, a link is mailed.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::doors::{Doors, with_script};
use super::{LANDING, page};
use crate::error::Error;
use crate::http::Masthead;
use crate::http::caller::AnyCaller;
use crate::http::client::Client;
use crate::http::cookie;
use crate::http::edge::{Edge, Post};
use crate::http::error::HttpError;
use crate::http::form::Form;
use crate::http::parameter::Query;
use crate::http::route::{Route, get, post};
use crate::link::{self, ReturnPath};
use crate::person::Email;
use crate::rights::Action;

pub fn routes() -> Vec<Route> {
    vec![
        get("/sign-in", Action::SignIn, open),
        post("/sign-in", Action::SignIn, ask),
        get("/sign-in/sent", Action::SignIn, sent),
        post("/sign-out", Action::SignIn, sign_out),
    ]
}

/// What stands after the question mark; what the page does not know is passed over.
#[derive(Deserialize)]
struct Asked {
    /// Where to go back to.
    #[serde(default)]
    next: String,
}

#[derive(Template)]
#[template(path = "sign-in.html")]
struct SignInPage<'a> {
    site: &'a Masthead,
    post: Post,
    email: &'a str,
    /// Where to go back to, or nothing.
    next: &'a str,
    problem: Option<String>,
    doors: Doors,
}

#[derive(Template)]
#[template(path = "sign-in-sent.html")]
struct SentPage<'a> {
    site: &'a Masthead,
    post: Post,
}

/// Shows the form, or goes on if somebody is signed in.
async fn open(
    State(edge): State<Edge>,
    AnyCaller(caller): AnyCaller,
    Query(asked): Query<Asked>,
) -> Result<Response, HttpError> {
    let next = asked.next.parse::<ReturnPath>().ok();
    if caller.is_some() {
        return Ok(Redirect::to(destination(next.as_ref())).into_response());
    }
    let shown = page(&SignInPage {
        site: &edge.masthead,
        post: edge.post,
        email: "",
        next: next.as_ref().map_or("", ReturnPath::as_str),
        problem: None,
        doors: Doors::of(&edge, next.as_ref()),
    })?;
    Ok(with_script(shown))
}

async fn ask(
    State(edge): State<Edge>,
    Client(client): Client,
    form: Form,
) -> Result<Response, HttpError> {
    let typed = form.text("email").unwrap_or_default();
    let next = form.text("next");
    let next = next.and_then(|next| next.parse::<ReturnPath>().ok());
    let doors = Doors::of(&edge, next.as_ref());
    let shown = |problem: String| SignInPage {
        site: &edge.masthead,
        post: edge.post,
        email: typed,
        next: form.text("next").unwrap_or_default(),
        problem: Some(problem),
        doors,
    };
    let Ok(email) = typed.parse::<Email>() else {
        let problem = "This is not an e-mail address. One looks like name@school.example.";
        let page = with_script(page(&shown(problem.to_owned()))?);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let now = edge.clock.now();
    let asking = edge.work(move |app| link::send_sign_in(app, &email, next, &client, now));
    match asking.await {
        Ok(()) => Ok(Redirect::to("/sign-in/sent").into_response()),
        Err(HttpError::Service(Error::RateLimited { seconds })) => {
            let page = with_script(page(&shown(too_often(seconds)))?);
            let wait = [(header::RETRY_AFTER, seconds.to_string())];
            Ok((StatusCode::TOO_MANY_REQUESTS, wait, page).into_response())
        }
        Err(error) => Err(error),
    }
}

/// Says the same to everybody, whether the address is known or not.
async fn sent(State(edge): State<Edge>) -> Result<Response, HttpError> {
    page(&SentPage {
        site: &edge.masthead,
        post: edge.post,
    })
}

async fn sign_out(State(edge): State<Edge>, headers: HeaderMap) -> Result<Response, HttpError> {
    let cookie = cookie::sign_out(&edge, &headers).await?;
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/")).into_response())
}

/// Where somebody goes who has signed in.
pub(super) fn destination(next: Option<&ReturnPath>) -> &str {
    next.map_or(LANDING, ReturnPath::as_str)
}

/// How long to wait, as people say it.
pub(super) fn too_often(seconds: i64) -> String {
    match (seconds + 59) / 60 {
        1 => "Too many messages were asked for. Please try again in a minute.".to_owned(),
        minutes => {
            format!("Too many messages were asked for. Please try again in {minutes} minutes.")
        }
    }
}
