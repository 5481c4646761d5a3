//! The story of two organisations, five roles and eight people, told over HTTP.

use issuer::organisation::Role;
use reqwest::Method;
use serde_json::{Value, json};

use super::organisations::mailed_secret;
use crate::catalogue::content;
use crate::served::{Caller, Served, path_of, problem};

const WAYNE: &str = "/api/v1/organisations/wayne-county";

async fn body(answer: reqwest::Response) -> Value {
    let status = answer.status();
    let body = answer.bytes().await.expect("a body");
    let body: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    assert!(status.is_success(), "{status}: {body}");
    body
}

/// Who was invited accepts, signed in as themselves.
async fn accepts(served: &Served, person: &Caller<'_>, name: &str) -> Value {
    let secret = mailed_secret(served, &format!("{name}@example.org"));
    let path = "/api/v1/invitations/accept";
    body(person.post(path, json!({ "secret": secret })).await).await
}

async fn sends_roster(person: &Caller<'_>, roster: &str) -> Value {
    let request = person.request(Method::POST, &format!("{WAYNE}/invitations"));
    let request = request.header("content-type", "text/csv; charset=utf-8");
    let answer = request.body(roster.to_owned()).send().await;
    body(answer.expect("an answer")).await
}

/// An operator founds an organisation and has somebody look after it.
async fn founds(served: &Served, operator: &Caller<'_>, id: &str, kind: &str, admin: &str) {
    let profile = json!({ "name": id.replace('-', " ") });
    let new = json!({ "id": id, "kind": kind, "parent": "host", "profile": profile });
    let founded = body(operator.post("/api/v1/organisations", new).await).await;
    let did = format!("did:web:badges.example.org:organisations:{id}");
    assert_eq!(founded["issuer_id"], did);
    let path = format!("/api/v1/organisations/{id}/administrators");
    let email = format!("{admin}@example.org");
    body(operator.post(&path, json!({ "email": email })).await).await;
    let member = accepts(served, &served.caller(admin, &[]), admin).await;
    assert_eq!(member["roles"], json!(["administrator"]));
}

#[tokio::test]
async fn two_organisations_five_roles_and_eight_people() {
    let served = Served::new().await;
    // The first two of the eight: an operator, and Wendy, who looks after Wayne County.
    let operator = served.caller("olga-operator", &[Role::Administrator]);
    founds(&served, &operator, "wayne-county", "district", "wendy").await;
    founds(
        &served,
        &operator,
        "state-university",
        "university",
        "ursula",
    )
    .await;
    let (wendy, ursula) = (served.caller("wendy", &[]), served.caller("ursula", &[]));

    // Wendy says what Wayne County is, and invites four people with a list of three bad rows.
    let profile = json!({
        "name": "Wayne County Schools",
        "description": "Thirty schools along the river.",
        "url": "https://schools.wayne.example/",
        "email": "office@wayne.example",
        "phone": "+1 931 555 0100",
        "address": {
            "street_address": "1 Court Square",
            "address_locality": "Waynesboro",
            "address_region": "TN",
            "postal_code": "38485",
            "address_country_code": "US",
        },
    });
    body(wendy.put(&format!("{WAYNE}/profile"), profile).await).await;
    let roster = "email,name,roles\n\
                  amy@example.org,Amy,author\n\
                  not an address,Nobody,\n\
                  rob@example.org,Rob,reviewer\n\
                  ian@example.org,Ian,issuing_officer;coordinator\n\
                  amy@example.org,Amy again,author\n\
                  eve@example.org,Eve,principal\n";
    let sent = sends_roster(&wendy, roster).await;
    assert_eq!(sent["invited"], 3, "{sent}");
    let problems = sent["problems"].as_array().expect("problems");
    let told = |problem: &Value| {
        let text = |member: &str| problem[member].as_str().unwrap_or_default().to_owned();
        (
            problem["line"].clone(),
            text("column"),
            text("value"),
            text("code"),
        )
    };
    let told: Vec<_> = problems.iter().map(told).collect();
    let expected = [
        (3, "email", "not an address", "roster.email"),
        (6, "email", "amy@example.org", "roster.twice"),
        (7, "roles", "principal", "roster.role"),
    ];
    let expected = expected.map(|(line, column, value, code)| {
        (
            json!(line),
            column.to_owned(),
            value.to_owned(),
            code.to_owned(),
        )
    });
    assert_eq!(told, expected);
    for problem in problems {
        assert!(!problem["remedy"].as_str().expect("what to do").is_empty());
    }
    let (amy, rob, ian) = (
        served.caller("amy", &[]),
        served.caller("rob", &[]),
        served.caller("ian", &[]),
    );
    for (person, name) in [(&amy, "amy"), (&rob, "rob"), (&ian, "ian")] {
        accepts(&served, person, name).await;
    }

    // Ian hands out a code, with which Lea joins; Quin asks, and is let in.
    let expires = served.test.now.plus_seconds(86_400);
    let wanted = json!({ "label": "Staff meeting", "expires": expires, "limit": 50 });
    let code = body(ian.post(&format!("{WAYNE}/join-codes"), wanted).await).await;
    let lea = served.caller("lea", &[]);
    let typed = code["code"].as_str().expect("a code").to_lowercase();
    let member = body(lea.post("/api/v1/join", json!({ "code": typed })).await).await;
    assert_eq!(member["organisation"], "wayne-county");
    let quin = served.caller("quin", &[]);
    let message = json!({ "message": "I teach fourth grade in Waynesboro." });
    body(quin.post(&format!("{WAYNE}/join-requests"), message).await).await;
    let waiting = body(ian.get(&format!("{WAYNE}/join-requests")).await).await;
    assert_eq!(waiting["items"][0]["name"], "quin");
    let quins = waiting["items"][0]["person"].as_str().expect("an id");
    let approve = format!("{WAYNE}/join-requests/{quins}/approve");
    body(ian.post(&approve, json!({})).await).await;
    let members = body(wendy.get(&format!("{WAYNE}/members")).await).await;
    assert_eq!(members["items"].as_array().expect("members").len(), 6);

    // Amy publishes, Lea earns, Rob reviews: the badge is Wayne County's own.
    let badge = earned(&served, &amy, &lea, &rob).await;
    let id = badge["id"].as_str().expect("an id").parse().expect("an id");
    served.check_badge(id).await;
    let signed = served.json(&served.test.app.site.badge(id)).await;
    let did = "did:web:badges.example.org:organisations:wayne-county";
    assert_eq!(signed["issuer"]["id"], did);
    assert_eq!(signed["issuer"]["name"], "Wayne County Schools");
    assert_eq!(signed["issuer"]["address"]["addressCountryCode"], "US");
    let document = served.json("/organisations/wayne-county/did.json").await;
    assert_eq!(document["id"], did);

    // What is Wayne County's does not exist for others, whatever they are elsewhere.
    let nobodys = served.caller("norma", &[]);
    for other in [&ursula, &nobodys, &operator] {
        outsider_finds_nothing(other).await;
    }
    let path = format!("/api/v1/badges/{id}/revoke");
    let reason = json!({ "reason": "The recording was of another class." });
    let refused = problem(ursula.post(&path, reason.clone()).await).await;
    assert_eq!(refused, (404, "auth.not_found".to_owned()));
    // A member who may do other things is told which role it takes.
    let refused = problem(rob.post(&path, reason.clone()).await).await;
    assert_eq!(refused, (403, "auth.forbidden".to_owned()));

    body(ian.post(&path, reason).await).await;
    let page = served.page(path_of(&served.test.app.site.badge(id))).await;
    assert!(page.text().await.expect("a page").contains("took it back"));
}

/// Amy publishes a micro-credential of Wayne County, Lea hands in, Rob finds it met.
async fn earned(served: &Served, amy: &Caller<'_>, lea: &Caller<'_>, rob: &Caller<'_>) -> Value {
    let path = "/api/v1/organisations/wayne-county/micro-credentials/thinking-time";
    let mut content = serde_json::to_value(content()).expect("JSON");
    content["name"] = "Thinking Time".into();
    body(amy.put(path, content).await).await;
    let publish = "/api/v1/micro-credentials/thinking-time/publish";
    body(amy.post(publish, json!({})).await).await;

    let begun = json!({ "micro_credential": "thinking-time" });
    let begun = body(lea.post("/api/v1/submissions", begun).await).await;
    let submission = begun["id"].as_str().expect("an id");
    let path = format!("/api/v1/submissions/{submission}");
    let learner = served.test.learner("lea");
    let id = submission.parse().expect("an id");
    learner.adds_link(id, "https://video.example.net/lesson-1");
    learner.adds_text(id, "I counted to five before I took an answer.");
    let handing_in = json!({ "privacy_statement": 1 });
    body(lea.post(&format!("{path}/submit"), handing_in).await).await;

    let queue = body(rob.get("/api/v1/organisations/wayne-county/reviews").await).await;
    assert_eq!(queue["items"][0]["submission"], submission, "{queue}");
    let score = |criterion| json!({ "criterion": criterion, "level": "consistent" });
    let review = json!({ "version": 1, "scores": [score("waiting"), score("listening")] });
    let path = format!("/api/v1/reviews/{submission}");
    body(rob.post(&format!("{path}/claim"), json!({})).await).await;
    body(rob.post(&path, review).await).await;

    let badges = body(lea.get("/api/v1/badges").await).await;
    let badge = badges["items"][0].clone();
    let path = format!(
        "/api/v1/badges/{}/visibility",
        badge["id"].as_str().expect("an id")
    );
    body(lea.put(&path, json!({ "visibility": "public" })).await).await;
    badge
}

async fn outsider_finds_nothing(outsider: &Caller<'_>) {
    let person = "1111111111111111";
    for (method, path) in [
        (Method::GET, "members".to_owned()),
        (Method::PUT, format!("members/{person}")),
        (Method::DELETE, format!("members/{person}")),
        (Method::DELETE, "membership".to_owned()),
        (Method::GET, "join-codes".to_owned()),
        (Method::POST, "join-codes".to_owned()),
        (Method::DELETE, "join-codes/BCDFG-BCDFG".to_owned()),
        (Method::GET, "join-requests".to_owned()),
        (Method::POST, format!("join-requests/{person}/approve")),
        (Method::POST, format!("join-requests/{person}/decline")),
        (Method::GET, "invitations".to_owned()),
        (Method::POST, "invitations".to_owned()),
        (Method::DELETE, format!("invitations/{person}")),
        (Method::POST, format!("invitations/{person}/send-again")),
        (Method::PUT, "profile".to_owned()),
        (Method::PUT, "image".to_owned()),
        (Method::DELETE, "image".to_owned()),
        (Method::PUT, "identifier-policy".to_owned()),
        (Method::GET, "reviews".to_owned()),
    ] {
        let request = outsider.request(method.clone(), &format!("{WAYNE}/{path}"));
        let answer = request.json(&json!({})).send().await.expect("an answer");
        let refused = problem(answer).await;
        assert_eq!(
            refused,
            (404, "auth.not_found".to_owned()),
            "{method} {path}"
        );
    }
}
