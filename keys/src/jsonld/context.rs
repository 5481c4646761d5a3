//! A compiled context: what every name means at one place of a document.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use serde_json::Value;

use super::iri::Keyword;

/// An active context (section 4.1), never changed once it is compiled.
#[derive(Clone)]
pub(super) struct Context {
    /// Names it in the memo.
    pub(super) id: u64,
    pub(super) terms: HashMap<Arc<str>, Arc<Definition>, BuildHasherDefault<TermHasher>>,
    /// The terms that stand for keywords, most often `id` and `type`.
    pub(super) aliases: Vec<(Arc<str>, Keyword)>,
    /// What is put before names that are not defined.
    pub(super) vocabulary: Option<Arc<str>>,
    pub(super) language: Option<Arc<str>>,
    pub(super) has_direction: bool,
    /// What nested objects go back to when this context does not propagate (section 4.1.9).
    pub(super) previous: Option<Arc<Context>>,
}

impl Context {
    /// The context that knows nothing.
    pub(super) fn empty(id: u64) -> Context {
        Context {
            id,
            terms: HashMap::default(),
            aliases: Vec::new(),
            vocabulary: None,
            language: None,
            has_direction: false,
            previous: None,
        }
    }

    pub(super) fn term(&self, name: &str) -> Option<&Arc<Definition>> {
        self.terms.get(name)
    }

    /// The keyword that a member's name is or stands for.
    pub(super) fn keyword(&self, name: &str) -> Option<Keyword> {
        if name.starts_with('@') {
            return Keyword::parse(name);
        }
        self.aliases
            .iter()
            .find(|(alias, _)| **alias == *name)
            .map(|(_, keyword)| *keyword)
    }

    /// Whether a keyword has another name here.
    pub(super) fn has_alias(&self, keyword: Keyword) -> bool {
        self.aliases.iter().any(|(_, aliased)| *aliased == keyword)
    }

    /// Sets `aliases` from `terms`, the last step of compiling.
    pub(super) fn collect_aliases(&mut self) {
        self.aliases = self
            .terms
            .iter()
            .filter_map(|(name, definition)| match definition.meaning {
                // `@type` itself may be defined, to protect it or give it a container.
                Meaning::Keyword(keyword) if !name.starts_with('@') => {
                    Some((name.clone(), keyword))
                }
                _ => None,
            })
            .collect();
    }
}

/// A term definition (section 4.1).
#[derive(Clone)]
pub(super) struct Definition {
    pub(super) meaning: Meaning,
    pub(super) is_prefix: bool,
    pub(super) protected: bool,
    pub(super) reverse: bool,
    pub(super) coercion: Coercion,
    pub(super) container: Container,
    /// The language of its strings: `None` leaves it to the context.
    pub(super) language: Option<Option<Arc<str>>>,
    pub(super) direction: Option<Option<Arc<str>>>,
    pub(super) index: Option<Arc<str>>,
    pub(super) nest: Option<Arc<str>>,
    pub(super) scoped: Option<Scoped>,
}

impl Definition {
    /// Whether two definitions differ in nothing but protection (section 4.2.2, step 27.1).
    pub(super) fn says_the_same_as(&self, other: &Definition) -> bool {
        self.meaning == other.meaning
            && self.is_prefix == other.is_prefix
            && self.reverse == other.reverse
            && self.coercion == other.coercion
            && self.container == other.container
            && self.language == other.language
            && self.direction == other.direction
            && self.index == other.index
            && self.nest == other.nest
            && match (&self.scoped, &other.scoped) {
                (None, None) => true,
                (Some(this), Some(that)) => this.context == that.context,
                _ => false,
            }
    }
}

/// What a term stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Nothing: the name is explicitly taken out of use.
    Nothing,
    Keyword(Keyword),
    /// An IRI, kept as N-Quads writes it, in angle brackets.
    Iri(Arc<str>),
    /// A blank node, which is neither a predicate nor a type that other processors would keep.
    BlankNode,
}

impl Meaning {
    pub(super) fn iri(&self) -> Option<&str> {
        match self {
            Meaning::Iri(written) => Some(bare(written)),
            _ => None,
        }
    }
}

/// An IRI without the angle brackets that N-Quads puts around it.
pub(super) fn bare(written: &str) -> &str {
    &written[1..written.len() - 1]
}

/// What a term makes of its values: its type mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Coercion {
    Unset,
    /// `@none`: values keep their own types.
    None,
    Id,
    Vocab,
    Json,
    /// A datatype, exactly as the context gives it: the `https:` datatypes of Open Badges too.
    Datatype(Arc<str>),
}

/// What a term's values are held in. Only `@set`, `@list`, `@language` and `@graph` are carried
/// out; the others lose their keys or are in no context of signed credentials.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Container {
    pub(super) set: bool,
    pub(super) list: bool,
    pub(super) language: bool,
    pub(super) graph: bool,
    pub(super) index: bool,
    pub(super) id: bool,
    pub(super) r#type: bool,
}

/// The context that a term brings with it.
#[derive(Clone)]
pub(super) struct Scoped {
    /// Names it in the memo.
    pub(super) id: u64,
    pub(super) origin: Origin,
    pub(super) context: Arc<Value>,
}

/// Where a context comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// A pinned document.
    Pinned,
    /// The document that is being read.
    Inline,
}

/// A hash for the names in a context. They come from pinned documents, so nobody can make them
/// collide, and what a stranger looks up costs one comparison more at worst; of contexts written
/// into a document there are too few names for collisions to matter.
#[derive(Default)]
pub(super) struct TermHasher(u64);

impl Hasher for TermHasher {
    fn write(&mut self, bytes: &[u8]) {
        let mut chunks = bytes.chunks_exact(8);
        for chunk in &mut chunks {
            let word = u64::from_le_bytes(chunk.try_into().expect("the chunk has eight bytes"));
            self.add(word);
        }
        let mut rest = [0; 8];
        rest[..chunks.remainder().len()].copy_from_slice(chunks.remainder());
        self.add(u64::from_le_bytes(rest));
    }

    fn write_u8(&mut self, byte: u8) {
        self.add(byte.into());
    }

    fn write_u64(&mut self, word: u64) {
        self.add(word);
    }

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }
}

impl TermHasher {
    fn add(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
}
