//! Whether a document has the form its class demands: our JSON Schemas for Open Badges 3.0.
//!
//! They accept what the schemas published with the standard accept, except where those let
//! something pass that the text forbids.

use std::sync::OnceLock;

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{PatternOptions, Registry, ValidationError, Validator};
use serde_json::Value;

use crate::finding::{Finding, pointer_to};

/// A class of document that stands by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// A badge, in the form of the W3C data model 2.0 or 1.1 as its first context says.
    AchievementCredential,
    /// An endorsement, in either form.
    EndorsementCredential,
    /// A learner record: what somebody achieved, as a credential that contains credentials
    /// (Comprehensive Learner Record 2.0).
    ClrCredential,
    /// A person or organisation.
    Profile,
}

impl Class {
    /// The class that a document says it is of. One of Open Badges 2 has none here, although it may
    /// be called a Profile: the two standards are never mixed.
    pub fn of(document: &Value) -> Option<Class> {
        const OPEN_BADGES_2: &str = "https://w3id.org/openbadges/v2";
        let first = document["@context"].get(0).unwrap_or(&document["@context"]);
        if first == OPEN_BADGES_2 {
            return None;
        }
        let says = |term: &str| match &document["type"] {
            Value::Array(terms) => terms.iter().any(|own| own == term),
            own => own == term,
        };
        if says("AchievementCredential") || says("OpenBadgeCredential") {
            return Some(Class::AchievementCredential);
        }
        if says("EndorsementCredential") {
            return Some(Class::EndorsementCredential);
        }
        if says("ClrCredential") {
            return Some(Class::ClrCredential);
        }
        says("Profile").then_some(Class::Profile)
    }
}

/// The class whose schema the standard publishes at this address, in either of its forms.
pub fn class_at(address: &str) -> Option<Class> {
    const LEARNER_RECORD: [&str; 2] = [
        "https://purl.imsglobal.org/spec/clr/v2p0/schema/json/clr_v2p0_clrcredential_schema.json",
        "https://purl.imsglobal.org/spec/clr/v2p0/schema/json-ld/clr_v2p0_clrcredential_schema.json",
    ];
    const PUBLISHED: &str = "https://purl.imsglobal.org/spec/ob/v3p0/schema/";
    if LEARNER_RECORD.contains(&address) {
        return Some(Class::ClrCredential);
    }
    let rest = address.strip_prefix(PUBLISHED)?;
    let name = rest
        .strip_prefix("json/")
        .or_else(|| rest.strip_prefix("json-ld/"))?;
    match name {
        "ob_v3p0_achievementcredential_schema.json"
        | "ob_v3p0_anyachievementcredential_schema.json" => Some(Class::AchievementCredential),
        "ob_v3p0_endorsementcredential_schema.json"
        | "ob_v3p0_anyendorsementcredential_schema.json" => Some(Class::EndorsementCredential),
        "ob_v3p0_profile_schema.json" => Some(Class::Profile),
        _ => None,
    }
}

/// Holds a document against the schema of its class. Date formats are checked.
///
/// At most [`FINDINGS`] faults are told.
pub fn validate(class: Class, document: &Value) -> Vec<Finding> {
    let mut findings = Vec::new();
    for finding in validator(class).iter_errors(document).flat_map(findings_of) {
        // A credential lacks both its types at one place.
        if findings.contains(&finding) {
            continue;
        }
        if findings.len() == FINDINGS {
            break;
        }
        findings.push(finding);
    }
    findings
}

/// The most faults told of one document: enough to repair it by, and a bound on what a stranger
/// can make us write.
pub const FINDINGS: usize = 100;

/// The codes of the faults that the schemas can tell.
pub const CODES: [&str; 9] = [
    "schema.type",
    "schema.required",
    "schema.unknown_member",
    "schema.enum",
    "schema.pattern",
    "schema.format",
    "schema.contains",
    "schema.min_items",
    "schema.property_name",
];

fn validator(class: Class) -> &'static Validator {
    static COMPILED: OnceLock<[Validator; 4]> = OnceLock::new();
    let [badge, endorsement, record, profile] = COMPILED.get_or_init(|| {
        [
            compile(include_str!("../schema/achievement-credential.json")),
            compile(include_str!("../schema/endorsement-credential.json")),
            compile(include_str!("../schema/clr-credential.json")),
            compile(include_str!("../schema/profile.json")),
        ]
    });
    match class {
        Class::AchievementCredential => badge,
        Class::EndorsementCredential => endorsement,
        Class::ClrCredential => record,
        Class::Profile => profile,
    }
}

fn compile(entry: &str) -> Validator {
    const CLASSES: &str = include_str!("../schema/classes.json");
    const EMBEDDED: &str = "the schemas are part of this crate";

    let classes: Value = serde_json::from_str(CLASSES).expect(EMBEDDED);
    let entry: Value = serde_json::from_str(entry).expect(EMBEDDED);
    let address = classes["$id"].as_str().expect(EMBEDDED).to_owned();
    let registry = Registry::new()
        .add(address, classes)
        .and_then(|registry| registry.prepare())
        .expect(EMBEDDED);
    jsonschema::options()
        .with_registry(&registry)
        .should_validate_formats(true)
        // Linear in the text, whatever a stranger puts there.
        .with_pattern_options(PatternOptions::regex())
        .build(&entry)
        .expect(EMBEDDED)
}

fn findings_of(error: ValidationError) -> Vec<Finding> {
    let pointer = error.instance_path().as_str().to_owned();
    let (code, message) = match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            return unexpected
                .iter()
                .map(|member| Finding {
                    code: "schema.unknown_member",
                    pointer: pointer_to(&pointer, member),
                    message: "is not a property of this class, which is closed".to_owned(),
                })
                .collect();
        }
        ValidationErrorKind::Required { property } => (
            "schema.required",
            format!("lacks {}", property.as_str().unwrap_or_default()),
        ),
        ValidationErrorKind::Type { kind } => ("schema.type", format!("is not {}", named(kind))),
        ValidationErrorKind::Constant { expected_value } => {
            ("schema.enum", format!("is not {expected_value}"))
        }
        ValidationErrorKind::Enum { .. } => (
            "schema.enum",
            "is none of the terms of its enumeration".to_owned(),
        ),
        ValidationErrorKind::Pattern { pattern } => (
            "schema.pattern",
            format!("does not have the form {pattern}"),
        ),
        ValidationErrorKind::Format { format } => ("schema.format", format!("is not a {format}")),
        ValidationErrorKind::Contains => (
            "schema.contains",
            "lacks the term that every object of this class has".to_owned(),
        ),
        ValidationErrorKind::MinItems { limit } => {
            ("schema.min_items", format!("has fewer than {limit} items"))
        }
        ValidationErrorKind::PropertyNames { .. } => (
            "schema.property_name",
            "has a member that is not a language such as `en` or `en-GB`".to_owned(),
        ),
        other => ("schema.invalid", format!("fails `{}`", other.keyword())),
    };
    vec![Finding {
        code,
        pointer,
        message,
    }]
}

fn named(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(one) => format!("of type {one}"),
        TypeKind::Multiple(several) => {
            let names: Vec<_> = several.iter().map(|one| one.to_string()).collect();
            format!("of type {}", names.join(" or "))
        }
    }
}
