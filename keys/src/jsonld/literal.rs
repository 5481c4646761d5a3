//! Values that are no nodes: strings, numbers, value objects, lists and language maps
//! (JSON-LD 1.1 Processing Algorithms, sections 5.3, 8.4 and 8.5).

use std::sync::Arc;

use serde_json::{Map, Number, Value};

use super::context::{Coercion, Context, Definition};
use super::expand::{Expander, Place};
use super::iri::{self, Keyword};
use super::{LdError, Location, Origin};
use crate::dataset::{Term, XSD_STRING};
use crate::jcs;

impl Expander<'_> {
    /// A string, number or boolean (value expansion, section 5.3).
    pub(super) fn scalar(
        &mut self,
        active: &Arc<Context>,
        definition: Option<&Definition>,
        value: &Value,
    ) -> Result<Term, LdError> {
        let context = match definition.and_then(|definition| definition.scoped.as_ref()) {
            None => Arc::clone(active),
            Some(scoped) => self.after_scoped(active, scoped)?,
        };
        match (definition.map(|definition| &definition.coercion), value) {
            (Some(Coercion::Id), Value::String(reference)) => self.reference(&context, reference),
            (Some(Coercion::Vocab), Value::String(word)) => self.vocabulary_term(&context, word),
            (Some(Coercion::Datatype(datatype)), _) => self.typed(value, Some(datatype)),
            (None | Some(Coercion::Unset), Value::String(string)) => {
                let has_direction = match definition.and_then(|d| d.direction.as_ref()) {
                    Some(direction) => direction.is_some(),
                    None => context.has_direction,
                };
                if has_direction {
                    return Err(LdError::data_loss("the direction of a text"));
                }
                match definition.and_then(|definition| definition.language.as_ref()) {
                    Some(language) => self.string(string, language.as_deref()),
                    None => self.string(string, context.language.as_deref()),
                }
            }
            _ => self.typed(value, None),
        }
    }

    /// An object with `@value` (section 9.5 of JSON-LD 1.1).
    pub(super) fn value_object(
        &mut self,
        active: &Arc<Context>,
        definition: Option<&Definition>,
        members: &Map<String, Value>,
    ) -> Result<Term, LdError> {
        let context = self.enter(active, definition, members)?;
        let mut value = None;
        let mut language = None;
        let mut datatype = None;
        let mut direction = None;
        for (name, member) in members {
            let slot = match context.keyword(name) {
                Some(Keyword::Context) => continue,
                Some(Keyword::Value) => &mut value,
                Some(Keyword::Language) => &mut language,
                Some(Keyword::Type) => &mut datatype,
                Some(Keyword::Direction) if self.contexts.keeps_directions() => &mut direction,
                // Statements have no place for a direction (section 8.5, no `rdfDirection`).
                Some(Keyword::Direction) => {
                    return Err(LdError::data_loss("the direction of a text").in_member(name));
                }
                Some(_) => return Err(LdError::keyword(name).in_member(name)),
                None if name.starts_with('@') => {
                    return Err(LdError::keyword(name).in_member(name));
                }
                // An undefined name is passed over by other processors, a defined one refused.
                None if context.term(name).is_none() => {
                    return Err(LdError::data_loss(name).in_member(name));
                }
                None => {
                    return Err(
                        LdError::syntax("an object with @value has no properties").in_member(name)
                    );
                }
            };
            if slot.is_some() {
                return Err(LdError::alias(name).in_member(name));
            }
            *slot = Some(member);
        }
        if let Some(direction) = direction {
            let datatype = directed(direction, language, datatype)?;
            return match value {
                Some(text @ Value::String(_)) => self.typed(text, Some(&datatype)),
                _ => Err(LdError::syntax("only a string has a direction")),
            };
        }
        match (value, language, datatype) {
            (None | Some(Value::Null), _, _) => Err(LdError::data_loss("@value without a value")),
            (Some(Value::Array(_) | Value::Object(_)), _, _) => Err(LdError::keyword("@json")),
            (Some(value), None, None) => self.typed(value, None),
            (Some(value), None, Some(Value::String(name))) => {
                let datatype = self.datatype(&context, name)?;
                self.typed(value, Some(&datatype))
            }
            (Some(Value::String(string)), Some(Value::String(language)), None) => {
                self.string(string, Some(&language.to_ascii_lowercase()))
            }
            _ => Err(LdError::syntax(
                "@value stands with a string @language or a string @type, not with both",
            )),
        }
    }

    /// The datatype of a value object.
    fn datatype(&mut self, context: &Context, name: &str) -> Result<String, LdError> {
        if iri::has_keyword_form(name) {
            return Err(LdError::keyword(name));
        }
        let term = self.vocabulary_datatype(context, name);
        match term {
            Some(iri) if iri::is_absolute(&iri) => Ok(iri),
            _ => Err(LdError::relative(name)),
        }
    }

    fn vocabulary_datatype(&self, context: &Context, name: &str) -> Option<String> {
        if let Some(definition) = context.term(name) {
            return definition.meaning.iri().map(str::to_owned);
        }
        if let Some((prefix, suffix)) = iri::split_compact(name) {
            if let Some(term) = context.term(prefix)
                && term.is_prefix
                && !suffix.starts_with("//")
            {
                return Some(format!("{}{suffix}", term.meaning.iri()?));
            }
            return Some(name.to_owned());
        }
        let vocabulary = context.vocabulary.as_deref()?;
        Some(format!("{vocabulary}{name}"))
    }

    /// The head of a list (section 8.4). Arrays in it are lists of their own.
    pub(super) fn list(
        &mut self,
        context: &Arc<Context>,
        definition: &Definition,
        value: &Value,
        place: Place,
    ) -> Result<Term, LdError> {
        self.descend()?;
        let items = match value {
            Value::Array(items) => items.as_slice(),
            item => std::slice::from_ref(item),
        };
        let first = self.dataset.written(RDF_FIRST);
        let rest = self.dataset.written(RDF_REST);
        let nil = self.dataset.written(RDF_NIL);
        let mut head = nil;
        let mut last: Option<Place> = None;
        for (index, item) in items.iter().enumerate() {
            let cell = self.blank_node(Origin::Cell(Location::of_list(value), index));
            let in_cell = Place {
                subject: cell,
                predicate: first,
                ..place
            };
            let object = match item {
                Value::Array(_) => self.list(context, definition, item, in_cell),
                _ => self.object(context, Some(definition), item, in_cell),
            };
            let object = object.map_err(|error| match value {
                Value::Array(_) => error.in_item(index),
                _ => error,
            })?;
            self.emit(in_cell, object)?;
            match last {
                None => head = cell,
                Some(last) => self.emit(last, cell)?,
            }
            last = Some(Place {
                predicate: rest,
                ..in_cell
            });
        }
        if let Some(last) = last {
            self.emit(last, nil)?;
        }
        self.ascend();
        Ok(head)
    }

    /// An object whose members are languages (section 5.1.2, step 13.7).
    pub(super) fn language_map(
        &mut self,
        context: &Context,
        definition: &Definition,
        map: &Map<String, Value>,
        place: Place,
    ) -> Result<(), LdError> {
        let has_direction = match &definition.direction {
            Some(direction) => direction.is_some(),
            None => context.has_direction,
        };
        if has_direction {
            return Err(LdError::data_loss("the direction of a text"));
        }
        for (name, value) in map {
            let tag = name.to_ascii_lowercase();
            let language = match context.keyword(name) {
                Some(Keyword::None) => None,
                _ => Some(tag.as_str()),
            };
            let strings = match value {
                Value::Array(strings) => strings.as_slice(),
                string => std::slice::from_ref(string),
            };
            for (index, string) in strings.iter().enumerate() {
                let object = match string {
                    Value::String(string) => self.string(string, language),
                    Value::Null => Err(LdError::data_loss("null")),
                    _ => Err(LdError::syntax("a language map holds strings")),
                };
                let object = object.map_err(|error| match value {
                    Value::Array(_) => error.in_item(index).in_member(name),
                    _ => error.in_member(name),
                })?;
                self.emit(place, object)?;
            }
        }
        Ok(())
    }

    /// A JSON value as a literal, in its canonical form (section 8.5, step 6).
    pub(super) fn json_literal(&mut self, value: &Value) -> Result<Term, LdError> {
        if !is_exact(value) {
            return Err(LdError::data_loss("a number with too many digits"));
        }
        Ok(self
            .dataset
            .literal_with_suffix(&jcs::canonical_text(value), RDF_JSON_SUFFIX))
    }

    /// A text, whose language tag is written in small letters: jsonld.js and PyLD do so, and the
    /// standard lets them (section 5.1.2, step 13.4.8.1).
    fn string(&mut self, string: &str, language: Option<&str>) -> Result<Term, LdError> {
        match language {
            None => Ok(self.dataset.literal_with_suffix(string, "")),
            Some(language) => self
                .dataset
                .language_string(string, language)
                .ok_or_else(|| LdError::data_loss("a text whose language tag is not well formed")),
        }
    }

    /// A scalar with the datatype that the context or the document gives it, or its own
    /// (section 8.5). The datatype is written exactly as given, be it right or not.
    fn typed(&mut self, value: &Value, datatype: Option<&str>) -> Result<Term, LdError> {
        let (text, own) = match value {
            Value::String(string) => {
                return self.literal(string, datatype.unwrap_or(XSD_STRING));
            }
            Value::Bool(true) => ("true".to_owned(), XSD_BOOLEAN),
            Value::Bool(false) => ("false".to_owned(), XSD_BOOLEAN),
            Value::Number(number) => number_text(number, datatype == Some(XSD_DOUBLE))
                .ok_or_else(|| LdError::data_loss("a number with too many digits"))?,
            _ => {
                return Err(LdError::syntax(
                    "a value is a string, a number or a boolean",
                ));
            }
        };
        self.literal(&text, datatype.unwrap_or(own))
    }

    fn literal(&mut self, value: &str, datatype: &str) -> Result<Term, LdError> {
        self.dataset
            .literal(value, datatype)
            .ok_or_else(|| LdError::relative(datatype))
    }
}

/// The text of a number and the datatype it has of itself (section 8.5, steps 10 and 11): whole
/// numbers as integers, however the JSON spells them; the rest, and all that a context calls
/// `xsd:double`, with fifteen decimals less the zeros at the end. `None` if it is no double.
fn number_text(number: &Number, as_double: bool) -> Option<(String, &'static str)> {
    if !is_exact_number(number) {
        return None;
    }
    let double = number.as_f64()?;
    if double.fract() == 0.0 && double.abs() < 1e21 && !as_double {
        // Adding zero takes the sign from a negative zero, which is written as `0`.
        return Some((format!("{:.0}", double + 0.0), XSD_INTEGER));
    }
    let scientific = format!("{double:.15e}");
    let (mantissa, exponent) = scientific.split_once('e')?;
    let (whole, decimals) = mantissa.split_once('.')?;
    let decimals = match decimals.trim_end_matches('0') {
        "" => "0",
        decimals => decimals,
    };
    Some((format!("{whole}.{decimals}E{exponent}"), XSD_DOUBLE))
}

/// Whether every number in a value is the double that it is read as.
fn is_exact(value: &Value) -> bool {
    match value {
        Value::Number(number) => is_exact_number(number),
        Value::Array(items) => items.iter().all(is_exact),
        Value::Object(members) => members.values().all(is_exact),
        _ => true,
    }
}

fn is_exact_number(number: &Number) -> bool {
    match (number.as_i64(), number.as_u64()) {
        (Some(integer), _) => integer.unsigned_abs() <= LARGEST_EXACT,
        (None, Some(integer)) => integer <= LARGEST_EXACT,
        (None, None) => true,
    }
}

/// The datatype that tells the language and the direction of a text (section 8.5, `rdfDirection` as `i18n-datatype`).
fn directed(
    direction: &Value,
    language: Option<&Value>,
    datatype: Option<&Value>,
) -> Result<String, LdError> {
    let language = language.map_or(Some(""), Value::as_str);
    match (language, direction.as_str(), datatype) {
        (Some(language), Some(direction @ ("ltr" | "rtl")), None) => Ok(format!(
            "https://www.w3.org/ns/i18n#{}_{direction}",
            language.to_ascii_lowercase()
        )),
        _ => Err(LdError::syntax(
            "@direction is ltr or rtl and stands beside a string @language or alone",
        )),
    }
}

/// 2^53 - 1: above it, integers and doubles part.
const LARGEST_EXACT: u64 = (1 << 53) - 1;

const XSD_BOOLEAN: &str = "http://www.w3.org/2001/XMLSchema#boolean";
const XSD_INTEGER: &str = "http://www.w3.org/2001/XMLSchema#integer";
const XSD_DOUBLE: &str = "http://www.w3.org/2001/XMLSchema#double";
const RDF_FIRST: &str = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#first>";
const RDF_REST: &str = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#rest>";
const RDF_NIL: &str = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#nil>";
const RDF_JSON_SUFFIX: &str = "^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON>";
