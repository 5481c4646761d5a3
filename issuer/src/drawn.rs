//! What a badge takes from chance, from the time and from the present keys.

use crate::digest::Salt;
use crate::id::{BadgeId, RefreshId};
use crate::random::Random;
use crate::status::StatusPlace;
use keys::{KeyUse, Keyring};
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// Everything a badge takes from chance, time and the present keys. It is stored with the
/// allocation, so that whatever happens the same badge comes out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drawn {
    /// The credential's identifier.
    pub badge: BadgeId,
    /// The recipient's identifier in this badge alone.
    pub subject: String,
    /// What goes into the hash of the recipient's e-mail address.
    pub identity_salt: String,
    /// What goes into the log's leaf.
    pub log_salt: Salt,
    /// Where later editions are found.
    pub refresh: RefreshId,
    /// The place in the status list.
    pub status: StatusPlace,
    /// When it is issued, in whole seconds: JWTs know no smaller ones.
    pub issued: Timestamp,
    /// The key of the embedded proof.
    pub data_integrity_key: KeyName,
    /// The key of the JWT.
    pub jwt_key: KeyName,
}

/// A signing key by its address, and what it signs with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyName {
    /// The DID URL of the key.
    pub verification_method: String,
    /// The name of its algorithm.
    pub algorithm: String,
}

impl KeyName {
    /// The key that signs in this way now.
    pub(crate) fn current(keyring: &Keyring, usage: KeyUse) -> KeyName {
        let key = keyring.current(usage);
        KeyName {
            verification_method: key.verification_method().to_owned(),
            algorithm: key.algorithm().name().to_owned(),
        }
    }
}

impl Drawn {
    /// Draws everything for one badge.
    pub fn new(random: &Random, status: StatusPlace, keyring: &Keyring, now: Timestamp) -> Drawn {
        Drawn {
            badge: BadgeId::draw(random),
            subject: urn_uuid(random.bytes()),
            identity_salt: bs58::encode(random.bytes::<16>()).into_string(),
            log_salt: Salt::draw(random),
            refresh: RefreshId::draw(random),
            status,
            issued: whole_seconds(now),
            data_integrity_key: KeyName::current(keyring, KeyUse::DataIntegrity),
            jwt_key: KeyName::current(keyring, KeyUse::Jwt),
        }
    }
}

impl Drawn {
    /// Draws what a further edition of a badge has of its own. It is about the same credential and the same
    /// recipient, found at the same addresses.
    pub fn again(
        first: &Drawn,
        after: Timestamp,
        random: &Random,
        status: StatusPlace,
        keyring: &Keyring,
        now: Timestamp,
    ) -> Drawn {
        let drawn = Drawn::new(random, status, keyring, now);
        Drawn {
            badge: first.badge,
            subject: first.subject.clone(),
            refresh: first.refresh,
            // Of two editions the newer one is current (Open Badges 3.0, credential equality), so that no
            // two may be of the same second.
            issued: drawn.issued.max(whole_seconds(after).plus_seconds(1)),
            ..drawn
        }
    }
}

/// A random UUID as a URN (RFC 9562, version 4).
fn urn_uuid(mut bytes: [u8; 16]) -> String {
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!(
        "urn:uuid:{}-{}-{}-{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..]
    )
}

/// The instant without its fraction of a second.
pub(crate) fn whole_seconds(instant: Timestamp) -> Timestamp {
    // Every instant is its whole seconds and a fraction, so the whole seconds are an instant too.
    Timestamp::from_unix(instant.unix_seconds()).unwrap_or(instant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_random_uuid_names_its_version_and_variant() {
        assert_eq!(
            urn_uuid([0xff; 16]),
            "urn:uuid:ffffffff-ffff-4fff-bfff-ffffffffffff"
        );
        assert_eq!(
            urn_uuid([0; 16]),
            "urn:uuid:00000000-0000-4000-8000-000000000000"
        );
    }
}
