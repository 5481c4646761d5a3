//! The W3C VC-API, so that the test suites of others can test this program (`assay serve --interop`).
//!
//! Whoever asks gets a signature under whatever well-formed credential they send. So it is a service of its own: it has
//! no store, no organisation and no key but those made for it, and is never part of what `assay serve` serves. The rules
//! of documents and the judgement of proofs come from the verifier (`verifier::vc`), the signatures from `keys`.

mod answer;
mod deriving;
mod endpoint;
mod identity;
mod index;
mod issuing;
mod request;
mod statuses;
mod verifying;

use std::sync::Arc;

use axum::Router;
use axum::middleware;
use axum::routing::{get, post};
use tokio::sync::Semaphore;
use tower_http::catch_panic::CatchPanicLayer;

use self::statuses::StatusLists;
use crate::fetch::Fetch;
use crate::http::edge::Clock;
use crate::http::error::{self, HttpError};
use crate::http::headers::{self, Protection};
use crate::public_url::PublicUrl;
use crate::random::Random;

pub use self::identity::{InteropKeyError, InteropKeys};

/// What every request to the VC-API is answered with.
pub struct Interop {
    public_url: PublicUrl,
    keys: InteropKeys,
    lists: StatusLists,
    random: Random,
    clock: Clock,
    fetch: Arc<dyn Fetch>,
    /// One permit for each request under way.
    turns: Semaphore,
}

impl Interop {
    /// A VC-API that is reached at this address and signs with these keys.
    pub fn new(
        public_url: PublicUrl,
        keys: InteropKeys,
        random: Random,
        clock: Clock,
        fetch: Arc<dyn Fetch>,
    ) -> Interop {
        Interop {
            public_url,
            keys,
            lists: StatusLists::default(),
            random,
            clock,
            fetch,
            turns: Semaphore::new(MOST_REQUESTS_AT_ONCE),
        }
    }

    /// Does the work of one request in its turn, on a thread that may take its time.
    async fn work<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Interop) -> T + Send + 'static,
    ) -> Result<T, HttpError> {
        let _turn = self
            .turns
            .try_acquire()
            .map_err(|_| HttpError::Overloaded)?;
        let interop = self.clone();
        tokio::task::spawn_blocking(move || work(&interop))
            .await
            .map_err(HttpError::fault)
    }
}

/// Everything that the VC-API answers.
pub fn router(interop: Interop) -> Router {
    let one = Router::new()
        .route("/credentials/issue", post(issuing::issue))
        .route("/credentials/verify", post(verifying::credential))
        .route("/credentials/derive", post(deriving::derive))
        .route("/credentials/status", post(statuses::set))
        .route("/presentations/verify", post(verifying::presentation))
        .route("/status/{purpose}", get(statuses::list))
        .route("/status/{purpose}/publish", post(statuses::publish));
    let protection = Protection::of(&interop.public_url);
    Router::new()
        .route("/interop", get(index::index))
        .nest("/interop/{suite}/{key}", one)
        .fallback(async || HttpError::NotFound)
        .method_not_allowed_fallback(async || HttpError::MethodNotAllowed)
        .layer(CatchPanicLayer::custom(error::after_panic))
        .layer(middleware::from_fn_with_state(protection, headers::protect))
        .with_state(Arc::new(interop))
}

/// A test suite sends one request after another; more at once is somebody trying how much work a stranger can make.
const MOST_REQUESTS_AT_ONCE: usize = 32;
