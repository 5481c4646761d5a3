//! The build without OpenSSL: nothing of it comes along, and every token gets the same answer.

use std::fs;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use keys::{PublicKey, SecretKey};

use crate::forge::Key;
use crate::support::repository;
use crate::web::{files, fixtures};

const KEYS: [Key; 16] = [
    Key::School,
    Key::SchoolP256,
    Key::SchoolP384,
    Key::Stranger,
    Key::StrangerP384,
    Key::District,
    Key::DistrictP256,
    Key::DistrictRsa,
    Key::Retired,
    Key::Compromised,
    Key::Outdated,
    Key::Login,
    Key::Web,
    Key::WebP256,
    Key::Upload,
    Key::Withdrawn,
];

#[test]
fn every_token_of_the_fixtures_gets_the_same_answer_without_openssl() {
    let keys = KEYS.map(Key::public);
    let (mut tokens, mut good) = (0, Vec::new());
    for path in files(&fixtures()) {
        if path.extension().is_none_or(|extension| extension != "jwt") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap_or_default();
        let Some((input, signature)) = text.trim().rsplit_once('.') else {
            continue;
        };
        let Ok(signature) = URL_SAFE_NO_PAD.decode(signature) else {
            continue;
        };
        tokens += 1;
        for key in &keys {
            let answer = key.verifies_jws(input.as_bytes(), &signature);
            let place = path.display();
            assert_eq!(
                key.verifies_jws_in_rust(input.as_bytes(), &signature),
                answer,
                "{place}"
            );
            if answer {
                good.push(key.algorithm().name());
            }
        }
    }
    assert!(tokens > 60, "only {tokens} tokens");
    for algorithm in ["RS256", "ES256", "EdDSA"] {
        assert!(good.contains(&algorithm), "no good token by {algorithm}");
    }
}

#[test]
fn a_fresh_rsa_signature_holds_and_its_broken_twins_do_not() {
    let secret = SecretKey::generate_rsa().expect("a key");
    let key = secret.public_key();
    let good = secret.sign_jws(b"message").expect("a signature");
    assert!(key.verifies_jws_in_rust(b"message", &good));
    assert!(!key.verifies_jws_in_rust(b"massage", &good));
    let zeros = vec![0; good.len()];
    let longer = [&[0], good.as_slice()].concat();
    for broken in [&good[1..], &good[..good.len() - 1], &[], &zeros, &longer] {
        assert!(!key.verifies_jws_in_rust(b"message", broken));
        assert!(!key.verifies_jws(b"message", broken));
    }
    for place in [0, 7, good.len() / 2, good.len() - 1] {
        let mut flipped = good.clone();
        flipped[place] ^= 1;
        assert!(!key.verifies_jws_in_rust(b"message", &flipped));
    }
    let other = SecretKey::generate_rsa().expect("a key");
    assert!(!other.public_key().verifies_jws_in_rust(b"message", &good));
}

#[test]
fn an_rsa_exponent_is_one_that_both_libraries_take() {
    let PublicKey::Rsa(key) = Key::DistrictRsa.public() else {
        panic!("an RSA key")
    };
    let with_exponent = |exponent: &[u8]| PublicKey::from_rsa(key.modulus(), exponent);
    assert!(with_exponent(&[0xff; 4]).is_ok());
    let error = with_exponent(&[1, 0, 0, 0, 1]).expect_err("33 bits");
    assert_eq!(error.code(), "key.invalid");
}

#[test]
fn without_its_feature_nothing_of_openssl_comes_along() {
    let tree = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO"))
            .args([
                "tree",
                "--locked",
                "--offline",
                "-p",
                "verifier",
                "--prefix",
                "none",
            ])
            .args(["-e", "normal,build", "--target", "x86_64-unknown-linux-gnu"])
            .args(arguments)
            .current_dir(repository())
            .output()
            .expect("cargo runs");
        assert!(output.status.success(), "cargo tree");
        String::from_utf8(output.stdout).expect("text")
    };
    let names = |text: &str| -> Vec<String> {
        let first = |line: &str| line.split(' ').next().unwrap_or_default().to_owned();
        text.lines().map(first).collect()
    };
    let without = names(&tree(&["--no-default-features"]));
    for name in ["josekit", "openssl", "openssl-sys", "openssl-src", "cc"] {
        assert!(!without.iter().any(|own| own == name), "{name} comes along");
    }
    assert!(without.iter().any(|own| own == "rsa"));
    assert!(names(&tree(&[])).iter().any(|own| own == "openssl-sys"));
}

/// K-09 of the attacks: the crate that leaks by timing is shown public keys alone. Forms: operation.
#[test]
fn attack_k_09_no_rsa_secret_comes_near_the_library_that_leaks() {
    let mut users = Vec::new();
    for source in files(&repository().join("keys/src")) {
        let text = fs::read_to_string(&source).expect("a source file");
        if text.contains("RsaPublicKey") {
            users.push(source.file_name().expect("a name").to_owned());
        }
        for name in [
            "RsaPrivateKey",
            "DecryptingKey",
            "pkcs1v15::SigningKey",
            "pss::SigningKey",
        ] {
            assert!(!text.contains(name), "{} names {name}", source.display());
        }
    }
    assert_eq!(users, ["rust.rs"]);
    for name in ["schemas", "verifier", "issuer"] {
        let manifest = fs::read_to_string(repository().join(name).join("Cargo.toml"));
        assert!(
            !manifest.expect("a manifest").contains("\nrsa"),
            "{name} uses rsa itself"
        );
    }
}
