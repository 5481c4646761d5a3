//! What was fetched a moment ago, so that a thousand badges of one issuer ask it once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::OwnedMutexGuard;
use url::Url;
use verifier::{Answer, DocumentKind};

/// Answers by address and kind, for a bounded time and in a bounded number of bytes.
#[derive(Debug)]
pub struct Cache {
    most_bytes: usize,
    places: Mutex<Places>,
}

#[derive(Debug, Default)]
struct Places {
    by_address: HashMap<(Url, DocumentKind), Place>,
    bytes: usize,
    looks: u64,
}

#[derive(Debug)]
struct Place {
    kept: Arc<KeptMutex>,
    bytes: usize,
    last_look: u64,
}

/// Held across the request that fills it: others who want the same wait instead of asking too.
type KeptMutex = tokio::sync::Mutex<Option<Kept>>;

/// An answer that is kept.
#[derive(Clone, Debug)]
pub struct Kept {
    /// What came back, failures too.
    pub answer: Answer,
    /// Until when it is given without asking again.
    pub fresh_until: Instant,
    /// With what the server can be asked whether it still holds.
    pub etag: Option<String>,
}

/// One address's place, held by the only one who may be fetching for it.
pub struct Held<'a> {
    cache: &'a Cache,
    key: (Url, DocumentKind),
    kept: OwnedMutexGuard<Option<Kept>>,
}

impl Cache {
    /// Keeps at most this many bytes of documents.
    pub fn new(most_bytes: usize) -> Cache {
        Cache {
            most_bytes,
            places: Mutex::default(),
        }
    }

    /// The place of an address. Whoever asks for the same one meanwhile waits, and then finds the
    /// answer there.
    pub async fn hold(&self, url: &Url, kind: DocumentKind) -> Held<'_> {
        let key = (url.clone(), kind);
        let kept = {
            let mut places = self.places();
            places.look(&key, self.most_bytes)
        };
        Held {
            cache: self,
            key,
            kept: kept.lock_owned().await,
        }
    }

    /// The number of addresses kept, and the bytes of their documents.
    pub fn size(&self) -> (usize, usize) {
        let places = self.places();
        (places.by_address.len(), places.bytes)
    }

    fn places(&self) -> std::sync::MutexGuard<'_, Places> {
        // A panic between two lines of arithmetic leaves nothing half done that matters.
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held<'_> {
    /// What is kept and still fresh at `now`.
    pub fn fresh(&self, now: Instant) -> Option<&Answer> {
        let kept = self.kept.as_ref().filter(|kept| now < kept.fresh_until);
        kept.map(|kept| &kept.answer)
    }

    /// What is kept, however old.
    pub fn stale(&self) -> Option<&Kept> {
        self.kept.as_ref()
    }

    /// Keeps an answer in place of the one before.
    pub fn keep(mut self, kept: Kept) {
        let bytes = ENTRY_BYTES + kept.answer.as_ref().map_or(0, |found| found.bytes.len());
        *self.kept = Some(kept);
        let mut places = self.cache.places();
        if let Some(place) = places.by_address.get_mut(&self.key) {
            let before = std::mem::replace(&mut place.bytes, bytes);
            places.bytes = places.bytes + bytes - before;
            places.shrink_to(self.cache.most_bytes);
        }
    }
}

impl Places {
    fn look(&mut self, key: &(Url, DocumentKind), most_bytes: usize) -> Arc<KeptMutex> {
        self.looks += 1;
        let last_look = self.looks;
        if let Some(place) = self.by_address.get_mut(key) {
            place.last_look = last_look;
            return place.kept.clone();
        }
        let kept = Arc::new(KeptMutex::default());
        let place = Place {
            kept: kept.clone(),
            bytes: ENTRY_BYTES,
            last_look,
        };
        self.by_address.insert(key.clone(), place);
        self.bytes += ENTRY_BYTES;
        self.shrink_to(most_bytes);
        kept
    }

    /// Forgets what nobody looked at for longest. What somebody is waiting for stays with them.
    fn shrink_to(&mut self, most_bytes: usize) {
        while self.bytes > most_bytes {
            let oldest = self
                .by_address
                .iter()
                .min_by_key(|(_, place)| place.last_look)
                .map(|(key, _)| key.clone());
            let Some(forgotten) = oldest.and_then(|key| self.by_address.remove(&key)) else {
                return;
            };
            self.bytes -= forgotten.bytes;
        }
    }
}

/// How long an answer is given without asking again.
///
/// What the server says counts between two bounds: at least as long as one badge takes, so that no
/// server can have itself called for every badge, and at most so long that a withdrawn key, or a
/// revocation, is seen in time.
pub fn freshness(answer: &Answer, kind: DocumentKind, max_age: Option<Duration>) -> Duration {
    let (unsaid, most) = match (answer, kind) {
        (Err(_), _) => return FAILURE,
        (
            Ok(_),
            DocumentKind::StatusList
            | DocumentKind::RevocationList
            | DocumentKind::RefreshedCredential,
        ) => (MINUTE, MINUTE),
        (Ok(_), _) => (5 * MINUTE, 60 * MINUTE),
    };
    max_age.unwrap_or(unsaid).clamp(LEAST, most)
}

const MINUTE: Duration = Duration::from_secs(60);

/// A server that was down may be up again soon.
const FAILURE: Duration = Duration::from_secs(30);

/// As long as all answers of one verification may take.
const LEAST: Duration = Duration::from_secs(10);

/// What an address without a document takes: failures are bounded by the same number of bytes.
const ENTRY_BYTES: usize = 1024;
