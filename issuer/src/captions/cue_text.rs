//! The text of a cue without its marks (WebVTT, section 4.2.2).

/// A line without its marks; nothing if one is not known, or not closed.
pub(super) fn plain(line: &str) -> Option<String> {
    let mut plain = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find(['<', '&']) {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        match rest.strip_prefix('<') {
            Some(tag) => {
                let (tag, after) = tag.split_once('>')?;
                plain.push_str(&spoken_by(tag)?);
                rest = after;
            }
            None => {
                let (character, length) = reference(rest);
                plain.push(character);
                rest = &rest[length..];
            }
        }
    }
    plain.push_str(rest);
    Some(plain)
}

/// The same text with its lines closed up.
pub(super) fn without_blank_lines(text: &str) -> String {
    let lines = text.split(['\n', '\r']);
    let lines: Vec<_> = lines.filter(|line| !line.trim().is_empty()).collect();
    lines.join("\n")
}

/// What stands in place of a mark: nothing, or whose voice it is. Nothing at all if it is no mark.
fn spoken_by(tag: &str) -> Option<String> {
    let name = tag.strip_prefix('/').unwrap_or(tag);
    // A time within a text.
    if tag.starts_with(|first: char| first.is_ascii_digit()) {
        let is_time =
            |character: char| character.is_ascii_digit() || matches!(character, ':' | '.');
        return tag.chars().all(is_time).then(String::new);
    }
    let (name, said) = name.split_once([' ', '\t']).unwrap_or((name, ""));
    let name = name.split('.').next().unwrap_or_default();
    match name {
        "v" if !tag.starts_with('/') && !said.trim().is_empty() => {
            let voice: String = said.trim().chars().map(escaped_once).collect();
            Some(format!("{voice}: "))
        }
        "b" | "c" | "i" | "lang" | "rt" | "ruby" | "u" | "v" => Some(String::new()),
        _ => None,
    }
}

/// A name within a mark has no marks of its own.
fn escaped_once(character: char) -> char {
    match character {
        '<' | '>' | '&' => ' ',
        other => other,
    }
}

/// The character that a reference stands for, and how long the reference is; `&` by itself is one.
fn reference(text: &str) -> (char, usize) {
    let found = NAMED.iter().find(|(name, _)| text.starts_with(name));
    found.map_or(('&', 1), |(name, character)| (*character, name.len()))
}

const NAMED: [(&str, char); 9] = [
    ("&amp;", '&'),
    ("&lt;", '<'),
    ("&gt;", '>'),
    ("&quot;", '"'),
    ("&apos;", '\''),
    ("&#39;", '\''),
    ("&nbsp;", '\u{a0}'),
    ("&lrm;", '\u{200e}'),
    ("&rlm;", '\u{200f}'),
];
