//! Badges that people bring as files and by address, and take away again.

use std::sync::Arc;

use issuer::hosted::{self, BADGES, Examined, Kept, Outcome, Source};
use issuer::merge;
use issuer::person::Person;
use reqwest::{Method, Response};
use serde_json::json;
use verifier::Policy;

use super::accounts_merge::proof;
use crate::application::{ALL, Application};
use crate::browser::Browser;
use crate::forge::{self, Key};
use crate::forms::World;
use crate::served::{Served, header, media_type};
use crate::web::{self, Web};

async fn host(web: Web) -> Served {
    Served::in_world(Arc::new(World::of(web))).await
}

/// Sends the form of the page with this file.
async fn brings(browser: &Browser<'_>, origin: &str, file: &[u8]) -> Response {
    let boundary = "a-boundary-of-our-own";
    let mut body = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"b\"\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(file);
    body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    browser
        .request(Method::POST, "/my/collection")
        .header("origin", origin)
        .header(
            "content-type",
            format!("multipart/form-data; boundary={boundary}"),
        )
        .body(body)
        .send()
        .await
        .expect("an answer")
}

fn first_of(list: &str) -> String {
    let path = list
        .split("href=\"/my/collection/")
        .nth(1)
        .expect("a badge");
    path.split('"').next().expect("an id").to_owned()
}

/// CH-1, CH-16: a badge is brought as JSON, JWT, PNG, SVG and by its address, verified, shown, and handed
/// out again without loss.
#[tokio::test]
async fn badges_in_every_form_are_brought_and_handed_out_as_they_came() {
    let mut world = Web::read();
    world.serve(
        "https://elsewhere.example/badge",
        web::presented("verified/did-key.json"),
    );
    let served = host(world).await;
    for (number, name) in [
        "did-key.json",
        "did-key.jwt",
        "baked-json.png",
        "baked-jwt.png",
        "baked-json.svg",
        "baked-token.svg",
    ]
    .iter()
    .enumerate()
    {
        let person = served.test.person(&format!("p{number}"), &[]);
        let browser = Browser::of(&served, &person);
        let presented = web::presented(&format!("verified/{name}"));
        let done = brings(&browser, &served.public_url, &presented).await;
        assert_eq!(
            header(&done, "location"),
            "/my/collection?done=added",
            "{name}"
        );
        let list = browser.get("/my/collection?done=added").await;
        let list = list.text().await.expect("a page");
        assert!(list.contains("Verified"), "{name}: {list}");
        let id = first_of(&list);
        let page = browser.get(&format!("/my/collection/{id}")).await;
        let page = page.text().await.expect("a page");
        assert!(page.contains("Example School District"), "{name}");
        let file = browser.get(&format!("/my/collection/{id}/badge")).await;
        assert!(header(&file, "content-disposition").starts_with("attachment"));
        let text = file.text().await.expect("a badge");
        let report = Web::read().verify(text.as_bytes(), &Policy::default());
        assert_eq!(report.verdict(), verifier::Verdict::Verified, "{name}");
        let picture = browser.get(&format!("/my/collection/{id}/picture")).await;
        match name.rsplit_once('.') {
            Some((_, "png" | "svg")) => {
                assert!(media_type(&picture).starts_with("image/"));
                assert_eq!(picture.bytes().await.expect("a picture"), presented);
            }
            _ => {
                assert_eq!(picture.status(), 404);
                let presented = String::from_utf8(presented).expect("text");
                assert_eq!(text, presented.trim(), "{name}");
            }
        }
    }
    let ada = served.test.person("ada", &[]);
    let browser = Browser::of(&served, &ada);
    for typed in [
        "https://elsewhere.example/badge".to_owned(),
        String::from_utf8(web::presented("verified/did-key.jwt")).expect("text"),
    ] {
        let done = browser.post("/my/collection", &[("badge", &typed)]).await;
        assert_eq!(done.status(), 303, "{typed}");
    }
    // One badge, in whichever form it came last.
    assert_eq!(served.test.records(b"hosted-of/"), 7);
}

/// What is no badge is refused on the form, with what was typed kept.
#[tokio::test]
async fn what_is_no_badge_is_refused_on_the_form() {
    let served = host(Web::read()).await;
    let ada = served.test.person("ada", &[]);
    let browser = Browser::of(&served, &ada);
    for typed in [
        "",
        "not a badge",
        "{}",
        "https://nobody.example/badge",
        "https://127.0.0.1/badge",
        "a.b.c",
    ] {
        let answer = browser.post("/my/collection", &[("badge", typed)]).await;
        assert_eq!(answer.status(), 200, "{typed}");
        let page = answer.text().await.expect("a page");
        assert!(page.contains("role=\"alert\""), "{typed}");
        assert!(page.contains(&typed.replace('"', "&#34;")), "{typed}");
    }
    for name in [
        "verified/endorsement.json",
        "refused/signature.invalid",
        "verified/open-badges-2-hosted.json",
    ] {
        let place = web::fixtures().join("presented").join(name);
        let files = match place.is_dir() {
            true => web::files(&place),
            false => vec![place],
        };
        for file in files.iter().filter(|file| file.exists()) {
            let presented = std::fs::read(file).expect("a fixture");
            let answer = brings(&browser, &served.public_url, &presented).await;
            assert_eq!(answer.status(), 200, "{}", file.display());
        }
    }
    assert_eq!(served.test.records(b"hosted"), 0);
    let huge = brings(&browser, &served.public_url, &vec![b'x'; 3_000_000]).await;
    assert_eq!(huge.status(), 200);
    assert!(
        huge.text()
            .await
            .expect("a page")
            .contains("at most 2097152 bytes")
    );
}

/// What was brought is its person's alone, and gone when they remove it.
#[tokio::test]
async fn a_badge_that_was_brought_is_its_persons_alone() {
    let served = host(Web::read()).await;
    let ada = served.test.person("ada", &[]);
    let browser = Browser::of(&served, &ada);
    let presented = web::presented("verified/baked-json.png");
    brings(&browser, &served.public_url, &presented).await;
    let list = browser
        .get("/my/collection")
        .await
        .text()
        .await
        .expect("a page");
    let id = first_of(&list);
    let eve = served.test.person("eve", &[]);
    let eve = Browser::of(&served, &eve);
    for path in ["", "/badge", "/picture"] {
        let path = format!("/my/collection/{id}{path}");
        assert_eq!(eve.get(&path).await.status(), 404, "{path}");
        assert_eq!(Browser::new(&served).get(&path).await.status(), 303);
        assert_eq!(browser.get(&path).await.status(), 200, "{path}");
    }
    let remove = format!("/my/collection/{id}/remove");
    assert_eq!(eve.post(&remove, &[("x", "y")]).await.status(), 404);
    let again = format!("/my/collection/{id}/verify");
    assert_eq!(browser.post(&again, &[("x", "y")]).await.status(), 303);
    assert_eq!(browser.post(&remove, &[("x", "y")]).await.status(), 303);
    for prefix in ["hosted/", "hosted-of/", "hosted-same/", "hosted-part/"] {
        assert_eq!(served.test.records(prefix.as_bytes()), 0, "{prefix}");
    }
    let room = served.test.app.store.engine();
    let room = room.scan(b"hosted-room/", b"", 2).expect("the store");
    let room: serde_json::Value = serde_json::from_slice(&room[0].1).expect("JSON");
    assert_eq!((&room["badges"], &room["bytes"]), (&json!(0), &json!(0)));
}

fn badge(number: usize) -> (Vec<u8>, Examined) {
    let key = Key::School;
    let id = json!(format!("urn:uuid:{number}"));
    let document = forge::with(&forge::badge(&key.did()), "/id", id);
    let text = forge::signed(&document, &key.method(), key).to_string();
    let report = Web::read().verify(text.as_bytes(), &Policy::default());
    let examined = Examined::new(text.as_bytes(), &report).expect("a badge");
    (text.into_bytes(), examined)
}

/// Nobody fills the store: there is room for five hundred badges of a person, and for as many as are
/// brought at once in two browsers no more.
#[tokio::test(flavor = "multi_thread")]
async fn the_room_of_a_person_is_bounded() {
    let served = host(Web::read()).await;
    let test = &served.test;
    let ada = test.person("ada", &[]);
    let keep = |person: &Person, examined: &Examined| {
        hosted::keep(&test.app, person, examined, &Source::Person, test.now)
    };
    for number in 0..BADGES {
        keep(&ada, &badge(number).1).expect("room for it");
    }
    let (text, one_more) = badge(BADGES);
    let refused = keep(&ada, &one_more).expect_err("there is no room");
    assert_eq!(refused.code(), "hosted.full");
    let application = Application::register(&served).await;
    let token = application.access(&ada, ALL).await;
    let answer = application
        .bring(
            Method::POST,
            &token,
            "/credentials",
            "application/json",
            text,
        )
        .await;
    assert_eq!(answer.status(), 422);
    // What is there already is kept as it comes anew.
    keep(&ada, &badge(0).1).expect("it has its room");
    let all = application.get(&token, "/credentials?limit=1000").await;
    assert_eq!(header(&all, "x-total-count"), "500");
    assert!(header(&all, "link").contains("rel=\"next\""));

    // The same badge from eight browsers at once is one badge.
    let bob = test.person("bob", &[]);
    let (_, same) = badge(7);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| keep(&bob, &same).expect("it is kept"));
        }
    });
    assert_eq!(
        test.app
            .store
            .engine()
            .scan(b"hosted-of/", b"", 1_000)
            .expect("the store")
            .len(),
        501
    );
}

/// A newer edition that nobody can check does not take the place of one that was verified: whoever makes a
/// badge up under another's name could otherwise wipe it out.
#[tokio::test]
async fn what_cannot_be_checked_takes_the_place_of_nothing() {
    let served = host(Web::read()).await;
    let test = &served.test;
    let ada = test.person("ada", &[]);
    let good = web::presented("verified/did-web.json");
    let mut forged: serde_json::Value = serde_json::from_slice(&good).expect("JSON");
    forged["validFrom"] = json!("2026-11-01T00:00:00Z");
    let forged = forged.to_string().into_bytes();
    let nowhere = Web::serving([]);
    let taken = |presented: &[u8], web: &Web| {
        let (report, _) = web.verify_at(presented, &Policy::default(), web::now());
        let examined = Examined::new(presented, &report).expect("it may be good");
        hosted::keep(&test.app, &ada, &examined, &Source::Person, test.now).expect("an answer")
    };
    let Outcome::Added(id) = taken(&good, &Web::read()) else {
        panic!("it is new here");
    };
    assert_eq!(taken(&forged, &nowhere), Outcome::Older(id));
    assert_eq!(taken(&good, &nowhere), Outcome::Replaced(id));
    let (held, text) = hosted::view(&test.app, &ada, id).expect("hers");
    assert_eq!(held.found.verdict, Kept::Verified);
    assert_eq!(text.as_bytes(), good.trim_ascii());
}

/// Whoever joins two accounts has the badges of both, and what one allowed is not lost.
#[tokio::test]
async fn badges_and_grants_go_along_when_accounts_are_joined() {
    let served = host(Web::read()).await;
    let test = &served.test;
    let ada = test.person("ada", &[]);
    let other = test.person("ada-at-home", &[]);
    for (person, numbers) in [(&ada, [1, 2]), (&other, [2, 3])] {
        for number in numbers {
            let examined = badge(number).1;
            hosted::keep(&test.app, person, &examined, &Source::Person, test.now)
                .expect("room for it");
        }
    }
    let application = Application::register(&served).await;
    let token = application.access(&other, ALL).await;
    join(&served, &ada, &other);
    let answer = application.get(&token, "/credentials").await;
    assert_eq!(header(&answer, "x-total-count"), "3");
    let page = Browser::of(&served, &ada)
        .get("/account/applications")
        .await;
    assert!(
        page.text()
            .await
            .expect("a page")
            .contains("Example Wallet")
    );
}

fn join(served: &Served, person: &Person, other: &Person) {
    let test = &served.test;
    let secret = proof(test, person, other);
    merge::merge(&test.app, person, &secret, test.now).expect("one account");
}
