//! Two services that exchange the badges of one person, and hosts that do not do their part.

use std::collections::BTreeMap;
use std::future;
use std::sync::{Arc, Mutex};

use issuer::fetch::{Authorization, Call, CallAnswer, Calling, Fetch, Fetching, Wanted};
use issuer::hosted::{Kept, TextForm};
use issuer::id::HostedId;
use issuer::issuance;
use issuer::{badge, hosted};
use reqwest::Method;
use serde_json::{Value, json};
use url::Url;
use verifier::FetchFailure;

use crate::app::{PUBLIC_URL, TestApp};
use crate::application::value;
use crate::browser::Browser;
use crate::neighbours::Neighbours;
use crate::served::{Served, header};

pub const HUB: &str = "https://hub.example.net";

/// Two services, each at its own address, and Ada at both.
pub struct Two {
    pub here: Served,
    pub there: Served,
    pub world: Neighbours,
}

impl Two {
    pub async fn meet() -> Two {
        let world = Neighbours::new();
        let here = Served::neighbour(TestApp::new(), Arc::new(world.clone())).await;
        let there = Served::neighbour(TestApp::at(HUB), Arc::new(world.clone())).await;
        world.meet(PUBLIC_URL, here.address);
        world.meet(HUB, there.address);
        Two { here, there, world }
    }
}

/// Ada, at one service, goes to another, allows what is asked for, and comes back: the page that she sees.
pub async fn goes(from: &Served, to: &Served, wanted: &[(&str, &str)]) -> String {
    let ada = from.test.person("ada", &[]);
    let browser = Browser::of(from, &ada);
    let mut fields = vec![("address", to.public_url.as_str())];
    fields.extend(wanted);
    let begun = browser.post("/my/hosts", &fields).await;
    assert_eq!(
        begun.status(),
        303,
        "{}",
        begun.text().await.expect("a page")
    );
    assert_eq!(header(&begun, "location"), "/my/hosts/go");
    let page = browser.get("/my/hosts/go").await;
    let page = page.text().await.expect("a page");
    let way = page
        .split("href=\"")
        .find(|part| part.contains("/oauth/authorize"));
    let way = way.and_then(|part| part.split('"').next()).expect("a way");
    let way = way.replace("&amp;", "&").replace("&#38;", "&");

    let there = to.test.person("ada", &[]);
    let there = Browser::of(to, &there);
    let page = there.get(&way).await;
    assert_eq!(page.status(), 200);
    let page = page.text().await.expect("a page");
    let fields = filled_in(&page);
    let mut fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    fields.push(("answer", "allow"));
    let answer = there.post("/oauth/authorize", &fields).await;
    assert_eq!(answer.status(), 303);
    let back = header(&answer, "location").to_owned();
    assert!(back.starts_with(&format!("{}/my/hosts/return?", from.public_url)));
    let done = browser.get(&back).await;
    let status = done.status();
    let page = done.text().await.expect("a page");
    assert_eq!(status, 200, "{page}");
    // The answer was good once.
    assert_eq!(browser.get(&back).await.status(), 400);
    page
}

/// The fields of the form on a page, as a browser sends them.
fn filled_in(page: &str) -> BTreeMap<String, String> {
    let attribute = |tag: &str, name: &str| {
        let begins = tag.split(&format!("{name}=\"")).nth(1)?;
        let text = begins.split('"').next()?;
        let plain = [
            ("&#38;", "&"),
            ("&amp;", "&"),
            ("&#34;", "\""),
            ("&#39;", "'"),
        ];
        let decode = |text: String, (code, letter): &(&str, &str)| text.replace(code, letter);
        Some(plain.iter().fold(text.to_owned(), decode))
    };
    let tags = page.split("<input ").skip(1);
    tags.filter_map(|tag| {
        let tag = tag.split('>').next()?;
        Some((attribute(tag, "name")?, attribute(tag, "value")?))
    })
    .collect()
}

/// CH-2, CH-3, CH-4, CH-5, CH-6, SDD-6: a person brings her badges here from another host: by its description,
/// registration and code flow, each verified and shown, and what she is called there.
#[tokio::test]
async fn badges_are_brought_from_another_host() {
    let two = Two::meet().await;
    let issued = two.there.test.issued();
    let page = goes(&two.here, &two.there, &[]).await;
    assert!(page.contains("1 new here"), "{page}");
    assert!(page.contains("You are ada there"), "{page}");

    let ada = two.here.test.person("ada", &[]);
    let browser = Browser::of(&two.here, &ada);
    let list = browser.get("/my/collection").await;
    let list = list.text().await.expect("a page");
    assert!(list.contains("Wait Time"), "{list}");
    assert!(list.contains("Verified"), "{list}");
    let path = list
        .split("href=\"/my/collection/")
        .nth(1)
        .expect("a badge");
    let id = path.split('"').next().expect("an id");
    let file = browser.get(&format!("/my/collection/{id}/badge")).await;
    assert_eq!(header(&file, "content-type"), "application/json");
    assert_eq!(file.text().await.expect("the badge"), issued.json());

    // Once more: nothing is kept twice, and nobody registers twice.
    let page = goes(&two.here, &two.there, &[]).await;
    assert!(page.contains("0 new here"), "{page}");
    assert!(page.contains("1 were here already"), "{page}");
    assert_eq!(two.there.test.records(b"oauth-client/"), 1);
    assert_eq!(two.here.test.records(b"other-host/"), 1);
    // First of all the host was asked to describe itself.
    let called = two.world.called.lock().expect("no panic").clone();
    assert_eq!(called[0], format!("GET {HUB}/ims/ob/v3p0/discovery"));
    // No token is kept, here or in the log.
    for record in [b"other-host/".as_slice(), b"attempt/"] {
        let store = two.here.test.app.store.engine();
        for (_, value) in store.scan(record, b"", 100).expect("the store") {
            let text = String::from_utf8_lossy(&value).into_owned();
            assert!(!text.contains("assay-access_"), "{text}");
        }
    }
}

/// CI-4, CI-5: a badge that was issued here is sent to another host, which verifies it and keeps it as it
/// was signed; and back again, where it is known for our own.
#[tokio::test]
async fn badges_are_sent_to_another_host_and_back() {
    let two = Two::meet().await;
    let issued = two.here.test.issued();
    let id = issued.badge().to_string();
    let page = goes(&two.here, &two.there, &[("own", &id)]).await;
    assert!(page.contains("is at https://hub.example.net now"), "{page}");
    let test = &two.there.test;
    let ada = test.person("ada", &[]);
    let kept = kept_by(&two.there);
    assert_eq!(kept.len(), 1);
    let (held, text) = hosted::view(&test.app, &ada, kept[0]).expect("hers");
    assert_eq!(text, issued.json());
    assert_eq!(held.found.verdict, Kept::Verified);
    assert_eq!(held.form, TextForm::Json);

    // From there she sends it back here, where it is hers already.
    let page = goes(&two.there, &two.here, &[("hosted", &kept[0].to_string())]).await;
    assert!(
        page.contains("is at https://badges.example.org now"),
        "{page}"
    );
    assert_eq!(two.here.test.records(b"hosted/"), 0);
    // And her badges from both are here once they are brought.
    let submission = two.there.test.learner("ada").submits();
    let award = two.there.test.reviewer("grace").accepts(submission);
    issuance::issue(&two.there.test.app, award, two.there.test.now).expect("a badge");
    let page = goes(&two.here, &two.there, &[]).await;
    assert!(page.contains("1 new here"), "{page}");
    assert!(page.contains("1 were here already"), "{page}");
}

fn kept_by(served: &Served) -> Vec<HostedId> {
    let store = served.test.app.store.engine();
    let records = store.scan(b"hosted/", b"", 100).expect("the store");
    let id = |key: &[u8]| {
        let key = String::from_utf8_lossy(key).into_owned();
        key["hosted/".len()..].parse().expect("an id")
    };
    records.iter().map(|(key, _)| id(key)).collect()
}

/// A badge that is revoked at its host is brought as what it is: it does not count.
#[tokio::test]
async fn a_revoked_badge_is_brought_as_one_that_does_not_count() {
    let two = Two::meet().await;
    let badge = two.there.test.issued().badge();
    two.there.test.revoke(badge).expect("its revocation");
    let page = goes(&two.here, &two.there, &[]).await;
    assert!(page.contains("1 new here"), "{page}");
    let ada = two.here.test.person("ada", &[]);
    let list = Browser::of(&two.here, &ada).get("/my/collection").await;
    assert!(
        list.text()
            .await
            .expect("a page")
            .contains("Does not count")
    );
}

/// A badge of somebody else cannot be sent, whoever knows its name.
#[tokio::test]
async fn a_badge_of_somebody_else_is_not_sent() {
    let two = Two::meet().await;
    let id = two.here.badge().to_string();
    let ada = two.here.test.person("ada", &[]);
    badge::set_visibility(
        &two.here.test.app,
        &ada,
        id.parse().expect("an id"),
        badge::Visibility::Public,
    )
    .expect("her leave");
    let eve = two.here.test.person("eve", &[]);
    let browser = Browser::of(&two.here, &eve);
    let page = browser.get(&format!("/my/hosts?own={id}")).await;
    assert_eq!(page.status(), 404);
    let fields = [("address", HUB), ("own", id.as_str())];
    assert_eq!(browser.post("/my/hosts", &fields).await.status(), 404);
}

/// What comes back has to belong to what was begun in this browser.
#[tokio::test]
async fn an_answer_that_was_not_asked_for_does_nothing() {
    let two = Two::meet().await;
    let ada = two.here.test.person("ada", &[]);
    let browser = Browser::of(&two.here, &ada);
    let nothing = browser.get("/my/hosts/return?code=x&state=y").await;
    assert_eq!(nothing.status(), 400);
    let begun = browser.post("/my/hosts", &[("address", HUB)]).await;
    assert_eq!(begun.status(), 303);
    let other = browser.get("/my/hosts/return?code=x&state=y").await;
    assert_eq!(other.status(), 400);
    // It was not ended by that, and a no is a no.
    let page = browser
        .get("/my/hosts/go")
        .await
        .text()
        .await
        .expect("a page");
    let way = page
        .split("href=\"")
        .find(|part| part.contains("/oauth/authorize"));
    let way = way.and_then(|part| part.split('"').next()).expect("a way");
    let way = Url::parse(&way.replace("&amp;", "&").replace("&#38;", "&")).expect("an address");
    let state = value(&way, "state").expect("a state");
    let denied = format!("/my/hosts/return?error=access_denied&state={state}");
    let page = browser.get(&denied).await;
    assert_eq!(page.status(), 403);
    assert!(
        page.text()
            .await
            .expect("a page")
            .contains("You said no there")
    );
    assert_eq!(browser.get("/my/hosts/go").await.status(), 400);
}

/// A host whose answers are written down, and what it was asked.
pub(super) struct Rogue {
    answers: BTreeMap<&'static str, (u16, Option<String>, Value)>,
    pub(super) asked: Mutex<Vec<(String, bool)>>,
}

impl Fetch for Rogue {
    fn fetch<'a>(&'a self, _url: &'a Url, _wanted: Wanted) -> Fetching<'a> {
        Box::pin(future::ready(Err(FetchFailure::Unreachable)))
    }

    fn call<'a>(&'a self, call: &'a Call) -> Calling<'a> {
        let secret = !matches!(call.authorization, Authorization::None);
        let url = call.url.to_string();
        self.asked
            .lock()
            .expect("no panic")
            .push((url.clone(), secret));
        let found = self.answers.iter().find(|(end, _)| url.ends_with(*end));
        let answer = found.map(|(_, (status, link, body))| CallAnswer {
            status: *status,
            link: link.clone(),
            body: body.to_string().into_bytes(),
        });
        Box::pin(future::ready(answer.ok_or(FetchFailure::Unreachable)))
    }
}

pub(super) fn describing(change: impl FnOnce(&mut Value)) -> Value {
    let mut told = json!({
        "openapi": "3.0.1",
        "info": { "title": "Rogue", "version": "1" },
        "servers": [{ "url": "https://rogue.example/ims/ob/v3p0" }],
        "components": { "securitySchemes": { "OAuth2ACG": {
            "type": "oauth2",
            "x-imssf-registrationUrl": "https://rogue.example/register",
            "flows": { "authorizationCode": {
                "authorizationUrl": "https://rogue.example/authorize",
                "tokenUrl": "https://rogue.example/token",
                "scopes": {},
            } },
        } } },
    });
    change(&mut told);
    told
}

pub(super) async fn told_by(answers: Vec<(&'static str, u16, Value)>) -> (Served, Arc<Rogue>) {
    let answers = answers
        .into_iter()
        .map(|(end, status, body)| (end, (status, None, body)));
    let rogue = Arc::new(Rogue {
        answers: answers.collect(),
        asked: Mutex::default(),
    });
    let served = Served::neighbour(TestApp::new(), rogue.clone()).await;
    (served, rogue)
}

/// A host that describes itself as none, or leads people astray, is not gone to.
#[tokio::test]
async fn a_host_that_cannot_be_used_is_not_gone_to() {
    let flow = "/components/securitySchemes/OAuth2ACG/flows/authorizationCode";
    let set = |place: String, value: Value| {
        describing(|told| *told.pointer_mut(&place).expect("a place") = value)
    };
    let registered = json!({ "client_id": "x", "client_secret": "y" });
    let table = vec![
        (json!({}), registered.clone()),
        (json!([]), registered.clone()),
        (
            set(
                format!("{flow}/authorizationUrl"),
                json!("javascript:alert(1)"),
            ),
            registered.clone(),
        ),
        (
            set(
                format!("{flow}/authorizationUrl"),
                json!("http://evil.example/"),
            ),
            registered.clone(),
        ),
        (
            set(format!("{flow}/authorizationUrl"), json!("/authorize")),
            registered.clone(),
        ),
        (
            set(
                format!("{flow}/tokenUrl"),
                json!("http://evil.example/token"),
            ),
            registered.clone(),
        ),
        (
            set(format!("{flow}/tokenUrl"), json!(1)),
            registered.clone(),
        ),
        (describing(|_| {}), json!({})),
        (describing(|_| {}), json!({ "client_id": "x" })),
        (
            describing(|_| {}),
            json!({ "client_id": 1, "client_secret": 2 }),
        ),
        (
            describing(|_| {}),
            json!({ "client_id": "x".repeat(9_000), "client_secret": "y" }),
        ),
    ];
    for (description, registration) in table {
        let (served, _) = told_by(vec![
            ("/discovery", 200, description.clone()),
            ("/register", 201, registration),
        ])
        .await;
        let ada = served.test.person("ada", &[]);
        let browser = Browser::of(&served, &ada);
        let typed = "rogue.example";
        let answer = browser.post("/my/hosts", &[("address", typed)]).await;
        assert_eq!(answer.status(), 200, "{description}");
        let page = answer.text().await.expect("a page");
        assert!(page.contains("role=\"alert\""), "{description}");
        assert!(page.contains(typed), "what was typed is kept");
        assert_eq!(served.test.records(b"other-host/"), 0);
    }
    let (served, _) = told_by(Vec::new()).await;
    let ada = served.test.person("ada", &[]);
    let browser = Browser::of(&served, &ada);
    for typed in [
        "rogue.example",
        "",
        "not an address",
        "ftp://rogue.example",
        "https://a@b.example",
    ] {
        let answer = browser.post("/my/hosts", &[("address", typed)]).await;
        assert_eq!(answer.status(), 200, "{typed}");
        assert!(
            answer
                .text()
                .await
                .expect("a page")
                .contains("role=\"alert\"")
        );
    }
}

/// A token goes to no other place than the host's API, wherever its links lead.
#[tokio::test]
async fn a_token_goes_nowhere_else() {
    for link in [
        "<https://evil.example/ims/ob/v3p0/credentials?offset=1>; rel=\"next\"",
        "<http://rogue.example/ims/ob/v3p0/credentials?offset=1>; rel=\"next\"",
        "<https://rogue.example/other?offset=1>; rel=\"next\"",
        "<//evil.example/ims/ob/v3p0/credentials>; rel=\"next\"",
    ] {
        let answers = [
            ("/discovery", 200, None, describing(|_| {})),
            (
                "/register",
                201,
                None,
                json!({ "client_id": "x", "client_secret": "y" }),
            ),
            (
                "/token",
                200,
                None,
                json!({ "access_token": "t", "token_type": "bearer" }),
            ),
            ("/profile", 404, None, json!({})),
            (
                "offset=0",
                200,
                Some(link.to_owned()),
                json!({ "credential": [{}, 1] }),
            ),
        ];
        let answers = answers
            .into_iter()
            .map(|(end, status, link, body)| (end, (status, link, body)));
        let rogue = Arc::new(Rogue {
            answers: answers.collect(),
            asked: Mutex::default(),
        });
        let served = Served::neighbour(TestApp::new(), rogue.clone()).await;
        let ada = served.test.person("ada", &[]);
        let browser = Browser::of(&served, &ada);
        let begun = browser
            .post("/my/hosts", &[("address", "rogue.example")])
            .await;
        assert_eq!(begun.status(), 303);
        let page = browser
            .get("/my/hosts/go")
            .await
            .text()
            .await
            .expect("a page");
        let way = page
            .split("href=\"")
            .find(|part| part.contains("rogue.example/authorize"));
        let way = way.and_then(|part| part.split('"').next()).expect("a way");
        let way = Url::parse(&way.replace("&amp;", "&").replace("&#38;", "&")).expect("one");
        let state = value(&way, "state").expect("a state");
        let back = browser
            .get(&format!("/my/hosts/return?code=c&state={state}"))
            .await;
        assert_eq!(back.status(), 200, "{link}");
        let page = back.text().await.expect("a page");
        assert!(page.contains("2 not taken"), "{page}");
        let asked = rogue.asked.lock().expect("no panic").clone();
        for (url, secret) in asked {
            assert!(
                !secret || url.starts_with("https://rogue.example/"),
                "{url}"
            );
            assert!(!url.contains("offset=1") && !url.contains("other"), "{url}");
        }
    }
}

/// The service at its real edge calls no host in its own network.
#[tokio::test]
async fn no_host_in_the_network_of_the_service_is_called() {
    let served = Served::neighbour(TestApp::new(), Arc::new(issuer::fetch::Web::new())).await;
    let ada = served.test.person("ada", &[]);
    let browser = Browser::of(&served, &ada);
    for typed in [
        "https://127.0.0.1",
        "http://127.0.0.1",
        "https://localhost",
        "https://169.254.169.254",
        "https://[::1]",
        "https://10.0.0.1",
        "https://assay.internal",
        "https://2130706433",
    ] {
        let answer = browser.post("/my/hosts", &[("address", typed)]).await;
        assert_eq!(answer.status(), 200, "{typed}");
        let page = answer.text().await.expect("a page");
        assert!(page.contains("could not be asked"), "{typed}: {page}");
    }
    let answer = browser.request(Method::GET, "/my/hosts").send().await;
    assert_eq!(answer.expect("an answer").status(), 200);
}
