//! A badge as one value, read once and strictly.

use keys::vc_jwt::{self, Compact, JwtError};
use schemas::json::{self, JsonLimits};
use serde_json::Value;

use crate::legacy;
use crate::limits::Limits;
use crate::presented::Presented;
use crate::reason::Reason;
use crate::report::{DataModel, Form, Halt};

/// A document as one value. What is checked and what is shown afterwards is this value, untouched.
#[derive(Debug)]
pub(crate) enum Decoded {
    /// JSON with a proof in it.
    Json(Value),
    /// A compact JWT that carries the document.
    Jwt(Box<Token>),
}

/// A compact JWT and the document in it: its payload, or in the older form its claim `vc`,
/// completed from the claims beside it.
#[derive(Debug)]
pub(crate) struct Token {
    pub(crate) compact: Compact,
    pub(crate) document: Value,
}

impl Decoded {
    pub(crate) fn read(presented: &Presented, limits: &Limits) -> Result<Decoded, Halt> {
        let decoded = match presented.form {
            Form::Json => {
                let limits = JsonLimits {
                    bytes: limits.text_bytes,
                    ..JsonLimits::default()
                };
                Decoded::read_json(&presented.text, &limits)?
            }
            Form::Jwt => Decoded::read_jwt(&presented.text)?,
        };
        Ok(decoded)
    }

    pub(crate) fn read_json(text: &[u8], limits: &JsonLimits) -> Result<Decoded, Reason> {
        let value = json::read(text, limits)?;
        // The JSON serialisations of JWS and JWE can hold several signatures and unsigned headers.
        let is_jose = ["payload", "ciphertext"]
            .iter()
            .any(|member| value.get(member).is_some() && value.get("@context").is_none());
        if is_jose {
            return Err(JwtError::Serialization("it is in the JSON serialization").into());
        }
        Ok(Decoded::Json(value))
    }

    pub(crate) fn read_jwt(text: &[u8]) -> Result<Decoded, Reason> {
        let text = std::str::from_utf8(text).map_err(|_| JwtError::Encoding)?;
        let compact = match Compact::decode(text) {
            // The payload of an Open Badges 2.0 assertion names the key.
            Err(JwtError::KidUnresolved) => Compact::decode_keyless(text)
                .ok()
                .filter(|compact| model_of(compact.payload()) == Some(DataModel::OpenBadges2))
                .ok_or(JwtError::KidUnresolved)?,
            compact => compact?,
        };
        let document = vc_jwt::credential(compact.payload()).into_owned();
        Ok(Decoded::Jwt(Box::new(Token { compact, document })))
    }

    /// The document: what was signed, and in JSON form its proof beside it.
    pub(crate) fn document(&self) -> &Value {
        match self {
            Decoded::Json(document) => document,
            Decoded::Jwt(token) => &token.document,
        }
    }

    /// The data model that the document is written in, if it is a known one.
    pub(crate) fn model(&self) -> Option<DataModel> {
        model_of(self.document())
    }
}

/// The data model, told by the first context (implementation guide, Verifiable Credentials v1.1);
/// that of Open Badges 2.0 may stand among others.
pub(crate) fn model_of(document: &Value) -> Option<DataModel> {
    let contexts = match &document["@context"] {
        Value::Array(contexts) => contexts.as_slice(),
        context => std::slice::from_ref(context),
    };
    match contexts.first()?.as_str() {
        Some(CREDENTIALS_V2) => Some(DataModel::Vc2),
        Some(CREDENTIALS_V1) => Some(DataModel::Vc1),
        _ => {
            let is_older = contexts.iter().any(|context| context == legacy::CONTEXT);
            is_older.then_some(DataModel::OpenBadges2)
        }
    }
}

impl Token {
    /// Whether the document stands in the claim `vc`, as the VC Data Model 1.1 has it.
    pub(crate) fn is_wrapped(&self) -> bool {
        self.compact.payload().get("vc").is_some()
    }
}

/// The context of VC Data Model 2.0.
pub(crate) const CREDENTIALS_V2: &str = "https://www.w3.org/ns/credentials/v2";

/// The context of VC Data Model 1.1.
pub(crate) const CREDENTIALS_V1: &str = "https://www.w3.org/2018/credentials/v1";
