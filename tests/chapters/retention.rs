//! What is kept how long: evidence goes when its time is over and its earner was told; nothing else changes.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};

use issuer::app::Step;
use issuer::awarding;
use issuer::engine::Batch;
use issuer::event::{Actor, EventKind, Filter, trail};
use issuer::id::{OrganisationId, SubmissionId};
use issuer::issuance;
use issuer::layout;
use issuer::organisation::{self, Role};
use issuer::page::PageRequest;
use issuer::retention::{self, Done};
use issuer::submission::{self, EvidenceProof, FileDigest, Sharing, State};
use issuer::validity;
use reqwest::{Method, Response};
use schemas::timestamp::Timestamp;
use serde_json::{Value, json};
use verifier::Verdict;

use crate::app::TestApp;
use crate::browser::Browser;
use crate::mailbox;
use crate::served::{Caller, Served, problem};
use crate::uploading::{Uploading, video};

const DAY: i64 = 24 * 60 * 60;

/// A service that keeps evidence for three years.
fn three_years() -> TestApp {
    let mut test = TestApp::new();
    test.app.retention.evidence_months = Some(36);
    test
}

fn months_after(test: &TestApp, months: u32) -> Timestamp {
    validity::end(test.now, months).expect("a moment")
}

fn look_after(test: &TestApp, now: Timestamp) -> Done {
    retention::look_after(&test.app, now).expect("the store")
}

fn events_of(test: &TestApp, kind: EventKind) -> usize {
    let filter = Filter {
        kind: Some(kind),
        ..Filter::default()
    };
    let found = trail(
        &test.app,
        &OrganisationId::host(),
        &filter,
        &PageRequest::most(),
    );
    found.expect("the store").items.len()
}

/// Somebody earns with a video and a text: the address of the submission and of the video.
async fn earns(served: &Served, name: &str) -> (SubmissionId, String, String) {
    let caller = served.caller(name, &[]);
    let submission = caller.begins().await;
    let path = format!("{submission}/files?requirement=lesson&name=lesson.mp4");
    let sent = caller.request(Method::POST, &path).body(video(40_000));
    let piece: Value = ok(sent.send().await.expect("an answer")).await;
    let piece = format!(
        "{submission}/evidence/{}",
        piece["id"].as_str().expect("an id")
    );
    let text = json!({ "text": "I counted to five." });
    ok(caller
        .put(&format!("{submission}/writings/reflection"), text)
        .await)
    .await;
    ok(caller
        .put(
            &format!("{piece}/spoken/transcript"),
            json!({ "text": "Why?" }),
        )
        .await)
    .await;
    ok(caller
        .post(
            &format!("{submission}/submit"),
            json!({ "privacy_statement": 1 }),
        )
        .await)
    .await;
    let id = submission
        .rsplit('/')
        .next()
        .expect("an id")
        .parse()
        .expect("an id");
    let award = served.test.reviewer("grace").accepts(id);
    issuance::issue(&served.test.app, award, served.test.now).expect("a badge");
    (id, submission, piece)
}

async fn ok(answer: Response) -> Value {
    let status = answer.status();
    let text = answer.text().await.expect("a body");
    assert!(status.is_success(), "{status}: {text}");
    serde_json::from_str(&text).unwrap_or_default()
}

async fn proof(caller: &Caller<'_>, piece: &str) -> Vec<u8> {
    let answer = caller.get(&format!("{piece}/proof")).await;
    assert_eq!(answer.status(), 200);
    answer.bytes().await.expect("a proof").to_vec()
}

#[tokio::test]
async fn evidence_goes_on_its_day_and_everything_that_rests_on_it_stays() {
    let uploading = Uploading::of(three_years()).await;
    let served = &uploading.served;
    let test = &served.test;
    let (_, submission, piece) = earns(served, "ada").await;
    earns(served, "bert").await;
    let due = months_after(test, 36);
    // Bert asks for his to be kept, whatever the rule.
    let bert = served.caller("bert", &[]);
    let berts = test
        .app
        .store
        .submissions_of(test.person("bert", &[]).id, &PageRequest::default());
    let berts = berts.expect("the store").items[0].id;
    let kept = format!("/api/v1/submissions/{berts}/evidence-kept");
    assert_eq!(bert.put(&kept, json!({})).await.status(), 204);
    let ada = served.caller("ada", &[]);
    let before = proof(&ada, &piece).await;
    mailbox::empty(test);

    // Nobody is told a second too early, and nothing goes before the day.
    assert_eq!(
        look_after(test, due.plus_seconds(-60 * DAY - 1)),
        Done::default()
    );
    let told = look_after(test, due.plus_seconds(-60 * DAY));
    assert_eq!((told.told, told.evidence), (1, 0));
    let letters = mailbox::messages(test, "ada@example.org");
    assert_eq!(letters.len(), 1);
    assert!(
        letters[0].text.contains("Wait Time") && letters[0].subject.contains("22 November 2029")
    );
    assert_eq!(mailbox::link_in(&letters[0].text), "/account/privacy");
    assert!(mailbox::messages(test, "bert@example.org").is_empty());
    assert_eq!(look_after(test, due.plus_seconds(-1)), Done::default());
    uploading.look_after(due.plus_seconds(-1)).await;
    assert_eq!(ada.get(&piece).await.status(), 200);

    let (log, drawn, scores) = (
        test.log().len(),
        test.drawn(),
        test.records(b"review-scoring/"),
    );
    assert_eq!(look_after(test, due).evidence, 1);
    uploading.look_after(due).await;
    assert_eq!(look_after(test, due.plus_seconds(1)), Done::default());

    // The file is gone, and so are text, transcript and revisions; Bert's identical file stays.
    let copies = uploading.on_disk().into_iter();
    let copies = copies.filter(|path| fs::read(path).is_ok_and(|read| read == video(40_000)));
    assert_eq!(copies.count(), 1);
    assert_eq!(
        problem(ada.get(&piece).await).await,
        (410, "evidence.removed".to_owned())
    );
    let space: Value = test
        .app
        .store
        .read(&layout::space_of_person(test.person("ada", &[]).id))
        .expect("the store")
        .expect("a record")
        .value;
    assert_eq!(space["bytes"], 0);
    let id = submission.rsplit('/').next().expect("an id");
    for kind in ["spoken-text", "spoken-part", "writing", "writing-revision"] {
        assert_eq!(
            test.records(format!("{kind}/{id}/").as_bytes()),
            0,
            "{kind}"
        );
    }
    // Her own copy still proves what was assessed.
    assert_eq!(proof(&ada, &piece).await, before);
    let badge = test.badges_of("ada")[0].clone();
    let issued = test
        .app
        .store
        .issued(badge.id, 1)
        .expect("the store")
        .expect("it");
    let credential: Value = serde_json::from_str(issued.json()).expect("JSON");
    let own_copy = FileDigest::of(video(40_000).as_slice()).expect("a digest");
    let assessed = EvidenceProof::read(&before)
        .expect("a proof")
        .check(&credential, &own_copy);
    assert_eq!(assessed.expect("hers").requirement.as_str(), "lesson");
    // Decision, badge, log, figures.
    let stands = ok(ada.get(&submission).await).await;
    assert_eq!(stands["state"], "accepted");
    assert_eq!((test.log().len(), test.drawn()), (log, drawn));
    assert_eq!(test.records(b"review-scoring/"), scores);
    test.app.log.check().expect("a sound log");
    assert_eq!(
        test.verify(issued.json().as_bytes()).verdict(),
        Verdict::Verified
    );
    test.check_badge(badge.id);
    assert_eq!(events_of(test, EventKind::EvidenceRemoved), 1);
    // Pages still open, and say what happened.
    let browser = Browser::of(served, &test.person("ada", &[]));
    let page = browser.get(&format!("/my/submissions/{id}")).await;
    assert_eq!(page.status(), 200);
    let page = page.text().await.expect("a page");
    assert!(
        page.contains("its time was over on 22 November 2029"),
        "{page}"
    );
}

static CRASHES: AtomicBool = AtomicBool::new(false);

fn crash_once(step: Step) {
    if step == Step::PieceRemoved && CRASHES.swap(false, Ordering::Relaxed) {
        panic!("a crash in the middle");
    }
}

#[test]
fn a_crash_in_the_middle_of_a_removal_is_gone_on_from() {
    let mut test = three_years();
    test.app.observer = crash_once;
    test.award();
    let due = months_after(&test, 36);
    look_after(&test, due.plus_seconds(-60 * DAY));
    CRASHES.store(true, Ordering::Relaxed);
    let crashed = catch_unwind(AssertUnwindSafe(|| look_after(&test, due)));
    assert!(crashed.is_err());
    assert_eq!(events_of(&test, EventKind::EvidenceRemoved), 0);
    let removed = |test: &TestApp| {
        let pieces = test
            .app
            .store
            .engine()
            .scan(b"submission-evidence/", b"", 10);
        let pieces = pieces.expect("the store").into_iter();
        pieces
            .filter(|(_, record)| String::from_utf8_lossy(record).contains("\"removed\""))
            .count()
    };
    assert_eq!(removed(&test), 1);
    assert_eq!(look_after(&test, due).evidence, 1);
    assert_eq!(removed(&test), 2);
    assert_eq!(events_of(&test, EventKind::EvidenceRemoved), 1);
    assert_eq!(test.records(b"evidence-ended"), 0);
    assert_eq!(look_after(&test, due), Done::default());
}

#[test]
fn drafts_and_returned_work_never_end_and_what_was_not_accepted_goes_after_two_years() {
    let test = TestApp::new();
    let (ada, bert) = (test.learner("ada"), test.learner("bert"));
    let draft = ada.prepares().id;
    let returned = bert.submits();
    let feedback = Some("Count the seconds.");
    test.reviewer("grace")
        .scores(
            returned,
            &[
                ("waiting", "absent", feedback),
                ("listening", "absent", feedback),
            ],
        )
        .expect("a review");
    let accepted = test.learner("carl").submits();
    test.reviewer("grace").accepts(accepted);
    let declined = test.learner("dora").submits();
    test.reviewer("grace").declines(declined);
    let eve = test.learner("eve");
    let withdrawn = eve.submits();
    submission::withdraw(&test.app, &eve.person, withdrawn, test.now).expect("taken back");

    let due = months_after(&test, 24);
    assert_eq!(look_after(&test, due.plus_seconds(-60 * DAY)).told, 2);
    assert_eq!(look_after(&test, due.plus_seconds(-1)), Done::default());
    assert_eq!(look_after(&test, due).evidence, 2);
    // A hundred years later the others are as they were.
    assert_eq!(
        look_after(&test, months_after(&test, 1_200)),
        Done::default()
    );
    for (name, id, state) in [
        ("ada", draft, State::Draft),
        ("bert", returned, State::Returned),
    ] {
        let own = submission::of_earner(&test.app, &test.person(name, &[]), id).expect("theirs");
        assert_eq!(own.state, state);
    }
    let removed = |id: SubmissionId| {
        let prefix = format!("submission-evidence/{id}/");
        let pieces = test.app.store.engine().scan(prefix.as_bytes(), b"", 10);
        let pieces = pieces.expect("the store");
        assert_eq!(pieces.len(), 2);
        pieces
            .iter()
            .filter(|(_, record)| String::from_utf8_lossy(record).contains("\"removed\""))
            .count()
    };
    for (id, gone) in [
        (draft, 0),
        (returned, 0),
        (accepted, 0),
        (declined, 2),
        (withdrawn, 2),
    ] {
        assert_eq!(removed(id), gone);
    }
}

#[test]
fn what_is_shared_with_a_badge_stays() {
    let test = three_years();
    let ada = test.learner("ada");
    let id = ada.prepares().id;
    let own = submission::of_earner(&test.app, &ada.person, id).expect("hers");
    let shared = own.evidence[0].id;
    submission::share_evidence(&test.app, &ada.person, id, shared, Sharing::Shared)
        .expect("her leave");
    ada.hands_in(id).expect("a version");
    let award = test.reviewer("grace").accepts(id);
    let issued = issuance::issue(&test.app, award, test.now).expect("a badge");
    let due = months_after(&test, 36);
    look_after(&test, due.plus_seconds(-60 * DAY));
    assert_eq!(look_after(&test, due).evidence, 1);
    for entry in &own.evidence {
        let piece = submission::evidence_of_earner(&test.app, &ada.person, id, entry.id);
        let content = serde_json::to_value(piece.expect("hers").content).expect("JSON");
        assert_eq!(
            content.get("removed").is_none(),
            entry.id == shared,
            "{content}"
        );
    }
    test.check_badge(issued.badge());
}

#[test]
fn a_rule_that_becomes_longer_is_told_anew_and_one_that_becomes_shorter_keeps_its_word() {
    let mut test = three_years();
    test.award();
    let due = months_after(&test, 36);
    let first = due.plus_seconds(-60 * DAY);
    assert_eq!(look_after(&test, first).told, 1);
    // Longer: the day that was told is not the day any more.
    test.app.retention.evidence_months = Some(48);
    assert_eq!(look_after(&test, due), Done::default());
    let later = months_after(&test, 48);
    assert_eq!(look_after(&test, later.plus_seconds(-60 * DAY)).told, 1);
    // Shorter: nobody loses what they were told is kept until then.
    test.app.retention.evidence_months = Some(12);
    assert_eq!(look_after(&test, later.plus_seconds(-1)), Done::default());
    assert_eq!(look_after(&test, later).evidence, 1);
    // Of two who have never been told, both are told first, however long it is over.
    let bert = test.learner("bert").submits();
    test.reviewer("grace").accepts(bert);
    assert_eq!(look_after(&test, later).told, 1);
    assert_eq!(
        look_after(&test, later.plus_seconds(60 * DAY - 1)),
        Done::default()
    );
    assert_eq!(look_after(&test, later.plus_seconds(60 * DAY)).evidence, 1);
}

#[tokio::test]
async fn whoever_was_told_keeps_it_on_their_page_and_lets_it_go_again() {
    let test = three_years();
    test.award();
    let due = months_after(&test, 36);
    look_after(&test, due.plus_seconds(-60 * DAY));
    let served = Served::of(test).await;
    let test = &served.test;
    let ada = Browser::of(&served, &test.person("ada", &[]));
    let page = ada
        .get("/account/privacy")
        .await
        .text()
        .await
        .expect("a page");
    assert!(page.contains("Removed from 22 November 2029 on"), "{page}");
    let (_, rest) = page
        .split_once("name=\"submission\" value=\"")
        .expect("a form");
    let id = rest.split('"').next().expect("an id").to_owned();
    let path = "/account/privacy/keep";
    let answer = |answer| [("submission", id.as_str()), ("answer", answer)];
    let stranger = Browser::of(&served, &test.person("mallory", &[]));
    let refused = stranger.post(path, &answer("keep")).await;
    assert_eq!(refused.status(), 404);
    let kept = ada.post(path, &answer("keep")).await;
    assert_eq!(kept.status(), 303);
    assert_eq!(look_after(test, months_after(test, 600)), Done::default());
    let page = ada
        .get("/account/privacy")
        .await
        .text()
        .await
        .expect("a page");
    assert!(page.contains("Kept until you say otherwise") && !page.contains("<script"));
    // It is told anew before it goes.
    assert_eq!(ada.post(path, &answer("let-go")).await.status(), 303);
    assert_eq!(look_after(test, months_after(test, 600)).told, 1);
    let gone = look_after(test, months_after(test, 600).plus_seconds(60 * DAY));
    assert_eq!(gone.evidence, 1);
}

#[tokio::test]
async fn an_organisation_keeps_evidence_for_less_and_never_for_more() {
    let served = Served::of(three_years()).await;
    let test = &served.test;
    let admin = served.caller("wilma", &[Role::Administrator]);
    let rule = "/api/v1/organisations/host/evidence-retention";
    for months in [5, 37] {
        let refused = admin.put(rule, json!({ "months": months })).await;
        assert_eq!(
            problem(refused).await,
            (422, "input.invalid".to_owned()),
            "{months}"
        );
    }
    let changed = ok(admin.put(rule, json!({ "months": 12 })).await).await;
    assert_eq!(changed["evidence_months"], 12);
    let officer = served.caller("olga", &[Role::IssuingOfficer]);
    assert_eq!(
        problem(officer.put(rule, json!({ "months": 12 })).await)
            .await
            .0,
        403
    );
    test.award();
    let due = months_after(test, 12);
    assert_eq!(look_after(test, due.plus_seconds(-60 * DAY)).told, 1);
    assert_eq!(look_after(test, due).evidence, 1);

    // The pages: the form keeps what was typed, and everybody reads the rules in force.
    let wilma = Browser::of(&served, &test.person("wilma", &[]));
    let path = "/organisations/host/retention";
    let wrong = wilma.post(path, &[("months", "many")]).await;
    assert_eq!(wrong.status(), 422);
    let wrong = wrong.text().await.expect("a page");
    assert!(
        wrong.contains("role=\"alert\"") && wrong.contains("value=\"many\""),
        "{wrong}"
    );
    assert_eq!(wilma.post(path, &[("months", "18")]).await.status(), 303);
    let page = served.page("/privacy").await;
    assert_eq!(page.status(), 200);
    let page = page.text().await.expect("a page");
    for words in [
        "3 years",
        "2 years",
        "60 days",
        "for good",
        "18 months",
        "14 days unused",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert_eq!(wilma.post(path, &[("months", "")]).await.status(), 303);
    let page = served.page("/privacy").await.text().await.expect("a page");
    assert!(!page.contains("18 months"));
}

#[test]
fn reports_on_lists_go_after_two_years_and_the_awards_stay() {
    let test = TestApp::new();
    let olga = test.officer();
    let host = OrganisationId::host();
    let send = |test: &TestApp, now| {
        let new = awarding::list::NewList {
            bytes: b"email\nspring@example.org\nnobody\n".to_vec(),
            form: awarding::table::Form::Csv,
            name: None,
            micro_credential: Some(crate::catalogue::wait_time()),
            reason: "The spring course.".parse().expect("a text"),
        };
        awarding::list::send(&test.app, olga.id, &host, new, now).expect("a list");
        while awarding::work_off(&test.app, now).expect("the store").rows > 0 {}
    };
    send(&test, test.now);
    assert_eq!(test.records(b"award-row/"), 2);
    let due = months_after(&test, 24);
    assert_eq!(look_after(&test, due.plus_seconds(-1)), Done::default());
    assert_eq!(look_after(&test, due).reports, 1);
    for kind in ["award-row/", "award-list/", "award-list-of/"] {
        assert_eq!(test.records(kind.as_bytes()), 0, "{kind}");
    }
    assert_eq!(test.badges_of("spring").len(), 1);
    assert_eq!(test.records(b"award/"), 1);
    // The same list once more awards nobody twice.
    send(&test, due);
    assert_eq!(test.records(b"award/"), 1);
    assert_eq!(look_after(&test, due), Done::default());
}

#[test]
fn a_trail_is_kept_for_good_unless_the_operator_says_otherwise() {
    let mut test = TestApp::new();
    let issued = test.issued();
    let before = test.records(b"event/");
    assert!(before > 3);
    assert_eq!(look_after(&test, months_after(&test, 1_200)).events, 0);
    test.app.retention.audit_months = Some(24);
    let due = months_after(&test, 24);
    assert_eq!(look_after(&test, due.plus_seconds(-1)), Done::default());
    assert_eq!(look_after(&test, due).events, before);
    assert_eq!(test.records(b"event/"), 0);
    // What is done to the badge later has the next number, so that programs read it in order.
    test.now = due;
    test.revoke(issued.badge()).expect("revoked");
    let found = trail(
        &test.app,
        &OrganisationId::host(),
        &Filter::default(),
        &PageRequest::most(),
    );
    let revoked = found.expect("the store").items;
    let revoked = revoked
        .iter()
        .find(|one| one.event.kind == EventKind::BadgeRevoked);
    assert_eq!(revoked.expect("an event").of_badge, Some(2));
}

#[test]
fn what_ended_before_rules_were_known_is_found_at_the_first_start() {
    let test = three_years();
    test.award();
    let mut batch = Batch::default();
    for prefix in ["evidence-ended/", "evidence-ended-queue/"] {
        let found = test.app.store.engine().scan(prefix.as_bytes(), b"", 10);
        for (key, _) in found.expect("the store") {
            batch.delete(key);
        }
    }
    test.app.store.commit(batch).expect("the store");
    let due = months_after(&test, 36);
    assert_eq!(look_after(&test, due), Done::default());
    assert_eq!(retention::note_ended(&test.app, due).expect("the store"), 1);
    assert_eq!(retention::note_ended(&test.app, due).expect("the store"), 0);
    assert_eq!(look_after(&test, due).told, 1);
}

#[test]
fn nothing_is_left_to_do_for_whoever_is_erased() {
    let test = three_years();
    test.award();
    let due = months_after(&test, 36);
    look_after(&test, due.plus_seconds(-60 * DAY));
    let ada = test.person("ada", &[]);
    issuer::erasure::ask(&test.app, &ada, "ada@example.org", test.now).expect("her leave");
    assert_eq!(test.records(b"evidence-told/"), 0);
    assert_eq!(test.records(b"evidence-ended/"), 0);
    assert_eq!(look_after(&test, due), Done::default());
    assert_eq!(test.records(b"evidence-ended-queue/"), 0);
    organisation::set_evidence_months(
        &test.app,
        Actor::Service,
        &OrganisationId::host(),
        Some(6),
        test.now,
    )
    .expect("another rule");
    assert_eq!(look_after(&test, due), Done::default());
}
