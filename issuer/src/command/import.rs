//! `assay import`: micro-credentials from files, as drafts of an organisation.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use issuer::app::App;
use issuer::config::Config;
use issuer::error::Error;
use issuer::http::edge::Clock;
use issuer::id::OrganisationId;
use issuer::micro_credential::OriginFormat;
use issuer::person::{Email, Person};
use issuer::rights::{Action, Place, Standing};
use issuer::text::Line;
use issuer::transfer::{self, IMPORT_BYTES, Import, Mode, Outcome, Report};
use issuer::wording::visible;
use serde::Serialize;

use super::{ConfigFile, Done};
use crate::start::{self, StartError};

#[derive(Args)]
pub struct ImportOptions {
    /// Tables (CSV) or JSON documents.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The organisation whose drafts they become.
    #[arg(long, value_name = "NAME")]
    organisation: OrganisationId,
    /// The e-mail address of the person in whose name: an author of the organisation.
    #[arg(long, value_name = "EMAIL")]
    author: Email,
    /// csv, ob3, ob2 or ctdl; csv for files whose names end so, if nothing is said.
    #[arg(long)]
    format: Option<OriginFormat>,
    /// Where they come from, as the catalogue will say it.
    #[arg(long)]
    source: Option<Line>,
    /// Write nothing: see what would come of it.
    #[arg(long)]
    check: bool,
    /// Print one JSON object a file, one a line.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    config: ConfigFile,
}

/// What came of one file.
#[derive(Serialize)]
struct FileReport<'a> {
    file: String,
    #[serde(flatten)]
    report: &'a Report,
}

/// Works on the store itself, so the service must not be running on it meanwhile.
pub fn run(options: &ImportOptions) -> Done {
    // Everything that can be wrong with the files is found before the first is taken in.
    let mut imports = Vec::new();
    for file in &options.files {
        match options.read(file) {
            Ok(import) => imports.push((file, import)),
            Err(problem) => {
                eprintln!("assay: {}: {problem}", visible(&file.display().to_string()));
                return Ok(ExitCode::from(NO_INPUT));
            }
        }
    }
    let config = Config::load(options.config.file.as_deref(), std::env::vars())?;
    let app = start::from(&config)?.app;
    let author = author(&app, options)?;
    let (mode, now) = (options.mode(), Clock::System.now());
    let mut refused = 0;
    for (file, import) in imports {
        let report = transfer::import(&app, &author, &import, mode, now)?;
        refused += report.refused;
        match options.json {
            true => tell_as_json(file, &report)?,
            false => tell(file, &report, mode)?,
        }
    }
    Ok(match refused {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    })
}

impl ImportOptions {
    fn mode(&self) -> Mode {
        match self.check {
            true => Mode::Check,
            false => Mode::Commit,
        }
    }

    fn read(&self, file: &Path) -> Result<Import, String> {
        let is_table = file
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
        let format = match self.format {
            Some(format) => format,
            None if is_table => OriginFormat::Csv,
            None => return Err("say with --format what it is: csv, ob3, ob2 or ctdl".to_owned()),
        };
        let size = fs::metadata(file).map_err(|error| error.to_string())?.len();
        if size > IMPORT_BYTES as u64 {
            return Err(format!(
                "{size} bytes are more than {IMPORT_BYTES}: use several files"
            ));
        }
        Ok(Import {
            organisation: self.organisation.clone(),
            format,
            source: self.source.clone(),
            bytes: fs::read(file).map_err(|error| error.to_string())?,
        })
    }
}

/// The person in whose name it is done, who may do it in the browser as well.
fn author(app: &App, options: &ImportOptions) -> Result<Person, StartError> {
    let place = Place {
        organisation: Some(options.organisation.clone()),
        ..Place::default()
    };
    let found = app.store.person_by_email(&options.author)?;
    let author = found.ok_or(Error::NotFound)?;
    let standing = Standing::of(app, author.id, &place)?;
    Action::WriteMicroCredentials.rule().judge(&standing)?;
    Ok(author)
}

fn tell_as_json(file: &Path, report: &Report) -> io::Result<()> {
    let file = file.display().to_string();
    let mut output = io::stdout().lock();
    serde_json::to_writer(&mut output, &FileReport { file, report })?;
    writeln!(output)
}

/// A line for each row that is not simply taken, and the sum.
fn tell(file: &Path, report: &Report, mode: Mode) -> io::Result<()> {
    let mut output = io::stdout().lock();
    writeln!(output, "{}", visible(&file.display().to_string()))?;
    for row in &report.rows {
        let name = visible(row.name.as_deref().unwrap_or("-"));
        let told = match &row.outcome {
            Outcome::Good { id } if row.notes.is_empty() => format!("good       {name} ({id})"),
            Outcome::Good { id } => {
                format!(
                    "good       {name} ({id}): {}",
                    visible(&row.notes.join("; "))
                )
            }
            Outcome::Duplicate { of, same } => {
                format!("duplicate  {name}: {of} has the same {same}")
            }
            Outcome::Refused(fault) => {
                let column = visible(&fault.column);
                format!("refused    {name}: {column}: {}", visible(&fault.message))
            }
        };
        writeln!(output, "{:>6}  {told}", row.row)?;
    }
    let (good, duplicates, refused) = (report.good, report.duplicates, report.refused);
    let done = match mode {
        Mode::Check => "would become drafts",
        Mode::Commit => "are drafts now",
    };
    writeln!(
        output,
        "{good} {done}, {duplicates} were there already, {refused} cannot be taken"
    )
}

/// Of sysexits.h: an input that cannot be read.
const NO_INPUT: u8 = 66;
