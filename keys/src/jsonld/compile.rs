//! Context processing (JSON-LD 1.1 Processing Algorithms, section 4): from the JSON of a pinned
//! context to a [`Context`].

mod definition;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde_json::{Map, Value};

use super::LdError;
use super::context::{Context, Meaning, Origin};
use super::contexts::{Contexts, Step};
use super::iri::{self, Keyword};

/// How a context takes the place of the one before it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Mode {
    /// Named by a document: holds for everything below, cannot override protected terms.
    Named,
    /// Brought by a property: holds for everything below, may override protected terms.
    Property,
    /// Brought by a type: holds for this object only, cannot override protected terms.
    Type,
}

/// Compiles the context one step after `parent`.
pub(super) fn compile(
    contexts: &Contexts,
    parent: &Arc<Context>,
    step: Step<'_>,
    mode: Mode,
) -> Result<Context, LdError> {
    let origin = match step {
        Step::Inline(_) => Origin::Inline,
        Step::Scoped(scoped) => scoped.origin,
        Step::Nothing | Step::Document(_) => Origin::Pinned,
    };
    let mut compiler = Compiler {
        contexts,
        open: Vec::new(),
        origin,
    };
    let options = Options {
        may_override: mode == Mode::Property && origin == Origin::Pinned,
        propagates: mode != Mode::Type,
    };
    let mut context = match step {
        Step::Nothing => compiler.process(parent, &Value::Null, options)?,
        Step::Document(document) => compiler.remote(parent, document)?,
        Step::Scoped(scoped) => compiler.process(parent, &scoped.context, options)?,
        Step::Inline(local) => compiler.process(parent, local, options)?,
    };
    context.id = contexts.next_id();
    context.collect_aliases();
    Ok(context)
}

/// The IRIs of every term of every pinned context, those that terms bring along included, with the
/// names of the terms.
pub(super) fn all_iris(contexts: &Contexts) -> HashMap<Arc<str>, Vec<Arc<str>>> {
    let mut iris = HashMap::new();
    for document in contexts.documents() {
        // A faulty document is reported when something names it.
        if let Ok(context) = compile(
            contexts,
            contexts.empty(),
            Step::Document(document),
            Mode::Named,
        ) {
            collect_iris(contexts, &Arc::new(context), &mut HashSet::new(), &mut iris);
        }
    }
    iris
}

fn collect_iris(
    contexts: &Contexts,
    context: &Arc<Context>,
    entered: &mut HashSet<u64>,
    iris: &mut HashMap<Arc<str>, Vec<Arc<str>>>,
) {
    for (name, definition) in &context.terms {
        if let Some(iri) = definition.meaning.iri() {
            let names = iris.entry(Arc::from(iri)).or_default();
            if !names.contains(name) {
                names.push(Arc::clone(name));
            }
        }
        // A scoped context inherits all terms, so the same one is met again inside of it. One that
        // defines terms with contexts of their own is new each time, hence the limit.
        if let Some(scoped) = &definition.scoped
            && entered.len() < MOST_SCOPED
            && entered.insert(scoped.id)
            && let Ok(inner) = compile(contexts, context, Step::Scoped(scoped), Mode::Property)
        {
            collect_iris(contexts, &Arc::new(inner), entered, iris);
        }
    }
}

pub(super) struct Compiler<'a> {
    contexts: &'a Contexts,
    /// The pinned documents that are being read, outermost first.
    open: Vec<u32>,
    origin: Origin,
}

#[derive(Clone, Copy)]
struct Options {
    may_override: bool,
    propagates: bool,
}

impl Compiler<'_> {
    /// A pinned document, as a document or another context names it (section 4.1.2, step 5.2).
    fn remote(&mut self, active: &Arc<Context>, document: u32) -> Result<Context, LdError> {
        if self.open.len() >= MOST_DEPTH || self.open.contains(&document) {
            return Err(LdError::context("that includes itself"));
        }
        let contexts = self.contexts;
        let origin = std::mem::replace(&mut self.origin, Origin::Pinned);
        self.open.push(document);
        let context = self.process(
            active,
            contexts.local_context(document)?,
            Options {
                may_override: false,
                propagates: true,
            },
        );
        self.open.pop();
        self.origin = origin;
        context
    }

    /// The context processing algorithm (section 4.1.2).
    fn process(
        &mut self,
        active: &Arc<Context>,
        local: &Value,
        options: Options,
    ) -> Result<Context, LdError> {
        let propagates = match local.get("@propagate") {
            None => options.propagates,
            Some(Value::Bool(propagates)) => *propagates,
            Some(_) => return Err(LdError::context("whose @propagate is not a boolean")),
        };
        let mut result = Context::clone(active);
        if !propagates && result.previous.is_none() {
            result.previous = Some(Arc::clone(active));
        }
        let entries = match local {
            Value::Array(entries) => entries.as_slice(),
            entry => std::slice::from_ref(entry),
        };
        for entry in entries {
            match entry {
                Value::Null => {
                    if !options.may_override && active.terms.values().any(|term| term.protected) {
                        return Err(protected("all, by null"));
                    }
                    let mut empty = Context::empty(0);
                    if !propagates {
                        empty.previous = Some(Arc::new(result));
                    }
                    result = empty;
                }
                Value::String(url) => {
                    let document = self
                        .contexts
                        .find(url)
                        .ok_or_else(|| LdError::context(url))?;
                    result = self.remote(&Arc::new(result), document)?;
                }
                Value::Object(members) => {
                    self.read_members(&mut result, members, options.may_override)?;
                }
                _ => return Err(LdError::context("that is no object, address or null")),
            }
        }
        Ok(result)
    }

    /// One context object (section 4.1.2, steps 5.5 to 5.13): its settings, then its terms.
    fn read_members(
        &mut self,
        result: &mut Context,
        members: &Map<String, Value>,
        may_override: bool,
    ) -> Result<(), LdError> {
        self.read_settings(result, members)?;
        let protected = match members.get("@protected") {
            None => false,
            Some(Value::Bool(protected)) => *protected,
            Some(_) => return Err(LdError::context("whose @protected is not a boolean")),
        };
        let no_members = Map::new();
        let mut local = Local {
            members,
            no_members: &no_members,
            defined: HashMap::new(),
            protected,
            may_override,
        };
        for term in members.keys() {
            let is_setting = matches!(
                Keyword::parse(term),
                Some(
                    Keyword::Base
                        | Keyword::Direction
                        | Keyword::Import
                        | Keyword::Language
                        | Keyword::Propagate
                        | Keyword::Protected
                        | Keyword::Version
                        | Keyword::Vocab
                )
            );
            if !is_setting {
                self.define(result, &mut local, term)?;
            }
        }
        Ok(())
    }

    /// What a context object says about names and texts in general (steps 5.5 to 5.10).
    fn read_settings(
        &mut self,
        result: &mut Context,
        members: &Map<String, Value>,
    ) -> Result<(), LdError> {
        if let Some(version) = members.get("@version")
            && version.as_f64() != Some(1.1)
        {
            return Err(LdError::context("with another @version than 1.1"));
        }
        if members.contains_key("@import") {
            return Err(LdError::context("with @import"));
        }
        // `@base` counts only in the document itself (step 5.7), which holds no context objects.
        match members.get("@vocab") {
            None => {}
            Some(Value::Null) => result.vocabulary = None,
            Some(Value::String(vocabulary)) => {
                let expanded = self.expand(result, vocabulary, None)?;
                let Expanded::Iri(iri) = expanded else {
                    return Err(LdError::context("whose @vocab is not an absolute IRI"));
                };
                result.vocabulary = Some(Arc::from(iri));
            }
            Some(_) => return Err(LdError::context("whose @vocab is not a string")),
        }
        match members.get("@language") {
            None => {}
            Some(Value::Null) => result.language = None,
            Some(Value::String(language)) => {
                result.language = Some(Arc::from(language.to_ascii_lowercase()));
            }
            Some(_) => return Err(LdError::context("whose @language is not a string")),
        }
        match members.get("@direction") {
            None => {}
            Some(Value::Null) => result.has_direction = false,
            Some(Value::String(direction)) if is_direction(direction) => {
                result.has_direction = true;
            }
            Some(_) => return Err(LdError::context("whose @direction is not ltr or rtl")),
        }
        Ok(())
    }

    /// IRI expansion within a context (section 5.2), vocabulary-relative.
    fn expand<'l>(
        &mut self,
        result: &mut Context,
        value: &'l str,
        mut local: Option<&mut Local<'l>>,
    ) -> Result<Expanded, LdError> {
        if let Some(keyword) = Keyword::parse(value) {
            return Ok(Expanded::Keyword(keyword));
        }
        if iri::has_keyword_form(value) {
            return Ok(Expanded::Nothing);
        }
        if let Some(local) = local.as_deref_mut()
            && let Some((name, _)) = local.members.get_key_value(value)
        {
            self.define(result, local, name)?;
        }
        if let Some(definition) = result.term(value) {
            return Ok(match &definition.meaning {
                Meaning::Nothing => Expanded::Nothing,
                Meaning::Keyword(keyword) => Expanded::Keyword(*keyword),
                Meaning::Iri(_) => Expanded::Iri(definition.meaning.iri().unwrap_or("").to_owned()),
                Meaning::BlankNode => Expanded::BlankNode,
            });
        }
        if let Some((prefix, suffix)) = iri::split_compact(value) {
            if prefix == "_" {
                return Ok(Expanded::BlankNode);
            }
            if suffix.starts_with("//") {
                return Ok(absolute_or_relative(value.to_owned()));
            }
            if let Some(local) = local
                && let Some((name, _)) = local.members.get_key_value(prefix)
            {
                self.define(result, local, name)?;
            }
            if let Some(definition) = result.term(prefix)
                && definition.is_prefix
                && let Some(iri) = definition.meaning.iri()
            {
                return Ok(absolute_or_relative(format!("{iri}{suffix}")));
            }
            if iri::is_absolute(value) {
                return Ok(Expanded::Iri(value.to_owned()));
            }
        }
        match &result.vocabulary {
            Some(vocabulary) => Ok(absolute_or_relative(format!("{vocabulary}{value}"))),
            None => Ok(Expanded::Relative),
        }
    }
}

/// A context object while its terms are being defined.
struct Local<'l> {
    members: &'l Map<String, Value>,
    /// What a term that is a mere string or null has beside it.
    no_members: &'l Map<String, Value>,
    /// `false` while a definition is being made, `true` afterwards.
    defined: HashMap<&'l str, bool>,
    protected: bool,
    may_override: bool,
}

/// What a name in a context expands to.
enum Expanded {
    Nothing,
    Keyword(Keyword),
    Iri(String),
    BlankNode,
    Relative,
}

fn absolute_or_relative(iri: String) -> Expanded {
    if iri::is_absolute(&iri) {
        Expanded::Iri(iri)
    } else {
        Expanded::Relative
    }
}

fn is_direction(direction: &str) -> bool {
    matches!(direction, "ltr" | "rtl")
}

fn protected(term: &str) -> LdError {
    super::LdCause::ProtectedTerm {
        term: term.to_owned(),
    }
    .into()
}

/// How deep pinned contexts may include one another.
const MOST_DEPTH: usize = 8;

/// Scoped contexts looked into for each pinned document; the largest has two dozen.
const MOST_SCOPED: usize = 500;
