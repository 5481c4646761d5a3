//! Codes and tokens as the store knows them: everything but the secrets.

use crate::id::{ClientId, GrantId, PersonId};
use crate::oauth::BadgeScope;
use crate::oauth::request::CodeChallenge;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// An authorisation code as the store knows it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct CodeRecord {
    pub(crate) client: ClientId,
    pub(crate) person: PersonId,
    pub(crate) redirect_uri: String,
    pub(crate) challenge: CodeChallenge,
    pub(crate) scopes: BTreeSet<BadgeScope>,
    pub(crate) made: Timestamp,
    pub(crate) state: CodeState,
}

/// What became of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CodeState {
    /// Nobody has turned it in.
    Fresh,
    /// It was turned in, and nothing came of it.
    Spoilt,
    /// It was turned in, and this came of it.
    TurnedIn(GrantId),
}

/// An access token as the store knows it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AccessRecord {
    pub(crate) grant: GrantId,
    pub(crate) scopes: BTreeSet<BadgeScope>,
    pub(crate) until: Timestamp,
}

/// A refresh token as the store knows it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct RefreshRecord {
    pub(crate) grant: GrantId,
    pub(crate) until: Timestamp,
    pub(crate) used: bool,
}
