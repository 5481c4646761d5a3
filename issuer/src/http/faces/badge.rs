//! A badge in all its faces at one address: page, JSON, JWT and baked pictures.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};

use super::badge_page::{self, Looker};
use super::{CREDENTIAL_JSON, CREDENTIAL_JWT, of_type};
use crate::badge::history::{self as happened, Happening};
use crate::badge::{self, Badge, BadgeState, Viewer, Visibility};
use crate::bake;
use crate::http::api::evidence::{self, Audience};
use crate::http::caller::AnyCaller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::negotiation::Face;
use crate::http::parameter::{Id, Path};
use crate::http::range::RangeAsked;
use crate::http::route::{Route, get};
use crate::id::{BadgeId, EvidenceId, RefreshId};
use crate::issued::Issued;
use crate::log::LogPosition;
use crate::micro_credential;
use crate::person::Person;
use crate::picture;
use crate::rights::Action;
use crate::text::Prose;
use schemas::timestamp::Timestamp;
use serde::Serialize;

pub fn routes() -> Vec<Route> {
    vec![
        get("/badges/{name}", Action::ReadPublished, shown),
        get(
            "/badges/{badge}/evidence/{evidence}",
            Action::ReadPublished,
            shared_evidence,
        ),
        get("/badges/{badge}/manifest", Action::ReadPublished, manifest),
        get("/badges/{badge}/history", Action::ReadPublished, history),
        get("/refresh/{secret}", Action::ReadPublished, refreshed),
    ]
}

async fn shown(
    State(edge): State<Edge>,
    AnyCaller(caller): AnyCaller,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, HttpError> {
    let (id, face) = Face::by_extension(&name);
    let id: BadgeId = id.parse().map_err(|_| HttpError::NotFound)?;
    let face = face.or_else(|| Face::by_accept(&headers, &FACES));
    let person = caller.map(|caller| caller.person);
    let looking = person.clone();
    let (badge, issued, newer) = edge
        .work(move |app| {
            let viewer = viewer_of(looking.as_ref());
            let (badge, issued) = badge::view(app, id, viewer)?;
            let newer = happened::superseded_by(app, &badge, viewer)?;
            Ok((badge, issued, newer))
        })
        .await?;
    let of_badge = shared_headers(badge.visibility);
    let body = match face {
        Some(Face::Page) => {
            let looker = match person.is_some_and(|person| person.is(badge.earner)) {
                true => Looker::Holder,
                false => Looker::Other,
            };
            badge_page::show(&edge, badge, issued, newer, looker).await?
        }
        Some(Face::Json) => (of_type(CREDENTIAL_JSON), issued.json().to_owned()).into_response(),
        Some(Face::Jwt) => (of_type(CREDENTIAL_JWT), issued.jwt().to_owned()).into_response(),
        Some(Face::Png) => {
            (of_type("image/png"), baked(&edge, badge, issued).await?).into_response()
        }
        Some(Face::Svg) => {
            let mut headers = of_type("image/svg+xml");
            headers.insert(
                CONTENT_SECURITY_POLICY,
                HeaderValue::from_static(OF_PICTURE),
            );
            (headers, baked_svg(&edge, badge, issued).await?).into_response()
        }
        None => return Err(HttpError::NotAcceptable),
    };
    Ok((of_badge, body).into_response())
}

/// The picture with the credential in it. JSON rather than JWT: its proof is one that every
/// certified verifier reads, whatever key the issuer signs JWTs with.
pub(in crate::http) async fn baked(
    edge: &Edge,
    badge: Badge,
    issued: Issued,
) -> Result<Vec<u8>, HttpError> {
    let picture = edge
        .work(move |app| {
            let earned = micro_credential::published(app, &badge.micro_credential)?;
            picture::for_baking(app, &earned)
        })
        .await?;
    bake::bake(&picture, issued.json()).map_err(HttpError::fault)
}

/// The same as an SVG.
pub(in crate::http) async fn baked_svg(
    edge: &Edge,
    badge: Badge,
    issued: Issued,
) -> Result<Vec<u8>, HttpError> {
    let picture = edge
        .work(move |app| {
            let earned = micro_credential::published(app, &badge.micro_credential)?;
            picture::for_baking_svg(app, &earned)
        })
        .await?;
    bake::svg::bake(&picture, issued.json()).map_err(HttpError::fault)
}

/// The current edition at the address that old copies know (1EdTech Credential Refresh).
async fn refreshed(
    State(edge): State<Edge>,
    Path(Id(secret)): Path<Id<RefreshId>>,
    headers: HeaderMap,
) -> Result<Response, HttpError> {
    let face = Face::by_accept(&headers, &[Face::Json, Face::Jwt]);
    let (_, issued) = edge.work(move |app| badge::refresh(app, secret)).await?;
    match face {
        Some(Face::Jwt) => Ok((of_type(CREDENTIAL_JWT), issued.jwt().to_owned()).into_response()),
        _ => Ok((of_type(CREDENTIAL_JSON), issued.json().to_owned()).into_response()),
    }
}

async fn shared_evidence(
    State(edge): State<Edge>,
    caller: AnyCaller,
    Path((Id(badge), Id(piece))): Path<(Id<BadgeId>, Id<EvidenceId>)>,
    asked: RangeAsked,
) -> Result<Response, HttpError> {
    let found = edge
        .work(move |app| badge::evidence(app, badge, piece, caller.viewer()))
        .await?;
    let handed = evidence::hand_out(&edge, found, Audience::Public, &asked).await?;
    let unlisted = [(ROBOTS, HeaderValue::from_static("noindex"))];
    Ok((unlisted, handed).into_response())
}

/// The manifest of what was assessed, byte for byte as the badge has its digest.
async fn manifest(
    State(edge): State<Edge>,
    caller: AnyCaller,
    Path(Id(badge)): Path<Id<BadgeId>>,
) -> Result<Response, HttpError> {
    let found = edge
        .work(move |app| badge::manifest(app, badge, caller.viewer()))
        .await?;
    let mut headers = of_type("application/json");
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    headers.insert(ROBOTS, HeaderValue::from_static("noindex"));
    Ok((headers, found.canonical_json()).into_response())
}

/// What happened to the badge, for programs. Who did it is nobody's business here.
async fn history(
    State(edge): State<Edge>,
    caller: AnyCaller,
    Path(Id(id)): Path<Id<BadgeId>>,
) -> Result<Response, HttpError> {
    let now = edge.clock.now();
    let (badge, newer) = edge
        .work(move |app| {
            let viewer = caller.viewer();
            let (badge, _) = badge::view(app, id, viewer)?;
            let newer = happened::superseded_by(app, &badge, viewer)?;
            Ok((badge, newer))
        })
        .await?;
    let told = |happening: Happening| ToldBody {
        what: happening.what.name(),
        edition: happening.edition,
        at: happening.at,
        reason: happening.explained_to_all(&badge).cloned(),
        log_position: happening.log,
    };
    let body = HistoryBody {
        badge: edge.app.site.badge(badge.id),
        state: badge.state(now),
        current_edition: badge.current().number,
        superseded_by: newer.map(|newer| edge.app.site.badge(newer)),
        happenings: happened::of(&badge).into_iter().map(told).collect(),
    };
    Ok((shared_headers(badge.visibility), Json(body)).into_response())
}

/// What happened to a badge, as its page tells it.
#[derive(Serialize)]
struct HistoryBody {
    badge: String,
    state: BadgeState,
    current_edition: u32,
    /// The badge of a newer version of the same micro-credential, if its holder shows it to everybody.
    #[serde(skip_serializing_if = "Option::is_none")]
    superseded_by: Option<String>,
    /// Oldest first.
    happenings: Vec<ToldBody>,
}

/// One thing that happened to a badge.
#[derive(Serialize)]
struct ToldBody {
    what: &'static str,
    edition: u32,
    at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Prose>,
    log_position: LogPosition,
}

fn viewer_of(person: Option<&Person>) -> Viewer<'_> {
    person.map_or(Viewer::Stranger, Viewer::Person)
}

/// What a cache may keep and a search engine may list, by what the holder decided.
pub(in crate::http) fn shared_headers(visibility: Visibility) -> HeaderMap {
    let (cache, robots) = match visibility {
        Visibility::Private => ("private, no-store", Some("noindex, nofollow")),
        // A minute: a revocation is seen within it.
        Visibility::Link => ("private, max-age=60", Some("noindex, nofollow")),
        Visibility::Public => ("public, max-age=60", None),
    };
    let mut headers = HeaderMap::new();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    if let Some(robots) = robots {
        headers.insert(ROBOTS, HeaderValue::from_static(robots));
    }
    headers
}

/// The faces of a badge, the one for people first.
const FACES: [Face; 5] = [Face::Page, Face::Json, Face::Jwt, Face::Png, Face::Svg];

/// A picture of lines runs nothing and asks for nothing but what it brings.
const OF_PICTURE: &str = "default-src 'none'; img-src data:; sandbox";

pub(super) const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");
