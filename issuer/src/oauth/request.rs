//! What an application asks of a person, by way of their browser (RFC 6749, section 4.1.1).

use super::BadgeScope;
use super::client::{self, Client};
use crate::app::App;
use crate::digest::Sha256Digest;
use crate::error::Error;
use crate::store::Stored;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use schemas::timestamp::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

/// The parameters of a request, each named once.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Parameters {
    once: BTreeMap<String, String>,
    /// Those that were named more than once, which the standard forbids.
    repeated: BTreeSet<String>,
}

/// What an application asks for, when it may ask.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The application.
    pub client: Stored<Client>,
    /// Where the person is sent back to.
    pub redirect_uri: String,
    /// What it wants to be let do.
    pub scopes: BTreeSet<BadgeScope>,
    /// What the answer repeats.
    pub state: String,
    /// What the application has to prove when it turns the code in.
    pub challenge: CodeChallenge,
}

/// The digest of what only the application knows (RFC 7636, method S256).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CodeChallenge(Sha256Digest);

/// A text that is no challenge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no challenge by the method S256")]
pub struct CodeChallengeError;

/// Why a person is not asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The person is told: whoever asks is not known, so nobody is sent anywhere.
    Shown(RequestError),
    /// The application is told, at its own address.
    SentBack {
        /// The address.
        redirect_uri: String,
        /// The error by its name in the standard.
        error: &'static str,
        /// What is wrong.
        description: &'static str,
        /// What the answer repeats, if it can.
        state: Option<String>,
    },
}

/// Why nobody can be asked, nor sent back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// No such application has registered, or it was forgotten.
    #[error("the application that has sent you here is not known, or was not used for long")]
    Client,
    /// The address is none that the application registered.
    #[error("the address to go back to is not one that the application has registered")]
    RedirectUri,
}

impl RequestError {
    /// The stable code of this case.
    pub fn code(self) -> &'static str {
        match self {
            RequestError::Client => "oauth.unknown_client",
            RequestError::RedirectUri => "oauth.invalid_redirect",
        }
    }
}

impl Parameters {
    /// Reads what stands after a question mark, or in a form.
    pub fn read(encoded: &[u8]) -> Parameters {
        let mut parameters = Parameters::default();
        for (name, value) in url::form_urlencoded::parse(encoded) {
            let name = name.into_owned();
            // RFC 6749, 3.1: a parameter without a value counts as left out.
            if value.is_empty() {
                continue;
            }
            if parameters
                .once
                .insert(name.clone(), value.into_owned())
                .is_some()
            {
                parameters.repeated.insert(name);
            }
        }
        parameters
    }

    /// The value of a parameter that was named once.
    pub fn get(&self, name: &str) -> Option<&str> {
        match self.repeated.contains(name) {
            true => None,
            false => self.once.get(name).map(String::as_str),
        }
    }

    /// Whether any was named more than once.
    pub fn repeats(&self) -> bool {
        !self.repeated.is_empty()
    }

    /// All of them, as they came.
    pub fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        let all = self.once.iter();
        all.map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl Asked {
    /// Judges what an application asks for.
    ///
    /// Until the application and its address are known, nobody is sent there (RFC 6749, 4.1.2.1).
    pub fn read(
        app: &App,
        parameters: &Parameters,
        now: Timestamp,
    ) -> Result<Result<Asked, Refusal>, Error> {
        let id = parameters.get("client_id").and_then(|id| id.parse().ok());
        let held = match id {
            Some(id) => client::find(app, id, now)?,
            None => None,
        };
        let Some(client) = held else {
            return Ok(Err(Refusal::Shown(RequestError::Client)));
        };
        let redirect_uri = parameters.get("redirect_uri").unwrap_or_default();
        // Letter by letter: whatever is nearly the same belongs to somebody else (RFC 9700, 2.1).
        let mut registered = client.value.about.redirect_uris.iter();
        if !registered.any(|known| known == redirect_uri) {
            return Ok(Err(Refusal::Shown(RequestError::RedirectUri)));
        }
        let redirect_uri = redirect_uri.to_owned();
        let state = parameters.get("state").filter(|state| is_state(state));
        let refused = |(error, description)| Refusal::SentBack {
            redirect_uri: redirect_uri.clone(),
            error,
            description,
            state: state.map(str::to_owned),
        };
        let judged = judge(parameters, &client.value).map_err(refused);
        Ok(judged.and_then(|(scopes, challenge)| {
            let no_state = ("invalid_request", "state is missing or cannot be repeated");
            let state = state.ok_or_else(|| refused(no_state))?.to_owned();
            Ok(Asked {
                client,
                redirect_uri: redirect_uri.clone(),
                scopes,
                state,
                challenge,
            })
        }))
    }
}

type Fault = (&'static str, &'static str);

fn judge(
    parameters: &Parameters,
    client: &Client,
) -> Result<(BTreeSet<BadgeScope>, CodeChallenge), Fault> {
    if parameters.repeats() {
        return Err(("invalid_request", "a parameter is named more than once"));
    }
    match parameters.get("response_type") {
        Some("code") => {}
        None => return Err(("invalid_request", "response_type is missing")),
        Some(_) => return Err(("unsupported_response_type", "response_type is not code")),
    }
    if parameters.get("code_challenge_method") != Some("S256") {
        return Err(("invalid_request", "code_challenge_method is not S256"));
    }
    let challenge = parameters.get("code_challenge").unwrap_or_default();
    let challenge = challenge.parse();
    let challenge = challenge.map_err(|_| ("invalid_request", "code_challenge is no SHA-256"))?;
    let asked = BadgeScope::known_in(parameters.get("scope").unwrap_or_default());
    // What was not registered is not given: people are asked for what remains (RFC 6749, 3.3).
    let scopes: BTreeSet<_> = asked.intersection(&client.scopes()).copied().collect();
    match scopes.iter().any(|scope| scope.opens().is_some()) {
        true => Ok((scopes, challenge)),
        false => Err(("invalid_scope", "scope names nothing that can be given")),
    }
}

/// Whether a state can be repeated as it came (RFC 6749, appendix A.5).
fn is_state(text: &str) -> bool {
    text.len() <= STATE_BYTES && text.bytes().all(|byte| (0x20..=0x7e).contains(&byte))
}

impl CodeChallenge {
    /// Whether this is what the challenge was made of.
    pub fn is_met_by(self, verifier: &str) -> bool {
        let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        (43..=128).contains(&verifier.len())
            && verifier.bytes().all(unreserved)
            && Sha256Digest::of(verifier.as_bytes()) == self.0
    }
}

impl FromStr for CodeChallenge {
    type Err = CodeChallengeError;

    fn from_str(text: &str) -> Result<CodeChallenge, CodeChallengeError> {
        let bytes = URL_SAFE_NO_PAD.decode(text);
        let bytes: Option<[u8; 32]> = bytes.ok().and_then(|bytes| bytes.try_into().ok());
        let bytes = bytes.ok_or(CodeChallengeError)?;
        Ok(CodeChallenge(Sha256Digest::from(bytes)))
    }
}

impl fmt::Display for CodeChallenge {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&URL_SAFE_NO_PAD.encode(self.0.bytes()))
    }
}

crate::id::written_as_text!(CodeChallenge);

/// Room for whatever an application wants to remember; all of the address has at most 3 kB.
const STATE_BYTES: usize = 1_024;
