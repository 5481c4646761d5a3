//! The one pass over a JSON text.

use serde_json::map::Entry;
use serde_json::{Map, Value};

use super::{JsonFault, JsonLimits, number};

/// Reads one text from its beginning to its end.
pub(super) struct Reader<'a> {
    text: &'a str,
    position: usize,
    limits: &'a JsonLimits,
    depth: usize,
    members: usize,
}

/// A fault, the bytes before it, and the way to the value it is in, which each level adds to.
pub(super) struct Refusal {
    pub(super) fault: JsonFault,
    pub(super) offset: usize,
    /// The innermost first.
    path: Vec<Segment>,
}

enum Segment {
    Name(String),
    Index(usize),
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str, limits: &'a JsonLimits) -> Reader<'a> {
        Reader {
            text,
            position: 0,
            limits,
            depth: 0,
            members: 0,
        }
    }

    pub(super) fn document(&mut self) -> Result<Value, Refusal> {
        self.blanks();
        let value = self.value()?;
        self.blanks();
        if self.position < self.text.len() {
            return Err(self.expected("the end of the text"));
        }
        Ok(value)
    }

    /// Recursion stops at the depth limit, so the stack cannot grow with the text.
    fn value(&mut self) -> Result<Value, Refusal> {
        match self.peek() {
            Some(b'{') => self.object(),
            Some(b'[') => self.array(),
            Some(b'"') => Ok(Value::String(self.string()?)),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.literal("true", Value::Bool(true)),
            Some(b'f') => self.literal("false", Value::Bool(false)),
            Some(b'n') => self.literal("null", Value::Null),
            _ => Err(self.expected("a value")),
        }
    }

    fn object(&mut self) -> Result<Value, Refusal> {
        self.enter()?;
        let mut members = Map::new();
        if self.ends(b'}') {
            return Ok(Value::Object(members));
        }
        loop {
            self.count()?;
            let start = self.position;
            if self.peek() != Some(b'"') {
                return Err(self.expected("a name in quotation marks"));
            }
            let name = self.string()?;
            let vacant = match members.entry(name) {
                Entry::Vacant(vacant) => vacant,
                Entry::Occupied(first) => {
                    let twice = Refusal::new(JsonFault::DuplicateMember, start);
                    return Err(twice.within(Segment::Name(first.key().clone())));
                }
            };
            let value = self.member_value();
            let within = |refusal: Refusal| refusal.within(Segment::Name(vacant.key().clone()));
            let value = value.map_err(within)?;
            vacant.insert(value);
            self.blanks();
            if self.ends(b'}') {
                return Ok(Value::Object(members));
            }
            self.comma("a comma or the end of the object")?;
        }
    }

    fn member_value(&mut self) -> Result<Value, Refusal> {
        self.blanks();
        if !self.passes(b':') {
            return Err(self.expected("a colon"));
        }
        self.blanks();
        self.value()
    }

    fn array(&mut self) -> Result<Value, Refusal> {
        self.enter()?;
        let mut items = Vec::new();
        if self.ends(b']') {
            return Ok(Value::Array(items));
        }
        loop {
            self.count()?;
            let value = self.value();
            let within = |refusal: Refusal| refusal.within(Segment::Index(items.len()));
            items.push(value.map_err(within)?);
            self.blanks();
            if self.ends(b']') {
                return Ok(Value::Array(items));
            }
            self.comma("a comma or the end of the array")?;
        }
    }

    fn enter(&mut self) -> Result<(), Refusal> {
        if self.depth == self.limits.depth {
            let limit = self.limits.depth;
            return Err(Refusal::new(JsonFault::Depth { limit }, self.position));
        }
        self.depth += 1;
        self.position += 1;
        self.blanks();
        Ok(())
    }

    fn ends(&mut self, mark: u8) -> bool {
        let ends = self.passes(mark);
        if ends {
            self.depth -= 1;
        }
        ends
    }

    fn comma(&mut self, expected: &'static str) -> Result<(), Refusal> {
        if !self.passes(b',') {
            return Err(self.expected(expected));
        }
        self.blanks();
        Ok(())
    }

    fn count(&mut self) -> Result<(), Refusal> {
        if self.members == self.limits.members {
            let limit = self.limits.members;
            return Err(Refusal::new(JsonFault::Members { limit }, self.position));
        }
        self.members += 1;
        Ok(())
    }

    fn string(&mut self) -> Result<String, Refusal> {
        let start = self.position;
        self.position += 1;
        let mut string = String::new();
        loop {
            let rest = &self.text[self.position..];
            // Whole runs are copied; they end before ASCII characters and so on a boundary.
            let run = rest
                .bytes()
                .position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f));
            let run = run.unwrap_or(rest.len());
            if string.len() + run > self.limits.string {
                let limit = self.limits.string;
                return Err(Refusal::new(JsonFault::TooLarge { limit }, start));
            }
            string.push_str(&rest[..run]);
            self.position += run;
            match self.peek() {
                Some(b'"') => {
                    self.position += 1;
                    return Ok(string);
                }
                Some(b'\\') => string.push(self.escape()?),
                Some(_) => return Err(self.expected("an escape instead of a control character")),
                None => return Err(self.expected("the end of the string")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Refusal> {
        let start = self.position;
        self.position += 1;
        let character = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.code_point(start),
            _ => {
                return Err(
                    self.expected("one of the escapes \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u")
                );
            }
        };
        self.position += 1;
        Ok(character)
    }

    /// Reads what follows the backslash at `start`: one code unit of UTF-16, or two as a pair.
    fn code_point(&mut self, start: usize) -> Result<char, Refusal> {
        let first = self.code_unit()?;
        let mut units = vec![first];
        if (0xd800..0xdc00).contains(&first) && self.text[self.position..].starts_with("\\u") {
            self.position += 1;
            units.push(self.code_unit()?);
        }
        // A pair in the wrong order would be two characters; half a pair is none.
        let mut characters = char::decode_utf16(units);
        match (characters.next(), characters.next()) {
            (Some(Ok(character)), None) => Ok(character),
            _ => Err(Refusal::new(JsonFault::Encoding, start)),
        }
    }

    /// Reads `u` and four hexadecimal digits.
    fn code_unit(&mut self) -> Result<u16, Refusal> {
        self.position += 1;
        let mut unit = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16));
            let digit = digit.ok_or_else(|| self.expected("four hexadecimal digits"))?;
            unit = unit << 4 | digit as u16;
            self.position += 1;
        }
        Ok(unit)
    }

    fn number(&mut self) -> Result<Value, Refusal> {
        let rest = &self.text[self.position..];
        let length = number::length(rest).map_err(|offset| {
            let expected = "a number";
            Refusal::new(JsonFault::Syntax { expected }, self.position + offset)
        })?;
        let literal = &rest[..length];
        let Some(number) = number::exact(literal) else {
            let literal = literal.chars().take(SHOWN_DIGITS).collect();
            return Err(Refusal::new(
                JsonFault::NumberRange { literal },
                self.position,
            ));
        };
        self.position += length;
        Ok(Value::Number(number))
    }

    fn literal(&mut self, literal: &'static str, value: Value) -> Result<Value, Refusal> {
        if !self.text[self.position..].starts_with(literal) {
            return Err(self.expected("true, false or null"));
        }
        self.position += literal.len();
        Ok(value)
    }

    fn blanks(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.position += 1;
        }
    }

    fn passes(&mut self, mark: u8) -> bool {
        let passes = self.peek() == Some(mark);
        self.position += usize::from(passes);
        passes
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.position).copied()
    }

    fn expected(&self, expected: &'static str) -> Refusal {
        Refusal::new(JsonFault::Syntax { expected }, self.position)
    }
}

impl Refusal {
    fn new(fault: JsonFault, offset: usize) -> Refusal {
        Refusal {
            fault,
            offset,
            path: Vec::new(),
        }
    }

    fn within(mut self, segment: Segment) -> Refusal {
        self.path.push(segment);
        self
    }

    /// The JSON pointer (RFC 6901) of the value that was being read.
    pub(super) fn pointer(&self) -> String {
        let mut pointer = String::new();
        for segment in self.path.iter().rev() {
            pointer.push('/');
            match segment {
                Segment::Name(name) => {
                    pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
                }
                Segment::Index(index) => pointer.push_str(&index.to_string()),
            }
        }
        pointer
    }
}

/// Enough of a refused number to find it by.
const SHOWN_DIGITS: usize = 40;
