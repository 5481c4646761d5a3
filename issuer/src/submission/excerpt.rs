//! The part of a recording that its earner wants to be looked at.
//!
//! Players of reviewers begin and end there. The rest of the file stays as it was handed in, and whoever may see the
//! recording can reach it: this points at a place, and hides nothing.

use super::spoken::{entry_of, must_be_recording};
use super::{ATTEMPTS, Submission, held_by_its_earner};
use crate::again::retried;
use crate::app::App;
use crate::error::Error;
use crate::id::{EvidenceId, SubmissionId};
use crate::person::Person;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// From one second of a recording to another, later one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excerpt {
    /// Seconds from the beginning of the recording.
    pub from: Second,
    /// The same, where it ends.
    pub to: Second,
}

/// A second of a recording; people write `2:14` or `1:02:03`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Second(pub u32);

/// A text that is no time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a time is written as 2:14, or 1:02:03")]
pub struct SecondError;

impl FromStr for Second {
    type Err = SecondError;

    fn from_str(text: &str) -> Result<Second, SecondError> {
        let parts = text.trim().split(':').map(|part| {
            let digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| part.parse::<u32>().ok()).flatten()
        });
        let parts: Option<Vec<u32>> = parts.collect();
        match parts.as_deref() {
            Some([hours @ .., minutes, seconds]) if hours.len() < 2 && *seconds < 60 => {
                let hours = hours.first().copied().unwrap_or_default();
                let minutes = hours
                    .checked_mul(60)
                    .and_then(|all| all.checked_add(*minutes));
                let all = minutes.and_then(|all| all.checked_mul(60)?.checked_add(*seconds));
                all.map(Second).ok_or(SecondError)
            }
            _ => Err(SecondError),
        }
    }
}

impl fmt::Display for Second {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hours, minutes, seconds) = (self.0 / 3_600, self.0 / 60 % 60, self.0 % 60);
        match hours {
            0 => write!(formatter, "{minutes}:{seconds:02}"),
            _ => write!(formatter, "{hours}:{minutes:02}:{seconds:02}"),
        }
    }
}

impl Excerpt {
    /// The same as browsers understand it behind an address (Media Fragments URI 1.0, section 4.2.1).
    pub fn fragment(&self) -> String {
        format!("#t={},{}", self.from.0, self.to.0)
    }

    fn check(&self) -> Result<(), Error> {
        if self.from >= self.to {
            return Err(Error::invalid("/excerpt/to", "it ends after it begins"));
        }
        match self.to.0 <= LONGEST {
            true => Ok(()),
            false => Err(Error::invalid(
                "/excerpt/to",
                "no recording is as long as this",
            )),
        }
    }
}

/// Says which part of a recording is to be looked at; nothing is all of it.
pub fn set_excerpt(
    app: &App,
    earner: &Person,
    id: SubmissionId,
    evidence: EvidenceId,
    excerpt: Option<Excerpt>,
) -> Result<Submission, Error> {
    excerpt.as_ref().map_or(Ok(()), Excerpt::check)?;
    retried(ATTEMPTS, || {
        let held = held_by_its_earner(app, earner, id)?;
        held.value.must_be_in_preparation()?;
        let piece = app.store.evidence(id, evidence)?.ok_or(Error::NotFound)?;
        must_be_recording(&piece)?;
        let mut changed = held.value.clone();
        entry_of(&mut changed, evidence)?.excerpt = excerpt;
        app.store.replace_submission(&held, &changed)?;
        Ok(changed)
    })
}

/// A day, in seconds.
const LONGEST: u32 = 24 * 60 * 60;
