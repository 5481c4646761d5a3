//! How long badges are good for.

use schemas::timestamp::Timestamp;
use time::{Date, Month, OffsetDateTime};

/// The moment so many months later, on the last day of a month that is too short. Nothing for
/// what no calendar reaches.
pub fn end(from: Timestamp, months: u32) -> Option<Timestamp> {
    let begin = OffsetDateTime::from_unix_timestamp(from.unix_seconds()).ok()?;
    let counted = u32::try_from(begin.year()).ok()? * 12 + u32::from(u8::from(begin.month())) - 1;
    let counted = counted.checked_add(months)?;
    let month = Month::try_from(u8::try_from(counted % 12 + 1).ok()?).ok()?;
    let year = i32::try_from(counted / 12).ok()?;
    let day = begin.day().min(month.length(year));
    let date = Date::from_calendar_date(year, month, day).ok()?;
    Timestamp::from_unix(begin.replace_date(date).unix_timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_end_on_the_same_day_or_on_the_last_one() {
        let at = |text: &str| Timestamp::parse(text).expect("a moment");
        let cases = [
            ("2026-01-31T08:00:00Z", 1, "2026-02-28T08:00:00Z"),
            ("2026-11-30T08:00:00Z", 3, "2027-02-28T08:00:00Z"),
            ("2024-02-29T08:00:00Z", 12, "2025-02-28T08:00:00Z"),
            ("2026-12-05T08:00:00Z", 1, "2027-01-05T08:00:00Z"),
            ("2026-06-15T08:00:00Z", 36, "2029-06-15T08:00:00Z"),
        ];
        for (from, months, until) in cases {
            assert_eq!(end(at(from), months), Some(at(until)), "{from}");
        }
    }
}
