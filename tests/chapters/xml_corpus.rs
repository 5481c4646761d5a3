//! XML good and bad, bombs and hostile pictures: through `verify`, which takes a badge out of SVG and nothing else.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use schemas::timestamp::Timestamp;
use verifier::{Documents, Policy, Verdict, verify};

use crate::forge::NOW;
use crate::support::entries;
use crate::vector_set::VectorSet;

#[test]
fn attack_i_06_xml_good_and_bad_is_judged_as_a_picture() {
    let set = VectorSet::open("xml");
    let mut judge = set.judge("");
    let mut slowest = Slowest::default();
    for name in set.names() {
        let bytes = set.bytes(name);
        // As it is: no root of these is a picture's.
        slowest.code(&bytes, name);
        let picture = within_svg(&bytes);
        let expected = match name {
            _ if has_dtd(&bytes) => "svg.dtd_not_allowed",
            _ if name.contains("_err_") => "bake.malformed",
            _ => "bake.missing",
        };
        let code = slowest.code(&picture, name);
        judge.case(name.trim_end_matches(".xml"), expected, &code);
    }
    slowest.conclude();
    assert_eq!(judge.conclude().values().sum::<usize>(), 101);
}

#[test]
fn attack_i_07_pictures_that_make_renderers_fail_are_walked_over() {
    let set = VectorSet::open("svg");
    let mut judge = set.judge("");
    let mut slowest = Slowest::default();
    for name in set.names() {
        let bytes = set.bytes(name);
        let code = slowest.code(&bytes, name);
        judge.case(name, expected(&bytes), &code);
    }
    slowest.conclude();
    assert_eq!(judge.conclude().values().sum::<usize>(), 64);
}

/// The whole suite of librsvg, where it is installed.
#[test]
fn attack_i_07_every_picture_of_the_installed_suite_is_walked_over() {
    let folder =
        std::env::var_os("ASSAY_SVG_SUITE").map_or_else(|| INSTALLED.into(), PathBuf::from);
    if !folder.is_dir() {
        println!(
            "skipped: the whole suite of librsvg (no {})",
            folder.display()
        );
        return;
    }
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut other = Vec::new();
    let mut slowest = Slowest::default();
    for path in pictures(&folder) {
        let bytes = std::fs::read(&path).expect("a picture");
        let name = path.display().to_string();
        let code = slowest.code(&bytes, &name);
        if code != expected(&bytes) {
            other.push(format!("{name}: {code}"));
        }
        *counts.entry(code).or_default() += 1;
    }
    slowest.conclude();
    println!("librsvg: {counts:?}; judged otherwise than by their content: {other:#?}");
    // Those that are listed for the pictures carried here, one more without an element, and one that is not in UTF-8.
    assert_eq!(other.len(), 13);
}

/// What a picture without a badge is refused for, as far as its first bytes and a search tell.
fn expected(bytes: &[u8]) -> &'static str {
    match bytes {
        [0x1f, 0x8b, ..] | [] => "input.unsupported",
        _ if has_dtd(bytes) => "svg.dtd_not_allowed",
        _ => "bake.missing",
    }
}

fn has_dtd(bytes: &[u8]) -> bool {
    bytes.windows(9).any(|window| window == b"<!DOCTYPE")
}

/// The document with a picture's root around its own, after what stands before that.
fn within_svg(bytes: &[u8]) -> Vec<u8> {
    let begins = |window: &[u8]| window[0] == b'<' && window[1].is_ascii_alphabetic();
    let root = bytes.windows(2).position(begins).unwrap_or(bytes.len());
    let (prolog, document) = bytes.split_at(root);
    let open = b"<svg xmlns=\"http://www.w3.org/2000/svg\">".as_slice();
    [prolog, open, document, b"</svg>"].concat()
}

fn pictures(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in entries(folder) {
        if path.is_dir() {
            found.extend(pictures(&path));
        } else if path
            .extension()
            .is_some_and(|extension| extension == "svg" || extension == "svgz")
        {
            found.push(path);
        }
    }
    found
}

/// The input that took longest.
#[derive(Default)]
struct Slowest {
    time: Duration,
    name: String,
}

impl Slowest {
    /// The code that the input is refused with. Nothing here is a badge, and nothing is asked for.
    fn code(&mut self, bytes: &[u8], name: &str) -> String {
        let now = Timestamp::parse(NOW).expect("a time");
        let begin = Instant::now();
        let report = verify(bytes, &Documents::default(), &Policy::default(), now);
        let time = begin.elapsed();
        if time > self.time {
            (self.time, self.name) = (time, name.to_owned());
        }
        assert_eq!(report.verdict(), Verdict::Refused, "{name}");
        assert!(report.missing().is_empty(), "{name}");
        let code = report.reason().map_or("", |reason| reason.code());
        assert!(REFUSALS.contains(&code), "{name}: {code}");
        code.to_owned()
    }

    fn conclude(self) {
        println!("the slowest took {:?}: {}", self.time, self.name);
        assert!(self.time < Duration::from_secs(1));
    }
}

const REFUSALS: [&str; 6] = [
    "bake.ambiguous",
    "bake.encoding",
    "bake.malformed",
    "bake.missing",
    "input.unsupported",
    "svg.dtd_not_allowed",
];

/// Where the Debian package `librsvg2-tests` puts its pictures.
const INSTALLED: &str = "/usr/libexec/installed-tests/RSVG/fixtures";
