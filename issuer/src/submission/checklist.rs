//! The checklist of a submission: what is asked for, what is there, and what is missing.

use super::{Evidence, EvidenceContent, Submission};
use crate::app::App;
use crate::error::Error;
use crate::id::RequirementId;
use crate::micro_credential::{EvidenceRequirement, MicroCredential};

/// What is asked for, and what is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checklist {
    /// Each thing that is asked for, in the order of the micro-credential.
    pub items: Vec<ChecklistItem>,
    /// How many pieces were collected that answer to nothing yet. They are not handed in.
    pub unattached: usize,
    /// Whether a coach's note is still missing.
    pub coach_missing: bool,
}

/// One thing that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChecklistItem {
    /// The requirement.
    pub requirement: RequirementId,
    /// How many pieces at least.
    pub least: u32,
    /// How many pieces there are.
    pub have: u32,
    /// What is wrong with one of them, if anything is.
    pub problem: Option<String>,
}

impl Checklist {
    /// Whether everything is there.
    pub fn is_complete(&self) -> bool {
        !self.coach_missing && self.items.iter().all(ChecklistItem::is_done)
    }

    pub(super) fn of(
        app: &App,
        submission: &Submission,
        micro_credential: &MicroCredential,
    ) -> Result<Checklist, Error> {
        let mut items = Vec::new();
        for asked in &micro_credential.content.evidence_requirements {
            let mut have = 0;
            let mut problem = None;
            for entry in &submission.evidence {
                if entry.requirement.as_ref() == Some(&asked.id) {
                    have += 1;
                    let piece = app.store.evidence(submission.id, entry.id)?;
                    let piece = piece.ok_or(Error::Missing("a piece of evidence"))?;
                    problem = problem.or(too_much(&piece, asked));
                }
            }
            items.push(ChecklistItem {
                requirement: asked.id.clone(),
                least: asked.least,
                have,
                problem,
            });
        }
        let unattached = submission.evidence.iter();
        Ok(Checklist {
            items,
            unattached: unattached
                .filter(|entry| entry.requirement.is_none())
                .count(),
            coach_missing: super::colleague::is_coach_missing(app, submission, micro_credential)?,
        })
    }
}

impl ChecklistItem {
    /// Whether there is enough, and nothing wrong with it.
    pub fn is_done(&self) -> bool {
        self.have >= self.least && self.problem.is_none()
    }
}

/// What is too much about a piece. A text is kept however long it is while it is written.
fn too_much(piece: &Evidence, asked: &EvidenceRequirement) -> Option<String> {
    match &piece.content {
        EvidenceContent::Text(text) => {
            let limit = asked.limits.words? as usize;
            let words = text.as_str().split_whitespace().count();
            (words > limit)
                .then(|| format!("the text has {words} words, and at most {limit} are asked for"))
        }
        other => other.answers(asked).err().map(|error| error.to_string()),
    }
}
