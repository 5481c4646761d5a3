//! Open Badges 2.0, which came before Verifiable Credentials: assertions, badge classes, profiles.

use serde_json::Value;

/// Whether a document is an assertion of Open Badges 1.1, which has a context, or an older one,
/// which has not.
pub(crate) fn is_open_badges_1(document: &Value) -> bool {
    match document.get("@context") {
        Some(context) => context == OPEN_BADGES_1,
        None => ["recipient", "badge", "verify"]
            .iter()
            .all(|member| document.get(member).is_some()),
    }
}

/// The context of Open Badges 1.1.
const OPEN_BADGES_1: &str = "https://w3id.org/openbadges/v1";
