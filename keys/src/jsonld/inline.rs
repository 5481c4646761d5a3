//! Contexts that are written into a document, as test suites of others do it.
//!
//! Who writes a context chooses what the words of the document mean. Two things stay out of his
//! reach: a second name for what a pinned context has a term for, so that nobody hides a
//! `credentialStatus` under a name that readers of the JSON do not look for; and protected terms,
//! which not even the context of a property may define anew here. A context cannot make us call an
//! address: what it names has to be pinned.

use serde_json::Value;

use super::LdError;
use super::context::{Definition, Meaning};
use super::contexts::Contexts;
use super::iri::Keyword;

/// Takes a context off what a document may still bring.
pub(super) fn check(context: &Value, left: &mut usize) -> Result<(), LdError> {
    if context.get("@base").is_some() {
        return Err(LdError::context("with @base"));
    }
    let size = size(context, MOST_DEPTH)?;
    *left = left
        .checked_sub(size)
        .ok_or_else(|| LdError::complexity("size of the contexts in the document"))?;
    Ok(())
}

/// Whether a term of such a context leaves the pinned ones their words.
pub(super) fn check_term(
    contexts: &Contexts,
    term: &str,
    definition: &Definition,
) -> Result<(), LdError> {
    let is_second_name = match &definition.meaning {
        Meaning::Nothing | Meaning::BlankNode => false,
        Meaning::Keyword(Keyword::Id) => !matches!(term, "id"),
        Meaning::Keyword(Keyword::Type) => !matches!(term, "type" | "@type"),
        Meaning::Keyword(_) => true,
        Meaning::Iri(_) => definition
            .meaning
            .iri()
            .is_some_and(|iri| contexts.has_other_term_for(iri, term)),
    };
    match is_second_name {
        true => Err(LdError::alias(term)),
        false => Ok(()),
    }
}

/// About how many bytes a context has, each member counted with what it costs to define.
fn size(value: &Value, depth: usize) -> Result<usize, LdError> {
    let Some(depth) = depth.checked_sub(1) else {
        return Err(LdError::complexity("depth of a context in the document"));
    };
    let mut total = COST_OF_A_VALUE;
    match value {
        Value::String(text) => total += text.len(),
        Value::Array(items) => {
            for item in items {
                total += size(item, depth)?;
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                total += name.len() + size(member, depth)?;
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
    Ok(total)
}

/// What the contexts in one document may come to; those of the W3C's suites have less than 2 kB.
pub(super) const MOST_BYTES: usize = 64 << 10;

/// How deep such a context may go: terms with contexts of their own, three times over.
const MOST_DEPTH: usize = 12;

const COST_OF_A_VALUE: usize = 32;
