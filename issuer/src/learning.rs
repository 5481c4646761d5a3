//! The learning log: what somebody read, watched, visited or talked about on their way. It is theirs, it counts
//! for nothing, and nothing depends on it.

use crate::app::App;
use crate::error::Error;
use crate::id::{LearningId, PersonId, SubmissionId};
use crate::page::{Page, PageRequest};
use crate::person::Person;
use crate::submission::{self, Link};
use crate::text::{Line, Prose};
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// An entry in somebody's learning log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its name.
    pub id: LearningId,
    /// Whose it is.
    pub person: PersonId,
    /// What it says.
    pub learned: Learned,
    /// When it was written down.
    pub added: Timestamp,
}

/// What somebody learned from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Learned {
    /// In what way.
    pub mode: Mode,
    /// What it was.
    pub title: Line,
    /// The day, as the person writes it down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<Day>,
    /// What they took from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Prose>,
    /// Where it is found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<Link>,
    /// The submission it helped with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submission: Option<SubmissionId>,
}

/// A day of the calendar, wherever the person was.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day {
    year: u16,
    month: u8,
    day: u8,
}

/// A text that is no day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a day is written as 2026-11-22")]
pub struct DayError;

/// In what way somebody learned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// A book.
    Book,
    /// A journal.
    Journal,
    /// An article.
    Article,
    /// A video.
    Video,
    /// Somebody else's classroom.
    ClassVisit,
    /// A webinar.
    Webinar,
    /// A virtual community.
    Community,
    /// A talk with a colleague, or coaching.
    Colleague,
    /// A course.
    Course,
    /// Anything else.
    Other,
}

impl Mode {
    /// Every way there is, in the order in which people are offered them.
    pub const ALL: [Mode; 10] = [
        Mode::Book,
        Mode::Journal,
        Mode::Article,
        Mode::Video,
        Mode::ClassVisit,
        Mode::Webinar,
        Mode::Community,
        Mode::Colleague,
        Mode::Course,
        Mode::Other,
    ];

    /// The way in one word, as programs write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Mode::Book => "book",
            Mode::Journal => "journal",
            Mode::Article => "article",
            Mode::Video => "video",
            Mode::ClassVisit => "class_visit",
            Mode::Webinar => "webinar",
            Mode::Community => "community",
            Mode::Colleague => "colleague",
            Mode::Course => "course",
            Mode::Other => "other",
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Mode::Book => "Book",
            Mode::Journal => "Journal",
            Mode::Article => "Article",
            Mode::Video => "Video",
            Mode::ClassVisit => "Classroom visit",
            Mode::Webinar => "Webinar",
            Mode::Community => "Virtual community",
            Mode::Colleague => "Talk with a colleague",
            Mode::Course => "Course",
            Mode::Other => "Something else",
        })
    }
}

/// A word that is no way of learning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no way of learning that is known here")]
pub struct ModeError;

impl FromStr for Mode {
    type Err = ModeError;

    fn from_str(text: &str) -> Result<Mode, ModeError> {
        let found = Mode::ALL.into_iter().find(|mode| mode.as_str() == text);
        found.ok_or(ModeError)
    }
}

impl FromStr for Day {
    type Err = DayError;

    fn from_str(text: &str) -> Result<Day, DayError> {
        // The rules of the calendar are those of a moment on that day.
        Timestamp::parse(&format!("{text}T12:00:00Z")).map_err(|_| DayError)?;
        let mut parts = text.split('-');
        let mut number = || parts.next().and_then(|part| part.parse::<u16>().ok());
        let (year, month, day) = (number(), number(), number());
        let small = |part: Option<u16>| part.and_then(|part| u8::try_from(part).ok());
        match (year, small(month), small(day)) {
            (Some(year), Some(month), Some(day)) => Ok(Day { year, month, day }),
            _ => Err(DayError),
        }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Day { year, month, day } = self;
        write!(formatter, "{year:04}-{month:02}-{day:02}")
    }
}

crate::id::written_as_text!(Day);

/// Writes something down.
pub fn add(app: &App, person: &Person, learned: Learned, now: Timestamp) -> Result<Entry, Error> {
    check(app, person, &learned)?;
    if app.store.learning_of(person.id)?.len() >= ENTRIES {
        let message = format!("a learning log has at most {ENTRIES} entries");
        return Err(Error::invalid("/title", message));
    }
    let entry = Entry {
        id: LearningId::draw(&app.random),
        person: person.id,
        learned,
        added: now,
    };
    app.store.put_learning(None, &entry)?;
    Ok(entry)
}

/// Writes an entry anew.
pub fn change(
    app: &App,
    person: &Person,
    id: LearningId,
    learned: Learned,
) -> Result<Entry, Error> {
    check(app, person, &learned)?;
    let held = app.store.learning(person.id, id)?.ok_or(Error::NotFound)?;
    let changed = Entry {
        learned,
        ..held.value.clone()
    };
    app.store.put_learning(Some(&held), &changed)?;
    Ok(changed)
}

/// Takes an entry out.
pub fn remove(app: &App, person: &Person, id: LearningId) -> Result<(), Error> {
    let held = app.store.learning(person.id, id)?.ok_or(Error::NotFound)?;
    Ok(app.store.forget_learning(&held)?)
}

/// Lists what somebody has written down, page by page.
pub fn page(app: &App, person: &Person, asked: &PageRequest) -> Result<Page<Entry>, Error> {
    Ok(app.store.page_of_learning(person.id, asked)?)
}

/// Lists all that somebody has written down, the latest first.
pub fn all(app: &App, person: &Person) -> Result<Vec<Entry>, Error> {
    let mut found = app.store.learning_of(person.id)?;
    found.sort_by(|one, other| {
        let at = |entry: &Entry| (entry.learned.day, entry.added);
        at(other).cmp(&at(one))
    });
    Ok(found)
}

fn check(app: &App, person: &Person, learned: &Learned) -> Result<(), Error> {
    if let Some(submission) = learned.submission {
        submission::of_earner(app, person, submission)
            .map_err(|_| Error::invalid("/submission", "you have no such submission"))?;
    }
    match &learned.note {
        Some(note) if note.as_str().len() > NOTE_BYTES => Err(Error::invalid(
            "/note",
            format!("a note has at most {NOTE_BYTES} bytes"),
        )),
        _ => Ok(()),
    }
}

/// One a week for ten years.
pub(crate) const ENTRIES: usize = 500;
/// A page.
const NOTE_BYTES: usize = 4 * 1024;
