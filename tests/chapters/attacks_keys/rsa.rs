//! Attacks on keys and signatures of RSA: what is none is told as `signature.invalid`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::bn::{BigNum, BigNumContext};
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::rsa::{Padding, Rsa};
use openssl::sign::{RsaPssSaltlen, Signer};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::forge::{self, Key, badge, payload};
use crate::forms::{Case, hold};
use crate::support::hex;
use crate::vector_set::VectorSet;

use super::*;

/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_k_07_an_rsa_key_that_can_be_broken_signs_no_badge() {
    let good = Rsa::private_key_from_pem(forge::RSA.as_bytes()).expect("a key");
    let good = good.n().to_vec();
    let mut even = good.clone();
    *even.last_mut().expect("a byte") &= 0xfe;
    let set = VectorSet::open("badkeys");
    let close = String::from_utf8(set.bytes("rsa-fermat-hexmodulus.txt")).expect("text");
    let mut cases = Vec::new();
    for (name, modulus, exponent) in [
        ("1024 bits", good[..128].to_vec(), &[1, 0, 1][..]),
        ("2040 bits", good[..255].to_vec(), &[1, 0, 1]),
        (
            "beyond 8192 bits",
            [&[1][..], &good.repeat(4)].concat(),
            &[1, 0, 1],
        ),
        ("an even modulus", even, &[1, 0, 1]),
        ("close primes", hex(close.trim()), &[1, 0, 1]),
        (
            "a small factor",
            [vec![0xff; 255], vec![0xfd]].concat(),
            &[1, 0, 1],
        ),
        ("exponent 1", good.clone(), &[1]),
        ("exponent 3", good.clone(), &[3]),
        ("exponent 17", good.clone(), &[17]),
        ("an even exponent", good.clone(), &[1, 0, 0]),
    ] {
        let encode = |number: &[u8]| URL_SAFE_NO_PAD.encode(number);
        let jwk = json!({"kty": "RSA", "n": encode(&modulus), "e": encode(exponent)});
        let case = Case::new(name, of_host("RS256"), "refused/key.weak");
        cases.push(case.on(&host(&jwk)));
    }
    cases.push(of_a_prime());
    hold("K-07", &cases).await;
}

/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_k_08_rsa_padding_has_one_spelling() {
    let rsa = Rsa::private_key_from_pem(forge::RSA.as_bytes()).expect("a key");
    let input = signing_input(&key_of_host("RS256"), &payload(&badge(HOST)));
    let hash = Sha256::digest(input.as_bytes());
    let null = hex(SHA256_INFO);
    let block = |info: &[u8]| {
        let fill = vec![0xff; 253 - info.len()];
        [&[0, 1], &fill[..], &[0], info].concat()
    };
    let good = block(&[&null[..], &hash].concat());
    let edit = |at: usize, byte: u8| {
        let mut block = good.clone();
        block[at] = byte;
        block
    };
    let without_null = hex("302f300b0609608648016503040201 0420"
        .replace(' ', "")
        .as_str());
    let sha1 = hex("3021300906052b0e03021a05000414");
    let blocks = [
        ("the hash alone", block(&hash)),
        ("without NULL", block(&[&without_null[..], &hash].concat())),
        ("named SHA-1", block(&[&sha1[..], &hash[..20]].concat())),
        (
            "another hash",
            block(&[&null[..], &Sha256::digest(b"other")].concat()),
        ),
        ("block type 2", edit(1, 2)),
        ("block type 0", edit(1, 0)),
        ("a zero in the fill", edit(20, 0)),
        ("another fill", edit(20, 0xfe)),
        ("short fill and a tail", {
            let start = [&[0, 1][..], &[0xff; 8], &[0], &null, &hash].concat();
            let tail = vec![7; 256 - start.len()];
            [start, tail].concat()
        }),
        ("BER length", {
            let info = [&hex("308131300d060960864801650304020105000420")[..], &hash].concat();
            block(&info)
        }),
    ];
    let spelt = |signature: &[u8]| format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature));
    let on_host = |case: Case| case.on(&host(&Key::DistrictRsa.public().jwk()));
    let mut cases = vec![on_host(Case::new(
        "as it should be",
        spelt(&raised(&rsa, &good)),
        "verified",
    ))];
    for (name, block) in blocks {
        cases.push(on_host(invalid(name, spelt(&raised(&rsa, &block)))));
    }
    let signature = raised(&rsa, &good);
    for (name, signature) in [
        ("a byte less", signature[1..].to_vec()),
        ("a zero in front", [&[0], &signature[..]].concat()),
        ("zero", vec![0; 256]),
        ("the modulus", rsa.n().to_vec()),
    ] {
        cases.push(on_host(invalid(name, spelt(&signature))));
    }
    for (name, digest, salt) in [
        ("PSS", MessageDigest::sha256(), RsaPssSaltlen::DIGEST_LENGTH),
        (
            "PSS without salt",
            MessageDigest::sha256(),
            RsaPssSaltlen::custom(0),
        ),
        (
            "PSS with SHA-1",
            MessageDigest::sha1(),
            RsaPssSaltlen::DIGEST_LENGTH,
        ),
    ] {
        cases.push(on_host(invalid(
            name,
            spelt(&pss(&rsa, digest, salt, input.as_bytes())),
        )));
    }
    let sha512 = PKey::from_rsa(rsa.clone()).expect("a key");
    let mut signer = Signer::new(MessageDigest::sha512(), &sha512).expect("a signer");
    signer.update(input.as_bytes()).expect("bytes");
    cases.push(on_host(invalid(
        "RS512",
        spelt(&signer.sign_to_vec().expect("a signature")),
    )));
    hold("K-08", &cases).await;
}

/// A block raised to the power of the secret exponent, whatever it is.
fn raised(rsa: &Rsa<Private>, block: &[u8]) -> Vec<u8> {
    let mut signature = vec![0; 256];
    let length = rsa.private_encrypt(block, &mut signature, Padding::NONE);
    assert_eq!(length.expect("a number below the modulus"), 256);
    signature
}

/// A token that holds under a key whose modulus is a prime: whoever sees the key can work out the
/// secret exponent, as the inverse of the public one modulo one less.
fn of_a_prime() -> Case {
    let mut context = BigNumContext::new().expect("a context");
    let number = |bytes: &[u8]| BigNum::from_slice(bytes).expect("a number");
    let (prime, one) = (number(&hex(PRIME)), number(&[1]));
    let exponent = number(&[1, 0, 1]);
    let (mut order, mut secret, mut signature) = (number(&[]), number(&[]), number(&[]));
    order.checked_sub(&prime, &one).expect("a number");
    secret
        .mod_inverse(&exponent, &order, &mut context)
        .expect("an inverse");
    let input = signing_input(&key_of_host("RS256"), &payload(&badge(HOST)));
    let hash = Sha256::digest(input.as_bytes());
    let info = [&hex(SHA256_INFO)[..], &hash].concat();
    let block = [&[0, 1][..], &vec![0xff; 253 - info.len()], &[0], &info].concat();
    signature
        .mod_exp(&number(&block), &secret, &prime, &mut context)
        .expect("a power");
    let signature = signature.to_vec_padded(256).expect("256 bytes");
    let token = format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature));
    let encode = |number: &[u8]| URL_SAFE_NO_PAD.encode(number);
    let jwk = json!({"kty": "RSA", "n": encode(&hex(PRIME)), "e": encode(&[1, 0, 1])});
    Case::new("a prime modulus", token, "refused/key.weak").on(&host(&jwk))
}

fn pss(rsa: &Rsa<Private>, digest: MessageDigest, salt: RsaPssSaltlen, input: &[u8]) -> Vec<u8> {
    let key = PKey::from_rsa(rsa.clone()).expect("a key");
    let mut signer = Signer::new(digest, &key).expect("a signer");
    signer
        .set_rsa_padding(Padding::PKCS1_PSS)
        .expect("a padding");
    signer.set_rsa_pss_saltlen(salt).expect("a length");
    signer.update(input).expect("bytes");
    signer.sign_to_vec().expect("a signature")
}

/// What stands before a hash with SHA-256 (RFC 8017, section 9.2).
const SHA256_INFO: &str = "3031300d060960864801650304020105000420";

/// The prime of the 2048-bit group of RFC 3526, section 3.
const PRIME: &str = "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7edee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf0598da48361c55d39a69163fa8fd24cf5f83655d23dca3ad961c62f356208552bb9ed529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3be39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf6955817183995497cea956ae515d2261898fa051015728e5a8aacaa68ffffffffffffffff";
