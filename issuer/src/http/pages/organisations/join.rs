//! The pages of those who join: by a code, by asking, by a link that was mailed; and of those who leave.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

use super::sentence;
use crate::error::Error;
use crate::http::Masthead;
use crate::http::caller::{AnyCaller, Caller};
use crate::http::cookie;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::form::Form;
use crate::http::pages::page;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get, post};
use crate::id::OrganisationId;
use crate::link::LinkSecret;
use crate::organisation::{Role, invitation, joining, membership};
use crate::rights::Action;

pub fn routes() -> Vec<Route> {
    let ask_path = "/organisations/{organisation}/join";
    let leave_path = "/organisations/{organisation}/leave";
    vec![
        get("/join", Action::JoinOrganisation, code_page),
        post("/join", Action::JoinOrganisation, join),
        get(ask_path, Action::JoinOrganisation, ask_page),
        post(ask_path, Action::JoinOrganisation, ask),
        post(leave_path, Action::LeaveOrganisation, leave),
        get("/invitations/{link}", Action::SignIn, invited),
        post("/invitations/{link}", Action::SignIn, accept),
    ]
}

#[derive(Template)]
#[template(path = "organisation/join.html")]
struct CodePage<'a> {
    site: &'a Masthead,
    code: &'a str,
    problem: Option<String>,
}

#[derive(Template)]
#[template(path = "organisation/ask.html")]
struct AskPage<'a> {
    site: &'a Masthead,
    path: String,
    name: String,
    standing: Standing,
    message: &'a str,
    problem: Option<String>,
}

/// What somebody is to the organisation that they want to join.
enum Standing {
    Nothing,
    Waiting,
    Member,
}

#[derive(Template)]
#[template(path = "organisation/invited.html")]
struct InvitedPage<'a> {
    site: &'a Masthead,
    path: String,
    what: What,
    name: &'a str,
    problem: Option<String>,
}

/// What a mailed link leads to.
enum What {
    /// An invitation that can be accepted.
    Open {
        organisation: String,
        email: String,
        roles: String,
        /// What the person is called, if nobody has the address yet.
        newcomer: Option<String>,
        /// Who is signed in.
        signed_in: Option<String>,
    },
    /// It was used, or another one was sent, or it was withdrawn.
    Used,
    /// Its time is over.
    Expired,
}

async fn code_page(State(edge): State<Edge>) -> Result<Response, HttpError> {
    page(&CodePage {
        site: &edge.masthead,
        code: "",
        problem: None,
    })
}

async fn join(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    form: Form,
) -> Result<Response, HttpError> {
    let typed = form.text("code").unwrap_or_default().to_owned();
    let (code, now) = (typed.clone(), edge.clock.now());
    let joining = edge.work(move |app| joining::join(app, &person, &code, now));
    match joining.await {
        Ok(member) => {
            let path = format!("/organisations/{}", member.organisation);
            Ok(Redirect::to(&path).into_response())
        }
        Err(HttpError::Service(problem)) if problem.is_the_askers() => {
            let shown = page(&CodePage {
                site: &edge.masthead,
                code: &typed,
                problem: Some(sentence(&problem)),
            })?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
        }
        Err(error) => Err(error),
    }
}

async fn ask_page(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<OrganisationId>>,
) -> Result<Response, HttpError> {
    show_ask(&edge, caller, id, "", None).await
}

async fn show_ask(
    edge: &Edge,
    Caller { person, .. }: Caller,
    id: OrganisationId,
    message: &str,
    problem: Option<String>,
) -> Result<Response, HttpError> {
    let path = format!("/organisations/{id}");
    let (name, standing) = edge
        .work(move |app| {
            let found = app.store.organisation(&id)?.ok_or(Error::NotFound)?;
            let asked = app.store.join_requests_of(person.id)?;
            let waits =
                |one: &joining::JoinRequest| one.organisation == id && one.declined.is_none();
            let standing = match app.store.membership(&id, person.id)? {
                Some(_) => Standing::Member,
                None if asked.iter().any(waits) => Standing::Waiting,
                None => Standing::Nothing,
            };
            Ok((found.profile.name.to_string(), standing))
        })
        .await?;
    page(&AskPage {
        site: &edge.masthead,
        path,
        name,
        standing,
        message,
        problem,
    })
}

async fn ask(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<OrganisationId>>,
    form: Form,
) -> Result<Response, HttpError> {
    let typed = form.text("message").unwrap_or_default().to_owned();
    let (text, place, now) = (typed.clone(), id.clone(), edge.clock.now());
    let person = caller.person.clone();
    let asking = edge.work(move |app| {
        let unfit = |error| Error::invalid("/message", format!("this cannot be sent: {error}"));
        let message = match text.as_str() {
            "" => None,
            text => Some(text.parse().map_err(unfit)?),
        };
        joining::ask(app, &person, &place, message, now)
    });
    match asking.await {
        Ok(_) => Ok(Redirect::to(&format!("/organisations/{id}/join")).into_response()),
        Err(HttpError::Service(problem)) if problem.is_the_askers() => {
            let problem = Some(sentence(&problem));
            let shown = show_ask(&edge, caller, id, &typed, problem).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
        }
        Err(error) => Err(error),
    }
}

async fn leave(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<OrganisationId>>,
) -> Result<Response, HttpError> {
    let path = format!("/organisations/{id}");
    let (by, now) = (caller.actor(), edge.clock.now());
    edge.work(move |app| membership::end(app, by, &id, caller.person.id, now))
        .await?;
    Ok(Redirect::to(&path).into_response())
}

async fn invited(
    State(edge): State<Edge>,
    AnyCaller(caller): AnyCaller,
    Path(secret): Path<String>,
) -> Result<Response, HttpError> {
    show_invitation(&edge, caller, &secret, None, None).await
}

async fn show_invitation(
    edge: &Edge,
    caller: Option<Caller>,
    secret: &str,
    typed: Option<&str>,
    problem: Option<String>,
) -> Result<Response, HttpError> {
    let what = look(edge, caller, secret).await?;
    let known = match &what {
        What::Open { newcomer, .. } => newcomer.clone().unwrap_or_default(),
        What::Used | What::Expired => String::new(),
    };
    let status = match (&what, &problem) {
        (What::Used | What::Expired, _) => StatusCode::GONE,
        (_, Some(_)) => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::OK,
    };
    let shown = page(&InvitedPage {
        site: &edge.masthead,
        path: format!("/invitations/{secret}"),
        name: typed.unwrap_or(&known),
        what,
        problem,
    })?;
    Ok((status, shown).into_response())
}

async fn look(edge: &Edge, caller: Option<Caller>, secret: &str) -> Result<What, HttpError> {
    let (secret, now) = (secret.parse::<LinkSecret>()?, edge.clock.now());
    let looking = edge.work(move |app| {
        let (found, inviting) = match invitation::look(app, &secret, now) {
            Err(Error::LinkUsed) => return Ok(What::Used),
            Err(Error::LinkExpired) => return Ok(What::Expired),
            looked => looked?,
        };
        let is_new = invitation::is_to_somebody_new(app, &found)?;
        let name = found.name.as_ref().map(ToString::to_string);
        let roles: Vec<String> = found.roles.iter().map(Role::to_string).collect();
        Ok(What::Open {
            organisation: inviting.profile.name.to_string(),
            email: found.email.to_string(),
            roles: roles.join(", "),
            newcomer: is_new.then(|| name.unwrap_or_default()),
            signed_in: caller.map(|caller| caller.person.name.to_string()),
        })
    });
    looking.await
}

/// Accepts as whoever is signed in, or signs in whoever has the address.
async fn accept(
    State(edge): State<Edge>,
    AnyCaller(caller): AnyCaller,
    Path(secret): Path<String>,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, HttpError> {
    let typed = form.text("name").unwrap_or_default().to_owned();
    let (name, now) = (typed.clone(), edge.clock.now());
    let link = secret.parse::<LinkSecret>()?;
    let signed_in = caller.as_ref().map(|caller| caller.person.clone());
    let accepting = edge.work(move |app| match signed_in {
        Some(person) => invitation::accept_as(app, &person, &link, now),
        None => {
            let unfit = |error| Error::invalid("/name", format!("this cannot be a name: {error}"));
            let name = match name.as_str() {
                "" => None,
                name => Some(name.parse().map_err(unfit)?),
            };
            invitation::accept(app, &link, name.as_ref(), now)
        }
    });
    let member = match accepting.await {
        Ok(member) => member,
        Err(HttpError::Service(Error::LinkUsed | Error::LinkExpired)) => {
            return show_invitation(&edge, caller, &secret, None, None).await;
        }
        Err(HttpError::Service(problem)) if problem.is_the_askers() => {
            let problem = Some(sentence(&problem));
            return show_invitation(&edge, caller, &secret, Some(&typed), problem).await;
        }
        Err(error) => return Err(error),
    };
    let to = Redirect::to(&format!("/organisations/{}", member.organisation));
    if caller.is_some() {
        return Ok(to.into_response());
    }
    let session = cookie::sign_in(&edge, &headers, member.person).await?;
    Ok(([(header::SET_COOKIE, session)], to).into_response())
}
