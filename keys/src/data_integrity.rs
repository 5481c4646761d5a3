//! The cryptosuite `eddsa-rdfc-2022`: an Ed25519 signature embedded in the document (Data Integrity EdDSA
//! Cryptosuites 1.0, section 3.2).
//!
//! What is signed are the statements of the document and those of the proof's own options, each in canonical form. How
//! the document is written as JSON does not matter; that every member of it becomes a statement does, and `jsonld` sees
//! to it.

use std::borrow::Cow;

use schemas::timestamp::Timestamp;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::encoding;
use crate::jsonld::{self, Contexts, LdError, LdLimits};
use crate::key::PublicKey;
use crate::keyring::SigningKey;
use crate::rdfc::{self, HashAlgorithm};
use crate::secret::SignError;

/// What a new proof says besides the signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProofOptions {
    /// The address under which the key is published.
    pub verification_method: String,
    /// When the proof was made.
    pub created: Timestamp,
}

/// Why a proof is refused, or cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProofError {
    #[error("the proof is not of the type DataIntegrityProof with the cryptosuite eddsa-rdfc-2022")]
    SuiteNotAllowed,
    #[error("the proof is not made for assertions")]
    Purpose,
    #[error("the proof value is not 64 bytes in multibase base58-btc")]
    Encoding,
    #[error("the time of the proof is no date-time with an offset")]
    Created,
    #[error("the contexts of the document do not begin with those of the proof")]
    ContextOrder,
    #[error("the document has a proof already")]
    Misplaced,
    #[error("the document cannot be read into statements: {0}")]
    Document(LdError),
    #[error("the options of the proof cannot be read into statements: {0}")]
    Options(LdError),
    #[error("the proof does not fit the document and the key")]
    SignatureInvalid,
    #[error("{0}")]
    Sign(SignError),
}

/// Adds a proof to a document that has none. The same document, options and key give the same proof.
pub fn sign(
    document: &Value,
    options: &ProofOptions,
    key: &SigningKey,
) -> Result<Value, ProofError> {
    let mut signed = document.clone();
    let members = signed.as_object_mut().ok_or(ProofError::Misplaced)?;
    if members.contains_key("proof") {
        return Err(ProofError::Misplaced);
    }
    let mut proof = json!({
        "type": TYPE,
        "created": options.created,
        "verificationMethod": options.verification_method,
        "cryptosuite": CRYPTOSUITE,
        "proofPurpose": PURPOSE,
    });
    let hash = hash_data(
        document,
        proof_options(document, &proof),
        Contexts::embedded(),
        &LdLimits::default(),
    )?;
    let signature = key.sign_ed25519(&hash).map_err(ProofError::Sign)?;
    proof["proofValue"] = encoding::multibase(&signature).into();
    members.insert("proof".to_owned(), proof);
    Ok(signed)
}

/// Checks one proof of a document with a key that the caller found to be the issuer's.
///
/// The document may be given with its proofs or without.
pub fn verify(
    document: &Value,
    proof: &Value,
    key: &PublicKey,
    contexts: &Contexts,
    limits: &LdLimits,
) -> Result<(), ProofError> {
    let text = |name: &str| proof.get(name).and_then(Value::as_str);
    if text("type") != Some(TYPE) || text("cryptosuite") != Some(CRYPTOSUITE) {
        return Err(ProofError::SuiteNotAllowed);
    }
    if text("proofPurpose") != Some(PURPOSE) {
        return Err(ProofError::Purpose);
    }
    let created = proof
        .get("created")
        .map(|created| created.as_str().map(Timestamp::parse));
    if !matches!(created, None | Some(Some(Ok(_)))) {
        return Err(ProofError::Created);
    }
    let signature = text("proofValue")
        .and_then(|value| encoding::from_multibase(value, LONGEST_VALUE))
        .filter(|signature| signature.len() == 64)
        .ok_or(ProofError::Encoding)?;
    let PublicKey::Ed25519(key) = key else {
        return Err(ProofError::SignatureInvalid);
    };
    let unsecured = unsecured(document, proof)?;
    let hash = hash_data(
        &unsecured,
        proof_options(&unsecured, proof),
        contexts,
        limits,
    )?;
    if !key.verifies(&hash, &signature) {
        return Err(ProofError::SignatureInvalid);
    }
    Ok(())
}

impl ProofError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        match self {
            ProofError::SuiteNotAllowed => "proof.suite_not_allowed",
            ProofError::Purpose => "proof.purpose",
            ProofError::Encoding => "proof.encoding",
            ProofError::Created => "time.syntax",
            ProofError::ContextOrder => "ld.context_order",
            ProofError::Misplaced => "proof.misplaced",
            ProofError::Document(error) | ProofError::Options(error) => error.code(),
            ProofError::SignatureInvalid => "signature.invalid",
            ProofError::Sign(error) => error.code(),
        }
    }

    /// Where the error is: in the document, or for the cases about the proof, in the proof.
    pub fn pointer(&self) -> Option<&str> {
        match self {
            ProofError::SuiteNotAllowed => Some("/cryptosuite"),
            ProofError::Purpose => Some("/proofPurpose"),
            ProofError::Encoding => Some("/proofValue"),
            ProofError::Created => Some("/created"),
            ProofError::ContextOrder => Some("/@context"),
            ProofError::Document(error) | ProofError::Options(error) => Some(error.pointer()),
            ProofError::Misplaced | ProofError::SignatureInvalid | ProofError::Sign(_) => None,
        }
    }
}

/// The document as it was before it was secured: without proofs, and read with the contexts of the proof if that has
/// its own (section 3.2.2, steps 4 and 5).
fn unsecured<'a>(document: &'a Value, proof: &Value) -> Result<Cow<'a, Value>, ProofError> {
    if document.get("proof").is_none() && proof.get("@context").is_none() {
        return Ok(Cow::Borrowed(document));
    }
    let mut members = document.as_object().cloned().unwrap_or_default();
    members.shift_remove("proof");
    if let Some(context) = proof.get("@context") {
        let (of_document, of_proof) = (entries(members.get("@context")), entries(Some(context)));
        if !of_document.starts_with(of_proof) {
            return Err(ProofError::ContextOrder);
        }
        members.insert("@context".to_owned(), context.clone());
    }
    Ok(Cow::Owned(Value::Object(members)))
}

/// What of a proof is signed: all but its value, read with the contexts of the document (section 3.2.5).
fn proof_options(document: &Value, proof: &Value) -> Value {
    let mut options = Map::new();
    options.insert(
        "@context".to_owned(),
        document.get("@context").cloned().unwrap_or_default(),
    );
    for (name, value) in proof.as_object().into_iter().flatten() {
        if name != "proofValue" && name != "@context" {
            options.insert(name.clone(), value.clone());
        }
    }
    Value::Object(options)
}

/// The 64 bytes that are signed: the hash of the options, then that of the document (section 3.2.4).
fn hash_data(
    document: &Value,
    options: Value,
    contexts: &Contexts,
    limits: &LdLimits,
) -> Result<[u8; 64], ProofError> {
    let hash = |value: &Value| {
        let dataset = jsonld::to_rdf(value, contexts, limits)?;
        rdfc::canonicalize(&dataset, HashAlgorithm::Sha256, limits).map(Sha256::digest)
    };
    let mut data = [0; 64];
    data[..32].copy_from_slice(&hash(&options).map_err(ProofError::Options)?);
    data[32..].copy_from_slice(&hash(document).map_err(ProofError::Document)?);
    Ok(data)
}

fn entries(context: Option<&Value>) -> &[Value] {
    match context {
        None => &[],
        Some(Value::Array(entries)) => entries,
        Some(one) => std::slice::from_ref(one),
    }
}

const TYPE: &str = "DataIntegrityProof";
const CRYPTOSUITE: &str = "eddsa-rdfc-2022";
const PURPOSE: &str = "assertionMethod";

/// Sixty-four bytes have at most 88 characters in base58, and one for the alphabet.
const LONGEST_VALUE: usize = 89;
