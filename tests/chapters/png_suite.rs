//! PngSuite: every form of picture is read, and the broken ones are refused as far as the container shows it.

use std::time::{Duration, Instant};

use schemas::timestamp::Timestamp;
use verifier::png::Png;
use verifier::{Documents, Limits, Policy, Verdict, verify};

use crate::forge::NOW;
use crate::vector_set::VectorSet;

#[test]
fn attack_i_03_every_picture_of_pngsuite_is_judged_by_its_container() {
    let set = VectorSet::open("png");
    let now = Timestamp::parse(NOW).expect("a time");
    let mut judge = set.judge("");
    let mut slowest = Duration::ZERO;
    for name in set.names() {
        let bytes = set.bytes(name);
        let begin = Instant::now();
        let report = verify(&bytes, &Documents::default(), &Policy::default(), now);
        slowest = slowest.max(begin.elapsed());
        assert_eq!(report.verdict(), Verdict::Refused, "{name}");
        let code = report.reason().map_or("", |reason| reason.code());
        // Names that begin with x are those of the broken pictures.
        let expected = match name.starts_with('x') {
            true => "bake.malformed",
            false => "bake.missing",
        };
        judge.case(name.trim_end_matches(".png"), expected, code);
    }
    println!("the slowest picture took {slowest:?}");
    assert!(slowest < Duration::from_secs(1));
    let counts = judge.conclude();
    assert_eq!(counts.values().sum::<usize>(), 177);
}

#[test]
fn what_is_baked_into_any_picture_comes_back_and_the_picture_is_kept() {
    let set = VectorSet::open("png");
    let limits = Limits::default();
    let mut baked = 0;
    for name in set.names() {
        let bytes = set.bytes(name);
        let Ok(png) = Png::read(&bytes, &limits) else {
            continue;
        };
        let credential = "{\"name\":\"\u{10d}\"}";
        let picture = png.bake(credential);
        let again = Png::read(&picture, &limits).expect(name);
        let found = again.credentials(&limits).expect(name);
        assert_eq!(found.len(), 1, "{name}");
        assert_eq!(found[0].text, credential, "{name}");
        assert_eq!((again.width(), again.height()), (png.width(), png.height()));
        // All bytes of the picture are there still, around the one new chunk.
        let (header, rest) = bytes.split_at(33);
        assert!(
            picture.starts_with(header) && picture.ends_with(rest),
            "{name}"
        );
        baked += 1;
    }
    println!("png: baked into {baked} pictures");
    assert!(baked >= 163);
}
