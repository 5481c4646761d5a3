//! Issues and verifies one badge with Assay and with `@digitalbazaar/vc`, and prints the ratio.
//!
//! Started by `tests/bench/run`. Both sides get the same text and give back text: issuing is
//! reading the unsigned badge, signing it by eddsa-rdfc-2022 and writing it; verifying is reading
//! the signed badge and checking all of it, with the key from its did:key. What is counted is CPU
//! time, so that other work on the machine does not matter much.

use std::fs;
use std::hint::black_box;
use std::time::Instant;

use keys::data_integrity::{Cryptosuite, ProofOptions};
use keys::{KeyUse, Keyring, SecretKey, SigningKey};
use schemas::json::{self, JsonLimits};
use schemas::timestamp::Timestamp;
use serde_json::{Value, json};
use verifier::{Documents, Policy, Verdict};

use crate::peer::Peer;

#[path = "../peer.rs"]
#[allow(dead_code, reason = "the chapters use the rest")]
mod peer;
#[path = "../support.rs"]
#[allow(dead_code, reason = "the chapters use the rest")]
mod support;

/// The seed of the issuer's key.
const SEED: [u8; 32] = [1; 32];

/// When the badge was issued.
const CREATED: &str = "2026-01-05T08:00:00Z";

/// What a side manages per CPU second.
#[derive(Clone, Copy)]
struct Speed {
    issued: f64,
    verified: f64,
}

fn main() {
    let seconds = 3.0;
    let rounds = 3;
    let folder = tempfile::tempdir().expect("a folder");
    let keyring = Keyring::did_key(SecretKey::ed25519(SEED)).expect("an Ed25519 key");
    let key = keyring.current(KeyUse::DataIntegrity);
    let unsigned = badge(keyring.issuer_id()).to_string();
    let document = folder.path().join("unsigned.json");
    fs::write(&document, &unsigned).expect("the folder can be written");
    let request = json!({
        "do": "measure",
        "document": document,
        "secret": SEED.map(|byte| format!("{byte:02x}")).concat(),
        "verificationMethod": key.verification_method(),
        "created": CREATED,
        "seconds": seconds,
    });
    let mut digitalbazaar = Peer::start("measure-digitalbazaar");
    println!("round                       Assay        @digitalbazaar/vc    ratio");
    let mut best = [Speed {
        issued: 0.0,
        verified: 0.0,
    }; 2];
    // The first round warms both up: compiled contexts here, compiled code there.
    for round in 0..=rounds {
        let answer = digitalbazaar.ask(&request);
        let number = |name: &str| answer[name].as_f64().expect("a number");
        let theirs = Speed {
            issued: number("issued"),
            verified: number("verified"),
        };
        let ours = assay(&unsigned, key, seconds);
        if round > 0 {
            print_line(&format!("{round} issue"), ours.issued, theirs.issued);
            print_line(&format!("{round} verify"), ours.verified, theirs.verified);
            for (best, now) in best.iter_mut().zip([ours, theirs]) {
                best.issued = best.issued.max(now.issued);
                best.verified = best.verified.max(now.verified);
            }
        }
    }
    print_line("best issue", best[0].issued, best[1].issued);
    print_line("best verify", best[0].verified, best[1].verified);
    let bytes = unsigned.len();
    println!(
        "\nPer CPU second, one badge of {bytes} bytes, eddsa-rdfc-2022, did:key, text in and text out;"
    );
    println!(
        "{rounds} rounds of {seconds} CPU seconds for each line after one to warm up, both sides in turn."
    );
    println!("CPU time: Assay by /proc/thread-self/schedstat of its one thread, the other by");
    println!("process.cpuUsage() with all its threads. {}", machine());
}

/// An unsigned badge with most of what badges have. No side is to look up a status list, so it has no status.
fn badge(issuer: &str) -> Value {
    let achievement = "https://badges.example/achievements/wait-time";
    json!({
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
            "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
        ],
        "id": "https://badges.example/badges/1",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Wait Time",
        "issuer": {"id": issuer, "type": ["Profile"], "name": "Example District"},
        "validFrom": CREATED,
        "awardedDate": CREATED,
        "credentialSubject": {
            "id": "urn:uuid:7b0f2c1e-31ab-4d9b-8a51-6c1f5f0f8d11",
            "type": ["AchievementSubject"],
            "identifier": [{
                "type": "IdentityObject",
                "identityHash": "sha256$b36e4f0d1c2bd0a1e4f7a3d3b8b36ad0e4e6eb2b0f4a4e8bfa11ad4f6b4a1a2c",
                "identityType": "emailAddress",
                "hashed": true,
                "salt": "c2FsdA",
            }],
            "creditsEarned": 3.5,
            "achievement": {
                "id": achievement,
                "type": ["Achievement"],
                "name": "Wait Time",
                "description": "Waits long enough after a question – é, 漢字, \u{1F393}.",
                "criteria": {"narrative": "Three recorded lessons, read by a reviewer."},
                "creditsAvailable": 36.0,
                "tag": ["questioning", "discussion"],
                "resultDescription": [{
                    "id": format!("{achievement}#overall"),
                    "type": ["ResultDescription"],
                    "name": "Overall",
                    "resultType": "Result",
                    "allowedValue": ["not yet", "meets", "exceeds"],
                }],
            },
            "result": [{
                "type": ["Result"],
                "resultDescription": format!("{achievement}#overall"),
                "value": "meets",
            }],
        },
    })
}

fn assay(unsigned: &str, key: &SigningKey, seconds: f64) -> Speed {
    let created = Timestamp::parse(CREATED).expect("a date-time");
    let options = ProofOptions::new(Cryptosuite::EddsaRdfc2022, key.verification_method());
    let options = options.created(created);
    let issue = || {
        let document = read(unsigned);
        let secured = key.sign_document(&document, &options).expect("a proof");
        secured.to_string()
    };
    let signed = issue();
    let documents = Documents::default();
    let policy = Policy::default();
    let now = Timestamp::parse("2026-11-22T18:32:00Z").expect("a date-time");
    let verify = || {
        let report = verifier::verify(signed.as_bytes(), &documents, &policy, now);
        assert_eq!(report.verdict(), Verdict::Verified, "{:?}", report.reason());
        report
    };
    Speed {
        issued: per_cpu_second(seconds, issue),
        verified: per_cpu_second(seconds, verify),
    }
}

fn read(text: &str) -> Value {
    json::read(text.as_bytes(), &JsonLimits::default()).expect("strict JSON")
}

fn per_cpu_second<T>(seconds: f64, work: impl Fn() -> T) -> f64 {
    let clock = CpuClock::start();
    let mut count = 0;
    loop {
        for _ in 0..20 {
            black_box(work());
        }
        count += 20;
        let spent = clock.seconds();
        if spent >= seconds {
            return f64::from(count) / spent;
        }
    }
}

/// CPU time of this thread, or the time on the wall where the system does not tell.
struct CpuClock {
    started: Instant,
    nanoseconds: Option<u64>,
}

impl CpuClock {
    fn start() -> CpuClock {
        CpuClock {
            started: Instant::now(),
            nanoseconds: CpuClock::now(),
        }
    }

    fn seconds(&self) -> f64 {
        match (self.nanoseconds, CpuClock::now()) {
            (Some(start), Some(now)) => (now - start) as f64 / 1e9,
            _ => self.started.elapsed().as_secs_f64(),
        }
    }

    fn now() -> Option<u64> {
        let text = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        text.split(' ').next()?.parse().ok()
    }
}

fn print_line(name: &str, ours: f64, theirs: f64) {
    println!(
        "{name:<20} {ours:>12.0} {theirs:>24.0} {:>8.1}",
        ours / theirs
    );
}

fn machine() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = text
        .lines()
        .find_map(|line| line.strip_prefix("model name"));
    model.map_or(String::new(), |model| {
        format!("Machine: {}.", model.trim_start_matches([' ', '\t', ':']))
    })
}
