//! Handing in: what was prepared is frozen as a version.

use super::manifest::{Manifest, ManifestEntry, Version};
use super::{State, held_by_its_earner};
use crate::app::App;
use crate::error::Error;
use crate::id::SubmissionId;
use crate::micro_credential;
use crate::person::Person;
use crate::review::Lot;
use crate::text::Prose;
use schemas::timestamp::Timestamp;

/// Hands in what was prepared: freezes it as a version, and gives the receipt.
pub fn submit(
    app: &App,
    earner: &Person,
    id: SubmissionId,
    note: Option<Prose>,
    now: Timestamp,
) -> Result<Version, Error> {
    let held = held_by_its_earner(app, earner, id)?;
    held.value.must_be_in_preparation()?;
    let micro_credential = micro_credential::published(app, &held.value.micro_credential)?;
    let missing = held.value.missing(&micro_credential);
    if !missing.is_empty() {
        return Err(Error::SubmissionIncomplete { missing });
    }
    if held.value.versions >= VERSIONS {
        return Err(Error::conflict(
            "this submission was handed in as often as it can be",
        ));
    }
    let mut changed = held.value.clone();
    changed.versions += 1;
    changed.state = State::Submitted;
    let mut entries = Vec::new();
    for entry in &changed.evidence {
        let evidence = app
            .store
            .evidence(id, entry.id)?
            .ok_or(Error::Missing("a piece of evidence"))?;
        entries.push(ManifestEntry {
            id: entry.id,
            requirement: entry.requirement.clone(),
            kind: evidence.content.kind(),
            salted_sha256: evidence.content.sha256().salted(&evidence.salt),
        });
    }
    let manifest = Manifest {
        submission: id,
        version: changed.versions,
        micro_credential: changed.micro_credential.clone(),
        rubric_sha256: micro_credential.content.rubric.sha256(),
        submitted: now,
        evidence: entries,
    };
    let version = Version {
        manifest_sha256: manifest.sha256(),
        manifest,
        note,
    };
    let lot = Lot::draw(&app.random);
    app.store.add_version(&held, &changed, &version, lot)?;
    Ok(version)
}

/// Nobody needs more attempts, and a stranger could otherwise fill the store with them.
const VERSIONS: u32 = 50;
