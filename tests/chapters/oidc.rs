//! Signing in with an identity provider, as a client of one that is right and of one that is not.

use std::sync::Arc;

use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::provider::{Answer, TestProvider};
use crate::served::{Served, header};

pub(super) async fn served(provider: &TestProvider, trusted_domains: &[&str]) -> Served {
    let calls = provider.calls(trusted_domains);
    Served::changed(move |edge, _| edge.providers = Arc::new(vec![calls])).await
}

/// Follows the button, signs in there as this person, and comes back.
pub(super) async fn sign_in(
    browser: &Browser<'_>,
    provider: &TestProvider,
    person: Value,
) -> Response {
    let back = provider.signs_in(&sent_to(browser).await, person);
    browser.get(&back).await
}

/// Where the button leads.
async fn sent_to(browser: &Browser<'_>) -> String {
    let answer = browser
        .get("/sign-in/oidc/example-id?next=/account/sign-in?a=b")
        .await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    header(&answer, "location").to_owned()
}

/// The code on a page that tells why something did not work.
pub(super) async fn code(answer: Response) -> (u16, String) {
    let status = answer.status().as_u16();
    let page = answer.text().await.expect("a page");
    let code = page.split("Code: <code>").nth(1);
    let code = code.and_then(|rest| rest.split('<').next());
    (status, code.unwrap_or(&page).to_owned())
}

pub(super) fn ada() -> Value {
    json!({ "sub": "248289761001", "name": "Ada Lovelace", "email": "Ada@Example.net", "email_verified": true })
}

/// Whose account the browser is signed in to, as its page tells.
pub(super) async fn account(browser: &Browser<'_>) -> Option<String> {
    let answer = browser.get("/account/sign-in").await;
    let page = (answer.status() == StatusCode::OK).then_some(answer)?;
    let page = page.text().await.expect("a page");
    let email = page
        .split("A link to ")
        .nth(1)?
        .split(" always works")
        .next()?;
    Some(email.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_a_provider_vouches_for_is_registered_once_and_found_again() {
    let provider = TestProvider::start();
    let served = served(&provider, &[]).await;
    let browser = Browser::new(&served);
    let answer = sign_in(&browser, &provider, ada()).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert_eq!(header(&answer, "location"), "/account/sign-in?a=b");
    assert_eq!(account(&browser).await.as_deref(), Some("ada@example.net"));
    assert_eq!(served.test.records(b"identity/"), 1);

    // The same person with another address is the same account: the address is not the key.
    let other = Browser::new(&served);
    let moved =
        json!({ "sub": "248289761001", "email": "ada@elsewhere.net", "email_verified": true });
    sign_in(&other, &provider, moved).await;
    assert_eq!(account(&other).await.as_deref(), Some("ada@example.net"));
    assert_eq!(served.test.records(b"identity/"), 1);
    assert_eq!(served.test.records(b"attempt/"), 0, "both were finished");
}

#[tokio::test(flavor = "multi_thread")]
async fn claims_that_stand_at_the_userinfo_endpoint_are_fetched_there() {
    let provider = TestProvider::start();
    let served = served(&provider, &[]).await;
    let browser = Browser::new(&served);
    sign_in(&browser, &provider, json!({ "sub": "1" })).await;
    assert_eq!(
        account(&browser).await.as_deref(),
        Some("userinfo@example.net")
    );

    // About somebody else they say nothing.
    provider.change(|answer| {
        if answer.what == "userinfo" {
            answer.body["sub"] = "3".into();
        }
    });
    let answer = sign_in(&Browser::new(&served), &provider, json!({ "sub": "2" })).await;
    assert_eq!(code(answer).await, (403, "oidc.subject".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_has_the_address_is_opened_only_once_it_was_shown() {
    let provider = TestProvider::start();
    let served = served(&provider, &[]).await;
    let known = served.test.person("ada", &[]);
    let at_example_org = json!({ "sub": "7", "email": "ada@example.org", "email_verified": true });

    let browser = Browser::new(&served);
    let answer = sign_in(&browser, &provider, at_example_org.clone()).await;
    assert_eq!(header(&answer, "location"), "/sign-in/connect");
    let page = browser
        .get("/sign-in/connect")
        .await
        .text()
        .await
        .expect("a page");
    assert!(page.contains("ada@example.org") && page.contains("There is an account already"));
    assert_eq!(account(&browser).await, None, "nobody is signed in yet");
    assert_eq!(served.test.records(b"identity/"), 0);

    // Ada signs in in the way she did before, and finds the question where she left it.
    let session = issuer::session::begin(&served.test.app, known.id, served.test.now);
    let cookie = format!(
        "{}={}",
        crate::browser::COOKIE,
        session.expect("a session").expose()
    );
    browser.keep(&cookie);
    let page = browser
        .get("/account/sign-in/connect")
        .await
        .text()
        .await
        .expect("a page");
    assert!(page.contains("Connect Example ID?"), "{page}");
    let answer = browser.post("/account/sign-in/connect", &[]).await;
    assert_eq!(header(&answer, "location"), "/account/sign-in");

    let later = Browser::new(&served);
    sign_in(&later, &provider, at_example_org).await;
    assert_eq!(account(&later).await.as_deref(), Some("ada@example.org"));

    // What was connected can be taken away again.
    let page = later
        .get("/account/sign-in")
        .await
        .text()
        .await
        .expect("a page");
    let path = page
        .split("action=\"")
        .find(|rest| rest.starts_with("/account/sign-in/identities/"));
    let path = path
        .and_then(|rest| rest.split('"').next())
        .expect("a form");
    later.post(path, &[]).await;
    assert_eq!(served.test.records(b"identity/"), 0);
    assert_eq!(served.test.records(b"identity-of/"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_opens_accounts_of_the_domains_it_may_speak_for() {
    let provider = TestProvider::start();
    let served = served(&provider, &["example.org"]).await;
    served.test.person("ada", &[]);
    let browser = Browser::new(&served);
    let person = json!({ "sub": "7", "email": "ada@example.org", "email_verified": true });
    sign_in(&browser, &provider, person).await;
    assert_eq!(account(&browser).await.as_deref(), Some("ada@example.org"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_the_provider_has_not_proven_opens_nothing() {
    let provider = TestProvider::start();
    // What the userinfo says is left out, so that the token alone counts.
    provider.change(|answer| {
        if answer.what == "userinfo" {
            answer.body = json!({ "sub": "7" });
        }
    });
    let served = served(&provider, &["example.org"]).await;
    served.test.person("ada", &[]);
    for verified in [json!(false), json!("true"), json!(1), Value::Null] {
        let person = json!({ "sub": "7", "email": "ada@example.org", "email_verified": verified });
        let browser = Browser::new(&served);
        let answer = sign_in(&browser, &provider, person).await;
        assert_eq!(header(&answer, "location"), "/sign-in/connect");
        let page = browser
            .get("/sign-in/connect")
            .await
            .text()
            .await
            .expect("a page");
        assert!(page.contains("Which account is yours?"), "{page}");
        assert!(!page.contains("ada@example.org"), "{page}");
        assert_eq!(account(&browser).await, None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_signed_in_is_asked_before_a_provider_opens_their_account() {
    let provider = TestProvider::start();
    let served = served(&provider, &["example.org"]).await;
    let ada_of_ours = served.test.person("ada", &[]);
    let browser = Browser::of(&served, &ada_of_ours);
    let answer = sign_in(&browser, &provider, ada()).await;
    assert_eq!(header(&answer, "location"), "/account/sign-in/connect");
    assert_eq!(served.test.records(b"identity/"), 0);
    browser.post("/account/sign-in/connect", &[]).await;
    assert_eq!(served.test.records(b"identity/"), 1);
    // The question was answered once.
    let again = browser.post("/account/sign-in/connect", &[]).await;
    assert_eq!(code(again).await, (400, "oidc.no_attempt".to_owned()));

    // In somebody else's session the identity changes nobody's account.
    let ben = served.test.person("ben", &[]);
    let answer = sign_in(&Browser::of(&served, &ben), &provider, ada()).await;
    assert_eq!(code(answer).await, (409, "oidc.identity_taken".to_owned()));
}

/// Every way in which what comes back from a provider may be wrong, and the code it is refused by.
///
/// Forms: HTTP.
#[tokio::test(flavor = "multi_thread")]
async fn attack_a_03_what_a_provider_must_not_say_signs_nobody_in() {
    type Spoil = fn(&mut Answer);
    let table: [(&str, Spoil); 30] = [
        ("oidc.alg_not_allowed", |answer| {
            answer.header["alg"] = "none".into();
            answer.signature = Some(String::new());
        }),
        ("oidc.alg_not_allowed", |answer| {
            answer.header["alg"] = "HS256".into()
        }),
        ("oidc.alg_not_allowed", |answer| {
            answer.header["alg"] = "RS256".into()
        }),
        ("oidc.alg_not_allowed", |answer| {
            answer.header["alg"] = "ES384".into()
        }),
        ("oidc.alg_not_allowed", |answer| {
            answer.header["alg"] = Value::Null
        }),
        ("oidc.token_malformed", |answer| {
            answer.header["crit"] = json!(["exp"])
        }),
        ("oidc.token_malformed", |answer| {
            answer.header["kid"] = json!(1)
        }),
        ("oidc.token_malformed", |answer| answer.header = json!([])),
        ("oidc.token_malformed", |answer| {
            answer.signature = Some("a=b".to_owned())
        }),
        ("oidc.key_unknown", |answer| {
            answer.header["kid"] = "other".into()
        }),
        ("oidc.signature_invalid", |answer| {
            answer.signature = Some(String::new())
        }),
        ("oidc.signature_invalid", |answer| {
            answer.key = keys::SecretKey::p256([99; 32]).expect("a key");
        }),
        ("oidc.signature_invalid", |answer| {
            // A key inside the token proves nothing.
            answer.key = keys::SecretKey::p256([99; 32]).expect("a key");
            answer.header["jwk"] = answer.key.public_key().jwk();
        }),
        ("oidc.issuer_mismatch", |answer| {
            answer.claims["iss"] = "https://other.example".into()
        }),
        ("oidc.issuer_mismatch", |answer| {
            let issuer = answer.claims["iss"].as_str().unwrap_or_default();
            answer.claims["iss"] = format!("{issuer}/").into();
        }),
        ("oidc.audience", |answer| {
            answer.claims["aud"] = "other".into()
        }),
        ("oidc.audience", |answer| answer.claims["aud"] = json!([])),
        ("oidc.audience", |answer| {
            answer.claims["aud"] = json!(["assay tests", "other"])
        }),
        ("oidc.audience", |answer| {
            answer.claims["aud"] = json!(["assay tests", "other"]);
            answer.claims["azp"] = "other".into();
        }),
        ("oidc.audience", |answer| {
            answer.claims["azp"] = "other".into()
        }),
        ("oidc.expired", |answer| {
            answer.claims["exp"] = json!(answer.claims["exp"].as_i64().unwrap_or_default() - 361);
        }),
        ("oidc.expired", |answer| answer.claims["exp"] = Value::Null),
        ("oidc.expired", |answer| answer.claims["iat"] = Value::Null),
        ("oidc.expired", |answer| {
            answer.claims["iat"] = json!(answer.claims["iat"].as_i64().unwrap_or_default() + 61);
        }),
        ("oidc.expired", |answer| {
            answer.claims["nbf"] = json!(answer.claims["iat"].as_i64().unwrap_or_default() + 61);
        }),
        ("oidc.expired", |answer| {
            answer.claims["iat"] = json!(answer.claims["iat"].as_i64().unwrap_or_default() - 661);
        }),
        ("oidc.nonce_mismatch", |answer| {
            answer.claims["nonce"] = "other".into()
        }),
        ("oidc.nonce_mismatch", |answer| {
            answer.claims["nonce"] = Value::Null
        }),
        ("oidc.subject", |answer| answer.claims["sub"] = Value::Null),
        ("oidc.subject", |answer| answer.claims["sub"] = "é".into()),
    ];
    let provider = TestProvider::start();
    let served = served(&provider, &["example.net"]).await;
    for (number, (expected, spoil)) in table.into_iter().enumerate() {
        provider.change(move |answer| {
            if answer.what == "token" && answer.status == 200 {
                spoil(answer);
            }
        });
        let browser = Browser::new(&served);
        let answer = sign_in(&browser, &provider, ada()).await;
        assert_eq!(
            code(answer).await,
            (403, expected.to_owned()),
            "row {number}"
        );
        assert_eq!(account(&browser).await, None, "row {number}");
    }
    assert_eq!(served.test.records(b"identity/"), 0);
    // The provider is none the worse for it.
    provider.change(|_| {});
    let browser = Browser::new(&served);
    sign_in(&browser, &provider, ada()).await;
    assert_eq!(account(&browser).await.as_deref(), Some("ada@example.net"));
}

/// Forms: HTTP.
#[tokio::test(flavor = "multi_thread")]
async fn attack_a_01_a_code_is_turned_in_with_its_own_verifier_and_once() {
    let provider = TestProvider::start();
    let served = served(&provider, &[]).await;
    let (one, two) = (Browser::new(&served), Browser::new(&served));
    let (to_one, to_two) = (sent_to(&one).await, sent_to(&two).await);
    let back_to_one = provider.signs_in(&to_one, ada());
    let back_to_two = provider.signs_in(&to_two, json!({ "sub": "mallory" }));
    let state = |back: &str| {
        let state = back.split('&').find(|pair| pair.starts_with("state="));
        state.expect("a state").to_owned()
    };

    // The answer to another browser's question, then its code under the own state.
    let answer = one.get(&back_to_two).await;
    assert_eq!(code(answer).await, (400, "oidc.state_mismatch".to_owned()));
    let mixed = back_to_two.replace(&state(&back_to_two), &state(&back_to_one));
    let fresh = Browser::new(&served);
    assert_eq!(
        code(fresh.get(&mixed).await).await,
        (400, "oidc.no_attempt".to_owned())
    );

    // What somebody else thought up has ended nothing: the own answer still signs in.
    one.get(&back_to_one).await;
    assert_eq!(account(&one).await.as_deref(), Some("ada@example.net"));
    // Once.
    assert_eq!(
        code(one.get(&back_to_one).await).await,
        (400, "oidc.no_attempt".to_owned())
    );

    // Ada's browser is made to turn in Mallory's code: the verifier is not that of the code.
    let to_one = sent_to(&one).await;
    let own = state(&provider.signs_in(&to_one, ada()));
    let mixed = back_to_two.replace(&state(&back_to_two), &own);
    assert_eq!(
        code(one.get(&mixed).await).await,
        (403, "oidc.code_refused".to_owned())
    );
    assert_eq!(account(&two).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_of_other_providers_and_errors_are_told_apart() {
    let provider = TestProvider::start();
    let served = served(&provider, &[]).await;
    let table: [(&str, u16, &str); 9] = [
        ("error=access_denied&state=S&iss=I", 403, "oidc.denied"),
        (
            "error=temporarily_unavailable&state=S&iss=I",
            403,
            "oidc.refused",
        ),
        ("error=%3Cscript%3E&state=S&iss=I", 403, "oidc.refused"),
        (
            "code=code-0&state=S&iss=https://other.example",
            403,
            "oidc.issuer_mismatch",
        ),
        ("code=code-0&state=S", 403, "oidc.issuer_mismatch"),
        ("code=code-0&code=code-1&state=S&iss=I", 403, "oidc.answer"),
        ("state=S&iss=I", 403, "oidc.answer"),
        ("code=&state=S&iss=I", 403, "oidc.answer"),
        ("code=code-0&iss=I", 400, "oidc.state_mismatch"),
    ];
    for (query, status, expected) in table {
        let browser = Browser::new(&served);
        let back = provider.signs_in(&sent_to(&browser).await, ada());
        let state = back
            .split("state=")
            .nth(1)
            .and_then(|rest| rest.split('&').next());
        let query = query.replace("state=S", &format!("state={}", state.expect("a state")));
        let query = query.replace("iss=I", &format!("iss={}", provider.issuer));
        let answer = browser.get(&format!("/sign-in/oidc/return?{query}")).await;
        let page = code(answer).await;
        assert_eq!(page, (status, expected.to_owned()), "{query}");
        assert_eq!(account(&browser).await, None);
    }
    let answer = Browser::new(&served).get("/sign-in/oidc/nobody").await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
}
