//! Writing micro-credentials in the browser, without JavaScript.

use issuer::organisation::Role;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::chapters::catalogue_content::everything;
use crate::served::{Served, header};

const LIST: &str = "/organisations/host/micro-credentials";

/// The fields of a form as a browser would send them back: what stands in it, but for buttons.
fn fields(page: &str) -> Vec<(String, String)> {
    let text = |html: &str| {
        html.replace("&#34;", "\"")
            .replace("&#39;", "'")
            .replace("&#60;", "<")
            .replace("&#62;", ">")
            .replace("&#38;", "&")
    };
    let attribute = |tag: &str, name: &str| {
        let found = tag.split_once(&format!(" {name}=\"")).map(|(_, rest)| rest);
        found
            .and_then(|rest| rest.split_once('"'))
            .map(|(value, _)| text(value))
    };
    let form = page
        .split_once("/edit\" method=\"post\"")
        .expect("the form")
        .1;
    let form = form.split_once("</form>").expect("its end").0;
    let mut fields = Vec::new();
    let mut select = String::new();
    for piece in form.split('<').skip(1) {
        let (tag, after) = piece.split_once('>').expect("a tag");
        let Some(name) = attribute(tag, "name") else {
            if tag.starts_with("option ") && tag.ends_with(" selected") {
                fields.push((select.clone(), attribute(tag, "value").expect("a value")));
            }
            continue;
        };
        let ticked = !tag.contains("type=\"checkbox\"") && !tag.contains("type=\"radio\"");
        match tag.split(' ').next() {
            Some("input") if ticked || tag.ends_with(" checked") => {
                fields.push((name, attribute(tag, "value").unwrap_or_default()));
            }
            Some("textarea") => fields.push((name, text(after))),
            Some("select") => select = name,
            _ => {}
        }
    }
    fields
}

async fn send(
    browser: &Browser<'_>,
    path: &str,
    fields: &[(String, String)],
    button: &str,
) -> (u16, String) {
    let mut sent: Vec<_> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    sent.push(("do", button));
    let answer = browser.post(path, &sent).await;
    (
        answer.status().as_u16(),
        answer.text().await.expect("a page"),
    )
}

#[tokio::test]
async fn a_draft_is_begun_filled_in_previewed_and_published_with_forms() {
    let served = Served::new().await;
    let donna = served.test.person("donna", &[Role::Author]);
    let browser = Browser::of(&served, &donna);
    let unsaid = browser.post(LIST, &[("title", "Exit Slips")]).await;
    assert_eq!(unsaid.status(), 422);
    let unsaid = unsaid.text().await.expect("a page");
    assert!(
        unsaid.contains("value=\"Exit Slips\""),
        "what was typed is kept"
    );
    let begin = [("title", "Exit Slips"), ("description", "Slips.")];
    let begun = browser.post(LIST, &begin).await;
    let edit = header(&begun, "location").to_owned();
    assert_eq!(
        (begun.status().as_u16(), edit.as_str()),
        (303, "/organisations/host/micro-credentials/exit-slips/edit")
    );
    let page = browser.get(&edit).await.text().await.expect("a page");

    // It begins with a criterion to fill in, which need not be.
    assert!(page.contains("criterion-0-name") && !page.contains("criterion-1-name"));
    let (status, _) = send(&browser, &edit, &fields(&page), "save").await;
    assert_eq!(status, 200);
    let page = browser.get(&edit).await.text().await.expect("a page");

    // Rows are added and taken out without anything being lost or written.
    let (_, page) = send(&browser, &edit, &fields(&page), "add-requirement").await;
    let (_, page) = send(&browser, &edit, &fields(&page), "add-level-0").await;
    let (_, page) = send(&browser, &edit, &fields(&page), "add-criterion").await;
    let (_, page) = send(&browser, &edit, &fields(&page), "remove-criterion-1").await;
    let mut filled = fields(&page);
    let mut fill = |name: &str, value: &str| {
        let field = filled.iter_mut().find(|(known, _)| known == name);
        field.unwrap_or_else(|| panic!("no field {name}")).1 = value.to_owned();
    };
    fill("competency", "Reads what students know.\nGroups them.");
    fill("description", "Slips at the end of a lesson.");
    fill("criteria", "Ten slips.");
    fill("tags", "slips, assessment");
    fill("requirement-0-name", "Ten slips");
    fill("criterion-0-name", "Reading");
    for (place, name) in ["None", "Some", "All"].iter().enumerate() {
        fill(&format!("criterion-0-level-{place}-name"), name);
    }
    fill("credits", "many");
    let (status, page) = send(&browser, &edit, &filled, "save").await;
    assert_eq!(status, 422);
    assert!(
        page.contains("credits are a number") || page.contains("credits"),
        "{page}"
    );
    assert!(
        page.contains("Slips at the end of a lesson."),
        "what was typed is kept"
    );
    let mut filled = fields(&page);
    filled
        .iter_mut()
        .filter(|(name, _)| name == "credits")
        .for_each(|(_, value)| *value = "1.5".to_owned());
    let (status, page) = send(&browser, &edit, &filled, "save").await;
    assert_eq!(status, 200, "{page}");
    assert!(page.contains("Saved."));

    let publish = edit.replace("/edit", "/publish");
    let refused = browser.post(&publish, &[]).await;
    assert_eq!(refused.status(), 422);
    assert!(
        refused
            .text()
            .await
            .expect("a page")
            .contains("exactly one competency")
    );
    let mut one = fields(&page);
    one.iter_mut()
        .filter(|(name, _)| name == "competency")
        .for_each(|(_, value)| *value = "Reads.".to_owned());
    let (_, stale) = send(&browser, &edit, &one, "save").await;
    assert!(stale.contains("Saved."), "{stale}");
    let (status, _) = send(&browser, &edit, &one, "save").await;
    assert_eq!(
        status, 422,
        "the form was opened before the draft was changed"
    );
    let preview = browser.get(&edit.replace("/edit", "/preview")).await;
    let preview = preview.text().await.expect("a page");
    assert!(preview.contains("Ten slips."));
    assert!(preview.contains("not published yet") && preview.contains("noindex"));
    let picture = edit.replace("/edit", "/picture");
    assert!(preview.contains(&format!("src=\"{picture}\"")), "{preview}");
    let picture = browser.get(&picture).await;
    assert_eq!(picture.headers()["content-type"], "image/png");
    assert!(
        picture
            .bytes()
            .await
            .expect("a picture")
            .starts_with(b"\x89PNG")
    );
    let published = browser.post(&publish, &[]).await;
    assert_eq!(header(&published, "location"), "/achievements/exit-slips");
    let content = served
        .json("/api/v1/micro-credentials/exit-slips/content")
        .await;
    assert_eq!(content["rubric"]["criteria"][0]["required_level"], "some");
    assert_eq!(content["credits"], 1.5);
    let revised = browser.post(&edit.replace("/edit", "/revise"), &[]).await;
    assert!(header(&revised, "location").ends_with("/exit-slips-v2/edit"));
    let list = browser.get(LIST).await.text().await.expect("a page");
    assert!(list.contains("exit-slips-v2") && list.contains("Wait Time"));
}

#[tokio::test]
async fn a_form_that_is_sent_back_as_it_came_changes_nothing() {
    let served = Served::new().await;
    let donna = served.test.person("donna", &[Role::Author]);
    let author = served.caller("donna", &[]);
    let mut content = everything();
    content["context_prompts"] = json!([{ "id": "prompt-1", "question": "Which grade?" }]);
    content["outcome_prompt"] = json!("What changed for your students?");
    let path = "/api/v1/organisations/host/micro-credentials/grouping";
    assert_eq!(author.put(path, content).await.status(), 200);
    let before: Value = author.get(path).await.json().await.expect("a draft");
    let browser = Browser::of(&served, &donna);
    let edit = format!("{LIST}/grouping/edit");
    let page = browser.get(&edit).await.text().await.expect("a page");
    let (status, page) = send(&browser, &edit, &fields(&page), "save").await;
    assert_eq!(status, 200, "{page}");
    let after: Value = author.get(path).await.json().await.expect("a draft");
    assert_eq!(after, before);
}

#[tokio::test]
async fn a_file_is_imported_with_a_form_and_its_report_is_a_page() {
    let served = Served::new().await;
    let donna = served.test.person("donna", &[Role::Author]);
    let browser = Browser::of(&served, &donna);
    let file = "name,description\r\nGood,Text.\r\n,Text.\r\nWait Time,Text.\r\n";
    let send = async |what: &str| {
        let body = format!(
            "--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n{file}\r\n\
             --X\r\nContent-Disposition: form-data; name=\"format\"\r\n\r\ncsv\r\n\
             --X\r\nContent-Disposition: form-data; name=\"do\"\r\n\r\n{what}\r\n--X--\r\n"
        );
        let request = browser.request(reqwest::Method::POST, "/organisations/host/imports");
        let request = request.header("origin", crate::app::PUBLIC_URL);
        let request = request.header("content-type", "multipart/form-data; boundary=X");
        let answer = request.body(body).send().await.expect("an answer");
        assert_eq!(answer.status(), 200);
        answer.text().await.expect("a page")
    };
    let looked = send("check").await;
    assert!(
        looked.contains("What would come of it") && looked.contains("the name is missing"),
        "{looked}"
    );
    assert!(looked.contains("with the same name: wait-time"), "{looked}");
    let taken = send("commit").await;
    assert!(taken.contains("What came of it"), "{taken}");
    let stranger = served.test.person("ada", &[]);
    let refused = Browser::of(&served, &stranger)
        .get("/organisations/host/imports")
        .await;
    assert_eq!(refused.status(), 404);
}
