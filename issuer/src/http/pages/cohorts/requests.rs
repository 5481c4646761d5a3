//! The pages of facilitators: who asks for help and what is missing, and how far members have come.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};

use super::help::{Answered, answers};
use super::{Head, answer, on_one_page, prose, sentence};
use crate::app::App;
use crate::cohort::help::{self, Told};
use crate::cohort::progress;
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
use crate::id::{CohortId, HelpId, SubmissionId};
use crate::page::{Cursor, PageRequest};
use crate::person::Person;
use crate::rights::Action;
use crate::submission::{self, Offer, Outline, Stage};
use crate::wording;

pub fn routes() -> Vec<Route> {
    let (read, giving) = (Action::ReadHelp, Action::GiveHelp);
    let at = "/cohorts/{cohort}/requests";
    vec![
        get(at, read, open),
        post(&format!("{at}/{{help}}/answers"), giving, say),
        post(&format!("{at}/{{help}}/draft"), giving, draft),
        get("/cohorts/{cohort}/progress", read, ways),
    ]
}

#[derive(Template)]
#[template(path = "cohort/requests.html")]
struct RequestsPage<'a> {
    site: &'a Masthead,
    head: Head,
    requests: Vec<Row>,
    next: Option<Cursor>,
    /// What was typed, and to which request.
    typed: Option<(HelpId, String)>,
    problem: Option<String>,
}

struct Row {
    id: HelpId,
    name: String,
    stuck: Option<String>,
    text: String,
    at: String,
    answers: Vec<Answered>,
    work: Option<Work>,
    submission: SubmissionId,
    offer: Offer,
}

#[derive(Template)]
#[template(path = "cohort/progress.html")]
struct ProgressPage<'a> {
    site: &'a Masthead,
    head: Head,
    ways: Vec<(String, Vec<Work>)>,
}

/// How far some work has come.
struct Work {
    title: String,
    stage: &'static str,
    there: usize,
    asked: usize,
    missing: Vec<String>,
    moved: String,
}

impl Work {
    fn of(outline: Outline) -> Work {
        Work {
            title: outline.title.to_string(),
            stage: match outline.stage {
                Stage::Prepared => "being prepared",
                Stage::HandedIn => "handed in, and waits",
            },
            there: outline.asked - outline.missing.len(),
            asked: outline.asked,
            missing: outline.missing.iter().map(ToString::to_string).collect(),
            moved: wording::day(outline.moved),
        }
    }
}

impl Row {
    fn of(app: &App, reader: &Person, told: Told) -> Result<Row, Error> {
        let request = &told.request;
        let submission = app.store.submission_held(request.submission)?;
        let submission = submission.ok_or(Error::NotFound)?.value;
        Ok(Row {
            id: request.id,
            name: told.name.to_string(),
            stuck: told.stuck.as_ref().map(ToString::to_string),
            text: request.text.to_string(),
            at: wording::moment(request.asked),
            answers: answers(&told),
            submission: request.submission,
            offer: submission::offer(app, &submission, reader)?,
            work: told.outline.map(Work::of),
        })
    }
}

async fn open(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<CohortId>>,
    Paging { page, .. }: Paging,
) -> Result<Response, HttpError> {
    shown(&edge, caller, id, page, None, None).await
}

async fn shown(
    edge: &Edge,
    caller: Caller,
    id: CohortId,
    asked: PageRequest,
    typed: Option<(HelpId, String)>,
    problem: Option<String>,
) -> Result<Response, HttpError> {
    let asked = PageRequest {
        limit: on_one_page(),
        ..asked
    };
    let (head, requests, next) = edge
        .work(move |app| {
            let found = help::waiting(app, id, &asked)?;
            let rows = found.items.into_iter();
            let rows = rows.map(|told| Row::of(app, &caller.person, told));
            let rows = rows.collect::<Result<Vec<_>, _>>()?;
            Ok((Head::of(app, &caller, id)?, rows, found.next))
        })
        .await?;
    let filled = RequestsPage {
        site: &edge.masthead,
        head,
        requests,
        next,
        typed,
        problem,
    };
    answer(&filled, |page| page.problem.is_some())
}

async fn say(
    State(edge): State<Edge>,
    caller: Caller,
    Path((Id(id), Id(one))): Path<(Id<CohortId>, Id<HelpId>)>,
    form: Form,
) -> Result<Response, HttpError> {
    let typed = form.text("text").unwrap_or_default().to_owned();
    let (by, words, now) = (caller.person.clone(), typed.clone(), edge.clock.now());
    let said = edge.work(move |app| help::answer(app, &by, id, one, prose(&words)?, now));
    match said.await {
        Ok(_) => Ok(Redirect::to(&format!("/cohorts/{id}/requests")).into_response()),
        Err(HttpError::Service(problem)) if problem.is_the_askers() => {
            let (first, typed) = (PageRequest::default(), Some((one, typed)));
            shown(&edge, caller, id, first, typed, Some(sentence(&problem))).await
        }
        Err(error) => Err(error),
    }
}

async fn draft(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(id), Id(one))): Path<(Id<CohortId>, Id<HelpId>)>,
) -> Result<Response, HttpError> {
    let opened = edge.work(move |app| help::open_draft(app, &person, id, one));
    Ok(Redirect::to(&format!("/drafts/{}", opened.await?.id)).into_response())
}

async fn ways(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<CohortId>>,
) -> Result<Response, HttpError> {
    let (head, ways) = edge
        .work(move |app| {
            let ways = progress::of_cohort(app, id)?.into_iter();
            let ways = ways.map(|way| {
                let works = way.works.into_iter().map(Work::of).collect();
                (way.name.to_string(), works)
            });
            Ok((Head::of(app, &caller, id)?, ways.collect()))
        })
        .await?;
    page(&ProgressPage {
        site: &edge.masthead,
        head,
        ways,
    })
}
