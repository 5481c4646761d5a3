//! Taking a file in, bit by bit, until it is a piece of evidence.

use std::sync::Arc;

use schemas::timestamp::Timestamp;

use super::{NewUpload, State, Upload, UploadError, UploadLimits};
use crate::app::App;
use crate::error::Error;
use crate::evidence::{Arrived, Content, Ended, EvidenceError, EvidenceFiles, Sum};
use crate::id::UploadId;
use crate::person::Person;
use crate::store::Stored;
use crate::submission::Evidence;

/// What takes files in: the service, and where files lie.
#[derive(Clone)]
pub struct Receiving {
    /// The service.
    pub app: Arc<App>,
    /// The evidence files.
    pub files: Arc<EvidenceFiles>,
    /// What may be uploaded.
    pub limits: UploadLimits,
}

/// What a request has brought an upload to.
pub enum Received {
    /// More is to come.
    Part(Box<Upload>),
    /// It is a piece of evidence now.
    Whole(Box<(Upload, Evidence)>),
}

/// Why a file is not taken in.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// The service does not take it.
    #[error(transparent)]
    Service(#[from] Error),
    /// The file could not be written, or is none that is taken.
    #[error(transparent)]
    Evidence(#[from] EvidenceError),
}

impl From<UploadError> for ReceiveError {
    fn from(error: UploadError) -> ReceiveError {
        ReceiveError::Service(error.into())
    }
}

impl ReceiveError {
    /// Whether it stays so however often the file is looked at.
    fn is_final(&self) -> bool {
        match self {
            ReceiveError::Service(error) => {
                error.is_the_askers() || matches!(error, Error::NotFound)
            }
            ReceiveError::Evidence(error) => matches!(
                error,
                EvidenceError::Type { .. } | EvidenceError::Unreadable | EvidenceError::Malware
            ),
        }
    }
}

impl Receiving {
    /// Begins an upload that may take many requests.
    pub async fn begin(
        &self,
        earner: Person,
        new: NewUpload,
        now: Timestamp,
    ) -> Result<Upload, ReceiveError> {
        let limit = self.limits.file_bytes;
        if new.length > limit {
            return Err(UploadError::TooLarge { limit }.into());
        }
        let (limits, arrived) = (self.limits, Arrived::begun(earner.id, &self.app.random));
        self.work(move |app| super::begin(app, &limits, &earner, new, arrived, now))
            .await
    }

    /// Takes in a file that comes in one request: it becomes evidence, or nothing of it is left.
    pub async fn whole(
        &self,
        earner: Person,
        new: NewUpload,
        mut content: Content<'_>,
        now: Timestamp,
    ) -> Result<Evidence, ReceiveError> {
        let (limits, arrived) = (self.limits, Arrived::begun(earner.id, &self.app.random));
        let upload = self
            .work(move |app| super::begin(app, &limits, &earner, new, arrived, now))
            .await?;
        let complete = match self.whole_of(upload.id, &mut content, now).await {
            Ok(complete) => complete,
            Err(error) => {
                self.remove(upload.id).await?;
                return Err(error);
            }
        };
        match self.added(complete, now).await {
            Ok(Received::Whole(whole)) => Ok(whole.1),
            Ok(Received::Part(_)) => Err(Error::Missing("the end of an upload").into()),
            Err(error) => {
                // Whoever sends it in one request sends it again; it is not to be there twice.
                if let ReceiveError::Evidence(EvidenceError::Unchecked(_)) = &error {
                    self.remove(upload.id).await?;
                }
                Err(error)
            }
        }
    }

    async fn whole_of(
        &self,
        id: UploadId,
        content: &mut Content<'_>,
        now: Timestamp,
    ) -> Result<Upload, ReceiveError> {
        let held = self.work(move |app| super::find(app, id)).await?;
        let (held, ended) = self.take(held, content, now).await?;
        if let Ended::Interrupted(error) = ended {
            return Err(EvidenceError::Interrupted(error).into());
        }
        if held.value.state == State::Arriving {
            let complete = self.work(move |app| super::complete(app, &held, now));
            return Ok(complete.await?.value);
        }
        Ok(held.value)
    }

    /// Goes on with an upload at a byte. What arrived before an interruption is kept; of what comes with
    /// a checksum all is kept or nothing.
    pub async fn go_on(
        &self,
        id: UploadId,
        offset: u64,
        mut content: Content<'_>,
        now: Timestamp,
    ) -> Result<Received, ReceiveError> {
        let held = self.work(move |app| super::find(app, id)).await?;
        let expected = held.value.arrived.bytes;
        if offset != expected {
            return Err(UploadError::Offset { expected }.into());
        }
        let (held, ended) = match self.take(held, &mut content, now).await {
            Err(error @ ReceiveError::Evidence(EvidenceError::Type { .. })) => {
                // More of it makes it no better.
                self.remove(id).await?;
                return Err(error);
            }
            other => other?,
        };
        if held.value.state == State::Adding {
            return self.added(held.value, now).await;
        }
        match ended {
            Ended::Whole => Ok(Received::Part(Box::new(held.value))),
            Ended::Interrupted(error) => Err(EvidenceError::Interrupted(error).into()),
        }
    }

    /// Adds a file that is whole; one that is not taken is removed, one that cannot be looked at waits.
    async fn added(&self, upload: Upload, now: Timestamp) -> Result<Received, ReceiveError> {
        let id = upload.id;
        match self.add(upload.clone(), now).await {
            Ok(evidence) => {
                let held = self.work(move |app| super::find(app, id)).await?;
                Ok(Received::Whole(Box::new((held.value, evidence))))
            }
            Err(refused) if refused.is_final() => {
                self.remove(id).await?;
                Err(refused)
            }
            Err(failed) => {
                self.work(move |app| super::put_off(app, id, now)).await?;
                Err(failed)
            }
        }
    }

    async fn add(&self, upload: Upload, now: Timestamp) -> Result<Evidence, ReceiveError> {
        let file = self.files.finish(upload.arrived, upload.name).await?;
        let file = self.files.clone().look_at(file).await?;
        self.work(move |app| super::add(app, upload.id, file, now))
            .await
    }

    /// Removes an upload with all that has arrived of it.
    pub async fn remove(&self, id: UploadId) -> Result<(), ReceiveError> {
        let given_up = self.work(move |app| {
            let held = super::find(app, id)?;
            match held.value.state {
                State::Arriving | State::Adding => super::give_up(app, &held).map(Some),
                State::Added { .. } | State::GivenUp => Ok(None),
            }
        });
        // From here on nobody goes on with it. A crash leaves the rest to the next round.
        if let Some(held) = given_up.await? {
            self.files.delete(&held.value.arrived.object_key).await?;
        }
        self.work(move |app| super::forget(app, id)).await
    }

    /// Looks after uploads that nobody goes on with: adds what a crash or a scanner held up, and removes
    /// what was given up.
    pub async fn look_after(&self, now: Timestamp) -> Result<(), ReceiveError> {
        if let Err(error) = self.remove_due(now).await {
            tracing::warn!("Files that nothing refers to are still there: {error}");
        }
        let due = self.work(move |app| Ok(super::due(app, now)?)).await?;
        for held in due {
            let id = held.value.id;
            let ended = match held.value.state {
                State::Adding => self.try_again(held, now).await,
                State::GivenUp => {
                    self.files.delete(&held.value.arrived.object_key).await?;
                    self.work(move |app| super::forget(app, id)).await
                }
                _ => self.remove(id).await,
            };
            if let Err(error) = ended {
                tracing::warn!(upload.id = %id, "Upload {id} is not added: {error}");
            }
        }
        Ok(())
    }

    async fn try_again(&self, held: Stored<Upload>, now: Timestamp) -> Result<(), ReceiveError> {
        let (id, expires) = (held.value.id, held.value.expires);
        let taken = self.work(move |app| super::take_over(app, &held, now));
        let added = match taken.await {
            // Another node was quicker.
            Err(ReceiveError::Service(Error::Conflict { .. })) => return Ok(()),
            Err(error) => Err(error),
            Ok(held) => self.added(held.value, now).await.map(|_| ()),
        };
        if added.is_err() && expires <= now {
            self.remove(id).await?;
        }
        added
    }

    /// Takes in what a request brings, and notes it: piece by piece, or all at once if it has a checksum.
    async fn take(
        &self,
        mut held: Stored<Upload>,
        content: &mut Content<'_>,
        now: Timestamp,
    ) -> Result<(Stored<Upload>, Ended), ReceiveError> {
        let object_key = held.value.arrived.object_key.clone();
        let mut arrived = held.value.arrived.clone();
        let (mut written, mut replaced) = (Vec::new(), Vec::new());
        let outcome = loop {
            let taken = match self.files.take(&arrived, content, &self.app.random).await {
                Err(error) => break Err(error.into()),
                Ok(taken) => taken,
            };
            arrived = taken.arrived;
            written.extend(taken.written);
            replaced.extend(taken.replaced);
            match (content.checksum(), &taken.ended) {
                (Sum::None | Sum::Right, _) => {}
                (Sum::Wrong, None) => continue,
                (Sum::Wrong, Some(_)) => break Err(UploadError::Checksum.into()),
            }
            let (before, noted) = (held.clone(), arrived.clone());
            let note = self.work(move |app| super::advance(app, &before, noted, now));
            match note.await {
                Err(error) => break Err(error),
                Ok(changed) => held = changed,
            }
            written.clear();
            self.files.delete_pieces(&object_key, &replaced).await?;
            replaced.clear();
            // All of it may be there before the sender has said so: a file can end where a piece ends.
            if held.value.state == State::Adding {
                break Ok(Ended::Whole);
            }
            if let Some(ended) = taken.ended {
                break Ok(ended);
            }
        };
        if outcome.is_err() {
            // Nothing refers to what was written last.
            self.files.delete_pieces(&object_key, &written).await?;
        }
        outcome.map(|ended| (held, ended))
    }

    pub(super) async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&App) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, ReceiveError> {
        let app = self.app.clone();
        let done = tokio::task::spawn_blocking(move || work(&app)).await;
        // A panic goes on where it can be seen.
        done.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
            .map_err(ReceiveError::Service)
    }
}
