//! What a bearer token is good for.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// What a bearer token is good for: an area, to read or to change.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scope {
    /// What it is about.
    pub area: Area,
    /// Whether things may be changed.
    pub access: Access,
}

/// What a scope is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Area {
    /// One's own account.
    Account,
    /// Organisations and their members.
    Organisations,
    /// Micro-credentials.
    Catalogue,
    /// Submissions.
    Submissions,
    /// Reviews.
    Reviews,
    /// Badges.
    Badges,
    /// The credentials that applications see by the Open Badges API. Not for tokens of our own.
    HostCredentials,
    /// The profile that applications see by it. Not for tokens of our own.
    HostProfile,
}

/// Whether a scope lets things be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Access {
    /// Reading alone.
    Read,
    /// Changing, and reading too.
    Write,
}

impl Scope {
    /// Every scope that a token of our own, or somebody who signs in, can have.
    pub fn all() -> BTreeSet<Scope> {
        let both = [Access::Read, Access::Write];
        let scopes = Area::ALL.iter().flat_map(|area| {
            both.map(|access| Scope {
                area: *area,
                access,
            })
        });
        scopes.collect()
    }

    /// Whether a token that is good for these scopes is good for this one.
    pub fn is_covered_by(self, scopes: &BTreeSet<Scope>) -> bool {
        // The standard's scopes stand for one operation each.
        if self.area.is_of_the_standard() {
            return scopes.contains(&self);
        }
        let write = Scope {
            access: Access::Write,
            ..self
        };
        scopes.contains(&self) || scopes.contains(&write)
    }
}

impl Area {
    /// Every area of our own interface.
    pub const ALL: [Area; 6] = [
        Area::Account,
        Area::Organisations,
        Area::Catalogue,
        Area::Submissions,
        Area::Reviews,
        Area::Badges,
    ];

    /// Whether applications reach it by the Open Badges API, and nobody else.
    pub fn is_of_the_standard(self) -> bool {
        matches!(self, Area::HostCredentials | Area::HostProfile)
    }

    fn name(self) -> &'static str {
        match self {
            Area::Account => "account",
            Area::Organisations => "organisations",
            Area::Catalogue => "catalogue",
            Area::Submissions => "submissions",
            Area::Reviews => "reviews",
            Area::Badges => "badges",
            Area::HostCredentials => "credential",
            Area::HostProfile => "profile",
        }
    }
}

/// A text that is no scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not a scope")]
pub struct ScopeError;

impl FromStr for Scope {
    type Err = ScopeError;

    fn from_str(text: &str) -> Result<Scope, ScopeError> {
        let all = Scope::all();
        let found = all.into_iter().find(|scope| scope.to_string() == text);
        found.ok_or(ScopeError)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (before, access) = match (self.area, self.access) {
            (Area::HostCredentials | Area::HostProfile, Access::Read) => (OPEN_BADGES, "readonly"),
            (Area::HostCredentials, Access::Write) => (OPEN_BADGES, "upsert"),
            (Area::HostProfile, Access::Write) => (OPEN_BADGES, "update"),
            (_, Access::Read) => ("", "read"),
            (_, Access::Write) => ("", "write"),
        };
        write!(formatter, "{before}{}.{access}", self.area.name())
    }
}

crate::id::written_as_text!(Scope);

/// What the names of the standard's scopes begin with (Open Badges 3.0, scopes).
const OPEN_BADGES: &str = "https://purl.imsglobal.org/spec/ob/v3p0/scope/";
