//! The page on which somebody shows that an identifier is theirs.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use schemas::json::{self, JsonLimits};
use serde_json::json;

use super::sentence;
use crate::app::App;
use crate::error::Error;
use crate::http::Masthead;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::form::Form;
use crate::http::pages::page;
use crate::http::presenting;
use crate::http::route::{Route, get, post};
use crate::person::did::{self, Challenge};
use crate::rights::Action;

pub fn routes() -> Vec<Route> {
    let change = Action::ChangeOwnAccount;
    vec![
        get("/account/did", Action::ReadOwnAccount, open),
        post("/account/did", change, challenge),
        post("/account/did/proof", change, prove),
        post("/account/did/remove", change, remove),
    ]
}

#[derive(Template)]
#[template(path = "account-did.html")]
struct DidPage<'a> {
    site: &'a Masthead,
    /// The identifier of the account.
    bound: Option<String>,
    typed: String,
    /// What is to be signed, if a challenge is open.
    asked: Option<Asked>,
    answer: String,
    problem: Option<String>,
}

struct Asked {
    did: String,
    /// The presentation that is to be signed.
    document: String,
    challenge: String,
    domain: String,
}

async fn open(State(edge): State<Edge>, caller: Caller) -> Result<Response, HttpError> {
    show(&edge, caller, String::new(), String::new(), None).await
}

async fn challenge(
    State(edge): State<Edge>,
    caller: Caller,
    form: Form,
) -> Result<Response, HttpError> {
    let typed = form.text("did").unwrap_or_default().to_owned();
    let (id, wanted, now) = (caller.person.id, typed.clone(), edge.clock.now());
    match edge
        .work(move |app| did::challenge(app, id, &wanted, now))
        .await
    {
        Ok(_) => Ok(Redirect::to("/account/did").into_response()),
        Err(HttpError::Service(problem)) if problem.is_the_askers() => {
            let problem = Some(sentence(&problem));
            let shown = show(&edge, caller, typed, String::new(), problem).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
        }
        Err(error) => Err(error),
    }
}

async fn prove(
    State(edge): State<Edge>,
    caller: Caller,
    form: Form,
) -> Result<Response, HttpError> {
    let answer = form.text("presentation").unwrap_or_default().to_owned();
    let read = json::read(answer.as_bytes(), &JsonLimits::default());
    let bound = match read {
        Ok(presentation) => presenting::bind(&edge, caller.person.id, presentation).await,
        Err(error) => {
            let message = format!("this is no JSON: {error}");
            Err(Error::invalid("/presentation", message).into())
        }
    };
    match bound {
        Ok(_) => Ok(Redirect::to("/account/did").into_response()),
        Err(HttpError::Service(problem @ (Error::Invalid { .. } | Error::NoChallenge))) => {
            let problem = Some(match problem {
                Error::NoChallenge => "The time to answer is over: please begin again.".to_owned(),
                other => sentence(&other),
            });
            let shown = show(&edge, caller, String::new(), answer, problem).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
        }
        Err(error) => Err(error),
    }
}

async fn remove(State(edge): State<Edge>, caller: Caller) -> Result<Response, HttpError> {
    edge.work(move |app| did::unbind(app, caller.person.id))
        .await?;
    Ok(Redirect::to("/account/did").into_response())
}

async fn show(
    edge: &Edge,
    caller: Caller,
    typed: String,
    answer: String,
    problem: Option<String>,
) -> Result<Response, HttpError> {
    let (id, now) = (caller.person.id, edge.clock.now());
    let (bound, asked) = edge
        .work(move |app: &App| {
            let person = app.store.person(id)?.ok_or(Error::NotFound)?;
            let asked = match did::open_challenge(app, id, now) {
                Ok(challenge) => Some(Asked::of(app, challenge)),
                Err(Error::NoChallenge) => None,
                Err(error) => return Err(error),
            };
            Ok((person.did, asked))
        })
        .await?;
    page(&DidPage {
        site: &edge.masthead,
        bound,
        typed,
        asked,
        answer,
        problem,
    })
}

impl Asked {
    fn of(app: &App, challenge: Challenge) -> Asked {
        let document = json!({
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "type": ["VerifiablePresentation"],
            "holder": challenge.did,
        });
        Asked {
            document: format!("{document:#}"),
            did: challenge.did,
            challenge: challenge.challenge,
            domain: app.site.base().to_owned(),
        }
    }
}
