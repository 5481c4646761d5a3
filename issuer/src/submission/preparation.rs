//! What is told beside the evidence: a note to the reviewer, answers about the earner's setting, and what came of it.

use super::ATTEMPTS;
use super::held_by_its_earner;
use crate::again::retried;
use crate::app::App;
use crate::digest::{Salt, Sha256Digest};
use crate::error::Error;
use crate::id::{MicroCredentialId, OrganisationId, RequirementId, SubmissionId};
use crate::micro_credential::{self, Content};
use crate::person::Person;
use crate::text::Prose;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is told beside the evidence of the version that is being prepared.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preparation {
    /// What the earner wants the reviewer to know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Prose>,
    /// Answers to the questions about the setting. They are shown to the reviewer and never scored.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub context: BTreeMap<RequirementId, Prose>,
    /// What changed for students. No reviewer sees it, and nothing is decided by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Prose>,
}

/// An answer about the earner's setting, as it was handed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContextAnswer {
    /// The question's name within the micro-credential.
    pub prompt: RequirementId,
    /// What the earner says.
    pub text: Prose,
    /// Drawn for this answer alone.
    pub salt: Salt,
}

/// An answer as the manifest has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContextEntry {
    /// The question's name within the micro-credential.
    pub prompt: RequirementId,
    /// SHA-256 over the answer's salt and the SHA-256 of its text.
    pub salted_sha256: Sha256Digest,
}

/// What an earner says came of a piece of work, for reports on what professional learning leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The submission it was told with.
    pub submission: SubmissionId,
    /// What that was for.
    pub micro_credential: MicroCredentialId,
    /// The organisation that reviews it.
    pub organisation: OrganisationId,
    /// What changed for students.
    pub text: Prose,
    /// When it was told.
    pub told: Timestamp,
}

/// Keeps what is told beside the evidence, in place of what was told before.
pub fn prepare(
    app: &App,
    earner: &Person,
    id: SubmissionId,
    preparation: &Preparation,
) -> Result<(), Error> {
    retried(ATTEMPTS, || {
        let held = held_by_its_earner(app, earner, id)?;
        held.value.must_be_in_preparation()?;
        let published = micro_credential::published(app, &held.value.micro_credential)?;
        preparation.check(&published.content)?;
        Ok(app.store.put_preparation(&held, preparation)?)
    })
}

/// Shows the earner what is told beside the evidence.
pub fn preparation(app: &App, earner: &Person, id: SubmissionId) -> Result<Preparation, Error> {
    held_by_its_earner(app, earner, id)?;
    Ok(app.store.preparation(id)?.unwrap_or_default())
}

impl Preparation {
    /// Holds it against what the micro-credential asks, and against its limits.
    fn check(&self, content: &Content) -> Result<(), Error> {
        for (prompt, answer) in &self.context {
            let pointer = format!("/context/{prompt}");
            if !content
                .context_prompts
                .iter()
                .any(|asked| asked.id == *prompt)
            {
                return Err(Error::invalid(
                    pointer,
                    "the micro-credential asks no such question",
                ));
            }
            no_longer(&pointer, answer, ANSWER_BYTES)?;
        }
        if let Some(outcome) = &self.outcome {
            if content.outcome_prompt.is_none() {
                let message = "the micro-credential does not ask what came of it";
                return Err(Error::invalid("/outcome", message));
            }
            no_longer("/outcome", outcome, OUTCOME_BYTES)?;
        }
        match &self.note {
            Some(note) => no_longer("/note", note, NOTE_BYTES),
            None => Ok(()),
        }
    }
}

impl ContextAnswer {
    /// What the manifest has of it.
    pub fn entry(&self) -> ContextEntry {
        let digest = Sha256Digest::of(self.text.as_str().as_bytes());
        ContextEntry {
            prompt: self.prompt.clone(),
            salted_sha256: digest.salted(&self.salt),
        }
    }
}

pub(super) fn no_longer(pointer: &str, text: &Prose, limit: usize) -> Result<(), Error> {
    match text.as_str().len() {
        bytes if bytes > limit => Err(Error::invalid(
            pointer,
            format!("this has {bytes} bytes, and at most {limit} are kept"),
        )),
        _ => Ok(()),
    }
}

/// Two pages: what must be longer is a reflection.
pub(super) const NOTE_BYTES: usize = 8 * 1024;
/// A paragraph. Ten of them stand in one record, beside the note.
const ANSWER_BYTES: usize = 1_500;
/// A page.
const OUTCOME_BYTES: usize = 4 * 1024;
