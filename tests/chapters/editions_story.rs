//! The bad day of an operator, as far as badges go: revoked for misconduct, suspended pending an appeal, reinstated;
//! and an educator who leaves the district with another address and another name.

use issuer::badge::Visibility;
use issuer::fetch;
use issuer::organisation::Role;
use serde_json::{Value, json};
use verifier::{Policy, Verdict};

use crate::browser::Browser;
use crate::mailbox;
use crate::served::{Outside, Served, header};

async fn text(answer: reqwest::Response) -> String {
    answer.text().await.expect("a page")
}

/// Presses a button of the officer's page of a badge.
async fn presses(olga: &Browser<'_>, badge: &str, form: &str, fields: &[(&str, &str)]) -> String {
    let answer = olga.post(&format!("/badges/{badge}/{form}"), fields).await;
    assert_eq!(answer.status(), 303);
    let place = header(&answer, "location").to_owned();
    text(olga.get(&place).await).await
}

async fn verdict(served: &Served, form: &str) -> Verdict {
    let outside = Outside::at(served.address);
    let bytes = form.as_bytes().to_vec();
    let report = fetch::verify(bytes, &outside, Policy::default(), served.test.now).await;
    report.verdict()
}

#[tokio::test]
async fn misconduct_is_revoked_an_appeal_suspends_and_what_was_right_counts_again() {
    let served = Served::new().await;
    let test = &served.test;
    let issued = test.badges(&["ada", "mary"]);
    for (name, one) in ["ada", "mary"].iter().zip(&issued) {
        let holder = test.person(name, &[]);
        issuer::badge::set_visibility(&test.app, &holder, one.badge(), Visibility::Public)
            .expect("their leave");
    }
    let officer = test.person("olga", &[Role::IssuingOfficer]);
    let olga = Browser::of(&served, &officer);

    // She finds both in the register, by the name of their earner.
    let register = text(
        olga.get("/organisations/host/badges?words=MARY&state=in_force")
            .await,
    )
    .await;
    let (ada, mary) = (issued[0].badge().to_string(), issued[1].badge().to_string());
    assert!(
        register.contains(&format!("/badges/{mary}/manage")),
        "{register}"
    );
    assert!(!register.contains(&format!("/badges/{ada}/manage")));
    let manage = text(olga.get(&format!("/badges/{mary}/manage")).await).await;
    for word in [
        "Correct it",
        "Suspend or revoke it",
        "mary@example.org",
        "In force",
    ] {
        assert!(manage.contains(word), "{word}");
    }
    assert!(!manage.contains("Renew it"), "it never ends");

    // Without a reason nothing happens, and what was pressed is told beside the form.
    let refused = olga
        .post(
            &format!("/badges/{ada}/decide"),
            &[("act", "revoke"), ("edition", "1")],
        )
        .await;
    assert_eq!(refused.status(), 409);
    assert!(text(refused).await.contains("Please say why"));
    let fields = [
        ("act", "revoke"),
        ("edition", "1"),
        ("reason", "The recording was of another class."),
    ];
    let shown = presses(&olga, &ada, "decide", &fields).await;
    assert!(
        shown.contains("Revoked") && !shown.contains("name=\"act\""),
        "{shown}"
    );
    assert_eq!(verdict(&served, issued[0].json()).await, Verdict::Refused);
    let public = text(served.page(&test.app.site.badge(issued[0].badge())).await).await;
    assert!(public.contains("This badge has been revoked"));

    let fields = [
        ("act", "suspend"),
        ("edition", "1"),
        ("reason", "An appeal is pending."),
    ];
    let shown = presses(&olga, &mary, "decide", &fields).await;
    assert!(shown.contains("Decide about the suspension"), "{shown}");
    assert_eq!(verdict(&served, issued[1].jwt()).await, Verdict::Refused);
    // An officer with an old page is told that it has changed.
    let late = olga.post(&format!("/badges/{mary}/decide"), &fields).await;
    assert_eq!(late.status(), 409);
    let fields = [
        ("act", "reinstate"),
        ("edition", "1"),
        ("reason", "She was right."),
    ];
    let shown = presses(&olga, &mary, "decide", &fields).await;
    assert!(
        shown.contains("Edition 2") && shown.contains("Reinstated"),
        "{shown}"
    );
    assert_eq!(verdict(&served, issued[1].json()).await, Verdict::Verified);
    let public = text(served.page(&test.app.site.badge(issued[1].badge())).await).await;
    for told in ["In force", "Suspended", "Reinstated"] {
        assert!(public.contains(told), "{told}");
    }
    // What was unfounded is not held against her for ever.
    assert!(!public.contains("An appeal is pending."), "{public}");
    let letters = mailbox::messages(test, "mary@example.org");
    let subjects: Vec<&str> = letters.iter().map(|mail| mail.subject.as_str()).collect();
    assert!(
        subjects
            .iter()
            .any(|subject| subject.ends_with("was suspended")),
        "{subjects:?}"
    );
    assert!(
        subjects
            .iter()
            .any(|subject| subject.ends_with("counts again")),
        "{subjects:?}"
    );

    // What was done is in the organisation's trail, and no longer on the page of strangers.
    let stranger = Browser::of(&served, &test.person("eve", &[]));
    for path in [
        "/organisations/host/badges",
        &format!("/badges/{mary}/manage"),
    ] {
        assert_eq!(stranger.get(path).await.status(), 404, "{path}");
    }
}

#[tokio::test]
async fn an_educator_leaves_with_another_address_and_another_name_and_keeps_the_badge() {
    let served = Served::new().await;
    let test = &served.test;
    let id = served.published_badge();
    let ada = test.person("ada", &[]);
    let home = "ada@home.example".parse().expect("an address");
    let note = "Seen in person.".parse().expect("a text");
    let admin = test.person("operator", &[Role::Administrator]);
    issuer::person::add_after_check(&test.app, &admin, ada.id, home, note, test.now)
        .expect("her address");
    let browser = Browser::of(&served, &ada);
    let first = [("email", "ada@home.example")];
    assert_eq!(
        browser
            .post("/account/addresses/primary", &first)
            .await
            .status(),
        303
    );
    let named = [
        ("name", "Ada Lovelace"),
        ("email_in_badges", "hashed"),
        ("name_in_badges", "shown"),
    ];
    assert_eq!(browser.post("/account", &named).await.status(), 303);
    let my = format!("/my/badges/{id}");
    assert!(
        text(browser.get(&my).await)
            .await
            .contains("Your name does not stand on it")
    );
    let again = browser.post(&format!("{my}/update"), &[]).await;
    assert_eq!(again.status(), 303);
    let shown = text(browser.get(&my).await).await;
    assert!(shown.contains("It names you as Ada Lovelace"), "{shown}");

    // Her address of before does not open the badge any more, the new one does.
    let address = test.app.site.badge(id);
    let document: Value = served
        .get(&format!("{address}.json"))
        .await
        .json()
        .await
        .expect("a document");
    let identity = &document["credentialSubject"]["identifier"][0];
    let hash = |email: &str| {
        let salted = format!("{email}{}", identity["salt"].as_str().expect("a salt"));
        format!(
            "sha256${}",
            issuer::digest::Sha256Digest::of(salted.as_bytes())
        )
    };
    assert_eq!(identity["identityHash"], hash("ada@home.example"));

    // She marries; a name that stands on a badge is for the issuer to correct.
    let married = [
        ("name", "Ada King"),
        ("email_in_badges", "hashed"),
        ("name_in_badges", "shown"),
    ];
    assert_eq!(browser.post("/account", &married).await.status(), 303);
    let refused = browser.post(&format!("{my}/update"), &[]).await;
    assert_eq!(refused.status(), 409);
    assert!(
        text(refused)
            .await
            .contains("an issuing officer of the organisation can correct it")
    );
    let officer = served.caller("olga", &[Role::IssuingOfficer]);
    let body = json!({ "reason": "Seen on her certificate.", "edition": 2 });
    let path = format!("/api/v1/badges/{id}/correct");
    assert_eq!(officer.post(&path, body).await.status(), 200);
    let page = text(served.page(&address).await).await;
    assert!(
        page.contains("Ada King") && !page.contains("Ada Lovelace"),
        "{page}"
    );
    assert!(!page.contains("Seen on her certificate."));
    served.check_badge(id).await;
    assert_eq!(test.log().len(), 1 + 2 + 2);
}

#[tokio::test]
async fn many_are_changed_on_a_page_that_says_how_far_it_has_come() {
    let served = Served::new().await;
    let test = &served.test;
    let issued = test.badges(&["ada", "mary"]);
    let officer = test.person("olga", &[Role::IssuingOfficer]);
    let olga = Browser::of(&served, &officer);
    let list = format!(
        "{}\r\n{}\r\nnone",
        issued[0].badge(),
        test.app.site.badge(issued[1].badge())
    );
    let path = "/organisations/host/badge-changes";
    let refused = olga
        .post(path, &[("badges", list.as_str()), ("act", "suspend")])
        .await;
    assert_eq!(refused.status(), 422);
    assert!(
        text(refused).await.contains("none</textarea>"),
        "what was typed is kept"
    );
    let fields = [
        ("badges", list.as_str()),
        ("act", "suspend"),
        ("reason", "An appeal is pending."),
    ];
    let begun = olga.post(path, &fields).await;
    assert_eq!(begun.status(), 303);
    let place = header(&begun, "location").to_owned();
    let shown = text(olga.get(&place).await).await;
    assert!(shown.contains("<strong>3</strong> waiting"), "{shown}");
    issuer::badge::bulk::resume(&test.app, test.now).expect("the work");
    let shown = text(olga.get(&place).await).await;
    assert!(
        shown.contains("<strong>2</strong> done, <strong>1</strong> not done"),
        "{shown}"
    );
    assert!(
        shown.contains("no badge of this organisation is called so"),
        "{shown}"
    );
    assert!(text(olga.get(path).await).await.contains(&place));
}
