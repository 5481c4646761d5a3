//! The keys of one issuer: which of them signs, and what is published about them.

use schemas::timestamp::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::data_integrity::{self, ProofError, ProofOptions};
use crate::did_key;
use crate::did_web::DidWeb;
use crate::encoding;
use crate::key::{Algorithm, PublicKey};
use crate::secret::{SecretKey, SignError};

/// All keys of an issuer, with one current key for each use.
pub struct Keyring {
    issuer_id: String,
    keys: Vec<SigningKey>,
}

/// A secret key under its published address.
pub struct SigningKey {
    id: KeyId,
    verification_method: String,
    secret: SecretKey,
    state: KeyState,
    uses: &'static [KeyUse],
}

/// A key as it is put into a keyring.
pub struct KeyringKey {
    /// The fragment of its address.
    pub id: KeyId,
    /// The key.
    pub secret: SecretKey,
    /// Whether it signs.
    pub state: KeyState,
    /// What it signs.
    pub usage: KeyUse,
}

/// The fragment under which a key is published.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct KeyId(String);

/// What has become of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// It signs.
    Current,
    /// It signs nothing new; what it signed stays good.
    Retired,
    /// Somebody else may have it since then: nothing that it signed is believed any more.
    Compromised {
        /// From when on it is known or supposed to be in other hands.
        since: Timestamp,
    },
}

/// What a key signs. A published key has one form, and the two uses look for different ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyUse {
    /// Embedded proofs by `eddsa-rdfc-2022`; published as Multikey.
    DataIntegrity,
    /// JWTs; published as JsonWebKey, which the official validator looks for behind a `kid`.
    Jwt,
}

/// Why keys do not make a keyring.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyringError {
    #[error("there is not exactly one current key for {0:?}")]
    Current(KeyUse),
    #[error("two keys have the identifier {0}")]
    Ambiguous(String),
    #[error("the key {0} cannot be used for embedded proofs, which need Ed25519")]
    NotEd25519(String),
}

impl Keyring {
    /// The keyring of a did:key: the one key is the issuer and signs everything.
    pub fn did_key(secret: SecretKey) -> Result<Keyring, KeyringError> {
        let id = KeyId::of(secret.public_key());
        let (PublicKey::Ed25519(_), Some(issuer_id)) =
            (secret.public_key(), did_key::encode(secret.public_key()))
        else {
            return Err(KeyringError::NotEd25519(id.0));
        };
        let key = SigningKey {
            verification_method: format!("{issuer_id}#{}", id.0),
            id,
            secret,
            state: KeyState::Current,
            uses: &[KeyUse::DataIntegrity, KeyUse::Jwt],
        };
        Ok(Keyring {
            issuer_id,
            keys: vec![key],
        })
    }

    /// The keyring of a did:web with current, retired and compromised keys.
    pub fn did_web(did: &DidWeb, keys: Vec<KeyringKey>) -> Result<Keyring, KeyringError> {
        let mut signing = Vec::<SigningKey>::with_capacity(keys.len());
        for key in keys {
            if signing.iter().any(|other| other.id == key.id) {
                return Err(KeyringError::Ambiguous(key.id.0));
            }
            if key.usage == KeyUse::DataIntegrity && key.secret.algorithm() != Algorithm::EdDsa {
                return Err(KeyringError::NotEd25519(key.id.0));
            }
            signing.push(SigningKey {
                verification_method: format!("{did}#{}", key.id.0),
                id: key.id,
                secret: key.secret,
                state: key.state,
                uses: match key.usage {
                    KeyUse::DataIntegrity => &[KeyUse::DataIntegrity],
                    KeyUse::Jwt => &[KeyUse::Jwt],
                },
            });
        }
        for usage in [KeyUse::DataIntegrity, KeyUse::Jwt] {
            let current = signing.iter().filter(|key| key.is_current(usage)).count();
            if current != 1 {
                return Err(KeyringError::Current(usage));
            }
        }
        Ok(Keyring {
            issuer_id: did.as_str().to_owned(),
            keys: signing,
        })
    }

    /// The issuer that these keys speak for.
    pub fn issuer_id(&self) -> &str {
        &self.issuer_id
    }

    /// The key that signs now.
    pub fn current(&self, usage: KeyUse) -> &SigningKey {
        self.keys
            .iter()
            .find(|key| key.is_current(usage))
            .expect("both constructors saw to one current key for each use")
    }

    /// The key at that address, in whatever state it is.
    pub fn key(&self, verification_method: &str) -> Option<&SigningKey> {
        self.keys
            .iter()
            .find(|key| key.verification_method == verification_method)
    }

    /// All keys, in the order they were given.
    pub fn keys(&self) -> &[SigningKey] {
        &self.keys
    }

    /// The DID document (DID Core 1.0; Controlled Identifiers 1.0).
    ///
    /// Retired keys stay, and stay without `expires`: verifiers would hold that against badges signed long before.
    pub fn did_document(&self) -> Value {
        let methods: Vec<Value> = self
            .keys
            .iter()
            .map(|key| self.verification_method(key))
            .collect();
        let mut context = vec!["https://www.w3.org/ns/did/v1"];
        for (kind, url) in [
            ("Multikey", "https://w3id.org/security/multikey/v1"),
            ("JsonWebKey", "https://w3id.org/security/jwk/v1"),
        ] {
            if methods.iter().any(|method| method["type"] == kind) {
                context.push(url);
            }
        }
        let asserting: Vec<&str> = self
            .trusted()
            .map(SigningKey::verification_method)
            .collect();
        json!({
            "@context": context,
            "id": self.issuer_id,
            "verificationMethod": methods,
            "assertionMethod": asserting,
        })
    }

    /// The JWK Set of the keys that sign JWTs (RFC 7517; media type `application/jwk-set+json`).
    pub fn jwks(&self) -> Value {
        let keys: Vec<Value> = self
            .trusted()
            .filter(|key| key.uses.contains(&KeyUse::Jwt))
            .map(|key| self.jwk_of(key))
            .collect();
        json!({ "keys": keys })
    }

    /// The JWK of one key, for its own address. A compromised key has none: whoever asks there asks whom to believe.
    pub fn jwk(&self, id: &KeyId) -> Option<Value> {
        let key = self
            .trusted()
            .find(|key| key.id == *id && key.uses.contains(&KeyUse::Jwt))?;
        Some(self.jwk_of(key))
    }

    fn trusted(&self) -> impl Iterator<Item = &SigningKey> {
        self.keys
            .iter()
            .filter(|key| !matches!(key.state, KeyState::Compromised { .. }))
    }

    fn jwk_of(&self, key: &SigningKey) -> Value {
        let mut jwk = key.public_key().jwk();
        jwk["alg"] = key.algorithm().name().into();
        jwk["use"] = "sig".into();
        jwk["kid"] = key.verification_method.as_str().into();
        // Where one host serves many issuers, this keeps the key of one from vouching for another.
        jwk["iss"] = self.issuer_id.as_str().into();
        jwk
    }

    fn verification_method(&self, key: &SigningKey) -> Value {
        let mut method = json!({"id": key.verification_method, "controller": self.issuer_id});
        match key.public_key().multibase() {
            Some(multibase) if key.uses.contains(&KeyUse::DataIntegrity) => {
                method["type"] = "Multikey".into();
                method["publicKeyMultibase"] = multibase.into();
            }
            _ => {
                method["type"] = "JsonWebKey".into();
                method["publicKeyJwk"] = key.public_key().jwk();
                method["publicKeyJwk"]["alg"] = key.algorithm().name().into();
            }
        }
        if let KeyState::Compromised { since } = key.state {
            method["revoked"] = since.to_string().into();
        }
        method
    }
}

impl SigningKey {
    /// The address of the key: the issuer's DID and the key's fragment.
    pub fn verification_method(&self) -> &str {
        &self.verification_method
    }

    /// The fragment of the address.
    pub fn id(&self) -> &KeyId {
        &self.id
    }

    /// The algorithm that its JWTs name.
    pub fn algorithm(&self) -> Algorithm {
        self.secret.algorithm()
    }

    /// What has become of it.
    pub fn state(&self) -> KeyState {
        self.state
    }

    /// The public key.
    pub fn public_key(&self) -> &PublicKey {
        self.secret.public_key()
    }

    /// A JWS signature. A retired key still signs, because what was allocated to it has to be finished with it.
    pub(crate) fn sign_jws(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        self.usable(KeyUse::Jwt)?.sign_jws(message)
    }

    /// Adds a proof to a document that has none, as [`data_integrity::sign`] does with any key.
    pub fn sign_document(
        &self,
        document: &Value,
        options: &ProofOptions,
    ) -> Result<Value, ProofError> {
        let secret = self
            .usable(KeyUse::DataIntegrity)
            .map_err(ProofError::Sign)?;
        data_integrity::sign(document, options, secret)
    }

    fn usable(&self, usage: KeyUse) -> Result<&SecretKey, SignError> {
        match self.state {
            KeyState::Compromised { .. } => Err(SignError::Compromised),
            KeyState::Current | KeyState::Retired if !self.uses.contains(&usage) => {
                Err(SignError::Unable)
            }
            KeyState::Current | KeyState::Retired => Ok(&self.secret),
        }
    }

    fn is_current(&self, usage: KeyUse) -> bool {
        self.state == KeyState::Current && self.uses.contains(&usage)
    }
}

impl KeyId {
    /// A fragment of 1 to 128 letters, digits, `-`, `.` and `_`, which needs no escape in any address.
    pub fn new(fragment: &str) -> Option<KeyId> {
        let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
        ((1..=128).contains(&fragment.len()) && fragment.bytes().all(known))
            .then(|| KeyId(fragment.to_owned()))
    }

    /// The fragment that names the key itself: its Multikey value, or the thumbprint of its JWK (RFC 7638).
    pub fn of(key: &PublicKey) -> KeyId {
        KeyId(key.multibase().unwrap_or_else(|| thumbprint(key)))
    }

    /// The fragment.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl KeyringError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        match self {
            KeyringError::Current(_) => "key.current",
            KeyringError::Ambiguous(_) => "key.ambiguous",
            KeyringError::NotEd25519(_) => "key.invalid",
        }
    }
}

/// SHA-256 of the JWK's required members in alphabetical order, without white space (RFC 7638, section 3).
fn thumbprint(key: &PublicKey) -> String {
    let jwk = key.jwk();
    let mut members: Vec<(&String, &Value)> = jwk.as_object().into_iter().flatten().collect();
    members.sort_by_key(|(name, _)| *name);
    let text: Vec<String> = members
        .iter()
        .map(|(name, value)| format!("{:?}:{value}", name))
        .collect();
    encoding::base64url(&Sha256::digest(format!("{{{}}}", text.join(","))))
}
