//! An issued credential: one edition of a badge, signed in both forms.

use crate::badge::Origin;
use crate::digest::{Salt, Sha256Digest};
use crate::id::{AwardId, BadgeId, MicroCredentialId, OrganisationId, PersonId, RefreshId};
use crate::log;
use crate::status::StatusPlace;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One edition of a badge, signed in both forms. It comes from an allocation, or from the store
/// that an allocation's outcome was recorded in; there is no other way to one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    record: IssuedRecord,
}

/// An issued credential as the store has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct IssuedRecord {
    pub(crate) badge: BadgeId,
    pub(crate) edition: u32,
    #[serde(default)]
    pub(crate) origin: Origin,
    pub(crate) award: AwardId,
    pub(crate) organisation: OrganisationId,
    pub(crate) earner: PersonId,
    pub(crate) micro_credential: MicroCredentialId,
    pub(crate) issued: Timestamp,
    pub(crate) status: StatusPlace,
    pub(crate) refresh: RefreshId,
    pub(crate) log_salt: Salt,
    pub(crate) json: String,
    pub(crate) jwt: String,
}

impl Issued {
    pub(crate) fn from_record(record: IssuedRecord) -> Issued {
        Issued { record }
    }

    pub(crate) fn record(&self) -> &IssuedRecord {
        &self.record
    }

    /// The badge it is an edition of.
    pub fn badge(&self) -> BadgeId {
        self.record.badge
    }

    /// Which edition it is, from 1 on.
    pub fn edition(&self) -> u32 {
        self.record.edition
    }

    /// The award it came from.
    pub fn award(&self) -> AwardId {
        self.record.award
    }

    /// When it was issued.
    pub fn issued(&self) -> Timestamp {
        self.record.issued
    }

    /// Until when it is valid; nothing where it is for good.
    pub fn valid_until(&self) -> Option<Timestamp> {
        let document: Value = serde_json::from_str(self.json()).ok()?;
        Timestamp::parse(document["validUntil"].as_str()?).ok()
    }

    /// The document with its embedded proof, byte for byte as it was signed.
    pub fn json(&self) -> &str {
        &self.record.json
    }

    /// The document as a compact JWT.
    pub fn jwt(&self) -> &str {
        &self.record.jwt
    }

    /// The subject of its leaf in the log. Together with both forms the salt proves that the leaf
    /// is theirs; without it the leaf says nothing.
    pub fn log_subject(&self) -> Sha256Digest {
        log::subject(
            &self.record.log_salt.bytes(),
            self.json().as_bytes(),
            self.jwt().as_bytes(),
        )
    }

    /// What goes into its leaf in the log.
    pub fn log_salt(&self) -> Salt {
        self.record.log_salt
    }
}
