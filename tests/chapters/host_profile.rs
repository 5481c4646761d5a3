//! The profile that a person puts at another host: what they wrote for it, when they ask for it.

use issuer::erasure;
use issuer::event::Actor;
use issuer::retention;
use reqwest::Response;
use serde_json::{Value, json};
use url::Url;

use super::host_between::{HUB, Two, describing, goes, told_by};
use crate::application::value;
use crate::browser::{Browser, COOKIE};
use crate::served::{Served, header};

/// The identifier that the certification asks for.
const CERTIFICATION: &str = "https://1edtech.org/issuers/cert";

/// What Ada fills in.
const ADAS: [(&str, &str); 5] = [
    ("address", HUB),
    ("profile", "put"),
    ("id", CERTIFICATION),
    ("name", "Ada Lovelace"),
    ("email", "ada@home.example"),
];

async fn text(answer: Response) -> String {
    answer.text().await.expect("a page")
}

/// CI-6: a profile is put at another host by the way of the standard, with the identifier that the
/// certification asks for, and with what its person filled in and nothing else.
#[tokio::test]
async fn a_profile_is_put_at_another_host_as_its_person_wrote_it() {
    let two = Two::meet().await;
    let ada = two.here.test.person("ada", &[]);
    let form = text(
        Browser::of(&two.here, &ada)
            .get("/my/hosts?profile=put")
            .await,
    )
    .await;
    assert!(form.contains("value=\"ada\""), "{form}");
    assert!(
        !form.contains("ada@example.org"),
        "an address is its person's to add: {form}"
    );

    let wanted = [
        ("profile", "put"),
        ("id", CERTIFICATION),
        ("name", "Certification"),
        ("email", ""),
        ("url", "https://1edtech.org/"),
    ];
    let page = goes(&two.here, &two.there, &wanted).await;
    assert!(page.contains("Your profile is at"), "{page}");
    assert!(page.contains("as you wrote it"), "{page}");
    assert_eq!(
        profile_there(&two.there).await,
        json!({
            "id": CERTIFICATION,
            "type": ["Profile"],
            "name": "Certification",
            "url": "https://1edtech.org/",
        })
    );
    let called = two.world.called.lock().expect("no panic").clone();
    let of_the_api: Vec<&str> = called
        .iter()
        .filter_map(|call| Some(call.split_once(&format!("{HUB}/ims/ob/v3p0"))?.0))
        .collect();
    assert_eq!(of_the_api, ["GET ", "PUT "], "{called:?}");
    assert_eq!(two.there.test.records(b"hosted/"), 0);

    // Again, with everything and under the identifier that applications see here.
    let again = [
        ("profile", "put"),
        ("id", "urn:uuid:6a0e7d3a-7a0f-8b0e-9a52-5c7ad1a5e0c1"),
        ("name", "Ada Lovelace"),
        ("email", "Ada@Home.example"),
        ("url", ""),
    ];
    goes(&two.here, &two.there, &again).await;
    let there = profile_there(&two.there).await;
    assert_eq!(there["name"], "Ada Lovelace");
    assert_eq!(there["email"], "ada@home.example");
    assert_eq!(there["url"], Value::Null, "the whole profile is replaced");
}

/// What applications see of Ada at a service.
async fn profile_there(served: &Served) -> Value {
    let ada = served.test.person("ada", &[]);
    let held = issuer::hosted::profile::of(&served.test.app, &ada).expect("a profile");
    serde_json::from_str(&held).expect("JSON")
}

/// Nothing of a person goes anywhere unasked: not with a badge that is sent, not when badges are brought, and
/// not before the person has seen it and said yes there.
#[tokio::test]
async fn no_profile_is_put_that_nobody_asked_for() {
    let two = Two::meet().await;
    let issued = two.here.test.issued();
    goes(
        &two.here,
        &two.there,
        &[("own", &issued.badge().to_string())],
    )
    .await;
    goes(&two.here, &two.there, &[]).await;
    let ada = two.here.test.person("ada", &[]);
    let browser = Browser::of(&two.here, &ada);
    assert_eq!(browser.post("/my/hosts", &ADAS).await.status(), 303);
    let page = text(browser.get("/my/hosts/go").await).await;
    for shown in ["Ada Lovelace", "ada@home.example", CERTIFICATION] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    assert!(way(&page).contains(
        "scope=https%3A%2F%2Fpurl.imsglobal.org%2Fspec%2Fob%2Fv3p0%2Fscope%2Fprofile.update&"
    ));

    // Somebody else sits down at the same browser.
    let eve = two.here.test.person("eve", &[]);
    let other = Browser::of(&two.here, &eve);
    let session = format!("{COOKIE}=");
    let cookies = browser.cookie().expect("cookies");
    for cookie in cookies.split("; ") {
        if !cookie.starts_with(&session) {
            other.keep(cookie);
        }
    }
    let seen = other.get("/my/hosts/go").await;
    assert_eq!(seen.status(), 404);
    assert!(!text(seen).await.contains("ada@home.example"));

    let state = value(&Url::parse(&way(&page)).expect("an address"), "state");
    let no = format!(
        "/my/hosts/return?error=access_denied&state={}",
        state.expect("a state")
    );
    assert_eq!(browser.get(&no).await.status(), 403);
    let called = two.world.called.lock().expect("no panic").clone();
    assert!(
        !called.iter().any(|call| call.starts_with("PUT ")),
        "{called:?}"
    );
    assert_eq!(profile_there(&two.there).await["name"], "ada");
}

/// What somebody typed for another host and then left is gone within the hour, and not while it may be finished.
#[tokio::test]
async fn a_profile_that_nobody_went_on_with_is_forgotten() {
    let two = Two::meet().await;
    let test = &two.here.test;
    let ada = test.person("ada", &[]);
    let begun = Browser::of(&two.here, &ada);
    assert_eq!(begun.post("/my/hosts", &ADAS).await.status(), 303);
    for (seconds, left) in [(599, 1), (600, 0)] {
        let later = test.now.plus_seconds(seconds);
        retention::look_after(&test.app, later).expect("the store");
        assert_eq!(test.records(b"attempt/"), left, "{seconds} s");
    }
    assert_eq!(begun.get("/my/hosts/go").await.status(), 400);
}

/// It goes with its person as well, and what somebody else has begun stays.
#[tokio::test]
async fn a_profile_that_nobody_went_on_with_goes_with_its_person() {
    let two = Two::meet().await;
    let test = &two.here.test;
    let (ada, bert) = (test.person("ada", &[]), test.person("bert", &[]));
    for (person, email) in [(&ada, "ada@home.example"), (&bert, "bert@home.example")] {
        let fields = [
            ("address", HUB),
            ("profile", "put"),
            ("id", CERTIFICATION),
            ("email", email),
        ];
        let begun = Browser::of(&two.here, person);
        assert_eq!(begun.post("/my/hosts", &fields).await.status(), 303);
    }
    let begun = || {
        let engine = test.app.store.engine();
        let attempts = engine.scan(b"attempt/", b"", 10).expect("the store");
        let texts = attempts
            .iter()
            .map(|(_, value)| String::from_utf8_lossy(value).into_owned());
        texts.collect::<Vec<String>>()
    };
    assert_eq!(begun().len(), 2);
    erasure::erase(&test.app, Actor::Service, ada.id, test.now).expect("the erasure");
    let left = begun();
    assert_eq!(left.len(), 1);
    assert!(left[0].contains("bert@home.example"), "{left:?}");
}

/// The address of the other host to which a page leads.
fn way(page: &str) -> String {
    let found = page
        .split("href=\"")
        .find(|part| part.contains("/authorize?"));
    let way = found.and_then(|part| part.split('"').next());
    let way = way.expect("a way");
    way.replace("&amp;", "&").replace("&#38;", "&")
}

/// What cannot be a profile is told beside the form, and no host is asked.
#[tokio::test]
async fn what_is_no_profile_stays_on_the_form() {
    let two = Two::meet().await;
    let ada = two.here.test.person("ada", &[]);
    let browser = Browser::of(&two.here, &ada);
    let long = format!("https://example.org/{}", "a".repeat(500));
    for (field, typed) in [
        ("id", ""),
        ("id", "me"),
        ("id", "https://example.org/a b"),
        ("id", long.as_str()),
        ("name", "a\u{7}b"),
        ("name", &long.repeat(5)),
        ("email", "no address"),
        ("url", "javascript:alert(1)"),
        ("url", "example.org"),
    ] {
        let mut fields = vec![("address", HUB), ("profile", "put")];
        for (name, good) in [
            ("id", CERTIFICATION),
            ("name", "Ada"),
            ("email", "ada@home.example"),
            ("url", "https://home.example/ada"),
        ] {
            fields.push((name, if name == field { typed } else { good }));
        }
        let answer = browser.post("/my/hosts", &fields).await;
        assert_eq!(answer.status(), 200, "{field}: {typed}");
        let page = text(answer).await;
        assert!(page.contains("role=\"alert\""), "{field}: {typed}");
        assert!(page.contains("Put your profile at another host"), "{page}");
        let kept = if field == "id" {
            "ada@home.example"
        } else {
            CERTIFICATION
        };
        assert!(page.contains(kept), "what was typed is kept: {page}");
    }
    assert_eq!(two.world.called.lock().expect("no panic").len(), 0);
    assert_eq!(two.here.test.records(b"other-host/"), 0);
}

/// What a host answers is held against what was sent, and an answer of another kind is none.
#[tokio::test]
async fn the_answer_of_the_host_is_held_against_what_was_sent() {
    let sent = json!({ "id": CERTIFICATION, "type": ["Profile"], "name": "Ada" });
    let with = |member: &str, value: Value| {
        let mut told = sent.clone();
        told[member] = value;
        told
    };
    for (status, answer, expected, page) in [
        (200, sent.clone(), 200, "as you wrote it"),
        (201, with("type", json!("Profile")), 200, "as you wrote it"),
        (200, with("@context", json!([])), 200, "as you wrote it"),
        (200, with("name", json!("Eve")), 200, "<li>Name</li>"),
        (
            200,
            with("email", json!("a@b.example")),
            200,
            "<li>E-mail address</li>",
        ),
        (
            200,
            with("id", json!("urn:uuid:1")),
            200,
            "<li>Identifier</li>",
        ),
        (
            202,
            json!({ "imsx_codeMajor": "processing" }),
            200,
            "shows it later",
        ),
        (200, json!({ "name": "Ada" }), 422, "it is no profile"),
        (200, json!([]), 422, "it is no profile"),
        (204, json!({}), 422, "status 204"),
        (304, json!({}), 422, "status 304"),
        (
            400,
            json!({ "imsx_description": "No \u{7}thanks." }),
            403,
            "No thanks.",
        ),
        (500, json!({}), 403, "status 500"),
    ] {
        let (served, rogue) = told_by(vec![
            ("/discovery", 200, describing(|_| {})),
            (
                "/register",
                201,
                json!({ "client_id": "x", "client_secret": "y" }),
            ),
            (
                "/token",
                200,
                json!({ "access_token": "t", "token_type": "bearer" }),
            ),
            ("/profile", status, answer.clone()),
        ])
        .await;
        let ada = served.test.person("ada", &[]);
        let browser = Browser::of(&served, &ada);
        let fields = [
            ("address", "rogue.example"),
            ("profile", "put"),
            ("id", CERTIFICATION),
            ("name", "Ada"),
        ];
        let begun = browser.post("/my/hosts", &fields).await;
        assert_eq!(header(&begun, "location"), "/my/hosts/go");
        let going = text(browser.get("/my/hosts/go").await).await;
        let state = value(&Url::parse(&way(&going)).expect("an address"), "state");
        let back = format!("/my/hosts/return?code=c&state={}", state.expect("a state"));
        let done = browser.get(&back).await;
        assert_eq!(done.status(), expected, "{status} {answer}");
        let shown = text(done).await;
        assert!(shown.contains(page), "{status} {answer}: {shown}");
        let asked = rogue.asked.lock().expect("no panic").len();
        assert_eq!(asked, 4, "it is asked once for each");
    }
}
