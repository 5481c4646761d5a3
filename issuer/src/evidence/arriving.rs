//! Files on their way in, piece by piece.

use std::io;

use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use object_store::path::Path;
use object_store::{ObjectStoreExt as _, WriteMultipart};
use serde::{Deserialize, Serialize};

use super::checksum::Checksum;
use super::reading::Reading;
use super::{EvidenceError, EvidenceFiles, PIECE, ROOT, RunningHash, object_name, piece_path};
use crate::id::PersonId;
use crate::media_type;
use crate::random::Random;
use crate::submission::{EvidenceFile, Piece};
use crate::text::Line;

/// As much of a file as has arrived, durably.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrived {
    /// Where its pieces lie in the evidence store.
    pub object_key: String,
    /// The pieces that are full, in order.
    pub pieces: Vec<Piece>,
    /// What came after them: together less than a piece. When there is enough they become one.
    pub tail: Vec<Piece>,
    /// How many bytes there are in all.
    pub bytes: u64,
    /// The hash of them all.
    pub hash: RunningHash,
    /// What the file is, once enough has arrived to judge.
    pub media_type: Option<String>,
}

/// What one call took in.
pub struct Taken {
    /// The file as far as it has arrived now.
    pub arrived: Arrived,
    /// Pieces that it was made of before and is not any more: they can go once nothing refers to them.
    pub replaced: Vec<Piece>,
    /// The piece that was written.
    pub written: Option<Piece>,
    /// How the content ended; nothing if there is more to take.
    pub ended: Option<Ended>,
}

/// How content ended.
pub enum Ended {
    /// The sender said that this was all.
    Whole,
    /// The sender stopped in the middle.
    Interrupted(io::Error),
}

/// Whether content is what the sender meant to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sum {
    /// The sender has not said.
    None,
    /// It is.
    Right,
    /// It is not, or not yet.
    Wrong,
}

/// What a sender sends, taken bit by bit.
pub struct Content<'a> {
    stream: BoxStream<'a, io::Result<Bytes>>,
    ready: Bytes,
    ended: Option<Ended>,
    /// How many bytes the sender has announced, if it has.
    announced: Option<u64>,
    /// What all of it together must come to, if the sender has said so.
    checksum: Option<Checksum>,
    /// How many bytes may still come.
    room: u64,
    limit: u64,
}

impl<'a> Content<'a> {
    /// Content of at most `limit` bytes.
    pub fn new(stream: BoxStream<'a, io::Result<Bytes>>, limit: u64) -> Content<'a> {
        Content {
            stream,
            ready: Bytes::new(),
            ended: None,
            announced: None,
            checksum: None,
            room: limit,
            limit,
        }
    }

    /// The same, of which so many bytes came before.
    pub fn after(self, bytes: u64) -> Content<'a> {
        Content {
            room: self.limit.saturating_sub(bytes),
            ..self
        }
    }

    /// The same, of which the sender has said how many bytes it has.
    pub fn announced(self, bytes: Option<u64>) -> Content<'a> {
        Content {
            announced: bytes,
            ..self
        }
    }

    /// The same, of which the sender has said what it must come to.
    pub fn summed(self, checksum: Option<Checksum>) -> Content<'a> {
        Content { checksum, ..self }
    }

    /// Whether what was taken so far is what the sender meant to send.
    pub fn checksum(&self) -> Sum {
        match &self.checksum {
            None => Sum::None,
            Some(checksum) if checksum.holds() => Sum::Right,
            Some(_) => Sum::Wrong,
        }
    }

    /// The first bytes, without taking them: as many as decide on a type, or all there are.
    async fn head(&mut self) -> Result<&[u8], EvidenceError> {
        let mut head = BytesMut::from(&self.ready[..]);
        while head.len() < media_type::HEAD {
            match self.pull().await? {
                Some(bytes) => head.extend_from_slice(&bytes),
                None => break,
            }
        }
        self.ready = head.freeze();
        Ok(&self.ready[..self.ready.len().min(media_type::HEAD)])
    }

    /// The next bytes, at most so many; nothing at the end.
    async fn next(&mut self, most: usize) -> Result<Option<Bytes>, EvidenceError> {
        if self.ready.is_empty() {
            match self.pull().await? {
                Some(bytes) => self.ready = bytes,
                None => return Ok(None),
            }
        }
        let taken = self.ready.split_to(most.min(self.ready.len()));
        if let Some(checksum) = &mut self.checksum {
            checksum.update(&taken);
        }
        Ok(Some(taken))
    }

    async fn pull(&mut self) -> Result<Option<Bytes>, EvidenceError> {
        while self.ended.is_none() {
            match self.stream.next().await {
                None => self.ended = Some(Ended::Whole),
                Some(Err(error)) => self.ended = Some(Ended::Interrupted(error)),
                Some(Ok(bytes)) if bytes.is_empty() => {}
                Some(Ok(bytes)) => {
                    let limit = self.limit;
                    let room = self.room.checked_sub(bytes.len() as u64);
                    self.room = room.ok_or(EvidenceError::TooLarge { limit })?;
                    return Ok(Some(bytes));
                }
            }
        }
        Ok(None)
    }

    /// How it ended, if nothing is left to take.
    fn end(&mut self) -> Option<Ended> {
        match self.ready.is_empty() {
            true => self.ended.take(),
            false => None,
        }
    }
}

impl Arrived {
    /// A file of which nothing has arrived yet.
    pub fn begun(owner: PersonId, random: &Random) -> Arrived {
        Arrived {
            object_key: format!("{ROOT}/{owner}/{}", object_name(random)),
            pieces: Vec::new(),
            tail: Vec::new(),
            bytes: 0,
            hash: RunningHash::default(),
            media_type: None,
        }
    }

    fn tail_bytes(&self) -> u64 {
        self.tail.iter().map(|piece| piece.bytes).sum()
    }

    /// The file, which is whole now.
    fn file(self, name: Line, media_type: &str) -> EvidenceFile {
        EvidenceFile {
            sha256: self.hash.digest(),
            bytes: self.bytes,
            object_key: self.object_key,
            pieces: [self.pieces, self.tail].concat(),
            name,
            media_type: media_type.to_owned(),
            shown: None,
            redactions: Vec::new(),
        }
    }
}

impl EvidenceFiles {
    /// Takes in as much as fills a piece, or as there is. When this returns, that is durable.
    ///
    /// `arrived` stays true whatever happens: what is written here is referred to by the answer alone.
    pub async fn take(
        &self,
        arrived: &Arrived,
        content: &mut Content<'_>,
        random: &Random,
    ) -> Result<Taken, EvidenceError> {
        let mut taken = arrived.clone();
        if arrived.bytes == 0 {
            // Nothing is written before the first bytes have shown that the type is one that is taken.
            let head = content.head().await?;
            if head.len() == media_type::HEAD {
                let judged = judged(head)?;
                taken.media_type = Some(judged.to_owned());
            }
        }
        let tail_bytes = arrived.tail_bytes();
        // Senders of small parts fill the place after the last full piece part by part. Copying it
        // with every part would let them make us write thousands of times what they send.
        let small = |bytes| tail_bytes + bytes < PIECE && arrived.tail.len() < MOST_PARTS;
        let joins = !arrived.tail.is_empty() && !content.announced.is_some_and(small);

        let mut writer = self.writer(&arrived.object_key, random).await?;
        if joins {
            for part in &arrived.tail {
                let mut reading = self.reading(&arrived.object_key, part);
                while let Some(bytes) = reading.next_bytes().await? {
                    writer.write(bytes).await?;
                }
            }
        }
        let copied = writer.piece.bytes;
        let room = match joins {
            true => PIECE,
            false => PIECE - tail_bytes,
        };
        while writer.piece.bytes < room {
            let most = usize::try_from(room - writer.piece.bytes).unwrap_or(usize::MAX);
            let Some(bytes) = content.next(most).await? else {
                break;
            };
            taken.hash.update(&bytes);
            writer.write(bytes).await?;
        }
        let ended = content.end();
        if writer.piece.bytes == copied {
            return Ok(Taken {
                arrived: taken,
                replaced: Vec::new(),
                written: None,
                ended,
            });
        }
        taken.bytes += writer.piece.bytes - copied;
        let piece = writer.finish().await?;
        let mut replaced = Vec::new();
        if joins {
            replaced = std::mem::take(&mut taken.tail);
        }
        match piece.bytes == PIECE {
            true => taken.pieces.push(piece.clone()),
            false => taken.tail.push(piece.clone()),
        }
        Ok(Taken {
            arrived: taken,
            replaced,
            written: Some(piece),
            ended,
        })
    }

    /// The file that has arrived whole, if its type is one that is taken.
    pub async fn finish(
        &self,
        arrived: Arrived,
        name: Line,
    ) -> Result<EvidenceFile, EvidenceError> {
        if let Some(media_type) = arrived.media_type.clone() {
            return Ok(arrived.file(name, &media_type));
        }
        // It is short, or it came in very small parts.
        let mut head = Vec::new();
        for piece in arrived.pieces.iter().chain(&arrived.tail) {
            let mut reading = self.reading(&arrived.object_key, piece);
            while head.len() < media_type::HEAD
                && let Some(bytes) = reading.next_bytes().await?
            {
                head.extend_from_slice(&bytes);
            }
        }
        head.truncate(media_type::HEAD);
        let media_type = judged(&head)?;
        Ok(arrived.file(name, media_type))
    }

    fn reading(&self, object_key: &str, piece: &Piece) -> Reading {
        Reading::of_piece(self.objects.clone(), object_key, piece)
    }

    async fn writer(&self, object_key: &str, random: &Random) -> Result<Writer, EvidenceError> {
        let name = object_name(random);
        let location: Path = piece_path(object_key, &name)?;
        let upload = self.objects.put_multipart(&location).await?;
        Ok(Writer {
            upload: WriteMultipart::new_with_chunk_size(upload, CHUNK),
            hash: RunningHash::default(),
            piece: Piece {
                name,
                bytes: 0,
                sha256: RunningHash::default().digest(),
            },
        })
    }
}

/// What a file is that begins so, or how it becomes one that is taken.
fn judged(head: &[u8]) -> Result<&'static str, EvidenceError> {
    media_type::of(head).ok_or_else(|| EvidenceError::Type {
        remedy: media_type::remedy(head),
    })
}

/// A piece that is being written. Dropping it removes what was written so far.
struct Writer {
    upload: WriteMultipart,
    hash: RunningHash,
    piece: Piece,
}

impl Writer {
    async fn write(&mut self, bytes: Bytes) -> Result<(), EvidenceError> {
        self.hash.update(&bytes);
        self.piece.bytes += bytes.len() as u64;
        self.upload.wait_for_capacity(CHUNKS_IN_FLIGHT).await?;
        self.upload.put(bytes);
        Ok(())
    }

    async fn finish(self) -> Result<Piece, EvidenceError> {
        self.upload.finish().await?;
        Ok(Piece {
            sha256: self.hash.digest(),
            ..self.piece
        })
    }
}

/// After so many short parts they are joined, so that records stay small.
const MOST_PARTS: usize = 32;

/// How much is written at once. A folder does not care; what is here bounds the memory an upload takes.
const CHUNK: usize = 256 << 10;

/// How many chunks an upload may have in memory while they are written.
const CHUNKS_IN_FLIGHT: usize = 4;
