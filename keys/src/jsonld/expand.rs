//! Expansion and conversion to RDF in one pass over the document (JSON-LD 1.1 Processing
//! Algorithms, sections 5.1, 7.1 and 8.1).
//!
//! Every object is read once, in the order: which context holds here, what is its identifier, then
//! member by member, each value written as a statement at once.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::compile::Mode;
use super::context::{Coercion, Context, Definition, Meaning, Scoped};
use super::contexts::{Compiled, Contexts, Step};
use super::graft::{self, Occurrences};
use super::iri::{self, Keyword};
use super::{LdError, LdLimits};
use crate::dataset::{DEFAULT_GRAPH, Dataset, Quad, Term};

/// Where a value goes: it becomes the object of this statement.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) graph: Term,
    pub(super) subject: Term,
    pub(super) predicate: Term,
    /// The embedded credential that the statement is part of.
    pub(super) scope: u32,
    /// Which object of the document makes the statement.
    pub(super) occurrence: u32,
}

/// Reads one document.
pub(super) struct Expander<'a> {
    pub(super) contexts: &'a Contexts,
    pub(super) limits: &'a LdLimits,
    pub(super) dataset: Dataset,
    compiled: Compiled<'a>,
    occurrences: Occurrences,
    rdf_type: Term,
    depth: usize,
}

impl<'a> Expander<'a> {
    pub(super) fn new(contexts: &'a Contexts, limits: &'a LdLimits) -> Expander<'a> {
        let mut dataset = Dataset::new();
        Expander {
            contexts,
            limits,
            compiled: Compiled::new(contexts, limits),
            occurrences: Occurrences::default(),
            rdf_type: dataset.written(RDF_TYPE),
            dataset,
            depth: 0,
        }
    }

    /// Reads the whole document.
    pub(super) fn document(mut self, document: &Value) -> Result<Dataset, LdError> {
        let Value::Object(members) = document else {
            return Err(LdError::syntax("the document is one object"));
        };
        let empty = Arc::clone(self.contexts.empty());
        let root = Parent {
            graph: DEFAULT_GRAPH,
            scope: 0,
            role: graft::Role::Root,
        };
        self.node(&empty, None, members, root)?;
        if self.dataset.statements() == 0 {
            return Err(LdError::data_loss("a document without statements"));
        }
        self.occurrences.check(&self.dataset, self.rdf_type)?;
        self.compiled.share();
        Ok(self.dataset)
    }

    /// An object that is a node, and the term that names it.
    fn node(
        &mut self,
        active: &Arc<Context>,
        definition: Option<&Definition>,
        members: &Map<String, Value>,
        parent: Parent,
    ) -> Result<Term, LdError> {
        if self.depth >= self.limits.depth {
            return Err(LdError::complexity("depth of objects"));
        }
        let untyped = self.enter(active, definition, members)?;
        let (context, type_member) = self.apply_types(&untyped, members)?;

        let (subject, is_named) = match id_member(&context, members)? {
            None => (self.dataset.new_blank_node(), false),
            Some((name, Value::String(id))) => {
                let term = self
                    .reference(&context, id)
                    .map_err(|e| e.in_member(name))?;
                (term, true)
            }
            Some((name, _)) => {
                return Err(LdError::syntax("an identifier is a string").in_member(name));
            }
        };
        let types = match type_member {
            None => Vec::new(),
            Some((name, value)) => self
                .types(&untyped, value)
                .map_err(|error| error.in_member(name))?,
        };
        let mut place = Place {
            graph: parent.graph,
            subject,
            predicate: self.rdf_type,
            scope: parent.scope,
            occurrence: 0,
        };
        let is_credential = types
            .iter()
            .any(|term| self.dataset.text(*term) == graft::VERIFIABLE_CREDENTIAL);
        (place.scope, place.occurrence) = self.occurrences.open(
            subject,
            parent.graph,
            is_named,
            parent.scope,
            parent.role,
            is_credential,
        );
        for object in types {
            self.emit(place, object)?;
        }

        self.depth += 1;
        for (name, value) in members {
            self.member(&context, name, value, place, type_member)
                .map_err(|error| error.in_member(name))?;
        }
        self.depth -= 1;
        Ok(subject)
    }

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

    /// The contexts that a document names: addresses of pinned ones, or null.
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
                // Whoever may write a context into a document may redefine every word in it.
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
    fn apply_types<'v>(
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

    /// The types of an object, read with the context before they brought their own.
    fn types(&mut self, untyped: &Context, value: &Value) -> Result<Vec<Term>, LdError> {
        match value {
            Value::String(name) => Ok(vec![self.vocabulary_term(untyped, name)?]),
            Value::Array(names) => {
                let mut types = Vec::with_capacity(names.len());
                for (index, name) in names.iter().enumerate() {
                    let name = name
                        .as_str()
                        .ok_or_else(|| LdError::syntax("a type is a string").in_item(index))?;
                    let term = self
                        .vocabulary_term(untyped, name)
                        .map_err(|error| error.in_item(index))?;
                    types.push(term);
                }
                Ok(types)
            }
            _ => Err(LdError::syntax("a type is a string")),
        }
    }

    /// One member of a node (section 5.1.2, step 13).
    fn member(
        &mut self,
        context: &Arc<Context>,
        name: &str,
        value: &Value,
        mut place: Place,
        type_member: Option<Member<'_>>,
    ) -> Result<(), LdError> {
        let definition = context.term(name);
        let keyword = match definition.map(|definition| &definition.meaning) {
            Some(Meaning::Keyword(keyword)) => Some(*keyword),
            _ => Keyword::parse(name),
        };
        match keyword {
            Some(Keyword::Context | Keyword::Id) => return Ok(()),
            // A type-scoped context may give `@type` another alias, which the types were not read
            // by.
            Some(Keyword::Type) => match type_member {
                Some((read, _)) if read == name => return Ok(()),
                _ => return Err(LdError::alias(name)),
            },
            Some(_) => return Err(LdError::keyword(name)),
            None if name.starts_with('@') => return Err(LdError::keyword(name)),
            None => {}
        }
        match definition {
            Some(definition) => {
                let Meaning::Iri(predicate) = &definition.meaning else {
                    return Err(LdError::data_loss(name));
                };
                if definition.reverse || definition.nest.is_some() {
                    return Err(LdError::keyword(name));
                }
                place.predicate = self.dataset.written(predicate);
                let definition = Arc::clone(definition);
                self.property(context, Some(&definition), value, place)
            }
            None => {
                place.predicate = self.spelled_out(context, name, LdError::data_loss)?;
                self.property(context, None, value, place)
            }
        }
    }

    /// The value of a property, in the container that its term has (steps 13.5 to 13.13).
    fn property(
        &mut self,
        context: &Arc<Context>,
        definition: Option<&Definition>,
        value: &Value,
        place: Place,
    ) -> Result<(), LdError> {
        let Some(definition) = definition else {
            return self.values(context, None, value, place);
        };
        let container = definition.container;
        if definition.coercion == Coercion::Json {
            let literal = self.json_literal(value)?;
            return self.emit(place, literal);
        }
        if container.index || container.id || container.r#type {
            // The keys of these maps are lost or are second places for identifiers and types.
            return Err(LdError::keyword("a container of this kind"));
        }
        if container.list {
            let head = self.list(context, definition, value, place)?;
            return self.emit(place, head);
        }
        if container.language
            && let Value::Object(map) = value
        {
            return self.language_map(context, definition, map, place);
        }
        self.values(context, Some(definition), value, place)
    }

    /// One value or an array of them.
    fn values(
        &mut self,
        context: &Arc<Context>,
        definition: Option<&Definition>,
        value: &Value,
        place: Place,
    ) -> Result<(), LdError> {
        let Value::Array(items) = value else {
            let object = self.object(context, definition, value, place)?;
            return self.emit(place, object);
        };
        for (index, item) in items.iter().enumerate() {
            let object = self
                .object(context, definition, item, place)
                .map_err(|error| error.in_item(index))?;
            self.emit(place, object)?;
        }
        Ok(())
    }

    /// The term for a value that is no array.
    pub(super) fn object(
        &mut self,
        context: &Arc<Context>,
        definition: Option<&Definition>,
        value: &Value,
        place: Place,
    ) -> Result<Term, LdError> {
        let is_graph = definition.is_some_and(|definition| definition.container.graph);
        match value {
            Value::Null => Err(LdError::data_loss("null")),
            // Would be flattened: the statements of [[a]] are those of [a], the JSON is not.
            Value::Array(_) => Err(LdError::alias("an array in an array")),
            Value::Object(members) => {
                let is_value = members
                    .keys()
                    .any(|name| context.keyword(name) == Some(Keyword::Value));
                match (is_graph, is_value) {
                    (true, true) => Err(LdError::data_loss("a value in place of a graph")),
                    (true, false) => self.graph(context, definition, members, place),
                    (false, true) => self.value_object(context, definition, members),
                    (false, false) => {
                        let parent = Parent {
                            graph: place.graph,
                            scope: place.scope,
                            role: graft::Role::of(self.dataset.text(place.predicate)),
                        };
                        self.node(context, definition, members, parent)
                    }
                }
            }
            // A graph whose only node has no statements is empty: the name in it would be lost.
            _ if is_graph => Err(LdError::data_loss("a value in place of a graph")),
            scalar => self.scalar(context, definition, scalar),
        }
    }

    /// An object in a graph of its own, such as a proof (step 13.13).
    fn graph(
        &mut self,
        context: &Arc<Context>,
        definition: Option<&Definition>,
        members: &Map<String, Value>,
        place: Place,
    ) -> Result<Term, LdError> {
        let graph = self.dataset.new_blank_node();
        let before = self.dataset.statements();
        let parent = Parent {
            graph,
            scope: place.scope,
            role: graft::Role::Other,
        };
        self.node(context, definition, members, parent)?;
        if self.dataset.statements() == before {
            return Err(LdError::data_loss("an object without statements"));
        }
        Ok(graph)
    }

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
    fn spelled_out(
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

    pub(super) fn absolute(&mut self, value: &str) -> Result<Term, LdError> {
        if !iri::is_absolute(value) {
            return Err(LdError::relative(value));
        }
        self.dataset
            .iri(value)
            .ok_or_else(|| LdError::relative(value))
    }

    /// Writes a statement.
    pub(super) fn emit(&mut self, place: Place, object: Term) -> Result<(), LdError> {
        self.dataset.insert_quad(Quad {
            subject: place.subject,
            predicate: place.predicate,
            object,
            graph: place.graph,
        });
        self.occurrences.made(place.occurrence);
        self.limits.check(&self.dataset)
    }
}

/// What an object is part of.
#[derive(Clone, Copy)]
struct Parent {
    graph: Term,
    scope: u32,
    role: graft::Role,
}

/// A member's name and its value.
type Member<'v> = (&'v str, &'v Value);

/// The member with the identifier. As with types, only one may have it, under the alias.
fn id_member<'v>(
    context: &Context,
    members: &'v Map<String, Value>,
) -> Result<Option<Member<'v>>, LdError> {
    only_member(context, members, Keyword::Id)
}

/// The only member that is or stands for this keyword. A keyword written out where the context has
/// an alias for it is refused: readers of the JSON look for the alias.
fn only_member<'v>(
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

const RDF_TYPE: &str = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>";
