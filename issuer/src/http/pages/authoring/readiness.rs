//! What is still worth saying before a micro-credential is published.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::theirs;
use crate::http::Masthead;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::pages::page;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get};
use crate::id::{MicroCredentialId, OrganisationId};
use crate::micro_credential::readiness::{self, Check, Concern, Outcome};
use crate::rights::Action;

pub fn routes() -> Vec<Route> {
    vec![get(
        "/organisations/{organisation}/micro-credentials/{name}/readiness",
        Action::ReadDrafts,
        show,
    )]
}

#[derive(Template)]
#[template(path = "authoring/readiness.html")]
struct ReadinessPage<'a> {
    site: &'a Masthead,
    base: String,
    id: String,
    title: String,
    is_draft: bool,
    parts: Vec<Part>,
}

/// What is looked at for one reason.
struct Part {
    name: &'static str,
    about: &'static str,
    checks: Vec<Line>,
}

/// One thing that was looked at, as it is shown.
struct Line {
    is_open: bool,
    title: &'static str,
    remedy: &'static str,
    places: Vec<String>,
}

async fn show(
    State(edge): State<Edge>,
    Path((Id(organisation), Id(id))): Path<(Id<OrganisationId>, Id<MicroCredentialId>)>,
) -> Result<Response, HttpError> {
    let found = theirs(&edge, organisation, id).await?;
    let (found, checks) = edge
        .work(move |app| {
            let checks = readiness::readiness(app, &found.organisation, &found.content)?;
            Ok((found, checks))
        })
        .await?;
    page(&ReadinessPage {
        site: &edge.masthead,
        base: format!("/organisations/{}/micro-credentials", found.organisation),
        id: found.id.to_string(),
        title: found.content.name.to_string(),
        is_draft: !found.is_published(),
        parts: PARTS.map(|part| part_of(&checks, part)).into(),
    })
}

fn part_of(
    checks: &[Check],
    (concern, name, about): (Concern, &'static str, &'static str),
) -> Part {
    let these = checks
        .iter()
        .filter(|check| check.kind.concern() == concern);
    let lines = these.filter_map(|check| {
        let (is_open, places) = match &check.outcome {
            Outcome::Done => (false, Vec::new()),
            Outcome::Open { places } => (true, places.iter().map(|place| said(place)).collect()),
            Outcome::NotApplicable => return None,
        };
        Some(Line {
            is_open,
            title: check.kind.title(),
            remedy: check.kind.remedy(),
            places,
        })
    });
    Part {
        name,
        about,
        checks: lines.collect(),
    }
}

/// A JSON pointer as people read it: things are counted from one.
fn said(pointer: &str) -> String {
    let parts = pointer
        .split('/')
        .skip(1)
        .map(|part| match part.parse::<usize>() {
            Ok(place) => (place + 1).to_string(),
            Err(_) => part.replace('_', " "),
        });
    parts.collect::<Vec<_>>().join(" ")
}

/// Why things are looked at, as it is shown.
const PARTS: [(Concern, &str, &str); 4] = [
    (
        Concern::Publishing,
        "Needed to publish",
        "Without these it cannot be published.",
    ),
    (
        Concern::Trust,
        "What those who read the badge look for",
        "None of these is needed. Employers, universities and licensing offices ask for them.",
    ),
    (
        Concern::Reading,
        "Easy to read",
        "A busy reader should understand it the first time.",
    ),
    (
        Concern::Accessibility,
        "For everybody",
        "Whoever has the skill should be able to show it.",
    ),
];
