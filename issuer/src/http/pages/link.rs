//! What a mailed link opens: a page that says what it is for, and a button that does it.
//!
//! Opening the page changes nothing: mail scanners open every link.

mod join;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

use self::join::Join;
use super::page;
use super::sign_in::destination;
use crate::app::App;
use crate::error::Error;
use crate::http::Masthead;
use crate::http::caller::{AnyCaller, Caller};
use crate::http::client::Client;
use crate::http::cookie;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::form::Form;
use crate::http::parameter::Path;
use crate::http::route::{Route, get, post};
use crate::link::{self, LinkSecret, Purpose, Standing};
use crate::merge;
use crate::person::{self, Email, Person};
use crate::rights::Action;
use crate::text::Line;
use schemas::timestamp::Timestamp;

pub fn routes() -> Vec<Route> {
    vec![
        get("/link/{link}", Action::SignIn, open),
        post("/link/{link}", Action::SignIn, follow),
        post("/link/{link}/again", Action::SignIn, send_again),
    ]
}

#[derive(Template)]
#[template(path = "link.html")]
struct LinkPage<'a> {
    site: &'a Masthead,
    /// The path of the link itself.
    path: String,
    email: String,
    what: What,
    /// What was typed as a name.
    name: &'a str,
    problem: Option<String>,
}

/// What the link is for, as things stand.
enum What {
    /// Signing in to an account there is.
    SignIn { name: String },
    /// Registering.
    Register,
    /// Taking over an account that somebody else has registered.
    Claim { name: String },
    /// Adding the address to the account that is signed in.
    Add { name: String },
    /// Joining the account that has the address to the one that is signed in.
    Join { name: String, other: Box<Join> },
    /// The account that asked is not the one that is signed in.
    OtherAccount { next: String },
    /// It was used.
    Used,
    /// Its time is over.
    Expired,
}

async fn open(
    State(edge): State<Edge>,
    Path(secret): Path<String>,
    AnyCaller(caller): AnyCaller,
) -> Result<Response, HttpError> {
    let (email, what) = look(&edge, &secret, caller).await?;
    let status = match what {
        What::Used | What::Expired => StatusCode::GONE,
        _ => StatusCode::OK,
    };
    let page = page(&LinkPage {
        site: &edge.masthead,
        path: format!("/link/{secret}"),
        email: email.to_string(),
        what,
        name: "",
        problem: None,
    })?;
    Ok((status, page).into_response())
}

/// What the link is for, as things stand and for who is signed in.
async fn look(
    edge: &Edge,
    secret: &str,
    caller: Option<Caller>,
) -> Result<(Email, What), HttpError> {
    let (secret, now) = (secret.parse::<LinkSecret>()?, edge.clock.now());
    let person = caller.map(|caller| caller.person);
    edge.work(move |app| {
        let link = link::look(app, &secret)?;
        let what = match link.standing(now) {
            Standing::Used => What::Used,
            Standing::Expired => What::Expired,
            Standing::Good => what_for(app, &secret, &link, person, now)?,
        };
        Ok((link.email, what))
    })
    .await
}

fn what_for(
    app: &App,
    secret: &LinkSecret,
    link: &link::Link,
    person: Option<Person>,
    now: Timestamp,
) -> Result<What, Error> {
    let owner = app.store.person_by_email(&link.email)?;
    let name = |person: &Person| person.name.to_string();
    match (link.purpose, person, owner) {
        (Purpose::SignIn, _, Some(owner)) => Ok(What::SignIn { name: name(&owner) }),
        (Purpose::SignIn, _, None) => Ok(What::Register),
        (Purpose::Claim { person }, _, Some(owner)) if owner.is(person) => {
            Ok(What::Claim { name: name(&owner) })
        }
        (Purpose::Claim { .. }, _, _) => Ok(What::Expired),
        (Purpose::Prove { person: asked }, Some(person), owner) if person.is(asked) => {
            match owner {
                Some(owner) if owner.id != person.id => Ok(What::Join {
                    name: name(&person),
                    other: Box::new(Join::of(app, merge::overview(app, &person, secret, now)?)?),
                }),
                _ => Ok(What::Add {
                    name: name(&person),
                }),
            }
        }
        (Purpose::Prove { .. }, _, _) => {
            let path = format!("/link/{}", secret.expose());
            let next = url::form_urlencoded::byte_serialize(path.as_bytes()).collect();
            Ok(What::OtherAccount { next })
        }
    }
}

/// Does what the link is for.
async fn follow(
    State(edge): State<Edge>,
    Path(text): Path<String>,
    AnyCaller(caller): AnyCaller,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, HttpError> {
    let (_, what) = look(&edge, &text, caller.clone()).await?;
    let typed = form.text("name").unwrap_or_default();
    match (what, caller) {
        (What::Register, _) if typed.parse::<Line>().is_err() => {
            ask_name(&edge, &text, typed).await
        }
        (What::SignIn { .. } | What::Register | What::Claim { .. }, _) => {
            enter(&edge, &text, typed.parse().ok(), &headers).await
        }
        (What::Add { .. }, Some(caller)) => {
            let (secret, now) = (text.parse::<LinkSecret>()?, edge.clock.now());
            let prove = move |app: &App| person::prove(app, &caller.person, &secret, now);
            edge.work(prove).await?;
            Ok(Redirect::to("/account").into_response())
        }
        (What::Join { .. }, Some(caller)) => {
            let (secret, now) = (text.parse::<LinkSecret>()?, edge.clock.now());
            let join = move |app: &App| merge::merge(app, &caller.person, &secret, now);
            edge.work(join).await?;
            Ok(Redirect::to("/account").into_response())
        }
        // The page says what is in the way, and what can be done.
        _ => Ok(Redirect::to(&format!("/link/{text}")).into_response()),
    }
}

async fn enter(
    edge: &Edge,
    text: &str,
    name: Option<Line>,
    headers: &HeaderMap,
) -> Result<Response, HttpError> {
    let (secret, now) = (text.parse::<LinkSecret>()?, edge.clock.now());
    let entering = edge.work(move |app| {
        let next = link::look(app, &secret)?.next;
        Ok((link::enter(app, &secret, name, now)?, next))
    });
    let (person, next) = entering.await?;
    let cookie = cookie::sign_in(edge, headers, person.id).await?;
    let to = Redirect::to(destination(next.as_ref()));
    Ok(([(header::SET_COOKIE, cookie)], to).into_response())
}

async fn ask_name(edge: &Edge, text: &str, typed: &str) -> Result<Response, HttpError> {
    let (email, what) = look(edge, text, None).await?;
    let problem = match typed {
        "" => "Please say what you are called.",
        _ => "This name cannot be used. It has one line and at most 300 letters.",
    };
    let page = page(&LinkPage {
        site: &edge.masthead,
        path: format!("/link/{text}"),
        email: email.to_string(),
        what,
        name: typed,
        problem: Some(problem.to_owned()),
    })?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

async fn send_again(
    State(edge): State<Edge>,
    Path(text): Path<String>,
    Client(client): Client,
) -> Result<Response, HttpError> {
    let (secret, now) = (text.parse::<LinkSecret>()?, edge.clock.now());
    edge.work(move |app| link::send_again(app, &secret, &client, now))
        .await?;
    Ok(Redirect::to("/sign-in/sent").into_response())
}
