//! Requests to issue that are sent again and again to the shipped program, while it is killed.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use tokio::sync::Mutex;
use tokio::task::JoinHandle;

use crate::catalogue::content;
use crate::shipped::{Shipped, told};

/// `ASSAY_DUPLICATES` says how many requests are answered in all.
///
/// Forms: HTTP, operation.
#[tokio::test(flavor = "multi_thread")]
async fn attack_a_06_repeated_requests_to_issue_make_one_badge_each_while_the_program_is_killed() {
    let wanted = std::env::var("ASSAY_DUPLICATES").ok();
    let wanted: usize = wanted.map_or(200, |wanted| wanted.parse().expect("a number"));
    let mut shipped = Shipped::new();
    let office = shipped.person("office", &["administrator", "author"]);
    let grace = shipped.person("grace", &["reviewer"]);
    shipped.start();
    let office = Sender::new(&shipped, &office);
    let grace = Sender::new(&shipped, &grace);
    publish(&office).await;
    let mut wanting = Vec::new();
    for number in 0..wanted.div_ceil(EACH) {
        wanting.push(Wanting::hand_in(&office, &grace, number).await);
    }

    let wanting = Arc::new(wanting);
    let began = Instant::now();
    let (kills, cut_off) = storm(&mut shipped, &grace, &wanting).await;
    println!(
        "{} requests for {} badges, {kills} kills, {cut_off} tries that met no program or lost it, {:.1?}",
        wanting.len() * EACH,
        wanting.len(),
        began.elapsed()
    );

    let mut met_its_own_work = 0;
    for one in wanting.iter() {
        met_its_own_work += one.check(&grace).await;
    }
    println!("{met_its_own_work} were done before a crash and answered after it");
    // One entry for each, and none besides.
    let checkpoint = grace.text("/log/checkpoint").await;
    let size = checkpoint.lines().nth(1).expect("the log's size");
    assert_eq!(size, wanting.len().to_string());
    // And the badges are good.
    let badge = wanting[0].shows(&office).await;
    let verified = shipped_verify(&shipped, &badge);
    assert!(verified.starts_with("Verified"), "{verified}");
}

/// Sends everything, from several connections, while the program is killed after every so many
/// answers, a little earlier or later each time.
async fn storm(
    shipped: &mut Shipped,
    grace: &Sender,
    wanting: &Arc<Vec<Wanting>>,
) -> (usize, usize) {
    let total = wanting.len() * EACH;
    let (next, answered, cut_off) = (counter(), counter(), counter());
    let mut senders = Vec::new();
    for _ in 0..CONNECTIONS {
        let (next, answered, cut_off) = (next.clone(), answered.clone(), cut_off.clone());
        let (wanting, grace) = (wanting.clone(), grace.on_a_connection_of_its_own());
        senders.push(tokio::spawn(async move {
            loop {
                let at = next.fetch_add(1, Ordering::SeqCst);
                if at >= total {
                    break;
                }
                let one = &wanting[at / EACH];
                let failed = one.is_answered(&grace).await;
                cut_off.fetch_add(failed, Ordering::SeqCst);
                answered.fetch_add(1, Ordering::SeqCst);
            }
        }));
    }
    let mut kills = 0;
    loop {
        let due = (kills + 1) * BETWEEN_KILLS;
        if due >= total {
            break;
        }
        while answered.load(Ordering::SeqCst) < due {
            assert!(
                !senders.iter().any(JoinHandle::is_finished),
                "a sender gave up"
            );
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        // Another moment of the work each time.
        tokio::time::sleep(Duration::from_millis((kills * 7 % 40) as u64)).await;
        tokio::task::block_in_place(|| {
            shipped.kill();
            shipped.start();
        });
        kills += 1;
    }
    for sender in senders {
        sender.await.expect("a sender");
    }
    (kills, cut_off.load(Ordering::SeqCst))
}

fn counter() -> Arc<AtomicUsize> {
    Arc::default()
}

/// A badge that is wanted: its learner, and the request that issues it.
struct Wanting {
    learner: String,
    path: String,
    body: Value,
    key: String,
    /// Every answer that any of the repetitions got.
    answers: Mutex<BTreeSet<(u16, String)>>,
}

impl Wanting {
    /// A learner hands in, and Grace has what was handed in before her.
    async fn hand_in(office: &Sender, grace: &Sender, number: usize) -> Wanting {
        let person = json!({ "name": "Lea", "emails": [format!("lea-{number}@example.org")] });
        let person = office.made("/api/v1/people", person).await;
        let path = format!(
            "/api/v1/people/{}/tokens",
            person["id"].as_str().expect("an id")
        );
        let token = office.made(&path, json!({})).await;
        let learner = token["token"].as_str().expect("a token").to_owned();
        let lea = office.with_token(&learner);
        let begun = json!({ "micro_credential": "wait-time" });
        let begun = lea.made("/api/v1/submissions", begun).await;
        let submission = begun["id"].as_str().expect("an id").to_owned();
        let path = format!("/api/v1/submissions/{submission}");
        let lesson = json!({ "requirement": "lesson", "link": "https://video.example.net/1" });
        let reflection = json!({ "requirement": "reflection", "text": "I counted to five." });
        for piece in [lesson, reflection] {
            lea.made(&format!("{path}/evidence"), piece).await;
        }
        let confirmed = json!({ "privacy_statement": 1 });
        lea.made(&format!("{path}/submit"), confirmed).await;
        grace.claims(&submission).await;
        let score = |criterion| json!({ "criterion": criterion, "level": "consistent" });
        Wanting {
            learner,
            path: format!("/api/v1/reviews/{submission}"),
            body: json!({ "version": 1, "scores": [score("waiting"), score("listening")] }),
            key: format!("finish-{number}"),
            answers: Mutex::default(),
        }
    }

    /// Sends the request until it is answered, and gives how often the connection broke before.
    async fn is_answered(&self, grace: &Sender) -> usize {
        let (mut failed, mut began) = (0, Instant::now());
        loop {
            assert!(
                began.elapsed() < PATIENCE,
                "{} is under way for ever",
                self.path
            );
            let request = grace.request(Method::POST, &self.path);
            let request = request.header("idempotency-key", &self.key);
            let answer = match request.json(&self.body).send().await {
                Ok(answer) => answer,
                Err(error) => {
                    if error.is_timeout() {
                        began = Instant::now();
                    }
                    failed += 1;
                    tokio::time::sleep(AGAIN).await;
                    continue;
                }
            };
            let status = answer.status().as_u16();
            let Ok(text) = answer.text().await else {
                failed += 1;
                continue;
            };
            if status == 409 && text.contains("idempotency.under_way") {
                tokio::time::sleep(AGAIN).await;
                continue;
            }
            self.answers.lock().await.insert((status, text));
            return failed;
        }
    }

    /// One answer, one badge; and the key is no key for anything else. Says whether the work had
    /// been done by a request that a crash cut off, so that its repetition met what it had made.
    async fn check(&self, grace: &Sender) -> usize {
        let answers = self.answers.lock().await.clone();
        let answers: Vec<_> = answers.into_iter().collect();
        let [(status, text)] = &answers[..] else {
            panic!("{}: {answers:#?}", self.path)
        };
        let met_its_own_work = match status {
            201 => 0,
            _ => {
                assert!(text.contains("state.conflict"), "{status}: {text}");
                1
            }
        };
        let badges = grace.with_token(&self.learner).json("/api/v1/badges").await;
        let badges = badges["items"].as_array().expect("badges");
        assert_eq!(badges.len(), 1, "{}", self.path);

        let mut other = self.body.clone();
        other["comment"] = "Well done.".into();
        let request = grace.request(Method::POST, &self.path);
        let request = request.header("idempotency-key", &self.key);
        let answer = request.json(&other).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::CONFLICT);
        let problem: Value = answer.json().await.expect("a problem");
        assert_eq!(problem["code"], "issue.idempotency_conflict");
        met_its_own_work
    }

    /// The learner shows the badge to everybody; its address.
    async fn shows(&self, anybody: &Sender) -> String {
        let lea = anybody.with_token(&self.learner);
        let badges = lea.json("/api/v1/badges").await;
        let id = badges["items"][0]["id"].as_str().expect("an id");
        let path = format!("/api/v1/badges/{id}/visibility");
        let request = lea.request(Method::PUT, &path);
        let shown = request.json(&json!({ "visibility": "public" }));
        let shown = shown.send().await.expect("an answer");
        assert_eq!(shown.status(), StatusCode::OK);
        format!("{}/badges/{id}.json", lea.origin)
    }
}

/// Publishes the micro-credential of the chapters.
pub async fn publish(office: &Sender) {
    let path = "/api/v1/organisations/host/micro-credentials/wait-time";
    let request = office.request(Method::PUT, path).json(&content());
    let written = request.send().await.expect("an answer");
    assert!(written.status().is_success(), "{:?}", written.text().await);
    let path = "/api/v1/micro-credentials/wait-time/publish";
    office.made(path, json!({})).await;
}

fn shipped_verify(shipped: &Shipped, address: &str) -> String {
    let verified = crate::program::command()
        .args(["verify", address, "--development", &shipped.origin()])
        .output();
    told(&verified.expect("the program"))
}

/// Somebody who speaks to the program.
pub struct Sender {
    client: Client,
    origin: String,
    token: String,
}

impl Sender {
    /// Somebody with this token.
    pub fn new(shipped: &Shipped, token: &str) -> Sender {
        // Another chapter may have installed it before.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Sender {
            client: new_client(),
            origin: shipped.origin(),
            token: token.to_owned(),
        }
    }

    /// Their bearer token.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Somebody else, on the same connections.
    pub fn with_token(&self, token: &str) -> Sender {
        Sender {
            client: self.client.clone(),
            origin: self.origin.clone(),
            token: token.to_owned(),
        }
    }

    fn on_a_connection_of_its_own(&self) -> Sender {
        Sender {
            client: new_client(),
            ..self.with_token(&self.token)
        }
    }

    /// A request to a path.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let url = format!("{}{path}", self.origin);
        self.client.request(method, url).bearer_auth(&self.token)
    }

    /// What was made of this.
    pub async fn made(&self, path: &str, body: Value) -> Value {
        let answer = self.request(Method::POST, path).json(&body).send().await;
        let answer = answer.expect("an answer");
        let status = answer.status();
        let body = answer.text().await.expect("a body");
        assert!(status.is_success(), "{path}: {status} {body}");
        serde_json::from_str(&body).expect("JSON")
    }

    /// What stands at a path.
    pub async fn text(&self, path: &str) -> String {
        let answer = self.request(Method::GET, path).send().await;
        answer
            .expect("an answer")
            .text()
            .await
            .expect("what is there")
    }

    /// The JSON that stands at a path.
    pub async fn json(&self, path: &str) -> Value {
        serde_json::from_str(&self.text(path).await).expect("JSON")
    }

    /// Takes a submission for review.
    pub async fn claims(&self, submission: &str) {
        let path = format!("/api/v1/reviews/{submission}/claim");
        let claimed = self
            .request(Method::POST, &path)
            .json(&json!({}))
            .send()
            .await;
        assert_eq!(claimed.expect("an answer").status(), StatusCode::OK);
    }
}

/// A client that gives up, as all do: the pool of this one can lose a request whose connection died as it
/// was handed over, and would wait for its answer with nothing on the line.
fn new_client() -> Client {
    let client = Client::builder().no_proxy().tls_certs_only([]);
    let client = client.timeout(ONE_ANSWER);
    client.build().expect("a client")
}

/// How often each request is sent.
const EACH: usize = 20;
/// From how many connections.
const CONNECTIONS: usize = 16;
/// After how many answers the program is killed.
const BETWEEN_KILLS: usize = 50;
/// Between a request that was not answered and its repetition: the program has to start.
const AGAIN: Duration = Duration::from_millis(5);
/// Far longer than a start: what a crash cut off keeps nobody waiting.
const PATIENCE: Duration = Duration::from_secs(30);
/// No answer takes as long as this, on a slow machine with others at work.
const ONE_ANSWER: Duration = Duration::from_secs(30);
