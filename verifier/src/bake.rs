//! What the standards call the place in a picture where a credential is.

use serde::Serialize;

/// The standard by which something was baked into a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum BakeStandard {
    /// Open Badges 3.0, baked badges.
    OpenBadges3,
    /// CLR 2.0, which bakes as Open Badges 3.0 does, under names of its own.
    Clr2,
    /// Open Badges 2.0, badge baking.
    OpenBadges2,
}

impl BakeStandard {
    /// Every standard, the one that counts before the others first.
    pub const ALL: [BakeStandard; 3] = [
        BakeStandard::OpenBadges3,
        BakeStandard::Clr2,
        BakeStandard::OpenBadges2,
    ];

    /// The keyword of the chunk in a PNG.
    pub fn keyword(self) -> &'static str {
        match self {
            BakeStandard::OpenBadges3 => "openbadgecredential",
            BakeStandard::Clr2 => "clrcredential",
            BakeStandard::OpenBadges2 => "openbadges",
        }
    }

    /// The namespace of the element in an SVG.
    pub fn namespace(self) -> &'static str {
        match self {
            BakeStandard::OpenBadges3 => "https://purl.imsglobal.org/ob/v3p0",
            BakeStandard::Clr2 => "https://purl.imsglobal.org/clr/v2p0",
            BakeStandard::OpenBadges2 => "http://openbadges.org",
        }
    }

    /// The local name of the element in an SVG.
    pub fn element(self) -> &'static str {
        match self {
            BakeStandard::OpenBadges3 | BakeStandard::Clr2 => "credential",
            BakeStandard::OpenBadges2 => "assertion",
        }
    }
}

/// More copies than this are not compared: the standards allow one.
pub(crate) const MOST_COPIES: usize = 8;
