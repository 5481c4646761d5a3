//! RSA public keys (RFC 8017): which of them are fit to check signatures with.

use super::{KeyError, Prepared, PublicKey, modulus};

/// An RSA public key of 2048 to 8192 bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RsaKey {
    modulus: Vec<u8>,
    exponent: Vec<u8>,
    pub(super) jws: Prepared,
}

impl PublicKey {
    /// Reads an RSA key from its modulus and public exponent, big-endian.
    pub fn from_rsa(modulus: &[u8], exponent: &[u8]) -> Result<PublicKey, KeyError> {
        let modulus = without_leading_zeros(modulus);
        let exponent = without_leading_zeros(exponent);
        check_modulus(modulus)?;
        check_exponent(exponent)?;
        Ok(PublicKey::Rsa(RsaKey {
            modulus: modulus.to_vec(),
            exponent: exponent.to_vec(),
            jws: Prepared::default(),
        }))
    }
}

impl RsaKey {
    /// The modulus, big-endian without leading zeros.
    pub fn modulus(&self) -> &[u8] {
        &self.modulus
    }

    /// The public exponent, big-endian without leading zeros.
    pub fn exponent(&self) -> &[u8] {
        &self.exponent
    }

    pub(super) fn check_composite(&self) -> Result<(), KeyError> {
        if modulus::is_prime(&self.modulus) {
            return Err(KeyError::Weak("the RSA modulus is itself a prime"));
        }
        Ok(())
    }
}

fn without_leading_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    &number[zeros..]
}

fn check_modulus(number: &[u8]) -> Result<(), KeyError> {
    let (Some(first), Some(last)) = (number.first(), number.last()) else {
        return Err(KeyError::Invalid("the RSA modulus is zero"));
    };
    let bits = number.len() * 8 - first.leading_zeros() as usize;
    if bits < SMALLEST_RSA {
        return Err(KeyError::Weak("the RSA modulus has fewer than 2048 bits"));
    }
    if bits > LARGEST_RSA {
        return Err(KeyError::Weak("the RSA modulus has more than 8192 bits"));
    }
    if last & 1 == 0 {
        return Err(KeyError::Weak("the RSA modulus is even"));
    }
    match modulus::flaw(number) {
        Some(flaw) => Err(KeyError::Weak(flaw)),
        None => Ok(()),
    }
}

fn check_exponent(exponent: &[u8]) -> Result<(), KeyError> {
    if exponent.last().is_none_or(|last| last & 1 == 0) {
        return Err(KeyError::Weak("the RSA exponent is even"));
    }
    if exponent.len() > LONGEST_EXPONENT {
        return Err(KeyError::Invalid("the RSA exponent is longer than 32 bits"));
    }
    let value = exponent
        .iter()
        .fold(0u64, |value, byte| value << 8 | u64::from(*byte));
    if value < 65537 {
        return Err(KeyError::Weak("the RSA exponent is below 65537"));
    }
    Ok(())
}

/// Fewer bits can be factored with money (NIST SP 800-131A).
const SMALLEST_RSA: usize = 2048;

/// More bits cost a stranger nothing and the verifier milliseconds.
const LARGEST_RSA: usize = 8192;

/// The cost of checking a signature grows with the exponent, which a stranger chooses. OpenSSL and the crate `rsa` draw
/// the line a little later, and both build alike with this one.
const LONGEST_EXPONENT: usize = 4;
