//! How a recipient retrieves a badge, walked in a browser, and filmed for those who certify.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use issuer::fetch;
use serde_json::json;
use tempfile::TempDir;
use verifier::Policy;

use super::{RECIPIENT, awarded};
use crate::chapters::accounts_browser::Walk;
use crate::mailbox::link_to;
use crate::neighbours::Neighbours;
use crate::peer::peers_wanted;
use crate::served::{Outside, Served};
use crate::web::told;

/// CI-3: from the letter to the files: the recipient finds the letter, opens the account that was made for them,
/// sees the badge, downloads each of its forms and lets everybody see it. `ASSAY_FILM` names the folder in which
/// the film of it is left.
#[tokio::test(flavor = "multi_thread")]
async fn a_recipient_is_filmed_while_they_retrieve_their_badge() {
    if !peers_wanted("a_recipient_is_filmed_while_they_retrieve_their_badge") {
        return;
    }
    let served = Served::developing("127.0.0.1", Arc::new(Neighbours::new()), |_, _| {}).await;
    let badge = awarded(&served).await;
    let folder = TempDir::new().expect("a folder");
    let film =
        std::env::var_os("ASSAY_FILM").map_or_else(|| folder.path().join("film"), PathBuf::from);
    let mut walk = Walk::filmed(&served, Some(&film)).await;

    let outbox = walk.visit("/outbox").await;
    let letter = outbox["text"].as_str().expect("text");
    assert!(letter.contains(RECIPIENT), "{letter}");
    assert!(
        letter.contains("Your badge is ready: Wait Time"),
        "{letter}"
    );
    let link = link_to(&served.test, RECIPIENT);
    let opened = walk.visit(&link).await;
    assert_eq!(opened["heading"], "Your account", "{opened}");
    let page = walk.send("Open my account", json!({})).await;
    assert_eq!(page["path"], format!("/my/badges/{badge}"));
    assert_eq!(page["heading"], "Wait Time");
    let shown = page["text"].as_str().expect("text");
    assert!(
        shown.contains("Issued to you by Example Department of Education"),
        "{shown}"
    );

    let outside = Outside::at(served.address);
    for (link, at, extension) in [
        ("JSON", 0, "json"),
        ("JWT", 0, "jwt"),
        ("Picture", 0, "png"),
        ("Picture", 1, "svg"),
    ] {
        let (name, bytes) = walk.download(link, at).await;
        assert!(name.ends_with(&format!(".{extension}")), "{name}");
        let mut policy = Policy::default();
        policy.recipient = Some(RECIPIENT.to_owned());
        let report = fetch::verify(bytes, &outside, policy, served.test.now).await;
        assert_eq!(told(&report), "verified", "{name}");
    }

    let path = format!("/badges/{badge}");
    assert_eq!(served.page(&path).await.status(), 404, "private until then");
    let saved = walk.send("Save", json!({ "visibility": "public" })).await;
    assert!(
        saved["text"]
            .as_str()
            .is_some_and(|text| text.contains("Saved.")),
        "{saved}"
    );
    let seen = walk.visit(&path).await;
    assert_eq!(seen["status"], 200, "{seen}");
    assert_eq!(seen["heading"], "Wait Time");
    assert_eq!(served.page(&path).await.status(), 200);

    // Nine steps are held, and what the screen showed in between comes on top.
    let frames = walk.cut().await;
    assert!(frames > 9, "{frames}");
    let list = fs::read_to_string(film.join("frames.txt")).expect("the list of the frames");
    assert_eq!(list.matches("file '").count(), frames);
    assert_eq!(list.matches("duration 3\n").count(), 9, "{list}");
    for number in 0..frames {
        let frame = fs::read(film.join(format!("{number:05}.png"))).expect("a frame");
        assert!(frame.starts_with(b"\x89PNG\r\n"), "{number} is a PNG");
    }
    println!("{frames} frames");
}
