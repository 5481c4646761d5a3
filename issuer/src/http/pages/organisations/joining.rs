//! The page of coordinators: codes, requests that wait, and invitations.

use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use schemas::timestamp::Timestamp;

use super::{Head, sentence};
use crate::app::App;
use crate::error::Error;
use crate::http::Masthead;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::form::Form;
use crate::http::pages::page;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get, post};
use crate::id::{InvitationId, OrganisationId, PersonId};
use crate::organisation::joining::{self, JoinCode, NewCode, Standing};
use crate::organisation::roster::{self, ROSTER_BYTES, Sent};
use crate::organisation::{Code, Role, invitation};
use crate::page::{PageLimit, PageRequest};
use crate::rights::Action;
use crate::wording;

pub fn routes() -> Vec<Route> {
    let at = |rest: &str| format!("/organisations/{{organisation}}/joining{rest}");
    let may = Action::InvitePeople;
    vec![
        get(&at(""), Action::ReadJoining, open),
        post(&at("/codes"), may, make_code),
        post(&at("/codes/{code}/revoke"), may, revoke_code),
        post(&at("/requests/{requester}/approve"), may, approve),
        post(&at("/requests/{requester}/decline"), may, decline),
        post(&at("/invitations"), may, invite),
        post(&at("/invitations/{invitation}/send-again"), may, send_again),
        post(&at("/invitations/{invitation}/withdraw"), may, withdraw),
    ]
}

#[derive(Template)]
#[template(path = "organisation/joining.html")]
struct JoiningPage<'a> {
    site: &'a Masthead,
    head: Head,
    codes: Vec<CodeRow>,
    requests: Vec<RequestRow>,
    invitations: Vec<InvitationRow>,
    more: bool,
    sent: Option<Sent>,
    typed: Typed,
    problem: Option<String>,
}

struct CodeRow {
    code: Code,
    label: String,
    detail: String,
    good: bool,
}

struct RequestRow {
    person: PersonId,
    name: String,
    email: String,
    asked: String,
    message: String,
}

struct InvitationRow {
    id: InvitationId,
    email: String,
    name: String,
    roles: String,
    detail: String,
}

/// What was typed into a form that could not be accepted.
#[derive(Default)]
struct Typed {
    label: String,
    expires: String,
    limit: String,
    list: String,
}

async fn open(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<OrganisationId>>,
) -> Result<Response, HttpError> {
    Shown::plain(&edge).page(&edge, caller, id).await
}

/// What is on the page beside what the store knows.
struct Shown {
    sent: Option<Sent>,
    typed: Typed,
    problem: Option<String>,
}

impl Shown {
    fn plain(edge: &Edge) -> Shown {
        // A good guess: until the end of the quarter or so, and a school's staff.
        let expires = edge.clock.now().plus_seconds(90 * 24 * 60 * 60);
        Shown {
            sent: None,
            typed: Typed {
                expires: expires.to_string().chars().take(10).collect(),
                limit: "100".to_owned(),
                ..Typed::default()
            },
            problem: None,
        }
    }

    async fn page(
        self,
        edge: &Edge,
        caller: Caller,
        id: OrganisationId,
    ) -> Result<Response, HttpError> {
        let now = edge.clock.now();
        let (head, codes, requests, (invitations, more)) = edge
            .work(move |app| {
                let codes = app.store.join_codes(&id)?;
                let codes = codes.iter().map(|code| CodeRow::of(code, now)).collect();
                let head = Head::of(app, &caller, &id)?;
                Ok((
                    head,
                    codes,
                    requests(app, &id)?,
                    invitations(app, &id, now)?,
                ))
            })
            .await?;
        page(&JoiningPage {
            site: &edge.masthead,
            head,
            codes,
            requests,
            invitations,
            more,
            sent: self.sent,
            typed: self.typed,
            problem: self.problem,
        })
    }
}

async fn make_code(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<OrganisationId>>,
    form: Form,
) -> Result<Response, HttpError> {
    let text = |name: &str| form.text(name).unwrap_or_default().to_owned();
    let typed = Typed {
        label: text("label"),
        expires: text("expires"),
        limit: text("limit"),
        list: String::new(),
    };
    let (by, place, now) = (caller.person.id, id.clone(), edge.clock.now());
    let wanted = read_code(&typed);
    let work = move |app: &App| joining::make_code(app, by, &place, wanted?, now).map(|_| ());
    done(&edge, caller, id, typed, work).await
}

fn read_code(typed: &Typed) -> Result<NewCode, Error> {
    let label = match typed.label.as_str() {
        "" => None,
        label => {
            let unfit =
                |error| Error::invalid("/label", format!("the label cannot be used: {error}"));
            Some(label.parse().map_err(unfit)?)
        }
    };
    let expires = Timestamp::parse(&format!("{}T23:59:59Z", typed.expires));
    let limit = typed.limit.parse();
    Ok(NewCode {
        label,
        expires: expires.map_err(|_| Error::invalid("/expires", "the last day is no date"))?,
        limit: limit.map_err(|_| Error::invalid("/limit", "the number of people is no number"))?,
    })
}

async fn revoke_code(
    State(edge): State<Edge>,
    caller: Caller,
    Path((Id(id), Id(code))): Path<(Id<OrganisationId>, Id<Code>)>,
) -> Result<Response, HttpError> {
    let (place, now) = (id.clone(), edge.clock.now());
    let work = move |app: &App| joining::revoke_code(app, &place, &code, now).map(|_| ());
    done(&edge, caller, id, Typed::default(), work).await
}

async fn approve(
    State(edge): State<Edge>,
    caller: Caller,
    Path((Id(id), Id(requester))): Path<(Id<OrganisationId>, Id<PersonId>)>,
) -> Result<Response, HttpError> {
    let (by, place, now) = (caller.person.id, id.clone(), edge.clock.now());
    let work = move |app: &App| joining::approve(app, by, &place, requester, now).map(|_| ());
    done(&edge, caller, id, Typed::default(), work).await
}

async fn decline(
    State(edge): State<Edge>,
    caller: Caller,
    Path((Id(id), Id(requester))): Path<(Id<OrganisationId>, Id<PersonId>)>,
    form: Form,
) -> Result<Response, HttpError> {
    let (by, place, now) = (caller.person.id, id.clone(), edge.clock.now());
    let reason = form.text("reason").map(str::to_owned);
    let work = move |app: &App| {
        let unfit =
            |error| Error::invalid("/reason", format!("the reason cannot be used: {error}"));
        let reason = reason.map(|text| text.parse()).transpose().map_err(unfit)?;
        joining::decline(app, by, &place, requester, reason, now).map(|_| ())
    };
    done(&edge, caller, id, Typed::default(), work).await
}

/// Takes a list as a file or as it was pasted, and says on the page what came of it.
async fn invite(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<OrganisationId>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, HttpError> {
    // What is pasted into a form is written with up to three characters for one.
    let form = Form::read(&headers, body, 3 * ROSTER_BYTES).await?;
    let list = form.bytes("file").or_else(|| form.bytes("list")).cloned();
    let (by, place, now) = (caller.person.id, id.clone(), edge.clock.now());
    let sending = edge.work(move |app| {
        let nothing = Error::invalid("/list", "choose a file, or paste a list");
        roster::send(app, by, &place, &list.ok_or(nothing)?, now)
    });
    let mut shown = Shown::plain(&edge);
    match sending.await {
        Ok(sent) => shown.sent = Some(sent),
        Err(HttpError::Service(problem)) if problem.is_the_askers() => {
            shown.problem = Some(sentence(&problem));
            shown.typed.list = form.text("list").unwrap_or_default().to_owned();
            let shown = shown.page(&edge, caller, id).await?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response());
        }
        Err(error) => return Err(error),
    }
    shown.page(&edge, caller, id).await
}

async fn send_again(
    State(edge): State<Edge>,
    caller: Caller,
    Path((Id(id), Id(invitation))): Path<(Id<OrganisationId>, Id<InvitationId>)>,
) -> Result<Response, HttpError> {
    let (place, now) = (id.clone(), edge.clock.now());
    let work = move |app: &App| invitation::send_again(app, &place, invitation, now).map(|_| ());
    done(&edge, caller, id, Typed::default(), work).await
}

async fn withdraw(
    State(edge): State<Edge>,
    caller: Caller,
    Path((Id(id), Id(invitation))): Path<(Id<OrganisationId>, Id<InvitationId>)>,
) -> Result<Response, HttpError> {
    let (place, now) = (id.clone(), edge.clock.now());
    let work = move |app: &App| invitation::withdraw(app, &place, invitation, now);
    done(&edge, caller, id, Typed::default(), work).await
}

/// Does something and leads back to the page, or says there why not.
async fn done(
    edge: &Edge,
    caller: Caller,
    id: OrganisationId,
    typed: Typed,
    work: impl FnOnce(&App) -> Result<(), Error> + Send + 'static,
) -> Result<Response, HttpError> {
    match edge.work(work).await {
        Ok(()) => Ok(Redirect::to(&format!("/organisations/{id}/joining")).into_response()),
        Err(HttpError::Service(problem)) if problem.is_the_askers() => {
            let mut shown = Shown::plain(edge);
            if !typed.expires.is_empty() {
                shown.typed = typed;
            }
            shown.problem = Some(sentence(&problem));
            let shown = shown.page(edge, caller, id).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
        }
        Err(error) => Err(error),
    }
}

fn requests(app: &App, id: &OrganisationId) -> Result<Vec<RequestRow>, Error> {
    let waiting = joining::waiting(app, id, &most())?;
    let row = |request: joining::JoinRequest| {
        let person = app.store.person(request.person)?;
        let person = person.ok_or(Error::Missing("whoever asked"))?;
        Ok(RequestRow {
            person: request.person,
            email: person.primary().to_string(),
            name: person.name.to_string(),
            asked: wording::day(request.asked),
            message: request
                .message
                .map_or_else(String::new, |text| text.to_string()),
        })
    };
    waiting.items.into_iter().map(row).collect()
}

fn invitations(
    app: &App,
    id: &OrganisationId,
    now: Timestamp,
) -> Result<(Vec<InvitationRow>, bool), Error> {
    let found = app.store.invitations(id, &most())?;
    let row = |one: invitation::Invitation| {
        let roles: Vec<String> = one.roles.iter().map(Role::to_string).collect();
        InvitationRow {
            id: one.id,
            detail: match now < one.expires() {
                true => format!("Sent {}", wording::day(one.sent)),
                false => format!("Sent {}, expired", wording::day(one.sent)),
            },
            email: one.email.to_string(),
            name: one.name.map_or_else(String::new, |name| name.to_string()),
            roles: roles.join(", "),
        }
    };
    Ok((
        found.items.into_iter().map(row).collect(),
        found.next.is_some(),
    ))
}

impl CodeRow {
    fn of(code: &JoinCode, now: Timestamp) -> CodeRow {
        let used = format!("used by {} of {}", code.uses, code.limit);
        let day = wording::day(code.expires);
        let (good, standing) = match code.standing(now) {
            Standing::Good => (true, format!("good until {day}")),
            Standing::UsedUp => (false, "used up".to_owned()),
            Standing::Expired => (false, format!("expired {day}")),
            Standing::Revoked => (false, "taken back".to_owned()),
        };
        CodeRow {
            code: code.code.clone(),
            label: code
                .label
                .as_ref()
                .map_or_else(String::new, ToString::to_string),
            detail: format!("{standing}, {used}"),
            good,
        }
    }
}

/// As many as one page shows; the interface gives the rest.
fn most() -> PageRequest {
    PageRequest {
        limit: PageLimit::new(PageLimit::MOST).expect("the most a page has"),
        cursor: None,
    }
}
