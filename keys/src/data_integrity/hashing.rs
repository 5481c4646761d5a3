//! From document and options to the bytes that are signed.

use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256, Sha384};

use super::ProofError;
use super::suite::{Cryptosuite, Form};
use crate::jcs;
use crate::jsonld::{self, Contexts, LdError, LdLimits};
use crate::rdfc::{self, HashAlgorithm};

/// What of a proof is signed: all but its value (section "Proof Configuration" of each suite).
///
/// A proof that carries contexts was made with exactly those, and the document is then read with them, if it still
/// begins with them (section "Verify Proof" of each suite).
pub(crate) fn configuration(
    suite: Cryptosuite,
    unsecured: &mut Value,
    proof: &Value,
) -> Result<Value, ProofError> {
    if let Some(context) = proof.get("@context") {
        let of_document = entries(unsecured.get("@context"));
        if !of_document.starts_with(entries(Some(context))) {
            return Err(ProofError::ContextOrder);
        }
        unsecured["@context"] = context.clone();
    }
    let context = match suite.form() {
        Form::Statements => Some(unsecured.get("@context").cloned().unwrap_or_default()),
        Form::Json => proof.get("@context").cloned(),
    };
    let mut configuration = Map::new();
    if let Some(context) = context {
        configuration.insert("@context".to_owned(), context);
    }
    for (name, value) in proof.as_object().into_iter().flatten() {
        if name != "proofValue" && name != "@context" {
            configuration.insert(name.clone(), value.clone());
        }
    }
    Ok(Value::Object(configuration))
}

/// The bytes that are signed: the hash of the options, then that of the document (section "Hashing" of each suite).
pub(super) fn data(
    suite: Cryptosuite,
    algorithm: HashAlgorithm,
    unsecured: &Value,
    configuration: &Value,
    contexts: &Contexts,
    limits: &LdLimits,
) -> Result<Vec<u8>, ProofError> {
    let canonical = |value: &Value| match suite.form() {
        Form::Statements => canonical_statements(value, algorithm, contexts, limits),
        Form::Json => Ok(jcs::canonical_text(value)),
    };
    let configuration = canonical(configuration).map_err(ProofError::Options)?;
    let document = canonical(unsecured).map_err(ProofError::Document)?;
    Ok(match algorithm {
        HashAlgorithm::Sha256 => [Sha256::digest(configuration), Sha256::digest(document)].concat(),
        HashAlgorithm::Sha384 => [Sha384::digest(configuration), Sha384::digest(document)].concat(),
    })
}

/// The canonical N-Quads of a document (RDF Dataset Canonicalization 1.0).
pub(crate) fn canonical_statements(
    value: &Value,
    algorithm: HashAlgorithm,
    contexts: &Contexts,
    limits: &LdLimits,
) -> Result<String, LdError> {
    let dataset = jsonld::to_rdf(value, contexts, limits)?;
    rdfc::canonicalize(&dataset, algorithm, limits)
}

fn entries(context: Option<&Value>) -> &[Value] {
    match context {
        None => &[],
        Some(Value::Array(entries)) => entries,
        Some(one) => std::slice::from_ref(one),
    }
}
