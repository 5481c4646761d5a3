//! The contexts that documents may name, and the memory of what they compile to.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, OnceLock, PoisonError, RwLock};

use serde_json::Value;

use super::compile::{self, Mode};
use super::context::{Context, Scoped, TermHasher};
use super::{LdError, LdLimits, inline};

/// A closed set of context documents with what was compiled from them.
///
/// ```
/// use keys::jsonld::{Contexts, LdLimits, to_rdf};
///
/// let document = serde_json::json!({
///     "@context": "https://www.w3.org/ns/credentials/v2",
///     "id": "urn:example:1",
///     "name": "Ada",
/// });
/// let dataset = to_rdf(&document, Contexts::embedded(), &LdLimits::default())?;
/// assert_eq!(dataset.statements(), 1);
/// # Ok::<(), keys::jsonld::LdError>(())
/// ```
pub struct Contexts {
    addresses: HashMap<String, u32>,
    documents: Vec<Value>,
    empty: Arc<Context>,
    memo: RwLock<Arc<Memo>>,
    next_id: AtomicU64,
    known: OnceLock<HashMap<Arc<str>, Vec<Arc<str>>>>,
    inline: Inline,
}

/// Whether a document may bring contexts of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Inline {
    /// Whoever may write a context into a document may redefine every word in it.
    Refused,
    /// By the rules of `jsonld/inline.rs`.
    Bounded,
}

/// Compiled contexts, by what they were compiled from.
pub(super) type Memo = HashMap<Key, Arc<Context>, BuildHasherDefault<TermHasher>>;

/// What a context is compiled from: the one before it and one step.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Key {
    parent: u64,
    step: u64,
    mode: Mode,
}

/// One step from a context to the next.
#[derive(Clone, Copy)]
pub(super) enum Step<'a> {
    /// `null`: back to nothing.
    Nothing,
    /// A pinned document.
    Document(u32),
    /// The context that a term brings with it.
    Scoped(&'a Scoped),
    /// A context written into the document.
    Inline(&'a Value),
}

impl Contexts {
    /// The contexts that come with Assay.
    pub fn embedded() -> &'static Contexts {
        static EMBEDDED: LazyLock<Contexts> =
            LazyLock::new(|| Contexts::with_documents(schemas::contexts::all().iter().map(parsed)));
        &EMBEDDED
    }

    /// The embedded contexts, that of the examples of the W3C, and contexts written into the document, in any order:
    /// what the test suites of the W3C use. Not for badges, whose words are to mean the same in all of them.
    pub fn interop() -> &'static Contexts {
        static INTEROP: LazyLock<Contexts> = LazyLock::new(|| {
            let documents = schemas::contexts::all().iter();
            let documents = documents.chain([&schemas::contexts::EXAMPLES]);
            Contexts {
                inline: Inline::Bounded,
                ..Contexts::with_documents(documents.map(parsed))
            }
        });
        &INTEROP
    }

    /// A set of one's own: addresses, each with the whole document that has a member `@context`.
    /// What stands here is trusted: whoever signs or verifies with it has read it.
    pub fn with_documents(documents: impl IntoIterator<Item = (String, Value)>) -> Contexts {
        let mut addresses = HashMap::new();
        let mut values = Vec::new();
        for (url, document) in documents {
            addresses.insert(url, values.len() as u32);
            values.push(document);
        }
        Contexts {
            addresses,
            documents: values,
            empty: Arc::new(Context::empty(0)),
            memo: RwLock::default(),
            // Steps are named by these numbers too; the documents have the first ones.
            next_id: AtomicU64::new(FIRST_ID),
            known: OnceLock::new(),
            inline: Inline::Refused,
        }
    }

    /// Whether a document may name this context.
    pub fn contains(&self, url: &str) -> bool {
        self.addresses.contains_key(url)
    }

    pub(super) fn empty(&self) -> &Arc<Context> {
        &self.empty
    }

    pub(super) fn find(&self, url: &str) -> Option<u32> {
        self.addresses.get(url).copied()
    }

    /// The `@context` of a pinned document.
    pub(super) fn local_context(&self, document: u32) -> Result<&Value, LdError> {
        self.documents[document as usize]
            .get("@context")
            .ok_or_else(|| LdError::context("without a member @context"))
    }

    pub(super) fn next_id(&self) -> u64 {
        self.next_id.fetch_add(1, Ordering::Relaxed)
    }

    /// Whether some pinned context has a term for this IRI, as a property or a type. Then a
    /// document has to use the term: a reader of the JSON would not see `credentialStatus` spelled
    /// out as an IRI, though the statements, and so the signature, are the same.
    pub(super) fn has_term_for(&self, iri: &str) -> bool {
        self.known().contains_key(iri)
    }

    /// Whether pinned contexts have a term for this IRI, but under other names.
    pub(super) fn has_other_term_for(&self, iri: &str, name: &str) -> bool {
        self.known()
            .get(iri)
            .is_some_and(|names| names.iter().all(|known| **known != *name))
    }

    fn known(&self) -> &HashMap<Arc<str>, Vec<Arc<str>>> {
        self.known.get_or_init(|| compile::all_iris(self))
    }

    /// Whether the direction of a text becomes part of its datatype, as the libraries behind the suites of the W3C have
    /// it. In a badge none may stand: a verifier that knows nothing of such datatypes would not find it signed.
    pub(super) fn keeps_directions(&self) -> bool {
        self.inline == Inline::Bounded
    }

    pub(super) fn inline(&self) -> Inline {
        self.inline
    }

    pub(super) fn documents(&self) -> std::ops::Range<u32> {
        0..self.documents.len() as u32
    }
}

/// One document's view of the memo: what was there when it began, and what it added.
pub(super) struct Compiled<'a> {
    contexts: &'a Contexts,
    shared: Arc<Memo>,
    added: Memo,
    left: usize,
    /// How much may still be written into the document as contexts, in bytes.
    inline_left: usize,
    is_shared: bool,
}

impl<'a> Compiled<'a> {
    pub(super) fn new(contexts: &'a Contexts, limits: &LdLimits) -> Compiled<'a> {
        let shared = contexts.memo.read().unwrap_or_else(PoisonError::into_inner);
        Compiled {
            contexts,
            shared: Arc::clone(&shared),
            added: Memo::default(),
            left: limits.compilations,
            inline_left: inline::MOST_BYTES,
            is_shared: true,
        }
    }

    /// The context one step after `parent`.
    pub(super) fn after(
        &mut self,
        parent: &Arc<Context>,
        step: Step<'_>,
        mode: Mode,
    ) -> Result<Arc<Context>, LdError> {
        let key = Key {
            parent: parent.id,
            step: match step {
                Step::Nothing => 0,
                Step::Document(document) => 1 + u64::from(document),
                Step::Scoped(scoped) => scoped.id,
                Step::Inline(context) => {
                    inline::check(context, &mut self.inline_left)?;
                    // What follows from a stranger's context is of no use to the next document.
                    self.is_shared = false;
                    self.contexts.next_id()
                }
            },
            mode,
        };
        if let Some(context) = self.shared.get(&key).or_else(|| self.added.get(&key)) {
            return Ok(Arc::clone(context));
        }
        self.left = self
            .left
            .checked_sub(1)
            .ok_or_else(|| LdError::complexity("combinations of contexts"))?;
        let context = Arc::new(compile::compile(self.contexts, parent, step, mode)?);
        self.added.insert(key, Arc::clone(&context));
        Ok(context)
    }

    /// Leaves what was compiled to later documents.
    ///
    /// The memo is bounded: strangers could permute contexts and types without end. A full memo
    /// starts anew instead of ceasing to learn, so that filling it with nonsense costs the next
    /// honest documents one compilation each and not all of them for ever.
    pub(super) fn share(self) {
        if self.added.is_empty() || !self.is_shared {
            return;
        }
        let mut memo = self
            .contexts
            .memo
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let mut merged = match memo.len() + self.added.len() {
            0..=MOST_COMPILED => (**memo).clone(),
            _ => Memo::default(),
        };
        for (key, context) in self.added {
            merged.entry(key).or_insert(context);
        }
        *memo = Arc::new(merged);
    }
}

fn parsed(document: &schemas::contexts::ContextDocument) -> (String, Value) {
    let value = serde_json::from_str(document.text)
        .expect("the embedded contexts are JSON, as a test sees");
    (document.url.to_owned(), value)
}

/// Compiled contexts kept at most, at about 10 kB each; ordinary traffic needs some fifty.
const MOST_COMPILED: usize = 512;

/// More than there are ever pinned documents.
const FIRST_ID: u64 = 1 << 32;
