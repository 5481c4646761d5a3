//! Calibration: several reviewers score the same work blind, compare, and write down what that made clear.
//!
//! The work is a decided version of a submission, or an exemplar. When all who were asked have scored, or whoever
//! leads the session closes it, the report is out and nobody scores any more.

mod leading;
pub mod report;
mod work;

use super::error::QualityError;
use super::training::check_levels;
use crate::app::App;
use crate::error::Error;
use crate::id::{
    CalibrationId, CriterionId, ExemplarId, LevelId, MicroCredentialId, OrganisationId, PersonId,
    SubmissionId,
};
use crate::micro_credential::{self, MicroCredential};
use crate::organisation::Role;
use crate::page::{Page, PageRequest};
use crate::person::Person;
use crate::store::{StoreError, Stored};
use crate::text::{Line, Prose};
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

pub use leading::{clarify, close, revise};
pub use report::Report;
pub use work::{Piece, evidence, work};

/// A calibration session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calibration {
    /// Its identifier.
    pub id: CalibrationId,
    /// Whose reviewers it is for.
    pub organisation: OrganisationId,
    /// What it is called.
    pub title: Line,
    /// The version whose rubric is scored.
    pub micro_credential: MicroCredentialId,
    /// The work that is scored.
    pub subject: Subject,
    /// Who was asked to score.
    pub reviewers: Vec<PersonId>,
    /// How many of them have. The record counts them, so that two who score at once notice each other, and one of
    /// the two is the last.
    pub scored: usize,
    /// Who leads it.
    pub leader: PersonId,
    /// Since when.
    pub opened: Timestamp,
    /// Whether it is still scored.
    pub state: State,
    /// What it made clear.
    pub clarifications: Vec<Clarification>,
    /// The draft of the next version that came of it.
    pub revision: Option<MicroCredentialId>,
}

/// The work that is scored in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A version of a submission that was decided.
    Submission {
        /// The submission.
        submission: SubmissionId,
        /// The version.
        version: u32,
    },
    /// An exemplar of the organisation's training set.
    Exemplar(ExemplarId),
}

/// Whether a session is still scored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Some who were asked have not scored yet, and nobody sees what others gave.
    Open,
    /// The report is out.
    Closed {
        /// Since when.
        at: Timestamp,
    },
}

/// What a session made clear about the rubric.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clarification {
    /// The criterion it is about, if it is about one.
    pub criterion: Option<CriterionId>,
    /// How it is to be read.
    pub text: Prose,
    /// Who wrote it down.
    pub author: PersonId,
    /// When.
    pub written: Timestamp,
}

/// What one reviewer gave in a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// The session.
    pub calibration: CalibrationId,
    /// Who.
    pub person: PersonId,
    /// The level of every criterion.
    pub scores: Vec<SheetScore>,
    /// When.
    pub finished: Timestamp,
}

/// The level that a reviewer gave to one criterion in a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetScore {
    /// The criterion.
    pub criterion: CriterionId,
    /// The level.
    pub level: LevelId,
    /// Why.
    pub comment: Option<Prose>,
}

/// What somebody hands over who opens a session.
#[derive(Debug, Clone)]
pub struct NewCalibration {
    /// What it is called.
    pub title: Line,
    /// The work.
    pub subject: NewSubject,
    /// Who is asked to score.
    pub reviewers: Vec<PersonId>,
}

/// The work that a session is to be about.
#[derive(Debug, Clone)]
pub enum NewSubject {
    /// The version of a submission that was decided last.
    Submission(SubmissionId),
    /// An exemplar of the training set for this line.
    Exemplar {
        /// The line.
        line: MicroCredentialId,
        /// The exemplar.
        exemplar: ExemplarId,
    },
}

/// Opens a session.
pub fn open(
    app: &App,
    leader: &Person,
    organisation: &OrganisationId,
    new: NewCalibration,
    now: Timestamp,
) -> Result<Calibration, Error> {
    let (subject, micro_credential) = work::find(app, organisation, &new.subject)?;
    if new.reviewers.len() < LEAST || new.reviewers.len() > REVIEWERS {
        let message = format!("a session is for {LEAST} to {REVIEWERS} reviewers");
        return Err(Error::invalid("/reviewers", message));
    }
    let mut asked = BTreeSet::new();
    for (place, id) in new.reviewers.iter().enumerate() {
        let refused = |message: &str| Error::invalid(format!("/reviewers/{place}"), message);
        let person = app.store.person(*id)?;
        let person = person.ok_or_else(|| refused("there is no such person"))?;
        if !asked.insert(person.id) {
            return Err(refused("this person stands here twice"));
        }
        if !reviews(app, organisation, &person)? {
            return Err(refused("this person does not review for the organisation"));
        }
        work::eligible(app, &person, &subject)
            .map_err(|_| refused("this work is not for this person to score"))?;
    }
    let calibration = Calibration {
        id: CalibrationId::draw(&app.random),
        organisation: organisation.clone(),
        title: new.title,
        micro_credential,
        subject,
        reviewers: asked.into_iter().collect(),
        scored: 0,
        leader: leader.id,
        opened: now,
        state: State::Open,
        clarifications: Vec::new(),
        revision: None,
    };
    app.store.add_calibration(&calibration)?;
    work::blind(app, calibration)
}

/// Finds a session of an organisation.
pub fn find(
    app: &App,
    organisation: &OrganisationId,
    id: CalibrationId,
) -> Result<Calibration, Error> {
    work::blind(app, held(app, organisation, id)?.value)
}

/// Lists the sessions of an organisation.
pub fn list(
    app: &App,
    organisation: &OrganisationId,
    asked: &PageRequest,
) -> Result<Page<Calibration>, Error> {
    let found = app.store.calibrations(organisation, asked)?;
    let mut items = Vec::new();
    for one in found.items {
        match work::blind(app, one) {
            Ok(shown) => items.push(shown),
            // The work is there no more.
            Err(Error::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Page {
        items,
        next: found.next,
    })
}

/// The version whose rubric is scored.
pub fn version(app: &App, of: &Calibration) -> Result<MicroCredential, Error> {
    micro_credential::published(app, &of.micro_credential)
}

/// What somebody gave, if they have scored.
pub fn sheet(app: &App, person: &Person, of: &Calibration) -> Result<Option<Sheet>, Error> {
    let sheets = work::sheets(app, of)?;
    Ok(sheets.into_iter().find(|sheet| person.is(sheet.person)))
}

/// Scores the work. With the last of those who were asked the report is out.
pub fn score(
    app: &App,
    person: &Person,
    organisation: &OrganisationId,
    id: CalibrationId,
    scores: Vec<SheetScore>,
    now: Timestamp,
) -> Result<Calibration, Error> {
    for _ in 0..ATTEMPTS {
        let held = held(app, organisation, id)?;
        let known = &held.value;
        let asked = known.reviewers.iter().find(|asked| person.is(**asked));
        let asked = *asked.ok_or(QualityError::NotAsked)?;
        known.must_be_open()?;
        work::eligible(app, person, &known.subject)?;
        let sheets = app.store.sheets(id)?;
        if sheets.iter().any(|sheet| person.is(sheet.person)) {
            return Err(QualityError::Scored.into());
        }
        check(&version(app, known)?, &scores)?;
        let sheet = Sheet {
            calibration: id,
            person: asked,
            scores: scores.clone(),
            finished: now,
        };
        let mut changed = known.clone();
        changed.scored += 1;
        if changed.scored == known.reviewers.len() {
            changed.state = State::Closed { at: now };
        }
        match app.store.add_sheet(&held, &changed, &sheet) {
            // Somebody else has scored at the same moment.
            Err(StoreError::Conflict) => {}
            other => {
                other?;
                return work::blind(app, changed);
            }
        }
    }
    Err(Error::conflict("another change came first"))
}

/// What came of a closed session.
pub fn report(app: &App, of: &Calibration) -> Result<Option<Report>, Error> {
    match of.state {
        State::Open => Ok(None),
        State::Closed { .. } => {
            let (sheets, version) = (work::sheets(app, of)?, version(app, of)?);
            let gold = work::gold(app, of, &version)?;
            Ok(Some(Report::of(&version.content.rubric, &sheets, &gold)))
        }
    }
}

/// Whether somebody reviews for an organisation.
fn reviews(app: &App, organisation: &OrganisationId, person: &Person) -> Result<bool, Error> {
    let member = app.store.membership(organisation, person.id)?;
    let reviewing = [Role::Reviewer, Role::Adjudicator];
    Ok(member.is_some_and(|member| reviewing.iter().any(|role| member.roles.contains(role))))
}

fn held(
    app: &App,
    organisation: &OrganisationId,
    id: CalibrationId,
) -> Result<Stored<Calibration>, Error> {
    app.store
        .calibration_held(organisation, id)?
        .ok_or(Error::NotFound)
}

fn check(version: &MicroCredential, scores: &[SheetScore]) -> Result<(), Error> {
    let levels = scores.iter().map(|score| (&score.criterion, &score.level));
    check_levels(&version.content.rubric, levels, "/scores")?;
    for (place, score) in scores.iter().enumerate() {
        let comment = score.comment.as_ref();
        if comment.is_some_and(|text| text.as_str().len() > COMMENT_BYTES) {
            let message = format!("a comment has at most {COMMENT_BYTES} bytes");
            let pointer = format!("/scores/{place}/comment");
            return Err(Error::invalid(pointer, message));
        }
    }
    Ok(())
}

impl Calibration {
    fn must_be_open(&self) -> Result<(), Error> {
        match self.state {
            State::Open => Ok(()),
            State::Closed { .. } => Err(QualityError::SessionClosed.into()),
        }
    }

    fn must_be_closed(&self) -> Result<(), Error> {
        match self.state {
            State::Open => Err(QualityError::SessionOpen.into()),
            State::Closed { .. } => Ok(()),
        }
    }

    /// Whether somebody was asked to score.
    pub fn asks(&self, person: &Person) -> bool {
        self.reviewers.iter().any(|asked| person.is(*asked))
    }
}

/// What one person gave is compared with nothing.
pub const LEAST: usize = 2;
/// As many as can talk with each other.
pub(crate) const REVIEWERS: usize = 12;
/// A sheet of twenty criteria is one record, which has less than 100 kB with everything escaped.
const COMMENT_BYTES: usize = 2_000;
/// Each attempt that comes too late means that somebody else's scores were written.
const ATTEMPTS: usize = 16;
