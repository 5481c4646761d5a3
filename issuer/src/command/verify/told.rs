//! What was found, in words and as JSON.

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Stdout, Write};

use super::evidence::EvidenceOutcome;
use issuer::inputs::Name;
use issuer::wording::{self, visible};
use serde_json::{Value, json};
use verifier::{FetchFailure, Outcome as StepOutcome, Reason, Report, Verdict};

/// What became of one input.
pub enum Outcome {
    Report(Box<Report>),
    /// Its address gave no badge.
    NotFetched(FetchFailure),
    /// It could not be read, which says nothing about any badge.
    Unread(String),
}

/// What was found in all inputs together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    AllVerified,
    SomeRefused,
    /// None refused, but some could not be told.
    SomeUndetermined,
    /// None refused, but some could not be read, or there were none.
    Nothing,
}

impl Outcome {
    fn verdict(&self) -> Option<Verdict> {
        match self {
            Outcome::Report(report) => Some(report.verdict()),
            Outcome::NotFetched(_) => Some(Verdict::Undetermined),
            Outcome::Unread(_) => None,
        }
    }

    fn code(&self) -> Option<&'static str> {
        match self {
            Outcome::Report(report) => report.reason().map(Reason::code),
            Outcome::NotFetched(failure) => Some(failure.code()),
            Outcome::Unread(_) => None,
        }
    }

    /// Whether the issuer is one that the caller knows; `None` where no list says it, or no proof.
    fn is_known(&self) -> Option<bool> {
        match self {
            Outcome::Report(report) => wording::trust(report).map(|trust| trust.known),
            Outcome::NotFetched(_) | Outcome::Unread(_) => None,
        }
    }

    fn message(&self) -> Option<String> {
        match self {
            Outcome::Report(report) => report.reason().map(Reason::to_string),
            Outcome::NotFetched(failure) => Some(failure.to_string()),
            Outcome::Unread(problem) => Some(problem.clone()),
        }
    }
}

/// Tells all about one badge.
pub fn one(
    name: &Name,
    outcome: &Outcome,
    evidence: Option<&EvidenceOutcome>,
    as_json: bool,
) -> io::Result<Found> {
    let mut out = BufWriter::new(io::stdout());
    match outcome {
        Outcome::Unread(problem) => {
            return Err(io::Error::other(format!("{}: {problem}", called(name))));
        }
        Outcome::Report(report) if as_json => {
            let mut document = json!(report);
            if let Some(evidence) = evidence {
                document["evidence"] = evidence.to_json();
            }
            writeln!(out, "{document:#}")?;
        }
        Outcome::Report(report) => {
            tell(&mut out, report)?;
            if let Some(evidence) = evidence {
                evidence.tell(&mut out)?;
            }
        }
        Outcome::NotFetched(failure) if as_json => writeln!(
            out,
            "{:#}",
            json!({ "verdict": Verdict::Undetermined, "code": failure.code(), "message": failure.to_string() })
        )?,
        Outcome::NotFetched(failure) => writeln!(
            out,
            "{}.\nIt could not be fetched: {failure} ({}).",
            wording::headline(Verdict::Undetermined),
            failure.code()
        )?,
    }
    out.flush()?;
    if let Some(EvidenceOutcome::Refused(_)) = evidence {
        return Ok(Found::SomeRefused);
    }
    Ok(outcome.verdict().map_or(Found::Nothing, Found::of))
}

/// Tells of many badges, one line each, and sums up.
pub struct Many {
    out: BufWriter<Stdout>,
    as_json: bool,
    /// How many verified badges are by issuers that the caller knows, where there is a list of them.
    by_known: Option<u64>,
    inputs: u64,
    unread: u64,
    by_verdict: BTreeMap<&'static str, u64>,
    by_code: BTreeMap<&'static str, u64>,
}

impl Many {
    pub fn new(as_json: bool) -> Many {
        Many {
            out: BufWriter::new(io::stdout()),
            as_json,
            by_known: None,
            inputs: 0,
            unread: 0,
            by_verdict: BTreeMap::new(),
            by_code: BTreeMap::new(),
        }
    }

    /// Says beside each verdict whether the issuer stands in the caller's list.
    pub fn with_issuers(as_json: bool) -> Many {
        Many {
            by_known: Some(0),
            ..Many::new(as_json)
        }
    }

    /// Tells of one of them, at once, so that whoever waits sees it go on.
    pub fn tell(&mut self, name: &Name, outcome: &Outcome) -> io::Result<()> {
        let word = outcome.verdict().map_or(UNREAD, word);
        if self.as_json {
            writeln!(self.out, "{}", line(name, outcome))?;
        } else {
            self.head()?;
            let code = outcome.code().unwrap_or_default();
            write!(self.out, "{word:<13} {code:<28} ")?;
            if self.by_known.is_some() {
                let issuer = outcome.is_known().map_or("", issuer);
                write!(self.out, "{issuer:<9} ")?;
            }
            match outcome {
                Outcome::Unread(problem) => {
                    writeln!(self.out, "{} ({})", called(name), visible(problem))?;
                }
                _ => writeln!(self.out, "{}", called(name))?,
            }
        }
        if let Some(known) = &mut self.by_known
            && outcome.verdict() == Some(Verdict::Verified)
            && outcome.is_known() == Some(true)
        {
            *known += 1;
        }
        self.inputs += 1;
        match outcome.verdict() {
            Some(_) => *self.by_verdict.entry(word).or_default() += 1,
            None => self.unread += 1,
        }
        if let Some(code) = outcome.code() {
            *self.by_code.entry(code).or_default() += 1;
        }
        self.out.flush()
    }

    fn head(&mut self) -> io::Result<()> {
        if self.inputs > 0 {
            return Ok(());
        }
        write!(self.out, "{:<13} {:<28} ", "verdict", "reason")?;
        if self.by_known.is_some() {
            write!(self.out, "{:<9} ", "issuer")?;
        }
        writeln!(self.out, "badge")
    }

    /// The totals. As JSON there are none: each line stands for itself.
    pub fn sum_up(mut self) -> io::Result<Found> {
        let count = |word: &str| self.by_verdict.get(word).copied().unwrap_or(0);
        let (refused, undetermined) = (count(REFUSED), count(UNDETERMINED));
        if !self.as_json && self.inputs > 0 {
            let mut totals = vec![
                match self.by_known {
                    Some(known) => {
                        format!("{} verified ({known} by known issuers)", count(VERIFIED))
                    }
                    None => format!("{} verified", count(VERIFIED)),
                },
                format!("{refused} refused"),
                format!("{undetermined} undetermined"),
            ];
            if self.unread > 0 {
                totals.push(format!("{} not read", self.unread));
            }
            writeln!(self.out, "\n{} in all: {}", self.inputs, totals.join(", "))?;
            for (code, times) in &self.by_code {
                writeln!(self.out, "{times:>8} {code}")?;
            }
        }
        self.out.flush()?;
        if self.inputs == 0 {
            return Err(io::Error::new(
                io::ErrorKind::NotFound,
                "there is no badge in what was named",
            ));
        }
        Ok(if refused > 0 {
            Found::SomeRefused
        } else if self.unread > 0 {
            Found::Nothing
        } else if undetermined > 0 {
            Found::SomeUndetermined
        } else {
            Found::AllVerified
        })
    }
}

/// One of many, as a line of JSON.
fn line(name: &Name, outcome: &Outcome) -> Value {
    let mut line = json!({
        "name": name.text,
        "verdict": outcome.verdict(),
        "code": outcome.code(),
        "message": outcome.message(),
    });
    if let Some(row) = &name.row {
        line["row"] = row.clone().into();
    }
    if let Outcome::Report(report) = outcome {
        line["report"] = json!(report);
    }
    line
}

/// A name as one line of a table: what else the row is called stands beside it.
fn called(name: &Name) -> String {
    let label = name.row.as_ref().and_then(|row| {
        let label = row.get("name").or_else(|| row.get("recipient"));
        label?.as_str()
    });
    let text = visible(&name.text);
    match label {
        Some(label) => format!("{text}  {}", visible(label)),
        None => text,
    }
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Verified => VERIFIED,
        Verdict::Refused => REFUSED,
        Verdict::Undetermined => UNDETERMINED,
    }
}

fn issuer(is_known: bool) -> &'static str {
    if is_known { "known" } else { "not known" }
}

const VERIFIED: &str = "verified";
const REFUSED: &str = "refused";
const UNDETERMINED: &str = "undetermined";
const UNREAD: &str = "not read";

/// The whole report, for a terminal.
fn tell(out: &mut impl Write, report: &Report) -> io::Result<()> {
    writeln!(out, "{}.", wording::headline(report.verdict()))?;
    writeln!(out, "{}\n", wording::explanation(report))?;
    for (name, value) in wording::facts(report) {
        writeln!(out, "  {name:<20} {value}")?;
    }
    if let Some(trust) = wording::trust(report) {
        writeln!(out, "  {:<20} {}", "Your list", visible(&trust.sentence))?;
    }
    writeln!(out, "\nChecked at {}:\n", report.now())?;
    for step in report.steps() {
        let sign = wording::sign(&step.outcome);
        let statement = wording::statement(step.name, report);
        let outcome = wording::outcome(step);
        writeln!(out, "  {sign} {statement:<44} {outcome}")?;
        if let StepOutcome::Fail(reason) | StepOutcome::Unknown(reason) = &step.outcome {
            because(out, reason)?;
            for reason in &step.further {
                because(out, reason)?;
            }
        }
        if step.outcome == StepOutcome::NotRun
            && let Some(aside) = wording::not_run(step.name, report)
        {
            writeln!(out, "      {aside}")?;
        }
    }
    for warning in report.warnings() {
        let sentence = visible(&warning.to_string());
        writeln!(out, "\n  Remark: {sentence} ({})", warning.code())?;
        if let Some(remedy) = warning.remedy() {
            writeln!(out, "      {remedy}")?;
        }
    }
    for nested in report.nested() {
        let what = wording::role(nested.role);
        let verdict = word(nested.report.verdict());
        let place = visible(&nested.pointer);
        writeln!(out, "\n  {what} at {place}: {verdict}")?;
        if let Some(reason) = nested.report.reason() {
            because(out, reason)?;
        }
        for (name, value) in wording::facts(&nested.report) {
            writeln!(out, "      {name:<20} {value}")?;
        }
    }
    if !report.documents().is_empty() {
        writeln!(out, "\nLooked at:\n")?;
        for document in wording::documents(report) {
            writeln!(
                out,
                "  {}\n      {}",
                visible(&document.url),
                document.found
            )?;
        }
    }
    Ok(())
}

fn because(out: &mut impl Write, reason: &Reason) -> io::Result<()> {
    let sentence = visible(&reason.to_string());
    writeln!(out, "      {sentence} ({})", reason.code())?;
    if let Some(pointer) = reason.pointer().filter(|pointer| !pointer.is_empty()) {
        writeln!(out, "      at {}", visible(pointer))?;
    }
    if let Some(remedy) = reason.remedy() {
        writeln!(out, "      {remedy}")?;
    }
    Ok(())
}
