//! Parts of a document, chosen by JSON pointers (section 3.4.9 to 3.4.11).

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value};

use crate::jsonld::Location;

/// Why pointers select nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SelectionError {
    #[error("no pointer selects anything")]
    Empty,
    #[error("{0:?} is no JSON pointer")]
    Syntax(String),
    #[error("{0:?} points at nothing in the document")]
    NoMatch(String),
    #[error("the pointers select a part of something that is signed as a whole")]
    Part,
    #[error("there are too many pointers")]
    TooMany,
}

/// A part of a document: what the pointers lead to, and on the way there the identifiers and types of all objects.
pub(super) struct Selection {
    /// The part, a document itself. In a box, because what lies in it is told by where it lies.
    pub(super) document: Box<Value>,
    /// For each object and list of the part, which one of the document it was copied from.
    sources: HashMap<Location, Location>,
}

impl Selection {
    /// Selects what the pointers name.
    pub(super) fn new(document: &Value, pointers: &[String]) -> Result<Selection, SelectionError> {
        let length: usize = pointers.iter().map(|pointer| pointer.len() + 1).sum();
        if length > LONGEST_POINTERS {
            return Err(SelectionError::TooMany);
        }
        let mut chosen = Chosen::default();
        for pointer in pointers {
            chosen.add(document, pointer)?;
        }
        let mut selection = Selection {
            document: Box::new(chosen.copy(document)),
            sources: HashMap::new(),
        };
        chosen.pair(&selection.document, document, &mut selection.sources);
        Ok(selection)
    }

    /// Where something of the selection stands in the document it was taken from.
    pub(super) fn source(&self, location: Location) -> Option<Location> {
        self.sources.get(&location).copied()
    }
}

/// What is chosen of a value: all of it, or some of its members.
#[derive(Default)]
struct Chosen<'d> {
    whole: bool,
    members: BTreeMap<Key<'d>, Chosen<'d>>,
}

/// The name of a member of an object or the place of an item in an array.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Key<'d> {
    Name(&'d str),
    Index(usize),
}

impl<'d> Chosen<'d> {
    /// Adds what one pointer leads to (RFC 6901, section 4).
    fn add(&mut self, document: &'d Value, pointer: &str) -> Result<(), SelectionError> {
        let no_match = || SelectionError::NoMatch(shortened(pointer));
        let mut tokens = pointer.split('/');
        if tokens.next() != Some("") {
            return Err(SelectionError::Syntax(shortened(pointer)));
        }
        let mut value = document;
        let mut chosen = self;
        for token in tokens {
            let name =
                unescaped(token).ok_or_else(|| SelectionError::Syntax(shortened(pointer)))?;
            let (key, member) = match value {
                Value::Object(members) => {
                    let (name, member) = members.get_key_value(&name).ok_or_else(no_match)?;
                    (Key::Name(name), member)
                }
                Value::Array(items) => {
                    let index = index(&name).ok_or_else(no_match)?;
                    (Key::Index(index), items.get(index).ok_or_else(no_match)?)
                }
                _ => return Err(no_match()),
            };
            chosen = chosen.members.entry(key).or_default();
            value = member;
        }
        chosen.whole = true;
        Ok(())
    }

    /// The chosen part of a value.
    fn copy(&self, source: &Value) -> Value {
        if self.whole {
            return source.clone();
        }
        match source {
            Value::Object(members) => {
                let mut part = Map::new();
                for (name, value) in members {
                    match self.members.get(&Key::Name(name)) {
                        Some(chosen) => part.insert(name.clone(), chosen.copy(value)),
                        None if is_always_shown(name, value) => {
                            part.insert(name.clone(), value.clone())
                        }
                        None => None,
                    };
                }
                Value::Object(part)
            }
            // What was between the chosen items leaves no gap.
            Value::Array(items) => {
                let chosen = self.indexes();
                chosen
                    .map(|(index, chosen)| chosen.copy(&items[index]))
                    .collect()
            }
            scalar => scalar.clone(),
        }
    }

    /// Notes for a copy of `source` what of it was copied from where.
    fn pair(&self, copy: &Value, source: &Value, sources: &mut HashMap<Location, Location>) {
        const WHOLE: Chosen<'static> = Chosen {
            whole: true,
            members: BTreeMap::new(),
        };
        sources.insert(Location::of_list(copy), Location::of_list(source));
        match (copy, source) {
            (Value::Object(copies), Value::Object(members)) => {
                sources.insert(Location::of_object(copies), Location::of_object(members));
                for (name, copy) in copies {
                    let chosen = match self.whole {
                        true => None,
                        false => self.members.get(&Key::Name(name)),
                    };
                    if let Some(member) = members.get(name) {
                        chosen.unwrap_or(&WHOLE).pair(copy, member, sources);
                    }
                }
            }
            (Value::Array(copies), Value::Array(items)) if self.whole => {
                for (copy, item) in copies.iter().zip(items) {
                    WHOLE.pair(copy, item, sources);
                }
            }
            (Value::Array(copies), Value::Array(items)) => {
                for (copy, (index, chosen)) in copies.iter().zip(self.indexes()) {
                    chosen.pair(copy, &items[index], sources);
                }
            }
            _ => {}
        }
    }

    fn indexes(&self) -> impl Iterator<Item = (usize, &Chosen<'d>)> {
        self.members.iter().filter_map(|(key, chosen)| match key {
            Key::Index(index) => Some((*index, chosen)),
            Key::Name(_) => None,
        })
    }
}

/// Whether a member is shown of every object that something is shown of: without its identifier nobody could tell what
/// it is about, and its types and contexts say what its other members mean.
fn is_always_shown(name: &str, value: &Value) -> bool {
    match name {
        "id" => !value.as_str().is_some_and(|id| id.starts_with("_:")),
        "type" | "@context" => true,
        _ => false,
    }
}

fn unescaped(token: &str) -> Option<String> {
    let mut name = String::with_capacity(token.len());
    let mut parts = token.split('~');
    name.push_str(parts.next()?);
    for part in parts {
        name.push(match part.as_bytes().first()? {
            b'0' => '~',
            b'1' => '/',
            _ => return None,
        });
        name.push_str(&part[1..]);
    }
    Some(name)
}

/// The place in an array: digits, without a zero in front of others.
fn index(token: &str) -> Option<usize> {
    let is_number = token.bytes().all(|byte| byte.is_ascii_digit());
    let is_padded = token.len() > 1 && token.starts_with('0');
    (is_number && !is_padded).then(|| token.parse().ok())?
}

fn shortened(pointer: &str) -> String {
    pointer.chars().take(100).collect()
}

/// All pointers together; one for each member of the largest document that is signed this way has less.
const LONGEST_POINTERS: usize = 64 << 10;
