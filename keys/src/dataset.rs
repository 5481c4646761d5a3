//! An RDF dataset whose terms are kept as the very text that canonical N-Quads writes for them.
//!
//! Everything Assay does with statements is to write them, so a term is its text, stored once: two
//! terms are equal when their numbers are.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

/// A term of one [`Dataset`]; it means nothing to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Term(u32);

impl Term {
    /// The number of the blank node, counted from 0, if this is one.
    pub fn blank_node(self) -> Option<u32> {
        (self.0 & BLANK != 0 && self != DEFAULT_GRAPH).then_some(self.0 & !BLANK)
    }
}

/// A statement in a graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Quad {
    pub subject: Term,
    pub predicate: Term,
    pub object: Term,
    /// [`DEFAULT_GRAPH`] or the graph's name.
    pub graph: Term,
}

/// A set of statements in a default graph and in named graphs (RDF 1.1 Concepts, section 4).
pub struct Dataset {
    text: String,
    /// Where each term's text ends; it begins where the one before ends.
    ends: Vec<u32>,
    /// Open addressing: numbers of terms, placed by the hash of their text.
    places: Vec<u32>,
    /// Keyed, because strangers choose the terms and could choose ones that collide.
    hasher: RandomState,
    blank_nodes: u32,
    quads: Vec<Quad>,
    size: usize,
}

impl Default for Dataset {
    fn default() -> Dataset {
        Dataset::new()
    }
}

impl Dataset {
    /// A dataset without statements.
    pub fn new() -> Dataset {
        Dataset {
            text: String::with_capacity(8 * 1024),
            ends: Vec::with_capacity(128),
            places: vec![EMPTY; 512],
            hasher: RandomState::new(),
            blank_nodes: 0,
            quads: Vec::with_capacity(128),
            size: 0,
        }
    }

    /// The term for an absolute IRI; `None` if it has a character that N-Quads cannot write there.
    pub fn iri(&mut self, iri: &str) -> Option<Term> {
        if iri.bytes().any(is_forbidden_in_iri) {
            return None;
        }
        let start = self.text.len();
        self.text.push('<');
        self.text.push_str(iri);
        self.text.push('>');
        Some(self.intern(start))
    }

    /// The term for a literal with this datatype; `None` if the datatype cannot be written.
    pub fn literal(&mut self, value: &str, datatype: &str) -> Option<Term> {
        if datatype.bytes().any(is_forbidden_in_iri) {
            return None;
        }
        let start = self.text.len();
        self.push_quoted(value);
        if datatype != XSD_STRING {
            self.text.push_str("^^<");
            self.text.push_str(datatype);
            self.text.push('>');
        }
        Some(self.intern(start))
    }

    /// The term for a string in a language; `None` if the tag is not well formed (BCP 47).
    pub fn language_string(&mut self, value: &str, language: &str) -> Option<Term> {
        if !is_language_tag(language) {
            return None;
        }
        let start = self.text.len();
        self.push_quoted(value);
        self.text.push('@');
        self.text.push_str(language);
        Some(self.intern(start))
    }

    /// A new blank node.
    pub fn new_blank_node(&mut self) -> Term {
        let number = self.blank_nodes;
        self.blank_nodes += 1;
        Term(BLANK | number)
    }

    /// Adds a statement, to the default graph if `graph` is `None`.
    pub fn insert(&mut self, subject: Term, predicate: Term, object: Term, graph: Option<Term>) {
        self.insert_quad(Quad {
            subject,
            predicate,
            object,
            graph: graph.unwrap_or(DEFAULT_GRAPH),
        });
    }

    /// How many statements were added, repetitions included.
    pub fn statements(&self) -> usize {
        self.quads.len()
    }

    /// How many blank nodes there are.
    pub fn blank_nodes(&self) -> usize {
        self.blank_nodes as usize
    }

    /// About how many bytes the statements take as N-Quads. A long term that many statements share
    /// is stored once but written by each of them, so this is what a limit has to look at.
    pub fn size(&self) -> usize {
        self.size
    }

    pub(crate) fn quads(&self) -> &[Quad] {
        &self.quads
    }

    pub(crate) fn insert_quad(&mut self, quad: Quad) {
        self.size += self.length(quad.subject)
            + self.length(quad.predicate)
            + self.length(quad.object)
            + self.length(quad.graph)
            + 6;
        self.quads.push(quad);
    }

    /// The text of an IRI or a literal.
    pub(crate) fn text(&self, term: Term) -> &str {
        let index = term.0 as usize;
        let start = match index {
            0 => 0,
            _ => self.ends[index - 1] as usize,
        };
        &self.text[start..self.ends[index] as usize]
    }

    /// The term whose N-Quads text this is, angle brackets and all.
    pub(crate) fn written(&mut self, text: &str) -> Term {
        let start = self.text.len();
        self.text.push_str(text);
        self.intern(start)
    }

    /// A literal whose suffix (`^^<datatype>` or nothing) is written already.
    pub(crate) fn literal_with_suffix(&mut self, value: &str, suffix: &str) -> Term {
        let start = self.text.len();
        self.push_quoted(value);
        self.text.push_str(suffix);
        self.intern(start)
    }

    fn length(&self, term: Term) -> usize {
        if term.0 & BLANK != 0 {
            return 12;
        }
        self.text(term).len()
    }

    /// Makes a term of what stands in `text` from `start` on, or finds the equal one.
    fn intern(&mut self, start: usize) -> Term {
        if (self.ends.len() + 1) * 2 > self.places.len() {
            self.grow();
        }
        let written = &self.text[start..];
        let mask = self.places.len() - 1;
        let mut place = self.hasher.hash_one(written) as usize & mask;
        while self.places[place] != EMPTY {
            let term = Term(self.places[place]);
            if self.text(term) == written {
                self.text.truncate(start);
                return term;
            }
            place = (place + 1) & mask;
        }
        let number = self.ends.len() as u32;
        self.places[place] = number;
        self.ends.push(self.text.len() as u32);
        Term(number)
    }

    fn grow(&mut self) {
        let length = self.places.len() * 2;
        let mut places = vec![EMPTY; length];
        for number in 0..self.ends.len() as u32 {
            let mut place = self.hasher.hash_one(self.text(Term(number))) as usize & (length - 1);
            while places[place] != EMPTY {
                place = (place + 1) & (length - 1);
            }
            places[place] = number;
        }
        self.places = places;
    }

    /// Writes a string as canonical N-Quads does (RDF Dataset Canonicalization, appendix A).
    fn push_quoted(&mut self, value: &str) {
        self.text.push('"');
        let mut rest = 0;
        for (index, character) in value.char_indices() {
            if !is_escaped(character) {
                continue;
            }
            self.text.push_str(&value[rest..index]);
            rest = index + character.len_utf8();
            match character {
                '"' => self.text.push_str("\\\""),
                '\\' => self.text.push_str("\\\\"),
                '\n' => self.text.push_str("\\n"),
                '\r' => self.text.push_str("\\r"),
                '\t' => self.text.push_str("\\t"),
                '\u{8}' => self.text.push_str("\\b"),
                '\u{c}' => self.text.push_str("\\f"),
                other => {
                    let code = u32::from(other);
                    self.text.push_str(&format!("\\u{code:04X}"));
                }
            }
        }
        self.text.push_str(&value[rest..]);
        self.text.push('"');
    }
}

/// Whether canonical N-Quads escapes the character in a string. The last two are those that XML 1.1 has no place for.
fn is_escaped(character: char) -> bool {
    matches!(
        character,
        '\0'..='\u{1f}' | '"' | '\\' | '\u{7f}' | '\u{fffe}' | '\u{ffff}'
    )
}

/// Stands for the default graph in [`Quad::graph`].
pub(crate) const DEFAULT_GRAPH: Term = Term(u32::MAX);

/// The datatype that N-Quads leaves out.
pub(crate) const XSD_STRING: &str = "http://www.w3.org/2001/XMLSchema#string";

const BLANK: u32 = 1 << 31;
const EMPTY: u32 = u32::MAX;

/// The characters that the production IRIREF of N-Quads excludes. A `>` let through would end the
/// IRI and let its writer add statements of his own.
pub(crate) fn is_forbidden_in_iri(byte: u8) -> bool {
    byte <= 0x20
        || matches!(
            byte,
            b'<' | b'>' | b'"' | b'{' | b'}' | b'|' | b'^' | b'`' | b'\\'
        )
}

/// Whether this is a language tag as N-Quads writes them: letters, then parts of letters and digits.
pub(crate) fn is_language_tag(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let language = parts.next().unwrap_or_default();
    (1..=8).contains(&language.len())
        && language.bytes().all(|byte| byte.is_ascii_alphabetic())
        && parts.all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
}
