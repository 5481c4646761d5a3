//! Endorsements from the side of those whom they are about: organisations, and holders of badges.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use utoipa::OpenApi;

use super::bodies::{
    EndorsementBody, FilterParameters, NewBadgeRequestBody, NewRequestBody, ShowingBody,
};
use super::{seen, told};
use crate::endorsement::asking::{self, Whose, Wish};
use crate::endorsement::{Endorsed, SeenBy, Showing, answering};
use crate::http::body::Json;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::paging::{ListBody, PageParameters, Paging};
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, delete, get, post, put};
use crate::id::{BadgeId, EndorsementId, OrganisationId, PersonId};
use crate::page::PageRequest;
use crate::rights::Action;

/// What the handlers say of themselves.
#[derive(OpenApi)]
#[openapi(paths(
    list,
    ask,
    set_showing,
    take_back,
    of_badge,
    ask_for_badge,
    set_showing_of_badge,
    take_back_of_badge
))]
pub struct Document;

pub fn routes() -> Vec<Route> {
    let all = "/organisations/{organisation}/received-endorsements";
    let one = format!("{all}/{{endorsement}}");
    let of_badge = "/badges/{badge}/endorsements";
    let one_of_badge = format!("{of_badge}/{{endorsement}}");
    let change = Action::ChangeBadgeEndorsements;
    vec![
        get(all, Action::ReadReceivedEndorsements, list),
        post(all, Action::AskForEndorsements, ask),
        put(
            &format!("{one}/showing"),
            Action::AnswerEndorsements,
            set_showing,
        ),
        delete(&one, Action::AskForEndorsements, take_back),
        get(of_badge, Action::ReadBadgeEndorsements, self::of_badge),
        post(of_badge, change, ask_for_badge),
        put(
            &format!("{one_of_badge}/showing"),
            change,
            set_showing_of_badge,
        ),
        delete(&one_of_badge, change, take_back_of_badge),
    ]
}

/// Lists what others say of the organisation and of what is its own, and whom it has asked, the last first.
#[utoipa::path(
    get,
    path = "/organisations/{organisation}/received-endorsements",
    params(PageParameters, FilterParameters),
    responses((status = 200, body = ListBody<EndorsementBody>)),
)]
async fn list(
    State(edge): State<Edge>,
    Path(Id(organisation)): Path<Id<OrganisationId>>,
    Paging { page, filter }: Paging<FilterParameters>,
) -> Result<Answer<ListBody<EndorsementBody>>, HttpError> {
    seen(&edge, SeenBy::Owner(organisation), page, filter).await
}

/// Asks another organisation to endorse this one, something of its own, or a badge that it issued.
#[utoipa::path(
    post,
    path = "/organisations/{organisation}/received-endorsements",
    request_body = NewRequestBody,
    responses((status = 201, body = EndorsementBody)),
)]
async fn ask(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(organisation)): Path<Id<OrganisationId>>,
    Json(body): Json<NewRequestBody>,
) -> Result<(StatusCode, Answer<EndorsementBody>), HttpError> {
    let wish = Wish {
        subject: body.subject.into(),
        endorser: body.endorser,
        message: body.message,
    };
    asked(&edge, person.id, Whose::Organisation(organisation), wish).await
}

/// Says where an endorsement is shown.
#[utoipa::path(
    put,
    path = "/organisations/{organisation}/received-endorsements/{endorsement}/showing",
    request_body = ShowingBody,
    responses((status = 200, body = EndorsementBody)),
)]
async fn set_showing(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(organisation), Id(id))): Path<(Id<OrganisationId>, Id<EndorsementId>)>,
    Json(body): Json<ShowingBody>,
) -> Result<Answer<EndorsementBody>, HttpError> {
    let whose = Whose::Organisation(organisation);
    shown(&edge, person.id, whose, id, body.showing).await
}

/// Takes a request back that nobody has answered.
#[utoipa::path(
    delete,
    path = "/organisations/{organisation}/received-endorsements/{endorsement}",
    responses((status = 204)),
)]
async fn take_back(
    State(edge): State<Edge>,
    Path((Id(organisation), Id(id))): Path<(Id<OrganisationId>, Id<EndorsementId>)>,
) -> Result<StatusCode, HttpError> {
    taken_back(&edge, Whose::Organisation(organisation), id).await
}

/// Lists what others say of a badge of one's own, and whom one has asked.
#[utoipa::path(
    get,
    path = "/badges/{badge}/endorsements",
    responses((status = 200, body = ListBody<EndorsementBody>)),
)]
async fn of_badge(
    State(edge): State<Edge>,
    Path(Id(badge)): Path<Id<BadgeId>>,
) -> Result<Answer<ListBody<EndorsementBody>>, HttpError> {
    let (page, filter) = (PageRequest::most(), FilterParameters::default());
    seen(&edge, SeenBy::Holder(badge), page, filter).await
}

/// Asks an organisation to endorse a badge of one's own. Its officers see of it what they need for that.
#[utoipa::path(
    post,
    path = "/badges/{badge}/endorsements",
    request_body = NewBadgeRequestBody,
    responses((status = 201, body = EndorsementBody)),
)]
async fn ask_for_badge(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(badge)): Path<Id<BadgeId>>,
    Json(body): Json<NewBadgeRequestBody>,
) -> Result<(StatusCode, Answer<EndorsementBody>), HttpError> {
    let wish = Wish {
        subject: Endorsed::Badge(badge),
        endorser: body.endorser,
        message: body.message,
    };
    asked(&edge, person.id, Whose::Holder(badge), wish).await
}

/// Says whether an endorsement of a badge of one's own is shown.
#[utoipa::path(
    put,
    path = "/badges/{badge}/endorsements/{endorsement}/showing",
    request_body = ShowingBody,
    responses((status = 200, body = EndorsementBody)),
)]
async fn set_showing_of_badge(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(badge), Id(id))): Path<(Id<BadgeId>, Id<EndorsementId>)>,
    Json(body): Json<ShowingBody>,
) -> Result<Answer<EndorsementBody>, HttpError> {
    let whose = Whose::Holder(badge);
    shown(&edge, person.id, whose, id, body.showing).await
}

/// Takes a request back that nobody has answered.
#[utoipa::path(
    delete,
    path = "/badges/{badge}/endorsements/{endorsement}",
    responses((status = 204)),
)]
async fn take_back_of_badge(
    State(edge): State<Edge>,
    Path((Id(badge), Id(id))): Path<(Id<BadgeId>, Id<EndorsementId>)>,
) -> Result<StatusCode, HttpError> {
    taken_back(&edge, Whose::Holder(badge), id).await
}

async fn taken_back(edge: &Edge, whose: Whose, id: EndorsementId) -> Result<StatusCode, HttpError> {
    edge.work(move |app| asking::take_back(app, &whose, id))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn asked(
    edge: &Edge,
    by: PersonId,
    whose: Whose,
    wish: Wish,
) -> Result<(StatusCode, Answer<EndorsementBody>), HttpError> {
    let now = edge.clock.now();
    let asked = told(edge, move |app| asking::ask(app, by, &whose, &wish, now));
    Ok((StatusCode::CREATED, asked.await?))
}

async fn shown(
    edge: &Edge,
    by: PersonId,
    whose: Whose,
    id: EndorsementId,
    wanted: Showing,
) -> Result<Answer<EndorsementBody>, HttpError> {
    let now = edge.clock.now();
    // Nobody offers to themselves.
    let wanted = Showing::chosen(wanted.name())?;
    told(edge, move |app| {
        answering::show(app, by, &whose, id, wanted, now)
    })
    .await
}
