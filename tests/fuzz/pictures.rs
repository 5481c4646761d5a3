//! Pictures with credentials in them.

use verifier::Limits;
use verifier::png::Png;
use verifier::svg::Svg;

/// A picture that is read can be baked, and then carries that and nothing else.
pub fn png(data: &[u8]) {
    let limits = Limits::default();
    let Ok(picture) = Png::read(data, &limits) else {
        return;
    };
    assert!(picture.width() > 0 && picture.height() > 0);
    if let Ok(found) = picture.credentials(&limits) {
        assert!(!found.is_empty());
        assert!(
            found
                .iter()
                .all(|baked| baked.text.len() <= limits.chunk_text_bytes)
        );
    }
    let baked = picture.bake("e30.e30.e30");
    let again = Png::read(&baked, &limits).expect("a baked picture is one");
    let found = again
        .credentials(&limits)
        .expect("it carries what was baked");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].text, "e30.e30.e30");
    assert_eq!(again.bake("e30.e30.e30"), baked);
}

/// What is found in an SVG stands in it, and is within the limits.
pub fn svg(data: &[u8]) {
    let limits = Limits::default();
    match Svg::read(data, &limits) {
        Ok(Svg::Picture(found)) => {
            assert!(!found.is_empty());
            assert!(
                found
                    .iter()
                    .all(|baked| baked.text.len() <= limits.chunk_text_bytes)
            );
            // No document type is read over, wherever it stands.
            assert!(Svg::read(&[b"<!DOCTYPE svg>", data].concat(), &limits).is_err());
        }
        Ok(Svg::Other) => {}
        Err(error) => assert!(error.code().contains('.')),
    }
}
