//! The values of base and derived proofs: CBOR in base64url (sections 3.5.2 to 3.5.8). What is read has exactly the
//! shape that the suite gives it: no tags, no indefinite lengths, nothing behind the end.

use std::collections::BTreeMap;
use std::convert::Infallible;

use minicbor::{Decoder, Encoder, decode, encode};
use zeroize::Zeroizing;

use super::statements::MOST_STATEMENTS;
use crate::data_integrity::ProofError;
use crate::encoding;

/// What the holder gets.
pub(super) struct BaseProof {
    pub(super) base_signature: [u8; 64],
    pub(super) public_key: [u8; 35],
    pub(super) hmac_key: Zeroizing<[u8; 32]>,
    /// One for each statement that may be left out, in their order.
    pub(super) signatures: Vec<[u8; 64]>,
    pub(super) mandatory_pointers: Vec<String>,
}

/// What a verifier gets.
pub(super) struct DerivedProof {
    pub(super) base_signature: [u8; 64],
    pub(super) public_key: [u8; 35],
    /// One for each statement shown that could have been left out, in their order.
    pub(super) signatures: Vec<[u8; 64]>,
    /// The names that blank nodes were signed under, by their canonical numbers.
    pub(super) labels: BTreeMap<u32, [u8; 32]>,
    /// Which of the statements shown could not have been left out, ascending.
    pub(super) mandatory_indexes: Vec<u32>,
}

impl BaseProof {
    pub(super) fn encode(&self) -> String {
        text(BASE, |encoder| {
            encoder.array(5)?;
            encoder.bytes(&self.base_signature)?;
            encoder.bytes(&self.public_key)?;
            encoder.bytes(&self.hmac_key[..])?;
            encode_signatures(encoder, &self.signatures)?;
            encoder.array(self.mandatory_pointers.len() as u64)?;
            for pointer in &self.mandatory_pointers {
                encoder.str(pointer)?;
            }
            Ok(())
        })
    }

    pub(super) fn decode(value: &str) -> Result<BaseProof, ProofError> {
        let bytes = Zeroizing::new(bytes(value)?);
        match bytes.split_first_chunk() {
            Some((&BASE, payload)) => Self::read(payload).ok_or(ProofError::Encoding),
            Some((&DERIVED, _)) => Err(ProofError::NotBase),
            _ => Err(ProofError::Encoding),
        }
    }

    fn read(payload: &[u8]) -> Option<BaseProof> {
        let mut decoder = Decoder::new(payload);
        (decoder.array().ok()?? == 5).then_some(())?;
        let base = BaseProof {
            base_signature: exactly(&mut decoder)?,
            public_key: exactly(&mut decoder)?,
            hmac_key: Zeroizing::new(exactly(&mut decoder)?),
            signatures: signatures(&mut decoder)?,
            mandatory_pointers: list(&mut decoder, |decoder| decoder.str().map(str::to_owned))?,
        };
        is_at_end(&decoder, payload).then_some(base)
    }
}

impl DerivedProof {
    pub(super) fn encode(&self) -> String {
        text(DERIVED, |encoder| {
            encoder.array(5)?;
            encoder.bytes(&self.base_signature)?;
            encoder.bytes(&self.public_key)?;
            encode_signatures(encoder, &self.signatures)?;
            encoder.map(self.labels.len() as u64)?;
            for (number, label) in &self.labels {
                encoder.u32(*number)?.bytes(label)?;
            }
            encoder.array(self.mandatory_indexes.len() as u64)?;
            for index in &self.mandatory_indexes {
                encoder.u32(*index)?;
            }
            Ok(())
        })
    }

    /// Reads a derived proof. A base proof is refused by name: whoever shows it gives away the key that hides what was
    /// left out.
    pub(super) fn decode(value: &str) -> Result<DerivedProof, ProofError> {
        let bytes = bytes(value)?;
        match bytes.split_first_chunk() {
            Some((&DERIVED, payload)) => Self::read(payload).ok_or(ProofError::Encoding),
            Some((&BASE, _)) => Err(ProofError::NotDerived),
            _ => Err(ProofError::Encoding),
        }
    }

    fn read(payload: &[u8]) -> Option<DerivedProof> {
        let mut decoder = Decoder::new(payload);
        (decoder.array().ok()?? == 5).then_some(())?;
        let base_signature = exactly(&mut decoder)?;
        let public_key = exactly(&mut decoder)?;
        let signatures = signatures(&mut decoder)?;
        let count = decoder.map().ok()??;
        (count <= MOST_STATEMENTS as u64).then_some(())?;
        let mut labels = BTreeMap::new();
        for _ in 0..count {
            let number = decoder.u32().ok()?;
            let replaced = labels.insert(number, exactly(&mut decoder)?);
            replaced.is_none().then_some(())?;
        }
        let mandatory_indexes = list(&mut decoder, Decoder::u32)?;
        let derived = DerivedProof {
            base_signature,
            public_key,
            signatures,
            labels,
            mandatory_indexes,
        };
        // Named twice, a statement would be counted twice against the signatures.
        let ascends = derived.mandatory_indexes.is_sorted_by(|a, b| a < b);
        (ascends && is_at_end(&decoder, payload)).then_some(derived)
    }
}

/// The text of a value: its first three bytes, which look like a tag of CBOR, and the rest.
fn text(
    header: [u8; 3],
    write: impl FnOnce(&mut Encoder<&mut Vec<u8>>) -> Result<(), encode::Error<Infallible>>,
) -> String {
    let mut bytes = header.to_vec();
    write(&mut Encoder::new(&mut bytes)).expect("writing to memory does not fail");
    format!("u{}", encoding::base64url(&bytes))
}

fn bytes(value: &str) -> Result<Vec<u8>, ProofError> {
    let text = value.strip_prefix('u');
    text.filter(|text| text.len() <= LONGEST_VALUE)
        .and_then(encoding::from_base64url)
        .ok_or(ProofError::Encoding)
}

fn encode_signatures(
    encoder: &mut Encoder<&mut Vec<u8>>,
    signatures: &[[u8; 64]],
) -> Result<(), encode::Error<Infallible>> {
    encoder.array(signatures.len() as u64)?;
    for signature in signatures {
        encoder.bytes(signature)?;
    }
    Ok(())
}

fn signatures(decoder: &mut Decoder<'_>) -> Option<Vec<[u8; 64]>> {
    let signatures = list(decoder, Decoder::bytes)?;
    let exact = signatures.into_iter().map(|bytes| bytes.try_into().ok());
    exact.collect()
}

fn list<'b, T>(
    decoder: &mut Decoder<'b>,
    mut item: impl FnMut(&mut Decoder<'b>) -> Result<T, decode::Error>,
) -> Option<Vec<T>> {
    let count = decoder.array().ok()??;
    (count <= MOST_STATEMENTS as u64).then_some(())?;
    (0..count).map(|_| item(decoder).ok()).collect()
}

fn exactly<const N: usize>(decoder: &mut Decoder<'_>) -> Option<[u8; N]> {
    decoder.bytes().ok()?.try_into().ok()
}

fn is_at_end(decoder: &Decoder<'_>, payload: &[u8]) -> bool {
    decoder.position() == payload.len()
}

const BASE: [u8; 3] = [0xd9, 0x5d, 0x00];
const DERIVED: [u8; 3] = [0xd9, 0x5d, 0x01];

/// Above what the most statements there may be have in signatures, labels and indexes.
const LONGEST_VALUE: usize = 256 << 10;
