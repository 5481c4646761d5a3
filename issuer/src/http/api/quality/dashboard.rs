//! How far the reviewers of an organisation agree.

use axum::Json as Answer;
use axum::extract::State;
use serde::Serialize;
use utoipa::{OpenApi, ToSchema};

use super::sessions::AgreementBody;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get};
use crate::id::{CriterionId, MicroCredentialId, OrganisationId, PersonId};
use crate::quality::dashboard::{self, Dashboard, OnCriterion, OnReviewer};
use crate::rights::Action;

/// What the handlers say of themselves.
#[derive(OpenApi)]
#[openapi(paths(open))]
pub struct Document;

pub fn routes() -> Vec<Route> {
    vec![get(
        "/organisations/{organisation}/quality",
        Action::ReadQuality,
        open,
    )]
}

/// How far reviewers agree: in pairs of scores of which neither reviewer saw the other's.
#[derive(Serialize, ToSchema)]
struct DashboardBody {
    /// How many decided versions were looked at, the last ones.
    decided: usize,
    /// How many of them two reviewers had scored.
    scored_twice: usize,
    /// Of all reviewers.
    criteria: Vec<CriterionFiguresBody>,
    /// All reviewers for coordinators, administrators and adjudicators, and the caller for others.
    reviewers: Vec<ReviewerFiguresBody>,
}

#[derive(Serialize, ToSchema)]
struct CriterionFiguresBody {
    micro_credential: MicroCredentialId,
    criterion: CriterionId,
    agreement: AgreementBody,
}

#[derive(Serialize, ToSchema)]
struct ReviewerFiguresBody {
    person: PersonId,
    /// How many reviews they finished.
    reviews: usize,
    /// The median of the seconds from claiming to finishing, of five reviews or more.
    #[serde(skip_serializing_if = "Option::is_none")]
    median_seconds: Option<i64>,
    /// Whether criteria are met, held against what the others say of it.
    agreement: AgreementBody,
    months: Vec<MonthBody>,
    /// By how much the last month differs from all before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    change: Option<f64>,
}

#[derive(Serialize, ToSchema)]
struct MonthBody {
    /// The month, as `2026-11`.
    month: String,
    agreement: AgreementBody,
}

/// Shows how far the reviewers of an organisation agree.
#[utoipa::path(
    get,
    path = "/organisations/{organisation}/quality",
    responses((status = 200, body = DashboardBody)),
)]
async fn open(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(organisation)): Path<Id<OrganisationId>>,
) -> Result<Answer<DashboardBody>, HttpError> {
    let found = edge
        .work(move |app| dashboard::shown_to(app, &person, &organisation))
        .await?;
    Ok(Answer(found.into()))
}

impl From<Dashboard> for DashboardBody {
    fn from(found: Dashboard) -> DashboardBody {
        let criterion = |one: OnCriterion| CriterionFiguresBody {
            micro_credential: one.micro_credential,
            criterion: one.criterion,
            agreement: one.agreement.into(),
        };
        let reviewer = |one: OnReviewer| ReviewerFiguresBody {
            person: one.person,
            reviews: one.reviews,
            median_seconds: one.median,
            agreement: one.agreement.into(),
            change: one.drift.change,
            months: one
                .drift
                .months
                .iter()
                .map(|one| MonthBody {
                    month: one.month.to_string(),
                    agreement: one.agreement.into(),
                })
                .collect(),
        };
        DashboardBody {
            decided: found.decided,
            scored_twice: found.scored_twice,
            criteria: found.criteria.into_iter().map(criterion).collect(),
            reviewers: found.reviewers.into_iter().map(reviewer).collect(),
        }
    }
}
