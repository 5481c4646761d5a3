//! Handing out an archive while it is being put together.

use std::io::{self, Write};

use axum::body::{Body, Bytes};
use futures_util::TryStreamExt as _;
use futures_util::stream;
use schemas::timestamp::Timestamp;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, StreamWriter, ZipWriter};

use super::edge::Edge;
use super::error::HttpError;
use crate::belongings::{self, Entry};
use crate::error::Error;
use crate::person::Person;

/// The archive of everything that a person has. At most a few are put together at once.
pub(super) fn of_person(edge: &Edge, person: Person, now: Timestamp) -> Result<Body, HttpError> {
    let permit = edge.exports.clone().try_acquire_owned();
    let permit = permit.map_err(|_| HttpError::Overloaded)?;
    let (sender, receiver) = mpsc::channel(CHUNKS);
    let (edge, runtime) = (edge.clone(), Handle::current());
    tokio::task::spawn_blocking(move || {
        let whole = put_together(&edge, &runtime, &person, now, permit, sender.clone());
        if let Err(error) = whole {
            // Whoever went away does not miss it; all others see that the archive breaks off.
            tracing::warn!("An archive broke off: {error}");
            let _ = sender.blocking_send(Err(error));
        }
    });
    let chunks = stream::unfold(receiver, |mut receiver| async move {
        let chunk = receiver.recv().await?;
        Some((chunk, receiver))
    });
    Ok(Body::from_stream(chunks))
}

fn put_together(
    edge: &Edge,
    runtime: &Handle,
    person: &Person,
    now: Timestamp,
    _permit: OwnedSemaphorePermit,
    sender: mpsc::Sender<Result<Bytes, io::Error>>,
) -> io::Result<()> {
    let mut archive = ZipWriter::new_stream(Chunks {
        sender,
        held: Vec::with_capacity(CHUNK_BYTES),
    });
    // What is stored as it is needs no room for packing; videos and pictures are packed already.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .large_file(true);
    let mut broken = None;
    let handed_out = belongings::hand_out(&edge.app, person, now, |entry| {
        let written = write(edge, runtime, &mut archive, options, entry);
        written.map_err(|error| {
            broken = Some(error);
            Error::Missing("whoever takes the archive")
        })
    });
    if let Some(error) = broken {
        return Err(error);
    }
    handed_out.map_err(io::Error::other)?;
    archive.finish()?.into_inner().flush()
}

fn write(
    edge: &Edge,
    runtime: &Handle,
    archive: &mut ZipWriter<StreamWriter<Chunks>>,
    options: SimpleFileOptions,
    entry: Entry,
) -> io::Result<()> {
    match entry {
        Entry::Bytes { path, bytes } => {
            archive.start_file(path, options)?;
            archive.write_all(&bytes)
        }
        Entry::File { path, file } => {
            archive.start_file(path, options)?;
            let reading = edge.evidence.read(&file, 0..file.bytes);
            let mut read = runtime.block_on(reading).map_err(io::Error::other)?;
            while let Some(bytes) = runtime
                .block_on(read.try_next())
                .map_err(io::Error::other)?
            {
                archive.write_all(&bytes)?;
            }
            Ok(())
        }
    }
}

/// Gathers what is written into chunks, and waits while nobody takes them.
struct Chunks {
    sender: mpsc::Sender<Result<Bytes, io::Error>>,
    held: Vec<u8>,
}

impl Write for Chunks {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.held.extend_from_slice(bytes);
        if self.held.len() >= CHUNK_BYTES {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.held.is_empty() {
            return Ok(());
        }
        let chunk = Bytes::from(std::mem::take(&mut self.held));
        let gone = |_| io::Error::from(io::ErrorKind::BrokenPipe);
        self.sender.blocking_send(Ok(chunk)).map_err(gone)
    }
}

/// Large enough to be worth a hand-over, small enough for many archives at once.
const CHUNK_BYTES: usize = 64 * 1024;

/// Chunks that wait to be taken.
const CHUNKS: usize = 4;
