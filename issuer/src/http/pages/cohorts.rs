//! The pages of a cohort: what is said in it, and what stands at the head of all of them.

mod help;
mod joining;
mod manage;
mod people;
mod requests;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::account::sentence;
use super::page;
use crate::app::App;
use crate::cohort::people::{Part, part_of};
use crate::cohort::posts::{self, Seen};
use crate::cohort::{self, Cohort};
use crate::error::Error;
use crate::http::Masthead;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::form::Form;
use crate::http::paging::Paging;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get, post};
use crate::id::{CohortId, PostId};
use crate::page::{Cursor, PageLimit, PageRequest};
use crate::rights::{self, Action};
use crate::text::{Line, Prose};
use crate::wording;

pub fn routes() -> Vec<Route> {
    let (write, hiding) = (Action::WritePosts, Action::HidePosts);
    let at = |rest: &str| format!("/cohorts/{{cohort}}{rest}");
    let mut routes = vec![
        get(&at(""), Action::ReadCohort, open),
        post(&at("/posts"), write, say),
        get(&at("/posts/{post}"), Action::ReadPosts, one),
        post(&at("/posts/{post}/replies"), write, reply),
        post(&at("/posts/{post}/take-back"), write, take_back),
        post(&at("/posts/{post}/hide"), hiding, hide),
        post(&at("/posts/{post}/show"), hiding, show_again),
    ];
    routes.extend(joining::routes());
    routes.extend(people::routes());
    routes.extend(help::routes());
    routes.extend(requests::routes());
    routes.extend(manage::routes());
    routes
}

/// What stands on every page of a cohort.
struct Head {
    id: CohortId,
    name: String,
    goal: String,
    organisation: String,
    office_hours: Option<String>,
    office_link: Option<String>,
    archived: Option<String>,
    /// Whether this caller is in it, facilitates it, or leads it for its organisation.
    joined: bool,
    facilitates: bool,
    leads: bool,
}

impl Head {
    fn of(app: &App, caller: &Caller, id: CohortId) -> Result<Head, Error> {
        let Cohort {
            organisation,
            about,
            archived,
            ..
        } = cohort::found(app, id)?;
        let part = part_of(app, id, caller.person.id)?;
        let lead = Action::LeadCohorts;
        let of = app.store.organisation(&organisation)?;
        Ok(Head {
            id,
            name: about.name.to_string(),
            goal: about.goal.to_string(),
            office_hours: about.office_hours.map(|hours| hours.to_string()),
            office_link: about.office_link.map(|link| link.to_string()),
            archived: archived.map(wording::day),
            joined: part.is_some(),
            facilitates: part == Some(Part::Facilitator),
            leads: rights::may(app, caller.person.id, lead, Some(&organisation))?,
            organisation: of.map_or_else(String::new, |of| of.profile.name.to_string()),
        })
    }
}

#[derive(Template)]
#[template(path = "cohort/wall.html")]
struct WallPage<'a> {
    site: &'a Masthead,
    head: Head,
    posts: Vec<Row>,
    next: Option<Cursor>,
    typed: &'a str,
    problem: Option<String>,
}

#[derive(Template)]
#[template(path = "cohort/post.html")]
struct PostPage<'a> {
    site: &'a Masthead,
    head: Head,
    post: Row,
    replies: Vec<Row>,
    next: Option<Cursor>,
    typed: &'a str,
    problem: Option<String>,
}

/// A post or a reply as the reader may see it.
#[derive(Clone)]
struct Row {
    id: PostId,
    name: Option<String>,
    is_own: bool,
    at: String,
    text: Option<String>,
    hidden: bool,
    reason: Option<String>,
    replies: u32,
}

impl From<Seen> for Row {
    fn from(seen: Seen) -> Row {
        Row {
            id: seen.id,
            name: seen.by.map(|(_, name)| name.to_string()),
            is_own: seen.is_own,
            at: wording::moment(seen.at),
            text: seen.text.map(|text| text.to_string()),
            hidden: seen.hidden.is_some(),
            reason: seen.hidden.flatten().map(|reason| reason.to_string()),
            replies: seen.replies,
        }
    }
}

async fn open(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<CohortId>>,
    Paging { page, .. }: Paging,
) -> Result<Response, HttpError> {
    wall(&edge, caller, id, page, "", None).await
}

async fn wall(
    edge: &Edge,
    caller: Caller,
    id: CohortId,
    asked: PageRequest,
    typed: &str,
    problem: Option<String>,
) -> Result<Response, HttpError> {
    let asked = PageRequest {
        limit: on_one_page(),
        ..asked
    };
    let (head, posts, next) = edge
        .work(move |app| {
            let head = Head::of(app, &caller, id)?;
            // Whoever leads a cohort and is not in it reads nothing.
            if !head.joined {
                return Ok((head, Vec::new(), None));
            }
            let found = posts::wall(app, &caller.person, id, &asked)?;
            let rows = found.items.into_iter().map(Row::from).collect();
            Ok((head, rows, found.next))
        })
        .await?;
    answer(
        &WallPage {
            site: &edge.masthead,
            head,
            posts,
            next,
            typed,
            problem,
        },
        |page| page.problem.is_some(),
    )
}

/// A page, refused if it tells of a problem.
fn answer<T: Template>(filled: &T, refused: impl Fn(&T) -> bool) -> Result<Response, HttpError> {
    let status = match refused(filled) {
        true => StatusCode::UNPROCESSABLE_ENTITY,
        false => StatusCode::OK,
    };
    Ok((status, page(filled)?).into_response())
}

async fn say(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<CohortId>>,
    form: Form,
) -> Result<Response, HttpError> {
    let typed = form.text("text").unwrap_or_default().to_owned();
    let (by, words, now) = (caller.person.clone(), typed.clone(), edge.clock.now());
    let said = edge.work(move |app| posts::say(app, &by, id, prose(&words)?, now));
    match said.await {
        Ok(_) => Ok(Redirect::to(&format!("/cohorts/{id}")).into_response()),
        Err(HttpError::Service(problem)) if problem.is_the_askers() => {
            let problem = Some(sentence(&problem));
            wall(&edge, caller, id, PageRequest::default(), &typed, problem).await
        }
        Err(error) => Err(error),
    }
}

/// The words of a form.
fn prose(typed: &str) -> Result<Prose, Error> {
    typed
        .parse()
        .map_err(|error| Error::invalid("/text", format!("this cannot be sent: {error}")))
}

async fn one(
    State(edge): State<Edge>,
    caller: Caller,
    Path((Id(id), Id(post))): Path<(Id<CohortId>, Id<PostId>)>,
    Paging { page, .. }: Paging,
) -> Result<Response, HttpError> {
    talk(&edge, caller, (id, post), page, "", None).await
}

async fn talk(
    edge: &Edge,
    caller: Caller,
    (id, post): (CohortId, PostId),
    asked: PageRequest,
    typed: &str,
    problem: Option<String>,
) -> Result<Response, HttpError> {
    let asked = PageRequest {
        limit: on_one_page(),
        ..asked
    };
    let (head, post, replies, next) = edge
        .work(move |app| {
            let above = posts::one(app, &caller.person, id, post)?;
            let found = posts::replies(app, &caller.person, id, post, &asked)?;
            let rows = found.items.into_iter().map(Row::from).collect();
            let head = Head::of(app, &caller, id)?;
            Ok((head, Row::from(above), rows, found.next))
        })
        .await?;
    answer(
        &PostPage {
            site: &edge.masthead,
            head,
            post,
            replies,
            next,
            typed,
            problem,
        },
        |page| page.problem.is_some(),
    )
}

async fn reply(
    State(edge): State<Edge>,
    caller: Caller,
    Path((Id(id), Id(post))): Path<(Id<CohortId>, Id<PostId>)>,
    form: Form,
) -> Result<Response, HttpError> {
    let typed = form.text("text").unwrap_or_default().to_owned();
    let (by, words, now) = (caller.person.clone(), typed.clone(), edge.clock.now());
    let said = edge.work(move |app| posts::reply(app, &by, id, post, prose(&words)?, now));
    match said.await {
        Ok(_) => Ok(Redirect::to(&format!("/cohorts/{id}/posts/{post}")).into_response()),
        Err(HttpError::Service(problem)) if problem.is_the_askers() => {
            let problem = Some(sentence(&problem));
            talk(
                &edge,
                caller,
                (id, post),
                PageRequest::default(),
                &typed,
                problem,
            )
            .await
        }
        Err(error) => Err(error),
    }
}

async fn take_back(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(id), Id(post))): Path<(Id<CohortId>, Id<PostId>)>,
    form: Form,
) -> Result<Response, HttpError> {
    let gone = edge.work(move |app| {
        posts::take_back(app, &person, id, post)?;
        // The place above may be gone with it.
        let above = app.store.post_held(id, above(&form).unwrap_or(post))?;
        Ok(above.map(|above| above.value.id))
    });
    Ok(back(id, gone.await?).into_response())
}

async fn hide(
    State(edge): State<Edge>,
    caller: Caller,
    Path((Id(id), Id(post))): Path<(Id<CohortId>, Id<PostId>)>,
    form: Form,
) -> Result<Response, HttpError> {
    let (by, above) = (caller.person.clone(), above(&form));
    let reason = form.text("reason").unwrap_or_default().to_owned();
    let hiding = edge.work(move |app| {
        let unfit =
            |error| Error::invalid("/reason", format!("the reason cannot be used: {error}"));
        let reason: Line = reason.parse().map_err(unfit)?;
        posts::hide(app, &by, id, post, reason)
    });
    match hiding.await {
        Ok(_) => Ok(back(id, Some(above.unwrap_or(post))).into_response()),
        Err(HttpError::Service(problem)) if problem.is_the_askers() => {
            let (place, first) = ((id, above.unwrap_or(post)), PageRequest::default());
            talk(&edge, caller, place, first, "", Some(sentence(&problem))).await
        }
        Err(error) => Err(error),
    }
}

async fn show_again(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(id), Id(post))): Path<(Id<CohortId>, Id<PostId>)>,
    form: Form,
) -> Result<Response, HttpError> {
    let above = above(&form).unwrap_or(post);
    edge.work(move |app| posts::show_again(app, &person, id, post))
        .await?;
    Ok(back(id, Some(above)).into_response())
}

/// What a reply stands below, as its form says.
fn above(form: &Form) -> Option<PostId> {
    form.text("above")?.parse().ok()
}

fn back(id: CohortId, post: Option<PostId>) -> Redirect {
    match post {
        Some(post) => Redirect::to(&format!("/cohorts/{id}/posts/{post}")),
        None => Redirect::to(&format!("/cohorts/{id}")),
    }
}

/// A page of twenty texts of 4,000 bytes loads anywhere.
fn on_one_page() -> PageLimit {
    PageLimit::new(20).expect("a page may have twenty items")
}
