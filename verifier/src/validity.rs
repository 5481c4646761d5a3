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
    pub(crate) from: Option<Timestamp>,
    pub(crate) until: Option<Timestamp>,
    names: Names,
}

/// What a data model calls the two ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Names {
    #[default]
    Vc2,
    Vc1,
    OpenBadges2,
}

impl Period {
    /// Reads `validFrom` and `validUntil` (VC Data Model 2.0, validity period), or what an older
    /// data model calls them.
    pub(crate) fn read(document: &Value) -> Result<Period, Reason> {
        let names = match decoded::model_of(document) {
            Some(DataModel::Vc1) => Names::Vc1,
            Some(DataModel::OpenBadges2) => Names::OpenBadges2,
            _ => Names::Vc2,
        };
        let read = |member: &str| match document.get(member) {
            None => Ok(None),
            Some(value) => value
                .as_str()
                .and_then(|text| Timestamp::parse(text).ok())
                .map(Some)
                .ok_or_else(|| Reason::TimeSyntax {
                    pointer: format!("/{member}"),
                }),
        };
        // Both editions of the W3C's model know `validFrom`, which the older one only reserves.
        let (from, until) = match names {
            Names::Vc2 => (read("validFrom")?, read("validUntil")?),
            Names::Vc1 => (
                read("issuanceDate")?.max(read("validFrom")?),
                [read("expirationDate")?, read("validUntil")?]
                    .into_iter()
                    .flatten()
                    .min(),
            ),
            Names::OpenBadges2 => (read("issuedOn")?, read("expires")?),
        };
        if let (Some(valid_from), Some(valid_until)) = (from, until)
            && valid_from > valid_until
        {
            return Err(Reason::TimeOrder {
                pointer: names.from(),
                valid_from,
                valid_until,
            });
        }
        Ok(Period { from, until, names })
    }

    /// The span that a token of `document` names in its claims.
    pub(crate) fn of_token(
        document: &Value,
        from: Option<Timestamp>,
        until: Option<Timestamp>,
    ) -> Result<Period, Reason> {
        Ok(Period {
            from,
            until,
            ..Period::read(document)?
        })
    }

    /// Holds the period against the time of verification.
    pub(crate) fn check(&self, now: Timestamp) -> Result<(), Reason> {
        if let Some(valid_from) = self.from
            && valid_from > now.plus_seconds(TOLERANCE_SECONDS)
        {
            return Err(Reason::NotYetValid {
                pointer: self.names.from(),
                valid_from,
                now,
            });
        }
        if let Some(valid_until) = self.until
            && now > valid_until.plus_seconds(TOLERANCE_SECONDS)
        {
            return Err(Reason::Expired {
                pointer: self.names.until(),
                valid_until,
                now,
            });
        }
        Ok(())
    }
}

impl Names {
    fn from(self) -> &'static str {
        match self {
            Names::Vc2 => "/validFrom",
            Names::Vc1 => "/issuanceDate",
            Names::OpenBadges2 => "/issuedOn",
        }
    }

    fn until(self) -> &'static str {
        match self {
            Names::Vc2 => "/validUntil",
            Names::Vc1 => "/expirationDate",
            Names::OpenBadges2 => "/expires",
        }
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
