//! Which network addresses a stranger may make this service call.
//!
//! The lists follow the IANA registries of special-purpose addresses for IPv4 and IPv6. IPv6 is
//! judged the other way round: only global unicast is called, and addresses that carry an IPv4
//! address inside are judged by what they carry.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An address that was judged to be public.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicAddress(IpAddr);

impl PublicAddress {
    /// Takes an address unless it, or an IPv4 address hidden in it, lies in a special range.
    pub fn new(address: IpAddr) -> Option<PublicAddress> {
        let public = match address {
            IpAddr::V4(address) => is_public_v4(address),
            IpAddr::V6(address) => is_public_v6(address),
        };
        public.then_some(PublicAddress(address))
    }

    /// The address itself.
    pub fn ip(self) -> IpAddr {
        self.0
    }
}

/// Takes all the addresses of one name, or none: one special address among public ones condemns
/// them, for the name's owner could have the connection made to either.
pub fn judge_all(addresses: impl IntoIterator<Item = IpAddr>) -> Option<Vec<PublicAddress>> {
    addresses.into_iter().map(PublicAddress::new).collect()
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let bits = address.to_bits();
    !SPECIAL_V4
        .iter()
        .any(|(range, length)| bits >> (32 - length) == range.to_bits() >> (32 - length))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(inner) = address.to_ipv4_mapped() {
        return is_public_v4(inner);
    }
    let segments = address.segments();
    let embedded =
        |high: u16, low: u16| Ipv4Addr::from_bits((u32::from(high) << 16) | u32::from(low));
    match segments {
        // RFC 6052: the well-known prefix of NAT64, followed by the IPv4 address.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => is_public_v4(embedded(high, low)),
        // RFC 3056: 6to4 carries the IPv4 address behind its prefix.
        [0x2002, high, low, ..] => is_public_v4(embedded(high, low)),
        // RFC 4380: Teredo carries the server's address, and the client's with every bit turned.
        [0x2001, 0, server_high, server_low, _, _, high, low] => {
            is_public_v4(embedded(server_high, server_low)) && is_public_v4(embedded(!high, !low))
        }
        [first, ..] if first >> 13 == 0b001 => {
            let bits = address.to_bits();
            !SPECIAL_V6
                .iter()
                .any(|(range, length)| bits >> (128 - length) == range.to_bits() >> (128 - length))
        }
        _ => false,
    }
}

const SPECIAL_V4: [(Ipv4Addr, u32); 19] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 31, 196, 0), 24),
    (Ipv4Addr::new(192, 52, 193, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(192, 175, 48, 0), 24),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
    (Ipv4Addr::new(255, 255, 255, 255), 32),
];

/// The special ranges within global unicast, 2000::/3.
const SPECIAL_V6: [(Ipv6Addr, u32); 4] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2620, 0x4f, 0x8000, 0, 0, 0, 0, 0), 48),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];
