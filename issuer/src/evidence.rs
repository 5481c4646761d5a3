//! Evidence files: streamed in and out through an object store, hashed on the way.
//!
//! This is one of the few async files below `http/`: the library is async, and a file of two gigabytes
//! comes and goes piece by piece. Only the edge calls it; the domain sees the finished [`EvidenceFile`].
//!
//! A file is a list of pieces, each with a digest of its own beside that of the whole: so an upload goes on
//! after a restart, and what is given out of the middle of a video was checked. The pieces lie under
//! `evidence/{person}/{random}/{random}`, so that erasing one person never touches another. Each is
//! written under another name, synced, and renamed into place with its folder synced, before anything
//! refers to it: nobody is told of a piece that a power cut can take away. A crash before that leaves a
//! piece that nobody knows, which goes when its file goes.

mod arriving;
mod checksum;
mod covered;
mod covering;
mod reading;
mod running_hash;
mod scanner;
mod shown;

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;

use object_store::ObjectStoreExt as _;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

pub use self::arriving::{Arrived, Content, Ended, Sum, Taken};
pub use self::checksum::Checksum;
pub use self::running_hash::RunningHash;
pub use self::scanner::{Scanner, ScannerAddress, ScannerAddressError};
pub use self::shown::Shown;
use crate::id::PersonId;
use crate::random::Random;
use crate::submission::{EvidenceFile, Piece};
use crate::text::Line;

/// The evidence files of everybody, in one folder.
pub struct EvidenceFiles {
    objects: Arc<LocalFileSystem>,
    folder: PathBuf,
    scanner: Option<Scanner>,
    /// Whose turn it is to have a picture painted: one takes as much memory as a hundred requests.
    covering: Semaphore,
}

impl EvidenceFiles {
    /// Opens the folder, or makes one that only the service can read. Uploads that a crash cut off are removed.
    pub fn open(folder: &FilePath) -> Result<EvidenceFiles, EvidenceError> {
        let io = |source| EvidenceError::Folder {
            folder: folder.to_owned(),
            source,
        };
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(io)?;
        let folder = folder.canonicalize().map_err(io)?;
        remove_cut_off(&folder.join(ROOT)).map_err(io)?;
        sync(&folder)
            .and_then(|()| folder.parent().map_or(Ok(()), sync))
            .map_err(io)?;
        // The library leaves syncing out unless it is asked for.
        let objects = LocalFileSystem::new_with_prefix(&folder)?.with_fsync(true);
        Ok(EvidenceFiles {
            objects: Arc::new(objects),
            folder,
            scanner: None,
            covering: Semaphore::new(1),
        })
    }

    /// The same, with a scanner that looks at every file.
    pub fn with_scanner(self, scanner: Option<Scanner>) -> EvidenceFiles {
        EvidenceFiles { scanner, ..self }
    }

    /// Has a file that has arrived looked at, and finds out what others than its owner will see of it.
    pub async fn look_at(
        self: Arc<Self>,
        file: EvidenceFile,
    ) -> Result<EvidenceFile, EvidenceError> {
        if let Some(scanner) = &self.scanner {
            let content = self.read(&file, 0..file.bytes.min(scanner.bytes)).await?;
            scanner.look_at(content).await?;
        }
        let (files, runtime) = (self.clone(), Handle::current());
        let looking = tokio::task::spawn_blocking(move || {
            let mut source = shown::Source::new(&files, &file, runtime);
            let shown = shown::of(&file.media_type, &mut source)?;
            Ok(EvidenceFile { shown, ..file })
        });
        // A panic goes on where it can be seen.
        looking
            .await
            .unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
    }

    /// Takes in a whole file. When this returns, it is there and synced; when it fails, nothing is left.
    pub async fn put(
        &self,
        owner: PersonId,
        name: Line,
        random: &Random,
        content: Content<'_>,
    ) -> Result<EvidenceFile, EvidenceError> {
        let begun = Arrived::begun(owner, random);
        self.put_in(begun, name, random, content).await
    }

    /// The same, where nothing has arrived yet.
    async fn put_in(
        &self,
        mut arrived: Arrived,
        name: Line,
        random: &Random,
        mut content: Content<'_>,
    ) -> Result<EvidenceFile, EvidenceError> {
        let object_key = arrived.object_key.clone();
        let whole = loop {
            match self.take(&arrived, &mut content, random).await {
                Err(error) => break Err(error),
                Ok(taken) => {
                    arrived = taken.arrived;
                    match taken.ended {
                        None => {}
                        Some(Ended::Whole) => break self.finish(arrived, name).await,
                        Some(Ended::Interrupted(error)) => {
                            break Err(EvidenceError::Interrupted(error));
                        }
                    }
                }
            }
        };
        if whole.is_err() {
            self.delete(&object_key).await?;
        }
        whole
    }

    /// Removes a file for good, with all its pieces. A file that is gone already is no error.
    pub async fn delete(&self, object_key: &str) -> Result<(), EvidenceError> {
        // The whole folder rather than what the library lists: it does not list uploads that were cut off.
        let location = Path::parse(object_key).map_err(object_store::Error::from)?;
        let folder = self.objects.path_to_filesystem(&location)?;
        self.blocking(move || remove_folder(&folder)).await
    }

    /// Removes pieces that their file is not made of any more.
    pub async fn delete_pieces(
        &self,
        object_key: &str,
        pieces: &[Piece],
    ) -> Result<(), EvidenceError> {
        for piece in pieces {
            match self
                .objects
                .delete(&piece_path(object_key, &piece.name)?)
                .await
            {
                // A power cut may bring them back; then they go with their file.
                Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Removes everything a person has ever handed over, whether anything still refers to it or not.
    pub async fn delete_all_of(&self, owner: PersonId) -> Result<(), EvidenceError> {
        let theirs = self.folder.join(ROOT).join(owner.to_string());
        self.blocking(move || remove_folder(&theirs)).await
    }

    async fn blocking(
        &self,
        work: impl FnOnce() -> io::Result<()> + Send + 'static,
    ) -> Result<(), EvidenceError> {
        let done = tokio::task::spawn_blocking(work)
            .await
            .map_err(io::Error::other);
        done.flatten().map_err(|source| EvidenceError::Folder {
            folder: self.folder.clone(),
            source,
        })
    }
}

/// Why an evidence file could not be taken in, given out or removed.
#[non_exhaustive]
#[derive(Debug, thiserror::Error)]
pub enum EvidenceError {
    /// The file is larger than is taken.
    #[error("the file has more than {limit} bytes")]
    TooLarge { limit: u64 },
    /// The file is of a type that is not taken.
    #[error("files of this type are not taken as evidence: {remedy}")]
    Type {
        /// How it becomes one that is.
        remedy: &'static str,
    },
    /// The picture has more pixels than are worked on.
    #[error("this picture is too large to be worked on: at most about 25 million pixels are taken")]
    Pixels,
    /// Others are having their pictures worked on.
    #[error("other pictures are being worked on")]
    Busy,
    /// The file is not in the order that its type has.
    #[error("this file is damaged, or is not what it says it is")]
    Unreadable,
    /// The scanner knows what is in the file.
    #[error("the scanner knows this file to be harmful")]
    Malware,
    /// The scanner could not look at the file.
    #[error("the scanner cannot look at files now: {0}")]
    Unchecked(io::Error),
    /// The sender stopped in the middle.
    #[error("the file did not arrive whole: {0}")]
    Interrupted(io::Error),
    /// The file is not there.
    #[error("the file is gone")]
    Missing,
    /// The file is not the one that was handed in.
    #[error("the file is no longer what was handed in")]
    DigestMismatch,
    /// The object store could not do it.
    #[error("the evidence store failed: {0}")]
    Objects(#[from] object_store::Error),
    /// The folder could not be made, synced or cleaned.
    #[error("the evidence folder {} cannot be used: {source}", folder.display())]
    Folder { folder: PathBuf, source: io::Error },
}

impl EvidenceError {
    /// The stable code of this case.
    pub fn code(&self) -> &'static str {
        match self {
            EvidenceError::TooLarge { .. } => "upload.too_large",
            EvidenceError::Type { .. } => "upload.type",
            EvidenceError::Pixels => "image.dimensions",
            EvidenceError::Busy => "overload",
            EvidenceError::Unreadable => "upload.unreadable",
            EvidenceError::Malware => "upload.malware",
            EvidenceError::Unchecked(_) => "upload.unchecked",
            EvidenceError::Interrupted(_) => "upload.interrupted",
            EvidenceError::Missing => "evidence.missing",
            EvidenceError::DigestMismatch => "evidence.digest_mismatch",
            EvidenceError::Objects(_) => "evidence.store",
            EvidenceError::Folder { .. } => "evidence.folder",
        }
    }
}

/// Removes a folder with what is in it, and syncs that: a power cut must not bring back what was erased.
fn remove_folder(folder: &FilePath) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Ok(()) => folder.parent().map_or(Ok(()), sync),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

fn piece_path(object_key: &str, piece: &str) -> Result<Path, EvidenceError> {
    Ok(Path::parse(format!("{object_key}/{piece}")).map_err(object_store::Error::from)?)
}

/// 128 random bits: the name says nothing, and cannot be made to say anything, about the file or its sender's name for it.
fn object_name(random: &Random) -> String {
    format!("{:032x}", u128::from_be_bytes(random.bytes()))
}

/// The library writes a piece under its final name with `#` and a number until it is whole.
fn remove_cut_off(everybody: &FilePath) -> io::Result<()> {
    for person in folders_in(everybody)? {
        for file in folders_in(&person)? {
            let mut removed = false;
            for piece in fs::read_dir(&file)? {
                let piece = piece?;
                if piece.file_name().to_string_lossy().contains('#') {
                    fs::remove_file(piece.path())?;
                    removed = true;
                }
            }
            if removed {
                sync(&file)?;
            }
        }
    }
    Ok(())
}

fn folders_in(folder: &FilePath) -> io::Result<Vec<PathBuf>> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut folders = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            folders.push(entry.path());
        }
    }
    Ok(folders)
}

fn sync(folder: &FilePath) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// The folder of all evidence within the object store.
const ROOT: &str = "evidence";

/// The size of a piece: small enough to be read again when an upload was cut off within it, and to be
/// checked before a player gets a few seconds out of it; large enough that the list of a file of two
/// gigabytes fits into a record of the store.
const PIECE: u64 = 8 << 20;
