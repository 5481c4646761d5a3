//! A submission: one person's way from the first piece of evidence to a decision.
//!
//! What is handed in is frozen as a version with a manifest. After feedback the person changes
//! what was not enough and hands in the next version; earlier versions stay as they were, and
//! criteria that were met stay met.

use crate::app::App;
use crate::digest::{Salt, Sha256Digest};
use crate::error::Error;
use crate::id::{
    AwardId, CriterionId, EvidenceId, LevelId, MicroCredentialId, PersonId, RequirementId,
    SubmissionId, written_as_text,
};
use crate::micro_credential::{self, EvidenceKind, EvidenceRequirement, MicroCredential};
use crate::person::Person;
use crate::store::{StoreError, Stored};
use crate::text::{Line, Prose};
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use url::Url;

/// One person's work towards one micro-credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// Its identifier.
    pub id: SubmissionId,
    /// What it is for; a published version, which never changes.
    pub micro_credential: MicroCredentialId,
    /// Whose work it is.
    pub earner: PersonId,
    /// When it was begun. There is no deadline.
    pub started: Timestamp,
    /// How far it has come.
    pub state: State,
    /// The evidence of the version that is being prepared, or was last handed in.
    pub evidence: Vec<EvidenceEntry>,
    /// How many versions were handed in.
    pub versions: u32,
    /// The criteria met so far.
    pub met: Vec<MetCriterion>,
}

/// How far a submission has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The earner is collecting evidence for the first version.
    Draft,
    /// The last version waits for a review.
    Submitted,
    /// A review gave feedback: the earner may change the evidence and hand in again.
    Returned,
    /// All criteria are met, and an award was made.
    Accepted {
        /// The award.
        award: AwardId,
    },
    /// A reviewer declined it for good.
    Declined {
        /// Why.
        rationale: Prose,
    },
    /// The earner took it back.
    Withdrawn,
}

/// A piece of evidence within a submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceEntry {
    /// Its identifier.
    pub id: EvidenceId,
    /// What it answers to.
    pub requirement: RequirementId,
    /// Whether the badge may name it.
    pub sharing: Sharing,
}

/// Whether a piece of evidence may be named in the badge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sharing {
    /// For the review alone.
    Private,
    /// The badge names it and its digest, and whoever sees the badge may see it.
    Shared,
}

/// A criterion that was met, by which version and at what level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetCriterion {
    /// The criterion.
    pub criterion: CriterionId,
    /// The level reached.
    pub level: LevelId,
    /// The version that reached it.
    pub version: u32,
}

/// A piece of evidence itself. It never changes: another text is another piece.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Its identifier.
    pub id: EvidenceId,
    /// The submission it belongs to.
    pub submission: SubmissionId,
    /// Whose it is.
    pub owner: PersonId,
    /// What it is.
    pub content: EvidenceContent,
    /// Drawn for this piece alone, and known to its owner alone.
    pub salt: Salt,
    /// When it was added.
    pub added: Timestamp,
}

/// What a piece of evidence is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceContent {
    /// A file that lies in the evidence store.
    File(EvidenceFile),
    /// A text, such as a reflection.
    Text(Prose),
    /// An address of something published elsewhere.
    Link(Link),
}

/// A file that lies, whole and synced, in the evidence store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceFile {
    /// Where it lies in the evidence store.
    pub object_key: String,
    /// What its owner called it. Shown, never used as a path.
    pub name: Line,
    /// What it is, judged by its content.
    pub media_type: String,
    /// How many bytes it has.
    pub bytes: u64,
    /// The digest of its bytes, taken while they came in.
    pub sha256: Sha256Digest,
}

/// An `https` address. The service never fetches it.
#[derive(Clone, PartialEq, Eq)]
pub struct Link(Url);

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
}

/// Begins work towards a published micro-credential.
///
/// There is one submission a person and micro-credential, unless an earlier one was withdrawn or
/// declined.
pub fn start(
    app: &App,
    earner: &Person,
    id: &MicroCredentialId,
    now: Timestamp,
) -> Result<Submission, Error> {
    let published = micro_credential::published(app, id)?;
    let submission = Submission {
        id: SubmissionId::draw(&app.random),
        micro_credential: published.id,
        earner: earner.id,
        started: now,
        state: State::Draft,
        evidence: Vec::new(),
        versions: 0,
        met: Vec::new(),
    };
    match app.store.add_submission(&submission) {
        Err(StoreError::Conflict) => Err(Error::conflict(
            "there is a submission of this person for this micro-credential",
        )),
        other => Ok(other.map(|()| submission)?),
    }
}

/// Adds a piece of evidence to what is being prepared.
pub fn add_evidence(
    app: &App,
    earner: &Person,
    id: SubmissionId,
    requirement: &RequirementId,
    content: EvidenceContent,
    now: Timestamp,
) -> Result<Evidence, Error> {
    let held = held_by_its_earner(app, earner, id)?;
    held.value.must_be_in_preparation()?;
    if held.value.evidence.len() >= EVIDENCE {
        return Err(Error::invalid(
            "/evidence",
            format!("a submission has at most {EVIDENCE} pieces of evidence"),
        ));
    }
    let micro_credential = micro_credential::published(app, &held.value.micro_credential)?;
    let Some(asked) = micro_credential.content.requirement(requirement) else {
        return Err(Error::invalid(
            "/requirement",
            "the micro-credential asks for nothing of this name",
        ));
    };
    if !asked.accepts.contains(&content.kind()) {
        return Err(Error::invalid(
            "/content",
            "the requirement does not accept evidence of this kind",
        ));
    }
    let evidence = Evidence {
        id: EvidenceId::draw(&app.random),
        submission: id,
        owner: earner.id,
        content,
        salt: Salt::draw(&app.random),
        added: now,
    };
    let mut changed = held.value.clone();
    changed.evidence.push(EvidenceEntry {
        id: evidence.id,
        requirement: requirement.clone(),
        sharing: Sharing::Private,
    });
    app.store.add_evidence(&held, &changed, &evidence)?;
    Ok(evidence)
}

/// Takes a piece of evidence out of what is being prepared. Versions that were handed in keep it.
pub fn remove_evidence(
    app: &App,
    earner: &Person,
    id: SubmissionId,
    evidence: EvidenceId,
) -> Result<Submission, Error> {
    let held = held_by_its_earner(app, earner, id)?;
    held.value.must_be_in_preparation()?;
    let mut changed = held.value.clone();
    changed.evidence.retain(|entry| entry.id != evidence);
    if changed.evidence.len() == held.value.evidence.len() {
        return Err(Error::NotFound);
    }
    app.store.replace_submission(&held, &changed)?;
    Ok(changed)
}

/// Says whether the badge may name a piece of evidence. Once the badge is earned that is settled.
pub fn share_evidence(
    app: &App,
    earner: &Person,
    id: SubmissionId,
    evidence: EvidenceId,
    sharing: Sharing,
) -> Result<Submission, Error> {
    let held = held_by_its_earner(app, earner, id)?;
    let (State::Draft | State::Submitted | State::Returned) = held.value.state else {
        return Err(Error::conflict(
            "this submission is decided, and what its badge names is settled",
        ));
    };
    let mut changed = held.value.clone();
    let entry = changed
        .evidence
        .iter_mut()
        .find(|entry| entry.id == evidence);
    entry.ok_or(Error::NotFound)?.sharing = sharing;
    app.store.replace_submission(&held, &changed)?;
    Ok(changed)
}

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
        let evidence = app.store.evidence(id, entry.id)?.ok_or(Error::NotFound)?;
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
    app.store.add_version(&held, &changed, &version)?;
    Ok(version)
}

/// Takes the submission back. No record of failure is left: the person may begin anew.
pub fn withdraw(app: &App, earner: &Person, id: SubmissionId) -> Result<Submission, Error> {
    let held = held_by_its_earner(app, earner, id)?;
    match held.value.state {
        State::Draft | State::Submitted | State::Returned => {}
        State::Accepted { .. } | State::Declined { .. } | State::Withdrawn => {
            return Err(Error::conflict(
                "this submission is decided or was withdrawn before",
            ));
        }
    }
    let changed = Submission {
        state: State::Withdrawn,
        ..held.value.clone()
    };
    app.store.withdraw(&held, &changed)?;
    Ok(changed)
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
    if evidence.owner != earner.id {
        return Err(Error::NotFound);
    }
    Ok(evidence)
}

fn held_by_its_earner(
    app: &App,
    earner: &Person,
    id: SubmissionId,
) -> Result<Stored<Submission>, Error> {
    let held = app.store.submission_held(id)?.ok_or(Error::NotFound)?;
    if held.value.earner != earner.id {
        return Err(Error::NotFound);
    }
    Ok(held)
}

impl Submission {
    /// The requirements nothing answers to yet.
    pub fn missing(&self, micro_credential: &MicroCredential) -> Vec<RequirementId> {
        let unanswered = |asked: &&EvidenceRequirement| {
            !self
                .evidence
                .iter()
                .any(|entry| entry.requirement == asked.id)
        };
        let asked = micro_credential.content.evidence_requirements.iter();
        asked
            .filter(unanswered)
            .map(|asked| asked.id.clone())
            .collect()
    }

    fn must_be_in_preparation(&self) -> Result<(), Error> {
        match self.state {
            State::Draft | State::Returned => Ok(()),
            State::Submitted => Err(Error::conflict("this submission waits for its review")),
            State::Accepted { .. } | State::Declined { .. } => {
                Err(Error::conflict("this submission is decided"))
            }
            State::Withdrawn => Err(Error::conflict("this submission was withdrawn")),
        }
    }
}

impl EvidenceContent {
    /// What kind of evidence this is.
    pub fn kind(&self) -> EvidenceKind {
        match self {
            EvidenceContent::File(_) => EvidenceKind::File,
            EvidenceContent::Text(_) => EvidenceKind::Text,
            EvidenceContent::Link(_) => EvidenceKind::Link,
        }
    }

    /// The digest of the file's bytes, of the text, or of the address.
    pub fn sha256(&self) -> Sha256Digest {
        match self {
            EvidenceContent::File(file) => file.sha256,
            EvidenceContent::Text(text) => Sha256Digest::of(text.as_str().as_bytes()),
            EvidenceContent::Link(link) => Sha256Digest::of(link.as_str().as_bytes()),
        }
    }
}

impl Manifest {
    /// SHA-256 over the manifest's canonical JSON (RFC 8785).
    pub fn sha256(&self) -> Sha256Digest {
        let document = serde_json::to_value(self)
            .expect("a manifest is made of strings and a small whole number");
        Sha256Digest::of_canonical_json(&document)
    }
}

/// An address that is not `https`, or longer than a badge should carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("evidence elsewhere is named by an https address of at most {LINK_BYTES} bytes")]
pub struct LinkError;

impl FromStr for Link {
    type Err = LinkError;

    fn from_str(text: &str) -> Result<Link, LinkError> {
        let url = Url::parse(text).map_err(|_| LinkError)?;
        let fits =
            url.scheme() == "https" && url.host().is_some() && url.as_str().len() <= LINK_BYTES;
        fits.then_some(Link(url)).ok_or(LinkError)
    }
}

impl fmt::Display for Link {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

written_as_text!(Link);

impl Link {
    /// The address.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// What a reviewer can be asked to look at.
const EVIDENCE: usize = 20;
/// Nobody needs more attempts, and a stranger could otherwise fill the store with them.
const VERSIONS: u32 = 50;
/// What browsers and databases take everywhere.
const LINK_BYTES: usize = 2_000;
