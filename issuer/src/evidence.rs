//! Evidence files: streamed in and out through an object store, hashed on the way.
//!
//! This is one of the few async files below `http/`: the library is async, and a file of two gigabytes
//! comes and goes piece by piece. Only the edge calls it; the domain sees the finished [`EvidenceFile`].
//!
//! A file lies under `evidence/{person}/{random}`, so that erasing one person never touches another. It is
//! written under another name, synced, and renamed into place with its folder synced, all before the call
//! returns: a submission never refers to a file that a power cut can take away. A crash before the
//! submission refers to it leaves a file that nobody knows, which goes when its owner's files go.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path as FilePath, PathBuf};
use std::pin::pin;

use bytes::{Bytes, BytesMut};
use futures_util::stream::{self, BoxStream};
use futures_util::{Stream, StreamExt as _, TryStreamExt as _};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectStoreExt as _, WriteMultipart};
use sha2::{Digest as _, Sha256};

use crate::digest::Sha256Digest;
use crate::id::PersonId;
use crate::media_type;
use crate::random::Random;
use crate::submission::EvidenceFile;
use crate::text::Line;

/// The evidence files of everybody, in one folder.
pub struct EvidenceFiles {
    objects: LocalFileSystem,
    folder: PathBuf,
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
        Ok(EvidenceFiles { objects, folder })
    }

    /// Takes in a file of at most `limit` bytes. When this returns, the file is whole and synced.
    pub async fn put(
        &self,
        owner: PersonId,
        name: Line,
        limit: u64,
        random: &Random,
        content: impl Stream<Item = io::Result<Bytes>> + Send,
    ) -> Result<EvidenceFile, EvidenceError> {
        let mut content = pin!(content);
        // Nothing is written before the first bytes have shown that the type is one that is taken.
        let mut head = BytesMut::new();
        while head.len() < media_type::HEAD {
            let Some(piece) = content.next().await else {
                break;
            };
            head.extend_from_slice(&piece.map_err(EvidenceError::Interrupted)?);
        }
        let judged = &head[..head.len().min(media_type::HEAD)];
        let media_type = media_type::of(judged).ok_or(EvidenceError::Type)?;

        let location = Path::from_iter([ROOT.to_owned(), owner.to_string(), object_name(random)]);
        let upload = self.objects.put_multipart(&location).await?;
        let mut upload = WriteMultipart::new_with_chunk_size(upload, PIECE);
        let mut pieces = stream::iter([Ok(head.freeze())]).chain(content);
        let (mut hasher, mut bytes) = (Sha256::new(), 0);
        // Leaving early drops the upload, which removes what was written so far.
        while let Some(piece) = pieces.next().await {
            let piece = piece.map_err(EvidenceError::Interrupted)?;
            bytes += piece.len() as u64;
            if bytes > limit {
                return Err(EvidenceError::TooLarge { limit });
            }
            hasher.update(&piece);
            upload.wait_for_capacity(PIECES_IN_FLIGHT).await?;
            upload.put(piece);
        }
        upload.finish().await?;
        let sha256 = Sha256Digest::from(<[u8; 32]>::from(hasher.finalize()));
        Ok(EvidenceFile {
            object_key: location.to_string(),
            name,
            media_type: media_type.to_owned(),
            bytes,
            sha256,
        })
    }

    /// Reads a file. The last piece comes only if the whole is what was taken in; otherwise an error comes instead.
    pub async fn read(
        &self,
        file: &EvidenceFile,
    ) -> Result<BoxStream<'static, Result<Bytes, EvidenceError>>, EvidenceError> {
        let location = location(file)?;
        let found = match self.objects.get(&location).await {
            Err(object_store::Error::NotFound { .. }) => return Err(EvidenceError::Missing),
            other => other?,
        };
        if found.meta.size != file.bytes {
            return Err(EvidenceError::DigestMismatch);
        }
        let reading = Reading {
            pieces: found.into_stream().map_err(EvidenceError::from).boxed(),
            held_back: Bytes::new(),
            hasher: Sha256::new(),
            expected: file.sha256,
        };
        Ok(stream::try_unfold(reading, Reading::next).boxed())
    }

    /// Removes a file for good. A file that is gone already is no error.
    pub async fn delete(&self, file: &EvidenceFile) -> Result<(), EvidenceError> {
        let location = location(file)?;
        match self.objects.delete(&location).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        // The library does not sync removals, and a power cut must not bring back what was erased.
        let path = self.objects.path_to_filesystem(&location)?;
        let folder = path.parent().unwrap_or(&self.folder).to_owned();
        self.blocking(move || {
            if folder.exists() {
                sync(&folder)
            } else {
                Ok(())
            }
        })
        .await
    }

    /// Removes everything a person has ever handed over, whether anything still refers to it or not.
    pub async fn delete_all_of(&self, owner: PersonId) -> Result<(), EvidenceError> {
        // The whole folder rather than what the library lists: it does not list uploads that were cut off.
        let everybody = self.folder.join(ROOT);
        let theirs = everybody.join(owner.to_string());
        self.blocking(move || match fs::remove_dir_all(theirs) {
            Ok(()) => sync(&everybody),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        })
        .await
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

/// A file on its way out.
struct Reading {
    pieces: BoxStream<'static, Result<Bytes, EvidenceError>>,
    held_back: Bytes,
    hasher: Sha256,
    expected: Sha256Digest,
}

impl Reading {
    /// Gives out the piece before the one just read, so that the last one waits for the digest.
    async fn next(mut self) -> Result<Option<(Bytes, Reading)>, EvidenceError> {
        while let Some(piece) = self.pieces.try_next().await? {
            self.hasher.update(&piece);
            let earlier = std::mem::replace(&mut self.held_back, piece);
            if !earlier.is_empty() {
                return Ok(Some((earlier, self)));
            }
        }
        if self.held_back.is_empty() {
            return Ok(None);
        }
        let found: [u8; 32] = std::mem::take(&mut self.hasher).finalize().into();
        if self.expected != Sha256Digest::from(found) {
            return Err(EvidenceError::DigestMismatch);
        }
        let last = std::mem::take(&mut self.held_back);
        self.pieces = stream::empty().boxed();
        Ok(Some((last, self)))
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
    #[error("files of this type are not taken as evidence")]
    Type,
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
            EvidenceError::Type => "upload.type",
            EvidenceError::Interrupted(_) => "upload.interrupted",
            EvidenceError::Missing => "evidence.missing",
            EvidenceError::DigestMismatch => "evidence.digest_mismatch",
            EvidenceError::Objects(_) => "evidence.store",
            EvidenceError::Folder { .. } => "evidence.folder",
        }
    }
}

fn location(file: &EvidenceFile) -> Result<Path, EvidenceError> {
    Ok(Path::parse(&file.object_key).map_err(object_store::Error::from)?)
}

/// 128 random bits: the name says nothing, and cannot be made to say anything, about the file or its sender's name for it.
fn object_name(random: &Random) -> String {
    format!("{:032x}", u128::from_be_bytes(random.bytes()))
}

/// The library writes an upload under its final name with `#` and a number until it is whole.
fn remove_cut_off(everybody: &FilePath) -> io::Result<()> {
    if !everybody.exists() {
        return Ok(());
    }
    for person in fs::read_dir(everybody)? {
        let person = person?.path();
        for file in fs::read_dir(&person)? {
            let file = file?;
            if file.file_name().to_string_lossy().contains('#') {
                fs::remove_file(file.path())?;
            }
        }
        sync(&person)?;
    }
    Ok(())
}

fn sync(folder: &FilePath) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// The folder of all evidence within the object store.
const ROOT: &str = "evidence";

/// How much is written at once. A folder does not care; what is here bounds the memory an upload takes.
const PIECE: usize = 256 << 10;

/// How many pieces an upload may have in memory while they are written.
const PIECES_IN_FLIGHT: usize = 4;
