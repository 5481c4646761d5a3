//! Which editions of status lists were seen, so that nobody passes an old one off as the newest.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use schemas::timestamp::Timestamp;
use verifier::{Clock, ListEdition, Policy, Report};

use super::{Fetch, rounds};

/// The newest edition of each list that was seen since the start.
///
/// What is remembered is what the issuer itself signed. Whoever wants it forgotten has to have
/// thousands of lists of their own read meanwhile.
#[derive(Debug, Default)]
pub struct NewestLists(Mutex<Seen>);

#[derive(Debug, Default)]
struct Seen {
    newest: HashMap<Name, Timestamp>,
    /// In the order in which they were first seen.
    names: VecDeque<Name>,
}

/// A list's address and its issuer: at one address two may publish.
type Name = (String, String);

impl NewestLists {
    /// Verifies a badge, and refuses it if a list that it rests on is older than one seen before.
    pub async fn verify(
        &self,
        presented: Vec<u8>,
        fetch: &dyn Fetch,
        mut policy: Policy,
        now: Timestamp,
    ) -> Report {
        let report = rounds::verify(presented.clone(), fetch, policy.clone(), now).await;
        // Who asks about another day is told of that day, and teaches nothing about this one.
        if policy.clock == Clock::Chosen {
            return report;
        }
        policy.newest_lists = self.note(&report);
        if policy.newest_lists.is_empty() {
            return report;
        }
        rounds::verify(presented, fetch, policy, now).await
    }

    /// Notes what was read, and gives the newer editions of lists of which an older one was.
    fn note(&self, report: &Report) -> Vec<ListEdition> {
        let mut seen = self.seen();
        let newer = report.list_editions().into_iter().filter_map(|edition| {
            let newest = seen.note(&edition);
            (edition.valid_from < newest)
                .then(|| ListEdition::new(&edition.list, &edition.issuer, newest))
        });
        newer.collect()
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        // A panic in between leaves at worst a list unremembered.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seen {
    /// The newest edition's time, this one included.
    fn note(&mut self, edition: &ListEdition) -> Timestamp {
        let name = (edition.list.clone(), edition.issuer.clone());
        if let Some(newest) = self.newest.get_mut(&name) {
            *newest = (*newest).max(edition.valid_from);
            return *newest;
        }
        if self.names.len() == MOST_LISTS
            && let Some(oldest) = self.names.pop_front()
        {
            self.newest.remove(&oldest);
        }
        self.names.push_back(name.clone());
        self.newest.insert(name, edition.valid_from);
        edition.valid_from
    }
}

/// The lists of all issuers that a busy service meets; with addresses of the greatest length they
/// take 32 MiB.
const MOST_LISTS: usize = 4_096;
