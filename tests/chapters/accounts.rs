//! Accounts: a person is found by any number of addresses, and is none of them.

use issuer::link::{CLAIM_LASTS, PROOF_LASTS, SIGN_IN_LASTS};
use issuer::person::{self, Person};
use issuer::{link, merge};
use serde_json::Value;

use crate::app::TestApp;
use crate::browser::{Browser, COOKIE};
use crate::mailbox::{self, link_to};
use crate::served::{Served, header, problem};

const HOME: &str = "ada@home.example";
const WORK: &str = "ada@work.example";

/// Asks for a link with an address, and gives the path that was mailed there.
async fn asks(browser: &Browser<'_>, served: &Served, email: &str) -> String {
    let answer = browser.post("/sign-in", &[("email", email)]).await;
    assert_eq!(answer.status(), 303, "{email}");
    assert_eq!(header(&answer, "location"), "/sign-in/sent");
    link_to(&served.test, email)
}

/// Asks for an address to be added to the account that is signed in.
async fn adds(browser: &Browser<'_>, served: &Served, email: &str) -> String {
    let answer = browser
        .post("/account/addresses", &[("email", email)])
        .await;
    assert_eq!(answer.status(), 303, "{email}");
    link_to(&served.test, email)
}

/// Registers Ada in this browser.
async fn registers(browser: &Browser<'_>, served: &Served, email: &str) {
    let link = asks(browser, served, email).await;
    let answer = browser.post(&link, &[("name", "Ada Lovelace")]).await;
    assert_eq!(answer.status(), 303);
}

async fn me(browser: &Browser<'_>) -> Value {
    let answer = browser.get("/api/v1/people/me").await;
    assert_eq!(answer.status(), 200);
    answer.json().await.expect("an account")
}

fn by_email(test: &TestApp, email: &str) -> Option<Person> {
    let email = email.parse().expect("an address");
    test.app.store.person_by_email(&email).expect("the store")
}

#[tokio::test]
async fn a_visitor_registers_by_a_mailed_link_and_signs_in_again_by_another() {
    let served = Served::new().await;
    let browser = Browser::new(&served);
    let away = browser.get("/account?from=here").await;
    assert_eq!(away.status(), 303);
    let form = header(&away, "location").to_owned();
    assert_eq!(form, "/sign-in?next=%2Faccount%3Ffrom%3Dhere");
    assert!(
        browser
            .get(&form)
            .await
            .text()
            .await
            .expect("a page")
            .contains("/account?from=here")
    );

    let asked = [
        ("email", " ADA@Home.example "),
        ("next", "/account?from=here"),
    ];
    assert_eq!(browser.post("/sign-in", &asked).await.status(), 303);
    let link = link_to(&served.test, HOME);
    // A scanner of mail looks at the link, and at it again.
    for _ in 0..3 {
        let seen = Browser::new(&served).get(&link).await;
        assert_eq!(seen.status(), 200);
        assert!(seen.text().await.expect("a page").contains("Your name"));
    }
    // Without a name there is no account, and the link is still good.
    assert_eq!(browser.post(&link, &[("name", " ")]).await.status(), 422);
    assert!(by_email(&served.test, HOME).is_none());

    let entered = browser.post(&link, &[("name", "Ada Lovelace")]).await;
    assert_eq!(entered.status(), 303);
    assert_eq!(header(&entered, "location"), "/account?from=here");
    let account = me(&browser).await;
    assert_eq!(account["name"], "Ada Lovelace");
    assert_eq!(account["emails"][0], HOME);
    assert_eq!(account["memberships"], serde_json::json!([]));

    let elsewhere = Browser::new(&served);
    let link = asks(&elsewhere, &served, HOME).await;
    assert_eq!(elsewhere.post(&link, &[]).await.status(), 303);
    assert_eq!(me(&elsewhere).await["id"], account["id"]);
}

#[tokio::test]
async fn a_link_is_good_once_and_for_a_while_and_a_new_one_is_sent_for_the_asking() {
    let served = Served::new().await;
    let browser = Browser::new(&served);
    let link = asks(&browser, &served, HOME).await;
    assert_eq!(browser.post(&link, &[("name", "Ada")]).await.status(), 303);
    let stranger = Browser::new(&served);
    let again = stranger.get(&link).await;
    assert_eq!(again.status(), 410);
    assert!(again.text().await.expect("a page").contains("used before"));
    let answer = stranger.post(&link, &[("name", "Eve")]).await;
    assert_eq!((answer.status().as_u16(), stranger.cookie()), (303, None));

    // Sent again: the old one is over, also if it was not used.
    let first = asks(&stranger, &served, HOME).await;
    assert_eq!(
        stranger.post(&format!("{first}/again"), &[]).await.status(),
        303
    );
    let second = link_to(&served.test, HOME);
    assert_eq!(stranger.get(&first).await.status(), 410);
    assert_eq!(stranger.get(&second).await.status(), 200);

    let nothing = stranger.get(&format!("/link/{}", "A".repeat(43))).await;
    assert_eq!(nothing.status(), 404);
}

#[test]
fn a_link_ends_with_its_time_and_two_uses_at_once_are_one() {
    let test = TestApp::new();
    let ada = test.person("ada", &[]);
    let secret = || {
        let sent = mailbox::messages(&test, "ada@example.org");
        let path = mailbox::link_in(&sent.last().expect("a message").text);
        mailbox::empty(&test);
        path["/link/".len()..].parse().expect("a secret")
    };
    let refused = |secret: &link::LinkSecret, after: i64| {
        let entered = link::enter(&test.app, secret, None, test.now.plus_seconds(after));
        entered.expect_err("over").code()
    };
    link::send_sign_in(&test.app, ada.primary(), None, "client", test.now).expect("a link");
    let sign_in = secret();
    assert_eq!(refused(&sign_in, SIGN_IN_LASTS), "link.expired");
    link::send_claim(&test.app, &ada, test.now).expect("a link");
    let claim = secret();
    assert_eq!(refused(&claim, CLAIM_LASTS), "link.expired");
    let later = test.now.plus_seconds(CLAIM_LASTS - 1);
    assert_eq!(
        link::enter(&test.app, &claim, None, later)
            .expect("hers")
            .id,
        ada.id
    );
    assert_eq!(refused(&claim, 0), "link.used");

    let used = std::thread::scope(|scope| {
        let enter = || link::enter(&test.app, &sign_in, None, test.now).is_ok();
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(enter)).collect();
        threads
            .into_iter()
            .filter_map(|thread| thread.join().ok())
            .filter(|used| *used)
            .count()
    });
    assert_eq!(used, 1);
}

/// The address at work goes, the account stays.
#[tokio::test]
async fn who_changes_jobs_keeps_the_account_and_the_badges() {
    let served = Served::new().await;
    let browser = Browser::new(&served);
    registers(&browser, &served, WORK).await;
    let id = me(&browser).await["id"].clone();

    // The only address stays.
    let alone = browser
        .post("/account/addresses/remove", &[("email", WORK)])
        .await;
    assert_eq!(alone.status(), 409);
    assert!(
        alone
            .text()
            .await
            .expect("a page")
            .contains("the last address")
    );

    let link = adds(&browser, &served, HOME).await;
    // It is worth nothing in another browser, whoever is signed in there.
    let eve = Browser::of(&served, &served.test.person("eve", &[]));
    for other in [&Browser::new(&served), &eve] {
        let seen = other.get(&link).await.text().await.expect("a page");
        assert!(seen.contains("Sign in first"), "{seen}");
        other.post(&link, &[]).await;
    }
    assert!(by_email(&served.test, HOME).is_none());
    assert_eq!(browser.post(&link, &[]).await.status(), 303);
    assert_eq!(
        me(&browser).await["emails"],
        serde_json::json!([WORK, HOME])
    );

    let primary = browser
        .post("/account/addresses/primary", &[("email", HOME)])
        .await;
    assert_eq!(primary.status(), 303);
    let removed = browser
        .post("/account/addresses/remove", &[("email", WORK)])
        .await;
    assert_eq!(removed.status(), 303);
    assert_eq!(me(&browser).await["emails"], serde_json::json!([HOME]));

    let elsewhere = Browser::new(&served);
    let link = asks(&elsewhere, &served, HOME).await;
    elsewhere.post(&link, &[]).await;
    assert_eq!(me(&elsewhere).await["id"], id);
    // Whoever has the mailbox at work next is somebody else.
    let successor = Browser::new(&served);
    registers(&successor, &served, WORK).await;
    assert_ne!(me(&successor).await["id"], id);
}

#[test]
fn a_proof_is_good_for_a_day() {
    let test = TestApp::new();
    let ada = test.person("ada", &[]);
    let home = HOME.parse().expect("an address");
    link::send_proof(&test.app, &ada, &home, test.now).expect("a link");
    let path = link_to(&test, HOME);
    let secret = path["/link/".len()..].parse().expect("a secret");
    let late = test.now.plus_seconds(PROOF_LASTS);
    let refused = person::prove(&test.app, &ada, &secret, late).expect_err("too late");
    assert_eq!(refused.code(), "link.expired");
    assert!(merge::overview(&test.app, &ada, &secret, test.now).is_err());
}

/// an answer tells nobody whether an address is known, and asking is bounded. Forms: HTTP.
#[tokio::test]
async fn attack_a_08_asking_for_links_tells_nothing_and_is_bounded() {
    let served = Served::new().await;
    served.test.person("ada", &[]);
    let mut answers = Vec::new();
    for email in ["ada@example.org", "nobody@example.org"] {
        let browser = Browser::new(&served);
        let answer = browser.post("/sign-in", &[("email", email)]).await;
        let seen = format!("{:?} {:?}", answer.status(), without_date(&answer));
        answers.push((seen, answer.text().await.expect("a body")));
        assert_eq!(mailbox::messages(&served.test, email).len(), 1, "{email}");
    }
    assert_eq!(answers[0], answers[1]);

    // A mailbox is not flooded: after a few messages it is quiet, known or not.
    let browser = Browser::new(&served);
    for email in ["ada@example.org", "nobody@example.org"] {
        let mut sent = 0;
        let refused = loop {
            let answer = browser.post("/sign-in", &[("email", email)]).await;
            if answer.status() != 303 {
                break answer;
            }
            sent += 1;
            assert!(sent < 20, "{email} can be flooded");
        };
        assert_eq!(refused.status(), 429);
        let wait: i64 = header(&refused, "retry-after").parse().expect("seconds");
        assert!((1..=600).contains(&wait), "{wait}");
        assert_eq!(sent, 4, "{email}");
    }
    // One client asks for many addresses, and is told to wait.
    let mut asked = 0;
    loop {
        asked += 1;
        let email = format!("somebody{asked}@example.org");
        let answer = browser.post("/sign-in", &[("email", &email)]).await;
        if answer.status() == 429 {
            break;
        }
        assert!(asked < 200, "one client asks without end");
    }
    // Guesses at a link find nothing.
    for guess in [
        "A".repeat(43),
        "B".repeat(43),
        "x".to_owned(),
        "%20".to_owned(),
    ] {
        assert_eq!(browser.get(&format!("/link/{guess}")).await.status(), 404);
        assert_eq!(
            browser.post(&format!("/link/{guess}"), &[]).await.status(),
            404
        );
    }
}

fn without_date(answer: &reqwest::Response) -> Vec<(String, String)> {
    let headers = answer.headers().iter().filter(|(name, _)| *name != "date");
    headers
        .map(|(name, value)| (name.to_string(), format!("{value:?}")))
        .collect()
}

/// Nobody is led to another site.
#[tokio::test]
async fn only_paths_on_this_site_are_gone_back_to() {
    let served = Served::new().await;
    for (next, led) in [
        (
            "/achievements/wait-time?a=b#c",
            "/achievements/wait-time?a=b#c",
        ),
        ("https://evil.example/", "/my"),
        ("//evil.example/", "/my"),
        ("/\\evil.example/", "/my"),
        ("/\t/evil.example/", "/my"),
        ("evil.example", "/my"),
        ("", "/my"),
    ] {
        // A mailbox of its own for each: none of them is flooded.
        let name = format!("ada{}", led.len() + next.len());
        let email = served.test.person(&name, &[]).primary().to_string();
        let browser = Browser::new(&served);
        let asked = [("email", email.as_str()), ("next", next)];
        assert_eq!(browser.post("/sign-in", &asked).await.status(), 303);
        let link = link_to(&served.test, &email);
        let entered = browser.post(&link, &[]).await;
        assert_eq!(header(&entered, "location"), led, "{next}");
        assert!(
            browser
                .cookie()
                .is_some_and(|cookie| cookie.starts_with(COOKIE))
        );
        // Somebody who is signed in is led on by the page itself.
        let query = crate::served::form("next", next);
        let onward = browser.get(&format!("/sign-in?{query}")).await;
        assert_eq!(header(&onward, "location"), led, "{next}");
    }
    let refused = problem(Browser::new(&served).get("/api/v1/badges").await).await;
    assert_eq!(refused, (401, "auth.required".to_owned()));
}
