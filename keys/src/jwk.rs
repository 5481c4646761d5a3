//! JSON Web Keys (RFC 7517, RFC 7518 section 6, RFC 8037): public ones only.

use serde_json::{Map, Value, json};

use crate::encoding;
use crate::key::{KeyError, PublicKey};

/// A public key with the two things a JWK may say about it that matter here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Jwk {
    /// The identifier, `kid`.
    pub kid: Option<String>,
    /// The issuer that the key belongs to, where one host publishes the keys of many (Open Badges implementation
    /// guide: issuing platforms with multiple issuers).
    pub issuer: Option<String>,
    /// The key.
    pub key: PublicKey,
}

/// A JWK Set of public keys, each under its own identifier (RFC 7517, section 5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JwkSet {
    keys: Vec<Jwk>,
}

impl Jwk {
    /// Reads one JWK. A secret in it is an error that says nothing about the secret.
    pub fn read(jwk: &Value) -> Result<Jwk, KeyError> {
        let members = jwk
            .as_object()
            .ok_or(KeyError::Invalid("a JWK is an object"))?;
        let key = PublicKey::from_jwk(jwk)?;
        let text = |name| match members.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(KeyError::Invalid(
                "the members kid and iss of a JWK are strings",
            )),
        };
        Ok(Jwk {
            kid: text("kid")?,
            issuer: text("iss")?,
            key,
        })
    }
}

impl JwkSet {
    /// Reads a set. Keys of kinds that are not supported are left out (RFC 7517, section 5 asks for that); a secret or
    /// an identifier used twice spoils the whole set.
    pub fn read(set: &Value) -> Result<JwkSet, KeyError> {
        let entries = set
            .get("keys")
            .and_then(Value::as_array)
            .ok_or(KeyError::Invalid("a JWK Set has an array named keys"))?;
        if entries.len() > LARGEST_SET {
            return Err(KeyError::Invalid("the JWK Set has more than 64 keys"));
        }
        let mut identifiers = Vec::new();
        let mut keys = Vec::new();
        for entry in entries {
            // Also entries that are left out count: a `kid` names one key or none.
            if let Some(kid) = entry.get("kid") {
                if identifiers.contains(&kid) {
                    return Err(KeyError::Ambiguous);
                }
                identifiers.push(kid);
            }
            match Jwk::read(entry) {
                Ok(jwk) => keys.push(jwk),
                Err(KeyError::PrivateMaterial) => return Err(KeyError::PrivateMaterial),
                Err(_) => {}
            }
        }
        Ok(JwkSet { keys })
    }

    /// The key of that identifier.
    pub fn find(&self, kid: &str) -> Option<&Jwk> {
        self.keys.iter().find(|jwk| jwk.kid.as_deref() == Some(kid))
    }

    /// All keys of supported kinds, in the order of the set.
    pub fn keys(&self) -> &[Jwk] {
        &self.keys
    }
}

impl PublicKey {
    /// Reads the key of a JWK; what the JWK says about its use has to allow checking signatures.
    pub fn from_jwk(jwk: &Value) -> Result<PublicKey, KeyError> {
        let members = jwk
            .as_object()
            .ok_or(KeyError::Invalid("a JWK is an object"))?;
        // A symmetric key is a secret whatever else it says; with it a verifier could be made to accept HMACs.
        if SECRET_MEMBERS
            .iter()
            .any(|name| members.contains_key(*name))
            || text(members, "kty") == Some("oct")
        {
            return Err(KeyError::PrivateMaterial);
        }
        let key = match (text(members, "kty"), text(members, "crv")) {
            (Some("OKP"), Some("Ed25519")) => PublicKey::from_ed25519(&bytes(members, "x")?)?,
            (Some("EC"), Some("P-256")) => {
                let (x, y) = (bytes(members, "x")?, bytes(members, "y")?);
                if x.len() != 32 || y.len() != 32 {
                    return Err(KeyError::Invalid("a coordinate on P-256 has 32 bytes"));
                }
                PublicKey::from_p256(&[&[4], x.as_slice(), y.as_slice()].concat())?
            }
            (Some("EC"), Some("P-384")) => {
                let (x, y) = (bytes(members, "x")?, bytes(members, "y")?);
                if x.len() != 48 || y.len() != 48 {
                    return Err(KeyError::Invalid("a coordinate on P-384 has 48 bytes"));
                }
                PublicKey::from_p384(&[&[4], x.as_slice(), y.as_slice()].concat())?
            }
            (Some("RSA"), _) => PublicKey::from_rsa(&bytes(members, "n")?, &bytes(members, "e")?)?,
            (kty, crv) => return Err(KeyError::Kind(kind(kty, crv))),
        };
        check_use(members, &key)?;
        Ok(key)
    }

    /// Writes the key as JWK, with the members that make the key and nothing else.
    pub fn jwk(&self) -> Value {
        match self {
            PublicKey::Ed25519(key) => {
                json!({"kty": "OKP", "crv": "Ed25519", "x": encoding::base64url(key.as_bytes())})
            }
            PublicKey::P256(key) => on_curve("P-256", &key.coordinates()),
            PublicKey::P384(key) => on_curve("P-384", &key.coordinates()),
            PublicKey::Rsa(key) => json!({
                "kty": "RSA",
                "n": encoding::base64url(key.modulus()),
                "e": encoding::base64url(key.exponent()),
            }),
        }
    }
}

/// The JWK of a point, whose coordinates are given one after the other.
fn on_curve(name: &str, coordinates: &[u8]) -> Value {
    let (x, y) = coordinates.split_at(coordinates.len() / 2);
    json!({"kty": "EC", "crv": name, "x": encoding::base64url(x), "y": encoding::base64url(y)})
}

/// The name of a kind of key that is not supported, as far as it is one that people offer.
fn kind(kty: Option<&str>, crv: Option<&str>) -> &'static str {
    let named = crv.and_then(|crv| KINDS.iter().find(|name| **name == crv));
    match (named, kty) {
        (Some(name), Some("EC" | "OKP")) => name,
        _ => "unknown",
    }
}

/// A key published for encryption or for another algorithm is not a key for this one (RFC 7517, section 4).
fn check_use(members: &Map<String, Value>, key: &PublicKey) -> Result<(), KeyError> {
    if members.get("use").is_some_and(|purpose| purpose != "sig") {
        return Err(KeyError::Usage("its member use is not sig"));
    }
    let verifies = |operations: &Value| {
        operations
            .as_array()
            .is_some_and(|operations| operations.iter().any(|operation| operation == "verify"))
    };
    if members
        .get("key_ops")
        .is_some_and(|operations| !verifies(operations))
    {
        return Err(KeyError::Usage("its member key_ops does not list verify"));
    }
    if members
        .get("alg")
        .is_some_and(|algorithm| algorithm != key.algorithm().name())
    {
        return Err(KeyError::Usage("its member alg names another algorithm"));
    }
    Ok(())
}

fn text<'a>(members: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    members.get(name).and_then(Value::as_str)
}

fn bytes(members: &Map<String, Value>, name: &'static str) -> Result<Vec<u8>, KeyError> {
    text(members, name)
        .and_then(encoding::from_base64url)
        .ok_or(KeyError::Invalid(
            "a number in the JWK is missing or not base64url",
        ))
}

/// Members that hold secrets of any kind of key (RFC 7518, sections 6.2.2, 6.3.2 and 6.4.1; AKP keys use `priv`).
const SECRET_MEMBERS: [&str; 9] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"];

/// Curves of the registry of JOSE on which keys are not supported.
const KINDS: [&str; 8] = [
    "P-521",
    "secp256k1",
    "X25519",
    "Ed448",
    "X448",
    "BP-256",
    "BP-384",
    "BP-512",
];

/// A set is read for every badge of its issuer; real ones have a handful of keys.
const LARGEST_SET: usize = 64;
