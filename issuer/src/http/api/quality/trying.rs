//! Tries: scoring exemplars blind, and seeing what they ought to have been given.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use super::bodies::{GoldBody, RulesBody, SampleBody};
use crate::http::api::micro_credentials::MicroCredentialBody;
use crate::http::body::Json;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::openapi::DateTime;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get, post};
use crate::id::{CriterionId, ExemplarId, LevelId, MicroCredentialId, OrganisationId, PersonId};
use crate::issuance;
use crate::micro_credential::MicroCredential;
use crate::quality::training::Exemplar;
use crate::quality::trying::{self, Closeness, Passed, Try};
use crate::rights::Action;

/// What the handlers say of themselves.
#[derive(OpenApi)]
#[openapi(paths(begin, open, exemplar, score))]
pub struct Document;

pub fn routes() -> Vec<Route> {
    let tries = "/organisations/{organisation}/training/{line}/tries";
    let one = "/organisations/{organisation}/training/{line}/tries/{person}/{number}";
    let exemplar = "/organisations/{organisation}/training/{line}/tries/{person}/{number}/exemplars/{exemplar}";
    vec![
        post(tries, Action::Train, begin),
        get(one, Action::ReadTry, open),
        get(exemplar, Action::ReadTry, self::exemplar),
        post(exemplar, Action::ScoreExemplar, score),
    ]
}

/// One try of the caller.
#[derive(Serialize, ToSchema)]
struct TryBody {
    person: PersonId,
    number: u32,
    line: MicroCredentialId,
    #[schema(value_type = DateTime)]
    begun: Timestamp,
    /// What it takes to pass.
    rules: RulesBody,
    /// The exemplars that were drawn for it.
    exemplars: Vec<ExemplarId>,
    scored: Vec<ScoredBody>,
    /// The exemplar that is to be scored next.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<ExemplarId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<OutcomeBody>,
}

#[derive(Serialize, ToSchema)]
struct ScoredBody {
    exemplar: ExemplarId,
    scores: Vec<ComparedBody>,
}

/// A level that was given, beside the one that is right.
#[derive(Serialize, ToSchema)]
struct ComparedBody {
    criterion: CriterionId,
    level: LevelId,
    gold: LevelId,
    agreement: Closeness,
}

#[derive(Serialize, ToSchema)]
struct OutcomeBody {
    result: Passed,
    /// How many scores there were.
    scores: u32,
    /// How many of them were the right level.
    same: u32,
    /// How many of them said rightly whether the criterion is met.
    same_side: u32,
    #[schema(value_type = DateTime)]
    finished: Timestamp,
}

/// An exemplar of a try: the work, and once it is scored what it ought to have been given.
#[derive(Serialize, ToSchema)]
struct WorkBody {
    id: ExemplarId,
    /// The version whose rubric it is held against.
    micro_credential: MicroCredentialBody,
    work: Vec<SampleBody>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    gold: Vec<GoldBody>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    scores: Vec<ComparedBody>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LevelsBody {
    scores: Vec<LevelBody>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LevelBody {
    criterion: CriterionId,
    level: LevelId,
}

/// The gate has seen to it that the person is the caller.
type OneTry = (
    Id<OrganisationId>,
    Id<MicroCredentialId>,
    Id<PersonId>,
    Id<u32>,
);
type OneExemplar = (
    Id<OrganisationId>,
    Id<MicroCredentialId>,
    Id<PersonId>,
    Id<u32>,
    Id<ExemplarId>,
);

/// Begins a try, or goes on with the one that is open.
#[utoipa::path(
    post,
    path = "/organisations/{organisation}/training/{line}/tries",
    responses((status = 201, body = TryBody)),
)]
async fn begin(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(organisation), Id(line))): Path<(Id<OrganisationId>, Id<MicroCredentialId>)>,
) -> Result<(StatusCode, Answer<TryBody>), HttpError> {
    let now = edge.clock.now();
    let begun = edge
        .work(move |app| trying::begin(app, &person, &organisation, &line, now))
        .await?;
    Ok((StatusCode::CREATED, Answer(begun.into())))
}

/// Shows a try of the caller.
#[utoipa::path(
    get,
    path = "/organisations/{organisation}/training/{line}/tries/{person}/{number}",
    responses((status = 200, body = TryBody)),
)]
async fn open(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(organisation), Id(line), _, Id(number))): Path<OneTry>,
) -> Result<Answer<TryBody>, HttpError> {
    let found = edge
        .work(move |app| trying::find(app, &person, &organisation, &line, number))
        .await?;
    Ok(Answer(found.into()))
}

/// Shows an exemplar of a try: the work, and once it is scored what it ought to have been given.
#[utoipa::path(
    get,
    path = "/organisations/{organisation}/training/{line}/tries/{person}/{number}/exemplars/{exemplar}",
    responses((status = 200, body = WorkBody)),
)]
async fn exemplar(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(organisation), Id(line), _, Id(number), Id(exemplar))): Path<OneExemplar>,
) -> Result<Answer<WorkBody>, HttpError> {
    let (of, exemplar, version) = edge
        .work(move |app| {
            let of = trying::find(app, &person, &organisation, &line, number)?;
            let (exemplar, version) = trying::exemplar(app, &of, exemplar)?;
            Ok((of, exemplar, version))
        })
        .await?;
    Ok(Answer(WorkBody::new(&edge, &of, exemplar, version)))
}

/// Scores one exemplar. With the last one the try is over; a badge for passing is issued before the answer is
/// given.
#[utoipa::path(
    post,
    path = "/organisations/{organisation}/training/{line}/tries/{person}/{number}/exemplars/{exemplar}",
    request_body = LevelsBody,
    responses((status = 201, body = TryBody)),
)]
async fn score(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(organisation), Id(line), _, Id(number), Id(exemplar))): Path<OneExemplar>,
    Json(body): Json<LevelsBody>,
) -> Result<(StatusCode, Answer<TryBody>), HttpError> {
    let now = edge.clock.now();
    let scored = edge
        .work(move |app| {
            let place = (&organisation, &line, number);
            let scores = body.scores.into_iter();
            let levels: Vec<_> = scores.map(|one| (one.criterion, one.level)).collect();
            let (scored, award) = trying::score(app, &person, place, exemplar, &levels, now)?;
            if let Some(award) = award {
                // A crash before this is done leaves the award, which the next start takes up.
                issuance::issue(app, award, now)?;
            }
            Ok(scored)
        })
        .await?;
    Ok((StatusCode::CREATED, Answer(scored.into())))
}

impl WorkBody {
    fn new(edge: &Edge, of: &Try, exemplar: Exemplar, version: MicroCredential) -> WorkBody {
        let scored = of.scored_exemplar(exemplar.id);
        let scores = scored.map(|scored| scored.scores.clone());
        WorkBody {
            id: exemplar.id,
            micro_credential: MicroCredentialBody::new(edge, version),
            work: exemplar.work.into_iter().map(SampleBody::from).collect(),
            gold: match scores {
                Some(_) => exemplar.gold.into_iter().map(GoldBody::from).collect(),
                None => Vec::new(),
            },
            scores: scores
                .unwrap_or_default()
                .into_iter()
                .map(ComparedBody::from)
                .collect(),
        }
    }
}

impl From<trying::Compared> for ComparedBody {
    fn from(compared: trying::Compared) -> ComparedBody {
        ComparedBody {
            criterion: compared.criterion,
            level: compared.level,
            gold: compared.gold,
            agreement: compared.agreement,
        }
    }
}

impl From<Try> for TryBody {
    fn from(of: Try) -> TryBody {
        let next = of.open_exemplar();
        let scored = of.scored.into_iter().map(|one| ScoredBody {
            exemplar: one.exemplar,
            scores: one.scores.into_iter().map(ComparedBody::from).collect(),
        });
        TryBody {
            person: of.person,
            number: of.number,
            line: of.line,
            begun: of.begun,
            rules: of.rules.into(),
            exemplars: of.exemplars,
            scored: scored.collect(),
            next,
            outcome: of.outcome.map(|outcome| OutcomeBody {
                result: outcome.result,
                scores: outcome.scores,
                same: outcome.same,
                same_side: outcome.same_side,
                finished: outcome.finished,
            }),
        }
    }
}
