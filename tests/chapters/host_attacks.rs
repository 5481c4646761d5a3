//! Attacks on the authorisation server of the Open Badges API.

use std::collections::BTreeSet;

use issuer::oauth::client;
use issuer::oauth::grant::{self, ACCESS_LASTS, CODE_LASTS, REFRESH_LASTS, TurnIn};
use issuer::oauth::request::{Asked, Parameters};
use issuer::oauth::{BadgeScope, Secret};
use issuer::person::Person;
use reqwest::Method;
use schemas::timestamp::Timestamp;
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::application::{
    ALL, API, Application, CALLBACK, CHALLENGE, READ, VERIFIER, metadata, refused, registering,
    status_info, value,
};
use crate::browser::Browser;
use crate::served::{Served, header, problem};

/// Every way to ask and to turn in that is not PKCE by S256 with the right verifier.
///
/// Forms: HTTP.
#[tokio::test]
async fn attack_a_01_a_code_is_worth_nothing_without_the_verifier_of_its_challenge() {
    let served = Served::new().await;
    let application = Application::register(&served).await;
    let ada = served.test.person("ada", &[]);
    let browser = Browser::of(&served, &ada);
    let short = "c2hvcnQ";
    let asked: &[&[(&str, &str)]] = &[
        &[("code_challenge", "")],
        &[("code_challenge_method", "")],
        &[("code_challenge", ""), ("code_challenge_method", "")],
        &[("code_challenge_method", "plain")],
        &[("code_challenge_method", "s256")],
        &[("code_challenge_method", "S512")],
        &[
            ("code_challenge", VERIFIER),
            ("code_challenge_method", "plain"),
        ],
        &[("code_challenge", short)],
        &[("code_challenge", &format!("{CHALLENGE}="))],
        &[("code_challenge", &format!("{CHALLENGE}A"))],
        &[("code_challenge", &CHALLENGE.replace('-', "+"))],
    ];
    for others in asked {
        let answer = browser.get(&application.address(others)).await;
        assert_eq!(answer.status(), 303, "{others:?}");
        let back = header(&answer, "location");
        assert!(back.starts_with(CALLBACK), "{back}");
        assert!(back.contains("error=invalid_request"), "{back}");
        assert!(back.contains("state=a+state"), "{back}");
        assert!(!back.contains("code="), "{back}");
    }

    let other = Application::register(&served).await;
    let verifiers = [
        "",
        CHALLENGE,
        &VERIFIER[..42],
        &format!("{VERIFIER}A"),
        &VERIFIER.to_lowercase(),
        &"a".repeat(43),
        &"a".repeat(129),
        &format!("{VERIFIER}\u{e9}"),
    ];
    for verifier in verifiers {
        let code = application.code(&ada, &[]).await;
        let answer = application
            .turn_in(&code, &[("code_verifier", verifier)])
            .await;
        let expected = match verifier {
            "" => "invalid_request",
            _ => "invalid_grant",
        };
        assert_eq!(refused(answer).await, (400, expected.to_owned()));
        if !verifier.is_empty() {
            // Whoever guessed once does not guess again.
            let again = application.turn_in(&code, &[]).await;
            assert_eq!(refused(again).await, (400, "invalid_grant".to_owned()));
        }
    }
    // The verifier of one code does not open another, nor does another application's, address or code.
    let challenge = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";
    let wrong = application
        .code(&ada, &[("code_challenge", challenge)])
        .await;
    let answer = application.turn_in(&wrong, &[]).await;
    assert_eq!(refused(answer).await.1, "invalid_grant");
    let code = application.code(&ada, &[]).await;
    let answer = other.turn_in(&code, &[]).await;
    assert_eq!(refused(answer).await.1, "invalid_grant");
    let second = "https://wallet.example.com/second?x=1";
    let answer = application
        .turn_in(&code, &[("redirect_uri", second)])
        .await;
    assert_eq!(refused(answer).await.1, "invalid_grant");
    let code = application.code(&ada, &[]).await;
    assert_eq!(application.turn_in(&code, &[]).await.status(), 200);
}

/// Sixty addresses that are nearly the one that was registered.
///
/// Forms: HTTP.
#[tokio::test]
async fn attack_a_02_nobody_is_sent_to_an_address_that_is_nearly_the_registered_one() {
    let served = Served::new().await;
    let application = Application::register(&served).await;
    let ada = served.test.person("ada", &[]);
    let browser = Browser::of(&served, &ada);
    let fine = browser.get(&application.address(&[])).await;
    assert_eq!(fine.status(), 200);
    let near = near();
    assert_eq!(near.len(), 60);
    for address in &near {
        let address: &str = address;
        let asked = application.address(&[("redirect_uri", address)]);
        let answer = browser
            .request(Method::GET, &asked)
            .header("accept", "application/json")
            .send()
            .await
            .expect("an answer");
        assert_eq!(header(&answer, "location"), "", "{address}");
        let told = problem(answer).await;
        assert_eq!(
            told,
            (400, "oauth.invalid_redirect".to_owned()),
            "{address}"
        );
    }
    // Twice is not once, whichever of the two is right; nor is another application's address.
    let twice = format!(
        "{}&redirect_uri=https%3A%2F%2Fevil.example%2F",
        application.address(&[])
    );
    let answer = browser.get(&twice).await;
    assert_eq!(answer.status(), 400);
    let unknown = application.address(&[("client_id", "1111111111111111")]);
    let answer = browser
        .request(Method::GET, &unknown)
        .header("accept", "application/json")
        .send()
        .await
        .expect("an answer");
    assert_eq!(header(&answer, "location"), "");
    let told = problem(answer).await;
    assert_eq!(told, (400, "oauth.unknown_client".to_owned()));
}

fn near() -> Vec<String> {
    let mut near: Vec<String> = [
        "",
        "https://wallet.example.com/callback/",
        "https://wallet.example.com/callback?",
        "https://wallet.example.com/callback?x=1",
        "https://wallet.example.com/callback#",
        "https://wallet.example.com/callback#code",
        "https://wallet.example.com/callback/more",
        "https://wallet.example.com/callback.evil",
        "https://wallet.example.com/callbac",
        "https://wallet.example.com/callbackk",
        "https://wallet.example.com/Callback",
        "https://wallet.example.com/CALLBACK",
        "https://wallet.example.com//callback",
        "https://wallet.example.com/./callback",
        "https://wallet.example.com/x/../callback",
        "https://wallet.example.com/..;/callback",
        "https://wallet.example.com/%63allback",
        "https://wallet.example.com/callback%2f",
        "https://wallet.example.com/callback%00",
        "https://wallet.example.com/callback%20",
        "https://wallet.example.com/callback ",
        " https://wallet.example.com/callback",
        "https://wallet.example.com/callback\t",
        "https://wallet.example.com/callback\r\nX: y",
        "https://wallet.example.com\\callback",
        "https:/wallet.example.com/callback",
        "https:wallet.example.com/callback",
        "https:///wallet.example.com/callback",
        "//wallet.example.com/callback",
        "/callback",
        "callback",
        "http://wallet.example.com/callback",
        "HTTPS://wallet.example.com/callback",
        "https://WALLET.example.com/callback",
        "https://wallet.example.com:443/callback",
        "https://wallet.example.com:8443/callback",
        "https://wallet.example.com:/callback",
        "https://wallet.example.com./callback",
        "https://evil.example/callback",
        "https://wallet.example.com.evil.example/callback",
        "https://evilwallet.example.com/callback",
        "https://x.wallet.example.com/callback",
        "https://example.com/callback",
        "https://wallet.example.com@evil.example/callback",
        "https://evil.example@wallet.example.com/callback",
        "https://user:pass@wallet.example.com/callback",
        "https://evil.example#wallet.example.com/callback",
        "https://evil.example?wallet.example.com/callback",
        "https://evil.example\\@wallet.example.com/callback",
        "https://localhost/callback",
        "http://localhost/callback",
        "http://127.0.0.1/callback",
        "http://127.0.0.1:8080/callback",
        "http://[::1]/callback",
        "javascript:alert(1)//https://wallet.example.com/callback",
        "data:text/html,https://wallet.example.com/callback",
        "https://wallet.example.com/second",
    ]
    .map(str::to_owned)
    .into();
    near.push(format!("{CALLBACK},https://evil.example"));
    near.push(format!("{CALLBACK} https://evil.example"));
    near.push("https://wallet.ex\u{e4}mple.com/callback".to_owned());
    near
}

/// What was turned in once, or belongs to another, or was taken back, opens nothing.
///
/// Forms: HTTP.
#[tokio::test]
async fn attack_a_03_what_is_turned_in_twice_ends_all_that_came_from_it() {
    let served = Served::new().await;
    let application = Application::register(&served).await;
    let other = Application::register(&served).await;
    let ada = served.test.person("ada", &[]);

    let code = application.code(&ada, &[]).await;
    let first: Value = application
        .turn_in(&code, &[])
        .await
        .json()
        .await
        .expect("tokens");
    let text = |tokens: &Value, name: &str| tokens[name].as_str().expect("a token").to_owned();
    let (access, refresh) = (text(&first, "access_token"), text(&first, "refresh_token"));
    assert_eq!(application.get(&access, "/profile").await.status(), 200);
    // Another application has neither, and does no harm by trying.
    assert_eq!(
        refused(other.turn_in(&code, &[]).await).await.1,
        "invalid_grant"
    );
    assert_eq!(
        refused(other.refresh(&refresh, &[]).await).await.1,
        "invalid_grant"
    );
    assert_eq!(
        refused(other.revoke(&refresh, "refresh_token").await)
            .await
            .1,
        "unauthorized_client"
    );
    assert_eq!(application.get(&access, "/profile").await.status(), 200);

    let again = application.turn_in(&code, &[]).await;
    assert_eq!(refused(again).await, (400, "invalid_grant".to_owned()));
    let dead = application.get(&access, "/profile").await;
    assert_eq!(
        status_info(dead).await,
        (401, "unauthorizedrequest".to_owned())
    );
    assert_eq!(
        refused(application.refresh(&refresh, &[]).await).await.1,
        "invalid_grant"
    );

    // A refresh token is good once; the second time the whole family ends.
    let tokens = application.tokens(&ada, ALL).await;
    let old = text(&tokens, "refresh_token");
    let next: Value = application
        .refresh(&old, &[])
        .await
        .json()
        .await
        .expect("tokens");
    assert_ne!(old, text(&next, "refresh_token"));
    let access = text(&next, "access_token");
    assert_eq!(application.get(&access, "/profile").await.status(), 200);
    assert_eq!(
        refused(application.refresh(&old, &[]).await).await.1,
        "invalid_grant"
    );
    assert_eq!(application.get(&access, "/profile").await.status(), 401);
    let newest = text(&next, "refresh_token");
    assert_eq!(
        refused(application.refresh(&newest, &[]).await).await.1,
        "invalid_grant"
    );

    // Secrets of one kind are none of another.
    let tokens = application.tokens(&ada, ALL).await;
    let access = text(&tokens, "access_token");
    let refresh = text(&tokens, "refresh_token");
    assert_eq!(application.get(&refresh, "/profile").await.status(), 401);
    assert_eq!(
        application
            .get(&application.secret, "/profile")
            .await
            .status(),
        401
    );
    assert_eq!(
        refused(application.refresh(&access, &[]).await).await.1,
        "invalid_grant"
    );
    assert_eq!(
        refused(application.turn_in(&refresh, &[]).await).await.1,
        "invalid_grant"
    );
}

/// Sixty-four who turn one code in at once: at most one gets tokens, and they open nothing afterwards.
///
/// Forms: HTTP.
#[tokio::test(flavor = "multi_thread")]
async fn attack_a_03_a_code_that_many_turn_in_at_once_opens_nothing() {
    let served = Served::new().await;
    let application = Application::register(&served).await;
    let ada = served.test.person("ada", &[]);
    let code = application.code(&ada, &[]).await;
    let tries = (0..64).map(|_| application.turn_in(&code, &[]));
    let answers = futures_util::future::join_all(tries).await;
    let mut given = Vec::new();
    for answer in answers {
        let told: Value = answer.json().await.expect("JSON");
        given.extend(told["access_token"].as_str().map(str::to_owned));
    }
    assert!(given.len() <= 1, "{} got tokens", given.len());
    for token in given {
        assert_eq!(application.get(&token, "/profile").await.status(), 401);
    }
}

/// One thing that can happen to what was allowed.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Event {
    TurnIn,
    OtherTurnsIn,
    Refresh,
    RefreshWithOld,
    OtherRefreshes,
    RevokeAccess,
    RevokeRefresh,
    Withdraw,
    HourLater,
    HalfAYearLater,
}

const EVENTS: [Event; 10] = [
    Event::TurnIn,
    Event::OtherTurnsIn,
    Event::Refresh,
    Event::RefreshWithOld,
    Event::OtherRefreshes,
    Event::RevokeAccess,
    Event::RevokeRefresh,
    Event::Withdraw,
    Event::HourLater,
    Event::HalfAYearLater,
];

/// What ought to be so after some events, told in the words of the standard and not of the code.
#[derive(Default)]
struct Expected {
    turned_in: bool,
    ended: bool,
    access_until: i64,
    refresh_until: i64,
    access_revoked: bool,
    has_old: bool,
    now: i64,
}

/// Every sequence of three things that can happen, after a code was given and after it was turned in:
/// whether the newest access token opens anything is what the standard says.
///
/// Forms: HTTP.
#[test]
fn attack_a_03_after_every_sequence_of_events_tokens_open_what_they_should() {
    let test = TestApp::new();
    let ada = test.person("ada", &[]);
    let [client, other] = [register(&test), register(&test)];
    let mut tried = 0;
    for first in EVENTS {
        for second in EVENTS {
            for third in EVENTS {
                for begun in [vec![], vec![Event::TurnIn]] {
                    let events = [begun, vec![first, second, third]].concat();
                    play(&test, &ada, &client, &other, &events);
                    tried += 1;
                }
            }
        }
    }
    assert_eq!(tried, 2_000);
}

fn register(test: &TestApp) -> client::Client {
    registered_at(test, test.now)
}

fn registered_at(test: &TestApp, now: Timestamp) -> client::Client {
    let about = client::ClientMetadata::read(&metadata(), client::Addresses::Https);
    let about = about.expect("good metadata");
    client::register(&test.app, about, "here", now)
        .expect("an application")
        .1
}

fn play(
    test: &TestApp,
    ada: &Person,
    client: &client::Client,
    other: &client::Client,
    events: &[Event],
) {
    let app = &test.app;
    let asked = asked_by(test, client, test.now);
    let scopes: BTreeSet<_> = BadgeScope::ALL.into();
    let code = grant::allow(app, ada.id, &asked, scopes, test.now).expect("a code");
    let (mut tokens, mut old): (Option<grant::Tokens>, Option<Secret>) = (None, None);
    let mut expected = Expected::default();
    for event in events {
        let now = test.now.plus_seconds(expected.now);
        let turn_in = |client| {
            let brought = TurnIn {
                code: code.expose(),
                redirect_uri: CALLBACK,
                verifier: VERIFIER,
                scope: None,
            };
            grant::turn_in(app, client, &brought, now)
        };
        let newest = tokens.as_ref().and_then(|tokens| tokens.refresh.as_ref());
        let newest = newest.map(|token| token.expose().to_owned());
        match event {
            Event::TurnIn => {
                let given = turn_in(client).ok();
                assert_eq!(given.is_some(), expected.turns_in(), "{events:?}");
                tokens = given.or(tokens);
            }
            Event::OtherTurnsIn => assert!(turn_in(other).is_err()),
            Event::Refresh => {
                let Some(token) = newest else { continue };
                let given = grant::refresh(app, client, &token, None, now).ok();
                assert_eq!(given.is_some(), expected.refreshes(), "{events:?}");
                if let Some(given) = given {
                    let before = tokens.replace(given);
                    old = before.and_then(|before| before.refresh);
                    expected.has_old = true;
                }
            }
            Event::RefreshWithOld => {
                let Some(token) = &old else { continue };
                let given = grant::refresh(app, client, token.expose(), None, now);
                assert!(given.is_err(), "{events:?}");
                // It was turned in before: whoever has it now ends all of it.
                expected.ended = true;
            }
            Event::OtherRefreshes => {
                let Some(token) = newest else { continue };
                assert!(grant::refresh(app, other, &token, None, now).is_err());
            }
            Event::RevokeAccess => {
                let Some(tokens) = &tokens else { continue };
                let token = tokens.access.expose();
                grant::revoke(app, client, token).expect("it is taken back");
                expected.access_revoked = true;
            }
            Event::RevokeRefresh => {
                let Some(token) = newest else { continue };
                grant::revoke(app, client, &token).expect("it is taken back");
                expected.ended = true;
            }
            Event::Withdraw => {
                for (granted, _) in grant::of(app, ada.id, now).expect("the store") {
                    grant::withdraw(app, ada, granted.id).expect("hers");
                }
                expected.ended |= expected.turned_in;
            }
            Event::HourLater => expected.now += ACCESS_LASTS,
            Event::HalfAYearLater => expected.now += REFRESH_LASTS,
        }
        if let Some(tokens) = &tokens {
            let now = test.now.plus_seconds(expected.now);
            let opens = grant::authenticate(app, tokens.access.expose(), now).is_ok();
            assert_eq!(opens, expected.opens(), "{events:?} at {event:?}");
        }
    }
    // The next sequence begins with nothing allowed.
    let now = test.now;
    for (granted, _) in grant::of(app, ada.id, now).expect("the store") {
        grant::withdraw(app, ada, granted.id).expect("hers");
    }
}

impl Expected {
    fn turns_in(&mut self) -> bool {
        if self.turned_in {
            self.ended = true;
            return false;
        }
        self.turned_in = self.now < CODE_LASTS;
        if self.turned_in {
            self.given();
        }
        // A code that came too late is spoilt.
        let given = self.turned_in;
        self.turned_in = true;
        self.ended |= !given;
        given
    }

    fn refreshes(&mut self) -> bool {
        let good = !self.ended && self.now < self.refresh_until;
        if good {
            self.given();
        }
        good
    }

    fn given(&mut self) {
        self.access_until = self.now + ACCESS_LASTS;
        self.refresh_until = self.now + REFRESH_LASTS;
        self.access_revoked = false;
    }

    fn opens(&self) -> bool {
        !self.ended && !self.access_revoked && self.now < self.access_until
    }
}

/// Forms: HTTP.
#[tokio::test]
async fn attack_a_04_a_scope_that_was_not_allowed_opens_nothing() {
    let served = Served::new().await;
    let application = Application::register(&served).await;
    let ada = served.test.person("ada", &[]);
    let routes = [
        (READ, Method::GET, "/credentials"),
        (crate::application::UPSERT, Method::POST, "/credentials"),
        (crate::application::PROFILE, Method::GET, "/profile"),
        (crate::application::UPDATE, Method::PUT, "/profile"),
    ];
    for (scope, ..) in &routes {
        let token = application.access(&ada, scope).await;
        for (needed, method, path) in &routes {
            let answer = application
                .bring(method.clone(), &token, path, "application/json", "{}")
                .await;
            let status = answer.status().as_u16();
            match scope == needed {
                true => assert!([200, 422].contains(&status), "{scope} {path} {status}"),
                false => {
                    let told = status_info(answer).await;
                    assert_eq!(told, (403, "forbidden".to_owned()), "{scope} {path}");
                }
            }
        }
    }
    // A token of an application opens nothing else, and no other way in opens these.
    let token = application.access(&ada, ALL).await;
    let mut tried = 0;
    for route in issuer::http::routes() {
        let is_ours = route.path.starts_with("/api/v1/") && !route.action.rule().is_open();
        if is_ours && !route.path.contains('{') && route.method == Method::GET {
            let request = served.request(Method::GET, &route.path);
            let answer = request.bearer_auth(&token).send().await.expect("an answer");
            assert_eq!(answer.status(), 403, "{}", route.path);
            tried += 1;
        }
    }
    assert!(tried > 5, "{tried}");
    let own = served.caller("ada", &[]);
    let browser = Browser::of(&served, &ada);
    for (_, method, path) in &routes {
        let path = format!("{API}{path}");
        let answer = own.request(method.clone(), &path).send().await;
        assert_eq!(
            status_info(answer.expect("an answer")).await.0,
            403,
            "{path}"
        );
        let answer = browser.request(method.clone(), &path);
        let answer = answer.header("origin", crate::app::PUBLIC_URL).send().await;
        assert_eq!(
            status_info(answer.expect("an answer")).await.0,
            401,
            "{path}"
        );
    }
    // More than was registered, or was allowed, is not given.
    let mut little = metadata();
    little["scope"] = json!(READ);
    let little = Application::registered_as(&served, little).await;
    let tokens = little.tokens(&ada, ALL).await;
    assert_eq!(tokens["scope"], READ);
    let code = little.code(&ada, &[]).await;
    let answer = little.turn_in(&code, &[("scope", ALL)]).await;
    assert_eq!(refused(answer).await, (400, "invalid_scope".to_owned()));
    let tokens = application
        .tokens(&ada, &format!("{READ} offline_access"))
        .await;
    let refresh = tokens["refresh_token"].as_str().expect("a token");
    let answer = application.refresh(refresh, &[("scope", ALL)]).await;
    assert_eq!(refused(answer).await, (400, "invalid_scope".to_owned()));
}

/// Forms: HTTP.
#[tokio::test]
async fn attack_a_05_an_application_that_says_odd_things_of_itself_is_not_registered() {
    let served = Served::new().await;
    let changed = |name: &str, value: Value| {
        let mut said = metadata();
        match value {
            Value::Null => {
                said.as_object_mut().expect("an object").remove(name);
            }
            value => said[name] = value,
        }
        said
    };
    let mut table: Vec<(Value, &str)> = Vec::new();
    for name in [
        "client_name",
        "client_uri",
        "logo_uri",
        "tos_uri",
        "policy_uri",
        "software_id",
        "software_version",
        "scope",
    ] {
        for value in [Value::Null, json!(""), json!(1), json!(["x"]), json!({})] {
            table.push((changed(name, value), "invalid_client_metadata"));
        }
    }
    let odd = [
        "http://wallet.example.com/x",
        "https://evil.example/x",
        "https://wallet.example.com.evil.example/x",
        "https://user@wallet.example.com/x",
        "https://wallet.example.com\\x",
        "https://wallet.example.com/\u{e9}",
        "https://wallet.example.com/ x",
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "http://169.254.169.254/latest/meta-data",
        "https://[::1]/x",
        "//wallet.example.com/x",
        "wallet.example.com",
        "not an address",
    ];
    for address in odd {
        for name in ["logo_uri", "tos_uri", "policy_uri"] {
            table.push((changed(name, json!(address)), "invalid_client_metadata"));
        }
        let said = changed("redirect_uris", json!([address]));
        table.push((said, "invalid_redirect_uri"));
        let said = changed("redirect_uris", json!([CALLBACK, address]));
        table.push((said, "invalid_redirect_uri"));
    }
    for value in [
        Value::Null,
        json!([]),
        json!(CALLBACK),
        json!([1]),
        json!(["https://wallet.example.com/x#y"]),
        json!(vec![CALLBACK; 11]),
        json!([format!("{CALLBACK}/{}", "a".repeat(1_000))]),
    ] {
        table.push((changed("redirect_uris", value), "invalid_redirect_uri"));
    }
    for (name, value) in [
        ("client_name", json!("a".repeat(301))),
        ("client_name", json!("a\u{0}b")),
        ("client_name", json!("two\nlines")),
        ("scope", json!("openid email")),
        ("scope", json!("offline_access")),
        ("token_endpoint_auth_method", json!("none")),
        ("token_endpoint_auth_method", json!("client_secret_post")),
        ("token_endpoint_auth_method", json!("private_key_jwt")),
        ("grant_types", json!(["implicit"])),
        ("grant_types", json!(["client_credentials"])),
        ("grant_types", json!(["refresh_token"])),
        ("grant_types", json!("authorization_code")),
        ("grant_types", json!([])),
        ("response_types", json!(["token"])),
        ("response_types", json!("code")),
        ("contacts", json!("mail@wallet.example.com")),
        ("contacts", json!(vec!["a"; 11])),
    ] {
        table.push((changed(name, value), "invalid_client_metadata"));
    }
    for body in [json!([]), json!("x"), json!(null), json!({})] {
        table.push((body, "invalid_client_metadata"));
    }
    for (said, error) in &table {
        let answer = registering(&served, said).await;
        assert_eq!(refused(answer).await, (400, (*error).to_owned()), "{said}");
    }
    println!("{} registrations", table.len());
    assert_eq!(served.test.records(b"oauth-client/"), 0);

    let send = async |body: Vec<u8>, media_type: &str| {
        let request = served.request(Method::POST, "/oauth/register");
        let request = request.header("content-type", media_type).body(body);
        request.send().await.expect("an answer")
    };
    let good = metadata().to_string().into_bytes();
    for media_type in ["text/plain", "application/x-www-form-urlencoded", ""] {
        assert_eq!(send(good.clone(), media_type).await.status(), 400);
    }
    let twice = good.iter().copied().filter(|byte| *byte != b'}');
    let twice: Vec<u8> = twice.chain(*b",\"scope\":\"x\"}").collect();
    assert_eq!(send(twice, "application/json").await.status(), 400);
    let large = vec![b' '; 40_000];
    assert_eq!(send(large, "application/json").await.status(), 413);
}

/// Forms: HTTP.
#[tokio::test]
async fn attack_a_05_applications_cannot_be_registered_by_the_thousand_and_unused_ones_go() {
    let served = Served::new().await;
    let mut registered = 0;
    let mut waits = 0;
    for _ in 0..40 {
        let answer = registering(&served, &metadata()).await;
        match answer.status().as_u16() {
            201 => registered += 1,
            429 => {
                let wait: u64 = header(&answer, "retry-after").parse().expect("seconds");
                assert!(wait > 0);
                let told = problem(answer).await;
                assert_eq!(told, (429, "rate.limited".to_owned()));
                waits += 1;
            }
            other => panic!("{other}"),
        }
    }
    assert_eq!((registered, waits), (10, 30));

    let app = &served.test.app;
    let now = served.test.now;
    assert_eq!(served.test.records(b"oauth-client/"), 10);
    let used = served.test.person("ada", &[]);
    let later = now.plus_seconds(3_600);
    let client = registered_at(&served.test, later);
    let asked = asked_by(&served.test, &client, later);
    let scopes: BTreeSet<_> = BadgeScope::ALL.into();
    grant::allow(app, used.id, &asked, scopes, now).expect("a code");
    let month = now.plus_seconds(client::UNUSED_LASTS + 7_200);
    app.store.forget_what_ended(month).expect("the store");
    assert_eq!(served.test.records(b"oauth-client/"), 1);
    assert!(
        client::find(app, client.id, month)
            .expect("the store")
            .is_some()
    );
    let year = now.plus_seconds(client::USED_LASTS + 7_200);
    assert!(
        client::find(app, client.id, year)
            .expect("the store")
            .is_none()
    );
    app.store.forget_what_ended(year).expect("the store");
    assert_eq!(served.test.records(b"oauth-client/"), 0);
}

fn asked_by(test: &TestApp, client: &client::Client, now: Timestamp) -> Asked {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("response_type", "code")
        .append_pair("client_id", &client.id.to_string())
        .append_pair("redirect_uri", CALLBACK)
        .append_pair("scope", ALL)
        .append_pair("state", "s")
        .append_pair("code_challenge", CHALLENGE)
        .append_pair("code_challenge_method", "S256")
        .finish();
    let asked = Asked::read(&test.app, &Parameters::read(query.as_bytes()), now);
    asked.expect("the store").expect("a good request")
}

/// The state comes back as it went, whatever is in it, and nothing else of the request does.
///
/// Forms: HTTP.
#[tokio::test]
async fn attack_a_02_what_comes_back_is_only_what_the_standard_has() {
    let served = Served::new().await;
    let application = Application::register(&served).await;
    let ada = served.test.person("ada", &[]);
    for state in ["&code=mine", "a=b&c", "<script>", "%0d%0aX: y", "é"] {
        let answer = Browser::of(&served, &ada)
            .get(&application.address(&[("state", state)]))
            .await;
        if !state.is_ascii() {
            assert!(header(&answer, "location").contains("error=invalid_request"));
            continue;
        }
        let back = application.allowed(&ada, &[("state", state)]).await;
        assert_eq!(value(&back, "state").as_deref(), Some(state));
        assert_ne!(value(&back, "code").as_deref(), Some("mine"));
        let names: Vec<String> = back.query_pairs().map(|(name, _)| name.into()).collect();
        assert_eq!(names, ["code", "scope", "state", "iss"]);
    }
}
