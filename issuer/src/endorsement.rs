//! Endorsements: what one organisation says of another's micro-credential, of another organisation, or of a
//! badge, signed as an `EndorsementCredential` (Open Badges 3.0).
//!
//! An endorsement is asked for, and then given or declined; or it is given unasked, and then shows nowhere
//! until whoever owns what it is about wants it. Its owner may hide it, its endorser may withdraw it. One
//! organisation has at most one endorsement of a thing at a time.

pub mod answering;
pub mod asking;
pub mod carried;
mod document;
mod error;
pub mod giving;
mod news;
pub mod subject;
pub mod withdrawing;

use crate::app::App;
use crate::badge::Viewer;
use crate::error::Error;
use crate::id::{BadgeId, EndorsementId, OrganisationId, PersonId};
use crate::log::LogPosition;
use crate::rights::{self, Action};
use crate::status::StatusPlace;
use crate::text::Prose;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

pub use document::{Allocation, Credential};
pub(crate) use document::{AllocationRecord, Linted};
pub use error::EndorsementError;
pub use subject::{Endorsed, Subject};

/// What one organisation says of something that is not its own, or is asked to say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endorsement {
    /// Its identifier, the last part of its address.
    pub id: EndorsementId,
    /// Who says it, or is asked to.
    pub endorser: OrganisationId,
    /// What it is about.
    pub subject: Endorsed,
    /// The organisation whose that is: its author, the issuer itself, or the issuer of the badge.
    pub owner: OrganisationId,
    /// Who asked for it; nothing if it was given unasked.
    pub request: Option<Request>,
    /// When it was asked for, or given unasked.
    pub begun: Timestamp,
    /// How far it has come.
    pub state: State,
}

/// From which side a list of endorsements is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SeenBy {
    /// The organisation that is asked for them, or gave them.
    Endorser(OrganisationId),
    /// The organisation that they are about, or whose own.
    Owner(OrganisationId),
    /// The holder of the badge that they are about.
    Holder(BadgeId),
}

/// That an organisation was asked to endorse something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Who asked.
    pub by: PersonId,
    /// For whom.
    pub side: Side,
    /// What they said.
    pub message: Prose,
}

/// For whom somebody asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// For the organisation whose it is, or who issued it.
    Organisation,
    /// For themselves: it is their badge.
    Holder,
}

/// How far an endorsement has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum State {
    /// The endorser has not answered.
    Asked,
    /// The endorser would rather not.
    Declined {
        by: PersonId,
        reason: Prose,
        at: Timestamp,
    },
    /// It is being signed.
    Giving { gift: Gift },
    /// It is signed.
    Given {
        gift: Gift,
        issued: IssuedPlace,
        showing: Showing,
    },
    /// It counts no more.
    Withdrawn {
        gift: Gift,
        issued: IssuedPlace,
        showing: Showing,
        withdrawal: Withdrawal,
    },
}

/// What is said, and who says it in the endorser's name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gift {
    /// Who decided.
    pub by: PersonId,
    /// What the endorser says, in Markdown.
    pub comment: Prose,
}

/// Where a signed endorsement stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuedPlace {
    /// When it was issued.
    pub at: Timestamp,
    /// Its place in a status list of the endorser.
    pub status: StatusPlace,
    /// Its entry in the issuance log.
    pub log: LogPosition,
}

/// Where a given endorsement is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Showing {
    /// Nowhere: it was given unasked, and whoever owns what it is about has not answered.
    Offered,
    /// At its own address, on the pages of what it is about, and in their documents.
    ByAddress,
    /// There, and in every badge that is signed from then on.
    InEveryBadge,
    /// Nowhere any more.
    Hidden,
}

/// That an endorsement was withdrawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawal {
    /// Who decided.
    pub by: PersonId,
    /// Why.
    pub reason: Prose,
    /// When.
    pub at: Timestamp,
    /// Its entry in the issuance log.
    pub log: LogPosition,
    /// What the subject of that entry is made with.
    pub log_salt: crate::digest::Salt,
}

/// What stays of an endorsement whose badge is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndorsementTombstone {
    /// When it went.
    pub at: Timestamp,
    /// Its place in the status list, which is never given again.
    pub issued: Option<IssuedPlace>,
}

/// Finds a signed endorsement, if the viewer may see it.
///
/// One that is shown, or was when it was withdrawn, is for everybody who may see what it is about. To its
/// endorser and to the owner it is there in any case.
pub fn view(
    app: &App,
    id: EndorsementId,
    viewer: Viewer<'_>,
) -> Result<(Endorsement, Credential), Error> {
    let Some(held) = app.store.endorsement_held(id)? else {
        return Err(match app.store.endorsement_tombstone(id)? {
            Some(tombstone) => Error::EndorsementGone { at: tombstone.at },
            None => Error::NotFound,
        });
    };
    let endorsement = held.value;
    let credential = app.store.endorsement_credential(id)?;
    // What is not signed yet is nobody's to see here.
    let credential = credential.ok_or(Error::NotFound)?;
    if !endorsement.is_visible_to(app, viewer)? {
        return Err(Error::NotFound);
    }
    Ok((endorsement, credential))
}

impl Endorsement {
    /// Whether it counts, and is shown.
    pub fn is_shown(&self) -> bool {
        match &self.state {
            State::Given { showing, .. } => showing.is_public(),
            _ => false,
        }
    }

    /// What is said, once somebody has said it.
    pub fn gift(&self) -> Option<&Gift> {
        match &self.state {
            State::Asked | State::Declined { .. } => None,
            State::Giving { gift } | State::Given { gift, .. } | State::Withdrawn { gift, .. } => {
                Some(gift)
            }
        }
    }

    /// Where it is shown, or was when it was withdrawn; nothing before it is signed.
    pub fn showing(&self) -> Option<Showing> {
        match self.state {
            State::Given { showing, .. } | State::Withdrawn { showing, .. } => Some(showing),
            _ => None,
        }
    }

    /// Where it stands, once it is signed.
    pub fn issued(&self) -> Option<IssuedPlace> {
        match self.state {
            State::Given { issued, .. } | State::Withdrawn { issued, .. } => Some(issued),
            _ => None,
        }
    }

    /// Whether the organisation whose it is decides where it is shown, or its holder.
    pub fn is_for_holder(&self) -> bool {
        matches!(self.subject, Endorsed::Badge(_))
    }

    /// Whether the organisation whose it is has to do with it: what a holder asks for a badge of their own is
    /// not its business.
    pub fn concerns_owner(&self) -> bool {
        let request = self.request.as_ref();
        !self.is_for_holder() || request.is_some_and(|one| one.side == Side::Organisation)
    }

    fn is_visible_to(&self, app: &App, viewer: Viewer<'_>) -> Result<bool, Error> {
        let is_public = self.showing().is_some_and(Showing::is_public);
        let badge = match self.subject {
            Endorsed::Badge(badge) => app.store.badge(badge)?,
            _ => None,
        };
        if is_public
            && badge
                .as_ref()
                .is_none_or(|badge| badge.is_visible_to(viewer))
        {
            return Ok(true);
        }
        let Viewer::Person(person) = viewer else {
            return Ok(false);
        };
        if badge.is_some_and(|badge| person.is(badge.earner)) {
            return Ok(true);
        }
        let may = |action, organisation| rights::may(app, person.id, action, Some(organisation));
        Ok(may(Action::ReadEndorsing, &self.endorser)?
            || (self.concerns_owner() && may(Action::ReadReceivedEndorsements, &self.owner)?))
    }
}

impl Showing {
    /// Whether others see it.
    pub fn is_public(self) -> bool {
        matches!(self, Showing::ByAddress | Showing::InEveryBadge)
    }
}

/// What an endorser says: a page. Two of them stand in a badge at most.
pub const COMMENT_BYTES: usize = 2_000;
/// What somebody says who asks, declines or withdraws.
pub const WORDS_BYTES: usize = 1_000;

/// Holds a text against the room there is for it.
fn check_length(text: &Prose, limit: usize, what: &str, pointer: &str) -> Result<(), Error> {
    match text.as_str().len() {
        bytes if bytes > limit => Err(Error::invalid(
            pointer,
            format!("{what} has at most {limit} bytes, and this one has {bytes}"),
        )),
        _ => Ok(()),
    }
}

/// All that is issued at one moment waits for one log, as badges do.
const ATTEMPTS: usize = 256;
