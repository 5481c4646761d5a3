//! What there is of a submission, for its earner and for the rest of the service.

use super::{
    Checklist, Evidence, EvidenceEntry, EvidenceProof, Submission, Version, held_by_its_earner,
};
use crate::app::App;
use crate::error::Error;
use crate::id::{EvidenceId, MicroCredentialId, SubmissionId};
use crate::micro_credential;
use crate::person::Person;

/// What a person has begun for a micro-credential and neither finished nor withdrawn, or earned.
pub fn begun(
    app: &App,
    earner: &Person,
    id: &MicroCredentialId,
) -> Result<Option<SubmissionId>, Error> {
    Ok(app.store.submission_begun(earner.id, id)?)
}

/// Shows a submission to its earner; to everybody else it does not exist.
pub fn of_earner(app: &App, earner: &Person, id: SubmissionId) -> Result<Submission, Error> {
    Ok(held_by_its_earner(app, earner, id)?.value)
}

/// Shows a piece of evidence to the person whose it is.
pub fn evidence_of_earner(
    app: &App,
    earner: &Person,
    id: SubmissionId,
    evidence: EvidenceId,
) -> Result<Evidence, Error> {
    let evidence = app.store.evidence(id, evidence)?.ok_or(Error::NotFound)?;
    if !earner.is(evidence.owner) {
        return Err(Error::NotFound);
    }
    Ok(evidence)
}

/// The piece that stands at a place of a submission.
pub(crate) fn of_entry(
    app: &App,
    id: SubmissionId,
    entry: &EvidenceEntry,
) -> Result<Evidence, Error> {
    let piece = app.store.evidence(id, entry.id)?;
    piece.ok_or(Error::Missing("a piece of evidence"))
}

/// The place of a piece of evidence among those of its submission, from 1 on; nothing if it is no longer
/// among them.
pub fn number_of_evidence(
    app: &App,
    id: SubmissionId,
    evidence: EvidenceId,
) -> Result<Option<usize>, Error> {
    let held = app.store.submission_held(id)?.ok_or(Error::NotFound)?;
    let mut entries = held.value.evidence.iter();
    let place = entries.position(|entry| entry.id == evidence);
    Ok(place.map(|place| place + 1))
}

/// What is asked for and what is there, for the earner.
pub fn checklist(app: &App, earner: &Person, id: SubmissionId) -> Result<Checklist, Error> {
    let submission = of_earner(app, earner, id)?;
    let published = micro_credential::published(app, &submission.micro_credential)?;
    Checklist::of(app, &submission, &published)
}

/// Shows the earner a version as it was handed in.
pub fn version_of_earner(
    app: &App,
    earner: &Person,
    id: SubmissionId,
    version: u32,
) -> Result<Version, Error> {
    of_earner(app, earner, id)?;
    app.store.version(id, version)?.ok_or(Error::NotFound)
}

/// Hands its earner the proof that a piece is what was assessed in a version: the last one that was handed in, if
/// none is named.
pub fn evidence_proof(
    app: &App,
    earner: &Person,
    id: SubmissionId,
    evidence: EvidenceId,
    version: Option<u32>,
) -> Result<EvidenceProof, Error> {
    let submission = of_earner(app, earner, id)?;
    let version = version.unwrap_or(submission.versions);
    let frozen = app.store.version(id, version)?.ok_or(Error::NotFound)?;
    let mut entries = frozen.manifest.evidence.iter();
    if !entries.any(|entry| entry.id == evidence) {
        return Err(Error::NotFound);
    }
    let piece = app.store.evidence(id, evidence)?;
    let piece = piece.ok_or(Error::Missing("a piece of evidence"))?;
    Ok(EvidenceProof::new(&frozen.manifest, &piece))
}
