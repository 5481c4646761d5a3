//! The page of an organisation's members and their roles.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::{Head, sentence};
use crate::app::App;
use crate::error::Error;
use crate::http::Masthead;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::form::Form;
use crate::http::pages::page;
use crate::http::paging::Paging;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get, post};
use crate::id::{OrganisationId, PersonId};
use crate::organisation::{Membership, Role, membership};
use crate::page::{Cursor, PageRequest};
use crate::rights::Action;
use crate::wording;

pub fn routes() -> Vec<Route> {
    let members = "/organisations/{organisation}/members";
    let one = format!("{members}/{{member}}");
    vec![
        get(members, Action::ReadMembers, open),
        post(&format!("{one}/roles"), Action::ChangeMembers, set_roles),
        post(&format!("{one}/remove"), Action::ChangeMembers, remove),
    ]
}

#[derive(Template)]
#[template(path = "organisation/members.html")]
struct MembersPage<'a> {
    site: &'a Masthead,
    head: Head,
    members: Vec<Row>,
    next: Option<Cursor>,
    problem: Option<String>,
}

struct Row {
    person: PersonId,
    name: String,
    email: String,
    since: String,
    /// Every role, and whether the member has it.
    roles: Vec<(Role, bool)>,
}

async fn open(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<OrganisationId>>,
    Paging { page, .. }: Paging,
) -> Result<Response, HttpError> {
    show(&edge, caller, id, page, None).await
}

async fn show(
    edge: &Edge,
    caller: Caller,
    id: OrganisationId,
    asked: PageRequest,
    problem: Option<String>,
) -> Result<Response, HttpError> {
    let (head, members, next) = edge
        .work(move |app| {
            let found = app.store.members(&id, &asked)?;
            let rows = found.items.into_iter().map(|member| Row::of(app, member));
            let rows = rows.collect::<Result<Vec<_>, _>>()?;
            Ok((Head::of(app, &caller, &id)?, rows, found.next))
        })
        .await?;
    page(&MembersPage {
        site: &edge.masthead,
        head,
        members,
        next,
        problem,
    })
}

async fn set_roles(
    State(edge): State<Edge>,
    caller: Caller,
    Path((Id(id), Id(person))): Path<(Id<OrganisationId>, Id<PersonId>)>,
    form: Form,
) -> Result<Response, HttpError> {
    let by = caller.actor();
    let ticked = |role: &Role| form.text(role.name()).is_some();
    let roles: BTreeSet<Role> = Role::ALL.into_iter().filter(ticked).collect();
    let (place, now) = (id.clone(), edge.clock.now());
    let work = move |app: &App| {
        // A form of this page is about members; it makes none.
        let known = app.store.membership(&place, person)?;
        known.ok_or(Error::NotFound)?;
        membership::set_roles(app, by, &place, person, roles, now).map(|_| ())
    };
    done(&edge, caller, id, work).await
}

async fn remove(
    State(edge): State<Edge>,
    caller: Caller,
    Path((Id(id), Id(person))): Path<(Id<OrganisationId>, Id<PersonId>)>,
) -> Result<Response, HttpError> {
    let (by, now) = (caller.actor(), edge.clock.now());
    let place = id.clone();
    let work = move |app: &App| membership::end(app, by, &place, person, now);
    done(&edge, caller, id, work).await
}

async fn done(
    edge: &Edge,
    caller: Caller,
    id: OrganisationId,
    work: impl FnOnce(&App) -> Result<(), Error> + Send + 'static,
) -> Result<Response, HttpError> {
    match edge.work(work).await {
        Ok(()) => Ok(Redirect::to(&format!("/organisations/{id}/members")).into_response()),
        Err(HttpError::Service(problem)) if problem.is_the_askers() => {
            let problem = Some(sentence(&problem));
            let shown = show(edge, caller, id, PageRequest::default(), problem).await?;
            Ok((StatusCode::CONFLICT, shown).into_response())
        }
        Err(error) => Err(error),
    }
}

impl Row {
    fn of(app: &App, member: Membership) -> Result<Row, Error> {
        let person = app.store.person(member.person)?;
        let person = person.ok_or(Error::Missing("a member"))?;
        let roles = Role::ALL.map(|role| (role, member.roles.contains(&role)));
        Ok(Row {
            person: person.id,
            email: person.primary().to_string(),
            name: person.name.to_string(),
            since: wording::day(member.since),
            roles: roles.to_vec(),
        })
    }
}
