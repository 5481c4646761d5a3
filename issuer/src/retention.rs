//! What is kept how long, and what is removed when its time is over.
//!
//! The operator says it for each kind, and an organisation may keep evidence for less. Evidence goes when the
//! submission was decided or withdrawn long enough ago and its earner was told well before; who asks to keep it
//! keeps it, and what is shared with a badge stays. Drafts, and work that was returned with feedback, never end.
//! Everything is removed in small steps, each of which may be done again, so that a crash loses nothing and
//! leaves nothing half: the note that something is to be removed goes with the last step.

mod evidence;
mod reports;
mod table;

use crate::app::App;
use crate::attempt;
use crate::error::Error;
use crate::id::OrganisationId;
use crate::submission::Submission;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

pub use evidence::{Coming, keep, keep_no_longer, of_person};
pub use table::{Line, lasting_months, table};

/// What is kept how long, by kind. Nothing means for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Evidence of submissions that were accepted, in months from the decision.
    pub evidence_months: Option<u32>,
    /// Evidence of submissions that were declined or withdrawn, in months.
    pub unaccepted_evidence_months: Option<u32>,
    /// How many days before its earner is told.
    pub evidence_notice_days: u32,
    /// What came of the rows of lists of awards and of changes of many badges, in months.
    pub award_report_months: Option<u32>,
    /// The audit trail, in months.
    pub audit_months: Option<u32>,
    /// What webhooks were told, in days.
    pub webhook_delivery_days: u32,
    /// Messages that were given up, in days.
    pub given_up_mail_days: u32,
}

impl Default for Retention {
    fn default() -> Retention {
        Retention {
            evidence_months: None,
            unaccepted_evidence_months: Some(24),
            evidence_notice_days: 60,
            award_report_months: Some(24),
            audit_months: None,
            webhook_delivery_days: 30,
            given_up_mail_days: 30,
        }
    }
}

/// How a submission ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// It was accepted.
    Accepted,
    /// It was declined or withdrawn.
    Unaccepted,
}

/// That a submission has ended, and what its earner was told of its evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// Whose rule holds.
    pub organisation: OrganisationId,
    /// How it ended.
    pub end: End,
    /// When.
    pub at: Timestamp,
    /// What its earner was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<Told>,
    /// Since when its earner keeps it, if they asked to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<Timestamp>,
}

/// That an earner was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// When.
    pub at: Timestamp,
    /// From when on they have to expect that it is gone.
    pub removal: Timestamp,
}

/// What was done in a round.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Done {
    /// Submissions whose earners were told.
    pub told: usize,
    /// Submissions whose evidence was removed.
    pub evidence: usize,
    /// Reports on lists that were removed.
    pub reports: usize,
    /// Events that were removed from trails.
    pub events: usize,
}

/// Tells earners what is coming, and removes what is over: some of each, and what is left in the next round.
pub fn look_after(app: &App, now: Timestamp) -> Result<Done, Error> {
    let mut done = Done::default();
    attempt::forget_unfinished(app, now)?;
    for organisation in app.store.organisations(None, ORGANISATIONS)? {
        for end in End::ALL {
            if let Some(months) = app.retention.months(end, organisation.evidence_months) {
                evidence::look_after(app, (&organisation.id, end), months, now, &mut done)?;
            }
        }
        if let Some(months) = app.retention.award_report_months {
            done.reports += reports::forget_lists(app, &organisation.id, months, now)?;
        }
        if let Some(months) = app.retention.audit_months {
            done.events += reports::forget_events(app, &organisation.id, months, now)?;
        }
    }
    Ok(done)
}

/// Notes submissions as ended that were decided or withdrawn before this was noted. To be called at start.
pub fn note_ended(app: &App, now: Timestamp) -> Result<usize, Error> {
    evidence::note_ended(app, now)
}

impl Retention {
    /// How long the evidence of an organisation is kept that has this rule of its own.
    pub fn months(&self, end: End, own: Option<u32>) -> Option<u32> {
        let most = match end {
            End::Accepted => self.evidence_months,
            End::Unaccepted => self.unaccepted_evidence_months,
        };
        match (most, own) {
            (Some(most), Some(own)) => Some(own.min(most)),
            (most, own) => most.or(own),
        }
    }

    /// Whoever wants to object to a decision has time to do so, whatever an organisation says.
    pub const LEAST_EVIDENCE_MONTHS: u32 = 6;
}

impl Ended {
    /// That a submission ended so, and nobody was told anything yet.
    pub(crate) fn new(submission: &Submission, end: End, at: Timestamp) -> Ended {
        Ended {
            organisation: submission.organisation.clone(),
            end,
            at,
            told: None,
            kept: None,
        }
    }
}

impl End {
    /// Both.
    pub const ALL: [End; 2] = [End::Accepted, End::Unaccepted];

    /// Its name in keys.
    pub(crate) fn name(self) -> &'static str {
        match self {
            End::Accepted => "accepted",
            End::Unaccepted => "unaccepted",
        }
    }
}

impl Done {
    /// Whether nothing was to be done.
    pub fn is_nothing(&self) -> bool {
        *self == Done::default()
    }
}

/// More than a large state has.
const ORGANISATIONS: usize = 10_000;

/// The room of an organisation is changed by all its members.
const ATTEMPTS: usize = 50;
