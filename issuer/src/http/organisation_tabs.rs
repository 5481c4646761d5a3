//! The pages of an organisation that somebody may open, in groups.

use crate::app::App;
use crate::error::Error;
use crate::http::caller::Caller;
use crate::id::OrganisationId;
use crate::rights::{self, Action};

/// The pages of an organisation that somebody may open.
pub struct Tabs {
    /// Where the organisation shows itself to everybody.
    pub public: String,
    /// The groups with a page in them.
    pub groups: Vec<Group>,
}

/// Pages that belong together.
pub struct Group {
    /// What they are about.
    pub name: &'static str,
    /// The pages. There is at least one.
    pub pages: Vec<Tab>,
}

/// A page.
pub struct Tab {
    /// Its name in addresses.
    pub name: &'static str,
    /// What it is called.
    pub title: &'static str,
    /// Where it is.
    pub path: String,
}

impl Tabs {
    /// What this caller may open.
    pub fn of(app: &App, caller: &Caller, id: &OrganisationId) -> Result<Tabs, Error> {
        let mut groups = Vec::new();
        for (name, all) in GROUPS {
            let mut pages = Vec::new();
            for (action, name, title) in *all {
                if rights::may(app, caller.person.id, *action, Some(id))? {
                    let path = format!("/organisations/{id}/{name}");
                    pages.push(Tab { name, title, path });
                }
            }
            if !pages.is_empty() {
                groups.push(Group { name, pages });
            }
        }
        let public = format!("/organisations/{id}");
        Ok(Tabs { public, groups })
    }

    /// The group in which a page is.
    pub fn open(&self, page: &str) -> Option<&Group> {
        let mut groups = self.groups.iter();
        groups.find(|group| group.has(page))
    }
}

impl Group {
    /// Where it leads: to its first page.
    pub fn path(&self) -> &str {
        &self.pages[0].path
    }

    /// Whether a page is in it.
    pub fn has(&self, page: &str) -> bool {
        self.pages.iter().any(|one| one.name == page)
    }
}

type Pages = [(Action, &'static str, &'static str)];

const GROUPS: &[(&str, &Pages)] = &[
    (
        "People",
        &[
            (Action::ReadMembers, "members", "Members"),
            (Action::ReadJoining, "joining", "Joining"),
            (Action::ReadCohorts, "cohorts", "Cohorts"),
        ],
    ),
    (
        "Catalogue",
        &[
            (Action::ReadDrafts, "micro-credentials", "Micro-credentials"),
            (Action::ReadAdoptions, "adoptions", "Adoptions"),
        ],
    ),
    (
        "Reviews",
        &[
            (Action::ReadReviewQueue, "reviews", "What waits"),
            (Action::ReadTraining, "training", "Reviewers"),
        ],
    ),
    (
        "Badges",
        &[
            (Action::ReadRegister, "badges", "Register"),
            (Action::ReadAwards, "awards", "Awards"),
        ],
    ),
    (
        "Endorsements",
        &[
            (
                Action::ReadReceivedEndorsements,
                "received-endorsements",
                "What others say",
            ),
            (Action::ReadEndorsing, "endorsements", "What we say"),
        ],
    ),
    (
        "Settings",
        &[
            (Action::ChangeOrganisation, "edit", "Profile"),
            (Action::ChangeOrganisation, "recipients", "Recipients"),
            (Action::ChangeOrganisation, "retention", "Evidence kept"),
            (Action::ReadWebhooks, "webhooks", "Webhooks"),
            (Action::ReadAudit, "audit", "Audit trail"),
            (Action::PlaceOrganisation, "place", "Place"),
        ],
    ),
];
