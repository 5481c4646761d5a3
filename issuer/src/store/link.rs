//! What the store knows of mailed links.

use super::{Store, StoreError, Stored};
use crate::digest::Sha256Digest;
use crate::engine::Batch;
use crate::layout;
use crate::link::{Link, OVER_IS_KEPT};

impl Store {
    /// Finds the link whose secret has this digest.
    pub(crate) fn link_held(
        &self,
        digest: Sha256Digest,
    ) -> Result<Option<Stored<Link>>, StoreError> {
        self.read(&layout::link(digest))
    }

    /// Adds a link to a batch, known by the digest of its secret.
    pub(crate) fn add_link(
        &self,
        batch: &mut Batch,
        digest: Sha256Digest,
        new: &Link,
    ) -> Result<(), StoreError> {
        let key = layout::link(digest);
        batch.require_absent(key.clone());
        batch.put_record(key.clone(), new)?;
        let until = new.expires().plus_seconds(OVER_IS_KEPT);
        batch.forget_after(until, digest, vec![key])
    }
}
