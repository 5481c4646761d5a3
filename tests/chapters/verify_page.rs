//! The verify page and its interface: every way in, and what the answer says.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Method, Response};
use serde_json::Value;

use crate::forge;
use crate::served::{BROWSER, FORM, Served, form, header};
use crate::web::presented;

const BOUNDARY: &str = "----a-boundary-of-a-browser";

/// A form as a browser sends it that has a file to upload.
fn multipart(fields: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        let file = match *name {
            "file" => "; filename=\"a picture.png\"\r\nContent-Type: image/png",
            _ => "",
        };
        body.extend(
            format!(
                "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n"
            )
            .bytes(),
        );
        body.extend(*value);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{BOUNDARY}--\r\n").bytes());
    body
}

async fn send(served: &Served, path: &str, body: Vec<u8>) -> Response {
    let request = served
        .request(Method::POST, path)
        .header("accept", BROWSER)
        .header(
            "content-type",
            format!("multipart/form-data; boundary={BOUNDARY}"),
        );
    request.body(body).send().await.expect("an answer")
}

async fn page(served: &Served, fields: &[(&str, &[u8])]) -> String {
    let answer = send(served, "/verify", multipart(fields)).await;
    assert_eq!(answer.status(), 200);
    answer.text().await.expect("a page")
}

/// The verdict, as the first heading says it.
fn headline(page: &str) -> &str {
    let heading = page.split("<h1").nth(1).expect("a heading");
    let heading = heading.split("</h1>").next().expect("its end");
    heading.rsplit('>').next().expect("its text").trim()
}

/// The report that the page offers to programs.
fn report(page: &str) -> Value {
    let encoded = page
        .split("data:application/json;base64,")
        .nth(1)
        .and_then(|rest| rest.split(['"', '&']).next())
        .expect("a report to download");
    let json = STANDARD.decode(encoded).expect("base64");
    serde_json::from_slice(&json).expect("JSON")
}

#[tokio::test]
async fn an_address_in_the_pages_own_address_opens_with_the_answer() {
    let served = Served::new().await;
    let address = served.test.app.site.badge(served.published_badge());
    let opened = served
        .page(&format!("/verify?{}", form("url", &address)))
        .await;
    let opened = opened.text().await.expect("a page");
    assert_eq!(headline(&opened), "Verified");
    assert_eq!(report(&opened)["verdict"], "verified");
    // The badge's own page leads there.
    let badge = served.page(&address).await.text().await.expect("a page");
    assert!(badge.contains("action=\"/verify\" method=\"get\"") && badge.contains("name=\"url\""));

    for (url, told) in [
        ("nonsense", "That is not an address."),
        ("https://elsewhere.example/badge", "fetch.unreachable"),
    ] {
        let page = served.page(&format!("/verify?{}", form("url", url))).await;
        let page = page.text().await.expect("a page");
        assert!(page.contains(told), "{url}: {page}");
    }
}

#[tokio::test]
async fn a_picture_is_uploaded_without_any_script() {
    let served = Served::new().await;
    let address = served.test.app.site.badge(served.published_badge());
    let picture = served.get(&format!("{address}.png")).await;
    let picture = picture.bytes().await.expect("a picture");
    // Browsers send the fields that nobody filled in as well.
    let uploaded = page(
        &served,
        &[("file", &picture), ("badge", b""), ("recipient", b"")],
    )
    .await;
    assert_eq!(headline(&uploaded), "Verified");
    let own = report(&uploaded);
    assert_eq!(own["input"]["bytes"], picture.len());

    let pasted = page(&served, &[("file", b""), ("badge", address.as_bytes())]).await;
    assert_eq!(headline(&pasted), "Verified");
    let nothing = page(&served, &[("file", b""), ("badge", b"  ")]).await;
    assert!(nothing.contains("There is no badge yet"), "{nothing}");
    assert_eq!(headline(&nothing), "Verify a badge");
}

/// VER-16, VER-19: the three verdicts are three words, and none says that the claims are true.
#[tokio::test]
async fn verified_refused_and_unknown_look_like_three_things() {
    let served = Served::new().await;
    let now = ("now", forge::NOW.as_bytes());
    for (fixture, word, class) in [
        ("verified/did-key.json", "Verified", "verified"),
        (
            "refused/signature.invalid/edited-name.json",
            "Refused",
            "refused",
        ),
        ("refused/time.expired/last-year.json", "Refused", "refused"),
        // Its issuer's host cannot be reached from here.
        (
            "verified/did-web.json",
            "Could not be checked",
            "undetermined",
        ),
    ] {
        let told = page(&served, &[("file", &presented(fixture)), now]).await;
        assert_eq!(headline(&told), word, "{fixture}");
        assert!(
            told.contains(&format!("class=\"notice {class}\"")),
            "{fixture}"
        );
        assert_eq!(report(&told)["verdict"], class, "{fixture}");
        // Nothing is shown of what nobody is known to have signed.
        let is_proven = report(&told)["badge"].is_object();
        assert_eq!(
            told.contains("<h2>What was signed</h2>"),
            is_proven,
            "{fixture}"
        );
        for step in report(&told)["steps"].as_array().expect("steps") {
            if let Some(code) = step["code"].as_str() {
                assert!(
                    told.contains(&format!("<code>{code}</code>")),
                    "{fixture}: {code}"
                );
            }
        }
        let told = told.to_lowercase();
        assert!(
            !told.contains("authentic") && !told.contains("trustworthy"),
            "{fixture}"
        );
    }
}

#[tokio::test]
async fn the_interface_takes_the_same_form() {
    let served = Served::new().await;
    let badge = presented("verified/did-key.json");
    let now = ("now", forge::NOW.as_bytes());
    let ask = async |fields: &[(&str, &[u8])]| {
        let answer = send(&served, "/api/v1/verify", multipart(fields)).await;
        let status = answer.status().as_u16();
        (status, answer.json::<Value>().await.expect("JSON"))
    };
    let (status, report) = ask(&[("badge", &badge), now]).await;
    assert_eq!((status, &report["verdict"]), (200, &"verified".into()));
    assert_eq!(report["now"], forge::NOW);
    let (status, problem) = ask(&[("badge", &badge), ("policy", b"mild")]).await;
    assert_eq!((status, &problem["code"]), (400, &"http.query".into()));
    let (status, problem) = ask(&[("badge", &badge), ("now", b"today")]).await;
    assert_eq!((status, &problem["code"]), (400, &"http.query".into()));
    let (status, problem) = ask(&[("url", b"https://elsewhere.example/")]).await;
    assert_eq!(
        (status, &problem["code"]),
        (422, &"fetch.unreachable".into())
    );

    // Without a form the body is the badge, and the rest stands in the address.
    let asked = served.request(
        Method::POST,
        &format!("/api/v1/verify?policy=lenient&{}", form("now", forge::NOW)),
    );
    let report = asked.body(badge).send().await.expect("an answer");
    let report: Value = report.json().await.expect("a report");
    assert_eq!(report["verdict"], "verified");
}

#[tokio::test]
async fn a_broken_form_is_the_senders_fault() {
    let served = Served::new().await;
    let whole = multipart(&[("file", b"x"), ("badge", b"y")]);
    for cut in 0..whole.len() {
        let answer = send(&served, "/verify", whole[..cut].to_vec()).await;
        let status = answer.status().as_u16();
        // All that matters may be there before the very end.
        assert!(
            status == 400 || (status == 200 && cut + 2 >= whole.len()),
            "{cut}: {status}"
        );
    }
    for media_type in [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/mixed; boundary=a",
        "text/plain",
        "application/json",
    ] {
        let request = served
            .request(Method::POST, "/verify")
            .header("content-type", media_type);
        let answer = request.body("--a--").send().await.expect("an answer");
        assert_eq!(answer.status(), 415, "{media_type}");
    }
    let many: Vec<(&str, &[u8])> = vec![("badge", b"x"); 100];
    let answer = send(&served, "/verify", multipart(&many)).await;
    assert_eq!(answer.status(), 400);
    let pasted = served.request(Method::POST, "/verify");
    let pasted = pasted.header("content-type", format!("{FORM}; charset=utf-8"));
    let pasted = pasted
        .body(form("badge", "{}"))
        .send()
        .await
        .expect("an answer");
    assert_eq!(pasted.status(), 200);
}

#[tokio::test]
async fn the_script_of_the_page_is_the_services_own() {
    let served = Served::new().await;
    let form = served.page("/verify").await;
    let policy = header(&form, "content-security-policy").to_owned();
    assert!(policy.contains("script-src 'self'") && policy.contains("default-src 'none'"));
    let script = served.get("/assets/verify.js").await;
    assert_eq!(script.status(), 200);
    assert!(header(&script, "content-type").starts_with("text/javascript"));
    // Every other page allows none.
    let home = served.page("/").await;
    assert!(!header(&home, "content-security-policy").contains("script-src"));
}

#[tokio::test]
async fn the_form_of_the_report_is_served_where_reports_are_made() {
    let served = Served::new().await;
    let answer = served.get("/schemas/report.json").await;
    assert_eq!(header(&answer, "content-type"), "application/schema+json");
    let schema: Value = answer.json().await.expect("JSON");
    let schema = jsonschema::validator_for(&schema).expect("a schema");
    let badge = presented("verified/did-key.json");
    let told = page(&served, &[("file", &badge), ("now", forge::NOW.as_bytes())]).await;
    assert!(schema.is_valid(&report(&told)));
}

#[tokio::test]
async fn what_a_sentence_quotes_is_shown_as_code() {
    let served = Served::new().await;
    let badge = presented("refused/signature.invalid/edited-name.json");
    let page = page(&served, &[("badge", &badge)]).await;
    let shown = page.split("href=\"data:").next().expect("a page");
    assert!(shown.contains("the key <code>did:key:"), "{shown}");
    assert!(!shown.contains('`'), "{shown}");
}
