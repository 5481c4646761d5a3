//! Numbers of 256 bits, and the arithmetic of the group of Ed25519.

/// A number of 256 bits.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
pub struct Int {
    high: u128,
    low: u128,
}

impl Int {
    pub fn big(bytes: &[u8]) -> Int {
        let half =
            |at: usize| u128::from_be_bytes(bytes[at..at + 16].try_into().expect("16 bytes"));
        Int {
            high: half(0),
            low: half(16),
        }
    }

    pub fn little(bytes: &[u8]) -> Int {
        let mut bytes = bytes.to_vec();
        bytes.reverse();
        Int::big(&bytes)
    }

    pub fn to_big(self) -> [u8; 32] {
        let bytes = [self.high.to_be_bytes(), self.low.to_be_bytes()].concat();
        bytes.try_into().expect("32 bytes")
    }

    pub fn to_little(self) -> [u8; 32] {
        let mut bytes = self.to_big();
        bytes.reverse();
        bytes
    }

    pub fn plus(self, other: Int) -> Int {
        let (low, carry) = self.low.overflowing_add(other.low);
        Int {
            high: self.high + other.high + u128::from(carry),
            low,
        }
    }

    pub fn minus(self, other: Int) -> Int {
        let (low, borrow) = self.low.overflowing_sub(other.low);
        Int {
            high: self.high - other.high - u128::from(borrow),
            low,
        }
    }

    fn reduced(self) -> Int {
        if self < ORDER {
            self
        } else {
            self.minus(ORDER)
        }
    }

    /// The product of two numbers, the lowest byte first, modulo the order of Ed25519: bit by bit.
    pub fn product(one: &[u8], other: &[u8]) -> Int {
        let zero = Int { high: 0, low: 0 };
        let bits = |bytes: &[u8], unit: Int| {
            let bits = bytes
                .iter()
                .rev()
                .flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1));
            bits.fold(zero, |sum, bit| {
                let doubled = sum.plus(sum).reduced();
                if bit == 1 {
                    doubled.plus(unit).reduced()
                } else {
                    doubled
                }
            })
        };
        let factor = bits(one, Int { high: 0, low: 1 });
        bits(other, factor)
    }
}

/// The order of the group of Ed25519 (RFC 8032, section 5.1).
pub const ORDER: Int = Int {
    high: 1 << 124,
    low: 27_742_317_777_372_353_535_851_937_790_883_648_493,
};
