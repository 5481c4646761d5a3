//! Controller documents: which keys speak for an issuer (Controlled Identifiers 1.0; DID Core 1.0, section 5).

use schemas::json::{self, JsonError, JsonLimits};
use schemas::timestamp::Timestamp;
use serde_json::{Map, Value};

use crate::key::{KeyError, PublicKey};

/// What a controller document says about keys, for the one controller that it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControllerDocument {
    id: String,
    verification_methods: Vec<VerificationMethod>,
    /// Methods that cannot be used here, and why; one of them does not spoil its neighbours.
    unusable: Vec<(String, KeyError)>,
    assertion_method: Vec<String>,
    authentication: Vec<String>,
}

/// A key of a controller under its address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerificationMethod {
    /// The absolute address of the method, with its fragment.
    pub id: String,
    /// The controller, always that of the document.
    pub controller: String,
    /// The key.
    pub key: PublicKey,
    /// Since when the key is not to be trusted any more.
    pub revoked: Option<Timestamp>,
    /// From when on the key makes no new signatures.
    pub expires: Option<Timestamp>,
}

/// Why a DID or the document of a controller is refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DidError {
    #[error("the DID is not well formed: {0}")]
    Invalid(&'static str),
    #[error("its key is of the kind {0}, which is not supported; Ed25519, P-256 and P-384 are")]
    KeyKind(&'static str),
    #[error("the key of the DID is refused: {0}")]
    Key(KeyError),
    #[error("the controller document is refused: {fact}")]
    Document { fact: &'static str, pointer: String },
    #[error("the controller document is not strict JSON: {0}")]
    Json(JsonError),
}

/// Why a document does not let a key speak for its controller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MethodError {
    #[error("the controller document has no such verification method")]
    Unknown,
    #[error("the controller document does not list the verification method for assertions")]
    NotForAssertion,
    #[error("the controller has taken the key back since {0}")]
    Revoked(Timestamp),
    #[error("{0}")]
    Key(KeyError),
}

impl ControllerDocument {
    /// Reads the document that was found for `expected_id`; it has to be about exactly that controller.
    pub fn read(bytes: &[u8], expected_id: &str) -> Result<ControllerDocument, DidError> {
        let limits = JsonLimits {
            bytes: LARGEST_DOCUMENT,
            ..JsonLimits::default()
        };
        let document = json::read(bytes, &limits).map_err(DidError::Json)?;
        let document = document
            .as_object()
            .ok_or_else(|| refused("it is no object", ""))?;
        if document.get("id").and_then(Value::as_str) != Some(expected_id) {
            return Err(refused(
                "its id is not the controller that was asked for",
                "/id",
            ));
        }
        let mut read = ControllerDocument {
            id: expected_id.to_owned(),
            verification_methods: Vec::new(),
            unusable: Vec::new(),
            assertion_method: Vec::new(),
            authentication: Vec::new(),
        };
        for (index, method) in entries(document, "verificationMethod")?.iter().enumerate() {
            read.add_method(method, &format!("/verificationMethod/{index}"))?;
        }
        for relationship in RELATIONSHIPS {
            for (index, entry) in entries(document, relationship)?.iter().enumerate() {
                let pointer = format!("/{relationship}/{index}");
                let id = match entry {
                    Value::String(reference) => absolute(reference, expected_id),
                    embedded => read.add_method(embedded, &pointer)?,
                };
                match relationship {
                    "assertionMethod" => read.assertion_method.push(id),
                    "authentication" => read.authentication.push(id),
                    _ => {}
                }
            }
        }
        Ok(read)
    }

    /// The document of a controller with one key, which makes assertions and authenticates.
    pub(crate) fn of_one_key(id: &str, method: String, key: PublicKey) -> ControllerDocument {
        let controller = id.to_owned();
        ControllerDocument {
            id: controller.clone(),
            assertion_method: vec![method.clone()],
            authentication: vec![method.clone()],
            verification_methods: vec![VerificationMethod {
                id: method,
                controller,
                key,
                revoked: None,
                expires: None,
            }],
            unusable: Vec::new(),
        }
    }

    /// The controller.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The methods whose keys can be used here.
    pub fn verification_methods(&self) -> &[VerificationMethod] {
        &self.verification_methods
    }

    /// The addresses of the methods that may make assertions.
    pub fn assertion_method(&self) -> &[String] {
        &self.assertion_method
    }

    /// The method at that address, if it may make assertions such as credentials.
    pub fn assertion_key(
        &self,
        verification_method: &str,
    ) -> Result<&VerificationMethod, MethodError> {
        self.key_for("assertionMethod", verification_method)
    }

    /// The method at that address, if it may be used for this purpose: `assertionMethod` or `authentication`.
    pub fn key_for(
        &self,
        proof_purpose: &str,
        verification_method: &str,
    ) -> Result<&VerificationMethod, MethodError> {
        let listed = match proof_purpose {
            "assertionMethod" => self.assertion_method.as_slice(),
            "authentication" => self.authentication.as_slice(),
            _ => &[],
        };
        if let Some((_, error)) = self
            .unusable
            .iter()
            .find(|(id, _)| id == verification_method)
        {
            return Err(MethodError::Key(*error));
        }
        let method = self
            .verification_methods
            .iter()
            .find(|method| method.id == verification_method)
            .ok_or(MethodError::Unknown)?;
        if !listed.iter().any(|id| id == verification_method) {
            // A key that was taken back is rightly unlisted, and that is the better answer.
            return Err(method
                .revoked
                .map_or(MethodError::NotForAssertion, MethodError::Revoked));
        }
        Ok(method)
    }

    /// Takes up one method and returns its absolute address.
    fn add_method(&mut self, method: &Value, pointer: &str) -> Result<String, DidError> {
        let method = method
            .as_object()
            .ok_or_else(|| refused("a verification method is no object", pointer))?;
        let text = |name: &str| {
            method.get(name).and_then(Value::as_str).ok_or_else(|| {
                refused(
                    "a verification method lacks a text",
                    &format!("{pointer}/{name}"),
                )
            })
        };
        let id = absolute(text("id")?, &self.id);
        if id
            .strip_prefix(&self.id)
            .and_then(|rest| rest.strip_prefix('#'))
            .is_none_or(str::is_empty)
        {
            return Err(refused(
                "a verification method lies outside the controller",
                &format!("{pointer}/id"),
            ));
        }
        if text("controller")? != self.id {
            return Err(refused(
                "a verification method has another controller",
                &format!("{pointer}/controller"),
            ));
        }
        if self.verification_methods.iter().any(|known| known.id == id)
            || self.unusable.iter().any(|known| known.0 == id)
        {
            return Err(DidError::Key(KeyError::Ambiguous));
        }
        match key_of(text("type")?, method) {
            Ok(key) => self.verification_methods.push(VerificationMethod {
                id: id.clone(),
                controller: self.id.clone(),
                key,
                revoked: instant(method, "revoked", pointer)?,
                expires: instant(method, "expires", pointer)?,
            }),
            Err(error) => self.unusable.push((id.clone(), error)),
        }
        Ok(id)
    }
}

impl VerificationMethod {
    /// Reads a document that is one Multikey or JsonWebKey, found at `expected_id`, the address of the key itself.
    pub fn read(bytes: &[u8], expected_id: &str) -> Result<VerificationMethod, DidError> {
        let limits = JsonLimits {
            bytes: LARGEST_DOCUMENT,
            ..JsonLimits::default()
        };
        let document = json::read(bytes, &limits).map_err(DidError::Json)?;
        let method = document
            .as_object()
            .ok_or_else(|| refused("it is no object", ""))?;
        let text = |name: &str| {
            method
                .get(name)
                .and_then(Value::as_str)
                .ok_or_else(|| refused("it lacks a text", &format!("/{name}")))
        };
        if text("id")? != expected_id {
            return Err(refused("its id is not the key that was asked for", "/id"));
        }
        Ok(VerificationMethod {
            id: expected_id.to_owned(),
            controller: text("controller")?.to_owned(),
            key: key_of(text("type")?, method).map_err(DidError::Key)?,
            revoked: instant(method, "revoked", "")?,
            expires: instant(method, "expires", "")?,
        })
    }
}

impl DidError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        match self {
            DidError::Invalid(_) | DidError::KeyKind(_) => "did.invalid",
            DidError::Key(error) => error.code(),
            DidError::Document { .. } | DidError::Json(_) => "did.document",
        }
    }

    /// Where in the controller document the error is.
    pub fn pointer(&self) -> Option<&str> {
        match self {
            DidError::Document { pointer, .. } => Some(pointer),
            DidError::Json(error) => error.pointer(),
            DidError::Invalid(_) | DidError::KeyKind(_) | DidError::Key(_) => None,
        }
    }
}

impl MethodError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        match self {
            MethodError::Unknown => "issuer.key_not_controlled",
            MethodError::NotForAssertion => "proof.purpose",
            MethodError::Revoked(_) => "key.revoked",
            MethodError::Key(error) => error.code(),
        }
    }
}

/// The key of a verification method; its type says in which member the key stands, and no second one may.
fn key_of(kind: &str, method: &Map<String, Value>) -> Result<PublicKey, KeyError> {
    if SECRET_MEMBERS.iter().any(|name| method.contains_key(*name)) {
        return Err(KeyError::PrivateMaterial);
    }
    let key = match (
        kind,
        method.get("publicKeyMultibase"),
        method.get("publicKeyJwk"),
    ) {
        (_, Some(_), Some(_)) => return Err(KeyError::Ambiguous),
        ("Multikey" | "Ed25519VerificationKey2020", Some(Value::String(multibase)), None) => {
            PublicKey::from_multibase(multibase)?
        }
        ("JsonWebKey" | "JsonWebKey2020", None, Some(jwk)) => PublicKey::from_jwk(jwk)?,
        _ => {
            return Err(KeyError::Invalid(
                "the type of verification method is not supported",
            ));
        }
    };
    if kind == "Ed25519VerificationKey2020" && !matches!(key, PublicKey::Ed25519(_)) {
        return Err(KeyError::Invalid(
            "an Ed25519VerificationKey2020 holds another kind of key",
        ));
    }
    Ok(key)
}

/// The entries of a member that is an array, one value alone, or absent.
fn entries<'a>(document: &'a Map<String, Value>, name: &str) -> Result<&'a [Value], DidError> {
    let entries = match document.get(name) {
        None => &[],
        Some(Value::Array(entries)) => entries.as_slice(),
        Some(one) => std::slice::from_ref(one),
    };
    if entries.len() > MOST_METHODS {
        return Err(refused("it has more than 64 keys", &format!("/{name}")));
    }
    Ok(entries)
}

/// Relative DID URLs are fragments of the document they stand in (DID Core, section 3.2.2).
fn absolute(reference: &str, id: &str) -> String {
    if reference.starts_with('#') {
        format!("{id}{reference}")
    } else {
        reference.to_owned()
    }
}

fn instant(
    method: &Map<String, Value>,
    name: &str,
    pointer: &str,
) -> Result<Option<Timestamp>, DidError> {
    match method.get(name) {
        None => Ok(None),
        Some(value) => match value.as_str().map(Timestamp::parse) {
            Some(Ok(instant)) => Ok(Some(instant)),
            _ => Err(refused(
                "a time is no date-time with an offset",
                &format!("{pointer}/{name}"),
            )),
        },
    }
}

fn refused(fact: &'static str, pointer: &str) -> DidError {
    DidError::Document {
        fact,
        pointer: pointer.to_owned(),
    }
}

/// Verification relationships that may hold methods of their own (DID Core, section 5.3).
const RELATIONSHIPS: [&str; 5] = [
    "assertionMethod",
    "authentication",
    "keyAgreement",
    "capabilityInvocation",
    "capabilityDelegation",
];

/// Members of verification methods that hold secrets.
const SECRET_MEMBERS: [&str; 6] = [
    "secretKeyMultibase",
    "secretKeyJwk",
    "privateKeyMultibase",
    "privateKeyJwk",
    "privateKeyBase58",
    "privateKeyPem",
];

/// Sixty-four keys with their certificates stay far below this.
const LARGEST_DOCUMENT: usize = 256 * 1024;

/// An issuer that changes its key every month needs five years to come here.
const MOST_METHODS: usize = 64;
