//! Which context holds inside an object (JSON-LD 1.1 Processing Algorithms, section 5.1.2, steps 3
//! to 11).

use std::sync::Arc;

use serde_json::{Map, Value};

use super::LdError;
use super::compile::Mode;
use super::context::{Context, Definition, Scoped};
use super::contexts::{Inline, Step};
use super::expand::Expander;
use super::iri::Keyword;
use super::names::{Member, only_member};

impl Expander<'_> {
    /// The context inside an object, before its types are looked at (section 5.1.2, steps 3 to 9).
    pub(super) fn enter(
        &mut self,
        active: &Arc<Context>,
        definition: Option<&Definition>,
        members: &Map<String, Value>,
    ) -> Result<Arc<Context>, LdError> {
        let mut context = Arc::clone(active);
        if let Some(previous) = &active.previous {
            let is_value = members
                .keys()
                .any(|name| active.keyword(name) == Some(Keyword::Value));
            let is_reference = members.len() == 1
                && members
                    .keys()
                    .all(|name| active.keyword(name) == Some(Keyword::Id));
            if !is_value && !is_reference {
                context = Arc::clone(previous);
            }
        }
        if let Some(scoped) = definition.and_then(|definition| definition.scoped.as_ref()) {
            context = self.after_scoped(&context, scoped)?;
        }
        match members.iter().find(|(name, _)| *name == "@context") {
            None => Ok(context),
            Some((name, local)) => self
                .named_contexts(context, local)
                .map_err(|error| error.in_member(name)),
        }
    }

    /// The context that a property brings with it.
    pub(super) fn after_scoped(
        &mut self,
        context: &Arc<Context>,
        scoped: &Scoped,
    ) -> Result<Arc<Context>, LdError> {
        self.compiled
            .after(context, Step::Scoped(scoped), Mode::Property)
    }

    /// The contexts that a document names: addresses of pinned ones, null, or where that is
    /// allowed, contexts of its own.
    fn named_contexts(
        &mut self,
        mut context: Arc<Context>,
        local: &Value,
    ) -> Result<Arc<Context>, LdError> {
        let entries = match local {
            Value::Array(entries) => entries.as_slice(),
            entry => std::slice::from_ref(entry),
        };
        if entries.len() > self.limits.contexts {
            return Err(LdError::complexity("number of contexts"));
        }
        for (index, entry) in entries.iter().enumerate() {
            let in_item = |error: LdError| match local.is_array() {
                true => error.in_item(index),
                false => error,
            };
            let step = match entry {
                Value::Null => Step::Nothing,
                Value::String(url) => match self.contexts.find(url) {
                    Some(document) => Step::Document(document),
                    None => return Err(in_item(LdError::context(url))),
                },
                Value::Object(_) if self.contexts.inline() == Inline::Bounded => {
                    Step::Inline(entry)
                }
                _ => return Err(in_item(LdError::context("written into the document"))),
            };
            context = self
                .compiled
                .after(&context, step, Mode::Named)
                .map_err(in_item)?;
        }
        Ok(context)
    }

    /// The contexts that an object's types bring with them (section 5.1.2, step 11), and the member
    /// that lists the types.
    pub(super) fn apply_types<'v>(
        &mut self,
        untyped: &Arc<Context>,
        members: &'v Map<String, Value>,
    ) -> Result<(Arc<Context>, Option<Member<'v>>), LdError> {
        let Some((name, value)) = only_member(untyped, members, Keyword::Type)? else {
            return Ok((Arc::clone(untyped), None));
        };
        let mut types: Vec<&str> = match value {
            Value::String(name) => vec![name],
            Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        types.sort_unstable();
        let mut context = Arc::clone(untyped);
        for name in types {
            if let Some(scoped) = untyped.term(name).and_then(|term| term.scoped.as_ref()) {
                context = self
                    .compiled
                    .after(&context, Step::Scoped(scoped), Mode::Type)?;
            }
        }
        Ok((context, Some((name, value))))
    }
}
