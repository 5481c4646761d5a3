//! Backups: everything that the store and the evidence files hold, written out anew, and put in place again.
//!
//! The records are written one by one, and not the store's own files: those keep the bytes of what was removed until
//! they need the room, and with them what somebody asked to have forgotten. What a backup holds is one moment of the
//! store, because nobody else has it open meanwhile.

mod records;

use std::fs::{self, DirBuilder, File};
use std::io::{self, BufReader, BufWriter, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::embedded::{self, Embedded};
use crate::engine::{Batch, CommitError, Engine, EngineError};
use crate::log::{Log, LogError};
use crate::merkle::Head;
use crate::store::{Store, StoreError};

/// What a backup holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backup {
    /// How many records of the store.
    pub records: u64,
    /// How many files of evidence.
    pub files: u64,
    /// The size and root of the issuance log.
    pub log: Head,
}

/// Why a backup could not be written or put in place.
#[non_exhaustive]
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is something already where it is to be written or put.
    #[error("{} is there already, and nothing is written over", path.display())]
    Exists { path: PathBuf },
    /// It was changed, or cut short.
    #[error("the backup in {} is damaged: {reason}", path.display())]
    Damaged { path: PathBuf, reason: &'static str },
    /// The operating system refused.
    #[error("{} could not be read or written: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error(transparent)]
    Commit(#[from] CommitError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Log(#[from] LogError),
}

impl BackupError {
    /// The stable code of this case.
    pub fn code(&self) -> &'static str {
        match self {
            BackupError::Exists { .. } => "backup.exists",
            BackupError::Damaged { .. } => "backup.damaged",
            BackupError::Io { .. } => "backup.io",
            BackupError::Engine(error) => error.code(),
            BackupError::Commit(error) => error.code(),
            BackupError::Store(error) => error.code(),
            BackupError::Log(error) => error.code(),
        }
    }

    fn io(path: &Path) -> impl FnOnce(io::Error) -> BackupError + use<'_> {
        |source| BackupError::Io {
            path: path.to_owned(),
            source,
        }
    }
}

/// Writes a backup of the service in `folder` into a new folder, synced. Keys are not part of it.
pub fn write(
    engine: &dyn Engine,
    log: &Log,
    folder: &Path,
    to: &Path,
) -> Result<Backup, BackupError> {
    must_be_free(to)?;
    make(to)?;
    let path = to.join(RECORDS);
    let file = File::create_new(&path).map_err(BackupError::io(&path))?;
    let mut writer = records::Writer::new(BufWriter::new(file)).map_err(BackupError::io(&path))?;
    let mut from = Vec::new();
    loop {
        let some = engine.scan(b"", &from, AT_ONCE)?;
        for (key, value) in &some {
            writer.put(key, value).map_err(BackupError::io(&path))?;
        }
        match some.last() {
            // The smallest key after the last one.
            Some((last, _)) if some.len() == AT_ONCE => from = [last.as_slice(), &[0]].concat(),
            _ => break,
        }
    }
    let (records, mut buffer) = writer.finish().map_err(BackupError::io(&path))?;
    buffer.flush().map_err(BackupError::io(&path))?;
    buffer
        .get_ref()
        .sync_all()
        .map_err(BackupError::io(&path))?;
    copy(&folder.join(MARK), &to.join(MARK))?;
    let files = match folder.join(EVIDENCE).is_dir() {
        true => copy_missing(&folder.join(EVIDENCE), &to.join(EVIDENCE))?,
        false => 0,
    };
    sync(to)?;
    Ok(Backup {
        records,
        files,
        log: log.head(),
    })
}

/// Puts a backup in place in the folder of a service that has no store. A mark of the log and a list of who was
/// erased that are there stay, because they may know more than the backup does; files of evidence that are there stay
/// too.
pub fn restore(from: &Path, folder: &Path) -> Result<Backup, BackupError> {
    let store = folder.join(STORE);
    must_be_free(&store)?;
    make(folder)?;
    // 1. The records, into a folder of another name. A crash after this leaves that folder, which the next attempt
    //    removes.
    let fresh = folder.join(RESTORING);
    if fresh.exists() {
        fs::remove_dir_all(&fresh).map_err(BackupError::io(&fresh))?;
    }
    let checked = fill(&fresh, from).and_then(|records| {
        // 2. The mark, if there is none. A store that is behind a mark is refused here as at every start.
        let mark = folder.join(MARK);
        if !mark.exists() {
            copy(&from.join(MARK), &mark)?;
        }
        Ok((records, check(&fresh, &mark)?))
    });
    let (records, log) = match checked {
        Ok(checked) => checked,
        Err(error) => {
            // What is left of it is of no use to anybody.
            let _ = fs::remove_dir_all(&fresh);
            return Err(error);
        }
    };
    // 3. The files, before anything refers to them, and then the store under its own name.
    let files = match from.join(EVIDENCE).is_dir() {
        true => copy_missing(&from.join(EVIDENCE), &folder.join(EVIDENCE))?,
        false => 0,
    };
    fs::rename(&fresh, &store).map_err(BackupError::io(&store))?;
    sync(folder)?;
    Ok(Backup {
        records,
        files,
        log,
    })
}

fn fill(fresh: &Path, from: &Path) -> Result<u64, BackupError> {
    let path = from.join(RECORDS);
    let file = File::open(&path).map_err(BackupError::io(&path))?;
    let engine = Embedded::open(fresh, CACHE_BYTES, Box::new(embedded::abort))?;
    let mut reader = records::Reader::new(BufReader::new(file), &path)?;
    let mut batch = Batch::default();
    while let Some((key, value)) = reader.next()? {
        batch.put(key, value);
        if batch.writes().len() >= AT_ONCE || batch.bytes() > BATCH_BYTES {
            engine.commit(std::mem::take(&mut batch))?;
        }
    }
    engine.commit(batch)?;
    Ok(reader.count())
}

/// Reads the whole log again, and holds it against the mark.
fn check(fresh: &Path, mark: &Path) -> Result<Head, BackupError> {
    let engine = Embedded::open(fresh, CACHE_BYTES, Box::new(embedded::abort))?;
    let log = Log::open(Store::open(Arc::new(engine))?, mark)?;
    Ok(log.check()?)
}

fn must_be_free(path: &Path) -> Result<(), BackupError> {
    match path.try_exists().map_err(BackupError::io(path))? {
        true => Err(BackupError::Exists {
            path: path.to_owned(),
        }),
        false => Ok(()),
    }
}

/// A folder that nobody else reads.
fn make(path: &Path) -> Result<(), BackupError> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(BackupError::io(path))
}

/// Copies what is not there yet, folder by folder, and says how many files there were.
fn copy_missing(from: &Path, to: &Path) -> Result<u64, BackupError> {
    make(to)?;
    let mut files = 0;
    for entry in fs::read_dir(from).map_err(BackupError::io(from))? {
        let path = entry.map_err(BackupError::io(from))?.path();
        let Some(name) = path.file_name() else {
            continue;
        };
        let target = to.join(name);
        if path.is_dir() {
            files += copy_missing(&path, &target)?;
        } else {
            if !target.exists() {
                copy(&path, &target)?;
            }
            files += 1;
        }
    }
    sync(to)?;
    Ok(files)
}

/// Copies a file under another name first, so that there is never half of one.
fn copy(from: &Path, to: &Path) -> Result<(), BackupError> {
    let partly = to.with_extension("partly");
    fs::copy(from, &partly).map_err(BackupError::io(from))?;
    let copied = File::open(&partly).and_then(|file| file.sync_all());
    copied.map_err(BackupError::io(&partly))?;
    fs::rename(&partly, to).map_err(BackupError::io(to))
}

fn sync(folder: &Path) -> Result<(), BackupError> {
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(BackupError::io(folder))
}

/// The names of the parts, in the folder of a service and in a backup.
const STORE: &str = "store";
const MARK: &str = "log-high-water";
const EVIDENCE: &str = "evidence";
const RECORDS: &str = "records";
const RESTORING: &str = "store.restoring";
/// Records that are read or written at once.
const AT_ONCE: usize = 1_000;
/// Half of what a batch may have, so that one more record fits.
const BATCH_BYTES: usize = crate::engine::MAX_BATCH_BYTES / 2;
const CACHE_BYTES: u64 = 64 << 20;
