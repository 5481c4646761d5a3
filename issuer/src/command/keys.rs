//! `assay keys create`: the issuer's keys, each in a file of its own.

use std::path::Path;
use std::process::ExitCode;

use issuer::config::{Config, IssuerIdentity, JwtAlgorithm};
use issuer::key_file;
use keys::SecretKey;

use super::Done;
use crate::start::{self, StartError};

/// Makes the keys whose files do not exist yet.
pub fn create(file: Option<&Path>) -> Done {
    let config = Config::load(file, std::env::vars())?;
    make(&config.keys.signing, || Ok(start::new_ed25519()?))?;
    make(&config.keys.log, || Ok(start::new_ed25519()?))?;
    if config.issuer.identity == IssuerIdentity::DidWeb {
        make(&config.keys.jwt, || match config.issuer.jwt_algorithm {
            JwtAlgorithm::Rs256 => Ok(SecretKey::generate_rsa()?),
            JwtAlgorithm::Es256 | JwtAlgorithm::EdDsa => Ok(start::new_p256()?),
        })?;
    }
    Ok(ExitCode::SUCCESS)
}

fn make(
    path: &Path,
    key: impl FnOnce() -> Result<SecretKey, StartError>,
) -> Result<(), StartError> {
    if path.exists() {
        println!("{} exists", path.display());
        return Ok(());
    }
    key_file::create(path, &key()?)?;
    println!("{} made", path.display());
    Ok(())
}
