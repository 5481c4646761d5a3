//! Values that the standard lets be written in more than one way.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize as DeriveDeserialize, Serialize};
use serde_json::{Map, Value};

use super::Profile;

/// A text for people: a plain string, or one string for each language (Open Badges 3.0, JSON Schema).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, DeriveDeserialize)]
#[serde(untagged)]
pub enum Text {
    Plain(String),
    Languages(BTreeMap<String, String>),
}

/// The types of an object: a set of terms, read from one string or an array, written as an array.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, DeriveDeserialize)]
pub struct Types(#[serde(deserialize_with = "one_or_many")] pub Vec<String>);

/// One item of `@context`: an address, or definitions in place (Open Badges 3.0, Context).
#[derive(Debug, Clone, PartialEq, Serialize, DeriveDeserialize)]
#[serde(untagged)]
pub enum Context {
    Url(String),
    Map(Map<String, Value>),
}

/// Who issues: the address of a profile, or the profile itself (Open Badges 3.0, ProfileRef).
#[derive(Debug, Clone, PartialEq, Serialize, DeriveDeserialize)]
#[serde(untagged)]
pub enum ProfileRef {
    Uri(String),
    Profile(Box<Profile>),
}

impl Text {
    /// The plain string, if it is one.
    pub fn plain(&self) -> Option<&str> {
        match self {
            Text::Plain(text) => Some(text),
            Text::Languages(_) => None,
        }
    }
}

impl Types {
    /// Says whether the set has this term.
    pub fn contains(&self, term: &str) -> bool {
        self.0.iter().any(|own| own == term)
    }
}

impl ProfileRef {
    /// The identifier of the profile, whichever way it is given.
    pub fn id(&self) -> &str {
        match self {
            ProfileRef::Uri(id) => id,
            ProfileRef::Profile(profile) => &profile.id,
        }
    }
}

impl Default for Text {
    fn default() -> Text {
        Text::Plain(String::new())
    }
}

impl Default for ProfileRef {
    fn default() -> ProfileRef {
        ProfileRef::Profile(Box::default())
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Text {
        Text::Plain(text.to_owned())
    }
}

impl From<String> for Text {
    fn from(text: String) -> Text {
        Text::Plain(text)
    }
}

impl<const N: usize> From<[&str; N]> for Types {
    fn from(terms: [&str; N]) -> Types {
        Types(terms.into_iter().map(str::to_owned).collect())
    }
}

impl From<&str> for Context {
    fn from(url: &str) -> Context {
        Context::Url(url.to_owned())
    }
}

impl From<Profile> for ProfileRef {
    fn from(profile: Profile) -> ProfileRef {
        ProfileRef::Profile(Box::new(profile))
    }
}

/// Reads an optional member that is there. A null is refused, because nulls are left out
/// (Open Badges 3.0, Serialization) and reading one as absent would lose it.
pub(super) fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> std::result::Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Reads a set from an array or, as JSON-LD compaction writes it, from its only value.
pub(super) fn one_or_many<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> std::result::Result<Vec<T>, D::Error> {
    struct OneOrMany<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for OneOrMany<T> {
        type Value = Vec<T>;

        fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
            formatter.write_str("an array or a single string or object")
        }

        fn visit_str<E: Error>(self, text: &str) -> std::result::Result<Vec<T>, E> {
            Ok(vec![T::deserialize(StrDeserializer::new(text))?])
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> std::result::Result<Vec<T>, A::Error> {
            Ok(vec![T::deserialize(MapAccessDeserializer::new(map))?])
        }

        fn visit_seq<A: SeqAccess<'de>>(
            self,
            mut items: A,
        ) -> std::result::Result<Vec<T>, A::Error> {
            let mut all = Vec::new();
            while let Some(item) = items.next_element()? {
                all.push(item);
            }
            Ok(all)
        }
    }

    deserializer.deserialize_any(OneOrMany(PhantomData))
}
