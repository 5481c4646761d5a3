//! The page of an organisation's audit trail.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::Head;
use crate::app::App;
use crate::endorsement::Subject;
use crate::error::Error;
use crate::event::told::Told;
use crate::event::{self, About, Actor, EventKind, Filter, Recorded};
use crate::http::Masthead;
use crate::http::audit::Asked;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::pages::page;
use crate::http::paging::Paging;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get};
use crate::id::{EndorsementId, OrganisationId};
use crate::page::{Cursor, PageRequest};
use crate::rights::Action;
use crate::text::Line;
use crate::wording;

pub fn routes() -> Vec<Route> {
    vec![get(
        "/organisations/{organisation}/audit",
        Action::ReadAudit,
        open,
    )]
}

#[derive(Template)]
#[template(path = "organisation/audit.html")]
struct AuditPage<'a> {
    site: &'a Masthead,
    head: Head,
    asked: Asked,
    kinds: &'static [EventKind],
    rows: Vec<Row>,
    next: Option<Cursor>,
    problem: Option<String>,
}

struct Row {
    moment: String,
    /// The time as programs read it.
    time: String,
    what: &'static str,
    kind: EventKind,
    who: Option<Who>,
    about: Thing,
    reason: Option<String>,
}

struct Who {
    id: String,
    name: String,
}

/// What it was done to, and where that can be seen.
struct Thing {
    label: String,
    link: Option<String>,
    detail: Option<String>,
    badge: Option<String>,
}

async fn open(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<OrganisationId>>,
    Paging {
        page: asked_page,
        filter: asked,
    }: Paging<Asked>,
) -> Result<Response, HttpError> {
    let (read, problem) = match asked.read() {
        Ok(read) => (Some(read), None),
        Err(HttpError::Query { .. }) => {
            let problem = "Something in the filter cannot be read: please look at it again.";
            (None, Some(problem.to_owned()))
        }
        Err(error) => return Err(error),
    };
    let status = match problem {
        None => StatusCode::OK,
        Some(_) => StatusCode::BAD_REQUEST,
    };
    let (head, rows, next) = edge
        .work(move |app| {
            let head = Head::of(app, &caller, &id)?;
            let Some((filter, actor)) = read else {
                return Ok((head, Vec::new(), None));
            };
            let filter = Filter {
                actor: actor.found(app)?,
                ..filter
            };
            let (rows, next) = rows(app, &id, &filter, &asked_page)?;
            Ok((head, rows, next))
        })
        .await?;
    let shown = page(&AuditPage {
        site: &edge.masthead,
        head,
        asked,
        kinds: EventKind::ALL,
        rows,
        next,
        problem,
    })?;
    Ok((status, shown).into_response())
}

fn rows(
    app: &App,
    id: &OrganisationId,
    filter: &Filter,
    asked: &PageRequest,
) -> Result<(Vec<Row>, Option<Cursor>), Error> {
    let found = event::trail(app, id, filter, asked)?;
    let rows = found.items.into_iter().map(|recorded| {
        let about = Thing::of(app, &recorded)?;
        Ok(Row::of(Told::of(app, recorded)?, about))
    });
    Ok((rows.collect::<Result<_, Error>>()?, found.next))
}

impl Row {
    fn of(told: Told, mut about: Thing) -> Row {
        let event = told.recorded.event;
        if let Some(name) = told.person_name {
            about.label = name.to_string();
        }
        Row {
            moment: wording::moment(event.at),
            time: event.at.to_string(),
            what: event.kind.told(),
            kind: event.kind,
            who: match event.actor {
                Actor::Service => None,
                Actor::Person(person) => Some(Who {
                    id: person.to_string(),
                    name: told
                        .actor_name
                        .as_ref()
                        .map_or_else(|| ERASED.to_owned(), Line::to_string),
                }),
            },
            about,
            reason: event.reason.map(|reason| reason.to_string()),
        }
    }
}

impl Thing {
    fn of(app: &App, recorded: &Recorded) -> Result<Thing, Error> {
        let plain = |label: String| Thing {
            label,
            link: None,
            detail: None,
            badge: None,
        };
        let title = |id| -> Result<String, Error> {
            let found = app.store.micro_credential(id)?;
            Ok(found.map_or_else(|| id.to_string(), |found| found.content.name.to_string()))
        };
        Ok(match &recorded.event.about {
            About::Organisation => plain("The organisation".to_owned()),
            About::Person(_) => plain(ERASED.to_owned()),
            About::Member { roles, .. } => {
                let roles: Vec<_> = roles.iter().map(ToString::to_string).collect();
                Thing {
                    detail: Some(match roles.is_empty() {
                        true => "no roles".to_owned(),
                        false => roles.join(", "),
                    }),
                    ..plain(ERASED.to_owned())
                }
            }
            About::MicroCredential(id) => Thing {
                link: Some(format!("/achievements/{id}")),
                ..plain(title(id)?)
            },
            About::Adoption {
                micro_credential,
                adopter,
            } => Thing {
                link: Some(format!("/achievements/{micro_credential}")),
                detail: Some(match app.store.organisation(adopter)? {
                    Some(found) => found.profile.name.to_string(),
                    None => adopter.to_string(),
                }),
                ..plain(title(micro_credential)?)
            },
            About::Submission {
                submission,
                version,
            } => Thing {
                detail: Some(format!("version {version}")),
                ..plain(format!("Submission {submission}"))
            },
            About::Award(award) => match app.store.award(*award)? {
                Some(found) => Thing {
                    detail: Some(format!("award {award}")),
                    ..plain(title(&found.micro_credential)?)
                },
                None => plain(format!("Award {award}")),
            },
            About::Endorsement(id) => endorsement(app, *id)?,
            About::Webhook(webhook) => plain(format!("Webhook {webhook}")),
            About::Badge(badge) => Thing {
                badge: Some(badge.to_string()),
                detail: Some(format!("badge {badge}")),
                ..plain(match app.store.badge(*badge)? {
                    Some(found) => title(&found.micro_credential)?,
                    None => "Badge".to_owned(),
                })
            },
        })
    }
}

/// What an endorsement is about, and its page, if it is signed.
fn endorsement(app: &App, id: EndorsementId) -> Result<Thing, Error> {
    let held = app.store.endorsement_held(id)?;
    let found = match &held {
        Some(held) => Subject::of(app, &held.value.subject),
        None => Err(Error::NotFound),
    };
    let title = match found {
        Ok(subject) => subject.title,
        Err(Error::NotFound) => "Endorsement".to_owned(),
        Err(error) => return Err(error),
    };
    let is_signed = held.is_some_and(|held| held.value.issued().is_some());
    Ok(Thing {
        label: title,
        link: is_signed.then(|| format!("/endorsements/{id}")),
        detail: Some(format!("endorsement {id}")),
        badge: None,
    })
}

/// Whoever has no account any more.
const ERASED: &str = "Somebody who was erased";
