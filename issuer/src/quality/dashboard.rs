//! How far the reviewers of an organisation agree, from what they found of the versions decided last.
//!
//! A pair is what two reviewers found of one criterion of one version, neither of whom saw the other's scores: the
//! first and the second. What an adjudicator found is no pair with either, as adjudicators see both.

use super::agreement::{Agreement, Pairs};
use super::calibration::report::{SIDES, side};
use super::drift::{Comparison, Drift};
use crate::app::App;
use crate::error::Error;
use crate::id::{CriterionId, MicroCredentialId, OrganisationId, PersonId};
use crate::micro_credential::MicroCredential;
use crate::organisation::Role;
use crate::person::Person;
use crate::review::{Outcome, Scoring, Seat};
use crate::rubric::Criterion;
use std::collections::BTreeMap;

/// How far the reviewers of an organisation agree.
#[derive(Debug, Clone, PartialEq)]
pub struct Dashboard {
    /// How many decided versions were looked at, the last ones.
    pub decided: usize,
    /// How many of them two reviewers had scored, neither seeing the other's scores.
    pub scored_twice: usize,
    /// Criterion by criterion.
    pub criteria: Vec<OnCriterion>,
    /// Reviewer by reviewer.
    pub reviewers: Vec<OnReviewer>,
}

/// How far any two reviewers agree on one criterion.
#[derive(Debug, Clone, PartialEq)]
pub struct OnCriterion {
    /// The version of the micro-credential: a revision begins anew.
    pub micro_credential: MicroCredentialId,
    /// What it is called.
    pub title: String,
    /// The criterion.
    pub criterion: CriterionId,
    /// What it is called.
    pub name: String,
    /// Its levels, held against each other.
    pub agreement: Agreement,
}

/// How far one reviewer agrees with the others.
#[derive(Debug, Clone, PartialEq)]
pub struct OnReviewer {
    /// Who.
    pub person: PersonId,
    /// How many reviews they finished.
    pub reviews: usize,
    /// The median of the seconds between claiming and finishing; nothing for fewer than [`FEW_REVIEWS`].
    pub median: Option<i64>,
    /// Whether criteria are met, held against what the others say of it.
    pub agreement: Agreement,
    /// The same month by month.
    pub drift: Drift,
}

/// Looks at the versions that an organisation decided last.
pub fn dashboard(app: &App, organisation: &OrganisationId) -> Result<Dashboard, Error> {
    let decided = app.store.last_decided(organisation, DECIDED)?;
    let mut found = Found::default();
    for one in &decided {
        let known = found.versions.contains_key(&one.micro_credential);
        if !known && let Some(version) = app.store.micro_credential(&one.micro_credential)? {
            found.versions.insert(version.id.clone(), version);
        }
        let scorings = app.store.scorings(one.submission, one.version)?;
        for scoring in &scorings {
            found.turnaround(app, scoring)?;
        }
        let of = |seat: Seat| scorings.iter().find(|one| one.seat == seat);
        if let (Some(first), Some(second)) = (of(Seat::First), of(Seat::Second)) {
            found.pair(app, &one.micro_credential, first, second)?;
        }
    }
    Ok(found.told(decided.len()))
}

/// The same as somebody may see it: reviewers see themselves, and what all of them together say of criteria.
pub fn shown_to(
    app: &App,
    person: &Person,
    organisation: &OrganisationId,
) -> Result<Dashboard, Error> {
    let mut found = dashboard(app, organisation)?;
    let member = app.store.membership(organisation, person.id)?;
    let sees_all = [Role::Coordinator, Role::Administrator, Role::Adjudicator];
    let sees_all =
        member.is_some_and(|member| sees_all.iter().any(|role| member.roles.contains(role)));
    if !sees_all {
        found.reviewers.retain(|one| person.is(one.person));
    }
    Ok(found)
}

/// What was found so far.
#[derive(Default)]
struct Found {
    versions: BTreeMap<MicroCredentialId, MicroCredential>,
    scored_twice: usize,
    criteria: BTreeMap<(MicroCredentialId, CriterionId), Pairs>,
    /// The seconds of every review, by who finished it.
    took: BTreeMap<PersonId, Vec<i64>>,
    comparisons: BTreeMap<PersonId, Vec<Comparison>>,
}

impl Found {
    fn turnaround(&mut self, app: &App, scoring: &Scoring) -> Result<(), Error> {
        let seconds = scoring.finished.unix_seconds() - scoring.claimed.unix_seconds();
        let person = present(app, scoring.reviewer)?;
        self.took.entry(person).or_default().push(seconds.max(0));
        Ok(())
    }

    fn pair(
        &mut self,
        app: &App,
        id: &MicroCredentialId,
        first: &Scoring,
        second: &Scoring,
    ) -> Result<(), Error> {
        let Some(version) = self.versions.get(id) else {
            return Ok(());
        };
        // Who would decline a submission gives no levels to compare.
        let (Outcome::Scored(own), Outcome::Scored(others)) = (&first.outcome, &second.outcome)
        else {
            return Ok(());
        };
        self.scored_twice += 1;
        let at = first.finished.max(second.finished);
        let people = (
            present(app, first.reviewer)?,
            present(app, second.reviewer)?,
        );
        for criterion in version.content.rubric.criteria() {
            let given = |scores: &[crate::review::Score]| {
                let mut scores = scores.iter();
                scores
                    .find(|score| score.criterion == criterion.id)
                    .map(|score| score.level.clone())
            };
            let (Some(one), Some(other)) = (given(own), given(others)) else {
                continue;
            };
            let place = |level| criterion.levels.iter().position(|known| known.id == level);
            let sides = (side(criterion, &one), side(criterion, &other));
            if let (Some(one), Some(other)) = (place(one), place(other)) {
                let key = (id.clone(), criterion.id.clone());
                let pairs = self.criteria.entry(key);
                let pairs = pairs.or_insert_with(|| Pairs::new(criterion.levels.len()));
                pairs.add(one, other);
            }
            for (person, own, other) in [(people.0, sides.0, sides.1), (people.1, sides.1, sides.0)]
            {
                let comparisons = self.comparisons.entry(person).or_default();
                comparisons.push(Comparison { at, own, other });
            }
        }
        Ok(())
    }

    fn told(mut self, decided: usize) -> Dashboard {
        let criteria = self.criteria.iter().filter_map(|((id, criterion), pairs)| {
            let version = self.versions.get(id)?;
            let known: &Criterion = version.content.rubric.criterion(criterion)?;
            Some(OnCriterion {
                micro_credential: id.clone(),
                title: version.content.name.to_string(),
                criterion: criterion.clone(),
                name: known.name.to_string(),
                agreement: pairs.agreement(),
            })
        });
        let criteria = criteria.collect();
        let reviewers = self.took.into_iter().map(|(person, took)| {
            let comparisons = self.comparisons.remove(&person).unwrap_or_default();
            let mut pairs = Pairs::new(SIDES);
            for one in &comparisons {
                pairs.add(one.own, one.other);
            }
            OnReviewer {
                person,
                reviews: took.len(),
                median: median(took),
                agreement: pairs.agreement(),
                drift: Drift::of(SIDES, &comparisons),
            }
        });
        Dashboard {
            decided,
            scored_twice: self.scored_twice,
            criteria,
            reviewers: reviewers.collect(),
        }
    }
}

/// The identifier a reviewer has now: their account may have been joined to another.
fn present(app: &App, person: PersonId) -> Result<PersonId, Error> {
    Ok(app.store.person(person)?.map_or(person, |found| found.id))
}

/// The middle one, or the lower of the two in the middle; nothing for few.
fn median(mut numbers: Vec<i64>) -> Option<i64> {
    numbers.sort_unstable();
    let middle = numbers.len().checked_sub(1)? / 2;
    let found = numbers.get(middle).copied();
    found.filter(|_| numbers.len() >= FEW_REVIEWS)
}

/// Of fewer reviews no median is told: one long weekend would be all of it.
pub const FEW_REVIEWS: usize = 5;
/// What was decided before these says how it was; and each is read from the store.
const DECIDED: usize = 1_000;
