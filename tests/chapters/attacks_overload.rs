//! More than the shipped program can do, for as long as it takes.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use issuer::random::Random;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::served::header;
use crate::shipped::Shipped;

/// Measures what the program does in a second, asks for just as much and for twice as much, and looks at everything
/// that was acknowledged after the program was killed.
///
/// Minutes of this make a store of millions of records of an empty one, in which everything takes longer, overload or
/// not. So three figures of calm are printed beside that of the crowd: shortly before and shortly after it, and for as
/// long, with a store of its own that begins empty as well.
///
/// `ASSAY_OVERLOAD` says for how many seconds; the long form is 600 and is run alone: there the program has one
/// processor, and whoever asks has another one, so that the figures that are printed are the program's.
///
/// Forms: HTTP, operation.
#[tokio::test(flavor = "multi_thread")]
async fn attack_r_03_at_twice_the_capacity_the_surplus_is_told_at_once_and_the_rest_is_done() {
    let long = std::env::var("ASSAY_OVERLOAD").ok();
    let long: Option<u64> = long.map(|seconds| seconds.parse().expect("a number"));
    let seconds = long.unwrap_or(4);
    let (calm, calm_crowd) = started(long.is_some());
    let (calm_capacity, calm_alone, as_long) = calm_crowd.at_capacity(seconds, "calm").await;
    drop(calm);

    let (mut shipped, crowd) = started(long.is_some());
    let (capacity, alone, before) = crowd.at_capacity(seconds.min(20), "before").await;
    let crowded = crowd
        .so_many_a_second(2.0 * capacity, Duration::from_secs(seconds), "crowd")
        .await;
    let (later, last, after) = crowd.at_capacity(seconds.min(20), "after").await;
    println!(
        "{capacity:.0} a second before, {later:.0} after; {calm_capacity:.0} where it is calm"
    );
    for (asked, answers) in [
        ("for as much before", &before),
        ("for twice", &crowded),
        ("for as much after", &after),
        ("for as much, as long, where it is calm", &as_long),
    ] {
        println!(
            "asked {asked}: {} done, {}; {} told to come again, {}",
            answers.done.len(),
            spread(&answers.done),
            answers.turned_away.len(),
            spread(&answers.turned_away),
        );
    }
    let slower = |calm: &Answers| {
        percentile(&crowded.done, 99).as_secs_f64() / percentile(&calm.done, 99).as_secs_f64()
    };
    println!(
        "asked for twice as much the slowest hundredth takes {:.2} times as long as before, {:.2} times as long as \
         after, and {:.2} times as long as where it is calm",
        slower(&before),
        slower(&after),
        slower(&as_long),
    );
    let refused: Vec<&String> = [&calm_alone, &as_long]
        .iter()
        .flat_map(|answers| &answers.wrong)
        .collect();
    assert!(refused.is_empty(), "{refused:?}");
    let everybody = [&alone, &before, &crowded, &last, &after];
    let wrong: Vec<&String> = everybody
        .iter()
        .flat_map(|answers| &answers.wrong)
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    assert!(!crowded.turned_away.is_empty(), "it was no overload");
    // What is let in goes on being done, about as fast as before.
    let done = crowded.done.len() as f64 / seconds as f64;
    assert!(done > capacity / 3.0, "{done} a second");
    assert!(percentile(&crowded.done, 99) < SLOWEST);
    // Who is turned away is so before any work is done, while the processor may be shared with who asks.
    assert!(percentile(&crowded.turned_away, 50) < PROMPT);

    // Whatever was acknowledged is there, also after a kill.
    let began = Instant::now();
    tokio::task::block_in_place(|| {
        shipped.kill();
        shipped.start();
    });
    println!("killed and started again within {:.1?}", began.elapsed());
    let all: Vec<&Answer> = everybody.iter().flat_map(|answers| &answers.done).collect();
    for answer in all.iter().step_by(all.len() / LOOKED_AT + 1) {
        crowd.finds(answer).await;
    }
}

/// The program with an empty store, and a crowd for it. Where it is measured it has a processor, and the crowd another.
fn started(measured: bool) -> (Shipped, Arc<Crowd>) {
    let mut shipped = Shipped::new();
    // Several, so that no person's own limit is reached.
    let officers: Vec<String> = (0..OFFICERS)
        .map(|number| shipped.person(&format!("office{number}"), &["administrator"]))
        .collect();
    tokio::task::block_in_place(|| match measured {
        false => shipped.start(),
        true => {
            // What it starts has the same, from the beginning.
            on_processor(0, std::process::id());
            shipped.start_with(&[("TOKIO_WORKER_THREADS", Path::new("1"))]);
            on_processor(1, std::process::id());
        }
    });
    let crowd = Arc::new(Crowd::new(&shipped, officers));
    (shipped, crowd)
}

/// Programs that register people, each as an administrator.
struct Crowd {
    client: Client,
    origin: String,
    officers: Vec<String>,
    /// Told apart from those of another run.
    name: String,
}

/// What was answered.
struct Answer {
    took: Duration,
    person: String,
}

#[derive(Default)]
struct Answers {
    done: Vec<Answer>,
    turned_away: Vec<Answer>,
    wrong: Vec<String>,
}

impl Crowd {
    fn new(shipped: &Shipped, officers: Vec<String>) -> Crowd {
        // Another chapter may have installed it before.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .no_proxy()
            .tls_certs_only([])
            .timeout(SLOWEST)
            // The program closes a connection on which nothing has come for five seconds; what is sent just then
            // would get no answer.
            .pool_idle_timeout(Duration::from_secs(2));
        let [a, b] = Random::system().expect("random bytes").bytes();
        Crowd {
            client: client.build().expect("a client"),
            origin: shipped.origin(),
            officers,
            name: format!("{a:02x}{b:02x}"),
        }
    }

    /// Finds out how many a second are done, and asks for as many: what was answered to either.
    async fn at_capacity(
        self: &Arc<Crowd>,
        seconds: u64,
        name: &'static str,
    ) -> (f64, Answers, Answers) {
        let looked = Duration::from_secs(3);
        let alone = self.one_after_the_other(looked, name).await;
        let capacity = alone.done.len() as f64 / looked.as_secs_f64();
        let time = Duration::from_secs(seconds);
        let full = self.so_many_a_second(capacity, time, name).await;
        (capacity, alone, full)
    }

    /// Each asks again when it is answered.
    async fn one_after_the_other(self: &Arc<Crowd>, time: Duration, name: &'static str) -> Answers {
        let until = Instant::now() + time;
        let mut asking = JoinSet::new();
        for one in 0..AT_ONCE {
            let crowd = self.clone();
            asking.spawn(async move {
                let (mut answers, mut number) = (Answers::default(), 0);
                while Instant::now() < until {
                    crowd
                        .asks(
                            &format!("{name}-alone-{one}-{number}"),
                            number,
                            &mut answers,
                        )
                        .await;
                    number += 1;
                }
                answers
            });
        }
        joined(asking).await
    }

    /// So many ask each second, whether the others are answered or not.
    async fn so_many_a_second(
        self: &Arc<Crowd>,
        rate: f64,
        time: Duration,
        name: &'static str,
    ) -> Answers {
        let (began, mut number, mut asking) = (Instant::now(), 0, JoinSet::new());
        let mut all = Answers::default();
        while began.elapsed() < time {
            let due = (began.elapsed().as_secs_f64() * rate) as usize;
            while number < due {
                let crowd = self.clone();
                asking.spawn(async move {
                    let mut answers = Answers::default();
                    crowd
                        .asks(&format!("{name}-{number}"), number, &mut answers)
                        .await;
                    answers
                });
                number += 1;
            }
            // Whoever was answered is not kept: there are millions in ten minutes.
            while let Some(answers) = asking.try_join_next() {
                all.add(answers.expect("no panic"));
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        all.add(joined(asking).await);
        all
    }

    async fn asks(&self, name: &str, number: usize, answers: &mut Answers) {
        let email = format!("{name}-{}@example.org", self.name);
        let request = self.client.post(format!("{}/api/v1/people", self.origin));
        let request = request.bearer_auth(&self.officers[number % self.officers.len()]);
        let request = request.json(&json!({ "name": "Max", "emails": [email] }));
        let began = Instant::now();
        let answer = match request.send().await {
            Ok(answer) => answer,
            Err(error) => return answers.wrong.push(error.to_string()),
        };
        let (took, status) = (began.elapsed(), answer.status().as_u16());
        let again = header(&answer, "retry-after").to_owned();
        let body: Value = answer.json().await.unwrap_or_default();
        let person = body["id"].as_str().unwrap_or_default().to_owned();
        let answer = Answer { took, person };
        match status {
            201 => answers.done.push(answer),
            503 if again == "1" && body["code"] == "overload" => answers.turned_away.push(answer),
            status => answers.wrong.push(format!("{status} {body}")),
        }
    }

    async fn finds(&self, answer: &Answer) {
        let path = format!("{}/api/v1/people/{}/tokens", self.origin, answer.person);
        let request = self
            .client
            .request(Method::POST, path)
            .bearer_auth(&self.officers[0]);
        // Whoever is not there is given no token.
        let found = request.json(&json!({})).send().await.expect("an answer");
        assert!(
            found.status().is_success(),
            "{} was acknowledged and is lost",
            answer.person
        );
    }
}

impl Answers {
    fn add(&mut self, others: Answers) {
        self.done.extend(others.done);
        self.turned_away.extend(others.turned_away);
        self.wrong.extend(others.wrong);
    }
}

async fn joined(mut asking: JoinSet<Answers>) -> Answers {
    let mut all = Answers::default();
    while let Some(answers) = asking.join_next().await {
        all.add(answers.expect("no panic"));
    }
    all
}

/// Gives one processor to a process, with all its threads.
fn on_processor(processor: usize, process: u32) {
    let pinned = Command::new("taskset")
        .args(["-a", "-c", "-p"])
        .args([processor.to_string(), process.to_string()])
        .stdout(Stdio::null())
        .status();
    assert!(pinned.expect("taskset").success());
}

/// How long the middle and the slowest hundredth took.
fn spread(answers: &[Answer]) -> String {
    let (middle, slowest) = (percentile(answers, 50), percentile(answers, 99));
    format!("half within {middle:.1?}, all but a hundredth within {slowest:.1?}")
}

fn percentile(answers: &[Answer], of_hundred: usize) -> Duration {
    let mut took: Vec<Duration> = answers.iter().map(|answer| answer.took).collect();
    took.sort_unstable();
    took.get((took.len() * of_hundred / 100).min(took.len().saturating_sub(1)))
        .copied()
        .unwrap_or_default()
}

const OFFICERS: usize = 8;
/// More than have work done at the same time, and fewer than would be turned away.
const AT_ONCE: usize = 32;
/// How many of those that were acknowledged are looked for.
const LOOKED_AT: usize = 500;
/// On a machine that is busy with the asking.
const PROMPT: Duration = Duration::from_millis(500);
/// Nobody waits as long for what was let in.
const SLOWEST: Duration = Duration::from_secs(10);
