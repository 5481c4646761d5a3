//! What the page of a submission shows.

mod piece;

use askama::Template;

pub use piece::described;
use piece::{Piece, places};

use super::warned::Warned;
use super::{Told, stage};
use crate::app::App;
use crate::error::Error;
use crate::http::Masthead;
use crate::http::faces::paragraphs;
use crate::id::{RequirementId, SubmissionId};
use crate::learning;
use crate::micro_credential::{self, EvidenceKind, EvidenceRequirement, MicroCredential};
use crate::person::Person;
use crate::submission::{
    self, Checklist, CommentKind, PrivacyStatement, State as Stage, Submission,
};
use crate::wording;

#[derive(Template)]
#[template(path = "submission/work.html")]
pub struct WorkPage {
    pub site: Masthead,
    id: SubmissionId,
    title: String,
    achievement: String,
    under: String,
    stage: &'static str,
    open: bool,
    state: Stage,
    saved: bool,
    problem: Option<String>,
    link: Option<String>,
    sections: Vec<Section>,
    collected: Vec<Piece>,
    prompts: Vec<Field>,
    outcome: Option<Field>,
    note: String,
    statement: PrivacyStatement,
    complete: bool,
    missing: usize,
    coach_missing: bool,
    warned: Vec<Warned>,
    colleagues: Vec<ColleagueRow>,
    comments: Vec<CommentRow>,
    versions: Vec<VersionRow>,
    learned: Vec<String>,
    badge: Option<String>,
    met: Vec<String>,
    /// Where it stands in the queue, and how long that may last.
    waiting: Option<String>,
}

/// One thing that is asked for.
struct Section {
    id: String,
    name: String,
    description: Vec<String>,
    accepts: String,
    optional: bool,
    done: bool,
    missing: String,
    problem: Option<String>,
    writing: Option<WritingField>,
    takes_link: bool,
    takes_file: bool,
    /// What the button for files says.
    adds: &'static str,
    link: String,
    pieces: Vec<Piece>,
}

struct WritingField {
    text: String,
    seen: u32,
    words: Option<u32>,
    has_history: bool,
}

struct Field {
    id: String,
    question: String,
    answer: String,
}

struct ColleagueRow {
    id: String,
    name: String,
    detail: &'static str,
    open: bool,
}

struct CommentRow {
    name: String,
    about: Option<String>,
    coach: bool,
    text: String,
    at: String,
}

struct VersionRow {
    number: u32,
    at: String,
}

impl WorkPage {
    pub(super) fn of(
        app: &App,
        person: &Person,
        id: SubmissionId,
        site: &Masthead,
        told: Told,
    ) -> Result<WorkPage, Error> {
        let submission = submission::of_earner(app, person, id)?;
        let published = micro_credential::published(app, &submission.micro_credential)?;
        let checklist = submission::checklist(app, person, id)?;
        let organisation = app.store.organisation(&submission.organisation)?;
        let preparation = submission::preparation(app, person, id)?;
        let typed = told.typed.unwrap_or_default();
        let value = |name: &str, stored: Option<String>| match typed.find(name) {
            Some(typed) => typed.to_owned(),
            None => stored.unwrap_or_default(),
        };
        let text = |text: &crate::text::Prose| text.to_string();
        let content = &published.content;
        let prompts = content.context_prompts.iter().map(|asked| Field {
            id: asked.id.to_string(),
            question: asked.question.to_string(),
            answer: value(
                &format!("context-{}", asked.id),
                preparation.context.get(&asked.id).map(text),
            ),
        });
        let outcome = content.outcome_prompt.as_ref().map(|question| Field {
            id: "outcome".to_owned(),
            question: question.to_string(),
            answer: value("outcome", preparation.outcome.as_ref().map(text)),
        });
        let mut sections = Vec::new();
        for (asked, item) in content.evidence_requirements.iter().zip(&checklist.items) {
            let mut section = Section::of(app, person, &submission, asked)?;
            section.done = item.is_done();
            section.problem = item.problem.clone();
            section.missing = missing_words(item.have, item.least);
            section.link = value(&format!("link-{}", asked.id), None);
            if let Some(writing) = &mut section.writing {
                writing.text = value(&format!("text-{}", asked.id), Some(writing.text.clone()));
            }
            sections.push(section);
        }
        let mut collected = Vec::new();
        for entry in submission
            .evidence
            .iter()
            .filter(|entry| entry.requirement.is_none())
        {
            let mut piece = Piece::of(app, &submission, entry)?;
            piece.places = places(app, &submission, &published, entry)?;
            collected.push(piece);
        }
        let open = matches!(submission.state, Stage::Draft | Stage::Returned);
        Ok(WorkPage {
            site: site.clone(),
            id,
            title: content.name.to_string(),
            achievement: format!("/achievements/{}", submission.micro_credential),
            under: organisation.map_or_else(String::new, |found| found.profile.name.to_string()),
            stage: stage(&submission.state),
            open,
            saved: told.saved,
            problem: told.problem.map(|problem| sentence(&problem.to_string())),
            link: told.link,
            sections,
            collected,
            prompts: prompts.collect(),
            outcome,
            note: value("note", preparation.note.as_ref().map(text)),
            statement: PrivacyStatement::CURRENT,
            complete: checklist.is_complete(),
            missing: open_items(&checklist),
            coach_missing: checklist.coach_missing,
            warned: Warned::all(app, person, id, content)?,
            colleagues: colleagues(app, person, &submission)?,
            comments: comments(app, person, &published, id)?,
            versions: versions(app, &submission)?,
            learned: learned(app, person, id)?,
            badge: badge(app, &submission)?,
            met: met(&submission, &published),
            waiting: super::super::reviews::waiting_in_words(app, &submission)?,
            state: submission.state,
        })
    }

    fn rationale(&self) -> Option<&str> {
        match &self.state {
            Stage::Declined { rationale } => Some(rationale.as_str()),
            _ => None,
        }
    }
}

impl Section {
    fn of(
        app: &App,
        person: &Person,
        submission: &Submission,
        asked: &EvidenceRequirement,
    ) -> Result<Section, Error> {
        let takes_text = asked.accepts(EvidenceKind::Text);
        let written = submission::writing(app, person, submission.id, &asked.id)?;
        let piece_of_writing = written.as_ref().and_then(|(writing, _)| writing.evidence);
        let mut pieces = Vec::new();
        for entry in submission.answers_to(&asked.id) {
            if Some(entry.id) != piece_of_writing {
                pieces.push(Piece::of(app, submission, entry)?);
            }
        }
        let writing = takes_text.then(|| {
            let (writing, revision) = written.map_or((None, None), |(writing, revision)| {
                (Some(writing), Some(revision))
            });
            WritingField {
                text: revision
                    .and_then(|revision| revision.text)
                    .map_or_else(String::new, |text| text.to_string()),
                seen: writing.as_ref().map_or(0, |writing| writing.saves),
                words: asked.limits.words,
                has_history: writing.is_some_and(|writing| writing.newest > 1),
            }
        });
        let kinds: Vec<String> = asked.accepts.iter().map(ToString::to_string).collect();
        Ok(Section {
            id: asked.id.to_string(),
            name: asked.name.to_string(),
            description: asked
                .description
                .as_ref()
                .map_or_else(Vec::new, |text| paragraphs(text.as_str())),
            accepts: kinds.join(" or "),
            optional: asked.least == 0,
            done: false,
            missing: String::new(),
            problem: None,
            writing,
            takes_link: asked.accepts(EvidenceKind::Link),
            takes_file: FILES.iter().any(|kind| asked.accepts(*kind)),
            adds: match asked.accepts(EvidenceKind::Audio) || asked.accepts(EvidenceKind::Video) {
                true => "Add or record a file",
                false => "Add a file",
            },
            link: String::new(),
            pieces,
        })
    }
}

fn missing_words(have: u32, least: u32) -> String {
    match (have, least) {
        (0, 1) => "Still missing".to_owned(),
        (have, least) if have < least => format!("{have} of {least} so far"),
        _ => String::new(),
    }
}

fn open_items(checklist: &Checklist) -> usize {
    let items = checklist.items.iter().filter(|item| !item.is_done());
    items.count() + usize::from(checklist.coach_missing)
}

fn colleagues(
    app: &App,
    person: &Person,
    submission: &Submission,
) -> Result<Vec<ColleagueRow>, Error> {
    let found = submission::colleagues(app, person, submission.id)?;
    Ok(found
        .into_iter()
        .map(|colleague| {
            let open = colleague.is_open(submission);
            ColleagueRow {
                id: colleague.id.to_string(),
                name: colleague.name.to_string(),
                detail: match (open, colleague.person.is_some()) {
                    (true, true) => "sees this draft",
                    (true, false) => "has not opened the link yet",
                    (false, _) => "saw an earlier draft",
                },
                open,
            }
        })
        .collect())
}

fn comments(
    app: &App,
    person: &Person,
    published: &MicroCredential,
    id: SubmissionId,
) -> Result<Vec<CommentRow>, Error> {
    let name = |requirement: &RequirementId| {
        let asked = published.content.requirement(requirement)?;
        Some(asked.name.to_string())
    };
    let found = submission::comments(app, person, id)?.into_iter();
    Ok(found
        .map(|comment| CommentRow {
            name: comment.name.to_string(),
            about: comment.requirement.as_ref().and_then(name),
            coach: comment.kind == CommentKind::CoachNote,
            text: comment.text.to_string(),
            at: wording::day(comment.at),
        })
        .collect())
}

fn versions(app: &App, submission: &Submission) -> Result<Vec<VersionRow>, Error> {
    let mut rows = Vec::new();
    for number in (1..=submission.versions).rev() {
        let version = app.store.version(submission.id, number)?;
        let version = version.ok_or(Error::Missing("a version"))?;
        rows.push(VersionRow {
            number,
            at: wording::moment(version.manifest.submitted),
        });
    }
    Ok(rows)
}

fn learned(app: &App, person: &Person, id: SubmissionId) -> Result<Vec<String>, Error> {
    let entries = learning::all(app, person)?.into_iter();
    let of_this = entries.filter(|entry| entry.learned.submission == Some(id));
    Ok(of_this
        .map(|entry| format!("{}: {}", entry.learned.mode, entry.learned.title))
        .collect())
}

fn badge(app: &App, submission: &Submission) -> Result<Option<String>, Error> {
    let Stage::Accepted { award } = &submission.state else {
        return Ok(None);
    };
    let badge = app.store.badge_of_award(*award)?;
    Ok(badge.map(|badge| format!("/my/badges/{}", badge.id)))
}

fn met(submission: &Submission, published: &MicroCredential) -> Vec<String> {
    let name = |id| {
        let criterion = published.content.rubric.criterion(id)?;
        Some(criterion.name.to_string())
    };
    let met = submission.met.iter();
    met.filter_map(|met| name(&met.criterion)).collect()
}

/// What went wrong, as a sentence.
pub fn sentence(problem: &str) -> String {
    let mut characters = problem.chars();
    let first = characters.next().map(char::to_uppercase);
    let text: String = first.into_iter().flatten().chain(characters).collect();
    format!("{}.", text.trim_end_matches('.'))
}

/// The kinds of evidence that are files.
const FILES: [EvidenceKind; 5] = [
    EvidenceKind::File,
    EvidenceKind::Audio,
    EvidenceKind::Video,
    EvidenceKind::Image,
    EvidenceKind::Document,
];
