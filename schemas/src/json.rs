//! Reads JSON from strangers: strictly, once, within limits.
//!
//! `serde_json` keeps the last of two equal names and rounds numbers to the nearest double without
//! a word, and either would let two readers see two documents under one signature. So the text is
//! read here, and nothing that two readers could take differently gets through.

use std::fmt;

use serde_json::Value;

use self::reader::Reader;

mod number;
mod reader;

/// Reads one JSON text and nothing after it.
///
/// Refused are two equal names in one object, numbers that a double cannot hold as written, text
/// that is not well-formed Unicode, and whatever exceeds `limits`.
pub fn read(bytes: &[u8], limits: &JsonLimits) -> Result<Value, JsonError> {
    if bytes.len() > limits.bytes {
        let limit = limits.bytes;
        return Err(JsonError::at(JsonFault::TooLarge { limit }, bytes, 0, None));
    }
    // UTF-16 and UTF-32 show up as zero bytes (or as invalid UTF-8, if they begin with their mark).
    if let Some(offset) = bytes.iter().position(|byte| *byte == 0) {
        return Err(JsonError::at(JsonFault::Encoding, bytes, offset, None));
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|error| JsonError::at(JsonFault::Encoding, bytes, error.valid_up_to(), None))?;
    Reader::new(text, limits).document().map_err(|refusal| {
        let pointer = refusal.pointer();
        JsonError::at(refusal.fault, bytes, refusal.offset, Some(pointer))
    })
}

/// How much a JSON text may ask for.
#[derive(Clone, Copy, Debug)]
pub struct JsonLimits {
    /// Length of the text in bytes. A complete credential has 25 kB.
    pub bytes: usize,
    /// Levels of arrays and objects within one another. Credentials have fewer than ten.
    pub depth: usize,
    /// Members of all objects and items of all arrays together.
    pub members: usize,
    /// Length of one string or name in bytes; a picture as a `data:` address is one string.
    pub string: usize,
}

impl Default for JsonLimits {
    fn default() -> JsonLimits {
        JsonLimits {
            bytes: 1 << 20,
            depth: 64,
            members: 10_000,
            string: 512 << 10,
        }
    }
}

/// Why a text was refused, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonError {
    /// What is wrong.
    pub fault: JsonFault,
    /// Bytes before the place of the fault.
    pub offset: usize,
    /// Line of the fault, from 1.
    pub line: usize,
    /// Column of the fault in characters, from 1.
    pub column: usize,
    pointer: Option<String>,
}

/// What can be wrong with a JSON text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JsonFault {
    /// An object has two members of this name, whichever way it is spelt.
    DuplicateMember,
    /// A double cannot hold the number as it is written.
    NumberRange {
        /// The beginning of the number.
        literal: String,
    },
    /// Arrays and objects stand deeper within one another than the limit.
    Depth {
        /// The limit.
        limit: usize,
    },
    /// There are more members and items than the limit.
    Members {
        /// The limit.
        limit: usize,
    },
    /// The text or one of its strings is longer than the limit.
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The text is not well-formed UTF-8, or an escape names half a surrogate pair.
    Encoding,
    /// The text is not JSON.
    Syntax {
        /// What should stand at this place.
        expected: &'static str,
    },
}

impl JsonError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        match self.fault {
            JsonFault::DuplicateMember => "json.duplicate_member",
            JsonFault::NumberRange { .. } => "json.number_range",
            JsonFault::Depth { .. } => "json.depth",
            JsonFault::Members { .. } => "json.members",
            JsonFault::TooLarge { .. } => "input.too_large",
            JsonFault::Encoding => "json.encoding",
            JsonFault::Syntax { .. } => "json.syntax",
        }
    }

    /// The JSON pointer (RFC 6901) of the value that was being read.
    pub fn pointer(&self) -> Option<&str> {
        self.pointer.as_deref()
    }

    fn at(fault: JsonFault, bytes: &[u8], offset: usize, pointer: Option<String>) -> JsonError {
        let before = &bytes[..offset];
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        let start = before
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |newline| newline + 1);
        let column = 1 + String::from_utf8_lossy(&before[start..]).chars().count();
        JsonError {
            fault,
            offset,
            line,
            column,
            pointer,
        }
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.fault {
            JsonFault::DuplicateMember => f.write_str("an object has two members of one name")?,
            JsonFault::NumberRange { literal } => {
                write!(f, "the number {literal} cannot be held exactly as written")?;
            }
            JsonFault::Depth { limit } => {
                write!(f, "values are nested deeper than {limit} levels")?
            }
            JsonFault::Members { limit } => write!(f, "there are more than {limit} members")?,
            JsonFault::TooLarge { limit } => write!(f, "the text is longer than {limit} bytes")?,
            JsonFault::Encoding => f.write_str("the text is not well-formed Unicode")?,
            JsonFault::Syntax { expected } => write!(f, "not JSON: expected {expected}")?,
        }
        write!(f, " (line {}, column {})", self.line, self.column)
    }
}

impl std::error::Error for JsonError {}
