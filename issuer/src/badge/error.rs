//! Why a badge is not changed.

/// Why a badge is not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EditionError {
    /// Somebody else changed it since it was looked at.
    #[error("this badge was changed meanwhile: look at it again before you change it")]
    Changed,
    /// It is suspended: first it is decided about.
    #[error("this badge is suspended: reinstate it, or revoke it")]
    Suspended,
    /// It is not suspended.
    #[error("this badge is not suspended")]
    NotSuspended,
    /// What has expired is renewed, not corrected.
    #[error("this badge has expired: renew it")]
    Expired,
    /// It is valid for good, and there is nothing to renew.
    #[error("badges of this micro-credential never expire, so there is nothing to renew")]
    NeverExpires,
    /// It was issued again too often.
    #[error("this badge was issued again too often")]
    TooMany,
    /// A name that stands on a badge is for the issuer to correct.
    #[error(
        "another name stands on this badge: an issuing officer of the organisation can correct it"
    )]
    Name,
}

impl EditionError {
    /// The stable code of this case.
    pub fn code(self) -> &'static str {
        match self {
            EditionError::Changed => "badge.changed",
            EditionError::Suspended => "badge.suspended",
            EditionError::NotSuspended => "badge.not_suspended",
            EditionError::Expired => "badge.expired",
            EditionError::NeverExpires => "badge.never_expires",
            EditionError::TooMany => "badge.too_many_editions",
            EditionError::Name => "badge.name",
        }
    }
}
