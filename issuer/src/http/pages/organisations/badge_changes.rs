//! The pages on which officers change many badges at once, and see how far that has come.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::{Head, sentence};
use crate::app::App;
use crate::badge::bulk::{self, Bulk, Outcome, Progress, ROWS, Which};
use crate::badge::changing::{Act, Decision};
use crate::error::Error;
use crate::http::Masthead;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::form::Form;
use crate::http::pages::page;
use crate::http::paging::Paging;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get, post};
use crate::id::{BulkId, OrganisationId};
use crate::page::{Cursor, PageRequest};
use crate::rights::Action;
use crate::wording;

pub fn routes() -> Vec<Route> {
    let changes = "/organisations/{organisation}/badge-changes";
    vec![
        get(changes, Action::ReadRegister, open),
        post(changes, Action::ChangeManyBadges, begin),
        get(&format!("{changes}/{{bulk}}"), Action::ReadRegister, one),
    ]
}

#[derive(Template)]
#[template(path = "organisation/badge-changes.html")]
struct ChangesPage<'a> {
    site: &'a Masthead,
    head: Head,
    changes: Vec<Line>,
    next: Option<Cursor>,
    typed: Typed,
    problem: Option<String>,
}

#[derive(Template)]
#[template(path = "organisation/badge-change.html")]
struct ChangePage<'a> {
    site: &'a Masthead,
    head: Head,
    change: Line,
    rows: Vec<Row>,
    next: Option<Cursor>,
}

#[derive(Default)]
struct Typed {
    act: String,
    badges: String,
    reason: String,
}

struct Line {
    path: String,
    what: &'static str,
    begun: String,
    reason: String,
    is_finished: bool,
    progress: Progress,
}

struct Row {
    asked: String,
    /// The page of the badge, if it was changed.
    path: Option<String>,
    /// What became of it.
    detail: String,
    is_done: bool,
}

async fn open(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<OrganisationId>>,
    Paging { page, .. }: Paging,
) -> Result<Response, HttpError> {
    show(&edge, caller, id, page, Typed::default(), None).await
}

async fn show(
    edge: &Edge,
    caller: Caller,
    id: OrganisationId,
    asked: PageRequest,
    typed: Typed,
    problem: Option<String>,
) -> Result<Response, HttpError> {
    let (head, changes, next) = edge
        .work(move |app| {
            let found = app.store.bulks(&id, &asked)?;
            let lines = found.items.into_iter().map(|bulk| Line::of(app, bulk));
            let lines = lines.collect::<Result<Vec<_>, _>>()?;
            Ok((Head::of(app, &caller, &id)?, lines, found.next))
        })
        .await?;
    page(&ChangesPage {
        site: &edge.masthead,
        head,
        changes,
        next,
        typed,
        problem,
    })
}

async fn begin(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<OrganisationId>>,
    form: Form,
) -> Result<Response, HttpError> {
    let text = |name: &str| form.text(name).unwrap_or_default().to_owned();
    let typed = Typed {
        act: text("act"),
        badges: text("badges"),
        reason: text("reason"),
    };
    let (act, reason) = match read(&typed) {
        Ok(read) => read,
        Err(problem) => return refused(&edge, caller, id, typed, &problem).await,
    };
    let decision = Decision {
        act,
        by: caller.person.id,
        reason,
        bulk: None,
    };
    let (now, place, list) = (edge.clock.now(), id.clone(), typed.badges.clone());
    let work = move |app: &App| {
        let which = Which::Listed(bulk::read_csv(list.as_bytes())?);
        bulk::begin(app, &place, which, decision, now)
    };
    match edge.work(work).await {
        Ok(bulk) => {
            let path = format!("/organisations/{id}/badge-changes/{}", bulk.id);
            Ok(Redirect::to(&path).into_response())
        }
        Err(HttpError::Service(problem)) if problem.is_the_askers() => {
            refused(&edge, caller, id, typed, &problem).await
        }
        Err(error) => Err(error),
    }
}

fn read(typed: &Typed) -> Result<(Act, crate::text::Prose), Error> {
    let found = Act::ALL.into_iter().find(|act| act.name() == typed.act);
    let act = found.ok_or_else(|| Error::invalid("/act", "please choose what is to be done"))?;
    let reason = typed.reason.parse();
    let reason =
        reason.map_err(|_| Error::invalid("/reason", "please say why: the earners are told"))?;
    Ok((act, reason))
}

async fn refused(
    edge: &Edge,
    caller: Caller,
    id: OrganisationId,
    typed: Typed,
    problem: &Error,
) -> Result<Response, HttpError> {
    let problem = Some(sentence(problem));
    let shown = show(edge, caller, id, PageRequest::default(), typed, problem).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
}

async fn one(
    State(edge): State<Edge>,
    caller: Caller,
    Path((Id(id), Id(bulk))): Path<(Id<OrganisationId>, Id<BulkId>)>,
    Paging { page: asked, .. }: Paging,
) -> Result<Response, HttpError> {
    let (head, change, rows) = edge
        .work(move |app| {
            let found = app.store.bulk(&id, bulk)?.ok_or(Error::NotFound)?;
            let rows = app.store.page_of_bulk_rows(bulk, &asked)?;
            Ok((Head::of(app, &caller, &id)?, Line::of(app, found)?, rows))
        })
        .await?;
    page(&ChangePage {
        site: &edge.masthead,
        head,
        change,
        rows: rows.items.into_iter().map(Row::of).collect(),
        next: rows.next,
    })
}

impl Line {
    fn of(app: &App, bulk: Bulk) -> Result<Line, Error> {
        Ok(Line {
            path: format!(
                "/organisations/{}/badge-changes/{}",
                bulk.organisation, bulk.id
            ),
            what: done(bulk.act),
            begun: wording::moment(bulk.begun),
            is_finished: bulk.finished.is_some(),
            progress: bulk::progress(app, &bulk)?,
            reason: bulk.reason.to_string(),
        })
    }
}

impl Row {
    fn of(row: bulk::Row) -> Row {
        let is_done = matches!(row.outcome, Outcome::Done { .. });
        let (path, detail) = match row.outcome {
            Outcome::Waiting => (None, "Waits".to_owned()),
            Outcome::Done { badge, edition } => (
                Some(format!("/badges/{badge}/manage")),
                format!("Done, edition {edition}"),
            ),
            Outcome::Failed { message, .. } => (None, message),
        };
        Row {
            asked: row.asked,
            path,
            detail,
            is_done,
        }
    }
}

/// What is done, in a word.
fn done(act: Act) -> &'static str {
    match act {
        Act::Revoke => "Revoking",
        Act::Suspend => "Suspending",
        Act::Reinstate => "Reinstating",
        Act::Correct => "Correcting",
        Act::Renew => "Renewing",
    }
}

/// What can be chosen, and what it means.
const CHOICES: [(&str, &str, &str); 5] = [
    (
        "suspend",
        "Suspend",
        "They do not count until you decide about them.",
    ),
    (
        "reinstate",
        "Reinstate",
        "They count again, in a further edition.",
    ),
    (
        "correct",
        "Correct",
        "They are issued again as their holders’ accounts have it now.",
    ),
    ("renew", "Renew", "They are valid for another term."),
    ("revoke", "Revoke for good", "They never come back."),
];
