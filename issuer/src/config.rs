//! The configuration: a TOML file and `ASSAY_*` environment variables, read raw, then checked once.
//!
//! Secrets never stand in it: what is secret is named by the path of the file that holds it.

mod mail;
mod oidc;
mod retention;
mod uploads;
mod verify;

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use self::mail::RawMail;
pub use self::mail::{MailConfig, MailLogin, MailSecurity};
pub use self::oidc::{ProviderConfig, RawProvider};
pub use self::retention::RawRetention;
pub use self::verify::VerifyConfig;
use crate::evidence::Scanner;
use crate::fetch::PrivateHost;
use crate::public_url::PublicUrl;
use crate::retention::Retention;
use crate::text::{Line, Prose, TextError};
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

/// Who issues: the organisation's profile and the kind of identifier it signs under.
#[derive(Clone, Debug)]
pub struct IssuerConfig {
    /// The kind of the issuer's identifier.
    pub identity: IssuerIdentity,
    /// The name that stands in every badge.
    pub name: Line,
    /// What the organisation says of itself.
    pub description: Option<Prose>,
    /// Where the organisation can be written to.
    pub email: Option<Line>,
    /// The algorithm of the compact form.
    pub jwt_algorithm: JwtAlgorithm,
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

/// The kind of identifier the issuer signs under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IssuerIdentity {
    /// The public address, with keys that can be rotated.
    DidWeb,
    /// One key that is the issuer.
    DidKey,
}

/// The algorithm of the compact form; certification asks for RS256, ES256 costs a ninth of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JwtAlgorithm {
    /// ECDSA on P-256.
    Es256,
    /// RSA with 2048 bits.
    Rs256,
    /// A `did:key` issuer has one Ed25519 key for both forms.
    EdDsa,
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// The file as it is written, before anything in it was believed.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct RawConfig {
    pub mode: String,
    pub public_url: String,
    pub listen: String,
    pub folder: String,
    pub issuer_identity: String,
    pub issuer_name: String,
    pub issuer_description: String,
    pub issuer_email: String,
    pub jwt_algorithm: String,
    pub signing_key_file: String,
    pub jwt_key_file: String,
    pub log_key_file: String,
    pub organisation_keys_folder: String,
    pub max_connections: i64,
    pub max_commit_milliseconds: i64,
    pub max_evidence_file_bytes: i64,
    pub max_upload_bytes: i64,
    pub scanner: String,
    pub scanner_max_bytes: i64,
    pub person_evidence_bytes: i64,
    pub organisation_evidence_bytes: i64,
    pub person_requests_at_once: i64,
    pub person_requests_a_second: i64,
    pub address_requests_at_once: i64,
    pub address_requests_a_second: i64,
    pub verify_private_hosts: Vec<String>,
    pub verify_ca_file: String,
    pub verify_trust_file: String,
    pub webhook_private_hosts: Vec<String>,
    pub smtp_server: String,
    pub smtp_security: String,
    pub smtp_user: String,
    pub smtp_password_file: String,
    pub smtp_ca_file: String,
    pub mail_from: String,
    pub trusted_proxies: Vec<String>,
    pub oidc: Vec<RawProvider>,
    pub log_filter: String,
    pub log_format: String,
    pub retention: RawRetention,
}

impl Default for RawConfig {
    fn default() -> RawConfig {
        RawConfig {
            mode: "production".to_owned(),
            public_url: String::new(),
            listen: "127.0.0.1:8080".to_owned(),
            folder: "assay-data".to_owned(),
            issuer_identity: "did:web".to_owned(),
            issuer_name: String::new(),
            issuer_description: String::new(),
            issuer_email: String::new(),
            jwt_algorithm: "ES256".to_owned(),
            signing_key_file: "assay-data/keys/signing.pem".to_owned(),
            jwt_key_file: "assay-data/keys/jwt.pem".to_owned(),
            log_key_file: "assay-data/keys/log.pem".to_owned(),
            organisation_keys_folder: String::new(),
            max_connections: 10_000,
            max_commit_milliseconds: 1_000,
            max_evidence_file_bytes: MAX_EVIDENCE_FILE_BYTES,
            max_upload_bytes: MAX_UPLOAD_BYTES,
            scanner: String::new(),
            scanner_max_bytes: 100 << 20,
            person_evidence_bytes: 20 << 30,
            organisation_evidence_bytes: 1 << 40,
            person_requests_at_once: 600,
            person_requests_a_second: 20,
            address_requests_at_once: 3_000,
            address_requests_a_second: 100,
            verify_private_hosts: Vec::new(),
            verify_ca_file: String::new(),
            verify_trust_file: String::new(),
            webhook_private_hosts: Vec::new(),
            smtp_server: String::new(),
            smtp_security: "starttls".to_owned(),
            smtp_user: String::new(),
            smtp_password_file: String::new(),
            smtp_ca_file: String::new(),
            mail_from: String::new(),
            trusted_proxies: vec!["127.0.0.1".to_owned(), "::1".to_owned()],
            oidc: Vec::new(),
            log_filter: "info".to_owned(),
            log_format: "text".to_owned(),
            retention: RawRetention::default(),
        }
    }
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
    /// Reads TOML and lays `ASSAY_*` variables over it; a name that is no field is refused.
    pub fn read(
        text: &str,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<RawConfig, ConfigError> {
        let syntax = |error: toml::de::Error| ConfigError::Syntax {
            message: error.to_string(),
        };
        let mut table: toml::Table = text.parse().map_err(syntax)?;
        let defaults = toml::Table::try_from(RawConfig::default()).unwrap_or_default();
        for (name, value) in environment {
            let Some(field) = name.strip_prefix("ASSAY_") else {
                continue;
            };
            let field = field.to_ascii_lowercase();
            let field = match field.strip_prefix("retention_") {
                Some(field) => Place::Retention(field.to_owned()),
                None => Place::Top(field),
            };
            // The default's type tells how the text of the variable is meant.
            let value = match field.of(&defaults) {
                None | Some(toml::Value::Table(_)) => {
                    return Err(ConfigError::UnknownVariable { name });
                }
                Some(toml::Value::Integer(_)) => {
                    value.parse().map(toml::Value::Integer).map_err(|_| {
                        ConfigError::field("environment", format!("{name} is not a number"))
                    })?
                }
                Some(toml::Value::Array(_)) => {
                    let parts = value.split(',').map(str::trim);
                    let parts = parts.filter(|part| !part.is_empty());
                    toml::Value::Array(parts.map(toml::Value::from).collect())
                }
                Some(_) => toml::Value::String(value),
            };
            field.set(&mut table, value);
        }
        table.try_into().map_err(syntax)
    }

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

    fn issuer(self, mode: Mode) -> Result<IssuerConfig, ConfigError> {
        let identity = match self.issuer_identity.as_str() {
            "did:web" => IssuerIdentity::DidWeb,
            // A did:key cannot be rotated: whoever finds the key is the issuer for ever.
            "did:key" if mode == Mode::Development => IssuerIdentity::DidKey,
            "did:key" => {
                return Err(ConfigError::field(
                    "issuer_identity",
                    "may be did:key in development only",
                ));
            }
            _ => {
                return Err(ConfigError::field(
                    "issuer_identity",
                    "is neither did:web nor did:key",
                ));
            }
        };
        let jwt_algorithm = match (self.jwt_algorithm.as_str(), identity) {
            ("EdDSA", IssuerIdentity::DidKey) => JwtAlgorithm::EdDsa,
            ("ES256", IssuerIdentity::DidWeb) => JwtAlgorithm::Es256,
            ("RS256", IssuerIdentity::DidWeb) => JwtAlgorithm::Rs256,
            (_, IssuerIdentity::DidKey) => {
                return Err(ConfigError::field("jwt_algorithm", "is EdDSA for did:key"));
            }
            (_, IssuerIdentity::DidWeb) => {
                return Err(ConfigError::field(
                    "jwt_algorithm",
                    "is neither ES256 nor RS256",
                ));
            }
        };
        let email = Some(self.issuer_email).filter(|email| !email.is_empty());
        if email
            .as_deref()
            .is_some_and(|email| !email.contains('@') || email.contains(char::is_whitespace))
        {
            return Err(ConfigError::field(
                "issuer_email",
                "is not an e-mail address",
            ));
        }
        Ok(IssuerConfig {
            identity,
            name: text("issuer_name", &self.issuer_name)?,
            description: match self.issuer_description.as_str() {
                "" => None,
                description => Some(text("issuer_description", description)?),
            },
            email: match email {
                Some(email) => Some(text("issuer_email", &email)?),
                None => None,
            },
            jwt_algorithm,
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

/// Where a field stands that a variable names.
enum Place {
    Top(String),
    /// In the table of what is kept how long.
    Retention(String),
}

impl Place {
    fn of<'a>(&self, defaults: &'a toml::Table) -> Option<&'a toml::Value> {
        match self {
            Place::Top(field) => defaults.get(field),
            Place::Retention(field) => defaults.get("retention")?.get(field),
        }
    }

    fn set(self, table: &mut toml::Table, value: toml::Value) {
        match self {
            Place::Top(field) => drop(table.insert(field, value)),
            Place::Retention(field) => {
                let empty = toml::Value::Table(toml::Table::new());
                let inner = table.entry("retention").or_insert(empty);
                // A value that is no table is refused with the rest.
                if let Some(inner) = inner.as_table_mut() {
                    inner.insert(field, value);
                }
            }
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

/// One request carries at most this much of a file: more needs an upload that can be resumed.
const MAX_EVIDENCE_FILE_BYTES: i64 = 25 * 1024 * 1024;

/// An hour of video as phones record it. Its list of pieces fits into a record of the store.
const MAX_UPLOAD_BYTES: i64 = 2 << 30;

/// An exabyte: more than any store has.
const MOST_BYTES: i64 = 1 << 60;
