//! How a badge names its evidence.

use crate::award::Award;
use crate::id::BadgeId;
use crate::micro_credential::EvidenceRequirement;
use crate::site::Site;
use crate::submission::{Evidence, EvidenceContent, EvidenceEntry};
use crate::text::Prose;
use schemas::model;

/// By which address a badge names a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// By the link itself.
    Itself,
    /// By an address of the service, which can stop to lead there: a signed badge cannot.
    Revocably,
}

impl Naming {
    /// How a piece is named: students may take their consent back.
    pub fn of(entry: &EvidenceEntry) -> Naming {
        match entry.students {
            Some(_) => Naming::Revocably,
            None => Naming::Itself,
        }
    }
}

/// A piece of evidence as the badge names it: where it is and what it was, not itself. So the
/// earner may stop showing it, and nobody can put another in its place.
pub(super) fn shared(
    site: &Site,
    badge: BadgeId,
    asked: &EvidenceRequirement,
    evidence: &Evidence,
    naming: Naming,
) -> model::Evidence {
    let mut named = model::Evidence {
        id: Some(site.evidence(badge, evidence.id)),
        name: Some(asked.name.as_str().into()),
        ..Default::default()
    };
    match &evidence.content {
        EvidenceContent::Link(_) if naming == Naming::Revocably => {}
        EvidenceContent::Link(link) => named.id = Some(link.to_string()),
        // What is removed is not shared; what was shared before is told by its digest.
        EvidenceContent::File(_) | EvidenceContent::Text(_) | EvidenceContent::Removed(_) => {
            // Whoever follows the address finds what others than the earner see of it.
            let digest = evidence.content.shown_sha256().sri();
            named
                .additional
                .insert("digestSRI".to_owned(), digest.into());
        }
    }
    named
}

/// What an officer tells of how a badge was earned.
pub(super) fn told_by_hand(award: &Award) -> Option<&str> {
    let by_hand = award.by_hand.as_ref()?;
    by_hand.narrative.as_ref().map(Prose::as_str)
}

/// The evidence that an officer names. It lies elsewhere, and nobody here has looked at it.
pub(super) fn named_by_hand(award: &Award) -> impl Iterator<Item = model::Evidence> {
    let links = award.by_hand.iter().flat_map(|by_hand| &by_hand.evidence);
    links.map(|link| model::Evidence {
        id: Some(link.to_string()),
        ..Default::default()
    })
}

/// How many bytes of a badge a piece of evidence takes.
pub(crate) fn bytes_of_evidence(
    site: &Site,
    asked: &EvidenceRequirement,
    evidence: &Evidence,
    naming: Naming,
) -> usize {
    let longest: BadgeId = LONGEST_BADGE_ID.parse().expect("128 bits in base58");
    let named = shared(site, longest, asked, evidence, naming);
    let named = serde_json::to_string(&named).expect("the data model is strings and lists of them");
    named.len() + ",".len()
}

/// 128 bits that are all set.
const LONGEST_BADGE_ID: &str = "YcVfxkQb6JRzqk5kF2tNLv";
