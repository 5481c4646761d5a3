//! A piece of evidence: its name, what it is, and what may be done with it.

use super::super::other;
use crate::app::App;
use crate::error::Error;
use crate::id::EvidenceId;
use crate::micro_credential::MicroCredential;
use crate::submission::{
    self, Evidence, EvidenceContent, EvidenceEntry, Sharing, SpokenTexts, Submission,
};
use crate::wording;

/// A piece of evidence in the list of one's own.
pub(super) struct Piece {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) detail: String,
    pub(super) href: String,
    pub(super) shared: bool,
    pub(super) sharing: (&'static str, &'static str),
    /// What the way to its transcript is called, if it is a recording.
    pub(super) spoken: Option<&'static str>,
    /// Where parts of it are covered, and how many are, if it is a picture.
    pub(super) redact: Option<(String, usize)>,
    /// What is said of students in it, in a word.
    pub(super) students: Option<&'static str>,
    /// Where it may go, for what answers to nothing yet.
    pub(super) places: Vec<(String, String)>,
}

impl Piece {
    pub(super) fn of(
        app: &App,
        submission: &Submission,
        entry: &EvidenceEntry,
    ) -> Result<Piece, Error> {
        let piece = app.store.evidence(submission.id, entry.id)?;
        let piece = piece.ok_or(Error::Missing("a piece of evidence"))?;
        let (name, detail, href) = described(
            piece.id,
            &piece.content,
            &format!("/my/submissions/{}", submission.id),
        );
        Ok(Piece {
            id: entry.id.to_string(),
            name,
            detail,
            href,
            shared: entry.sharing == Sharing::Shared,
            sharing: other(entry.sharing),
            spoken: submission::is_recording(&piece.content).then(|| {
                match entry.spoken == SpokenTexts::default() {
                    true => "Add a transcript or captions",
                    false => "Transcript and captions",
                }
            }),
            redact: redact(submission, &piece),
            students: entry
                .students
                .as_ref()
                .map(|students| match students.may_be_shown() {
                    true => "students, with consent",
                    false => "students, without consent",
                }),
            places: Vec::new(),
        })
    }
}

fn redact(submission: &Submission, piece: &Evidence) -> Option<(String, usize)> {
    let EvidenceContent::File(file) = &piece.content else {
        return None;
    };
    let path = format!(
        "/my/submissions/{}/evidence/{}/redact",
        submission.id, piece.id
    );
    file.can_be_covered().then(|| (path, piece.covered().len()))
}

/// The name of a piece, what it is, and where it is found.
pub fn described(
    id: EvidenceId,
    content: &EvidenceContent,
    base: &str,
) -> (String, String, String) {
    let here = format!("{base}/evidence/{id}");
    match content {
        EvidenceContent::File(file) => (
            file.name.to_string(),
            format!("{}, {}", file.media_type, size(file.bytes)),
            here,
        ),
        EvidenceContent::Text(text) => {
            let words = text.as_str().split_whitespace().count();
            let beginning: String = text.as_str().chars().take(60).collect();
            (
                format!("“{beginning}…”"),
                format!("a text of {words} words"),
                here,
            )
        }
        EvidenceContent::Link(link) => (link.to_string(), "a link".to_owned(), link.to_string()),
        EvidenceContent::Removed(removed) => (
            "Removed".to_owned(),
            format!("its time was over on {}", wording::day(removed.at)),
            here,
        ),
    }
}

/// The requirements that a piece could answer to.
pub(super) fn places(
    app: &App,
    submission: &Submission,
    published: &MicroCredential,
    entry: &EvidenceEntry,
) -> Result<Vec<(String, String)>, Error> {
    let piece = app.store.evidence(submission.id, entry.id)?;
    let piece = piece.ok_or(Error::Missing("a piece of evidence"))?;
    let asked = published.content.evidence_requirements.iter();
    let fitting = asked.filter(|asked| piece.content.answers(asked).is_ok());
    Ok(fitting
        .map(|asked| (asked.id.to_string(), asked.name.to_string()))
        .collect())
}

/// A size as people say it.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        1_000_000..1_000_000_000 => format!("{} MB", bytes / 1_000_000),
        _ => format!("{}.{} GB", bytes / 1_000_000_000, bytes / 100_000_000 % 10),
    }
}
