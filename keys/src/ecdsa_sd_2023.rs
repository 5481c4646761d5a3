//! The cryptosuite `ecdsa-sd-2023`: a holder shows a part of what the issuer signed (Data Integrity ECDSA Cryptosuites
//! 1.0, sections 3.4 to 3.7).
//!
//! The issuer signs every statement by itself, with a key made for this one proof, and with his own key that key
//! together with the statements that nobody may leave out. That is the *base proof*; it is for the holder alone. The
//! holder *derives* from it a smaller document with the signatures of what is left. Whoever verifies that sees nothing
//! of the rest, and that all he sees is signed.
//!
//! Statements about objects without identifiers are signed under names that a keyed hash gives them, so that the names
//! do not tell how many objects there were.
//!
//! ```
//! use keys::data_integrity::{self, Cryptosuite, ProofOptions};
//! use keys::ecdsa_sd_2023::{self, SdEntropy};
//! use keys::jsonld::{Contexts, LdLimits};
//! use keys::{SecretKey, did_key};
//!
//! let key = SecretKey::p256([7; 32])?;
//! let issuer = did_key::encode(key.public_key()).unwrap_or_default();
//! let credential = serde_json::json!({
//!     "@context": ["https://www.w3.org/ns/credentials/v2"],
//!     "type": ["VerifiableCredential"],
//!     "issuer": issuer,
//!     "name": "Rust, the basics",
//!     "credentialSubject": { "id": "did:example:holder", "name": "Ada" },
//! });
//! let options = ProofOptions::new(
//!     Cryptosuite::EcdsaSd2023,
//!     &did_key::verification_method(&issuer)?,
//! );
//! let (contexts, limits) = (Contexts::embedded(), LdLimits::default());
//!
//! // The issuer: who signed and whom it is about may not be left out.
//! let mandatory = ["/issuer".to_owned(), "/credentialSubject/id".to_owned()];
//! let entropy = SdEntropy::new([1; 32], [2; 32])?; // from the operating system
//! let base = ecdsa_sd_2023::create_base_proof(
//!     &credential, &options, &mandatory, &key, &entropy, contexts,
//! )?;
//!
//! // The holder shows what the credential is for, and no name.
//! let shown = ecdsa_sd_2023::derive(&base, &["/name".to_owned()], contexts, &limits)?;
//! assert!(shown["credentialSubject"].get("name").is_none());
//!
//! // A stranger.
//! data_integrity::verify(&shown, &shown["proof"], key.public_key(), contexts, &limits)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod proof_value;
mod selection;
mod statements;

use std::collections::HashSet;

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use self::proof_value::{BaseProof, DerivedProof};
use self::statements::Statements;
use crate::data_integrity::{
    Cryptosuite, ProofError, ProofOptions, canonical_statements, configuration,
};
use crate::jsonld::{Contexts, LdLimits};
use crate::key::{KeyError, PublicKey};
use crate::rdfc::HashAlgorithm;
use crate::secret::SecretKey;

pub use selection::SelectionError;

/// What must be drawn anew for every base proof.
pub struct SdEntropy {
    hmac_key: Zeroizing<[u8; 32]>,
    proof_key: SecretKey,
}

impl SdEntropy {
    /// From the key that hides names, and the scalar of the P-256 key that signs the statements, which is from 1 to the
    /// order of the curve minus 1.
    pub fn new(hmac_key: [u8; 32], proof_key: [u8; 32]) -> Result<SdEntropy, KeyError> {
        Ok(SdEntropy {
            hmac_key: Zeroizing::new(hmac_key),
            proof_key: SecretKey::p256(proof_key)?,
        })
    }
}

/// Adds the proof that a holder derives others from (section 3.6.1). The pointers (RFC 6901) say what every one of
/// these has to show.
pub fn create_base_proof(
    document: &Value,
    options: &ProofOptions,
    mandatory_pointers: &[String],
    key: &SecretKey,
    entropy: &SdEntropy,
    contexts: &Contexts,
) -> Result<Value, ProofError> {
    if options.cryptosuite != Cryptosuite::EcdsaSd2023 {
        return Err(ProofError::SuiteNotAllowed);
    }
    if !matches!(key.public_key(), PublicKey::P256(_)) {
        return Err(ProofError::KeyMismatch);
    }
    if document.get("proof").is_some() {
        return Err(ProofError::Misplaced);
    }
    if !options.previous_proof.is_empty() {
        return Err(ProofError::Chain);
    }
    let limits = &LdLimits::default();
    let mut signed = document.clone();
    let mut proof = options.proof(&signed);
    let proof_hash = proof_hash(&mut signed, &proof, contexts, limits)?;

    let statements = Statements::of(&signed, &entropy.hmac_key, contexts, limits)?;
    let (_, mandatory) = statements.select(mandatory_pointers, contexts, limits)?;
    let mut signatures = Vec::new();
    for (index, line) in statements.lines.iter().enumerate() {
        if !mandatory.contains(&index) {
            signatures.push(signature(&entropy.proof_key, line.as_bytes())?);
        }
    }
    let mandatory_lines = mandatory
        .iter()
        .map(|index| statements.lines[*index].as_str());
    let public_key = multikey(entropy.proof_key.public_key())?;
    let data = base_data(&proof_hash, &public_key, mandatory_lines);
    let value = BaseProof {
        base_signature: signature(key, &data)?,
        public_key,
        hmac_key: entropy.hmac_key.clone(),
        signatures,
        mandatory_pointers: mandatory_pointers.to_vec(),
    };
    proof["proofValue"] = value.encode().into();
    signed["proof"] = proof;
    Ok(signed)
}

/// The document with no more in it than the issuer demands and the pointers (RFC 6901) select, and the proof for that
/// (section 3.6.6). The document has exactly one base proof.
pub fn derive(
    document: &Value,
    selective_pointers: &[String],
    contexts: &Contexts,
    limits: &LdLimits,
) -> Result<Value, ProofError> {
    let (mut proof, base) = base_proof_of(document)?;
    let mut unsecured = document.clone();
    if let Some(members) = unsecured.as_object_mut() {
        members.shift_remove("proof");
    }
    // Reads the document with the contexts of the proof, if that has its own.
    configuration(Cryptosuite::EcdsaSd2023, &mut unsecured, &proof)?;

    let statements = Statements::of(&unsecured, &base.hmac_key, contexts, limits)?;
    let (_, mandatory) = statements.select(&base.mandatory_pointers, contexts, limits)?;
    if base.signatures.len() + mandatory.len() != statements.lines.len() {
        return Err(ProofError::SignatureInvalid);
    }
    let pointers = [&base.mandatory_pointers[..], selective_pointers].concat();
    if pointers.is_empty() {
        return Err(SelectionError::Empty.into());
    }
    let (shown, combined) = statements.select(&pointers, contexts, limits)?;

    // The signatures stand in the order of the statements that are not mandatory.
    let optional = (0..statements.lines.len()).filter(|index| !mandatory.contains(index));
    let signatures = optional
        .zip(&base.signatures)
        .filter(|(index, _)| combined.contains(index))
        .map(|(_, signature)| *signature)
        .collect();
    let derived = DerivedProof {
        base_signature: base.base_signature,
        public_key: base.public_key,
        signatures,
        labels: statements.labels_of(&shown, contexts, limits)?,
        mandatory_indexes: combined
            .iter()
            .enumerate()
            .filter(|(_, index)| mandatory.contains(index))
            .map(|(place, _)| place as u32)
            .collect(),
    };
    let mut document = *shown.document;
    if let Some(members) = proof.as_object_mut() {
        members.shift_remove("@context");
    }
    proof["proofValue"] = derived.encode().into();
    document["proof"] = proof;
    Ok(document)
}

/// Checks a derived proof (section 3.6.7): the issuer's signature under the statements that had to be shown and under
/// the key of the proof, and that key's signature under each of the others. The caller has looked at what the proof
/// says of itself.
pub(crate) fn verify_derived(
    document: &Value,
    proof: &Value,
    key: &PublicKey,
    contexts: &Contexts,
    limits: &LdLimits,
) -> Result<(), ProofError> {
    if !matches!(key, PublicKey::P256(_)) {
        return Err(ProofError::KeyMismatch);
    }
    if proof.get("previousProof").is_some() {
        return Err(ProofError::Chain);
    }
    let derived = DerivedProof::decode(proof_value(proof)?)?;
    let proof_key = public_key(&derived.public_key)?;
    let mut unsecured = document.clone();
    let members = unsecured.as_object_mut().ok_or(ProofError::Misplaced)?;
    members.shift_remove("proof");
    let proof_hash = proof_hash(&mut unsecured, proof, contexts, limits)?;

    let lines = statements::named(&unsecured, &derived.labels, contexts, limits)?;
    let mandatory: HashSet<usize> = derived
        .mandatory_indexes
        .iter()
        .map(|index| *index as usize)
        .collect();
    if mandatory.iter().any(|index| *index >= lines.len())
        || mandatory.len() + derived.signatures.len() != lines.len()
    {
        return Err(ProofError::SignatureInvalid);
    }
    let is_mandatory = |(index, _): &(usize, &String)| mandatory.contains(index);
    let mandatory_lines = lines.iter().enumerate().filter(is_mandatory);
    let data = base_data(
        &proof_hash,
        &derived.public_key,
        mandatory_lines.map(|(_, line)| line.as_str()),
    );
    if !key.verifies(&data, &derived.base_signature) {
        return Err(ProofError::SignatureInvalid);
    }
    limits
        .spend(derived.signatures.len() as u64 * WORK_OF_A_SIGNATURE)
        .map_err(ProofError::Document)?;
    let mut optional = lines
        .iter()
        .enumerate()
        .filter(|line| !is_mandatory(line))
        .zip(&derived.signatures);
    match optional.all(|((_, line), signature)| proof_key.verifies(line.as_bytes(), signature)) {
        true => Ok(()),
        false => Err(ProofError::SignatureInvalid),
    }
}

/// The one base proof among the proofs of a document.
fn base_proof_of(document: &Value) -> Result<(Value, BaseProof), ProofError> {
    let proofs = match document.get("proof") {
        None => &[],
        Some(Value::Array(proofs)) => proofs.as_slice(),
        Some(one) => std::slice::from_ref(one),
    };
    let mut of_suite = proofs
        .iter()
        .filter(|proof| Cryptosuite::of(proof) == Some(Cryptosuite::EcdsaSd2023));
    match (of_suite.next(), of_suite.next()) {
        (Some(proof), None) => Ok((proof.clone(), BaseProof::decode(proof_value(proof)?)?)),
        (None, _) => Err(ProofError::SuiteNotAllowed),
        _ => Err(ProofError::Misplaced),
    }
}

fn proof_value(proof: &Value) -> Result<&str, ProofError> {
    let value = proof.get("proofValue").and_then(Value::as_str);
    value.ok_or(ProofError::Encoding)
}

/// The hash of what the proof says of itself (sections 3.6.4 and 3.4.13).
fn proof_hash(
    unsecured: &mut Value,
    proof: &Value,
    contexts: &Contexts,
    limits: &LdLimits,
) -> Result<[u8; 32], ProofError> {
    let configuration = configuration(Cryptosuite::EcdsaSd2023, unsecured, proof)?;
    let text = canonical_statements(&configuration, HashAlgorithm::Sha256, contexts, limits)
        .map_err(ProofError::Options)?;
    Ok(Sha256::digest(text).into())
}

/// What the issuer's own key signs (section 3.4.12): the options of the proof, its key, and the statements that have to
/// be shown.
fn base_data<'a>(
    proof_hash: &[u8; 32],
    public_key: &[u8; 35],
    mandatory: impl Iterator<Item = &'a str>,
) -> Vec<u8> {
    let mut hasher = Sha256::new();
    mandatory.for_each(|line| hasher.update(line));
    [&proof_hash[..], &public_key[..], &hasher.finalize()].concat()
}

fn signature(key: &SecretKey, message: &[u8]) -> Result<[u8; 64], ProofError> {
    let signature = key.sign(message).map_err(ProofError::Sign)?;
    let signature = signature.try_into();
    signature.map_err(|_| ProofError::KeyMismatch)
}

/// The key of a proof as the suite writes it: Multikey, without its text form.
fn multikey(key: &PublicKey) -> Result<[u8; 35], ProofError> {
    let PublicKey::P256(key) = key else {
        return Err(ProofError::KeyMismatch);
    };
    let bytes = [&MULTIKEY_P256[..], &key.compressed()].concat();
    bytes.try_into().map_err(|_| ProofError::KeyMismatch)
}

fn public_key(multikey: &[u8; 35]) -> Result<PublicKey, ProofError> {
    let sec1 = multikey
        .strip_prefix(&MULTIKEY_P256)
        .ok_or(ProofError::Encoding)?;
    PublicKey::from_p256(sec1).map_err(|_| ProofError::Encoding)
}

/// Checking one takes as long as so many calls of a hash function.
const WORK_OF_A_SIGNATURE: u64 = 900;

const MULTIKEY_P256: [u8; 2] = [0x80, 0x24];
