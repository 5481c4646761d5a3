//! From where a request comes: the address of whoever connects, or what a trusted proxy says.

use std::convert::Infallible;
use std::net::IpAddr;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;

use super::edge::Edge;

/// The address at the other end of the connection, which the accept loop writes into each request.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

/// From where a request comes, as far as that is known, in a text that limits can count by.
pub struct Client(pub String);

impl Client {
    /// Reads it from the connection, or from `X-Forwarded-For` where a trusted proxy connects.
    ///
    /// The header is read from its end: each proxy adds whom it was called by, and what stands
    /// before the first address that is no proxy of ours was made up by whoever stands there.
    pub fn of(peer: Option<Peer>, headers: &HeaderMap, trusted: &[IpAddr]) -> Client {
        let Some(Peer(peer)) = peer else {
            return Client("nowhere".to_owned());
        };
        let mut client = peer.to_canonical();
        let told = headers.get_all("x-forwarded-for");
        let told = told.iter().rev().filter_map(|value| value.to_str().ok());
        for address in told.flat_map(|value| value.rsplit(',')) {
            if !trusted.contains(&client) {
                break;
            }
            let Ok(address) = address.trim().parse::<IpAddr>() else {
                break;
            };
            client = address.to_canonical();
        }
        Client(counted(client))
    }
}

/// A household or a school has one IPv4 address, and 2^64 IPv6 addresses with one beginning.
fn counted(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("{:x}", address.to_bits() >> 64),
    }
}

impl FromRequestParts<Edge> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, edge: &Edge) -> Result<Client, Infallible> {
        let peer = parts.extensions.get::<Peer>().copied();
        Ok(Client::of(peer, &parts.headers, &edge.trusted_proxies))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_trusted_proxy_says_who_calls() {
        let trusted = ["127.0.0.1".parse().expect("an address")];
        let client = |peer: &str, told: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("x-forwarded-for", told.parse().expect("a value"));
            let peer = Peer(peer.parse().expect("an address"));
            Client::of(Some(peer), &headers, &trusted).0
        };
        assert_eq!(client("127.0.0.1", "198.51.100.7"), "198.51.100.7");
        assert_eq!(
            client("127.0.0.1", "203.0.113.1, 198.51.100.7"),
            "198.51.100.7"
        );
        assert_eq!(
            client("127.0.0.1", "198.51.100.7, 127.0.0.1"),
            "198.51.100.7"
        );
        assert_eq!(client("127.0.0.1", "made up"), "127.0.0.1");
        assert_eq!(client("198.51.100.9", "203.0.113.1"), "198.51.100.9");
        assert_eq!(client("::ffff:198.51.100.9", "203.0.113.1"), "198.51.100.9");
        assert_eq!(
            client("127.0.0.1", "2001:db8:1:2:3::4"),
            client("127.0.0.1", "2001:db8:1:2:9::8")
        );
    }
}
