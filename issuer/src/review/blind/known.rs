//! What is known of an earner that would say who it is.

use super::Masked;
use super::words::{self, Word};
use crate::app::App;
use crate::error::Error;
use crate::id::{OrganisationId, PersonId};
use crate::organisation::Organisation;
use crate::person::Person;
use crate::review::eligibility::{above, organisations_of};
use std::collections::BTreeSet;
use std::ops::Range;

/// What is known of an earner that would say who it is, as it is looked for in texts.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Words that stand one after the other.
    sequences: Vec<(Vec<String>, Masked)>,
    /// Words that say it alone, also with a number or a title grown to them.
    alone: Vec<(String, Masked)>,
    /// Short names and initials, which are words of their own unless they are written large.
    capitals: Vec<(String, Masked)>,
    /// Parts of words: whole names written as one.
    within: Vec<(String, Masked)>,
    /// Whatever is looked for as it is written: scripts without blanks, numbers, identifiers.
    literal: Vec<(String, Masked)>,
}

impl Known {
    pub fn of(app: &App, earner: PersonId, reviews: &OrganisationId) -> Result<Known, Error> {
        let mut known = Known::default();
        let Some(person) = app.store.person(earner)? else {
            return Ok(known);
        };
        known.person(&person);
        // The reviewing organisation and those above it are no secret, and say nothing of anybody.
        let mut open = BTreeSet::from([OrganisationId::host(), reviews.clone()]);
        open.extend(above(&app.store, reviews)?);
        for id in organisations_of(&app.store, person.id)? {
            if let Some(found) = app.store.organisation(&id)?.filter(|_| !open.contains(&id)) {
                known.of_organisation(&found);
            }
        }
        Ok(known)
    }

    fn person(&mut self, person: &Person) {
        self.name(person.name.as_str());
        for former in &person.former_names {
            self.name(former.as_str());
        }
        for email in &person.emails {
            self.address(email.as_str());
        }
        if let Some(did) = &person.did {
            self.literal.push((did.clone(), Masked::Address));
        }
    }

    fn of_organisation(&mut self, found: &Organisation) {
        let profile = &found.profile;
        self.organisation(profile.name.as_str());
        self.slug(found.id.as_str());
        if let Some(url) = &profile.url {
            let url = url::Url::parse(&url.to_string()).ok();
            self.host(
                url.as_ref()
                    .and_then(url::Url::host_str)
                    .unwrap_or_default(),
            );
        }
        if let Some(email) = &profile.email {
            self.address(email.as_str());
        }
        if let Some(phone) = &profile.phone {
            self.literal.push((phone.to_string(), Masked::Address));
        }
        let place = profile.address.as_ref();
        let lines = place.map(|place| [&place.street_address, &place.address_locality]);
        for line in lines.into_iter().flatten().flatten() {
            let line = words::plain(line.as_str());
            if line.iter().map(String::len).sum::<usize>() >= TELLING {
                self.sequences.push((line, Masked::Address));
            }
        }
    }

    /// A person's name: as a whole, each part of it, and grown together.
    pub fn name(&mut self, name: &str) {
        let words = words::plain(name);
        if words.iter().any(|word| is_unspaced(word)) {
            let parts = name
                .split_whitespace()
                .filter(|part| part.chars().count() > 1);
            self.literal
                .extend(parts.map(|part| (part.to_owned(), Masked::Name)));
        }
        for word in words.iter().filter(|word| !TITLES.contains(&word.as_str())) {
            match word.chars().count() {
                0 | 1 => {}
                2 => self.capitals.push((word.clone(), Masked::Name)),
                _ => self.alone.push((word.clone(), Masked::Name)),
            }
        }
        let (Some(first), Some(last)) = (words.first(), words.last()) else {
            return;
        };
        if words.len() > 1 {
            let initial = |word: &str| word.chars().take(1).collect::<String>();
            for grown in [
                format!("{}{last}", initial(first)),
                format!("{last}{}", initial(first)),
                format!("{first}{}", initial(last)),
            ] {
                self.alone.push((grown, Masked::Name));
            }
            for grown in [
                format!("{first}{last}"),
                format!("{last}{first}"),
                words.concat(),
            ] {
                self.within.push((grown, Masked::Name));
            }
            self.sequences
                .push((vec![initial(first), last.clone()], Masked::Name));
            self.sequences
                .push((vec![last.clone(), first.clone()], Masked::Name));
            self.sequences
                .push((vec![first.clone(), last.clone()], Masked::Name));
            self.sequences.push((words, Masked::Name));
        }
    }

    /// An e-mail address: what stands before the sign and where it leads. Addresses themselves are
    /// masked in all texts.
    pub fn address(&mut self, email: &str) {
        let (local, domain) = email.split_once('@').unwrap_or((email, ""));
        let words = words::plain(local);
        if words.iter().map(String::len).sum::<usize>() >= TELLING {
            self.within.push((words.concat(), Masked::Address));
            self.sequences.push((words, Masked::Address));
        }
        self.host(domain);
    }

    /// An organisation's name: as a whole, its telling words, and its initials.
    pub fn organisation(&mut self, name: &str) {
        let words = words::plain(name);
        let telling = words.iter().filter(|word| is_telling(word));
        self.alone
            .extend(telling.map(|word| (word.clone(), Masked::Organisation)));
        let initials: String = words
            .iter()
            .filter_map(|word| word.chars().next())
            .collect();
        if initials.chars().count() > 2 {
            self.capitals.push((initials, Masked::Organisation));
        }
        // Without its last word as well, which is often left out: Elementary, and not School.
        for length in [words.len(), words.len().saturating_sub(1)] {
            if length > 1 && words[..length].iter().any(|word| is_telling(word)) {
                self.sequences
                    .push((words[..length].to_vec(), Masked::Organisation));
            }
        }
        if words.iter().any(|word| is_telling(word)) {
            self.within.push((words.concat(), Masked::Organisation));
        }
        if words.iter().any(|word| is_unspaced(word)) {
            self.literal.push((name.to_owned(), Masked::Organisation));
        }
    }

    /// An organisation's name in addresses.
    pub fn slug(&mut self, slug: &str) {
        let words = words::plain(slug);
        if words.iter().any(|word| is_telling(word)) {
            self.within.push((words.concat(), Masked::Organisation));
            self.sequences.push((words, Masked::Organisation));
        }
    }

    /// The name of a host: what makes it that of somebody.
    fn host(&mut self, host: &str) {
        if EVERYBODYS.contains(&host) {
            return;
        }
        let labels: Vec<_> = host.split('.').collect();
        let own = labels.iter().rev().skip(1);
        for label in own.filter(|label| is_telling(label)) {
            self.within
                .push((words::plain(label).concat(), Masked::Address));
        }
    }

    /// How many of the first words say who it is, and what they are.
    pub fn matches(&self, text: &str, words: &[Word]) -> Option<(usize, Masked)> {
        let first = words.first()?;
        let is_here = |sequence: &[String]| {
            sequence.len() <= words.len()
                && sequence
                    .iter()
                    .zip(words)
                    .all(|(one, word)| *one == word.plain)
                && words[..sequence.len()].windows(2).all(|pair| {
                    text[pair[0].range.end..pair[1].range.start].chars().count() <= BETWEEN
                })
        };
        let here = self
            .sequences
            .iter()
            .filter(|(sequence, _)| is_here(sequence));
        if let Some((sequence, what)) = here.max_by_key(|(sequence, _)| sequence.len()) {
            return Some((sequence.len(), *what));
        }
        let bare = first
            .plain
            .trim_matches(|character: char| character.is_ascii_digit());
        let untitled = TITLES.iter().filter_map(|title| bare.strip_prefix(title));
        let forms: Vec<&str> = [bare, bare.strip_suffix('s').unwrap_or(bare)]
            .into_iter()
            .chain(untitled)
            .collect();
        let alone = self.alone.iter();
        let mut found = alone.filter(|(name, _)| forms.contains(&name.as_str()));
        if let Some((_, what)) = found.next() {
            return Some((1, *what));
        }
        let grown = |name: &str| name.len() >= TELLING && first.plain.contains(name);
        if let Some((_, what)) = self.within.iter().find(|(name, _)| grown(name)) {
            return Some((1, *what));
        }
        let written = &text[first.range.clone()];
        let large = |name: &str| match name.chars().count() {
            2 => written.starts_with(char::is_uppercase),
            _ => !written.contains(char::is_lowercase),
        };
        let mut capitals = self.capitals.iter();
        let found = capitals.find(|(name, _)| *name == first.plain && large(name));
        found.map(|(_, what)| (1, *what))
    }

    /// The places where something stands as it is written.
    pub fn literally<'a>(
        &'a self,
        text: &'a str,
    ) -> impl Iterator<Item = (Range<usize>, Masked)> + 'a {
        self.literal.iter().flat_map(move |(wanted, what)| {
            let found = text.match_indices(wanted.as_str());
            found.map(move |(at, found)| (at..at + found.len(), *what))
        })
    }
}

/// Whether a word of an organisation's name says which it is.
fn is_telling(word: &str) -> bool {
    word.len() >= TELLING && !GENERIC.contains(&word)
}

/// Whether a word is of a script that puts no blanks between words.
fn is_unspaced(word: &str) -> bool {
    let unspaced = |character: char| matches!(u32::from(character), 0x0E00..=0x0EFF | 0x1000..=0x109F | 0x2E80..=0x9FFF | 0xAC00..=0xD7FF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF);
    word.chars().any(unspaced)
}

/// Shorter ones are parts of too many words.
const TELLING: usize = 4;
/// A comma and a blank, a dot, a dash with blanks around it.
const BETWEEN: usize = 3;

/// What stands before and after names, and is none.
const TITLES: [&str; 10] = [
    "mr", "mrs", "ms", "miss", "dr", "prof", "jr", "sr", "ii", "iii",
];

/// Words in the names of so many organisations that they say nothing.
const GENERIC: [&str; 56] = [
    "academy",
    "area",
    "association",
    "board",
    "catholic",
    "center",
    "central",
    "centre",
    "charter",
    "city",
    "college",
    "community",
    "consolidated",
    "cooperative",
    "county",
    "department",
    "district",
    "east",
    "education",
    "educational",
    "elementary",
    "first",
    "grade",
    "grades",
    "high",
    "independent",
    "institute",
    "intermediate",
    "international",
    "junior",
    "kindergarten",
    "learning",
    "lower",
    "middle",
    "municipal",
    "national",
    "north",
    "office",
    "preparatory",
    "primary",
    "public",
    "regional",
    "school",
    "schools",
    "secondary",
    "senior",
    "service",
    "south",
    "state",
    "teachers",
    "teaching",
    "technical",
    "unified",
    "university",
    "upper",
    "west",
];

/// Hosts of mail that are nobody's own.
const EVERYBODYS: [&str; 13] = [
    "aol.com",
    "example.com",
    "example.net",
    "example.org",
    "gmail.com",
    "gmx.net",
    "googlemail.com",
    "hotmail.com",
    "icloud.com",
    "live.com",
    "outlook.com",
    "proton.me",
    "yahoo.com",
];
