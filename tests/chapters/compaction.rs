//! A store that is compacted: nothing that was removed is left in any of its files, and nothing else is lost, whatever
//! is read, written or goes wrong meanwhile.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use issuer::engine::{Batch, Engine, KeyValue};
use tempfile::TempDir;

use super::forgetting::{bytes_below, found};
use super::store::{open, put, refusal};

#[test]
fn what_was_removed_or_replaced_is_in_no_file_after_a_compaction() {
    let folder = TempDir::new().expect("a folder");
    let store = open(folder.path());
    for n in 0..200 {
        let value = format!("needle-{n}. {}", "x".repeat(2_000));
        store
            .commit(put(&format!("key-{n}."), &value))
            .expect("a commit");
    }
    for n in 0..100 {
        let mut batch = Batch::default();
        batch.delete(format!("key-{n}.").into());
        // Every other one of the rest says something else now.
        if n % 2 == 0 {
            batch.put(format!("key-{}.", 100 + n).into(), b"another".to_vec());
        }
        store.commit(batch).expect("a commit");
    }
    let before = all(&store);
    assert!(
        found(&bytes_below(folder.path()), "needle-7."),
        "sled keeps what was removed, or this shows nothing"
    );

    for round in 0..3 {
        let compacted = store.compact().expect("a compaction");
        assert_eq!(compacted.records, before.len() as u64 + 1, "and its own");
        assert!(round > 0 || compacted.bytes <= compacted.bytes_before);
        assert_eq!(all(&store), before);
        let bytes = bytes_below(folder.path());
        for n in 0..200 {
            let stays = n >= 100 && n % 2 == 1;
            assert_eq!(found(&bytes, &format!("needle-{n}.")), stays, "{n}");
            assert!(n >= 100 || !found(&bytes, &format!("key-{n}.")), "{n}");
        }
        assert_eq!(databases(folder.path()), 1, "the others are removed");
    }
    store.commit(put("after", "x")).expect("a commit");
    drop(store);

    let store = open(folder.path());
    assert_eq!(all(&store).len(), before.len() + 1);
    store.compact().expect("a compaction");
    drop(store);
    assert_eq!(all(&open(folder.path())).len(), before.len() + 1);
}

#[test]
fn readers_and_writers_notice_nothing_of_compactions() {
    const WRITERS: usize = 6;
    let folder = TempDir::new().expect("a folder");
    let store = open(folder.path());
    let (done, model) = (AtomicBool::new(false), Mutex::new(BTreeMap::new()));
    thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (store, done, model) = (&store, &done, &model);
            scope.spawn(move || {
                // Each has keys of its own, and puts and removes them in turn.
                for n in 0_usize.. {
                    if done.load(Ordering::Relaxed) {
                        break;
                    }
                    let key = format!("own/{writer}/{}", n % 97);
                    let value = (n % 3 != 2).then(|| format!("{n}").repeat(50));
                    let mut batch = Batch::default();
                    match &value {
                        Some(value) => batch.put(key.clone().into(), value.clone().into()),
                        None => batch.delete(key.clone().into()),
                    }
                    store.commit(batch).expect("a commit");
                    let read = store.get(key.as_bytes()).expect("a read");
                    assert_eq!(read, value.clone().map(String::into_bytes));
                    let mut model = model.lock().expect("no panic");
                    match value {
                        Some(value) => drop(model.insert(key, value)),
                        None => drop(model.remove(&key)),
                    }
                }
            });
        }
        let (store, done) = (&store, &done);
        scope.spawn(move || {
            // Every commit moves all marks at once, so nobody ever sees two different ones.
            for round in 0.. {
                if done.load(Ordering::Relaxed) {
                    break;
                }
                let mut batch = Batch::default();
                for mark in 0..40 {
                    batch.put(format!("mark/{mark}").into(), format!("{round}").into());
                }
                store.commit(batch).expect("a commit");
                let marks = store.scan(b"mark/", b"", 100).expect("a scan");
                let whole = |(_, value): &KeyValue| *value == format!("{round}").into_bytes();
                assert!(marks.len() == 40 && marks.iter().all(whole), "{round}");
            }
        });
        for _ in 0..30 {
            store.compact().expect("a compaction");
        }
        done.store(true, Ordering::Relaxed);
    });
    let model = model.into_inner().expect("no panic");
    let model: Vec<KeyValue> = model
        .into_iter()
        .map(|(key, value)| (key.into_bytes(), value.into_bytes()))
        .collect();
    let own = |store: &dyn Engine| store.scan(b"own/", b"", 10_000).expect("a scan");
    assert!(!model.is_empty());
    assert_eq!(own(&store), model);
    drop(store);
    assert_eq!(own(&open(folder.path())), model);
}

/// Prints how long a compaction takes against copying the same files byte by byte, and how long commits take beside it.
/// `ASSAY_LARGE=1` does so with 200,000 records, without it there are 5,000.
#[test]
fn commits_go_on_while_many_records_are_written_anew() {
    let is_large = std::env::var_os("ASSAY_LARGE").is_some_and(|value| value == "1");
    let records = if is_large { 200_000 } else { 5_000 };
    let folder = TempDir::new().expect("a folder");
    let store = open(folder.path());
    for first in (0..records).step_by(500) {
        let mut batch = Batch::default();
        for n in first..first + 500 {
            batch.put(format!("key/{n:06}").into(), vec![b'x'; 1_000]);
        }
        store.commit(batch).expect("a commit");
    }
    let began = Instant::now();
    let copied = folder.path().join("copied");
    fs::copy(folder.path().join("db"), &copied).expect("a copy");
    let file = fs::File::open(&copied).expect("the copy");
    file.sync_all().expect("the disk");
    let copying = began.elapsed();
    fs::remove_file(&copied).expect("it goes");

    let commit = |n: usize| {
        let began = Instant::now();
        store
            .commit(put(&format!("other/{n}"), "x"))
            .expect("a commit");
        began.elapsed()
    };
    let mut before: Vec<Duration> = (0..100).map(commit).collect();
    let began = Instant::now();
    let (compacted, mut beside) = thread::scope(|scope| {
        let compacting = scope.spawn(|| store.compact().expect("a compaction"));
        let mut beside = Vec::new();
        while !compacting.is_finished() {
            beside.push(commit(100 + beside.len()));
        }
        (compacting.join().expect("no panic"), beside)
    });
    let compacting = began.elapsed();
    before.sort_unstable();
    beside.sort_unstable();
    println!(
        "{records} records of a kilobyte: {compacting:.1?}, {:.1} times as long as a copy of their files; {} commits beside \
         it took {:.1?} in the middle and {:.1?} at most, and {:.1?} and {:.1?} without it; {} bytes before, {} now",
        compacting.as_secs_f64() / copying.as_secs_f64(),
        beside.len(),
        beside[beside.len() / 2],
        beside[beside.len() - 1],
        before[50],
        before[99],
        compacted.bytes_before,
        compacted.bytes,
    );
    assert!(compacted.records >= records as u64);
    assert_eq!(all(&store).len(), records + 100 + beside.len());
}

#[test]
fn a_compaction_that_fails_leaves_the_store_as_it_was() {
    let folder = TempDir::new().expect("a folder");
    let store = open(folder.path());
    store.commit(put("before", "x")).expect("a commit");
    // Nothing can be written under the name that the last step needs.
    let obstacle = folder.path().join("current.next");
    fs::create_dir(&obstacle).expect("a folder");
    for round in 0..3 {
        let error = store.compact().expect_err("it cannot be finished");
        assert_eq!(error.code(), "store.io", "{error}");
        store
            .commit(put(&format!("meanwhile/{round}"), "x"))
            .expect("the store goes on");
        assert_eq!(databases(folder.path()), 1, "nothing half is left");
    }
    fs::remove_dir(&obstacle).expect("it goes");
    store.compact().expect("a compaction");
    drop(store);
    assert_eq!(all(&open(folder.path())).len(), 4);
}

#[test]
fn what_a_crash_left_half_written_does_not_count_and_is_removed() {
    let folder = TempDir::new().expect("a folder");
    let store = open(folder.path());
    store.commit(put("before", "x")).expect("a commit");
    store.compact().expect("a compaction");
    drop(store);

    // The files of the next one, without the word that they count, and the first ones, not yet removed.
    let (half, first) = (TempDir::new().expect("a folder"), folder.path());
    open(half.path())
        .commit(put("half", "x"))
        .expect("a commit");
    fs::create_dir(first.join("generation-3")).expect("a folder");
    for name in ["db", "conf"] {
        let file = half.path().join(name);
        fs::copy(&file, first.join("generation-3").join(name)).expect("a copy");
        fs::copy(&file, first.join(name)).expect("a copy");
    }
    fs::write(first.join("current.next"), "3\n").expect("a file");
    let store = open(folder.path());
    assert_eq!(all(&store), [(b"before".to_vec(), b"x".to_vec())]);
    assert_eq!(databases(folder.path()), 1);
}

#[test]
fn a_store_that_does_not_say_which_files_count_is_refused() {
    for damage in [
        "",
        "2",
        "1\n",
        "3\n",
        "../generation-2\n",
        "generation-2\n",
        "-2\n",
    ] {
        let folder = TempDir::new().expect("a folder");
        let store = open(folder.path());
        store.commit(put("before", "x")).expect("a commit");
        store.compact().expect("a compaction");
        drop(store);
        fs::write(folder.path().join("current"), damage).expect("the damage is written");
        let error = refusal(folder.path());
        assert_eq!(error.code(), "store.corrupt", "{damage:?}: {error}");
        fs::write(folder.path().join("current"), "2\n").expect("a file");
        assert_eq!(all(&open(folder.path())).len(), 1, "nothing was removed");
    }
    // The same if the file is lost.
    let folder = TempDir::new().expect("a folder");
    let store = open(folder.path());
    store.commit(put("before", "x")).expect("a commit");
    store.compact().expect("a compaction");
    drop(store);
    fs::remove_file(folder.path().join("current")).expect("it goes");
    assert_eq!(refusal(folder.path()).code(), "store.corrupt");
    fs::write(folder.path().join("current"), "2\n").expect("a file");
    assert_eq!(all(&open(folder.path())).len(), 1, "nothing was removed");
}

fn all(store: &dyn Engine) -> Vec<KeyValue> {
    store.scan(b"", b"", usize::MAX).expect("a scan")
}

/// How many files of sled there are.
fn databases(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths
        .map(|path| match path.is_dir() {
            true => databases(&path),
            false => usize::from(path.ends_with("db")),
        })
        .sum()
}

#[test]
fn a_store_without_room_for_new_files_is_left_alone_and_goes_on() {
    let folder = TempDir::new().expect("a folder");
    let Some(_small) = SmallDisk::at(folder.path()) else {
        println!(
            "skipped: compaction of a store on a full disk (no file system can be mounted here)"
        );
        return;
    };
    let path = folder.path().join("store");
    let store = open(&path);
    for n in 0..160 {
        store
            .commit(put(&format!("key/{n}"), &"x".repeat(90_000)))
            .expect("a commit");
    }
    let error = store.compact().expect_err("there is no room");
    assert_eq!(error.code(), "store.no_room", "{error}");
    assert_eq!(databases(&path), 1);
    store.commit(put("after", "x")).expect("a commit");
}

/// A file system of 64 MiB.
struct SmallDisk<'a>(&'a Path);

impl SmallDisk<'_> {
    fn at(path: &Path) -> Option<SmallDisk<'_>> {
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=64m", "tmpfs"]);
        let mounted = mount.arg(path).output();
        let is_mounted = mounted.is_ok_and(|mounted| mounted.status.success());
        is_mounted.then_some(SmallDisk(path))
    }
}

impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        // The folder is removed after this, or else stays behind for the operating system to clean.
        let _ = Command::new("umount").arg("-l").arg(self.0).status();
    }
}
