//! Webhooks: an organisation's programs are told what was done, in order, and never of anybody.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use issuer::app::App;
use issuer::clock::Clock;
use issuer::event::{Actor, EventKind};
use issuer::fetch::{Authorities, LookingUp, Names, Reach, WebhookCalls};
use issuer::id::{BadgeId, DeliveryId, OrganisationId, WebhookId};
use issuer::organisation::Role;
use issuer::page::PageRequest;
use issuer::random::Random;
use issuer::webhook::delivery::{self, Delivery, Fate, Outcome, PATIENCE};
use issuer::webhook::{self, Because, Sending, State, Wanted, Webhook, delivering};
use reqwest::Method;
use schemas::timestamp::Timestamp;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::app::{TestApp, keyring};
use crate::browser::Browser;
use crate::peer::{Peer, peers_wanted};
use crate::receiver::Receiver;
use crate::served::{Caller, Served, problem};

const HOOKS: &str = "/api/v1/organisations/host/webhooks";

fn host() -> OrganisationId {
    OrganisationId::host()
}

/// A webhook that is told of these kinds.
fn hook(test: &TestApp, receiver: &Receiver, kinds: &[EventKind]) -> Webhook {
    let wanted = Wanted {
        address: receiver.address.parse().expect("an address"),
        kinds: kinds.iter().copied().collect(),
    };
    let (added, _) =
        webhook::add(&test.app, Actor::Service, &host(), wanted, test.now).expect("a webhook");
    added
}

const BADGES: &[EventKind] = &[EventKind::BadgeIssued, EventKind::BadgeRevoked];

async fn deliver(test: &TestApp, receiver: &Receiver, now: Timestamp) -> usize {
    let calls = receiver.calls();
    let sent = calls
        .deliver_due(&test.app.share(), Clock::Fixed(now))
        .await;
    sent.expect("the store")
}

fn log(test: &TestApp, id: WebhookId) -> Vec<Delivery> {
    let asked = PageRequest::most();
    let page = delivery::deliveries(&test.app, (&host(), id), &asked);
    page.expect("the store").items
}

fn state(test: &TestApp, id: WebhookId) -> State {
    webhook::find(&test.app, &host(), id).expect("it").state
}

/// A webhook of an organisation, and what it was told: that it was added itself.
pub fn furnish(test: &TestApp, id: &OrganisationId) -> (WebhookId, DeliveryId) {
    let wanted = Wanted {
        address: "https://hooks.example.com/".parse().expect("an address"),
        kinds: BTreeSet::new(),
    };
    let (by, asked) = (Actor::Service, PageRequest::most());
    let (added, _) = webhook::add(&test.app, by, id, wanted.clone(), test.now).expect("a webhook");
    let (place, active) = ((id, added.id), Sending::Active);
    webhook::change(&test.app, by, place, wanted, active, test.now).expect("a change");
    let told = delivery::deliveries(&test.app, place, &asked).expect("the store");
    (added.id, told.items[0].id)
}

/// What arrived about a badge, in the order of arrival.
fn about(receiver: &Receiver, badge: BadgeId) -> Vec<String> {
    let received = receiver.received().into_iter();
    received
        .filter(|one| one.json()["data"]["badge"] == badge.to_string())
        .map(|one| one.kind())
        .collect()
}

#[tokio::test]
async fn a_message_says_what_was_done_and_nothing_of_anybody() {
    let test = TestApp::new();
    let receiver = Receiver::start();
    let added = hook(&test, &receiver, &[]);
    let issued = test.issued();
    test.revoke(issued.badge()).expect("its end");
    let sent = deliver(&test, &receiver, test.now).await;
    let received = receiver.received();
    assert_eq!(
        (sent, received.len()),
        (received.len(), log(&test, added.id).len())
    );

    let kinds: BTreeSet<String> = received.iter().map(|one| one.kind()).collect();
    for kind in [
        "member.joined",
        "submission.accepted",
        "award.made",
        "badge.issued",
        "badge.revoked",
    ] {
        assert!(kinds.contains(kind), "{kind} is not among {kinds:?}");
    }
    for message in &received {
        for private in ["ada", "grace", "olga", "example.org/", "@", "The recording"] {
            let body = message.body.replace("badges.example.org/", "");
            assert!(!body.contains(private), "{private}: {}", message.body);
        }
        assert_eq!(message.headers["content-type"], "application/json");
        assert_eq!(message.path, "/hooks");
    }
    let told = received
        .iter()
        .find(|one| one.kind() == "badge.issued")
        .expect("a message");
    let told = told.json();
    assert_eq!(told["timestamp"], test.now.to_string());
    assert_eq!(told["data"]["badge"], issued.badge().to_string());
    assert_eq!(told["data"]["url"], test.app.site.badge(issued.badge()));
    assert_eq!(told["data"]["organisation"], "host");
    let members: Vec<_> = told["data"]
        .as_object()
        .expect("an object")
        .keys()
        .collect();
    assert_eq!(members, ["badge", "url", "event", "organisation"]);

    assert_eq!(
        deliver(&test, &receiver, test.now.plus_seconds(9_999)).await,
        0,
        "each once"
    );
}

#[tokio::test]
async fn a_webhook_is_told_of_the_kinds_it_asks_for_and_of_its_own_organisation() {
    let test = TestApp::new();
    let receiver = Receiver::start();
    let added = hook(&test, &receiver, &[EventKind::BadgeRevoked]);
    let badge = test.issued().badge();
    assert!(log(&test, added.id).is_empty());
    test.revoke(badge).expect("its end");
    deliver(&test, &receiver, test.now).await;
    assert_eq!(about(&receiver, badge), ["badge.revoked"]);
    assert_eq!(receiver.received().len(), 1);
}

#[tokio::test]
async fn a_receiver_that_fails_is_tried_again_for_three_days_and_then_paused() {
    let test = TestApp::new();
    let receiver = Receiver::start();
    let added = hook(&test, &receiver, BADGES);
    receiver.answers_always(Some("503 Service Unavailable"));
    test.issued();
    let mut now = test.now;
    let mut pauses = Vec::new();
    let mut last = now;
    while let State::Active { .. } = state(&test, added.id) {
        if deliver(&test, &receiver, now).await > 0 {
            pauses.push(now.unix_seconds() - last.unix_seconds());
            last = now;
        }
        now = match log(&test, added.id)[0].fate {
            Fate::Waiting { due } if due > now => due,
            _ => now.plus_seconds(15),
        };
        assert!(
            now < test.now.plus_seconds(PATIENCE + 7_200),
            "it is never given up"
        );
    }
    assert_eq!(pauses[..6], [0, 30, 60, 120, 240, 480]);
    assert!(pauses.iter().all(|pause| *pause <= 3_615), "{pauses:?}");
    let after = last.unix_seconds() - test.now.unix_seconds();
    assert!((PATIENCE..PATIENCE + 3_700).contains(&after), "{after}");

    let State::Paused { because, .. } = state(&test, added.id) else {
        panic!("it is paused");
    };
    assert_eq!(because, Because::GivenUp);
    let log = log(&test, added.id);
    assert!(
        matches!(log[0].fate, Fate::GivenUp { .. }),
        "{:?}",
        log[0].fate
    );
    assert_eq!(log[0].tried as usize, pauses.len());
    assert_eq!(log[0].attempts.len(), 20, "the last ones");
    assert_eq!(log[0].attempts[0].outcome, Outcome::Answered(503));

    // The identifier of a message is the same each time, and its time is that of the attempt.
    let received = receiver.received();
    let ids: BTreeSet<_> = received
        .iter()
        .map(|one| one.headers["webhook-id"].clone())
        .collect();
    assert_eq!(ids.len(), 1);
    let times: BTreeSet<_> = received
        .iter()
        .map(|one| one.headers["webhook-timestamp"].clone())
        .collect();
    assert_eq!(times.len(), received.len());
    let bodies: BTreeSet<_> = received.iter().map(|one| one.body.clone()).collect();
    assert_eq!(bodies.len(), 1);
}

#[tokio::test]
async fn what_waits_about_one_badge_keeps_its_order_and_other_badges_go_ahead() {
    let test = TestApp::new();
    let receiver = Receiver::start();
    let added = hook(&test, &receiver, BADGES);
    let badges = test.badges(&["ada", "bert"]);
    let (ada, bert) = (badges[0].badge(), badges[1].badge());
    test.revoke(ada).expect("its end");
    test.revoke(bert).expect("its end");
    // Nothing is under way twice: the first round takes the first message of each badge.
    let taken = delivering::take_due(&test.app, &BTreeMap::new(), test.now).expect("the store");
    assert_eq!(taken.len(), 2);
    for parcel in taken {
        let outcome = match parcel.message.body.contains(&ada.to_string()) {
            true => Outcome::Answered(500),
            false => Outcome::Answered(204),
        };
        delivering::settle(&test.app, parcel, outcome, 3, test.now).expect("the store");
    }
    let mut now = test.now;
    for _ in 0..40 {
        now = now.plus_seconds(5);
        deliver(&test, &receiver, now).await;
    }
    assert_eq!(about(&receiver, ada), ["badge.issued", "badge.revoked"]);
    assert_eq!(about(&receiver, bert), ["badge.revoked"]);
    let log = log(&test, added.id);
    assert!(
        log.iter()
            .all(|one| matches!(one.fate, Fate::Delivered { .. })),
        "{log:#?}"
    );

    // However often it fails, the later one waits.
    let receiver = Receiver::start();
    hook(&test, &receiver, BADGES);
    let cleo = test.badges(&["cleo"])[0].badge();
    test.revoke(cleo).expect("its end");
    receiver.answers_next(&["500 No", "500 No", "500 No"]);
    for _ in 0..200 {
        now = now.plus_seconds(5);
        deliver(&test, &receiver, now).await;
    }
    assert_eq!(
        about(&receiver, cleo),
        [
            "badge.issued",
            "badge.issued",
            "badge.issued",
            "badge.issued",
            "badge.revoked"
        ]
    );
}

#[tokio::test]
async fn a_crash_between_taking_and_settling_sends_a_message_again_and_loses_none() {
    let folder = TempDir::new().expect("a folder");
    let random = || Random::system().expect("random bytes");
    let open = || TestApp::in_folder(folder.path(), keyring(), random(), App::log_step);
    let receiver = Receiver::start();
    let (id, badge) = {
        let test = open();
        issuer::status::keep_all_fresh(&test.app, test.now).expect("lists");
        let added = hook(&test, &receiver, BADGES);
        let badge = test.issued().badge();
        // Taken, perhaps sent, and the process dies.
        let taken = delivering::take_due(&test.app, &BTreeMap::new(), test.now).expect("the store");
        assert_eq!(taken.len(), 1);
        (added.id, badge)
    };
    let test = open();
    assert_eq!(
        deliver(&test, &receiver, test.now).await,
        0,
        "it was put off"
    );
    assert_eq!(
        deliver(&test, &receiver, test.now.plus_seconds(30)).await,
        1
    );
    assert_eq!(about(&receiver, badge), ["badge.issued"]);
    assert!(matches!(log(&test, id)[0].fate, Fate::Delivered { .. }));
    assert_eq!(log(&test, id)[0].tried, 2, "both attempts are known");
}

#[tokio::test]
async fn a_server_that_fails_is_left_alone_however_much_waits_for_it() {
    let test = TestApp::new();
    let receiver = Receiver::start();
    hook(&test, &receiver, BADGES);
    receiver.answers_always(Some("500 No"));
    let names: Vec<String> = (0..30).map(|number| format!("learner{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    test.badges(&names);
    deliver(&test, &receiver, test.now).await;
    let first = receiver.received().len();
    assert!((1..=8).contains(&first), "{first} requests");
    deliver(&test, &receiver, test.now.plus_seconds(5)).await;
    assert_eq!(receiver.received().len(), first, "it rests");
    receiver.answers_always(None);
    let mut now = test.now;
    for _ in 0..100 {
        now = now.plus_seconds(30);
        deliver(&test, &receiver, now).await;
    }
    let badges: BTreeSet<String> = receiver
        .received()
        .iter()
        .map(|one| one.json()["data"]["badge"].to_string())
        .collect();
    assert_eq!(badges.len(), 30, "everything came in the end");
}

#[tokio::test]
async fn redirects_are_not_followed_and_a_gone_address_is_paused_at_once() {
    let test = TestApp::new();
    let (receiver, elsewhere) = (Receiver::start(), Receiver::start());
    let added = hook(&test, &receiver, BADGES);
    let redirect = format!("307 There\r\nlocation: {}", elsewhere.address);
    receiver.answers_next(&[&redirect, "410 Gone"]);
    test.issued();
    deliver(&test, &receiver, test.now).await;
    assert!(elsewhere.received().is_empty());
    assert_eq!(
        log(&test, added.id)[0].attempts[0].outcome,
        Outcome::Answered(307)
    );
    deliver(&test, &receiver, test.now.plus_seconds(30)).await;
    let State::Paused { because, .. } = state(&test, added.id) else {
        panic!("it is paused");
    };
    assert_eq!(because, Because::Gone);
}

#[tokio::test]
async fn one_message_or_a_whole_time_is_sent_again_with_the_identifiers_it_had() {
    let receiver = Receiver::start();
    let served = Served::changed(|edge, _| edge.webhooks = Arc::new(receiver.calls())).await;
    let test = &served.test;
    let admin = served.caller("wilma", &[Role::Administrator]);
    let added = add(&admin, &receiver).await;
    let hook = format!("{HOOKS}/{}", added["id"].as_str().expect("an identifier"));
    let badge = test.issued().badge();
    deliver(test, &receiver, test.now).await;
    assert_eq!(about(&receiver, badge), ["badge.issued"]);
    let told: Value = admin
        .get(&format!("{hook}/deliveries"))
        .await
        .json()
        .await
        .expect("JSON");
    let told = &told["items"][0];
    assert_eq!(
        (&told["state"], &told["tried"]),
        (&json!("delivered"), &json!(1))
    );
    assert_eq!(told["attempts"][0]["status"], 200);
    let again = format!(
        "{hook}/deliveries/{}/replay",
        told["id"].as_str().expect("an identifier")
    );
    assert_eq!(admin.post(&again, json!({})).await.status(), 202);
    deliver(test, &receiver, test.now).await;
    let received = receiver.received();
    assert_eq!(about(&receiver, badge).len(), 2);
    assert_eq!(
        received[0].headers["webhook-id"],
        received[1].headers["webhook-id"]
    );
    assert_eq!(received[0].body, received[1].body);

    // What happened while it was paused was not queued, and is sent with its day.
    let paused = json!({ "address": receiver.address, "kinds": ["badge.issued", "badge.revoked"], "state": "paused" });
    let answer: Value = admin
        .put(&hook, paused.clone())
        .await
        .json()
        .await
        .expect("JSON");
    assert_eq!(
        (&answer["state"], &answer["because"]),
        (&json!("paused"), &json!("asked"))
    );
    test.revoke(badge).expect("its end");
    deliver(test, &receiver, test.now).await;
    assert_eq!(about(&receiver, badge).len(), 2);
    let mut active = paused;
    active["state"] = json!("active");
    admin.put(&hook, active).await;
    let time = json!({ "from": test.now, "until": test.now });
    let replayed: Value = admin
        .post(&format!("{hook}/replay"), time)
        .await
        .json()
        .await
        .expect("JSON");
    assert_eq!(replayed["queued"], 2);
    deliver(test, &receiver, test.now).await;
    let all = about(&receiver, badge);
    assert_eq!(all[2..], ["badge.issued", "badge.revoked"]);

    assert_eq!(
        admin
            .request(Method::DELETE, &hook)
            .send()
            .await
            .expect("an answer")
            .status(),
        204
    );
    assert_eq!(problem(admin.get(&hook).await).await.0, 404);
    let nothing = format!("{hook}/deliveries/11111111111111111111/replay");
    assert_eq!(problem(admin.post(&nothing, json!({})).await).await.0, 404);
}

async fn add(admin: &Caller<'_>, receiver: &Receiver) -> Value {
    let body = json!({ "address": receiver.address, "kinds": ["badge.issued", "badge.revoked"] });
    let added = admin.post(HOOKS, body).await;
    assert_eq!(added.status(), 201);
    added.json().await.expect("a webhook")
}

#[tokio::test]
async fn its_secret_is_shown_once_and_never_again() {
    let receiver = Receiver::start();
    let served = Served::changed(|edge, _| edge.webhooks = Arc::new(receiver.calls())).await;
    let admin = served.caller("wilma", &[Role::Administrator]);
    let body = json!({ "address": receiver.address, "kinds": [] });
    let request = || {
        admin
            .request(Method::POST, HOOKS)
            .header("idempotency-key", "\"one\"")
            .json(&body)
    };
    let added = request().send().await.expect("an answer");
    assert_eq!(added.status(), 201);
    let added: Value = added.json().await.expect("a webhook");
    let secret = added["secret"].as_str().expect("a secret").to_owned();
    assert!(
        secret.starts_with("whsec_") && secret.len() == 50,
        "{secret}"
    );
    // Sent again, the request is not done again, and its answer is not kept.
    let again = request().send().await.expect("an answer");
    assert_eq!(
        problem(again).await,
        (409, "idempotency.not_kept".to_owned())
    );

    let hook = format!("{HOOKS}/{}", added["id"].as_str().expect("an identifier"));
    let rotated: Value = admin
        .post(&format!("{hook}/secret"), json!({}))
        .await
        .json()
        .await
        .expect("JSON");
    let other = rotated["secret"].as_str().expect("a secret").to_owned();
    assert_ne!(secret, other);
    let browser = Browser::of(&served, &served.test.person("wilma", &[]));
    let page = hook.replace("/api/v1", "");
    let mut seen = Vec::new();
    for path in [
        HOOKS,
        &hook,
        &format!("{hook}/deliveries"),
        "/api/v1/organisations/host/audit",
    ] {
        seen.push(admin.get(path).await.text().await.expect("text"));
    }
    for path in [
        page.as_str(),
        "/organisations/host/webhooks",
        "/organisations/host/audit",
    ] {
        seen.push(browser.get(path).await.text().await.expect("text"));
    }
    for text in seen {
        for secret in [&secret, &other] {
            assert!(
                !text.contains(secret.trim_start_matches("whsec_")),
                "{text}"
            );
        }
    }
}

#[tokio::test]
async fn the_library_of_the_standard_takes_every_message_with_either_secret_for_a_day() {
    let name = "the_library_of_the_standard_takes_every_message_with_either_secret_for_a_day";
    if !peers_wanted(name) {
        return;
    }
    let mut peer = Peer::start("webhooks");
    let now = Clock::System.now();
    let receiver = Receiver::start();
    let served = Served::at(now).await;
    let test = &served.test;
    let wanted = Wanted {
        address: receiver.address.parse().expect("an address"),
        kinds: BADGES.iter().copied().collect(),
    };
    let by = Actor::Service;
    let (added, first) = webhook::add(&test.app, by, &host(), wanted, now).expect("a webhook");
    let place = (&host(), added.id);
    test.issued();
    deliver(test, &receiver, now).await;
    let second = webhook::rotate(&test.app, by, place, now).expect("a secret");
    let badge = test.badges(&["bert"])[0].badge();
    deliver(test, &receiver, now).await;
    test.revoke(badge).expect("its end");
    deliver(test, &receiver, now).await;
    let received = receiver.received();
    assert_eq!(received.len(), 3);
    let mut verdict = |message: &crate::receiver::Received, secret: &str, body: &str| {
        let answer = peer.ask(&json!({
            "do": "verify", "secret": secret, "headers": message.headers, "body": body,
        }));
        answer["verified"] == true
    };
    let (first, second) = (first.expose(), second.expose());
    assert!(verdict(&received[0], &first, &received[0].body));
    assert!(!verdict(&received[0], &second, &received[0].body));
    for message in &received[1..] {
        assert!(verdict(message, &first, &message.body));
        assert!(verdict(message, &second, &message.body));
        let altered = message.body.replace("host", "tsoh");
        assert!(!verdict(message, &second, &altered));
    }
    let mut moved = received[1].clone();
    moved
        .headers
        .insert("webhook-id".to_owned(), "msg_other".to_owned());
    assert!(!verdict(&moved, &second, &moved.body));
    assert_eq!(
        received[0].headers["webhook-signature"].split(' ').count(),
        1
    );
    assert_eq!(
        received[1].headers["webhook-signature"].split(' ').count(),
        2
    );
}

/// Names that lead into a private network.
struct Private;

impl Names for Private {
    fn look_up<'a>(&'a self, _name: &'a str) -> LookingUp<'a> {
        Box::pin(async { Ok(vec!["10.0.0.7".parse().expect("an address")]) })
    }
}

#[tokio::test]
async fn no_message_goes_to_a_private_network_unless_the_operator_allows_its_host() {
    let served = Served::new().await;
    let test = &served.test;
    let admin = served.caller("wilma", &[Role::Administrator]);
    for refused in [
        "http://example.org/",
        "https://127.0.0.1/",
        "https://10.0.0.1/hook",
        "https://[::1]/",
        "https://localhost/",
        "https://169.254.169.254/latest",
        "ftp://example.org/",
        "https://user:pass@example.org/",
        "https://example.org/#x",
        "example.org",
        "",
    ] {
        let answer = admin.post(HOOKS, json!({ "address": refused })).await;
        assert_eq!(
            problem(answer).await,
            (422, "input.invalid".to_owned()),
            "{refused}"
        );
    }
    let added = admin
        .post(HOOKS, json!({ "address": "https://hooks.example.com/in" }))
        .await;
    assert_eq!(added.status(), 201);
    let added: Value = added.json().await.expect("a webhook");
    test.issued();
    // The name is public in its text, and leads to a private address.
    let calls = WebhookCalls::reaching(Reach::default(), &Authorities::default());
    let calls = calls.looking_up(Arc::new(Private));
    calls
        .deliver_due(&test.app.share(), Clock::Fixed(test.now))
        .await
        .expect("the store");
    let id = added["id"]
        .as_str()
        .and_then(|id| id.parse().ok())
        .expect("an identifier");
    let log = log(test, id);
    let tried: Vec<_> = log.iter().flat_map(|one| &one.attempts).collect();
    assert!(!tried.is_empty());
    for attempt in tried {
        assert_eq!(
            attempt.outcome,
            Outcome::Failed("fetch.address_blocked".to_owned())
        );
    }
}

#[tokio::test]
async fn administrators_look_after_webhooks_on_pages_without_a_script() {
    let receiver = Receiver::start();
    let served = Served::changed(|edge, _| edge.webhooks = Arc::new(receiver.calls())).await;
    let admin = served.test.person("wilma", &[Role::Administrator]);
    let browser = Browser::of(&served, &admin);
    let path = "/organisations/host/webhooks";
    let wrong = browser
        .post(
            path,
            &[("address", "https://10.0.0.1/x"), ("badge.issued", "yes")],
        )
        .await;
    assert_eq!(wrong.status(), 422);
    let wrong = wrong.text().await.expect("a page");
    assert!(wrong.contains("https://10.0.0.1/x") && wrong.contains("role=\"alert\""));
    assert!(
        wrong.contains("name=\"badge.issued\" value=\"yes\" checked"),
        "what was ticked is kept"
    );

    let form = [
        ("address", receiver.address.as_str()),
        ("badge.issued", "yes"),
    ];
    let added = browser.post(path, &form).await;
    assert_eq!(added.status(), 200);
    let added = added.text().await.expect("a page");
    assert!(added.contains("whsec_") && !added.contains("<script"));
    let hooks = webhook::all(&served.test.app, &host()).expect("the store");
    let one = format!("{path}/{}", hooks[0].id);
    served.badge();
    deliver(&served.test, &receiver, served.test.now).await;
    let page = browser.get(&one).await.text().await.expect("a page");
    assert!(
        page.contains("delivered") && page.contains("answer 200"),
        "{page}"
    );
    let log = log(&served.test, hooks[0].id);
    let again = browser
        .post(&format!("{one}/deliveries/{}/replay", log[0].id), &[])
        .await;
    assert_eq!(again.status(), 303);
    let day = &served.test.now.to_string()[..10];
    let range = browser
        .post(&format!("{one}/replay"), &[("from", day), ("until", day)])
        .await;
    assert_eq!(range.status(), 303);
    deliver(&served.test, &receiver, served.test.now).await;
    assert_eq!(receiver.received().len(), 3);
    let mut form = form.to_vec();
    form.push(("state", "paused"));
    assert_eq!(browser.post(&one, &form).await.status(), 303);
    let page = browser.get(&one).await.text().await.expect("a page");
    assert!(page.contains("Somebody paused it"));
    let rotated = browser
        .post(&format!("{one}/secret"), &[])
        .await
        .text()
        .await
        .expect("a page");
    assert!(rotated.contains("whsec_"));
    assert_eq!(
        browser.post(&format!("{one}/remove"), &[]).await.status(),
        303
    );
    assert_eq!(browser.get(&one).await.status(), 404);
    let audit = browser
        .get("/organisations/host/audit?kind=webhook.changed")
        .await;
    let audit = audit.text().await.expect("a page");
    assert_eq!(audit.matches("<code>webhook.changed</code>").count(), 4);
}
