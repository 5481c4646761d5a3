//! Attacks by pictures: those that strangers present, through every form, and those that we make.

mod png;
mod svg;

use std::fs;

use flate2::read::GzEncoder;
use reqwest::Method;
use serde_json::json;
use tempfile::TempDir;
use verifier::StepName;

use crate::forge::svg::{DECLARED, drawing, with_token};
use crate::forge::{baked, school_badge, school_token};
use crate::forms::{Case, hold};
use crate::program;
use crate::served::{Served, header as header_of, problem};
use crate::vector_set::VectorSet;

fn one_and_other() -> (String, String) {
    let name = |name: &str| school_badge("/name", json!(name)).to_string();
    (name("Wait Time"), name("Idea Generating"))
}

/// SVG of strangers is verified and never given out: as evidence it is not taken, and no page shows
/// any of it. Forms: HTTP.
#[tokio::test]
async fn attack_i_09_no_svg_of_a_stranger_is_ever_served() {
    let served = Served::new().await;
    let ada = served.caller("ada", &[]);
    let submission = ada.begins().await;
    let set = VectorSet::open("svg");
    let mut pictures: Vec<Vec<u8>> = set.names().take(64).map(|name| set.bytes(name)).collect();
    let scripts = [
        "<script>alert(1)</script>",
        "<g onload=\"alert(1)\"/>",
        "<a href=\"javascript:alert(1)\"><circle r=\"9\"/></a>",
        "<foreignObject><body xmlns=\"http://www.w3.org/1999/xhtml\" onload=\"alert(1)\"/></foreignObject>",
        "<animate attributeName=\"href\" values=\"javascript:alert(1)\"/>",
        "<set attributeName=\"onmouseover\" to=\"alert(1)\"/>",
        "<image href=\"x\" onerror=\"alert(1)\"/>",
        "<use href=\"data:image/svg+xml,&lt;svg onload='alert(1)'/&gt;\"/>",
    ];
    let good = with_token(&school_token());
    pictures.extend(scripts.map(|script| drawing(DECLARED, &(good.clone() + script)).into_bytes()));
    for picture in &pictures {
        let request = ada
            .request(
                Method::POST,
                &format!("{submission}/files?requirement=lesson&name=a.svg"),
            )
            .header("content-type", "image/svg+xml");
        let answer = request
            .body(picture.clone())
            .send()
            .await
            .expect("an answer");
        let refused = problem(answer).await;
        assert_eq!(refused.1, "upload.type", "{refused:?}");
    }
    for script in scripts {
        let answer = served
            .paste(&drawing(DECLARED, &(good.clone() + script)))
            .await;
        let policy = header_of(&answer, "content-security-policy").to_owned();
        assert!(
            policy.contains("default-src 'none'") && !policy.contains("unsafe"),
            "{policy}"
        );
        assert_eq!(header_of(&answer, "x-content-type-options"), "nosniff");
        let page = answer.text().await.expect("a page");
        assert!(page.contains("Verified"), "the badge in it holds");
        for part in ["alert(1)", "<foreignObject", "<animate", "onload"] {
            assert!(!page.contains(part), "{script}: {part}");
        }
    }
    // The only SVG that is served is ours.
    let icon = served.get("/assets/icon.svg").await;
    assert_eq!(header_of(&icon, "content-type"), "image/svg+xml");
    assert!(!icon.text().await.expect("a picture").contains("script"));
}

/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_i_10_a_format_is_what_the_bytes_say() {
    let mut cases = Case::fixtures(&[
        "refused/input.unsupported",
        "verified/baked-named-as-something-else.svg",
        "refused/bake.malformed/something-after-the-end.png",
        "refused/bake.malformed/text-after-the-end.svg",
    ]);
    let token = school_token();
    let png = baked(&token);
    let svg = drawing(DECLARED, &with_token(&token));
    let mut packed = Vec::new();
    std::io::Read::read_to_end(
        &mut GzEncoder::new(svg.as_bytes(), flate2::Compression::best()),
        &mut packed,
    )
    .expect("memory");
    for (name, bytes, told) in [
        (
            "a page behind a picture",
            [&png[..], b"<html><script>alert(1)</script>"].concat(),
            "refused/bake.malformed",
        ),
        (
            "an archive behind a picture",
            [&png[..], b"PK\x05\x06", &[0; 18]].concat(),
            "refused/bake.malformed",
        ),
        (
            "a paper before a picture",
            [b"%PDF-1.4\n", &png[..]].concat(),
            "refused/input.unsupported",
        ),
        (
            "a page that begins as a picture",
            b"\x89PNG\r\n\x1a\n<html>".to_vec(),
            "refused/bake.malformed",
        ),
        ("a packed picture", packed, "refused/input.unsupported"),
        (
            "a token behind a picture",
            [&png[..], token.as_bytes()].concat(),
            "refused/bake.malformed",
        ),
        (
            "a picture behind a picture",
            [&png[..], &png[..]].concat(),
            "refused/bake.malformed",
        ),
        (
            "another picture",
            b"GIF89a\x01\0\x01\0\0\0\0;".to_vec(),
            "refused/input.unsupported",
        ),
        (
            "a photograph",
            b"\xff\xd8\xff\xe0\0\x10JFIF\0".to_vec(),
            "refused/json.encoding",
        ),
    ] {
        cases.push(Case::new(name, bytes, told));
    }
    hold("I-10", &cases).await;
}

/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_i_11_a_picture_is_said_to_be_no_part_of_what_was_signed() {
    // The picture in the repository says nothing; that of a bank says what it likes.
    let lying = drawing(
        DECLARED,
        &format!(
            "{}<text>Doctor of Medicine</text>",
            with_token(&school_token())
        ),
    );
    let baked = baked(&school_token());
    let cases = [
        Case::new("svg", lying.clone(), "verified"),
        Case::new("png", baked.clone(), "verified"),
        Case::new("no picture", school_token(), "verified"),
    ];
    hold("I-11", &cases).await;
    let warned = |case: &Case| {
        let report = case
            .web
            .verify_at(&case.presented, &Default::default(), case.now)
            .0;
        let steps = report.steps();
        assert!(steps.iter().any(|step| step.name == StepName::Parse));
        report
            .warnings()
            .iter()
            .any(|warning| warning.code() == "warn.image_unbound")
    };
    assert_eq!(cases.each_ref().map(warned), [true, true, false]);

    let served = Served::new().await;
    let words = "What the picture shows is not part of what was signed.";
    let page = served.paste(&lying).await.text().await.expect("a page");
    assert!(page.contains(words), "{page}");
    assert!(
        !page.contains("Doctor of Medicine"),
        "no word of the picture is shown"
    );
    let page = served
        .paste(&school_token())
        .await
        .text()
        .await
        .expect("a page");
    assert!(!page.contains(words));
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("lying.svg");
    fs::write(&file, lying).expect("a file");
    let output = program::command()
        .arg("verify")
        .arg(&file)
        .output()
        .expect("the program");
    let told = String::from_utf8_lossy(&output.stdout)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    assert!(told.contains(words), "{told}");
}
