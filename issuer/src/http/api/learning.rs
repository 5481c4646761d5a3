//! One's own learning log.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use crate::http::body::Json;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::openapi::DateTime;
use crate::http::paging::{ListBody, PageParameters, Paging};
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, delete, get, post, put};
use crate::id::{LearningId, SubmissionId};
use crate::learning::{self, Day, Entry, Learned, Mode};
use crate::rights::Action;
use crate::submission::Link;
use crate::text::{Line, Prose};

/// What the handlers say of themselves.
#[derive(OpenApi)]
#[openapi(paths(list, add, change, remove))]
pub struct Document;

pub fn routes() -> Vec<Route> {
    let (read, write) = (Action::ReadLearningLog, Action::WriteLearningLog);
    vec![
        get("/learning", read, list),
        post("/learning", write, add),
        put("/learning/{entry}", write, change),
        delete("/learning/{entry}", write, remove),
    ]
}

/// What somebody learned from, and in what way.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LearnedBody {
    mode: Mode,
    title: Line,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    day: Option<Day>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<Prose>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    link: Option<Link>,
    /// The submission it helped with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    submission: Option<SubmissionId>,
}

#[derive(Serialize, ToSchema)]
struct EntryBody {
    id: LearningId,
    #[serde(flatten)]
    learned: LearnedBody,
    #[schema(value_type = DateTime)]
    added: Timestamp,
}

/// Lists one's own learning log.
#[utoipa::path(
    get,
    path = "/learning",
    params(PageParameters),
    responses((status = 200, body = ListBody<EntryBody>)),
)]
async fn list(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Paging { page, .. }: Paging,
) -> Result<Answer<ListBody<EntryBody>>, HttpError> {
    let found = edge
        .work(move |app| learning::page(app, &person, &page))
        .await?;
    Ok(Answer(ListBody::of(found, EntryBody::from)))
}

/// Writes something down. It counts for nothing, and nothing depends on it.
#[utoipa::path(
    post,
    path = "/learning",
    request_body = LearnedBody,
    responses((status = 201, body = EntryBody)),
)]
async fn add(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Json(body): Json<LearnedBody>,
) -> Result<(StatusCode, Answer<EntryBody>), HttpError> {
    let now = edge.clock.now();
    let added = edge
        .work(move |app| learning::add(app, &person, body.into(), now))
        .await?;
    Ok((StatusCode::CREATED, Answer(added.into())))
}

/// Writes an entry anew.
#[utoipa::path(
    put,
    path = "/learning/{entry}",
    request_body = LearnedBody,
    responses((status = 200, body = EntryBody)),
)]
async fn change(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(entry)): Path<Id<LearningId>>,
    Json(body): Json<LearnedBody>,
) -> Result<Answer<EntryBody>, HttpError> {
    let changed = edge
        .work(move |app| learning::change(app, &person, entry, body.into()))
        .await?;
    Ok(Answer(changed.into()))
}

/// Takes an entry out.
#[utoipa::path(delete, path = "/learning/{entry}", responses((status = 204)))]
async fn remove(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(entry)): Path<Id<LearningId>>,
) -> Result<StatusCode, HttpError> {
    edge.work(move |app| learning::remove(app, &person, entry))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<LearnedBody> for Learned {
    fn from(body: LearnedBody) -> Learned {
        Learned {
            mode: body.mode,
            title: body.title,
            day: body.day,
            note: body.note,
            link: body.link,
            submission: body.submission,
        }
    }
}

impl From<Entry> for EntryBody {
    fn from(entry: Entry) -> EntryBody {
        let learned = entry.learned;
        EntryBody {
            id: entry.id,
            learned: LearnedBody {
                mode: learned.mode,
                title: learned.title,
                day: learned.day,
                note: learned.note,
                link: learned.link,
                submission: learned.submission,
            },
            added: entry.added,
        }
    }
}
