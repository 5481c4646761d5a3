//! What an absolute IRI looks like, and a keyword.

use crate::dataset::is_forbidden_in_iri;

/// Whether this is a scheme, a colon, and nothing that N-Quads could not write in an IRI.
///
/// Deliberately not the whole grammar of RFC 3987: other processors write what passes here just as
/// we do, so refusing more of it would refuse badges that they verify.
pub(super) fn is_absolute(value: &str) -> bool {
    let Some((scheme, _)) = value.split_once(':') else {
        return false;
    };
    let mut characters = scheme.bytes();
    characters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic())
        && characters.all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
        && !value.bytes().any(is_forbidden_in_iri)
}

/// The two sides of a value that may be a compact IRI: a colon, but not in the first place.
pub(super) fn split_compact(value: &str) -> Option<(&str, &str)> {
    value
        .split_once(':')
        .filter(|(prefix, _)| !prefix.is_empty())
}

/// Whether this is `@` and letters: reserved, even where it means nothing yet (section 1.7).
pub(super) fn has_keyword_form(value: &str) -> bool {
    value.strip_prefix('@').is_some_and(|letters| {
        !letters.is_empty() && letters.bytes().all(|byte| byte.is_ascii_alphabetic())
    })
}

/// The keywords of JSON-LD 1.1 (section 1.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keyword {
    Base,
    Container,
    Context,
    Direction,
    Graph,
    Id,
    Import,
    Included,
    Index,
    Json,
    Language,
    List,
    Nest,
    None,
    Prefix,
    Propagate,
    Protected,
    Reverse,
    Set,
    Type,
    Value,
    Version,
    Vocab,
}

impl Keyword {
    pub(super) fn parse(value: &str) -> Option<Keyword> {
        Some(match value {
            "@base" => Keyword::Base,
            "@container" => Keyword::Container,
            "@context" => Keyword::Context,
            "@direction" => Keyword::Direction,
            "@graph" => Keyword::Graph,
            "@id" => Keyword::Id,
            "@import" => Keyword::Import,
            "@included" => Keyword::Included,
            "@index" => Keyword::Index,
            "@json" => Keyword::Json,
            "@language" => Keyword::Language,
            "@list" => Keyword::List,
            "@nest" => Keyword::Nest,
            "@none" => Keyword::None,
            "@prefix" => Keyword::Prefix,
            "@propagate" => Keyword::Propagate,
            "@protected" => Keyword::Protected,
            "@reverse" => Keyword::Reverse,
            "@set" => Keyword::Set,
            "@type" => Keyword::Type,
            "@value" => Keyword::Value,
            "@version" => Keyword::Version,
            "@vocab" => Keyword::Vocab,
            _ => return None,
        })
    }
}
