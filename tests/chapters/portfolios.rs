//! Portfolios: what somebody puts together of what they have earned and learned, and what others see of it.

use issuer::badge::{self, Visibility};
use issuer::erasure;
use issuer::event::Actor;
use issuer::id::{BadgeId, MicroCredentialId, OrganisationId};
use issuer::issuance;
use issuer::micro_credential;
use issuer::organisation::Role;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::catalogue::content;
use crate::served::{Caller, Served, header, problem};

const OWN: &str = "/api/v1/people/me/portfolios";

async fn done(answer: Response) -> Value {
    let status = answer.status();
    let text = answer.text().await.expect("a text");
    assert!(status.is_success(), "{status} {text}");
    serde_json::from_str(&text).unwrap_or_default()
}

/// A badge of Ada's, for a micro-credential of its own, that others see as this says.
fn badge(served: &Served, name: &str, visibility: Visibility) -> BadgeId {
    let test = &served.test;
    let donna = test.person("donna", &[Role::Author]);
    let name: MicroCredentialId = name.parse().expect("a name");
    let host = OrganisationId::host();
    micro_credential::write(&test.app, &donna, host, name.clone(), content()).expect("a draft");
    micro_credential::publish(&test.app, Actor::Service, &name, test.now).expect("its publication");
    let learner = test.learner("ada");
    let submission = learner.prepares_for(&name).id;
    learner.hands_in(submission).expect("a complete submission");
    let award = test.reviewer("grace").accepts(submission);
    let id = issuance::issue(&test.app, award, test.now)
        .expect("a badge")
        .badge();
    badge::set_visibility(&test.app, &learner.person, id, visibility).expect("her leave");
    id
}

async fn learned(ada: &Caller<'_>, title: &str) -> String {
    let entry =
        json!({ "mode": "class_visit", "title": title, "day": "2026-10-01", "note": "They wait." });
    let entry = done(ada.post("/api/v1/learning", entry).await).await;
    entry["id"].as_str().expect("an id").to_owned()
}

/// What strangers read of a portfolio: the page, and the document for programs.
async fn seen(served: &Served, portfolio: &str) -> (String, Value) {
    let page = served.page(&format!("/portfolios/{portfolio}")).await;
    let page = page.text().await.expect("a page");
    let told = served
        .json(&format!("/api/v1/portfolios/{portfolio}"))
        .await;
    (page, told)
}

/// Forms: HTTP.
#[tokio::test]
async fn strangers_see_what_its_owner_ticked_and_no_badge_that_they_may_not_see() {
    let served = Served::new().await;
    let ada = served.caller("ada", &[]);
    let [open, by_link, hidden, left_out] = [
        ("open", Visibility::Public),
        ("by-link", Visibility::Link),
        ("hidden", Visibility::Private),
        ("left-out", Visibility::Public),
    ]
    .map(|(name, visibility)| badge(&served, name, visibility));
    let visit = learned(&ada, "A visit to Ms. Rivera's classroom").await;
    learned(&ada, "Kept for myself").await;
    let content = |visibility: &str, name: &str| {
        json!({
            "title": "What I teach by", "introduction": "Five years of waiting.", "name": name,
            "visibility": visibility,
            "badges": [open.to_string(), by_link.to_string(), hidden.to_string()],
            "learning": [visit],
        })
    };
    let begun = done(ada.post(OWN, content("private", "withheld")).await).await;
    let id = begun["id"].as_str().expect("an id").to_owned();
    let (own, shown) = (format!("{OWN}/{id}"), format!("/portfolios/{id}"));
    assert_eq!(begun["url"], format!("{}{shown}", served.public_url));

    // Private: it exists for her alone.
    assert_eq!(served.page(&shown).await.status(), 404);
    assert_eq!(served.get(&format!("/api/v1{shown}")).await.status(), 404);
    let preview = Browser::of(&served, &served.test.person("ada", &[]))
        .get(&shown)
        .await;
    assert_eq!(header(&preview, "cache-control"), "private, no-store");
    assert!(
        preview
            .text()
            .await
            .expect("a page")
            .contains("Only you see this page")
    );

    let paths = |told: &Value| -> Vec<String> {
        let badges = told["badges"].as_array().expect("badges").iter();
        badges
            .map(|one| one["url"].as_str().expect("an address").to_owned())
            .collect()
    };
    let address = |id: BadgeId| served.test.app.site.badge(id);
    for (visibility, expected) in [("link", vec![open, by_link]), ("public", vec![open])] {
        done(ada.put(&own, content(visibility, "withheld")).await).await;
        let answer = served.page(&shown).await;
        let robots = answer.headers().get("x-robots-tag").is_some();
        assert_eq!(robots, visibility == "link", "a public one may be found");
        let (page, told) = seen(&served, &id).await;
        let mut found = paths(&told);
        found.sort();
        let mut expected: Vec<_> = expected.into_iter().map(address).collect();
        expected.sort();
        assert_eq!(found, expected, "{visibility}");
        for one in [open, by_link, hidden, left_out] {
            let listed = page.contains(&format!("/badges/{one}\""));
            assert_eq!(
                listed,
                expected.contains(&address(one)),
                "{visibility}: {page}"
            );
        }
        assert_eq!(
            told["learning"][0]["title"],
            "A visit to Ms. Rivera's classroom"
        );
        assert_eq!(told["learning"].as_array().expect("entries").len(), 1);
        assert!(page.contains("Classroom visit") && !page.contains("Kept for myself"));
        assert!(told.get("name").is_none() && !page.contains("Portfolio of"));
    }

    // Her name, where she wants it; and a badge that was taken back is not shown as good.
    done(ada.put(&own, content("public", "shown")).await).await;
    served.test.revoke(open).expect("its end");
    let (page, told) = seen(&served, &id).await;
    assert_eq!(told["name"], "ada");
    assert_eq!(told["badges"][0]["state"], "revoked");
    assert!(
        page.contains("Portfolio of ada")
            && page.contains("<strong class=\"refused\">revoked</strong>")
    );

    // What she takes back from strangers is gone from here at once.
    let test = &served.test;
    badge::set_visibility(
        &test.app,
        &test.person("ada", &[]),
        open,
        Visibility::Private,
    )
    .expect("hers");
    assert_eq!(paths(&seen(&served, &id).await.1), Vec::<String>::new());
}

#[tokio::test]
async fn nobody_shows_what_is_not_theirs() {
    let served = Served::new().await;
    let (ada, bert) = (served.caller("ada", &[]), served.caller("bert", &[]));
    let hers = badge(&served, "hers", Visibility::Public);
    let visit = learned(&ada, "A visit").await;
    let with = |badges: Value, learning: Value| json!({ "title": "Mine", "visibility": "public", "badges": badges, "learning": learning });
    for (body, pointer) in [
        (with(json!([hers.to_string()]), json!([])), "/badges/0"),
        (with(json!([]), json!([visit])), "/learning/0"),
    ] {
        let refused: Value = bert.post(OWN, body).await.json().await.expect("a problem");
        assert_eq!(
            (&refused["code"], &refused["pointer"]),
            (&json!("input.invalid"), &json!(pointer))
        );
    }
    let begun = done(
        ada.post(OWN, with(json!([hers.to_string()]), json!([])))
            .await,
    )
    .await;
    let own = format!("{OWN}/{}", begun["id"].as_str().expect("an id"));
    assert_eq!(problem(bert.get(&own).await).await.0, 404);
    assert_eq!(
        problem(bert.put(&own, with(json!([]), json!([]))).await)
            .await
            .0,
        404
    );
    let removed = bert
        .request(Method::DELETE, &own)
        .send()
        .await
        .expect("an answer");
    assert_eq!(removed.status(), 404);

    for _ in 1..10 {
        done(ada.post(OWN, with(json!([]), json!([]))).await).await;
    }
    assert_eq!(
        problem(ada.post(OWN, with(json!([]), json!([]))).await)
            .await
            .0,
        409
    );
    let removed = ada
        .request(Method::DELETE, &own)
        .send()
        .await
        .expect("an answer");
    assert_eq!(removed.status(), 204);
    assert_eq!(
        done(ada.get(OWN).await).await["items"]
            .as_array()
            .expect("nine")
            .len(),
        9
    );
}

#[tokio::test]
async fn a_portfolio_is_put_together_on_a_page_without_scripts_and_goes_with_its_owner() {
    let served = Served::new().await;
    let (test, ada) = (&served.test, served.test.person("ada", &[]));
    let earned = badge(&served, "earned", Visibility::Public);
    let browser = Browser::of(&served, &ada);
    let untitled = browser.post("/my/portfolios", &[("title", " ")]).await;
    assert_eq!(untitled.status(), 422);
    let begun = browser
        .post("/my/portfolios", &[("title", "For the university")])
        .await;
    let edit = header(&begun, "location").to_owned();
    let page = browser.get(&edit).await.text().await.expect("a page");
    assert!(page.contains(&format!("value=\"{earned}\"")), "{page}");
    let id = earned.to_string();
    let saved = browser
        .post(
            &edit,
            &[
                ("title", "For the university"),
                ("introduction", "Please see the first."),
                ("badge", &id),
                ("visibility", "link"),
            ],
        )
        .await;
    assert_eq!(header(&saved, "location"), format!("{edit}?saved"));
    let shown = edit.strip_prefix("/my").expect("a path").to_owned();
    let page = served.page(&shown).await.text().await.expect("a page");
    assert!(page.contains("Please see the first.") && page.contains(&format!("/badges/{id}")));
    // What was typed is kept when it cannot be taken.
    let wrong = [("title", "Another"), ("badge", &id), ("visibility", "some")];
    let wrong = browser.post(&edit, &wrong).await;
    assert_eq!(wrong.status(), 422);
    assert!(
        wrong
            .text()
            .await
            .expect("a page")
            .contains("value=\"Another\"")
    );

    erasure::ask(&test.app, &ada, ada.primary().as_str(), test.now).expect("her leave");
    assert_eq!(served.page(&shown).await.status(), 404);
    for kind in ["portfolio/", "portfolio-of/"] {
        assert_eq!(test.records(kind.as_bytes()), 0, "{kind}");
    }
}
