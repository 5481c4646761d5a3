//! What operators, owners and adopters do in browsers without JavaScript.

use issuer::organisation::Role;
use reqwest::Response;

use super::organisations::{found_wayne, mailed_secret, wayne};
use crate::browser::Browser;
use crate::served::{Served, header};

async fn text(answer: Response) -> String {
    assert_eq!(answer.status(), 200);
    answer.text().await.expect("a page")
}

async fn refused(answer: Response) -> String {
    assert_eq!(answer.status(), 422);
    answer.text().await.expect("a page")
}

fn leads_to(answer: &Response, path: &str) {
    let status = answer.status().as_u16();
    assert_eq!((status, header(answer, "location")), (303, path));
}

#[tokio::test]
async fn an_organisation_asks_to_adopt_and_the_owner_answers_on_their_pages() {
    let served = Served::new().await;
    found_wayne(&served.test);
    let donna = served.test.person("donna", &[Role::Author]);
    let wanda = served.test.person("wanda", &[]);
    let (donna, wanda) = (Browser::of(&served, &donna), Browser::of(&served, &wanda));
    let policy = serde_json::json!({ "adoption": "by_request" });
    let owner = served.caller("donna", &[]);
    owner
        .put("/api/v1/micro-credentials/wait-time/adoption", policy)
        .await;

    let adoptions = "/organisations/wayne-county/adoptions";
    assert!(
        text(wanda.get(adoptions).await)
            .await
            .contains("Nothing of others yet")
    );
    let unknown = wanda
        .post(adoptions, &[("micro_credential", "no-such-thing")])
        .await;
    let unknown = refused(unknown).await;
    assert!(
        unknown.contains("value=\"no-such-thing\""),
        "what was typed is kept"
    );
    // The address of its page is as good as its name.
    let address = "https://badges.example.org/achievements/wait-time";
    leads_to(
        &wanda
            .post(adoptions, &[("micro_credential", address)])
            .await,
        adoptions,
    );
    let asked = text(wanda.get(adoptions).await).await;
    assert!(
        asked.contains("Wait Time") && asked.contains("Waits for its owner"),
        "{asked}"
    );

    let owners = "/organisations/host/adoptions";
    let waiting = text(donna.get(owners).await).await;
    assert!(waiting.contains("Wayne County") && waiting.contains("Asks to issue it"));
    let answer = "/micro-credentials/wait-time/adoptions/wayne-county";
    assert_eq!(
        wanda.post(&format!("{answer}/grant"), &[]).await.status(),
        404
    );
    leads_to(&donna.post(&format!("{answer}/grant"), &[]).await, owners);
    assert!(text(wanda.get(adoptions).await).await.contains(">Adopted<"));
    assert!(text(donna.get(owners).await).await.contains("Issues it"));
    leads_to(&donna.post(&format!("{answer}/end"), &[]).await, owners);
    assert!(
        text(wanda.get(adoptions).await)
            .await
            .contains("Nothing of others yet")
    );
    leads_to(
        &wanda
            .post(adoptions, &[("micro_credential", "wait-time")])
            .await,
        adoptions,
    );
    leads_to(
        &wanda.post(&format!("{adoptions}/wait-time/end"), &[]).await,
        adoptions,
    );
    assert!(
        text(donna.get(owners).await)
            .await
            .contains("Nobody has asked")
    );
}

#[tokio::test]
async fn an_operator_places_an_organisation_and_appoints_a_further_administrator() {
    let served = Served::new().await;
    found_wayne(&served.test);
    let olga = served.test.person("root", &[Role::Administrator]);
    let olga = Browser::of(&served, &olga);
    let place = "/organisations/wayne-county/place";
    assert!(
        text(olga.get("/organisations/wayne-county").await)
            .await
            .contains(place)
    );
    let shown = text(olga.get(place).await).await;
    assert!(shown.contains("value=\"district\" checked"), "{shown}");
    leads_to(
        &olga
            .post(place, &[("kind", "publisher"), ("parent", "")])
            .await,
        place,
    );
    let placed = served.json("/api/v1/organisations/wayne-county").await;
    assert_eq!(placed["kind"], "publisher");
    assert!(placed.get("parent").is_none_or(serde_json::Value::is_null));
    let itself = [("kind", "district"), ("parent", "wayne-county")];
    let again = refused(olga.post(place, &itself).await).await;
    assert!(again.contains("role=\"alert\""), "{again}");

    let appoint = "/organisations/wayne-county/administrators";
    let wrong = refused(olga.post(appoint, &[("administrator", "nobody")]).await).await;
    assert!(wrong.contains("value=\"nobody\""), "what was typed is kept");
    let newcomer = [("administrator", "newcomer@example.org")];
    leads_to(&olga.post(appoint, &newcomer).await, place);
    assert!(!mailed_secret(&served, "newcomer@example.org").is_empty());
    // It is not for the organisation's own administrators to say.
    let alma = served.test.person("alma", &[]);
    served.test.join(&alma, &wayne(), &[Role::Administrator]);
    assert_eq!(Browser::of(&served, &alma).get(place).await.status(), 403);
}

#[tokio::test]
async fn an_administrator_says_how_recipients_stand_in_badges() {
    let served = Served::new().await;
    found_wayne(&served.test);
    let alma = served.test.person("alma", &[]);
    served.test.join(&alma, &wayne(), &[Role::Administrator]);
    let alma = Browser::of(&served, &alma);
    let recipients = "/organisations/wayne-county/recipients";
    let shown = text(alma.get(recipients).await).await;
    assert!(shown.contains("value=\"salted_hash\" checked"), "{shown}");
    leads_to(
        &alma.post(recipients, &[("policy", "none")]).await,
        recipients,
    );
    let shown = text(alma.get(recipients).await).await;
    assert!(shown.contains("value=\"none\" checked"), "{shown}");
    let other = alma.post(recipients, &[("policy", "shouted")]).await;
    assert_eq!(other.status(), 422);
}

#[tokio::test]
async fn an_operator_edits_the_topics_of_the_catalogue() {
    let served = Served::new().await;
    let olga = served.test.person("root", &[Role::Administrator]);
    let olga = Browser::of(&served, &olga);
    assert!(
        text(olga.get("/organisations").await)
            .await
            .contains("href=\"/topics\"")
    );
    leads_to(
        &olga.post("/topics", &[("name", "Early Reading")]).await,
        "/topics",
    );
    assert!(
        text(olga.get("/topics").await)
            .await
            .contains("early-reading")
    );
    let twice = refused(olga.post("/topics", &[("name", "early reading")]).await).await;
    assert!(
        twice.contains("there is a topic of this name")
            || twice.contains("There is a topic of this name")
    );
    leads_to(
        &olga
            .post("/topics/early-reading/rename", &[("name", "Reading")])
            .await,
        "/topics",
    );
    assert!(
        text(olga.get("/topics").await)
            .await
            .contains("<strong>Reading</strong>")
    );
    leads_to(
        &olga.post("/topics/early-reading/remove", &[]).await,
        "/topics",
    );
    assert!(
        !text(olga.get("/topics").await)
            .await
            .contains("early-reading")
    );
    let donna = served.test.person("donna", &[Role::Author]);
    assert_eq!(
        Browser::of(&served, &donna).get("/topics").await.status(),
        403
    );
}
