//! Who gets into one's own account: browsers by their sessions, programs by their tokens.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json as Answer};
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use crate::error::Error;
use crate::http::body::Json;
use crate::http::caller::{Caller, CameBy};
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::openapi::DateTime;
use crate::http::parameter::{Id, Path};
use crate::http::repeating::ShownOnce;
use crate::http::route::{Route, delete, get, post};
use crate::id::{SessionId, TokenId};
use crate::rights::{Action, Scope};
use crate::session;
use crate::text::Line;
use crate::token::{self, TokenRecord};

/// What the handlers say of themselves.
#[derive(OpenApi)]
#[openapi(paths(
    sessions,
    end_session,
    end_other_sessions,
    tokens,
    make_token,
    end_token
))]
pub struct Document;

pub fn routes() -> Vec<Route> {
    use Action::{ChangeOwnAccount, ReadOwnAccount};
    vec![
        get("/account/sessions", ReadOwnAccount, sessions),
        delete("/account/sessions", ChangeOwnAccount, end_other_sessions),
        delete("/account/sessions/{session}", ChangeOwnAccount, end_session),
        get("/account/tokens", ReadOwnAccount, tokens),
        post("/account/tokens", ChangeOwnAccount, make_token),
        delete("/account/tokens/{token}", ChangeOwnAccount, end_token),
    ]
}

/// A browser that is signed in.
#[derive(Serialize, ToSchema)]
struct SessionBody {
    id: SessionId,
    #[schema(value_type = DateTime)]
    began: Timestamp,
    #[schema(value_type = DateTime)]
    used: Timestamp,
    #[schema(value_type = DateTime)]
    ends: Timestamp,
    /// Whether the request came by it.
    current: bool,
}

/// All of them; there are too few for pages.
#[derive(Serialize, ToSchema)]
struct SessionsBody {
    items: Vec<SessionBody>,
}

/// A token that is wanted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewTokenBody {
    name: Line,
    scopes: BTreeSet<Scope>,
}

/// What is known of a token.
#[derive(Serialize, ToSchema)]
struct OwnTokenBody {
    id: TokenId,
    name: Line,
    scopes: BTreeSet<Scope>,
    #[schema(value_type = DateTime)]
    made: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<DateTime>)]
    used: Option<Timestamp>,
}

/// All of them; there are too few for pages.
#[derive(Serialize, ToSchema)]
struct TokensBody {
    items: Vec<OwnTokenBody>,
}

/// A token with its secret, which is shown this once.
#[derive(Serialize, ToSchema)]
struct MadeTokenBody {
    #[serde(flatten)]
    record: OwnTokenBody,
    token: String,
}

/// Lists the browsers in which one is signed in.
#[utoipa::path(
    get,
    path = "/account/sessions",
    responses((status = 200, body = SessionsBody)),
)]
async fn sessions(
    State(edge): State<Edge>,
    caller: Caller,
) -> Result<Answer<SessionsBody>, HttpError> {
    let (id, now) = (caller.person.id, edge.clock.now());
    let found = edge.work(move |app| session::of(app, id, now)).await?;
    let items = found.into_iter().map(|session| SessionBody {
        id: session.id,
        began: session.began,
        used: session.used,
        ends: session.ends(),
        current: caller.came_by == CameBy::Session(session.id),
    });
    Ok(Answer(SessionsBody {
        items: items.collect(),
    }))
}

/// Signs a browser out.
#[utoipa::path(
    delete,
    path = "/account/sessions/{session}",
    responses((status = 204)),
)]
async fn end_session(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(session)): Path<Id<SessionId>>,
) -> Result<StatusCode, HttpError> {
    let id = caller.person.id;
    edge.work(move |app| session::end(app, id, session)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends every session but the one that the request came by, if it did.
#[utoipa::path(
    delete,
    path = "/account/sessions",
    responses((status = 204)),
)]
async fn end_other_sessions(
    State(edge): State<Edge>,
    caller: Caller,
) -> Result<StatusCode, HttpError> {
    let (id, but) = (caller.person.id, caller.came_by.session());
    edge.work(move |app| session::end_others(app, id, but))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lists one's tokens, with when each was last used.
#[utoipa::path(
    get,
    path = "/account/tokens",
    responses((status = 200, body = TokensBody)),
)]
async fn tokens(State(edge): State<Edge>, caller: Caller) -> Result<Answer<TokensBody>, HttpError> {
    let id = caller.person.id;
    let found = edge.work(move |app| token::of(app, id)).await?;
    Ok(Answer(TokensBody {
        items: found.into_iter().map(OwnTokenBody::from).collect(),
    }))
}

/// Makes a token. One that was made with a token is never good for more than that.
#[utoipa::path(
    post,
    path = "/account/tokens",
    request_body = NewTokenBody,
    responses((status = 201, body = MadeTokenBody)),
)]
async fn make_token(
    State(edge): State<Edge>,
    caller: Caller,
    Json(body): Json<NewTokenBody>,
) -> Result<(StatusCode, Extension<ShownOnce>, Answer<MadeTokenBody>), HttpError> {
    let mut wanted = body.scopes.iter();
    if let Some(beyond) = wanted.find(|scope| !scope.is_covered_by(&caller.scopes)) {
        return Err(Error::ScopeMissing { scope: *beyond }.into());
    }
    let (id, now) = (caller.person.id, edge.clock.now());
    let (made, record) = edge
        .work(move |app| token::make(app, id, body.name, body.scopes, now))
        .await?;
    let answer = MadeTokenBody {
        record: record.into(),
        token: made.expose().to_owned(),
    };
    Ok((StatusCode::CREATED, Extension(ShownOnce), Answer(answer)))
}

/// Ends a token.
#[utoipa::path(
    delete,
    path = "/account/tokens/{token}",
    responses((status = 204)),
)]
async fn end_token(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(token)): Path<Id<TokenId>>,
) -> Result<StatusCode, HttpError> {
    let id = caller.person.id;
    edge.work(move |app| token::end(app, id, token)).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<TokenRecord> for OwnTokenBody {
    fn from(record: TokenRecord) -> OwnTokenBody {
        OwnTokenBody {
            id: record.id,
            name: record.name,
            scopes: record.scopes,
            made: record.made,
            used: record.used,
        }
    }
}
