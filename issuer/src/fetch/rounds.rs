//! The caller's loop: the verifier says what it lacks, and it is fetched, round by round.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use schemas::schema::Class;
use schemas::timestamp::Timestamp;
use tokio::time::Instant;
use url::Url;
use verifier::{Answer, Documents, FetchFailure, Policy, Report, Request};

use super::{Fetch, Wanted};

/// Verifies a badge, fetching what the verifier asks for until nothing is missing.
///
/// The verifier asks for the issuer's keys first and for all else only when the proof holds; what it
/// asks for in one round is fetched side by side. The clock is the caller's; what is fetched is
/// bounded by count and by time for the badge as a whole, so that one badge cannot make this
/// service call a thousand others.
pub async fn verify(
    presented: Vec<u8>,
    fetch: &dyn Fetch,
    policy: Policy,
    now: Timestamp,
) -> Report {
    let badge = Arc::new((presented, policy));
    let mut budget = Budget::new();
    let mut documents = Documents::default();
    loop {
        let report;
        (report, documents) = verify_once(badge.clone(), documents, now).await;
        let missing = report.missing();
        if missing.is_empty() {
            return report;
        }
        if is_record(&report) {
            budget.most_requests = MOST_REQUESTS_OF_A_RECORD;
        }
        let granted = missing.into_iter().map(|request| {
            let granted = budget.grant(&request.url);
            (request, granted)
        });
        let answers: Vec<(Url, Answer)> = stream::iter(granted.collect::<Vec<_>>())
            .map(|(request, granted)| answer(fetch, request, granted, budget.deadline))
            .buffered(MOST_AT_ONCE)
            .collect()
            .await;
        // Failures too: nothing is asked for twice.
        for (url, answer) in answers {
            documents.insert(url, answer);
        }
    }
}

async fn answer(
    fetch: &dyn Fetch,
    request: Request,
    granted: Result<(), FetchFailure>,
    deadline: Instant,
) -> (Url, Answer) {
    let answer = match granted {
        Err(failure) => Err(failure),
        Ok(()) => {
            let fetching = fetch.fetch(&request.url, Wanted::Part(request.kind));
            tokio::time::timeout_at(deadline, fetching)
                .await
                .unwrap_or(Err(FetchFailure::Budget))
        }
    };
    (request.url, answer)
}

/// Computes away from the threads that serve connections.
async fn verify_once(
    badge: Arc<(Vec<u8>, Policy)>,
    documents: Documents,
    now: Timestamp,
) -> (Report, Documents) {
    let verifying = tokio::task::spawn_blocking(move || {
        let (presented, policy) = badge.as_ref();
        (
            verifier::verify(presented, &documents, policy, now),
            documents,
        )
    });
    match verifying.await {
        Ok(done) => done,
        // A panic goes on where it would have gone without the thread.
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

/// Whether the badge is a learner record whose own proof holds.
fn is_record(report: &Report) -> bool {
    let class = report.credential().and_then(Class::of);
    class == Some(Class::ClrCredential)
}

/// What one verification may still ask for.
struct Budget {
    deadline: Instant,
    most_requests: u32,
    requests: u32,
    by_host: HashMap<String, u32>,
}

impl Budget {
    fn new() -> Budget {
        Budget {
            deadline: Instant::now() + WHOLE_VERIFICATION,
            most_requests: MOST_REQUESTS,
            requests: 0,
            by_host: HashMap::new(),
        }
    }

    fn grant(&mut self, url: &Url) -> Result<(), FetchFailure> {
        let host = url.host_str().unwrap_or_default().to_owned();
        let of_host = self.by_host.entry(host).or_default();
        if self.requests == self.most_requests || *of_host == MOST_REQUESTS_TO_A_HOST {
            return Err(FetchFailure::Budget);
        }
        self.requests += 1;
        *of_host += 1;
        Ok(())
    }
}

/// All answers of one verification together.
const WHOLE_VERIFICATION: Duration = Duration::from_secs(10);

/// A badge needs a key, a status list, its newer edition and that one's list; the rest is room for a
/// schema and for those who endorse it.
const MOST_REQUESTS: u32 = 8;

/// Each credential in a learner record is verified in full, and each can have another issuer: three
/// times the room of a badge, once the record itself is proven.
const MOST_REQUESTS_OF_A_RECORD: u32 = 24;

/// A badge whose documents all lie at one host asks for no more; a record may not spend its greater
/// room on one host.
const MOST_REQUESTS_TO_A_HOST: u32 = 8;

/// Requests of one round under way at once.
const MOST_AT_ONCE: usize = 4;
