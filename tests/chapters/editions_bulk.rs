//! Changing many badges at once, and reminding earners of badges that end.

use issuer::badge::bulk;
use issuer::badge::expiry;
use issuer::event::Actor;
use issuer::id::{BadgeId, OrganisationId};
use issuer::organisation::{self, Role};
use serde_json::{Value, json};

use super::editions::{DAY, expiring};
use super::organisations::{district, wayne};
use super::privacy;
use crate::app::TestApp;
use crate::mailbox;
use crate::served::{Caller, Served, problem};

const CHANGES: &str = "/api/v1/organisations/host/badge-changes";

async fn begun(officer: &Caller<'_>, body: Value) -> Value {
    let answer = officer.post(CHANGES, body).await;
    assert_eq!(answer.status(), 202);
    answer.json().await.expect("a change")
}

async fn shown(officer: &Caller<'_>, begun: &Value) -> Value {
    let id = begun["id"].as_str().expect("an id");
    let answer = officer.get(&format!("{CHANGES}/{id}")).await;
    answer.json().await.expect("a change")
}

async fn rows(officer: &Caller<'_>, begun: &Value) -> Vec<Value> {
    let id = begun["id"].as_str().expect("an id");
    let answer = officer.get(&format!("{CHANGES}/{id}/rows")).await;
    let list: Value = answer.json().await.expect("a list");
    list["items"].as_array().expect("items").clone()
}

#[tokio::test]
async fn an_address_that_an_officer_typed_for_a_badge_goes_with_its_person() {
    let served = Served::new().await;
    let test = &served.test;
    let zebedee = test.person("zebedee", &[]);
    let officer = served.caller("olga", &[Role::IssuingOfficer]);
    let asked = json!([
        "Zebedee@example.org",
        "Ask zebedee@EXAMPLE.org, or else zebedee@example.org.",
        "joe.zebedee@example.org",
        "zebedee@example.org.uk",
    ]);
    let body = json!({ "act": "suspend", "reason": "An appeal is pending.", "badges": asked });
    let begun = begun(&officer, body).await;
    bulk::resume(&test.app, test.now).expect("the work");

    privacy::erase(test, &zebedee);
    let left = [
        "erased",
        "Ask erased, or else erased.",
        "joe.zebedee@example.org",
        "zebedee@example.org.uk",
    ];
    for (row, left) in rows(&officer, &begun).await.iter().zip(left) {
        assert_eq!(
            (&row["asked"], &row["code"]),
            (&json!(left), &json!("auth.not_found"))
        );
    }
}

/// Whoever works through the rows has read them before one of them is changed.
#[tokio::test]
async fn a_row_that_an_erasure_changes_meanwhile_is_worked_off_as_well() {
    let served = Served::new().await;
    let test = &served.test;
    let zebedee = test.person("zebedee", &[]);
    let officer = served.caller("olga", &[Role::IssuingOfficer]);
    let asked: Vec<String> = (0..500).map(|place| format!("no badge {place}")).collect();
    let asked = [asked, vec!["zebedee@example.org".to_owned()]].concat();
    let body = json!({ "act": "suspend", "reason": "An appeal is pending.", "badges": asked });
    let begun = begun(&officer, body).await;
    std::thread::scope(|scope| {
        scope.spawn(|| bulk::resume(&test.app, test.now).expect("the work"));
        privacy::erase(test, &zebedee);
    });
    bulk::resume(&test.app, test.now).expect("what is left");
    let shown = shown(&officer, &begun).await;
    assert_eq!(
        (&shown["failed"], &shown["waiting"]),
        (&json!(501), &json!(0))
    );
    assert!(shown["finished"].is_string(), "{shown}");
    assert_eq!(privacy::with_words(test, "zebedee"), Vec::<String>::new());
}

#[tokio::test]
async fn good_rows_proceed_and_each_bad_one_says_why() {
    let served = Served::new().await;
    let test = &served.test;
    let badges = test.badges(&["ada", "mary", "emmy"]);
    let officer = served.caller("olga", &[Role::IssuingOfficer]);
    organisation::found(
        &test.app,
        Actor::Service,
        district(&wayne(), "Wayne County"),
        test.now,
    )
    .expect("founded");
    let address = |place: usize| test.app.site.badge(badges[place].badge());
    test.revoke(badges[2].badge()).expect("its end");
    let asked = json!([
        badges[0].badge().to_string(),
        "no badge at all",
        format!("{}.json", address(1)),
        address(2),
        address(0),
        BadgeId::draw(&test.app.random).to_string(),
    ]);
    let body = json!({ "act": "suspend", "reason": "An appeal is pending.", "badges": asked });
    let begun = begun(&officer, body).await;
    assert_eq!((&begun["rows"], &begun["waiting"]), (&json!(6), &json!(6)));
    assert_eq!(bulk::resume(&test.app, test.now).expect("the work"), 3);

    let shown = shown(&officer, &begun).await;
    assert_eq!((&shown["done"], &shown["failed"]), (&json!(3), &json!(3)));
    assert!(shown["finished"].is_string(), "{shown}");
    let told: Vec<String> = rows(&officer, &begun)
        .await
        .iter()
        .map(|row| {
            let code = row["code"].as_str().or(row["outcome"].as_str());
            code.expect("what became of it").to_owned()
        })
        .collect();
    let expected = [
        "done",
        "auth.not_found",
        "done",
        "status.already_revoked",
        // It was suspended by the first row of the same change.
        "done",
        "auth.not_found",
    ];
    assert_eq!(told, expected);
    assert_eq!(bulk::resume(&test.app, test.now).expect("nothing to do"), 0);
    assert_eq!(test.log().len(), 3 + 1 + 2, "each badge once");
}

#[tokio::test]
async fn a_filter_and_a_table_name_badges_as_well() {
    let served = Served::new().await;
    let test = &served.test;
    let badges = test.badges(&["ada", "mary", "emmy"]);
    let officer = served.caller("olga", &[Role::IssuingOfficer]);
    let filter = json!({ "micro_credential": "wait-time", "state": "in_force" });
    let body = json!({ "act": "correct", "reason": "The sign has changed.", "filter": filter });
    begun(&officer, body).await;
    assert_eq!(bulk::resume(&test.app, test.now).expect("the work"), 3);

    let table = format!(
        "\u{feff}Name;Badge\r\nAda;{}\r\n;\r\nMary;{}\r\n",
        badges[0].badge(),
        test.app.site.badge(badges[1].badge())
    );
    let path = format!("{CHANGES}/table?act=revoke&reason=Fraud");
    let request = officer.request(reqwest::Method::POST, &path);
    let request = request.header("content-type", "text/csv").body(table);
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.status(), 202);
    assert_eq!(bulk::resume(&test.app, test.now).expect("the work"), 2);
    let states: Vec<bool> = badges
        .iter()
        .map(|issued| {
            let badge = test.app.store.badge(issued.badge()).expect("the store");
            badge.expect("the badge").current().revoked.is_some()
        })
        .collect();
    assert_eq!(states, [true, true, false]);

    for (body, pointer) in [
        (json!({ "act": "revoke", "reason": "None." }), "/badges"),
        (
            json!({ "act": "revoke", "reason": "None.", "filter": { "state": "expired" } }),
            "/badges",
        ),
    ] {
        let refused = officer.post(CHANGES, body).await;
        assert_eq!(refused.status(), 422);
        let told: Value = refused.json().await.expect("a problem");
        assert_eq!(told["pointer"], pointer);
    }
}

#[tokio::test]
async fn an_officer_changes_the_badges_of_their_own_organisation_alone() {
    let served = Served::new().await;
    let test = &served.test;
    let badge = served.badge();
    let wayne = wayne();
    organisation::found(
        &test.app,
        Actor::Service,
        district(&wayne, "Wayne County"),
        test.now,
    )
    .expect("founded");
    let wendy = test.person("wendy", &[]);
    test.join(&wendy, &wayne, &[Role::IssuingOfficer]);
    let wendy = served.caller("wendy", &[]);
    let body = json!({ "act": "revoke", "reason": "Spite.", "badges": [badge.to_string()] });
    let path = "/api/v1/organisations/wayne-county/badge-changes";
    let begun: Value = wendy
        .post(path, body.clone())
        .await
        .json()
        .await
        .expect("begun");
    bulk::resume(&test.app, test.now).expect("the work");
    let id = begun["id"].as_str().expect("an id");
    let shown: Value = wendy
        .get(&format!("{path}/{id}"))
        .await
        .json()
        .await
        .expect("it");
    assert_eq!(shown["failed"], 1);
    assert_eq!(problem(wendy.post(CHANGES, body).await).await.0, 404);
    let elsewhere = wendy.get(&format!("{CHANGES}/{id}")).await;
    assert_eq!(elsewhere.status(), 404);
    assert_eq!(test.log().len(), 1);
}

#[test]
fn a_hundred_badges_revoked_at_once_by_two_workers_keep_every_bit() {
    let test = TestApp::new();
    let names: Vec<String> = (0..100).map(|number| format!("earner-{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let badges = test.badges(&names);
    let host = OrganisationId::host();
    let which = bulk::Which::Found(issuer::badge::register::Filter::default());
    let decision = issuer::badge::changing::Decision {
        act: issuer::badge::changing::Act::Revoke,
        by: test.officer().id,
        reason: "The course was withdrawn.".parse().expect("a text"),
        bulk: None,
    };
    bulk::begin(&test.app, &host, which, decision, test.now).expect("a change");
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| bulk::resume(&test.app, test.now).expect("the work"));
        }
    });
    for issued in &badges {
        let report = test.verify(issued.json().as_bytes());
        let code = report.reason().map(|reason| reason.code());
        assert_eq!(code, Some("status.revoked"));
    }
    assert_eq!(test.log().len(), 200, "each badge was revoked once");
    test.app.log.check().expect("a sound log");
}

#[test]
fn earners_are_reminded_twice_of_badges_that_end_and_once_each() {
    let test = TestApp::new();
    let id = expiring(&test);
    let badge = test
        .app
        .store
        .badge(id)
        .expect("the store")
        .expect("the badge");
    let until = badge.current().valid_until.expect("an end");
    let reminded = |days: i64| expiry::remind(&test.app, until.plus_seconds(-days * DAY));
    assert_eq!(reminded(61).expect("the store"), 0);
    assert_eq!(reminded(60).expect("the store"), 1);
    assert_eq!(reminded(59).expect("the store"), 0);
    assert_eq!(reminded(13).expect("the store"), 1);
    assert_eq!(reminded(12).expect("the store"), 0);
    let letters = mailbox::messages(&test, "ada@example.org");
    // All letters beside the one that it is ready, which was written months before.
    let reminders = &letters[1..];
    assert_eq!(reminders.len(), 2);
    assert!(
        reminders[0]
            .subject
            .contains("valid until 22 November 2027"),
        "{}",
        reminders[0].subject
    );
}

#[test]
fn nobody_is_reminded_of_what_was_renewed_or_revoked_or_is_over() {
    let test = TestApp::new();
    let id = expiring(&test);
    let badge = test
        .app
        .store
        .badge(id)
        .expect("the store")
        .expect("the badge");
    let until = badge.current().valid_until.expect("an end");
    test.revoke(id).expect("its end");
    let at = |days: i64| until.plus_seconds(-days * DAY);
    assert_eq!(expiry::remind(&test.app, at(30)).expect("the store"), 0);
    let before = mailbox::messages(&test, "ada@example.org").len();
    assert_eq!(before, 2, "that it is ready, and that it was revoked");
    assert_eq!(test.records(b"badge-expiring/"), 0);
}
