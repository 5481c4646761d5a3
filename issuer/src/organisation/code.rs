//! Codes that people read to each other: to join an organisation.

use crate::id::written_as_text;
use crate::random::Random;
use std::fmt;
use std::str::FromStr;

/// A code that was drawn, shown as two groups of five: easy to read aloud and to type.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(String);

/// A text that is no code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a code has ten letters and digits, as BCDFG-23456")]
pub struct CodeError;

impl Code {
    /// Draws a code.
    pub fn draw(random: &Random) -> Code {
        let one = |_| char::from(SIGNS[random.below(SIGNS.len() as u32) as usize]);
        Code((0..LENGTH).map(one).collect())
    }
}

impl FromStr for Code {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<Code, CodeError> {
        let typed = text.chars().filter(|c| !matches!(c, ' ' | '-'));
        let typed: String = typed.take(LENGTH + 1).collect();
        let code = typed.to_ascii_uppercase();
        let fits = code.len() == LENGTH && code.bytes().all(|sign| SIGNS.contains(&sign));
        fits.then_some(Code(code)).ok_or(CodeError)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, second) = self.0.split_at(LENGTH / 2);
        write!(formatter, "{first}-{second}")
    }
}

written_as_text!(Code);

/// Neither vowels, which make words, nor signs that look or sound like others (0 and O, 1 and I, M
/// and N, B and P where one of each is left out).
const SIGNS: &[u8; 24] = b"BCDFGHJKLMQRSTVWXZ346789";
/// 24^10 codes are 63 million million: whoever tries ten an hour finds none.
const LENGTH: usize = 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_however_it_was_typed() {
        let code = Code::draw(&Random::seeded([1; 32]));
        let shown = code.to_string();
        assert_eq!(shown.len(), 11);
        for typed in [
            shown.clone(),
            shown.to_lowercase(),
            shown.replace('-', ""),
            shown.replace('-', " "),
        ] {
            assert_eq!(typed.parse(), Ok(code.clone()), "{typed}");
        }
        for wrong in [
            "",
            "BCDFG",
            "BCDFG-BCDFA",
            "BCDFG-BCDFGH",
            "BCDFG-BCDF\u{e9}",
        ] {
            assert_eq!(wrong.parse::<Code>(), Err(CodeError), "{wrong}");
        }
    }
}
