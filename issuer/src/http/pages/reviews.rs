//! The pages of those who review: what waits, and how long reviews take.

mod form;
mod opened;
mod row;
mod shown;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use super::page;
use crate::app::App;
use crate::error::Error;
use crate::http::Masthead;
use crate::http::caller::{AnyCaller, Caller};
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::paging::Paging;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get};
use crate::id::{MicroCredentialId, OrganisationId, PersonId};
use crate::organisation::Role;
use crate::page::{Cursor, PageRequest};
use crate::review::{self, Seat, Turnaround, Waiting};
use crate::rights::Action;
use crate::submission::Submission;
use crate::wording::{self, time};
use schemas::timestamp::Timestamp;

pub fn routes() -> Vec<Route> {
    let mut routes = vec![
        get("/reviews", Action::ReadOwnReviewing, mine),
        get(
            "/organisations/{organisation}/reviews",
            Action::ReadReviewQueue,
            queue,
        ),
        get(
            "/organisations/{organisation}/turnaround",
            Action::ReadPublished,
            turnaround,
        ),
    ];
    routes.extend(opened::routes());
    routes
}

#[derive(Template)]
#[template(path = "review/mine.html")]
struct MinePage<'a> {
    site: &'a Masthead,
    organisations: Vec<Place>,
}

/// An organisation that somebody reviews for.
struct Place {
    path: String,
    name: String,
    roles: String,
    /// How many versions they may take on now.
    offered: usize,
    more: bool,
}

#[derive(Template)]
#[template(path = "review/queue.html")]
struct QueuePage<'a> {
    site: &'a Masthead,
    id: OrganisationId,
    name: String,
    done: Option<&'static str>,
    mine: Vec<Line>,
    offered: Vec<Line>,
    turnaround: Figures,
    next: Option<Cursor>,
}

/// A version that waits.
struct Line {
    path: String,
    title: String,
    version: u32,
    since: String,
    age: String,
    adjudicates: bool,
    /// Until when the caller has it.
    until: Option<String>,
}

#[derive(Template)]
#[template(path = "review/turnaround.html")]
struct TurnaroundPage<'a> {
    site: &'a Masthead,
    id: OrganisationId,
    name: String,
    turnaround: Figures,
    may_review: bool,
}

/// How long reviews take, in words.
pub struct Figures {
    decided: usize,
    median: Option<String>,
    waiting: usize,
    more_wait: bool,
    median_age: Option<String>,
    oldest: Option<String>,
}

/// What somebody has just finished.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Done {
    #[serde(default)]
    done: Option<String>,
}

async fn mine(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
) -> Result<Response, HttpError> {
    let now = edge.clock.now();
    let organisations = edge
        .work(move |app| {
            let mut places = Vec::new();
            for member in app.store.memberships_of(person.id, MEMBERSHIPS)? {
                let reviews = [Role::Reviewer, Role::Adjudicator];
                let roles = reviews.iter().filter(|role| member.roles.contains(role));
                let roles: Vec<String> = roles.map(Role::to_string).collect();
                if roles.is_empty() {
                    continue;
                }
                let asked = PageRequest::most();
                let offered = review::queue(app, &member.organisation, &person, &asked, now)?;
                places.push(Place {
                    path: format!("/organisations/{}/reviews", member.organisation),
                    name: name_of(app, &member.organisation)?,
                    roles: roles.join(" and "),
                    offered: offered.items.len(),
                    more: offered.next.is_some(),
                });
            }
            Ok(places)
        })
        .await?;
    page(&MinePage {
        site: &edge.masthead,
        organisations,
    })
}

async fn queue(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(id)): Path<Id<OrganisationId>>,
    Paging {
        page: asked,
        filter,
    }: Paging<Done>,
) -> Result<Response, HttpError> {
    let now = edge.clock.now();
    let place = id.clone();
    let (name, lines, next, turnaround) = edge
        .work(move |app| {
            let found = review::queue(app, &place, &person, &asked, now)?;
            let lines = found.items.into_iter();
            let lines = lines.map(|waiting| Line::of(app, waiting, now));
            let lines = lines.collect::<Result<Vec<_>, _>>()?;
            let turnaround = review::turnaround(app, &place, now)?;
            Ok((name_of(app, &place)?, lines, found.next, turnaround))
        })
        .await?;
    let (mine, offered) = lines.into_iter().partition(|line| line.until.is_some());
    page(&QueuePage {
        site: &edge.masthead,
        id,
        name,
        done: filter.done.as_deref().and_then(done_in_words),
        mine,
        offered,
        turnaround: turnaround.into(),
        next,
    })
}

async fn turnaround(
    State(edge): State<Edge>,
    AnyCaller(caller): AnyCaller,
    Path(Id(id)): Path<Id<OrganisationId>>,
) -> Result<Response, HttpError> {
    let now = edge.clock.now();
    let person: Option<PersonId> = caller.map(|caller| caller.person.id);
    let place = id.clone();
    let (name, found, may_review) = edge
        .work(move |app| {
            let known = app.store.organisation(&place)?.ok_or(Error::NotFound)?;
            let member = match person {
                Some(person) => app.store.membership(&place, person)?,
                None => None,
            };
            let may_review = member.is_some_and(|member| {
                let reviews = [Role::Reviewer, Role::Adjudicator];
                reviews.iter().any(|role| member.roles.contains(role))
            });
            let found = review::turnaround(app, &place, now)?;
            Ok((known.profile.name.to_string(), found, may_review))
        })
        .await?;
    page(&TurnaroundPage {
        site: &edge.masthead,
        id,
        name,
        turnaround: found.into(),
        may_review,
    })
}

impl Line {
    fn of(app: &App, waiting: Waiting, now: Timestamp) -> Result<Line, Error> {
        let age = now.unix_seconds() - waiting.since.unix_seconds();
        Ok(Line {
            path: format!("/reviews/{}", waiting.submission),
            title: title_of(app, &waiting.micro_credential)?,
            version: waiting.version,
            since: wording::day(waiting.since),
            age: time::length(age),
            adjudicates: waiting.seat == Seat::Adjudicator,
            until: waiting.claim.map(|claim| wording::moment(claim.until)),
        })
    }
}

impl From<Turnaround> for Figures {
    fn from(found: Turnaround) -> Figures {
        Figures {
            decided: found.decided,
            median: found.median.map(time::length),
            waiting: found.waiting,
            more_wait: found.more_wait,
            median_age: found.median_age.map(time::length),
            oldest: found.oldest.map(time::length),
        }
    }
}

/// Whether somebody reviews for any organisation.
pub(super) fn reviews_anywhere(app: &App, person: PersonId) -> Result<bool, Error> {
    let memberships = app.store.memberships_of(person, MEMBERSHIPS)?;
    let mut roles = memberships.iter().flat_map(|member| &member.roles);
    Ok(roles.any(|role| [Role::Reviewer, Role::Adjudicator].contains(role)))
}

/// Where a submission stands in the queue, and how long reviews take, for its earner.
pub(super) fn waiting_in_words(app: &App, own: &Submission) -> Result<Option<String>, Error> {
    let Some(before) = review::place_in_queue(app, own)? else {
        return Ok(None);
    };
    let before = match before {
        0 => "It is the oldest that waits.".to_owned(),
        1 => "One was handed in before it and waits still.".to_owned(),
        more => format!("{more} were handed in before it and wait still."),
    };
    Ok(Some(match review::usual_length(app, &own.organisation)? {
        Some(seconds) => format!("{before} A review takes about {}.", time::length(seconds)),
        None => before,
    }))
}

fn name_of(app: &App, id: &OrganisationId) -> Result<String, Error> {
    let found = app.store.organisation(id)?.ok_or(Error::NotFound)?;
    Ok(found.profile.name.to_string())
}

fn title_of(app: &App, id: &MicroCredentialId) -> Result<String, Error> {
    let found = app.store.micro_credential(id)?;
    Ok(found.map_or_else(|| id.to_string(), |found| found.content.name.to_string()))
}

fn done_in_words(done: &str) -> Option<&'static str> {
    Some(match done {
        "accepted" => "Finished: every criterion is met, and the badge is issued.",
        "returned" => "Finished: it goes back to its earner with your comments.",
        "declined" => "Finished: it is declined for good.",
        "pending" => "Finished: somebody else looks at it next.",
        "released" => "Released: others may take it. What you scored is kept for you.",
        _ => return None,
    })
}

/// More organisations than anybody works for.
const MEMBERSHIPS: usize = 100;
