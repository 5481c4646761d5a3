//! The bit string of a status list: both halves of its encoding, and reading and setting entries
//! (W3C Bitstring Status List v1.0, sections 2.2 and 3).

use std::fmt;
use std::io::{Read, Write};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use flate2::bufread::GzDecoder;
use flate2::{Compression, GzBuilder};

/// The fewest entries a list may have, so that an index alone tells nobody whose it is.
pub const LEAST_ENTRIES: usize = 131_072;

/// Why an `encodedList` cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StatusListError {
    /// It is not multibase base64url of one gzip member.
    Malformed {
        /// What is wrong.
        fault: &'static str,
    },
    /// It inflates to more than the limit.
    TooLarge {
        /// The largest number of bytes allowed.
        limit: usize,
    },
}

/// Writes a bit string as the standard's `encodedList`. The same bits give the same text.
pub fn encode(bits: &[u8]) -> String {
    // No file name and no time in the gzip header: nothing but the bits decides the text.
    let mut encoder = GzBuilder::new().write(Vec::new(), Compression::best());
    encoder
        .write_all(bits)
        .and_then(|()| encoder.finish())
        .map(|compressed| format!("u{}", URL_SAFE_NO_PAD.encode(compressed)))
        .expect("writing to memory does not fail")
}

/// Reads an `encodedList`, inflating to at most `limit` bytes.
pub fn decode(encoded: &str, limit: usize) -> Result<Vec<u8>, StatusListError> {
    let malformed = |fault| StatusListError::Malformed { fault };
    let text = encoded
        .strip_prefix('u')
        .ok_or(malformed("the encoded list does not begin with `u`"))?;
    let compressed = URL_SAFE_NO_PAD
        .decode(text)
        .map_err(|_| malformed("the encoded list is not base64url without padding"))?;
    inflate(&compressed, limit)
}

/// Reads an `encodedList` of Status List 2021: the same bits, in base64 of either alphabet, without
/// the letter that names the encoding. Some issuers write that letter all the same.
pub fn decode_2021(encoded: &str, limit: usize) -> Result<Vec<u8>, StatusListError> {
    let malformed = |fault| StatusListError::Malformed { fault };
    // Every gzip member begins with the letters `H4sI` in base64, so that the prefix is none of them.
    let text = encoded.strip_prefix('u').unwrap_or(encoded);
    let text = text.trim_end_matches('=');
    let compressed = match text.contains(['+', '/']) {
        true => STANDARD_NO_PAD.decode(text),
        false => URL_SAFE_NO_PAD.decode(text),
    };
    let compressed = compressed.map_err(|_| malformed("the encoded list is not base64"))?;
    inflate(&compressed, limit)
}

fn inflate(compressed: &[u8], limit: usize) -> Result<Vec<u8>, StatusListError> {
    let malformed = |fault| StatusListError::Malformed { fault };
    // What a bomb claims to hold does not matter: reading stops one byte after the limit.
    let mut decoder = GzDecoder::new(compressed);
    let mut bits = Vec::new();
    (&mut decoder)
        .take(limit as u64 + 1)
        .read_to_end(&mut bits)
        .map_err(|_| malformed("the encoded list is not gzip"))?;
    if bits.len() > limit {
        return Err(StatusListError::TooLarge { limit });
    }
    if !decoder.into_inner().is_empty() {
        return Err(malformed("bytes follow the compressed list"));
    }
    Ok(bits)
}

/// The value of the entry at `index`, where each entry has `size` bits (at most 32); `None` beyond
/// the end of the list. Index 0 begins at the most significant bit of the first byte.
pub fn read(bits: &[u8], index: u64, size: u8) -> Option<u32> {
    let first = index.checked_mul(u64::from(size))?;
    let mut value = 0u32;
    for position in first..first.checked_add(u64::from(size))? {
        let byte = bits.get(usize::try_from(position / 8).ok()?)?;
        value = value << 1 | u32::from(byte >> (7 - position % 8) & 1);
    }
    Some(value)
}

/// Sets the one-bit entry at `index`; says whether the list has such an entry.
#[must_use]
pub fn set(bits: &mut [u8], index: u64) -> bool {
    let Some(byte) = usize::try_from(index / 8)
        .ok()
        .and_then(|at| bits.get_mut(at))
    else {
        return false;
    };
    *byte |= 0x80 >> (index % 8);
    true
}

impl fmt::Display for StatusListError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            StatusListError::Malformed { fault } => f.write_str(fault),
            StatusListError::TooLarge { limit } => {
                write!(f, "the list inflates to more than {limit} bytes")
            }
        }
    }
}

impl std::error::Error for StatusListError {}
