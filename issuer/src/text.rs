//! Text that people typed and that will be signed, shown and kept.

use crate::id::written_as_text;
use std::fmt;
use std::str::FromStr;

/// What is wrong with a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// There is nothing but blanks in it.
    #[error("this must not be empty")]
    Empty,
    /// It has more bytes than its place allows.
    #[error("this is longer than {limit} bytes")]
    TooLong {
        /// How many bytes its place allows.
        limit: usize,
    },
    /// It holds a control character, which no reader would see but every signature would cover.
    #[error("this holds the control character U+{0:04X}", *character as u32)]
    ControlCharacter {
        /// The first such character.
        character: char,
    },
}

impl TextError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        match self {
            TextError::Empty => "text.empty",
            TextError::TooLong { .. } => "text.too_long",
            TextError::ControlCharacter { .. } => "text.control_character",
        }
    }
}

/// One line of text, without blanks at its ends: a name, a tag, a title.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line(String);

/// Text of several lines: a description, a reflection, a comment.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Prose(String);

impl Line {
    /// Names and titles; longer ones fit on no certificate.
    pub const BYTES: usize = 300;

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Prose {
    /// About two thousand words. A record of the store holds at most one such text beside small
    /// things, and must stay under 100 kB even when every byte of it is escaped.
    pub const BYTES: usize = 16 * 1024;

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Line {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Line, TextError> {
        checked(text, Line::BYTES, |character| character.is_control()).map(Line)
    }
}

impl FromStr for Prose {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Prose, TextError> {
        // Browsers send the lines of a form with CR LF; one of the two is enough to keep.
        let lines = text.replace("\r\n", "\n");
        let unwanted =
            |character: char| character.is_control() && character != '\n' && character != '\t';
        checked(&lines, Prose::BYTES, unwanted).map(Prose)
    }
}

fn checked(text: &str, limit: usize, unwanted: impl Fn(char) -> bool) -> Result<String, TextError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(TextError::Empty);
    }
    if text.len() > limit {
        return Err(TextError::TooLong { limit });
    }
    match text.chars().find(|character| unwanted(*character)) {
        Some(character) => Err(TextError::ControlCharacter { character }),
        None => Ok(text.to_owned()),
    }
}

impl fmt::Display for Line {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Display for Prose {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

written_as_text!(Line);
written_as_text!(Prose);

/// An address on the web. The service never fetches it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WebAddress(url::Url);

/// An address that is not on the web, or longer than a badge should carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an address begins with https:// or http:// and has at most {ADDRESS_BYTES} bytes")]
pub struct WebAddressError;

impl WebAddress {
    /// The address.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl FromStr for WebAddress {
    type Err = WebAddressError;

    fn from_str(text: &str) -> Result<WebAddress, WebAddressError> {
        let url = read_address(text.trim()).ok_or(WebAddressError)?;
        let fits = matches!(url.scheme(), "https" | "http")
            && url.host().is_some()
            && url.as_str().len() <= ADDRESS_BYTES;
        fits.then_some(WebAddress(url)).ok_or(WebAddressError)
    }
}

impl fmt::Display for WebAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

written_as_text!(WebAddress);

/// Reads an address, and spells it as RFC 3986 has it. Browsers leave characters as they are that
/// badges must not carry, and addresses are pasted out of browsers.
pub(crate) fn read_address(text: &str) -> Option<url::Url> {
    let url = url::Url::parse(text).ok()?;
    let whole = url.as_str();
    // What stands before the path holds no such character; the host of an IPv6 address has brackets.
    let path = &url[url::Position::BeforePath..];
    let mut spelt = whole[..whole.len() - path.len()].to_owned();
    let (mut rest, mut in_fragment) = (path.chars(), false);
    while let Some(character) = rest.next() {
        let escapes = |text: &str| {
            let digits = text.get(..2);
            digits.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
        };
        let plain = match character {
            '%' => escapes(rest.as_str()),
            '#' => !std::mem::replace(&mut in_fragment, true),
            '"' | '<' | '>' | '[' | ']' | '\\' | '^' | '`' | '{' | '|' | '}' => false,
            other => other.is_ascii_graphic(),
        };
        match plain {
            true => spelt.push(character),
            false => spelt.extend(url::form_urlencoded::byte_serialize(
                character.encode_utf8(&mut [0; 4]).as_bytes(),
            )),
        }
    }
    url::Url::parse(&spelt).ok()
}

/// A language, as `en`, `es-MX` or `zh-Hant` (BCP 47).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LanguageTag(String);

/// A text that is no language tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a language is written as in en, es-MX or zh-Hant (BCP 47)")]
pub struct LanguageTagError;

impl LanguageTag {
    /// The tag.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for LanguageTag {
    type Err = LanguageTagError;

    fn from_str(text: &str) -> Result<LanguageTag, LanguageTagError> {
        let mut parts = text.split('-');
        let primary = parts.next().unwrap_or_default();
        let letters = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphabetic());
        let good = (2..=8).contains(&primary.len())
            && letters(primary)
            && text.len() <= TAG_BYTES
            && parts.all(|part| {
                (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
            });
        good.then(|| LanguageTag(text.to_owned()))
            .ok_or(LanguageTagError)
    }
}

impl fmt::Display for LanguageTag {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

written_as_text!(LanguageTag);

/// What browsers and databases take everywhere.
const ADDRESS_BYTES: usize = 2_000;
/// RFC 5646, 4.4.1: 35 bytes hold every tag in use.
const TAG_BYTES: usize = 35;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_spelt_as_the_standard_has_it() {
        for (text, spelt) in [
            ("https://a.example", "https://a.example/"),
            (
                "https://a.example/a%20b?c=d&e=%7C#f",
                "https://a.example/a%20b?c=d&e=%7C#f",
            ),
            (
                "https://a.example/a b|c<d>",
                "https://a.example/a%20b%7Cc%3Cd%3E",
            ),
            (
                "https://a.example/?q={x}^`y`[0]",
                "https://a.example/?q=%7Bx%7D%5E%60y%60%5B0%5D",
            ),
            ("https://a.example/100%", "https://a.example/100%25"),
            ("https://a.example/a#b#c", "https://a.example/a#b%23c"),
            (
                "https://[2001:db8::1]/\u{e9}",
                "https://[2001:db8::1]/%C3%A9",
            ),
        ] {
            let read = read_address(text).expect("an address");
            assert_eq!(read.as_str(), spelt);
            assert_eq!(
                read_address(spelt),
                Some(read),
                "{text} is read as it is spelt"
            );
        }
    }
}
