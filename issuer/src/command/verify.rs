//! `assay verify`: badges read or fetched, one or thousands, and what was found.

mod evidence;
mod options;
mod told;

use std::io::{self, Read};
use std::process::ExitCode;
use std::sync::Arc;

use futures_util::{StreamExt, stream};
use issuer::clock::Clock;
use issuer::fetch::{self, Fetch, Wanted};
use issuer::inputs::{self, Input, Inputs, Source};
use schemas::timestamp::Timestamp;
use verifier::{Policy, Verdict};

pub use self::options::VerifyOptions;
use self::options::{Outside, Unusable};
use self::told::{Found, Many, Outcome};

/// Verifies what the options name, prints what was found, and gives the verdict as exit code.
pub fn run(options: &VerifyOptions) -> ExitCode {
    match verify(options) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("assay: {error}");
            ExitCode::from(NO_INPUT)
        }
    }
}

fn verify(options: &VerifyOptions) -> Result<ExitCode, Unusable> {
    let runtime = tokio::runtime::Runtime::new()?;
    let question = Arc::new(Question {
        outside: options.outside()?,
        policy: options.policy()?,
        now: options.now.unwrap_or_else(|| Clock::System.now()),
    });
    let inputs = Inputs::new(&options.inputs, options.lines);
    let evidence = options.evidence.read()?;
    if evidence.is_some() && inputs.are_many() {
        return Err(Unusable::EvidenceOfMany);
    }
    let code = if inputs.are_many() {
        let mut many = match &question.policy.trust {
            Some(_) => Many::with_issuers(options.json),
            None => Many::new(options.json),
        };
        // Side by side, but told in their order, and only a few of them read at a time.
        let found = stream::iter(inputs)
            .map(|input| question.clone().answer(input))
            .buffered(side_by_side());
        runtime.block_on(async {
            let mut found = std::pin::pin!(found);
            while let Some((name, outcome)) = found.next().await {
                many.tell(&name, &outcome)?;
            }
            many.sum_up()
        })?
    } else {
        let mut ended = None;
        for input in inputs {
            let (name, outcome) = runtime.block_on(question.clone().answer(input));
            let found = match &outcome {
                Outcome::Report(report) => evidence.as_ref().map(|shown| shown.check(report)),
                Outcome::NotFetched(_) | Outcome::Unread(_) => None,
            };
            ended = Some(told::one(&name, &outcome, found.as_ref(), options.json)?);
        }
        ended.unwrap_or(Found::Nothing)
    };
    if let (Some(file), Outside::Recorded(recorder)) = (&options.save_documents, &question.outside)
    {
        recorder.save(file)?;
    }
    Ok(match code {
        Found::AllVerified => ExitCode::SUCCESS,
        Found::SomeRefused => ExitCode::from(REFUSED),
        Found::SomeUndetermined => ExitCode::from(UNDETERMINED),
        Found::Nothing => ExitCode::from(NO_INPUT),
    })
}

/// What is asked of every badge.
struct Question {
    outside: Outside,
    policy: Policy,
    now: Timestamp,
}

impl Question {
    async fn answer(self: Arc<Self>, input: Input) -> (inputs::Name, Outcome) {
        let presented = match input.source {
            Source::Bytes(bytes) => Ok(bytes),
            Source::Wrong(problem) => Err(Outcome::Unread(problem)),
            Source::Address(url) => {
                let answer = self.outside.fetch(&url, Wanted::Badge).await;
                answer
                    .map(|document| document.bytes)
                    .map_err(Outcome::NotFetched)
            }
            Source::File(path) => {
                let reading = move || std::fs::File::open(path).and_then(read);
                off_the_loop(reading).await
            }
            Source::StandardInput => off_the_loop(|| read(io::stdin().lock())).await,
        };
        let outcome = match presented {
            Err(outcome) => outcome,
            Ok(presented) => {
                let mut policy = self.policy.clone();
                policy.recipient = input.recipient.or(policy.recipient);
                let report = fetch::verify(presented, &self.outside, policy, self.now).await;
                Outcome::Report(Box::new(report))
            }
        };
        (input.name, outcome)
    }
}

async fn off_the_loop(
    reading: impl FnOnce() -> io::Result<Vec<u8>> + Send + 'static,
) -> Result<Vec<u8>, Outcome> {
    let read = tokio::task::spawn_blocking(reading).await;
    // Reading neither panics nor is cancelled.
    read.map_err(|error| Outcome::Unread(error.to_string()))?
        .map_err(|error| Outcome::Unread(error.to_string()))
}

/// Reads one byte more than a badge may have, so that the verifier sees that it is too large.
fn read(source: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(MOST_BADGE_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// As many as the machine computes at once, and few enough that their bytes fit into little memory.
fn side_by_side() -> usize {
    std::thread::available_parallelism().map_or(1, |cores| cores.get().min(4))
}

impl Found {
    fn of(verdict: Verdict) -> Found {
        match verdict {
            Verdict::Verified => Found::AllVerified,
            Verdict::Refused => Found::SomeRefused,
            Verdict::Undetermined => Found::SomeUndetermined,
        }
    }
}

const REFUSED: u8 = 1;
const UNDETERMINED: u8 = 2;

/// Of sysexits.h: the input is not there, which says nothing about any badge.
const NO_INPUT: u8 = 66;

const MOST_BADGE_BYTES: u64 = 10 * 1024 * 1024;
