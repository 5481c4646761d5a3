//! A text that is written here: kept as it is typed, with what it was before.
//!
//! Each save is the evidence at once, so that the checklist, a colleague and handing in see the same. The text has
//! revisions: saves within a few minutes are one, unless most of it went or somebody else saved in between, so that
//! what was written can be had back. A piece that was handed in never changes: the next save is another piece.

use super::collecting::{check_room, push_entry};
use super::evidence::{Evidence, EvidenceContent};
use super::{ATTEMPTS, EvidenceEntry, Submission, held_by_its_earner};
use crate::again::retried;
use crate::app::App;
use crate::digest::Salt;
use crate::error::Error;
use crate::id::{EvidenceId, RequirementId, SubmissionId};
use crate::micro_credential::{self, EvidenceKind, EvidenceRequirement};
use crate::person::Person;
use crate::store::Stored;
use crate::text::Prose;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// A text that is being written for one requirement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Writing {
    /// The submission.
    pub submission: SubmissionId,
    /// What it answers to.
    pub requirement: RequirementId,
    /// The piece of evidence it is, unless it is empty.
    pub evidence: Option<EvidenceId>,
    /// How often it was saved.
    pub saves: u32,
    /// The number of its newest revision.
    pub newest: u32,
    /// When that revision was begun.
    pub begun: Timestamp,
}

/// A text as it was at some time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// From 1 on.
    pub number: u32,
    /// What was written; nothing if all of it was taken out.
    pub text: Option<Prose>,
    /// When it was last saved so.
    pub saved: Timestamp,
}

/// Saves a text. `seen` is how often it had been saved when the writer's window last read it: if somebody has
/// saved it since, in another window, what they wrote stays as a revision of its own.
pub fn save_writing(
    app: &App,
    earner: &Person,
    id: SubmissionId,
    requirement: &RequirementId,
    text: Option<Prose>,
    seen: Option<u32>,
    now: Timestamp,
) -> Result<(Writing, Revision), Error> {
    let typed = Typed { text, seen, now };
    retried(ATTEMPTS, || save(app, earner, id, requirement, &typed))
}

/// Writes an earlier revision again, as the newest one. Nothing is lost by it.
pub fn restore_writing(
    app: &App,
    earner: &Person,
    id: SubmissionId,
    requirement: &RequirementId,
    number: u32,
    now: Timestamp,
) -> Result<(Writing, Revision), Error> {
    held_by_its_earner(app, earner, id)?;
    let found = app.store.revision(id, requirement, number)?;
    let typed = Typed {
        text: found.ok_or(Error::NotFound)?.text,
        // What nobody has seen: the revision that stands now is kept.
        seen: Some(u32::MAX),
        now,
    };
    retried(ATTEMPTS, || save(app, earner, id, requirement, &typed))
}

/// Shows the earner the text that is written for a requirement, if one was begun.
pub fn writing(
    app: &App,
    earner: &Person,
    id: SubmissionId,
    requirement: &RequirementId,
) -> Result<Option<(Writing, Revision)>, Error> {
    held_by_its_earner(app, earner, id)?;
    let Some(held) = app.store.writing(id, requirement)? else {
        return Ok(None);
    };
    let newest = app.store.revision(id, requirement, held.value.newest)?;
    let newest = newest.ok_or(Error::Missing("a revision"))?;
    Ok(Some((held.value, newest)))
}

/// Lists what a text was, newest first.
pub fn revisions(
    app: &App,
    earner: &Person,
    id: SubmissionId,
    requirement: &RequirementId,
) -> Result<Vec<Revision>, Error> {
    held_by_its_earner(app, earner, id)?;
    let mut found = app.store.revisions(id, requirement)?;
    found.reverse();
    Ok(found)
}

struct Typed {
    text: Option<Prose>,
    seen: Option<u32>,
    now: Timestamp,
}

fn save(
    app: &App,
    earner: &Person,
    id: SubmissionId,
    requirement: &RequirementId,
    typed: &Typed,
) -> Result<(Writing, Revision), Error> {
    let held = held_by_its_earner(app, earner, id)?;
    held.value.must_be_in_preparation()?;
    let published = micro_credential::published(app, &held.value.micro_credential)?;
    let asked = published.content.requirement(requirement);
    let asked = asked.filter(|asked| asked.accepts(EvidenceKind::Text));
    let asked = asked.ok_or_else(|| {
        Error::invalid(
            "/requirement",
            "the micro-credential asks for no text of this name",
        )
    })?;
    let known = app.store.writing(id, requirement)?;
    let newest = match &known {
        Some(known) => app.store.revision(id, requirement, known.value.newest)?,
        None => None,
    };
    if let (Some(known), Some(newest)) = (&known, &newest)
        && newest.text == typed.text
    {
        return Ok((known.value.clone(), newest.clone()));
    }
    let number = next_number(known.as_ref(), newest.as_ref(), typed);
    let is_new = known
        .as_ref()
        .is_none_or(|known| known.value.newest != number);
    let piece = piece(app, &held.value, known.as_ref(), asked, typed)?;
    let writing = Writing {
        submission: id,
        requirement: requirement.clone(),
        evidence: piece.evidence.as_ref().map(|evidence| evidence.id),
        saves: known
            .as_ref()
            .map_or(0, |known| known.value.saves)
            .saturating_add(1),
        newest: number,
        begun: match (&known, is_new) {
            (Some(known), false) => known.value.begun,
            _ => typed.now,
        },
    };
    let revision = Revision {
        number,
        text: typed.text.clone(),
        saved: typed.now,
    };
    app.store
        .put_writing(&held, known.as_ref(), &piece, &writing, &revision)?;
    Ok((writing, revision))
}

/// The number of the revision that this save is, or becomes part of.
fn next_number(known: Option<&Stored<Writing>>, newest: Option<&Revision>, typed: &Typed) -> u32 {
    let (Some(known), Some(newest)) = (known, newest) else {
        return 1;
    };
    let length = |text: &Option<Prose>| text.as_ref().map_or(0, |text| text.as_str().len());
    let recent = typed.now < known.value.begun.plus_seconds(ONE_REVISION);
    let unseen = typed.seen.is_some_and(|seen| seen != known.value.saves);
    let shrunk = length(&typed.text) * 2 < length(&newest.text);
    match recent && !unseen && !shrunk {
        true => newest.number,
        false => newest.number + 1,
    }
}

/// What a save does to the evidence.
pub(crate) struct PieceChange {
    /// The submission with or without the piece.
    pub(crate) submission: Submission,
    /// The piece as it is now.
    pub(crate) evidence: Option<Evidence>,
    /// A piece that no version has and that is forgotten.
    pub(crate) forgotten: Option<EvidenceId>,
}

fn piece(
    app: &App,
    submission: &Submission,
    known: Option<&Stored<Writing>>,
    asked: &EvidenceRequirement,
    typed: &Typed,
) -> Result<PieceChange, Error> {
    let mut changed = submission.clone();
    let written = known.and_then(|known| known.value.evidence);
    let place = changed
        .evidence
        .iter()
        .position(|entry| Some(entry.id) == written);
    let evidence = |id, salt, text: &Prose| Evidence {
        id,
        submission: submission.id,
        owner: submission.earner,
        content: EvidenceContent::Text(text.clone()),
        salt,
        added: typed.now,
    };
    let drawn = || (EvidenceId::draw(&app.random), Salt::draw(&app.random));
    let (mut now_it_is, mut forgotten) = (None, None);
    match (place, &typed.text) {
        (None, None) => {}
        (None, Some(text)) => {
            check_room(&changed, asked)?;
            let (id, salt) = drawn();
            push_entry(&mut changed, id, Some(&asked.id));
            now_it_is = Some(evidence(id, salt, text));
        }
        (Some(place), text) => {
            let entry = changed.evidence[place].clone();
            let handed_in = entry.first_version <= submission.versions;
            match text {
                None => {
                    changed.evidence.remove(place);
                    forgotten = (!handed_in).then_some(entry.id);
                }
                Some(text) if handed_in => {
                    let (id, salt) = drawn();
                    changed.evidence[place] = EvidenceEntry {
                        id,
                        first_version: submission.versions + 1,
                        ..entry
                    };
                    now_it_is = Some(evidence(id, salt, text));
                }
                Some(text) => {
                    let was = app.store.evidence(submission.id, entry.id)?;
                    let was = was.ok_or(Error::Missing("a piece of evidence"))?;
                    now_it_is = Some(evidence(entry.id, was.salt, text));
                }
            }
        }
    }
    Ok(PieceChange {
        submission: changed,
        evidence: now_it_is,
        forgotten,
    })
}

/// Ten minutes, in seconds: what is typed in one go is one revision.
const ONE_REVISION: i64 = 10 * 60;

/// How many revisions of a text are kept: a working day of writing. The oldest go first.
pub(crate) const REVISIONS: u32 = 50;
