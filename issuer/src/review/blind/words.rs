//! The words of a text, as names are looked for in them.

use crate::catalogue::fold::folded;
use icu_properties::CodePointMapData;
use icu_properties::props::GeneralCategory;
use std::ops::Range;

/// One word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Without case, without diacritics, without what nobody sees.
    pub plain: String,
    /// Where it stands.
    pub range: Range<usize>,
}

/// The words of a text, in their order.
pub fn of(text: &str) -> Vec<Word> {
    let categories = CodePointMapData::<GeneralCategory>::new();
    // Signs that nobody sees and accents of their own do not end a word.
    let unseen = |character: char| {
        matches!(
            categories.get(character),
            GeneralCategory::Format | GeneralCategory::NonspacingMark
        )
    };
    let mut words = Vec::new();
    let mut begun: Option<usize> = None;
    let ends = text.char_indices().chain([(text.len(), ' ')]);
    for (at, character) in ends {
        let inside = character.is_alphanumeric() || unseen(character);
        match (inside, begun) {
            (true, None) => begun = Some(at),
            (false, Some(start)) => {
                let seen: String = text[start..at]
                    .chars()
                    .filter(|one| !is_format(*one))
                    .collect();
                let plain = folded(&seen);
                if !plain.is_empty() {
                    let range = start..at;
                    words.push(Word { plain, range });
                }
                begun = None;
            }
            _ => {}
        }
    }
    words
}

/// The plain words of a text.
pub fn plain(text: &str) -> Vec<String> {
    of(text).into_iter().map(|word| word.plain).collect()
}

/// Everything in a text that looks like an e-mail address.
pub fn mail_addresses(text: &str) -> impl Iterator<Item = Range<usize>> {
    let part = |character: char| character.is_alphanumeric() || ".-_+%".contains(character);
    text.match_indices(['@', '＠'])
        .filter_map(move |(at, sign)| {
            let (before, after) = (&text[..at], &text[at + sign.len()..]);
            let local = before.trim_end_matches(part).len();
            let domain = after.len() - after.trim_start_matches(part).len();
            let domain = after[..domain].trim_end_matches('.').len();
            (local < at && domain > 0).then(|| local..at + sign.len() + domain)
        })
}

fn is_format(character: char) -> bool {
    let categories = CodePointMapData::<GeneralCategory>::new();
    categories.get(character) == GeneralCategory::Format
}
