//! Numbers of JSON that every reader understands alike.

use serde_json::Number;

/// The length of the number that `text` begins with, or where it goes wrong.
pub(super) fn length(text: &str) -> Result<usize, usize> {
    let bytes = text.as_bytes();
    let digits = |from: usize| {
        bytes[from..]
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count()
    };
    let some_digits = |from: usize| match digits(from) {
        0 => Err(from),
        count => Ok(from + count),
    };
    let mut end = usize::from(bytes.first() == Some(&b'-'));
    if bytes.get(end) != Some(&b'0') {
        end = some_digits(end)?;
    } else if digits(end + 1) == 0 {
        end += 1;
    } else {
        // A number may not begin with a zero and go on with digits.
        return Err(end);
    }
    if bytes.get(end) == Some(&b'.') {
        end = some_digits(end + 1)?;
    }
    if let Some(b'e' | b'E') = bytes.get(end) {
        end += 1;
        end += usize::from(matches!(bytes.get(end), Some(b'+' | b'-')));
        end = some_digits(end)?;
    }
    Ok(end)
}

/// The number a literal stands for, if a double holds it without rounding.
///
/// An integer must lie within ±(2^53-1) (RFC 7493, section 2.2). Any other number must be what the
/// shortest text of its nearest double says: 0.1 is, 0.1000000000000000055 is not. There is no
/// negative zero: canonical JSON writes it as 0, and so the text would not be what was signed.
pub(super) fn exact(literal: &str) -> Option<Number> {
    if !literal.contains(['.', 'e', 'E']) {
        let integer: i64 = literal.parse().ok()?;
        if literal == "-0" || integer.unsigned_abs() > LARGEST_INTEGER {
            return None;
        }
        return Some(match u64::try_from(integer) {
            Ok(integer) => Number::from(integer),
            Err(_) => Number::from(integer),
        });
    }
    let double = literal
        .parse::<f64>()
        .ok()
        .filter(|double| double.is_finite())?;
    if double == 0.0 && literal.starts_with('-') {
        return None;
    }
    // `{:e}` writes the fewest digits that lead back to the same double.
    if Decimal::read(literal)? != Decimal::read(&format!("{double:e}"))? {
        return None;
    }
    Number::from_f64(double)
}

/// A decimal number: digits without zeros at either end, times a power of ten.
#[derive(PartialEq)]
struct Decimal {
    negative: bool,
    digits: String,
    exponent: i64,
}

impl Decimal {
    /// Reads a number of JSON, unless its exponent is beyond all reason.
    fn read(literal: &str) -> Option<Decimal> {
        let (mantissa, exponent) = literal.split_once(['e', 'E']).unwrap_or((literal, "0"));
        let (negative, mantissa) = match mantissa.strip_prefix('-') {
            Some(mantissa) => (true, mantissa),
            None => (false, mantissa),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = format!("{whole}{fraction}");
        let significant = digits.trim_end_matches('0');
        if significant.is_empty() {
            return Some(Decimal {
                negative,
                digits: String::new(),
                exponent: 0,
            });
        }
        let shift = digits.len() - significant.len();
        let exponent = exponent.parse::<i64>().ok()?;
        let exponent = exponent
            .checked_add(shift as i64)?
            .checked_sub(fraction.len() as i64)?;
        let digits = significant.trim_start_matches('0').to_owned();
        Some(Decimal {
            negative,
            digits,
            exponent,
        })
    }
}

/// Up to here every integer is a double of its own.
const LARGEST_INTEGER: u64 = (1 << 53) - 1;
