//! People and their tokens.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json as Answer};
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
use crate::http::parameter::{Id, Path};
use crate::http::repeating::ShownOnce;
use crate::http::route::{Route, get, post};
use crate::id::{MailId, OrganisationId, PersonId};
use crate::link;
use crate::mail::Fate;
use crate::organisation::{Membership, Role};
use crate::person::{self, Email, EmailInBadges, NameInBadges, NewPerson, Person};
use crate::rights::{Action, Scope};
use crate::text::Line;

/// What the handlers say of themselves.
#[derive(OpenApi)]
#[openapi(paths(register, me, make_token, add_address, invite, outbox))]
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
        post(
            "/people/{person}/addresses",
            Action::RegisterPeople,
            add_address,
        ),
        post(
            "/people/{person}/invitation",
            Action::RegisterPeople,
            invite,
        ),
        get("/outbox", Action::ReadOutbox, outbox),
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
    name_in_badges: NameInBadges,
    #[schema(value_type = DateTime)]
    registered: Timestamp,
}

/// A person as they see themselves.
#[derive(Serialize, ToSchema)]
pub(super) struct AccountBody {
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

/// An address that an administrator has seen to.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CheckedAddressBody {
    email: Email,
    /// What was seen; the person reads it.
    note: Line,
}

/// A message that waits or was given up.
#[derive(Serialize, ToSchema)]
struct MailBody {
    id: MailId,
    to: Email,
    subject: String,
    #[schema(value_type = DateTime)]
    queued: Timestamp,
    /// What became of it so far.
    fate: Fate,
}

/// The oldest messages of the outbox by their names.
#[derive(Serialize, ToSchema)]
struct OutboxBody {
    items: Vec<MailBody>,
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
async fn me(State(edge): State<Edge>, caller: Caller) -> Result<Answer<AccountBody>, HttpError> {
    AccountBody::of(&edge, caller.person.id).await.map(Answer)
}

/// Gives somebody's account an address after a check outside the service, as when a mailbox is lost.
#[utoipa::path(
    post,
    path = "/people/{person}/addresses",
    request_body = CheckedAddressBody,
    responses((status = 200, body = PersonBody)),
)]
async fn add_address(
    State(edge): State<Edge>,
    Caller {
        person: administrator,
        ..
    }: Caller,
    Path(Id(person)): Path<Id<PersonId>>,
    Json(body): Json<CheckedAddressBody>,
) -> Result<Answer<PersonBody>, HttpError> {
    let now = edge.clock.now();
    let CheckedAddressBody { email, note } = body;
    let add =
        move |app: &App| person::add_after_check(app, &administrator, person, email, note, now);
    Ok(Answer(edge.work(add).await?.into()))
}

/// Mails a link to take over the account to the first address it was registered with.
#[utoipa::path(
    post,
    path = "/people/{person}/invitation",
    responses((status = 202, description = "A link is on its way.")),
)]
async fn invite(
    State(edge): State<Edge>,
    Path(Id(person)): Path<Id<PersonId>>,
) -> Result<StatusCode, HttpError> {
    let now = edge.clock.now();
    edge.work(move |app| {
        let person = app.store.person(person)?.ok_or(Error::NotFound)?;
        link::send_claim(app, &person, now)
    })
    .await?;
    Ok(StatusCode::ACCEPTED)
}

/// Shows which messages wait and which were given up, without what they say.
#[utoipa::path(
    get,
    path = "/outbox",
    responses((status = 200, body = OutboxBody)),
)]
async fn outbox(State(edge): State<Edge>) -> Result<Answer<OutboxBody>, HttpError> {
    let mut mail = edge.work(|app| Ok(app.store.outbox(OUTBOX)?)).await?;
    mail.sort_by_key(|mail| mail.queued);
    let items = mail.into_iter().map(|mail| MailBody {
        id: mail.id,
        to: mail.to,
        subject: mail.subject,
        queued: mail.queued,
        fate: mail.fate,
    });
    Ok(Answer(OutboxBody {
        items: items.collect(),
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
) -> Result<(StatusCode, Extension<ShownOnce>, Answer<TokenBody>), HttpError> {
    let now = edge.clock.now();
    let token = edge
        .work(move |app| {
            app.store.person(person)?.ok_or(Error::NotFound)?;
            person::make_token(app, person, Scope::all(), now)
        })
        .await?;
    Ok((
        StatusCode::CREATED,
        Extension(ShownOnce),
        Answer(TokenBody {
            token: token.expose().to_owned(),
        }),
    ))
}

impl AccountBody {
    /// An account as it stands.
    pub(super) async fn of(edge: &Edge, id: PersonId) -> Result<AccountBody, HttpError> {
        let look = edge.work(move |app| {
            let person = app.store.person(id)?.ok_or(Error::NotFound)?;
            let memberships = app.store.memberships_of(person.id, MEMBERSHIPS)?;
            Ok((person, memberships))
        });
        let (person, memberships) = look.await?;
        Ok(AccountBody {
            person: person.into(),
            memberships: memberships.into_iter().map(MembershipBody::from).collect(),
        })
    }
}

impl From<Person> for PersonBody {
    fn from(person: Person) -> PersonBody {
        PersonBody {
            id: person.id,
            name: person.name,
            emails: person.emails,
            did: person.did,
            email_in_badges: person.email_in_badges,
            name_in_badges: person.name_in_badges,
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

/// Where mail goes through there are a few; where it does not, these say why.
const OUTBOX: usize = 200;

/// More organisations than anybody works for.
const MEMBERSHIPS: usize = 100;
