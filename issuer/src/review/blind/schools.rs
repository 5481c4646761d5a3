//! Names of schools, by their shape: those that are no organisation of the service are known to nobody.

use super::words::Word;
use std::ops::Range;

/// Where a text seems to name a school, a district, a college or a university.
///
/// A name stands with capitals before what kind of school it is ("Sunrise Elementary", "Knox County
/// Schools"), or after it ("University of Memphis", "PS 118"); in small letters it stands alone between
/// two signs ("fourth grade, sunrise elementary") or after "at". What may be said of any school ("our",
/// "rural", "ninth grade") is no name.
pub fn of(text: &str, words: &[Word]) -> Vec<Range<usize>> {
    let text = Text { text, words };
    let mut found = Vec::new();
    for at in 0..words.len() {
        if let Some(end) = text.kind(at) {
            let begin = text
                .before(at, end)
                .or_else(|| text.in_small_letters(at, end));
            found.extend(begin.map(|begin| text.range(begin, end)));
        }
        found.extend(text.led(at).map(|end| text.range(at, end)));
        if text.is_grown(at) || text.is_initials(at) {
            found.push(text.range(at, at + 1));
        }
    }
    found
}

/// A text and its words. Places are those of words.
struct Text<'a> {
    text: &'a str,
    words: &'a [Word],
}

impl Text<'_> {
    /// Where the kind of a school ends that begins here.
    fn kind(&self, at: usize) -> Option<usize> {
        let lengths = KINDS.iter().filter_map(|kind| {
            let mut places = (at..).zip(kind.split(' '));
            let is_here = places.all(|(place, word)| {
                self.is(place, word) && (place == at || self.is_joined(place))
            });
            is_here.then(|| kind.split(' ').count())
        });
        let longest = lengths.max();
        longest.map(|length| at + length)
    }

    /// Where the name begins that stands with capitals before a kind.
    fn before(&self, at: usize, end: usize) -> Option<usize> {
        let mut begin = at;
        while begin > 0
            && at - begin < LONGEST
            && self.is_joined(begin)
            && (self.is_capital(begin - 1) || self.is_one_of(begin - 1, JOINING))
        {
            begin -= 1;
        }
        while begin < at && (self.is_one_of(begin, LEADING) || self.is_one_of(begin, JOINING)) {
            begin += 1;
        }
        // One word alone may have its capital from the sentence that begins with it.
        let is_begun = begin == 0 || self.gap(begin).contains(['.', '!', '?', ':', '\n']);
        let is_sure = self.is_capital(at) || begin + 1 < at || !is_begun;
        let is_sure = is_sure && (self.is_capital(at) || !self.is_vague(at, end));
        (is_sure && self.says_which(begin, at)).then_some(begin)
    }

    /// Where the name begins that stands in small letters before a kind.
    fn in_small_letters(&self, at: usize, end: usize) -> Option<usize> {
        let mut begin = at;
        let goes_on = |begin: usize| {
            begin > 0 && self.is_joined(begin) && !self.is_one_of(begin - 1, LEADING)
        };
        while at - begin < FEWEST && goes_on(begin) {
            begin -= 1;
        }
        let is_led = begin > 0 && self.is_one_of(begin - 1, "at from");
        let is_alone = (begin == 0 || !self.is_joined(begin))
            && (end == self.words.len() || !self.is_joined(end));
        let is_name = (is_led || is_alone) && !self.is_vague(at, end);
        (is_name && self.says_which(begin, at)).then_some(begin)
    }

    /// Where the name ends that stands after a kind, or after what leads to it: "School of", "PS".
    fn led(&self, at: usize) -> Option<usize> {
        let mut end = at + 1;
        if !self.is_capital(at) {
            return None;
        }
        if self.is_one_of(at, NUMBERED) {
            // "P.S. 118" are three words, "School No. 4" as well.
            let skipped = self.is_joined(end) && self.is_one_of(end, "s no number");
            end += usize::from(skipped);
            let number = self.plain(end);
            let is_number =
                !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit());
            return (is_number && self.is_joined(end)).then_some(end + 1);
        }
        let is_of = self.is_one_of(at, BEFORE_OF) && self.is(end, "of");
        if !is_of && !self.is_one_of(at, BEFORE) {
            return None;
        }
        let begin = end;
        while end - begin < LONGEST
            && self.is_joined(end)
            && (self.is_capital(end) || self.is_one_of(end, JOINING))
        {
            end += 1;
        }
        while end > begin && self.is_one_of(end - 1, JOINING) {
            end -= 1;
        }
        self.says_which(begin, end).then_some(end)
    }

    /// Whether a name and its kind are grown together here, as in addresses.
    fn is_grown(&self, at: usize) -> bool {
        let plain = self.plain(at);
        let mut names = GROWN.iter().filter_map(|kind| plain.strip_suffix(kind));
        names.any(|name| name.len() > SHORT && !has(COMMON, name))
    }

    /// Whether the initials of a school district stand here.
    fn is_initials(&self, at: usize) -> bool {
        let written = &self.text[self.words[at].range.clone()];
        let district = |end: &&str| written.len() > end.len() && written.ends_with(*end);
        INITIALS.iter().any(district) && written.bytes().all(|one| one.is_ascii_uppercase())
    }

    /// Whether words say which school it is, and not only what is said of any.
    fn says_which(&self, begin: usize, end: usize) -> bool {
        (begin..end).any(|at| {
            let grade = self
                .plain(at)
                .trim_start_matches(|one: char| one.is_ascii_digit());
            !["", "st", "nd", "rd", "th", "k"].contains(&grade)
                && !self.is_one_of(at, COMMON)
                && !self.is_one_of(at, LEADING)
                && !self.is_one_of(at, JOINING)
        })
    }

    /// Whether a kind is one word that is said of much else.
    fn is_vague(&self, at: usize, end: usize) -> bool {
        at + 1 == end && self.is_one_of(at, VAGUE)
    }

    fn plain(&self, at: usize) -> &str {
        self.words.get(at).map_or("", |word| &word.plain)
    }

    fn is(&self, at: usize, plain: &str) -> bool {
        self.plain(at) == plain
    }

    /// Whether a word is in a list of them.
    fn is_one_of(&self, at: usize, list: &str) -> bool {
        has(list, self.plain(at))
    }

    fn is_capital(&self, at: usize) -> bool {
        let first = self
            .words
            .get(at)
            .and_then(|word| self.text[word.range.clone()].chars().next());
        first.is_some_and(|first| first.is_uppercase() || first.is_ascii_digit())
    }

    fn range(&self, begin: usize, end: usize) -> Range<usize> {
        self.words[begin].range.start..self.words[end - 1].range.end
    }

    /// What stands between a word and the one before it.
    fn gap(&self, at: usize) -> &str {
        &self.text[self.words[at - 1].range.end..self.words[at].range.start]
    }

    /// Whether a word belongs to the one before it: as in "Martin Luther King, Jr." and "St. Mary's".
    fn is_joined(&self, at: usize) -> bool {
        if at == 0 || at >= self.words.len() {
            return false;
        }
        match self.gap(at).trim_matches(' ') {
            "" | "-" | "\u{2013}" | "'" | "\u{2019}" | "&" | "_" => true,
            "." => self.plain(at - 1).chars().count() <= SHORT,
            "," => self.is_one_of(at, "jr sr"),
            _ => false,
        }
    }
}

/// Whether a word is in a list with blanks between its words.
fn has(list: &str, word: &str) -> bool {
    list.split(' ').any(|one| one == word)
}

/// As many words as names of schools have before their kind.
const LONGEST: usize = 6;
/// As many as they are taken to have where no capitals say it.
const FEWEST: usize = 3;
/// Longer words are not shortened with a dot, and shorter ones are no names grown into addresses.
const SHORT: usize = 3;

/// What kinds of schools are called, after their names.
const KINDS: [&str; 44] = [
    "academy",
    "academies",
    "charter",
    "charter school",
    "city schools",
    "college",
    "community college",
    "county schools",
    "day school",
    "early learning center",
    "elementary",
    "elementary school",
    "grammar school",
    "high",
    "high school",
    "independent school district",
    "institute",
    "intermediate",
    "intermediate school",
    "isd",
    "junior high",
    "junior high school",
    "magnet",
    "magnet school",
    "middle",
    "middle school",
    "montessori",
    "montessori school",
    "prep",
    "preparatory",
    "preparatory school",
    "preschool",
    "primary",
    "primary school",
    "public schools",
    "school",
    "school district",
    "schools",
    "secondary",
    "secondary school",
    "senior high",
    "unified",
    "unified school district",
    "university",
];

/// Kinds that are words for much else, and name a school with a capital alone.
const VAGUE: &str = "\
    charter college high institute intermediate magnet middle prep preparatory primary school \
    schools secondary unified";

/// What stands before "of" and a name.
const BEFORE_OF: &str = "academy college institute school university";

/// What stands before names in other languages, and after no capital in English.
const BEFORE: &str =
    "colegio ecole escola escuela grundschule gymnasium lycee realschule universidad";

/// What has a number instead of a name.
const NUMBERED: &str = "hs is jhs ms p ps school";

/// Kinds as they end words that are grown together.
const GROWN: [&str; 8] = [
    "academy",
    "elementary",
    "highschool",
    "isd",
    "middleschool",
    "primaryschool",
    "schooldistrict",
    "schools",
];

/// What initials of districts end with.
const INITIALS: [&str; 4] = ["CSD", "ISD", "UFSD", "USD"];

/// What stands within names.
const JOINING: &str = "and de del des du la las los of the";

/// What stands before names, and begins none.
const LEADING: &str = "\
    a all an another any as at attend both by each every for former from her his how if in into its \
    many most my near no on one our some their these this through to two when with your";

/// What is said of any school.
const COMMON: &str = "\
    advanced after ap area art arts before business career charter christian city college community \
    comprehensive county current daily department district early education educators eighth \
    elementary eleventh engineering families fifth first fourth full grad grade grades graduate head \
    high home i ii independent inner innovation junior k kindergarten large law local lower magnet \
    math mathematics medical middle model music my neighborhood new next night ninth normal nursery \
    old online our parents parochial past pre prek preschool primary principal private public \
    reading regular residential rural science second secondary senior seventh sixth small special \
    state student students suburban summer sunday teach teacher teachers teaching technical tenth \
    third title traditional twelfth university upper urban virtual vocational whole year years";
