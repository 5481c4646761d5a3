//! ID tokens: what a provider signs about somebody, held against what was asked (Core, 3.1.3.7).

use super::Identity;
use crate::id::ProviderId;
use crate::person::Email;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use keys::{Algorithm, JwkSet, PublicKey};
use schemas::json::{self, JsonLimits};
use schemas::timestamp::Timestamp;
use serde_json::Value;

/// What was asked, and of whom.
pub struct Expected<'a> {
    /// The provider.
    pub provider: &'a ProviderId,
    /// Its issuer identifier.
    pub issuer: &'a str,
    /// Who we are there.
    pub client_id: &'a str,
    /// What the token has to repeat.
    pub nonce: &'a str,
}

/// Why an ID token does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdTokenError {
    #[error("it is no signed token")]
    Malformed,
    #[error("its algorithm is none of RS256, ES256 and EdDSA")]
    Algorithm,
    #[error("its key is not among those of the provider")]
    KeyUnknown,
    #[error("its key is not fit for signatures")]
    KeyWeak,
    #[error("its signature does not fit")]
    Signature,
    #[error("it comes from another issuer")]
    Issuer,
    #[error("it was made for somebody else than this service")]
    Audience,
    #[error("it is no longer valid, or not yet")]
    Time,
    #[error("it answers another question")]
    Nonce,
    #[error("it does not say whom it is about")]
    Subject,
}

/// Checks a token and gives what it says about whom.
///
/// The signature is checked before anything that was signed is looked at.
pub fn verify(
    token: &str,
    keys: &JwkSet,
    expected: &Expected<'_>,
    now: Timestamp,
) -> Result<Identity, IdTokenError> {
    if token.len() > LARGEST_TOKEN {
        return Err(IdTokenError::Malformed);
    }
    let (signed, signature) = token.rsplit_once('.').ok_or(IdTokenError::Malformed)?;
    let (header, payload) = signed.split_once('.').ok_or(IdTokenError::Malformed)?;
    let header = object(header)?;
    let key = key(&header, keys)?;
    let signature = URL_SAFE_NO_PAD
        .decode(signature)
        .map_err(|_| IdTokenError::Malformed)?;
    if !key.verifies_jws(signed.as_bytes(), &signature) {
        return Err(IdTokenError::Signature);
    }
    key.check_strength().map_err(|_| IdTokenError::KeyWeak)?;

    let claims = object(payload)?;
    if claims["iss"].as_str() != Some(expected.issuer) {
        return Err(IdTokenError::Issuer);
    }
    check_audience(&claims, expected.client_id)?;
    check_time(&claims, now)?;
    if claims["nonce"].as_str() != Some(expected.nonce) {
        return Err(IdTokenError::Nonce);
    }
    let mut identity = Identity {
        provider: expected.provider.clone(),
        issuer: expected.issuer.to_owned(),
        subject: subject(&claims)?,
        email: None,
        name: None,
    };
    identity.learn(&claims);
    Ok(identity)
}

impl Identity {
    /// Takes in what claims say of the person beside who they are: a name, and an address if the
    /// provider says that it has proven it.
    pub fn learn(&mut self, claims: &Value) {
        let text = |name: &str| claims[name].as_str();
        if claims["email_verified"] == Value::Bool(true)
            && let Some(email) = text("email").and_then(|email| email.parse::<Email>().ok())
        {
            self.email = Some(email);
        }
        if let Some(name) = text("name").and_then(|name| name.parse().ok()) {
            self.name = Some(name);
        }
    }

    /// The same from the provider's userinfo, which has to be about the same person (Core, 5.3.2).
    pub fn learn_from_userinfo(&mut self, bytes: &[u8]) -> Result<(), IdTokenError> {
        let claims = json::read(bytes, &LIMITS).map_err(|_| IdTokenError::Malformed)?;
        if claims["sub"].as_str() != Some(&self.subject) {
            return Err(IdTokenError::Subject);
        }
        self.learn(&claims);
        Ok(())
    }
}

impl IdTokenError {
    /// The stable code of this case.
    pub fn code(self) -> &'static str {
        match self {
            IdTokenError::Malformed => "oidc.token_malformed",
            IdTokenError::Algorithm => "oidc.alg_not_allowed",
            IdTokenError::KeyUnknown => "oidc.key_unknown",
            IdTokenError::KeyWeak => "oidc.key_weak",
            IdTokenError::Signature => "oidc.signature_invalid",
            IdTokenError::Issuer => "oidc.issuer_mismatch",
            IdTokenError::Audience => "oidc.audience",
            IdTokenError::Time => "oidc.expired",
            IdTokenError::Nonce => "oidc.nonce_mismatch",
            IdTokenError::Subject => "oidc.subject",
        }
    }
}

fn object(part: &str) -> Result<Value, IdTokenError> {
    let bytes = URL_SAFE_NO_PAD
        .decode(part)
        .map_err(|_| IdTokenError::Malformed)?;
    match json::read(&bytes, &LIMITS) {
        Ok(value) if value.is_object() => Ok(value),
        _ => Err(IdTokenError::Malformed),
    }
}

/// The key that the header names. The key decides about the algorithm, and the header has to agree.
fn key<'a>(header: &Value, keys: &'a JwkSet) -> Result<&'a PublicKey, IdTokenError> {
    let algorithm = header["alg"].as_str().and_then(Algorithm::from_name);
    let algorithm = algorithm.ok_or(IdTokenError::Algorithm)?;
    // RFC 7515, 4.1.11: what is said to be critical and not understood must not be passed over.
    if header.get("crit").is_some() {
        return Err(IdTokenError::Malformed);
    }
    let fits = |jwk: &&keys::Jwk| jwk.key.algorithm() == algorithm;
    match header.get("kid") {
        Some(kid) => {
            let kid = kid.as_str().ok_or(IdTokenError::Malformed)?;
            let found = keys.find(kid).ok_or(IdTokenError::KeyUnknown)?;
            let found = Some(found).filter(fits).ok_or(IdTokenError::Algorithm)?;
            Ok(&found.key)
        }
        // Core, 10.1: without a name there has to be a single one.
        None => {
            let mut fitting = keys.keys().iter().filter(fits);
            match (fitting.next(), fitting.next()) {
                (Some(jwk), None) => Ok(&jwk.key),
                _ => Err(IdTokenError::KeyUnknown),
            }
        }
    }
}

fn check_audience(claims: &Value, client_id: &str) -> Result<(), IdTokenError> {
    let (ours, alone) = match &claims["aud"] {
        Value::String(one) => (one == client_id, true),
        Value::Array(several) => (
            several.contains(&Value::from(client_id)),
            several.len() == 1,
        ),
        _ => (false, false),
    };
    // With others in it, the token has to say that it was made for us (3.1.3.7, 3 to 5).
    let party = match claims.get("azp") {
        Some(party) => party.as_str() == Some(client_id),
        None => alone,
    };
    match ours && party {
        true => Ok(()),
        false => Err(IdTokenError::Audience),
    }
}

fn check_time(claims: &Value, now: Timestamp) -> Result<(), IdTokenError> {
    let now = now.unix_seconds() as f64;
    let moment = |name: &str| claims[name].as_f64();
    let (Some(expires), Some(issued)) = (moment("exp"), moment("iat")) else {
        return Err(IdTokenError::Time);
    };
    let begins = match claims.get("nbf") {
        Some(begins) => begins.as_f64().ok_or(IdTokenError::Time)?,
        None => issued,
    };
    let holds = now < expires + CLOCK_TOLERANCE
        && issued.max(begins) <= now + CLOCK_TOLERANCE
        && issued >= now - OLDEST - CLOCK_TOLERANCE;
    match holds {
        true => Ok(()),
        false => Err(IdTokenError::Time),
    }
}

fn subject(claims: &Value) -> Result<String, IdTokenError> {
    // Core, section 2: at most 255 ASCII characters.
    let subject = claims["sub"].as_str().ok_or(IdTokenError::Subject)?;
    let plain = !subject.is_empty()
        && subject.len() <= 255
        && subject.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    match plain {
        true => Ok(subject.to_owned()),
        false => Err(IdTokenError::Subject),
    }
}

/// How far the clocks of two machines may lie apart, in seconds.
const CLOCK_TOLERANCE: f64 = 60.0;

/// A token was made after the attempt began, which lasts ten minutes.
const OLDEST: f64 = crate::attempt::LONGEST as f64;

/// Tokens have 1 kB; those of providers that list every group of a person may have twenty.
const LARGEST_TOKEN: usize = 64 * 1024;

const LIMITS: JsonLimits = JsonLimits {
    bytes: LARGEST_TOKEN,
    depth: 16,
    members: 2_000,
    string: 16 * 1024,
};
