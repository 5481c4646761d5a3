//! The authorisation server of the Open Badges API: people let applications act for them.
//!
//! An application registers itself (`client.rs`), asks a person by way of their browser
//! (`request.rs`), and turns the code it is given in for tokens (`grant.rs`). What the person allowed is
//! a [`grant::Grant`]; every token belongs to one, and ends with it. The store keeps digests of
//! secrets, never the secrets.
//!
//! Open Badges 3.0, section 8; RFC 6749, RFC 7009, RFC 7591, RFC 7636, RFC 8414, RFC 9207, RFC 9700.

pub mod client;
pub mod grant;
pub mod request;

use crate::digest::Sha256Digest;
use crate::error::Error;
use crate::limit::Buckets;
use crate::random::Random;
use crate::rights::{Access, Area, Scope};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use schemas::timestamp::Timestamp;
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use zeroize::Zeroizing;

/// What an application may be let do: a scope of the standard.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BadgeScope {
    /// Reading credentials.
    CredentialReadonly,
    /// Adding and replacing credentials.
    CredentialUpsert,
    /// Reading the profile.
    ProfileReadonly,
    /// Writing the profile.
    ProfileUpdate,
    /// Going on without asking the person again.
    OfflineAccess,
}

/// A text that is no scope of the standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no scope of the Open Badges API")]
pub struct BadgeScopeError;

/// A secret of an application or of what it was let do. It never leaves this type unasked.
pub struct Secret(Zeroizing<String>);

/// What a secret is for. It shows in its first letters, so that leaked ones can be searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretKind {
    /// It shows which application calls.
    Client,
    /// It is turned in once for tokens.
    Code,
    /// It opens the Open Badges API.
    Access,
    /// It is turned in once for the next tokens.
    Refresh,
}

/// How often applications may register themselves.
#[derive(Debug)]
pub struct OauthLimits {
    client: Buckets,
    all: Buckets,
}

impl OauthLimits {
    /// Counts a registration, by where it comes from and together with all others.
    pub(crate) fn registration(&self, from: &str, now: Timestamp) -> Result<(), Error> {
        self.client.take(from, now)?;
        self.all.take("", now)
    }
}

impl Default for OauthLimits {
    fn default() -> OauthLimits {
        OauthLimits {
            // A host registers once; whoever tries its software out does a few times.
            client: Buckets::new(10, 6 * 60),
            // A hundred thousand in the month after which unused ones go: some 200 MB at worst.
            all: Buckets::new(1_000, 25),
        }
    }
}

impl BadgeScope {
    /// Every scope, in the order in which people are told of them.
    pub const ALL: [BadgeScope; 5] = [
        BadgeScope::CredentialReadonly,
        BadgeScope::CredentialUpsert,
        BadgeScope::ProfileReadonly,
        BadgeScope::ProfileUpdate,
        BadgeScope::OfflineAccess,
    ];

    /// What of the table of rights it opens, if it opens anything by itself.
    pub fn opens(self) -> Option<Scope> {
        let (area, access) = match self {
            BadgeScope::CredentialReadonly => (Area::HostCredentials, Access::Read),
            BadgeScope::CredentialUpsert => (Area::HostCredentials, Access::Write),
            BadgeScope::ProfileReadonly => (Area::HostProfile, Access::Read),
            BadgeScope::ProfileUpdate => (Area::HostProfile, Access::Write),
            BadgeScope::OfflineAccess => return None,
        };
        Some(Scope { area, access })
    }

    /// What it lets an application do, as people are told.
    pub fn told(self) -> &'static str {
        match self {
            BadgeScope::CredentialReadonly => {
                "See all your badges here, those that you keep to yourself too, with what they say of you"
            }
            BadgeScope::CredentialUpsert => "Add badges to yours, and replace those that it added",
            BadgeScope::ProfileReadonly => "See your name and your e-mail address",
            BadgeScope::ProfileUpdate => "Write the profile that applications see of you",
            BadgeScope::OfflineAccess => {
                "Go on without asking you again, until it has not been used for 180 days"
            }
        }
    }

    /// The scopes that a text names, parted by blanks; what it names beside them is passed over.
    pub fn known_in(text: &str) -> BTreeSet<BadgeScope> {
        let names = text.split(' ').filter(|name| !name.is_empty());
        names.filter_map(|name| name.parse().ok()).collect()
    }

    /// The scopes as the standard writes several.
    pub fn list(scopes: &BTreeSet<BadgeScope>) -> String {
        let names: Vec<_> = scopes.iter().map(BadgeScope::to_string).collect();
        names.join(" ")
    }
}

impl FromStr for BadgeScope {
    type Err = BadgeScopeError;

    fn from_str(text: &str) -> Result<BadgeScope, BadgeScopeError> {
        let mut all = BadgeScope::ALL.into_iter();
        all.find(|scope| scope.to_string() == text)
            .ok_or(BadgeScopeError)
    }
}

impl fmt::Display for BadgeScope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.opens() {
            Some(scope) => scope.fmt(formatter),
            None => formatter.write_str("offline_access"),
        }
    }
}

crate::id::written_as_text!(BadgeScope);

impl Secret {
    /// Draws a secret.
    pub(crate) fn draw(random: &Random, kind: SecretKind) -> Secret {
        let drawn = Zeroizing::new(random.bytes::<32>());
        let text = URL_SAFE_NO_PAD.encode(drawn.as_slice());
        Secret(Zeroizing::new(format!("{}{text}", kind.prefix())))
    }

    /// Reads a secret of this kind; nothing if the text is none.
    pub fn read(text: &str, kind: SecretKind) -> Option<Secret> {
        let rest = text.strip_prefix(kind.prefix())?;
        let bytes = URL_SAFE_NO_PAD.decode(rest).map(Zeroizing::new).ok()?;
        (bytes.len() == 32).then(|| Secret(Zeroizing::new(text.to_owned())))
    }

    /// The secret's text, to be handed to its application and nobody else.
    pub fn expose(&self) -> &str {
        &self.0
    }

    pub(crate) fn digest(&self) -> Sha256Digest {
        Sha256Digest::of(self.0.as_bytes())
    }
}

impl SecretKind {
    /// What a text of this kind begins with. None begins as another, nor as a token of our own does.
    fn prefix(self) -> &'static str {
        match self {
            SecretKind::Client => "assay-client_",
            SecretKind::Code => "assay-code_",
            SecretKind::Access => "assay-access_",
            SecretKind::Refresh => "assay-refresh_",
        }
    }

    /// Whether a text says of itself that it is of this kind.
    pub fn begins(self, text: &str) -> bool {
        text.starts_with(self.prefix())
    }
}
