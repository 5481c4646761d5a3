//! Politeness: only a few requests at once to any one host, however many badges name it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use url::Url;
use verifier::FetchFailure;

/// The hosts that are being called.
#[derive(Debug, Default)]
pub struct Hosts {
    called: Mutex<HashMap<String, Weak<Semaphore>>>,
}

/// Leave to call a host, until it is dropped.
#[derive(Debug)]
pub struct Turn {
    _permit: OwnedSemaphorePermit,
}

impl Hosts {
    /// Waits until the host of `url` may be called once more.
    pub async fn turn(&self, url: &Url) -> Result<Turn, FetchFailure> {
        let host = self.host(url.host_str().unwrap_or_default());
        let waited = tokio::time::timeout(MOST_WAITING, host.acquire_owned()).await;
        match waited {
            Ok(Ok(permit)) => Ok(Turn { _permit: permit }),
            // The semaphore is never closed; the wait alone ends.
            Ok(Err(_)) | Err(_) => Err(FetchFailure::Budget),
        }
    }

    fn host(&self, name: &str) -> Arc<Semaphore> {
        let mut called = self.called.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(host) = called.get(name).and_then(Weak::upgrade) {
            return host;
        }
        // Whoever is no longer called is forgotten, so that the map is no longer than the calls.
        called.retain(|_, host| host.strong_count() > 0);
        let host = Arc::new(Semaphore::new(MOST_AT_ONCE));
        called.insert(name.to_owned(), Arc::downgrade(&host));
        host
    }
}

/// As many connections as a browser of old would open to one host.
const MOST_AT_ONCE: usize = 4;

/// Longer than any verification waits for all its documents.
const MOST_WAITING: Duration = Duration::from_secs(10);
