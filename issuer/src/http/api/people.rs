//! People and their tokens.

use std::collections::BTreeSet;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use crate::error::Error;
use crate::http::body::Json;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::openapi::DateTime;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get, post};
use crate::id::{OrganisationId, PersonId};
use crate::organisation::{Membership, Role};
use crate::person::{self, Email, EmailInBadges, NewPerson, Person};
use crate::rights::{Action, Scope};
use crate::text::Line;

/// What the handlers say of themselves.
#[derive(OpenApi)]
#[openapi(paths(register, me, make_token))]
pub struct Document;

pub fn routes() -> Vec<Route> {
    vec![
        post("/people", Action::RegisterPeople, register),
        get("/people/me", Action::ReadOwnAccount, me),
        post(
            "/people/{person}/tokens",
            Action::RegisterPeople,
            make_token,
        ),
    ]
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPersonBody {
    name: Line,
    emails: Vec<Email>,
    #[serde(default)]
    did: Option<String>,
    #[serde(default = "hashed")]
    email_in_badges: EmailInBadges,
}

#[derive(Serialize, ToSchema)]
struct PersonBody {
    id: PersonId,
    name: Line,
    emails: Vec<Email>,
    #[serde(skip_serializing_if = "Option::is_none")]
    did: Option<String>,
    email_in_badges: EmailInBadges,
    #[schema(value_type = DateTime)]
    registered: Timestamp,
}

/// A person as they see themselves.
#[derive(Serialize, ToSchema)]
struct AccountBody {
    #[serde(flatten)]
    person: PersonBody,
    memberships: Vec<MembershipBody>,
}

/// What a person is in an organisation.
#[derive(Serialize, ToSchema)]
struct MembershipBody {
    organisation: OrganisationId,
    roles: BTreeSet<Role>,
    #[schema(value_type = DateTime)]
    since: Timestamp,
}

/// A token as it is shown this once.
#[derive(Serialize, ToSchema)]
struct TokenBody {
    token: String,
}

/// Registers a person.
#[utoipa::path(
    post,
    path = "/people",
    request_body = NewPersonBody,
    responses((status = 201, body = PersonBody)),
)]
async fn register(
    State(edge): State<Edge>,
    Json(body): Json<NewPersonBody>,
) -> Result<(StatusCode, Answer<PersonBody>), HttpError> {
    let now = edge.clock.now();
    let new = NewPerson {
        name: body.name,
        emails: body.emails,
        did: body.did,
        email_in_badges: body.email_in_badges,
    };
    let person = edge
        .work(move |app| person::register(app, new, now))
        .await?;
    Ok((StatusCode::CREATED, Answer(person.into())))
}

/// Shows one's own account.
#[utoipa::path(
    get,
    path = "/people/me",
    responses((status = 200, body = AccountBody)),
)]
async fn me(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
) -> Result<Answer<AccountBody>, HttpError> {
    let id = person.id;
    let memberships = edge
        .work(move |app| Ok(app.store.memberships_of(id, MEMBERSHIPS)?))
        .await?;
    Ok(Answer(AccountBody {
        person: person.into(),
        memberships: memberships.into_iter().map(MembershipBody::from).collect(),
    }))
}

/// Makes a bearer token for a person, which is shown this once.
#[utoipa::path(
    post,
    path = "/people/{person}/tokens",
    responses((status = 201, body = TokenBody)),
)]
async fn make_token(
    State(edge): State<Edge>,
    Path(Id(person)): Path<Id<PersonId>>,
) -> Result<(StatusCode, Answer<TokenBody>), HttpError> {
    let now = edge.clock.now();
    let token = edge
        .work(move |app| {
            app.store.person(person)?.ok_or(Error::NotFound)?;
            person::make_token(app, person, Scope::all(), now)
        })
        .await?;
    Ok((
        StatusCode::CREATED,
        Answer(TokenBody {
            token: token.expose().to_owned(),
        }),
    ))
}

impl From<Person> for PersonBody {
    fn from(person: Person) -> PersonBody {
        PersonBody {
            id: person.id,
            name: person.name,
            emails: person.emails,
            did: person.did,
            email_in_badges: person.email_in_badges,
            registered: person.registered,
        }
    }
}

impl From<Membership> for MembershipBody {
    fn from(membership: Membership) -> MembershipBody {
        MembershipBody {
            organisation: membership.organisation,
            roles: membership.roles,
            since: membership.since,
        }
    }
}

fn hashed() -> EmailInBadges {
    EmailInBadges::Hashed
}

/// More organisations than anybody works for.
const MEMBERSHIPS: usize = 100;
