//! What is wrong with a document: its schema first, then the rules that no schema can tell.
//!
//! [`conform`] is for documents of others: what decides whether it is an Open Badge at all.
//! [`lint`] is for documents we are about to issue and adds what keeps every reader happy.

mod address;
mod credential;
mod node;
mod result;
mod subject;
mod text;
mod time;

use serde_json::Value;

use self::node::{Node, NodeClass, Place, walk};
pub use crate::finding::Finding;
use crate::schema::{self, Class, FINDINGS};

/// Tells everything that keeps a document from being issued.
///
/// The document's own `type` says what it is held against. The VC 1.1 form is never issued, and
/// neither are learner records.
pub fn lint(document: &Value) -> Vec<Finding> {
    if Class::of(document) == Some(Class::ClrCredential) {
        return vec![class_unknown()];
    }
    judge(document, &[CONFORMANCE, HOUSE], VALUES)
}

/// Tells what keeps a presented document from being an Open Badge, an endorsement, a learner record or
/// a profile, in the VC 2.0 or 1.1 form: the schema, and the checks that the standard's verification and the
/// official validator make beside it.
pub fn conform(document: &Value) -> Vec<Finding> {
    judge(document, &[CONFORMANCE], &[])
}

/// Every code that [`lint`] gives beside those of the schema.
pub fn codes() -> impl Iterator<Item = &'static str> {
    let objects = CONFORMANCE.iter().chain(HOUSE).map(|rule| rule.code);
    let values = VALUES.iter().map(|rule| rule.code);
    std::iter::once(CLASS_UNKNOWN).chain(objects).chain(values)
}

const CLASS_UNKNOWN: &str = "lint.class_unknown";

/// A rule about the objects of one class or several.
struct ObjectRule {
    code: &'static str,
    check: fn(&Node, &mut Faults),
}

/// A rule about every value, whatever it is part of.
struct ValueRule {
    code: &'static str,
    check: fn(&Value, &Place, &mut Faults),
}

/// What the verification of the standard asks beside the schema (Open Badges 3.0, Verification).
const CONFORMANCE: &[ObjectRule] = &[
    rule("lint.type", credential::has_the_type_of_its_place),
    rule("lint.issuer_not_profile", credential::issuer_is_a_profile),
    rule("lint.subject_unidentified", subject::is_identified),
    rule("lint.criteria_empty", subject::criteria_say_something),
];

/// What we hold our own documents to.
const HOUSE: &[ObjectRule] = &[
    rule("lint.context_order", credential::contexts_are_in_order),
    rule("lint.context_edition", credential::context_is_current),
    rule(
        "lint.extensions_context",
        credential::extensions_are_defined,
    ),
    rule("lint.credential_schema", credential::names_its_own_schema),
    rule("lint.status_type", credential::status_is_a_bitstring_entry),
    rule("lint.status_entry", credential::status_entry_is_complete),
    rule(
        "lint.refresh_type",
        credential::refresh_is_of_the_known_type,
    ),
    rule("lint.proof", credential::proof_is_complete),
    rule("lint.validity_order", time::validity_ends_after_it_begins),
    rule("lint.whole_seconds", time::validity_is_in_whole_seconds),
    rule("lint.date", time::dates_are_timestamps),
    rule("lint.identity_hash", subject::identity_hash_is_a_hash),
    rule("lint.country_code", subject::country_code_has_two_letters),
    rule("lint.duplicate_id", result::ids_are_distinct),
    rule("lint.required_level", result::required_level_is_described),
    rule("lint.result_description", result::descriptions_are_found),
    rule("lint.achieved_level", result::achieved_level_is_described),
    rule("lint.result_status", result::status_is_given_where_asked),
    rule("lint.relative_iri", address::identifiers_are_absolute),
    rule("lint.link_scheme", address::links_can_be_followed),
    rule("lint.image_type", address::images_are_png_or_svg),
    rule("lint.compacted", text::sets_are_arrays),
    rule("lint.language_map", text::texts_are_plain),
    rule("lint.empty_text", text::required_texts_are_not_empty),
];

const VALUES: &[ValueRule] = &[
    ValueRule {
        code: "lint.null",
        check: text::is_not_null,
    },
    ValueRule {
        code: "lint.empty_array",
        check: text::is_no_empty_array,
    },
    ValueRule {
        code: "lint.control_character",
        check: text::has_no_control_character,
    },
];

const fn rule(code: &'static str, check: fn(&Node, &mut Faults)) -> ObjectRule {
    ObjectRule { code, check }
}

fn judge(document: &Value, rules: &[&[ObjectRule]], values: &[ValueRule]) -> Vec<Finding> {
    let Some(class) = Class::of(document) else {
        return vec![class_unknown()];
    };
    let mut faults = Faults {
        findings: schema::validate(class, document),
        code: CLASS_UNKNOWN,
    };
    walk(document, class.into(), &mut |value, class, place| {
        for rule in values {
            faults.code = rule.code;
            (rule.check)(value, place, &mut faults);
        }
        let (Some(class), Some(members)) = (class, value.as_object()) else {
            return;
        };
        let node = Node {
            class,
            members,
            place,
        };
        for rule in rules.iter().copied().flatten() {
            faults.code = rule.code;
            (rule.check)(&node, &mut faults);
        }
    });
    faults.findings
}

fn class_unknown() -> Finding {
    Finding {
        code: CLASS_UNKNOWN,
        pointer: String::new(),
        message: "is no AchievementCredential, EndorsementCredential or Profile".to_owned(),
    }
}

/// Where the rules put what they find.
struct Faults {
    findings: Vec<Finding>,
    /// That of the rule at work.
    code: &'static str,
}

impl Faults {
    /// Notes a fault, unless the schema already refused this very value or the list is full.
    fn add(&mut self, pointer: String, message: impl Into<String>) {
        let refused = |finding: &Finding| {
            finding.pointer == pointer
                && finding.code.starts_with("schema.")
                && finding.code != "schema.required"
        };
        if self.findings.len() >= FINDINGS || self.findings.iter().any(refused) {
            return;
        }
        self.findings.push(Finding {
            code: self.code,
            pointer,
            message: message.into(),
        });
    }
}

impl From<Class> for NodeClass {
    fn from(class: Class) -> NodeClass {
        match class {
            Class::AchievementCredential => NodeClass::AchievementCredential,
            Class::EndorsementCredential => NodeClass::EndorsementCredential,
            Class::ClrCredential => NodeClass::ClrCredential,
            Class::Profile => NodeClass::Profile,
        }
    }
}
