//! The bounded fetcher: which addresses it calls, and what it does with what comes back.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use issuer::address::{PublicAddress, judge_all};
use issuer::fetch::reach::Way;
use issuer::fetch::{Fetch, PrivateHost, Reach, Wanted, Web};
use url::Url;
use verifier::{DocumentKind, FetchFailure};

use crate::site::{Body, Reply, Site, Tripwire};

/// The special ranges of the IANA registry for IPv4: first and last address.
pub(super) const SPECIAL_V4: [(&str, &str); 18] = [
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
pub(super) const SPECIAL_V6: [(&str, &str); 15] = [
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

pub(super) fn v4(text: &str) -> Ipv4Addr {
    text.parse().expect("an IPv4 address")
}

pub(super) fn v6(text: &str) -> Ipv6Addr {
    text.parse().expect("an IPv6 address")
}

/// First, middle and last of a range.
pub(super) fn samples_v4() -> impl Iterator<Item = Ipv4Addr> {
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

#[test]
fn attack_n_05_one_special_address_among_public_ones_condemns_the_name() {
    let public: IpAddr = v4("93.184.215.14").into();
    let private: IpAddr = v4("10.0.0.1").into();
    assert_eq!(
        judge_all([public, public]).map(|judged| judged.len()),
        Some(2)
    );
    for mixed in [vec![private], vec![public, private], vec![private, public]] {
        assert!(judge_all(mixed).is_none());
    }
}

/// What a name could be written as so that it becomes an address on the way.
pub(super) const ODD_HOSTS: [&str; 40] = [
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "0177.0.0.1",
    "0177.1",
    "0x7f.0.0.1",
    "0x7f.1",
    "0x7f000001",
    "2130706433",
    "017700000001",
    "127.0.0.1.",
    "127.0.0.01",
    "0",
    "0.0.0.0",
    "00000000000.0.0.0",
    "169.254.169.254",
    "0xa9fea9fe",
    "2852039166",
    "0251.0376.0251.0376",
    "169.254.43518",
    "10.0.0.1",
    "012.1",
    "192.168.1.1",
    "0300.0250.1.1",
    "172.16.0.1",
    "100.64.0.1",
    "１２７.０.０.１",
    "127。0。0。1",
    "①②⑦.⓪.⓪.①",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:10.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[fe80::1]",
    "[fd00::1]",
    "[2002:7f00:1::]",
    "[::ffff:169.254.169.254]",
    "[64:ff9b::a9fe:a9fe]",
];

#[tokio::test]
async fn attack_n_04_an_address_by_number_is_judged_however_it_is_written() {
    let web = Web::new();
    for host in ODD_HOSTS {
        let url = Url::parse(&format!("https://{host}/did.json")).expect(host);
        for wanted in EVERYTHING {
            assert_eq!(
                web.fetch(&url, wanted).await,
                Err(FetchFailure::AddressBlocked),
                "{host}"
            );
        }
    }
}

#[test]
fn an_address_by_number_is_called_where_a_name_for_it_would_be() {
    let reach = Reach::default();
    for host in [
        "93.184.215.14",
        "1572395790",
        "0x5db8d70e",
        "[2606:4700::1111]",
    ] {
        let url = Url::parse(&format!("https://{host}/list")).expect(host);
        assert_eq!(reach.way(&url), Ok(Way::Public), "{host}");
    }
}

#[test]
fn a_private_host_is_reached_at_the_port_that_its_operator_named() {
    let hosts = ["badges.example.internal", "10.1.2.3:8443", "[fd00::1]:443"];
    let hosts = hosts.map(|host| host.parse::<PrivateHost>().expect(host));
    let reach = Reach::with_private_hosts(hosts.into());
    let table = [
        ("https://badges.example.internal/did.json", Ok(Way::Private)),
        ("https://BADGES.example.internal:443/", Ok(Way::Private)),
        ("https://10.1.2.3:8443/", Ok(Way::Private)),
        ("https://[fd00:0::1]/", Ok(Way::Private)),
        ("https://example.org/", Ok(Way::Public)),
        (
            "https://badges.example.internal:9200/",
            Err(FetchFailure::AddressBlocked),
        ),
        (
            "https://other.badges.example.internal/",
            Err(FetchFailure::AddressBlocked),
        ),
        ("https://10.1.2.3/", Err(FetchFailure::AddressBlocked)),
        (
            "http://badges.example.internal/",
            Err(FetchFailure::NotAllowed),
        ),
        (
            "https://a@badges.example.internal/",
            Err(FetchFailure::NotAllowed),
        ),
    ];
    for (address, way) in table {
        let url = Url::parse(address).expect(address);
        assert_eq!(reach.way(&url), way, "{address}");
    }
    for text in [
        "",
        "*",
        "*.example.org",
        "https://a",
        "a/b",
        "a@b",
        "a b",
        "a:x",
        "a?b",
        "a#b",
        "a\\b",
    ] {
        assert!(text.parse::<PrivateHost>().is_err(), "{text}");
    }
}

#[tokio::test]
async fn attack_n_02_names_of_this_machine_and_its_network_are_not_called() {
    let tripwire = Tripwire::set();
    let port = tripwire.port;
    for host in [
        "localhost",
        "LOCALHOST",
        "localhost.",
        "a.localhost",
        "printer",
        "printer.local",
        "metadata.google.internal",
    ] {
        let url = Url::parse(&format!("https://{host}:{port}/")).expect(host);
        assert_eq!(
            Web::new().fetch(&url, Wanted::Badge).await,
            Err(FetchFailure::AddressBlocked),
            "{host}"
        );
    }
    assert_eq!(tripwire.connections(), 0);
}

#[tokio::test]
async fn only_https_is_spoken() {
    for url in [
        "http://example.org/",
        "ftp://example.org/",
        "file:///etc/passwd",
        "data:,x",
        "https://user:secret@example.org/",
    ] {
        let url = Url::parse(url).expect(url);
        assert_eq!(
            Web::new().fetch(&url, Wanted::Badge).await,
            Err(FetchFailure::NotAllowed),
            "{url}"
        );
    }
}

#[tokio::test]
async fn development_allows_one_origin_and_not_its_neighbours() {
    let site = Site::answering(|_| Reply::ok("badge"));
    let neighbour = Tripwire::set();
    let web = Web::with_development_origin(&site.url("/"));

    let found = web
        .fetch(&site.url("/badge"), Wanted::Badge)
        .await
        .expect("the origin itself");
    assert_eq!(found.bytes, b"badge");
    assert_eq!(found.content_type.as_deref(), Some("text/plain"));

    for (host, failure) in [
        ("http://127.0.0.1", FetchFailure::NotAllowed),
        ("https://127.0.0.1", FetchFailure::AddressBlocked),
    ] {
        let url = Url::parse(&format!("{host}:{}/", neighbour.port)).expect(host);
        assert_eq!(web.fetch(&url, Wanted::Badge).await, Err(failure), "{url}");
    }
    // Nobody signs in through an address, there no more than anywhere else.
    let mut named = site.url("/badge");
    named.set_username("somebody").expect("a user");
    let answer = web.fetch(&named, Wanted::Badge).await;
    assert_eq!(answer, Err(FetchFailure::NotAllowed));
    assert_eq!(neighbour.connections(), 0);
}

#[tokio::test]
async fn attack_n_06_redirects_are_followed_three_times_and_never_astray() {
    let astray = Tripwire::set();
    let port = astray.port;
    let site = Site::answering(move |path| {
        let to = match path {
            "/1" => "/badge".to_owned(),
            "/2" => "/1".to_owned(),
            "/3" => "/2".to_owned(),
            "/4" => "/3".to_owned(),
            "/loop" => "/loop".to_owned(),
            "/http" => format!("http://127.0.0.1:{port}/"),
            "/address" => format!("https://127.0.0.1:{port}/"),
            "/local" => format!("https://localhost:{port}/"),
            "/schemeless" => format!("//127.0.0.1:{port}/"),
            "/file" => "file:///etc/passwd".to_owned(),
            "/data" => "data:,badge".to_owned(),
            "/nowhere" => String::new(),
            "/no-location" => {
                return Reply {
                    status: "302 Found",
                    headers: String::new(),
                    body: Body::Text(""),
                };
            }
            _ => return Reply::ok("badge"),
        };
        Reply {
            status: "302 Found",
            headers: format!("Location: {to}\r\n"),
            body: Body::Text(""),
        }
    });
    let web = Web::with_development_origin(&site.url("/"));
    for followed in ["/1", "/2", "/3"] {
        let found = web
            .fetch(&site.url(followed), Wanted::Badge)
            .await
            .expect(followed);
        assert_eq!(found.bytes, b"badge");
    }
    for refused in [
        "/4",
        "/loop",
        "/http",
        "/address",
        "/local",
        "/schemeless",
        "/file",
        "/data",
        "/nowhere",
        "/no-location",
    ] {
        let answer = web.fetch(&site.url(refused), Wanted::Badge).await;
        assert_eq!(answer, Err(FetchFailure::Redirect), "{refused}");
    }
    // did:web allows none at all.
    let did = web
        .fetch(&site.url("/1"), Wanted::Part(DocumentKind::DidDocument))
        .await;
    assert_eq!(did, Err(FetchFailure::Redirect));
    assert_eq!(astray.connections(), 0);
}

#[tokio::test]
async fn attack_n_09_an_answer_is_short_plain_and_soon() {
    let site = Site::answering(|path| match path {
        "/zeros" => Reply {
            status: "200 OK",
            headers: String::new(),
            body: Body::Endless,
        },
        "/drip" => Reply {
            status: "200 OK",
            headers: "Content-Length: 1000\r\n".to_owned(),
            body: Body::Drip,
        },
        "/silence" => Reply {
            status: "200 OK",
            headers: "Content-Length: 1000\r\n".to_owned(),
            body: Body::Silence,
        },
        "/claims-much" => Reply {
            status: "200 OK",
            headers: "Content-Length: 10000000000\r\n".to_owned(),
            body: Body::Silence,
        },
        "/cut" => Reply {
            status: "200 OK",
            headers: "Content-Length: 10\r\n".to_owned(),
            body: Body::Text("half"),
        },
        "/gzip" => Reply {
            status: "200 OK",
            headers: "Content-Encoding: gzip\r\n".to_owned(),
            body: Body::Text("x"),
        },
        _ => Reply::ok("badge"),
    });
    let web = Web::with_development_origin(&site.url("/"));
    for wanted in EVERYTHING {
        assert_eq!(
            web.fetch(&site.url("/zeros"), wanted).await,
            Err(FetchFailure::TooLarge),
            "{wanted:?}"
        );
    }
    let prompt = [
        ("/claims-much", FetchFailure::TooLarge),
        ("/cut", FetchFailure::Unreachable),
        ("/gzip", FetchFailure::NotAllowed),
    ];
    for (path, failure) in prompt {
        assert_eq!(
            web.fetch(&site.url(path), Wanted::Badge).await,
            Err(failure),
            "{path}"
        );
    }
    let (drip, silence) = (site.url("/drip"), site.url("/silence"));
    let began = Instant::now();
    let slow = tokio::join!(
        web.fetch(&drip, Wanted::Badge),
        web.fetch(&silence, Wanted::Badge)
    );
    assert_eq!(
        slow,
        (Err(FetchFailure::Timeout), Err(FetchFailure::Timeout))
    );
    assert!(
        began.elapsed() < Duration::from_secs(7),
        "{:?}",
        began.elapsed()
    );
}

/// OB2-9: what a server says to be gone for good is told apart, and where redirects led is told.
#[tokio::test]
async fn an_answer_says_whether_it_is_gone_and_where_it_was_found() {
    let site = Site::answering(|path| match path {
        "/gone" => Reply {
            status: "410 Gone",
            headers: String::new(),
            body: Body::Text("{\"revoked\": true}"),
        },
        "/moved" => Reply {
            status: "302 Found",
            headers: "Location: /there\r\n".to_owned(),
            body: Body::Text(""),
        },
        _ => Reply::ok("badge"),
    });
    let web = Web::with_development_origin(&site.url("/"));
    let wanted = Wanted::Part(DocumentKind::HostedAssertion);
    let gone = web.fetch(&site.url("/gone"), wanted).await;
    assert_eq!(gone, Err(FetchFailure::Gone));
    for (path, found_at) in [("/moved", Some(site.url("/there"))), ("/there", None)] {
        let found = web.fetch(&site.url(path), wanted).await.expect(path);
        assert_eq!(found.found_at, found_at, "{path}");
    }
}

#[tokio::test]
async fn attack_n_13_a_failing_server_is_unreachable_and_nothing_else() {
    let site = Site::answering(|path| Reply {
        status: if path == "/404" {
            "404 Not Found"
        } else {
            "500 Internal Server Error"
        },
        headers: String::new(),
        body: Body::Text("{}"),
    });
    let web = Web::with_development_origin(&site.url("/"));
    for path in ["/404", "/500"] {
        assert_eq!(
            web.fetch(&site.url(path), Wanted::Badge).await,
            Err(FetchFailure::Unreachable),
            "{path}"
        );
    }
    let closed = Tripwire::set().port;
    let url = Url::parse(&format!("http://127.0.0.1:{closed}/")).expect("a URL");
    let answer = Web::with_development_origin(&url)
        .fetch(&url, Wanted::Badge)
        .await;
    assert_eq!(answer, Err(FetchFailure::Unreachable));
    let nobody = Url::parse("https://nobody.invalid/").expect("a URL");
    assert_eq!(
        Web::new().fetch(&nobody, Wanted::Badge).await,
        Err(FetchFailure::Unreachable)
    );
}

#[tokio::test]
async fn requests_say_who_asks_and_carry_nothing_else() {
    let (sender, receiver) = mpsc::channel();
    let site = Site::recording(sender);
    let web = Web::with_development_origin(&site.url("/"));
    for path in ["/1", "/2"] {
        web.fetch(&site.url(path), Wanted::Part(DocumentKind::StatusList))
            .await
            .expect("an answer");
    }
    for request in receiver.iter().take(2) {
        let request = request.to_lowercase();
        assert!(request.contains("user-agent: assay/"), "{request}");
        assert!(request.contains("accept-encoding: identity"), "{request}");
        for absent in ["cookie", "referer", "authorization"] {
            assert!(!request.contains(absent), "{request}");
        }
    }
}

const EVERYTHING: [Wanted; 4] = [
    Wanted::Badge,
    Wanted::Part(DocumentKind::DidDocument),
    Wanted::Part(DocumentKind::VerificationKey),
    Wanted::Part(DocumentKind::StatusList),
];
