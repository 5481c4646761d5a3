//! The configuration as it is written: a TOML file with environment variables laid over it.

use serde::{Deserialize, Serialize};

use super::{ConfigError, RawProvider, RawRetention};

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

/// One request carries at most this much of a file: more needs an upload that can be resumed.
pub(super) const MAX_EVIDENCE_FILE_BYTES: i64 = 25 * 1024 * 1024;

/// An hour of video as phones record it. Its list of pieces fits into a record of the store.
pub(super) const MAX_UPLOAD_BYTES: i64 = 2 << 30;
