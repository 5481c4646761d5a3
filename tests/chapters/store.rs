//! What the store acknowledged is there: after a crash, under many writers, and never half.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, mpsc};
use std::thread;
use std::time::Duration;

use issuer::embedded::Embedded;
use issuer::engine::{Batch, CommitError, Engine, EngineError, MAX_VALUE_BYTES};
use issuer::layout;
use issuer::store::{Store, StoreError};
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Note {
    text: String,
}

pub fn open(path: &Path) -> Embedded {
    Embedded::open(path, CACHE, Box::new(|reason| panic!("{reason}"))).expect("the store opens")
}

pub fn refusal(path: &Path) -> EngineError {
    match Embedded::open(path, CACHE, Box::new(|_| ())) {
        Ok(_) => panic!("the store must not open"),
        Err(error) => error,
    }
}

pub fn put(key: &str, value: &str) -> Batch {
    let mut batch = Batch::default();
    batch.put(key.into(), value.into());
    batch
}

fn text(engine: &dyn Engine, key: &str) -> Option<String> {
    let value = engine.get(key.as_bytes()).expect("the store reads");
    value.map(|value| String::from_utf8(value).expect("the test writes text"))
}

fn keys(engine: &dyn Engine, prefix: &str, from: &str, limit: usize) -> Vec<String> {
    let entries = engine
        .scan(prefix.as_bytes(), from.as_bytes(), limit)
        .expect("the store reads");
    entries
        .into_iter()
        .map(|(key, _)| String::from_utf8(key).expect("the test writes text"))
        .collect()
}

#[test]
fn a_commit_happens_as_a_whole_or_not_at_all() {
    let folder = TempDir::new().expect("a folder");
    let store = open(folder.path());
    store.commit(put("a", "1")).expect("a commit");

    let mut batch = put("a", "2");
    batch.put("b".into(), "2".into());
    batch.require("a".into(), "not 1".into());
    assert!(matches!(
        store.commit(batch.clone()),
        Err(CommitError::Conflict)
    ));
    assert_eq!(
        (text(&store, "a"), text(&store, "b")),
        (Some("1".into()), None)
    );

    let mut batch = put("b", "2");
    batch.delete("a".into());
    batch.require("a".into(), "1".into());
    batch.require_absent("b".into());
    store
        .commit(batch.clone())
        .expect("everything required is so");
    assert_eq!(
        (text(&store, "a"), text(&store, "b")),
        (None, Some("2".into()))
    );
    assert!(matches!(store.commit(batch), Err(CommitError::Conflict)));
}

#[test]
fn a_scan_walks_a_prefix_in_order_page_by_page() {
    let folder = TempDir::new().expect("a folder");
    let store = open(folder.path());
    for key in ["p/2", "p/1", "p", "p/10", "q/1", "o/9"] {
        store.commit(put(key, "x")).expect("a commit");
    }
    assert_eq!(keys(&store, "p/", "", 10), ["p/1", "p/10", "p/2"]);
    assert_eq!(keys(&store, "p/", "", 2), ["p/1", "p/10"]);
    assert_eq!(keys(&store, "p/", "p/10\0", 2), ["p/2"]);
    assert_eq!(keys(&store, "p/", "a", 1), ["p/1"]);
    assert!(keys(&store, "p/", "q", 10).is_empty());
    assert_eq!(keys(&store, "", "", 10).len(), 6);
}

#[test]
fn a_batch_may_rest_on_one_that_is_still_open_and_falls_with_it() {
    let folder = TempDir::new().expect("a folder");
    let store = open(folder.path());
    let chain = |start: &str| -> Vec<Result<(), CommitError>> {
        let mut submitted = Vec::new();
        let mut previous = start.to_owned();
        for next in ["one", "two", "three"] {
            let mut batch = put("chain", next);
            batch.require("chain".into(), previous.into());
            submitted.push(store.submit(batch));
            previous = next.to_owned();
        }
        submitted.into_iter().map(|batch| batch.wait()).collect()
    };
    assert!(
        chain("nothing")
            .iter()
            .all(|outcome| matches!(outcome, Err(CommitError::Conflict)))
    );
    assert_eq!(text(&store, "chain"), None);
    store.commit(put("chain", "zero")).expect("a commit");
    assert!(chain("zero").iter().all(Result::is_ok));
    assert_eq!(text(&store, "chain").as_deref(), Some("three"));
}

#[test]
fn sixty_four_writers_lose_nothing_and_overwrite_nothing() {
    const WRITERS: usize = 64;
    const EACH: usize = 10;
    let folder = TempDir::new().expect("a folder");
    let store = open(folder.path());
    let together = Barrier::new(WRITERS);
    let conflicts = AtomicUsize::new(0);
    thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (store, together, conflicts) = (&store, &together, &conflicts);
            scope.spawn(move || {
                together.wait();
                for n in 0..EACH {
                    store
                        .commit(put(&format!("own/{writer}/{n}"), "x"))
                        .expect("nobody else writes this");
                }
                // One counter for all: every increment that was acknowledged must be counted.
                loop {
                    let seen = text(store, "counter");
                    let next = seen
                        .as_deref()
                        .map_or(0, |n| n.parse::<usize>().expect("a number"))
                        + 1;
                    let mut batch = put("counter", &next.to_string());
                    match seen {
                        Some(seen) => batch.require("counter".into(), seen.into()),
                        None => batch.require_absent("counter".into()),
                    }
                    match store.commit(batch) {
                        Ok(()) => break,
                        Err(CommitError::Conflict) => conflicts.fetch_add(1, Ordering::Relaxed),
                        Err(error) => panic!("{error}"),
                    };
                }
            });
        }
    });
    assert_eq!(text(&store, "counter"), Some(WRITERS.to_string()));
    assert_eq!(keys(&store, "own/", "", 10_000).len(), WRITERS * EACH);
    assert!(conflicts.into_inner() > 0, "the writers never met");
}

#[test]
fn a_scan_shows_one_moment() {
    // Every commit moves all marks at once, so a reader must never see two different ones.
    let folder = TempDir::new().expect("a folder");
    let store = open(folder.path());
    thread::scope(|scope| {
        let (done, stopped) = mpsc::channel();
        let store = &store;
        scope.spawn(move || {
            while stopped.try_recv().is_err() {
                let marks = store.scan(b"mark/", b"", 100).expect("the store reads");
                let values: BTreeSet<_> = marks.iter().map(|(_, value)| value).collect();
                assert!(
                    values.len() <= 1 && (marks.is_empty() || marks.len() == 40),
                    "a torn scan"
                );
            }
        });
        for round in 0..100 {
            let mut batch = Batch::default();
            for mark in 0..40 {
                batch.put(format!("mark/{mark}").into(), round.to_string().into());
            }
            store.commit(batch).expect("a commit");
        }
        done.send(()).expect("the reader still reads");
    });
}

#[test]
fn what_is_too_large_is_refused_before_it_is_written() {
    let folder = TempDir::new().expect("a folder");
    let store = open(folder.path());
    store
        .commit(put("largest", &"x".repeat(MAX_VALUE_BYTES)))
        .expect("the limit itself is allowed");
    let refused = [
        put("larger", &"x".repeat(MAX_VALUE_BYTES + 1)),
        put(&"k".repeat(2_000), "x"),
        put("", "x"),
    ];
    for batch in refused {
        let error = store.commit(batch).expect_err("too large");
        assert_eq!(error.code(), "store.too_large");
    }
    assert_eq!(keys(&store, "", "", 10), ["largest"]);
}

#[test]
fn sled_keeps_everything_in_the_file_that_is_synced() {
    // Pages that sled finds too large go into files of their own, which it never syncs: there must be none,
    // not even with the largest values side by side, written over and over.
    let folder = TempDir::new().expect("a folder");
    let store = open(folder.path());
    for round in 0..6 {
        for key in 0..40 {
            let value = format!("{round}").repeat(MAX_VALUE_BYTES - key);
            store
                .commit(put(&format!("large/{key:02}"), &value))
                .expect("a commit");
        }
    }
    drop(store);
    let blobs =
        std::fs::read_dir(folder.path().join("blobs")).expect("sled's folder for large pages");
    assert_eq!(blobs.count(), 0);
    assert_eq!(keys(&open(folder.path()), "large/", "", 100).len(), 40);
}

/// Forms: library.
#[test]
fn attack_o_06_two_processes_on_one_store() {
    let folder = TempDir::new().expect("a folder");
    let first = open(folder.path());
    assert_eq!(refusal(folder.path()).code(), "store.locked");
    let other_process = child("lock", folder.path(), &[])
        .wait_with_output()
        .expect("the child ends");
    assert!(lines(&other_process.stdout).contains(&"store.locked".to_owned()));
    drop(first);
    open(folder.path());
}

#[test]
fn a_lock_that_is_let_go_a_moment_later_does_not_keep_a_store_shut() {
    let folder = TempDir::new().expect("a folder");
    drop(open(folder.path()));
    let file = File::open(folder.path().join("db")).expect("the file of the store");
    file.lock().expect("the lock");
    let holder = thread::spawn(move || {
        thread::sleep(Duration::from_millis(200));
        drop(file);
    });
    open(folder.path());
    holder.join().expect("the holder ends");
}

/// Forms: library.
#[test]
fn attack_o_06_a_store_of_another_version() {
    let folder = TempDir::new().expect("a folder");
    let engine = Arc::new(open(folder.path()));
    Store::open(engine.clone()).expect("an empty store becomes one of this version");
    Store::open(engine.clone()).expect("and stays one");

    let mut newer = Batch::default();
    newer.put(layout::format(), br#"{"v":1,"format":2}"#.to_vec());
    engine.commit(newer).expect("a commit");
    let Err(error) = Store::open(engine.clone()) else {
        panic!("a newer store must be refused")
    };
    assert_eq!(error.code(), "store.version");

    let mut foreign = put("something", "else");
    foreign.delete(layout::format());
    engine.commit(foreign).expect("a commit");
    let Err(error) = Store::open(engine) else {
        panic!("a foreign store must be refused")
    };
    assert!(matches!(error, StoreError::Version { found: None, .. }));
}

#[test]
fn a_record_is_versioned_and_an_unknown_version_is_refused() {
    let folder = TempDir::new().expect("a folder");
    let engine = Arc::new(open(folder.path()));
    let store = Store::open(engine.clone()).expect("a store");
    let note = Note {
        text: "good".into(),
    };
    let mut batch = Batch::default();
    batch
        .put_record(b"note/1".to_vec(), &note)
        .expect("a record");
    store.commit(batch).expect("a commit");
    assert_eq!(
        text(engine.as_ref(), "note/1").as_deref(),
        Some(r#"{"v":1,"text":"good"}"#)
    );

    let stored = store
        .read::<Note>(b"note/1")
        .expect("a read")
        .expect("a record");
    assert_eq!(stored.value, note);
    let mut change = Batch::default();
    stored.require_unchanged(&mut change);
    change
        .put_record(
            b"note/1".to_vec(),
            &Note {
                text: "better".into(),
            },
        )
        .expect("a record");
    store.commit(change.clone()).expect("it was unchanged");
    assert!(matches!(store.commit(change), Err(StoreError::Conflict)));

    for wrong in [
        r#"{"v":2,"text":"x"}"#,
        r#"{"text":"x"}"#,
        r#"{"v":1}"#,
        "",
        "\u{0}",
    ] {
        engine.commit(put("note/2", wrong)).expect("a commit");
        let error = store.read::<Note>(b"note/2").expect_err(wrong);
        assert_eq!(error.code(), "store.record", "{wrong}");
    }
}

#[test]
fn what_was_acknowledged_survives_kill_9() {
    survives_kills(&[]);
}

#[test]
fn what_was_acknowledged_survives_kill_9_also_while_the_store_is_compacted() {
    survives_kills(&[("ASSAY_COMPACTING", "1".to_owned())]);
}

fn survives_kills(more: &[(&str, String)]) {
    let folder = TempDir::new().expect("a folder");
    let mut acknowledged = BTreeSet::new();
    for (round, patience) in [1, 90, 20, 400, 3, 150, 60, 1_000].into_iter().enumerate() {
        let environment = [&[("ASSAY_ROUND", round.to_string())], more].concat();
        let mut writer = child("write", folder.path(), &environment);
        let mut output = BufReader::new(writer.stdout.take().expect("a pipe")).lines();
        let mut seen = 0;
        while seen < patience {
            let line = output
                .next()
                .expect("the writer writes until it is killed")
                .expect("text");
            if let Some(key) = line.strip_prefix("acknowledged ") {
                acknowledged.insert(key.to_owned());
                seen += 1;
            }
        }
        writer.kill().expect("SIGKILL");
        writer.wait().expect("the writer is dead");
        // The last line may be cut off in the pipe; then nobody was told.
        let rest = output.map_while(Result::ok).collect::<Vec<_>>();
        acknowledged.extend(
            rest.iter()
                .filter_map(|line| Some(line.strip_prefix("acknowledged ")?.to_owned())),
        );
        acknowledged.retain(|key| key.ends_with('.'));

        let store = open(folder.path());
        let found: BTreeSet<String> = keys(&store, "left/", "", 100_000).into_iter().collect();
        let twins: BTreeSet<String> = keys(&store, "right/", "", 100_000).into_iter().collect();
        for key in &acknowledged {
            assert!(
                found.contains(&format!("left/{key}")),
                "{key} was acknowledged and is lost"
            );
        }
        let unpaired = found
            .iter()
            .filter(|key| !twins.contains(&key.replace("left/", "right/")))
            .count();
        assert_eq!((unpaired, found.len()), (0, twins.len()), "half a batch");
    }
    assert!(acknowledged.len() > 1_500);
}

#[test]
fn a_failed_write_stops_the_process_and_is_never_acknowledged() {
    // A limit on file sizes makes the disk full for the child, and for it alone.
    let folder = TempDir::new().expect("a folder");
    let limited = child_under("trap '' XFSZ; ulimit -f 2000;", "fill", folder.path(), &[]);
    let output = limited.wait_with_output().expect("the child ends");
    let lines = lines(&output.stdout);
    let stops: Vec<_> = lines
        .iter()
        .filter(|line| line.starts_with("stopped "))
        .collect();
    assert_eq!(
        stops.len(),
        1,
        "{lines:?} {}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(
        lines.contains(&"refused store.stopped, visible false".to_owned()),
        "{lines:?}"
    );
    assert!(
        lines.contains(&"afterwards store.stopped".to_owned()),
        "{lines:?}"
    );

    let store = open(folder.path());
    for line in lines
        .iter()
        .filter_map(|line| line.strip_prefix("acknowledged "))
    {
        assert!(
            text(&store, line).is_some(),
            "{line} was acknowledged and is lost"
        );
    }
}

#[test]
fn the_service_aborts_at_a_failed_write_with_one_message() {
    let folder = TempDir::new().expect("a folder");
    let limited = child_under(
        "trap '' XFSZ; ulimit -f 2000;",
        "fill and abort",
        folder.path(),
        &[],
    );
    let output = limited.wait_with_output().expect("the child ends");
    assert!(!output.status.success());
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(told.matches("assay stops: ").count(), 1, "{told}");
}

#[test]
fn a_damaged_store_is_refused_or_reads_exactly_as_written() {
    let folder = TempDir::new().expect("a folder");
    let value = |n: u32| format!("value {n} ").repeat(40);
    let store = open(folder.path());
    for n in 0..300 {
        let batch = put(&format!("key/{n:03}"), &value(n));
        store.commit(batch).expect("a commit");
    }
    drop(store);
    let good = std::fs::read(folder.path().join("db")).expect("sled's file");
    let written = good
        .iter()
        .rposition(|byte| *byte != 0)
        .expect("bytes were written");

    let mut refused = 0;
    for step in 0..60 {
        let damaged = TempDir::new().expect("a folder");
        copy(folder.path(), damaged.path());
        let mut bytes = good.clone();
        let at = step * written / 60;
        bytes[at..at + 16].iter_mut().for_each(|byte| *byte ^= 0x5a);
        std::fs::write(damaged.path().join("db"), bytes).expect("the damage is written");
        match Embedded::open(damaged.path(), CACHE, Box::new(|_| ())) {
            Err(error) => {
                assert_eq!(error.code(), "store.corrupt", "{error}");
                assert!(error.to_string().contains("the latest backup"), "{error}");
                refused += 1;
            }
            Ok(store) => {
                for n in 0..300 {
                    match store.get(format!("key/{n:03}").as_bytes()) {
                        Ok(Some(found)) => assert_eq!(found, value(n).as_bytes()),
                        Ok(None) => panic!("key/{n:03} was lost without a word, damage at {at}"),
                        Err(error) => assert_eq!(error.code(), "store.corrupt", "{error}"),
                    }
                }
            }
        }
    }
    assert!(refused > 0);
}

#[test]
fn a_store_with_a_file_cut_emptied_or_replaced_is_refused() {
    let folder = TempDir::new().expect("a folder");
    let store = open(folder.path());
    for n in 0..50 {
        store
            .commit(put(&format!("key/{n}"), "x"))
            .expect("a commit");
    }
    drop(store);
    type Damage = fn(Vec<u8>) -> Vec<u8>;
    let damages: [(&str, Damage); 4] = [
        ("db", |_| Vec::new()),
        ("db", |_| b"not a store ".repeat(5_000)),
        ("db", |mut bytes| {
            let written = bytes.iter().rposition(|byte| *byte != 0).unwrap_or(0);
            bytes.truncate(written / 2);
            bytes
        }),
        ("conf", |_| b"not a configuration".to_vec()),
    ];
    for (name, damage) in damages {
        let damaged = TempDir::new().expect("a folder");
        copy(folder.path(), damaged.path());
        let bytes = std::fs::read(folder.path().join(name)).expect("a file");
        std::fs::write(damaged.path().join(name), damage(bytes)).expect("the damage is written");
        let error = refusal(damaged.path());
        assert_eq!(error.code(), "store.corrupt", "{name}: {error}");
        // A second time in a copy: sled gives its own lock back some time after a refusal.
        let again = TempDir::new().expect("a folder");
        copy(damaged.path(), again.path());
        let error = refusal(again.path());
        assert_eq!(error.code(), "store.corrupt", "{name}, again: {error}");
    }
}

/// Not a test of its own: what a child process does that another test has started.
#[test]
fn child_process() {
    let (Ok(role), Some(path)) = (std::env::var("ASSAY_ROLE"), std::env::var_os("ASSAY_STORE"))
    else {
        return;
    };
    let path = Path::new(&path);
    match role.as_str() {
        "lock" => println!("\n{}", refusal(path).code()),
        "write" => write_until_killed(path),
        "verify" => {
            let store = open(path);
            let acknowledged = acknowledged();
            for key in &acknowledged {
                for half in ["left", "right"] {
                    let found = text(&store, &format!("{half}/{key}"));
                    assert!(found.is_some(), "{half}/{key} was acknowledged and is lost");
                }
            }
            println!("\npresent {}", acknowledged.len());
        }
        "fill" => fill(path),
        "fill and abort" => {
            let store = Embedded::open(path, CACHE, Box::new(issuer::embedded::abort))
                .expect("the store opens");
            (0..)
                .map(|n| store.commit(put(&format!("fill/{n}"), &"x".repeat(50_000))))
                .find(Result::is_err);
        }
        other => panic!("no role {other}"),
    }
}

/// What a writer had acknowledged before `tests/faults/crash-image` cut its power.
pub fn acknowledged() -> Vec<String> {
    let file = std::env::var_os("ASSAY_ACKNOWLEDGED").expect("the script says where");
    let text = std::fs::read_to_string(file).expect("a file");
    text.lines().map(str::to_owned).collect()
}

fn write_until_killed(path: &Path) {
    let round = std::env::var("ASSAY_ROUND").expect("the parent says which round");
    let store = open(path);
    println!();
    thread::scope(|scope| {
        if std::env::var_os("ASSAY_COMPACTING").is_some() {
            scope.spawn(|| {
                loop {
                    store.compact().expect("a compaction");
                }
            });
        }
        for writer in 0..8 {
            let (store, round) = (&store, &round);
            scope.spawn(move || {
                for n in 0.. {
                    let key = format!("{round}-{writer}-{n}.");
                    let mut batch = put(&format!("left/{key}"), &"x".repeat(300));
                    batch.put(format!("right/{key}").into(), "y".repeat(300).into());
                    store.commit(batch).expect("a commit");
                    println!("acknowledged {key}");
                }
            });
        }
    });
}

fn fill(path: &Path) {
    println!();
    let stop = |reason: &str| println!("stopped {reason}");
    let store = Embedded::open(path, CACHE, Box::new(stop)).expect("the store opens");
    for n in 0.. {
        let key = format!("fill/{n}");
        match store.commit(put(&key, &"x".repeat(50_000))) {
            Ok(()) => println!("acknowledged {key}"),
            Err(error) => {
                let visible = store.get(key.as_bytes()).is_ok_and(|value| value.is_some());
                println!("refused {}, visible {visible}", error.code());
                break;
            }
        }
    }
    println!(
        "afterwards {}",
        store.commit(put("more", "x")).expect_err("stopped").code()
    );
    // Closing a store that cannot write is not what is asked here.
    std::process::exit(0);
}

fn child(role: &str, store: &Path, more: &[(&str, String)]) -> Child {
    child_under("", role, store, more)
}

/// Starts this very test binary again, in a shell that first runs `preamble`.
fn child_under(preamble: &str, role: &str, store: &Path, more: &[(&str, String)]) -> Child {
    Command::new("bash")
        .args(["-c", &format!("{preamble} exec \"$0\" \"$@\"")])
        .arg(std::env::current_exe().expect("this binary"))
        .args([
            "--exact",
            "chapters::store::child_process",
            "--nocapture",
            "--test-threads=1",
        ])
        .env("ASSAY_ROLE", role)
        .env("ASSAY_STORE", store)
        .envs(more.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the child starts")
}

fn lines(mut bytes: &[u8]) -> Vec<String> {
    let mut text = String::new();
    bytes
        .read_to_string(&mut text)
        .expect("the child writes text");
    text.lines().map(str::to_owned).collect()
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            std::fs::create_dir_all(&target).expect("a folder");
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a copy");
        }
    }
}

const CACHE: u64 = 16 << 20;
