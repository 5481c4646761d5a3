//! did:key against another implementation, in both directions: what we write it reads, what it writes we read, and
//! where it panics or refuses we refuse.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use keys::{PublicKey, SecretKey, did_key};

use crate::support::{hex, repository};

/// The other implementation, built from its own workspace.
static ORACLE: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = repository().join("target/oracle");
    let built = Command::new(env!("CARGO"))
        .args(["build", "--release", "--locked", "--manifest-path"])
        .arg(repository().join("tests/oracle/Cargo.toml"))
        .arg("--target-dir")
        .arg(&folder)
        .status()
        .expect("cargo runs");
    assert!(built.success(), "the oracle does not build");
    folder.join("release/oracle")
});

/// Puts all questions to one process and gives back as many answers.
fn ask(questions: &[String]) -> Vec<String> {
    let mut oracle = Command::new(&*ORACLE)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the oracle starts");
    let mut stdin = oracle.stdin.take().expect("a pipe");
    let text = questions.join("\n");
    let writer = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
    let output = oracle.wait_with_output().expect("the oracle ends");
    writer
        .join()
        .expect("a thread")
        .expect("the questions are read");
    let answers: Vec<String> = String::from_utf8(output.stdout)
        .expect("text")
        .lines()
        .map(str::to_owned)
        .collect();
    assert_eq!(answers.len(), questions.len());
    answers
}

fn random<const LENGTH: usize>() -> [u8; LENGTH] {
    let mut bytes = [0; LENGTH];
    getrandom::fill(&mut bytes).expect("random bytes");
    bytes
}

fn digits(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A key as the oracle names it.
fn named(key: &PublicKey) -> String {
    match key {
        PublicKey::Ed25519(key) => format!("ed25519 {}", digits(key.as_bytes())),
        PublicKey::P256(key) => format!("p256 {}", digits(&key.compressed())),
        other => panic!("the oracle is not asked for {other:?}"),
    }
}

#[test]
fn it_reads_what_we_write() {
    let keys: Vec<PublicKey> = (0..400)
        .map(|number| match number % 2 {
            0 => SecretKey::ed25519(random()).public_key().clone(),
            _ => loop {
                // One scalar in four thousand million is not below the order.
                if let Ok(secret) = SecretKey::p256(random()) {
                    break secret.public_key().clone();
                }
            },
        })
        .collect();
    let questions: Vec<String> = keys
        .iter()
        .map(|key| format!("read {}", did_key::encode(key).expect("a did:key")))
        .collect();
    for (key, answer) in keys.iter().zip(ask(&questions)) {
        assert_eq!(answer, named(key));
    }
}

#[test]
fn we_read_what_it_writes() {
    let questions: Vec<String> = (0..400)
        .map(|number| {
            format!(
                "make {} {}",
                ["ed25519", "p256"][number % 2],
                digits(&random::<32>())
            )
        })
        .collect();
    let mut read = 0;
    for (question, answer) in questions.iter().zip(ask(&questions)) {
        let Some((did, public)) = answer.split_once(' ') else {
            continue;
        };
        let key = did_key::decode(did).expect("a did:key");
        let kind = question.split(' ').nth(1).expect("a kind");
        assert_eq!(named(&key), format!("{kind} {public}"));
        // And the secret that made it is the same key here.
        let seed = hex(question.split(' ').nth(2).expect("a seed"))
            .try_into()
            .expect("32 bytes");
        let ours = if kind == "p256" {
            SecretKey::p256(seed).expect("a key")
        } else {
            SecretKey::ed25519(seed)
        };
        assert_eq!(*ours.public_key(), key);
        assert_eq!(did_key::encode(&key).as_deref(), Some(did));
        read += 1;
    }
    assert!(read > 390, "only {read} keys");
}

#[test]
fn attack_k_11_where_it_panics_or_refuses_we_refuse() {
    let dids = malformed();
    let questions: Vec<String> = dids.iter().map(|did| format!("read {did}")).collect();
    let (mut panicked, mut agreed) = (0, 0);
    for (did, answer) in dids.iter().zip(ask(&questions)) {
        let ours = did_key::decode(did).map_err(|error| error.code());
        match answer.as_str() {
            "panicked" | "refused" => {
                assert_eq!(ours.err(), Some("did.invalid"), "{answer}: {did}");
                panicked += usize::from(answer == "panicked");
            }
            // X25519 and other keys that make no signatures, or none that we read.
            "other" => assert_eq!(ours.err(), Some("did.invalid"), "{did}"),
            key => match ours {
                Ok(ours) => {
                    assert_eq!(named(&ours), key, "{did}");
                    agreed += 1;
                }
                // It takes more than the one spelling: parts of a DID URL behind the DID, points in other forms,
                // second encodings of Ed25519 points, and points of small order.
                Err(code) => assert!(matches!(code, "did.invalid" | "key.weak"), "{did}"),
            },
        }
    }
    assert!(panicked > 100, "only {panicked} panics");
    assert!(agreed > 50, "only {agreed} agreements");
}

/// Keys of every codec and many lengths, damaged ones, and text that is no did:key.
fn malformed() -> Vec<String> {
    let did = |bytes: &[u8]| format!("did:key:z{}", bs58::encode(bytes).into_string());
    let mut dids: Vec<String> = [
        "did:key:z",
        "did:key:",
        "did:key:u11",
        "did:key:z0",
        "did:web:example.com",
        "did:key",
        "",
        "z6Mk",
        "did:key:zz",
    ]
    .map(str::to_owned)
    .to_vec();
    let codecs = [
        [0xed, 0x01],
        [0xec, 0x01],
        [0x80, 0x24],
        [0x81, 0x24],
        [0x82, 0x24],
        [0xe7, 0x01],
        [0xeb, 0x01],
        [0xea, 0x01],
        [0x85, 0x24],
        [0x00, 0x00],
    ];
    for codec in codecs {
        for length in [0, 1, 31, 32, 33, 34, 48, 49, 64, 65, 96, 144] {
            for _ in 0..3 {
                let mut bytes = codec.to_vec();
                bytes.extend(&random::<144>()[..length]);
                dids.push(did(&bytes));
            }
        }
    }
    for _ in 0..100 {
        let secret = SecretKey::ed25519(random());
        let good = did_key::encode(secret.public_key()).expect("a did:key");
        let mut damaged = good.clone().into_bytes();
        let at = 9 + usize::from(random::<1>()[0]) % (damaged.len() - 9);
        damaged[at] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
            [usize::from(random::<1>()[0]) % 58];
        dids.push(String::from_utf8(damaged).expect("text"));
        dids.push(format!("{good}#{}", &good[8..]));
        dids.push(good);
        // A P-256 point in each of its SEC1 forms, good and bad.
        let Ok(secret) = SecretKey::p256(random()) else {
            continue;
        };
        let PublicKey::P256(key) = secret.public_key() else {
            continue;
        };
        let mut form = vec![0x80, 0x24];
        form.extend(key.compressed());
        for first in [0, 1, 2, 3, 4, 5, 6, 7] {
            form[2] = first;
            dids.push(did(&form));
        }
    }
    dids
}
