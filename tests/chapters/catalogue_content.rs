//! What a micro-credential says: all of it is kept and shown, published versions never change, and
//! anybody can recompute their digests.

use issuer::digest::Sha256Digest;
use issuer::organisation::Role;
use serde_json::{Value, json};

use crate::peer::{Peer, peers_wanted};
use crate::served::{Caller, Served, problem};

const DRAFTS: &str = "/api/v1/organisations/host/micro-credentials";
const PUBLISHED: &str = "/api/v1/micro-credentials";

/// A micro-credential that says everything that one can say.
pub fn everything() -> Value {
    json!({
        "name": "Grouping Students by Need",
        "competency": "The educator groups students anew for each lesson by what they can already do.",
        "description": "Groups that stay the same all year serve nobody.",
        "criteria": "Two lessons show groups that were made from what students had written.",
        "method": "Exit slips on one day, groups on the next.",
        "research_notes": "Flexible grouping helps most where it is changed often.",
        "references": [
            { "citation": "Tomlinson, C. A. (2014). The Differentiated Classroom.", "url": "https://books.example.org/differentiated" },
            { "citation": "Oral communication, 2018." }
        ],
        "resources": [
            { "name": "Five exit slips", "kind": "tool", "file": "exit-slips.pdf", "licence": "CC BY 4.0" },
            { "name": "A visit to a classroom", "kind": "video", "link": "https://video.example.org/groups", "minutes": 12, "language": "en" }
        ],
        "context_prompts": [{ "id": "grade", "question": "Which grade do you teach?" }],
        "evidence_requirements": [
            { "id": "plan", "name": "A lesson plan, a unit or a video", "accepts": ["link", "video", "document"], "most": 3 },
            { "id": "work", "name": "Student work", "accepts": ["image", "document"], "least": 2, "most": 6, "limits": { "bytes": 2000000 } },
            { "id": "reflection", "name": "A reflection", "description": "What changed?", "accepts": ["text"], "limits": { "words": 500 } },
            { "id": "voice", "name": "What students say", "accepts": ["audio"], "least": 0, "limits": { "minutes": 5 } }
        ],
        "rubric": { "criteria": [
            { "id": "groups", "name": "Groups follow need", "levels": [
                { "id": "no", "name": "No", "points": 0 },
                { "id": "yes", "name": "Yes", "points": 2 },
                { "id": "always", "name": "Always", "points": 4 }
            ], "required_level": "yes" },
            { "id": "change", "name": "Groups change", "description": "From lesson to lesson.", "levels": [
                { "id": "no", "name": "No", "points": 0 },
                { "id": "yes", "name": "Yes", "points": 2 },
                { "id": "always", "name": "Always", "points": 4 }
            ], "required_level": "yes" }
        ] },
        "decision": { "least_points": 6 },
        "review": { "second_review": { "sample": 20 }, "claim_hours": 48, "coach_after": 3, "certification": "required" },
        "alignments": [
            { "target_name": "Grouping students", "target_url": "https://team.example.org/framework#grouping", "target_code": "I-GS", "target_framework": "TEAM rubric", "target_type": "CFItem" },
            { "target_name": "Certified Welder", "target_url": "https://certification.example.org/welder", "target_description": "An industry certification.", "target_type": "ceterms:Credential" }
        ],
        "credits": 6.5,
        "tags": ["grouping", "größe"],
        "topics": ["grouping-students"],
        "roles": ["Classroom teacher"],
        "grades": ["K-2", "3-5"],
        "language": "en-US",
        "validity_months": 36,
        "renewal": "Hand in one new lesson.",
        "prerequisites": ["wait-time"],
        "colour": "#284e3a"
    })
}

async fn body(answer: reqwest::Response) -> Value {
    let status = answer.status();
    let body = answer.json().await.expect("JSON");
    assert!(status.is_success(), "{status} {body:#}");
    body
}

async fn published(author: &Caller<'_>, id: &str, content: Value) -> Value {
    body(author.put(&format!("{DRAFTS}/{id}"), content).await).await;
    body(
        author
            .post(&format!("{PUBLISHED}/{id}/publish"), json!({}))
            .await,
    )
    .await
}

#[tokio::test]
async fn everything_a_micro_credential_says_is_kept_and_shown_in_one_form() {
    let served = Served::new().await;
    let author = served.caller("donna", &[Role::Author]);
    let shown = published(&author, "grouping", everything()).await;
    let content = served.json(&format!("{PUBLISHED}/grouping/content")).await;
    assert_eq!(content, everything());
    for (member, value) in content.as_object().expect("an object") {
        assert_eq!(&shown[member], value, "{member}");
    }
    assert_eq!(shown["version"], 1);
    let achievement = served.json("/achievements/grouping.json").await;
    assert_eq!(achievement["creditsAvailable"], 6.5);
    assert_eq!(achievement["inLanguage"], "en-US");
    assert_eq!(
        achievement["alignment"][1]["targetName"],
        "Certified Welder"
    );
    assert_eq!(
        achievement["alignment"][1]["targetType"],
        "ceterms:Credential"
    );
    assert_eq!(
        achievement["otherIdentifier"][0]["identifier"],
        shown["content_sha256"]
    );
}

#[tokio::test]
async fn the_digest_of_a_version_is_that_of_its_canonical_json() {
    let served = Served::new().await;
    let author = served.caller("donna", &[Role::Author]);
    let shown = published(&author, "grouping", everything()).await;
    let content = served.json(&format!("{PUBLISHED}/grouping/content")).await;
    let digest = Sha256Digest::of_canonical_json(&content).to_string();
    assert_eq!(shown["content_sha256"], digest);

    let test = "the_digest_of_a_version_is_that_of_its_canonical_json";
    if peers_wanted(test) {
        let request = json!({ "do": "sha256", "document": content });
        let answer = Peer::start("canonicalize").ask(&request);
        assert_eq!(answer["sha256"], digest);
    }
}

#[tokio::test]
async fn a_draft_without_exactly_one_competency_is_not_published() {
    let served = Served::new().await;
    let author = served.caller("donna", &[Role::Author]);
    for (id, competency, found) in [
        ("none", Value::Null, "states none"),
        ("two", json!(["Asks.", "Waits."]), "states 2"),
    ] {
        let mut content = everything();
        let members = content.as_object_mut().expect("an object");
        members.remove("competency");
        if !competency.is_null() {
            members.insert("competency".to_owned(), competency);
        }
        body(author.put(&format!("{DRAFTS}/{id}"), content).await).await;
        let refused = author
            .post(&format!("{PUBLISHED}/{id}/publish"), json!({}))
            .await;
        assert_eq!(refused.status(), 422);
        let refused: Value = refused.json().await.expect("a problem");
        assert_eq!(refused["pointer"], "/competency");
        let detail = refused["detail"].as_str().expect("a sentence");
        assert!(
            detail.contains(found) && detail.contains("exactly one competency"),
            "{detail}"
        );
        assert_eq!(
            served.get(&format!("/achievements/{id}")).await.status(),
            404
        );
    }
}

#[tokio::test]
async fn a_revision_names_itself_and_leaves_the_former_version_as_it_was() {
    let served = Served::new().await;
    let author = served.caller("donna", &[Role::Author]);
    let earner = served.caller("ada", &[]);
    let before = served.json(&format!("{PUBLISHED}/wait-time/content")).await;
    let open = earner.begins().await;

    let revisions = format!("{PUBLISHED}/wait-time/revisions");
    let draft = body(author.post(&revisions, json!({})).await).await;
    assert_eq!(
        (&draft["id"], &draft["version"]),
        (&json!("wait-time-v2"), &json!(2))
    );
    let again = author.post(&revisions, json!({})).await;
    assert_eq!(problem(again).await, (409, "state.conflict".to_owned()));

    let mut changed = before.clone();
    changed["description"] = json!("Another description.");
    let second = published(&author, "wait-time-v2", changed).await;
    assert_eq!(second["revises"], "wait-time");
    assert_eq!(
        served.json(&format!("{PUBLISHED}/wait-time/content")).await,
        before
    );
    let former = served.json(&format!("{PUBLISHED}/wait-time")).await;
    assert_eq!(former["superseded_by"], "wait-time-v2");
    assert_ne!(former["content_sha256"], second["content_sha256"]);

    assert_eq!(
        body(earner.get(&open).await).await["micro_credential"],
        "wait-time"
    );
    let late = served.caller("ben", &[]);
    let start = json!({ "micro_credential": "wait-time" });
    let refused = late.post("/api/v1/submissions", start).await;
    assert_eq!(problem(refused).await, (409, "state.conflict".to_owned()));
    let versions = served
        .json(&format!("{PUBLISHED}/wait-time/versions"))
        .await;
    let names: Vec<_> = versions
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| &one["id"])
        .collect();
    assert_eq!(names, [&json!("wait-time"), &json!("wait-time-v2")]);
}

#[tokio::test]
async fn drafts_are_seen_by_their_authors_alone_and_no_change_is_written_over_another() {
    let served = Served::new().await;
    let author = served.caller("donna", &[Role::Author]);
    let reviewer = served.caller("grace", &[Role::Reviewer]);
    let stranger = served.caller("ada", &[]);
    let path = format!("{DRAFTS}/grouping");
    let draft = body(author.put(&path, everything()).await).await;
    let digest = draft["content_sha256"]
        .as_str()
        .expect("a digest")
        .to_owned();
    assert_eq!(author.get(&path).await.status(), 200);
    assert_eq!(problem(reviewer.get(&path).await).await.0, 403);
    assert_eq!(problem(stranger.get(&path).await).await.0, 404);
    assert_eq!(
        served.get(&format!("{PUBLISHED}/grouping")).await.status(),
        404
    );

    let mut other = everything();
    other["credits"] = json!(6);
    let change = |content: Value| {
        let request = author.request(reqwest::Method::PUT, &path);
        request
            .header("if-match", format!("\"{digest}\""))
            .json(&content)
            .send()
    };
    assert_eq!(change(other).await.expect("an answer").status(), 200);
    let late = change(everything()).await.expect("an answer");
    assert_eq!(problem(late).await, (409, "state.conflict".to_owned()));
    let kept = body(author.get(&path).await).await;
    assert_eq!(kept["credits"], 6);
    let gone = author.request(reqwest::Method::DELETE, &format!("{PUBLISHED}/grouping"));
    assert_eq!(gone.send().await.expect("an answer").status(), 204);
    assert_eq!(author.get(&path).await.status(), 404);
}

#[tokio::test]
async fn what_cannot_be_meant_is_refused_with_its_place() {
    let served = Served::new().await;
    let author = served.caller("donna", &[Role::Author]);
    let cases = [
        (
            "/evidence_requirements/0/most",
            json!(0),
            "/evidence_requirements/0/most",
        ),
        (
            "/evidence_requirements/1/least",
            json!(21),
            "/evidence_requirements/1/most",
        ),
        (
            "/evidence_requirements/0/accepts",
            json!([]),
            "/evidence_requirements/0/accepts",
        ),
        (
            "/rubric/criteria/1/id",
            json!("groups"),
            "/rubric/criteria/1/id",
        ),
        ("/decision/least_points", json!(9), "/decision/least_points"),
        ("/topics/0", json!("no-such-topic"), "/topics/0"),
        (
            "/prerequisites/0",
            json!("no-such-thing"),
            "/prerequisites/0",
        ),
        ("/validity_months", json!(0), "/validity_months"),
        (
            "/review/second_review/sample",
            json!(100),
            "/review/second_review/sample",
        ),
        ("/review/claim_hours", json!(0), "/review/claim_hours"),
        ("/review/coach_after", json!(50), "/review/coach_after"),
    ];
    for (change, value, pointer) in cases {
        let mut content = everything();
        *content.pointer_mut(change).expect("a member") = value;
        let refused = author.put(&format!("{DRAFTS}/wrong"), content).await;
        let refused: Value = refused.json().await.expect("a problem");
        assert_eq!(refused["code"], "input.invalid", "{refused}");
        assert_eq!(refused["pointer"], pointer, "{refused}");
    }
    for (change, value) in [
        ("/credits", json!("six")),
        ("/credits", json!(-1)),
        ("/language", json!("English, mostly")),
        ("/alignments/0/target_url", json!("javascript:alert(1)")),
        ("/resources/1/link", json!("file:///etc/passwd")),
        ("/colour", json!("red")),
    ] {
        let mut content = everything();
        *content.pointer_mut(change).expect("a member") = value;
        let refused = author.put(&format!("{DRAFTS}/wrong"), content).await;
        assert_eq!(
            problem(refused).await,
            (400, "input.invalid".to_owned()),
            "{change}"
        );
    }
}

#[test]
fn a_review_policy_that_says_the_usual_changes_no_digest() {
    let without = crate::catalogue::content();
    let mut with = serde_json::to_value(&without).expect("JSON");
    assert!(with.get("review").is_none(), "{with}");
    with["review"] = json!({ "second_review": "never", "claim_hours": 72 });
    let with: issuer::micro_credential::Content = serde_json::from_value(with).expect("content");
    assert_eq!(with.sha256(), without.sha256());
}
