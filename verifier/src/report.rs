//! What a verification found: steps, warnings, and what is still needed.

mod checked;
mod input;
mod json;
mod nested;
mod step;

use schemas::timestamp::Timestamp;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::documents::{Consulted, Request, Shelf};
use crate::limits::Limits;
use crate::reason::Reason;
use crate::status::{ListEdition, Statuses};
use crate::trust::Standing;

pub use checked::{CheckedProof, CheckedStatus};
pub use input::{Container, DataModel, Form, Input};
pub use nested::{Nested, NestedRole};
pub use step::{Outcome, Step, StepName};

/// What a verification found. Serialises to JSON for programs.
///
/// What it shows of a badge is what was proven: nobody makes a report by hand, or changes one.
///
/// ```compile_fail,E0451
/// fn forged(report: verifier::Report) -> verifier::Report {
///     verifier::Report { proven: None, ..report }
/// }
/// ```
/// ```compile_fail,E0594
/// fn edited(report: &mut verifier::Report) {
///     *report.credential().expect("a proven credential") = Default::default();
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Report {
    input: Input,
    now: Timestamp,
    steps: Vec<Step>,
    warnings: Vec<Reason>,
    proofs: Vec<CheckedProof>,
    statuses: Vec<CheckedStatus>,
    proven: Option<Value>,
    trust: Option<Standing>,
    documents: Vec<Consulted>,
    editions: Vec<ListEdition>,
    wanted: Vec<Request>,
    nested: Vec<Nested>,
}

/// The answer in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    /// Every step that bears on the badge passed. Says nothing about whether its claims are true.
    Verified,
    /// A step failed.
    Refused,
    /// No step failed, and something that is needed could not be told. Neither valid nor revoked.
    Undetermined,
}

/// How a step goes wrong; everything that is wrong, the decisive reason first.
#[derive(Debug)]
pub(crate) enum Halt {
    Fail(Reason, Vec<Reason>),
    Unknown(Reason, Vec<Reason>),
}

impl Report {
    pub(crate) fn new(presented: &[u8], limits: &Limits, now: Timestamp) -> Report {
        let may_be_read = presented.len() <= limits.longest_input();
        let steps = StepName::ALL.map(|name| Step {
            name,
            outcome: Outcome::NotRun,
            further: Vec::new(),
        });
        Report {
            input: Input {
                sha256: may_be_read.then(|| hexadecimal(&Sha256::digest(presented))),
                bytes: presented.len(),
                container: None,
                form: None,
                model: None,
            },
            now,
            steps: steps.into(),
            warnings: Vec::new(),
            proofs: Vec::new(),
            statuses: Vec::new(),
            proven: None,
            trust: None,
            documents: Vec::new(),
            editions: Vec::new(),
            wanted: Vec::new(),
            nested: Vec::new(),
        }
    }

    /// The answer in one word. The first step that bears on it and did not pass decides it.
    ///
    /// Whether there is a newer edition and whether the issuer is known stand in their steps and among the
    /// warnings; they never turn one verdict into another. As long as something is [`Report::missing`] that
    /// could change it, nothing is called verified.
    pub fn verdict(&self) -> Verdict {
        let mut verdict = Verdict::Verified;
        for step in self.steps.iter().filter(|step| self.decides(step)) {
            match (&step.outcome, step.name) {
                (Outcome::Fail(_), _) => return Verdict::Refused,
                (Outcome::Unknown(_), _) => verdict = Verdict::Undetermined,
                (Outcome::NotRun, name) if name.is_always_needed() => {
                    verdict = Verdict::Undetermined;
                }
                (Outcome::NotRun | Outcome::Pass, _) => {}
            }
        }
        verdict
    }

    /// The reason that decided the verdict, unless it is `Verified`.
    pub fn reason(&self) -> Option<&Reason> {
        let reasons = |fails: bool| {
            let mut deciding = self.steps.iter().filter(|step| self.decides(step));
            deciding.find_map(move |step| match &step.outcome {
                Outcome::Fail(reason) if fails => Some(reason),
                Outcome::Unknown(reason) if !fails => Some(reason),
                _ => None,
            })
        };
        reasons(true).or_else(|| reasons(false))
    }

    /// Whether a newer edition counts is for its own steps to say, but as long as it has not been asked
    /// for the answer is open.
    fn decides(&self, step: &Step) -> bool {
        let asks = |nested: &Nested| {
            nested.role == NestedRole::Refreshed && !nested.report.missing().is_empty()
        };
        let is_open = match &step.outcome {
            Outcome::Unknown(reason) => reason.missing().is_some() || self.nested.iter().any(asks),
            _ => false,
        };
        step.name.decides() || (step.name == StepName::Refresh && is_open)
    }

    /// Every step in its order, also those that were not run.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// What a viewer should know although it does not decide the verdict.
    pub fn warnings(&self) -> &[Reason] {
        &self.warnings
    }

    /// The documents that would let the verification go further, also those of nested reports.
    pub fn missing(&self) -> Vec<Request> {
        let mut requests: Vec<Request> = self.wanted.clone();
        for request in self
            .nested
            .iter()
            .flat_map(|nested| nested.report.missing())
        {
            if !requests.contains(&request) {
                requests.push(request);
            }
        }
        for step in &self.steps {
            let Outcome::Unknown(first) = &step.outcome else {
                continue;
            };
            for (url, kind) in [first]
                .into_iter()
                .chain(&step.further)
                .filter_map(Reason::missing)
            {
                if !requests.iter().any(|request| request.url == *url) {
                    requests.push(Request {
                        url: url.clone(),
                        kind,
                    });
                }
            }
        }
        requests
    }

    /// What was handed in.
    pub fn input(&self) -> &Input {
        &self.input
    }

    /// The time of verification, as the caller gave it.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The proofs that hold.
    pub fn proofs(&self) -> &[CheckedProof] {
        &self.proofs
    }

    /// The statuses that were looked up and are not set.
    pub fn statuses(&self) -> &[CheckedStatus] {
        &self.statuses
    }

    /// The credentials that were verified on their own, each with its own report.
    pub fn nested(&self) -> &[Nested] {
        &self.nested
    }

    /// The documents that were looked at, and those that were needed and could not be had.
    ///
    /// Nested reports tell theirs themselves.
    pub fn documents(&self) -> &[Consulted] {
        &self.documents
    }

    /// How the issuer stands to the caller's list; `None` without a list or a good proof.
    pub fn trust(&self) -> Option<&Standing> {
        self.trust.as_ref()
    }

    /// The credential, exactly as it was signed; `None` as long as its proof has not passed. One of
    /// Open Badges 2.0 has its badge class and its issuer's profile in place of their addresses.
    ///
    /// It may still be expired or revoked: show it together with the verdict.
    pub fn credential(&self) -> Option<&Value> {
        self.proven.as_ref()
    }

    /// Notes how a step ended, and gives its value on when it passed.
    pub(crate) fn record<T>(&mut self, name: StepName, ended: Result<T, Halt>) -> Option<T> {
        let step = self.steps.iter_mut().find(|step| step.name == name)?;
        let (outcome, further, value) = match ended {
            Ok(value) => (Outcome::Pass, Vec::new(), Some(value)),
            Err(Halt::Fail(reason, further)) => (Outcome::Fail(reason), further, None),
            Err(Halt::Unknown(reason, further)) => (Outcome::Unknown(reason), further, None),
        };
        step.outcome = outcome;
        step.further = further;
        value
    }

    /// The finished report. What was let pass and what was looked at stands in it whichever step was
    /// the last.
    pub(crate) fn conclude(mut self, warnings: Vec<Reason>, shelf: &Shelf) -> Report {
        self.warnings = warnings;
        self.documents = shelf.consulted();
        self.editions = shelf.editions();
        self
    }

    /// The editions of the status lists that were read, also for what stands within the badge. Whoever
    /// remembers them can have older ones refused the next time ([`Policy::newest_lists`]).
    ///
    /// [`Policy::newest_lists`]: crate::Policy::newest_lists
    pub fn list_editions(&self) -> Vec<ListEdition> {
        let within = self.nested.iter();
        let within = within.flat_map(|nested| nested.report.list_editions());
        self.editions.iter().cloned().chain(within).collect()
    }

    pub(crate) fn note_nested(&mut self, nested: impl IntoIterator<Item = Nested>) {
        self.nested.extend(nested);
    }

    /// Takes up what was found of a newer edition, which is what the rest of the report is about.
    pub(crate) fn adopt(&mut self, edition: &Report) {
        for (own, newer) in self.steps.iter_mut().zip(&edition.steps) {
            if matches!(own.name, StepName::Validity | StepName::Status) {
                *own = newer.clone();
            }
        }
        self.proven = edition.proven.clone();
        self.proofs = edition.proofs.clone();
        self.statuses = edition.statuses.clone();
        self.wanted = edition.wanted.clone();
    }

    /// Whether nothing has spoken against the badge so far, and nothing is open.
    pub(crate) fn stands(&self) -> bool {
        self.reason().is_none()
    }

    pub(crate) fn note_standing(&mut self, standing: Standing) {
        self.trust = Some(standing);
    }

    pub(crate) fn note_form(&mut self, container: Container, form: Form) {
        self.input.container = Some(container);
        self.input.form = Some(form);
    }

    pub(crate) fn note_model(&mut self, model: DataModel) {
        self.input.model = Some(model);
    }

    pub(crate) fn note_proven(&mut self, credential: Value, proofs: Vec<CheckedProof>) {
        self.proven = Some(credential);
        self.proofs = proofs;
    }

    pub(crate) fn note_status(&mut self, status: CheckedStatus) {
        self.statuses.push(status);
    }

    pub(crate) fn note_statuses(&mut self, statuses: Statuses) {
        self.statuses = statuses.checked;
        self.wanted = statuses.wanted;
    }
}

impl From<Reason> for Halt {
    fn from(reason: Reason) -> Halt {
        Halt::Fail(reason, Vec::new())
    }
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
