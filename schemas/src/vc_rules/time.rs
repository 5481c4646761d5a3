//! The validity period (Verifiable Credentials Data Model 2.0, section 4.9).

use serde_json::Value;

use super::Faults;
use crate::timestamp::Timestamp;

/// `validFrom` and `validUntil` are each one instant: a date-time with an offset.
pub(super) fn are_instants(document: &Value, faults: &mut Faults) {
    for member in ["validFrom", "validUntil"] {
        if document.get(member).is_some() && instant(document, member).is_none() {
            faults.add(format!("/{member}"), "is not a date-time with an offset");
        }
    }
}

/// The end does not come before the beginning.
pub(super) fn end_is_not_before_beginning(document: &Value, faults: &mut Faults) {
    if let (Some(from), Some(until)) = (
        instant(document, "validFrom"),
        instant(document, "validUntil"),
    ) && until < from
    {
        faults.add("/validUntil", "comes before `validFrom`");
    }
}

fn instant(document: &Value, member: &str) -> Option<Timestamp> {
    Timestamp::parse(document.get(member)?.as_str()?).ok()
}
