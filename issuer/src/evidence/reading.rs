//! Files on their way out: every piece is checked before a byte of it is given out.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures_util::stream::{self, BoxStream};
use futures_util::{Stream, StreamExt as _, TryStreamExt as _};
use object_store::ObjectStoreExt as _;
use object_store::local::LocalFileSystem;

use super::shown::{Part, Shown};
use super::{EvidenceError, EvidenceFiles, RunningHash, piece_path};
use crate::digest::Sha256Digest;
use crate::submission::{EvidenceFile, Piece};

impl EvidenceFiles {
    /// Reads a part of a file. The first piece was checked when this returns; where a later one is not
    /// what was taken in, an error comes in its place.
    pub async fn read(
        &self,
        file: &EvidenceFile,
        range: Range<u64>,
    ) -> Result<BoxStream<'static, Result<Bytes, EvidenceError>>, EvidenceError> {
        let wanted = wanted(&file.pieces, range);
        let mut reading = Reading::new(self.objects.clone(), &file.object_key, wanted);
        reading.check_next().await?;
        let next = async |mut reading: Reading| {
            let bytes = reading.next_bytes().await?;
            Ok::<_, EvidenceError>(bytes.map(|bytes| (bytes, reading)))
        };
        Ok(stream::try_unfold(reading, next).into_stream().boxed())
    }
}

impl EvidenceFiles {
    /// Reads a part of what others than its owner see of a file.
    pub async fn read_shown(
        self: Arc<Self>,
        file: EvidenceFile,
        shown: &Shown,
        range: Range<u64>,
    ) -> Result<BoxStream<'static, Result<Bytes, EvidenceError>>, EvidenceError> {
        let parts = stream::iter(shown.range(range.start, range.end));
        let streams = parts.then(move |part| {
            let (files, file) = (self.clone(), file.clone());
            async move {
                match part {
                    Part::Original { from, to } => files.read(&file, from..to).await,
                    Part::Instead(bytes) => Ok(stream::iter([Ok(bytes.into())]).boxed()),
                    Part::Zeros(count) => Ok(zeros(count).boxed()),
                }
            }
        });
        let mut bytes = streams.try_flatten().boxed();
        // Whatever is wrong with the first part is found before anything is answered.
        let first = bytes.try_next().await?;
        Ok(stream::iter(first.map(Ok)).chain(bytes).boxed())
    }

    /// Reads bytes that are only looked at; nothing of them is given out.
    pub(super) async fn bytes_of(
        &self,
        file: &EvidenceFile,
        range: Range<u64>,
    ) -> Result<Bytes, EvidenceError> {
        let mut bytes = BytesMut::new();
        for (piece, part) in wanted(&file.pieces, range) {
            let location = piece_path(&file.object_key, &piece.name)?;
            let read = self.objects.get_range(&location, part).await;
            bytes.extend_from_slice(&read.map_err(missing)?);
        }
        Ok(bytes.freeze())
    }
}

fn zeros(count: u64) -> impl Stream<Item = Result<Bytes, EvidenceError>> {
    let chunks = (0..count.div_ceil(ZEROS.len() as u64)).map(move |number| {
        let left = count - number * ZEROS.len() as u64;
        let bytes = usize::try_from(left).unwrap_or(usize::MAX);
        Ok(Bytes::from_static(&ZEROS[..bytes.min(ZEROS.len())]))
    });
    stream::iter(chunks)
}

/// The pieces that a part of a file lies in, and which part of each is wanted.
fn wanted(pieces: &[Piece], range: Range<u64>) -> VecDeque<(Piece, Range<u64>)> {
    let mut begins = 0;
    let mut wanted = VecDeque::new();
    for piece in pieces {
        let ends = begins + piece.bytes;
        let (from, to) = (range.start.max(begins), range.end.min(ends));
        if from < to {
            wanted.push_back((piece.clone(), from - begins..to - begins));
        }
        begins = ends;
    }
    wanted
}

/// Pieces that are being read.
///
/// A piece is read twice: once to hold it against its digest, and once to give it out, chunk by chunk, each
/// held against what was seen the first time. So no piece has to be kept in memory, however many people
/// read at once, and what changes in between is noticed.
pub(super) struct Reading {
    objects: Arc<LocalFileSystem>,
    object_key: String,
    waiting: VecDeque<(Piece, Range<u64>)>,
    checked: Option<Checked>,
}

/// A piece that was what it should be a moment ago.
struct Checked {
    piece: Piece,
    /// What is still to be given out.
    wanted: Range<u64>,
    chunks: Vec<Sha256Digest>,
}

impl Reading {
    /// A whole piece.
    pub(super) fn of_piece(
        objects: Arc<LocalFileSystem>,
        object_key: &str,
        piece: &Piece,
    ) -> Reading {
        let whole = (piece.clone(), 0..piece.bytes);
        Reading::new(objects, object_key, VecDeque::from([whole]))
    }

    fn new(
        objects: Arc<LocalFileSystem>,
        object_key: &str,
        waiting: VecDeque<(Piece, Range<u64>)>,
    ) -> Reading {
        Reading {
            objects,
            object_key: object_key.to_owned(),
            waiting,
            checked: None,
        }
    }

    /// The next bytes, checked; nothing at the end.
    pub(super) async fn next_bytes(&mut self) -> Result<Option<Bytes>, EvidenceError> {
        self.check_next().await?;
        let Some(mut checked) = self.checked.take() else {
            return Ok(None);
        };
        let number = checked.wanted.start / CHUNK;
        let chunk = chunk_of(&checked.piece, number);
        let bytes = self.chunk(&checked.piece, chunk.clone()).await?;
        if checked.chunks.get(number as usize) != Some(&Sha256Digest::of(&bytes)) {
            return Err(EvidenceError::DigestMismatch);
        }
        let to = checked.wanted.end.min(chunk.end);
        let part = (checked.wanted.start - chunk.start) as usize..(to - chunk.start) as usize;
        checked.wanted.start = to;
        if !checked.wanted.is_empty() {
            self.checked = Some(checked);
        }
        Ok(Some(bytes.slice(part)))
    }

    /// Checks the next piece, unless there is still something of the last one.
    async fn check_next(&mut self) -> Result<(), EvidenceError> {
        if self.checked.is_some() {
            return Ok(());
        }
        let Some((piece, wanted)) = self.waiting.pop_front() else {
            return Ok(());
        };
        let location = piece_path(&self.object_key, &piece.name)?;
        let found = self.objects.head(&location).await.map_err(missing)?;
        if found.size != piece.bytes {
            return Err(EvidenceError::DigestMismatch);
        }
        let (mut hash, mut chunks) = (RunningHash::default(), Vec::new());
        for number in 0..piece.bytes.div_ceil(CHUNK) {
            let bytes = self.chunk(&piece, chunk_of(&piece, number)).await?;
            hash.update(&bytes);
            chunks.push(Sha256Digest::of(&bytes));
        }
        if hash.digest() != piece.sha256 {
            return Err(EvidenceError::DigestMismatch);
        }
        self.checked = Some(Checked {
            piece,
            wanted,
            chunks,
        });
        Ok(())
    }

    async fn chunk(&self, piece: &Piece, chunk: Range<u64>) -> Result<Bytes, EvidenceError> {
        let location = piece_path(&self.object_key, &piece.name)?;
        let bytes = self.objects.get_range(&location, chunk).await;
        bytes.map_err(missing)
    }
}

fn chunk_of(piece: &Piece, number: u64) -> Range<u64> {
    number * CHUNK..piece.bytes.min((number + 1) * CHUNK)
}

fn missing(error: object_store::Error) -> EvidenceError {
    match error {
        object_store::Error::NotFound { .. } => EvidenceError::Missing,
        other => EvidenceError::Objects(other),
    }
}

/// What stands where something was blanked.
pub(super) static ZEROS: [u8; 64 << 10] = [0; 64 << 10];

/// How much is read at once: what a download holds in memory.
const CHUNK: u64 = 512 << 10;
