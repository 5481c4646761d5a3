//! The strict JSON reader against the attacks on JSON (J-01 to J-06).

use std::fmt::Write as _;
use std::thread;

use schemas::contexts;
use schemas::json::{self, JsonError, JsonLimits};
use serde_json::Value;

fn read(text: impl AsRef<[u8]>) -> Result<Value, JsonError> {
    json::read(text.as_ref(), &JsonLimits::default())
}

/// The code of the refusal, or `read`.
fn outcome(text: impl AsRef<[u8]>) -> &'static str {
    read(text).map_or_else(|error| error.code(), |_| "read")
}

#[test]
fn attack_j_01_a_name_twice_in_any_object_is_refused_also_when_escaped() {
    for document in contexts::all() {
        let value = read(document.text).expect("an embedded context is strict JSON");
        for escaped in [false, true] {
            let doubled = doubled(&value, escaped);
            for (pointer, text) in &doubled {
                let error = read(text).expect_err("a doubled member");
                assert_eq!(
                    error.code(),
                    "json.duplicate_member",
                    "{} {pointer}",
                    document.url
                );
                assert_eq!(error.pointer(), Some(&**pointer), "{}", document.url);
            }
            assert!(doubled.len() > 1, "{}", document.url);
        }
    }
}

/// The texts of a value with each of its members written twice in turn, and the pointers to them.
pub fn doubled(value: &Value, escaped: bool) -> Vec<(String, String)> {
    let mut all = Vec::new();
    loop {
        let mut writer = Doubler {
            target: all.len(),
            count: 0,
            escaped,
            found: None,
        };
        let mut text = String::new();
        writer.write(value, "", &mut text);
        match writer.found {
            Some(pointer) => all.push((pointer, text)),
            None => return all,
        }
    }
}

/// Writes a value with one of its members, counted in document order, written twice.
struct Doubler {
    target: usize,
    count: usize,
    escaped: bool,
    found: Option<String>,
}

impl Doubler {
    fn write(&mut self, value: &Value, pointer: &str, text: &mut String) {
        match value {
            Value::Object(members) => {
                let mut separator = '{';
                for (name, value) in members {
                    let own = self.count == self.target;
                    self.count += 1;
                    let pointer =
                        format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
                    let quoted = Value::from(name.as_str()).to_string();
                    write!(text, "{separator}{quoted}:").expect("a String takes all");
                    self.write(value, &pointer, text);
                    separator = ',';
                    if own {
                        let twin = if self.escaped { escape(name) } else { quoted };
                        write!(text, ",{twin}:null").expect("a String takes all");
                        self.found = Some(pointer);
                    }
                }
                text.push_str(if separator == '{' { "{}" } else { "}" });
            }
            Value::Array(items) => {
                text.push('[');
                for (index, item) in items.iter().enumerate() {
                    text.push_str(if index == 0 { "" } else { "," });
                    self.write(item, &format!("{pointer}/{index}"), text);
                }
                text.push(']');
            }
            scalar => text.push_str(&scalar.to_string()),
        }
    }
}

fn escape(name: &str) -> String {
    let units: String = name
        .encode_utf16()
        .map(|unit| format!("\\u{unit:04X}"))
        .collect();
    format!("\"{units}\"")
}

#[test]
fn attack_j_02_a_number_is_read_as_written_or_refused() {
    for (literal, value) in NUMBERS_READ {
        let read = read(literal).unwrap_or_else(|error| panic!("{literal}: {error}"));
        assert_eq!(read.as_f64(), Some(*value), "{literal}");
        let again = read.to_string();
        assert_eq!(
            self::read(&again).expect("reads what it wrote"),
            read,
            "{literal}"
        );
    }
    assert_eq!(
        read("9007199254740991").expect("the largest").as_u64(),
        Some((1 << 53) - 1)
    );
    assert_eq!(
        read("-9007199254740991").expect("the least").as_i64(),
        Some(1 - (1 << 53))
    );
    for literal in NUMBERS_REFUSED {
        assert_eq!(outcome(literal), "json.number_range", "{literal}");
        let error = read(format!("{{\"a\":[1,{literal}]}}")).expect_err(literal);
        assert_eq!(error.pointer(), Some("/a/1"), "{literal}");
    }
    for literal in [
        "01", "-", "+1", ".5", "1.", "1e", "1e+", "0x10", "1_000", "--1", "1.e3",
    ] {
        assert_eq!(outcome(literal), "json.syntax", "{literal}");
    }
}

const NUMBERS_READ: &[(&str, f64)] = &[
    ("0", 0.0),
    ("0.0", 0.0),
    ("0e99999999999999999999", 0.0),
    ("100", 100.0),
    ("1E2", 100.0),
    ("1e+2", 100.0),
    ("100.000", 100.0),
    ("0.1", 0.1),
    ("0.10", 0.1),
    ("-0.1", -0.1),
    ("3.5", 3.5),
    ("36", 36.0),
    ("1e21", 1e21),
    ("1.7976931348623157e308", f64::MAX),
    ("2.2250738585072014e-308", f64::MIN_POSITIVE),
    ("5e-324", 5e-324),
    ("9007199254740992.0", 9007199254740992.0),
    ("333333333.3333333", 333333333.3333333),
    // Found wrong by one unit in the last place in readers that round twice.
    ("0.30000000000000004", 0.30000000000000004),
    ("8.41e21", 8.41e21),
    ("9.109383701528e-31", 9.109383701528e-31),
];

pub const NUMBERS_REFUSED: &[&str] = &[
    "9007199254740992",
    "-9007199254740992",
    "9007199254740993",
    "9007199254740993.0",
    "9223372036854775808",
    "18446744073709551616",
    "100000000000000000000000000000000000000000",
    "-0",
    "-0.0",
    "-0e1",
    "-0.000e-7",
    "1e400",
    "-1e400",
    "1.7976931348623158e308",
    "1e309",
    "1e-400",
    "4.9e-324",
    "2e-324",
    "1e99999999999999999999",
    "1e-99999999999999999999",
    "0.1000000000000000055511151231257827",
    "0.10000000000000000001",
    "333333333.33333329",
    "122.416294033786585",
    "3.141592653589793238462643383279",
];

#[test]
fn attack_j_02_every_double_is_read_from_its_shortest_text_and_from_no_longer_one() {
    let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
    for _ in 0..100_000 {
        // xorshift64: any sequence of odd bit patterns does.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let double = f64::from_bits(state);
        if !double.is_finite() {
            continue;
        }
        let shortest = format!("{double:e}");
        let number = read(&shortest).unwrap_or_else(|error| panic!("{shortest}: {error}"));
        assert_eq!(
            number.as_f64().map(f64::to_bits),
            Some(double.to_bits()),
            "{shortest}"
        );
        let (mantissa, exponent) = shortest.split_once('e').expect("an exponent");
        let point = if mantissa.contains('.') { "" } else { "." };
        let longer = format!("{mantissa}{point}00000000000000000001e{exponent}");
        assert_eq!(outcome(&longer), "json.number_range", "{longer}");
    }
}

#[test]
fn attack_j_03_depth_is_refused_where_it_begins_on_a_small_stack() {
    let small_stack = thread::Builder::new().stack_size(256 << 10);
    let test = small_stack.spawn(|| {
        for open in ["[", "{\"a\":", "[{\"a\":", " [ "] {
            let levels = open.matches(['[', '{']).count();
            for depth in [65, 1_000, 1_000_000 / open.len()] {
                let error = read(open.repeat(depth)).expect_err("too deep");
                assert_eq!(error.code(), "json.depth");
                assert_eq!(
                    error.offset,
                    64 / levels * open.len() + open.find(['[', '{']).unwrap_or(0)
                );
            }
        }
        let deepest = format!("{}{}", "[".repeat(64), "]".repeat(64));
        assert_eq!(outcome(&deepest), "read");
        let side_by_side = format!("[{}]", vec!["[[]]"; 1_000].join(","));
        assert_eq!(outcome(&side_by_side), "read");
    });
    test.expect("a thread")
        .join()
        .expect("no overflow, no failed assertion");
}

#[test]
fn attack_j_04_length_and_number_of_members_are_limited() {
    let limits = JsonLimits::default();
    let padded = |length: usize| format!("[]{}", " ".repeat(length - 2));
    assert_eq!(outcome(padded(limits.bytes)), "read");
    assert_eq!(outcome(padded(limits.bytes + 1)), "input.too_large");

    let items = |count: usize| format!("[{}]", vec!["0"; count].join(","));
    assert_eq!(outcome(items(10_000)), "read");
    assert_eq!(outcome(items(10_001)), "json.members");
    assert_eq!(outcome(items(500_000)), "json.members");
    let members = |count: usize| {
        let members: Vec<String> = (0..count).map(|index| format!("\"{index}\":0")).collect();
        format!("{{{}}}", members.join(","))
    };
    assert_eq!(outcome(members(10_000)), "read");
    assert_eq!(outcome(members(10_001)), "json.members");
    // Counted over the whole text, not for each object.
    let spread = format!("[{}]", vec!["{\"a\":[0,0]}"; 2_501].join(","));
    assert_eq!(outcome(spread), "json.members");

    let string = |length: usize| format!("\"{}\"", "a".repeat(length));
    assert_eq!(outcome(string(limits.string)), "read");
    assert_eq!(outcome(string(limits.string + 1)), "input.too_large");
    assert_eq!(
        outcome(format!("{{{}:0}}", string(limits.string + 1))),
        "input.too_large"
    );
    let small = JsonLimits {
        string: 4,
        ..limits
    };
    assert!(json::read(br#""\u0061\u0061\u0061\u0061""#, &small).is_ok());
    assert!(json::read(br#""\u0061\u0061\u0061\u0061\u0061""#, &small).is_err());
}

#[test]
fn attack_j_05_text_that_is_not_unicode_is_refused() {
    for bytes in NOT_UNICODE {
        assert_eq!(outcome(bytes), "json.encoding", "{bytes:?}");
    }
    for (wide, text) in [(2, "{\"a\":1}"), (4, "[1]")] {
        let big: Vec<u8> = text
            .bytes()
            .flat_map(|b| [vec![0; wide - 1], vec![b]].concat())
            .collect();
        let little: Vec<u8> = text
            .bytes()
            .flat_map(|b| [vec![b], vec![0; wide - 1]].concat())
            .collect();
        assert_eq!(outcome(&big), "json.encoding");
        assert_eq!(outcome(&little), "json.encoding");
    }
    for (text, string) in [
        (r#""\ud834\udd1e""#, "\u{1d11e}"),
        (r#""\uD834\uDD1E""#, "\u{1d11e}"),
        (r#""\u0000""#, "\0"),
        (r#""\uffff\ufffd""#, "\u{ffff}\u{fffd}"),
        ("\"\u{fffd}\"", "\u{fffd}"),
        (
            "\"a\u{feff}\u{7f}\u{85}\u{2028}\"",
            "a\u{feff}\u{7f}\u{85}\u{2028}",
        ),
        (r#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"),
    ] {
        assert_eq!(read(text).expect(text), Value::from(string));
    }
}

pub const NOT_UNICODE: &[&[u8]] = &[
    b"\"\xff\"",
    b"\"\xc0\xaf\"",
    b"\"\xe0\x80\xaf\"",
    b"\"\xf0\x80\x80\xaf\"",
    b"\"\xed\xa0\x80\"",
    b"\"\xf4\x90\x80\x80\"",
    b"\"\xe2\x82\"",
    b"\"\x80\"",
    b"\xff\xfe[\0]\0",
    b"\xfe\xff\0[\0]",
    b"[]\0",
    b"\"\0\"",
    br#""\ud800""#,
    br#""\udc00""#,
    br#""\ud800\ud800""#,
    br#""\ud800\n""#,
    br#""\ud800a""#,
    br#""\udc00\ud800""#,
    br#"{"\ud800":1}"#,
];

#[test]
fn attack_j_06_what_other_readers_forgive_is_refused() {
    for text in NOT_JSON {
        assert_eq!(outcome(text), "json.syntax", "{text:?}");
    }
    let error = read("{\n  \"é\": [1, 2,\n   ]\n}").expect_err("a trailing comma");
    assert_eq!((error.line, error.column, error.offset), (3, 4, 20));
    assert_eq!(error.pointer(), Some("/é/2"));
    assert_eq!(
        error.to_string(),
        "not JSON: expected a value (line 3, column 4)"
    );
    let error = read(r#"{"a/b":{"c~d":tru}}"#).expect_err("half a literal");
    assert_eq!(error.pointer(), Some("/a~1b/c~0d"));
}

pub const NOT_JSON: &[&str] = &[
    "",
    " ",
    "\u{feff}{}",
    "\u{feff}",
    "{} {}",
    "{}x",
    "{},",
    "1 2",
    "nullnull",
    "// a\n{}",
    "/* a */{}",
    "{}// a",
    "# a\n{}",
    "{\"a\":1,}",
    "[1,]",
    "[,1]",
    "[1,,2]",
    "{,}",
    "{\"a\"}",
    "{\"a\":}",
    "{a:1}",
    "{'a':1}",
    "['a']",
    "{1:1}",
    "NaN",
    "-NaN",
    "Infinity",
    "-Infinity",
    "undefined",
    "True",
    "NULL",
    "nul",
    "[1",
    "{\"a\":1",
    "[1}",
    "\"a",
    "\"a\nb\"",
    "\"a\tb\"",
    "\"\u{1f}\"",
    "\"\\x41\"",
    "\"\\u{41}\"",
    "\"\\u00g0\"",
    "\"\\u004\"",
    "\"\\'\"",
    "\"\\",
    "[\u{a0}1]",
    "[\u{b}1]",
    "[1\u{2028}]",
    "(1)",
    "\u{ff5b}\u{ff5d}",
];
