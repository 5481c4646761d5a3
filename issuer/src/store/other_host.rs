//! What the store knows of other hosts of badges.

use super::{Store, StoreError};
use crate::digest::Sha256Digest;
use crate::engine::Batch;
use crate::layout;
use crate::other_host::{Description, HostAddress, HostSecret, OtherHost};
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

impl Store {
    /// Finds another host where this service has registered.
    pub(crate) fn other_host(
        &self,
        address: &HostAddress,
    ) -> Result<Option<OtherHost>, StoreError> {
        let found = self.read::<Record>(&key(address))?;
        Ok(found.map(|stored| OtherHost {
            description: stored.value.description,
            client_id: stored.value.client_id,
            client_secret: HostSecret::new(stored.value.client_secret),
            registered: stored.value.registered,
        }))
    }

    /// Keeps another host, in place of what was known of it. Of two registrations at once the later one
    /// counts; the other is of no use to anybody.
    pub(crate) fn put_other_host(&self, host: &OtherHost) -> Result<(), StoreError> {
        let record = Record {
            description: host.description.clone(),
            client_id: host.client_id.clone(),
            client_secret: host.client_secret.expose().to_owned(),
            registered: host.registered,
        };
        let mut batch = Batch::default();
        batch.put_record(key(&host.description.address), &record)?;
        self.commit(batch)
    }

    /// Forgets another host.
    pub(crate) fn remove_other_host(&self, address: &HostAddress) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        batch.delete(key(address));
        self.commit(batch)
    }
}

fn key(address: &HostAddress) -> Vec<u8> {
    layout::other_host(Sha256Digest::of(address.as_str().as_bytes()))
}

/// It holds a secret that the other host asks for: whoever reads the store can show it there, and gets
/// nothing by it without a person who lets them.
#[derive(Serialize, Deserialize)]
struct Record {
    description: Description,
    client_id: String,
    client_secret: String,
    registered: Timestamp,
}
