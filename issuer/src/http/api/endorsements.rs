//! Endorsements: asked for, given, declined, shown, hidden and withdrawn.

mod bodies;
pub mod received;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use utoipa::OpenApi;

use self::bodies::{
    CommentBody, EndorsementBody, FilterParameters, NewEndorsementBody, ReasonBody,
};
use crate::app::App;
use crate::endorsement::{Endorsement, Gift, SeenBy, asking, giving, withdrawing};
use crate::error::Error;
use crate::http::body::Json;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::paging::{ListBody, PageParameters, Paging};
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get, post};
use crate::id::{EndorsementId, OrganisationId};
use crate::page::PageRequest;
use crate::rights::Action;

/// What the handlers say of themselves.
#[derive(OpenApi)]
#[openapi(paths(list, offer, show, give, decline, withdraw))]
pub struct Document;

pub fn routes() -> Vec<Route> {
    let all = "/organisations/{organisation}/endorsements";
    let one = format!("{all}/{{endorsement}}");
    let mut routes = vec![
        get(all, Action::ReadEndorsing, list),
        post(all, Action::Endorse, offer),
        get(&one, Action::ReadEndorsing, show),
        post(&format!("{one}/give"), Action::Endorse, give),
        post(&format!("{one}/decline"), Action::Endorse, decline),
        post(&format!("{one}/withdraw"), Action::Endorse, withdraw),
    ];
    routes.extend(received::routes());
    routes
}

type OfOrganisation = Path<(Id<OrganisationId>, Id<EndorsementId>)>;

/// Lists what an organisation is asked to endorse, and what it has endorsed, the last first.
#[utoipa::path(
    get,
    path = "/organisations/{organisation}/endorsements",
    params(PageParameters, FilterParameters),
    responses((status = 200, body = ListBody<EndorsementBody>)),
)]
async fn list(
    State(edge): State<Edge>,
    Path(Id(organisation)): Path<Id<OrganisationId>>,
    Paging { page, filter }: Paging<FilterParameters>,
) -> Result<Answer<ListBody<EndorsementBody>>, HttpError> {
    seen(&edge, SeenBy::Endorser(organisation), page, filter).await
}

/// Endorses something unasked. It is shown nowhere until its owner wants it.
#[utoipa::path(
    post,
    path = "/organisations/{organisation}/endorsements",
    request_body = NewEndorsementBody,
    responses((status = 201, body = EndorsementBody)),
)]
async fn offer(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(organisation)): Path<Id<OrganisationId>>,
    Json(body): Json<NewEndorsementBody>,
) -> Result<(StatusCode, Answer<EndorsementBody>), HttpError> {
    let now = edge.clock.now();
    let gift = Gift {
        by: person.id,
        comment: body.comment,
    };
    let subject = body.subject.into();
    let given = told(&edge, move |app| {
        giving::offer(app, &organisation, &subject, &gift, now)
    });
    Ok((StatusCode::CREATED, given.await?))
}

/// Shows one that the organisation is asked for, or has given.
#[utoipa::path(
    get,
    path = "/organisations/{organisation}/endorsements/{endorsement}",
    responses((status = 200, body = EndorsementBody)),
)]
async fn show(
    State(edge): State<Edge>,
    Path((Id(organisation), Id(id))): OfOrganisation,
) -> Result<Answer<EndorsementBody>, HttpError> {
    let find = move |app: &App| {
        let held = app.store.endorsement_held(id)?;
        let held = held.filter(|held| held.value.endorser == organisation);
        Ok(held.ok_or(Error::NotFound)?.value)
    };
    told(&edge, find).await
}

/// Gives what was asked for: it is signed in the organisation's name.
#[utoipa::path(
    post,
    path = "/organisations/{organisation}/endorsements/{endorsement}/give",
    request_body = CommentBody,
    responses((status = 200, body = EndorsementBody)),
)]
async fn give(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(organisation), Id(id))): OfOrganisation,
    Json(body): Json<CommentBody>,
) -> Result<Answer<EndorsementBody>, HttpError> {
    let now = edge.clock.now();
    let gift = Gift {
        by: person.id,
        comment: body.comment,
    };
    let give = move |app: &App| giving::answer(app, (&organisation, id), &gift, now);
    told(&edge, give).await
}

/// Says that the organisation would rather not. Whoever asked is told the reason.
#[utoipa::path(
    post,
    path = "/organisations/{organisation}/endorsements/{endorsement}/decline",
    request_body = ReasonBody,
    responses((status = 200, body = EndorsementBody)),
)]
async fn decline(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(organisation), Id(id))): OfOrganisation,
    Json(ReasonBody { reason }): Json<ReasonBody>,
) -> Result<Answer<EndorsementBody>, HttpError> {
    let now = edge.clock.now();
    let decline =
        move |app: &App| asking::decline(app, person.id, (&organisation, id), &reason, now);
    told(&edge, decline).await
}

/// Withdraws one for good. Whoever sees it may read the reason.
#[utoipa::path(
    post,
    path = "/organisations/{organisation}/endorsements/{endorsement}/withdraw",
    request_body = ReasonBody,
    responses((status = 200, body = EndorsementBody)),
)]
async fn withdraw(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(organisation), Id(id))): OfOrganisation,
    Json(ReasonBody { reason }): Json<ReasonBody>,
) -> Result<Answer<EndorsementBody>, HttpError> {
    let now = edge.clock.now();
    let withdraw =
        move |app: &App| withdrawing::withdraw(app, person.id, (&organisation, id), &reason, now);
    told(&edge, withdraw).await
}

/// What one side sees of endorsements.
async fn seen(
    edge: &Edge,
    by: SeenBy,
    page: PageRequest,
    filter: FilterParameters,
) -> Result<Answer<ListBody<EndorsementBody>>, HttpError> {
    let found = edge.work(move |app| {
        let keep = |endorsement: &_| filter.keeps(endorsement);
        Ok(app.store.endorsements_seen(&by, &page, keep)?)
    });
    let site = &edge.app.site;
    Ok(Answer(ListBody::of(found.await?, |one| {
        EndorsementBody::new(site, one)
    })))
}

/// Does something with an endorsement, and tells how it is then.
async fn told(
    edge: &Edge,
    work: impl FnOnce(&App) -> Result<Endorsement, Error> + Send + 'static,
) -> Result<Answer<EndorsementBody>, HttpError> {
    let endorsement = edge.work(work).await?;
    Ok(Answer(EndorsementBody::new(&edge.app.site, endorsement)))
}
