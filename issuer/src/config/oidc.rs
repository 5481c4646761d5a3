//! The identity providers that people may sign in with.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use url::Url;

use super::{ConfigError, Mode, present, text};
use crate::id::ProviderId;
use crate::public_url::is_loopback;
use crate::text::Line;

/// An identity provider that people may sign in with.
#[derive(Clone, Debug)]
pub struct ProviderConfig {
    /// Its name in addresses.
    pub id: ProviderId,
    /// Its name on the button.
    pub name: Line,
    /// Its issuer identifier, to the letter.
    pub issuer: String,
    /// The same as an address.
    pub issuer_url: Url,
    /// Who we are there.
    pub client_id: String,
    /// Where the secret is that the provider has given us, if it has.
    pub client_secret_file: Option<PathBuf>,
    /// The domains whose addresses the provider may speak for.
    pub trusted_domains: BTreeSet<String>,
}

/// One `[[oidc]]` table of the file, before anything in it was believed.
#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct RawProvider {
    pub id: String,
    pub name: String,
    pub issuer: String,
    pub client_id: String,
    pub client_secret_file: String,
    pub trusted_domains: Vec<String>,
}

/// Checks all providers; no two may share a name or an issuer.
pub(super) fn read(raw: Vec<RawProvider>, mode: Mode) -> Result<Vec<ProviderConfig>, ConfigError> {
    if raw.len() > PROVIDERS {
        let most = format!("has more than {PROVIDERS} providers");
        return Err(ConfigError::field("oidc", most));
    }
    let mut providers: Vec<ProviderConfig> = Vec::new();
    for raw in raw {
        let provider = raw.check(mode)?;
        if providers.iter().any(|other| other.id == provider.id) {
            return Err(ConfigError::field("oidc", "has two providers with one id"));
        }
        if providers
            .iter()
            .any(|other| other.issuer == provider.issuer)
        {
            return Err(ConfigError::field(
                "oidc",
                "has two providers with one issuer",
            ));
        }
        providers.push(provider);
    }
    Ok(providers)
}

impl RawProvider {
    fn check(self, mode: Mode) -> Result<ProviderConfig, ConfigError> {
        let id: ProviderId = self.id.parse().map_err(|_| {
            ConfigError::field("oidc.id", "is not of small letters, digits and hyphens")
        })?;
        if id.as_str() == RETURN {
            return Err(ConfigError::field("oidc.id", "may not be return"));
        }
        let issuer_url = issuer(&self.issuer, mode)?;
        let domains = self.trusted_domains.iter().map(|domain| domain_of(domain));
        Ok(ProviderConfig {
            id,
            name: text("oidc.name", &self.name)?,
            client_id: present("oidc.client_id", self.client_id)?,
            client_secret_file: Some(self.client_secret_file)
                .filter(|file| !file.is_empty())
                .map(PathBuf::from),
            trusted_domains: domains.collect::<Result<_, _>>()?,
            issuer: self.issuer,
            issuer_url,
        })
    }
}

fn issuer(text: &str, mode: Mode) -> Result<Url, ConfigError> {
    let wrong = |problem: &str| ConfigError::field("oidc.issuer", problem);
    let url = Url::parse(text).map_err(|_| wrong("is not an address"))?;
    let bare = url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    match (url.scheme(), mode) {
        _ if !bare => Err(wrong("must have no query, fragment or user")),
        ("https", _) => Ok(url),
        ("http", Mode::Development) if is_loopback(&url) => Ok(url),
        _ => Err(wrong("must be an https address")),
    }
}

fn domain_of(text: &str) -> Result<String, ConfigError> {
    let domain = text.trim().to_lowercase();
    let odd = |character: char| character.is_whitespace() || "@/*:".contains(character);
    match domain.contains('.') && !domain.contains(odd) {
        true => Ok(domain),
        false => Err(ConfigError::field(
            "oidc.trusted_domains",
            format!("has `{text}`, which is not a domain, as example.org"),
        )),
    }
}

/// More buttons than this are no choice any more.
const PROVIDERS: usize = 8;

/// The last part of the address that providers send people back to.
const RETURN: &str = "return";
