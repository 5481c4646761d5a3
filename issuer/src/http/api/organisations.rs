//! Organisations and what people are in them.

use std::collections::BTreeSet;

use axum::Json as Answer;
use axum::extract::State;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use crate::http::body::Json;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::openapi::DateTime;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, put};
use crate::id::{OrganisationId, PersonId};
use crate::organisation::{self, Membership, Role};
use crate::rights::Action;

/// What the handlers say of themselves.
#[derive(OpenApi)]
#[openapi(paths(set_roles))]
pub struct Document;

pub fn routes() -> Vec<Route> {
    vec![put(
        "/organisations/{organisation}/members/{member}",
        Action::ChangeMembers,
        set_roles,
    )]
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
    roles: BTreeSet<Role>,
    #[schema(value_type = DateTime)]
    since: Timestamp,
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
    Path((Id(organisation), Id(person))): Path<(Id<OrganisationId>, Id<PersonId>)>,
    Json(body): Json<RolesBody>,
) -> Result<Answer<MemberBody>, HttpError> {
    let now = edge.clock.now();
    let membership = edge
        .work(move |app| organisation::set_roles(app, &organisation, person, body.roles, now))
        .await?;
    Ok(Answer(membership.into()))
}

impl From<Membership> for MemberBody {
    fn from(membership: Membership) -> MemberBody {
        MemberBody {
            person: membership.person,
            roles: membership.roles,
            since: membership.since,
        }
    }
}
