//! An authenticator in software, with the browser around it: makes passkeys and signs with them,
//! rightly unless it is told otherwise.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use keys::{PublicKey, SecretKey};
use openssl::bn::BigNum;
use openssl::ecdsa::EcdsaSig;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::app::PUBLIC_URL;

/// An authenticator with one credential.
pub struct Authenticator {
    pub key: SecretKey,
    pub credential: Vec<u8>,
    pub user_handle: Vec<u8>,
    pub counter: u32,
    pub flags: u8,
    pub rp_id: String,
    /// What the browser says beside the challenge.
    pub client_data: Value,
    /// Put at the end of the authenticator data.
    pub trailing: Vec<u8>,
}

pub const USER_PRESENT: u8 = 1;
pub const USER_VERIFIED: u8 = 1 << 2;
pub const BACKED_UP: u8 = 1 << 4;
const ATTESTED: u8 = 1 << 6;
pub const EXTENSIONS: u8 = 1 << 7;

impl Authenticator {
    pub fn new(key: SecretKey) -> Authenticator {
        Authenticator {
            credential: Sha256::digest(key.public_key().jwk().to_string()).to_vec(),
            key,
            user_handle: Vec::new(),
            counter: 0,
            flags: USER_PRESENT | USER_VERIFIED,
            rp_id: "badges.example.org".to_owned(),
            client_data: json!({ "origin": PUBLIC_URL, "crossOrigin": false }),
            trailing: Vec::new(),
        }
    }

    pub fn p256(seed: u8) -> Authenticator {
        Authenticator::new(SecretKey::p256([seed; 32]).expect("a key"))
    }

    /// Lets the browser say something else than it should.
    pub fn says(&mut self, name: &str, value: &str) {
        self.client_data[name] = value.into();
    }

    /// Makes the credential that is asked for: a `RegistrationResponseJSON`.
    pub fn create(&mut self, options: &Value) -> Value {
        let user = options["user"]["id"].as_str().expect("a user");
        self.user_handle = URL_SAFE_NO_PAD.decode(user).expect("base64url");
        let length = u16::try_from(self.credential.len()).expect("a short identifier");
        let attested = [
            &[0; 16],
            length.to_be_bytes().as_slice(),
            &self.credential,
            &cose(self.key.public_key()),
        ]
        .concat();
        let data = self.data(self.flags | ATTESTED, &attested);
        let object = [
            b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59".as_slice(),
            &u16::try_from(data.len()).expect("short data").to_be_bytes(),
            &data,
        ]
        .concat();
        self.answer(json!({
            "clientDataJSON": encoded(&self.client_data("webauthn.create", options)),
            "attestationObject": encoded(&object),
        }))
    }

    /// Signs what is asked for: an `AuthenticationResponseJSON`.
    pub fn get(&mut self, options: &Value) -> Value {
        let client_data = self.client_data("webauthn.get", options);
        let data = self.data(self.flags, &[]);
        let signed = [data.as_slice(), &Sha256::digest(&client_data)].concat();
        self.answer(json!({
            "clientDataJSON": encoded(&client_data),
            "authenticatorData": encoded(&data),
            "signature": encoded(&self.sign(&signed)),
            "userHandle": encoded(&self.user_handle),
        }))
    }

    fn answer(&self, response: Value) -> Value {
        let id = encoded(&self.credential);
        json!({ "id": id, "rawId": id, "type": "public-key", "response": response, "clientExtensionResults": {} })
    }

    fn client_data(&self, kind: &str, options: &Value) -> Vec<u8> {
        let mut data = json!({ "type": kind, "challenge": options["challenge"] });
        for (name, value) in self.client_data.as_object().into_iter().flatten() {
            data[name] = value.clone();
        }
        data.to_string().into_bytes()
    }

    fn data(&self, flags: u8, attested: &[u8]) -> Vec<u8> {
        [
            Sha256::digest(&self.rp_id).as_slice(),
            &[flags],
            &self.counter.to_be_bytes(),
            attested,
            &self.trailing,
        ]
        .concat()
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let signature = self.key.sign_jws(message).expect("a signature");
        let PublicKey::P256(_) = self.key.public_key() else {
            return signature;
        };
        let half = |half| BigNum::from_slice(half).expect("a number");
        let (r, s) = signature.split_at(32);
        let signature = EcdsaSig::from_private_components(half(r), half(s));
        signature
            .and_then(|signature| signature.to_der())
            .expect("DER")
    }
}

/// The public key as COSE_Key in canonical CBOR.
pub fn cose(key: &PublicKey) -> Vec<u8> {
    let jwk = key.jwk();
    let number = |name: &str| {
        let text = jwk[name].as_str().expect("a number");
        URL_SAFE_NO_PAD.decode(text).expect("base64url")
    };
    match key {
        PublicKey::P256(_) => [
            b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20".as_slice(),
            &number("x"),
            b"\x22\x58\x20",
            &number("y"),
        ]
        .concat(),
        PublicKey::Ed25519(_) => [
            b"\xa4\x01\x01\x03\x27\x20\x06\x21\x58\x20".as_slice(),
            &number("x"),
        ]
        .concat(),
        PublicKey::Rsa(_) => [
            b"\xa4\x01\x03\x03\x39\x01\x00\x20\x59\x01\x00".as_slice(),
            &number("n"),
            b"\x21\x43",
            &number("e"),
        ]
        .concat(),
        PublicKey::P384(_) => panic!("no passkey has such a key"),
    }
}

pub fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
