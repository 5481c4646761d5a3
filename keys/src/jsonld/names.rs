//! What names in a document stand for: identifiers, types, properties, and the keywords among them
//! (JSON-LD 1.1 Processing Algorithms, section 5.2).

use serde_json::{Map, Value};

use super::LdError;
use super::context::{Context, Meaning};
use super::expand::Expander;
use super::iri::{self, Keyword};
use crate::dataset::Term;

impl Expander<'_> {
    /// The identifier of a node, or a reference to one (section 5.2, document-relative).
    pub(super) fn reference(&mut self, context: &Context, value: &str) -> Result<Term, LdError> {
        if let Some((prefix, suffix)) = iri::split_compact(value) {
            if prefix == "_" {
                // Canonicalisation gives blank nodes new names: this one would not be signed.
                return Err(LdError::data_loss("the name of a blank node"));
            }
            let is_compact = !suffix.starts_with("//")
                && context.term(prefix).is_some_and(|term| term.is_prefix);
            if is_compact {
                return Err(LdError::alias(value));
            }
        }
        self.absolute(value)
    }

    /// A type, or the value of a property that takes words (section 5.2, vocabulary-relative).
    pub(super) fn vocabulary_term(
        &mut self,
        context: &Context,
        value: &str,
    ) -> Result<Term, LdError> {
        match context.term(value).map(|term| &term.meaning) {
            Some(Meaning::Iri(iri)) => Ok(self.dataset.written(iri)),
            Some(_) => Err(LdError::relative(value)),
            None => self.spelled_out(context, value, LdError::relative),
        }
    }

    /// A property or a type that is no term of the context: an IRI, a compact one, or a word of
    /// the vocabulary; and `lost` is what it is otherwise.
    pub(super) fn spelled_out(
        &mut self,
        context: &Context,
        name: &str,
        lost: impl Fn(&str) -> LdError,
    ) -> Result<Term, LdError> {
        if iri::has_keyword_form(name) {
            return Err(LdError::keyword(name));
        }
        let prefixed = iri::split_compact(name).and_then(|(prefix, suffix)| {
            let term = context.term(prefix).filter(|term| term.is_prefix)?;
            let prefix = term.meaning.iri()?;
            (!suffix.starts_with("//")).then(|| format!("{prefix}{suffix}"))
        });
        let expanded = match (prefixed, &context.vocabulary) {
            (Some(iri), _) => iri,
            (None, _) if iri::is_absolute(name) => name.to_owned(),
            (None, Some(vocabulary)) => format!("{vocabulary}{name}"),
            (None, None) => return Err(lost(name)),
        };
        if self.contexts.has_term_for(&expanded) {
            return Err(LdError::alias(name));
        }
        if !iri::is_absolute(&expanded) {
            return Err(lost(name));
        }
        self.absolute(&expanded)
    }

    fn absolute(&mut self, value: &str) -> Result<Term, LdError> {
        if !iri::is_absolute(value) {
            return Err(LdError::relative(value));
        }
        self.dataset
            .iri(value)
            .ok_or_else(|| LdError::relative(value))
    }
}

/// A member's name and its value.
pub(super) type Member<'v> = (&'v str, &'v Value);

/// The only member that is or stands for this keyword. A keyword written out where the context has
/// an alias for it is refused: readers of the JSON look for the alias.
pub(super) fn only_member<'v>(
    context: &Context,
    members: &'v Map<String, Value>,
    keyword: Keyword,
) -> Result<Option<Member<'v>>, LdError> {
    let mut found = None;
    for (name, value) in members {
        if context.keyword(name) != Some(keyword) {
            continue;
        }
        if found.is_some() || (name.starts_with('@') && context.has_alias(keyword)) {
            return Err(LdError::alias(name).in_member(name));
        }
        found = Some((name.as_str(), value));
    }
    Ok(found)
}
