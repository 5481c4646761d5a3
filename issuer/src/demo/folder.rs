//! The demo's folder: its port, its keys, its store, and how far the story was told.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use issuer::config::{Config, ConfigError, KeyFiles, RawConfig};
use issuer::key_file;
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use crate::start::{self, StartError};

/// A folder that is given and stays, or one that goes with the demo.
pub struct DemoFolder {
    path: PathBuf,
    temporary: Option<TempDir>,
}

/// What is kept of a story that was told to its end.
#[derive(Serialize, Deserialize)]
pub struct Kept {
    pub people: Vec<KeptPerson>,
    pub badges: Vec<KeptBadge>,
}

/// A person of the story and their bearer token.
#[derive(Clone, Serialize, Deserialize)]
pub struct KeptPerson {
    pub name: String,
    pub part: String,
    pub token: String,
}

/// A badge of the story.
#[derive(Clone, Serialize, Deserialize)]
pub struct KeptBadge {
    pub title: String,
    pub url: String,
    pub fate: Fate,
}

/// What the story did with a badge.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    Stands,
    Revoked,
}

impl DemoFolder {
    /// Takes the given folder, making it if need be, or a temporary one.
    pub fn open(given: Option<&Path>) -> io::Result<DemoFolder> {
        match given {
            Some(path) => {
                // It holds secret keys and tokens.
                fs::DirBuilder::new()
                    .recursive(true)
                    .mode(0o700)
                    .create(path)?;
                Ok(DemoFolder {
                    path: path.canonicalize()?,
                    temporary: None,
                })
            }
            None => {
                let temporary = tempfile::Builder::new().prefix("assay-demo-").tempdir()?;
                Ok(DemoFolder {
                    path: temporary.path().to_owned(),
                    temporary: Some(temporary),
                })
            }
        }
    }

    /// The folder in words.
    pub fn describe(&self) -> String {
        let path = self.path.display();
        match self.temporary {
            Some(_) => format!("{path} (goes when the demo ends; --folder keeps one)"),
            None => path.to_string(),
        }
    }

    /// The port of an earlier run: every badge carries it for ever.
    pub fn port(&self) -> Result<Option<u16>, StartError> {
        match fs::read_to_string(self.path.join(PORT)) {
            Ok(text) => match text.trim().parse() {
                Ok(port) => Ok(Some(port)),
                Err(_) => Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    "the file of the port holds none",
                )
                .into()),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    pub fn keep_port(&self, port: u16) -> io::Result<()> {
        fs::write(self.path.join(PORT), format!("{port}\n"))
    }

    /// The configuration of a service that stands on its maker's desk.
    pub fn config(&self, port: u16) -> Result<Config, ConfigError> {
        let file = |name: &str| self.path.join("keys").join(name).display().to_string();
        let raw = RawConfig {
            mode: "development".to_owned(),
            public_url: format!("http://127.0.0.1:{port}"),
            listen: format!("127.0.0.1:{port}"),
            folder: self.path.join("data").display().to_string(),
            issuer_identity: "did:key".to_owned(),
            issuer_name: "Assay Demo District".to_owned(),
            issuer_description: "A district that exists on this machine alone.".to_owned(),
            jwt_algorithm: "EdDSA".to_owned(),
            signing_key_file: file("signing.pem"),
            jwt_key_file: file("jwt.pem"),
            log_key_file: file("log.pem"),
            ..RawConfig::default()
        };
        raw.check()
    }

    /// Draws the keys that are not there yet.
    pub fn make_keys(&self, files: &KeyFiles) -> Result<(), StartError> {
        for path in [&files.signing, &files.log] {
            if !path.exists() {
                key_file::create(path, &start::new_ed25519()?)?;
            }
        }
        Ok(())
    }

    /// The story of an earlier run, if it was told to its end.
    pub fn kept(&self) -> io::Result<Option<Kept>> {
        match fs::read(self.path.join(STORY)) {
            Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Keeps a story that was told to its end. It holds tokens, so nobody else may read it.
    pub fn keep(&self, story: &Kept) -> io::Result<()> {
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(self.path.join(STORY))?;
        file.write_all(&serde_json::to_vec_pretty(story)?)
    }
}

const PORT: &str = "port";
const STORY: &str = "story.json";
