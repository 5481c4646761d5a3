//! What everybody sees of each change, line by line.

/// What can happen to a badge.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Change {
    Earned,
    AwardedByHand,
    Corrected,
    Renewed,
    Suspended,
    Reinstated,
    /// Its holder shows the badge of a newer version.
    Superseded,
    /// By its holder.
    Updated,
    Revoked,
    /// After a suspension.
    RevokedForGood,
    /// With the person who held it.
    Erased,
}

/// What everybody sees of a change.
pub struct Seen {
    pub change: Change,
    /// The entries that the log has more.
    pub log: &'static [&'static str],
    /// Everything that the page and the history tell of the badge from then on.
    pub told: &'static [&'static str],
    /// The badge's state from then on; nothing where it was withdrawn.
    pub state: Option<&'static str>,
    /// Words on its page.
    pub page: &'static str,
    /// What the events of the badge are called, and who did it.
    pub events: &'static [(&'static str, Who)],
    /// What the letter to its earner says in its subject.
    pub letter: Option<&'static str>,
}

/// Who does something.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Who {
    Service,
    Officer,
    Holder,
}

pub const TABLE: &[Seen] = &[
    Seen {
        change: Change::Earned,
        log: &["issue"],
        told: &["issued"],
        state: Some("in_force"),
        page: "In force",
        events: &[("badge.issued", Who::Service)],
        letter: Some("is ready"),
    },
    Seen {
        change: Change::AwardedByHand,
        log: &["issue"],
        told: &["issued"],
        state: Some("in_force"),
        page: "In force",
        events: &[("badge.issued", Who::Service)],
        letter: Some("is ready"),
    },
    Seen {
        change: Change::Corrected,
        log: &["revoke", "reissue"],
        told: &["issued", "corrected"],
        state: Some("in_force"),
        page: "<strong>Corrected</strong>",
        events: &[("badge.corrected", Who::Officer)],
        letter: Some("was corrected"),
    },
    Seen {
        change: Change::Renewed,
        log: &["revoke", "reissue"],
        told: &["issued", "renewed"],
        state: Some("in_force"),
        page: "<strong>Renewed</strong>",
        events: &[("badge.renewed", Who::Officer)],
        letter: Some("was renewed"),
    },
    Seen {
        change: Change::Suspended,
        log: &["revoke"],
        told: &["issued", "suspended"],
        state: Some("suspended"),
        page: "This badge is suspended",
        events: &[("badge.suspended", Who::Officer)],
        letter: Some("was suspended"),
    },
    Seen {
        change: Change::Reinstated,
        log: &["reissue"],
        told: &["issued", "suspended", "reinstated"],
        state: Some("in_force"),
        page: "<strong>Reinstated</strong>",
        events: &[("badge.reinstated", Who::Officer)],
        letter: Some("counts again"),
    },
    Seen {
        change: Change::Superseded,
        log: &[],
        told: &["issued"],
        state: Some("in_force"),
        page: "newer version of this micro-credential",
        events: &[],
        letter: None,
    },
    Seen {
        change: Change::Updated,
        log: &["revoke", "reissue"],
        told: &["issued", "corrected"],
        state: Some("in_force"),
        page: "Ada Lovelace",
        events: &[("badge.corrected", Who::Holder)],
        letter: Some("was corrected"),
    },
    Seen {
        change: Change::Revoked,
        log: &["revoke"],
        told: &["issued", "revoked"],
        state: Some("revoked"),
        page: "This badge has been revoked",
        events: &[("badge.revoked", Who::Officer)],
        letter: Some("was revoked"),
    },
    Seen {
        change: Change::RevokedForGood,
        log: &["revoke"],
        told: &["issued", "suspended", "revoked"],
        state: Some("revoked"),
        page: "This badge has been revoked",
        events: &[("badge.revoked", Who::Officer)],
        letter: Some("was revoked"),
    },
    Seen {
        change: Change::Erased,
        log: &[],
        told: &[],
        state: None,
        page: "withdrawn",
        events: &[],
        letter: None,
    },
];
