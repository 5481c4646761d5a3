//! Whether a file is what was assessed for the badge that was verified.

use std::fs::{self, File};
use std::io::{self, Read, Write};

use clap::Args;
use issuer::submission::{Assessed, AssessedForm, EvidenceProof, EvidenceProofError, FileDigest};
use issuer::wording::visible;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use verifier::Report;

use super::options::Unusable;

/// The file that is asked about, and what proves it.
#[derive(Args)]
pub struct EvidenceOptions {
    /// Ask whether this file is a piece of evidence that was assessed for the badge.
    #[arg(long, value_name = "FILE", requires = "evidence_proof")]
    pub evidence: Option<PathBuf>,
    /// The proof of that file, which its earner downloads beside the badge.
    #[arg(long, value_name = "FILE", requires = "evidence")]
    pub evidence_proof: Option<PathBuf>,
}

/// What was presented beside a badge.
pub struct Presented {
    digest: FileDigest,
    proof: Result<EvidenceProof, EvidenceProofError>,
}

/// What came of it.
pub enum EvidenceOutcome {
    /// The file is what was assessed.
    Assessed(Assessed),
    /// Nothing shows that it is.
    Refused(EvidenceProofError),
    /// The badge itself is not proven, so nothing it says was looked at.
    NotRun,
}

impl EvidenceOptions {
    /// Reads what is presented, if anything is.
    pub fn read(&self) -> Result<Option<Presented>, Unusable> {
        let (Some(file), Some(proof)) = (&self.evidence, &self.evidence_proof) else {
            return Ok(None);
        };
        let unusable = |path: &Path| {
            let file = path.to_owned();
            move |source: io::Error| Unusable::File { file, source }
        };
        let opened = File::open(file).map_err(unusable(file))?;
        let digest = FileDigest::of(opened).map_err(unusable(file))?;
        let mut bytes = Vec::new();
        let most = EvidenceProof::BYTES as u64 + 1;
        let opened = fs::File::open(proof).map_err(unusable(proof))?;
        let mut opened = opened.take(most);
        opened.read_to_end(&mut bytes).map_err(unusable(proof))?;
        Ok(Some(Presented {
            digest,
            proof: EvidenceProof::read(&bytes),
        }))
    }
}

impl Presented {
    /// Holds the file against what the badge says, if it was proven that the issuer says it.
    pub fn check(&self, report: &Report) -> EvidenceOutcome {
        let Some(badge) = report.credential() else {
            return EvidenceOutcome::NotRun;
        };
        let proof = self.proof.as_ref().map_err(|error| *error);
        match proof.and_then(|proof| proof.check(badge, &self.digest)) {
            Ok(assessed) => EvidenceOutcome::Assessed(assessed),
            Err(error) => EvidenceOutcome::Refused(error),
        }
    }
}

impl EvidenceOutcome {
    /// Adds what came of it to the report as JSON.
    pub fn to_json(&self) -> Value {
        match self {
            EvidenceOutcome::Assessed(assessed) if assessed.form == AssessedForm::Shown => json!({
                "outcome": "pass",
                "form": assessed.form,
                "requirement": assessed.requirement,
                "kind": assessed.kind,
                "version": assessed.version,
                "submitted": assessed.submitted,
            }),
            EvidenceOutcome::Assessed(assessed) => json!({
                "outcome": "pass",
                "requirement": assessed.requirement,
                "kind": assessed.kind,
                "version": assessed.version,
                "submitted": assessed.submitted,
            }),
            EvidenceOutcome::Refused(error) => json!({
                "outcome": "fail",
                "code": error.code(),
                "message": error.to_string(),
            }),
            EvidenceOutcome::NotRun => json!({ "outcome": "not_run" }),
        }
    }

    /// Tells it in a terminal.
    pub fn tell(&self, out: &mut impl Write) -> io::Result<()> {
        match self {
            EvidenceOutcome::Assessed(assessed) => writeln!(
                out,
                "\nThe file is what was assessed: {} for `{}` with version {}, on {}.",
                match assessed.form {
                    AssessedForm::HandedIn => "it was handed in",
                    AssessedForm::Shown => "with parts covered it was shown to reviewers",
                },
                visible(assessed.requirement.as_str()),
                assessed.version,
                assessed.submitted
            ),
            EvidenceOutcome::Refused(error) => writeln!(
                out,
                "\nNothing shows that the file is what was assessed: {error} ({}).",
                error.code()
            ),
            EvidenceOutcome::NotRun => writeln!(
                out,
                "\nWhether the file is what was assessed was not looked at: the badge itself is not proven."
            ),
        }
    }
}
