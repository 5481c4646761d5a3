//! The page on which a member asks for help, and reads the answers.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::{Head, answer, prose, sentence};
use crate::app::App;
use crate::cohort::help::{self, Closing, Question, Stuck, Told};
use crate::cohort::people::{self, Part};
use crate::error::Error;
use crate::http::Masthead;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::form::Form;
use crate::http::parameter::{Id, Path, Query};
use crate::http::route::{Route, get, post};
use crate::id::{CohortId, HelpId, PersonId, SubmissionId};
use crate::micro_credential;
use crate::page::PageRequest;
use crate::person::Person;
use crate::rights::Action;
use crate::submission::{self, Offer, Stage, State as Stand};
use crate::wording;

pub fn routes() -> Vec<Route> {
    let (asking, at) = (Action::AskForHelp, "/cohorts/{cohort}/help");
    vec![
        get(at, Action::ReadOwnHelp, open),
        post(at, asking, ask),
        post(&format!("{at}/{{help}}/close"), asking, close),
        post(&format!("{at}/{{help}}/show"), asking, show),
    ]
}

#[derive(Template)]
#[template(path = "cohort/help.html")]
struct HelpPage<'a> {
    site: &'a Masthead,
    head: Head,
    asked: Vec<Asked>,
    /// The open submissions that can be asked about.
    open: Vec<(String, String)>,
    /// What can be named of the one that is asked about.
    parts: Vec<(String, String)>,
    typed: Typed,
    problem: Option<String>,
}

#[derive(Default)]
struct Typed {
    submission: String,
    part: String,
    text: String,
}

/// A request of one's own.
struct Asked {
    id: HelpId,
    title: String,
    work: String,
    stuck: Option<String>,
    text: String,
    at: String,
    answers: Vec<Answered>,
    closed: Option<&'static str>,
    /// The facilitators, and how far each is with the draft; nobody where there is none to show.
    facilitators: Vec<(PersonId, String, Offer)>,
}

/// What a facilitator answered.
pub(super) struct Answered {
    pub(super) name: String,
    pub(super) at: String,
    pub(super) text: String,
}

/// Which submission is asked about, once it is chosen.
#[derive(Deserialize)]
struct Chosen {
    submission: Option<String>,
}

/// The answers to a request.
pub(super) fn answers(told: &Told) -> Vec<Answered> {
    let answers = told.request.answers.iter().zip(&told.answerers);
    let answers = answers.map(|(answer, name)| Answered {
        name: name.to_string(),
        at: wording::moment(answer.at),
        text: answer.text.to_string(),
    });
    answers.collect()
}

async fn open(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<CohortId>>,
    Query(chosen): Query<Chosen>,
) -> Result<Response, HttpError> {
    let typed = Typed {
        submission: chosen.submission.unwrap_or_default(),
        ..Typed::default()
    };
    shown(&edge, caller, id, typed, None).await
}

async fn shown(
    edge: &Edge,
    caller: Caller,
    id: CohortId,
    typed: Typed,
    problem: Option<String>,
) -> Result<Response, HttpError> {
    let site = edge.masthead.clone();
    let (head, asked, open, parts, typed) = edge
        .work(move |app| {
            let head = Head::of(app, &caller, id)?;
            let asked = asked(app, &caller.person, id)?;
            let open = open_submissions(app, &caller.person)?;
            let parts = match typed.submission.parse() {
                Ok(submission) => parts(app, &caller.person, submission)?,
                Err(_) => Vec::new(),
            };
            Ok((head, asked, open, parts, typed))
        })
        .await?;
    let filled = HelpPage {
        site: &site,
        head,
        asked,
        open,
        parts,
        typed,
        problem,
    };
    answer(&filled, |page| page.problem.is_some())
}

fn asked(app: &App, person: &Person, id: CohortId) -> Result<Vec<Asked>, Error> {
    let mut facilitators = Vec::new();
    for (one, name) in people::people(app, id)? {
        if one.part == Part::Facilitator {
            let known = app.store.person(one.person)?;
            facilitators.push((known.ok_or(Error::Missing("a facilitator"))?, name));
        }
    }
    let mut shown = Vec::new();
    for told in help::own(app, person, id)? {
        let (request, outline) = (&told.request, &told.outline);
        let mut offers = Vec::new();
        let is_prepared = outline
            .as_ref()
            .is_some_and(|one| one.stage == Stage::Prepared);
        if request.closed.is_none() && is_prepared {
            let submission = submission::of_earner(app, person, request.submission)?;
            for (known, name) in &facilitators {
                let offer = submission::offer(app, &submission, known)?;
                offers.push((known.id, name.to_string(), offer));
            }
        }
        shown.push(Asked {
            id: request.id,
            title: told.title.to_string(),
            work: format!("/my/submissions/{}", request.submission),
            stuck: told.stuck.as_ref().map(ToString::to_string),
            text: request.text.to_string(),
            at: wording::moment(request.asked),
            answers: answers(&told),
            closed: request.closed.map(|closed| match closed {
                Closing::Helped => "An answer helped",
                Closing::TakenBack => "Closed",
            }),
            facilitators: offers,
        });
    }
    Ok(shown)
}

fn open_submissions(app: &App, person: &Person) -> Result<Vec<(String, String)>, Error> {
    let mut open = BTreeMap::new();
    let found = app.store.submissions_of(person.id, &PageRequest::most())?;
    for one in found.items {
        if let Stand::Draft | Stand::Returned | Stand::Submitted = one.state {
            let published = micro_credential::published(app, &one.micro_credential)?;
            open.insert(published.content.name.to_string(), one.id.to_string());
        }
    }
    Ok(open.into_iter().map(|(title, id)| (id, title)).collect())
}

/// What somebody can be stuck with: each thing that is asked for, and each criterion.
fn parts(
    app: &App,
    person: &Person,
    submission: SubmissionId,
) -> Result<Vec<(String, String)>, Error> {
    let of = submission::of_earner(app, person, submission)?;
    let content = micro_credential::published(app, &of.micro_credential)?.content;
    let asked = content.evidence_requirements.iter();
    let asked = asked.map(|one| (format!("requirement:{}", one.id), one.name.to_string()));
    let criteria = content.rubric.criteria().iter();
    let criteria = criteria.map(|one| {
        let name = format!("{} (criterion)", one.name);
        (format!("criterion:{}", one.id), name)
    });
    Ok(asked.chain(criteria).collect())
}

async fn ask(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<CohortId>>,
    form: Form,
) -> Result<Response, HttpError> {
    let text = |name: &str| form.text(name).unwrap_or_default().to_owned();
    let typed = Typed {
        submission: text("submission"),
        part: text("part"),
        text: text("text"),
    };
    let (by, question, now) = (caller.person.clone(), typed.question(), edge.clock.now());
    let work = edge.work(move |app| help::ask(app, &by, id, question?, now));
    match work.await {
        Ok(_) => Ok(Redirect::to(&format!("/cohorts/{id}/help")).into_response()),
        Err(HttpError::Service(problem)) if problem.is_the_askers() => {
            shown(&edge, caller, id, typed, Some(sentence(&problem))).await
        }
        Err(error) => Err(error),
    }
}

impl Typed {
    fn question(&self) -> Result<Question, Error> {
        let unchosen = |_| Error::invalid("/submission", "please choose what it is about");
        let unknown = || Error::invalid("/part", "please choose one of the parts");
        let stuck = match self.part.split_once(':') {
            None => None,
            Some(("requirement", id)) => {
                Some(Stuck::Requirement(id.parse().map_err(|_| unknown())?))
            }
            Some(("criterion", id)) => Some(Stuck::Criterion(id.parse().map_err(|_| unknown())?)),
            Some(_) => return Err(unknown()),
        };
        Ok(Question {
            submission: self.submission.parse().map_err(unchosen)?,
            stuck,
            text: prose(&self.text)?,
        })
    }
}

async fn close(
    State(edge): State<Edge>,
    caller: Caller,
    Path((Id(id), Id(one))): Path<(Id<CohortId>, Id<HelpId>)>,
    form: Form,
) -> Result<Response, HttpError> {
    let how = match form.text("how") {
        Some("helped") => Closing::Helped,
        _ => Closing::TakenBack,
    };
    let by = caller.person.clone();
    done(&edge, caller, id, move |app| {
        help::close(app, &by, id, one, how)
    })
    .await
}

async fn show(
    State(edge): State<Edge>,
    caller: Caller,
    Path((Id(id), Id(one))): Path<(Id<CohortId>, Id<HelpId>)>,
    form: Form,
) -> Result<Response, HttpError> {
    let whom = form.text("facilitator").and_then(|id| id.parse().ok());
    let whom: PersonId = whom.ok_or(HttpError::NotFound)?;
    let (by, now) = (caller.person.clone(), edge.clock.now());
    let work = move |app: &App| help::show_draft(app, &by, id, one, whom, now);
    done(&edge, caller, id, work).await
}

async fn done(
    edge: &Edge,
    caller: Caller,
    id: CohortId,
    work: impl FnOnce(&App) -> Result<(), Error> + Send + 'static,
) -> Result<Response, HttpError> {
    match edge.work(work).await {
        Ok(()) => Ok(Redirect::to(&format!("/cohorts/{id}/help")).into_response()),
        Err(HttpError::Service(problem)) if problem.is_the_askers() => {
            shown(edge, caller, id, Typed::default(), Some(sentence(&problem))).await
        }
        Err(error) => Err(error),
    }
}
