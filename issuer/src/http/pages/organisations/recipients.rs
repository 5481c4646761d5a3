//! The page on which an organisation says how the recipient's e-mail address stands in its badges.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};

use super::Head;
use crate::error::Error;
use crate::http::Masthead;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::form::Form;
use crate::http::pages::page;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get, post};
use crate::id::OrganisationId;
use crate::issuers::IdentifierPolicy;
use crate::organisation;
use crate::rights::Action;

pub fn routes() -> Vec<Route> {
    vec![
        get(RECIPIENTS, Action::ChangeOrganisation, open),
        post(RECIPIENTS, Action::ChangeOrganisation, put),
    ]
}

const RECIPIENTS: &str = "/organisations/{organisation}/recipients";

#[derive(Template)]
#[template(path = "organisation/recipients.html")]
struct RecipientsPage<'a> {
    site: &'a Masthead,
    head: Head,
    choices: [Choice; 3],
}

struct Choice {
    value: &'static str,
    title: &'static str,
    help: &'static str,
    chosen: bool,
}

const POLICIES: [(IdentifierPolicy, &str, &str, &str); 3] = [
    (
        IdentifierPolicy::SaltedHash,
        "salted_hash",
        "As a fingerprint",
        "Whoever knows the address can check that the badge is its owner's. It cannot be read from the badge, but a \
         guess can be tried.",
    ),
    (
        IdentifierPolicy::PlainWithConsent,
        "plain_with_consent",
        "In the clear, for those who have agreed in their account",
        "Everybody who has the badge can read it. For all others it stands as a fingerprint.",
    ),
    (
        IdentifierPolicy::None,
        "none",
        "Not at all",
        "The badge alone does not show whose it is.",
    ),
];

async fn open(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<OrganisationId>>,
) -> Result<Response, HttpError> {
    let (head, policy) = edge
        .work(move |app| {
            let found = app.store.organisation(&id)?.ok_or(Error::NotFound)?;
            Ok((Head::of(app, &caller, &id)?, found.identifier_policy))
        })
        .await?;
    page(&RecipientsPage {
        site: &edge.masthead,
        head,
        choices: POLICIES.map(|(one, value, title, help)| Choice {
            value,
            title,
            help,
            chosen: one == policy,
        }),
    })
}

async fn put(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<OrganisationId>>,
    form: Form,
) -> Result<Response, HttpError> {
    let (by, now) = (caller.actor(), edge.clock.now());
    let wanted = form.text("policy").unwrap_or_default();
    let chosen = POLICIES.into_iter().find(|(_, value, ..)| *value == wanted);
    let address = format!("/organisations/{id}/recipients");
    // A browser sends one of the three, of which one is always chosen.
    let (policy, ..) = chosen.ok_or(Error::invalid("/policy", "please choose one of the three"))?;
    edge.work(move |app| organisation::set_identifier_policy(app, by, &id, policy, now))
        .await?;
    Ok(Redirect::to(&address).into_response())
}
