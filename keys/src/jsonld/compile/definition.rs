//! Create term definition (JSON-LD 1.1 Processing Algorithms, section 4.2.2).

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Compiler, Expanded, Local, is_direction, protected};
use crate::jsonld::LdError;
use crate::jsonld::context::{Coercion, Container, Context, Definition, Meaning, Origin, Scoped};
use crate::jsonld::inline;
use crate::jsonld::iri::{self, Keyword};

impl Compiler<'_> {
    /// Defines one term of a context object, and first those that it is made of.
    pub(super) fn define<'l>(
        &mut self,
        result: &mut Context,
        local: &mut Local<'l>,
        term: &'l str,
    ) -> Result<(), LdError> {
        match local.defined.get(term) {
            Some(true) => return Ok(()),
            Some(false) => return Err(faulty(term, "is defined by itself")),
            None => {}
        }
        if term.is_empty() {
            return Err(faulty(term, "is empty"));
        }
        local.defined.insert(term, false);
        let value = &local.members[term];
        if Keyword::parse(term).is_some() && !(term == "@type" && is_type_definition(value)) {
            return Err(faulty(term, "is a keyword"));
        }
        if Keyword::parse(term).is_none() && iri::has_keyword_form(term) {
            // Reserved for later versions, therefore left out (step 5); a document that uses the
            // name is refused.
            return Ok(());
        }
        let previous = result.terms.remove(term);
        let Some(mut definition) = self.read(result, local, term, value)? else {
            return Ok(());
        };
        if let Some(previous) = previous
            && previous.protected
            && !local.may_override
        {
            if !definition.says_the_same_as(&previous) {
                return Err(protected(term));
            }
            definition = Definition::clone(&previous);
        }
        if self.origin == Origin::Inline {
            inline::check_term(self.contexts, term, &definition)?;
        }
        result.terms.insert(Arc::from(term), Arc::new(definition));
        local.defined.insert(term, true);
        Ok(())
    }

    /// What the value of a term says, or `None` if it is to be left out.
    fn read<'l>(
        &mut self,
        result: &mut Context,
        local: &mut Local<'l>,
        term: &'l str,
        value: &'l Value,
    ) -> Result<Option<Definition>, LdError> {
        let (members, id, is_simple) = match value {
            Value::Null => (local.no_members, Some(value), false),
            Value::String(_) => (local.no_members, Some(value), true),
            Value::Object(members) => (members, members.get("@id"), false),
            _ => return Err(faulty(term, "is no object, string or null")),
        };
        let mut definition = Definition {
            meaning: Meaning::Nothing,
            is_prefix: false,
            protected: boolean(members, term, "@protected")?.unwrap_or(local.protected),
            reverse: false,
            coercion: self.coercion(result, local, term, members)?,
            container: container(members.get("@container"))
                .ok_or_else(|| faulty(term, "has an unknown @container"))?,
            language: None,
            direction: None,
            index: string(members, term, "@index")?,
            nest: string(members, term, "@nest")?,
            scoped: None,
        };
        let meaning = match (members.get("@reverse"), id) {
            (Some(Value::String(property)), None) => {
                definition.reverse = true;
                self.expand(result, property, Some(local))?
            }
            (Some(_), _) => return Err(faulty(term, "has a faulty @reverse")),
            (None, Some(Value::Null)) => Expanded::Nothing,
            (None, Some(Value::String(id))) if id != term => {
                match self.identified(result, local, term, id)? {
                    Some(expanded) => expanded,
                    None => return Ok(None),
                }
            }
            (None, Some(Value::String(_)) | None) => self.implied(result, local, term)?,
            (None, Some(_)) => return Err(faulty(term, "has an @id that is no string")),
        };
        definition.meaning = match meaning {
            Expanded::Nothing => Meaning::Nothing,
            Expanded::Keyword(keyword) => Meaning::Keyword(keyword),
            Expanded::Iri(iri) => {
                // Step 14.2.5: a simple term that ends as a namespace does is a prefix.
                definition.is_prefix = is_simple
                    && !term.contains([':', '/'])
                    && iri.ends_with([':', '/', '?', '#', '[', ']', '@']);
                Meaning::Iri(Arc::from(format!("<{iri}>")))
            }
            Expanded::BlankNode => Meaning::BlankNode,
            Expanded::Relative => return Err(faulty(term, "does not stand for an absolute IRI")),
        };
        self.read_rest(&mut definition, term, members)?;
        Ok(Some(definition))
    }

    /// The members that do not depend on other terms (steps 19 to 26).
    fn read_rest(
        &mut self,
        definition: &mut Definition,
        term: &str,
        members: &Map<String, Value>,
    ) -> Result<(), LdError> {
        // Step 21: what an index becomes is said of indexes alone.
        if definition.index.is_some() && !definition.container.index {
            return Err(faulty(term, "has an @index without the container for it"));
        }
        if definition.container.r#type && definition.coercion == Coercion::Unset {
            definition.coercion = Coercion::Id;
        }
        if let Some(context) = members.get("@context") {
            // Scoped contexts are pinned like the rest; a fault in one is found on first use.
            definition.scoped = Some(Scoped {
                id: self.contexts.next_id(),
                origin: self.origin,
                context: Arc::new(context.clone()),
            });
        }
        if !members.contains_key("@type") {
            definition.language = nullable_string(members, term, "@language")?
                .map(|language| language.map(|tag| Arc::from(tag.to_ascii_lowercase())));
            definition.direction = nullable_string(members, term, "@direction")?
                .map(|direction| direction.map(Arc::from));
            if let Some(Some(direction)) = &definition.direction
                && !is_direction(direction)
            {
                return Err(faulty(term, "has an unknown @direction"));
            }
        }
        if let Some(is_prefix) = boolean(members, term, "@prefix")? {
            if term.contains([':', '/']) || matches!(definition.meaning, Meaning::Keyword(_)) {
                return Err(faulty(term, "cannot be a prefix"));
            }
            definition.is_prefix = is_prefix;
        }
        let is_known = |member: &String| {
            matches!(
                Keyword::parse(member),
                Some(
                    Keyword::Id
                        | Keyword::Reverse
                        | Keyword::Container
                        | Keyword::Context
                        | Keyword::Direction
                        | Keyword::Index
                        | Keyword::Language
                        | Keyword::Nest
                        | Keyword::Prefix
                        | Keyword::Protected
                        | Keyword::Type
                )
            )
        };
        if !members.keys().all(is_known) {
            return Err(faulty(term, "has an unknown member"));
        }
        Ok(())
    }

    /// The type mapping (step 12).
    fn coercion<'l>(
        &mut self,
        result: &mut Context,
        local: &mut Local<'l>,
        term: &str,
        members: &'l Map<String, Value>,
    ) -> Result<Coercion, LdError> {
        let datatype = match members.get("@type") {
            None => return Ok(Coercion::Unset),
            Some(Value::String(datatype)) => datatype,
            Some(_) => return Err(faulty(term, "has a @type that is no string")),
        };
        match self.expand(result, datatype, Some(local))? {
            Expanded::Keyword(Keyword::Id) => Ok(Coercion::Id),
            Expanded::Keyword(Keyword::Vocab) => Ok(Coercion::Vocab),
            Expanded::Keyword(Keyword::Json) => Ok(Coercion::Json),
            Expanded::Keyword(Keyword::None) => Ok(Coercion::None),
            Expanded::Iri(iri) => Ok(Coercion::Datatype(Arc::from(iri))),
            _ => Err(faulty(term, "has a @type that is no absolute IRI")),
        }
    }

    /// The meaning of a term whose `@id` is something else than itself (step 14.2).
    fn identified<'l>(
        &mut self,
        result: &mut Context,
        local: &mut Local<'l>,
        term: &'l str,
        id: &'l str,
    ) -> Result<Option<Expanded>, LdError> {
        if Keyword::parse(id).is_none() && iri::has_keyword_form(id) {
            return Ok(None);
        }
        let expanded = self.expand(result, id, Some(local))?;
        if let Expanded::Keyword(Keyword::Context) = expanded {
            return Err(faulty(term, "stands for @context"));
        }
        let looks_like_iri = term.contains('/')
            || term
                .find(':')
                .is_some_and(|place| place > 0 && place < term.len() - 1);
        if looks_like_iri {
            // Step 14.2.4: a name that is an IRI itself must mean that IRI.
            local.defined.insert(term, true);
            let own = self.expand(result, term, Some(local))?;
            let same = match (&expanded, &own) {
                (Expanded::Iri(this), Expanded::Iri(that)) => this == that,
                _ => false,
            };
            if !same {
                return Err(faulty(term, "is an IRI that it does not stand for"));
            }
        }
        Ok(Some(expanded))
    }

    /// The meaning of a term that has no `@id` of its own (steps 15 to 18).
    fn implied<'l>(
        &mut self,
        result: &mut Context,
        local: &mut Local<'l>,
        term: &'l str,
    ) -> Result<Expanded, LdError> {
        if term == "@type" {
            return Ok(Expanded::Keyword(Keyword::Type));
        }
        // The term itself was taken out of `result` and counts as defined here, so that only its
        // prefix or the vocabulary can give it a meaning.
        local.defined.insert(term, true);
        self.expand(result, term, Some(local))
    }
}

fn is_type_definition(value: &Value) -> bool {
    value.as_object().is_some_and(|members| {
        !members.is_empty()
            && members.iter().all(|(name, value)| match name.as_str() {
                "@container" => value == "@set",
                "@protected" => value.is_boolean(),
                _ => false,
            })
    })
}

/// The container mapping (step 19), `None` if it is not one.
fn container(value: Option<&Value>) -> Option<Container> {
    let mut container = Container::default();
    let names = match value {
        None => return Some(container),
        Some(Value::Array(names)) => names.as_slice(),
        Some(name) => std::slice::from_ref(name),
    };
    for name in names {
        match name.as_str()? {
            "@set" => container.set = true,
            "@list" => container.list = true,
            "@language" => container.language = true,
            "@graph" => container.graph = true,
            "@index" => container.index = true,
            "@id" => container.id = true,
            "@type" => container.r#type = true,
            _ => return None,
        }
    }
    let kinds = [
        container.list,
        container.language,
        container.index,
        container.id,
        container.r#type,
    ];
    let many = kinds.into_iter().filter(|kind| *kind).count();
    let list_alone = !container.list || names.len() == 1;
    let graph_fits = !container.graph || !(container.language || container.r#type);
    (many <= 1 && list_alone && graph_fits && !names.is_empty()).then_some(container)
}

fn boolean(members: &Map<String, Value>, term: &str, name: &str) -> Result<Option<bool>, LdError> {
    match members.get(name) {
        None => Ok(None),
        Some(Value::Bool(value)) => Ok(Some(*value)),
        Some(_) => Err(faulty(term, "has a flag that is no boolean")),
    }
}

fn string(
    members: &Map<String, Value>,
    term: &str,
    name: &str,
) -> Result<Option<Arc<str>>, LdError> {
    match members.get(name) {
        None => Ok(None),
        Some(Value::String(value)) => Ok(Some(Arc::from(value.as_str()))),
        Some(_) => Err(faulty(term, "has a member that is no string")),
    }
}

fn nullable_string<'m>(
    members: &'m Map<String, Value>,
    term: &str,
    name: &str,
) -> Result<Option<Option<&'m str>>, LdError> {
    match members.get(name) {
        None => Ok(None),
        Some(Value::Null) => Ok(Some(None)),
        Some(Value::String(value)) => Ok(Some(Some(value))),
        Some(_) => Err(faulty(term, "has a member that is no string")),
    }
}

/// A fault in a pinned context.
fn faulty(term: &str, why: &str) -> LdError {
    LdError::context(&format!("whose term {term:?} {why}"))
}
