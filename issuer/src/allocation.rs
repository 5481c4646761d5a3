//! An allocation: the record of intent. Nothing is ever signed without one.
//!
//! It holds the unsigned document byte for byte, everything that was drawn for it, and the names
//! of the keys. Because signing is deterministic, one allocation is one badge, however often a
//! crash makes it start again.

use crate::badge::Origin;
use crate::draft::Linted;
use crate::drawn::{Drawn, KeyName};
use crate::endorsement::carried::Carried;
use crate::id::{AwardId, BadgeId, MicroCredentialId, OrganisationId, PersonId};
use crate::issued::{Issued, IssuedRecord};
use keys::data_integrity::{Cryptosuite, ProofError, ProofOptions};
use keys::vc_jwt::{self, JwtError};
use keys::{KeyState, Keyring, SigningKey};
use schemas::json::{self, JsonError, JsonLimits};
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// What is about to be signed for an award. It can only be had from the store.
pub struct Allocation {
    record: AllocationRecord,
}

/// An allocation as the store has it.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct AllocationRecord {
    pub(crate) award: AwardId,
    pub(crate) organisation: OrganisationId,
    pub(crate) earner: PersonId,
    pub(crate) micro_credential: MicroCredentialId,
    pub(crate) edition: u32,
    #[serde(default)]
    pub(crate) origin: Origin,
    pub(crate) drawn: Drawn,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) carried: Vec<Carried>,
    pub(crate) document: String,
}

/// Why an allocation cannot be signed.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// A key it names is not in the keyring. It must be put back: open allocations need it.
    #[error("the key {verification_method} is missing, and an open allocation needs it")]
    KeyMissing {
        /// The key's address.
        verification_method: String,
    },
    /// A key it names was compromised since. The allocation has to be voided.
    #[error("the key {verification_method} was compromised")]
    KeyCompromised {
        /// The key's address.
        verification_method: String,
    },
    /// The stored document is not what was stored.
    #[error("the stored document is damaged: {0}")]
    Document(JsonError),
    /// The embedded proof could not be made.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// The JWT could not be made.
    #[error(transparent)]
    Jwt(#[from] JwtError),
}

impl SignError {
    /// The stable code of this case.
    pub fn code(&self) -> &'static str {
        match self {
            SignError::KeyMissing { .. } => "key.missing",
            SignError::KeyCompromised { .. } => "key.revoked",
            SignError::Document(error) => error.code(),
            SignError::Proof(error) => error.code(),
            SignError::Jwt(error) => error.code(),
        }
    }
}

impl AllocationRecord {
    /// What is written down of a linted document.
    pub(crate) fn of(linted: &Linted) -> AllocationRecord {
        AllocationRecord {
            award: linted.award(),
            organisation: linted.organisation().clone(),
            earner: linted.earner(),
            micro_credential: linted.micro_credential().clone(),
            edition: linted.edition(),
            origin: linted.origin().clone(),
            drawn: linted.drawn().clone(),
            carried: linted.carried().to_vec(),
            document: linted.document().to_owned(),
        }
    }
}

impl Allocation {
    /// For the store alone, which has committed the record or found it committed.
    pub(crate) fn from_store(record: AllocationRecord) -> Allocation {
        Allocation { record }
    }

    /// The award it is for.
    pub fn award(&self) -> AwardId {
        self.record.award
    }

    /// Which edition of the badge it is, from 1 on.
    pub fn edition(&self) -> u32 {
        self.record.edition
    }

    /// The badge that will come out.
    pub fn badge(&self) -> BadgeId {
        self.record.drawn.badge
    }

    /// Why it is issued.
    pub fn origin(&self) -> &Origin {
        &self.record.origin
    }

    /// Everything that was drawn for it.
    pub fn drawn(&self) -> &Drawn {
        &self.record.drawn
    }

    /// The organisation that signs it.
    pub fn organisation(&self) -> &OrganisationId {
        &self.record.organisation
    }

    /// The endorsements that stand in it.
    pub fn carried(&self) -> &[Carried] {
        &self.record.carried
    }

    /// Signs exactly the bytes that were linted and stored, in both forms. Takes `self`: one
    /// allocation, one badge.
    pub fn sign(self, keyring: &Keyring) -> Result<Issued, SignError> {
        let AllocationRecord {
            award,
            organisation,
            earner,
            micro_credential,
            edition,
            origin,
            drawn,
            carried: _,
            document,
        } = self.record;
        let unsigned = Unsigned {
            document: &document,
            issued: drawn.issued,
            data_integrity_key: &drawn.data_integrity_key,
            jwt_key: &drawn.jwt_key,
        };
        let Signed { json, jwt } = unsigned.sign(keyring)?;
        Ok(Issued::from_record(IssuedRecord {
            badge: drawn.badge,
            edition,
            origin,
            award,
            organisation,
            earner,
            micro_credential,
            issued: drawn.issued,
            status: drawn.status,
            refresh: drawn.refresh,
            log_salt: drawn.log_salt,
            json,
            jwt,
        }))
    }
}

/// The bytes of an allocation, whatever it is for, and what they are signed with.
pub(crate) struct Unsigned<'a> {
    pub(crate) document: &'a str,
    pub(crate) issued: Timestamp,
    pub(crate) data_integrity_key: &'a KeyName,
    pub(crate) jwt_key: &'a KeyName,
}

/// A credential in both forms.
pub(crate) struct Signed {
    pub(crate) json: String,
    pub(crate) jwt: String,
}

impl Unsigned<'_> {
    /// Signs exactly these bytes in both forms: however often, the same comes out.
    pub(crate) fn sign(self, keyring: &Keyring) -> Result<Signed, SignError> {
        let data_integrity_key = usable(keyring, self.data_integrity_key)?;
        let jwt_key = usable(keyring, self.jwt_key)?;
        let document = json::read(self.document.as_bytes(), &JsonLimits::default())
            .map_err(SignError::Document)?;
        let method = data_integrity_key.verification_method();
        let options = ProofOptions::new(Cryptosuite::EddsaRdfc2022, method).created(self.issued);
        let mut with_proof = data_integrity_key.sign_document(&document, &options)?;
        // The data model has a list of proofs (Open Badges 3.0, AchievementCredential and EndorsementCredential).
        // A proof covers neither itself nor how it is written.
        with_proof["proof"] = vec![with_proof["proof"].take()].into();
        Ok(Signed {
            json: with_proof.to_string(),
            jwt: vc_jwt::sign(&document, jwt_key)?,
        })
    }
}

/// The key of this name, retired or not: what was allocated to it is finished with it.
fn usable<'a>(keyring: &'a Keyring, name: &KeyName) -> Result<&'a SigningKey, SignError> {
    let verification_method = || name.verification_method.clone();
    let key = keyring.key(&name.verification_method);
    let key = key.filter(|key| key.algorithm().name() == name.algorithm);
    match key {
        None => Err(SignError::KeyMissing {
            verification_method: verification_method(),
        }),
        Some(key) => match key.state() {
            KeyState::Compromised { .. } => Err(SignError::KeyCompromised {
                verification_method: verification_method(),
            }),
            KeyState::Current | KeyState::Retired => Ok(key),
        },
    }
}
