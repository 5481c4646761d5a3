//! Help: a member says where they are stuck, and a facilitator answers.
//!
//! A facilitator reads what is said, and what the micro-credential asks for that is still missing. The work itself is
//! shown by its earner, as to any colleague, and until it is handed in.

use super::letters::{self, News};
use super::people::{Part, joined, part_of};
use super::posts::fits;
use super::{ATTEMPTS, held, open};
use crate::again::retried;
use crate::app::App;
use crate::engine::Batch;
use crate::error::Error;
use crate::id::{CohortId, CriterionId, HelpId, PersonId, RequirementId, SubmissionId};
use crate::micro_credential;
use crate::page::{Page, PageRequest};
use crate::person::Person;
use crate::store::Stored;
use crate::submission::{self, Outline, State, Submission};
use crate::text::{Line, Prose};
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// Somebody's request for help with a submission of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HelpRequest {
    /// Its identifier.
    pub id: HelpId,
    /// The cohort whose facilitators are asked.
    pub cohort: CohortId,
    /// Who asks.
    pub by: PersonId,
    /// What they are working on.
    pub submission: SubmissionId,
    /// With what of it they are stuck, if they say.
    pub stuck: Option<Stuck>,
    /// What they say.
    pub text: Prose,
    /// When they asked.
    pub asked: Timestamp,
    /// What facilitators answered, oldest first.
    pub answers: Vec<Answer>,
    /// How it ended, if it did.
    pub closed: Option<Closing>,
}

/// With what of a micro-credential somebody is stuck.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stuck {
    /// A piece of evidence that is asked for.
    Requirement(RequirementId),
    /// A criterion of the rubric.
    Criterion(CriterionId),
}

/// What a facilitator answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Who.
    pub by: PersonId,
    /// What they say.
    pub text: Prose,
    /// When.
    pub at: Timestamp,
}

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Closing {
    /// An answer helped.
    Helped,
    /// It is not needed any more.
    TakenBack,
}

/// What somebody asks.
#[derive(Debug, Clone)]
pub struct Question {
    /// What they are working on.
    pub submission: SubmissionId,
    /// With what of it they are stuck, if they say.
    pub stuck: Option<Stuck>,
    /// What they say.
    pub text: Prose,
}

/// A request with the names that people know.
#[derive(Debug, Clone)]
pub struct Told {
    /// The request.
    pub request: HelpRequest,
    /// Who asks.
    pub name: Line,
    /// What the submission is for.
    pub title: Line,
    /// With what they are stuck.
    pub stuck: Option<Line>,
    /// What is asked for and what is missing; nothing once the work is decided.
    pub outline: Option<Outline>,
    /// Who answered, in the order of the answers.
    pub answerers: Vec<Line>,
}

/// Asks the facilitators of a cohort for help with one's own open submission.
pub fn ask(
    app: &App,
    person: &Person,
    id: CohortId,
    question: Question,
    now: Timestamp,
) -> Result<HelpRequest, Error> {
    fits(&question.text)?;
    let submission = submission::of_earner(app, person, question.submission)
        .map_err(|_| Error::invalid("/submission", "you have no such submission"))?;
    if submission::outline(app, &submission)?.is_none() {
        return Err(Error::invalid("/submission", "this is not open any more"));
    }
    if let Some(stuck) = &question.stuck
        && name_of(app, &submission, stuck)?.is_none()
    {
        let message = "the micro-credential asks for nothing of this name";
        return Err(Error::invalid("/stuck", message));
    }
    app.cohort_limits.word(person.id, now)?;
    let request = HelpRequest {
        id: HelpId::draw(&app.random),
        cohort: id,
        by: person.id,
        submission: submission.id,
        stuck: question.stuck,
        text: question.text,
        asked: now,
        answers: Vec::new(),
        closed: None,
    };
    let cohort = held(app, id)?.value;
    let mut letters = Vec::new();
    for one in app.store.participants(id)? {
        if one.part == Part::Facilitator {
            letters.extend(letters::due(app, &cohort, one.person, News::Request, now)?);
        }
    }
    retried(ATTEMPTS, || {
        let asker = joined(app, id, person.id)?;
        open(app, id)?;
        if app.store.help_of(person.id, id, KEPT)?.len() >= KEPT {
            let message = format!("{KEPT} requests are kept, and there are as many");
            return Err(Error::invalid("/text", message));
        }
        let mut waiting = own(app, person, id)?;
        waiting.retain(|told| told.request.closed.is_none());
        if waiting.len() >= OPEN_AT_ONCE {
            let message = format!("you have asked {OPEN_AT_ONCE} times: close one first");
            return Err(Error::invalid("/text", message));
        }
        let mut batch = Batch::default();
        asker.require_unchanged(&mut batch);
        app.store.add_help(&mut batch, &request)?;
        for letter in &letters {
            letter.queue(app, &mut batch, now)?;
        }
        Ok(app.store.commit(batch)?)
    })?;
    Ok(request)
}

/// Lists one's own requests in a cohort, the last one first. Of what was withdrawn nothing is told.
pub fn own(app: &App, person: &Person, id: CohortId) -> Result<Vec<Told>, Error> {
    let mut found = Vec::new();
    for request in app.store.help_of(person.id, id, KEPT)? {
        let submission = app.store.submission_held(request.submission)?;
        let submission = submission.ok_or(Error::Missing("a submission"))?.value;
        if submission.state != State::Withdrawn {
            found.push(told(app, request, &submission)?);
        }
    }
    Ok(found)
}

/// Lists who waits for help, the longest first. What was decided or withdrawn meanwhile is left out: of results a
/// facilitator learns nothing.
pub fn waiting(app: &App, id: CohortId, asked: &PageRequest) -> Result<Page<Told>, Error> {
    let page = app.store.help_waiting(id, asked)?;
    let mut items = Vec::new();
    for request in page.items {
        let submission = app.store.submission_held(request.submission)?;
        let submission = submission.ok_or(Error::Missing("a submission"))?.value;
        let told = told(app, request, &submission)?;
        if told.outline.is_some() {
            items.push(told);
        }
    }
    Ok(Page {
        items,
        next: page.next,
    })
}

fn told(app: &App, request: HelpRequest, submission: &Submission) -> Result<Told, Error> {
    let name = |id: PersonId| -> Result<Line, Error> {
        let person = app.store.person(id)?;
        Ok(person.ok_or(Error::Missing("somebody in a cohort"))?.name)
    };
    let published = micro_credential::published(app, &submission.micro_credential)?;
    let stuck = match &request.stuck {
        Some(stuck) => name_of(app, submission, stuck)?,
        None => None,
    };
    let answerers = request.answers.iter().map(|answer| name(answer.by));
    Ok(Told {
        name: name(request.by)?,
        title: published.content.name,
        stuck,
        outline: submission::outline(app, submission)?,
        answerers: answerers.collect::<Result<_, _>>()?,
        request,
    })
}

/// What people call the thing that somebody is stuck with.
fn name_of(app: &App, submission: &Submission, stuck: &Stuck) -> Result<Option<Line>, Error> {
    let published = micro_credential::published(app, &submission.micro_credential)?;
    Ok(match stuck {
        Stuck::Requirement(id) => {
            let asked = published.content.requirement(id);
            asked.map(|asked| asked.name.clone())
        }
        Stuck::Criterion(id) => {
            let mut criteria = published.content.rubric.criteria().iter();
            let found = criteria.find(|criterion| criterion.id == *id);
            found.map(|criterion| criterion.name.clone())
        }
    })
}

/// Answers a request.
pub fn answer(
    app: &App,
    by: &Person,
    id: CohortId,
    help: HelpId,
    text: Prose,
    now: Timestamp,
) -> Result<Told, Error> {
    fits(&text)?;
    app.cohort_limits.word(by.id, now)?;
    let cohort = held(app, id)?.value;
    let (asked, _) = open_request(app, id, help)?;
    let letter = letters::due(app, &cohort, asked.value.by, News::Answer, now)?;
    retried(ATTEMPTS, || {
        let facilitator = joined(app, id, by.id)?;
        open(app, id)?;
        let (held, submission) = open_request(app, id, help)?;
        if held.value.answers.len() >= ANSWERS {
            let message = format!("there are {ANSWERS} answers: please talk to each other");
            return Err(Error::invalid("/text", message));
        }
        let mut answered = held.value.clone();
        answered.answers.push(Answer {
            by: by.id,
            text: text.clone(),
            at: now,
        });
        let mut batch = Batch::default();
        facilitator.require_unchanged(&mut batch);
        app.store.put_help(&mut batch, &held, &answered)?;
        if let Some(letter) = &letter {
            letter.queue(app, &mut batch, now)?;
        }
        app.store.commit(batch)?;
        told(app, answered, &submission)
    })
}

/// A request that is open, about work that is.
fn open_request(
    app: &App,
    id: CohortId,
    help: HelpId,
) -> Result<(Stored<HelpRequest>, Submission), Error> {
    let held = app.store.help_held(id, help)?.ok_or(Error::NotFound)?;
    let submission = app.store.submission_held(held.value.submission)?;
    let submission = submission.ok_or(Error::Missing("a submission"))?.value;
    match held.value.closed {
        None if submission::outline(app, &submission)?.is_some() => Ok((held, submission)),
        _ => Err(Error::NotFound),
    }
}

/// Closes a request of one's own: an answer helped, or it is not needed any more.
pub fn close(
    app: &App,
    person: &Person,
    id: CohortId,
    help: HelpId,
    how: Closing,
) -> Result<(), Error> {
    retried(ATTEMPTS, || {
        let held = app.store.help_held(id, help)?.ok_or(Error::NotFound)?;
        let request = &held.value;
        if !person.is(request.by) {
            return Err(Error::NotFound);
        }
        if how == Closing::Helped && request.answers.is_empty() {
            return Err(Error::invalid("/how", "nobody has answered yet"));
        }
        if request.closed.is_some() {
            return Ok(());
        }
        let closed = HelpRequest {
            closed: Some(how),
            ..request.clone()
        };
        let mut batch = Batch::default();
        app.store.put_help(&mut batch, &held, &closed)?;
        Ok(app.store.commit(batch)?)
    })
}

/// Closes all that somebody has asked in a cohort.
pub(super) fn close_all(app: &App, person: &Person, id: CohortId) -> Result<(), Error> {
    for request in app.store.help_of(person.id, id, KEPT)? {
        if request.closed.is_none() {
            close(app, person, id, request.id, Closing::TakenBack)?;
        }
    }
    Ok(())
}

/// Invites a facilitator to look at the draft that a request is about, until it is handed in.
pub fn show_draft(
    app: &App,
    earner: &Person,
    id: CohortId,
    help: HelpId,
    facilitator: PersonId,
    now: Timestamp,
) -> Result<(), Error> {
    let cohort = held(app, id)?.value;
    let request = app.store.help_held(id, help)?.ok_or(Error::NotFound)?.value;
    if !earner.is(request.by) || request.closed.is_some() {
        return Err(Error::NotFound);
    }
    let unknown = || Error::invalid("/facilitator", "this is no facilitator of the cohort");
    let known = app.store.person(facilitator)?.ok_or_else(unknown)?;
    if part_of(app, id, known.id)? != Some(Part::Facilitator) {
        return Err(unknown());
    }
    let letter = letters::due(app, &cohort, known.id, News::Draft, now)?;
    retried(ATTEMPTS, || {
        let with = |batch: &mut Batch| match &letter {
            Some(letter) => Ok(letter.queue(app, batch, now)?),
            None => Ok(()),
        };
        submission::show_to(app, earner, request.submission, &known, with, now)
    })
}

/// Looks at the draft that a member shows: from now on it stands among those that colleagues show.
pub fn open_draft(
    app: &App,
    facilitator: &Person,
    id: CohortId,
    help: HelpId,
) -> Result<Submission, Error> {
    let (held, _) = open_request(app, id, help)?;
    submission::open_shown(app, facilitator, held.value.submission)
}

/// Questions that nobody has answered yet are no reason to ask more.
const OPEN_AT_ONCE: usize = 5;
/// A record of a request and its answers stays under 100 kB, also when every second character is escaped.
const ANSWERS: usize = 8;
/// Requests of one person in a cohort, closed ones among them: more than one a week for years.
const KEPT: usize = 200;
