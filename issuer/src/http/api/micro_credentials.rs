//! The catalogue of micro-credentials: reading what is published, writing drafts, publishing.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::header::IF_MATCH;
use axum::http::{HeaderMap, StatusCode};
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use crate::digest::Sha256Digest;
use crate::error::Error;
use crate::http::body::Json;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::openapi::DateTime;
use crate::http::paging::{ListBody, PageParameters, Paging, Unfiltered};
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, delete, get, post, put};
use crate::id::{MicroCredentialId, OrganisationId};
use crate::micro_credential::{
    self, AdoptionPolicy, Basis, Content, MicroCredential, Origin, State as Stage,
};
use crate::rights::Action;

/// What the handlers say of themselves.
#[derive(OpenApi)]
#[openapi(paths(
    show,
    content,
    versions,
    list_of_organisation,
    show_to_authors,
    write,
    discard,
    publish,
    revise,
    set_adoption_policy
))]
pub struct Document;

pub fn routes() -> Vec<Route> {
    let (read, write_them) = (Action::ReadPublished, Action::WriteMicroCredentials);
    vec![
        get("/micro-credentials/{micro_credential}", read, show),
        get(
            "/micro-credentials/{micro_credential}/content",
            read,
            content,
        ),
        get(
            "/micro-credentials/{micro_credential}/versions",
            read,
            versions,
        ),
        get(
            "/organisations/{organisation}/micro-credentials",
            Action::ReadDrafts,
            list_of_organisation,
        ),
        get(
            "/organisations/{organisation}/micro-credentials/{name}",
            Action::ReadDrafts,
            show_to_authors,
        ),
        put(
            "/organisations/{organisation}/micro-credentials/{name}",
            write_them,
            write,
        )
        .minding_tags(),
        delete("/micro-credentials/{micro_credential}", write_them, discard),
        post(
            "/micro-credentials/{micro_credential}/publish",
            write_them,
            publish,
        ),
        post(
            "/micro-credentials/{micro_credential}/revisions",
            write_them,
            revise,
        ),
        put(
            "/micro-credentials/{micro_credential}/adoption",
            write_them,
            set_adoption_policy,
        ),
    ]
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RevisionBody {
    #[serde(default)]
    id: Option<MicroCredentialId>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AdoptionBody {
    adoption: AdoptionPolicy,
}

/// A version with what stands beside its content. The content's members stand among these, in the
/// form in which they are hashed.
#[derive(Serialize, ToSchema)]
pub(super) struct MicroCredentialBody {
    id: MicroCredentialId,
    organisation: OrganisationId,
    url: String,
    version: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    revises: Option<MicroCredentialId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    superseded_by: Option<MicroCredentialId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<DateTime>)]
    published: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rubric_sha256: Option<Sha256Digest>,
    content_sha256: Sha256Digest,
    adoption: AdoptionPolicy,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<Origin>,
    #[serde(flatten)]
    content: Content,
}

/// A version in a list of versions.
#[derive(Serialize, ToSchema)]
struct VersionBody {
    id: MicroCredentialId,
    version: u32,
    url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<DateTime>)]
    published: Option<Timestamp>,
    content_sha256: Sha256Digest,
}

/// Shows what is published.
#[utoipa::path(
    get,
    path = "/micro-credentials/{micro_credential}",
    responses((status = 200, body = MicroCredentialBody)),
)]
async fn show(
    State(edge): State<Edge>,
    Path(Id(id)): Path<Id<MicroCredentialId>>,
) -> Result<Answer<MicroCredentialBody>, HttpError> {
    let found = edge
        .work(move |app| micro_credential::published(app, &id))
        .await?;
    Ok(Answer(MicroCredentialBody::new(&edge, found)))
}

/// The content alone: its canonical JSON (RFC 8785) hashes to `content_sha256`.
#[utoipa::path(
    get,
    path = "/micro-credentials/{micro_credential}/content",
    responses((status = 200, body = Content)),
)]
async fn content(
    State(edge): State<Edge>,
    Path(Id(id)): Path<Id<MicroCredentialId>>,
) -> Result<Answer<Content>, HttpError> {
    let found = edge
        .work(move |app| micro_credential::published(app, &id))
        .await?;
    Ok(Answer(found.content))
}

/// Lists the versions of a micro-credential.
#[utoipa::path(
    get,
    path = "/micro-credentials/{micro_credential}/versions",
    responses((status = 200, body = Vec<VersionBody>)),
)]
async fn versions(
    State(edge): State<Edge>,
    Path(Id(id)): Path<Id<MicroCredentialId>>,
) -> Result<Answer<Vec<VersionBody>>, HttpError> {
    let versions = edge
        .work(move |app| {
            let found = micro_credential::published(app, &id)?;
            micro_credential::versions(app, &found)
        })
        .await?;
    let body = |version: MicroCredential| VersionBody {
        url: edge.app.site.achievement(&version.id),
        version: version.version,
        published: version.published_at(),
        content_sha256: version.content_sha256(),
        id: version.id,
    };
    Ok(Answer(versions.into_iter().map(body).collect()))
}

/// Lists what an organisation has: drafts, published versions, superseded ones.
#[utoipa::path(
    get,
    path = "/organisations/{organisation}/micro-credentials",
    params(PageParameters),
    responses((status = 200, body = ListBody<MicroCredentialBody>)),
)]
async fn list_of_organisation(
    State(edge): State<Edge>,
    Path(Id(organisation)): Path<Id<OrganisationId>>,
    Paging {
        page,
        filter: Unfiltered {},
    }: Paging,
) -> Result<Answer<ListBody<MicroCredentialBody>>, HttpError> {
    let found = edge
        .work(move |app| Ok(app.store.micro_credentials_of(&organisation, &page)?))
        .await?;
    let show = |found| MicroCredentialBody::new(&edge, found);
    Ok(Answer(ListBody::of(found, show)))
}

/// Shows what an organisation has under this name, draft or published.
#[utoipa::path(
    get,
    path = "/organisations/{organisation}/micro-credentials/{name}",
    responses((status = 200, body = MicroCredentialBody)),
)]
async fn show_to_authors(
    State(edge): State<Edge>,
    Path((Id(organisation), Id(id))): Path<(Id<OrganisationId>, Id<MicroCredentialId>)>,
) -> Result<Answer<MicroCredentialBody>, HttpError> {
    let found = edge
        .work(move |app| {
            let found = app.store.micro_credential(&id)?;
            let theirs = found.filter(|found| found.organisation == organisation);
            theirs.ok_or(Error::NotFound)
        })
        .await?;
    Ok(Answer(MicroCredentialBody::new(&edge, found)))
}

/// Begins a draft under this name, or replaces what the draft of this name says. With `If-Match` and
/// the `content_sha256` that was read, nobody's change is written over.
#[utoipa::path(
    put,
    path = "/organisations/{organisation}/micro-credentials/{name}",
    request_body = Content,
    responses((status = 200, body = MicroCredentialBody)),
)]
async fn write(
    State(edge): State<Edge>,
    Caller { person: author, .. }: Caller,
    Path((Id(organisation), Id(id))): Path<(Id<OrganisationId>, Id<MicroCredentialId>)>,
    headers: HeaderMap,
    Json(content): Json<Content>,
) -> Result<Answer<MicroCredentialBody>, HttpError> {
    let basis = basis(&headers)?;
    let written = edge
        .work(move |app| match app.store.micro_credential(&id)? {
            Some(found) if found.organisation == organisation => {
                micro_credential::rewrite(app, &id, content, basis)
            }
            _ => micro_credential::write(app, &author, organisation, id, content),
        })
        .await?;
    Ok(Answer(MicroCredentialBody::new(&edge, written)))
}

fn basis(headers: &HeaderMap) -> Result<Basis, HttpError> {
    let Some(header) = headers.get(IF_MATCH) else {
        return Ok(Basis::Whatever);
    };
    let digest = header.to_str().ok().map(|text| text.trim_matches('"'));
    match digest.and_then(|digest| digest.parse().ok()) {
        Some(digest) => Ok(Basis::Content(digest)),
        None => Err(HttpError::Query {
            message: "If-Match takes the content_sha256 of the draft that was read.".to_owned(),
        }),
    }
}

/// Throws a draft away.
#[utoipa::path(
    delete,
    path = "/micro-credentials/{micro_credential}",
    responses((status = 204)),
)]
async fn discard(
    State(edge): State<Edge>,
    Path(Id(id)): Path<Id<MicroCredentialId>>,
) -> Result<StatusCode, HttpError> {
    edge.work(move |app| micro_credential::discard(app, &id))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Freezes a draft; from now on it can be earned.
#[utoipa::path(
    post,
    path = "/micro-credentials/{micro_credential}/publish",
    responses((status = 200, body = MicroCredentialBody)),
)]
async fn publish(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<MicroCredentialId>>,
) -> Result<Answer<MicroCredentialBody>, HttpError> {
    let by = caller.actor();
    let now = edge.clock.now();
    let published = edge
        .work(move |app| micro_credential::publish(app, by, &id, now))
        .await?;
    Ok(Answer(MicroCredentialBody::new(&edge, published)))
}

/// Begins a new version, as a draft.
#[utoipa::path(
    post,
    path = "/micro-credentials/{micro_credential}/revisions",
    request_body = RevisionBody,
    responses((status = 201, body = MicroCredentialBody)),
)]
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

/// Says who else may issue it.
#[utoipa::path(
    put,
    path = "/micro-credentials/{micro_credential}/adoption",
    request_body = AdoptionBody,
    responses((status = 200, body = MicroCredentialBody)),
)]
async fn set_adoption_policy(
    State(edge): State<Edge>,
    Path(Id(id)): Path<Id<MicroCredentialId>>,
    Json(body): Json<AdoptionBody>,
) -> Result<Answer<MicroCredentialBody>, HttpError> {
    let changed = edge
        .work(move |app| micro_credential::set_adoption_policy(app, &id, body.adoption))
        .await?;
    Ok(Answer(MicroCredentialBody::new(&edge, changed)))
}

impl MicroCredentialBody {
    pub(super) fn new(edge: &Edge, found: MicroCredential) -> MicroCredentialBody {
        let (published, rubric_sha256) = match found.state {
            Stage::Draft => (None, None),
            Stage::Published {
                at, rubric_sha256, ..
            } => (Some(at), Some(rubric_sha256)),
        };
        MicroCredentialBody {
            url: edge.app.site.achievement(&found.id),
            content_sha256: found.content_sha256(),
            id: found.id,
            organisation: found.organisation,
            version: found.version,
            revises: found.revises,
            superseded_by: found.superseded_by,
            published,
            rubric_sha256,
            adoption: found.adoption,
            origin: found.origin,
            content: found.content,
        }
    }
}
