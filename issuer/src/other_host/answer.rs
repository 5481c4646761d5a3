//! What another host answers: who we are there, a token, badges, a profile.

use super::{HostAttempt, HostSecret, OtherHostError};
use crate::fetch::CallAnswer;
use crate::oidc;
use schemas::json::{self, JsonLimits};
use serde_json::Value;
use url::Url;
use zeroize::Zeroizing;

/// A part of a person's badges at another host.
pub struct Badges {
    /// Each badge, as JSON or as a compact JWT.
    pub badges: Vec<Vec<u8>>,
    /// Where the next part is, if more follow.
    pub next: Option<Url>,
}

/// The code in the address that the host sent the browser back to, if the answer belongs to the attempt.
pub fn code(query: &str, attempt: &HostAttempt) -> Result<String, OtherHostError> {
    let callback = oidc::Callback::read(query).map_err(|_| OtherHostError::State)?;
    if callback.state != attempt.state.as_str() {
        return Err(OtherHostError::State);
    }
    match callback.outcome {
        oidc::Outcome::Code(code) => Ok(code),
        oidc::Outcome::Error(error) if error == "access_denied" => Err(OtherHostError::Denied),
        oidc::Outcome::Error(error) => Err(OtherHostError::Refused(error)),
    }
}

/// Who this service is there, now that it has registered.
pub fn registered(answer: &CallAnswer) -> Result<(String, HostSecret), OtherHostError> {
    let told = read(&answer.body);
    if ![200, 201].contains(&answer.status) {
        return Err(OtherHostError::Unregistered(error_in(&told, answer.status)));
    }
    let text = |name: &str| {
        let text = told[name].as_str().unwrap_or_default();
        let is_sound = !text.is_empty() && text.len() <= SECRET_BYTES;
        is_sound.then(|| text.to_owned())
    };
    let none = || OtherHostError::Unregistered("it gave no identifier and secret".to_owned());
    let id = text("client_id").ok_or_else(none)?;
    let secret = text("client_secret").ok_or_else(none)?;
    Ok((id, HostSecret::new(secret)))
}

/// The access token that a code was turned in for.
pub fn token(answer: &CallAnswer) -> Result<Zeroizing<String>, OtherHostError> {
    let told = read(&answer.body);
    if answer.status != 200 {
        return Err(OtherHostError::NoToken(error_in(&told, answer.status)));
    }
    let kind = told["token_type"].as_str().unwrap_or_default();
    let token = told["access_token"].as_str().unwrap_or_default();
    match kind.eq_ignore_ascii_case("bearer") && !token.is_empty() {
        true => Ok(Zeroizing::new(token.to_owned())),
        false => Err(OtherHostError::NoToken("there is none in it".to_owned())),
    }
}

/// Whether the host does not know this service any more.
pub fn is_forgotten(answer: &CallAnswer) -> bool {
    read(&answer.body)["error"] == "invalid_client"
}

/// A part of the person's badges.
pub fn badges(answer: &CallAnswer, asked: &Url) -> Result<Badges, OtherHostError> {
    let told = json::read(&answer.body, &LIMITS);
    let told = told.unwrap_or_default();
    if answer.status != 200 {
        return Err(OtherHostError::Refused(error_in(&told, answer.status)));
    }
    if !told.is_object() {
        let what = "it is not in strict JSON".to_owned();
        return Err(OtherHostError::Answer(what));
    }
    let list = |name: &str| told[name].as_array().cloned().unwrap_or_default();
    let mut badges: Vec<Vec<u8>> = Vec::new();
    badges.extend(list("credential").iter().map(|one| one.to_string().into()));
    // The standard's own sample writes the name otherwise than its table.
    for name in ["compactJwsString", "compactJwsStrings"] {
        let tokens = list(name);
        badges.extend(tokens.iter().filter_map(|one| Some(one.as_str()?.into())));
    }
    Ok(Badges {
        badges,
        next: answer.link.as_deref().and_then(|link| next(link, asked)),
    })
}

/// What the host calls the person, if it says so.
pub fn profile_name(answer: &CallAnswer) -> Option<String> {
    let told = read(&answer.body);
    let name = told["name"].as_str().filter(|_| answer.status == 200)?;
    let name: String = name
        .chars()
        .filter(|letter| !letter.is_control())
        .take(SHOWN_LETTERS)
        .collect();
    (!name.trim().is_empty()).then_some(name)
}

/// What became of a badge that was sent.
pub fn sent(answer: &CallAnswer) -> Result<(), OtherHostError> {
    match answer.status {
        200 | 201 => Ok(()),
        304 => Err(OtherHostError::Answer(
            "it has a newer edition of this badge".to_owned(),
        )),
        status => Err(OtherHostError::Refused(error_in(
            &read(&answer.body),
            status,
        ))),
    }
}

/// The address that follows, which has to be at the same place: the token goes there.
fn next(link: &str, asked: &Url) -> Option<Url> {
    let mut links = link.split(',');
    let found = links.find_map(|one| {
        let (target, parameters) = one.trim().strip_prefix('<')?.split_once('>')?;
        let is_next = parameters.split(';').any(|parameter| {
            let parameter = parameter.trim().to_ascii_lowercase();
            parameter == "rel=\"next\"" || parameter == "rel=next"
        });
        is_next.then(|| asked.join(target).ok())?
    })?;
    (found.origin() == asked.origin() && found.path() == asked.path()).then_some(found)
}

pub(super) fn read(bytes: &[u8]) -> Value {
    json::read(bytes, &LIMITS).unwrap_or_default()
}

/// An error as it may be shown: its name, or what is said of it, without what no sentence has.
pub(super) fn error_in(told: &Value, status: u16) -> String {
    let texts = ["error_description", "error", "imsx_description", "detail"];
    let said = texts.iter().find_map(|name| told[*name].as_str());
    let said: String = said
        .unwrap_or_default()
        .chars()
        .filter(|letter| !letter.is_control())
        .take(SHOWN_LETTERS)
        .collect();
    match said.is_empty() {
        true => format!("status {status}"),
        false => format!("“{said}”"),
    }
}

/// Badges have a few hundred members each.
const LIMITS: JsonLimits = JsonLimits {
    bytes: 5 * 1024 * 1024,
    depth: 72,
    members: 200_000,
    string: 1024 * 1024,
};

/// Longer than any identifier or secret in the field.
const SECRET_BYTES: usize = 4_096;

/// A sentence.
const SHOWN_LETTERS: usize = 200;
