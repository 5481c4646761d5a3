//! Credentials in PNG pictures.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use verifier::Limits;
use verifier::png::{BakeError, ChunkKind, Png};

#[test]
fn what_was_baked_is_read_back_and_the_picture_is_untouched() {
    let plain = picture(&[]);
    let baked = read(&plain).bake("eyJ.eyJ.sig");

    let texts = credentials(&baked).expect("a credential was baked in");
    assert_eq!(
        texts,
        [("eyJ.eyJ.sig".to_owned(), ChunkKind::InternationalText)]
    );
    let without: Vec<u8> = [&baked[..33], &baked[33 + 12 + 24 + 11..]].concat();
    assert_eq!(without, plain, "only one chunk was added, after the header");
}

#[test]
fn baking_again_replaces_the_credential() {
    let once = read(&picture(&[])).bake("{\"first\":1}");
    let twice = read(&once).bake("{\"second\":2}");

    assert_eq!(
        credentials(&twice),
        Ok(vec![(
            "{\"second\":2}".to_owned(),
            ChunkKind::InternationalText
        )])
    );
}

#[test]
fn a_credential_is_read_from_every_kind_of_text_chunk() {
    let mut compressed = b"openbadgecredential\0\x01\0\0\0".to_vec();
    compressed.extend(deflate(b"{}"));
    let mut latin = b"openbadgecredential\0\0".to_vec();
    latin.extend(deflate(b"{}"));
    let cases: [(&[u8; 4], &[u8], ChunkKind); 4] = [
        (
            b"iTXt",
            b"openbadgecredential\0\0\0\0\0{}",
            ChunkKind::InternationalText,
        ),
        (b"iTXt", &compressed, ChunkKind::CompressedInternationalText),
        (b"tEXt", b"openbadgecredential\0{}", ChunkKind::Text),
        (b"zTXt", &latin, ChunkKind::CompressedText),
    ];
    for (kind, data, chunk) in cases {
        let bytes = picture(&[(kind, data)]);
        assert_eq!(credentials(&bytes), Ok(vec![("{}".to_owned(), chunk)]));
    }
}

#[test]
fn the_standards_kind_of_chunk_comes_first() {
    let bytes = picture(&[
        (b"tEXt", b"openbadgecredential\0second"),
        (b"iTXt", b"openbadgecredential\0\0\0\0\0first"),
    ]);
    let texts: Vec<String> = credentials(&bytes)
        .expect("both are well formed")
        .into_iter()
        .map(|(text, _)| text)
        .collect();
    assert_eq!(texts, ["first", "second"]);
}

#[test]
fn other_keywords_are_not_credentials() {
    let keywords: [&[u8]; 6] = [
        b"OpenBadgeCredential\0\0\0\0\0{}",
        b"openbadge\0\0\0\0\0{}",
        b"openbadgecredential \0\0\0\0\0{}",
        b" openbadgecredential\0\0\0\0\0{}",
        b"openbadgecredentials\0\0\0\0\0{}",
        b"openbadgecredential",
    ];
    for data in keywords {
        assert_eq!(
            credentials(&picture(&[(b"iTXt", data)])),
            Err(BakeError::Missing),
            "{}",
            String::from_utf8_lossy(data)
        );
    }
}

#[test]
fn attack_i_05_texts_that_are_not_written_as_the_standard_says_are_refused() {
    let cases: [(&[u8; 4], &[u8]); 9] = [
        (b"iTXt", b"openbadgecredential\0\0\0\0\0\xff{}"),
        (b"iTXt", b"openbadgecredential\0\0\0\0\0{\0}"),
        (b"iTXt", b"openbadgecredential\0\0\0en\0\0{}"),
        (b"iTXt", b"openbadgecredential\0\0\0\0Abzeichen\0{}"),
        (b"iTXt", b"openbadgecredential\0\x02\0\0\0{}"),
        (b"iTXt", b"openbadgecredential\0\0\x01\0\0{}"),
        (b"iTXt", b"openbadgecredential\0\0"),
        (b"iTXt", b"openbadgecredential\0\x01\0\0\0not deflate"),
        (b"zTXt", b"openbadgecredential\0\x01"),
    ];
    for (kind, data) in cases {
        let bytes = picture(&[(kind, data)]);
        let error = credentials(&bytes).expect_err("the chunk is refused");
        assert_eq!(
            error.code(),
            "bake.encoding",
            "{}",
            String::from_utf8_lossy(data)
        );
    }
}

#[test]
fn attack_i_02_a_bomb_is_not_inflated_beyond_the_limit() {
    for megabytes in [2usize, 64] {
        let mut data = b"openbadgecredential\0\x01\0\0\0".to_vec();
        data.extend(deflate(&vec![b' '; megabytes << 20]));
        let error = credentials(&picture(&[(b"iTXt", &data)])).expect_err("too much");
        assert_eq!(error, BakeError::TooLarge { limit: 1 << 20 });
    }
}

#[test]
fn attack_i_03_every_change_of_one_byte_is_noticed() {
    let good = read(&picture(&[])).bake("eyJ.eyJ.sig");
    for position in 0..good.len() {
        for flip in [0x01, 0x20, 0x80, 0xff] {
            let mut changed = good.clone();
            changed[position] ^= flip;
            let error = Png::read(&changed, &Limits::default())
                .expect_err("a change of one byte breaks a checksum, a length or the order");
            assert_eq!(
                error.code(),
                "bake.malformed",
                "byte {position}, xor {flip:#x}"
            );
        }
    }
}

#[test]
fn attack_i_03_every_shorter_picture_is_refused() {
    let good = read(&picture(&[])).bake("eyJ.eyJ.sig");
    for length in 0..good.len() {
        let error = Png::read(&good[..length], &Limits::default()).expect_err("it is cut off");
        assert_eq!(error.code(), "bake.malformed");
    }
}

#[test]
fn attack_i_03_broken_structures_are_refused() {
    let signature = b"\x89PNG\r\n\x1a\n".as_slice();
    let header = chunk(b"IHDR", &header(1, 1, 8, 0));
    let data = chunk(b"IDAT", &deflate(&[0, 0]));
    let text = chunk(b"tEXt", b"Title\0x");
    let end = chunk(b"IEND", b"");
    let wide = chunk(b"IHDR", &self::header(0, 1, 8, 0));
    let huge = chunk(b"IHDR", &self::header(1 << 31, 1, 8, 0));
    let colour = chunk(b"IHDR", &self::header(1, 1, 8, 1));
    let depth = chunk(b"IHDR", &self::header(1, 1, 4, 2));
    let palette = chunk(b"IHDR", &self::header(1, 1, 8, 3));
    let apple = chunk(b"CgBI", &[0x50, 0, 0x20, 2]);
    let critical = chunk(b"ABCD", b"");
    let full_end = chunk(b"IEND", b"x");
    let mut endless = chunk(b"tEXt", b"x");
    endless[..4].copy_from_slice(&u32::MAX.to_be_bytes());
    let cases: [(&str, Vec<&[u8]>); 17] = [
        ("nothing", vec![]),
        ("no chunks", vec![signature]),
        ("no header", vec![signature, &data, &end]),
        (
            "text before the header",
            vec![signature, &text, &header, &data, &end],
        ),
        (
            "a chunk of its own before the header",
            vec![signature, &apple, &header, &data, &end],
        ),
        (
            "two headers",
            vec![signature, &header, &header, &data, &end],
        ),
        ("no data", vec![signature, &header, &end]),
        (
            "data in two places",
            vec![signature, &header, &data, &text, &data, &end],
        ),
        ("no end", vec![signature, &header, &data]),
        (
            "data after the end",
            vec![signature, &header, &data, &end, b"<svg/>"],
        ),
        (
            "an end with content",
            vec![signature, &header, &data, &full_end],
        ),
        ("no width", vec![signature, &wide, &data, &end]),
        ("an impossible width", vec![signature, &huge, &data, &end]),
        (
            "an unknown colour type",
            vec![signature, &colour, &data, &end],
        ),
        (
            "a depth that does not fit",
            vec![signature, &depth, &data, &end],
        ),
        ("no palette", vec![signature, &palette, &data, &end]),
        (
            "an unknown critical chunk",
            vec![signature, &header, &critical, &data, &end],
        ),
    ];
    for (name, parts) in cases {
        let error = Png::read(&parts.concat(), &Limits::default()).expect_err(name);
        assert_eq!(error.code(), "bake.malformed", "{name}");
    }
    let long = [signature, &header, &endless].concat();
    assert!(
        Png::read(&long, &Limits::default()).is_err(),
        "a length beyond 2^31 - 1"
    );
}

#[test]
fn more_chunks_than_the_limit_are_refused() {
    let mut limits = Limits::default();
    limits.picture_chunks = 4;
    let bytes = picture(&[(b"tEXt", b"a\0b"), (b"tEXt", b"a\0b")]);
    assert_eq!(
        Png::read(&bytes, &limits).expect_err("five chunks").code(),
        "bake.malformed"
    );
}

#[test]
fn the_header_gives_width_and_height() {
    let bytes = picture(&[]);
    let png = read(&bytes);
    assert_eq!((png.width(), png.height()), (1, 1));
}

fn read(bytes: &[u8]) -> Png<'_> {
    Png::read(bytes, &Limits::default()).expect("the picture is well formed")
}

fn credentials(bytes: &[u8]) -> Result<Vec<(String, ChunkKind)>, BakeError> {
    let limits = Limits::default();
    let found = Png::read(bytes, &limits)?.credentials(&limits)?;
    Ok(found
        .into_iter()
        .map(|baked| (baked.text.into_owned(), baked.chunk))
        .collect())
}

/// A grey picture of one pixel with these chunks between header and data.
pub(super) fn picture(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    bytes.extend(chunk(b"IHDR", &header(1, 1, 8, 0)));
    for (kind, data) in chunks {
        bytes.extend(chunk(kind, data));
    }
    bytes.extend(chunk(b"IDAT", &deflate(&[0, 0])));
    bytes.extend(chunk(b"IEND", b""));
    bytes
}

pub(super) fn header(width: u32, height: u32, depth: u8, colour: u8) -> Vec<u8> {
    [
        width.to_be_bytes().as_slice(),
        &height.to_be_bytes(),
        &[depth, colour, 0, 0, 0],
    ]
    .concat()
}

pub(super) fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let checked = [kind.as_slice(), data].concat();
    let length = u32::try_from(data.len()).expect("test chunks are small");
    [
        length.to_be_bytes().as_slice(),
        &checked,
        &crc32fast::hash(&checked).to_be_bytes(),
    ]
    .concat()
}

pub(super) fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).expect("writing to memory works");
    encoder.finish().expect("writing to memory works")
}
