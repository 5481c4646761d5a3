//! The JSON Canonicalization Scheme: published pairs of a text and its canonical form.

use keys::jcs;
use schemas::json::{self, JsonLimits};
use serde_json::Value;

use crate::vector_set::VectorSet;

#[test]
fn attack_j_08_published_texts_have_their_canonical_form() {
    let set = VectorSet::open("jcs");
    let mut judge = set.judge("input/");
    for input in set.names().filter(|name| name.starts_with("input/")) {
        let bytes = set.bytes(input);
        let expected = set.bytes(&input.replace("input/", "output/"));
        let expected = String::from_utf8(expected).expect("UTF-8");
        let value: Value = serde_json::from_slice(&bytes).expect(input);
        let text = jcs::canonical_text(&value);
        assert_eq!(text, expected.trim_end_matches('\n'), "{input}");
        // What the strict reader takes, it takes for the same value; and a canonical text is its own.
        let outcome = match json::read(&bytes, &JsonLimits::default()) {
            Ok(strict) => {
                assert_eq!(jcs::canonical_text(&strict), text, "{input}");
                "read"
            }
            Err(error) => error.code(),
        };
        let again = json::read(text.as_bytes(), &JsonLimits::default()).expect(input);
        assert_eq!(jcs::canonical_text(&again), text, "{input}");
        judge.case(input.trim_end_matches(".json"), "read", outcome);
    }
    assert_eq!(judge.conclude().values().sum::<usize>(), 8);
}
