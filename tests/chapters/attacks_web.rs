//! What pages do with what strangers write, and what other sites make browsers send (group W of the list).

use std::collections::BTreeSet;

use issuer::http;
use issuer::link::ReturnPath;
use issuer::organisation::Role;
use reqwest::Method;
use serde_json::{Value, json};
use url::Url;

use crate::app::PUBLIC_URL;
use crate::browser::Browser;
use crate::chapters::verify_browser::chromium;
use crate::peer::{Peer, peers_wanted};
use crate::served::{FORM, Served, form, header, path_of, problem};

/// Forms: HTTP, browser.
#[tokio::test(flavor = "multi_thread")]
async fn attack_w_01_no_script_that_people_wrote_runs_in_a_browser() {
    if !peers_wanted("attack_w_01_no_script_that_people_wrote_runs_in_a_browser") {
        return;
    }
    let served = Served::new().await;
    let author = served.caller("donna", &[Role::Author]);
    let run = "document.title='ran';fetch('/ran')";
    let payloads = [
        format!("<script>{run}</script>"),
        format!("\"><script>{run}</script>"),
        format!("'><img src=x onerror=\"{run}\">"),
        format!("</title><svg onload=\"{run}\">"),
        format!("</script><script>{run}</script>"),
        format!("--><body onload=\"{run}\">"),
        format!("\" autofocus onfocus=\"{run}\" x=\""),
        format!("<iframe srcdoc=\"<script>{run}</script>\">"),
        format!("<details open ontoggle=\"{run}\">"),
        format!("{{{{constructor.constructor('{run}')()}}}}"),
    ];
    let address = "/api/v1/micro-credentials/wait-time/content";
    let original: Value = author.get(address).await.json().await.expect("the content");
    let mut paths = vec!["/".to_owned()];
    for (number, payload) in payloads.iter().enumerate() {
        let mut content = original.clone();
        for member in ["name", "competency", "description", "criteria"] {
            content[member] = payload.as_str().into();
        }
        content["tags"] = json!([payload]);
        content["rubric"]["criteria"][0]["name"] = payload.as_str().into();
        content["rubric"]["criteria"][0]["levels"][0]["name"] = payload.as_str().into();
        content["evidence_requirements"][0]["name"] = payload.as_str().into();
        let name = format!("hostile-{number}");
        let path = format!("/api/v1/organisations/host/micro-credentials/{name}");
        let written = author.put(&path, content).await;
        assert_eq!(
            written.status(),
            200,
            "{}",
            written.text().await.expect("a body")
        );
        let publish = format!("/api/v1/micro-credentials/{name}/publish");
        assert!(author.post(&publish, json!({})).await.status().is_success());
        paths.push(format!("/achievements/{name}"));
        paths.push(format!("/verify?{}", form("badge", payload)));
        paths.push(format!("/sign-in?{}", form("next", payload)));
        paths.push(format!("/?{}", form("q", payload)));
    }
    let pages = paths.len();
    let request = json!({
        "do": "open",
        "origin": format!("http://{}", served.address),
        "token": author.token(),
        "chromium": chromium(),
        "paths": paths,
    });
    let opening = tokio::task::spawn_blocking(move || Peer::start("uploads").ask(&request));
    let found = opening.await.expect("the browser");
    assert_eq!(found["ran"], json!([]), "{found}");
    // The page that wants to run can run: it would have been seen.
    assert_eq!(found["control"], json!(true));
    assert_eq!(found["opened"], json!(pages * 7));
}

/// Forms: HTTP.
#[tokio::test]
async fn attack_w_02_what_people_write_is_text_and_no_markup() {
    let served = Served::new().await;
    let author = served.caller("donna", &[Role::Author]);
    let texts = [
        "[click](javascript:alert(1))".to_owned(),
        "![x](data:image/svg+xml;base64,PHN2Zy8+)".to_owned(),
        "<javascript:alert(1)> <https://evil.example/auto>".to_owned(),
        "[a]: data:text/html,x \"t\"\n[a]".to_owned(),
        "[x](&#x6a;avascript:alert(1)) [y](java\tscript:alert(1))".to_owned(),
        "[![a](https://evil.example/a.png)](https://evil.example)".to_owned(),
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style>".to_owned(),
        "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">".to_owned(),
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">".to_owned(),
        "`<img src=x>` ```html\n<script>alert(1)</script>\n```".to_owned(),
        "<details open ontoggle=alert(1)> <a href=//evil.example>x</a>".to_owned(),
        "> ".repeat(500),
        "[".repeat(1_000),
        "*_".repeat(500),
    ];
    let address = "/api/v1/micro-credentials/wait-time/content";
    let original: Value = author.get(address).await.json().await.expect("the content");
    for (number, text) in texts.iter().enumerate() {
        let mut content = original.clone();
        for member in ["description", "criteria"] {
            content[member] = text.as_str().into();
        }
        let name = format!("markup-{number}");
        let path = format!("/api/v1/organisations/host/micro-credentials/{name}");
        let written = author.put(&path, content).await;
        // What cannot be in a badge is refused by name; the rest is shown as it was written.
        if written.status() != 200 {
            assert_eq!(problem(written).await, (422, "input.invalid".to_owned()));
            continue;
        }
        let publish = format!("/api/v1/micro-credentials/{name}/publish");
        assert!(author.post(&publish, json!({})).await.status().is_success());
        let page = served.page(&format!("/achievements/{name}")).await;
        let page = page.text().await.expect("a page").to_lowercase();
        let (before, data) = page
            .split_once("<script type=\"application/ld+json\">")
            .expect("a block of data");
        let (data, after) = data.split_once("</script>").expect("its end");
        assert!(!data.contains(['<', '>', '&']), "{data}");
        for part in [before, after] {
            for wrong in [
                "=\"javascript:",
                "=\"data:",
                "evil.example\"",
                "<img src=x",
                "<img src=1",
                "<script>",
                "<math",
                "<style",
                "<details",
            ] {
                assert!(!part.contains(wrong), "{text}: {wrong} stands in {part}");
            }
        }
    }
}

/// Forms: HTTP.
#[tokio::test]
async fn attack_w_03_a_picture_is_a_png_or_a_drawing_and_none_comes_with_a_badge() {
    let served = Served::new().await;
    let author = served.caller("donna", &[Role::Author]);
    let drawing = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
    let cases: [(&str, &[u8], u16, &str); 9] = [
        (
            "a page",
            b"<!doctype html><script>alert(1)</script>",
            422,
            "input.invalid",
        ),
        ("a drawing with a script", drawing, 422, "input.invalid"),
        (
            "an address",
            b"https://evil.example/x.png",
            415,
            "image.type",
        ),
        (
            "data",
            b"data:image/svg+xml;base64,PHN2Zy8+",
            415,
            "image.type",
        ),
        (
            "a data page",
            b"data:text/html,<script>alert(1)</script>",
            415,
            "image.type",
        ),
        (
            "a GIF",
            b"GIF89a<script>alert(1)</script>",
            415,
            "image.type",
        ),
        ("a JPEG", b"\xff\xd8\xff\xe0\0\x10JFIF", 415, "image.type"),
        ("a PDF", b"%PDF-1.7", 415, "image.type"),
        ("nothing", b"", 415, "image.type"),
    ];
    for (name, bytes, status, code) in cases {
        for claimed in ["image/png", "image/svg+xml", "application/octet-stream"] {
            let path = "/api/v1/organisations/host/images";
            let request = author.request(Method::POST, path);
            let request = request.header("content-type", claimed).body(bytes.to_vec());
            let refused = problem(request.send().await.expect("an answer")).await;
            assert_eq!(refused, (status, code.to_owned()), "{name} as {claimed}");
        }
    }
    let large = author.request(Method::POST, "/api/v1/organisations/host/images");
    let large = large.body(vec![b'x'; 10 << 20]).send().await;
    assert_eq!(large.expect("an answer").status(), 413);

    // Whatever a badge says of pictures, the page that verifies it shows none, and would be let show none.
    let address = served.test.app.site.badge(served.published_badge());
    let badge = served.get(&format!("{address}.json")).await;
    let mut badge: Value = badge.json().await.expect("a badge");
    for image in [
        "data:image/svg+xml,<svg onload=alert(1)>",
        "data:text/html,<script>alert(1)</script>",
        "javascript:alert(1)",
        "https://evil.example/x.png",
    ] {
        badge["credentialSubject"]["achievement"]["image"] =
            json!({ "id": image, "type": "Image" });
        badge["image"] = badge["credentialSubject"]["achievement"]["image"].clone();
        for shown in [badge.to_string(), address.clone()] {
            let page = served.paste(&shown).await;
            let policy = header(&page, "content-security-policy").to_owned();
            assert!(policy.contains("img-src 'self'"), "{policy}");
            assert!(
                !page.text().await.expect("a page").contains("<img"),
                "{image}"
            );
        }
    }
}

/// Forms: library, HTTP.
#[tokio::test]
async fn attack_w_04_nobody_who_signs_in_is_led_to_another_site() {
    let mut hostile: BTreeSet<String> = [
        "",
        " ",
        "evil.example",
        "https://evil.example",
        "HTTPS://evil.example/",
        "http:evil.example",
        "https:/evil.example",
        "https:evil.example",
        "https:\\\\evil.example",
        "//evil.example",
        "///evil.example",
        "////evil.example",
        "//evil.example/%2f..",
        "//badges.example.org@evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "\\\\evil.example",
        "\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/\r/evil.example",
        "\t//evil.example",
        "/\0/evil.example",
        "/x\r\nLocation: https://evil.example",
        "/x\r\nSet-Cookie: a=b",
        "/x\n\n<script>alert(1)</script>",
        "/\u{2028}/evil.example",
        "/\u{ff0f}evil.example",
        "\u{ff0f}/evil.example",
        "/\u{a0}/evil.example",
        "/\u{feff}/evil.example",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "ftp://evil.example",
        "mailto:x@evil.example",
        "about:blank",
        "blob:https://evil.example/x",
        "?next=//evil.example",
        "#//evil.example",
        ".",
        "..",
        "../..",
        "./x",
        "x/y",
        "@evil.example",
        ":80/x",
        ";//evil.example",
        "/é",
        "/ x",
        "/x y",
        "/\u{202e}gro.elpmaxe",
    ]
    .map(str::to_owned)
    .into();
    let prefixes = ["//", "/\\", "\\/", "/\t/", "/\r\n/", " //"];
    for host in ["evil.example", "evil.example:443", "127.0.0.1", "[::1]"] {
        hostile.extend(prefixes.map(|prefix| format!("{prefix}{host}/x")));
    }
    hostile.insert(format!("/{}", "x".repeat(100_000)));
    assert!(hostile.len() >= 80, "{}", hostile.len());
    let served = Served::new().await;
    for next in &hostile {
        assert!(next.parse::<ReturnPath>().is_err(), "{next:?}");
        if next.len() > 10_000 {
            continue;
        }
        let page = served
            .page(&format!("/sign-in?{}", form("next", next)))
            .await;
        assert!(page.status().as_u16() < 500, "{next:?}");
        let page = page.text().await.expect("a page");
        assert!(!page.contains("evil.example"), "{next:?}: {page}");
    }

    // What is taken stays on this site, however a browser reads it.
    let site = Url::parse(PUBLIC_URL).expect("an address");
    for next in [
        "/",
        "/account",
        "/x?next=//evil.example",
        "/x#//evil.example",
        "/%2f%2fevil.example",
        "/%5cevil.example",
        "/..//evil.example",
        "/./\u{2f}evil.example",
        "/x/../..//evil.example",
        "/@evil.example",
        "/:80",
    ] {
        let Ok(path) = next.parse::<ReturnPath>() else {
            continue;
        };
        let led = site.join(path.as_str()).expect("an address");
        assert_eq!(led.origin(), site.origin(), "{next}: {led}");
    }

    // From the form to the page that somebody comes to.
    for (number, next) in [
        "//evil.example",
        "/\\evil.example",
        "/achievements/wait-time",
    ]
    .into_iter()
    .enumerate()
    {
        let browser = Browser::new(&served);
        let email = format!("grace{number}@example.org");
        let typed = [form("email", &email), form("next", next)].join("&");
        let asked = browser
            .request(Method::POST, "/sign-in")
            .header("content-type", FORM)
            .header("origin", PUBLIC_URL);
        let asked = asked.body(typed).send().await.expect("an answer");
        assert!(asked.status().as_u16() < 400, "{next}: {}", asked.status());
        let outbox = served.test.app.store.outbox(100).expect("the outbox");
        let mail = outbox.iter().find(|mail| mail.to.to_string() == email);
        let text = &mail.expect("a message").text;
        let link = text
            .lines()
            .find_map(|line| line.strip_prefix(PUBLIC_URL))
            .expect("a link");
        let followed = browser
            .request(Method::POST, link)
            .header("content-type", FORM)
            .header("origin", PUBLIC_URL);
        let followed = followed.body(form("name", "Grace")).send().await;
        let followed = followed.expect("an answer");
        assert_eq!(followed.status(), 303, "{next}");
        let led = site
            .join(header(&followed, "location"))
            .expect("an address");
        assert_eq!(led.origin(), site.origin(), "{next}");
    }
}

/// Forms: HTTP.
#[tokio::test]
async fn attack_w_05_no_form_on_another_site_changes_anything() {
    let served = Served::new().await;
    let olivia = served.test.person("olivia", &[Role::Administrator]);
    let browser = Browser::of(&served, &olivia);
    let (mut tried, mut wrong) = (0, Vec::new());
    for route in http::routes() {
        let changes = !matches!(route.method, Method::GET | Method::HEAD);
        // What is open to all knows nobody when another site sends it; signing in is not open in this.
        let is_open =
            route.action.rule().is_open() && route.action != issuer::rights::Action::SignIn;
        if !changes || is_open {
            continue;
        }
        let path = values(&route.path);
        for (name, value) in [
            ("origin", "https://evil.example"),
            ("origin", "null"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("x-nothing", "said"),
        ] {
            let request = browser.request(route.method.clone(), &path);
            let request = request.header("content-type", FORM).header(name, value);
            let answer = request.send().await.expect("an answer");
            tried += 1;
            // Where tokens alone are taken, a browser's session is nobody's.
            let expected = if path.starts_with("/ims/") { 401 } else { 403 };
            if answer.status() != expected {
                wrong.push(format!(
                    "{} {path} with {name}: {value}: {}",
                    route.method,
                    answer.status()
                ));
            }
        }
    }
    println!("{tried} requests");
    assert!(tried > 500, "{tried}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A path of the route table with any values.
fn values(template: &str) -> String {
    let parts = template.split('/').map(|part| match part.starts_with('{') {
        true => "x",
        false => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

/// Forms: HTTP.
#[tokio::test]
async fn attack_w_07_a_revoked_badge_says_so_at_once_wherever_it_is_shown() {
    let served = Served::new().await;
    let id = served.published_badge();
    let address = served.test.app.site.badge(id);
    let path = path_of(&address).to_owned();
    let office = served.caller("olga", &[Role::IssuingOfficer]);
    let before = served.page(&path).await;
    // Whatever keeps the page keeps it for a minute at most.
    let kept = header(&before, "cache-control").to_owned();
    let seconds = kept.split("max-age=").nth(1).map_or(0, |rest| {
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().expect("a number")
    });
    assert!(kept == "no-store" || seconds <= 60, "{kept}");
    assert!(!before.text().await.expect("a page").contains("revoked</p>"));

    let revoked = office
        .post(
            &format!("/api/v1/badges/{id}/revoke"),
            json!({ "reason": "It was somebody else's work." }),
        )
        .await;
    assert!(revoked.status().is_success(), "{}", revoked.status());
    let page = served.page(&path).await.text().await.expect("a page");
    // Before anything that the badge says.
    let told = page.find("has been revoked").expect("it says so");
    assert!(told < page.find("<h1").expect("a heading"), "{page}");
    for form in ["json", "jwt"] {
        let badge = served.get(&format!("{path}.{form}")).await;
        let badge = badge.text().await.expect("a badge");
        let verified = served
            .request(Method::POST, "/api/v1/verify")
            .body(badge)
            .send()
            .await
            .expect("an answer");
        let report: Value = verified.json().await.expect("a report");
        assert_eq!(report["verdict"], "refused", "{report}");
        assert!(
            report.to_string().contains("\"status.revoked\""),
            "{report}"
        );
    }
}
