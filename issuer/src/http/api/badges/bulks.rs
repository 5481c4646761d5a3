//! Changing many badges at once: by a list, as JSON or as a table, or by a filter.

use axum::Json as Answer;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, OpenApi, ToSchema};

use crate::app::App;
use crate::badge::BadgeState;
use crate::badge::bulk::{self, BULK_BYTES, Bulk, Outcome, Progress, Row, Which};
use crate::badge::changing::{Act, Decision};
use crate::badge::register::Filter;
use crate::error::Error;
use crate::http::body::{self, Json};
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::openapi::DateTime;
use crate::http::paging::{ListBody, PageParameters, Paging};
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get, post};
use crate::id::{BadgeId, BulkId, MicroCredentialId, OrganisationId, PersonId};
use crate::rights::Action;
use crate::text::Prose;

/// What the handlers say of themselves.
#[derive(OpenApi)]
#[openapi(paths(list, begin, begin_by_table, show, rows))]
pub struct Document;

pub fn routes() -> Vec<Route> {
    let changes = "/organisations/{organisation}/badge-changes";
    let one = format!("{changes}/{{bulk}}");
    vec![
        get(changes, Action::ReadRegister, list),
        post(changes, Action::ChangeManyBadges, begin),
        post(
            &format!("{changes}/table"),
            Action::ChangeManyBadges,
            begin_by_table,
        ),
        get(&one, Action::ReadRegister, show),
        get(&format!("{one}/rows"), Action::ReadRegister, rows),
    ]
}

/// What is to become of many badges.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BulkBody {
    act: Act,
    reason: Prose,
    /// Identifiers and addresses of badges: either these, or a filter.
    #[serde(default)]
    badges: Vec<String>,
    /// Which badges of the organisation: as they are now.
    #[serde(default)]
    filter: Option<FilterBody>,
}

/// Which badges of an organisation are wanted: those to which all of this applies.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FilterBody {
    /// Those for this version of a micro-credential.
    #[serde(default)]
    micro_credential: Option<MicroCredentialId>,
    /// Those that stand so.
    #[serde(default)]
    state: Option<BadgeState>,
    /// Those that were issued for the first time at this moment or later.
    #[serde(default)]
    #[schema(value_type = Option<DateTime>)]
    issued_from: Option<Timestamp>,
    /// Those that were issued for the first time before this moment.
    #[serde(default)]
    #[schema(value_type = Option<DateTime>)]
    issued_before: Option<Timestamp>,
}

/// What is to become of the badges of a table.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct TableParameters {
    /// What is to become of them.
    #[param(inline)]
    act: Act,
    /// Why.
    #[param(value_type = String)]
    reason: Prose,
}

/// A change of many badges, and how far it has come.
#[derive(Serialize, ToSchema)]
struct BegunBody {
    id: BulkId,
    act: Act,
    reason: Prose,
    by: PersonId,
    #[schema(value_type = DateTime)]
    begun: Timestamp,
    #[schema(value_type = Option<DateTime>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    finished: Option<Timestamp>,
    rows: u32,
    /// So many badges were changed.
    done: usize,
    /// So many were not.
    failed: usize,
    /// So many wait.
    waiting: usize,
}

/// One badge of many, and what became of it.
#[derive(Serialize, ToSchema)]
struct RowBody {
    /// From 1 on.
    number: u32,
    /// What was handed over.
    asked: String,
    /// `waiting`, `done` or `failed`.
    outcome: &'static str,
    /// The badge that was changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    badge: Option<BadgeId>,
    /// Its current edition after that.
    #[serde(skip_serializing_if = "Option::is_none")]
    edition: Option<u32>,
    /// The code of what was wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    /// What was wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

/// Lists the changes of many badges that an organisation has begun, the last one first.
#[utoipa::path(
    get,
    path = "/organisations/{organisation}/badge-changes",
    params(PageParameters),
    responses((status = 200, body = ListBody<BegunBody>)),
)]
async fn list(
    State(edge): State<Edge>,
    Path(Id(organisation)): Path<Id<OrganisationId>>,
    Paging { page, .. }: Paging,
) -> Result<Answer<ListBody<BegunBody>>, HttpError> {
    let found = edge
        .work(move |app| {
            let page = app.store.bulks(&organisation, &page)?;
            let told = page.items.into_iter().map(|bulk| {
                let progress = bulk::progress(app, &bulk)?;
                Ok(BegunBody::new(bulk, progress))
            });
            let items = told.collect::<Result<Vec<_>, Error>>()?;
            let next = page.next;
            Ok(crate::page::Page { items, next })
        })
        .await?;
    Ok(Answer(ListBody::of(found, |body| body)))
}

/// Begins to change many badges, which is done in the background. Rows that cannot be done are told of, and
/// do not keep the others back.
#[utoipa::path(
    post,
    path = "/organisations/{organisation}/badge-changes",
    request_body = BulkBody,
    responses((status = 202, body = BegunBody)),
)]
async fn begin(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(organisation)): Path<Id<OrganisationId>>,
    Json(body): Json<BulkBody>,
) -> Result<(StatusCode, Answer<BegunBody>), HttpError> {
    let which = match (body.badges.is_empty(), body.filter) {
        (false, None) => Which::Listed(body.badges),
        (true, Some(filter)) => Which::Found(filter.into()),
        _ => {
            let message = "name the badges either by a list or by a filter";
            return Err(Error::invalid("/badges", message).into());
        }
    };
    begun(&edge, caller, organisation, which, body.act, body.reason).await
}

/// The same by a table (CSV) with the identifiers or addresses of badges in its column `badge`.
#[utoipa::path(
    post,
    path = "/organisations/{organisation}/badge-changes/table",
    params(TableParameters),
    request_body(content = String, content_type = "text/csv"),
    responses((status = 202, body = BegunBody)),
)]
async fn begin_by_table(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(organisation)): Path<Id<OrganisationId>>,
    query: Result<Query<TableParameters>, axum::extract::rejection::QueryRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<(StatusCode, Answer<BegunBody>), HttpError> {
    let Query(asked) = query.map_err(|error| HttpError::Query {
        message: error.body_text(),
    })?;
    let media_type = headers.get(CONTENT_TYPE);
    let media_type = media_type.and_then(|value| value.to_str().ok());
    let essence = media_type.and_then(|value| value.split(';').next());
    if !essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case("text/csv")) {
        return Err(HttpError::MediaType {
            expected: "text/csv",
        });
    }
    let bytes = body::read(body, BULK_BYTES).await?;
    let which = Which::Listed(bulk::read_csv(&bytes)?);
    begun(&edge, caller, organisation, which, asked.act, asked.reason).await
}

/// Shows how far a change of many badges has come.
#[utoipa::path(
    get,
    path = "/organisations/{organisation}/badge-changes/{bulk}",
    responses((status = 200, body = BegunBody)),
)]
async fn show(
    State(edge): State<Edge>,
    Path((Id(organisation), Id(id))): Path<(Id<OrganisationId>, Id<BulkId>)>,
) -> Result<Answer<BegunBody>, HttpError> {
    let look = edge.work(move |app: &App| {
        let bulk = app.store.bulk(&organisation, id)?.ok_or(Error::NotFound)?;
        let progress = bulk::progress(app, &bulk)?;
        Ok(BegunBody::new(bulk, progress))
    });
    Ok(Answer(look.await?))
}

/// Lists the rows of a change of many badges in their order, with what became of each.
#[utoipa::path(
    get,
    path = "/organisations/{organisation}/badge-changes/{bulk}/rows",
    params(PageParameters),
    responses((status = 200, body = ListBody<RowBody>)),
)]
async fn rows(
    State(edge): State<Edge>,
    Path((Id(organisation), Id(id))): Path<(Id<OrganisationId>, Id<BulkId>)>,
    Paging { page, .. }: Paging,
) -> Result<Answer<ListBody<RowBody>>, HttpError> {
    let found = edge
        .work(move |app| {
            app.store.bulk(&organisation, id)?.ok_or(Error::NotFound)?;
            Ok(app.store.page_of_bulk_rows(id, &page)?)
        })
        .await?;
    Ok(Answer(ListBody::of(found, RowBody::from)))
}

async fn begun(
    edge: &Edge,
    caller: Caller,
    organisation: OrganisationId,
    which: Which,
    act: Act,
    reason: Prose,
) -> Result<(StatusCode, Answer<BegunBody>), HttpError> {
    let now = edge.clock.now();
    let decision = Decision {
        act,
        by: caller.person.id,
        reason,
        bulk: None,
    };
    let begin = edge.work(move |app| bulk::begin(app, &organisation, which, decision, now));
    let bulk = begin.await?;
    let progress = Progress {
        waiting: bulk.rows as usize,
        ..Progress::default()
    };
    Ok((StatusCode::ACCEPTED, Answer(BegunBody::new(bulk, progress))))
}

impl BegunBody {
    fn new(bulk: Bulk, progress: Progress) -> BegunBody {
        BegunBody {
            id: bulk.id,
            act: bulk.act,
            reason: bulk.reason,
            by: bulk.by,
            begun: bulk.begun,
            finished: bulk.finished,
            rows: bulk.rows,
            done: progress.done,
            failed: progress.failed,
            waiting: progress.waiting,
        }
    }
}

impl From<FilterBody> for Filter {
    fn from(body: FilterBody) -> Filter {
        Filter {
            micro_credential: body.micro_credential,
            state: body.state,
            issued_from: body.issued_from,
            issued_before: body.issued_before,
            words: None,
        }
    }
}

impl From<Row> for RowBody {
    fn from(row: Row) -> RowBody {
        let body = |outcome| RowBody {
            number: row.number,
            asked: row.asked,
            outcome,
            badge: None,
            edition: None,
            code: None,
            message: None,
        };
        match row.outcome {
            Outcome::Waiting => body("waiting"),
            Outcome::Done { badge, edition } => RowBody {
                badge: Some(badge),
                edition: Some(edition),
                ..body("done")
            },
            Outcome::Failed { code, message } => RowBody {
                code: Some(code),
                message: Some(message),
                ..body("failed")
            },
        }
    }
}
