//! Webhooks of organisations.

mod bodies;

use std::collections::BTreeSet;

use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json as Answer};
use utoipa::OpenApi;

use self::bodies::{
    AddedBody, ChangeBody, DeliveryBody, NewWebhookBody, ReplayedBody, SecretBody, TimesBody,
    WebhookBody,
};
use crate::event::EventKind;
use crate::http::body::Json;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::paging::{ListBody, PageParameters, Paging};
use crate::http::parameter::{Id, Path};
use crate::http::repeating::ShownOnce;
use crate::http::route::{Route, delete, get, post, put};
use crate::id::{DeliveryId, OrganisationId, WebhookId};
use crate::page::Page;
use crate::rights::Action;
use crate::webhook::delivery;
use crate::webhook::{self, Wanted, WebhookAddress};

/// What the handlers say of themselves.
#[derive(OpenApi)]
#[openapi(paths(
    list,
    add,
    show,
    change,
    remove,
    rotate,
    deliveries,
    replay,
    replay_between
))]
pub struct Document;

pub fn routes() -> Vec<Route> {
    let all = "/organisations/{organisation}/webhooks";
    let one = format!("{all}/{{webhook}}");
    vec![
        get(all, Action::ReadWebhooks, list),
        post(all, Action::ChangeWebhooks, add),
        get(&one, Action::ReadWebhooks, show),
        put(&one, Action::ChangeWebhooks, change),
        delete(&one, Action::ChangeWebhooks, remove),
        post(&format!("{one}/secret"), Action::ChangeWebhooks, rotate),
        get(
            &format!("{one}/deliveries"),
            Action::ReadWebhooks,
            deliveries,
        ),
        post(
            &format!("{one}/deliveries/{{delivery}}/replay"),
            Action::ChangeWebhooks,
            replay,
        ),
        post(
            &format!("{one}/replay"),
            Action::ChangeWebhooks,
            replay_between,
        ),
    ]
}

/// Lists the webhooks of an organisation.
#[utoipa::path(
    get,
    path = "/organisations/{organisation}/webhooks",
    responses((status = 200, body = ListBody<WebhookBody>)),
)]
async fn list(
    State(edge): State<Edge>,
    Path(Id(organisation)): Path<Id<OrganisationId>>,
) -> Result<Answer<ListBody<WebhookBody>>, HttpError> {
    let items = edge
        .work(move |app| webhook::all(app, &organisation))
        .await?;
    let page = Page { items, next: None };
    Ok(Answer(ListBody::of(page, WebhookBody::from)))
}

/// Adds a webhook.
#[utoipa::path(
    post,
    path = "/organisations/{organisation}/webhooks",
    request_body = NewWebhookBody,
    responses((status = 201, body = AddedBody)),
)]
async fn add(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(organisation)): Path<Id<OrganisationId>>,
    Json(body): Json<NewWebhookBody>,
) -> Result<(StatusCode, Extension<ShownOnce>, Answer<AddedBody>), HttpError> {
    let (by, now) = (caller.actor(), edge.clock.now());
    let wanted = wanted(&edge, &body.address, body.kinds)?;
    let (added, secret) = edge
        .work(move |app| webhook::add(app, by, &organisation, wanted, now))
        .await?;
    let body = AddedBody {
        webhook: added.into(),
        secret: secret.expose(),
    };
    Ok((StatusCode::CREATED, Extension(ShownOnce), Answer(body)))
}

/// Shows a webhook.
#[utoipa::path(
    get,
    path = "/organisations/{organisation}/webhooks/{webhook}",
    responses((status = 200, body = WebhookBody)),
)]
async fn show(
    State(edge): State<Edge>,
    Path((Id(organisation), Id(id))): Path<(Id<OrganisationId>, Id<WebhookId>)>,
) -> Result<Answer<WebhookBody>, HttpError> {
    let found = edge.work(move |app| webhook::find(app, &organisation, id));
    Ok(Answer(found.await?.into()))
}

/// Changes where messages are sent, which ones, and whether.
#[utoipa::path(
    put,
    path = "/organisations/{organisation}/webhooks/{webhook}",
    request_body = ChangeBody,
    responses((status = 200, body = WebhookBody)),
)]
async fn change(
    State(edge): State<Edge>,
    caller: Caller,
    Path((Id(organisation), Id(id))): Path<(Id<OrganisationId>, Id<WebhookId>)>,
    Json(body): Json<ChangeBody>,
) -> Result<Answer<WebhookBody>, HttpError> {
    let (by, now) = (caller.actor(), edge.clock.now());
    let wanted = wanted(&edge, &body.address, body.kinds)?;
    let changed = edge
        .work(move |app| webhook::change(app, by, (&organisation, id), wanted, body.state, now));
    Ok(Answer(changed.await?.into()))
}

/// Removes a webhook. What waits for it is not sent any more.
#[utoipa::path(
    delete,
    path = "/organisations/{organisation}/webhooks/{webhook}",
    responses((status = 204)),
)]
async fn remove(
    State(edge): State<Edge>,
    caller: Caller,
    Path((Id(organisation), Id(id))): Path<(Id<OrganisationId>, Id<WebhookId>)>,
) -> Result<StatusCode, HttpError> {
    let (by, now) = (caller.actor(), edge.clock.now());
    edge.work(move |app| webhook::remove(app, by, (&organisation, id), now))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Draws another secret. For a day messages are signed with the former one too.
#[utoipa::path(
    post,
    path = "/organisations/{organisation}/webhooks/{webhook}/secret",
    responses((status = 200, body = SecretBody)),
)]
async fn rotate(
    State(edge): State<Edge>,
    caller: Caller,
    Path((Id(organisation), Id(id))): Path<(Id<OrganisationId>, Id<WebhookId>)>,
) -> Result<(Extension<ShownOnce>, Answer<SecretBody>), HttpError> {
    let (by, now) = (caller.actor(), edge.clock.now());
    let secret = edge.work(move |app| webhook::rotate(app, by, (&organisation, id), now));
    let body = SecretBody {
        secret: secret.await?.expose(),
    };
    Ok((Extension(ShownOnce), Answer(body)))
}

/// Lists what a webhook was told, or is to be, the last first.
#[utoipa::path(
    get,
    path = "/organisations/{organisation}/webhooks/{webhook}/deliveries",
    params(PageParameters),
    responses((status = 200, body = ListBody<DeliveryBody>)),
)]
async fn deliveries(
    State(edge): State<Edge>,
    Path((Id(organisation), Id(id))): Path<(Id<OrganisationId>, Id<WebhookId>)>,
    Paging { page, .. }: Paging,
) -> Result<Answer<ListBody<DeliveryBody>>, HttpError> {
    let found = edge.work(move |app| delivery::deliveries(app, (&organisation, id), &page));
    Ok(Answer(ListBody::of(found.await?, DeliveryBody::from)))
}

/// Sends a message once more.
#[utoipa::path(
    post,
    path = "/organisations/{organisation}/webhooks/{webhook}/deliveries/{delivery}/replay",
    responses((status = 202, body = DeliveryBody)),
)]
async fn replay(
    State(edge): State<Edge>,
    Path((Id(organisation), Id(id), Id(delivery))): Path<(
        Id<OrganisationId>,
        Id<WebhookId>,
        Id<DeliveryId>,
    )>,
) -> Result<(StatusCode, Answer<DeliveryBody>), HttpError> {
    let now = edge.clock.now();
    let again = edge.work(move |app| delivery::replay(app, (&organisation, id), delivery, now));
    Ok((StatusCode::ACCEPTED, Answer(again.await?.into())))
}

/// Sends what was done between two times, the earliest first: up to 1,000 events.
#[utoipa::path(
    post,
    path = "/organisations/{organisation}/webhooks/{webhook}/replay",
    request_body = TimesBody,
    responses((status = 202, body = ReplayedBody)),
)]
async fn replay_between(
    State(edge): State<Edge>,
    Path((Id(organisation), Id(id))): Path<(Id<OrganisationId>, Id<WebhookId>)>,
    Json(body): Json<TimesBody>,
) -> Result<(StatusCode, Answer<ReplayedBody>), HttpError> {
    let (now, times) = (edge.clock.now(), (body.from, body.until));
    let queued =
        edge.work(move |app| delivery::replay_between(app, (&organisation, id), times, now));
    let body = ReplayedBody {
        queued: queued.await?,
    };
    Ok((StatusCode::ACCEPTED, Answer(body)))
}

fn wanted(edge: &Edge, address: &str, kinds: BTreeSet<EventKind>) -> Result<Wanted, HttpError> {
    let address = WebhookAddress::read(address)?;
    edge.webhooks.must_reach(address.url())?;
    Ok(Wanted { address, kinds })
}
