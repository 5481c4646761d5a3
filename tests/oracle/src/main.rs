//! Answers questions about did:key with the crate `did-key`, one line of text each:
//!
//!     read DID          ->  ed25519 HEX | p256 HEX | other | refused | panicked
//!     make KIND SEED    ->  DID HEX | panicked
//!
//! `SEED` and `HEX` are hexadecimal digits; `HEX` is the public key, for P-256 compressed. The crate panics on most
//! malformed keys, so every question is asked behind a guard.

use std::fmt::Write as _;
use std::io::BufRead as _;
use std::panic::catch_unwind;

use did_key::{Ed25519KeyPair, Fingerprint as _, KeyMaterial as _, P256KeyPair, PatchedKeyPair};

fn main() {
    // The guard reports panics; their usual text would only fill the terminal.
    std::panic::set_hook(Box::new(|_| {}));
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("a line of text");
        let words: Vec<&str> = line.split(' ').collect();
        let answer = catch_unwind(|| match words.as_slice() {
            ["read", did] => read(did),
            ["make", "ed25519", seed] => {
                make(did_key::generate::<Ed25519KeyPair>(Some(&bytes(seed))))
            }
            ["make", "p256", seed] => make(did_key::generate::<P256KeyPair>(Some(&bytes(seed)))),
            _ => "no such question".to_owned(),
        });
        println!("{}", answer.unwrap_or_else(|_| "panicked".to_owned()));
    }
}

fn read(did: &str) -> String {
    let Ok(key) = did_key::resolve(did) else {
        return "refused".to_owned();
    };
    // The crate tells the kind of key only by its name.
    let kind = match key.fingerprint() {
        name if name.starts_with("z6Mk") => "ed25519",
        name if name.starts_with("zDn") => "p256",
        _ => return "other".to_owned(),
    };
    format!("{kind} {}", hex(&key.public_key_bytes()))
}

fn make(key: PatchedKeyPair) -> String {
    format!(
        "did:key:{} {}",
        key.fingerprint(),
        hex(&key.public_key_bytes())
    )
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len() / 2)
        .map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).expect("hexadecimal digits"))
        .collect()
}
