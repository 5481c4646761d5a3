//! Numbers for changes, the same each time.

/// Numbers that only look drawn (xorshift64*).
pub struct Random(u64);

impl Random {
    /// From a seed.
    pub fn new(seed: u64) -> Random {
        // Seeds that are near each other shall not give numbers that are.
        let mut random =
            Random((seed ^ 0x9e37_79b9_7f4a_7c15).wrapping_mul(0xbf58_476d_1ce4_e5b9) | 1);
        random.next();
        random
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below `end`, or 0.
    pub fn below(&mut self, end: usize) -> usize {
        ((self.next() >> 33) as usize).checked_rem(end).unwrap_or(0)
    }

    /// A byte.
    pub fn byte(&mut self) -> u8 {
        (self.next() >> 56) as u8
    }

    /// One of these, if there are any.
    pub fn of<'i, T>(&mut self, items: &'i [T]) -> Option<&'i T> {
        let at = self.below(items.len());
        items.get(at)
    }
}
