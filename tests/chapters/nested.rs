//! Credentials within credentials, many and hostile: what is verified, and at what cost.

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::bn::{BigNum, BigNumContext};
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::rsa::RsaPrivateKeyBuilder;
use openssl::sign::Signer;
use serde_json::{Value, json};
use verifier::{Policy, Reason, Report};

use crate::forge::shown_in_part::{KEY, REQUIRED, base_proof, shown};
use crate::forge::{Key, badge, endorsement, header, payload, signed, token, with};
use crate::web::{Web, told};

const CONTAINED: &str = "/credentialSubject/verifiableCredential";
const CONTEXTS: [&str; 3] = [
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
];

/// A record of the school, as a token.
fn record(contained: Vec<Value>) -> String {
    let badge = badge(&Key::School.did());
    let record = json!({
        "@context": CONTEXTS,
        "id": "urn:uuid:0f3c4d43-6a0b-4e3b-9f7e-7f0f3e6a2d12",
        "type": ["VerifiableCredential", "ClrCredential"],
        "issuer": badge["issuer"],
        "validFrom": badge["validFrom"],
        "name": "Record of the school",
        "credentialSubject": {
            "id": badge["credentialSubject"]["id"],
            "type": ["ClrSubject"],
            "verifiableCredential": contained,
        },
    });
    as_token(&record)
}

fn as_token(plain: &Value) -> String {
    let key = Key::School;
    token(&header(key, &key.method()), &payload(plain), key)
}

fn envelope(token: &str) -> Value {
    json!({
        "@context": [CONTEXTS[0]],
        "id": format!("data:application/vc+jwt,{token}"),
        "type": "EnvelopedVerifiableCredential",
    })
}

/// A badge of the school that carries this many endorsements, as a token.
fn endorsed(endorsements: usize) -> String {
    let key = Key::Stranger;
    let plain = endorsement(&key.did());
    let claims = with(&payload(&plain), "/nbf", json!(1_791_187_200));
    let one = token(&header(key, &key.method()), &claims, key);
    let pointer = "/credentialSubject/achievement/endorsementJwt";
    as_token(&with(
        &badge(&Key::School.did()),
        pointer,
        json!(vec![one; endorsements]),
    ))
}

fn verify(web: &Web, presented: &str) -> (Report, Duration) {
    let began = Instant::now();
    let report = web.verify(presented.as_bytes(), &Policy::default());
    (report, began.elapsed())
}

/// How many credentials were verified within a report, at any depth.
fn count(report: &Report) -> usize {
    let nested = report.nested().iter();
    nested.map(|nested| 1 + count(&nested.report)).sum()
}

/// CLR-5, END-4: what others say of the badges in a record is asked where each badge is verified, and
/// counts for that badge.
#[test]
fn endorsements_of_the_badges_in_a_record_are_theirs() {
    let one = endorsed(1);
    let (report, _) = verify(&Web::read(), &record(vec![envelope(&one); 9]));
    assert_eq!(told(&report), "verified", "{:?}", report.reason());
    assert_eq!((report.nested().len(), count(&report)), (9, 18));
    // The same where they stand as objects, which the record's own search could walk into.
    let key = Key::Stranger;
    let said = signed(&endorsement(&key.did()), &key.method(), key);
    let pointer = "/credentialSubject/achievement/endorsement";
    let school = Key::School;
    let plain = with(&badge(&school.did()), pointer, json!([said]));
    let inner = signed(&plain, &school.method(), school);
    let (report, _) = verify(&Web::read(), &record(vec![inner; 9]));
    assert_eq!(told(&report), "verified", "{:?}", report.reason());
    assert_eq!((report.nested().len(), count(&report)), (9, 18));
}

/// CLR-5: whatever a document says it is of, a credential in it is verified or the document is not.
#[test]
fn attack_p_13_no_type_hides_what_a_document_contains() {
    let plain = badge(&Key::School.did());
    let forged = with(&plain, "/issuer/id", json!("did:web:university.example"));
    let [first, clr, last] = CONTEXTS;
    for contexts in [[first, last, clr], [first, clr, last]] {
        for types in [
            json!(["VerifiableCredential", "OpenBadgeCredential"]),
            json!([
                "VerifiableCredential",
                "OpenBadgeCredential",
                "ClrCredential"
            ]),
            json!([
                "VerifiableCredential",
                "ClrCredential",
                "EndorsementCredential"
            ]),
        ] {
            let badge = with(&plain, "/@context", json!(contexts));
            let badge = with(&badge, "/type", types.clone());
            let subject = json!(["AchievementSubject", "ClrSubject"]);
            let badge = with(&badge, "/credentialSubject/type", subject);
            let badge = with(&badge, CONTAINED, json!([forged]));
            let (report, _) = verify(&Web::read(), &as_token(&badge));
            let told = told(&report);
            assert!(told.starts_with("refused/"), "{told}: {contexts:?} {types}");
        }
    }
}

/// However much is nested, one badge costs no more than a second and is told as it is.
#[test]
fn attack_n_11_the_largest_nested_load_is_bounded() {
    let inner = endorsed(8);
    let fits = 1024 * 1024 / 4 * 3 / (inner.len() + 200);
    let (report, took) = verify(&Web::read(), &record(vec![envelope(&inner); fits.min(100)]));
    println!(
        "{fits} of {} bytes: {} nested in {took:?}",
        inner.len(),
        count(&report)
    );
    assert_eq!(told(&report), "undetermined/nested.undetermined");
    assert!(count(&report) <= 200);
    assert!(took < Duration::from_secs(5), "{took:?}");

    let (report, took) = verify(&Web::read(), &endorsed(8));
    println!("8 endorsements in {took:?}");
    assert_eq!(told(&report), "verified");
}

/// One list that is fetched once is not read a hundred times.
/// Forms: library.
#[test]
fn attack_r_04_a_large_list_that_many_badges_share_is_not_read_for_each() {
    let list = "https://school.example/revoked-many";
    let ids: Vec<String> = (0..100_000)
        .map(|at| format!("urn:uuid:{at:036}"))
        .collect();
    let mut web = Web::read();
    web.serve(list, json!({"revokedCredential": ids}).to_string());
    let status = json!({"id": list, "type": "1EdTechRevocationList"});
    let extensions = json!("https://purl.imsglobal.org/spec/ob/v3p0/extensions.json");
    let plain = with(&badge(&Key::School.did()), "/@context/-", extensions);
    let inner = as_token(&with(&plain, "/credentialStatus", status));
    let one = record(vec![envelope(&inner); 1]);
    assert_eq!(told(&verify(&web, &one).0), "verified");
    let (report, took) = verify(&web, &record(vec![envelope(&inner); 100]));
    println!("a hundred badges and one list of 5 MB: {took:?}");
    assert_eq!(told(&report), "undetermined/nested.undetermined");
    let last = report.nested().last().and_then(|last| last.report.reason());
    assert_eq!(last.map(Reason::code), Some("status.unreachable"));
    assert!(took < Duration::from_secs(10), "{took:?}");
}

/// Graphs that stay below their own limit and take a while each, all in one record: what is left when the work is done
/// is not said to be wrong.
#[test]
fn attack_l_08_all_that_a_record_carries_has_one_budget() {
    let alignment =
        json!({"type": ["Alignment"], "targetName": "a", "targetUrl": "https://a.example/"});
    let result = json!({"type": ["Result"], "value": "a", "alignment": vec![alignment; 6]});
    let key = Key::School;
    let slow = with(
        &badge(&key.did()),
        "/credentialSubject/result",
        json!(vec![result; 6]),
    );
    let slow = signed(&slow, &key.method(), key);
    let slow = with(&slow, "/proof", json!(vec![slow["proof"].clone(); 8]));
    assert_eq!(
        told(&Web::read().verify(slow.to_string().as_bytes(), &Policy::default())),
        "verified"
    );

    let record = record(vec![slow; 20]);
    let report = Web::read().verify(record.as_bytes(), &Policy::default());
    assert_eq!(told(&report), "undetermined/nested.undetermined");
    let carried = report.nested();
    assert!(
        (2..20).contains(&carried.len()),
        "{} were verified",
        carried.len()
    );
    let (last, before) = carried.split_last().expect("some were verified");
    assert!(before.iter().all(|one| told(&one.report) == "verified"));
    assert_eq!(told(&last.report), "undetermined/ld.complexity");
}

/// A thousand signatures in each of eight proofs of one badge.
#[test]
fn attack_l_08_statements_signed_one_by_one_draw_on_the_same_budget() {
    let tags: Vec<String> = (0..900).map(|tag| tag.to_string()).collect();
    let plain = with(
        &badge(&KEY.did()),
        "/credentialSubject/achievement/tag",
        json!(tags),
    );
    let whole = shown(&base_proof(&plain, REQUIRED), &["/credentialSubject"]);
    let verify =
        |badge: &Value| Web::read().verify(badge.to_string().as_bytes(), &Policy::default());
    assert_eq!(told(&verify(&whole)), "verified");
    let eight = with(&whole, "/proof", json!(vec![whole["proof"].clone(); 8]));
    assert_eq!(told(&verify(&eight)), "undetermined/ld.complexity");
}

/// Looking a strong RSA key over takes hundreds of times as long as checking its signature.
#[test]
fn attack_l_08_keys_that_take_long_to_look_over_draw_on_the_same_budget() {
    let tokens: Vec<Value> = (0..60).map(|_| envelope(&token_of_a_new_key())).collect();
    let report = Web::read().verify(record(tokens).as_bytes(), &Policy::default());
    assert_eq!(told(&report), "undetermined/nested.too_many");
    let carried = report.nested();
    assert!((2..40).contains(&carried.len()), "{}", carried.len());
    assert!(carried.iter().all(|one| told(&one.report) == "verified"));
}

/// A good token under did:jwk by an RSA key of its own: of many small primes, which are quickly found.
fn token_of_a_new_key() -> String {
    let mut context = BigNumContext::new().expect("a context");
    let mut times = |one: &BigNum, other: &BigNum| {
        let mut product = BigNum::new().expect("a number");
        product
            .checked_mul(one, other, &mut context)
            .expect("a product");
        product
    };
    let one = || BigNum::from_u32(1).expect("a number");
    let (mut modulus, mut order) = (one(), one());
    for _ in 0..64 {
        let mut prime = BigNum::new().expect("a number");
        prime
            .generate_prime(64, false, None, None)
            .expect("a prime");
        modulus = times(&modulus, &prime);
        prime.sub_word(1).expect("a number");
        order = times(&order, &prime);
    }
    let exponent = BigNum::from_u32(65537).expect("a number");
    let mut secret = BigNum::new().expect("a number");
    secret
        .mod_inverse(&exponent, &order, &mut context)
        .expect("an inverse");
    let n = URL_SAFE_NO_PAD.encode(modulus.to_vec());
    let key = RsaPrivateKeyBuilder::new(modulus, exponent, secret)
        .expect("a key")
        .build();
    let key = PKey::from_rsa(key).expect("a key");

    let jwk = json!({"kty": "RSA", "n": n, "e": "AQAB"});
    let issuer = format!("did:jwk:{}", URL_SAFE_NO_PAD.encode(jwk.to_string()));
    let header = json!({"alg": "RS256", "jwk": jwk, "typ": "JWT"});
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let input = format!("{}.{}", encode(&header), encode(&payload(&badge(&issuer))));
    let mut signer = Signer::new(MessageDigest::sha256(), &key).expect("a signer");
    let signature = signer
        .sign_oneshot_to_vec(input.as_bytes())
        .expect("a signature");
    format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
}
