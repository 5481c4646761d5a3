//! Days, moments and lengths of time as people say them.

use schemas::timestamp::Timestamp;

/// About how long something took or lasts.
pub fn length(seconds: i64) -> String {
    let of = |number: i64, unit: &str| match number {
        1 => format!("1 {unit}"),
        number => format!("{number} {unit}s"),
    };
    let half = |unit: i64| (seconds + unit / 2) / unit;
    match seconds {
        ..HOUR => "less than an hour".to_owned(),
        HOUR..TWO_DAYS => of(half(HOUR), "hour"),
        _ => of(half(DAY), "day"),
    }
}

/// A day as people write it, in UTC: 22 November 2026.
pub fn day(time: Timestamp) -> String {
    let text = time.to_string();
    let mut parts = text.split(['-', 'T']);
    let (year, month, day) = (parts.next(), parts.next(), parts.next());
    let name = month
        .and_then(|month| month.parse::<usize>().ok())
        .and_then(|month| MONTHS.get(month.wrapping_sub(1)));
    match (year, name, day) {
        (Some(year), Some(name), Some(day)) => {
            format!("{} {name} {year}", day.trim_start_matches('0'))
        }
        _ => text,
    }
}

/// A day and the time of it: 22 November 2026, 18:32 UTC.
pub fn moment(time: Timestamp) -> String {
    let text = time.to_string();
    let clock = text
        .split('T')
        .nth(1)
        .and_then(|clock| clock.get(..5))
        .unwrap_or_default();
    format!("{}, {clock} UTC", day(time))
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const HOUR: i64 = 60 * 60;
const DAY: i64 = 24 * HOUR;
const TWO_DAYS: i64 = 2 * DAY;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_rounded_to_what_people_say() {
        for (seconds, said) in [
            (0, "less than an hour"),
            (3_600, "1 hour"),
            (5 * 3_600 + 1_799, "5 hours"),
            (2 * 86_400, "2 days"),
            (9 * 86_400 + 43_200, "10 days"),
        ] {
            assert_eq!(length(seconds), said);
        }
    }
}
