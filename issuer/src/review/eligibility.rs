//! Who may be offered which work: never one's own, never that of somebody of one's own school, and
//! never what one has seen as a draft, nor that of a member of a cohort that one facilitates.
//!
//! Two people are of one school when they belong to the same organisation. Somebody belongs to the
//! organisations that they are members of, and to all above those but the states: two districts of
//! one state are two, two schools of one district are one. What does not count is the host, the
//! organisation that reviews and all above it: whoever reviews for a district may review its
//! teachers, but for those of their own school.
//!
//! Where a micro-credential asks for certified reviewers, its submissions are for nobody else. That is asked where
//! work is offered, claimed, opened and finished; whoever has claimed something may always give it back.

use super::{Ineligible, ReviewError};
use crate::app::App;
use crate::cohort::people::Part;
use crate::error::Error;
use crate::id::{OrganisationId, PersonId};
use crate::organisation::OrganisationKind;
use crate::person::Person;
use crate::quality::certification;
use crate::store::{Store, StoreError};
use crate::submission::Submission;
use schemas::timestamp::Timestamp;
use std::collections::BTreeSet;

/// Refuses a reviewer whom this submission is not for. It is asked whenever work is offered,
/// claimed, opened and finished, because people change schools.
pub fn eligibility(app: &App, reviewer: &Person, submission: &Submission) -> Result<(), Error> {
    match Reviewing::of(app, reviewer)?.ineligible(app, submission)? {
        None => Ok(()),
        Some(why) => Err(ReviewError::Ineligible(why).into()),
    }
}

/// Refuses a reviewer who is not certified, or not any more, for what asks for it.
pub fn must_be_certified(
    app: &App,
    reviewer: &Person,
    submission: &Submission,
    now: Timestamp,
) -> Result<(), Error> {
    match is_certified(app, reviewer, submission, now)? {
        true => Ok(()),
        false => Err(ReviewError::Ineligible(Ineligible::NotCertified).into()),
    }
}

/// Whether a reviewer is certified for a submission, or need not be.
pub fn is_certified(
    app: &App,
    reviewer: &Person,
    submission: &Submission,
    now: Timestamp,
) -> Result<bool, StoreError> {
    match app.store.micro_credential(&submission.micro_credential)? {
        Some(wanted) => {
            let reviewing = &submission.organisation;
            certification::may_review(app, reviewer, reviewing, &wanted, now)
        }
        None => Ok(true),
    }
}

/// Somebody who reviews, with the organisations they belong to.
pub struct Reviewing<'a> {
    person: &'a Person,
    belongs_to: BTreeSet<OrganisationId>,
}

impl<'a> Reviewing<'a> {
    pub fn of(app: &App, person: &'a Person) -> Result<Reviewing<'a>, StoreError> {
        let belongs_to = organisations_of(&app.store, person.id)?;
        Ok(Reviewing { person, belongs_to })
    }

    /// Why a submission is not for them, if it is not.
    pub fn ineligible(
        &self,
        app: &App,
        submission: &Submission,
    ) -> Result<Option<Ineligible>, StoreError> {
        let store = &app.store;
        // The account of either may have been joined to another.
        let earner = store.person(submission.earner)?;
        let earner = earner.map_or(submission.earner, |earner| earner.id);
        if self.person.is(submission.earner) || self.person.is(earner) {
            return Ok(Some(Ineligible::OwnWork));
        }
        // Whoever was asked to look at a draft knows whose it is.
        if store.is_colleague(self.person.id, submission.id)? {
            return Ok(Some(Ineligible::Acquainted));
        }
        // Whoever facilitates a cohort reads there who is stuck with what.
        if facilitates(store, self.person.id, earner)? {
            return Ok(Some(Ineligible::Acquainted));
        }
        let mut reviews = BTreeSet::from([OrganisationId::host(), submission.organisation.clone()]);
        reviews.extend(above(store, &submission.organisation)?);
        let theirs = organisations_of(store, earner)?;
        let mut shared = theirs.intersection(&self.belongs_to);
        let same_school = shared.any(|organisation| !reviews.contains(organisation));
        Ok(same_school.then_some(Ineligible::Acquainted))
    }
}

/// Whether somebody facilitates a cohort that another is in.
fn facilitates(store: &Store, person: PersonId, another: PersonId) -> Result<bool, StoreError> {
    for cohort in store.cohorts_with(person)? {
        let part = |whom| -> Result<_, StoreError> {
            let known = store.participant(cohort, whom)?;
            Ok(known.map(|known| known.value.part))
        };
        if part(person)? == Some(Part::Facilitator) && part(another)? == Some(Part::Member) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The organisations that somebody belongs to: as a member, and those above but for states.
pub fn organisations_of(
    store: &Store,
    person: PersonId,
) -> Result<BTreeSet<OrganisationId>, StoreError> {
    let mut found = BTreeSet::new();
    for membership in store.memberships_of(person, MEMBERSHIPS)? {
        for organisation in above(store, &membership.organisation)? {
            let known = store.organisation(&organisation)?;
            if known.is_some_and(|known| known.kind != OrganisationKind::State) {
                found.insert(organisation);
            }
        }
        found.insert(membership.organisation);
    }
    Ok(found)
}

/// All organisations above one.
pub fn above(store: &Store, of: &OrganisationId) -> Result<Vec<OrganisationId>, StoreError> {
    let mut line = Vec::new();
    let mut next = store.organisation(of)?.and_then(|found| found.parent);
    while let Some(organisation) = next {
        if line.len() == GENERATIONS {
            break;
        }
        next = store
            .organisation(&organisation)?
            .and_then(|found| found.parent);
        line.push(organisation);
    }
    Ok(line)
}

/// More organisations than anybody works for.
const MEMBERSHIPS: usize = 100;
/// Organisations stand at most eight above each other.
const GENERATIONS: usize = 8;
