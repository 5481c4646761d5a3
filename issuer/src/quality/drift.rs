//! How a reviewer's agreement with the others changes from month to month.

use super::agreement::{Agreement, Pairs};
use schemas::timestamp::Timestamp;
use std::collections::BTreeMap;
use time::OffsetDateTime;

/// A calendar month, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month {
    /// The year.
    pub year: i32,
    /// 1 for January.
    pub month: u8,
}

/// Whether one person scored as another did, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comparison {
    /// When the two of them had scored.
    pub at: Timestamp,
    /// The category that the person gave.
    pub own: usize,
    /// The category that the other gave.
    pub other: usize,
}

/// How far somebody agreed with the others in one month.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InMonth {
    /// The month.
    pub month: Month,
    /// How far they agreed.
    pub agreement: Agreement,
}

/// How far somebody agrees with the others as time goes by.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Drift {
    /// Every month in which there was something to compare, the first one first.
    pub months: Vec<InMonth>,
    /// By how much the share of equal scores in the last month that tells something differs from that of all
    /// months before it together; nothing unless both tell something.
    pub change: Option<f64>,
}

impl Month {
    /// The month of a moment.
    pub fn of(at: Timestamp) -> Option<Month> {
        let at = OffsetDateTime::from_unix_timestamp(at.unix_seconds()).ok()?;
        Some(Month {
            year: at.year(),
            month: at.month().into(),
        })
    }
}

impl Drift {
    /// Puts comparisons, in any order, into their months.
    pub fn of(categories: usize, comparisons: &[Comparison]) -> Drift {
        let mut months: BTreeMap<Month, Pairs> = BTreeMap::new();
        for one in comparisons {
            if let Some(month) = Month::of(one.at) {
                let pairs = months.entry(month);
                let pairs = pairs.or_insert_with(|| Pairs::new(categories));
                pairs.add(one.own, one.other);
            }
        }
        let last = months
            .iter()
            .rev()
            .find(|(_, pairs)| pairs.agreement().same.is_some())
            .map(|(month, _)| *month);
        let change = last.and_then(|last| {
            let mut before = Pairs::new(categories);
            let is_before = |one: &&Comparison| Month::of(one.at).is_some_and(|one| one < last);
            for one in comparisons.iter().filter(is_before) {
                before.add(one.own, one.other);
            }
            Some(months[&last].agreement().same? - before.agreement().same?)
        });
        let in_month = |(month, pairs): (&Month, &Pairs)| InMonth {
            month: *month,
            agreement: pairs.agreement(),
        };
        Drift {
            months: months.iter().map(in_month).collect(),
            change,
        }
    }

    /// Whether the last month fell behind so far that somebody should look at it.
    pub fn is_alarming(&self) -> bool {
        self.change.is_some_and(|change| change <= -ALARMING)
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{:04}-{:02}", self.year, self.month)
    }
}

/// Fifteen points are more than chance moves a month of a few dozen pairs.
const ALARMING: f64 = 0.15;

#[cfg(test)]
mod tests {
    use super::*;

    fn scored(at: &str, same: usize, different: usize) -> Vec<Comparison> {
        let at = Timestamp::parse(at).expect("a moment");
        let one = |other| Comparison { at, own: 1, other };
        let same = std::iter::repeat_n(one(1), same);
        same.chain(std::iter::repeat_n(one(0), different)).collect()
    }

    #[test]
    fn months_stand_in_order_and_the_last_is_held_against_those_before() {
        let comparisons = [
            scored("2026-11-30T23:59:59Z", 6, 6),
            scored("2026-09-01T00:00:00Z", 10, 0),
            scored("2026-10-15T12:00:00Z", 8, 2),
        ];
        let drift = Drift::of(2, &comparisons.concat());
        let months = drift.months.iter().map(|one| one.month.to_string());
        assert_eq!(
            months.collect::<Vec<_>>(),
            ["2026-09", "2026-10", "2026-11"]
        );
        let change = drift.change.expect("enough pairs");
        assert!((change - (0.5 - 0.9)).abs() < 1e-12, "{change}");
        assert!(drift.is_alarming());
    }

    #[test]
    fn what_few_pairs_say_is_no_drift() {
        let comparisons = [
            scored("2026-09-01T00:00:00Z", 10, 0),
            scored("2026-10-15T12:00:00Z", 0, 9),
        ];
        let drift = Drift::of(2, &comparisons.concat());
        assert_eq!(drift.months[1].agreement.pairs, 9);
        assert_eq!(drift.months[1].agreement.same, None);
        assert_eq!((drift.change, drift.is_alarming()), (None, false));
        assert_eq!(Drift::of(2, &[]), Drift::default());
    }
}
