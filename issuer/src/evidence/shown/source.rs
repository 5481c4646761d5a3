//! The bytes of a file in the evidence store, read here and there.

use bytes::Bytes;
use tokio::runtime::Handle;

use crate::digest::Sha256Digest;
use crate::evidence::{EvidenceError, EvidenceFiles};
use crate::submission::EvidenceFile;

/// A file that is looked into. It is used on a thread that may wait.
pub struct Source<'a> {
    files: &'a EvidenceFiles,
    file: &'a EvidenceFile,
    runtime: Handle,
    window: (u64, Bytes),
}

impl<'a> Source<'a> {
    pub(in crate::evidence) fn new(
        files: &'a EvidenceFiles,
        file: &'a EvidenceFile,
        runtime: Handle,
    ) -> Source<'a> {
        Source {
            files,
            file,
            runtime,
            window: (0, Bytes::new()),
        }
    }

    /// How many bytes the file has.
    pub fn bytes(&self) -> u64 {
        self.file.bytes
    }

    /// The digest of all of them.
    pub fn sha256(&self) -> Sha256Digest {
        self.file.sha256
    }

    /// So many bytes from here on; a file that ends before cannot be read.
    pub fn at(&mut self, from: u64, count: usize) -> Result<Bytes, EvidenceError> {
        let found = self.upto(from, count)?;
        match found.len() == count {
            true => Ok(found),
            false => Err(EvidenceError::Unreadable),
        }
    }

    /// At most so many bytes from here on.
    pub fn upto(&mut self, from: u64, count: usize) -> Result<Bytes, EvidenceError> {
        let to = from.saturating_add(count as u64).min(self.file.bytes);
        if from >= to {
            return Ok(Bytes::new());
        }
        let (begins, window) = &self.window;
        let is_there = *begins <= from && to <= begins + window.len() as u64;
        if !is_there {
            let until = (from + WINDOW).max(to).min(self.file.bytes);
            let bytes = self.files.bytes_of(self.file, from..until);
            self.window = (from, self.runtime.block_on(bytes)?);
        }
        let (begins, window) = &self.window;
        Ok(window.slice((from - begins) as usize..(to - begins) as usize))
    }

    /// A number of four bytes, the greatest first.
    pub fn u32(&mut self, from: u64) -> Result<u32, EvidenceError> {
        let bytes = self.at(from, 4)?;
        Ok(u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    }
}

/// How much is read at once.
const WINDOW: u64 = 256 << 10;
