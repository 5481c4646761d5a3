//! What is covered on a picture, and the picture as others see it.

use axum::Json as Answer;
use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use crate::error::Error;
use crate::http::api::evidence::{self, Audience};
use crate::http::body::Json;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::own_evidence::OwnEvidence;
use crate::http::parameter::{Id, Path};
use crate::http::range::RangeAsked;
use crate::http::route::{Route, get, put};
use crate::id::{EvidenceId, SubmissionId};
use crate::rights::Action;
use crate::submission::{Area, Evidence};

/// What the handlers say of themselves.
#[derive(OpenApi)]
#[openapi(paths(covered, cover, shown))]
pub struct Document;

pub fn routes() -> Vec<Route> {
    vec![
        get(
            "/submissions/{submission}/evidence/{evidence}/redactions",
            Action::ReadSubmission,
            covered,
        ),
        put(
            "/submissions/{submission}/evidence/{evidence}/redactions",
            Action::ChangeSubmission,
            cover,
        ),
        get(
            "/submissions/{submission}/evidence/{evidence}/shown",
            Action::ReadSubmission,
            shown,
        ),
    ]
}

/// The areas of a picture that are covered.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RedactionsBody {
    /// At most 60.
    areas: Vec<AreaBody>,
}

/// A rectangle of a picture as people see it, in fractions of its width and height: 0.25 is a quarter.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AreaBody {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
}

/// Says what is covered on a picture.
#[utoipa::path(
    get,
    path = "/submissions/{submission}/evidence/{evidence}/redactions",
    responses((status = 200, body = RedactionsBody)),
)]
async fn covered(OwnEvidence(found): OwnEvidence) -> Answer<RedactionsBody> {
    Answer(found.into())
}

/// Covers these areas of a picture, in place of those that were covered before. Reviewers, and whoever sees a badge
/// that names it, get a picture that is made anew with these areas black.
#[utoipa::path(
    put,
    path = "/submissions/{submission}/evidence/{evidence}/redactions",
    request_body = RedactionsBody,
    responses((status = 200, body = RedactionsBody)),
)]
async fn cover(
    State(edge): State<Edge>,
    Caller { person: earner, .. }: Caller,
    Path((Id(id), Id(piece))): Path<(Id<SubmissionId>, Id<EvidenceId>)>,
    Json(body): Json<RedactionsBody>,
) -> Result<Answer<RedactionsBody>, HttpError> {
    let mut areas = Vec::new();
    for (place, area) in body.areas.iter().enumerate() {
        let read = Area::of_fractions(area.left, area.top, area.width, area.height);
        let outside = || Error::invalid(format!("/areas/{place}"), OUTSIDE);
        areas.push(read.ok_or_else(outside)?);
    }
    let (receiving, now) = (edge.receiving(), edge.clock.now());
    // If the caller hangs up, what was begun is still ended.
    let work = tokio::spawn(async move { receiving.redact(earner, (id, piece), areas, now).await });
    let covered = work.await.map_err(HttpError::fault)??;
    Ok(Answer(covered.into()))
}

/// Hands out a piece as others see it: pictures with what is covered black, and without what they say of their
/// maker.
#[utoipa::path(
    get,
    path = "/submissions/{submission}/evidence/{evidence}/shown",
    responses((status = 200, content_type = "*/*")),
)]
async fn shown(
    State(edge): State<Edge>,
    OwnEvidence(found): OwnEvidence,
    asked: RangeAsked,
) -> Result<Response, HttpError> {
    evidence::hand_out(&edge, found, Audience::Reviewer, &asked).await
}

impl From<Evidence> for RedactionsBody {
    fn from(evidence: Evidence) -> RedactionsBody {
        let area = |area: &Area| {
            let [left, top, width, height] = area.fractions();
            AreaBody {
                left,
                top,
                width,
                height,
            }
        };
        RedactionsBody {
            areas: evidence.covered().iter().map(area).collect(),
        }
    }
}

/// What is wrong with an area, also where it is typed in percent.
pub const OUTSIDE: &str = "an area lies within the picture, and is not empty: its left and its width are together at most all of it, and \
     so are its top and its height";
