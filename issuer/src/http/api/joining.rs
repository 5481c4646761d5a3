//! Joining organisations: codes, and requests that wait for an answer.

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
use crate::http::paging::{ListBody, PageParameters, Paging};
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, delete, get, post};
use crate::id::{OrganisationId, PersonId};
use crate::organisation::joining::{self, JoinCode, JoinRequest, Standing};
use crate::organisation::{Code, Membership, Role};
use crate::page::Page;
use crate::person::Email;
use crate::rights::Action;
use crate::text::{Line, Prose};

/// What the handlers say of themselves.
#[derive(OpenApi)]
#[openapi(paths(
    join,
    my_requests,
    codes_of,
    make_code,
    revoke_code,
    waiting,
    ask,
    take_back,
    approve,
    decline
))]
pub struct Document;

pub fn routes() -> Vec<Route> {
    let codes = "/organisations/{organisation}/join-codes";
    let requests = "/organisations/{organisation}/join-requests";
    let below = |base: &str, rest: &str| format!("{base}{rest}");
    vec![
        post("/join", Action::JoinOrganisation, join),
        get("/join-requests", Action::ReadOwnAccount, my_requests),
        get(codes, Action::ReadJoining, codes_of),
        post(codes, Action::InvitePeople, make_code),
        delete(&below(codes, "/{code}"), Action::InvitePeople, revoke_code),
        get(requests, Action::ReadJoining, waiting),
        post(requests, Action::JoinOrganisation, ask),
        delete(
            &below(requests, "/mine"),
            Action::JoinOrganisation,
            take_back,
        ),
        post(
            &below(requests, "/{requester}/approve"),
            Action::InvitePeople,
            approve,
        ),
        post(
            &below(requests, "/{requester}/decline"),
            Action::InvitePeople,
            decline,
        ),
    ]
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct JoinBody {
    code: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewCodeBody {
    #[serde(default)]
    label: Option<Line>,
    #[schema(value_type = DateTime)]
    expires: Timestamp,
    limit: u32,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AskBody {
    #[serde(default)]
    message: Option<Prose>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DeclineBody {
    #[serde(default)]
    reason: Option<Prose>,
}

/// What a person is in an organisation, as they see it.
#[derive(Serialize, ToSchema)]
pub struct MembershipBody {
    organisation: OrganisationId,
    roles: BTreeSet<Role>,
    #[schema(value_type = DateTime)]
    since: Timestamp,
}

#[derive(Serialize, ToSchema)]
struct CodeBody {
    code: Code,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<Line>,
    state: Standing,
    #[schema(value_type = DateTime)]
    made: Timestamp,
    #[schema(value_type = DateTime)]
    expires: Timestamp,
    limit: u32,
    uses: u32,
}

/// A request as the organisation sees it.
#[derive(Serialize, ToSchema)]
struct JoinRequestBody {
    person: PersonId,
    name: Line,
    email: Email,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Prose>,
    #[schema(value_type = DateTime)]
    asked: Timestamp,
}

/// A request as whoever made it sees it.
#[derive(Serialize, ToSchema)]
struct OwnRequestBody {
    organisation: OrganisationId,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Prose>,
    #[schema(value_type = DateTime)]
    asked: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Prose>,
}

/// Joins an organisation by a code.
#[utoipa::path(
    post,
    path = "/join",
    request_body = JoinBody,
    responses((status = 200, body = MembershipBody)),
)]
async fn join(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Json(body): Json<JoinBody>,
) -> Result<Answer<MembershipBody>, HttpError> {
    let now = edge.clock.now();
    let member = edge.work(move |app| joining::join(app, &person, &body.code, now));
    Ok(Answer(member.await?.into()))
}

/// Lists one's own requests to join that wait or were declined.
#[utoipa::path(
    get,
    path = "/join-requests",
    responses((status = 200, body = ListBody<OwnRequestBody>)),
)]
async fn my_requests(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
) -> Result<Answer<ListBody<OwnRequestBody>>, HttpError> {
    let mine = edge.work(move |app| Ok(app.store.join_requests_of(person.id)?));
    let items = mine.await?;
    let whole = Page { items, next: None };
    Ok(Answer(ListBody::of(whole, OwnRequestBody::from)))
}

/// Lists the codes of an organisation.
#[utoipa::path(
    get,
    path = "/organisations/{organisation}/join-codes",
    responses((status = 200, body = ListBody<CodeBody>)),
)]
async fn codes_of(
    State(edge): State<Edge>,
    Path(Id(organisation)): Path<Id<OrganisationId>>,
) -> Result<Answer<ListBody<CodeBody>>, HttpError> {
    let now = edge.clock.now();
    let items = edge
        .work(move |app| Ok(app.store.join_codes(&organisation)?))
        .await?;
    let whole = Page { items, next: None };
    Ok(Answer(ListBody::of(whole, |code| CodeBody::new(code, now))))
}

/// Makes a code with which people join.
#[utoipa::path(
    post,
    path = "/organisations/{organisation}/join-codes",
    request_body = NewCodeBody,
    responses((status = 201, body = CodeBody)),
)]
async fn make_code(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(organisation)): Path<Id<OrganisationId>>,
    Json(body): Json<NewCodeBody>,
) -> Result<(StatusCode, Answer<CodeBody>), HttpError> {
    let now = edge.clock.now();
    let made = edge.work(move |app| {
        let wanted = joining::NewCode {
            label: body.label,
            expires: body.expires,
            limit: body.limit,
        };
        joining::make_code(app, person.id, &organisation, wanted, now)
    });
    let made = CodeBody::new(made.await?, now);
    Ok((StatusCode::CREATED, Answer(made)))
}

/// Takes a code back. Who has joined with it stays.
#[utoipa::path(
    delete,
    path = "/organisations/{organisation}/join-codes/{code}",
    responses((status = 200, body = CodeBody)),
)]
async fn revoke_code(
    State(edge): State<Edge>,
    Path((Id(organisation), Id(code))): Path<(Id<OrganisationId>, Id<Code>)>,
) -> Result<Answer<CodeBody>, HttpError> {
    let now = edge.clock.now();
    let revoked = edge.work(move |app| joining::revoke_code(app, &organisation, &code, now));
    Ok(Answer(CodeBody::new(revoked.await?, now)))
}

/// Lists who waits for an answer, the longest first.
#[utoipa::path(
    get,
    path = "/organisations/{organisation}/join-requests",
    params(PageParameters),
    responses((status = 200, body = ListBody<JoinRequestBody>)),
)]
async fn waiting(
    State(edge): State<Edge>,
    Path(Id(organisation)): Path<Id<OrganisationId>>,
    Paging { page, .. }: Paging,
) -> Result<Answer<ListBody<JoinRequestBody>>, HttpError> {
    let bodies = edge.work(move |app| {
        let Page { items, next } = joining::waiting(app, &organisation, &page)?;
        let mut bodies = Vec::with_capacity(items.len());
        for request in items {
            let person = app.store.person(request.person)?;
            let person = person.ok_or(Error::Missing("whoever asked"))?;
            bodies.push(JoinRequestBody {
                person: request.person,
                email: person.primary().clone(),
                name: person.name,
                message: request.message,
                asked: request.asked,
            });
        }
        let page = Page {
            items: bodies,
            next,
        };
        Ok(ListBody::of(page, |body| body))
    });
    Ok(Answer(bodies.await?))
}

/// Asks to be made a member.
#[utoipa::path(
    post,
    path = "/organisations/{organisation}/join-requests",
    request_body = AskBody,
    responses((status = 201, body = OwnRequestBody)),
)]
async fn ask(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(organisation)): Path<Id<OrganisationId>>,
    Json(body): Json<AskBody>,
) -> Result<(StatusCode, Answer<OwnRequestBody>), HttpError> {
    let now = edge.clock.now();
    let asked = edge.work(move |app| joining::ask(app, &person, &organisation, body.message, now));
    Ok((StatusCode::CREATED, Answer(asked.await?.into())))
}

/// Takes one's own request back.
#[utoipa::path(
    delete,
    path = "/organisations/{organisation}/join-requests/mine",
    responses((status = 204)),
)]
async fn take_back(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(organisation)): Path<Id<OrganisationId>>,
) -> Result<StatusCode, HttpError> {
    edge.work(move |app| joining::take_back(app, person.id, &organisation))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes who asked a member, and writes to them.
#[utoipa::path(
    post,
    path = "/organisations/{organisation}/join-requests/{requester}/approve",
    responses((status = 200, body = MembershipBody)),
)]
async fn approve(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(organisation), Id(requester))): Path<(Id<OrganisationId>, Id<PersonId>)>,
) -> Result<Answer<MembershipBody>, HttpError> {
    let now = edge.clock.now();
    let member =
        edge.work(move |app| joining::approve(app, person.id, &organisation, requester, now));
    Ok(Answer(member.await?.into()))
}

/// Declines, and writes to who asked.
#[utoipa::path(
    post,
    path = "/organisations/{organisation}/join-requests/{requester}/decline",
    request_body = DeclineBody,
    responses((status = 204)),
)]
async fn decline(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(organisation), Id(requester))): Path<(Id<OrganisationId>, Id<PersonId>)>,
    Json(body): Json<DeclineBody>,
) -> Result<StatusCode, HttpError> {
    let now = edge.clock.now();
    edge.work(move |app| {
        joining::decline(app, person.id, &organisation, requester, body.reason, now)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<Membership> for MembershipBody {
    fn from(member: Membership) -> MembershipBody {
        MembershipBody {
            organisation: member.organisation,
            roles: member.roles,
            since: member.since,
        }
    }
}

impl CodeBody {
    fn new(code: JoinCode, now: Timestamp) -> CodeBody {
        CodeBody {
            state: code.standing(now),
            code: code.code,
            label: code.label,
            made: code.made,
            expires: code.expires,
            limit: code.limit,
            uses: code.uses,
        }
    }
}

impl From<JoinRequest> for OwnRequestBody {
    fn from(request: JoinRequest) -> OwnRequestBody {
        let (state, reason) = match request.declined {
            None => ("waiting", None),
            Some(declined) => ("declined", declined.reason),
        };
        OwnRequestBody {
            organisation: request.organisation,
            state,
            message: request.message,
            asked: request.asked,
            reason,
        }
    }
}
