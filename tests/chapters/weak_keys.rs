//! Public keys with known faults, held against what another checker says of them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keys::vc_jwt::Compact;
use keys::{KeyError, PublicKey};

use crate::support::hex;
use crate::vector_set::VectorSet;

#[test]
fn attack_k_07_keys_that_the_checker_calls_weak_are_refused_save_for_the_listed() {
    let set = VectorSet::open("badkeys");
    let mut judge = set.judge("");
    for name in set.names() {
        // The checker finds nothing in these two, which are the same key.
        let expected = match name {
            "rsa-ok.key" | "jwk-rsa-ok.json" => "usable",
            _ => "refused",
        };
        let read = read(&set, name);
        let outcome = match &read {
            Ok(_) => "usable",
            Err(error) => {
                println!("{name}: {} ({error})", error.code());
                assert!(matches!(error.code(), "key.weak" | "key.invalid"), "{name}");
                "refused"
            }
        };
        let stem = name.split('.').next().unwrap_or(name);
        let kind = name.rsplit('.').next().unwrap_or(name);
        judge.case(&format!("{stem}-{kind}"), expected, outcome);
    }
    assert_eq!(judge.conclude().values().sum::<usize>(), 30);
}

/// The fault that is told is the one that the key has, not another that it happens to have too.
#[test]
fn attack_k_07_a_weak_modulus_is_refused_for_its_fault() {
    let set = VectorSet::open("badkeys");
    for (name, fault) in [
        ("rsa-fermat.crt", "too close"),
        ("rsa-fermat.csr", "too close"),
        ("rsa-fermat-hexmodulus.txt", "too close"),
        ("rsa-fermat-pkcs1.key", "too close"),
        ("rsa-roca.key", "ROCA"),
        ("rsa-smallfactors-corrupt.key", "small factor"),
        ("rsa-pattern.key", "not made of random primes"),
        ("rsapoly128.key", "not made of random primes"),
        ("rsapoly32.key", "fewer than 2048 bits"),
        ("rsa-e1.key", "below 65537"),
        ("rsa-small-d.key", "longer than 32 bits"),
        ("rsanzero.key", "zero"),
    ] {
        let error = read(&set, name).expect_err(name);
        assert!(error.to_string().contains(fault), "{name}: {error}");
    }
}

/// Whoever sees a prime modulus can sign with it: this token was made with the inverse of 65537 modulo the prime less 1.
#[test]
fn attack_k_07_a_good_signature_of_a_prime_modulus_shows_nothing() {
    let prime = hex(&PRIME.concat());
    let key = PublicKey::from_rsa(&prime, &[1, 0, 1]).expect("a key, as far as is seen at once");
    let token = Compact::decode(&FORGED.concat()).expect("a token");
    let error = token.verify(&key).expect_err("a forged token");
    assert_eq!(error.code(), "key.weak");
    assert!(error.to_string().contains("itself a prime"), "{error}");

    let set = VectorSet::open("badkeys");
    let good = read(&set, "rsa-ok.key").expect("a good key");
    for _ in 0..2 {
        assert_eq!(good.check_strength(), Ok(()));
    }
}

#[test]
fn the_same_key_is_read_from_both_of_its_forms() {
    let set = VectorSet::open("badkeys");
    let key = read(&set, "rsa-ok.key").expect("a good key");
    assert_eq!(read(&set, "jwk-rsa-ok.json"), Ok(key));
}

fn read(set: &VectorSet, name: &str) -> Result<PublicKey, KeyError> {
    if name.ends_with(".json") {
        return PublicKey::from_jwk(&set.json(name));
    }
    let text = String::from_utf8(set.bytes(name)).expect("text");
    if name.ends_with(".txt") {
        return PublicKey::from_rsa(&hex(text.trim()), &[1, 0, 1]);
    }
    let (label, der) = pem(&text);
    if let Some(point) = name.starts_with("ec").then(|| &der[der.len() - 65..]) {
        return PublicKey::from_p256(point);
    }
    if name.starts_with("ed25519") {
        return PublicKey::from_ed25519(&der[der.len() - 32..]);
    }
    let key = match position(&der, RSA_ENCRYPTION) {
        // SubjectPublicKeyInfo, on its own or in a certificate: the key is a bit string, whole bytes of it.
        Some(at) => &element(&der[at + RSA_ENCRYPTION.len()..]).0[1..],
        None => &der,
    };
    let (mut numbers, _) = element(key);
    if label.contains("PRIVATE") {
        numbers = element(numbers).1;
    }
    let (modulus, rest) = element(numbers);
    PublicKey::from_rsa(modulus, element(rest).0)
}

/// The label and content of the first block of PEM (RFC 7468) in a text.
fn pem(text: &str) -> (&str, Vec<u8>) {
    let (_, text) = text.split_once("-----BEGIN ").expect("a beginning");
    let (label, text) = text.split_once("-----").expect("a label");
    let (body, _) = text.split_once("-----END").expect("an end");
    let body: String = body.split_whitespace().collect();
    (label, STANDARD.decode(body).expect("base64"))
}

/// The content of the first element of DER (X.690, section 8.1), and what follows it.
fn element(der: &[u8]) -> (&[u8], &[u8]) {
    let (length, rest) = match der[1] {
        short @ 0..0x80 => (usize::from(short), &der[2..]),
        long => {
            let (digits, rest) = der[2..].split_at(usize::from(long & 0x7f));
            let length = digits
                .iter()
                .fold(0, |sum, byte| sum << 8 | usize::from(*byte));
            (length, rest)
        }
    };
    rest.split_at(length)
}

fn position(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}

/// The object identifier rsaEncryption with its parameter NULL, up to what stands after the algorithm.
const RSA_ENCRYPTION: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";

/// The prime of 2048 bits of RFC 3526, section 3.
const PRIME: [&str; 8] = [
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74",
    "020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437",
    "4FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED",
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF05",
    "98DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB",
    "9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B",
    "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF695581718",
    "3995497CEA956AE515D2261898FA051015728E5A8AACAA68FFFFFFFFFFFFFFFF",
];

/// A token with the algorithm RS256, signed by nobody who holds a key.
const FORGED: [&str; 6] = [
    "eyJhbGciOiJSUzI1NiIsImtpZCI6Imh0dHBzOi8vaXNzdWVyLmV4YW1wbGUva2V5IiwidHlwIjoiSldUIn0.eyJp",
    "c3MiOiJodHRwczovL2lzc3Vlci5leGFtcGxlL3Byb2ZpbGUifQ.o-7cunhls4P6DtPaqwvrIGdU-IWLS2vRWpTgw",
    "HF34F_fut-eMjLFTvkRvt0IAETzk3K_UbJXwRh7siVnoj34CBS7ltCqC6RMNyhLlKMmNSyHkYh7GG2Y1Qt-xnd5u",
    "U0utqLNKNRYB8rpX9HzD9mLO4VY-OyoaMFPNep04lJEkYif5otXhdWcL1JTrmOE0XzW3Jmn_P3dE7vxDvnBFwuww",
    "0xcTiwvPuvRWLVYyh9cEYi_lMUXq_EkKRX3lYch9u_EvaNmSnInnaH7kQLaUOIi-MW-FioymK7DNeTT8KFOGjF9n",
    "VSONwhUoWwPeBnE2aSDi5abn5EpPu3pg9aqRHhJXA",
];
