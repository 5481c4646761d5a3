//! Every parser that strangers reach, and `verify` itself, each as a function that takes any bytes and
//! asserts what must hold of them.
//!
//! The chapter `fuzz` runs them on stable for some seconds, from seeds and with changes of our own; under
//! `cargo fuzz` the same functions are led by coverage (see docs/security.md).

pub mod memory;
pub mod mutator;
pub mod seeds;

mod addresses;
mod files;
mod keys_and_documents;
mod linked;
mod log;
mod passkeys;
mod pictures;
mod random;
mod records;
mod texts;
mod tokens;
mod verifying;
mod words;

use std::cell::Cell;
use std::time::{Duration, Instant};

use self::mutator::{Mutator, Shape};

/// One target.
pub struct Target {
    /// Its name, which is that of its program and of its folders.
    pub name: &'static str,
    /// What its inputs look like, so that changes keep to it.
    pub shape: Shape,
    /// The longest input that is made of its seeds.
    pub longest: usize,
    /// How many inputs are some seconds' work, where nobody asks for more.
    pub sample: u64,
    /// Takes any bytes, and panics where something does not hold.
    pub run: fn(&[u8]),
}

/// All targets.
pub const TARGETS: [Target; 30] = [
    target("json", Shape::Json, 4096, 100_000, texts::json),
    target("jcs", Shape::Json, 4096, 100_000, texts::jcs),
    target("date", Shape::Text, 64, 100_000, texts::date),
    target("base64url", Shape::Text, 256, 100_000, texts::base64url),
    target("multibase", Shape::Text, 256, 100_000, texts::multibase),
    target("did_key", Shape::Text, 256, 100_000, addresses::did_key),
    target("did_jwk", Shape::DidJwk, 1024, 100_000, addresses::did_jwk),
    target("did_web", Shape::Text, 600, 100_000, addresses::did_web),
    target("accept", Shape::Text, 256, 100_000, addresses::accept),
    target("jwk", Shape::Json, 2048, 100_000, keys_and_documents::jwk),
    target("pem", Shape::Text, 2048, 100_000, keys_and_documents::pem),
    target(
        "controller",
        Shape::Json,
        4096,
        40_000,
        keys_and_documents::controller,
    ),
    target("token", Shape::Token, 8192, 100_000, tokens::token),
    target("disclosure", Shape::Bytes, 2048, 15_000, tokens::disclosure),
    target("jsonld", Shape::Json, 8192, 15_000, linked::jsonld),
    target("rdfc", Shape::Bytes, 256, 6_000, linked::rdfc),
    target("png", Shape::Png, 8192, 100_000, pictures::png),
    target("svg", Shape::Text, 8192, 100_000, pictures::svg),
    target(
        "status_list",
        Shape::Bytes,
        1024,
        100_000,
        files::status_list,
    ),
    target("trust_list", Shape::Json, 2048, 100_000, files::trust_list),
    target(
        "documents_map",
        Shape::Json,
        4096,
        100_000,
        files::documents_map,
    ),
    target("table", Shape::Text, 4096, 100_000, files::table),
    target("form", Shape::Text, 4096, 100_000, files::form),
    target("passkey", Shape::Bytes, 2048, 100_000, passkeys::passkey),
    target("checkpoint", Shape::Text, 1024, 100_000, log::checkpoint),
    target("log_proof", Shape::Bytes, 64, 100_000, log::proof),
    target("record", Shape::Json, 4096, 20_000, records::record),
    target("verify", Shape::Badge, 16_384, 20_000, verifying::badge),
    target("verify_web", Shape::Framed, 16_384, 10_000, verifying::web),
    target(
        "verify_credential",
        Shape::Json,
        16_384,
        15_000,
        verifying::credential,
    ),
];

/// Runs one target and notes what its inputs cost.
pub struct Runner {
    target: &'static Target,
    seeds: Vec<Vec<u8>>,
    slowest: Cell<Duration>,
    most_bytes: Cell<usize>,
}

impl Runner {
    /// For the target of that name.
    pub fn new(name: &str) -> Runner {
        let target = TARGETS.iter().find(|target| target.name == name);
        let target = target.expect("there is a target of that name");
        let seeds = seeds::of(target.name);
        // What is made once and kept is no input's cost.
        seeds
            .first()
            .into_iter()
            .for_each(|seed| (target.run)(seed));
        Runner {
            target,
            seeds,
            slowest: Cell::default(),
            most_bytes: Cell::default(),
        }
    }

    /// Runs one input.
    pub fn run(&self, data: &[u8]) {
        let time = || {
            let begun = Instant::now();
            let ((), bytes) = memory::peak_of(|| (self.target.run)(data));
            (begun.elapsed(), bytes)
        };
        let (took, bytes) = time();
        if took > self.slowest.get() {
            // Others use the machine too: what an input takes is the least of a few times.
            let took = (0..3).map(|_| time().0).fold(took, Duration::min);
            self.slowest.set(self.slowest.get().max(took));
        }
        if bytes > self.most_bytes.get() {
            self.most_bytes.set(bytes);
        }
        assert!(bytes < MOST_BYTES, "{bytes} bytes were held");
    }

    /// The input with a change.
    pub fn changed(&self, data: &[u8], seed: u64, longest: usize) -> Vec<u8> {
        let mut mutator = Mutator::new(seed, self.target.shape, &self.seeds);
        mutator.changed(data, longest)
    }

    /// The longest that an input took.
    pub fn slowest(&self) -> Duration {
        self.slowest.get()
    }

    /// The most bytes that an input made the target hold.
    pub fn most_bytes(&self) -> usize {
        self.most_bytes.get()
    }
}

const fn target(
    name: &'static str,
    shape: Shape,
    longest: usize,
    sample: u64,
    run: fn(&[u8]),
) -> Target {
    Target {
        name,
        shape,
        longest,
        sample,
        run,
    }
}

/// What one verification may hold.
pub const MOST_BYTES: usize = 64 << 20;
