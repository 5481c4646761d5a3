//! What the command line says, and what it becomes.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use clap::{Args, ValueEnum};
use issuer::fetch::supplied::{Supplied, SuppliedError};
use issuer::fetch::{Authorities, Fetch, Fetching, PrivateHost, Reach, Wanted, Web};
use schemas::timestamp::Timestamp;
use url::Url;
use verifier::{Policy, TrustList, TrustListError};

use super::evidence::EvidenceOptions;

#[derive(Args)]
pub struct VerifyOptions {
    /// Files, folders, https addresses, lists (.jsonl, .ndjson, .csv), or - for standard input.
    #[arg(required = true, value_name = "INPUT")]
    pub inputs: Vec<String>,
    /// Read standard input as JSON lines: one badge, or one row of a list, on each.
    #[arg(long)]
    pub lines: bool,
    /// Print the report as JSON; for several badges one line of JSON each.
    #[arg(long)]
    pub json: bool,
    /// How strictly the standard is held to; lenient gives the official validator's verdict, with a
    /// warning for each thing it lets pass.
    #[arg(long, value_enum, default_value = "strict")]
    policy: Strictness,
    /// Ask whether the badge is about this person: an e-mail address or another identifier.
    #[arg(long, value_name = "VALUE")]
    recipient: Option<String>,
    /// Ask for at least so many proofs, each of which holds.
    #[arg(long, value_name = "NUMBER", default_value = "1")]
    proofs: usize,
    /// Say of each issuer whether it stands in this list of known issuers.
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
    /// Verify as of this time, as 2026-11-22T18:32:00Z.
    #[arg(long, value_name = "TIME", value_parser = Timestamp::parse)]
    pub now: Option<Timestamp>,
    /// Take documents from this file, a JSON object from address to document, and fetch none.
    #[arg(long, value_name = "FILE")]
    documents: Option<PathBuf>,
    /// Fetch nothing.
    #[arg(long)]
    offline: bool,
    /// Write what was fetched into this file, for --documents.
    #[arg(long, value_name = "FILE")]
    pub save_documents: Option<PathBuf>,
    #[command(flatten)]
    pub evidence: EvidenceOptions,
    /// Allow this host, although it lies in a private network, as badges.example.internal:8443.
    #[arg(long, value_name = "HOST")]
    allow_private_host: Vec<PrivateHost>,
    /// Believe the certificate authorities in this file as well, of the private hosts alone.
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Allow this one origin on the loopback interface to be fetched from.
    #[arg(long, value_name = "ORIGIN", value_parser = loopback_origin)]
    development: Option<Url>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Strictness {
    Strict,
    Lenient,
}

impl VerifyOptions {
    /// What every badge is held to.
    pub fn policy(&self) -> Result<Policy, Unusable> {
        let mut policy = match self.policy {
            Strictness::Strict => Policy::default(),
            Strictness::Lenient => Policy::lenient(),
        };
        if self.now.is_some() {
            policy.clock = verifier::Clock::Chosen;
        }
        policy.least_proofs = self.proofs;
        policy.recipient.clone_from(&self.recipient);
        if let Some(file) = &self.trust {
            let list = TrustList::read(&read(file)?).map_err(Unusable::Trust)?;
            policy.trust = Some(list);
        }
        Ok(policy)
    }

    /// Where documents come from.
    pub fn outside(&self) -> Result<Outside, Unusable> {
        let outside: Box<dyn Fetch> = match (&self.documents, self.offline) {
            (Some(file), _) => {
                let documents = Supplied::read(&read(file)?);
                Box::new(documents.map_err(|source| Unusable::Documents {
                    file: file.clone(),
                    source,
                })?)
            }
            (None, true) => Box::new(Supplied::default()),
            (None, false) => Box::new(self.web()?),
        };
        Ok(match self.save_documents {
            Some(_) => Outside::Recorded(Recorder {
                outside,
                answers: Mutex::default(),
            }),
            None => Outside::Plain(outside),
        })
    }

    fn web(&self) -> Result<Web, Unusable> {
        let mut reach = Reach::with_private_hosts(self.allow_private_host.clone());
        if let Some(origin) = &self.development {
            reach = reach.and_development(origin);
        }
        let authorities = match &self.ca {
            None => Authorities::default(),
            Some(file) => Authorities::read(&read(file)?)
                .map_err(|_| Unusable::Authorities { file: file.clone() })?,
        };
        Ok(Web::reaching(reach, &authorities))
    }
}

/// Where documents come from, and whether they are kept for another time.
pub enum Outside {
    Plain(Box<dyn Fetch>),
    Recorded(Recorder),
}

/// Keeps every answer.
pub struct Recorder {
    outside: Box<dyn Fetch>,
    answers: Mutex<Supplied>,
}

impl Recorder {
    /// Writes what was answered.
    pub fn save(&self, file: &Path) -> Result<(), Unusable> {
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        fs::write(file, format!("{:#}\n", answers.to_json())).map_err(|source| Unusable::File {
            file: file.to_owned(),
            source,
        })
    }
}

impl Fetch for Outside {
    fn fetch<'a>(&'a self, url: &'a Url, wanted: Wanted) -> Fetching<'a> {
        let recorder = match self {
            Outside::Plain(outside) => return outside.fetch(url, wanted),
            Outside::Recorded(recorder) => recorder,
        };
        Box::pin(async move {
            let answer = recorder.outside.fetch(url, wanted).await;
            let mut answers = recorder
                .answers
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            answers.insert(url.clone(), answer.clone());
            answer
        })
    }
}

/// Why nothing could be verified, or not all of it be told.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    #[error("{}: {source}", file.display())]
    File { file: PathBuf, source: io::Error },
    #[error("{}: {source}", file.display())]
    Documents {
        file: PathBuf,
        source: SuppliedError,
    },
    #[error(transparent)]
    Trust(TrustListError),
    #[error("{}: holds no certificate in PEM", file.display())]
    Authorities { file: PathBuf },
    #[error("a file is held against one badge, and here are several")]
    EvidenceOfMany,
    #[error(transparent)]
    Io(#[from] io::Error),
}

fn read(file: &Path) -> Result<Vec<u8>, Unusable> {
    fs::read(file).map_err(|source| Unusable::File {
        file: file.to_owned(),
        source,
    })
}

fn loopback_origin(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| error.to_string())?;
    let is_web = matches!(url.scheme(), "http" | "https");
    if is_web && issuer::public_url::is_loopback(&url) {
        Ok(url)
    } else {
        Err("is not an origin on the loopback interface".to_owned())
    }
}
