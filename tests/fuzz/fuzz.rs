//! One of the targets under libFuzzer, by the name of the program.
#![no_main]

use std::fs;
use std::io;

use assay_fuzz::memory::Counting;
use assay_fuzz::{Runner, seeds};
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

thread_local! {
    static RUNNER: Runner = Runner::new(env!("CARGO_BIN_NAME"));
}

fuzz_target!(
    init: {
        write_corpus(env!("CARGO_BIN_NAME")).expect("the corpus can be written");
        RUNNER.with(|_| ());
    },
    |data: &[u8]| RUNNER.with(|runner| told(runner, data))
);

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    // Coverage leads libFuzzer's own changes; ours know what JSON, tokens and pictures look like.
    if seed % 2 == 0 {
        return fuzzer_mutate(data, size, max_size);
    }
    RUNNER.with(|runner| {
        let changed = runner.changed(&data[..size], u64::from(seed), max_size);
        data[..changed.len()].copy_from_slice(&changed);
        changed.len()
    })
});

/// Runs one input, and says so on standard error when it is dearer than all before.
fn told(runner: &Runner, data: &[u8]) {
    let before = (runner.slowest(), runner.most_bytes());
    runner.run(data);
    if (runner.slowest(), runner.most_bytes()) != before {
        let (micros, kib) = (runner.slowest().as_micros(), runner.most_bytes() / 1024);
        eprintln!("dearest so far: {micros} µs {kib} KiB");
    }
}

/// Writes the seeds where `cargo fuzz` looks for inputs.
fn write_corpus(target: &str) -> io::Result<()> {
    let folder = seeds::tests().join("fuzz/corpus").join(target);
    fs::create_dir_all(&folder)?;
    let regressions = seeds::regressions(target)
        .into_iter()
        .map(|(_, bytes)| bytes);
    for (number, seed) in seeds::of(target).into_iter().chain(regressions).enumerate() {
        fs::write(folder.join(format!("seed-{number}")), seed)?;
    }
    Ok(())
}
