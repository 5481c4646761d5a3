//! The verify page in a browser: read by people on wide and narrow screens, by keyboard, without script.

use std::process::Command;

use serde_json::{Value, json};

use crate::peer::{Peer, peers_wanted};
use crate::served::Served;
use crate::web::presented;

/// VER-16: the form and the three verdicts, at 1280 and 390 pixels, light and dark, with script and
/// without, by keyboard alone: axe-core finds nothing against WCAG 2.2 AA, nothing scrolls sideways,
/// what has the focus shows it, and no other origin is asked for anything.
#[tokio::test(flavor = "multi_thread")]
async fn the_page_serves_everybody_who_asks_it() {
    if !peers_wanted("the_page_serves_everybody_who_asks_it") {
        return;
    }
    let served = Served::new().await;
    let address = served.test.app.site.badge(served.published_badge());
    let text = |name: &str| String::from_utf8(presented(name)).expect("a badge in text");
    let request = json!({
        "do": "look",
        "origin": format!("http://{}", served.address),
        "chromium": chromium(),
        "states": [
            {"name": "form"},
            {"name": "verified", "badge": address, "headline": "Verified"},
            {
                "name": "refused",
                "badge": text("refused/signature.invalid/edited-name.json"),
                "headline": "Refused",
            },
            // Its issuer's host cannot be reached from here.
            {
                "name": "undetermined",
                "badge": text("verified/did-web.json"),
                "headline": "Could not be checked",
            },
        ],
    });
    let looking = tokio::task::spawn_blocking(move || Peer::start("browser").ask(&request));
    let found = looking.await.expect("the browser");
    assert_eq!(found["faults"], json!([]));
    // Four states on two screens, in two schemes with script and in one without.
    assert_eq!(found["looked"], json!(24));
    let checks = found["checks"].as_u64().unwrap_or_default();
    println!("24 views, {checks} rules of axe-core passed");
    assert!(checks > 500, "{checks}");
}

/// The browser as Debian installs it, or another of the kind.
pub(super) fn chromium() -> Value {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let found = names.iter().find(|name| {
        let version = Command::new(name).arg("--version").output();
        version.is_ok_and(|version| version.status.success())
    });
    match found {
        Some(name) => json!(name),
        None => panic!("no Chromium was found: run tests/run, or apt-get install chromium"),
    }
}
