//! One piece of evidence: a file, a text or an address.

use super::redaction::Redaction;
use crate::digest::{Salt, Sha256Digest};
use crate::error::Error;
use crate::evidence::Shown;
use crate::id::{EvidenceId, PersonId, SubmissionId, written_as_text};
use crate::micro_credential::{EvidenceKind, EvidenceRequirement};
use crate::text::{Line, Prose, read_address};
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use url::Url;

/// A piece of evidence itself. It never changes: another text is another piece.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Its identifier.
    pub id: EvidenceId,
    /// The submission it belongs to.
    pub submission: SubmissionId,
    /// Whose it is.
    pub owner: PersonId,
    /// What it is.
    pub content: EvidenceContent,
    /// Drawn for this piece alone, and known to its owner alone.
    pub salt: Salt,
    /// When it was added.
    pub added: Timestamp,
}

/// What a piece of evidence is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceContent {
    /// A file that lies in the evidence store.
    File(EvidenceFile),
    /// A text, such as a reflection.
    Text(Prose),
    /// An address of something published elsewhere.
    Link(Link),
    /// What was removed when its time was over.
    Removed(RemovedContent),
}

/// What stays of a piece of evidence that was removed: its digests, which the manifest rests on. With them
/// and the salt its owner's own copy still proves what was assessed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemovedContent {
    /// What it was.
    pub kind: EvidenceKind,
    /// The digest of its bytes.
    pub sha256: Sha256Digest,
    /// The digest of what others than its owner saw of it.
    pub shown_sha256: Sha256Digest,
    /// The digests of the pictures that reviewers saw where parts were covered, each with the first version
    /// that had it; none where nothing was covered any more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub covered: Vec<(u32, Option<Sha256Digest>)>,
    /// When it was removed.
    pub at: Timestamp,
}

/// A file that lies, whole and synced, in the evidence store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceFile {
    /// Where its pieces lie in the evidence store.
    pub object_key: String,
    /// The pieces, in order.
    pub pieces: Vec<Piece>,
    /// What its owner called it. Shown, never used as a path.
    pub name: Line,
    /// What it is, judged by its content.
    pub media_type: String,
    /// How many bytes it has.
    pub bytes: u64,
    /// The digest of its bytes, taken while they came in.
    pub sha256: Sha256Digest,
    /// What others than its owner see of it, where that is less than all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<Shown>,
    /// What its owner covered, the first version first; at most once for each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub redactions: Vec<Redaction>,
}

/// A piece of a file, with a digest of its own: so that what is read out of the middle can be checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// Its name within the file; random.
    pub name: String,
    /// How many bytes it has.
    pub bytes: u64,
    /// The digest of its bytes.
    pub sha256: Sha256Digest,
}

/// An `https` address. The service never fetches it.
#[derive(Clone, PartialEq, Eq)]
pub struct Link(Url);

impl EvidenceContent {
    /// What kind of evidence this is.
    pub fn kind(&self) -> EvidenceKind {
        match self {
            EvidenceContent::File(_) => EvidenceKind::File,
            EvidenceContent::Text(_) => EvidenceKind::Text,
            EvidenceContent::Link(_) => EvidenceKind::Link,
            EvidenceContent::Removed(removed) => removed.kind,
        }
    }

    /// What stays of it when it is removed.
    pub(crate) fn removed(&self, at: Timestamp) -> RemovedContent {
        let covered = match self {
            EvidenceContent::File(file) => file
                .redactions
                .iter()
                .map(|said| {
                    let picture = said.picture.as_ref();
                    (said.version, picture.map(|picture| picture.sha256))
                })
                .collect(),
            _ => Vec::new(),
        };
        RemovedContent {
            kind: self.kind(),
            sha256: self.sha256(),
            shown_sha256: self.shown_sha256(),
            covered,
            at,
        }
    }

    /// Whether it is what a requirement asks for, and small enough.
    pub fn answers(&self, asked: &EvidenceRequirement) -> Result<(), Error> {
        let kind = match self {
            EvidenceContent::File(file) => EvidenceKind::of_media_type(&file.media_type),
            other => other.kind(),
        };
        if !asked.accepts(kind) {
            return Err(Error::invalid(
                "/content",
                "the requirement does not accept evidence of this kind",
            ));
        }
        let (limits, too_much) = (&asked.limits, |message: String| {
            Err(Error::invalid("/content", message))
        });
        match (self, limits.bytes, limits.words) {
            (EvidenceContent::File(file), Some(limit), _) if file.bytes > limit => {
                too_much(format!(
                    "this file has {} bytes, and at most {limit} are asked for",
                    file.bytes
                ))
            }
            (EvidenceContent::Text(text), _, Some(limit))
                if text.as_str().split_whitespace().count() > limit as usize =>
            {
                too_much(format!("this text has more than {limit} words"))
            }
            _ => Ok(()),
        }
    }

    /// The files that it is made of.
    pub(crate) fn files(&self) -> Vec<&EvidenceFile> {
        match self {
            EvidenceContent::File(file) => {
                let covered = file.redactions.iter();
                let covered = covered.filter_map(|one| one.picture.as_ref());
                [file].into_iter().chain(covered).collect()
            }
            EvidenceContent::Text(_) | EvidenceContent::Link(_) | EvidenceContent::Removed(_) => {
                Vec::new()
            }
        }
    }

    /// The digest of what others see of it: what a shared piece is compared with.
    pub fn shown_sha256(&self) -> Sha256Digest {
        match self {
            EvidenceContent::File(file) => file.shown_sha256(),
            EvidenceContent::Removed(removed) => removed.shown_sha256,
            other => other.sha256(),
        }
    }

    /// The digest of the file's bytes, of the text, or of the address.
    pub fn sha256(&self) -> Sha256Digest {
        match self {
            EvidenceContent::File(file) => file.sha256,
            EvidenceContent::Text(text) => Sha256Digest::of(text.as_str().as_bytes()),
            EvidenceContent::Link(link) => Sha256Digest::of(link.as_str().as_bytes()),
            EvidenceContent::Removed(removed) => removed.sha256,
        }
    }
}

impl EvidenceFile {
    /// The digest of what others than its owner see of it.
    pub fn shown_sha256(&self) -> Sha256Digest {
        self.shown
            .as_ref()
            .map_or(self.sha256, |shown| shown.sha256)
    }
}

/// A text that is no link to evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// It leads nowhere, or by another way than `https`.
    #[error("evidence elsewhere is named by an https address")]
    Scheme,
    /// It is longer than a badge should carry.
    #[error("a link has at most {LINK_BYTES} bytes")]
    TooLong,
}

impl FromStr for Link {
    type Err = LinkError;

    fn from_str(text: &str) -> Result<Link, LinkError> {
        if text.len() > LINK_BYTES {
            return Err(LinkError::TooLong);
        }
        let url = read_address(text).ok_or(LinkError::Scheme)?;
        if url.scheme() != "https" || url.host().is_none() {
            return Err(LinkError::Scheme);
        }
        // Letters of other scripts are written as three.
        match url.as_str().len() > LINK_BYTES {
            true => Err(LinkError::TooLong),
            false => Ok(Link(url)),
        }
    }
}

impl fmt::Display for Link {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

written_as_text!(Link);

impl Link {
    /// The address.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// What browsers and databases take everywhere.
const LINK_BYTES: usize = 2_000;
