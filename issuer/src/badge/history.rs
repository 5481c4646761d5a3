//! What happened to a badge, told in order.

use super::edition::{Change, Edition, Ending, Origin, Revocation};
use super::{Badge, Viewer};
use crate::app::App;
use crate::error::Error;
use crate::id::{BadgeId, PersonId};
use crate::log::LogPosition;
use crate::text::Prose;
use schemas::timestamp::Timestamp;

/// One thing that happened to a badge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happening {
    /// What.
    pub what: What,
    /// The edition that began or ended with it.
    pub edition: u32,
    /// When.
    pub at: Timestamp,
    /// Who did it; nobody but reviewers let a badge be earned.
    pub by: Option<PersonId>,
    /// Why.
    pub reason: Option<Prose>,
    /// Where the log tells of it.
    pub log: LogPosition,
}

impl Happening {
    /// Why, as far as whoever may see the badge may read it: why it does not count now. What was found to be
    /// unfounded, or was put right, is not held against its holder for ever.
    pub fn explained_to_all(&self, badge: &Badge) -> Option<&Prose> {
        let is_why = matches!(self.what, What::Suspended | What::Revoked)
            && self.edition == badge.current().number;
        self.reason.as_ref().filter(|_| is_why)
    }
}

/// What can happen to a badge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// It was earned.
    Issued,
    /// It was issued again with something put right.
    Corrected,
    /// It was issued again for another term.
    Renewed,
    /// It does not count until it is decided about.
    Suspended,
    /// It was issued again after a suspension.
    Reinstated,
    /// It was taken back for good.
    Revoked,
}

/// Tells everything that happened to a badge, oldest first.
pub fn of(badge: &Badge) -> Vec<Happening> {
    badge.editions.iter().flat_map(of_edition).collect()
}

/// Finds the badge of a newer version of the same micro-credential that its holder has earned, if the
/// viewer may see it. What it replaces is not revoked.
pub fn superseded_by(
    app: &App,
    badge: &Badge,
    viewer: Viewer<'_>,
) -> Result<Option<BadgeId>, Error> {
    let mut newer = app.store.micro_credential(&badge.micro_credential)?;
    let mut found = None;
    while let Some(next) = newer.and_then(|version| version.superseded_by) {
        for id in app.store.badges_for(badge.earner, &next)? {
            let other = app.store.badge(id)?;
            let shown = other.filter(|other| {
                // The address of a badge that is shown to some is not given to others here.
                other.current().revoked.is_none() && other.is_listed_for(viewer)
            });
            found = shown.map(|other| other.id).or(found);
        }
        newer = app.store.micro_credential(&next)?;
    }
    Ok(found)
}

fn of_edition(edition: &Edition) -> Vec<Happening> {
    let begun = Happening {
        what: What::of(&edition.origin),
        edition: edition.number,
        at: edition.issued,
        by: match &edition.origin {
            Origin::Award => None,
            Origin::Order(order) => Some(order.by),
        },
        reason: match &edition.origin {
            Origin::Award => None,
            Origin::Order(order) => Some(order.reason.clone()),
        },
        log: edition.log,
    };
    let ended = |revoked: &Revocation| {
        let what = match revoked.ending {
            Ending::Revoked => What::Revoked,
            Ending::Suspended => What::Suspended,
            // The next edition tells of it.
            Ending::Replaced => return None,
        };
        Some(Happening {
            what,
            edition: edition.number,
            at: revoked.at,
            by: Some(revoked.by),
            reason: Some(revoked.reason.clone()),
            log: revoked.log,
        })
    };
    let last = edition.revoked.as_ref();
    let suspension = last.and_then(|revoked| revoked.suspension.as_deref());
    let ends = [suspension, last].into_iter().flatten().filter_map(ended);
    std::iter::once(begun).chain(ends).collect()
}

impl What {
    /// What begins with an edition.
    pub(crate) fn of(origin: &Origin) -> What {
        match origin {
            Origin::Award => What::Issued,
            Origin::Order(order) => match order.change {
                Change::Correct { .. } => What::Corrected,
                Change::Renew => What::Renewed,
                Change::Reinstate => What::Reinstated,
            },
        }
    }

    /// The word for it in documents.
    pub fn name(self) -> &'static str {
        match self {
            What::Issued => "issued",
            What::Corrected => "corrected",
            What::Renewed => "renewed",
            What::Suspended => "suspended",
            What::Reinstated => "reinstated",
            What::Revoked => "revoked",
        }
    }

    /// The word for it on pages.
    pub fn told(self) -> &'static str {
        match self {
            What::Issued => "Issued",
            What::Corrected => "Corrected",
            What::Renewed => "Renewed",
            What::Suspended => "Suspended",
            What::Reinstated => "Reinstated",
            What::Revoked => "Revoked",
        }
    }
}
