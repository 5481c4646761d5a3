//! One's own account: addresses, browsers, tokens, and what badges may say of oneself.

mod did;
mod shown;

pub(super) use self::shown::sentence;

use std::collections::BTreeSet;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use self::shown::{AccountPage, Section, Typed};
use super::page;
use crate::app::App;
use crate::error::Error;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::form::Form;
use crate::http::route::{Route, get, post};
use crate::link;
use crate::person::{self, Details, EmailInBadges, NameInBadges};
use crate::rights::{Action, Scope};
use crate::session;
use crate::text::Line;
use crate::token;

pub fn routes() -> Vec<Route> {
    use Action::{ChangeOwnAccount, ReadOwnAccount};
    let own = vec![
        get("/account", ReadOwnAccount, open),
        post("/account", ChangeOwnAccount, change),
        post("/account/addresses", ChangeOwnAccount, add_address),
        post("/account/addresses/primary", ChangeOwnAccount, make_primary),
        post(
            "/account/addresses/remove",
            ChangeOwnAccount,
            remove_address,
        ),
        post("/account/sessions/end", ChangeOwnAccount, end_session),
        post(
            "/account/sessions/end-others",
            ChangeOwnAccount,
            end_other_sessions,
        ),
        post("/account/tokens", ChangeOwnAccount, make_token),
        post("/account/tokens/end", ChangeOwnAccount, end_token),
    ];
    own.into_iter().chain(did::routes()).collect()
}

async fn open(State(edge): State<Edge>, caller: Caller) -> Result<Response, HttpError> {
    page(&AccountPage::of(&edge, caller).await?)
}

async fn change(
    State(edge): State<Edge>,
    caller: Caller,
    form: Form,
) -> Result<Response, HttpError> {
    let typed = form.text("name").unwrap_or_default();
    let Ok(name) = typed.parse::<Line>() else {
        let problem = Error::invalid("/name", "A name has one line and at most 300 letters.");
        return refused(&edge, caller, Section::You, &form, problem).await;
    };
    let details = Details {
        name,
        did: form.text("did").map(str::to_owned),
        email_in_badges: match form.text("email_in_badges") {
            Some("plain") => EmailInBadges::Plain,
            _ => EmailInBadges::Hashed,
        },
        name_in_badges: match form.text("name_in_badges") {
            Some("shown") => NameInBadges::Shown,
            _ => NameInBadges::Withheld,
        },
    };
    let id = caller.person.id;
    let work = move |app: &App| person::change(app, id, details).map(|_| ());
    done(&edge, caller, Section::You, &form, work).await
}

async fn add_address(
    State(edge): State<Edge>,
    caller: Caller,
    form: Form,
) -> Result<Response, HttpError> {
    let Ok(email) = form.text("email").unwrap_or_default().parse() else {
        let problem = Error::invalid("/email", "This is not an e-mail address.");
        return refused(&edge, caller, Section::Addresses, &form, problem).await;
    };
    let (person, now) = (caller.person.clone(), edge.clock.now());
    let asking = edge.work(move |app| link::send_proof(app, &person, &email, now));
    match asking.await {
        Ok(()) => Ok(Redirect::to("/sign-in/sent").into_response()),
        Err(HttpError::Service(problem)) => {
            refused(&edge, caller, Section::Addresses, &form, problem).await
        }
        Err(error) => Err(error),
    }
}

async fn make_primary(
    State(edge): State<Edge>,
    caller: Caller,
    form: Form,
) -> Result<Response, HttpError> {
    let email = form.text("email").unwrap_or_default().parse();
    let (id, email) = (caller.person.id, email.map_err(|_| HttpError::NotFound)?);
    let work = move |app: &App| person::make_primary(app, id, &email).map(|_| ());
    done(&edge, caller, Section::Addresses, &form, work).await
}

async fn remove_address(
    State(edge): State<Edge>,
    caller: Caller,
    form: Form,
) -> Result<Response, HttpError> {
    let email = form.text("email").unwrap_or_default().parse();
    let (id, email) = (caller.person.id, email.map_err(|_| HttpError::NotFound)?);
    let work = move |app: &App| person::remove(app, id, &email).map(|_| ());
    done(&edge, caller, Section::Addresses, &form, work).await
}

async fn end_session(
    State(edge): State<Edge>,
    caller: Caller,
    form: Form,
) -> Result<Response, HttpError> {
    let session = form.text("session").unwrap_or_default().parse();
    let (id, session) = (caller.person.id, session.map_err(|_| HttpError::NotFound)?);
    let work = move |app: &App| session::end(app, id, session);
    done(&edge, caller, Section::Sessions, &form, work).await
}

async fn end_other_sessions(
    State(edge): State<Edge>,
    caller: Caller,
    form: Form,
) -> Result<Response, HttpError> {
    let (id, but) = (caller.person.id, caller.came_by.session());
    let work = move |app: &App| session::end_others(app, id, but);
    done(&edge, caller, Section::Sessions, &form, work).await
}

/// Makes a token, and shows it on the page that answers: it is nowhere else, so nothing leads there.
async fn make_token(
    State(edge): State<Edge>,
    caller: Caller,
    form: Form,
) -> Result<Response, HttpError> {
    let typed = form.text("name").unwrap_or_default();
    let Ok(name) = typed.parse::<Line>() else {
        let problem = Error::invalid("/name", "Give the token a name by which you will know it.");
        return refused(&edge, caller, Section::Tokens, &form, problem).await;
    };
    let ticked = |scope: &Scope| form.text(&format!("scope:{scope}")).is_some();
    // Whoever came with a token gets none that is good for more.
    let scopes: BTreeSet<Scope> = Scope::all()
        .into_iter()
        .filter(|scope| ticked(scope) && scope.is_covered_by(&caller.scopes))
        .collect();
    if scopes.is_empty() {
        let problem = Error::invalid("/scopes", "Tick at least one thing that it may do.");
        return refused(&edge, caller, Section::Tokens, &form, problem).await;
    }
    let (id, now) = (caller.person.id, edge.clock.now());
    let making = edge.work(move |app| token::make(app, id, name, scopes, now));
    match making.await {
        Ok((made, _)) => {
            let mut shown = AccountPage::of(&edge, caller).await?;
            shown.new_token = Some(made.expose().to_owned());
            page(&shown)
        }
        Err(HttpError::Service(problem)) => {
            refused(&edge, caller, Section::Tokens, &form, problem).await
        }
        Err(error) => Err(error),
    }
}

async fn end_token(
    State(edge): State<Edge>,
    caller: Caller,
    form: Form,
) -> Result<Response, HttpError> {
    let token = form.text("token").unwrap_or_default().parse();
    let (id, token) = (caller.person.id, token.map_err(|_| HttpError::NotFound)?);
    let work = move |app: &App| token::end(app, id, token);
    done(&edge, caller, Section::Tokens, &form, work).await
}

/// Does something to the account and leads back to its page, or says there why not.
async fn done(
    edge: &Edge,
    caller: Caller,
    section: Section,
    form: &Form,
    work: impl FnOnce(&App) -> Result<(), Error> + Send + 'static,
) -> Result<Response, HttpError> {
    match edge.work(work).await {
        Ok(()) => Ok(Redirect::to(section.path()).into_response()),
        Err(HttpError::Service(problem)) if problem.is_the_askers() => {
            refused(edge, caller, section, form, problem).await
        }
        Err(error) => Err(error),
    }
}

/// Shows the page again, with what is wrong and with what was typed.
async fn refused(
    edge: &Edge,
    caller: Caller,
    section: Section,
    form: &Form,
    problem: Error,
) -> Result<Response, HttpError> {
    if !problem.is_the_askers() {
        return Err(problem.into());
    }
    let mut shown = AccountPage::of(edge, caller).await?;
    shown.problem = Some((section, shown::sentence(&problem)));
    shown.typed = Typed::of(section, form);
    let status = match problem {
        Error::RateLimited { .. } => StatusCode::TOO_MANY_REQUESTS,
        Error::Invalid { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::CONFLICT,
    };
    Ok((status, page(&shown)?).into_response())
}
