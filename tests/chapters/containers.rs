//! What a badge comes in: pictures of both kinds, told by their content.

use verifier::svg::Svg;
use verifier::{BakeStandard, Container, Limits, Policy, Reason, Verdict};

use crate::forge;
use crate::forge::svg::{DECLARED, drawing, with_json, with_token};
use crate::web::{Web, files, fixtures, name, presented, told};

fn read(picture: &str) -> Result<Vec<(String, BakeStandard)>, &'static str> {
    match Svg::read(picture.as_bytes(), &Limits::default()) {
        Ok(Svg::Picture(found)) => Ok(found
            .into_iter()
            .map(|baked| (baked.text, baked.standard))
            .collect()),
        Ok(Svg::Other) => Err("other"),
        Err(error) => Err(error.code()),
    }
}

/// VER-1, BAKE-14: what the bytes are decides, whatever the file is called.
#[test]
fn attack_i_10_content_tells_what_a_badge_came_in() {
    let web = Web::read();
    for (name, container) in [
        ("baked-token.svg", Container::Svg),
        ("baked-json.svg", Container::Svg),
        ("baked-with-declaration-and-comments.svg", Container::Svg),
        ("baked-named-as-something-else.svg", Container::Png),
        ("baked-jwt.png", Container::Png),
        ("did-key.json", Container::Text),
        ("did-key.jwt", Container::Text),
    ] {
        let report = web.verify(&presented(&format!("verified/{name}")), &Policy::default());
        assert_eq!(told(&report), "verified", "{name}");
        assert_eq!(report.input().container, Some(container), "{name}");
    }
}

/// BAKE-10, BAKE-11, BAKE-14: the attribute or the section of the element, under any prefix.
#[test]
fn the_element_is_told_by_its_namespace() {
    let found = |text: &str, standard| Ok(vec![(text.to_owned(), standard)]);
    let three = BakeStandard::OpenBadges3;
    assert_eq!(
        read(&drawing(DECLARED, &with_token("e.y.J"))),
        found("e.y.J", three)
    );
    assert_eq!(
        read(&drawing(DECLARED, &with_json("{\"a\": \"<&>\"}"))),
        found("{\"a\": \"<&>\"}", three)
    );
    // The same prefix stands for something else inside, and for the standard's namespace after it.
    let shadowed = format!(
        "<g xmlns:openbadges=\"urn:x:y\">{}</g>{}",
        with_token("inner"),
        with_token("outer")
    );
    assert_eq!(read(&drawing(DECLARED, &shadowed)), found("outer", three));
    let undone = format!("<g xmlns=\"\">{}</g>", with_token("same"));
    assert_eq!(read(&drawing(DECLARED, &undone)), found("same", three));
    // An attribute of a namespace is another attribute.
    let prefixed = "<openbadges:credential openbadges:verify=\"e.y.J\"/>";
    assert_eq!(read(&drawing(DECLARED, prefixed)), Err("bake.encoding"));
}

/// CLR-6, BAKE-17, OB2-8: each standard has a namespace and an element of its own.
#[test]
fn the_elements_of_the_other_standards_are_found_too() {
    for (declared, element, standard) in [
        (
            "xmlns:c=\"https://purl.imsglobal.org/clr/v2p0\"",
            "<c:credential verify=\"x\"/>",
            BakeStandard::Clr2,
        ),
        (
            "xmlns:o=\"http://openbadges.org\"",
            "<o:assertion verify=\"x\"/>",
            BakeStandard::OpenBadges2,
        ),
    ] {
        let expected = Ok(vec![("x".to_owned(), standard)]);
        assert_eq!(read(&drawing(declared, element)), expected);
    }
    let crossed = "<o:credential verify=\"x\"/><c:assertion verify=\"x\"/>";
    let declared =
        "xmlns:c=\"https://purl.imsglobal.org/clr/v2p0\" xmlns:o=\"http://openbadges.org\"";
    assert_eq!(read(&drawing(declared, crossed)), Err("bake.missing"));
}

#[test]
fn attack_i_06_a_document_type_is_refused_before_anything_is_expanded() {
    let good = drawing(DECLARED, &with_token("e.y.J"));
    let laughs: String = (0..40)
        .map(|n| format!("<!ENTITY l{} \"{}\">", n + 1, format!("&l{n};").repeat(10)))
        .collect();
    for dtd in [
        "<!DOCTYPE svg>".to_owned(),
        format!("<!DOCTYPE svg [<!ENTITY l0 \"ha\">{laughs}]>"),
        "<?xml version=\"1.0\"?>\n<!-- x -->\n<!DOCTYPE svg SYSTEM \"http://evil.example/\">"
            .to_owned(),
    ] {
        assert_eq!(read(&(dtd + &good)), Err("svg.dtd_not_allowed"));
    }
    let late = good.replace("<circle", "<!DOCTYPE svg><circle");
    assert!(read(&late).is_err());
}

#[test]
fn attack_i_07_nothing_that_a_picture_refers_to_is_asked_for() {
    let links = "<image href=\"http://evil.example/a.png\"/><use href=\"file:///etc/passwd#a\"/>\
        <style>@import url(http://evil.example/a.css);</style>\
        <xi:include xmlns:xi=\"http://www.w3.org/2001/XInclude\" href=\"file:///etc/passwd\"/>";
    let token = forge::school_token();
    let picture = drawing(DECLARED, &(with_token(&token) + links));
    let report = verifier::verify(
        picture.as_bytes(),
        &verifier::Documents::default(),
        &Policy::default(),
        crate::web::now(),
    );
    assert_eq!(told(&report), "verified");
    assert!(report.missing().is_empty());
}

/// BAKE-13: two elements are two badges unless they say the same; the lenient policy takes the first.
#[test]
fn attack_i_08_a_picture_shows_one_badge() {
    let web = Web::read();
    let two = presented("refused/bake.ambiguous/two-elements.svg");
    assert_eq!(
        told(&web.verify(&two, &Policy::default())),
        "refused/bake.ambiguous"
    );
    let lenient = web.verify(&two, &Policy::lenient());
    assert_eq!(told(&lenient), "verified");
    let codes: Vec<_> = lenient.warnings().iter().map(Reason::code).collect();
    assert_eq!(codes, ["bake.copies", "warn.image_unbound"]);
    assert_eq!(lenient.credential().expect("proven")["name"], "Wait Time");

    let alike = presented("verified/baked-twice-alike.svg");
    let report = web.verify(&alike, &Policy::default());
    let codes: Vec<_> = report.warnings().iter().map(Reason::code).collect();
    assert_eq!(
        codes,
        [
            "bake.copies",
            "warn.image_unbound",
            "warn.outside_certification"
        ]
    );
}

#[test]
fn a_picture_or_its_credential_that_is_too_large_is_refused() {
    let web = Web::read();
    let large = drawing(DECLARED, &with_json(&" ".repeat((1 << 20) + 1)));
    let report = web.verify(large.as_bytes(), &Policy::default());
    assert_eq!(told(&report), "refused/bake.too_large");
    let larger = drawing(DECLARED, &format!("<desc>{}</desc>", "x".repeat(2 << 20)));
    let report = web.verify(larger.as_bytes(), &Policy::default());
    assert_eq!(told(&report), "refused/input.too_large");
}

/// One byte more, less or other: the same badge or none.
#[test]
fn a_changed_picture_is_refused_or_still_carries_the_same_badge() {
    let web = Web::read();
    let original = presented("verified/baked-json.svg");
    let badge = web.verify(&original, &Policy::default());
    let badge = badge.credential().expect("verified").clone();
    let (mut refused, mut same) = (0, 0);
    for at in 0..original.len() {
        let mut changes = vec![[&original[..at], &original[at + 1..]].concat()];
        for byte in [b'<', b'&', b'"', b'x', 0, 0xff] {
            let mut changed = original.clone();
            changed[at] = byte;
            changes.push(changed);
        }
        for changed in changes {
            let report = web.verify(&changed, &Policy::default());
            match report.verdict() {
                Verdict::Refused => refused += 1,
                Verdict::Verified => {
                    assert_eq!(report.credential(), Some(&badge), "at byte {at}");
                    same += 1;
                }
                Verdict::Undetermined => panic!("nothing is needed, at byte {at}"),
            }
        }
    }
    assert!(refused > 5_000, "{refused} refused, {same} the same");
}

#[test]
fn no_picture_makes_the_reader_panic() {
    let mut seeds: Vec<Vec<u8>> = files(&fixtures().join("presented"))
        .iter()
        .filter(|path| name(path).ends_with(".svg"))
        .map(|path| std::fs::read(path).expect("readable"))
        .filter(|bytes| bytes.len() < 8 * 1024)
        .collect();
    seeds.push(b"<svg>".to_vec());
    let pieces: [&[u8]; 12] = [
        b"<",
        b">",
        b"/>",
        b"</",
        b"<!--",
        b"-->",
        b"<![CDATA[",
        b"]]>",
        b"&#x0;",
        b"&amp;",
        b" xmlns:x=\"",
        b"\xf0\x9f",
    ];
    // A generator of our own, so that the same inputs come every time.
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = |bound: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % bound as u64) as usize
    };
    for _ in 0..20_000 {
        let mut picture = seeds[next(seeds.len())].clone();
        for _ in 0..=next(4) {
            let at = next(picture.len() + 1);
            let end = (at + next(8)).min(picture.len());
            picture.splice(at..end, pieces[next(pieces.len())].iter().copied());
        }
        let _ = Svg::read(&picture, &Limits::default());
    }
}
