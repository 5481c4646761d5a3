//! Accounts in a real browser: read by people on wide and narrow screens, and used without script.

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use issuer::config::Mode;
use issuer::http::edge::Post;
use issuer::organisation::Role;
use issuer::public_url::PublicUrl;
use issuer::session;
use serde_json::{Value, json};

use super::verify_browser::chromium;
use crate::mailbox::link_to;
use crate::peer::{Peer, peers_wanted};
use crate::served::Served;

/// A person's way through the pages, in Chromium.
pub struct Walk {
    peer: Arc<Mutex<Peer>>,
    pub checks: u64,
}

impl Walk {
    pub async fn open(served: &Served) -> Walk {
        Walk::filmed(served, None).await
    }

    /// A way of which a film is made, in a folder.
    pub async fn filmed(served: &Served, film: Option<&Path>) -> Walk {
        let peer = tokio::task::spawn_blocking(|| Peer::start("walk"));
        let peer = Arc::new(Mutex::new(peer.await.expect("the browser")));
        let mut walk = Walk { peer, checks: 0 };
        let open = json!({
            "do": "open",
            "origin": format!("http://{}", served.address),
            "chromium": chromium(),
            "pictures": std::env::var("ASSAY_PICTURES").ok(),
            "film": film,
        });
        walk.ask(open).await;
        walk
    }

    async fn ask(&mut self, request: Value) -> Value {
        let peer = self.peer.clone();
        let asking = tokio::task::spawn_blocking(move || {
            peer.lock().expect("one asks at a time").ask(&request)
        });
        asking.await.expect("the browser")
    }

    pub async fn visit(&mut self, path: &str) -> Value {
        self.ask(json!({ "do": "visit", "path": path })).await
    }

    pub async fn follow(&mut self, link: &str) -> Value {
        self.ask(json!({ "do": "follow", "link": link })).await
    }

    pub async fn send(&mut self, button: &str, fields: Value) -> Value {
        self.ask(json!({ "do": "send", "button": button, "fields": fields }))
            .await
    }

    /// Downloads what a link leads to, and gives its name and its bytes; of links of this name, that at a place.
    pub async fn download(&mut self, link: &str, at: usize) -> (String, Vec<u8>) {
        let asked = json!({ "do": "download", "link": link, "at": at });
        let file = self.ask(asked).await;
        let text = |name: &str| file[name].as_str().expect("text").to_owned();
        (text("name"), fs::read(text("path")).expect("a file"))
    }

    /// Ends the film, and says how many frames it has.
    pub async fn cut(&mut self) -> usize {
        let frames = self.ask(json!({ "do": "cut" })).await["frames"].as_u64();
        usize::try_from(frames.expect("a number")).expect("a few")
    }

    /// Holds the page against WCAG, on two screens and in two schemes.
    pub async fn look(&mut self, name: &str) {
        let found = self.ask(json!({ "do": "look", "name": name })).await;
        assert_eq!(found["faults"], json!([]), "{name}");
        self.checks += found["checks"].as_u64().unwrap_or_default();
    }
}

/// The service at its own address, without TLS and without a mail server, as on a development machine.
async fn developing() -> Served {
    Served::changed(|edge, address| {
        let url = format!("http://{address}");
        edge.public_url = PublicUrl::new(&url, Mode::Development).expect("an address");
        edge.post = Post::Shown;
    })
    .await
}

fn has(where_to: &Value, text: &str) -> bool {
    where_to["text"]
        .as_str()
        .is_some_and(|seen| seen.contains(text))
}

/// from registering to signing out without script; no script could read the cookie, and signing out
/// ends the session and takes the cookie away. Forms: browser.
#[tokio::test(flavor = "multi_thread")]
async fn attack_a_09_a_browser_signs_in_and_out_without_script() {
    if !peers_wanted("attack_a_09_a_browser_signs_in_and_out_without_script") {
        return;
    }
    let served = developing().await;
    let test = &served.test;
    let mut walk = Walk::open(&served).await;
    let asked = walk.visit("/account").await;
    assert_eq!(asked["path"], "/sign-in?next=%2Faccount");
    walk.look("sign-in").await;

    let sent = walk.visit("/sign-in?next=%2Faccount%23tokens").await;
    assert_eq!(sent["heading"], "Sign in");
    let sent = walk
        .send("Send me a link", json!({ "email": "ada@home.example" }))
        .await;
    assert_eq!(sent["heading"], "Look into your mailbox", "{sent}");
    walk.look("sent").await;
    walk.visit("/outbox").await;
    walk.look("outbox").await;

    let link = link_to(test, "ada@home.example");
    assert_eq!(walk.visit(&link).await["heading"], "Welcome");
    walk.look("register").await;
    let account = walk
        .send("Make my account", json!({ "name": "Ada Lovelace" }))
        .await;
    assert_eq!(account["heading"], "Ada Lovelace");
    assert_eq!(account["path"], "/account#tokens");
    let cookie = &account["cookies"][0];
    assert_eq!(
        (&cookie["name"], &cookie["httpOnly"], &cookie["sameSite"]),
        (&json!("assay"), &json!(true), &json!("Lax"))
    );
    walk.look("account").await;
    assert_eq!(
        walk.visit(&link).await["heading"],
        "This link was used before"
    );
    walk.look("used").await;

    // Another account, joined.
    test.person("ada", &[Role::Reviewer]);
    test.learner("ada").prepares();
    walk.visit("/account").await;
    let sent = walk
        .send("Send a link", json!({ "email": "ada@example.org" }))
        .await;
    assert_eq!(sent["heading"], "Look into your mailbox");
    let proof = link_to(test, "ada@example.org");
    let join = walk.visit(&proof).await;
    assert_eq!(join["heading"], "Join two accounts");
    walk.look("join").await;
    let joined = walk.send("Join the accounts", json!({})).await;
    assert!(has(&joined, "ada@example.org"), "{joined}");
    walk.look("joined").await;
    let refused = walk.send("Make first: ada@example.org", json!({})).await;
    assert_eq!(refused["heading"], "Ada Lovelace");

    let signed_out = walk.send("Sign out", json!({})).await;
    assert_eq!(
        (&signed_out["path"], &signed_out["cookies"]),
        (&json!("/"), &json!([]))
    );
    let email = "ada@home.example".parse().expect("an address");
    let ada = test
        .app
        .store
        .person_by_email(&email)
        .expect("the store")
        .expect("Ada");
    let sessions = session::of(&test.app, ada.id, test.now).expect("the store");
    assert_eq!(sessions, []);
    assert_eq!(walk.visit("/account").await["heading"], "Sign in");
    let other = walk.visit(&format!("/link/{}", "A".repeat(43))).await;
    assert_eq!(other["status"], 404);
    println!("{} rules of axe-core passed", walk.checks);
    assert!(walk.checks > 500, "{}", walk.checks);
}
