//! A report as the page tells it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use verifier::{FetchFailure, Nested, Outcome, Reason, Report, Step, Verdict};

use crate::http::verifying::{Answered, Strictness};
use crate::wording::{self, Document, Part, Trust};

/// A report, or the reason why there is none, in words.
pub struct Told {
    pub verdict: ToldVerdict,
    pub explanation: String,
    pub reason: Option<ToldReason>,
    pub facts: Vec<(&'static str, String)>,
    pub trust: Option<Trust>,
    pub steps: Vec<ToldStep>,
    pub warnings: Vec<ToldReason>,
    pub nested: Vec<ToldNested>,
    pub documents: Vec<Document>,
    pub circumstances: Option<Circumstances>,
}

/// A verdict as a word, with the sign and the colour that go with it and never stand alone.
pub struct ToldVerdict {
    pub class: &'static str,
    pub sign: &'static str,
    pub headline: &'static str,
}

pub struct ToldStep {
    pub class: &'static str,
    pub sign: &'static str,
    pub statement: &'static str,
    pub outcome: &'static str,
    pub reasons: Vec<ToldReason>,
    /// Why it was not run.
    pub aside: Option<&'static str>,
}

pub struct ToldReason {
    pub sentence: Vec<Part>,
    pub code: &'static str,
    pub pointer: Option<String>,
    /// What would change it.
    pub remedy: Option<&'static str>,
}

/// A credential within another, with its own report.
pub struct ToldNested {
    pub role: &'static str,
    pub pointer: String,
    pub verdict: ToldVerdict,
    pub reason: Option<ToldReason>,
    pub facts: Vec<(&'static str, String)>,
    pub steps: Vec<ToldStep>,
    pub warnings: Vec<ToldReason>,
}

/// What was asked, so that the same answer can be had again.
pub struct Circumstances {
    pub input: String,
    pub sha256: Option<String>,
    pub now: String,
    pub policy: &'static str,
    pub verifier: &'static str,
    /// The report for programs, in the address itself: nothing is kept to be fetched later.
    pub download: String,
}

impl Told {
    pub fn of(answered: &Answered, strictness: Strictness) -> Told {
        match answered {
            Answered::Report(report) => Told::report(report, strictness),
            Answered::NotFetched(failure) => Told::not_fetched(*failure),
        }
    }

    fn report(report: &Report, strictness: Strictness) -> Told {
        Told {
            verdict: ToldVerdict::of(report.verdict()),
            explanation: wording::explanation(report).to_owned(),
            reason: report.reason().map(ToldReason::of),
            facts: wording::facts(report),
            trust: wording::trust(report),
            steps: steps(report),
            warnings: report.warnings().iter().map(ToldReason::of).collect(),
            nested: within(report),
            documents: wording::documents(report),
            circumstances: Some(Circumstances::of(report, strictness)),
        }
    }

    fn not_fetched(failure: FetchFailure) -> Told {
        Told {
            verdict: ToldVerdict::of(Verdict::Undetermined),
            explanation: format!(
                "There is no badge to look at: {failure} ({}). That says nothing for or against it. \
                 Check the address, or choose the badge as a file.",
                failure.code()
            ),
            reason: None,
            facts: Vec::new(),
            trust: None,
            steps: Vec::new(),
            warnings: Vec::new(),
            nested: Vec::new(),
            documents: Vec::new(),
            circumstances: None,
        }
    }
}

impl ToldVerdict {
    fn of(verdict: Verdict) -> ToldVerdict {
        let (class, sign) = match verdict {
            Verdict::Verified => ("verified", "✓"),
            Verdict::Refused => ("refused", "✕"),
            Verdict::Undetermined => ("undetermined", "?"),
        };
        let headline = wording::headline(verdict);
        ToldVerdict {
            class,
            sign,
            headline,
        }
    }
}

impl ToldReason {
    fn of(reason: &Reason) -> ToldReason {
        ToldReason {
            sentence: wording::parts(&wording::visible(&reason.to_string())),
            code: reason.code(),
            pointer: reason
                .pointer()
                .filter(|pointer| !pointer.is_empty())
                .map(wording::visible),
            remedy: reason.remedy(),
        }
    }
}

impl Circumstances {
    fn of(report: &Report, strictness: Strictness) -> Circumstances {
        let json = serde_json::to_vec_pretty(report).unwrap_or_default();
        Circumstances {
            input: wording::input(report),
            sha256: report.input().sha256.clone(),
            now: wording::moment(report.now()),
            policy: match strictness {
                Strictness::Strict => "strict",
                Strictness::Lenient => "lenient, as the official validator judges",
            },
            verifier: concat!("Assay ", env!("CARGO_PKG_VERSION")),
            download: format!("data:application/json;base64,{}", STANDARD.encode(json)),
        }
    }
}

fn steps(report: &Report) -> Vec<ToldStep> {
    report
        .steps()
        .iter()
        .map(|step| told_step(step, report))
        .collect()
}

fn told_step(step: &Step, report: &Report) -> ToldStep {
    let (class, reason, aside) = match &step.outcome {
        Outcome::Pass => ("verified", None, None),
        Outcome::Fail(reason) => ("refused", Some(reason), None),
        Outcome::Unknown(reason) => ("undetermined", Some(reason), None),
        Outcome::NotRun => ("not-run", None, wording::not_run(step.name, report)),
    };
    ToldStep {
        class,
        sign: wording::sign(&step.outcome),
        statement: wording::statement(step.name, report),
        outcome: wording::outcome(step),
        reasons: reason
            .into_iter()
            .chain(&step.further)
            .map(ToldReason::of)
            .collect(),
        aside,
    }
}

/// The credentials within a report and those within them, one after the other.
fn within(report: &Report) -> Vec<ToldNested> {
    let mut all = Vec::new();
    for nested in report.nested() {
        all.push(told_nested(nested));
        all.extend(within(&nested.report));
    }
    all
}

fn told_nested(nested: &Nested) -> ToldNested {
    let report = &nested.report;
    ToldNested {
        role: wording::role(nested.role),
        pointer: nested.pointer.clone(),
        verdict: ToldVerdict::of(report.verdict()),
        reason: report.reason().map(ToldReason::of),
        facts: wording::facts(report),
        steps: steps(report),
        warnings: report.warnings().iter().map(ToldReason::of).collect(),
    }
}
