//! Any bytes at all: every target of `tests/fuzz`, from its seeds and what once showed a fault, then with changes.
//!
//! `ASSAY_FUZZ_INPUTS` asks for more inputs a target, and `ASSAY_FUZZ_SEED` for others.

use std::io::{Cursor, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use issuer::inputs::{Rows, Source};

use crate::fuzz::{Runner, TARGETS, Target, seeds};

#[test]
fn texts_and_identifiers_survive_any_bytes() {
    fuzz(&TARGETS[..TEXTS]);
}

#[test]
fn keys_tokens_statements_and_pictures_survive_any_bytes() {
    fuzz(&TARGETS[TEXTS..FILES]);
}

#[test]
fn files_forms_and_records_survive_any_bytes() {
    fuzz(&TARGETS[FILES..VERIFY]);
}

#[test]
fn verify_survives_any_bytes_and_verifies_only_what_was_signed() {
    fuzz(&TARGETS[VERIFY..]);
}

/// A mark that stays open makes one record of all lines after it, each of which was once counted anew with all before.
#[test]
fn a_table_of_short_lines_in_an_open_quotation_mark_is_read_once() {
    let table = ["badge\n\"", &"\n".repeat(4 << 20)].concat();
    within("a table of four million lines", move |_| {
        let reader = Box::new(Cursor::new(table));
        let rows = Rows::of(Path::new("list.csv"), "list.csv", reader, Path::new(""));
        let rows: Vec<_> = rows.expect("it has a column").collect();
        assert!(matches!(&rows[..], [row] if matches!(row.source, Source::Wrong(_))));
    });
}

/// Runs some targets, and prints what each has cost.
fn fuzz(targets: &'static [Target]) {
    for target in targets {
        let inputs = number("ASSAY_FUZZ_INPUTS").unwrap_or(target.sample);
        let first = number("ASSAY_FUZZ_SEED").unwrap_or(0);
        within(target.name, move |begun| run(target, inputs, first, begun));
    }
}

fn run(target: &'static Target, inputs: u64, first: u64, begun: &AtomicU64) {
    let runner = Runner::new(target.name);
    let seeds = seeds::of(target.name);
    assert!(!seeds.is_empty(), "{} has no seeds", target.name);
    for (name, input) in seeds::regressions(target.name) {
        begun.fetch_add(1, Ordering::Relaxed);
        try_one(&runner, &name, &input);
    }
    for seed in &seeds {
        begun.fetch_add(1, Ordering::Relaxed);
        try_one(&runner, "a seed", seed);
    }
    let mut input = Vec::new();
    for number in first..first + inputs {
        // Some changes on top of one another, then from a seed again.
        if number % 4 == 0 {
            let at = (number / 4).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
            input.clone_from(&seeds[at as usize % seeds.len()]);
        }
        input = runner.changed(&input, number, target.longest);
        begun.fetch_add(1, Ordering::Relaxed);
        try_one(&runner, "a changed seed", &input);
    }
    println!(
        "{}: {} inputs, slowest {:.1} ms, most memory {} KiB",
        target.name,
        inputs + seeds.len() as u64,
        runner.slowest().as_secs_f64() * 1e3,
        runner.most_bytes() / 1024,
    );
}

/// Runs one input, and says which it was where something does not hold.
fn try_one(runner: &Runner, name: &str, input: &[u8]) {
    if catch_unwind(AssertUnwindSafe(|| runner.run(input))).is_err() {
        let file = tempfile::NamedTempFile::new().and_then(|mut file| {
            file.write_all(input)?;
            Ok(file.keep()?.1)
        });
        panic!("{name}: {file:?} holds {}", input.escape_ascii());
    }
}

/// Fails where the work goes on for too long without a new input, which it counts.
fn within(name: &'static str, work: impl FnOnce(&AtomicU64) + Send + 'static) {
    let (done, waiting) = channel();
    let begun = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&begun);
    let worker = thread::spawn(move || {
        work(&counter);
        let _ = done.send(());
    });
    let mut before = 0;
    while let Err(RecvTimeoutError::Timeout) = waiting.recv_timeout(HANG) {
        let now = begun.load(Ordering::Relaxed);
        assert_ne!(before, now, "{name}: one input takes more than {HANG:?}");
        before = now;
    }
    assert!(worker.join().is_ok(), "{name}: see above");
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

/// No input takes a tenth of this; a busy machine may take it away for a while.
const HANG: Duration = Duration::from_secs(20);

/// Where the groups of targets begin.
const TEXTS: usize = 9;
const FILES: usize = 18;
const VERIFY: usize = 27;
