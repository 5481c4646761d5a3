//! Rules about who earned it, and for what.

use serde_json::Value;

use super::Faults;
use super::node::{Node, NodeClass};

/// A recipient has an id or an identifier (Open Badges 3.0, AchievementSubject; Comprehensive Learner
/// Record 2.0, ClrSubject).
pub(super) fn is_identified(node: &Node, faults: &mut Faults) {
    if !matches!(
        node.class,
        NodeClass::AchievementSubject | NodeClass::ClrSubject
    ) {
        return;
    }
    let has_id = node.text("id").is_some_and(|id| !id.is_empty());
    if !has_id && node.items("identifier").is_empty() {
        faults.add(node.place.pointer(), "has neither id nor identifier");
    }
}

/// Criteria have a page or a text; the official validator refuses empty ones.
pub(super) fn criteria_say_something(node: &Node, faults: &mut Faults) {
    if node.class != NodeClass::Criteria {
        return;
    }
    let says = |member| match node.members.get(member) {
        None | Some(Value::Null) => false,
        Some(Value::String(text)) => !text.is_empty(),
        Some(Value::Object(languages)) => !languages.is_empty(),
        Some(_) => true,
    };
    if !says("id") && !says("narrative") {
        faults.add(node.place.pointer(), "have neither id nor narrative");
    }
}

/// A hash names its algorithm and is as long as that algorithm makes it (Open Badges 3.0,
/// IdentityHash). MD5 is read in old badges and never issued.
pub(super) fn identity_hash_is_a_hash(node: &Node, faults: &mut Faults) {
    if node.class != NodeClass::IdentityObject || node.members.get("hashed") != Some(&true.into()) {
        return;
    }
    let is_hash = |text: &str| {
        text.strip_prefix("sha256$").is_some_and(|digits| {
            digits.len() == 64 && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
        })
    };
    if node.text("identityHash").is_some_and(|text| !is_hash(text)) {
        faults.add(
            node.at("identityHash"),
            "is not `sha256$` and 64 hexadecimal digits",
        );
    }
}

/// A country is two capital letters (ISO 3166-1 alpha-2; Open Badges 3.0, CountryCode).
pub(super) fn country_code_has_two_letters(node: &Node, faults: &mut Faults) {
    if node.class != NodeClass::Address {
        return;
    }
    let is_code =
        |text: &str| text.len() == 2 && text.bytes().all(|letter| letter.is_ascii_uppercase());
    if node
        .text("addressCountryCode")
        .is_some_and(|text| !is_code(text))
    {
        faults.add(node.at("addressCountryCode"), "is not two capital letters");
    }
}
