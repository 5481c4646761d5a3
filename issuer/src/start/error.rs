//! What can go wrong before a command has done anything.

use std::io;

use issuer::backup::BackupError;
use issuer::checkpoint::NoteError;
use issuer::config::ConfigError;
use issuer::engine::EngineError;
use issuer::erasure::ErasureNotesError;
use issuer::error::Error;
use issuer::evidence::EvidenceError;
use issuer::interop::InteropKeyError;
use issuer::key_file::KeyFileError;
use issuer::log::LogError;
use issuer::random::RandomError;
use issuer::smtp::PostmanError;
use issuer::store::StoreError;
use issuer::tls::TlsError;
use keys::{DidError, KeyError, KeyringError};

/// Why a command came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error("log_filter is not a filter")]
    LogFilter,
    #[error(transparent)]
    KeyFile(#[from] KeyFileError),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    #[error(transparent)]
    Did(#[from] DidError),
    #[error(transparent)]
    Note(#[from] NoteError),
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Log(#[from] LogError),
    #[error(transparent)]
    Erasures(#[from] ErasureNotesError),
    #[error(transparent)]
    Evidence(#[from] EvidenceError),
    #[error(transparent)]
    Backup(#[from] BackupError),
    #[error(transparent)]
    Random(#[from] RandomError),
    #[error(transparent)]
    Service(#[from] Error),
    #[error(transparent)]
    InteropKeys(#[from] InteropKeyError),
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error(transparent)]
    Postman(#[from] PostmanError),
    #[error("the VC-API cannot be served like this: {0}")]
    Interop(&'static str),
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl StartError {
    /// The stable code of this case.
    pub fn code(&self) -> &'static str {
        match self {
            StartError::Config(error) => error.code(),
            StartError::LogFilter => "config.invalid",
            StartError::KeyFile(error) => error.code(),
            StartError::Key(error) => error.code(),
            StartError::Keyring(error) => error.code(),
            StartError::Did(error) => error.code(),
            StartError::Note(error) => error.code(),
            StartError::Engine(error) => error.code(),
            StartError::Store(error) => error.code(),
            StartError::Log(error) => error.code(),
            StartError::Erasures(error) => error.code(),
            StartError::Evidence(error) => error.code(),
            StartError::Backup(error) => error.code(),
            StartError::Random(_) => "system.random",
            StartError::Service(error) => error.code(),
            StartError::InteropKeys(error) => error.code(),
            StartError::Tls(error) => error.code(),
            StartError::Postman(_) => "config.invalid",
            StartError::Interop(_) => "config.invalid",
            StartError::Io(_) => "system.io",
        }
    }
}
