//! Training sets: exemplars with the levels they ought to be given, and what it takes to pass.
//!
//! An organisation has one for each line of micro-credentials that it trains reviewers for. An exemplar is held
//! against the rubric of one version, and keeps to it when the next version is published.

use crate::adoption;
use crate::app::App;
use crate::error::Error;
use crate::id::{
    CriterionId, ExemplarId, LevelId, MicroCredentialId, OrganisationId, PersonId, RequirementId,
};
use crate::micro_credential::{self, MicroCredential};
use crate::person::Person;
use crate::rubric::Rubric;
use crate::store::Stored;
use crate::submission::Link;
use crate::text::{Line, Prose};
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What an organisation trains its reviewers with, for one line of micro-credentials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrainingSet {
    /// Whose it is.
    pub organisation: OrganisationId,
    /// The line of versions that it is for.
    pub line: MicroCredentialId,
    /// What it takes to pass.
    pub rules: Rules,
}

/// What it takes to pass, and what that is good for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// How many exemplars one try takes.
    pub exemplars: u32,
    /// Of a hundred scores, how many have to be the very level that is right.
    pub level_percent: u32,
    /// Of a hundred scores, how many have to say rightly whether the criterion is met.
    pub met_percent: u32,
    /// How many tries one person has in thirty days.
    pub tries: u32,
    /// How many hours lie between a try that failed and the next one.
    pub wait_hours: u32,
    /// For how many months a certification is good.
    pub months: u32,
    /// The micro-credential that is issued to those who pass, if any.
    pub badge: Option<MicroCredentialId>,
}

/// A piece of work with the levels that it ought to be given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exemplar {
    /// Its identifier.
    pub id: ExemplarId,
    /// Whose set it is in.
    pub organisation: OrganisationId,
    /// The line of versions that the set is for.
    pub line: MicroCredentialId,
    /// The version whose rubric it is held against.
    pub micro_credential: MicroCredentialId,
    /// What those call it who keep the set; reviewers are not shown it, as it may say too much.
    pub title: Line,
    /// The work.
    pub work: Vec<Sample>,
    /// The level of every criterion, and why it is that one.
    pub gold: Vec<Gold>,
    /// Who wrote it.
    pub author: PersonId,
    /// When.
    pub added: Timestamp,
    /// Since when it is given to nobody any more.
    pub retired: Option<Timestamp>,
}

/// A piece of the work in an exemplar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// What it answers to.
    pub requirement: RequirementId,
    /// What it is.
    pub content: SampleContent,
}

/// What a piece of the work in an exemplar is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SampleContent {
    /// A text.
    Text(Prose),
    /// Something at an address, such as a recording.
    Link(Link),
}

/// The level that a criterion ought to be given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gold {
    /// The criterion.
    pub criterion: CriterionId,
    /// The level.
    pub level: LevelId,
    /// Why it is this one and no other.
    pub reason: Prose,
}

/// What somebody hands over who adds an exemplar.
#[derive(Debug, Clone)]
pub struct NewExemplar {
    /// What it is called by those who keep the set.
    pub title: Line,
    /// The work.
    pub work: Vec<Sample>,
    /// The level of every criterion, and why.
    pub gold: Vec<Gold>,
}

/// Makes a training set, or changes what it takes to pass. Tries that are under way keep the rules they were
/// begun with.
pub fn set_rules(
    app: &App,
    organisation: &OrganisationId,
    line: &MicroCredentialId,
    rules: Rules,
) -> Result<TrainingSet, Error> {
    rules.check()?;
    must_review(app, organisation, &newest(app, line)?)?;
    if let Some(badge) = &rules.badge {
        check_badge(app, organisation, line, badge, rules.months)?;
    }
    let set = TrainingSet {
        organisation: organisation.clone(),
        line: line.clone(),
        rules,
    };
    let held = app.store.training_set(organisation, line)?;
    if held.is_none() && app.store.training_sets(organisation)?.len() >= SETS {
        return Err(Error::conflict(
            "this organisation has training sets enough",
        ));
    }
    app.store.put_training_set(held.as_ref(), &set)?;
    Ok(set)
}

/// Finds a training set.
pub fn find(
    app: &App,
    organisation: &OrganisationId,
    line: &MicroCredentialId,
) -> Result<Stored<TrainingSet>, Error> {
    let found = app.store.training_set(organisation, line)?;
    found.ok_or(Error::NotFound)
}

/// Lists the exemplars of a training set, retired ones too.
pub fn exemplars(
    app: &App,
    organisation: &OrganisationId,
    line: &MicroCredentialId,
) -> Result<Vec<Exemplar>, Error> {
    find(app, organisation, line)?;
    Ok(app.store.exemplars(organisation, line)?)
}

/// Adds an exemplar, held against the rubric of the version that is published now.
pub fn add_exemplar(
    app: &App,
    author: &Person,
    organisation: &OrganisationId,
    line: &MicroCredentialId,
    new: NewExemplar,
    now: Timestamp,
) -> Result<Exemplar, Error> {
    let set = find(app, organisation, line)?;
    let version = newest(app, line)?;
    new.check(&version)?;
    if app.store.exemplars(organisation, line)?.len() >= EXEMPLARS {
        return Err(Error::conflict("this training set has exemplars enough"));
    }
    let exemplar = Exemplar {
        id: ExemplarId::draw(&app.random),
        organisation: organisation.clone(),
        line: line.clone(),
        micro_credential: version.id,
        title: new.title,
        work: new.work,
        gold: new.gold,
        author: author.id,
        added: now,
        retired: None,
    };
    app.store.add_exemplar(&set, &exemplar)?;
    Ok(exemplar)
}

/// Gives an exemplar to nobody any more. Tries that have it go on with it.
pub fn retire_exemplar(
    app: &App,
    organisation: &OrganisationId,
    line: &MicroCredentialId,
    id: ExemplarId,
    now: Timestamp,
) -> Result<Exemplar, Error> {
    let held = app.store.exemplar(organisation, line, id)?;
    let held = held.ok_or(Error::NotFound)?;
    let retired = Exemplar {
        retired: held.value.retired.or(Some(now)),
        ..held.value.clone()
    };
    app.store.replace_exemplar(&held, &retired)?;
    Ok(retired)
}

/// The newest published version of a line.
pub(crate) fn newest(app: &App, line: &MicroCredentialId) -> Result<MicroCredential, Error> {
    let first = micro_credential::published(app, line)?;
    if first.line != *line {
        let message = "a training set is for all versions: name the first one";
        return Err(Error::invalid("/line", message));
    }
    let versions = micro_credential::versions(app, &first)?;
    versions.into_iter().last().ok_or(Error::NotFound)
}

/// Refuses organisations that review nothing of this line: those that neither wrote nor adopted it.
fn must_review(
    app: &App,
    organisation: &OrganisationId,
    version: &MicroCredential,
) -> Result<(), Error> {
    if version.organisation == *organisation {
        return Ok(());
    }
    for version in micro_credential::versions(app, version)? {
        if adoption::is_granted(app, &version.id, organisation)? {
            return Ok(());
        }
    }
    Err(Error::NotFound)
}

/// The badge of those who pass is as good as the certification, and says nothing else of them.
fn check_badge(
    app: &App,
    organisation: &OrganisationId,
    line: &MicroCredentialId,
    badge: &MicroCredentialId,
    months: u32,
) -> Result<(), Error> {
    let refused = |message: &str| Err(Error::invalid("/badge", message));
    let found = app.store.micro_credential(badge)?;
    let Some(found) = found.filter(|found| {
        found.is_published() && found.organisation == *organisation && !found.content.is_stack()
    }) else {
        return refused("the organisation has published no such micro-credential");
    };
    if found.line == *line {
        return refused("this is what reviewers are trained for, not what says that they are");
    }
    match found.content.validity_months == Some(months) {
        true => Ok(()),
        false => refused("the badge and the certification are good for as many months"),
    }
}

impl Default for Rules {
    fn default() -> Rules {
        Rules {
            exemplars: 3,
            level_percent: 70,
            met_percent: 80,
            tries: 3,
            wait_hours: 24,
            months: 12,
            badge: None,
        }
    }
}

impl Rules {
    fn check(&self) -> Result<(), Error> {
        let within = |member: &str, value: u32, least: u32, most: u32| match value {
            value if (least..=most).contains(&value) => Ok(()),
            _ => {
                let message = format!("this is a number from {least} to {most}");
                Err(Error::invalid(format!("/{member}"), message))
            }
        };
        within("exemplars", self.exemplars, 1, PER_TRY)?;
        within("level_percent", self.level_percent, 0, 100)?;
        within("met_percent", self.met_percent, 1, 100)?;
        within("tries", self.tries, 1, TRIES)?;
        within("wait_hours", self.wait_hours, 0, WAIT_HOURS)?;
        within("months", self.months, 1, MONTHS)
    }
}

impl NewExemplar {
    fn check(&self, version: &MicroCredential) -> Result<(), Error> {
        if self.work.is_empty() || self.work.len() > SAMPLES {
            let message = format!("an exemplar shows between 1 and {SAMPLES} pieces of work");
            return Err(Error::invalid("/work", message));
        }
        for (place, sample) in self.work.iter().enumerate() {
            if version.content.requirement(&sample.requirement).is_none() {
                let pointer = format!("/work/{place}/requirement");
                return Err(Error::invalid(pointer, "there is no such requirement"));
            }
        }
        check_gold(&version.content.rubric, &self.gold)?;
        let of_work = |sample: &Sample| match &sample.content {
            SampleContent::Text(text) => text.as_str().len(),
            SampleContent::Link(link) => link.as_str().len(),
        };
        let reasons = self.gold.iter().map(|gold| gold.reason.as_str().len());
        let bytes = self.work.iter().map(of_work).chain(reasons).sum::<usize>();
        match bytes > EXEMPLAR_BYTES {
            true => Err(Error::TooLarge {
                what: "exemplar",
                bytes: bytes as u64,
                limit: EXEMPLAR_BYTES as u64,
            }),
            false => Ok(()),
        }
    }
}

/// Holds the levels of an exemplar against the rubric: exactly one for every criterion.
fn check_gold(rubric: &Rubric, gold: &[Gold]) -> Result<(), Error> {
    let levels = gold.iter().map(|gold| (&gold.criterion, &gold.level));
    check_levels(rubric, levels, "/gold")
}

/// Holds levels against a rubric: exactly one for every criterion, and one that it has.
pub(super) fn check_levels<'a>(
    rubric: &Rubric,
    levels: impl Iterator<Item = (&'a CriterionId, &'a LevelId)>,
    pointer: &str,
) -> Result<(), Error> {
    let mut given = BTreeSet::new();
    for (place, (criterion, level)) in levels.enumerate() {
        let invalid = |member, message| {
            let pointer = format!("{pointer}/{place}/{member}");
            Err(Error::invalid(pointer, message))
        };
        let Some(known) = rubric.criterion(criterion) else {
            return invalid("criterion", "the rubric has no such criterion");
        };
        if known.level(level).is_none() {
            return invalid("level", "the criterion has no such level");
        }
        if !given.insert(criterion) {
            return invalid("criterion", "this criterion stands here twice");
        }
    }
    let missing = |one: &&crate::rubric::Criterion| !given.contains(&one.id);
    match rubric.criteria().iter().find(missing) {
        None => Ok(()),
        Some(missing) => {
            let message = format!("a level is missing for {}", missing.id);
            Err(Error::invalid(pointer, message))
        }
    }
}

/// As many as anybody keeps up to date.
pub(crate) const SETS: usize = 200;
/// Retired ones are among them: what somebody was held against stays.
pub(crate) const EXEMPLARS: usize = 200;
/// A try is one record with the scores of all its exemplars, and an afternoon's work.
const PER_TRY: u32 = 10;
/// As many pieces as a submission asks for at most times.
const SAMPLES: usize = 10;
/// An exemplar is one record, which has less than 100 kB with everything escaped.
const EXEMPLAR_BYTES: usize = 40 * 1024;
/// One every three days.
const TRIES: u32 = 10;
/// Thirty days.
const WAIT_HOURS: u32 = 720;
/// Five years: rubrics and reviewers change.
const MONTHS: u32 = 60;
