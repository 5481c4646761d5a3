//! The bit string of a status list.

use std::io::{Read, Write};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::{GzEncoder, ZlibEncoder};
use verifier::status_list::{self, LEAST_ENTRIES, StatusListError};

const LIMIT: usize = 8 << 20;

/// The list of the standard's examples (W3C Bitstring Status List v1.0, section 2.2): 131 072
/// entries, none set.
const PUBLISHED: &str = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA";

#[test]
fn the_published_list_has_131_072_entries_of_which_none_is_set() {
    let bits = status_list::decode(PUBLISHED, LIMIT).expect("the published list can be read");
    assert_eq!(bits, vec![0; LEAST_ENTRIES / 8]);
}

#[test]
fn what_is_written_is_multibase_of_one_gzip_member() {
    let mut bits = vec![0; LEAST_ENTRIES / 8];
    assert!(status_list::set(&mut bits, 94_567));
    let encoded = status_list::encode(&bits);

    let compressed = URL_SAFE_NO_PAD
        .decode(encoded.strip_prefix('u').expect("multibase base64url"))
        .expect("base64url without padding");
    let mut inflated = Vec::new();
    GzDecoder::new(compressed.as_slice())
        .read_to_end(&mut inflated)
        .expect("gzip");
    assert_eq!(inflated, bits);
    assert_eq!(status_list::decode(&encoded, LIMIT), Ok(bits.clone()));
    assert_eq!(
        status_list::encode(&bits),
        encoded,
        "the same bits, the same text"
    );
}

#[test]
fn attack_s_09_index_0_is_the_top_bit_of_the_first_byte() {
    let mut bits = vec![0; LEAST_ENTRIES / 8];
    assert!(status_list::set(&mut bits, 0));
    assert_eq!(bits[0], 0b1000_0000);
    assert!(status_list::set(&mut bits, 10));
    assert_eq!(bits[1], 0b0010_0000);
    assert!(status_list::set(&mut bits, 131_071));
    assert_eq!(bits[16_383], 0b0000_0001);
}

#[test]
fn attack_s_09_setting_one_entry_sets_that_entry_alone() {
    for index in 0..LEAST_ENTRIES as u64 {
        let mut bits = vec![0; LEAST_ENTRIES / 8];
        assert!(status_list::set(&mut bits, index));
        assert_eq!(status_list::read(&bits, index, 1), Some(1));
        // The neighbours in the same and the next bytes would be the first to be hit by mistake.
        for other in index.saturating_sub(16)..=index + 16 {
            if other != index && other < LEAST_ENTRIES as u64 {
                assert_eq!(
                    status_list::read(&bits, other, 1),
                    Some(0),
                    "{index} {other}"
                );
            }
        }
        assert_eq!(bits.iter().map(|byte| byte.count_ones()).sum::<u32>(), 1);
    }
}

#[test]
fn entries_of_several_bits_are_read_from_the_left() {
    let bits = [0b1011_0001, 0b0110_1000];
    assert_eq!(status_list::read(&bits, 0, 2), Some(0b10));
    assert_eq!(status_list::read(&bits, 1, 4), Some(0b0001));
    assert_eq!(status_list::read(&bits, 2, 3), Some(0b010));
    assert_eq!(status_list::read(&bits, 1, 8), Some(0b0110_1000));
}

#[test]
fn entries_beyond_the_end_do_not_exist() {
    let mut bits = vec![0; 2];
    for (index, size) in [
        (16, 1),
        (2, 8),
        (5, 3),
        (u64::MAX, 1),
        (u64::MAX, 2),
        (u64::MAX / 2, 32),
    ] {
        assert_eq!(
            status_list::read(&bits, index, size),
            None,
            "{index} {size}"
        );
    }
    assert!(!status_list::set(&mut bits, 16));
    assert!(!status_list::set(&mut bits, u64::MAX));
    assert_eq!(bits, [0, 0]);
}

#[test]
fn attack_s_01_a_bomb_is_not_inflated_beyond_the_limit() {
    for megabytes in [9usize, 256] {
        let bomb = encode_with(
            GzEncoder::new(Vec::new(), Compression::best()),
            megabytes << 20,
        );
        assert_eq!(
            status_list::decode(&bomb, LIMIT),
            Err(StatusListError::TooLarge { limit: LIMIT })
        );
    }
}

#[test]
fn attack_s_05_lists_that_are_not_written_as_the_standard_says_are_refused() {
    let good = status_list::encode(&vec![0; LEAST_ENTRIES / 8]);
    let compressed = URL_SAFE_NO_PAD.decode(&good[1..]).expect("base64url");
    let with = |bytes: &[u8]| format!("u{}", URL_SAFE_NO_PAD.encode(bytes));
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::best());
    zlib.write_all(&[0; 16_384])
        .expect("writing to memory works");
    let zlib = zlib.finish().expect("writing to memory works");
    let mut checksum = compressed.clone();
    let last = checksum.len() - 5;
    checksum[last] ^= 1;
    let cases = [
        ("nothing", String::new()),
        ("no multibase prefix", good[1..].to_owned()),
        ("another multibase prefix", format!("z{}", &good[1..])),
        ("a prefix alone", "u".to_owned()),
        ("padding", format!("{good}=")),
        ("another alphabet", good.replace('-', "+")),
        ("white space", format!("{good} ")),
        ("zlib in place of gzip", with(&zlib)),
        ("no compression", with(&[0; 16_384])),
        ("a wrong checksum", with(&checksum)),
        ("the end missing", with(&compressed[..compressed.len() - 1])),
        (
            "a byte after the end",
            with(&[&compressed[..], &[0]].concat()),
        ),
        (
            "a second member",
            with(&[&compressed[..], &compressed[..]].concat()),
        ),
    ];
    for (name, text) in cases {
        let error = status_list::decode(&text, LIMIT).expect_err(name);
        assert!(matches!(error, StatusListError::Malformed { .. }), "{name}");
    }
}

fn encode_with(mut encoder: GzEncoder<Vec<u8>>, zeros: usize) -> String {
    let block = [0; 1 << 16];
    for _ in 0..zeros / block.len() {
        encoder.write_all(&block).expect("writing to memory works");
    }
    let compressed = encoder.finish().expect("writing to memory works");
    format!("u{}", URL_SAFE_NO_PAD.encode(compressed))
}
