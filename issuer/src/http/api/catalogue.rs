//! The catalogue: what is published, found by words and facets; topics, and pictures to give to drafts.

use axum::Json as Answer;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, OpenApi, ToSchema};

use super::micro_credentials::MicroCredentialBody;
use crate::catalogue::{self, Facet, Query};

use crate::http::body::{self, Json};
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::paging::{ListBody, PageParameters, Paging};
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, delete, get, post, put};
use crate::id::{OrganisationId, TopicId};
use crate::image::{self, IMAGE_BYTES, ImageRef};
use crate::rights::Action;
use crate::text::Line;
use crate::topic::{self, Topic};

/// What the handlers say of themselves.
#[derive(OpenApi)]
#[openapi(paths(list, topics, put_topic, remove_topic, take_in_image))]
pub struct Document;

pub fn routes() -> Vec<Route> {
    vec![
        get("/micro-credentials", Action::ReadPublished, list),
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

/// What is looked for: words, and a value of each facet. What fits has all of them.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct SearchQuery {
    /// Words of the title, the competency, the description and so on; the last may be the beginning of
    /// one.
    #[param(example = "wait time")]
    q: Option<String>,
    /// A topic of `GET /topics`.
    topic: Option<String>,
    /// Whom it is for, as its author wrote it.
    role: Option<String>,
    /// A grade it is about.
    grade: Option<String>,
    /// A framework it is aligned to.
    standard: Option<String>,
    /// What it is worth.
    credit: Option<String>,
    /// The language it is written in.
    language: Option<String>,
    /// The name of an organisation that issues it.
    issuer: Option<String>,
}

/// Lists what is published: all of it in the order of names, or what fits the words and facets, with
/// what fits best first.
#[utoipa::path(
    get,
    path = "/micro-credentials",
    params(SearchQuery, PageParameters),
    responses((status = 200, body = ListBody<MicroCredentialBody>)),
)]
async fn list(
    State(edge): State<Edge>,
    Paging { page, filter }: Paging<SearchQuery>,
) -> Result<Answer<ListBody<MicroCredentialBody>>, HttpError> {
    let query = filter.query()?;
    let found = edge
        .work(move |app| match &query {
            Some(query) => catalogue::page(app, query, &page),
            None => Ok(app.store.newest(&page)?),
        })
        .await?;
    let show = |found| MicroCredentialBody::new(&edge, found);
    Ok(Answer(ListBody::of(found, show)))
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

impl SearchQuery {
    /// The question, if there is one.
    fn query(self) -> Result<Option<Query>, HttpError> {
        let values = [
            (Facet::Topic, self.topic),
            (Facet::Role, self.role),
            (Facet::Grade, self.grade),
            (Facet::Standard, self.standard),
            (Facet::Credit, self.credit),
            (Facet::Language, self.language),
            (Facet::Issuer, self.issuer),
        ];
        if self.q.is_none() && values.iter().all(|(_, value)| value.is_none()) {
            return Ok(None);
        }
        let query = Query::new(self.q.as_deref().unwrap_or_default());
        let query = query.map_err(|error| HttpError::Query {
            message: format!("`q` is refused: {error}."),
        })?;
        let given = values
            .into_iter()
            .filter_map(|(facet, value)| Some((facet, value?)));
        Ok(Some(given.fold(query, |query, (facet, value)| {
            query.with(facet, &value)
        })))
    }
}

impl From<Topic> for TopicBody {
    fn from(topic: Topic) -> TopicBody {
        TopicBody {
            id: topic.id,
            name: topic.name,
        }
    }
}
