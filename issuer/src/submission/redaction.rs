//! What an earner covers on a picture, so that nobody but they sees it: faces, names on a wall, a child's work
//! with the child's name on it.
//!
//! Reviewers, colleagues and whoever sees a badge get a picture that is made anew with these areas black. The
//! original stays as it was handed in, and is handed to its owner alone. What was covered when a version was
//! handed in stays with that version.

use super::evidence::{Evidence, EvidenceContent, EvidenceFile};
use super::{Submission, held_by_its_earner};
use crate::app::App;
use crate::digest::{Salt, Sha256Digest};
use crate::error::Error;
use crate::id::{EvidenceId, SubmissionId};
use crate::person::Person;
use crate::store::{StoreError, Stored};
use crate::upload::{Removal, SpaceChange};
use serde::{Deserialize, Serialize};

/// What is covered on a picture from a version on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redaction {
    /// The first version that is handed in with it.
    pub version: u32,
    /// The areas. None, if what an earlier version covered is covered no more.
    pub areas: Vec<Area>,
    /// The picture with these areas black; none without areas.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<EvidenceFile>,
}

/// A rectangle of a picture as people see it, in ten-thousandths of its width and height.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Area {
    left: u32,
    top: u32,
    right: u32,
    bottom: u32,
}

/// Why something cannot be covered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RedactionError {
    /// It is no picture that can be drawn on.
    #[error(
        "parts of JPEG, PNG and WebP pictures can be covered: please save it as one of them and add that"
    )]
    Type,
    /// More areas than anybody draws.
    #[error("at most {AREAS} areas of a picture can be covered")]
    TooMany,
    /// It was covered anew for version after version.
    #[error(
        "this picture was covered anew for {REDACTIONS} versions: take it out and add it once more"
    )]
    TooOften,
}

impl RedactionError {
    /// The stable code of this case.
    pub fn code(self) -> &'static str {
        match self {
            RedactionError::Type => "redaction.type",
            RedactionError::TooMany => "redaction.too_many",
            RedactionError::TooOften => "redaction.too_often",
        }
    }
}

impl Area {
    /// The rectangle that begins at a fraction of the width and the height of a picture, and is so wide and high;
    /// nothing unless all of it lies within the picture. It covers at least what is asked for.
    pub fn of_fractions(left: f64, top: f64, width: f64, height: f64) -> Option<Area> {
        // Percents that people type are no exact binary numbers.
        let (right, bottom) = (left + width, top + height);
        let within = |value: f64| (-SLACK..=1.0 + SLACK).contains(&value);
        let is_one = width > 0.0 && height > 0.0;
        if !is_one || ![left, top, right, bottom].into_iter().all(within) {
            return None;
        }
        let whole = f64::from(WHOLE);
        let down = |value: f64| ((value * whole + SLACK).floor().max(0.0)) as u32;
        let up = |value: f64| ((value * whole - SLACK).ceil().min(whole)) as u32;
        let area = Area {
            left: down(left),
            top: down(top),
            right: up(right),
            bottom: up(bottom),
        };
        (area.left < area.right && area.top < area.bottom).then_some(area)
    }

    /// Left, top, width and height in fractions of the picture.
    pub fn fractions(&self) -> [f64; 4] {
        let fraction = |value: u32| f64::from(value) / f64::from(WHOLE);
        [
            fraction(self.left),
            fraction(self.top),
            fraction(self.right - self.left),
            fraction(self.bottom - self.top),
        ]
    }

    /// The pixels of a picture of this size that are covered, from and to: those that are touched at all.
    pub(crate) fn pixels(&self, width: u32, height: u32) -> [(u32, u32); 2] {
        let down = |part: u32, of: u32| (u64::from(part) * u64::from(of) / u64::from(WHOLE)) as u32;
        let up = |part: u32, of: u32| {
            (u64::from(part) * u64::from(of)).div_ceil(u64::from(WHOLE)) as u32
        };
        [
            (down(self.left, width), up(self.right, width)),
            (down(self.top, height), up(self.bottom, height)),
        ]
    }
}

impl EvidenceFile {
    /// Whether parts of it can be covered.
    pub fn can_be_covered(&self) -> bool {
        COVERED.contains(&self.media_type.as_str())
    }

    /// What is covered in a version, if anything was said.
    pub(crate) fn redaction_in(&self, version: u32) -> Option<&Redaction> {
        let said = self.redactions.iter();
        said.rev().find(|redaction| redaction.version <= version)
    }

    /// The file that others than its owner are handed: the picture with areas covered, if there is one.
    pub(crate) fn handed_to_others(&self, version: u32) -> &EvidenceFile {
        let covered = self.redaction_in(version);
        let covered = covered.and_then(|redaction| redaction.picture.as_ref());
        covered.unwrap_or(self)
    }
}

impl Evidence {
    /// The piece as others than its owner are handed it with a version: nothing in it leads to an original
    /// that is covered.
    pub(crate) fn into_what_others_see(self, version: u32) -> Evidence {
        let content = match self.content {
            EvidenceContent::File(file) => EvidenceContent::File(EvidenceFile {
                redactions: Vec::new(),
                ..file.handed_to_others(version).clone()
            }),
            other => other,
        };
        Evidence { content, ..self }
    }

    /// The digest of the picture that others see in a version, if parts of it are covered there, and the salt that
    /// goes before it.
    pub(crate) fn covered_in(&self, version: u32) -> Option<(Sha256Digest, Salt)> {
        let sha256 = match &self.content {
            EvidenceContent::File(file) => file.redaction_in(version)?.picture.as_ref()?.sha256,
            EvidenceContent::Removed(removed) => {
                let said = removed.covered.iter();
                let mut said = said.rev().filter(|(since, _)| *since <= version);
                said.next()?.1?
            }
            EvidenceContent::Text(_) | EvidenceContent::Link(_) => return None,
        };
        Some((sha256, self.salt.of_its_own("shown")))
    }

    /// The areas that are covered in the version that is prepared now, or was handed in last.
    pub fn covered(&self) -> &[Area] {
        match &self.content {
            EvidenceContent::File(file) => file
                .redactions
                .last()
                .map_or(&[], |last| last.areas.as_slice()),
            _ => &[],
        }
    }
}

/// The picture of an earner that parts of can be covered now.
pub(crate) fn to_be_covered(
    app: &App,
    earner: &Person,
    id: SubmissionId,
    evidence: EvidenceId,
    areas: &[Area],
) -> Result<(Submission, Evidence), Error> {
    let held = held_by_its_earner(app, earner, id)?.value;
    held.must_be_in_preparation()?;
    if !held.evidence.iter().any(|entry| entry.id == evidence) {
        return Err(Error::NotFound);
    }
    let piece = app.store.evidence(id, evidence)?;
    let piece = piece.ok_or(Error::Missing("a piece of evidence"))?;
    let EvidenceContent::File(file) = &piece.content else {
        return Err(RedactionError::Type.into());
    };
    if !file.can_be_covered() {
        return Err(RedactionError::Type.into());
    }
    if areas.len() > AREAS {
        return Err(RedactionError::TooMany.into());
    }
    Ok((held, piece))
}

/// A picture whose parts were covered, with everything that is written for it in one commit.
pub(crate) struct Covering {
    pub(crate) submission: Stored<Submission>,
    pub(crate) before: Stored<Evidence>,
    pub(crate) after: Evidence,
    /// What was noted to be removed if this had not come to be.
    pub(crate) noted: Option<Removal>,
    /// The picture that it takes the place of.
    pub(crate) replaced: Option<EvidenceFile>,
}

impl Covering {
    /// What becomes of a piece when these areas of it are covered.
    pub(crate) fn of(
        app: &App,
        earner: &Person,
        (id, evidence): (SubmissionId, EvidenceId),
        areas: &[Area],
        picture: Option<&EvidenceFile>,
    ) -> Result<Covering, Error> {
        to_be_covered(app, earner, id, evidence, areas)?;
        let submission = held_by_its_earner(app, earner, id)?;
        let before = app.store.evidence_held(id, evidence)?;
        let before = before.ok_or(Error::Missing("a piece of evidence"))?;
        let mut after = before.value.clone();
        let EvidenceContent::File(file) = &mut after.content else {
            return Err(RedactionError::Type.into());
        };
        let version = submission.value.versions + 1;
        let replaced = file
            .redactions
            .pop_if(|last| last.version == version)
            .and_then(|last| last.picture);
        // Versions that were handed in keep what was covered then.
        if file.redactions.len() >= REDACTIONS {
            return Err(RedactionError::TooOften.into());
        }
        if !areas.is_empty() || !file.redactions.is_empty() {
            file.redactions.push(Redaction {
                version,
                areas: areas.to_vec(),
                picture: picture.cloned(),
            });
        }
        Ok(Covering {
            submission,
            before,
            after,
            noted: None,
            replaced,
        })
    }

    /// Writes it.
    pub(crate) fn commit(
        &self,
        app: &App,
        removal: Option<&Removal>,
        space: SpaceChange,
    ) -> Result<(), StoreError> {
        app.store.cover_evidence(self, removal, space)
    }
}

/// What can be decoded and encoded again.
const COVERED: [&str; 3] = ["image/jpeg", "image/png", "image/webp"];
/// A class has thirty faces.
pub const AREAS: usize = 60;
/// Each is part of the record of its piece.
const REDACTIONS: usize = 12;
/// What a picture is divided into, across and down.
const WHOLE: u32 = 10_000;
/// Far less than anybody can draw.
const SLACK: f64 = 1e-6;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_area_covers_at_least_what_is_asked_for() {
        let area = Area::of_fractions(0.1, 0.2, 0.3, 0.4).expect("an area");
        assert_eq!(area.fractions(), [0.1, 0.2, 0.3, 0.4]);
        assert_eq!(area.pixels(10, 10), [(1, 4), (2, 6)]);
        assert_eq!(area.pixels(7, 3), [(0, 3), (0, 2)]);
        let thin = Area::of_fractions(0.99999, 0.0, 0.00001, 1.0).expect("an area");
        assert_eq!(thin.pixels(4_000, 2), [(3_999, 4_000), (0, 2)]);
    }

    #[test]
    fn nothing_outside_a_picture_is_an_area() {
        for (left, top, width, height) in [
            (-0.1, 0.0, 0.5, 0.5),
            (0.6, 0.0, 0.5, 0.5),
            (0.0, 0.0, 0.0, 1.0),
            (0.0, 0.0, 1.0, -1.0),
            (f64::NAN, 0.0, 1.0, 1.0),
            (0.0, f64::INFINITY, 1.0, 1.0),
            (0.0, 0.0, f64::INFINITY, 1.0),
        ] {
            assert_eq!(Area::of_fractions(left, top, width, height), None);
        }
        assert!(Area::of_fractions(0.0, 0.0, 1.0, 1.0).is_some());
    }
}
