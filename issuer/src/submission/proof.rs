//! The proof that a file is what was assessed: handed out by the service, checked by anybody, offline.
//!
//! A badge names the digest of a manifest, and the manifest has for each piece a digest over a salt and the
//! digest of the piece. Whoever has the manifest and the salt of one piece can hold a file against it, and learns
//! of the other pieces what kind they are and what they answer to, and nothing of what is in them.

use std::io::{self, Read};

use schemas::json::{self, JsonLimits};
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::Digest as _;

use super::Evidence;
use super::manifest::{Manifest, ManifestEntry};
use crate::digest::{Salt, Sha256Digest};
use crate::id::{EvidenceId, RequirementId};
use crate::micro_credential::EvidenceKind;

/// What its owner needs in order to prove that a piece of evidence is what was assessed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceProof {
    /// The version of this format.
    pub evidence_proof: u32,
    /// The manifest, just as it was hashed.
    pub manifest: Value,
    /// The piece that is proven.
    pub evidence: EvidenceId,
    /// SHA-256 of the piece itself.
    pub sha256: Sha256Digest,
    /// The salt of that piece, and of no other.
    pub salt: Salt,
    /// Where parts of a picture were covered: the picture that reviewers saw.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<ShownProof>,
}

/// What proves that a picture is the one that reviewers saw.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShownProof {
    /// SHA-256 of the picture.
    pub sha256: Sha256Digest,
    /// Its salt, from which that of the original does not follow.
    pub salt: Salt,
}

/// Which of two files somebody presents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AssessedForm {
    /// The file as it was handed in.
    HandedIn,
    /// The picture with parts covered, which reviewers saw.
    Shown,
}

/// What a proof shows of a piece of evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessed {
    /// What it answers to.
    pub requirement: RequirementId,
    /// What it is.
    pub kind: EvidenceKind,
    /// The version it was handed in with.
    pub version: u32,
    /// When that was handed in.
    pub submitted: Timestamp,
    /// Whether it is the file itself.
    pub form: AssessedForm,
}

/// Why a proof does not show that a file is what was assessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EvidenceProofError {
    /// The file is no proof.
    #[error("the proof cannot be read: it is none, or one of a format that is not known here")]
    Malformed,
    /// The badge says nothing of what was assessed.
    #[error("the badge names no manifest, so nothing can be proven by it")]
    NoManifest,
    /// The manifest is another badge's, or was changed.
    #[error("the manifest in the proof is not the one that the badge names")]
    ManifestMismatch,
    /// The manifest does not have the piece.
    #[error("the manifest has no such piece of evidence")]
    NoSuchEvidence,
    /// The salt, or the digest beside it, is not that of the piece.
    #[error("the salt and the digest in the proof are not those of this piece of the manifest")]
    SaltMismatch,
    /// The file is another one.
    #[error("this is not the file that the proof is about")]
    FileMismatch,
}

/// The digest of a file that somebody presents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileDigest {
    whole: Sha256Digest,
    /// The same without the end of its last line, if it is small enough to be an address.
    without_line_end: Option<Sha256Digest>,
}

impl EvidenceProofError {
    /// The stable code of this error.
    pub fn code(self) -> &'static str {
        match self {
            EvidenceProofError::Malformed => "evidence_proof.malformed",
            EvidenceProofError::NoManifest => "evidence_proof.no_manifest",
            EvidenceProofError::ManifestMismatch => "evidence_proof.manifest_mismatch",
            EvidenceProofError::NoSuchEvidence => "evidence_proof.no_such_evidence",
            EvidenceProofError::SaltMismatch => "evidence_proof.salt_mismatch",
            EvidenceProofError::FileMismatch => "evidence_proof.file_mismatch",
        }
    }
}

impl EvidenceProof {
    /// The proof of a piece that a manifest has.
    pub fn new(manifest: &Manifest, evidence: &Evidence) -> EvidenceProof {
        EvidenceProof {
            evidence_proof: FORMAT,
            manifest: serde_json::to_value(manifest)
                .expect("a manifest is made of strings and small whole numbers"),
            evidence: evidence.id,
            sha256: evidence.content.sha256(),
            salt: evidence.salt,
            shown: evidence
                .covered_in(manifest.version)
                .map(|(sha256, salt)| ShownProof { sha256, salt }),
        }
    }

    /// Reads a proof that somebody presents.
    pub fn read(bytes: &[u8]) -> Result<EvidenceProof, EvidenceProofError> {
        if bytes.len() > Self::BYTES {
            return Err(EvidenceProofError::Malformed);
        }
        // Strictly: a member that stands twice would be hashed in one reading and shown in another.
        let document = json::read(bytes, &JsonLimits::default());
        let document = document.map_err(|_| EvidenceProofError::Malformed)?;
        let proof: EvidenceProof =
            serde_json::from_value(document).map_err(|_| EvidenceProofError::Malformed)?;
        match proof.evidence_proof {
            FORMAT => Ok(proof),
            _ => Err(EvidenceProofError::Malformed),
        }
    }

    /// Holds a file against what a badge names as assessed. The badge must have been proven before: here is
    /// only looked at what it says.
    pub fn check(&self, badge: &Value, file: &FileDigest) -> Result<Assessed, EvidenceProofError> {
        // 1. The manifest is the one that the badge names. The document is hashed, not what was read of it.
        let named = named_manifests(badge);
        if named.is_empty() {
            return Err(EvidenceProofError::NoManifest);
        }
        let manifest = Sha256Digest::of_canonical_json(&self.manifest).sri();
        if !named.contains(&manifest.as_str()) {
            return Err(EvidenceProofError::ManifestMismatch);
        }

        // 2. It has the piece, and the salt makes the digest of the piece what stands there.
        let manifest: Manifest = serde_json::from_value(self.manifest.clone())
            .map_err(|_| EvidenceProofError::Malformed)?;
        let of_piece = |entry: &&ManifestEntry| entry.id == self.evidence;
        let entry = manifest.evidence.iter().find(of_piece);
        let entry = entry.ok_or(EvidenceProofError::NoSuchEvidence)?;
        if self.sha256.salted(&self.salt) != entry.salted_sha256 {
            return Err(EvidenceProofError::SaltMismatch);
        }
        let shown = self.shown.as_ref();
        let salted = |shown: &ShownProof| shown.sha256.salted(&shown.salt);
        if shown.is_some_and(|shown| entry.shown_salted_sha256 != Some(salted(shown))) {
            return Err(EvidenceProofError::SaltMismatch);
        }

        // 3. The file is that piece, as it was handed in or as it was shown.
        let form = if file.is(self.sha256, entry.kind) {
            AssessedForm::HandedIn
        } else if shown.is_some_and(|shown| file.is(shown.sha256, entry.kind)) {
            AssessedForm::Shown
        } else {
            return Err(EvidenceProofError::FileMismatch);
        };
        Ok(Assessed {
            requirement: entry.requirement.clone(),
            kind: entry.kind,
            version: manifest.version,
            submitted: manifest.submitted,
            form,
        })
    }

    /// What a proof is served as.
    pub const MEDIA_TYPE: &str = "application/vnd.assay.evidence-proof+json";

    /// A manifest of twenty pieces has five kilobytes; what programs of the future add fits as well.
    pub const BYTES: usize = 256 * 1024;
}

impl FileDigest {
    /// The digest of a file of any size.
    pub fn of(mut file: impl Read) -> io::Result<FileDigest> {
        let mut hasher = sha2::Sha256::new();
        let (mut head, mut bytes) = (Vec::new(), 0_u64);
        let mut piece = vec![0; 64 * 1024];
        loop {
            let read = match file.read(&mut piece)? {
                0 => break,
                read => &piece[..read],
            };
            hasher.update(read);
            bytes += read.len() as u64;
            let room = LINE_BYTES.saturating_sub(head.len()).min(read.len());
            head.extend_from_slice(&read[..room]);
        }
        let without_line_end =
            (bytes == head.len() as u64).then(|| Sha256Digest::of(head.trim_ascii_end()));
        Ok(FileDigest {
            whole: Sha256Digest::from(<[u8; 32]>::from(hasher.finalize())),
            without_line_end,
        })
    }

    /// Whether it is that of a piece of evidence. An address is one line of a list of addresses (RFC 2483),
    /// which is how it is handed out; its line end is not part of it.
    fn is(&self, sha256: Sha256Digest, kind: EvidenceKind) -> bool {
        self.whole == sha256
            || (kind == EvidenceKind::Link && self.without_line_end == Some(sha256))
    }
}

/// The digests of the manifests that a badge names among its related resources.
fn named_manifests(badge: &Value) -> Vec<&str> {
    let resources = match &badge["relatedResource"] {
        Value::Array(resources) => resources.as_slice(),
        Value::Null => &[],
        one => std::slice::from_ref(one),
    };
    let digests = resources.iter().map(|resource| &resource["digestSRI"]);
    digests.filter_map(Value::as_str).collect()
}

/// The format that is written and read here.
const FORMAT: u32 = 1;

/// The longest address is shorter.
const LINE_BYTES: usize = 4 * 1024;
