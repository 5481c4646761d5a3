//! Why a proof is refused, or cannot be made.

use crate::ecdsa_sd_2023::SelectionError;
use crate::jsonld::LdError;
use crate::secret::SignError;

/// Why a proof is refused, or cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProofError {
    #[error("the proof is not of a suite that is known")]
    SuiteNotAllowed,
    #[error("the suite of the proof takes another kind of key")]
    KeyMismatch,
    #[error("the proof is not made for the purpose it is used for")]
    Purpose,
    #[error("the proof does not answer the challenge")]
    Challenge,
    #[error("the proof is not made for this domain")]
    Domain,
    #[error("the proof value is not written as the suite says")]
    Encoding,
    #[error("the time of the proof is no date-time with an offset")]
    Created,
    #[error("the contexts of the document do not begin with those of the proof")]
    ContextOrder,
    #[error("the document has a proof already, or is no object")]
    Misplaced,
    #[error("the proofs that the proof builds on are not in the document, each once")]
    Chain,
    #[error("the proof from which others are derived")]
    NotDerived,
    #[error("the proof was derived already, and nothing more can be derived from it")]
    NotBase,
    #[error("{0}")]
    Selection(#[from] SelectionError),
    #[error("the document cannot be read into statements: {0}")]
    Document(LdError),
    #[error("the options of the proof cannot be read into statements: {0}")]
    Options(LdError),
    #[error("the proof does not fit the document and the key")]
    SignatureInvalid,
    #[error("{0}")]
    Sign(SignError),
}

impl ProofError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        match self {
            ProofError::SuiteNotAllowed => "proof.suite_not_allowed",
            ProofError::KeyMismatch => "proof.key_mismatch",
            ProofError::Purpose => "proof.purpose",
            ProofError::Challenge => "proof.challenge",
            ProofError::Domain => "proof.domain",
            ProofError::Encoding => "proof.encoding",
            ProofError::Created => "time.syntax",
            ProofError::ContextOrder => "ld.context_order",
            ProofError::Misplaced => "proof.misplaced",
            ProofError::Chain => "proof.chain",
            ProofError::NotDerived => "proof.not_derived",
            ProofError::NotBase => "proof.not_base",
            ProofError::Selection(_) => "proof.selection",
            ProofError::Document(error) | ProofError::Options(error) => error.code(),
            ProofError::SignatureInvalid => "signature.invalid",
            ProofError::Sign(error) => error.code(),
        }
    }

    /// The name that the standard has for errors of this sort (Data Integrity, section 4.7).
    pub fn standard_name(&self) -> &'static str {
        match self {
            ProofError::Sign(_)
            | ProofError::Misplaced
            | ProofError::NotBase
            | ProofError::Selection(_) => "PROOF_GENERATION_ERROR",
            ProofError::Document(_) | ProofError::Options(_) => "PROOF_TRANSFORMATION_ERROR",
            ProofError::Challenge => "INVALID_CHALLENGE_ERROR",
            ProofError::Domain => "INVALID_DOMAIN_ERROR",
            _ => "PROOF_VERIFICATION_ERROR",
        }
    }

    /// Where the error is: in the document, or for the cases about the proof, in the proof.
    pub fn pointer(&self) -> Option<&str> {
        match self {
            ProofError::SuiteNotAllowed => Some("/cryptosuite"),
            ProofError::KeyMismatch => Some("/verificationMethod"),
            ProofError::Purpose => Some("/proofPurpose"),
            ProofError::Challenge => Some("/challenge"),
            ProofError::Domain => Some("/domain"),
            ProofError::Encoding | ProofError::NotDerived | ProofError::NotBase => {
                Some("/proofValue")
            }
            ProofError::Created => Some("/created"),
            ProofError::ContextOrder => Some("/@context"),
            ProofError::Chain => Some("/previousProof"),
            ProofError::Document(error) | ProofError::Options(error) => Some(error.pointer()),
            ProofError::Misplaced
            | ProofError::Selection(_)
            | ProofError::SignatureInvalid
            | ProofError::Sign(_) => None,
        }
    }
}
