//! Lists of awards in the shipped program, which is killed while it works them off.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::Value;

use super::attacks_interface_repeats::{Sender, publish};
use super::awarding_lists::table;
use crate::shipped::Shipped;

const LISTS: &str = "/api/v1/organisations/host/award-lists";

/// `ASSAY_LARGE=1` awards 5,000 rows and kills the program ten times; without it, 300 rows and three.
#[tokio::test(flavor = "multi_thread")]
async fn killed_in_the_middle_a_list_goes_on_and_awards_nobody_twice() {
    let is_large = std::env::var_os("ASSAY_LARGE").is_some_and(|value| value == "1");
    let (rows, bad, kills) = if is_large {
        (5_000, 50, 10)
    } else {
        (300, 10, 3)
    };
    let mut shipped = Shipped::new();
    let office = shipped.person("office", &["administrator", "author", "issuing-officer"]);
    shipped.start();
    let office = Sender::new(&shipped, &office);
    publish(&office).await;
    let table = table(rows, bad);
    let list = sends(&office, &table).await;

    let began = Instant::now();
    for kill in 1..=kills {
        // Each time somewhere else in the work, and between two counts of it.
        while logged(&office).await < (rows - bad) * kill / (kills + 1) {
            assert!(
                began.elapsed() < PATIENCE,
                "it does not go on: {}",
                shipped.log()
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        tokio::task::block_in_place(|| {
            shipped.kill();
            shipped.start();
        });
    }
    let done = until_done(&office, &list).await;
    println!(
        "{} awards and {kills} kills in {:.1?}",
        rows - bad,
        began.elapsed()
    );
    let good = (rows - bad) as u64;
    let counts = ["awarded", "awarded_before", "refused"].map(|name| done[name].as_u64());
    assert_eq!(counts, [Some(good), Some(0), Some(bad as u64)]);
    assert_eq!(logged(&office).await, rows - bad, "one entry for each");
    check(&office, rows - bad).await;

    // Sent again, it awards nobody anything.
    let again = until_done(&office, &sends(&office, &table).await).await;
    let counts = ["awarded", "awarded_before", "refused"].map(|name| again[name].as_u64());
    assert_eq!(counts, [Some(0), Some(good), Some(bad as u64)]);
    assert_eq!(logged(&office).await, rows - bad);
}

async fn sends(office: &Sender, table: &str) -> Value {
    let request = office.request(Method::POST, &format!("{LISTS}?reason=Spring"));
    let request = request
        .header("content-type", "text/csv")
        .body(table.to_owned());
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.status(), 202);
    answer.json().await.expect("a list")
}

/// How many entries the log has.
async fn logged(office: &Sender) -> usize {
    let checkpoint = office.text("/log/checkpoint").await;
    let size = checkpoint.lines().nth(1).expect("the log's size");
    size.parse().expect("a number")
}

async fn until_done(office: &Sender, list: &Value) -> Value {
    let path = format!("{LISTS}/{}", list["id"].as_str().expect("a list"));
    let began = Instant::now();
    loop {
        let list = office.json(&path).await;
        if list["state"] == "done" {
            return list;
        }
        assert!(began.elapsed() < PATIENCE, "{list}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Every award has another earner and a badge of its own.
async fn check(office: &Sender, awards: usize) {
    let (mut earners, mut badges, mut next) = (BTreeSet::new(), BTreeSet::new(), String::new());
    loop {
        let page = format!("/api/v1/organisations/host/awards?limit=100{next}");
        let page = office.json(&page).await;
        for award in page["items"].as_array().expect("awards") {
            assert!(
                earners.insert(award["email"].as_str().expect("an address").to_owned()),
                "{award}"
            );
            assert!(
                badges.insert(award["badge"].as_str().expect("a badge").to_owned()),
                "{award}"
            );
        }
        match page["next"].as_str() {
            Some(cursor) => next = format!("&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!((earners.len(), badges.len()), (awards, awards));
}

/// Ten times what it takes on a machine with other things to do.
const PATIENCE: Duration = Duration::from_secs(600);
