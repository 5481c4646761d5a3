//! Passkeys and a provider in Chromium, whose virtual authenticator is another implementation of everything that
//! stands on the other side.

use std::sync::Arc;

use issuer::config::Mode;
use issuer::http::edge::Clock;
use issuer::public_url::PublicUrl;
use issuer::session;
use serde_json::json;

use crate::peer::{Peer, peers_wanted};
use crate::provider::TestProvider;
use crate::served::Served;

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_is_added_in_chromium_and_signs_in() {
    if !peers_wanted("a_passkey_is_added_in_chromium_and_signs_in") {
        return;
    }
    let provider = TestProvider::start();
    let at_provider = json!({ "sub": "9", "email": "ada@example.org", "email_verified": true });
    provider.visited_by(at_provider, Clock::System.now());
    let calls = provider.calls(&[]);
    // Browsers have passkeys where TLS is, and on this one name without it.
    let served = Served::changed(move |edge, address| {
        let origin = format!("http://localhost:{}", address.port());
        edge.public_url = PublicUrl::new(&origin, Mode::Development).expect("an address");
        edge.clock = Clock::System;
        edge.providers = Arc::new(vec![calls]);
    })
    .await;
    let ada = served.test.person("ada", &[]);
    let now = Clock::System.now();
    let secret = session::begin(&served.test.app, ada.id, now).expect("a session");
    let request = json!({
        "do": "passkey",
        "provider": provider.issuer,
        "origin": format!("http://localhost:{}", served.address.port()),
        "cookie": { "name": "assay", "value": secret.expose() },
        "chromium": super::verify_browser::chromium(),
        "pictures": std::env::var("ASSAY_PICTURES").ok(),
    });
    let looking = tokio::task::spawn_blocking(move || Peer::start("passkey").ask(&request));
    let found = looking.await.expect("the browser");
    assert_eq!(found["faults"], json!([]));
    let steps = found["steps"].as_array().expect("steps");
    let steps: Vec<&str> = steps.iter().filter_map(|step| step.as_str()).collect();
    assert_eq!(steps[..2], ["1 passkey of localhost", "discoverable: true"]);
    assert!(
        steps[2].starts_with("This device holds a passkey"),
        "{steps:?}"
    );
    assert!(
        steps[3].contains("last used on") && steps[4].contains("last used on"),
        "{steps:?}"
    );
    assert!(steps[5].starts_with("No passkey was used"), "{steps:?}");
    assert_eq!(
        steps[6..8],
        ["There is an account already", "Connect Example ID?"]
    );
    assert!(
        steps[8].starts_with("As ada@example.org. Connected on"),
        "{steps:?}"
    );
    assert_eq!(steps[9..], ["removed"]);
    assert_eq!(served.test.records(b"identity/"), 1);
    assert_eq!(served.test.records(b"passkey/"), 0);
}
