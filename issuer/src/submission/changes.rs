//! What is different in a version, for those who reviewed the one before.

use super::Submission;
use super::manifest::{Manifest, ManifestEntry};
use crate::app::App;
use crate::error::Error;
use crate::id::RequirementId;
use crate::micro_credential::EvidenceKind;

/// What is different in a version from the one before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    /// The version it is compared with.
    pub since: u32,
    /// Pieces that are new.
    pub added: Vec<ManifestEntry>,
    /// Texts that were written anew: as they were, and as they are.
    pub rewritten: Vec<(ManifestEntry, ManifestEntry)>,
    /// Pieces that answer to something else than they did.
    pub moved: Vec<ManifestEntry>,
    /// Recordings that are as they were, with another transcript, other captions or another excerpt.
    pub retold: Vec<ManifestEntry>,
    /// Pieces that are no longer there.
    pub removed: Vec<ManifestEntry>,
    /// Pieces that are as they were.
    pub kept: Vec<ManifestEntry>,
}

impl Changes {
    /// What is different between two manifests. A piece never changes, so its identifier says enough.
    pub fn between(before: &Manifest, after: &Manifest) -> Changes {
        let mut changes = Changes {
            since: before.version,
            added: Vec::new(),
            rewritten: Vec::new(),
            moved: Vec::new(),
            retold: Vec::new(),
            removed: Vec::new(),
            kept: Vec::new(),
        };
        let still = |entry: &&ManifestEntry| after.evidence.iter().any(|new| new.id == entry.id);
        changes.removed = before
            .evidence
            .iter()
            .filter(|entry| !still(entry))
            .cloned()
            .collect();
        for entry in &after.evidence {
            let was = before.evidence.iter().find(|old| old.id == entry.id);
            match was {
                Some(was) if was.requirement != entry.requirement => {
                    changes.moved.push(entry.clone());
                }
                Some(was)
                    if was.transcript != entry.transcript
                        || was.captions != entry.captions
                        || was.excerpt != entry.excerpt =>
                {
                    changes.retold.push(entry.clone());
                }
                Some(_) => {
                    changes.kept.push(entry.clone());
                }
                None => match changes.earlier_text(entry) {
                    Some(place) => {
                        let was = changes.removed.remove(place);
                        changes.rewritten.push((was, entry.clone()));
                    }
                    None => changes.added.push(entry.clone()),
                },
            }
        }
        changes
    }

    /// What is different, a line for each piece, with what it answers to as `name` says.
    pub fn lines(&self, name: impl Fn(&RequirementId) -> String) -> Vec<String> {
        let groups = [
            (&self.added, "new"),
            (&self.moved, "placed elsewhere"),
            (&self.retold, "another transcript, captions or excerpt"),
            (&self.removed, "taken out"),
        ];
        let mut lines = Vec::new();
        for (entries, word) in groups {
            let line = |entry: &ManifestEntry| format!("{}: {word}", name(&entry.requirement));
            lines.extend(entries.iter().map(line));
        }
        let rewritten = self.rewritten.iter();
        lines.extend(
            rewritten.map(|(_, after)| format!("{}: written anew", name(&after.requirement))),
        );
        lines
    }

    /// Where among what is gone the text stands that this one took the place of.
    fn earlier_text(&self, entry: &ManifestEntry) -> Option<usize> {
        let is_text = entry.kind == EvidenceKind::Text;
        let same =
            |old: &ManifestEntry| old.kind == entry.kind && old.requirement == entry.requirement;
        is_text
            .then(|| self.removed.iter().position(same))
            .flatten()
    }
}

impl Submission {
    /// What is different in a version from the one before it; nothing for the first one.
    pub fn changes(&self, app: &App, version: u32) -> Result<Option<Changes>, Error> {
        let after = app
            .store
            .version(self.id, version)?
            .ok_or(Error::NotFound)?;
        let Some(before) = version.checked_sub(1).filter(|before| *before > 0) else {
            return Ok(None);
        };
        let before = app.store.version(self.id, before)?;
        let before = before.ok_or(Error::Missing("an earlier version"))?;
        Ok(Some(Changes::between(&before.manifest, &after.manifest)))
    }
}
