//! Passkeys: three kinds of keys are registered and sign in, each answer once.

use issuer::oidc::{Identity, account};
use issuer::person::Person;
use keys::SecretKey;
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use crate::authenticator::Authenticator;
use crate::browser::Browser;
use crate::mailbox::link_to;
use crate::served::{Served, header};

/// What the browser is told to ask for.
pub(super) async fn options(browser: &Browser<'_>, path: &str) -> Value {
    let answer = browser.post(path, &[]).await;
    assert_eq!(answer.status(), StatusCode::OK);
    answer.json().await.expect("options")
}

/// Adds a passkey to the account that the browser is signed in to.
pub(super) async fn add(browser: &Browser<'_>, authenticator: &mut Authenticator) -> Response {
    let options = options(browser, "/account/sign-in/passkeys/begin").await;
    send_new(browser, &authenticator.create(&options)).await
}

pub(super) async fn send_new(browser: &Browser<'_>, response: &Value) -> Response {
    let fields = [("name", "My phone"), ("response", &response.to_string())];
    browser.post("/account/sign-in/passkeys", &fields).await
}

/// Signs in with a passkey in a browser where nobody is signed in.
pub(super) async fn sign_in(browser: &Browser<'_>, authenticator: &mut Authenticator) -> Response {
    let options = options(browser, "/sign-in/passkey/begin").await;
    let response = authenticator.get(&options);
    send(browser, &response).await
}

pub(super) async fn send(browser: &Browser<'_>, response: &Value) -> Response {
    let fields = [("response", response.to_string())];
    let fields = [
        ("response", fields[0].1.as_str()),
        ("next", "/account/sign-in?x=y"),
    ];
    browser.post("/sign-in/passkey", &fields).await
}

pub(super) async fn is_signed_in(browser: &Browser<'_>) -> bool {
    browser.get("/account/sign-in").await.status() == StatusCode::OK
}

/// The code on a page that tells why something did not work.
pub(super) async fn code(answer: Response) -> String {
    let page = answer.text().await.expect("a page");
    let code = page.split("Code: <code>").nth(1);
    let code = code.and_then(|rest| rest.split('<').next());
    code.unwrap_or(&page).to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn three_kinds_of_keys_are_registered_and_sign_in() {
    let served = Served::new().await;
    let ada = served.test.person("ada", &[]);
    let keys = [
        SecretKey::p256([5; 32]).expect("a key"),
        SecretKey::ed25519([6; 32]),
        SecretKey::generate_rsa().expect("a key"),
    ];
    for key in keys {
        let mut authenticator = Authenticator::new(key);
        let at_home = Browser::of(&served, &ada);
        let answer = add(&at_home, &mut authenticator).await;
        assert_eq!(header(&answer, "location"), "/account/sign-in");
        let page = at_home
            .get("/account/sign-in")
            .await
            .text()
            .await
            .expect("a page");
        assert!(
            page.contains("My phone") && page.contains("not used yet"),
            "{page}"
        );

        let elsewhere = Browser::new(&served);
        assert!(!is_signed_in(&elsewhere).await);
        let answer = sign_in(&elsewhere, &mut authenticator).await;
        assert_eq!(header(&answer, "location"), "/account/sign-in?x=y");
        assert!(is_signed_in(&elsewhere).await);
    }
    assert_eq!(served.test.records(b"passkey/"), 3);
    assert_eq!(served.test.records(b"attempt/"), 0, "all were finished");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_is_asked_for_without_saying_whose_there_are() {
    let served = Served::new().await;
    let options = options(&Browser::new(&served), "/sign-in/passkey/begin").await;
    assert_eq!(options["allowCredentials"], json!([]));
    assert_eq!(options["userVerification"], "required");
    assert_eq!(options["rpId"], "badges.example.org");

    let ada = Browser::of(&served, &served.test.person("ada", &[]));
    let mut authenticator = Authenticator::p256(5);
    add(&ada, &mut authenticator).await;
    let options = self::options(&ada, "/account/sign-in/passkeys/begin").await;
    assert_eq!(
        options["excludeCredentials"].as_array().map(Vec::len),
        Some(1)
    );
    assert_eq!(options["attestation"], "none");
    assert_eq!(options["authenticatorSelection"]["residentKey"], "required");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_good_once_and_in_its_own_browser() {
    let served = Served::new().await;
    let ada = Browser::of(&served, &served.test.person("ada", &[]));
    let mut authenticator = Authenticator::p256(5);
    let asked = options(&ada, "/account/sign-in/passkeys/begin").await;
    let new = authenticator.create(&asked);
    send_new(&ada, &new).await;
    assert_eq!(code(send_new(&ada, &new).await).await, "passkey.no_attempt");
    // The same credential under a new challenge opens an account already.
    let again = add(&ada, &mut authenticator).await;
    assert_eq!(code(again).await, "passkey.taken");

    let (one, two) = (Browser::new(&served), Browser::new(&served));
    let asked = options(&one, "/sign-in/passkey/begin").await;
    let response = authenticator.get(&asked);
    // Stolen on its way: neither without the browser's secret, nor under that of another.
    assert_eq!(
        code(send(&two, &response).await).await,
        "passkey.no_attempt"
    );
    options(&two, "/sign-in/passkey/begin").await;
    assert_eq!(
        code(send(&two, &response).await).await,
        "passkey.challenge_mismatch"
    );
    send(&one, &response).await;
    assert!(is_signed_in(&one).await);
    assert_eq!(
        code(send(&one, &response).await).await,
        "passkey.no_attempt"
    );
    // What was asked for signing in adds no passkey.
    let asked = options(&ada, "/sign-in/passkey/begin").await;
    let answer = send_new(&ada, &Authenticator::p256(6).create(&with_user(asked))).await;
    assert_eq!(code(answer).await, "passkey.no_attempt");
}

fn with_user(mut options: Value) -> Value {
    options["user"] = json!({ "id": "AAAA" });
    options
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_that_was_removed_opens_nothing_and_nobody_removes_anothers() {
    let served = Served::new().await;
    let ada = Browser::of(&served, &served.test.person("ada", &[]));
    let ben = Browser::of(&served, &served.test.person("ben", &[]));
    let mut authenticator = Authenticator::p256(5);
    add(&ada, &mut authenticator).await;
    let page = ada
        .get("/account/sign-in")
        .await
        .text()
        .await
        .expect("a page");
    let path = page
        .split("action=\"")
        .find(|rest| rest.contains("/remove\""));
    let path = path
        .and_then(|rest| rest.split('"').next())
        .expect("a form");
    assert_eq!(ben.post(path, &[]).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(served.test.records(b"passkey/"), 1);
    ada.post(path, &[]).await;
    assert_eq!(served.test.records(b"passkey/"), 0);
    assert_eq!(served.test.records(b"passkey-of/"), 0);
    let answer = sign_in(&Browser::new(&served), &mut authenticator).await;
    assert_eq!(code(answer).await, "passkey.unknown");
}

#[tokio::test(flavor = "multi_thread")]
async fn joined_accounts_keep_the_passkeys_and_identities_of_both() {
    let served = Served::new().await;
    let test = &served.test;
    let (home, work) = (test.person("ada-at-home", &[]), test.person("ada", &[]));
    let mut authenticator = Authenticator::p256(5);
    add(&Browser::of(&served, &work), &mut authenticator).await;
    let identity = Identity {
        provider: "district".parse().expect("a slug"),
        issuer: "https://id.example".to_owned(),
        subject: "7".to_owned(),
        email: None,
        name: None,
    };
    account::link(&test.app, work.id, &identity, test.now).expect("an identity");

    let at_home = Browser::of(&served, &home);
    let asked = [("email", "ada@example.org")];
    at_home.post("/account/addresses", &asked).await;
    at_home.post(&link_to(test, "ada@example.org"), &[]).await;
    for list in ["passkey-of", "identity-of"] {
        let of = |person: &Person| test.records(format!("{list}/{}/", person.id).as_bytes());
        assert_eq!((of(&work), of(&home)), (0, 1), "{list}");
    }
    // The authenticator knows the account by the name it had.
    let browser = Browser::new(&served);
    sign_in(&browser, &mut authenticator).await;
    let page = browser
        .get("/account/sign-in")
        .await
        .text()
        .await
        .expect("a page");
    assert!(
        page.contains("My phone") && page.contains("https://id.example"),
        "{page}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn no_other_site_begins_or_ends_anything() {
    let served = Served::new().await;
    let browser = Browser::new(&served);
    for path in [
        "/sign-in/passkey/begin",
        "/sign-in/passkey",
        "/account/sign-in/passkeys/begin",
    ] {
        let request = browser.request(reqwest::Method::POST, path);
        let request = request.header("origin", "https://evil.example");
        let status = request.send().await.expect("an answer").status();
        assert!(
            status == StatusCode::FORBIDDEN || status == StatusCode::SEE_OTHER,
            "{path} {status}"
        );
    }
    assert_eq!(served.test.records(b"attempt/"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_client_begins_sixty_times_and_is_then_asked_to_wait() {
    let served = Served::new().await;
    let browser = Browser::new(&served);
    for _ in 0..60 {
        options(&browser, "/sign-in/passkey/begin").await;
    }
    let answer = browser.post("/sign-in/passkey/begin", &[]).await;
    assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(served.test.records(b"attempt/"), 60);
}

/// Places for attempts are finite, and one that is under way is left alone.
#[test]
fn attempts_that_nobody_finishes_make_room_by_themselves() {
    use issuer::attempt::{self, Attempt, Nonce};
    let test = crate::app::TestApp::new();
    let begin = |now| {
        let challenge = Nonce::draw(&test.app.random);
        attempt::begin(&test.app, Attempt::PasskeySignIn { challenge }, now)
    };
    let first = begin(test.now).expect("a place");
    for _ in 0..200 {
        begin(test.now).expect("a place");
    }
    assert!(
        attempt::find(&test.app, &first, test.now)
            .expect("the store")
            .is_some()
    );
    let later = test.now.plus_seconds(attempt::LONGEST);
    assert!(
        attempt::find(&test.app, &first, later)
            .expect("the store")
            .is_none()
    );
    for _ in 0..200 {
        begin(later).expect("a place");
    }
    // Of 401 attempts in 65,536 places, few found the place of one that was over.
    assert!(test.records(b"attempt/") <= 401);
}
