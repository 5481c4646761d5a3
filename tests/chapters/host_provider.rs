//! The Open Badges API as a host provides it, requirement by requirement.

use std::collections::BTreeSet;
use std::sync::Arc;

use issuer::config::{EdgeLimits, RequestRate};
use issuer::hosted::profile;
use reqwest::Method;
use serde_json::{Value, json};

use crate::app::PUBLIC_URL;
use crate::application::{ALL, API, Application, PROFILE, READ, UPDATE, UPSERT, status_info};
use crate::browser::Browser;
use crate::forge::{self, Key};
use crate::forms::World;
use crate::served::{LIMITS, Served, header, media_type};
use crate::web::{self, Web};

/// A service in the web of the fixtures, to which badges of others can be brought.
async fn host() -> Served {
    Served::in_world(Arc::new(World::of(Web::read()))).await
}

/// A badge of a school, with this identifier and from this time on.
fn badge(id: &str, valid_from: &str) -> String {
    let key = Key::School;
    let document = forge::with(&forge::badge(&key.did()), "/id", json!(id));
    let document = forge::with(&document, "/validFrom", json!(valid_from));
    forge::signed(&document, &key.method(), key).to_string()
}

/// A badge of the school as a token.
fn token_of(id: &str) -> String {
    let key = Key::School;
    let document = forge::with(&forge::badge(&key.did()), "/id", json!(id));
    forge::token(
        &forge::header(key, &key.method()),
        &forge::payload(&document),
        key,
    )
}

/// API-1, API-24, API-25, SDD-1, SDD-2, SDD-3, SDD-4: the description is the official document with the
/// addresses of this service, for everybody, and is not sent again unchanged.
#[tokio::test]
async fn the_service_describes_itself_by_the_official_document() {
    let served = Served::new().await;
    let answer = served.get(&format!("{API}/discovery")).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(media_type(&answer), "application/json");
    assert_eq!(header(&answer, "access-control-allow-origin"), "*");
    assert!(header(&answer, "cache-control").contains("max-age"));
    let tag = header(&answer, "etag").to_owned();
    let document: Value = answer.json().await.expect("JSON");
    let again = served
        .request(Method::GET, &format!("{API}/discovery"))
        .header("if-none-match", tag)
        .send()
        .await
        .expect("an answer");
    assert_eq!(again.status(), 304);

    assert!(
        document["openapi"]
            .as_str()
            .is_some_and(|text| text.starts_with("3.0"))
    );
    assert_eq!(document["servers"][0]["url"], format!("{PUBLIC_URL}{API}"));
    let info = &document["info"];
    assert_eq!(info["title"], "Example Department of Education");
    for name in ["version", "termsOfService", "x-imssf-privacyPolicyUrl"] {
        assert!(info[name].is_string(), "{name}");
    }
    let scheme = &document["components"]["securitySchemes"]["OAuth2ACG"];
    assert_eq!(scheme["type"], "oauth2");
    let flow = &scheme["flows"]["authorizationCode"];
    for (place, address) in [
        (&scheme["x-imssf-registrationUrl"], "/oauth/register"),
        (&flow["authorizationUrl"], "/oauth/authorize"),
        (&flow["tokenUrl"], "/oauth/token"),
        (&flow["refreshUrl"], "/oauth/token"),
    ] {
        assert_eq!(place, &format!("{PUBLIC_URL}{address}"));
    }
    let scopes: BTreeSet<&str> = flow["scopes"]
        .as_object()
        .expect("scopes")
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(scopes, ALL.split(' ').collect());
    // The five operations are the document's, and each has a line in the route table.
    let routed: BTreeSet<String> = issuer::http::routes()
        .iter()
        .filter_map(|route| {
            let path = route.path.strip_prefix(API)?;
            Some(format!("{} {path}", route.method.as_str().to_lowercase()))
        })
        .collect();
    let told: BTreeSet<String> = document["paths"]
        .as_object()
        .expect("paths")
        .iter()
        .flat_map(|(path, methods)| {
            let methods = methods.as_object().expect("methods").keys();
            methods.map(move |method| format!("{method} {path}"))
        })
        .collect();
    assert_eq!(told, routed);
    assert_eq!(told.len(), 5);
    // The addresses in it lead somewhere.
    for address in [&info["termsOfService"], &info["x-imssf-privacyPolicyUrl"]] {
        let address = address.as_str().expect("an address");
        assert_eq!(served.page(address).await.status(), 200);
    }
}

/// API-2, API-4, SEC-21, CH-7, CH-15: every secured operation asks for a token of the person with the
/// operation's own scope.
#[tokio::test]
async fn nothing_is_told_without_a_token() {
    let served = Served::new().await;
    let badge = served.badge();
    for (method, path) in [
        (Method::GET, "/credentials"),
        (Method::POST, "/credentials"),
        (Method::GET, "/profile"),
        (Method::PUT, "/profile"),
    ] {
        let request = served.request(method.clone(), &format!("{API}{path}"));
        let answer = request.send().await.expect("an answer");
        assert_eq!(header(&answer, "www-authenticate"), "Bearer");
        let told = status_info(answer).await;
        assert_eq!(told, (401, "unauthorizedrequest".to_owned()), "{path}");
    }
    // A token shows the badges of its person, and of nobody else.
    let application = Application::register(&served).await;
    let badges = async |name: &str| {
        let person = served.test.person(name, &[]);
        let token = application.access(&person, READ).await;
        let answer = application.get(&token, "/credentials").await;
        answer.text().await.expect("credentials")
    };
    assert!(badges("ada").await.contains(&badge.to_string()));
    assert_eq!(badges("bob").await, "{}");
}

/// API-5, API-6, API-7, API-8, API-9, API-10, API-11, API-12, API-28, CH-8, CH-9: badges come in parts,
/// each of which verifies; both forms are counted together, in one order.
#[tokio::test]
async fn badges_come_in_parts() {
    let served = host().await;
    let application = Application::register(&served).await;
    let ada = served.test.person("ada", &[]);
    let token = application.access(&ada, ALL).await;
    let others = [
        (
            badge("urn:uuid:1", "2025-01-01T00:00:00Z"),
            "application/json",
        ),
        (
            badge("urn:uuid:2", "2025-02-01T00:00:00Z"),
            "application/json",
        ),
        (token_of("urn:uuid:3"), "text/plain"),
        (token_of("urn:uuid:4"), "text/plain"),
    ];
    for (text, media_type) in others {
        let answer = application
            .bring(
                Method::POST,
                &token,
                "/credentials",
                media_type,
                text.clone(),
            )
            .await;
        assert_eq!(answer.status(), 201, "{text}");
    }
    let own = served.badge();
    let all = application.get(&token, "/credentials").await;
    assert_eq!(header(&all, "x-total-count"), "5");
    assert_eq!(header(&all, "link"), "");
    let all: Value = all.json().await.expect("JSON");
    let documents = all["credential"].as_array().expect("documents");
    assert_eq!(documents.len(), 3);
    assert_eq!(all["compactJwsString"].as_array().map(Vec::len), Some(2));
    assert!(
        documents
            .iter()
            .any(|document| { document["id"] == served.test.app.site.badge(own) })
    );
    for document in documents {
        let text = document.to_string();
        let report = match document["id"] == served.test.app.site.badge(own) {
            true => served.test.verify(text.as_bytes()),
            false => Web::read().verify(text.as_bytes(), &Default::default()),
        };
        assert_eq!(report.verdict(), verifier::Verdict::Verified, "{report:#?}");
    }

    // Part by part, by the links alone.
    let mut next = Some(format!("{PUBLIC_URL}{API}/credentials?limit=2"));
    let (mut parts, mut seen) = (Vec::new(), 0);
    while let Some(address) = next {
        let path = address.strip_prefix(&format!("{PUBLIC_URL}{API}"));
        let answer = application.get(&token, path.expect("ours")).await;
        assert_eq!(header(&answer, "x-total-count"), "5");
        let links = header(&answer, "link").to_owned();
        let link = |relation: &str| {
            let found = links
                .split(", ")
                .find(|one| one.ends_with(&format!("rel=\"{relation}\"")));
            found.map(|one| one[1..one.find('>').expect("its end")].to_owned())
        };
        assert!(
            link("first")
                .expect("a first")
                .ends_with("limit=2&offset=0")
        );
        assert!(link("last").expect("a last").ends_with("limit=2&offset=4"));
        assert_eq!(link("prev").is_some(), seen > 0);
        next = link("next");
        let part: Value = answer.json().await.expect("JSON");
        let count = |name: &str| part[name].as_array().map_or(0, Vec::len);
        seen += count("credential") + count("compactJwsString");
        assert_eq!(next.is_some(), seen < 5);
        parts.push(part);
    }
    assert_eq!((seen, parts.len()), (5, 3));
    let joined = |name: &str| -> BTreeSet<String> {
        let lists = parts.iter().filter_map(|part| part[name].as_array());
        lists.flatten().map(Value::to_string).collect()
    };
    for name in ["credential", "compactJwsString"] {
        let whole = all[name].as_array().expect("a list").iter();
        assert_eq!(joined(name), whole.map(Value::to_string).collect());
    }

    // Those issued after a time; the parameters come again in the links.
    let since = "/credentials?since=2026-11-22T11:59:59Z&limit=1&unknown=1";
    let answer = application.get(&token, since).await;
    let total: usize = header(&answer, "x-total-count").parse().expect("a number");
    assert!((1..5).contains(&total), "{total}");
    let later = application
        .get(&token, "/credentials?since=2030-01-01T00:00:00Z")
        .await;
    assert_eq!(header(&later, "x-total-count"), "0");
    assert_eq!(later.text().await.expect("JSON"), "{}");
    let beyond = application
        .get(&token, "/credentials?offset=100&limit=3")
        .await;
    assert!(header(&beyond, "link").contains("rel=\"prev\""));
    assert!(!header(&beyond, "link").contains("rel=\"next\""));
    let since = application
        .get(&token, "/credentials?limit=1&since=2001-01-01T00:00:00Z")
        .await;
    assert!(header(&since, "link").contains("since=2001-01-01T00%3A00%3A00Z"));
    for wrong in [
        "limit=0",
        "limit=-1",
        "limit=x",
        "limit=",
        "limit=2147483648",
        "limit=1&limit=2",
        "limit=1.5",
        "offset=-1",
        "offset=x",
        "since=yesterday",
        "since=2026-13-01T00:00:00Z",
    ] {
        let answer = application
            .get(&token, &format!("/credentials?{wrong}"))
            .await;
        let told = status_info(answer).await;
        assert_eq!(told, (400, "invalid_query_parameter".to_owned()), "{wrong}");
    }
}

/// API-13, API-14, API-17, CH-13: a badge that an application brings comes back as it was, in its form and
/// byte for byte.
#[tokio::test]
async fn what_was_brought_comes_back_unchanged() {
    let served = host().await;
    let application = Application::register(&served).await;
    let ada = served.test.person("ada", &[]);
    let token = application.access(&ada, &format!("{READ} {UPSERT}")).await;
    let table = [
        ("did-key.json", "application/json"),
        ("did-web.json", "application/vc+ld+json"),
        ("https-issuer-p384.json", "application/json"),
        ("did-jwk-es256.jwt", "text/plain"),
    ];
    for (name, kind) in table {
        let presented = web::presented(&format!("verified/{name}"));
        let answer = application
            .bring(
                Method::POST,
                &token,
                "/credentials",
                kind,
                presented.clone(),
            )
            .await;
        assert_eq!(answer.status(), 201, "{name}");
        assert_eq!(media_type(&answer), kind);
        assert_eq!(answer.bytes().await.expect("a body"), presented);
        let again = application
            .bring(Method::POST, &token, "/credentials", kind, presented)
            .await;
        assert_eq!(again.status(), 200, "{name}");
    }
    let all = application.get(&token, "/credentials").await;
    let all = all.text().await.expect("JSON");
    for (name, _) in table {
        let presented = web::presented(&format!("verified/{name}"));
        let text = String::from_utf8(presented).expect("text");
        assert!(all.contains(text.trim()), "{name}");
    }
    assert_eq!(served.test.records(b"hosted/"), 4);
    assert_eq!(served.test.records(b"hosted-of/"), 4);
}

/// API-15, EQ-1, EQ-2, EQ-3: a badge is the same by the identifiers of issuer and credential, and a newer edition takes
/// its place.
#[tokio::test]
async fn a_newer_edition_takes_the_place_of_an_older_one() {
    let served = host().await;
    let application = Application::register(&served).await;
    let ada = served.test.person("ada", &[]);
    let token = application.access(&ada, &format!("{READ} {UPSERT}")).await;
    let bring = async |text: String| {
        let answer = application
            .bring(
                Method::POST,
                &token,
                "/credentials",
                "application/json",
                text,
            )
            .await;
        answer.status().as_u16()
    };
    let id = "https://school.example/badges/1";
    let first = badge(id, "2025-01-01T00:00:00Z");
    let newer = badge(id, "2025-06-01T00:00:00Z");
    assert_eq!(bring(first.clone()).await, 201);
    assert_eq!(bring(newer.clone()).await, 200);
    assert_eq!(bring(newer.clone()).await, 200);
    // Older ones change nothing.
    assert_eq!(bring(first).await, 304);
    let all = application.get(&token, "/credentials").await;
    assert_eq!(header(&all, "x-total-count"), "1");
    assert!(all.text().await.expect("JSON").contains(&newer));
    assert_eq!(
        bring(badge(
            "https://school.example/badges/2",
            "2025-01-01T00:00:00Z"
        ))
        .await,
        201
    );
}

/// API-15: a badge that was issued here is there once, as it is now, whoever brings it back.
#[tokio::test]
async fn a_badge_of_our_own_is_not_kept_twice() {
    let served = Served::new().await;
    let issued = served.test.issued();
    let application = Application::register(&served).await;
    let ada = served.test.person("ada", &[]);
    let token = application.access(&ada, &format!("{READ} {UPSERT}")).await;
    for (text, kind) in [
        (issued.json(), "application/json"),
        (issued.jwt(), "text/plain"),
    ] {
        let answer = application
            .bring(Method::POST, &token, "/credentials", kind, text.to_owned())
            .await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.text().await.expect("a body"), text);
    }
    let all = application.get(&token, "/credentials").await;
    assert_eq!(header(&all, "x-total-count"), "1");
    assert_eq!(served.test.records(b"hosted/"), 0);
}

/// API-16, API-18, ERR-3: what does not verify is not taken, and says so as the standard has it; what has
/// expired or was revoked is kept with that beside it.
#[tokio::test]
async fn what_does_not_verify_is_not_taken() {
    let served = host().await;
    let application = Application::register(&served).await;
    let ada = served.test.person("ada", &[]);
    let token = application.access(&ada, &format!("{READ} {UPSERT}")).await;
    let bring = async |media_type: &str, body: Vec<u8>| {
        application
            .bring(Method::POST, &token, "/credentials", media_type, body)
            .await
    };
    let mut edited = String::from_utf8(web::presented("verified/did-key.json")).expect("text");
    edited = edited.replacen("\"name\":", "\"name\": \"x\", \"description\":", 1);
    for (media_type, body) in [
        ("application/json", edited.into_bytes()),
        ("application/json", b"{}".to_vec()),
        ("application/json", b"not JSON".to_vec()),
        ("application/json", Vec::new()),
        ("text/plain", b"a.b.c".to_vec()),
        ("text/plain", web::presented("verified/did-key.json")),
        ("application/json", web::presented("verified/did-key.jwt")),
        (
            "application/json",
            web::presented("verified/endorsement.json"),
        ),
    ] {
        let told = status_info(bring(media_type, body).await).await;
        assert_eq!(told, (422, "invalid_data".to_owned()));
    }
    let other = bring("image/png", web::presented("verified/baked-json.png")).await;
    assert_eq!(status_info(other).await, (415, "invalid_data".to_owned()));
    let large = bring("application/json", vec![b' '; 2_000_000]).await;
    assert_eq!(status_info(large).await, (413, "invalid_data".to_owned()));
    assert_eq!(served.test.records(b"hosted/"), 0);

    for (fixture, word, name) in [
        (
            "refused/time.expired/last-year.json",
            "Does not count",
            "bob",
        ),
        (
            "refused/status.revoked/revoked.json",
            "Does not count",
            "carol",
        ),
        (
            "undetermined/status.unreachable/list-offline.json",
            "Unverified",
            "dora",
        ),
    ] {
        let body = web::presented(fixture);
        // All fixtures are one badge in many states: each is brought by somebody else.
        let person = served.test.person(name, &[]);
        let token = application.access(&person, UPSERT).await;
        let answer = application
            .bring(
                Method::POST,
                &token,
                "/credentials",
                "application/json",
                body,
            )
            .await;
        assert_eq!(answer.status(), 201, "{fixture}");
        let page = Browser::of(&served, &person).get("/my/collection").await;
        let page = page.text().await.expect("a page");
        assert!(page.contains(word), "{fixture}");
    }
}

/// API-19, API-20, CH-10: the profile is that of the account, until an application writes another; then it
/// is that one, to the letter.
#[tokio::test]
async fn the_profile_is_read() {
    let served = Served::new().await;
    let application = Application::register(&served).await;
    let ada = served.test.person("ada", &[]);
    let token = application
        .access(&ada, &format!("{PROFILE} {UPDATE}"))
        .await;
    let told: Value = application
        .get(&token, "/profile")
        .await
        .json()
        .await
        .expect("JSON");
    assert_eq!(told["type"], json!(["Profile"]));
    assert_eq!(told["email"], "ada@example.org");
    let id = told["id"].as_str().expect("an id");
    assert!(id.starts_with("urn:uuid:"), "{id}");
    assert!(!told.to_string().contains(&ada.id.to_string()));

    let wanted = json!({
        "id": "https://1edtech.org/issuers/cert",
        "type": ["Profile"],
        "name": "Certification",
        "url": "https://1edtech.org",
    });
    let answer = application
        .bring(
            Method::PUT,
            &token,
            "/profile",
            "application/json",
            wanted.to_string(),
        )
        .await;
    assert_eq!(answer.status(), 200);
    let told: Value = application
        .get(&token, "/profile")
        .await
        .json()
        .await
        .expect("JSON");
    assert_eq!(told, wanted);
    // The account is not touched, and the person sees what was written and takes it away.
    let browser = Browser::of(&served, &ada);
    let page = browser.get("/account").await.text().await.expect("a page");
    assert!(!page.contains("Certification"));
    let page = browser.get("/account/applications").await;
    assert!(page.text().await.expect("a page").contains("Certification"));
    browser
        .post("/account/applications/profile/remove", &[("x", "y")])
        .await;
    let told: Value = application
        .get(&token, "/profile")
        .await
        .json()
        .await
        .expect("JSON");
    assert_eq!(told["name"], "ada");
}

/// API-21, API-22, API-23: a whole profile is put, and one that cannot be taken changes nothing.
#[tokio::test]
async fn the_profile_is_put() {
    let served = Served::new().await;
    let application = Application::register(&served).await;
    let ada = served.test.person("ada", &[]);
    let token = application.access(&ada, UPDATE).await;
    let put = async |body: String| {
        application
            .bring(Method::PUT, &token, "/profile", "application/json", body)
            .await
    };
    let good = json!({ "id": "urn:uuid:1", "type": ["Profile"] });
    let answer = put(good.to_string()).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(media_type(&answer), "application/json");
    assert_eq!(answer.text().await.expect("a body"), good.to_string());
    for wrong in [
        json!({}).to_string(),
        json!([]).to_string(),
        json!({ "id": "urn:uuid:1" }).to_string(),
        json!({ "type": ["Profile"] }).to_string(),
        json!({ "id": 1, "type": ["Profile"] }).to_string(),
        json!({ "id": "urn:uuid:1", "type": ["Person"] }).to_string(),
        json!({ "id": "urn:uuid:1", "type": ["Profile"], "email": 1 }).to_string(),
        "{\"id\": \"a:b\", \"id\": \"c:d\", \"type\": [\"Profile\"]}".to_owned(),
        "no JSON".to_owned(),
        String::new(),
    ] {
        let told = status_info(put(wrong.clone()).await).await;
        assert_eq!(told, (422, "invalid_data".to_owned()), "{wrong}");
    }
    let large = json!({ "id": "urn:uuid:1", "type": ["Profile"], "name": "a".repeat(60_000) });
    assert_eq!(status_info(put(large.to_string()).await).await.0, 413);
    let held = profile::of(&served.test.app, &ada).expect("a profile");
    assert_eq!(held, good.to_string());
}

/// API-3, API-27, API-29, ERR-1, ERR-2, ERR-4: every error is a status info, and another method is
/// told which are answered.
#[tokio::test]
async fn every_error_is_a_status_info() {
    let served = Served::new().await;
    let application = Application::register(&served).await;
    let ada = served.test.person("ada", &[]);
    let token = application.access(&ada, ALL).await;
    for (path, answered) in [
        ("/credentials", vec!["GET", "HEAD", "POST"]),
        ("/profile", vec!["GET", "HEAD", "PUT"]),
        ("/discovery", vec!["GET", "HEAD"]),
    ] {
        for method in ["POST", "PUT", "PATCH", "DELETE", "TRACE"] {
            if answered.contains(&method) {
                continue;
            }
            let method = Method::from_bytes(method.as_bytes()).expect("a method");
            let answer = application
                .bring(method.clone(), &token, path, "application/json", "{}")
                .await;
            let allow = header(&answer, "allow").to_owned();
            let told = status_info(answer).await;
            assert_eq!(told, (405, "not_allowed".to_owned()), "{method} {path}");
            for known in &answered {
                assert!(allow.contains(known), "{method} {path}: {allow}");
            }
        }
    }
    let nothing = application.get(&token, "/nothing").await;
    assert_eq!(status_info(nothing).await, (404, "not_found".to_owned()));
    // A browser that asks for pages is told the same.
    let request = served.request(Method::GET, &format!("{API}/credentials"));
    let answer = request
        .header("accept", crate::served::BROWSER)
        .send()
        .await;
    assert_eq!(status_info(answer.expect("an answer")).await.0, 401);
}

/// API-26: whoever calls too often is told when to come again.
#[tokio::test]
async fn whoever_calls_too_often_is_told_when_to_come_again() {
    let few = RequestRate {
        at_once: 5,
        a_second: 1,
    };
    let limits = EdgeLimits {
        person: few,
        ..LIMITS
    };
    let served = Served::with_limits(limits).await;
    let application = Application::register(&served).await;
    let ada = served.test.person("ada", &[]);
    let token = application.access(&ada, PROFILE).await;
    let mut busy = None;
    for _ in 0..6 {
        let answer = application.get(&token, "/profile").await;
        if answer.status() == 429 {
            assert!(!header(&answer, "retry-after").is_empty());
            busy = Some(status_info(answer).await);
        }
    }
    assert_eq!(busy, Some((429, "server_busy".to_owned())));
}

/// API-30: nothing is in an answer that the standard does not have.
#[tokio::test]
async fn answers_have_no_members_of_our_own() {
    let served = Served::new().await;
    served.badge();
    let application = Application::register(&served).await;
    let ada = served.test.person("ada", &[]);
    let token = application.access(&ada, ALL).await;
    let credentials: Value = application
        .get(&token, "/credentials")
        .await
        .json()
        .await
        .expect("JSON");
    let names: Vec<&String> = credentials.as_object().expect("an object").keys().collect();
    assert_eq!(names, ["credential"], "an array without badges is left out");
    let error: Value = application
        .get("nothing", "/credentials")
        .await
        .json()
        .await
        .expect("JSON");
    let names: Vec<&String> = error.as_object().expect("an object").keys().collect();
    assert_eq!(
        names,
        [
            "imsx_codeMajor",
            "imsx_severity",
            "imsx_description",
            "imsx_codeMinor"
        ]
    );
}
