//! Members of organisations and their roles.

use std::collections::BTreeSet;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use crate::app::App;
use crate::error::Error;
use crate::http::body::Json;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::openapi::DateTime;
use crate::http::paging::{ListBody, PageParameters, Paging};
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, delete, get, put};
use crate::id::{OrganisationId, PersonId};
use crate::organisation::{Membership, Role, membership};
use crate::page::Page;
use crate::person::Email;
use crate::rights::Action;
use crate::text::Line;

/// What the handlers say of themselves.
#[derive(OpenApi)]
#[openapi(paths(list, set_roles, remove, leave))]
pub struct Document;

pub fn routes() -> Vec<Route> {
    vec![
        get(
            "/organisations/{organisation}/members",
            Action::ReadMembers,
            list,
        ),
        put(
            "/organisations/{organisation}/members/{member}",
            Action::ChangeMembers,
            set_roles,
        ),
        delete(
            "/organisations/{organisation}/members/{member}",
            Action::ChangeMembers,
            remove,
        ),
        delete(
            "/organisations/{organisation}/membership",
            Action::LeaveOrganisation,
            leave,
        ),
    ]
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RolesBody {
    roles: BTreeSet<Role>,
}

/// A member as the organisation sees them.
#[derive(Serialize, ToSchema)]
struct MemberBody {
    person: PersonId,
    name: Line,
    email: Email,
    roles: BTreeSet<Role>,
    #[schema(value_type = DateTime)]
    since: Timestamp,
}

/// Lists the members of an organisation.
#[utoipa::path(
    get,
    path = "/organisations/{organisation}/members",
    params(PageParameters),
    responses((status = 200, body = ListBody<MemberBody>)),
)]
async fn list(
    State(edge): State<Edge>,
    Path(Id(organisation)): Path<Id<OrganisationId>>,
    Paging { page, .. }: Paging,
) -> Result<Answer<ListBody<MemberBody>>, HttpError> {
    let bodies = edge.work(move |app| {
        let Page { items, next } = app.store.members(&organisation, &page)?;
        let items = items.into_iter().map(|member| MemberBody::of(app, member));
        let items = items.collect::<Result<_, _>>()?;
        Ok(ListBody::of(Page { items, next }, |body| body))
    });
    Ok(Answer(bodies.await?))
}

/// Makes a person a member with these roles.
#[utoipa::path(
    put,
    path = "/organisations/{organisation}/members/{member}",
    request_body = RolesBody,
    responses((status = 200, body = MemberBody)),
)]
async fn set_roles(
    State(edge): State<Edge>,
    caller: Caller,
    Path((Id(organisation), Id(person))): Path<(Id<OrganisationId>, Id<PersonId>)>,
    Json(body): Json<RolesBody>,
) -> Result<Answer<MemberBody>, HttpError> {
    let by = caller.actor();
    let now = edge.clock.now();
    let member = edge.work(move |app| {
        let member = membership::set_roles(app, by, &organisation, person, body.roles, now)?;
        MemberBody::of(app, member)
    });
    Ok(Answer(member.await?))
}

/// Removes a member. What they have done stays.
#[utoipa::path(
    delete,
    path = "/organisations/{organisation}/members/{member}",
    responses((status = 204)),
)]
async fn remove(
    State(edge): State<Edge>,
    caller: Caller,
    Path((Id(organisation), Id(person))): Path<(Id<OrganisationId>, Id<PersonId>)>,
) -> Result<StatusCode, HttpError> {
    let (by, now) = (caller.actor(), edge.clock.now());
    edge.work(move |app| membership::end(app, by, &organisation, person, now))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Leaves an organisation.
#[utoipa::path(
    delete,
    path = "/organisations/{organisation}/membership",
    responses((status = 204)),
)]
async fn leave(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(organisation)): Path<Id<OrganisationId>>,
) -> Result<StatusCode, HttpError> {
    let (by, now) = (caller.actor(), edge.clock.now());
    edge.work(move |app| membership::end(app, by, &organisation, caller.person.id, now))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

impl MemberBody {
    fn of(app: &App, member: Membership) -> Result<MemberBody, Error> {
        let person = app.store.person(member.person)?;
        let person = person.ok_or(Error::Missing("a member"))?;
        Ok(MemberBody {
            person: person.id,
            email: person.primary().clone(),
            name: person.name,
            roles: member.roles,
            since: member.since,
        })
    }
}
