//! What helps those who write micro-credentials: what a new one may begin with, and what is still worth
//! saying.

use axum::Json as Answer;
use axum::extract::State;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::{OpenApi, ToSchema};

use crate::error::Error;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get};
use crate::id::{MicroCredentialId, OrganisationId};
use crate::micro_credential::readiness::{self, Check, Concern, Outcome};
use crate::micro_credential::template::Template;
use crate::rights::Action;

/// What the handlers say of themselves.
#[derive(OpenApi)]
#[openapi(paths(templates, readiness_of))]
pub struct Document;

pub fn routes() -> Vec<Route> {
    vec![
        get(
            "/micro-credential-templates",
            Action::ReadPublished,
            templates,
        ),
        get(
            "/organisations/{organisation}/micro-credentials/{name}/readiness",
            Action::ReadDrafts,
            readiness_of,
        ),
    ]
}

/// Everything a new micro-credential may begin with.
#[derive(Serialize, ToSchema)]
struct TemplatesBody {
    items: Vec<TemplateBody>,
}

/// What a new micro-credential may begin with.
#[derive(Serialize, ToSchema)]
struct TemplateBody {
    id: Template,
    title: &'static str,
    /// Members of a micro-credential's content. Title and description are to be added.
    #[schema(value_type = Object)]
    content: Map<String, Value>,
}

/// What was looked at in a micro-credential.
#[derive(Serialize, ToSchema)]
struct ReadinessBody {
    /// Whether publishing refuses nothing of it.
    publishable: bool,
    checks: Vec<CheckBody>,
}

/// One thing that was looked at.
#[derive(Serialize, ToSchema)]
struct CheckBody {
    /// Its stable code.
    code: &'static str,
    concern: Concern,
    outcome: OutcomeName,
    /// What holds where it is done.
    title: &'static str,
    /// What to do where it is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<&'static str>,
    /// JSON pointers into the content, ten at most.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    places: Vec<String>,
}

/// What was found.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum OutcomeName {
    Done,
    Open,
    NotApplicable,
}

/// Lists what a new micro-credential may begin with.
#[utoipa::path(
    get,
    path = "/micro-credential-templates",
    responses((status = 200, body = TemplatesBody)),
)]
async fn templates() -> Answer<TemplatesBody> {
    let items = Template::ALL.into_iter().map(|template| TemplateBody {
        id: template,
        title: template.title(),
        content: template.members(),
    });
    Answer(TemplatesBody {
        items: items.collect(),
    })
}

/// Says what is still worth saying before a micro-credential is published. Only what concerns
/// publishing keeps it from being published.
#[utoipa::path(
    get,
    path = "/organisations/{organisation}/micro-credentials/{name}/readiness",
    responses((status = 200, body = ReadinessBody)),
)]
async fn readiness_of(
    State(edge): State<Edge>,
    Path((Id(organisation), Id(id))): Path<(Id<OrganisationId>, Id<MicroCredentialId>)>,
) -> Result<Answer<ReadinessBody>, HttpError> {
    let checks = edge
        .work(move |app| {
            let found = app.store.micro_credential(&id)?;
            let theirs = found.filter(|found| found.organisation == organisation);
            let theirs = theirs.ok_or(Error::NotFound)?;
            readiness::readiness(app, &organisation, &theirs.content)
        })
        .await?;
    let refused = |check: &Check| check.is_open() && check.kind.concern() == Concern::Publishing;
    Ok(Answer(ReadinessBody {
        publishable: !checks.iter().any(refused),
        checks: checks.into_iter().map(CheckBody::of).collect(),
    }))
}

impl CheckBody {
    fn of(check: Check) -> CheckBody {
        let remedy = check.is_open().then(|| check.kind.remedy());
        let (outcome, places) = match check.outcome {
            Outcome::Done => (OutcomeName::Done, Vec::new()),
            Outcome::Open { places } => (OutcomeName::Open, places),
            Outcome::NotApplicable => (OutcomeName::NotApplicable, Vec::new()),
        };
        CheckBody {
            code: check.kind.code(),
            concern: check.kind.concern(),
            outcome,
            title: check.kind.title(),
            remedy,
            places,
        }
    }
}
