//! The page on which people take away what is theirs, or have themselves forgotten.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

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
use crate::retention::{self, Line};
use crate::rights::Action;
use crate::wording;

pub fn routes() -> Vec<Route> {
    vec![
        get("/privacy", Action::ReadPublished, kept),
        get("/account/privacy", Action::ReadOwnAccount, open),
        post("/account/privacy/keep", Action::ReadOwnSubmissions, keep),
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
    coming: Vec<ComingRow>,
}

/// Evidence that will be removed, or is kept.
struct ComingRow {
    submission: String,
    title: String,
    /// From when on it may be gone; nothing if it is kept.
    removal: Option<String>,
}

#[derive(Template)]
#[template(path = "kept.html")]
struct KeptPage<'a> {
    site: &'a Masthead,
    lines: Vec<Line>,
    shorter: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "erased.html")]
struct ErasedPage<'a> {
    site: &'a Masthead,
}

/// What is kept how long: the rules in force, for everybody.
async fn kept(State(edge): State<Edge>) -> Result<Response, HttpError> {
    let (lines, shorter) = edge
        .work(move |app| {
            let organisations = app.store.organisations(None, ORGANISATIONS)?.into_iter();
            let shorter = organisations.filter_map(|one| {
                let months = one.evidence_months?;
                Some((
                    one.profile.name.to_string(),
                    retention::lasting_months(months),
                ))
            });
            Ok((retention::table(&app.retention), shorter.collect()))
        })
        .await?;
    page(&KeptPage {
        site: &edge.masthead,
        lines,
        shorter,
    })
}

async fn open(State(edge): State<Edge>, caller: Caller) -> Result<Response, HttpError> {
    show(&edge, &caller, String::new(), None).await
}

async fn show(
    edge: &Edge,
    caller: &Caller,
    typed: String,
    problem: Option<String>,
) -> Result<Response, HttpError> {
    let person = caller.person.clone();
    let coming = edge
        .work(move |app| {
            let mut rows = Vec::new();
            for one in retention::of_person(app, &person)? {
                let found = app
                    .store
                    .micro_credential(&one.submission.micro_credential)?;
                rows.push(ComingRow {
                    submission: one.submission.id.to_string(),
                    title: found.map_or_else(String::new, |found| found.content.name.to_string()),
                    removal: one.removal.map(wording::day),
                });
            }
            Ok(rows)
        })
        .await?;
    page(&PrivacyPage {
        site: &edge.masthead,
        email: caller.person.primary().to_string(),
        typed,
        problem,
        coming,
    })
}

/// Keeps the evidence of a submission, or has the rule hold again.
async fn keep(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    form: Form,
) -> Result<Response, HttpError> {
    let id = form.text("submission").unwrap_or_default();
    let id = id.parse().map_err(|_| HttpError::NotFound)?;
    let keeps = form.text("answer") != Some("let-go");
    let now = edge.clock.now();
    edge.work(move |app| match keeps {
        true => retention::keep(app, &person, id, now),
        false => retention::keep_no_longer(app, &person, id),
    })
    .await?;
    Ok(Redirect::to("/account/privacy").into_response())
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
            let shown = show(&edge, &caller, typed, Some(sentence(&problem))).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
        }
        Err(error) => Err(error),
    }
}

/// More are founded nowhere.
const ORGANISATIONS: usize = 10_000;
