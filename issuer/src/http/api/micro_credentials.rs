//! The catalogue of micro-credentials.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

use crate::digest::Sha256Digest;
use crate::http::body::Json;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::paging::{ListBody, Paging, Unfiltered};
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get, post, put};
use crate::id::{LevelId, MicroCredentialId, OrganisationId, RequirementId};
use crate::micro_credential::{
    self, Colour, Content, EvidenceKind, EvidenceRequirement, MicroCredential, State as Stage,
};
use crate::rights::Action;
use crate::rubric::{Criterion, Level, Rubric};
use crate::text::{Line, Prose};

pub fn routes() -> Vec<Route> {
    vec![
        get("/micro-credentials", Action::ReadPublished, list),
        get(
            "/micro-credentials/{micro_credential}",
            Action::ReadPublished,
            show,
        ),
        put(
            "/organisations/{organisation}/micro-credentials/{name}",
            Action::WriteMicroCredentials,
            write,
        ),
        post(
            "/micro-credentials/{micro_credential}/publish",
            Action::WriteMicroCredentials,
            publish,
        ),
        post(
            "/micro-credentials/{micro_credential}/revisions",
            Action::WriteMicroCredentials,
            revise,
        ),
    ]
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ContentBody {
    name: Line,
    competency: Line,
    description: Prose,
    criteria: Prose,
    evidence_requirements: Vec<RequirementBody>,
    rubric: RubricBody,
    #[serde(default)]
    tags: Vec<Line>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    colour: Option<Colour>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RequirementBody {
    id: RequirementId,
    name: Line,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    description: Option<Prose>,
    accepts: Vec<EvidenceKind>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RubricBody {
    criteria: Vec<CriterionBody>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CriterionBody {
    id: crate::id::CriterionId,
    name: Line,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    description: Option<Prose>,
    levels: Vec<LevelBody>,
    required_level: LevelId,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LevelBody {
    id: LevelId,
    name: Line,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    description: Option<Prose>,
    points: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RevisionBody {
    id: MicroCredentialId,
}

#[derive(Serialize)]
pub(super) struct MicroCredentialBody {
    id: MicroCredentialId,
    organisation: OrganisationId,
    url: String,
    version: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    revises: Option<MicroCredentialId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    published: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rubric_sha256: Option<Sha256Digest>,
    #[serde(flatten)]
    content: ContentBody,
}

async fn list(
    State(edge): State<Edge>,
    Paging {
        page,
        filter: Unfiltered {},
    }: Paging,
) -> Result<Answer<ListBody<MicroCredentialBody>>, HttpError> {
    let published = edge
        .work(move |app| Ok(app.store.published(&page)?))
        .await?;
    let show = |found| MicroCredentialBody::new(&edge, found);
    Ok(Answer(ListBody::of(published, show)))
}

async fn show(
    State(edge): State<Edge>,
    Path(Id(id)): Path<Id<MicroCredentialId>>,
) -> Result<Answer<MicroCredentialBody>, HttpError> {
    let found = edge
        .work(move |app| micro_credential::published(app, &id))
        .await?;
    Ok(Answer(MicroCredentialBody::new(&edge, found)))
}

/// Begins a draft under this name, or replaces what the draft of this name says.
async fn write(
    State(edge): State<Edge>,
    Caller { person: author, .. }: Caller,
    Path((Id(organisation), Id(id))): Path<(Id<OrganisationId>, Id<MicroCredentialId>)>,
    Json(body): Json<ContentBody>,
) -> Result<Answer<MicroCredentialBody>, HttpError> {
    let written = edge
        .work(move |app| {
            let content = body.try_into()?;
            match app.store.micro_credential(&id)? {
                Some(found) if found.organisation == organisation => {
                    micro_credential::rewrite(app, &id, content)
                }
                _ => micro_credential::write(app, &author, organisation, id, content),
            }
        })
        .await?;
    Ok(Answer(MicroCredentialBody::new(&edge, written)))
}

async fn publish(
    State(edge): State<Edge>,
    Path(Id(id)): Path<Id<MicroCredentialId>>,
) -> Result<Answer<MicroCredentialBody>, HttpError> {
    let now = edge.clock.now();
    let published = edge
        .work(move |app| micro_credential::publish(app, &id, now))
        .await?;
    Ok(Answer(MicroCredentialBody::new(&edge, published)))
}

async fn revise(
    State(edge): State<Edge>,
    Caller { person: author, .. }: Caller,
    Path(Id(former)): Path<Id<MicroCredentialId>>,
    Json(body): Json<RevisionBody>,
) -> Result<(StatusCode, Answer<MicroCredentialBody>), HttpError> {
    let revision = edge
        .work(move |app| micro_credential::revise(app, &author, &former, body.id))
        .await?;
    Ok((
        StatusCode::CREATED,
        Answer(MicroCredentialBody::new(&edge, revision)),
    ))
}

impl MicroCredentialBody {
    pub(super) fn new(edge: &Edge, found: MicroCredential) -> MicroCredentialBody {
        let (published, rubric_sha256) = match found.state {
            Stage::Draft => (None, None),
            Stage::Published { at, rubric_sha256 } => (Some(at), Some(rubric_sha256)),
        };
        MicroCredentialBody {
            url: edge.app.site.achievement(&found.id),
            id: found.id,
            organisation: found.organisation,
            version: found.version,
            revises: found.revises,
            published,
            rubric_sha256,
            content: found.content.into(),
        }
    }
}

impl TryFrom<ContentBody> for Content {
    type Error = crate::error::Error;

    fn try_from(body: ContentBody) -> Result<Content, crate::error::Error> {
        let requirement = |body: RequirementBody| EvidenceRequirement {
            id: body.id,
            name: body.name,
            description: body.description,
            accepts: body.accepts.into_iter().collect(),
        };
        let level = |body: LevelBody| Level {
            id: body.id,
            name: body.name,
            description: body.description,
            points: body.points,
        };
        let criterion = |body: CriterionBody| Criterion {
            id: body.id,
            name: body.name,
            description: body.description,
            levels: body.levels.into_iter().map(level).collect(),
            required_level: body.required_level,
        };
        Ok(Content {
            name: body.name,
            competency: body.competency,
            description: body.description,
            criteria: body.criteria,
            evidence_requirements: body
                .evidence_requirements
                .into_iter()
                .map(requirement)
                .collect(),
            rubric: Rubric::new(body.rubric.criteria.into_iter().map(criterion).collect())?,
            tags: body.tags,
            colour: body.colour,
        })
    }
}

impl From<Content> for ContentBody {
    fn from(content: Content) -> ContentBody {
        let requirement = |requirement: EvidenceRequirement| RequirementBody {
            id: requirement.id,
            name: requirement.name,
            description: requirement.description,
            accepts: requirement.accepts.into_iter().collect(),
        };
        let level = |level: &Level| LevelBody {
            id: level.id.clone(),
            name: level.name.clone(),
            description: level.description.clone(),
            points: level.points,
        };
        let criterion = |criterion: &Criterion| CriterionBody {
            id: criterion.id.clone(),
            name: criterion.name.clone(),
            description: criterion.description.clone(),
            levels: criterion.levels.iter().map(level).collect(),
            required_level: criterion.required_level.clone(),
        };
        ContentBody {
            rubric: RubricBody {
                criteria: content.rubric.criteria().iter().map(criterion).collect(),
            },
            name: content.name,
            competency: content.competency,
            description: content.description,
            criteria: content.criteria,
            evidence_requirements: content
                .evidence_requirements
                .into_iter()
                .map(requirement)
                .collect(),
            tags: content.tags,
            colour: content.colour,
        }
    }
}
