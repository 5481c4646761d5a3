//! Keys and signatures as authenticators write them: COSE_Key (RFC 9052, section 7; RFC 9053, sections 2 and 7;
//! RFC 8230, section 4), and the signature formats of Web Authentication Level 3, section 6.5.5.
//!
//! Three kinds, one algorithm each: ES256 on P-256, EdDSA with Ed25519, RS256.

use minicbor::Decoder;
use minicbor::data::Type;

use crate::key::{KeyError, PublicKey};

/// The identifiers of the algorithms that are read here (IANA: COSE Algorithms), the preferred one first.
pub const ALGORITHMS: [i64; 3] = [EDDSA, ES256, RS256];

/// Why bytes are no COSE_Key of a kind that is read here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CoseError {
    /// It is no CBOR, or not in the one form that authenticators write (CTAP 2, section 8).
    #[error("the key is not a map in canonical CBOR")]
    Encoding,
    /// A member is there that a credential's key does not have, or one is missing or of another kind.
    #[error("the members of the key are not those of a credential")]
    Members,
    /// The algorithm is none that is read here, or not that of the key.
    #[error("the algorithm of the key is none of ES256, EdDSA and RS256")]
    Algorithm,
    /// The numbers are no key, or a weak one.
    #[error("{0}")]
    Key(KeyError),
}

/// Reads the COSE_Key at the beginning of `bytes`, and tells how many bytes it takes.
pub fn read(bytes: &[u8]) -> Result<(PublicKey, usize), CoseError> {
    let mut decoder = Decoder::new(bytes);
    let members = Members::read(&mut decoder)?;
    let key = match (members.kty, members.alg) {
        (Some(OKP), Some(EDDSA)) => {
            members.only_curve(ED25519)?;
            PublicKey::from_ed25519(members.second()?)
        }
        (Some(EC2), Some(ES256)) => {
            members.only_curve(P256)?;
            let (x, y) = (members.second()?, members.third()?);
            if x.len() != 32 || y.len() != 32 {
                return Err(CoseError::Members);
            }
            PublicKey::from_p256(&[&[4], x, y].concat())
        }
        (Some(RSA), Some(RS256)) => PublicKey::from_rsa(members.modulus()?, members.second()?),
        (Some(_), Some(_)) => return Err(CoseError::Algorithm),
        _ => return Err(CoseError::Members),
    };
    Ok((key.map_err(CoseError::Key)?, decoder.position()))
}

/// Whether `signature` is this key's signature of `message` as authenticators make them: ECDSA in DER, Ed25519 and
/// RSA PKCS #1 version 1.5 as they are.
pub fn verifies(key: &PublicKey, message: &[u8], signature: &[u8]) -> bool {
    match key {
        PublicKey::Ed25519(_) => key.verifies(message, signature),
        PublicKey::P256(_) => p256::ecdsa::Signature::from_der(signature)
            .is_ok_and(|signature| key.verifies(message, &signature.to_bytes())),
        PublicKey::Rsa(_) => key.verifies_jws(message, signature),
        PublicKey::P384(_) => false,
    }
}

/// The members of a COSE_Key. What -1 to -3 mean depends on the kind of key.
#[derive(Default)]
struct Members<'a> {
    kty: Option<i64>,
    alg: Option<i64>,
    first: Option<First<'a>>,
    second: Option<&'a [u8]>,
    third: Option<&'a [u8]>,
}

/// The member -1: a curve, or the modulus of an RSA key.
enum First<'a> {
    Curve(i64),
    Modulus(&'a [u8]),
}

impl<'a> Members<'a> {
    fn read(decoder: &mut Decoder<'a>) -> Result<Members<'a>, CoseError> {
        let encoding = |_| CoseError::Encoding;
        let count = decoder
            .map()
            .map_err(encoding)?
            .ok_or(CoseError::Encoding)?;
        if count > MOST_MEMBERS {
            return Err(CoseError::Members);
        }
        let mut members = Members::default();
        let mut before = None;
        for _ in 0..count {
            let label = decoder.i64().map_err(encoding)?;
            // Canonical CBOR has one order, by length and then by bytes, and so no member twice.
            let place = (label < 0, label.unsigned_abs());
            if before.is_some_and(|before| before >= place) {
                return Err(CoseError::Encoding);
            }
            before = Some(place);
            match label {
                1 => members.kty = Some(decoder.i64().map_err(encoding)?),
                3 => members.alg = Some(decoder.i64().map_err(encoding)?),
                -1 => members.first = Some(First::read(decoder)?),
                -2 => members.second = Some(bytes(decoder)?),
                -3 => members.third = Some(bytes(decoder)?),
                _ => return Err(CoseError::Members),
            }
        }
        Ok(members)
    }

    fn only_curve(&self, curve: i64) -> Result<(), CoseError> {
        let third = self.third.is_some() == (curve == P256);
        match self.first {
            Some(First::Curve(found)) if found == curve && third => Ok(()),
            _ => Err(CoseError::Members),
        }
    }

    fn modulus(&self) -> Result<&'a [u8], CoseError> {
        match self.first {
            Some(First::Modulus(modulus)) if self.third.is_none() => Ok(modulus),
            _ => Err(CoseError::Members),
        }
    }

    fn second(&self) -> Result<&'a [u8], CoseError> {
        self.second.ok_or(CoseError::Members)
    }

    fn third(&self) -> Result<&'a [u8], CoseError> {
        self.third.ok_or(CoseError::Members)
    }
}

impl<'a> First<'a> {
    fn read(decoder: &mut Decoder<'a>) -> Result<First<'a>, CoseError> {
        match decoder.datatype() {
            Ok(Type::Bytes) => Ok(First::Modulus(bytes(decoder)?)),
            _ => Ok(First::Curve(
                decoder.i64().map_err(|_| CoseError::Encoding)?,
            )),
        }
    }
}

fn bytes<'a>(decoder: &mut Decoder<'a>) -> Result<&'a [u8], CoseError> {
    decoder.bytes().map_err(|_| CoseError::Encoding)
}

impl CoseError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        match self {
            CoseError::Encoding | CoseError::Members | CoseError::Algorithm => "key.invalid",
            CoseError::Key(error) => error.code(),
        }
    }
}

/// Kinds of keys (IANA: COSE Key Types).
const OKP: i64 = 1;
const EC2: i64 = 2;
const RSA: i64 = 3;

/// Curves (IANA: COSE Elliptic Curves).
const P256: i64 = 1;
const ED25519: i64 = 6;

/// Algorithms (IANA: COSE Algorithms).
const ES256: i64 = -7;
const EDDSA: i64 = -8;
const RS256: i64 = -257;

/// A point needs five; a key may have no others (Web Authentication, 6.5.1.1).
const MOST_MEMBERS: u64 = 5;
