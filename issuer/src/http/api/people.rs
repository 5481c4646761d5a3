//! People and their tokens.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json as Answer, Router};
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::http::body::Json;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::parameter::{Id, Path};
use crate::id::PersonId;
use crate::person::{self, Email, EmailInBadges, NewPerson, Person, Role};
use crate::text::Line;

pub fn routes() -> Router<Edge> {
    Router::new()
        .route("/people", post(register))
        .route("/people/me", get(me))
        .route("/people/{person}/tokens", post(make_token))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewPersonBody {
    name: Line,
    emails: Vec<Email>,
    #[serde(default)]
    roles: BTreeSet<Role>,
    #[serde(default)]
    did: Option<String>,
    #[serde(default = "hashed")]
    email_in_badges: EmailInBadges,
}

#[derive(Serialize)]
struct PersonBody {
    id: PersonId,
    name: Line,
    emails: Vec<Email>,
    roles: BTreeSet<Role>,
    #[serde(skip_serializing_if = "Option::is_none")]
    did: Option<String>,
    email_in_badges: EmailInBadges,
    registered: Timestamp,
}

/// A token as it is shown this once.
#[derive(Serialize)]
struct TokenBody {
    token: String,
}

async fn register(
    State(edge): State<Edge>,
    Caller(caller): Caller,
    Json(body): Json<NewPersonBody>,
) -> Result<(StatusCode, Answer<PersonBody>), HttpError> {
    let now = edge.clock.now();
    let new = NewPerson {
        name: body.name,
        emails: body.emails,
        roles: body.roles,
        did: body.did,
        email_in_badges: body.email_in_badges,
    };
    let person = edge
        .work(move |app| {
            caller.must_be(Role::Administrator)?;
            person::register(app, new, now)
        })
        .await?;
    Ok((StatusCode::CREATED, Answer(person.into())))
}

async fn me(Caller(caller): Caller) -> Answer<PersonBody> {
    Answer(caller.into())
}

async fn make_token(
    State(edge): State<Edge>,
    Caller(caller): Caller,
    Path(Id(person)): Path<Id<PersonId>>,
) -> Result<(StatusCode, Answer<TokenBody>), HttpError> {
    let now = edge.clock.now();
    let token = edge
        .work(move |app| {
            caller.must_be(Role::Administrator)?;
            app.store.person(person)?.ok_or(Error::NotFound)?;
            person::make_token(app, person, now)
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
            roles: person.roles,
            did: person.did,
            email_in_badges: person.email_in_badges,
            registered: person.registered,
        }
    }
}

fn hashed() -> EmailInBadges {
    EmailInBadges::Hashed
}
