//! What a micro-credential is worth: a bare number, as it stands in badges.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Number;
use std::fmt;
use std::str::FromStr;

/// A number of credits with at most two decimal places, more than none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Credits {
    hundredths: u32,
}

/// A number that is no number of credits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("credits are a number between 0.01 and {MOST}, with at most two decimal places")]
pub struct CreditsError;

impl Credits {
    /// The number as it stands in JSON.
    pub fn number(self) -> Number {
        match self.hundredths % 100 {
            0 => Number::from(self.hundredths / 100),
            _ => Number::from_f64(f64::from(self.hundredths) / 100.0)
                .expect("a number of two decimal places is finite"),
        }
    }

    /// The credits of a number, as a badge of somebody's tells it.
    pub fn of_number(number: &Number) -> Result<Credits, CreditsError> {
        number.to_string().parse()
    }
}

impl FromStr for Credits {
    type Err = CreditsError;

    fn from_str(text: &str) -> Result<Credits, CreditsError> {
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let part = part.trim_end_matches('0');
        if whole.is_empty() || whole.len() > 6 || part.len() > 2 || !digits(whole) || !digits(part)
        {
            return Err(CreditsError);
        }
        let whole: u32 = whole.parse().map_err(|_| CreditsError)?;
        let part: u32 = format!("{part:0<2}").parse().map_err(|_| CreditsError)?;
        let hundredths = whole * 100 + part;
        (hundredths > 0 && hundredths <= MOST * 100)
            .then_some(Credits { hundredths })
            .ok_or(CreditsError)
    }
}

impl fmt::Display for Credits {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.number().fmt(formatter)
    }
}

impl Serialize for Credits {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.number().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Credits {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Credits, D::Error> {
        let number = Number::deserialize(deserializer)?;
        Credits::of_number(&number).map_err(serde::de::Error::custom)
    }
}

/// More than any unit of continuing education counts up to.
const MOST: u32 = 10_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credits_are_written_as_they_are_read() {
        for (text, written) in [("6", "6"), ("6.0", "6"), ("0.5", "0.5"), ("1.25", "1.25")] {
            let credits: Credits = text.parse().expect("credits");
            assert_eq!(credits.to_string(), written);
            let back: Credits = serde_json::from_str(written).expect("credits");
            assert_eq!(back, credits);
        }
        for wrong in ["", "0", "-1", "1.234", "1e3", "10001", "six", ".5"] {
            assert_eq!(wrong.parse::<Credits>(), Err(CreditsError), "{wrong}");
        }
    }
}
