//! Whether the person who verifies knows the issuer. Has no say in the verdict: a badge of an unknown
//! issuer is as valid as any, and a known issuer can sign an invalid one.

use std::fmt;

use schemas::json::{self, JsonError, JsonLimits};
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::endorsement;
use crate::issuer;
use crate::reason::Reason;
use crate::report::{Halt, Nested};

/// The issuers that an operator knows, each by its id.
///
/// Read from `{"issuers": [{"id": …, "name": …, "since": …, "achievements": […]}]}`, of which only
/// `id` is needed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustList {
    issuers: Vec<KnownIssuer>,
}

/// One line of the list. An issuer may have several, for example one for each achievement.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct KnownIssuer {
    id: String,
    name: Option<String>,
    /// Badges valid from an earlier time are not covered.
    since: Option<String>,
    /// Only these achievements are covered; all of them if there is no list.
    achievements: Option<Vec<String>>,
    #[serde(skip)]
    since_time: Option<Timestamp>,
}

/// Why a list cannot be used.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum TrustListError {
    /// It is not JSON in the strict form that all documents are read in.
    Json(JsonError),
    /// It is JSON of another form.
    Malformed {
        /// What is wrong, and where.
        fault: String,
    },
}

/// How the issuer of a badge stands to the operator's list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(
    tag = "standing",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
#[non_exhaustive]
pub enum Standing {
    /// The list names the issuer, and covers this badge.
    Known {
        /// What the list calls the issuer.
        name: Option<String>,
    },
    /// The list does not name the issuer.
    NotListed,
    /// The list names the issuer for badges from a later time on.
    TooEarly {
        /// From when on the list knows the issuer.
        since: Timestamp,
        /// From when on the badge is valid.
        valid_from: Option<Timestamp>,
    },
    /// The list names the issuer for other achievements.
    OtherAchievement {
        /// The achievement of the badge.
        achievement: Option<String>,
    },
}

impl TrustList {
    /// Reads an operator's list.
    pub fn read(bytes: &[u8]) -> Result<TrustList, TrustListError> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Raw {
            issuers: Vec<KnownIssuer>,
        }
        let limits = JsonLimits {
            bytes: LIST_BYTES,
            members: LIST_MEMBERS,
            ..JsonLimits::default()
        };
        let value = json::read(bytes, &limits).map_err(TrustListError::Json)?;
        let raw: Raw =
            serde_json::from_value(value).map_err(|error| TrustListError::Malformed {
                fault: error.to_string(),
            })?;
        let mut issuers = raw.issuers;
        for (at, entry) in issuers.iter_mut().enumerate() {
            entry.check(at)?;
        }
        Ok(TrustList { issuers })
    }

    /// How the issuer of a credential stands to this list.
    pub(crate) fn standing(&self, credential: &Value) -> Standing {
        let Ok(id) = issuer::id(credential) else {
            return Standing::NotListed;
        };
        let mut best = Standing::NotListed;
        for entry in self.issuers.iter().filter(|entry| entry.id == id) {
            match entry.standing(credential) {
                known @ Standing::Known { .. } => return known,
                other if best == Standing::NotListed => best = other,
                _ => {}
            }
        }
        best
    }
}

impl KnownIssuer {
    fn check(&mut self, at: usize) -> Result<(), TrustListError> {
        let malformed = |member: &str, what: &str| TrustListError::Malformed {
            fault: format!("/issuers/{at}/{member} is not {what}"),
        };
        if !issuer::is_well_formed(&self.id) {
            return Err(malformed("id", "the address of an issuer"));
        }
        if let Some(since) = &self.since {
            // A day begins at midnight UTC.
            let time = Timestamp::parse(since)
                .or_else(|_| Timestamp::parse(&format!("{since}T00:00:00Z")))
                .map_err(|_| malformed("since", "a day or a time with an offset"))?;
            self.since_time = Some(time);
        }
        Ok(())
    }

    fn standing(&self, credential: &Value) -> Standing {
        let valid_from = ["validFrom", "issuanceDate"]
            .into_iter()
            .find_map(|member| credential.get(member)?.as_str())
            .and_then(|text| Timestamp::parse(text).ok());
        if let Some(since) = self.since_time
            && valid_from.is_none_or(|valid_from| valid_from < since)
        {
            return Standing::TooEarly { since, valid_from };
        }
        let achievement = credential["credentialSubject"]["achievement"]["id"].as_str();
        if let Some(covered) = &self.achievements
            && !achievement.is_some_and(|own| covered.iter().any(|one| one == own))
        {
            return Standing::OtherAchievement {
                achievement: achievement.map(str::to_owned),
            };
        }
        Standing::Known {
            name: self.name.clone(),
        }
    }
}

/// The trust step: how the issuer stands to the caller's list, and whether the list covers the badge.
pub(crate) fn check(credential: &Value, list: &TrustList) -> (Standing, Result<(), Halt>) {
    let standing = list.standing(credential);
    let issuer = || issuer::id(credential).unwrap_or_default().to_owned();
    let reason = match &standing {
        Standing::Known { .. } => return (standing, Ok(())),
        Standing::NotListed => TrustReason::UnknownIssuer { issuer: issuer() },
        Standing::TooEarly { since, .. } => TrustReason::TooEarly {
            issuer: issuer(),
            since: *since,
        },
        Standing::OtherAchievement { .. } => TrustReason::OtherAchievement { issuer: issuer() },
    };
    let halt = Halt::Unknown(Reason::Trust(reason), Vec::new());
    (standing, Err(halt))
}

/// A creator that is not the issuer and has not said so itself: anybody can name anybody.
pub(crate) fn unverified_creator(credential: &Value, nested: &[Nested]) -> Option<Reason> {
    let achievement = &credential["credentialSubject"]["achievement"];
    let creator = match &achievement["creator"] {
        Value::Object(creator) => creator.get("id")?.as_str()?,
        creator => creator.as_str()?,
    };
    let issuer = issuer::id(credential).ok()?;
    let is_confirmed = achievement["id"]
        .as_str()
        .is_some_and(|id| endorsement::is_endorsed_by(nested, id, creator));
    (creator != issuer && !is_confirmed).then(|| {
        Reason::Trust(TrustReason::CreatorUnverified {
            pointer: "/credentialSubject/achievement/creator".to_owned(),
            creator: creator.to_owned(),
            issuer: issuer.to_owned(),
        })
    })
}

/// What is told of the issuer and of others that the badge names.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all_fields = "camelCase", untagged)]
#[non_exhaustive]
pub enum TrustReason {
    /// The caller's list does not name the issuer.
    UnknownIssuer { issuer: String },
    /// The list names the issuer for badges from a later time on.
    TooEarly { issuer: String, since: Timestamp },
    /// The list names the issuer for other achievements.
    OtherAchievement { issuer: String },
    /// The badge names a creator of its achievement who has not confirmed it.
    CreatorUnverified {
        pointer: String,
        creator: String,
        issuer: String,
    },
}

impl TrustReason {
    pub(crate) fn code(&self) -> &'static str {
        match self {
            TrustReason::UnknownIssuer { .. } => "trust.unknown_issuer",
            TrustReason::TooEarly { .. } => "trust.too_early",
            TrustReason::OtherAchievement { .. } => "trust.other_achievement",
            TrustReason::CreatorUnverified { .. } => "trust.creator_unverified",
        }
    }

    pub(crate) fn pointer(&self) -> Option<&str> {
        match self {
            TrustReason::UnknownIssuer { .. } => Some("/issuer"),
            TrustReason::TooEarly { .. } => Some("/validFrom"),
            TrustReason::OtherAchievement { .. } => Some("/credentialSubject/achievement"),
            TrustReason::CreatorUnverified { pointer, .. } => Some(pointer),
        }
    }
}

impl fmt::Display for TrustReason {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            TrustReason::UnknownIssuer { issuer } => write!(
                f,
                "The issuer `{issuer}` is not in your list. That says nothing about the badge."
            ),
            TrustReason::TooEarly { issuer, since } => write!(
                f,
                "Your list knows the issuer `{issuer}` for badges from {since} on, and this one is older."
            ),
            TrustReason::OtherAchievement { issuer } => write!(
                f,
                "Your list knows the issuer `{issuer}` for other achievements."
            ),
            TrustReason::CreatorUnverified {
                creator, issuer, ..
            } => write!(
                f,
                "That `{creator}` created the achievement is a claim of the issuer `{issuer}`."
            ),
        }
    }
}

/// The codes of trust.
pub(crate) const CODES: &[(&str, &str)] = &[
    (
        "trust.unknown_issuer",
        "The issuer is not in the caller's list; the verdict does not depend on it.",
    ),
    (
        "trust.too_early",
        "The caller's list knows the issuer for badges from a later time on.",
    ),
    (
        "trust.other_achievement",
        "The caller's list knows the issuer for other achievements.",
    ),
    (
        "trust.creator_unverified",
        "Warning: that somebody else created the achievement is the issuer's claim alone.",
    ),
];

impl fmt::Display for TrustListError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            TrustListError::Json(error) => write!(f, "the list of issuers cannot be read: {error}"),
            TrustListError::Malformed { fault } => {
                write!(f, "the list of issuers cannot be used: {fault}")
            }
        }
    }
}

impl std::error::Error for TrustListError {}

/// Room for a list of all schools of a large country.
const LIST_BYTES: usize = 64 * 1024 * 1024;

/// As many members as such a list has at most.
const LIST_MEMBERS: usize = 4 * 1024 * 1024;
