//! What others than its owner see of a picture, a recording or a video: the same without what it says of
//! its maker.
//!
//! Cameras write into their files where and when they were used, by whom, and often a small second picture.
//! What is shown is made of the parts of the original that carry the picture, and nothing else, byte for
//! byte: nothing is decoded or encoded again, no memory grows with the picture, and reviewers see the quality
//! that was handed in. It is a list of parts, read out of the sealed original and checked with it.

mod base_media;
mod gif;
mod jpeg;
mod png;
mod riff;
mod source;

use serde::{Deserialize, Serialize};

use super::reading::ZEROS;
use super::{EvidenceError, RunningHash};
use crate::digest::Sha256Digest;
pub(super) use source::Source;

/// A file as others than its owner see it: parts of the original, and bytes between them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    parts: Vec<Part>,
    /// The digest of all of it.
    pub sha256: Sha256Digest,
}

/// Parts that are put together.
#[derive(Default)]
struct Parts(Vec<Part>);

/// A part of what is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Bytes of the original.
    Original {
        /// Where they begin.
        from: u64,
        /// Where they end.
        to: u64,
    },
    /// Bytes that stand in the place of others.
    Instead(#[serde(with = "base64_text")] Vec<u8>),
    /// So many zeros.
    Zeros(u64),
}

impl Shown {
    /// How many bytes are shown.
    pub fn bytes(&self) -> u64 {
        self.parts.iter().map(Part::bytes).sum()
    }

    /// The parts that a range of what is shown is made of.
    pub(super) fn range(&self, from: u64, to: u64) -> Vec<Part> {
        let (mut begins, mut wanted) = (0, Vec::new());
        for part in &self.parts {
            let ends = begins + part.bytes();
            let (first, last) = (from.max(begins), to.min(ends));
            if first < last {
                wanted.push(part.within(first - begins, last - begins));
            }
            begins = ends;
        }
        wanted
    }
}

impl Parts {
    /// Adds bytes of the original; those that follow on the last ones join them.
    fn keep(&mut self, from: u64, to: u64) {
        match self.0.last_mut() {
            _ if from >= to => {}
            Some(Part::Original { to: last, .. }) if *last == from => *last = to,
            _ => self.0.push(Part::Original { from, to }),
        }
    }

    fn instead(&mut self, bytes: &[u8]) {
        match self.0.last_mut() {
            _ if bytes.is_empty() => {}
            Some(Part::Instead(last)) => last.extend_from_slice(bytes),
            _ => self.0.push(Part::Instead(bytes.to_vec())),
        }
    }

    fn zeros(&mut self, count: u64) {
        match self.0.last_mut() {
            _ if count == 0 => {}
            Some(Part::Zeros(last)) => *last += count,
            _ => self.0.push(Part::Zeros(count)),
        }
    }
}

impl Part {
    fn bytes(&self) -> u64 {
        match self {
            Part::Original { from, to } => to - from,
            Part::Instead(bytes) => bytes.len() as u64,
            Part::Zeros(count) => *count,
        }
    }

    fn within(&self, first: u64, last: u64) -> Part {
        match self {
            Part::Original { from, .. } => Part::Original {
                from: from + first,
                to: from + last,
            },
            Part::Instead(bytes) => {
                let inner = bytes.get(first as usize..last as usize);
                Part::Instead(inner.unwrap_or_default().to_vec())
            }
            Part::Zeros(_) => Part::Zeros(last - first),
        }
    }
}

/// What is shown of a file, if it is of a kind that tells of its maker; an error if it cannot be read well
/// enough to know what it tells.
pub(super) fn of(media_type: &str, source: &mut Source) -> Result<Option<Shown>, EvidenceError> {
    let is_scanned = media_type.starts_with("image/");
    if is_scanned && source.bytes() > PICTURE_BYTES {
        return Err(EvidenceError::TooLarge {
            limit: PICTURE_BYTES,
        });
    }
    let Parts(parts) = match media_type {
        "image/jpeg" => jpeg::shown(source)?,
        "image/png" => png::shown(source)?,
        "image/gif" => gif::shown(source)?,
        "image/webp" | "audio/wav" => riff::shown(source)?,
        "image/heic" | "image/avif" | "video/mp4" | "video/quicktime" | "audio/mp4" => {
            base_media::shown(source)?
        }
        _ => return Ok(None),
    };
    // The list stands in a record of the store. Files in good order need a dozen parts.
    let instead = |part: &Part| match part {
        Part::Instead(bytes) => bytes.len(),
        _ => 0,
    };
    let instead: usize = parts.iter().map(instead).sum();
    if parts.len() > PARTS || instead > INSTEAD_BYTES {
        return Err(EvidenceError::Unreadable);
    }
    let whole = Part::Original {
        from: 0,
        to: source.bytes(),
    };
    if parts == [whole] {
        return Ok(None);
    }
    let sha256 = digest(&parts, source)?;
    let tells_something = sha256 != source.sha256();
    Ok(tells_something.then_some(Shown { parts, sha256 }))
}

fn digest(parts: &[Part], source: &mut Source) -> Result<Sha256Digest, EvidenceError> {
    let mut hash = RunningHash::default();
    for part in parts {
        match part {
            Part::Instead(bytes) => hash.update(bytes),
            Part::Zeros(count) => {
                let mut left = *count;
                while left > 0 {
                    let zeros = left.min(ZEROS.len() as u64);
                    hash.update(&ZEROS[..zeros as usize]);
                    left -= zeros;
                }
            }
            Part::Original { from, to } => {
                let mut at = *from;
                while at < *to {
                    let bytes = source.at(at, (to - at).min(HASHED) as usize)?;
                    hash.update(&bytes);
                    at += bytes.len() as u64;
                }
            }
        }
    }
    Ok(hash.digest())
}

mod base64_text {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(bytes))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map_err(de::Error::custom)
    }
}

/// Pictures are read from beginning to end. The largest that cameras write have half of it.
const PICTURE_BYTES: u64 = 64 << 20;

const HASHED: u64 = 256 << 10;

const PARTS: usize = 400;
const INSTEAD_BYTES: usize = 10_000;
