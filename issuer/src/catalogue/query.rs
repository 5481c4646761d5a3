//! What is asked of the catalogue, and what it answers.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use super::fold;
use super::index::Listed;

/// What is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// The words, folded; the last may be the beginning of one.
    pub(super) words: Vec<String>,
    /// The whole text, folded, for titles that hold it as it is.
    pub(super) phrase: String,
    /// The value asked for of each facet.
    pub(super) facets: BTreeMap<Facet, String>,
    /// The order of what is found.
    pub order: Order,
    /// How many to leave out at the beginning.
    pub skip: usize,
    /// How many to give.
    pub take: usize,
}

/// A way to divide the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Facet {
    /// What it is about.
    Topic,
    /// Whom it is for.
    Role,
    /// The grades it is about.
    Grade,
    /// The framework it is aligned to.
    Standard,
    /// What it is worth.
    Credit,
    /// The language it is written in.
    Language,
    /// Who issues it.
    Issuer,
}

/// The order of what is found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    /// What fits best first; by title where all fit alike.
    #[default]
    Fitting,
    /// What was published last first.
    Newest,
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// How many there are in all.
    pub total: usize,
    /// The ones asked for.
    pub items: Vec<Listed>,
    /// What there is of each facet, the most frequent value first. A value's count is that of what
    /// would be found if it were asked for in place of another of its facet.
    pub facets: BTreeMap<Facet, Vec<FacetValue>>,
}

/// A value of a facet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacetValue {
    /// The value.
    pub value: String,
    /// How many have it.
    pub count: usize,
}

/// A query that is longer than anybody searches for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a search has at most {WORDS} words and {BYTES} bytes")]
pub struct QueryError;

impl Query {
    /// Asks for these words.
    pub fn new(text: &str) -> Result<Query, QueryError> {
        if text.len() > BYTES {
            return Err(QueryError);
        }
        let words = fold::words(text);
        if words.len() > WORDS {
            return Err(QueryError);
        }
        Ok(Query {
            phrase: words.join(" "),
            words,
            take: usize::MAX,
            ..Query::default()
        })
    }

    /// Asks for what has this value of a facet, too.
    pub fn with(mut self, facet: Facet, value: &str) -> Query {
        self.facets.insert(facet, value.to_owned());
        self
    }

    /// Asks for it in another order.
    pub fn ordered(self, order: Order) -> Query {
        Query { order, ..self }
    }

    /// What tells the list of what is found from those of other questions.
    pub(super) fn name(&self) -> Vec<u8> {
        format!("catalogue {:?} {:?}", self.words, self.facets).into_bytes()
    }

    /// Asks for one page of it.
    pub fn page(self, skip: usize, take: usize) -> Query {
        Query { skip, take, ..self }
    }
}

impl Facet {
    /// Every facet, in the order in which people are shown them.
    pub const ALL: [Facet; 7] = [
        Facet::Topic,
        Facet::Role,
        Facet::Grade,
        Facet::Standard,
        Facet::Credit,
        Facet::Language,
        Facet::Issuer,
    ];

    /// Its name in addresses.
    pub fn name(self) -> &'static str {
        match self {
            Facet::Topic => "topic",
            Facet::Role => "role",
            Facet::Grade => "grade",
            Facet::Standard => "standard",
            Facet::Credit => "credit",
            Facet::Language => "language",
            Facet::Issuer => "issuer",
        }
    }
}

impl FromStr for Facet {
    type Err = ();

    fn from_str(name: &str) -> Result<Facet, ()> {
        let found = Facet::ALL.into_iter().find(|facet| facet.name() == name);
        found.ok_or(())
    }
}

impl fmt::Display for Facet {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// A title of 300 bytes is found by a part of it.
const BYTES: usize = 200;
/// Each word is looked up by itself.
const WORDS: usize = 12;
