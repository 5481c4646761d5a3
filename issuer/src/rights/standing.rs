//! What somebody is at a place.

use super::{Place, Who};
use crate::app::App;
use crate::cohort::people::{self, Part};
use crate::error::Error;
use crate::id::{OrganisationId, PersonId};
use crate::organisation::Role;
use crate::submission;
use std::collections::BTreeSet;

/// What somebody who has signed in is at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Whether it is theirs.
    pub owner: bool,
    /// Whether the draft is shown to them.
    pub colleague: bool,
    /// What they are in the cohort.
    pub part: Option<Part>,
    /// Their roles in the organisation it belongs to; nothing if they are no member.
    pub roles: Option<BTreeSet<Role>>,
    /// Whether they run this service.
    pub operator: bool,
}

impl Standing {
    /// What a person is at a place.
    pub fn of(app: &App, person: PersonId, place: &Place) -> Result<Standing, Error> {
        let roles_in = |organisation: &OrganisationId| -> Result<_, Error> {
            let found = app.store.membership(organisation, person)?;
            Ok(found.map(|membership| membership.roles))
        };
        let operator = roles_in(&OrganisationId::host())?;
        let colleague = match place.submission {
            Some(submission) => submission::is_admitted(app, submission, person)?,
            None => false,
        };
        let part = match place.cohort {
            Some(cohort) => people::part_of(app, cohort, person)?,
            None => None,
        };
        Ok(Standing {
            owner: place.owner == Some(person),
            colleague,
            part,
            roles: match &place.organisation {
                Some(organisation) => roles_in(organisation)?,
                None => None,
            },
            operator: operator.is_some_and(|roles| roles.contains(&Role::Administrator)),
        })
    }

    pub(super) fn is(&self, who: Who) -> bool {
        match who {
            Who::Anybody | Who::SignedIn => true,
            Who::Owner => self.owner,
            Who::Colleague => self.colleague,
            Who::CohortMember => self.part == Some(Part::Member),
            Who::Facilitator => self.part == Some(Part::Facilitator),
            Who::Member => self.roles.is_some(),
            Who::Role(role) => self
                .roles
                .as_ref()
                .is_some_and(|roles| roles.contains(&role)),
            Who::Operator => self.operator,
        }
    }
}
