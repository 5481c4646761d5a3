//! Words and work of students within a piece of evidence, and the consent to show them.
//!
//! Whoever adds such a piece says so, and records who agreed and when. No name of a student is kept, and no form:
//! those stay where the school keeps them. Without consent a badge never names such a piece, and when consent
//! is taken back nobody is handed it any more.

use super::{
    ATTEMPTS, EvidenceEntry, Sharing, SharingError, State, Submission, held_by_its_earner,
};
use crate::again::retried;
use crate::app::App;
use crate::error::Error;
use crate::id::{EvidenceId, SubmissionId};
use crate::learning::Day;
use crate::person::Person;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// That a piece has words or work of students in it, and how their consent stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Students {
    /// Nobody has said yet that they agreed.
    WithoutConsent,
    /// They agreed, or those who speak for them.
    Consented(Consent),
    /// They took it back.
    Withdrawn {
        /// What they had agreed to.
        consent: Consent,
        /// When they took it back.
        at: Timestamp,
    },
}

/// That students agreed, as it is recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Who agreed.
    pub by: ConsentGiver,
    /// On which day.
    pub given: Day,
    /// The version of the statement that was confirmed with it.
    pub statement: u32,
    /// When it was recorded.
    pub recorded: Timestamp,
}

/// Who agreed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentGiver {
    /// Parents or guardians.
    Guardian,
    /// Students who are of age.
    AdultStudent,
    /// A form that the school keeps for all of them.
    SchoolForm,
}

/// What is said of consent before it is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewConsent {
    /// Who agreed.
    pub by: ConsentGiver,
    /// On which day.
    pub given: Day,
    /// The version of the statement that is confirmed.
    pub statement: u32,
}

/// What is confirmed when consent is recorded.
pub struct ConsentStatement {
    /// Counts the wordings.
    pub version: u32,
    /// The words.
    pub text: &'static str,
}

impl ConsentStatement {
    /// The words of today. Whoever changes them raises the version.
    pub const CURRENT: ConsentStatement = ConsentStatement {
        version: 1,
        text: "The students whose words or work this shows, or those who speak for them, were asked. They agreed \
               that reviewers see it, and that it may be shown with my badge if I choose so. They know that they can \
               take this back at any time.",
    };
}

impl Students {
    /// Whether it may be shown to others than reviewers.
    pub fn may_be_shown(&self) -> bool {
        matches!(self, Students::Consented(_))
    }
}

impl Submission {
    /// How the consent of students stands whose words or work a piece has.
    pub(crate) fn students_in(&self, evidence: EvidenceId) -> Option<Students> {
        let mut entries = self.evidence.iter();
        let entry = entries.find(|entry| entry.id == evidence)?;
        entry.students.clone()
    }
}

impl EvidenceEntry {
    /// Refuses to have a badge name what students have not agreed to.
    pub(super) fn must_have_consent(&self) -> Result<(), Error> {
        match &self.students {
            Some(students) if !students.may_be_shown() => Err(SharingError::ConsentRequired.into()),
            _ => Ok(()),
        }
    }
}

/// Says that a piece has words or work of students in it, and records their consent if there is one. What they
/// have not agreed to is shared no more.
pub fn mark_students(
    app: &App,
    earner: &Person,
    id: SubmissionId,
    evidence: EvidenceId,
    consent: Option<NewConsent>,
    now: Timestamp,
) -> Result<Submission, Error> {
    let students = match consent {
        None => Students::WithoutConsent,
        Some(consent) => Students::Consented(consent.recorded(now)?),
    };
    change(app, earner, id, evidence, |_, entry| {
        if !students.may_be_shown() {
            entry.sharing = Sharing::Private;
        }
        entry.students = Some(students.clone());
        Ok(())
    })
}

/// Takes the mark away again, as long as nobody was shown the piece with it.
pub fn unmark_students(
    app: &App,
    earner: &Person,
    id: SubmissionId,
    evidence: EvidenceId,
) -> Result<Submission, Error> {
    change(app, earner, id, evidence, |submission, entry| {
        submission.must_be_in_preparation()?;
        if entry.first_version <= submission.versions {
            return Err(Error::conflict(
                "this was handed in as words or work of students, and stays so",
            ));
        }
        entry.students = None;
        Ok(())
    })
}

/// Takes consent back: from now on nobody is handed the piece by a badge, whatever the badge names.
pub fn withdraw_consent(
    app: &App,
    earner: &Person,
    id: SubmissionId,
    evidence: EvidenceId,
    now: Timestamp,
) -> Result<Submission, Error> {
    change(app, earner, id, evidence, |_, entry| {
        let Some(Students::Consented(consent)) = entry.students.clone() else {
            return Err(Error::conflict("no consent is recorded for this piece"));
        };
        entry.students = Some(Students::Withdrawn { consent, at: now });
        entry.sharing = Sharing::Private;
        Ok(())
    })
}

/// Changes what is said of a piece, at any time: students may take their consent back years later.
fn change(
    app: &App,
    earner: &Person,
    id: SubmissionId,
    evidence: EvidenceId,
    change: impl Fn(&Submission, &mut EvidenceEntry) -> Result<(), Error>,
) -> Result<Submission, Error> {
    retried(ATTEMPTS, || {
        let held = held_by_its_earner(app, earner, id)?;
        if held.value.state == State::Withdrawn {
            return Err(Error::conflict("this submission was withdrawn"));
        }
        let mut changed = held.value.clone();
        let mut entries = changed.evidence.iter_mut();
        let entry = entries.find(|entry| entry.id == evidence);
        change(&held.value, entry.ok_or(Error::NotFound)?)?;
        app.store.replace_submission(&held, &changed)?;
        Ok(changed)
    })
}

impl NewConsent {
    fn recorded(&self, now: Timestamp) -> Result<Consent, Error> {
        let version = ConsentStatement::CURRENT.version;
        if self.statement != version {
            let message = format!("please confirm the statement on consent, version {version}");
            return Err(Error::invalid("/consent/statement", message));
        }
        // Somewhere it is tomorrow already.
        let tomorrow = now.plus_seconds(DAY_SECONDS).to_string();
        let tomorrow = tomorrow.split('T').next().and_then(|day| day.parse().ok());
        if tomorrow.is_none_or(|tomorrow: Day| self.given > tomorrow) {
            return Err(Error::invalid(
                "/consent/given",
                "this day is still to come",
            ));
        }
        Ok(Consent {
            by: self.by,
            given: self.given,
            statement: self.statement,
            recorded: now,
        })
    }
}

const DAY_SECONDS: i64 = 24 * 60 * 60;
