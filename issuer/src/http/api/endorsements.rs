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
use crate::endorsement::{Gift, asking, giving, withdrawing};
use crate::error::Error;
use crate::http::body::Json;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::paging::{ListBody, PageParameters, Paging};
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get, post};
use crate::id::{EndorsementId, OrganisationId};
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
    let found = edge.work(move |app| {
        let keep = |endorsement: &_| filter.keeps(endorsement);
        Ok(app.store.endorsements_by(&organisation, &page, keep)?)
    });
    let site = &edge.app.site;
    Ok(Answer(ListBody::of(found.await?, |one| {
        EndorsementBody::new(site, one)
    })))
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
    let given = edge.work(move |app| giving::offer(app, &organisation, &subject, &gift, now));
    let body = EndorsementBody::new(&edge.app.site, given.await?);
    Ok((StatusCode::CREATED, Answer(body)))
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
    let found = edge.work(move |app| {
        let held = app.store.endorsement_held(id)?;
        let held = held.filter(|held| held.value.endorser == organisation);
        Ok(held.ok_or(Error::NotFound)?.value)
    });
    Ok(Answer(EndorsementBody::new(&edge.app.site, found.await?)))
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
    let given = edge.work(move |app| giving::answer(app, (&organisation, id), &gift, now));
    Ok(Answer(EndorsementBody::new(&edge.app.site, given.await?)))
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
    let declined =
        edge.work(move |app| asking::decline(app, person.id, (&organisation, id), &reason, now));
    Ok(Answer(EndorsementBody::new(
        &edge.app.site,
        declined.await?,
    )))
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
    let withdrawn = edge
        .work(move |app| withdrawing::withdraw(app, person.id, (&organisation, id), &reason, now));
    Ok(Answer(EndorsementBody::new(
        &edge.app.site,
        withdrawn.await?,
    )))
}
