//! Lists of awards as documents, awards to oneself, the letter of every badge, and a badge's archive.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use issuer::awarding;
use issuer::badge::{self, Visibility};
use issuer::digest::Sha256Digest;
use issuer::organisation::Role;
use issuer::person::Person;
use reqwest::{Method, Response};
use serde_json::{Value, json};
use verifier::Verdict;
use zip::ZipArchive;

use crate::app::TestApp;
use crate::browser::Browser;
use crate::mailbox;
use crate::served::{Caller, Served, header, media_type, problem};

const LISTS: &str = "/api/v1/organisations/host/award-lists";
const AWARDS: &str = "/api/v1/organisations/host/awards";

async fn sends(officer: &Caller<'_>, list: &Value) -> Response {
    let path = format!("{LISTS}?reason=The+spring+course&micro_credential=wait-time");
    let request = officer.request(Method::POST, &path);
    let request = request.header("content-type", "application/json; charset=utf-8");
    request
        .body(list.to_string())
        .send()
        .await
        .expect("an answer")
}

async fn ok(answer: Response) -> Value {
    let status = answer.status();
    let text = answer.text().await.expect("a body");
    assert!(status.is_success(), "{status}: {text}");
    serde_json::from_str(&text).unwrap_or_default()
}

fn work(test: &TestApp) {
    while awarding::work_off(&test.app, test.now)
        .expect("the store")
        .rows
        > 0
    {}
}

/// What came of each row: where it stands, the outcome, and the code of what is wrong.
async fn rows(officer: &Caller<'_>, list: &Value) -> Vec<(String, String, String)> {
    let path = format!("{LISTS}/{}/rows", list["id"].as_str().expect("a list"));
    let found = ok(officer.get(&path).await).await;
    let found = found["items"].as_array().expect("rows").iter();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    found
        .map(|row| {
            (
                text(&row["pointer"]),
                text(&row["outcome"]),
                text(&row["problem"]["code"]),
            )
        })
        .collect()
}

#[tokio::test]
async fn a_document_is_held_against_the_rules_of_a_table_and_names_what_is_wrong_by_its_place() {
    let served = Served::new().await;
    let test = &served.test;
    let officer = served.caller("olga", &[Role::IssuingOfficer]);
    let good = json!({
        "email": "spring@example.org", "name": "Spring", "awarded": "2026-05-31",
        "narrative": "=SUM(A1) is what she taught; and \"more\".",
        "evidence": ["https://a.example/1;2", "https://a.example/3|4"],
        "results": [{ "criterion": "waiting", "level": "consistent" }], "row": "s-1",
    });
    let list = json!({ "rows": [
        good,
        { "email": "nobody" },
        { "email": "summer@example.org", "evidence": ["http://a.example/"] },
        { "email": "autumn@example.org", "results": [{ "criterion": "waiting", "level": "absent" }] },
        { "email": "winter@example.org", "colour": "blue" },
        "winter@example.org",
        { "email": "winter@example.org", "awarded": "2027-05-31" },
        { "email": "winter@example.org", "name": 7 },
        { "email": "other@example.org", "micro_credential": "nothing" },
        { "email": "spring@example.org", "row": "s-1" },
        { "email": "late@example.org" },
    ]});
    let sent = ok(sends(&officer, &list).await).await;
    assert_eq!(sent["rows"], 11);
    work(test);
    let told = rows(&officer, &sent).await;
    let expected = [
        ("/rows/0", "awarded", ""),
        ("/rows/1/email", "refused", "award.email"),
        ("/rows/2/evidence", "refused", "award.evidence"),
        ("/rows/3/results", "refused", "award.result_below"),
        ("/rows/4", "refused", "award.member"),
        ("/rows/5", "refused", "award.member"),
        ("/rows/6/awarded", "refused", "award.future"),
        ("/rows/7/name", "refused", "award.member"),
        (
            "/rows/8/micro_credential",
            "refused",
            "award.micro_credential",
        ),
        ("/rows/9/row", "refused", "award.twice"),
        ("/rows/10", "awarded", ""),
    ];
    let expected =
        expected.map(|(one, two, three)| (one.to_owned(), two.to_owned(), three.to_owned()));
    assert_eq!(told, expected);

    // What stands in the badge is what stood in the document.
    let badge = &test.badges_of("spring")[0];
    let issued = test
        .app
        .store
        .issued(badge.id, 1)
        .expect("the store")
        .expect("it");
    let credential: Value = serde_json::from_str(issued.json()).expect("JSON");
    assert!(
        issued.json().contains("=SUM(A1) is what she taught") && !issued.json().contains("'=SUM")
    );
    let evidence = credential["evidence"].as_array().expect("evidence").iter();
    let named: Vec<_> = evidence.filter_map(|one| one["id"].as_str()).collect();
    assert_eq!(named, ["https://a.example/1;2", "https://a.example/3%7C4"]);
    assert_eq!(
        test.verify(issued.json().as_bytes()).verdict(),
        Verdict::Verified
    );

    // The same again awards nobody twice, and neither does the same as a table.
    let again = ok(sends(&officer, &list).await).await;
    work(test);
    let told = rows(&officer, &again).await;
    assert_eq!(
        (told[0].1.as_str(), told[10].1.as_str()),
        ("awarded_before", "awarded_before")
    );
    let path = format!("{LISTS}?reason=The+spring+course&micro_credential=wait-time");
    let table = officer
        .request(Method::POST, &path)
        .header("content-type", "text/csv");
    let table = table
        .body("email,row\nspring@example.org,s-1\nlate@example.org,\n")
        .send()
        .await;
    let table = ok(table.expect("an answer")).await;
    work(test);
    let told = rows(&officer, &table).await;
    assert_eq!(told.len(), 2);
    assert!(
        told.iter()
            .all(|(place, outcome, _)| place.is_empty() && outcome == "awarded_before")
    );
    assert_eq!(test.records(b"award/"), 2);
}

#[tokio::test]
async fn a_document_that_is_no_list_is_refused_as_a_whole() {
    let served = Served::new().await;
    let officer = served.caller("olga", &[Role::IssuingOfficer]);
    for (list, pointer) in [
        (json!([]), ""),
        (json!({ "rows": {} }), "/rows"),
        (json!({ "rows": [] }), "/rows"),
        (json!({ "rows": [], "more": 1 }), "/more"),
    ] {
        let refused = sends(&officer, &list).await;
        assert_eq!(refused.status(), 422, "{list}");
        let told: Value = refused.json().await.expect("a problem");
        assert_eq!(
            (&told["code"], &told["pointer"]),
            (&json!("input.invalid"), &json!(pointer))
        );
    }
    let path = format!("{LISTS}?reason=The+spring+course");
    let twice = officer
        .request(Method::POST, &path)
        .header("content-type", "application/json");
    let twice = twice
        .body(r#"{"rows":[{"email":"a@b.example","email":"c@d.example"}]}"#)
        .send()
        .await;
    assert_eq!(problem(twice.expect("an answer")).await.0, 422);
    let other = officer
        .request(Method::POST, &path)
        .header("content-type", "text/plain");
    let other = other.body("email\n").send().await.expect("an answer");
    assert_eq!(other.status(), 415);
}

#[tokio::test]
async fn nobody_awards_anything_to_themselves() {
    let served = Served::new().await;
    let test = &served.test;
    let officer = served.caller("olga", &[Role::IssuingOfficer]);
    let own = json!({
        "email": "olga@example.org", "micro_credential": "wait-time", "reason": "I taught it.",
    });
    let refused = problem(officer.post(AWARDS, own).await).await;
    assert_eq!(refused, (403, "award.to_oneself".to_owned()));
    // By a list as well, which goes on with the others; and by another address of the same account.
    let olga = test.person("olga", &[]);
    let wilma = test.person("wilma", &[Role::Administrator]);
    let home = "olga@home.example".parse().expect("an address");
    let note = "She has two.".parse().expect("a line");
    issuer::person::add_after_check(&test.app, &wilma, olga.id, home, note, test.now)
        .expect("a further address");
    let list = json!({ "rows": [
        { "email": "olga@example.org" }, { "email": "olga@home.example" }, { "email": "spring@example.org" },
    ]});
    let sent = ok(sends(&officer, &list).await).await;
    work(test);
    let told = rows(&officer, &sent).await;
    let codes: Vec<_> = told.iter().map(|(_, _, code)| code.as_str()).collect();
    assert_eq!(codes, ["award.to_oneself", "award.to_oneself", ""]);
    assert!(test.badges_of("olga").is_empty());
    // Another officer may.
    let other = served.caller("oscar", &[Role::IssuingOfficer]);
    let award = json!({
        "email": "olga@example.org", "micro_credential": "wait-time", "reason": "She taught it.",
    });
    assert_eq!(other.post(AWARDS, award).await.status(), 201);
    assert_eq!(test.badges_of("olga").len(), 1);
}

#[test]
fn one_letter_says_how_each_badge_was_earned() {
    let test = TestApp::new();
    let submission = test.learner("ada").submits();
    let award = test.reviewer("grace").accepts(submission);
    issuer::issuance::issue(&test.app, award, test.now).expect("a badge");
    issuer::issuance::issue(&test.app, award, test.now).expect("the same badge");
    issuer::issuance::resume(&test.app, test.now).expect("the store");
    let letters = mailbox::messages(&test, "ada@example.org");
    let ready: Vec<_> = letters
        .iter()
        .filter(|one| one.subject.contains("is ready"))
        .collect();
    assert_eq!(ready.len(), 1, "one letter for one badge");
    assert!(
        ready[0].text.contains("has reviewed your work"),
        "{}",
        ready[0].text
    );
}

fn unpacked(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).expect("an archive");
    let mut files = BTreeMap::new();
    for number in 0..archive.len() {
        let mut entry = archive.by_index(number).expect("an entry");
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).expect("its bytes");
        files.insert(entry.name().expect("a name").into_owned(), bytes);
    }
    files
}

#[tokio::test]
async fn a_holder_takes_all_files_of_a_badge_with_a_note_on_how_each_is_verified() {
    let served = Served::new().await;
    let test = &served.test;
    let id = served.badge();
    let path = format!("/my/badges/{id}/archive");
    let ada: Person = test.person("ada", &[]);
    let answer = Browser::of(&served, &ada).get(&path).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(media_type(&answer), "application/zip");
    assert_eq!(header(&answer, "cache-control"), "private, no-store");
    let files = unpacked(&answer.bytes().await.expect("an archive"));
    let sums = String::from_utf8(files["SHA256SUMS"].clone()).expect("text");
    let note = String::from_utf8(files["README.txt"].clone()).expect("text");
    for name in ["badge.json", "badge.jwt", "badge.png", "badge.svg"] {
        assert_eq!(
            test.verify(&files[name]).verdict(),
            Verdict::Verified,
            "{name}"
        );
        assert!(note.contains(name), "{name}");
        let digest = Sha256Digest::of(&files[name]);
        assert!(sums.contains(&format!("{digest}  {name}\n")), "{name}");
    }
    assert!(
        note.starts_with("Wait Time\n") && note.contains("/verify"),
        "{note}"
    );
    assert!(note.lines().all(|line| line.len() <= 120), "{note}");
    let api = served
        .caller("ada", &[])
        .get(&format!("/api/v1/badges/{id}/archive"))
        .await;
    assert_eq!(unpacked(&api.bytes().await.expect("an archive")), files);
    // It is the holder's, also when everybody may see the badge.
    badge::set_visibility(&test.app, &ada, id, Visibility::Public).expect("her leave");
    let other = Browser::of(&served, &test.person("bert", &[]))
        .get(&path)
        .await;
    assert_eq!(other.status(), 404);
    let page = Browser::of(&served, &ada)
        .get(&format!("/my/badges/{id}"))
        .await;
    assert!(page.text().await.expect("a page").contains(&path));
}
