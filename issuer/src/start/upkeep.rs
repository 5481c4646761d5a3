//! What is done from time to time while the service runs.

use std::sync::Arc;
use std::time::{Duration, Instant};

use issuer::app::App;
use issuer::awarding;
use issuer::badge::{bulk, expiry};
use issuer::endorsement::giving;
use issuer::erasure;
use issuer::error::Error;
use issuer::fetch::WebhookCalls;
use issuer::http::edge::{Clock, Edge, Post};
use issuer::http::importing;
use issuer::issuance;
use issuer::mail::{self, NotSent};
use issuer::merge;
use issuer::retention;
use issuer::smtp::Postman;
use issuer::status;
use issuer::upload::Receiving;
use tokio::sync::oneshot;
use tracing::{error, info};

use super::StartError;

/// What keeps the service right while it runs: lists signed anew in time, awards taken up that a
/// crash left open.
pub struct Upkeep {
    pub(super) app: Arc<App>,
    pub(super) edge: Edge,
    pub(super) receiving: Receiving,
    pub(super) webhooks: Arc<WebhookCalls>,
    pub(super) postman: Option<Arc<Postman>>,
    pub(super) post: Post,
}

impl Upkeep {
    /// What must be done before the first request: verifiers must find fresh lists.
    pub async fn first(&self) -> Result<(), StartError> {
        Ok(self.once().await?)
    }

    /// Goes on until it is dropped.
    pub async fn for_ever(self) {
        tokio::join!(
            self.round_by_round(),
            self.looking_after_uploads(),
            self.carrying_mail(),
            self.working_off_lists(),
            self.telling_webhooks(),
            self.changing_many(),
            self.letting_go(),
            self.importing(),
            self.compacting(),
        );
    }

    async fn carrying_mail(&self) {
        if self.post == Post::Shown {
            return;
        }
        loop {
            tokio::time::sleep(BETWEEN_MAIL).await;
            let (app, postman) = (self.app.clone(), self.postman.clone());
            let work = tokio::task::spawn_blocking(move || {
                // Without a mail server messages are given up in time, so that they do not heap up.
                let none = || NotSent::ForNow("no mail server is configured".to_owned());
                mail::send_due(&app, Clock::System.now(), |mail| match &postman {
                    Some(postman) => postman.send(mail),
                    None => Err(none()),
                })
            });
            if let Ok(Err(error)) = work.await {
                error!("Mail waits because of {error} ({})", error.code());
            }
        }
    }

    async fn telling_webhooks(&self) {
        loop {
            if let Err(error) = self.webhooks.deliver_due(&self.app, Clock::System).await {
                error!("Webhooks wait because of {error} ({})", error.code());
            }
            tokio::time::sleep(BETWEEN_MESSAGES).await;
        }
    }

    /// Beside the rest: thousands of badges take minutes.
    async fn changing_many(&self) {
        loop {
            tokio::time::sleep(BETWEEN_BULKS).await;
            let app = self.app.clone();
            let work = tokio::task::spawn_blocking(move || bulk::resume(&app, Clock::System.now()));
            if let Ok(Err(error)) = work.await {
                error!(
                    "A change of many badges waits because of {error} ({})",
                    error.code()
                );
            }
        }
    }

    /// Looks at badges that people brought from other hosts.
    async fn importing(&self) {
        loop {
            match importing::work_off(&self.edge).await {
                Ok(0) => {}
                Ok(_) => continue,
                Err(error) => error!("Imports wait because of {error} ({})", error.code()),
            }
            tokio::time::sleep(BETWEEN_LISTS).await;
        }
    }

    /// Removes what is kept no longer: at once while there is more, or else after a while.
    async fn letting_go(&self) {
        loop {
            let app = self.app.clone();
            let round = move || retention::look_after(&app, Clock::System.now());
            let done = match tokio::task::spawn_blocking(round).await {
                Ok(Ok(done)) => done,
                Ok(Err(error)) => {
                    error!("What is over is not removed: {error} ({})", error.code());
                    retention::Done::default()
                }
                // A panic ends with its thread and was written there.
                Err(_) => retention::Done::default(),
            };
            let pause = match done.is_nothing() {
                true => BETWEEN_REMOVALS,
                false => BETWEEN_LISTS,
            };
            tokio::time::sleep(pause).await;
        }
    }

    /// Leaves nothing of what was removed in the store's files. In a thread of its own, for which a stop does not wait:
    /// what is half written does not count.
    async fn compacting(&self) {
        loop {
            let app = self.app.clone();
            let (told, done) = oneshot::channel();
            let began = Instant::now();
            let work = move || drop(told.send(app.store.compact_if_asked()));
            let thread = std::thread::Builder::new().name("compaction".to_owned());
            if let Err(error) = thread.spawn(work) {
                error!("The store is not compacted: {error}");
            }
            let pause = match done.await {
                Ok(Ok(None)) => BETWEEN_LISTS,
                Ok(Ok(Some(compacted))) => {
                    info!(
                        "Compacted the store after something was removed: {} records, {} bytes before, {} now, in {:.1?}",
                        compacted.records,
                        compacted.bytes_before,
                        compacted.bytes,
                        began.elapsed()
                    );
                    // A tenth of the time is enough for a large store from which something is removed again and again.
                    BETWEEN_LISTS.max(began.elapsed() * 9)
                }
                Ok(Err(error)) => {
                    error!("The store is not compacted: {error} ({})", error.code());
                    BETWEEN_REMOVALS
                }
                // A panic ends with its thread and was written there.
                Err(_) => BETWEEN_REMOVALS,
            };
            tokio::time::sleep(pause).await;
        }
    }

    async fn round_by_round(&self) {
        loop {
            tokio::time::sleep(BETWEEN_UPKEEP).await;
            if let Err(error) = self.once().await {
                error!(
                    "Upkeep failed and will be tried again: {error} ({})",
                    error.code()
                );
            }
        }
    }

    /// Awards what lists name, round by round: at once while there is more, or else after a pause.
    async fn working_off_lists(&self) {
        loop {
            let app = self.app.clone();
            let round = move || awarding::work_off(&app, Clock::System.now());
            let worked = tokio::task::spawn_blocking(round).await;
            let rows = match worked {
                Ok(Ok(worked)) => {
                    for (list, error) in worked.failed {
                        error!("List {list} of awards waits: {error} ({})", error.code());
                    }
                    worked.rows
                }
                Ok(Err(error)) => {
                    error!("Lists of awards wait: {error} ({})", error.code());
                    0
                }
                // A panic ends with its thread and was written there.
                Err(_) => 0,
            };
            if rows == 0 {
                tokio::time::sleep(BETWEEN_LISTS).await;
            }
        }
    }

    /// Beside the rest: to remove gigabytes, or to have them looked at, takes a while.
    async fn looking_after_uploads(&self) {
        loop {
            if let Err(error) = self.receiving.look_after(Clock::System.now()).await {
                error!("Uploads wait because of {error}");
            }
            tokio::time::sleep(BETWEEN_UPKEEP).await;
        }
    }

    async fn once(&self) -> Result<(), Error> {
        let (app, now) = (self.app.clone(), Clock::System.now());
        let work = tokio::task::spawn_blocking(move || {
            for (number, error) in status::keep_all_fresh(&app, now)?.failed {
                error!(
                    "Status list {number} is not signed anew: {error} ({})",
                    error.code()
                );
            }
            app.store.forget_what_ended(now)?;
            merge::resume(&app, now)?;
            expiry::remind(&app, now)?;
            awarding::remind(&app, now)?;
            erasure::resume(&app, now)?;
            let endorsed = giving::resume(&app, now)?;
            if endorsed.given > 0 {
                info!(
                    "Gave {} endorsements whose giving had been interrupted",
                    endorsed.given
                );
            }
            for (id, error) in endorsed.failed {
                error!(endorsement.id = %id, "Endorsement {id} stays open: {error} ({})", error.code());
            }
            let resumed = issuance::resume(&app, now)?;
            if resumed.issued > 0 {
                info!(
                    "Issued {} badges whose issuing had been interrupted",
                    resumed.issued
                );
            }
            if resumed.reissued > 0 {
                info!(
                    "Issued {} further editions whose issuing had been interrupted",
                    resumed.reissued
                );
            }
            for (badge, error) in resumed.failed_editions {
                error!(badge.id = %badge, "An edition of badge {badge} stays open: {error} ({})", error.code());
            }
            for (award, error) in resumed.failed {
                error!(award.id = %award, "Award {award} stays open: {error} ({})", error.code());
            }
            Ok(())
        });
        // A panic in upkeep ends with its thread and was written there; the next round is another.
        work.await.unwrap_or(Ok(()))
    }
}

/// People look into their mailboxes as soon as they are told that something comes.
const BETWEEN_MAIL: Duration = Duration::from_secs(1);

/// Whoever has sent a list looks at its page to see it begin.
const BETWEEN_LISTS: Duration = Duration::from_secs(1);
/// Whoever begins one waits for it to move.
const BETWEEN_BULKS: Duration = Duration::from_secs(1);

/// What is over has been for months: an hour matters to nobody.
const BETWEEN_REMOVALS: Duration = Duration::from_secs(60 * 60);

/// Programs are told as soon as people are.
const BETWEEN_MESSAGES: Duration = Duration::from_secs(1);

/// A crash leaves an award open for at most this long; lists are signed anew long before they end.
const BETWEEN_UPKEEP: Duration = Duration::from_secs(60);
