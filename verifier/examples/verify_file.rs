//! Verifies a badge in a file, and fetches what it needs: the loop of whoever embeds the verifier.
//!
//!     cargo run --release --example verify_file -- badge.json
//!     cargo run --release --example verify_file -- badge.json documents.json
//!
//! The second file is a JSON object from address to text, in place of the network. Without it `curl`
//! is run for each document. It ends with 0, 1 or 2 for verified, refused and undetermined.

use std::collections::HashMap;
use std::env;
use std::error::Error;
use std::fs;
use std::process::{Command, ExitCode};
use std::time::{SystemTime, UNIX_EPOCH};

use schemas::timestamp::Timestamp;
use verifier::{
    Answer, Document, DocumentKind, Documents, FetchFailure, Policy, Report, Request, Verdict,
    verify,
};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let badge = fs::read(arguments.next().ok_or("name a file with a badge in it")?)?;
    let brought: Option<HashMap<String, String>> = match arguments.next() {
        Some(file) => Some(serde_json::from_slice(&fs::read(file)?)?),
        None => None,
    };
    let fetch = |request: &Request| match &brought {
        Some(documents) => documents
            .get(request.url.as_str())
            .map(|text| Document::new(text.as_str()))
            .ok_or(FetchFailure::NotAllowed),
        None => curl(request),
    };
    let report = verify_file(&badge, now()?, fetch);
    println!("{}", serde_json::to_string_pretty(&report)?);
    Ok(ExitCode::from(match report.verdict() {
        Verdict::Verified => 0,
        Verdict::Refused => 1,
        Verdict::Undetermined => 2,
    }))
}

/// Verifies, fetches what is missing, and verifies again until nothing is.
fn verify_file(badge: &[u8], now: Timestamp, fetch: impl Fn(&Request) -> Answer) -> Report {
    let mut documents = Documents::default();
    let mut requests = 0;
    loop {
        let report = verify(badge, &documents, &Policy::default(), now);
        let missing = report.missing();
        if missing.is_empty() {
            return report;
        }
        for request in missing {
            requests += 1;
            // One badge shall not make this program call a thousand addresses.
            let answer = if requests > MOST_REQUESTS {
                Err(FetchFailure::Budget)
            } else {
                fetch(&request)
            };
            // A failure is an answer too: nothing is asked for twice.
            documents.insert(request.url, answer);
        }
    }
}

/// Fetches with limits on time, size, redirects and protocol.
///
/// A server that does this for strangers must also refuse the addresses of its own network, after
/// it has resolved the name and before it connects: a badge may name any address.
fn curl(request: &Request) -> Answer {
    // did:web names the address itself: an answer from elsewhere is another's.
    let redirects = match request.kind {
        DocumentKind::DidDocument => "0",
        _ => "3",
    };
    let output = Command::new("curl")
        .args([
            "--silent",
            "--fail",
            "--location",
            "--max-redirs",
            redirects,
        ])
        .args(["--proto", "=https", "--proto-redir", "=https"])
        .args(["--connect-timeout", "2", "--max-time", "5"])
        .args(["--max-filesize", "10485760", "--", request.url.as_str()])
        .output()
        .map_err(|_| FetchFailure::NotAllowed)?;
    match output.status.code() {
        Some(0) => Ok(Document::new(output.stdout)),
        // As curl numbers its failures.
        Some(1) => Err(FetchFailure::NotAllowed),
        Some(28) => Err(FetchFailure::Timeout),
        Some(35 | 51 | 58 | 60) => Err(FetchFailure::Tls),
        Some(47) => Err(FetchFailure::Redirect),
        Some(63) => Err(FetchFailure::TooLarge),
        _ => Err(FetchFailure::Unreachable),
    }
}

/// The clock is read here: the verifier itself knows no time but what it is given.
fn now() -> Result<Timestamp, Box<dyn Error>> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH)?;
    Timestamp::from_unix(i64::try_from(since.as_secs())?).ok_or("the clock is wrong".into())
}

const MOST_REQUESTS: u32 = 24;
