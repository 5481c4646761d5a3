//! The configuration: a TOML file and `ASSAY_*` environment variables, read raw, then checked once.
//!
//! Secrets never stand in it: what is secret is named by the path of the file that holds it.

mod issuer;
mod mail;
mod oidc;
mod raw;
mod retention;
mod uploads;
mod verify;

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

pub use self::issuer::{IssuerConfig, IssuerIdentity, JwtAlgorithm};
use self::mail::RawMail;
pub use self::mail::{MailConfig, MailLogin, MailSecurity};
pub use self::oidc::{ProviderConfig, RawProvider};
pub use self::raw::RawConfig;
pub use self::retention::RawRetention;
pub use self::verify::VerifyConfig;
use crate::evidence::Scanner;
use crate::fetch::PrivateHost;
use crate::public_url::PublicUrl;
use crate::retention::Retention;
use crate::text::TextError;
use crate::upload::UploadLimits;

/// A configuration that was checked: whatever holds one need not ask again.
#[derive(Clone, Debug)]
pub struct Config {
    /// Whether strangers are faced.
    pub mode: Mode,
    /// Where strangers reach the service.
    pub public_url: PublicUrl,
    /// Where the service itself listens.
    pub listen: SocketAddr,
    /// Where the store, the evidence and the log's high-water mark lie.
    pub folder: PathBuf,
    /// Who issues.
    pub issuer: IssuerConfig,
    /// Where the secret keys lie.
    pub keys: KeyFiles,
    /// What a stranger may make the edge hold.
    pub limits: EdgeLimits,
    /// What looks at files before they become evidence, if anything does.
    pub scanner: Option<Scanner>,
    /// What is verified for others, and how.
    pub verify: VerifyConfig,
    /// The hosts of private networks that webhooks may be sent to.
    pub webhook_private_hosts: Vec<PrivateHost>,
    /// The mail server, if there is one.
    pub mail: Option<MailConfig>,
    /// Whose word is taken on where a request comes from.
    pub trusted_proxies: Vec<IpAddr>,
    /// The identity providers that people may sign in with.
    pub oidc: Vec<ProviderConfig>,
    /// What is kept how long.
    pub retention: Retention,
    /// What is written about it all.
    pub log: LogConfig,
}

/// The files of the secret keys, each PKCS#8 in PEM, readable by the service alone.
#[derive(Clone, Debug)]
pub struct KeyFiles {
    /// The key of embedded proofs; of a `did:key` issuer, the key of everything.
    pub signing: PathBuf,
    /// The key of JWTs.
    pub jwt: PathBuf,
    /// The key of the log's checkpoints.
    pub log: PathBuf,
    /// The folder in which every other organisation has a folder with keys of its own.
    pub organisations: PathBuf,
}

/// What a stranger may make the edge hold at once.
#[derive(Clone, Copy, Debug)]
pub struct EdgeLimits {
    /// Connections held at once.
    pub connections: u32,
    /// How long a change may be on its way to the disk before the disk is taken to hang.
    pub commit_time: Duration,
    /// What may be uploaded.
    pub uploads: UploadLimits,
    /// Requests of one person.
    pub person: RequestRate,
    /// Requests from one address, of nobody known.
    pub address: RequestRate,
}

/// How often requests may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestRate {
    /// How many at once.
    pub at_once: u32,
    /// How many a second for as long as one likes.
    pub a_second: u32,
}

/// What the service writes about itself, and how.
#[derive(Clone, Debug)]
pub struct LogConfig {
    /// What is written, by level and module.
    pub filter: String,
    /// How it is written.
    pub format: LogFormat,
}

/// Whether the service faces strangers or stands on its maker's desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Faces strangers.
    Production,
    /// Allows `http` on the loopback interface and keys that were made on the spot.
    Development,
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

impl Config {
    /// Reads the file, if there is one, lays the environment over it, and checks the whole.
    pub fn load(
        file: Option<&Path>,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Config, ConfigError> {
        let text = match file {
            None => String::new(),
            Some(path) => std::fs::read_to_string(path).map_err(|source| {
                let path = path.to_owned();
                ConfigError::Unreadable { path, source }
            })?,
        };
        RawConfig::read(&text, environment)?.check()
    }
}

impl RawConfig {
    /// Checks every field; the first that is wrong is named.
    pub fn check(self) -> Result<Config, ConfigError> {
        let mode = match self.mode.as_str() {
            "production" => Mode::Production,
            "development" => Mode::Development,
            _ => {
                return Err(ConfigError::field(
                    "mode",
                    "is neither production nor development",
                ));
            }
        };
        let public_url = PublicUrl::new(&self.public_url, mode)
            .map_err(|problem| ConfigError::field("public_url", problem))?;
        let listen = self.listen.parse().map_err(|_| {
            ConfigError::field("listen", "is not an address and port, as 127.0.0.1:8080")
        })?;
        let limits = EdgeLimits {
            connections: in_range("max_connections", self.max_connections, 1, 100_000)?,
            commit_time: Duration::from_millis(in_range(
                "max_commit_milliseconds",
                self.max_commit_milliseconds,
                100,
                60_000,
            )?),
            uploads: uploads::read(&self)?,
            person: RequestRate {
                at_once: in_range(
                    "person_requests_at_once",
                    self.person_requests_at_once,
                    1,
                    MOST_REQUESTS,
                )?,
                a_second: in_range(
                    "person_requests_a_second",
                    self.person_requests_a_second,
                    1,
                    MOST_REQUESTS,
                )?,
            },
            address: RequestRate {
                at_once: in_range(
                    "address_requests_at_once",
                    self.address_requests_at_once,
                    1,
                    MOST_REQUESTS,
                )?,
                a_second: in_range(
                    "address_requests_a_second",
                    self.address_requests_a_second,
                    1,
                    MOST_REQUESTS,
                )?,
            },
        };
        let scanner = uploads::scanner(&self)?;
        let verify = VerifyConfig::read(
            &self.verify_private_hosts,
            &self.verify_ca_file,
            &self.verify_trust_file,
        )?;
        let webhook_private_hosts =
            verify::hosts("webhook_private_hosts", &self.webhook_private_hosts)?;
        let mail = RawMail {
            server: &self.smtp_server,
            security: &self.smtp_security,
            user: &self.smtp_user,
            password_file: &self.smtp_password_file,
            ca_file: &self.smtp_ca_file,
            from: &self.mail_from,
        };
        let mail = mail.check()?;
        let trusted_proxies = self.trusted_proxies.iter().map(|text| {
            let wrong = || format!("has `{text}`, which is not an IP address");
            let address = text.trim().parse::<IpAddr>();
            address.map_err(|_| ConfigError::field("trusted_proxies", wrong()))
        });
        let trusted_proxies = trusted_proxies.collect::<Result<_, _>>()?;
        let log = LogConfig {
            format: match self.log_format.as_str() {
                "text" => LogFormat::Text,
                "json" => LogFormat::Json,
                _ => return Err(ConfigError::field("log_format", "is neither text nor json")),
            },
            filter: present("log_filter", self.log_filter.clone())?,
        };
        let keys = KeyFiles {
            signing: present("signing_key_file", self.signing_key_file.clone())?.into(),
            jwt: present("jwt_key_file", self.jwt_key_file.clone())?.into(),
            log: present("log_key_file", self.log_key_file.clone())?.into(),
            organisations: match self.organisation_keys_folder.as_str() {
                "" => Path::new(&self.folder).join("keys/organisations"),
                given => given.into(),
            },
        };
        let oidc = oidc::read(self.oidc.clone(), mode)?;
        let retention = self.retention.check()?;
        let folder = present("folder", self.folder.clone())?.into();
        let issuer = self.issuer(mode)?;
        Ok(Config {
            mode,
            public_url,
            listen,
            folder,
            issuer,
            keys,
            limits,
            scanner,
            verify,
            webhook_private_hosts,
            mail,
            trusted_proxies,
            oidc,
            retention,
            log,
        })
    }
}

/// Why the service does not start with this configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file is not there or cannot be read.
    #[error("the configuration file {} cannot be read: {source}", path.display())]
    Unreadable {
        path: PathBuf,
        source: std::io::Error,
    },
    /// It is no TOML, names a field that there is not, or gives one a value of another kind.
    #[error("the configuration is not as it should be: {message}")]
    Syntax { message: String },
    /// A variable begins with `ASSAY_` and names no field.
    #[error("the environment variable {name} names no field of the configuration")]
    UnknownVariable { name: String },
    /// A field has a value that cannot be used.
    #[error("{field} {problem}")]
    Field {
        field: &'static str,
        problem: String,
    },
}

impl ConfigError {
    /// The stable code of every mistake in the configuration.
    pub fn code(&self) -> &'static str {
        "config.invalid"
    }

    fn field(field: &'static str, problem: impl Into<String>) -> ConfigError {
        ConfigError::Field {
            field,
            problem: problem.into(),
        }
    }
}

fn present(field: &'static str, value: String) -> Result<String, ConfigError> {
    if value.trim().is_empty() {
        return Err(ConfigError::field(field, "must be given"));
    }
    Ok(value)
}

fn text<T: FromStr<Err = TextError>>(field: &'static str, value: &str) -> Result<T, ConfigError> {
    value.parse().map_err(|error| match error {
        TextError::Empty => ConfigError::field(field, "must be given"),
        other => ConfigError::field(field, format!("cannot be used: {other}")),
    })
}

fn in_range<T: TryFrom<i64>>(
    field: &'static str,
    value: i64,
    least: i64,
    most: i64,
) -> Result<T, ConfigError> {
    let wrong = || ConfigError::field(field, format!("must lie between {least} and {most}"));
    if !(least..=most).contains(&value) {
        return Err(wrong());
    }
    T::try_from(value).map_err(|_| wrong())
}

/// More in a second than any machine answers.
const MOST_REQUESTS: i64 = 1_000_000;

/// An exabyte: more than any store has.
const MOST_BYTES: i64 = 1 << 60;
