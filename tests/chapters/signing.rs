//! Signing: whatever keys an organisation has, both forms of its badges hold.

use crate::app::{self, TestApp, key};
use issuer::app::App;
use issuer::random::Random;
use issuer::revocation;
use keys::vc_jwt::Compact;
use keys::{Algorithm, KeyId, KeyState, KeyUse, Keyring, KeyringKey, SecretKey};
use tempfile::TempDir;
use verifier::Verdict;

/// Issues, checks and revokes a badge under these keys, and gives the algorithm of its JWT.
fn whole_life(keyring: Keyring) -> Algorithm {
    let folder = TempDir::new().expect("a folder");
    let test = TestApp::in_folder(
        folder.path(),
        keyring,
        Random::seeded([8; 32]),
        App::log_step,
    );
    let issued = test.issued();
    test.check_badge(issued.badge());
    let reason = "The recording was of another class."
        .parse()
        .expect("a text");
    revocation::revoke(&test.app, &test.officer(), issued.badge(), reason, test.now)
        .expect("its end");
    for form in [issued.json(), issued.jwt()] {
        assert_eq!(test.verify(form.as_bytes()).verdict(), Verdict::Refused);
    }
    Compact::decode(issued.jwt())
        .expect("a token")
        .header()
        .algorithm
}

#[test]
fn an_issuer_of_one_key_signs_both_forms_with_it() {
    let keyring = Keyring::did_key(SecretKey::ed25519([1; 32])).expect("a keyring");
    assert_eq!(whole_life(keyring), Algorithm::EdDsa);
}

#[test]
fn an_issuer_on_the_web_signs_its_jwts_with_p256() {
    assert_eq!(whole_life(app::keyring()), Algorithm::Es256);
}

#[test]
fn an_organisation_may_choose_rsa_for_its_jwts() {
    let rsa = SecretKey::generate_rsa().expect("an RSA key");
    let rsa = KeyringKey {
        id: KeyId::of(rsa.public_key()),
        secret: rsa,
        state: KeyState::Current,
        usage: KeyUse::Jwt,
    };
    let keys = vec![key([1; 32], KeyState::Current, KeyUse::DataIntegrity), rsa];
    let keyring = Keyring::did_web(&app::did(), keys).expect("a keyring");
    assert_eq!(whole_life(keyring), Algorithm::Rs256);
}
