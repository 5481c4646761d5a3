//! The audit trail: who did what in an organisation, and when.

use issuer::engine::Batch;
use issuer::event::{self, About, Actor, Event, EventKind, Filter, Recorded};
use issuer::id::OrganisationId;
use issuer::organisation::{self, Role};
use issuer::page::PageRequest;
use reqwest::StatusCode;
use serde_json::Value;

use super::organisations::{district, wayne};
use crate::app::TestApp;
use crate::browser::Browser;
use crate::served::{Served, header, media_type, problem};

const AUDIT: &str = "/api/v1/organisations/host/audit";

fn trail(test: &TestApp, filter: &Filter) -> Vec<Recorded> {
    let (mut all, mut asked) = (Vec::new(), PageRequest::most());
    loop {
        let page = event::trail(&test.app, &OrganisationId::host(), filter, &asked);
        let page = page.expect("the store");
        all.extend(page.items);
        match page.next {
            Some(next) => asked.cursor = Some(next),
            None => return all,
        }
    }
}

fn kinds(recorded: &[Recorded]) -> Vec<&'static str> {
    recorded.iter().map(|one| one.event.kind.name()).collect()
}

async fn items(answer: reqwest::Response) -> Vec<Value> {
    assert_eq!(answer.status(), StatusCode::OK);
    let body: Value = answer.json().await.expect("JSON");
    body["items"].as_array().expect("a list").clone()
}

#[test]
fn a_badge_leaves_who_decided_what_was_issued_and_who_revoked_it_the_last_first() {
    let test = TestApp::new();
    let issued = test.issued();
    test.revoke(issued.badge()).expect("its end");

    let all = trail(&test, &Filter::default());
    let since_the_review = kinds(&all)
        .into_iter()
        .filter(|kind| !kind.starts_with("member."))
        .take(4)
        .collect::<Vec<_>>();
    assert_eq!(
        since_the_review,
        [
            "badge.revoked",
            "badge.issued",
            "award.made",
            "submission.accepted"
        ]
    );
    let about = Filter {
        badge: Some(issued.badge()),
        ..Filter::default()
    };
    let about = trail(&test, &about);
    assert_eq!(kinds(&about), ["badge.revoked", "badge.issued"]);
    let revoked = &about[0].event;
    assert_eq!(revoked.actor, Actor::Person(test.officer().id));
    let reason = revoked.reason.as_ref().expect("a reason").as_str();
    assert_eq!(reason, "The recording was of another class.");
    assert_eq!(about[1].event.actor, Actor::Service);
    assert_eq!((about[1].of_badge, about[0].of_badge), (Some(1), Some(2)));
}

#[test]
fn what_came_to_nothing_leaves_no_trace() {
    let test = TestApp::new();
    let issued = test.issued();
    test.revoke(issued.badge()).expect("its end");
    let before = trail(&test, &Filter::default());
    test.revoke(issued.badge()).expect_err("it was revoked");
    let grace = test.person("grace", &[]);
    let nobody = organisation::membership::end(
        &test.app,
        Actor::Person(grace.id),
        &OrganisationId::host(),
        test.person("nobody", &[]).id,
        test.now,
    );
    nobody.expect_err("no member");
    assert_eq!(trail(&test, &Filter::default()), before);
}

#[test]
fn two_events_about_one_badge_have_an_order_and_of_two_at_once_one_comes_later() {
    let test = TestApp::new();
    let badge = test.issued().badge();
    let done = || Event {
        organisation: OrganisationId::host(),
        kind: EventKind::BadgeRevoked,
        actor: Actor::Service,
        about: About::Badge(badge),
        reason: None,
        at: test.now,
    };
    let (mut one, mut other) = (Batch::default(), Batch::default());
    event::record(&test.app, &mut one, done()).expect("the store");
    event::record(&test.app, &mut other, done()).expect("the store");
    test.app.store.commit(one).expect("the first");
    test.app.store.commit(other).expect_err("a conflict");
    let mut both = Batch::default();
    for _ in 0..2 {
        event::record(&test.app, &mut both, done()).expect("the store");
    }
    test.app.store.commit(both).expect("two in one batch");
    let about = Filter {
        badge: Some(badge),
        ..Filter::default()
    };
    let places: Vec<_> = trail(&test, &about)
        .iter()
        .map(|one| one.of_badge)
        .collect();
    assert_eq!(places, [Some(4), Some(3), Some(2), Some(1)]);
}

#[tokio::test]
async fn an_administrator_reads_the_trail_page_by_page_and_nobody_else_does() {
    let served = Served::new().await;
    let badge = served.badge();
    let admin = served.caller("olga", &[Role::Administrator]);
    let whole = items(admin.get(&format!("{AUDIT}?limit=100")).await).await;
    assert!(whole.len() > 5, "{whole:#?}");

    let (mut read, mut cursor) = (Vec::new(), String::new());
    loop {
        let page: Value = admin
            .get(&format!("{AUDIT}?limit=2{cursor}"))
            .await
            .json()
            .await
            .expect("JSON");
        read.extend(page["items"].as_array().expect("a list").clone());
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(read, whole);

    let issued = items(admin.get(&format!("{AUDIT}?badge={badge}")).await).await;
    assert_eq!(issued.len(), 1, "{issued:#?}");
    assert_eq!(issued[0]["kind"], "badge.issued");
    assert_eq!(issued[0]["actor"]["kind"], "service");
    assert_eq!(issued[0]["about"]["badge"], badge.to_string());

    let by_grace = items(admin.get(&format!("{AUDIT}?actor=grace@example.org")).await).await;
    let kinds: Vec<_> = by_grace.iter().map(|one| one["kind"].clone()).collect();
    assert_eq!(kinds, ["award.made", "submission.accepted"]);
    assert_eq!(by_grace[0]["actor"]["name"], "grace");
    let by_nobody = items(
        admin
            .get(&format!("{AUDIT}?actor=no-one@example.org"))
            .await,
    )
    .await;
    assert!(by_nobody.is_empty());
    let joined = items(admin.get(&format!("{AUDIT}?kind=member.joined")).await).await;
    assert!(joined.iter().all(|one| one["kind"] == "member.joined"));

    let now = served.test.now.to_string();
    let (today, _) = now.split_once('T').expect("a day and a time");
    let of_today = items(
        admin
            .get(&format!("{AUDIT}?from={today}&until={today}&limit=100"))
            .await,
    )
    .await;
    assert_eq!(of_today, whole);
    let later = items(admin.get(&format!("{AUDIT}?from=2999-01-01")).await).await;
    assert!(later.is_empty());
    let earlier = items(admin.get(&format!("{AUDIT}?until=1999-01-01")).await).await;
    assert!(earlier.is_empty());
    for wrong in [
        "kind=x",
        "badge=x",
        "from=x",
        "until=2026-99-99",
        "actor=%20x%20y",
        "other=1",
    ] {
        let answer = admin.get(&format!("{AUDIT}?{wrong}")).await;
        assert_eq!(
            problem(answer).await,
            (400, "http.query".to_owned()),
            "{wrong}"
        );
    }

    let reviewer = served.caller("grace", &[]);
    assert_eq!(problem(reviewer.get(AUDIT).await).await.0, 403);
    let stranger = served.caller("stranger", &[]);
    assert_eq!(problem(stranger.get(AUDIT).await).await.0, 404);
}

#[tokio::test]
async fn each_organisation_has_a_trail_of_its_own_that_begins_with_its_founding() {
    let served = Served::new().await;
    let test = &served.test;
    let operator = test.person("oscar", &[Role::Administrator]);
    let by = Actor::Person(operator.id);
    organisation::found(&test.app, by, district(&wayne(), "Wayne County"), test.now)
        .expect("founded");
    let wendy = test.person("wendy", &[]);
    test.join(&wendy, &wayne(), &[Role::Administrator]);
    served.badge();
    let wendy = served.caller("wendy", &[]);
    let told = items(wendy.get("/api/v1/organisations/wayne-county/audit").await).await;
    let kinds: Vec<_> = told.iter().map(|one| one["kind"].clone()).collect();
    assert_eq!(
        kinds,
        ["member.joined", "keys.drawn", "organisation.founded"]
    );
    assert_eq!(told[0]["about"]["roles"][0], "administrator");
    assert_eq!(told[0]["about"]["name"], "wendy");
    assert_eq!(told[2]["actor"]["name"], "oscar");
    assert_eq!(problem(wendy.get(AUDIT).await).await.0, 404);
}

#[tokio::test]
async fn the_page_shows_filters_and_leads_to_the_downloads_without_a_script() {
    let served = Served::new().await;
    let badge = served.badge();
    served.test.revoke(badge).expect("its end");
    let admin = served.test.person("wilma", &[Role::Administrator]);
    let browser = Browser::of(&served, &admin);
    let page = browser.get("/organisations/host/audit").await;
    assert_eq!(page.status(), 200);
    let page = page.text().await.expect("a page");
    assert!(!page.contains("<script"), "no script");
    assert!(
        page.contains("Revoked a badge") && page.contains("The recording was of another class.")
    );
    let filtered = browser
        .get("/organisations/host/audit?kind=badge.issued&actor=&badge=&from=&until=")
        .await;
    let filtered = filtered.text().await.expect("a page");
    assert!(filtered.contains("<code>badge.issued</code>"));
    assert!(!filtered.contains("<code>badge.revoked</code>"));
    assert!(filtered.contains("format=csv&amp;kind=badge.issued"));
    let wrong = browser
        .get("/organisations/host/audit?from=yesterday")
        .await;
    assert_eq!(wrong.status(), 400);
    let wrong = wrong.text().await.expect("a page");
    assert!(
        wrong.contains("role=\"alert\"") && wrong.contains("yesterday"),
        "{wrong}"
    );
}

#[tokio::test]
async fn the_trail_is_handed_out_whole_as_a_table_and_as_lines_of_json() {
    let served = Served::new().await;
    let test = &served.test;
    for number in 0..130 {
        test.person(&format!("member{number}"), &[Role::Reviewer]);
    }
    let admin = served.caller("olga", &[Role::Administrator]);
    let whole = trail(test, &Filter::default());
    assert!(whole.len() > 130, "more than a page");

    let lines = admin
        .get(&format!("{AUDIT}/export?format=json_lines"))
        .await;
    assert_eq!(media_type(&lines), "application/jsonl");
    let lines = lines.text().await.expect("lines");
    let ids: Vec<String> = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON"))
        .map(|one| one["id"].as_str().expect("an identifier").to_owned())
        .collect();
    let expected: Vec<String> = whole.iter().map(|one| one.id.to_string()).collect();
    assert_eq!(ids, expected);

    let table = admin
        .get(&format!("{AUDIT}/export?format=csv&kind=member.joined"))
        .await;
    assert_eq!(
        media_type(&table),
        "text/csv; charset=utf-8; header=present"
    );
    assert!(header(&table, "content-disposition").contains("audit-host.csv"));
    let table = table.text().await.expect("a table");
    let mut lines = table.split("\r\n");
    assert!(
        lines
            .next()
            .expect("a header")
            .starts_with("time,event,kind,actor,actor_name")
    );
    let rows = lines.filter(|line| !line.is_empty()).count();
    let joined = whole
        .iter()
        .filter(|one| one.event.kind == EventKind::MemberJoined);
    assert_eq!(rows, joined.count());
    let wrong = admin.get(&format!("{AUDIT}/export?format=xml")).await;
    assert_eq!(problem(wrong).await.0, 400);
}

/// Forms: HTTP.
#[tokio::test]
async fn attack_w_10_no_cell_of_the_trail_is_taken_for_a_formula() {
    let served = Served::new().await;
    let test = &served.test;
    for (name, reason) in [
        ("ada", "=cmd|' /C calc'!A0"),
        ("bert", "+1"),
        ("cleo", "-1"),
        ("dora", "@SUM(A1)"),
    ] {
        let issued = test.badges(&[name]).remove(0);
        let reason = reason.parse().expect("a text");
        issuer::revocation::revoke(&test.app, &test.officer(), issued.badge(), reason, test.now)
            .expect("its end");
    }
    test.person("=HYPERLINK(1)", &[Role::Reviewer]);
    let admin = served.caller("wilma", &[Role::Administrator]);
    let table = admin.get(&format!("{AUDIT}/export?format=csv")).await;
    let table = table.text().await.expect("a table");
    let mut cells = 0;
    for record in csv_cells(&table) {
        cells += 1;
        assert!(
            !record.starts_with(['=', '+', '-', '@', '\t', '\r']),
            "{record}"
        );
    }
    assert!(cells > 50);
    assert!(table.contains("'=cmd") && table.contains("'+1") && table.contains("'@SUM"));
    assert!(table.contains("'=HYPERLINK"));
}

/// The cells of a table in which quotes stand around whole cells.
fn csv_cells(table: &str) -> Vec<String> {
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let rows = reader.records().map(|row| row.expect("a row"));
    rows.flat_map(|row| row.iter().map(str::to_owned).collect::<Vec<_>>())
        .collect()
}
