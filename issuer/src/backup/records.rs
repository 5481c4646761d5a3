//! The file of records: each with the lengths of its key and value, and a digest of the whole at the end.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::BackupError;
use crate::engine::{KeyValue, MAX_KEY_BYTES, MAX_VALUE_BYTES};

/// Writes records.
pub struct Writer<W> {
    to: W,
    digest: Sha256,
    count: u64,
}

impl<W: Write> Writer<W> {
    pub fn new(to: W) -> io::Result<Writer<W>> {
        let mut writer = Writer {
            to,
            digest: Sha256::new(),
            count: 0,
        };
        writer.write(FIRST_LINE)?;
        Ok(writer)
    }

    pub fn put(&mut self, key: &[u8], value: &[u8]) -> io::Result<()> {
        self.write(&length(key))?;
        self.write(&length(value))?;
        self.write(key)?;
        self.write(value)?;
        self.count += 1;
        Ok(())
    }

    /// Ends the file, and says how many records it has.
    pub fn finish(mut self) -> io::Result<(u64, W)> {
        self.write(&END)?;
        self.to.write_all(&self.digest.finalize())?;
        Ok((self.count, self.to))
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.digest.update(bytes);
        self.to.write_all(bytes)
    }
}

/// Reads records. That all of them are there, and as they were, is known at the end.
pub struct Reader<R> {
    from: R,
    path: PathBuf,
    digest: Sha256,
    count: u64,
}

impl<R: Read> Reader<R> {
    pub fn new(from: R, path: &Path) -> Result<Reader<R>, BackupError> {
        let mut reader = Reader {
            from,
            path: path.to_owned(),
            digest: Sha256::new(),
            count: 0,
        };
        let first = reader.take(FIRST_LINE.len())?;
        match first == FIRST_LINE {
            true => Ok(reader),
            false => Err(reader.damaged("it is no backup that this program reads")),
        }
    }

    /// The next record; nothing at the end of a file that is whole.
    pub fn next(&mut self) -> Result<Option<KeyValue>, BackupError> {
        let key = self.take(END.len())?;
        if key == END {
            return self.end().map(|()| None);
        }
        let key = self.read_length(&key, MAX_KEY_BYTES)?;
        let value = self.take(END.len())?;
        let value = self.read_length(&value, MAX_VALUE_BYTES)?;
        let record = (self.take(key)?, self.take(value)?);
        self.count += 1;
        Ok(Some(record))
    }

    /// How many records were read.
    pub fn count(&self) -> u64 {
        self.count
    }

    fn end(&mut self) -> Result<(), BackupError> {
        let found = self.digest.clone().finalize();
        let written = self.take(found.len())?;
        match written == found.as_slice() {
            true => Ok(()),
            false => Err(self.damaged("its digest is another one")),
        }
    }

    fn read_length(&self, bytes: &[u8], most: usize) -> Result<usize, BackupError> {
        let length = bytes.try_into().map(u32::from_be_bytes).ok();
        let length = length.and_then(|length| usize::try_from(length).ok());
        let length = length.filter(|length| *length <= most);
        length.ok_or_else(|| self.damaged("a record is longer than any can be"))
    }

    fn take(&mut self, length: usize) -> Result<Vec<u8>, BackupError> {
        let mut bytes = vec![0; length];
        self.from.read_exact(&mut bytes).map_err(|error| {
            match error.kind() == io::ErrorKind::UnexpectedEof {
                true => self.damaged("it ends too early"),
                false => BackupError::io(&self.path)(error),
            }
        })?;
        self.digest.update(&bytes);
        Ok(bytes)
    }

    fn damaged(&self, reason: &'static str) -> BackupError {
        BackupError::Damaged {
            path: self.path.clone(),
            reason,
        }
    }
}

fn length(bytes: &[u8]) -> [u8; 4] {
    let length =
        u32::try_from(bytes.len()).expect("the engine takes no key and no value as long as that");
    length.to_be_bytes()
}

const FIRST_LINE: &[u8] = b"assay backup 1\n";
/// No key is as long as this.
const END: [u8; 4] = [0xff; 4];
