//! The JSON Canonicalization Scheme (RFC 8785): one text for one JSON value.

use serde_json::Value;

/// The canonical text of a value, whose depth the caller has limited.
pub fn canonical_text(value: &Value) -> String {
    let mut text = String::new();
    write(&mut text, value);
    text
}

fn write(text: &mut String, value: &Value) {
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(true) => text.push_str("true"),
        Value::Bool(false) => text.push_str("false"),
        // RFC 8785, section 3.2.2.3: every number is an IEEE 754 double.
        Value::Number(number) => write_number(text, number.as_f64().unwrap_or(f64::NAN)),
        Value::String(string) => write_string(text, string),
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write(text, item);
            }
            text.push(']');
        }
        Value::Object(members) => {
            // Section 3.2.3: by UTF-16 code units, which differs from the order of code points
            // where surrogates meet the characters after U+DFFF.
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
            text.push('{');
            for (index, (name, member)) in sorted.into_iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write_string(text, name);
                text.push(':');
                write(text, member);
            }
            text.push('}');
        }
    }
}

/// Writes a string as ECMAScript's `JSON.stringify` does (section 3.2.2.2).
fn write_string(text: &mut String, string: &str) {
    text.push('"');
    for character in string.chars() {
        match character {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '\u{8}' => text.push_str("\\b"),
            '\u{c}' => text.push_str("\\f"),
            control if control < ' ' => {
                text.push_str(&format!("\\u{:04x}", control as u32));
            }
            other => text.push(other),
        }
    }
    text.push('"');
}

/// Writes a double as ECMAScript's `Number::toString` does: the fewest digits that come back.
fn write_number(text: &mut String, number: f64) {
    if number == 0.0 {
        text.push('0');
        return;
    }
    if number < 0.0 {
        text.push('-');
    }
    // Rust writes the same shortest digits; only where the point stands differs.
    let scientific = format!("{:e}", number.abs());
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let digits: String = mantissa.chars().filter(|digit| *digit != '.').collect();
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let count = digits.len() as i32;
    match exponent {
        0..=20 if count <= exponent + 1 => {
            text.push_str(&digits);
            text.extend(std::iter::repeat_n('0', (exponent + 1 - count) as usize));
        }
        0..=20 => {
            let (whole, fraction) = digits.split_at((exponent + 1) as usize);
            text.push_str(whole);
            text.push('.');
            text.push_str(fraction);
        }
        -6..=-1 => {
            text.push_str("0.");
            text.extend(std::iter::repeat_n('0', (-exponent - 1) as usize));
            text.push_str(&digits);
        }
        _ => {
            let (first, rest) = digits.split_at(1);
            text.push_str(first);
            if !rest.is_empty() {
                text.push('.');
                text.push_str(rest);
            }
            let sign = if exponent > 0 { '+' } else { '-' };
            text.push('e');
            text.push(sign);
            text.push_str(&exponent.abs().to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::write_number;

    /// Pairs of RFC 8785, appendix B.
    #[test]
    fn numbers_are_written_as_in_the_appendix_of_rfc_8785() {
        for (bits, expected) in [
            (0x0000000000000000_u64, "0"),
            (0x8000000000000000, "0"),
            (0x0000000000000001, "5e-324"),
            (0x8000000000000001, "-5e-324"),
            (0x7fefffffffffffff, "1.7976931348623157e+308"),
            (0x4340000000000000, "9007199254740992"),
            (0x4430000000000000, "295147905179352830000"),
            (0x44b52d02c7e14af5, "9.999999999999997e+22"),
            (0x44b52d02c7e14af6, "1e+23"),
            (0x444b1ae4d6e2ef4e, "999999999999999700000"),
            (0x444b1ae4d6e2ef50, "1e+21"),
            (0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"),
            (0x3eb0c6f7a0b5ed8d, "0.000001"),
            (0x41b3de4355555553, "333333333.3333332"),
            (0x41b3de4355555557, "333333333.33333343"),
            (0xbecbf647612f3696, "-0.0000033333333333333333"),
        ] {
            let mut text = String::new();
            write_number(&mut text, f64::from_bits(bits));
            assert_eq!(text, expected, "{bits:x}");
        }
    }
}
