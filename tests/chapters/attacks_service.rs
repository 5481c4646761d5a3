//! What strangers cannot do to the service as a whole: hold its connections, flood it, fill its memory (group R).

use std::fs;
use std::sync::Arc;
use std::time::{Duration, Instant};

use issuer::http::load::Load;
use issuer::organisation::Role;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::served::{Served, header, raw};
use crate::shipped::Shipped;
use crate::support::repository;

/// Forms: HTTP.
#[tokio::test]
async fn attack_r_01_a_slow_body_is_cut_off_and_nobody_waits_for_it() {
    let served = Served::new().await;
    let began = Instant::now();
    let mut slow = Vec::new();
    for _ in 0..20 {
        let mut stream = TcpStream::connect(served.address)
            .await
            .expect("a connection");
        let head = "POST /api/v1/verify HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{";
        stream
            .write_all(head.as_bytes())
            .await
            .expect("a beginning");
        slow.push(tokio::spawn(async move {
            let mut answer = vec![0; 4_096];
            // A byte now and then, as slow as a patient attacker is.
            loop {
                tokio::select! {
                    read = stream.read(&mut answer) => {
                        let read = read.unwrap_or(0);
                        return String::from_utf8_lossy(&answer[..read]).into_owned();
                    }
                    () = tokio::time::sleep(Duration::from_millis(500)) => {
                        if stream.write_all(b" ").await.is_err() {
                            return String::new();
                        }
                    }
                }
            }
        }));
    }
    // Others are answered meanwhile.
    assert_eq!(served.get("/robots.txt").await.status(), 200);
    for slow in slow {
        let ended = tokio::time::timeout(Duration::from_secs(14), slow).await;
        let answer = ended.expect("an end").expect("no panic");
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 408"),
            "{answer}"
        );
    }
    println!(
        "twenty slow bodies were cut off after {:?}",
        began.elapsed()
    );
}

/// Forms: HTTP.
#[tokio::test]
async fn attack_r_01_a_reader_that_does_not_read_is_cut_off() {
    let served = Served::new().await;
    let mut stream = TcpStream::connect(served.address)
        .await
        .expect("a connection");
    // Far more answers than fit between the two: the service has to stop writing, and to give up.
    let request = "GET /api/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n".repeat(200);
    stream.write_all(request.as_bytes()).await.ok();
    tokio::time::sleep(Duration::from_secs(12)).await;
    let mut received = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut received));
    // Cut off in the middle: with what was under way, or with a reset.
    let _ = ended.await.expect("an end");
    let whole = served.get("/api/openapi.json").await;
    let whole = whole.bytes().await.expect("the document").len();
    assert!(received.len() < whole * 200, "{}", received.len());
}

/// Forms: HTTP.
#[tokio::test]
async fn attack_r_01_idle_connections_cost_little_and_keep_nobody_out() {
    let mut shipped = Shipped::new();
    shipped.start();
    let address = shipped.origin().replace("http://", "");
    let wanted = match std::env::var_os("ASSAY_LARGE") {
        Some(_) => 9_000,
        None => 300,
    };
    let before = memory(&shipped);
    let mut idle = Vec::new();
    for _ in 0..wanted {
        // As many as a process may have open here.
        let Ok(mut stream) = TcpStream::connect(&address).await else {
            break;
        };
        let request = b"GET /robots.txt HTTP/1.1\r\nHost: x\r\n\r\n";
        stream.write_all(request).await.expect("a request");
        idle.push(stream);
    }
    let client = reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([])
        .build();
    let asked = client
        .expect("a client")
        .get(format!("{}/robots.txt", shipped.origin()));
    assert_eq!(asked.send().await.expect("an answer").status(), 200);
    let held = memory(&shipped).saturating_sub(before);
    println!("{} idle connections cost {} KiB", idle.len(), held >> 10);
    assert!(held < 200 << 20, "{held}");
}

/// Forms: HTTP.
#[tokio::test]
async fn attack_r_02_frames_of_http_2_are_no_request() {
    let served = Served::new().await;
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".as_slice();
    let frame = |kind: u8, flags: u8, stream: u32, body: &[u8]| {
        let length = (body.len() as u32).to_be_bytes();
        [&length[1..], &[kind, flags], &stream.to_be_bytes(), body].concat()
    };
    let settings = frame(4, 0, 0, &[]);
    let opened = |stream: u32| frame(1, 5, stream, &[0x82, 0x84, 0x86, 0x41, 1, b'x']);
    let resets =
        (0..5_000).flat_map(|at| [opened(2 * at + 1), frame(3, 0, 2 * at + 1, &[0, 0, 0, 8])]);
    let floods: [(&str, Vec<u8>); 5] = [
        ("rapid reset", resets.collect::<Vec<_>>().concat()),
        (
            "continuations",
            [
                frame(1, 0, 1, &[0x82]),
                frame(9, 0, 1, &[0; 1_000]).repeat(2_000),
            ]
            .concat(),
        ),
        (
            "empty data",
            [opened(1), frame(0, 0, 1, &[]).repeat(50_000)].concat(),
        ),
        ("settings", settings.repeat(50_000)),
        ("pings", frame(6, 0, 0, &[0; 8]).repeat(50_000)),
    ];
    for (name, flood) in floods {
        let mut stream = TcpStream::connect(served.address)
            .await
            .expect("a connection");
        stream.write_all(preface).await.ok();
        stream.write_all(&settings).await.ok();
        // The connection is closed before all of it is taken.
        stream.write_all(&flood).await.ok();
        let mut answer = Vec::new();
        let ended = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut answer));
        let _ = ended
            .await
            .unwrap_or_else(|_| panic!("{name}: it stays open"));
        let answer = String::from_utf8_lossy(&answer);
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 4"),
            "{name}: {answer}"
        );
        assert_eq!(served.get("/robots.txt").await.status(), 200, "{name}");
    }
    // Nobody is led over to it either.
    let upgrade = "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n";
    let answer = raw(&served, upgrade).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

/// Forms: HTTP.
#[tokio::test(flavor = "multi_thread")]
async fn attack_r_03_what_is_let_in_is_done_and_the_surplus_is_told_to_come_again() {
    let served = Served::changed(|edge, _| edge.load = Arc::new(Load::new(1, 4))).await;
    let office = served.caller("olivia", &[Role::Administrator]);
    let (mut told, mut answers) = (0, Vec::new());
    for round in 0..20 {
        let requests = (0..40).map(|at| {
            let email = format!("person-{round}-{at}@example.org");
            let body = json!({ "name": "Max", "emails": [email] });
            let request = office.request(Method::POST, "/api/v1/people").json(&body);
            async move { (email, request.send().await.expect("an answer")) }
        });
        answers.extend(futures_util::future::join_all(requests).await);
    }
    for (email, answer) in answers {
        let status = answer.status().as_u16();
        if status == 201 {
            let person: Value = answer.json().await.expect("JSON");
            // Nothing that was acknowledged is lost.
            let id = person["id"].as_str().expect("an id");
            let found = office.get(&format!("/api/v1/people/{id}")).await;
            if found.status() == 200 {
                let found = found.text().await.expect("a person");
                assert!(found.contains(&email), "{found}");
            }
            continue;
        }
        assert_eq!(status, 503, "{email}");
        assert_eq!(header(&answer, "retry-after"), "1");
        let problem: Value = answer.json().await.expect("a problem");
        assert_eq!(problem["code"], "overload", "{problem}");
        told += 1;
    }
    println!("{told} of 800 were told to come again");
    assert!(told > 0);
    assert_eq!(served.get("/api/v1/micro-credentials").await.status(), 200);
}

/// Forms: HTTP.
#[tokio::test(flavor = "multi_thread")]
async fn attack_r_04_hostile_badges_in_parallel_keep_nobody_else_waiting() {
    let served = Served::new().await;
    // As many nodes without names as a badge may have, all alike, and more than that.
    let good = repository().join("tests/fixtures/presented/verified/did-key.json");
    let good: Value = serde_json::from_slice(&fs::read(good).expect("a badge")).expect("JSON");
    let poison = [1_000, 2_100].map(|count| {
        let mut badge = good.clone();
        badge["evidence"] = vec![json!({ "type": ["Evidence"] }); count].into();
        badge.to_string()
    });
    let verifying = (0..100).map(|at| {
        let request = served.request(Method::POST, "/api/v1/verify");
        let request = request.body(poison[at % poison.len()].clone());
        async move { request.send().await.expect("an answer") }
    });
    let verifying = futures_util::future::join_all(verifying);
    let others = async {
        let mut slowest = Duration::ZERO;
        for _ in 0..50 {
            let began = Instant::now();
            assert_eq!(served.get("/achievements/wait-time").await.status(), 200);
            slowest = slowest.max(began.elapsed());
        }
        slowest
    };
    let (verified, slowest) = tokio::join!(verifying, others);
    println!("beside a hundred of them the slowest page took {slowest:?}");
    for answer in verified {
        if answer.status() == 503 {
            assert_eq!(header(&answer, "retry-after"), "1");
            continue;
        }
        let report: Value = answer.json().await.expect("a report");
        assert_eq!(report["verdict"], "refused", "{report}");
    }
}

/// Forms: HTTP, operation.
#[tokio::test(flavor = "multi_thread")]
async fn attack_r_05_the_program_stays_below_256_mebibytes() {
    let mut shipped = Shipped::new();
    let token = shipped.person("olivia", &["administrator"]);
    shipped.start();
    let client = reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([])
        .build();
    let client = client.expect("a client");
    let origin = shipped.origin();
    let large = vec![b'['; 9 << 20];
    for round in 0..3 {
        let bodies: [(&str, Vec<u8>); 4] = [
            ("/api/v1/verify", large.clone()),
            ("/api/v1/verify", vec![b' '; 1 << 20]),
            ("/api/v1/verify", b"\x89PNG\r\n\x1a\n".repeat(100_000)),
            (
                "/verify",
                [b"badge=".as_slice(), &vec![b'x'; 1 << 20]].concat(),
            ),
        ];
        let asked = (0..40).map(|at| {
            let (path, body) = bodies[at % bodies.len()].clone();
            let request = client.post(format!("{origin}{path}")).bearer_auth(&token);
            let request = request.header("x-round", round.to_string()).body(body);
            async move { request.send().await }
        });
        for answer in futures_util::future::join_all(asked)
            .await
            .into_iter()
            .flatten()
        {
            let status = answer.status().as_u16();
            assert!(status < 500 || status == 503, "{status}");
        }
    }
    let most = memory(&shipped);
    println!("at most {} MiB", most >> 20);
    assert!(most < 256 << 20, "{most}");
}

/// The most memory that the program has held, in bytes.
fn memory(shipped: &Shipped) -> u64 {
    let status = format!("/proc/{}/status", shipped.process());
    let status = fs::read_to_string(status).expect("its state");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.expect("its memory").trim().trim_end_matches(" kB");
    kibibytes.parse::<u64>().expect("a number") << 10
}
