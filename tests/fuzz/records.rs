//! Records of the store: what an engine gives back is not trusted to be what was written.

use std::fmt::Debug;
use std::sync::Arc;

use issuer::award::Award;
use issuer::badge::Badge;
use issuer::engine::{Batch, Compacted, Engine, EngineError, KeyValue, Submitted};
use issuer::layout;
use issuer::log::Entry;
use issuer::micro_credential::MicroCredential;
use issuer::person::Person;
use issuer::review::Review;
use issuer::rubric::Rubric;
use issuer::status::StatusList;
use issuer::store::{Store, StoreError};
use issuer::submission::{Evidence, Submission, Version};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A record that is read is written and read again alike; any other is an error that names it.
pub fn record(data: &[u8]) {
    let store = Store::open(Arc::new(Whatever(data.to_vec()))).expect("its format is known");
    alike::<Person>(&store);
    alike::<MicroCredential>(&store);
    alike::<Rubric>(&store);
    alike::<Submission>(&store);
    alike::<Version>(&store);
    alike::<Evidence>(&store);
    alike::<Review>(&store);
    alike::<Award>(&store);
    alike::<Badge>(&store);
    alike::<StatusList>(&store);
    if let Ok(entry) = serde_json::from_slice::<Entry>(data) {
        let leaf = entry.leaf();
        assert_eq!(serde_json::from_slice::<Entry>(&leaf).ok(), Some(entry));
    }
}

fn alike<T: Serialize + DeserializeOwned + PartialEq + Debug>(store: &Store) {
    let read = match store.read::<T>(b"any") {
        Ok(Some(read)) => read.value,
        Ok(None) => return,
        Err(StoreError::Record { key, .. }) => return assert_eq!(key, "any"),
        Err(other) => panic!("{other}"),
    };
    let mut batch = Batch::default();
    batch
        .put_record(b"any".to_vec(), &read)
        .expect("what was read can be written");
    let written = batch.writes()[&b"any"[..]].clone().expect("it is written");
    let store = Store::open(Arc::new(Whatever(written))).expect("its format is known");
    let again = store
        .read::<T>(b"any")
        .expect("what was written can be read");
    assert_eq!(again.map(|again| again.value), Some(read));
}

/// Gives the same bytes for every key but that of the format.
struct Whatever(Vec<u8>);

impl Engine for Whatever {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, EngineError> {
        Ok(Some(match key == layout::format() {
            true => br#"{"v":1,"format":1}"#.to_vec(),
            false => self.0.clone(),
        }))
    }

    fn scan(&self, _: &[u8], _: &[u8], _: usize) -> Result<Vec<KeyValue>, EngineError> {
        Ok(vec![(b"any".to_vec(), self.0.clone())])
    }

    fn submit(&self, _: Batch) -> Submitted {
        Submitted::known(Ok(()))
    }

    fn hangs(&self) -> bool {
        false
    }

    fn compact(&self) -> Result<Compacted, EngineError> {
        Err(EngineError::Stopped)
    }
}
