//! Awards that officers make by hand, one by one.

pub mod lists;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use crate::app::App;
use crate::award::Achieved;
use crate::awarding::{self, Claimed, Given, Order, Wanted, table};
use crate::error::Error;
use crate::http::body::Json;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::openapi::DateTime;
use crate::http::paging::{ListBody, PageParameters, Paging, Unfiltered};
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get, post};
use crate::id::{
    AwardId, BadgeId, CriterionId, LevelId, MicroCredentialId, OrganisationId, PersonId,
};
use crate::person::Email;
use crate::rights::Action;
use crate::submission::Link;
use crate::text::{Line, Prose};

/// What the handlers say of themselves.
#[derive(OpenApi)]
#[openapi(paths(all, award, one, send_again))]
pub struct Document;

pub fn routes() -> Vec<Route> {
    let awards = "/organisations/{organisation}/awards";
    let one_of = format!("{awards}/{{award}}");
    let mut routes = vec![
        get(awards, Action::ReadAwards, all),
        post(awards, Action::AwardByHand, award),
        get(&one_of, Action::ReadAwards, one),
        post(
            &format!("{one_of}/send-again"),
            Action::AwardByHand,
            send_again,
        ),
    ];
    routes.extend(lists::routes());
    routes
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewAwardBody {
    /// Whom it is for. Whoever has no account is given one, and a link by e-mail to take it over.
    email: Email,
    /// What they are called, if they have no account yet.
    #[serde(default)]
    name: Option<Line>,
    micro_credential: MicroCredentialId,
    /// When they had earned it, as a day or a moment; now, if nothing is said.
    #[serde(default)]
    awarded: Option<String>,
    /// What the badge tells of how it was earned.
    #[serde(default)]
    narrative: Option<Prose>,
    /// The evidence that the badge names.
    #[serde(default)]
    #[schema(max_items = 10)]
    evidence: Vec<Link>,
    /// The levels reached, as far as they are known.
    #[serde(default)]
    results: Vec<ReachedBody>,
    /// Why, for the organisation's own records. It does not stand in the badge.
    reason: Prose,
    /// What this award is called in the organisation's own records. Under one name one award is made.
    #[serde(default)]
    key: Option<Line>,
}

#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReachedBody {
    criterion: CriterionId,
    level: LevelId,
}

#[derive(Serialize, ToSchema)]
struct AwardBody {
    id: AwardId,
    micro_credential: MicroCredentialId,
    /// The address that it was made for.
    email: Email,
    /// What the organisation calls its earner.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<Line>,
    /// Whether its earner has opened the account.
    claimed: bool,
    #[schema(value_type = DateTime)]
    awarded: Timestamp,
    #[schema(value_type = DateTime)]
    made: Timestamp,
    officer: PersonId,
    reason: Prose,
    #[serde(skip_serializing_if = "Option::is_none")]
    narrative: Option<Prose>,
    evidence: Vec<Link>,
    results: Vec<ReachedBody>,
    /// The badge, once it is issued.
    #[serde(skip_serializing_if = "Option::is_none")]
    badge: Option<BadgeId>,
}

/// Lists what an organisation awarded by hand, the last one first.
#[utoipa::path(
    get,
    path = "/organisations/{organisation}/awards",
    params(PageParameters),
    responses((status = 200, body = ListBody<AwardBody>)),
)]
async fn all(
    State(edge): State<Edge>,
    Path(Id(organisation)): Path<Id<OrganisationId>>,
    Paging {
        page,
        filter: Unfiltered {},
    }: Paging,
) -> Result<Answer<ListBody<AwardBody>>, HttpError> {
    let found = edge.work(move |app| {
        let page = awarding::all_given(app, &organisation, &page)?;
        let next = page.next;
        let items = page
            .items
            .into_iter()
            .map(|given| AwardBody::of(app, given));
        let items = items.collect::<Result<Vec<_>, _>>()?;
        Ok(crate::page::Page { items, next })
    });
    Ok(Answer(ListBody::of(found.await?, |award| award)))
}

/// Awards a micro-credential to somebody by hand, and issues the badge.
#[utoipa::path(
    post,
    path = "/organisations/{organisation}/awards",
    request_body = NewAwardBody,
    responses((status = 201, body = AwardBody)),
)]
async fn award(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(organisation)): Path<Id<OrganisationId>>,
    Json(body): Json<NewAwardBody>,
) -> Result<(StatusCode, Answer<AwardBody>), HttpError> {
    let now = edge.clock.now();
    let made = edge.work(move |app| {
        let reason = body.reason.clone();
        let order = Order {
            officer: person.id,
            organisation: &organisation,
            reason: &reason,
        };
        let award = awarding::award(app, &order, &body.wanted()?, now)?;
        AwardBody::of(app, awarding::given(app, &organisation, award.id)?)
    });
    Ok((StatusCode::CREATED, Answer(made.await?)))
}

/// Shows an award that was made by hand.
#[utoipa::path(
    get,
    path = "/organisations/{organisation}/awards/{award}",
    responses((status = 200, body = AwardBody)),
)]
async fn one(
    State(edge): State<Edge>,
    Path((Id(organisation), Id(award))): Path<(Id<OrganisationId>, Id<AwardId>)>,
) -> Result<Answer<AwardBody>, HttpError> {
    let found =
        edge.work(move |app| AwardBody::of(app, awarding::given(app, &organisation, award)?));
    Ok(Answer(found.await?))
}

/// Sends the letter about a badge again, with a new link for whoever has not opened their account.
#[utoipa::path(
    post,
    path = "/organisations/{organisation}/awards/{award}/send-again",
    responses((status = 204)),
)]
async fn send_again(
    State(edge): State<Edge>,
    Path((Id(organisation), Id(award))): Path<(Id<OrganisationId>, Id<AwardId>)>,
) -> Result<StatusCode, HttpError> {
    let now = edge.clock.now();
    let sent = edge.work(move |app| {
        let given = awarding::given(app, &organisation, award)?;
        awarding::send_again(app, &given, now)
    });
    sent.await?;
    Ok(StatusCode::NO_CONTENT)
}

impl NewAwardBody {
    fn wanted(self) -> Result<Wanted, Error> {
        let day = |text: String| {
            let message = "this is neither a day, as 2026-05-31, nor a moment with an offset";
            table::day(&text).ok_or_else(|| Error::invalid("/awarded", message))
        };
        let reached = |one: ReachedBody| Achieved {
            criterion: one.criterion,
            level: one.level,
        };
        Ok(Wanted {
            email: self.email,
            name: self.name,
            micro_credential: self.micro_credential,
            awarded: self.awarded.map(day).transpose()?,
            narrative: self.narrative,
            evidence: self.evidence,
            results: self.results.into_iter().map(reached).collect(),
            key: self.key,
        })
    }
}

impl AwardBody {
    fn of(app: &App, given: Given) -> Result<AwardBody, Error> {
        let Given { award, claimed, .. } = given;
        let badge = app.store.badge_of_award(award.id)?;
        let by_hand = award.by_hand.ok_or(Error::NotFound)?;
        let reached = |one: Achieved| ReachedBody {
            criterion: one.criterion,
            level: one.level,
        };
        Ok(AwardBody {
            id: award.id,
            micro_credential: award.micro_credential,
            email: by_hand.email,
            name: by_hand.name,
            claimed: claimed == Claimed::Claimed,
            awarded: award.awarded,
            made: by_hand.made,
            officer: by_hand.officer,
            reason: by_hand.reason,
            narrative: by_hand.narrative,
            evidence: by_hand.evidence,
            results: award.achieved.into_iter().map(reached).collect(),
            badge: badge.map(|badge| badge.id),
        })
    }
}
