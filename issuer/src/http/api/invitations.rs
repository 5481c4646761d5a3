//! Invitations: lists of people sent in, what waits to be accepted, and accepting.

use std::collections::BTreeSet;

use axum::Json as Answer;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use super::joining::MembershipBody;
use crate::http::body::{self, Json};
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::openapi::DateTime;
use crate::http::paging::{ListBody, PageParameters, Paging};
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, delete, get, post};
use crate::id::{InvitationId, OrganisationId};
use crate::organisation::Role;
use crate::organisation::invitation::{self, Invitation};
use crate::organisation::roster::{self, Problem, ROSTER_BYTES, Sent};
use crate::person::Email;
use crate::rights::Action;
use crate::text::Line;

/// What the handlers say of themselves.
#[derive(OpenApi)]
#[openapi(paths(list, invite, send_again, withdraw, accept))]
pub struct Document;

pub fn routes() -> Vec<Route> {
    let invitations = "/organisations/{organisation}/invitations";
    let one = format!("{invitations}/{{invitation}}");
    vec![
        get(invitations, Action::ReadJoining, list),
        post(invitations, Action::InvitePeople, invite),
        post(
            &format!("{one}/send-again"),
            Action::InvitePeople,
            send_again,
        ),
        delete(&one, Action::InvitePeople, withdraw),
        post("/invitations/accept", Action::JoinOrganisation, accept),
    ]
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AcceptanceBody {
    /// The last part of the mailed link.
    secret: String,
}

/// An invitation as the organisation sees it.
#[derive(Serialize, ToSchema)]
pub struct InvitationBody {
    id: InvitationId,
    email: Email,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<Line>,
    roles: BTreeSet<Role>,
    #[schema(value_type = DateTime)]
    made: Timestamp,
    #[schema(value_type = DateTime)]
    sent: Timestamp,
    #[schema(value_type = DateTime)]
    expires: Timestamp,
    /// `waiting`, or `expired`: then it can be sent again.
    state: &'static str,
}

/// What became of a list.
#[derive(Serialize, ToSchema)]
struct SentBody {
    /// To so many a link is on its way.
    invited: usize,
    /// So many had been invited, and their name or roles were changed.
    changed: usize,
    /// So many had been invited with the same words.
    invited_before: usize,
    /// So many are members already.
    members: usize,
    /// The rows that were left out.
    problems: Vec<RosterProblemBody>,
}

/// What is wrong with a row, and what to do about it.
#[derive(Serialize, ToSchema)]
struct RosterProblemBody {
    line: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<&'static str>,
    value: String,
    code: &'static str,
    message: String,
    remedy: &'static str,
}

/// Lists the invitations that nobody has accepted yet.
#[utoipa::path(
    get,
    path = "/organisations/{organisation}/invitations",
    params(PageParameters),
    responses((status = 200, body = ListBody<InvitationBody>)),
)]
async fn list(
    State(edge): State<Edge>,
    Path(Id(organisation)): Path<Id<OrganisationId>>,
    Paging { page, .. }: Paging,
) -> Result<Answer<ListBody<InvitationBody>>, HttpError> {
    let now = edge.clock.now();
    let page = edge
        .work(move |app| Ok(app.store.invitations(&organisation, &page)?))
        .await?;
    let show = |invitation| InvitationBody::new(invitation, now);
    Ok(Answer(ListBody::of(page, show)))
}

/// Invites everybody in the good rows of a table with the columns `email`, `name` and `roles`.
#[utoipa::path(
    post,
    path = "/organisations/{organisation}/invitations",
    request_body(content = String, content_type = "text/csv"),
    responses((status = 200, body = SentBody)),
)]
async fn invite(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(organisation)): Path<Id<OrganisationId>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Answer<SentBody>, HttpError> {
    let media_type = headers.get(CONTENT_TYPE);
    let media_type = media_type.and_then(|value| value.to_str().ok());
    let essence = media_type.and_then(|value| value.split(';').next());
    if !essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case("text/csv")) {
        return Err(HttpError::MediaType {
            expected: "text/csv",
        });
    }
    let bytes = body::read(body, ROSTER_BYTES).await?;
    let now = edge.clock.now();
    let sent = edge.work(move |app| roster::send(app, person.id, &organisation, &bytes, now));
    Ok(Answer(sent.await?.into()))
}

/// Sends the link again, with a new secret.
#[utoipa::path(
    post,
    path = "/organisations/{organisation}/invitations/{invitation}/send-again",
    responses((status = 200, body = InvitationBody)),
)]
async fn send_again(
    State(edge): State<Edge>,
    Path((Id(organisation), Id(id))): Path<(Id<OrganisationId>, Id<InvitationId>)>,
) -> Result<Answer<InvitationBody>, HttpError> {
    let now = edge.clock.now();
    let sent = edge.work(move |app| invitation::send_again(app, &organisation, id, now));
    Ok(Answer(InvitationBody::new(sent.await?, now)))
}

/// Withdraws an invitation.
#[utoipa::path(
    delete,
    path = "/organisations/{organisation}/invitations/{invitation}",
    responses((status = 204)),
)]
async fn withdraw(
    State(edge): State<Edge>,
    Path((Id(organisation), Id(id))): Path<(Id<OrganisationId>, Id<InvitationId>)>,
) -> Result<StatusCode, HttpError> {
    let now = edge.clock.now();
    edge.work(move |app| invitation::withdraw(app, &organisation, id, now))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Accepts an invitation for whoever asks, by the secret of the mailed link.
#[utoipa::path(
    post,
    path = "/invitations/accept",
    request_body = AcceptanceBody,
    responses((status = 200, body = MembershipBody)),
)]
async fn accept(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Json(body): Json<AcceptanceBody>,
) -> Result<Answer<MembershipBody>, HttpError> {
    let now = edge.clock.now();
    let member = edge.work(move |app| {
        let secret = body.secret.parse()?;
        invitation::accept_as(app, &person, &secret, now)
    });
    Ok(Answer(member.await?.into()))
}

impl InvitationBody {
    pub(super) fn new(invitation: Invitation, now: Timestamp) -> InvitationBody {
        InvitationBody {
            id: invitation.id,
            expires: invitation.expires(),
            state: match now < invitation.expires() {
                true => "waiting",
                false => "expired",
            },
            email: invitation.email,
            name: invitation.name,
            roles: invitation.roles,
            made: invitation.made,
            sent: invitation.sent,
        }
    }
}

impl From<Sent> for SentBody {
    fn from(sent: Sent) -> SentBody {
        SentBody {
            invited: sent.invited,
            changed: sent.changed,
            invited_before: sent.invited_before,
            members: sent.members,
            problems: sent
                .problems
                .into_iter()
                .map(RosterProblemBody::from)
                .collect(),
        }
    }
}

impl From<Problem> for RosterProblemBody {
    fn from(problem: Problem) -> RosterProblemBody {
        RosterProblemBody {
            line: problem.line,
            column: problem.column,
            value: problem.value,
            code: problem.code,
            message: problem.message,
            remedy: problem.remedy,
        }
    }
}
