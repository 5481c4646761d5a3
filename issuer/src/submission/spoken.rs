//! What is said in a recording, written down by its earner: a transcript, and captions.
//!
//! Both stand beside the piece, which never changes, and can be written until it is handed in. A version has them as
//! they were: its manifest names each by a digest that is salted like that of a piece. Whoever has only the recording
//! learns nothing of them.

use super::evidence::{Evidence, EvidenceContent};
use super::{ATTEMPTS, EvidenceEntry, Submission, held_by_its_earner};
use crate::again::retried;
use crate::app::App;
use crate::captions::Captions;
use crate::digest::{Salt, Sha256Digest};
use crate::error::Error;
use crate::id::{EvidenceId, SpokenTextId, SubmissionId};
use crate::micro_credential::EvidenceKind;
use crate::person::Person;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The two ways in which it is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Spoken {
    /// As a text, to be read.
    Transcript,
    /// As WebVTT, shown while it plays.
    Captions,
}

/// What is said in a recording, in one of the two ways. It never changes: another text is another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpokenText {
    /// Its identifier.
    pub id: SpokenTextId,
    /// The recording.
    pub evidence: EvidenceId,
    /// Which of the two it is.
    pub spoken: Spoken,
    /// The digest of the text in UTF-8.
    pub sha256: Sha256Digest,
    /// Drawn for this text alone.
    pub salt: Salt,
    /// The first version that has it, or will have it.
    pub first_version: u32,
    /// When it was written.
    pub written: Timestamp,
    /// In how many records the text lies.
    pub parts: u32,
}

/// What a piece of a submission has beside it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpokenTexts {
    /// Its transcript.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transcript: Option<SpokenTextId>,
    /// Its captions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub captions: Option<SpokenTextId>,
}

/// A transcript or captions in a manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpokenEntry {
    /// The text.
    pub id: SpokenTextId,
    /// SHA-256 over its salt and the SHA-256 of the text.
    pub salted_sha256: Sha256Digest,
}

impl Spoken {
    /// Both, in the order in which they are shown.
    pub const ALL: [Spoken; 2] = [Spoken::Transcript, Spoken::Captions];

    /// Which of the two it is, in one word.
    pub fn as_str(self) -> &'static str {
        match self {
            Spoken::Transcript => "transcript",
            Spoken::Captions => "captions",
        }
    }

    /// How many bytes of it are taken.
    pub fn most_bytes(self) -> usize {
        match self {
            // Two hours of talk have eighteen thousand words.
            Spoken::Transcript => 128_000,
            // The same with a line of times above every line.
            Spoken::Captions => 256_000,
        }
    }

    /// The text as it is kept.
    fn read(self, text: &str) -> Result<String, Error> {
        let too_large = |text: &str| Error::TooLarge {
            what: self.as_str(),
            bytes: text.len() as u64,
            limit: self.most_bytes() as u64,
        };
        if text.len() > self.most_bytes() {
            return Err(too_large(text));
        }
        let text = match self {
            Spoken::Captions => text.parse::<Captions>()?.to_string(),
            Spoken::Transcript => {
                let text = text.replace("\r\n", "\n");
                let text = text.trim();
                let unseen = |one: char| one.is_control() && !matches!(one, '\n' | '\t');
                if text.is_empty() {
                    return Err(Error::invalid("/text", "this must not be empty"));
                }
                if text.contains(unseen) {
                    let message = "this holds a character that nobody would see";
                    return Err(Error::invalid("/text", message));
                }
                text.to_owned()
            }
        };
        match text.len() > self.most_bytes() {
            true => Err(too_large(&text)),
            false => Ok(text),
        }
    }
}

impl fmt::Display for Spoken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// A word that is neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("what is said in a recording is written down as transcript or captions")]
pub struct SpokenError;

impl FromStr for Spoken {
    type Err = SpokenError;

    fn from_str(text: &str) -> Result<Spoken, SpokenError> {
        let found = Spoken::ALL.into_iter().find(|one| one.as_str() == text);
        found.ok_or(SpokenError)
    }
}

impl SpokenTexts {
    /// Which text it is, if there is one.
    pub fn of(&self, spoken: Spoken) -> Option<SpokenTextId> {
        match spoken {
            Spoken::Transcript => self.transcript,
            Spoken::Captions => self.captions,
        }
    }

    /// Those there are.
    pub(super) fn all(&self) -> impl Iterator<Item = SpokenTextId> {
        self.transcript.into_iter().chain(self.captions)
    }

    pub(super) fn are_none(&self) -> bool {
        *self == SpokenTexts::default()
    }

    fn place(&mut self, spoken: Spoken) -> &mut Option<SpokenTextId> {
        match spoken {
            Spoken::Transcript => &mut self.transcript,
            Spoken::Captions => &mut self.captions,
        }
    }
}

/// Writes down what is said in a recording, in place of what was written before.
pub fn write_spoken(
    app: &App,
    earner: &Person,
    id: SubmissionId,
    evidence: EvidenceId,
    spoken: Spoken,
    text: &str,
    now: Timestamp,
) -> Result<Submission, Error> {
    let text = spoken.read(text)?;
    retried(ATTEMPTS, || {
        let held = held_by_its_earner(app, earner, id)?;
        held.value.must_be_in_preparation()?;
        let piece = app.store.evidence(id, evidence)?.ok_or(Error::NotFound)?;
        must_be_recording(&piece)?;
        let sha256 = Sha256Digest::of(text.as_bytes());
        let mut changed = held.value.clone();
        let place = entry_of(&mut changed, evidence)?.spoken.place(spoken);
        if let Some(before) = *place
            && let Some(before) = app.store.spoken(id, before)?
            && before.sha256 == sha256
        {
            // The same words are no other transcript.
            return Ok(held.value);
        }
        let parts = parts(&text);
        let new = SpokenText {
            id: SpokenTextId::draw(&app.random),
            evidence,
            spoken,
            sha256,
            salt: Salt::draw(&app.random),
            first_version: held.value.versions + 1,
            written: now,
            parts: u32::try_from(parts.len()).expect("a text has a few parts"),
        };
        let before = place.replace(new.id);
        let forgotten = not_handed_in(app, &held.value, before)?;
        app.store
            .put_spoken(&held, &changed, Some((&new, &parts)), &forgotten)?;
        Ok(changed)
    })
}

/// Takes a transcript or captions away again. Versions that were handed in keep them.
pub fn remove_spoken(
    app: &App,
    earner: &Person,
    id: SubmissionId,
    evidence: EvidenceId,
    spoken: Spoken,
) -> Result<Submission, Error> {
    retried(ATTEMPTS, || {
        let held = held_by_its_earner(app, earner, id)?;
        held.value.must_be_in_preparation()?;
        let mut changed = held.value.clone();
        let before = entry_of(&mut changed, evidence)?
            .spoken
            .place(spoken)
            .take();
        if before.is_none() {
            return Ok(changed);
        }
        let forgotten = not_handed_in(app, &held.value, before)?;
        app.store.put_spoken(&held, &changed, None, &forgotten)?;
        Ok(changed)
    })
}

/// What its earner has written down of a recording; nothing if they have not.
pub fn spoken(
    app: &App,
    earner: &Person,
    id: SubmissionId,
    evidence: EvidenceId,
    spoken: Spoken,
) -> Result<Option<String>, Error> {
    let mut submission = super::of_earner(app, earner, id)?;
    let texts = entry_of(&mut submission, evidence)?.spoken;
    text_of(app, id, texts.of(spoken))
}

/// Whether a piece is one in which somebody speaks.
pub fn is_recording(content: &EvidenceContent) -> bool {
    let EvidenceContent::File(file) = content else {
        return false;
    };
    let kind = EvidenceKind::of_media_type(&file.media_type);
    matches!(kind, EvidenceKind::Audio | EvidenceKind::Video)
}

/// A text, if one is named.
pub(crate) fn text_of(
    app: &App,
    id: SubmissionId,
    text: Option<SpokenTextId>,
) -> Result<Option<String>, Error> {
    let Some(text) = text else { return Ok(None) };
    let found = app.store.spoken_text(id, text)?;
    let found = found.ok_or(Error::Missing("what is said in a recording"))?;
    match Sha256Digest::of(found.1.as_bytes()) == found.0.sha256 {
        true => Ok(Some(found.1)),
        false => Err(Error::Missing("a part of what is said in a recording")),
    }
}

/// What a manifest says of a text.
pub(super) fn frozen(
    app: &App,
    id: SubmissionId,
    text: Option<SpokenTextId>,
) -> Result<Option<SpokenEntry>, Error> {
    let Some(text) = text else { return Ok(None) };
    let found = app.store.spoken(id, text)?;
    let found = found.ok_or(Error::Missing("what is said in a recording"))?;
    Ok(Some(SpokenEntry {
        id: found.id,
        salted_sha256: found.sha256.salted(&found.salt),
    }))
}

/// The texts among these that no version has, and that can be forgotten.
pub(super) fn not_handed_in(
    app: &App,
    submission: &Submission,
    texts: impl IntoIterator<Item = SpokenTextId>,
) -> Result<Vec<SpokenText>, Error> {
    let mut found = Vec::new();
    for text in texts {
        found.extend(app.store.spoken(submission.id, text)?);
    }
    found.retain(|text| text.first_version > submission.versions);
    Ok(found)
}

pub(super) fn must_be_recording(piece: &Evidence) -> Result<(), Error> {
    match is_recording(&piece.content) {
        true => Ok(()),
        false => Err(Error::conflict(
            "this is for recordings, and this piece is none",
        )),
    }
}

pub(super) fn entry_of(
    submission: &mut Submission,
    evidence: EvidenceId,
) -> Result<&mut EvidenceEntry, Error> {
    let mut entries = submission.evidence.iter_mut();
    let entry = entries.find(|entry| entry.id == evidence);
    entry.ok_or(Error::NotFound)
}

/// A text in parts that fit into records.
fn parts(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let mut end = rest.len().min(PART_BYTES);
        while !rest.is_char_boundary(end) {
            end -= 1;
        }
        let (part, after) = rest.split_at(end);
        parts.push(part);
        rest = after;
    }
    parts
}

/// With every byte of it escaped, a part is half of what a record may have.
const PART_BYTES: usize = 24 * 1024;
