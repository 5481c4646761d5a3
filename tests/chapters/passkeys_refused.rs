//! What is wrong with a passkey, and the code it is refused by; another implementation refuses it too.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use issuer::passkey::authenticator::AuthenticatorData;
use keys::{SecretKey, cose};
use serde_json::{Value, json};

use super::passkeys::{add, code, is_signed_in, options, send, send_new, sign_in};
use crate::authenticator::{
    Authenticator, BACKED_UP, EXTENSIONS, USER_PRESENT, USER_VERIFIED, cose as written,
};
use crate::browser::Browser;
use crate::peer::{Peer, peers_wanted};
use crate::served::Served;

/// What is done wrong: by whoever answers, or to the answer.
#[derive(Clone, Copy)]
enum Spoil {
    Before(fn(&mut Authenticator)),
    After(fn(&mut Value)),
}

use Spoil::{After, Before};

/// What is done wrong, and the code it is refused by.
type Row = (&'static str, Spoil);

impl Spoil {
    fn create(self, mut authenticator: Authenticator, options: &Value) -> Value {
        if let Before(spoil) = self {
            spoil(&mut authenticator);
        }
        self.spoilt(authenticator.create(options))
    }

    fn get(self, mut authenticator: Authenticator, options: &Value) -> Value {
        if let Before(spoil) = self {
            spoil(&mut authenticator);
        }
        self.spoilt(authenticator.get(options))
    }

    fn spoilt(self, mut response: Value) -> Value {
        if let After(spoil) = self {
            spoil(&mut response);
        }
        response
    }
}

/// Changes the bytes of one part of an answer.
fn change(response: &mut Value, name: &str, change: impl Fn(&mut Vec<u8>)) {
    let text = response["response"][name].as_str().expect("a part");
    let mut bytes = URL_SAFE_NO_PAD.decode(text).expect("base64url");
    change(&mut bytes);
    response["response"][name] = URL_SAFE_NO_PAD.encode(bytes).into();
}

/// Wrong in both ceremonies.
const ANSWERS: [Row; 20] = [
    (
        "passkey.origin_mismatch",
        Before(|it| it.says("origin", "https://badges.example.org.evil.example")),
    ),
    (
        "passkey.origin_mismatch",
        Before(|it| it.says("origin", "http://badges.example.org")),
    ),
    (
        "passkey.origin_mismatch",
        Before(|it| it.says("origin", "https://sub.badges.example.org")),
    ),
    (
        "passkey.origin_mismatch",
        Before(|it| it.says("origin", "https://badges.example.org:444")),
    ),
    (
        "passkey.origin_mismatch",
        Before(|it| it.says("origin", "HTTPS://badges.example.org")),
    ),
    (
        "passkey.challenge_mismatch",
        Before(|it| it.says("challenge", "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc")),
    ),
    (
        "passkey.challenge_mismatch",
        Before(|it| it.says("challenge", "")),
    ),
    (
        "passkey.malformed",
        Before(|it| it.says("type", "payment.get")),
    ),
    (
        "passkey.rp_id_mismatch",
        Before(|it| it.rp_id = "example.org".to_owned()),
    ),
    (
        "passkey.rp_id_mismatch",
        Before(|it| it.rp_id = "evil.example".to_owned()),
    ),
    (
        "passkey.user_not_present",
        Before(|it| it.flags = USER_VERIFIED),
    ),
    (
        "passkey.user_not_verified",
        Before(|it| it.flags = USER_PRESENT),
    ),
    ("passkey.malformed", Before(|it| it.flags |= BACKED_UP)),
    ("passkey.malformed", Before(|it| it.trailing = vec![0])),
    (
        "passkey.malformed",
        Before(|it| {
            it.flags |= EXTENSIONS;
            it.trailing = vec![0xa1, 0x61];
        }),
    ),
    ("passkey.malformed", Before(|it| it.flags |= EXTENSIONS)),
    (
        "passkey.malformed",
        After(|response| {
            change(response, "clientDataJSON", |bytes| bytes.truncate(10));
        }),
    ),
    (
        "passkey.malformed",
        After(|response| response["type"] = "password".into()),
    ),
    (
        "passkey.malformed",
        After(|response| response["id"] = "AAAA".into()),
    ),
    (
        "passkey.malformed",
        After(|response| response["response"]["clientDataJSON"] = "a=b".into()),
    ),
];

const ASSERTIONS: [Row; 6] = [
    (
        "passkey.signature_invalid",
        After(|response| {
            change(response, "signature", |bytes| {
                let last = bytes.len() - 1;
                bytes[last] ^= 1;
            });
        }),
    ),
    (
        "passkey.signature_invalid",
        After(|response| change(response, "signature", Vec::clear)),
    ),
    // The signature as JWS has it: r and s, not in DER.
    (
        "passkey.signature_invalid",
        After(|response| change(response, "signature", |bytes| *bytes = vec![1; 64])),
    ),
    (
        "passkey.signature_invalid",
        Before(|it| it.key = SecretKey::p256([77; 32]).expect("a key")),
    ),
    (
        "passkey.signature_invalid",
        After(|response| {
            change(response, "authenticatorData", |bytes| bytes[36] ^= 1);
        }),
    ),
    ("passkey.cloned", Before(|it| it.counter = 5)),
];

const REGISTRATIONS: [Row; 8] = [
    (
        "passkey.malformed",
        After(|response| {
            change(response, "attestationObject", |bytes| bytes.truncate(100));
        }),
    ),
    (
        "passkey.malformed",
        After(|response| change(response, "attestationObject", |bytes| bytes.push(0))),
    ),
    // A map without an announced end.
    (
        "passkey.malformed",
        After(|response| change(response, "attestationObject", |bytes| bytes[0] = 0xbf)),
    ),
    // Four members are announced, and three come.
    (
        "passkey.malformed",
        After(|response| change(response, "attestationObject", |bytes| bytes[0] = 0xa4)),
    ),
    // The algorithm of another curve.
    (
        "passkey.key",
        After(|response| {
            change(response, "attestationObject", |bytes| {
                let at = bytes
                    .windows(4)
                    .position(|window| window == b"\x01\x02\x03\x26");
                bytes[at.expect("a key") + 3] = 0x27;
            });
        }),
    ),
    // A point that is not on the curve.
    (
        "passkey.key",
        After(|response| {
            change(response, "attestationObject", |bytes| {
                let last = bytes.len() - 1;
                bytes[last] ^= 1;
            });
        }),
    ),
    ("passkey.malformed", Before(|it| it.credential = Vec::new())),
    (
        "passkey.malformed",
        Before(|it| it.credential = vec![1; 1024]),
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_new_passkey_is_refused_under_its_code() {
    let served = Served::new().await;
    let browser = Browser::of(&served, &served.test.person("ada", &[]));
    for (number, (expected, spoil)) in ANSWERS.iter().chain(&REGISTRATIONS).enumerate() {
        let options = options(&browser, "/account/sign-in/passkeys/begin").await;
        let response = spoil.create(Authenticator::p256(5), &options);
        let answer = send_new(&browser, &response).await;
        assert_eq!(code(answer).await, *expected, "row {number}");
    }
    assert_eq!(served.test.records(b"passkey/"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_passkeys_answer_signs_nobody_in() {
    let served = Served::new().await;
    let ada = Browser::of(&served, &served.test.person("ada", &[]));
    let registered = |counter| {
        let mut authenticator = Authenticator::p256(5);
        authenticator.counter = counter;
        authenticator
    };
    let mut authenticator = registered(5);
    add(&ada, &mut authenticator).await;
    let user_handle = authenticator.user_handle;
    for (number, (expected, spoil)) in ANSWERS.iter().chain(&ASSERTIONS).enumerate() {
        let browser = Browser::new(&served);
        let options = options(&browser, "/sign-in/passkey/begin").await;
        let mut authenticator = registered(6);
        authenticator.user_handle = user_handle.clone();
        let answer = send(&browser, &spoil.get(authenticator, &options)).await;
        assert_eq!(code(answer).await, *expected, "row {number}");
        assert!(!is_signed_in(&browser).await, "row {number}");
    }
    // Nothing of it has harmed the passkey.
    let mut authenticator = registered(6);
    authenticator.user_handle = user_handle.clone();
    let browser = Browser::new(&served);
    sign_in(&browser, &mut authenticator).await;
    assert!(is_signed_in(&browser).await);
    // The counter has gone on: the same again is a copy.
    let answer = sign_in(&Browser::new(&served), &mut authenticator).await;
    assert_eq!(code(answer).await, "passkey.cloned");
    // The account it names is not the account it opens.
    authenticator.counter = 9;
    authenticator.user_handle = b"somebody else".to_vec();
    let answer = sign_in(&Browser::new(&served), &mut authenticator).await;
    assert_eq!(code(answer).await, "passkey.unknown");
}

/// What we say of an answer, another implementation says as well.
#[tokio::test(flavor = "multi_thread")]
async fn simplewebauthn_refuses_and_accepts_the_same_answers() {
    if !peers_wanted("simplewebauthn_refuses_and_accepts_the_same_answers") {
        return;
    }
    let mut peer = Peer::start("webauthn");
    let challenge = URL_SAFE_NO_PAD.encode([9; 32]);
    let options = json!({ "challenge": challenge, "user": { "id": "AAAA" } });
    let mut verified = |ceremony: &str, response: &Value, credential: &Value| {
        let request = json!({
            "do": ceremony,
            "response": response,
            "challenge": challenge,
            "origin": crate::app::PUBLIC_URL,
            "rpId": "badges.example.org",
            "credential": credential,
        });
        peer.ask(&request)["verified"] == true
    };
    for key in [
        SecretKey::p256([5; 32]).expect("a key"),
        SecretKey::ed25519([6; 32]),
    ] {
        let mut good = Authenticator::new(key);
        assert!(verified(
            "registration",
            &good.create(&options),
            &Value::Null
        ));
        let credential = json!({
            "id": URL_SAFE_NO_PAD.encode(&good.credential),
            "publicKey": URL_SAFE_NO_PAD.encode(written(good.key.public_key())),
            "counter": 5,
        });
        good.counter = 6;
        assert!(verified("authentication", &good.get(&options), &credential));
    }
    let good = || {
        let mut good = Authenticator::p256(5);
        good.counter = 6;
        good
    };
    let credential = json!({
        "id": URL_SAFE_NO_PAD.encode(&good().credential),
        "publicKey": URL_SAFE_NO_PAD.encode(written(good().key.public_key())),
        "counter": 5,
    });
    let mut agreed = 0;
    for (number, (expected, spoil)) in ANSWERS.iter().chain(&REGISTRATIONS).enumerate() {
        let response = spoil.create(good(), &options);
        let refused = !verified("registration", &response, &Value::Null);
        agreed += u32::from(refused);
        println!(
            "registration {number} {expected}: {}",
            if refused { "refused" } else { "accepted" }
        );
    }
    for (number, (expected, spoil)) in ANSWERS.iter().chain(&ASSERTIONS).enumerate() {
        let response = spoil.get(good(), &options);
        let refused = !verified("authentication", &response, &credential);
        agreed += u32::from(refused);
        println!(
            "authentication {number} {expected}: {}",
            if refused { "refused" } else { "accepted" }
        );
    }
    // It lets a map without an end and a contradiction of flags pass, and reads what it knows of others.
    assert!(agreed >= 48, "{agreed} of 54");
}

#[test]
fn keys_of_authenticators_have_one_encoding() {
    for key in [
        SecretKey::p256([5; 32]).expect("a key"),
        SecretKey::ed25519([6; 32]),
    ] {
        let bytes = written(key.public_key());
        let (read, length) = cose::read(&[bytes.as_slice(), b"rest"].concat()).expect("a key");
        assert_eq!((&read, length), (key.public_key(), bytes.len()));
        for cut in 0..bytes.len() {
            assert!(cose::read(&bytes[..cut]).is_err(), "{cut}");
        }
        // Every other byte in the part before the numbers is another key, or none.
        for at in 0..10 {
            for byte in 0..=u8::MAX {
                let mut changed = bytes.clone();
                changed[at] = byte;
                let read = cose::read(&changed);
                assert!(byte == bytes[at] || read.is_err(), "{at} {byte:02x}");
            }
        }
    }
    // A member twice, and the order turned round.
    let twice = b"\xa2\x01\x02\x01\x02";
    assert!(cose::read(twice).is_err());
    let turned = b"\xa2\x03\x26\x01\x02";
    assert!(cose::read(turned).is_err());
    let nested: Vec<u8> = [0xa1, 0x01].into_iter().chain([0x81; 100_000]).collect();
    assert!(cose::read(&nested).is_err());
    assert!(AuthenticatorData::attested(&nested).is_err());
}
