//! Proofs that stand in the document they prove (Verifiable Credential Data Integrity 1.0).
//!
//! What is signed is one hash of the proof's own options and one of the document. By the suites with `rdfc` in their
//! name, and the two older ones, both are hashed as statements: how the document is written as JSON does not matter;
//! that every member of it becomes a statement does, and `jsonld` sees to it. By those with `jcs`, both are hashed as
//! JSON, in its canonical form.
//!
//! A document may have several proofs, each for itself (a set), or with earlier ones under its own signature (a chain).
//!
//! ```
//! use keys::data_integrity::{Cryptosuite, ProofOptions, sign, verify};
//! use keys::jsonld::{Contexts, LdLimits};
//! use keys::{SecretKey, did_key};
//!
//! let key = SecretKey::p384([7; 48])?;
//! let issuer = did_key::encode(key.public_key()).unwrap_or_default();
//! let credential = serde_json::json!({
//!     "@context": ["https://www.w3.org/ns/credentials/v2"],
//!     "type": ["VerifiableCredential"],
//!     "issuer": issuer,
//!     "credentialSubject": { "id": "did:example:holder" },
//! });
//! let method = did_key::verification_method(&issuer)?;
//! let options = ProofOptions::new(Cryptosuite::EcdsaRdfc2019, &method);
//! let signed = sign(&credential, &options, &key)?;
//!
//! let (contexts, limits) = (Contexts::embedded(), LdLimits::default());
//! verify(&signed, &signed["proof"], key.public_key(), contexts, &limits)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod chain;
mod error;
mod hashing;
mod options;
mod suite;

use schemas::timestamp::Timestamp;
use serde_json::Value;

use self::suite::Form;
use crate::ecdsa_sd_2023;
use crate::jsonld::{self, Contexts, LdLimits};
use crate::key::PublicKey;
use crate::secret::SecretKey;

pub(crate) use hashing::{canonical_statements, configuration};

pub use error::ProofError;
pub use options::{Expected, ProofOptions};
pub use suite::Cryptosuite;

/// Adds a proof to a document that has none. The same document, options and key give the same proof.
pub fn sign(
    document: &Value,
    options: &ProofOptions,
    key: &SecretKey,
) -> Result<Value, ProofError> {
    if document.get("proof").is_some() {
        return Err(ProofError::Misplaced);
    }
    sign_with(document, options, key, Contexts::embedded())
}

/// Adds a proof beside those that a document has: to their set, or, where the options name previous proofs, to a chain
/// (section 4.3).
pub fn add(document: &Value, options: &ProofOptions, key: &SecretKey) -> Result<Value, ProofError> {
    sign_with(document, options, key, Contexts::embedded())
}

/// As [`add`], for documents with contexts that do not come with Assay.
pub fn sign_with(
    document: &Value,
    options: &ProofOptions,
    key: &SecretKey,
    contexts: &Contexts,
) -> Result<Value, ProofError> {
    let suite = options.cryptosuite;
    let hash = suite.hash_for(key.public_key())?;
    if options.id.is_some()
        && chain::named(document, options.id.as_deref())
            .next()
            .is_some()
    {
        return Err(ProofError::Chain);
    }
    let mut unsecured = chain::with_previous_only(document, &options.previous_proof)?;
    let mut proof = options.proof(&unsecured);
    let configuration = hashing::configuration(suite, &mut unsecured, &proof)?;
    let limits = LdLimits::default();
    let data = hashing::data(suite, hash, &unsecured, &configuration, contexts, &limits)?;
    let signature = key.sign(&data).map_err(ProofError::Sign)?;
    proof["proofValue"] = suite.encode(&signature).into();
    chain::append(document, proof)
}

/// Checks one proof that vouches for a document, with a key that the caller found to be the issuer's.
///
/// The document may be given with its proofs or without; those that a chain builds on have to be in it. Whether they
/// hold is for the caller to check, one by one.
pub fn verify(
    document: &Value,
    proof: &Value,
    key: &PublicKey,
    contexts: &Contexts,
    limits: &LdLimits,
) -> Result<(), ProofError> {
    let expected = Expected::default();
    verify_expecting(&expected, document, proof, key, contexts, limits)
}

/// Checks one proof that has to be made for something else than vouching, or for one occasion: the proof of a
/// presentation, for example, is made for `authentication` and answers a challenge (section 4.4).
pub fn verify_expecting(
    expected: &Expected<'_>,
    document: &Value,
    proof: &Value,
    key: &PublicKey,
    contexts: &Contexts,
    limits: &LdLimits,
) -> Result<(), ProofError> {
    let suite = Cryptosuite::of(proof).ok_or(ProofError::SuiteNotAllowed)?;
    expected.check(proof)?;
    let created = proof
        .get("created")
        .map(|created| created.as_str().map(Timestamp::parse));
    if !matches!(created, None | Some(Some(Ok(_)))) {
        return Err(ProofError::Created);
    }
    if suite == Cryptosuite::EcdsaSd2023 {
        return ecdsa_sd_2023::verify_derived(document, proof, key, contexts, limits);
    }
    let value = proof.get("proofValue").and_then(Value::as_str);
    let hash = suite.hash_for(key)?;
    let signature = suite.decode(value.unwrap_or_default(), hash)?;
    let mut unsecured = chain::with_previous_only(document, &chain::previous(proof)?)?;
    let configuration = hashing::configuration(suite, &mut unsecured, proof)?;
    let data = hashing::data(suite, hash, &unsecured, &configuration, contexts, limits)?;
    // Canonical JSON covers every member whatever it means, so contexts that were added after signing could give
    // members a meaning that nobody signed.
    if suite.form() == Form::Json && unsecured.get("@context") != document.get("@context") {
        jsonld::to_rdf(&unsecured, contexts, limits).map_err(ProofError::Document)?;
    }
    if !key.verifies(&data, &signature) {
        return Err(ProofError::SignatureInvalid);
    }
    Ok(())
}
