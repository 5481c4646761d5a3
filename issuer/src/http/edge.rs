//! What every handler holds: the service, the outside world, the clock, and its own limits.

use std::net::IpAddr;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use verifier::TrustList;

use super::Masthead;
use super::error::HttpError;
use super::load::Load;
use super::rates::Rates;
use crate::app::App;
use crate::checkpoint::NoteSigner;
pub use crate::clock::Clock;
use crate::config::EdgeLimits;
use crate::error::Error;
use crate::evidence::EvidenceFiles;
use crate::fetch::{Fetch, NewestLists, ProviderCalls, WebhookCalls};
use crate::id::ProviderId;
use crate::limit::Buckets;
use crate::public_url::PublicUrl;
use crate::upload::Receiving;

/// What every handler holds. Copies share everything, and are as cheap as a pointer: the router makes several of them
/// for each request.
#[derive(Clone)]
pub struct Edge(Arc<EdgeParts>);

/// What an edge is made of.
pub struct EdgeParts {
    /// The service itself.
    pub app: Arc<App>,
    /// The outside world, for verifying what strangers present.
    pub fetch: Arc<dyn Fetch>,
    /// The newest editions of status lists that were seen.
    pub newest_lists: Arc<NewestLists>,
    /// The issuers that the operator knows, if there is a list of them.
    pub trust: Option<Arc<TrustList>>,
    /// Where a request learns what time it is.
    pub clock: Clock,
    /// Where strangers reach the service; no header of a request says otherwise.
    pub public_url: PublicUrl,
    /// What every page begins with.
    pub masthead: Masthead,
    /// What a stranger may make the edge hold.
    pub limits: EdgeLimits,
    /// The evidence files.
    pub evidence: Arc<EvidenceFiles>,
    /// Signs the log's checkpoints.
    pub log_signer: Arc<NoteSigner>,
    /// Whose word is taken on where a request comes from.
    pub trusted_proxies: Arc<[IpAddr]>,
    /// Whether there is a way for mail, and where it can be seen if not.
    pub post: Post,
    /// The identity providers that people may sign in with.
    pub providers: Arc<Vec<ProviderCalls>>,
    /// The way to the programs of organisations.
    pub webhooks: Arc<WebhookCalls>,
    /// How often anybody may call.
    pub rates: Arc<Rates>,
    /// How often each client begins to sign in with a provider or a passkey.
    pub attempts: Arc<Buckets>,
    /// How much is being done.
    pub load: Arc<Load>,
    /// One permit for each archive that is being put together.
    pub exports: Arc<Semaphore>,
    /// One permit for each verification under way.
    pub verifying: Arc<Semaphore>,
}

/// Whether there is a way for mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Post {
    /// It is handed to a mail server.
    Sent,
    /// It stays in the outbox, which is a page here: this is a development machine.
    Shown,
    /// It stays in the outbox, where nobody sees it: no mail server is configured.
    Kept,
}

impl From<EdgeParts> for Edge {
    fn from(parts: EdgeParts) -> Edge {
        Edge(Arc::new(parts))
    }
}

impl Deref for Edge {
    type Target = EdgeParts;

    fn deref(&self) -> &EdgeParts {
        &self.0
    }
}

impl EdgeParts {
    /// What takes files in.
    pub fn receiving(&self) -> Receiving {
        Receiving {
            app: self.app.clone(),
            files: self.evidence.clone(),
            limits: self.limits.uploads,
        }
    }

    /// The permits for verifications under way; each holds at most its badge and eight documents.
    pub fn turns() -> Arc<Semaphore> {
        Arc::new(Semaphore::new(MOST_VERIFICATIONS))
    }

    /// The permits for archives that are being put together: each reads through the store.
    pub fn archives() -> Arc<Semaphore> {
        Arc::new(Semaphore::new(MOST_ARCHIVES))
    }

    /// The identity provider of this name, if the operator has named one so.
    pub fn provider(&self, id: &ProviderId) -> Result<&ProviderCalls, Error> {
        let mut providers = self.providers.iter();
        let found = providers.find(|calls| calls.provider.id == *id);
        found.ok_or(Error::NotFound)
    }

    /// Ends when the disk of the store is found to hang.
    pub(super) async fn hung(&self) {
        while !self.app.store.engine().hangs() {
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
    }

    /// Does work that touches the store on a thread that may wait for it.
    pub async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&App) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, HttpError> {
        let hand = self.load.hand(self.hung()).await;
        let app = self.app.clone();
        let working = tokio::task::spawn_blocking(move || {
            let _hand = hand;
            work(&app)
        });
        let done = working.await;
        // Either the work panicked or the service is stopping.
        done.map_err(HttpError::fault)?.map_err(HttpError::from)
    }
}

/// Whoever waits for a disk that hangs learns of it about as soon as others do.
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);
const MOST_VERIFICATIONS: usize = 32;
const MOST_ARCHIVES: usize = 4;
