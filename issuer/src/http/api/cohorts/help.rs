//! Asking for help in a cohort, answering, and what facilitators see of members' progress.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use crate::cohort::help::{self, Closing, HelpRequest, Question, Stuck, Told};
use crate::cohort::progress::{self, Way};
use crate::error::Error;
use crate::http::body::Json;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::openapi::DateTime;
use crate::http::paging::{ListBody, PageParameters, Paging};
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get, post};
use crate::id::{
    CohortId, CriterionId, HelpId, MicroCredentialId, PersonId, RequirementId, SubmissionId,
};
use crate::page::Page;
use crate::rights::Action;
use crate::submission::{Outline, Stage};
use crate::text::{Line, Prose};

/// What the handlers say of themselves.
#[derive(OpenApi)]
#[openapi(paths(own, ask, close, show, waiting, answer, draft, ways))]
pub struct Document;

pub fn routes() -> Vec<Route> {
    let (asking, giving, read) = (Action::AskForHelp, Action::GiveHelp, Action::ReadHelp);
    let below = |rest: &str| format!("/cohorts/{{cohort}}/help/{{help}}{rest}");
    vec![
        get("/cohorts/{cohort}/help/mine", Action::ReadOwnHelp, own),
        post("/cohorts/{cohort}/help", asking, ask),
        post(&below("/close"), asking, close),
        post(&below("/show"), asking, show),
        get("/cohorts/{cohort}/help", read, waiting),
        post(&below("/answers"), giving, answer),
        post(&below("/draft"), giving, draft),
        get("/cohorts/{cohort}/progress", read, ways),
    ]
}

/// What one is stuck with: a submission of one's own, and a requirement or a criterion of it if one likes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AskBody {
    submission: SubmissionId,
    #[serde(default)]
    requirement: Option<RequirementId>,
    #[serde(default)]
    criterion: Option<CriterionId>,
    /// At most 4,000 bytes.
    text: Prose,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CloseBody {
    how: Closing,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ShowBody {
    /// A facilitator of the cohort.
    facilitator: PersonId,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AnswerBody {
    /// At most 4,000 bytes.
    text: Prose,
}

/// A request for help. It tells what is missing, and nothing of the evidence or of a review.
#[derive(Serialize, ToSchema)]
struct HelpBody {
    id: HelpId,
    person: PersonId,
    name: Line,
    /// What the submission is for.
    title: Line,
    #[serde(skip_serializing_if = "Option::is_none")]
    requirement: Option<RequirementId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    criterion: Option<CriterionId>,
    /// The name of the requirement or the criterion.
    #[serde(skip_serializing_if = "Option::is_none")]
    stuck_with: Option<Line>,
    text: Prose,
    #[schema(value_type = DateTime)]
    asked: Timestamp,
    answers: Vec<SaidBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    closed: Option<Closing>,
    /// How far the work has come; nothing once it is decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    work: Option<WorkBody>,
}

#[derive(Serialize, ToSchema)]
struct SaidBody {
    person: PersonId,
    name: Line,
    text: Prose,
    #[schema(value_type = DateTime)]
    at: Timestamp,
}

/// How far some work has come: never what a review found.
#[derive(Serialize, ToSchema)]
struct WorkBody {
    micro_credential: MicroCredentialId,
    title: Line,
    state: WorkState,
    /// How many things are asked for.
    asked: usize,
    /// Those that are not there yet.
    missing: Vec<Line>,
    /// When anything was last added or handed in.
    #[schema(value_type = DateTime)]
    moved: Timestamp,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum WorkState {
    Prepared,
    HandedIn,
}

#[derive(Serialize, ToSchema)]
struct RequestedBody {
    id: HelpId,
}

/// Which draft it is.
#[derive(Serialize, ToSchema)]
struct ShownBody {
    submission: SubmissionId,
    micro_credential: MicroCredentialId,
}

/// How far one member has come.
#[derive(Serialize, ToSchema)]
struct WayBody {
    person: PersonId,
    name: Line,
    works: Vec<WorkBody>,
}

/// Lists one's own requests for help, the last first.
#[utoipa::path(
    get,
    path = "/cohorts/{cohort}/help/mine",
    responses((status = 200, body = ListBody<HelpBody>)),
)]
async fn own(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(id)): Path<Id<CohortId>>,
) -> Result<Answer<ListBody<HelpBody>>, HttpError> {
    let found = edge.work(move |app| help::own(app, &person, id));
    let whole = Page {
        items: found.await?,
        next: None,
    };
    Ok(Answer(ListBody::of(whole, HelpBody::from)))
}

/// Asks the facilitators for help with an open submission of one's own.
#[utoipa::path(
    post,
    path = "/cohorts/{cohort}/help",
    request_body = AskBody,
    responses((status = 201, body = RequestedBody)),
)]
async fn ask(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(id)): Path<Id<CohortId>>,
    Json(body): Json<AskBody>,
) -> Result<(StatusCode, Answer<RequestedBody>), HttpError> {
    let now = edge.clock.now();
    let asked = edge.work(move |app| {
        let stuck = match (body.requirement, body.criterion) {
            (None, None) => None,
            (Some(requirement), None) => Some(Stuck::Requirement(requirement)),
            (None, Some(criterion)) => Some(Stuck::Criterion(criterion)),
            (Some(_), Some(_)) => {
                let message = "either a requirement or a criterion is named";
                return Err(Error::invalid("/criterion", message));
            }
        };
        let question = Question {
            submission: body.submission,
            stuck,
            text: body.text,
        };
        help::ask(app, &person, id, question, now)
    });
    let HelpRequest { id, .. } = asked.await?;
    Ok((StatusCode::CREATED, Answer(RequestedBody { id })))
}

/// Closes a request of one's own: an answer helped, or it is not needed any more.
#[utoipa::path(
    post,
    path = "/cohorts/{cohort}/help/{help}/close",
    request_body = CloseBody,
    responses((status = 204)),
)]
async fn close(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(id), Id(one))): Path<(Id<CohortId>, Id<HelpId>)>,
    Json(body): Json<CloseBody>,
) -> Result<StatusCode, HttpError> {
    edge.work(move |app| help::close(app, &person, id, one, body.how))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Invites a facilitator to look at the draft, until it is handed in.
#[utoipa::path(
    post,
    path = "/cohorts/{cohort}/help/{help}/show",
    request_body = ShowBody,
    responses((status = 204)),
)]
async fn show(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(id), Id(one))): Path<(Id<CohortId>, Id<HelpId>)>,
    Json(body): Json<ShowBody>,
) -> Result<StatusCode, HttpError> {
    let now = edge.clock.now();
    edge.work(move |app| help::show_draft(app, &person, id, one, body.facilitator, now))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lists who waits for help, the longest first.
#[utoipa::path(
    get,
    path = "/cohorts/{cohort}/help",
    params(PageParameters),
    responses((status = 200, body = ListBody<HelpBody>)),
)]
async fn waiting(
    State(edge): State<Edge>,
    Path(Id(id)): Path<Id<CohortId>>,
    Paging { page, .. }: Paging,
) -> Result<Answer<ListBody<HelpBody>>, HttpError> {
    let found = edge.work(move |app| help::waiting(app, id, &page));
    Ok(Answer(ListBody::of(found.await?, HelpBody::from)))
}

/// Answers a request.
#[utoipa::path(
    post,
    path = "/cohorts/{cohort}/help/{help}/answers",
    request_body = AnswerBody,
    responses((status = 201, body = HelpBody)),
)]
async fn answer(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(id), Id(one))): Path<(Id<CohortId>, Id<HelpId>)>,
    Json(body): Json<AnswerBody>,
) -> Result<(StatusCode, Answer<HelpBody>), HttpError> {
    let now = edge.clock.now();
    let told = edge.work(move |app| help::answer(app, &person, id, one, body.text, now));
    Ok((StatusCode::CREATED, Answer(told.await?.into())))
}

/// Looks at the draft that is shown with a request: from now on it is found under `/drafts`, until it is handed in.
#[utoipa::path(
    post,
    path = "/cohorts/{cohort}/help/{help}/draft",
    responses((status = 200, body = ShownBody)),
)]
async fn draft(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(id), Id(one))): Path<(Id<CohortId>, Id<HelpId>)>,
) -> Result<Answer<ShownBody>, HttpError> {
    let submission = edge.work(move |app| help::open_draft(app, &person, id, one));
    let submission = submission.await?;
    Ok(Answer(ShownBody {
        submission: submission.id,
        micro_credential: submission.micro_credential,
    }))
}

/// Shows how far members have come who want it seen: what is begun, what is missing, what waits, and since when.
#[utoipa::path(
    get,
    path = "/cohorts/{cohort}/progress",
    responses((status = 200, body = ListBody<WayBody>)),
)]
async fn ways(
    State(edge): State<Edge>,
    Path(Id(id)): Path<Id<CohortId>>,
) -> Result<Answer<ListBody<WayBody>>, HttpError> {
    let items = edge.work(move |app| progress::of_cohort(app, id)).await?;
    let whole = Page { items, next: None };
    Ok(Answer(ListBody::of(
        whole,
        |Way {
             person,
             name,
             works,
         }| {
            let works = works.into_iter().map(WorkBody::from).collect();
            WayBody {
                person,
                name,
                works,
            }
        },
    )))
}

impl From<Told> for HelpBody {
    fn from(told: Told) -> HelpBody {
        let request = told.request;
        let (requirement, criterion) = match request.stuck {
            None => (None, None),
            Some(Stuck::Requirement(requirement)) => (Some(requirement), None),
            Some(Stuck::Criterion(criterion)) => (None, Some(criterion)),
        };
        let answers = request.answers.into_iter().zip(told.answerers);
        let answers = answers.map(|(answer, name)| SaidBody {
            person: answer.by,
            name,
            text: answer.text,
            at: answer.at,
        });
        HelpBody {
            id: request.id,
            person: request.by,
            name: told.name,
            title: told.title,
            requirement,
            criterion,
            stuck_with: told.stuck,
            text: request.text,
            asked: request.asked,
            answers: answers.collect(),
            closed: request.closed,
            work: told.outline.map(WorkBody::from),
        }
    }
}

impl From<Outline> for WorkBody {
    fn from(outline: Outline) -> WorkBody {
        WorkBody {
            micro_credential: outline.micro_credential,
            title: outline.title,
            state: match outline.stage {
                Stage::Prepared => WorkState::Prepared,
                Stage::HandedIn => WorkState::HandedIn,
            },
            asked: outline.asked,
            missing: outline.missing,
            moved: outline.moved,
        }
    }
}
