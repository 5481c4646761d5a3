//! A badge as its holder has it: who may see it, and its files.

use std::str::FromStr;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::Value;

use super::account::sentence;
use super::page;
use crate::app::App;
use crate::badge::history::{self, Happening};
use crate::badge::{self, Badge, BadgeState, Ending, Viewer, Visibility, changing};
use crate::error::Error;
use crate::http::Masthead;
use crate::http::api::badges;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::form::Form;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get, post};
use crate::http::sharing::Sharing;
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
        post(&format!("{path}/update"), Action::UpdateBadge, update),
        get(
            &format!("{path}/archive"),
            Action::ReadBadge,
            badges::archive,
        ),
    ]
}

#[derive(Template)]
#[template(path = "my-badge.html")]
struct MyBadgePage<'a> {
    site: &'a Masthead,
    held: Held,
    sharing: Option<Sharing>,
    for_holder: bool,
    saved: bool,
    problem: Option<String>,
}

/// What the page says of the badge.
struct Held {
    id: String,
    path: String,
    url: String,
    title: String,
    picture: String,
    issuer: String,
    date: String,
    revoked: Option<String>,
    suspended: Option<String>,
    /// Until when it is valid.
    until: Option<String>,
    /// Whether it can be issued again as the account has its holder now.
    can_be_updated: bool,
    /// Who it says its holder is: an identifier, and a name.
    said: Said,
    /// What happened to it, the last thing first; nothing beside its issuing is no history.
    history: Vec<Told>,
    visibility: Visibility,
    /// The names of the pieces of evidence that the badge leads to, or their addresses.
    evidence: Vec<String>,
    /// Where the work is that it was earned with, if it was earned by any.
    work: Option<String>,
}

/// Who a badge says its holder is.
struct Said {
    /// The identifier, if it is the holder's own.
    did: Option<String>,
    name: Option<String>,
}

/// One thing that happened to the badge.
struct Told {
    what: &'static str,
    on: String,
    reason: Option<String>,
}

async fn show(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(id)): Path<Id<BadgeId>>,
    RawQuery(query): RawQuery,
) -> Result<Response, HttpError> {
    let saved = query.as_deref() == Some("saved");
    shown(&edge, person, id, saved, None).await
}

async fn shown(
    edge: &Edge,
    person: Person,
    id: BadgeId,
    saved: bool,
    problem: Option<String>,
) -> Result<Response, HttpError> {
    let (badge, issued, work) = edge.work(move |app| held(app, &person, id)).await?;
    let document: Value = serde_json::from_str(issued.json()).map_err(HttpError::fault)?;
    page(&MyBadgePage {
        site: &edge.masthead,
        sharing: Sharing::of(edge, &badge, &document)?,
        for_holder: true,
        held: Held::new(edge, &badge, &document, work),
        saved,
        problem,
    })
}

/// Issues the badge again, as the account has its holder now.
async fn update(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(id)): Path<Id<BadgeId>>,
) -> Result<Response, HttpError> {
    let (now, holder) = (edge.clock.now(), person.clone());
    let updated = edge.work(move |app| changing::update(app, &holder, id, now));
    match updated.await {
        Ok(_) => Ok(Redirect::to(&format!("/my/badges/{id}?saved")).into_response()),
        Err(HttpError::Service(problem)) if problem.is_the_askers() => {
            let problem = Some(sentence(&problem));
            let shown = shown(&edge, person, id, false, problem).await?;
            Ok((StatusCode::CONFLICT, shown).into_response())
        }
        Err(error) => Err(error),
    }
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

fn told(badge: &Badge) -> Vec<Told> {
    let happenings = history::of(badge);
    if happenings.len() == 1 {
        return Vec::new();
    }
    let told = |happening: Happening| Told {
        what: happening.what.told(),
        on: wording::day(happening.at),
        reason: happening.reason.map(|reason| reason.to_string()),
    };
    happenings.into_iter().rev().map(told).collect()
}

impl Held {
    fn new(edge: &Edge, badge: &Badge, document: &Value, work: Option<SubmissionId>) -> Held {
        let text = |place: &str| {
            let found = document.pointer(place).and_then(Value::as_str);
            found.unwrap_or_default().to_owned()
        };
        let evidence = document["evidence"].as_array().into_iter().flatten();
        let current = badge.current();
        let ended = |ending: Ending| {
            let revoked = current.revoked.as_ref();
            let revoked = revoked.filter(|revoked| revoked.ending == ending);
            revoked.map(|revoked| revoked.reason.to_string())
        };
        Held {
            id: badge.id.to_string(),
            path: format!("/badges/{}", badge.id),
            url: edge.app.site.badge(badge.id),
            title: text("/credentialSubject/achievement/name"),
            picture: format!("/achievements/{}/picture.png", badge.micro_credential),
            issuer: text("/issuer/name"),
            date: wording::day(current.issued),
            revoked: ended(Ending::Revoked),
            suspended: ended(Ending::Suspended),
            until: current.valid_until.map(wording::day),
            can_be_updated: badge.state(edge.clock.now()) == BadgeState::InForce,
            said: Said {
                did: Some(text("/credentialSubject/id")).filter(|id| id.starts_with("did:")),
                name: changing::named(&document["credentialSubject"]),
            },
            history: told(badge),
            visibility: badge.visibility,
            evidence: evidence
                .filter_map(|piece| piece["name"].as_str().or(piece["id"].as_str()))
                .map(str::to_owned)
                .collect(),
            work: work.map(|work| format!("/my/submissions/{work}")),
        }
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
    pub(super) fn as_str(self) -> &'static str {
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
