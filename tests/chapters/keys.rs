//! Keys: what is accepted as one, what is refused, and how secrets are kept.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use keys::{Algorithm, JwkSet, Keyring, PublicKey, SecretKey, SigningKey};
use serde_json::{Value, json};

use crate::support::{hex, sha256_hex};

fn code<T>(result: Result<T, keys::KeyError>) -> &'static str {
    result.err().expect("a refusal").code()
}

#[test]
fn attack_k_02_points_of_small_order_are_no_keys() {
    // The eight points of the torsion subgroup, and the second encodings of some of them.
    for point in [
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ] {
        let refusal = code(PublicKey::from_ed25519(&hex(point)));
        assert!(
            matches!(refusal, "key.weak" | "key.invalid"),
            "{point}: {refusal}"
        );
        let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(hex(point))});
        assert_eq!(code(PublicKey::from_jwk(&jwk)), refusal);
    }
    let weak = "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa";
    assert_eq!(code(PublicKey::from_ed25519(&hex(weak))), "key.weak");
}

#[test]
fn attack_k_02_a_second_encoding_of_a_good_point_is_no_key() {
    // y = p + 3 and y = p + 4 .. are written in 255 bits too; those that are points at all are refused.
    for low in 0xf0..=0xff_u8 {
        let mut point = [0xff_u8; 32];
        point[0] = low;
        point[31] = 0x7f;
        assert!(PublicKey::from_ed25519(&point).is_err(), "{low:x}");
    }
}

#[test]
fn attack_k_06_what_is_no_point_of_the_curve_is_no_key() {
    let x = "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6";
    let y = "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";
    let y_off = "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462298";
    let order_of_field = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";
    let zero = "00".repeat(32);
    assert!(PublicKey::from_p256(&hex(&format!("04{x}{y}"))).is_ok());
    assert!(PublicKey::from_p256(&hex(&format!("03{x}"))).is_ok());
    for sec1 in [
        format!("04{x}{y_off}"),
        format!("04{zero}{zero}"),
        format!("04{order_of_field}{y}"),
        format!("04{x}"),
        format!("04{x}{y}00"),
        // Hybrid form, compact form, the point at infinity, nothing.
        format!("07{x}{y}"),
        format!("06{x}{y}"),
        format!("05{x}"),
        "00".to_owned(),
        String::new(),
        format!("02{order_of_field}"),
        format!("02{}", "ff".repeat(32)),
    ] {
        assert_eq!(
            code(PublicKey::from_p256(&hex(&sec1))),
            "key.invalid",
            "{sec1}"
        );
    }
    let coordinate = |text: &str| URL_SAFE_NO_PAD.encode(hex(text));
    for (x, y) in [
        (coordinate(x), coordinate(y_off)),
        (coordinate(&zero), coordinate(&zero)),
        (coordinate(&format!("00{x}")), coordinate(y)),
        (coordinate(&x[2..]), coordinate(y)),
        (String::new(), String::new()),
    ] {
        let jwk = json!({"kty": "EC", "crv": "P-256", "x": x, "y": y});
        assert_eq!(code(PublicKey::from_jwk(&jwk)), "key.invalid", "{jwk}");
    }
}

#[test]
fn attack_k_07_rsa_keys_outside_the_bounds_are_weak() {
    let modulus = |bits: usize| {
        // Any number without a pattern and without a small factor will do: the first that is taken.
        let mut number: Vec<u8> = (0..bits / 256)
            .flat_map(|part| hex(&sha256_hex(&[part as u8])))
            .collect();
        number[0] |= 0x80;
        let last = number.len() - 1;
        number[last] |= 1;
        while PublicKey::from_rsa(&number, &[1, 0, 1]).is_err() {
            let (low, carry) = number[last].overflowing_add(2);
            number[last] = low;
            number[last - 1] = number[last - 1].wrapping_add(u8::from(carry));
        }
        number
    };
    assert!(PublicKey::from_rsa(&modulus(2048), &[1, 0, 1]).is_ok());
    assert!(PublicKey::from_rsa(&modulus(8192), &[1, 0, 1]).is_ok());
    let mut leading_zero = vec![0];
    leading_zero.extend(modulus(2048));
    assert_eq!(
        PublicKey::from_rsa(&leading_zero, &[0, 1, 0, 1]),
        PublicKey::from_rsa(&modulus(2048), &[1, 0, 1])
    );

    let mut short = vec![0xff; 255];
    short.insert(0, 0x7f);
    let mut even = modulus(2048);
    *even.last_mut().expect("a byte") &= 0xfe;
    let mut long = vec![1];
    long.extend(modulus(8192));
    for weak in [
        vec![0xff; 128],
        vec![0xff; 255],
        short,
        even,
        long,
        [vec![0xff; 255], vec![0xfd]].concat(),
    ] {
        assert_eq!(
            code(PublicKey::from_rsa(&weak, &[1, 0, 1])),
            "key.weak",
            "{} bytes",
            weak.len()
        );
    }
    let good = modulus(2048);
    for exponent in [
        &[1][..],
        &[2],
        &[3],
        &[17],
        &[0xff, 0xff],
        &[1, 0, 0],
        &[1, 0, 2],
        &[],
    ] {
        assert_eq!(
            code(PublicKey::from_rsa(&good, exponent)),
            "key.weak",
            "{exponent:?}"
        );
    }
    assert_eq!(code(PublicKey::from_rsa(&good, &[0xff; 9])), "key.invalid");
    assert_eq!(code(PublicKey::from_rsa(&[], &[1, 0, 1])), "key.invalid");
}

#[test]
fn attack_k_10_secrets_and_symmetric_keys_are_refused_and_never_repeated() {
    let secret = "dGhpcyBpcyBzZWNyZXQ";
    let ed25519 =
        json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
    for member in ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"] {
        let mut jwk = ed25519.clone();
        jwk[member] = secret.into();
        let error = PublicKey::from_jwk(&jwk).expect_err("a refusal");
        assert_eq!(error.code(), "key.private_material");
        assert!(!format!("{error} {error:?}").contains(secret));
        // One secret spoils a whole set.
        let set = json!({"keys": [ed25519, jwk]});
        assert_eq!(code(JwkSet::read(&set)), "key.private_material");
    }
    assert_eq!(
        code(PublicKey::from_jwk(&json!({"kty": "oct", "k": secret}))),
        "key.private_material"
    );
    assert_eq!(
        code(PublicKey::from_jwk(&json!({"kty": "oct"}))),
        "key.private_material"
    );
}

#[test]
fn attack_k_10_a_set_names_each_key_once() {
    let jwk = |kid: &str, x: &str| json!({"kty": "OKP", "crv": "Ed25519", "x": x, "kid": kid});
    let (one, two) = (
        "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        "PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw",
    );
    let set = JwkSet::read(&json!({"keys": [jwk("a", one), jwk("b", two)]})).expect("a set");
    assert_eq!(
        set.find("b").map(|jwk| jwk.key.jwk()["x"].clone()),
        Some(two.into())
    );
    assert!(set.find("c").is_none());
    assert_eq!(
        code(JwkSet::read(
            &json!({"keys": [jwk("a", one), jwk("a", two)]})
        )),
        "key.ambiguous"
    );
    // Also where one of the two is of a kind that is not supported.
    let unknown = json!({"kty": "EC", "crv": "P-521", "kid": "a"});
    assert_eq!(
        code(JwkSet::read(&json!({"keys": [jwk("a", one), unknown]}))),
        "key.ambiguous"
    );
    let mixed = json!({"keys": [jwk("a", one), {"kty": "EC", "crv": "P-521", "kid": "b"}, {"kty": "AKP"}, 7]});
    assert_eq!(JwkSet::read(&mixed).expect("a set").keys().len(), 1);
    for broken in [
        json!({}),
        json!([]),
        json!({"keys": {}}),
        json!({"keys": vec![jwk("a", one); 65]}),
    ] {
        assert_eq!(code(JwkSet::read(&broken)), "key.invalid", "{broken}");
    }
}

#[test]
fn attack_k_10_broken_jwks_are_refused() {
    let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
    for jwk in [
        json!(null),
        json!("text"),
        json!([]),
        json!({}),
        json!({"kty": "OKP"}),
        json!({"kty": "OKP", "crv": "X25519", "x": x}),
        json!({"kty": "OKP", "crv": "Ed448", "x": x}),
        json!({"kty": "EC", "crv": "P-384", "x": x, "y": x}),
        json!({"kty": "EC", "crv": "secp256k1", "x": x, "y": x}),
        json!({"kty": "okp", "crv": "Ed25519", "x": x}),
        json!({"kty": "OKP", "crv": "Ed25519"}),
        json!({"kty": "OKP", "crv": "Ed25519", "x": 7}),
        json!({"kty": "OKP", "crv": "Ed25519", "x": format!("{x}=")}),
        json!({"kty": "OKP", "crv": "Ed25519", "x": &x[1..]}),
        // The last character carries four unused bits; only one spelling has them all zero.
        json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURp"}),
    ] {
        assert_eq!(code(PublicKey::from_jwk(&jwk)), "key.invalid", "{jwk}");
    }
}

#[test]
fn attack_t_03_a_jwk_for_another_use_or_algorithm_is_refused() {
    let key = |name: &str, value: Value| {
        let mut jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
        jwk[name] = value;
        PublicKey::from_jwk(&jwk)
    };
    for (name, value) in [
        ("use", json!("enc")),
        ("use", json!(null)),
        ("key_ops", json!(["sign"])),
        ("key_ops", json!([])),
        ("key_ops", json!("verify")),
        ("alg", json!("ES256")),
        ("alg", json!("HS256")),
        ("alg", json!(["EdDSA"])),
    ] {
        assert_eq!(code(key(name, value)), "jwt.alg_key_mismatch", "{name}");
    }
    for (name, value) in [
        ("use", json!("sig")),
        ("key_ops", json!(["verify"])),
        ("alg", json!("EdDSA")),
    ] {
        assert_eq!(
            key(name, value).expect("a key").algorithm(),
            Algorithm::EdDsa
        );
    }
}

#[test]
fn secret_keys_come_back_from_their_files() {
    for secret in [
        SecretKey::ed25519([5; 32]),
        SecretKey::p256([5; 32]).expect("a key"),
        SecretKey::generate_rsa().expect("a key"),
    ] {
        let pem = secret.expose_pkcs8_pem().expect("a file");
        assert!(pem.starts_with("-----BEGIN PRIVATE KEY-----\n"));
        let again = SecretKey::from_pkcs8_pem(&pem).expect("a key");
        assert_eq!(again.public_key(), secret.public_key());
        assert_eq!(again.sign_jws(b"message"), secret.sign_jws(b"message"));
        assert_eq!(again.expose_pkcs8_pem().expect("a file"), pem);
    }
}

#[test]
fn the_private_keys_of_rfc_8410_are_read() {
    // RFC 8410, section 10.3: without and with attributes and public key.
    let public = PublicKey::from_ed25519(&hex(
        "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1",
    ));
    let short = "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC";
    let long = "MHICAQEwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n\
                oB8wHQYKKoZIhvcNAQkJFDEPDA1DdXJkbGUgQ2hhaXJzgSEAGb9ECWmEzf6FQbrB\n\
                Z9w7lshQhqowtrbLDFw4rXAxZuE=";
    for text in [short, long] {
        let pem = format!("-----BEGIN PRIVATE KEY-----\n{text}\n-----END PRIVATE KEY-----\n");
        let secret = SecretKey::from_pkcs8_pem(&pem).expect("a key");
        assert_eq!(Ok(secret.public_key()), public.as_ref());
        // Written back in the form that every reader takes.
        let written = secret.expose_pkcs8_pem().expect("a file");
        assert!(written.contains(short));
    }
}

#[test]
fn what_is_no_private_key_file_is_refused() {
    let good = SecretKey::ed25519([5; 32])
        .expose_pkcs8_pem()
        .expect("a file");
    for text in [
        String::new(),
        "secret".to_owned(),
        good.replace("PRIVATE", "PUBLIC"),
        good.replace("PRIVATE", "EC PRIVATE"),
        good.replace("MC4CAQ", "MC4CBQ"),
        good[..good.len() - 40].to_owned(),
        good.replace("PRIVATE", "ENCRYPTED PRIVATE"),
    ] {
        assert_eq!(
            code(SecretKey::from_pkcs8_pem(&text)),
            "key.invalid",
            "{text}"
        );
    }
    assert_eq!(code(SecretKey::p256([0; 32])), "key.invalid");
    assert_eq!(code(SecretKey::p256([0xff; 32])), "key.invalid");
}

/// Does not compile if the type has the trait: then two `answer`s fit.
macro_rules! assert_lacks {
    ($type:ty, $($lacked:path),+) => {$({
        trait Ambiguous<Which> {
            fn answer() {}
        }
        struct HasTheTrait;
        impl<T: ?Sized> Ambiguous<()> for T {}
        impl<T: ?Sized + $lacked> Ambiguous<HasTheTrait> for T {}
        <$type as Ambiguous<_>>::answer()
    })+};
}

#[test]
fn secrets_cannot_be_printed_copied_or_serialised() {
    assert_lacks!(
        SecretKey,
        std::fmt::Debug,
        std::fmt::Display,
        Clone,
        PartialEq,
        serde::Serialize
    );
    assert_lacks!(
        SigningKey,
        std::fmt::Debug,
        std::fmt::Display,
        Clone,
        PartialEq,
        serde::Serialize
    );
    assert_lacks!(
        Keyring,
        std::fmt::Debug,
        std::fmt::Display,
        Clone,
        PartialEq,
        serde::Serialize
    );
}

#[test]
fn keys_may_be_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<SecretKey>();
    shared::<PublicKey>();
    shared::<Keyring>();
}

/// Forms: operation.
#[test]
fn attack_k_03_no_older_ed25519_library_is_in_the_lock_file() {
    let lock = std::fs::read_to_string(crate::support::repository().join("Cargo.lock"))
        .expect("the lock file");
    assert!(!lock.contains("name = \"ed25519-dalek\"\nversion = \"1."));
    assert!(!lock.contains("name = \"curve25519-dalek\"\nversion = \"3."));
}
