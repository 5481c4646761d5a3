//! How hard the texts of a micro-credential are to read.

use super::{Outcome, open_at};
use crate::micro_credential::Content;
use crate::text::{Line, Prose};

/// The texts that earners and readers of badges meet, each with its place.
pub(super) struct Reading<'a> {
    texts: Vec<(String, &'a str)>,
    is_english: bool,
}

impl<'a> Reading<'a> {
    pub fn of(content: &'a Content) -> Reading<'a> {
        let mut texts = Vec::new();
        let mut add = |place: String, text: Option<&'a Prose>| {
            texts.extend(text.map(|text| (place, text.as_str())));
        };
        add("/description".to_owned(), Some(&content.description));
        add("/criteria".to_owned(), content.criteria.as_ref());
        add("/method".to_owned(), content.method.as_ref());
        add(
            "/research_notes".to_owned(),
            content.research_notes.as_ref(),
        );
        add("/renewal".to_owned(), content.renewal.as_ref());
        for (place, asked) in content.evidence_requirements.iter().enumerate() {
            let place = format!("/evidence_requirements/{place}/description");
            add(place, asked.description.as_ref());
        }
        for (place, criterion) in content.rubric.criteria().iter().enumerate() {
            let place = format!("/rubric/criteria/{place}");
            add(
                format!("{place}/description"),
                criterion.description.as_ref(),
            );
            for (step, level) in criterion.levels.iter().enumerate() {
                let place = format!("{place}/levels/{step}/description");
                add(place, level.description.as_ref());
            }
        }
        let lines = content.competencies.iter().map(Line::as_str);
        texts.extend(lines.map(|line| ("/competency".to_owned(), line)));
        texts.push(("/name".to_owned(), content.name.as_str()));
        let language = content.language.as_ref().map(|language| language.as_str());
        let is_english = language.is_none_or(|tag| tag == "en" || tag.starts_with("en-"));
        Reading { texts, is_english }
    }

    /// The places of texts that ask for more than twelve years of school, where they are English.
    pub fn level(&self) -> Outcome {
        if !self.is_english {
            return Outcome::NotApplicable;
        }
        let hard = self
            .texts
            .iter()
            .filter(|(_, text)| grade(text).is_some_and(|grade| grade > HARDEST));
        open_at(hard.map(|(place, _)| place.clone()))
    }

    /// The places of texts with sentences that are very long.
    pub fn long_sentences(&self) -> Outcome {
        let is_long =
            |text: &str| sentences(text).any(|sentence| words(sentence).count() > LONGEST);
        let long = self.texts.iter().filter(|(_, text)| is_long(text));
        open_at(long.map(|(place, _)| place.clone()))
    }

    /// The places of texts with several words in capitals after one another.
    pub fn capitals(&self) -> Outcome {
        let loud = self.texts.iter().filter(|(_, text)| is_loud(text));
        open_at(loud.map(|(place, _)| place.clone()))
    }
}

/// The grade of school that a text asks for, by the formula of Flesch and Kincaid (1975), with syllables
/// counted as groups of vowels; nothing for texts too short to tell.
fn grade(text: &str) -> Option<f64> {
    let (mut sentence_count, mut word_count, mut syllable_count) = (0_u32, 0_u32, 0_u32);
    for sentence in sentences(text) {
        let before = word_count;
        for word in words(sentence) {
            word_count += 1;
            syllable_count += syllables(word);
        }
        sentence_count += u32::from(word_count > before);
    }
    if word_count < FEWEST {
        return None;
    }
    let [sentences, words, syllables] = [sentence_count, word_count, syllable_count].map(f64::from);
    Some(0.39 * words / sentences + 11.8 * syllables / words - 15.59)
}

fn sentences(text: &str) -> impl Iterator<Item = &str> {
    // Lines of a list are sentences of their own, whether they have a sign at the end or not.
    text.split(['.', '!', '?', ';', ':', '\n'])
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    let words =
        text.split(|one: char| !(one.is_alphanumeric() || one == '\'' || one == '\u{2019}'));
    words.filter(|word| word.contains(char::is_alphanumeric))
}

fn syllables(word: &str) -> u32 {
    let is_vowel = |one: char| "aeiouy".contains(one.to_ascii_lowercase());
    let word = word.trim_end_matches(['\'', '\u{2019}']);
    let mut groups = 0;
    let mut last = false;
    for one in word.chars() {
        let vowel = is_vowel(one);
        groups += u32::from(vowel && !last);
        last = vowel;
    }
    // An e at the end is mostly silent, and not where it is all there is or stands after l: "table".
    let lower = word.to_ascii_lowercase();
    let silent = lower.ends_with('e') && !lower.ends_with("le") && !lower.ends_with("ee");
    (groups - u32::from(silent && groups > 1)).max(1)
}

/// Whether several words in capitals follow each other; names of one or two ("IDEA", "STEM") do not count.
fn is_loud(text: &str) -> bool {
    let mut run = 0;
    words(text).any(|word| {
        let letters = word.chars().filter(|one| one.is_alphabetic()).count();
        let is_capital = letters > 1 && !word.contains(char::is_lowercase);
        run = if is_capital { run + 1 } else { 0 };
        run >= LOUD
    })
}

/// The grade up to which a text counts as easy enough: the end of school.
const HARDEST: f64 = 12.9;
/// The words of the longest sentence that nobody has to read twice.
const LONGEST: usize = 40;
/// Fewer words say nothing about a reading level.
const FEWEST: u32 = 30;
/// Words in capitals after one another that are no name any more.
const LOUD: u32 = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syllables_are_counted_as_they_are_spoken() {
        for (word, count) in [
            ("wait", 1),
            ("time", 1),
            ("table", 2),
            ("teacher", 2),
            ("evidence", 3),
            ("see", 1),
            ("the", 1),
            ("competency", 4),
            ("42", 1),
        ] {
            assert_eq!(syllables(word), count, "{word}");
        }
    }

    #[test]
    fn a_name_in_capitals_is_not_loud() {
        assert!(!is_loud("IDEA and the STEM of U.S. schools"));
        assert!(is_loud("please DO NOT HAND IN names"));
    }
}
