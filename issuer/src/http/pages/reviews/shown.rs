//! What the page of one review shows.

use askama::Template;

use super::form::{self, ReviewForm};
use super::row::Row;
use crate::captions::{Captions, Cue};
use crate::error::Error;
use crate::http::Masthead;
use crate::http::edge::Edge;
use crate::http::pages::account::sentence;
use crate::http::pages::authoring::fields::Fields;
use crate::id::{CriterionId, RequirementId};
use crate::micro_credential::SecondReview;
use crate::review::{Change, Content, Opinion, Piece, Reading, ReviewError, Seat};
use crate::submission::Second;
use crate::wording::{self, time};
use schemas::timestamp::Timestamp;

#[derive(Template)]
#[template(path = "review/open.html")]
pub struct ReviewPage<'a> {
    site: &'a Masthead,
    id: String,
    organisation: String,
    achievement: String,
    title: String,
    version: u32,
    since: String,
    age: String,
    adjudicates: bool,
    /// Until when the reviewer has it; nothing if they have not claimed it.
    until: Option<String>,
    hours: u32,
    saved: bool,
    problem: Option<Problem>,
    note: Option<&'a str>,
    context: &'a [(String, String)],
    evidence: Vec<Shown>,
    /// What pieces answered to that are gone.
    removed: Vec<String>,
    criteria: Vec<Row>,
    form: &'a ReviewForm,
    /// What each of two reviewers says about the whole.
    opinions: Vec<String>,
    asks_for_doubt: bool,
    earlier: Vec<(u32, String)>,
}

/// Why a form was not taken.
pub struct Problem {
    pub message: String,
    /// The criteria it is about.
    pub criteria: Vec<CriterionId>,
}

/// A piece of evidence as the page shows it.
pub struct Shown {
    id: String,
    number: usize,
    asked: String,
    /// What became of it since the version before, in words.
    change: Option<&'static str>,
    /// The text that it took the place of.
    before: Option<String>,
    /// What is said of students whose words or work it has.
    students: Option<&'static str>,
    path: String,
    name: String,
    size: String,
    kind: Kind,
    transcript: Option<String>,
    has_captions: bool,
    /// The captions to be read, each with its time: browsers show none over a sound.
    cues: Vec<(String, String)>,
    /// Where players begin and end, as it stands behind an address; and the same in words.
    fragment: String,
    excerpt: Option<String>,
}

/// How a piece is shown.
pub enum Kind {
    Text(String),
    Link(String),
    MaskedLink(String),
    Image,
    Audio,
    Video,
    Download,
}

impl<'a> ReviewPage<'a> {
    pub fn new(
        edge: &'a Edge,
        reading: &'a Reading,
        form: &'a ReviewForm,
        problem: Option<Problem>,
        saved: bool,
        now: Timestamp,
    ) -> ReviewPage<'a> {
        let content = &reading.micro_credential.content;
        let open = form::open(reading);
        let criteria = content.rubric.criteria().iter().map(|criterion| {
            let place = open.iter().position(|id| *id == criterion.id);
            Row::of(reading, form, problem.as_ref(), criterion, place)
        });
        let first = reading.seat == Seat::First;
        ReviewPage {
            site: &edge.masthead,
            id: reading.submission.to_string(),
            organisation: reading.organisation.to_string(),
            achievement: reading.micro_credential.id.to_string(),
            title: content.name.to_string(),
            version: reading.version,
            since: wording::day(reading.since),
            age: time::length(now.unix_seconds() - reading.since.unix_seconds()),
            adjudicates: reading.seat == Seat::Adjudicator,
            until: reading
                .claim
                .as_ref()
                .map(|claim| wording::moment(claim.until)),
            hours: content.review.claim_hours,
            saved,
            note: reading.note.as_deref(),
            context: &reading.context,
            removed: reading
                .removed
                .iter()
                .map(|id| asked(reading, id))
                .collect(),
            evidence: reading
                .evidence
                .iter()
                .map(|piece| Shown::of(reading, piece))
                .collect(),
            criteria: criteria.collect(),
            form,
            opinions: reading.opinions.iter().map(whole).collect(),
            asks_for_doubt: first && content.review.second_review == SecondReview::OnDoubt,
            earlier: earlier(reading),
            problem,
        }
    }
}

impl ReviewPage<'_> {
    /// The pieces to whose moments or pages a comment can be pinned.
    fn places(&self) -> Vec<&Shown> {
        self.evidence
            .iter()
            .filter(|piece| piece.has_places())
            .collect()
    }
}

/// What a piece answers to.
fn asked(reading: &Reading, id: &RequirementId) -> String {
    let asked = reading.micro_credential.content.requirement(id);
    asked
        .map(|asked| asked.name.to_string())
        .unwrap_or_default()
}

/// What earlier reviews said about the whole.
fn earlier(reading: &Reading) -> Vec<(u32, String)> {
    let said = reading.earlier.iter();
    said.filter_map(|review| Some((review.version, review.comment.as_ref()?.to_string())))
        .collect()
}

fn whole(opinion: &Opinion) -> String {
    let comment = opinion
        .comment
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default();
    match opinion.declines {
        true => format!("Would decline it for good: {comment}"),
        false => comment,
    }
}

impl Problem {
    pub fn of(error: &Error, reading: &Reading) -> Problem {
        let at_criterion = || {
            let pointer = error.pointer()?.strip_prefix("/scores/")?;
            let place: usize = pointer.split('/').next()?.parse().ok()?;
            form::open(reading).into_iter().nth(place)
        };
        let criteria = match error {
            Error::Review(ReviewError::Incomplete { missing }) => missing.clone(),
            Error::Review(ReviewError::CommentRequired { criteria }) => criteria.clone(),
            _ => at_criterion().into_iter().collect(),
        };
        let message = match error {
            Error::Review(ReviewError::Incomplete { .. }) => {
                "Choose a level for every criterion.".to_owned()
            }
            Error::Review(ReviewError::CommentRequired { .. }) => {
                "Say what is missing wherever the evidence falls short.".to_owned()
            }
            other => sentence(other),
        };
        Problem { message, criteria }
    }
}

impl Shown {
    fn of(reading: &Reading, piece: &Piece) -> Shown {
        let (kind, size) = match &piece.content {
            Content::Text(text) => (Kind::Text(text.clone()), String::new()),
            Content::Link(link) => (Kind::Link(link.clone()), String::new()),
            Content::MaskedLink(link) => (Kind::MaskedLink(link.clone()), String::new()),
            Content::File { media_type, bytes } => {
                let kind = match media_type.split_once('/') {
                    Some(("audio", _)) => Kind::Audio,
                    Some(("video", _)) => Kind::Video,
                    Some(("image", _)) => Kind::Image,
                    _ => Kind::Download,
                };
                (kind, size(*bytes))
            }
        };
        Shown {
            id: piece.id.to_string(),
            number: piece.number,
            asked: asked(reading, &piece.requirement),
            change: match piece.change {
                Change::Kept => None,
                Change::New => Some("New in this version"),
                Change::Moved => Some("For something else than before"),
                Change::Retold => Some("Another transcript, captions or excerpt"),
                Change::Rewritten(_) => Some("Written anew"),
            },
            before: match &piece.change {
                Change::Rewritten(before) => Some(before.clone()),
                _ => None,
            },
            students: piece.students.as_ref().map(|students| match students.may_be_shown() {
                true => "Words or work of students. Their consent is recorded.",
                false => "Words or work of students. No consent is recorded: it is for this review alone.",
            }),
            path: format!("/reviews/{}/evidence/{}", reading.submission, piece.id),
            name: piece.name(),
            size,
            kind,
            transcript: piece.transcript.clone(),
            has_captions: piece.captions.is_some(),
            cues: piece.captions.as_ref().map(cues).unwrap_or_default(),
            fragment: piece
                .excerpt
                .map_or_else(String::new, |part| part.fragment()),
            excerpt: piece
                .excerpt
                .map(|part| format!("From {} to {}", part.from, part.to)),
        }
    }

    /// Whether a comment can be pinned to a moment or a page of it.
    fn has_places(&self) -> bool {
        matches!(self.kind, Kind::Audio | Kind::Video | Kind::Download)
    }
}

/// What is said when, to be read.
fn cues(captions: &Captions) -> Vec<(String, String)> {
    let cue = |cue: &Cue| {
        let second = u32::try_from(cue.from / 1_000).unwrap_or(u32::MAX);
        (Second(second).to_string(), cue.text.clone())
    };
    captions.cues().iter().map(cue).collect()
}

/// A size as people read it.
fn size(bytes: u64) -> String {
    match bytes {
        ..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes.div_ceil(1_000)),
        1_000_000.. => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

#[derive(Template)]
#[template(path = "review/lost.html")]
pub struct LostPage<'a> {
    site: &'a Masthead,
    message: String,
    typed: Vec<String>,
}

impl<'a> LostPage<'a> {
    pub fn new(edge: &'a Edge, error: &Error, fields: &Fields) -> LostPage<'a> {
        LostPage {
            site: &edge.masthead,
            message: sentence(error),
            typed: fields.texts("comment"),
        }
    }
}
