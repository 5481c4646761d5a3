//! What a proof says besides its value, and what is expected of that.

use schemas::timestamp::Timestamp;
use serde_json::{Map, Value, json};

use super::ProofError;
use super::suite::{Cryptosuite, Form};

/// What a new proof says besides the signature (section 2.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProofOptions {
    /// The suite.
    pub cryptosuite: Cryptosuite,
    /// The address under which the key is published.
    pub verification_method: String,
    /// When the proof was made.
    pub created: Option<Timestamp>,
    /// What the proof is made for.
    pub proof_purpose: String,
    /// What whoever asked for the proof gave to be signed with it, once.
    pub challenge: Option<String>,
    /// For whom the proof is made.
    pub domain: Option<String>,
    /// The address of the proof, under which others can build on it.
    pub id: Option<String>,
    /// The addresses of the proofs in the document that this one builds on.
    pub previous_proof: Vec<String>,
}

/// What a proof has to be made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected<'a> {
    /// The purpose.
    pub proof_purpose: &'a str,
    /// The challenge, where one was given. Without it any is allowed.
    pub challenge: Option<&'a str>,
    /// The domain, where one was given. Without it any is allowed.
    pub domain: Option<&'a str>,
}

impl ProofOptions {
    /// A proof that vouches for its document, without further options.
    pub fn new(cryptosuite: Cryptosuite, verification_method: &str) -> ProofOptions {
        ProofOptions {
            cryptosuite,
            verification_method: verification_method.to_owned(),
            created: None,
            proof_purpose: VOUCHING.to_owned(),
            challenge: None,
            domain: None,
            id: None,
            previous_proof: Vec::new(),
        }
    }

    /// The same, made at that time.
    pub fn created(self, created: Timestamp) -> ProofOptions {
        ProofOptions {
            created: Some(created),
            ..self
        }
    }

    /// The proof without its value, for this document.
    pub(crate) fn proof(&self, unsecured: &Value) -> Value {
        let mut proof = Map::new();
        let mut add = |name: &str, value: Value| {
            if !value.is_null() {
                proof.insert(name.to_owned(), value);
            }
        };
        // The suites over JSON carry the contexts that the document had when it was signed (section 3.3.1 of both
        // specifications of suites).
        if self.cryptosuite.form() == Form::Json {
            add(
                "@context",
                unsecured.get("@context").cloned().unwrap_or_default(),
            );
        }
        add("id", json!(self.id));
        add("type", self.cryptosuite.proof_type().into());
        add("created", json!(self.created));
        add("verificationMethod", json!(self.verification_method));
        if self.cryptosuite.proof_type() != self.cryptosuite.name() {
            add("cryptosuite", self.cryptosuite.name().into());
        }
        add("proofPurpose", json!(self.proof_purpose));
        add("challenge", json!(self.challenge));
        add("domain", json!(self.domain));
        match self.previous_proof.as_slice() {
            [] => {}
            [one] => add("previousProof", json!(one)),
            several => add("previousProof", json!(several)),
        }
        Value::Object(proof)
    }
}

impl Default for Expected<'_> {
    /// A proof that vouches for its document.
    fn default() -> Self {
        Expected {
            proof_purpose: VOUCHING,
            challenge: None,
            domain: None,
        }
    }
}

impl Expected<'_> {
    /// Whether a proof says what is expected. Nothing is known yet about its signature.
    pub fn check(&self, proof: &Value) -> Result<(), ProofError> {
        let is = |name: &str, text: &str| proof.get(name).is_some_and(|value| value == text);
        if !is("proofPurpose", self.proof_purpose) {
            return Err(ProofError::Purpose);
        }
        if self.challenge.is_some_and(|text| !is("challenge", text)) {
            return Err(ProofError::Challenge);
        }
        // One text stands for a set of one (section 4.4).
        let in_a_set = |text: &str| proof.get("domain").is_some_and(|set| *set == json!([text]));
        if self
            .domain
            .is_some_and(|text| !is("domain", text) && !in_a_set(text))
        {
            return Err(ProofError::Domain);
        }
        Ok(())
    }
}

const VOUCHING: &str = "assertionMethod";
