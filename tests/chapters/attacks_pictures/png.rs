//! Attacks by PNG pictures.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use issuer::bake::bake;
use serde_json::json;
use tempfile::TempDir;
use verifier::Limits;
use verifier::png::Png;

use super::super::png::{chunk, deflate, header, picture};
use crate::forge::{baked, school_badge, school_token};
use crate::forms::{Case, hold};
use crate::program;
use crate::served::Served;
use crate::vector_set::VectorSet;

use super::*;

/// The data of an international text chunk with this credential.
fn plain(credential: &str) -> Vec<u8> {
    [b"openbadgecredential\0\0\0\0\0", credential.as_bytes()].concat()
}

/// The data of a chunk of plain text with this credential.
fn latin(credential: &str) -> Vec<u8> {
    [b"openbadgecredential\0", credential.as_bytes()].concat()
}

/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_i_01_a_png_shows_one_badge() {
    let (one, other) = one_and_other();
    let mut cases = Case::fixtures(&[
        "refused/bake.ambiguous",
        "verified/baked-twice-alike.png",
        "verified/baked-as-latin-text.png",
    ]);
    let (itxt, text) = (b"iTXt", b"tEXt");
    for (name, chunks, told) in [
        (
            "two",
            vec![(itxt, plain(&one)), (itxt, plain(&other))],
            "refused/bake.ambiguous",
        ),
        (
            "two, swapped",
            vec![(itxt, plain(&other)), (itxt, plain(&one))],
            "refused/bake.ambiguous",
        ),
        (
            "three",
            vec![
                (itxt, plain(&one)),
                (itxt, plain(&one)),
                (itxt, plain(&other)),
            ],
            "refused/bake.ambiguous",
        ),
        (
            "two kinds",
            vec![(itxt, plain(&one)), (text, latin(&other))],
            "refused/bake.ambiguous",
        ),
        (
            "two kinds, swapped",
            vec![(text, latin(&one)), (itxt, plain(&other))],
            "refused/bake.ambiguous",
        ),
        (
            "two kinds alike",
            vec![(text, latin(&one)), (itxt, plain(&one))],
            "verified",
        ),
        (
            "three alike",
            vec![
                (itxt, plain(&one)),
                (itxt, plain(&one)),
                (itxt, plain(&one)),
            ],
            "verified",
        ),
        (
            "nine",
            vec![(itxt, plain(&one)); 9],
            "refused/bake.ambiguous",
        ),
    ] {
        let chunks: Vec<(&[u8; 4], &[u8])> = chunks
            .iter()
            .map(|(kind, data)| (*kind, &data[..]))
            .collect();
        cases.push(Case::new(name, picture(&chunks), told));
    }
    // Whoever chooses to be lenient gets the first, as the standard's words on reading a PNG say.
    let two = picture(&[(itxt, &plain(&one)), (itxt, &plain(&other))]);
    cases.push(Case::new("the first of two", two, "verified").leniently());
    hold("I-01", &cases).await;
}

/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_i_02_a_packed_text_inflates_no_further_than_it_may() {
    let mut cases = Case::fixtures(&["refused/bake.too_large", "verified/baked-compressed.png"]);
    for (name, mebibytes) in [("a MiB and more", 2), ("64 MiB", 64), ("512 MiB", 512)] {
        let bomb = deflate(&vec![b' '; mebibytes << 20]);
        let itxt = [&b"openbadgecredential\0\x01\0\0\0"[..], &bomb].concat();
        let ztxt = [&b"openbadgecredential\0\0"[..], &bomb].concat();
        for (kind, data) in [(b"iTXt", itxt), (b"zTXt", ztxt)] {
            let bytes = picture(&[(kind, &data)]);
            cases.push(Case::new(name, bytes, "refused/bake.too_large"));
        }
    }
    hold("I-02", &cases).await;
}

/// The broken pictures of PngSuite, a badge in each kind of broken structure, and changes of one byte.
/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_i_03_a_broken_picture_shows_no_badge() {
    let mut cases = Case::fixtures(&["refused/bake.malformed"]);
    let suite = VectorSet::open("png");
    let broken: Vec<&str> = suite.names().filter(|name| name.starts_with('x')).collect();
    assert_eq!(broken.len(), 14);
    let listed = fs::read_to_string(crate::support::vectors().join("png/exceptions.toml"));
    let listed = listed.expect("the exceptions");
    for name in broken {
        // What is broken in the pixels alone is no matter of the container.
        let told = match listed.contains(name.trim_end_matches(".png")) {
            // These do not even begin as a picture does.
            true if name.starts_with("xs") => "refused/input.unsupported",
            true => "refused/bake.missing",
            false => "refused/bake.malformed",
        };
        cases.push(Case::new(name, suite.bytes(name), told));
    }
    let good = baked(&school_badge("/name", json!("Wait Time")).to_string());
    for position in (0..good.len()).step_by(29) {
        let mut changed = good.clone();
        changed[position] ^= 0x20;
        let told = match position {
            // What does not begin as a picture does is none.
            0..8 => "refused/input.unsupported",
            _ => "refused/bake.malformed",
        };
        cases.push(Case::new(format!("byte {position}"), changed, told));
    }
    let cut = |length: usize| {
        Case::new(
            format!("cut to {length}"),
            &good[..length],
            "refused/bake.malformed",
        )
    };
    cases.extend([33, 40, good.len() - 12, good.len() - 1].map(cut));
    let credential = plain(&school_token());
    let parts = |parts: &[&[u8]]| [&b"\x89PNG\r\n\x1a\n"[..], &parts.concat()].concat();
    let head = chunk(b"IHDR", &header(1, 1, 8, 0));
    let text = chunk(b"iTXt", &credential);
    let data = chunk(b"IDAT", &deflate(&[0, 0]));
    let end = chunk(b"IEND", b"");
    let control = chunk(b"acTL", &[0, 0, 0, 1, 0, 0, 0, 0]);
    let apple = chunk(b"CgBI", &[0x50, 0, 0x20, 2]);
    let mut endless = text.clone();
    endless[..4].copy_from_slice(&(1u32 << 31).to_be_bytes());
    for (name, bytes, told) in [
        ("whole", parts(&[&head, &text, &data, &end]), "verified"),
        (
            "moving",
            parts(&[&head, &control, &text, &data, &end]),
            "verified",
        ),
        (
            "before the header",
            parts(&[&text, &head, &data, &end]),
            "refused/bake.malformed",
        ),
        (
            "of a telephone",
            parts(&[&apple, &head, &text, &data, &end]),
            "refused/bake.malformed",
        ),
        (
            "without an end",
            parts(&[&head, &text, &data]),
            "refused/bake.malformed",
        ),
        (
            "after the end",
            parts(&[&head, &data, &end, &text]),
            "refused/bake.malformed",
        ),
        (
            "of length 2^31",
            parts(&[&head, &endless, &data, &end]),
            "refused/bake.malformed",
        ),
        (
            "without pixels",
            parts(&[&head, &text, &end]),
            "refused/bake.malformed",
        ),
    ] {
        cases.push(Case::new(name, bytes, told));
    }
    hold("I-03", &cases).await;
}

/// A picture whose header claims so many pixels, and which carries a badge or none.
fn claiming(width: u32, height: u32, credential: Option<&str>) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    bytes.extend(chunk(b"IHDR", &header(width, height, 8, 0)));
    bytes.extend(credential.map_or_else(Vec::new, |text| chunk(b"iTXt", &plain(text))));
    bytes.extend(chunk(b"IDAT", &deflate(&[0, 0])));
    bytes.extend(chunk(b"IEND", b""));
    bytes
}

/// No pixel is decoded to verify; what is baked has a bounded size. Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_i_04_a_picture_of_enormous_size_costs_nothing() {
    for (width, height) in [
        (65_535, 65_535),
        (4_097, 1),
        (1, 4_097),
        (0x7fff_ffff, 0x7fff_ffff),
    ] {
        let refused = bake(&claiming(width, height, None), "{}").expect_err("too large");
        assert_eq!(refused.code(), "image.dimensions", "{width} by {height}");
        assert!(refused.to_string().contains(&width.to_string()));
    }
    assert!(bake(&claiming(4_096, 4_096, None), "{}").is_ok());

    let token = school_token();
    let enormous = claiming(65_535, 65_535, Some(&token));
    let most = claiming(0x7fff_ffff, 0x7fff_ffff, Some(&token));
    let cases = [
        Case::new("65,535 by 65,535", enormous.clone(), "verified"),
        Case::new("2^31 - 1 each way", most, "verified"),
    ];
    hold("I-04", &cases).await;
    // Four gigabytes of pixels, in the address space of a program that needs a fraction of one.
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("enormous.png");
    fs::write(&file, enormous).expect("a file");
    let begun = Instant::now();
    let ended = Command::new("bash")
        .args(["-c", "ulimit -v 1000000 && exec \"$0\" verify \"$1\""])
        .args([program::assay(), &file])
        .output()
        .expect("bash starts");
    assert_eq!(ended.status.code(), Some(0));
    assert!(begun.elapsed() < Duration::from_secs(2));

    // Pictures that the service gives out are its own, and of one size.
    let served = Served::new().await;
    let id = served.published_badge();
    let address = served.test.app.site.badge(id);
    let ours = served
        .get(&format!("{address}.png"))
        .await
        .bytes()
        .await
        .expect("a picture");
    let ours = Png::read(&ours, &Limits::default()).expect("a picture");
    assert_eq!((ours.width(), ours.height()), (512, 512));
}

/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_i_05_a_text_is_written_in_one_way() {
    let token = school_token();
    let mut cases = Case::fixtures(&["refused/bake.encoding", "refused/bake.missing"]);
    let with = |before: &[u8]| [before, token.as_bytes()].concat();
    let table: [(&str, &[u8; 4], Vec<u8>, &str); 12] = [
        (
            "as it should be",
            b"iTXt",
            with(b"openbadgecredential\0\0\0\0\0"),
            "verified",
        ),
        (
            "capitals",
            b"iTXt",
            with(b"OpenBadgeCredential\0\0\0\0\0"),
            "refused/bake.missing",
        ),
        (
            "a blank behind",
            b"iTXt",
            with(b"openbadgecredential \0\0\0\0\0"),
            "refused/bake.missing",
        ),
        (
            "a blank before",
            b"iTXt",
            with(b" openbadgecredential\0\0\0\0\0"),
            "refused/bake.missing",
        ),
        (
            "no-break space",
            b"iTXt",
            with(b"openbadgecredential\xa0\0\0\0\0\0"),
            "refused/bake.missing",
        ),
        (
            "a language",
            b"iTXt",
            with(b"openbadgecredential\0\0\0en\0\0"),
            "refused/bake.encoding",
        ),
        (
            "a translation",
            b"iTXt",
            with(b"openbadgecredential\0\0\0\0Abzeichen\0"),
            "refused/bake.encoding",
        ),
        (
            "a flag of 2",
            b"iTXt",
            with(b"openbadgecredential\0\x02\0\0\0"),
            "refused/bake.encoding",
        ),
        (
            "a method of 1",
            b"iTXt",
            with(b"openbadgecredential\0\0\x01\0\0"),
            "refused/bake.encoding",
        ),
        (
            "a NUL in it",
            b"iTXt",
            [with(b"openbadgecredential\0\0\0\0\0"), vec![0, b'x']].concat(),
            "refused/bake.encoding",
        ),
        (
            "a byte that is no UTF-8",
            b"iTXt",
            [with(b"openbadgecredential\0\0\0\0\0"), vec![0xff]].concat(),
            "refused/bake.encoding",
        ),
        (
            "not packed",
            b"zTXt",
            with(b"openbadgecredential\0\0"),
            "refused/bake.encoding",
        ),
    ];
    for (name, kind, data, told) in table {
        cases.push(Case::new(name, picture(&[(kind, &data)]), told));
    }
    hold("I-05", &cases).await;
}
