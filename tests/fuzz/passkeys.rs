//! What authenticators and browsers send when a passkey is made or used.

use issuer::passkey::RelyingParty;
use issuer::passkey::authenticator::AuthenticatorData;
use issuer::passkey::ceremony::{Assertion, Registration};
use keys::{PublicKey, cose};

/// A key has one encoding, and an answer to another challenge is no answer.
pub fn passkey(data: &[u8]) {
    if let Ok((key, length)) = cose::read(data) {
        assert!(length <= data.len());
        assert_eq!(cose::read(&data[..length]), Ok((key.clone(), length)));
        assert_eq!(PublicKey::from_jwk(&key.jwk()), Ok(key));
    }
    for read in [
        AuthenticatorData::attested(data),
        AuthenticatorData::read(data),
    ] {
        if let Ok(read) = read
            && let Some(credential) = read.credential
        {
            assert!((1..=1023).contains(&credential.id.len()));
        }
    }
    let _ = Assertion::read(data);
    if let Ok(registration) = Registration::read(data) {
        let site = RelyingParty {
            id: "badges.example.org".to_owned(),
            origin: "https://badges.example.org".to_owned(),
        };
        let other = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        let other = other.parse().expect("256 bits");
        assert!(registration.verify(&other, &site).is_err());
    }
}
