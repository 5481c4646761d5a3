//! The commands and their options.

mod backup;
mod import;
mod interop;
mod keys;
mod person;
mod serve;
mod verify;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};
use issuer::organisation::Role;
use issuer::person::Email;
use issuer::text::Line;

use crate::demo;
use crate::start::StartError;

/// Issues and verifies Open Badges 3.0.
#[derive(Parser)]
#[command(name = "assay", version, arg_required_else_help = true)]
struct Command {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Serve the pages and the interface.
    Serve(ServeOptions),
    /// Run the whole story on this machine: from a submission to a verified badge.
    Demo(DemoOptions),
    /// Verify badges. Ends with 0 if all are verified, 1 if one is refused, 2 if that cannot be told.
    Verify(verify::VerifyOptions),
    /// Take micro-credentials in as drafts. Ends with 0 if all are in or were there already, 1 if some cannot be taken.
    Import(import::ImportOptions),
    /// Register people and make their bearer tokens.
    Person {
        #[command(subcommand)]
        what: PersonCommand,
    },
    /// Write everything that the service remembers, but its keys, into a new folder. The service must not run.
    Backup {
        #[command(flatten)]
        config: ConfigFile,
        /// A folder that is not there yet.
        folder: PathBuf,
    },
    /// Put a backup in place where there is no store.
    Restore {
        #[command(flatten)]
        config: ConfigFile,
        /// The folder that a backup was written into.
        folder: PathBuf,
    },
    /// Make the issuer's keys.
    Keys {
        #[command(subcommand)]
        what: KeysCommand,
    },
}

#[derive(Args)]
struct ConfigFile {
    /// The configuration file; ASSAY_* environment variables outrank it.
    #[arg(long = "config", value_name = "FILE")]
    file: Option<PathBuf>,
}

#[derive(Args)]
struct ServeOptions {
    #[command(flatten)]
    config: ConfigFile,
    /// Serve the W3C VC-API for test suites instead, which signs whatever anybody sends.
    #[arg(long, conflicts_with = "file")]
    interop: bool,
    #[command(flatten)]
    vc_api: InteropOptions,
}

#[derive(Args)]
struct InteropOptions {
    // `requires` alone would be passed over beside --config, which conflicts with --interop.
    /// With --interop: the address to listen on.
    #[arg(
        long,
        requires = "interop",
        conflicts_with = "file",
        default_value = "127.0.0.1:8443"
    )]
    listen: SocketAddr,
    /// With --interop: the certificate chain in PEM; without one, HTTP is spoken, on the loopback interface only.
    #[arg(
        long,
        requires = "interop",
        requires = "private_key",
        conflicts_with = "file",
        value_name = "FILE"
    )]
    certificate: Option<PathBuf>,
    /// With --interop: the key of the certificate in PEM.
    #[arg(
        long,
        requires = "certificate",
        conflicts_with = "file",
        value_name = "FILE"
    )]
    private_key: Option<PathBuf>,
    /// With --interop: where the suites find the service, as https://vc.example.org; the address listened on, if nothing is said.
    #[arg(
        long,
        requires = "interop",
        conflicts_with = "file",
        value_name = "ORIGIN"
    )]
    public_url: Option<String>,
    /// With --interop: keep the signing keys in this folder, so that the issuers stay the same.
    #[arg(
        long,
        requires = "interop",
        conflicts_with = "file",
        value_name = "FOLDER"
    )]
    keys: Option<PathBuf>,
}

#[derive(Args)]
pub struct DemoOptions {
    /// Keep store, keys and port in this folder, so that the addresses stay the same.
    #[arg(long)]
    pub folder: Option<PathBuf>,
    /// End after the story instead of serving on.
    #[arg(long)]
    pub once: bool,
}

#[derive(Subcommand)]
enum PersonCommand {
    /// Register a person and print a bearer token for them, this once.
    Add {
        #[command(flatten)]
        config: ConfigFile,
        #[arg(long)]
        name: Line,
        #[arg(long)]
        email: Email,
        /// What the person may do in the organisation that runs this service, beside earning.
        #[arg(long = "role", value_enum)]
        roles: Vec<RoleName>,
    },
    /// Print a further bearer token for the person with this e-mail address.
    Token {
        #[command(flatten)]
        config: ConfigFile,
        #[arg(long)]
        email: Email,
    },
}

#[derive(Subcommand)]
enum KeysCommand {
    /// Make the keys whose files do not exist yet. A key that exists is never replaced.
    Create {
        #[command(flatten)]
        config: ConfigFile,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum RoleName {
    Author,
    Reviewer,
    Adjudicator,
    IssuingOfficer,
    Coordinator,
    Advisor,
    Administrator,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Role {
        match name {
            RoleName::Author => Role::Author,
            RoleName::Reviewer => Role::Reviewer,
            RoleName::Adjudicator => Role::Adjudicator,
            RoleName::IssuingOfficer => Role::IssuingOfficer,
            RoleName::Coordinator => Role::Coordinator,
            RoleName::Advisor => Role::Advisor,
            RoleName::Administrator => Role::Administrator,
        }
    }
}

/// Reads the command line and does what it says.
pub fn run() -> ExitCode {
    let command = match Command::try_parse() {
        Ok(command) => command,
        Err(error) => {
            let asked_for_help = !error.use_stderr();
            // Where even this cannot be written there is nobody to tell.
            let _ = error.print();
            return if asked_for_help {
                ExitCode::SUCCESS
            } else {
                ExitCode::from(USAGE)
            };
        }
    };
    let done = match command.what {
        What::Serve(options) if options.interop => interop::run(&options.vc_api),
        What::Serve(options) => serve::run(options.config.file.as_deref()),
        What::Demo(options) => demo::run(&options),
        What::Verify(options) => return verify::run(&options),
        What::Import(options) => import::run(&options),
        What::Person { what } => person::run(what),
        What::Backup { config, folder } => backup::write(&folder, config.file.as_deref()),
        What::Restore { config, folder } => backup::restore(&folder, config.file.as_deref()),
        What::Keys {
            what: KeysCommand::Create { config },
        } => keys::create(config.file.as_deref()),
    };
    done.unwrap_or_else(|error| {
        eprintln!("assay: {error} ({})", error.code());
        ExitCode::FAILURE
    })
}

/// Of sysexits.h: a mistake in the command line must not look like an undetermined badge.
const USAGE: u8 = 64;

/// The error of a command, with its code.
type Done = Result<ExitCode, StartError>;
