//! Handing in: what was prepared is frozen as a version.

use super::checklist::Checklist;
use super::manifest::{Manifest, ManifestEntry, Version};
use super::preparation::{ContextAnswer, NOTE_BYTES, Outcome, Preparation, no_longer};
use super::privacy::PrivacyStatement;
use super::{State, Submission, colleague, held_by_its_earner, spoken};
use crate::app::App;
use crate::digest::Salt;
use crate::error::Error;
use crate::id::SubmissionId;
use crate::micro_credential::{self, MicroCredential};
use crate::person::Person;
use crate::review::Lot;
use crate::text::Prose;
use schemas::timestamp::Timestamp;

/// What is said when something is handed in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HandingIn {
    /// What the reviewer is to know, in place of the note that was kept with the draft.
    pub note: Option<Prose>,
    /// The version of the student-privacy statement that is confirmed.
    pub privacy_statement: Option<u32>,
}

/// Hands in what was prepared: freezes it as a version, and gives the receipt.
pub fn submit(
    app: &App,
    earner: &Person,
    id: SubmissionId,
    handing_in: HandingIn,
    now: Timestamp,
) -> Result<Version, Error> {
    let held = held_by_its_earner(app, earner, id)?;
    held.value.must_be_in_preparation()?;
    let micro_credential = micro_credential::published(app, &held.value.micro_credential)?;

    // 1. Everything is there. Nothing has been written when this fails.
    must_be_complete(app, &held.value, &micro_credential)?;
    let statement = PrivacyStatement::CURRENT;
    if handing_in.privacy_statement != Some(statement.version) {
        return Err(Error::PrivacyStatement {
            version: statement.version,
        });
    }
    if held.value.versions >= VERSIONS {
        return Err(Error::conflict(
            "this submission was handed in as often as it can be",
        ));
    }
    let prepared = app.store.preparation_held(id)?;
    let told = prepared.as_ref().map(|held| held.value.clone());
    let told = told.unwrap_or_default();
    let note = handing_in.note.or_else(|| told.note.clone());
    if let Some(note) = &note {
        no_longer("/note", note, NOTE_BYTES)?;
    }

    // 2. The version, and what follows from it: a place in the queue.
    let mut changed = held.value.clone();
    changed.versions += 1;
    changed.state = State::Submitted;
    let answers = context(app, &told);
    let privacy = statement.agreed();
    let manifest = Manifest {
        submission: id,
        version: changed.versions,
        micro_credential: changed.micro_credential.clone(),
        rubric_sha256: micro_credential.content.rubric.sha256(),
        submitted: now,
        evidence: entries(app, &changed)?,
        context: answers.iter().map(ContextAnswer::entry).collect(),
        privacy_statement: Some(privacy.digest()),
    };
    let version = Version {
        manifest_sha256: manifest.sha256(),
        manifest,
        note,
        context: answers,
        privacy_statement: Some(privacy),
    };
    let outcome = told.outcome.clone().map(|text| Outcome {
        submission: id,
        micro_credential: changed.micro_credential.clone(),
        organisation: changed.organisation.clone(),
        text,
        told: now,
    });
    // The note was for this version; the answers go on with the next one.
    let left = Preparation { note: None, ..told };
    let lot = Lot::draw(&app.random);
    app.store
        .add_version(&held, &changed, &version, lot, |batch, store| {
            store.leave_preparation(batch, prepared.as_ref(), &left)?;
            match &outcome {
                Some(outcome) => store.put_outcome(batch, outcome, changed.versions),
                None => Ok(()),
            }
        })?;
    Ok(version)
}

fn must_be_complete(
    app: &App,
    submission: &Submission,
    micro_credential: &MicroCredential,
) -> Result<(), Error> {
    let missing = submission.missing(micro_credential);
    if !missing.is_empty() {
        return Err(Error::SubmissionIncomplete { missing });
    }
    let checklist = Checklist::of(app, submission, micro_credential)?;
    for item in checklist.items {
        if let Some(problem) = item.problem {
            return Err(Error::invalid(
                format!("/evidence/{}", item.requirement),
                problem,
            ));
        }
    }
    match colleague::is_coach_missing(app, submission, micro_credential)? {
        true => Err(Error::CoachRequired {
            attempts: submission.versions,
        }),
        false => Ok(()),
    }
}

/// The pieces that answer to something. What was only collected is nobody's business yet.
fn entries(app: &App, submission: &Submission) -> Result<Vec<ManifestEntry>, Error> {
    let mut entries = Vec::new();
    for entry in &submission.evidence {
        let Some(requirement) = &entry.requirement else {
            continue;
        };
        let evidence = app.store.evidence(submission.id, entry.id)?;
        let evidence = evidence.ok_or(Error::Missing("a piece of evidence"))?;
        entries.push(ManifestEntry {
            id: entry.id,
            requirement: requirement.clone(),
            kind: evidence.content.kind(),
            salted_sha256: evidence.content.sha256().salted(&evidence.salt),
            transcript: spoken::frozen(app, submission.id, entry.spoken.transcript)?,
            excerpt: entry.excerpt,
            captions: spoken::frozen(app, submission.id, entry.spoken.captions)?,
            shown_salted_sha256: evidence
                .covered_in(submission.versions)
                .map(|(sha256, salt)| sha256.salted(&salt)),
        });
    }
    Ok(entries)
}

fn context(app: &App, told: &Preparation) -> Vec<ContextAnswer> {
    let answer = |(prompt, text): (&_, &Prose)| ContextAnswer {
        prompt: Clone::clone(prompt),
        text: text.clone(),
        salt: Salt::draw(&app.random),
    };
    told.context.iter().map(answer).collect()
}

/// Nobody needs more attempts, and a stranger could otherwise fill the store with them.
const VERSIONS: u32 = 50;
