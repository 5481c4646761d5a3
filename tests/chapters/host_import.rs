//! Many badges are brought from another host: in the background, to be seen, and over a crash.

use std::fmt::Write as _;

use issuer::awarding::{self, list, table};
use issuer::engine::Batch;
use issuer::hosted::waiting;
use issuer::http::importing;
use issuer::id::OrganisationId;
use issuer::merge;

use super::host_between::{Two, goes};
use crate::app::TestApp;
use crate::browser::Browser;

/// So many badges of Ada's.
fn awards(test: &TestApp, badges: usize) {
    let mut rows = "email,row\n".to_owned();
    for number in 0..badges {
        writeln!(rows, "ada@example.org,row-{number}").expect("a text");
    }
    let new = list::NewList {
        bytes: rows.into_bytes(),
        form: table::Form::Csv,
        name: None,
        micro_credential: Some(crate::catalogue::wait_time()),
        reason: "A long career.".parse().expect("a text"),
    };
    let officer = test.officer();
    let host = OrganisationId::host();
    list::send(&test.app, officer.id, &host, new, test.now).expect("a list");
    while awarding::work_off(&test.app, test.now)
        .expect("the store")
        .rows
        > 0
    {}
    assert_eq!(test.records(b"badge-of/"), badges);
}

/// CH-2: two hundred badges, of which twenty are looked at while she waits. The program is killed in the middle,
/// after some were kept and before they were counted.
#[tokio::test]
async fn two_hundred_badges_are_looked_at_in_the_background_and_over_a_crash() {
    let two = Two::meet().await;
    let (here, ada) = (&two.here, two.here.test.person("ada", &[]));
    let test = &here.test;
    awards(&two.there.test, 200);
    let page = goes(here, &two.there, &[]).await;
    assert!(page.contains("20 new here"), "{page}");
    assert!(
        page.contains("180 more are looked at in the background"),
        "{page}"
    );
    assert_eq!(test.records(b"hosted/"), 20);
    let browser = Browser::of(here, &ada);
    let progress = async || {
        let page = browser.get("/my/hosts/progress").await;
        assert_eq!(page.status(), 200);
        page.text().await.expect("a page")
    };
    assert!(progress().await.contains("0 of 180 were looked at"));
    // No way in there is kept, and nobody else sees anything of it.
    let mallory = Browser::of(here, &test.person("mallory", &[]));
    let other = mallory
        .get("/my/hosts/progress")
        .await
        .text()
        .await
        .expect("a page");
    assert!(other.contains("Nothing is on its way"), "{other}");

    assert_eq!(importing::work_off(&here.edge).await.expect("the store"), 5);
    assert!(progress().await.contains("5 of 180 were looked at"));
    // As if the program had ended after five were kept, and before any of them was counted.
    let engine = test.app.store.engine();
    let before: Vec<_> = [b"hosted-import/".as_slice(), b"hosted-import-badge/"]
        .iter()
        .flat_map(|prefix| engine.scan(prefix, b"", 1_000).expect("the store"))
        .collect();
    importing::work_off(&here.edge).await.expect("the store");
    assert_eq!(test.records(b"hosted/"), 30);
    let mut batch = Batch::default();
    for (key, value) in before {
        batch.put(key, value);
    }
    test.app.store.commit(batch).expect("the store");

    // Brought again meanwhile, what is on its way goes on.
    let page = goes(here, &two.there, &[]).await;
    assert!(
        page.contains("20 were here already") && page.contains("There are more"),
        "{page}"
    );
    while importing::work_off(&here.edge).await.expect("the store") > 0 {}
    let done = waiting::of_person(&test.app, &ada)
        .expect("the store")
        .expect("an import");
    assert_eq!(
        (done.done, done.added, done.known, done.refused),
        (180, 175, 5, 0)
    );
    assert!(done.finished.is_some());
    assert_eq!(test.records(b"hosted/"), 200, "each once");
    for kind in [b"hosted-import-badge/".as_slice(), b"hosted-import-open/"] {
        assert_eq!(test.records(kind), 0);
    }
    assert!(progress().await.contains("All 180 were looked at"));
}

#[tokio::test]
async fn whoever_is_erased_or_joined_meanwhile_leaves_nothing_on_its_way() {
    let two = Two::meet().await;
    let test = &two.here.test;
    awards(&two.there.test, 24);
    goes(&two.here, &two.there, &[]).await;
    assert_eq!(test.records(b"hosted-import-badge/"), 4);
    let ada = test.person("ada", &[]);
    issuer::erasure::ask(&test.app, &ada, "ada@example.org", test.now).expect("her leave");
    for kind in [
        "hosted-import/",
        "hosted-import-open/",
        "hosted-import-badge/",
        "hosted/",
    ] {
        assert_eq!(test.records(kind.as_bytes()), 0, "{kind}");
    }
    assert_eq!(
        importing::work_off(&two.here.edge)
            .await
            .expect("the store"),
        0
    );

    // Somebody new at the same address, whose account is joined to another while badges wait.
    goes(&two.here, &two.there, &[]).await;
    let (bert, ada) = (test.person("bert", &[]), test.person("ada", &[]));
    let secret = super::accounts_merge::proof(test, &bert, &ada);
    let joined = merge::merge(&test.app, &bert, &secret, test.now).expect("one account");
    while importing::work_off(&two.here.edge)
        .await
        .expect("the store")
        > 0
    {}
    assert_eq!(
        issuer::hosted::listed::part(&test.app, &joined, 0, 100, None)
            .expect("hers")
            .total,
        24
    );
}
