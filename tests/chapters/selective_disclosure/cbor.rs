//! The value of a derived proof taken apart and put together again, by another reading of RFC 8949 than the crate's.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// The parts of a derived proof.
#[derive(Clone)]
pub struct Proof {
    pub base_signature: Vec<u8>,
    pub public_key: Vec<u8>,
    pub signatures: Vec<Vec<u8>>,
    pub labels: Vec<(u64, Vec<u8>)>,
    pub indexes: Vec<u64>,
}

/// What CBOR can say, as far as it is needed here.
#[derive(Clone)]
pub enum Item {
    Unsigned(u64),
    /// One less than minus this.
    Negative(u64),
    Bytes(Vec<u8>),
    Array(Vec<Item>),
    Map(Vec<(Item, Item)>),
}

impl Proof {
    pub fn read(shown: &Value) -> Proof {
        let value = shown["proof"]["proofValue"].as_str().expect("a text");
        let bytes = value.strip_prefix('u').expect("base64url");
        let bytes = URL_SAFE_NO_PAD.decode(bytes).expect("base64url");
        let mut rest = bytes.strip_prefix(&HEAD).expect("a derived proof");
        let Item::Array(items) = item(&mut rest) else {
            panic!("no array");
        };
        assert!(rest.is_empty());
        let [base, key, signatures, labels, indexes] = items.try_into().ok().expect("five items");
        let label = |(number, label)| (unsigned(number), of_bytes(label));
        let Item::Map(labels) = labels else {
            panic!("no map");
        };
        Proof {
            base_signature: of_bytes(base),
            public_key: of_bytes(key),
            signatures: array(signatures).into_iter().map(of_bytes).collect(),
            labels: labels.into_iter().map(label).collect(),
            indexes: array(indexes).into_iter().map(unsigned).collect(),
        }
    }

    pub fn items(&self) -> Vec<Item> {
        let bytes = |bytes: &Vec<u8>| Item::Bytes(bytes.clone());
        let label = |(number, label): &(u64, Vec<u8>)| (Item::Unsigned(*number), bytes(label));
        vec![
            bytes(&self.base_signature),
            bytes(&self.public_key),
            Item::Array(self.signatures.iter().map(bytes).collect()),
            Item::Map(self.labels.iter().map(label).collect()),
            Item::Array(
                self.indexes
                    .iter()
                    .map(|index| Item::Unsigned(*index))
                    .collect(),
            ),
        ]
    }

    pub fn bytes(&self) -> Vec<u8> {
        written(&self.items())
    }
}

/// The bytes of a derived proof with these items.
pub fn written(items: &[Item]) -> Vec<u8> {
    let mut bytes = HEAD.to_vec();
    write(&Item::Array(items.to_vec()), &mut bytes);
    bytes
}

pub fn multibase(bytes: &[u8]) -> String {
    format!("u{}", URL_SAFE_NO_PAD.encode(bytes))
}

fn write(item: &Item, bytes: &mut Vec<u8>) {
    match item {
        Item::Unsigned(number) => head(0, *number, bytes),
        Item::Negative(number) => head(1, *number, bytes),
        Item::Bytes(content) => {
            head(2, content.len() as u64, bytes);
            bytes.extend(content);
        }
        Item::Array(items) => {
            head(4, items.len() as u64, bytes);
            items.iter().for_each(|item| write(item, bytes));
        }
        Item::Map(pairs) => {
            head(5, pairs.len() as u64, bytes);
            for (name, item) in pairs {
                write(name, bytes);
                write(item, bytes);
            }
        }
    }
}

fn head(major: u8, number: u64, bytes: &mut Vec<u8>) {
    let major = major << 5;
    match number {
        0..24 => bytes.push(major | number as u8),
        24..0x100 => bytes.extend([major | 24, number as u8]),
        _ => {
            bytes.push(major | 25);
            bytes.extend((number as u16).to_be_bytes());
        }
    }
}

fn item(rest: &mut &[u8]) -> Item {
    let first = take(rest, 1)[0];
    let number = match first & 31 {
        small @ 0..24 => u64::from(small),
        24 => u64::from(take(rest, 1)[0]),
        25 => take(rest, 2)
            .iter()
            .fold(0, |sum, byte| sum << 8 | u64::from(*byte)),
        other => panic!("a length of the form {other}"),
    };
    match first >> 5 {
        0 => Item::Unsigned(number),
        2 => Item::Bytes(take(rest, number as usize).to_vec()),
        4 => Item::Array((0..number).map(|_| item(rest)).collect()),
        5 => Item::Map((0..number).map(|_| (item(rest), item(rest))).collect()),
        other => panic!("an item of the kind {other}"),
    }
}

fn take<'b>(rest: &mut &'b [u8], count: usize) -> &'b [u8] {
    let (taken, left) = rest.split_at(count);
    *rest = left;
    taken
}

fn unsigned(item: Item) -> u64 {
    match item {
        Item::Unsigned(number) => number,
        _ => panic!("no number"),
    }
}

fn of_bytes(item: Item) -> Vec<u8> {
    match item {
        Item::Bytes(bytes) => bytes,
        _ => panic!("no bytes"),
    }
}

fn array(item: Item) -> Vec<Item> {
    match item {
        Item::Array(items) => items,
        _ => panic!("no array"),
    }
}

const HEAD: [u8; 3] = [0xd9, 0x5d, 0x01];
