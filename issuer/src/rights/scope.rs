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
    /// Every scope there is.
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
        let write = Scope {
            access: Access::Write,
            ..self
        };
        scopes.contains(&self) || scopes.contains(&write)
    }
}

impl Area {
    /// Every area there is.
    pub const ALL: [Area; 6] = [
        Area::Account,
        Area::Organisations,
        Area::Catalogue,
        Area::Submissions,
        Area::Reviews,
        Area::Badges,
    ];

    fn name(self) -> &'static str {
        match self {
            Area::Account => "account",
            Area::Organisations => "organisations",
            Area::Catalogue => "catalogue",
            Area::Submissions => "submissions",
            Area::Reviews => "reviews",
            Area::Badges => "badges",
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
        let access = match self.access {
            Access::Read => "read",
            Access::Write => "write",
        };
        write!(formatter, "{}.{access}", self.area.name())
    }
}

crate::id::written_as_text!(Scope);
