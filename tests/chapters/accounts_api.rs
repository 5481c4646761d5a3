//! Accounts by program: one's own, and what an administrator of the host may do for others.

use issuer::organisation::Role;
use issuer::person::Person;
use issuer::rights::Scope;
use issuer::token;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::mailbox::{link_to, messages};
use crate::served::{Caller, Served, problem};

const TOKENS: &str = "/api/v1/account/tokens";

async fn body(answer: Response) -> Value {
    assert!(answer.status().is_success(), "{}", answer.status());
    answer.json().await.expect("JSON")
}

async fn code(answer: Response) -> (u16, String) {
    problem(answer).await
}

async fn deleted(caller: &Caller<'_>, path: &str) -> u16 {
    let answer = caller.request(Method::DELETE, path).send().await;
    answer.expect("an answer").status().as_u16()
}

/// A token of a person that is good for these scopes alone.
fn narrow(test: &TestApp, person: &Person, scopes: &[&str]) -> String {
    let scopes = scopes
        .iter()
        .map(|scope| scope.parse::<Scope>().expect("a scope"));
    let name = "narrow".parse().expect("a name");
    let made = token::make(&test.app, person.id, name, scopes.collect(), test.now);
    made.expect("a token").0.expose().to_owned()
}

#[tokio::test]
async fn people_change_what_is_known_of_them_and_nothing_else() {
    let served = Served::new().await;
    let ada = served.caller("ada", &[]);
    let details =
        json!({ "name": "Ada L.", "email_in_badges": "plain", "name_in_badges": "shown" });
    let account = body(ada.put("/api/v1/account", details.clone()).await).await;
    assert_eq!(account["name"], "Ada L.");
    let read = body(ada.get("/api/v1/account").await).await;
    assert_eq!(
        (&read["name_in_badges"], &read["email_in_badges"]),
        (&details["name_in_badges"], &details["email_in_badges"])
    );
    assert_eq!(read["emails"], json!(["ada@example.org"]));
    for (member, value) in [
        // One's own identifier is shown to be one's own elsewhere.
        ("did", json!("did:key:z6Mk")),
        ("name", json!("")),
        ("emails", json!(["eve@example.org"])),
        ("id", json!("1")),
        ("former", json!([])),
        ("registered", json!("2020-01-01T00:00:00Z")),
    ] {
        let mut wrong = details.clone();
        wrong[member] = value;
        let refused = code(ada.put("/api/v1/account", wrong).await).await;
        assert!([400, 422].contains(&refused.0), "{member}: {refused:?}");
    }
}

/// Forms: HTTP.
#[tokio::test]
async fn attack_a_03_a_token_made_with_a_token_is_good_for_no_more_than_that() {
    let served = Served::new().await;
    let person = served.test.person("ada", &[]);
    let secret = narrow(&served.test, &person, &["account.write", "badges.read"]);
    let with = |method: Method, path: &str| served.request(method, path).bearer_auth(&secret);
    let make = |scopes: Value| {
        let wanted = json!({ "name": "Nightly export", "scopes": scopes });
        let request = with(Method::POST, TOKENS).json(&wanted);
        async move { request.send().await.expect("an answer") }
    };
    for beyond in [
        json!(["badges.write"]),
        json!(["badges.read", "submissions.read"]),
    ] {
        assert_eq!(
            code(make(beyond).await).await,
            (403, "auth.forbidden".to_owned())
        );
    }
    for wrong in [json!([]), json!(["everything"]), json!("badges.read")] {
        let refused = code(make(wrong).await).await;
        assert!([400, 422].contains(&refused.0), "{refused:?}");
    }
    let made = body(make(json!(["badges.read", "account.read"])).await).await;
    let lesser = made["token"].as_str().expect("a token");
    let by = |path: &str| served.request(Method::GET, path).bearer_auth(lesser);
    assert_eq!(
        by("/api/v1/badges")
            .send()
            .await
            .expect("an answer")
            .status(),
        200
    );
    let refused = by("/api/v1/submissions").send().await.expect("an answer");
    assert_eq!(code(refused).await.0, 403);

    // It is listed by its name and last use, and never shown again.
    let listed = with(Method::GET, TOKENS)
        .send()
        .await
        .expect("an answer")
        .text()
        .await;
    let listed = listed.expect("a list");
    assert!(
        !listed.contains(lesser) && !listed.contains(&secret),
        "{listed}"
    );
    let listed: Value = serde_json::from_str(&listed).expect("JSON");
    let found = listed["items"]
        .as_array()
        .expect("a list")
        .iter()
        .find(|one| one["id"] == made["id"]);
    let found = found.expect("the token");
    assert_eq!(found["name"], "Nightly export");
    assert_eq!(found["used"], served.test.now.to_string());

    // Nobody ends another's, its person does, and then it is over.
    let path = format!("{TOKENS}/{}", made["id"].as_str().expect("an id"));
    assert_eq!(deleted(&served.caller("eve", &[]), &path).await, 404);
    assert_eq!(deleted(&served.caller("ada", &[]), &path).await, 204);
    let over = by("/api/v1/badges").send().await.expect("an answer");
    assert_eq!(code(over).await, (401, "auth.invalid_token".to_owned()));
}

#[tokio::test]
async fn addresses_are_added_preferred_removed_and_joined_by_program() {
    let served = Served::new().await;
    let test = &served.test;
    let ada = served.caller("ada", &[]);
    let add = async |email: &str| {
        let answer = ada
            .post("/api/v1/account/addresses", json!({ "email": email }))
            .await;
        assert_eq!(answer.status(), 202, "{email}");
        let path = link_to(test, email);
        json!({ "link": path["/link/".len()..] })
    };
    let link = add("ada@home.example").await;
    body(ada.post("/api/v1/account/proofs", link.clone()).await).await;
    let used = code(ada.post("/api/v1/account/proofs", link).await).await;
    assert_eq!(used, (409, "link.used".to_owned()));
    let primary = json!({ "email": "ADA@home.example" });
    body(ada.put("/api/v1/account/addresses/primary", primary).await).await;
    let listed = body(ada.get("/api/v1/account/addresses").await).await;
    let shown: Vec<_> = listed["items"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| {
            (
                one["email"].as_str(),
                one["primary"].as_bool(),
                one["verified_by"].as_str(),
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            (Some("ada@home.example"), Some(true), Some("link")),
            (Some("ada@example.org"), Some(false), Some("registrar")),
        ]
    );
    assert_eq!(
        deleted(&ada, "/api/v1/account/addresses/ada@example.org").await,
        204
    );
    let last = ada
        .request(Method::DELETE, "/api/v1/account/addresses/ada@home.example")
        .send()
        .await;
    assert_eq!(
        code(last.expect("an answer")).await,
        (409, "person.last_address".to_owned())
    );

    // The address of another account: it can be joined, by whoever has both.
    let other = test.person("ada-at-work", &[Role::Reviewer]);
    let eve = served.caller("eve", &[]);
    let link = add("ada-at-work@example.org").await;
    for path in [
        "/api/v1/account/proofs",
        "/api/v1/account/merges/preview",
        "/api/v1/account/merges",
    ] {
        let refused = code(eve.post(path, link.clone()).await).await;
        assert_eq!(refused.0, 404, "{path}");
    }
    let taken = code(ada.post("/api/v1/account/proofs", link.clone()).await).await;
    assert_eq!(taken, (409, "person.email_taken".to_owned()));
    let preview = body(
        ada.post("/api/v1/account/merges/preview", link.clone())
            .await,
    )
    .await;
    assert_eq!(
        (&preview["organisations"], &preview["twice"]),
        (&json!(["host"]), &json!([]))
    );
    let joined = body(ada.post("/api/v1/account/merges", link).await).await;
    assert_eq!(
        joined["emails"],
        json!(["ada@home.example", "ada-at-work@example.org"])
    );
    assert_eq!(joined["memberships"][0]["organisation"], "host");
    let led = test
        .app
        .store
        .person(other.id)
        .expect("the store")
        .expect("Ada");
    assert_eq!(joined["id"], led.id.to_string());
}

/// The only mailbox is lost: an administrator adds another one, which is told and kept.
#[tokio::test]
async fn a_lost_mailbox_is_replaced_by_an_administrator_who_leaves_a_trace() {
    let served = Served::new().await;
    let test = &served.test;
    let ada = test.person("ada", &[]);
    let office = served.caller("office", &[Role::Administrator]);
    let path = format!("/api/v1/people/{}/addresses", ada.id);
    let wanted = json!({ "email": "ada@new.example", "note": "Seen in person, identity card" });
    for other in [
        served.caller("eve", &[Role::Coordinator]),
        served.caller("ada", &[]),
    ] {
        let refused = code(other.post(&path, wanted.clone()).await).await;
        assert!([403, 404].contains(&refused.0), "{refused:?}");
    }
    let unexplained = office
        .post(&path, json!({ "email": "ada@new.example" }))
        .await;
    assert_eq!(code(unexplained).await.0, 400);
    let taken = json!({ "email": "eve@example.org", "note": "a mistake" });
    assert_eq!(
        code(office.post(&path, taken).await).await,
        (409, "person.email_taken".to_owned())
    );

    let added = body(office.post(&path, wanted).await).await;
    assert_eq!(
        added["emails"],
        json!(["ada@example.org", "ada@new.example"])
    );
    let told = messages(test, "ada@example.org");
    assert!(
        told.iter()
            .any(|mail| mail.text.contains("Seen in person, identity card"))
    );
    let seen = body(
        served
            .caller("ada", &[])
            .get("/api/v1/account/addresses")
            .await,
    )
    .await;
    assert_eq!(seen["items"][1]["verified_by"], "administrator");
    assert_eq!(seen["items"][1]["note"], "Seen in person, identity card");

    // And with it she is in.
    let browser = crate::browser::Browser::new(&served);
    browser
        .post("/sign-in", &[("email", "ada@new.example")])
        .await;
    let link = link_to(test, "ada@new.example");
    browser.post(&link, &[]).await;
    let me = body(browser.get("/api/v1/account").await).await;
    assert_eq!(me["id"], ada.id.to_string());
}

#[tokio::test]
async fn an_account_that_was_registered_by_others_is_claimed_by_a_link_that_can_be_sent_again() {
    let served = Served::new().await;
    let office = served.caller("office", &[Role::Administrator]);
    let new = json!({ "name": "Grace Osei", "emails": ["grace@example.org"] });
    let person = body(office.post("/api/v1/people", new).await).await;
    let path = format!(
        "/api/v1/people/{}/invitation",
        person["id"].as_str().expect("an id")
    );
    assert_eq!(
        code(served.caller("eve", &[]).post(&path, json!({})).await)
            .await
            .0,
        403
    );
    for _ in 0..2 {
        assert_eq!(office.post(&path, json!({})).await.status(), 202);
        let link = link_to(&served.test, "grace@example.org");
        let browser = crate::browser::Browser::new(&served);
        let page = browser.get(&link).await.text().await.expect("a page");
        assert!(
            page.contains("It was made for you under the name Grace Osei"),
            "{page}"
        );
        assert_eq!(browser.post(&link, &[]).await.status(), 303);
        let me = body(browser.get("/api/v1/account").await).await;
        assert_eq!(me["id"], person["id"]);
    }
}

#[tokio::test]
async fn administrators_see_what_mail_waits_and_not_what_it_says() {
    let served = Served::new().await;
    let office = served.caller("office", &[Role::Administrator]);
    let browser = crate::browser::Browser::new(&served);
    browser
        .post("/sign-in", &[("email", "ada@home.example")])
        .await;
    assert_eq!(
        code(served.caller("eve", &[]).get("/api/v1/outbox").await)
            .await
            .0,
        403
    );
    let seen = body(office.get("/api/v1/outbox").await).await;
    assert_eq!(seen["items"][0]["to"], "ada@home.example");
    assert_eq!(seen["items"][0]["fate"]["state"], "waiting");
    assert!(!seen.to_string().contains("/link/"), "{seen}");
}
