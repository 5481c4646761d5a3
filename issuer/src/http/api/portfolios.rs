//! Portfolios: one's own, and those that others show.

use std::collections::BTreeSet;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use crate::badge::{BadgeState, Visibility};
use crate::http::body::Json;
use crate::http::caller::{AnyCaller, Caller};
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::openapi::DateTime;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, delete, get, post, put};
use crate::id::{BadgeId, LearningId, PortfolioId};
use crate::learning::{Day, Entry, Mode};
use crate::portfolio::{self, Content, NameShown, Portfolio, Shown, ShownBadge};
use crate::rights::Action;
use crate::submission::Link;
use crate::text::{Line, Prose};

/// What the handlers say of themselves.
#[derive(OpenApi)]
#[openapi(paths(list, begin, own, change, remove, show))]
pub struct Document;

pub fn routes() -> Vec<Route> {
    let (read, write) = (Action::ReadPortfolio, Action::ChangePortfolio);
    vec![
        get("/people/me/portfolios", Action::ReadPortfolios, list),
        post("/people/me/portfolios", Action::BeginPortfolio, begin),
        get("/people/me/portfolios/{portfolio}", read, own),
        put("/people/me/portfolios/{portfolio}", write, change),
        delete("/people/me/portfolios/{portfolio}", write, remove),
        get("/portfolios/{portfolio}", Action::ReadPublished, show),
    ]
}

/// What a portfolio says and shows.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ContentBody {
    title: Line,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    introduction: Option<Prose>,
    /// Whether it says whose it is; withheld if nothing is said.
    #[serde(default)]
    name: NameShown,
    /// Who may see it. A private one exists for its owner alone.
    visibility: Visibility,
    /// Badges of one's own, 200 at most. Strangers see those that they may see anyway.
    #[serde(default)]
    badges: BTreeSet<BadgeId>,
    /// Entries of one's own learning log, 200 at most.
    #[serde(default)]
    learning: BTreeSet<LearningId>,
}

/// A portfolio of one's own.
#[derive(Serialize, ToSchema)]
struct PortfolioBody {
    id: PortfolioId,
    /// Where others find it.
    url: String,
    #[serde(flatten)]
    content: ContentBody,
}

/// One's portfolios, ten at most.
#[derive(Serialize, ToSchema)]
struct PortfoliosBody {
    items: Vec<PortfolioBody>,
}

/// A portfolio as others see it.
#[derive(Serialize, ToSchema)]
struct ShownBody {
    url: String,
    title: Line,
    #[serde(skip_serializing_if = "Option::is_none")]
    introduction: Option<Prose>,
    /// Whose it is, where that is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<Line>,
    badges: Vec<ShownBadgeBody>,
    learning: Vec<ShownEntryBody>,
}

/// A badge in a portfolio.
#[derive(Serialize, ToSchema)]
struct ShownBadgeBody {
    url: String,
    title: String,
    issuer: String,
    #[schema(value_type = DateTime)]
    awarded: Timestamp,
    state: BadgeState,
}

/// Something that was read, watched or visited.
#[derive(Serialize, ToSchema)]
struct ShownEntryBody {
    mode: Mode,
    title: Line,
    #[serde(skip_serializing_if = "Option::is_none")]
    day: Option<Day>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<Prose>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<Link>,
}

/// Lists one's own portfolios.
#[utoipa::path(
    get,
    path = "/people/me/portfolios",
    responses((status = 200, body = PortfoliosBody)),
)]
async fn list(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
) -> Result<Answer<PortfoliosBody>, HttpError> {
    let found = edge.work(move |app| portfolio::all(app, &person)).await?;
    let items = found.into_iter().map(|one| PortfolioBody::of(&edge, one));
    Ok(Answer(PortfoliosBody {
        items: items.collect(),
    }))
}

/// Begins a portfolio.
#[utoipa::path(
    post,
    path = "/people/me/portfolios",
    request_body = ContentBody,
    responses((status = 201, body = PortfolioBody)),
)]
async fn begin(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Json(body): Json<ContentBody>,
) -> Result<(StatusCode, Answer<PortfolioBody>), HttpError> {
    let begun = edge
        .work(move |app| portfolio::begin(app, &person, body.into()))
        .await?;
    Ok((StatusCode::CREATED, Answer(PortfolioBody::of(&edge, begun))))
}

/// Shows one of one's own portfolios as it was written.
#[utoipa::path(
    get,
    path = "/people/me/portfolios/{portfolio}",
    responses((status = 200, body = PortfolioBody)),
)]
async fn own(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(id)): Path<Id<PortfolioId>>,
) -> Result<Answer<PortfolioBody>, HttpError> {
    let found = edge
        .work(move |app| portfolio::own(app, &person, id))
        .await?;
    Ok(Answer(PortfolioBody::of(&edge, found)))
}

/// Changes what a portfolio says and shows, and who may see it.
#[utoipa::path(
    put,
    path = "/people/me/portfolios/{portfolio}",
    request_body = ContentBody,
    responses((status = 200, body = PortfolioBody)),
)]
async fn change(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(id)): Path<Id<PortfolioId>>,
    Json(body): Json<ContentBody>,
) -> Result<Answer<PortfolioBody>, HttpError> {
    let changed = edge
        .work(move |app| portfolio::change(app, &person, id, body.into()))
        .await?;
    Ok(Answer(PortfolioBody::of(&edge, changed)))
}

/// Takes a portfolio out. What it showed stays as it is.
#[utoipa::path(
    delete,
    path = "/people/me/portfolios/{portfolio}",
    responses((status = 204)),
)]
async fn remove(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(id)): Path<Id<PortfolioId>>,
) -> Result<StatusCode, HttpError> {
    edge.work(move |app| portfolio::remove(app, &person, id))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Shows a portfolio as strangers see it.
#[utoipa::path(
    get,
    path = "/portfolios/{portfolio}",
    responses((status = 200, body = ShownBody)),
)]
async fn show(
    State(edge): State<Edge>,
    caller: AnyCaller,
    Path(Id(id)): Path<Id<PortfolioId>>,
) -> Result<Answer<ShownBody>, HttpError> {
    let now = edge.clock.now();
    let found = edge
        .work(move |app| portfolio::show(app, id, caller.viewer(), now))
        .await?;
    Ok(Answer(ShownBody::of(&edge, found)))
}

impl From<ContentBody> for Content {
    fn from(body: ContentBody) -> Content {
        Content {
            title: body.title,
            introduction: body.introduction,
            name: body.name,
            visibility: body.visibility,
            badges: body.badges,
            learning: body.learning,
        }
    }
}

impl PortfolioBody {
    fn of(edge: &Edge, portfolio: Portfolio) -> PortfolioBody {
        let content = portfolio.content;
        PortfolioBody {
            id: portfolio.id,
            url: edge.app.site.portfolio(portfolio.id),
            content: ContentBody {
                title: content.title,
                introduction: content.introduction,
                name: content.name,
                visibility: content.visibility,
                badges: content.badges,
                learning: content.learning,
            },
        }
    }
}

impl ShownBody {
    fn of(edge: &Edge, shown: Shown) -> ShownBody {
        let badge = |badge: ShownBadge| ShownBadgeBody {
            url: edge.app.site.badge(badge.id),
            title: badge.title,
            issuer: badge.issuer,
            awarded: badge.awarded,
            state: badge.state,
        };
        ShownBody {
            url: edge.app.site.portfolio(shown.portfolio.id),
            title: shown.portfolio.content.title,
            introduction: shown.portfolio.content.introduction,
            name: shown.name,
            badges: shown.badges.into_iter().map(badge).collect(),
            learning: shown
                .learning
                .into_iter()
                .map(ShownEntryBody::from)
                .collect(),
        }
    }
}

impl From<Entry> for ShownEntryBody {
    fn from(entry: Entry) -> ShownEntryBody {
        let learned = entry.learned;
        ShownEntryBody {
            mode: learned.mode,
            title: learned.title,
            day: learned.day,
            note: learned.note,
            link: learned.link,
        }
    }
}
