//! JOSE headers: what a credential needs, and every other header refused under its own name.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use keys::vc_jwt::Compact;
use keys::{KeyState, SecretKey};
use serde_json::json;

use super::jwt::{
    KID, code, code_of_header, credential, encode, forge, header, jwt_secret, keyring,
};

#[test]
fn attack_t_01_unsecured_tokens_are_refused() {
    for alg in ["none", "None", "NONE", "nOnE", "", "null"] {
        let mut header = header();
        header["alg"] = alg.into();
        let (head, payload) = (encode(&header), encode(&credential()));
        for token in [
            format!("{head}.{payload}."),
            format!("{head}.{payload}"),
            forge(&header, &credential()),
        ] {
            assert_eq!(code(&token), "jwt.alg_not_allowed", "{alg}");
        }
    }
    // The signature taken away from a good token.
    let good = forge(&header(), &credential());
    let cut = good.rfind('.').expect("a dot");
    assert_eq!(code(&good[..cut]), "jwt.alg_not_allowed");
    assert_eq!(code(&good[..=cut]), "jwt.alg_not_allowed");
    let missing = json!({"kid": KID});
    assert_eq!(code_of_header(&missing), "jwt.alg_not_allowed");
    for alg in [
        json!(null),
        json!(7),
        json!(["ES256"]),
        json!({"alg": "ES256"}),
    ] {
        let mut header = header();
        header["alg"] = alg;
        assert_eq!(code_of_header(&header), "jwt.alg_not_allowed");
    }
}

#[test]
fn attack_t_02_hmac_and_every_other_algorithm_is_refused() {
    for alg in [
        "HS256",
        "HS384",
        "HS512",
        "RS384",
        "RS512",
        "PS256",
        "PS384",
        "PS512",
        "ES384",
        "ES512",
        "ES256K",
        "Ed25519",
        "Ed448",
        "es256",
        "eddsa",
        "RS1",
        "dir",
        "RSA-OAEP",
        "ML-DSA-44",
        "ES256 ",
        " ES256",
        "ES256\u{0}",
    ] {
        let mut header = header();
        header["alg"] = alg.into();
        assert_eq!(code_of_header(&header), "jwt.alg_not_allowed", "{alg}");
    }
}

#[test]
fn attack_t_03_the_key_decides_the_algorithm() {
    let keys = [
        (jwt_secret(), "ES256"),
        (SecretKey::ed25519([7; 32]), "EdDSA"),
        (SecretKey::generate_rsa().expect("a key"), "RS256"),
    ];
    for (secret, fitting) in &keys {
        for alg in ["ES256", "EdDSA", "RS256"] {
            let input = format!(
                "{}.{}",
                encode(&json!({"alg": alg, "kid": KID})),
                encode(&credential())
            );
            let signature = secret.sign_jws(input.as_bytes()).expect("a signature");
            let token = format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature));
            let verified = Compact::decode(&token)
                .expect("a token")
                .verify(secret.public_key());
            match verified {
                Ok(()) => assert_eq!(alg, *fitting),
                Err(error) => assert_eq!(
                    (error.code(), alg != *fitting),
                    ("jwt.alg_key_mismatch", true)
                ),
            }
        }
    }
}

#[test]
fn attack_t_04_a_key_inside_the_token_is_never_trusted() {
    // The attacker signs with a key of his own and encloses it, with and without a kid.
    let attacker = SecretKey::p256([66; 32]).expect("a key");
    for header in [
        json!({"alg": "ES256", "jwk": attacker.public_key().jwk()}),
        json!({"alg": "ES256", "jwk": attacker.public_key().jwk(), "kid": KID}),
    ] {
        let input = format!("{}.{}", encode(&header), encode(&credential()));
        let signature = attacker.sign_jws(input.as_bytes()).expect("a signature");
        let token = format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature));
        assert_eq!(code(&token), "jwt.embedded_key_untrusted");
        // Nor does it help to enclose it in a token that the issuer's key signed.
        assert_eq!(code_of_header(&header), "jwt.embedded_key_untrusted");
    }
    let mut chain = header();
    chain["x5c"] = json!(["MIIB"]);
    assert_eq!(code_of_header(&chain), "jwt.embedded_key_untrusted");
    // The issuer's own key may be enclosed.
    let own = json!({"alg": "ES256", "jwk": jwt_secret().public_key().jwk()});
    assert_eq!(code_of_header(&own), "verified");
    let mut leaked = own.clone();
    leaked["jwk"]["d"] = "AAAA".into();
    assert_eq!(code_of_header(&leaked), "key.private_material");
    let symmetric = json!({"alg": "ES256", "jwk": {"kty": "oct", "k": "AAAA"}});
    assert_eq!(code_of_header(&symmetric), "key.private_material");
}

#[test]
fn attack_t_05_the_header_names_no_address_to_fetch() {
    for member in [
        "jku", "x5u", "x5t", "x5t#S256", "iss", "nonce", "url", "epk", "p2c", "unknown", "",
    ] {
        let mut header = header();
        header[member] = "http://169.254.169.254/keys".into();
        assert_eq!(
            code_of_header(&header),
            "jwt.header_not_allowed",
            "{member}"
        );
    }
}

#[test]
fn attack_t_06_a_kid_that_is_no_name_resolves_to_nothing() {
    let long = "k".repeat(513);
    for kid in ["", "a\nb", "a\u{0}b", "\u{7f}", "a\tb", "\u{85}", &long] {
        let mut header = header();
        header["kid"] = kid.into();
        assert_eq!(code_of_header(&header), "jwt.kid_unresolved", "{kid:?}");
    }
    for kid in [json!(null), json!(7), json!([KID]), json!({})] {
        let mut header = header();
        header["kid"] = kid;
        assert_eq!(code_of_header(&header), "jwt.kid_unresolved");
    }
    assert_eq!(
        code_of_header(&json!({"alg": "ES256"})),
        "jwt.kid_unresolved"
    );
    // A path or a query is a name like any other: it is compared, never opened. The keyring knows no such key.
    for kid in [
        "../../etc/passwd",
        "' OR 1=1 --",
        "file:///etc/passwd",
        "did:web:evil.example#jwt",
    ] {
        let mut header = header();
        header["kid"] = kid.into();
        let token = forge(&header, &credential());
        assert_eq!(
            Compact::decode(&token)
                .expect("a token")
                .header()
                .kid
                .as_deref(),
            Some(kid)
        );
        assert!(keyring(jwt_secret(), KeyState::Current).key(kid).is_none());
    }
}

#[test]
fn attack_t_07_critical_extensions_are_refused() {
    for critical in [
        json!(["unknown"]),
        json!([]),
        json!("b64"),
        json!([7]),
        json!(["exp", "exp"]),
        json!(["alg"]),
        json!(["absent"]),
        json!(null),
        json!({}),
    ] {
        let mut header = header();
        header["crit"] = critical;
        assert_eq!(code_of_header(&header), "jwt.crit");
    }
}

#[test]
fn attack_t_08_unencoded_payloads_are_refused() {
    for (b64, critical) in [
        (json!(false), None),
        (json!(false), Some(json!(["b64"]))),
        (json!(true), None),
    ] {
        let mut header = header();
        header["b64"] = b64;
        if let Some(critical) = critical {
            header["crit"] = critical;
        }
        assert_eq!(code_of_header(&header), "jwt.crit");
    }
}

#[test]
fn attack_t_11_compressed_and_encrypted_tokens_are_refused() {
    for (member, value) in [("zip", "DEF"), ("enc", "A256GCM")] {
        let mut header = header();
        header[member] = value.into();
        assert_eq!(code_of_header(&header), "jwt.serialization");
    }
    assert_eq!(
        code("eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.AAAA.AAAA.AAAA.AAAA"),
        "jwt.serialization"
    );
}

#[test]
fn attack_t_12_tokens_of_other_kinds_are_refused() {
    for typ in [
        json!("at+jwt"),
        json!("dpop+jwt"),
        json!("vp+jwt"),
        json!("statuslist+jwt"),
        json!("jwt"),
        json!("JOSE"),
        json!("vc+sd-jwt"),
        json!("VC+JWT"),
        json!(""),
        json!(null),
        json!(["JWT"]),
        json!("application/vc+jwt"),
    ] {
        let mut header = header();
        header["typ"] = typ;
        assert_eq!(code_of_header(&header), "jwt.typ");
    }
    for typ in [Some("JWT"), Some("vc+jwt"), Some("vc+ld+jwt"), None] {
        let mut header = json!({"alg": "ES256", "kid": KID});
        if let Some(typ) = typ {
            header["typ"] = typ.into();
        }
        assert_eq!(code_of_header(&header), "verified", "{typ:?}");
    }
    let mut with_content_type = header();
    with_content_type["cty"] = "vp".into();
    assert_eq!(code_of_header(&with_content_type), "jwt.typ");
    for payload in [
        json!({"vp": {}}),
        json!([]),
        json!("text"),
        json!(7),
        json!(null),
    ] {
        assert_eq!(code(&forge(&header(), &payload)), "jwt.typ", "{payload}");
    }
}
