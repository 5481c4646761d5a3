//! Lists under `/api/v1`, read page by page.

use issuer::event::Actor;
use issuer::id::{MicroCredentialId, OrganisationId};
use issuer::micro_credential;
use issuer::organisation::Role;
use serde_json::Value;

use crate::catalogue::content;
use crate::served::{Served, problem};

#[tokio::test]
async fn pages_put_together_are_the_list_whatever_is_added_meanwhile() {
    let served = Served::new().await;
    for name in ["b", "d", "f", "h"] {
        write(&served, name);
        publish(&served, name);
        // A draft between any two: it is on no page, and no page is shorter for it.
        write(&served, &format!("{name}-draft"));
    }
    let whole = ["b", "d", "f", "h", "wait-time"];
    assert_eq!(names(&served.json(LIST).await), whole);

    let first = served.json(&format!("{LIST}?limit=2")).await;
    assert_eq!(names(&first), ["b", "d"]);
    // One before where the page ended, and one after.
    for name in ["a", "e"] {
        write(&served, name);
        publish(&served, name);
    }
    let mut read = names(&first);
    let mut next = first["next"].as_str().map(str::to_owned);
    while let Some(cursor) = next {
        let page = served
            .json(&format!("{LIST}?limit=2&cursor={cursor}"))
            .await;
        assert!(names(&page).len() <= 2, "{page}");
        read.extend(names(&page));
        next = page["next"].as_str().map(str::to_owned);
    }
    assert_eq!(read, ["b", "d", "e", "f", "h", "wait-time"]);
}

#[tokio::test]
async fn the_last_page_has_no_next_even_when_it_is_full() {
    let served = Served::new().await;
    let page = served.json(&format!("{LIST}?limit=1")).await;
    assert_eq!(names(&page), ["wait-time"]);
    assert_eq!(page.get("next"), None);
    let ada = served.caller("ada", &[]);
    ada.begins().await;
    let answer = ada.get("/api/v1/submissions?limit=1").await;
    let page: Value = answer.json().await.expect("a page");
    assert_eq!(page["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(page.get("next"), None);
}

#[tokio::test]
async fn a_cursor_is_good_for_its_own_list_alone() {
    let served = Served::new().await;
    write(&served, "a");
    publish(&served, "a");
    let page = served.json(&format!("{LIST}?limit=1")).await;
    let good = page["next"].as_str().expect("a cursor").to_owned();
    let ada = served.caller("ada", &[]);
    let foreign = ada.get(&format!("/api/v1/submissions?cursor={good}")).await;
    assert_eq!(problem(foreign).await, (400, "paging.cursor".to_owned()));

    let mut damaged = vec![
        String::new(),
        "%00".to_owned(),
        "=".repeat(8),
        "A".repeat(9_000),
    ];
    for index in 0..good.len() {
        let other = if good[index..].starts_with('A') {
            "B"
        } else {
            "A"
        };
        let mut changed = good.clone();
        changed.replace_range(index..=index, other);
        damaged.push(changed);
        damaged.push(good[..index].to_owned());
    }
    for cursor in damaged {
        let answer = served.get(&format!("{LIST}?cursor={cursor}")).await;
        assert_eq!(
            problem(answer).await,
            (400, "paging.cursor".to_owned()),
            "{cursor}"
        );
    }
}

fn write(served: &Served, name: &str) {
    let app = &served.test.app;
    let author = served.test.person("donna", &[Role::Author]);
    micro_credential::write(app, &author, OrganisationId::host(), id(name), content())
        .expect("a good draft");
}

fn publish(served: &Served, name: &str) {
    micro_credential::publish(&served.test.app, Actor::Service, &id(name), served.test.now)
        .expect("its publication");
}

fn id(name: &str) -> MicroCredentialId {
    name.parse().expect("a name")
}

fn names(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().expect("items");
    let name = |item: &Value| item["id"].as_str().expect("a name").to_owned();
    items.iter().map(name).collect()
}

const LIST: &str = "/api/v1/micro-credentials";
