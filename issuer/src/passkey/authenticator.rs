//! What an authenticator says: authenticator data, and the attestation object around it
//! (Web Authentication Level 3, sections 6.1 and 6.5).

use super::PasskeyError;
use keys::PublicKey;
use keys::cose;
use minicbor::Decoder;

/// What an authenticator says whenever it signs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthenticatorData {
    /// The SHA-256 digest of the domain that the credential belongs to.
    pub rp_id_hash: [u8; 32],
    /// What the authenticator has seen.
    pub flags: Flags,
    /// How often it has signed, or zero if it does not count.
    pub counter: u32,
    /// The credential that was just made, if one was.
    pub credential: Option<NewCredential>,
}

/// What an authenticator has seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flags(u8);

/// A credential that was just made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCredential {
    /// Its identifier.
    pub id: Vec<u8>,
    /// Its public key.
    pub key: PublicKey,
}

impl AuthenticatorData {
    /// Reads the data, to the last byte.
    pub fn read(bytes: &[u8]) -> Result<AuthenticatorData, PasskeyError> {
        let short = PasskeyError::Malformed("the authenticator data is too short");
        let (rp_id_hash, rest) = bytes.split_first_chunk::<32>().ok_or(short.clone())?;
        let (&[flags], rest) = rest.split_first_chunk::<1>().ok_or(short.clone())?;
        let (counter, mut rest) = rest.split_first_chunk::<4>().ok_or(short)?;
        let flags = Flags(flags);
        // Section 6.1.3: what is backed up was eligible for it.
        if flags.has(BACKED_UP) && !flags.is_backup_eligible() {
            return Err(PasskeyError::Malformed("its flags contradict each other"));
        }
        let mut credential = None;
        if flags.has(ATTESTED) {
            let (found, after) = new_credential(rest)?;
            credential = Some(found);
            rest = after;
        }
        if flags.has(EXTENSIONS) {
            let mut decoder = Decoder::new(rest);
            let map = decoder.map();
            let extensions = PasskeyError::Malformed("its extensions are no map");
            let count = map.ok().flatten().ok_or(extensions.clone())?;
            for _ in 0..count.saturating_mul(2) {
                decoder.skip().map_err(|_| extensions.clone())?;
            }
            rest = &rest[decoder.position()..];
        }
        if !rest.is_empty() {
            return Err(PasskeyError::Malformed(
                "something follows the authenticator data",
            ));
        }
        Ok(AuthenticatorData {
            rp_id_hash: *rp_id_hash,
            flags,
            counter: u32::from_be_bytes(*counter),
            credential,
        })
    }

    /// Reads the data out of an attestation object. Who made the authenticator was not asked, and
    /// what is said about it is passed over.
    pub fn attested(object: &[u8]) -> Result<AuthenticatorData, PasskeyError> {
        let malformed = PasskeyError::Malformed("the attestation object is not as it should be");
        let mut decoder = Decoder::new(object);
        let broken = |_| malformed.clone();
        let count = decoder.map().map_err(broken)?.ok_or(malformed.clone())?;
        let mut data = None;
        if count > MOST_ATTESTATION_MEMBERS {
            return Err(malformed);
        }
        for _ in 0..count {
            match decoder.str().map_err(broken)? {
                "authData" if data.is_none() => data = Some(decoder.bytes().map_err(broken)?),
                "authData" => return Err(malformed),
                _ => decoder.skip().map_err(broken)?,
            }
        }
        if decoder.position() != object.len() {
            return Err(malformed);
        }
        AuthenticatorData::read(data.ok_or(malformed)?)
    }
}

impl Flags {
    /// Somebody was there.
    pub fn user_present(self) -> bool {
        self.has(USER_PRESENT)
    }

    /// The authenticator has verified who it was.
    pub fn user_verified(self) -> bool {
        self.has(USER_VERIFIED)
    }

    /// The credential can be copied to further devices.
    pub fn is_backup_eligible(self) -> bool {
        self.has(BACKUP_ELIGIBLE)
    }

    fn has(self, flag: u8) -> bool {
        self.0 & flag != 0
    }
}

/// Reads attested credential data (section 6.5.1), and gives what follows it.
fn new_credential(bytes: &[u8]) -> Result<(NewCredential, &[u8]), PasskeyError> {
    let short = PasskeyError::Malformed("the new credential is too short");
    // The first sixteen bytes name the model of the authenticator, which nobody asked for.
    let (_, rest) = bytes.split_first_chunk::<16>().ok_or(short.clone())?;
    let (length, rest) = rest.split_first_chunk::<2>().ok_or(short.clone())?;
    let length = usize::from(u16::from_be_bytes(*length));
    if length == 0 || length > LONGEST_CREDENTIAL_ID {
        return Err(PasskeyError::Malformed(
            "the identifier of a credential has between 1 and 1023 bytes",
        ));
    }
    let (id, rest) = rest.split_at_checked(length).ok_or(short)?;
    let (key, length) = cose::read(rest).map_err(PasskeyError::Key)?;
    let credential = NewCredential {
        id: id.to_vec(),
        key,
    };
    Ok((credential, &rest[length..]))
}

/// The flags (section 6.1).
const USER_PRESENT: u8 = 1;
const USER_VERIFIED: u8 = 1 << 2;
const BACKUP_ELIGIBLE: u8 = 1 << 3;
const BACKED_UP: u8 = 1 << 4;
const ATTESTED: u8 = 1 << 6;
const EXTENSIONS: u8 = 1 << 7;

/// Section 7.1, step 25.
const LONGEST_CREDENTIAL_ID: usize = 1023;

/// `fmt`, `attStmt`, `authData`, and room for what later versions of CTAP add.
const MOST_ATTESTATION_MEMBERS: u64 = 8;
