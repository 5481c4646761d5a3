//! RSA moduli that anybody can factor: the mistakes of known generators, as far as they show cheaply.
//!
//! Not seen, because it would take a list of other people's keys: primes shared with another key, keys whose secret half
//! is published. Nor is a modulus of more than 4096 bits that is itself a prime, for telling takes too long.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, Limb, NonZero, Odd, Resize as _};
use sha2::{Digest as _, Sha256};

/// What is wrong with an odd modulus of full size, big-endian, if it shows.
pub(super) fn flaw(modulus: &[u8]) -> Option<&'static str> {
    if has_pattern(modulus) {
        return Some("the RSA modulus is not made of random primes");
    }
    let bits = u32::try_from(modulus.len() * 8).ok()?;
    let number = BoxedUint::from_be_slice(modulus, bits).ok()?;
    let mut fingerprint = true;
    for prime in small_primes() {
        let remainder = remainder(&number, prime);
        if remainder == 0 {
            return Some("the RSA modulus has a small factor");
        }
        fingerprint = fingerprint && (prime > LAST_OF_M || is_power_of_65537(remainder, prime));
    }
    if fingerprint {
        return Some(
            "the RSA modulus was made by a generator with the fault CVE-2017-15361 (ROCA)",
        );
    }
    if has_close_primes(&number) {
        return Some("the two primes of the RSA modulus are too close to each other");
    }
    None
}

/// Whether an odd modulus is itself a prime, so that everybody can work out the secret half.
///
/// Costs hundreds of times a signature check, hence asked only of a key whose signature holds, and once for each key.
pub(super) fn is_prime(modulus: &[u8]) -> bool {
    if modulus.len() > LONGEST_TESTED {
        return false;
    }
    let digest: [u8; 32] = Sha256::digest(modulus).into();
    if composites().contains(&digest) {
        return false;
    }
    let is_prime = passes_fermat(modulus);
    if !is_prime {
        let mut composites = composites();
        composites.truncate(MOST_REMEMBERED - 1);
        composites.push_front(digest);
    }
    is_prime
}

/// Fermat's test to the base 2. Every prime passes, and of the products of two large random primes none that anybody has
/// met; whoever makes one that does gets a key that is refused.
fn passes_fermat(modulus: &[u8]) -> bool {
    let Ok(bits) = u32::try_from(modulus.len() * 8) else {
        return false;
    };
    let Ok(number) = BoxedUint::from_be_slice(modulus, bits) else {
        return false;
    };
    let Some(odd) = Odd::new(number.clone()).into_option() else {
        return false;
    };
    let one = BoxedMontyForm::one(&BoxedMontyParams::new_vartime(odd));
    // 2^(n-1): n is odd, so that n-1 differs from it in the lowest bit alone.
    let mut power = one.clone();
    for bit in (0..bits).rev() {
        power = power.square();
        if bit > 0 && number.bit_vartime(bit) {
            power = power.double();
        }
    }
    power == one
}

/// The moduli that were found not to be primes, by their digests, the last one first.
fn composites() -> std::sync::MutexGuard<'static, VecDeque<[u8; 32]>> {
    static COMPOSITES: Mutex<VecDeque<[u8; 32]>> = Mutex::new(VecDeque::new());
    // A panic between two lines leaves one digest too few.
    COMPOSITES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether the modulus is a square, or the product of two primes so near to its root that Fermat's way of factoring finds
/// them in a few rounds.
///
/// Primes drawn as FIPS 186-5, appendix A.1.3, asks for differ within their highest hundred bits. A hundred rounds find a
/// difference of some thirty times the fourth root of the modulus: primes that agree in nearly half of their bits.
fn has_close_primes(modulus: &BoxedUint) -> bool {
    // The square of the root and the sums below are slightly larger than the modulus.
    let bits = modulus.bits_precision() + u64::BITS;
    let modulus = modulus.resize(bits);
    let floor = modulus.floor_sqrt_vartime();
    if floor.wrapping_square() == modulus {
        return true;
    }
    // a^2 - n for the first a above the root. It grows by 2a + 1 where a grows by one, and is a square where a is the
    // mean of the two primes.
    let mut step = floor.shl(1).wrapping_add(Limb(3));
    let mut difference = floor
        .wrapping_add(Limb(1))
        .wrapping_square()
        .wrapping_sub(&modulus);
    for _ in 0..ROUNDS {
        if is_square(&difference) {
            return true;
        }
        difference = difference.wrapping_add(&step);
        step = step.wrapping_add(Limb(2));
    }
    false
}

fn is_square(number: &BoxedUint) -> bool {
    // Few numbers are squares by each of these, and a root is dear.
    let may_be = [63, 64, 65, 11].into_iter().all(|divisor| {
        let remainder = remainder(number, divisor);
        (0..divisor).any(|root| root * root % divisor == remainder)
    });
    may_be && number.checked_sqrt_vartime().is_some()
}

/// Whether the remainder of a modulus is one of those that the faulty generator leaves: it makes primes as k·M plus a
/// power of 65537 modulo M, where M is the product of the first small primes (Nemec and others: The Return of
/// Coppersmith's Attack, 2017). A random modulus passes for all small primes with a chance below 2^-100.
fn is_power_of_65537(remainder: u64, prime: u64) -> bool {
    let mut power = 1;
    loop {
        if power == remainder {
            return true;
        }
        power = power * 65537 % prime;
        if power == 1 {
            return false;
        }
    }
}

/// Whether the bytes betray primes next to round numbers: a long run of one byte, or few ones both in the whole and in
/// its lower half. Of 2048 random bits 40 in a hundred are ones with a chance below 2^-60.
fn has_pattern(modulus: &[u8]) -> bool {
    let run = modulus
        .windows(LONGEST_RUN)
        .any(|run| run.iter().all(|byte| *byte == run[0]));
    let few_ones = |bytes: &[u8]| {
        let ones: usize = bytes.iter().map(|byte| byte.count_ones() as usize).sum();
        ones * 10 < bytes.len() * 8 * 4
    };
    run || (few_ones(modulus) && few_ones(&modulus[modulus.len() / 2..]))
}

fn remainder(number: &BoxedUint, divisor: u64) -> u64 {
    let divisor = NonZero::new(Limb(divisor)).expect("a divisor from a list without zero");
    number.rem_limb(divisor).0
}

/// The odd primes below 752, none of which may be a factor (NIST SP 800-89, section 5.3.3).
fn small_primes() -> impl Iterator<Item = u64> {
    (3..752).step_by(2).filter(|number| {
        let mut divisors = (3..*number)
            .step_by(2)
            .take_while(|divisor| divisor * divisor <= *number);
        divisors.all(|divisor| number % divisor != 0)
    })
}

/// M of the faulty generator is the product of the primes up to this one for keys of 2048 bits, and of more for longer ones.
const LAST_OF_M: u64 = 701;

/// As many as the checker of weak keys `badkeys` tries; known faulty generators need fewer than ten.
const ROUNDS: usize = 100;

/// Equal bytes in a row that do not happen by chance (once in 2^112 keys of 2048 bits).
const LONGEST_RUN: usize = 16;

/// Bytes of the longest modulus that is held against Fermat's test: a tenth of a second for 4096 bits, and eight times as
/// much for twice as many.
const LONGEST_TESTED: usize = 512;

/// More issuers than a verifier meets in a day, in 32 KiB.
const MOST_REMEMBERED: usize = 1024;
