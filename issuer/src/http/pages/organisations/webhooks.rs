//! The pages of an organisation's webhooks: which there are, one with what it was told, and changing it.

mod told;

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use schemas::timestamp::Timestamp;

use self::told::{Row, Sent, paused};
use super::{Head, sentence};
use crate::app::App;
use crate::error::Error;
use crate::event::EventKind;
use crate::http::Masthead;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::form::Form;
use crate::http::pages::page;
use crate::http::paging::Paging;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get, post};
use crate::id::{DeliveryId, OrganisationId, WebhookId};
use crate::page::{Cursor, PageRequest};
use crate::rights::Action;
use crate::webhook::delivery;
use crate::webhook::{self, Sending, Wanted, WebhookAddress};

pub fn routes() -> Vec<Route> {
    let all = "/organisations/{organisation}/webhooks";
    let one = format!("{all}/{{webhook}}");
    let change = Action::ChangeWebhooks;
    vec![
        get(all, Action::ReadWebhooks, list),
        post(all, change, add),
        get(&one, Action::ReadWebhooks, open),
        post(&one, change, save),
        post(&format!("{one}/secret"), change, rotate),
        post(&format!("{one}/remove"), change, remove),
        post(&format!("{one}/replay"), change, replay_between),
        post(
            &format!("{one}/deliveries/{{delivery}}/replay"),
            change,
            replay,
        ),
    ]
}

#[derive(Template)]
#[template(path = "organisation/webhooks.html")]
struct ListPage<'a> {
    site: &'a Masthead,
    head: Head,
    rows: Vec<Row>,
    form: Typed,
    problem: Option<String>,
}

#[derive(Template)]
#[template(path = "organisation/webhook.html")]
struct OnePage<'a> {
    site: &'a Masthead,
    head: Head,
    id: WebhookId,
    address: String,
    active: bool,
    paused: Option<String>,
    form: Typed,
    secret: Option<String>,
    deliveries: Vec<Sent>,
    next: Option<Cursor>,
    problem: Option<String>,
}

/// What was typed, or is so.
struct Typed {
    address: String,
    /// Every kind, and whether it is told.
    kinds: Vec<(EventKind, bool)>,
}

async fn list(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<OrganisationId>>,
) -> Result<Response, HttpError> {
    show_all(
        &edge,
        caller,
        id,
        Typed::new(String::new(), &BTreeSet::new()),
        None,
    )
    .await
}

async fn show_all(
    edge: &Edge,
    caller: Caller,
    id: OrganisationId,
    form: Typed,
    problem: Option<String>,
) -> Result<Response, HttpError> {
    let (head, rows) = edge
        .work(move |app| {
            let rows = webhook::all(app, &id)?.iter().map(Row::of).collect();
            Ok((Head::of(app, &caller, &id)?, rows))
        })
        .await?;
    page(&ListPage {
        site: &edge.masthead,
        head,
        rows,
        form,
        problem,
    })
}

async fn add(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<OrganisationId>>,
    form: Form,
) -> Result<Response, HttpError> {
    let (by, now, typed, place) = (
        caller.actor(),
        edge.clock.now(),
        Typed::read(&form),
        id.clone(),
    );
    let adding = match typed.wanted(&edge) {
        Ok(wanted) => {
            let work = move |app: &App| webhook::add(app, by, &place, wanted, now);
            edge.work(work).await
        }
        Err(problem) => Err(HttpError::Service(problem)),
    };
    match adding {
        Ok((added, secret)) => {
            let secret = Some(secret.expose());
            show_one(
                &edge,
                caller,
                (id, added.id),
                PageRequest::default(),
                None,
                secret,
                None,
            )
            .await
        }
        Err(HttpError::Service(problem)) if problem.is_the_askers() => {
            let shown = show_all(&edge, caller, id, typed, Some(sentence(&problem))).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
        }
        Err(error) => Err(error),
    }
}

async fn open(
    State(edge): State<Edge>,
    caller: Caller,
    Path((Id(organisation), Id(id))): Path<(Id<OrganisationId>, Id<WebhookId>)>,
    Paging { page, .. }: Paging,
) -> Result<Response, HttpError> {
    show_one(&edge, caller, (organisation, id), page, None, None, None).await
}

async fn show_one(
    edge: &Edge,
    caller: Caller,
    (organisation, id): (OrganisationId, WebhookId),
    asked: PageRequest,
    typed: Option<Typed>,
    secret: Option<String>,
    problem: Option<String>,
) -> Result<Response, HttpError> {
    let (head, found, deliveries) = edge
        .work(move |app| {
            let found = webhook::find(app, &organisation, id)?;
            let deliveries = delivery::deliveries(app, (&organisation, id), &asked)?;
            Ok((Head::of(app, &caller, &organisation)?, found, deliveries))
        })
        .await?;
    let shown = page(&OnePage {
        site: &edge.masthead,
        head,
        id: found.id,
        address: found.address.to_string(),
        active: found.active_since().is_some(),
        paused: paused(&found),
        form: typed.unwrap_or_else(|| Typed::new(found.address.to_string(), &found.kinds)),
        secret,
        deliveries: deliveries.items.into_iter().map(Sent::of).collect(),
        next: deliveries.next,
        problem: problem.clone(),
    })?;
    Ok(match problem {
        None => shown,
        Some(_) => (StatusCode::UNPROCESSABLE_ENTITY, shown).into_response(),
    })
}

async fn save(
    State(edge): State<Edge>,
    caller: Caller,
    Path((Id(organisation), Id(id))): Path<(Id<OrganisationId>, Id<WebhookId>)>,
    form: Form,
) -> Result<Response, HttpError> {
    let (by, now, typed) = (caller.actor(), edge.clock.now(), Typed::read(&form));
    let sending = match form.text("state") {
        Some("paused") => Sending::Paused,
        _ => Sending::Active,
    };
    let saving = match typed.wanted(&edge) {
        Ok(wanted) => {
            let place = organisation.clone();
            let work =
                move |app: &App| webhook::change(app, by, (&place, id), wanted, sending, now);
            edge.work(work).await.map(|_| ())
        }
        Err(problem) => Err(HttpError::Service(problem)),
    };
    done(&edge, caller, (organisation, id), Some(typed), saving).await
}

async fn rotate(
    State(edge): State<Edge>,
    caller: Caller,
    Path((Id(organisation), Id(id))): Path<(Id<OrganisationId>, Id<WebhookId>)>,
) -> Result<Response, HttpError> {
    let (by, now, place) = (caller.actor(), edge.clock.now(), organisation.clone());
    let secret = edge
        .work(move |app| webhook::rotate(app, by, (&place, id), now))
        .await?;
    let secret = Some(secret.expose());
    show_one(
        &edge,
        caller,
        (organisation, id),
        PageRequest::default(),
        None,
        secret,
        None,
    )
    .await
}

async fn remove(
    State(edge): State<Edge>,
    caller: Caller,
    Path((Id(organisation), Id(id))): Path<(Id<OrganisationId>, Id<WebhookId>)>,
) -> Result<Response, HttpError> {
    let (by, now, place) = (caller.actor(), edge.clock.now(), organisation.clone());
    edge.work(move |app| webhook::remove(app, by, (&place, id), now))
        .await?;
    Ok(Redirect::to(&format!("/organisations/{organisation}/webhooks")).into_response())
}

async fn replay(
    State(edge): State<Edge>,
    caller: Caller,
    Path((Id(organisation), Id(id), Id(delivery))): Path<(
        Id<OrganisationId>,
        Id<WebhookId>,
        Id<DeliveryId>,
    )>,
) -> Result<Response, HttpError> {
    let (now, place) = (edge.clock.now(), organisation.clone());
    let work = move |app: &App| delivery::replay(app, (&place, id), delivery, now).map(|_| ());
    let replayed = edge.work(work).await;
    done(&edge, caller, (organisation, id), None, replayed).await
}

async fn replay_between(
    State(edge): State<Edge>,
    caller: Caller,
    Path((Id(organisation), Id(id))): Path<(Id<OrganisationId>, Id<WebhookId>)>,
    form: Form,
) -> Result<Response, HttpError> {
    let (now, place) = (edge.clock.now(), organisation.clone());
    let day = |name: &str, time: &str| {
        let day = form.text(name).unwrap_or_default();
        Timestamp::parse(&format!("{day}{time}"))
            .map_err(|_| Error::invalid(format!("/{name}"), "please say which days"))
    };
    let replayed = match (day("from", "T00:00:00Z"), day("until", "T23:59:59Z")) {
        (Ok(from), Ok(until)) => {
            let work = move |app: &App| {
                delivery::replay_between(app, (&place, id), (from, until), now).map(|_| ())
            };
            edge.work(work).await
        }
        (Err(problem), _) | (_, Err(problem)) => Err(HttpError::Service(problem)),
    };
    done(&edge, caller, (organisation, id), None, replayed).await
}

async fn done(
    edge: &Edge,
    caller: Caller,
    (organisation, id): (OrganisationId, WebhookId),
    typed: Option<Typed>,
    outcome: Result<(), HttpError>,
) -> Result<Response, HttpError> {
    match outcome {
        Ok(()) => {
            let path = format!("/organisations/{organisation}/webhooks/{id}");
            Ok(Redirect::to(&path).into_response())
        }
        Err(HttpError::Service(problem)) if problem.is_the_askers() => {
            let (asked, problem) = (PageRequest::default(), Some(sentence(&problem)));
            show_one(
                edge,
                caller,
                (organisation, id),
                asked,
                typed,
                None,
                problem,
            )
            .await
        }
        Err(error) => Err(error),
    }
}

impl Typed {
    fn new(address: String, chosen: &BTreeSet<EventKind>) -> Typed {
        let kinds = EventKind::ALL.iter().copied();
        Typed {
            address,
            kinds: kinds.map(|kind| (kind, chosen.contains(&kind))).collect(),
        }
    }

    /// Whether it is told of some kinds alone.
    fn is_choosy(&self) -> bool {
        self.kinds.iter().any(|(_, chosen)| *chosen)
    }

    fn read(form: &Form) -> Typed {
        let ticked = |kind: &EventKind| form.text(kind.name()).is_some();
        let chosen = EventKind::ALL.iter().copied().filter(ticked).collect();
        Typed::new(form.text("address").unwrap_or_default().to_owned(), &chosen)
    }

    fn wanted(&self, edge: &Edge) -> Result<Wanted, Error> {
        let address = WebhookAddress::read(&self.address)?;
        edge.webhooks.must_reach(address.url())?;
        let chosen = self.kinds.iter().filter(|(_, chosen)| *chosen);
        Ok(Wanted {
            address,
            kinds: chosen.map(|(kind, _)| *kind).collect(),
        })
    }
}
