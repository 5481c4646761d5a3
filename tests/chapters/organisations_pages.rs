//! The pages of organisations, as browsers without JavaScript use them.

use issuer::event::Actor;
use issuer::organisation::{self, Role};
use reqwest::Response;

use super::organisations::{district, mailed_secret, wayne};
use crate::browser::Browser;
use crate::served::{Served, header};

const WAYNE: &str = "/organisations/wayne-county";

async fn text(answer: Response) -> String {
    assert_eq!(answer.status(), 200);
    answer.text().await.expect("a page")
}

/// Wayne County, which Wendy looks after.
fn wendy(served: &Served) -> Browser<'_> {
    let test = &served.test;
    organisation::found(
        &test.app,
        Actor::Service,
        district(&wayne(), "Wayne County"),
        test.now,
    )
    .expect("founded");
    let wendy = test.person("wendy", &[]);
    test.join(&wendy, &wayne(), &[Role::Administrator]);
    Browser::of(served, &wendy)
}

fn leads_to(answer: &Response, path: &str) {
    assert_eq!(
        (answer.status().as_u16(), header(answer, "location")),
        (303, path)
    );
}

#[tokio::test]
async fn an_operator_founds_an_organisation_and_a_newcomer_takes_it_over() {
    let served = Served::new().await;
    let operator = served.test.person("olga", &[Role::Administrator]);
    let operator = Browser::of(&served, &operator);
    let form = [
        ("name", "Wayne County"),
        ("id", "Wayne County"),
        ("kind", "district"),
        ("parent", "host"),
        ("administrator", "newcomer@example.org"),
    ];
    let refused = operator.post("/organisations/new", &form).await;
    assert_eq!(refused.status(), 422);
    let refused = refused.text().await.expect("a page");
    assert!(
        refused.contains("small letters, digits and single hyphens"),
        "{refused}"
    );
    assert!(
        refused.contains("newcomer@example.org"),
        "what was typed is kept"
    );
    let mut form = form;
    form[1].1 = "wayne-county";
    leads_to(&operator.post("/organisations/new", &form).await, WAYNE);
    assert!(
        text(operator.get("/organisations").await)
            .await
            .contains("Wayne County")
    );

    // The mailed link: opening changes nothing, accepting makes the account and signs in.
    let path = format!(
        "/invitations/{}",
        mailed_secret(&served, "newcomer@example.org")
    );
    let newcomer = Browser::new(&served);
    assert!(
        text(newcomer.get(&path).await)
            .await
            .contains("administrator")
    );
    let unnamed = newcomer.post(&path, &[]).await;
    assert_eq!(unnamed.status(), 422);
    leads_to(
        &newcomer.post(&path, &[("name", "Nora Newcomer")]).await,
        WAYNE,
    );
    let members = text(newcomer.get(&format!("{WAYNE}/members")).await).await;
    assert!(members.contains("Nora Newcomer"));
    assert_eq!(Browser::new(&served).get(&path).await.status(), 410);

    // What one organisation does is nobody else's business, not even the operator's.
    for page in ["members", "joining", "edit"] {
        let page = format!("{WAYNE}/{page}");
        assert_eq!(operator.get(&page).await.status(), 404, "{page}");
        let stranger = Browser::new(&served).get(&page).await;
        assert_eq!(stranger.status(), 303, "{page}");
        assert!(header(&stranger, "location").starts_with("/sign-in?next="));
    }
    // The last administrator stays, and is told why.
    let members = text(newcomer.get(&format!("{WAYNE}/members")).await).await;
    let (_, after) = members.split_once("/members/").expect("a form");
    let (person, _) = after.split_once('/').expect("an identifier");
    let refused = newcomer
        .post(&format!("{WAYNE}/members/{person}/remove"), &[])
        .await;
    assert_eq!(refused.status(), 409);
    assert!(
        refused
            .text()
            .await
            .expect("a page")
            .contains("at least one administrator")
    );
}

#[tokio::test]
async fn a_coordinator_invites_by_a_list_and_is_told_of_each_bad_row() {
    let served = Served::new().await;
    let wendy = wendy(&served);
    let joining = format!("{WAYNE}/joining");
    let list =
        "email,name,roles\nada@example.org,Ada,\nnonsense,<b>Bob</b>,\neve@example.org,,king\n";
    let sent = wendy
        .post(&format!("{joining}/invitations"), &[("list", list)])
        .await;
    let sent = text(sent).await;
    for told in [
        "1 invited, 2 rows left out",
        "nonsense",
        "king",
        "ada@example.org",
    ] {
        assert!(sent.contains(told), "{told}: {sent}");
    }
    let refused = wendy
        .post(
            &format!("{joining}/invitations"),
            &[("list", "name\nAda\n")],
        )
        .await;
    assert_eq!(refused.status(), 422);
    let refused = refused.text().await.expect("a page");
    assert!(
        refused.contains("column email is missing") && refused.contains("name\nAda"),
        "{refused}"
    );

    let (_, row) = sent.split_once("/joining/invitations/").expect("a form");
    let (id, _) = row.split_once('/').expect("an identifier");
    let withdraw = format!("{joining}/invitations/{id}/withdraw");
    leads_to(&wendy.post(&withdraw, &[]).await, &joining);
    assert!(
        !text(wendy.get(&joining).await)
            .await
            .contains("ada@example.org")
    );
}

#[tokio::test]
async fn people_join_by_code_and_by_asking_and_leave_again() {
    let served = Served::new().await;
    let wendy = wendy(&served);
    let joining = format!("{WAYNE}/joining");
    let code = [
        ("label", "Staff meeting"),
        ("expires", "2026-12-24"),
        ("limit", "30"),
    ];
    leads_to(
        &wendy.post(&format!("{joining}/codes"), &code).await,
        &joining,
    );
    let wrong = [
        ("label", "Staff meeting"),
        ("expires", "2020-01-01"),
        ("limit", "30"),
    ];
    let refused = wendy.post(&format!("{joining}/codes"), &wrong).await;
    assert_eq!(refused.status(), 422);
    assert!(refused.text().await.expect("a page").contains("2020-01-01"));
    let codes = served
        .test
        .app
        .store
        .join_codes(&wayne())
        .expect("the store");

    let lea = served.test.person("lea", &[]);
    let lea = Browser::of(&served, &lea);
    assert!(text(lea.get("/join").await).await.contains("Code"));
    let refused = lea.post("/join", &[("code", "BCDFG-BCDFG")]).await;
    assert_eq!(refused.status(), 422);
    assert!(
        refused
            .text()
            .await
            .expect("a page")
            .contains("BCDFG-BCDFG")
    );
    let typed = codes[0].code.to_string().to_lowercase();
    leads_to(&lea.post("/join", &[("code", &typed)]).await, WAYNE);
    assert!(
        text(lea.get(&format!("{WAYNE}/join")).await)
            .await
            .contains("You are a member")
    );
    leads_to(&lea.post(&format!("{WAYNE}/leave"), &[]).await, WAYNE);
    assert!(
        text(lea.get(&format!("{WAYNE}/join")).await)
            .await
            .contains("Ask to join")
    );

    let message = [("message", "I teach <script> in Waynesboro.")];
    let ask = format!("{WAYNE}/join");
    leads_to(&lea.post(&ask, &message).await, &ask);
    assert!(
        text(lea.get(&ask).await)
            .await
            .contains("You have asked to join")
    );
    let queue = text(wendy.get(&joining).await).await;
    assert!(
        queue.contains("I teach &#60;script&#62; in Waynesboro."),
        "{queue}"
    );
    let (_, row) = queue.split_once("/joining/requests/").expect("a form");
    let (person, _) = row.split_once('/').expect("an identifier");
    let approve = format!("{joining}/requests/{person}/approve");
    leads_to(&wendy.post(&approve, &[]).await, &joining);

    let roles = [("author", "yes"), ("reviewer", "yes")];
    let members = format!("{WAYNE}/members");
    leads_to(
        &wendy
            .post(&format!("{members}/{person}/roles"), &roles)
            .await,
        &members,
    );
    let shown = text(wendy.get(&members).await).await;
    assert!(
        shown.contains("<span class=\"level\">reviewer</span>"),
        "{shown}"
    );
    // A member without the role learns that it takes one.
    assert_eq!(lea.get(&members).await.status(), 403);
}

#[tokio::test]
async fn a_profile_is_typed_into_a_form_and_read_without_signing_in() {
    let served = Served::new().await;
    let wendy = wendy(&served);
    let edit = format!("{WAYNE}/edit");
    let typed = [
        ("name", "Wayne County Schools"),
        ("url", "http://schools.wayne.example/"),
        ("address_locality", "Waynesboro"),
        ("address_country_code", "us"),
        ("description", "Thirty schools."),
    ];
    let refused = wendy.post(&edit, &typed).await;
    assert_eq!(refused.status(), 422);
    let refused = refused.text().await.expect("a page");
    assert!(
        refused.contains("https address") && refused.contains("Thirty schools."),
        "{refused}"
    );
    let mut typed = typed;
    typed[1].1 = "https://schools.wayne.example/";
    leads_to(&wendy.post(&edit, &typed).await, WAYNE);
    let page = text(served.page(WAYNE).await).await;
    for told in [
        "Wayne County Schools",
        "Thirty schools.",
        "Waynesboro",
        "US",
        "District",
    ] {
        assert!(page.contains(told), "{told}: {page}");
    }
    assert!(!page.contains(&edit), "strangers see no way to change it");
    assert!(
        text(wendy.get(&edit).await)
            .await
            .contains("https://schools.wayne.example/")
    );
}
