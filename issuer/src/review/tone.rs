//! How a comment will sound to the one who reads it. Reviewers are told while they write; nothing of it keeps
//! them from sending a comment as it is.

use crate::rubric::Met;
use crate::text::LanguageTag;

/// What somebody might want to say in another way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remark {
    /// So few words leave the earner to guess what is missing.
    Brief,
    /// It says what is wrong, and not what would make it enough.
    NoWayOn,
    /// A word that judges rather than describes.
    Judging {
        /// The word, as it was written.
        word: String,
    },
    /// Several words in capitals are read as shouting.
    Loud,
}

/// What is to be said of a comment on a criterion, where that is known: for comments in English.
pub fn remarks(comment: &str, met: Option<Met>, language: Option<&LanguageTag>) -> Vec<Remark> {
    let tag = language.map_or("en", LanguageTag::as_str);
    let is_english = tag == "en" || tag.starts_with("en-");
    let words: Vec<&str> = comment
        .split(|one: char| !(one.is_alphanumeric() || one == '\'' || one == '\u{2019}'))
        .filter(|word| !word.is_empty())
        .collect();
    if words.is_empty() || !is_english {
        return Vec::new();
    }
    let is_in = |list: &str, word: &str| {
        let word = word.to_lowercase();
        list.split(' ').any(|known| known == word)
    };
    let mut remarks = Vec::new();
    if met == Some(Met::Unmet) {
        if words.len() < FEWEST {
            remarks.push(Remark::Brief);
        } else if !words.iter().any(|word| is_in(WAY_ON, word)) {
            remarks.push(Remark::NoWayOn);
        }
    }
    let judging = words.iter().find(|word| is_in(JUDGING, word));
    remarks.extend(judging.map(|word| Remark::Judging {
        word: (*word).to_owned(),
    }));
    let is_capital = |word: &&str| word.len() > 1 && !word.contains(char::is_lowercase);
    if words.windows(LOUD).any(|run| run.iter().all(is_capital)) {
        remarks.push(Remark::Loud);
    }
    remarks
}

impl Remark {
    /// What the reviewer is told.
    pub fn message(&self) -> String {
        match self {
            Remark::Brief => {
                "This is short. Could the earner tell from it what to change?".to_owned()
            }
            Remark::NoWayOn => "It does not say yet what would make it enough.".to_owned(),
            Remark::Judging { word } => format!(
                "“{word}” may be read as a judgement. Say what is there, and what is missing."
            ),
            Remark::Loud => "Words in capitals are read as shouting.".to_owned(),
        }
    }
}

/// With fewer words nobody says what is missing.
const FEWEST: usize = 5;
/// Names of a word or two are written in capitals; whole phrases are not.
const LOUD: usize = 3;

/// Words with which people say what to do, or what is missing.
const WAY_ON: &str = "\
    add also another ask can choose consider could count describe explain example give hand how if include \
    instead let look make missing more name need needed needs next please point record say see show so tell \
    then try use what when where which why will would write you'd you'll";
/// Words that judge people or work as a whole.
const JUDGING: &str = "\
    awful bad badly careless carelessly disappointing fail failed failure horrible inadequate incompetent lazy \
    nonsense obviously pathetic poor poorly ridiculous sloppy stupid terrible unacceptable unprofessional \
    useless weak wrong";

#[cfg(test)]
mod tests {
    use super::*;

    fn told(comment: &str) -> Vec<Remark> {
        remarks(comment, Some(Met::Unmet), None)
    }

    #[test]
    fn a_comment_that_says_what_to_do_sounds_well() {
        for comment in [
            "The pause at 2:14 is too short. Please count to five, and show what students did.",
            "Two of the three samples are there; the reflection does not say yet what changed.",
            "IDEA and STEM are named. Which of them would you keep?",
        ] {
            assert_eq!(told(comment), [], "{comment}");
        }
    }

    #[test]
    fn what_may_hurt_or_help_nobody_is_remarked() {
        let judging = |word: &str| Remark::Judging {
            word: word.to_owned(),
        };
        for (comment, expected) in [
            ("No.", vec![Remark::Brief]),
            ("The students do not speak much.", vec![Remark::NoWayOn]),
            ("Sloppy work: please add the plan.", vec![judging("Sloppy")]),
            ("Please ADD THE PLAN and a note.", vec![Remark::Loud]),
            ("Lazy.", vec![Remark::Brief, judging("Lazy")]),
        ] {
            assert_eq!(told(comment), expected, "{comment}");
        }
    }

    #[test]
    fn praise_may_be_short_and_other_languages_are_left_alone() {
        assert_eq!(remarks("Well done.", Some(Met::Met), None), []);
        let spanish = "es-MX".parse().expect("a tag");
        assert_eq!(remarks("No.", Some(Met::Unmet), Some(&spanish)), []);
        assert_eq!(told(""), []);
    }
}
