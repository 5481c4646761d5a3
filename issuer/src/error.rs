//! Why the service did not do what it was asked to.

mod telling;

use crate::allocation::SignError;
use crate::awarding::AwardError;
use crate::badge::EditionError;
use crate::captions::CaptionsError;
use crate::endorsement::EndorsementError;
use crate::erasure::ErasureNotesError;
use crate::hosted::HostedError;
use crate::id::RequirementId;
use crate::issuers::IssuerKeyError;
use crate::log::LogError;
use crate::oauth::request::RequestError;
use crate::oidc::OidcError;
use crate::other_host::OtherHostError;
use crate::page::CursorError;
use crate::passkey::PasskeyError;
use crate::quality::QualityError;
use crate::review::ReviewError;
use crate::rights::{Scope, Who};
use crate::status::StatusListNumber;
use crate::store::StoreError;
use crate::submission::{LinkError, RedactionError, SharingError};
use crate::upload::UploadError;
use schemas::Finding;
use schemas::timestamp::Timestamp;

/// Why the service did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing, or it is none of the asker's business: both sound the same.
    #[error("there is nothing here")]
    NotFound,
    /// The bearer token is not one of ours, or no longer valid.
    #[error("this bearer token is not valid")]
    TokenInvalid,
    /// A piece of evidence was removed when its time was over.
    #[error(
        "this piece of evidence was removed when the time was over for which evidence is kept; its digest stays"
    )]
    EvidenceRemoved,
    /// A browser was made to send this by the page of another site.
    #[error("this was not sent by a page of this site")]
    CrossSite,
    /// Nothing waits to be signed with the key of an identifier: it was answered, or its time is over.
    #[error("there is no challenge to answer, or its time is over: ask for a new one")]
    NoChallenge,
    /// A picture is wanted, and this is none that can be shown.
    #[error("a picture is a PNG or an SVG, and this is neither")]
    ImageType,
    /// The asker may know of it, and may not do it.
    #[error("this is for {} to do", list_or(who))]
    Forbidden {
        /// Any one of these may.
        who: &'static [Who],
    },
    /// The bearer token is good for other things.
    #[error("this takes a bearer token with the scope {scope}")]
    ScopeMissing {
        /// The scope it takes.
        scope: Scope,
    },
    /// The thing is not, or no longer, in a state that allows it; or another change came first.
    #[error("{message}")]
    Conflict {
        /// Why it is not allowed.
        message: &'static str,
    },
    /// A value that was handed over cannot be used.
    #[error("{message}")]
    Invalid {
        /// Where it stands in what was handed over.
        pointer: String,
        /// What is wrong with it.
        message: String,
    },
    /// A link to evidence is not an `https` address.
    #[error("evidence elsewhere is named by an https address")]
    LinkScheme {
        /// Where it stands in what was handed over.
        pointer: String,
    },
    /// Something handed over is too large to be kept.
    #[error("a {what} has at most {limit} bytes, and this one has {bytes}")]
    TooLarge {
        /// What it is.
        what: &'static str,
        /// How large it is.
        bytes: u64,
        /// How large it may be.
        limit: u64,
    },
    /// The cursor is none of this list.
    #[error(transparent)]
    Cursor(#[from] CursorError),
    /// The key was used for another request.
    #[error("this idempotency key was used for another request")]
    IdempotencyConflict,
    /// The same request is being worked on.
    #[error("the request of this idempotency key is being worked on")]
    UnderWay,
    /// The request was done, and its answer is not kept.
    #[error("the request of this idempotency key was done, and its answer is not shown again")]
    AnswerNotKept,
    /// It is not what the caller read any more.
    #[error("this has changed since it was read")]
    Precondition,
    /// It was done too often.
    #[error("this was done too often; it can be done again in {seconds} seconds")]
    RateLimited {
        /// When it may be done again, in seconds from now.
        seconds: i64,
    },
    /// The link was used before, or another one was sent in its place.
    #[error("this link was used before, and each is good once")]
    LinkUsed,
    /// The link is too old.
    #[error("the time of this link is over")]
    LinkExpired,
    /// Nobody is without an address: there would be no way in.
    #[error("this is the last address of the account, and without one nobody gets in")]
    LastAddress,
    /// Nobody would look after the organisation any more.
    #[error("an organisation has at least one administrator, and this is the last one")]
    LastAdministrator,
    /// There is no such code to join with.
    #[error("there is no such code; please ask whoever gave it to you")]
    JoinCodeUnknown,
    /// The code was good once.
    #[error("this code is not good any more: it has expired, was used up, or was taken back")]
    JoinCodeOver,
    /// Somebody else has this e-mail address.
    #[error("somebody is registered with this e-mail address")]
    EmailTaken,
    /// Not everything the micro-credential asks for was added.
    #[error("evidence is missing for {}", list(missing))]
    SubmissionIncomplete {
        /// The requirements nothing answers to.
        missing: Vec<RequirementId>,
    },
    /// Nothing is handed in before it is confirmed that nobody's privacy is hurt by it.
    #[error(
        "please confirm the student-privacy statement, version {version}, before this is handed in"
    )]
    PrivacyStatement {
        /// The version of the statement that is to be confirmed.
        version: u32,
    },
    /// After so many attempts somebody else has a look first.
    #[error(
        "after {attempts} attempts a colleague's note as a coach is asked for before the next one"
    )]
    CoachRequired {
        /// How many attempts there were.
        attempts: u32,
    },
    /// Something is not awarded by hand.
    #[error(transparent)]
    Award(#[from] AwardError),
    /// Something about training or calibration cannot be done now.
    #[error(transparent)]
    Quality(#[from] QualityError),
    /// A review is not taken on, or not finished.
    #[error(transparent)]
    Review(#[from] ReviewError),
    /// The document would not be a good badge. Nothing was signed or stored.
    #[error("the badge would not be well formed: {}", findings.first().map_or("", |first| &first.message))]
    Lint {
        /// Everything that is wrong with it.
        findings: Vec<Finding>,
    },
    /// What is to be published could not be issued as a good badge.
    #[error(
        "badges of this would not be well formed at {}: {}",
        findings.first().map_or("", |first| &first.pointer),
        findings.first().map_or("", |first| &first.message)
    )]
    Unissuable {
        /// Everything that is wrong with it; the places are those in the badge.
        findings: Vec<Finding>,
    },
    /// The badge was revoked before, which is final.
    #[error("this badge was revoked on {at}")]
    AlreadyRevoked {
        /// When.
        at: Timestamp,
    },
    /// A badge is not changed.
    #[error(transparent)]
    Edition(#[from] EditionError),
    /// What the badge was about is not here any more: its earner was erased.
    #[error("this badge was withdrawn on {at}: what it said is not kept any more")]
    Withdrawn {
        /// When.
        at: Timestamp,
    },
    /// An endorsement is not asked for, given or shown.
    #[error(transparent)]
    Endorsement(#[from] EndorsementError),
    /// What the endorsement was about is not here any more.
    #[error("this endorsement went on {at}, with the badge that it was about")]
    EndorsementGone {
        /// When.
        at: Timestamp,
    },
    /// Who was erased cannot be written down.
    #[error(transparent)]
    Erasure(#[from] ErasureNotesError),
    /// The allocation, or a status list, cannot be signed.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The keys of the organisation cannot be had.
    #[error(transparent)]
    IssuerKey(#[from] IssuerKeyError),
    /// What was signed did not verify. Nothing of it left the service.
    #[error("what was signed does not verify: {reason}")]
    SelfCheck {
        /// The verifier's reason code.
        reason: String,
    },
    /// A stored status list is not what was stored.
    #[error("status list {number} is damaged")]
    StatusListDamaged {
        /// The list.
        number: StatusListNumber,
    },
    /// The log could not be appended to or asked.
    #[error(transparent)]
    Log(LogError),
    /// The store refers to something that it does not hold.
    #[error("{0} is missing in the store")]
    Missing(&'static str),
    /// Somebody is not signed in by their provider.
    #[error(transparent)]
    Oidc(#[from] OidcError),
    /// A passkey opens nothing, or is not taken.
    #[error(transparent)]
    Passkey(#[from] PasskeyError),
    /// A badge is not to name a piece of evidence.
    #[error(transparent)]
    Sharing(#[from] SharingError),
    /// A piece of evidence cannot be covered.
    #[error(transparent)]
    Redaction(#[from] RedactionError),
    /// More is under way than can be kept.
    #[error("too many people are signing in at once")]
    TooManyAttempts,
    /// Captions cannot be read.
    #[error("the captions cannot be used: {0}")]
    Captions(#[from] CaptionsError),
    /// An upload does not go on.
    #[error(transparent)]
    Upload(#[from] UploadError),
    /// An application asks for something in a way that nobody can answer.
    #[error(transparent)]
    ApplicationRequest(#[from] RequestError),
    /// Applications are let act by people in their browsers, and by nobody else.
    #[error("this is answered in a browser that is signed in")]
    NoBrowser,
    /// A badge that was brought here is not kept.
    #[error(transparent)]
    Hosted(#[from] HostedError),
    /// Another host does not do its part.
    #[error(transparent)]
    OtherHost(#[from] OtherHostError),
    /// The store could not answer.
    #[error(transparent)]
    Store(StoreError),
}

impl Error {
    /// A value that cannot be used, and where it stands.
    pub fn invalid(pointer: impl Into<String>, message: impl Into<String>) -> Error {
        Error::Invalid {
            pointer: pointer.into(),
            message: message.into(),
        }
    }

    /// A link to evidence that was handed over here and cannot be used.
    pub(crate) fn of_link(pointer: impl Into<String>, error: LinkError) -> Error {
        let pointer = pointer.into();
        match error {
            LinkError::Scheme => Error::LinkScheme { pointer },
            LinkError::TooLong => Error::invalid(pointer, error.to_string()),
        }
    }

    pub(crate) fn conflict(message: &'static str) -> Error {
        Error::Conflict { message }
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Error {
        match error {
            StoreError::Conflict => Error::conflict("another change came first"),
            StoreError::Cursor(error) => Error::Cursor(error),
            other => Error::Store(other),
        }
    }
}

impl From<LogError> for Error {
    fn from(error: LogError) -> Error {
        match error {
            LogError::Store(error) => error.into(),
            other => Error::Log(other),
        }
    }
}

fn list_or(names: &[Who]) -> String {
    let names: Vec<_> = names.iter().map(Who::to_string).collect();
    names.join(" or ")
}

fn list<T: ToString>(names: &[T]) -> String {
    names
        .iter()
        .map(T::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}
