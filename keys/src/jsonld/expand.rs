//! Expansion and conversion to RDF in one pass over the document (JSON-LD 1.1 Processing
//! Algorithms, sections 5.1, 7.1 and 8.1).
//!
//! Every object is read once, in the order: which context holds here, what is its identifier, then
//! member by member, each value written as a statement at once.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::context::{Coercion, Context, Definition, Meaning};
use super::contexts::{Compiled, Contexts};
use super::graft::{self, Occurrences};
use super::iri::Keyword;
use super::names::{Member, only_member};
use super::{LdError, LdLimits, Location, Origin};
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
    pub(super) compiled: Compiled<'a>,
    occurrences: Occurrences,
    origins: Vec<Origin>,
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
            origins: Vec::new(),
            rdf_type: dataset.written(RDF_TYPE),
            dataset,
            depth: 0,
        }
    }

    /// Reads the whole document.
    pub(super) fn document(mut self, document: &Value) -> Result<(Dataset, Vec<Origin>), LdError> {
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
        Ok((self.dataset, self.origins))
    }

    /// An object that is a node, and the term that names it.
    fn node(
        &mut self,
        active: &Arc<Context>,
        definition: Option<&Definition>,
        members: &Map<String, Value>,
        parent: Parent,
    ) -> Result<Term, LdError> {
        self.descend()?;
        let untyped = self.enter(active, definition, members)?;
        let (context, type_member) = self.apply_types(&untyped, members)?;

        let (subject, is_named) = match only_member(&context, members, Keyword::Id)? {
            None => {
                let origin = Origin::Node(Location::of_object(members));
                (self.blank_node(origin), false)
            }
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

        for (name, value) in members {
            self.member(&context, name, value, place, type_member)
                .map_err(|error| error.in_member(name))?;
        }
        self.ascend();
        Ok(subject)
    }

    /// Goes one object or list deeper; the way back is `ascend`, unless an error ends it all.
    pub(super) fn descend(&mut self) -> Result<(), LdError> {
        if self.depth >= self.limits.depth {
            return Err(LdError::complexity("depth of objects and lists"));
        }
        self.depth += 1;
        Ok(())
    }

    pub(super) fn ascend(&mut self) {
        self.depth -= 1;
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
        let graph = self.blank_node(Origin::Graph(Location::of_object(members)));
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

    /// A new blank node.
    pub(super) fn blank_node(&mut self, origin: Origin) -> Term {
        self.origins.push(origin);
        self.dataset.new_blank_node()
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

const RDF_TYPE: &str = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>";
