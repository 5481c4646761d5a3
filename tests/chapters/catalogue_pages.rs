//! The catalogue as strangers, browsers without scripts and search engines see it.

use issuer::catalogue::{self, Facet, Query};
use issuer::event::Actor;
use issuer::id::OrganisationId;
use issuer::micro_credential;
use issuer::organisation::Role;
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::catalogue::content;
use crate::chapters::catalogue_content::everything;
use crate::served::{Served, media_type};

/// Publishes copies of the chapters' micro-credential under these titles.
fn publish(test: &TestApp, titles: &[&str]) {
    let donna = test.person("donna", &[Role::Author]);
    for (place, title) in titles.iter().enumerate() {
        let id = format!("item-{place}").parse().expect("a slug");
        let mut said = content();
        said.name = title.parse().expect("a title");
        let host = OrganisationId::host();
        micro_credential::write(&test.app, &donna, host, id, said).expect("a draft");
        let id = format!("item-{place}").parse().expect("a slug");
        micro_credential::publish(&test.app, Actor::Service, &id, test.now)
            .expect("its publication");
    }
}

fn titles(test: &TestApp, words: &str) -> Vec<String> {
    let query = Query::new(words).expect("a query");
    let found = catalogue::search(&test.app, &query).expect("an answer");
    found.items.into_iter().map(|item| item.title).collect()
}

#[test]
fn words_are_found_without_case_and_accents_and_titles_come_first() {
    let test = TestApp::new();
    publish(
        &test,
        &["Réflexion en classe", "Educator Growth", "Waiting Rooms"],
    );
    assert_eq!(titles(&test, "REFLEXION"), ["Réflexion en classe"]);
    assert_eq!(titles(&test, "wait time"), ["Wait Time"]);
    assert_eq!(titles(&test, "wai")[..2], ["Wait Time", "Waiting Rooms"]);
    // The competency of all of them begins with the word; the title of one holds it.
    assert_eq!(titles(&test, "educator")[0], "Educator Growth");
    assert_eq!(titles(&test, "educator").len(), 4);
    assert_eq!(titles(&test, "nothing of this"), [""; 0]);
    assert!(Query::new(&"word ".repeat(13)).is_err());
    assert!(Query::new(&"x".repeat(201)).is_err());
}

#[test]
fn the_catalogue_lists_the_newest_version_and_nodes_learn_of_it_from_the_store() {
    let test = TestApp::new();
    let other = test.beside(crate::app::keyring());
    let query = Query::new("time").expect("a query");
    let on_both = |expected: &str| {
        for app in [&*test.app, &other] {
            let found = catalogue::search(app, &query).expect("an answer");
            let ids: Vec<_> = found.items.iter().map(|item| item.id.to_string()).collect();
            assert_eq!(ids, [expected]);
        }
    };
    on_both("wait-time");
    let donna = test.person("donna", &[Role::Author]);
    let first = "wait-time".parse().expect("a slug");
    let second = micro_credential::revise(&test.app, &donna, &first, None).expect("a revision");
    on_both("wait-time");
    micro_credential::publish(&test.app, Actor::Service, &second.id, test.now)
        .expect("its publication");
    on_both("wait-time-v2");
}

#[tokio::test]
async fn facets_narrow_the_list_and_say_how_much_there_is() {
    let served = Served::new().await;
    let author = served.caller("donna", &[Role::Author]);
    let path = "/api/v1/organisations/host/micro-credentials/grouping";
    author.put(path, everything()).await;
    let published = author
        .post("/api/v1/micro-credentials/grouping/publish", json!({}))
        .await;
    assert_eq!(published.status(), 200);

    let app = &served.test.app;
    let all = catalogue::search(app, &Query::new("").expect("no words")).expect("an answer");
    assert_eq!(all.total, 2);
    for (facet, value) in [
        (Facet::Topic, "grouping-students"),
        (Facet::Role, "Classroom teacher"),
        (Facet::Grade, "K-2"),
        (Facet::Standard, "TEAM rubric"),
        (Facet::Credit, "6.5"),
        (Facet::Language, "en-US"),
    ] {
        let counted = all.facets[&facet]
            .iter()
            .find(|counted| counted.value == value);
        assert_eq!(counted.map(|counted| counted.count), Some(1), "{facet}");
        let query = Query::new("").expect("no words").with(facet, value);
        let found = catalogue::search(app, &query).expect("an answer");
        assert_eq!(
            (found.total, found.items[0].title.as_str()),
            (1, "Grouping Students by Need")
        );
    }
    assert_eq!(all.facets[&Facet::Issuer][0].count, 2);

    let page = served.page("/catalogue?topic=grouping-students").await;
    let page = page.text().await.expect("a page");
    assert!(
        page.contains("Grouping Students by Need") && !page.contains(">Wait Time<"),
        "{page}"
    );
    let page = served
        .page("/catalogue?q=wait+time")
        .await
        .text()
        .await
        .expect("a page");
    assert!(page.contains("href=\"/achievements/wait-time\""), "{page}");
    let long = "x".repeat(500);
    let page = served
        .page(&format!("/catalogue?q={long}&page=999999999999&topic=%00"))
        .await;
    assert_eq!(page.status(), 200);
}

#[tokio::test]
async fn everything_is_readable_logged_out_and_without_javascript() {
    let served = Served::new().await;
    let author = served.caller("donna", &[Role::Author]);
    let path = "/api/v1/organisations/host/micro-credentials/grouping";
    author.put(path, everything()).await;
    let published = author
        .post("/api/v1/micro-credentials/grouping/publish", json!({}))
        .await;
    let published: Value = published.json().await.expect("JSON");

    let page = served.page("/achievements/grouping").await;
    let policy = crate::served::header(&page, "content-security-policy");
    assert!(!policy.contains("script-src"), "{policy}");
    let page = page.text().await.expect("a page");
    for text in [
        "Grouping Students by Need",
        "Exit slips on one day, groups on the next.",
        "Flexible grouping helps most",
        "Tomlinson, C. A. (2014)",
        "exit-slips.pdf",
        "Which grade do you teach?",
        "any one of: a link, a video, a document",
        "at least 6 of 8 points",
        "Certified Welder",
        "6.5 credits",
        "Classroom teacher",
        "3 years. Hand in one new lesson.",
        "Sign in to start",
        published["content_sha256"].as_str().expect("a digest"),
        published["rubric_sha256"].as_str().expect("a digest"),
    ] {
        assert!(page.contains(text), "{text} is missing");
    }
    let data = page
        .split_once("<script type=\"application/ld+json\">")
        .expect("a data block")
        .1;
    let data = data.split_once("</script>").expect("its end").0;
    let data: Value = serde_json::from_str(data).expect("JSON");
    assert_eq!(data["@type"], "EducationalOccupationalCredential");
    assert_eq!(data["name"], "Grouping Students by Need");

    let map = served.get("/sitemap.xml").await;
    assert_eq!(media_type(&map), "application/xml; charset=utf-8");
    let map = map.text().await.expect("a sitemap");
    for id in ["grouping", "wait-time"] {
        assert!(map.contains(&format!(
            "<loc>https://badges.example.org/achievements/{id}</loc>"
        )));
    }
    let robots = served
        .get("/robots.txt")
        .await
        .text()
        .await
        .expect("a text");
    assert!(robots.contains("Sitemap: https://badges.example.org/sitemap.xml"));
    let home = served.page("/").await.text().await.expect("a page");
    assert!(home.contains("Grouping Students by Need"));
}
