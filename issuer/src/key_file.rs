//! Secret keys in files: PKCS#8 PEM that nobody but the service may read.

use std::fs::{DirBuilder, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use keys::{KeyError, SecretKey};
use tempfile::NamedTempFile;
use zeroize::Zeroizing;

/// Reads a key. A file that others may read is refused: whoever has read it is the issuer too.
pub fn read(path: &Path) -> Result<SecretKey, KeyFileError> {
    let pem = read_text(path)?;
    SecretKey::from_pkcs8_pem(&pem).map_err(|source| KeyFileError::Key {
        path: path.to_owned(),
        source,
    })
}

/// Reads a secret that is no key, from a file that nobody else may read either.
pub fn read_text(path: &Path) -> Result<Zeroizing<String>, KeyFileError> {
    let io = |source| KeyFileError::Io {
        path: path.to_owned(),
        source,
    };
    let file = File::open(path).map_err(io)?;
    let mode = file.metadata().map_err(io)?.permissions().mode();
    if mode & OTHERS != 0 {
        return Err(KeyFileError::Mode {
            path: path.to_owned(),
            mode: mode & 0o777,
        });
    }
    let mut text = Zeroizing::new(String::new());
    file.take(MOST_PEM_BYTES)
        .read_to_string(&mut text)
        .map_err(io)?;
    Ok(text)
}

/// Writes a key to a file that is not there yet, and syncs it: a key that was used and then lost
/// takes every badge with it. The file appears whole or not at all.
pub fn create(path: &Path, key: &SecretKey) -> Result<(), KeyFileError> {
    let io = |source| KeyFileError::Io {
        path: path.to_owned(),
        source,
    };
    let pem = key.expose_pkcs8_pem().map_err(|source| KeyFileError::Key {
        path: path.to_owned(),
        source,
    })?;
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    create_folder(folder).map_err(io)?;
    // Readable by its owner alone (mode 0600), and gone again when anything below fails.
    let mut file = NamedTempFile::new_in(folder).map_err(io)?;
    file.write_all(pem.as_bytes())
        .and_then(|()| file.as_file().sync_all())
        .map_err(io)?;
    file.persist_noclobber(path)
        .map_err(|error| io(error.error))?;
    sync_folder(folder).map_err(io)
}

/// Makes a folder that nobody else may look into, and those above it; each is synced into its own.
fn create_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let above = folder
        .parent()
        .filter(|above| !above.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    create_folder(above)?;
    match DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => sync_folder(above),
    }
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Why a key cannot be had from, or put into, a file.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The file is not there, cannot be read or cannot be written.
    #[error("the key file {} cannot be used: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
    /// Others may read the file.
    #[error("the key file {} may be read by others (mode {mode:o}): it must be 600", path.display())]
    Mode { path: PathBuf, mode: u32 },
    /// The file holds something else.
    #[error("the key file {} holds no usable key: {source}", path.display())]
    Key { path: PathBuf, source: KeyError },
}

impl KeyFileError {
    /// The stable code of this case.
    pub fn code(&self) -> &'static str {
        match self {
            KeyFileError::Io { .. } => "key.file",
            KeyFileError::Mode { .. } => "key.file_mode",
            KeyFileError::Key { source, .. } => source.code(),
        }
    }
}

/// The bits of a mode that let anybody but the owner in.
const OTHERS: u32 = 0o077;

/// An RSA key of 4096 bits has a little over 3 kB.
const MOST_PEM_BYTES: u64 = 16 * 1024;
