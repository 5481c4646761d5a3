//! What somebody found as a reviewer, without what would say whose work it was: that is so in the archive as
//! on every page, also where they wrote a name down themselves.

use crate::app::App;
use crate::error::Error;
use crate::id::{CalibrationId, SubmissionId};
use crate::layout;
use crate::quality::calibration::{Calibration, Subject};
use crate::review::blind::Mask;
use crate::store::Stored;
use serde_json::Value;
use std::collections::BTreeMap;

/// Knows whose work a record about reviewing is about.
pub(super) struct Blind<'a> {
    app: &'a App,
    calibrated: BTreeMap<CalibrationId, SubmissionId>,
    /// The submission that was last looked at, and what is masked in what was said of it: records come in the order
    /// of their keys, those of one submission after each other.
    last: Option<(SubmissionId, Mask)>,
}

impl<'a> Blind<'a> {
    pub fn of(app: &'a App) -> Result<Blind<'a>, Error> {
        let mut calibrated = BTreeMap::new();
        let sessions = layout::kind("calibration");
        app.store.each(&sessions, |held: Stored<Calibration>| {
            if let Subject::Submission { submission, .. } = held.value.subject {
                calibrated.insert(held.value.id, submission);
            }
            Ok::<_, Error>(())
        })?;
        Ok(Blind {
            app,
            calibrated,
            last: None,
        })
    }

    /// A record of which the key names the submission, or the session in which it was scored.
    pub fn told(&mut self, held: Stored<Value>) -> Result<Value, Error> {
        let key = String::from_utf8_lossy(held.key()).into_owned();
        let about = key.split('/').nth(1).unwrap_or_default();
        let session = about.parse().ok();
        let calibrated = session.and_then(|session| self.calibrated.get(&session).copied());
        match calibrated.or_else(|| about.parse().ok()) {
            Some(submission) => Ok(masked(self.mask(submission)?, held.value)),
            // An exemplar: nobody earned anything with it.
            None => Ok(masked(&Mask::default(), held.value)),
        }
    }

    /// What says whose work a submission is.
    fn mask(&mut self, id: SubmissionId) -> Result<&Mask, Error> {
        let last = self.last.take().filter(|(last, _)| *last == id);
        let mask = match last {
            Some((_, mask)) => mask,
            None => match self.app.store.submission_held(id)? {
                Some(held) => Mask::of(self.app, held.value.earner, &held.value.organisation)?,
                // Nothing is stored of it any more, and nothing is known of anybody.
                None => Mask::default(),
            },
        };
        Ok(&self.last.insert((id, mask)).1)
    }
}

/// The words in a record, masked: identifiers and moments hold none.
fn masked(mask: &Mask, value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(mask.text(&text)),
        Value::Array(items) => items.into_iter().map(|item| masked(mask, item)).collect(),
        Value::Object(members) => members
            .into_iter()
            .map(|(name, value)| (name, masked(mask, value)))
            .collect(),
        other => other,
    }
}
