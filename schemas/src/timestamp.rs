//! Instants, read from and written as RFC 3339 date-times.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::{Date, Month, OffsetDateTime};

/// An instant between the years 1 and 9999, to the nanosecond.
///
/// Two spellings of one instant (`Z`, `+00:00`, another offset) are equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    seconds: i64,
    nanoseconds: u32,
}

impl Timestamp {
    /// Reads a date-time with offset.
    ///
    /// This is the part of RFC 3339 that XML Schema's `dateTimeStamp` shares: capital `T` and `Z`,
    /// offsets up to fourteen hours, no leap second, no midnight spelt 24:00.
    pub fn parse(text: &str) -> Result<Timestamp, TimestampError> {
        let mut reader = Reader {
            rest: text.as_bytes(),
        };
        let year = reader.digits(4)?;
        reader.mark(b'-')?;
        let month = reader.digits(2)?;
        reader.mark(b'-')?;
        let day = reader.digits(2)?;
        reader.mark(b'T')?;
        let hour = reader.digits(2)?;
        reader.mark(b':')?;
        let minute = reader.digits(2)?;
        reader.mark(b':')?;
        let second = reader.digits(2)?;
        let nanoseconds = reader.fraction()?;
        let offset = reader.offset()?;

        let month = u8::try_from(month)
            .ok()
            .and_then(|month| Month::try_from(month).ok());
        let month = month.ok_or(TimestampError::NoSuchTime { field: "month" })?;
        // Four and two digits fit, so the conversions lose nothing.
        let date = Date::from_calendar_date(year as i32, month, day as u8)
            .map_err(|_| TimestampError::NoSuchTime { field: "day" })?;
        if hour > 23 {
            return Err(TimestampError::NoSuchTime { field: "hour" });
        }
        if minute > 59 {
            return Err(TimestampError::NoSuchTime { field: "minute" });
        }
        // Which days had a leap second is not known to every reader, so none is accepted.
        if second > 59 {
            return Err(TimestampError::NoSuchTime { field: "second" });
        }
        let local = date.midnight().assume_utc().unix_timestamp()
            + i64::from(hour * 3600 + minute * 60 + second);
        Timestamp::new(local - offset, nanoseconds)
            .ok_or(TimestampError::NoSuchTime { field: "year" })
    }

    /// The instant this many seconds after the beginning of 1970, where it lies within the range.
    pub fn from_unix(seconds: i64) -> Option<Timestamp> {
        Timestamp::new(seconds, 0)
    }

    /// Whole seconds since the beginning of 1970; a fraction is cut off towards the past.
    pub fn unix_seconds(self) -> i64 {
        self.seconds
    }

    /// The instant so many seconds later (earlier, if negative); it stops at the ends of the range.
    pub fn plus_seconds(self, seconds: i64) -> Timestamp {
        let sum = self.seconds.saturating_add(seconds);
        match Timestamp::new(sum, self.nanoseconds) {
            Some(timestamp) => timestamp,
            None if sum < 0 => Timestamp {
                seconds: FIRST,
                nanoseconds: 0,
            },
            None => Timestamp {
                seconds: LAST,
                nanoseconds: 999_999_999,
            },
        }
    }

    fn new(seconds: i64, nanoseconds: u32) -> Option<Timestamp> {
        (FIRST..=LAST).contains(&seconds).then_some(Timestamp {
            seconds,
            nanoseconds,
        })
    }
}

impl fmt::Display for Timestamp {
    /// Writes the instant in UTC with `Z`, and a fraction only if there is one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moment = OffsetDateTime::from_unix_timestamp(self.seconds).map_err(|_| fmt::Error)?;
        let (year, month, day) = moment.to_calendar_date();
        let (hour, minute, second) = moment.to_hms();
        let month = u8::from(month);
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"
        )?;
        if self.nanoseconds > 0 {
            let digits = format!("{:09}", self.nanoseconds);
            write!(f, ".{}", digits.trim_end_matches('0'))?;
        }
        f.write_str("Z")
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        let text = String::deserialize(deserializer)?;
        Timestamp::parse(&text).map_err(D::Error::custom)
    }
}

/// Why a text is not a date-time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TimestampError {
    /// The text has not the form of a date-time.
    #[error("not a date-time like 2026-11-22T18:32:00Z")]
    Form,
    /// The date-time names no offset, so it is not an instant.
    #[error("the date-time has no offset such as Z or +01:00")]
    OffsetMissing,
    /// The fraction has more than nine digits.
    #[error("the fraction of a second has more than nine digits")]
    FractionTooLong,
    /// A field holds a value that no calendar or clock shows.
    #[error("there is no such {field}")]
    NoSuchTime {
        /// The field that is out of range.
        field: &'static str,
    },
}

impl TimestampError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        "time.syntax"
    }
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl Reader<'_> {
    fn take(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    fn mark(&mut self, mark: u8) -> Result<(), TimestampError> {
        if self.take() == Some(mark) {
            Ok(())
        } else {
            Err(TimestampError::Form)
        }
    }

    fn digits(&mut self, count: usize) -> Result<u32, TimestampError> {
        let mut number = 0;
        for _ in 0..count {
            let digit = self
                .take()
                .filter(u8::is_ascii_digit)
                .ok_or(TimestampError::Form)?;
            number = number * 10 + u32::from(digit - b'0');
        }
        Ok(number)
    }

    /// Nanoseconds of an optional fraction. More digits would have to be rounded, and then the
    /// time compared would not be the time signed.
    fn fraction(&mut self) -> Result<u32, TimestampError> {
        if self.rest.first() != Some(&b'.') {
            return Ok(0);
        }
        self.rest = &self.rest[1..];
        let count = self
            .rest
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        match count {
            0 => Err(TimestampError::Form),
            1..=9 => Ok(self.digits(count)? * 10u32.pow(9 - count as u32)),
            _ => Err(TimestampError::FractionTooLong),
        }
    }

    /// Seconds by which the local time is ahead of UTC; nothing may follow.
    fn offset(&mut self) -> Result<i64, TimestampError> {
        let sign = match self.take() {
            None => return Err(TimestampError::OffsetMissing),
            Some(b'Z') => 0,
            Some(b'+') => 1,
            Some(b'-') => -1,
            Some(_) => return Err(TimestampError::Form),
        };
        let mut offset = 0;
        if sign != 0 {
            let hours = self.digits(2)?;
            self.mark(b':')?;
            let minutes = self.digits(2)?;
            if minutes > 59 || hours * 60 + minutes > LARGEST_OFFSET_MINUTES {
                return Err(TimestampError::NoSuchTime { field: "offset" });
            }
            offset = i64::from(hours * 3600 + minutes * 60);
        }
        if self.rest.is_empty() {
            Ok(sign * offset)
        } else {
            Err(TimestampError::Form)
        }
    }
}

/// Kiribati's fourteen hours are the largest offset in use, and the largest XML Schema allows.
const LARGEST_OFFSET_MINUTES: u32 = 14 * 60;

/// 0001-01-01T00:00:00Z; the year 0 means different things to different calendars.
const FIRST: i64 = -62_135_596_800;

/// 9999-12-31T23:59:59Z, the last year of four digits.
const LAST: i64 = 253_402_300_799;
