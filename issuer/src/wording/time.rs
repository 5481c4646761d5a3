//! Lengths of time as people say them.

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
