//! What a reviewer sees: everything that was handed in, and not by whom.

use super::blind::Mask;
use super::claiming::Held;
use super::eligibility::{Reviewing, is_certified, must_be_certified};
use super::{Claim, Draft, Outcome, Review, ReviewError, Score, Seat, Waiting};
use crate::app::App;
use crate::captions::Captions;
use crate::digest::Sha256Digest;
use crate::error::Error;
use crate::id::{EvidenceId, OrganisationId, RequirementId, SubmissionId};
use crate::media_type;
use crate::micro_credential::{self, MicroCredential};
use crate::page::{Page, PageRequest};
use crate::person::Person;
use crate::submission::{
    self, Changes, Evidence, EvidenceContent, Excerpt, ManifestEntry, MetCriterion, SpokenEntry,
    Students,
};
use crate::text::Prose;
use schemas::timestamp::Timestamp;

/// What a reviewer sees: everything that was handed in, and not by whom.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The submission.
    pub submission: SubmissionId,
    /// The organisation that reviews it.
    pub organisation: OrganisationId,
    /// What it is for, with the rubric.
    pub micro_credential: MicroCredential,
    /// The version that waits.
    pub version: u32,
    /// The digest of the rubric it was handed in for.
    pub rubric_sha256: Sha256Digest,
    /// Since when it waits.
    pub since: Timestamp,
    /// Whose turn it is.
    pub seat: Seat,
    /// The reviewer's own claim, if they have one and its time is not over.
    pub claim: Option<Claim>,
    /// What the earner wants the reviewer to know.
    pub note: Option<String>,
    /// What the earner says about the setting, each with its question; never scored.
    pub context: Vec<(String, String)>,
    /// The pieces of evidence in it.
    pub evidence: Vec<Piece>,
    /// What pieces answered to that the version before had and this one has not.
    pub removed: Vec<RequirementId>,
    /// The criteria met by earlier versions; they need no score.
    pub met: Vec<MetCriterion>,
    /// The reviews of earlier versions.
    pub earlier: Vec<Review>,
    /// What this reviewer has scored so far.
    pub draft: Option<Draft>,
    /// What the two reviewers found who do not agree; for the adjudicator alone.
    pub opinions: Vec<Opinion>,
}

/// A piece of evidence as a reviewer sees it.
#[derive(Debug, Clone)]
pub struct Piece {
    /// The piece.
    pub id: EvidenceId,
    /// 1 for the first one.
    pub number: usize,
    /// What it answers to.
    pub requirement: RequirementId,
    /// What it is.
    pub content: Content,
    /// What became of it since the version before.
    pub change: Change,
    /// What is said in it, masked, if its earner has written that down.
    pub transcript: Option<String>,
    /// Its captions, masked, if it has some.
    pub captions: Option<Captions>,
    /// The part of it that is to be looked at.
    pub excerpt: Option<Excerpt>,
    /// Whether it has words or work of students in it, and how their consent stands.
    pub students: Option<Students>,
}

/// What became of a piece since the version before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It is as it was; so is everything in the first version.
    Kept,
    /// It was not there.
    New,
    /// It answers to something else than it did.
    Moved,
    /// It is as it was, with another transcript, other captions or another excerpt.
    Retold,
    /// It took the place of this text, which is masked.
    Rewritten(String),
}

/// What a piece of evidence is, to a reviewer.
#[derive(Debug, Clone)]
pub enum Content {
    /// A file, under a name that says nothing.
    File { media_type: String, bytes: u64 },
    /// A text, masked.
    Text(String),
    /// An address elsewhere.
    Link(String),
    /// An address that says whose it is: masked, so that it leads nowhere.
    MaskedLink(String),
}

/// What one of two reviewers found who do not agree. Which of them it was is not said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opinion {
    /// The scores; none if they would decline it.
    pub scores: Vec<Score>,
    /// Why they would decline it, or what they say about the whole.
    pub comment: Option<Prose>,
    /// Whether they would decline it.
    pub declines: bool,
}

/// Lists what a reviewer may take on for an organisation, oldest first: what nobody else has
/// claimed, and what they have claimed themselves.
pub fn queue(
    app: &App,
    organisation: &OrganisationId,
    reviewer: &Person,
    asked: &PageRequest,
    now: Timestamp,
) -> Result<Page<Waiting>, Error> {
    let roles = app.store.membership(organisation, reviewer.id)?;
    let roles = roles.map(|member| member.roles).unwrap_or_default();
    let reviewing = Reviewing::of(app, reviewer)?;
    let offered = |mut waiting: Waiting| {
        if !roles.contains(&waiting.seat.role()) || waiting.was_scored_by(reviewer) {
            return Ok(None);
        }
        waiting.claim = match waiting.live_claim(app, now)? {
            Some(claim) if !reviewer.is(claim.reviewer) => return Ok(None),
            claim => claim.cloned(),
        };
        let Some(held) = app.store.submission_held(waiting.submission)? else {
            return Ok(None);
        };
        let ineligible = reviewing.ineligible(app, &held.value)?;
        let certified = is_certified(app, reviewer, &held.value, now)?;
        Ok((ineligible.is_none() && certified).then_some(waiting))
    };
    Ok(app.store.waiting(organisation, asked, offered)?)
}

/// Opens what waits for a review, if nobody else is reviewing it.
pub fn open(
    app: &App,
    reviewer: &Person,
    id: SubmissionId,
    now: Timestamp,
) -> Result<Reading, Error> {
    let held = held_by_no_other(app, reviewer, id, now)?;
    let (submission, waiting) = (held.submission.value, held.waiting.value);
    let mask = Mask::of(app, submission.earner, &submission.organisation)?;
    let version = app
        .store
        .version(id, waiting.version)?
        .ok_or(Error::Missing("the version that waits"))?;
    let changes = submission.changes(app, waiting.version)?;
    let mut evidence = Vec::new();
    for (place, entry) in version.manifest.evidence.iter().enumerate() {
        let piece = app.store.evidence(id, entry.id)?;
        let piece = piece.ok_or(Error::Missing("a piece of evidence"))?;
        let piece = piece.into_what_others_see(waiting.version);
        let change = match &changes {
            Some(changes) => Change::of(app, &mask, changes, id, entry.id)?,
            None => Change::Kept,
        };
        evidence.push(Piece {
            id: entry.id,
            number: place + 1,
            requirement: entry.requirement.clone(),
            content: Content::of(&mask, piece),
            change,
            transcript: masked(app, &mask, id, entry.transcript.as_ref())?,
            captions: masked_captions(app, &mask, id, entry.captions.as_ref())?,
            excerpt: entry.excerpt,
            students: submission.students_in(entry.id),
        });
    }
    let earlier = app.store.reviews(id)?;
    let wanted = micro_credential::published(app, &submission.micro_credential)?;
    let context = version.context.iter().map(|answer| {
        let mut prompts = wanted.content.context_prompts.iter();
        let asked = prompts.find(|prompt| prompt.id == answer.prompt);
        let question = asked.map(|asked| asked.question.to_string());
        (
            question.unwrap_or_default(),
            mask.text(answer.text.as_str()),
        )
    });
    let removed = changes.map(|changes| changes.removed).unwrap_or_default();
    Ok(Reading {
        submission: id,
        organisation: submission.organisation,
        version: waiting.version,
        rubric_sha256: version.manifest.rubric_sha256,
        since: waiting.since,
        seat: waiting.seat,
        note: version.note.map(|note| mask.text(note.as_str())),
        context: context.collect(),
        evidence,
        removed: removed.into_iter().map(|entry| entry.requirement).collect(),
        micro_credential: wanted,
        met: submission.met,
        earlier: earlier.iter().map(|review| mask.review(review)).collect(),
        draft: app
            .store
            .review_draft(id, reviewer.id)?
            .filter(|draft| draft.version == waiting.version),
        opinions: opinions(app, &mask, &waiting)?,
        claim: waiting.live_claim(app, now)?.cloned(),
    })
}

/// Finds one piece of the evidence that waits for a review, and what is shown of it.
pub fn evidence(
    app: &App,
    reviewer: &Person,
    id: SubmissionId,
    evidence: EvidenceId,
    now: Timestamp,
) -> Result<(Content, Evidence), Error> {
    let (_, mask, version) = entry(app, reviewer, id, evidence, now)?;
    let found = app.store.evidence(id, evidence)?.ok_or(Error::NotFound)?;
    let found = found.into_what_others_see(version);
    Ok((Content::of(&mask, found.clone()), found))
}

/// Finds the captions of a recording that waits for a review, masked; nothing if it has none.
pub fn captions(
    app: &App,
    reviewer: &Person,
    id: SubmissionId,
    evidence: EvidenceId,
    now: Timestamp,
) -> Result<Option<Captions>, Error> {
    let (entry, mask, _) = entry(app, reviewer, id, evidence, now)?;
    masked_captions(app, &mask, id, entry.captions.as_ref())
}

/// Captions as a reviewer reads them.
fn masked_captions(
    app: &App,
    mask: &Mask,
    id: SubmissionId,
    named: Option<&SpokenEntry>,
) -> Result<Option<Captions>, Error> {
    let text = submission::spoken_text(app, id, named.map(|named| named.id))?;
    let Some(text) = text else { return Ok(None) };
    let captions: Captions = text.parse()?;
    Ok(Some(captions.each(|text| mask.text(text))))
}

/// What the manifest of the version that waits says of a piece, what is masked in it, and the version's number.
fn entry(
    app: &App,
    reviewer: &Person,
    id: SubmissionId,
    evidence: EvidenceId,
    now: Timestamp,
) -> Result<(ManifestEntry, Mask, u32), Error> {
    let held = held_by_no_other(app, reviewer, id, now)?;
    let (submission, waiting) = (held.submission.value, held.waiting.value);
    let version = app.store.version(id, waiting.version)?;
    let version = version.ok_or(Error::Missing("the version that waits"))?;
    let mut entries = version.manifest.evidence.into_iter();
    let entry = entries.find(|entry| entry.id == evidence);
    let mask = Mask::of(app, submission.earner, &submission.organisation)?;
    Ok((entry.ok_or(Error::NotFound)?, mask, waiting.version))
}

/// A transcript as a reviewer reads it.
fn masked(
    app: &App,
    mask: &Mask,
    id: SubmissionId,
    named: Option<&SpokenEntry>,
) -> Result<Option<String>, Error> {
    let text = submission::spoken_text(app, id, named.map(|named| named.id))?;
    Ok(text.map(|text| mask.text(&text)))
}

fn held_by_no_other(
    app: &App,
    reviewer: &Person,
    id: SubmissionId,
    now: Timestamp,
) -> Result<Held, Error> {
    let held = Held::of(app, reviewer, id)?;
    must_be_certified(app, reviewer, &held.submission.value, now)?;
    match held.waiting.value.live_claim(app, now)? {
        Some(claim) if !reviewer.is(claim.reviewer) => Err(ReviewError::Claimed.into()),
        _ => Ok(held),
    }
}

/// What the two found who do not agree, in an order that follows from the lot: neither of them is
/// always the one above.
fn opinions(app: &App, mask: &Mask, waiting: &Waiting) -> Result<Vec<Opinion>, Error> {
    if waiting.seat != Seat::Adjudicator {
        return Ok(Vec::new());
    }
    let scorings = app.store.scorings(waiting.submission, waiting.version)?;
    let opinion = |scoring: super::Scoring| match scoring.outcome {
        Outcome::Scored(scores) => Opinion {
            scores: scores.iter().map(|score| mask.score(score)).collect(),
            comment: scoring.comment.map(|text| mask.prose(&text)),
            declines: false,
        },
        Outcome::Declined(rationale) => Opinion {
            scores: Vec::new(),
            comment: Some(mask.prose(&rationale)),
            declines: true,
        },
    };
    let mut opinions: Vec<_> = scorings.into_iter().map(opinion).collect();
    if waiting.lot.is_among(50) {
        opinions.reverse();
    }
    Ok(opinions)
}

impl Change {
    fn of(
        app: &App,
        mask: &Mask,
        changes: &Changes,
        submission: SubmissionId,
        id: EvidenceId,
    ) -> Result<Change, Error> {
        let mut rewritten = changes.rewritten.iter();
        if let Some((was, _)) = rewritten.find(|(_, now)| now.id == id) {
            let before = app.store.evidence(submission, was.id)?;
            let before = before.ok_or(Error::Missing("an earlier text"))?;
            if let EvidenceContent::Text(text) = before.content {
                return Ok(Change::Rewritten(mask.text(text.as_str())));
            }
        }
        let is_among = |entries: &[ManifestEntry]| entries.iter().any(|entry| entry.id == id);
        Ok(match () {
            () if is_among(&changes.added) => Change::New,
            () if is_among(&changes.moved) => Change::Moved,
            () if is_among(&changes.retold) => Change::Retold,
            () => Change::Kept,
        })
    }
}

impl Content {
    /// What is shown of a piece of evidence.
    pub(crate) fn of(mask: &Mask, evidence: Evidence) -> Content {
        match evidence.content {
            EvidenceContent::File(file) => Content::File {
                media_type: file.media_type,
                bytes: file.bytes,
            },
            EvidenceContent::Text(text) => Content::Text(mask.text(text.as_str())),
            EvidenceContent::Link(link) if mask.is_needed(link.as_str()) => {
                Content::MaskedLink(mask.text(link.as_str()))
            }
            EvidenceContent::Link(link) => Content::Link(link.to_string()),
            // What waits for a review is never removed; calibrations go back to what was decided long ago.
            EvidenceContent::Removed(_) => Content::Text(REMOVED.to_owned()),
        }
    }
}

/// What is shown in the place of what was removed.
const REMOVED: &str = "This piece was removed: the time was over for which evidence is kept.";

impl Piece {
    /// Whether it is a recording, whose places are times.
    pub fn is_recording(&self) -> bool {
        let Content::File { media_type, .. } = &self.content else {
            return false;
        };
        media_type.starts_with("audio/") || media_type.starts_with("video/")
    }

    /// What it is called: its number, and what it is.
    pub fn name(&self) -> String {
        let number = self.number;
        match &self.content {
            Content::File { media_type, .. } => {
                format!("evidence-{number}.{}", media_type::extension(media_type))
            }
            Content::Text(_) => format!("evidence-{number}.txt"),
            Content::Link(_) | Content::MaskedLink(_) => format!("evidence-{number}.uri"),
        }
    }
}
