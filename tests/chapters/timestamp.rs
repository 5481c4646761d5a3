//! Date-times: which spellings are read (D-02), and that spellings of one instant are equal (D-03).

use schemas::timestamp::Timestamp;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

#[test]
fn attack_d_02_each_spelling_is_read_or_refused_as_pinned() {
    for (text, instant) in READ {
        let timestamp = Timestamp::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(timestamp.to_string(), *instant, "{text}");
        assert_eq!(Timestamp::parse(instant), Ok(timestamp), "{text}");
        let json = serde_json::to_string(&timestamp).expect("a timestamp is a string");
        assert_eq!(json, format!("\"{instant}\""));
        assert_eq!(
            serde_json::from_str::<Timestamp>(&json).expect("reads itself"),
            timestamp
        );
    }
    for text in REFUSED {
        let error = Timestamp::parse(text).expect_err(text);
        assert_eq!(error.code(), "time.syntax", "{text:?}");
        let json = serde_json::to_string(text).expect("a string is JSON");
        assert!(
            serde_json::from_str::<Timestamp>(&json).is_err(),
            "{text:?}"
        );
    }
}

#[test]
fn attack_d_02_the_crate_time_reads_the_same_instants() {
    for (text, _) in READ {
        let ours = Timestamp::parse(text).expect("listed as readable");
        let theirs = OffsetDateTime::parse(text, &Rfc3339).expect("RFC 3339");
        assert_eq!(ours.unix_seconds(), theirs.unix_timestamp(), "{text}");
    }
    // Every month's ends, in leap years and others, and every minute of offset.
    for year in [
        1, 4, 100, 400, 1582, 1900, 1970, 2000, 2024, 2026, 2038, 2100, 9999,
    ] {
        for month in 0..=13 {
            for day in [0, 1, 28, 29, 30, 31, 32] {
                let text = format!("{year:04}-{month:02}-{day:02}T12:34:56.5Z");
                let theirs = OffsetDateTime::parse(&text, &Rfc3339).ok();
                let ours = Timestamp::parse(&text).ok();
                assert_eq!(
                    ours.map(Timestamp::unix_seconds),
                    theirs.map(OffsetDateTime::unix_timestamp),
                    "{text}"
                );
            }
        }
    }
    for minutes in 0..=840 {
        for sign in ['+', '-'] {
            let text = format!(
                "2026-11-22T18:32:00{sign}{:02}:{:02}",
                minutes / 60,
                minutes % 60
            );
            let theirs = OffsetDateTime::parse(&text, &Rfc3339).expect("RFC 3339");
            let ours = Timestamp::parse(&text).expect("an offset in use");
            assert_eq!(ours.unix_seconds(), theirs.unix_timestamp(), "{text}");
        }
    }
}

#[test]
fn attack_d_03_spellings_of_one_instant_are_equal() {
    let spellings = [
        "2026-11-22T18:32:00Z",
        "2026-11-22T18:32:00+00:00",
        "2026-11-22T18:32:00-00:00",
        "2026-11-22T18:32:00.000Z",
        "2026-11-22T19:32:00+01:00",
        "2026-11-23T00:02:00.0+05:30",
        "2026-11-22T08:32:00.000000000-10:00",
    ];
    let instants: Vec<Timestamp> = spellings
        .iter()
        .map(|text| Timestamp::parse(text).unwrap_or_else(|error| panic!("{text}: {error}")))
        .collect();
    assert!(instants.iter().all(|instant| *instant == instants[0]));
    assert_eq!(instants[0].unix_seconds(), 1_795_372_320);
    assert_eq!(Timestamp::from_unix(1_795_372_320), Some(instants[0]));
}

#[test]
fn instants_are_ordered_and_moved_within_their_range() {
    let parse = |text| Timestamp::parse(text).expect("a date-time");
    let noon = parse("2026-11-22T12:00:00Z");
    assert!(noon < parse("2026-11-22T12:00:00.000000001Z"));
    assert!(parse("2026-11-22T13:00:00+02:00") < noon);
    assert!(parse("1969-12-31T23:59:59.9Z") < parse("1970-01-01T00:00:00Z"));
    assert_eq!(parse("1969-12-31T23:59:59.9Z").unix_seconds(), -1);
    assert_eq!(noon.plus_seconds(86_400), parse("2026-11-23T12:00:00Z"));
    assert_eq!(noon.plus_seconds(-43_200), parse("2026-11-22T00:00:00Z"));
    let last = parse("9999-12-31T23:59:59.999999999Z");
    let first = parse("0001-01-01T00:00:00Z");
    assert_eq!(noon.plus_seconds(i64::MAX), last);
    assert_eq!(noon.plus_seconds(i64::MIN), first);
    assert_eq!(Timestamp::from_unix(i64::MAX), None);
    assert_eq!(Timestamp::from_unix(first.unix_seconds() - 1), None);
    assert_eq!(Timestamp::from_unix(last.unix_seconds() + 1), None);
}

pub(super) const READ: &[(&str, &str)] = &[
    ("2026-11-22T18:32:00Z", "2026-11-22T18:32:00Z"),
    ("2026-11-22T18:32:00.5Z", "2026-11-22T18:32:00.5Z"),
    ("2026-11-22T18:32:00.50Z", "2026-11-22T18:32:00.5Z"),
    ("2026-11-22T18:32:00.000Z", "2026-11-22T18:32:00Z"),
    (
        "2026-11-22T18:32:00.123456789Z",
        "2026-11-22T18:32:00.123456789Z",
    ),
    (
        "2026-11-22T18:32:00.000000001Z",
        "2026-11-22T18:32:00.000000001Z",
    ),
    ("2026-11-22T18:32:00+14:00", "2026-11-22T04:32:00Z"),
    ("2026-11-22T18:32:00-14:00", "2026-11-23T08:32:00Z"),
    ("2026-11-22T18:32:00+05:45", "2026-11-22T12:47:00Z"),
    ("2026-01-01T00:00:00+01:00", "2025-12-31T23:00:00Z"),
    ("2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"),
    ("2000-02-29T23:59:59Z", "2000-02-29T23:59:59Z"),
    ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"),
    ("1969-12-31T23:59:59.25Z", "1969-12-31T23:59:59.25Z"),
    ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
    ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
    ("2038-01-19T03:14:08Z", "2038-01-19T03:14:08Z"),
];

pub(super) const REFUSED: &[&str] = &[
    "",
    "Z",
    "2026",
    "2026-11-22",
    "2026-11-22Z",
    "18:32:00Z",
    // No offset, and offsets in other spellings.
    "2026-11-22T18:32:00",
    "2026-11-22T18:32:00.5",
    "2026-11-22T18:32:00+01",
    "2026-11-22T18:32:00+0100",
    "2026-11-22T18:32:00+1:00",
    "2026-11-22T18:32:00+01:60",
    "2026-11-22T18:32:00+14:01",
    "2026-11-22T18:32:00-14:01",
    "2026-11-22T18:32:00+24:00",
    "2026-11-22T18:32:00\u{2212}01:00",
    "2026-11-22T18:32:00 Z",
    "2026-11-22T18:32:00UTC",
    "2026-11-22T18:32:00ZZ",
    "2026-11-22T18:32:00Z+01:00",
    "2026-11-22T18:32:00Z[Europe/Berlin]",
    // Leap seconds, also on days that had one.
    "2026-11-22T18:32:60Z",
    "2016-12-31T23:59:60Z",
    "2016-12-31T23:59:61Z",
    // Fields out of range.
    "2026-00-22T18:32:00Z",
    "2026-13-22T18:32:00Z",
    "2026-11-00T18:32:00Z",
    "2026-11-31T18:32:00Z",
    "2026-02-29T18:32:00Z",
    "1900-02-29T18:32:00Z",
    "2026-11-22T24:00:00Z",
    "2026-11-22T25:00:00Z",
    "2026-11-22T18:60:00Z",
    "0000-01-01T00:00:00Z",
    "0001-01-01T00:00:00+00:01",
    "9999-12-31T23:59:59-00:01",
    "10000-01-01T00:00:00Z",
    "+2026-11-22T18:32:00Z",
    "-2026-11-22T18:32:00Z",
    "026-11-22T18:32:00Z",
    // Other separators, and letters in lower case.
    "2026-11-22t18:32:00Z",
    "2026-11-22T18:32:00z",
    "2026-11-22 18:32:00Z",
    "2026-11-22_18:32:00Z",
    "20261122T183200Z",
    "2026-11-22T18:32Z",
    "2026-W47-7T18:32:00Z",
    "2026-326T18:32:00Z",
    "2026/11/22T18:32:00Z",
    "2026-11-22T18.32.00Z",
    "2026-1-2T18:32:00Z",
    // Fractions.
    "2026-11-22T18:32:00.Z",
    "2026-11-22T18:32:00,5Z",
    "2026-11-22T18:32:00.1234567890Z",
    "2026-11-22T18:32:00.00000000000000000000Z",
    "2026-11-22T18:32.5Z",
    "2026-11-22T18:32:00.-5Z",
    // Something before, after or between.
    " 2026-11-22T18:32:00Z",
    "2026-11-22T18:32:00Z ",
    "2026-11-22T18:32:00Z\n",
    "2026-11-22T18:32:00Z\0",
    "\u{feff}2026-11-22T18:32:00Z",
    "2026-11- 2T18:32:00Z",
    // Digits of another script.
    "２０２６-11-22T18:32:00Z",
    "٢٠٢٦-11-22T18:32:00Z",
];
