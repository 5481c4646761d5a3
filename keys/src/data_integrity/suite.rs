//! The suites: what they are called, and what they do with keys and values.

use serde_json::Value;

use super::ProofError;
use crate::encoding;
use crate::key::PublicKey;
use crate::rdfc::HashAlgorithm;

/// A way of making embedded proofs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Cryptosuite {
    /// Ed25519 over statements (Data Integrity EdDSA Cryptosuites 1.0, section 3.2).
    EddsaRdfc2022,
    /// The same under the name of an earlier draft.
    Eddsa2022,
    /// ECDSA over statements (Data Integrity ECDSA Cryptosuites 1.0, section 3.2).
    EcdsaRdfc2019,
    /// Ed25519 over canonical JSON (Data Integrity EdDSA Cryptosuites 1.0, section 3.3).
    EddsaJcs2022,
    /// ECDSA over canonical JSON (Data Integrity ECDSA Cryptosuites 1.0, section 3.3).
    EcdsaJcs2019,
    /// ECDSA over statements that the holder may leave out (Data Integrity ECDSA Cryptosuites 1.0, section 3.4).
    EcdsaSd2023,
    /// Ed25519 over statements, from before suites had names (Data Integrity EdDSA Cryptosuites 1.0, appendix A).
    Ed25519Signature2020,
}

/// What a suite turns documents into before it hashes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Statements,
    Json,
}

impl Cryptosuite {
    /// Every suite that is known, the certified ones first.
    pub const ALL: [Cryptosuite; 7] = [
        Cryptosuite::EddsaRdfc2022,
        Cryptosuite::EcdsaSd2023,
        Cryptosuite::EcdsaRdfc2019,
        Cryptosuite::EddsaJcs2022,
        Cryptosuite::EcdsaJcs2019,
        Cryptosuite::Eddsa2022,
        Cryptosuite::Ed25519Signature2020,
    ];

    /// The suite of a proof, by its `cryptosuite` or, before there was that, by its `type`. A name has one spelling.
    pub fn of(proof: &Value) -> Option<Cryptosuite> {
        let text = |name: &str| proof.get(name).and_then(Value::as_str);
        let name = match text("type")? {
            TYPE => text("cryptosuite")?,
            // A second name beside the type could be read as the suite by somebody else.
            older if proof.get("cryptosuite").is_none() => older,
            _ => return None,
        };
        Cryptosuite::ALL
            .into_iter()
            .find(|suite| suite.name() == name && text("type") == Some(suite.proof_type()))
    }

    /// The name in `cryptosuite`, or for the oldest the type of its proofs.
    pub fn name(self) -> &'static str {
        match self {
            Cryptosuite::EddsaRdfc2022 => "eddsa-rdfc-2022",
            Cryptosuite::Eddsa2022 => "eddsa-2022",
            Cryptosuite::EcdsaRdfc2019 => "ecdsa-rdfc-2019",
            Cryptosuite::EddsaJcs2022 => "eddsa-jcs-2022",
            Cryptosuite::EcdsaJcs2019 => "ecdsa-jcs-2019",
            Cryptosuite::EcdsaSd2023 => "ecdsa-sd-2023",
            Cryptosuite::Ed25519Signature2020 => "Ed25519Signature2020",
        }
    }

    /// Whether newer suites have taken its place.
    pub fn is_deprecated(self) -> bool {
        matches!(
            self,
            Cryptosuite::Eddsa2022 | Cryptosuite::Ed25519Signature2020
        )
    }

    /// Whether the certification of Open Badges 3.0 asks verifiers for it (conformance and certification guide 1.2,
    /// supported proof mechanisms).
    pub fn is_certified(self) -> bool {
        matches!(self, Cryptosuite::EddsaRdfc2022 | Cryptosuite::EcdsaSd2023)
    }

    /// The member `type` of its proofs.
    pub(super) fn proof_type(self) -> &'static str {
        match self {
            Cryptosuite::Ed25519Signature2020 => "Ed25519Signature2020",
            _ => TYPE,
        }
    }

    pub(super) fn form(self) -> Form {
        match self {
            Cryptosuite::EddsaJcs2022 | Cryptosuite::EcdsaJcs2019 => Form::Json,
            _ => Form::Statements,
        }
    }

    /// The hash function that goes with this kind of key; it is also that of the canonical form.
    pub(super) fn hash_for(self, key: &PublicKey) -> Result<HashAlgorithm, ProofError> {
        match (self, key) {
            // It hides statements, which takes more than a key and a hash: `ecdsa_sd_2023` does it.
            (Cryptosuite::EcdsaSd2023, _) => Err(ProofError::SuiteNotAllowed),
            (Cryptosuite::EcdsaRdfc2019 | Cryptosuite::EcdsaJcs2019, PublicKey::P256(_)) => {
                Ok(HashAlgorithm::Sha256)
            }
            (Cryptosuite::EcdsaRdfc2019 | Cryptosuite::EcdsaJcs2019, PublicKey::P384(_)) => {
                Ok(HashAlgorithm::Sha384)
            }
            (Cryptosuite::EcdsaRdfc2019 | Cryptosuite::EcdsaJcs2019, _) => {
                Err(ProofError::KeyMismatch)
            }
            (_, PublicKey::Ed25519(_)) => Ok(HashAlgorithm::Sha256),
            _ => Err(ProofError::KeyMismatch),
        }
    }

    /// The signature as the text of `proofValue`.
    pub(super) fn encode(self, signature: &[u8]) -> String {
        encoding::multibase(signature)
    }

    /// The signature in `proofValue`, of the length that goes with the key.
    pub(super) fn decode(self, value: &str, hash: HashAlgorithm) -> Result<Vec<u8>, ProofError> {
        let length = match hash {
            HashAlgorithm::Sha256 => 64,
            HashAlgorithm::Sha384 => 96,
        };
        encoding::from_multibase(value, LONGEST_VALUE)
            .filter(|signature| signature.len() == length)
            .ok_or(ProofError::Encoding)
    }
}

const TYPE: &str = "DataIntegrityProof";

/// Ninety-six bytes have at most 132 characters in base58, and one for the alphabet.
const LONGEST_VALUE: usize = 133;
