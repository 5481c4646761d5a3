//! The two text forms of bytes that keys and signatures travel in, each with exactly one spelling.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Writes bytes as multibase base58-btc (`z…`, Controlled Identifiers 1.0, section 2.4).
pub(crate) fn multibase(bytes: &[u8]) -> String {
    format!("z{}", bs58::encode(bytes).into_string())
}

/// Reads multibase base58-btc. `longest` bounds the text, because decoding takes the square of its length.
pub(crate) fn from_multibase(text: &str, longest: usize) -> Option<Vec<u8>> {
    if text.len() > longest {
        return None;
    }
    bs58::decode(text.strip_prefix('z')?).into_vec().ok()
}

/// Writes bytes as base64url without padding (RFC 7515, section 2).
pub(crate) fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Reads base64url without padding.
///
/// Padding, white space, the other alphabet and unused bits that are set are all refused: otherwise one signature
/// had many spellings, and a token could be changed without breaking it.
pub(crate) fn from_base64url(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}
