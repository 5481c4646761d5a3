//! The interface over HTTP: tokens, bodies, errors, evidence, and verifying for anybody.

use issuer::organisation::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::served::{BROWSER, Caller, Served, form, header, media_type, problem};

#[tokio::test]
async fn errors_are_problem_documents_for_programs_and_pages_for_people() {
    let served = Served::new().await;
    let table = [
        (Method::GET, "/nothing", 404, "http.not_found"),
        (Method::POST, "/issuer", 405, "http.method"),
        (Method::GET, "/badges/x", 404, "http.not_found"),
        (
            Method::GET,
            "/badges/1111111111111111",
            404,
            "auth.not_found",
        ),
        (Method::GET, "/achievements/nothing", 404, "auth.not_found"),
        (Method::GET, "/status/2", 404, "auth.not_found"),
        (Method::GET, "/status/01", 404, "http.not_found"),
        (Method::GET, "/keys/nothing", 404, "http.not_found"),
        (
            Method::GET,
            "/refresh/1111111111111111",
            404,
            "auth.not_found",
        ),
        (Method::GET, "/log/proof/99", 404, "auth.not_found"),
        (Method::GET, "/log/entries?limit=x", 400, "http.query"),
        (Method::GET, "/log/entries?colour=red", 400, "http.query"),
        (Method::GET, "/api/v1/people/me", 401, "auth.required"),
        (Method::POST, "/api/v1/submissions", 401, "auth.required"),
        (Method::GET, "/api/v1/nothing", 404, "http.not_found"),
        (Method::DELETE, "/api/v1/badges", 405, "http.method"),
    ];
    for (method, path, status, code) in table {
        let place = format!("{method} {path}");
        let answer = served
            .request(method.clone(), path)
            .send()
            .await
            .expect("an answer");
        assert_eq!(media_type(&answer), "application/problem+json", "{place}");
        assert_eq!(problem(answer).await, (status, code.to_owned()), "{place}");

        let answer = served
            .request(method, path)
            .header("accept", BROWSER)
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status(), status, "{place}");
        if path.starts_with("/api/") {
            assert_eq!(media_type(&answer), "application/problem+json", "{place}");
        } else {
            assert_eq!(media_type(&answer), "text/html; charset=utf-8", "{place}");
            assert!(
                answer.text().await.expect("a page").contains(code),
                "{place}"
            );
        }
    }
    let unauthorised = served.get("/api/v1/people/me").await;
    assert_eq!(header(&unauthorised, "www-authenticate"), "Bearer");
}

#[tokio::test]
async fn tokens_open_what_their_person_may_do_and_nothing_else() {
    let served = Served::new().await;
    let me = "/api/v1/people/me";
    for token in [
        "x",
        "assay_x",
        "assay_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        &"a".repeat(5_000),
    ] {
        let answer = served
            .request(Method::GET, me)
            .bearer_auth(token)
            .send()
            .await
            .expect("an answer");
        assert_eq!(
            problem(answer).await,
            (401, "auth.invalid_token".to_owned()),
            "{token}"
        );
    }
    let basic = served
        .request(Method::GET, me)
        .basic_auth("ada", Some("x"))
        .send()
        .await
        .expect("an answer");
    assert_eq!(problem(basic).await, (401, "auth.required".to_owned()));

    let ada = served.caller("ada", &[]);
    let known: Value = ada.get(me).await.json().await.expect("a person");
    assert_eq!(
        (&known["name"], &known["memberships"]),
        (&json!("ada"), &json!([]))
    );
    let id = served.badge();
    let forbidden = [
        (
            Method::POST,
            "/api/v1/people".to_owned(),
            json!({ "name": "x", "emails": ["x@example.org"] }),
            403,
        ),
        (
            Method::POST,
            format!(
                "/api/v1/people/{}/tokens",
                known["id"].as_str().expect("an id")
            ),
            json!({}),
            403,
        ),
        (
            Method::POST,
            "/api/v1/micro-credentials/wait-time/publish".to_owned(),
            json!({}),
            404,
        ),
        (
            Method::GET,
            "/api/v1/organisations/host/reviews".to_owned(),
            json!({}),
            404,
        ),
        (
            Method::POST,
            format!("/api/v1/badges/{id}/revoke"),
            json!({ "reason": "x" }),
            403,
        ),
    ];
    for (method, path, body, status) in forbidden {
        let answer = ada
            .request(method, &path)
            .json(&body)
            .send()
            .await
            .expect("an answer");
        assert_eq!(
            problem(answer).await,
            (status, code(status).to_owned()),
            "{path}"
        );
    }
    let office = served.caller("olivia", &[Role::Administrator]);
    let made = office
        .post(
            "/api/v1/people",
            json!({ "name": "Max", "emails": ["Max@example.org"] }),
        )
        .await;
    assert_eq!(made.status(), 201);
    let made: Value = made.json().await.expect("a person");
    assert_eq!(made["emails"], json!(["max@example.org"]));
    let again = office
        .post(
            "/api/v1/people",
            json!({ "name": "Max", "emails": ["max@example.org"] }),
        )
        .await;
    assert_eq!(problem(again).await, (409, "person.email_taken".to_owned()));
}

/// What belongs to an organisation does not exist for those who are not of it.
fn code(status: u16) -> &'static str {
    match status {
        404 => "auth.not_found",
        _ => "auth.forbidden",
    }
}

#[tokio::test]
async fn bodies_are_read_strictly_and_the_place_of_an_error_is_named() {
    let served = Served::new().await;
    let office = served.caller("olivia", &[Role::Administrator]);
    let table = [
        (
            r#"{"name":"a","name":"b","emails":[]}"#,
            400,
            "json.duplicate_member",
            Some("/name"),
        ),
        (
            r#"{"name":"a","emails":["a@example.org"],"admin":true}"#,
            400,
            "input.invalid",
            Some("/admin"),
        ),
        (
            r#"{"name":"a","emails":["a@example.org", 7]}"#,
            400,
            "input.invalid",
            Some("/emails/1"),
        ),
        (
            r#"{"name":"","emails":["a@example.org"]}"#,
            400,
            "input.invalid",
            Some("/name"),
        ),
        (
            r#"{"name":"a\u0007b","emails":["a@example.org"]}"#,
            400,
            "input.invalid",
            Some("/name"),
        ),
        (
            r#"{"name":"a","emails":[]}"#,
            422,
            "input.invalid",
            Some("/emails"),
        ),
        (
            r#"{"name":"a","emails":["a@example.org"],"email_in_badges":"king"}"#,
            400,
            "input.invalid",
            Some("/email_in_badges"),
        ),
        ("{", 400, "json.syntax", None),
        ("", 400, "json.syntax", None),
    ];
    for (body, status, code, pointer) in table {
        let request = office
            .request(Method::POST, "/api/v1/people")
            .header("content-type", "application/json");
        let answer = request.body(body).send().await.expect("an answer");
        assert_eq!(answer.status(), status, "{body}");
        let problem: Value = answer.json().await.expect("a problem");
        assert_eq!(problem["code"], code, "{body}: {problem}");
        if pointer.is_some() {
            assert_eq!(problem["pointer"].as_str(), pointer, "{body}");
        }
    }
    let plain = office
        .request(Method::POST, "/api/v1/people")
        .header("content-type", "text/plain")
        .body("{}");
    assert_eq!(
        problem(plain.send().await.expect("an answer")).await,
        (415, "http.media_type".to_owned())
    );
    let large = office
        .request(Method::POST, "/api/v1/people")
        .header("content-type", "application/json");
    let large = large
        .body(" ".repeat(1024 * 1024 + 1))
        .send()
        .await
        .expect("an answer");
    assert_eq!(problem(large).await, (413, "input.too_large".to_owned()));
}

#[tokio::test]
async fn evidence_is_seen_by_its_owner_and_its_reviewer_until_it_is_shared() {
    let served = Served::new().await;
    let (ada, eve, grace) = (
        served.caller("ada", &[]),
        served.caller("eve", &[]),
        served.caller("grace", &[Role::Reviewer]),
    );
    let submission = ada.begins().await;
    let upload = async |caller: &Caller<'_>, bytes: &[u8]| {
        let path = format!("{submission}/files?requirement=lesson&name=Le%C3%A7on%20%22one%22.pdf");
        caller
            .request(Method::POST, &path)
            .body(bytes.to_vec())
            .send()
            .await
            .expect("an answer")
    };
    let pdf = b"%PDF-1.7 a lesson";
    assert_eq!(
        problem(upload(&eve, pdf).await).await,
        (404, "auth.not_found".to_owned())
    );
    assert_eq!(
        problem(upload(&ada, b"<html><script>alert(1)</script>").await).await,
        (415, "upload.type".to_owned())
    );
    assert_eq!(
        problem(upload(&ada, &[b"%PDF-1.7 ".as_slice(), &[b'x'; 100_000]].concat()).await).await,
        (413, "upload.too_large".to_owned())
    );
    let added = upload(&ada, pdf).await;
    assert_eq!(added.status(), 201);
    let added: Value = added.json().await.expect("a piece of evidence");
    assert_eq!(
        (&added["kind"], &added["media_type"], &added["bytes"]),
        (&json!("file"), &json!("application/pdf"), &json!(pdf.len()))
    );
    assert!(added.get("salt").is_none() && added.get("object_key").is_none());

    let own = format!(
        "{submission}/evidence/{}",
        added["id"].as_str().expect("an id")
    );
    let download = ada.get(&own).await;
    assert_eq!(
        header(&download, "content-disposition"),
        "attachment; filename*=UTF-8''Le%C3%A7on%20%22one%22.pdf"
    );
    assert_eq!(download.bytes().await.expect("a body").as_ref(), pdf);
    assert_eq!(eve.get(&own).await.status(), 404);

    let text = json!({ "requirement": "reflection", "text": "I waited." });
    assert_eq!(
        ada.post(&format!("{submission}/evidence"), text)
            .await
            .status(),
        201
    );
    assert_eq!(
        ada.put(&format!("{own}/sharing"), json!({ "sharing": "shared" }))
            .await
            .status(),
        200
    );
    let receipt = ada
        .post(
            &format!("{submission}/submit"),
            json!({ "privacy_statement": 1 }),
        )
        .await;
    assert_eq!(receipt.status(), 201);

    let review = submission.replace("/submissions/", "/reviews/");
    let reading: Value = grace.get(&review).await.json().await.expect("a reading");
    assert!(
        !reading.to_string().contains("ada"),
        "the review is blind: {reading}"
    );
    let read = grace.get(&own.replace("/submissions/", "/reviews/")).await;
    assert_eq!(read.bytes().await.expect("a body").as_ref(), pdf);

    let scores = json!([{ "criterion": "waiting", "level": "consistent" }, { "criterion": "listening", "level": "exemplary" }]);
    let claimed = grace.post(&format!("{review}/claim"), json!({})).await;
    assert_eq!(claimed.status(), 200);
    let finished = grace
        .post(&review, json!({ "version": 1, "scores": scores }))
        .await;
    let finished: Value = finished.json().await.expect("a review");
    assert_eq!(finished["decision"], "accepted");
    let badges: Value = ada
        .get("/api/v1/badges")
        .await
        .json()
        .await
        .expect("a list");
    let (id, url) = (
        badges["items"][0]["id"].as_str().expect("an id"),
        badges["items"][0]["url"].as_str().expect("an address"),
    );
    let shared = format!("{url}/evidence/{}", added["id"].as_str().expect("an id"));
    assert_eq!(
        served.get(&shared).await.status(),
        404,
        "the badge is private"
    );
    ada.put(
        &format!("/api/v1/badges/{id}/visibility"),
        json!({ "visibility": "public" }),
    )
    .await;
    let public = served.get(&shared).await;
    assert_eq!(
        (public.status().as_u16(), header(&public, "x-robots-tag")),
        (200, "noindex")
    );
    assert!(
        served
            .page(url)
            .await
            .text()
            .await
            .expect("a page")
            .contains(&shared)
    );
    let unshared = finished.to_string();
    assert!(
        !unshared.contains("grace"),
        "the reviewer is not named to the earner: {unshared}"
    );
    served.check_badge(id.parse().expect("an id")).await;
}

#[tokio::test]
async fn anybody_verifies_any_badge() {
    let served = Served::new().await;
    let address = served.test.app.site.badge(served.published_badge());
    let json = served
        .get(&format!("{address}.json"))
        .await
        .text()
        .await
        .expect("a badge");
    let verify = async |body: Vec<u8>| -> Value {
        let request = served.request(Method::POST, "/api/v1/verify").body(body);
        request
            .send()
            .await
            .expect("an answer")
            .json()
            .await
            .expect("a report")
    };
    assert_eq!(
        verify(json.clone().into_bytes()).await["verdict"],
        "verified"
    );
    assert_eq!(
        verify(json.replace("Wait Time", "Wait Tine").into_bytes()).await["verdict"],
        "refused"
    );
    let at = served.request(
        Method::POST,
        &format!("/api/v1/verify?{}", form("url", &address)),
    );
    let report: Value = at
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("a report");
    assert_eq!(report["verdict"], "verified");

    let page = served.paste(&json).await;
    assert!(
        page.text()
            .await
            .expect("a page")
            .contains("</span> Verified</h1>")
    );
    let page = served.paste(&address).await;
    assert!(
        page.text()
            .await
            .expect("a page")
            .contains("</span> Verified</h1>")
    );
}

#[tokio::test]
async fn attack_n_14_what_is_no_badge_is_refused_and_said_to_be_none() {
    let served = Served::new().await;
    let html = served
        .request(Method::POST, "/api/v1/verify")
        .body("<!doctype html><p>a page</p>");
    let report: Value = html
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("a report");
    assert_eq!(
        (&report["verdict"], &report["steps"][0]["code"]),
        (&json!("refused"), &json!("input.unsupported"))
    );
    let elsewhere = served.request(
        Method::POST,
        &format!(
            "/api/v1/verify?{}",
            form("url", "https://elsewhere.example/badge")
        ),
    );
    assert_eq!(
        problem(elsewhere.send().await.expect("an answer")).await,
        (422, "fetch.unreachable".to_owned())
    );
    let large = served
        .request(Method::POST, "/api/v1/verify")
        .body(vec![b' '; 10 * 1024 * 1024 + 1]);
    // The service may close the connection before the last byte was sent.
    if let Ok(answer) = large.send().await {
        assert_eq!(problem(answer).await, (413, "input.too_large".to_owned()));
    }
}
