//! Signing in with a certified identity provider, npm `oidc-provider`, over the loopback interface.

use std::sync::Arc;

use issuer::fetch::{Authorities, ProviderCalls, Reach};
use issuer::http::edge::Clock;
use issuer::oidc::{ClientSecret, Provider};
use reqwest::StatusCode;
use serde_json::{Value, json};
use url::Url;

use crate::app::PUBLIC_URL;
use crate::browser::Browser;
use crate::peer::{Peer, peers_wanted};
use crate::served::{Served, header};

const SECRET: &str = "a secret: with + and / and %41";

fn calls(issuer: &str) -> ProviderCalls {
    let provider = Provider {
        id: "peer".parse().expect("a slug"),
        name: "oidc-provider".parse().expect("a name"),
        issuer: issuer.to_owned(),
        client_id: "assay".to_owned(),
        client_secret: ClientSecret::new(SECRET),
        trusted_domains: Default::default(),
    };
    let reach = Reach::default().and_development(&Url::parse(issuer).expect("an address"));
    ProviderCalls::new(provider, reach, &Authorities::default())
}

#[tokio::test(flavor = "multi_thread")]
async fn people_sign_in_with_a_certified_provider_by_each_algorithm() {
    if !peers_wanted("people_sign_in_with_a_certified_provider_by_each_algorithm") {
        return;
    }
    let mut peer = Peer::start("oidc");
    let ways = [
        ("RS256", "client_secret_basic"),
        ("ES256", "client_secret_post"),
        ("EdDSA", "client_secret_basic"),
    ];
    for (algorithm, authentication) in ways {
        let started = peer.ask(&json!({
            "do": "start",
            "redirectUri": format!("{PUBLIC_URL}/sign-in/oidc/return"),
            "clientId": "assay",
            "clientSecret": SECRET,
            "algorithm": algorithm,
            "authentication": authentication,
        }));
        let calls = calls(started["issuer"].as_str().expect("an issuer"));
        let served = Served::changed(move |edge, _| {
            // The provider's tokens are of today.
            edge.clock = Clock::System;
            edge.providers = Arc::new(vec![calls]);
        })
        .await;
        let mut back = async |browser: &Browser<'_>, login: &str| {
            let answer = browser.get("/sign-in/oidc/peer").await;
            assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{algorithm}");
            let url = header(&answer, "location");
            let answer = peer.ask(&json!({ "do": "signIn", "url": url, "login": login }));
            answer["back"].as_str().expect("an address").to_owned()
        };

        let browser = Browser::new(&served);
        let address = back(&browser, "ada").await;
        let answer = browser.get(&address).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{algorithm}");
        let page = browser
            .get("/account/sign-in")
            .await
            .text()
            .await
            .expect("a page");
        // The address came from the userinfo endpoint, where the standard has it.
        assert!(page.contains("As ada@id.example"), "{algorithm}: {page}");
        assert_eq!(served.test.records(b"identity/"), 1);

        // Again: the same account.
        let again = Browser::new(&served);
        let address = back(&again, "ada").await;
        again.get(&address).await;
        assert_eq!(served.test.records(b"identity/"), 1);
        assert_eq!(served.test.records(b"person-email/ada@id.example"), 1);

        // Called off there, and a code that was used before.
        let browser = Browser::new(&served);
        let address = back(&browser, "denied").await;
        let page = browser.get(&address).await.text().await.expect("a page");
        assert!(page.contains("oidc.denied"), "{page}");
        let used = again_with_code_of(&served, &mut back).await;
        assert!(used.contains("oidc.code_refused"), "{used}");
        let _: Value = peer.ask(&json!({ "do": "stop" }));
    }
}

/// Attack A-03: the code of an answer that was used, brought to the provider once more under
/// another attempt.
async fn again_with_code_of(
    served: &Served,
    back: &mut impl AsyncFnMut(&Browser<'_>, &str) -> String,
) -> String {
    let part = |address: &str, name: &str| {
        let url = Url::parse(address).expect("an address");
        let mut pairs = url.query_pairs();
        let found = pairs.find(|(found, _)| found == name);
        found.expect("a part of the answer").1.into_owned()
    };
    let (one, two) = (Browser::new(served), Browser::new(served));
    let first = back(&one, "ben").await;
    one.get(&first).await;
    let second = back(&two, "ben").await;
    let mixed = second.replace(&part(&second, "code"), &part(&first, "code"));
    two.get(&mixed).await.text().await.expect("a page")
}
