//! What a provider publishes about itself (Discovery 1.0, section 3), judged once it is fetched.

use super::OidcError;
use schemas::json::{self, JsonLimits};
use serde_json::Value;
use url::Url;

/// What a provider says about itself, as far as a client of ours needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metadata {
    /// The issuer identifier, which is that of the configuration.
    pub issuer: String,
    /// Where people are sent.
    pub authorization_endpoint: Url,
    /// Where codes are turned in.
    pub token_endpoint: Url,
    /// Where the provider's keys are.
    pub jwks_uri: Url,
    /// Where the provider says more about a person, if it does.
    pub userinfo_endpoint: Option<Url>,
    /// How we show the provider that it is us.
    pub client_authentication: ClientAuthentication,
    /// Whether every answer names the provider (RFC 9207, section 3).
    pub names_itself: bool,
}

/// How a client with a secret shows that it is that client (Core, section 9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientAuthentication {
    /// In the header `Authorization`.
    Basic,
    /// In the body.
    Post,
}

/// The address of a provider's metadata (Discovery 1.0, section 4.1).
pub fn address(issuer: &Url) -> Option<Url> {
    let issuer = issuer.as_str().trim_end_matches('/');
    Url::parse(&format!("{issuer}/.well-known/openid-configuration")).ok()
}

impl Metadata {
    /// Reads what the issuer of the configuration publishes; whoever names another issuer is another.
    pub fn read(bytes: &[u8], issuer: &str) -> Result<Metadata, OidcError> {
        let document = json::read(bytes, &LIMITS)
            .map_err(|_| OidcError::Unusable("its metadata is not strict JSON"))?;
        // Discovery 1.0, section 4.3: exactly the same, or it must not be used.
        if document["issuer"].as_str() != Some(issuer) {
            return Err(OidcError::Unusable("its metadata names another issuer"));
        }
        let code = Value::from("code");
        match list(&document, "response_types_supported") {
            Some(types) if types.contains(&code) => {}
            _ => return Err(OidcError::Unusable("it knows no authorisation codes")),
        }
        // RFC 9700, 2.1.1: who does not say so may know it all the same; who names others does not.
        let s256 = Value::from("S256");
        if list(&document, "code_challenge_methods_supported")
            .is_some_and(|methods| !methods.contains(&s256))
        {
            return Err(OidcError::Unusable("it does not know PKCE with S256"));
        }
        if list(&document, "id_token_signing_alg_values_supported")
            .is_some_and(|names| !names.iter().any(is_allowed))
        {
            return Err(OidcError::Unusable(
                "it signs with none of RS256, ES256 and EdDSA",
            ));
        }
        Ok(Metadata {
            issuer: issuer.to_owned(),
            authorization_endpoint: endpoint(&document, "authorization_endpoint")?,
            token_endpoint: endpoint(&document, "token_endpoint")?,
            jwks_uri: endpoint(&document, "jwks_uri")?,
            userinfo_endpoint: match document.get("userinfo_endpoint") {
                Some(_) => Some(endpoint(&document, "userinfo_endpoint")?),
                None => None,
            },
            client_authentication: client_authentication(&document)?,
            names_itself: document["authorization_response_iss_parameter_supported"]
                .as_bool()
                .unwrap_or(false),
        })
    }
}

fn list<'a>(document: &'a Value, name: &str) -> Option<&'a Vec<Value>> {
    document.get(name)?.as_array()
}

fn is_allowed(name: &Value) -> bool {
    name.as_str()
        .is_some_and(|name| keys::Algorithm::from_name(name).is_some())
}

/// The address of an endpoint. Whether it may be called is for the caller's reach to say.
fn endpoint(document: &Value, name: &str) -> Result<Url, OidcError> {
    let wrong = OidcError::Unusable("an address in its metadata is missing or is none");
    let url = document[name]
        .as_str()
        .and_then(|text| Url::parse(text).ok());
    let url = url.ok_or(wrong.clone())?;
    let plain = matches!(url.scheme(), "https" | "http")
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    plain.then_some(url).ok_or(wrong)
}

fn client_authentication(document: &Value) -> Result<ClientAuthentication, OidcError> {
    // Discovery 1.0, section 3: without the list it is client_secret_basic.
    let Some(methods) = list(document, "token_endpoint_auth_methods_supported") else {
        return Ok(ClientAuthentication::Basic);
    };
    let knows = |name: &str| methods.iter().any(|method| method.as_str() == Some(name));
    if knows("client_secret_basic") {
        Ok(ClientAuthentication::Basic)
    } else if knows("client_secret_post") || knows("none") {
        Ok(ClientAuthentication::Post)
    } else {
        Err(OidcError::Unusable("it takes no client secret"))
    }
}

/// What large providers publish has 5 kB.
const LIMITS: JsonLimits = JsonLimits {
    bytes: 128 * 1024,
    depth: 16,
    members: 2_000,
    string: 16 * 1024,
};
