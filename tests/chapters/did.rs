//! DIDs: a did:key is its key, a did:web names an address.

use keys::{DidWeb, PublicKey, SecretKey, did_key};
use serde_json::json;

use crate::support::hex;

fn multikey(codec: &str, key: &str) -> String {
    format!(
        "did:key:z{}",
        bs58::encode(hex(&format!("{codec}{key}"))).into_string()
    )
}

fn decoded(did: &str) -> Result<PublicKey, &'static str> {
    did_key::decode(did).map_err(|error| error.code())
}

#[test]
fn did_keys_are_those_of_the_published_vectors() {
    // The did:key method's vectors for Ed25519: the seeds 00…00 and 00…01.
    let mut one = [0; 32];
    one[31] = 1;
    for (seed, did) in [
        (
            [0; 32],
            "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp",
        ),
        (
            one,
            "did:key:z6MkjchhfUsD6mmvni8mCdXHw216Xrm9bQe2mBH1P5RDjVJG",
        ),
    ] {
        let key = SecretKey::ed25519(seed);
        assert_eq!(did_key::encode(key.public_key()).as_deref(), Some(did));
        assert_eq!(decoded(did).as_ref(), Ok(key.public_key()));
    }
    // And one for P-256, given as JWK.
    let key = PublicKey::from_jwk(&json!({
        "kty": "EC", "crv": "P-256",
        "x": "igrFmi0whuihKnj9R3Om1SoMph72wUGeFaBbzG2vzns",
        "y": "efsX5b10x8yjyrj4ny3pGfLcY7Xby1KzgqOdqnsrJIM",
    }))
    .expect("a key");
    assert_eq!(
        did_key::encode(&key).as_deref(),
        Some("did:key:zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv")
    );
}

#[test]
fn an_rsa_key_has_no_did_key_here() {
    let key = SecretKey::generate_rsa().expect("a key");
    assert_eq!(did_key::encode(key.public_key()), None);
}

#[test]
fn attack_k_11_only_the_one_spelling_of_a_supported_key_is_a_did_key() {
    let ed25519 = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    let p256 = "0360fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6";
    let good = multikey("ed01", ed25519);
    assert!(decoded(&good).is_ok());
    assert!(decoded(&multikey("8024", p256)).is_ok());

    let mut bad = vec![
        String::new(),
        "did:key:".to_owned(),
        "did:key:z".to_owned(),
        good.replace("did:key:z", "did:key:u"),
        good.replace("did:key:z", "did:key:Z"),
        good.replace("did:key:z", "did:key:"),
        good.replace("did:key", "DID:key"),
        good.replace("did:key", "did:Key"),
        format!(" {good}"),
        format!("{good} "),
        format!("{good}\n"),
        format!("{good}#{}", &good[8..]),
        format!("{good}?x"),
        format!("{good}/x"),
        good.replace("z6Mk", "z6M0"),
        format!("did:key:1.1:{}", &good[8..]),
        format!("did:key:z{}", "1".repeat(100_000)),
        // A compressed P-256 point in the other form, hybrid and off the curve.
        multikey("8024", &format!("04{}{}", &p256[2..], ed25519)),
        multikey("8024", &format!("07{}", &p256[2..])),
        multikey("8024", &format!("02{}", "ff".repeat(32))),
        // Not minimal: ed 81 00 and 80 a4 00 are the same numbers in more bytes.
        multikey("ed8100", ed25519),
        multikey("80a400", p256),
        multikey("ed", ed25519),
        // An Ed25519 key that is no point.
        multikey("ed01", &format!("02{}", "00".repeat(31))),
    ];
    // Every other codec of keys, with every length around the right ones.
    for codec in [
        "ec01", "ed01", "e701", "8024", "8124", "8224", "eb01", "ea01", "8526", "1205", "0000",
        "ffff", "1300",
    ] {
        for length in [0, 1, 2, 31, 32, 33, 34, 48, 49, 64, 65, 66, 96] {
            if (codec, length) != ("ed01", 32) && (codec, length) != ("8024", 33) {
                bad.push(multikey(codec, &"02".repeat(length)));
            }
        }
    }
    for did in bad {
        assert_eq!(
            decoded(&did),
            Err("did.invalid"),
            "{}",
            &did[..did.len().min(100)]
        );
    }
    assert_eq!(
        decoded(&multikey("ed01", &format!("01{}", "00".repeat(31)))),
        Err("key.weak")
    );
}

#[test]
fn the_document_of_a_did_key_lets_its_one_key_make_assertions() {
    let did = "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp";
    let document = did_key::document(did).expect("a document");
    let method = format!("{did}#z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp");
    assert_eq!(document.id(), did);
    assert_eq!(
        document
            .assertion_key(&method)
            .map(|method| method.controller.as_str()),
        Ok(did)
    );
    for other in [
        did.to_owned(),
        format!("{did}#"),
        format!("{method}x"),
        format!("{did}#z6Mkjchhf"),
    ] {
        let error = document.assertion_key(&other).expect_err("no such key");
        assert_eq!(error.code(), "issuer.key_not_controlled");
    }
}

#[test]
fn a_did_web_names_the_address_that_the_method_says() {
    for (did, url) in [
        (
            "did:web:w3c-ccg.github.io",
            "https://w3c-ccg.github.io/.well-known/did.json",
        ),
        (
            "did:web:w3c-ccg.github.io:user:alice",
            "https://w3c-ccg.github.io/user/alice/did.json",
        ),
        (
            "did:web:example.com%3A3000:user:alice",
            "https://example.com:3000/user/alice/did.json",
        ),
        (
            "did:web:xn--mnchen-3ya.example",
            "https://xn--mnchen-3ya.example/.well-known/did.json",
        ),
        (
            "did:web:localhost%3A8443",
            "https://localhost:8443/.well-known/did.json",
        ),
        (
            "did:web:example.com:Org_1:a.b-c",
            "https://example.com/Org_1/a.b-c/did.json",
        ),
    ] {
        let parsed = DidWeb::parse(did).expect("a DID");
        assert_eq!(parsed.url().as_str(), url);
        assert_eq!(parsed.as_str(), did);
    }
    assert_eq!(
        DidWeb::of("example.com", Some(3000), &["user", "alice"])
            .expect("a DID")
            .as_str(),
        "did:web:example.com%3A3000:user:alice"
    );
}

#[test]
fn attack_n_07_a_did_web_outside_the_grammar_is_refused() {
    let long = format!("did:web:example.com:{}", "a".repeat(500));
    let long_label = format!("did:web:{}.com", "a".repeat(64));
    for did in [
        "did:web:",
        "did:web::a",
        "did:web:.",
        "did:web:example..com",
        "did:web:example.com.",
        "did:web:.example.com",
        "did:web:Example.com",
        "DID:web:example.com",
        "did:WEB:example.com",
        "did:web:exa mple.com",
        "did:web:example.com:",
        "did:web:example.com::a",
        "did:web:example.com:.",
        "did:web:example.com:..",
        "did:web:example.com:%2e%2e",
        "did:web:example.com:%2E%2E",
        "did:web:example.com:a%2fb",
        "did:web:example.com:a%2Fb",
        "did:web:example.com:a/b",
        "did:web:example.com/a",
        "did:web:example.com?a",
        "did:web:example.com#a",
        "did:web:example.com\\a",
        "did:web:user@example.com",
        "did:web:user%40example.com",
        "did:web:example.com%3A",
        "did:web:example.com%3A0",
        "did:web:example.com%3A080",
        "did:web:example.com%3A+80",
        "did:web:example.com%3A65536",
        "did:web:example.com%3A80%3A80",
        "did:web:example.com%3a80",
        "did:web:%3A80",
        "did:web:example.com:a:%3A80",
        "did:web:127.0.0.1",
        "did:web:127.1",
        "did:web:0x7f.1",
        "did:web:2130706433",
        "did:web:0177.0.0.1",
        "did:web:10.0.0.256",
        "did:web:[::1]",
        "did:web:%5B%3A%3A1%5D",
        "did:web:ｅxample.com",
        "did:web:münchen.example",
        "did:web:xn--a",
        "did:web:-example.com",
        "did:web:example-.com",
        "did:web:exa_mple.com",
        "did:web:example.com\u{0}",
        "did:web:example.com\n",
        " did:web:example.com",
        "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp",
        &long,
        &long_label,
    ] {
        let error = DidWeb::parse(did).expect_err(did);
        assert_eq!(error.code(), "did.invalid", "{did}");
    }
}

#[test]
fn attack_n_07_whatever_is_accepted_names_its_own_host_and_no_way_up() {
    // A small generator: pieces that attackers like, put together in all pairs and triples.
    let pieces = [
        "a",
        ".",
        "..",
        "%2e",
        "%2f",
        "%3A",
        "80",
        ":",
        "/",
        "\\",
        "@",
        "-",
        "example.com",
        "?",
        "#",
        "A",
        "0x1",
    ];
    let mut accepted = 0;
    for one in pieces {
        for two in pieces {
            for three in pieces {
                let did = format!("did:web:{one}{two}{three}");
                if let Ok(parsed) = DidWeb::parse(&did) {
                    accepted += 1;
                    let rest = &did["did:web:".len()..];
                    let host = rest.split([':', '%']).next();
                    assert_eq!(parsed.url().host_str(), host, "{did}");
                    assert_eq!(parsed.url().scheme(), "https");
                    assert!(
                        !parsed.url().path().contains("..") || did.contains("a.."),
                        "{did}"
                    );
                    assert!(parsed.url().query().is_none() && parsed.url().fragment().is_none());
                    assert!(
                        parsed.url().username().is_empty() && parsed.url().password().is_none()
                    );
                }
            }
        }
    }
    assert!(accepted > 10, "only {accepted} accepted");
}

/// KEY-5: a did:jwk is its key, and the key's address ends in `#0`.
#[test]
fn a_did_jwk_is_the_key_in_it() {
    // The example of the method's specification.
    let did = "did:jwk:eyJjcnYiOiJQLTI1NiIsImt0eSI6IkVDIiwieCI6ImFjYklRaXVNczNpOF91c3pFakoydHBUdFJNNEVVM3l6OTFQSDZDZEgyVjAiLCJ5IjoiX0tjeUxqOXZXTXB0bm1LdG00NkdxRHo4d2Y3NEk1TEtncmwyR3pIM25TRSJ9";
    let key = keys::did_jwk::decode(did).expect("a key");
    assert_eq!(key.jwk()["crv"], "P-256");
    let document = keys::did_jwk::document(did).expect("a document");
    let method = format!("{did}#0");
    assert_eq!(keys::did_jwk::verification_method(did), Ok(method.clone()));
    assert_eq!(
        document.assertion_key(&method).map(|found| &found.key),
        Ok(&key)
    );
    assert!(document.assertion_key(did).is_err());

    for secret in [
        SecretKey::ed25519([3; 32]),
        SecretKey::p256([3; 32]).expect("a key"),
        SecretKey::p384([3; 48]).expect("a key"),
    ] {
        let did = keys::did_jwk::encode(secret.public_key());
        assert_eq!(
            keys::did_jwk::decode(&did).as_ref(),
            Ok(secret.public_key())
        );
    }
}

/// KEY-9: a key of a kind that makes no signatures here is refused by its name.
#[test]
fn keys_of_other_kinds_are_refused_by_name() {
    for (code, length, name) in [
        ([0xec, 0x01], 32, "X25519"),
        ([0xe7, 0x01], 33, "secp256k1"),
        ([0x82, 0x24], 67, "P-521"),
        ([0x85, 0x24], 270, "RSA"),
        ([0x83, 0x24], 57, "Ed448"),
        ([0xeb, 0x01], 96, "BLS12-381 G2"),
        ([0xff, 0x7f], 32, "unknown"),
    ] {
        let bytes = [code.as_slice(), &vec![2; length]].concat();
        let multikey = format!("z{}", bs58::encode(bytes).into_string());
        let error = did_key::decode(&format!("did:key:{multikey}")).expect_err(name);
        assert_eq!(error.code(), "did.invalid");
        assert!(error.to_string().contains(name), "{error}");
        let error = keys::PublicKey::from_multibase(&multikey).expect_err(name);
        assert!(error.to_string().contains(name), "{error}");
    }
    // A secret one says nothing of itself.
    let secret = [&[0x80, 0x26], [7; 32].as_slice()].concat();
    let multikey = format!("z{}", bs58::encode(secret).into_string());
    let error = keys::PublicKey::from_multibase(&multikey).expect_err("a secret");
    assert_eq!(error.code(), "key.private_material");
}

/// LDP-22: a P-384 key has one Multikey and one JWK.
#[test]
fn a_p_384_key_has_one_spelling_in_each_form() {
    // The key of Data Integrity ECDSA Cryptosuites 1.0, appendix A.
    let text = "z82LkuBieyGShVBhvtE2zoiD6Kma4tJGFtkAhxR5pfkp5QPw4LutoYWhvQCnGjdVn14kujQ";
    let key = keys::PublicKey::from_multibase(text).expect("a key");
    assert_eq!(key.multibase().as_deref(), Some(text));
    assert_eq!(keys::PublicKey::from_jwk(&key.jwk()).as_ref(), Ok(&key));
    let keys::PublicKey::P384(point) = &key else {
        panic!("a P-384 key")
    };
    let compressed = point.compressed();
    assert_eq!(compressed.len(), 49);
    let mut beyond = compressed.clone();
    beyond[1..].fill(0xff);
    for broken in [&compressed[1..], &compressed[..48], &[5; 49], &[], &beyond] {
        assert!(keys::PublicKey::from_p384(broken).is_err());
    }
    let mut jwk = key.jwk();
    jwk["alg"] = "ES384".into();
    assert!(keys::PublicKey::from_jwk(&jwk).is_ok());
    jwk["alg"] = "ES256".into();
    assert!(keys::PublicKey::from_jwk(&jwk).is_err());
    jwk = key.jwk();
    jwk["crv"] = "P-256".into();
    assert!(keys::PublicKey::from_jwk(&jwk).is_err());
}
