//! The JSON parsing corpus: the strict reader's verdict on each of its files.

use std::collections::BTreeMap;
use std::fs;

use schemas::json::{self, JsonLimits};
use serde_json::Value;

use crate::support::{sha256_hex, vectors};

#[test]
fn attack_j_05_the_json_parsing_corpus_is_judged_as_pinned() {
    let folder = vectors().join("json-parsing");
    let sums = fs::read_to_string(folder.join("SHA256SUMS")).expect("the list of files");
    let pinned: BTreeMap<&str, &str> = PINNED.iter().copied().collect();
    assert_eq!(pinned.len(), PINNED.len());
    let mut counts = BTreeMap::new();
    let mut met = 0;
    for line in sums.lines() {
        let (digest, name) = line.split_once("  ").expect("a digest and a name");
        let bytes = fs::read(folder.join("files").join(name)).expect("a listed file exists");
        assert_eq!(sha256_hex(&bytes), digest, "{name}");
        *counts.entry(&name[..1]).or_insert(0) += 1;
        let read = json::read(&bytes, &JsonLimits::default());
        let outcome = read.as_ref().map_or_else(|error| error.code(), |_| "read");
        let expected = pinned.get(name).copied();
        met += usize::from(expected.is_some());
        match &name[..1] {
            "y" => assert_eq!(outcome, expected.unwrap_or("read"), "{name}"),
            "n" if expected.is_none() => {
                assert!(
                    ["json.syntax", "json.encoding"].contains(&outcome),
                    "{name}: {outcome}"
                );
            }
            _ => assert_eq!(Some(outcome), expected, "{name}"),
        }
        if let Ok(value) = read {
            let other: Value = serde_json::from_slice(&bytes).expect("another reader agrees");
            assert_eq!(value, other, "{name}");
        }
    }
    assert_eq!(met, PINNED.len(), "every pinned file is in the corpus");
    assert_eq!(
        fs::read_dir(folder.join("files"))
            .expect("the folder")
            .count(),
        318
    );
    assert_eq!(counts, BTreeMap::from([("i", 35), ("n", 188), ("y", 95)]));
}

/// The free choices, and where this reader is stricter or more exact than the corpus asks for.
const PINNED: &[(&str, &str)] = &[
    // Two readers could take these differently, so they are refused.
    ("y_number_minus_zero.json", "json.number_range"),
    ("y_number_negative_zero.json", "json.number_range"),
    ("y_object_duplicated_key.json", "json.duplicate_member"),
    (
        "y_object_duplicated_key_and_value.json",
        "json.duplicate_member",
    ),
    // Refused for another reason before the fault is reached.
    ("n_number_with_alpha_char.json", "json.number_range"),
    ("n_structure_100000_opening_arrays.json", "json.depth"),
    ("n_structure_open_array_object.json", "json.depth"),
    // Free choices.
    ("i_number_double_huge_neg_exp.json", "json.number_range"),
    ("i_number_huge_exp.json", "json.number_range"),
    ("i_number_neg_int_huge_exp.json", "json.number_range"),
    ("i_number_pos_double_huge_exp.json", "json.number_range"),
    ("i_number_real_neg_overflow.json", "json.number_range"),
    ("i_number_real_pos_overflow.json", "json.number_range"),
    ("i_number_real_underflow.json", "json.number_range"),
    ("i_number_too_big_neg_int.json", "json.number_range"),
    ("i_number_too_big_pos_int.json", "json.number_range"),
    ("i_number_very_big_negative_int.json", "json.number_range"),
    ("i_object_key_lone_2nd_surrogate.json", "json.encoding"),
    (
        "i_string_1st_surrogate_but_2nd_missing.json",
        "json.encoding",
    ),
    (
        "i_string_1st_valid_surrogate_2nd_invalid.json",
        "json.encoding",
    ),
    ("i_string_UTF-16LE_with_BOM.json", "json.encoding"),
    ("i_string_UTF-8_invalid_sequence.json", "json.encoding"),
    ("i_string_UTF8_surrogate_U+D800.json", "json.encoding"),
    (
        "i_string_incomplete_surrogate_and_escape_valid.json",
        "json.encoding",
    ),
    ("i_string_incomplete_surrogate_pair.json", "json.encoding"),
    (
        "i_string_incomplete_surrogates_escape_valid.json",
        "json.encoding",
    ),
    ("i_string_invalid_lonely_surrogate.json", "json.encoding"),
    ("i_string_invalid_surrogate.json", "json.encoding"),
    ("i_string_invalid_utf-8.json", "json.encoding"),
    ("i_string_inverted_surrogates_U+1D11E.json", "json.encoding"),
    ("i_string_iso_latin_1.json", "json.encoding"),
    ("i_string_lone_second_surrogate.json", "json.encoding"),
    ("i_string_lone_utf8_continuation_byte.json", "json.encoding"),
    ("i_string_not_in_unicode_range.json", "json.encoding"),
    ("i_string_overlong_sequence_2_bytes.json", "json.encoding"),
    ("i_string_overlong_sequence_6_bytes.json", "json.encoding"),
    (
        "i_string_overlong_sequence_6_bytes_null.json",
        "json.encoding",
    ),
    ("i_string_truncated-utf-8.json", "json.encoding"),
    ("i_string_utf16BE_no_BOM.json", "json.encoding"),
    ("i_string_utf16LE_no_BOM.json", "json.encoding"),
    ("i_structure_500_nested_arrays.json", "json.depth"),
    ("i_structure_UTF-8_BOM_empty_object.json", "json.syntax"),
];
