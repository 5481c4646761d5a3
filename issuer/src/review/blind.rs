//! Blindness: what reviewers read says nothing of who the earner is.
//!
//! Names, addresses and schools are masked where earners wrote them, in every text that a reviewer
//! is shown: what the service knows of the earner, and whatever has the shape of a school's name. What is in a recording, behind a link or inside a document is not looked at here; see
//! `docs/review.md`.

mod known;
mod schools;
mod words;

use self::known::Known;
use self::words::Word;
use super::{Pin, Review, Score};
use crate::app::App;
use crate::error::Error;
use crate::id::{OrganisationId, PersonId};
use crate::text::Prose;
use std::ops::Range;

/// What is to be masked in whatever one earner wrote.
#[derive(Debug, Clone, Default)]
pub struct Mask {
    known: Known,
}

/// What a mask stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Masked {
    Name,
    Address,
    Organisation,
}

impl Masked {
    fn label(self) -> &'static str {
        match self {
            Masked::Name => "[name]",
            Masked::Address => "[address]",
            Masked::Organisation => "[organisation]",
        }
    }
}

impl Mask {
    /// What says who an earner is to those who review for an organisation.
    pub fn of(app: &App, earner: PersonId, reviews: &OrganisationId) -> Result<Mask, Error> {
        let known = Known::of(app, earner, reviews)?;
        Ok(Mask { known })
    }

    /// The text with a word in brackets for everything that says who the earner is.
    pub fn text(&self, text: &str) -> String {
        let mut masked = String::with_capacity(text.len());
        let mut shown = 0;
        for (range, what) in self.found(text) {
            masked.push_str(&text[shown..range.start]);
            masked.push_str(what.label());
            shown = range.end;
        }
        masked.push_str(&text[shown..]);
        masked
    }

    /// Whether a text says who the earner is.
    pub fn is_needed(&self, text: &str) -> bool {
        !self.found(text).is_empty()
    }

    /// The words of a text that say who the earner is, each once and in their order.
    pub fn words(&self, text: &str) -> Vec<String> {
        let mut words = Vec::new();
        for (range, _) in self.found(text) {
            let word = text[range].to_owned();
            if !words.contains(&word) && words.len() < TOLD {
                words.push(word);
            }
        }
        words
    }

    /// A text of the domain, masked.
    pub fn prose(&self, text: &Prose) -> Prose {
        let masked = self.text(text.as_str());
        // A label may be longer than the name it stands for.
        let mut end = masked.len().min(Prose::BYTES);
        while !masked.is_char_boundary(end) {
            end -= 1;
        }
        masked[..end]
            .parse()
            .expect("a text stays one, and is not longer than one may be")
    }

    /// What an earlier review says, masked: reviewers may repeat what they heard.
    pub fn review(&self, review: &Review) -> Review {
        Review {
            scores: review
                .scores
                .iter()
                .map(|score| self.score(score))
                .collect(),
            comment: review.comment.as_ref().map(|text| self.prose(text)),
            ..review.clone()
        }
    }

    /// What somebody says of one criterion, masked.
    pub fn score(&self, score: &Score) -> Score {
        let pin = |pin: &Pin| Pin {
            comment: self.prose(&pin.comment),
            ..pin.clone()
        };
        Score {
            comment: score.comment.as_ref().map(|text| self.prose(text)),
            pins: score.pins.iter().map(pin).collect(),
            ..score.clone()
        }
    }

    /// The places that say who the earner is, in their order and apart from each other.
    fn found(&self, text: &str) -> Vec<(Range<usize>, Masked)> {
        let mut found = words::mail_addresses(text)
            .map(|range| (range, Masked::Address))
            .collect::<Vec<_>>();
        found.extend(self.known.literally(text));
        let words = words::of(text);
        let schools = schools::of(text, &words).into_iter();
        found.extend(schools.map(|range| (range, Masked::Organisation)));
        let mut at = 0;
        while at < words.len() {
            match self.known.matches(text, &words[at..]) {
                Some((length, what)) => {
                    let last: &Word = &words[at + length - 1];
                    found.push((words[at].range.start..last.range.end, what));
                    at += length;
                }
                None => at += 1,
            }
        }
        found.sort_by_key(|(range, _)| (range.start, usize::MAX - range.end));
        let mut apart: Vec<(Range<usize>, Masked)> = Vec::new();
        for (range, what) in found {
            match apart.last_mut() {
                // Two that overlap are one: the rest of the second must not be left standing.
                Some((last, _)) if range.start < last.end => last.end = last.end.max(range.end),
                _ => apart.push((range, what)),
            }
        }
        apart
    }
}

/// As many words as somebody who is warned of them reads.
const TOLD: usize = 10;

#[cfg(test)]
mod tests {
    use super::*;

    fn mask() -> Mask {
        let mut known = Known::default();
        known.name("Dana Li Whitlock");
        known.name("Renée Ångström");
        known.name("王小明");
        known.address("dwhitlock7@knoxschools.example");
        known.organisation("Halls Crossroads Elementary School");
        known.slug("halls-crossroads");
        Mask { known }
    }

    #[test]
    fn names_are_masked_however_they_are_written() {
        let mask = mask();
        for text in [
            "Dana Li Whitlock",
            "dana",
            "DANA WHITLOCK",
            "Whitlock, Dana",
            "dana_whitlock",
            "DanaWhitlock",
            "#danawhitlocklessons",
            "d.whitlock",
            "dwhitlock",
            "whitlockd2",
            "Whitlock7",
            "Mrs.Whitlock",
            "MrsWhitlock",
            "the Whitlocks",
            "Da\u{200b}na",
            "Da\u{ad}na",
            "ＤＡＮＡ",
            "Renee",
            "RENÉE",
            "Rene\u{301}e",
            "Angstrom",
            "https://dana-whitlock.example/x",
            "我是王小明老师",
            "dwhitlock7",
            "write to me@home.example",
            "Halls Crossroads Elementary",
            "halls-crossroads",
            "Crossroads",
            "HCES",
            "knoxschools",
        ] {
            assert!(mask.is_needed(text), "{text}");
            let masked = mask.text(text).to_lowercase();
            for name in [
                "dana",
                "whitlock",
                "ren",
                "ngstr",
                "王小明",
                "@",
                "crossroads",
                "knox",
            ] {
                assert!(!masked.contains(name), "{text}: {masked}");
            }
        }
    }

    #[test]
    fn what_surrounds_a_name_stays() {
        let mask = mask();
        assert_eq!(
            mask.text("I, Dana Whitlock, teach at Halls Crossroads Elementary School. Li says so."),
            "I, [name], teach at [organisation]. [name] says so."
        );
        assert_eq!(
            mask.text("Dana's class; mail d@x.example!"),
            "[name]'s class; mail [address]!"
        );
        for harmless in [
            "An elementary school is a school.",
            "We waited; a pandanaceous plant.",
            "Five seconds, then ten. li",
            "4 @ 5",
        ] {
            assert_eq!(mask.text(harmless), harmless);
        }
    }

    #[test]
    fn schools_that_nobody_has_told_the_service_of_are_masked() {
        for (text, masked) in [
            (
                "Fourth grade, Sunrise Elementary",
                "Fourth grade, [organisation]",
            ),
            (
                "fourth grade, sunrise elementary",
                "fourth grade, [organisation]",
            ),
            ("sunrise elementary school", "[organisation]"),
            (
                "I teach at Martin Luther King, Jr. Elementary School in spring.",
                "I teach at [organisation] in spring.",
            ),
            (
                "In Knox County Schools we wait.",
                "In [organisation] we wait.",
            ),
            ("St. Mary's Academy", "[organisation]"),
            (
                "We are at sunrise middle school now",
                "We are at [organisation] now",
            ),
            (
                "Central High, Austin ISD, HISD",
                "[organisation], [organisation], [organisation]",
            ),
            ("the University of Memphis", "the [organisation]"),
            ("Carson-Newman University", "[organisation]"),
            ("Lewis and Clark Elementary", "[organisation]"),
            ("P.S. 118 and PS 52", "[organisation] and [organisation]"),
            ("Escuela Benito Juárez", "[organisation]"),
            (
                "https://sunrise-elementary.example/a",
                "https://[organisation].example/a",
            ),
            (
                "https://www.sunriseelementary.example",
                "https://www.[organisation].example",
            ),
            ("#SunriseElementary", "#[organisation]"),
            ("SUNRISE ELEMENTARY", "[organisation]"),
            ("My School: Sunrise School", "My School: [organisation]"),
        ] {
            assert_eq!(Mask::default().text(text), masked);
        }
    }

    #[test]
    fn what_is_said_of_any_school_stays() {
        for text in [
            "I teach fourth grade in a rural elementary school.",
            "Our Middle School students wait; high school ones do not.",
            "Rural elementary school, ninth grade",
            "Students attend high school after middle school.",
            "Title I Elementary School, grades K-5",
            "High expectations, a high bar and the School of Education.",
            "After School we met. When School began, College was far.",
            "Teaching elementary students is slow.",
            "an elementary education, a primary source, middle of the lesson",
            "Most public schools, all county schools; state university",
            "Mrs. 4 is 12 and MS Word",
            "In 2026 school began.",
            "Fifth-grade elementary, public school",
        ] {
            assert_eq!(Mask::default().text(text), text);
        }
    }

    #[test]
    fn nothing_is_masked_for_those_of_whom_nothing_is_known() {
        let text = "Dana Whitlock";
        assert_eq!(Mask::default().text(text), text);
    }
}
