//! The proof format JSON Web Token: a credential as the payload of a compact JWS (Open Badges 3.0, section 8.2;
//! VC-JOSE-COSE, section 3.1; RFC 7515).

use schemas::json::{self, JsonError, JsonLimits};
use serde_json::{Value, json};

use crate::encoding;
use crate::key::{Algorithm, KeyError, PublicKey};
use crate::keyring::SigningKey;
use crate::registered_claims;
use crate::secret::SignError;

pub use crate::registered_claims::{Claims, claims, credential};

/// A compact JWS whose header and payload were read and judged. Nothing is known yet about its signature.
#[derive(Clone, Debug)]
pub struct Compact {
    header: Header,
    payload: Value,
    signing_input: String,
    signature: Vec<u8>,
}

/// What the JOSE header of a credential may say (Open Badges 3.0, section 8.2.4.1), and nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The algorithm; the key has to agree.
    pub algorithm: Algorithm,
    /// The address of the key.
    pub kid: Option<String>,
    /// A key inside the token. It proves nothing: it has to be found among the issuer's keys.
    pub embedded_key: Option<PublicKey>,
    /// The type, one of those of credentials.
    pub typ: Option<String>,
}

/// Why a token is refused, or cannot be made.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum JwtError {
    #[error("the token is larger than allowed")]
    TooLarge,
    #[error("the token is not a compact JWS: {0}")]
    Serialization(&'static str),
    #[error("a part of the token is not base64url in its only spelling, or there are four parts")]
    Encoding,
    #[error("the header or payload is not strict JSON: {0}")]
    Json(JsonError),
    #[error("the algorithm is not one that credentials are signed with")]
    AlgorithmNotAllowed,
    #[error("the algorithm of the token does not fit the key")]
    AlgorithmKeyMismatch,
    #[error("the header asks for an extension")]
    Critical,
    #[error("the header has a member that is not allowed: {0}")]
    HeaderNotAllowed(String),
    #[error("the type of the token is not that of a credential")]
    Type,
    #[error("the header names no key, or in a form that names none")]
    KidUnresolved,
    #[error("the token carries its own key, which is not the issuer's")]
    EmbeddedKeyUntrusted,
    #[error("the key is refused: {0}")]
    Key(KeyError),
    #[error("the payload holds the credential both as claim vc and at its top")]
    AmbiguousPayload,
    #[error("the claim {0} contradicts the credential")]
    ClaimMismatch(&'static str),
    #[error("the signature does not fit the token and the key")]
    SignatureInvalid,
    #[error("the credential cannot be signed as a JWT: {0}")]
    NotSignable(&'static str),
    #[error("{0}")]
    Sign(SignError),
}

/// Signs a credential as a compact JWT: the credential, without `proof`, with the registered claims beside its members.
///
/// The same credential and key give the same token.
pub fn sign(credential: &Value, key: &SigningKey) -> Result<String, JwtError> {
    let header =
        json!({"alg": key.algorithm().name(), "kid": key.verification_method(), "typ": "JWT"});
    let payload = Value::Object(registered_claims::added_to(credential)?);
    let mut token = format!("{}.{}", encode(&header), encode(&payload));
    let signature = key.sign_jws(token.as_bytes()).map_err(JwtError::Sign)?;
    token.push('.');
    token.push_str(&encoding::base64url(&signature));
    Ok(token)
}

impl Compact {
    /// Reads a token. Anything that a credential does not need is refused here, before any key is looked for.
    pub fn decode(token: &str) -> Result<Compact, JwtError> {
        let compact = Compact::decode_keyless(token)?;
        if compact.header.kid.is_none() && compact.header.embedded_key.is_none() {
            return Err(JwtError::KidUnresolved);
        }
        Ok(compact)
    }

    /// Reads a token whose header need not name a key, because its payload does: an assertion of Open Badges 2.0.
    pub fn decode_keyless(token: &str) -> Result<Compact, JwtError> {
        let (header, payload, signature) = parts(token)?;
        let header = Header::read(header)?;
        // An unsecured token has an empty signature or none, whatever its header says (RFC 7515, appendix A.5).
        let signature = signature
            .filter(|signature| !signature.is_empty())
            .ok_or(JwtError::AlgorithmNotAllowed)?;
        let payload = payload.ok_or(JwtError::AlgorithmNotAllowed)?;
        let signing_input = token[..token.len() - signature.len() - 1].to_owned();
        let payload = encoding::from_base64url(payload).ok_or(JwtError::Encoding)?;
        let signature = encoding::from_base64url(signature).ok_or(JwtError::Encoding)?;
        let payload = json::read(&payload, &JsonLimits::default()).map_err(JwtError::Json)?;
        check_shape(&payload)?;
        Ok(Compact {
            header,
            payload,
            signing_input,
            signature,
        })
    }

    /// The header.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The payload as it was signed.
    pub fn payload(&self) -> &Value {
        &self.payload
    }

    /// Checks the signature with a key that the caller found to be the issuer's.
    pub fn verify(&self, key: &PublicKey) -> Result<(), JwtError> {
        if self.header.algorithm != key.algorithm() {
            return Err(JwtError::AlgorithmKeyMismatch);
        }
        if self
            .header
            .embedded_key
            .as_ref()
            .is_some_and(|embedded| embedded != key)
        {
            return Err(JwtError::EmbeddedKeyUntrusted);
        }
        if !key.verifies_jws(self.signing_input.as_bytes(), &self.signature) {
            return Err(JwtError::SignatureInvalid);
        }
        key.check_strength().map_err(JwtError::Key)
    }
}

impl Header {
    fn read(part: &str) -> Result<Header, JwtError> {
        if part.len() > LARGEST_HEADER.div_ceil(3) * 4 {
            return Err(JwtError::TooLarge);
        }
        let bytes = encoding::from_base64url(part).ok_or(JwtError::Encoding)?;
        let limits = JsonLimits {
            bytes: LARGEST_HEADER,
            ..JsonLimits::default()
        };
        let header = json::read(&bytes, &limits).map_err(JwtError::Json)?;
        let members = header
            .as_object()
            .ok_or(JwtError::Serialization("the header is no object"))?;
        for name in members.keys() {
            check_member(name)?;
        }
        let algorithm = members
            .get("alg")
            .and_then(Value::as_str)
            .and_then(Algorithm::from_name)
            .ok_or(JwtError::AlgorithmNotAllowed)?;
        let typ = match members.get("typ") {
            None => None,
            Some(Value::String(typ)) if TYPES.contains(&typ.as_str()) => Some(typ.clone()),
            Some(_) => return Err(JwtError::Type),
        };
        let kid = match members.get("kid") {
            None => None,
            Some(Value::String(kid)) if is_kid(kid) => Some(kid.clone()),
            Some(_) => return Err(JwtError::KidUnresolved),
        };
        let embedded_key = members
            .get("jwk")
            .map(PublicKey::from_jwk)
            .transpose()
            .map_err(JwtError::Key)?;
        Ok(Header {
            algorithm,
            kid,
            embedded_key,
            typ,
        })
    }
}

impl JwtError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        match self {
            JwtError::TooLarge => "input.too_large",
            JwtError::Serialization(_) => "jwt.serialization",
            JwtError::Encoding => "jwt.encoding",
            JwtError::Json(error) => error.code(),
            JwtError::AlgorithmNotAllowed => "jwt.alg_not_allowed",
            JwtError::AlgorithmKeyMismatch => "jwt.alg_key_mismatch",
            JwtError::Critical => "jwt.crit",
            JwtError::HeaderNotAllowed(_) => "jwt.header_not_allowed",
            JwtError::Type => "jwt.typ",
            JwtError::KidUnresolved => "jwt.kid_unresolved",
            JwtError::EmbeddedKeyUntrusted => "jwt.embedded_key_untrusted",
            JwtError::Key(error) => error.code(),
            JwtError::AmbiguousPayload => "jwt.ambiguous_payload",
            JwtError::ClaimMismatch(_) => "jwt.claim_mismatch",
            JwtError::SignatureInvalid => "signature.invalid",
            JwtError::NotSignable(_) => "jwt.claim_missing",
            JwtError::Sign(error) => error.code(),
        }
    }

    /// Where in the payload the error is.
    pub fn pointer(&self) -> Option<String> {
        match self {
            JwtError::ClaimMismatch(claim) => Some(format!("/{claim}")),
            JwtError::AmbiguousPayload => Some("/vc".to_owned()),
            JwtError::Json(error) => error.pointer().map(str::to_owned),
            _ => None,
        }
    }
}

/// Splits a token. Payload and signature may be absent, because an unsecured token is refused under that name.
fn parts(token: &str) -> Result<(&str, Option<&str>, Option<&str>), JwtError> {
    if token.len() > LARGEST_TOKEN {
        return Err(JwtError::TooLarge);
    }
    if token.starts_with('{') {
        return Err(JwtError::Serialization("it is in the JSON serialization"));
    }
    let mut parts = token.split('.');
    let header = parts.next().unwrap_or_default();
    let (payload, signature) = (parts.next(), parts.next());
    match parts.take(3).count() {
        0 if payload.is_none() => Err(JwtError::Serialization("it has a single part")),
        0 => Ok((header, payload, signature)),
        1 => Err(JwtError::Encoding),
        2 => Err(JwtError::Serialization("it is encrypted")),
        // No compact form has more than five parts; a million dots is an attack on whoever splits them.
        _ => Err(JwtError::TooLarge),
    }
}

fn check_member(name: &str) -> Result<(), JwtError> {
    match name {
        "alg" | "kid" | "jwk" | "typ" => Ok(()),
        "crit" | "b64" => Err(JwtError::Critical),
        "zip" | "enc" => Err(JwtError::Serialization("it is compressed or encrypted")),
        "x5c" => Err(JwtError::EmbeddedKeyUntrusted),
        "cty" => Err(JwtError::Type),
        _ => Err(JwtError::HeaderNotAllowed(name.chars().take(64).collect())),
    }
}

/// A `kid` is an address or a short name: nothing that breaks out of a log line or a path is one.
fn is_kid(kid: &str) -> bool {
    !kid.is_empty() && kid.len() <= LONGEST_KID && !kid.chars().any(char::is_control)
}

/// Refuses payloads that hold two credentials, or something that is not a credential.
fn check_shape(payload: &Value) -> Result<(), JwtError> {
    let members = payload.as_object().ok_or(JwtError::Type)?;
    if members.contains_key("vp") {
        return Err(JwtError::Type);
    }
    let beside = |name: &String| name == "vc" || REGISTERED.contains(&name.as_str());
    if members.contains_key("vc") && !members.keys().all(beside) {
        return Err(JwtError::AmbiguousPayload);
    }
    Ok(())
}

fn encode(value: &Value) -> String {
    encoding::base64url(value.to_string().as_bytes())
}

/// Types under which credentials travel: that of Open Badges, those of VC-JOSE-COSE.
const TYPES: [&str; 3] = ["JWT", "vc+jwt", "vc+ld+jwt"];

/// Claims that may stand beside the claim `vc` (RFC 7519, section 4.1, and those of proofs of possession).
const REGISTERED: [&str; 9] = [
    "iss", "sub", "aud", "exp", "nbf", "iat", "jti", "nonce", "cnf",
];

/// What the verifier takes at most of any text.
const LARGEST_TOKEN: usize = 1024 * 1024;

/// A header has four short members and perhaps an RSA key of 8192 bits, which is 1.4 KB.
const LARGEST_HEADER: usize = 8 * 1024;

/// Room for a DID URL with a long path.
const LONGEST_KID: usize = 512;
