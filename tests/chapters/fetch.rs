//! The bounded fetcher: which addresses it calls, and what it does with what comes back.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use issuer::address::PublicAddress;

/// The special ranges of the IANA registry for IPv4: first and last address.
const SPECIAL_V4: [(&str, &str); 18] = [
    ("0.0.0.0", "0.255.255.255"),
    ("10.0.0.0", "10.255.255.255"),
    ("100.64.0.0", "100.127.255.255"),
    ("127.0.0.0", "127.255.255.255"),
    ("169.254.0.0", "169.254.255.255"),
    ("172.16.0.0", "172.31.255.255"),
    ("192.0.0.0", "192.0.0.255"),
    ("192.0.2.0", "192.0.2.255"),
    ("192.31.196.0", "192.31.196.255"),
    ("192.52.193.0", "192.52.193.255"),
    ("192.88.99.0", "192.88.99.255"),
    ("192.168.0.0", "192.168.255.255"),
    ("192.175.48.0", "192.175.48.255"),
    ("198.18.0.0", "198.19.255.255"),
    ("198.51.100.0", "198.51.100.255"),
    ("203.0.113.0", "203.0.113.255"),
    ("224.0.0.0", "239.255.255.255"),
    ("240.0.0.0", "255.255.255.255"),
];

/// The special ranges of the IANA registry for IPv6, and what lies outside global unicast.
const SPECIAL_V6: [(&str, &str); 15] = [
    ("::", "::1"),
    ("::2", "::feff:ffff:ffff"),
    ("64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff"),
    ("100::", "100::ffff:ffff:ffff:ffff"),
    ("100:0:0:1::", "100:0:0:1:ffff:ffff:ffff:ffff"),
    ("2001:1::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("2620:4f:8000::", "2620:4f:8000:ffff:ffff:ffff:ffff:ffff"),
    ("3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("4000::", "5eff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("5f00::", "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
];

fn is_public(address: impl Into<IpAddr>) -> bool {
    PublicAddress::new(address.into()).is_some()
}

fn v4(text: &str) -> Ipv4Addr {
    text.parse().expect("an IPv4 address")
}

fn v6(text: &str) -> Ipv6Addr {
    text.parse().expect("an IPv6 address")
}

/// First, middle and last of a range.
fn samples_v4() -> impl Iterator<Item = Ipv4Addr> {
    SPECIAL_V4.iter().flat_map(|(first, last)| {
        let (first, last) = (v4(first).to_bits(), v4(last).to_bits());
        [first, first + (last - first) / 2, last].map(Ipv4Addr::from_bits)
    })
}

#[test]
fn attack_n_02_special_addresses_are_not_called() {
    for address in samples_v4() {
        assert!(!is_public(address), "{address}");
    }
    for (first, last) in SPECIAL_V6 {
        let (first, last) = (v6(first).to_bits(), v6(last).to_bits());
        for bits in [first, first + (last - first) / 2, last] {
            let address = Ipv6Addr::from_bits(bits);
            assert!(!is_public(address), "{address}");
        }
    }
}

#[test]
fn addresses_beside_the_special_ranges_are_called() {
    let beside = [
        "1.0.0.0",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.0",
        "192.0.3.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "198.51.99.255",
        "203.0.112.255",
        "203.0.114.0",
        "223.255.255.255",
        "8.8.8.8",
    ];
    for address in beside {
        assert!(is_public(v4(address)), "{address}");
    }
    let beside = [
        "2000::",
        "2001:200::",
        "2001:db9::",
        "2606:4700::1111",
        "2620:4f:8001::",
        "3ffe:ffff::",
        "2a00::1",
    ];
    for address in beside {
        assert!(is_public(v6(address)), "{address}");
    }
}

#[test]
fn attack_n_03_an_address_is_judged_by_the_one_it_hides() {
    let hide = |inner: Ipv4Addr| {
        let [a, b, c, d] = inner.octets().map(u16::from);
        let (high, low) = (a << 8 | b, c << 8 | d);
        [
            ("mapped", inner.to_ipv6_mapped()),
            ("NAT64", Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low)),
            ("6to4", Ipv6Addr::new(0x2002, high, low, 0, 0, 0, 0, 1)),
            (
                "Teredo client",
                Ipv6Addr::new(0x2001, 0, 0x0808, 0x0808, 0, 0, !high, !low),
            ),
            (
                "Teredo server",
                Ipv6Addr::new(0x2001, 0, high, low, 0, 0, !0x0808, !0x0808),
            ),
        ]
    };
    for inner in samples_v4() {
        for (embedding, address) in hide(inner) {
            assert!(!is_public(address), "{embedding} of {inner}: {address}");
        }
        // The deprecated form that needs no prefix is refused whatever it carries.
        assert!(!is_public(inner.to_ipv6_compatible()), "{inner}");
    }
    for (embedding, address) in hide(v4("93.184.215.14")) {
        assert!(is_public(address), "{embedding}: {address}");
    }
}
