//! What somebody who helps may know of a submission of which they see nothing: what is asked for, and what is missing.

use super::checklist::{Checklist, ChecklistItem};
use super::{State, Submission};
use crate::app::App;
use crate::error::Error;
use crate::id::MicroCredentialId;
use crate::micro_credential;
use crate::text::Line;
use schemas::timestamp::Timestamp;

/// How far a submission has come, without a word of what is in it or of what a review found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    /// What it is for.
    pub micro_credential: MicroCredentialId,
    /// What that is called.
    pub title: Line,
    /// Whether it is being prepared, or waits.
    pub stage: Stage,
    /// How many things are asked for.
    pub asked: usize,
    /// Those of them that are not there yet, by their names.
    pub missing: Vec<Line>,
    /// When anything was last added or handed in.
    pub moved: Timestamp,
}

/// Whether a submission is being prepared, or waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// It is being prepared, for the first time or again.
    Prepared,
    /// It is handed in, and waits.
    HandedIn,
}

/// Outlines a submission that is open. Of one that is decided or withdrawn nothing is told: one looks like the other.
pub(crate) fn outline(app: &App, submission: &Submission) -> Result<Option<Outline>, Error> {
    let stage = match submission.state {
        State::Draft | State::Returned => Stage::Prepared,
        State::Submitted => Stage::HandedIn,
        State::Accepted { .. } | State::Declined { .. } | State::Withdrawn => return Ok(None),
    };
    let published = micro_credential::published(app, &submission.micro_credential)?;
    let checklist = Checklist::of(app, submission, &published)?;
    let content = &published.content;
    let missing = checklist.items.iter().filter(|item| !item.is_done());
    let name = |item: &ChecklistItem| {
        let asked = content.requirement(&item.requirement);
        asked.map(|asked| asked.name.clone())
    };
    Ok(Some(Outline {
        stage,
        asked: checklist.items.len(),
        missing: missing.filter_map(name).collect(),
        moved: last_moved(app, submission)?,
        micro_credential: published.id.clone(),
        title: content.name.clone(),
    }))
}

fn last_moved(app: &App, submission: &Submission) -> Result<Timestamp, Error> {
    let mut moved = submission.started;
    for entry in &submission.evidence {
        let piece = app.store.evidence(submission.id, entry.id)?;
        moved = moved.max(piece.map_or(moved, |piece| piece.added));
    }
    let version = app.store.version(submission.id, submission.versions)?;
    Ok(moved.max(version.map_or(moved, |version| version.manifest.submitted)))
}
