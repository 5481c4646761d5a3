//! JSON-LD 1.1 to RDF, for documents that are signed: one pass over the document, with contexts
//! that are pinned, compiled once and remembered, and in safe mode.
//!
//! A signature over statements protects only what becomes a statement. So this reads the whole of
//! JSON-LD that signed credentials use and refuses, with a code and a place, everything by which
//! two different documents could give the same statements:
//!
//! * a member that no context defines, or that leaves no statement (`ld.data_loss`);
//! * a context that is not pinned (`ld.context_not_allowed`; test suites of others may bring their
//!   own, `jsonld/inline.rs`) or that defines a protected term anew (`ld.protected_term`);
//! * an identifier that is not an absolute IRI (`ld.relative_iri`);
//! * `@graph`, `@included`, `@nest`, `@reverse`, `@index`, `@set`, `@list`, `@json` written into
//!   the document (`ld.keyword_not_allowed`), whose work contexts do with terms;
//! * a second spelling of what a term says: a keyword beside or instead of its alias, an IRI where
//!   a pinned context has a term for it, an identifier shortened by a prefix, an array in an array
//!   (`ld.ambiguous_alias`);
//! * statements about the credential or its subject made from elsewhere in the document
//!   (`jsonld/graft.rs`, `ld.keyword_not_allowed`);
//! * a form that JSON-LD itself forbids (`ld.syntax`), and too much of anything (`ld.complexity`).
//!
//! Left alone, because issuers write it and it says no more than its absence: an empty array of a
//! term that is defined.
//!
//! The base is null: nothing in a document is resolved against the place it came from.

mod allowance;
mod compile;
mod context;
mod contexts;
mod error;
mod expand;
mod graft;
mod inline;
mod iri;
mod literal;
mod names;
mod origin;
mod scope;

use serde_json::Value;

use crate::dataset::Dataset;

pub(crate) use origin::{Location, Origin};

pub use allowance::Allowance;
pub use contexts::Contexts;
pub use error::{LdCause, LdError};

/// Reads a document into statements (JSON-LD 1.1 Processing Algorithms, sections 5 and 8).
pub fn to_rdf(
    document: &Value,
    contexts: &Contexts,
    limits: &LdLimits,
) -> Result<Dataset, LdError> {
    let (dataset, _) = expand::Expander::new(contexts, limits).document(document)?;
    Ok(dataset)
}

/// Reads a document into statements, and for each blank node, by its number, what stands for it.
pub(crate) fn to_rdf_with_origins(
    document: &Value,
    contexts: &Contexts,
    limits: &LdLimits,
) -> Result<(Dataset, Vec<Origin>), LdError> {
    expand::Expander::new(contexts, limits).document(document)
}

/// How much one document may ask for.
#[derive(Clone, Debug)]
pub struct LdLimits {
    /// Entries of one `@context`.
    pub contexts: usize,
    /// Contexts that have to be compiled because no earlier document needed them: an attacker can
    /// combine types and context lists for ever, and each new combination costs some 20 µs.
    pub compilations: usize,
    /// Objects and lists within one another.
    pub depth: usize,
    /// Statements.
    pub statements: usize,
    /// Blank nodes.
    pub blank_nodes: usize,
    /// Bytes of N-Quads: one long identifier is written again by every statement about it.
    pub bytes: usize,
    /// Calls of the hash function during canonicalisation. With `hash_bytes` it holds the worst
    /// graphs found below a quarter of a second.
    pub hash_calls: u64,
    /// Bytes hashed or compared during canonicalisation.
    pub hash_bytes: u64,
    /// What is left of the work that this and other documents may cost together.
    pub together: Option<Allowance>,
}

impl Default for LdLimits {
    fn default() -> LdLimits {
        LdLimits {
            contexts: 8,
            compilations: 256,
            depth: 64,
            statements: 10_000,
            blank_nodes: 2_000,
            bytes: 8 << 20,
            hash_calls: 120_000,
            hash_bytes: 32 << 20,
            together: None,
        }
    }
}

impl LdLimits {
    /// Whether a dataset is small enough.
    pub(crate) fn check(&self, dataset: &Dataset) -> Result<(), LdError> {
        if dataset.statements() > self.statements {
            return Err(LdError::complexity("number of statements"));
        }
        if dataset.blank_nodes() > self.blank_nodes {
            return Err(LdError::complexity("number of blank nodes"));
        }
        if dataset.size() > self.bytes {
            return Err(LdError::complexity("length of the statements"));
        }
        Ok(())
    }

    /// Pays for work out of what several documents share, if they share anything.
    pub(crate) fn spend(&self, work: u64) -> Result<(), LdError> {
        match &self.together {
            Some(together) if !together.spend(work) => {
                Err(LdError::complexity("work on all documents together"))
            }
            _ => Ok(()),
        }
    }
}
