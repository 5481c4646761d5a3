//! An identifier of one's own, which badges are issued to once it is shown to be one's own.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{OpenApi, ToSchema};

use crate::http::api::people::AccountBody;
use crate::http::body::Json;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::openapi::DateTime;
use crate::http::presenting;
use crate::http::route::{Route, delete, post};
use crate::person::did;
use crate::rights::Action;

/// What the handlers say of themselves.
#[derive(OpenApi)]
#[openapi(paths(challenge, bind, unbind))]
pub struct Document;

pub fn routes() -> Vec<Route> {
    let change = Action::ChangeOwnAccount;
    vec![
        post("/account/did/challenge", change, challenge),
        post("/account/did", change, bind),
        delete("/account/did", change, unbind),
    ]
}

/// The identifier that is to be shown to be one's own.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DidBody {
    /// A did:key, did:jwk or did:web.
    did: String,
}

/// What is to be signed with a key of the identifier.
#[derive(Serialize, ToSchema)]
struct ChallengeBody {
    did: String,
    /// What the proof of the presentation has in its `challenge`.
    challenge: String,
    /// What it has in its `domain`.
    domain: String,
    #[schema(value_type = DateTime)]
    expires: Timestamp,
}

/// A presentation without credentials, whose holder is the identifier.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PresentationBody {
    #[schema(value_type = Object)]
    presentation: Map<String, Value>,
}

/// Gives something to sign with the key of an identifier, to show that it is one's own.
#[utoipa::path(
    post,
    path = "/account/did/challenge",
    request_body = DidBody,
    responses((status = 201, body = ChallengeBody)),
)]
async fn challenge(
    State(edge): State<Edge>,
    caller: Caller,
    Json(body): Json<DidBody>,
) -> Result<(StatusCode, Answer<ChallengeBody>), HttpError> {
    let now = edge.clock.now();
    let made = edge
        .work(move |app| did::challenge(app, caller.person.id, &body.did, now))
        .await?;
    let body = ChallengeBody {
        did: made.did,
        challenge: made.challenge,
        domain: edge.app.site.base().to_owned(),
        expires: made.expires,
    };
    Ok((StatusCode::CREATED, Answer(body)))
}

/// Binds the identifier to one's account by a presentation that answers the challenge. Badges issued from then on are
/// issued to it.
#[utoipa::path(
    post,
    path = "/account/did",
    request_body = PresentationBody,
    responses((status = 200, body = AccountBody)),
)]
async fn bind(
    State(edge): State<Edge>,
    caller: Caller,
    Json(body): Json<PresentationBody>,
) -> Result<Answer<AccountBody>, HttpError> {
    let presentation = Value::Object(body.presentation);
    presenting::bind(&edge, caller.person.id, presentation).await?;
    AccountBody::of(&edge, caller.person.id).await.map(Answer)
}

/// Takes the identifier off one's account. Badges keep what they say until they are issued again.
#[utoipa::path(
    delete,
    path = "/account/did",
    responses((status = 204)),
)]
async fn unbind(State(edge): State<Edge>, caller: Caller) -> Result<StatusCode, HttpError> {
    edge.work(move |app| did::unbind(app, caller.person.id))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
