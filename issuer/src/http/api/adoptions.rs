//! Adoptions: issuing what another organisation wrote.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use crate::adoption::{self, Adoption};
use crate::http::body::Json;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::paging::{ListBody, PageParameters, Paging, Unfiltered};
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, delete, get, post, put};
use crate::id::{MicroCredentialId, OrganisationId};
use crate::rights::Action;

/// What the handlers say of themselves.
#[derive(OpenApi)]
#[openapi(paths(by, adopt, end_by_adopter, of, grant, end))]
pub struct Document;

pub fn routes() -> Vec<Route> {
    vec![
        get(
            "/organisations/{organisation}/adoptions",
            Action::ReadAdoptions,
            by,
        ),
        post(
            "/organisations/{organisation}/adoptions",
            Action::Adopt,
            adopt,
        ),
        delete(
            "/organisations/{organisation}/adoptions/{name}",
            Action::Adopt,
            end_by_adopter,
        ),
        get(
            "/micro-credentials/{micro_credential}/adoptions",
            Action::ReadAdoptions,
            of,
        ),
        put(
            "/micro-credentials/{micro_credential}/adoptions/{adopter}",
            Action::AnswerAdoptions,
            grant,
        ),
        delete(
            "/micro-credentials/{micro_credential}/adoptions/{adopter}",
            Action::AnswerAdoptions,
            end,
        ),
    ]
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewAdoptionBody {
    micro_credential: MicroCredentialId,
}

#[derive(Serialize, ToSchema)]
struct AdoptionBody {
    organisation: OrganisationId,
    micro_credential: MicroCredentialId,
    /// Whether it is issued; if not, its owner was asked.
    granted: bool,
}

/// Lists what an organisation has adopted or asked for.
#[utoipa::path(
    get,
    path = "/organisations/{organisation}/adoptions",
    params(PageParameters),
    responses((status = 200, body = ListBody<AdoptionBody>)),
)]
async fn by(
    State(edge): State<Edge>,
    Path(Id(organisation)): Path<Id<OrganisationId>>,
    Paging {
        page,
        filter: Unfiltered {},
    }: Paging,
) -> Result<Answer<ListBody<AdoptionBody>>, HttpError> {
    let found = edge
        .work(move |app| Ok(app.store.adoptions_by(&organisation, &page)?))
        .await?;
    Ok(Answer(ListBody::of(found, AdoptionBody::from)))
}

/// Adopts a published micro-credential, or asks its owner.
#[utoipa::path(
    post,
    path = "/organisations/{organisation}/adoptions",
    request_body = NewAdoptionBody,
    responses((status = 201, body = AdoptionBody)),
)]
async fn adopt(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(organisation)): Path<Id<OrganisationId>>,
    Json(body): Json<NewAdoptionBody>,
) -> Result<(StatusCode, Answer<AdoptionBody>), HttpError> {
    let by = caller.actor();
    let now = edge.clock.now();
    let adopted = edge
        .work(move |app| adoption::adopt(app, by, &organisation, &body.micro_credential, now))
        .await?;
    Ok((StatusCode::CREATED, Answer(adopted.into())))
}

/// Ends an adoption.
#[utoipa::path(
    delete,
    path = "/organisations/{organisation}/adoptions/{name}",
    responses((status = 204)),
)]
async fn end_by_adopter(
    State(edge): State<Edge>,
    caller: Caller,
    Path((Id(organisation), Id(id))): Path<(Id<OrganisationId>, Id<MicroCredentialId>)>,
) -> Result<StatusCode, HttpError> {
    let (by, now) = (caller.actor(), edge.clock.now());
    edge.work(move |app| adoption::end(app, by, &id, &organisation, now))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lists who has adopted a micro-credential or asked for it.
#[utoipa::path(
    get,
    path = "/micro-credentials/{micro_credential}/adoptions",
    responses((status = 200, body = ListBody<AdoptionBody>)),
)]
async fn of(
    State(edge): State<Edge>,
    Path(Id(id)): Path<Id<MicroCredentialId>>,
) -> Result<Answer<ListBody<AdoptionBody>>, HttpError> {
    let found = edge
        .work(move |app| Ok(app.store.adoptions_of(&id)?))
        .await?;
    let page = crate::page::Page {
        items: found,
        next: None,
    };
    Ok(Answer(ListBody::of(page, AdoptionBody::from)))
}

/// Lets an organisation that asked issue it.
#[utoipa::path(
    put,
    path = "/micro-credentials/{micro_credential}/adoptions/{adopter}",
    responses((status = 200, body = AdoptionBody)),
)]
async fn grant(
    State(edge): State<Edge>,
    caller: Caller,
    Path((Id(id), Id(adopter))): Path<(Id<MicroCredentialId>, Id<OrganisationId>)>,
) -> Result<Answer<AdoptionBody>, HttpError> {
    let by = caller.actor();
    let now = edge.clock.now();
    let granted = edge
        .work(move |app| adoption::grant(app, by, &id, &adopter, now))
        .await?;
    Ok(Answer(granted.into()))
}

/// Turns a request down, or ends an adoption.
#[utoipa::path(
    delete,
    path = "/micro-credentials/{micro_credential}/adoptions/{adopter}",
    responses((status = 204)),
)]
async fn end(
    State(edge): State<Edge>,
    caller: Caller,
    Path((Id(id), Id(adopter))): Path<(Id<MicroCredentialId>, Id<OrganisationId>)>,
) -> Result<StatusCode, HttpError> {
    let (by, now) = (caller.actor(), edge.clock.now());
    edge.work(move |app| adoption::end(app, by, &id, &adopter, now))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<Adoption> for AdoptionBody {
    fn from(adoption: Adoption) -> AdoptionBody {
        AdoptionBody {
            granted: adoption.is_granted(),
            organisation: adoption.organisation,
            micro_credential: adoption.micro_credential,
        }
    }
}
