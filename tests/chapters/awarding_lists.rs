//! Lists of awards: good rows are awarded, each other is told what to mend, and nobody is awarded twice.

use std::time::Instant;

use issuer::awarding::{self, list};
use issuer::id::{AwardListId, OrganisationId};
use issuer::organisation::Role;
use issuer::page::PageRequest;
use reqwest::Method;
use serde_json::Value;

use crate::app::TestApp;
use crate::browser::Browser;
use crate::served::{Caller, Served, problem};

const LISTS: &str = "/api/v1/organisations/host/award-lists";

/// A list of so many rows, of which so many are bad in one of several ways.
pub fn table(rows: usize, bad: usize) -> String {
    let mut table =
        "email,name,micro_credential,awarded,narrative,evidence,results,row\n".to_owned();
    let every = rows / bad.max(1);
    for at in 0..rows {
        let is_bad = bad > 0 && at % every == every / 2;
        let row = match (is_bad, at / every % 5) {
            (false, _) => format!(
                "earner{at}@example.org,Earner {at},wait-time,2026-05-31,\"Narrative, {at}\",https://a.example/{at},waiting=consistent,\n"
            ),
            (true, 0) => "nobody,Nobody,wait-time,,,,,\n".to_owned(),
            (true, 1) => format!("earner{at}@example.org,,nothing,,,,,\n"),
            (true, 2) => format!("earner{at}@example.org,,wait-time,2027-05-31,,,,\n"),
            (true, 3) => format!("earner{at}@example.org,,wait-time,,,http://a.example/,,\n"),
            (true, _) => format!("earner{at}@example.org,,wait-time,,,,waiting=absent,\n"),
        };
        table.push_str(&row);
    }
    table
}

async fn sends(officer: &Caller<'_>, table: &str) -> Value {
    let request = officer.request(Method::POST, &format!("{LISTS}?reason=The+spring+course"));
    let request = request.header("content-type", "text/csv");
    let answer = request
        .body(table.to_owned())
        .send()
        .await
        .expect("an answer");
    assert_eq!(
        answer.status(),
        202,
        "{}",
        answer.text().await.unwrap_or_default()
    );
    answer.json().await.expect("a list")
}

async fn looks(officer: &Caller<'_>, list: &Value) -> Value {
    let path = format!("{LISTS}/{}", list["id"].as_str().expect("a list"));
    officer.get(&path).await.json().await.expect("a list")
}

async fn reads_report(officer: &Caller<'_>, list: &Value) -> Vec<String> {
    let path = format!("{LISTS}/{}/report", list["id"].as_str().expect("a list"));
    let report = officer.get(&path).await;
    assert!(
        report.headers()["content-type"]
            .to_str()
            .expect("ASCII")
            .starts_with("text/csv")
    );
    let report = report.text().await.expect("a table");
    report.lines().map(str::to_owned).collect()
}

/// Lets the background work until nothing is left.
fn work(test: &TestApp) {
    loop {
        let worked = awarding::work_off(&test.app, test.now).expect("the store");
        assert!(worked.failed.is_empty(), "{:?}", worked.failed);
        if worked.rows == 0 {
            break;
        }
    }
}

/// `ASSAY_LARGE=1` awards 5,000 rows; without it, a few hundred.
#[tokio::test(flavor = "multi_thread")]
async fn good_rows_are_awarded_once_and_each_other_is_told_what_to_mend() {
    let is_large = std::env::var_os("ASSAY_LARGE").is_some_and(|value| value == "1");
    let (rows, bad) = if is_large { (5_000, 50) } else { (300, 10) };
    let served = Served::new().await;
    let test = &served.test;
    let officer = served.caller("olga", &[Role::IssuingOfficer]);
    let table = table(rows, bad);
    let list = sends(&officer, &table).await;
    assert_eq!(
        (list["state"].as_str(), list["rows"].as_u64()),
        (Some("working"), Some(rows as u64))
    );

    let began = Instant::now();
    tokio::task::block_in_place(|| work(test));
    let took = began.elapsed().as_secs_f64();
    println!(
        "{} awards in {took:.1} s: {:.0} a second",
        rows - bad,
        (rows - bad) as f64 / took
    );

    let done = looks(&officer, &list).await;
    assert_eq!(done["state"], "done");
    let good = (rows - bad) as u64;
    let counts =
        ["awarded", "awarded_before", "refused", "waiting"].map(|name| done[name].as_u64());
    assert_eq!(counts, [Some(good), Some(0), Some(bad as u64), Some(0)]);
    assert_eq!(
        test.log().len().min(10_000),
        rows - bad,
        "one entry for each"
    );
    let report = reads_report(&officer, &list).await;
    assert_eq!(
        report.len(),
        bad + 1,
        "a heading, and a line for each bad row"
    );
    assert_eq!(report[0], "line,column,value,code,message,remedy");
    let codes = [
        "award.email",
        "award.micro_credential",
        "award.future",
        "award.evidence",
        "award.result_below",
    ];
    for (at, line) in report[1..].iter().enumerate() {
        assert!(line.contains(codes[at % 5]), "{line}");
    }
    // The line is the one that an editor shows.
    let at: usize = report[1]
        .split(',')
        .next()
        .expect("a line")
        .parse()
        .expect("a number");
    assert!(
        table
            .lines()
            .nth(at - 1)
            .expect("a line")
            .starts_with("nobody,"),
        "line {at}"
    );

    for at in sample(rows, bad) {
        let [badge] = test
            .badges_of(&format!("earner{at}"))
            .try_into()
            .expect("one badge");
        test.check_badge(badge.id);
    }

    // The same list again awards nobody twice.
    let again = sends(&officer, &table).await;
    tokio::task::block_in_place(|| work(test));
    let again = looks(&officer, &again).await;
    let counts = ["awarded", "awarded_before", "refused"].map(|name| again[name].as_u64());
    assert_eq!(counts, [Some(0), Some(good), Some(bad as u64)]);
    assert_eq!(test.log().len(), rows - bad);
    test.app.log.check().expect("a sound log");
}

/// Some of the good rows.
fn sample(rows: usize, bad: usize) -> impl Iterator<Item = usize> {
    let every = rows / bad;
    (0..rows)
        .step_by(rows / 20)
        .filter(move |at| at % every != every / 2)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_of_a_row_has_its_line_column_and_code() {
    let served = Served::new().await;
    let officer = served.caller("olga", &[Role::IssuingOfficer]);
    let table = "Email;Micro-Credential;awarded;evidence;results;row;narrative\r\n\
        ;wait-time;;;;;\r\n\
        a@example.org;;;;;;\r\n\
        b@example.org;wait-time;31.5.2026;;;;\r\n\
        c@example.org;wait-time;;ftp://a.example/;;;\r\n\
        d@example.org;wait-time;;;waiting;;\r\n\
        e@example.org;wait-time;;;waiting=best;;\r\n\
        f@example.org;wait-time;;;;1;\"two\r\nlines\"\r\n\
        f@example.org;wait-time;;;;1;\r\n\
        g@example.org;wait-time;;;;;;one too many\r\n\
        ;;;;;;\r\n\
        h@example.org;https://badges.example.org/achievements/wait-time;;;;;\r\n\
        =cmd|' /C calc'!A0;wait-time;;;;;\r\n";
    let list = sends(&officer, table).await;
    assert_eq!(list["rows"], 11, "rows of nothing but separators are none");
    tokio::task::block_in_place(|| work(&served.test));
    let path = format!("{LISTS}/{}/rows", list["id"].as_str().expect("a list"));
    let rows: Value = officer.get(&path).await.json().await.expect("rows");
    let rows = rows["items"].as_array().expect("rows");
    let told: Vec<_> = rows
        .iter()
        .filter(|row| row["outcome"] == "refused")
        .map(|row| {
            let text = |name: &str| row["problem"][name].as_str().unwrap_or_default().to_owned();
            (
                row["line"].as_u64().expect("a line"),
                text("column"),
                text("code"),
            )
        })
        .collect();
    let expected = [
        (2, "email", "award.email"),
        (3, "micro_credential", "award.micro_credential"),
        (4, "awarded", "award.date"),
        (5, "evidence", "award.evidence"),
        (6, "results", "award.result"),
        (7, "results", "award.result"),
        (10, "row", "award.twice"),
        (11, "", "award.columns"),
        (14, "email", "award.email"),
    ];
    let expected = expected.map(|(line, column, code)| (line, column.to_owned(), code.to_owned()));
    assert_eq!(told, expected);
    let awarded = rows
        .iter()
        .filter(|row| row["outcome"] == "awarded")
        .count();
    assert_eq!(awarded, 2);
}

/// Forms: HTTP.
#[tokio::test(flavor = "multi_thread")]
async fn attack_w_10_no_cell_of_a_report_is_a_formula() {
    let served = Served::new().await;
    let officer = served.caller("olga", &[Role::IssuingOfficer]);
    let cells = [
        "=cmd|' /C calc'!A0",
        "+1+1",
        "-2+3",
        "@SUM(A1)",
        "=HYPERLINK(\"\"https://a.example\"\")",
    ];
    let mut table = "email,micro_credential\n".to_owned();
    for cell in cells {
        table.push_str(&format!("\"{cell}\",wait-time\n"));
    }
    let list = sends(&officer, &table).await;
    tokio::task::block_in_place(|| work(&served.test));
    let report = reads_report(&officer, &list).await;
    assert_eq!(report.len(), cells.len() + 1);
    for (line, cell) in report[1..].iter().zip(cells) {
        let value = line.splitn(3, ',').nth(2).expect("a value");
        assert!(
            value
                .trim_start_matches('"')
                .starts_with(&format!("'{}", &cell[..2])),
            "{line}"
        );
    }
}

#[tokio::test]
async fn a_table_that_cannot_be_read_is_refused_as_a_whole() {
    let served = Served::new().await;
    let officer = served.caller("olga", &[Role::IssuingOfficer]);
    let many: String = (0..10_001)
        .map(|at| format!("a{at}@example.org,wait-time\n"))
        .collect();
    let cases = [
        b"".to_vec(),
        b"email,micro_credential\n".to_vec(),
        b"micro_credential\nwait-time\n".to_vec(),
        b"email\na@example.org\n".to_vec(),
        b"email,e-mail\na@example.org,\n".to_vec(),
        b"email,email\na@example.org,\n".to_vec(),
        b"email,micro_credential\n\xff@example.org,wait-time\n".to_vec(),
        format!("email,micro_credential\n{many}").into_bytes(),
    ];
    for table in cases {
        let request = officer.request(Method::POST, &format!("{LISTS}?reason=x"));
        let request = request
            .header("content-type", "text/csv")
            .body(table.clone());
        let refused = problem(request.send().await.expect("an answer")).await;
        assert_eq!(
            refused,
            (422, "input.invalid".to_owned()),
            "{}",
            String::from_utf8_lossy(&table[..table.len().min(99)])
        );
    }
    let request = officer.request(Method::POST, &format!("{LISTS}?reason=x"));
    let request = request
        .header("content-type", "text/csv")
        .body(vec![b'a'; 5 << 20]);
    assert_eq!(
        problem(request.send().await.expect("an answer")).await.0,
        413
    );
    assert_eq!(served.test.records(b"award-"), 0);
    // A byte order mark, other capitals and the template's own columns are read.
    let template = officer
        .get("/api/v1/organisations/host/award-list-template")
        .await;
    let template = template.text().await.expect("a table");
    let list = sends(&officer, &format!("\u{feff}{template}")).await;
    assert_eq!(list["rows"], 1);
    work(&served.test);
    assert_eq!(looks(&officer, &list).await["awarded"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_is_stopped_awards_nothing_more_and_goes_on_when_it_is_sent_again() {
    let served = Served::new().await;
    let test = &served.test;
    let officer = served.caller("olga", &[Role::IssuingOfficer]);
    let table = table(250, 0);
    let list = sends(&officer, &table).await;
    tokio::task::block_in_place(|| awarding::work_off(&test.app, test.now)).expect("a round");
    let path = format!("{LISTS}/{}/stop", list["id"].as_str().expect("a list"));
    let stopped = officer
        .request(Method::POST, &path)
        .send()
        .await
        .expect("an answer");
    let stopped: Value = stopped.json().await.expect("a list");
    assert_eq!(
        (stopped["state"].as_str(), stopped["waiting"].as_u64()),
        (Some("stopped"), Some(0))
    );
    tokio::task::block_in_place(|| work(test));
    let awarded = stopped["awarded"].as_u64().expect("a number") as usize;
    assert!(awarded > 0 && awarded < 250, "{awarded}");
    assert_eq!(test.log().len(), awarded);
    assert_eq!(
        test.records(b"award-file/"),
        0,
        "nobody needs the file any more"
    );
    let again = officer
        .request(Method::POST, &path)
        .send()
        .await
        .expect("an answer");
    assert_eq!(problem(again).await, (409, "award.list_over".to_owned()));

    let again = sends(&officer, &table).await;
    tokio::task::block_in_place(|| work(test));
    let again = looks(&officer, &again).await;
    assert_eq!(again["awarded_before"].as_u64(), Some(awarded as u64));
    assert_eq!(test.log().len(), 250);
}

/// What was left half done is finished by a second look at the same rows.
#[tokio::test(flavor = "multi_thread")]
async fn rows_that_are_looked_at_again_are_counted_and_not_awarded_again() {
    let served = Served::new().await;
    let test = &served.test;
    let officer = served.caller("olga", &[Role::IssuingOfficer]);
    let list = sends(&officer, &table(60, 6)).await;
    let id: AwardListId = list["id"]
        .as_str()
        .expect("a list")
        .parse()
        .expect("an identifier");
    let host = OrganisationId::host();
    let held = list::find(&test.app, &host, id).expect("a list");
    let file = issuer::layout::award_file_part(id, 0);
    let file = test
        .app
        .store
        .engine()
        .get(&file)
        .expect("the store")
        .expect("the file");
    tokio::task::block_in_place(|| work(test));
    // As a crash before the count leaves it: the rows are done, and the list does not know.
    let mut batch = issuer::engine::Batch::default();
    batch.put(issuer::layout::award_list(id), held.bytes().to_vec());
    batch.put(issuer::layout::award_file_part(id, 0), file);
    let entry = format!("{{\"v\":1,\"list\":\"{id}\"}}").into_bytes();
    batch.put(issuer::layout::award_list_open(&held.value), entry);
    test.app.store.commit(batch).expect("the store");
    tokio::task::block_in_place(|| work(test));
    let done = looks(&officer, &list).await;
    let counts = ["awarded", "awarded_before", "refused"].map(|name| done[name].as_u64());
    assert_eq!(counts, [Some(54), Some(0), Some(6)]);
    assert_eq!(test.log().len(), 54);
    let rows = test
        .app
        .store
        .award_rows(id, &PageRequest::most())
        .expect("the store");
    assert_eq!(rows.items.len(), 60);
}

#[tokio::test(flavor = "multi_thread")]
async fn officers_send_a_list_on_a_page_and_see_how_far_it_has_come() {
    let served = Served::new().await;
    let olga = served.test.person("olga", &[Role::IssuingOfficer]);
    let browser = Browser::of(&served, &olga);
    let path = "/organisations/host/award-lists";
    let mut fields = vec![
        ("rows", "email;name\na@example.org;Ada\nnobody;Nobody\n"),
        ("reason", "The spring course."),
    ];
    let refused = browser.post(path, &fields).await;
    assert_eq!(refused.status(), 422);
    let page = refused.text().await.expect("a page");
    assert!(
        page.contains("micro_credential is missing") && page.contains("a@example.org;Ada"),
        "{page}"
    );
    fields.push(("micro_credential", "wait-time"));
    let sent = browser.post(path, &fields).await;
    assert_eq!(sent.status(), 303);
    let at = sent.headers()["location"]
        .to_str()
        .expect("an address")
        .to_owned();
    let page = browser.get(&at).await.text().await.expect("a page");
    assert!(
        page.contains("0 of 2 rows are done") && page.contains("Stop"),
        "{page}"
    );
    tokio::task::block_in_place(|| work(&served.test));
    let page = browser.get(&at).await.text().await.expect("a page");
    assert!(
        page.contains("All 2 rows are done") && page.contains("Line 3, email"),
        "{page}"
    );
    let report = format!("/api/v1{at}/report");
    assert!(page.contains(&report), "{page}");
    assert_eq!(browser.get(&report).await.status(), 200);
}
