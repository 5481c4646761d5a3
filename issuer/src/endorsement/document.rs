//! The `EndorsementCredential`, from what is about to be said to what was signed.
//!
//! As with badges, each step takes only what the one before leaves: a [`Linted`] comes from [`Draft::lint`], an
//! [`Allocation`] from the store, which keeps the linted bytes, and a [`Credential`] from an allocation.

use super::{Gift, Subject};
use crate::allocation::{SignError, Signed, Unsigned};
use crate::digest::{Salt, Sha256Digest};
use crate::draft;
use crate::drawn::{KeyName, whole_seconds};
use crate::id::{EndorsementId, OrganisationId};
use crate::issuers::Issuer;
use crate::log;
use crate::random::Random;
use crate::site::Site;
use crate::status::StatusPlace;
use keys::{KeyUse, Keyring};
use schemas::Finding;
use schemas::model;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// Everything that an endorsement takes from chance, time and the present keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Drawn {
    /// The place in the endorser's status list.
    pub(crate) status: StatusPlace,
    /// When it is issued, in whole seconds.
    pub(crate) issued: Timestamp,
    log_salt: Salt,
    data_integrity_key: KeyName,
    jwt_key: KeyName,
}

/// An endorsement, not yet held against any rule.
pub(crate) struct Draft {
    endorsement: EndorsementId,
    endorser: OrganisationId,
    drawn: Drawn,
    credential: model::EndorsementCredential,
}

/// An endorsement that keeps all rules. There is no way to one but [`Draft::lint`].
pub(crate) struct Linted {
    record: AllocationRecord,
}

/// What is about to be signed for an endorsement. It can only be had from the store.
pub struct Allocation {
    record: AllocationRecord,
}

/// An allocation as the store has it.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct AllocationRecord {
    pub(crate) endorsement: EndorsementId,
    pub(crate) endorser: OrganisationId,
    pub(crate) drawn: Drawn,
    document: String,
}

/// A signed endorsement in both forms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    endorsement: EndorsementId,
    issued: Timestamp,
    status: StatusPlace,
    log_salt: Salt,
    json: String,
    jwt: String,
}

impl Drawn {
    /// Draws everything for one endorsement.
    pub(crate) fn new(
        random: &Random,
        status: StatusPlace,
        keyring: &Keyring,
        now: Timestamp,
    ) -> Drawn {
        Drawn {
            status,
            issued: whole_seconds(now),
            log_salt: Salt::draw(random),
            data_integrity_key: KeyName::current(keyring, KeyUse::DataIntegrity),
            jwt_key: KeyName::current(keyring, KeyUse::Jwt),
        }
    }
}

impl Draft {
    /// Builds the document: everything it says follows from these arguments.
    pub(crate) fn new(
        (id, endorser): (EndorsementId, &OrganisationId),
        subject: &Subject,
        gift: &Gift,
        issuer: &Issuer,
        site: &Site,
        drawn: Drawn,
    ) -> Draft {
        let status_list = site.status_list(drawn.status.list);
        let issued = drawn.issued.to_string();
        let credential = model::EndorsementCredential {
            // The extensions define the kind of schema that it names.
            context: [
                model::VC_CONTEXT,
                model::OB_CONTEXT,
                model::EXTENSIONS_CONTEXT,
            ]
            .map(Into::into)
            .into(),
            id: site.endorsement(id),
            name: subject.title_of_endorsement().into(),
            issuer: issuer.profile.clone().into(),
            valid_from: issued.clone(),
            awarded_date: Some(issued),
            credential_subject: model::EndorsementSubject {
                id: subject.identifier.clone(),
                endorsement_comment: Some(gift.comment.as_str().into()),
                ..Default::default()
            },
            credential_schema: vec![model::CredentialSchema {
                id: SCHEMA.to_owned(),
                ..Default::default()
            }],
            credential_status: Some(model::CredentialStatus::bitstring(
                &status_list,
                drawn.status.index.into(),
                "revocation",
            )),
            ..Default::default()
        };
        Draft {
            endorsement: id,
            endorser: endorser.clone(),
            drawn,
            credential,
        }
    }

    /// Holds the document against the schema, the house rules, and JSON-LD in safe mode.
    pub(crate) fn lint(self) -> Result<Linted, Vec<Finding>> {
        let document = serde_json::to_value(&self.credential)
            .expect("the data model is strings, numbers and lists of them");
        let findings = draft::faults(&document);
        if !findings.is_empty() {
            return Err(findings);
        }
        Ok(Linted {
            record: AllocationRecord {
                endorsement: self.endorsement,
                endorser: self.endorser,
                drawn: self.drawn,
                document: document.to_string(),
            },
        })
    }
}

impl Linted {
    /// What is written down of it.
    pub(crate) fn record(&self) -> &AllocationRecord {
        &self.record
    }
}

impl Allocation {
    /// For the store alone, which has committed the record or found it committed.
    pub(crate) fn from_store(record: AllocationRecord) -> Allocation {
        Allocation { record }
    }

    /// The endorsement it is for.
    pub fn endorsement(&self) -> EndorsementId {
        self.record.endorsement
    }

    /// The organisation that signs it.
    pub fn endorser(&self) -> &OrganisationId {
        &self.record.endorser
    }

    /// Signs exactly the bytes that were linted and stored, in both forms. Takes `self`: one allocation, one
    /// endorsement.
    pub fn sign(self, keyring: &Keyring) -> Result<Credential, SignError> {
        let AllocationRecord {
            endorsement,
            drawn,
            document,
            ..
        } = self.record;
        let unsigned = Unsigned {
            document: &document,
            issued: drawn.issued,
            data_integrity_key: &drawn.data_integrity_key,
            jwt_key: &drawn.jwt_key,
        };
        let Signed { json, jwt } = unsigned.sign(keyring)?;
        Ok(Credential {
            endorsement,
            issued: drawn.issued,
            status: drawn.status,
            log_salt: drawn.log_salt,
            json,
            jwt,
        })
    }
}

impl Credential {
    /// The endorsement.
    pub fn endorsement(&self) -> EndorsementId {
        self.endorsement
    }

    /// When it was issued.
    pub fn issued(&self) -> Timestamp {
        self.issued
    }

    /// Its place in the endorser's status list.
    pub fn status(&self) -> StatusPlace {
        self.status
    }

    /// The document with its embedded proof, byte for byte as it was signed.
    pub fn json(&self) -> &str {
        &self.json
    }

    /// The document as a compact JWT.
    pub fn jwt(&self) -> &str {
        &self.jwt
    }

    /// The subject of its leaf in the log.
    pub fn log_subject(&self) -> Sha256Digest {
        let salt = self.log_salt.bytes();
        log::subject(&salt, self.json.as_bytes(), self.jwt.as_bytes())
    }
}

/// The standard's schema of an endorsement (Open Badges 3.0, JSON Schema).
const SCHEMA: &str =
    "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_endorsementcredential_schema.json";
