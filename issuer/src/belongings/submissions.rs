//! Submissions with everything that belongs to them.

use super::{Out, harmless, told};
use crate::error::Error;
use crate::id::SubmissionId;
use crate::layout;
use crate::store::Stored;
use crate::submission::{Evidence, EvidenceContent, EvidenceFile, Submission};
use serde_json::{Value, json};

impl Out<'_> {
    /// All of them, those that were declined or withdrawn among them, which are on no list.
    pub(super) fn submissions(&mut self) -> Result<(), Error> {
        self.index.section("Submissions");
        let mut own = Vec::new();
        self.app.store.each_submission(|held| {
            if self.person.is(held.value.earner) {
                own.push(held.value.id);
            }
            Ok(())
        })?;
        for id in own {
            if let Some(held) = self.app.store.submission_held(id)? {
                self.submission(&held.value)?;
            }
        }
        self.list("evidence-told")
    }

    fn submission(&mut self, submission: &Submission) -> Result<(), Error> {
        let (app, id) = (self.app, submission.id);
        let folder = format!("submissions/{id}");
        let title = self.title(&submission.micro_credential)?;
        let path = format!("{folder}/submission.json");
        let about = format!("{title}: the submission as it stands");
        self.record(&path, &about, submission)?;
        for version in 1..=submission.versions {
            if let Some(handed_in) = app.store.version(id, version)? {
                let path = format!("{folder}/version-{version}.json");
                let about = format!("{title}: version {version} as it was handed in");
                self.record(&path, &about, &handed_in)?;
                let path = format!("{folder}/manifest-{version}.json");
                let about = format!("{title}: its manifest, byte for byte as it is hashed");
                let manifest = handed_in.manifest.canonical_json().into_bytes();
                self.entry(&path, &about, manifest)?;
            }
        }
        let reviews = app.store.reviews(id)?;
        if !reviews.is_empty() {
            let path = format!("{folder}/reviews.json");
            self.record(&path, &format!("{title}: what reviewers said"), &reviews)?;
        }
        if let Some(preparation) = app.store.preparation(id)? {
            let path = format!("{folder}/preparation.json");
            let about = format!("{title}: notes for the next version");
            self.record(&path, &about, &preparation)?;
        }
        if let Some(ended) = app.store.evidence_ended(id)? {
            let path = format!("{folder}/ended.json");
            let about = format!("{title}: since when it is decided, and what you were told");
            self.record(&path, &about, &ended.value)?;
        }
        self.told_with(id, &folder, &title)?;
        for evidence in app.store.all_evidence(id)? {
            if let Some(piece) = app.store.evidence(id, evidence)? {
                self.piece(id, &piece)?;
            }
        }
        self.spoken(id, &folder)
    }

    /// What was written and said about it while it was prepared.
    fn told_with(&mut self, id: SubmissionId, folder: &str, title: &str) -> Result<(), Error> {
        for (kind, file, about) in [
            ("submission-outcome", "outcomes", "what you said came of it"),
            ("writing", "texts", "texts that you were writing"),
            (
                "colleague",
                "colleagues",
                "whom you asked to look at your draft",
            ),
            ("draft-comment", "comments", "what colleagues said of it"),
        ] {
            let found = self.all_with(kind, id)?;
            if !found.is_empty() {
                let path = format!("{folder}/{file}.json");
                self.record(&path, &format!("{title}: {about}"), &found)?;
            }
        }
        let mut revisions = Vec::new();
        let prefix = layout::kind_with("writing-revision", id);
        self.app.store.each(&prefix, |held: Stored<Value>| {
            let answers = held.key().get(prefix.len()..).unwrap_or_default();
            let answers = answers.split(|byte| *byte == b'/').next();
            let answers = String::from_utf8_lossy(answers.unwrap_or_default()).into_owned();
            revisions.push(json!({ "requirement": answers, "revision": held.value }));
            Ok::<_, Error>(())
        })?;
        if !revisions.is_empty() {
            let path = format!("{folder}/revisions.json");
            let about = format!("{title}: what your texts were before");
            self.record(&path, &about, &revisions)?;
        }
        Ok(())
    }

    fn all_with(&self, kind: &str, id: SubmissionId) -> Result<Vec<Value>, Error> {
        let mut found = Vec::new();
        let prefix = layout::kind_with(kind, id);
        self.app.store.each(&prefix, |held: Stored<Value>| {
            found.push(held.value);
            Ok::<_, Error>(())
        })?;
        Ok(found)
    }

    /// Transcripts and captions, each with its salt.
    fn spoken(&mut self, id: SubmissionId, folder: &str) -> Result<(), Error> {
        let mut texts = Vec::new();
        let prefix = layout::kind_with("spoken-text", id);
        self.app
            .store
            .each(&prefix, |held: Stored<crate::submission::SpokenText>| {
                texts.push(held.value.id);
                Ok::<_, Error>(())
            })?;
        for text in texts {
            if let Some((known, words)) = self.app.store.spoken_text(id, text)? {
                let path = format!("{folder}/spoken/{text}.json");
                self.record(
                    &path,
                    "What is known of a text of a recording, with its salt",
                    &known,
                )?;
                let path = format!("{folder}/spoken/{text}.txt");
                self.entry(&path, "What is said in a recording", words.into_bytes())?;
            }
        }
        Ok(())
    }

    fn piece(&mut self, id: SubmissionId, piece: &Evidence) -> Result<(), Error> {
        let folder = format!("submissions/{id}/evidence");
        let path = format!("{folder}/{}.json", piece.id);
        let about = "What is known of a piece of evidence, with its salt";
        self.record(&path, about, &without_places(piece))?;
        match &piece.content {
            EvidenceContent::Text(text) => {
                let path = format!("{folder}/{}.txt", piece.id);
                self.entry(&path, "A text", text.as_str().as_bytes().to_vec())
            }
            // Where it leads, or what stays of it, is in the record.
            EvidenceContent::Link(_) | EvidenceContent::Removed(_) => Ok(()),
            EvidenceContent::File(file) => {
                let path = format!("{folder}/{}-{}", piece.id, harmless(&file.name));
                self.file(path, file.name.as_str(), file)?;
                let covered = file.redactions.iter();
                let covered: Vec<&EvidenceFile> =
                    covered.filter_map(|one| one.picture.as_ref()).collect();
                for (number, picture) in (1..).zip(covered) {
                    let name = harmless(&picture.name);
                    let path = format!("{folder}/{}-covered-{number}-{name}", piece.id);
                    let about = format!("{}, with parts covered, as reviewers saw it", file.name);
                    self.file(path, &about, picture)?;
                }
                Ok(())
            }
        }
    }
}

/// A piece of evidence without where its bytes lie on the disks of the service.
fn without_places(piece: &Evidence) -> Value {
    let mut record = told(piece);
    forget_places(&mut record);
    record
}

fn forget_places(record: &mut Value) {
    match record {
        Value::Object(members) => {
            members.remove("object_key");
            members.remove("pieces");
            members.values_mut().for_each(forget_places);
        }
        Value::Array(items) => items.iter_mut().for_each(forget_places),
        _ => {}
    }
}
