//! The two ceremonies: a passkey is registered, and a passkey signs in (Web Authentication Level 3,
//! sections 7.1 and 7.2), in the JSON that browsers write (section 5.1.8).

use super::authenticator::AuthenticatorData;
use super::{Passkey, PasskeyError, RelyingParty, base64url};
use crate::attempt::Nonce;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use keys::PublicKey;
use keys::cose::{self, CoseError};
use schemas::json::{self, JsonLimits};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// The answer to being asked for a new passkey.
#[derive(Debug)]
pub struct Registration {
    credential: String,
    client_data: Vec<u8>,
    attestation_object: Vec<u8>,
}

/// The answer to being asked for a passkey.
#[derive(Debug)]
pub struct Assertion {
    /// The identifier of the credential, in base64url.
    pub credential: String,
    client_data: Vec<u8>,
    authenticator_data: Vec<u8>,
    signature: Vec<u8>,
    user_handle: Option<Vec<u8>>,
}

/// A credential that may be kept.
#[derive(Debug)]
pub struct Registered {
    /// Its identifier, in base64url.
    pub id: String,
    /// Its key.
    pub key: PublicKey,
    /// Where its counter begins.
    pub counter: u32,
    /// Whether it can be copied to further devices.
    pub backup_eligible: bool,
}

impl Registration {
    /// Reads a `RegistrationResponseJSON`.
    pub fn read(bytes: &[u8]) -> Result<Registration, PasskeyError> {
        let (credential, response) = response(bytes)?;
        Ok(Registration {
            credential,
            client_data: member(&response, "clientDataJSON")?,
            attestation_object: member(&response, "attestationObject")?,
        })
    }

    /// Whether it answers this challenge of this site, and what credential it brings (section 7.1).
    pub fn verify(
        &self,
        challenge: &Nonce,
        site: &RelyingParty,
    ) -> Result<Registered, PasskeyError> {
        check_client_data(&self.client_data, "webauthn.create", challenge, site)?;
        let data = AuthenticatorData::attested(&self.attestation_object)?;
        check_authenticator(&data, site)?;
        let new = data
            .credential
            .ok_or(PasskeyError::Malformed("there is no new credential in it"))?;
        let id = base64url(&new.id);
        if id != self.credential {
            return Err(PasskeyError::Malformed("it names two credentials"));
        }
        new.key
            .check_strength()
            .map_err(|error| PasskeyError::Key(CoseError::Key(error)))?;
        Ok(Registered {
            id,
            key: new.key,
            counter: data.counter,
            backup_eligible: data.flags.is_backup_eligible(),
        })
    }
}

impl Assertion {
    /// Reads an `AuthenticationResponseJSON`.
    pub fn read(bytes: &[u8]) -> Result<Assertion, PasskeyError> {
        let (credential, response) = response(bytes)?;
        Ok(Assertion {
            credential,
            client_data: member(&response, "clientDataJSON")?,
            authenticator_data: member(&response, "authenticatorData")?,
            signature: member(&response, "signature")?,
            user_handle: match &response["userHandle"] {
                Value::Null => None,
                _ => Some(member(&response, "userHandle")?),
            },
        })
    }

    /// Whether this passkey has answered this challenge of this site; gives its new counter (section 7.2).
    pub fn verify(
        &self,
        challenge: &Nonce,
        site: &RelyingParty,
        passkey: &Passkey,
    ) -> Result<u32, PasskeyError> {
        // No account was named when the passkey was asked for, so it has to name its own.
        if self.user_handle.as_deref() != Some(passkey.user_handle.as_bytes()) {
            return Err(PasskeyError::Unknown);
        }
        check_client_data(&self.client_data, "webauthn.get", challenge, site)?;
        let data = AuthenticatorData::read(&self.authenticator_data)?;
        check_authenticator(&data, site)?;
        if data.flags.is_backup_eligible() != passkey.backup_eligible {
            return Err(PasskeyError::Malformed("its flags have changed"));
        }
        let client_data_hash = Sha256::digest(&self.client_data);
        let signed = [self.authenticator_data.as_slice(), &client_data_hash].concat();
        if !cose::verifies(&passkey.key()?, &signed, &self.signature) {
            return Err(PasskeyError::Signature);
        }
        // Section 6.1.1: authenticators that do not count always say zero.
        let counts = data.counter != 0 || passkey.counter != 0;
        if counts && data.counter <= passkey.counter {
            return Err(PasskeyError::Cloned);
        }
        Ok(data.counter)
    }
}

/// The identifier and the response of a credential in JSON.
fn response(bytes: &[u8]) -> Result<(String, Value), PasskeyError> {
    let malformed = PasskeyError::Malformed("it is no credential in JSON");
    let mut read = json::read(bytes, &LIMITS).map_err(|_| malformed.clone())?;
    let id = read["rawId"].as_str().ok_or(malformed.clone())?.to_owned();
    let bytes = URL_SAFE_NO_PAD.decode(&id).map_err(|_| malformed.clone())?;
    let named_twice = read["id"].as_str() == Some(&id) && read["type"] == "public-key";
    if bytes.is_empty() || !named_twice {
        return Err(malformed);
    }
    match read.get_mut("response") {
        Some(response) if response.is_object() => Ok((id, response.take())),
        _ => Err(malformed),
    }
}

fn member(response: &Value, name: &str) -> Result<Vec<u8>, PasskeyError> {
    let text = response[name].as_str();
    text.and_then(|text| URL_SAFE_NO_PAD.decode(text).ok())
        .ok_or(PasskeyError::Malformed(
            "a part of it is missing or not in base64url",
        ))
}

/// Holds what the browser saw against what was asked (sections 7.1, steps 5 to 12, and 7.2, 9 to 16).
fn check_client_data(
    bytes: &[u8],
    kind: &str,
    challenge: &Nonce,
    site: &RelyingParty,
) -> Result<(), PasskeyError> {
    let malformed = PasskeyError::Malformed("the client data is not strict JSON");
    let data = json::read(bytes, &LIMITS).map_err(|_| malformed)?;
    if data["type"].as_str() != Some(kind) {
        return Err(PasskeyError::Malformed("it is of another ceremony"));
    }
    if data["challenge"].as_str() != Some(challenge.as_str()) {
        return Err(PasskeyError::Challenge);
    }
    // Our pages are never framed, so none of another origin is above them.
    let framed = data.get("topOrigin").is_some() || data["crossOrigin"] == Value::Bool(true);
    if data["origin"].as_str() != Some(&site.origin) || framed {
        return Err(PasskeyError::Origin);
    }
    Ok(())
}

fn check_authenticator(data: &AuthenticatorData, site: &RelyingParty) -> Result<(), PasskeyError> {
    let expected: [u8; 32] = Sha256::digest(site.id.as_bytes()).into();
    if data.rp_id_hash != expected {
        return Err(PasskeyError::RelyingParty);
    }
    if !data.flags.user_present() {
        return Err(PasskeyError::NotPresent);
    }
    if !data.flags.user_verified() {
        return Err(PasskeyError::NotVerified);
    }
    Ok(())
}

/// The largest part is the certificate chain of an attestation that nobody asked for.
const LIMITS: JsonLimits = JsonLimits {
    bytes: LARGEST_RESPONSE,
    depth: 8,
    members: 200,
    string: LARGEST_RESPONSE,
};

/// The largest answer of a browser.
pub const LARGEST_RESPONSE: usize = 32 * 1024;
