//! Calls to the addresses of webhooks, which administrators chose: bounded like every other call to the
//! outside, and followed nowhere else.

use std::collections::{BTreeMap, HashMap};
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use reqwest::{Response, StatusCode};
use tokio::task::JoinSet;
use url::Url;
use verifier::FetchFailure;

use super::clients::{Authorities, Clients};
use super::names::{Names, failure};
use super::reach::Reach;
use crate::app::App;
use crate::clock::Clock;
use crate::error::Error;
use crate::id::WebhookId;
use crate::webhook::delivering::{self, Parcel};
use crate::webhook::delivery::Outcome;
use crate::webhook::message::Message;

/// The way to the programs of organisations.
pub struct WebhookCalls {
    clients: Clients,
}

impl WebhookCalls {
    /// Calls what `reach` allows; private hosts may show certificates of these authorities too.
    pub fn reaching(reach: Reach, authorities: &Authorities) -> WebhookCalls {
        WebhookCalls {
            clients: Clients::reaching(reach, authorities),
        }
    }

    /// The same, where private hosts are found at these addresses and nowhere else.
    pub fn reaching_at(
        reach: Reach,
        authorities: &Authorities,
        addresses: HashMap<String, SocketAddr>,
    ) -> WebhookCalls {
        WebhookCalls {
            clients: Clients::reaching_at(reach, authorities, addresses),
        }
    }

    /// Looks the names of public hosts up here.
    pub fn looking_up(self, names: Arc<dyn Names>) -> WebhookCalls {
        WebhookCalls {
            clients: self.clients.looking_up(names),
        }
    }

    /// Refuses an address that would never be called, as far as its text tells.
    pub fn must_reach(&self, address: &Url) -> Result<(), Error> {
        self.clients.way(address).map(|_| ()).map_err(|failure| {
            let message = format!("messages are not sent there: {failure}");
            Error::invalid("/address", message)
        })
    }

    /// Sends a message, and says what came of it.
    pub async fn send(&self, message: &Message) -> Outcome {
        let sent = tokio::time::timeout(ONE_MESSAGE, self.post(message)).await;
        match sent.unwrap_or(Err(FetchFailure::Timeout)) {
            Ok(status) => Outcome::Answered(status.as_u16()),
            Err(failure) => Outcome::Failed(failure.code().to_owned()),
        }
    }

    async fn post(&self, message: &Message) -> Result<StatusCode, FetchFailure> {
        let mut request = self
            .clients
            .client(&message.address)?
            .post(message.address.clone())
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .body(message.body.clone());
        for (name, value) in &message.headers {
            let value = HeaderValue::from_str(value).map_err(|_| FetchFailure::NotAllowed)?;
            request = request.header(HeaderName::from_static(name), value);
        }
        let answer = request.send().await.map_err(failure)?;
        let status = answer.status();
        drain(answer).await;
        Ok(status)
    }

    /// Sends what is due until nothing is. To be called again and again.
    pub async fn deliver_due(&self, app: &Arc<App>, clock: Clock) -> Result<usize, Error> {
        let mut sent = 0;
        let mut under_way = BTreeMap::new();
        let mut sending = JoinSet::new();
        loop {
            let (app_here, ways, now) = (app.clone(), under_way.clone(), clock.now());
            let take = move || delivering::take_due(&app_here, &ways, now);
            for parcel in blocking(take).await? {
                *under_way.entry(parcel.webhook()).or_default() += 1;
                sending.spawn(self.carry(app.clone(), parcel, clock));
            }
            // One server that hangs keeps nobody else waiting.
            let next = tokio::time::timeout(BETWEEN_LOOKS, sending.join_next());
            let done = match next.await {
                Err(_) => continue,
                Ok(None) => return Ok(sent),
                Ok(Some(done)) => done,
            };
            sent += 1;
            if let Ok((webhook, settled)) = done {
                settled?;
                leave(&mut under_way, webhook);
            }
        }
    }

    /// Sends one, and writes down what came of it.
    fn carry(
        &self,
        app: Arc<App>,
        parcel: Parcel,
        clock: Clock,
    ) -> impl Future<Output = (WebhookId, Result<(), Error>)> + Send + 'static {
        let calls = WebhookCalls {
            clients: self.clients.clone(),
        };
        async move {
            let (webhook, begun) = (parcel.webhook(), Instant::now());
            let outcome = calls.send(&parcel.message).await;
            let took = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
            let settle = move || delivering::settle(&app, parcel, outcome, took, clock.now());
            (webhook, blocking(settle).await)
        }
    }
}

fn leave(under_way: &mut BTreeMap<WebhookId, usize>, webhook: WebhookId) {
    if let Some(count) = under_way.get_mut(&webhook) {
        *count = count.saturating_sub(1);
    }
}

/// Work that touches the store, on a thread that may wait for it.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let done = tokio::task::spawn_blocking(work).await;
    // It panicked, which was written down there, or the service is stopping: what was put off is due again.
    done.unwrap_or(Err(Error::Missing("a thread")))
}

/// Reads a little of an answer, so that its connection can be used again; nobody needs what it says.
async fn drain(mut answer: Response) {
    let mut read = 0;
    while let Ok(Some(chunk)) = answer.chunk().await {
        read += chunk.len();
        if read > MOST_ANSWERED {
            return;
        }
    }
}

/// Standard Webhooks: 15 to 30 seconds. Receivers are asked to take a message first and work on it later.
const ONE_MESSAGE: Duration = Duration::from_secs(15);

/// How soon what was queued meanwhile is seen.
const BETWEEN_LOOKS: Duration = Duration::from_secs(1);

/// What an answer may say before the connection is given up.
const MOST_ANSWERED: usize = 64 * 1024;
