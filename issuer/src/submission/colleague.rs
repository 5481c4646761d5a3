//! A colleague who looks at a draft before it is handed in, and says what they think.
//!
//! An invitation is a link for one person: whoever opens it first and has signed in is that person. It is good for
//! the version that is being prepared: it ends when that is handed in, or when the earner takes it back. What
//! colleagues say is for the earner; no reviewer sees it, and whoever was asked does not review.

use super::evidence::{Evidence, EvidenceContent};
use super::preparation::{Preparation, no_longer};
use super::{State, Submission, held_by_its_earner};
use crate::app::App;
use crate::digest::Sha256Digest;
use crate::engine::Batch;
use crate::error::Error;
use crate::id::{ColleagueId, CommentId, EvidenceId, PersonId, RequirementId, SubmissionId};
use crate::letter;
use crate::link::LinkSecret;
use crate::mail;
use crate::micro_credential::{self, MicroCredential};
use crate::page::PageRequest;
use crate::person::{Email, Person};
use crate::text::{Line, Prose};
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// Somebody who was asked to look at a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Colleague {
    /// Their name in lists; it opens nothing.
    pub id: ColleagueId,
    /// The submission.
    pub submission: SubmissionId,
    /// The version that was being prepared, and that they may look at until it is handed in.
    pub version: u32,
    /// What the earner calls them.
    pub name: Line,
    /// Where the link was sent, if it was.
    pub email: Option<Email>,
    /// The digest of the link's secret.
    pub secret: Sha256Digest,
    /// When they were asked.
    pub asked: Timestamp,
    /// Who opened the link.
    pub person: Option<PersonId>,
}

/// Whom the secret of a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ColleagueLink {
    pub(crate) submission: SubmissionId,
    pub(crate) colleague: ColleagueId,
}

/// What a colleague says of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// Its name.
    pub id: CommentId,
    /// The submission.
    pub submission: SubmissionId,
    /// The version that was being prepared.
    pub version: u32,
    /// Who says it.
    pub by: PersonId,
    /// What they were called when they said it.
    pub name: Line,
    /// What it is about, if not the whole.
    pub requirement: Option<RequirementId>,
    /// What it is.
    pub kind: CommentKind,
    /// What they say.
    pub text: Prose,
    /// When.
    pub at: Timestamp,
}

/// What a comment is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommentKind {
    /// What somebody thinks.
    #[default]
    Comment,
    /// The word of a coach, which is asked for after several attempts.
    CoachNote,
}

/// Asks somebody to look at a draft. The secret makes the link; where there is an address, it is sent there.
pub fn invite_colleague(
    app: &App,
    earner: &Person,
    id: SubmissionId,
    name: Line,
    email: Option<Email>,
    now: Timestamp,
) -> Result<(Colleague, LinkSecret), Error> {
    let held = held_by_its_earner(app, earner, id)?;
    held.value.must_be_in_preparation()?;
    may_ask(app, &held.value)?;
    if let Some(email) = &email {
        app.link_limits.letter(email, now)?;
    }
    let secret = LinkSecret::draw(&app.random);
    let colleague = Colleague {
        id: ColleagueId::draw(&app.random),
        submission: id,
        version: held.value.versions + 1,
        name,
        email,
        secret: secret.digest(),
        asked: now,
        person: None,
    };
    let mut batch = Batch::default();
    held.require_unchanged(&mut batch);
    app.store.put_new_colleague(&mut batch, &colleague)?;
    if let Some(email) = &colleague.email {
        let letter = letter::draft_shown(app, &secret)?;
        mail::queue(app, &mut batch, email, letter, now)?;
    }
    app.store.commit(batch)?;
    Ok((colleague, secret))
}

/// Refuses to ask one more than look at a draft.
pub(super) fn may_ask(app: &App, submission: &Submission) -> Result<(), Error> {
    let asked = app.store.colleagues(submission.id)?;
    let open = asked.iter().filter(|one| one.value.is_open(submission));
    if open.count() >= COLLEAGUES || asked.len() >= EVER_ASKED {
        let message = format!("at most {COLLEAGUES} people look at a draft: take one back first");
        return Err(Error::invalid("/name", message));
    }
    Ok(())
}

/// Lists who was asked to look at a draft.
pub fn colleagues(app: &App, earner: &Person, id: SubmissionId) -> Result<Vec<Colleague>, Error> {
    held_by_its_earner(app, earner, id)?;
    let found = app.store.colleagues(id)?;
    Ok(found.into_iter().map(|held| held.value).collect())
}

/// Lets somebody look no longer. What they said stays.
pub fn dismiss_colleague(
    app: &App,
    earner: &Person,
    id: SubmissionId,
    colleague: ColleagueId,
) -> Result<(), Error> {
    held_by_its_earner(app, earner, id)?;
    let held = app.store.colleague(id, colleague)?;
    Ok(app.store.forget_colleague(&held.ok_or(Error::NotFound)?)?)
}

/// What an invitation is about. Looking changes nothing: mail scanners look at every link.
pub fn look_at_invitation(
    app: &App,
    person: &Person,
    secret: &LinkSecret,
) -> Result<(Colleague, Submission), Error> {
    let link = app.store.colleague_link(secret.digest())?;
    let link = link.ok_or(Error::NotFound)?;
    let held = app.store.colleague(link.submission, link.colleague)?;
    let colleague = held.ok_or(Error::LinkExpired)?.value;
    let submission = app.store.submission_held(link.submission)?;
    let submission = submission.ok_or(Error::NotFound)?.value;
    if !colleague.is_open(&submission) {
        return Err(Error::LinkExpired);
    }
    if colleague.person.is_some_and(|other| !person.is(other)) {
        return Err(Error::LinkUsed);
    }
    Ok((colleague, submission))
}

/// Takes an invitation up: from now on the draft is shown to this person, and to nobody else by this link.
pub fn accept_invitation(
    app: &App,
    person: &Person,
    secret: &LinkSecret,
) -> Result<Submission, Error> {
    let (colleague, submission) = look_at_invitation(app, person, secret)?;
    if person.is(submission.earner) {
        return Err(Error::conflict(
            "this draft is your own: send the link to somebody else",
        ));
    }
    if colleague.person.is_none() {
        let held = app.store.colleague(colleague.submission, colleague.id)?;
        let held = held.ok_or(Error::NotFound)?;
        if held.value.person.is_some() {
            return Err(Error::LinkUsed);
        }
        app.store.admit_colleague(&held, person.id)?;
    }
    Ok(submission)
}

/// Whether somebody may look at a draft that was shown to them.
pub(crate) fn is_admitted(app: &App, id: SubmissionId, person: PersonId) -> Result<bool, Error> {
    if !app.store.is_colleague(person, id)? {
        return Ok(false);
    }
    let Some(submission) = app.store.submission_held(id)? else {
        return Ok(false);
    };
    let colleagues = app.store.colleagues(id)?;
    let mut colleagues = colleagues.iter().map(|held| &held.value);
    Ok(colleagues.any(|one| one.person == Some(person) && one.is_open(&submission.value)))
}

/// A draft as a colleague sees it: with its earner's name, and without a salt.
#[derive(Debug, Clone)]
pub struct SharedDraft {
    /// The submission.
    pub submission: Submission,
    /// Whose it is.
    pub earner: Line,
    /// What it is for.
    pub micro_credential: MicroCredential,
    /// The pieces, each with what it answers to.
    pub evidence: Vec<(Option<RequirementId>, SharedPiece)>,
    /// What is told beside them.
    pub preparation: Preparation,
}

/// A piece of evidence as a colleague sees it.
#[derive(Debug, Clone)]
pub struct SharedPiece {
    /// The piece.
    pub id: EvidenceId,
    /// What it is.
    pub content: EvidenceContent,
    /// When it was added.
    pub added: Timestamp,
}

/// Shows a draft to a colleague.
pub fn shared_draft(app: &App, reader: &Person, id: SubmissionId) -> Result<SharedDraft, Error> {
    if !is_admitted(app, id, reader.id)? {
        return Err(Error::NotFound);
    }
    let submission = app.store.submission_held(id)?;
    let submission = submission.ok_or(Error::NotFound)?.value;
    let earner = app.store.person(submission.earner)?;
    let mut evidence = Vec::new();
    for entry in &submission.evidence {
        let piece = app.store.evidence(id, entry.id)?;
        let piece = piece.ok_or(Error::Missing("a piece of evidence"))?;
        let piece = piece.into_what_others_see(submission.versions + 1);
        let piece = SharedPiece {
            id: piece.id,
            content: piece.content,
            added: piece.added,
        };
        evidence.push((entry.requirement.clone(), piece));
    }
    Ok(SharedDraft {
        earner: earner.ok_or(Error::Missing("an earner"))?.name,
        micro_credential: micro_credential::published(app, &submission.micro_credential)?,
        preparation: app.store.preparation(id)?.unwrap_or_default(),
        evidence,
        submission,
    })
}

/// Finds a piece of a draft for a colleague.
pub fn shared_evidence(
    app: &App,
    reader: &Person,
    id: SubmissionId,
    evidence: EvidenceId,
) -> Result<Evidence, Error> {
    let draft = shared_draft(app, reader, id)?;
    match draft
        .submission
        .evidence
        .iter()
        .any(|entry| entry.id == evidence)
    {
        true => app.store.evidence(id, evidence)?.ok_or(Error::NotFound),
        false => Err(Error::NotFound),
    }
}

/// Lists the drafts that are shown to somebody now.
pub fn drafts_shown_to(app: &App, reader: &Person) -> Result<Vec<Submission>, Error> {
    let mut shown = Vec::new();
    let found = app.store.drafts_shown_to(reader.id, &PageRequest::most())?;
    for submission in found.items {
        if is_admitted(app, submission.id, reader.id)? {
            shown.push(submission);
        }
    }
    Ok(shown)
}

/// Says something about a draft.
pub fn comment(
    app: &App,
    by: &Person,
    id: SubmissionId,
    requirement: Option<RequirementId>,
    kind: CommentKind,
    text: Prose,
    now: Timestamp,
) -> Result<Comment, Error> {
    if !is_admitted(app, id, by.id)? {
        return Err(Error::NotFound);
    }
    let held = app.store.submission_held(id)?.ok_or(Error::NotFound)?;
    no_longer("/text", &text, COMMENT_BYTES)?;
    let published = micro_credential::published(app, &held.value.micro_credential)?;
    if let Some(requirement) = &requirement
        && published.content.requirement(requirement).is_none()
    {
        let message = "the micro-credential asks for nothing of this name";
        return Err(Error::invalid("/requirement", message));
    }
    if app.store.comments(id)?.len() >= COMMENTS {
        return Err(Error::conflict("there are as many comments as are kept"));
    }
    let comment = Comment {
        id: CommentId::draw(&app.random),
        submission: id,
        version: held.value.versions + 1,
        by: by.id,
        name: by.name.clone(),
        requirement,
        kind,
        text,
        at: now,
    };
    app.store.add_comment(&held, &comment)?;
    Ok(comment)
}

/// Lists what colleagues said, oldest first, for the earner and for those who may look at the draft.
pub fn comments(app: &App, reader: &Person, id: SubmissionId) -> Result<Vec<Comment>, Error> {
    let held = app.store.submission_held(id)?.ok_or(Error::NotFound)?;
    if reader.is(held.value.earner) {
        return Ok(app.store.comments(id)?);
    }
    match is_admitted(app, id, reader.id)? {
        true => {
            let found = app.store.comments(id)?.into_iter();
            Ok(found.filter(|comment| reader.is(comment.by)).collect())
        }
        false => Err(Error::NotFound),
    }
}

/// Whether the word of a coach is asked for before the next attempt, and was not given.
pub(super) fn is_coach_missing(
    app: &App,
    submission: &Submission,
    micro_credential: &MicroCredential,
) -> Result<bool, Error> {
    let Some(after) = micro_credential.content.review.coach_after else {
        return Ok(false);
    };
    if submission.versions < after {
        return Ok(false);
    }
    let comments = app.store.comments(submission.id)?;
    let given = |comment: &Comment| {
        comment.kind == CommentKind::CoachNote && comment.version == submission.versions + 1
    };
    Ok(!comments.iter().any(given))
}

impl Colleague {
    /// Whether they may look: the version they were asked about is still being prepared.
    pub fn is_open(&self, submission: &Submission) -> bool {
        matches!(submission.state, State::Draft | State::Returned)
            && self.version == submission.versions + 1
    }
}

/// Whom anybody asks before the work is the group's.
const COLLEAGUES: usize = 5;
/// Nobody asks so many; a stranger could otherwise fill the store.
pub(crate) const EVER_ASKED: usize = 100;
/// More than a page of comments on each of ten versions.
pub(crate) const COMMENTS: usize = 200;
/// A page.
const COMMENT_BYTES: usize = 4 * 1024;
