//! Rules about dates.

use super::Faults;
use super::node::Node;
use crate::timestamp::Timestamp;

/// A validity ends no earlier than it begins (W3C Verifiable Credentials Data Model 2.0, Validity
/// Period).
pub(super) fn validity_ends_after_it_begins(node: &Node, faults: &mut Faults) {
    let instant = |member| Timestamp::parse(node.text(member)?).ok();
    let (Some(from), Some(until)) = (instant("validFrom"), instant("validUntil")) else {
        return;
    };
    if node.is_credential() && until < from {
        faults.add(node.at("validUntil"), "is earlier than validFrom");
    }
}

/// The claims `nbf` and `exp` of a JWT count whole seconds and have to be the same instants.
pub(super) fn validity_is_in_whole_seconds(node: &Node, faults: &mut Faults) {
    if !node.is_credential() {
        return;
    }
    for member in ["validFrom", "validUntil"] {
        let Some(Ok(instant)) = node.text(member).map(Timestamp::parse) else {
            continue;
        };
        if Timestamp::from_unix(instant.unix_seconds()) != Some(instant) {
            faults.add(node.at(member), "has a fraction of a second");
        }
    }
}

/// Date-times are those of XML Schema, which the schema's format is wider than: it lets leap
/// seconds and small letters pass (W3C Verifiable Credentials Data Model 2.0, Representing Time).
pub(super) fn dates_are_timestamps(node: &Node, faults: &mut Faults) {
    const DATES: [&str; 6] = [
        "validFrom",
        "validUntil",
        "awardedDate",
        "activityStartDate",
        "activityEndDate",
        "created",
    ];
    for member in DATES {
        if node
            .text(member)
            .is_some_and(|text| Timestamp::parse(text).is_err())
        {
            faults.add(
                node.at(member),
                "is not a date-time that every reader knows",
            );
        }
    }
}
