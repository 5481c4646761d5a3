//! Signing in by OpenID Connect: the authorisation code flow with PKCE, as a client (OpenID Connect
//! Core 1.0, Discovery 1.0; RFC 7636; RFC 9207; RFC 9700).
//!
//! What goes out and what comes back is made and judged here. The calls themselves are
//! `fetch/provider.rs`; whose account an identity opens is `oidc/account.rs`.

pub mod account;
pub mod id_token;
pub mod metadata;

use crate::attempt::Nonce;
use crate::digest::Sha256Digest;
use crate::id::ProviderId;
use crate::link::ReturnPath;
use crate::person::Email;
use crate::random::Random;
use crate::text::Line;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use id_token::IdTokenError;
use metadata::Metadata;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use url::Url;
use verifier::FetchFailure;
use zeroize::Zeroizing;

/// An identity provider, as the operator has named it.
pub struct Provider {
    /// Its name in addresses of ours.
    pub id: ProviderId,
    /// Its name on the button.
    pub name: Line,
    /// Its issuer identifier, to the letter.
    pub issuer: String,
    /// Who we are there.
    pub client_id: String,
    /// What shows that it is us, if the provider has given us a secret.
    pub client_secret: Option<ClientSecret>,
    /// The domains whose addresses it may speak for: whoever it says has one is let into the
    /// account that has it.
    pub trusted_domains: BTreeSet<String>,
}

/// The secret that a provider has given us.
pub struct ClientSecret(Zeroizing<String>);

/// What was asked of a provider, until its answer comes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderAttempt {
    /// Which provider.
    pub provider: ProviderId,
    /// What the answer has to repeat.
    pub state: Nonce,
    /// What the ID token has to repeat.
    pub nonce: Nonce,
    /// What only we know who ask for the token (RFC 7636).
    pub verifier: Nonce,
    /// Where the person was going.
    pub next: Option<ReturnPath>,
}

/// Somebody for whom a provider has vouched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The provider.
    pub provider: ProviderId,
    /// Its issuer identifier.
    pub issuer: String,
    /// Who it is there: with the issuer, the one lasting name.
    pub subject: String,
    /// The address that the provider says it has proven.
    pub email: Option<Email>,
    /// How the provider calls them.
    pub name: Option<Line>,
}

/// What a provider's answer says, in the address it sends the browser back to.
#[derive(Debug, PartialEq, Eq)]
pub struct Callback {
    /// The state, which was ours.
    pub state: String,
    /// The issuer, if the answer names it (RFC 9207).
    pub issuer: Option<String>,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of sending somebody to a provider.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A code that can be turned in for an ID token.
    Code(String),
    /// An error, by its name in the standard.
    Error(String),
}

/// Why somebody is not signed in by their provider.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OidcError {
    /// Nothing was begun in this browser, or too long ago, or it was finished before.
    #[error(
        "nothing is under way in this browser: it took more than ten minutes, or was finished before"
    )]
    NoAttempt,
    /// The answer belongs to another question.
    #[error("the answer does not belong to what was begun in this browser")]
    State,
    /// The answer comes from somebody else (RFC 9207, section 2.4).
    #[error("the answer comes from another provider than the one that was asked")]
    Issuer,
    /// The person, or the provider, said no.
    #[error("the provider was not allowed to say who this is")]
    Denied,
    /// The provider answered with another error.
    #[error("the provider answered with the error {0}")]
    Refused(String),
    /// The answer is none that the standard knows.
    #[error("the answer of the provider cannot be read: {0}")]
    Answer(&'static str),
    /// The provider took the code for worn out or for another's.
    #[error("the provider did not take the code back: {0}")]
    Code(String),
    /// The provider could not be reached in time.
    #[error("the provider could not be asked: {0}")]
    Unreachable(FetchFailure),
    /// What the provider publishes about itself cannot be worked with.
    #[error("the provider cannot be used: {0}")]
    Unusable(&'static str),
    /// The ID token does not hold.
    #[error("what the provider says about the person does not hold: {0}")]
    IdToken(IdTokenError),
    /// The identity opens another account.
    #[error("this identity opens another account here")]
    Taken,
}

impl Provider {
    /// Begins to ask who somebody is.
    pub fn attempt(&self, random: &Random, next: Option<ReturnPath>) -> ProviderAttempt {
        ProviderAttempt {
            provider: self.id.clone(),
            state: Nonce::draw(random),
            nonce: Nonce::draw(random),
            verifier: Nonce::draw(random),
            next,
        }
    }

    /// The address at which the provider is asked (Core, 3.1.2.1).
    pub fn authorization_url(
        &self,
        metadata: &Metadata,
        attempt: &ProviderAttempt,
        redirect_uri: &str,
    ) -> Url {
        let mut url = metadata.authorization_endpoint.clone();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.client_id)
            .append_pair("redirect_uri", redirect_uri)
            .append_pair("scope", "openid email profile")
            .append_pair("state", attempt.state.as_str())
            .append_pair("nonce", attempt.nonce.as_str())
            .append_pair("code_challenge", &code_challenge(&attempt.verifier))
            .append_pair("code_challenge_method", "S256");
        url
    }

    /// Whether the provider may speak for this address: whoever has it there has it here.
    pub fn is_trusted_for(&self, email: &Email) -> bool {
        let domain = email.as_str().rsplit_once('@').map(|(_, domain)| domain);
        domain.is_some_and(|domain| self.trusted_domains.contains(domain))
    }
}

impl ClientSecret {
    /// Takes the secret; `None` if there is nothing but blanks.
    pub fn new(text: &str) -> Option<ClientSecret> {
        let text = text.trim();
        (!text.is_empty()).then(|| ClientSecret(Zeroizing::new(text.to_owned())))
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl Identity {
    /// Under what an identity is found: the digest of issuer and subject.
    ///
    /// No issuer is a URL with a line break in it, so no two pairs read the same.
    pub fn digest(&self) -> Sha256Digest {
        Sha256Digest::of(format!("{}\n{}", self.issuer, self.subject).as_bytes())
    }
}

impl Callback {
    /// Reads the query of the address that the provider sent the browser to.
    pub fn read(query: &str) -> Result<Callback, OidcError> {
        let (mut state, mut issuer, mut code, mut error) = (None, None, None, None);
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let place = match name.as_ref() {
                "state" => &mut state,
                "iss" => &mut issuer,
                "code" => &mut code,
                "error" => &mut error,
                _ => continue,
            };
            // RFC 6749, 3.1: parameters must not be included more than once.
            if place.replace(value.into_owned()).is_some() {
                return Err(OidcError::Answer("it says one thing twice"));
            }
        }
        let outcome = match (code, error) {
            (Some(code), None) if !code.is_empty() => Outcome::Code(code),
            (None, Some(error)) => Outcome::Error(shown(&error)),
            _ => return Err(OidcError::Answer("there is neither a code nor an error")),
        };
        Ok(Callback {
            state: state.ok_or(OidcError::State)?,
            issuer,
            outcome,
        })
    }

    /// Whether the answer belongs to this attempt.
    pub fn belongs_to(&self, attempt: &ProviderAttempt) -> Result<(), OidcError> {
        match self.state == attempt.state.as_str() {
            true => Ok(()),
            false => Err(OidcError::State),
        }
    }

    /// Takes the code out of an answer of this provider.
    pub fn code(self, metadata: &Metadata) -> Result<String, OidcError> {
        match &self.issuer {
            Some(issuer) if *issuer != metadata.issuer => return Err(OidcError::Issuer),
            None if metadata.names_itself => return Err(OidcError::Issuer),
            _ => {}
        }
        match self.outcome {
            Outcome::Code(code) => Ok(code),
            Outcome::Error(error) if error == "access_denied" => Err(OidcError::Denied),
            Outcome::Error(error) => Err(OidcError::Refused(error)),
        }
    }
}

impl OidcError {
    /// The stable code of this case.
    pub fn code(&self) -> &'static str {
        match self {
            OidcError::NoAttempt => "oidc.no_attempt",
            OidcError::State => "oidc.state_mismatch",
            OidcError::Issuer => "oidc.issuer_mismatch",
            OidcError::Denied => "oidc.denied",
            OidcError::Refused(_) => "oidc.refused",
            OidcError::Answer(_) => "oidc.answer",
            OidcError::Code(_) => "oidc.code_refused",
            OidcError::Unreachable(_) => "oidc.unreachable",
            OidcError::Unusable(_) => "oidc.unusable",
            OidcError::IdToken(error) => error.code(),
            OidcError::Taken => "oidc.identity_taken",
        }
    }
}

/// The challenge of a code verifier by the method S256 (RFC 7636, section 4.2).
pub fn code_challenge(verifier: &Nonce) -> String {
    URL_SAFE_NO_PAD.encode(Sha256Digest::of(verifier.as_str().as_bytes()).bytes())
}

/// The name of an error as it may be shown: errors are named in small letters and underscores, and
/// what is anything else was not written by a provider.
pub fn shown(error: &str) -> String {
    let plain = |character: &char| character.is_ascii_alphanumeric() || "_.-".contains(*character);
    let name: String = error.chars().filter(plain).take(LONGEST_SHOWN).collect();
    match name.is_empty() {
        true => "unnamed".to_owned(),
        false => name,
    }
}

/// The longest name of the standards is `unsupported_response_type`.
const LONGEST_SHOWN: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_that_of_the_standard() {
        // RFC 7636, appendix B.
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
            .parse()
            .expect("a verifier");
        assert_eq!(
            code_challenge(&verifier),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }
}
