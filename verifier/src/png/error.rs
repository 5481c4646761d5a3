//! Why no credential can be taken from a picture.

use std::fmt;

use serde::Serialize;

/// Why no credential can be taken from a picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all_fields = "camelCase", untagged)]
#[non_exhaustive]
pub enum BakeError {
    /// The picture is not a well-formed PNG or SVG.
    Malformed {
        /// What is wrong.
        fault: &'static str,
        /// Where, in bytes from the start.
        offset: usize,
    },
    /// An SVG has a document type, by which its text could stand for something else.
    DtdNotAllowed,
    /// Several different credentials are baked into the picture.
    Ambiguous {
        /// How many chunks or elements carry one.
        chunks: usize,
    },
    /// The baked text is larger than a credential may be.
    TooLarge {
        /// The largest size allowed.
        limit: usize,
    },
    /// The chunk or element that carries the credential is not written as the standard says.
    Encoding {
        /// What is wrong.
        fault: &'static str,
    },
    /// The picture carries no credential.
    Missing,
}

impl BakeError {
    /// The public code of this error.
    pub fn code(&self) -> &'static str {
        match self {
            BakeError::Malformed { .. } => "bake.malformed",
            BakeError::DtdNotAllowed => "svg.dtd_not_allowed",
            BakeError::Ambiguous { .. } => "bake.ambiguous",
            BakeError::TooLarge { .. } => "bake.too_large",
            BakeError::Encoding { .. } => "bake.encoding",
            BakeError::Missing => "bake.missing",
        }
    }
}

impl fmt::Display for BakeError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            BakeError::Malformed { fault, offset } => {
                write!(f, "The picture is damaged at byte {offset}: {fault}.")
            }
            BakeError::DtdNotAllowed => write!(
                f,
                "The picture has a document type, which can make its text mean something else and which no baked badge needs."
            ),
            BakeError::Ambiguous { chunks } => {
                write!(f, "The picture carries {chunks} credentials that differ.")
            }
            BakeError::TooLarge { limit } => write!(
                f,
                "The credential in the picture is larger than {limit} bytes. No Open Badge needs that much."
            ),
            BakeError::Encoding { fault } => write!(
                f,
                "The credential in the picture is not written as the standard says: {fault}."
            ),
            BakeError::Missing => write!(
                f,
                "The picture carries no Open Badge. Phones and social sites often remove it."
            ),
        }
    }
}

impl std::error::Error for BakeError {}
