//! A badge as one value, read once and strictly.

use keys::vc_jwt::{Compact, JwtError};
use schemas::json::{self, JsonLimits};
use serde_json::Value;

use crate::limits::Limits;
use crate::presented::Presented;
use crate::reason::Reason;
use crate::report::{DataModel, Form, Halt};

/// A document as one value. What is checked and what is shown afterwards is this value, untouched.
#[derive(Debug)]
pub(crate) enum Decoded {
    /// JSON with a proof in it.
    Json(Value),
    /// A compact JWT whose payload is the document.
    Jwt(Box<Compact>),
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
        Ok(Decoded::Jwt(Box::new(Compact::decode(text)?)))
    }

    /// The document: what was signed, and in JSON form its proof beside it.
    pub(crate) fn document(&self) -> &Value {
        match self {
            Decoded::Json(document) => document,
            Decoded::Jwt(token) => token.payload(),
        }
    }

    /// The data model, told by the first context (implementation guide, Verifiable Credentials v1.1).
    pub(crate) fn model(&self) -> Option<DataModel> {
        let document = self.document();
        let first = match &document["@context"] {
            Value::Array(contexts) => contexts.first()?,
            context => context,
        };
        match first.as_str()? {
            CREDENTIALS_V2 => Some(DataModel::Vc2),
            CREDENTIALS_V1 => Some(DataModel::Vc1),
            _ => None,
        }
    }
}

/// The context of VC Data Model 2.0.
pub(crate) const CREDENTIALS_V2: &str = "https://www.w3.org/ns/credentials/v2";

/// The context of VC Data Model 1.1.
pub(crate) const CREDENTIALS_V1: &str = "https://www.w3.org/2018/credentials/v1";
