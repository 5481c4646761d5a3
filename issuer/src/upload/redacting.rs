//! Covering parts of a picture that was added as evidence.

use super::receiving::{ReceiveError, Receiving};
use super::removal::Removal;
use super::space;
use crate::app::App;
use crate::error::Error;
use crate::evidence::Arrived;
use crate::id::{EvidenceId, SubmissionId};
use crate::person::Person;
use crate::submission::{self, Area, Covering, Evidence, EvidenceContent, EvidenceFile};
use schemas::timestamp::Timestamp;

impl Receiving {
    /// Covers these areas of a picture, in place of those that were covered before, for the version that is being
    /// prepared.
    pub async fn redact(
        &self,
        earner: Person,
        (id, evidence): (SubmissionId, EvidenceId),
        areas: Vec<Area>,
        now: Timestamp,
    ) -> Result<Evidence, ReceiveError> {
        // 1. It is hers, and can be covered. Nothing was written when this fails.
        let (asker, wanted) = (earner.clone(), areas.clone());
        let (_, piece) = self
            .work(move |app| submission::to_be_covered(app, &asker, id, evidence, &wanted))
            .await?;
        let EvidenceContent::File(file) = &piece.content else {
            return Err(Error::NotFound.into());
        };

        // 2. The picture, and before it a note that it is to go unless something comes to refer to it. A crash
        //    after this leaves both to upkeep.
        let begun = Arrived::begun(piece.owner, &self.app.random);
        let noted = Removal {
            object_key: begun.object_key.clone(),
            due: now.plus_seconds(GIVEN_UP_SECONDS),
        };
        let picture = match areas.is_empty() {
            true => None,
            false => {
                let note = noted.clone();
                self.work(move |app| Ok(app.store.add_removal(&note)?))
                    .await?;
                let files = self.files.clone();
                let made = files
                    .cover(file, areas.clone(), begun, &self.app.random)
                    .await;
                match made {
                    Ok(picture) => Some(picture),
                    Err(error) => {
                        self.forget_note(noted).await?;
                        return Err(error.into());
                    }
                }
            }
        };

        // 3. What is covered, the room it takes, and what it takes the place of, in one commit.
        let (kept, limits) = (noted.clone(), self.limits);
        let is_made = picture.is_some();
        let covered = self.work(move |app| {
            space::with_retries(|| {
                let made = picture.as_ref();
                let mut covering = Covering::of(app, &earner, (id, evidence), &areas, made)?;
                covering.noted = made.map(|_| kept.clone());
                write(app, &limits, &covering, made, now)?;
                Ok(covering.after)
            })
        });
        let covered = match covered.await {
            Ok(covered) => covered,
            Err(error) => {
                if is_made {
                    self.files.delete(&noted.object_key).await?;
                    self.forget_note(noted).await?;
                }
                return Err(error);
            }
        };
        self.remove_due(now).await?;
        Ok(covered)
    }

    async fn forget_note(&self, noted: Removal) -> Result<(), ReceiveError> {
        self.work(move |app| Ok(app.store.forget_removal(&noted)?))
            .await
    }
}

fn write(
    app: &App,
    limits: &super::UploadLimits,
    covering: &Covering,
    made: Option<&EvidenceFile>,
    now: Timestamp,
) -> Result<(), Error> {
    let bytes = |file: Option<&EvidenceFile>| file.map_or(0, |file| file.bytes);
    let owner = covering.after.owner;
    let organisation = &covering.submission.value.organisation;
    let replaced = covering.replaced.as_ref();
    let space = space::exchanged(
        app,
        limits,
        (owner, organisation),
        bytes(made),
        bytes(replaced),
    )?;
    let removal = replaced.map(|file| Removal {
        object_key: file.object_key.clone(),
        due: now,
    });
    Ok(covering.commit(app, removal.as_ref(), space)?)
}

/// Longer than any picture takes.
const GIVEN_UP_SECONDS: i64 = 60 * 60;
