//! What an operator and a provider may get wrong, and what people are told then.

use std::sync::Arc;
use std::time::Instant;

use issuer::config::RawConfig;
use issuer::oidc::metadata::Metadata;
use serde_json::json;

use super::oidc::{account, ada, code, served, sign_in};
use crate::app::PUBLIC_URL;
use crate::browser::Browser;
use crate::provider::{Answer, TestProvider};
use crate::served::Served;

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_takes_a_new_key_is_believed_at_once() {
    let provider = TestProvider::start();
    let served = served(&provider, &[]).await;
    sign_in(&Browser::new(&served), &provider, ada()).await;
    provider.rotate();
    // Keys were fetched a moment ago, and are not asked for by every unknown name.
    let answer = sign_in(&Browser::new(&served), &provider, ada()).await;
    assert_eq!(code(answer).await, (403, "oidc.key_unknown".to_owned()));
    let fetched = |path: &str| {
        let requests = provider.requests();
        requests.iter().filter(|(found, _)| found == path).count()
    };
    assert_eq!(fetched("/jwks"), 1);

    // A service that had fetched them longer ago asks again.
    let calls = provider.calls(&[]).with_short_patience();
    let other = Served::changed(move |edge, _| edge.providers = Arc::new(vec![calls])).await;
    sign_in(&Browser::new(&other), &provider, ada()).await;
    provider.rotate();
    let browser = Browser::new(&other);
    sign_in(&browser, &provider, ada()).await;
    assert_eq!(account(&browser).await.as_deref(), Some("ada@example.net"));
    assert_eq!(fetched("/jwks"), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_down_slow_or_broken_is_told_of_plainly() {
    type Spoil = fn(&mut Answer);
    let table: [(&str, &str, Spoil); 7] = [
        ("metadata", "oidc.unreachable", |answer| answer.status = 500),
        ("metadata", "oidc.unreachable", |answer| answer.status = 302),
        ("metadata", "oidc.unreachable", |answer| {
            answer.body["padding"] = "x".repeat(300 * 1024).into();
        }),
        ("metadata", "oidc.unreachable", |answer| {
            answer.silent = true
        }),
        ("metadata", "oidc.unusable", |answer| {
            answer.body["issuer"] = "https://other.example".into()
        }),
        ("metadata", "oidc.unusable", |answer| {
            answer.body["code_challenge_methods_supported"] = json!(["plain"]);
        }),
        ("jwks", "oidc.unusable", |answer| {
            answer.body = json!({ "keys": [{ "kty": "oct", "k": "AA" }] })
        }),
    ];
    for (what, expected, spoil) in table {
        let provider = TestProvider::start();
        provider.change(move |answer| {
            if answer.what == what {
                spoil(answer);
            }
        });
        let served = served(&provider, &[]).await;
        let began = Instant::now();
        let answer = Browser::new(&served).get("/sign-in/oidc/example-id").await;
        assert_eq!(code(answer).await, (503, expected.to_owned()));
        // Whoever comes next is told at once, and the provider is left alone.
        let asked = provider.requests().len();
        Browser::new(&served).get("/sign-in/oidc/example-id").await;
        assert_eq!(provider.requests().len(), asked);
        assert!(began.elapsed().as_secs() < 9, "{:?}", began.elapsed());
    }
}

/// SSRF by a provider that has turned: what it names must lie on the public web, or at its own host.
#[tokio::test(flavor = "multi_thread")]
async fn a_provider_leads_nowhere_but_to_itself_and_the_public_web() {
    let tripwire = crate::site::Tripwire::set();
    for (name, address) in [
        ("jwks_uri", format!("http://127.0.0.1:{}/", tripwire.port)),
        ("jwks_uri", format!("https://127.0.0.1:{}/", tripwire.port)),
        ("jwks_uri", format!("https://localhost:{}/", tripwire.port)),
        ("jwks_uri", "file:///etc/passwd".to_owned()),
        ("authorization_endpoint", "javascript:alert(1)".to_owned()),
        (
            "token_endpoint",
            "https://user:secret@id.example/".to_owned(),
        ),
    ] {
        let provider = TestProvider::start();
        provider.change(move |answer| {
            if answer.what == "metadata" {
                answer.body[name] = address.clone().into();
            }
        });
        let served = served(&provider, &[]).await;
        let answer = Browser::new(&served).get("/sign-in/oidc/example-id").await;
        let (status, code) = code(answer).await;
        assert_eq!(status, 503, "{name}");
        assert!(
            code == "oidc.unusable" || code == "oidc.unreachable",
            "{code}"
        );
    }
    assert_eq!(tripwire.connections(), 0);
}

#[test]
fn a_provider_without_a_list_of_methods_is_used_with_s256_all_the_same() {
    let metadata = json!({
        "issuer": "https://id.example",
        "authorization_endpoint": "https://id.example/authorize",
        "token_endpoint": "https://id.example/token",
        "jwks_uri": "https://id.example/jwks",
        "response_types_supported": ["code"],
    });
    let read = Metadata::read(metadata.to_string().as_bytes(), "https://id.example");
    assert!(!read.expect("metadata").names_itself);
}

#[test]
fn providers_are_checked_where_the_program_starts() {
    let read = |providers: &str, mode: &str| {
        let text = format!(
            "mode = \"{mode}\"\npublic_url = \"{PUBLIC_URL}\"\nissuer_name = \"Example\"\n{providers}"
        );
        RawConfig::read(&text, std::iter::empty()).and_then(RawConfig::check)
    };
    let table = |id: &str, issuer: &str, more: &str| {
        format!(
            "[[oidc]]\nid = \"{id}\"\nname = \"Example\"\nissuer = \"{issuer}\"\nclient_id = \"assay\"\n{more}\n"
        )
    };
    let good = table(
        "district",
        "https://id.example/tenant/",
        "trusted_domains = [\"Example.org\"]",
    );
    let config = read(&good, "production").expect("a good provider");
    assert_eq!(config.oidc[0].issuer, "https://id.example/tenant/");
    assert!(config.oidc[0].trusted_domains.contains("example.org"));
    let loopback = table("district", "http://127.0.0.1:9000", "");
    assert!(read(&loopback, "development").is_ok());
    let wrong = [
        loopback,
        table("District", "https://id.example", ""),
        table("return", "https://id.example", ""),
        table("district", "id.example", ""),
        table("district", "https://id.example?tenant=1", ""),
        table("district", "https://id.example", "client_id = \"twice\""),
        table(
            "district",
            "https://id.example",
            "trusted_domains = [\"org\"]",
        ),
        table(
            "district",
            "https://id.example",
            "trusted_domains = [\"ada@example.org\"]",
        ),
        table(
            "district",
            "https://id.example",
            "client_secret = \"in the clear\"",
        ),
        format!("{good}{good}"),
    ];
    for wrong in wrong {
        let error = read(&wrong, "production").expect_err(&wrong);
        assert_eq!(error.code(), "config.invalid", "{wrong}");
    }
}
