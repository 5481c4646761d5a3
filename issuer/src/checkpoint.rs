//! Signed checkpoints: the size and root of the log in the C2SP formats `tlog-checkpoint` and `signed-note`.
//!
//! A note is a text that ends in a line break, a blank line, and a line for each signature:
//! `— name base64(key hash || signature)`. Any Go `note` or witness software reads it.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keys::{PublicKey, SecretKey, SignError};
use sha2::{Digest, Sha256};

use crate::merkle::Head;

/// What the log says of itself at one size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's name: its address without scheme. It is also the name of the key that signs.
    pub origin: String,
    pub head: Head,
}

impl Checkpoint {
    /// The text that is signed: origin, size and root, one line each (C2SP tlog-checkpoint).
    pub fn text(&self) -> String {
        format!(
            "{}\n{}\n{}\n",
            self.origin,
            self.head.size,
            STANDARD.encode(self.head.root.bytes())
        )
    }

    /// Reads a note that `verifier` has signed, and whose origin is the verifier's name.
    pub fn open(note: &str, verifier: &NoteVerifier) -> Result<Checkpoint, NoteError> {
        let text = verifier.open(note)?;
        let mut lines = text.lines();
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next())
        else {
            return Err(NoteError::Malformed);
        };
        let plain = !size.is_empty() && size.bytes().all(|byte| byte.is_ascii_digit());
        if origin != verifier.name.0 || !plain || (size.len() > 1 && size.starts_with('0')) {
            return Err(NoteError::Malformed);
        }
        let size = size.parse().map_err(|_| NoteError::Malformed)?;
        let root = STANDARD
            .decode(root)
            .ok()
            .and_then(|root| <[u8; 32]>::try_from(root).ok());
        let root = root.ok_or(NoteError::Malformed)?.into();
        Ok(Checkpoint {
            origin: origin.to_owned(),
            head: Head { size, root },
        })
    }
}

/// The name of a note key: not empty, without white space and `+` (C2SP signed-note).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteName(String);

impl NoteName {
    /// Takes a name if it may stand in a signature line.
    pub fn new(name: &str) -> Option<NoteName> {
        let fits = !name.is_empty()
            && !name.contains(|c: char| c.is_whitespace() || c.is_control() || c == '+');
        fits.then(|| NoteName(name.to_owned()))
    }

    /// The name as it stands in notes.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The Ed25519 key that signs the log's checkpoints.
pub struct NoteSigner {
    secret: SecretKey,
    verifier: NoteVerifier,
}

impl NoteSigner {
    /// Names a secret key. Only Ed25519 keys sign notes.
    pub fn new(name: NoteName, secret: SecretKey) -> Result<NoteSigner, NoteError> {
        let verifier = NoteVerifier::new(name, secret.public_key().clone())?;
        Ok(NoteSigner { secret, verifier })
    }

    /// Signs a text, which must end in a line break.
    pub fn sign(&self, text: &str) -> Result<String, NoteError> {
        if !text.ends_with('\n') {
            return Err(NoteError::Malformed);
        }
        let mut signature = self.verifier.key_hash().to_vec();
        signature.extend(self.secret.sign_ed25519(text.as_bytes())?);
        Ok(format!(
            "{text}\n\u{2014} {} {}\n",
            self.verifier.name.0,
            STANDARD.encode(signature)
        ))
    }

    /// What others need to check this key's notes.
    pub fn verifier(&self) -> &NoteVerifier {
        &self.verifier
    }
}

/// Checks the notes of one Ed25519 key. Its text is the verifier key, `name+hash+base64`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteVerifier {
    name: NoteName,
    key: PublicKey,
    bytes: [u8; 32],
}

impl NoteVerifier {
    /// Names a public key. Only Ed25519 keys sign notes.
    pub fn new(name: NoteName, key: PublicKey) -> Result<NoteVerifier, NoteError> {
        match &key {
            PublicKey::Ed25519(point) => Ok(NoteVerifier {
                bytes: *point.as_bytes(),
                name,
                key,
            }),
            _ => Err(NoteError::Key),
        }
    }

    /// Reads a verifier key, `name+hash+base64` (C2SP signed-note).
    pub fn parse(text: &str) -> Result<NoteVerifier, NoteError> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(hash), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NoteError::Key);
        };
        let name = NoteName::new(name).ok_or(NoteError::Key)?;
        let bytes = STANDARD.decode(key).map_err(|_| NoteError::Key)?;
        let [ED25519, point @ ..] = bytes.as_slice() else {
            return Err(NoteError::Key);
        };
        let key = PublicKey::from_ed25519(point).map_err(|_| NoteError::Key)?;
        let verifier = NoteVerifier::new(name, key)?;
        if hash != hex(verifier.key_hash()) {
            return Err(NoteError::Key);
        }
        Ok(verifier)
    }

    /// The name of the key.
    pub fn name(&self) -> &str {
        self.name.as_str()
    }

    /// The key itself.
    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    /// The text of a note, if this key has signed it. Signatures of other keys are passed over.
    pub fn open(&self, note: &str) -> Result<String, NoteError> {
        if note.len() > NOTE_BYTES {
            return Err(NoteError::Malformed);
        }
        // The last blank line separates text and signatures, so a text may have blank lines of its own.
        let (text, signatures) = note.rsplit_once("\n\n").ok_or(NoteError::Malformed)?;
        let text = format!("{text}\n");
        let signatures = signatures.strip_suffix('\n').ok_or(NoteError::Malformed)?;
        for line in signatures.split('\n') {
            let line = line.strip_prefix("\u{2014} ").ok_or(NoteError::Malformed)?;
            let (name, signature) = line.split_once(' ').ok_or(NoteError::Malformed)?;
            let signature = STANDARD
                .decode(signature)
                .map_err(|_| NoteError::Malformed)?;
            let Some((hash, signature)) = signature.split_first_chunk::<4>() else {
                return Err(NoteError::Malformed);
            };
            if name != self.name.0 || *hash != self.key_hash() {
                continue;
            }
            let PublicKey::Ed25519(key) = &self.key else {
                return Err(NoteError::Key);
            };
            return if key.verifies(text.as_bytes(), signature) {
                Ok(text)
            } else {
                Err(NoteError::Signature)
            };
        }
        Err(NoteError::Signature)
    }

    /// The first four bytes of SHA-256 over name, line break, algorithm and key: tells keys apart, proves nothing.
    fn key_hash(&self) -> [u8; 4] {
        let digest = Sha256::new()
            .chain_update(self.name.0.as_bytes())
            .chain_update([b'\n', ED25519])
            .chain_update(self.bytes)
            .finalize();
        [digest[0], digest[1], digest[2], digest[3]]
    }
}

impl fmt::Display for NoteVerifier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut key = vec![ED25519];
        key.extend(self.bytes);
        write!(
            formatter,
            "{}+{}+{}",
            self.name.0,
            hex(self.key_hash()),
            STANDARD.encode(key)
        )
    }
}

/// Why there is no note.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// The text is not a note, or the note not a checkpoint of this log.
    #[error("this is not a signed note of the expected form")]
    Malformed,
    /// The note is not signed by this key.
    #[error("the note is not signed by the expected key")]
    Signature,
    /// The key is not one that signs notes.
    #[error("this is not an Ed25519 note key")]
    Key,
    /// The key did not sign.
    #[error(transparent)]
    Sign(#[from] SignError),
}

impl NoteError {
    /// The stable code of this case.
    pub fn code(&self) -> &'static str {
        match self {
            NoteError::Malformed => "note.syntax",
            NoteError::Signature => "note.signature",
            NoteError::Key => "note.key",
            NoteError::Sign(error) => error.code(),
        }
    }
}

fn hex(bytes: [u8; 4]) -> String {
    format!("{:08x}", u32::from_be_bytes(bytes))
}

/// The algorithm byte of Ed25519 (C2SP signed-note).
const ED25519: u8 = 1;

/// A checkpoint with a dozen witnesses is below 4 KiB.
const NOTE_BYTES: usize = 64 << 10;
