//! What the catalogue holds beside micro-credentials: topics, and pictures to give to drafts.

use axum::Json as Answer;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use crate::http::body::{self, Json};
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, delete, get, post, put};
use crate::id::{OrganisationId, TopicId};
use crate::image::{self, IMAGE_BYTES, ImageRef};
use crate::rights::Action;
use crate::text::Line;
use crate::topic::{self, Topic};

/// What the handlers say of themselves.
#[derive(OpenApi)]
#[openapi(paths(topics, put_topic, remove_topic, take_in_image))]
pub struct Document;

pub fn routes() -> Vec<Route> {
    vec![
        get("/topics", Action::ReadPublished, topics),
        put("/topics/{topic}", Action::ChangeTopics, put_topic),
        delete("/topics/{topic}", Action::ChangeTopics, remove_topic),
        post(
            "/organisations/{organisation}/images",
            Action::WriteMicroCredentials,
            take_in_image,
        ),
    ]
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewTopicBody {
    name: Line,
}

#[derive(Serialize, ToSchema)]
struct TopicBody {
    id: TopicId,
    name: Line,
}

/// Lists the topics.
#[utoipa::path(
    get,
    path = "/topics",
    responses((status = 200, body = Vec<TopicBody>)),
)]
async fn topics(State(edge): State<Edge>) -> Result<Answer<Vec<TopicBody>>, HttpError> {
    let topics = edge.work(topic::all).await?;
    Ok(Answer(topics.into_iter().map(TopicBody::from).collect()))
}

/// Adds a topic, or gives it another name.
#[utoipa::path(
    put,
    path = "/topics/{topic}",
    request_body = NewTopicBody,
    responses((status = 200, body = TopicBody)),
)]
async fn put_topic(
    State(edge): State<Edge>,
    Path(Id(id)): Path<Id<TopicId>>,
    Json(body): Json<NewTopicBody>,
) -> Result<Answer<TopicBody>, HttpError> {
    let topic = Topic {
        id,
        name: body.name,
    };
    let written = edge.work(move |app| topic::put(app, topic)).await?;
    Ok(Answer(written.into()))
}

/// Takes a topic away.
#[utoipa::path(
    delete,
    path = "/topics/{topic}",
    responses((status = 204)),
)]
async fn remove_topic(
    State(edge): State<Edge>,
    Path(Id(id)): Path<Id<TopicId>>,
) -> Result<StatusCode, HttpError> {
    edge.work(move |app| topic::remove(app, &id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a PNG or SVG as the body of the request, as it is; drafts refer to it by its digest.
#[utoipa::path(
    post,
    path = "/organisations/{organisation}/images",
    request_body(content_type = "*/*"),
    responses((status = 201, body = ImageRef)),
)]
async fn take_in_image(
    State(edge): State<Edge>,
    Path(Id(_)): Path<Id<OrganisationId>>,
    body: Body,
) -> Result<(StatusCode, Answer<ImageRef>), HttpError> {
    let bytes = body::read(body, IMAGE_BYTES).await?;
    let image = edge.work(move |app| image::take_in(app, &bytes)).await?;
    Ok((StatusCode::CREATED, Answer(image)))
}

impl From<Topic> for TopicBody {
    fn from(topic: Topic) -> TopicBody {
        TopicBody {
            id: topic.id,
            name: topic.name,
        }
    }
}
