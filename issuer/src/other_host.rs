//! Other hosts of badges, where people of ours have badges too (Open Badges 3.0, section 6, as a client).
//!
//! A person names a host by its address. It is asked to describe itself, this service registers there
//! once, and the person lets it have a token in their browser. With the token badges are brought here or
//! sent there, or their profile is put there, at once; then it is dropped. The next time the person is asked again.

pub mod answer;
mod description;
pub mod profile;

use crate::app::App;
use crate::attempt::Nonce;
use crate::error::Error;
use crate::fetch::{Authorization, Call, CallMethod};
use crate::id::{BadgeId, HostedId};
use crate::oauth::BadgeScope;
use crate::oidc;
use crate::random::Random;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use url::Url;
use verifier::FetchFailure;
use zeroize::Zeroizing;

pub use description::{Description, Endpoint, HostAddress};
pub use profile::OwnProfile;

/// Another host, and who this service is there.
pub struct OtherHost {
    /// What it says of itself.
    pub description: Description,
    /// What this service is called there.
    pub client_id: String,
    /// What shows there that it is this service.
    pub client_secret: HostSecret,
    /// When this service registered there.
    pub registered: Timestamp,
}

/// A secret that another host has given this service.
pub struct HostSecret(Zeroizing<String>);

/// What a person wants of another host, until they come back from there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostAttempt {
    /// The host.
    pub host: HostAddress,
    /// What it says it is called.
    pub name: String,
    /// Where the person is sent.
    pub authorization_url: Endpoint,
    /// What this service is called there.
    pub client_id: String,
    /// What is wanted.
    pub purpose: Purpose,
    /// What the answer has to repeat.
    pub state: Nonce,
    /// What only we know who ask for the token (RFC 7636).
    pub verifier: Nonce,
}

/// What is wanted of another host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Bringing the person's badges here.
    Bring,
    /// Sending a badge there that was issued here.
    SendOwn(BadgeId),
    /// Sending a badge there that was brought here.
    SendHosted(HostedId),
    /// Putting the profile there that the person wrote for it.
    PutProfile(Box<OwnProfile>),
}

/// Why another host does not do its part.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OtherHostError {
    /// Nothing was begun in this browser, or too long ago, or it was finished before.
    #[error(
        "nothing is under way in this browser: it took more than ten minutes, or was finished before"
    )]
    NoAttempt,
    /// The answer belongs to another question, or comes from another host.
    #[error("the answer does not belong to what was begun in this browser")]
    State,
    /// The person said no there.
    #[error("you said no there, so nothing was done")]
    Denied,
    /// The host answered with another error.
    #[error("the other host answered with the error {0}")]
    Refused(String),
    /// The host could not be reached.
    #[error("the other host could not be asked: {0}")]
    Unreachable(FetchFailure),
    /// What the host says of itself cannot be worked with.
    #[error("there is no host of Open Badges 3.0 at this address, or it cannot be used: {0}")]
    Unusable(&'static str),
    /// The host did not register this service.
    #[error("the other host did not register this service: {0}")]
    Unregistered(String),
    /// The host gave no token.
    #[error("the other host gave no token: {0}")]
    NoToken(String),
    /// The host's answer is none that the standard knows.
    #[error("the answer of the other host cannot be used: {0}")]
    Answer(String),
}

impl OtherHostError {
    /// The stable code of this case.
    pub fn code(&self) -> &'static str {
        match self {
            OtherHostError::NoAttempt => "host.no_attempt",
            OtherHostError::State => "host.state_mismatch",
            OtherHostError::Denied => "host.denied",
            OtherHostError::Refused(_) => "host.refused",
            OtherHostError::Unreachable(_) => "host.unreachable",
            OtherHostError::Unusable(_) => "host.unusable",
            OtherHostError::Unregistered(_) => "host.unregistered",
            OtherHostError::NoToken(_) => "host.no_token",
            OtherHostError::Answer(_) => "host.answer",
        }
    }
}

/// Finds a host where this service has registered.
pub fn known(app: &App, address: &HostAddress) -> Result<Option<OtherHost>, Error> {
    Ok(app.store.other_host(address)?)
}

/// Keeps a host where this service has registered.
pub fn keep(app: &App, host: &OtherHost) -> Result<(), Error> {
    Ok(app.store.put_other_host(host)?)
}

/// Forgets who this service is at a host, which does not know it any more.
pub fn forget(app: &App, address: &HostAddress) -> Result<(), Error> {
    Ok(app.store.remove_other_host(address)?)
}

impl OtherHost {
    /// Begins to ask a person, who is sent to the host for it.
    pub fn attempt(&self, random: &Random, purpose: Purpose) -> HostAttempt {
        let description = &self.description;
        HostAttempt {
            host: description.address.clone(),
            name: description.name.clone(),
            authorization_url: description.authorization_url.clone(),
            client_id: self.client_id.clone(),
            purpose,
            state: Nonce::draw(random),
            verifier: Nonce::draw(random),
        }
    }

    /// The request that turns a code in for a token.
    pub fn token_call(&self, attempt: &HostAttempt, code: &str, redirect_uri: &str) -> Call {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code")
            .append_pair("code", code)
            .append_pair("redirect_uri", redirect_uri)
            .append_pair("scope", &BadgeScope::list(&attempt.purpose.scopes()))
            .append_pair("code_verifier", attempt.verifier.as_str());
        // RFC 6749, 2.3.1: both are form-encoded before they are put together.
        let encoded =
            |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let secret = Zeroizing::new(encoded(self.client_secret.expose()));
        Call {
            method: CallMethod::Post,
            url: self.description.token_url.url().clone(),
            authorization: Authorization::Basic(encoded(&self.client_id), secret),
            body: Some((
                "application/x-www-form-urlencoded",
                Zeroizing::new(form.finish().into_bytes()),
            )),
        }
    }
}

impl HostAttempt {
    /// The address at which the person is asked.
    pub fn authorization_url(&self, redirect_uri: &str) -> Url {
        let mut url = self.authorization_url.url().clone();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.client_id)
            .append_pair("redirect_uri", redirect_uri)
            .append_pair("scope", &BadgeScope::list(&self.purpose.scopes()))
            .append_pair("state", self.state.as_str())
            .append_pair("code_challenge", &oidc::code_challenge(&self.verifier))
            .append_pair("code_challenge_method", "S256");
        url
    }
}

impl Purpose {
    /// What the host is asked to allow: no more than is needed.
    pub fn scopes(&self) -> BTreeSet<BadgeScope> {
        match self {
            Purpose::Bring => {
                BTreeSet::from([BadgeScope::CredentialReadonly, BadgeScope::ProfileReadonly])
            }
            Purpose::SendOwn(_) | Purpose::SendHosted(_) => {
                BTreeSet::from([BadgeScope::CredentialUpsert])
            }
            Purpose::PutProfile(_) => BTreeSet::from([BadgeScope::ProfileUpdate]),
        }
    }
}

impl HostSecret {
    /// Takes a secret.
    pub fn new(text: String) -> HostSecret {
        HostSecret(Zeroizing::new(text))
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

/// What this service says of itself where it registers.
pub fn registration(name: &str, base: &str, redirect_uri: &str) -> Value {
    let scopes = BadgeScope::ALL
        .into_iter()
        .filter(|scope| scope.opens().is_some());
    json!({
        "client_name": name,
        "client_uri": base,
        "logo_uri": format!("{base}/assets/icon.svg"),
        "tos_uri": format!("{base}/applications"),
        "policy_uri": format!("{base}/applications"),
        "software_id": "assay",
        "software_version": env!("CARGO_PKG_VERSION"),
        "redirect_uris": [redirect_uri],
        "token_endpoint_auth_method": "client_secret_basic",
        "grant_types": ["authorization_code"],
        "response_types": ["code"],
        "scope": BadgeScope::list(&scopes.collect()),
    })
}
