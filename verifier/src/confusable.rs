//! Names that are taken for others: letters of two scripts in one word, letters that look like those
//! of another script, and characters that nobody sees (Unicode Technical Standard 39). Has no say in
//! the verdict: who signed is told by the issuer's id, and a name is what anybody gives himself.

use std::fmt;

use icu_properties::props::{
    BidiControl, CanonicalCombiningClass, DefaultIgnorableCodePoint, Emoji, JoiningType, Script,
};
use icu_properties::script::ScriptWithExtensions;
use icu_properties::{CodePointMapData, CodePointSetData};
use idna::punycode;
use serde::Serialize;
use serde_json::Value;
use url::{Host, Origin};

use crate::issuer;
use crate::reason::Reason;

/// What in a name of the issuer may be taken for something else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Confusable {
    /// Where the name stands.
    pub pointer: &'static str,
    /// How it deceives.
    pub deception: Deception,
    /// The first of the characters that do, by number: as they are they would deceive here too.
    pub characters: Vec<String>,
}

/// How a name deceives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Deception {
    /// By characters that are not seen, or that turn the order of the text around.
    Hidden,
    /// By letters of two scripts in one word.
    MixedScripts,
    /// By letters of one script that look like the Latin ones.
    LookAlike,
}

/// What deceives in the names of a credential's issuer.
pub(crate) fn of_issuer(credential: &Value) -> Vec<Reason> {
    let mut found = Vec::new();
    let id = issuer::id(credential).unwrap_or_default();
    let host = match issuer::origin(id) {
        Some(Origin::Tuple(_, Host::Domain(host), _)) => host,
        _ => String::new(),
    };
    for label in host.split('.') {
        // Identifiers are shown with this prefix, and what it stands for is judged.
        let Some(label) = label
            .strip_prefix("xn--")
            .and_then(punycode::decode_to_string)
        else {
            continue;
        };
        found.extend(deceptions(&label).map(|found| found.at(pointer_of_id(credential))));
    }
    if let Some(name) = credential["issuer"]["name"].as_str() {
        found.extend(deceptions(name).map(|found| found.at("/issuer/name")));
    }
    found
}

fn pointer_of_id(credential: &Value) -> &'static str {
    match credential["issuer"] {
        Value::String(_) => "/issuer",
        _ => "/issuer/id",
    }
}

/// The characters that deceive in one way.
struct Found(Deception, Vec<char>);

impl Found {
    fn at(self, pointer: &'static str) -> Reason {
        let numbers = self.1.into_iter().take(MOST_TOLD);
        Reason::Confusable(Confusable {
            pointer,
            deception: self.0,
            characters: numbers.map(|c| format!("U+{:04X}", u32::from(c))).collect(),
        })
    }
}

fn deceptions(text: &str) -> impl Iterator<Item = Found> {
    let words: Vec<&str> = text
        .split(|c: char| !c.is_alphanumeric() && !scripts(c).contains(&Script::Inherited))
        .collect();
    let mixed: Vec<char> = words
        .iter()
        .flat_map(|word| of_another_script(word))
        .collect();
    // Where letters of two scripts stand in one word, that says it all.
    let alike = match mixed.is_empty() {
        true => look_alikes(&words),
        false => Vec::new(),
    };
    let found = [
        Found(Deception::Hidden, hidden(text)),
        Found(Deception::MixedScripts, mixed),
        Found(Deception::LookAlike, alike),
    ];
    found.into_iter().filter(|found| !found.1.is_empty())
}

/// The characters that are not seen, save where a script or a picture needs them.
fn hidden(text: &str) -> Vec<char> {
    let ignorable = CodePointSetData::new::<DefaultIgnorableCodePoint>();
    let turning = CodePointSetData::new::<BidiControl>();
    let mut before = None;
    let is_hidden = |c: &char| {
        let before = before.replace(*c);
        let is_unseen = c.is_control() || ignorable.contains(*c) || turning.contains(*c);
        is_unseen && !before.is_some_and(|before| belongs_after(before, *c))
    };
    text.chars().filter(is_hidden).collect()
}

/// Joiners stand after letters that join (RFC 5892, appendix A), and like the selectors of a
/// presentation within the pictures of people.
fn belongs_after(before: char, c: char) -> bool {
    let is_selector = |c| matches!(c, '\u{fe0e}' | '\u{fe0f}');
    let is_picture = !before.is_ascii()
        && (CodePointSetData::new::<Emoji>().contains(before) || is_selector(before));
    match c {
        '\u{200c}' | '\u{200d}' => {
            let joining = CodePointMapData::<JoiningType>::new().get(before);
            let class = CodePointMapData::<CanonicalCombiningClass>::new().get(before);
            let joins = matches!(
                joining,
                JoiningType::DualJoining | JoiningType::LeftJoining | JoiningType::RightJoining
            );
            joins || is_picture || class == CanonicalCombiningClass::Virama
        }
        c => is_selector(c) && is_picture,
    }
}

/// The letters that are not of the script in which the word begins, unless the two are written
/// together (UTS 39, section 5.2, highly restrictive).
fn of_another_script(word: &str) -> Vec<char> {
    let letters = || {
        word.chars()
            .map(|c| (c, scripts(c)))
            .filter(|(_, own)| is_of_a_script(own))
    };
    let (mut shared, mut has_latin): (Option<Vec<Script>>, bool) = (None, false);
    for (_, own) in letters() {
        if own == [Script::Latin] {
            has_latin = true;
        } else {
            let before = shared.unwrap_or_else(|| own.clone());
            shared = Some(
                before
                    .into_iter()
                    .filter(|script| own.contains(script))
                    .collect(),
            );
        }
    }
    let is_one = match shared {
        None => true,
        Some(shared) if has_latin => shared.iter().any(|script| BESIDE_LATIN.contains(script)),
        Some(shared) => !shared.is_empty(),
    };
    let Some((_, first)) = letters().next().filter(|_| !is_one) else {
        return Vec::new();
    };
    let of_others = letters().filter(|(_, own)| !own.iter().any(|script| first.contains(script)));
    of_others.map(|(c, _)| c).collect()
}

/// The letters that look like Latin ones, where all that are no Latin letters do.
fn look_alikes(words: &[&str]) -> Vec<char> {
    let foreign = words.iter().flat_map(|word| word.chars()).filter(|c| {
        let own = scripts(*c);
        is_of_a_script(&own) && (own != [Script::Latin] || LOOK_ALIKES.contains(*c))
    });
    let foreign: Vec<char> = foreign.collect();
    match foreign.iter().all(|c| LOOK_ALIKES.contains(*c)) {
        true => foreign,
        false => Vec::new(),
    }
}

/// The scripts that a character is written in. Those of Chinese stand for each of the writings that
/// they are part of (UTS 39, section 5.1).
fn scripts(c: char) -> Vec<Script> {
    let own = ScriptWithExtensions::new()
        .get_script_extensions_val(c)
        .iter();
    let with_writings = own.flat_map(|script| match script {
        Script::Han => vec![script, Script::Hiragana, Script::Bopomofo, Script::Hangul],
        Script::Katakana => vec![Script::Hiragana],
        other => vec![other],
    });
    with_writings.collect()
}

fn is_of_a_script(scripts: &[Script]) -> bool {
    let none = [Script::Common, Script::Inherited, Script::Unknown];
    !scripts.iter().any(|script| none.contains(script))
}

impl Confusable {
    pub(crate) fn code(&self) -> &'static str {
        "warn.confusable"
    }
}

impl fmt::Display for Confusable {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let what = match self.pointer {
            "/issuer/name" => "The name that the issuer gives himself",
            _ => "The host in the issuer's id",
        };
        let how = match self.deception {
            Deception::Hidden => "has characters that are not seen or that turn it around",
            Deception::MixedScripts => "mixes letters of several scripts in one word",
            Deception::LookAlike => "has letters that look like Latin ones and are not",
        };
        let characters = self.characters.join(", ");
        write!(
            f,
            "{what} {how} ({characters}), so that it may be taken for another."
        )
    }
}

/// The codes of names that deceive.
pub(crate) const CODES: &[(&str, &str)] = &[(
    "warn.confusable",
    "Warning: the issuer's name or host may be taken for another.",
)];

/// The scripts that Chinese, Japanese and Korean are written in, where Latin words stand among others.
const BESIDE_LATIN: [Script; 4] = [
    Script::Han,
    Script::Hiragana,
    Script::Bopomofo,
    Script::Hangul,
];

/// Letters that look like those of ASCII, by the table of confusable characters of UTS 39: of
/// Cyrillic, Greek, Armenian and Latin.
const LOOK_ALIKES: &str = "аеорсухѕіјԁԛԝһӏүѵьАВЕЗКМНОРСТУХЅІЈҮЬαιονρυγϲϳΑΒΕΖΗΙΚΜΝΟΡΤΥΧոօսհցզյɑɡı";

/// Enough to find the rest by.
const MOST_TOLD: usize = 8;
