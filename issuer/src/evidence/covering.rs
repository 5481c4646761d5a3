//! Covering parts of pictures: one picture at a time, away from the threads that answer requests.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use super::covered::covered;
use super::{Arrived, Content, EvidenceError, EvidenceFiles};
use crate::random::Random;
use crate::submission::{Area, EvidenceFile};

impl EvidenceFiles {
    /// Makes the picture with these areas black, and stores it where nothing has arrived yet. When this fails,
    /// nothing of it is left.
    pub async fn cover(
        self: Arc<Self>,
        file: &EvidenceFile,
        areas: Vec<Area>,
        begun: Arrived,
        random: &Random,
    ) -> Result<EvidenceFile, EvidenceError> {
        let limit = COVERED_BYTES;
        if file.bytes > limit {
            return Err(EvidenceError::TooLarge { limit });
        }
        let turn = tokio::time::timeout(WAIT, self.covering.acquire()).await;
        let Ok(Ok(_turn)) = turn else {
            return Err(EvidenceError::Busy);
        };
        // What others would see without the areas: which way up it is stands in it, and nothing else.
        let reading = match &file.shown {
            None => self.read(file, 0..file.bytes).await?,
            Some(shown) => {
                let files = self.clone();
                files
                    .read_shown(file.clone(), shown, 0..shown.bytes())
                    .await?
            }
        };
        let read = |mut all: Vec<u8>, bytes: Bytes| async move {
            all.extend_from_slice(&bytes);
            Ok(all)
        };
        let content = reading.try_fold(Vec::new(), read).await?;
        let media_type = file.media_type.clone();
        let painting = tokio::task::spawn_blocking(move || covered(&media_type, &content, &areas));
        // A stranger's picture that a decoder stumbles over is one that cannot be read.
        let made = painting.await.unwrap_or(Err(EvidenceError::Unreadable))?;
        let content = stream::iter([Ok(Bytes::from(made))]).boxed();
        let content = Content::new(content, COVERED_BYTES_MADE);
        self.put_in(begun, file.name.clone(), random, content).await
    }
}

/// Cameras write ten million bytes at most, and scanners of pages as many.
const COVERED_BYTES: u64 = 24 << 20;
/// A picture that PNG cannot make smaller, as large as one may be.
const COVERED_BYTES_MADE: u64 = 96 << 20;
/// Painting takes a second or two; whoever is further back in the line asks again.
const WAIT: Duration = Duration::from_secs(20);
