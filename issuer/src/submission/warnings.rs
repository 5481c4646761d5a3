//! What an earner is told before handing in, so that it can still be changed. Nothing of it keeps anybody
//! from handing in.

use super::{EvidenceContent, State, Submission, of_earner};
use crate::app::App;
use crate::error::Error;
use crate::id::{EvidenceId, RequirementId, SubmissionId};
use crate::person::Person;
use crate::review::blind::Mask;

/// Something that reviewers will not see as it was meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// What it is about.
    pub about: About,
    /// Why.
    pub kind: WarningKind,
}

/// What a warning is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// A piece of evidence.
    Piece {
        /// The piece.
        evidence: EvidenceId,
        /// What it answers to.
        requirement: RequirementId,
    },
    /// The note to the reviewer.
    Note,
    /// An answer about the setting.
    Context(RequirementId),
}

/// Why an earner is warned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WarningKind {
    /// A link says whose it is: reviewers see brackets in it, and it leads nowhere.
    LinkMasked {
        /// The words that will be masked.
        words: Vec<String>,
    },
    /// A text says whose it is: reviewers see words in brackets instead.
    TextMasked {
        /// The words that will be masked.
        words: Vec<String>,
    },
    /// It has words or work of students, and no consent is recorded: no badge will name it.
    ConsentMissing,
}

impl WarningKind {
    /// The stable code of this case.
    pub fn code(&self) -> &'static str {
        match self {
            WarningKind::LinkMasked { .. } => "warning.link_masked",
            WarningKind::TextMasked { .. } => "warning.text_masked",
            WarningKind::ConsentMissing => "warning.consent_missing",
        }
    }

    /// The words it is about, if it is about words.
    pub fn words(&self) -> &[String] {
        match self {
            WarningKind::LinkMasked { words } | WarningKind::TextMasked { words } => words,
            WarningKind::ConsentMissing => &[],
        }
    }
}

/// What the earner of a submission that is being prepared is warned of.
pub fn warnings(app: &App, earner: &Person, id: SubmissionId) -> Result<Vec<Warning>, Error> {
    let submission = of_earner(app, earner, id)?;
    match submission.state {
        State::Draft | State::Returned => of_draft(app, &submission),
        _ => Ok(Vec::new()),
    }
}

fn of_draft(app: &App, submission: &Submission) -> Result<Vec<Warning>, Error> {
    let mask = Mask::of(app, submission.earner, &submission.organisation)?;
    let mut warnings = Vec::new();
    for entry in &submission.evidence {
        // What is only collected is not handed in.
        let Some(requirement) = &entry.requirement else {
            continue;
        };
        let piece = app.store.evidence(submission.id, entry.id)?;
        let piece = piece.ok_or(Error::Missing("a piece of evidence"))?;
        let kind = match &piece.content {
            EvidenceContent::File(_) | EvidenceContent::Removed(_) => None,
            EvidenceContent::Text(text) => text_masked(&mask, text.as_str()),
            EvidenceContent::Link(link) => {
                let words = mask.words(link.as_str());
                (!words.is_empty()).then_some(WarningKind::LinkMasked { words })
            }
        };
        let about = About::Piece {
            evidence: entry.id,
            requirement: requirement.clone(),
        };
        let missing = entry.students.as_ref();
        let missing = missing.is_some_and(|students| !students.may_be_shown());
        let kinds = kind
            .into_iter()
            .chain(missing.then_some(WarningKind::ConsentMissing));
        warnings.extend(kinds.map(|kind| Warning {
            about: about.clone(),
            kind,
        }));
    }
    let told = app.store.preparation(submission.id)?.unwrap_or_default();
    let context = told.context.iter();
    let context = context.map(|(prompt, text)| (About::Context(prompt.clone()), text));
    let told = told.note.iter().map(|note| (About::Note, note));
    for (about, text) in context.chain(told) {
        let kind = text_masked(&mask, text.as_str());
        warnings.extend(kind.map(|kind| Warning { about, kind }));
    }
    Ok(warnings)
}

fn text_masked(mask: &Mask, text: &str) -> Option<WarningKind> {
    let words = mask.words(text);
    (!words.is_empty()).then_some(WarningKind::TextMasked { words })
}
