//! The work that is scored in a calibration session, blind: a decided submission, or an exemplar.

use super::{Calibration, Clarification, NewSubject, Sheet, Subject};
use crate::app::App;
use crate::error::Error;
use crate::id::{
    CriterionId, EvidenceId, LevelId, MicroCredentialId, OrganisationId, RequirementId,
    SubmissionId,
};
use crate::media_type;
use crate::micro_credential::MicroCredential;
use crate::person::Person;
use crate::quality::training::SampleContent;
use crate::review::blind::Mask;
use crate::review::{self, Content};
use crate::submission::{self, Evidence, Submission};
use crate::text::Prose;

/// A piece of the work as those see it who score it.
#[derive(Debug, Clone)]
pub struct Piece {
    /// The piece of evidence of a submission; nothing in an exemplar.
    pub id: Option<EvidenceId>,
    /// 1 for the first one.
    pub number: usize,
    /// What it answers to.
    pub requirement: RequirementId,
    /// What it is.
    pub content: Content,
}

/// Finds the work that a session is to be about, and the version whose rubric it is held against.
pub(super) fn find(
    app: &App,
    organisation: &OrganisationId,
    wanted: &NewSubject,
) -> Result<(Subject, MicroCredentialId), Error> {
    match wanted {
        NewSubject::Submission(id) => {
            let unknown = || Error::invalid("/submission", "there is no such decided submission");
            let found = app.store.submission_held(*id)?.ok_or_else(unknown)?.value;
            if found.organisation != *organisation || !is_decided(&found) {
                return Err(unknown());
            }
            let subject = Subject::Submission {
                submission: found.id,
                version: found.versions,
            };
            Ok((subject, found.micro_credential))
        }
        NewSubject::Exemplar { line, exemplar } => {
            let found = app.store.exemplar(organisation, line, *exemplar)?;
            let unknown = || Error::invalid("/exemplar", "there is no such exemplar");
            let found = found.ok_or_else(unknown)?.value;
            Ok((Subject::Exemplar(found.id), found.micro_credential))
        }
    }
}

fn is_decided(submission: &Submission) -> bool {
    match submission.state {
        submission::State::Accepted { .. }
        | submission::State::Returned
        | submission::State::Declined { .. } => true,
        submission::State::Draft | submission::State::Submitted | submission::State::Withdrawn => {
            false
        }
    }
}

/// Refuses those whose own work it is, or work of their own school.
pub(super) fn eligible(app: &App, person: &Person, subject: &Subject) -> Result<(), Error> {
    match subject {
        Subject::Exemplar(_) => Ok(()),
        Subject::Submission { submission, .. } => {
            review::eligibility(app, person, &held(app, *submission)?)
        }
    }
}

/// The work as those see it who score it: of a submission everything that was handed in, and not by whom.
pub fn work(
    app: &App,
    person: &Person,
    of: &Calibration,
    version: &MicroCredential,
) -> Result<Vec<Piece>, Error> {
    eligible(app, person, &of.subject)?;
    match of.subject {
        Subject::Exemplar(id) => {
            let found = app.store.exemplar(&of.organisation, &version.line, id)?;
            let found = found.ok_or(Error::Missing("an exemplar"))?.value;
            let samples = found.work.into_iter().enumerate();
            let piece = |(place, sample): (usize, crate::quality::training::Sample)| Piece {
                id: None,
                number: place + 1,
                requirement: sample.requirement,
                content: match sample.content {
                    SampleContent::Text(text) => Content::Text(text.to_string()),
                    SampleContent::Link(link) => Content::Link(link.to_string()),
                },
            };
            Ok(samples.map(piece).collect())
        }
        Subject::Submission {
            submission,
            version,
        } => of_submission(app, &held(app, submission)?, version),
    }
}

fn of_submission(app: &App, submission: &Submission, version: u32) -> Result<Vec<Piece>, Error> {
    let mask = Mask::of(app, submission.earner, &submission.organisation)?;
    let version = app.store.version(submission.id, version)?;
    let version = version.ok_or(Error::Missing("a version"))?;
    let mut pieces = Vec::new();
    for (place, entry) in version.manifest.evidence.iter().enumerate() {
        let found = app.store.evidence(submission.id, entry.id)?;
        let found = found.ok_or(Error::Missing("a piece of evidence"))?;
        let found = found.into_what_others_see(version.manifest.version);
        pieces.push(Piece {
            id: Some(entry.id),
            number: place + 1,
            requirement: entry.requirement.clone(),
            content: Content::of(&mask, found),
        });
    }
    Ok(pieces)
}

/// Finds one piece of the evidence that is scored, and what it is.
pub fn evidence(
    app: &App,
    person: &Person,
    of: &Calibration,
    version: &MicroCredential,
    id: EvidenceId,
) -> Result<(Piece, Evidence), Error> {
    let mut pieces = work(app, person, of, version)?.into_iter();
    let piece = pieces.find(|piece| piece.id == Some(id));
    let piece = piece.ok_or(Error::NotFound)?;
    let Subject::Submission {
        submission,
        version,
    } = of.subject
    else {
        return Err(Error::NotFound);
    };
    let found = app.store.evidence(submission, id)?.ok_or(Error::NotFound)?;
    Ok((piece, found.into_what_others_see(version)))
}

/// What an exemplar ought to be given.
pub(super) fn gold(
    app: &App,
    of: &Calibration,
    version: &MicroCredential,
) -> Result<Vec<(CriterionId, LevelId, Prose)>, Error> {
    let Subject::Exemplar(id) = of.subject else {
        return Ok(Vec::new());
    };
    let found = app.store.exemplar(&of.organisation, &version.line, id)?;
    let found = found.ok_or(Error::Missing("an exemplar"))?.value;
    let gold = found.gold.into_iter();
    Ok(gold
        .map(|gold| (gold.criterion, gold.level, gold.reason))
        .collect())
}

/// A session as it is shown: whoever writes down whose work it is gives it on to nobody.
pub(super) fn blind(app: &App, session: Calibration) -> Result<Calibration, Error> {
    let Some(mask) = mask(app, &session.subject)? else {
        return Ok(session);
    };
    let title = mask.text(session.title.as_str());
    // A label may be longer than the name it stands for.
    let title = title.parse().ok();
    let clarifications = session.clarifications.iter().map(|one| Clarification {
        text: mask.prose(&one.text),
        ..one.clone()
    });
    Ok(Calibration {
        title: title.unwrap_or_else(|| "Calibration".parse().expect("a line")),
        clarifications: clarifications.collect(),
        ..session
    })
}

/// What was given in a session, as it is shown.
pub(super) fn sheets(app: &App, of: &Calibration) -> Result<Vec<Sheet>, Error> {
    let mut sheets = app.store.sheets(of.id)?;
    if let Some(mask) = mask(app, &of.subject)? {
        let scores = sheets.iter_mut().flat_map(|sheet| &mut sheet.scores);
        for score in scores {
            score.comment = score.comment.as_ref().map(|text| mask.prose(text));
        }
    }
    Ok(sheets)
}

/// What says whose work it is; nothing of an exemplar.
fn mask(app: &App, subject: &Subject) -> Result<Option<Mask>, Error> {
    let Subject::Submission { submission, .. } = subject else {
        return Ok(None);
    };
    let found = app.store.submission_held(*submission)?;
    let found = found.ok_or(Error::NotFound)?.value;
    Ok(Some(Mask::of(app, found.earner, &found.organisation)?))
}

/// A submission that was taken back or erased since is nobody's business any more.
fn held(app: &App, id: SubmissionId) -> Result<Submission, Error> {
    let found = app.store.submission_held(id)?.ok_or(Error::NotFound)?.value;
    match is_decided(&found) || found.state == submission::State::Submitted {
        true => Ok(found),
        false => Err(Error::NotFound),
    }
}

impl Piece {
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
