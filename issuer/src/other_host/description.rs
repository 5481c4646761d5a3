//! Where another host is, and what it says of itself (Open Badges 3.0, service description).

use super::OtherHostError;
use crate::id::written_as_text;
use schemas::json::{self, JsonLimits};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;
use std::str::FromStr;
use url::Url;

/// The address of a host, to which the paths of the standard are added.
#[derive(Clone, PartialEq, Eq)]
pub struct HostAddress(String);

/// A text that names no host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not the address of a host, as https://badges.example.org")]
pub struct HostAddressError;

/// An address that a host names.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint(Url);

/// What a host says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Description {
    /// Where it is.
    pub address: HostAddress,
    /// What it is called.
    pub name: String,
    /// What the addresses of its API begin with.
    pub api: Endpoint,
    /// Where applications register.
    pub registration_url: Endpoint,
    /// Where people are sent to allow something.
    pub authorization_url: Endpoint,
    /// Where codes are turned in.
    pub token_url: Endpoint,
}

impl HostAddress {
    /// Where the host describes itself.
    pub fn discovery(&self) -> Result<Url, OtherHostError> {
        let url = Url::parse(&format!("{}{API}/discovery", self.0));
        url.map_err(|_| OtherHostError::Unusable("its address is none"))
    }

    /// The address as text, without a slash at its end.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for HostAddress {
    type Err = HostAddressError;

    /// Reads `https://badges.example.org`, with a path or without, and `badges.example.org`.
    fn from_str(text: &str) -> Result<HostAddress, HostAddressError> {
        let text = text.trim();
        let text = match text.contains("://") {
            true => text.to_owned(),
            false => format!("https://{text}"),
        };
        let url = Url::parse(&text).map_err(|_| HostAddressError)?;
        let is_bare = url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        let known = ["https", "http"].contains(&url.scheme());
        if !known || !is_bare || !url.has_host() || url.as_str().len() > ADDRESS_BYTES {
            return Err(HostAddressError);
        }
        // People copy the address of whatever they find.
        let mut base = url.as_str().trim_end_matches('/');
        base = base.strip_suffix("/discovery").unwrap_or(base);
        base = base.strip_suffix(API).unwrap_or(base);
        Ok(HostAddress(base.trim_end_matches('/').to_owned()))
    }
}

impl fmt::Display for HostAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

written_as_text!(HostAddress);

impl Endpoint {
    /// The address.
    pub fn url(&self) -> &Url {
        &self.0
    }
}

impl FromStr for Endpoint {
    type Err = HostAddressError;

    fn from_str(text: &str) -> Result<Endpoint, HostAddressError> {
        let url = Url::parse(text).map_err(|_| HostAddressError)?;
        Ok(Endpoint(url))
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

written_as_text!(Endpoint);

impl Description {
    /// Reads the service description of the host at this address.
    pub fn read(address: &HostAddress, bytes: &[u8]) -> Result<Description, OtherHostError> {
        let wrong = |what| OtherHostError::Unusable(what);
        let document = json::read(bytes, &LIMITS);
        let document = document.map_err(|_| wrong("it does not describe itself in JSON"))?;
        let schemes = &document["components"]["securitySchemes"];
        let named = &schemes["OAuth2ACG"];
        let found = match named {
            Value::Null => schemes.as_object().and_then(|schemes| {
                let mut schemes = schemes.values();
                schemes.find(|scheme| scheme["type"] == "oauth2")
            }),
            named => Some(named),
        };
        let scheme = found.ok_or(wrong("it does not say how to get a token"))?;
        let flow = &scheme["flows"]["authorizationCode"];
        let own = Url::parse(address.as_str()).map_err(|_| wrong("its address is none"))?;
        let url = |value: &Value| {
            let url = value.as_str().and_then(|text| Url::parse(text).ok())?;
            // People are sent there, and secrets: over TLS, or to where the person said the host is.
            let is_known = url.scheme() == "https" || url.origin() == own.origin();
            is_known.then_some(Endpoint(url))
        };
        let api = match url(&document["servers"][0]["url"]) {
            Some(url) => url,
            None => Endpoint::from_str(&format!("{address}{API}"))
                .map_err(|_| wrong("its address is none"))?,
        };
        let name = document["info"]["title"].as_str().unwrap_or_default();
        let name: String = name
            .chars()
            .filter(|letter| !letter.is_control())
            .take(NAME_LETTERS)
            .collect();
        let host = own.host_str().unwrap_or_default().to_owned();
        Ok(Description {
            name: match name.trim() {
                "" => host,
                name => name.to_owned(),
            },
            api,
            registration_url: url(&scheme["x-imssf-registrationUrl"])
                .ok_or(wrong("it does not say where applications register"))?,
            authorization_url: url(&flow["authorizationUrl"])
                .ok_or(wrong("it does not say where people are asked"))?,
            token_url: url(&flow["tokenUrl"])
                .ok_or(wrong("it does not say where codes are turned in"))?,
            address: address.clone(),
        })
    }

    /// An address of its API.
    pub fn at(&self, path: &str, query: &[(&str, &str)]) -> Url {
        let mut url = self.api.url().clone();
        let base = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{base}{path}"));
        url.set_query(None);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }
}

const API: &str = "/ims/ob/v3p0";

/// The description of the standard has 100 kB.
const LIMITS: JsonLimits = JsonLimits {
    bytes: 1024 * 1024,
    depth: 64,
    members: 50_000,
    string: 64 * 1024,
};

const ADDRESS_BYTES: usize = 500;

const NAME_LETTERS: usize = 100;
