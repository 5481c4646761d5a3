//! The learning log: what somebody read, watched and visited, written down without a purpose of ours.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::page;
use super::submissions::sentence;
use crate::app::App;
use crate::error::Error;
use crate::http::Masthead;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::form::Form;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get, post};
use crate::id::{LearningId, SubmissionId};
use crate::learning::{self, Learned, Mode};
use crate::page::PageRequest;
use crate::person::Person;
use crate::rights::Action;

pub fn routes() -> Vec<Route> {
    vec![
        get("/my/learning", Action::ReadLearningLog, show),
        post("/my/learning", Action::WriteLearningLog, add),
        post(
            "/my/learning/{entry}/remove",
            Action::WriteLearningLog,
            remove,
        ),
    ]
}

#[derive(Template)]
#[template(path = "learning.html")]
struct LearningPage {
    site: Masthead,
    entries: Vec<Row>,
    /// What an entry can belong to.
    submissions: Vec<(String, String)>,
    typed: Typed,
    problem: Option<String>,
}

struct Row {
    id: LearningId,
    mode: String,
    title: String,
    day: Option<String>,
    note: Option<String>,
    link: Option<String>,
    of: Option<String>,
}

#[derive(Default)]
struct Typed {
    mode: String,
    title: String,
    day: String,
    note: String,
    link: String,
    submission: String,
}

async fn show(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    RawQuery(query): RawQuery,
) -> Result<Response, HttpError> {
    let of = query.and_then(|query| query.strip_prefix("submission=").map(str::to_owned));
    let typed = Typed {
        submission: of.unwrap_or_default(),
        ..Typed::default()
    };
    shown(&edge, person, typed, None).await
}

async fn shown(
    edge: &Edge,
    person: Person,
    typed: Typed,
    problem: Option<String>,
) -> Result<Response, HttpError> {
    let status = match &problem {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let site = edge.masthead.clone();
    let filled = edge
        .work(move |app| LearningPage::of(app, &person, site, typed, problem))
        .await?;
    Ok((status, page(&filled)?).into_response())
}

async fn add(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    form: Form,
) -> Result<Response, HttpError> {
    let typed = Typed::of(&form);
    let now = edge.clock.now();
    let learned = match typed.read() {
        Ok(learned) => learned,
        Err(problem) => return shown(&edge, person, typed, Some(problem)).await,
    };
    let writer = person.clone();
    let added = edge
        .work(move |app| Ok(learning::add(app, &writer, learned, now)))
        .await?;
    match added {
        Ok(_) => Ok(Redirect::to("/my/learning").into_response()),
        Err(problem) if problem.is_about_input() => {
            shown(&edge, person, typed, Some(sentence(&problem.to_string()))).await
        }
        Err(problem) => Err(problem.into()),
    }
}

async fn remove(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(entry)): Path<Id<LearningId>>,
) -> Result<Response, HttpError> {
    edge.work(move |app| learning::remove(app, &person, entry))
        .await?;
    Ok(Redirect::to("/my/learning").into_response())
}

impl LearningPage {
    fn of(
        app: &App,
        person: &Person,
        site: Masthead,
        typed: Typed,
        problem: Option<String>,
    ) -> Result<LearningPage, Error> {
        let mut submissions = Vec::new();
        let found = app.store.submissions_of(person.id, &PageRequest::most())?;
        for submission in found.items {
            let of = app.store.micro_credential(&submission.micro_credential)?;
            let title = of.map_or_else(
                || submission.micro_credential.to_string(),
                |found| found.content.name.to_string(),
            );
            submissions.push((submission.id.to_string(), title));
        }
        let title_of = |id: SubmissionId| {
            let known = submissions
                .iter()
                .find(|(known, _)| *known == id.to_string());
            known.map(|(_, title)| title.clone())
        };
        let entries = learning::all(app, person)?.into_iter();
        let entries = entries.map(|entry| Row {
            id: entry.id,
            mode: entry.learned.mode.to_string(),
            title: entry.learned.title.to_string(),
            day: entry.learned.day.map(|day| day.to_string()),
            note: entry.learned.note.map(|note| note.to_string()),
            link: entry.learned.link.map(|link| link.to_string()),
            of: entry.learned.submission.and_then(title_of),
        });
        Ok(LearningPage {
            site,
            entries: entries.collect(),
            submissions,
            typed,
            problem,
        })
    }
}

impl Typed {
    fn of(form: &Form) -> Typed {
        let text = |name| form.text(name).unwrap_or_default().to_owned();
        Typed {
            mode: text("mode"),
            title: text("title"),
            day: text("day"),
            note: text("note"),
            link: text("link"),
            submission: text("submission"),
        }
    }

    fn read(&self) -> Result<Learned, String> {
        fn some<T: std::str::FromStr>(text: &str, problem: &str) -> Result<Option<T>, String> {
            let read = (!text.is_empty()).then(|| text.parse());
            read.transpose().map_err(|_| problem.to_owned())
        }
        let mode = self.mode.parse();
        let title = self.title.parse();
        Ok(Learned {
            mode: mode.map_err(|_| "Please say in what way you learned.".to_owned())?,
            title: title.map_err(|_| {
                "Please say what it was, in one line of at most 300 letters.".to_owned()
            })?,
            day: some(&self.day, "A day is written as 2026-11-22.")?,
            note: some(&self.note, "This note is too long.")?,
            link: some(&self.link, "A link begins with https://.")?,
            submission: some(&self.submission, "There is no such submission.")?,
        })
    }
}
