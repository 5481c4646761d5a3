//! What the operator says about verifying for others.

use std::fs;
use std::path::PathBuf;

use verifier::TrustList;

use super::ConfigError;
use crate::fetch::{Authorities, PrivateHost};

/// What the operator says about verifying for others.
#[derive(Clone, Debug, Default)]
pub struct VerifyConfig {
    /// The hosts of private networks that badges may lead to.
    pub private_hosts: Vec<PrivateHost>,
    /// Who vouches for these hosts, beside the authorities of the machine.
    pub authorities: Authorities,
    /// The issuers that are known.
    pub trust: Option<TrustList>,
}

impl VerifyConfig {
    pub(super) fn read(
        private_hosts: &[String],
        ca_file: &str,
        trust_file: &str,
    ) -> Result<VerifyConfig, ConfigError> {
        let private_hosts = hosts("verify_private_hosts", private_hosts)?;
        let authorities = match file("verify_ca_file", ca_file)? {
            None => Authorities::default(),
            Some(pem) => Authorities::read(&pem)
                .map_err(|error| ConfigError::field("verify_ca_file", error.to_string()))?,
        };
        let trust = file("verify_trust_file", trust_file)?
            .map(|list| TrustList::read(&list))
            .transpose()
            .map_err(|error| ConfigError::field("verify_trust_file", error.to_string()))?;
        Ok(VerifyConfig {
            private_hosts,
            authorities,
            trust,
        })
    }
}

/// Hosts of a private network, each by its name.
pub(super) fn hosts(
    field: &'static str,
    named: &[String],
) -> Result<Vec<PrivateHost>, ConfigError> {
    let read = named.iter().map(|text| {
        let wrong = |error| ConfigError::field(field, format!("has `{text}`, which {error}"));
        text.trim().parse().map_err(wrong)
    });
    read.collect()
}

fn file(field: &'static str, path: &str) -> Result<Option<Vec<u8>>, ConfigError> {
    if path.is_empty() {
        return Ok(None);
    }
    let path = PathBuf::from(path);
    fs::read(&path)
        .map(Some)
        .map_err(|error| ConfigError::field(field, format!("{}: {error}", path.display())))
}
