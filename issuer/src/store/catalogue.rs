//! What the store knows of the catalogue beside its micro-credentials: topics and pictures.

use super::{Store, StoreError};
use crate::engine::Batch;
use crate::id::TopicId;
use crate::image::ImageRef;
use crate::layout;
use crate::topic::Topic;
use serde::{Deserialize, Serialize};

impl Store {
    /// Finds a topic.
    pub fn topic(&self, id: &TopicId) -> Result<Option<Topic>, StoreError> {
        Ok(self.read(&layout::topic(id))?.map(|stored| stored.value))
    }

    /// Lists up to `limit` topics, in the order of names.
    pub fn topics(&self, limit: usize) -> Result<Vec<Topic>, StoreError> {
        let found = self.read_all::<Topic>(&layout::topics(), b"", limit)?;
        Ok(found.into_iter().map(|stored| stored.value).collect())
    }

    /// Adds a topic, or replaces the one of this name.
    pub(crate) fn put_topic(&self, topic: &Topic) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        batch.put_record(layout::topic(&topic.id), topic)?;
        self.commit(batch)
    }

    /// Forgets a topic.
    pub(crate) fn remove_topic(&self, id: &TopicId) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        batch.delete(layout::topic(id));
        self.commit(batch)
    }

    /// Writes the first topics, unless that was done before.
    pub(crate) fn seed_topics(&self, topics: &[Topic]) -> Result<(), StoreError> {
        if self.read::<Seeded>(&layout::topics_seeded())?.is_some() {
            return Ok(());
        }
        let mut batch = Batch::default();
        batch.require_absent(layout::topics_seeded());
        let seeded = Seeded {
            topics: topics.len(),
        };
        batch.put_record(layout::topics_seeded(), &seeded)?;
        for topic in topics {
            batch.put_record(layout::topic(&topic.id), topic)?;
        }
        match self.commit(batch) {
            // Another node was quicker, with the same list.
            Err(StoreError::Conflict) => Ok(()),
            outcome => outcome,
        }
    }

    /// The bytes of a picture.
    pub(crate) fn image(&self, image: &ImageRef) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.engine.get(&layout::image(image))?)
    }

    /// Keeps a picture under its digest, under which there is never another.
    pub(crate) fn put_image(&self, image: &ImageRef, bytes: Vec<u8>) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        batch.put(layout::image(image), bytes);
        self.commit(batch)
    }
}

#[derive(Serialize, Deserialize)]
struct Seeded {
    topics: usize,
}
