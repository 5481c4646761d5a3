//! Whether the time of verification lies in a document's validity period.

use schemas::timestamp::Timestamp;
use serde_json::Value;

use crate::decoded;
use crate::policy::{Clock, Policy};
use crate::reason::Reason;
use crate::report::{DataModel, Halt};

/// How far clocks may stand apart, in seconds. Stated in every report.
pub const TOLERANCE_SECONDS: i64 = 60;

/// When this program was made, in Unix seconds: 1 November 2026. Moved forward with each release.
///
/// A constant, not the time of compiling, so that building the same source gives the same program.
pub const BUILT_UNIX_SECONDS: i64 = 1_793_491_200;

/// The span in which a document says it is valid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Period {
    from: Option<End>,
    until: Option<End>,
}

/// One end of a span, and where it is said. Ends compare by their times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct End {
    time: Timestamp,
    pointer: &'static str,
}

impl Period {
    /// Reads `validFrom` and `validUntil` (VC Data Model 2.0, validity period), or what an older
    /// data model calls them.
    pub(crate) fn read(document: &Value) -> Result<Period, Reason> {
        // Both editions of the W3C's model know `validFrom`, which the older one only reserves.
        let (from, until): (&[_], &[_]) = match decoded::model_of(document) {
            Some(DataModel::Vc1) => (
                &["/issuanceDate", "/validFrom"],
                &["/expirationDate", "/validUntil"],
            ),
            Some(DataModel::OpenBadges2) => (&["/issuedOn"], &["/expires"]),
            _ => (&["/validFrom"], &["/validUntil"]),
        };
        let (from, until) = (End::all(document, from)?, End::all(document, until)?);
        // Where both are said, the span is what they have in common.
        let (from, until) = (from.into_iter().max(), until.into_iter().min());
        if let (Some(from), Some(until)) = (from, until)
            && from.time > until.time
        {
            return Err(Reason::TimeOrder {
                pointer: from.pointer,
                valid_from: from.time,
                valid_until: until.time,
            });
        }
        Ok(Period { from, until })
    }

    /// The span that a token names in its claims.
    pub(crate) fn of_claims(from: Option<Timestamp>, until: Option<Timestamp>) -> Period {
        let end = |pointer| move |time| End { time, pointer };
        Period {
            from: from.map(end("/nbf")),
            until: until.map(end("/exp")),
        }
    }

    /// From when on, if it is said.
    pub(crate) fn from(&self) -> Option<Timestamp> {
        self.from.map(|from| from.time)
    }

    /// Holds the period against the time of verification.
    pub(crate) fn check(&self, now: Timestamp) -> Result<(), Reason> {
        if let Some(End { time, pointer }) = self.from
            && time > now.plus_seconds(TOLERANCE_SECONDS)
        {
            return Err(Reason::NotYetValid {
                pointer,
                valid_from: time,
                now,
            });
        }
        if let Some(End { time, pointer }) = self.until
            && now > time.plus_seconds(TOLERANCE_SECONDS)
        {
            return Err(Reason::Expired {
                pointer,
                valid_until: time,
                now,
            });
        }
        Ok(())
    }
}

impl End {
    /// The ends that a document says in these members.
    fn all(document: &Value, pointers: &[&'static str]) -> Result<Vec<End>, Reason> {
        let said = pointers
            .iter()
            .filter_map(|pointer| Some((*pointer, document.pointer(pointer)?)));
        said.map(|(pointer, value)| {
            let time = value
                .as_str()
                .and_then(|text| Timestamp::parse(text).ok())
                .ok_or_else(|| Reason::TimeSyntax {
                    pointer: pointer.to_owned(),
                })?;
            Ok(End { time, pointer })
        })
        .collect()
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
