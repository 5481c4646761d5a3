//! How long a review takes: told to reviewers, authors and earners alike.

use super::Waiting;
use crate::app::App;
use crate::error::Error;
use crate::id::{MicroCredentialId, OrganisationId, SubmissionId};
use crate::submission::{State, Submission};
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// That a version was decided, and how long it had waited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// The submission.
    pub submission: SubmissionId,
    /// The version.
    pub version: u32,
    /// What it was for.
    pub micro_credential: MicroCredentialId,
    /// When it was handed in.
    pub since: Timestamp,
    /// When it was decided.
    pub finished: Timestamp,
    /// How many people had scored it.
    pub reviewers: u32,
}

/// How long the reviews of an organisation take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turnaround {
    /// How many of the last decisions are counted.
    pub decided: usize,
    /// The median of the seconds between handing in and decision; nothing while there are few.
    pub median: Option<i64>,
    /// How many versions wait.
    pub waiting: usize,
    /// Whether more wait than were counted.
    pub more_wait: bool,
    /// The median of the seconds for which they have waited; nothing if none waits.
    pub median_age: Option<i64>,
    /// For how many seconds the oldest has waited.
    pub oldest: Option<i64>,
}

/// Says how long the reviews of an organisation take, and how much waits.
pub fn turnaround(
    app: &App,
    organisation: &OrganisationId,
    now: Timestamp,
) -> Result<Turnaround, Error> {
    let decided = app.store.last_decided(organisation, DECIDED)?;
    let waiting = app.store.first_waiting(organisation, WAITING)?;
    let age = |one: &Waiting| seconds(one.since, now);
    Ok(Turnaround {
        decided: decided.len(),
        median: median_of(&decided),
        waiting: waiting.len(),
        more_wait: waiting.len() == WAITING,
        median_age: median(waiting.iter().map(age).collect()),
        oldest: waiting.first().map(age),
    })
}

/// The median of the seconds between handing in and decision; nothing while there are few.
pub fn usual_length(app: &App, organisation: &OrganisationId) -> Result<Option<i64>, Error> {
    let decided = app.store.last_decided(organisation, DECIDED)?;
    Ok(median_of(&decided))
}

/// How many versions were handed in before this one and wait still; nothing if it does not wait.
pub fn place_in_queue(app: &App, submission: &Submission) -> Result<Option<usize>, Error> {
    if submission.state != State::Submitted {
        return Ok(None);
    }
    let waiting = app.store.first_waiting(&submission.organisation, WAITING)?;
    let mut waiting = waiting.iter();
    Ok(waiting.position(|one| one.submission == submission.id))
}

fn seconds(from: Timestamp, to: Timestamp) -> i64 {
    (to.unix_seconds() - from.unix_seconds()).max(0)
}

/// What decisions took; nothing, if they are too few to say anything of the next one.
fn median_of(decided: &[Decided]) -> Option<i64> {
    let took = decided.iter().map(|one| seconds(one.since, one.finished));
    median(took.collect()).filter(|_| decided.len() >= FEW)
}

/// The middle one, or the lower of the two in the middle.
fn median(mut numbers: Vec<i64>) -> Option<i64> {
    numbers.sort_unstable();
    let middle = numbers.len().checked_sub(1)? / 2;
    numbers.get(middle).copied()
}

/// The last hundred say how it is now; older ones how it was.
const DECIDED: usize = 100;
/// What one or two reviews took says nothing of the next one.
const FEW: usize = 3;
/// A queue longer than this is long, whatever its median.
const WAITING: usize = 1_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_one() {
        assert_eq!(median(Vec::new()), None);
        assert_eq!(median(vec![7]), Some(7));
        assert_eq!(median(vec![9, 1]), Some(1));
        assert_eq!(median(vec![3, 100, 1]), Some(3));
    }
}
