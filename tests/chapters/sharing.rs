//! Sharing data: what a badge's page tells other sites, the frame that shows it, and how it is found by
//! its identifier.

use issuer::badge::{self, Visibility};
use issuer::id::BadgeId;
use quick_xml::events::Event;
use quick_xml::reader::Reader;
use serde_json::Value;
use verifier::Verdict;

use crate::app::PUBLIC_URL;
use crate::browser::Browser;
use crate::served::{Served, header, media_type, problem};

/// The attribute `content` or `href` of the element that has this attribute with this value.
fn meta(page: &str, name: &str) -> Option<String> {
    let at = page.find(&format!("\"{name}\""))?;
    let rest = &page[at..];
    let rest = &rest[..rest.find('>')?];
    let value = ["content=\"", "href=\""]
        .iter()
        .find_map(|start| rest.split(start).nth(1))?;
    Some(
        value
            .split('"')
            .next()?
            .replace("&#38;", "&")
            .replace("&amp;", "&"),
    )
}

fn keep_private(served: &Served, id: BadgeId) {
    let ada = served.test.person("ada", &[]);
    badge::set_visibility(&served.test.app, &ada, id, Visibility::Private).expect("her leave");
}

#[tokio::test]
async fn a_shared_page_tells_other_sites_what_it_shows() {
    let served = Served::new().await;
    let id = served.published_badge();
    let page = served
        .page(&format!("/badges/{id}"))
        .await
        .text()
        .await
        .expect("a page");
    let url = format!("{PUBLIC_URL}/badges/{id}");
    for (name, expected) in [
        ("og:title", "Wait Time".to_owned()),
        ("og:url", url.clone()),
        ("og:image", format!("{url}.png")),
        ("og:site_name", "Example Department of Education".to_owned()),
        ("twitter:card", "summary".to_owned()),
        ("twitter:image", format!("{url}.png")),
    ] {
        assert_eq!(meta(&page, name), Some(expected), "{name}");
    }
    // The address that oEmbed is discovered at is the one that answers.
    let discovered = meta(&page, "application/json+oembed").expect("an address");
    let told = served.get(&discovered).await;
    assert_eq!(media_type(&told), "application/json");
    assert_eq!(header(&told, "access-control-allow-origin"), "*");
    let told: Value = told.json().await.expect("JSON");
    assert_eq!(
        (told["type"].as_str(), told["version"].as_str()),
        (Some("rich"), Some("1.0"))
    );
    assert_eq!(told["thumbnail_url"], format!("{url}.png"));
    let html = told["html"].as_str().expect("markup");
    assert!(
        html.starts_with(&format!("<iframe src=\"{url}/embed\"")),
        "{html}"
    );
    let image = served
        .get(meta(&page, "og:image").expect("an address").as_str())
        .await;
    assert_eq!(media_type(&image), "image/png");
}

#[tokio::test]
async fn oembed_answers_for_badges_of_this_site_that_are_shared_and_for_nothing_else() {
    let served = Served::new().await;
    let id = served.published_badge();
    let url = format!("{PUBLIC_URL}/badges/{id}");
    let ask = |query: String| {
        let served = &served;
        async move { served.get(&format!("/oembed?{query}")).await }
    };
    for address in [
        url.clone(),
        format!("{url}.json"),
        format!("{url}?a=b"),
        format!("{url}#x"),
    ] {
        let address: String = url::form_urlencoded::byte_serialize(address.as_bytes()).collect();
        assert_eq!(
            ask(format!("url={address}&format=json")).await.status(),
            200,
            "{address}"
        );
    }
    let small: Value = ask(format!("url={url}&maxwidth=200&maxheight=80"))
        .await
        .json()
        .await
        .expect("JSON");
    assert_eq!(
        (small["width"].as_u64(), small["height"].as_u64()),
        (Some(200), Some(80))
    );
    for (query, status) in [
        (format!("url={url}&format=xml"), 406),
        ("url=https://elsewhere.example/badges/x".to_owned(), 404),
        (format!("url={PUBLIC_URL}/badges/../my"), 404),
        (format!("url={PUBLIC_URL}.evil.example/badges/{id}"), 404),
        ("format=json".to_owned(), 400),
        (format!("url={url}&maxwidth=-1"), 400),
    ] {
        assert_eq!(ask(query.clone()).await.status(), status, "{query}");
    }
    keep_private(&served, id);
    assert_eq!(ask(format!("url={url}")).await.status(), 404);
}

#[tokio::test]
async fn only_the_page_that_is_made_for_it_is_framed_and_it_shows_no_more_than_a_stranger_sees() {
    let served = Served::new().await;
    let id = served.published_badge();
    let framed = served.page(&format!("/badges/{id}/embed")).await;
    assert!(header(&framed, "content-security-policy").contains("frame-ancestors *"));
    assert_eq!(header(&framed, "x-frame-options"), "");
    assert_eq!(header(&framed, "x-robots-tag"), "noindex");
    assert_eq!(header(&framed, "cache-control"), "public, max-age=60");
    let page = framed.text().await.expect("a page");
    assert!(
        page.contains("value=\"in_force\"") && !page.contains("<script"),
        "{page}"
    );
    for other in [
        format!("/badges/{id}"),
        "/verify".to_owned(),
        "/".to_owned(),
        "/catalogue".to_owned(),
    ] {
        let answer = served.page(&other).await;
        assert_eq!(header(&answer, "x-frame-options"), "DENY", "{other}");
        assert!(
            header(&answer, "content-security-policy").contains("frame-ancestors 'none'"),
            "{other}"
        );
    }
    keep_private(&served, id);
    let ada = served.test.person("ada", &[]);
    let holder = Browser::of(&served, &ada);
    assert_eq!(holder.get(&format!("/badges/{id}")).await.status(), 200);
    assert_eq!(
        holder.get(&format!("/badges/{id}/embed")).await.status(),
        404,
        "the site around may be anybody's"
    );
}

/// Forms: HTTP.
#[tokio::test]
async fn attack_w_07_every_face_on_other_sites_says_at_once_that_a_badge_is_revoked() {
    let served = Served::new().await;
    let id = served.published_badge();
    served.test.revoke(id).expect("its revocation");
    let framed = served
        .page(&format!("/badges/{id}/embed"))
        .await
        .text()
        .await
        .expect("a page");
    let (revoked, title) = (
        framed.find("value=\"revoked\""),
        framed.find("<strong>Wait Time"),
    );
    assert!(
        revoked.expect("said") < title.expect("shown"),
        "revoked comes first: {framed}"
    );
    let told = served
        .json(&format!("/oembed?url={PUBLIC_URL}/badges/{id}"))
        .await;
    assert_eq!(told["title"], "Revoked: Wait Time");
    assert_eq!(told["cache_age"], 60);
    let page = served
        .page(&format!("/badges/{id}"))
        .await
        .text()
        .await
        .expect("a page");
    assert_eq!(
        meta(&page, "og:title").as_deref(),
        Some("Revoked: Wait Time")
    );
    assert!(!page.contains("Show it on another site"), "{page}");
    let holder = Browser::of(&served, &served.test.person("ada", &[]));
    let page = holder
        .get(&format!("/my/badges/{id}"))
        .await
        .text()
        .await
        .expect("a page");
    assert!(!page.contains("linkedin.com"), "{page}");
}

#[tokio::test]
async fn a_holder_finds_what_to_put_into_a_profile_only_while_the_badge_is_shared() {
    let served = Served::new().await;
    let id = served.badge();
    let ada = served.test.person("ada", &[]);
    let holder = Browser::of(&served, &ada);
    let path = format!("/my/badges/{id}");
    let page = holder.get(&path).await.text().await.expect("a page");
    assert!(
        !page.contains("linkedin.com") && !page.contains("Credential ID"),
        "{page}"
    );
    let public = holder
        .get(&format!("/badges/{id}"))
        .await
        .text()
        .await
        .expect("a page");
    assert!(
        !public.contains("og:") && !public.contains("oembed"),
        "{public}"
    );

    holder.post(&path, &[("visibility", "link")]).await;
    let page = holder.get(&path).await.text().await.expect("a page");
    let at = page
        .find("https://www.linkedin.com/profile/add")
        .expect("a link");
    let link = page[at..].split('"').next().expect("an address");
    let link = link.replace("&#38;", "&").replace("&amp;", "&");
    let link = url::Url::parse(&link).expect("an address");
    let fields: Vec<(String, String)> = link.query_pairs().into_owned().collect();
    let url = format!("{PUBLIC_URL}/badges/{id}");
    let expected = [
        ("startTask", "CERTIFICATION_NAME"),
        ("name", "Wait Time"),
        ("organizationName", "Example Department of Education"),
        ("issueYear", "2026"),
        ("issueMonth", "11"),
        ("certUrl", &url),
        ("certId", &id.to_string()),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(fields, expected);
    let line = format!(
        "Wait Time, micro-credential by Example Department of Education, 22 November 2026. {url}"
    );
    assert!(page.contains(&line), "{page}");
    // A stranger with the link sees the identifier, and is not offered somebody else's profile.
    let public = served.page(&format!("/badges/{id}")).await;
    assert_eq!(header(&public, "x-robots-tag"), "noindex, nofollow");
    let public = public.text().await.expect("a page");
    assert!(
        public.contains("Credential ID") && !public.contains("linkedin.com"),
        "{public}"
    );
}

#[tokio::test]
async fn a_badge_is_verified_by_the_identifier_that_people_type() {
    let served = Served::new().await;
    let id = served.published_badge().to_string();
    for path in [
        format!("/verify?id={id}"),
        format!("/verify?id={}+{}", &id[..5], &id[5..]),
    ] {
        let page = served.page(&path).await.text().await.expect("a page");
        assert!(page.contains("Verified"), "{page}");
    }
    let (first, rest) = id.split_at(8);
    let page = served
        .paste(&format!(" {first} {rest}\n"))
        .await
        .text()
        .await
        .expect("a page");
    assert!(page.contains("Verified"), "{page}");
    let page = served
        .page("/verify?id=nothing")
        .await
        .text()
        .await
        .expect("a page");
    assert!(page.contains("no credential ID of this site"), "{page}");
    let unknown = served
        .page("/verify?id=1111111111111111")
        .await
        .text()
        .await
        .expect("a page");
    assert!(
        !unknown.contains("class=\"seal\" aria-hidden=\"true\">✓"),
        "{unknown}"
    );
}

#[tokio::test]
async fn a_badge_is_a_picture_of_lines_with_the_credential_as_its_first_child() {
    let served = Served::new().await;
    let id = served.published_badge();
    let answer = served.get(&format!("/badges/{id}.svg")).await;
    assert_eq!(media_type(&answer), "image/svg+xml");
    assert!(header(&answer, "content-security-policy").contains("sandbox"));
    let svg = answer.text().await.expect("a picture");
    let mut reader = Reader::from_str(&svg);
    let root = reader.read_event().expect("XML");
    let Event::Start(root) = root else {
        panic!("{root:?}")
    };
    let declared = root
        .attributes()
        .flatten()
        .find(|one| one.key.as_ref() == "xmlns:openbadges");
    let declared = declared.expect("its namespace").value.into_owned();
    assert_eq!(declared, "https://purl.imsglobal.org/ob/v3p0");
    let first = reader.read_event().expect("XML");
    let Event::Start(first) = first else {
        panic!("{first:?}")
    };
    assert_eq!(first.name().as_ref(), "openbadges:credential");
    let Event::CData(json) = reader.read_event().expect("XML") else {
        panic!("{svg}")
    };
    let json: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json, served.json(&format!("/badges/{id}")).await);

    let report = served.test.verify(svg.as_bytes());
    assert_eq!(report.verdict(), Verdict::Verified, "{report:#?}");
    let asked = served.request(reqwest::Method::GET, &format!("/badges/{id}"));
    let asked = asked
        .header("accept", "image/svg+xml")
        .send()
        .await
        .expect("an answer");
    assert_eq!(media_type(&asked), "image/svg+xml");
    keep_private(&served, id);
    assert_eq!(
        problem(served.get(&format!("/badges/{id}.svg")).await)
            .await
            .0,
        404
    );
}
