//! `assay verify`: one badge, read or fetched, and the report on it.

use std::fs::File;
use std::io::{self, Read, Write};
use std::process::ExitCode;

use issuer::fetch::{self, Fetch, Wanted, Web};
use issuer::http::edge::Clock;
use issuer::wording;
use serde_json::json;
use url::Url;
use verifier::{FetchFailure, Outcome, Policy, Report, Verdict};

use super::VerifyOptions;

/// Verifies what the options name, prints the report, and gives the verdict as exit code.
pub fn run(options: &VerifyOptions) -> ExitCode {
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return unusable(&error),
    };
    let web = options
        .development
        .as_ref()
        .map_or_else(Web::new, Web::with_development_origin);
    let presented = match presented(&options.badge, &web, &runtime) {
        Ok(presented) => presented,
        Err(Absent::Fetch(failure)) => return not_fetched(options, failure),
        Err(Absent::File(error)) => return unusable(&error),
    };
    let mut policy = if options.lenient {
        Policy::lenient()
    } else {
        Policy::default()
    };
    let now = match options.at {
        None => Clock::System.now(),
        Some(chosen) => {
            policy.clock = verifier::Clock::Chosen;
            chosen
        }
    };
    let report = runtime.block_on(fetch::verify(presented, &web, policy, now));
    let printed = if options.json {
        print_json(&json!(report))
    } else {
        print(&report)
    };
    if let Err(error) = printed {
        return unusable(&error);
    }
    match report.verdict() {
        Verdict::Verified => ExitCode::SUCCESS,
        Verdict::Refused => ExitCode::from(REFUSED),
        Verdict::Undetermined => ExitCode::from(UNDETERMINED),
    }
}

/// Why there is no badge to verify.
enum Absent {
    File(io::Error),
    Fetch(FetchFailure),
}

fn presented(badge: &str, web: &Web, runtime: &tokio::runtime::Runtime) -> Result<Vec<u8>, Absent> {
    if badge == "-" {
        return read(io::stdin().lock()).map_err(Absent::File);
    }
    let address = Url::parse(badge)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"));
    match address {
        Some(url) => {
            let answer = runtime.block_on(web.fetch(&url, Wanted::Badge));
            answer.map(|document| document.bytes).map_err(Absent::Fetch)
        }
        None => File::open(badge).and_then(read).map_err(Absent::File),
    }
}

/// Reads one byte more than a badge may have, so that the verifier sees that it is too large.
fn read(source: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(MOST_BADGE_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn print(report: &Report) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{}.", wording::headline(report.verdict()))?;
    writeln!(out, "{}\n", wording::explanation(report.verdict()))?;
    for (name, value) in wording::facts(report) {
        writeln!(out, "  {name:<14} {}", visible(&value))?;
    }
    writeln!(out, "\nChecked at {}:\n", report.now())?;
    for step in report.steps() {
        let sign = wording::sign(&step.outcome);
        writeln!(
            out,
            "  {sign} {:<44} {}",
            wording::statement(step.name),
            wording::outcome(step)
        )?;
        if let Outcome::Fail(reason) | Outcome::Unknown(reason) = &step.outcome {
            writeln!(
                out,
                "      {} ({})",
                visible(&reason.to_string()),
                reason.code()
            )?;
            if let Some(pointer) = reason.pointer().filter(|pointer| !pointer.is_empty()) {
                writeln!(out, "      at {}", visible(pointer))?;
            }
        }
    }
    for warning in report.warnings() {
        writeln!(
            out,
            "\n  Remark: {} ({})",
            visible(&warning.to_string()),
            warning.code()
        )?;
    }
    Ok(())
}

fn print_json(value: &serde_json::Value) -> io::Result<()> {
    writeln!(io::stdout().lock(), "{value:#}")
}

/// A stranger's text, without what would move a terminal's cursor or turn its text around.
fn visible(text: &str) -> String {
    let hidden = |character: char| {
        character.is_control()
            || matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    text.chars()
        .map(|character| {
            if hidden(character) {
                '\u{fffd}'
            } else {
                character
            }
        })
        .collect()
}

fn not_fetched(options: &VerifyOptions, failure: FetchFailure) -> ExitCode {
    let printed = if options.json {
        print_json(
            &json!({ "verdict": Verdict::Undetermined, "code": failure.code(), "message": failure.to_string() }),
        )
    } else {
        let headline = wording::headline(Verdict::Undetermined);
        writeln!(
            io::stdout().lock(),
            "{headline}.\nIt could not be fetched: {failure} ({}).",
            failure.code()
        )
    };
    printed.map_or_else(|error| unusable(&error), |()| ExitCode::from(UNDETERMINED))
}

fn unusable(error: &io::Error) -> ExitCode {
    eprintln!("assay: {error}");
    ExitCode::from(NO_INPUT)
}

const REFUSED: u8 = 1;
const UNDETERMINED: u8 = 2;

/// Of sysexits.h: the file is not there, which says nothing about any badge.
const NO_INPUT: u8 = 66;

const MOST_BADGE_BYTES: u64 = 10 * 1024 * 1024;
