//! What is kept how long, as the configuration has it.

use serde::{Deserialize, Serialize};

use super::{ConfigError, in_range};
use crate::retention::Retention;

/// The table `[retention]` as it is written. Nothing is kept for no time: where 0 may stand, it means for good.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct RawRetention {
    pub evidence_months: i64,
    pub unaccepted_evidence_months: i64,
    pub evidence_notice_days: i64,
    pub award_report_months: i64,
    pub audit_months: i64,
    pub webhook_delivery_days: i64,
    pub given_up_mail_days: i64,
}

impl Default for RawRetention {
    fn default() -> RawRetention {
        RawRetention {
            evidence_months: 0,
            unaccepted_evidence_months: 24,
            evidence_notice_days: 60,
            award_report_months: 24,
            audit_months: 0,
            webhook_delivery_days: 30,
            given_up_mail_days: 30,
        }
    }
}

impl RawRetention {
    pub(super) fn check(&self) -> Result<Retention, ConfigError> {
        Ok(Retention {
            evidence_months: months(
                "retention.evidence_months",
                self.evidence_months,
                Retention::LEAST_EVIDENCE_MONTHS.into(),
            )?,
            unaccepted_evidence_months: months(
                "retention.unaccepted_evidence_months",
                self.unaccepted_evidence_months,
                Retention::LEAST_EVIDENCE_MONTHS.into(),
            )?,
            evidence_notice_days: in_range(
                "retention.evidence_notice_days",
                self.evidence_notice_days,
                // School holidays last longer than a month in no state by much.
                30,
                LONGEST_DAYS,
            )?,
            award_report_months: months(
                "retention.award_report_months",
                self.award_report_months,
                1,
            )?,
            // Whoever asks about a year asks in the year after.
            audit_months: months("retention.audit_months", self.audit_months, 24)?,
            webhook_delivery_days: in_range(
                "retention.webhook_delivery_days",
                self.webhook_delivery_days,
                1,
                LONGEST_DAYS,
            )?,
            given_up_mail_days: in_range(
                "retention.given_up_mail_days",
                self.given_up_mail_days,
                1,
                LONGEST_DAYS,
            )?,
        })
    }
}

/// So many months, or for good.
fn months(field: &'static str, given: i64, least: i64) -> Result<Option<u32>, ConfigError> {
    match given {
        0 => Ok(None),
        some => in_range(field, some, least, LONGEST_MONTHS).map(Some),
    }
}

/// A hundred years.
const LONGEST_MONTHS: i64 = 1_200;

/// A year.
const LONGEST_DAYS: i64 = 366;
