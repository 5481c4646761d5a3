//! The authorisation server of the Open Badges API, requirement by requirement.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use crate::app::PUBLIC_URL;
use crate::application::{
    ALL, Application, CALLBACK, PROFILE, READ, metadata, refused, registering, status_info, value,
};
use crate::browser::Browser;
use crate::served::{Served, header};

/// SDD-5, SEC-24: what the standard has no field for, where tokens are taken back, stands in the metadata
/// of the authorisation server.
#[tokio::test]
async fn the_authorisation_server_has_metadata() {
    let served = Served::new().await;
    let told = served.json("/.well-known/oauth-authorization-server").await;
    assert_eq!(told["issuer"], PUBLIC_URL);
    assert_eq!(
        told["revocation_endpoint"],
        format!("{PUBLIC_URL}/oauth/revoke")
    );
    assert_eq!(told["code_challenge_methods_supported"], json!(["S256"]));
    assert_eq!(
        told["token_endpoint_auth_methods_supported"],
        json!(["client_secret_basic"])
    );
}

/// SEC-1, SEC-2, SEC-3, SEC-4, SEC-5, SEC-7, SEC-8, SEC-10: an application registers by a request that
/// shows nothing, and all it said comes back with an identifier and a secret that is stored nowhere.
#[tokio::test]
async fn an_application_registers_itself() {
    let served = Served::new().await;
    let mut said = metadata();
    said["contacts"] = json!(["help@wallet.example.com"]);
    said["software_statement"] = json!("x.y.z");
    said["redirect_uris"] = json!([CALLBACK]);
    let answer = registering(&served, &said).await;
    assert_eq!(answer.status(), 201);
    assert_eq!(header(&answer, "cache-control"), "no-store");
    let told: Value = answer.json().await.expect("JSON");
    for (name, value) in said.as_object().expect("an object") {
        if name != "software_statement" {
            assert_eq!(&told[name], value, "{name}");
        }
    }
    assert_eq!(told["token_endpoint_auth_method"], "client_secret_basic");
    assert_eq!(told["response_types"], json!(["code"]));
    assert_eq!(told["client_secret_expires_at"], 0);
    assert_eq!(told["client_id_issued_at"], served.test.now.unix_seconds());
    let secret = told["client_secret"].as_str().expect("a secret");
    let store = served.test.app.store.engine();
    let records = store.scan(b"oauth-client/", b"", 10).expect("the store");
    assert_eq!(records.len(), 1);
    let record = String::from_utf8_lossy(&records[0].1).into_owned();
    assert!(!record.contains(secret), "the secret is stored");
    // Two people of one application have the same identifier there.
    let application = Application::register(&served).await;
    for name in ["ada", "bob"] {
        let person = served.test.person(name, &[]);
        let token = application.access(&person, PROFILE).await;
        let told: Value = application
            .get(&token, "/profile")
            .await
            .json()
            .await
            .expect("JSON");
        assert_eq!(told["name"], name);
    }
}

/// SEC-6, SEC-9: what is wrong is told as the standard has it; the table of all that is wrong is in
/// `host_attacks`.
#[tokio::test]
async fn a_registration_that_is_wrong_is_refused_with_its_name() {
    let served = Served::new().await;
    let mut said = metadata();
    said["tos_uri"] = json!("https://elsewhere.example.com/terms");
    let answer = registering(&served, &said).await;
    assert_eq!(
        refused(answer).await,
        (400, "invalid_client_metadata".to_owned())
    );
    let mut said = metadata();
    said["redirect_uris"] = json!(["http://wallet.example.com/callback"]);
    let answer = registering(&served, &said).await;
    assert_eq!(
        refused(answer).await,
        (400, "invalid_redirect_uri".to_owned())
    );
}

/// SEC-11, SEC-12, SEC-13, SEC-28: the person is asked on a page that says who asks and for what, works
/// without scripts, and lets them allow some of it.
#[tokio::test]
async fn a_person_is_asked_and_may_allow_some_of_it() {
    let served = Served::new().await;
    let application = Application::register(&served).await;
    let ada = served.test.person("ada", &[]);
    // Who has not signed in does that first, and comes back with all of it.
    let address = application.address(&[]);
    let nobody = Browser::new(&served).get(&address).await;
    assert_eq!(nobody.status(), 303);
    let to = header(&nobody, "location");
    let to = url::Url::parse(&format!("{PUBLIC_URL}{to}")).expect("an address");
    assert_eq!(value(&to, "next"), Some(address.clone()));

    let browser = Browser::of(&served, &ada);
    let answer = browser.get(&address).await;
    assert_eq!(answer.status(), 200);
    let policy = header(&answer, "content-security-policy").to_owned();
    assert!(
        policy.contains("form-action 'self' https://wallet.example.com;"),
        "{policy}"
    );
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(policy.contains("img-src 'self';"), "{policy}");
    let page = answer.text().await.expect("a page");
    for shown in [
        "Example Wallet",
        "https://wallet.example.com\"",
        "https://wallet.example.com/terms",
        "https://wallet.example.com/privacy",
        "See your name and your e-mail address",
        "ada@example.org",
    ] {
        assert!(page.contains(shown), "{shown}");
    }
    assert!(!page.contains("<script"), "the page has a script");
    assert!(!page.contains("logo.png"), "its picture would be fetched");

    let asking = application.asking(&[]);
    let mut fields: Vec<(&str, &str)> = asking
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    fields.push(("answer", "allow"));
    let none = browser.post("/oauth/authorize", &fields).await;
    assert_eq!(none.status(), 200, "nothing was chosen");
    let one = format!("allow {READ}");
    fields.push((&one, "yes"));
    let some = browser.post("/oauth/authorize", &fields).await;
    assert_eq!(some.status(), 303);
    let back = url::Url::parse(header(&some, "location")).expect("an address");
    assert_eq!(value(&back, "scope").as_deref(), Some(READ));
    // Another site cannot answer for them.
    let cross = browser
        .request(Method::POST, "/oauth/authorize")
        .header("origin", "https://wallet.example.com")
        .header("content-type", crate::served::FORM)
        .body("answer=allow")
        .send()
        .await
        .expect("an answer");
    assert_eq!(cross.status(), 403);
}

/// SEC-14, SEC-16, SEC-17: the answer goes to the registered address with the state and what was allowed,
/// and a refusal is told there by its name.
#[tokio::test]
async fn the_answer_goes_back_to_the_application() {
    let served = Served::new().await;
    let application = Application::register(&served).await;
    let ada = served.test.person("ada", &[]);
    let back = application.allowed(&ada, &[]).await;
    assert!(back.as_str().starts_with(&format!("{CALLBACK}?code=")));
    assert_eq!(value(&back, "state").as_deref(), Some("a state"));
    let granted = value(&back, "scope").expect("scopes");
    let granted: BTreeSet<&str> = granted.split(' ').collect();
    assert_eq!(granted, ALL.split(' ').collect());
    assert_eq!(value(&back, "iss").as_deref(), Some(PUBLIC_URL));
    let second = "https://wallet.example.com/second?x=1";
    let back = application.allowed(&ada, &[("redirect_uri", second)]).await;
    assert!(back.as_str().starts_with(&format!("{second}&code=")));

    let browser = Browser::of(&served, &ada);
    let asking = application.asking(&[]);
    let mut fields: Vec<(&str, &str)> = asking
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    fields.push(("answer", "deny"));
    let denied = browser.post("/oauth/authorize", &fields).await;
    let back = url::Url::parse(header(&denied, "location")).expect("an address");
    assert_eq!(value(&back, "error").as_deref(), Some("access_denied"));
    for (others, error) in [
        ([("response_type", "token")], "unsupported_response_type"),
        ([("response_type", "")], "invalid_request"),
        ([("state", "")], "invalid_request"),
        ([("scope", "openid")], "invalid_scope"),
        ([("scope", "")], "invalid_scope"),
        ([("scope", "offline_access")], "invalid_scope"),
    ] {
        let answer = browser.get(&application.address(&others)).await;
        assert_eq!(answer.status(), 303, "{others:?}");
        let back = url::Url::parse(header(&answer, "location")).expect("an address");
        assert_eq!(value(&back, "error").as_deref(), Some(error), "{others:?}");
    }
    let unknown = browser
        .get(&application.address(&[("client_id", "")]))
        .await;
    assert_eq!(
        (unknown.status().as_u16(), header(&unknown, "location")),
        (400, "")
    );
}

/// SEC-15, SEC-18, SEC-19, SEC-20: a code is turned in once for tokens, and every error has its name.
#[tokio::test]
async fn a_code_is_turned_in_for_tokens() {
    let served = Served::new().await;
    let application = Application::register(&served).await;
    let ada = served.test.person("ada", &[]);
    let code = application.code(&ada, &[]).await;
    let answer = application.turn_in(&code, &[("scope", ALL)]).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(header(&answer, "cache-control"), "no-store");
    assert_eq!(header(&answer, "pragma"), "no-cache");
    let tokens: Value = answer.json().await.expect("JSON");
    assert_eq!(tokens["token_type"], "Bearer");
    assert_eq!(tokens["expires_in"], 3_600);
    assert_eq!(tokens["scope"], ALL);
    assert_eq!(
        refused(application.turn_in(&code, &[]).await).await,
        (400, "invalid_grant".to_owned())
    );

    let code = application.code(&ada, &[]).await;
    for (others, error) in [
        (("grant_type", ""), "invalid_request"),
        (("grant_type", "password"), "unsupported_grant_type"),
        (("code", ""), "invalid_request"),
        (("code", "made-up"), "invalid_grant"),
        (("redirect_uri", ""), "invalid_request"),
        (("code_verifier", ""), "invalid_request"),
        (("scope", "openid"), "invalid_scope"),
    ] {
        let answer = application.turn_in(&code, &[others]).await;
        assert_eq!(refused(answer).await, (400, error.to_owned()), "{others:?}");
    }
    // None of these used the code up.
    assert_eq!(application.turn_in(&code, &[]).await.status(), 200);

    let stranger = Application {
        served: &served,
        id: application.id.clone(),
        secret: "assay-client_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".to_owned(),
    };
    let answer = stranger.turn_in(&code, &[]).await;
    assert!(header(&answer, "www-authenticate").starts_with("Basic"));
    assert_eq!(refused(answer).await, (401, "invalid_client".to_owned()));
    let naked = served.request(Method::POST, "/oauth/token");
    let naked = naked
        .header("content-type", crate::served::FORM)
        .body(format!("grant_type=authorization_code&code={code}"));
    let answer = naked.send().await.expect("an answer");
    assert_eq!(refused(answer).await, (401, "invalid_client".to_owned()));
    let twice = application
        .request("/oauth/token")
        .body("grant_type=authorization_code&grant_type=refresh_token")
        .send()
        .await;
    assert_eq!(
        refused(twice.expect("an answer")).await,
        (400, "invalid_request".to_owned())
    );
}

/// SEC-22, SEC-23, CH-12: where the person allows it an application goes on with a refresh token, for as
/// much or for less, and the repeated calls give the same.
#[tokio::test]
async fn an_application_goes_on_with_a_refresh_token() {
    let served = Served::new().await;
    served.badge();
    let application = Application::register(&served).await;
    let ada = served.test.person("ada", &[]);
    let tokens = application.tokens(&ada, READ).await;
    assert!(tokens["refresh_token"].is_null(), "it was not asked for");
    let tokens = application.tokens(&ada, ALL).await;
    let text = |tokens: &Value, name: &str| tokens[name].as_str().expect("a token").to_owned();
    let first = application
        .get(&text(&tokens, "access_token"), "/credentials")
        .await
        .text()
        .await
        .expect("credentials");
    let next: Value = application
        .refresh(&text(&tokens, "refresh_token"), &[])
        .await
        .json()
        .await
        .expect("tokens");
    assert_eq!(next["scope"], ALL);
    let again = application
        .get(&text(&next, "access_token"), "/credentials")
        .await
        .text()
        .await
        .expect("credentials");
    assert_eq!(first, again);
    let less: Value = application
        .refresh(&text(&next, "refresh_token"), &[("scope", READ)])
        .await
        .json()
        .await
        .expect("tokens");
    assert_eq!(less["scope"], READ);
    let access = text(&less, "access_token");
    assert_eq!(application.get(&access, "/profile").await.status(), 403);
    let more: Value = application
        .refresh(&text(&less, "refresh_token"), &[])
        .await
        .json()
        .await
        .expect("tokens");
    assert_eq!(more["scope"], ALL, "what was allowed has not become less");
}

/// SEC-25, SEC-26, CH-11, CH-14: a token that was given back opens nothing any more, and one that is none
/// is as good as given back.
#[tokio::test]
async fn tokens_are_given_back() {
    let served = Served::new().await;
    let application = Application::register(&served).await;
    let ada = served.test.person("ada", &[]);
    let tokens = application.tokens(&ada, ALL).await;
    let text = |name: &str| tokens[name].as_str().expect("a token").to_owned();
    let (access, refresh) = (text("access_token"), text("refresh_token"));
    let answer = application.revoke("made up", "access_token").await;
    assert_eq!(answer.status(), 200);
    let answer = application.revoke(&access, "id_token").await;
    assert_eq!(
        refused(answer).await,
        (400, "unsupported_token_type".to_owned())
    );
    assert_eq!(application.get(&access, "/credentials").await.status(), 200);
    assert_eq!(
        application.revoke(&access, "access_token").await.status(),
        200
    );
    for path in ["/credentials", "/profile"] {
        let told = status_info(application.get(&access, path).await).await;
        assert_eq!(told, (401, "unauthorizedrequest".to_owned()), "{path}");
    }
    let next: Value = application
        .refresh(&refresh, &[])
        .await
        .json()
        .await
        .expect("tokens");
    let access = next["access_token"].as_str().expect("a token");
    let refresh = next["refresh_token"].as_str().expect("a token");
    // The hint is but a hint.
    assert_eq!(
        application.revoke(refresh, "access_token").await.status(),
        200
    );
    assert_eq!(application.get(access, "/credentials").await.status(), 401);
}

/// SEC-27: the person sees which applications may act for them, and ends that.
#[tokio::test]
async fn a_person_withdraws_what_an_application_was_let_do() {
    let served = Served::new().await;
    let application = Application::register(&served).await;
    let ada = served.test.person("ada", &[]);
    let token = application.access(&ada, ALL).await;
    assert_eq!(application.get(&token, "/profile").await.status(), 200);
    let browser = Browser::of(&served, &ada);
    let page = browser.get("/account/applications").await;
    let page = page.text().await.expect("a page");
    assert!(page.contains("Example Wallet"), "{page}");
    let grant = page
        .split("name=\"grant\" value=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("a grant");
    // Nobody else withdraws it.
    let eve = served.test.person("eve", &[]);
    let other = Browser::of(&served, &eve)
        .post("/account/applications/withdraw", &[("grant", grant)])
        .await;
    assert_eq!(other.status(), 404);
    let done = browser
        .post("/account/applications/withdraw", &[("grant", grant)])
        .await;
    assert_eq!(done.status(), 303);
    assert_eq!(application.get(&token, "/profile").await.status(), 401);
    let page = browser.get("/account/applications").await;
    assert!(
        !page
            .text()
            .await
            .expect("a page")
            .contains("Example Wallet")
    );
}
