//! The shipped program, killed at any moment while it changes many badges, tells webhooks, sends letters and
//! forgets people: nothing is lost, nothing stays half done, and what is done twice can be told to be the same.

mod outside;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::read::GzDecoder;
use issuer::random::Random;
use reqwest::Method;
use serde_json::{Value, json};

use self::outside::Outside;
use super::attacks_interface_repeats::Sender;
use super::awarding_lists::table;

/// `ASSAY_LARGE=1` works on 1,000 badges and kills the program twenty times; without it, 60 and four.
#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_moment_changes_messages_letters_and_erasures_come_to_one_end() {
    let is_large = std::env::var_os("ASSAY_LARGE").is_some_and(|value| value == "1");
    let (rows, kills) = if is_large { (1_000, 20) } else { (60, 4) };
    let mut outside = Outside::new();
    let began = Instant::now();
    let office = outside.open().await;
    let gone = forgotten(&office, rows / 10).await;
    let hook = office
        .made(HOOKS, json!({ "address": outside.receiver.address }))
        .await;
    award(&office, rows).await;

    // Everything at once, and in the middle of it the program is killed again and again.
    let change = json!({
        "act": "suspend", "reason": "The course is under review.",
        "filter": { "micro_credential": "wait-time" },
    });
    let change = office.made(CHANGES, change).await;
    let office = Arc::new(office);
    let erasing = tokio::spawn(erase(office.clone(), gone.clone()));
    let random = Random::system().expect("random bytes");
    for _ in 0..kills {
        let [wait] = random.bytes::<1>();
        tokio::time::sleep(Duration::from_millis(900 + 8 * u64::from(wait))).await;
        tokio::task::block_in_place(|| {
            outside.shipped.kill();
            outside.shipped.start();
        });
    }
    erasing.await.expect("everybody who asked");

    let events = outside.until_told(&office, &change, (rows, &gone)).await;
    let suspended = changed(&office, &change, &events, (rows, gone.len())).await;
    let told_twice = messages(&office, &outside, &hook, &events).await;
    let sent_twice = letters(&outside, &gone, rows);
    println!(
        "{rows} badges, {suspended} suspended, {} people forgotten, {kills} kills: {told_twice} messages and \
         {sent_twice} letters came twice, {:.1?}",
        gone.len(),
        began.elapsed()
    );
    // One letter is under way at a time, and eight messages.
    assert!(sent_twice <= kills && told_twice <= 8 * kills);
    outside.nothing_is_half(&gone, (rows, suspended));
}

/// People who will ask to be forgotten: their identifiers and addresses.
async fn forgotten(office: &Sender, count: usize) -> Vec<(String, String)> {
    let mut people = Vec::new();
    for number in 0..count {
        // Every tenth row of the list is theirs.
        let email = format!("earner{}@example.org", 10 * number);
        let new = json!({ "name": "Somebody", "emails": [email] });
        let made = office.made("/api/v1/people", new).await;
        people.push((text(&made["id"]), email));
    }
    people
}

/// Awards a badge to each, by a list.
async fn award(office: &Sender, rows: usize) {
    let request = office.request(Method::POST, &format!("{LISTS}?reason=Spring"));
    let request = request
        .header("content-type", "text/csv")
        .body(table(rows, 0));
    let list: Value = request
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("a list");
    let path = format!("{LISTS}/{}", text(&list["id"]));
    let began = Instant::now();
    while office.json(&path).await["state"] != "done" {
        assert!(began.elapsed() < PATIENCE, "it does not go on");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Erases them one after the other, each until it is said to be done.
async fn erase(office: Arc<Sender>, gone: Vec<(String, String)>) {
    for (person, _) in gone {
        let path = format!("/api/v1/people/{person}/erasure");
        loop {
            let asked = office
                .request(Method::POST, &path)
                .json(&json!({}))
                .send()
                .await;
            // Done by this request, or by one whose answer was lost.
            if asked.is_ok_and(|answer| matches!(answer.status().as_u16(), 204 | 404)) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        // So that some of it is still to come at every kill.
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

/// Every badge was suspended once, as its row, the trail, the log and the status list say alike; says how many.
async fn changed(
    office: &Sender,
    change: &Value,
    events: &[Value],
    (rows, gone): (usize, usize),
) -> usize {
    let of_kind = |kind: &str| -> Vec<String> {
        let events = events.iter().filter(|event| event["kind"] == kind);
        events.map(|event| text(&event["about"]["badge"])).collect()
    };
    let (issued, suspended) = (of_kind("badge.issued"), of_kind("badge.suspended"));
    assert_eq!((issued.len(), distinct(&issued)), (rows, rows));
    assert_eq!(suspended.len(), distinct(&suspended), "each badge once");
    assert!(
        (rows - gone..=rows).contains(&suspended.len()),
        "{}",
        suspended.len()
    );
    let (mut done, mut next) = (0, String::new());
    let path = format!("{CHANGES}/{}/rows", text(&change["id"]));
    loop {
        let page = office.json(&format!("{path}?limit=100{next}")).await;
        for row in page["items"].as_array().expect("rows") {
            match row["outcome"].as_str() {
                Some("done") => done += 1,
                _ => assert_eq!(row["code"], "auth.not_found", "{row}"),
            }
        }
        match page["next"].as_str() {
            Some(cursor) => next = format!("&cursor={cursor}"),
            None => break,
        }
    }
    // Whoever was forgotten between a suspension and its note has a row that found nothing.
    assert!(
        done <= suspended.len() && suspended.len() - done <= gone,
        "{done}"
    );
    let list = office.json("/status/1.json").await;
    assert_eq!(
        bits(&list),
        suspended.len(),
        "no bit is lost, and none is set besides"
    );
    suspended.len()
}

/// Every event was told, under one identifier each, in order for each badge; says how many were told twice.
async fn messages(office: &Sender, outside: &Outside, hook: &Value, events: &[Value]) -> usize {
    let mut heard: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    let mut of_badge: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for one in outside.receiver.received() {
        let told = one.json();
        let (event, id) = (
            text(&told["data"]["event"]),
            one.headers["webhook-id"].clone(),
        );
        if !heard.contains_key(&event) && told["data"]["badge"].is_string() {
            of_badge
                .entry(text(&told["data"]["badge"]))
                .or_default()
                .push(one.kind());
        }
        heard.entry(event).or_default().push((id, one.body));
    }
    for order in of_badge.values() {
        assert!(
            ["badge.issued", "badge.suspended"]
                .starts_with(&order.iter().map(String::as_str).collect::<Vec<_>>()),
            "{order:?}"
        );
    }
    let tried = tried(office, hook).await;
    let mut twice = 0;
    for event in events {
        let told = &heard[&text(&event["id"])];
        // The same message each time: whoever counts by its identifier counts it once.
        assert!(told.iter().all(|one| *one == told[0]), "{told:?}");
        assert!(
            told.len() <= tried[&told[0].0],
            "what came twice is known to have been tried twice"
        );
        twice += told.len() - 1;
    }
    twice
}

/// How often each message was tried, by the log of deliveries.
async fn tried(office: &Sender, hook: &Value) -> BTreeMap<String, usize> {
    let (mut tried, mut next) = (BTreeMap::new(), String::new());
    loop {
        let path = format!("{HOOKS}/{}/deliveries?limit=100{next}", text(&hook["id"]));
        let page = office.json(&path).await;
        for delivery in page["items"].as_array().expect("deliveries") {
            let times = delivery["tried"].as_u64().expect("a number");
            tried.insert(text(&delivery["message"]), times as usize);
        }
        match page["next"].as_str() {
            Some(cursor) => next = format!("&cursor={cursor}"),
            None => return tried,
        }
    }
}

/// Everybody who stays has one letter about each thing, whatever its number of copies; says how many came twice.
fn letters(outside: &Outside, gone: &[(String, String)], rows: usize) -> usize {
    let mut copies: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for letter in outside.post.letters() {
        let of = copies.entry((letter.to, letter.subject)).or_default();
        of.push(letter.id);
    }
    for (about, ids) in &copies {
        assert_eq!(distinct(ids), 1, "{about:?} is one letter");
    }
    let staying = copies
        .keys()
        .filter(|(to, _)| gone.iter().all(|(_, email)| email != to));
    let mut subjects: BTreeMap<&str, usize> = BTreeMap::new();
    for (to, _) in staying {
        *subjects.entry(to).or_default() += 1;
    }
    assert_eq!(subjects.len(), rows - gone.len());
    assert!(
        subjects.values().all(|count| *count == 2),
        "ready, and suspended: {subjects:?}"
    );
    copies.values().map(|ids| ids.len() - 1).sum()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn distinct(of: &[String]) -> usize {
    of.iter().collect::<BTreeSet<_>>().len()
}

/// How many bits of a status list are set.
fn bits(list: &Value) -> usize {
    let encoded = list["credentialSubject"]["encodedList"]
        .as_str()
        .expect("a list");
    let packed = URL_SAFE_NO_PAD.decode(&encoded[1..]).expect("base64url");
    let mut bits = Vec::new();
    GzDecoder::new(packed.as_slice())
        .read_to_end(&mut bits)
        .expect("gzip");
    bits.iter().map(|byte| byte.count_ones() as usize).sum()
}

const HOOKS: &str = "/api/v1/organisations/host/webhooks";
const CHANGES: &str = "/api/v1/organisations/host/badge-changes";
const LISTS: &str = "/api/v1/organisations/host/award-lists";
/// What was under way at a kill is tried again after half a minute, at the next one after a minute more.
const PATIENCE: Duration = Duration::from_secs(600);
