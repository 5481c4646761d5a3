//! Organisations: which there are, what they say of themselves, and founding them.

mod bodies;

use axum::Json as Answer;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use utoipa::OpenApi;

use bodies::{
    AppointmentBody, EvidenceRetentionBody, ImageBody, NewOrganisationBody, OrganisationBody,
    PlaceBody, PolicyBody, ProfileBody,
};

use super::invitations::InvitationBody;
use crate::error::Error;
use crate::http::body::{self, Json};
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::paging::{ListBody, PageParameters, Paging};
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, delete, get, post, put};
use crate::id::OrganisationId;
use crate::image::{self, IMAGE_BYTES};
use crate::organisation::{self, NewOrganisation, invitation};
use crate::rights::Action;

/// What the handlers say of themselves.
#[derive(OpenApi)]
#[openapi(paths(
    list,
    show,
    found,
    change_profile,
    set_image,
    remove_image,
    set_identifier_policy,
    set_evidence_retention,
    place,
    appoint
))]
pub struct Document;

pub fn routes() -> Vec<Route> {
    vec![
        get("/organisations", Action::ReadPublished, list),
        post("/organisations", Action::FoundOrganisation, found),
        get("/organisations/{organisation}", Action::ReadPublished, show),
        put(
            "/organisations/{organisation}/profile",
            Action::ChangeOrganisation,
            change_profile,
        ),
        put(
            "/organisations/{organisation}/image",
            Action::ChangeOrganisation,
            set_image,
        ),
        delete(
            "/organisations/{organisation}/image",
            Action::ChangeOrganisation,
            remove_image,
        ),
        put(
            "/organisations/{organisation}/identifier-policy",
            Action::ChangeOrganisation,
            set_identifier_policy,
        ),
        put(
            "/organisations/{organisation}/evidence-retention",
            Action::ChangeOrganisation,
            set_evidence_retention,
        ),
        put(
            "/organisations/{organisation}/place",
            Action::PlaceOrganisation,
            place,
        ),
        post(
            "/organisations/{organisation}/administrators",
            Action::PlaceOrganisation,
            appoint,
        ),
    ]
}

/// Lists the organisations.
#[utoipa::path(
    get,
    path = "/organisations",
    params(PageParameters),
    responses((status = 200, body = ListBody<OrganisationBody>)),
)]
async fn list(
    State(edge): State<Edge>,
    Paging { page, .. }: Paging,
) -> Result<Answer<ListBody<OrganisationBody>>, HttpError> {
    let bodies = edge.work(move |app| {
        let mut page = app.store.organisations_page(&page)?;
        let items = std::mem::take(&mut page.items).into_iter();
        let items = items.map(|found| OrganisationBody::of(app, found));
        let items = items.collect::<Result<_, _>>()?;
        Ok(ListBody::of(
            crate::page::Page {
                items,
                next: page.next,
            },
            |body| body,
        ))
    });
    Ok(Answer(bodies.await?))
}

/// Shows an organisation.
#[utoipa::path(
    get,
    path = "/organisations/{organisation}",
    responses((status = 200, body = OrganisationBody)),
)]
async fn show(
    State(edge): State<Edge>,
    Path(Id(id)): Path<Id<OrganisationId>>,
) -> Result<Answer<OrganisationBody>, HttpError> {
    let found = edge.work(move |app| {
        let found = app.store.organisation(&id)?;
        OrganisationBody::of(app, found.ok_or(Error::NotFound)?)
    });
    Ok(Answer(found.await?))
}

/// Founds an organisation, with keys of its own.
#[utoipa::path(
    post,
    path = "/organisations",
    request_body = NewOrganisationBody,
    responses((status = 201, body = OrganisationBody)),
)]
async fn found(
    State(edge): State<Edge>,
    caller: Caller,
    Json(body): Json<NewOrganisationBody>,
) -> Result<(StatusCode, Answer<OrganisationBody>), HttpError> {
    let by = caller.actor();
    let now = edge.clock.now();
    let new = NewOrganisation {
        id: body.id,
        kind: body.kind,
        parent: body.parent,
        profile: body.profile.into(),
    };
    let founded = edge.work(move |app| {
        let founded = organisation::found(app, by, new, now)?;
        OrganisationBody::of(app, founded)
    });
    Ok((StatusCode::CREATED, Answer(founded.await?)))
}

/// Says what an organisation says of itself from now on.
#[utoipa::path(
    put,
    path = "/organisations/{organisation}/profile",
    request_body = ProfileBody,
    responses((status = 200, body = OrganisationBody)),
)]
async fn change_profile(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<OrganisationId>>,
    Json(body): Json<ProfileBody>,
) -> Result<Answer<OrganisationBody>, HttpError> {
    let (by, now) = (caller.actor(), edge.clock.now());
    let changed = edge.work(move |app| {
        let changed = organisation::change_profile(app, by, &id, body.into(), now)?;
        OrganisationBody::of(app, changed)
    });
    Ok(Answer(changed.await?))
}

/// Takes a picture in: a PNG or an SVG, whatever the request calls it.
#[utoipa::path(
    put,
    path = "/organisations/{organisation}/image",
    request_body(content_type = "*/*"),
    responses((status = 200, body = ImageBody)),
)]
async fn set_image(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<OrganisationId>>,
    body: Body,
) -> Result<Answer<ImageBody>, HttpError> {
    let (by, now) = (caller.actor(), edge.clock.now());
    let bytes = body::read(body, IMAGE_BYTES).await?;
    let url = edge.work(move |app| {
        let taken = image::take_in(app, &bytes)?;
        let media_type = taken.media_type;
        organisation::set_image(app, by, &id, Some(taken), now)?;
        Ok(app.site.organisation_image(&id, media_type))
    });
    Ok(Answer(ImageBody { url: url.await? }))
}

/// Takes the sign of an organisation away.
#[utoipa::path(
    delete,
    path = "/organisations/{organisation}/image",
    responses((status = 204)),
)]
async fn remove_image(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<OrganisationId>>,
) -> Result<StatusCode, HttpError> {
    let (by, now) = (caller.actor(), edge.clock.now());
    edge.work(move |app| organisation::set_image(app, by, &id, None, now))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Says how a recipient's e-mail address stands in the organisation's badges.
#[utoipa::path(
    put,
    path = "/organisations/{organisation}/identifier-policy",
    request_body = PolicyBody,
    responses((status = 200, body = OrganisationBody)),
)]
async fn set_identifier_policy(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<OrganisationId>>,
    Json(body): Json<PolicyBody>,
) -> Result<Answer<OrganisationBody>, HttpError> {
    let (by, now) = (caller.actor(), edge.clock.now());
    let changed = edge.work(move |app| {
        let changed =
            organisation::set_identifier_policy(app, by, &id, body.identifier_policy, now)?;
        OrganisationBody::of(app, changed)
    });
    Ok(Answer(changed.await?))
}

/// Says how long the evidence of what an organisation decided is kept. Whose evidence would go is told well
/// before, and may keep it.
#[utoipa::path(
    put,
    path = "/organisations/{organisation}/evidence-retention",
    request_body = EvidenceRetentionBody,
    responses((status = 200, body = OrganisationBody)),
)]
async fn set_evidence_retention(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<OrganisationId>>,
    Json(body): Json<EvidenceRetentionBody>,
) -> Result<Answer<OrganisationBody>, HttpError> {
    let (by, now) = (caller.actor(), edge.clock.now());
    let changed = edge.work(move |app| {
        let changed = organisation::set_evidence_months(app, by, &id, body.months, now)?;
        OrganisationBody::of(app, changed)
    });
    Ok(Answer(changed.await?))
}

/// Says what an organisation is, and to which other it belongs.
#[utoipa::path(
    put,
    path = "/organisations/{organisation}/place",
    request_body = PlaceBody,
    responses((status = 200, body = OrganisationBody)),
)]
async fn place(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<OrganisationId>>,
    Json(body): Json<PlaceBody>,
) -> Result<Answer<OrganisationBody>, HttpError> {
    let (by, now) = (caller.actor(), edge.clock.now());
    let placed = edge.work(move |app| {
        let placed = organisation::place(app, by, &id, body.kind, body.parent, now)?;
        OrganisationBody::of(app, placed)
    });
    Ok(Answer(placed.await?))
}

/// Invites somebody to look after an organisation: its first administrator, or one more.
#[utoipa::path(
    post,
    path = "/organisations/{organisation}/administrators",
    request_body = AppointmentBody,
    responses((status = 201, body = InvitationBody)),
)]
async fn appoint(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(id)): Path<Id<OrganisationId>>,
    Json(body): Json<AppointmentBody>,
) -> Result<(StatusCode, Answer<InvitationBody>), HttpError> {
    let now = edge.clock.now();
    let appointed = edge.work(move |app| {
        let invited = invitation::appoint(app, person.id, &id, body.email, body.name, now)?;
        Ok(InvitationBody::new(invited, now))
    });
    Ok((StatusCode::CREATED, Answer(appointed.await?)))
}
