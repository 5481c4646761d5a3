//! Being forgotten while something of theirs is under way: lists that name them, requests that were let in before,
//! and the end of the program.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, OnceLock};
use std::thread;

use issuer::app::App;
use issuer::awarding::list::{self, AwardList, NewList};
use issuer::awarding::table::Form;
use issuer::awarding::{self, Wanted};
use issuer::engine::{Batch, CommitError, Compacted, Engine, EngineError, KeyValue, Submitted};
use issuer::erasure;
use issuer::id::{OrganisationId, PersonId};
use issuer::organisation::joining::{self, NewCode};
use issuer::page::PageRequest;
use issuer::person::{Email, Person};
use issuer::rights::Scope;
use issuer::store::Store;
use issuer::submission::{self, EvidenceContent};
use issuer::{session, token};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::cohorts::Wayne;
use super::organisations::wayne as wayne_county;
use super::privacy::{erase, with_words};
use crate::app::{TestApp, keyring};
use crate::catalogue::wait_time;
use crate::people::Learner;
use crate::served::{Caller, Served};

/// Longer than any request is at work.
const LATER: i64 = 3_600;

/// A table as a spreadsheet writes it, with rows of several lines, before and after one that is wrong.
const TABLE: &str = "\u{feff}name;email;narrative\r\n\
    Bert;bert@example.org;\"One,\r\ntwo\"\r\n\
    Quill; ANN@example.org ;\"What the heron did,\r\nand did\r\nagain\"\r\n\
    Joann;joann@example.org;\r\n\
    Nobody;nobody;\r\n\
    Quill;ann@example.org;\"The heron again\"";

const DOCUMENT: &str = r#"{ "rows": [
    {"email": "bert@example.org", "narrative": "a [ \"b\\\", {}, ann@example.com", "awarded": "2026-01-02"},
    {"awarded": "2026-01-02", "name": "Quill", "email": " Ann@example.org", "narrative": "the \"heron\" ]"},
    {"email": "nobody"} , 7,
    {"email": "ann@example.org", "evidence": [{}, [[ "heron" ]]]}
] }"#;

fn send(test: &TestApp, form: Form, file: &str) -> AwardList {
    let new = NewList {
        bytes: file.as_bytes().to_vec(),
        form,
        name: None,
        micro_credential: Some(wait_time()),
        reason: "The spring course.".parse().expect("a text"),
    };
    let officer = test.officer().id;
    list::send(&test.app, officer, &OrganisationId::host(), new, test.now).expect("a list")
}

/// Works on every list until nothing is left.
fn work(app: &App, test: &TestApp) {
    loop {
        let worked = awarding::work_off(app, test.now).expect("the store");
        assert!(worked.failed.is_empty(), "{:?}", worked.failed);
        if worked.rows == 0 {
            break;
        }
    }
}

/// How many rows were awarded, had been before, and were refused.
fn counts(test: &TestApp, list: &AwardList) -> [u64; 3] {
    let found = list::find(&test.app, &OrganisationId::host(), list.id).expect("a list");
    let counts = found.value.counts;
    assert_eq!(found.value.waiting(), 0, "{:?}", found.value);
    [counts.awarded, counts.awarded_before, counts.refused]
}

fn account(test: &TestApp, address: &str) -> Option<Person> {
    let address: Email = address.parse().expect("an address");
    test.app.store.person_by_email(&address).expect("the store")
}

#[test]
fn rows_of_open_lists_for_whom_was_erased_are_emptied_and_a_new_list_awards_anew() {
    let test = TestApp::new();
    let ann = test.person("ann", &[]);
    let first = send(&test, Form::Csv, "email\nann@example.org\n");
    work(&test.app, &test);
    assert_eq!(counts(&test, &first), [1, 0, 0]);
    let (table, document) = (
        send(&test, Form::Csv, TABLE),
        send(&test, Form::Json, DOCUMENT),
    );
    let needles = ["Quill", "heron", "ANN@", ";ann@", "\"ann@", "Ann@"];
    for needle in needles {
        assert!(!with_words(&test, needle).is_empty(), "{needle}");
    }
    erase(&test, &ann);
    for needle in needles {
        assert_eq!(with_words(&test, needle), Vec::<String>::new(), "{needle}");
    }
    assert_eq!(
        test.records(b"award-once/"),
        0,
        "a digest of the address is found by guessing it"
    );

    work(&test.app, &test);
    assert_eq!(account(&test, "ann@example.org"), None);
    assert_eq!(counts(&test, &table), [2, 0, 3]);
    assert_eq!(counts(&test, &document), [1, 0, 4]);
    let told = |list: &AwardList| {
        let found = list::find(&test.app, &OrganisationId::host(), list.id).expect("a list");
        let report = list::report(&test.app, &found.value).expect("a report");
        let lines = report.lines().skip(1).map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            (
                cells[0].to_owned(),
                cells[2].to_owned(),
                cells[3].to_owned(),
            )
        });
        lines.collect::<Vec<_>>()
    };
    let line =
        |line: &str, value: &str, code: &str| (line.to_owned(), value.to_owned(), code.to_owned());
    let expected = [
        line("4", "", "award.erased"),
        line("8", "nobody", "award.email"),
        line("9", "", "award.erased"),
    ];
    assert_eq!(told(&table), expected);
    let expected = [
        line("2", "", "award.erased"),
        line("3", "nobody", "award.email"),
        line("4", "", "award.member"),
        line("5", "", "award.erased"),
    ];
    assert_eq!(told(&document), expected);

    // Whoever comes back with the same address is somebody new, who is awarded what the other one was, on the same day.
    let again = send(&test, Form::Csv, "email\nann@example.org\n");
    work(&test.app, &test);
    assert_eq!(counts(&test, &again), [1, 0, 0]);
    let new = account(&test, "ann@example.org").expect("a new account");
    assert_ne!(new.id, ann.id);
    let later = test.now.plus_seconds(LATER);
    erasure::resume(&test.app, later).expect("the store");
    assert_eq!(account(&test, "ann@example.org"), Some(new));
    assert_eq!(
        test.badges_of("ann").len(),
        1,
        "the end of the erasure is not theirs"
    );
}

/// A row, or a single award, that was read before the erasure and is committed after it.
#[test]
fn whoever_is_erased_while_a_list_is_worked_off_has_no_account_and_no_badge_afterwards() {
    let test = TestApp::new();
    let (mut quicker, mut later) = (0, 0);
    for round in 0..24 {
        let name = format!("quill-{round}");
        let person = test.person(&name, &[]);
        let address = person.primary().to_string();
        let rows = (0..24).map(|row| match row {
            _ if row == round => format!("{address},wait-time\n"),
            _ => format!("earner{row}@example.org,wait-time\n"),
        });
        let table = format!("email,micro_credential\n{}", rows.collect::<String>());
        let list = send(&test, Form::Csv, &table);
        let both = Barrier::new(2);
        thread::scope(|scope| {
            scope.spawn(|| {
                both.wait();
                work(&test.app, &test);
            });
            scope.spawn(|| {
                both.wait();
                erase(&test, &person);
            });
        });
        work(&test.app, &test);
        assert_eq!(account(&test, &address), None, "{round}");
        assert_eq!(with_words(&test, &address), Vec::<String>::new(), "{round}");
        let [awarded, before, refused] = counts(&test, &list);
        assert_eq!(awarded + before + refused, 24, "{round}");
        match refused {
            0 => quicker += 1,
            _ => later += 1,
        }
        let theirs = test.app.store.badges_of(person.id, &PageRequest::most());
        assert!(theirs.expect("the store").items.is_empty(), "{round}");
    }
    assert_eq!(test.records(b"award-open/"), 0);
    test.app.log.check().expect("a sound log");
    println!("the list was quicker {quicker} times, the erasure {later} times");
}

#[test]
fn an_award_by_hand_to_whom_is_erased_at_that_moment_goes_with_them_or_to_somebody_new() {
    let test = TestApp::new();
    let officer = test.officer().id;
    let mut new = 0;
    for round in 0..24 {
        let person = test.person(&format!("quill-{round}"), &[]);
        let wanted = wanted(person.primary());
        let both = Barrier::new(2);
        thread::scope(|scope| {
            scope.spawn(|| {
                let order = awarding::Order {
                    officer,
                    organisation: &OrganisationId::host(),
                    reason: &"The spring course.".parse().expect("a text"),
                };
                both.wait();
                // Whoever is erased before the badge is signed has none.
                let _ = awarding::award(&test.app, &order, &wanted, test.now);
            });
            scope.spawn(|| {
                both.wait();
                erase(&test, &person);
            });
        });
        let theirs = test.app.store.badges_of(person.id, &PageRequest::most());
        assert!(theirs.expect("the store").items.is_empty(), "{round}");
        only_what_stays(&test, person.id);
        let address = person.primary().as_str();
        match account(&test, address) {
            Some(_) => new += 1,
            None => assert_eq!(with_words(&test, address), Vec::<String>::new(), "{round}"),
        }
    }
    println!("{new} of 24 were awarded to somebody new");
    assert_eq!(test.records(b"award-open/"), 0);
}

fn wanted(email: &Email) -> Wanted {
    Wanted {
        email: email.clone(),
        name: None,
        micro_credential: wait_time(),
        awarded: None,
        narrative: None,
        evidence: Vec::new(),
        results: Vec::new(),
        key: None,
    }
}

/// The store of a process to which something happens before one of its commits, and before each one after that.
struct Interrupted<F> {
    store: Store,
    left: AtomicUsize,
    /// Whether the commit is made after it.
    by: F,
}

impl<F: Fn() -> bool + Send + Sync + 'static> Engine for Interrupted<F> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, EngineError> {
        self.store.engine().get(key)
    }

    fn scan(&self, prefix: &[u8], from: &[u8], limit: usize) -> Result<Vec<KeyValue>, EngineError> {
        self.store.engine().scan(prefix, from, limit)
    }

    fn hangs(&self) -> bool {
        self.store.engine().hangs()
    }

    fn compact(&self) -> Result<Compacted, EngineError> {
        self.store.engine().compact()
    }

    fn submit(&self, batch: Batch) -> Submitted {
        let less = |left: usize| left.checked_sub(1);
        match self
            .left
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, less)
        {
            Err(_) if !(self.by)() => {
                Submitted::known(Err(CommitError::Engine(EngineError::Stopped)))
            }
            _ => self.store.engine().submit(batch),
        }
    }
}

#[test]
fn an_erasure_that_ends_before_any_of_its_commits_is_brought_to_its_end_by_the_next_start() {
    let mut commits = 0;
    loop {
        let test = TestApp::new();
        let quill = test.person("quill", &[]);
        let badge = send(&test, Form::Csv, "email\nquill@example.org\n");
        work(&test.app, &test);
        assert_eq!(counts(&test, &badge), [1, 0, 0]);
        let table = "email,awarded\nbert@example.org,\nquill@example.org,2026-01-02\n";
        let list = send(&test, Form::Csv, table);

        let ending = Interrupted {
            store: test.app.store.clone(),
            left: AtomicUsize::new(commits),
            by: || false,
        };
        let store = Store::open(Arc::new(ending)).expect("the store");
        let app = test.beside_over(store, keyring());
        let address = quill.primary().as_str();
        let erased = erasure::ask(&app, &quill, address, test.now);
        drop(app);

        // Lists are worked off only after that, and they were when it ended.
        let next = test.beside(keyring());
        erasure::replay(&next, test.now).expect("the store");
        work(&next, &test);
        assert_eq!(
            with_words(&test, "quill"),
            Vec::<String>::new(),
            "{commits}"
        );
        assert_eq!(counts(&test, &list), [1, 0, 1], "{commits}");
        if erased.is_ok() {
            break;
        }
        commits += 1;
    }
    println!("{commits} commits");
    assert!(commits > 10, "{commits}");
}

#[test]
fn what_is_added_to_a_draft_between_two_commits_of_an_erasure_is_removed_as_well() {
    let (mut commits, mut added) = (0, 0);
    loop {
        let test = TestApp::new();
        let quill = test.person("quill", &[]);
        let draft = Learner::new(&test, quill.clone()).prepares().id;
        let (app, stale, now) = (test.app.share(), quill.clone(), test.now);
        let outcome = Arc::new(OnceLock::new());
        let seen = outcome.clone();
        let late = move || {
            // It read who calls when they were still there.
            seen.get_or_init(|| {
                let text = EvidenceContent::Text("The heron came late".parse().expect("a text"));
                let asked = "reflection".parse().expect("a name");
                submission::add_evidence(&app, &stale, draft, &asked, text, now).is_ok()
            });
            true
        };
        let late = Interrupted {
            store: test.app.store.clone(),
            left: AtomicUsize::new(commits),
            by: late,
        };
        let store = Store::open(Arc::new(late)).expect("the store");
        let app = test.beside_over(store, keyring());
        erasure::ask(&app, &quill, quill.primary().as_str(), test.now).expect("an erasure");
        erasure::resume(&app, test.now.plus_seconds(LATER)).expect("the store");
        for words in ["The heron", "I counted to five"] {
            assert_eq!(
                with_words(&test, words),
                Vec::<String>::new(),
                "{commits} {words}"
            );
        }
        match outcome.get() {
            Some(done) => added += usize::from(*done),
            None => break,
        }
        commits += 1;
    }
    println!("{added} of {commits} pieces were added in time");
    assert!(added > 3 && added < commits, "{added} of {commits}");
}

/// What somebody does again and again until they are let in no more. Whether it is done is not the question.
async fn does(
    who: &Caller<'_>,
    wayne: &Wayne<'_>,
    code: &str,
    what: usize,
    round: usize,
) -> StatusCode {
    let words = format!("The heron of {round}");
    let entry = json!({ "title": words, "mode": "book", "day": "2026-01-02", "note": words });
    let (path, body) = match what {
        0 => ("/api/v1/learning".to_owned(), entry),
        1 => (
            "/api/v1/people/me/portfolios".to_owned(),
            json!({ "title": words }),
        ),
        2 => (
            "/api/v1/account/tokens".to_owned(),
            json!({ "name": words, "scopes": ["badges.read"] }),
        ),
        3 => (
            "/api/v1/cohorts/join".to_owned(),
            json!({ "code": wayne.code }),
        ),
        4 => (format!("{}/posts", wayne.path), json!({ "text": words })),
        5 => ("/api/v1/join".to_owned(), json!({ "code": code })),
        6 => (
            "/api/v1/account/addresses".to_owned(),
            json!({ "email": format!("heron{round}@example.net") }),
        ),
        _ => {
            let wanted = json!({ "micro_credential": "wait-time" });
            let begun = who.post("/api/v1/submissions", wanted).await;
            if begun.status() != StatusCode::CREATED {
                return begun.status();
            }
            let begun: Value = begun.json().await.expect("a submission");
            let id = begun["id"].as_str().expect("an id");
            let path = format!("/api/v1/submissions/{id}/evidence");
            (path, json!({ "requirement": "reflection", "text": words }))
        }
    };
    let request = who.request(Method::POST, &path).json(&body);
    let request = match round % 2 {
        0 => request,
        _ => request.header("idempotency-key", format!("{what}-{round}")),
    };
    request.send().await.expect("an answer").status()
}

const DEEDS: usize = 8;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn requests_that_were_let_in_before_leave_nothing_in_the_end() {
    let served = Served::new().await;
    let test = &served.test;
    let wayne = Wayne::of(&served).await;
    let new = NewCode {
        label: None,
        expires: test.now.plus_seconds(LATER),
        limit: 1_000,
    };
    let by = test.person("wendy", &[]).id;
    let code = joining::make_code(&test.app, by, &wayne_county(), new, test.now).expect("a code");
    let code = code.code.to_string();
    let (mut late, mut done) = (0, 0);
    for round in 0..30 {
        let name = format!("quill-{round}");
        let who = served.caller(&name, &[]);
        let person = test.person(&name, &[]);
        if round % 3 > 0 {
            // With something to say in a cohort, and to add to.
            wayne.joins(&who, json!({})).await;
        }
        let address = person.primary().to_string();
        let confirm = json!({ "confirm": address });
        let (who, wayne, code) = (&who, &wayne, code.as_str());
        let deeds = (0..DEEDS).map(|what| async move {
            let mut done = 0;
            loop {
                match does(who, wayne, code, what, round).await {
                    StatusCode::UNAUTHORIZED => return done,
                    status => {
                        assert!(!status.is_server_error(), "{what} {round}: {status}");
                        done += usize::from(status.is_success());
                    }
                }
            }
        });
        let erasing = async {
            // So that some of it is under way.
            who.get("/api/v1/learning").await;
            let erased = who.post("/api/v1/account/erasure", confirm).await;
            assert_eq!(erased.status(), 204);
            0
        };
        let (all, _) = tokio::join!(futures_util::future::join_all(deeds), erasing);
        done += all.iter().sum::<usize>();
        let heron = format!("The heron of {round}");
        late += with_words(test, &heron).len();

        erasure::resume(&test.app, test.now.plus_seconds(LATER)).expect("the store");
        for words in [&heron, &address] {
            assert_eq!(
                with_words(test, words),
                Vec::<String>::new(),
                "{round} {words}"
            );
        }
        only_what_stays(test, person.id);
    }
    assert_eq!(test.records(b"erasing/"), 0);
    println!(
        "{done} requests were done, and {late} records came after the first round of an erasure"
    );
}

/// Their identifier stands in the trails of organisations, where it is written down that they are erased, and in keys
/// that are removed when their time has come.
fn only_what_stays(test: &TestApp, person: PersonId) {
    for key in with_words(test, &person.to_string()) {
        let stays = ["event", "erased/", "erasing/", "forget/"];
        assert!(stays.iter().any(|kind| key.starts_with(kind)), "{key}");
    }
}

/// A request that reads who calls, and writes when everything was removed.
#[test]
fn what_is_written_after_everything_was_removed_is_removed_once_more() {
    let test = TestApp::new();
    let quill = test.person("quill", &[]);
    let stale = quill.clone();
    erase(&test, &quill);
    assert_eq!(with_words(&test, "quill"), Vec::<String>::new());
    Learner::new(&test, stale.clone()).prepares();
    let name = "The token of the heron".parse().expect("a name");
    token::make(&test.app, stale.id, name, Scope::all(), test.now).expect("a token");
    session::begin(&test.app, stale.id, test.now).expect("a session");
    let left = |needle: &str| with_words(&test, needle).len();
    let words = "I counted to five";
    assert_eq!((left("heron"), left(words)), (1, 1));

    // Others may still be at work.
    let soon = test.now.plus_seconds(600);
    erasure::resume(&test.app, soon).expect("the store");
    assert_eq!((left("heron"), left(words)), (1, 1));
    erasure::resume(&test.app, test.now.plus_seconds(LATER)).expect("the store");
    assert_eq!((left("heron"), left(words)), (0, 0));
    only_what_stays(&test, stale.id);
    assert_eq!(test.records(b"erasing/"), 0);
}
