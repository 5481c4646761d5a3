//! The method did:web: the identifier names a host and a path, where the document lies (did:web method, section 2).

use std::fmt;

use url::Url;

use crate::controller::DidError;

/// A well-formed did:web.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DidWeb {
    did: String,
    url: Url,
}

impl DidWeb {
    /// Reads a did:web, without path, query or fragment of a DID URL.
    ///
    /// The grammar is narrower than the method's, so that one document has one DID and no DID can name an address that
    /// its text does not show: lower-case host names, a port as `%3A` and no other percent sign, no empty segment, no
    /// segment of dots, no IP address.
    pub fn parse(did: &str) -> Result<DidWeb, DidError> {
        if did.len() > LONGEST {
            return Err(DidError::Invalid("it has more than 512 characters"));
        }
        let rest = did
            .strip_prefix("did:web:")
            .ok_or(DidError::Invalid("it does not begin with did:web:"))?;
        let mut segments = rest.split(':');
        let authority = segments.next().unwrap_or_default();
        let (host, port) = match authority.split_once("%3A") {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        };
        check_host(host)?;
        let port = port.map(check_port).transpose()?;

        let mut path = String::new();
        for segment in segments {
            check_segment(segment)?;
            path.push('/');
            path.push_str(segment);
        }
        if path.is_empty() {
            path.push_str("/.well-known");
        }
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        let url = Url::parse(&format!("https://{host}{port}{path}/did.json"))
            .map_err(|_| DidError::Invalid("its host is no host name"))?;
        // The URL standard reads some names as numbers (0x7f.1) and maps others; such a host is not what the DID shows.
        if !matches!(url.host(), Some(url::Host::Domain(domain)) if domain == host) {
            return Err(DidError::Invalid(
                "its host is no host name in its normal form",
            ));
        }
        Ok(DidWeb {
            did: did.to_owned(),
            url,
        })
    }

    /// The did:web of a host, an optional port, and path segments.
    pub fn of(host: &str, port: Option<u16>, path: &[&str]) -> Result<DidWeb, DidError> {
        let mut did = format!("did:web:{host}");
        if let Some(port) = port {
            did.push_str(&format!("%3A{port}"));
        }
        for segment in path {
            did.push(':');
            did.push_str(segment);
        }
        DidWeb::parse(&did)
    }

    /// The DID itself.
    pub fn as_str(&self) -> &str {
        &self.did
    }

    /// Where its document is, always over HTTPS.
    pub fn url(&self) -> &Url {
        &self.url
    }
}

impl fmt::Display for DidWeb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.did)
    }
}

fn check_host(host: &str) -> Result<(), DidError> {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
    };
    if host.len() > 253 || !host.split('.').all(label) {
        return Err(DidError::Invalid("its host is no host name in lower case"));
    }
    Ok(())
}

fn check_port(port: &str) -> Result<u16, DidError> {
    match port.parse::<u16>() {
        Ok(number) if number > 0 && number.to_string() == port => Ok(number),
        _ => Err(DidError::Invalid("its port is no number from 1 to 65535")),
    }
}

fn check_segment(segment: &str) -> Result<(), DidError> {
    let known = |byte| matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.');
    if segment.is_empty() || segment == "." || segment == ".." || !segment.bytes().all(known) {
        return Err(DidError::Invalid(
            "a segment of its path is empty, dots alone, or has other characters",
        ));
    }
    Ok(())
}

/// Longer than any host name with a path that people use, short enough for a log line.
const LONGEST: usize = 512;
