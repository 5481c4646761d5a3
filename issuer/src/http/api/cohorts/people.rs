//! Who is in a cohort, who facilitates it, and leaving it.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::{Extension, response::Response};
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use super::{ChoicesBody, ParticipantBody};
use crate::cohort::facilitating::{self, Appointment};
use crate::cohort::people::{self, Part, Words};
use crate::http::body::Json;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::openapi::DateTime;
use crate::http::paging::ListBody;
use crate::http::parameter::{Id, Path};
use crate::http::repeating::ShownOnce;
use crate::http::route::{Route, delete, get, post, put};
use crate::id::{CohortId, InvitationId, PersonId};
use crate::link::LinkSecret;
use crate::page::Page;
use crate::person::Email;
use crate::rights::Action;
use crate::text::Line;

/// What the handlers say of themselves.
#[derive(OpenApi)]
#[openapi(paths(
    list, invite, remove, choose, leave, asked, appoint, withdraw, facilitate
))]
pub struct Document;

pub fn routes() -> Vec<Route> {
    let (lead, own) = (Action::LeadCohorts, Action::LeaveCohort);
    let asked_path = "/cohorts/{cohort}/facilitators/invitations";
    vec![
        get("/cohorts/{cohort}/people", Action::ReadCohort, list),
        post("/cohorts/{cohort}/people", lead, invite),
        delete("/cohorts/{cohort}/people/{participant}", lead, remove),
        put("/cohorts/{cohort}/choices", own, choose),
        post("/cohorts/{cohort}/leave", own, leave),
        get(asked_path, Action::ReadCohorts, asked),
        post(asked_path, lead, appoint),
        delete(&format!("{asked_path}/{{appointment}}"), lead, withdraw),
        post(
            "/cohorts/invitations/{cohort_link}/accept",
            Action::JoinCohort,
            facilitate,
        ),
    ]
}

#[derive(Serialize, ToSchema)]
struct NamedBody {
    person: PersonId,
    name: Line,
    part: Part,
    #[schema(value_type = DateTime)]
    since: Timestamp,
}

/// A member of the organisation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct InviteBody {
    person: PersonId,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LeaveBody {
    /// Whether what one said stays under one's name, or goes too.
    #[serde(default)]
    words: WordsBody,
}

#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum WordsBody {
    #[default]
    Stay,
    GoToo,
}

/// Who is asked to facilitate. With an address, the link is mailed there.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AppointBody {
    name: Line,
    #[serde(default)]
    email: Option<Email>,
}

#[derive(Serialize, ToSchema)]
struct AskedBody {
    id: InvitationId,
    name: Line,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<Email>,
    #[schema(value_type = DateTime)]
    asked: Timestamp,
}

#[derive(Serialize, ToSchema)]
struct AppointedBody {
    #[serde(flatten)]
    asked: AskedBody,
    /// The link, which is told this once. Whoever opens it first, signed in, and agrees facilitates.
    link: String,
}

/// Lists who is in a cohort. Members of it do not see who is only invited.
#[utoipa::path(
    get,
    path = "/cohorts/{cohort}/people",
    responses((status = 200, body = ListBody<NamedBody>)),
)]
async fn list(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(id)): Path<Id<CohortId>>,
) -> Result<Answer<ListBody<NamedBody>>, HttpError> {
    let found = edge.work(move |app| people::seen_by(app, id, person.id));
    let whole = Page {
        items: found.await?,
        next: None,
    };
    Ok(Answer(ListBody::of(whole, |(known, name)| NamedBody {
        person: known.person,
        name,
        part: known.part,
        since: known.since,
    })))
}

/// Invites a member of the organisation, who joins or says no.
#[utoipa::path(
    post,
    path = "/cohorts/{cohort}/people",
    request_body = InviteBody,
    responses((status = 201, body = ParticipantBody)),
)]
async fn invite(
    State(edge): State<Edge>,
    Path(Id(id)): Path<Id<CohortId>>,
    Json(body): Json<InviteBody>,
) -> Result<(StatusCode, Answer<ParticipantBody>), HttpError> {
    let now = edge.clock.now();
    let invited = edge.work(move |app| people::invite(app, id, body.person, now));
    Ok((StatusCode::CREATED, Answer(invited.await?.into())))
}

/// Takes somebody out of a cohort, or an invitation back. What they said stays.
#[utoipa::path(
    delete,
    path = "/cohorts/{cohort}/people/{participant}",
    responses((status = 204)),
)]
async fn remove(
    State(edge): State<Edge>,
    Path((Id(id), Id(participant))): Path<(Id<CohortId>, Id<PersonId>)>,
) -> Result<StatusCode, HttpError> {
    edge.work(move |app| people::remove(app, id, participant))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Says what one wants in a cohort from now on.
#[utoipa::path(
    put,
    path = "/cohorts/{cohort}/choices",
    request_body = ChoicesBody,
    responses((status = 200, body = ParticipantBody)),
)]
async fn choose(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(id)): Path<Id<CohortId>>,
    Json(body): Json<ChoicesBody>,
) -> Result<Answer<ParticipantBody>, HttpError> {
    let chosen = edge.work(move |app| people::choose(app, &person, id, body.into()));
    Ok(Answer(chosen.await?.into()))
}

/// Leaves a cohort.
#[utoipa::path(
    post,
    path = "/cohorts/{cohort}/leave",
    request_body = LeaveBody,
    responses((status = 204)),
)]
async fn leave(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(id)): Path<Id<CohortId>>,
    Json(body): Json<LeaveBody>,
) -> Result<StatusCode, HttpError> {
    let words = match body.words {
        WordsBody::Stay => Words::Stay,
        WordsBody::GoToo => Words::GoToo,
    };
    edge.work(move |app| people::leave(app, &person, id, words))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lists who is asked to facilitate, and has not answered.
#[utoipa::path(
    get,
    path = "/cohorts/{cohort}/facilitators/invitations",
    responses((status = 200, body = ListBody<AskedBody>)),
)]
async fn asked(
    State(edge): State<Edge>,
    Path(Id(id)): Path<Id<CohortId>>,
) -> Result<Answer<ListBody<AskedBody>>, HttpError> {
    let now = edge.clock.now();
    let found = edge.work(move |app| facilitating::appointments(app, id, now));
    let whole = Page {
        items: found.await?,
        next: None,
    };
    Ok(Answer(ListBody::of(whole, AskedBody::from)))
}

/// Asks somebody to facilitate, a member of the organisation or not.
#[utoipa::path(
    post,
    path = "/cohorts/{cohort}/facilitators/invitations",
    request_body = AppointBody,
    responses((status = 201, body = AppointedBody)),
)]
async fn appoint(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(id)): Path<Id<CohortId>>,
    Json(body): Json<AppointBody>,
) -> Result<Response, HttpError> {
    let now = edge.clock.now();
    let asked =
        edge.work(move |app| facilitating::appoint(app, person.id, id, body.name, body.email, now));
    let (asked, secret) = asked.await?;
    let appointed = AppointedBody {
        asked: asked.into(),
        link: edge.app.site.cohort_invitation(&secret),
    };
    let answer = (StatusCode::CREATED, Extension(ShownOnce), Answer(appointed));
    Ok(answer.into_response())
}

/// Asks somebody no longer; the link is of no use any more.
#[utoipa::path(
    delete,
    path = "/cohorts/{cohort}/facilitators/invitations/{appointment}",
    responses((status = 204)),
)]
async fn withdraw(
    State(edge): State<Edge>,
    Path((Id(id), Id(appointment))): Path<(Id<CohortId>, Id<InvitationId>)>,
) -> Result<StatusCode, HttpError> {
    edge.work(move |app| facilitating::withdraw(app, id, appointment))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Facilitates from now on. The link is of no use to anybody else.
#[utoipa::path(
    post,
    path = "/cohorts/invitations/{cohort_link}/accept",
    responses((status = 200, body = ParticipantBody)),
)]
async fn facilitate(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(secret): Path<String>,
) -> Result<Answer<ParticipantBody>, HttpError> {
    let (secret, now) = (secret.parse::<LinkSecret>()?, edge.clock.now());
    let accepted = edge.work(move |app| facilitating::accept(app, &person, &secret, now));
    Ok(Answer(accepted.await?.into()))
}

impl From<Appointment> for AskedBody {
    fn from(asked: Appointment) -> AskedBody {
        AskedBody {
            id: asked.id,
            name: asked.name,
            email: asked.email,
            asked: asked.asked,
        }
    }
}
