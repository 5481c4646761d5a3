//! Applications that register themselves (RFC 7591; Open Badges 3.0, dynamic client registration).
//!
//! What an application says of itself is nobody's word but its own. Its addresses are shown to people
//! and compared, and none is ever fetched.

use super::{BadgeScope, Secret, SecretKind};
use crate::app::App;
use crate::digest::Sha256Digest;
use crate::engine::Batch;
use crate::error::Error;
use crate::id::ClientId;
use crate::store::Stored;
use crate::text::Line;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;
use url::Url;

/// An application that has registered itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client {
    /// Its identifier, which is no secret.
    pub id: ClientId,
    /// The digest of what shows that it is the application.
    pub(crate) secret: Sha256Digest,
    /// What it says of itself.
    pub about: ClientMetadata,
    /// When it registered.
    pub registered: Timestamp,
    /// When it is forgotten unless somebody lets it act for them before.
    pub until: Timestamp,
}

/// What an application says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientMetadata {
    /// What it is called.
    pub client_name: Line,
    /// Its home page.
    pub client_uri: String,
    /// Its sign.
    pub logo_uri: String,
    /// Its terms.
    pub tos_uri: String,
    /// What it does with data.
    pub policy_uri: String,
    /// The name of its software.
    pub software_id: Line,
    /// The version of its software.
    pub software_version: Line,
    /// Where people are sent back to, to the letter.
    pub redirect_uris: Vec<String>,
    /// How it shows that it is the application: there is one way.
    pub token_endpoint_auth_method: String,
    /// What it turns in for tokens.
    pub grant_types: Vec<String>,
    /// What it asks for: a code, there is nothing else.
    pub response_types: Vec<String>,
    /// Who can be written to about it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<Line>,
    /// What it may ask people for.
    pub scope: String,
}

/// Why an application is not registered (RFC 7591, section 3.2.2).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegistrationError {
    /// An address to send people back to cannot be used.
    #[error("{0}")]
    RedirectUri(String),
    /// Something else that it says of itself cannot be used.
    #[error("{0}")]
    Metadata(String),
}

/// Which addresses applications may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Addresses {
    /// Those with TLS.
    Https,
    /// Those of this machine too: this one has no TLS itself, and is for development.
    HttpsOrLoopback,
}

/// Registers an application. Its secret is shown this once; the store keeps its digest.
pub fn register(
    app: &App,
    about: ClientMetadata,
    from: &str,
    now: Timestamp,
) -> Result<(Secret, Client), Error> {
    app.oauth_limits.registration(from, now)?;
    let secret = Secret::draw(&app.random, SecretKind::Client);
    let client = Client {
        id: ClientId::draw(&app.random),
        secret: secret.digest(),
        about,
        registered: now,
        until: now.plus_seconds(UNUSED_LASTS),
    };
    app.store.add_client(&client)?;
    tracing::info!(client.id = %client.id, "Registered the application {}", client.id);
    Ok((secret, client))
}

/// Finds an application that has not been forgotten.
pub fn find(app: &App, id: ClientId, now: Timestamp) -> Result<Option<Stored<Client>>, Error> {
    let held = app.store.client_held(id)?;
    Ok(held.filter(|held| now < held.value.until))
}

/// Finds the application that shows this secret.
pub fn authenticate(
    app: &App,
    id: &str,
    secret: &str,
    now: Timestamp,
) -> Result<Option<Client>, Error> {
    let (Ok(id), Some(secret)) = (id.parse(), Secret::read(secret, SecretKind::Client)) else {
        return Ok(None);
    };
    let held = find(app, id, now)?;
    // Digests are compared: how far two agree says nothing of the secrets.
    Ok(held
        .map(|held| held.value)
        .filter(|client| client.secret == secret.digest()))
}

/// Notes in a batch that somebody lets an application act, so that it is not forgotten.
pub(super) fn note_use(
    app: &App,
    batch: &mut Batch,
    held: &Stored<Client>,
    now: Timestamp,
) -> Result<(), Error> {
    let until = now.plus_seconds(USED_LASTS);
    // A day is near enough: every use would be a write.
    if until.unix_seconds() - held.value.until.unix_seconds() > DAY {
        let used = Client {
            until,
            ..held.value.clone()
        };
        app.store.replace_client(batch, held, &used)?;
    }
    Ok(())
}

impl Client {
    /// What it may ask people for.
    pub fn scopes(&self) -> BTreeSet<BadgeScope> {
        BadgeScope::known_in(&self.about.scope)
    }

    /// Whether it goes on without asking its people each hour.
    pub fn refreshes(&self) -> bool {
        let mut kinds = self.about.grant_types.iter();
        kinds.any(|kind| kind == REFRESH_TOKEN)
    }

    /// The host that all its addresses share.
    pub fn host(&self) -> String {
        let url = Url::parse(&self.about.client_uri).ok();
        let host = url.as_ref().and_then(Url::host_str);
        host.unwrap_or_default().to_owned()
    }
}

impl ClientMetadata {
    /// Reads what an application says of itself. What is not known here is passed over (RFC 7591,
    /// section 2).
    pub fn read(said: &Value, addresses: Addresses) -> Result<ClientMetadata, RegistrationError> {
        let text = |name: &str| -> Result<&str, RegistrationError> {
            let found = said[name].as_str().filter(|text| !text.trim().is_empty());
            found.ok_or_else(|| metadata(format!("{name} is missing, or is not a text")))
        };
        let line = |name: &str| -> Result<Line, RegistrationError> {
            let read = text(name)?.parse();
            read.map_err(|error| metadata(format!("{name}: {error}")))
        };
        let address = |name: &str| -> Result<(String, String), RegistrationError> {
            let text = text(name)?;
            let host = host_of(text, addresses);
            let host = host.map_err(|wrong| metadata(format!("{name} {wrong}")))?;
            Ok((text.to_owned(), host))
        };
        let (client_uri, host) = address("client_uri")?;
        let beside = |name: &str| -> Result<String, RegistrationError> {
            let (text, found) = address(name)?;
            match found == host {
                true => Ok(text),
                false => Err(metadata(format!("{name} is not at the host of client_uri"))),
            }
        };
        let redirect_uris = redirect_uris(&said["redirect_uris"], &host, addresses)?;
        let scopes = BadgeScope::known_in(text("scope")?);
        if scopes.iter().all(|scope| scope.opens().is_none()) {
            return Err(metadata("scope names nothing that is given here"));
        }
        let grant_types = chosen(said, "grant_types", &[AUTHORIZATION_CODE, REFRESH_TOKEN])?;
        if !grant_types.iter().any(|kind| kind == AUTHORIZATION_CODE) {
            return Err(metadata("grant_types lacks authorization_code"));
        }
        let method = &said["token_endpoint_auth_method"];
        if !method.is_null() && method != BASIC {
            return Err(metadata(
                "token_endpoint_auth_method is not client_secret_basic",
            ));
        }
        Ok(ClientMetadata {
            client_name: line("client_name")?,
            logo_uri: beside("logo_uri")?,
            tos_uri: beside("tos_uri")?,
            policy_uri: beside("policy_uri")?,
            client_uri,
            software_id: line("software_id")?,
            software_version: line("software_version")?,
            redirect_uris,
            token_endpoint_auth_method: BASIC.to_owned(),
            grant_types,
            response_types: chosen(said, "response_types", &["code"])?,
            contacts: contacts(&said["contacts"])?,
            scope: BadgeScope::list(&scopes),
        })
    }
}

impl RegistrationError {
    /// Its name in the standard.
    pub fn name(&self) -> &'static str {
        match self {
            RegistrationError::RedirectUri(_) => "invalid_redirect_uri",
            RegistrationError::Metadata(_) => "invalid_client_metadata",
        }
    }
}

fn metadata(message: impl Into<String>) -> RegistrationError {
    RegistrationError::Metadata(message.into())
}

fn redirect_uris(
    said: &Value,
    host: &str,
    addresses: Addresses,
) -> Result<Vec<String>, RegistrationError> {
    let wrong = |message: &str| RegistrationError::RedirectUri(message.to_owned());
    let said = said
        .as_array()
        .filter(|list| (1..=MOST_LISTED).contains(&list.len()));
    let said = said.ok_or_else(|| wrong("redirect_uris is not a list of 1 to 10 addresses"))?;
    let mut found = Vec::new();
    for one in said {
        let text = one.as_str().unwrap_or_default();
        // What stands after it would never arrive (RFC 6749, 3.1.2).
        if text.contains('#') {
            return Err(wrong("a redirect address has a fragment"));
        }
        match host_of(text, addresses) {
            Err(message) => return Err(wrong(&format!("a redirect address {message}"))),
            Ok(own) if own != host => {
                return Err(wrong("a redirect address is not at the host of client_uri"));
            }
            Ok(_) => found.push(text.to_owned()),
        }
    }
    Ok(found)
}

/// The host of an address that an application may have, or what is wrong with the address.
fn host_of(text: &str, addresses: Addresses) -> Result<String, &'static str> {
    // Browsers repair what is not written as the standard has it, and each repairs it differently.
    let plain = |byte: u8| byte.is_ascii_graphic() && !b"\\\"<>^`{|}".contains(&byte);
    if text.len() > ADDRESS_BYTES || !text.bytes().all(plain) {
        return Err("is too long, or has characters that no address has");
    }
    let url = Url::parse(text).map_err(|_| "is not an address")?;
    let begins = text.split_once("://").map(|(scheme, _)| scheme);
    match (begins, addresses) {
        (Some("https"), _) => {}
        (Some("http"), Addresses::HttpsOrLoopback) if crate::public_url::is_loopback(&url) => {}
        _ => return Err("does not begin with https://"),
    }
    if !url.username().is_empty() || url.password().is_some() || url.authority().contains('@') {
        return Err("names a user");
    }
    url.host_str()
        .map(str::to_owned)
        .ok_or("does not name a host")
}

/// The values of a list, each one of those that are known; the first of them if nothing is said.
fn chosen(
    said: &Value,
    name: &str,
    known: &[&'static str],
) -> Result<Vec<String>, RegistrationError> {
    if said[name].is_null() {
        return Ok(vec![known[0].to_owned()]);
    }
    let wrong = || metadata(format!("{name} is not a list of {}", known.join(", ")));
    let list = said[name].as_array().filter(|list| !list.is_empty());
    let given = list.ok_or_else(wrong)?.iter();
    let given: Option<BTreeSet<&str>> = given.map(Value::as_str).collect();
    let given = given.ok_or_else(wrong)?;
    match given.iter().all(|one| known.contains(one)) {
        true => Ok(given.into_iter().map(str::to_owned).collect()),
        false => Err(wrong()),
    }
}

fn contacts(said: &Value) -> Result<Vec<Line>, RegistrationError> {
    if said.is_null() {
        return Ok(Vec::new());
    }
    let lines = said
        .as_array()
        .filter(|list| list.len() <= MOST_LISTED)
        .and_then(|list| list.iter().map(|one| one.as_str()?.parse().ok()).collect());
    lines.ok_or_else(|| metadata("contacts is not a list of at most 10 lines"))
}

/// The grant by which a code is turned in.
pub const AUTHORIZATION_CODE: &str = "authorization_code";

/// The grant by which a refresh token is turned in.
pub const REFRESH_TOKEN: &str = "refresh_token";

/// The one way in which applications show which one they are.
pub const BASIC: &str = "client_secret_basic";

/// Hosts have one address to send people back to, and perhaps a second for trying things out.
const MOST_LISTED: usize = 10;

/// Longer than any address that people are sent back to.
const ADDRESS_BYTES: usize = 1_000;

/// How long an application is kept that nobody has let act for them, in seconds: 30 days.
pub const UNUSED_LASTS: i64 = 30 * DAY;

/// How long it is kept after somebody last did, in seconds: a year, twice as long as what is allowed.
pub const USED_LASTS: i64 = 365 * DAY;

const DAY: i64 = 24 * 60 * 60;
