//! The story of an author and a partner: a publisher writes a micro-credential from a template until it
//! is ready, a district takes it on and issues badges of it, and a partner's catalogue comes in.

use issuer::event::Actor;
use issuer::id::OrganisationId;
use issuer::organisation::{self, OrganisationKind, Role};
use reqwest::{Method, Response};
use serde_json::{Value, json};

use super::catalogue_transfer::table;
use super::organisations::{district, wayne};
use crate::browser::Browser;
use crate::served::{Caller, Served, header};

const OURS: &str = "/api/v1/organisations/teaching-quality/micro-credentials";

/// A publisher with an author, and a district with an author and a reviewer of its own.
fn world(served: &Served) {
    let test = &served.test;
    let publisher: OrganisationId = "teaching-quality".parse().expect("a slug");
    let mut center = district(&publisher, "Center for Teaching Quality");
    center.kind = OrganisationKind::Publisher;
    center.parent = None;
    center.profile.url = Some("https://quality.example.org".parse().expect("an address"));
    center.profile.description = Some("Writes micro-credentials.".parse().expect("a text"));
    for new in [center, district(&wayne(), "Wayne County Schools")] {
        organisation::found(&test.app, Actor::Service, new, test.now).expect("founded");
    }
    for (name, organisation, role) in [
        ("barbara", &publisher, Role::Author),
        ("wanda", &wayne(), Role::Author),
        ("walter", &wayne(), Role::Reviewer),
    ] {
        test.join(&test.person(name, &[]), organisation, &[role]);
    }
}

async fn done(answer: Response) -> Value {
    let status = answer.status();
    let text = answer.text().await.expect("a text");
    assert!(status.is_success(), "{status} {text}");
    serde_json::from_str(&text).unwrap_or_default()
}

/// What is open in the readiness of a micro-credential, and whether it could be published.
async fn open(author: &Caller<'_>, name: &str) -> (bool, Vec<String>) {
    let found = done(author.get(&format!("{OURS}/{name}/readiness")).await).await;
    let checks = found["checks"].as_array().expect("checks");
    let open = checks.iter().filter(|check| check["outcome"] == "open");
    let codes = open.map(|check| {
        assert!(
            check["remedy"]
                .as_str()
                .is_some_and(|remedy| remedy.len() > 10)
        );
        let code = check["code"].as_str().expect("a code");
        code.strip_prefix("readiness.")
            .expect("its area")
            .to_owned()
    });
    (found["publishable"] == true, codes.collect())
}

/// Forms: HTTP.
#[tokio::test]
async fn a_publisher_writes_a_district_issues_and_a_catalogue_comes_in() {
    let served = Served::new().await;
    world(&served);
    let barbara = served.caller("barbara", &[]);
    let person = served.test.person("barbara", &[]);
    let browser = Browser::of(&served, &person);

    // From a template: nobody begins with an empty page.
    let list = "/organisations/teaching-quality/micro-credentials";
    let shown = browser.get(list).await.text().await.expect("a page");
    assert!(shown.contains("value=\"classroom-practice\""), "{shown}");
    let begin = [
        ("title", "Idea Generating"),
        (
            "description",
            "Students find many ideas before they choose one.",
        ),
        ("template", "classroom-practice"),
    ];
    let begun = browser.post(list, &begin).await;
    let edit = header(&begun, "location").to_owned();
    let page = browser.get(&edit).await.text().await.expect("a page");
    assert!(page.contains("What students said or made") && page.contains("Exemplary"));

    // Ready it is not: the competency is the author's to say.
    let (publishable, missing) = open(&barbara, "idea-generating").await;
    assert!(!publishable);
    assert_eq!(missing[0], "competency");
    let path = edit.replace("/edit", "/readiness");
    let told = browser.get(&path).await.text().await.expect("a page");
    assert!(
        told.contains("Say in one statement what an earner can do."),
        "{told}"
    );
    let refused = browser.post(&edit.replace("/edit", "/publish"), &[]).await;
    assert_eq!(refused.status(), 422);

    // What is missing is written, and what was hard to read is told of with its place.
    let draft = format!("{OURS}/idea-generating");
    let mut content = done(barbara.get(&draft).await).await;
    let stored = content.as_object_mut().expect("an object");
    for beside in [
        "id",
        "organisation",
        "url",
        "version",
        "content_sha256",
        "adoption",
    ] {
        stored.remove(beside);
    }
    let hard = "Notwithstanding aforementioned organisational considerations, the facilitation of \
        divergent ideational productivity necessitates the operationalisation of multidimensional \
        collaborative methodologies, characterised by psychologically differentiated \
        interdependencies, individualised accountability mechanisms, institutionally authorised \
        experimentation, longitudinal documentation and participatory evaluation of heterogeneous \
        contributions, professional communities and administratively constituted committees.";
    for (member, value) in [
        (
            "competency",
            json!("The educator helps students find many ideas before one is chosen."),
        ),
        ("method", json!(hard)),
        (
            "research_notes",
            json!("Groups that write before they talk find more ideas."),
        ),
        (
            "references",
            json!([{ "citation": "Paulus, P. B., Yang, H.-C. (2000). Idea generation in groups.", "url": "https://journal.example.org/ideas" }]),
        ),
        (
            "resources",
            json!([{ "name": "Brainwriting in five steps", "kind": "article", "link": "https://quality.example.org/brainwriting" }]),
        ),
        (
            "alignments",
            json!([
                { "target_name": "Thinking and problem solving", "target_url": "https://case.example.org/items/1f0e", "target_code": "TPS", "target_framework": "TEAM rubric", "target_type": "CFItem" },
                { "target_name": "Teacher leader", "target_url": "https://registry.example.org/resources/ce-0001", "target_type": "ceterms:Credential" }
            ]),
        ),
        ("credits", json!(6)),
        ("topics", json!(["thinking-and-problem-solving"])),
        ("language", json!("en")),
    ] {
        stored.insert(member.to_owned(), value);
    }
    done(barbara.put(&draft, content.clone()).await).await;
    let (publishable, missing) = open(&barbara, "idea-generating").await;
    assert!(publishable);
    assert_eq!(missing, ["picture", "reading_level", "long_sentences"]);
    content["method"] = json!(
        "Students write ideas down alone first. Then they pass them on, and add to what others wrote. Only then do they talk. The teacher counts ideas and praises none of them before all are told."
    );
    done(barbara.put(&draft, content).await).await;
    assert_eq!(
        open(&barbara, "idea-generating").await,
        (true, vec!["picture".to_owned()])
    );

    // Published, it is handed out for registries and for other programs.
    let published = browser.post(&edit.replace("/edit", "/publish"), &[]).await;
    assert_eq!(
        header(&published, "location"),
        "/achievements/idea-generating"
    );
    let export = "/api/v1/micro-credentials/idea-generating/export?format=";
    let ctdl = served.json(&format!("{export}ctdl")).await;
    assert_eq!(ctdl["ceterms:name"]["en"], "Idea Generating", "{ctdl:#}");
    let achievement = served.json(&format!("{export}ob3")).await;
    assert_eq!(achievement["alignment"][0]["targetType"], "CFItem");
    assert_eq!(
        achievement["alignment"][1]["targetType"],
        "ceterms:Credential"
    );

    // A district takes it on, and the badge names who wrote it and who issues it.
    let wanda = served.caller("wanda", &[]);
    let policy = "/api/v1/micro-credentials/idea-generating/adoption";
    done(barbara.put(policy, json!({ "adoption": "open" })).await).await;
    let adopt = json!({ "micro_credential": "idea-generating" });
    done(
        wanda
            .post("/api/v1/organisations/wayne-county/adoptions", adopt)
            .await,
    )
    .await;
    let badge = earned(&served).await;
    assert_eq!(badge["issuer"]["name"], "Wayne County Schools");
    let achievement = &badge["credentialSubject"]["achievement"];
    assert_eq!(
        achievement["creator"]["name"],
        "Center for Teaching Quality"
    );
    assert_ne!(achievement["creator"]["id"], badge["issuer"]["id"]);

    // The catalogue of a partner comes in: bad rows are told of, and what is there already is marked.
    let mut rows = table();
    rows.push_str("551,Idea Generating,Asks.,Found before.,,,,,,\r\n");
    let import = async |mode: &str| {
        let path = format!("/api/v1/organisations/teaching-quality/imports?format=csv&mode={mode}");
        let sent = barbara
            .request(Method::POST, &path)
            .body(rows.clone())
            .send();
        let report = done(sent.await.expect("an answer")).await;
        ["good", "duplicates", "refused"].map(|count| report[count].as_u64().expect("a number"))
    };
    assert_eq!(import("check").await, [543, 1, 7]);
    assert_eq!(import("commit").await, [543, 1, 7]);
    assert_eq!(import("commit").await, [0, 544, 7]);
}

/// Ada earns it of the district, and shows it; anybody can check it.
async fn earned(served: &Served) -> Value {
    let ada = served.caller("ada", &[]);
    let walter = served.caller("walter", &[]);
    let begin = json!({ "micro_credential": "idea-generating", "organisation": "wayne-county" });
    let begun = done(ada.post("/api/v1/submissions", begin).await).await;
    let id = begun["id"].as_str().expect("an id");
    let submission = format!("/api/v1/submissions/{id}");
    for requirement in ["lesson", "student-work", "reflection"] {
        let text =
            json!({ "requirement": requirement, "text": "We wrote first, and talked later." });
        done(ada.post(&format!("{submission}/evidence"), text).await).await;
    }
    let hand_in = json!({ "privacy_statement": 1 });
    done(ada.post(&format!("{submission}/submit"), hand_in).await).await;
    let review = format!("/api/v1/reviews/{id}");
    done(walter.post(&format!("{review}/claim"), json!({})).await).await;
    let scores = ["practice", "students", "reflection"]
        .map(|criterion| json!({ "criterion": criterion, "level": "demonstrated" }));
    let given = json!({ "version": 1, "scores": scores });
    done(walter.post(&review, given).await).await;
    let held = done(ada.get("/api/v1/badges").await).await;
    let badge = held["items"][0]["id"].as_str().expect("a badge").to_owned();
    let public = json!({ "visibility": "public" });
    done(
        ada.put(&format!("/api/v1/badges/{badge}/visibility"), public)
            .await,
    )
    .await;
    served.check_badge(badge.parse().expect("an id")).await;
    served.json(&format!("/badges/{badge}.json")).await
}

#[tokio::test]
async fn every_template_is_ready_but_for_what_its_author_has_to_say() {
    let served = Served::new().await;
    world(&served);
    let barbara = served.caller("barbara", &[]);
    let templates = done(served.get("/api/v1/micro-credential-templates").await).await;
    let templates = templates["items"].as_array().expect("templates").clone();
    assert!(templates.len() > 1);
    for template in templates {
        let id = template["id"].as_str().expect("a name");
        let mut content = template["content"].clone();
        content["name"] = template["title"].clone();
        content["description"] = json!("What it is about.");
        done(barbara.put(&format!("{OURS}/{id}"), content).await).await;
        let (publishable, missing) = open(&barbara, id).await;
        assert!(!publishable);
        let own = [
            "competency",
            "research",
            "resources",
            "alignment",
            "credits",
            "found",
            "picture",
            "language",
        ];
        assert_eq!(missing, own, "{id}");
    }
}

#[tokio::test]
async fn readiness_names_the_places_of_what_leaves_people_out() {
    let served = Served::new().await;
    world(&served);
    let barbara = served.caller("barbara", &[]);
    let level = |id: &str, points: u32| json!({ "id": id, "name": id, "points": points });
    let content = json!({
        "name": "Thinking Aloud",
        "description": "PLEASE DO NOT HAND IN anything that is longer than a minute.",
        "resources": [
            { "name": "https://video.example.org/1", "kind": "video", "link": "https://video.example.org/1" },
            { "name": "A visit", "kind": "visit", "file": "visit.pdf" }
        ],
        "evidence_requirements": [
            { "id": "plan", "name": "A plan", "accepts": ["text", "video"] },
            { "id": "talk", "name": "A talk", "accepts": ["audio", "video"] },
            { "id": "more", "name": "More", "accepts": ["audio"], "least": 0 }
        ],
        "rubric": { "criteria": [{ "id": "aloud", "name": "Aloud", "levels": [level("no", 0), level("yes", 1)], "required_level": "yes" }] }
    });
    done(
        barbara
            .put(&format!("{OURS}/thinking-aloud"), content)
            .await,
    )
    .await;
    let found = done(
        barbara
            .get(&format!("{OURS}/thinking-aloud/readiness"))
            .await,
    )
    .await;
    let places = |code: &str| {
        let checks = found["checks"].as_array().expect("checks");
        let check = checks
            .iter()
            .find(|check| check["code"] == format!("readiness.{code}"));
        check.expect("a check")["places"].clone()
    };
    assert_eq!(
        places("other_ways"),
        json!(["/evidence_requirements/1/accepts"])
    );
    assert_eq!(places("link_names"), json!(["/resources/0/name"]));
    assert_eq!(places("capitals"), json!(["/description"]));
    assert_eq!(
        places("levels"),
        json!([
            "/rubric/criteria/0/levels/0/description",
            "/rubric/criteria/0/levels/1/description"
        ])
    );
    // A reader of the page finds them in words, and nobody else sees a draft's.
    let person = served.test.person("barbara", &[]);
    let page = "/organisations/teaching-quality/micro-credentials/thinking-aloud/readiness";
    let shown = Browser::of(&served, &person).get(page).await;
    let shown = shown.text().await.expect("a page");
    assert!(shown.contains("evidence requirements 2 accepts"), "{shown}");
    let stranger = served.caller("wanda", &[]);
    let hidden = stranger
        .get(&format!("{OURS}/thinking-aloud/readiness"))
        .await;
    assert_eq!(hidden.status(), 404);
}
