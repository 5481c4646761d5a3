//! What officers of an issuer do with its badges, one by one, and the register they find them in.

use axum::Json as Answer;
use axum::extract::State;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, OpenApi, ToSchema};

use super::{BadgeBody, EditionBody};
use crate::app::App;
use crate::award::Achieved;
use crate::badge::changing::{self, About, Act, Decision};
use crate::badge::history::{self, Happening};
use crate::badge::register::{self, Filter};
use crate::badge::{Badge, BadgeState};
use crate::error::Error;
use crate::http::body::Json;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::openapi::DateTime;
use crate::http::paging::{ListBody, PageParameters, Paging};
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get, post};
use crate::id::{BadgeId, CriterionId, LevelId, MicroCredentialId, OrganisationId, PersonId};
use crate::log::LogPosition;
use crate::rights::Action;
use crate::text::Prose;

/// What the handlers say of themselves.
#[derive(OpenApi)]
#[openapi(paths(list, history, suspend, reinstate, correct, renew, update))]
pub struct Document;

pub fn routes() -> Vec<Route> {
    vec![
        get(
            "/organisations/{organisation}/badges",
            Action::ReadRegister,
            list,
        ),
        get("/badges/{badge}/history", Action::ReadBadgeHistory, history),
        post("/badges/{badge}/suspend", Action::RevokeBadge, suspend),
        post("/badges/{badge}/reinstate", Action::RevokeBadge, reinstate),
        post("/badges/{badge}/correct", Action::ReissueBadge, correct),
        post("/badges/{badge}/renew", Action::ReissueBadge, renew),
        post("/badges/{badge}/update", Action::UpdateBadge, update),
    ]
}

/// Which badges of an organisation are wanted.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct FilterParameters {
    /// Those for this version of a micro-credential.
    micro_credential: Option<MicroCredentialId>,
    /// Those that stand so.
    #[param(inline)]
    state: Option<BadgeState>,
    /// Those that were issued for the first time at this moment or later.
    #[param(value_type = Option<DateTime>)]
    issued_from: Option<Timestamp>,
    /// Those that were issued for the first time before this moment.
    #[param(value_type = Option<DateTime>)]
    issued_before: Option<Timestamp>,
    /// Those with this in the name of their earner or of what was earned.
    words: Option<String>,
}

/// Why a badge is changed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReasonBody {
    reason: Prose,
    /// The edition that was seen. If another took its place meanwhile, nothing is changed.
    #[serde(default)]
    edition: Option<u32>,
}

/// Why a badge is corrected, and which levels were reached if it says others.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CorrectBody {
    reason: Prose,
    /// The edition that was seen. If another took its place meanwhile, nothing is changed.
    #[serde(default)]
    edition: Option<u32>,
    /// Levels in the place of those that the badge says were reached; the others stay.
    #[serde(default)]
    results: Vec<ResultBody>,
}

/// The level that was reached in one criterion.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ResultBody {
    criterion: CriterionId,
    level: LevelId,
}

/// A badge as it stands in the register of its issuer.
#[derive(Serialize, ToSchema)]
struct RegisteredBody {
    id: BadgeId,
    url: String,
    micro_credential: MicroCredentialId,
    /// What was earned.
    title: String,
    /// Who earned it.
    earner: PersonId,
    earner_name: String,
    state: BadgeState,
    #[schema(value_type = DateTime)]
    issued: Timestamp,
    edition: EditionBody,
}

/// Everything that happened to a badge.
#[derive(Serialize, ToSchema)]
struct HistoryBody {
    badge: BadgeId,
    state: BadgeState,
    /// Oldest first.
    happenings: Vec<HappeningBody>,
}

/// One thing that happened to a badge.
#[derive(Serialize, ToSchema)]
struct HappeningBody {
    /// `issued`, `corrected`, `renewed`, `suspended`, `reinstated` or `revoked`.
    what: &'static str,
    edition: u32,
    #[schema(value_type = DateTime)]
    at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<PersonId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Prose>,
    log_position: LogPosition,
}

/// Lists the badges of an organisation, the one that was issued last first.
#[utoipa::path(
    get,
    path = "/organisations/{organisation}/badges",
    params(PageParameters, FilterParameters),
    responses((status = 200, body = ListBody<RegisteredBody>)),
)]
async fn list(
    State(edge): State<Edge>,
    Path(Id(organisation)): Path<Id<OrganisationId>>,
    Paging { page, filter }: Paging<FilterParameters>,
) -> Result<Answer<ListBody<RegisteredBody>>, HttpError> {
    let now = edge.clock.now();
    let filter = filter.into();
    let found = edge
        .work(move |app| register::page(app, &organisation, &filter, &page, now))
        .await?;
    let show = |row| RegisteredBody::new(&edge, row);
    Ok(Answer(ListBody::of(found, show)))
}

/// Tells everything that happened to a badge.
#[utoipa::path(
    get,
    path = "/badges/{badge}/history",
    responses((status = 200, body = HistoryBody)),
)]
async fn history(
    State(edge): State<Edge>,
    Path(Id(id)): Path<Id<BadgeId>>,
) -> Result<Answer<HistoryBody>, HttpError> {
    let now = edge.clock.now();
    let find = edge.work(move |app| app.store.badge(id)?.ok_or(Error::NotFound));
    let badge = find.await?;
    Ok(Answer(HistoryBody {
        badge: badge.id,
        state: badge.state(now),
        happenings: history::of(&badge)
            .into_iter()
            .map(HappeningBody::from)
            .collect(),
    }))
}

/// Suspends a badge: until it is decided about it does not count.
#[utoipa::path(
    post,
    path = "/badges/{badge}/suspend",
    request_body = ReasonBody,
    responses((status = 200, body = BadgeBody)),
)]
async fn suspend(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<BadgeId>>,
    Json(body): Json<ReasonBody>,
) -> Result<Answer<BadgeBody>, HttpError> {
    decided(&edge, caller, id, Act::Suspend, body).await
}

/// Lets a suspended badge count again, in a further edition.
#[utoipa::path(
    post,
    path = "/badges/{badge}/reinstate",
    request_body = ReasonBody,
    responses((status = 200, body = BadgeBody)),
)]
async fn reinstate(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<BadgeId>>,
    Json(body): Json<ReasonBody>,
) -> Result<Answer<BadgeBody>, HttpError> {
    decided(&edge, caller, id, Act::Reinstate, body).await
}

/// Issues a badge again as its holder's account has it now, and with other levels if some are given.
#[utoipa::path(
    post,
    path = "/badges/{badge}/correct",
    request_body = CorrectBody,
    responses((status = 200, body = BadgeBody)),
)]
async fn correct(
    State(edge): State<Edge>,
    Caller {
        person: officer, ..
    }: Caller,
    Path(Id(id)): Path<Id<BadgeId>>,
    Json(body): Json<CorrectBody>,
) -> Result<Answer<BadgeBody>, HttpError> {
    let (now, about) = (edge.clock.now(), seen(body.edition));
    let levels: Vec<Achieved> = body.results.into_iter().map(Achieved::from).collect();
    let decision = Decision {
        act: Act::Correct,
        by: officer.id,
        reason: body.reason,
        bulk: None,
    };
    let correct = move |app: &App| match levels.is_empty() {
        true => changing::decide(app, id, about, &decision, now),
        false => changing::correct_results(app, id, about, &decision, levels, now),
    };
    let badge = edge.work(correct).await?;
    Ok(Answer(BadgeBody::new(&edge, badge)))
}

/// Issues a badge again for another term.
#[utoipa::path(
    post,
    path = "/badges/{badge}/renew",
    request_body = ReasonBody,
    responses((status = 200, body = BadgeBody)),
)]
async fn renew(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<BadgeId>>,
    Json(body): Json<ReasonBody>,
) -> Result<Answer<BadgeBody>, HttpError> {
    decided(&edge, caller, id, Act::Renew, body).await
}

/// Issues a badge of one's own again, so that it says what the account says now.
#[utoipa::path(
    post,
    path = "/badges/{badge}/update",
    responses((status = 200, body = BadgeBody)),
)]
async fn update(
    State(edge): State<Edge>,
    Caller { person: holder, .. }: Caller,
    Path(Id(id)): Path<Id<BadgeId>>,
) -> Result<Answer<BadgeBody>, HttpError> {
    let now = edge.clock.now();
    let badge = edge
        .work(move |app| changing::update(app, &holder, id, now))
        .await?;
    Ok(Answer(BadgeBody::new(&edge, badge)))
}

async fn decided(
    edge: &Edge,
    caller: Caller,
    id: BadgeId,
    act: Act,
    body: ReasonBody,
) -> Result<Answer<BadgeBody>, HttpError> {
    let (now, about) = (edge.clock.now(), seen(body.edition));
    let decision = Decision {
        act,
        by: caller.person.id,
        reason: body.reason,
        bulk: None,
    };
    let decide = edge.work(move |app| changing::decide(app, id, about, &decision, now));
    let badge: Badge = decide.await?;
    Ok(Answer(BadgeBody::new(edge, badge)))
}

fn seen(edition: Option<u32>) -> About {
    edition.map_or(About::Current, About::Edition)
}

impl From<FilterParameters> for Filter {
    fn from(asked: FilterParameters) -> Filter {
        Filter {
            micro_credential: asked.micro_credential,
            state: asked.state,
            issued_from: asked.issued_from,
            issued_before: asked.issued_before,
            words: asked.words,
        }
    }
}

impl From<ResultBody> for Achieved {
    fn from(body: ResultBody) -> Achieved {
        Achieved {
            criterion: body.criterion,
            level: body.level,
        }
    }
}

impl RegisteredBody {
    fn new(edge: &Edge, row: register::Row) -> RegisteredBody {
        RegisteredBody {
            id: row.badge.id,
            url: edge.app.site.badge(row.badge.id),
            title: row.title,
            earner: row.badge.earner,
            earner_name: row.earner,
            state: row.state,
            issued: row.badge.first().issued,
            edition: row.badge.current().clone().into(),
            micro_credential: row.badge.micro_credential,
        }
    }
}

impl From<Happening> for HappeningBody {
    fn from(happening: Happening) -> HappeningBody {
        HappeningBody {
            what: happening.what.name(),
            edition: happening.edition,
            at: happening.at,
            by: happening.by,
            reason: happening.reason,
            log_position: happening.log,
        }
    }
}
