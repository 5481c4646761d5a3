//! Taking micro-credentials in and handing them out.

use issuer::organisation::Role;
use reqwest::Method;
use schemas::lint;
use serde_json::{Value, json};

use crate::chapters::catalogue_content::everything;
use crate::served::{Caller, Served, media_type};

const IMPORTS: &str = "/api/v1/organisations/host/imports";

async fn import(author: &Caller<'_>, format: &str, mode: &str, file: String) -> Value {
    let path = format!("{IMPORTS}?format={format}&mode={mode}&source=Partner+catalogue");
    let answer = author.request(Method::POST, &path).body(file).send().await;
    let answer = answer.expect("an answer");
    let status = answer.status();
    let report: Value = answer.json().await.expect("a report");
    assert_eq!(status, 200, "{report:#}");
    report
}

/// The catalogue of a partner: 550 rows, seven of which cannot be taken.
pub(super) fn table() -> String {
    let mut table = String::from(
        "identifier,name,competency,description,criteria,tags,topics,credits,language,evidence_requirements\r\n",
    );
    for row in 1..=550 {
        let line = match row {
            10 => format!("{row},,Asks.,Without a name.,,,,,,"),
            20 => format!("{row},Title {row},Asks.,,,,,,,"),
            30 => format!("{row},Title {row},Asks.,Text.,,,no-such-topic,,,"),
            40 => format!("{row},Title {row},Asks.,Text.,,,,six,,"),
            50 => format!("{row},Title {row},Asks.,Text.,,,,,English mostly,"),
            60 => format!("{row},Title {row},Asks.,Text.,,,,,,not JSON"),
            70 => format!("{row},Title {row},Asks."),
            _ => format!(
                "{row},\"Title, number {row}\",Waits.,\"Says \"\"wait\"\".\r\nAnd waits.\",Two lessons.,one|two,questioning,1.5,en,\
                 \"[{{\"\"id\"\":\"\"plan\"\",\"\"name\"\":\"\"A plan\"\",\"\"accepts\"\":[\"\"text\"\",\"\"document\"\"]}}]\""
            ),
        };
        table.push_str(&line);
        table.push_str("\r\n");
    }
    table
}

#[tokio::test]
async fn of_550_rows_seven_are_refused_with_their_columns_and_nothing_comes_in_twice() {
    let served = Served::new().await;
    let author = served.caller("donna", &[Role::Author]);
    let counts = |report: &Value| {
        ["good", "duplicates", "refused"].map(|name| report[name].as_u64().expect("a number"))
    };
    let looked = import(&author, "csv", "check", table()).await;
    assert_eq!(counts(&looked), [543, 0, 7]);
    let drafts = "/api/v1/organisations/host/micro-credentials/title-number-1";
    assert_eq!(
        author.get(drafts).await.status(),
        404,
        "looking writes nothing"
    );

    let taken = import(&author, "csv", "commit", table()).await;
    assert_eq!(taken, looked);
    let refused: Vec<_> = taken["rows"]
        .as_array()
        .expect("rows")
        .iter()
        .filter(|row| row["outcome"] == "refused")
        .map(|row| {
            (
                row["row"].as_u64().expect("a number"),
                row["column"].as_str().expect("a column"),
            )
        })
        .collect();
    let columns = [
        "name",
        "description",
        "topics/0",
        "credits",
        "language",
        "evidence_requirements",
        "",
    ];
    let expected: Vec<_> = (1..=7).map(|row| row * 10).zip(columns).collect();
    assert_eq!(refused, expected);

    let again = import(&author, "csv", "commit", table()).await;
    assert_eq!(counts(&again), [0, 543, 7]);
    assert_eq!(again["rows"][0]["of"], "title-number-1");
    assert_eq!(again["rows"][0]["same"], "identifier");
    let other = "name,description\r\n\"TITLE Number 1\",Another text.\r\n".to_owned();
    let same = import(&author, "csv", "check", other).await;
    assert_eq!(same["rows"][0]["same"], "name");

    let draft: Value = author.get(drafts).await.json().await.expect("a draft");
    assert_eq!(draft["description"], "Says \"wait\".\nAnd waits.");
    assert_eq!(draft["tags"], json!(["one", "two"]));
    assert_eq!(draft["origin"]["format"], "csv");
    assert_eq!(draft["origin"]["identifier"], "1");
    assert_eq!(draft["origin"]["source"], "Partner catalogue");
    assert!(draft.get("published").is_none());
    assert_eq!(
        served.get("/achievements/title-number-1").await.status(),
        404
    );
}

/// Publishes a micro-credential that says everything, and hands it out in a format.
async fn exported(served: &Served, format: &str) -> String {
    let author = served.caller("donna", &[Role::Author]);
    let path = "/api/v1/organisations/host/micro-credentials/grouping";
    let mut content = everything();
    // What programs that show tables would take for formulas, and for a list.
    content["name"] = json!("=1+1 Grouping Students");
    content["tags"] = json!(["a|b", "größe"]);
    content["roles"] = json!(["[sic]"]);
    content["renewal"] = json!("'-- as before");
    assert_eq!(author.put(path, content).await.status(), 200);
    let publish = "/api/v1/micro-credentials/grouping/publish";
    assert_eq!(author.post(publish, json!({})).await.status(), 200);
    let path = format!("/api/v1/micro-credentials/grouping/export?format={format}");
    let answer = served.get(&path).await;
    assert_eq!(answer.status(), 200);
    let expected = match format {
        "csv" => "text/csv; charset=utf-8; header=present",
        _ => "application/ld+json",
    };
    assert_eq!(media_type(&answer), expected);
    answer.text().await.expect("a document")
}

/// Forms: HTTP.
#[tokio::test]
async fn attack_w_10_no_cell_that_is_handed_out_is_a_formula() {
    let served = Served::new().await;
    let author = served.caller("donna", &[Role::Author]);
    for (number, start) in ["=", "+", "-", "@"].into_iter().enumerate() {
        let hostile = format!("{start}HYPERLINK(A1) and more");
        let mut content = everything();
        for member in ["name", "renewal", "method"] {
            content[member] = json!(hostile);
        }
        let path = format!("/api/v1/organisations/host/micro-credentials/formula-{number}");
        let written = author.put(&path, content).await;
        assert_eq!(
            written.status(),
            200,
            "{}",
            written.text().await.expect("a body")
        );
        let path = format!("/api/v1/micro-credentials/formula-{number}");
        let published = author.post(&format!("{path}/publish"), json!({})).await;
        assert_eq!(published.status(), 200);
        let table = served.get(&format!("{path}/export?format=csv")).await;
        let table = table.text().await.expect("a table");
        assert_eq!(table.matches(&hostile).count(), 3, "{table}");
        assert_eq!(table.matches(&format!("'{hostile}")).count(), 3, "{table}");
    }
}

#[tokio::test]
async fn what_is_handed_out_comes_in_again_as_it_was_in_every_format() {
    for format in ["csv", "ob3", "ob2", "ctdl"] {
        let served = Served::new().await;
        let document = exported(&served, format).await;
        let content = served
            .json("/api/v1/micro-credentials/grouping/content")
            .await;
        let author = served.caller("donna", &[Role::Author]);
        let known = import(&author, format, "check", document.clone()).await;
        assert_eq!(known["rows"][0]["of"], "grouping", "{format}: {known:#}");

        // Somewhere else.
        let other = Served::new().await;
        let author = other.caller("donna", &[Role::Author]);
        let report = import(&author, format, "commit", document).await;
        assert_eq!(report["good"], 1, "{format}: {report:#}");
        let id = report["rows"][0]["id"].as_str().expect("a name");
        let publish = format!("/api/v1/micro-credentials/{id}/publish");
        let published = author.post(&publish, json!({})).await;
        assert_eq!(published.status(), 200, "{format}");
        let back = other
            .json(&format!("/api/v1/micro-credentials/{id}/content"))
            .await;
        assert_eq!(back, content, "{format}");
        let page = other.page(&format!("/achievements/{id}")).await;
        let page = page.text().await.expect("a page");
        assert!(
            page.contains("Imported from") && page.contains("Partner catalogue"),
            "{format}"
        );
    }
}

#[tokio::test]
async fn every_exported_achievement_lints() {
    let served = Served::new().await;
    let document = exported(&served, "ob3").await;
    let mut achievement: Value = serde_json::from_str(&document).expect("JSON");
    let context = achievement
        .as_object_mut()
        .expect("an object")
        .remove("@context");
    let credential = json!({
        "@context": context,
        "id": "urn:uuid:00000000-0000-4000-8000-000000000001",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": { "id": "https://badges.example.org/issuer", "type": ["Profile"], "name": "Example" },
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {
            "id": "urn:uuid:00000000-0000-4000-8000-000000000002",
            "type": ["AchievementSubject"],
            "achievement": achievement,
        },
    });
    assert_eq!(lint::lint(&credential), []);
}

#[tokio::test]
async fn what_others_wrote_is_taken_as_far_as_its_format_tells() {
    let served = Served::new().await;
    let author = served.caller("donna", &[Role::Author]);
    let ob3 = json!([{
        "id": "https://elsewhere.example/badges/7", "type": ["Achievement"],
        "name": "Questioning", "description": "Asks well.",
        "criteria": { "narrative": "A lesson." }, "creditsAvailable": 2, "tag": ["asking"],
        "image": { "id": "https://elsewhere.example/7.png", "type": "Image" },
        "alignment": [{ "type": ["Alignment"], "targetName": "Standard 3", "targetUrl": "http://standards.example/3", "targetType": "CFItem" }],
        "resultDescription": [{ "id": "urn:r", "type": ["ResultDescription"], "name": "Asking", "resultType": "RubricCriterionLevel",
            "requiredLevel": "urn:b", "rubricCriterionLevel": [
                { "id": "urn:b", "type": ["RubricCriterionLevel"], "name": "Good", "points": "2" },
                { "id": "urn:a", "type": ["RubricCriterionLevel"], "name": "Poor", "points": "1" }] }],
    }]);
    let report = import(&author, "ob3", "commit", ob3.to_string()).await;
    assert_eq!(report["good"], 1, "{report:#}");
    assert!(
        report["rows"][0]["notes"][0]
            .as_str()
            .expect("a note")
            .contains("picture")
    );
    let path = "/api/v1/organisations/host/micro-credentials/questioning";
    let draft: Value = author.get(path).await.json().await.expect("a draft");
    assert_eq!(draft["criteria"], "A lesson.");
    assert_eq!(draft["credits"], 2);
    assert_eq!(draft["alignments"][0]["target_type"], "CFItem");
    assert_eq!(draft["rubric"]["criteria"][0]["required_level"], "good");
    assert_eq!(draft["rubric"]["criteria"][0]["levels"][0]["name"], "Poor");
    assert_eq!(
        draft["origin"]["identifier"],
        "https://elsewhere.example/badges/7"
    );

    let ob2 = json!({ "type": "BadgeClass", "id": "https://elsewhere.example/8", "name": "Waiting",
        "description": "Waits.", "criteria": "https://elsewhere.example/8/criteria", "tags": ["waiting"] });
    let report = import(&author, "ob2", "commit", ob2.to_string()).await;
    assert_eq!(report["good"], 1, "{report:#}");
    let ctdl = json!({ "@graph": [{ "@type": "ceterms:MicroCredential", "@id": "https://registry.example/ce-1",
        "ceterms:ctid": "ce-1", "ceterms:name": { "en-US": "Feedback" }, "ceterms:description": { "en-US": "Gives it." },
        "ceterms:keyword": { "en-US": ["feedback"] }, "ceterms:inLanguage": ["en-US"],
        "ceterms:requires": [{ "@type": "ceterms:ConditionProfile", "ceterms:description": { "en-US": "Ten notes." },
            "ceterms:targetCompetency": [{ "ceterms:targetNodeName": { "en-US": "Gives academic feedback." } }] }] }] });
    let report = import(&author, "ctdl", "commit", ctdl.to_string()).await;
    assert_eq!(report["good"], 1, "{report:#}");
    let path = "/api/v1/organisations/host/micro-credentials/feedback";
    let draft: Value = author.get(path).await.json().await.expect("a draft");
    assert_eq!(draft["competency"], "Gives academic feedback.");
    assert_eq!(draft["language"], "en-US");
    assert_eq!(draft["criteria"], "Ten notes.");
}
