//! Cohorts: which there are, what they are for, and joining one.

mod bodies;
pub mod help;
pub mod people;
pub mod posts;

pub use bodies::{ChoicesBody, ParticipantBody};

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use utoipa::OpenApi;

use self::bodies::{AboutBody, CohortBody, DeclineBody, JoinBody, MineBody};
use crate::cohort::people::Choices;
use crate::cohort::{self};
use crate::error::Error;
use crate::http::body::Json;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::paging::{ListBody, PageParameters, Paging};
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get, post, put};
use crate::id::{CohortId, OrganisationId};
use crate::page::Page;
use crate::rights::Action;

/// What the handlers say of themselves.
#[derive(OpenApi)]
#[openapi(paths(
    mine, join, decline, list, make, show, change, archive, reopen, renew_code
))]
pub struct Document;

pub fn routes() -> Vec<Route> {
    let (read, lead) = (Action::ReadCohort, Action::LeadCohorts);
    let of = "/organisations/{organisation}/cohorts";
    let mut routes = vec![
        get("/cohorts", Action::ReadOwnCohorts, mine),
        post("/cohorts/join", Action::JoinCohort, join),
        post("/cohorts/decline", Action::JoinCohort, decline),
        get(of, Action::ReadCohorts, list),
        post(of, lead, make),
        get("/cohorts/{cohort}", read, show),
        put("/cohorts/{cohort}", lead, change),
        post("/cohorts/{cohort}/archive", lead, archive),
        post("/cohorts/{cohort}/reopen", lead, reopen),
        post("/cohorts/{cohort}/code", lead, renew_code),
    ];
    routes.extend(people::routes());
    routes.extend(posts::routes());
    routes.extend(help::routes());
    routes
}

/// Lists the cohorts that one is in, or is invited to.
#[utoipa::path(get, path = "/cohorts", responses((status = 200, body = ListBody<MineBody>)))]
async fn mine(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
) -> Result<Answer<ListBody<MineBody>>, HttpError> {
    let found = edge.work(move |app| cohort::people::cohorts_of(app, person.id));
    let whole = Page {
        items: found.await?,
        next: None,
    };
    Ok(Answer(ListBody::of(whole, |(cohort, known)| MineBody {
        choices: known.choices.into(),
        cohort: CohortBody::seen_as(cohort, Some(known.part), false),
    })))
}

/// Joins a cohort by its code, or accepts an invitation to it.
#[utoipa::path(
    post,
    path = "/cohorts/join",
    request_body = JoinBody,
    responses((status = 200, body = ParticipantBody)),
)]
async fn join(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Json(body): Json<JoinBody>,
) -> Result<Answer<ParticipantBody>, HttpError> {
    let now = edge.clock.now();
    let joined = edge.work(move |app| {
        let choices = Choices {
            progress: body.progress,
            letters: body.letters,
        };
        match (body.code, body.cohort) {
            (Some(code), None) => cohort::people::join(app, &person, &code, choices, now),
            (None, Some(id)) => cohort::people::accept(app, &person, id, choices, now),
            _ => Err(Error::invalid("", "either `code` or `cohort` is given")),
        }
    });
    Ok(Answer(joined.await?.into()))
}

/// Says no to an invitation. Nothing of it is kept.
#[utoipa::path(
    post,
    path = "/cohorts/decline",
    request_body = DeclineBody,
    responses((status = 204)),
)]
async fn decline(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Json(body): Json<DeclineBody>,
) -> Result<StatusCode, HttpError> {
    edge.work(move |app| cohort::people::decline(app, &person, body.cohort))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lists the cohorts of an organisation.
#[utoipa::path(
    get,
    path = "/organisations/{organisation}/cohorts",
    params(PageParameters),
    responses((status = 200, body = ListBody<CohortBody>)),
)]
async fn list(
    State(edge): State<Edge>,
    Path(Id(organisation)): Path<Id<OrganisationId>>,
    Paging { page, .. }: Paging,
) -> Result<Answer<ListBody<CohortBody>>, HttpError> {
    let found = edge.work(move |app| cohort::of_organisation(app, &organisation, &page));
    Ok(Answer(ListBody::of(found.await?, |cohort| {
        CohortBody::seen_as(cohort, None, true)
    })))
}

/// Makes a cohort.
#[utoipa::path(
    post,
    path = "/organisations/{organisation}/cohorts",
    request_body = AboutBody,
    responses((status = 201, body = CohortBody)),
)]
async fn make(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(organisation)): Path<Id<OrganisationId>>,
    Json(body): Json<AboutBody>,
) -> Result<(StatusCode, Answer<CohortBody>), HttpError> {
    let now = edge.clock.now();
    let made = edge.work(move |app| cohort::make(app, person.id, &organisation, body.into(), now));
    let made = CohortBody::seen_as(made.await?, None, true);
    Ok((StatusCode::CREATED, Answer(made)))
}

/// Shows what a cohort is for.
#[utoipa::path(
    get,
    path = "/cohorts/{cohort}",
    responses((status = 200, body = CohortBody)),
)]
async fn show(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<CohortId>>,
) -> Result<Answer<CohortBody>, HttpError> {
    let shown = edge.work(move |app| CohortBody::of(app, &caller, cohort::found(app, id)?));
    Ok(Answer(shown.await?))
}

/// Says anew what a cohort is for.
#[utoipa::path(
    put,
    path = "/cohorts/{cohort}",
    request_body = AboutBody,
    responses((status = 200, body = CohortBody)),
)]
async fn change(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<CohortId>>,
    Json(body): Json<AboutBody>,
) -> Result<Answer<CohortBody>, HttpError> {
    let about = body.into();
    let changed = edge.work(move |app| {
        let changed = cohort::change(app, id, about)?;
        CohortBody::of(app, &caller, changed)
    });
    Ok(Answer(changed.await?))
}

/// Ends a cohort: what was said can still be read, and nothing is added.
#[utoipa::path(
    post,
    path = "/cohorts/{cohort}/archive",
    responses((status = 200, body = CohortBody)),
)]
async fn archive(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<CohortId>>,
) -> Result<Answer<CohortBody>, HttpError> {
    let now = edge.clock.now();
    let done = edge.work(move |app| {
        let archived = cohort::archive(app, id, now)?;
        CohortBody::of(app, &caller, archived)
    });
    Ok(Answer(done.await?))
}

/// Opens an archived cohort again.
#[utoipa::path(
    post,
    path = "/cohorts/{cohort}/reopen",
    responses((status = 200, body = CohortBody)),
)]
async fn reopen(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<CohortId>>,
) -> Result<Answer<CohortBody>, HttpError> {
    let done = edge.work(move |app| CohortBody::of(app, &caller, cohort::reopen(app, id)?));
    Ok(Answer(done.await?))
}

/// Draws another code to join with; the one before opens nothing any more.
#[utoipa::path(
    post,
    path = "/cohorts/{cohort}/code",
    responses((status = 200, body = CohortBody)),
)]
async fn renew_code(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<CohortId>>,
) -> Result<Answer<CohortBody>, HttpError> {
    let done = edge.work(move |app| CohortBody::of(app, &caller, cohort::renew_code(app, id)?));
    Ok(Answer(done.await?))
}
