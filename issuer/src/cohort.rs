//! A cohort: some people of an organisation who go the same way, and talk to each other on it.
//!
//! People join by their own act, and leave by it. What they say is read by those who are in the cohort and by nobody
//! else, whatever their role in the organisation. Facilitators answer; of somebody's progress they see what is missing
//! and never what a review found. Evidence they see as colleagues to whom its earner shows a draft, or not at all.

pub mod facilitating;
pub mod help;
mod letters;
pub mod people;
pub mod posts;
pub mod progress;

use crate::again::retried;
use crate::app::App;
use crate::engine::Batch;
use crate::error::Error;
use crate::id::{CohortId, MicroCredentialId, OrganisationId, PersonId};
use crate::limit::Buckets;
use crate::micro_credential;
use crate::organisation::Code;
use crate::page::{Page, PageRequest};
use crate::person::Person;
use crate::store::Stored;
use crate::submission::Link;
use crate::text::Line;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// A cohort.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cohort {
    /// Its identifier.
    pub id: CohortId,
    /// The organisation it belongs to.
    pub organisation: OrganisationId,
    /// What it is for.
    pub about: About,
    /// The code with which people join it.
    pub code: Code,
    /// Who made it.
    pub by: PersonId,
    /// When.
    pub made: Timestamp,
    /// Since when nobody joins it or says anything in it any more.
    pub archived: Option<Timestamp>,
    /// How often its people have changed, so that two who come at once notice each other.
    pub turns: u32,
}

/// What a cohort is for, and when its facilitators have time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// What it is called.
    pub name: Line,
    /// What its people want to reach, in one sentence.
    pub goal: Line,
    /// The micro-credentials it is about, each by its first version; none: whatever its organisation reviews.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<MicroCredentialId>,
    /// When and where somebody can be talked to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub office_hours: Option<Line>,
    /// Where they are held, if that is an address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub office_link: Option<Link>,
}

/// How often things may be done in cohorts.
#[derive(Debug)]
pub struct CohortLimits {
    codes: Buckets,
    words: Buckets,
    letters: Buckets,
}

/// Makes a cohort.
pub fn make(
    app: &App,
    by: PersonId,
    organisation: &OrganisationId,
    about: About,
    now: Timestamp,
) -> Result<Cohort, Error> {
    let about = checked(app, about)?;
    if app.store.count_cohorts_of(organisation)? >= COHORTS {
        return Err(Error::conflict("there are very many cohorts already"));
    }
    let cohort = Cohort {
        id: CohortId::draw(&app.random),
        organisation: organisation.clone(),
        about,
        code: Code::draw(&app.random),
        by,
        made: now,
        archived: None,
        turns: 0,
    };
    app.store.add_cohort(&cohort)?;
    Ok(cohort)
}

/// Says anew what a cohort is for.
pub fn change(app: &App, id: CohortId, about: About) -> Result<Cohort, Error> {
    let about = checked(app, about)?;
    changed(app, id, |cohort| cohort.about = about.clone())
}

/// Ends a cohort: what was said can still be read, and nothing is added.
pub fn archive(app: &App, id: CohortId, now: Timestamp) -> Result<Cohort, Error> {
    changed(app, id, |cohort| {
        cohort.archived = cohort.archived.or(Some(now));
    })
}

/// Opens an archived cohort again.
pub fn reopen(app: &App, id: CohortId) -> Result<Cohort, Error> {
    changed(app, id, |cohort| cohort.archived = None)
}

/// Draws another code; the one before opens nothing any more.
pub fn renew_code(app: &App, id: CohortId) -> Result<Cohort, Error> {
    let code = Code::draw(&app.random);
    changed(app, id, |cohort| cohort.code = code.clone())
}

/// Finds a cohort.
pub fn found(app: &App, id: CohortId) -> Result<Cohort, Error> {
    Ok(held(app, id)?.value)
}

/// Lists the cohorts of an organisation.
pub fn of_organisation(
    app: &App,
    organisation: &OrganisationId,
    asked: &PageRequest,
) -> Result<Page<Cohort>, Error> {
    Ok(app.store.cohorts_of(organisation, asked)?)
}

fn changed(app: &App, id: CohortId, change: impl Fn(&mut Cohort)) -> Result<Cohort, Error> {
    retried(ATTEMPTS, || {
        let held = held(app, id)?;
        let mut changed = held.value.clone();
        change(&mut changed);
        let mut batch = Batch::default();
        app.store.put_cohort(&mut batch, &held, &changed)?;
        app.store.commit(batch)?;
        Ok(changed)
    })
}

fn held(app: &App, id: CohortId) -> Result<Stored<Cohort>, Error> {
    app.store.cohort_held(id)?.ok_or(Error::NotFound)
}

/// A cohort in which something is about to be added.
fn open(app: &App, id: CohortId) -> Result<Stored<Cohort>, Error> {
    let held = held(app, id)?;
    match held.value.archived {
        None => Ok(held),
        Some(_) => Err(Error::conflict("this cohort is archived")),
    }
}

/// Each line by its first version, once.
fn checked(app: &App, mut about: About) -> Result<About, Error> {
    let mut lines = Vec::new();
    for (place, id) in about.lines.iter().enumerate() {
        let unknown = |_| {
            let pointer = format!("/micro_credentials/{place}");
            Error::invalid(
                pointer,
                format!("there is no published micro-credential {id}"),
            )
        };
        let line = micro_credential::published(app, id).map_err(unknown)?.line;
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    if lines.len() > LINES {
        let message = format!("a cohort is about at most {LINES} micro-credentials");
        return Err(Error::invalid("/micro_credentials", message));
    }
    about.lines = lines;
    Ok(about)
}

impl Default for CohortLimits {
    fn default() -> CohortLimits {
        CohortLimits {
            // Guessing is hopeless at this pace, and everybody may mistype.
            codes: Buckets::new(10, 6 * 60),
            // Forty a day, and a lively hour among them.
            words: Buckets::new(40, 36 * 60),
            // One letter an hour says that there is something to read.
            letters: Buckets::new(1, 60 * 60),
        }
    }
}

/// Forgets what somebody who is erased has said and asked in cohorts, and that they were in any.
pub(crate) fn forget_person(app: &App, person: &Person) -> Result<(), Error> {
    for cohort in app.store.cohorts_spoken_in(person.id)? {
        posts::take_all_back(app, person, cohort)?;
    }
    app.store.erase_help(person.id)?;
    for cohort in app.store.cohorts_with(person.id)? {
        if let Some(held) = app.store.participant(cohort, person.id)? {
            let mut batch = Batch::default();
            app.store.remove_participant(&mut batch, &held);
            app.store.commit(batch)?;
        }
    }
    Ok(())
}

impl CohortLimits {
    /// Counts a try of a code.
    pub(crate) fn code(&self, person: PersonId, now: Timestamp) -> Result<(), Error> {
        self.codes.take(&person.to_string(), now)
    }

    fn word(&self, person: PersonId, now: Timestamp) -> Result<(), Error> {
        self.words.take(&person.to_string(), now)
    }

    /// Whether somebody may be written to again.
    fn may_write_to(&self, person: PersonId, now: Timestamp) -> bool {
        self.letters.take(&person.to_string(), now).is_ok()
    }
}

/// One a school and year for many years; they are counted in one go.
pub(crate) const COHORTS: usize = 500;
/// More than anybody earns in a year.
const LINES: usize = 20;
/// A whole conference hall that joins within a second.
const ATTEMPTS: usize = 256;
