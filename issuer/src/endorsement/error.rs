//! Why an endorsement is not asked for, given or shown.

/// Why an endorsement is not asked for, given or shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EndorsementError {
    /// Nobody endorses what is their own.
    #[error("nobody endorses what is their own")]
    Own,
    /// The organisation was asked before, and has not answered.
    #[error("this organisation was asked before, and has not answered yet")]
    Asked,
    /// There is one already.
    #[error("this organisation has endorsed this before")]
    Given,
    /// The organisation has declined not long ago.
    #[error("this organisation has declined to, and can be asked again 30 days later")]
    Declined,
    /// There is nothing to answer.
    #[error("this request was answered before")]
    Answered,
    /// It is not signed, or not any more in force.
    #[error("this endorsement is not in force")]
    NotInForce,
    /// Too many requests of one person wait there, or too many of all.
    #[error("too many requests wait for this organisation: wait for an answer first")]
    TooManyWaiting,
    /// Too many say something of the same thing.
    #[error("this has as many endorsements as one thing can have")]
    TooMany,
    /// Another one stands in every badge.
    #[error(
        "another endorsement stands in every badge, and there is room for one: show that one by its address first"
    )]
    AnotherInBadges,
    /// It is too long to stand in badges.
    #[error("this endorsement is too long to stand in every badge: show it by its address")]
    TooLarge,
    /// Only what badges name can stand in them.
    #[error("an endorsement of one badge stands at its own address")]
    NotForBadges,
}

impl EndorsementError {
    /// The stable code of this case.
    pub fn code(self) -> &'static str {
        match self {
            EndorsementError::Own => "endorsement.own",
            EndorsementError::Asked => "endorsement.asked",
            EndorsementError::Given => "endorsement.given",
            EndorsementError::Declined => "endorsement.declined",
            EndorsementError::Answered => "endorsement.answered",
            EndorsementError::NotInForce => "endorsement.not_in_force",
            EndorsementError::TooManyWaiting => "endorsement.too_many_waiting",
            EndorsementError::TooMany => "endorsement.too_many",
            EndorsementError::AnotherInBadges => "endorsement.another_in_badges",
            EndorsementError::TooLarge => "endorsement.too_large",
            EndorsementError::NotForBadges => "endorsement.not_for_badges",
        }
    }
}
