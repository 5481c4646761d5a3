//! Passkeys: signing in with a key that an authenticator holds (Web Authentication Level 3).
//!
//! A passkey is all that somebody shows here, so the authenticator must have verified who holds it:
//! whoever finds a lost one could otherwise walk in, and it even tells them whose account it opens.
//! Where an authenticator comes from is not asked (attestation: none).

pub mod authenticator;
pub mod ceremony;

use crate::app::App;
use crate::attempt::Nonce;
use crate::digest::Sha256Digest;
use crate::error::Error;
use crate::id::PersonId;
use crate::person::Person;
use crate::public_url::PublicUrl;
use crate::store::StoreError;
use crate::text::Line;
use ceremony::{Assertion, Registration};
use keys::PublicKey;
use keys::cose::CoseError;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::Host;

/// A passkey that opens an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passkey {
    /// The identifier of its credential, in base64url.
    pub credential: String,
    /// Whose account it opens.
    pub person: PersonId,
    /// Under which name its authenticator knows the account. It outlives a merging of accounts.
    pub user_handle: String,
    /// How its owner calls it.
    pub name: Line,
    /// The public key, as JWK.
    pub key: Value,
    /// How often it has signed, as far as its authenticator counts.
    pub counter: u32,
    /// Whether it can be copied to further devices of its owner.
    pub backup_eligible: bool,
    /// Since when it opens the account.
    pub made: Timestamp,
    /// When it was last used.
    pub used: Option<Timestamp>,
}

/// Who asks for passkeys: this site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelyingParty {
    /// The domain that passkeys belong to.
    pub id: String,
    /// The one origin whose pages may use them.
    pub origin: String,
}

/// Why a passkey opens nothing, or is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PasskeyError {
    /// Nothing was begun in this browser, or too long ago, or it was finished before.
    #[error(
        "nothing is under way in this browser: it took more than ten minutes, or was finished before"
    )]
    NoAttempt,
    /// The site is reached by a number or without a name, and passkeys belong to names.
    #[error("passkeys belong to a domain, and this site has none")]
    NoDomain,
    /// What the browser sent is none of the standard's structures.
    #[error("what the browser sent cannot be read: {0}")]
    Malformed(&'static str),
    /// It answers another question.
    #[error("the answer is not to the question that was asked in this browser")]
    Challenge,
    /// It was made on another site.
    #[error("the answer was made for another site")]
    Origin,
    /// It belongs to another domain.
    #[error("the passkey belongs to another site")]
    RelyingParty,
    /// Nobody touched the authenticator.
    #[error("nobody was there to use the passkey")]
    NotPresent,
    /// The authenticator has not verified who holds it.
    #[error("the device did not check who was using the passkey: by PIN, fingerprint or face")]
    NotVerified,
    /// The key is of no kind that is known, or weak.
    #[error("the key cannot be used: {0}")]
    Key(CoseError),
    /// No account has this passkey.
    #[error("this passkey opens no account here: it may have been removed")]
    Unknown,
    /// The signature does not fit.
    #[error("the signature of the passkey does not hold")]
    Signature,
    /// The counter did not go up: somebody else may have a copy.
    #[error(
        "the passkey was used elsewhere in the meantime, as a copy of it would be: remove it and add a new one"
    )]
    Cloned,
    /// An account has this passkey already.
    #[error("this passkey opens an account already")]
    Taken,
}

/// Takes a new passkey of a person.
pub fn register(
    app: &App,
    person: PersonId,
    name: Line,
    (site, challenge): (&RelyingParty, &Nonce),
    registration: &Registration,
    now: Timestamp,
) -> Result<Passkey, Error> {
    let new = registration.verify(challenge, site)?;
    if app.store.passkeys_of(person)?.len() >= PASSKEYS {
        return Err(Error::conflict(
            "there are twenty passkeys already: remove one first",
        ));
    }
    let passkey = Passkey {
        credential: new.id,
        person,
        user_handle: person.to_string(),
        name,
        key: new.key.jwk(),
        counter: new.counter,
        backup_eligible: new.backup_eligible,
        made: now,
        used: None,
    };
    match app.store.add_passkey(&passkey) {
        Err(StoreError::Conflict) => Err(PasskeyError::Taken.into()),
        other => Ok(other.map(|()| passkey)?),
    }
}

/// Finds whose passkey has answered the challenge.
pub fn sign_in(
    app: &App,
    (site, challenge): (&RelyingParty, &Nonce),
    assertion: &Assertion,
    now: Timestamp,
) -> Result<PersonId, Error> {
    let held = app.store.passkey_held(digest_of(&assertion.credential))?;
    let held = held.ok_or(PasskeyError::Unknown)?;
    let passkey = &held.value;
    let counter = assertion.verify(challenge, site, passkey)?;
    let used = Passkey {
        counter,
        used: Some(now),
        ..passkey.clone()
    };
    // Of two answers with one counter, one is refused: the second sees the first one's.
    app.store.replace_passkey(&held, &used)?;
    Ok(used.person)
}

/// Takes a passkey away from its person.
pub fn remove(app: &App, person: PersonId, passkey: Sha256Digest) -> Result<(), Error> {
    match app.store.passkey_held(passkey)? {
        Some(held) if held.value.person == person => {
            Ok(app.store.remove_passkey(person, passkey)?)
        }
        _ => Err(Error::NotFound),
    }
}

impl Passkey {
    /// Under what it is found, and named in addresses.
    pub fn digest(&self) -> Sha256Digest {
        digest_of(&self.credential)
    }

    /// The key that checks its signatures.
    pub fn key(&self) -> Result<PublicKey, PasskeyError> {
        PublicKey::from_jwk(&self.key).map_err(|error| PasskeyError::Key(CoseError::Key(error)))
    }
}

impl RelyingParty {
    /// The site under its public address; none if that has no domain (Web Authentication, 5.1.3).
    pub fn of(public_url: &PublicUrl) -> Result<RelyingParty, PasskeyError> {
        match public_url.url().host() {
            Some(Host::Domain(domain)) => Ok(RelyingParty {
                id: domain.to_owned(),
                origin: public_url.base().to_owned(),
            }),
            _ => Err(PasskeyError::NoDomain),
        }
    }

    /// What a browser needs to have a passkey made (5.1.8, `PublicKeyCredentialCreationOptionsJSON`).
    pub fn creation_options(
        &self,
        site_name: &str,
        person: &Person,
        others: &[Passkey],
        challenge: &Nonce,
    ) -> Value {
        let account = person.emails.first().map(ToString::to_string);
        let algorithms = keys::cose::ALGORITHMS;
        let parameters = algorithms.map(|alg| json!({ "type": "public-key", "alg": alg }));
        let others: Vec<Value> = others
            .iter()
            .map(|other| json!({ "type": "public-key", "id": other.credential }))
            .collect();
        json!({
            "rp": { "id": self.id, "name": site_name },
            "user": {
                "id": base64url(person.id.to_string().as_bytes()),
                "name": account.unwrap_or_else(|| person.name.to_string()),
                "displayName": person.name,
            },
            "challenge": challenge,
            "pubKeyCredParams": parameters,
            "timeout": TIMEOUT_MILLISECONDS,
            "excludeCredentials": others,
            "authenticatorSelection": {
                "residentKey": "required",
                "requireResidentKey": true,
                "userVerification": "required",
            },
            "attestation": "none",
        })
    }

    /// What a browser needs to ask for a passkey (5.1.8, `PublicKeyCredentialRequestOptionsJSON`).
    ///
    /// It names no credentials: whoever asks learns of nobody that they have an account.
    pub fn request_options(&self, challenge: &Nonce) -> Value {
        json!({
            "rpId": self.id,
            "challenge": challenge,
            "timeout": TIMEOUT_MILLISECONDS,
            "allowCredentials": [],
            "userVerification": "required",
        })
    }
}

impl PasskeyError {
    /// The stable code of this case.
    pub fn code(&self) -> &'static str {
        match self {
            PasskeyError::NoAttempt => "passkey.no_attempt",
            PasskeyError::NoDomain => "passkey.no_domain",
            PasskeyError::Malformed(_) => "passkey.malformed",
            PasskeyError::Challenge => "passkey.challenge_mismatch",
            PasskeyError::Origin => "passkey.origin_mismatch",
            PasskeyError::RelyingParty => "passkey.rp_id_mismatch",
            PasskeyError::NotPresent => "passkey.user_not_present",
            PasskeyError::NotVerified => "passkey.user_not_verified",
            PasskeyError::Key(_) => "passkey.key",
            PasskeyError::Unknown => "passkey.unknown",
            PasskeyError::Signature => "passkey.signature_invalid",
            PasskeyError::Cloned => "passkey.cloned",
            PasskeyError::Taken => "passkey.taken",
        }
    }
}

/// Identifiers of credentials have up to 1,023 bytes, keys of the store fewer: so their digest.
fn digest_of(credential: &str) -> Sha256Digest {
    Sha256Digest::of(credential.as_bytes())
}

pub(crate) fn base64url(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

/// A phone, a laptop and a spare for each, several times over.
pub const PASSKEYS: usize = 20;

/// Five minutes (the standard recommends that much): some fetch their security key from a drawer.
const TIMEOUT_MILLISECONDS: u32 = 5 * 60 * 1000;
