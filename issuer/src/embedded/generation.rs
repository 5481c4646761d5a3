//! Which files hold the store.
//!
//! The first ones lie in the store's folder itself. Those that a compaction writes lie in a folder of their own below
//! it, which the file `current` names: renaming one small file is how all of them change at once, and how a crash
//! leaves either the old or the new.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// One set of files, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Generation(u64);

impl Generation {
    /// The one that counts, in the store in `folder`. Damage is told with its reason.
    pub(super) fn current(folder: &Path) -> io::Result<Generation> {
        let text = match fs::read_to_string(folder.join(CURRENT)) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Generation::FIRST),
            Err(error) => return Err(error),
        };
        let number = text
            .strip_suffix('\n')
            .and_then(|number| number.parse().ok());
        let generation = number.filter(|number| *number > 1).map(Generation);
        let generation = generation.ok_or_else(|| damaged("the file `current` names no files"))?;
        match generation.path(folder).join("db").try_exists()? {
            true => Ok(generation),
            false => Err(damaged("the files that `current` names are missing")),
        }
    }

    /// The one to be written next.
    pub(super) fn next(self) -> Generation {
        Generation(self.0 + 1)
    }

    /// Where its files are.
    pub(super) fn path(self, folder: &Path) -> PathBuf {
        match self {
            Generation::FIRST => folder.to_owned(),
            Generation(number) => folder.join(format!("{PREFIX}{number}")),
        }
    }

    /// Writes down, synced, that this one is to count, so that only a rename is left to be done.
    pub(super) fn prepare(self, folder: &Path) -> io::Result<()> {
        let mut file = File::create(folder.join(NEXT))?;
        writeln!(file, "{}", self.0)?;
        file.sync_all()
    }

    /// Has what was prepared count from here on.
    pub(super) fn switch(folder: &Path) -> io::Result<()> {
        fs::rename(folder.join(NEXT), folder.join(CURRENT))?;
        File::open(folder)?.sync_all()
    }

    /// Removes the files of all others: those before it, and one that a crash left half written.
    pub(super) fn remove_others(self, folder: &Path) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path
                .file_name()
                .and_then(|name| name.to_str())
                .unwrap_or_default();
            if name.starts_with(PREFIX) && path != self.path(folder) {
                fs::remove_dir_all(&path)?;
            } else if self != Generation::FIRST && is_of_sled(name) {
                match path.is_dir() {
                    true => fs::remove_dir_all(&path)?,
                    false => fs::remove_file(&path)?,
                }
            }
        }
        File::open(folder)?.sync_all()
    }

    const FIRST: Generation = Generation(1);
}

/// What sled makes in its folder.
fn is_of_sled(name: &str) -> bool {
    matches!(name, "db" | "conf" | "blobs") || name.starts_with("snap.")
}

fn damaged(reason: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}

const CURRENT: &str = "current";
const NEXT: &str = "current.next";
const PREFIX: &str = "generation-";
