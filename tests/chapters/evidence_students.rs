//! Words and work of students: marked by whoever adds them, shown with a badge by consent alone.

use issuer::organisation::Role;
use issuer::submission::Sharing;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::served::{Caller, Served, header, problem};

async fn body(answer: Response) -> Value {
    let status = answer.status();
    let text = answer.text().await.expect("a text");
    assert!(status.is_success(), "{status} {text}");
    serde_json::from_str(&text).unwrap_or_default()
}

async fn add(who: &Caller<'_>, submission: &str, piece: Value) -> String {
    let added = body(who.post(&format!("{submission}/evidence"), piece).await).await;
    format!(
        "{submission}/evidence/{}",
        added["id"].as_str().expect("an id")
    )
}

async fn delete(who: &Caller<'_>, path: &str) -> Response {
    let request = who.request(Method::DELETE, path);
    request.send().await.expect("an answer")
}

async fn share(who: &Caller<'_>, piece: &str) -> Response {
    let sharing = json!({ "sharing": "shared" });
    who.put(&format!("{piece}/sharing"), sharing).await
}

fn consent() -> Value {
    json!({ "consent": { "by": "guardian", "given": "2026-11-20", "statement": 1 } })
}

/// The entry of a piece in a submission.
fn entry<'a>(submission: &'a Value, piece: &str) -> &'a Value {
    let id = piece.rsplit('/').next().expect("an id");
    let entries = submission["evidence"].as_array().expect("evidence");
    entries
        .iter()
        .find(|entry| entry["id"] == id)
        .expect("the piece")
}

#[tokio::test]
async fn what_students_have_not_agreed_to_is_never_shared() {
    let served = Served::new().await;
    let ada = served.caller("ada", &[]);
    let submission = ada.begins().await;
    let link = json!({ "requirement": "lesson", "link": "https://video.example.net/class" });
    let piece = add(&ada, &submission, link).await;
    let students = format!("{piece}/students");
    let told = body(ada.get(&students).await).await;
    assert_eq!(told["state"], "unmarked");
    assert_eq!(told["statement"]["version"], 1);

    // It was shared before anybody thought of the students: the mark ends that.
    body(share(&ada, &piece).await).await;
    let marked = body(ada.put(&students, json!({})).await).await;
    assert_eq!(entry(&marked, &piece)["sharing"], "private");
    assert_eq!(entry(&marked, &piece)["students"], "without_consent");
    let refused = share(&ada, &piece).await;
    assert_eq!(
        problem(refused).await,
        (409, "evidence.consent_required".to_owned())
    );
    let checklist = body(ada.get(&format!("{submission}/checklist")).await).await;
    assert_eq!(checklist["warnings"][0]["code"], "warning.consent_missing");

    for (changed, with) in [
        ("statement", json!(2)),
        ("given", json!("2026-11-25")),
        ("given", json!("soon")),
        ("by", json!("me")),
    ] {
        let mut said = consent();
        said["consent"][changed] = with;
        let (status, code) = problem(ada.put(&students, said).await).await;
        assert!(
            [400, 422].contains(&status) && code == "input.invalid",
            "{changed}: {status} {code}"
        );
    }
    let mut named = consent();
    named["consent"]["students"] = json!(["Tim"]);
    assert_eq!(
        ada.put(&students, named).await.status(),
        400,
        "no names are taken"
    );

    // With consent it is the earner's choice, and private as long as they do not choose.
    let marked = body(ada.put(&students, consent()).await).await;
    assert_eq!(entry(&marked, &piece)["sharing"], "private");
    assert_eq!(entry(&marked, &piece)["students"], "consented");
    let told = body(ada.get(&students).await).await;
    assert_eq!(told["consent"]["by"], "guardian");
    assert_eq!(told["consent"]["given"], "2026-11-20");
    body(share(&ada, &piece).await).await;
    let withdrawn = body(delete(&ada, &format!("{students}/consent")).await).await;
    assert_eq!(entry(&withdrawn, &piece)["sharing"], "private");
    assert_eq!(entry(&withdrawn, &piece)["students"], "withdrawn");
    let refused = share(&ada, &piece).await;
    assert_eq!(
        problem(refused).await,
        (409, "evidence.consent_required".to_owned())
    );
    let refused = delete(&ada, &format!("{students}/consent")).await;
    assert_eq!(problem(refused).await, (409, "state.conflict".to_owned()));
    let unmarked = body(delete(&ada, &students).await).await;
    assert!(entry(&unmarked, &piece).get("students").is_none());

    let bob = served.caller("bob", &[]);
    assert_eq!(bob.get(&students).await.status(), 404);
    assert_eq!(bob.put(&students, consent()).await.status(), 404);
}

#[tokio::test]
async fn consent_that_is_taken_back_ends_what_a_badge_hands_out() {
    let served = Served::new().await;
    let test = &served.test;
    let ada = served.caller("ada", &[]);
    let grace = served.caller("grace", &[Role::Reviewer]);
    let submission = ada.begins().await;
    let link = json!({ "requirement": "lesson", "link": "https://video.example.net/class" });
    let link = add(&ada, &submission, link).await;
    let text =
        json!({ "requirement": "reflection", "text": "A student said: now I dare to speak." });
    let text = add(&ada, &submission, text).await;
    for piece in [&link, &text] {
        body(ada.put(&format!("{piece}/students"), consent()).await).await;
        body(share(&ada, piece).await).await;
    }
    let confirmed = json!({ "privacy_statement": 1 });
    body(ada.post(&format!("{submission}/submit"), confirmed).await).await;
    let refused = delete(&ada, &format!("{text}/students")).await;
    assert_eq!(
        problem(refused).await,
        (409, "state.conflict".to_owned()),
        "it was handed in with it"
    );

    // Reviewers learn that consent is recorded, and not whose.
    let review = submission.replace("/submissions/", "/reviews/");
    body(grace.post(&format!("{review}/claim"), json!({})).await).await;
    let read = body(grace.get(&review).await).await;
    assert_eq!(read["evidence"][0]["students"], "consented");
    assert!(!read.to_string().contains("guardian"), "{read}");
    let page = Browser::of(&served, &test.person("grace", &[]));
    let page = page
        .get(&review.replace("/api/v1", ""))
        .await
        .text()
        .await
        .expect("a page");
    assert!(
        page.contains("Words or work of students. Their consent is recorded."),
        "{page}"
    );

    let id = submission
        .rsplit('/')
        .next()
        .expect("an id")
        .parse()
        .expect("an id");
    let award = test.reviewer("grace").accepts(id);
    let issued = issuer::issuance::issue(&test.app, award, test.now).expect("a badge");
    test.check_badge(issued.badge());
    let document: Value = serde_json::from_str(issued.json()).expect("JSON");
    let mut addresses = Vec::new();
    for named in document["evidence"].as_array().expect("evidence") {
        let address = named["id"].as_str().expect("an address");
        assert!(
            !address.contains("video.example.net"),
            "what was signed cannot be taken back: {address}"
        );
        addresses.push(crate::served::path_of(address).to_owned());
    }
    for address in &addresses {
        let shown = served.get(address).await;
        assert_eq!(shown.status(), 200, "{address}");
        assert_eq!(header(&shown, "x-robots-tag"), "noindex");
    }

    // Long after the badge was issued.
    let before = issued.json().to_owned();
    body(delete(&ada, &format!("{link}/students/consent")).await).await;
    let statuses: Vec<u16> = [
        served.get(&addresses[0]).await,
        served.get(&addresses[1]).await,
    ]
    .iter()
    .map(|answer| answer.status().as_u16())
    .collect();
    assert_eq!(statuses, [404, 200]);
    let own = Browser::of(&served, &test.person("ada", &[]));
    assert_eq!(own.get(&addresses[0]).await.status(), 404);
    let after = test
        .app
        .store
        .issued(issued.badge(), 1)
        .expect("the store")
        .expect("an edition");
    assert_eq!(
        after.json(),
        before,
        "the badge itself stays as it was signed"
    );
    let state = test
        .app
        .store
        .engine()
        .get(&issuer::layout::submission(id))
        .expect("the store");
    let state: Value = serde_json::from_slice(&state.expect("a record")).expect("JSON");
    assert_eq!(state["evidence"][0]["sharing"], json!(Sharing::Private));
}

#[tokio::test]
async fn students_are_marked_on_a_page_without_script() {
    let served = Served::new().await;
    let ada = served.caller("ada", &[]);
    let submission = ada.begins().await;
    let link = json!({ "requirement": "lesson", "link": "https://video.example.net/class" });
    let piece = add(&ada, &submission, link).await;
    let browser = Browser::of(&served, &served.test.person("ada", &[]));
    let work = submission.replace("/api/v1/", "/my/");
    let path = format!("{}/students", piece.replace("/api/v1/", "/my/"));
    let page = browser.get(&work).await.text().await.expect("a page");
    assert!(page.contains(&format!("href=\"{path}\"")), "{page}");
    for (fields, told) in [
        (vec![("do", "save")], "say who agreed"),
        (vec![("by", "guardian"), ("given", "")], "on which day"),
        (
            vec![("by", "guardian"), ("given", "2026-11-20")],
            "confirm the statement",
        ),
        (vec![("do", "withdraw")], "No consent is recorded"),
    ] {
        let refused = browser.post(&path, &fields).await;
        assert_eq!(refused.status(), 422, "{fields:?}");
        let page = refused.text().await.expect("a page");
        assert!(page.contains(told), "{fields:?}: {page}");
    }
    let nobody = browser
        .post(&path, &[("by", "nobody"), ("do", "save")])
        .await;
    assert_eq!(nobody.status(), 303);
    let page = browser.get(&work).await.text().await.expect("a page");
    assert!(page.contains("students, without consent"), "{page}");
    let said = [
        ("by", "school_form"),
        ("given", "2026-11-20"),
        ("statement", "1"),
        ("do", "save"),
    ];
    assert_eq!(browser.post(&path, &said).await.status(), 303);
    let page = browser
        .get(&format!("{path}?saved"))
        .await
        .text()
        .await
        .expect("a page");
    assert!(
        page.contains("Consent is recorded") && page.contains("on 2026-11-20"),
        "{page}"
    );
    assert_eq!(
        browser.post(&path, &[("do", "withdraw")]).await.status(),
        303
    );
    let page = browser.get(&path).await.text().await.expect("a page");
    assert!(page.contains("Consent was taken back"), "{page}");
    assert_eq!(browser.post(&path, &[("do", "unmark")]).await.status(), 303);
    let page = browser.get(&work).await.text().await.expect("a page");
    assert!(!page.contains("students, with"), "{page}");
}
