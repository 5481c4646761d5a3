//! What can be done to what lasts. The names are public and never change their meaning.

use crate::id::written_as_text;
use std::fmt;
use std::str::FromStr;

/// A text that names no kind of event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no such kind of event")]
pub struct KindError;

/// Names the kinds once: the enum, its list, the name and the sentence of each.
macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $kind:ident: $name:literal, $told:literal;)+) => {
        /// A kind of event.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum EventKind {$($(#[doc = $doc])+ $kind,)+}

        impl EventKind {
            /// Every kind there is.
            pub const ALL: &[EventKind] = &[$(EventKind::$kind,)+];

            /// Its name, as in the interface.
            pub fn name(self) -> &'static str {
                match self {$(EventKind::$kind => $name,)+}
            }

            /// What was done, for people.
            pub fn told(self) -> &'static str {
                match self {$(EventKind::$kind => $told,)+}
            }
        }
    };
}

kinds! {
    /// An organisation was taken in.
    OrganisationFounded: "organisation.founded", "Took the organisation in";
    /// Keys were drawn for an organisation.
    KeysDrawn: "keys.drawn", "Drew signing keys";
    /// What an organisation says of itself, what it is, or how it writes recipients was changed.
    OrganisationChanged: "organisation.changed", "Changed what the organisation says of itself";
    /// Somebody became a member.
    MemberJoined: "member.joined", "Became a member";
    /// A member was given other roles.
    MemberRolesChanged: "member.roles_changed", "Gave a member other roles";
    /// A member left, or was removed.
    MemberLeft: "member.left", "Ended a membership";
    /// A micro-credential was published.
    MicroCredentialPublished: "micro_credential.published", "Published a micro-credential";
    /// An organisation asked to issue a micro-credential of another one.
    AdoptionRequested: "adoption.requested", "Asked to issue a micro-credential";
    /// An organisation may issue a micro-credential of another one.
    AdoptionGranted: "adoption.granted", "Let an organisation issue a micro-credential";
    /// An adoption ended, or was turned down.
    AdoptionEnded: "adoption.ended", "Ended an adoption, or turned it down";
    /// A submission was accepted.
    SubmissionAccepted: "submission.accepted", "Accepted a submission";
    /// A submission was returned with feedback.
    SubmissionReturned: "submission.returned", "Returned a submission";
    /// A submission was declined.
    SubmissionDeclined: "submission.declined", "Declined a submission";
    /// The evidence of a submission was removed because its time was over.
    EvidenceRemoved: "evidence.removed", "Removed the evidence of a submission";
    /// Somebody was awarded a micro-credential.
    AwardMade: "award.made", "Awarded a micro-credential";
    /// A badge was issued.
    BadgeIssued: "badge.issued", "Issued a badge";
    /// A badge was revoked.
    BadgeRevoked: "badge.revoked", "Revoked a badge";
    /// A person was erased.
    PersonErased: "person.erased", "Erased a person";
    /// A webhook was added, changed, paused or removed, or got another secret.
    WebhookChanged: "webhook.changed", "Changed a webhook";
    /// A badge was suspended.
    BadgeSuspended: "badge.suspended", "Suspended a badge";
    /// A badge was reinstated after a suspension, in a further edition.
    BadgeReinstated: "badge.reinstated", "Reinstated a badge";
    /// A badge was corrected, in a further edition.
    BadgeCorrected: "badge.corrected", "Corrected a badge";
    /// A badge was renewed, in a further edition.
    BadgeRenewed: "badge.renewed", "Renewed a badge";
    /// An organisation was asked to endorse something.
    EndorsementAsked: "endorsement.asked", "Asked for an endorsement";
    /// An endorsement was given.
    EndorsementGiven: "endorsement.given", "Gave an endorsement";
    /// An organisation declined to endorse something.
    EndorsementDeclined: "endorsement.declined", "Declined to give an endorsement";
    /// An endorsement is shown from then on: by its address, or in every badge.
    EndorsementAccepted: "endorsement.accepted", "Had an endorsement shown";
    /// An endorsement is shown no more.
    EndorsementHidden: "endorsement.hidden", "Hid an endorsement";
    /// An endorsement was withdrawn.
    EndorsementWithdrawn: "endorsement.withdrawn", "Withdrew an endorsement";
}

impl FromStr for EventKind {
    type Err = KindError;

    fn from_str(text: &str) -> Result<EventKind, KindError> {
        let mut kinds = EventKind::ALL.iter().copied();
        kinds.find(|kind| kind.name() == text).ok_or(KindError)
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

written_as_text!(EventKind);
