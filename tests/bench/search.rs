//! Searches a catalogue of 5,000 micro-credentials, and prints how long that takes.
//!
//! Started by `tests/bench/search`. The catalogue lies in a real store in a folder of its own. What is
//! timed is all that a search does: the check for changes, the words, the facets and their counts.

use std::time::{Duration, Instant};

use issuer::catalogue::{Facet, Query, search};
use issuer::event::Actor;
use issuer::id::OrganisationId;
use issuer::micro_credential;
use issuer::organisation::Role;

use crate::app::TestApp;

#[path = "../app.rs"]
#[allow(dead_code, reason = "the chapters use the rest")]
mod app;
#[path = "../catalogue.rs"]
#[allow(dead_code, reason = "the chapters use the rest")]
mod catalogue;
#[path = "../people.rs"]
#[allow(dead_code, reason = "the chapters use the rest")]
mod people;

/// Words that titles are made of; three of them make 5,000 titles, many of which share words.
const WORDS: [&str; 18] = [
    "Questioning",
    "Feedback",
    "Réflexion",
    "Grouping",
    "Assessment",
    "Thinking",
    "Design",
    "Culture",
    "Reading",
    "Writing",
    "Science",
    "Numbers",
    "Coaching",
    "Data",
    "Equity",
    "Inquiry",
    "Dialogue",
    "Planning",
];
const TOPICS: [&str; 4] = ["questioning", "assessment", "grouping-students", "data-use"];
const ITEMS: usize = 5_000;
const SEARCHES: usize = 5_000;

fn main() {
    let test = TestApp::new();
    let began = Instant::now();
    publish(&test);
    println!(
        "published {ITEMS} micro-credentials in {:?}",
        began.elapsed()
    );

    let began = Instant::now();
    let all = search(&test.app, &Query::default()).expect("an answer");
    println!("made the index of {} in {:?}", all.total, began.elapsed());

    let mut times: Vec<Duration> = (0..SEARCHES).map(|turn| timed(&test, turn)).collect();
    times.sort();
    let at = |part: f64| times[((times.len() - 1) as f64 * part) as usize];
    println!("searched {SEARCHES} times, each for a page of 24 with all facets counted:");
    println!(
        "  median {:?}, 99th percentile {:?}, longest {:?}",
        at(0.5),
        at(0.99),
        at(1.0)
    );
}

fn publish(test: &TestApp) {
    let donna = test.person("donna", &[Role::Author]);
    for place in 0..ITEMS {
        let word = |step: usize| WORDS[(place / step) % WORDS.len()];
        let mut said = catalogue::content();
        let title = format!("{} {} {} {place}", word(1), word(18), word(324));
        said.name = title.parse().expect("a title");
        said.topics = vec![TOPICS[place % 4].parse().expect("a slug")];
        said.grades = vec![format!("{}", place % 13).parse().expect("a line")];
        said.roles = vec![format!("Role {}", place % 5).parse().expect("a line")];
        said.credits = Some(format!("{}", 1 + place % 6).parse().expect("credits"));
        let id: issuer::id::MicroCredentialId = format!("item-{place}").parse().expect("a slug");
        let host = OrganisationId::host();
        micro_credential::write(&test.app, &donna, host, id.clone(), said).expect("a draft");
        micro_credential::publish(&test.app, Actor::Service, &id, test.now)
            .expect("its publication");
    }
}

/// One search of those that people make: a word, two, the beginning of one, nothing but a facet.
fn timed(test: &TestApp, turn: usize) -> Duration {
    let word = WORDS[turn % WORDS.len()];
    let other = WORDS[(turn / 7) % WORDS.len()];
    let text = match turn % 5 {
        0 => word.to_owned(),
        1 => format!("{word} {other}"),
        2 => word.chars().take(3).collect(),
        3 => String::new(),
        _ => "the educator waits before".to_owned(),
    };
    let began = Instant::now();
    let mut query = Query::new(&text).expect("a short query").page(0, 24);
    if turn.is_multiple_of(3) {
        query = query.with(Facet::Topic, TOPICS[turn % 4]);
    }
    let found = search(&test.app, &query).expect("an answer");
    std::hint::black_box(found);
    began.elapsed()
}
