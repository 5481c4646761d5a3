//! Submissions and their versions as they are told of.

use schemas::timestamp::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::spoken::ExcerptBody;
use super::students::StudentsState;
use crate::digest::Sha256Digest;
use crate::http::openapi::DateTime;
use crate::id::{
    AwardId, CriterionId, EvidenceId, LevelId, MicroCredentialId, OrganisationId, RequirementId,
    SubmissionId,
};
use crate::submission::{
    About, Changes, ContextAnswer, EvidenceEntry, Manifest, ManifestEntry, MetCriterion, Sharing,
    Spoken, State as Stage, Submission, Version, Warning,
};
use crate::text::Prose;
use crate::wording;

#[derive(Serialize, ToSchema)]
pub(super) struct SubmissionBody {
    id: SubmissionId,
    micro_credential: MicroCredentialId,
    organisation: OrganisationId,
    #[schema(value_type = DateTime)]
    started: Timestamp,
    state: StateBody,
    #[serde(skip_serializing_if = "Option::is_none")]
    award: Option<AwardId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rationale: Option<Prose>,
    versions: u32,
    evidence: Vec<EntryBody>,
    met: Vec<MetBody>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum StateBody {
    Draft,
    Submitted,
    Returned,
    Accepted,
    Declined,
    Withdrawn,
}

#[derive(Serialize, ToSchema)]
pub(super) struct EntryBody {
    id: EvidenceId,
    /// What it answers to; nothing while it is only collected.
    #[serde(skip_serializing_if = "Option::is_none")]
    requirement: Option<RequirementId>,
    sharing: Sharing,
    /// Which of the two ways of writing down what is said in a recording are there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    spoken: Vec<Spoken>,
    /// The part of a recording that is to be looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    excerpt: Option<ExcerptBody>,
    /// How the consent of students stands whose words or work it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    students: Option<StudentsState>,
}

#[derive(Serialize, ToSchema)]
pub struct MetBody {
    criterion: CriterionId,
    level: LevelId,
    version: u32,
}

/// The receipt of a version that was handed in.
#[derive(Serialize, ToSchema)]
pub(super) struct ReceiptBody {
    version: u32,
    manifest: Manifest,
    manifest_sha256: Sha256Digest,
}

/// A version as it was handed in, and what is different in it.
#[derive(Serialize, ToSchema)]
pub(super) struct VersionBody {
    #[serde(flatten)]
    receipt: ReceiptBody,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<Prose>,
    context: Vec<AnswerBody>,
    /// The student-privacy statement that was confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    privacy_statement: Option<StatementBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    changes: Option<ChangesBody>,
}

/// An answer about the setting.
#[derive(Serialize, ToSchema)]
pub(super) struct AnswerBody {
    prompt: RequirementId,
    text: Prose,
}

/// What was confirmed, or is to be.
#[derive(Serialize, ToSchema)]
pub(super) struct StatementBody {
    pub(super) version: u32,
    pub(super) text: String,
}

/// Something that can still be changed before it is handed in.
#[derive(Serialize, ToSchema)]
pub(super) struct WarningBody {
    code: &'static str,
    /// The piece it is about; without one it is about the note, or an answer about the setting.
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<EvidenceId>,
    /// The requirement that the piece answers to, or the question.
    #[serde(skip_serializing_if = "Option::is_none")]
    requirement: Option<RequirementId>,
    /// The words that reviewers will not see.
    words: Vec<String>,
    message: &'static str,
}

/// What is different from the version before.
#[derive(Serialize, ToSchema)]
pub(super) struct ChangesBody {
    since: u32,
    added: Vec<ChangedBody>,
    rewritten: Vec<RewrittenBody>,
    moved: Vec<ChangedBody>,
    /// Recordings with another transcript, other captions or another excerpt.
    retold: Vec<ChangedBody>,
    removed: Vec<ChangedBody>,
    kept: Vec<ChangedBody>,
}

/// A piece, and what it answers to.
#[derive(Serialize, ToSchema)]
pub(super) struct ChangedBody {
    evidence: EvidenceId,
    requirement: RequirementId,
}

/// A text that was written anew.
#[derive(Serialize, ToSchema)]
pub(super) struct RewrittenBody {
    requirement: RequirementId,
    before: EvidenceId,
    after: EvidenceId,
}

impl VersionBody {
    pub(super) fn new(version: Version, changes: Option<Changes>) -> VersionBody {
        let answer = |answer: &ContextAnswer| AnswerBody {
            prompt: answer.prompt.clone(),
            text: answer.text.clone(),
        };
        VersionBody {
            note: version.note.clone(),
            context: version.context.iter().map(answer).collect(),
            privacy_statement: version
                .privacy_statement
                .clone()
                .map(|agreed| StatementBody {
                    version: agreed.version,
                    text: agreed.text,
                }),
            changes: changes.map(ChangesBody::from),
            receipt: version.into(),
        }
    }
}

impl From<Changes> for ChangesBody {
    fn from(changes: Changes) -> ChangesBody {
        let one = |entry: ManifestEntry| ChangedBody {
            evidence: entry.id,
            requirement: entry.requirement,
        };
        let all = |entries: Vec<ManifestEntry>| entries.into_iter().map(one).collect();
        let rewritten = changes.rewritten.into_iter();
        ChangesBody {
            since: changes.since,
            added: all(changes.added),
            rewritten: rewritten
                .map(|(before, after)| RewrittenBody {
                    requirement: after.requirement,
                    before: before.id,
                    after: after.id,
                })
                .collect(),
            moved: all(changes.moved),
            retold: all(changes.retold),
            removed: all(changes.removed),
            kept: all(changes.kept),
        }
    }
}

impl From<Submission> for SubmissionBody {
    fn from(found: Submission) -> SubmissionBody {
        let entry = |entry: EvidenceEntry| EntryBody {
            id: entry.id,
            requirement: entry.requirement,
            sharing: entry.sharing,
            excerpt: entry.excerpt.map(ExcerptBody::from),
            spoken: Spoken::ALL
                .into_iter()
                .filter(|spoken| entry.spoken.of(*spoken).is_some())
                .collect(),
            students: StudentsState::told(entry.students.as_ref()),
        };
        let (state, award, rationale) = match found.state {
            Stage::Draft => (StateBody::Draft, None, None),
            Stage::Submitted => (StateBody::Submitted, None, None),
            Stage::Returned => (StateBody::Returned, None, None),
            Stage::Accepted { award } => (StateBody::Accepted, Some(award), None),
            Stage::Declined { rationale } => (StateBody::Declined, None, Some(rationale)),
            Stage::Withdrawn => (StateBody::Withdrawn, None, None),
        };
        SubmissionBody {
            id: found.id,
            micro_credential: found.micro_credential,
            organisation: found.organisation,
            started: found.started,
            state,
            award,
            rationale,
            versions: found.versions,
            evidence: found.evidence.into_iter().map(entry).collect(),
            met: found.met.into_iter().map(MetBody::from).collect(),
        }
    }
}

impl From<Warning> for WarningBody {
    fn from(warning: Warning) -> WarningBody {
        let (evidence, requirement) = match warning.about {
            About::Piece {
                evidence,
                requirement,
            } => (Some(evidence), Some(requirement)),
            About::Context(prompt) => (None, Some(prompt)),
            About::Note => (None, None),
        };
        WarningBody {
            code: warning.kind.code(),
            message: wording::of_warning(&warning.kind),
            words: warning.kind.words().to_vec(),
            evidence,
            requirement,
        }
    }
}

impl From<MetCriterion> for MetBody {
    fn from(met: MetCriterion) -> MetBody {
        MetBody {
            criterion: met.criterion,
            level: met.level,
            version: met.version,
        }
    }
}

impl From<Version> for ReceiptBody {
    fn from(version: Version) -> ReceiptBody {
        ReceiptBody {
            version: version.manifest.version,
            manifest_sha256: version.manifest_sha256,
            manifest: version.manifest,
        }
    }
}
