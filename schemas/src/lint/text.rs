//! Rules about how values are written.

use serde_json::Value;

use super::Faults;
use super::node::{Cardinality, Node, NodeClass, Place};

/// Null is left out (Open Badges 3.0, Serialization); JSON-LD drops it, so no proof covers it.
pub(super) fn is_not_null(value: &Value, place: &Place, faults: &mut Faults) {
    if value.is_null() {
        faults.add(place.pointer(), "is null and is to be left out");
    }
}

/// Empty arrays are left out (Open Badges 3.0, Serialization).
pub(super) fn is_no_empty_array(value: &Value, place: &Place, faults: &mut Faults) {
    if value.as_array().is_some_and(Vec::is_empty) {
        faults.add(place.pointer(), "is an empty array and is to be left out");
    }
}

/// Control characters other than tab and line ends have no place in a text, and canonical forms of
/// them differ between implementations, so that a signature made by one may fail with another.
pub(super) fn has_no_control_character(value: &Value, place: &Place, faults: &mut Faults) {
    let is_control = |letter: char| letter.is_control() && !"\t\n\r".contains(letter);
    let found = match value {
        Value::String(text) => text.contains(is_control),
        Value::Object(members) => members.keys().any(|name| name.contains(is_control)),
        _ => false,
    };
    if found {
        faults.add(place.pointer(), "has a control character");
    }
}

/// A set is an array even when it has one value: compaction to the value alone is allowed and
/// understood by fewer readers (Open Badges 3.0, Serialization).
pub(super) fn sets_are_arrays(node: &Node, faults: &mut Faults) {
    for (name, value) in node.members {
        let is_set = match name.as_str() {
            // A wrong term is told by its own rule.
            "type" => node.class.has_a_set_of_types() && node.text(name) == node.class.term(),
            "endorsementJwt" | "tag" | "allowedValue" => true,
            _ => matches!(node.class.part(name), Some((_, Cardinality::Set))),
        };
        if is_set && !value.is_array() {
            faults.add(node.at(name), "is a set and not written as an array");
        }
    }
}

/// Texts are plain strings: the schemas allow one for each language, but the context does not
/// define what that means, so JSON-LD in safe mode fails.
pub(super) fn texts_are_plain(node: &Node, faults: &mut Faults) {
    for (name, value) in node.members {
        let is_object = |value: &Value| value.is_object();
        let has_map = match value {
            Value::Array(items) => items.iter().any(is_object),
            single => is_object(single),
        };
        if has_map && TEXTS.contains(&name.as_str()) && node.class.part(name).is_none() {
            faults.add(
                node.at(name),
                "is a map of languages and not a plain string",
            );
        }
    }
}

/// A text that has to be there says something.
pub(super) fn required_texts_are_not_empty(node: &Node, faults: &mut Faults) {
    let required: &[&str] = match node.class {
        NodeClass::Achievement => &["name", "description"],
        NodeClass::EndorsementCredential
        | NodeClass::ResultDescription
        | NodeClass::RubricCriterionLevel => &["name"],
        NodeClass::Alignment => &["targetName"],
        NodeClass::IdentifierEntry => &["identifier"],
        NodeClass::IdentityObject => &["identityHash"],
        _ => return,
    };
    for member in required {
        if node.text(member).is_some_and(|text| text.trim().is_empty()) {
            faults.add(node.at(member), "is empty");
        }
    }
}

/// The properties that the schemas allow to be maps of languages.
const TEXTS: [&str; 40] = [
    "additionalName",
    "addressCountry",
    "addressLocality",
    "addressRegion",
    "allowedValue",
    "audience",
    "caption",
    "description",
    "endorsementComment",
    "familyName",
    "familyNamePrefix",
    "fieldOfStudy",
    "genre",
    "givenName",
    "honorificPrefix",
    "honorificSuffix",
    "humanCode",
    "level",
    "licenseNumber",
    "name",
    "narrative",
    "official",
    "patronymicName",
    "points",
    "postOfficeBoxNumber",
    "postalCode",
    "requiredValue",
    "role",
    "specialization",
    "streetAddress",
    "tag",
    "targetCode",
    "targetDescription",
    "targetFramework",
    "targetName",
    "term",
    "value",
    "valueMax",
    "valueMin",
    "version",
];
