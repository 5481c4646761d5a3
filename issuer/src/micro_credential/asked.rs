//! What is asked of an earner: evidence, and a few words about where they work.

use crate::error::Error;
use crate::id::RequirementId;
use crate::text::{Line, Prose};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// One thing that is to be handed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceRequirement {
    /// The requirement's name within the micro-credential.
    pub id: RequirementId,
    /// What people read.
    pub name: Line,
    /// What is wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Prose>,
    /// Any one of these satisfies it.
    pub accepts: BTreeSet<EvidenceKind>,
    /// How many pieces at least; none for what may be left out.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub least: u32,
    /// How many pieces at most, if not as many as a submission may have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most: Option<u32>,
    /// How large a piece may be.
    #[serde(default, skip_serializing_if = "EvidenceLimits::are_none")]
    pub limits: EvidenceLimits,
}

/// How large a piece of evidence may be.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceLimits {
    /// Bytes of a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// Words of a text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<u32>,
    /// Minutes of a recording. Told to earner and reviewer: no recording is opened here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u32>,
}

/// What a piece of evidence is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceKind {
    /// A file of whatever kind.
    File,
    /// A text: a reflection.
    Text,
    /// An address of something published elsewhere.
    Link,
    /// A recording of sound.
    Audio,
    /// A recording of pictures and sound.
    Video,
    /// A picture.
    Image,
    /// A document: PDF, plain text, what office programs write.
    Document,
}

/// A question about the earner's setting: grade, subject, school. Answers are never scored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContextPrompt {
    /// The question's name within the micro-credential.
    pub id: RequirementId,
    /// What is asked.
    pub question: Line,
}

impl EvidenceRequirement {
    /// Asks for one piece of any of these kinds.
    pub fn new(
        id: RequirementId,
        name: Line,
        accepts: impl IntoIterator<Item = EvidenceKind>,
    ) -> EvidenceRequirement {
        EvidenceRequirement {
            id,
            name,
            description: None,
            accepts: accepts.into_iter().collect(),
            least: 1,
            most: None,
            limits: EvidenceLimits::default(),
        }
    }

    pub(super) fn check(&self, pointer: &str) -> Result<(), Error> {
        if self.accepts.is_empty() {
            let message = "nothing would satisfy this requirement";
            return Err(Error::invalid(format!("{pointer}/accepts"), message));
        }
        if self.most.is_some_and(|most| most == 0 || most < self.least) {
            let message = "the most is at least one, and no less than the least";
            return Err(Error::invalid(format!("{pointer}/most"), message));
        }
        let limits = &self.limits;
        let nothing =
            limits.bytes == Some(0) || limits.words == Some(0) || limits.minutes == Some(0);
        match nothing {
            true => Err(Error::invalid(
                format!("{pointer}/limits"),
                "nothing would be small enough",
            )),
            false => Ok(()),
        }
    }

    /// Whether something of this kind satisfies it.
    pub fn accepts(&self, kind: EvidenceKind) -> bool {
        self.accepts.contains(&kind)
            || (kind.is_file() && self.accepts.contains(&EvidenceKind::File))
    }
}

impl EvidenceKind {
    /// Every kind there is, in the order in which people are offered them.
    pub const ALL: [EvidenceKind; 7] = [
        EvidenceKind::Text,
        EvidenceKind::Link,
        EvidenceKind::Document,
        EvidenceKind::Image,
        EvidenceKind::Audio,
        EvidenceKind::Video,
        EvidenceKind::File,
    ];

    /// The kind of a file of this media type.
    pub fn of_media_type(media_type: &str) -> EvidenceKind {
        match media_type.split_once('/') {
            Some(("audio", _)) => EvidenceKind::Audio,
            Some(("video", _)) => EvidenceKind::Video,
            Some(("image", _)) => EvidenceKind::Image,
            _ => EvidenceKind::Document,
        }
    }

    /// The kind in one word, as programs write it.
    pub fn as_str(self) -> &'static str {
        match self {
            EvidenceKind::File => "file",
            EvidenceKind::Text => "text",
            EvidenceKind::Link => "link",
            EvidenceKind::Audio => "audio",
            EvidenceKind::Video => "video",
            EvidenceKind::Image => "image",
            EvidenceKind::Document => "document",
        }
    }

    fn is_file(self) -> bool {
        !matches!(self, EvidenceKind::Text | EvidenceKind::Link)
    }
}

/// A word that is no kind of evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("evidence is one of text, link, document, image, audio, video, file")]
pub struct EvidenceKindError;

impl std::str::FromStr for EvidenceKind {
    type Err = EvidenceKindError;

    fn from_str(text: &str) -> Result<EvidenceKind, EvidenceKindError> {
        let found = EvidenceKind::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text);
        found.ok_or(EvidenceKindError)
    }
}

impl fmt::Display for EvidenceKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            EvidenceKind::File => "a file",
            EvidenceKind::Text => "a text",
            EvidenceKind::Link => "a link",
            EvidenceKind::Audio => "an audio recording",
            EvidenceKind::Video => "a video",
            EvidenceKind::Image => "a picture",
            EvidenceKind::Document => "a document",
        })
    }
}

impl EvidenceLimits {
    fn are_none(&self) -> bool {
        *self == EvidenceLimits::default()
    }
}

fn one() -> u32 {
    1
}

fn is_one(least: &u32) -> bool {
    *least == 1
}
