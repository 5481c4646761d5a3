//! What the person who verifies insists on, one field a choice.

use crate::limits::Limits;
use crate::status::ListEdition;
use crate::trust::TrustList;

/// How strictly a badge is held to the standard.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Policy {
    /// What a good signature is worth whose key no document of the issuer names.
    pub unbound_key: UnboundKey,
    /// Which proofs of a set must hold.
    pub proof_set: ProofSet,
    /// How many proofs have to hold, a token counted as one: a set from which one was taken away still holds.
    pub least_proofs: usize,
    /// What a status of unknown type or purpose means.
    pub unknown_status: UnknownStatus,
    /// What an older list of revoked badges means that cannot be had.
    pub old_lists: OldLists,
    /// What several baked credentials in one picture mean.
    pub baked_copies: BakedCopies,
    /// Where the time of verification comes from.
    pub clock: Clock,
    /// Whom the badge is said to be about: an e-mail address or another identifier, to be compared
    /// with what the badge says.
    pub recipient: Option<String>,
    /// The issuers that the person who verifies knows. Has no say in the verdict.
    pub trust: Option<TrustList>,
    /// The newest editions of status lists that the caller has seen: an older one is refused.
    pub newest_lists: Vec<ListEdition>,
    /// How much work a badge may cause.
    pub limits: Limits,
}

impl Policy {
    /// The verdict of the official validator, with a warning for each thing it lets pass.
    pub fn lenient() -> Policy {
        Policy {
            unbound_key: UnboundKey::Warn,
            proof_set: ProofSet::First,
            unknown_status: UnknownStatus::Warn,
            old_lists: OldLists::Warn,
            baked_copies: BakedCopies::First,
            ..Policy::default()
        }
    }
}

impl Default for Policy {
    /// The strict policy: whatever cannot be shown to be in order is not called verified.
    fn default() -> Policy {
        Policy {
            unbound_key: UnboundKey::Refuse,
            proof_set: ProofSet::Every,
            least_proofs: 1,
            unknown_status: UnknownStatus::Undetermined,
            old_lists: OldLists::Undetermined,
            baked_copies: BakedCopies::MustAgree,
            clock: Clock::Machine,
            recipient: None,
            trust: None,
            newest_lists: Vec::new(),
            limits: Limits::default(),
        }
    }
}

/// What a good signature is worth whose key no document of the issuer names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnboundKey {
    /// Nothing: anybody can make a key and sign in another's name.
    Refuse,
    /// The badge may be verified, with a warning. A key of *another* controller stays refused.
    Warn,
}

/// Which proofs of a set must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofSet {
    /// Every proof whose suite is supported.
    Every,
    /// The first proof whose suite is supported.
    First,
}

/// What a status of unknown type or purpose means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnknownStatus {
    /// Whether the badge still stands cannot be told.
    Undetermined,
    /// The status is passed over, with a warning.
    Warn,
}

/// What a list of the older kind, `1EdTechRevocationList`, means that cannot be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OldLists {
    /// Whether the badge still stands cannot be told.
    Undetermined,
    /// The list is passed over, with a warning.
    Warn,
}

/// What several baked credentials in one picture mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BakedCopies {
    /// Equal copies are one credential; different ones are refused.
    MustAgree,
    /// The first one counts (Open Badges 3.0, extracting from PNG).
    First,
}

/// Where the time of verification comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// A machine's clock, which is not believed when it shows a time before this program was made.
    Machine,
    /// A time that somebody chose, for example to ask what was valid last year.
    Chosen,
}
