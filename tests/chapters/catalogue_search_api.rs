//! Searching the catalogue over the interface: the words and facets of the page, page by page.

use std::collections::BTreeSet;

use issuer::event::Actor;
use issuer::id::{MicroCredentialId, OrganisationId};
use issuer::micro_credential;
use issuer::organisation::Role;
use serde_json::Value;

use crate::catalogue::content;
use crate::served::{Served, problem};

const PATH: &str = "/api/v1/micro-credentials";

/// Seven about grouping, in two languages.
fn publish_seven(served: &Served) {
    let test = &served.test;
    let author = test.person("donna", &[Role::Author]);
    for number in 1..=7 {
        let mut said = content();
        said.name = format!("Grouping {number}").parse().expect("a title");
        said.topics = ["questioning"]
            .map(|topic| topic.parse().expect("a topic"))
            .into();
        let language = if number < 3 { "es" } else { "en" };
        said.language = Some(language.parse().expect("a language"));
        let id: MicroCredentialId = format!("grouping-{number}").parse().expect("a slug");
        let host = OrganisationId::host();
        micro_credential::write(&test.app, &author, host, id.clone(), said).expect("a draft");
        micro_credential::publish(&test.app, Actor::Service, &id, test.now)
            .expect("its publication");
    }
}

fn ids(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().expect("items").iter();
    items
        .map(|item| item["id"].as_str().expect("an id").to_owned())
        .collect()
}

#[tokio::test]
async fn the_interface_finds_what_the_page_finds_page_by_page() {
    let served = Served::new().await;
    publish_seven(&served);
    let found = served.json(&format!("{PATH}?q=grouping")).await;
    assert_eq!(ids(&found).len(), 7);
    let shown = served
        .page("/catalogue?q=grouping")
        .await
        .text()
        .await
        .expect("a page");
    for id in ids(&found) {
        assert!(shown.contains(&format!("/achievements/{id}\"")), "{id}");
    }
    let spanish = served
        .json(&format!("{PATH}?q=group&language=es&topic=questioning"))
        .await;
    assert_eq!(ids(&spanish), ["grouping-1", "grouping-2"]);
    assert_eq!(
        ids(&served.json(&format!("{PATH}?issuer=nobody")).await),
        [""; 0]
    );
    assert_eq!(
        ids(&served.json(&format!("{PATH}?issuer=host")).await).len(),
        8
    );
    // Without a question, everything in the order of names.
    assert_eq!(ids(&served.json(PATH).await).len(), 8);

    let (mut seen, mut path) = (BTreeSet::new(), format!("{PATH}?q=grouping&limit=3"));
    let mut sizes = Vec::new();
    loop {
        let page = served.json(&path).await;
        sizes.push(ids(&page).len());
        seen.extend(ids(&page));
        let Some(next) = page["next"].as_str() else {
            break;
        };
        path = format!("{PATH}?q=grouping&limit=3&cursor={next}");
    }
    assert_eq!((sizes, seen.len()), (vec![3, 3, 1], 7));
}

#[tokio::test]
async fn a_cursor_belongs_to_its_question_and_a_question_has_bounds() {
    let served = Served::new().await;
    publish_seven(&served);
    let page = served.json(&format!("{PATH}?q=grouping&limit=3")).await;
    let cursor = page["next"].as_str().expect("more");
    for other in ["", "q=other&", "q=grouping&language=es&"] {
        let answer = served.get(&format!("{PATH}?{other}cursor={cursor}")).await;
        assert_eq!(
            problem(answer).await,
            (400, "paging.cursor".to_owned()),
            "{other}"
        );
    }
    let long = "x".repeat(201);
    let many = "x+".repeat(13);
    for wrong in [
        format!("q={long}"),
        format!("q={many}"),
        "q=a&q=b".to_owned(),
        "colour=red".to_owned(),
    ] {
        let answer = served.get(&format!("{PATH}?{wrong}")).await;
        assert_eq!(
            problem(answer).await,
            (400, "http.query".to_owned()),
            "{wrong}"
        );
    }
}
