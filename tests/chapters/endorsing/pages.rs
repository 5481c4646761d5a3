//! The same by the pages, without JavaScript.

use issuer::id::OrganisationId;
use issuer::organisation::Role;

use super::{PRAISE, found_wayne};
use crate::browser::Browser;
use crate::served::{Served, header};

async fn text(answer: reqwest::Response) -> String {
    answer.text().await.expect("a page")
}

/// Sends a form that is taken, and gives the page it leads to.
async fn sends(who: &Browser<'_>, path: &str, fields: &[(&str, &str)]) -> String {
    let answer = who.post(path, fields).await;
    assert_eq!(answer.status(), 303, "{path}");
    let place = header(&answer, "location").to_owned();
    text(who.get(&place).await).await
}

/// The first value between two texts.
fn between<'a>(page: &'a str, before: &str, after: &str) -> &'a str {
    let rest = page.split_once(before).expect("it begins").1;
    rest.split_once(after).expect("it ends").0
}

#[tokio::test]
async fn an_author_asks_an_advisor_answers_and_the_author_says_where_it_is_shown() {
    let served = Served::new().await;
    let test = &served.test;
    found_wayne(test);
    let (donna, avery) = (test.person("donna", &[]), test.person("avery", &[]));
    let (donna, avery) = (Browser::of(&served, &donna), Browser::of(&served, &avery));
    let received = "/organisations/host/received-endorsements";
    let page = text(donna.get(received).await).await;
    assert!(
        page.contains("Wayne County") && page.contains("Nothing yet."),
        "{page}"
    );

    // What was typed stays beside what is wrong with it.
    let fields = [
        (
            "thing",
            "https://badges.example.org/achievements/nothing-here",
        ),
        ("endorser", "wayne-county"),
        ("message", "What do you think of it?"),
    ];
    let refused = donna.post(received, &fields).await;
    assert_eq!(refused.status(), 422);
    let page = text(refused).await;
    assert!(page.contains("nothing of yours") && page.contains("nothing-here"));
    assert!(page.contains("What do you think of it?</textarea>"));
    let fields = [
        ("thing", "https://badges.example.org/achievements/wait-time"),
        fields[1],
        fields[2],
    ];
    let page = sends(&donna, received, &fields).await;
    assert!(page.contains("Waits for an answer"), "{page}");

    let endorsing = "/organisations/wayne-county/endorsements";
    let page = text(avery.get(endorsing).await).await;
    assert!(page.contains("Its organisation asks"), "{page}");
    let id = between(&page, &format!("{endorsing}/"), "\"").to_owned();
    let one = format!("{endorsing}/{id}");
    let page = text(avery.get(&one).await).await;
    assert!(page.contains("What do you think of it?") && page.contains("Or decline"));
    let silent = avery.post(&one, &[("act", "give"), ("comment", " ")]).await;
    assert_eq!(silent.status(), 422);
    assert!(text(silent).await.contains("an endorsement is read"));
    let page = sends(&avery, &one, &[("act", "give"), ("comment", PRAISE)]).await;
    assert!(
        page.contains("Withdraw it") && page.contains("Shown"),
        "{page}"
    );

    let page = text(donna.get(received).await).await;
    assert!(page.contains("Show it in every badge too"), "{page}");
    let showing = format!("{received}/{id}/showing");
    let page = sends(&donna, &showing, &[("showing", "in_every_badge")]).await;
    assert!(page.contains("In every badge"), "{page}");
    let page = text(served.page(&format!("/endorsements/{id}")).await).await;
    for word in [
        "Wayne County endorses Wait Time",
        "Verify this endorsement",
        "Teachers of ours",
    ] {
        assert!(page.contains(word), "{word}");
    }
    let fields = [("act", "withdraw"), ("reason", "The course has ended.")];
    let page = sends(&avery, &one, &fields).await;
    assert!(page.contains("Withdrawn") && page.contains("The course has ended."));
    let late = avery.post(&one, &fields).await;
    assert_eq!(late.status(), 422);
}

#[tokio::test]
async fn a_holder_asks_for_words_on_a_badge_and_hides_them_again() {
    let served = Served::new().await;
    let test = &served.test;
    found_wayne(test);
    let badge = served.published_badge();
    let (ada, otto) = (test.person("ada", &[]), test.person("otto", &[]));
    let (ada, otto) = (Browser::of(&served, &ada), Browser::of(&served, &otto));
    let own = text(ada.get(&format!("/my/badges/{badge}")).await).await;
    let mine = format!("/my/badges/{badge}/endorsements");
    assert!(own.contains(&mine));
    let silent = ada.post(&mine, &[("endorser", "wayne-county")]).await;
    assert_eq!(silent.status(), 422);
    let fields = [
        ("endorser", "wayne-county"),
        ("message", "You know my classes."),
    ];
    let page = sends(&ada, &mine, &fields).await;
    assert!(page.contains("Take the request back"), "{page}");
    let twice = ada.post(&mine, &fields).await;
    assert_eq!(twice.status(), 409);
    assert!(text(twice).await.contains("has not answered yet"));

    let endorsing = "/organisations/wayne-county/endorsements";
    let page = text(otto.get(endorsing).await).await;
    assert!(page.contains("The holder asks"), "{page}");
    let id = between(&page, &format!("{endorsing}/"), "\"").to_owned();
    sends(
        &otto,
        &format!("{endorsing}/{id}"),
        &[("act", "give"), ("comment", PRAISE)],
    )
    .await;
    let page = text(served.page(&format!("/badges/{badge}")).await).await;
    assert!(page.contains("What others say"), "{page}");
    let page = sends(
        &ada,
        &format!("{mine}/{id}/showing"),
        &[("showing", "hidden")],
    )
    .await;
    assert!(page.contains("Hidden"), "{page}");
    let page = text(served.page(&format!("/badges/{badge}")).await).await;
    assert!(!page.contains("What others say"));

    // Unasked, by the address of a page.
    let fields = [
        ("thing", "https://badges.example.org/issuer"),
        ("comment", PRAISE),
    ];
    let page = sends(&otto, endorsing, &fields).await;
    assert!(page.contains("Offered"), "{page}");
    let wrong = otto
        .post(
            endorsing,
            &[("thing", "https://elsewhere.example/x"), fields[1]],
        )
        .await;
    assert_eq!(wrong.status(), 422);
    let hanna = test.person("hanna", &[]);
    test.join(&hanna, &OrganisationId::host(), &[Role::Administrator]);
    let hanna = Browser::of(&served, &hanna);
    let page = text(hanna.get("/organisations/host/received-endorsements").await).await;
    assert!(page.contains("No, thank you"), "{page}");
}
