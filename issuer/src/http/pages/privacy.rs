//! The page on which people take away what is theirs, or have themselves forgotten.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::account::sentence;
use super::page;
use crate::erasure;
use crate::http::Masthead;
use crate::http::api::privacy;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::form::Form;
use crate::http::route::{Route, get, post};
use crate::rights::Action;

pub fn routes() -> Vec<Route> {
    vec![
        get("/account/privacy", Action::ReadOwnAccount, open),
        get("/account/export", Action::ReadOwnAccount, privacy::export),
        post("/account/privacy/erase", Action::EraseOwnAccount, erase),
    ]
}

#[derive(Template)]
#[template(path = "privacy.html")]
struct PrivacyPage<'a> {
    site: &'a Masthead,
    email: String,
    typed: String,
    problem: Option<String>,
}

#[derive(Template)]
#[template(path = "erased.html")]
struct ErasedPage<'a> {
    site: &'a Masthead,
}

async fn open(State(edge): State<Edge>, caller: Caller) -> Result<Response, HttpError> {
    show(&edge, &caller, String::new(), None)
}

fn show(
    edge: &Edge,
    caller: &Caller,
    typed: String,
    problem: Option<String>,
) -> Result<Response, HttpError> {
    page(&PrivacyPage {
        site: &edge.masthead,
        email: caller.person.primary().to_string(),
        typed,
        problem,
    })
}

async fn erase(
    State(edge): State<Edge>,
    caller: Caller,
    form: Form,
) -> Result<Response, HttpError> {
    let typed = form.text("confirm").unwrap_or_default().to_owned();
    let (confirmed, person, now) = (typed.clone(), caller.person.clone(), edge.clock.now());
    let erased = edge
        .work(move |app| erasure::ask(app, &person, &confirmed, now))
        .await;
    match erased {
        Ok(()) => page(&ErasedPage {
            site: &edge.masthead,
        }),
        Err(HttpError::Service(problem)) if problem.is_the_askers() => {
            let shown = show(&edge, &caller, typed, Some(sentence(&problem)))?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
        }
        Err(error) => Err(error),
    }
}
