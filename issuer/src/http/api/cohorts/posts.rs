//! What is said in a cohort. Whoever is not in it is told that there is nothing.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use crate::cohort::posts::{self, Seen};
use crate::http::body::Json;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::openapi::DateTime;
use crate::http::paging::{ListBody, PageParameters, Paging};
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, delete, get, post};
use crate::id::{CohortId, PersonId, PostId};
use crate::rights::Action;
use crate::text::{Line, Prose};

/// What the handlers say of themselves.
#[derive(OpenApi)]
#[openapi(paths(wall, say, one, take_back, hide, show_again, replies, reply))]
pub struct Document;

pub fn routes() -> Vec<Route> {
    let (read, write, hiding) = (Action::ReadPosts, Action::WritePosts, Action::HidePosts);
    let one_path = "/cohorts/{cohort}/posts/{post}";
    let below = |rest: &str| format!("{one_path}{rest}");
    vec![
        get("/cohorts/{cohort}/posts", read, wall),
        post("/cohorts/{cohort}/posts", write, say),
        get(one_path, read, one),
        delete(one_path, write, take_back),
        post(&below("/hide"), hiding, hide),
        post(&below("/show"), hiding, show_again),
        get(&below("/replies"), read, replies),
        post(&below("/replies"), write, reply),
    ]
}

/// What somebody says: at most 4,000 bytes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SayBody {
    text: Prose,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct HideBody {
    /// Why; whoever said it reads it.
    reason: Line,
}

/// What was said, as far as the caller may read it.
#[derive(Serialize, ToSchema)]
struct PostBody {
    id: PostId,
    /// Who said it; nobody's if it was taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<PersonId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<Line>,
    #[schema(value_type = DateTime)]
    at: Timestamp,
    state: StateBody,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<Prose>,
    /// Why it is hidden, told to whoever said it and to facilitators.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Line>,
    replies: u32,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum StateBody {
    Shown,
    Hidden,
    TakenBack,
}

#[derive(Serialize, ToSchema)]
struct SaidBody {
    id: PostId,
}

/// Lists what was said, the last first.
#[utoipa::path(
    get,
    path = "/cohorts/{cohort}/posts",
    params(PageParameters),
    responses((status = 200, body = ListBody<PostBody>)),
)]
async fn wall(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(id)): Path<Id<CohortId>>,
    Paging { page, .. }: Paging,
) -> Result<Answer<ListBody<PostBody>>, HttpError> {
    let found = edge.work(move |app| posts::wall(app, &person, id, &page));
    Ok(Answer(ListBody::of(found.await?, PostBody::from)))
}

/// Says something to the cohort.
#[utoipa::path(
    post,
    path = "/cohorts/{cohort}/posts",
    request_body = SayBody,
    responses((status = 201, body = SaidBody)),
)]
async fn say(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(id)): Path<Id<CohortId>>,
    Json(body): Json<SayBody>,
) -> Result<(StatusCode, Answer<SaidBody>), HttpError> {
    let now = edge.clock.now();
    let said = edge.work(move |app| posts::say(app, &person, id, body.text, now));
    let id = said.await?.id;
    Ok((StatusCode::CREATED, Answer(SaidBody { id })))
}

/// Shows one post.
#[utoipa::path(
    get,
    path = "/cohorts/{cohort}/posts/{post}",
    responses((status = 200, body = PostBody)),
)]
async fn one(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(id), Id(post))): Path<(Id<CohortId>, Id<PostId>)>,
) -> Result<Answer<PostBody>, HttpError> {
    let found = edge.work(move |app| posts::one(app, &person, id, post));
    Ok(Answer(found.await?.into()))
}

/// Takes back a post or a reply of one's own.
#[utoipa::path(
    delete,
    path = "/cohorts/{cohort}/posts/{post}",
    responses((status = 204)),
)]
async fn take_back(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(id), Id(post))): Path<(Id<CohortId>, Id<PostId>)>,
) -> Result<StatusCode, HttpError> {
    edge.work(move |app| posts::take_back(app, &person, id, post))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Hides a post or a reply, and keeps why.
#[utoipa::path(
    post,
    path = "/cohorts/{cohort}/posts/{post}/hide",
    request_body = HideBody,
    responses((status = 200, body = PostBody)),
)]
async fn hide(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(id), Id(post))): Path<(Id<CohortId>, Id<PostId>)>,
    Json(body): Json<HideBody>,
) -> Result<Answer<PostBody>, HttpError> {
    let hidden = edge.work(move |app| posts::hide(app, &person, id, post, body.reason));
    Ok(Answer(hidden.await?.into()))
}

/// Shows again what was hidden.
#[utoipa::path(
    post,
    path = "/cohorts/{cohort}/posts/{post}/show",
    responses((status = 200, body = PostBody)),
)]
async fn show_again(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(id), Id(post))): Path<(Id<CohortId>, Id<PostId>)>,
) -> Result<Answer<PostBody>, HttpError> {
    let shown = edge.work(move |app| posts::show_again(app, &person, id, post));
    Ok(Answer(shown.await?.into()))
}

/// Lists the replies to a post, the oldest first.
#[utoipa::path(
    get,
    path = "/cohorts/{cohort}/posts/{post}/replies",
    params(PageParameters),
    responses((status = 200, body = ListBody<PostBody>)),
)]
async fn replies(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(id), Id(post))): Path<(Id<CohortId>, Id<PostId>)>,
    Paging { page, .. }: Paging,
) -> Result<Answer<ListBody<PostBody>>, HttpError> {
    let found = edge.work(move |app| posts::replies(app, &person, id, post, &page));
    Ok(Answer(ListBody::of(found.await?, PostBody::from)))
}

/// Replies to a post.
#[utoipa::path(
    post,
    path = "/cohorts/{cohort}/posts/{post}/replies",
    request_body = SayBody,
    responses((status = 201, body = SaidBody)),
)]
async fn reply(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(id), Id(post))): Path<(Id<CohortId>, Id<PostId>)>,
    Json(body): Json<SayBody>,
) -> Result<(StatusCode, Answer<SaidBody>), HttpError> {
    let now = edge.clock.now();
    let said = edge.work(move |app| posts::reply(app, &person, id, post, body.text, now));
    let id = said.await?.id;
    Ok((StatusCode::CREATED, Answer(SaidBody { id })))
}

impl From<Seen> for PostBody {
    fn from(seen: Seen) -> PostBody {
        let state = match (&seen.by, &seen.hidden) {
            (None, _) => StateBody::TakenBack,
            (_, Some(_)) => StateBody::Hidden,
            (_, None) => StateBody::Shown,
        };
        let (person, name) = seen.by.unzip();
        PostBody {
            id: seen.id,
            person,
            name,
            at: seen.at,
            state,
            text: seen.text,
            reason: seen.hidden.flatten(),
            replies: seen.replies,
        }
    }
}
