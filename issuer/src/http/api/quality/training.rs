//! Training sets, their exemplars, and who is certified.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use utoipa::OpenApi;

use super::bodies::{
    CertificationBody, ExemplarBody, NewExemplarBody, ProgressBody, RulesBody, TrainingSetBody,
};
use crate::http::body::Json;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::paging::{ListBody, PageParameters, Paging};
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, delete, get, post, put};
use crate::id::{ExemplarId, MicroCredentialId, OrganisationId};
use crate::page::Page;
use crate::quality::{certification, training, trying};
use crate::rights::Action;

/// What the handlers say of themselves.
#[derive(OpenApi)]
#[openapi(paths(list, open, set_rules, exemplars, add, retire, certifications))]
pub struct Document;

pub fn routes() -> Vec<Route> {
    let sets = "/organisations/{organisation}/training";
    let set = "/organisations/{organisation}/training/{line}";
    let exemplars = "/organisations/{organisation}/training/{line}/exemplars";
    vec![
        get(sets, Action::ReadTraining, list),
        get(set, Action::ReadTraining, open),
        put(set, Action::WriteTraining, set_rules),
        get(exemplars, Action::ReadExemplars, self::exemplars),
        post(exemplars, Action::WriteTraining, add),
        delete(
            "/organisations/{organisation}/training/{line}/exemplars/{exemplar}",
            Action::WriteTraining,
            retire,
        ),
        get(
            "/organisations/{organisation}/training/{line}/certifications",
            Action::ReadCertifications,
            certifications,
        ),
    ]
}

/// Lists the training sets of an organisation, and where the caller stands with each.
#[utoipa::path(
    get,
    path = "/organisations/{organisation}/training",
    responses((status = 200, body = ListBody<ProgressBody>)),
)]
async fn list(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(organisation)): Path<Id<OrganisationId>>,
) -> Result<Answer<ListBody<ProgressBody>>, HttpError> {
    let now = edge.clock.now();
    let found = edge
        .work(move |app| trying::progress_in_all(app, &person, &organisation, now))
        .await?;
    let page = Page {
        items: found,
        next: None,
    };
    Ok(Answer(ListBody::of(page, ProgressBody::from)))
}

/// Shows a training set, and where the caller stands with it.
#[utoipa::path(
    get,
    path = "/organisations/{organisation}/training/{line}",
    responses((status = 200, body = ProgressBody)),
)]
async fn open(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(organisation), Id(line))): Path<(Id<OrganisationId>, Id<MicroCredentialId>)>,
) -> Result<Answer<ProgressBody>, HttpError> {
    let now = edge.clock.now();
    let found = edge
        .work(move |app| trying::progress(app, &person, &organisation, &line, now))
        .await?;
    Ok(Answer(found.into()))
}

/// Makes a training set for a line of micro-credentials, or changes what it takes to pass.
#[utoipa::path(
    put,
    path = "/organisations/{organisation}/training/{line}",
    request_body = RulesBody,
    responses((status = 200, body = TrainingSetBody)),
)]
async fn set_rules(
    State(edge): State<Edge>,
    Path((Id(organisation), Id(line))): Path<(Id<OrganisationId>, Id<MicroCredentialId>)>,
    Json(body): Json<RulesBody>,
) -> Result<Answer<TrainingSetBody>, HttpError> {
    let set = edge
        .work(move |app| training::set_rules(app, &organisation, &line, body.into()))
        .await?;
    Ok(Answer(set.into()))
}

/// Lists the exemplars of a training set with the levels they ought to be given, retired ones too.
#[utoipa::path(
    get,
    path = "/organisations/{organisation}/training/{line}/exemplars",
    responses((status = 200, body = ListBody<ExemplarBody>)),
)]
async fn exemplars(
    State(edge): State<Edge>,
    Path((Id(organisation), Id(line))): Path<(Id<OrganisationId>, Id<MicroCredentialId>)>,
) -> Result<Answer<ListBody<ExemplarBody>>, HttpError> {
    let found = edge
        .work(move |app| training::exemplars(app, &organisation, &line))
        .await?;
    let page = Page {
        items: found,
        next: None,
    };
    Ok(Answer(ListBody::of(page, ExemplarBody::from)))
}

/// Adds an exemplar, held against the rubric of the version that is published now.
#[utoipa::path(
    post,
    path = "/organisations/{organisation}/training/{line}/exemplars",
    request_body = NewExemplarBody,
    responses((status = 201, body = ExemplarBody)),
)]
async fn add(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(organisation), Id(line))): Path<(Id<OrganisationId>, Id<MicroCredentialId>)>,
    Json(body): Json<NewExemplarBody>,
) -> Result<(StatusCode, Answer<ExemplarBody>), HttpError> {
    let now = edge.clock.now();
    let added = edge
        .work(move |app| {
            let new = body.read()?;
            training::add_exemplar(app, &person, &organisation, &line, new, now)
        })
        .await?;
    Ok((StatusCode::CREATED, Answer(added.into())))
}

/// Retires an exemplar: it is given to nobody any more, and what was scored stays.
#[utoipa::path(
    delete,
    path = "/organisations/{organisation}/training/{line}/exemplars/{exemplar}",
    responses((status = 200, body = ExemplarBody)),
)]
async fn retire(
    State(edge): State<Edge>,
    Path((Id(organisation), Id(line), Id(exemplar))): Path<(
        Id<OrganisationId>,
        Id<MicroCredentialId>,
        Id<ExemplarId>,
    )>,
) -> Result<Answer<ExemplarBody>, HttpError> {
    let now = edge.clock.now();
    let retired = edge
        .work(move |app| training::retire_exemplar(app, &organisation, &line, exemplar, now))
        .await?;
    Ok(Answer(retired.into()))
}

/// Lists who is certified for a line of micro-credentials, and until when.
#[utoipa::path(
    get,
    path = "/organisations/{organisation}/training/{line}/certifications",
    params(PageParameters),
    responses((status = 200, body = ListBody<CertificationBody>)),
)]
async fn certifications(
    State(edge): State<Edge>,
    Path((Id(organisation), Id(line))): Path<(Id<OrganisationId>, Id<MicroCredentialId>)>,
    Paging { page, .. }: Paging,
) -> Result<Answer<ListBody<CertificationBody>>, HttpError> {
    let found = edge
        .work(move |app| certification::all(app, &organisation, &line, &page))
        .await?;
    Ok(Answer(ListBody::of(found, CertificationBody::from)))
}
