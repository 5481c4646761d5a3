//! Whether the time of verification lies in a document's validity period.

use schemas::timestamp::Timestamp;
use serde_json::Value;

use crate::policy::{Clock, Policy};
use crate::reason::Reason;
use crate::report::Halt;

/// How far clocks may stand apart, in seconds. Stated in every report.
pub const TOLERANCE_SECONDS: i64 = 60;

/// When this program was made, in Unix seconds: 1 November 2026. Moved forward with each release.
///
/// A constant, not the time of compiling, so that building the same source gives the same program.
pub const BUILT_UNIX_SECONDS: i64 = 1_793_491_200;

/// The span in which a document says it is valid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Period {
    pub(crate) from: Option<Timestamp>,
    pub(crate) until: Option<Timestamp>,
}

impl Period {
    /// Reads `validFrom` and `validUntil` (VC Data Model 2.0, validity period).
    pub(crate) fn read(document: &Value) -> Result<Period, Reason> {
        let time = |member: &str| match document.get(member) {
            None => Ok(None),
            Some(value) => value
                .as_str()
                .and_then(|text| Timestamp::parse(text).ok())
                .map(Some)
                .ok_or_else(|| Reason::TimeSyntax {
                    pointer: format!("/{member}"),
                }),
        };
        let (from, until) = (time("validFrom")?, time("validUntil")?);
        if let (Some(valid_from), Some(valid_until)) = (from, until)
            && valid_from > valid_until
        {
            return Err(Reason::TimeOrder {
                valid_from,
                valid_until,
            });
        }
        Ok(Period { from, until })
    }

    /// Holds the period against the time of verification.
    pub(crate) fn check(&self, now: Timestamp) -> Result<(), Reason> {
        if let Some(valid_from) = self.from
            && valid_from > now.plus_seconds(TOLERANCE_SECONDS)
        {
            return Err(Reason::NotYetValid { valid_from, now });
        }
        if let Some(valid_until) = self.until
            && now > valid_until.plus_seconds(TOLERANCE_SECONDS)
        {
            return Err(Reason::Expired { valid_until, now });
        }
        Ok(())
    }
}

/// The validity step. A token may say in its claims what the credential leaves open.
pub(crate) fn check(credential: &Value, token: Period, now: Timestamp) -> Result<(), Halt> {
    Period::read(credential)?.check(now)?;
    token.check(now)?;
    Ok(())
}

/// Whether the time of verification can be believed.
///
/// A machine whose clock was reset would take expired badges for valid and new ones for forged.
pub(crate) fn check_clock(policy: &Policy, now: Timestamp) -> Result<(), Halt> {
    if policy.clock == Clock::Machine
        && let Some(built) = Timestamp::from_unix(BUILT_UNIX_SECONDS)
        && now < built
    {
        let reason = Reason::ClockImplausible { now, built };
        return Err(Halt::Unknown(reason, Vec::new()));
    }
    Ok(())
}
