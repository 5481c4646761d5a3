//! Changes of inputs: the same number gives the same change.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::random::Random;
use super::words::WORDS;

/// What inputs look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Anything.
    Bytes,
    /// Mostly text.
    Text,
    /// JSON.
    Json,
    /// A compact JWS.
    Token,
    /// A did:jwk: JSON in base64url behind a prefix.
    DidJwk,
    /// A PNG, whose checksums are mended after a change.
    Png,
    /// JSON, a token, a PNG or text, told apart by how it begins.
    Badge,
    /// Two bytes that choose, then a document.
    Framed,
}

/// Makes changed inputs.
pub struct Mutator<'a> {
    random: Random,
    shape: Shape,
    seeds: &'a [Vec<u8>],
}

impl<'a> Mutator<'a> {
    /// For one change.
    pub fn new(seed: u64, shape: Shape, seeds: &'a [Vec<u8>]) -> Mutator<'a> {
        Mutator {
            random: Random::new(seed),
            shape,
            seeds,
        }
    }

    /// The input with one change or a few.
    pub fn changed(&mut self, input: &[u8], longest: usize) -> Vec<u8> {
        let mut changed = input.to_vec();
        for _ in 0..1 + self.random.below(3) {
            changed = match self.random.below(4) {
                0 => self.bytes(changed),
                _ => self.in_shape(self.shape, changed),
            };
        }
        changed.truncate(longest);
        changed
    }

    fn in_shape(&mut self, shape: Shape, input: Vec<u8>) -> Vec<u8> {
        match shape {
            Shape::Bytes => self.bytes(input),
            Shape::Text => self.text(input),
            Shape::Json => self.json(input),
            Shape::Token => self.token(input),
            Shape::DidJwk => self.did_jwk(input),
            Shape::Png => self.png(input),
            Shape::Framed if input.len() > 2 => {
                let (chosen, document) = input.split_at(2);
                let mut chosen = chosen.to_vec();
                if self.random.below(8) == 0 {
                    chosen[self.random.below(2)] = self.random.byte();
                }
                let document = self.in_shape(Shape::Badge, document.to_vec());
                chosen.extend(document);
                chosen
            }
            Shape::Framed => self.bytes(input),
            Shape::Badge => match input.first() {
                Some(b'{' | b'[' | b'"') => self.json(input),
                Some(0x89) => self.png(input),
                Some(b'e') => self.token(input),
                _ => self.text(input),
            },
        }
    }

    fn bytes(&mut self, mut input: Vec<u8>) -> Vec<u8> {
        let at = self.random.below(input.len() + 1);
        let until = (at + 1 + self.random.below(16)).min(input.len());
        match self.random.below(9) {
            0 if at < input.len() => input[at] ^= 1 << self.random.below(8),
            1 if at < input.len() => input[at] = self.random.byte(),
            2 => input.insert(at, self.random.byte()),
            3 if at < until => drop(input.drain(at..until)),
            4 if at < until => {
                let copy = input[at..until].to_vec();
                for _ in 0..=self.random.below(4) {
                    input.splice(at..at, copy.iter().copied());
                }
            }
            5 => input.truncate(at),
            6 => {
                let other = self.random.of(self.seeds).cloned().unwrap_or_default();
                let from = self.random.below(other.len() + 1);
                let length = self.random.below(other.len() - from + 1);
                let end = (at + self.random.below(length + 1)).min(input.len());
                input.splice(at..end, other[from..from + length].iter().copied());
            }
            7 => {
                let word = self.word();
                let end = (at + self.random.below(2) * word.len()).min(input.len());
                input.splice(at..end, word.bytes());
            }
            _ if at < until => {
                let to = self.random.below(input.len() - (until - at) + 1);
                let moved: Vec<u8> = input.drain(at..until).collect();
                input.splice(to..to, moved);
            }
            _ => {}
        }
        input
    }

    /// Changes that leave text text.
    fn text(&mut self, input: Vec<u8>) -> Vec<u8> {
        let Ok(text) = String::from_utf8(input) else {
            return Vec::new();
        };
        let mut characters: Vec<char> = text.chars().collect();
        let at = self.random.below(characters.len() + 1);
        match self.random.below(5) {
            0 => {
                let word = self.word();
                characters.splice(at..at, word.chars());
            }
            1 if at < characters.len() => characters[at] = self.character(),
            2 if at < characters.len() => drop(characters.remove(at)),
            3 if at < characters.len() => {
                let from = self.random.below(characters.len());
                let until = (from + 1 + self.random.below(40)).min(characters.len());
                let copy = characters[from..until].to_vec();
                characters.splice(at..at, copy);
            }
            _ => characters.insert(at, self.character()),
        }
        characters.into_iter().collect::<String>().into_bytes()
    }

    fn token(&mut self, input: Vec<u8>) -> Vec<u8> {
        let Ok(text) = std::str::from_utf8(&input) else {
            return self.bytes(input);
        };
        let mut parts: Vec<String> = text.split('.').map(str::to_owned).collect();
        let at = self.random.below(parts.len());
        match (at, URL_SAFE_NO_PAD.decode(&parts[at])) {
            (0 | 1, Ok(decoded)) => {
                parts[at] = URL_SAFE_NO_PAD.encode(self.json(decoded));
            }
            (2, Ok(decoded)) if self.random.below(2) == 0 => {
                parts[at] = URL_SAFE_NO_PAD.encode(self.bytes(decoded));
            }
            _ => return self.text(input),
        }
        parts.join(".").into_bytes()
    }

    fn did_jwk(&mut self, input: Vec<u8>) -> Vec<u8> {
        let Some(encoded) = input.strip_prefix(b"did:jwk:") else {
            return self.text(input);
        };
        match URL_SAFE_NO_PAD.decode(encoded) {
            Ok(decoded) => {
                format!("did:jwk:{}", URL_SAFE_NO_PAD.encode(self.json(decoded))).into_bytes()
            }
            Err(_) => self.text(input),
        }
    }

    /// Changes one chunk, or the order of chunks, and mends the checksums.
    fn png(&mut self, input: Vec<u8>) -> Vec<u8> {
        let Some(mut chunks) = chunks(&input) else {
            return self.bytes(input);
        };
        let at = self.random.below(chunks.len());
        match self.random.below(6) {
            0 => drop(chunks.remove(at)),
            1 => chunks.insert(at, chunks[at].clone()),
            2 => {
                let other = self.random.below(chunks.len());
                chunks.swap(at, other);
            }
            3 => {
                let kinds = [
                    b"tEXt", b"zTXt", b"iTXt", b"IDAT", b"IEND", b"PLTE", b"acTL",
                ];
                chunks[at].0 = *kinds[self.random.below(kinds.len())];
            }
            _ => {
                let data = std::mem::take(&mut chunks[at].1);
                let keyword = b"openbadgecredential\0\0\0\0\0";
                chunks[at].1 = match data.strip_prefix(keyword) {
                    Some(text) if self.random.below(4) > 0 => {
                        let text = self.in_shape(Shape::Badge, text.to_vec());
                        [keyword.to_vec(), text].concat()
                    }
                    _ => self.bytes(data),
                };
            }
        }
        let mut changed = input[..8].to_vec();
        for (kind, data) in chunks {
            let named = [&kind[..], &data].concat();
            changed.extend((data.len() as u32).to_be_bytes());
            changed.extend(&named);
            changed.extend(crc32fast::hash(&named).to_be_bytes());
        }
        changed
    }

    fn json(&mut self, input: Vec<u8>) -> Vec<u8> {
        let Ok(mut value) = serde_json::from_slice::<Value>(&input) else {
            return self.bytes(input);
        };
        let nodes = count(&value);
        let mut at = self.random.below(nodes);
        let mut other = self.random.below(nodes);
        let copy = node(&mut value, &mut other).map(|node| node.clone());
        if let Some(chosen) = node(&mut value, &mut at) {
            self.change(chosen, copy.unwrap_or_default());
        }
        self.written(&value).into_bytes()
    }

    fn change(&mut self, node: &mut Value, copy: Value) {
        match self.random.below(4) {
            0 => *node = copy,
            1 => *node = self.value(),
            2 => {
                let inner = node.take();
                *node = match self.random.below(3) {
                    0 => json!([inner]),
                    1 => json!({ self.word(): inner }),
                    _ => json!([inner, copy]),
                };
            }
            _ => self.change_inside(node, copy),
        }
    }

    fn change_inside(&mut self, node: &mut Value, copy: Value) {
        match node {
            Value::Object(members) if !members.is_empty() => {
                let names: Vec<String> = members.keys().cloned().collect();
                let name = &names[self.random.below(names.len())];
                match self.random.below(4) {
                    0 => drop(members.shift_remove(name)),
                    1 => {
                        let value = members.shift_remove(name).unwrap_or_default();
                        members.insert(self.word(), value);
                    }
                    2 => {
                        members.insert(self.word(), copy);
                    }
                    _ => {
                        let reversed: Map<_, _> =
                            std::mem::take(members).into_iter().rev().collect();
                        *members = reversed;
                    }
                }
            }
            Value::Array(items) if !items.is_empty() => {
                let at = self.random.below(items.len());
                match self.random.below(4) {
                    0 => drop(items.remove(at)),
                    1 => items.push(copy),
                    2 => items.push(items[at].clone()),
                    _ => items.reverse(),
                }
            }
            Value::String(text) => {
                let changed = self.text(std::mem::take(text).into_bytes());
                *text = String::from_utf8(changed).unwrap_or_default();
            }
            Value::Number(_) => {
                let numbers = [
                    json!(0),
                    json!(-1),
                    json!(1.5),
                    json!(1e300),
                    json!(9_007_199_254_740_992_u64),
                ];
                *node = numbers[self.random.below(numbers.len())].clone();
            }
            other => *other = copy,
        }
    }

    fn value(&mut self) -> Value {
        match self.random.below(8) {
            0 => Value::Null,
            1 => json!(true),
            2 => json!(self.random.below(300)),
            3 => json!(-0.5),
            4 => json!([]),
            5 => json!({}),
            6 => json!({ self.word(): self.word() }),
            _ => json!(self.word()),
        }
    }

    /// JSON in one of many spellings.
    fn written(&mut self, value: &Value) -> String {
        match self.random.below(5) {
            0 => serde_json::to_string_pretty(value).unwrap_or_default(),
            1 => value.to_string().replace('e', "\\u0065"),
            2 => value.to_string().replace('/', "\\/"),
            _ => value.to_string(),
        }
    }

    fn word(&mut self) -> String {
        self.random
            .of(&WORDS)
            .copied()
            .unwrap_or_default()
            .to_owned()
    }

    fn character(&mut self) -> char {
        let odd = [
            '\u{0}',
            '\u{7f}',
            '\u{85}',
            '\u{e9}',
            '\u{2028}',
            '\u{202e}',
            '\u{fffe}',
            '\u{1f600}',
        ];
        match self.random.below(6) {
            0 => odd[self.random.below(odd.len())],
            _ => char::from(b' ' + self.random.below(95) as u8),
        }
    }
}

/// The chunks of a PNG, by kind and data.
fn chunks(png: &[u8]) -> Option<Vec<([u8; 4], Vec<u8>)>> {
    let mut rest = png.strip_prefix(b"\x89PNG\r\n\x1a\n")?;
    let mut chunks = Vec::new();
    while let Some((length, after)) = rest.split_first_chunk::<4>() {
        let (kind, after) = after.split_first_chunk::<4>()?;
        let data = after.get(..u32::from_be_bytes(*length) as usize)?;
        chunks.push((*kind, data.to_vec()));
        rest = after.get(data.len() + 4..)?;
    }
    (!chunks.is_empty()).then_some(chunks)
}

/// How many values there are, this one included.
fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(members) => members.values().map(count).sum(),
        _ => 0,
    }
}

/// The value so many steps further, in the order of the text.
fn node<'v>(value: &'v mut Value, steps: &mut usize) -> Option<&'v mut Value> {
    if *steps == 0 {
        return Some(value);
    }
    *steps -= 1;
    match value {
        Value::Array(items) => items.iter_mut().find_map(|item| node(item, steps)),
        Value::Object(members) => members.values_mut().find_map(|member| node(member, steps)),
        _ => None,
    }
}
