//! Pictures of micro-credentials: drawn, or given and looked through first.

use issuer::image::{self, ImageType};
use issuer::organisation::Role;
use issuer::picture;
use reqwest::Method;
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::chapters::catalogue_content::everything;
use crate::served::{Served, header, media_type};

const GOOD: &str = r##"<?xml version="1.0"?><!-- drawn by hand --><svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 10 10"><title>A &amp; B</title><defs><linearGradient id="g"><stop offset="0" stop-color="#fff"/></linearGradient></defs><rect width="10" height="10" fill="url(#g)" data-name="x"/><use xlink:href="#g"/></svg>"##;

#[test]
fn an_svg_is_written_anew_from_what_draws() {
    let test = TestApp::new();
    let image = image::take_in(&test.app, GOOD.as_bytes()).expect("a good picture");
    assert_eq!(image.media_type, ImageType::Svg);
    let kept = image::bytes(&test.app, &image).expect("its bytes");
    let kept = String::from_utf8(kept).expect("UTF-8");
    assert!(
        kept.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""),
        "{kept}"
    );
    assert!(
        kept.contains("A &amp; B")
            && kept.contains("fill=\"url(#g)\"")
            && kept.contains("<use href=\"#g\">"),
        "{kept}"
    );
    assert!(
        !kept.contains("data-name") && !kept.contains("xlink"),
        "{kept}"
    );
    let again = image::take_in(&test.app, kept.as_bytes()).expect("what was kept is good");
    assert_eq!(again, image);
}

#[test]
fn a_picture_that_does_more_than_draw_is_refused() {
    let test = TestApp::new();
    let inside = |inside: &str| format!("<svg xmlns=\"http://www.w3.org/2000/svg\">{inside}</svg>");
    let cases = [
        inside("<script>alert(1)</script>"),
        inside("<foreignObject><p>hello</p></foreignObject>"),
        inside("<style>@import url(https://evil.example)</style>"),
        inside("<image href=\"https://evil.example/x.png\"/>"),
        inside("<rect onload=\"alert(1)\"/>"),
        inside("<rect style=\"fill:url(https://evil.example)\"/>"),
        inside("<rect fill=\"url(https://evil.example/a#b)\"/>"),
        inside("<rect fill=\"u\\72l(https://evil.example)\"/>"),
        inside("<rect fill=\"url( 'https://evil.example')\"/>"),
        inside("<use href=\"https://evil.example/x.svg#a\"/>"),
        inside("<use href=\"data:image/svg+xml,x\"/>"),
        inside("<a href=\"javascript:alert(1)\"><rect/></a>"),
        inside("<set attributeName=\"href\" to=\"javascript:alert(1)\"/>"),
        inside("<animate attributeName=\"href\"/>"),
        laughing(),
        inside("<g id=\"a\"><use href=\"#a\"/></g>"),
        inside("<pattern id=\"a\"><rect fill=\"url(#a)\"/></pattern><rect fill=\"url(#a)\"/>"),
        inside("<rect fill=\"URL(#a)\"/>"),
        inside("<rect fill=\"url('#a')\"/>"),
        inside("<use href=\"#a%62\"/>"),
        inside("&x;"),
        inside("<![CDATA[<script>]]>"),
        inside("<?xml-stylesheet href=\"https://evil.example\"?>"),
        format!(
            "<!DOCTYPE svg [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>{}",
            inside("&x;")
        ),
        format!("{}{}", inside(""), inside("")),
        inside(&"<g>".repeat(40)),
        inside(&format!("{}{}", "<g>".repeat(40), "</g>".repeat(40))),
        "<svg><rect/></svg>".to_owned(),
        "<html xmlns=\"http://www.w3.org/1999/xhtml\"/>".to_owned(),
        "<x:svg xmlns:x=\"http://www.w3.org/2000/svg\"/>".to_owned(),
    ];
    for other in ["GIF89a", "\u{feff}", "data:image/svg+xml,x", ""] {
        let refused = image::take_in(&test.app, other.as_bytes());
        assert_eq!(refused.expect_err(other).code(), "image.type", "{other}");
    }
    for case in cases {
        let refused = image::take_in(&test.app, case.as_bytes());
        let refused = refused.expect_err(&case);
        assert_eq!(
            (refused.code(), refused.pointer()),
            ("input.invalid", Some("/image")),
            "{case}"
        );
    }
    let large = vec![b' '; image::IMAGE_BYTES + 1];
    let refused = image::take_in(&test.app, &large).expect_err("too large");
    assert_eq!(refused.code(), "input.too_large");
}

/// Thirty groups, each of which draws the next one twice.
fn laughing() -> String {
    let group = |number: u32| {
        let next = format!("<use href=\"#g{}\"/>", number + 1);
        format!("<g id=\"g{number}\">{next}{next}</g>")
    };
    let groups: String = (0..30).map(group).collect();
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\">{groups}<rect id=\"g30\" width=\"1\" height=\"1\"/></svg>"
    )
}

#[test]
fn a_png_is_taken_whole_with_a_size_that_can_be_shown() {
    let test = TestApp::new();
    let found = test
        .app
        .store
        .micro_credential(&crate::catalogue::wait_time());
    let drawn = picture::draw(&found.expect("the store").expect("the micro-credential"));
    let image = image::take_in(&test.app, &drawn).expect("a good picture");
    assert_eq!(image::bytes(&test.app, &image).expect("its bytes"), drawn);
    let mut cut = drawn.clone();
    cut.truncate(drawn.len() - 4);
    assert!(image::take_in(&test.app, &cut).is_err());
    let baked = issuer::bake::bake(&drawn, "{}").expect("a baked picture");
    assert!(
        image::take_in(&test.app, &baked).is_err(),
        "it carries somebody's badge"
    );
}

#[tokio::test]
async fn a_micro_credential_shows_its_own_picture_and_badges_of_it_still_bake() {
    let served = Served::new().await;
    let author = served.caller("donna", &[Role::Author]);
    let path = "/api/v1/organisations/host/images";
    let sent = author
        .request(Method::POST, path)
        .body(GOOD)
        .send()
        .await
        .expect("an answer");
    assert_eq!(sent.status(), 201);
    let image: Value = sent.json().await.expect("JSON");
    let mut content = everything();
    content["image"] = image;
    let drafts = "/api/v1/organisations/host/micro-credentials/grouping";
    assert_eq!(author.put(drafts, content).await.status(), 200);
    let publish = "/api/v1/micro-credentials/grouping/publish";
    assert_eq!(author.post(publish, json!({})).await.status(), 200);
    let achievement = served.json("/achievements/grouping.json").await;
    let address = "https://badges.example.org/achievements/grouping/picture.svg";
    assert_eq!(achievement["image"]["id"], address);
    let shown = served.get(address).await;
    assert_eq!(media_type(&shown), "image/svg+xml");
    assert!(header(&shown, "content-security-policy").contains("default-src 'none'"));
    let drawn = served.get("/achievements/grouping/picture.png").await;
    assert_eq!(media_type(&drawn), "image/png");
    assert_eq!(
        served
            .get("/achievements/wait-time/picture.svg")
            .await
            .status(),
        404
    );

    let mut wrong = everything();
    wrong["image"] = json!({ "sha256": "0".repeat(64), "media_type": "image/png" });
    let refused = author
        .put("/api/v1/organisations/host/micro-credentials/wrong", wrong)
        .await;
    assert_eq!(refused.status(), 422);
}
