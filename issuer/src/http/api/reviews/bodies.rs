//! What reviews look like in the interface.

use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::finished::EarlierBody;
use crate::http::api::micro_credentials::MicroCredentialBody;
use crate::http::api::submissions::MetBody;
use crate::http::api::submissions::spoken::ExcerptBody;
use crate::http::api::submissions::students::StudentsState;
use crate::http::edge::Edge;
use crate::http::openapi::DateTime;
use crate::id::{CriterionId, EvidenceId, LevelId, MicroCredentialId, RequirementId, SubmissionId};
use crate::organisation::Role;
use crate::review::{Change, Content, Opinion, Piece, Reading, Waiting};
use crate::text::Prose;

/// What waits for a review, and for whom.
#[derive(Serialize, ToSchema)]
pub struct WaitingBody {
    submission: SubmissionId,
    micro_credential: MicroCredentialId,
    version: u32,
    #[schema(value_type = DateTime)]
    since: Timestamp,
    /// The role whose turn it is: `reviewer` or `adjudicator`.
    waits_for: Role,
    /// Until when the caller has it to themselves, if they have claimed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<DateTime>)]
    claimed_until: Option<Timestamp>,
}

/// Everything that was handed in, and not by whom.
#[derive(Serialize, ToSchema)]
pub struct ReadingBody {
    submission: SubmissionId,
    version: u32,
    #[schema(value_type = DateTime)]
    since: Timestamp,
    waits_for: Role,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<DateTime>)]
    claimed_until: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    micro_credential: MicroCredentialBody,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    context: Vec<ContextBody>,
    evidence: Vec<PieceBody>,
    /// What pieces answered to that the version before had and this one has not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    removed: Vec<RequirementId>,
    met: Vec<MetBody>,
    earlier: Vec<EarlierBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    draft: Option<DraftBody>,
    /// What two reviewers found who do not agree. An adjudicator sees it, and nobody else.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    opinions: Vec<OpinionBody>,
}

/// A piece of evidence under a name that says nothing, with its texts masked.
#[derive(Serialize, ToSchema)]
struct PieceBody {
    id: EvidenceId,
    requirement: RequirementId,
    name: String,
    /// What became of it since the version before; left out if it is as it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    change: Option<ChangeBody>,
    /// The text that it took the place of, if it was written anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<String>,
    /// How the consent of students stands whose words or work it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    students: Option<StudentsState>,
    #[serde(flatten)]
    content: ContentBody,
    /// What is said in a recording, if its earner has written that down.
    #[serde(skip_serializing_if = "Option::is_none")]
    transcript: Option<String>,
    /// Whether a recording has captions, which are at `/captions` below its address.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    captions: bool,
    /// The part of a recording that the earner asks to be looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    excerpt: Option<ExcerptBody>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ChangeBody {
    New,
    Moved,
    /// It has another transcript, other captions or another excerpt.
    Retold,
    Rewritten,
}

/// What the earner says about the setting. It is never scored.
#[derive(Serialize, ToSchema)]
struct ContextBody {
    question: String,
    answer: String,
}

#[derive(Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum ContentBody {
    File {
        media_type: String,
        bytes: u64,
    },
    Text {
        text: String,
    },
    Link {
        link: String,
    },
    /// The address says whose it is: it is masked, and leads nowhere.
    MaskedLink {
        link: String,
    },
}

/// What one of two reviewers found.
#[derive(Serialize, ToSchema)]
struct OpinionBody {
    scores: Vec<ScoreBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<Prose>,
    declines: bool,
}

/// The level of one criterion.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScoreBody {
    pub(super) criterion: CriterionId,
    pub(super) level: LevelId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) comment: Option<Prose>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) pins: Vec<PinBody>,
}

/// A comment that is pinned to a place in a piece of evidence.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PinBody {
    pub(super) evidence: EvidenceId,
    pub(super) at: SpotBody,
    pub(super) comment: Prose,
}

/// Seconds from the beginning of a recording, or a page, the first of which is 1.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SpotBody {
    Second(u32),
    Page(u32),
}

/// What was scored so far: levels may be missing.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftBody {
    pub(super) version: u32,
    pub(super) scores: Vec<DraftScoreBody>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) comment: Option<Prose>,
    #[serde(default)]
    pub(super) doubt: bool,
}

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftScoreBody {
    pub(super) criterion: CriterionId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) level: Option<LevelId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) comment: Option<Prose>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) pins: Vec<PinBody>,
}

/// The levels of the criteria that are not met yet, all of them.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FinishBody {
    pub(super) version: u32,
    pub(super) scores: Vec<ScoreBody>,
    #[serde(default)]
    pub(super) comment: Option<Prose>,
    /// Whether somebody else should look at it too, where the policy asks.
    #[serde(default)]
    pub(super) doubt: bool,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclineBody {
    pub(super) version: u32,
    pub(super) rationale: Prose,
}

impl ReadingBody {
    pub fn new(edge: &Edge, reading: Reading) -> ReadingBody {
        ReadingBody {
            submission: reading.submission,
            version: reading.version,
            since: reading.since,
            waits_for: reading.seat.role(),
            claimed_until: reading.claim.map(|claim| claim.until),
            note: reading.note,
            context: all(reading.context),
            evidence: all(reading.evidence),
            removed: reading.removed,
            micro_credential: MicroCredentialBody::new(edge, reading.micro_credential),
            met: all(reading.met),
            earlier: all(reading.earlier),
            draft: reading.draft.map(DraftBody::from),
            opinions: all(reading.opinions),
        }
    }
}

impl From<Waiting> for WaitingBody {
    fn from(waiting: Waiting) -> WaitingBody {
        WaitingBody {
            submission: waiting.submission,
            micro_credential: waiting.micro_credential,
            version: waiting.version,
            since: waiting.since,
            waits_for: waiting.seat.role(),
            claimed_until: waiting.claim.map(|claim| claim.until),
        }
    }
}

impl From<(String, String)> for ContextBody {
    fn from((question, answer): (String, String)) -> ContextBody {
        ContextBody { question, answer }
    }
}

impl From<Piece> for PieceBody {
    fn from(piece: Piece) -> PieceBody {
        let name = piece.name();
        let (change, before) = match piece.change {
            Change::Kept => (None, None),
            Change::New => (Some(ChangeBody::New), None),
            Change::Moved => (Some(ChangeBody::Moved), None),
            Change::Retold => (Some(ChangeBody::Retold), None),
            Change::Rewritten(before) => (Some(ChangeBody::Rewritten), Some(before)),
        };
        PieceBody {
            name,
            id: piece.id,
            requirement: piece.requirement,
            change,
            before,
            transcript: piece.transcript,
            captions: piece.captions.is_some(),
            excerpt: piece.excerpt.map(ExcerptBody::from),
            students: StudentsState::told(piece.students.as_ref()),
            content: match piece.content {
                Content::File { media_type, bytes } => ContentBody::File { media_type, bytes },
                Content::Text(text) => ContentBody::Text { text },
                Content::Link(link) => ContentBody::Link { link },
                Content::MaskedLink(link) => ContentBody::MaskedLink { link },
            },
        }
    }
}

impl From<Opinion> for OpinionBody {
    fn from(opinion: Opinion) -> OpinionBody {
        OpinionBody {
            scores: all(opinion.scores),
            comment: opinion.comment,
            declines: opinion.declines,
        }
    }
}

pub(super) fn all<T, U: From<T>>(items: Vec<T>) -> Vec<U> {
    items.into_iter().map(U::from).collect()
}
