//! Badges: what their earner may decide about them, and what the issuing officer may.

pub mod bulks;
pub mod officers;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use crate::badge::history::What;
use crate::badge::{self, Badge, Edition, Ending, Visibility};
use crate::error::Error;
use crate::http::body::Json;
use crate::http::bundle;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::openapi::DateTime;
use crate::http::paging::{ListBody, PageParameters, Paging};
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get, post, put};
use crate::http::tags::IfMatch;
use crate::id::{AwardId, BadgeId, MicroCredentialId};
use crate::log::LogPosition;
use crate::revocation;
use crate::rights::Action;
use crate::text::Prose;

/// What the handlers say of themselves.
#[derive(OpenApi)]
#[openapi(paths(mine, show, set_visibility, archive, revoke))]
pub struct Document;

pub fn routes() -> Vec<Route> {
    let own = vec![
        get("/badges", Action::ReadOwnBadges, mine),
        get("/badges/{badge}", Action::ReadBadge, show),
        get("/badges/{badge}/archive", Action::ReadBadge, archive),
        put(
            "/badges/{badge}/visibility",
            Action::ShareBadge,
            set_visibility,
        )
        .minding_tags(),
        post("/badges/{badge}/revoke", Action::RevokeBadge, revoke),
    ];
    let further = officers::routes().into_iter().chain(bulks::routes());
    own.into_iter().chain(further).collect()
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct VisibilityBody {
    visibility: Visibility,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RevokeBody {
    reason: Prose,
}

#[derive(Serialize, ToSchema)]
pub(super) struct BadgeBody {
    id: BadgeId,
    url: String,
    award: AwardId,
    micro_credential: MicroCredentialId,
    visibility: Visibility,
    editions: Vec<EditionBody>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct EditionBody {
    number: u32,
    /// What it was issued for: `issued`, `corrected`, `renewed` or `reinstated`.
    because: &'static str,
    #[schema(value_type = DateTime)]
    issued: Timestamp,
    #[schema(value_type = Option<DateTime>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_until: Option<Timestamp>,
    log_position: LogPosition,
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked: Option<RevocationBody>,
}

#[derive(Serialize, ToSchema)]
struct RevocationBody {
    /// Whether the badge was taken back, is suspended, or goes on in the next edition.
    ending: Ending,
    #[schema(value_type = DateTime)]
    at: Timestamp,
    reason: Prose,
    log_position: LogPosition,
}

/// Lists one's own badges.
#[utoipa::path(
    get,
    path = "/badges",
    params(PageParameters),
    responses((status = 200, body = ListBody<BadgeBody>)),
)]
async fn mine(
    State(edge): State<Edge>,
    Caller { person: earner, .. }: Caller,
    Paging { page, .. }: Paging,
) -> Result<Answer<ListBody<BadgeBody>>, HttpError> {
    let badges = edge
        .work(move |app| Ok(app.store.badges_of(earner.id, &page)?))
        .await?;
    let show = |badge| BadgeBody::new(&edge, badge);
    Ok(Answer(ListBody::of(badges, show)))
}

/// Shows a badge of one's own.
#[utoipa::path(
    get,
    path = "/badges/{badge}",
    responses((status = 200, body = BadgeBody)),
)]
async fn show(
    State(edge): State<Edge>,
    Caller { person: earner, .. }: Caller,
    Path(Id(id)): Path<Id<BadgeId>>,
) -> Result<Answer<BadgeBody>, HttpError> {
    let found = edge
        .work(move |app| {
            let found = app.store.badge(id)?;
            found
                .filter(|badge| badge.earner == earner.id)
                .ok_or(Error::NotFound)
        })
        .await?;
    Ok(Answer(BadgeBody::new(&edge, found)))
}

/// Hands out all files of a badge of one's own in one archive, with a note on how each is verified.
#[utoipa::path(
    get,
    path = "/badges/{badge}/archive",
    responses((status = 200, body = String, content_type = "application/zip")),
)]
pub async fn archive(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(id)): Path<Id<BadgeId>>,
) -> Result<Response, HttpError> {
    bundle::of_badge(&edge, person, id).await
}

/// Says who may see a badge of one's own.
#[utoipa::path(
    put,
    path = "/badges/{badge}/visibility",
    request_body = VisibilityBody,
    responses((status = 200, body = BadgeBody)),
)]
async fn set_visibility(
    State(edge): State<Edge>,
    Caller { person: earner, .. }: Caller,
    Path(Id(id)): Path<Id<BadgeId>>,
    if_match: IfMatch,
    Json(body): Json<VisibilityBody>,
) -> Result<Answer<BadgeBody>, HttpError> {
    let shown = edge.clone();
    let changed = edge
        .work(move |app| {
            let is_as_read =
                |badge: &Badge| if_match.lets_change(&BadgeBody::new(&shown, badge.clone()));
            badge::set_visibility_if(app, &earner, id, body.visibility, is_as_read)
                .map_err(|error| if_match.of_conflict(error))
        })
        .await?;
    Ok(Answer(BadgeBody::new(&edge, changed)))
}

/// Revokes a badge, which is final.
#[utoipa::path(
    post,
    path = "/badges/{badge}/revoke",
    request_body = RevokeBody,
    responses((status = 201, body = RevocationBody)),
)]
async fn revoke(
    State(edge): State<Edge>,
    Caller {
        person: officer, ..
    }: Caller,
    Path(Id(id)): Path<Id<BadgeId>>,
    Json(body): Json<RevokeBody>,
) -> Result<(StatusCode, Answer<RevocationBody>), HttpError> {
    let now = edge.clock.now();
    let revocation = edge
        .work(move |app| revocation::revoke(app, &officer, id, body.reason, now))
        .await?;
    Ok((StatusCode::CREATED, Answer(revocation.into())))
}

impl BadgeBody {
    fn new(edge: &Edge, badge: Badge) -> BadgeBody {
        BadgeBody {
            id: badge.id,
            url: edge.app.site.badge(badge.id),
            award: badge.award,
            micro_credential: badge.micro_credential,
            visibility: badge.visibility,
            editions: badge.editions.into_iter().map(EditionBody::from).collect(),
        }
    }
}

impl From<Edition> for EditionBody {
    fn from(edition: Edition) -> EditionBody {
        EditionBody {
            number: edition.number,
            because: What::of(&edition.origin).name(),
            valid_until: edition.valid_until,
            issued: edition.issued,
            log_position: edition.log,
            revoked: edition.revoked.map(RevocationBody::from),
        }
    }
}

impl From<badge::Revocation> for RevocationBody {
    fn from(revocation: badge::Revocation) -> RevocationBody {
        RevocationBody {
            ending: revocation.ending,
            at: revocation.at,
            reason: revocation.reason,
            log_position: revocation.log,
        }
    }
}
