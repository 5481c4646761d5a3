//! Which edition of a list was read: whoever keeps old ones must not make a revoked badge look good.

use schemas::timestamp::Timestamp;

use crate::policy::Policy;
use crate::report::Halt;

use super::StatusReason;

/// One edition of a status list, whose proof held.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListEdition {
    /// The address of the list, as the badge writes it.
    pub list: String,
    /// Who signed it.
    pub issuer: String,
    /// From when on it is valid, which orders the editions of one list.
    pub valid_from: Timestamp,
}

impl ListEdition {
    /// An edition that was seen.
    pub fn new(list: &str, issuer: &str, valid_from: Timestamp) -> ListEdition {
        ListEdition {
            list: list.to_owned(),
            issuer: issuer.to_owned(),
            valid_from,
        }
    }

    /// Whether both are editions of one list.
    pub fn is_of_the_list_of(&self, other: &ListEdition) -> bool {
        self.list == other.list && self.issuer == other.issuer
    }
}

/// Refuses an edition that is older than one that the caller has seen.
pub(super) fn check(edition: &ListEdition, policy: &Policy) -> Result<(), Halt> {
    let mut newest = policy.newest_lists.iter();
    match newest.find(|newest| newest.is_of_the_list_of(edition)) {
        Some(newest) if edition.valid_from < newest.valid_from => Err(StatusReason::Rollback {
            list: edition.list.clone(),
            valid_from: edition.valid_from,
            newest: newest.valid_from,
        }
        .into()),
        _ => Ok(()),
    }
}
