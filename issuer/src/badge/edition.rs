//! The editions of a badge: why each was issued, and what ended it.

use crate::award::Achieved;
use crate::digest::Salt;
use crate::id::{BulkId, PersonId};
use crate::log::LogPosition;
use crate::status::StatusPlace;
use crate::text::Prose;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// One edition of a badge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edition {
    /// From 1 on.
    pub number: u32,
    /// Why it was issued.
    #[serde(default)]
    pub origin: Origin,
    /// When it was issued.
    pub issued: Timestamp,
    /// Until when it is valid; nothing where it is for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
    /// Its place in the status list.
    pub status: StatusPlace,
    /// Where the log tells of it.
    pub log: LogPosition,
    /// What ended it, if anything did.
    pub revoked: Option<Revocation>,
}

/// Why an edition was issued.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "origin")]
pub enum Origin {
    /// The badge was earned.
    #[default]
    Award,
    /// Somebody wanted the badge to be issued again.
    Order(Order),
}

/// That a badge is to be issued again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The edition that it replaces, which whoever gave the order has seen.
    pub edition: u32,
    /// What is to be different.
    #[serde(flatten)]
    pub change: Change,
    /// Who gave it: an officer of the issuer, or the badge's holder.
    pub by: PersonId,
    /// Why.
    pub reason: Prose,
    /// The change of many badges that it is part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bulk: Option<BulkId>,
}

/// What a further edition does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "change")]
pub enum Change {
    /// It says what is right now: who the holder is, which evidence is shared, what was reached.
    Correct {
        /// The levels that were reached; nothing if they are as they were.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        results: Vec<Achieved>,
    },
    /// It is valid for another term.
    Renew,
    /// It ends a suspension.
    Reinstate,
}

/// What ended an edition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revocation {
    /// What it means for the badge.
    #[serde(default)]
    pub ending: Ending,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: PersonId,
    /// Why; whoever may see the badge may read why it was revoked or suspended.
    pub reason: Prose,
    /// Where the log tells of it.
    pub log: LogPosition,
    /// What goes into that leaf.
    pub log_salt: Salt,
    /// The suspension that became final by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspension: Option<Box<Revocation>>,
    /// The change of many badges that it is part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bulk: Option<BulkId>,
}

/// What the end of an edition means for its badge.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// The badge was taken back for good.
    #[default]
    Revoked,
    /// The badge does not count until it is decided about.
    Suspended,
    /// A further edition took its place.
    Replaced,
}

/// A reason is said in a few sentences. Twenty-four editions with three reasons each, every byte of them
/// escaped, fit into one record.
pub const REASON_BYTES: usize = 500;
/// A renewal every other year for a working life, and some corrections.
pub const EDITIONS: usize = 24;
