//! What was handed in, frozen.

use super::excerpt::Excerpt;
use super::preparation::{ContextAnswer, ContextEntry};
use super::privacy::{PrivacyAgreement, PrivacyDigest};
use super::spoken::SpokenEntry;
use crate::digest::Sha256Digest;
use crate::id::{EvidenceId, MicroCredentialId, RequirementId, SubmissionId};
use crate::micro_credential::EvidenceKind;
use crate::text::Prose;
use keys::jcs;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// What was handed in: enough to prove later that nothing of it was changed, and not enough for
/// anybody without the salts to learn what it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The submission.
    pub submission: SubmissionId,
    /// 1 for the first version.
    pub version: u32,
    /// What it was handed in for.
    pub micro_credential: MicroCredentialId,
    /// The rubric it will be held against.
    pub rubric_sha256: Sha256Digest,
    /// When.
    pub submitted: Timestamp,
    /// What.
    pub evidence: Vec<ManifestEntry>,
    /// What was said about the setting.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub context: Vec<ContextEntry>,
    /// What was confirmed about the privacy of students.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub privacy_statement: Option<PrivacyDigest>,
}

/// One piece of evidence in a manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestEntry {
    /// The piece.
    pub id: EvidenceId,
    /// What it answers to.
    pub requirement: RequirementId,
    /// What it is.
    pub kind: EvidenceKind,
    /// SHA-256 over the piece's salt and the SHA-256 of its bytes.
    pub salted_sha256: Sha256Digest,
    /// The transcript of a recording.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transcript: Option<SpokenEntry>,
    /// The captions of a recording.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub captions: Option<SpokenEntry>,
    /// The part of a recording that is to be looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub excerpt: Option<Excerpt>,
    /// Of a picture that parts are covered of: SHA-256 over another salt and the SHA-256 of what reviewers saw.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown_salted_sha256: Option<Sha256Digest>,
}

/// A version as it was handed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// What was handed in.
    pub manifest: Manifest,
    /// SHA-256 over the manifest's canonical JSON: the receipt.
    pub manifest_sha256: Sha256Digest,
    /// What the earner wants the reviewer to know.
    pub note: Option<Prose>,
    /// What was said about the setting. It is never scored.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub context: Vec<ContextAnswer>,
    /// What was confirmed about the privacy of students.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub privacy_statement: Option<PrivacyAgreement>,
}

impl Manifest {
    /// The manifest as it is hashed: its canonical JSON (RFC 8785).
    pub fn canonical_json(&self) -> String {
        let document = serde_json::to_value(self)
            .expect("a manifest is made of strings and a small whole number");
        jcs::canonical_text(&document)
    }

    /// SHA-256 over the manifest's canonical JSON.
    pub fn sha256(&self) -> Sha256Digest {
        Sha256Digest::of(self.canonical_json().as_bytes())
    }
}
