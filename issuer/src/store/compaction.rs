//! What the store knows of what was removed, and whose bytes may still be in its files.

use super::{Store, StoreError};
use crate::engine::{Batch, Compacted};
use crate::id::CompactionId;
use crate::layout;
use serde::{Deserialize, Serialize};

/// That something was removed.
#[derive(Serialize, Deserialize)]
struct Removed {}

impl Store {
    /// Notes in a batch that something is gone with it, or was before, and that the store is to be compacted.
    pub(crate) fn ask_to_compact(
        &self,
        batch: &mut Batch,
        compaction: CompactionId,
    ) -> Result<(), StoreError> {
        batch.put_record(layout::to_compact(compaction), &Removed {})
    }

    /// Compacts the store if something was removed since it was last done, and says what that came to. What is removed
    /// while it goes on is for the next time. A crash in the middle: the next time does it again.
    pub fn compact_if_asked(&self) -> Result<Option<Compacted>, StoreError> {
        let asked = self.read_all::<Removed>(&layout::all_to_compact(), b"", AT_ONCE)?;
        if asked.is_empty() {
            return Ok(None);
        }
        let compacted = self.engine.compact()?;
        let mut batch = Batch::default();
        for held in asked {
            batch.delete(held.key().to_vec());
        }
        self.commit(batch)?;
        Ok(Some(compacted))
    }
}

/// If more are asked for, there is another time.
const AT_ONCE: usize = 10_000;
