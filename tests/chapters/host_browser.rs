//! A person brings badges from another host in a real browser, without script: each page is read on wide
//! and narrow screens, and the browser lets the answer through to where it leads.

use std::sync::Arc;

use serde_json::json;

use super::accounts_browser::Walk;
use crate::app::PUBLIC_URL;
use crate::mailbox::link_to;
use crate::neighbours::Neighbours;
use crate::peer::peers_wanted;
use crate::served::Served;
use crate::web;

#[tokio::test(flavor = "multi_thread")]
async fn badges_are_brought_from_another_host_in_a_browser_without_script() {
    if !peers_wanted("badges_are_brought_from_another_host_in_a_browser_without_script") {
        return;
    }
    let world = Neighbours::new();
    let start = async |name: &str| {
        let neighbours = world.clone();
        let meet = |url: &str, address| neighbours.meet(url, address);
        Served::developing(name, Arc::new(world.clone()), meet).await
    };
    let (here, there) = (start("127.0.0.1").await, start("localhost").await);
    // What it has issued names its public address.
    world.meet(PUBLIC_URL, there.address);
    there.badge();
    let mut walk = Walk::open(&here).await;
    let ada = here.test.person("ada", &[]);
    walk.visit("/sign-in?next=%2Fmy%2Fcollection").await;
    let email = json!({ "email": "ada@example.org" });
    walk.send("Send me a link", email.clone()).await;
    walk.visit(&link_to(&here.test, ada.primary().as_str()))
        .await;
    let empty = walk.send("Sign in", json!({})).await;
    assert_eq!(empty["heading"], "Badges from elsewhere");
    walk.look("host-empty").await;

    let asked = walk.follow("Bring badges from another host").await;
    assert_eq!(asked["heading"], "Bring badges from another host");
    walk.look("host-address").await;
    let wrong = walk
        .send("Go on", json!({ "address": "nobody.example" }))
        .await;
    assert!(
        wrong["text"]
            .as_str()
            .is_some_and(|text| text.contains("could not be asked"))
    );
    walk.look("host-wrong").await;
    let address = json!({ "address": &there.public_url });
    let way = walk.send("Go on", address).await;
    assert_eq!(way["heading"], "Go on at Badges of localhost", "{way}");
    walk.look("host-go").await;
    let asked = walk.follow("Go to localhost").await;
    assert_eq!(asked["heading"], "Sign in", "{asked}");
    walk.send("Send me a link", email).await;
    let link = link_to(&there.test, "ada@example.org");
    walk.visit(&format!("{}{link}", there.public_url)).await;
    let consent = walk.send("Sign in", json!({})).await;
    let heading = consent["heading"].as_str().expect("a heading");
    assert_eq!(heading, "Let Badges of 127.0.0.1 act for you?");
    walk.look("host-consent").await;

    // The browser follows the form's answer to the other site, because the page says that it may.
    let done = walk.send("Allow", json!({})).await;
    assert_eq!(done["heading"], "Badges from Badges of localhost", "{done}");
    assert!(
        done["text"]
            .as_str()
            .is_some_and(|text| text.contains("1 new here")),
        "{done}"
    );
    let list = walk.follow("See your badges").await;
    assert!(
        list["text"]
            .as_str()
            .is_some_and(|text| text.contains("Wait Time"))
    );
    walk.look("host-list").await;
    walk.follow("Wait Time").await;
    walk.look("host-badge").await;
    let again = walk.send("Check it again", json!({})).await;
    assert!(
        again["text"]
            .as_str()
            .is_some_and(|text| text.contains("Verified"))
    );
    walk.visit("/my/collection").await;
    let text = String::from_utf8(web::presented("refused/time.expired/last-year.json"));
    let brought = walk
        .send("Bring it here", json!({ "badge": text.expect("text") }))
        .await;
    assert!(
        brought["text"]
            .as_str()
            .is_some_and(|text| text.contains("Does not count"))
    );
    walk.look("host-two").await;

    // At the other host she sees who was let in, and ends it.
    let connected = format!("{}/account/applications", there.public_url);
    let connected = walk.visit(&connected).await;
    assert_eq!(connected["heading"], "Connected applications");
    walk.look("host-connected").await;
    let ended = walk
        .send("Withdraw access: Badges of 127.0.0.1", json!({}))
        .await;
    assert!(
        ended["text"]
            .as_str()
            .is_some_and(|text| text.contains("None.")),
        "{ended}"
    );
    walk.visit("/applications").await;
    walk.look("host-about").await;

    // The name stands in the form already; the rest is hers to write.
    walk.visit("/my/collection").await;
    let form = walk.follow("put your profile there").await;
    assert_eq!(form["heading"], "Put your profile at another host");
    walk.look("host-profile").await;
    let fields = json!({ "address": &there.public_url, "email": "ada@home.example" });
    let way = walk.send("Go on", fields).await;
    let shown = way["text"].as_str().expect("text");
    assert!(shown.contains("ada@home.example"), "{shown}");
    walk.look("host-profile-go").await;
    let consent = walk.follow("Go to localhost").await;
    let asked = consent["text"].as_str().expect("text");
    assert!(asked.contains("Write the profile"), "{asked}");
    let done = walk.send("Allow", json!({})).await;
    assert_eq!(
        done["heading"], "Your profile is at Badges of localhost now",
        "{done}"
    );
    println!("{} rules of axe-core passed", walk.checks);
    assert!(walk.checks > 500, "{}", walk.checks);
}
