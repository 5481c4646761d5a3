//! What a badge may name of the evidence: its earner says so, piece by piece.

use super::{Sharing, State, Submission, held_by_its_earner};
use crate::app::App;
use crate::draft::{self, Naming};
use crate::error::Error;
use crate::id::{EvidenceId, SubmissionId};
use crate::micro_credential;
use crate::person::Person;

/// Why a badge is not to name a piece of evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SharingError {
    /// It names as much as it has room for.
    #[error(
        "a badge has room for {EVIDENCE_BYTES} bytes of addresses and names of evidence, and with this piece there \
         would be more: keep another one private first"
    )]
    Full,
    /// It has words or work of students in it, and they have not agreed.
    #[error(
        "words and work of students are shown with a badge once their consent is recorded, and as long as it is not \
         taken back"
    )]
    ConsentRequired,
}

impl SharingError {
    /// The stable code of this case.
    pub fn code(self) -> &'static str {
        match self {
            SharingError::Full => "evidence.sharing_full",
            SharingError::ConsentRequired => "evidence.consent_required",
        }
    }
}

/// Says whether the badge may name a piece of evidence. Once the badge is earned that is settled.
pub fn share_evidence(
    app: &App,
    earner: &Person,
    id: SubmissionId,
    evidence: EvidenceId,
    sharing: Sharing,
) -> Result<Submission, Error> {
    let held = held_by_its_earner(app, earner, id)?;
    let (State::Draft | State::Submitted | State::Returned) = held.value.state else {
        return Err(Error::conflict(
            "this submission is decided, and what its badge names is settled",
        ));
    };
    let mut changed = held.value.clone();
    let mut entries = changed.evidence.iter_mut();
    let entry = entries.find(|entry| entry.id == evidence);
    let entry = entry.ok_or(Error::NotFound)?;
    if sharing == Sharing::Shared {
        entry.must_have_consent()?;
    }
    entry.sharing = sharing;
    if sharing == Sharing::Shared {
        must_fit_into_a_badge(app, &changed)?;
    }
    app.store.replace_submission(&held, &changed)?;
    Ok(changed)
}

/// Whether a badge has room for all that is shared. Asked before every change that could make it more, and
/// written on the condition that nothing else changed: so the bound is never passed.
pub(super) fn must_fit_into_a_badge(app: &App, changed: &Submission) -> Result<(), Error> {
    let micro_credential = micro_credential::published(app, &changed.micro_credential)?;
    let mut bytes = 0;
    for entry in &changed.evidence {
        let (Sharing::Shared, Some(requirement)) = (entry.sharing, &entry.requirement) else {
            continue;
        };
        let asked = micro_credential.content.requirement(requirement);
        let asked = asked.ok_or(Error::Missing("an evidence requirement"))?;
        let piece = app.store.evidence(changed.id, entry.id)?;
        let piece = piece.ok_or(Error::Missing("a piece of evidence"))?;
        bytes += draft::bytes_of_evidence(&app.site, asked, &piece, Naming::of(entry));
    }
    match bytes > EVIDENCE_BYTES {
        true => Err(SharingError::Full.into()),
        false => Ok(()),
    }
}

/// A badge has 40 kB, of which most are its criteria. Twenty files with names of usual length take six.
pub(crate) const EVIDENCE_BYTES: usize = 8 * 1024;
