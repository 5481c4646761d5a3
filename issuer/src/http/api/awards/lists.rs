//! Lists of awards: sent in as tables, worked off in the background.

use axum::Json as Answer;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, OpenApi, ToSchema};

use crate::awarding::list::{self, AwardList, NewList, Outcome, RowOutcome, State as Standing};
use crate::awarding::table::{self, Form, LIST_BYTES, Problem};
use crate::http::body;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::openapi::DateTime;
use crate::http::paging::{ListBody, PageParameters, Paging, Unfiltered};
use crate::http::parameter::{Id, Path, Query};
use crate::http::route::{Route, get, post};
use crate::id::{AwardId, AwardListId, MicroCredentialId, OrganisationId, PersonId};
use crate::person::Email;
use crate::rights::Action;
use crate::submission::Link;
use crate::text::{Line, Prose};

use super::ReachedBody;

/// What the handlers say of themselves.
#[derive(OpenApi)]
#[openapi(paths(all, send, template, one, rows, report, stop))]
pub struct Document;

pub fn routes() -> Vec<Route> {
    let lists = "/organisations/{organisation}/award-lists";
    let one_of = |rest: &str| format!("{lists}/{{award_list}}{rest}");
    vec![
        get(lists, Action::ReadAwards, all),
        post(lists, Action::AwardByHand, send),
        get(
            "/organisations/{organisation}/award-list-template",
            Action::ReadAwards,
            template,
        ),
        get(&one_of(""), Action::ReadAwards, one),
        get(&one_of("/rows"), Action::ReadAwards, rows),
        get(&one_of("/report"), Action::ReadAwards, report),
        post(&one_of("/stop"), Action::AwardByHand, stop),
    ]
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    /// Why, for the organisation's own records. It does not stand in the badges.
    reason: Prose,
    /// What is awarded where a row names nothing else.
    #[serde(default)]
    micro_credential: Option<MicroCredentialId>,
    /// What the list is called.
    #[serde(default)]
    name: Option<Line>,
}

/// A list as a document.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "rows are read one by one, so that a bad one does not keep the others out"
)]
struct AwardRowsBody {
    /// At most 10,000. What is wrong with one of them is told of it, and the others proceed.
    rows: Vec<WantedBody>,
}

/// What is awarded, and to whom.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it tells what a row has")]
struct WantedBody {
    email: Email,
    #[schema(required = false)]
    name: Option<Line>,
    /// Where nothing is said for the whole list.
    #[schema(required = false)]
    micro_credential: Option<MicroCredentialId>,
    /// A day or a moment; now, if nothing is said.
    #[schema(required = false)]
    awarded: Option<String>,
    #[schema(required = false)]
    narrative: Option<Prose>,
    #[schema(required = false, max_items = 10)]
    evidence: Option<Vec<Link>>,
    #[schema(required = false)]
    results: Option<Vec<ReachedBody>>,
    /// What this award is called in the organisation's own records. Under one name one award is made.
    #[schema(required = false)]
    row: Option<Line>,
}

#[derive(Serialize, ToSchema)]
struct AwardListBody {
    id: AwardListId,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<Line>,
    officer: PersonId,
    reason: Prose,
    #[serde(skip_serializing_if = "Option::is_none")]
    micro_credential: Option<MicroCredentialId>,
    #[schema(value_type = DateTime)]
    made: Timestamp,
    /// `working`, `done` or `stopped`.
    state: &'static str,
    /// Since when it is done or stopped.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<DateTime>)]
    ended: Option<Timestamp>,
    /// How many rows it has.
    rows: u64,
    /// How many of them are still to be looked at.
    waiting: u64,
    awarded: u64,
    awarded_before: u64,
    refused: u64,
}

/// What came of one row.
#[derive(Serialize, ToSchema)]
struct AwardRowBody {
    /// The line of the file, as an editor counts them; of a document, the number of the row.
    line: u64,
    /// Of a document, where the row stands, or what is wrong with it (JSON pointer).
    #[serde(skip_serializing_if = "Option::is_none")]
    pointer: Option<String>,
    /// `awarded`, `awarded_before` or `refused`.
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    award: Option<AwardId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<RowProblemBody>,
}

/// What is wrong with a row, and what to do about it.
#[derive(Serialize, ToSchema)]
struct RowProblemBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<String>,
    value: String,
    code: String,
    message: String,
    remedy: String,
}

/// Lists the lists of an organisation, the last one first.
#[utoipa::path(
    get,
    path = "/organisations/{organisation}/award-lists",
    params(PageParameters),
    responses((status = 200, body = ListBody<AwardListBody>)),
)]
async fn all(
    State(edge): State<Edge>,
    Path(Id(organisation)): Path<Id<OrganisationId>>,
    Paging {
        page,
        filter: Unfiltered {},
    }: Paging,
) -> Result<Answer<ListBody<AwardListBody>>, HttpError> {
    let found = edge.work(move |app| list::all(app, &organisation, &page));
    Ok(Answer(ListBody::of(found.await?, AwardListBody::from)))
}

/// Takes in a list as a table (CSV) or as a document (JSON) with the columns for members. Its rows are worked
/// off in the background.
#[utoipa::path(
    post,
    path = "/organisations/{organisation}/award-lists",
    params(ListQuery),
    request_body(content((String = "text/csv"), (AwardRowsBody = "application/json"))),
    responses((status = 202, body = AwardListBody)),
)]
async fn send(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(organisation)): Path<Id<OrganisationId>>,
    Query(query): Query<ListQuery>,
    headers: HeaderMap,
    body: Body,
) -> Result<(StatusCode, Answer<AwardListBody>), HttpError> {
    let media_type = headers.get(CONTENT_TYPE);
    let media_type = media_type.and_then(|value| value.to_str().ok());
    let essence = media_type.and_then(|value| value.split(';').next());
    let essence = essence.unwrap_or_default().trim().to_ascii_lowercase();
    let form = match essence.as_str() {
        "text/csv" => Form::Csv,
        "application/json" => Form::Json,
        _ => {
            let expected = "text/csv or application/json";
            return Err(HttpError::MediaType { expected });
        }
    };
    let new = NewList {
        form,
        bytes: body::read(body, LIST_BYTES).await?.to_vec(),
        name: query.name,
        micro_credential: query.micro_credential,
        reason: query.reason,
    };
    let now = edge.clock.now();
    let sent = edge.work(move |app| list::send(app, person.id, &organisation, new, now));
    Ok((StatusCode::ACCEPTED, Answer(sent.await?.into())))
}

/// The columns of a list, with a row to see how.
#[utoipa::path(
    get,
    path = "/organisations/{organisation}/award-list-template",
    responses((status = 200, body = String, content_type = "text/csv")),
)]
async fn template() -> Response {
    table_named("awards.csv", table::template())
}

/// Shows how far a list has come.
#[utoipa::path(
    get,
    path = "/organisations/{organisation}/award-lists/{award_list}",
    responses((status = 200, body = AwardListBody)),
)]
async fn one(
    State(edge): State<Edge>,
    Path((Id(organisation), Id(id))): Path<(Id<OrganisationId>, Id<AwardListId>)>,
) -> Result<Answer<AwardListBody>, HttpError> {
    let found = edge.work(move |app| Ok(list::find(app, &organisation, id)?.value));
    Ok(Answer(found.await?.into()))
}

/// Lists what came of the rows that are done, in the order of the file.
#[utoipa::path(
    get,
    path = "/organisations/{organisation}/award-lists/{award_list}/rows",
    params(PageParameters),
    responses((status = 200, body = ListBody<AwardRowBody>)),
)]
async fn rows(
    State(edge): State<Edge>,
    Path((Id(organisation), Id(id))): Path<(Id<OrganisationId>, Id<AwardListId>)>,
    Paging {
        page,
        filter: Unfiltered {},
    }: Paging,
) -> Result<Answer<ListBody<AwardRowBody>>, HttpError> {
    let found = edge.work(move |app| {
        let list = list::find(app, &organisation, id)?.value;
        Ok((list.form, app.store.award_rows(list.id, &page)?))
    });
    let (form, found) = found.await?;
    Ok(Answer(ListBody::of(found, |row| {
        AwardRowBody::of(row, form)
    })))
}

/// What is wrong with a list so far, as a table with a line for each row.
#[utoipa::path(
    get,
    path = "/organisations/{organisation}/award-lists/{award_list}/report",
    responses((status = 200, body = String, content_type = "text/csv")),
)]
pub async fn report(
    State(edge): State<Edge>,
    Path((Id(organisation), Id(id))): Path<(Id<OrganisationId>, Id<AwardListId>)>,
) -> Result<Response, HttpError> {
    let report = edge.work(move |app| {
        let list = list::find(app, &organisation, id)?;
        list::report(app, &list.value)
    });
    Ok(table_named("report.csv", report.await?))
}

/// Stops a list: what has not begun is not awarded.
#[utoipa::path(
    post,
    path = "/organisations/{organisation}/award-lists/{award_list}/stop",
    responses((status = 200, body = AwardListBody)),
)]
async fn stop(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(organisation), Id(id))): Path<(Id<OrganisationId>, Id<AwardListId>)>,
) -> Result<Answer<AwardListBody>, HttpError> {
    let now = edge.clock.now();
    let stopped = edge.work(move |app| list::stop(app, person.id, &organisation, id, now));
    Ok(Answer(stopped.await?.into()))
}

/// A table to be saved under this name.
pub fn table_named(name: &str, table: String) -> Response {
    let headers = [
        (
            CONTENT_TYPE,
            "text/csv; charset=utf-8; header=present".to_owned(),
        ),
        (
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    (headers, table).into_response()
}

impl From<AwardList> for AwardListBody {
    fn from(list: AwardList) -> AwardListBody {
        let (state, ended) = match list.state {
            Standing::Working => ("working", None),
            Standing::Done { at } => ("done", Some(at)),
            Standing::Stopped { at, .. } => ("stopped", Some(at)),
        };
        AwardListBody {
            id: list.id,
            waiting: list.waiting(),
            name: list.name,
            officer: list.officer,
            reason: list.reason,
            micro_credential: list.micro_credential,
            made: list.made,
            state,
            ended,
            rows: list.rows,
            awarded: list.counts.awarded,
            awarded_before: list.counts.awarded_before,
            refused: list.counts.refused,
        }
    }
}

impl AwardRowBody {
    fn of(row: RowOutcome, form: Form) -> AwardRowBody {
        let pointer = match (form, &row.outcome) {
            (Form::Csv, _) => None,
            (Form::Json, Outcome::Refused { problem }) => {
                Some(table::pointer(row.line, problem.column.as_deref()))
            }
            (Form::Json, _) => Some(table::pointer(row.line, None)),
        };
        let (outcome, award, problem) = match row.outcome {
            Outcome::Awarded { award } => ("awarded", Some(award), None),
            Outcome::AwardedBefore { award } => ("awarded_before", Some(award), None),
            Outcome::Refused { problem } => ("refused", None, Some(problem.into())),
        };
        AwardRowBody {
            line: row.line,
            pointer,
            outcome,
            award,
            problem,
        }
    }
}

impl From<Problem> for RowProblemBody {
    fn from(problem: Problem) -> RowProblemBody {
        RowProblemBody {
            column: problem.column,
            value: problem.value,
            code: problem.code,
            message: problem.message,
            remedy: problem.remedy,
        }
    }
}
