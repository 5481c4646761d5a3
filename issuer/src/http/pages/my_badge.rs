//! A badge as its holder has it: who may see it, and its files.

use std::str::FromStr;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::Value;

use super::page;
use crate::app::App;
use crate::badge::{self, Badge, Viewer, Visibility};
use crate::error::Error;
use crate::http::Masthead;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::form::Form;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get, post};
use crate::id::{BadgeId, SubmissionId};
use crate::issued::Issued;
use crate::person::Person;
use crate::rights::Action;
use crate::wording;

pub fn routes() -> Vec<Route> {
    let path = "/my/badges/{badge}";
    vec![
        get(path, Action::ReadBadge, show),
        post(path, Action::ShareBadge, share),
    ]
}

#[derive(Template)]
#[template(path = "my-badge.html")]
struct MyBadgePage<'a> {
    site: &'a Masthead,
    held: Held,
    saved: bool,
}

/// What the page says of the badge.
struct Held {
    path: String,
    url: String,
    title: String,
    picture: String,
    issuer: String,
    date: String,
    revoked: Option<String>,
    visibility: Visibility,
    /// The names of the pieces of evidence that the badge leads to.
    evidence: Vec<String>,
    /// Where the work is that it was earned with, if it was earned by any.
    work: Option<String>,
}

async fn show(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(id)): Path<Id<BadgeId>>,
    RawQuery(query): RawQuery,
) -> Result<Response, HttpError> {
    let (badge, issued, work) = edge.work(move |app| held(app, &person, id)).await?;
    page(&MyBadgePage {
        site: &edge.masthead,
        held: Held::new(&edge, &badge, &issued, work)?,
        saved: query.as_deref() == Some("saved"),
    })
}

async fn share(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(id)): Path<Id<BadgeId>>,
    form: Form,
) -> Result<Response, HttpError> {
    let chosen = form.text("visibility").unwrap_or_default().parse();
    edge.work(move |app| badge::set_visibility(app, &person, id, chosen?))
        .await?;
    Ok(Redirect::to(&format!("/my/badges/{id}?saved")).into_response())
}

/// The holder's badge, and what it was earned with.
fn held(
    app: &App,
    person: &Person,
    id: BadgeId,
) -> Result<(Badge, Issued, Option<SubmissionId>), Error> {
    let (badge, issued) = badge::view(app, id, Viewer::Person(person))?;
    if !person.is(badge.earner) {
        return Err(Error::NotFound);
    }
    let award = app.store.award(badge.award)?;
    Ok((badge, issued, award.and_then(|award| award.submission)))
}

impl Held {
    fn new(
        edge: &Edge,
        badge: &Badge,
        issued: &Issued,
        work: Option<SubmissionId>,
    ) -> Result<Held, HttpError> {
        let document: Value = serde_json::from_str(issued.json()).map_err(HttpError::fault)?;
        let text = |place: &str| {
            let found = document.pointer(place).and_then(Value::as_str);
            found.unwrap_or_default().to_owned()
        };
        let evidence = document["evidence"].as_array().into_iter().flatten();
        let current = badge.current();
        let revoked = current.revoked.as_ref();
        Ok(Held {
            path: format!("/badges/{}", badge.id),
            url: edge.app.site.badge(badge.id),
            title: text("/credentialSubject/achievement/name"),
            picture: format!("/achievements/{}/picture.png", badge.micro_credential),
            issuer: text("/issuer/name"),
            date: wording::day(current.issued),
            revoked: revoked.map(|revoked| revoked.reason.to_string()),
            visibility: badge.visibility,
            evidence: evidence
                .filter_map(|piece| piece["name"].as_str().map(str::to_owned))
                .collect(),
            work: work.map(|work| format!("/my/submissions/{work}")),
        })
    }

    /// The choices: what is sent, what it is called, what it means.
    fn choices(&self) -> [(Visibility, &'static str, &'static str); 3] {
        [
            (
                Visibility::Private,
                "Only you",
                "For everybody else its page does not exist.",
            ),
            (
                Visibility::Link,
                "Whoever has its address",
                "Employers and offices you give it to. It is listed nowhere, and search engines are asked to leave it out.",
            ),
            (
                Visibility::Public,
                "Everybody",
                "Search engines may list its page.",
            ),
        ]
    }
}

impl Visibility {
    /// The word for it in forms and documents.
    fn as_str(self) -> &'static str {
        match self {
            Visibility::Private => "private",
            Visibility::Link => "link",
            Visibility::Public => "public",
        }
    }
}

impl FromStr for Visibility {
    type Err = Error;

    fn from_str(text: &str) -> Result<Visibility, Error> {
        let all = [Visibility::Private, Visibility::Link, Visibility::Public];
        let found = all.into_iter().find(|known| known.as_str() == text);
        found.ok_or_else(|| Error::invalid("/visibility", "choose private, link or public"))
    }
}
